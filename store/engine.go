package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// engine is what differs between SQLite and PostgreSQL.
type engine interface {
	name() string
	// transact runs f in a transaction. A durable one is on the disk when it
	// returns, so that it survives a loss of power; another survives the end of
	// the process.
	transact(ctx context.Context, durable bool, f func(context.Context, *tx) error) error
	// again reports whether the transaction that failed with err may be tried
	// again at once.
	again(err error) bool
	// timestamp is t as the queue's own tables compare it.
	timestamp(t time.Time) any
	// jsonText is the expression for a text field of a JSON column of the queue.
	jsonText(column, field string) string
	// platformOf is the expression for the platform in a lane's name.
	platformOf(lane string) string
	// explain puts an engine's error into words that say what to do.
	explain(err error) error
	// exclusive runs f while no other process does the same under that name.
	exclusive(ctx context.Context, name string, f func(context.Context) error) error
	// lead is exclusive that ends f's context when the lock may be lost.
	lead(ctx context.Context, name string, f func(context.Context) error) error
	// recover takes up what a process that died has left.
	recover(ctx context.Context, s *Store) error
	close() error
}

// InUseError says that another process works on a SQLite file.
type InUseError struct {
	Path string
	PID  int // 0 when it is not known
}

func (e *InUseError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("another hanwire (process %d)", e.PID)
	}
	return fmt.Sprintf("%s is working on this file; stop it first, or use PostgreSQL for several workers", who)
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

var passwordParam = regexp.MustCompile(`(?i)(password=)[^&\s]*`)

// Redact is dsn without its password, for messages and logs.
func Redact(dsn string) string {
	if !isPostgres(dsn) {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres://?"
	}
	u.RawQuery = passwordParam.ReplaceAllString(u.RawQuery, "${1}xxxxx")
	return u.Redacted()
}

// SQLite.

type sqliteEngine struct {
	path string
	lock *fileLock // nil beside another process
	db   *bun.DB
	ro   *bun.DB
	turn chan struct{} // holds one value while exclusive runs
}

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
	const pragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
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
	r, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
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

func (e *sqliteEngine) lead(ctx context.Context, name string, f func(context.Context) error) error {
	return f(ctx)
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

// PostgreSQL.

type postgresEngine struct {
	pool *pgxpool.Pool
	db   *bun.DB
}

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return errors.New("the URL cannot be read; it should look like postgres://user@host:5432/hanwire")
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "hanwire"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	e := &postgresEngine{pool: pool}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return e.explain(err)
	}
	e.db = bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New(), bun.WithDiscardUnknownColumns())
	s.engine, s.db, s.reads = e, e.db, e.db
	s.queue, err = newQueue(riverpgxv5.New(pool), func(t *tx) pgx.Tx { return t.native.(pgx.Tx) })
	return err
}

func (e *postgresEngine) name() string { return "postgres" }

// transact begins the transaction on the driver's connection, below
// database/sql, so that the queue, which speaks pgx, can take part in it.
func (e *postgresEngine) transact(ctx context.Context, _ bool, f func(context.Context, *tx) error) (err error) {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var native pgx.Tx
	err = conn.Raw(func(driver any) error {
		native, err = driver.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			// The context may be what ended the work.
			_ = native.Rollback(context.WithoutCancel(ctx))
		}
	}()
	if err := f(ctx, &tx{IDB: conn, native: native}); err != nil {
		return err
	}
	done = true
	return native.Commit(ctx)
}

func (e *postgresEngine) again(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "40001" || pe.Code == "40P01")
}

func (e *postgresEngine) timestamp(t time.Time) any { return t }

func (e *postgresEngine) jsonText(column, field string) string {
	return column + " ->> '" + field + "'"
}

func (e *postgresEngine) platformOf(lane string) string { return "split_part(" + lane + ", '/', 1)" }

func (e *postgresEngine) explain(err error) error {
	if err == nil {
		return nil
	}
	if ce, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return fmt.Errorf("PostgreSQL cannot be reached: %w", ce)
	}
	pe, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch {
	case pe.Code == "53100":
		return fmt.Errorf("PostgreSQL's disk is full: %w", err)
	case pe.Code == "25006":
		return fmt.Errorf("PostgreSQL is read-only: %w", err)
	case pe.Code == "42501":
		return fmt.Errorf("the database user lacks a right: %w", err)
	case strings.HasPrefix(pe.Code, "57P"):
		return fmt.Errorf("PostgreSQL is going down or starting: %w", err)
	}
	return err
}

// recover does nothing: claims and jobs of a dead worker run out by their
// leases, since others may be alive.
func (e *postgresEngine) recover(context.Context, *Store) error { return nil }

func (e *postgresEngine) close() error {
	var err error
	if e.db != nil {
		err = e.db.Close()
	}
	e.pool.Close()
	return err
}
