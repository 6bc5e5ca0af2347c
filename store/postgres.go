package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
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

// errLockLost ends the contexts of a holder whose connection broke.
var errLockLost = errors.New("the connection that held the lock is gone")

// share holds an advisory lock for each part that it runs, all on a connection
// of their own. PostgreSQL frees them when the connection ends, so that the
// parts of a dead worker are free at once.
func (e *postgresEngine) share(ctx context.Context, name string, parts int, f func(context.Context, int) error) error {
	for {
		if err := e.tryShare(ctx, name, parts, f); !errors.Is(err, errLockLost) {
			return err
		}
		// PostgreSQL is away for a moment.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(leadPause):
		}
	}
}

// part is one that this worker runs.
type part struct {
	stop   context.CancelCauseFunc
	leaves bool // another worker is to have it
}

type partEnd struct {
	part int
	err  error
}

func (e *postgresEngine) tryShare(ctx context.Context, name string, parts int, f func(context.Context, int) error) (err error) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return errors.Join(errLockLost, err)
	}
	defer closeConn(ctx, conn)
	mine := map[int]*part{}
	ended := make(chan partEnd)
	defer func() {
		for _, p := range mine {
			p.stop(err)
		}
		for range mine {
			<-ended
		}
	}()
	for {
		taken, err := balance(ctx, conn, name, parts, mine)
		if err != nil {
			return errors.Join(errLockLost, err)
		}
		for _, n := range taken {
			held, stop := context.WithCancelCause(ctx)
			mine[n] = &part{stop: stop}
			go func() {
				err := f(held, n)
				stop(nil)
				ended <- partEnd{n, err}
			}()
		}
		end, some, err := rest(ctx, conn, ended)
		if some {
			leaves := mine[end.part].leaves
			delete(mine, end.part)
			if !leaves {
				return end.err
			}
			if err == nil {
				_, err = conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", lockKey(partName(name, end.part, parts)))
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return errors.Join(errLockLost, err)
		}
	}
}

// rest waits for the end of a part, of ctx, or a while. It fails at once when
// the connection ends: PostgreSQL gives the locks to others then.
func rest(ctx context.Context, conn *pgx.Conn, ended <-chan partEnd) (end partEnd, some bool, err error) {
	waiting, stop := context.WithTimeout(ctx, leadPause)
	defer stop()
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		// Nobody notifies it: this is to hear of the end.
		_, _ = conn.WaitForNotification(waiting)
	}()
	select {
	case end = <-ended:
		some = true
		stop()
		<-woken
	case <-woken:
	}
	if conn.IsClosed() {
		err = errors.New("the connection has ended")
	}
	return end, some, err
}

// balance takes locks of parts that are free, until this worker has as many as
// are its due, and sends away those that are more. It fails when the connection
// does.
func balance(ctx context.Context, conn *pgx.Conn, name string, parts int, mine map[int]*part) (taken []int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*leadPause)
	defer cancel()
	// Each worker holds a lock that all may hold, by which they are counted.
	present := lockKey(name + "/workers")
	const there = "FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())" +
		" AND (classid::bigint << 32 | objid::bigint) = $1"
	var workers int
	if err := conn.QueryRow(ctx, "SELECT count(*) + CASE WHEN count(*) FILTER (WHERE pid = pg_backend_pid()) > 0 THEN 0 ELSE pg_try_advisory_lock_shared($1)::int END "+there, present).Scan(&workers); err != nil {
		return nil, err
	}
	due := (parts + workers - 1) / max(workers, 1)
	has := 0
	for _, p := range mine {
		if !p.leaves {
			has++
		}
	}
	for n := parts - 1; n >= 0 && has > due; n-- {
		if p := mine[n]; p != nil && !p.leaves {
			p.leaves = true
			p.stop(errors.New("another worker takes this over"))
			has--
		}
	}
	for _, n := range rand.Perm(parts) { // workers that begin together do not ask for the same
		if has >= due {
			break
		}
		if mine[n] != nil {
			continue
		}
		var ok bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lockKey(partName(name, n, parts))).Scan(&ok); err != nil {
			return nil, err
		}
		if ok {
			taken = append(taken, n)
			has++
		}
	}
	return taken, nil
}

// partName is what the lock of a part is called. Workers that count differently
// do not share.
func partName(name string, part, parts int) string {
	if parts == 1 {
		return name
	}
	return fmt.Sprintf("%s/%d of %d", name, part, parts)
}

// exclusive waits for its turn; unlike share it does not watch the connection,
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
