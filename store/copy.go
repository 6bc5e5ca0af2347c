package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/riverqueue/river"
	"github.com/uptrace/bun"
)

// moved are the tables that are copied as they are. The rest follows from
// them: quotes and terms are made anew, lanes and hosts are of the moment.
func moved() []string {
	return []string{
		"counters", "feeds", "feed_places", "entries", "entry_keys", "articles", "article_versions", "stories", "story_aliases",
		"subscriptions", "editions", "edition_stories", "alerts", "hits", "settings", "muted", "commands", "outbox", "sealed",
	}
}

// copyBatch is how many rows are read and written at once.
const copyBatch = 200

// Moved is how many rows of a table arrived; unfinished jobs count as "jobs".
type Moved struct {
	Table string
	Rows  int
}

// Copy moves everything from one database to another that is empty, of either
// engine, in one transaction: all of it is there afterwards, or nothing. It
// reads from one snapshot and compares counts before it commits.
func Copy(ctx context.Context, from, to *Store) ([]Moved, error) {
	var counts []Moved
	err := from.engine.snapshot(ctx, func(ctx context.Context, src bun.IDB) error {
		return to.write(ctx, func(ctx context.Context, t *tx) error {
			counts = nil
			if err := emptyTables(ctx, t); err != nil {
				return err
			}
			for _, table := range moved() {
				if err := copyTable(ctx, src, t, table); err != nil {
					return fmt.Errorf("table %s: %w", table, err)
				}
			}
			if err := to.engine.restart(ctx, t); err != nil {
				return err
			}
			jobs, err := copyJobs(ctx, src, from.engine.jsonDoc("args"), t)
			if err != nil {
				return fmt.Errorf("jobs: %w", err)
			}
			if err := to.reindex(ctx, src, t); err != nil {
				return fmt.Errorf("index: %w", err)
			}
			counts, err = compare(ctx, src, t)
			counts = append(counts, Moved{"jobs", jobs})
			return err
		})
	})
	if err != nil {
		return nil, from.engine.explain(err)
	}
	return counts, nil
}

// emptyTables refuses to write over anything.
func emptyTables(ctx context.Context, t *tx) error {
	for _, table := range moved() {
		if table == "counters" {
			continue
		}
		n := 0
		if err := t.NewRaw("SELECT count(*) FROM ?", bun.Ident(table)).Scan(ctx, &n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("the database to copy to is not empty: %s has %d rows", table, n)
		}
	}
	_, err := t.exec(ctx, "DELETE FROM counters")
	return err
}

func copyTable(ctx context.Context, src bun.IDB, t *tx, table string) (err error) {
	rows, err := src.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	var values []any
	flush := func() error {
		if len(values) == 0 {
			return nil
		}
		many := strings.TrimSuffix(strings.Repeat(one+", ", len(values)/len(columns)), ", ")
		_, err := t.exec(ctx, head+many, values...)
		values = values[:0]
		return err
	}
	for rows.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for _, v := range row {
			if b, ok := v.([]byte); ok && b == nil || v == nil {
				v = []byte{} // no column takes NULL; SQLite's driver gives it for empty bytes
			}
			values = append(values, v)
		}
		if len(values) >= copyBatch*len(columns) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return flush()
}

// movedJob is a job of any kind with its arguments as they stand.
type movedJob struct {
	kind, queue string
	args        json.RawMessage
	attempts    int
}

func (j movedJob) Kind() string                 { return j.kind }
func (j movedJob) MarshalJSON() ([]byte, error) { return j.args, nil }

const openJobs = " FROM river_job WHERE kind <> 'tick' AND state IN ('available', 'pending', 'running', 'retryable', 'scheduled')"

// copyJobs puts the jobs that are not finished into the other queue, to be
// begun anew.
func copyJobs(ctx context.Context, src bun.IDB, jobArgs string, t *tx) (int, error) {
	var rows []struct {
		Kind, Queue, Args string
		MaxAttempts       int
	}
	if err := src.NewRaw("SELECT kind, queue, "+jobArgs+" AS args, max_attempts"+openJobs+" ORDER BY id").Scan(ctx, &rows); err != nil {
		return 0, err
	}
	for _, r := range rows {
		t.add(movedJob{r.Kind, r.Queue, json.RawMessage(r.Args), r.MaxAttempts}, &river.InsertOpts{Queue: r.Queue, MaxAttempts: r.MaxAttempts})
	}
	return len(rows), nil
}

// reindex makes quotes and terms of all articles, whose texts are still where
// they were copied from.
func (s *Store) reindex(ctx context.Context, src bun.IDB, t *tx) error {
	last := ""
	for {
		var rows []keptArticle
		err := src.NewRaw("SELECT a.id, a.body, d.packed FROM articles a JOIN documents d ON d.article = a.id WHERE a.id > ? ORDER BY a.id LIMIT ?", last, copyBatch).Scan(ctx, &rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			a, r, err := row.read()
			if err != nil {
				return err
			}
			if err := s.indexArticle(ctx, t, a, r); err != nil {
				return fmt.Errorf("article %s: %w", row.ID, err)
			}
			last = row.ID
		}
		if len(rows) < copyBatch {
			return nil
		}
	}
}

// compare proves that as much is there as was read.
func compare(ctx context.Context, src bun.IDB, t *tx) ([]Moved, error) {
	var counts []Moved
	for _, table := range append(moved(), "documents", "quotes") {
		var was, is int
		if err := src.NewRaw("SELECT count(*) FROM ?", bun.Ident(table)).Scan(ctx, &was); err != nil {
			return nil, err
		}
		if err := t.NewRaw("SELECT count(*) FROM ?", bun.Ident(table)).Scan(ctx, &is); err != nil {
			return nil, err
		}
		if was != is {
			return nil, fmt.Errorf("table %s: %d rows of %d arrived", table, is, was)
		}
		counts = append(counts, Moved{table, is})
	}
	return counts, nil
}
