package feeds

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
)

// answers is a transport that gives the same answer to every request, or what
// is set for its URL.
type answers struct {
	byURL map[string]*http.Response
	body  map[string]string
	fail  error
	asked []string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	u := r.URL.String()
	a.asked = append(a.asked, u)
	if a.fail != nil {
		return nil, a.fail
	}
	res := a.byURL[u]
	if res == nil {
		return respond(404, nil, ""), nil
	}
	return respond(res.StatusCode, res.Header.Clone(), a.body[u]), nil
}

func (a *answers) set(url string, status int, body string, header ...string) {
	if a.byURL == nil {
		a.byURL, a.body = map[string]*http.Response{}, map[string]string{}
	}
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	a.byURL[url], a.body[url] = &http.Response{StatusCode: status, Header: h}, body
}

var day0 = time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)

const feedURL = "https://outlet.example/feed"

func newTestClient(t *testing.T, rt http.RoundTripper) *Client {
	t.Helper()
	c, err := NewClient(Options{Transport: rt, Spacing: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustPoll(t *testing.T, c *Client, f Feed, st State, k Known, now time.Time) PollResult {
	t.Helper()
	r, err := c.Poll(t.Context(), f, st, k, now)
	if err != nil {
		t.Fatalf("Poll(%s): %v", f.URL, err)
	}
	return r
}

func rssItems(items ...string) string {
	return `<rss version="2.0"><channel><title>T</title><link>https://outlet.example/</link>` + strings.Join(items, "") + `</channel></rss>`
}

func rssItem(id, title string, at time.Time) string {
	date := ""
	if !at.IsZero() {
		date = "<pubDate>" + at.Format(time.RFC1123Z) + "</pubDate>"
	}
	return fmt.Sprintf(`<item><guid isPermaLink="false">%s</guid><link>https://outlet.example/a/%s</link><title>%s</title>%s</item>`, id, id, title, date)
}

func titles(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		s := e.FullTitle()
		if e.Baseline {
			s += " (baseline)"
		}
		if e.Update {
			s += " (update)"
		}
		if e.VersionOf != "" {
			s += " (version)"
		}
		out = append(out, s)
	}
	return out
}

// TestStory follows one feed: first sight, news, an edit, a new version, a
// deleted entry, an archive put back.
func TestStory(t *testing.T) {
	a, known, f := &answers{}, newMemory(), Feed{URL: feedURL}
	c := newTestClient(t, a)
	var st State
	now := day0
	steps := []struct {
		name  string
		items []string
		want  []string
	}{
		{"first sight is a baseline but for the last day", []string{
			rssItem("3", "Undated notice on the page", time.Time{}), rssItem("2", "Envoys meet in the port city", day0.Add(-2*time.Hour)), rssItem("1", "Old news from last week", day0.Add(-7*24*time.Hour)),
		}, []string{"Old news from last week (baseline)", "Envoys meet in the port city", "Undated notice on the page (baseline)"}},
		{"the same again", []string{
			rssItem("3", "Undated notice on the page", time.Time{}), rssItem("2", "Envoys meet in the port city", day0.Add(-2*time.Hour)), rssItem("1", "Old news from last week", day0.Add(-7*24*time.Hour)), "<!-- built anew -->",
		}, nil},
		{"news, oldest first, and an edit", []string{
			rssItem("5", "Tariffs rise again", day0.Add(50*time.Minute)), rssItem("4", "Floods in the north", day0.Add(30*time.Minute)), rssItem("2", "Envoys meet in the port city, agree on talks", day0.Add(-2*time.Hour)),
		}, []string{"Envoys meet in the port city, agree on talks (update)", "Floods in the north", "Tariffs rise again"}},
		{"a new version under a new id", []string{
			rssItem("6", "(2nd LD) Floods in the north", day0.Add(90*time.Minute)), rssItem("4", "Floods in the north", day0.Add(30*time.Minute)),
		}, []string{"[2nd LD] Floods in the north (version)"}},
		{"another guid for a known entry", []string{
			`<item><guid isPermaLink="false">five</guid><link>https://outlet.example/a/5</link><title>Tariffs rise again</title><pubDate>` + day0.Add(50*time.Minute).Format(time.RFC1123Z) + `</pubDate></item>`,
		}, nil},
		{"and then, under that guid, another link and title", []string{
			`<item><guid isPermaLink="false">five</guid><link>https://outlet.example/b/tariffs</link><title>Tariffs rise for the third time</title><pubDate>` + day0.Add(50*time.Minute).Format(time.RFC1123Z) + `</pubDate></item>`,
		}, []string{"Tariffs rise for the third time (update)"}},
		{"an archive put back", []string{
			rssItem("7", "From the archive of May", day0.Add(-180*24*time.Hour)),
		}, []string{"From the archive of May (baseline)"}},
	}
	for _, s := range steps {
		a.set(feedURL, 200, rssItems(s.items...))
		r := mustPoll(t, c, f, st, known, now)
		if diff := cmp.Diff(s.want, titles(r.Entries)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.name, diff)
		}
		for _, e := range r.Entries {
			known.add(e)
			if e.Feed != f.ID() || e.Fingerprint == "" {
				t.Errorf("%s: entry %+v lacks its feed or fingerprint", s.name, e)
			}
		}
		for _, e := range r.Renamed {
			known.add(e)
		}
		st, now = roundTrip(t, r.State), now.Add(time.Hour)
	}
	t.Run("a deleted entry stays dead", func(t *testing.T) {
		for id, s := range known.seen {
			s.Deleted = true
			known.seen[id] = s
		}
		a.set(feedURL, 200, rssItems(rssItem("5", "Tariffs rise again, edited", day0.Add(50*time.Minute))))
		if r := mustPoll(t, c, f, st, known, now); len(r.Entries) != 0 {
			t.Errorf("entries %v, want none", titles(r.Entries))
		}
	})
	t.Run("unknown is not new", func(t *testing.T) {
		known.err = errors.New("database is away")
		a.set(feedURL, 200, rssItems(rssItem("9", "Another story of the day", now)))
		if _, err := c.Poll(t.Context(), f, st, known, now); !errors.Is(err, known.err) {
			t.Errorf("Poll: error %v, want %v", err, known.err)
		}
	})
}

func roundTrip(t *testing.T, st State) State {
	t.Helper()
	b, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	var got State
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(st, got); diff != "" {
		t.Errorf("state through JSON (-before +after):\n%s", diff)
	}
	return got
}

// TestReasons polls a feed that has worked once and answers thus.
func TestReasons(t *testing.T) {
	gz := func(s string, times int) string {
		for range times {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			w.Write([]byte(s))
			w.Close()
			s = b.String()
		}
		return s
	}
	br := func(s string) string {
		var b bytes.Buffer
		w := brotli.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.String()
	}
	good := rssItems(rssItem("1", "Envoys meet", day0))
	tests := []struct {
		name     string
		answer   func(a *answers)
		reason   Reason
		min, max time.Duration // until the next poll
		entries  int
	}{
		{"feed", func(a *answers) { a.set(feedURL, 200, good) }, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"gzip", func(a *answers) { a.set(feedURL, 200, gz(good, 1), "Content-Encoding", "gzip") }, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"cut connection keeps whole items", func(a *answers) {
			a.set(feedURL, 200, gz(good+strings.Repeat(" ", 100), 1)[:len(gz(good+strings.Repeat(" ", 100), 1))-6], "Content-Encoding", "gzip")
		}, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"brotli", func(a *answers) { a.set(feedURL, 200, br(good), "Content-Encoding", "br") }, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"brotli cut short", func(a *answers) {
			a.set(feedURL, 200, br(good + strings.Repeat(" ", 100))[:len(br(good+strings.Repeat(" ", 100)))-1], "Content-Encoding", "br")
		}, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"not brotli", func(a *answers) { a.set(feedURL, 200, good, "Content-Encoding", "br") }, ReasonEncoding, 27 * time.Minute, 33 * time.Minute, 0},
		{"brotli bomb", func(a *answers) { a.set(feedURL, 200, br(strings.Repeat("<b>", 7<<20)), "Content-Encoding", "br") }, ReasonTooLarge, 27 * time.Minute, 33 * time.Minute, 0},
		{"deflate unasked", func(a *answers) { a.set(feedURL, 200, good, "Content-Encoding", "deflate") }, ReasonEncoding, 27 * time.Minute, 33 * time.Minute, 0},
		{"zstd unasked", func(a *answers) { a.set(feedURL, 200, good, "Content-Encoding", "zstd") }, ReasonEncoding, 27 * time.Minute, 33 * time.Minute, 0},
		{"gzip twice", func(a *answers) { a.set(feedURL, 200, gz(good, 2), "Content-Encoding", "gzip, gzip") }, ReasonEncoding, 27 * time.Minute, 33 * time.Minute, 0},
		{"brotli unasked", func(a *answers) { a.set(feedURL, 200, "x", "Content-Encoding", "br") }, ReasonEncoding, 27 * time.Minute, 33 * time.Minute, 0},
		{"gzip bomb", func(a *answers) { a.set(feedURL, 200, gz(strings.Repeat("<b>", 7<<20), 1), "Content-Encoding", "gzip") }, ReasonTooLarge, 27 * time.Minute, 33 * time.Minute, 0},
		{"page", func(a *answers) { a.set(feedURL, 200, "<html><body>Log in</body></html>") }, ReasonNotFeed, 27 * time.Minute, 33 * time.Minute, 0},
		{"404", func(a *answers) { a.set(feedURL, 404, "") }, ReasonNotFound, 27 * time.Minute, 33 * time.Minute, 0},
		{"403", func(a *answers) { a.set(feedURL, 403, "") }, ReasonForbidden, 27 * time.Minute, 33 * time.Minute, 0},
		{"403 for asking too often", func(a *answers) { a.set(feedURL, 403, "", "Retry-After", "7200") }, ReasonThrottled, 2 * time.Hour, 132 * time.Minute, 0},
		{"403 with a budget that is spent", func(a *answers) {
			a.set(feedURL, 403, "", "X-Ratelimit-Remaining", "0.0", "X-Ratelimit-Reset", "3600")
		}, ReasonThrottled, time.Hour, 66 * time.Minute, 0},
		{"403 with a budget until a time", func(a *answers) {
			a.set(feedURL, 403, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(day0.Add(3*time.Hour).Unix()))
		}, ReasonThrottled, 3 * time.Hour, 200 * time.Minute, 0},
		{"410", func(a *answers) { a.set(feedURL, 410, "") }, ReasonGone, 24 * time.Hour, 25 * time.Hour, 0},
		{"500", func(a *answers) { a.set(feedURL, 500, "") }, ReasonHTTP, 27 * time.Minute, 33 * time.Minute, 0},
		{"429", func(a *answers) { a.set(feedURL, 429, "") }, ReasonThrottled, 30 * time.Minute, 33 * time.Minute, 0},
		{"429 in seconds", func(a *answers) { a.set(feedURL, 429, "", "Retry-After", "7200") }, ReasonThrottled, 2 * time.Hour, 132 * time.Minute, 0},
		{"429 for ever", func(a *answers) { a.set(feedURL, 429, "", "Retry-After", "99999999999") }, ReasonThrottled, 24 * time.Hour, 25 * time.Hour, 0},
		{"503 with a date", func(a *answers) {
			a.set(feedURL, 503, "", "Retry-After", day0.Add(3*time.Hour).Format(http.TimeFormat), "Date", day0.Format(http.TimeFormat))
		}, ReasonUnavailable, 3 * time.Hour, 200 * time.Minute, 0},
		{"redirects for ever", func(a *answers) { a.set(feedURL, 302, "", "Location", feedURL) }, ReasonRedirect, 27 * time.Minute, 33 * time.Minute, 0},
		{"redirect to nowhere", func(a *answers) { a.set(feedURL, 302, "") }, ReasonRedirect, 27 * time.Minute, 33 * time.Minute, 0},
		{"redirect to a file", func(a *answers) { a.set(feedURL, 302, "", "Location", "file:///etc/passwd") }, ReasonAddress, 27 * time.Minute, 33 * time.Minute, 0},
		{"temporary redirect", func(a *answers) {
			a.set(feedURL, 302, "", "Location", "/other")
			a.set("https://outlet.example/other", 200, good)
		}, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"no name", func(a *answers) {
			a.fail = &net.DNSError{Err: "no such host", Name: "outlet.example", IsNotFound: true}
		}, ReasonDNS, 27 * time.Minute, 33 * time.Minute, 0},
		{"no connection", func(a *answers) { a.fail = errors.New("connection refused") }, ReasonNetwork, 27 * time.Minute, 33 * time.Minute, 0},
		{"ttl", func(a *answers) { a.set(feedURL, 200, strings.Replace(good, "<item>", "<ttl>300</ttl><item>", 1)) }, ReasonNew, 5 * time.Hour, 330 * time.Minute, 1},
		{"update period", func(a *answers) {
			a.set(feedURL, 200, strings.Replace(good, "<item>", `<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily</sy:updatePeriod><sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">4</sy:updateFrequency><item>`, 1))
		}, ReasonNew, 6 * time.Hour, 400 * time.Minute, 1},
		{"hours of rest", func(a *answers) {
			a.set(feedURL, 200, strings.Replace(good, "<item>", "<skipHours><hour>0</hour><hour>1</hour><hour>2</hour><hour>3</hour></skipHours><item>", 1))
		}, ReasonNew, 4 * time.Hour, 250 * time.Minute, 1},
		{"days of rest", func(a *answers) {
			a.set(feedURL, 200, strings.Replace(good, "<item>", "<skipDays><day>Tuesday</day></skipDays><item>", 1))
		}, ReasonNew, 24 * time.Hour, 25 * time.Hour, 1},
		{"all hours of rest mean nothing", func(a *answers) {
			hours := ""
			for h := range 24 {
				hours += fmt.Sprintf("<hour>%d</hour>", h)
			}
			a.set(feedURL, 200, strings.Replace(good, "<item>", "<skipHours>"+hours+"</skipHours><item>", 1))
		}, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"max-age and age", func(a *answers) { a.set(feedURL, 200, good, "Cache-Control", "max-age=14400", "Age", "3600") }, ReasonNew, 3 * time.Hour, 200 * time.Minute, 1},
		{"max-age but no-cache", func(a *answers) { a.set(feedURL, 200, good, "Cache-Control", "no-cache, max-age=14400") }, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
		{"expires", func(a *answers) {
			a.set(feedURL, 200, good, "Expires", "Tue, 03 Nov 2026 05:00:00 GMT", "Date", "Tue, 03 Nov 2026 03:00:00 GMT")
		}, ReasonNew, 2 * time.Hour, 132 * time.Minute, 1},
		{"expired long ago", func(a *answers) { a.set(feedURL, 200, good, "Expires", "0", "Date", "Tue, 03 Nov 2026 03:00:00 GMT") }, ReasonNew, 10 * time.Minute, 70 * time.Minute, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &answers{}
			tt.answer(a)
			st := State{LastSuccess: day0.Add(-time.Hour), Health: Healthy, Fetch: Fetch{Told: Healthy}}
			r := mustPoll(t, newTestClient(t, a), Feed{URL: feedURL}, st, newMemory(), day0)
			if r.State.Reason != tt.reason || len(r.Entries) != tt.entries {
				t.Errorf("reason %q (%s), %d entries, want %q, %d", r.State.Reason, r.State.Detail, len(r.Entries), tt.reason, tt.entries)
			}
			if wait := r.State.NextPoll.Sub(day0); wait < tt.min || wait > tt.max {
				t.Errorf("next poll in %s, want %s to %s", wait, tt.min, tt.max)
			}
			if r.Change != nil {
				t.Errorf("change %+v after one poll, want none", r.Change)
			}
		})
	}
}

// TestValidators checks what is kept of a server's words, case by case.
func TestValidators(t *testing.T) {
	old := Validators{URL: feedURL, ETag: `"old"`, LastModified: "Mon, 02 Nov 2026 00:00:00 GMT"}
	good := rssItems(rssItem("1", "Envoys meet", day0))
	tests := []struct {
		name   string
		status int
		body   string
		header []string
		want   Validators
	}{
		{"200 overwrites both", 200, good, []string{"ETag", `W/"new"`}, Validators{URL: feedURL, ETag: `W/"new"`}},
		{"200 overwrites both with nothing", 200, good, nil, Validators{URL: feedURL}},
		{"304 takes what is there", 304, "", []string{"ETag", `"new"`}, Validators{URL: feedURL, ETag: `"new"`, LastModified: old.LastModified}},
		{"304 without any keeps them", 304, "", nil, old},
		{"broken document keeps them", 200, "<html>", []string{"ETag", `"new"`}, old},
		{"error keeps them", 500, "", []string{"ETag", `"new"`}, old},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &answers{}
			a.set(feedURL, tt.status, tt.body, tt.header...)
			st := State{LastSuccess: day0.Add(-time.Hour), Fetch: Fetch{Validators: old, Changed: day0, Unconditional: day0}}
			r := mustPoll(t, newTestClient(t, a), Feed{URL: feedURL}, st, newMemory(), day0)
			if got := r.State.Fetch.Validators; got != tt.want {
				t.Errorf("validators %+v, want %+v", got, tt.want)
			}
		})
	}
	t.Run("200 with the same body overwrites too", func(t *testing.T) {
		a := &answers{}
		a.set(feedURL, 200, good, "ETag", `"new"`)
		st := State{LastSuccess: day0, Fetch: Fetch{Validators: old, BodyHash: shortHash(good)}}
		r := mustPoll(t, newTestClient(t, a), Feed{URL: feedURL}, st, newMemory(), day0)
		if got := r.State.Fetch.Validators; got.ETag != `"new"` || got.LastModified != "" || r.State.Reason != ReasonNothingNew {
			t.Errorf("validators %+v, reason %q", got, r.State.Reason)
		}
	})
}

// TestHealth follows feeds into trouble and out of it: users hear of each
// change once.
func TestHealth(t *testing.T) {
	good := rssItems(rssItem("1", "Envoys meet", day0))
	ok := func(a *answers) { a.fail = nil; a.set(feedURL, 200, good) }
	status := func(s int) func(*answers) { return func(a *answers) { a.fail = nil; a.set(feedURL, s, "") } }
	noName := func(a *answers) {
		a.fail = &net.DNSError{Err: "no such host", Name: "outlet.example", IsNotFound: true}
	}
	type step struct {
		answer func(*answers)
		days   float64 // after which to poll for the last time, at each due time before
		change Health  // told within
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"works from the start: nothing to tell", []step{{ok, 2, ""}}},
		{"an hour of trouble: nothing to tell", []step{{ok, 1, ""}, {noName, 0.2, ""}, {ok, 2, ""}}},
		{"failing, then healthy", []step{{ok, 1, ""}, {noName, 3, Failing}, {noName, 5, ""}, {ok, 8, Healthy}, {ok, 2, ""}}},
		{"404 is told on the third day", []step{{ok, 1, ""}, {status(404), 2.5, ""}, {status(404), 5, Failing}, {ok, 15, Healthy}}},
		{"never worked: told at once", []step{{status(404), 0.1, Failing}, {ok, 1, Healthy}}},
		{"410 twice", []step{{ok, 1, ""}, {status(410), 0.9, ""}, {status(410), 1, Gone}, {status(410), 10, ""}}},
		{"410 once", []step{{ok, 1, ""}, {status(410), 0.5, ""}, {ok, 3, ""}}},
		{"403", []step{{ok, 1, ""}, {status(403), 3, Refused}, {ok, 10, Healthy}}},
		{"quiet, then news", []step{{ok, 1, ""}, {ok, 40, Quiet}, {func(a *answers) {
			a.set(feedURL, 200, rssItems(rssItem("2", "Talks resume", day0.Add(45*24*time.Hour))))
		}, 5, Healthy}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &answers{}
			c := newTestClient(t, a)
			known, now := newMemory(), day0
			var st State
			for i, s := range tt.steps {
				s.answer(a)
				end := now.Add(time.Duration(s.days * float64(24*time.Hour)))
				var told []Health
				for polls := 0; ; polls++ {
					if polls > 500 {
						t.Fatalf("step %d: more than 500 polls", i)
					}
					r := mustPoll(t, c, Feed{URL: feedURL}, st, known, now)
					for _, e := range r.Entries {
						known.add(e)
					}
					st = r.State
					if r.Change != nil {
						told = append(told, r.Change.To)
						if r.Change.Detail == "" || r.Change.To != st.Health {
							t.Errorf("step %d: change %+v, health %q", i, r.Change, st.Health)
						}
					}
					if st.NextPoll.After(end) {
						break
					}
					now = st.NextPoll
				}
				now = end
				var want []Health
				if s.change != "" {
					want = []Health{s.change}
				}
				if diff := cmp.Diff(want, told); diff != "" {
					t.Errorf("step %d: told (-want +got):\n%s", i, diff)
				}
			}
			if st.Health == Gone {
				n := len(a.asked)
				if r := mustPoll(t, c, Feed{URL: feedURL}, st, known, now.AddDate(1, 0, 0)); len(a.asked) != n || !r.State.NextPoll.Equal(Never) {
					t.Errorf("a feed that is gone was asked again; next poll %v", r.State.NextPoll)
				}
			}
		})
	}
}

// TestMoves checks when a permanent redirect is believed.
func TestMoves(t *testing.T) {
	good := rssItems(rssItem("1", "Envoys meet", day0))
	const target = "https://new.example/feed"
	poll := func(t *testing.T, a *answers, f Feed, st State, now time.Time) PollResult {
		t.Helper()
		return mustPoll(t, newTestClient(t, a), f, st, newMemory(), now)
	}
	t.Run("after seven days", func(t *testing.T) {
		a := &answers{}
		a.set(feedURL, 301, "", "Location", target)
		a.set(target, 200, good)
		f := Feed{URL: feedURL}
		st := poll(t, a, f, State{}, day0).State
		st = poll(t, a, f, st, day0.Add(6*24*time.Hour)).State
		if st.MovedTo != "" {
			t.Fatalf("moved to %q after six days", st.MovedTo)
		}
		r := poll(t, a, f, st, day0.Add(7*24*time.Hour))
		if r.Moved == nil || *r.Moved != (Move{From: feedURL, To: target, NewHost: true}) || r.State.MovedTo != target {
			t.Fatalf("move %+v after seven days", r.Moved)
		}
		a.asked = nil
		poll(t, a, f, r.State, day0.Add(8*24*time.Hour))
		if diff := cmp.Diff([]string{target}, a.asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
	t.Run("https at once", func(t *testing.T) {
		a := &answers{}
		a.set("http://outlet.example/feed", 301, "", "Location", feedURL)
		a.set(feedURL, 200, good)
		if r := poll(t, a, Feed{URL: "http://outlet.example/feed"}, State{}, day0); r.State.MovedTo != feedURL || r.Moved == nil || r.Moved.NewHost {
			t.Errorf("moved to %q, %+v", r.State.MovedTo, r.Moved)
		}
	})
	t.Run("never to a page that is no feed", func(t *testing.T) {
		a := &answers{}
		a.set(feedURL, 301, "", "Location", target)
		a.set(target, 200, "<html>Log in to the hotel</html>")
		var st State
		for d := range 20 {
			st = poll(t, a, Feed{URL: feedURL}, st, day0.AddDate(0, 0, d)).State
		}
		if st.MovedTo != "" || st.Reason != ReasonNotFeed {
			t.Errorf("moved to %q, reason %q", st.MovedTo, st.Reason)
		}
	})
	t.Run("a temporary hop makes it temporary", func(t *testing.T) {
		a := &answers{}
		a.set(feedURL, 302, "", "Location", "https://outlet.example/hop")
		a.set("https://outlet.example/hop", 301, "", "Location", target)
		a.set(target, 200, good)
		var st State
		for d := range 20 {
			st = poll(t, a, Feed{URL: feedURL}, st, day0.AddDate(0, 0, d)).State
		}
		if st.MovedTo != "" {
			t.Errorf("moved to %q", st.MovedTo)
		}
	})
	t.Run("at once when the old address is gone, and back when the new one is", func(t *testing.T) {
		a := &answers{}
		a.set(feedURL, 301, "", "Location", target)
		a.set(target, 200, good)
		f := Feed{URL: feedURL}
		st := poll(t, a, f, State{}, day0).State
		a.set(feedURL, 404, "")
		r := poll(t, a, f, st, day0.AddDate(0, 0, 1))
		if r.State.MovedTo != target || r.Moved == nil {
			t.Fatalf("moved to %q, want %q", r.State.MovedTo, target)
		}
		st = r.State
		a.set(target, 404, "")
		a.set(feedURL, 200, good)
		for d := range 4 {
			st = poll(t, a, f, st, day0.AddDate(0, 0, 2+d)).State
		}
		if st.MovedTo != "" || st.LastSuccess != day0.AddDate(0, 0, 5) {
			t.Errorf("still at %q, last success %v", st.MovedTo, st.LastSuccess)
		}
	})
}

// TestClockThatWasAhead asks a server that a wrong clock has put off.
func TestClockThatWasAhead(t *testing.T) {
	a := &answers{}
	a.set(feedURL, 429, "", "Retry-After", "7200")
	ahead := mustPoll(t, newTestClient(t, a), Feed{URL: feedURL}, State{}, newMemory(), day0.Add(20*24*time.Hour))
	a.set(feedURL, 200, rssItems(rssItem("1", "Envoys meet", day0)))
	r := mustPoll(t, newTestClient(t, a), Feed{URL: feedURL}, ahead.State, newMemory(), day0)
	if r.State.LastSuccess != day0 {
		t.Errorf("after the clock was set right: %s (%s), next %s", r.State.Reason, r.State.Detail, r.State.NextPoll)
	}
}

// TestBudget checks that a host is left alone when it says that its budget is
// spent, and for a while when it forbids what it gave before.
func TestBudget(t *testing.T) {
	const other = "https://www.outlet.example/other"
	for _, tt := range []struct {
		name   string
		status int
		header []string
		hold   time.Duration
	}{
		{"an answer that spends the last of it", 200, []string{"X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", "600"}, 10 * time.Minute},
		{"some left", 200, []string{"X-Ratelimit-Remaining", "12", "X-Ratelimit-Reset", "600"}, 0},
		{"forbidden", 403, nil, 10 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &answers{}
			good := rssItems(rssItem("1", "Envoys meet", day0))
			a.set(feedURL, tt.status, good, tt.header...)
			a.set(other, 200, good)
			c := newTestClient(t, a)
			mustPoll(t, c, Feed{URL: feedURL}, State{LastSuccess: day0.Add(-time.Hour)}, newMemory(), day0)
			for _, at := range []time.Duration{time.Minute, 11 * time.Minute} {
				r := mustPoll(t, c, Feed{URL: other}, State{}, newMemory(), day0.Add(at))
				if got := r.State.Reason != ReasonWaiting; got != (at >= tt.hold) {
					t.Errorf("after %s: %s, want asked: %v", at, r.State.Reason, at >= tt.hold)
				}
			}
		})
	}
}

// TestSlowBody has servers that send a byte now and then, or nothing more.
func TestSlowBody(t *testing.T) {
	for name, pause := range map[string]time.Duration{"drips": time.Second, "stops": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt := roundTripper(func(r *http.Request) (*http.Response, error) {
					res := respond(200, nil, "")
					res.ContentLength, res.Body = -1, io.NopCloser(drip{r.Context(), pause})
					return res, nil
				})
				start := time.Now()
				r := mustPoll(t, newTestClient(t, rt), Feed{URL: feedURL}, State{}, newMemory(), start)
				if took := time.Since(start); r.State.Reason != ReasonTimeout || took > 2*paceWindow {
					t.Errorf("reason %q (%s) after %s", r.State.Reason, r.State.Detail, took)
				}
			})
		})
	}
}

// drip sends a byte at a time until its request ends.
type drip struct {
	ctx   context.Context
	pause time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(d.pause):
		p[0] = ' '
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

// TestHostHold checks that a 429 silences the whole registrable domain.
func TestHostHold(t *testing.T) {
	a := &answers{}
	a.set("https://one.outlet.example/feed", 429, "", "Retry-After", "3600")
	a.set("https://two.outlet.example/feed", 200, rssItems(rssItem("1", "Envoys meet", day0)))
	c := newTestClient(t, a)
	r := mustPoll(t, c, Feed{URL: "https://one.outlet.example/feed"}, State{}, newMemory(), day0)
	if r.HostHold == nil || r.HostHold.Domain != "outlet.example" || r.HostHold.Until.Sub(day0) != time.Hour {
		t.Errorf("hold %+v, want outlet.example for an hour", r.HostHold)
	}
	two := mustPoll(t, c, Feed{URL: "https://two.outlet.example/feed"}, State{}, newMemory(), day0.Add(30*time.Minute))
	if two.State.Reason != ReasonWaiting || len(a.asked) != 1 || two.State.NextPoll.Before(day0.Add(time.Hour)) {
		t.Errorf("neighbour: reason %q, asked %v, next poll %v", two.State.Reason, a.asked, two.State.NextPoll)
	}
	var retry *RetryError
	if _, err := c.Read(t.Context(), Feed{}, Entry{Link: "https://www.outlet.example/a/1"}, day0.Add(30*time.Minute)); !errors.As(err, &retry) || retry.After < 29*time.Minute {
		t.Errorf("Read: %v, want a RetryError of half an hour", err)
	}
	if two := mustPoll(t, c, Feed{URL: "https://two.outlet.example/feed"}, two.State, newMemory(), day0.Add(61*time.Minute)); two.State.Reason != ReasonNew {
		t.Errorf("after the hold: reason %q", two.State.Reason)
	}
}
