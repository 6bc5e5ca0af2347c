package store_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/text"
	"hanwire/feeds"
	"hanwire/store"
)

// searchNow is the time from which the queries of match.txt count.
var searchNow = time.Date(2026, 6, 15, 12, 0, 0, 0, time.FixedZone("KST", 9*3600))

// queries reads the queries and articles of digest/query/testdata/match.txt,
// where every line is a query and an article that it matches or does not.
func queries(t testing.TB) ([]string, []query.Article) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "digest", "query", "testdata", "match.txt"))
	ok(t, err)
	var list []string
	var articles []query.Article
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) < 3 {
			continue
		}
		a := query.Article{Text: strings.NewReplacer("[", "", "]", "", `\n`, "\n").Replace(f[2])}
		for _, field := range f[3:] {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "title":
				a.Title = value
			case "outlet":
				a.Outlet = value
			case "type":
				a.OutletType = value
			case "lang":
				a.Lang = value
			case "speaker":
				a.Speakers = append(a.Speakers, value)
			case "topic":
				a.Topics = append(a.Topics, value)
			case "published":
				a.Published = must(time.Parse(time.RFC3339, value))(t)
			}
		}
		list = append(list, f[1])
		articles = append(articles, a)
	}
	return list, articles
}

// keep puts articles into the store, each read from an entry and in a story of
// its own, "s0", "s1" and so on. Their speakers say the whole text.
func keep(t testing.TB, s *store.Store, articles []query.Article) {
	t.Helper()
	f := feedNamed("harbour")
	ok(t, s.AddFeed(t.Context(), bot.FeedRecord{Feed: f}))
	var entries []feeds.Entry
	for i := range articles {
		entries = append(entries, entryOf(f, i))
	}
	ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: entries}))
	var placed []store.Placement
	for i, q := range articles {
		a := feeds.Article{ID: fmt.Sprintf("a%03d", i), Entry: entries[i].ID, Feed: f.ID(), URL: entries[i].Link, Title: q.Title, Text: q.Text,
			Published: q.Published, Fetched: searchNow.Add(time.Duration(-i) * time.Minute), Access: feeds.FullText}
		r := digest.Reading{
			Article: digest.Article{ID: a.ID, URL: a.URL, Title: q.Title, Text: q.Text, Outlet: q.Outlet, OutletType: q.OutletType, Published: q.Published},
			Lang:    q.Lang, Title: q.Title, Relevance: story.Relevance{Relevant: true, Topics: q.Topics}, Features: story.Item{ID: a.ID},
		}
		for _, name := range q.Speakers {
			r.Quotes = append(r.Quotes, quote.Quote{Span: text.Span{End: len(q.Text)}, Speaker: name})
		}
		ok(t, s.SaveReading(t.Context(), entries[i].ID, a, r))
		placed = append(placed, store.Placement{Article: a.ID, Story: fmt.Sprintf("s%d", i)})
	}
	ok(t, s.SaveGrouping(t.Context(), placed))
}

// What a query finds in a database is what it matches in memory. The articles
// are tried in shares, each less than a search looks at.
func TestSearchFindsWhatMatches(t *testing.T) {
	const share = 150
	list, all := queries(t)
	each(t, func(t *testing.T, engine string) {
		for articles := range slices.Chunk(all, share) {
			s := open(t, store.Options{DSN: newDSN(t, engine), Now: func() time.Time { return searchNow }})
			keep(t, s, articles)
			for _, text := range list {
				findsWhatMatches(t, s, text, articles)
			}
		}
	})
}

// What came after the days that are asked about does not stand before what came
// in them, however much it is.
func TestSearchOfADayBeforeABusyOne(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: func() time.Time { return searchNow }})
		day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
		articles := []query.Article{{Title: "Harbour tariff", Text: "The tariff holds.", Lang: "en", Outlet: "Harbour", Speakers: []string{"Ola Brandt"}, Published: day.Add(-20 * time.Hour)}}
		for i := range 320 {
			a := articles[0]
			a.Published = day.Add(time.Duration(i) * time.Minute)
			articles = append(articles, a)
		}
		keep(t, s, articles)
		for _, text := range []string{"until:2026-03-04", "tariff since:2026-03-04 until:2026-03-04"} {
			findsWhatMatches(t, s, text, articles)
		}
	})
}

func findsWhatMatches(t *testing.T, s *store.Store, text string, articles []query.Article) {
	t.Helper()
	q := must(query.Parse(text))(t)
	var want, wantQuotes []string
	for i := range articles {
		if _, ok := q.Match(&articles[i], searchNow); ok {
			want = append(want, fmt.Sprintf("s%d", i))
		}
		for n, name := range articles[i].Speakers {
			said := articles[i]
			said.Title, said.Speakers = "", []string{name}
			if _, ok := q.Match(&said, searchNow); ok {
				wantQuotes = append(wantQuotes, fmt.Sprintf("a%03d/%d", i, n))
			}
		}
	}
	hits, n, err := s.SearchStories(t.Context(), q, bot.Page{})
	ok(t, err)
	var got []string
	for _, h := range hits {
		got = append(got, h.Story)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || n != len(want) {
		t.Errorf("stories for %q, %d in all (-memory +database):\n%s", text, n, diff)
	}
	records, n, err := s.SearchQuotes(t.Context(), q, bot.Page{})
	ok(t, err)
	var gotQuotes []string
	for _, r := range records {
		gotQuotes = append(gotQuotes, r.ID)
	}
	slices.Sort(wantQuotes)
	slices.Sort(gotQuotes)
	if diff := cmp.Diff(wantQuotes, gotQuotes); diff != "" || n != len(wantQuotes) {
		t.Errorf("quotes for %q, %d in all (-memory +database):\n%s", text, n, diff)
	}
}

// newsday is a few articles with quotes, in order of time.
func newsday(t testing.TB, s *store.Store) {
	t.Helper()
	day := func(d, h int) time.Time { return time.Date(2026, 6, d, h, 0, 0, 0, time.UTC) }
	f := feedNamed("wire")
	ok(t, s.AddFeed(t.Context(), bot.FeedRecord{Feed: f}))
	type said struct{ words, speaker, key, role string }
	for i, a := range []struct {
		outlet, title, text, story string
		published                  time.Time
		quotes                     []said
	}{
		{"Harbour Wire", "Ferry to Sora resumes", "The ferry runs again.\n\nThe port was shut. “We will run the ferry,” Oh Da-rim said.", "s1", day(1, 8),
			[]said{{"We will run the ferry", "Oh Da-rim", "", "deputy harbour master"}}},
		{"Bay Times", "Port reopens", "The port is open. The ferry left on Monday. “The tariff stays,” Oh Da-rim said. “No,” Wang Yi said.", "s1", day(1, 9),
			[]said{{"The tariff stays", "Oh Da-Rim", "", "harbour master"}, {"No", "Wang Yi", "wang_yi", "foreign minister"}}},
		{"한강일보", "관세 협상", "왕이 부장은 “관세는 유지된다”고 말했다.", "s2", day(3, 9),
			[]said{{"관세는 유지된다", "왕이", "wang_yi", "외교부장"}}},
		{"Harbour Wire", "A quiet day", "Nothing about boats. " + strings.Repeat("Calm seas all day long. ", 40) + "One ferry, though.", "s3", day(4, 9), nil},
	} {
		e := entryOf(f, i)
		ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
		fa := feeds.Article{ID: fmt.Sprint("a", i), Entry: e.ID, Feed: f.ID(), URL: e.Link, Title: a.title, Text: a.text, Published: a.published, Fetched: a.published, Access: feeds.FullText}
		r := digest.Reading{Article: digest.Article{ID: fa.ID, URL: fa.URL, Title: a.title, Text: a.text, Outlet: a.outlet, OutletType: "agency", Published: a.published},
			Lang: "en", Title: a.title, Relevance: story.Relevance{Relevant: true, Topics: []string{"korea"}}, Features: story.Item{ID: fa.ID}}
		for _, q := range a.quotes {
			at := strings.Index(a.text, q.words)
			r.Quotes = append(r.Quotes, quote.Quote{Span: text.Span{Start: at, End: at + len(q.words)}, Speaker: q.speaker, SpeakerKey: q.key, Role: q.role, Cue: "said", Key: q.words == "The tariff stays"})
		}
		ok(t, s.SaveReading(t.Context(), e.ID, fa, r))
		ok(t, s.SaveGrouping(t.Context(), []store.Placement{{Article: fa.ID, Story: a.story}}))
	}
}

func openNewsday(t *testing.T, engine string) *store.Store {
	s := open(t, store.Options{DSN: newDSN(t, engine), Now: func() time.Time { return searchNow }})
	newsday(t, s)
	return s
}

func TestSearchStories(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := openNewsday(t, engine)
		for _, tt := range []struct {
			query   string
			page    bot.Page
			want    []string // story: headline | snippet | matches
			wantAll int
		}{
			{"ferry", bot.Page{}, []string{
				"s1: Ferry to Sora resumes | The ferry runs again. | ferry",
				"s3: A quiet day | One ferry, though. | ferry",
			}, 2},
			{"ferry", bot.Page{Offset: 1, Limit: 1}, []string{"s3: A quiet day | One ferry, though. | ferry"}, 2},
			{"ferry", bot.Page{Offset: 9, Limit: 1}, nil, 2},
			{"outlet:harbour", bot.Page{}, []string{"s3: A quiet day | Nothing about boats. | ", "s1: Ferry to Sora resumes | The ferry runs again. | "}, 2},
			{"speaker:王毅 关税 OR 运费", bot.Page{}, nil, 0},
			{"speaker:王毅 관세", bot.Page{}, []string{"s2: 관세 협상 | 왕이 부장은 “관세는 유지된다”고 말했다. | 관세"}, 1},
			{"tariff until:2026-06-01", bot.Page{}, []string{"s1: Port reopens | “The tariff stays,” Oh Da-rim said. | tariff"}, 1},
			{"tariff since:2026-06-02", bot.Page{}, nil, 0},
			{"", bot.Page{Limit: 1}, []string{"s3: A quiet day | Nothing about boats. | "}, 3},
		} {
			hits, n, err := s.SearchStories(t.Context(), must(query.Parse(tt.query))(t), tt.page)
			ok(t, err)
			var got []string
			for _, h := range hits {
				var words []string
				for _, m := range h.Matches {
					words = append(words, h.Snippet[m.Start:m.End])
				}
				got = append(got, fmt.Sprintf("%s: %s | %s | %s", h.Story, h.Headline, h.Snippet, strings.Join(words, ", ")))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || n != tt.wantAll {
				t.Errorf("%q %+v: %d in all, want %d (-want +got):\n%s", tt.query, tt.page, n, tt.wantAll, diff)
			}
		}
		hits, _, err := s.SearchStories(t.Context(), must(query.Parse("port"))(t), bot.Page{})
		ok(t, err)
		if len(hits) != 1 || !slices.Equal(hits[0].Outlets, []string{"Harbour Wire", "Bay Times"}) || !hits[0].Latest.Equal(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)) || !strings.HasSuffix(hits[0].URL, "/news/1") {
			t.Errorf("port: %+v", hits)
		}
	})
}

func TestSearchQuotes(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := openNewsday(t, engine)
		for query_, want := range map[string][]string{
			"tariff":                      {"The tariff stays"},
			`speaker:"Wang Yi"`:           {"관세는 유지된다", "No"},
			`speaker:"foreign minister"`:  {"No"},
			"speaker:harbour":             {"The tariff stays", "We will run the ferry"},
			"speaker:왕이 until:2026-06-02": {"No"},
			"outlet:한강일보":                 {"관세는 유지된다"},
			"speaker:Oh tariff OR ferry":  {"The tariff stays", "We will run the ferry"},
			"port":                        nil,
		} {
			list, n, err := s.SearchQuotes(t.Context(), must(query.Parse(query_))(t), bot.Page{})
			ok(t, err)
			var got []string
			for _, q := range list {
				got = append(got, q.Text)
			}
			if diff := cmp.Diff(want, got); diff != "" || n != len(want) {
				t.Errorf("%q: %d in all (-want +got):\n%s", query_, n, diff)
			}
		}
		list, _, err := s.SearchQuotes(t.Context(), must(query.Parse("tariff"))(t), bot.Page{Limit: 1})
		ok(t, err)
		want := bot.QuoteRecord{
			ID: "a1/0", Story: "s1", Article: "a1", Outlet: "Bay Times", OutletType: "agency", Lang: "en", URL: "https://wire.example/news/1#:~:text=The%20tariff%20stays",
			Published: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), Text: "The tariff stays", Kind: "direct", Speaker: "Oh Da-Rim", Role: "harbour master",
			Matches: []text.Span{{Start: 4, End: 10}},
		}
		if diff := cmp.Diff([]bot.QuoteRecord{want}, list); diff != "" {
			t.Errorf("tariff (-want +got):\n%s", diff)
		}
	})
}

func TestSpeaker(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := openNewsday(t, engine)
		at := func(d, h int) time.Time { return time.Date(2026, 6, d, h, 0, 0, 0, time.UTC) }
		for _, name := range []string{"Wang Yi", "왕이", "王毅", "wang_yi"} {
			p, err := s.Speaker(t.Context(), name, bot.Place{})
			ok(t, err)
			var latest []string
			for _, q := range p.Latest {
				latest = append(latest, q.Text)
			}
			p.Latest = nil
			want := bot.Profile{Key: "wang_yi", Name: "Wang Yi", Names: []string{"Wang Yi", "왕이"}, Quotes: 2, First: at(1, 9), Last: at(3, 9), Topics: []string{"korea"},
				Roles: []bot.RoleSeen{{Role: "외교부장", First: at(3, 9), Last: at(3, 9), Count: 1}, {Role: "foreign minister", First: at(1, 9), Last: at(1, 9), Count: 1}}}
			if diff := cmp.Diff(want, p); diff != "" || !slices.Equal(latest, []string{"관세는 유지된다", "No"}) {
				t.Errorf("%s, latest %q (-want +got):\n%s", name, latest, diff)
			}
		}
		for _, name := range []string{"Oh Da-rim", "oh da rim", "Da-rim", "OH"} {
			p, err := s.Speaker(t.Context(), name, bot.Place{})
			if err != nil || p.Quotes != 2 || p.Name != "Oh Da-Rim" || p.Key != "" {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
		}
		for _, name := range []string{"nobody", "", "%", "_h"} {
			if p, err := s.Speaker(t.Context(), name, bot.Place{}); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%q: %+v, %v, want ErrNotFound", name, p, err)
			}
		}
		for prefix, want := range map[string][]string{"o": {"Oh Da-Rim"}, "Wan": {"Wang Yi"}, "왕": {"왕이"}, "%": nil, "": {"Oh Da-Rim", "Wang Yi"}} {
			if got := must(s.SpeakerNames(t.Context(), prefix, 2))(t); !slices.Equal(got, want) {
				t.Errorf("names with %q: got %q, want %q", prefix, got, want)
			}
		}
	})
}

// An article that is read again is found by its new words alone.
func TestIndexFollowsTheArticle(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := openNewsday(t, engine)
		f := feedNamed("wire")
		e := entryOf(f, 2)
		a := feeds.Article{ID: "a2", Entry: e.ID, Feed: f.ID(), URL: e.Link, Title: "New words", Text: "Only copper is left.", Published: time.Date(2026, 6, 3, 9, 0, 0, 0, time.UTC), Access: feeds.FullText}
		r := digest.Reading{Article: digest.Article{ID: a.ID, URL: a.URL, Title: a.Title, Text: a.Text, Outlet: "한강일보", Published: a.Published}, Lang: "en", Title: a.Title, Features: story.Item{ID: "a2"}}
		ok(t, s.SaveReading(t.Context(), e.ID, a, r))
		for q, want := range map[string]int{"관세": 0, "copper": 1, "speaker:왕이": 1} {
			_, n, err := s.SearchStories(t.Context(), must(query.Parse(q))(t), bot.Page{})
			ok(t, err)
			if n != want {
				t.Errorf("%s: %d stories, want %d", q, n, want)
			}
		}
		p, err := s.Speaker(t.Context(), "왕이", bot.Place{})
		ok(t, err)
		if p.Quotes != 1 || len(p.Roles) != 1 || !slices.Equal(p.Names, []string{"Wang Yi"}) {
			t.Errorf("왕이 after one of two quotes went: %+v", p)
		}
	})
}

// An article is found in the story that it is in now.
func TestSearchFollowsTheStory(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := openNewsday(t, engine)
		for _, step := range []struct {
			placed store.Placement
			want   []string
		}{
			{store.Placement{Article: "a3", Story: "s4"}, []string{"s1", "s4"}},
			{store.Placement{Article: "a3", Story: "s4", Merged: []string{"s1"}}, []string{"s4"}},
		} {
			ok(t, s.SaveGrouping(t.Context(), []store.Placement{step.placed}))
			hits, n, err := s.SearchStories(t.Context(), must(query.Parse("ferry"))(t), bot.Page{})
			ok(t, err)
			var got []string
			for _, h := range hits {
				got = append(got, h.Story)
			}
			if !slices.Equal(got, step.want) || n != len(got) {
				t.Errorf("after %+v: %q, %d in all, want %q", step.placed, got, n, step.want)
			}
		}
	})
}

// What the feeds of one workspace brought is found there alone.
func TestSearchHidesOtherWorkspaces(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: func() time.Time { return searchNow }})
		here, there := bot.Place{Platform: "slack", Workspace: "W1", Channel: "C"}, bot.Place{Platform: "slack", Workspace: "W2"}
		f := feedNamed("own")
		ok(t, s.AddFeed(t.Context(), bot.FeedRecord{Feed: f, At: bot.Place{Platform: "slack", Workspace: "W1"}}))
		e := entryOf(f, 0)
		ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
		a, r := readingOf(f, e, "The ferry talks.")
		ok(t, s.SaveReading(t.Context(), e.ID, a, r))
		ok(t, s.SaveGrouping(t.Context(), []store.Placement{{Article: a.ID, Story: "s1"}}))
		for _, tt := range []struct {
			at   bot.Place
			want int
		}{{here, 1}, {there, 0}, {bot.Place{}, 1}} {
			q := must(query.Parse("ferry"))(t)
			_, stories, err := s.SearchStories(t.Context(), q, bot.Page{At: tt.at})
			ok(t, err)
			_, quotes, err := s.SearchQuotes(t.Context(), q, bot.Page{At: tt.at})
			ok(t, err)
			if stories != tt.want || quotes != tt.want {
				t.Errorf("at %+v: %d stories and %d quotes, want %d", tt.at, stories, quotes, tt.want)
			}
		}
	})
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := openNewsday(t, engine)
		export := func(what, format, q string) string {
			var b bytes.Buffer
			ok(t, s.Export(t.Context(), &b, what, format, must(query.Parse(q))(t)))
			return b.String()
		}
		want := `{"id":"a2/0","story":"s2","article":"a2","published":"2026-06-03T09:00:00Z","outlet":"한강일보","outlet_type":"agency","lang":"en","speaker":"왕이","speaker_key":"wang_yi","role":"외교부장","kind":"direct","text":"관세는 유지된다",` +
			`"url":"https://wire.example/news/2#:~:text=%EA%B4%80%EC%84%B8%EB%8A%94%20%EC%9C%A0%EC%A7%80%EB%90%9C%EB%8B%A4"}` + "\n"
		if got := export("quotes", "jsonl", "관세"); got != want {
			t.Errorf("quotes as JSON:\ngot  %s\nwant %s", got, want)
		}
		rows := must(csv.NewReader(strings.NewReader(export("quotes", "csv", ""))).ReadAll())(t)
		if len(rows) != 5 || rows[0][0] != "id" || rows[1][11] != "관세는 유지된다" {
			t.Errorf("quotes as CSV: %q", rows)
		}
		rows = must(csv.NewReader(strings.NewReader(export("stories", "csv", "ferry"))).ReadAll())(t)
		if len(rows) != 4 || rows[1][0] != "s3" || rows[2][7] != "Oh Da-Rim; harbour master; Wang Yi; foreign minister" {
			t.Errorf("stories as CSV: %q", rows)
		}
		for line := range strings.Lines(export("stories", "jsonl", "")) {
			var v map[string]any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Errorf("line %s: %v", line, err)
			}
		}
		for _, bad := range [][2]string{{"feeds", "csv"}, {"quotes", "xml"}} {
			if err := s.Export(t.Context(), &bytes.Buffer{}, bad[0], bad[1], query.Query{}); err == nil {
				t.Errorf("export %q: no error", bad)
			}
		}
	})
}

// No cell of an export is run as a formula.
func TestExportIsNoFormula(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: func() time.Time { return searchNow }})
		var articles []query.Article
		for _, title := range []string{`=HYPERLINK("http://x.example")`, "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "plain"} {
			articles = append(articles, query.Article{Title: title, Text: "ferry", Published: searchNow})
		}
		keep(t, s, articles)
		var b bytes.Buffer
		ok(t, s.Export(t.Context(), &b, "stories", "csv", query.Query{}))
		for _, row := range must(csv.NewReader(&b).ReadAll())(t) {
			for _, cell := range row {
				if s := strings.TrimLeft(cell, " \t\r\n"); s != "" && strings.ContainsRune("=+-@＝", []rune(s)[0]) {
					t.Errorf("cell %q of %q", cell, row)
				}
			}
		}
	})
}

// Memory and the database agree on any query and text.
func FuzzSearch(f *testing.F) {
	list, articles := queries(f)
	for i := range list {
		f.Add(list[i], articles[i].Title, articles[i].Text)
	}
	s := open(f, store.Options{DSN: newDSN(f, "sqlite"), Now: func() time.Time { return searchNow }})
	feed := feedNamed("harbour")
	ok(f, s.AddFeed(f.Context(), bot.FeedRecord{Feed: feed}))
	e := entryOf(feed, 0)
	ok(f, s.SavePoll(f.Context(), feed.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
	last := ""
	f.Fuzz(func(t *testing.T, words, title, body string) {
		q, err := query.Parse(words)
		if err != nil || title+"\n"+body == last || strings.ContainsRune(title+body, 0) || body == "" {
			return
		}
		title, body = strings.ToValidUTF8(title, "\uFFFD"), strings.ToValidUTF8(body, "\uFFFD")
		last = title + "\n" + body
		a := feeds.Article{ID: "a", Entry: e.ID, Feed: feed.ID(), URL: e.Link, Title: title, Text: body, Published: searchNow, Access: feeds.FullText}
		r := digest.Reading{Article: digest.Article{ID: "a", Title: title, Text: body, Outlet: body, Published: searchNow}, Title: title, Lang: "ko",
			Quotes: []quote.Quote{{Span: text.Span{End: len(body)}, Speaker: title, Role: body}}, Features: story.Item{ID: "a"}}
		ok(t, s.SaveReading(t.Context(), e.ID, a, r))
		ok(t, s.SaveGrouping(t.Context(), []store.Placement{{Article: "a", Story: "s"}}))
		memory := query.Article{Title: title, Text: body, Outlet: body, Lang: "ko", Published: searchNow, Speakers: query.Speakers(r.Quotes)}
		for i, speaker := range memory.Speakers {
			memory.Speakers[i] = strings.Join(strings.Fields(speaker), " ")
		}
		_, want := q.Match(&memory, searchNow)
		_, n, err := s.SearchStories(t.Context(), q, bot.Page{})
		ok(t, err)
		if got := n == 1; got != want {
			t.Errorf("%q on %q, %q: database says %v, memory %v", q, title, body, got, want)
		}
	})
}
