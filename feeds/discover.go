package feeds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Candidate is a feed found behind a home page.
type Candidate struct {
	URL     string
	Title   string
	Format  string
	Entries int
}

// maxCandidates bounds the documents asked for in one search.
const maxCandidates = 8

// usualPaths are where feeds lie on sites that do not say.
var usualPaths = []string{"/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"}

// Discover finds the feeds behind a page: the page itself when it is one, those
// that it names, those that it links to, and at last those at the usual places.
// Each has been fetched and parsed. It returns none and an error that says why
// when the page cannot be fetched or leads to no feed.
func (c *Client) Discover(ctx context.Context, siteURL string, now time.Time) ([]Candidate, error) {
	if !strings.Contains(siteURL, "://") {
		siteURL = "https://" + siteURL
	}
	start := time.Now()
	at := func() time.Time { return now.Add(time.Since(start)) }
	resp, finish, err := c.fetch(ctx, request{url: siteURL, accept: acceptPage, limit: maxBody, cut: true}, now)
	finish(time.Time{})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	if resp.status < 200 || resp.status > 299 {
		return nil, fmt.Errorf("the server answers %d %s; look at the address in a browser", resp.status, http.StatusText(resp.status))
	}
	if p := Parse(resp.body, resp.header.Get("Content-Type"), ParseOptions{URL: resp.url}); p.Err == nil {
		return []Candidate{{URL: resp.url, Title: p.Title, Format: p.Format, Entries: len(p.Entries)}}, nil
	}
	named, linked := feedLinks(resp.body, resp.header.Get("Content-Type"), resp.url)
	var usual []string
	for _, p := range usualPaths {
		usual = append(usual, resolve(resp.url, p))
	}
	var found []Candidate
	asked := 0
	seen := map[string]bool{feedKey(resp.url): true}
	var lastErr error
	for _, group := range [][]string{named, linked, usual} {
		for _, link := range group {
			key := feedKey(link)
			if link == "" || seen[key] || asked == maxCandidates {
				continue
			}
			seen[key] = true
			asked++
			p, err := c.Show(ctx, link, at())
			if err != nil {
				return found, err
			}
			if p.Err != nil {
				lastErr = p.Err
				continue
			}
			found = append(found, Candidate{URL: link, Title: p.Title, Format: p.Format, Entries: len(p.Entries)})
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	if lastErr != nil {
		return nil, fmt.Errorf("no feed behind the page; give the address of the feed itself (at the last place tried: %w)", lastErr)
	}
	return nil, errors.New("no feed behind the page; give the address of the feed itself")
}

// feedLinks returns the feeds that a page names in its head, and the links in
// it that look like feeds.
func feedLinks(page []byte, contentType, pageURL string) (named, linked []string) {
	text, _, _ := decode(page[:min(len(page), maxPage)], contentType, pageURL)
	base := pageURL
	z := xhtml.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(maxPage * 3)
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return named, linked
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			t := z.Token()
			attrs := map[string]string{}
			for _, a := range t.Attr[:min(len(t.Attr), maxAttrs)] {
				attrs[a.Key] = a.Val
			}
			switch t.DataAtom {
			case atom.Base:
				if b := resolve(pageURL, attrs["href"]); b != "" {
					base = b
				}
			case atom.Link:
				rel, kind := strings.Fields(strings.ToLower(attrs["rel"])), strings.ToLower(attrs["type"])
				if (slices.Contains(rel, "alternate") || slices.Contains(rel, "feed")) && feedType(kind) {
					named = append(named, resolve(base, attrs["href"]))
				}
			case atom.A:
				if link := resolve(base, attrs["href"]); looksLikeFeed(link) && len(linked) < 100 {
					linked = append(linked, link)
				}
			}
		}
	}
}

func feedType(t string) bool {
	t, _, _ = strings.Cut(t, ";")
	switch strings.TrimSpace(t) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml", "application/xml", "application/json":
		return true
	}
	return false
}

// looksLikeFeed goes by the words that the paths of feeds are made of.
func looksLikeFeed(link string) bool {
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return false
	}
	p := strings.ToLower(u.Path)
	for _, part := range strings.FieldsFunc(p, func(r rune) bool { return r == '/' || r == '.' || r == '-' || r == '_' }) {
		switch part {
		case "rss", "rss2", "feed", "feeds", "atom", "rdf", "rssfeed", "newsfeed":
			return true
		}
	}
	return strings.HasSuffix(p, ".xml") && !strings.Contains(p, "sitemap") || strings.HasPrefix(strings.ToLower(u.Hostname()), "rss.")
}
