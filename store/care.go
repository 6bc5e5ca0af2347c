package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/uptrace/bun"

	"hanwire/feeds"
)

// Retention says how long things are kept; a zero field keeps them for good.
type Retention struct {
	Articles time.Duration // articles with their versions, quotes and stories, and the entries behind them
	Texts    time.Duration // the text and versions of articles, but for their quotes
	Messages time.Duration // that a message was sent, and as what; the message itself is dropped when it is sent
	Editions time.Duration // what editions told; the last of each subscription always stays
}

// pruneBatch is how much is deleted in one transaction, so that pruning does
// not hold up what is under way.
const pruneBatch = 200

// featuresFor is how long the features of an article are kept: some time longer
// than anything is put beside it. Later they are made from the text again.
const featuresFor = 14 * 24 * time.Hour

// Prune deletes what is older than its retention and returns counts by kind.
// The keys of a pruned entry stay, so that it does not come back as news.
func (s *Store) Prune(ctx context.Context, r Retention) (map[string]int, error) {
	now := s.now()
	before := func(d time.Duration) int64 {
		if d == 0 {
			return 0
		}
		return millis(now.Add(-d))
	}
	old, sent, made := before(r.Articles), before(r.Messages), before(r.Editions)
	counts := map[string]int{}
	batch := func(kind, query string, args ...any) error {
		for {
			var n int64
			err := s.write(ctx, func(ctx context.Context, t *tx) (err error) {
				n, err = t.exec(ctx, query, args...)
				return err
			})
			counts[kind] += int(n)
			if err != nil || n < pruneBatch {
				return err
			}
		}
	}
	if err := s.pruneArticles(ctx, old, counts); err != nil {
		return counts, fmt.Errorf("articles: %w", err)
	}
	if err := s.pruneTexts(ctx, before(r.Texts), counts); err != nil {
		return counts, fmt.Errorf("texts: %w", err)
	}
	for _, p := range []struct {
		kind, query string
		args        []any
	}{
		{"entries", "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE seen < ? AND stage <> 'waiting' AND article NOT IN (SELECT id FROM articles) LIMIT ?)", []any{old, pruneBatch}},
		{"messages", "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE settled > 0 AND settled < ? LIMIT ?)", []any{sent, pruneBatch}},
		{"editions", `DELETE FROM editions WHERE id IN (SELECT id FROM editions e WHERE made < ?
			AND due < (SELECT max(due) FROM editions l WHERE l.subscription = e.subscription) LIMIT ?)`, []any{made, pruneBatch}},
		{"", "UPDATE articles SET features = ? WHERE id IN (SELECT id FROM articles WHERE grouped > 0 AND grouped < ? AND length(features) > 0 LIMIT ?)",
			[]any{[]byte{}, millis(now.Add(-featuresFor)), pruneBatch}},
		{"", "DELETE FROM edition_stories WHERE edition NOT IN (SELECT id FROM editions)", nil},
		{"hits", "DELETE FROM hits WHERE held = 0 AND at < ?", []any{old}},
		{"", "DELETE FROM muted WHERE at < ?", []any{old}},
		{"", "DELETE FROM commands WHERE at < ?", []any{millis(now.Add(-commandDays))}},
		{"", "DELETE FROM hosts WHERE held = 0 AND next < ?", []any{millis(now.Add(-time.Hour))}},
		{"", "DELETE FROM lanes WHERE held < ?", []any{millis(now.Add(-s.lease))}},
		{"", "DELETE FROM feed_places WHERE removed > 0 AND removed < ? AND feed NOT IN (SELECT feed FROM entries)", []any{old}},
		{"feeds", "DELETE FROM feeds WHERE active = 0 AND id NOT IN (SELECT feed FROM feed_places) AND id NOT IN (SELECT feed FROM entries)", nil},
		{"", "DELETE FROM entry_keys WHERE feed NOT IN (SELECT id FROM feeds)", nil},
	} {
		if err := batch(p.kind, p.query, p.args...); err != nil {
			return counts, fmt.Errorf("%s: %w", p.kind, err)
		}
	}
	delete(counts, "")
	return counts, nil
}

// pruneArticles deletes the stories of which nothing has been heard since a
// time, with their articles.
func (s *Store) pruneArticles(ctx context.Context, before int64, counts map[string]int) error {
	for {
		var ids []string
		err := s.write(ctx, func(ctx context.Context, t *tx) error {
			ids = nil
			err := t.NewRaw(`SELECT a.id FROM articles a JOIN stories s ON s.id = a.story
				WHERE s.latest < ? AND s.changed < ? ORDER BY s.id, a.id LIMIT ?`, before, before, pruneBatch).Scan(ctx, &ids)
			if err != nil || len(ids) == 0 {
				return err
			}
			for _, id := range ids {
				if err := s.unindexArticle(ctx, t, id); err != nil {
					return err
				}
			}
			for _, query := range []string{
				"DELETE FROM article_versions WHERE article IN (?)",
				"DELETE FROM articles WHERE id IN (?)",
			} {
				if _, err := t.exec(ctx, query, bun.List(ids)); err != nil {
					return err
				}
			}
			n, err := t.exec(ctx, "DELETE FROM stories WHERE latest < ? AND changed < ? AND id NOT IN (SELECT story FROM articles)", before, before)
			if err != nil {
				return err
			}
			counts["stories"] += int(n)
			_, err = t.exec(ctx, "DELETE FROM story_aliases WHERE story NOT IN (SELECT id FROM stories)")
			return err
		})
		counts["articles"] += len(ids)
		if err != nil || len(ids) < pruneBatch {
			return err
		}
	}
}

// pruneTexts leaves of the articles grouped before a time what they quote, and
// what is known of them: title, link, speakers, topics, story. Searches find
// them by that.
func (s *Store) pruneTexts(ctx context.Context, before int64, counts map[string]int) error {
	for {
		n := 0
		err := s.write(ctx, func(ctx context.Context, t *tx) error {
			var rows []keptArticle
			err := t.NewRaw(`SELECT a.id, a.body, d.packed FROM articles a JOIN documents d ON d.article = a.id
				WHERE a.access NOT IN ('quotes only', 'no text') AND a.grouped > 0 AND a.grouped < ? ORDER BY a.grouped LIMIT ?`, before, pruneBatch).Scan(ctx, &rows)
			if err != nil {
				return err
			}
			for _, row := range rows {
				a, r, err := row.read()
				if err != nil {
					return err
				}
				r = r.QuotesOnly()
				a.Access, a.Text = feeds.QuotesOnly, r.Text
				body, err := packArticle(a, r)
				if err != nil {
					return fmt.Errorf("article %s: %w", row.ID, err)
				}
				if _, err := t.exec(ctx, "UPDATE articles SET access = ?, features = ?, body = ? WHERE id = ?", string(a.Access), []byte{}, body, row.ID); err != nil {
					return err
				}
				if _, err := t.exec(ctx, "DELETE FROM article_versions WHERE article = ?", row.ID); err != nil {
					return err
				}
				if err := s.indexArticle(ctx, t, a, r); err != nil {
					return fmt.Errorf("index of article %s: %w", row.ID, err)
				}
			}
			n = len(rows)
			return nil
		})
		counts["texts"] += n
		if err != nil || n < pruneBatch {
			return err
		}
	}
}

// Totals is how much there is.
type Totals struct {
	Feeds map[string]int // that are polled, by health; "new" before the first poll
	Kept  map[string]int // articles, stories, subscriptions, alerts
	Due   int            // feeds whose turn has come and that have not been polled yet
	Since time.Time      // when the first of them was due; zero when there is none
}

// Totals counts what there is.
func (s *Store) Totals(ctx context.Context) (Totals, error) {
	var rows []struct {
		Kind, Name string
		Count      int
	}
	err := s.reads.NewRaw(`SELECT 'feeds' AS kind, health AS name, count(*) AS count FROM feeds WHERE active = 1 GROUP BY 2
		UNION ALL SELECT 'kept', 'articles', count(*) FROM articles UNION ALL SELECT 'kept', 'stories', count(*) FROM stories
		UNION ALL SELECT 'kept', 'subscriptions', count(*) FROM subscriptions UNION ALL SELECT 'kept', 'alerts', count(*) FROM alerts`).Scan(ctx, &rows)
	t := Totals{Feeds: map[string]int{}, Kept: map[string]int{}}
	for _, r := range rows {
		if r.Kind == "feeds" {
			if r.Name == movedHealth {
				r.Name = string(feeds.Healthy)
			}
			t.Feeds[cmp.Or(r.Name, "new")] += r.Count
		} else {
			t.Kept[r.Name] = r.Count
		}
	}
	if err != nil {
		return t, s.engine.explain(err)
	}
	var first int64
	err = s.reads.NewRaw("SELECT count(*), coalesce(min(next_poll), 0) FROM feeds WHERE active = 1 AND next_poll <= ?", millis(s.now())).Scan(ctx, &t.Due, &first)
	t.Since = instant(first)
	return t, s.engine.explain(err)
}

// Check looks for damage and returns what it finds, in words.
func (s *Store) Check(ctx context.Context) []string {
	faults := s.engine.check(ctx)
	for _, c := range []struct{ what, query string }{
		{"articles in a story that is not there", "SELECT count(*) FROM articles WHERE story <> '' AND story NOT IN (SELECT id FROM stories)"},
		{"stories without articles", "SELECT count(*) FROM stories WHERE id NOT IN (SELECT story FROM articles)"},
		{"articles without their text", "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article FROM documents)"},
		{"entries whose article is not there", "SELECT count(*) FROM entries WHERE stage = 'read' AND article NOT IN (SELECT id FROM articles)"},
		{"quotes of articles that are not there", "SELECT count(*) FROM quotes WHERE doc / 1024 NOT IN (SELECT d.doc FROM documents d JOIN articles a ON a.id = d.article)"},
		{"entries that wait to be read without a job", "SELECT count(*) FROM entries WHERE stage = 'waiting' AND id NOT IN (SELECT " + s.engine.jsonText("args", "entry") +
			" FROM river_job WHERE kind = 'read' AND state NOT IN ('completed', 'cancelled', 'discarded'))"},
	} {
		var n int
		if err := s.reads.NewRaw(c.query).Scan(ctx, &n); err != nil {
			faults = append(faults, s.engine.explain(err).Error())
		} else if n > 0 {
			faults = append(faults, fmt.Sprintf("%d %s", n, c.what))
		}
	}
	return faults
}

// Backup writes a consistent copy of the database, while it is in use, to a
// SQLite file that must not exist. The copy can be opened in its place, or
// moved into PostgreSQL with [Copy].
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("backup: %s is there already", path)
	}
	// Only a whole backup gets the name.
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	err := s.engine.backup(ctx, s, part)
	if err == nil {
		err = syncFile(part)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("backup: %w", err), ignoreMissing(os.Remove(part)))
	}
	return syncFile(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
