package query

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newsroom makes articles and queries of invented words whose frequencies fall
// as those of a language do, with the gazetteer's names among them.
type newsroom struct {
	r           *rand.Rand
	zipf, cjk   *rand.Zipf
	vocab       []string
	hanja, hang []string // the words of Chinese and of Korean
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
	n := &newsroom{r: r, zipf: rand.NewZipf(r, 1.2, 8, 59_999), cjk: rand.NewZipf(r, 1.2, 8, 19_999), hanja: hanjas, hang: hanguls}
	for len(n.hang) < 20_000 {
		n.hanja = append(n.hanja, string([]rune{rune(0x4E00 + r.IntN(2000)), rune(0x4E00 + r.IntN(2000))}))
		word := []rune{rune(0xAC00 + 28*r.IntN(390)), rune(0xAC00 + 28*r.IntN(390)), rune(0xAC04 + 28*r.IntN(390))}
		n.hang = append(n.hang, string(word[:2+r.IntN(2)]))
	}
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

func (n *newsroom) word() string    { return n.vocab[n.zipf.Uint64()] }
func (n *newsroom) korean() string  { return n.hang[n.cjk.Uint64()] }
func (n *newsroom) chinese() string { return n.hanja[n.cjk.Uint64()] }

// article is about size bytes long: of ten, seven are English, two Korean and
// one Chinese.
func (n *newsroom) article(size int) *Article {
	var b strings.Builder
	lang := "en"
	switch k := n.r.IntN(10); {
	case k == 9:
		lang = "zh"
		for b.Len() < size {
			b.WriteString(n.chinese())
			if n.r.IntN(8) == 0 {
				b.WriteString("，")
			}
		}
	case k >= 7:
		lang = "ko"
		for b.Len() < size {
			b.WriteString(n.korean())
			b.WriteString([]string{"은 ", "를 ", "에서 ", " ", "의 ", "했다. "}[n.r.IntN(6)])
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
	name := func() string { return names[n.r.IntN(len(names))] }
	if n.r.IntN(200) == 0 {
		return [][]string{names, hanguls, hanjas}[n.r.IntN(3)][n.r.IntN(9)] // what many ask for
	}
	switch n.r.IntN(18) {
	case 0:
		return name() + " " + rare()
	case 1:
		return `"` + n.word() + " " + rare() + `"`
	case 2:
		return rare() + " OR " + rare() + " lang:en"
	case 3:
		return rare() + " -" + n.word()
	case 4:
		return n.korean() + " " + n.hang[n.r.IntN(len(n.hang))]
	case 5:
		return n.chinese() + n.hanja[n.r.IntN(len(n.hanja))]
	case 6:
		return `speaker:"` + rare() + " " + rare() + `" ` + name()
	case 7:
		return "outlet:" + rare() + " " + n.word()
	case 8:
		return rare() + "*"
	case 9:
		return "(" + rare() + " OR " + rare() + ") topic:china since:7d"
	case 10:
		return fmt.Sprintf(`="%s %s"`, rare(), n.word())
	case 11:
		return rare()
	case 12:
		return `speaker:"` + name() + `" ` + rare()
	case 13:
		return fmt.Sprintf(`"%s %s" -%s`, n.korean(), n.hang[n.r.IntN(len(n.hang))], n.korean())
	case 14:
		return fmt.Sprintf(`(%s OR %s OR %s) %s -%s*`, rare(), n.korean(), n.chinese(), rare(), n.word())
	case 15:
		return fmt.Sprintf(`%s %s lang:zh outlet:%s`, n.chinese(), n.hanja[n.r.IntN(len(n.hanja))], rare())
	case 16:
		return fmt.Sprintf(`topic:china "%s" %s* OR %s`, name(), rare(), rare())
	}
	return n.word() + " " + rare() + " type:agency"
}

// BenchmarkSet matches one article against 100,000 alerts. It prints the time
// that the processor spends on an article, garbage collection included, and the
// memory that the alerts take.
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
	for _, size := range []int{1500, 3000, 6000} {
		articles := make([]*Article, 200)
		for i := range articles {
			articles[i] = n.article(size)
		}
		b.Run(fmt.Sprint(size, "-bytes"), func(b *testing.B) {
			matched := 0
			start := processorTime(b)
			for i := 0; b.Loop(); i++ {
				matched += len(s.Match(articles[i%len(articles)], now))
			}
			b.ReportMetric(float64((processorTime(b)-start).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
			b.ReportMetric(float64(matched)/float64(b.N), "matches/op")
		})
	}
	runtime.KeepAlive(s)
}

// processorTime is what the process has used up.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
