package feeds

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Hosts gives out turns at hosts, so that no registrable domain has two
// requests in flight or two in quick succession, across all workers.
type Hosts interface {
	// Acquire asks for a turn at the domain. With a turn, release is not nil and
	// must be called once, with the time before which nobody may ask the domain
	// again; a later time given before still holds. Without one, wait says when
	// to ask again.
	Acquire(ctx context.Context, domain string, now time.Time) (release func(next time.Time), wait time.Duration, err error)
}

// MemoryHosts are turns within one process. They are safe for concurrent use.
type MemoryHosts struct {
	mu    sync.Mutex // guards all below
	hosts map[string]turnState
	sweep int // size of hosts at which the past is forgotten
}

type turnState struct {
	busy bool
	next time.Time
}

// NewMemoryHosts returns turns for all hosts.
func NewMemoryHosts() *MemoryHosts {
	return &MemoryHosts{hosts: map[string]turnState{}, sweep: 1024}
}

// busyWait is how soon to ask again while a request is in flight, whose end
// nobody knows.
const busyWait = 200 * time.Millisecond

// Acquire implements [Hosts]. It never fails and never blocks.
func (m *MemoryHosts) Acquire(_ context.Context, domain string, now time.Time) (func(time.Time), time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.hosts[domain]
	if s.busy {
		return nil, max(busyWait, s.next.Sub(now)), nil
	}
	if s.next.After(now) {
		return nil, s.next.Sub(now), nil
	}
	if len(m.hosts) >= m.sweep {
		for d, s := range m.hosts {
			if !s.busy && !s.next.After(now) {
				delete(m.hosts, d)
			}
		}
		m.sweep = max(1024, 2*len(m.hosts))
	}
	m.hosts[domain] = turnState{busy: true, next: s.next}
	release := func(next time.Time) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if s := m.hosts[domain]; next.Before(s.next) {
			next = s.next
		}
		m.hosts[domain] = turnState{next: next}
	}
	return release, 0, nil
}

// minPostpone is the least that a poll is put off which found its host busy.
const minPostpone = 5 * time.Second

// turn waits for a turn at the domain, as long as the options allow.
func (c *Client) turn(ctx context.Context, domain string, now func() time.Time) (release func(time.Time), err error) {
	start := now()
	for {
		release, wait, err := c.hosts.Acquire(ctx, domain, now())
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &fetchError{reason: ReasonWaiting, detail: "no turn at " + domain + ": " + err.Error(), wait: time.Minute}
		}
		if release != nil {
			return release, nil
		}
		wait = max(wait, time.Millisecond)
		if now().Add(wait).Sub(start) > c.opts.HostWait {
			return nil, &fetchError{reason: ReasonWaiting, detail: fmt.Sprintf("%s is to be asked again in %s", domain, wait.Round(time.Second)), wait: now().Sub(start) + max(wait, minPostpone)}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}
