package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/discord/discordtest"
	"hanwire/bot/slack/slacktest"
	"hanwire/samples"
	"hanwire/store"
)

// town is the whole bot on a database of its own, between sample outlets and
// the two platforms' fakes.
type town struct {
	*program
	slack   *slacktest.Server
	discord *discordtest.Server
	news    *httptest.Server
	polls   atomic.Int64 // of feeds
}

func newTown(b *testing.B, press http.Handler, list ...FeedConfig) *town {
	b.Helper()
	w := &town{slack: slacktest.NewServer(), discord: discordtest.NewServer()}
	b.Cleanup(w.slack.Close)
	b.Cleanup(w.discord.Close)
	w.news = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/feed") {
			w.polls.Add(1)
		}
		press.ServeHTTP(rw, r)
	}))
	b.Cleanup(w.news.Close)

	cfg := defaultConfig()
	cfg.Database = filepath.Join(b.TempDir(), "bot.db")
	cfg.Feeds.Catalogue, cfg.Feeds.AllowPrivate, cfg.Feeds.Spacing = false, true, 0
	for _, f := range list {
		f.URL = w.news.URL + f.URL
		cfg.Feeds.List = append(cfg.Feeds.List, f)
	}
	cfg.Slack.BotToken, cfg.Slack.AppToken, cfg.Slack.APIURL = slacktest.BotToken, slacktest.AppToken, w.slack.URL()
	cfg.Discord.Token, cfg.Discord.APIURL = discordtest.Token, w.discord.URL()
	log := newLog(b.Output(), LogConfig{Level: "error"})
	s, err := store.Open(b.Context(), store.Options{DSN: cfg.Database, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	platforms, err := newPlatforms(cfg, environment{}, s, log)
	if err != nil {
		b.Fatal(err)
	}
	w.program, err = join(b.Context(), cfg, s, wiring{log: log, platforms: platforms, now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.run(ctx, cfg, platforms) }()
	b.Cleanup(func() {
		cancel()
		<-done
		s.Close()
	})
	if !w.slack.WaitConnected(30*time.Second) || !w.discord.WaitConnected(1, 30*time.Second) {
		b.Fatal("Slack or Discord was not connected to")
	}
	if err := w.awaitIdle(b.Context()); err != nil {
		b.Fatal(err)
	}
	return w
}

// quantiles reports the median and the 99th percentile in milliseconds.
func quantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for _, q := range [...]int{50, 99} {
		b.ReportMetric(float64(took[len(took)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
	}
}

// BenchmarkAcknowledge sends 200 commands a second to the whole bot while it
// polls its feeds every second, and reports how long Slack and Discord waited
// for an acknowledgement:
//
//	go test . -run - -bench Acknowledge -benchtime 2000x -cpu 2
func BenchmarkAcknowledge(b *testing.B) {
	press, err := samples.NewServer(time.Now())
	if err != nil {
		b.Fatal(err)
	}
	var list []FeedConfig
	for _, o := range samples.Outlets() {
		list = append(list, FeedConfig{URL: "/" + o.Key + "/feed", Outlet: o.Name, Type: o.Type, Lang: o.Lang, Zone: o.Zone})
	}
	commands := [...]struct{ name, option, value string }{
		{"latest", "", ""}, {"search", "query", "tariff OR 관세"}, {"help", "", ""}, {"quotes", "query", "rare earths"}, {"settings", "", ""}, {"alert list", "", ""},
	}
	type sent interface{ Acked() (time.Duration, bool) }
	for _, platform := range []string{"slack", "discord"} {
		b.Run(platform, func(b *testing.B) {
			w := newTown(b, press, list...)
			b.ResetTimer()
			polled := w.polls.Load()
			took := make([]time.Duration, b.N)
			ctx, cancel := context.WithCancel(b.Context())
			var work sync.WaitGroup
			work.Go(func() {
				for bot.Sleep(ctx, time.Second) {
					if err := w.pollNow(ctx); err != nil && ctx.Err() == nil {
						b.Error(err)
					}
				}
			})
			tick := time.NewTicker(time.Second / 200)
			defer tick.Stop()
			var people sync.WaitGroup
			for i := range b.N {
				<-tick.C
				people.Go(func() {
					c := commands[i%len(commands)]
					var t sent
					var err error
					if platform == "slack" {
						t, err = w.slack.Command(slacktest.Alice, slacktest.General, strings.TrimSpace(c.name+" "+c.value))
					} else {
						var options []any
						if c.option != "" {
							options = []any{c.option, c.value}
						}
						t, err = w.discord.Command(discordtest.Act{User: discordtest.Alice, Channel: discordtest.General}, c.name, options...)
					}
					if err != nil {
						b.Error(err)
						return
					}
					d, ok := t.Acked()
					if !ok {
						b.Error("not acknowledged within 3 s")
					}
					took[i] = d
				})
			}
			people.Wait()
			cancel()
			work.Wait()
			b.StopTimer()
			quantiles(b, took)
			b.ReportMetric(float64(w.polls.Load()-polled)/b.Elapsed().Seconds(), "polls/s")
		})
	}
}

// BenchmarkAlert publishes entries in a feed that is due, one after another,
// and reports how long each takes until it is a direct message:
//
//	go test . -run - -bench 'Alert$' -benchtime 20x
func BenchmarkAlert(b *testing.B) {
	var entries atomic.Int64
	b.Run("slack", func(b *testing.B) {
		w := newTown(b, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/feed") {
				fmt.Fprint(rw, `<?xml version="1.0"?><rss version="2.0"><channel><title>Bench</title>`)
				for n := entries.Load(); n >= 0; n-- {
					fmt.Fprintf(rw, `<item><title>Customs notice %[1]d on tariffs</title><link>http://%[2]s/news/%[1]d</link><guid>bench-%[1]d</guid><pubDate>%[3]s</pubDate></item>`,
						n, r.Host, time.Now().UTC().Format(time.RFC1123Z))
				}
				fmt.Fprint(rw, "</channel></rss>")
				return
			}
			n := strings.TrimPrefix(r.URL.Path, "/news/")
			fmt.Fprintf(rw, `<!doctype html><html lang="en"><head><title>Customs notice %[1]s on tariffs</title></head><body><article><h1>Customs notice %[1]s on tariffs</h1>
				<p>South Korea will put notice %[1]s into force next month, the customs office in Seoul said, and tariffs on item %[1]s from China will be raised.</p>
				<p>The office gave no reason for the step %[1]s. Importers of goods number %[1]s have thirty days in which they may object to it in writing.</p></article></body></html>`, n)
		}), FeedConfig{URL: "/feed", Outlet: "Bench Wire", Type: "agency", Lang: "en", Zone: "UTC"})
		direct := func(person, words string) bool {
			return slices.ContainsFunc(w.slack.Messages(), func(m slacktest.Message) bool {
				return m.Channel == "D"+person && strings.Contains(string(m.Blocks), words)
			})
		}
		took := make([]time.Duration, 0, b.N)
		for b.Loop() {
			n := entries.Load() + 1
			person := fmt.Sprintf("U%06d", n) // one is told of no more than a few things an hour
			w.slack.AddUser(slacktest.User{ID: person, Name: person, TZ: "Asia/Seoul", Locale: "en-US"})
			if _, err := w.slack.Command(person, slacktest.General, fmt.Sprintf(`alert add "item %d" immediate`, n)); err != nil {
				b.Fatal(err)
			}
			if !waitFor(30*time.Second, func() bool { return direct(person, "item") }) {
				b.Fatal("the alert was not set")
			}
			if err := w.awaitIdle(b.Context()); err != nil {
				b.Fatal(err)
			}
			entries.Add(1)
			began := time.Now()
			if err := w.pollNow(b.Context()); err != nil {
				b.Fatal(err)
			}
			for !direct(person, fmt.Sprintf("Customs notice %d ", n)) {
				if time.Since(began) > time.Minute {
					b.Fatalf("entry %d did not come", n)
				}
				time.Sleep(5 * time.Millisecond)
			}
			took = append(took, time.Since(began))
		}
		quantiles(b, took)
	})
}
