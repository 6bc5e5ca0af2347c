package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/text"
	"hanwire/feeds"
)

// archive makes articles of invented words whose frequencies fall as those of
// a language do. Of ten, seven are English, two Korean and one Chinese.
type archive struct {
	r        *rand.Rand
	zipf     *rand.Zipf
	vocab    []string
	speakers []string
	start    time.Time
	step     time.Duration
}

var (
	syllables = strings.Fields("ba bro ca cen da del fa fin gar hin kel la lon mar mi nor pel pra ro ser sta tan tre vel vor wes yam zen")
	hangul    = strings.Fields("북한 관세 대만 희토류 수출 통제 회담 외교부 장관 경제 안보 협력 발사 미사일 무역 정부 발표 중국 미국 일본 회의 합의 제재 인상")
	hanzi     = strings.Fields("朝鲜 关税 台湾 稀土 出口 管制 会谈 外交 部长 经济 安全 合作 发射 导弹 贸易 政府 发表 中国 美国 日本 会议 协议 制裁 提高")
	places    = []string{"North Korea", "China", "Taiwan", "the United States", "Japan", "Russia", "South Korea"}
)

func newArchive(n int) *archive {
	r := rand.New(rand.NewPCG(11, 1))
	a := &archive{r: r, zipf: rand.NewZipf(r, 1.15, 6, 79_999), start: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}
	a.step = 5 * 365 * 24 * time.Hour / time.Duration(n)
	seen := map[string]bool{}
	for len(a.vocab) < 80_000 {
		w := ""
		for range 1 + r.IntN(4) {
			w += syllables[r.IntN(len(syllables))]
		}
		if !seen[w] {
			seen[w] = true
			a.vocab = append(a.vocab, w)
		}
	}
	for i := range 20_000 {
		name := strings.ToUpper(a.vocab[i][:1]) + a.vocab[i][1:]
		a.speakers = append(a.speakers, "Ola "+name, name+" Brandt")
	}
	return a
}

func (a *archive) word() string { return a.vocab[a.zipf.Uint64()] }

func (a *archive) sentence(lang string) string {
	var b strings.Builder
	switch lang {
	case "ko":
		for range 8 {
			b.WriteString(hangul[a.r.IntN(len(hangul))] + []string{"은 ", "를 ", "에서 ", " ", "의 "}[a.r.IntN(5)])
			b.WriteString(string([]rune{rune(0xAC00 + 28*a.r.IntN(399)), rune(0xAC00 + 28*a.r.IntN(399)), ' '}))
		}
		return b.String() + "말했다."
	case "zh":
		for range 8 {
			b.WriteString(hanzi[a.r.IntN(len(hanzi))] + string([]rune{rune(0x4E00 + a.r.IntN(2500))}))
		}
		return b.String() + "。"
	}
	for i := range 18 {
		switch {
		case a.r.IntN(45) == 0:
			b.WriteString(places[a.r.IntN(len(places))])
		case a.r.IntN(9) == 0:
			b.WriteString("the " + a.word() + "s")
		default:
			b.WriteString(a.word())
		}
		if i < 17 {
			b.WriteByte(' ')
		}
	}
	return b.String() + "."
}

// article is number i, of about 2,000 bytes, with three quotes.
func (a *archive) article(i int) (feeds.Article, digest.Reading) {
	lang := [...]string{"en", "en", "en", "en", "en", "en", "en", "ko", "ko", "zh"}[a.r.IntN(10)]
	var b strings.Builder
	var quotes []quote.Quote
	for b.Len() < 1500+a.r.IntN(1000) {
		at := b.Len()
		b.WriteString(a.sentence(lang))
		if len(quotes) < 3 {
			sp := a.speakers[min(a.zipf.Uint64(), uint64(len(a.speakers)-1))]
			key := ""
			if a.r.IntN(20) == 0 {
				sp, key = "Wang Yi", "wang_yi"
			}
			quotes = append(quotes, quote.Quote{Span: text.Span{Start: at, End: b.Len()}, Speaker: sp, SpeakerKey: key, Role: "minister of " + a.vocab[a.r.IntN(300)], Cue: "said", Key: len(quotes) == 0})
		}
		b.WriteString(" ")
		if a.r.IntN(4) == 0 {
			b.WriteString("\n\n")
		}
	}
	id := fmt.Sprintf("%016x", uint64(i)*0x9E3779B97F4A7C15)
	at := a.start.Add(time.Duration(i) * a.step)
	title := a.word() + " " + a.word() + " " + a.word() + " " + a.word()
	outlet := "Outlet " + a.vocab[a.r.IntN(100)]
	fa := feeds.Article{ID: id, Entry: "e" + id, Feed: "f", URL: "https://news.example/" + id, Title: title, Text: b.String(), Lang: lang, Published: at, Fetched: at, Access: feeds.FullText}
	return fa, digest.Reading{
		Article: digest.Article{ID: id, URL: fa.URL, Title: title, Text: fa.Text, Outlet: outlet, OutletType: "agency", Published: at},
		Lang:    lang, Title: title, Relevance: story.Relevance{Relevant: true, Topics: []string{[]string{"korea", "china", "north-korea"}[a.r.IntN(3)]}},
		Summary: []text.Span{quotes[0].Span}, Quotes: quotes, Features: story.Item{ID: id},
	}
}

// save keeps a batch of articles in one transaction, one in two a story of its
// own, the rest in the story before.
func (a *archive) save(ctx context.Context, s *Store, from, n int) (size int64, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		size = 0
		for i := from; i < from+n; i++ {
			fa, r := a.article(i)
			size += int64(len(fa.Title) + len(fa.Text))
			body, err := packArticle(fa, r)
			if err != nil {
				return err
			}
			features, err := r.Features.AppendBinary(nil)
			if err != nil {
				return err
			}
			id := "s" + strconv.Itoa(i/2)
			if _, err := t.exec(ctx, `INSERT INTO articles (id, entry, feed, url, url_key, title, outlet, outlet_type, lang, access, relevant, published, fetched, story, seq, grouped, features, body)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 1, ?, ?, ?)`, fa.ID, fa.Entry, fa.Feed, fa.URL, feeds.URLKey(fa.URL), fa.Title, r.Outlet, r.OutletType, r.Lang,
				string(fa.Access), millis(fa.Published), millis(fa.Fetched), id, millis(fa.Fetched), features, body); err != nil {
				return err
			}
			if _, err := t.exec(ctx, "INSERT INTO stories (id, first, latest, changed) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET latest = excluded.latest", id,
				millis(fa.Published), millis(fa.Published), millis(fa.Fetched)); err != nil {
				return err
			}
			if err := s.indexArticle(ctx, t, fa, r); err != nil {
				return err
			}
		}
		return nil
	})
	return size, err
}

// searches are what people ask: names, rare and frequent words, phrases, all
// three languages, fields and dates.
func (a *archive) searches() []string {
	rare := func() string { return a.vocab[2000+a.r.IntN(20_000)] }
	return []string{
		rare(), rare() + " " + a.word(), "North Korea " + rare(), "DPRK", `"` + a.word() + " " + a.word() + `"`, a.word() + " -" + a.word(),
		"관세", "수출통제 since:30d", "稀土 出口", "关税 OR 关税" + string(rune(0x4E00+a.r.IntN(2500))), rare() + " OR " + rare() + " lang:en",
		`speaker:"Wang Yi" ` + a.word(), "speaker:brandt " + rare(), `outlet:"Outlet ` + a.vocab[a.r.IntN(100)] + `" ` + a.word(), "topic:china " + a.word() + " since:2024-05 until:2024-06",
		rare()[:3] + "* " + a.word(), `speaker:"minister of ` + a.vocab[a.r.IntN(300)] + `"`, "-" + a.word(), "lang:zh 台湾", a.word() + " " + a.word() + " " + a.word(),
	}
}

// BenchmarkSearch searches stories and quotes in a SQLite file while one writer
// goes on. HANWIRE_LOAD is the number of articles, of three quotes each;
// HANWIRE_LOAD_FILE keeps the file for another run. Each operation is one
// search; p99-ms and the size of the database as a multiple of the text are
// what matters.
func BenchmarkSearch(b *testing.B) {
	n := 5000
	if v := os.Getenv("HANWIRE_LOAD"); v != "" {
		n, _ = strconv.Atoi(v)
	}
	file := os.Getenv("HANWIRE_LOAD_FILE")
	if file == "" {
		file = filepath.Join(b.TempDir(), "load.db")
	}
	_, err := os.Stat(file)
	fresh := err != nil
	a := newArchive(n)
	end := a.start.Add(time.Duration(n) * a.step)
	s, err := Open(b.Context(), Options{DSN: file, Now: func() time.Time { return end }})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	ratio := 0.0
	if fresh {
		began := time.Now()
		size := int64(0)
		const batch = 500
		for i := 0; i < n; i += batch {
			k, err := a.save(b.Context(), s, i, min(batch, n-i))
			if err != nil {
				b.Fatal(err)
			}
			size += k
		}
		fmt.Fprintf(os.Stderr, "%d articles, %d MB of text, in %v\n", n, size>>20, time.Since(began).Round(time.Second))
		if _, err := s.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			b.Fatal(err)
		}
		ratio = float64(info.Size()) / float64(size)
	}

	ctx, stop := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	written := 0
	wg.Go(func() {
		w := newArchive(n)
		w.r = rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
		for at := 2*n + int(time.Now().UnixNano()>>20); ctx.Err() == nil; at++ {
			w.start = end.Add(-time.Duration(at) * w.step)
			if _, err := w.save(ctx, s, at, 1); err != nil && ctx.Err() == nil {
				b.Error(err)
			}
			written++
			time.Sleep(50 * time.Millisecond)
		}
	})
	defer wg.Wait()
	defer stop()

	type kind struct {
		name string
		run  func(query.Query) (int, error)
	}
	for _, k := range []kind{
		{"stories", func(q query.Query) (int, error) {
			_, n, err := s.SearchStories(ctx, q, bot.Page{Limit: 5})
			return n, err
		}},
		{"quotes", func(q query.Query) (int, error) {
			_, n, err := s.SearchQuotes(ctx, q, bot.Page{Limit: 6})
			return n, err
		}},
	} {
		b.Run(k.name, func(b *testing.B) {
			var took []time.Duration
			slowest := map[string]time.Duration{}
			var list []string
			i, found := 0, 0
			for b.Loop() {
				if i%20 == 0 {
					list = a.searches()
				}
				q, err := query.Parse(list[i%20])
				if err != nil {
					b.Fatal(err)
				}
				began := time.Now()
				hits, err := k.run(q)
				if err != nil {
					b.Fatalf("%s: %v", q, err)
				}
				d := time.Since(began)
				found += hits
				took = append(took, d)
				slowest[fmt.Sprintf("%2d", i%20)+" "+list[i%20]] = d
				i++
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(found)/float64(i), "found/op")
			if ratio > 0 {
				b.ReportMetric(ratio, "db/text")
			}
			var slow []string
			for q := range slowest {
				slow = append(slow, q)
			}
			slices.SortFunc(slow, func(x, y string) int { return int(slowest[y] - slowest[x]) })
			for _, q := range slow[:min(6, len(slow))] {
				b.Logf("%v %s", slowest[q].Round(time.Millisecond), q)
			}
		})
	}
}
