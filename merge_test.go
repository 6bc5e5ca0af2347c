package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
	"hanwire/store"
)

// TestAMovedFeedIsPolledOnce has a feed redirect for good to another that is
// polled, too. After a week the two are one, which knows what each has brought:
// from then on only what is new comes, and that once.
func TestAMovedFeedIsPolledOnce(t *testing.T) {
	now := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	items := ""
	publish := func(n int) {
		items = fmt.Sprintf(`<item><title>Entry %d of the harbour</title><link>https://outlet.example/a/%d</link><pubDate>%s</pubDate></item>`,
			n, n, now.Format(time.RFC1123Z)) + items
	}
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked[r.URL.Path]++
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
			return
		}
		io.WriteString(w, `<rss version="2.0"><channel><title>Harbour</title>`+items+`</channel></rss>`)
	}))
	defer server.Close()

	clock := func() time.Time { return now }
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "bot.db"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client, err := feeds.NewClient(feeds.Options{AllowPrivate: true, Spacing: -1})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{log: newLog(io.Discard, LogConfig{}), store: s, feeds: client, metrics: newMetrics(), now: clock}
	old, current := feeds.Feed{URL: server.URL + "/old"}, feeds.Feed{URL: server.URL + "/new"}
	if err := s.SyncFeeds(t.Context(), []feeds.Feed{old, current}); err != nil {
		t.Fatal(err)
	}
	publish(0)
	merged := 0
	for day := range 10 {
		for _, f := range []feeds.Feed{old, current} {
			err := p.poll(t.Context(), f.ID())
			switch {
			case f == old && errors.Is(err, bot.ErrNotFound):
				if merged == 0 {
					merged = day
				}
			case err != nil:
				t.Fatalf("day %d, %s: %v", day, f.URL, err)
			}
		}
		now = now.Add(24 * time.Hour)
		publish(day + 1)
	}
	if merged < 7 || merged > 8 {
		t.Errorf("merged on day %d, want a week after the first redirect", merged)
	}
	// The entries of the last seven days, each once.
	r, err := s.Feed(t.Context(), current.ID())
	if err != nil || r.Entries < 6 || r.Entries > 7 {
		t.Errorf("%d entries of the last week, error %v; want one a day", r.Entries, err)
	}
	before := asked["/old"]
	if err := p.poll(t.Context(), old.ID()); !errors.Is(err, bot.ErrNotFound) || asked["/old"] != before {
		t.Errorf("the old address is asked still: %v", err)
	}
}
