package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/digest/query"
	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// A search looks at what the index finds from the newest on and stops after
// this many that match, or this many in all, so that it takes about the same
// time whatever it is that is searched for. What is ranked and counted is what
// was looked at: more than that nobody turns pages for.
const (
	maxFound = 150
	maxTried = 300
	minBatch = 25  // rows that are worth asking the index for once more
	fewRows  = 100 // rows that are tried sooner than the index is asked for less
)

// each hands the rows of a table that may match q to f, newest first, a batch
// at a time, until f, which returns how many more it wants, wants none or limit
// rows have been looked at.
func (s *Store) each(ctx context.Context, in termIndex, q query.Query, now time.Time, limit int, f func(docs []int64) (int, error)) error {
	need := q.Need()
	from, until, err := s.docSpan(ctx, q, now)
	if err != nil {
		return err
	}
	from, until = from*in.per, until*in.per
	// Where a few rows have one of the terms that all must have, trying these is
	// less work than finding which of them have the frequent ones too.
	for _, term := range need.Terms() {
		docs, err := s.newest(ctx, in, term, from, until, fewRows+1)
		if err != nil {
			return err
		}
		if len(docs) <= fewRows {
			if len(docs) > 0 {
				_, err = f(docs)
			}
			return err
		}
	}
	for n := maxFound; limit > 0; {
		n = min(n, limit)
		docs, err := s.newest(ctx, in, need, from, until, n)
		if err != nil || len(docs) == 0 {
			return err
		}
		more, err := f(docs)
		if err != nil || more <= 0 || len(docs) < n {
			return err
		}
		limit -= len(docs)
		until = docs[len(docs)-1]
		n = max(more, minBatch)
	}
	return nil
}

// foundDocument is an article that a query matches.
type foundDocument struct {
	document
	match query.Match
	score int
}

// SearchStories implements [bot.Store]. Stories with a match in a headline come
// first, then those with one in the first lines, and of equal ones the latest;
// the count is of stories, up to those of the newest 200 articles that match.
func (s *Store) SearchStories(ctx context.Context, q query.Query, p bot.Page) (hits []bot.StoryHit, n int, err error) {
	err = s.view(ctx, func(ctx context.Context, s *Store) error {
		hits, n, err = s.searchStories(ctx, q, p)
		return err
	})
	return hits, n, s.engine.explain(err)
}

func (s *Store) searchStories(ctx context.Context, q query.Query, p bot.Page) ([]bot.StoryHit, int, error) {
	now := s.now()
	m := q.Matcher(now)
	var found []*foundDocument
	err := s.each(ctx, documentIndex, q, now, maxTried, func(docs []int64) (int, error) {
		list, err := s.documents(ctx, docs)
		if err != nil {
			return 0, err
		}
		hidden, err := s.hidden(ctx, p.At, articlesOf(list))
		if err != nil {
			return 0, err
		}
		for _, d := range list {
			if match, ok := m.Match(d.queryArticle()); ok && !hidden[d.Article] {
				found = append(found, &foundDocument{document: d, match: match, score: score(match)})
			}
		}
		return maxFound - len(found), nil
	})
	if err != nil {
		return nil, 0, err
	}
	best := bestOfStories(found)
	hits, err := s.storyHits(ctx, pageOf(best, p), p.At)
	return hits, len(best), err
}

// leadLength is how much of a text is taken for its first lines, in bytes.
const leadLength = 500

// score is how much a match says about what the article is about.
func score(m query.Match) int {
	switch {
	case len(m.Title) > 0:
		return 2
	case len(m.Text) > 0 && m.Text[0].Start < leadLength:
		return 1
	}
	return 0
}

// bestOfStories is the best article of each story, ranked.
func bestOfStories(found []*foundDocument) []*foundDocument {
	slices.SortFunc(found, func(a, b *foundDocument) int {
		return cmp.Or(b.score-a.score, cmp.Compare(b.At, a.At), strings.Compare(a.Article, b.Article))
	})
	var best []*foundDocument
	told := map[string]bool{}
	for _, f := range found {
		// What is in no story yet is about to be.
		if f.Story != "" && !told[f.Story] {
			told[f.Story] = true
			best = append(best, f)
		}
	}
	return best
}

// storyHits fills in what a place is shown of the stories of one page.
func (s *Store) storyHits(ctx context.Context, page []*foundDocument, at bot.Place) ([]bot.StoryHit, error) {
	if len(page) == 0 {
		return nil, nil
	}
	ids := make([]string, len(page))
	for i, f := range page {
		ids[i] = f.Story
	}
	var rows []struct {
		ID, Story, Outlet, URL string
		Published              int64
	}
	err := s.reads.NewRaw("SELECT id, story, outlet, url, published FROM articles WHERE story IN (?) ORDER BY published, id", bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	articles := make([]string, len(rows))
	for i, r := range rows {
		articles[i] = r.ID
	}
	hidden, err := s.hidden(ctx, at, articles)
	if err != nil {
		return nil, err
	}
	hits := make([]bot.StoryHit, len(page))
	for i, f := range page {
		h := bot.StoryHit{Story: f.Story, Headline: f.Title}
		h.Snippet, h.Matches = snippet(f.Text, f.Lang, f.match.Text)
		for _, r := range rows {
			if r.Story != f.Story || hidden[r.ID] {
				continue
			}
			h.Latest = instant(r.Published)
			if !slices.Contains(h.Outlets, r.Outlet) {
				h.Outlets = append(h.Outlets, r.Outlet)
			}
			if r.ID == f.Article {
				h.URL = r.URL
			}
		}
		hits[i] = h
	}
	return hits, nil
}

// snippet is the sentence of the first match, with the matches in it; without
// matches, the first sentence.
func snippet(t, lang string, matches []text.Span) (string, []text.Span) {
	at := 0
	if len(matches) > 0 {
		at = matches[0].Start
	}
	from := strings.LastIndexByte(t[:at], '\n') + 1
	until := len(t)
	if n := strings.IndexByte(t[at:], '\n'); n >= 0 {
		until = at + n
	}
	sentence := text.Span{Start: from, End: until}
	for _, sp := range text.Sentences(t[from:until], lang) {
		if sp.Start+from <= at && at < sp.End+from {
			sentence = text.Span{Start: sp.Start + from, End: sp.End + from}
			break
		}
	}
	var in []text.Span
	for _, m := range matches {
		if sentence.Contains(m) {
			in = append(in, text.Span{Start: m.Start - sentence.Start, End: m.End - sentence.Start})
		}
	}
	return t[sentence.Start:sentence.End], in
}

// documents reads documents, in the order of docs.
func (s *Store) documents(ctx context.Context, docs []int64) ([]document, error) {
	list := make([]document, 0, len(docs))
	err := s.reads.NewRaw(`SELECT doc, article, published, outlet, outlet_type, lang, topics, speakers, title, at, story, packed FROM documents
		WHERE doc IN (?) ORDER BY doc DESC`, bun.List(docs)).Scan(ctx, &list)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var u unpacker
	for i := range list {
		if list[i].Text, err = u.text(list[i].Packed); err != nil {
			return nil, fmt.Errorf("text of article %s: %w", list[i].Article, err)
		}
		list[i].Packed = nil
	}
	return list, nil
}

func articlesOf(list []document) []string {
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.Article
	}
	return ids
}

// hidden are those of the articles that a place may not see, because only
// feeds of other workspaces carried them. The zero place sees all.
func (s *Store) hidden(ctx context.Context, at bot.Place, articles []string) (map[string]bool, error) {
	if at == (bot.Place{}) || len(articles) == 0 {
		return nil, nil
	}
	if own, err := s.ownFeeds(ctx); err != nil || !own {
		return nil, err
	}
	seen, err := s.private(ctx, articles)
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	for id, places := range seen {
		hidden[id] = !slices.ContainsFunc(places, func(p bot.Place) bool { return p.Platform == at.Platform && p.Workspace == at.Workspace })
	}
	return hidden, nil
}

// ownFeeds reports whether any workspace has, or had, feeds of its own.
func (s *Store) ownFeeds(ctx context.Context) (bool, error) {
	n := 0
	err := s.reads.NewRaw("SELECT count(*) FROM (SELECT 1 AS one FROM feed_places WHERE platform <> '' LIMIT 1) AS own").Scan(ctx, &n)
	return n > 0, s.engine.explain(err)
}

// pageOf cuts a page out of a list.
func pageOf[T any](list []T, p bot.Page) []T {
	from := min(max(p.Offset, 0), len(list))
	until := len(list)
	if p.Limit > 0 {
		until = min(from+p.Limit, until)
	}
	return list[from:until]
}

// quoteRow is a quote with what its article adds.
type quoteRow struct {
	Doc       int64
	Article   string
	StartByte int
	EndByte   int
	Kind      quote.Kind
	Speaker   string // as the article spells the name
	Person    string // the gazetteer's key, or the folded name
	Role      string
	IsKey     int
	Packed    []byte // the text of the article
	Text      string `bun:"-"`

	Outlet     string
	OutletType string
	Lang       string
	Topics     string
	Published  int64
	At         int64

	match query.Match
}

const quoteColumns = `q.doc, d.article, q.start_byte, q.end_byte, q.kind, coalesce(n.name, '') AS speaker, coalesce(n.person, '') AS person,
	coalesce(r.role, '') AS role, q.is_key, d.outlet, d.outlet_type, d.lang, d.topics, d.published, d.at`

const quoteTables = `
	FROM quotes q JOIN documents d ON d.doc = q.doc / 1024 LEFT JOIN speaker_names n ON n.id = q.spoken LEFT JOIN speaker_roles r ON r.id = q.role`

// key is the gazetteer's, empty when it does not know the speaker.
func (q *quoteRow) key() string {
	if strings.HasPrefix(q.Person, unknownPerson) {
		return ""
	}
	return q.Person
}

// queryArticle is the quote as queries see it: its words, who says them, and
// in which office.
func (q *quoteRow) queryArticle() *query.Article {
	a := &query.Article{Text: q.Text, Outlet: q.Outlet, OutletType: q.OutletType, Lang: q.Lang, Topics: split(q.Topics), Published: instant(q.Published)}
	for _, s := range []string{q.Speaker, q.Role} {
		if s != "" {
			a.Speakers = append(a.Speakers, s)
		}
	}
	if e, ok := text.ByKey(q.key()); ok {
		a.Speakers = append(a.Speakers, e.English[:min(1, len(e.English))]...)
	}
	return a
}

// SearchQuotes implements [bot.Store]. Words are looked for in the quotes
// themselves, speaker: also in the speaker's role. When words are looked for,
// the key quotes of their articles come first; of equal ones the latest. The
// count is of quotes, up to the newest 200 that match.
func (s *Store) SearchQuotes(ctx context.Context, q query.Query, p bot.Page) (records []bot.QuoteRecord, n int, err error) {
	err = s.view(ctx, func(ctx context.Context, s *Store) error {
		records, n, err = s.searchQuotes(ctx, q, p)
		return err
	})
	return records, n, s.engine.explain(err)
}

func (s *Store) searchQuotes(ctx context.Context, q query.Query, p bot.Page) ([]bot.QuoteRecord, int, error) {
	now := s.now()
	m := q.Matcher(now)
	var found []*quoteRow
	err := s.each(ctx, quoteIndex, q, now, maxTried, func(docs []int64) (int, error) {
		rows, err := s.quotes(ctx, docs)
		if err != nil {
			return 0, err
		}
		var ids []string
		for i := range rows {
			ids = append(ids, rows[i].Article)
		}
		hidden, err := s.hidden(ctx, p.At, slices.Compact(ids))
		if err != nil {
			return 0, err
		}
		for i := range rows {
			r := &rows[i]
			match, ok := m.Match(r.queryArticle())
			if ok && !hidden[r.Article] {
				r.match = match
				found = append(found, r)
			}
		}
		return maxFound - len(found), nil
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(found, func(a, b *quoteRow) int {
		rank := 0
		if len(a.match.Text) > 0 && len(b.match.Text) > 0 {
			rank = b.IsKey - a.IsKey
		}
		return cmp.Or(rank, cmp.Compare(b.At, a.At), strings.Compare(a.Article, b.Article), cmp.Compare(a.Doc, b.Doc))
	})
	records, err := s.quoteRecords(ctx, pageOf(found, p))
	return records, len(found), err
}

// quoteFacts reads quotes without their words, the newest first.
func (s *Store) quoteFacts(ctx context.Context, docs []int64) ([]quoteRow, error) {
	list := make([]quoteRow, 0, len(docs))
	err := s.reads.NewRaw("SELECT "+quoteColumns+quoteTables+" WHERE q.doc IN (?) ORDER BY q.doc DESC", bun.List(docs)).Scan(ctx, &list)
	return list, s.engine.explain(err)
}

// quotes reads quotes, the newest first.
func (s *Store) quotes(ctx context.Context, docs []int64) ([]quoteRow, error) {
	list := make([]quoteRow, 0, len(docs))
	err := s.reads.NewRaw("SELECT "+quoteColumns+", d.packed"+quoteTables+" WHERE q.doc IN (?) ORDER BY q.doc DESC", bun.List(docs)).Scan(ctx, &list)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	// The quotes of an article stand together, the last first.
	var u unpacker
	var words []byte
	for i := range list {
		q := &list[i]
		if i == 0 || q.Article != list[i-1].Article {
			if words, err = u.bytes(q.Packed, int64(q.furthest(list[i:]))); err != nil {
				return nil, fmt.Errorf("text of article %s: %w", q.Article, err)
			}
		}
		said, err := q.within(words)
		if err != nil {
			return nil, err
		}
		q.Text, q.Packed = column(string(said)), nil
	}
	return list, nil
}

// within are the quote's words in the text of its article.
func (q *quoteRow) within(t []byte) ([]byte, error) {
	if q.StartByte < 0 || q.StartByte > q.EndByte || q.EndByte > len(t) {
		return nil, fmt.Errorf("article %s: a quote is not in its text", q.Article)
	}
	return t[q.StartByte:q.EndByte], nil
}

// furthest is how far the quotes of q's article reach that list begins with.
func (q *quoteRow) furthest(list []quoteRow) int {
	end := 0
	for i := 0; i < len(list) && list[i].Article == q.Article; i++ {
		end = max(end, list[i].EndByte)
	}
	return end
}

// quoteRecords fills in what is shown of the quotes of one page, their words
// too.
func (s *Store) quoteRecords(ctx context.Context, page []*quoteRow) ([]bot.QuoteRecord, error) {
	if len(page) == 0 {
		return nil, nil
	}
	ids := make([]string, len(page))
	for i, q := range page {
		ids[i] = q.Article
	}
	var rows []struct {
		ID, Story, URL string
		Packed         []byte
	}
	err := s.reads.NewRaw("SELECT a.id, a.story, a.url, d.packed FROM articles a JOIN documents d ON d.article = a.id WHERE a.id IN (?)", bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var u unpacker
	records := make([]bot.QuoteRecord, len(page))
	for i, q := range page {
		r := bot.QuoteRecord{
			ID: q.Article + "/" + strconv.FormatInt(q.Doc%quotesPerDoc, 10), Article: q.Article, Outlet: q.Outlet, OutletType: q.OutletType,
			Lang: q.Lang, Published: instant(q.Published), Kind: q.Kind.String(), Speaker: q.Speaker, SpeakerKey: q.key(),
			Role: q.Role, Matches: q.match.Text,
		}
		for _, row := range rows {
			if row.ID == q.Article {
				t, err := u.bytes(row.Packed, packedLimit)
				if err != nil {
					return nil, fmt.Errorf("text of article %s: %w", q.Article, err)
				}
				said, err := q.within(t)
				if err != nil {
					return nil, err
				}
				r.Story, r.Text = row.Story, string(said)
				r.URL = quote.Link(row.URL, &text.Document{Text: string(t)}, text.Span{Start: q.StartByte, End: q.EndByte})
			}
		}
		records[i] = r
	}
	return records, nil
}
