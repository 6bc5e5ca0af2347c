package discord_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"hanwire/bot/discord"
	"hanwire/bot/discord/discordtest"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", nil)
	id := hs.Identifies()[0]
	if id.Intents != 1 || id.Shard == nil || *id.Shard != [2]int{0, 1} {
		t.Errorf("identify = %+v, want the guilds intent alone and shard 0 of 1", id)
	}
	hs.stop()
	if err := <-hs.done; err != nil {
		t.Errorf("Listen = %v", err)
	}
	hs.done <- nil
	waitFor(t, "the end", func() bool { return len(hs.CloseCodes()) == 1 })
	if got := hs.CloseCodes(); got[0] != 1000 {
		t.Errorf("closed with %v, want 1000: the bot goes", got)
	}
}

// Each row is a way in which discordgo's own session hangs, loops or is refused.
func TestComesBack(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	rows := []struct {
		name    string
		then    func(*discordtest.Server) // ends the good connection
		next    []discordtest.Script      // how those after it go, before a good one
		resumes int                       // at least
		again   bool                      // a new session is begun
	}{
		{name: "cut", then: cut(0), resumes: 1},
		{name: "op 7", then: op(7, nil), resumes: 1},
		{name: "op 9 resumable", then: op(9, true), resumes: 1},
		{name: "op 9 not resumable", then: op(9, false), again: true},
		{name: "closed 4000", then: cut(4000), resumes: 1},
		{name: "closed 4009", then: cut(4009), again: true},
		{name: "closed 1000", then: cut(1000), again: true},
		{name: "closed 1001", then: cut(1001), resumes: 1},
		{name: "then op 11 comes first", then: cut(0), next: []discordtest.Script{{First: 11}}, resumes: 1},
		{name: "then op 7 comes first", then: cut(0), next: []discordtest.Script{{First: 7}}, resumes: 1},
		{name: "then HTTP 503", then: cut(0), next: []discordtest.Script{{Status: 503}}, resumes: 1},
		{name: "then resume is refused", then: cut(0), next: []discordtest.Script{{Invalid: &no}}, resumes: 1, again: true},
		{name: "then resume is cut off", then: cut(0), next: []discordtest.Script{{Close: 4000}}, resumes: 1, again: true},
		{name: "then resume is put off", then: cut(0), next: []discordtest.Script{{Invalid: &yes}}, resumes: 2},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			hs := open(t, "gateway", says(private("still here")))
			hs.Next(r.next...)
			r.then(hs.Server)
			want := 2
			for _, n := range r.next {
				if n.First != 11 { // with that alone nothing is wrong
					want++
				}
			}
			end := time.Now().Add(20 * time.Second)
			for len(hs.Connections()) < want && time.Now().Before(end) {
				time.Sleep(10 * time.Millisecond)
			}
			if !hs.WaitConnected(1, 15*time.Second) {
				t.Fatalf("not connected again; log:\n%s", hs.log)
			}
			if got := len(hs.Resumes()); got < r.resumes {
				t.Errorf("%d resumes, want %d", got, r.resumes)
			}
			if r.resumes > 0 {
				if re := hs.Resumes()[0]; re.Session == "" || re.Seq < 2 {
					t.Errorf("resume = %+v", re)
				}
			}
			if got := len(hs.Identifies()); (got > 1) != r.again {
				t.Errorf("%d identifies, a new session: %v", got, r.again)
			}
			if _, err := hs.Command(alice, "help"); err != nil {
				t.Fatal(err)
			}
			if m := hs.WaitMessages(1, 5*time.Second); len(m) != 1 {
				t.Errorf("messages = %+v", m)
			}
			if slices.Contains(hs.CloseCodes(), 1000) {
				t.Errorf("closed with %v: 1000 ends the session", hs.CloseCodes())
			}
		})
	}
}

func cut(code int) func(*discordtest.Server) {
	return func(s *discordtest.Server) { s.Disconnect(code) }
}

func op(n int, d any) func(*discordtest.Server) {
	return func(s *discordtest.Server) { s.SendOp(n, d) }
}

func TestInvalidSessionWaits(t *testing.T) {
	t.Parallel()
	s := discordtest.NewServer()
	no := false
	s.Next(discordtest.Script{Invalid: &no})
	hs := start(t, s, discord.Options{}, nil)
	if !hs.WaitConnected(1, 15*time.Second) {
		t.Fatal("not connected")
	}
	id := hs.Identifies()
	if len(id) != 2 {
		t.Fatalf("%d identifies, want 2", len(id))
	}
	if d := id[1].At.Sub(id[0].At); d < time.Second {
		t.Errorf("identified again after %v, want a second at least", d)
	}
}

func TestDeadConnection(t *testing.T) {
	t.Parallel()
	s := discordtest.NewServer()
	s.Next(discordtest.Script{Interval: 300 * time.Millisecond, NoAck: true})
	hs := start(t, s, discord.Options{}, nil)
	if !hs.WaitConnected(1, 5*time.Second) {
		t.Fatal("not connected")
	}
	waitFor(t, "a second connection", func() bool { return len(hs.Connections()) == 2 })
	waitFor(t, "a resume", func() bool { return len(hs.Resumes()) == 1 })
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		s := discordtest.NewServer()
		s.Next(discordtest.Script{Close: code})
		c, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: s.URL()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err = c.Listen(ctx, &handler{})
		if err == nil || ctx.Err() != nil || len(s.Connections()) != 1 {
			t.Errorf("%d: Listen = %v after %d connections, want an error after one", code, err, len(s.Connections()))
		}
		cancel()
		s.Close()
	}
}

func TestWrongTokenEndsListen(t *testing.T) {
	t.Parallel()
	s := discordtest.NewServer()
	defer s.Close()
	for _, mode := range modes {
		c, err := discord.New(discord.Options{Token: "secret-wrong", APIURL: s.URL(), Mode: mode, PublicKey: s.PublicKey()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err = c.Listen(ctx, &handler{})
		if err == nil || ctx.Err() != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: Listen = %v, want an error without the token", mode, err)
		}
		cancel()
	}
}

// A server that says nothing is left, and so is one that stops after hello;
// Listen ends when it is told to, whatever the connection does.
func TestListenEndsWhileTheServerIsSilent(t *testing.T) {
	t.Parallel()
	for _, script := range []discordtest.Script{{Silent: true}, {Mute: true}} {
		s := discordtest.NewServer()
		s.Next(script)
		c, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: s.URL()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Listen(ctx, &handler{}) }()
		waitFor(t, "a connection", func() bool { return len(s.Connections()) == 1 })
		time.Sleep(50 * time.Millisecond)
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%+v: Listen = %v", script, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%+v: Listen does not end", script)
		}
		s.Close()
	}
}

func TestShards(t *testing.T) {
	t.Parallel()
	s := discordtest.NewServer()
	s.Shard(3)
	hs := start(t, s, discord.Options{}, nil)
	if !hs.WaitConnected(3, 10*time.Second) {
		t.Fatal("not connected")
	}
	var got []int
	for _, id := range hs.Identifies() {
		if id.Shard == nil || id.Shard[1] != 3 {
			t.Fatalf("identify = %+v", id)
		}
		got = append(got, id.Shard[0])
	}
	slices.Sort(got)
	if !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("shards = %v", got)
	}
	one := discordtest.NewServer()
	one.Shard(3)
	hs = start(t, one, discord.Options{Share: func(ctx context.Context, n int, f func(context.Context, int) error) error { return f(ctx, 1) }}, nil)
	if !hs.WaitConnected(1, 10*time.Second) {
		t.Fatal("not connected")
	}
	if id := hs.Identifies(); len(id) != 1 || *id[0].Shard != [2]int{1, 3} {
		t.Errorf("identifies = %+v, want the second of 3 alone", id)
	}
}

func TestCommandsAreRegisteredWhenTheyChange(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", nil)
	cmds, puts := hs.Commands()
	if puts != 1 || len(cmds) != 2 {
		t.Fatalf("%d commands after %d registrations", len(cmds), puts)
	}
	again := func(want int) {
		t.Helper()
		asked := func() (n int) {
			for _, c := range hs.Calls() {
				if c.Name == "commands" && c.Method == "GET" {
					n++
				}
			}
			return n
		}
		before := asked()
		c, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: hs.URL()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Listen(ctx, &handler{}) }()
		waitFor(t, "the commands to be looked at", func() bool { return asked() > before })
		if !waitUntil(2*time.Second, func() bool { _, n := hs.Commands(); return n == want }) {
			_, n := hs.Commands()
			t.Errorf("registered %d times, want %d", n, want)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, n := hs.Commands(); n != want {
			t.Errorf("registered %d times in the end, want %d", n, want)
		}
	}
	again(1) // nothing changed
	first := cmds[0].(map[string]any)
	first["description"] = "something else"
	again(2)
}

func TestCommandDefinitions(t *testing.T) {
	t.Parallel()
	hs := open(t, "gateway", nil)
	cmds, _ := hs.Commands()
	raw, err := json.Marshal(cmds)
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Name        string  `json:"name"`
		Permissions *string `json:"default_member_permissions"`
		Contexts    []int   `json:"contexts"`
		Types       []int   `json:"integration_types"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	if l := list[0]; l.Name != "hanwire" || l.Permissions != nil || !slices.Equal(l.Contexts, []int{0, 1, 2}) || !slices.Equal(l.Types, []int{0, 1}) {
		t.Errorf("look-ups: %+v", l)
	}
	if l := list[1]; l.Name != "hanwire-manage" || l.Permissions == nil || *l.Permissions != "16" || !slices.Equal(l.Contexts, []int{0}) {
		t.Errorf("managing: %+v", l)
	}
}
