package web_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/text"
	"hanwire/feeds"
	"hanwire/store"
	"hanwire/web"
	"hanwire/web/webtest"
)

// hostile is what feeds may send to break out of a page, in every field.
var hostile = []string{
	`<script>window.pwned=1</script>`, `"><img src=x onerror=window.pwned=1>`, `</title><svg onload=window.pwned=1>`, `<iframe srcdoc="<script>parent.pwned=1</script>">`,
	"javascript:window.pwned=1", `{{.Store}}`, `<style>@import "https://evil.example/x.css"</style>`, `<base href="https://evil.example/">`, `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
	"\u202e<b>gnp.exe</b>\u2066", "&lt;script&gt;window.pwned=1&lt;/script&gt;", `<form action=https://evil.example/><button autofocus>`, "<a href=\"java\tscript:window.pwned=1\">x</a>",
	`<!--><script>window.pwned=1</script>-->`, `]]><script>window.pwned=1</script>`, "' autofocus onfocus='window.pwned=1", `\"><script>window.pwned=1</script>`, "\x00<script\x00>window.pwned=1</script>",
	`<link rel=stylesheet href=https://evil.example/x.css>`, `<object data="https://evil.example/">`, `<math><mtext></mtext><script>window.pwned=1</script></math>`,
	`</blockquote></main></body><script>alert(window.pwned=1)</script>`, `<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>`, `<details open ontoggle=window.pwned=1>`, "<img src=`x`onerror=window.pwned=1>",
	`<noscript><p title="</noscript><script>window.pwned=1</script>">`, `<x style="background:url(https://evil.example/y.png)">`, `<video><source onerror=window.pwned=1></video>`, "\u2028<script>window.pwned=1</script>", "\xff\xfe<script>window.pwned=1</script>",
	`<template><script>window.pwned=1</script></template>`, `<select><option><style></option></select><script>window.pwned=1</script></style>`,
}

// evil is a feed that sends them.
var evil = feeds.Feed{URL: "https://lantern.example/feed.xml?" + url.QueryEscape(hostile[0]), Outlet: "Evil" + hostile[1], Type: feeds.Party, Lang: "en"}

// hostileArticle is one whose every field is what at returns, in some place of
// it. Number i tells it from others.
func hostileArticle(i int, at func() string) digest.Article {
	a := digest.Article{
		ID: fmt.Sprintf("xh%d", i), Title: "Seoul and Beijing agree " + at(), Outlet: "Evil " + at(), OutletType: "party", Published: now.Add(-time.Duration(i) * time.Second), Access: "paywalled",
		URL: "https://lantern.example/" + url.PathEscape(at()) + fmt.Sprintf("/%d", i),
		Text: fmt.Sprintf("South Korea and China %s agreed on %s Tuesday. \"We will keep %s the %d ferries running, %s\" Minister Han %s said. The line %s had been idle.",
			at(), at(), at(), i, at(), at(), at()),
	}
	switch i % 3 {
	case 0:
		a.URL = "javascript:window.pwned=1//" + at()
	case 1:
		a.URL = at()
	}
	return a
}

// readHostile reads an article as a reader does that takes everything for a
// name.
func readHostile(r *digest.Reader, a digest.Article, at func() string) digest.Reading {
	x := r.Read(a)
	if from := strings.IndexByte(a.Text, '"'); len(x.Quotes) == 0 && from >= 0 && strings.Count(a.Text, `"`) > 1 {
		x.Quotes = []quote.Quote{{Span: text.Span{Start: from + 1, End: strings.LastIndexByte(a.Text, '"')}}}
	}
	for k := range x.Quotes {
		x.Quotes[k].Speaker, x.Quotes[k].Role = "Han "+at(), at()
	}
	return x
}

// hostileStories fills an archive with n stories made of hostile text, and
// returns their IDs.
func (a *archive) hostileStories(n int) []string {
	a.t.Helper()
	ok(a.t, a.store.SyncFeeds(a.t.Context(), []feeds.Feed{public, evil}))
	ids := make([]string, n)
	var entries []feeds.Entry
	var places []store.Placement
	for i := range ids {
		ids[i] = fmt.Sprintf("h%d", i)
		entries = append(entries, feeds.Entry{ID: ids[i], Feed: evil.ID(), Keys: []string{ids[i]}, Link: evil.URL, Title: hostile[i%len(hostile)], Published: now, Fingerprint: ids[i]})
		places = append(places, store.Placement{Article: "xh" + ids[i][1:], Story: ids[i]})
	}
	ok(a.t, a.store.SavePoll(a.t.Context(), evil.ID(), feeds.PollResult{State: feeds.State{Health: feeds.Failing, Detail: hostile[9], LastSuccess: now}, Entries: entries}))
	for i, e := range entries {
		k := 0
		at := func() string { k++; return hostile[(i+k)%len(hostile)] }
		x := hostileArticle(i, at)
		art := feeds.Article{ID: x.ID, Entry: e.ID, Feed: evil.ID(), URL: x.URL, Title: x.Title, Text: x.Text, Published: x.Published, Fetched: now, Access: feeds.Paywalled}
		ok(a.t, a.store.SaveReading(a.t.Context(), e.ID, art, readHostile(a.reader, x, at)))
	}
	ok(a.t, a.store.SaveGrouping(a.t.Context(), places))
	return ids
}

// calm fails when a page has anything in it that could run or load.
func calm(t testing.TB, path, body string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	ok(t, err)
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "iframe", "object", "embed", "style", "base", "img", "math", "frame", "video", "audio", "template", "noscript":
			t.Errorf("%s: element %s", path, n.Data)
		}
		for _, a := range n.Attr {
			key := strings.ToLower(a.Key)
			switch {
			case strings.HasPrefix(key, "on"), key == "style", key == "srcdoc", key == "http-equiv", key == "autofocus", key == "formaction", key == "src":
				t.Errorf("%s: attribute %s=%q of %s", path, a.Key, a.Val, n.Data)
			case key == "href" && n.Data == "link":
				if !strings.HasPrefix(a.Val, "/") {
					t.Errorf("%s: link to %q", path, a.Val)
				}
			case key == "href", key == "action":
				u, err := url.Parse(a.Val)
				if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("%s: %s=%q", path, key, a.Val)
				}
			}
		}
	}
	for _, r := range body {
		if r != '\n' && r < ' ' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			t.Errorf("%s: character %U", path, r)
			break
		}
	}
}

// policy is what every page must come with.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// TestHostileStories looks at every page of an archive of hostile stories for
// anything active. A browser looks at more of them: TestHostileStoriesInBrowser.
func TestHostileStories(t *testing.T) {
	a := newArchive(t)
	ids := a.hostileStories(3 * len(hostile))
	a.post(team, "evil", ids[:20]...)
	room := a.room()
	get := func(path string) {
		w := ask(room, path)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", path, w.Code)
		}
		if got := w.Header().Get("Content-Security-Policy"); got != policy {
			t.Fatalf("%s: policy %q", path, got)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			calm(t, path, w.Body.String())
		}
	}
	for _, path := range []string{"/", "/editions", "/editions/evil", "/feeds", "/speakers", "/search", "/quotes", "/quotes?page=2", "/search?q=ferries", "/index.atom", "/search.atom?q=ferries", "/quotes.atom", "/quotes.json"} {
		get(path)
	}
	for _, s := range hostile {
		get("/search?q=" + url.QueryEscape(s))
		get("/speakers?name=" + url.QueryEscape(s))
		get("/quotes?q=" + url.QueryEscape(s) + "&speaker=" + url.QueryEscape(s) + "&outlet=" + url.QueryEscape(s) + "&since=" + url.QueryEscape(s))
		get("/sign-in?next=" + url.QueryEscape(s))
		calm(t, s, ask(room, "/"+url.PathEscape(s)).Body.String())
	}
	for _, id := range ids {
		get("/stories/" + id)
	}
}

// strangers is a store whose stories of one article are made when they are asked
// for, of words that nothing has cleaned. All else is as it is kept.
type strangers struct {
	*store.Store
	story func(id string) digest.Reading
}

func (s strangers) Stories(_ context.Context, f bot.StoryFilter) ([]bot.StoryRecord, error) {
	var list []bot.StoryRecord
	for _, id := range f.IDs {
		list = append(list, bot.StoryRecord{ID: id, Readings: []digest.Reading{s.story(id)}})
	}
	return list, nil
}

// FuzzStory shows a story of any words and looks at it for anything active.
func FuzzStory(f *testing.F) {
	for i := range hostile {
		at := func(k int) string { return hostile[(i+k)%len(hostile)] }
		f.Add(at(0), "South Korea and China agreed. \""+at(1)+" we said, "+at(2)+"\" he said.", at(3), at(4), at(5))
	}
	a := newArchive(f)
	var asked digest.Reading
	room, n := a.room(func(o *web.Options) { o.Store = strangers{a.store, func(string) digest.Reading { return asked }} }), 0
	f.Fuzz(func(t *testing.T, title, words, outlet, speaker, link string) {
		x := digest.Article{ID: "x", Title: title, Text: words, Outlet: outlet, URL: link, OutletType: "party", Access: "full text", Published: now}
		asked = readHostile(a.reader, x, func() string { return speaker })
		n++ // a page is kept for a while
		w := ask(room, fmt.Sprintf("/stories/s%d", n))
		if w.Code != http.StatusOK {
			t.Fatalf("%d", w.Code)
		}
		calm(t, "the story", w.Body.String())
	})
}

// reported is a site whose pages report what their policy kept from happening,
// and that has many stories on one page.
type reported struct {
	room http.Handler

	mu     sync.Mutex
	list   []string // of reports
	sprung bool     // there is one of the trap
}

// trap is a page as none of ours may be.
const trap = `<!doctype html><title>Trap</title><main><article class="story"><img src="https://evil.example/" onerror="window.pwned=1"><script>window.pwned=1</script></article></main>`

func (s *reported) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy+"; report-uri /reports")
	switch r.URL.Path {
	case "/reports":
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		if strings.Contains(string(b), "/shut-trap") {
			s.sprung = true
		} else {
			s.list = append(s.list, string(b))
		}
	case "/open-trap":
		w.Header().Del("Content-Security-Policy")
		fmt.Fprint(w, trap)
	case "/shut-trap":
		fmt.Fprint(w, trap)
	case "/many":
		for i, id := range strings.Fields(r.FormValue("ids")) {
			page := ask(s.room, "/stories/"+id)
			head, main, _ := strings.Cut(page.Body.String(), "<main")
			if page.Code != http.StatusOK || page.Header().Get("Content-Security-Policy") != policy {
				head, main = "", fmt.Sprintf("story %s: %d", id, page.Code)
			}
			if i == 0 {
				fmt.Fprint(w, head)
			}
			fmt.Fprint(w, "<main", main[:strings.LastIndex(main, "</main>")+len("</main>")])
		}
	default:
		in := httptest.NewRecorder()
		s.room.ServeHTTP(in, r)
		in.Body.WriteTo(w)
	}
}

func (s *reported) caught() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sprung
}

func (s *reported) reports() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

// shown tells how many stories a page shows, how much of it is active, and
// whether anything ran.
const shown = `[document.querySelectorAll("article.story").length,
  document.querySelectorAll("script, iframe, object, embed, style, base, img, math, svg, frame, video, audio, template, noscript, meta[http-equiv], [style], [autofocus]").length,
  "pwned" in window ? 1 : 0]`

// TestHostileStoriesInBrowser has a browser show 5,000 hostile stories, each of
// its own making, under the policy that every page has: the policy has nothing
// to report, no script runs, nobody else is asked for anything.
func TestHostileStoriesInBrowser(t *testing.T) {
	n := 5000
	if testing.Short() {
		n = 300
	}
	a := newArchive(t)
	site := &reported{room: a.room(func(o *web.Options) {
		o.Store = strangers{a.store, func(id string) digest.Reading {
			i, err := strconv.Atoi(strings.TrimPrefix(id, "h"))
			ok(t, err)
			r := rand.New(rand.NewPCG(uint64(i), 17))
			at := func() string {
				s := hostile[r.IntN(len(hostile))]
				switch r.IntN(4) {
				case 0:
					s += hostile[r.IntN(len(hostile))]
				case 1: // cut somewhere, in the middle of a character too
					s = s[:r.IntN(len(s))] + hostile[r.IntN(len(hostile))]
				}
				return s
			}
			return readHostile(a.reader, hostileArticle(i, at), at)
		}}
	})}
	server := httptest.NewServer(site)
	defer server.Close()
	b := webtest.Open(t, server.URL)
	visit := func(path string) [3]int {
		t.Helper()
		b.Do(t, chromedp.Navigate(server.URL+path))
		return webtest.Get(t, b, chromedp.Evaluate[[3]int](shown))
	}

	// What the test would see if there were something.
	if got := visit("/open-trap"); got != [3]int{1, 2, 1} || len(b.Faults()) == 0 {
		t.Fatalf("a page with a script and no policy: %v", got)
	}
	if got := visit("/shut-trap"); got != [3]int{1, 2, 0} || len(b.Faults()) == 0 {
		t.Fatalf("a page with a script: %v", got)
	}
	for i := 0; !site.caught(); i++ { // in its own time
		if i == 1000 {
			t.Fatal("a broken policy is not reported")
		}
		time.Sleep(10 * time.Millisecond)
	}

	const many = 50
	for from := 0; from < n && !t.Failed(); from += many {
		var ids []string
		for i := range many {
			ids = append(ids, fmt.Sprintf("h%d", from+i))
		}
		for path, stories := range map[string]int{"/many?ids=" + strings.Join(ids, "+"): many, "/stories/" + ids[0]: 1} {
			if got := visit(path); got != [3]int{stories, 0, 0} {
				t.Errorf("%s: %d stories, %d active elements, %d scripts ran", path, got[0], got[1], got[2])
			}
			for _, s := range slices.Concat(b.Faults(), site.reports()) {
				t.Errorf("%s: %s", path, s)
			}
		}
	}
	visit("/many?ids=h0")
	for _, s := range slices.Concat(b.Faults(), site.reports()) {
		t.Error(s)
	}
}
