package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/digest/story"
)

// Placement says which story an article is in, and which stories became that
// one by it.
type Placement struct {
	Article string
	Story   string
	Merged  []string // IDs of stories that are no more
}

// Placed is an article where grouping has put it.
type Placed struct {
	Seq      int64 // of the grouping that put it there; grows
	Article  string
	Story    string
	Features story.Item
}

// WithGrouping runs f while nobody else groups, on any worker: each article is
// put into a story that is made of all articles before it.
func (s *Store) WithGrouping(ctx context.Context, f func(context.Context) error) error {
	return s.engine.exclusive(ctx, "grouping", f)
}

// groupLimit is how many articles are grouped at once.
const groupLimit = 500

// Ungrouped returns what grouping needs of articles that are in no story yet, a
// few hundred at most, in the order in which they were read.
func (s *Store) Ungrouped(ctx context.Context) ([]story.Item, error) {
	var packed [][]byte
	err := s.reads.NewRaw("SELECT features FROM articles WHERE seq = 0 ORDER BY fetched, id LIMIT ?", groupLimit).Scan(ctx, &packed)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	list := make([]story.Item, len(packed))
	for i, b := range packed {
		if err := list[i].UnmarshalBinary(b); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Grouped returns what grouping has placed or moved after sinceSeq of articles
// published since then, in the order in which that happened. A worker that
// remembers the last Seq learns by it what the others have done.
func (s *Store) Grouped(ctx context.Context, sinceSeq int64, since time.Time) ([]Placed, error) {
	var rows []struct {
		Seq       int64
		ID, Story string
		Features  []byte
	}
	err := s.reads.NewRaw("SELECT seq, id, story, features FROM articles WHERE seq > ? AND published >= ? ORDER BY seq, fetched, id", sinceSeq, millis(since)).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	list := make([]Placed, len(rows))
	for i, r := range rows {
		list[i] = Placed{Seq: r.Seq, Article: r.ID, Story: r.Story}
		if err := list[i].Features.UnmarshalBinary(r.Features); err != nil {
			return nil, fmt.Errorf("article %s: %w", r.ID, err)
		}
	}
	return list, nil
}

// SaveGrouping keeps where articles were placed, and a job that matches those
// newly placed against the alerts. The IDs of merged stories go on to name the
// story that they became.
func (s *Store) SaveGrouping(ctx context.Context, placements []Placement) error {
	if len(placements) == 0 {
		return nil
	}
	now := millis(s.now())
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		var seq int64
		if err := t.NewRaw("UPDATE counters SET value = value + 1 WHERE name = 'grouping' RETURNING value").Scan(ctx, &seq); err != nil {
			return err
		}
		touched := map[string]bool{}
		var fresh []string
		for _, p := range placements {
			n, err := t.exec(ctx, "UPDATE articles SET story = ?, seq = ?, grouped = ? WHERE id = ? AND seq = 0", p.Story, seq, now, p.Article)
			if err != nil {
				return err
			}
			if n > 0 {
				fresh = append(fresh, p.Article)
			} else if _, err := t.exec(ctx, "UPDATE articles SET story = ?, seq = ? WHERE id = ? AND story <> ?", p.Story, seq, p.Article, p.Story); err != nil {
				return err
			}
			if _, err := t.exec(ctx, "UPDATE documents SET story = ? WHERE article = ? AND story <> ?", p.Story, p.Article, p.Story); err != nil {
				return err
			}
			// The row must be there for merges to point to.
			if _, err := t.exec(ctx, "INSERT INTO stories (id, first, latest, changed) VALUES (?, 0, 0, ?) ON CONFLICT (id) DO UPDATE SET changed = excluded.changed", p.Story, now); err != nil {
				return err
			}
			touched[p.Story] = true
			for _, old := range p.Merged {
				if old == p.Story {
					continue
				}
				if err := mergeStory(ctx, t, old, p.Story, seq); err != nil {
					return fmt.Errorf("story %s into %s: %w", old, p.Story, err)
				}
				delete(touched, old)
			}
		}
		for id := range touched {
			topics, err := publicTopics(ctx, t, id)
			if err != nil {
				return err
			}
			_, err = t.exec(ctx, `UPDATE stories SET first = (SELECT coalesce(min(published), 0) FROM articles WHERE story = ?),
				latest = (SELECT coalesce(max(published), 0) FROM articles WHERE story = ?), topics = ? WHERE id = ?`, id, id, topics, id)
			if err != nil {
				return err
			}
		}
		if len(fresh) > 0 {
			t.add(alertsJob{fresh}, nil)
		}
		return nil
	})
}

// publicTopics are the topics of those of a story's articles that everybody may
// see, one a line.
func publicTopics(ctx context.Context, t *tx, id string) (string, error) {
	var lists []string
	err := t.NewRaw(`SELECT DISTINCT d.topics FROM articles a JOIN documents d ON d.article = a.id WHERE a.story = ? AND d.topics <> ''
		AND EXISTS (SELECT 1 FROM entries e JOIN feed_places p ON p.feed = e.feed WHERE e.article = a.id AND e.article <> '' AND p.platform = '')`, id).Scan(ctx, &lists)
	if err != nil {
		return "", err
	}
	topics := split(strings.Join(lists, "\n"))
	slices.Sort(topics)
	return strings.Join(slices.Compact(topics), "\n"), nil
}

func mergeStory(ctx context.Context, t *tx, old, into string, seq int64) error {
	for _, q := range []struct {
		query string
		args  []any
	}{
		{"UPDATE documents SET story = ? WHERE article IN (SELECT id FROM articles WHERE story = ?)", []any{into, old}},
		{"UPDATE articles SET story = ?, seq = ? WHERE story = ?", []any{into, seq, old}},
		{"DELETE FROM stories WHERE id = ?", []any{old}},
		{"UPDATE story_aliases SET story = ? WHERE story = ?", []any{into, old}},
		{"INSERT INTO story_aliases (alias, story) VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET story = excluded.story", []any{old, into}},
		// A story may come back to a name that it once lost.
		{"DELETE FROM story_aliases WHERE alias = ?", []any{into}},
	} {
		if _, err := t.exec(ctx, q.query, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// currentStories maps each ID to what its story is called now.
func currentStories(ctx context.Context, db bun.IDB, ids []string) (map[string]string, error) {
	now := make(map[string]string, len(ids))
	for _, id := range ids {
		now[id] = id
	}
	if len(ids) == 0 {
		return now, nil
	}
	var rows []struct{ Alias, Story string }
	if err := db.NewRaw("SELECT alias, story FROM story_aliases WHERE alias IN (?)", bun.List(ids)).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	for _, r := range rows {
		now[r.Alias] = r.Story
	}
	return now, nil
}

// storyNames are all IDs that a story has or had, its present one first.
func storyNames(ctx context.Context, db bun.IDB, id string) ([]string, error) {
	now, err := currentStories(ctx, db, []string{id})
	if err != nil {
		return nil, err
	}
	names := []string{now[id]}
	err = db.NewRaw("SELECT alias FROM story_aliases WHERE story = ? ORDER BY alias", now[id]).Scan(ctx, &names)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, now[id]) {
		names = slices.Insert(names, 0, now[id])
	}
	return names, nil
}

// Stories implements [bot.Store]. An ID of a story that was merged finds the
// story that it became.
func (s *Store) Stories(ctx context.Context, f bot.StoryFilter) ([]bot.StoryRecord, error) {
	q := s.reads.NewSelect().TableExpr("stories AS s").ColumnExpr("s.id").OrderExpr("s.latest DESC, s.id")
	if f.IDs != nil {
		now, err := currentStories(ctx, s.reads, f.IDs)
		if err != nil {
			return nil, s.engine.explain(err)
		}
		ids := []string{""}
		for _, id := range now {
			ids = append(ids, id)
		}
		q.Where("s.id IN (?)", bun.List(ids))
	}
	if from, until := f.Changed[0], f.Changed[1]; !from.IsZero() || !until.IsZero() {
		in := s.reads.NewSelect().TableExpr("articles AS a").ColumnExpr("1").Where("a.story = s.id AND a.grouped >= ?", millis(from))
		if !until.IsZero() {
			in.Where("a.grouped < ?", millis(until))
		}
		q.Where("EXISTS (?)", in)
	}
	if f.Relevant {
		q.Where("EXISTS (SELECT 1 FROM articles a WHERE a.story = s.id AND a.relevant = 1)")
	}
	if f.Limit > 0 {
		q.Limit(int64(f.Limit))
	}
	var ids []string
	if err := q.Scan(ctx, &ids); err != nil {
		return nil, s.engine.explain(err)
	}
	return s.storyRecords(ctx, ids)
}

// storyRecords loads stories in the order of ids.
func (s *Store) storyRecords(ctx context.Context, ids []string) ([]bot.StoryRecord, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []keptArticle
	err := s.reads.NewRaw(`SELECT a.id, a.story, a.features, a.body, d.packed FROM articles a JOIN documents d ON d.article = a.id
		WHERE a.story IN (?) ORDER BY a.published, a.id`, bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	articles := []string{""}
	byStory := map[string]*bot.StoryRecord{}
	for _, row := range rows {
		r, err := row.readAll()
		if err != nil {
			return nil, err
		}
		rec := byStory[row.Story]
		if rec == nil {
			rec = &bot.StoryRecord{ID: row.Story}
			byStory[row.Story] = rec
		}
		rec.Readings = append(rec.Readings, r)
		articles = append(articles, row.ID)
	}
	hidden, err := s.private(ctx, articles)
	if err != nil {
		return nil, err
	}
	list := make([]bot.StoryRecord, 0, len(ids))
	for _, id := range ids {
		rec := byStory[id]
		if rec == nil {
			continue
		}
		for _, r := range rec.Readings {
			if places, ok := hidden[r.ID]; ok {
				if rec.Private == nil {
					rec.Private = map[string][]bot.Place{}
				}
				rec.Private[r.ID] = places
			}
		}
		list = append(list, *rec)
	}
	return list, nil
}

// ReadingsOf implements [bot.Store]. An article that is unknown or in no story
// is not in the answer.
func (s *Store) ReadingsOf(ctx context.Context, articles []string) (map[string]bot.StoryRecord, error) {
	var rows []struct{ ID, Story string }
	err := s.reads.NewRaw("SELECT id, story FROM articles WHERE id IN (?) AND story <> ''", bun.List(append([]string{""}, articles...))).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var ids []string
	for _, r := range rows {
		if !slices.Contains(ids, r.Story) {
			ids = append(ids, r.Story)
		}
	}
	records, err := s.storyRecords(ctx, ids)
	if err != nil {
		return nil, err
	}
	of := make(map[string]bot.StoryRecord, len(rows))
	for _, r := range rows {
		for _, rec := range records {
			if rec.ID == r.Story {
				of[r.ID] = rec
			}
		}
	}
	return of, nil
}

// MuteStory implements [bot.Store].
func (s *Store) MuteStory(ctx context.Context, at bot.Place, id string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO muted (platform, workspace, channel, story, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			at.Platform, at.Workspace, at.Channel, id, millis(s.now()))
		return err
	})
}

// Muted implements [bot.Store]: the stories muted at a place, by the IDs that
// they have now.
func (s *Store) Muted(ctx context.Context, at bot.Place) ([]string, error) {
	var ids []string
	err := s.reads.NewRaw(`SELECT DISTINCT coalesce(a.story, m.story) AS id FROM muted m LEFT JOIN story_aliases a ON a.alias = m.story
		WHERE m.platform = ? AND m.workspace = ? AND m.channel = ? ORDER BY 1`, at.Platform, at.Workspace, at.Channel).Scan(ctx, &ids)
	return ids, s.engine.explain(err)
}

func sortFeeds(list []bot.FeedRecord) {
	slices.SortStableFunc(list, func(a, b bot.FeedRecord) int {
		return cmp.Or(cmp.Compare(a.Feed.Outlet, b.Feed.Outlet), cmp.Compare(a.ID, b.ID))
	})
}
