package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanwire/bot"
)

// Settings implements [bot.Store].
func (s *Store) Settings(ctx context.Context, p bot.Person) (bot.Settings, error) {
	set, err := record[bot.Settings](ctx, s, "SELECT data FROM settings WHERE platform = ? AND workspace = ? AND person = ?", p.Platform, p.Workspace, p.User)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Settings{Person: p}, nil
	}
	return set, err
}

// SaveSettings implements [bot.Store].
func (s *Store) SaveSettings(ctx context.Context, set bot.Settings) error {
	data, err := toJSON(set)
	if err != nil {
		return err
	}
	p := set.Person
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO settings (platform, workspace, person, data) VALUES (?, ?, ?, ?)
			ON CONFLICT (platform, workspace, person) DO UPDATE SET data = excluded.data`, p.Platform, p.Workspace, p.User, data)
		return err
	})
}

// Forget implements [bot.Store]. It erases settings, alerts with their hits,
// all messages to the person, sent or not, and the person's own editions; subscriptions and feeds that
// the person set up for others stay, without the name.
func (s *Store) Forget(ctx context.Context, p bot.Person) (map[string]int, error) {
	var counts map[string]int
	lane := bot.Outgoing{Delivery: bot.Delivery{Kind: bot.Direct, Person: p}}.Lane()
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		counts = map[string]int{}
		who := []any{p.Platform, p.Workspace, p.User}
		for _, q := range []struct {
			kind, query string
			args        []any
		}{
			{"hits", "DELETE FROM hits WHERE alert IN (SELECT id FROM alerts WHERE platform = ? AND workspace = ? AND person = ?)", who},
			{"alerts", "DELETE FROM alerts WHERE platform = ? AND workspace = ? AND person = ?", who},
			{"settings", "DELETE FROM settings WHERE platform = ? AND workspace = ? AND person = ?", who},
			{"messages", "DELETE FROM outbox WHERE lane = ?", []any{lane}},
			{"editions", "DELETE FROM editions WHERE platform = ? AND workspace = ? AND channel = ?", []any{p.Platform, p.Workspace, "@" + p.User}},
			{"", "DELETE FROM lanes WHERE lane = ?", []any{lane}},
		} {
			n, err := t.exec(ctx, q.query, q.args...)
			if err != nil {
				return err
			}
			if q.kind != "" {
				counts[q.kind] = int(n)
			}
		}
		n, err := forgetNames(ctx, t, p)
		if err != nil {
			return err
		}
		counts["names"] = n
		return alertsChanged(ctx, t)
	})
	return counts, err
}

// forgetNames takes the person out of what belongs to others.
func forgetNames(ctx context.Context, t *tx, p bot.Person) (int, error) {
	n := 0
	var rows []string
	if err := t.NewRaw("SELECT data FROM subscriptions WHERE platform = ?", p.Platform).Scan(ctx, &rows); err != nil {
		return 0, err
	}
	subs, err := decode[bot.Subscription](rows)
	if err != nil {
		return 0, err
	}
	for _, sub := range subs {
		if sub.By != p {
			continue
		}
		sub.By = bot.Person{}
		if err := putSubscription(ctx, t, sub); err != nil {
			return 0, err
		}
		n++
	}
	var places []struct{ Feed, Platform, Workspace, Data string }
	if err := t.NewRaw("SELECT feed, platform, workspace, data FROM feed_places WHERE platform = ?", p.Platform).Scan(ctx, &places); err != nil {
		return 0, err
	}
	for _, row := range places {
		var data placeData
		if err := json.Unmarshal([]byte(row.Data), &data); err != nil {
			return 0, err
		}
		if data.AddedBy != p {
			continue
		}
		data.AddedBy = bot.Person{}
		text, err := toJSON(data)
		if err != nil {
			return 0, err
		}
		if _, err := t.exec(ctx, "UPDATE feed_places SET data = ? WHERE feed = ? AND platform = ? AND workspace = ?", text, row.Feed, row.Platform, row.Workspace); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// Seen implements [bot.Store].
func (s *Store) Seen(ctx context.Context, id string) (bool, error) {
	fresh := false
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "INSERT INTO commands (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, millis(s.now()))
		fresh = n > 0
		return err
	})
	return fresh, err
}

// commandDays is how long a command's id is remembered: far longer than any
// platform sends one again.
const commandDays = 3 * 24 * time.Hour
