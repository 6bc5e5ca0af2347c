package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
	if err := t.NewRaw("SELECT story FROM articles WHERE id = ?", a.ID).Scan(ctx, &d.Story); err != nil {
		return err
	}
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
	Story      string // that the article is in, empty before it is grouped
	Text       string `bun:"-"`
}

func documentOf(a feeds.Article, r digest.Reading) document {
	return document{
		Article: a.ID, Published: millis(r.Published), At: millis(published(a)), Outlet: column(r.Outlet), OutletType: r.OutletType, Lang: r.Lang,
		Topics: lines(r.Relevance.Topics), Speakers: lines(query.Speakers(r.Quotes)), Title: column(cmp.Or(r.Title, a.Title)), Text: r.Text,
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

// insertDocument keeps d under the next free number of its day.
func (s *Store) insertDocument(ctx context.Context, t *tx, d document) (int64, error) {
	packed, err := packText(d.Text)
	if err != nil {
		return 0, err
	}
	terms := query.Terms(d.queryArticle())
	columns := []string{"doc", "article", "published", "at", "outlet", "outlet_type", "lang", "topics", "speakers", "title", "packed", "story"}
	for {
		if d.Doc, err = freeDoc(ctx, t, d.At); err != nil {
			return 0, err
		}
		row := []any{d.Doc, d.Article, d.Published, d.At, d.Outlet, d.OutletType, d.Lang, d.Topics, d.Speakers, d.Title, packed, d.Story}
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
	columns := []string{"doc", "start_byte", "end_byte", "kind", "spoken", "role", "is_key"}
	if s.engine.name() != "sqlite" {
		columns = append(columns, "terms")
	}
	list := make([]quoteRow, min(len(r.Quotes), quotesPerDoc))
	for i, q := range r.Quotes[:len(list)] {
		speaker := column(q.Speaker)
		list[i] = quoteRow{
			Doc: doc*quotesPerDoc + int64(i), StartByte: q.Start, EndByte: q.End, Kind: q.Kind, Speaker: speaker, Person: personOf(q.SpeakerKey, speaker),
			Role: column(q.Role), IsKey: flag(q.Key), Text: column(r.Text[q.Start:q.End]),
			Outlet: d.Outlet, OutletType: d.OutletType, Lang: d.Lang, Topics: d.Topics, Published: d.Published,
		}
	}
	names, roles, err := countSpeakers(ctx, t, list)
	if err != nil {
		return err
	}
	var rows, terms []any
	for i := range list {
		q := &list[i]
		rows = append(rows, q.Doc, q.StartByte, q.EndByte, int(q.Kind), names[q.named()], roles[q.held()], q.IsKey)
		found := query.Terms(q.queryArticle())
		if s.engine.name() == "sqlite" {
			terms = append(terms, q.Doc, strings.Join(found, " "))
		} else {
			rows = append(rows, vector(found))
		}
	}
	if err := insert(ctx, t, "quotes", columns, rows, ""); err != nil {
		return err
	}
	return insert(ctx, t, "quote_terms", []string{"rowid", "terms"}, terms, "")
}

// pair is a person with a spelling, or with a role.
type pair [2]string

func (q *quoteRow) named() pair { return pair{q.Person, q.Speaker} }
func (q *quoteRow) held() pair  { return pair{q.Person, q.Role} }

// countSpeakers adds quotes to the counts of their speakers' spellings and
// roles, and returns the numbers of these; nobody and no role have none.
func countSpeakers(ctx context.Context, t *tx, list []quoteRow) (names, roles map[pair]int64, err error) {
	counts, terms := map[pair]int{}, map[pair]int{}
	first, last := map[pair]int64{}, map[pair]int64{}
	for i := range list {
		q := &list[i]
		if q.Person != "" {
			counts[q.named()]++
		}
		if k := q.held(); q.Role != "" {
			if terms[k]++; terms[k] == 1 {
				first[k] = q.Doc
			}
			last[k] = q.Doc
		}
	}
	// In order, so that two workers do not wait for each other.
	var spelled, held []any
	for _, k := range sortedPairs(counts) {
		spelled = append(spelled, k[0], k[1], foldName(k[1]), counts[k])
	}
	for _, k := range sortedPairs(terms) {
		held = append(held, k[0], k[1], terms[k], first[k], last[k])
	}
	names, err = upsert(ctx, t, "speaker_names", []string{"person", "name", "folded", "quotes"}, spelled,
		"quotes = speaker_names.quotes + excluded.quotes")
	if err != nil {
		return nil, nil, err
	}
	var words []any
	for _, k := range sortedPairs(counts) {
		for _, word := range strings.Fields(foldName(k[1])) {
			words = append(words, word, names[k])
		}
	}
	if err := insert(ctx, t, "speaker_words", []string{"word", "name"}, words, " ON CONFLICT DO NOTHING"); err != nil {
		return nil, nil, err
	}
	roles, err = upsert(ctx, t, "speaker_roles", []string{"person", "role", "quotes", "first", "last"}, held,
		`quotes = speaker_roles.quotes + excluded.quotes,
			first = CASE WHEN excluded.first < speaker_roles.first THEN excluded.first ELSE speaker_roles.first END,
			last = CASE WHEN excluded.last > speaker_roles.last THEN excluded.last ELSE speaker_roles.last END`)
	return names, roles, err
}

// upsert inserts rows that are known by their first two columns, or updates
// those that are there, and returns their numbers.
func upsert(ctx context.Context, t *tx, table string, columns []string, values []any, update string) (map[pair]int64, error) {
	ids := map[pair]int64{}
	if len(values) == 0 {
		return ids, nil
	}
	var rows []struct {
		ID       int64
		One, Two string
	}
	err := t.NewRaw(insertion(table, columns, len(values))+" ON CONFLICT ("+columns[0]+", "+columns[1]+") DO UPDATE SET "+update+
		" RETURNING id, "+columns[0]+" AS one, "+columns[1]+" AS two", values...).Scan(ctx, &rows)
	for _, r := range rows {
		ids[pair{r.One, r.Two}] = r.ID
	}
	return ids, err
}

// insert puts rows, whose values follow one another, into a table.
func insert(ctx context.Context, t *tx, table string, columns []string, values []any, onConflict string) error {
	if len(values) == 0 {
		return nil
	}
	_, err := t.exec(ctx, insertion(table, columns, len(values))+onConflict, values...)
	return err
}

func insertion(table string, columns []string, values int) string {
	row := ", (" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + strings.Repeat(row, values/len(columns))[2:]
}

func sortedPairs(m map[pair]int) []pair {
	return slices.SortedFunc(maps.Keys(m), func(a, b pair) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) })
}

// unindexArticle takes an article out of what indexArticle has filled.
func (s *Store) unindexArticle(ctx context.Context, t *tx, id string) error {
	var docs []int64
	if err := t.NewRaw("SELECT doc FROM documents WHERE article = ?", id).Scan(ctx, &docs); err != nil || len(docs) == 0 {
		return err
	}
	from, until := docs[0]*quotesPerDoc, (docs[0]+1)*quotesPerDoc
	var rows []struct{ Doc, Spoken, Role int64 }
	if err := t.NewRaw("SELECT doc, spoken, role FROM quotes WHERE doc >= ? AND doc < ?", from, until).Scan(ctx, &rows); err != nil {
		return err
	}
	names, roles := map[int64]int{}, map[int64]int{}
	for _, r := range rows {
		names[r.Spoken]++
		roles[r.Role]++
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
	if _, err := t.exec(ctx, "DELETE FROM quotes WHERE doc >= ? AND doc < ?", from, until); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM documents WHERE doc = ?", docs[0]); err != nil {
		return err
	}
	return uncountSpeakers(ctx, t, names, roles)
}

// uncountSpeakers takes quotes that are no more off the counts of their
// speakers' spellings and roles.
func uncountSpeakers(ctx context.Context, t *tx, names, roles map[int64]int) error {
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if _, err := t.exec(ctx, "UPDATE speaker_names SET quotes = quotes - ? WHERE id = ?", names[id], id); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(roles)) {
		// The speaker's quotes lead to the ends of the time in which the role was held.
		const end = `coalesce((SELECT q.doc FROM quotes q WHERE q.role = ? AND q.spoken IN (SELECT n.id FROM speaker_names n
			WHERE n.person = speaker_roles.person) ORDER BY q.doc %s LIMIT 1), 0)`
		_, err := t.exec(ctx, "UPDATE speaker_roles SET quotes = quotes - ?, first = "+fmt.Sprintf(end, "ASC")+", last = "+fmt.Sprintf(end, "DESC")+
			" WHERE id = ?", roles[id], id, id, id)
		if err != nil {
			return err
		}
	}
	gone := bun.List(slices.Collect(maps.Keys(names)))
	for _, query := range []string{
		"DELETE FROM speaker_words WHERE name IN (SELECT id FROM speaker_names WHERE quotes <= 0 AND id IN (?))",
		"DELETE FROM speaker_names WHERE quotes <= 0 AND id IN (?)",
	} {
		if _, err := t.exec(ctx, query, gone); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "DELETE FROM speaker_roles WHERE quotes <= 0 AND id IN (?)", bun.List(slices.Collect(maps.Keys(roles))))
	return err
}

// personOf names a speaker across articles: by key, or by folded name.
func personOf(key, name string) string {
	if key != "" || name == "" {
		return key
	}
	return unknownPerson + foldName(name)
}

// unknownPerson begins the names of those whom the gazetteer does not know.
const unknownPerson = "~"

// foldName makes spellings of a name alike that differ in case, hyphens and
// marks.
func foldName(name string) string {
	return strings.Join(strings.FieldsFunc(text.Fold(name), func(r rune) bool { return r == ' ' || r == '-' || r == '.' || r == '\'' }), " ")
}

// docSpan is the range of document numbers, its end excluded, in which an
// article that q matches must lie. It takes in as little besides as can be: what
// a search looks at in vain counts against what it may look at. An article
// without a date is numbered by when it was fetched, and no bound of a query
// matches it.
func (s *Store) docSpan(ctx context.Context, q query.Query, now time.Time) (from, until int64, err error) {
	since, before := q.Published(now)
	if !since.IsZero() {
		from = firstDoc(max(0, millis(since)))
	}
	if before.IsZero() {
		return from, 1 << 50, nil
	}
	for until = firstDoc(max(0, millis(before)) + millisPerDay - 1); ; until += docsPerDay {
		n := 0 // 1 when the day before has no number left, and goes on in the next
		err = s.reads.NewRaw("SELECT count(*) FROM documents WHERE doc = ?", until-1).Scan(ctx, &n)
		if err != nil || n == 0 {
			return from, until, s.engine.explain(err)
		}
	}
}
