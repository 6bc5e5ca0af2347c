// Package web is the reading room: the archive as a small site, for people who
// were forwarded a digest, look something up, or want to read in a browser what
// the chat can only hint at.
//
// It shows what is kept and keeps nothing. Every page is made on the server
// from the store, has a permanent address, and comes as HTML, as JSON when
// ".json" is put after its path, and, where it is a list that grows, as an Atom
// feed when ".atom" is. There is no script; the pages are one style sheet and
// words. An article's text belongs to its outlet: a page shows summary
// sentences, quotes with a sentence or so around them, and the way to the
// original, and never the article.
//
// Feed text is a stranger's. It reaches a page only through html/template, with
// control characters taken out and links that are http or https, and should
// something get through all the same, the Content-Security-Policy lets nothing
// run or load. Who may read is settled before any page is made: see access.go.
//
//	serve.go     the server and its limits; limit.go the rate for one client
//	access.go    who reads: loopback, a token, or a session; signin.go signing in with Slack or Discord
//	page.go      one page in three formats; texts.txt its words; language.go which language
//	editions.go  the front page, the calendar, an edition; chart.go stories by day and topic
//	story.go     a story; quotes.go quotes and their permanent links; speakers.go; feeds.go; search.go
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/query"
)

// Options are what New needs. Store must be set.
type Options struct {
	Store  Store
	Topics []string       // names, in the order in which they are shown
	Zone   *time.Location // of dates and of days; UTC when nil
	Lang   string         // for readers whose browser asks for none of ours
	URL    string         // scheme and host by which people reach the pages; empty when it is not known

	Token   string     // lets in whoever has it; at least minToken characters
	SignIn  []Provider // lets in the members of a workspace
	Rate    int        // requests a minute from one address; no limit when zero
	Proxies []netip.Prefix
	Health  http.Handler // answers /healthz, /readyz and /metrics; nil for none

	Log *slog.Logger
	Now func() time.Time // time.Now when nil
}

// Reader is who reads, and what may be seen.
type Reader struct {
	Everything bool      // the editions of all channels, but nobody's own feeds
	At         bot.Place // the workspace whose channels' editions and own feeds are seen
	User       string    // whose own editions are seen; empty for nobody's
}

// nowhere is a place that no feed belongs to: who reads from it sees what
// everybody may see.
var nowhere = bot.Place{Platform: "web"}

// place is where the reader looks from.
func (r Reader) place() bot.Place {
	if r.Everything {
		return nowhere
	}
	return bot.Place{Platform: r.At.Platform, Workspace: r.At.Workspace}
}

// sees reports whether the reader may see an edition.
func (r Reader) sees(e bot.Edition) bool {
	own := len(e.At.Channel) > 0 && e.At.Channel[0] == '@'
	switch {
	case r.Everything:
		return !own
	case e.At.Platform != r.At.Platform, e.At.Workspace != r.At.Workspace && e.At.Workspace != "":
		return false
	}
	return !own || r.User != "" && e.At.Channel == "@"+r.User
}

// Store is what the reading room asks of the database.
type Store interface {
	// Editions are those due in [from, until) that the reader sees, the latest
	// first.
	Editions(ctx context.Context, by Reader, from, until time.Time, limit int) ([]bot.Edition, error)
	// EditionTimes are all of those, the earliest first.
	EditionTimes(ctx context.Context, by Reader, from, until time.Time) ([]EditionTime, error)
	Edition(ctx context.Context, id string) (bot.Edition, error)
	// EarlierEditions are the latest of the same subscription before e that told
	// one of the stories.
	EarlierEditions(ctx context.Context, e bot.Edition, stories []string, limit int) ([]bot.Edition, error)
	// EditionsOf are the latest that told a story and that the reader sees.
	EditionsOf(ctx context.Context, by Reader, story string, limit int) ([]bot.Edition, error)
	// TopicDays counts the stories that began between one of the days and the
	// next, by topic; there is one element less than days. Of stories that not
	// everybody may see none is counted.
	TopicDays(ctx context.Context, days []time.Time) ([]map[string]int, error)

	Stories(ctx context.Context, f bot.StoryFilter) ([]bot.StoryRecord, error)
	ReadingsOf(ctx context.Context, articles []string) (map[string]bot.StoryRecord, error)
	// Versions are the earlier versions of an article.
	Versions(ctx context.Context, article string) ([]digest.Reading, error)

	SearchStories(ctx context.Context, q query.Query, p bot.Page) ([]bot.StoryHit, int, error)
	SearchQuotes(ctx context.Context, q query.Query, p bot.Page) ([]bot.QuoteRecord, int, error)

	// Speakers are the n most quoted whose name, or a word of it, begins so.
	Speakers(ctx context.Context, at bot.Place, prefix string, n int) ([]SpeakerLine, error)
	Speaker(ctx context.Context, name string, at bot.Place) (bot.Profile, error)
	Feeds(ctx context.Context, at bot.Place) ([]bot.FeedRecord, error)
}

// EditionTime is an edition in the calendar.
type EditionTime struct {
	ID  string
	Due time.Time
}

// SpeakerLine is a speaker in a list.
type SpeakerLine struct {
	Name   string
	Names  []string // spellings met, the most frequent first
	Quotes int
}

// Room is the reading room. It is safe for concurrent use.
type Room struct {
	o       Options
	pages   *pages
	access  *access
	handler http.Handler

	made     *cache[pageKey, made]
	editions *cache[editionKey, *editionView]
	months   *cache[monthKey, []EditionTime]
	charts   *cache[int64, []map[string]int]
}

// New returns a reading room.
func New(o Options) (*Room, error) {
	if o.Store == nil {
		return nil, errors.New("web: no store")
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.Topics) == 0 {
		o.Topics = bot.DefaultTopics
	}
	p, err := newPages(o)
	if err != nil {
		return nil, err
	}
	a, err := newAccess(o)
	if err != nil {
		return nil, err
	}
	m := &Room{
		o: o, pages: p, access: a,
		made:     newCache[pageKey, made](500, keepFor, o.Now),
		editions: newCache[editionKey, *editionView](500, 10*keepFor, o.Now),
		months:   newCache[monthKey, []EditionTime](100, keepFor, o.Now),
		charts:   newCache[int64, []map[string]int](100, 10*keepFor, o.Now),
	}
	m.handler = m.routes()
	return m, nil
}

// keepFor is how old a page may be: readers of an archive do not notice, and a
// page that many open at once is made once. What was told and counted may be
// older.
const keepFor = time.Minute

// routes are the pages. Each has its address for good.
func (m *Room) routes() http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, f pageFunc) { mux.Handle("GET "+pattern, m.page(f)) }
	page("/{$}", m.front)
	page("/index", m.front) // "/" in other formats: /index.json, /index.atom
	page("/editions", m.calendar)
	page(bot.EditionPath+"{id}", m.edition)
	page(bot.StoryPath+"{id}", m.story)
	page("/quotes", m.quotes)
	page("/quotes/{article}/{mark}", m.quote)
	page("/speakers", m.speakers)
	page("/speakers/{name}", m.speaker)
	page("/feeds", m.feeds)
	page("/search", m.search)
	page("/", func(context.Context, *request) (*content, error) { return nil, errNotFound })
	if m.o.Health != nil {
		mux.Handle("GET /metrics", m.o.Health)
	}

	// What follows is for everybody.
	open := http.NewServeMux()
	open.Handle("/", m.access.only(mux))
	open.Handle("GET /sign-in", m.fresh(m.signInPage))
	m.access.routes(open)
	m.pages.assets(open)
	if m.o.Health != nil {
		open.Handle("GET /healthz", m.o.Health)
		open.Handle("GET /readyz", m.o.Health)
	}
	return m.guard(open)
}

// ServeHTTP implements [http.Handler].
func (m *Room) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }

// webURL is a path as an absolute address, for feeds and sign-in.
func (o Options) webURL(r *http.Request, path string) string {
	base := o.URL
	if base == "" {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		base = (&url.URL{Scheme: scheme, Host: r.Host}).String()
	}
	return base + path
}
