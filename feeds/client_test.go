package feeds

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAddresses tries to reach what must not be reached. No name is resolved:
// each is a literal, or a name that stands for this machine.
func TestAddresses(t *testing.T) {
	c, err := NewClient(Options{Spacing: -1, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []string{
		"http://127.0.0.1/", "http://127.1.2.3/", "http://0.0.0.0/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/",
		"http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://198.18.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
		"http://192.0.2.1/", "http://[::1]/", "http://[::]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[::ffff:127.0.0.1]/",
		"http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:db8::1]/", "http://[fec0::1]/", "http://[::7f00:1]/",
		"http://localhost/", "http://LOCALHOST./", "http://printer.local/", "http://2130706433/", "http://0x7f.1/", "http://017700000001/",
		"https://outlet.example:22/", "https://outlet.example:8080/", "ftp://outlet.example/", "file:///etc/passwd", "gopher://outlet.example/", "javascript:alert(1)", "", "//outlet.example/",
	} {
		r, err := c.Poll(t.Context(), Feed{URL: u}, State{}, newMemory(), day0)
		if err != nil {
			t.Errorf("%q: %v", u, err)
		}
		// Numbers that only a C library takes for an address do not resolve.
		if got := r.State.Reason; got != ReasonAddress && !(got == ReasonDNS && strings.Contains(u, "0") && !strings.Contains(u, ".0")) {
			t.Errorf("%q: reason %q (%s), want %q", u, got, r.State.Detail, ReasonAddress)
		}
		if r.State.Health != Refused && r.State.Reason == ReasonAddress {
			t.Errorf("%q: health %q, want refused", u, r.State.Health)
		}
	}
}

// TestRedirectToPrivate has a server redirect to a private address: each hop is
// checked, and the first is let through only because the test allows it.
func TestRedirectToPrivate(t *testing.T) {
	open, err := NewClient(Options{AllowPrivate: true, Spacing: -1})
	if err != nil {
		t.Fatal(err)
	}
	closed, err := NewClient(Options{Spacing: -1})
	if err != nil {
		t.Fatal(err)
	}
	reached := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached++
		w.Write([]byte(rssItems(rssItem("1", "Envoys meet", day0))))
	}))
	defer srv.Close()
	// The hop that leads there comes from elsewhere; only the transport of the
	// closed client is real from the second hop on.
	hop := &answers{}
	hop.set(feedURL, 302, "", "Location", srv.URL)
	closed.http.Transport = firstHop{feedURL, hop, closed.http.Transport}
	if r := mustPoll(t, closed, Feed{URL: feedURL}, State{}, newMemory(), day0); r.State.Reason != ReasonAddress || reached != 0 {
		t.Errorf("redirect to %s: reason %q, reached %d times", srv.URL, r.State.Reason, reached)
	}
	closed.guardian = nil // the check of the URL aside, the dialer still refuses
	if r := mustPoll(t, closed, Feed{URL: feedURL}, State{}, newMemory(), day0); r.State.Reason != ReasonAddress || reached != 0 {
		t.Errorf("redirect to %s past the first check: reason %q, reached %d times", srv.URL, r.State.Reason, reached)
	}
	if r := mustPoll(t, open, Feed{URL: srv.URL}, State{}, newMemory(), day0); r.State.Reason != ReasonNew || reached != 1 {
		t.Errorf("with AllowPrivate: reason %q, reached %d times", r.State.Reason, reached)
	}
}

type firstHop struct {
	url   string
	first http.RoundTripper
	rest  http.RoundTripper
}

func (f firstHop) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.String() == f.url {
		return f.first.RoundTrip(r)
	}
	return f.rest.RoundTrip(r)
}

// TestCredentials checks that a password in a feed's URL stays with its host,
// and out of what is told.
func TestCredentials(t *testing.T) {
	seen := map[string]string{}
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		seen[r.URL.Host] = r.Header.Get("Authorization") + r.URL.User.String()
		if r.URL.Host == "outlet.example" {
			h := http.Header{"Location": {"https://user:other@elsewhere.example/feed"}}
			return respond(302, h, ""), nil
		}
		return respond(500, nil, ""), nil
	})
	r := mustPoll(t, newTestClient(t, rt), Feed{URL: "https://user:secret@outlet.example/feed"}, State{}, newMemory(), day0)
	if seen["outlet.example"] == "" || seen["elsewhere.example"] != "" {
		t.Errorf("sent %q", seen)
	}
	if told := r.State.Detail + r.Change.Detail; strings.Contains(told, "secret") {
		t.Errorf("tells %q", told)
	}
	fail := roundTripper(func(r *http.Request) (*http.Response, error) { return nil, errors.New("no route to host") })
	r = mustPoll(t, newTestClient(t, fail), Feed{URL: "https://user:secret@outlet.example/feed"}, State{}, newMemory(), day0)
	if strings.Contains(r.State.Detail+r.Change.Detail, "secret") {
		t.Errorf("tells %q", r.State.Detail)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if u := r.URL.User; u != nil { // as http.Client does before the transport
		r.Header.Set("Authorization", "Basic")
	}
	return f(r)
}

func TestEndOfContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, r.Context().Err()
	})
	c := newTestClient(t, rt)
	if _, err := c.Poll(ctx, Feed{URL: feedURL}, State{}, newMemory(), day0); !errors.Is(err, context.Canceled) {
		t.Errorf("Poll: %v, want context.Canceled", err)
	}
	if _, err := c.Read(ctx, Feed{}, Entry{Link: feedURL}, day0); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v, want context.Canceled", err)
	}
	// Its turn was given back.
	if release, wait, _ := c.hosts.Acquire(t.Context(), "outlet.example", day0.Add(time.Minute)); release == nil {
		t.Errorf("the host is still held, for %s", wait)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{
		{Timeout: -1}, {Contact: "x\r\nCookie: a"}, {Version: "1 (x)"}, {Proxy: &url.URL{Scheme: "ftp", Host: "proxy"}},
	} {
		if _, err := NewClient(o); err == nil {
			t.Errorf("NewClient(%+v): no error", o)
		}
	}
	c, err := NewClient(Options{Version: "1.2", Contact: "https://contact.example/bot", Subscribers: func(string) int { return 7 }})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.userAgent("f1"), "Hanwire/1.2 (+https://contact.example/bot; f1; 7 subscribers)"; got != want {
		t.Errorf("user agent %q, want %q", got, want)
	}
}

func TestMemoryHosts(t *testing.T) {
	m := NewMemoryHosts()
	acquire := func(at time.Duration) (func(time.Time), time.Duration) {
		release, wait, err := m.Acquire(t.Context(), "outlet.example", day0.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return release, wait
	}
	first, _ := acquire(0)
	if second, wait := acquire(0); first == nil || second != nil || wait <= 0 {
		t.Fatalf("first %v, second %v, wait %s", first != nil, second != nil, wait)
	}
	first(day0.Add(time.Hour))
	if r, wait := acquire(time.Minute); r != nil || wait != 59*time.Minute {
		t.Errorf("during the hold: turn %v, wait %s", r != nil, wait)
	}
	second, _ := acquire(time.Hour)
	second(day0) // a hold is not shortened
	if r, _ := acquire(time.Hour); r == nil {
		t.Error("after the hold: no turn")
	}
	if _, _, err := m.Acquire(t.Context(), "other.example", day0); err != nil {
		t.Error(err)
	}
}

func TestDiscover(t *testing.T) {
	feed := rssItems(rssItem("1", "Envoys meet", day0))
	tests := []struct {
		name, page string
		feeds      map[string]string
		want       string
	}{
		{"named in the head", `<html><head><link rel="alternate" type="application/rss+xml" href="/news.php?rss"></head></html>`, map[string]string{"https://outlet.example/news.php?rss": feed}, "https://outlet.example/news.php?rss"},
		{"linked in the text", `<html><body><a href="/about">About</a><a href="rss/all.xml">RSS</a></body></html>`, map[string]string{"https://outlet.example/rss/all.xml": feed}, "https://outlet.example/rss/all.xml"},
		{"at a usual place", `<html></html>`, map[string]string{"https://outlet.example/rss.xml": feed}, "https://outlet.example/rss.xml"},
		{"itself", feed, nil, "https://outlet.example/"},
		{"named, but a page", `<html><head><link rel="alternate" type="application/rss+xml" href="/news"></head></html>`, map[string]string{"https://outlet.example/news": "<html>", "https://outlet.example/feed": feed}, "https://outlet.example/feed"},
		{"none", `<html></html>`, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &answers{}
			a.set("https://outlet.example/", 200, tt.page, "Content-Type", "text/html")
			for u, body := range tt.feeds {
				a.set(u, 200, body)
			}
			found, err := newTestClient(t, a).Discover(t.Context(), "https://outlet.example/", day0)
			got := ""
			if len(found) > 0 {
				got = found[0].URL
			}
			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("found %q, error %v, want %q", got, err, tt.want)
			}
			if len(a.asked) > maxCandidates+1 {
				t.Errorf("asked %d times", len(a.asked))
			}
		})
	}
}

// endless is a body without an end: it gives the same text again and again, a
// piece after each pause.
type endless struct {
	text  string
	pause time.Duration
	ctx   context.Context // of the request, whose end ends the body, too
}

func (e endless) Read(p []byte) (int, error) {
	select {
	case <-e.ctx.Done():
		return 0, e.ctx.Err()
	case <-time.After(e.pause):
	}
	n := 0
	for n < len(p) && (n == 0 || e.pause == 0) {
		n += copy(p[n:], e.text)
	}
	return n, nil
}

func (endless) Close() error { return nil }

type answer func(*http.Request) (*http.Response, error)

func (f answer) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestEndlessBodies has servers that never stop sending, fast and slowly. What
// came fast is read up to the bound; nobody waits for what drips.
func TestEndlessBodies(t *testing.T) {
	item := rssItem("1", "Envoys meet", day0)
	for _, tt := range []struct {
		name    string
		body    endless
		encoded string
		reason  Reason
		within  time.Duration
	}{
		{"items", endless{text: item}, "", ReasonNew, time.Minute},
		{"no feed", endless{text: "x"}, "", ReasonNotFeed, time.Minute},
		{"drops", endless{text: item, pause: time.Second}, "", ReasonTimeout, 20 * time.Second},
		{"slow", endless{text: strings.Repeat(item, 4), pause: 500 * time.Millisecond}, "", ReasonTimeout, 31 * time.Second},
		{"no gzip", endless{text: "x"}, "gzip", ReasonEncoding, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, answer(func(r *http.Request) (*http.Response, error) {
					h, body := http.Header{}, tt.body
					body.ctx = r.Context()
					if tt.encoded != "" {
						h.Set("Content-Encoding", tt.encoded)
					}
					return &http.Response{StatusCode: 200, Header: h, Body: body, ContentLength: -1, Request: r}, nil
				}))
				start := time.Now()
				r := mustPoll(t, c, Feed{URL: feedURL}, State{}, newMemory(), day0)
				if r.State.Reason != tt.reason || time.Since(start) > tt.within {
					t.Errorf("%q (%s) after %s, want %q within %s", r.State.Reason, r.State.Detail, time.Since(start), tt.reason, tt.within)
				}
			})
		})
	}
}
