package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// retryPage is how long a page that failed for a passing reason is left alone.
const retryPage = 15 * time.Minute

// Read fetches the page behind an entry and reads its article. When there is
// no page, or less on it than in the feed, the article is what the feed gave,
// and Note says why. It fails with a [RetryError] when the page may be there
// later, or when ctx has ended.
func (c *Client) Read(ctx context.Context, f Feed, e Entry, now time.Time) (Article, error) {
	var page Article
	var why string
	if e.Link != "" {
		var err error
		page, err = c.ReadPage(ctx, e.Link, now)
		var retry *RetryError
		switch {
		case err == nil:
			why = page.Note
		case ctx.Err() != nil:
			return Article{}, ctx.Err()
		case errors.As(err, &retry):
			return Article{}, retry
		default:
			why = err.Error()
			page = Article{Access: NoText, URL: e.Link}
		}
	} else {
		why = "the entry has no link"
		page.Access = NoText
	}
	return combine(f, e, page, why, now), nil
}

// combine chooses between the page and the text that came with the feed.
func combine(f Feed, e Entry, page Article, why string, now time.Time) Article {
	given := feedParagraphs(e)
	a := page
	fromFeed := Article{Title: e.FullTitle()}
	given = trimBoilerplate(given, &fromFeed)
	full := prose(given) && e.Content != "" && letterCount(given) >= len([]rune(a.Text))
	switch {
	case full && (a.Access != FullText || letterCount(given) > len([]rune(a.Text))):
		a.Access, a.Text, a.Note = FullText, strings.Join(given, "\n\n"), ""
		a.Dateline = fromFeed.Dateline
	case a.Access == NoText:
		a.Access, a.Text = FeedText, strings.Join(given, "\n\n")
		a.Dateline = fromFeed.Dateline
		if a.Text == "" {
			a.Access = NoText
		}
	}
	a.Note = ""
	if a.Access != FullText {
		a.Note = why
	}
	a.Entry, a.Feed, a.Fetched = e.ID, e.Feed, now
	a.Title = cmp.Or(e.FullTitle(), a.Title)
	a.Byline = cmp.Or(a.Byline, fromFeed.Byline, e.Author)
	a.Lang = cmp.Or(a.Lang, f.Lang)
	a.URL = cmp.Or(a.URL, e.Link)
	if !e.Published.IsZero() {
		a.Published = e.Published
	}
	if e.Updated.After(a.Updated) {
		a.Updated = e.Updated
	}
	a.ID = articleID(a)
	if a.URL == "" {
		a.ID = "a" + shortHash(e.ID)
	}
	return a
}

// feedParagraphs is the text of an entry in paragraphs.
func feedParagraphs(e Entry) []string {
	if e.Content != "" && len(e.Content) <= maxPage {
		if doc, _ := parsePage([]byte(e.Content)); doc != nil {
			if p := renderText(doc); len(p) > 0 {
				return p
			}
		}
	}
	var out []string
	for line := range strings.Lines(e.Summary) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// ReadPage fetches and reads the page at a URL. Its errors are a [RetryError]
// when the page may be there later, the end of ctx, or one sentence that says
// why there is no page.
func (c *Client) ReadPage(ctx context.Context, url string, now time.Time) (Article, error) {
	resp, finish, err := c.fetch(ctx, request{url: url, accept: acceptPage, limit: maxPage, cut: true}, now)
	if err != nil {
		finish(time.Time{})
		var fe *fetchError
		if ctx.Err() != nil || !errors.As(err, &fe) {
			return Article{}, err
		}
		switch fe.reason {
		case ReasonWaiting:
			return Article{}, &RetryError{After: max(fe.wait, time.Second), Reason: fe.reason, Detail: fe.detail}
		case ReasonDNS, ReasonTLS, ReasonTimeout, ReasonNetwork:
			return Article{}, &RetryError{After: retryPage, Reason: fe.reason, Detail: fe.detail}
		}
		return Article{}, fe
	}
	status := fmt.Sprintf("%d %s", resp.status, http.StatusText(resp.status))
	wait, spent := throttled(resp, now)
	switch {
	case spent:
		wait = max(wait, firstBackoff)
		finish(now.Add(wait))
		return Article{}, &RetryError{After: wait, Reason: ReasonThrottled, Detail: status}
	case resp.status >= 500:
		finish(time.Time{})
		return Article{}, &RetryError{After: max(wait, retryPage), Reason: ReasonUnavailable, Detail: status}
	case resp.status < 200 || resp.status > 299:
		finish(time.Time{})
		return Article{}, fmt.Errorf("the page answers %s", status)
	}
	finish(time.Time{})
	a, err := ReadHTML(resp.body, resp.header.Get("Content-Type"), resp.url)
	if err != nil {
		return Article{}, err
	}
	a.Fetched = now
	return a, nil
}

// Show fetches and parses the document at a URL, unconditionally. Its only
// error is the end of ctx; what else goes wrong is in the result.
func (c *Client) Show(ctx context.Context, url string, now time.Time) (Parsed, error) {
	resp, finish, err := c.fetch(ctx, request{url: url, accept: acceptFeed, limit: maxBody, cut: true}, now)
	finish(time.Time{})
	switch {
	case ctx.Err() != nil:
		return Parsed{}, ctx.Err()
	case err != nil:
		return Parsed{Err: err}, nil
	case resp.status < 200 || resp.status > 299:
		return Parsed{Err: fmt.Errorf("the server answers %d %s", resp.status, http.StatusText(resp.status))}, nil
	}
	return Parse(resp.body, resp.header.Get("Content-Type"), ParseOptions{URL: resp.url, Now: now}), nil
}
