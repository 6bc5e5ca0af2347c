package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hanwire/bot"
	"hanwire/digest/query"
)

// queryError points at the character of a query that cannot be understood.
type queryError struct {
	Message   string `json:"message"`
	Character int    `json:"character"` // from 1
	Before    string `json:"-"`
	At        string `json:"-"` // the character; empty at the end
	After     string `json:"-"`
}

// maxSearch is how many characters a query may have.
const maxSearch = 500

func parseQuery(s string) (query.Query, *queryError) {
	r := []rune(s)
	if len(r) > maxSearch {
		return query.Query{}, &queryError{Message: "the query is too long", Character: maxSearch + 1, Before: string(r[:maxSearch]), After: "…"}
	}
	q, err := query.Parse(s)
	if err == nil {
		return q, nil
	}
	bad := &queryError{Message: err.Error(), Before: s}
	if e, ok := errors.AsType[*query.Error](err); ok {
		pos := min(max(e.Pos, 0), len(r))
		bad.Message, bad.Character, bad.Before = e.Message, pos+1, string(r[:pos])
		if pos < len(r) {
			bad.At, bad.After = string(r[pos]), string(r[pos+1:])
		}
	}
	return query.Query{}, bad
}

// hitView is a story that a search found.
type hitView struct {
	ID       string    `json:"id"`
	Headline string    `json:"headline"`
	Lang     string    `json:"lang"`
	Outlets  []string  `json:"outlets"`
	Latest   time.Time `json:"latest,omitzero"`
	Snippet  string    `json:"snippet"`
	Marked   []run     `json:"-"`
}

func (h hitView) Path() string { return bot.StoryPath + h.ID }

// searchView is what a search found; without a query, the latest stories.
type searchView struct {
	Query   string      `json:"query"`
	Error   *queryError `json:"error,omitempty"`
	Stories []hitView   `json:"stories"`
	turner
}

const perSearch = 20

func (m *Room) search(ctx context.Context, r *request) (*content, error) {
	in := r.URL.Query()
	v := searchView{Query: bot.OneLine(in.Get("q")), Stories: []hitView{}}
	c := &content{name: "search", nav: "search", title: m.pages.say(r.lang, "search.title.page")}
	q, bad := parseQuery(v.Query)
	if bad != nil {
		v.Error = bad
		c.status, c.data = http.StatusBadRequest, v
		return c, nil
	}
	page := pageOf(in)
	var err error
	var n int
	if v.Stories, n, err = m.found(ctx, q, bot.Page{Offset: (page - 1) * perSearch, Limit: perSearch, At: r.by.place()}); err != nil {
		return nil, err
	}
	v.turner = turn(r.URL, page, perSearch, len(v.Stories), n)
	c.feed = &atomFeed{title: c.title, note: v.Query}
	for _, h := range v.Stories {
		c.feed.add(atomEntry{path: h.Path(), title: h.Headline, lang: h.Lang, at: h.Latest, summary: h.Snippet})
	}
	c.data = v
	return c, nil
}

func (m *Room) found(ctx context.Context, q query.Query, p bot.Page) ([]hitView, int, error) {
	hits, n, err := m.o.Store.SearchStories(ctx, q, p)
	if err != nil {
		return nil, 0, err
	}
	list := make([]hitView, 0, len(hits))
	for _, h := range hits {
		v := hitView{ID: h.Story, Headline: bot.OneLine(h.Headline), Latest: h.Latest, Snippet: bot.OneLine(h.Snippet), Marked: runs(h.Snippet, h.Matches)}
		v.Lang = langOf(v.Snippet+v.Headline, "")
		for _, o := range h.Outlets {
			v.Outlets = append(v.Outlets, bot.OneLine(o))
		}
		list = append(list, v)
	}
	return list, n, nil
}
