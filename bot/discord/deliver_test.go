package discord_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/discord"
	"hanwire/bot/discord/discordtest"
)

func client(t *testing.T) (*discord.Client, *discordtest.Server) {
	t.Helper()
	s := discordtest.NewServer()
	t.Cleanup(s.Close)
	c, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

var (
	general = bot.Place{Platform: "discord", Workspace: discordtest.Guild, Channel: discordtest.General}
	forum   = bot.Place{Platform: "discord", Workspace: discordtest.Guild, Channel: discordtest.Forum}
	person  = bot.Person{Platform: "discord", User: discordtest.Alice}
)

func deliver(t *testing.T, c *discord.Client, d bot.Delivery) bot.Receipt {
	t.Helper()
	if d.Attempt == 0 {
		d.Attempt = 1
	}
	r, err := c.Deliver(t.Context(), d)
	if err != nil {
		t.Fatalf("Deliver(%+v) = %v", d, err)
	}
	return r
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	for _, to := range []bot.Place{general, forum} {
		t.Run(to.Channel, func(t *testing.T) {
			t.Parallel()
			c, s := client(t)
			head := deliver(t, c, bot.Delivery{Key: "e1", Kind: bot.Post, To: to, Message: digest(3)})
			one := deliver(t, c, bot.Delivery{Key: "e1-1", Kind: bot.Answer, To: to, Parent: head.Message, Message: text("story one")})
			deliver(t, c, bot.Delivery{Key: "e1-2", Kind: bot.Answer, To: to, Parent: head.Message, Message: text("story two")})
			deliver(t, c, bot.Delivery{Key: "e1-u", Kind: bot.Edit, To: to, Parent: head.Message, Message: text("updated")})
			deliver(t, c, bot.Delivery{Key: "e1-1u", Kind: bot.Edit, To: to, Parent: one.Message, Message: text("story one, updated")})
			m := s.Messages()
			if len(m) != 3 {
				t.Fatalf("%d messages, want 3", len(m))
			}
			if m[0].Body.Text() != "updated" || m[1].Body.Text() != "story one, updated" || m[2].Body.Text() != "story two" {
				t.Errorf("messages = %+v", m)
			}
			if m[1].Channel != m[0].ID || m[2].Channel != m[0].ID {
				t.Errorf("answers in %s and %s, want the thread %s", m[1].Channel, m[2].Channel, m[0].ID)
			}
			if want := "https://discord.com/channels/" + discordtest.Guild + "/" + m[0].Channel + "/" + m[0].ID; head.URL != want {
				t.Errorf("URL = %s, want %s", head.URL, want)
			}
			// After a restart the thread is found again.
			c2, err := discord.New(discord.Options{Token: discordtest.Token, APIURL: s.URL()})
			if err != nil {
				t.Fatal(err)
			}
			deliver(t, c2, bot.Delivery{Key: "e1-3", Kind: bot.Answer, To: to, Parent: head.Message, Message: text("story three")})
			if m := s.Messages(); len(m) != 4 || m[3].Channel != m[0].ID {
				t.Errorf("messages = %+v", m)
			}
		})
	}
}

func TestDirect(t *testing.T) {
	t.Parallel()
	c, s := client(t)
	r := deliver(t, c, bot.Delivery{Key: "a1", Kind: bot.Direct, Person: person, Message: text("your alert")})
	deliver(t, c, bot.Delivery{Key: "a1-u", Kind: bot.Edit, To: bot.Place{Channel: r.Channel}, Parent: r.Message, Message: text("changed")})
	again := deliver(t, c, bot.Delivery{Key: "a2", Kind: bot.Answer, To: bot.Place{Channel: r.Channel}, Parent: r.Message, Message: text("more")})
	m := s.Messages()
	if len(m) != 2 || m[0].Body.Text() != "changed" || m[1].Channel != m[0].Channel || m[1].Body.Reference == nil || again.Channel != r.Channel {
		t.Errorf("messages = %+v; a direct message has no thread, and is replied to", m)
	}
}

func TestDeliverErrors(t *testing.T) {
	t.Parallel()
	var (
		retry  *bot.RetryError
		lost   *bot.LostError
		unsure *bot.UnsureError
	)
	body := func(code int) string { return fmt.Sprintf(`{"code":%d,"message":"x"}`, code) }
	in := func(id string) bot.Delivery {
		return bot.Delivery{To: bot.Place{Workspace: discordtest.Guild, Channel: id}}
	}
	add := func(c discordtest.Channel) func(*discordtest.Server) {
		return func(s *discordtest.Server) { s.AddChannel(c) }
	}
	fail := func(f discordtest.Fault) func(*discordtest.Server) {
		return func(s *discordtest.Server) { s.Fail("message", f) }
	}
	rows := []struct {
		name  string
		set   func(*discordtest.Server)
		d     bot.Delivery
		want  any // pointer to the error type, or nil for any other
		loss  bot.Loss
		after time.Duration
	}{
		{name: "rate limited", set: fail(discordtest.Fault{Status: 429, Body: `{"message":"x","retry_after":6.5,"global":false}`, Header: map[string]string{"Retry-After": "7"}}), want: &retry, after: 6500 * time.Millisecond},
		{name: "rate limited by a proxy", set: fail(discordtest.Fault{Status: 429, Body: "<html>", Header: map[string]string{"Retry-After": "12"}}), want: &retry, after: 12 * time.Second},
		{name: "rate limited for ever", set: fail(discordtest.Fault{Status: 429, Body: `{"retry_after":1e300}`}), want: &retry, after: 30 * time.Second},
		{name: "overloaded", set: fail(discordtest.Fault{Status: 503, Body: body(130000)}), want: &retry, after: 30 * time.Second},
		{name: "slow mode", set: fail(discordtest.Fault{Status: 400, Body: body(20016)}), want: &retry, after: 30 * time.Second},
		{name: "nobody there", set: func(s *discordtest.Server) { s.Close() }, want: &retry, after: 30 * time.Second},
		{name: "unknown channel", d: in("99"), want: &lost, loss: bot.ChannelGone},
		{name: "no access", set: add(discordtest.Channel{ID: "70", NoView: true}), d: in("70"), want: &lost, loss: bot.NotMember},
		{name: "no permission", set: add(discordtest.Channel{ID: "70", NoPost: true}), d: in("70"), want: &lost, loss: bot.MissingScope},
		{name: "archived thread", set: add(discordtest.Channel{ID: "70", Type: 11, Locked: true}), d: in("70"), want: &lost, loss: bot.Archived},
		{name: "unknown guild", set: fail(discordtest.Fault{Status: 404, Body: body(10004)}), want: &lost, loss: bot.ChannelGone},
		{name: "token", set: fail(discordtest.Fault{Status: 401, Body: `{"message":"401: Unauthorized","code":0}`}), want: &lost, loss: bot.AccessRevoked},
		{name: "forbidden by a proxy", set: fail(discordtest.Fault{Status: 403, Body: "<html>"}), want: &lost, loss: bot.NotMember},
		{name: "direct messages closed", d: bot.Delivery{Kind: bot.Direct, Person: bot.Person{User: discordtest.Closed}}, want: &lost, loss: bot.DirectClosed},
		{name: "direct to nobody", d: bot.Delivery{Kind: bot.Direct, Person: bot.Person{User: "1"}}, want: &lost, loss: bot.DirectClosed},
		{name: "edit after HTTP 502", set: func(s *discordtest.Server) { s.Fail("edit", discordtest.Fault{Status: 502}) }, d: bot.Delivery{Kind: bot.Edit, Parent: "1"}, want: &retry, after: 30 * time.Second},
		{name: "edit of nothing", d: bot.Delivery{Kind: bot.Edit, Parent: "1"}},
		{name: "thread of nothing", d: bot.Delivery{Kind: bot.Answer, Parent: "1"}},
		{name: "refused", set: fail(discordtest.Fault{Status: 400, Body: body(50035)})},
		{name: "second attempt long after, and no history", set: add(discordtest.Channel{ID: "70", NoReads: true}),
			d: bot.Delivery{To: bot.Place{Workspace: discordtest.Guild, Channel: "70"}, Attempt: 2, First: time.Now().Add(-time.Hour)}, want: &unsure},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			c, s := client(t)
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
				d.Attempt, d.First = 1, time.Now()
			}
			d.Key, d.Message = "k1", text("news")
			_, err := c.Deliver(t.Context(), d)
			if n := len(s.Messages()); n != 0 {
				t.Errorf("%d messages, want none", n)
			}
			var retry *bot.RetryError
			var lost *bot.LostError
			var unsure *bot.UnsureError
			got := map[reflect.Type]bool{reflect.TypeFor[*bot.RetryError](): errors.As(err, &retry), reflect.TypeFor[*bot.LostError](): errors.As(err, &lost), reflect.TypeFor[*bot.UnsureError](): errors.As(err, &unsure)}
			for typ, is := range got {
				if want := r.want != nil && reflect.TypeOf(r.want).Elem() == typ; is != want || err == nil {
					t.Fatalf("err = %v (%T), is %v: %v, want %v", err, err, typ, is, want)
				}
			}
			if strings.Contains(err.Error(), discordtest.Token) || strings.Contains(err.Error(), "http://") {
				t.Errorf("the error holds the token or an address: %v", err)
			}
			if r.loss != "" && lost.Reason != r.loss {
				t.Errorf("loss = %q, want %q", lost.Reason, r.loss)
			}
			if r.after != 0 && retry.After.Round(100*time.Millisecond) != r.after {
				t.Errorf("after %v, want %v", retry.After, r.after)
			}
		})
	}
}

// However the connection breaks, and whether or not Discord still knows the
// nonce, there is one message in the end.
func TestDeliverOnce(t *testing.T) {
	t.Parallel()
	for _, f := range []discordtest.Fault{{Reset: true, Done: true}, {Status: 500, Done: true}, {Status: 503, Done: true}, {Reset: true}, {Status: 502},
		{Status: 200, Body: "<html>", Done: true}, {Status: 200, Body: `{"id":"1`, Done: true},
		{Status: 200, Body: `{"id":"1`, Header: map[string]string{"Content-Length": "100"}, Done: true}} {
		for _, kind := range []string{"post", "answer", "direct", "forum", "blind"} {
			if kind != "post" && !f.Reset {
				continue // the same path, whatever broke
			}
			t.Run(fmt.Sprintf("%s %+v", kind, f), func(t *testing.T) {
				t.Parallel()
				c, s := client(t)
				d := bot.Delivery{Key: "k1", Kind: bot.Post, To: general, Person: person, Message: text("news: *all* of it"), Attempt: 1, First: time.Now()}
				call := "message"
				switch kind {
				case "answer":
					d.Kind, d.Parent = bot.Answer, deliver(t, c, bot.Delivery{Key: "k0", Kind: bot.Post, To: general, Message: digest(2)}).Message
				case "direct":
					d.Kind = bot.Direct
				case "forum":
					d.To, call = forum, "thread"
				case "blind": // history cannot be read; the nonce alone keeps it from being said twice
					s.AddChannel(discordtest.Channel{ID: discordtest.General, Guild: discordtest.Guild, NoReads: true})
				}
				if kind != "blind" {
					s.ForgetNonces()
				}
				before := len(s.Messages())
				s.Fail(call, f)
				r, err := c.Deliver(t.Context(), d)
				if f.Done && kind != "blind" && (err != nil || !r.Found) {
					t.Errorf("Deliver = %+v, %v, want it found", r, err)
				}
				var retry *bot.RetryError
				if (!f.Done || kind == "blind") && !errors.As(err, &retry) {
					t.Errorf("Deliver = %+v, %v, want a retry", r, err)
				}
				// As after a crash before the receipt was written down.
				d.Attempt = 2
				r2, err := c.Deliver(t.Context(), d)
				if err != nil || (f.Done && kind != "blind" && r2.Message != r.Message) {
					t.Errorf("second attempt = %+v, %v", r2, err)
				}
				if n := len(s.Messages()) - before; n != 1 {
					t.Errorf("%d messages, want 1", n)
				}
			})
		}
	}
}

// Limits that Discord tells are kept to before it has to say no.
func TestLimitsAreKept(t *testing.T) {
	t.Parallel()
	c, s := client(t)
	s.Fail("message", discordtest.Fault{Done: true, Status: 200, Body: `{"id":"5"}`, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "30"}})
	deliver(t, c, bot.Delivery{Key: "1", Kind: bot.Post, To: general, Message: text("one")})
	for range 3 {
		_, err := c.Deliver(t.Context(), bot.Delivery{Key: "2", Kind: bot.Post, To: general, Message: text("two"), Attempt: 1})
		var retry *bot.RetryError
		if !errors.As(err, &retry) || retry.After < 20*time.Second {
			t.Errorf("err = %v, want a retry in 30 s", err)
		}
	}
	n := 0
	for _, call := range s.Calls() {
		if call.Name == "message" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	// Another channel has its own limit, until Discord says that all must wait.
	s.AddChannel(discordtest.Channel{ID: "70", Guild: discordtest.Guild})
	other := bot.Delivery{Key: "3", Kind: bot.Post, To: bot.Place{Channel: "70"}, Message: text("three"), Attempt: 1}
	deliver(t, c, other)
	s.Fail("message", discordtest.Fault{Status: 429, Body: `{"retry_after":40,"global":true}`})
	var retry *bot.RetryError
	if _, err := c.Deliver(t.Context(), other); !errors.As(err, &retry) {
		t.Errorf("err = %v", err)
	}
	if _, err := c.Deliver(t.Context(), bot.Delivery{Key: "4", Kind: bot.Edit, To: bot.Place{Channel: "71"}, Parent: "1", Message: text("x"), Attempt: 1}); !errors.As(err, &retry) || retry.After < 30*time.Second {
		t.Errorf("err = %v, want all to wait", err)
	}
}

// Calls do not wait for one another, as those of discordgo's shared bucket do.
func TestCallsRunSideBySide(t *testing.T) {
	t.Parallel()
	c, s := client(t)
	const n = 10
	faults := make([]discordtest.Fault, n)
	for i := range faults {
		faults[i].Delay = 200 * time.Millisecond
	}
	s.Fail("message", faults...)
	began := time.Now()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			deliver(t, c, bot.Delivery{Key: fmt.Sprint(i), Kind: bot.Post, To: general, Message: text(fmt.Sprint("news ", i))})
		})
	}
	wg.Wait()
	if took := time.Since(began); took > n*200*time.Millisecond/2 {
		t.Errorf("%d calls of 200 ms took %v", n, took)
	}
}

func TestEveryCreateHasANonce(t *testing.T) {
	t.Parallel()
	c, s := client(t)
	for range 2 {
		deliver(t, c, bot.Delivery{Key: strings.Repeat("long key ", 20), Kind: bot.Post, To: general, Message: text("once")})
	}
	if m := s.Messages(); len(m) != 1 || m[0].Body.Nonce == "" || !m[0].Body.EnforceNonce {
		t.Errorf("messages = %+v, want one with its nonce enforced", m)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	c, s := client(t)
	s.Fail("message", discordtest.Fault{Status: http.StatusTemporaryRedirect, Header: map[string]string{"Location": s.URL() + "channels/" + discordtest.General + "/messages"}})
	if _, err := c.Deliver(t.Context(), bot.Delivery{Key: "k", Kind: bot.Post, To: general, Message: text("x"), Attempt: 1}); err == nil || len(s.Messages()) != 0 {
		t.Errorf("followed: err = %v, messages = %+v", err, s.Messages())
	}
}
