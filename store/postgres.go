package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

type postgresEngine struct {
	pool *pgxpool.Pool
	db   *bun.DB
}

// poolConns is how many connections a worker opens at most, unless the URL says
// otherwise with pool_max_conns: its jobs hold one only while they save.
const poolConns = 16

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return errors.New("the URL cannot be read; it should look like postgres://user@host:5432/hanwire")
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "hanwire"
	}
	if !strings.Contains(o.DSN, "pool_max_conns") {
		config.MaxConns = poolConns
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
	err = conn.Raw(func(dc any) error {
		native, err = dc.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	})
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			// The context may be what ended the work.
			_ = conn.Raw(func(any) error { return native.Rollback(context.WithoutCancel(ctx)) })
		}
	}()
	if err := f(ctx, &tx{IDB: conn, native: native}); err != nil {
		return err
	}
	done = true
	// In the lock of database/sql, which may still be closing the rows of a query
	// that was given up.
	return conn.Raw(func(any) error { return native.Commit(ctx) })
}

func (e *postgresEngine) again(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "40001" || pe.Code == "40P01")
}

func (e *postgresEngine) timestamp(t time.Time) any { return t }

func (e *postgresEngine) jsonText(column, field string) string {
	return column + " ->> '" + field + "'"
}

func (e *postgresEngine) asJSON(column string) string { return "(" + column + "::json)" }

func (e *postgresEngine) jsonDoc(column string) string { return column + "::text" }

func (e *postgresEngine) lastJobError() string { return "errors[array_upper(errors, 1)] ->> 'error'" }

func (e *postgresEngine) platformOf(lane string) string { return "split_part(" + lane + ", '/', 1)" }

func (e *postgresEngine) explain(err error) error {
	if err == nil {
		return nil
	}
	if ce, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return fmt.Errorf("PostgreSQL cannot be reached: %w", ce)
	}
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) {
		return fmt.Errorf("PostgreSQL does not answer: %w", err)
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

func (e *postgresEngine) snapshot(ctx context.Context, f func(context.Context, bun.IDB) error) error {
	return e.db.RunInTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, func(ctx context.Context, t bun.Tx) error { return f(ctx, t) })
}

func (e *postgresEngine) restart(ctx context.Context, t *tx) error {
	_, err := t.exec(ctx, "SELECT setval(pg_get_serial_sequence('outbox', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM outbox), false)")
	return err
}

// backup moves everything into a SQLite file.
func (e *postgresEngine) backup(ctx context.Context, s *Store, path string) (err error) {
	to, err := Open(ctx, Options{DSN: path, Log: s.log, Now: s.now})
	if err != nil {
		return err
	}
	_, err = Copy(ctx, s, to)
	return errors.Join(err, to.Close(), ignoreMissing(removeLock(path)))
}

func (e *postgresEngine) check(ctx context.Context) []string {
	if err := e.pool.Ping(ctx); err != nil {
		return []string{e.explain(err).Error()}
	}
	return nil
}

// errLockLost ends the context of a holder whose connection broke.
var errLockLost = errors.New("the connection that held the lock is gone")

// lead holds an advisory lock on a connection of its own. PostgreSQL frees it
// when the connection ends, so that a dead worker's lock is free at once.
func (e *postgresEngine) lead(ctx context.Context, name string, f func(context.Context) error) error {
	for {
		held, err := e.tryLead(ctx, name, f)
		if held && !errors.Is(err, errLockLost) {
			return err
		}
		// Lost, held by another, or PostgreSQL is away for a moment.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(leadPause):
		}
	}
}

// tryLead runs f if the lock is free, and reports whether it was.
func (e *postgresEngine) tryLead(ctx context.Context, name string, f func(context.Context) error) (bool, error) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return false, err
	}
	defer closeConn(ctx, conn)
	var ok bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lockKey(name)).Scan(&ok); err != nil || !ok {
		return false, err
	}
	held, lose := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(leadPause)
		defer tick.Stop()
		for {
			select {
			case <-held.Done():
				return
			case <-tick.C:
			}
			alive, stop := context.WithTimeout(held, 3*leadPause)
			err := conn.Ping(alive)
			stop()
			if err != nil && held.Err() == nil {
				lose(errLockLost)
				return
			}
		}
	}()
	err = f(held)
	lost := errors.Is(context.Cause(held), errLockLost)
	lose(nil)
	<-ended
	if lost {
		return true, errLockLost
	}
	return true, err
}

// exclusive waits for its turn; unlike lead it does not watch the connection,
// since what f does is a transaction or can be repeated.
func (e *postgresEngine) exclusive(ctx context.Context, name string, f func(context.Context) error) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lockKey(name)); err != nil {
		return err
	}
	defer unlock(ctx, conn, name)
	return f(ctx)
}

// unlock frees the lock, or failing that ends the connection and the lock
// with it.
func unlock(ctx context.Context, conn *pgxpool.Conn, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*leadPause)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", lockKey(name)); err != nil {
		closeConn(ctx, conn.Conn())
	}
}

// closeConn ends a connection of which nothing more is expected.
func closeConn(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leadPause)
	defer cancel()
	_ = conn.Close(ctx)
}

// lockKey is the number that PostgreSQL knows a lock by.
func lockKey(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte("hanwire/" + name))
	return int64(h.Sum64())
}
