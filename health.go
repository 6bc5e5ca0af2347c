package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hanwire/store"
)

// serveHealth answers health checks until ctx ends.
func (p *program) serveHealth(ctx context.Context, address string) error {
	server := &http.Server{Addr: address, Handler: p.health(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	ended := context.AfterFunc(ctx, func() {
		// Whoever is being answered gets a moment to read it.
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		server.Shutdown(stop)
	})
	defer ended()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// health answers /healthz (the process lives), /readyz (the database answers)
// and /metrics.
func (p *program) health() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), storeMetrics{p.store})
	if p.model != nil {
		registry.MustRegister(p.model.calls, p.model.tokens)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if _, err := p.store.Jobs(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			json.NewEncoder(w).Encode(map[string]string{"database": "does not answer"})
			return
		}
		w.Write([]byte("ok\n"))
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

// storeMetrics reads the numbers from the database when they are asked for, so
// that they hold for all workers on it.
type storeMetrics struct{ store *store.Store }

var (
	jobsMetric   = prometheus.NewDesc("hanwire_jobs", "Jobs by kind and state.", []string{"kind", "state"}, nil)
	outboxMetric = prometheus.NewDesc("hanwire_outbox", "Messages by platform and state; an unsure one may or may not have been sent.", []string{"platform", "state"}, nil)
	waitMetric   = prometheus.NewDesc("hanwire_outbox_wait_seconds", "How long the oldest message that waits has been waiting.", []string{"platform"}, nil)
)

func (m storeMetrics) Describe(ch chan<- *prometheus.Desc) {
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
			gauge(waitMetric, time.Since(o.Oldest).Seconds(), o.Platform)
		}
	}
}
