package text_test

import (
	"strings"
	"testing"

	"hanwire/digest/text"
)

// article is about 4 kB of our own prose in the manner of news.
var article = strings.Repeat(`WASHINGTON (AP) — The Example Ministry of Foreign Affairs said on Nov. 3 that it would “carefully review” the new export rules, which Anna Example, a senior fellow at the Center for Invented Studies, called “a turning point for the whole region.”

“We have waited for years,” Ms. Example said. “Nobody in Seoul or Beijing expected this, and the U.S. will not wait any longer.” She added that three officials, including Foreign Minister Peter Sample, had warned of the costs in March.

Sample told reporters at 10 a.m. that tariffs of 12.5 percent on about 1,200 products were “off the table” until the talks resume. North Korea’s state media did not comment, and China’s Commerce Ministry declined to say whether its delegation would travel to Geneva next week.

`, 5)

func BenchmarkAnalyze(b *testing.B) {
	b.SetBytes(int64(len(article)))
	b.ReportAllocs()
	for b.Loop() {
		text.Analyze("Ministry to review export rules", article, "en")
	}
}

func BenchmarkTerms(b *testing.B) {
	b.SetBytes(int64(len(article)))
	b.ReportAllocs()
	for b.Loop() {
		text.Terms(article)
	}
}

func BenchmarkFindKnown(b *testing.B) {
	b.SetBytes(int64(len(article)))
	for b.Loop() {
		text.FindKnown(article)
	}
}

// Hostile texts must cost no more per byte than news does, give or take a
// small factor.
func BenchmarkAnalyzeHostile(b *testing.B) {
	for name, s := range map[string]string{
		"quotes":   strings.Repeat(`"`, 1<<20),
		"curly":    strings.Repeat("“", 1<<20/3),
		"singles":  strings.Repeat("'a ", 1<<20/3),
		"word":     strings.Repeat("a", 1<<20),
		"newlines": strings.Repeat("\n", 1<<20),
		"capitals": strings.Repeat("Al ", 1<<20/3),
		"stops":    strings.Repeat(". ", 1<<19),
		"han":      strings.Repeat("王", 1<<20/3),
		"hangul":   strings.Repeat("김 장관 ", 1<<20/14),
		"names":    strings.Repeat("China Al Smith, ", 1<<20/16),
		"smiths":   strings.Repeat("Mr. Al Smith of Bob Smith and Smith ", 1<<20/36),
		"titles":   strings.Repeat("主席王明说中国", 1<<20/21),
		"eojeols":  strings.Repeat("김길동 장관 중국 ", 1<<20/24),
		"letters":  strings.Repeat("a.", 1<<19),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				text.Analyze("", s, "")
			}
		})
	}
}
