package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/text"
	"hanwire/feeds"
	"hanwire/store"
	"hanwire/store/storetest"
)

// engines lists what the conformance tests run on: SQLite, and PostgreSQL where
// HANWIRE_TEST_POSTGRES gives the URL of a server on which databases may be
// made.
func engines() []string {
	if os.Getenv("HANWIRE_TEST_POSTGRES") != "" {
		return []string{"sqlite", "postgres"}
	}
	return []string{"sqlite"}
}

// each runs f on every engine.
func each(t *testing.T, f func(t *testing.T, engine string)) {
	for _, engine := range engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f(t, engine)
		})
	}
}

// newDSN names a fresh, empty database that goes with the test.
func newDSN(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "hanwire.db")
	}
	return storetest.NewDatabase(t, os.Getenv("HANWIRE_TEST_POSTGRES"))
}

// now is where the tests' clocks start.
var now = time.Date(2031, 5, 6, 7, 0, 0, 0, time.UTC)

// clock is a time that a test moves.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(now.UnixNano())
	return c
}
func (c *clock) Now() time.Time          { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// feedNamed is an invented feed.
func feedNamed(name string) feeds.Feed {
	return feeds.Feed{URL: "https://" + name + ".example/feed.xml", Outlet: strings.ToUpper(name[:1]) + name[1:], Type: feeds.Independent, Lang: "en", Zone: "Asia/Seoul"}
}

// entryOf is entry n of a feed.
func entryOf(f feeds.Feed, n int) feeds.Entry {
	link := strings.TrimSuffix(f.URL, "/feed.xml") + fmt.Sprintf("/news/%d", n)
	return feeds.Entry{
		ID: fmt.Sprintf("%s-e%d", f.ID(), n), Feed: f.ID(), Keys: []string{fmt.Sprintf("guid-%d", n), link}, GUID: fmt.Sprintf("guid-%d", n),
		Link: link, Title: fmt.Sprintf("Ferry talks, day %d", n), Content: "<p>The ferry talks went on.</p>",
		Published: now.Add(time.Duration(n) * time.Minute), Fingerprint: fmt.Sprintf("print-%d", n),
	}
}

// readingOf is entry e as it was read.
func readingOf(f feeds.Feed, e feeds.Entry, words string) (feeds.Article, digest.Reading) {
	body := words + ` "We will keep the ferry running," harbour master Oh Da-rim said.`
	a := feeds.Article{
		ID: "a-" + e.ID, Entry: e.ID, Feed: f.ID(), URL: e.Link, Title: e.Title, Text: body, Byline: "By Seo Ru-a", Lang: "en",
		Published: e.Published, Fetched: e.Published.Add(time.Minute), Access: feeds.FullText,
	}
	start := strings.Index(body, "We will")
	end := strings.Index(body, `," harbour`) + 1
	r := digest.Reading{
		Article: digest.Article{ID: a.ID, URL: a.URL, Title: a.Title, Text: a.Text, Outlet: f.Outlet, OutletType: string(f.Type), Lang: "en-GB", Published: a.Published, Access: string(a.Access)},
		Lang:    "en", Title: e.Title,
		Relevance: story.Relevance{Relevant: true, Score: 0.9, Topics: []string{"korea"}, Reasons: []string{"title: ferry"}},
		Summary:   []text.Span{{Start: 0, End: len(words)}},
		Quotes: []quote.Quote{{Span: text.Span{Start: start, End: end}, Kind: quote.Direct, Speaker: "Oh Da-rim", SpeakerKey: "oh_da_rim",
			Role: "harbour master", Cue: "said", Key: true}},
		Features: story.Item{ID: a.ID, Outlet: f.Outlet},
	}
	return a, r
}
