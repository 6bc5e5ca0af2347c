package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/store"
)

var metricName = regexp.MustCompile(`\b(?:hanwire|process|go)_[a-z_]+`)

// TestMetricsAreDocumented holds README.md and the dashboard to the metrics
// that there are: neither names one that is not, and README.md names all of
// ours.
func TestMetricsAreDocumented(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "hanwire.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := &program{now: time.Now, store: s, metrics: newMetrics(), model: newModel(ModelConfig{URL: "http://127.0.0.1:1/v1", Model: "m"}, newLog(os.Stderr, LogConfig{}), time.Now)}
	// What has labels shows only with a value.
	p.metrics.polls.WithLabelValues("new")
	p.metrics.articles.WithLabelValues("full text")
	p.metrics.deliveries.WithLabelValues("sent")
	p.metrics.jobs.WithLabelValues("poll", "ok")
	p.model.calls.WithLabelValues("used")
	if err := s.Enqueue(context.Background(), []bot.Outgoing{{Delivery: bot.Delivery{Key: "k", Kind: bot.Post, To: bot.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}}}}); err != nil {
		t.Fatal(err)
	}
	families, err := p.registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{"hanwire_feeds": true} // there are none in this database
	for _, f := range families {
		there[f.GetName()] = true
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range there {
		if strings.HasPrefix(name, "hanwire_") && !strings.Contains(string(readme), "`"+name) {
			t.Errorf("README.md does not name %s", name)
		}
	}
	board, err := os.ReadFile("docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var any map[string]any
	if err := json.Unmarshal(board, &any); err != nil {
		t.Fatalf("docs/grafana.json: %v", err)
	}
	for file, text := range map[string]string{"README.md": string(readme), "docs/grafana.json": string(board)} {
		for _, name := range metricName.FindAllString(text, -1) {
			base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count"), "_sum")
			if !there[name] && !there[base] && name != "go_" && name != "process_" {
				t.Errorf("%s names %s, which is no metric", file, name)
			}
		}
	}
}
