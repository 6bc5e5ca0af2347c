package store

import (
	"context"
	"database/sql"
	"errors"
)

// Reading reports whether an entry is being read or waits for nothing but its
// turn. Entries that a host or a failure has put off do not count.
func (s *Store) Reading(ctx context.Context) (bool, error) {
	var one int
	err := s.reads.NewRaw("SELECT 1 FROM river_job WHERE state IN ('available', 'running') AND kind = 'read' LIMIT 1").Scan(ctx, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.engine.explain(err)
}

// ArticleOf is the ID of the article that was read for an entry, or empty.
func (s *Store) ArticleOf(ctx context.Context, entryID string) (string, error) {
	var id string
	err := s.reads.NewRaw("SELECT article FROM entries WHERE id = ?", entryID).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, s.engine.explain(err)
}

// IsFile reports whether dsn names a SQLite file, not a server.
func IsFile(dsn string) bool {
	return !isPostgres(dsn)
}
