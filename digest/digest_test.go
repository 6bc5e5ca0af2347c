package digest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/story"
	"hanwire/digest/summary"
	"hanwire/digest/text"
)

var day = time.Date(2031, 3, 4, 9, 0, 0, 0, time.UTC)

func at(hours float64) time.Time { return day.Add(time.Duration(hours * float64(time.Hour))) }

var (
	meridian = digest.Article{
		ID: "meridian", Outlet: "Daily Meridian", OutletType: "independent", Published: at(0),
		Title: "Koreas to resume ferry line, unification minister says",
		Text: "SEOUL — The two Koreas agreed on Monday to resume ferry traffic between Incheon and Nampo in April, Unification Minister Chung Dong-young said.\n\n" +
			"“This is a small first step, and it took us eleven long years to take it,” Chung told reporters in Seoul.\n\n" +
			"The boats will carry 300 passengers each, twice a week, according to the unification ministry.\n\n" +
			"North Korea had suspended the line after a dispute over harbour fees.",
	}
	harbour = digest.Article{
		ID: "harbour", Outlet: "Harbour Post", OutletType: "agency", Published: at(5),
		Title: "Inter-Korean ferries to run again from April",
		Text: "Ferries will run again between Incheon and Nampo from April, South Korea's unification ministry announced on Monday after talks with North Korea.\n" +
			"“It's a small first step, and it took us 11 long years to take it,” Unification Minister Chung Dong-young said.\n" +
			"Two boats with room for 300 passengers each will sail twice a week.",
	}
	haesol = digest.Article{
		ID: "haesol", Outlet: "해솔뉴스", OutletType: "independent", Published: at(6),
		Title: "정동영 장관 \"남북 여객선 4월 재개\"",
		Text: "통일부는 남북이 인천과 남포를 잇는 여객선 운항을 4월 재개하기로 합의했다고 월요일 밝혔다.\n정동영 통일부 장관은 \"작은 첫걸음이지만 11년이 걸렸다\"고 말했다.\n" +
			"승객 300명을 태우는 배가 주 2회 운항한다. 북한은 항만 사용료 문제로 운항을 중단했었다.",
	}
	steel = digest.Article{
		ID: "steel", Outlet: "Harbour Post", OutletType: "agency", Published: at(7),
		Title: "China doubles steel tariffs",
		Text: "China will raise tariffs on imported steel from 12 percent to 25 percent from 1 May, the commerce ministry said on Monday.\n" +
			"Commerce Minister Wang Wentao said domestic mills were suffering from dumping.\nExporters in three countries are expected to complain to the World Trade Organization.",
	}
	football = digest.Article{
		ID: "football", Outlet: "Gull Weekly", Published: at(8),
		Title: "South Korea beat China 2-0 in qualifier",
		Text:  "South Korea beat China 2-0 in a World Cup qualifier in Seoul on Tuesday. The striker scored twice in the second half. The coach praised his team.",
	}
	garden = digest.Article{ID: "garden", Title: "Roses in spring", Text: "Roses want sun and water. Cut them in March."}
	empty  = digest.Article{ID: "empty"}
)

var corpus = []digest.Article{meridian, harbour, haesol, steel, football, garden, empty}

func reader(tb testing.TB) *digest.Reader {
	tb.Helper()
	r, err := digest.NewReader(digest.ReaderOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func readAll(tb testing.TB, articles []digest.Article) []digest.Reading {
	r := reader(tb)
	var out []digest.Reading
	for _, a := range articles {
		out = append(out, r.Read(a))
	}
	return out
}

func compose(tb testing.TB, articles []digest.Article, o digest.Options) digest.Digest {
	return digest.Compose(digest.Collect(readAll(tb, articles), story.NewGrouper(story.Options{})), o)
}

func ids(s digest.Story) string {
	var out []string
	for _, a := range s.Articles {
		out = append(out, a.ID)
	}
	return strings.Join(out, " ")
}

func TestCompose(t *testing.T) {
	d := compose(t, corpus, digest.Options{})
	var got []string
	for _, s := range d.Stories {
		got = append(got, ids(s))
	}
	if diff := cmp.Diff([]string{"meridian harbour haesol", "steel"}, got); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
	reasons := map[string]string{}
	for _, l := range d.LeftOut {
		reasons[l.ID] = l.Reason
	}
	want := map[string]string{
		"football": "no topic: mentions South Korea, but speaks of match",
		"garden":   "no topic: not about Korea or China",
		"empty":    "no topic: not about Korea or China",
	}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
}

func TestComposeTellsOnce(t *testing.T) {
	s := compose(t, corpus, digest.Options{}).Stories[0]
	texts := map[string]string{}
	for _, a := range s.Articles {
		texts[a.ID] = a.Text
	}
	if len(s.Summary) == 0 || len(s.Summary) > 3 {
		t.Fatalf("summary of %d sentences: %+v", len(s.Summary), s.Summary)
	}
	for _, e := range s.Summary {
		if got := texts[e.Article][e.Start:e.End]; got != e.Text {
			t.Errorf("summary %q stands in %s as %q", e.Text, e.Article, got)
		}
		if strings.Contains(e.Text, "SEOUL") || text.Language(e.Text) == "ko" {
			t.Errorf("summary has %q", e.Text)
		}
		for _, q := range s.Quotes {
			if strings.Contains(e.Text, q.Text) {
				t.Errorf("summary repeats the quote %q", q.Text)
			}
		}
	}
	var steps int
	for _, q := range s.Quotes {
		if got := texts[q.Article][q.Start:q.End]; got != q.Text {
			t.Errorf("quote %q stands in %s as %q", q.Text, q.Article, got)
		}
		if strings.Contains(q.Text, "small first step") {
			steps++
			if len(q.Variants) != 1 || !strings.Contains(q.Variants[0].Text, "small first step") {
				t.Errorf("variants of %q are %+v, want the other outlet's wording", q.Text, q.Variants)
			}
		}
	}
	if steps != 1 {
		t.Errorf("one utterance is quoted %d times: %+v", steps, s.Quotes)
	}
}

func TestComposeLength(t *testing.T) {
	d := compose(t, corpus, digest.Options{Length: 1, Topics: []string{"korea", "china"}})
	if len(d.Stories) != 1 || len(d.Also) != 1 || d.Also[0].Headline == "" || d.Also[0].Summary != nil {
		t.Errorf("in full %d, also %+v", len(d.Stories), d.Also)
	}
	if d.Stories[0].Headline == d.Also[0].Headline {
		t.Errorf("one headline twice: %q", d.Also[0].Headline)
	}
	d = compose(t, corpus, digest.Options{Topics: []string{"china"}})
	if len(d.Stories) != 1 || ids(d.Stories[0]) != "steel" {
		t.Errorf("of the topic china: %+v", d.Stories)
	}
	korean := compose(t, corpus, digest.Options{Lang: "ko"}).Stories[0]
	if korean.Headline != haesol.Title || len(korean.Summary) == 0 || korean.Summary[0].Article != "haesol" {
		t.Errorf("for a reader of Korean: %q, %+v", korean.Headline, korean.Summary)
	}
}

// encoded is what `digest --jsonl` prints.
func encoded(tb testing.TB, articles []digest.Article, o digest.Options) []byte {
	b, err := digest.EncodeDigest(compose(tb, articles, o))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestDigestDoesNotDependOnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, all := range []bool{false, true} {
		want := encoded(t, corpus, digest.Options{All: all})
		for range 10 {
			shuffled := slices.Clone(corpus)
			r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if got := encoded(t, shuffled, digest.Options{All: all}); !bytes.Equal(got, want) {
				t.Fatalf("another order, another digest:\n%s\n%s", want, got)
			}
		}
	}
}

func TestEveryArticleOnce(t *testing.T) {
	for _, all := range []bool{false, true} {
		var out struct {
			Stories []struct {
				Articles []string `json:"articles"`
			} `json:"stories"`
			LeftOut []struct {
				ID, Reason string
			} `json:"left_out"`
		}
		twice := append(slices.Clone(corpus), steel, garden)
		if err := json.Unmarshal(encoded(t, twice, digest.Options{All: all}), &out); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range out.Stories {
			got = append(got, s.Articles...)
		}
		for _, l := range out.LeftOut {
			if l.Reason == "" || all {
				t.Errorf("all %v: %s left out for %q", all, l.ID, l.Reason)
			}
			got = append(got, l.ID)
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"empty", "football", "garden", "haesol", "harbour", "meridian", "steel"}, got); diff != "" {
			t.Errorf("all %v (-want +got):\n%s", all, diff)
		}
	}
}

// A history is what each article changed in its turn.
func TestHistory(t *testing.T) {
	list := readAll(t, []digest.Article{meridian, harbour, haesol, steel})
	for n := range len(list) + 2 {
		got := digest.History(list, n)
		var want [][]digest.Change
		for i := max(len(list)-n, 0); i < len(list); i++ {
			if i == 0 {
				want = append(want, nil)
				continue
			}
			want = append(want, digest.Changes(list[:i], list[i:i+1]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the last %d (-want +got):\n%s", n, diff)
		}
	}
}

func TestChanges(t *testing.T) {
	tests := []struct {
		name, outlet, title, body string
		versionOf                 string
		want                      []string // kinds
		reason                    string   // why it is left out instead
	}{
		{
			name: "nothing new", outlet: "Daily Meridian", title: meridian.Title, body: meridian.Text,
			reason: "nothing new in a story told before",
		},
		{
			name: "another outlet", outlet: "Gull Weekly", title: harbour.Title, body: harbour.Text,
			want: []string{"outlet"},
		},
		{
			name: "figure and voice", outlet: "Daily Meridian", title: "Inter-Korean ferries to carry 500 passengers from April",
			body: "The ferries between Incheon and Nampo that the two Koreas will resume in April will carry 500 passengers each, the unification ministry said on Tuesday.\n" +
				"“Our members will not set a foot on these boats before the fees are public,” opposition leader Marl Ostrow told reporters in Seoul on Tuesday.",
			want: []string{"figure", "speaker"},
		},
		{
			name: "reversal", outlet: "Daily Meridian", title: "Inter-Korean ferry line called off",
			body: "The two Koreas called off the plan to resume ferry traffic between Incheon and Nampo in April, Unification Minister Chung Dong-young said on Tuesday.",
			want: []string{"reversal"},
		},
		{
			name: "corrected quote", outlet: "Daily Meridian", title: meridian.Title, versionOf: "meridian",
			body: strings.Replace(meridian.Text, "eleven long years to take it", "twelve very long years", 1),
			want: []string{"corrected"},
		},
	}
	told := compose(t, []digest.Article{meridian}, digest.Options{}).Stories[0]
	for _, tt := range tests {
		added := digest.Article{ID: "new", Outlet: tt.outlet, Title: tt.title, Text: tt.body, VersionOf: tt.versionOf, Published: at(20)}
		groups := []digest.Group{{ID: told.ID, Articles: readAll(t, []digest.Article{meridian, added})}}
		d := digest.Compose(groups, digest.Options{Told: map[string]digest.Told{told.ID: told.Told(at(10))}})
		var kinds []string
		for _, s := range d.Stories {
			for _, c := range s.Changes {
				kinds = append(kinds, c.Kind)
				if c.Span.Len() > 0 && c.Kind != "speaker" && c.Kind != "quote" && added.Text[c.Start:c.End] != c.Text {
					t.Errorf("%s: change %+v is not in the text", tt.name, c)
				}
			}
			for _, e := range s.Summary {
				if e.Article != "new" {
					t.Errorf("%s: told again: %q", tt.name, e.Text)
				}
			}
		}
		reason := ""
		for _, l := range d.LeftOut {
			if l.ID == "new" {
				reason = l.Reason
			}
		}
		for _, want := range tt.want {
			if !slices.Contains(kinds, want) {
				t.Errorf("%s: changes %v, want %v", tt.name, kinds, tt.want)
			}
		}
		if reason != tt.reason {
			t.Errorf("%s: left out for %q, want %q", tt.name, reason, tt.reason)
		}
	}
}

func TestRetell(t *testing.T) {
	good := `{"sentences":[{"text":"Ferries will run again between Incheon and Nampo from April, South Korea's unification ministry announced.","cites":[%d]}]}`
	s := compose(t, []digest.Article{harbour}, digest.Options{}).Stories[0]
	cite := 1 + slices.IndexFunc(s.Articles[0].Sentences, func(c digest.Sentence) bool { return strings.HasPrefix(c.Text, "Ferries") })
	tests := []struct {
		name    string
		answers []string
		err     error
		calls   int
		retold  bool
	}{
		{"faithful", []string{fmt.Sprintf(good, cite)}, nil, 1, true},
		{"rubbish, then faithful", []string{"lorem", fmt.Sprintf(good, cite)}, nil, 2, true},
		{"lies twice", []string{strings.Replace(fmt.Sprintf(good, cite), "April", "May", 1)}, nil, 2, false},
		{"no answer", nil, context.DeadlineExceeded, 1, false},
	}
	for _, tt := range tests {
		s := compose(t, []digest.Article{harbour}, digest.Options{}).Stories[0]
		before := s.Summary
		calls := 0
		err := digest.Retell(t.Context(), &s, "", "m4rk", func(context.Context, summary.Prompt) ([]byte, error) {
			calls++
			if tt.err != nil {
				return nil, tt.err
			}
			return []byte(tt.answers[min(calls, len(tt.answers))-1]), nil
		})
		if calls != tt.calls || (err == nil) != tt.retold || (len(s.Retold) > 0) != tt.retold || tt.err != nil && !errors.Is(err, tt.err) {
			t.Errorf("%s: %d calls, error %v, retold %+v", tt.name, calls, err, s.Retold)
		}
		if diff := cmp.Diff(before, s.Summary); diff != "" {
			t.Errorf("%s changed the extracted summary:\n%s", tt.name, diff)
		}
		for _, r := range s.Retold {
			if len(r.From) == 0 || r.From[0].Article != "harbour" {
				t.Errorf("%s: %q rests on %+v", tt.name, r.Text, r.From)
			}
		}
	}
}

func TestTopicsOfOnesOwn(t *testing.T) {
	q, err := query.Parse("roses")
	if err != nil {
		t.Fatal(err)
	}
	r, err := digest.NewReader(digest.ReaderOptions{Topics: append(story.DefaultTopics(), digest.QueryTopic("garden", q))})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Read(garden).Relevance; !slices.Equal(got.Topics, []string{"garden"}) || !got.Relevant {
		t.Errorf("roses: %+v", got)
	}
	for _, topics := range [][]story.Topic{{{Name: ""}}, {{Name: "a"}, {Name: "a"}}} {
		if _, err := digest.NewReader(digest.ReaderOptions{Topics: topics}); err == nil {
			t.Errorf("topics %v were taken", topics)
		}
	}
}

// A reading is stored as JSON and composed later.
func TestReadingSurvivesJSON(t *testing.T) {
	for _, want := range readAll(t, corpus) {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got digest.Reading
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		want.Article.Lang, want.Article.Title = "", "" // the reading's own take their place
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.ID, diff)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, a := range corpus {
		f.Add(a.Title, a.Text)
	}
	f.Add("", "\u202e“”\"'\n\n. . .\xff")
	r := reader(f)
	f.Fuzz(func(t *testing.T, title, body string) {
		a := r.Read(digest.Article{ID: "x", Title: title, Text: body})
		within := func(what string, s text.Span) {
			if s.Start < 0 || s.End > len(body) || s.Start > s.End {
				t.Fatalf("%s %v of %d bytes", what, s, len(body))
			}
		}
		for _, s := range a.Summary {
			within("summary", s)
		}
		for _, s := range a.Sentences {
			within("sentence", s.Span)
			if body[s.Start:s.End] != s.Text {
				t.Fatalf("sentence %q is not at %v", s.Text, s.Span)
			}
		}
		for _, q := range a.Quotes {
			within("quote", q.Span)
			within("speaker", q.SpeakerAt)
		}
		for _, n := range a.Names {
			within("name", n.Span)
		}
		if _, err := digest.EncodeReading(a); err != nil {
			t.Fatal(err)
		}
		d := digest.Compose([]digest.Group{{ID: "s", Articles: []digest.Reading{a}}}, digest.Options{All: true})
		if len(d.Stories) != 1 || len(d.LeftOut) != 0 {
			t.Fatalf("digest %+v", d)
		}
		if utf8.ValidString(title) && utf8.ValidString(body) && !utf8.ValidString(d.Stories[0].Headline) {
			t.Fatalf("headline %q", d.Stories[0].Headline)
		}
	})
}

// BenchmarkRead is what one core reads.
func BenchmarkRead(b *testing.B) {
	r := reader(b)
	var size int64
	for _, a := range corpus[:4] {
		size += int64(len(a.Text))
	}
	b.SetBytes(size)
	for b.Loop() {
		for _, a := range corpus[:4] {
			r.Read(a)
		}
	}
	b.ReportMetric(4*float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkCompose makes the digest of a day of 10,000 articles: 2,500 stories
// told by four outlets each, of which 20 are told in full.
func BenchmarkCompose(b *testing.B) {
	readings := readAll(b, []digest.Article{meridian, harbour, haesol, steel})
	var groups []digest.Group
	for i := range 2500 {
		g := digest.Group{ID: fmt.Sprint("story", i)}
		for _, r := range readings {
			r.ID = fmt.Sprint(r.ID, i)
			r.Title = fmt.Sprint(r.Title, " ", i)
			r.Published = r.Published.Add(time.Duration(i) * time.Second)
			g.Articles = append(g.Articles, r)
		}
		groups = append(groups, g)
	}
	b.Run("20 in full", func(b *testing.B) {
		for b.Loop() {
			digest.Compose(groups, digest.Options{Length: 20})
		}
	})
	b.Run("all in full", func(b *testing.B) {
		for b.Loop() {
			digest.Compose(groups, digest.Options{All: true})
		}
	})
}
