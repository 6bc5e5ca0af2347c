package store

import (
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/text"
	"hanwire/feeds"
)

// Numbers of documents and quotes; see the migration.
const (
	docsPerDay   = 1 << 16
	quotesPerDoc = 1 << 10
	millisPerDay = 86_400_000
)

// firstDoc is the least number that a document of a time may have.
func firstDoc(ms int64) int64 { return ms / millisPerDay * docsPerDay }

// termIndex is a table of terms that is searched for what a query needs.
type termIndex struct {
	table string // whose rows the terms are of
	fts   string // the virtual table that holds them on SQLite
	per   int64  // rows of one document
}

var (
	documentIndex = termIndex{"documents", "document_terms", 1}
	quoteIndex    = termIndex{"quotes", "quote_terms", quotesPerDoc}
)

// newest are the numbers of up to n rows that fulfil need, from the newest,
// within [from, until).
func (s *Store) newest(ctx context.Context, in termIndex, need query.Need, from, until int64, n int) ([]int64, error) {
	q := s.reads.NewSelect().OrderExpr("1 DESC").Limit(int64(n))
	column := "doc"
	switch {
	case need.IsZero():
		q.Table(in.table).ColumnExpr("doc")
	case s.engine.name() == "sqlite":
		column = "rowid"
		q.Table(in.fts).ColumnExpr("rowid").Where("? MATCH ?", bun.Ident(in.fts), matchExpression(need))
	default:
		q.Table(in.table).ColumnExpr("doc").Where("terms @@ ?::tsquery", tsquery(need))
	}
	q.Where("? >= ? AND ? < ?", bun.Ident(column), from, bun.Ident(column), until)
	var docs []int64
	if err := q.Scan(ctx, &docs); err != nil {
		return nil, s.engine.explain(err)
	}
	return docs, nil
}

// matchExpression is a need in the language of FTS5.
// https://www.sqlite.org/fts5.html#full_text_query_syntax
func matchExpression(n query.Need) string {
	return expression(n, " AND ", " OR ", func(term string, prefix bool) string {
		term = `"` + term + `"`
		if prefix {
			term += " *"
		}
		return term
	})
}

// tsquery is a need as PostgreSQL writes it.
// https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY
func tsquery(n query.Need) string {
	return expression(n, " & ", " | ", func(term string, prefix bool) string {
		term = "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(term) + "'"
		if prefix {
			term += ":*"
		}
		return term
	})
}

func expression(n query.Need, and, or string, term func(string, bool) string) string {
	if n.Term != "" {
		return term(n.Term, n.Prefix)
	}
	kids, sep := n.All, and
	if n.Any != nil {
		kids, sep = n.Any, or
	}
	parts := make([]string, len(kids))
	for i, k := range kids {
		parts[i] = expression(k, and, or, term)
	}
	return "(" + strings.Join(parts, sep) + ")"
}

// indexArticle puts an article and its quotes, new or changed, in the place of
// what searches have found it by.
func (s *Store) indexArticle(ctx context.Context, t *tx, a feeds.Article, r digest.Reading) error {
	if err := s.unindexArticle(ctx, t, a.ID); err != nil {
		return err
	}
	d := documentOf(a, r)
	doc, err := s.insertDocument(ctx, t, d)
	if err != nil {
		return err
	}
	return s.insertQuotes(ctx, t, doc, d, r)
}

// document is an article as searches see it.
type document struct {
	Doc        int64
	Article    string
	Published  int64
	At         int64 // when it was published, or else fetched
	Outlet     string
	OutletType string
	Lang       string
	Topics     string
	Speakers   string
	Title      string
	Packed     []byte // the text
	Text       string `bun:"-"`
}

func documentOf(a feeds.Article, r digest.Reading) document {
	return document{
		Article: a.ID, Published: millis(r.Published), At: millis(published(a)), Outlet: column(r.Outlet), OutletType: r.OutletType, Lang: r.Lang,
		Topics: lines(r.Relevance.Topics), Speakers: lines(query.Speakers(r.Quotes)), Title: column(cmp.Or(r.Title, a.Title)), Text: column(r.Text),
	}
}

// lines puts one string a line; line breaks within become spaces.
func lines(list []string) string {
	clean := make([]string, len(list))
	for i, s := range list {
		clean[i] = strings.Join(strings.Fields(column(s)), " ")
	}
	return strings.Join(clean, "\n")
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func (d *document) queryArticle() *query.Article {
	return &query.Article{Title: d.Title, Text: d.Text, Outlet: d.Outlet, OutletType: d.OutletType, Lang: d.Lang,
		Speakers: split(d.Speakers), Topics: split(d.Topics), Published: instant(d.Published)}
}

// packText compresses a text: searches read far fewer than they skip.
func packText(s string) ([]byte, error) {
	var b bytes.Buffer
	w := writers.Get().(*flate.Writer)
	defer writers.Put(w)
	w.Reset(&b)
	_, err := io.WriteString(w, s)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// textReader unpacks one text after another.
type textReader struct {
	source bytes.Reader
	flate  io.ReadCloser
	buf    bytes.Buffer
}

func (r *textReader) read(packed []byte) (string, error) {
	r.source.Reset(packed)
	if r.flate == nil {
		r.flate = flate.NewReader(&r.source)
	} else if err := r.flate.(flate.Resetter).Reset(&r.source, nil); err != nil {
		return "", err
	}
	r.buf.Reset()
	_, err := r.buf.ReadFrom(io.LimitReader(r.flate, packedLimit))
	return r.buf.String(), err
}

// insertDocument keeps d under the next free number of its day.
func (s *Store) insertDocument(ctx context.Context, t *tx, d document) (int64, error) {
	packed, err := packText(d.Text)
	if err != nil {
		return 0, err
	}
	terms := query.Terms(d.queryArticle())
	columns := []string{"doc", "article", "published", "at", "outlet", "outlet_type", "lang", "topics", "speakers", "title", "packed"}
	for {
		if d.Doc, err = freeDoc(ctx, t, d.At); err != nil {
			return 0, err
		}
		row := []any{d.Doc, d.Article, d.Published, d.At, d.Outlet, d.OutletType, d.Lang, d.Topics, d.Speakers, d.Title, packed}
		if s.engine.name() == "sqlite" {
			if err := insert(ctx, t, "documents", columns, row, ""); err != nil {
				return 0, err
			}
			return d.Doc, insert(ctx, t, "document_terms", []string{"rowid", "terms"}, []any{d.Doc, strings.Join(terms, " ")}, "")
		}
		// Another worker may take the number first; this one then waits for that
		// to be committed, and looks again.
		var kept []int64
		err = t.NewRaw("INSERT INTO documents (?, terms) VALUES (?, ?) ON CONFLICT (doc) DO NOTHING RETURNING doc",
			bun.Safe(strings.Join(columns, ", ")), bun.List(row), vector(terms)).Scan(ctx, &kept)
		if err != nil || len(kept) > 0 {
			return d.Doc, err
		}
	}
}

// freeDoc is the next free number of the day of ms, or of the first day after
// it that has one.
func freeDoc(ctx context.Context, t *tx, ms int64) (int64, error) {
	for first := firstDoc(ms); ; first += docsPerDay {
		var last *int64
		err := t.NewRaw("SELECT max(doc) FROM documents WHERE doc >= ? AND doc < ?", first, first+docsPerDay).Scan(ctx, &last)
		switch {
		case err != nil:
			return 0, err
		case last == nil:
			return first, nil
		case *last+1 < first+docsPerDay:
			return *last + 1, nil
		}
	}
}

// vector is PostgreSQL's expression for a vector of terms.
func vector(terms []string) bun.Safe {
	quoted := make([]string, len(terms))
	for i, s := range terms {
		quoted[i] = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return bun.Safe("array_to_tsvector(ARRAY[" + strings.Join(quoted, ",") + "]::text[])")
}

// insertQuotes keeps the quotes of an article. Beyond those that one document
// can number, which no report has, they are left out.
func (s *Store) insertQuotes(ctx context.Context, t *tx, doc int64, d document, r digest.Reading) error {
	columns := []string{"doc", "article", "start_byte", "end_byte", "kind", "speaker", "speaker_key", "person", "role", "cue", "is_key", "text"}
	if s.engine.name() != "sqlite" {
		columns = append(columns, "terms")
	}
	var rows, terms []any
	names, roles := map[[2]string]int{}, map[[2]string]int{}
	firstOf, lastOf := map[[2]string]int64{}, map[[2]string]int64{}
	for i, q := range r.Quotes[:min(len(r.Quotes), quotesPerDoc)] {
		row := quoteRow{
			Doc: doc*quotesPerDoc + int64(i), Article: d.Article, StartByte: q.Start, EndByte: q.End, Kind: q.Kind.String(),
			Speaker: column(q.Speaker), SpeakerKey: q.SpeakerKey, Person: personOf(q.SpeakerKey, column(q.Speaker)), Role: column(q.Role), Text: column(r.Text[q.Start:q.End]),
			Outlet: d.Outlet, OutletType: d.OutletType, Lang: d.Lang, Topics: d.Topics, Published: d.Published,
		}
		rows = append(rows, row.Doc, row.Article, row.StartByte, row.EndByte, row.Kind, row.Speaker, row.SpeakerKey, row.Person, row.Role, column(q.Cue), flag(q.Key), row.Text)
		found := query.Terms(row.queryArticle())
		if s.engine.name() == "sqlite" {
			terms = append(terms, row.Doc, strings.Join(found, " "))
		} else {
			rows = append(rows, vector(found))
		}
		if row.Person != "" {
			names[[2]string{row.Person, row.Speaker}]++
			if k := [2]string{row.Person, row.Role}; row.Role != "" {
				if roles[k]++; roles[k] == 1 {
					firstOf[k] = row.Doc
				}
				lastOf[k] = row.Doc
			}
		}
	}
	if err := insert(ctx, t, "quotes", columns, rows, ""); err != nil {
		return err
	}
	if err := insert(ctx, t, "quote_terms", []string{"rowid", "terms"}, terms, ""); err != nil {
		return err
	}
	// In order, so that two workers do not wait for each other.
	var spelled, held []any
	for _, k := range sortedPairs(names) {
		spelled = append(spelled, k[0], k[1], foldName(k[1]), names[k])
	}
	for _, k := range sortedPairs(roles) {
		held = append(held, k[0], k[1], roles[k], firstOf[k], lastOf[k])
	}
	err := insert(ctx, t, "speaker_names", []string{"person", "name", "folded", "quotes"}, spelled,
		" ON CONFLICT (person, name) DO UPDATE SET quotes = speaker_names.quotes + excluded.quotes")
	if err != nil {
		return err
	}
	return insert(ctx, t, "speaker_roles", []string{"person", "role", "quotes", "first", "last"}, held,
		` ON CONFLICT (person, role) DO UPDATE SET quotes = speaker_roles.quotes + excluded.quotes,
			first = CASE WHEN excluded.first < speaker_roles.first THEN excluded.first ELSE speaker_roles.first END,
			last = CASE WHEN excluded.last > speaker_roles.last THEN excluded.last ELSE speaker_roles.last END`)
}

// insert puts rows, whose values follow one another, into a table.
func insert(ctx context.Context, t *tx, table string, columns []string, values []any, onConflict string) error {
	if len(values) == 0 {
		return nil
	}
	row := ", (" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	_, err := t.exec(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES "+
		strings.Repeat(row, len(values)/len(columns))[2:]+onConflict, values...)
	return err
}

// uncountSpeakers takes quotes that are no more off the counts of their
// speakers' spellings and roles.
func uncountSpeakers(ctx context.Context, t *tx, names, roles map[[2]string]int) error {
	for _, k := range sortedPairs(names) {
		if _, err := t.exec(ctx, "UPDATE speaker_names SET quotes = quotes - ? WHERE person = ? AND name = ?", names[k], k[0], k[1]); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM speaker_names WHERE person = ? AND quotes <= 0", k[0]); err != nil {
			return err
		}
	}
	for _, k := range sortedPairs(roles) {
		const end = "coalesce((SELECT doc FROM quotes WHERE person = ? AND person <> '' AND role = ? ORDER BY doc %s LIMIT 1), 0)"
		_, err := t.exec(ctx, "UPDATE speaker_roles SET quotes = quotes - ?, first = "+fmt.Sprintf(end, "ASC")+", last = "+fmt.Sprintf(end, "DESC")+
			" WHERE person = ? AND role = ?", roles[k], k[0], k[1], k[0], k[1], k[0], k[1])
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM speaker_roles WHERE person = ? AND quotes <= 0", k[0]); err != nil {
			return err
		}
	}
	return nil
}

func sortedPairs(m map[[2]string]int) [][2]string {
	var keys [][2]string
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) })
	return keys
}

// unindexArticle takes an article out of what indexArticle has filled.
func (s *Store) unindexArticle(ctx context.Context, t *tx, id string) error {
	var docs []int64
	if err := t.NewRaw("SELECT doc FROM documents WHERE article = ?", id).Scan(ctx, &docs); err != nil || len(docs) == 0 {
		return err
	}
	from, until := docs[0]*quotesPerDoc, (docs[0]+1)*quotesPerDoc
	var rows []struct {
		Doc                   int64
		Person, Speaker, Role string
	}
	if err := t.NewRaw("SELECT doc, person, speaker, role FROM quotes WHERE doc >= ? AND doc < ?", from, until).Scan(ctx, &rows); err != nil {
		return err
	}
	names, roles := map[[2]string]int{}, map[[2]string]int{}
	for _, r := range rows {
		if r.Person != "" {
			names[[2]string{r.Person, r.Speaker}]++
			if r.Role != "" {
				roles[[2]string{r.Person, r.Role}]++
			}
		}
		if s.engine.name() == "sqlite" {
			if _, err := t.exec(ctx, "DELETE FROM quote_terms WHERE rowid = ?", r.Doc); err != nil {
				return err
			}
		}
	}
	if s.engine.name() == "sqlite" {
		if _, err := t.exec(ctx, "DELETE FROM document_terms WHERE rowid = ?", docs[0]); err != nil {
			return err
		}
	}
	for _, q := range []struct {
		query string
		args  []any
	}{
		{"DELETE FROM quotes WHERE doc >= ? AND doc < ?", []any{from, until}},
		{"DELETE FROM documents WHERE doc = ?", []any{docs[0]}},
	} {
		if _, err := t.exec(ctx, q.query, q.args...); err != nil {
			return err
		}
	}
	return uncountSpeakers(ctx, t, names, roles)
}

// personOf names a speaker across articles: by key, or by folded name.
func personOf(key, name string) string {
	if key != "" || name == "" {
		return key
	}
	return "~" + foldName(name)
}

// foldName makes spellings of a name alike that differ in case, hyphens and
// marks.
func foldName(name string) string {
	return strings.Join(strings.FieldsFunc(text.Fold(name), func(r rune) bool { return r == ' ' || r == '-' || r == '.' || r == '\'' }), " ")
}

// docSpan is the range of document numbers, its end excluded, in which an
// article that q matches must lie. An article without a date is numbered by
// when it was fetched, and no bound of a query matches it.
func docSpan(q query.Query, now time.Time) (from, until int64) {
	since, before := q.Published(now)
	until = 1 << 50
	if !since.IsZero() {
		from = firstDoc(max(0, millis(since)))
	}
	if !before.IsZero() {
		// A crowded day goes on in the next.
		until = firstDoc(max(0, millis(before))) + 2*docsPerDay
	}
	return from, until
}
