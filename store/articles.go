package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/feeds"
)

// SaveReading keeps an article as it was read for an entry, with its quotes
// and terms, and a job to group it. An article known by its ID keeps its story
// when its words have changed: the version before is kept, and a job tells
// those who were told of it. One that now has no text does not take the place
// of one that has, and what was dropped in its time does not come back.
func (s *Store) SaveReading(ctx context.Context, entryID string, a feeds.Article, r digest.Reading) error {
	body, err := packArticle(a, r)
	if err != nil {
		return fmt.Errorf("article %s: %w", a.ID, err)
	}
	features, err := r.Features.AppendBinary(nil)
	if err != nil {
		return fmt.Errorf("article %s: %w", a.ID, err)
	}
	now := s.now()
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		slim, err := slimEntry(ctx, t, entryID)
		if err != nil {
			return fmt.Errorf("entry %s: %w", entryID, err)
		}
		if _, err := t.exec(ctx, "UPDATE entries SET stage = ?, reason = '', done = ?, article = ?, body = ? WHERE id = ?",
			stageRead, millis(now), a.ID, slim, entryID); err != nil {
			return err
		}
		var old struct {
			keptArticle
			Version int
			Seq     int64
			Access  feeds.Access
		}
		err = t.NewRaw("SELECT a.version, a.seq, a.access, a.story, a.body, d.packed FROM articles a JOIN documents d ON d.article = a.id WHERE a.id = ?", a.ID).Scan(ctx, &old)
		version := 1
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case old.Access == feeds.QuotesOnly:
			return nil
		default:
			before, _, err := old.read()
			if err != nil {
				return err
			}
			if before.Text == a.Text && before.Title == a.Title || a.Text == "" && before.Text != "" {
				return nil
			}
			version = old.Version + 1
			if _, err := t.exec(ctx, "INSERT INTO article_versions (article, version, replaced, body, packed) VALUES (?, ?, ?, ?, ?)",
				a.ID, old.Version, millis(now), old.Body, old.Packed); err != nil {
				return err
			}
		}
		// What is grouped stays where it is; a change of its words alone would
		// otherwise move a story that people have been told of.
		_, err = t.exec(ctx, `INSERT INTO articles (id, entry, feed, url, url_key, title, outlet, outlet_type, lang, access, relevant,
				published, fetched, version, features, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET url = excluded.url, url_key = excluded.url_key, title = excluded.title, lang = excluded.lang,
				access = excluded.access, relevant = excluded.relevant, published = excluded.published, fetched = excluded.fetched,
				version = excluded.version, features = excluded.features, body = excluded.body`,
			a.ID, entryID, a.Feed, column(a.URL), column(feeds.URLKey(a.URL)), column(cmp.Or(r.Title, a.Title)), column(r.Outlet), r.OutletType, r.Lang,
			string(a.Access), flag(r.Relevance.Relevant), millis(published(a)), millis(a.Fetched), version, features, body)
		if err != nil {
			return err
		}
		if err := s.indexArticle(ctx, t, a, r); err != nil {
			return fmt.Errorf("index of article %s: %w", a.ID, err)
		}
		switch {
		case old.Seq == 0:
			// One job groups all that waits. A job that just begins on another
			// worker may miss this article; the next tick sees to it.
			var waiting []int
			if err := t.NewRaw("SELECT 1 FROM river_job WHERE state = 'available' AND queue = 'group' LIMIT 1").Scan(ctx, &waiting); err != nil {
				return err
			}
			if len(waiting) == 0 {
				t.add(groupJob{}, nil)
			}
		default:
			if _, err := t.exec(ctx, "UPDATE stories SET changed = ? WHERE id = ?", millis(now), old.Story); err != nil {
				return err
			}
			t.add(updatedJob{a.ID}, nil)
		}
		return nil
	})
}

// slimEntry is the entry's body without what its article has better: when it
// changes it comes anew.
func slimEntry(ctx context.Context, t *tx, id string) ([]byte, error) {
	var body []byte
	if err := t.NewRaw("SELECT body FROM entries WHERE id = ?", id).Scan(ctx, &body); err != nil {
		return nil, found(err)
	}
	var e feeds.Entry
	if err := unpack(body, &e); err != nil {
		return nil, err
	}
	e.Content, e.Summary = "", ""
	return pack(e)
}

// published is when an article was published, as far as anybody knows.
func published(a feeds.Article) time.Time {
	if a.Published.IsZero() {
		return a.Fetched
	}
	return a.Published
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Versions returns the earlier readings of an article, oldest first, without
// what digests are composed by.
func (s *Store) Versions(ctx context.Context, article string) ([]digest.Reading, error) {
	var rows []keptArticle
	err := s.reads.NewRaw("SELECT article AS id, body, packed FROM article_versions WHERE article = ? ORDER BY version", article).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var list []digest.Reading
	for _, row := range rows {
		_, r, err := row.read()
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Readings implements [bot.Store]: the articles published since t, oldest
// first, until f returns false. Few are in memory at once.
func (s *Store) Readings(ctx context.Context, since time.Time, f func(story string, r digest.Reading) bool) error {
	const some = 100
	at, id := millis(since), ""
	for {
		var rows []keptArticle
		err := s.reads.NewRaw(`SELECT a.id, a.story, a.published, a.body, d.packed FROM articles a JOIN documents d ON d.article = a.id
			WHERE a.published > ? OR a.published = ? AND a.id > ? ORDER BY a.published, a.id LIMIT ?`, at, at, id, some).Scan(ctx, &rows)
		if err != nil {
			return s.engine.explain(err)
		}
		for _, row := range rows {
			_, r, err := row.read()
			if err != nil {
				return err
			}
			if !f(row.Story, r) {
				return nil
			}
			at, id = row.Published, row.ID
		}
		if len(rows) < some {
			return nil
		}
	}
}

// private tells, of the given articles, those that only some workspaces may
// see, because only feeds of their own carried them.
func (s *Store) private(ctx context.Context, articles []string) (map[string][]bot.Place, error) {
	var rows []struct{ Article, Platform, Workspace string }
	err := s.reads.NewRaw(`SELECT DISTINCT e.article, p.platform, p.workspace FROM entries e JOIN feed_places p ON p.feed = e.feed
		WHERE e.article IN (?) AND e.article <> '' ORDER BY 1, 2, 3`, bun.List(articles)).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	seen := map[string][]bot.Place{}
	public := map[string]bool{}
	for _, r := range rows {
		if r.Platform == "" {
			public[r.Article] = true
		}
		if !public[r.Article] {
			seen[r.Article] = append(seen[r.Article], bot.Place{Platform: r.Platform, Workspace: r.Workspace})
		}
	}
	return seen, nil
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
