package query

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.FixedZone("KST", 9*3600))

// pair is one row of testdata/match.txt.
type pair struct {
	line    int
	query   string
	article Article
	matches bool
	words   []string // matched in title and text, in order
}

func (p pair) String() string { return fmt.Sprintf("match.txt:%d %s", p.line, p.query) }

func readPairs(t testing.TB) []pair {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "match.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	for i, line := range strings.Split(string(b), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) < 3 || f[0] != "yes" && f[0] != "no" {
			t.Fatalf("match.txt:%d: want yes or no, query and text, parted by tabs: %q", i+1, line)
		}
		p := pair{line: i + 1, query: f[1], matches: f[0] == "yes"}
		s := strings.ReplaceAll(f[2], `\n`, "\n")
		for rest := s; ; {
			_, after, ok := strings.Cut(rest, "[")
			if !ok {
				break
			}
			word, behind, _ := strings.Cut(after, "]")
			p.words = append(p.words, word)
			rest = behind
		}
		p.article.Text = strings.NewReplacer("[", "", "]", "").Replace(s)
		for _, field := range f[3:] {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "title":
				p.article.Title = value
			case "outlet":
				p.article.Outlet = value
			case "type":
				p.article.OutletType = value
			case "lang":
				p.article.Lang = value
			case "speaker":
				p.article.Speakers = append(p.article.Speakers, value)
			case "topic":
				p.article.Topics = append(p.article.Topics, value)
			case "published":
				p.article.Published, err = time.Parse(time.RFC3339, value)
				if err != nil {
					t.Fatalf("match.txt:%d: %v", i+1, err)
				}
			default:
				t.Fatalf("match.txt:%d: unknown field %q", i+1, name)
			}
		}
		pairs = append(pairs, p)
	}
	return pairs
}

func parse(t testing.TB, s string) Query {
	t.Helper()
	q, err := Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return q
}

func words(a *Article, m Match) []string {
	var w []string
	for _, s := range m.Text {
		w = append(w, a.Text[s.Start:s.End])
	}
	return w
}

func TestMatch(t *testing.T) {
	pairs := readPairs(t)
	if len(pairs) < 150 {
		t.Errorf("%d pairs, want at least 150", len(pairs))
	}
	for _, p := range pairs {
		q, err := Parse(p.query)
		if err != nil {
			t.Errorf("%v: %v", p, err)
			continue
		}
		m, ok := q.Match(&p.article, now)
		if ok != p.matches {
			t.Errorf("%v\n  on %q\n  got %v, want %v", p, p.article.Text, ok, p.matches)
			continue
		}
		if got := words(&p.article, m); ok && !slices.Equal(got, p.words) {
			t.Errorf("%v\n  on %q\n  got words %q, want %q", p, p.article.Text, got, p.words)
		}
		if ok && !fulfils(q.Need(), Terms(&p.article)) {
			t.Errorf("%v\n  on %q\n  matches, but its terms do not fulfil %+v", p, p.article.Text, q.Need())
		}
	}
}

// fulfils evaluates a need as an index does.
func fulfils(n Need, terms []string) bool {
	switch {
	case n.IsZero():
		return true
	case n.Term != "":
		return slices.ContainsFunc(terms, func(t string) bool { return t == n.Term || n.Prefix && strings.HasPrefix(t, n.Term) })
	case n.All != nil:
		return !slices.ContainsFunc(n.All, func(k Need) bool { return !fulfils(k, terms) })
	}
	return slices.ContainsFunc(n.Any, func(k Need) bool { return fulfils(k, terms) })
}

func TestSetMatchesAsEachQueryDoes(t *testing.T) {
	pairs := readPairs(t)
	s := NewSet()
	queries := map[string]Query{}
	for _, p := range pairs {
		id := fmt.Sprint(p.line)
		queries[id] = parse(t, p.query)
		s.Add(id, queries[id])
	}
	for _, p := range pairs {
		want := map[string]Match{}
		for id, q := range queries {
			if m, ok := q.Match(&p.article, now); ok {
				want[id] = m
			}
		}
		if diff := cmp.Diff(want, s.Match(&p.article, now)); diff != "" {
			t.Errorf("article of %v: set differs (-each +set):\n%s", p, diff)
		}
	}
}

// Among thousands of queries, some of them removed and replaced, a set finds
// what each would find by itself.
func TestSetMatchesAsEachOfManyDoes(t *testing.T) {
	n := newNewsroom(11)
	s := NewSet()
	queries := map[string]Query{}
	for i := range 3000 {
		id := fmt.Sprint(i % 2000)
		queries[id] = parse(t, n.query())
		s.Add(id, queries[id])
		if i%7 == 0 {
			s.Remove(id)
			delete(queries, id)
		}
	}
	matched := 0
	for range 8 {
		a := n.article(2000)
		want := map[string]Match{}
		for id, q := range queries {
			if m, ok := q.Match(a, now); ok {
				want[id] = m
			}
		}
		matched += len(want)
		if diff := cmp.Diff(want, s.Match(a, now)); diff != "" {
			t.Fatalf("set differs on %q (-each +set):\n%s", a.Text, diff)
		}
	}
	if matched < 10 {
		t.Errorf("%d matches in all, too few to tell", matched)
	}
}

func TestSetRemove(t *testing.T) {
	s := NewSet()
	a := &Article{Text: "New tariffs on steel"}
	s.Add("a", parse(t, "tariff"))
	s.Add("b", parse(t, "tariff"))
	s.Add("c", parse(t, "-soccer"))
	s.Add("b", parse(t, "copper"))
	if got := ids(s.Match(a, now)); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("after b was replaced: got %q, want a and c", got)
	}
	s.Remove("a")
	s.Remove("c")
	s.Remove("never there")
	if got := ids(s.Match(a, now)); len(got) != 0 || s.Len() != 1 {
		t.Errorf("after a and c were removed: got %q of %d", got, s.Len())
	}
}

func ids(m map[string]Match) []string {
	var ids []string
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"":              "",
		"   ":           "",
		"tariff":        "tariff",
		"a OR b c":      "(a OR b) c",
		"a b OR c":      "a (b OR c)",
		"(a b) OR c":    "(a b) OR c",
		"((a) (b))":     "a b",
		"a AND b":       "a b",
		"a | b || c":    "a OR b OR c",
		"NOT soccer":    "-soccer",
		"--soccer":      "soccer",
		"-(a OR b)":     "-(a OR b)",
		"“rare earths”": `"rare earths"`,
		"「稀土」 出口":       "稀土 出口",
		"speaker：“Wang Yi”　（关税 OR 稀土）": `speaker:"Wang Yi" (关税 OR 稀土)`,
		"speaker:Wang Yi tariff":       `speaker:"Wang Yi" tariff`,
		"North Korea missile":          `"North Korea" missile`,
		`"north" korea`:                `"north korea"`,
		`-"north" korea`:               `-"north" korea`,
		"-North Korea":                 `-"North Korea"`,
		"North Korea OR DPRK missile":  `("North Korea" OR DPRK) missile`,
		`="DPRK"`:                      `="DPRK"`,
		"=DPRK":                        `="DPRK"`,
		"semi*":                        "semi*",
		"semi＊":                        "semi*",
		"－soccer":                      "-soccer",
		`"OR"`:                         `"OR"`,
		"lang:Korean":                  "lang:ko",
		"lang:zh-Hant":                 "lang:zh-hant",
		"type:think-tank":              `type:"think tank"`,
		`topic:"North Korea"`:          "topic:north-korea",
		"since:7D until:May":           "since:7d until:may",
		"on:2026-5-1":                  "on:2026-05-01",
		"since:2026년5월":                "since:2026-05",
		"since:어제 until:今天":            "since:yesterday until:today",
		"who:왕이 before:3개월":            "speaker:왕이 until:3m",
		"lang: ko":                     "lang:ko",
		"rare-earth":                   "rare-earth",
		"tariffs, sanctions":           "tariffs sanctions",
		"1,200":                        `"1,200"`,
		"台湾，关税":                        "台湾 关税",
		"10:30":                        `"10:30"`,
	} {
		q := parse(t, in)
		if got := q.String(); got != want {
			t.Errorf("Parse(%q).String() = %q, want %q", in, got, want)
		}
		if again := parse(t, q.String()); !again.Equal(q) {
			t.Errorf("Parse(%q) = %q, not itself", q, again)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		in   string
		pos  int
		says string
	}{
		{`관세 "rare earths`, 3, "not closed"},
		{"(a OR b", 0, "put ) behind"},
		{"a) b", 1, "no parenthesis is open"},
		{"a ()", 2, "nothing between"},
		{`a ""`, 2, "nothing to look for"},
		{"OR a", 0, "something before"},
		{"a OR", 2, "something behind"},
		{"a OR OR b", 2, "something behind"},
		{"AND a", 0, "something before"},
		{"(a OR)", 3, "something behind"},
		{"a -", 2, "minus"},
		{"a - b", 2, "minus"},
		{"a -)", 2, "minus"},
		{"speker:Wang", 0, "did you mean speaker:?"},
		{"关税 地点:北京", 3, "the fields are"},
		{"speaker:", 0, `speaker:"Wang Yi"`},
		{"a outlet: OR b", 2, "needs a value"},
		{"lang:(ko OR zh)", 5, "lang:first OR lang:second"},
		{"lang:klingonese", 5, "no language"},
		{"type:blog", 5, "no type"},
		{"since:soon", 6, "no date"},
		{"since:2026-13", 6, "no date"},
		{"on:7d", 3, "no date"},
		{"since:2026-02-30", 6, "no date"},
		{"ab*", 2, "at least 3 letters"},
		{"ta*iff", 2, "at the end of a word"},
		{"*", 0, "at least 3 letters"},
		{"rare-ear*", 8, "one word"},
		{`"rare earth"*`, 12, "cannot follow a phrase"},
		{"a & b", 2, "no letter or digit"},
		{`="tariff*"`, -1, ""},
		{strings.Repeat("(", 50) + "a", 31, "too deep"},
		{strings.Repeat("a ", 1500), maxRunes, "too long"},
	} {
		_, err := Parse(tt.in)
		if tt.pos < 0 {
			if err != nil {
				t.Errorf("Parse(%q): %v", tt.in, err)
			}
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Pos != tt.pos || !strings.Contains(e.Message, tt.says) {
			t.Errorf("Parse(%q) = %#v, want %q at %d", tt.in, err, tt.says, tt.pos)
		}
	}
}

func TestRule(t *testing.T) {
	a := &Article{Text: "Tariffs on rare earths", Lang: "en"}
	for in, want := range map[string]string{
		"tariff":                           "tariff",
		"copper OR tariff lang:en":         "tariff lang:en",
		"(copper OR (tariff earth)) -iron": "tariff earth -iron",
		"iron OR (-gold tariff)":           "-gold tariff",
	} {
		m, ok := parse(t, in).Match(a, now)
		if !ok || m.Rule != want {
			t.Errorf("%q: got rule %q, want %q", in, m.Rule, want)
		}
	}
}

func TestTopics(t *testing.T) {
	q := parse(t, "topic:china OR topic:korea -topic:sport tariff")
	if got, want := q.Topics(), []string{"china", "korea"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPublished(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.ParseInLocation("2006-01-02", s, now.Location())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		in          string
		from, until time.Time
	}{
		{"tariff", time.Time{}, time.Time{}},
		{"since:2026-05-01", day("2026-05-01"), time.Time{}},
		{"until:2026-05", time.Time{}, day("2026-06-01")},
		{"on:yesterday", day("2026-06-14"), day("2026-06-15")},
		{"since:july", day("2025-07-01"), time.Time{}},
		{"since:24h until:2h", now.Add(-24 * time.Hour), now.Add(-2 * time.Hour)},
		{"since:2025 OR on:2026-01-02", day("2025-01-01"), time.Time{}},
		{"since:2025 since:2024 until:2026 until:2027", day("2025-01-01"), day("2027-01-01")},
		{"-since:2025", time.Time{}, time.Time{}},
	} {
		from, until := parse(t, tt.in).Published(now)
		if !from.Equal(tt.from) || !until.Equal(tt.until) {
			t.Errorf("%q: got [%v, %v), want [%v, %v)", tt.in, from, until, tt.from, tt.until)
		}
	}
}

// Every span must be a whole piece of the text that was given, composed or
// not.
func TestSpansOfDecomposedText(t *testing.T) {
	a := &Article{Text: "\u1112\u1161\u11ab\u1100\u116e\u11a8 e\u0301lite café"}
	m, ok := parse(t, "한국 elite cafe").Match(a, now)
	if got, want := words(a, m), []string{"\u1112\u1161\u11ab\u1100\u116e\u11a8", "e\u0301lite", "café"}; !ok || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "a OR b -c", `speaker:"Wang Yi" since:7d`, "(관세 OR 稀土) lang:ko", `="DPRK"`, "semi*", "–a", "U.S. North Korea"} {
		f.Add(s, "North Korea said on 3.5% tariffs; 관세를 北韓稀土")
	}
	set := NewSet()
	f.Fuzz(func(t *testing.T, s, body string) {
		q, err := Parse(s)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Pos < 0 || e.Pos > len([]rune(s)) || e.Message == "" {
				t.Errorf("Parse(%q): error %#v", s, err)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil || again.String() != q.String() {
			t.Fatalf("Parse(%q) = %q, which parses as %q, %v", s, q, again, err)
		}
		a := &Article{Title: s, Text: body, Outlet: body, Lang: "ko", Speakers: []string{s}, Published: now}
		m, ok := q.Match(a, now)
		m2, ok2 := again.Match(a, now)
		if ok != ok2 || !cmp.Equal(m, m2) {
			t.Errorf("%q and its canonical form %q differ on %q: %v %v", s, q, body, m, m2)
		}
		if ok && !fulfils(q.Need(), Terms(a)) {
			t.Errorf("%q matches %q, whose terms %q do not fulfil %+v", q, body, Terms(a), q.Need())
		}
		set.Add("q", q)
		if got, in := set.Match(a, now)["q"]; in != ok || !cmp.Equal(got, m) {
			t.Errorf("%q on %q: set says %v %v, query %v %v", q, body, in, got, ok, m)
		}
		end := 0
		for _, sp := range m.Text {
			if sp.Start < end || sp.End <= sp.Start || sp.End > len(body) {
				t.Errorf("%q on %q: span %v", q, body, sp)
			}
			end = sp.End
		}
	})
}
