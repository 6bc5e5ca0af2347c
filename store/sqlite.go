package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"golang.org/x/sync/errgroup"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteEngine struct {
	path string
	lock *fileLock // nil beside another process
	db   *bun.DB
	ro   *bun.DB
	turn chan struct{} // holds one value while exclusive runs
}

// mapped is how much of the file readers may map, in bytes: all that SQLite
// lets them.
const mapped = "2147418112"

// readConns is how many queries run beside the one writer.
const readConns = 4

func (s *Store) openSQLite(ctx context.Context, o Options) (err error) {
	path := strings.TrimPrefix(o.DSN, "sqlite://")
	if path == "" {
		return errors.New("no path is given")
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	e := &sqliteEngine{path: path, turn: make(chan struct{}, 1)}
	if o.Beside {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("there is no such file yet; 'hanwire run' makes it")
		}
	} else if e.lock, err = lockFile(path); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(e.explain(err), e.close())
		}
	}()
	pragmas := "_pragma=busy_timeout(5000)&_pragma=synchronous(NORMAL)"
	if !o.Beside {
		// The driver sets the journal last, when the file comes into being: with
		// pages that hold several articles and so waste little of themselves.
		pragmas += "&_pragma=page_size(16384)&_journal_mode=WAL"
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	w, err := sql.Open("sqlite", file+"?"+pragmas+"&_txlock=immediate")
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	e.db = bun.NewDB(w, sqlitedialect.New(), bun.WithDiscardUnknownColumns())
	if err := w.PingContext(ctx); err != nil {
		return err
	}
	// Mapped pages are read in place. Those copied into the cache are given back
	// to the system and fetched again after every write beside.
	r, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=mmap_size("+mapped+")")
	if err != nil {
		return err
	}
	r.SetMaxOpenConns(readConns)
	r.SetMaxIdleConns(readConns)
	e.ro = bun.NewDB(r, sqlitedialect.New(), bun.WithDiscardUnknownColumns())
	s.engine, s.db, s.reads = e, e.db, e.ro
	s.queue, err = newQueue(riversqlite.New(w), func(t *tx) *sql.Tx { return t.native.(*sql.Tx) })
	return err
}

func (e *sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) transact(ctx context.Context, durable bool, f func(context.Context, *tx) error) (err error) {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if durable {
		if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
			return err
		}
		defer func() {
			_, perr := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = NORMAL")
			err = errors.Join(err, perr)
		}()
	}
	return conn.RunInTx(ctx, nil, func(ctx context.Context, t bun.Tx) error {
		return f(ctx, &tx{IDB: t, native: t.Tx})
	})
}

func (e *sqliteEngine) again(error) bool { return false }

// timestamp follows riversqlite, which compares times as text.
func (e *sqliteEngine) timestamp(t time.Time) any { return t.UTC().Format("2006-01-02 15:04:05.000") }

func (e *sqliteEngine) jsonText(column, field string) string {
	return "json_extract(" + column + ", '$." + field + "')"
}

func (e *sqliteEngine) asJSON(column string) string { return column }

// jsonDoc counts with riversqlite's binary JSON.
func (e *sqliteEngine) jsonDoc(column string) string { return "json(" + column + ")" }

func (e *sqliteEngine) lastJobError() string { return "json_extract(errors, '$[#-1].error')" }

func (e *sqliteEngine) platformOf(lane string) string {
	return "substr(" + lane + ", 1, instr(" + lane + ", '/') - 1)"
}

func (e *sqliteEngine) explain(err error) error {
	se, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	var hint string
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		hint = "another program holds a lock on the file"
	case sqlite3.SQLITE_READONLY:
		hint = "the file or its folder is read-only"
	case sqlite3.SQLITE_CANTOPEN:
		hint = "the file cannot be opened or made; look at the folder's rights"
	case sqlite3.SQLITE_FULL:
		hint = "the disk is full"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		hint = "the file is damaged or no Hanwire database; it was left as it is: put a backup in its place"
	case sqlite3.SQLITE_IOERR:
		hint = "the disk gives errors"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", hint, err)
}

func (e *sqliteEngine) exclusive(ctx context.Context, _ string, f func(context.Context) error) error {
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-e.turn }()
	return f(ctx)
}

func (e *sqliteEngine) share(ctx context.Context, _ string, parts int, f func(context.Context, int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for n := range parts {
		g.Go(func() error { return f(ctx, n) })
	}
	return g.Wait()
}

// recover makes the jobs and claims of the process before this one free at
// once: the file's lock proves that it is gone.
func (e *sqliteEngine) recover(ctx context.Context, s *Store) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "UPDATE lanes SET held = 0"); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE hosts SET held = 0"); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE feeds SET queued = 0"); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM river_leader"); err != nil {
			return err
		}
		_, err := t.exec(ctx, "UPDATE river_job SET state = 'available', max_attempts = max(max_attempts, attempt + 1) WHERE state = 'running'")
		return err
	})
}

func (e *sqliteEngine) close() error {
	var errs []error
	if e.ro != nil {
		errs = append(errs, e.ro.Close())
	}
	if e.db != nil {
		errs = append(errs, e.db.Close())
	}
	if e.lock != nil {
		errs = append(errs, e.lock.release())
	}
	return errors.Join(errs...)
}

// snapshot runs f on one state of the database.
func (e *sqliteEngine) snapshot(ctx context.Context, f func(context.Context, bun.IDB) error) error {
	return e.ro.RunInTx(ctx, &sql.TxOptions{ReadOnly: true}, func(ctx context.Context, t bun.Tx) error { return f(ctx, t) })
}

// restart makes numbers that the engine gives go on after those copied.
func (e *sqliteEngine) restart(context.Context, *tx) error { return nil }

// backup copies the file's pages.
func (e *sqliteEngine) backup(ctx context.Context, _ *Store, path string) error {
	conn, err := e.ro.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The copy is another file: "query_only" stands for this one.
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	_, err = conn.NewRaw("VACUUM INTO ?", path).Exec(ctx)
	_, perr := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = 1")
	return errors.Join(e.explain(err), perr)
}

// check has the engine look for damage.
func (e *sqliteEngine) check(ctx context.Context) []string {
	var lines []string
	if err := e.ro.NewRaw("PRAGMA integrity_check(20)").Scan(ctx, &lines); err != nil {
		return []string{e.explain(err).Error()}
	}
	if len(lines) == 1 && lines[0] == "ok" {
		return nil
	}
	return lines
}
