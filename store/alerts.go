package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"hanwire/bot"
)

// Alerts implements [bot.Store].
func (s *Store) Alerts(ctx context.Context, owner bot.Person) ([]bot.Alert, error) {
	return records[bot.Alert](ctx, s, "SELECT data FROM alerts WHERE platform = ? AND workspace = ? AND person = ? ORDER BY id",
		owner.Platform, owner.Workspace, owner.User)
}

// AllAlerts implements [bot.Store].
func (s *Store) AllAlerts(ctx context.Context) ([]bot.Alert, error) {
	return records[bot.Alert](ctx, s, "SELECT data FROM alerts ORDER BY id")
}

// AlertsVersion implements [bot.Store].
func (s *Store) AlertsVersion(ctx context.Context) (int64, error) {
	var v int64
	err := s.reads.NewRaw("SELECT value FROM counters WHERE name = 'alerts'").Scan(ctx, &v)
	return v, s.engine.explain(err)
}

func alertsChanged(ctx context.Context, t *tx) error {
	_, err := t.exec(ctx, "UPDATE counters SET value = value + 1 WHERE name = 'alerts'")
	return err
}

// Alert implements [bot.Store].
func (s *Store) Alert(ctx context.Context, id string) (bot.Alert, error) {
	return record[bot.Alert](ctx, s, "SELECT data FROM alerts WHERE id = ?", id)
}

// SaveAlert implements [bot.Store].
func (s *Store) SaveAlert(ctx context.Context, a bot.Alert, out []bot.Outgoing) error {
	data, err := toJSON(a)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		var rows []string
		if err := t.NewRaw("SELECT data FROM alerts WHERE id = ?", a.ID).Scan(ctx, &rows); err != nil {
			return err
		}
		before, err := decode[bot.Alert](rows)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO alerts (id, platform, workspace, person, next, data) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET platform = excluded.platform, workspace = excluded.workspace, person = excluded.person,
				next = excluded.next, data = excluded.data`,
			a.ID, a.Owner.Platform, a.Owner.Workspace, a.Owner.User, millis(a.Next), data)
		if err != nil {
			return err
		}
		if len(before) == 0 || !sameMatch(before[0], a) {
			if err := alertsChanged(ctx, t); err != nil {
				return err
			}
		}
		return s.putOut(ctx, t, out, "")
	})
}

// sameMatch reports whether two states of an alert match the same for the same
// person, so that nobody need read it again.
func sameMatch(a, b bot.Alert) bool {
	return a.Query == b.Query && a.Owner == b.Owner && (a.Frequency == bot.Draft) == (b.Frequency == bot.Draft)
}

// DeleteAlert implements [bot.Store]. The alert's hits go with it.
func (s *Store) DeleteAlert(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "DELETE FROM alerts WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		if _, err := t.exec(ctx, "DELETE FROM hits WHERE alert = ?", id); err != nil {
			return err
		}
		return alertsChanged(ctx, t)
	})
}

// SaveHits implements [bot.Store].
func (s *Store) SaveHits(ctx context.Context, hits []bot.Hit, out []bot.Outgoing) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		for _, h := range hits {
			data, err := toJSON(h)
			if err != nil {
				return err
			}
			// A hit that waited may be told, one that was told does not wait again.
			_, err = t.exec(ctx, `INSERT INTO hits (alert, story, article, at, held, data) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (alert, story, article) DO UPDATE SET held = 0, data = excluded.data WHERE hits.held = 1 AND excluded.held = 0`,
				h.Alert, h.Story, h.Article, millis(h.At), flag(h.Held), data)
			if err != nil {
				return err
			}
		}
		return s.putOut(ctx, t, out, "")
	})
}

// HeldHits implements [bot.Store].
func (s *Store) HeldHits(ctx context.Context, alert string) ([]bot.Hit, error) {
	return records[bot.Hit](ctx, s, "SELECT data FROM hits WHERE alert = ? AND held = 1 ORDER BY at, story, article", alert)
}

// AlertSent implements [bot.Store]. A story is known under all the IDs that it
// has had.
func (s *Store) AlertSent(ctx context.Context, alert, story string) (string, error) {
	names, err := storyNames(ctx, s.reads, story)
	if err != nil {
		return "", s.engine.explain(err)
	}
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = bot.AlertKey(alert, name)
	}
	var key string
	err = s.reads.NewRaw("SELECT key FROM outbox WHERE key IN (?) ORDER BY seq LIMIT 1", bun.List(keys)).Scan(ctx, &key)
	return key, s.engine.explain(found(err))
}

// DueAlerts implements [bot.Store].
func (s *Store) DueAlerts(ctx context.Context, now time.Time) ([]bot.Alert, error) {
	return records[bot.Alert](ctx, s, "SELECT data FROM alerts WHERE next > 0 AND next <= ? ORDER BY next, id", millis(now))
}
