package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/feeds"
	"hanwire/samples"
	"hanwire/store"
)

// corpus is n lines of articles of about size bytes each, made of the sample
// news in a language, or in all when lang is empty.
func corpus(tb testing.TB, n, size int, lang string) []byte {
	tb.Helper()
	press, err := samples.NewServer(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if err != nil {
		tb.Fatal(err)
	}
	langs := map[string]string{} // by outlet
	for _, o := range samples.Outlets() {
		langs[o.Key] = o.Lang
	}
	var all []samples.Article
	for _, a := range press.Articles() {
		if len(a.Paragraphs) > 0 && (lang == "" || langs[a.Outlet] == lang) {
			all = append(all, a)
		}
	}
	var b bytes.Buffer
	for i := range n {
		var text strings.Builder
		for k := i; text.Len() < size; k++ {
			text.WriteString(strings.Join(all[k%len(all)].Paragraphs, "\n\n") + "\n\n")
		}
		line, err := json.Marshal(map[string]string{"id": fmt.Sprint(i), "title": all[i%len(all)].Title, "text": text.String()})
		if err != nil {
			tb.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

// BenchmarkReadJSONL is the whole of `hanwire read --jsonl`, on articles of
// 5 kB in English and of 4 kB in three languages; run it with -cpu 1 for the
// figure of one core.
func BenchmarkReadJSONL(b *testing.B) {
	reader, err := digest.NewReader(digest.ReaderOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, lang string
		size       int
	}{{"English", "en", 5000}, {"three languages", "", 4000}} {
		b.Run(c.name, func(b *testing.B) {
			const n = 200
			input := corpus(b, n, c.size, c.lang)
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			for b.Loop() {
				err := eachLine(b.Context(), bytes.NewReader(input), io.Discard, func(n int, line []byte) []byte { return readLineJSON(reader.Read, n, line) })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

// BenchmarkReadHostile reads texts that no newsroom wrote, and texts twice as
// long: where the second number of a pair is over twice the first, reading
// takes more than linear time.
func BenchmarkReadHostile(b *testing.B) {
	reader, err := digest.NewReader(digest.ReaderOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for _, unit := range []string{`"`, "“", "”", "“”", "'", "A", "Vell ", "Ada Vell ", "(", ", ", "a\n\n", "said ", "Vell said that ", `"yes" he said. `, "说他", "“好”他说。", "김정은 위원장은 ", `"네"라고 말했다. `} {
		for _, size := range []int{180_000, 360_000} { // the reader looks at 400,000 bytes
			text := strings.Repeat(unit, size/len(unit))
			b.Run(fmt.Sprintf("%q/%d", unit, size), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					reader.Read(digest.Article{ID: "a", Text: text})
				}
			})
		}
	}
}

// BenchmarkPoll is one poll as the bot makes it, the store included, beside the
// bare HTTP client on the same server.
func BenchmarkPoll(b *testing.B) {
	body := feedOf(50_000, 0)
	changed := false
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if changed {
			n++
			w.Write(feedOf(50_000, n))
			return
		}
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write(body)
	}))
	defer server.Close()

	b.Run("bare client, 304", func(b *testing.B) {
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL, nil)
			if err != nil {
				b.Fatal(err)
			}
			req.Header.Set("If-None-Match", `"1"`)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	for _, c := range []struct {
		name    string
		changed bool
	}{{"poll and store, 304", false}, {"poll and store, 50 kB changed", true}} {
		b.Run(c.name, func(b *testing.B) {
			ctx := context.Background()
			s, err := store.Open(ctx, store.Options{DSN: filepath.Join(b.TempDir(), "bench.db")})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			client, err := feeds.NewClient(feeds.Options{AllowPrivate: true, Spacing: time.Nanosecond, HostWait: time.Second})
			if err != nil {
				b.Fatal(err)
			}
			p := &program{log: newLog(io.Discard, LogConfig{}), store: s, feeds: client, metrics: newMetrics(), now: time.Now}
			f := feeds.Feed{URL: server.URL}
			if err := s.AddFeed(ctx, bot.FeedRecord{Feed: f, ID: f.ID()}); err != nil {
				b.Fatal(err)
			}
			changed = false
			if err := p.poll(ctx, f.ID()); err != nil {
				b.Fatal(err)
			}
			changed = c.changed
			for b.Loop() {
				if err := p.poll(ctx, f.ID()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// feedOf is an RSS feed of about size bytes; each n has one more item that is
// new.
func feedOf(size, n int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Bench</title>`)
	item := func(id string) {
		fmt.Fprintf(&b, `<item><title>Entry %s</title><link>https://news.example/%s</link><guid>%s</guid><pubDate>Mon, 23 Nov 2026 03:00:00 GMT</pubDate><description>%s</description></item>`,
			id, id, id, strings.Repeat("A sentence of a description. ", 14))
	}
	if n > 0 {
		item(fmt.Sprintf("new-%d", n))
	}
	for i := 0; b.Len() < size; i++ {
		item(fmt.Sprint(i))
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}
