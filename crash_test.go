package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/discord/discordtest"
	"hanwire/bot/slack/slacktest"
	"hanwire/feeds"
	"hanwire/samples"
	"hanwire/store"
)

// process is hanwire as the operating system runs it: the test binary under
// its other name, so that it can be killed.
type process struct {
	cmd *exec.Cmd
	log *os.File
}

func start(t *testing.T, dir string, env []string, args ...string) *process {
	t.Helper()
	program := filepath.Join(dir, "hanwire")
	if _, err := os.Lstat(program); err != nil {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(self, program); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{exec.Command(program, args...), log}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, append(os.Environ(), env...), log, log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// kill ends the process as a power cut would: it gets no say.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
	p.log.Close()
}

// TestAnArticleIsPostedOnceOverACrash takes the way of a story from its feed to
// Slack and Discord, with real processes: it arrives once, and neither the next
// poll nor a kill and a restart brings it again. What is published after the
// crash reaches the person whose alert asked for it, once.
func TestAnArticleIsPostedOnceOverACrash(t *testing.T) {
	press, err := samples.NewServer(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	news := httptest.NewServer(press)
	defer news.Close()
	slack := slacktest.NewServer()
	defer slack.Close()
	discord := discordtest.NewServer()
	defer discord.Close()

	dir := t.TempDir()
	var config strings.Builder
	fmt.Fprintf(&config, "database: bot.db\nfeeds:\n  catalogue: false\n  allow_private: true\n  spacing: 0\n  list:\n")
	for _, o := range samples.Outlets() {
		fmt.Fprintf(&config, "    - {url: %q, outlet: %q, type: %s, lang: %s, zone: %s}\n", news.URL+"/"+o.Key+"/feed", o.Name, o.Type, o.Lang, o.Zone)
	}
	fmt.Fprintf(&config, "slack:\n  api_url: %s\ndiscord:\n  api_url: %s\n  gateway_url: %s\n", slack.URL(), discord.URL(), discord.GatewayURL())
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HANWIRE_SLACK_BOT_TOKEN=" + slacktest.BotToken, "HANWIRE_SLACK_APP_TOKEN=" + slacktest.AppToken, "HANWIRE_DISCORD_TOKEN=" + discordtest.Token}
	database := filepath.Join(dir, "bot.db")

	first := start(t, dir, env, "run")
	if !slack.WaitConnected(30*time.Second) || !discord.WaitConnected(1, 30*time.Second) {
		t.Fatalf("Slack or Discord was not connected to\n%s", logOf(dir))
	}
	waitIdle(t, dir, database)
	if _, err := slack.Command(slacktest.Admin, slacktest.General, "subscribe at 08:00"); err != nil {
		t.Fatal(err)
	}
	if _, err := discord.Command(discordtest.Act{User: discordtest.Alice, Channel: discordtest.General, Permissions: "16"}, "subscribe", "at", "08:00", "zone", "Asia/Seoul"); err != nil {
		t.Fatal(err)
	}
	const words = "rare-earth"
	told := func() []string { return append(toldOnSlack(slack, words), toldOnDiscord(discord, words)...) }
	if !waitFor(30*time.Second, func() bool { return len(toldOnSlack(slack, words)) > 0 && len(toldOnDiscord(discord, words)) > 0 }) {
		t.Fatalf("no edition came; messages: %v\n%s", told(), logOf(dir))
	}
	if _, err := slack.Command(slacktest.Alice, slacktest.General, `alert add "special envoy"`); err != nil {
		t.Fatal(err)
	}
	alerts := func() []string { return directOnSlack(slack, "former sanctions negotiator") }
	if !waitFor(30*time.Second, func() bool { return len(directOnSlack(slack, "")) > 0 }) {
		t.Fatalf("the alert was not confirmed by direct message\n%s", logOf(dir))
	}
	waitIdle(t, dir, database)
	before := told()
	// Whoever looks something up does not disturb the bot, nor it them.
	for _, args := range [][]string{{"feeds", "list"}, {"feeds", "status"}, {"feeds", "export"}, {"search", "envoy"}} {
		look := exec.Command(first.cmd.Path, append(args, "-c", "config.yaml")...)
		look.Dir, look.Env = dir, append(os.Environ(), env...)
		if out, err := look.CombinedOutput(); err != nil || len(out) == 0 {
			t.Errorf("hanwire %s beside the bot: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	secrets := []string{slacktest.BotToken, slacktest.AppToken, discordtest.Token}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", first.cmd.Process.Pid))
	if err == nil && containsAny(string(line), secrets) != "" {
		t.Errorf("the process list shows a secret: %q", line)
	}
	first.kill()

	press.Update()
	makeDue(t, database)
	second := start(t, dir, env, "run")
	if !waitFor(30*time.Second, func() bool { return len(alerts()) > 0 }) {
		t.Errorf("the alert did not come; direct messages: %q\n%s", directOnSlack(slack, ""), logOf(dir))
	}
	waitIdle(t, dir, database)
	if got := alerts(); len(got) > 1 {
		t.Errorf("the alert came %d times: %q", len(got), got)
	}
	if after := told(); len(after) != len(before) {
		t.Errorf("after a kill, a restart and a poll the story stands in %d messages, before in %d:\n%s", len(after), len(before), strings.Join(after, "\n"))
	}
	if err := second.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(stopWithin, func() { second.cmd.Process.Kill() })
	if err := second.cmd.Wait(); err != nil {
		t.Errorf("interrupted, the bot ended with %v\n%s", err, logOf(dir))
	}
	late.Stop()
	if found := containsAny(logOf(dir), secrets); found != "" {
		t.Errorf("the log has %q in it", found)
	}
	for _, name := range []string{"bot.db", "bot.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if found := containsAny(string(b), secrets); err == nil && found != "" {
			t.Errorf("%s has %q in it", name, found)
		}
	}
}

// stopWithin is how long the bot may take to stop when it is told to.
const stopWithin = 10 * time.Second

func containsAny(text string, words []string) string {
	for _, w := range words {
		if strings.Contains(text, w) {
			return w
		}
	}
	return ""
}

// toldOnSlack are the messages for all to see that tell the story.
func toldOnSlack(s *slacktest.Server, words string) []string {
	var found []string
	for _, m := range s.Messages() {
		if m.Only == "" && strings.Contains(string(m.Blocks), words) {
			found = append(found, "slack "+m.TS+" "+m.Text)
		}
	}
	return found
}

// directOnSlack are the direct messages that have the words in them.
func directOnSlack(s *slacktest.Server, words string) []string {
	var found []string
	for _, m := range s.Messages() {
		if m.Channel != slacktest.General && m.Only == "" && strings.Contains(string(m.Blocks), words) {
			found = append(found, m.Text)
		}
	}
	return found
}

func toldOnDiscord(s *discordtest.Server, words string) []string {
	var found []string
	for _, m := range s.Messages() {
		if m.Only == "" && strings.Contains(m.Body.Text(), words) {
			found = append(found, "discord "+m.ID)
		}
	}
	return found
}

func logOf(dir string) string {
	b, _ := os.ReadFile(filepath.Join(dir, "log"))
	return string(b)
}

func waitFor(timeout time.Duration, f func() bool) bool {
	for end := time.Now().Add(timeout); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if f() {
			return true
		}
	}
	return f()
}

// waitIdle returns when the process at work on the database has nothing to do.
func waitIdle(t *testing.T, dir, database string) {
	t.Helper()
	var last error
	if !waitFor(60*time.Second, func() bool {
		s, err := store.Open(context.Background(), store.Options{DSN: database, Beside: true})
		if err != nil {
			last = err
			return false
		}
		defer s.Close()
		records, err := s.Feeds(context.Background(), bot.Place{})
		if err != nil || len(records) == 0 {
			last = err
			return false
		}
		for _, r := range records {
			if r.State.LastPoll.IsZero() {
				return false
			}
		}
		idle, err := s.Idle(context.Background())
		last = err
		return idle
	}) {
		t.Fatalf("the bot was not done in time: %v\n%s", last, logOf(dir))
	}
}

// makeDue lets every feed be polled at the next start.
func makeDue(t *testing.T, database string) {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{DSN: database})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	records, err := s.Feeds(ctx, bot.Place{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		r.State.NextPoll = time.Now()
		if err := s.SavePoll(ctx, r.ID, feeds.PollResult{State: r.State}); err != nil {
			t.Fatal(err)
		}
	}
}
