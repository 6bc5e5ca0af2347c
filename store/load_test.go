package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
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
	"hanwire/digest/summary"
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
	n        int
}

var (
	syllables = strings.Fields("ba bro ca cen da del fa fin gar hin kel la lon mar mi nor pel pra ro ser sta tan tre vel vor wes yam zen")
	hangul    = strings.Fields("북한 관세 대만 희토류 수출 통제 회담 외교부 장관 경제 안보 협력 발사 미사일 무역 정부 발표 중국 미국 일본 회의 합의 제재 인상")
	hanzi     = strings.Fields("朝鲜 关税 台湾 稀土 出口 管制 会谈 外交 部长 经济 安全 合作 发射 导弹 贸易 政府 发表 中国 美国 日本 会议 协议 制裁 提高")
	places    = []string{"North Korea", "China", "Taiwan", "the United States", "Japan", "Russia", "South Korea"}
)

func newArchive(n int) *archive {
	r := rand.New(rand.NewPCG(11, 1))
	a := &archive{n: n, r: r, zipf: rand.NewZipf(r, 1.15, 6, 79_999), start: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}
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

// article is one of about size bytes, with three quotes.
func (a *archive) article(size int) (feeds.Article, digest.Reading) {
	lang := [...]string{"en", "en", "en", "en", "en", "en", "en", "ko", "ko", "zh"}[a.r.IntN(10)]
	var b strings.Builder
	var quotes []quote.Quote
	for size = size*3/4 + a.r.IntN(size/2); b.Len() < size || len(quotes) < 3; {
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
	outlet := "Outlet " + a.vocab[a.r.IntN(100)]
	fa := feeds.Article{Feed: "f", Title: a.word() + " " + a.word() + " " + a.word(), Text: b.String(), Lang: lang, Access: feeds.FullText}
	return fa, digest.Reading{
		Article: digest.Article{Title: fa.Title, Text: fa.Text, Outlet: outlet, OutletType: "agency"},
		Lang:    lang, Title: fa.Title, Relevance: story.Relevance{Relevant: true, Topics: []string{[]string{"korea", "china", "north-korea"}[a.r.IntN(3)]}},
		Summary: []text.Span{quotes[0].Span}, Quotes: quotes,
	}
}

// rareWord is a word that seven articles in a row have in their titles.
func rareWord(i int) string { return fmt.Sprintf("zq%dvx", i/7) }

// place makes an article number i of the archive: its title, its time.
func (a *archive) place(i int, fa *feeds.Article, r *digest.Reading) {
	id := fmt.Sprintf("%016x", uint64(i)*0x9E3779B97F4A7C15)
	at := a.start.Add(time.Duration(i) * a.step)
	fa.ID, fa.Entry, fa.URL, fa.Published, fa.Fetched = id, "e"+id, "https://news.example/"+id, at, at
	fa.Title += " " + rareWord(i)
	r.ID, r.URL, r.Published, r.Title, r.Article.Title, r.Features = id, fa.URL, at, fa.Title, fa.Title, story.Item{ID: id}
}

// mold is an article in the form in which it is kept, to be kept many times.
type mold struct {
	article feeds.Article
	reading digest.Reading
	doc     document
	packed  []byte
	terms   string
	quotes  []quoteRow
	quoted  []string // the terms of each quote
}

// molds are so many articles that words keep their frequencies.
const molds = 3000

// fill keeps articles [0, n) as SaveReading and SaveGrouping would, and as they
// stand after their features were dropped, but makes each of its words only
// once in a while: a million is an hour's work otherwise. It returns the size of
// the texts.
func (a *archive) fill(ctx context.Context, s *Store, n, size int) (total int64, err error) {
	list := make([]mold, min(molds, n))
	for i := range list {
		m := &list[i]
		m.article, m.reading = a.article(size)
		m.reading.Sentences = summary.Candidates(text.Analyze(m.article.Title, m.article.Text, m.reading.Lang))
		m.doc = documentOf(m.article, m.reading)
		if m.packed, err = packText(m.doc.Text); err != nil {
			return 0, err
		}
		m.terms = strings.Join(query.Terms(m.doc.queryArticle()), " ")
		for k, q := range m.reading.Quotes {
			row := quoteRow{Doc: int64(k), StartByte: q.Start, EndByte: q.End, Speaker: q.Speaker, Person: personOf(q.SpeakerKey, q.Speaker), Role: q.Role,
				IsKey: flag(q.Key), Text: m.reading.Text[q.Start:q.End], Outlet: m.doc.Outlet, OutletType: m.doc.OutletType, Lang: m.doc.Lang, Topics: m.doc.Topics, Published: 1}
			m.quotes = append(m.quotes, row)
			m.quoted = append(m.quoted, strings.Join(query.Terms(row.queryArticle()), " "))
		}
	}
	set := func(key string, value int) {
		for _, in := range []termIndex{documentIndex, quoteIndex} {
			if err == nil {
				_, err = s.db.ExecContext(ctx, "INSERT INTO "+in.fts+"("+in.fts+", rank) VALUES (?, ?)", key, value)
			}
		}
	}
	// As much is put into the index at a time as memory holds.
	set("hashsize", 64<<20)
	set("automerge", 0)
	const batch = 5000
	last := int64(0)
	for from := 0; from < n && err == nil; from += batch {
		err = s.write(ctx, func(ctx context.Context, t *tx) error {
			native := t.native.(*sql.Tx)
			insert := map[string]*sql.Stmt{}
			for table, query := range map[string]string{
				"articles": `INSERT INTO articles (id, entry, feed, url, url_key, title, outlet, outlet_type, lang, access, relevant, published, fetched, story, seq, grouped, features, body)
					VALUES (?, ?, 'f', ?, ?, ?, ?, ?, ?, 'full text', 1, ?, ?, ?, 1, ?, x'', ?)`,
				"stories":        "INSERT INTO stories (id, first, latest, changed, topics) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET latest = excluded.latest",
				"documents":      "INSERT INTO documents (doc, article, published, at, outlet, outlet_type, lang, topics, speakers, title, packed, story) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				"document_terms": "INSERT INTO document_terms (rowid, terms) VALUES (?, ?)",
				"quotes":         "INSERT INTO quotes (doc, start_byte, end_byte, kind, spoken, role, is_key) VALUES (?, ?, ?, 0, ?, ?, ?)",
				"quote_terms":    "INSERT INTO quote_terms (rowid, terms) VALUES (?, ?)",
			} {
				stmt, err := native.PrepareContext(ctx, query)
				if err != nil {
					return err
				}
				defer stmt.Close()
				insert[table] = stmt
			}
			used := map[int]int{}
			for i := from; i < min(from+batch, n); i++ {
				used[a.moldOf(i, len(list))]++
			}
			// Each mold's speakers once a batch, with their counts.
			var spoken []quoteRow
			for k := range list {
				for range used[k] {
					spoken = append(spoken, list[k].quotes...)
				}
			}
			for i := range spoken {
				spoken[i].Doc = last + 1
			}
			names, roles, err := countSpeakers(ctx, t, spoken)
			if err != nil {
				return err
			}
			for i := from; i < min(from+batch, n); i++ {
				m := &list[a.moldOf(i, len(list))]
				fa, r := m.article, m.reading
				a.place(i, &fa, &r)
				total += int64(len(fa.Title) + len(fa.Text))
				body, err := packArticle(fa, r)
				if err != nil {
					return err
				}
				at := millis(fa.Published)
				last = max(last+1, firstDoc(at))
				do := func(table string, args ...any) {
					if err == nil {
						_, err = insert[table].ExecContext(ctx, args...)
					}
				}
				tale := "s" + strconv.Itoa(i/2)
				do("articles", fa.ID, fa.Entry, fa.URL, feeds.URLKey(fa.URL), fa.Title, m.doc.Outlet, m.doc.OutletType, m.doc.Lang, at, at, tale, at, body)
				do("stories", tale, at, at, at, m.doc.Topics)
				do("documents", last, fa.ID, at, at, m.doc.Outlet, m.doc.OutletType, m.doc.Lang, m.doc.Topics, m.doc.Speakers, fa.Title, m.packed, tale)
				do("document_terms", last, m.terms+" "+strings.Join(query.Terms(&query.Article{Title: rareWord(i)}), " "))
				for k := range m.quotes {
					q := &m.quotes[k]
					number := last*quotesPerDoc + int64(k)
					do("quotes", number, q.StartByte, q.EndByte, names[q.named()], roles[q.held()], q.IsKey)
					do("quote_terms", number, m.quoted[k])
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if done := from + batch; done%100_000 == 0 {
			fmt.Fprintln(os.Stderr, done, "articles")
		}
	}
	set("hashsize", 1<<20)
	set("automerge", 4)
	return total, err
}

func (a *archive) moldOf(i, n int) int { return int(uint64(i) * 0x9E3779B97F4A7C15 >> 20 % uint64(n)) }

// save keeps one more article as it comes in.
func (a *archive) save(ctx context.Context, s *Store, i int) error {
	fa, r := a.article(articleSize)
	a.place(i, &fa, &r)
	body, err := packArticle(fa, r)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, `INSERT INTO articles (id, entry, feed, url, url_key, title, outlet, outlet_type, lang, access, relevant, published, fetched, story, seq, grouped, features, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 1, ?, ?, ?)`, fa.ID, fa.Entry, fa.Feed, fa.URL, feeds.URLKey(fa.URL), fa.Title, r.Outlet, r.OutletType, r.Lang,
			string(fa.Access), millis(fa.Published), millis(fa.Fetched), "s"+strconv.Itoa(i/2), millis(fa.Fetched), []byte{}, body); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "INSERT INTO stories (id, first, latest, changed, topics) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
			"s"+strconv.Itoa(i/2), millis(fa.Published), millis(fa.Published), millis(fa.Fetched), r.Relevance.Topics[0]); err != nil {
			return err
		}
		return s.indexArticle(ctx, t, fa, r)
	})
}

// articleSize is of an article of the archive, in bytes.
const articleSize = 1500

// searches are what people ask: names, rare and frequent words, phrases, all
// three languages, fields and dates.
func (a *archive) searches() []string {
	rare := func() string {
		if a.r.IntN(2) == 0 {
			return rareWord(a.r.IntN(a.n))
		}
		return a.vocab[2000+a.r.IntN(20_000)]
	}
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
// search; p99 and the size of the database as a multiple of the text are what
// matters. The time that was computed tells what a machine that does nothing
// else would show.
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
		if size, err = a.fill(b.Context(), s, n, articleSize); err != nil {
			b.Fatal(err)
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
			if err := w.save(ctx, s, at); err != nil && ctx.Err() == nil {
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
			runtime.LockOSThread() // for cpuTime
			defer runtime.UnlockOSThread()
			var took, computed []time.Duration
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
				began, before := time.Now(), cpuTime()
				hits, err := k.run(q)
				if err != nil {
					b.Fatalf("%s: %v", q, err)
				}
				d := cpuTime() - before
				found += hits
				took = append(took, time.Since(began))
				computed = append(computed, d)
				slowest[fmt.Sprintf("%2d", i%20)+" "+list[i%20]] = d
				i++
			}
			for name, list := range map[string][]time.Duration{"ms": took, "cpu-ms": computed} {
				slices.Sort(list)
				b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, "p50-"+name)
				b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, "p99-"+name)
			}
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
