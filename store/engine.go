package store

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/uptrace/bun"
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
	// asJSON is the expression for a text column of ours that holds JSON.
	asJSON(column string) string
	// lastJobError is the expression for what a job of the queue last failed with.
	lastJobError() string
	// platformOf is the expression for the platform in a lane's name.
	platformOf(lane string) string
	// jsonDoc is the expression for a JSON column of the queue as text.
	jsonDoc(column string) string
	// explain puts an engine's error into words that say what to do.
	explain(err error) error
	// exclusive runs f while no other process does the same under that name.
	exclusive(ctx context.Context, name string, f func(context.Context) error) error
	// share is as [Store.Share] says.
	share(ctx context.Context, name string, parts int, f func(ctx context.Context, part int) error) error
	// recover takes up what a process that died has left.
	recover(ctx context.Context, s *Store) error
	// snapshot runs f on one state of the database, whatever others write.
	snapshot(ctx context.Context, f func(context.Context, bun.IDB) error) error
	// restart makes numbers that the engine gives go on after those copied.
	restart(ctx context.Context, t *tx) error
	// backup writes a copy to a SQLite file that is not there.
	backup(ctx context.Context, s *Store, path string) error
	// check has the engine look for damage.
	check(ctx context.Context) []string
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

// leadPause is how often a worker asks for a lock that another holds, and how
// often the holder makes sure that it still has it.
const leadPause = time.Second

// Lead runs f while this process alone leads under the name, waiting until it
// does. The context of f ends when the lock may have been lost, and another
// process takes over within seconds of that. On SQLite there is one process,
// and f just runs.
func (s *Store) Lead(ctx context.Context, name string, f func(context.Context) error) error {
	return s.Share(ctx, name, 1, func(ctx context.Context, _ int) error { return f(ctx) })
}

// Share runs f for each part, from 0, of what workers do together, spread
// evenly over those that share the name: each part runs on one worker at a
// time. The context of f ends when its part is to move to a worker that has
// joined, or when it may have been lost; another worker takes the parts of one
// that died over within seconds. It returns when ctx ends, or with what f
// returned when that ended by itself. On SQLite all parts run here.
func (s *Store) Share(ctx context.Context, name string, parts int, f func(ctx context.Context, part int) error) error {
	return s.engine.share(ctx, name, parts, f)
}
