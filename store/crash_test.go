package store_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/feeds"
	"hanwire/store"
)

// The worker that is killed is this test binary, told so by its environment.
const (
	crashDSN      = "HANWIRE_TEST_CRASH_DSN"
	crashPlatform = "HANWIRE_TEST_CRASH_PLATFORM"
	crashRounds   = "HANWIRE_TEST_CRASHES" // how many kills; 12 by default
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashDSN); dsn != "" {
		if err := crashWorker(dsn, os.Getenv(crashPlatform)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// crashEditions is how many editions a subscription makes, one due right after
// the other, each a post and two answers; crashEntries is what its feed brings.
const crashEditions, crashEntries = 15, 30

// crashWorker works until it is killed.
func crashWorker(dsn, platform string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{DSN: dsn, Lease: 2 * time.Second})
	if err != nil {
		return err
	}
	f := feedNamed("north")
	l := &line{s: s, feeds: map[string]feeds.Feed{f.ID(): f}, tries: map[string]int{}}
	w := l.workers()
	w.Poll = func(ctx context.Context, id string) error {
		known, err := s.Known(ctx, id, keysTo(crashEntries))
		if err != nil {
			return err
		}
		n := len(known)
		r := feeds.PollResult{State: feeds.State{NextPoll: time.Now().Add(50 * time.Millisecond), Health: feeds.Healthy}}
		if n == crashEntries {
			r.State.NextPoll = time.Now().Add(time.Hour)
		}
		for i := n + 1; i <= min(n+3, crashEntries); i++ {
			r.Entries = append(r.Entries, entryOf(f, i))
		}
		return s.SavePoll(ctx, id, r)
	}
	w.Edition = func(ctx context.Context, id string, due time.Time) error {
		sub, err := s.Subscription(ctx, id)
		if err != nil {
			return err
		}
		sub.Number++
		sub.Next = due.Add(time.Millisecond)
		if sub.Number == crashEditions {
			sub.Next = time.Now().Add(time.Hour)
		}
		key := fmt.Sprintf("%s/%02d", id, sub.Number)
		answer1, answer2 := reply(key+"/1", key), reply(key+"/2", key)
		root := post(key)
		for _, o := range []*bot.Outgoing{&root, &answer1, &answer2} {
			o.To.Channel = id
		}
		e := bot.Edition{ID: fmt.Sprintf("%s/%d", id, due.UnixMilli()), Subscription: id, Number: sub.Number, Due: due, Made: time.Now()}
		if err := s.SaveEdition(ctx, e, sub, []bot.Outgoing{root, answer1, answer2}); !errors.Is(err, bot.ErrDone) {
			return err
		}
		return nil
	}
	w.Alerts = func(ctx context.Context, articles []string) error {
		for _, a := range articles {
			o := post("alert/" + a)
			o.To.Channel = "alerts"
			if err := s.SaveHits(ctx, []bot.Hit{{Alert: "al1", Story: "s1", Article: a, At: time.Now()}}, []bot.Outgoing{o}); err != nil {
				return err
			}
		}
		return nil
	}
	w.Deliver = func(ctx context.Context, lane string) error {
		for {
			o, found, err := s.Claim(ctx, lane, time.Now())
			if err != nil || !found {
				return err
			}
			// Like an adapter: what may have got through is looked up first.
			there := false
			if o.Attempt > 1 {
				if there, err = arrived(platform, o.Key); err != nil {
					return err
				}
			}
			if !there {
				if err := arrive(platform, o.To.Channel, o.Key, o.Parent); err != nil {
					return err
				}
			}
			if err := s.Settle(ctx, o.Key, bot.Outcome{State: bot.Sent, Receipt: bot.Receipt{Message: o.Key, Found: there}}); err != nil {
				return err
			}
		}
	}
	return s.Work(ctx, w, store.WorkOptions{Tick: 500 * time.Millisecond, JobTimeout: 5 * time.Second})
}

func keysTo(n int) []string {
	var keys []string
	for i := 1; i <= n; i++ {
		keys = append(keys, "guid-"+strconv.Itoa(i))
	}
	return keys
}

// arrive is the platform: it takes a message, and sometimes takes its time to
// answer after doing so.
func arrive(platform, channel, key, parent string) error {
	f, err := os.OpenFile(platform, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, channel, key, parent)
	if rand.N(4) == 0 {
		time.Sleep(30 * time.Millisecond)
	}
	return errors.Join(err, f.Close())
}

func arrived(platform, key string) (bool, error) {
	b, err := os.ReadFile(platform)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return strings.Contains(string(b), " "+key+" "), err
}

// standstill is longer than any lease and any pause between tries.
const standstill = 150 * time.Second

// lines is how many there are in a file.
func lines(t *testing.T, name string) int {
	b, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("\n"))
}

// TestCrash kills workers at random moments while a feed changes and editions
// and alerts fall due: nothing is lost, nothing arrives twice, and the order holds.
func TestCrash(t *testing.T) {
	kills := 12
	if n, err := strconv.Atoi(os.Getenv(crashRounds)); err == nil {
		kills = n
	}
	each(t, func(t *testing.T, engine string) {
		workers := map[string]int{"sqlite": 1, "postgres": 3}[engine]
		dsn, platform := newDSN(t, engine), t.TempDir()+"/platform"
		ctx := t.Context()
		s := must(store.Open(ctx, store.Options{DSN: dsn}))(t)
		f := feedNamed("north")
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{f}))
		var subs []string
		// Enough subscriptions that there is work for all kills.
		for i := range max(2, kills/4) {
			id := fmt.Sprintf("sub%02d", i)
			subs = append(subs, id)
			at := channel
			at.Channel = id
			ok(t, s.SaveSubscription(ctx, bot.Subscription{ID: id, At: at, Next: time.Now().Add(time.Duration(i) * 500 * time.Millisecond)}))
		}
		ok(t, s.Close())
		start := func() *exec.Cmd {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), crashDSN+"="+dsn, crashPlatform+"="+platform)
			cmd.Stderr = os.Stderr
			ok(t, cmd.Start())
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			return cmd
		}
		running := make([]*exec.Cmd, workers)
		for i := range running {
			running[i] = start()
		}
		for range kills {
			time.Sleep(time.Duration(50+rand.N(400)) * time.Millisecond)
			i := rand.N(workers)
			_ = running[i].Process.Kill()
			_ = running[i].Wait()
			running[i] = start()
		}
		// A second pair of eyes on the database.
		// It may take its time, but not stand still.
		arrivals, deadline := 0, time.Now().Add(standstill)
		for ; ; time.Sleep(100 * time.Millisecond) {
			look, err := store.Open(ctx, store.Options{DSN: dsn, Beside: true})
			ok(t, err)
			done := must(look.Idle(ctx))(t)
			jobs, out := must(look.Jobs(ctx))(t), must(look.Outbox(ctx))(t)
			ok(t, look.Close())
			if done {
				break
			}
			if n := lines(t, platform); n > arrivals {
				arrivals, deadline = n, time.Now().Add(standstill)
			}
			if time.Now().After(deadline) {
				t.Fatalf("work left, and nothing has arrived for a while: jobs %+v, messages %+v", jobs, out)
			}
		}
		for _, cmd := range running {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}

		s = open(t, store.Options{DSN: dsn})
		articles := map[string]int{}
		ok(t, s.Readings(ctx, time.Time{}, func(_ string, r digest.Reading) bool { articles[r.ID]++; return true }))
		if len(articles) != crashEntries {
			t.Errorf("%d articles of %d entries", len(articles), crashEntries)
		}
		if faults := s.Check(ctx); len(faults) > 0 {
			t.Errorf("check: %q", faults)
		}
		got := map[string][]string{}
		file, err := os.Open(platform)
		ok(t, err)
		defer file.Close()
		for in := bufio.NewScanner(file); in.Scan(); {
			channel, rest, _ := strings.Cut(in.Text(), " ")
			got[channel] = append(got[channel], rest)
		}
		total := 0
		for _, id := range subs {
			var want []string
			for n := 1; n <= crashEditions; n++ {
				key := fmt.Sprintf("%s/%02d", id, n)
				want = append(want, key+" ", key+"/1 "+key, key+"/2 "+key)
			}
			if strings.Join(got[id], "\n") != strings.Join(want, "\n") {
				t.Errorf("channel %s: %d messages arrived, want %d, each once and in order:\n%s", id, len(got[id]), len(want), strings.Join(got[id], "\n"))
			}
			total += len(got[id])
		}
		alerts := map[string]int{}
		for _, a := range got["alerts"] {
			alerts[strings.TrimPrefix(strings.TrimSpace(a), "alert/")]++
		}
		if len(got["alerts"]) != len(articles) || len(alerts) != len(articles) {
			t.Errorf("%d alerts of %d articles arrived for %d articles", len(got["alerts"]), len(alerts), len(articles))
		}
		t.Logf("%d kills: %d alerts arrived once", kills, len(alerts))
		t.Logf("%d kills: %d of %d entries read, %d of %d messages arrived once and in order", kills, len(articles), crashEntries, total, len(subs)*crashEditions*3)
	})
}
