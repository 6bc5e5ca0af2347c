package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
)

const lane = "slack/T1/C1"

func post(key, text string) bot.Outgoing {
	return bot.Outgoing{Delivery: bot.Delivery{Key: key, Kind: bot.Post, To: general,
		Message: bot.Message{Fallback: text, Blocks: []bot.Block{bot.Heading{Text: text}}}}}
}

func answer(key, after string) bot.Outgoing {
	o := post(key, key)
	o.Kind, o.After = bot.Answer, after
	return o
}

// state is what became of an outbox row, as counted.
func (w *world) states() map[string]int {
	w.t.Helper()
	counts, err := w.store.Outbox(w.t.Context())
	w.ok(err)
	got := map[string]int{}
	for _, c := range counts {
		got[c.State] += c.Count
	}
	return got
}

func TestDeliverInOrder(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.Enqueue(t.Context(), []bot.Outgoing{post("a", "head"), answer("a1", "a"), answer("a2", "a"), post("b", "next")}))
	w.ok(w.bot.Deliver(t.Context(), lane))
	sent := w.platform.taken()
	if got := strings.Join(kinds(sent), ", "); got != "post a, answer a1, answer a2, post b" {
		t.Errorf("sent %s", got)
	}
	if sent[1].Parent != "m1" || sent[2].Parent != "m1" {
		t.Errorf("the answers are to %q and %q, want m1", sent[1].Parent, sent[2].Parent)
	}
}

func TestDeliverAgain(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.Enqueue(t.Context(), []bot.Outgoing{post("a", "head"), answer("a1", "a")}))
	var attempts []int
	busy := true
	w.platform.fail = func(d bot.Delivery) error {
		attempts = append(attempts, d.Attempt)
		if busy {
			return &bot.RetryError{After: 30 * time.Second, Err: errors.New("429")}
		}
		return nil
	}
	err := w.bot.Deliver(t.Context(), lane)
	retry, ok := errors.AsType[*bot.RetryError](err)
	if !ok || retry.After != 30*time.Second {
		t.Fatalf("busy platform: %v, want to try again in 30 s", err)
	}
	w.ok(w.bot.Deliver(t.Context(), lane)) // too soon: nothing is due
	w.clock.set(w.clock.now().Add(30 * time.Second))
	busy = false
	w.ok(w.bot.Deliver(t.Context(), lane))
	if got := kinds(w.platform.taken()); len(got) != 2 {
		t.Errorf("sent %q, want both", got)
	}
	// Nothing was sent by the first attempt, so the second need not look for it.
	if len(attempts) != 3 || attempts[1] != 1 {
		t.Errorf("attempts told to the platform: %v, want 1, 1, 1", attempts)
	}
}

func TestDeliverGivesUpWithAReason(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.Enqueue(t.Context(), []bot.Outgoing{post("a", "head"), answer("a1", "a")}))
	w.platform.fail = func(bot.Delivery) error { return &bot.RetryError{After: time.Minute, Err: errors.New("503")} }
	for range 40 {
		err := w.bot.Deliver(t.Context(), lane)
		if err == nil {
			break
		}
		w.clock.set(w.clock.now().Add(time.Minute))
	}
	if got := w.states(); got["refused"] != 2 {
		t.Errorf("after 40 minutes of 503: %v, want the head and its answer refused", got)
	}
	contains(t, "log", w.log.String(), "given up after 12 attempts", "the message it belongs to was not sent")
}

func TestDeliverWhatMayHaveBeenSent(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.Enqueue(t.Context(), []bot.Outgoing{post("a", "head"), post("b", "next")}))
	w.platform.fail = func(d bot.Delivery) error {
		if d.Key == "a" {
			return &bot.UnsureError{Err: errors.New("connection reset")}
		}
		return nil
	}
	w.ok(w.bot.Deliver(t.Context(), lane))
	if got := w.states(); got["unsure"] != 1 || got["sent"] != 1 {
		t.Errorf("states %v, want one unsure, one sent", got)
	}
	w.clock.set(w.clock.now().Add(time.Hour))
	w.ok(w.bot.Deliver(t.Context(), lane))
	if got := kinds(w.platform.taken()); len(got) != 1 {
		t.Errorf("sent %q, want b alone: posting a again might post it twice", got)
	}
}

func TestLostChannelPausesAndTellsTheOwnerOnce(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en")
	w.platform.fail = func(d bot.Delivery) error {
		if d.Kind != bot.Direct {
			return &bot.LostError{Reason: bot.Archived, Err: errors.New("is_archived")}
		}
		return nil
	}
	w.clock.set(s.Next)
	w.publish("fish-en", "missile-en")
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	sent := w.deliver()
	if len(sent) != 1 || sent[0].Kind != bot.Direct || sent[0].Person != alice {
		t.Fatalf("after the channel was lost: %q, want one direct message to its owner", kinds(sent))
	}
	contains(t, "direct message", text(t, sent[0].Message), "is paused: I cannot post to C1 (the channel is archived)", "/hanwire resume "+s.ID)
	if got := w.subscription(); got.Paused != string(bot.Archived) {
		t.Errorf("paused %q, want %q", got.Paused, bot.Archived)
	}
	w.clock.set(s.Next.Add(24 * time.Hour))
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next.Add(24*time.Hour)))
	if sent := w.deliver(); len(sent) != 0 {
		t.Errorf("a day later: %q, want nothing", kinds(sent))
	}
	contains(t, "subscriptions", w.say("subscriptions"), "paused: the channel is archived")

	w.platform.fail = nil
	contains(t, "resume", w.say("resume "+s.ID), "Resumed", "next Thu 08:00 KST")
	got := w.subscription()
	w.clock.set(got.Next)
	w.publish("fish-ko")
	w.ok(w.bot.MakeEdition(t.Context(), got.ID, got.Next))
	if sent := w.deliver(); len(sent) == 0 {
		t.Error("after resuming: nothing, want an edition")
	}
}

// The program is told to stop while a message goes out: it is not sent again
// after the next start.
func TestDeliverWhileStopping(t *testing.T) {
	w := newWorld(t)
	w.ok(w.store.Enqueue(t.Context(), []bot.Outgoing{post("a", "head")}))
	ctx, stop := context.WithCancel(t.Context())
	w.platform.fail = func(bot.Delivery) error { stop(); return nil }
	w.bot.Deliver(ctx, lane)
	if got := w.states(); got["sent"] != 1 {
		t.Errorf("states %v, want the message sent", got)
	}
	w.ok(w.bot.Deliver(t.Context(), lane))
	if got := kinds(w.platform.taken()); len(got) != 1 {
		t.Errorf("sent %q, want it once", got)
	}
}

func TestUnknownPlatform(t *testing.T) {
	w := newWorld(t)
	o := post("x", "head")
	o.To.Platform = "telegraph"
	w.ok(w.store.Enqueue(t.Context(), []bot.Outgoing{o}))
	w.ok(w.bot.Deliver(t.Context(), o.Lane()))
	contains(t, "log", w.log.String(), "platform telegraph is not set up")
}
