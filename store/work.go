package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"hanwire/bot"
	"hanwire/feeds"
)

// Workers do the work of each kind of job. Each may be called again for work
// that it has done, after a crash, and must then do nothing. One that is nil
// leaves its jobs in the queue for another process.
type Workers struct {
	Poll    func(ctx context.Context, feedID string) error
	Read    func(ctx context.Context, entryID string) error
	Group   func(ctx context.Context) error
	Alerts  func(ctx context.Context, articles []string) error
	Updated func(ctx context.Context, article string) error
	Edition func(ctx context.Context, subscription string, due time.Time) error
	Held    func(ctx context.Context, alert string) error
	Deliver func(ctx context.Context, lane string) error
}

// WorkOptions say how much is done at once. Zero fields mean the default.
type WorkOptions struct {
	Tick       time.Duration // between two looks at what is due; 1 s
	JobTimeout time.Duration // for one job; 2 min
	Grace      time.Duration // for running jobs when the loop stops; 6 s
	Polls      int           // at once; 16
	Reads      int           // at once; 8
	Editions   int           // at once; 2
	Deliveries int           // lanes at once; 16
}

// Again puts a job off. It does not count as a failed attempt. A worker may
// return [bot.RetryError] or [feeds.RetryError] to the same effect.
func Again(after time.Duration, err error) error { return &againError{after, err} }

type againError struct {
	after time.Duration
	err   error
}

func (e *againError) Error() string { return fmt.Sprintf("again in %s: %v", e.after, e.err) }
func (e *againError) Unwrap() error { return e.err }

// Stop ends a job for good; an entry that was to be read is skipped with err as
// the reason. Stop(nil) is nil.
func Stop(err error) error {
	if err == nil {
		return nil
	}
	return &stopError{err}
}

type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }
func (e *stopError) Unwrap() error { return e.err }

type lastKey struct{}

// Last reports whether the job that ctx belongs to will not be tried again
// after a failure, so that its worker had better settle for less.
func Last(ctx context.Context) bool {
	last, _ := ctx.Value(lastKey{}).(bool)
	return last
}

// readPatience is how long an entry's page is tried before it is skipped.
const readPatience = 24 * time.Hour

// Work runs the queue and the tick until ctx ends, and then stops: jobs get a
// few seconds to finish, and those that do not go back to the queue.
func (s *Store) Work(ctx context.Context, w Workers, o WorkOptions) error {
	o.Tick = cmp.Or(o.Tick, time.Second)
	o.JobTimeout = cmp.Or(o.JobTimeout, 2*time.Minute)
	o.Grace = cmp.Or(o.Grace, 6*time.Second)
	o.Polls = cmp.Or(o.Polls, 16)
	o.Reads = cmp.Or(o.Reads, 8)
	o.Editions = cmp.Or(o.Editions, 2)
	o.Deliveries = cmp.Or(o.Deliveries, 16)

	workers := river.NewWorkers()
	queues := map[string]river.QueueConfig{"tick": {MaxWorkers: 1}}
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[tickJob]) error { return s.Tick(ctx) }))
	if w.Poll != nil {
		queues["poll"] = river.QueueConfig{MaxWorkers: o.Polls}
		add(s, workers, func(ctx context.Context, j pollJob) error {
			// A poll that was saved before its worker died is not made again.
			if due, err := s.pollDue(ctx, j.Feed); err != nil || !due {
				return err
			}
			return w.Poll(ctx, j.Feed)
		}, nil)
	}
	if w.Read != nil {
		queues["read"] = river.QueueConfig{MaxWorkers: o.Reads}
		add(s, workers, func(ctx context.Context, j readJob) error { return w.Read(ctx, j.Entry) }, func(ctx context.Context, j readJob, err error) error {
			return s.SkipEntry(ctx, j.Entry, "read", err.Error())
		})
	}
	if w.Group != nil {
		queues["group"] = river.QueueConfig{MaxWorkers: 1}
		add(s, workers, func(ctx context.Context, _ groupJob) error { return w.Group(ctx) }, nil)
	}
	if w.Alerts != nil && w.Held != nil {
		queues["alerts"] = river.QueueConfig{MaxWorkers: 2}
		add(s, workers, func(ctx context.Context, j alertsJob) error { return w.Alerts(ctx, j.Articles) }, nil)
		add(s, workers, func(ctx context.Context, j heldJob) error { return w.Held(ctx, j.Alert) }, nil)
	}
	if w.Edition != nil && w.Updated != nil {
		queues["edition"] = river.QueueConfig{MaxWorkers: o.Editions}
		add(s, workers, func(ctx context.Context, j editionJob) error { return w.Edition(ctx, j.Subscription, instant(j.Due)) }, nil)
		add(s, workers, func(ctx context.Context, j updatedJob) error { return w.Updated(ctx, j.Article) }, nil)
	}
	if w.Deliver != nil {
		queues["deliver"] = river.QueueConfig{MaxWorkers: o.Deliveries}
		add(s, workers, func(ctx context.Context, j deliverJob) error { return w.Deliver(ctx, j.Lane) }, nil)
	}

	// River elects a leader before its first tick, which takes seconds.
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		t.add(tickJob{}, nil)
		return nil
	})
	if err != nil {
		return err
	}
	err = s.queue.work(ctx, o.Grace, &river.Config{
		Logger:  slog.New(quiet{s.log.Handler()}),
		Workers: workers,
		Queues:  queues,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(o.Tick),
			// Not once: a tick whose worker died must not hold up the next until it
			// is rescued.
			func() (river.JobArgs, *river.InsertOpts) { return tickJob{}, nil },
			&river.PeriodicJobOpts{ID: "tick"})},
		FetchCooldown:        fetchCooldown,
		FetchPollInterval:    max(fetchCooldown, min(o.Tick, time.Second)), // what was put off for a moment is found by it
		JobTimeout:           o.JobTimeout,
		RescueStuckJobsAfter: o.JobTimeout + 10*time.Second,
		RetryPolicy:          retryPolicy{},
		// The store has its own records; River's table is looked through at each
		// fetch and at each look at the metrics, and so stays small.
		CompletedJobRetentionPeriod: 5 * time.Minute,
		CancelledJobRetentionPeriod: 24 * time.Hour,
		DiscardedJobRetentionPeriod: 7 * 24 * time.Hour,
		SkipUnknownJobCheck:         true,
	})
	return s.engine.explain(err)
}

// fetchCooldown is the least time between two looks into the queue, and so what
// a step of the pipeline waits for the step before.
const fetchCooldown = 20 * time.Millisecond

// quiet passes on River's warnings and errors alone.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a)} }
func (q quiet) WithGroup(n string) slog.Handler      { return quiet{q.Handler.WithGroup(n)} }

// retryPolicy pauses 2 s, 8 s, 32 s, ... up to half an hour after failures,
// with jitter.
type retryPolicy struct{}

func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	pause := 2 * time.Second << min(2*max(job.Attempt-1, 0), 20)
	pause = min(pause, 30*time.Minute)
	return time.Now().Add(pause + rand.N(pause/5+1))
}

// add makes work the worker of jobs of type T, with errors turned into what
// the queue understands. giveUp, when not nil, records that a job has failed
// for the last time.
func add[T river.JobArgs](s *Store, workers *river.Workers, work func(context.Context, T) error, giveUp func(context.Context, T, error) error) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error {
		last := giveUp != nil && (job.Attempt >= job.MaxAttempts || s.now().Sub(job.CreatedAt) > readPatience)
		err := work(context.WithValue(ctx, lastKey{}, last), job.Args)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
			return river.JobSnooze(0) // we are stopping: the work goes back
		}
		if stop, ok := errors.AsType[*stopError](err); ok {
			if giveUp != nil {
				return errors.Join(giveUp(ctx, job.Args, stop), river.JobCancel(stop))
			}
			return river.JobCancel(stop)
		}
		if last {
			s.log.LogAttrs(ctx, slog.LevelWarn, "gave up", slog.String("job", job.Kind), slog.String("args", args(job.Args)), slog.Any("err", err))
			return errors.Join(giveUp(ctx, job.Args, fmt.Errorf("given up: %w", err)), river.JobCancel(err))
		}
		if after, ok := pause(err); ok {
			return river.JobSnooze(max(after, 0))
		}
		s.log.LogAttrs(ctx, slog.LevelWarn, "job failed", slog.String("job", job.Kind), slog.String("args", args(job.Args)),
			slog.Int("attempt", job.Attempt), slog.Any("err", err))
		return err
	}))
}

// pause tells how long err asks to wait.
func pause(err error) (time.Duration, bool) {
	if e, ok := errors.AsType[*againError](err); ok {
		return e.after, true
	}
	if e, ok := errors.AsType[*bot.RetryError](err); ok {
		return e.After, true
	}
	if e, ok := errors.AsType[*feeds.RetryError](err); ok {
		return e.After, true
	}
	return 0, false
}

func args(a any) string {
	b, err := json.Marshal(a)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (s *Store) pollDue(ctx context.Context, feed string) (bool, error) {
	var n int
	err := s.reads.NewRaw("SELECT count(*) FROM feeds WHERE id = ? AND active = 1 AND next_poll <= ?", feed, millis(s.now())).Scan(ctx, &n)
	return n > 0, s.engine.explain(err)
}

const (
	// tickLimit bounds how much of each kind one tick puts into the queue.
	tickLimit = 2000
	// pollAgain is when a feed whose poll was queued but never saved is queued
	// once more.
	pollAgain = 15 * time.Minute
)

// Tick puts what is due into the queue: feeds, subscriptions, held alerts,
// lanes of the outbox, articles that nobody grouped. [Store.Work] calls it at
// every tick; what is in the queue already is not put in twice.
func (s *Store) Tick(ctx context.Context) error {
	now := s.now()
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "UPDATE feeds SET next_poll = ?, polled = 0 WHERE id IN (SELECT id FROM feeds WHERE active = 1 AND polled > ? LIMIT ?)",
			millis(now), millis(now.Add(feeds.ClockSlack)), tickLimit); err != nil {
			return fmt.Errorf("feeds polled by a clock that was ahead: %w", err)
		}
		// After a day off all feeds are due. The queue is no place for them to wait:
		// the longer it is the more each look into it costs.
		var waiting int
		if err := t.NewRaw("SELECT count(*) FROM river_job WHERE state = 'available' AND queue = 'poll'").Scan(ctx, &waiting); err != nil {
			return fmt.Errorf("polls that wait: %w", err)
		}
		var ids []string
		err := t.NewRaw(`UPDATE feeds SET queued = ? WHERE id IN
			(SELECT id FROM feeds WHERE active = 1 AND next_poll <= ? AND (queued <= ? OR queued > ?) ORDER BY next_poll, id LIMIT ?) RETURNING id`,
			millis(now.Add(pollAgain)), millis(now), millis(now), millis(now.Add(2*pollAgain)), max(tickLimit-waiting, 0)).Scan(ctx, &ids)
		if err != nil {
			return fmt.Errorf("due feeds: %w", err)
		}
		for _, id := range ids {
			// Not once: the job before may still count as running, and "queued" makes
			// it one already.
			t.add(pollJob{id}, nil)
		}

		var due []struct {
			ID   string
			Next int64
		}
		err = t.NewRaw("SELECT id, next FROM subscriptions WHERE next > 0 AND next <= ? ORDER BY next, id LIMIT ?", millis(now), tickLimit).Scan(ctx, &due)
		if err != nil {
			return fmt.Errorf("due subscriptions: %w", err)
		}
		for _, d := range due {
			t.add(editionJob{d.ID, d.Next}, once())
		}

		ids = nil
		err = t.NewRaw("SELECT id FROM alerts WHERE next > 0 AND next <= ? ORDER BY next, id LIMIT ?", millis(now), tickLimit).Scan(ctx, &ids)
		if err != nil {
			return fmt.Errorf("due alerts: %w", err)
		}
		for _, id := range ids {
			t.add(heldJob{id}, once())
		}

		ids = nil
		err = t.NewRaw(`SELECT DISTINCT o.lane FROM outbox o LEFT JOIN lanes l ON l.lane = o.lane
			WHERE o.state IN ('waiting', 'sending') AND o.due <= ? AND (coalesce(l.held, 0) <= ? OR l.held > ?) LIMIT ?`,
			millis(now), millis(now), millis(now.Add(2*s.lease)), tickLimit).Scan(ctx, &ids)
		if err != nil {
			return fmt.Errorf("due messages: %w", err)
		}
		for _, lane := range ids {
			t.add(deliverJob{lane}, once())
		}

		ids = nil
		if err := t.NewRaw("SELECT id FROM articles WHERE seq = 0 LIMIT 1").Scan(ctx, &ids); err != nil {
			return fmt.Errorf("ungrouped articles: %w", err)
		}
		if len(ids) > 0 {
			t.add(groupJob{}, once())
		}
		return nil
	})
}
