package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/digest/query"
	"hanwire/feeds"
	"hanwire/store"
	"hanwire/web"
)

// library is an archive with addresses in it, of each kind of page.
type library struct {
	room  *web.Room
	kinds []kind
}

// kind is a kind of page: how many of 100 requests are for one, and which
// there are.
type kind struct {
	name  string
	share int
	paths []string
}

// openLibrary opens the file that HANWIRE_LOAD_FILE names, as the benchmark of
// searches in store/ fills it, or else a small archive of its own.
func openLibrary(b *testing.B) *library {
	b.Helper()
	file := os.Getenv("HANWIRE_LOAD_FILE")
	if file == "" {
		a := newArchive(b)
		for i := range 200 {
			a.publish(public, fmt.Sprintf("s%d", i), fmt.Sprintf("South Korea and China agree on joint ferry line number %d", i), strings.ReplaceAll(ferryText, "Tuesday", fmt.Sprintf("Tuesday number %d", i)))
		}
		return shelve(b, a.store, now)
	}
	end := time.Now()
	s, err := store.Open(b.Context(), store.Options{DSN: file, Now: func() time.Time { return end }})
	ok(b, err)
	b.Cleanup(func() { ok(b, s.Close()) })
	latest, _, err := s.SearchStories(b.Context(), query.Query{}, bot.Page{Limit: 1})
	ok(b, err)
	if len(latest) == 0 {
		b.Fatal("the archive is empty")
	}
	end = latest[0].Latest
	return shelve(b, s, end)
}

// shelve gives an archive a workspace's own feed and the editions of 40 channels
// over half a year, if it has none, and takes down its addresses.
func shelve(b *testing.B, s *store.Store, end time.Time) *library {
	b.Helper()
	ctx := b.Context()
	room, err := web.New(web.Options{Store: s, Now: func() time.Time { return end }, Zone: time.UTC})
	ok(b, err)
	get := func(path string, v any) {
		b.Helper()
		w := ask(room, path)
		if w.Code != http.StatusOK {
			b.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		ok(b, json.Unmarshal(w.Body.Bytes(), v))
	}
	r := rand.New(rand.NewPCG(5, 9))
	const days = 180
	day := func(k int) time.Time { return end.AddDate(0, 0, -k) }
	stories := make([][]string, days) // of each day
	var quotes, speakers, editions, months, words []string
	for k := range days {
		span := url.QueryEscape(fmt.Sprintf("since:%s until:%s", day(k+1).Format(time.DateOnly), day(k).Format(time.DateOnly)))
		var found struct {
			Stories []struct{ ID, Headline string }
		}
		get("/search.json?q="+span, &found)
		for _, x := range found.Stories {
			stories[k] = append(stories[k], x.ID)
			words = append(words, strings.Fields(x.Headline)...)
		}
		var said struct {
			Quotes []struct{ Path, Speaker string }
		}
		get("/quotes.json?q="+span, &said)
		for _, x := range said.Quotes {
			quotes = append(quotes, x.Path)
			if x.Speaker != "" {
				speakers = append(speakers, "/speakers/"+url.PathEscape(x.Speaker))
			}
		}
	}
	ok(b, s.SyncFeeds(ctx, []feeds.Feed{public}))
	if err := s.AddFeed(ctx, bot.FeedRecord{Feed: own, ID: own.ID(), At: bot.Place{Platform: team.Platform, Workspace: team.Workspace}}); !errors.Is(err, bot.ErrDone) {
		ok(b, err)
	}
	for c := range 40 {
		at := bot.Place{Platform: "slack", Workspace: "T1", Channel: fmt.Sprintf("C%d", c)}
		sub := bot.Subscription{ID: fmt.Sprintf("load-%d", c), At: at, Hour: "08:00", Zone: "Asia/Seoul", Lang: "en"}
		_, err := s.Edition(ctx, fmt.Sprintf("load-%d-0", c))
		filled := err == nil
		if !filled {
			ok(b, s.SaveSubscription(ctx, sub))
		}
		for k := days - 1; k >= 0; k-- {
			if len(stories[k]) == 0 {
				continue
			}
			e := bot.Edition{
				ID: fmt.Sprintf("load-%d-%d", c, k), Subscription: sub.ID, At: at, Title: "Korea", Lang: "en", Number: days - k, Due: day(k).Add(-time.Duration(c) * time.Minute), Made: day(k), From: day(k + 1), Until: day(k),
				Told: bot.Told{Articles: map[string][]string{}},
			}
			editions = append(editions, bot.EditionPath+e.ID)
			if filled {
				continue
			}
			list := slices.Clone(stories[k])
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			e.Stories, e.Also = list[:min(10, len(list))], list[min(10, len(list)):]
			ok(b, s.SaveEdition(ctx, e, sub, nil))
		}
	}
	for k := range 6 {
		months = append(months, "/editions?month="+end.AddDate(0, -k, 0).Format("2006-01"))
	}
	var all, queries, asked []string
	for _, list := range stories {
		for _, id := range list {
			all = append(all, bot.StoryPath+id)
		}
	}
	word := func() string { return words[r.IntN(len(words))] }
	for range 500 {
		w := word()
		queries = append(queries, "?q="+w, "?q="+w+"+OR+"+word(), "?q="+w+"+lang%3Aen+since%3A90d")
		asked = append(asked, "/quotes?q="+w, "/quotes?topic=china&since="+day(r.IntN(days)).Format(time.DateOnly), "/quotes?speaker="+strings.TrimPrefix(speakers[r.IntN(len(speakers))], "/speakers/"))
	}
	put := func(before string, list []string, after string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = before + s + after
		}
		return out
	}
	return &library{room, []kind{
		{"front", 15, []string{"/"}}, {"edition", 10, editions}, {"calendar", 5, months}, {"story", 28, all}, {"quotes", 7, append(asked, "/quotes")}, {"quote", 5, quotes},
		{"speakers", 2, append(put("/speakers?name=", words[:min(200, len(words))], ""), "/speakers")}, {"speaker", 5, speakers}, {"feeds", 2, []string{"/feeds"}},
		{"search", 10, put("/search", queries, "")}, {"atom", 6, append(put("/search.atom", queries, ""), "/index.atom", "/editions.atom")}, {"json", 5, put("", all, ".json")},
	}}
}

// pick is a page as readers ask for them.
func (l *library) pick(r *rand.Rand) (kind, path string) {
	n := r.IntN(100)
	for _, k := range l.kinds {
		if n -= k.share; n < 0 {
			return k.name, k.paths[r.IntN(len(k.paths))]
		}
	}
	panic("the shares of the kinds are no 100")
}

// BenchmarkRoom reads the archive as 200 readers a second do, who do not wait
// for each other, and reports how long they waited for a whole page, each from
// the moment at which it was due:
//
//	HANWIRE_LOAD=1000000 HANWIRE_LOAD_FILE=/tmp/load.db go test ./store -run - -bench Search -benchtime 100x -timeout 0
//	HANWIRE_LOAD_FILE=/tmp/load.db go test ./web -run - -bench Room -benchtime 6000x -cpu 2 -timeout 0
func BenchmarkRoom(b *testing.B) {
	l := openLibrary(b)
	server := httptest.NewServer(l.room)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	b.Run("200 a second", func(b *testing.B) {
		r := rand.New(rand.NewPCG(1, uint64(b.N)))
		took := map[string][]time.Duration{}
		var mu sync.Mutex
		var readers sync.WaitGroup
		began, before := time.Now(), computed()
		for i := range b.N {
			due := began.Add(time.Duration(i) * time.Second / 200)
			time.Sleep(time.Until(due))
			name, path := l.pick(r)
			readers.Go(func() {
				res, err := client.Get(server.URL + path)
				if err != nil {
					b.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, res.Body)
				res.Body.Close()
				d := time.Since(due)
				if err != nil || res.StatusCode != http.StatusOK {
					b.Errorf("%s: %s %v", path, res.Status, err)
				}
				mu.Lock()
				defer mu.Unlock()
				took[name] = append(took[name], d)
				took["all"] = append(took["all"], d)
			})
		}
		readers.Wait()
		b.ReportMetric((computed()-before).Seconds()/time.Since(began).Seconds(), "cores")
		for name, list := range took {
			slices.Sort(list)
			b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, "p99-ms-"+name)
		}
	})
	for _, k := range l.kinds {
		b.Run(k.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(2, uint64(b.N)))
			took := make([]time.Duration, 0, b.N)
			size := 0
			for b.Loop() {
				path := k.paths[r.IntN(len(k.paths))]
				before := computed()
				w := ask(l.room, path)
				took = append(took, computed()-before)
				size += w.Body.Len()
				if w.Code != http.StatusOK {
					b.Errorf("%s: %d", path, w.Code)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-cpu-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-cpu-ms")
			b.ReportMetric(float64(size)/float64(len(took)), "bytes/op")
		})
	}
}

// computed is how much the program has computed, which other programs on the
// machine do not change.
func computed() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
