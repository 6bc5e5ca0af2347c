// Package store keeps what must not be lost: feeds and what they published,
// articles as they were read, the stories they tell, who is told what, and the
// work that is still to be done.
//
// Every change of state commits together with the jobs that follow from it, in
// one transaction on one database, so that a crash at any point leaves either
// both or neither. An entry and the job to read it, an article and the job to
// group it, an edition and the messages that post it come into being together.
// Jobs may run twice; what they save is saved once.
//
// The database is SQLite, a file of one process, or PostgreSQL, shared by any
// number of workers. [Open] brings it up to date. Both engines hold the same
// tables, run the same statements and give the same answers; what differs
// between them stands in sqlite.go, postgres.go and, for terms, terms.go.
//
//	feeds.go, hosts.go    feeds, their state, whose turn it is at a host
//	entries.go            what feeds claim
//	articles.go           what was read, and its versions
//	stories.go            which articles tell one event
//	subscriptions.go      subscriptions and editions
//	alerts.go, people.go  alerts and their hits, settings, mutes, forgetting
//	outbox.go             messages on their way, in lanes
//	sealed.go             what callers encrypt before it is kept
//	jobs.go, work.go      the queue, and the loop that works it
//	why.go                the way that an entry took
//	care.go, copy.go      pruning, backup, checks, moving house
//
// The store decides nothing: what is due, what matters and what is said is up
// to its callers. It does not send anything.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/uptrace/bun"

	"hanwire/bot"
	"hanwire/feeds"
)

// Options are what [Open] needs. DSN must be set.
type Options struct {
	// DSN is a path of a SQLite file, which is made when it is not there, or
	// a postgres:// URL.
	DSN string

	// Beside opens a database that another process may be working on, for
	// commands that look something up: it takes no lock on a SQLite file and
	// runs no migrations.
	Beside bool

	// Lease is how long a claim in the outbox holds when its owner dies, on
	// PostgreSQL. It must be longer than any delivery takes; 90 s when zero. The
	// one process on a SQLite file frees the claims of the one before at start.
	Lease time.Duration

	Log *slog.Logger     // nothing is logged when nil
	Now func() time.Time // time.Now when nil
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	engine engine
	db     *bun.DB // writes, and the queue
	reads  bun.IDB // beside db on SQLite, the same on PostgreSQL; of one state in a view
	queue  queue
	lease  time.Duration
	turns  *turns // at hosts, of this process
	log    *slog.Logger
	now    func() time.Time
}

var (
	_ bot.Store   = (*Store)(nil)
	_ feeds.Known = (*Store)(nil)
)

// defaultLease is longer than the longest delivery: the adapters give up on a
// request after 30 s.
const defaultLease = 90 * time.Second

// Open opens a database and, unless it is opened beside another process,
// brings its tables up to date under a lock. Errors to test for:
// [*InUseError], [*SchemaError]; the rest say in words what is wrong with the
// file or the server.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{lease: o.Lease, turns: &turns{}, log: o.Log, now: o.Now}
	if s.lease == 0 {
		s.lease = defaultLease
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	if isPostgres(o.DSN) {
		err = s.openPostgres(ctx, o)
	} else {
		err = s.openSQLite(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", Redact(o.DSN), err)
	}
	if err := s.start(ctx, o.Beside); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", Redact(o.DSN), s.engine.explain(err)), s.Close())
	}
	return s, nil
}

// start makes an opened database ready.
func (s *Store) start(ctx context.Context, beside bool) error {
	if beside {
		return s.checkSchema(ctx)
	}
	if err := s.MigrateUp(ctx); err != nil {
		return err
	}
	return s.engine.recover(ctx, s)
}

// Close ends all connections and gives the file free.
func (s *Store) Close() error { return s.engine.close() }

// Ping asks the database for something small.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.AlertsVersion(ctx)
	return err
}

// view runs f with a store that reads one state of the database, whatever is
// written beside it. That is also faster than one statement after the other:
// SQLite forgets the pages that it has read when others have written.
func (s *Store) view(ctx context.Context, f func(ctx context.Context, s *Store) error) error {
	return s.engine.snapshot(ctx, func(ctx context.Context, db bun.IDB) error {
		v := *s
		v.reads = db
		return f(ctx, &v)
	})
}

// tx is a transaction in which application tables and the queue change
// together. Jobs added to it are inserted just before the commit.
type tx struct {
	bun.IDB
	native any // *sql.Tx or pgx.Tx, for the queue
	jobs   []river.InsertManyParams
}

// add puts a job into the queue when the transaction commits.
func (t *tx) add(args river.JobArgs, opts *river.InsertOpts) {
	t.jobs = append(t.jobs, river.InsertManyParams{Args: args, InsertOpts: opts})
}

// writeTries is how often a transaction is run that PostgreSQL chose as the
// victim of a deadlock or of a serialisation conflict.
const writeTries = 5

// write runs f in a transaction and commits what it did together with the jobs
// it added. f must use nothing but its own transaction: on SQLite there is one
// connection for writing, and f holds it. f may run more than once.
func (s *Store) write(ctx context.Context, f func(ctx context.Context, t *tx) error) error {
	return s.commit(ctx, false, f)
}

// commit is write with a choice: what is durable survives a loss of power.
func (s *Store) commit(ctx context.Context, durable bool, f func(ctx context.Context, t *tx) error) error {
	var err error
	for try := range writeTries {
		err = s.engine.transact(ctx, durable, func(ctx context.Context, t *tx) error {
			if err := f(ctx, t); err != nil {
				return err
			}
			if len(t.jobs) == 0 {
				return nil
			}
			return s.queue.insert(ctx, t)
		})
		if err == nil || !s.engine.again(err) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try+1) * 20 * time.Millisecond):
		}
	}
	return s.engine.explain(err)
}

// exec runs one statement in a transaction and returns how many rows it
// changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.NewRaw(query, args...).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// found turns the error for no row into [bot.ErrNotFound].
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return bot.ErrNotFound
	}
	return err
}

// millis is t as it is stored; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the time stored as ms.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// column is s as both engines take it: PostgreSQL refuses a zero byte and
// broken UTF-8 in text.
func column(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
