package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/feeds"
)

// A feed is polled once however many workspaces want it: there is one row for
// it, and one in feed_places for each of those who see it. The id of a record
// is the feed's own for those that everybody sees, "f1a2", and names the
// workspace for the rest: "f1a2@slack/T1".

func recordID(feed, platform, workspace string) string {
	if platform == "" {
		return feed
	}
	return feed + "@" + platform + "/" + workspace
}

func splitRecordID(id string) (feed, platform, workspace string) {
	feed, place, _ := strings.Cut(id, "@")
	platform, workspace, _ = strings.Cut(place, "/")
	return feed, platform, workspace
}

// placeData is what feed_places keeps of a record.
type placeData struct {
	AddedBy bot.Person
	Channel string
	Added   time.Time
	ByHand  bool `json:",omitempty"` // the operator has added it by a command, beside the configuration
}

// SyncFeeds makes the operator's own feeds those given, and those that the
// operator has added by a command. One that is no longer
// among them is not polled any more unless a workspace has added it; what it
// has brought stays.
func (s *Store) SyncFeeds(ctx context.Context, list []feeds.Feed) error {
	now := s.now()
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		// Most feeds are as they were at the last start, and there may be many.
		var rows []struct {
			Feed, Data, State, Place string
			Removed                  int64
		}
		if err := t.NewRaw(`SELECT p.feed, f.data, p.data AS place, p.removed, CASE WHEN p.removed > 0 THEN f.state ELSE '{}' END AS state
			FROM feed_places p JOIN feeds f ON f.id = p.feed WHERE p.platform = ''`).Scan(ctx, &rows); err != nil {
			return err
		}
		had := make(map[string]string, len(rows)) // those not removed, with what is known of them
		merged := map[string]string{}             // those that have moved to where another one is
		byHand := map[string]bool{}
		for _, r := range rows {
			var p placeData
			if err := json.Unmarshal([]byte(r.Place), &p); err != nil {
				return fmt.Errorf("feed %s: %w", r.Feed, err)
			}
			byHand[r.Feed] = p.ByHand
			if r.Removed == 0 {
				had[r.Feed] = r.Data
				continue
			}
			var st feeds.State
			if err := json.Unmarshal([]byte(r.State), &st); err != nil {
				return fmt.Errorf("feed %s: %w", r.Feed, err)
			}
			if st.MovedTo != "" {
				merged[r.Feed] = feeds.Feed{URL: st.MovedTo}.ID()
			}
		}
		for _, f := range list {
			id := f.ID()
			if into := merged[id]; had[into] != "" {
				delete(had, into) // it stands for both
				continue
			}
			data, err := toJSON(f)
			if err != nil {
				return err
			}
			known, ok := had[id]
			delete(had, id)
			if ok && known == data {
				continue
			}
			if err := putFeed(ctx, t, f); err != nil {
				return fmt.Errorf("feed %s: %w", f.URL, err)
			}
			if _, err := putPlace(ctx, t, id, placeData{Added: now.UTC()}, bot.Place{}); err != nil {
				return err
			}
		}
		for id := range had {
			if byHand[id] {
				continue
			}
			if _, err := t.exec(ctx, "UPDATE feed_places SET removed = ? WHERE platform = '' AND feed = ?", millis(now), id); err != nil {
				return err
			}
		}
		return activate(ctx, t)
	})
}

// MergeFeed makes one feed of two that have turned out to be one document: who
// sees the first sees the second, which knows the entries of the first as its
// own and is polled alone from now on. It reports false when into is not polled,
// and then changes nothing.
func (s *Store) MergeFeed(ctx context.Context, feed, into string) (merged bool, err error) {
	now := millis(s.now())
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		merged = false
		var n int
		if err := t.NewRaw("SELECT count(*) FROM feeds WHERE id IN (?, ?) AND active = 1", feed, into).Scan(ctx, &n); err != nil || n < 2 {
			return err
		}
		merged = true
		// What the operator has said of an outlet goes before what a workspace has.
		var own []struct{ Feed, Data string }
		if err := t.NewRaw("SELECT p.feed, f.data FROM feed_places p JOIN feeds f ON f.id = p.feed WHERE p.platform = '' AND p.removed = 0 AND p.feed IN (?, ?)", feed, into).Scan(ctx, &own); err != nil {
			return err
		}
		if len(own) == 1 && own[0].Feed == feed {
			var f feeds.Feed
			if err := json.Unmarshal([]byte(own[0].Data), &f); err != nil {
				return fmt.Errorf("feed %s: %w", feed, err)
			}
			if err := t.NewRaw("SELECT url FROM feeds WHERE id = ?", into).Scan(ctx, &f.URL); err != nil {
				return err
			}
			if err := putFeed(ctx, t, f); err != nil {
				return err
			}
		}
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO feed_places (feed, platform, workspace, data) SELECT ?, platform, workspace, data FROM feed_places WHERE feed = ? AND removed = 0
				ON CONFLICT (feed, platform, workspace) DO UPDATE SET removed = 0, data = excluded.data WHERE feed_places.removed > 0`, []any{into, feed}},
			{"UPDATE feed_places SET removed = ? WHERE feed = ? AND removed = 0", []any{now, feed}},
			{"INSERT INTO entry_keys (feed, key, entry) SELECT ?, key, entry FROM entry_keys WHERE feed = ? ON CONFLICT (feed, key) DO NOTHING", []any{into, feed}},
		} {
			if _, err := t.exec(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		return activate(ctx, t, feed, into)
	})
	return merged, err
}

// putFeed adds a feed or brings what is known of its outlet up to date.
func putFeed(ctx context.Context, t *tx, f feeds.Feed) error {
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO feeds (id, url, data) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET url = excluded.url, data = excluded.data`, f.ID(), column(f.URL), string(data))
	return err
}

// putPlace lets a workspace see a feed and reports whether that is new.
func putPlace(ctx context.Context, t *tx, feed string, p placeData, at bot.Place) (bool, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, `INSERT INTO feed_places (feed, platform, workspace, data) VALUES (?, ?, ?, ?)
		ON CONFLICT (feed, platform, workspace) DO UPDATE SET removed = 0, data = excluded.data WHERE feed_places.removed > 0`,
		feed, at.Platform, at.Workspace, string(data))
	return n > 0, err
}

// activate polls those of the feeds that somebody sees, and no others of them;
// of all feeds when none is named.
func activate(ctx context.Context, t *tx, feeds ...string) error {
	const seen = "EXISTS (SELECT 1 FROM feed_places p WHERE p.feed = feeds.id AND p.removed = 0)"
	among := t.NewRaw("id IN (?)", bun.List(feeds))
	if len(feeds) == 0 {
		among = t.NewRaw("1 = 1")
	}
	if _, err := t.exec(ctx, "UPDATE feeds SET active = 0 WHERE ? AND active = 1 AND NOT "+seen, among); err != nil {
		return err
	}
	_, err := t.exec(ctx, "UPDATE feeds SET active = 1 WHERE ? AND active = 0 AND "+seen, among)
	return err
}

// AddFeed lets the workspace of f.At, or with a zero At everybody, see a feed.
// [bot.ErrDone] when it does already.
func (s *Store) AddFeed(ctx context.Context, f bot.FeedRecord) error {
	now := s.now()
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		id := f.Feed.ID()
		var known int
		err := t.NewRaw("SELECT count(*) FROM feed_places WHERE feed = ? AND removed = 0 AND (platform = '' OR platform = ? AND workspace = ?)",
			id, f.At.Platform, f.At.Workspace).Scan(ctx, &known)
		if err != nil {
			return err
		}
		if known > 0 {
			return bot.ErrDone
		}
		// What the operator has said of a feed is not for a workspace to change.
		var there int
		if err := t.NewRaw("SELECT count(*) FROM feeds WHERE id = ?", id).Scan(ctx, &there); err != nil {
			return err
		}
		if there == 0 || f.At.Platform == "" {
			if err := putFeed(ctx, t, f.Feed); err != nil {
				return err
			}
		}
		if _, err := putPlace(ctx, t, id, placeData{AddedBy: f.AddedBy, Channel: f.At.Channel, Added: now.UTC(), ByHand: f.At.Platform == ""}, f.At); err != nil {
			return err
		}
		return activate(ctx, t, id)
	})
}

// RemoveFeed takes a record back by its ID. The feed is polled on as long as
// somebody else sees it.
func (s *Store) RemoveFeed(ctx context.Context, id string) error {
	feed, platform, workspace := splitRecordID(id)
	now := s.now()
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "UPDATE feed_places SET removed = ? WHERE feed = ? AND platform = ? AND workspace = ? AND removed = 0",
			millis(now), feed, platform, workspace)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		return activate(ctx, t, feed)
	})
}

type feedRow struct {
	ID, Platform, Workspace string
	Data, State, Place      string
	Entries                 int
}

func (r feedRow) record() (bot.FeedRecord, error) {
	f := bot.FeedRecord{ID: recordID(r.ID, r.Platform, r.Workspace), Entries: r.Entries}
	var p placeData
	for _, part := range []struct {
		data string
		into any
	}{{r.Data, &f.Feed}, {r.State, &f.State}, {r.Place, &p}} {
		if err := json.Unmarshal([]byte(part.data), part.into); err != nil {
			return f, fmt.Errorf("feed %s: %w", r.ID, err)
		}
	}
	f.AddedBy = p.AddedBy
	f.At = bot.Place{Platform: r.Platform, Workspace: r.Workspace, Channel: p.Channel}
	return f, nil
}

// feedDays is the period that FeedRecord.Entries counts.
const feedDays = 7 * 24 * time.Hour

// Feeds lists the feeds that the place's workspace sees, the operator's own
// among them, by outlet; with the zero Place those that anybody sees.
func (s *Store) Feeds(ctx context.Context, at bot.Place) ([]bot.FeedRecord, error) {
	var rows []feedRow
	err := s.reads.NewRaw(`SELECT f.id, p.platform, p.workspace, f.data, f.state, p.data AS place,
			(SELECT count(*) FROM entries e WHERE e.feed = f.id AND e.seen >= ?) AS entries
		FROM feeds f JOIN feed_places p ON p.feed = f.id WHERE p.removed = 0 AND (?)
		ORDER BY f.id, p.platform, p.workspace`, millis(s.now().Add(-feedDays)), s.seenAt(at)).Scan(ctx, &rows)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	return feedRecords(rows)
}

// seenAt is the condition that a row of feed_places p concerns a workspace.
func (s *Store) seenAt(at bot.Place) *bun.RawQuery {
	if at.Platform == "" {
		return s.reads.NewRaw("1 = 1")
	}
	return s.reads.NewRaw("p.platform = '' OR p.platform = ? AND p.workspace = ?", at.Platform, at.Workspace)
}

func feedRecords(rows []feedRow) ([]bot.FeedRecord, error) {
	list := make([]bot.FeedRecord, 0, len(rows))
	for _, r := range rows {
		f, err := r.record()
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	sortFeeds(list)
	return list, nil
}

// Troubled implements [bot.Store].
func (s *Store) Troubled(ctx context.Context, at bot.Place) (list []bot.FeedRecord, all int, err error) {
	who := s.seenAt(at)
	if err := s.reads.NewRaw("SELECT count(*) FROM feed_places p WHERE p.removed = 0 AND (?)", who).Scan(ctx, &all); err != nil {
		return nil, 0, s.engine.explain(err)
	}
	var rows []feedRow
	err = s.reads.NewRaw(`SELECT f.id, p.platform, p.workspace, f.data, f.state, p.data AS place
		FROM feeds f JOIN feed_places p ON p.feed = f.id WHERE f.active = 1 AND f.health IN (?) AND p.removed = 0 AND (?)
		ORDER BY f.id, p.platform, p.workspace`,
		bun.List([]feeds.Health{feeds.Quiet, feeds.Failing, feeds.Gone, feeds.Refused, movedHealth}), who).Scan(ctx, &rows)
	if err != nil {
		return nil, 0, s.engine.explain(err)
	}
	list, err = feedRecords(rows)
	return list, all, err
}

// Feed returns a feed that is polled, by its own id or that of a record.
// [bot.ErrNotFound] when there is none.
func (s *Store) Feed(ctx context.Context, id string) (bot.FeedRecord, error) {
	feed, _, _ := splitRecordID(id)
	var r feedRow
	// What writes has the pages at hand that the poll before wrote, and every
	// reader must fetch them again.
	err := s.db.NewRaw(`SELECT f.id, p.platform, p.workspace, f.data, f.state, p.data AS place,
			(SELECT count(*) FROM entries e WHERE e.feed = f.id AND e.seen >= ?) AS entries
		FROM feeds f JOIN feed_places p ON p.feed = f.id WHERE f.id = ? AND p.removed = 0
		ORDER BY p.platform, p.workspace LIMIT 1`, millis(s.now().Add(-feedDays)), feed).Scan(ctx, &r)
	if err != nil {
		return bot.FeedRecord{}, s.engine.explain(found(err))
	}
	return r.record()
}
