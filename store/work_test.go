package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
	"hanwire/store"
)

// line is the pipeline with the smallest real work: each stage saves what the
// stage before has caused, and "platform" records what arrives.
type line struct {
	s     *store.Store
	feeds map[string]feeds.Feed
	tries map[string]int
	again time.Time // of the subscription's next edition

	mu      sync.Mutex
	arrived []string
	alerted []string
}

func (l *line) try(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries[what]++
	return l.tries[what]
}

func (l *line) workers() store.Workers {
	s := l.s
	return store.Workers{
		Poll: func(ctx context.Context, id string) error {
			f := l.feeds[id]
			return s.SavePoll(ctx, id, feeds.PollResult{
				State:   feeds.State{NextPoll: time.Now().Add(time.Hour), Health: feeds.Healthy},
				Entries: []feeds.Entry{entryOf(f, 1), entryOf(f, 2)},
			})
		},
		Read: func(ctx context.Context, id string) error {
			if l.try("read "+id) == 1 {
				return store.Again(50*time.Millisecond, errors.New("busy"))
			}
			e, f, err := s.Entry(ctx, id)
			if err != nil {
				return err
			}
			a, r := readingOf(f, e, "The ferry talks went on.")
			return s.SaveReading(ctx, id, a, r)
		},
		Group: func(ctx context.Context) error {
			return s.WithGrouping(ctx, func(ctx context.Context) error {
				list, err := s.Ungrouped(ctx)
				if err != nil {
					return err
				}
				var places []store.Placement
				for _, r := range list {
					places = append(places, store.Placement{Article: r.ID, Story: "s-" + r.Outlet})
				}
				return s.SaveGrouping(ctx, places)
			})
		},
		Alerts: func(ctx context.Context, articles []string) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.alerted = append(l.alerted, articles...)
			return nil
		},
		Updated: func(ctx context.Context, article string) error { return nil },
		Held:    func(ctx context.Context, alert string) error { return nil },
		Edition: func(ctx context.Context, id string, due time.Time) error {
			sub, err := s.Subscription(ctx, id)
			if err != nil {
				return err
			}
			sub.Next, sub.Number = l.again, sub.Number+1
			e := bot.Edition{ID: fmt.Sprintf("%s/%d", id, due.UnixMilli()), Subscription: id, Number: sub.Number, Due: due, Made: due}
			err = s.SaveEdition(ctx, e, sub, []bot.Outgoing{post(e.ID), reply(e.ID+"/1", e.ID), reply(e.ID+"/2", e.ID)})
			if errors.Is(err, bot.ErrDone) {
				return nil
			}
			return err
		},
		Deliver: func(ctx context.Context, lane string) error {
			for {
				o, found, err := s.Claim(ctx, lane, time.Now())
				if err != nil || !found {
					return err
				}
				if l.try("deliver "+o.Key) == 1 {
					retry := &bot.RetryError{After: 50 * time.Millisecond, Err: errors.New("429")}
					if err := s.Settle(ctx, o.Key, bot.Outcome{State: bot.Retry, Again: time.Now().Add(retry.After)}); err != nil {
						return err
					}
					return retry
				}
				l.mu.Lock()
				l.arrived = append(l.arrived, o.Key)
				l.mu.Unlock()
				if err := s.Settle(ctx, o.Key, bot.Outcome{State: bot.Sent, Receipt: bot.Receipt{Message: o.Key}}); err != nil {
					return err
				}
			}
		},
	}
}

// work runs the loop until the test has what it waits for.
func work(t *testing.T, s *store.Store, w store.Workers, o store.WorkOptions, done func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.Work(ctx, w, o) }()
	for ctx.Err() == nil && !done() {
		time.Sleep(5 * time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Errorf("not done after 30 s; jobs: %+v", must(s.Jobs(t.Context()))(t))
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("work: %v", err)
	}
}

func idle(t *testing.T, s *store.Store) bool { return must(s.Idle(t.Context()))(t) }

func TestWork(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine)})
		ctx := t.Context()
		l := &line{s: s, feeds: map[string]feeds.Feed{}, tries: map[string]int{}, again: time.Now().Add(time.Hour)}
		var list []feeds.Feed
		for i := range 5 {
			f := feedNamed(fmt.Sprintf("outlet%d", i))
			l.feeds[f.ID()], list = f, append(list, f)
		}
		ok(t, s.SyncFeeds(ctx, list))
		due := time.Now().Add(-time.Minute)
		ok(t, s.SaveSubscription(ctx, bot.Subscription{ID: "sub1", At: channel, Next: due}))
		if idle(t, s) {
			t.Fatal("idle with five feeds due")
		}
		start := time.Now()
		work(t, s, l.workers(), store.WorkOptions{Tick: time.Second}, func() bool { return idle(t, s) })
		t.Logf("idle after %s", time.Since(start).Round(time.Millisecond))
		for _, f := range list {
			got := must(s.Stories(ctx, bot.StoryFilter{IDs: []string{"s-" + f.Outlet}}))(t)
			if len(got) != 1 || len(got[0].Readings) != 2 {
				t.Errorf("%s: %+v, want a story of two articles", f.Outlet, got)
			}
		}
		slices.Sort(l.alerted)
		if len(l.alerted) != 10 || len(slices.Compact(l.alerted)) != 10 {
			t.Errorf("alerts were matched for %q, want ten articles once", l.alerted)
		}
		id := fmt.Sprintf("sub1/%d", due.UnixMilli())
		if want := []string{id, id + "/1", id + "/2"}; !slices.Equal(l.arrived, want) {
			t.Errorf("arrived %q, want %q", l.arrived, want)
		}
	})
}

func TestGivingUp(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine)})
		ctx := t.Context()
		f := feedNamed("north")
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{f}))
		ok(t, s.SavePoll(ctx, f.ID(), feeds.PollResult{State: feeds.State{NextPoll: time.Now().Add(time.Hour)}, Entries: []feeds.Entry{entryOf(f, 1), entryOf(f, 2)}}))
		read := func(ctx context.Context, id string) error {
			if id == entryOf(f, 1).ID {
				return store.Stop(errors.New("robots.txt forbids it"))
			}
			return s.SkipEntry(ctx, id, "relevance", "a horoscope")
		}
		work(t, s, store.Workers{Read: read}, store.WorkOptions{Tick: time.Second}, func() bool { return idle(t, s) })
		for n, want := range map[int]bot.Step{1: {Stage: "read", Detail: "robots.txt forbids it"}, 2: {Stage: "relevance", Detail: "a horoscope"}} {
			steps := must(s.Why(ctx, entryOf(f, n).Link))(t)
			if n := len(steps); n != 4 || steps[3].Stage != want.Stage || steps[3].Passed || steps[3].Detail != want.Detail {
				t.Errorf("why: %+v, want feed, poll, entry and %+v", steps, want)
			}
		}
	})
}

// TestStop ends the loop while jobs run: one that minds its context is handed
// back and done by the next worker.
func TestStop(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine)})
		f := feedNamed("north")
		ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
		running := make(chan bool)
		slow := store.Workers{Poll: func(ctx context.Context, id string) error {
			close(running)
			<-ctx.Done()
			return ctx.Err()
		}}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Work(ctx, slow, store.WorkOptions{Grace: 100 * time.Millisecond}) }()
		<-running
		stop()
		start := time.Now()
		ok(t, <-ended)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("stopped after %s, want 10 s at most", took)
		}
		done := make(chan bool, 1)
		quick := store.Workers{Poll: func(ctx context.Context, id string) error {
			done <- true
			return s.SavePoll(ctx, id, feeds.PollResult{State: feeds.State{NextPoll: time.Now().Add(time.Hour)}})
		}}
		work(t, s, quick, store.WorkOptions{}, func() bool { return len(done) > 0 && idle(t, s) })
	})
}
