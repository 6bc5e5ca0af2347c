package query

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// newsroom makes articles and queries of invented words whose frequencies fall
// as those of a language do, with the gazetteer's names among them.
type newsroom struct {
	r     *rand.Rand
	zipf  *rand.Zipf
	vocab []string
}

var (
	onsets  = []string{"b", "br", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v", "w"}
	nuclei  = []string{"a", "e", "i", "o", "u", "ai", "ea", "ou"}
	codas   = []string{"", "n", "r", "s", "t", "l", "nd", "st", "ck"}
	names   = []string{"North Korea", "China", "Kim Jong Un", "Taiwan", "United States", "Wang Yi", "Japan", "Russia", "Xi Jinping"}
	hanjas  = []string{"朝鲜", "关税", "台湾", "稀土", "出口", "管制", "会谈", "外交", "部长", "经济", "安全", "合作", "发射", "导弹", "贸易"}
	hanguls = []string{"북한", "관세", "대만", "희토류", "수출", "통제", "회담", "외교부", "장관", "경제", "안보", "협력", "발사", "미사일", "무역"}
)

func newNewsroom(seed uint64) *newsroom {
	r := rand.New(rand.NewPCG(seed, 1))
	n := &newsroom{r: r, zipf: rand.NewZipf(r, 1.2, 8, 59_999)}
	seen := map[string]bool{}
	for len(n.vocab) < 60_000 {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString(onsets[r.IntN(len(onsets))] + nuclei[r.IntN(len(nuclei))] + codas[r.IntN(len(codas))])
		}
		if w := b.String(); !seen[w] && len(w) > 2 {
			seen[w] = true
			n.vocab = append(n.vocab, w)
		}
	}
	return n
}

func (n *newsroom) word() string { return n.vocab[n.zipf.Uint64()] }

// article is about size bytes long: of ten, seven are English, two Korean and
// one Chinese.
func (n *newsroom) article(size int) *Article {
	var b strings.Builder
	lang := "en"
	switch k := n.r.IntN(10); {
	case k == 9:
		lang = "zh"
		for b.Len() < size {
			b.WriteString(hanjas[n.r.IntN(len(hanjas))])
			b.WriteRune(rune(0x4E00 + n.r.IntN(3000)))
			if n.r.IntN(8) == 0 {
				b.WriteString("，")
			}
		}
	case k >= 7:
		lang = "ko"
		for b.Len() < size {
			b.WriteString(hanguls[n.r.IntN(len(hanguls))])
			b.WriteString([]string{"은 ", "를 ", "에서 ", " ", "의 "}[n.r.IntN(5)])
			b.WriteRune(rune(0xAC00 + n.r.IntN(2000)))
			b.WriteRune(rune(0xAC00 + n.r.IntN(2000)))
			b.WriteString("했다. ")
		}
	default:
		for b.Len() < size {
			b.WriteString(n.word())
			switch n.r.IntN(40) {
			case 0:
				b.WriteString(". The ")
			case 1:
				b.WriteString(", ")
			case 2:
				b.WriteString(" " + names[n.r.IntN(len(names))] + " ")
			case 3:
				b.WriteString("s said ")
			default:
				b.WriteString(" ")
			}
		}
	}
	return &Article{Title: n.word() + " " + n.word() + " " + n.word(), Text: b.String(), Outlet: "Harbour Wire", OutletType: "agency", Lang: lang,
		Speakers: []string{"Ola Brandt", "ministry spokesperson"}, Topics: []string{"china"}, Published: now}
}

// query is one as people set them: mostly a name or a phrase with a rarer
// word, some with fields and exclusions.
func (n *newsroom) query() string {
	rare := func() string { return n.vocab[200+n.r.IntN(len(n.vocab)-200)] }
	switch n.r.IntN(12) {
	case 0:
		return names[n.r.IntN(len(names))] + " " + rare()
	case 1:
		return `"` + n.word() + " " + rare() + `"`
	case 2:
		return rare() + " OR " + rare() + " lang:en"
	case 3:
		return rare() + " -" + n.word()
	case 4:
		return hanguls[n.r.IntN(len(hanguls))] + " " + rare()
	case 5:
		return hanjas[n.r.IntN(len(hanjas))] + string(rune(0x4E00+n.r.IntN(3000)))
	case 6:
		return `speaker:"` + rare() + " " + rare() + `" ` + names[n.r.IntN(len(names))]
	case 7:
		return "outlet:" + rare() + " " + n.word()
	case 8:
		return rare() + "*"
	case 9:
		return "(" + rare() + " OR " + rare() + ") topic:china since:7d"
	case 10:
		return fmt.Sprintf(`="%s %s"`, rare(), n.word())
	}
	return n.word() + " " + rare() + " type:agency"
}

// BenchmarkSet matches one article of 3,000 bytes against 100,000 alerts.
func BenchmarkSet(b *testing.B) {
	n := newNewsroom(7)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := NewSet()
	for i := range 100_000 {
		s.Add(fmt.Sprint("alert-", i), parse(b, n.query()))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	articles := make([]*Article, 200)
	for i := range articles {
		articles[i] = n.article(3000)
	}
	matched := 0
	for i := 0; b.Loop(); i++ {
		matched += len(s.Match(articles[i%len(articles)], now))
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	b.ReportMetric(float64(matched)/float64(b.N), "matches/op")
}

// BenchmarkMatch tries one query on one article of 3,000 bytes.
func BenchmarkMatch(b *testing.B) {
	n := newNewsroom(7)
	articles := make([]*Article, 200)
	for i := range articles {
		articles[i] = n.article(3000)
	}
	for _, s := range []string{"tariff", "North Korea", "수출통제 OR 稀土", `"export control" speaker:"Wang Yi" -soccer`} {
		q := parse(b, s)
		b.Run(s, func(b *testing.B) {
			m := q.Matcher(now)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				m.Match(articles[i%len(articles)])
			}
		})
	}
}
