package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

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
func (s *Store) Speaker(ctx context.Context, name string) (bot.Profile, error) {
	p, err := s.profile(ctx, name)
	return p, s.engine.explain(err)
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
	p.Name = p.Names[0]
	if e, ok := text.ByKey(person); ok {
		p.Key = person
		if len(e.English) > 0 {
			p.Name = e.English[0]
		}
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
	return p, s.latestOf(ctx, ids, &p)
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
	pattern := escapeLike(folded)
	err := s.reads.NewRaw(`SELECT person FROM speaker_names WHERE folded = ? OR folded LIKE ? ESCAPE '\' OR folded LIKE ? ESCAPE '\' OR folded LIKE ? ESCAPE '\'
		ORDER BY quotes DESC, person LIMIT 1`, folded, pattern+" %", "% "+pattern, "% "+pattern+" %").Scan(ctx, &person)
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
// frequent first.
func (s *Store) latestOf(ctx context.Context, names []int64, p *bot.Profile) error {
	// The latest of each spelling first: the index has them in order.
	var docs []int64
	for _, name := range names {
		var some []int64
		if err := s.reads.NewRaw("SELECT doc FROM quotes WHERE spoken = ? AND spoken > 0 ORDER BY doc DESC LIMIT ?", name, topicQuotes).Scan(ctx, &some); err != nil {
			return err
		}
		docs = append(docs, some...)
	}
	slices.SortFunc(docs, func(a, b int64) int { return cmp.Compare(b, a) })
	rows, err := s.quotes(ctx, docs[:min(len(docs), topicQuotes)])
	if err != nil {
		return err
	}
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
	p.Latest, err = s.quoteRecords(ctx, latest)
	return err
}

// SpeakerNames implements [bot.Store]: spellings that begin with prefix, the
// most quoted first, one for each speaker.
func (s *Store) SpeakerNames(ctx context.Context, prefix string, n int) ([]string, error) {
	var rows []struct{ Name, Person string }
	pattern := escapeLike(foldName(prefix)) + "%"
	err := s.reads.NewRaw(`SELECT name, person FROM speaker_names WHERE folded LIKE ? ESCAPE '\' ORDER BY quotes DESC, name, person LIMIT ?`, pattern, 4*n).Scan(ctx, &rows)
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
