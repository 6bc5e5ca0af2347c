package store

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// leadPause is how often a worker asks for a lock that another holds, and how
// often the holder makes sure that it still has it.
const leadPause = time.Second

// Lead runs f while this process alone leads under the name, waiting until it
// does. The context of f ends when the lock may have been lost, and another
// process takes over within seconds of that. On SQLite there is one process,
// and f just runs.
func (s *Store) Lead(ctx context.Context, name string, f func(context.Context) error) error {
	return s.engine.lead(ctx, name, f)
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
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release()
	var ok bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lockKey(name)).Scan(&ok); err != nil || !ok {
		return false, err
	}
	defer unlock(ctx, conn, name)
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
		_ = conn.Conn().Close(ctx)
	}
}

// lockKey is the number that PostgreSQL knows a lock by.
func lockKey(name string) int64 {
	h := fnv.New64a()
	h.Write([]byte("hanwire/" + name))
	return int64(h.Sum64())
}
