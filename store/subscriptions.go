package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
)

// decode reads the records of a query whose one column is JSON.
func decode[T any](rows []string) ([]T, error) {
	list := make([]T, 0, len(rows))
	for _, data := range rows {
		var v T
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// records runs a query for records kept as JSON.
func records[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	var rows []string
	if err := s.reads.NewRaw(query, args...).Scan(ctx, &rows); err != nil {
		return nil, s.engine.explain(err)
	}
	return decode[T](rows)
}

// record is records for the one that a query finds.
func record[T any](ctx context.Context, s *Store, query string, args ...any) (T, error) {
	list, err := records[T](ctx, s, query, args...)
	if err == nil && len(list) == 0 {
		err = bot.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

// atPlace is the condition that a row belongs to a place, of which empty
// fields match everything.
const atPlace = "(? = '' OR platform = ?) AND (? = '' OR workspace = ?) AND (? = '' OR channel = ?)"

func placeArgs(at bot.Place) []any {
	return []any{at.Platform, at.Platform, at.Workspace, at.Workspace, at.Channel, at.Channel}
}

// Subscriptions implements [bot.Store].
func (s *Store) Subscriptions(ctx context.Context, at bot.Place) ([]bot.Subscription, error) {
	return records[bot.Subscription](ctx, s, "SELECT data FROM subscriptions WHERE "+atPlace+" ORDER BY id", placeArgs(at)...)
}

// Subscription implements [bot.Store].
func (s *Store) Subscription(ctx context.Context, id string) (bot.Subscription, error) {
	return record[bot.Subscription](ctx, s, "SELECT data FROM subscriptions WHERE id = ?", id)
}

// SaveSubscription implements [bot.Store].
func (s *Store) SaveSubscription(ctx context.Context, sub bot.Subscription) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return putSubscription(ctx, t, sub) })
}

func putSubscription(ctx context.Context, t *tx, sub bot.Subscription) error {
	data, err := toJSON(sub)
	if err != nil {
		return err
	}
	next := millis(sub.Next)
	if sub.Paused != "" {
		next = 0
	}
	_, err = t.exec(ctx, `INSERT INTO subscriptions (id, platform, workspace, channel, next, data) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET platform = excluded.platform, workspace = excluded.workspace, channel = excluded.channel,
			next = excluded.next, data = excluded.data`,
		sub.ID, sub.At.Platform, sub.At.Workspace, sub.At.Channel, next, data)
	return err
}

// DeleteSubscription implements [bot.Store].
func (s *Store) DeleteSubscription(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM subscriptions WHERE id = ?", id)
		if err == nil && n == 0 {
			return bot.ErrNotFound
		}
		return err
	})
}

// PausePlace implements [bot.Store]. It returns the subscriptions that ran
// until now.
func (s *Store) PausePlace(ctx context.Context, at bot.Place, why string) ([]bot.Subscription, error) {
	var paused []bot.Subscription
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		paused = nil
		var rows []string
		if err := t.NewRaw("SELECT data FROM subscriptions WHERE "+atPlace+" ORDER BY id", placeArgs(at)...).Scan(ctx, &rows); err != nil {
			return err
		}
		subs, err := decode[bot.Subscription](rows)
		if err != nil {
			return err
		}
		for _, sub := range subs {
			if sub.Paused != "" {
				continue
			}
			sub.Paused = why
			if err := putSubscription(ctx, t, sub); err != nil {
				return err
			}
			paused = append(paused, sub)
		}
		return nil
	})
	return paused, err
}

// SaveEdition implements [bot.Store]. What the subscription's owner has changed
// while the edition was made stays changed.
func (s *Store) SaveEdition(ctx context.Context, e bot.Edition, sub bot.Subscription, out []bot.Outgoing) error {
	data, err := toJSON(e)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO editions (id, subscription, due, made, platform, workspace, channel, data)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			e.ID, e.Subscription, millis(e.Due), millis(e.Made), e.At.Platform, e.At.Workspace, e.At.Channel, data)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrDone
		}
		var rows []string
		if err := t.NewRaw("SELECT data FROM subscriptions WHERE id = ?", sub.ID).Scan(ctx, &rows); err != nil {
			return err
		}
		current, err := decode[bot.Subscription](rows)
		if err != nil {
			return err
		}
		if len(current) == 0 {
			return fmt.Errorf("subscription %s: %w", sub.ID, bot.ErrNotFound)
		}
		now := current[0]
		now.Next, now.Number, now.Until = sub.Next, sub.Number, sub.Until
		if err := putSubscription(ctx, t, now); err != nil {
			return err
		}
		for _, id := range slices.Concat(e.Stories, e.Also) {
			if _, err := t.exec(ctx, "INSERT INTO edition_stories (story, edition) VALUES (?, ?) ON CONFLICT DO NOTHING", id, e.ID); err != nil {
				return err
			}
		}
		return s.putOut(ctx, t, out, e.ID)
	})
}

// Edition implements [bot.Store].
func (s *Store) Edition(ctx context.Context, id string) (bot.Edition, error) {
	return record[bot.Edition](ctx, s, "SELECT data FROM editions WHERE id = ?", id)
}

// LastEditions implements [bot.Store].
func (s *Store) LastEditions(ctx context.Context, subscription string, n int) ([]bot.Edition, error) {
	return records[bot.Edition](ctx, s, "SELECT data FROM editions WHERE subscription = ? ORDER BY due DESC, id DESC LIMIT ?", subscription, n)
}

// EditionsWith implements [bot.Store]: it counts those made since t, newest
// first, that told the story under any of its names.
func (s *Store) EditionsWith(ctx context.Context, story string, since time.Time) ([]bot.Edition, error) {
	names, err := storyNames(ctx, s.reads, story)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	return records[bot.Edition](ctx, s, `SELECT data FROM editions WHERE made >= ? AND id IN
		(SELECT edition FROM edition_stories WHERE story IN (?)) ORDER BY made DESC, id DESC`, millis(since), bun.List(names))
}

// isNotFound reports whether err says that there is no such record.
func isNotFound(err error) bool { return errors.Is(err, bot.ErrNotFound) }
