package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/bot/slack/slacktest"
)

func client(t *testing.T, o slack.Options) (*slack.Client, *slacktest.Server) {
	t.Helper()
	s := slacktest.NewServer()
	t.Cleanup(s.Close)
	o.APIURL, o.BotToken, o.AppToken = s.URL(), slacktest.BotToken, slacktest.AppToken
	c, err := slack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

var (
	general = bot.Place{Platform: "slack", Workspace: slacktest.Team, Channel: slacktest.General}
	alice   = bot.Person{Platform: "slack", Workspace: slacktest.Team, User: slacktest.Alice}
)

func TestDeliver(t *testing.T) {
	t.Parallel()
	c, s := client(t, slack.Options{})
	ctx := t.Context()
	head, err := c.Deliver(ctx, bot.Delivery{Key: "e1", Kind: bot.Post, To: general, Message: digest(3), Attempt: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://hanwire-test.slack.com/archives/CGENERAL/p"; !strings.HasPrefix(head.URL, want) || head.Channel != slacktest.General || head.Found {
		t.Errorf("receipt = %+v, want a link that begins with %s", head, want)
	}
	if _, err := c.Deliver(ctx, bot.Delivery{Key: "e1-1", Kind: bot.Answer, To: general, Parent: head.Message, Message: text("story one"), Attempt: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Deliver(ctx, bot.Delivery{Key: "e1-u", Kind: bot.Edit, To: general, Parent: head.Message, Message: text("updated"), Attempt: 3}); err != nil {
		t.Fatal(err)
	}
	direct, err := c.Deliver(ctx, bot.Delivery{Key: "a1", Kind: bot.Direct, Person: alice, Message: text("your alert"), Attempt: 1})
	if err != nil {
		t.Fatal(err)
	}
	m := s.Messages()
	if len(m) != 3 {
		t.Fatalf("%d messages, want 3", len(m))
	}
	if m[0].Text != "updated" || m[0].Edits != 1 || m[1].Thread != head.Message || m[2].Channel != "D"+slacktest.Alice || direct.Channel != m[2].Channel {
		t.Errorf("messages = %+v", m)
	}
	for _, m := range m {
		if m.Unfurls || m.Text == "" {
			t.Errorf("%s: unfurls %v, text %q", m.TS, m.Unfurls, m.Text)
		}
	}
}

func TestDeliverErrors(t *testing.T) {
	t.Parallel()
	var (
		retry  *bot.RetryError
		lost   *bot.LostError
		unsure *bot.UnsureError
	)
	// A connection kept open might be found closed only after a request was
	// written to it, which is another case.
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	rows := []struct {
		name  string
		set   func(*slacktest.Server)
		d     bot.Delivery
		want  any // pointer to the error type, or nil for any other
		loss  bot.Loss
		after time.Duration
		posts int
	}{
		{name: "rate limited", set: fail(slacktest.Fault{Status: 429, After: "7"}), want: &retry, after: 7 * time.Second},
		{name: "rate limited without a time", set: fail(slacktest.Fault{Status: 429}), want: &retry, after: 30 * time.Second},
		{name: "rate limited for a year", set: fail(slacktest.Fault{Status: 429, After: "31536000"}), want: &retry, after: time.Hour},
		{name: "rate limited in words", set: fail(slacktest.Fault{Error: "ratelimited"}), want: &retry, after: 30 * time.Second},
		{name: "HTTP 500", set: fail(slacktest.Fault{Status: 500}), want: &unsure},
		{name: "HTTP 500 after it was done", set: fail(slacktest.Fault{Status: 500, Done: true}), want: &unsure, posts: 1},
		{name: "fatal_error", set: fail(slacktest.Fault{Error: "fatal_error"}), want: &unsure},
		{name: "reset before", set: fail(slacktest.Fault{Reset: true}), want: &unsure},
		{name: "reset after it was done", set: fail(slacktest.Fault{Reset: true, Done: true}), want: &unsure, posts: 1},
		{name: "invalid JSON", set: fail(slacktest.Fault{Body: "<html>busy</html>"}), want: &unsure},
		{name: "invalid JSON after it was done", set: fail(slacktest.Fault{Body: `{"ok":tru`, Done: true}), want: &unsure, posts: 1},
		{name: "half an answer after it was done", set: fail(slacktest.Fault{Body: `{"ok":true,"ts":"1.0`, Half: true, Done: true}), want: &unsure, posts: 1},
		{name: "an answer without a time stamp", set: fail(slacktest.Fault{Body: `{"ok":true}`, Done: true}), want: &unsure, posts: 1},
		{name: "nobody there", set: func(s *slacktest.Server) { s.Close() }, want: &retry, after: 30 * time.Second},
		{name: "unknown channel", d: bot.Delivery{To: bot.Place{Workspace: slacktest.Team, Channel: "CNONE"}}, want: &lost, loss: bot.ChannelGone},
		{name: "archived", set: add(slacktest.Channel{ID: "CX", Archived: true, Member: true}), d: bot.Delivery{To: bot.Place{Workspace: slacktest.Team, Channel: "CX"}}, want: &lost, loss: bot.Archived},
		{name: "not a member", set: func(s *slacktest.Server) {
			s.Grant("chat:write")
			s.AddChannel(slacktest.Channel{ID: "CX"})
		}, d: bot.Delivery{To: bot.Place{Workspace: slacktest.Team, Channel: "CX"}}, want: &lost, loss: bot.NotMember},
		{name: "public channel without an invitation", set: add(slacktest.Channel{ID: "CX"}), d: bot.Delivery{To: bot.Place{Workspace: slacktest.Team, Channel: "CX"}}, posts: 1},
		{name: "scope missing", set: func(s *slacktest.Server) { s.Grant("commands") }, want: &lost, loss: bot.MissingScope},
		{name: "revoked", set: func(s *slacktest.Server) { s.Revoke() }, want: &lost, loss: bot.AccessRevoked},
		{name: "direct without im:write", set: func(s *slacktest.Server) { s.Grant("chat:write") },
			d: bot.Delivery{Kind: bot.Direct, Person: alice}, posts: 1},
		{name: "direct messages closed", set: func(s *slacktest.Server) { s.AddUser(slacktest.User{ID: "UC", Closed: true}) },
			d: bot.Delivery{Kind: bot.Direct, Person: bot.Person{Workspace: slacktest.Team, User: "UC"}}, want: &lost, loss: bot.DirectClosed},
		{name: "direct to nobody", d: bot.Delivery{Kind: bot.Direct, Person: bot.Person{Workspace: slacktest.Team, User: "UNONE"}}, want: &lost, loss: bot.DirectClosed},
		{name: "edit after HTTP 500", set: func(s *slacktest.Server) { s.Fail("chat.update", slacktest.Fault{Status: 500}) },
			d: bot.Delivery{Kind: bot.Edit, Parent: "1.000001"}, want: &retry, after: 30 * time.Second},
		{name: "edit of nothing", d: bot.Delivery{Kind: bot.Edit, Parent: "1.000001"}},
		{name: "thread of nothing", d: bot.Delivery{Kind: bot.Answer, Parent: "1.000001"}},
		{name: "second attempt without history", d: bot.Delivery{Attempt: 2}, want: &unsure},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			c, s := client(t, slack.Options{HTTP: fresh})
			// What the workspace is must be known before it is cut off.
			if r.name == "nobody there" {
				if _, err := c.Deliver(t.Context(), bot.Delivery{Kind: bot.Edit, To: general, Parent: "1.1", Message: text("x")}); err == nil {
					t.Fatal("edit of nothing succeeded")
				}
			}
			s.Grant("channels:read", "chat:write", "chat:write.public", "groups:read", "im:write", "users:read")
			if r.set != nil {
				r.set(s)
			}
			d := r.d
			if d.Kind == "" {
				d.Kind = bot.Post
			}
			if d.To.Channel == "" {
				d.To = general
			}
			if d.Attempt == 0 {
				d.Attempt = 1
			}
			d.Key, d.Message, d.First = "k1", text("news"), time.Now()
			_, err := c.Deliver(t.Context(), d)
			if n := len(s.Messages()); n != r.posts {
				t.Errorf("%d messages, want %d", n, r.posts)
			}
			if r.want == nil {
				if errors.As(err, &retry) || errors.As(err, &lost) || errors.As(err, &unsure) || (err == nil) != (r.posts > 0) {
					t.Errorf("err = %v (%T)", err, err)
				}
				return
			}
			if !errors.As(err, r.want) {
				t.Fatalf("err = %v (%T), want %v", err, err, reflect.TypeOf(r.want).Elem())
			}
			if strings.Contains(err.Error(), slacktest.BotToken) {
				t.Errorf("the error holds the token: %v", err)
			}
			if r.loss != "" && lost.Reason != r.loss {
				t.Errorf("loss = %q, want %q", lost.Reason, r.loss)
			}
			if r.after != 0 && retry.After.Round(time.Second) != r.after {
				t.Errorf("after %v, want %v", retry.After, r.after)
			}
		})
	}
}

func fail(f slacktest.Fault) func(*slacktest.Server) {
	return func(s *slacktest.Server) { s.Fail("chat.postMessage", f) }
}

func add(c slacktest.Channel) func(*slacktest.Server) {
	return func(s *slacktest.Server) { s.AddChannel(c) }
}

// With the history scopes a message that may have got through is looked up, so
// that it is there once however the connection broke.
func TestDeliverOnceWithHistory(t *testing.T) {
	t.Parallel()
	for _, f := range []slacktest.Fault{{Reset: true, Done: true}, {Status: 503, Done: true}, {Error: "internal_error", Done: true}, {Reset: true}, {Status: 500}} {
		for _, kind := range []bot.DeliveryKind{bot.Post, bot.Answer, bot.Direct} {
			if kind != bot.Post && !f.Reset {
				continue // the same path, whatever broke
			}
			t.Run(fmt.Sprintf("%s %+v", kind, f), func(t *testing.T) {
				t.Parallel()
				c, s := client(t, slack.Options{})
				d := bot.Delivery{Key: "k1", Kind: kind, To: general, Person: alice, Message: text("news"), Attempt: 1, First: time.Now()}
				if kind == bot.Answer {
					head, err := c.Deliver(t.Context(), bot.Delivery{Key: "k0", Kind: bot.Post, To: general, Message: text("head"), Attempt: 1})
					if err != nil {
						t.Fatal(err)
					}
					d.Parent = head.Message
				}
				before := len(s.Messages())
				s.Fail("chat.postMessage", f)
				r, err := c.Deliver(t.Context(), d)
				if f.Done && (err != nil || !r.Found) {
					t.Errorf("Deliver = %+v, %v, want it found", r, err)
				}
				var retry *bot.RetryError
				if !f.Done && !errors.As(err, &retry) {
					t.Errorf("Deliver = %+v, %v, want a retry", r, err)
				}
				// As after a crash before the receipt was written down.
				d.Attempt = 2
				r2, err := c.Deliver(t.Context(), d)
				if err != nil || r2.Found != f.Done || (f.Done && r2.Message != r.Message) {
					t.Errorf("second attempt = %+v, %v", r2, err)
				}
				if n := len(s.Messages()) - before; n != 1 {
					t.Errorf("%d messages, want 1", n)
				}
			})
		}
	}
}

func TestPerChannelPace(t *testing.T) {
	t.Parallel()
	c, s := client(t, slack.Options{})
	var wg sync.WaitGroup
	errs := make(chan error, 12)
	for i := range 12 {
		wg.Go(func() {
			_, err := c.Deliver(t.Context(), bot.Delivery{Key: fmt.Sprint(i), Kind: bot.Post, To: general, Message: text("news"), Attempt: 1})
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	held := 0
	for err := range errs {
		var retry *bot.RetryError
		if errors.As(err, &retry) {
			held++
		} else if err != nil {
			t.Error(err)
		}
	}
	// Three at once, one in each of the three seconds that a call waits.
	if n := len(s.Messages()); n != 6 || held != 6 {
		t.Errorf("%d posted and %d held back, want 6 and 6", n, held)
	}
}

func TestMethodRestsAfter429(t *testing.T) {
	t.Parallel()
	c, s := client(t, slack.Options{})
	s.Fail("chat.postMessage", slacktest.Fault{Status: 429, After: "60"})
	for range 3 {
		_, err := c.Deliver(t.Context(), bot.Delivery{Key: "k", Kind: bot.Post, To: general, Message: text("news"), Attempt: 1})
		var retry *bot.RetryError
		if !errors.As(err, &retry) || retry.After < 50*time.Second {
			t.Errorf("err = %v", err)
		}
	}
	n := 0
	for _, call := range s.Calls() {
		if call.Method == "chat.postMessage" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d calls, want 1: the others wait the minute out", n)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c, s := client(t, slack.Options{})
	if wrong := c.Check(t.Context(), []bot.Place{general}); len(wrong) != 0 {
		t.Errorf("all is well, and Check says %q", wrong)
	}
	s.Grant("chat:write", "channels:read")
	s.AddChannel(slacktest.Channel{ID: "COUT"})
	s.AddChannel(slacktest.Channel{ID: "COLD", Archived: true, Member: true})
	got := strings.Join(c.Check(t.Context(), []bot.Place{{Channel: "COUT"}, {Channel: "COLD"}, {Channel: "CNONE"}}), "\n")
	for _, want := range []string{"scope commands", "scope im:write", "not a member of channel COUT", "COLD is archived", "CNONE: channel_not_found"} {
		if !strings.Contains(got, want) {
			t.Errorf("Check does not say %q:\n%s", want, got)
		}
	}
	s.Revoke()
	if got := strings.Join(c.Check(t.Context(), nil), "\n"); !strings.Contains(got, "token_revoked") {
		t.Errorf("Check = %q", got)
	}
}

// tokens is a TokenStore in memory.
type tokens struct {
	mu sync.Mutex
	m  map[string]string
}

func (k *tokens) Token(_ context.Context, w string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.m[w] == "" {
		return "", fmt.Errorf("%s: %w", w, bot.ErrNotFound)
	}
	return k.m[w], nil
}

func (k *tokens) SaveToken(_ context.Context, w, token string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.m[w] = token
	return nil
}

func (k *tokens) DropToken(_ context.Context, w string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.m, w)
	return nil
}

// Another server with Slack's interface may answer otherwise where it does not
// matter: a message that it took must not count as unsure for it, and one that
// may have got through is found though nothing shows its key.
func TestForeignServer(t *testing.T) {
	t.Parallel()
	c, s := client(t, slack.Options{})
	s.Foreign()
	post := func(key, words string, attempt int) (bot.Receipt, error) {
		return c.Deliver(t.Context(), bot.Delivery{Key: key, Kind: bot.Post, To: general, Message: text(words), Attempt: attempt, First: time.Now()})
	}
	r, err := post("k1", "first", 1)
	if err != nil || r.Message == "" {
		t.Fatalf("Deliver = %+v, %v", r, err)
	}
	s.Fail("chat.postMessage", slacktest.Fault{Status: 502, Done: true})
	if r, err := post("k2", "Tariffs & more <soon>", 1); err != nil || !r.Found {
		t.Errorf("Deliver of what got through = %+v, %v", r, err)
	}
	if r, err := post("k3", "third", 2); err != nil || r.Found {
		t.Errorf("second attempt of what did not = %+v, %v", r, err)
	}
	if n := len(s.Messages()); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
	edit := bot.Delivery{Key: "k4", Kind: bot.Edit, To: general, Parent: r.Message, Message: text("first, corrected"), Attempt: 1}
	if e, err := c.Deliver(t.Context(), edit); err != nil || e.Message != r.Message {
		t.Errorf("edit = %+v, %v", e, err)
	}
}

// Several workers share the tokens: one that was renewed or dropped by another
// must not live on in this one.
func TestTokenChangedElsewhere(t *testing.T) {
	t.Parallel()
	kept := &tokens{m: map[string]string{slacktest.Team: "xoxb-old"}}
	c, s := client(t, slack.Options{TokenStore: kept, ClientID: slacktest.ClientID, ClientSecret: slacktest.ClientSecret})
	post := func() error {
		_, err := c.Deliver(t.Context(), bot.Delivery{Key: "k", Kind: bot.Post, To: general, Message: text("news"), Attempt: 1})
		return err
	}
	var lost *bot.LostError
	if err := post(); !errors.As(err, &lost) {
		t.Fatalf("with a token that was revoked: %v", err)
	}
	kept.SaveToken(t.Context(), slacktest.Team, slacktest.BotToken)
	if err := post(); err != nil || len(s.Messages()) != 1 {
		t.Errorf("with the new token: %v, %d messages", err, len(s.Messages()))
	}
	kept.DropToken(t.Context(), slacktest.Team)
	if err := post(); !errors.As(err, &lost) || lost.Reason != bot.AccessRevoked {
		t.Errorf("after the token was dropped: %v", err)
	}
}

func TestCheckInstallations(t *testing.T) {
	t.Parallel()
	kept := &tokens{m: map[string]string{slacktest.Team: slacktest.BotToken, "TBAD": "xoxb-bad"}}
	c, s := client(t, slack.Options{TokenStore: kept, ClientID: slacktest.ClientID, ClientSecret: slacktest.ClientSecret})
	s.AddChannel(slacktest.Channel{ID: "COLD", Archived: true, Member: true})
	s.AddChannel(slacktest.Channel{ID: "COPEN"}) // public, and chat:write.public posts there
	at := func(workspace, channel string) bot.Place {
		return bot.Place{Platform: slack.Name, Workspace: workspace, Channel: channel}
	}
	got := c.Check(t.Context(), []bot.Place{general, at(slacktest.Team, "COLD"), at(slacktest.Team, "COPEN"), at("TBAD", "C1"), at("TBAD", "C2"), at("TNONE", "C3")})
	want := []string{"COLD is archived", "workspace TBAD: invalid_auth", "workspace TNONE: "}
	if len(got) != len(want) {
		t.Fatalf("Check = %q", got)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("%q does not say %q", got[i], want[i])
		}
	}
}
