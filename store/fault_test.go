package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hanwire/bot"
	"hanwire/feeds"
	"hanwire/store"
)

// execSQLite runs a statement on a file behind the store's back.
func execSQLite(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	ok(t, err)
	_, err = db.Exec(query)
	ok(t, errors.Join(err, db.Close()))
}

// lockSQLite takes the write lock of a file until it is released.
func lockSQLite(t *testing.T, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	ok(t, err)
	conn, err := db.Conn(t.Context())
	ok(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	ok(t, err)
	return func() { ok(t, errors.Join(conn.Close(), db.Close())) }
}

// TestFullDisk fills the disk under a database: a clear error, nothing lost,
// and work goes on when there is room again. It needs a file system of its
// own, which it can make as root on Linux alone.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Logf("no small file system here: %s", out)
		return
	}
	defer func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	}()
	s := must(store.Open(t.Context(), store.Options{DSN: filepath.Join(dir, "hanwire.db")}))(t)
	f := feedNamed("north")
	ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
	ballast := filepath.Join(dir, "ballast")
	b, err := os.Create(ballast)
	ok(t, err)
	_, _ = io.Copy(b, io.LimitReader(endless{}, 8<<20))
	ok(t, b.Close())
	saved, failed := 0, error(nil)
	for n := range 500 {
		if failed = s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{entryOf(f, n)}}); failed != nil {
			break
		}
		saved++
	}
	if failed == nil || !strings.Contains(failed.Error(), "disk is full") {
		t.Errorf("on a full disk: %v, want an error that says so", failed)
	}
	if got := count(t, s, "read"); got != saved {
		t.Errorf("%d jobs for %d entries that were saved", got, saved)
	}
	ok(t, os.Remove(ballast))
	ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{entryOf(f, 900)}}))
	if faults := s.Check(t.Context()); len(faults) > 0 {
		t.Errorf("check: %q", faults)
	}
	ok(t, s.Close())
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// proxy stands between the store and PostgreSQL and can be cut.
type proxy struct {
	net.Listener
	gone  atomic.Bool
	mu    sync.Mutex
	conns []net.Conn
	wg    sync.WaitGroup
}

func newProxy(t *testing.T, dsn string) (*proxy, string) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	ok(t, err)
	port := strconv.Itoa(int(config.Port))
	network, addr := "tcp", net.JoinHostPort(config.Host, port)
	if strings.HasPrefix(config.Host, "/") {
		network, addr = "unix", config.Host+"/.s.PGSQL."+port
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	p := &proxy{Listener: l}
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if p.gone.Load() {
				c.Close()
				continue
			}
			up, err := net.Dial(network, addr)
			if err != nil {
				c.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, c, up)
			p.mu.Unlock()
			p.wg.Go(func() { _, _ = io.Copy(up, c); up.Close() })
			p.wg.Go(func() { _, _ = io.Copy(c, up); c.Close() })
		}
	})
	t.Cleanup(func() { l.Close(); p.cut(); p.wg.Wait() })
	u, err := url.Parse(dsn)
	ok(t, err)
	u.Host = l.Addr().String()
	u.RawQuery = ""
	return p, u.String()
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// TestServerGone takes PostgreSQL away in the middle of the work and gives it
// back.
func TestServerGone(t *testing.T) {
	onPostgres(t, func(t *testing.T) {
		p, dsn := newProxy(t, newDSN(t, "postgres"))
		s := open(t, store.Options{DSN: dsn, Lease: time.Second})
		f := feedNamed("north")
		ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
		l := &line{s: s, feeds: map[string]feeds.Feed{f.ID(): f}, tries: map[string]int{}, again: time.Now().Add(time.Hour)}
		w := l.workers()
		poll := w.Poll
		var once sync.Once
		w.Poll = func(ctx context.Context, id string) error {
			once.Do(func() {
				p.gone.Store(true)
				p.cut()
				time.AfterFunc(3*time.Second, func() { p.gone.Store(false) })
			})
			return poll(ctx, id)
		}
		work(t, s, w, store.WorkOptions{Tick: time.Second, JobTimeout: 2 * time.Second}, func() bool {
			free, err := s.Idle(t.Context())
			if err != nil && !strings.Contains(err.Error(), "PostgreSQL") && p.gone.Load() {
				t.Logf("while the server is gone: %v", err)
			}
			return err == nil && free
		})
		if n := len(must(s.Stories(t.Context(), bot.StoryFilter{}))(t)); n != 1 {
			t.Errorf("%d stories after the server came back, want 1", n)
		}
	})
}

// TestLead has two workers lead one after the other, and the second take over
// when the first one's connection dies.
func TestLead(t *testing.T) {
	onPostgres(t, func(t *testing.T) {
		dsn := newDSN(t, "postgres")
		p, cuttable := newProxy(t, dsn)
		first, second := open(t, store.Options{DSN: cuttable}), open(t, store.Options{DSN: dsn})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var leaders atomic.Int32
		leads := make(chan string, 4)
		lead := func(s *store.Store, name string) func() {
			return func() {
				err := s.Lead(ctx, "socket", func(ctx context.Context) error {
					if n := leaders.Add(1); n != 1 {
						t.Errorf("%d lead at once", n)
					}
					leads <- name
					<-ctx.Done()
					leaders.Add(-1)
					return ctx.Err()
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		var wg sync.WaitGroup
		wg.Go(lead(first, "first"))
		if got := <-leads; got != "first" {
			t.Fatalf("%s leads", got)
		}
		wg.Go(lead(second, "second"))
		select {
		case got := <-leads:
			t.Fatalf("%s leads too", got)
		case <-time.After(1500 * time.Millisecond):
		}
		p.gone.Store(true)
		p.cut()
		start := time.Now()
		select {
		case got := <-leads:
			t.Logf("%s leads after %s", got, time.Since(start).Round(time.Millisecond))
		case <-time.After(10 * time.Second):
			t.Error("nobody leads 10 s after the leader's connection died")
		}
		stop()
		p.gone.Store(false)
		wg.Wait()
	})
}

// onPostgres runs f where there is a PostgreSQL to run it on.
func onPostgres(t *testing.T, f func(t *testing.T)) {
	if os.Getenv("HANWIRE_TEST_POSTGRES") != "" {
		t.Run("postgres", f)
	}
}
