package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanwire/bot"
	"hanwire/store"
)

var (
	channel = bot.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}
	person  = bot.Person{Platform: "slack", Workspace: "T1", User: "U1"}
	// every has every kind of block.
	every = bot.Message{Fallback: "No. 41", Silent: true, Blocks: []bot.Block{
		bot.Heading{Text: "No. 41"}, bot.Text{Spans: []bot.Span{{Text: "ferry", URL: "https://north.example", Style: bot.Bold}}},
		bot.Card{Title: "Talks", Quotes: []bot.Quotation{{Text: "We will"}}, Buttons: []bot.Button{{Label: "More", Action: "story:s1"}}},
		bot.Quotation{Text: "We will", Speaker: "Oh Da-rim"}, bot.Note{Spans: []bot.Span{{Text: "fine"}}}, bot.Divider{},
		bot.Buttons{Buttons: []bot.Button{{Label: "Stop", Style: bot.Danger}}}, bot.Menu{Action: "hour", Choices: []bot.Choice{{Label: "8", Value: "8"}}},
	}}
)

func post(key string) bot.Outgoing {
	return bot.Outgoing{Delivery: bot.Delivery{Key: key, Kind: bot.Post, To: channel, Message: every}}
}

func reply(key, after string) bot.Outgoing {
	o := post(key)
	o.Kind, o.After = bot.Answer, after
	return o
}

func TestLane(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now, Lease: time.Minute})
		ctx := t.Context()
		lane := post("").Lane()
		later := post("later")
		later.Due = now.Add(time.Hour)
		direct := bot.Outgoing{Delivery: bot.Delivery{Key: "direct", Kind: bot.Direct, Person: person, Message: every}}
		more := bot.Outgoing{Delivery: bot.Delivery{Key: "more", Kind: bot.Answer, Person: person, To: bot.Place{Platform: "slack", Workspace: "T1"}, Message: every}, After: "direct"}
		ok(t, s.Enqueue(ctx, []bot.Outgoing{post("a"), reply("b", "a"), later, reply("e", "c"), post("c"), post("d"), direct, more}))
		if got := count(t, s, "deliver"); got != 2 {
			t.Errorf("%d deliver jobs for two lanes, want 2", got)
		}
		changed := post("a")
		changed.Message.Fallback = "other"
		ok(t, s.Enqueue(ctx, []bot.Outgoing{changed}))

		claim := func(lane string) bot.Outgoing {
			t.Helper()
			o, _, err := s.Claim(ctx, lane, c.Now())
			ok(t, err)
			return o
		}
		got := claim(lane)
		want := post("a")
		want.Attempt, want.Tries, want.First = 1, 1, now
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("first claim (-want +got):\n%s", diff)
		}
		if got := claim(lane); got.Key != "" {
			t.Errorf("claimed %s while a is under way", got.Key)
		}
		// Refused for a while: nothing overtakes it.
		ok(t, s.Settle(ctx, "a", bot.Outcome{State: bot.Retry, Again: now.Add(10 * time.Second), Detail: "429"}))
		if got := claim(lane); got.Key != "" {
			t.Errorf("claimed %s while a waits to be tried again", got.Key)
		}
		c.advance(10 * time.Second)
		if got := claim(lane); got.Key != "a" || got.Attempt != 1 || got.Tries != 2 || !got.First.Equal(now) {
			t.Errorf("claimed %s, attempt %d of %d, first %s; want a, 1 of 2, %s: nothing was sent yet", got.Key, got.Attempt, got.Tries, got.First, now)
		}
		// Its owner dies; a later worker may look it up.
		c.advance(30 * time.Second)
		if got := claim(lane); got.Key != "" {
			t.Errorf("claimed %s while the claim holds", got.Key)
		}
		c.advance(31 * time.Second)
		if got := claim(lane); got.Key != "a" || got.Attempt != 2 || got.Tries != 3 {
			t.Errorf("claimed %s, attempt %d of %d; want a, 2 of 3", got.Key, got.Attempt, got.Tries)
		}
		// A look that failed does not make the doubt go away.
		ok(t, s.Settle(ctx, "a", bot.Outcome{State: bot.Retry, Again: c.Now(), Detail: "429"}))
		if got := claim(lane); got.Key != "a" || got.Attempt != 2 || got.Tries != 4 {
			t.Errorf("claimed %s, attempt %d of %d; want a, 2 of 4", got.Key, got.Attempt, got.Tries)
		}
		ok(t, s.Settle(ctx, "a", bot.Outcome{State: bot.Sent, Receipt: bot.Receipt{Message: "17.1", Channel: "C1"}}))
		if got := claim(lane); got.Key != "b" || got.Parent != "17.1" {
			t.Errorf("claimed %s with parent %q, want b with 17.1", got.Key, got.Parent)
		}
		ok(t, s.Settle(ctx, "b", bot.Outcome{State: bot.Refused, Detail: "invalid_blocks"}))
		if got := claim(lane); got.Key != "c" {
			t.Errorf("claimed %s, want c: e comes after it, and later is not due", got.Key)
		}
		ok(t, s.Settle(ctx, "c", bot.Outcome{State: bot.Lost, Detail: "archived"}))
		if got := claim(lane); got.Key != "e" || got.Parent != "" {
			t.Errorf("claimed %s with parent %q, want e without one: c was not sent", got.Key, got.Parent)
		}
		ok(t, s.Settle(ctx, "e", bot.Outcome{State: bot.Unsure}))
		if got := claim(lane); got.Key != "d" {
			t.Errorf("claimed %s, want d", got.Key)
		}
		ok(t, s.Settle(ctx, "d", bot.Outcome{State: bot.Sent}))
		if got := claim(lane); got.Key != "" {
			t.Errorf("claimed %s before it is due", got.Key)
		}
		c.advance(time.Hour)
		if got := claim(lane); got.Key != "later" {
			t.Errorf("claimed %q, want later", got.Key)
		}
		// The clock is set back while a message is under way and its owner dies:
		// what is due at once goes on.
		c.advance(-3 * time.Hour)
		ok(t, s.Enqueue(ctx, []bot.Outgoing{post("after the jump")}))
		ok(t, s.Settle(ctx, "later", bot.Outcome{State: bot.Sent}))
		if got := claim(lane); got.Key != "after the jump" {
			t.Errorf("claimed %q, want what came after the clock was set back", got.Key)
		}
		c.advance(-3 * time.Hour)
		if got := claim(lane); got.Key != "after the jump" || got.Attempt != 2 {
			t.Errorf("claimed %q, attempt %d; want the message of the dead owner again", got.Key, got.Attempt)
		}
		c.advance(7 * time.Hour)

		// What follows a direct message goes to the channel that it opened.
		if got := claim(direct.Lane()); got.Key != "direct" {
			t.Errorf("claimed %q, want direct", got.Key)
		}
		ok(t, s.Settle(ctx, "direct", bot.Outcome{State: bot.Sent, Receipt: bot.Receipt{Message: "18.1", Channel: "D1"}}))
		if got := claim(direct.Lane()); got.Key != "more" || got.Parent != "18.1" || got.To.Channel != "D1" {
			t.Errorf("claimed %q with parent %q in %q, want more, 18.1, D1", got.Key, got.Parent, got.To.Channel)
		}
	})
}

// TestLaneHeldOnce claims from many goroutines: each message goes to one of
// them, in order.
func TestLaneHeldOnce(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine)})
		ctx := t.Context()
		const n = 30
		var out []bot.Outgoing
		for i := range n {
			out = append(out, post(fmt.Sprintf("m%02d", i)))
		}
		ok(t, s.Enqueue(ctx, out))
		var mu sync.Mutex
		var got []string
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for {
					mu.Lock()
					done := len(got) >= n
					mu.Unlock()
					if done || ctx.Err() != nil {
						return
					}
					o, ok, err := s.Claim(ctx, out[0].Lane(), time.Now())
					if err != nil {
						t.Error(err)
						return
					}
					if !ok {
						continue
					}
					mu.Lock()
					got = append(got, o.Key)
					mu.Unlock()
					if err := s.Settle(ctx, o.Key, bot.Outcome{State: bot.Sent}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		for i, key := range got {
			if len(got) != n || key != out[i].Key {
				t.Fatalf("sent %q, want each once and in order", got)
			}
		}
	})
}

func TestEdition(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		ctx := t.Context()
		sub := bot.Subscription{ID: "sub1", At: channel, Topics: []string{"korea"}, Hour: "08:00", Zone: "Asia/Seoul", By: person, Next: now}
		ok(t, s.SaveSubscription(ctx, sub))
		e := bot.Edition{ID: "sub1/1", Subscription: "sub1", Number: 1, Due: now, Made: now, Stories: []string{"s1"}, Also: []string{"s2"},
			Told: bot.Told{Articles: map[string][]string{"s1": {"a1"}}}}
		next := sub
		next.Next, next.Number, next.Until = now.Add(24*time.Hour), 1, now
		// Meanwhile its owner asks for another hour.
		sub.Hour = "09:00"
		ok(t, s.SaveSubscription(ctx, sub))
		ok(t, s.SaveEdition(ctx, e, next, []bot.Outgoing{post("sub1/1")}))
		if err := s.SaveEdition(ctx, e, next, []bot.Outgoing{post("sub1/1"), post("again")}); !errors.Is(err, bot.ErrDone) {
			t.Errorf("the same edition again: %v, want ErrDone", err)
		}
		next.Hour = "09:00"
		if diff := cmp.Diff(next, must(s.Subscription(ctx, "sub1"))(t)); diff != "" {
			t.Errorf("subscription after the edition (-want +got):\n%s", diff)
		}
		for name, list := range map[string][]bot.Edition{
			"last": must(s.LastEditions(ctx, "sub1", 3))(t), "with s1": must(s.EditionsWith(ctx, "s1", now))(t), "with s2": must(s.EditionsWith(ctx, "s2", now))(t),
		} {
			if diff := cmp.Diff([]bot.Edition{e}, list); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if _, found, _ := s.Claim(ctx, post("").Lane(), now); !found {
			t.Error("the edition's message is not in the outbox")
		}
		// Whatever fails, nothing of it is kept.
		jobs := count(t, s, "deliver")
		stray := bot.Edition{ID: "gone/1", Subscription: "gone", Due: now, Made: now}
		if err := s.SaveEdition(ctx, stray, bot.Subscription{ID: "gone"}, []bot.Outgoing{post("gone/1")}); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("an edition of a subscription that was deleted: %v, want ErrNotFound", err)
		}
		if _, err := s.Edition(ctx, "gone/1"); !errors.Is(err, bot.ErrNotFound) || count(t, s, "deliver") != jobs {
			t.Errorf("an edition that failed left something: %v, %d jobs instead of %d", err, count(t, s, "deliver"), jobs)
		}
		if _, err := s.Edition(ctx, "sub1/2"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("an edition never made: %v, want ErrNotFound", err)
		}

		paused := must(s.PausePlace(ctx, bot.Place{Platform: "slack", Workspace: "T1"}, "left"))(t)
		if len(paused) != 1 || paused[0].Paused != "left" {
			t.Errorf("paused %+v, want sub1", paused)
		}
		if again := must(s.PausePlace(ctx, channel, "left"))(t); len(again) != 0 {
			t.Errorf("paused again: %+v, want none", again)
		}
		c.advance(48 * time.Hour)
		ok(t, s.Tick(ctx))
		if got := count(t, s, "edition"); got != 0 {
			t.Errorf("%d edition jobs for a paused subscription, want none", got)
		}
		next.Paused = ""
		ok(t, s.SaveSubscription(ctx, next))
		ok(t, s.Tick(ctx))
		ok(t, s.Tick(ctx))
		if got := count(t, s, "edition"); got != 1 {
			t.Errorf("%d edition jobs after two ticks, want 1", got)
		}
	})
}

func TestAlerts(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: newClock().Now})
		ctx := t.Context()
		a := bot.Alert{ID: "al1", Owner: person, Query: "ferry", Frequency: bot.Hourly, Created: now, Next: now}
		before := must(s.AlertsVersion(ctx))(t)
		ok(t, s.SaveAlert(ctx, a, nil))
		if after := must(s.AlertsVersion(ctx))(t); after == before {
			t.Error("the version stays the same when an alert is added")
		}
		added := must(s.AlertsVersion(ctx))(t)
		come := a
		come.Sent, come.Recent, come.Next = 1, []time.Time{now}, now.Add(time.Hour)
		ok(t, s.SaveAlert(ctx, come, nil))
		if after := must(s.AlertsVersion(ctx))(t); after != added {
			t.Error("the version changes when an alert has come: all workers would read all alerts again")
		}
		other := a
		other.Query = "harbour"
		ok(t, s.SaveAlert(ctx, other, nil))
		if after := must(s.AlertsVersion(ctx))(t); after == added {
			t.Error("the version stays the same when a query changes")
		}
		ok(t, s.SaveAlert(ctx, a, nil))
		for name, list := range map[string][]bot.Alert{"owner's": must(s.Alerts(ctx, person))(t), "all": must(s.AllAlerts(ctx))(t), "due": must(s.DueAlerts(ctx, now))(t)} {
			if diff := cmp.Diff([]bot.Alert{a}, list); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		held := bot.Hit{Alert: "al1", Story: "s1", Article: "a1", Rule: "ferry", At: now, Held: true}
		ok(t, s.SaveHits(ctx, []bot.Hit{held}, nil))
		ok(t, s.SaveHits(ctx, []bot.Hit{held}, nil))
		if diff := cmp.Diff([]bot.Hit{held}, must(s.HeldHits(ctx, "al1"))(t)); diff != "" {
			t.Errorf("held (-want +got):\n%s", diff)
		}
		told := held
		told.Held = false
		key := bot.AlertKey("al1", "s1")
		direct := bot.Outgoing{Delivery: bot.Delivery{Key: key, Kind: bot.Direct, Person: person}}
		if _, err := s.AlertSent(ctx, "al1", "s1"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("told before it was: %v, want ErrNotFound", err)
		}
		ok(t, s.SaveHits(ctx, []bot.Hit{told}, []bot.Outgoing{direct}))
		ok(t, s.SaveHits(ctx, []bot.Hit{held}, nil))
		if n := len(must(s.HeldHits(ctx, "al1"))(t)); n != 0 {
			t.Errorf("%d hits wait after they were told", n)
		}
		if got := must(s.AlertSent(ctx, "al1", "s1"))(t); got != key {
			t.Errorf("told by %q, want %q", got, key)
		}
		// The story goes on under another name.
		ok(t, s.SaveGrouping(ctx, []store.Placement{{Article: "a9", Story: "s0", Merged: []string{"s1"}}}))
		if got := must(s.AlertSent(ctx, "al1", "s0"))(t); got != key {
			t.Errorf("told by %q after a merge, want %q", got, key)
		}

		set := bot.Settings{Person: person, Zone: "Asia/Seoul"}
		if diff := cmp.Diff(bot.Settings{Person: person}, must(s.Settings(ctx, person))(t)); diff != "" {
			t.Errorf("no settings (-want +got):\n%s", diff)
		}
		ok(t, s.SaveSettings(ctx, set))
		ok(t, s.SaveSubscription(ctx, bot.Subscription{ID: "sub1", At: channel, By: person}))
		counts := must(s.Forget(ctx, person))(t)
		if diff := cmp.Diff(map[string]int{"alerts": 1, "hits": 1, "settings": 1, "messages": 1, "names": 1, "editions": 0}, counts); diff != "" {
			t.Errorf("forgotten (-want +got):\n%s", diff)
		}
		if _, found, _ := s.Claim(ctx, direct.Lane(), now); found {
			t.Error("a message to somebody forgotten is sent")
		}
		if !must(s.Seen(ctx, "cmd1"))(t) || must(s.Seen(ctx, "cmd1"))(t) {
			t.Error("a command is new once")
		}
		ok(t, s.MuteStory(ctx, channel, "s1"))
		if diff := cmp.Diff([]string{"s0"}, must(s.Muted(ctx, channel))(t)); diff != "" {
			t.Errorf("muted (-want +got):\n%s", diff)
		}
	})
}
