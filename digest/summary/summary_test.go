package summary_test

import (
	"slices"
	"strings"
	"testing"

	"hanwire/digest/story"
	"hanwire/digest/summary"
	"hanwire/digest/text"
)

// Whether a sentence can be read alone. Each stands behind a sentence that it
// could lean on.
func TestCandidatesStandAlone(t *testing.T) {
	const before = "Foreign Minister Han Dorim arrived in Kestrel City on Monday for two days of talks. "
	tests := []struct {
		sentence string
		alone    bool
	}{
		{"The two countries will resume ferry traffic in March, the ministry said.", true},
		{"US President Dana Holt has invited both delegations to a dinner on Tuesday.", true},
		{"Han said she would return in June if the ferry talks made progress.", true},
		{"“We will not wait for another year,” Han told reporters at the airport.", true},
		{"The First Ferry Act passed the assembly by 87 votes to 12.", true},
		{"She is expected to meet the prime minister on Tuesday afternoon.", false},
		{"That would be the first such visit in more than eleven years.", false},
		{"But the opposition called the trip a waste of public money.", false},
		{"Meanwhile, dock workers in Kestrel City went on strike for a second day.", false},
		{"In response, the ministry published a list of forty ferries.", false},
		{"However, the ministry of transport has not set a date for the ferries.", false},
		{"We will keep you informed about the talks in Kestrel City today.", false},
		{"“We will not wait for another year for these ferries to come.", false},
		{"the two countries will resume ferry traffic in March of next year.", false},
		{"The visit was meant to calm tensions between his country and hers.", false},
		{"Talks ended.", false},
		{"Foreign Minister Han Dorim speaks at the harbour of Kestrel City, March 3, 2031.", false},
		{"(2000 GMT) to condemn what were the longest delays in eleven years.", false},
		{"The ferry line carried its last passengers on a stormy night in 2020.", true},
	}
	for _, tt := range tests {
		doc := text.Analyze("Han in Kestrel City for ferry talks", before+tt.sentence, "en")
		got := slices.ContainsFunc(summary.Candidates(doc), func(s summary.Sentence) bool { return s.Text == tt.sentence })
		if got != tt.alone {
			t.Errorf("%q: candidate %v, want %v", tt.sentence, got, tt.alone)
		}
	}
}

func TestCandidatesInKoreanAndChinese(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"korean", "(가람시=해솔뉴스) 한도림 기자 = 외교부는 3일 여객선 운항을 다음 달 재개하기로 합의했다고 밝혔다.\n이는 11년 만이다.\n그러나 야당은 예산 낭비라고 비판했다.",
			"외교부는 3일 여객선 운항을 다음 달 재개하기로 합의했다고 밝혔다."},
		{"chinese", "新岚社望海11月3日电 两国外长3日就下月恢复客轮航线达成一致，外交部发言人乔岚说。\n此外，双方还将设立热线。",
			"两国外长3日就下月恢复客轮航线达成一致，外交部发言人乔岚说。"},
	}
	for _, tt := range tests {
		got := summary.Candidates(text.Analyze("", tt.body, ""))
		if len(got) != 1 || got[0].Text != tt.want {
			t.Errorf("%s: got %+v, want only %q", tt.name, texts(got), tt.want)
		}
	}
}

func texts(sentences []summary.Sentence) []string {
	var out []string
	for _, s := range sentences {
		out = append(out, s.Text)
	}
	return out
}

func source(title, body string) summary.Source {
	doc := text.Analyze(title, body, "")
	it := story.Open(doc).Item(story.Source{})
	return summary.Source{Sentences: summary.Candidates(doc), Headline: doc.Title, Title: it.Title, Body: it.Body, Script: it.Script}
}

var ferries = []summary.Source{
	source("Ferries to run again from March", "The two countries will resume ferry traffic in March, the transport ministry said on Monday.\nThe ministry of transport has not set the fares for the ferry lines yet.\nDock workers in Kestrel City went on strike for a second day."),
	source("Ferry traffic to resume after 11 years", "Ferry traffic between the two countries will resume in March after 11 years, officials said on Monday.\nOpposition leader Marl Ostrow called the ferry deal a waste of public money.\nKestrel City has about 300,000 inhabitants and one harbour."),
	source("여객선 11년 만에 재개", "두 나라는 다음 달 여객선 운항을 재개하기로 합의했다고 국토부가 밝혔다."),
}

func choose(sources []summary.Source, o summary.Options) []string {
	var out []string
	for _, p := range summary.Choose(sources, o) {
		out = append(out, sources[p.Source].Sentences[p.Sentence].Text)
	}
	return out
}

func TestChoose(t *testing.T) {
	got := choose(ferries, summary.Options{})
	if len(got) == 0 || len(got) > 2 || !strings.Contains(got[0], "resume") {
		t.Errorf("chose %q, want what all tell, in at most two sentences", got)
	}
	if len(got) == 2 && strings.Contains(got[1], "resume") {
		t.Errorf("chose %q, which says one thing twice", got)
	}
	for _, s := range got {
		if strings.Contains(s, "여객선") {
			t.Errorf("chose %q, in two languages", got)
		}
	}
	said := got[0]
	for _, s := range choose(ferries, summary.Options{Avoid: []story.Vector{story.VectorOf(said)}}) {
		if s == said {
			t.Errorf("chose %q, which is said already", s)
		}
	}
	if got := choose(nil, summary.Options{}); got != nil {
		t.Errorf("chose %q from nothing", got)
	}
}

// The order of the articles of a story decides nothing but ties.
func TestChooseIsDeterministic(t *testing.T) {
	want := choose(ferries, summary.Options{})
	for range 20 {
		if got := choose(ferries, summary.Options{}); !slices.Equal(got, want) {
			t.Fatalf("chose %q, then %q", want, got)
		}
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add("Title", "Foreign Minister Han Dorim said “we will not wait.” She left.\nBut why?")
	f.Add("", "외교부는 3일 밝혔다. 그는 갔다.\n(서울=연합뉴스)")
	f.Add("两国", "新岚社望海11月3日电 “我们不会等。”乔岚说。")
	f.Fuzz(func(t *testing.T, title, body string) {
		doc := text.Analyze(title, body, "")
		for _, s := range summary.Candidates(doc) {
			if s.Start < 0 || s.End > len(body) || s.Start >= s.End || body[s.Start:s.End] != s.Text {
				t.Fatalf("span %v is not %q", s.Span, s.Text)
			}
		}
	})
}

func BenchmarkChoose(b *testing.B) {
	for b.Loop() {
		summary.Choose(ferries, summary.Options{})
	}
}
