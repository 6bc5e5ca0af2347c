package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// The kinds of jobs. Their arguments are what is needed to find the state that
// the job works on, never the state itself.
type (
	pollJob struct {
		Feed string `json:"feed"`
	}
	readJob struct {
		Entry string `json:"entry"`
	}
	groupJob  struct{}
	alertsJob struct {
		Articles []string `json:"articles"`
	}
	updatedJob struct {
		Article string `json:"article"`
	}
	editionJob struct {
		Subscription string `json:"subscription"`
		Due          int64  `json:"due"` // ms
	}
	heldJob struct {
		Alert string `json:"alert"`
	}
	deliverJob struct {
		Lane string `json:"lane"`
	}
	tickJob struct{}
)

func (pollJob) Kind() string    { return "poll" }
func (readJob) Kind() string    { return "read" }
func (groupJob) Kind() string   { return "group" }
func (alertsJob) Kind() string  { return "alerts" }
func (updatedJob) Kind() string { return "updated" }
func (editionJob) Kind() string { return "edition" }
func (heldJob) Kind() string    { return "held" }
func (deliverJob) Kind() string { return "deliver" }
func (tickJob) Kind() string    { return "tick" }

// Each kind has a queue of its own name, so that a flood of one does not hold
// up the others.
func (pollJob) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "poll", MaxAttempts: 5} }
func (readJob) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "read", MaxAttempts: 8} }
func (groupJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "group", MaxAttempts: 25}
}
func (alertsJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "alerts", MaxAttempts: 25}
}
func (updatedJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "edition", MaxAttempts: 10}
}
func (editionJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "edition", MaxAttempts: 25}
}
func (heldJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "alerts", MaxAttempts: 25}
}
func (deliverJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "deliver", MaxAttempts: 25}
}
func (tickJob) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "tick", MaxAttempts: 1} }

// once makes a job one of its kind and arguments until it is completed: what
// the tick finds due it finds again at the next tick.
func once() *river.InsertOpts {
	return &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}}}
}

// queue is River over one driver's transactions.
type queue interface {
	migrate(ctx context.Context) error
	insert(ctx context.Context, t *tx) error
	// work runs the queue until ctx ends. It gives jobs their grace before it
	// ends their contexts; what is not done then goes back to the queue.
	work(ctx context.Context, grace time.Duration, config *river.Config) error
}

type riverQueue[T any] struct {
	driver riverdriver.Driver[T]
	client *river.Client[T] // inserts only
	native func(*tx) T
}

func newQueue[T any](driver riverdriver.Driver[T], native func(*tx) T) (queue, error) {
	client, err := river.NewClient(driver, &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return &riverQueue[T]{driver, client, native}, nil
}

func (q *riverQueue[T]) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func (q *riverQueue[T]) insert(ctx context.Context, t *tx) error {
	_, err := q.client.InsertManyTx(ctx, q.native(t), t.jobs)
	return err
}

// stopHard is how long jobs have to come back once their contexts have ended.
const stopHard = 3 * time.Second

func (q *riverQueue[T]) work(ctx context.Context, grace time.Duration, config *river.Config) error {
	client, err := river.NewClient(q.driver, config)
	if err != nil {
		return err
	}
	// Start with a context of its own: ending it would end the jobs' contexts
	// before they had their grace.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := client.Stop(soft); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopHard)
	defer cancel()
	if err := client.StopAndCancel(hard); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopping the queue: %w", err)
	}
	return nil
}

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind  string
	State string // available, running, scheduled, retryable, discarded, ...
	Count int
}

// Jobs counts the jobs in the queue, by kind and state.
func (s *Store) Jobs(ctx context.Context) ([]JobCount, error) {
	var counts []JobCount
	err := s.reads.NewRaw("SELECT kind, CAST(state AS TEXT) AS state, count(*) AS count FROM river_job GROUP BY 1, 2 ORDER BY 1, 2").Scan(ctx, &counts)
	return counts, s.engine.explain(err)
}

// soon is how far ahead Idle looks: a job put off for a host's sake is still
// part of what is going on.
const soon = 5 * time.Second

// Idle reports whether nothing is to be done now or in the next moments: no
// job runs or waits, and no feed, subscription, alert or message is due.
func (s *Store) Idle(ctx context.Context) (bool, error) {
	now := s.now()
	for _, q := range []struct {
		query string
		args  []any
	}{
		{"SELECT 1 FROM river_job WHERE state IN ('available', 'pending', 'running') AND kind <> 'tick' LIMIT 1", nil},
		{"SELECT 1 FROM river_job WHERE state IN ('scheduled', 'retryable') AND kind <> 'tick' AND scheduled_at <= ? LIMIT 1", []any{s.engine.timestamp(now.Add(soon))}},
		{"SELECT 1 FROM feeds WHERE active = 1 AND next_poll <= ? LIMIT 1", []any{millis(now)}},
		{"SELECT 1 FROM articles WHERE seq = 0 LIMIT 1", nil},
		{"SELECT 1 FROM subscriptions WHERE next > 0 AND next <= ? LIMIT 1", []any{millis(now)}},
		{"SELECT 1 FROM alerts WHERE next > 0 AND next <= ? LIMIT 1", []any{millis(now)}},
		{"SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending') AND due <= ? LIMIT 1", []any{millis(now)}},
	} {
		var one int
		err := s.reads.NewRaw(q.query, q.args...).Scan(ctx, &one)
		if err == nil {
			return false, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, s.engine.explain(err)
		}
	}
	return true, nil
}
