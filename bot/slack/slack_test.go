package slack_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/bot/slack/slacktest"
)

// handler answers commands as a test says, and keeps them.
type handler struct {
	reply func(bot.Command) (bot.Reply, error)

	mu   sync.Mutex // guards seen
	seen []bot.Command
}

func (h *handler) Handle(_ context.Context, c bot.Command) (bot.Reply, error) {
	h.mu.Lock()
	h.seen = append(h.seen, c)
	h.mu.Unlock()
	return h.reply(c)
}

func (h *handler) Suggest(context.Context, bot.Command, string) []bot.Choice { return nil }

func (h *handler) commands() []bot.Command {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]bot.Command(nil), h.seen...)
}

// house is a client that listens to a fake Slack.
type house struct {
	*slacktest.Server
	client *slack.Client
	h      *handler
	log    *bytes.Buffer
	done   chan error
	stop   context.CancelFunc
}

type syncWriter struct {
	mu sync.Mutex
	b  *bytes.Buffer
}

func (w *syncWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func open(t testing.TB, o slack.Options, reply func(bot.Command) (bot.Reply, error)) *house {
	t.Helper()
	s := slacktest.NewServer()
	hs := &house{Server: s, h: &handler{reply: reply}, log: &bytes.Buffer{}, done: make(chan error, 1)}
	o.APIURL = s.URL()
	o.AppToken = slacktest.AppToken
	if o.TokenStore == nil {
		o.BotToken = slacktest.BotToken
	}
	o.SigningSecret = slacktest.SigningSecret
	o.Log = slog.New(slog.NewTextHandler(&syncWriter{b: hs.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if hs.client, err = slack.New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	hs.stop = cancel
	go func() { hs.done <- hs.client.Listen(ctx, hs.h) }()
	var web *httptest.Server
	if o.Mode == "http" {
		web = httptest.NewServer(hs.client.Handler())
		s.SendTo(web.URL + slack.EventsPath)
		waitFor(t, "the handler to be up", func() bool {
			resp, err := http.DefaultClient.Do(slacktest.Signed(web.URL+slack.EventsPath, "application/json", `{"type":"event_callback","n":"`+time.Now().String()+`"}`, time.Now()))
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		})
	} else if !s.WaitConnected(5 * time.Second) {
		t.Fatal("not connected")
	}
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-hs.done:
			if err != nil {
				t.Errorf("Listen = %v", err)
			}
		case <-time.After(15 * time.Second):
			t.Error("Listen does not end")
		}
		if web != nil {
			web.Close()
		}
		s.Close()
		for _, secret := range []string{slacktest.BotToken, slacktest.AppToken, slacktest.SigningSecret, "/response/"} {
			if strings.Contains(hs.log.String(), secret) {
				t.Errorf("the log holds the secret %q:\n%s", secret, hs.log)
			}
		}
	})
	return hs
}

func waitFor(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if cond() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

func says(m bot.Message) func(bot.Command) (bot.Reply, error) {
	return func(bot.Command) (bot.Reply, error) { return bot.Reply{Message: &m}, nil }
}

func text(s string) bot.Message {
	return bot.Message{Fallback: s, Blocks: []bot.Block{bot.Text{Spans: []bot.Span{{Text: s}}}}}
}

func private(s string) bot.Message { m := text(s); m.Private = true; return m }

var modes = []string{"socket", "http"}

func TestCommand(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			hs := open(t, slack.Options{Mode: mode}, says(private("seven stories")))
			sent, err := hs.Command(slacktest.Alice, slacktest.General, "latest north-korea")
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := sent.Acked(); !ok {
				t.Error("not acknowledged within 3 s")
			}
			msgs := hs.WaitMessages(1, 5*time.Second)
			if len(msgs) != 1 || msgs[0].Only != slacktest.Alice || msgs[0].Text != "seven stories" || msgs[0].Unfurls {
				t.Fatalf("messages = %+v, want one to Alice alone", msgs)
			}
			c := hs.h.commands()[0]
			want := bot.Command{ID: c.ID, Text: "latest north-korea", By: bot.Person{Platform: "slack", Workspace: slacktest.Team, User: slacktest.Alice},
				ByName: slacktest.Alice, At: bot.Place{Platform: "slack", Workspace: slacktest.Team, Channel: slacktest.General},
				Zone: "Asia/Seoul", Locale: "ko-KR", CanForm: true}
			if c.ID == "" || !sameCommand(c, want) {
				t.Errorf("command = %+v, want %+v", c, want)
			}
		})
	}
}

func sameCommand(a, b bot.Command) bool {
	return a.ID == b.ID && a.Text == b.Text && a.By == b.By && a.ByName == b.ByName && a.At == b.At && a.Zone == b.Zone &&
		a.Locale == b.Locale && a.CanForm == b.CanForm && a.Manages == b.Manages && a.Direct == b.Direct && a.Action == b.Action
}

func TestSlowCommandIsAcknowledgedAtOnce(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			hs := open(t, slack.Options{Mode: mode}, func(bot.Command) (bot.Reply, error) {
				time.Sleep(4 * time.Second)
				m := private("at last")
				return bot.Reply{Message: &m}, nil
			})
			sent, err := hs.Command(slacktest.Alice, slacktest.General, "latest")
			if err != nil {
				t.Fatal(err)
			}
			if took, ok := sent.Acked(); !ok || took > time.Second {
				t.Errorf("acknowledged after %v, %v", took, ok)
			}
			if msgs := hs.WaitMessages(1, 8*time.Second); len(msgs) != 1 || msgs[0].Text != "at last" {
				t.Errorf("messages = %+v", msgs)
			}
		})
	}
}

func TestWhoManages(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, user, channel string
		managers            []string
		want                bool
	}{
		{"a member", slacktest.Alice, slacktest.General, nil, false},
		{"an admin", slacktest.Admin, "CALICE", nil, true},
		{"who made the channel", slacktest.Alice, "CALICE", nil, true},
		{"a configured person", slacktest.Alice, slacktest.General, []string{slacktest.Alice}, true},
		{"anybody in a direct message", slacktest.Alice, "D" + slacktest.Alice, nil, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			hs := open(t, slack.Options{Managers: r.managers}, says(private("ok")))
			hs.AddChannel(slacktest.Channel{ID: "CALICE", Creator: slacktest.Alice, Member: true})
			if _, err := hs.Command(r.user, r.channel, "pause"); err != nil {
				t.Fatal(err)
			}
			hs.WaitMessages(1, 5*time.Second)
			if got := hs.h.commands()[0].Manages; got != r.want {
				t.Errorf("%s in %s: manages = %v, want %v", r.user, r.channel, got, r.want)
			}
		})
	}
}

func TestButtons(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			hs := open(t, slack.Options{Mode: mode}, func(c bot.Command) (bot.Reply, error) {
				m := text("pressed " + c.Action + strings.Join(c.Values, ","))
				switch c.Action {
				case "":
					m = private("choose")
					m.Blocks = append(m.Blocks,
						bot.Buttons{Buttons: []bot.Button{{Label: "More", Action: "more:2"}, {Label: "More again", Action: "more:2"}, {Label: "Share", Action: "share:1"}, {Label: "Read", URL: "https://meridian.example/1"}}},
						bot.Menu{Action: "zone", Placeholder: "Zone", Choices: []bot.Choice{{Label: "Seoul", Value: "Asia/Seoul"}}})
				case "more:2":
					return bot.Reply{Message: &m, Replace: true}, nil
				}
				return bot.Reply{Message: &m}, nil
			})
			if _, err := hs.Command(slacktest.Alice, slacktest.General, ""); err != nil {
				t.Fatal(err)
			}
			first := hs.WaitMessages(1, 5*time.Second)[0]
			press := func(value string) {
				t.Helper()
				if _, err := hs.Press(slacktest.Alice, slacktest.General, first.TS, value); err != nil {
					t.Fatal(err)
				}
			}
			press("https://meridian.example/1") // Slack opens it; nothing is asked of the bot
			press("share:1")
			if msgs := hs.WaitMessages(2, 5*time.Second); len(msgs) != 2 || msgs[1].Only != "" || msgs[1].Text != "pressed share:1" {
				t.Fatalf("after Share: %+v", msgs)
			}
			press("Asia/Seoul")
			if msgs := hs.WaitMessages(3, 5*time.Second); len(msgs) != 3 || msgs[2].Text != "pressed zoneAsia/Seoul" {
				t.Fatalf("after the menu: %+v", msgs)
			}
			press("more:2")
			waitFor(t, "the message to be replaced", func() bool { return hs.Messages()[0].Text == "pressed more:2" })
			if n := len(hs.h.commands()); n != 4 {
				t.Errorf("%d commands, want 4: the link is none", n)
			}
			if got := hs.h.commands()[1].Message; got != first.TS {
				t.Errorf("Command.Message = %q, want %q", got, first.TS)
			}
		})
	}
}

var alertForm = bot.Form{Action: "alert:save", Title: "New alert", Submit: "Save", Fields: []bot.Field{
	{Name: "query", Label: "Words to look for", Hint: `tariff OR "rare earths"`, Value: "tariff"},
	{Name: "frequency", Label: "How often", Value: "daily", Choices: []bot.Choice{{Label: "At once", Value: "immediate"}, {Label: "Daily", Value: "daily"}}},
}}

func TestForm(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			hs := open(t, slack.Options{Mode: mode}, func(c bot.Command) (bot.Reply, error) {
				if c.Fields == nil {
					return bot.Reply{Form: &alertForm}, nil
				}
				m := private(c.Fields["query"] + " " + c.Fields["frequency"])
				return bot.Reply{Message: &m}, nil
			})
			if _, err := hs.Command(slacktest.Alice, slacktest.General, "alert add"); err != nil {
				t.Fatal(err)
			}
			views := hs.WaitViews(1, 5*time.Second)
			if len(views) != 1 || views[0].Type != "modal" {
				t.Fatalf("views = %+v", views)
			}
			sent, err := hs.Submit(views[0], map[string]string{"query": "관세", "frequency": "immediate"})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := sent.Acked(); !ok {
				t.Error("not acknowledged")
			}
			msgs := hs.WaitMessages(1, 5*time.Second)
			if len(msgs) != 1 || msgs[0].Text != "관세 immediate" || msgs[0].Channel != slacktest.General {
				t.Errorf("messages = %+v", msgs)
			}
			if c := hs.h.commands()[1]; c.Action != "alert:save" || c.At.Channel != slacktest.General {
				t.Errorf("command = %+v", c)
			}
		})
	}
}

func TestFormThatCameTooLate(t *testing.T) {
	t.Parallel()
	hs := open(t, slack.Options{}, func(c bot.Command) (bot.Reply, error) {
		time.Sleep(3200 * time.Millisecond)
		return bot.Reply{Form: &alertForm}, nil
	})
	if _, err := hs.Command(slacktest.Alice, slacktest.General, "alert add"); err != nil {
		t.Fatal(err)
	}
	if msgs := hs.WaitMessages(1, 6*time.Second); len(msgs) != 1 || !strings.Contains(msgs[0].Text, "try again") || msgs[0].Only == "" {
		t.Errorf("messages = %+v, want a word to Alice", msgs)
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	home := bot.Message{Fallback: "Home", Blocks: []bot.Block{bot.Heading{Text: "Your alerts"}, bot.Buttons{Buttons: []bot.Button{{Label: "Add", Action: "alert:new"}}}}}
	hs := open(t, slack.Options{}, func(c bot.Command) (bot.Reply, error) {
		if c.Action == "alert:new" {
			return bot.Reply{Form: &alertForm}, nil
		}
		if c.Action != "" {
			m := private("saved")
			return bot.Reply{Home: &home, Message: &m}, nil
		}
		return bot.Reply{Home: &home}, nil
	})
	open := map[string]any{"type": "app_home_opened", "user": slacktest.Alice, "channel": "D" + slacktest.Alice, "tab": "home"}
	for range 2 { // Slack repeats events
		if _, err := hs.Event("Ev-home", open); err != nil {
			t.Fatal(err)
		}
	}
	if v := hs.WaitViews(1, 5*time.Second); len(v) != 1 || v[0].Type != "home" || v[0].User != slacktest.Alice {
		t.Fatalf("views = %+v", v)
	}
	if _, err := hs.PressHome(slacktest.Alice, "alert:new"); err != nil {
		t.Fatal(err)
	}
	v := hs.WaitViews(2, 5*time.Second)
	if len(v) != 2 || v[1].Type != "modal" {
		t.Fatalf("views = %+v", v)
	}
	if _, err := hs.Submit(v[1], map[string]string{"query": "x", "frequency": "daily"}); err != nil {
		t.Fatal(err)
	}
	if v := hs.WaitViews(3, 5*time.Second); len(v) != 3 || v[2].Type != "home" {
		t.Fatalf("views = %+v", v)
	}
	if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 || m[0].Channel != "D"+slacktest.Alice {
		t.Errorf("messages = %+v, want one direct", m)
	}
	if n := len(hs.h.commands()); n != 3 {
		t.Errorf("%d commands, want 3: the event came twice", n)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		event map[string]any
		want  bot.Event // none: nothing is asked of the bot
		at    string
	}{
		{"the bot joins", map[string]any{"type": "member_joined_channel", "user": slacktest.BotUser, "channel": slacktest.General}, bot.Joined, slacktest.General},
		{"somebody joins", map[string]any{"type": "member_joined_channel", "user": slacktest.Alice, "channel": slacktest.General}, "", ""},
		{"removed", map[string]any{"type": "channel_left", "channel": slacktest.General}, bot.Left, slacktest.General},
		{"archived", map[string]any{"type": "channel_archive", "channel": slacktest.General}, bot.Left, slacktest.General},
		{"uninstalled", map[string]any{"type": "app_uninstalled"}, bot.Left, ""},
		{"the bot's token revoked", map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{slacktest.BotUser}}}, bot.Left, ""},
		{"a user's token revoked", map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []string{slacktest.Alice}}}, "", ""},
		{"messages tab", map[string]any{"type": "app_home_opened", "user": slacktest.Alice, "tab": "messages"}, "", ""},
		{"something new", map[string]any{"type": "tea_time", "channel": map[string]any{"id": 7}}, "", ""},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			hs := open(t, slack.Options{}, says(text("Hello")))
			sent, err := hs.Event("", r.event)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := sent.Acked(); !ok {
				t.Error("not acknowledged")
			}
			hs.stop() // waits for what is under way
			if err := <-hs.done; err != nil {
				t.Fatal(err)
			}
			hs.done <- nil
			var got bot.Event
			var at string
			if c := hs.h.commands(); len(c) > 0 {
				got, at = c[0].Event, c[0].At.Channel
			}
			if got != r.want || at != r.at {
				t.Errorf("%v: event %q at %q, want %q at %q", r.event, got, at, r.want, r.at)
			}
			if m := hs.Messages(); (len(m) == 1) != (r.want == bot.Joined) {
				t.Errorf("%v: messages = %+v", r.event, m)
			}
		})
	}
}

func TestEnvelopeTwiceIsOneCommand(t *testing.T) {
	t.Parallel()
	hs := open(t, slack.Options{}, says(private("once")))
	payload := map[string]any{"command": "/hanwire", "text": "help", "team_id": slacktest.Team, "user_id": slacktest.Alice, "channel_id": slacktest.General}
	for range 2 {
		sent, err := hs.Send("same", "slash_commands", payload)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := sent.Acked(); !ok {
			t.Error("not acknowledged")
		}
	}
	hs.WaitMessages(2, 300*time.Millisecond)
	if n := len(hs.h.commands()); n != 1 {
		t.Errorf("%d commands, want 1", n)
	}
}

func TestOddPayloadsAreAcknowledged(t *testing.T) {
	t.Parallel()
	hs := open(t, slack.Options{}, says(private("ok")))
	for _, payload := range []any{"a string", []int{1}, map[string]any{"type": "block_actions"}, map[string]any{"type": "block_actions", "message": map[string]any{"blocks": 7},
		"team": map[string]any{"id": slacktest.Team}, "user": map[string]any{"id": slacktest.Alice}, "channel": map[string]any{"id": slacktest.General},
		"actions": []any{map[string]any{"type": "button", "action_id": "b0", "value": "go"}}}} {
		sent, err := hs.Send("", "interactive", payload)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := sent.Acked(); !ok {
			t.Errorf("%v: not acknowledged", payload)
		}
	}
	waitFor(t, "the readable button", func() bool { c := hs.h.commands(); return len(c) == 1 && c[0].Action == "go" })
}

func TestReconnects(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"refresh_requested", ""} {
		t.Run("reason "+reason, func(t *testing.T) {
			hs := open(t, slack.Options{}, says(private("still here")))
			hs.Fail("apps.connections.open", slacktest.Fault{Status: 500})
			hs.Disconnect(reason)
			waitFor(t, "a second connection", func() bool { return hs.Connections() >= 3 })
			if !hs.WaitConnected(5 * time.Second) {
				t.Fatal("not connected again")
			}
			if _, err := hs.Command(slacktest.Alice, slacktest.General, "help"); err != nil {
				t.Fatal(err)
			}
			if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 {
				t.Errorf("messages = %+v", m)
			}
		})
	}
}

// A server that takes every connection and drops it at once is not stormed.
func TestRestsBetweenConnections(t *testing.T) {
	t.Parallel()
	s := slacktest.NewServer()
	defer s.Close()
	s.Restless()
	listen(t, s, nil)
	at := s.WaitSockets(3, 30*time.Second)
	if len(at) < 3 {
		t.Fatalf("%d connections", len(at))
	}
	if first, second := at[1].Sub(at[0]), at[2].Sub(at[1]); first < 400*time.Millisecond || second < 800*time.Millisecond {
		t.Errorf("came back after %v and %v", first, second)
	}
}

// A connection of which nothing is heard is given up.
func TestSilenceReconnects(t *testing.T) {
	t.Parallel()
	s := slacktest.NewServer()
	defer s.Close()
	listen(t, s, func(c *slack.Client) { c.PingWithin(100 * time.Millisecond) })
	if at := s.WaitSockets(2, 30*time.Second); len(at) < 2 {
		t.Error("still on a connection that is silent")
	}
}

// listen has a client listen to a server until the test ends.
func listen(t *testing.T, s *slacktest.Server, change func(*slack.Client)) {
	t.Helper()
	c, err := slack.New(slack.Options{BotToken: slacktest.BotToken, AppToken: slacktest.AppToken, APIURL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Listen(ctx, &handler{reply: says(text("x"))}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Listen = %v", err)
		}
	})
}

func TestRevokedTokenEndsListen(t *testing.T) {
	t.Parallel()
	s := slacktest.NewServer()
	defer s.Close()
	s.Revoke()
	c, err := slack.New(slack.Options{BotToken: slacktest.BotToken, AppToken: slacktest.AppToken, APIURL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err = c.Listen(ctx, &handler{reply: says(text("x"))})
	if err == nil || ctx.Err() != nil || strings.Contains(err.Error(), "xoxb") {
		t.Errorf("Listen = %v, want an error that says token_revoked", err)
	}
}

func TestResponseURLUsedUp(t *testing.T) {
	t.Parallel()
	hs := open(t, slack.Options{}, says(private("by another way")))
	hs.Fail("response_url", slacktest.Fault{Status: 404})
	if _, err := hs.Command(slacktest.Alice, slacktest.General, "help"); err != nil {
		t.Fatal(err)
	}
	if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 || m[0].Response || m[0].Only != slacktest.Alice {
		t.Errorf("messages = %+v, want an ephemeral one by the Web API", m)
	}
}

// An answer gets through where its first post does not; what all can see is
// never said twice.
func TestAnswersInsist(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		m     bot.Message
		fault slacktest.Fault
		want  int // messages
	}{
		{"to one, 500", private("done"), slacktest.Fault{Status: 500}, 1},
		{"to one, 429", private("done"), slacktest.Fault{Status: 429, After: "1"}, 1},
		{"to one, reset", private("done"), slacktest.Fault{Reset: true}, 1},
		{"to all, 429", text("done"), slacktest.Fault{Status: 429, After: "1"}, 1},
		{"to all, 500 after it was done", text("done"), slacktest.Fault{Status: 500, Done: true}, 1},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			hs := open(t, slack.Options{}, says(r.m))
			hs.Fail("response_url", r.fault)
			if _, err := hs.Command(slacktest.Alice, slacktest.General, "help"); err != nil {
				t.Fatal(err)
			}
			hs.WaitMessages(1, 5*time.Second)
			hs.stop() // waits for what is under way
			if err := <-hs.done; err != nil {
				t.Fatal(err)
			}
			hs.done <- nil
			if n := len(hs.Messages()); n != r.want {
				t.Errorf("%d messages, want %d; log:\n%s", n, r.want, hs.log)
			}
		})
	}
}

func TestFailingHandlerApologises(t *testing.T) {
	t.Parallel()
	hs := open(t, slack.Options{}, func(bot.Command) (bot.Reply, error) { return bot.Reply{}, errors.New("the database is on fire") })
	if _, err := hs.Command(slacktest.Alice, slacktest.General, "help"); err != nil {
		t.Fatal(err)
	}
	m := hs.WaitMessages(1, 5*time.Second)
	if len(m) != 1 || m[0].Only != slacktest.Alice || strings.Contains(m[0].Text, "fire") {
		t.Errorf("messages = %+v, want a short apology to Alice alone", m)
	}
}

func TestForeignWorkspace(t *testing.T) {
	t.Parallel()
	store := &tokens{m: map[string]string{slacktest.Team: slacktest.BotToken}}
	hs := open(t, slack.Options{TokenStore: store, ClientID: slacktest.ClientID, ClientSecret: slacktest.ClientSecret}, says(private("ours")))
	for _, team := range []string{"TOTHER", slacktest.Team} {
		if _, err := hs.Send("", "slash_commands", map[string]any{"command": "/hanwire", "text": team, "team_id": team, "user_id": slacktest.Alice, "channel_id": slacktest.General}); err != nil {
			t.Fatal(err)
		}
	}
	hs.WaitMessages(1, 5*time.Second)
	if c := hs.h.commands(); len(c) != 1 || c[0].Text != slacktest.Team {
		t.Errorf("commands = %+v, want none from a workspace without the app", c)
	}
	_, err := hs.client.Deliver(t.Context(), bot.Delivery{Key: "k", Kind: bot.Post, To: bot.Place{Workspace: "TOTHER", Channel: slacktest.General}, Message: text("x"), Attempt: 1})
	var lost *bot.LostError
	if !errors.As(err, &lost) || lost.Reason != bot.AccessRevoked {
		t.Errorf("Deliver = %v, want access revoked", err)
	}
}

// A client without a signing secret takes no requests: anybody could sign them.
func TestNoSecretNoRequests(t *testing.T) {
	t.Parallel()
	c, err := slack.New(slack.Options{BotToken: slacktest.BotToken, AppToken: slacktest.AppToken})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(c.Handler())
	defer web.Close()
	const body = `{"type":"url_verification","challenge":"c"}`
	req, err := http.NewRequest("POST", web.URL+slack.EventsPath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, nil)
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", resp.StatusCode)
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	hs := open(t, slack.Options{Mode: "http"}, says(private("ok")))
	web := httptest.NewServer(hs.client.Handler())
	defer web.Close()
	const body = "command=%2Fhanwire&text=help&team_id=" + slacktest.Team + "&user_id=UALICE&channel_id=CGENERAL"
	const form = "application/x-www-form-urlencoded"
	now := time.Now()
	target := web.URL + slack.EventsPath
	old := slacktest.Signed(target, form, body, now.Add(-6*time.Minute))
	later := slacktest.Signed(target, form, body, now.Add(6*time.Minute))
	good := slacktest.Signed(target, form, body, now)
	again := slacktest.Signed(target, form, body, now)
	forged := slacktest.Signed(target, form, body+"&text=forget+me", now)
	forged.Header.Set("X-Slack-Signature", good.Header.Get("X-Slack-Signature"))
	bare, _ := http.NewRequest("POST", target, strings.NewReader(body))
	huge := slacktest.Signed(target, form, body+"&x="+strings.Repeat("x", 2<<20), now)
	challenge := slacktest.Signed(target, "application/json", `{"type":"url_verification","challenge":"c-1"}`, now)
	for _, r := range []struct {
		name string
		req  *http.Request
		want int
	}{
		{"six minutes old", old, 401}, {"six minutes early", later, 401}, {"other body", forged, 401}, {"unsigned", bare, 401}, {"huge", huge, 401},
		{"good", good, 200}, {"the same again", again, 401}, {"challenge", challenge, 200},
	} {
		resp, err := http.DefaultClient.Do(r.req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != r.want {
			t.Errorf("%s: status %d, want %d", r.name, resp.StatusCode, r.want)
		}
	}
	waitFor(t, "the one good command", func() bool { return len(hs.h.commands()) == 1 })
}

// BenchmarkAcknowledge sends 200 commands a second, each answered after 50 ms,
// and reports how long the acknowledgements took:
//
//	go test ./bot/slack -run - -bench Acknowledge -benchtime 2000x
func BenchmarkAcknowledge(b *testing.B) {
	for _, mode := range modes {
		b.Run(mode, func(b *testing.B) {
			hs := open(b, slack.Options{Mode: mode}, func(bot.Command) (bot.Reply, error) {
				time.Sleep(50 * time.Millisecond)
				m := private("done")
				return bot.Reply{Message: &m}, nil
			})
			took := make([]time.Duration, b.N)
			var work sync.WaitGroup
			tick := time.NewTicker(time.Second / 200)
			defer tick.Stop()
			for i := range b.N {
				<-tick.C
				work.Go(func() {
					sent, err := hs.Command(slacktest.Alice, slacktest.General, "help")
					if err != nil {
						b.Error(err)
						return
					}
					d, ok := sent.Acked()
					if !ok {
						b.Error("not acknowledged within 3 s")
					}
					took[i] = d
				})
			}
			work.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			if n := len(hs.WaitMessages(b.N, 10*time.Second)); n != b.N {
				b.Errorf("%d answers, want %d", n, b.N)
			}
		})
	}
}
