package store

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/web"
)

var _ web.Store = (*Store)(nil)

// seenBy is the condition that an edition shows to a reader of the reading
// room: those of channels of the reader's workspace, and the reader's own.
func seenBy(by web.Reader) (string, []any) {
	if by.Everything {
		return "channel NOT LIKE '@%'", nil
	}
	return "platform = ? AND (workspace = ? OR workspace = '') AND (channel = ? OR channel NOT LIKE '@%')",
		[]any{by.At.Platform, by.At.Workspace, "@" + by.User}
}

// Editions implements [web.Store].
func (s *Store) Editions(ctx context.Context, by web.Reader, from, until time.Time, limit int) ([]bot.Edition, error) {
	seen, args := seenBy(by)
	args = append([]any{millis(from), millis(until)}, append(args, limit)...)
	return records[bot.Edition](ctx, s, "SELECT data FROM editions WHERE due >= ? AND due < ? AND "+seen+" ORDER BY due DESC, id DESC LIMIT ?", args...)
}

// EarlierEditions implements [web.Store].
func (s *Store) EarlierEditions(ctx context.Context, e bot.Edition, stories []string, limit int) ([]bot.Edition, error) {
	return records[bot.Edition](ctx, s, `SELECT data FROM editions WHERE subscription = ? AND due < ? AND id IN
		(SELECT edition FROM edition_stories WHERE story IN (?)) ORDER BY due DESC, id DESC LIMIT ?`,
		e.Subscription, millis(e.Due), bun.List(append([]string{""}, stories...)), limit)
}

// EditionsOf implements [web.Store].
func (s *Store) EditionsOf(ctx context.Context, by web.Reader, story string, limit int) ([]bot.Edition, error) {
	names, err := storyNames(ctx, s.reads, story)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	seen, args := seenBy(by)
	args = append(append([]any{bun.List(names)}, args...), limit)
	return records[bot.Edition](ctx, s, "SELECT data FROM editions WHERE id IN (SELECT edition FROM edition_stories WHERE story IN (?)) AND "+seen+" ORDER BY due DESC, id DESC LIMIT ?", args...)
}

// EditionTimes implements [web.Store].
func (s *Store) EditionTimes(ctx context.Context, by web.Reader, from, until time.Time) ([]web.EditionTime, error) {
	seen, args := seenBy(by)
	var rows []struct {
		ID  string
		Due int64
	}
	err := s.reads.NewRaw("SELECT id, due FROM editions WHERE due >= ? AND due < ? AND "+seen+" ORDER BY due, id",
		append([]any{millis(from), millis(until)}, args...)...).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	list := make([]web.EditionTime, len(rows))
	for i, r := range rows {
		list[i] = web.EditionTime{ID: r.ID, Due: instant(r.Due)}
	}
	return list, nil
}

// TopicDays implements [web.Store].
func (s *Store) TopicDays(ctx context.Context, days []time.Time) ([]map[string]int, error) {
	var counts []map[string]int
	for i := 0; i+1 < len(days); i++ {
		var rows []struct {
			Topics  string
			Stories int
		}
		err := s.reads.NewRaw("SELECT topics, count(*) AS stories FROM stories WHERE topics <> '' AND first >= ? AND first < ? GROUP BY topics",
			millis(days[i]), millis(days[i+1])).Scan(ctx, &rows)
		if err != nil {
			return nil, s.engine.explain(err)
		}
		day := map[string]int{}
		for _, r := range rows {
			topics := split(r.Topics)
			slices.Sort(topics)
			for _, t := range slices.Compact(topics) {
				day[t] += r.Stories
			}
		}
		counts = append(counts, day)
	}
	return counts, nil
}

// Speakers implements [web.Store].
func (s *Store) Speakers(ctx context.Context, at bot.Place, prefix string, n int) ([]web.SpeakerLine, error) {
	var found []struct{ Name, Person string }
	folded := foldName(prefix)
	word, _, _ := strings.Cut(folded, " ")
	ask := []*bun.RawQuery{s.reads.NewRaw(`SELECT name, person FROM speaker_names WHERE id IN (SELECT name FROM speaker_words WHERE word >= ? AND word < ?)
		AND ' ' || folded LIKE ? ESCAPE '\' ORDER BY quotes DESC, name, person LIMIT ?`, word, word+string(utf8.MaxRune), "% "+escapeLike(folded)+"%", 4*n)}
	if prefix == "" {
		// Those of the index, or all in an archive that is still small.
		ask = []*bun.RawQuery{
			s.reads.NewRaw("SELECT name, person FROM speaker_names WHERE quotes > 3 ORDER BY quotes DESC, name, person LIMIT ?", 4*n),
			s.reads.NewRaw("SELECT name, person FROM speaker_names ORDER BY quotes DESC, name, person LIMIT ?", 4*n),
		}
	}
	for i := 0; i < len(ask) && len(found) < n; i++ {
		found = nil
		if err := ask[i].Scan(ctx, &found); err != nil {
			return nil, s.engine.explain(err)
		}
	}
	own, err := s.ownFeeds(ctx)
	if err != nil {
		return nil, err
	}
	var persons []string
	for _, f := range found {
		if len(persons) == n || slices.Contains(persons, f.Person) {
			continue
		}
		if own {
			quotes, err := s.visibleQuotes(ctx, f.Person, at, 1)
			if err != nil {
				return nil, s.engine.explain(err)
			}
			if len(quotes) == 0 {
				continue
			}
		}
		persons = append(persons, f.Person)
	}
	if len(persons) == 0 {
		return nil, nil
	}
	var names []struct {
		Person, Name string
		Quotes       int
	}
	err = s.reads.NewRaw("SELECT person, name, quotes FROM speaker_names WHERE person IN (?) ORDER BY quotes DESC, name", bun.List(persons)).Scan(ctx, &names)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	lines := make([]web.SpeakerLine, len(persons))
	for i, p := range persons {
		for _, r := range names {
			if r.Person == p {
				lines[i].Names = append(lines[i].Names, r.Name)
				lines[i].Quotes += r.Quotes
			}
		}
		lines[i].Name = speakerName(p, lines[i].Names)
	}
	return lines, nil
}
