package store

import (
	"context"

	"hanwire/bot"
)

// Sealed returns the bytes that [Store.SaveSealed] kept under a name, or
// [bot.ErrNotFound]. They are the caller's own.
func (s *Store) Sealed(ctx context.Context, name string) ([]byte, error) {
	var values [][]byte
	if err := s.reads.NewRaw("SELECT value FROM sealed WHERE name = ?", column(name)).Scan(ctx, &values); err != nil {
		return nil, s.engine.explain(err)
	}
	if len(values) == 0 {
		return nil, bot.ErrNotFound
	}
	return values[0], nil
}

// SealedNames returns the names that begin with a prefix, in order.
func (s *Store) SealedNames(ctx context.Context, prefix string) ([]string, error) {
	var names []string
	err := s.reads.NewRaw("SELECT name FROM sealed WHERE substr(name, 1, length(?)) = ? ORDER BY name", prefix, prefix).Scan(ctx, &names)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	return names, nil
}

// SaveSealed keeps bytes under a name, in place of those before. The store
// keeps them as they are: whoever reads the database or a copy of it reads
// them too, so that secrets must come encrypted. They survive a loss of power,
// since nobody may be there to give them again.
func (s *Store) SaveSealed(ctx context.Context, name string, value []byte) error {
	return s.commit(ctx, true, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO sealed (name, value, changed) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed = excluded.changed`, column(name), value, millis(s.now()))
		return err
	})
}

// DropSealed forgets what was kept under a name, if anything.
func (s *Store) DropSealed(ctx context.Context, name string) error {
	return s.commit(ctx, true, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM sealed WHERE name = ?", column(name))
		return err
	})
}
