package quote_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// checkQuotes holds the promise: whatever the text, every span is a piece of
// it on rune boundaries, in order, and every string is the text of its span.
func checkQuotes(t *testing.T, d *text.Document, quotes []quote.Quote) {
	t.Helper()
	last, key := 0, 0
	for i, q := range quotes {
		for name, s := range map[string]text.Span{"words": q.Span, "speaker": q.SpeakerAt, "role": q.RoleAt, "cue": q.CueAt} {
			if s.Start < 0 || s.End < s.Start || s.End > len(d.Text) {
				t.Fatalf("quote %d: %s span %v outside a text of %d bytes", i, name, s, len(d.Text))
			}
			if !onBoundary(d.Text, s.Start) || !onBoundary(d.Text, s.End) {
				t.Fatalf("quote %d: %s span %v cuts a rune", i, name, s)
			}
		}
		if q.Len() == 0 {
			t.Fatalf("quote %d is empty", i)
		}
		if q.Start < last {
			t.Fatalf("quote %d starts at %d, before %d", i, q.Start, last)
		}
		last = q.Start
		if got := d.Slice(q.RoleAt); q.Role != got {
			t.Fatalf("quote %d: role %q, its span says %q", i, q.Role, got)
		}
		if got := d.Slice(q.CueAt); q.Cue != got {
			t.Fatalf("quote %d: cue %q, its span says %q", i, q.Cue, got)
		}
		if q.Key {
			key++
			if q.Kind != quote.Direct {
				t.Fatalf("quote %d is key and %s", i, q.Kind)
			}
		}
		if q.Kind == quote.Direct && strings.ContainsAny(d.Slice(q.Span), "\n\r") {
			t.Fatalf("quote %d %q runs over a paragraph's end", i, d.Slice(q.Span))
		}
	}
	if key > 3 {
		t.Fatalf("%d key quotes, want 3 at most", key)
	}
}

// onBoundary reports whether byte i begins a rune or ends the text. Broken
// bytes are runes of one byte.
func onBoundary(s string, i int) bool {
	return i == len(s) || utf8.RuneStart(s[i]) || !utf8.ValidString(s[max(0, i-3):min(len(s), i+3)])
}

func TestQuotesAreSpansOfTheText(t *testing.T) {
	for _, file := range []string{"en.txtar", "ko.txtar", "zh.txtar"} {
		var all strings.Builder
		for _, c := range readLabelled(t, file) {
			d := text.Analyze("", c.body, "")
			checkQuotes(t, d, quote.Extract(d))
			all.WriteString(c.body + "\n\n")
		}
		for _, lang := range []string{"en", "ko", "zh-Hans"} {
			d := text.Analyze("", all.String(), lang)
			checkQuotes(t, d, quote.Extract(d))
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		`“A,” said B. "C` + "\n\n" + `"D," E said.`,
		`김 장관은 "가"며 '나'라고 말했다.`,
		"他说：“好。”「不」，她說。",
		"\"\"\"''''‘’“”„«»「」『』",
		"said said said \"x\" according to according to",
		", Joel Tarrant recommended a firm hand.",
		"\xff\"\xfe\"said \xf0\x9f",
	} {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, body, lang string) {
		for _, l := range []string{lang, "en", "ko", "zh"} {
			d := text.Analyze("", body, l)
			quotes := quote.Extract(d)
			checkQuotes(t, d, quotes)
			for _, q := range quotes {
				quote.Link("https://example.com/a", d, q.Span)
			}
		}
	})
}

// TestHostileTexts ends soon, or the test run's own limit ends it.
func TestHostileTexts(t *testing.T) {
	for name, s := range hostile() {
		t.Run(name, func(t *testing.T) {
			for _, lang := range []string{"en", "ko", "zh"} {
				d := text.Analyze("", s, lang)
				d.Lang = lang
				checkQuotes(t, d, quote.Extract(d))
			}
		})
	}
}

// hostile gives texts that are made to send a reader back and forth: 1 MB of
// marks, and enough of words that a square of it would be felt.
func hostile() map[string]string {
	const size, marks = 1 << 15, 1 << 20
	return map[string]string{
		"quote marks":       strings.Repeat(`"`, marks),
		"opening marks":     strings.Repeat("“", marks/3),
		"closing marks":     strings.Repeat("”", size/3),
		"single marks":      strings.Repeat("' ", size/2),
		"corner marks":      strings.Repeat("「", marks/3),
		"nested":            strings.Repeat("“", marks/6) + strings.Repeat("”", marks/6),
		"nested both":       strings.Repeat("“‘", size/12) + strings.Repeat("’”", size/12),
		"said":              strings.Repeat("said ", 100_000),
		"said with commas":  strings.Repeat("said, ", size/6),
		"short quotes":      strings.Repeat(`"a," said B. `, size/13),
		"quotes, no stop":   strings.Repeat(`"a" said B `, size/11),
		"pronouns":          strings.Repeat("Mr. Smith met Ann Lee and he said she said it. ", size/48),
		"nominals":          strings.Repeat("Senator Smith said. The senator said. ", size/38),
		"names":             strings.Repeat("Abel Baker Cain Doe Eve Fox, ", size/29),
		"attributes":        strings.Repeat(`a="`, size/3),
		"korean":            strings.Repeat(`홍길동 장관은 "간다"며 "온다"고 말했다`, size/60),
		"korean particles":  strings.Repeat("장관은 대변인은 ", size/24),
		"chinese":           strings.Repeat("外交部发言人林剑说：“好的，可以。”", size/51),
		"chinese no stops":  strings.Repeat("发言人说“好”", size/24),
		"chinese run":       strings.Repeat("说", size/3),
		"paragraphs":        strings.Repeat("\"a\n", size/3),
		"according to":      strings.Repeat("according to ", size/13),
		"who said":          strings.Repeat("the man who said that ", size/22),
		"parentheses":       strings.Repeat("(", size/2) + "said" + strings.Repeat(")", size/2),
		"dashes and quotes": strings.Repeat("“a” — ", size/12),
	}
}

func TestRoles(t *testing.T) {
	for _, tt := range []struct{ name, body, speaker, role string }{
		{"apposition behind", `"No," said Lena Okafor, a statistician at Marlow College.`, "Lena Okafor", "statistician at Marlow College"},
		{"two appositions in a list", "Two guests spoke, Lena Okafor, senior fellow and river chair at the Center for Water and Cities, and Joel Tarrant, Alder Family chair in Urban Studies at Marlow University, at a dinner.\n\n\"It is late,\" Tarrant said.", "Joel Tarrant", "Alder Family chair in Urban Studies at Marlow University"},
		{"title before", `"We regret it," Foreign Ministry spokesperson Joel Tarrant said.`, "Joel Tarrant", "Foreign Ministry spokesperson"},
		{"former stays", `"We regret it," former Governor Joel Tarrant said.`, "Joel Tarrant", "former Governor"},
		{"title of several words", "“Delay is dear,” Deputy Defence Minister Tang Ruolin said after the vote.", "Tang Ruolin", "Deputy Defence Minister"},
		{"former, of several words", `"We regret it," said former Deputy National Security Adviser Joel Tarrant.`, "Joel Tarrant", "former Deputy National Security Adviser"},
		{"then-", `"We regret it," then-Foreign Minister Joel Tarrant said.`, "Joel Tarrant", "then-Foreign Minister"},
		{"Under Secretary of", `"We regret it," said Acting Under Secretary of Commerce Lena Okafor.`, "Lena Okafor", "Acting Under Secretary of Commerce"},
		{"of and for", `"We regret it," Assistant Secretary of State for East Asian Affairs Lena Okafor said.`, "Lena Okafor", "Assistant Secretary of State for East Asian Affairs"},
		{"First Vice", `"We regret it," said First Vice Minister Park Do-eun.`, "Park Do-eun", "First Vice Minister"},
		{"shadow", `"We regret it," said Shadow Defence Secretary Joel Tarrant.`, "Joel Tarrant", "Shadow Defence Secretary"},
		{"told elsewhere", "Joel Tarrant, the mayor of Port Alder, was late.\n\nHe spoke for an hour. \"We regret it,\" Tarrant said.", "Joel Tarrant", "mayor of Port Alder"},
		{"a courtesy title is none", `A decision over the dam bill featuring Mr. Tarrant is due. "We regret it," Mr. Tarrant said.`, "Tarrant", ""},
		{"behind an office", `"We regret it," forensic pathologist Dr. Joel Tarrant said.`, "Joel Tarrant", "forensic pathologist"},
		{"former alone", `It took former Tarrant aides a year. "We regret it," Joel Tarrant said.`, "Joel Tarrant", ""},
		{"what somebody is said to do it as", `The fee that Tarrant, as a lawmaker and candidate, had fought stays. "We regret it," Joel Tarrant said.`, "Joel Tarrant", ""},
		{"for several people", `The residents Joel Tarrant and Lena Okafor were heard. "We regret it," Joel Tarrant said.`, "Joel Tarrant", ""},
		{"none invented", `"We regret it," Joel Tarrant said.`, "Joel Tarrant", ""},
		{"Korean behind", `홍가람 외교부 장관은 "유감이다"라고 말했다.`, "홍가람", "외교부 장관"},
		{"Korean before", `외교부 대변인 홍가람은 "유감이다"라고 말했다.`, "홍가람", "외교부 대변인"},
		{"Korean foreigner behind a body", `마루나라 외무부의 옥사나 벨코바 대변인은 "멈추라"라고 밝혔다.`, "옥사나 벨코바", "대변인"},
		{"Korean foreigner of one word", `뤄위안저 중국 상무부 부부장은 "불가피하다"고 밝혔다.`, "뤄위안저", "중국 상무부 부부장"},
		{"Korean foreigner behind a title", `미 국무부 부대변인 나디아 하르텔은 "외교가 최선"이라고 말했다.`, "나디아 하르텔", "미 국무부 부대변인"},
		{"Chinese dotted name", "雲嶺國出口安全次長達芙娜．惠特利說：「我們表示遺憾。」", "達芙娜．惠特利", "雲嶺國出口安全次長"},
		{"Chinese title within a title", "雲嶺國外交部長官鄭在允說：「我們表示遺憾。」", "鄭在允", "雲嶺國外交部長官"},
		{"Chinese before", "外交部发言人叶知秋说：“我们表示遗憾。”", "叶知秋", "外交部发言人"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := text.Analyze("", tt.body, "")
			for _, q := range quote.Extract(d) {
				if q.Kind != quote.Direct {
					continue
				}
				if q.Speaker != tt.speaker || q.Role != tt.role {
					t.Errorf("%q is by %q, %q; want %q, %q", d.Slice(q.Span), q.Speaker, q.Role, tt.speaker, tt.role)
				}
				return
			}
			t.Errorf("no direct quote in %q", tt.body)
		})
	}
}

func TestUtterances(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []int
	}{
		{"split around the speaker", `"We are ready," Joel Tarrant said, "but not in a hurry."`, []int{1, 1}},
		{"goes on behind the tag", `"We are ready," Joel Tarrant said. "We always were."`, []int{1, 1}},
		{"two speakers", `"We are ready," Joel Tarrant said. "We are not," Lena Okafor said.`, []int{1, 2}},
		{"paragraphs", "Joel Tarrant said: “We are ready.\n\n“We always were.”", []int{1, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []int
			for _, q := range quote.Extract(text.Analyze("", tt.body, "en")) {
				if q.Kind == quote.Direct {
					got = append(got, q.Utterance)
				}
			}
			if len(got) > 0 { // numbers matter only among themselves
				base := got[0] - 1
				for i := range got {
					got[i] -= base
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q: utterances %v, want %v", tt.body, got, tt.want)
			}
		})
	}
}

func TestKeyQuotes(t *testing.T) {
	body := `PORT ALDER — The harbor will close, the town said on Monday.

“We must close the harbor before the winter storms or people will die,” said Mara Ellison, the harbor master of Port Alder. She called the pier “rotten.”

“Thanks,” she said.

Officials opposed what some call an “open harbor” policy.

“We will sue the town if it closes the harbor without paying the fishermen,” said Joel Tarrant, chairman of the Alder Fishermen’s Union.
`
	d := text.Analyze("Port Alder to close its harbor", body, "en")
	var got []string
	for _, q := range quote.Extract(d) {
		if q.Key {
			got = append(got, d.Slice(q.Span))
		}
	}
	want := []string{
		"We must close the harbor before the winter storms or people will die,",
		"We will sue the town if it closes the harbor without paying the fishermen,",
	}
	if !slices.Equal(got, want) {
		t.Errorf("key quotes %q, want %q", got, want)
	}
}

func TestPick(t *testing.T) {
	c := func(speaker, words string, score float64) quote.Candidate {
		return quote.Candidate{Quote: quote.Quote{Speaker: speaker, Score: score}, Text: words}
	}
	all := []quote.Candidate{
		c("A", "The harbor will close before the winter storms come.", 2.0),
		c("A", "The harbor will close before winter storms come", 1.9),
		c("B", "Nobody asked the fishermen what they think of it.", 1.7),
		c("C", "Thanks.", 0.2),
	}
	if got, want := quote.Pick(all, 3), []int{0, 2}; !slices.Equal(got, want) {
		t.Errorf("Pick = %v, want %v", got, want)
	}
}

func TestSame(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"We will not accept any unilateral change to the status quo.", "we will not accept any unilateral changes to the status quo", true},
		{"The door to talks is open.", "“The door to talks is open,”", true},
		{"We will respond firmly and we will do so with our allies at our side.", "We will respond firmly", false},
		{"[They] have to stop these launches now, and for good.", "They have to stop these launches now, and for good", true},
		{"It is a long sentence about trade and tariffs that goes on for a while, and it has a second half.", "a long sentence about trade and tariffs that goes on", true},
		{"The talks went well.", "The weather was bad.", false},
		{"我们坚决反对任何形式的单边制裁。", "我們堅決反對任何形式的單邊制裁", true},
		{"대화의 문은 언제나 열려 있다", "“대화의 문은 언제나 열려있다”", true},
		{"대화의 문은 언제나 열려 있다", "모든 선택지가 테이블 위에 있다", false},
		{"", "", false},
	} {
		if got := quote.Same(tt.a, tt.b) >= quote.SameFrom; got != tt.same {
			t.Errorf("Same(%q, %q) = %.2f, want the same: %v", tt.a, tt.b, quote.Same(tt.a, tt.b), tt.same)
		}
	}
}

func TestLink(t *testing.T) {
	const page = "https://example.com/news?id=1"
	for _, tt := range []struct{ name, url, body, words, want string }{
		{"plain", page, "He said: We are ready.", "We are ready.", page + "#:~:text=We%20are%20ready."},
		{"marks of the syntax", page, "A: first, second-rate & third.", "first, second-rate & third", page + "#:~:text=first%2C%20second%2Drate%20%26%20third"},
		{"Chinese", page, "他说：“合作。”", "合作。", page + "#:~:text=%E5%90%88%E4%BD%9C%E3%80%82"},
		{"Korean", page, "그는 \"간다\"고 말했다.", "간다", page + "#:~:text=%EA%B0%84%EB%8B%A4"},
		{"a fragment stays", page + "#top", "We are ready.", "We are ready.", page + "#top:~:text=We%20are%20ready."},
		{"a directive goes", page + "#:~:text=x", "We are ready.", "We are ready.", page + "#:~:text=We%20are%20ready."},
		{"twice", page, "Anna said yes. Later Bert said yes.", "yes|2", page + "#:~:text=Later%20Bert%20said-,yes"},
		{"twice, opening its line", page, "Yes, we can.\nYes, we did.", "Yes|2", page + "#:~:text=Yes,-%2C%20we%20did."},
		{"no half words", page, "unready people", "ready", page + "#:~:text=unready"},
		{"no half graphemes", page, "cafe\u0301 noir", "cafe", page + "#:~:text=cafe%CC%81"},
		{"no page", "", "We are ready.", "We are ready.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := text.Analyze("", tt.body, "")
			words, second := strings.CutSuffix(tt.words, "|2")
			at := strings.Index(tt.body, words)
			if second {
				at = strings.LastIndex(tt.body, words)
			}
			got := quote.Link(tt.url, d, text.Span{Start: at, End: at + len(words)})
			if got != tt.want {
				t.Errorf("Link(%q in %q) = %s, want %s", tt.words, tt.body, got, tt.want)
			}
		})
	}
}

// TestLongLink names a long quote by its first and last words, such that the
// first end behind the start is the quote's own.
func TestLongLink(t *testing.T) {
	words := "We have waited for an answer for eleven years, and an answer for eleven years is what we did not get, so we will build the bridge ourselves"
	d := text.Analyze("", "He said: "+words+".", "en")
	at := strings.Index(d.Text, words)
	got := quote.Link("https://example.com/", d, text.Span{Start: at, End: at + len(words)})
	want := "https://example.com/#:~:text=We%20have%20waited%20for%20an%20answer,build%20the%20bridge%20ourselves"
	if got != want {
		t.Errorf("Link = %s, want %s", got, want)
	}
}

// article is about 4 kB of news, half of it quotes.
func article() string {
	var b strings.Builder
	for i := range 8 {
		fmt.Fprintf(&b, "PORT ALDER — The harbor will close before winter, Mara Ellison, the harbor master of Port Alder, said on Monday at the town hall, where about %d people had come to hear her.\n\n", 100+i)
		b.WriteString("“We must close the harbor before the winter storms or people will die,” she said. “Nobody wants that.”\n\n")
		b.WriteString("The union, which speaks for 300 fishermen, rejected the plan. Its chairman, Joel Tarrant, told reporters that the closure was “a disaster for every family on this coast” and that the members would vote on a strike.\n\n")
	}
	return b.String()
}

func BenchmarkExtract(b *testing.B) {
	d := text.Analyze("", article(), "en")
	b.SetBytes(int64(len(d.Text)))
	for b.Loop() {
		quote.Extract(d)
	}
}

func BenchmarkAnalyzeAndExtract(b *testing.B) {
	s := article()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		quote.Extract(text.Analyze("", s, "en"))
	}
}
