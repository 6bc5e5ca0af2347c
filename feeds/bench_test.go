package feeds

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newsFeed is a feed of about 50 kB, as a news site sends it.
func newsFeed(version int) string {
	var items []string
	for i := range 40 {
		n := version + 40 - i
		items = append(items, fmt.Sprintf(`<item><title>Story number %d of the harbour desk</title><link>https://outlet.example/2026/%d?utm_source=rss</link><guid isPermaLink="false">hw-%d</guid><pubDate>%s</pubDate><description><![CDATA[<p>%s</p>]]></description></item>`,
			n, n, n, day0.Add(time.Duration(n)*time.Minute).Format(time.RFC1123Z), strings.Repeat("Two envoys met in the port city and will meet again. ", 18)))
	}
	return rssItems(items...)
}

// newsServer answers 304 to whoever holds the newest version, which changes
// with each full answer when changing is set.
func newsServer(b *testing.B, changing bool) *httptest.Server {
	version := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if changing {
			version++
		}
		etag := fmt.Sprintf(`"%d"`, version)
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, newsFeed(version))
	}))
	b.Cleanup(srv.Close)
	return srv
}

// reportCPU makes the benchmark report processor time beside the time that
// passed; b.Loop has not run yet. The server's share is in it.
func reportCPU(b *testing.B) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	b.Cleanup(func() { b.ReportMetric(float64((used()-before).Microseconds())/float64(b.N), "cpu-us/op") })
}

// BenchmarkBare304 is the floor: a loop over net/http that knows nothing of
// feeds.
func BenchmarkBare304(b *testing.B) {
	srv := newsServer(b, false)
	client := srv.Client()
	reportCPU(b)
	for b.Loop() {
		req, _ := http.NewRequest(http.MethodGet, srv.URL, nil)
		req.Header.Set("If-None-Match", `"0"`)
		res, err := client.Do(req)
		if err != nil || res.StatusCode != http.StatusNotModified {
			b.Fatal(res, err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

func BenchmarkPoll304(b *testing.B) { benchmarkPoll(b, false, ReasonNotModified) }

// BenchmarkPollChanged is a poll of a 50 kB feed with one new entry.
func BenchmarkPollChanged(b *testing.B) { benchmarkPoll(b, true, ReasonNew) }

func benchmarkPoll(b *testing.B, changing bool, want Reason) {
	srv := newsServer(b, changing)
	c, err := NewClient(Options{AllowPrivate: true, Spacing: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	known, f := newMemory(), Feed{URL: srv.URL}
	now := day0
	r, err := c.Poll(context.Background(), f, State{}, known, now)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	reportCPU(b)
	for b.Loop() {
		for _, e := range r.Entries {
			known.add(e)
		}
		now = now.Add(time.Minute)
		if r, err = c.Poll(context.Background(), f, r.State, known, now); err != nil || r.State.Reason != want {
			b.Fatal(r.State.Reason, r.State.Detail, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	body := []byte(newsFeed(0))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	reportCPU(b)
	for b.Loop() {
		if p := Parse(body, "", ParseOptions{URL: feedURL}); len(p.Entries) != 40 {
			b.Fatal(len(p.Entries))
		}
	}
}

func BenchmarkClean(b *testing.B) {
	body := []byte(newsFeed(0))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		clean(body)
	}
}

// BenchmarkReadHTML reads a page of 100 kB, most of it around the text.
func BenchmarkReadHTML(b *testing.B) {
	sentence := "The envoys met in the port city on Tuesday and agreed to meet again next month. "
	page := []byte(`<html><body><nav><ul>` + strings.Repeat(`<li><a href="/x">A headline of some length stands here</a></li>`, 300) + `</ul></nav><article><h1>Talks</h1>` +
		strings.Repeat("<p>"+strings.Repeat(sentence, 4)+"</p>", 30) + `</article><script>` + strings.Repeat("var x = 1; ", 6000) + `</script></body></html>`)
	b.SetBytes(int64(len(page)))
	reportCPU(b)
	for b.Loop() {
		if a, err := ReadHTML(page, "text/html", "https://outlet.example/a"); err != nil || a.Access != FullText {
			b.Fatal(a.Access, err)
		}
	}
}

// BenchmarkHundredThousandFeeds reports what a catalogue of 100,000 feeds with
// their states weighs, decoded and as a store keeps it.
func BenchmarkHundredThousandFeeds(b *testing.B) {
	type row struct {
		f  Feed
		st State
	}
	const n = 100_000
	a := &answers{}
	a.set(feedURL, 200, newsFeed(0), "ETag", `"5f2a-61c0d3e7b8a40"`, "Last-Modified", "Tue, 03 Nov 2026 09:00:00 GMT")
	c, err := NewClient(Options{Transport: a, Spacing: -1})
	if err != nil {
		b.Fatal(err)
	}
	r, err := c.Poll(context.Background(), Feed{URL: feedURL}, State{}, newMemory(), day0)
	if err != nil {
		b.Fatal(err)
	}
	stored, err := json.Marshal(r.State)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		rows := make([]row, n)
		for i := range rows {
			rows[i].f = Feed{URL: fmt.Sprintf("https://www.outlet%d.example/rss/section/politics.xml", i), Outlet: fmt.Sprintf("Outlet %d", i), Type: Independent, Lang: "en", Zone: "Asia/Seoul"}
			if err := json.NewDecoder(bytes.NewReader(stored)).Decode(&rows[i].st); err != nil {
				b.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
		b.ReportMetric(float64(len(stored)), "B/state")
		runtime.KeepAlive(rows)
	}
}
