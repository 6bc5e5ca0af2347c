package web_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/feeds"
	"hanwire/store"
	"hanwire/web"
)

// now is the moment at which the tests read.
var now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// archive is a store that is filled as the bot fills it.
type archive struct {
	t      testing.TB
	store  *store.Store
	reader *digest.Reader
	n      int
}

var (
	public = feeds.Feed{URL: "https://lantern.example/feed.xml", Outlet: "Lantern Bay Courier", Type: feeds.Independent, Lang: "en"}
	own    = feeds.Feed{URL: "https://private.example/feed.xml", Outlet: "Closed Letter", Type: feeds.ThinkTank, Lang: "en"}
	team   = bot.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}
)

func newArchive(t testing.TB) *archive {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "hanwire.db"), Now: func() time.Time { return now }})
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Close()) })
	ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{public}))
	reader, err := digest.NewReader(digest.ReaderOptions{})
	ok(t, err)
	return &archive{t: t, store: s, reader: reader}
}

// publish has an article come in through a feed, and puts it into a story.
func (a *archive) publish(f feeds.Feed, story, title, text string) digest.Reading {
	a.t.Helper()
	a.n++
	link := fmt.Sprintf("%s/%d", strings.TrimSuffix(f.URL, "/feed.xml"), a.n)
	at := now.Add(-time.Duration(100+a.n) * time.Minute)
	e := feeds.Entry{ID: fmt.Sprintf("e%d", a.n), Feed: f.ID(), Keys: []string{link}, Link: link, Title: title, Published: at, Fingerprint: fmt.Sprint(a.n)}
	ok(a.t, a.store.SavePoll(a.t.Context(), f.ID(), feeds.PollResult{State: feeds.State{Health: feeds.Healthy, LastSuccess: at}, Entries: []feeds.Entry{e}}))
	art := feeds.Article{ID: fmt.Sprintf("a%d", a.n), Entry: e.ID, Feed: f.ID(), URL: link, Title: title, Text: text, Published: at, Fetched: at, Access: feeds.FullText}
	return a.save(f, art, story)
}

// save reads an article and keeps it, under its story if it has none.
func (a *archive) save(f feeds.Feed, art feeds.Article, story string) digest.Reading {
	a.t.Helper()
	r := a.reader.Read(digest.Article{
		ID: art.ID, URL: art.URL, Title: art.Title, Text: art.Text, Outlet: f.Outlet, OutletType: string(f.Type), Published: art.Published, Access: string(art.Access),
	})
	ok(a.t, a.store.SaveReading(a.t.Context(), art.Entry, art, r))
	ok(a.t, a.store.SaveGrouping(a.t.Context(), []store.Placement{{Article: art.ID, Story: story}}))
	return r
}

// post keeps an edition that told stories at a place.
func (a *archive) post(at bot.Place, id string, stories ...string) bot.Edition {
	a.t.Helper()
	sub := bot.Subscription{ID: "sub-" + id, At: at, Hour: "08:00", Zone: "Asia/Seoul", Lang: "en"}
	ok(a.t, a.store.SaveSubscription(a.t.Context(), sub))
	e := bot.Edition{
		ID: id, Subscription: sub.ID, At: at, Title: "Korea", Lang: "en", Number: 7, Due: now.Add(-time.Hour), Made: now.Add(-time.Hour), Stories: stories,
		From: now.Add(-25 * time.Hour), Until: now.Add(-time.Hour), Told: bot.Told{Articles: map[string][]string{}},
	}
	records, err := a.store.Stories(a.t.Context(), bot.StoryFilter{IDs: stories})
	ok(a.t, err)
	for _, r := range records {
		for _, x := range r.Readings {
			e.Told.Articles[r.ID] = append(e.Told.Articles[r.ID], x.ID)
		}
	}
	ok(a.t, a.store.SaveEdition(a.t.Context(), e, sub, nil))
	return e
}

// room opens the reading room.
func (a *archive) room(change ...func(*web.Options)) *web.Room {
	a.t.Helper()
	o := web.Options{Store: a.store, Now: func() time.Time { return now }, Zone: time.UTC}
	for _, f := range change {
		f(&o)
	}
	room, err := web.New(o)
	ok(a.t, err)
	return room
}

// ask gets a page.
func ask(h http.Handler, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.Host = "localhost:8090"
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const (
	ferryText = `South Korea and China agreed on Tuesday to run a joint ferry line. "We will keep the ferry running through the winter," South Korean Trade Minister Han Seo-yun told reporters in Seoul. The line had been idle since spring.

Officials from both ministries will meet again in March. Han said the fares would not rise.

The harbour of Incheon has been dredged for the larger ships, and the customs hall was rebuilt at a cost that the ministry did not name. Fishermen asked for a lane of their own. The ministry has promised an answer by the end of the month, after a round of talks with the harbour masters of the west coast.`
	secretText = `China told South Korea in a private letter that the ferry line may close. "Nobody outside this room knows the date," Trade Minister Han Seo-yun said. The hidden envoy Pell Drommen wrote the letter.`
)

// filled is an archive with a public story, one with an article that only team
// may see, and one that team alone may see, told in an edition.
func filled(t testing.TB) *archive {
	a := newArchive(t)
	ok(t, a.store.AddFeed(t.Context(), bot.FeedRecord{Feed: own, ID: own.ID(), At: bot.Place{Platform: team.Platform, Workspace: team.Workspace}}))
	a.publish(public, "s1", "South Korea and China agree on a joint ferry line", ferryText)
	a.publish(own, "s1", "Ferry line may close, letter says", secretText)
	a.publish(own, "s2", "Closed Letter: what Beijing told Seoul", strings.ReplaceAll(secretText, "may close", "is closing"))
	a.post(team, "ed1", "s1", "s2")
	return a
}

var pagePaths = []string{
	"/", "/index.json", "/index.atom", "/editions", "/editions.json", "/editions.atom", "/editions?month=2026-11", "/editions?day=2026-11-25", "/editions/ed1", "/editions/ed1.json",
	"/stories/s1", "/stories/s1.json", "/quotes", "/quotes.json", "/quotes.atom", "/quotes?speaker=Han+Seo-yun&topic=korea&outlet=Lantern&since=2026-11-01&until=2026-11-30",
	"/speakers", "/speakers.json", "/speakers?name=Han", "/speakers/Han%20Seo-yun", "/speakers/Han%20Seo-yun.json", "/feeds", "/feeds.json",
	"/search", "/search?q=ferry", "/search.json?q=ferry", "/search.atom?q=ferry", "/robots.txt", "/icon.svg",
}

func TestPages(t *testing.T) {
	room := filled(t).room()
	for _, path := range pagePaths {
		w := ask(room, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		body := w.Body.String()
		file, _, _ := strings.Cut(path, "?")
		switch {
		case strings.HasSuffix(file, ".json"):
			if !json.Valid([]byte(body)) || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s: no JSON: %q", path, body)
			}
		case strings.HasSuffix(file, ".atom"):
			var feed struct {
				XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
				Entries []struct {
					ID string `xml:"id"`
				} `xml:"entry"`
			}
			if err := xml.Unmarshal([]byte(body), &feed); err != nil || len(feed.Entries) == 0 || !strings.HasPrefix(feed.Entries[0].ID, "http://localhost:8090/") {
				t.Errorf("%s: no feed with entries (%v): %q", path, err, body)
			}
			// The bot's own parser takes it, too.
			if p := feeds.Parse([]byte(body), "application/atom+xml", feeds.ParseOptions{URL: "http://localhost:8090" + path}); p.Err != nil || len(p.Warnings) > 0 || len(p.Entries) != len(feed.Entries) {
				t.Errorf("%s: %v, %q", path, p.Err, p.Warnings)
			}
		}
	}
	for _, path := range []string{"/nothing", "/stories/none", "/editions/none", "/quotes/a1/none", "/quotes/none/none", "/speakers/Nobody", "/editions?month=2030-01", "/editions?day=x", "/stories/s1.atom", "/stories/" + strings.Repeat("x", 100)} {
		if w := ask(room, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
	if w := ask(room, "/search?q=ferry+since%3Anever"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `class="pointer"`) {
		t.Errorf("a query that cannot be understood: %d %s", w.Code, w.Body)
	}
}

// The page that an edition's readers come to is small enough for any line.
func TestFirstPageIsSmall(t *testing.T) {
	a := newArchive(t)
	var ids []string
	for i := range 30 {
		id := fmt.Sprintf("s%d", i)
		ids = append(ids, id)
		a.publish(public, id, fmt.Sprintf("South Korea and China agree on joint ferry line number %d after a long round of talks in Seoul", i), strings.ReplaceAll(ferryText, "Tuesday", fmt.Sprintf("Tuesday number %d", i)))
	}
	e := a.post(team, "big", ids[:10]...)
	e.ID, e.Also, e.Due = "bigger", ids[10:], e.Due.Add(time.Minute)
	sub, err := a.store.Subscription(t.Context(), e.Subscription)
	ok(t, err)
	ok(t, a.store.SaveEdition(t.Context(), e, sub, nil))
	room := a.room()
	page := ask(room, "/")
	if n := strings.Count(page.Body.String(), "<article"); n != 10 {
		t.Fatalf("%d stories on the page", n)
	}
	style := regexp.MustCompile(`/style-[0-9a-f]+\.css`).FindString(page.Body.String())
	size := page.Body.Len()
	for _, path := range []string{style, "/icon.svg"} {
		w := ask(room, path)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		size += w.Body.Len()
	}
	t.Logf("%d bytes with style sheet and icon, before any compression", size)
	if size >= 50_000 {
		t.Errorf("the first page has %d bytes", size)
	}
	if c := ask(room, style).Header().Get("Cache-Control"); !strings.Contains(c, "immutable") {
		t.Errorf("style sheet: Cache-Control %q", c)
	}
	again := ask(room, "/", func(r *http.Request) { r.Header.Set("If-None-Match", page.Header().Get("ETag")) })
	if again.Code != http.StatusNotModified {
		t.Errorf("asked again: %d", again.Code)
	}
}

// An article's text is its outlet's: of a page's words no more than its
// summary and quotes with a third of the rest are the article's.
func TestArticlesAreNotRepublished(t *testing.T) {
	a := newArchive(t)
	r := a.publish(public, "s1", "South Korea and China agree on a joint ferry line", ferryText)
	room := a.room()
	allowed := len(ferryText) / 3
	for _, s := range r.Summary {
		allowed += s.End - s.Start
	}
	for _, q := range r.Quotes {
		allowed += q.End - q.Start
	}
	for _, path := range []string{"/stories/s1", "/stories/s1.json", "/search?q=ferry", "/quotes"} {
		body := html.UnescapeString(ask(room, path).Body.String())
		shown := 0
		for _, sentence := range regexp.MustCompile(`[^.\n]+\.`).FindAllString(ferryText, -1) {
			if strings.Contains(body, strings.TrimSpace(sentence)) {
				shown += len(sentence)
			}
		}
		if shown > allowed {
			t.Errorf("%s shows %d bytes of the article's %d", path, shown, len(ferryText))
		}
		if strings.Contains(body, "Fishermen asked for a lane") && path != "/search?q=ferry" {
			t.Errorf("%s shows text that is neither summary nor near a quote", path)
		}
	}
}

// A quote keeps its address when its article changes, and the page says so when
// the words are gone.
func TestQuotesArePermanent(t *testing.T) {
	a := newArchive(t)
	a.publish(public, "s1", "South Korea and China agree on a joint ferry line", ferryText)
	list := ask(a.room(), "/quotes.json?speaker=Han+Seo-yun&q=winter")
	var found struct {
		Quotes []struct{ Path, Text, Citation string }
	}
	ok(t, json.Unmarshal(list.Body.Bytes(), &found))
	if len(found.Quotes) != 1 {
		t.Fatalf("found %s", list.Body)
	}
	q := found.Quotes[0]
	if !strings.Contains(q.Citation, "“We will keep the ferry running through the winter” Han Seo-yun (South Korean Trade Minister), Lantern Bay Courier, 25 November 2026, https://lantern.example/1 (accessed 25 November 2026)") {
		t.Errorf("citation %q", q.Citation)
	}
	page := ask(a.room(), q.Path).Body.String()
	if !strings.Contains(page, "<mark>We will keep the ferry running through the winter,</mark>") || !strings.Contains(page, "told reporters in Seoul.") {
		t.Errorf("the quote is not shown in its sentence: %s", page)
	}
	gone := "no longer in the article&#39;s latest version"
	if strings.Contains(page, gone) {
		t.Error("said to be gone while it is there")
	}
	for _, step := range []struct {
		text string
		gone bool
	}{
		{"A new first sentence says more. " + ferryText, false},
		{strings.Replace(ferryText, "We will keep the ferry running through the winter,", "We hope to keep the ferry running,", 1), true},
	} {
		e := feeds.Entry{ID: "e1"}
		art := feeds.Article{ID: "a1", Entry: e.ID, Feed: public.ID(), URL: "https://lantern.example/1", Title: "South Korea and China agree on a joint ferry line", Text: step.text, Published: now.Add(-101 * time.Minute), Fetched: now, Access: feeds.FullText}
		a.save(public, art, "s1")
		w := ask(a.room(), q.Path)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), gone) != step.gone {
			t.Errorf("after a change: %d, gone %v", w.Code, !step.gone)
		}
	}
	if page := ask(a.room(), "/stories/s1").Body.String(); !strings.Contains(page, "What changed") {
		t.Error("the story does not say that a quote was changed")
	}
}

// An edition says of a story that an earlier one told what has changed since.
func TestEditionSaysWhatChanged(t *testing.T) {
	a := newArchive(t)
	a.publish(public, "s1", "South Korea and China agree on a joint ferry line", ferryText)
	first := a.post(team, "first", "s1")
	other := feeds.Feed{URL: "https://gull.example/feed.xml", Outlet: "Gull Weekly", Type: feeds.Agency, Lang: "en"}
	ok(t, a.store.SyncFeeds(t.Context(), []feeds.Feed{public, other}))
	a.publish(other, "s1", "Ferry line between South Korea and China called off", `China called off the joint ferry line with South Korea on Wednesday. "There will be no boats this winter," Beijing ferry chief Marl Ostrow said in Beijing.`)
	second := a.post(team, "second", "s1")
	second.ID, second.Subscription, second.Due = "next", first.Subscription, first.Due.Add(time.Minute)
	sub, err := a.store.Subscription(t.Context(), first.Subscription)
	ok(t, err)
	ok(t, a.store.SaveEdition(t.Context(), second, sub, nil))
	room := a.room()
	for path, want := range map[string]bool{"/editions/first": false, "/editions/second": false, "/editions/next": true, "/stories/s1": true} {
		body := ask(room, path).Body.String()
		if strings.Contains(body, "What changed") != want || strings.Contains(body, " now reports it too") != want {
			t.Errorf("%s says what changed: %v, want %v\n%s", path, !want, want, body)
		}
	}
}

// What a workspace's own feeds brought is for its members alone, on every page
// and in every format; and a person's own digest for that person.
func TestWorkspacesAreApart(t *testing.T) {
	a := filled(t)
	a.post(bot.Place{Platform: "slack", Workspace: "T1", Channel: "@U1"}, "mine", "s1")
	slack := newSlack(t)
	room := a.room(slack.options("T1", "T2"), func(o *web.Options) { o.Token = "a-token-that-is-long-enough" })
	secret := []string{"Closed Letter", "private letter", "Nobody outside", "Drommen", "private.example"}
	check := func(who string, cookie *http.Cookie, sees bool) {
		t.Helper()
		seen := false
		for _, path := range append([]string{"/stories/s2", "/stories/s2.json", "/speakers/Pell%20Drommen", "/quotes/a2/", "/search?q=Drommen", "/quotes?q=outside", "/quotes.atom?q=outside"}, pagePaths...) {
			body := html.UnescapeString(ask(room, path, func(r *http.Request) { r.AddCookie(cookie) }).Body.String())
			for _, words := range secret {
				if strings.Contains(body, words) && !(strings.Contains(path, words)) {
					seen = true
					if !sees {
						t.Errorf("%s sees %q at %s", who, words, path)
					}
				}
			}
		}
		if seen != sees {
			t.Errorf("%s sees what is the workspace's own: %v, want %v", who, seen, sees)
		}
	}
	status := func(cookie *http.Cookie, path string) int {
		return ask(room, path, func(r *http.Request) { r.AddCookie(cookie) }).Code
	}
	member, stranger := slack.signIn(t, room, "U1", "T1"), slack.signIn(t, room, "U2", "T2")
	check("a member", member, true)
	check("a member of another workspace", stranger, false)
	operator := withToken(t, room, "a-token-that-is-long-enough")
	check("whoever has the token", operator, false)
	for _, x := range []struct {
		who    string
		cookie *http.Cookie
		path   string
		want   int
	}{
		{"member", member, "/editions/ed1", 200}, {"stranger", stranger, "/editions/ed1", 404}, {"operator", operator, "/editions/ed1", 200},
		{"owner", member, "/editions/mine", 200}, {"colleague", slack.signIn(t, room, "U3", "T1"), "/editions/mine", 404}, {"operator", operator, "/editions/mine", 404},
	} {
		if got := status(x.cookie, x.path); got != x.want {
			t.Errorf("%s at %s: %d, want %d", x.who, x.path, got, x.want)
		}
	}
}

// Interface texts are there in all languages, and all that the templates say.
func TestLanguages(t *testing.T) {
	room := filled(t).room()
	for accept, want := range map[string]string{
		"": "en", "ko-KR,ko;q=0.9,en;q=0.5": "ko", "zh-CN": "zh-Hans", "zh-TW,zh;q=0.8": "zh-Hant", "zh-HK": "zh-Hant", "fr, ko;q=0.3, en;q=0.2": "ko", "de": "en", ";;;": "en",
	} {
		for _, path := range pagePaths {
			file, _, _ := strings.Cut(path, "?")
			if strings.Contains(file, ".") {
				continue
			}
			body := ask(room, path, func(r *http.Request) { r.Header.Set("Accept-Language", accept) }).Body.String()
			if !strings.Contains(body, `<html lang="`+want+`">`) {
				t.Errorf("%q: %s is not in %s", accept, path, want)
			}
			for _, words := range regexp.MustCompile(`>\s*([a-z]+(?:\.[a-z-]+)+)\s*<`).FindAllStringSubmatch(body, -1) {
				t.Errorf("%s: the text of %q is missing", path, words[1])
			}
		}
	}
	w := ask(room, "/?lang=ko")
	if c := w.Result().Cookies(); len(c) != 1 || c[0].Value != "ko" || !c[0].HttpOnly {
		t.Errorf("the choice of a language is not kept: %v", c)
	}
}

func TestRateLimit(t *testing.T) {
	a := newArchive(t)
	room := a.room(func(o *web.Options) { o.Rate = 60 })
	got := map[int]int{}
	for range 30 {
		got[ask(room, "/feeds").Code]++
	}
	if got[200] != 20 || got[429] != 10 {
		t.Errorf("30 requests at once from one address: %v", got)
	}
	w := ask(room, "/feeds")
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if w := ask(room, "/feeds", func(r *http.Request) { r.RemoteAddr = "198.51.100.7:1" }); w.Code != 200 {
		t.Errorf("another address: %d", w.Code)
	}
	// A stranger cannot give out another address than its own.
	if w := ask(room, "/feeds", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.9") }); w.Code != 429 {
		t.Errorf("with a made-up address: %d", w.Code)
	}
}

func TestServeEnds(t *testing.T) {
	server := httptest.NewServer(filled(t).room())
	defer server.Close()
	res, err := http.Get(server.URL + "/")
	ok(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ok(t, err)
	if res.StatusCode != 200 || !strings.Contains(string(body), "ferry") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
