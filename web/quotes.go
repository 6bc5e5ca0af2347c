package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// quoteView is somebody's words with their proof.
type quoteView struct {
	Path      string    `json:"path"`
	Text      string    `json:"text"` // verbatim, without its marks
	Lang      string    `json:"lang"`
	Kind      string    `json:"kind"`
	Before    string    `json:"before,omitempty"` // what stands around it
	After     string    `json:"after,omitempty"`
	Speaker   string    `json:"speaker,omitempty"`
	Role      string    `json:"role,omitempty"`
	Outlet    outlet    `json:"outlet"`
	URL       string    `json:"url,omitempty"` // to the very words
	Published time.Time `json:"published,omitzero"`
	Also      []string  `json:"also,omitempty"` // outlets that have the same words, or nearly
	Story     string    `json:"story,omitempty"`
	Headline  string    `json:"headline,omitempty"`
	Gone      bool      `json:"gone,omitempty"` // not in the article's latest version
	Citation  string    `json:"citation"`
	Marked    []run     `json:"-"` // Text, with what a search found in it
}

// run is a piece of text, highlighted or not.
type run struct {
	Text   string
	Strong bool
}

// runs cuts text at the spans of what was found in it.
func runs(s string, found []text.Span) []run {
	var list []run
	for _, x := range bot.Marked(s, found) {
		list = append(list, run{bot.Clean(x.Text), x.Style == bot.Bold})
	}
	return list
}

// Direct reports whether the words stood in quotation marks.
func (q quoteView) Direct() bool { return q.Kind == "" || q.Kind == quote.Direct.String() }

// Words are the words as they stand alone.
func (q quoteView) Words() string { return bot.QuotedWords(q.Text) }

func (m *Room) quoteOf(s *digest.Story, q *digest.Attributed, around contexts) quoteView {
	a := readingOf(s.Articles, q.Article)
	v := m.quoteIn(a, q.Quote, q.Text)
	v.Before, v.After = around.around(q.Article, q.Span)
	v.Before, v.After = bot.Clean(v.Before), bot.Clean(v.After)
	for _, x := range q.Variants {
		if name := bot.OneLine(readingOf(s.Articles, x.Article).Outlet); name != "" && name != v.Outlet.Name && !slices.Contains(v.Also, name) {
			v.Also = append(v.Also, name)
		}
	}
	return v
}

func (m *Room) quoteIn(a *digest.Reading, q quote.Quote, words string) quoteView {
	v := quoteView{
		Path: quotePath(a.ID, words), Text: bot.Clean(words), Lang: a.Lang, Kind: q.Kind.String(), Speaker: bot.OneLine(q.Speaker), Role: bot.OneLine(q.Role),
		Outlet: outlet{bot.OneLine(a.Outlet), a.OutletType}, URL: bot.TextLink(a.URL, words), Published: a.Published,
	}
	v.Marked = []run{{Text: v.Words()}}
	v.Citation = bot.Citation(bot.QuoteRecord{
		Text: words, Kind: v.Kind, Speaker: v.Speaker, Role: v.Role, Outlet: v.Outlet.Name, Published: a.Published, URL: a.URL,
	}, m.o.Now(), m.o.Zone)
	return v
}

// quoteFound is a quote that a search found.
func (m *Room) quoteFound(r bot.QuoteRecord) quoteView {
	v := quoteView{
		Path: quotePath(r.Article, r.Text), Text: bot.Clean(r.Text), Lang: r.Lang, Kind: r.Kind, Speaker: bot.OneLine(r.Speaker), Role: bot.OneLine(r.Role),
		Outlet: outlet{bot.OneLine(r.Outlet), r.OutletType}, URL: bot.CleanLink(r.URL), Published: r.Published, Story: r.Story,
		Marked: runs(bot.QuotedWords(r.Text), r.Matches),
	}
	r.Speaker, r.Role, r.Outlet = v.Speaker, v.Role, v.Outlet.Name
	v.Citation = bot.Citation(r, m.o.Now(), m.o.Zone)
	return v
}

// quotesView is a list of quotes that a search found.
type quotesView struct {
	Form   quoteForm   `json:"-"`
	Topics []string    `json:"-"`
	Query  string      `json:"query"`
	Error  *queryError `json:"error,omitempty"`
	Quotes []quoteView `json:"quotes"`
	turner
}

// quoteForm is what can be asked of the quotes, each part of it a part of the
// query.
type quoteForm struct{ Words, Speaker, Topic, Outlet, Since, Until string }

func (f quoteForm) query() string {
	parts := []string{strings.TrimSpace(f.Words)}
	for _, p := range [...][2]string{{"speaker", f.Speaker}, {"topic", f.Topic}, {"outlet", f.Outlet}, {"since", f.Since}, {"until", f.Until}} {
		value := strings.Join(strings.Fields(strings.ReplaceAll(p[1], `"`, " ")), " ")
		if value == "" {
			continue
		}
		if p[0] != "since" && p[0] != "until" {
			value = `"` + value + `"`
		}
		parts = append(parts, p[0]+":"+value)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

const perQuotes = 20

func (m *Room) quotes(ctx context.Context, r *request) (*content, error) {
	in := r.URL.Query()
	get := func(name string) string { return bot.OneLine(in.Get(name)) }
	f := quoteForm{get("q"), get("speaker"), get("topic"), get("outlet"), get("since"), get("until")}
	v := quotesView{Form: f, Topics: m.o.Topics, Query: f.query(), Quotes: []quoteView{}}
	c := &content{name: "quotes", nav: "quotes", title: m.pages.say(r.lang, "quotes.title.page")}
	q, bad := parseQuery(v.Query)
	if bad != nil {
		v.Error = bad
		c.status, c.data = http.StatusBadRequest, v
		return c, nil
	}
	page := pageOf(in)
	list, n, err := m.o.Store.SearchQuotes(ctx, q, bot.Page{Offset: (page - 1) * perQuotes, Limit: perQuotes, At: r.by.place()})
	if err != nil {
		return nil, err
	}
	v.turner = turn(r.URL, page, perQuotes, len(list), n)
	c.feed = &atomFeed{title: c.title, note: v.Query}
	for _, x := range list {
		q := m.quoteFound(x)
		v.Quotes = append(v.Quotes, q)
		title := q.Text
		if q.Speaker != "" {
			title = q.Speaker + ": " + marks(q.Lang)[0] + q.Words() + marks(q.Lang)[1]
		}
		c.feed.add(atomEntry{path: q.Path, title: title, lang: q.Lang, at: q.Published, summary: q.Citation})
	}
	c.data = v
	return c, nil
}

// quotePage is one quote at its permanent address.
type quotePage struct {
	quoteView
}

func (m *Room) quote(ctx context.Context, r *request) (*content, error) {
	id, wanted := r.PathValue("article"), r.PathValue("mark")
	if len(id) > maxID {
		return nil, errNotFound
	}
	found, err := m.o.Store.ReadingsOf(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	record := found[id].Visible(r.by.place())
	a := readingOf(record.Readings, id)
	if a.ID == "" {
		return nil, errNotFound
	}
	page, ok := m.quoteAt(a, wanted)
	if !ok {
		versions, err := m.o.Store.Versions(ctx, id)
		if err != nil {
			return nil, err
		}
		for i := range versions {
			old := versions[i]
			old.URL, old.Outlet, old.OutletType = a.URL, a.Outlet, a.OutletType
			if page, ok = m.quoteAt(&old, wanted); ok {
				page.Gone, page.URL = true, bot.CleanLink(a.URL)
				break
			}
		}
	}
	if !ok {
		return nil, errNotFound
	}
	page.Story, page.Headline = record.ID, bot.OneLine(a.Title)
	title := page.Speaker
	if title == "" {
		title = page.Outlet.Name
	}
	return &content{name: "quote", nav: "quotes", title: title, data: page}, nil
}

// quoteAt finds the quote of an article with the words that are wanted.
func (m *Room) quoteAt(a *digest.Reading, wanted string) (quotePage, bool) {
	for _, q := range a.Quotes {
		if q.Start < 0 || q.End > len(a.Text) || q.Start >= q.End {
			continue
		}
		words := a.Text[q.Start:q.End]
		if mark(words) != wanted {
			continue
		}
		page := quotePage{quoteView: m.quoteIn(a, q, words)}
		before, after := newContexts([]digest.Reading{*a}).around(a.ID, q.Span)
		page.Before, page.After = bot.Clean(before), bot.Clean(after)
		return page, true
	}
	return quotePage{}, false
}

// turner turns the pages of a long list.
type turner struct {
	Total    int    `json:"total"`
	From     int    `json:"from"`
	Until    int    `json:"until"`
	Previous string `json:"previous,omitempty"`
	More     string `json:"next,omitempty"`
}

const maxPage = 100

func pageOf(q url.Values) int {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

func turn(at *url.URL, page, size, shown, n int) turner {
	t := turner{Total: n, From: (page-1)*size + 1, Until: (page-1)*size + shown}
	link := func(page int) string {
		q := at.Query()
		q.Del("lang")
		q.Set("page", strconv.Itoa(page))
		return at.EscapedPath() + "?" + q.Encode()
	}
	if page > 1 {
		t.Previous = link(page - 1)
	}
	if t.Until < n && shown > 0 {
		t.More = link(page + 1)
	}
	return t
}
