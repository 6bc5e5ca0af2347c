package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	maxAttempts  = 12             // of one delivery
	maxWaiting   = 24 * time.Hour // from its first attempt; a digest of yesterday is no news
	unsureTries  = 3              // looks for a message that may have got through
	unsureAgain  = 4 * time.Second
	settleWithin = 10 * time.Second
	shortestWait = time.Second
	longestWait  = time.Hour
)

// Deliver sends what is due in a lane of the outbox, in order, one at a time,
// until nothing is. Each outcome is kept before the next one is tried. A
// [*RetryError] says when to call again; any other error is the store's.
func (b *Bot) Deliver(ctx context.Context, lane string) error {
	for {
		o, ok, err := b.o.Store.Claim(ctx, lane, b.o.Now())
		if err != nil || !ok {
			return err
		}
		if err := b.deliver(ctx, o); err != nil {
			return err
		}
	}
}

// deliver makes one attempt and settles it.
func (b *Bot) deliver(ctx context.Context, o Outgoing) error {
	name := o.To.Platform
	if o.Kind == Direct || name == "" {
		name = o.Person.Platform
	}
	p := b.platforms[name]
	switch {
	case p == nil:
		return b.settle(ctx, o, Outcome{State: Refused, Detail: fmt.Sprintf("platform %s is not set up", name)})
	case o.After != "" && o.Parent == "":
		return b.settle(ctx, o, Outcome{State: Refused, Detail: "the message it belongs to was not sent"})
	}
	receipt, err := b.attempt(ctx, p, o)
	// What was sent must be known to be, though we are told to stop just then:
	// else it would be sent again.
	stopped := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	if err == nil {
		if err := b.settle(ctx, o, Outcome{State: Sent, Receipt: receipt}); err != nil {
			return err
		}
		return b.reached(ctx, o)
	}
	if retry, ok := errors.AsType[*RetryError](err); ok {
		return b.retry(ctx, o, retry.After, err)
	}
	if lost, ok := errors.AsType[*LostError](err); ok {
		return b.lose(ctx, o, lost)
	}
	if _, ok := errors.AsType[*UnsureError](err); ok {
		return b.settle(ctx, o, Outcome{State: Unsure, Detail: err.Error()})
	}
	if stopped {
		return b.retry(ctx, o, shortestWait, err)
	}
	return b.settle(ctx, o, Outcome{State: Refused, Detail: err.Error()})
}

// attempt calls the platform. A message that may have got through is asked for
// again where the platform can find it.
func (b *Bot) attempt(ctx context.Context, p Platform, o Outgoing) (Receipt, error) {
	d := o.Delivery
	receipt, err := p.Deliver(ctx, d)
	f, can := p.(Finder)
	for range unsureTries {
		if _, unsure := errors.AsType[*UnsureError](err); !unsure || !can || !f.Finds(d) {
			break
		}
		if !Sleep(ctx, unsureAgain) {
			return receipt, err
		}
		d.Attempt++
		receipt, err = p.Deliver(ctx, d)
	}
	return receipt, err
}

func (b *Bot) settle(ctx context.Context, o Outgoing, end Outcome) error {
	if end.State != Sent && end.State != Retry {
		b.o.Log.Warn("delivery ended", "key", o.Key, "lane", o.Lane(), "state", end.State, "attempt", o.Tries, "reason", end.Detail)
	}
	return b.o.Store.Settle(ctx, o.Key, end)
}

// retry plans the next attempt, or gives up with the reason.
func (b *Bot) retry(ctx context.Context, o Outgoing, after time.Duration, cause error) error {
	now := b.o.Now()
	first := o.First
	if first.IsZero() {
		first = now
	}
	if o.Tries >= maxAttempts || now.Sub(first) >= maxWaiting {
		return b.settle(ctx, o, Outcome{State: Refused, Detail: fmt.Sprintf("given up after %d attempts in %s: %v", o.Tries, now.Sub(first).Round(time.Second), cause)})
	}
	after = min(max(after, shortestWait), longestWait)
	if err := b.settle(ctx, o, Outcome{State: Retry, Again: now.Add(after), Detail: cause.Error()}); err != nil {
		return err
	}
	return &RetryError{After: after, Err: cause}
}

// reached opens direct messages again once one got through.
func (b *Bot) reached(ctx context.Context, o Outgoing) error {
	if o.Kind != Direct {
		return nil
	}
	s, err := b.o.Store.Settings(ctx, o.Person)
	if err != nil || !s.Closed {
		return err
	}
	s.Closed, s.Since = false, time.Time{}
	b.o.Log.Info("direct messages open again", "platform", o.Person.Platform)
	return b.o.Store.SaveSettings(ctx, s)
}

// lose settles a delivery whose target takes no messages any more, pauses what
// is subscribed there and tells its owners, once.
func (b *Bot) lose(ctx context.Context, o Outgoing, lost *LostError) error {
	if err := b.settle(ctx, o, Outcome{State: Lost, Detail: lost.Error()}); err != nil {
		return err
	}
	if o.Kind == Direct || o.To.Channel == "" {
		return b.closed(ctx, o.Person, lost.Reason)
	}
	paused, err := b.o.Store.PausePlace(ctx, o.To, string(lost.Reason))
	if err != nil {
		return err
	}
	var out []Outgoing
	for _, s := range paused {
		b.o.Log.Warn("subscription paused", "subscription", s.ID, "platform", s.At.Platform, "channel", s.At.Channel, "reason", lost.Reason)
		if lost.Reason == AccessRevoked || s.By.User == "" {
			continue
		}
		l := LangOf(s.Lang)
		m := Message{Blocks: []Block{
			Text{Spans: []Span{{Text: l.say("lost", "what", b.what(l, s), "channel", s.At.Channel, "why", l.reason(string(lost.Reason)))}}},
			Note{Spans: []Span{{Text: l.say("lost.how") + " "}, {Text: "/hanwire resume " + s.ID, Style: Code}}},
		}}
		key := "lost/" + s.ID + "/" + strconv.Itoa(s.Number)
		out = append(out, direct(key, s.By, m.cleaned()))
	}
	if len(out) == 0 {
		return nil
	}
	return b.o.Store.Enqueue(ctx, out)
}

// closed notes that a person takes no direct messages. Alerts wait until they
// do; their own digest pauses.
func (b *Bot) closed(ctx context.Context, p Person, why Loss) error {
	if p.User == "" {
		return nil
	}
	s, err := b.o.Store.Settings(ctx, p)
	if err != nil {
		return err
	}
	if !s.Closed {
		s.Closed, s.Since = true, b.o.Now()
		if err := b.o.Store.SaveSettings(ctx, s); err != nil {
			return err
		}
		b.o.Log.Info("direct messages closed", "platform", p.Platform, "reason", why)
	}
	_, err = b.o.Store.PausePlace(ctx, personal(p), string(DirectClosed))
	return err
}

// noteClosed tells a person at their next command that direct messages to them
// are refused, and what waits.
func (b *Bot) noteClosed(ctx context.Context, r *request, reply *Reply) error {
	if !r.person.Closed || r.Direct || reply.Message == nil || r.Action == "dm.retry" {
		return nil
	}
	list, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return err
	}
	waiting := 0
	for _, a := range list {
		hits, err := b.missed(ctx, r, a)
		if err != nil {
			return err
		}
		waiting += len(hits)
	}
	reply.Message.Blocks = append(reply.Message.Blocks,
		Divider{},
		Text{Spans: []Span{{Text: r.l.say("closed", "n", waiting)}}},
		Buttons{Buttons: []Button{{Label: r.l.say("button.retry"), Action: "dm.retry", Style: Primary}}})
	return nil
}

// missed is what an alert matched while direct messages were refused: what was
// held back, and what was refused with the first of them.
func (b *Bot) missed(ctx context.Context, r *request, a Alert) ([]Hit, error) {
	hits, err := b.o.Store.HeldHits(ctx, a.ID)
	if err != nil || a.Frequency == Draft || r.person.Since.IsZero() {
		return hits, err
	}
	known := map[string]bool{}
	for _, h := range hits {
		known[h.Article] = true
	}
	records, err := b.o.Store.Stories(ctx, StoryFilter{Changed: [2]time.Time{r.person.Since.Add(-refusedBefore), r.now.Add(closing)}, Limit: maxStories})
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		for _, h := range b.hitsIn(a, record.Visible(r.By.place()), r.now) {
			if !known[h.Article] {
				hits = append(hits, h)
			}
		}
	}
	return hits, nil
}

// refusedBefore is how long a message may have been on its way when it was
// refused: stories of so long before count as missed.
const refusedBefore = 10 * time.Minute

// retryDirect sends a direct message to try whether it gets through, and after
// it what was missed.
func (b *Bot) retryDirect(ctx context.Context, r *request) (Reply, error) {
	own, err := b.o.Store.Subscriptions(ctx, personal(r.By))
	if err != nil {
		return Reply{}, err
	}
	for _, s := range own {
		if s.Paused == string(DirectClosed) {
			if _, err := b.resume(ctx, r, s); err != nil {
				return Reply{}, err
			}
		}
	}
	b.alerts.Lock()
	defer b.alerts.Unlock()
	list, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return Reply{}, err
	}
	mark := strconv.FormatInt(r.now.Unix(), 36)
	m := Message{Blocks: []Block{Text{Spans: []Span{{Text: r.l.say("closed.hello")}}}}}
	if err := b.o.Store.Enqueue(ctx, []Outgoing{direct("dm/"+r.By.Platform+"/"+r.By.User+"/"+mark, r.By, m.cleaned())}); err != nil {
		return Reply{}, err
	}
	for _, a := range list {
		hits, err := b.missed(ctx, r, a)
		if err != nil {
			return Reply{}, err
		}
		msg, err := b.heldSummary(ctx, a, r.person, hits, r.now)
		if err != nil {
			return Reply{}, err
		}
		for i := range hits {
			hits[i].Held = false
		}
		if msg == nil {
			continue
		}
		if err := b.o.Store.SaveHits(ctx, hits, []Outgoing{direct("alert/"+a.ID+"/missed/"+mark, r.By, *msg)}); err != nil {
			return Reply{}, err
		}
		a.Next = time.Time{}
		if err := b.o.Store.SaveAlert(ctx, a.sent(r.now), nil); err != nil {
			return Reply{}, err
		}
	}
	// Cleared before the message is tried: refused again, it is set again.
	r.person.Closed, r.person.Since = false, time.Time{}
	if err := b.o.Store.SaveSettings(ctx, r.person); err != nil {
		return Reply{}, err
	}
	return r.say("closed.trying"), nil
}
