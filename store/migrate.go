package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrate
var migrations embed.FS

// SchemaError says that the tables and this program do not fit together.
type SchemaError struct {
	Have, Want int64 // versions
}

func (e *SchemaError) Error() string {
	if e.Have > e.Want {
		return fmt.Sprintf("its tables (version %d) are from a newer Hanwire than this one (version %d)", e.Have, e.Want)
	}
	return fmt.Sprintf("its tables (version %d) must be brought to version %d first: 'hanwire migrate up', or start 'hanwire run'", e.Have, e.Want)
}

// Migration is one step in the history of the tables.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

func (s *Store) migrator() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if s.engine.name() == "postgres" {
		dialect = goose.DialectPostgres
	}
	dir, err := fs.Sub(migrations, "migrate/"+s.engine.name())
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, s.db.DB, dir, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
}

// MigrateStatus lists the steps, oldest first.
func (s *Store) MigrateStatus(ctx context.Context) ([]Migration, error) {
	p, err := s.migrator()
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var list []Migration
	for _, m := range status {
		list = append(list, Migration{Version: m.Source.Version, Name: m.Source.Path, Applied: m.State == goose.StateApplied})
	}
	return list, nil
}

// MigrateUp brings the tables, and those of the queue, up to date. Only one
// process does so at a time. It refuses tables of a newer program.
func (s *Store) MigrateUp(ctx context.Context) error {
	return s.engine.exclusive(ctx, "migrate", func(ctx context.Context) error {
		p, err := s.migrator()
		if err != nil {
			return err
		}
		have, want, err := p.GetVersions(ctx)
		if err != nil {
			return err
		}
		if have > want {
			return &SchemaError{have, want}
		}
		if _, err := p.Up(ctx); err != nil {
			return err
		}
		return s.queue.migrate(ctx)
	})
}

// checkSchema compares versions and changes nothing.
func (s *Store) checkSchema(ctx context.Context) error {
	p, err := s.migrator()
	if err != nil {
		return err
	}
	// Reading the status would make the version table where it is missing.
	var have int64
	if err := s.reads.NewRaw("SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(ctx, &have); err != nil {
		return fmt.Errorf("it holds no Hanwire tables: %w", err)
	}
	var want int64
	for _, m := range p.ListSources() {
		want = max(want, m.Version)
	}
	if have != want {
		return &SchemaError{have, want}
	}
	return nil
}
