package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/discord/discordtest"
	"hanwire/bot/slack/slacktest"
	"hanwire/digest"
	"hanwire/store"
	"hanwire/store/storetest"
)

// slowPress is an outlet with one entry, whose page takes its time while it is
// told to.
type slowPress struct {
	slow  atomic.Bool
	pages atomic.Int64
}

func (p *slowPress) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/feed" {
		fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Slow Wire</title><item><title>Seoul and Beijing put off talks on tariffs</title><link>http://%[1]s/news/1</link><guid>slow-1</guid><pubDate>%[2]s</pubDate></item></channel></rss>`,
			r.Host, time.Now().UTC().Format(time.RFC1123Z))
		return
	}
	p.pages.Add(1)
	if p.slow.Load() {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(25 * time.Second):
		}
	}
	io.WriteString(w, `<!doctype html><html lang="en"><head><title>Seoul and Beijing put off talks on tariffs</title></head><body><article><h1>Seoul and Beijing put off talks on tariffs</h1>
		<p>South Korea and China will not meet before the summer, the trade ministry in Seoul said, and tariffs on fish from China stay as they are.</p>
		<p>“We would rather meet late than in vain,” said Ola Brandt, a deputy minister, who had been to Beijing in the spring for the same talks.</p></article></body></html>`)
}

// TestStopHandsWorkBack ends the bot by SIGTERM while a page is being read and
// a message is on its way: it ends within ten seconds, and the next one does
// what was left, once. What it tells of itself meanwhile has no secret in it.
func TestStopHandsWorkBack(t *testing.T) {
	for _, engine := range databases() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			press := &slowPress{}
			press.slow.Store(true)
			news := httptest.NewServer(press)
			defer news.Close()
			slack := slacktest.NewServer()
			defer slack.Close()
			dir := t.TempDir()
			dsn := filepath.Join(dir, "bot.db")
			secrets := []string{slacktest.BotToken, slacktest.AppToken, "hunter2-model", "hunter2-web-hunter2-web-hunter2"}
			if engine == "postgres" {
				dsn = strings.Replace(storetest.NewDatabase(t, os.Getenv("HANWIRE_TEST_POSTGRES")), "hanwire@", "hanwire:hunter2-dsn@", 1)
				secrets = append(secrets, "hunter2-dsn")
			}
			listen, room := freeAddress(t), freeAddress(t)
			config := fmt.Sprintf("database: %q\nlisten: %s\nweb: {listen: %s}\nfeeds:\n  catalogue: false\n  allow_private: true\n  spacing: 0\n  list:\n    - {url: %q, outlet: Slow Wire, type: agency, lang: en, zone: UTC}\nslack: {api_url: %s}\nmodel: {url: \"http://127.0.0.1:1/v1\", model: m}\n",
				dsn, listen, room, news.URL+"/feed", slack.URL())
			if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			env := []string{"HANWIRE_SLACK_BOT_TOKEN=" + slacktest.BotToken, "HANWIRE_SLACK_APP_TOKEN=" + slacktest.AppToken, "HANWIRE_MODEL_KEY=hunter2-model", "HANWIRE_WEB_TOKEN=hunter2-web-hunter2-web-hunter2"}
			// What is to be said is there before the bot is, so that it is said early.
			ctx := context.Background()
			s, err := store.Open(ctx, store.Options{DSN: dsn})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Enqueue(ctx, []bot.Outgoing{{Delivery: bot.Delivery{Key: "greeting", Kind: bot.Post, To: bot.Place{Platform: "slack", Workspace: slacktest.Team, Channel: slacktest.General},
				Message: bot.Message{Fallback: "Good morning", Blocks: []bot.Block{bot.Text{Spans: []bot.Span{{Text: "Good morning"}}}}}}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			slack.Fail("chat.postMessage", slacktest.Fault{Delay: 4 * time.Second}) // done after that
			posting := func() bool {
				for _, c := range slack.Calls() {
					if c.Method == "chat.postMessage" {
						return true
					}
				}
				return false
			}

			first := start(t, dir, env, "run")
			if !waitFor(60*time.Second, func() bool { return press.pages.Load() > 0 && posting() }) {
				t.Fatalf("no page is being read and no message posted:\n%s", logOf(dir))
			}
			for _, address := range []string{"http://" + listen + "/metrics", "http://" + listen + "/readyz", "http://" + room + "/metrics"} {
				resp, err := http.Get(address)
				if err != nil {
					t.Fatal(err)
				}
				said, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if found := containsAny(string(said), secrets); err != nil || found != "" || len(said) == 0 {
					t.Errorf("%s has %q in its %d bytes, %v", address, found, len(said), err)
				}
			}
			began := time.Now()
			first.cmd.Process.Signal(syscall.SIGTERM)
			late := time.AfterFunc(stopWithin+5*time.Second, func() { first.cmd.Process.Kill() })
			if err := first.cmd.Wait(); err != nil {
				t.Errorf("ended with %v\n%s", err, logOf(dir))
			}
			late.Stop()
			if took := time.Since(began); took > stopWithin {
				t.Errorf("ended after %s, want %s at most", took, stopWithin)
			} else {
				t.Logf("ended after %s", took.Round(time.Millisecond))
			}

			press.slow.Store(false)
			second := start(t, dir, env, "run")
			read := func() (n int) {
				s, err := store.Open(ctx, store.Options{DSN: dsn, Beside: true})
				if err != nil {
					return 0
				}
				defer s.Close()
				s.Readings(ctx, time.Time{}, func(string, digest.Reading) bool { n++; return true })
				return n
			}
			if !waitFor(60*time.Second, func() bool { return read() > 0 }) {
				t.Errorf("the page was not read after the restart:\n%s", logOf(dir))
			}
			waitIdle(t, dir, dsn)
			if n := read(); n != 1 {
				t.Errorf("%d articles, want 1", n)
			}
			greetings := 0
			for _, m := range slack.Messages() {
				if strings.Contains(m.Text, "Good morning") {
					greetings++
				}
			}
			if greetings != 1 {
				t.Errorf("the message arrived %d times", greetings)
			}
			second.kill()
			if found := containsAny(logOf(dir), secrets); found != "" {
				t.Errorf("the log has %q in it:\n%s", found, logOf(dir))
			}
		})
	}
}

// TestSecondProcessIsRefused starts the bot twice on one SQLite file.
func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	listen := freeAddress(t)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte("database: bot.db\nfeeds: {catalogue: false}\nlisten: "+listen+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := start(t, dir, nil, "run")
	if !waitFor(60*time.Second, func() bool { _, err := scrape(listen); return err == nil }) {
		t.Fatalf("the first does not answer:\n%s", logOf(dir))
	}
	second := exec.Command(first.cmd.Path, "run")
	second.Dir = dir
	out, err := second.CombinedOutput()
	if second.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), fmt.Sprintf("process %d", first.cmd.Process.Pid)) || !strings.Contains(string(out), "PostgreSQL for several") {
		t.Errorf("the second ended with %v and says:\n%s", err, out)
	}
	if _, err := scrape(listen); err != nil {
		t.Errorf("the first is disturbed: %v", err)
	}
}

// TestShardsMoveToTheLiving runs two workers on one PostgreSQL, each with its
// share of Discord's shards, and kills one: the other has all of them within
// seconds, and answers.
func TestShardsMoveToTheLiving(t *testing.T) {
	if os.Getenv("HANWIRE_TEST_POSTGRES") == "" {
		t.Skip("no PostgreSQL here")
	}
	const shards = 4
	server := discordtest.NewServer()
	defer server.Close()
	server.Shard(shards)
	dsn := storetest.NewDatabase(t, os.Getenv("HANWIRE_TEST_POSTGRES"))
	var workers []*process
	for range 2 {
		dir := t.TempDir()
		config := fmt.Sprintf("database: %q\nfeeds: {catalogue: false}\ndiscord: {api_url: %s}\n", dsn, server.URL())
		if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		workers = append(workers, start(t, dir, []string{"HANWIRE_DISCORD_TOKEN=" + discordtest.Token}, "run"))
	}
	whole := func() bool {
		held := slices.Sorted(slices.Values(server.Held()))
		return slices.Equal(held, []int{0, 1, 2, 3})
	}
	holds := func(w *process) int { return strings.Count(logOf(w.cmd.Dir), " connected ") }
	if !waitFor(90*time.Second, func() bool { return whole() && holds(workers[0]) > 0 && holds(workers[1]) > 0 }) {
		t.Fatalf("the shards are not spread: %v held\n%s\n%s", server.Held(), logOf(workers[0].cmd.Dir), logOf(workers[1].cmd.Dir))
	}
	workers[0].kill()
	began := time.Now()
	if !waitFor(60*time.Second, func() bool { return holds(workers[1]) >= shards && whole() }) {
		t.Fatalf("not all shards are held after one worker died: %v\n%s", server.Held(), logOf(workers[1].cmd.Dir))
	}
	t.Logf("all shards are held again after %s", time.Since(began).Round(time.Millisecond))
	sent, err := server.Command(discordtest.Act{User: discordtest.Alice, Channel: discordtest.General}, "help")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := sent.Acked(); !ok {
		t.Error("a command was not acknowledged")
	}
}
