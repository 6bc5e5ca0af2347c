package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/feeds"
)

// The stages of an entry; one that was skipped has the stage that it stopped
// at, with the reason.
const (
	stageBaseline = "baseline" // was there when the feed was first seen
	stageWaiting  = "waiting"  // to be read
	stageRead     = "read"     // its article is kept
)

// Known implements [feeds.Known].
func (s *Store) Known(ctx context.Context, feedID string, keys []string) (map[string]feeds.Seen, error) {
	seen := make(map[string]feeds.Seen, len(keys))
	// Both engines limit a statement's size; a feed's document has at most a few
	// thousand keys.
	const some = 500
	for len(keys) > 0 {
		n := min(some, len(keys))
		part := make([]string, n)
		for i, k := range keys[:n] {
			part[i] = column(k)
		}
		keys = keys[n:]
		var rows []struct {
			Key, Entry  string
			Fingerprint *string
		}
		err := s.reads.NewRaw(`SELECT k.key, k.entry, e.fingerprint FROM entry_keys k LEFT JOIN entries e ON e.id = k.entry
			WHERE k.feed = ? AND k.key IN (?)`, feedID, bun.List(part)).Scan(ctx, &rows)
		if err != nil {
			return nil, s.engine.explain(err)
		}
		for _, r := range rows {
			k := feeds.Seen{EntryID: r.Entry, Deleted: r.Fingerprint == nil}
			if r.Fingerprint != nil {
				k.Fingerprint = *r.Fingerprint
			}
			seen[r.Key] = k
		}
	}
	return seen, nil
}

// SavePoll keeps what a poll found: the feed's state, its new and changed
// entries with their keys, and a job to read each that is not there since
// before the feed was known. Saving the same again changes nothing.
func (s *Store) SavePoll(ctx context.Context, feedID string, r feeds.PollResult) error {
	state, err := json.Marshal(r.State)
	if err != nil {
		return err
	}
	entries := slices.Concat(r.Entries, r.Renamed)
	bodies := make([][]byte, len(entries))
	for i, e := range entries {
		if e.Baseline {
			e.Content = "" // never read again
		}
		if bodies[i], err = pack(e); err != nil {
			return fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	now := millis(s.now())
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "UPDATE feeds SET state = ?, health = ?, polled = ?, next_poll = ?, queued = 0 WHERE id = ?",
			column(string(state)), tellable(r.State, s.now()), millis(r.State.LastPoll), millis(r.State.NextPoll), feedID)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		for i := range entries {
			if err := saveEntry(ctx, t, feedID, &entries[i], bodies[i], now); err != nil {
				return fmt.Errorf("entry %s: %w", entries[i].ID, err)
			}
		}
		return nil
	})
}

// movedHealth is the health column of a feed that is well and has moved, so
// that those who draw on it may be told.
const movedHealth = "moved"

// tellable is a feed's health as [Store.Troubled] looks for it. A move is news
// until the longest time between two editions has passed.
func tellable(st feeds.State, now time.Time) string {
	if st.Health == feeds.Healthy && st.MovedSince(now.AddDate(0, 0, -8)) != "" {
		return movedHealth
	}
	return string(st.Health)
}

func saveEntry(ctx context.Context, t *tx, feedID string, e *feeds.Entry, body []byte, now int64) error {
	stage := stageWaiting
	if e.Baseline {
		stage = stageBaseline
	}
	// A known entry is read again when it changed, unless it was there before
	// the feed was known: an old story does not become news by an edit.
	n, err := t.exec(ctx, `INSERT INTO entries (id, feed, link_key, title, fingerprint, published, seen, stage, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET link_key = excluded.link_key, title = excluded.title, fingerprint = excluded.fingerprint, body = excluded.body,
			stage = CASE WHEN entries.stage = 'baseline' THEN 'baseline' ELSE excluded.stage END, reason = ''
		WHERE entries.fingerprint <> excluded.fingerprint`,
		e.ID, feedID, column(feeds.URLKey(e.Link)), column(e.Title), e.Fingerprint, millis(e.Published), now, stage, body)
	if err != nil {
		return err
	}
	for _, key := range e.Keys {
		if _, err := t.exec(ctx, "INSERT INTO entry_keys (feed, key, entry) VALUES (?, ?, ?) ON CONFLICT (feed, key) DO NOTHING", feedID, column(key), e.ID); err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	if err := t.NewRaw("SELECT stage FROM entries WHERE id = ?", e.ID).Scan(ctx, &stage); err != nil {
		return err
	}
	if stage == stageWaiting {
		t.add(readJob{e.ID}, nil)
	}
	return nil
}

// Entry returns an entry and its feed, or [bot.ErrNotFound].
func (s *Store) Entry(ctx context.Context, id string) (feeds.Entry, feeds.Feed, error) {
	var row struct {
		Body []byte
		Data string
	}
	var e feeds.Entry
	var f feeds.Feed
	err := s.reads.NewRaw("SELECT e.body, f.data FROM entries e JOIN feeds f ON f.id = e.feed WHERE e.id = ?", id).Scan(ctx, &row)
	if err != nil {
		return e, f, s.engine.explain(found(err))
	}
	if err := unpack(row.Body, &e); err != nil {
		return e, f, fmt.Errorf("entry %s: %w", id, err)
	}
	return e, f, json.Unmarshal([]byte(row.Data), &f)
}

// SkipEntry ends the way of an entry that waits, with the reason that "why"
// will tell.
func (s *Store) SkipEntry(ctx context.Context, entryID, stage, reason string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE entries SET stage = ?, reason = ?, done = ? WHERE id = ? AND stage = 'waiting'",
			"skipped: "+stage, column(reason), millis(s.now()), entryID)
		return err
	})
}
