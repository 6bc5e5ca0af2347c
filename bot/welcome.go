package bot

import (
	"context"
	"slices"
	"strings"
)

// happened answers an event.
func (b *Bot) happened(ctx context.Context, r *request) (Reply, error) {
	switch r.Event {
	case Joined:
		return Reply{}, b.joined(ctx, r)
	case Left:
		return Reply{}, b.left(ctx, r)
	case Home:
		return b.home(ctx, r)
	}
	return Reply{}, nil
}

// whyLeft is why subscriptions of a channel that the bot was removed from are
// paused; they run again when it is back.
const whyLeft = "removed from the channel"

// joined says hello, once in a channel's life, and wakes what leaving put to
// sleep.
func (b *Bot) joined(ctx context.Context, r *request) error {
	if r.At.Channel == "" {
		return nil
	}
	list, err := b.o.Store.Subscriptions(ctx, r.At)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Paused == whyLeft || s.Paused == string(NotMember) {
			s.Paused = ""
			if s.Next, err = NextDue(r.now, s.Hour, s.Zone, s.Days); err != nil {
				return err
			}
			if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
				return err
			}
			b.o.Log.Info("subscription resumed", "subscription", s.ID, "next", s.Next, "reason", "back in the channel")
		}
	}
	key := "hello/" + r.At.Platform + "/" + r.At.Workspace + "/" + r.At.Channel
	return b.o.Store.Enqueue(ctx, []Outgoing{{Delivery: Delivery{Key: key, Kind: Post, To: r.At, Message: hello(r.l)}}})
}

// hello is what is said on joining: who we are, and three buttons.
func hello(l Lang) Message {
	return Message{Fallback: l.say("hello"), Blocks: []Block{
		Text{Spans: []Span{{Text: l.say("hello")}}},
		Buttons{Buttons: []Button{
			{Label: l.say("button.now"), Action: "now", Style: Primary},
			{Label: l.say("button.subscribe"), Action: "subscribe"},
			{Label: l.say("button.alert"), Action: "alert"},
		}},
		Note{Spans: []Span{{Text: l.say("help.hint") + " "}, {Text: "/hanwire help", Style: Code}}},
	}}.cleaned()
}

// left pauses what was subscribed in a channel, or in all of a workspace.
func (b *Bot) left(ctx context.Context, r *request) error {
	if r.At.Platform == "" || r.At.Workspace == "" && r.At.Channel == "" {
		return nil // empty fields match every place there is
	}
	paused, err := b.o.Store.PausePlace(ctx, r.At, whyLeft)
	if err != nil {
		return err
	}
	for _, s := range paused {
		b.o.Log.Info("subscription paused", "subscription", s.ID, "platform", s.At.Platform, "channel", s.At.Channel, "reason", whyLeft)
	}
	return nil
}

// home is a person's own page: settings, alerts, next editions.
func (b *Bot) home(ctx context.Context, r *request) (Reply, error) {
	blocks, err := b.kept(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	alerts, err := b.listAlerts(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	blocks = append(append(blocks, Divider{}), alerts.Message.Blocks...)

	all, err := b.o.Store.Subscriptions(ctx, r.By.place())
	if err != nil {
		return Reply{}, err
	}
	all = slices.DeleteFunc(all, func(s Subscription) bool {
		return s.By != r.By && s.At != personal(r.By) || s.At.IsPersonal() && s.At != personal(r.By)
	})
	if len(all) > 0 {
		blocks = append(blocks, Divider{}, Heading{Text: r.l.say("home.next")})
		slices.SortFunc(all, func(a, z Subscription) int { return a.Next.Compare(z.Next) })
		for _, s := range all[:min(len(all), 10)] {
			when := r.l.say("subscription.paused", "why", r.l.reason(s.Paused))
			if s.Paused == "" {
				when = r.l.next(s.Next.In(r.loc), r.now)
			}
			where := r.l.say("subscription.direct")
			if !s.At.IsPersonal() {
				where = "#" + strings.TrimPrefix(s.At.Channel, "#")
			}
			blocks = append(blocks, Text{Spans: []Span{{Text: b.what(r.l, s), Style: Bold}, {Text: " · " + where + " · " + when}}})
		}
	}
	return Reply{Home: &Message{Fallback: r.l.say("settings.title"), Blocks: blocks}}, nil
}

// place is the person's workspace.
func (p Person) place() Place { return Place{Platform: p.Platform, Workspace: p.Workspace} }
