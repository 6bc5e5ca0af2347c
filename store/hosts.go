package store

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"hanwire/feeds"
)

// hostLease is how long a turn at a host lasts when its holder dies: longer
// than a request with its redirects and body may take.
const hostLease = time.Minute

// Hosts gives out turns at hosts by a row for each registrable domain, so that
// the spacing holds across workers and restarts.
func (s *Store) Hosts() feeds.Hosts { return hosts{s} }

type hosts struct{ s *Store }

var errBusy = errors.New("busy")

// Acquire implements [feeds.Hosts].
func (h hosts) Acquire(ctx context.Context, domain string, now time.Time) (func(time.Time), time.Duration, error) {
	holder := rand.Text()
	var wait time.Duration
	done, ok := h.s.turns.take(ctx, domain)
	if !ok {
		return nil, busyAgain, ctx.Err()
	}
	err := h.s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO hosts (domain, held, holder, next) VALUES (?, ?, ?, 0)
			ON CONFLICT (domain) DO UPDATE SET held = excluded.held, holder = excluded.holder
			WHERE (hosts.held <= ? OR hosts.held > ?) AND hosts.next <= ?`,
			domain, millis(now.Add(hostLease)), holder, millis(now), millis(now.Add(2*hostLease)), millis(now)) // as with lanes, in outbox.go
		if err != nil || n > 0 {
			return err
		}
		var held, next int64
		if err := t.NewRaw("SELECT held, next FROM hosts WHERE domain = ?", domain).Scan(ctx, &held, &next); err != nil {
			return err
		}
		wait = max(instant(next).Sub(now), time.Millisecond)
		if held > millis(now) {
			wait = max(wait, busyAgain) // how long a request in flight takes nobody knows; a moment is a guess
		}
		return errBusy
	})
	if err != nil {
		done()
		if errors.Is(err, errBusy) {
			return nil, wait, nil
		}
		return nil, 0, err
	}
	release := func(next time.Time) {
		defer done()
		// The request was made whatever became of its context.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err := h.s.write(ctx, func(ctx context.Context, t *tx) error {
			// A turn that ran out may be another's by now: its next counts, ours too.
			_, err := t.exec(ctx, `UPDATE hosts SET held = CASE WHEN holder = ? THEN 0 ELSE held END,
				next = CASE WHEN next < ? THEN ? ELSE next END WHERE domain = ?`, holder, millis(next), millis(next), domain)
			return err
		})
		if err != nil {
			h.s.log.WarnContext(ctx, "turn at host not given back", "domain", domain, "err", err)
		}
	}
	return release, 0, nil
}

// busyAgain is when to ask for a turn again that another worker has.
const busyAgain = time.Second / 4

// turns are those of this process: its own requests to a domain follow one
// another without asking the database whether it is free.
type turns struct {
	mu   sync.Mutex
	held map[string]*turn // by domain
}

type turn struct {
	free  chan struct{} // holds one token while nobody has the turn
	wants int           // those who have it or wait for it
}

// take waits a moment for the turn at a domain. What it returns gives the turn
// back.
func (t *turns) take(ctx context.Context, domain string) (done func(), ok bool) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[string]*turn{}
	}
	mine := t.held[domain]
	if mine == nil {
		mine = &turn{free: make(chan struct{}, 1)}
		mine.free <- struct{}{}
		t.held[domain] = mine
	}
	mine.wants++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.wants--; mine.wants == 0 {
			delete(t.held, domain)
		}
	}
	late := time.NewTimer(busyAgain) // whose turn never ends: the lease in the database decides
	defer late.Stop()
	select {
	case <-mine.free:
		return func() { mine.free <- struct{}{}; leave() }, true
	case <-late.C:
	case <-ctx.Done():
	}
	leave()
	return nil, false
}
