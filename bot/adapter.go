package bot

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// What adapters share: work under way, requests served, things remembered.

const (
	// maxPending is how many commands of one platform are answered at once.
	maxPending = 2000

	// maxHandled is how many of them are worked out at once. The others wait,
	// acknowledged: were all at work, an acknowledgement would wait for its turn
	// on the processor behind them.
	maxHandled = 16

	// grace is how long answers under way may take after the end was called for.
	grace = 5 * time.Second
)

// Inbox runs what a platform's people do, each in a goroutine of its own, and
// ends all of it. It is made for one Listen.
type Inbox struct {
	ctx    context.Context // ends grace after Listen's; owned by the inbox for the life of one Listen
	cancel context.CancelFunc
	stop   func() bool
	slots  chan struct{}
	turns  chan struct{}
	work   sync.WaitGroup
}

// NewInbox returns an inbox that takes work until ctx ends, and gives what is
// under way then some seconds more.
func NewInbox(ctx context.Context) *Inbox {
	in := &Inbox{slots: make(chan struct{}, maxPending), turns: make(chan struct{}, maxHandled)}
	in.ctx, in.cancel = context.WithCancel(context.WithoutCancel(ctx))
	in.stop = context.AfterFunc(ctx, func() {
		if Sleep(in.ctx, grace) {
			in.cancel()
		}
	})
	return in
}

// Go starts f and returns at once. False says that too much is under way, and
// that f was not started.
func (in *Inbox) Go(f func(context.Context)) bool {
	select {
	case in.slots <- struct{}{}:
	default:
		return false
	}
	in.work.Go(func() {
		defer func() { <-in.slots }()
		f(in.ctx)
	})
	return true
}

// Handle gives a command to h when it is its turn.
func (in *Inbox) Handle(ctx context.Context, h Handler, c Command) (Reply, error) {
	select {
	case in.turns <- struct{}{}:
	case <-ctx.Done():
		return Reply{}, ctx.Err()
	}
	defer func() { <-in.turns }()
	return h.Handle(ctx, c)
}

// Wait returns when all that was started has ended. It is called once, after
// the last Go.
func (in *Inbox) Wait() {
	in.work.Wait()
	in.stop()
	in.cancel()
}

// Serve answers requests at an address until ctx ends, and returns when none is
// under way. An empty address serves nothing: the handler is mounted elsewhere.
// Listening is told of the address once it is open.
func Serve(ctx context.Context, address string, h http.Handler, listening func(net.Addr)) error {
	if address == "" {
		<-ctx.Done()
		return nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	listening(ln.Addr())
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err = srv.Shutdown(end); err != nil {
		err = srv.Close()
	}
	<-done
	return err
}

// NewTransport returns a transport for calls to one platform. Go's own keeps two
// idle connections to a host, so that most of many calls at once would begin
// with a handshake.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 64, 64
	t.IdleConnTimeout = 20 * time.Second // before a server closes it just as a message goes out
	return t
}

// Sleep reports whether ctx lasted for d.
func Sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Memory remembers values by key for a while. It is safe for concurrent use.
type Memory[K comparable, V any] struct {
	keep time.Duration

	mu   sync.Mutex // guards what follows
	m    map[K]remembered[V]
	next time.Time // of the next sweep
}

type remembered[V any] struct {
	value V
	until time.Time
}

// NewMemory returns a memory that forgets each value after keep.
func NewMemory[K comparable, V any](keep time.Duration) *Memory[K, V] {
	return &Memory[K, V]{keep: keep, m: map[K]remembered[V]{}}
}

// Put remembers v, and reports whether k was not remembered yet.
func (m *Memory[K, V]) Put(k K, v V) (fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if now.After(m.next) {
		for k, r := range m.m {
			if now.After(r.until) {
				delete(m.m, k)
			}
		}
		m.next = now.Add(m.keep / 4)
	}
	r, ok := m.m[k]
	m.m[k] = remembered[V]{v, now.Add(m.keep)}
	return !ok || now.After(r.until)
}

// Get returns what is remembered of k.
func (m *Memory[K, V]) Get(k K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.m[k]
	return r.value, ok && !time.Now().After(r.until)
}

// Drop forgets k, and reports whether it was remembered.
func (m *Memory[K, V]) Drop(k K) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.m[k]
	delete(m.m, k)
	return ok && !time.Now().After(r.until)
}
