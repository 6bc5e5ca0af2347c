package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/digest/text"
)

// latestQuotes is how many quotes a profile shows.
const latestQuotes = 5

// topicQuotes is from how many of the latest quotes a profile takes its
// topics.
const topicQuotes = 200

// maxRoles and maxNames bound the lists of a profile, the most frequent first.
const (
	maxRoles = 50
	maxNames = 20
)

// Speaker implements [bot.Store]. The name may be a key of the gazetteer or
// any spelling; one word of a name finds the speaker of that name who is quoted
// most. [bot.ErrNotFound] when nobody of that name is quoted.
//
// As soon as a workspace has feeds of its own, a profile is made of the newest
// quotes alone that the place may see, so that the feeds of others do not show
// in it.
func (s *Store) Speaker(ctx context.Context, name string, at bot.Place) (p bot.Profile, err error) {
	err = s.view(ctx, func(ctx context.Context, s *Store) error {
		p, err = s.speaker(ctx, name, at)
		return err
	})
	return p, s.engine.explain(err)
}

func (s *Store) speaker(ctx context.Context, name string, at bot.Place) (bot.Profile, error) {
	own, err := s.ownFeeds(ctx)
	if err != nil {
		return bot.Profile{}, err
	}
	profile := s.profile
	if own && at != (bot.Place{}) {
		profile = func(ctx context.Context, name string) (bot.Profile, error) { return s.profileSeen(ctx, name, at) }
	}
	return profile(ctx, name)
}

// profileSeen is the profile as a place may see it.
func (s *Store) profileSeen(ctx context.Context, name string, at bot.Place) (bot.Profile, error) {
	person, err := s.person(ctx, name)
	if err != nil {
		return bot.Profile{}, err
	}
	rows, err := s.visibleQuotes(ctx, person, at, seenQuotes)
	if err != nil {
		return bot.Profile{}, err
	}
	if len(rows) == 0 {
		return bot.Profile{}, bot.ErrNotFound
	}
	p := bot.Profile{Quotes: len(rows), First: instant(rows[len(rows)-1].At), Last: instant(rows[0].At)}
	roles := map[string]int{}
	for i := range rows {
		r := &rows[i]
		if !slices.Contains(p.Names, r.Speaker) && len(p.Names) < maxNames {
			p.Names = append(p.Names, r.Speaker)
		}
		if r.Role == "" {
			continue
		}
		n, known := roles[r.Role]
		if !known {
			if n = len(p.Roles); n == maxRoles {
				continue
			}
			roles[r.Role] = n
			p.Roles = append(p.Roles, bot.RoleSeen{Role: r.Role, Last: instant(r.At)})
		}
		p.Roles[n].First = instant(r.At)
		p.Roles[n].Count++
	}
	p.Name = speakerName(person, p.Names)
	if _, ok := text.ByKey(person); ok {
		p.Key = person
	}
	return p, s.latestOf(ctx, rows, &p)
}

// seenQuotes is how many of the newest quotes a profile is made of that shows
// only what a place may see.
const seenQuotes = 1000

// visibleBatch is how many quotes are looked at a time for those that a place
// may see.
const visibleBatch = 100

// maxQuoteDoc is beyond the number of every quote.
const maxQuoteDoc = 1 << 62

// newestQuotes are the newest n quotes, before the one numbered before, of the
// spellings with the given ids; without their words.
func (s *Store) newestQuotes(ctx context.Context, names []int64, before int64, n int) ([]quoteRow, error) {
	// The latest of each spelling first: the index has them in order.
	var docs []int64
	for _, name := range names {
		var some []int64
		if err := s.reads.NewRaw("SELECT doc FROM quotes WHERE spoken = ? AND spoken > 0 AND doc < ? ORDER BY doc DESC LIMIT ?", name, before, n).Scan(ctx, &some); err != nil {
			return nil, err
		}
		docs = append(docs, some...)
	}
	slices.SortFunc(docs, func(a, b int64) int { return cmp.Compare(b, a) })
	if docs = docs[:min(len(docs), n)]; len(docs) == 0 {
		return nil, nil
	}
	return s.quoteFacts(ctx, docs)
}

// visibleQuotes are the newest n quotes of a person that a place may see;
// without their words.
func (s *Store) visibleQuotes(ctx context.Context, person string, at bot.Place, n int) ([]quoteRow, error) {
	var names []int64
	if err := s.reads.NewRaw("SELECT id FROM speaker_names WHERE person = ? ORDER BY id", person).Scan(ctx, &names); err != nil {
		return nil, err
	}
	var list []quoteRow
	batch := min(2*n, visibleBatch) // most are visible to all
	for before := int64(maxQuoteDoc); len(list) < n; batch = visibleBatch {
		rows, err := s.newestQuotes(ctx, names, before, batch)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].Article
		}
		hidden, err := s.hidden(ctx, at, slices.Compact(ids))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !hidden[r.Article] && len(list) < n {
				list = append(list, r)
			}
			before = r.Doc
		}
		if len(rows) < batch {
			break
		}
	}
	return list, nil
}

// speakerName is how a person is called of whom these spellings are known, the
// most frequent first.
func speakerName(person string, names []string) string {
	if e, ok := text.ByKey(person); ok && len(e.English) > 0 {
		return e.English[0]
	}
	return names[0]
}

func (s *Store) profile(ctx context.Context, name string) (bot.Profile, error) {
	person, err := s.person(ctx, name)
	if err != nil {
		return bot.Profile{}, err
	}
	p := bot.Profile{}
	var names []struct {
		ID     int64
		Name   string
		Quotes int
	}
	err = s.reads.NewRaw("SELECT id, name, quotes FROM speaker_names WHERE person = ? ORDER BY quotes DESC, name", person).Scan(ctx, &names)
	if err != nil {
		return p, err
	}
	for i, n := range names {
		p.Quotes += n.Quotes
		if i < maxNames {
			p.Names = append(p.Names, n.Name)
		}
	}
	p.Name = speakerName(person, p.Names)
	if _, ok := text.ByKey(person); ok {
		p.Key = person
	}
	ids := make([]int64, len(names))
	for i, n := range names {
		ids[i] = n.ID
	}
	var first, last int64
	for end, at := range map[string]*int64{"min": &first, "max": &last} {
		err := s.reads.NewRaw("SELECT at FROM documents WHERE doc = (SELECT "+end+"(doc) FROM quotes WHERE spoken IN (?) AND spoken > 0) / 1024", bun.List(ids)).Scan(ctx, at)
		if err != nil {
			return p, err
		}
	}
	p.First, p.Last = instant(first), instant(last)
	if p.Roles, err = s.rolesOf(ctx, person); err != nil {
		return p, err
	}
	rows, err := s.newestQuotes(ctx, ids, maxQuoteDoc, topicQuotes)
	if err != nil {
		return p, err
	}
	return p, s.latestOf(ctx, rows, &p)
}

// person finds whom a name means.
func (s *Store) person(ctx context.Context, name string) (string, error) {
	candidates := []string{name, personOf("", name)}
	if e, ok := text.Lookup(name); ok {
		candidates = append([]string{e.Key}, candidates...)
	}
	for _, c := range candidates {
		n := 0
		if err := s.reads.NewRaw("SELECT count(*) FROM (SELECT 1 AS one FROM speaker_names WHERE person = ? LIMIT 1) AS known", c).Scan(ctx, &n); err != nil {
			return "", err
		}
		if n > 0 {
			return c, nil
		}
	}
	folded := foldName(name)
	if folded == "" {
		return "", bot.ErrNotFound
	}
	person := ""
	word, _, _ := strings.Cut(folded, " ")
	err := s.reads.NewRaw(`SELECT person FROM speaker_names WHERE id IN (SELECT name FROM speaker_words WHERE word = ?)
		AND ' ' || folded || ' ' LIKE ? ESCAPE '\' ORDER BY quotes DESC, person LIMIT 1`, word, "% "+escapeLike(folded)+" %").Scan(ctx, &person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", bot.ErrNotFound
	}
	return person, err
}

// escapeLike makes the wildcards of s stand for themselves.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)
}

// rolesOf are a speaker's roles, the latest first.
func (s *Store) rolesOf(ctx context.Context, person string) ([]bot.RoleSeen, error) {
	var rows []struct {
		Role          string
		Quotes        int
		First, Latest int64
	}
	err := s.reads.NewRaw(`SELECT r.role, r.quotes, (SELECT at FROM documents WHERE doc = r.first / 1024) AS first,
			(SELECT at FROM documents WHERE doc = r.last / 1024) AS latest
		FROM speaker_roles r WHERE r.person = ? ORDER BY r.quotes DESC, r.role LIMIT ?`, person, maxRoles).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	var roles []bot.RoleSeen
	for _, r := range rows {
		roles = append(roles, bot.RoleSeen{Role: r.Role, First: instant(r.First), Last: instant(r.Latest), Count: r.Quotes})
	}
	slices.SortStableFunc(roles, func(a, b bot.RoleSeen) int { return b.Last.Compare(a.Last) })
	return roles, nil
}

// latestOf fills in a speaker's latest quotes, and their topics, the most
// frequent first. The rows are the newest quotes.
func (s *Store) latestOf(ctx context.Context, rows []quoteRow, p *bot.Profile) error {
	count := map[string]int{}
	var latest []*quoteRow
	for i := range rows {
		for _, t := range split(rows[i].Topics) {
			if count[t]++; count[t] == 1 {
				p.Topics = append(p.Topics, t)
			}
		}
		if i < latestQuotes {
			latest = append(latest, &rows[i])
		}
	}
	slices.SortStableFunc(p.Topics, func(a, b string) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var err error
	p.Latest, err = s.quoteRecords(ctx, latest)
	return err
}

// SpeakerNames implements [bot.Store]: spellings that begin with prefix, the
// most quoted first, one for each speaker.
func (s *Store) SpeakerNames(ctx context.Context, prefix string, n int) ([]string, error) {
	var rows []struct{ Name, Person string }
	from := foldName(prefix)
	err := s.reads.NewRaw("SELECT name, person FROM speaker_names WHERE folded >= ? AND folded < ? ORDER BY quotes DESC, name, person LIMIT ?",
		from, from+string(utf8.MaxRune), 4*n).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var names []string
	seen := map[string]bool{}
	for _, r := range rows {
		if !seen[r.Person] && len(names) < n {
			seen[r.Person] = true
			names = append(names, r.Name)
		}
	}
	return names, nil
}
