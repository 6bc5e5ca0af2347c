package feeds

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// scorer is a server that marks its clients as Rachel Kroll's feed reader score
// does (rachelbythebay.com/fs/help.html): validators made up or out of
// sequence, unconditional requests, spacing, what follows a 429. It stands in
// for the network, so that days pass in no time.
type scorer struct {
	mu     sync.Mutex
	pages  map[string]*page // by URL
	hosts  map[string]*hostScore
	faults []string
}

// page is one URL and how it behaves.
type page struct {
	every    time.Duration // between two entries; zero: never again
	etag     func(version int) string
	modified bool          // sends Last-Modified
	header   http.Header   // sent with 200 and 304
	slow     time.Duration // to answer
	status   func(n int, now time.Time) (status int, retryAfter string)
	moved    string // 301 to
	frozen   bool   // says 304 to every conditional request
	floor    time.Duration

	started       time.Time
	requests      int
	unconditional []time.Time
	last          time.Time
	issuedETag    string // what the client was told last
	issuedLM      string
	everIssued    map[string]bool
	embargo       time.Time
}

type hostScore struct {
	inFlight int
	last     time.Time // end of the last request, zero after a redirect
	embargo  time.Time
}

func (s *scorer) fault(format string, args ...any) {
	if len(s.faults) < 50 {
		s.faults = append(s.faults, fmt.Sprintf(format, args...))
	}
}

func (s *scorer) RoundTrip(r *http.Request) (*http.Response, error) {
	now := time.Now()
	url := r.URL.String()
	domain := RegistrableDomain(url)
	s.mu.Lock()
	p, h := s.pages[url], s.hosts[domain]
	if h == nil {
		h = &hostScore{}
		s.hosts[domain] = h
	}
	if p == nil {
		s.fault("%s: asked for a URL that nobody gave out", url)
		s.mu.Unlock()
		return respond(404, nil, ""), nil
	}
	if h.inFlight++; h.inFlight > 1 {
		s.fault("%s: %d requests in flight", domain, h.inFlight)
	}
	if !h.last.IsZero() && now.Sub(h.last) < 2*time.Second {
		s.fault("%s: asked %s after the last request", domain, now.Sub(h.last))
	}
	if now.Before(h.embargo) {
		s.fault("%s: asked %s before the end of a 429", domain, h.embargo.Sub(now))
	}
	if now.Before(p.embargo) {
		s.fault("%s: asked %s too soon", url, p.embargo.Sub(now))
	}
	for _, name := range []string{"Cookie", "Referer", "Authorization", "From"} {
		if r.Header.Get(name) != "" {
			s.fault("%s: sends %s", url, name)
		}
	}
	if ua := r.Header.Get("User-Agent"); !strings.HasPrefix(ua, "Hanwire/") || !strings.Contains(ua, "https://contact.example") {
		s.fault("%s: user agent %q", url, ua)
	}
	p.requests++
	inm, ims := r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since")
	for _, v := range []struct{ name, got, want string }{{"If-None-Match", inm, p.issuedETag}, {"If-Modified-Since", ims, p.issuedLM}} {
		switch {
		case v.got == "":
		case !p.everIssued[v.got]:
			s.fault("%s: bogus %s %q", url, v.name, v.got)
		case v.got != v.want:
			s.fault("%s: %s %q out of sequence, want %q", url, v.name, v.got, v.want)
		}
	}
	if inm == "" && ims == "" && p.moved == "" {
		p.unconditional = append(p.unconditional, now)
	}
	p.last = now
	s.mu.Unlock()

	time.Sleep(p.slow)

	s.mu.Lock()
	defer s.mu.Unlock()
	h.inFlight--
	if h.last = time.Now(); p.moved != "" {
		h.last = time.Time{}
	}
	return s.answer(p, h, inm, ims), nil
}

func (s *scorer) answer(p *page, h *hostScore, inm, ims string) *http.Response {
	now := time.Now()
	header := http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	if p.status != nil {
		if status, after := p.status(p.requests, now); status != 200 {
			if after != "" {
				header.Set("Retry-After", after)
			}
			wait := retryAfter(header, now)
			if status == 429 {
				h.embargo = now.Add(wait)
			} else {
				p.embargo = now.Add(wait)
			}
			return respond(status, header, "")
		}
	}
	if p.moved != "" {
		header.Set("Location", p.moved)
		return respond(301, header, "")
	}
	version := 0
	if p.every > 0 {
		version = int(now.Sub(p.started) / p.every)
	}
	for k, v := range p.header {
		header[k] = v
	}
	if p.floor > 0 {
		p.embargo = now.Add(p.floor)
	}
	etag, modified := "", ""
	if p.etag != nil {
		etag = p.etag(version)
	}
	if p.modified {
		modified = p.started.Add(time.Duration(version) * p.every).UTC().Format(http.TimeFormat)
	}
	same := inm != "" && inm == etag || inm == "" && ims != "" && ims == modified
	for name, v := range map[string]string{"ETag": etag, "Last-Modified": modified} {
		if v != "" {
			header.Set(name, v)
			p.everIssued[v] = true
		}
	}
	p.issuedETag, p.issuedLM = etag, modified
	if same || p.frozen && (inm != "" || ims != "") {
		return respond(304, header, "")
	}
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>T</title><link>https://outlet.example/</link>`)
	for v := version; v >= 0 && v > version-10; v-- {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">n%d</guid><title>Story number %d of the feed</title><pubDate>%s</pubDate></item>`,
			v, v, p.started.Add(time.Duration(v)*p.every).UTC().Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	return respond(200, header, b.String())
}

func respond(status int, h http.Header, body string) *http.Response {
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// TestScore polls feeds of every temper for 30 days.
func TestScore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		strong := func(v int) string { return fmt.Sprintf(`"v%d"`, v) }
		weak := func(v int) string { return fmt.Sprintf(`W/"v%d-gzip"`, v) }
		odd := func(v int) string { return fmt.Sprintf(`unquoted %d`, v) }
		s := &scorer{pages: map[string]*page{}, hosts: map[string]*hostScore{}}
		start := time.Now()
		var list []Feed
		add := func(url string, p page) {
			p.started, p.everIssued = start.Add(-48*time.Hour), map[string]bool{}
			s.pages[url] = &p
			list = append(list, Feed{URL: url})
		}
		add("https://a.example/both", page{every: 3 * time.Hour, etag: strong, modified: true})
		add("https://a.example/etag", page{every: 5 * time.Hour, etag: weak})
		add("https://a.example/modified", page{every: 30 * time.Minute, modified: true})
		add("https://a.example/slow", page{every: time.Hour, etag: strong, slow: 9 * time.Second})
		add("https://www.a.example/odd", page{every: 2 * time.Hour, etag: odd, modified: true})
		add("https://b.example/never", page{etag: strong, modified: true})
		add("https://b.example/frozen", page{every: 24 * time.Hour, etag: strong, frozen: true})
		add("https://b.example/new-tag-same-body", page{etag: func(int) string { return fmt.Sprintf(`"%d"`, time.Now().Unix()/7200) }, modified: true})
		add("https://c.example/cached", page{every: time.Hour, etag: strong, header: http.Header{"Cache-Control": {"public, max-age=7200"}}, floor: 2 * time.Hour})
		add("https://c.example/years", page{every: time.Hour, etag: strong, header: http.Header{"Cache-Control": {"max-age=504576000"}}, floor: 6 * time.Hour})
		add("https://d.example/throttled", page{every: time.Hour, etag: strong, status: func(n int, _ time.Time) (int, string) {
			if n%7 == 0 {
				return 429, "10800"
			}
			return 200, ""
		}})
		add("https://d.example/neighbour", page{every: time.Hour, etag: strong})
		add("https://e.example/busy", page{every: time.Hour, etag: strong, status: func(n int, now time.Time) (int, string) {
			if n%5 == 0 {
				return 503, now.Add(4 * time.Hour).UTC().Format(http.TimeFormat)
			}
			return 200, ""
		}})
		add("https://f.example/new-place", page{every: 6 * time.Hour, etag: strong})
		list = list[:len(list)-1] // found by the redirect alone
		add("https://f.example/old-place", page{moved: "https://f.example/new-place"})

		c, err := NewClient(Options{Transport: s, Contact: "https://contact.example"})
		if err != nil {
			t.Fatal(err)
		}
		end := start.Add(30 * 24 * time.Hour)
		states, known := simulate(t, c, list, end)

		for _, f := range s.faults {
			t.Error(f)
		}
		for url, p := range s.pages {
			for i := 1; i < len(p.unconditional); i++ {
				if gap := p.unconditional[i].Sub(p.unconditional[i-1]); gap < 8*24*time.Hour && (p.etag != nil || p.modified) {
					t.Errorf("%s: unconditional requests %s apart, want 8 days", url, gap)
				}
			}
			if p.requests < 10 {
				t.Errorf("%s: asked %d times in 30 days", url, p.requests)
			}
			if p.requests > 30*24*6 {
				t.Errorf("%s: asked %d times in 30 days", url, p.requests)
			}
		}
		if n := len(s.pages["https://b.example/frozen"].unconditional); n < 3 {
			t.Errorf("frozen feed: %d unconditional requests in 30 days, want one every 8 to 14", n)
		}
		if got := states["https://f.example/old-place"].MovedTo; got != "https://f.example/new-place" {
			t.Errorf("moved feed is asked at %q", got)
		}
		if old := s.pages["https://f.example/old-place"]; time.Since(old.last) < 20*24*time.Hour {
			t.Errorf("old address last asked %s ago", time.Since(old.last))
		}
		// Nothing was lost: ten entries stand in the document at any time.
		for _, f := range list {
			if p := s.pages[f.URL]; p.every > 0 && !p.frozen && p.floor == 0 {
				want := int(end.Sub(start)/p.every) + 5
				if got := known.count(f.ID()); got < want {
					t.Errorf("%s: %d entries known, want at least %d", f.URL, got, want)
				}
			}
		}
	})
}

// simulate polls each feed when it is due, with four workers, until the end.
func simulate(t *testing.T, c *Client, list []Feed, end time.Time) (map[string]State, *memory) {
	states, known := map[string]State{}, newMemory()
	var mu sync.Mutex
	slots := make(chan struct{}, 4)
	var wg sync.WaitGroup
	for _, f := range list {
		wg.Go(func() {
			var st State
			for {
				time.Sleep(time.Until(st.NextPoll))
				if time.Now().After(end) {
					break
				}
				slots <- struct{}{}
				r, err := c.Poll(context.Background(), f, st, known, time.Now())
				<-slots
				if err != nil {
					t.Errorf("%s: %v", f.URL, err)
					return
				}
				st = r.State
				for _, e := range r.Entries {
					known.add(e)
				}
				if !st.NextPoll.After(time.Now()) {
					t.Errorf("%s: next poll %v is not ahead (%s)", f.URL, st.NextPoll, st.Reason)
					return
				}
			}
			mu.Lock()
			states[f.URL] = st
			mu.Unlock()
		})
	}
	wg.Wait()
	return states, known
}
