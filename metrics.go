package main

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"hanwire/bot"
	"hanwire/store"
)

// metrics count what this process does; what there is, all workers read from
// the database. README.md says what each is for.
type metrics struct {
	polls      *prometheus.CounterVec
	articles   *prometheus.CounterVec
	editions   prometheus.Counter
	alerts     prometheus.Counter
	deliveries *prometheus.CounterVec
	jobs       *prometheus.HistogramVec
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.CounterOpts { return prometheus.CounterOpts{Name: name, Help: help} }
	return &metrics{
		polls:      prometheus.NewCounterVec(counter("hanwire_polls_total", "Polls, by what came of them."), []string{"reason"}),
		articles:   prometheus.NewCounterVec(counter("hanwire_articles_total", "Articles read, by how much of them could be."), []string{"access"}),
		editions:   prometheus.NewCounter(counter("hanwire_editions_total", "Editions made.")),
		alerts:     prometheus.NewCounter(counter("hanwire_alert_hits_total", "Articles that matched an alert; one may be counted twice after a crash.")),
		deliveries: prometheus.NewCounterVec(counter("hanwire_deliveries_total", "Attempts to deliver a message, by outcome; an unsure one may or may not have been sent."), []string{"outcome"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hanwire_job_seconds", Help: "How long jobs took, by kind and result.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 60}}, []string{"kind", "result"}),
	}
}

// registry is all that /metrics tells.
func (p *program) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	m := p.metrics
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), storeMetrics{p.store, p.now},
		m.polls, m.articles, m.editions, m.alerts, m.deliveries, m.jobs)
	if p.model != nil {
		r.MustRegister(p.model.calls, p.model.tokens)
	}
	return r
}

// timed measures a kind of job.
func timed[T any](m *metrics, kind string, work func(context.Context, T) error) func(context.Context, T) error {
	return func(ctx context.Context, arg T) error {
		began := time.Now()
		err := work(ctx, arg)
		result := "ok"
		if err != nil {
			result = "again"
		}
		m.jobs.WithLabelValues(kind, result).Observe(time.Since(began).Seconds())
		return err
	}
}

// counted is the store as the bot has it, with what it does counted.
type counted struct {
	*store.Store
	*metrics
}

func (c counted) SaveEdition(ctx context.Context, e bot.Edition, s bot.Subscription, out []bot.Outgoing) error {
	err := c.Store.SaveEdition(ctx, e, s, out)
	if err == nil {
		c.editions.Inc()
	}
	return err
}

func (c counted) SaveHits(ctx context.Context, hits []bot.Hit, out []bot.Outgoing) error {
	err := c.Store.SaveHits(ctx, hits, out)
	if err == nil {
		c.metrics.alerts.Add(float64(len(hits)))
	}
	return err
}

func (c counted) Settle(ctx context.Context, key string, o bot.Outcome) error {
	err := c.Store.Settle(ctx, key, o)
	if err == nil {
		c.deliveries.WithLabelValues(string(o.State)).Inc()
	}
	return err
}

// storeMetrics reads the numbers from the database when they are asked for, so
// that they hold for all workers on it.
type storeMetrics struct {
	store *store.Store
	now   func() time.Time
}

var (
	feedsMetric  = prometheus.NewDesc("hanwire_feeds", "Feeds that are polled, by health.", []string{"health"}, nil)
	dueMetric    = prometheus.NewDesc("hanwire_feeds_due", "Feeds that are due and have not been polled yet.", nil, nil)
	lateMetric   = prometheus.NewDesc("hanwire_poll_wait_seconds", "How long the first of the feeds that are due has been waiting.", nil, nil)
	keptMetric   = prometheus.NewDesc("hanwire_kept", "Records in the database, by kind: articles, stories, subscriptions, alerts.", []string{"kind"}, nil)
	jobsMetric   = prometheus.NewDesc("hanwire_jobs", "Jobs by kind and state.", []string{"kind", "state"}, nil)
	outboxMetric = prometheus.NewDesc("hanwire_outbox", "Messages by platform and state; an unsure one may or may not have been sent.", []string{"platform", "state"}, nil)
	waitMetric   = prometheus.NewDesc("hanwire_outbox_wait_seconds", "How long the oldest message that waits has been waiting.", []string{"platform"}, nil)
)

func (m storeMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- feedsMetric
	ch <- dueMetric
	ch <- lateMetric
	ch <- keptMetric
	ch <- jobsMetric
	ch <- outboxMetric
	ch <- waitMetric
}

func (m storeMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	totals, err := m.store.Totals(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(feedsMetric, errors.New("the database does not answer"))
		return
	}
	for health, n := range totals.Feeds {
		gauge(feedsMetric, float64(n), health)
	}
	gauge(dueMetric, float64(totals.Due))
	late := time.Duration(0)
	if totals.Due > 0 {
		late = m.now().Sub(totals.Since)
	}
	gauge(lateMetric, late.Seconds())
	for kind, n := range totals.Kept {
		gauge(keptMetric, float64(n), kind)
	}
	jobs, err := m.store.Jobs(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(jobsMetric, errors.New("the database does not answer"))
		return
	}
	for _, j := range jobs {
		gauge(jobsMetric, float64(j.Count), j.Kind, j.State)
	}
	outbox, err := m.store.Outbox(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(outboxMetric, errors.New("the database does not answer"))
		return
	}
	for _, o := range outbox {
		gauge(outboxMetric, float64(o.Count), o.Platform, o.State)
		if o.State == "waiting" {
			gauge(waitMetric, m.now().Sub(o.Oldest).Seconds(), o.Platform)
		}
	}
}
