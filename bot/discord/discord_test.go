package discord_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/discord"
	"hanwire/bot/discord/discordtest"
)

// handler answers commands as a test says, and keeps them.
type handler struct {
	mu    sync.Mutex // guards what follows
	reply func(bot.Command) (bot.Reply, error)
	seen  []bot.Command
}

func (h *handler) Handle(_ context.Context, c bot.Command) (bot.Reply, error) {
	h.mu.Lock()
	h.seen = append(h.seen, c)
	reply := h.reply
	h.mu.Unlock()
	if reply == nil {
		return bot.Reply{}, nil
	}
	return reply(c)
}

func (h *handler) Suggest(_ context.Context, c bot.Command, option string) []bot.Choice {
	if c.Args[option] == "slow" {
		time.Sleep(4 * time.Second)
	}
	out := make([]bot.Choice, 30)
	for i := range out {
		out[i] = bot.Choice{Label: c.Name + " " + option + " " + c.Args[option], Value: strings.Repeat("v", i+90)}
	}
	return out
}

func (h *handler) commands() []bot.Command {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]bot.Command(nil), h.seen...)
}

// house is a client that listens to a fake Discord.
type house struct {
	*discordtest.Server
	client *discord.Client
	h      *handler
	log    *syncBuffer
	done   chan error
	stop   context.CancelFunc
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *syncBuffer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *syncBuffer) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func start(t testing.TB, s *discordtest.Server, o discord.Options, reply func(bot.Command) (bot.Reply, error)) *house {
	t.Helper()
	hs := &house{Server: s, h: &handler{reply: reply}, log: &syncBuffer{}, done: make(chan error, 1)}
	o.Token, o.APIURL, o.PublicKey = discordtest.Token, s.URL(), s.PublicKey()
	o.Log = slog.New(slog.NewTextHandler(hs.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if hs.client, err = discord.New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	hs.stop = cancel
	go func() { hs.done <- hs.client.Listen(ctx, hs.h) }()
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
		s.Close()
		for _, secret := range []string{discordtest.Token, "interaction-token-"} {
			if strings.Contains(hs.log.String(), secret) {
				t.Errorf("the log holds the secret %q:\n%s", secret, hs.log)
			}
		}
	})
	return hs
}

func open(t testing.TB, mode string, reply func(bot.Command) (bot.Reply, error)) *house {
	t.Helper()
	hs := start(t, discordtest.NewServer(), discord.Options{Mode: mode}, reply)
	waitFor(t, "the commands to be registered", func() bool { _, n := hs.Commands(); return n > 0 })
	if mode == "http" {
		web := httptest.NewServer(hs.client.Handler())
		t.Cleanup(web.Close)
		hs.SendTo(web.URL + discord.InteractionsPath)
	} else if !hs.WaitConnected(1, 5*time.Second) {
		t.Fatal("not connected")
	}
	return hs
}

func waitFor(t testing.TB, what string, cond func() bool) {
	t.Helper()
	if !waitUntil(5*time.Second, cond) {
		t.Fatalf("waited in vain for %s", what)
	}
}

func waitUntil(timeout time.Duration, cond func() bool) bool {
	for end := time.Now().Add(timeout); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if cond() {
			return true
		}
	}
	return cond()
}

func says(m bot.Message) func(bot.Command) (bot.Reply, error) {
	return func(bot.Command) (bot.Reply, error) { return bot.Reply{Message: &m}, nil }
}

func text(s string) bot.Message {
	return bot.Message{Fallback: s, Blocks: []bot.Block{bot.Text{Spans: []bot.Span{{Text: s}}}}}
}

func private(s string) bot.Message { m := text(s); m.Private = true; return m }

var (
	alice = discordtest.Act{}
	modes = []string{"gateway", "http"}
)

func TestCommand(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			hs := open(t, mode, says(private("seven stories")))
			sent, err := hs.Command(discordtest.Act{Locale: "ko", Permissions: "16"}, "alert add", "query", "관세 lang:ko", "n", 5)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := sent.Acked(); !ok {
				t.Error("not acknowledged within 3 s")
			}
			msgs := hs.WaitMessages(1, 5*time.Second)
			if len(msgs) != 1 || msgs[0].Only != discordtest.Alice || msgs[0].Body.Text() != "seven stories" {
				t.Fatalf("messages = %+v, want one to Alice alone", msgs)
			}
			c := hs.h.commands()[0]
			if c.ID != sent.ID || c.Name != "alert add" || c.Args["query"] != "관세 lang:ko" || c.Args["n"] != "5" || c.ByName != "Alice" ||
				c.By != (bot.Person{Platform: "discord", User: discordtest.Alice}) || c.Locale != "ko" || !c.Manages || c.Direct || !c.CanForm ||
				c.At != (bot.Place{Platform: "discord", Workspace: discordtest.Guild, Channel: discordtest.General}) {
				t.Errorf("command = %+v", c)
			}
		})
	}
}

func TestSlowHandler(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		takes time.Duration
		reply bot.Reply
		want  []string // "only: text" of what is to be seen in the end
	}{
		{"to one after the three seconds", 3500 * time.Millisecond, bot.Reply{Message: ptr(private("done"))}, []string{"alice: done"}},
		{"to all", 300 * time.Millisecond, bot.Reply{Message: ptr(text("done"))}, []string{"all: done"}},
		{"form", 300 * time.Millisecond, bot.Reply{Form: &alertForm}, []string{"alice: That took too long, and Discord no longer lets the form open. Please try again."}},
		{"nothing", 300 * time.Millisecond, bot.Reply{}, nil},
	}
	for _, mode := range modes {
		for _, r := range rows {
			t.Run(mode+" "+r.name, func(t *testing.T) {
				t.Parallel()
				hs := open(t, mode, func(bot.Command) (bot.Reply, error) {
					time.Sleep(r.takes)
					return r.reply, nil
				})
				sent, err := hs.Command(alice, "latest")
				if err != nil {
					t.Fatal(err)
				}
				if took, ok := sent.Acked(); !ok || took > time.Second {
					t.Errorf("acknowledged after %v, %v", took, ok)
				}
				hs.stop() // waits for what is under way
				if err := <-hs.done; err != nil {
					t.Fatal(err)
				}
				hs.done <- nil
				var got []string
				for _, m := range hs.Messages() {
					who := "all"
					if m.Only != "" {
						who = "alice"
					}
					got = append(got, who+": "+m.Body.Text())
				}
				if !slices.Equal(got, r.want) {
					t.Errorf("seen %q, want %q", got, r.want)
				}
			})
		}
	}
}

func ptr[T any](v T) *T { return &v }

var alertForm = bot.Form{Action: "alert:save", Title: "New alert", Submit: "Save", Fields: []bot.Field{
	{Name: "query", Label: "Words to look for", Hint: `tariff OR "rare earths"`, Value: "tariff"},
	{Name: "frequency", Label: "How often", Value: "daily", Choices: []bot.Choice{{Label: "At once", Value: "immediate"}, {Label: "Daily", Value: "daily"}}},
}}

func TestForm(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			hs := open(t, mode, func(c bot.Command) (bot.Reply, error) {
				if c.Fields == nil {
					return bot.Reply{Form: &alertForm}, nil
				}
				return bot.Reply{Message: ptr(private(c.Action + " " + c.Fields["query"] + " " + c.Fields["frequency"]))}, nil
			})
			if _, err := hs.Command(alice, "alert add"); err != nil {
				t.Fatal(err)
			}
			waitFor(t, "the form", func() bool { return len(hs.Forms()) == 1 })
			if _, err := hs.Submit(alice, hs.Forms()[0], map[string]string{"query": "관세", "frequency": "immediate"}); err != nil {
				t.Fatal(err)
			}
			if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 || m[0].Body.Text() != "alert\\:save 관세 immediate" {
				t.Errorf("messages = %+v", m)
			}
		})
	}
}

// What was posted before a restart still answers: the buttons of one client
// are pressed at another.
func TestButtonsAfterRestart(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		for _, slow := range []bool{false, true} {
			t.Run(mode+map[bool]string{true: " slow", false: ""}[slow], func(t *testing.T) {
				t.Parallel()
				hs := open(t, mode, func(c bot.Command) (bot.Reply, error) {
					if slow {
						time.Sleep(400 * time.Millisecond)
					}
					m := text(c.Action + strings.Join(c.Values, ","))
					return bot.Reply{Message: &m, Replace: c.Action == "more"}, nil
				})
				before, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: hs.URL()})
				if err != nil {
					t.Fatal(err)
				}
				m := digest(3)
				m.Blocks = append(m.Blocks, bot.Buttons{Buttons: []bot.Button{{Label: "More", Action: "more"}}},
					bot.Menu{Action: "zone", Choices: []bot.Choice{{Label: "Seoul", Value: "Asia/Seoul"}}})
				head, err := before.Deliver(t.Context(), bot.Delivery{Key: "e1", Kind: bot.Post, To: general, Message: m, Attempt: 1})
				if err != nil {
					t.Fatal(err)
				}
				for i, r := range []struct{ press, want string }{{"share:e41", "share\\:e41"}, {"quotes:2", "quotes\\:2"}, {"Asia/Seoul", "zoneAsia/Seoul"}} {
					if _, err := hs.Press(alice, head.Message, r.press); err != nil {
						t.Fatal(err)
					}
					msgs := hs.WaitMessages(i+2, 5*time.Second)
					if len(msgs) != i+2 || msgs[i+1].Body.Text() != r.want || msgs[i+1].Only != "" {
						t.Fatalf("%s: messages = %+v", r.press, msgs)
					}
				}
				if _, err := hs.Press(alice, head.Message, "more"); err != nil {
					t.Fatal(err)
				}
				waitFor(t, "the message to be replaced", func() bool { return hs.Messages()[0].Body.Text() == "more" })
				if c := hs.h.commands()[0]; c.Message != head.Message {
					t.Errorf("Command.Message = %q, want %q", c.Message, head.Message)
				}
			})
		}
	}
}

func TestAutocomplete(t *testing.T) {
	t.Parallel()
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			hs := open(t, mode, nil)
			sent, err := hs.Type(alice, "speaker", "name", "name", "왕이")
			if err != nil {
				t.Fatal(err)
			}
			// Of 30 choices those with values of at most 100 characters.
			if got := sent.Choices(); len(got) != 11 {
				t.Errorf("%d choices, want 11", len(got))
			}
			sent, err = hs.Type(alice, "speaker", "name", "name", "slow")
			if err != nil {
				t.Fatal(err)
			}
			if took, ok := sent.Acked(); !ok || took > 2800*time.Millisecond || len(sent.Choices()) != 0 {
				t.Errorf("slow suggestions: %v, %v, %v", took, ok, sent.Choices())
			}
		})
	}
}

func TestFailingHandlerApologises(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", func(bot.Command) (bot.Reply, error) { return bot.Reply{}, errors.New("the database is on fire") })
	if _, err := hs.Command(alice, "help"); err != nil {
		t.Fatal(err)
	}
	m := hs.WaitMessages(1, 5*time.Second)
	if len(m) != 1 || m[0].Only != discordtest.Alice || strings.Contains(m[0].Body.Text(), "fire") {
		t.Errorf("messages = %+v, want a short apology to Alice alone", m)
	}
}

// The first response and what follows get through where a call fails once.
func TestAnswersInsist(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, call string
		fault      discordtest.Fault
		slow       bool
	}{
		{"callback reset after it was done", "callback", discordtest.Fault{Reset: true, Done: true}, false},
		{"callback 500", "callback", discordtest.Fault{Status: 500}, false},
		{"callback 500 after it was done", "callback", discordtest.Fault{Status: 500, Done: true}, true},
		{"edit 429", "original", discordtest.Fault{Status: 429, Body: `{"retry_after":0.2}`}, true},
		{"edit 502", "original", discordtest.Fault{Status: 502, Body: "<html>"}, true},
		{"edit reset", "original", discordtest.Fault{Reset: true}, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			hs := open(t, "gateway", func(bot.Command) (bot.Reply, error) {
				if r.slow {
					time.Sleep(300 * time.Millisecond)
				}
				return bot.Reply{Message: ptr(private("done"))}, nil
			})
			hs.Fail(r.call, r.fault)
			if _, err := hs.Command(alice, "help"); err != nil {
				t.Fatal(err)
			}
			waitFor(t, "one answer", func() bool { m := hs.Messages(); return len(m) == 1 && m[0].Body.Text() == "done" })
		})
	}
}

func TestInteractionTwiceIsOneCommand(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", says(private("once")))
	i := map[string]any{"id": "77", "token": "interaction-token-x", "type": 2, "application_id": discordtest.App, "guild_id": discordtest.Guild, "channel_id": discordtest.General,
		"data": map[string]any{"name": "hanwire", "options": []any{map[string]any{"name": "help", "type": 1}}}, "member": map[string]any{"user": map[string]any{"id": discordtest.Alice}}}
	for range 2 {
		if err := hs.Event("INTERACTION_CREATE", i); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "the command", func() bool { return len(hs.h.commands()) > 0 })
	time.Sleep(100 * time.Millisecond)
	if n := len(hs.h.commands()); n != 1 {
		t.Errorf("%d commands, want 1", n)
	}
}

func TestOddEvents(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", says(private("ok")))
	for _, d := range []any{nil, "x", []int{1}, map[string]any{}, map[string]any{"id": 7}, map[string]any{"id": "1", "token": "interaction-token-y", "type": 99}} {
		for _, name := range []string{"INTERACTION_CREATE", "GUILD_CREATE", "GUILD_DELETE", "CHANNEL_DELETE", "TEA_TIME"} {
			if err := hs.Event(name, d); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := hs.Command(alice, "help"); err != nil {
		t.Fatal(err)
	}
	if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 {
		t.Errorf("messages = %+v", m)
	}
}

func TestJoinedAndLeft(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", says(text("Hello, I am Hanwire")))
	// The guild named in READY is none that the bot has just joined.
	for _, e := range []struct {
		name string
		data map[string]any
		n    int // commands after it
	}{
		{"GUILD_CREATE", map[string]any{"id": "55", "system_channel_id": nil, "joined_at": "2026-11-24T00:00:00Z", "preferred_locale": "ko",
			"channels": []map[string]any{{"id": "9", "type": 4}, {"id": discordtest.General, "type": 0}}}, 1},
		{"CHANNEL_DELETE", map[string]any{"id": "56", "guild_id": "55"}, 2},
		{"GUILD_DELETE", map[string]any{"id": "55", "unavailable": true}, 2},
		{"GUILD_DELETE", map[string]any{"id": "55"}, 3},
	} {
		if err := hs.Event(e.name, e.data); err != nil {
			t.Fatal(err)
		}
		waitFor(t, e.name, func() bool { return len(hs.h.commands()) == e.n })
	}
	c := hs.h.commands()
	if c[0].Event != bot.Joined || c[0].At.Channel != discordtest.General || c[0].Locale != "ko" || c[1].Event != bot.Left || c[1].At.Channel != "56" ||
		c[2].Event != bot.Left || c[2].At != (bot.Place{Platform: "discord", Workspace: "55"}) {
		t.Errorf("events = %+v", c)
	}
	if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 || m[0].Channel != discordtest.General {
		t.Errorf("messages = %+v, want one hello", m)
	}
}

func TestThreadOfOursIsItsChannel(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", says(private("ok")))
	hs.AddChannel(discordtest.Channel{ID: "70", Guild: discordtest.Guild, Type: 11, Parent: discordtest.General, Owner: discordtest.Bot})
	hs.AddChannel(discordtest.Channel{ID: "71", Guild: discordtest.Guild, Type: 11, Parent: discordtest.General, Owner: discordtest.Alice})
	for _, r := range []struct{ in, want string }{{"70", discordtest.General}, {"71", "71"}} {
		if _, err := hs.Command(discordtest.Act{Channel: r.in}, "help"); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "the command", func() bool { c := hs.h.commands(); return len(c) > 0 && c[len(c)-1].At.Channel == r.want })
	}
}

func TestWhoManages(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", says(private("ok")))
	for i, r := range []struct {
		a    discordtest.Act
		want bool
	}{
		{discordtest.Act{Permissions: "2048"}, false},
		{discordtest.Act{Permissions: "16"}, true}, // Manage Channels
		{discordtest.Act{Permissions: "32"}, true}, // Manage Server
		{discordtest.Act{Permissions: "8"}, true},  // Administrator
		{discordtest.Act{Permissions: "x"}, false}, // unreadable
		{discordtest.Act{Direct: true}, true},      // one's own direct messages
		{discordtest.Act{Permissions: "-1"}, true}, // all bits
		{discordtest.Act{Permissions: "0"}, false},
	} {
		if _, err := hs.Command(r.a, "pause"); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "the command", func() bool { return len(hs.h.commands()) == i+1 })
		if got := hs.h.commands()[i].Manages; got != r.want {
			t.Errorf("%+v: manages = %v, want %v", r.a, got, r.want)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	hs := open(t, "http", says(private("ok")))
	web := httptest.NewServer(hs.client.Handler())
	defer web.Close()
	target := web.URL + discord.InteractionsPath
	const ping = `{"type":1,"id":"1","token":"interaction-token-p"}`
	now := time.Now()
	forged := hs.Signed(target, ping, now)
	forged.Body = http.NoBody
	forged.ContentLength = 0
	bare, _ := http.NewRequest("POST", target, strings.NewReader(ping))
	for _, r := range []struct {
		name string
		req  *http.Request
		want int
	}{
		{"ping", hs.Signed(target, ping, now), 200},
		{"old", hs.Signed(target, ping, now.Add(-6*time.Minute)), 401},
		{"early", hs.Signed(target, ping, now.Add(6*time.Minute)), 401},
		{"other body", forged, 401},
		{"unsigned", bare, 401},
		{"huge", hs.Signed(target, `{"type":1,"x":"`+strings.Repeat("x", 2<<20)+`"}`, now), 401},
		{"no JSON", hs.Signed(target, `{`, now), 400},
		{"no token", hs.Signed(target, `{"type":2,"id":"5"}`, now), 400},
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
	const command = `{"type":2,"id":"900","token":"interaction-token-q","data":{"name":"hanwire","options":[{"name":"help","type":1}]},"user":{"id":"6"}}`
	for i, want := range []int{200, 409} { // the same again is not taken
		resp, err := http.DefaultClient.Do(hs.Signed(target, command, now))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("time %d: status %d, want %d", i+1, resp.StatusCode, want)
		}
	}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(discord.InviteURL("123"))
	if err != nil {
		t.Fatal(err)
	}
	// View Channel, Send Messages, Embed Links, Read Message History, Create
	// Public Threads, Send Messages in Threads.
	if q := u.Query(); q.Get("permissions") != "309237730304" || q.Get("client_id") != "123" || q.Get("scope") != "bot applications.commands" {
		t.Errorf("%s", u)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := discordtest.NewServer()
	defer s.Close()
	s.AddChannel(discordtest.Channel{ID: "70", NoView: true})
	s.AddChannel(discordtest.Channel{ID: "71", Type: 4})
	c, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: s.URL(), PublicKey: s.PublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	if wrong := c.Check(t.Context(), []bot.Place{{Channel: discordtest.General}, {Channel: discordtest.Forum}}); len(wrong) != 0 {
		t.Errorf("all is well, and Check says %q", wrong)
	}
	got := strings.Join(c.Check(t.Context(), []bot.Place{{Channel: "70"}, {Channel: "71"}, {Channel: "72"}}), "\n")
	for _, want := range []string{"no access to channel 70", "channel 71 takes no messages", "channel 72: HTTP 404"} {
		if !strings.Contains(got, want) {
			t.Errorf("Check does not say %q:\n%s", want, got)
		}
	}
	bad, err := discord.New(discord.Options{Token: "secret-wrong", APIURL: s.URL(), ApplicationID: "9", PublicKey: strings.Repeat("00", 32)})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(bad.Check(t.Context(), nil), "\n"); !strings.Contains(got, "401") || strings.Contains(got, "secret") {
		t.Errorf("Check = %q", got)
	}
}

// A server with Discord's interface may know less of it, and write ids and
// permissions as numbers.
func TestForeignServer(t *testing.T) {
	t.Parallel()
	s := discordtest.NewServer()
	unknown := discordtest.Fault{Status: 404, Body: "404 page not found"}
	s.Fail("application", unknown, unknown)
	s.Fail("commands", discordtest.Fault{Status: 405})
	s.Fail("gateway", discordtest.Fault{Status: 403})
	s.Fail("thread", unknown)
	hs := start(t, s, discord.Options{}, says(private("ok")))
	waitFor(t, "the commands to be registered", func() bool { _, n := hs.Commands(); return n == 1 })
	if !hs.WaitConnected(1, 5*time.Second) {
		t.Fatal("not connected")
	}
	// The answer to this one finds no interaction of that id; it is the reading
	// that counts.
	err := hs.Event("INTERACTION_CREATE", map[string]any{
		"id": 900000000000000001, "application_id": 100000000000000001, "type": 2, "token": "interaction-token-n",
		"guild_id": 100000000000000003, "channel": map[string]any{"id": 100000000000000004},
		"member": map[string]any{"user": map[string]any{"id": 100000000000000006}, "permissions": 16},
		"data":   map[string]any{"name": "hanwire", "options": []any{map[string]any{"name": "alert", "options": []any{map[string]any{"name": "list"}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the command", func() bool { return len(hs.h.commands()) == 1 })
	got := hs.h.commands()[0]
	want := bot.Command{ID: "900000000000000001", Name: "alert list", Args: map[string]string{}, By: person, At: general, Manages: true, CanForm: true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("command = %+v, want %+v", got, want)
	}
	head := deliver(t, hs.client, bot.Delivery{Key: "h", Kind: bot.Post, To: general, Message: text("head")})
	deliver(t, hs.client, bot.Delivery{Key: "s", Kind: bot.Answer, To: general, Parent: head.Message, Message: text("story")})
	if m := hs.WaitMessages(2, 5*time.Second); len(m) != 2 || m[1].Channel != discordtest.General || m[1].Body.Reference == nil {
		t.Errorf("messages = %+v, want the story as an answer in the channel", m)
	}
}

// BenchmarkAcknowledge sends 200 commands a second, each answered after 50 ms,
// and reports how long the first responses took:
//
//	go test ./bot/discord -run - -bench Acknowledge -benchtime 2000x
func BenchmarkAcknowledge(b *testing.B) {
	for _, mode := range modes {
		b.Run(mode, func(b *testing.B) {
			hs := open(b, mode, func(bot.Command) (bot.Reply, error) {
				time.Sleep(50 * time.Millisecond)
				return bot.Reply{Message: ptr(private("done"))}, nil
			})
			took := make([]time.Duration, b.N)
			var work sync.WaitGroup
			tick := time.NewTicker(time.Second / 200)
			defer tick.Stop()
			for i := range b.N {
				<-tick.C
				work.Go(func() {
					sent, err := hs.Command(alice, "help")
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
