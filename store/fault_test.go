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
	dir := smallDisk(t, "4m")
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

// TestClockJumps has a clock that is wrong for a while: feeds are polled once
// when it jumps ahead, and soon again when it has been set right.
func TestClockJumps(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		f := feedNamed("north")
		ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
		polled := func() {
			t.Helper()
			ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{State: feeds.State{LastPoll: c.Now(), NextPoll: c.Now().Add(time.Hour)}}))
		}
		queued := func(what string, want int) {
			t.Helper()
			ok(t, s.Tick(t.Context()))
			ok(t, s.Tick(t.Context()))
			if n := count(t, s, "poll"); n != want {
				t.Errorf("%s: %d polls were queued, want %d", what, n, want)
			}
		}
		polled()
		queued("just polled", 0)
		c.advance(20 * 24 * time.Hour)
		queued("the clock jumps ahead", 1)
		polled()
		c.advance(-20 * 24 * time.Hour)
		queued("the clock is set right", 2)
		polled()
		c.advance(-5 * time.Minute)
		queued("the clock goes back a little", 2)
		c.advance(70 * time.Minute)
		queued("an hour later", 3)
	})
}

// TestLockedAtStart opens a file on which another program holds a lock, beside
// Hanwire's own.
func TestLockedAtStart(t *testing.T) {
	dsn := newDSN(t, "sqlite")
	ok(t, must(store.Open(t.Context(), store.Options{DSN: dsn}))(t).Close())
	release := lockSQLite(t, dsn)
	if _, err := store.Open(t.Context(), store.Options{DSN: dsn}); err == nil || !strings.Contains(err.Error(), "another program holds a lock") {
		t.Errorf("open: %v, want an error that says that another program holds a lock", err)
	}
	release()
	ok(t, must(store.Open(t.Context(), store.Options{DSN: dsn}))(t).Close())
}

// TestReadOnlyDisk takes the right to write away under a database and gives it
// back: a clear error, and nothing is changed. It needs a file system of its
// own, as TestFullDisk does.
func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "64m")
	dsn := filepath.Join(dir, "hanwire.db")
	s := must(store.Open(t.Context(), store.Options{DSN: dsn}))(t)
	f := feedNamed("north")
	ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
	ok(t, s.Close())
	remount := func(how string) {
		t.Helper()
		if out, err := exec.Command("mount", "-o", "remount,"+how, dir).CombinedOutput(); err != nil {
			t.Fatalf("remount: %s", out)
		}
	}
	remount("ro")
	before := must(os.ReadFile(dsn))(t)
	_, err := store.Open(t.Context(), store.Options{DSN: dsn})
	if err == nil || !strings.Contains(err.Error(), "read-only") && !strings.Contains(err.Error(), "cannot be written to") {
		t.Errorf("open on a read-only disk: %v, want an error that says so", err)
	}
	if after := must(os.ReadFile(dsn))(t); string(after) != string(before) {
		t.Error("the file was changed")
	}
	remount("rw")
	s = must(store.Open(t.Context(), store.Options{DSN: dsn}))(t)
	ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{entryOf(f, 1)}}))
	if faults := s.Check(t.Context()); len(faults) > 0 {
		t.Errorf("check: %q", faults)
	}
	ok(t, s.Close())
}

// smallDisk mounts a file system of a size, or skips the test where
// that is not allowed.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
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

// outage, in the environment, is how long PostgreSQL is away in TestServerGone;
// 3s by default, as long as it takes.
const outage = "HANWIRE_TEST_OUTAGE"

// TestServerGone takes PostgreSQL away in the middle of the work and gives it
// back.
func TestServerGone(t *testing.T) {
	onPostgres(t, func(t *testing.T) {
		p, dsn := newProxy(t, newDSN(t, "postgres"))
		s := open(t, store.Options{DSN: dsn, Lease: time.Second})
		f := feedNamed("north")
		ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
		gone := 3 * time.Second
		if v := os.Getenv(outage); v != "" {
			gone = must(time.ParseDuration(v))(t)
		}
		l := &line{s: s, feeds: map[string]feeds.Feed{f.ID(): f}, tries: map[string]int{}, again: time.Now().Add(time.Hour)}
		w := l.workers()
		poll := w.Poll
		var once sync.Once
		w.Poll = func(ctx context.Context, id string) error {
			once.Do(func() {
				p.gone.Store(true)
				p.cut()
				time.AfterFunc(gone, func() { p.gone.Store(false) })
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

// TestShare spreads parts over workers: evenly, each on one of them at a time,
// those of a worker that loses its connection or goes to the others.
func TestShare(t *testing.T) {
	const parts = 6
	t.Run("sqlite", func(t *testing.T) {
		s := open(t, store.Options{DSN: newDSN(t, "sqlite")})
		ctx, stop := context.WithCancel(t.Context())
		var ran atomic.Int32
		err := s.Share(ctx, "shards", parts, func(ctx context.Context, part int) error {
			if ran.Add(1) == parts {
				stop()
			}
			<-ctx.Done()
			return nil
		})
		if ran.Load() != parts || err != nil {
			t.Errorf("%d of %d parts ran, %v", ran.Load(), parts, err)
		}
		if err := s.Share(t.Context(), "shards", parts, func(context.Context, int) error { return errBroken }); !errors.Is(err, errBroken) {
			t.Errorf("a part failed: %v", err)
		}
	})
	onPostgres(t, func(t *testing.T) {
		dsn := newDSN(t, "postgres")
		p, cuttable := newProxy(t, dsn)
		var mu sync.Mutex
		held := map[int]string{}
		count := func(name string) (n int) {
			mu.Lock()
			defer mu.Unlock()
			for _, by := range held {
				if by == name || name == "" {
					n++
				}
			}
			return n
		}
		await := func(what string, f func() bool) {
			t.Helper()
			began := time.Now()
			for !f() {
				if time.Since(began) > 30*time.Second {
					t.Fatalf("%s: not after %s: %v", what, time.Since(began).Round(time.Second), held)
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Logf("%s after %s", what, time.Since(began).Round(time.Millisecond))
		}
		var wg sync.WaitGroup
		share := func(name, dsn string) (leave func()) {
			s := open(t, store.Options{DSN: dsn})
			ctx, stop := context.WithCancel(t.Context())
			wg.Go(func() {
				err := s.Share(ctx, "shards", parts, func(ctx context.Context, part int) error {
					mu.Lock()
					if by := held[part]; by != "" {
						t.Errorf("%s and %s hold part %d", by, name, part)
					}
					held[part] = name
					mu.Unlock()
					<-ctx.Done()
					mu.Lock()
					delete(held, part)
					mu.Unlock()
					return ctx.Err()
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", name, err)
				}
			})
			return stop
		}
		leave1 := share("first", cuttable)
		await("one worker has all", func() bool { return count("first") == parts })
		leave2 := share("second", dsn)
		await("two have half each", func() bool { return count("first") == 3 && count("second") == 3 })
		leave3 := share("third", dsn)
		await("three have a third each", func() bool { return count("first") == 2 && count("second") == 2 && count("third") == 2 })
		leave3()
		await("the third has gone", func() bool { return count("first") == 3 && count("second") == 3 })
		p.gone.Store(true)
		p.cut()
		await("the first is cut off", func() bool { return count("second") == parts })
		p.gone.Store(false)
		await("the first is back", func() bool { return count("first") == 3 && count("second") == 3 })
		leave1()
		leave2()
		wg.Wait()

		// A part that ends by itself ends the sharing.
		s := open(t, store.Options{DSN: dsn})
		if err := s.Share(t.Context(), "shards", parts, func(ctx context.Context, part int) error {
			if part == 2 {
				return errBroken
			}
			<-ctx.Done()
			return ctx.Err()
		}); !errors.Is(err, errBroken) {
			t.Errorf("a part failed: %v", err)
		}
	})
}

var errBroken = errors.New("broken")

// onPostgres runs f where there is a PostgreSQL to run it on.
func onPostgres(t *testing.T, f func(t *testing.T)) {
	if os.Getenv("HANWIRE_TEST_POSTGRES") != "" {
		t.Run("postgres", f)
	}
}
