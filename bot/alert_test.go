package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
)

// watching is a world in which alice has alerts.
func watching(t *testing.T, queries ...string) *world {
	t.Helper()
	w := newWorld(t)
	w.clock.set(dawn.Add(23 * time.Hour))
	for _, q := range queries {
		w.say("alert add " + q)
	}
	w.deliver()
	return w
}

func (w *world) alerts() []bot.Alert {
	w.t.Helper()
	list, err := w.store.Alerts(w.t.Context(), alice)
	w.ok(err)
	return list
}

// come publishes articles and matches them.
func (w *world) come(names ...string) {
	w.t.Helper()
	w.ok(w.bot.Alert(w.t.Context(), w.publish(names...)))
}

func TestAlertAddTriesTheLast30Days(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("tariff-en", "fish-en")
	said := w.say("alert add tariffs")
	contains(t, "alert add", said, "Alert set: tariffs", "immediately", "In the last 30 days this would have come 1 time.", "Beijing weighs rare earth tariff exemptions", "relief from the tariff on magnets")
	sent := w.deliver()
	if len(sent) != 1 || sent[0].Kind != bot.Direct || sent[0].Person != alice {
		t.Fatalf("after the first alert: %q, want a direct message that shows where alerts come", kinds(sent))
	}
	contains(t, "first direct message", text(t, sent[0].Message), "Your alerts will arrive here")

	contains(t, "the same again", w.say("alert add tariffs"), "You already have this alert")
	contains(t, "another", w.say("alert add patrols hourly"), "hourly")
	if sent := w.deliver(); len(sent) != 0 {
		t.Errorf("after the second alert: %q, want nothing", kinds(sent))
	}
	contains(t, "alert list", w.say("alert list"), "Your alerts (2)", "tariffs", "patrols", "came 0 times")
	contains(t, "alert test", w.say("alert test tariff -magnets"), "this would have come 0 times", "/hanwire alert add tariff -magnets")
	contains(t, "bad query", w.say(`alert add ( tariff`), "The query cannot be understood", "▸")
}

func TestAlertComesOnceAndTakesLaterNewsIn(t *testing.T) {
	w := watching(t, `patrols OR 순찰`)
	w.come("fish-en", "tariff-en")
	sent := w.deliver()
	if len(sent) != 1 || sent[0].Kind != bot.Direct {
		t.Fatalf("sent %q, want one direct message", kinds(sent))
	}
	got := text(t, sent[0].Message)
	contains(t, "alert", got, "Alert: patrols OR 순찰", "South Korea and China agree on fishing patrols", "Harbour Courier (independent)", "joint fishing patrols", "Matched patrols", "time 1",
		"[Story]", "[Mute 24 h]", "[Narrow]", "[Not relevant]", "[Remove]")
	id := w.alerts()[0].ID

	// The same articles again, as after a crash: nothing.
	w.ok(w.bot.Alert(t.Context(), []string{"a-fish-en", "a-tariff-en"}))
	if sent := w.deliver(); len(sent) != 0 {
		t.Errorf("the same articles again: %q, want nothing", kinds(sent))
	}

	w.come("fish-ko")
	sent = w.deliver()
	if len(sent) != 1 || sent[0].Kind != bot.Edit || sent[0].Parent != "m1" || sent[0].To.Channel != "DUALICE" {
		t.Fatalf("later news: %q to %v, want an edit of the direct message", kinds(sent), sent)
	}
	contains(t, "edit", text(t, sent[0].Message), "fishing patrols", "한울일보: 한중, 서해 공동 어업 순찰 합의")
	if a := w.alerts()[0]; a.Sent != 1 || a.ID != id {
		t.Errorf("the alert came %d times, want 1", a.Sent)
	}
}

func TestAlertButtons(t *testing.T) {
	w := watching(t, "patrols")
	w.come("fish-en")
	w.deliver()
	id := w.alerts()[0].ID

	contains(t, "not relevant", w.press("a.wrong:"+id+":fish"), "you will not hear of that story again")
	w.come("fish-ko")
	if sent := w.deliver(); len(sent) != 0 {
		t.Errorf("news of a story called not relevant: %q", kinds(sent))
	}
	contains(t, "mute", w.press("a.mute:"+id), "muted until Wed 07:00 KST")
	contains(t, "narrow", w.press("a.narrow:"+id), "-word")
	form := command("")
	form.Action, form.CanForm = "a.narrow:"+id, true
	contains(t, "narrow form", show(t, w.handle(form)), "form form.narrow:"+id, `"patrols"`)
	form.Action, form.Fields = "form.narrow:"+id, map[string]string{"query": "patrols -crab", "frequency": "daily"}
	contains(t, "narrowed", show(t, w.handle(form)), "Alert changed: patrols -crab", "daily")
	contains(t, "wake", w.press("a.wake:"+id), "unmuted")

	stranger := command("")
	stranger.By, stranger.Action = mallory, "a.remove:"+id
	contains(t, "somebody else", show(t, w.handle(stranger)), "You have no alert")
	contains(t, "remove", w.press("a.remove:"+id), "Alert removed: patrols -crab")
	contains(t, "removed", w.say("alert list"), "You have no alerts yet.")
}

func TestHeldAlerts(t *testing.T) {
	w := watching(t, "korea hourly")
	a := w.alerts()[0]
	w.come("fish-en", "tariff-en")
	if sent := w.deliver(); len(sent) != 0 {
		t.Fatalf("before the hour: %q, want nothing", kinds(sent))
	}
	due, err := w.store.DueAlerts(t.Context(), dawn.Add(25*time.Hour))
	w.ok(err)
	if len(due) != 1 || !due[0].Next.Equal(dawn.Add(24*time.Hour)) {
		t.Fatalf("due: %+v, want the alert at the full hour", due)
	}
	w.clock.set(due[0].Next)
	for range 2 {
		w.ok(w.bot.SendHeld(t.Context(), a.ID))
	}
	sent := w.deliver()
	if len(sent) != 1 {
		t.Fatalf("at the hour: %q, want one message", kinds(sent))
	}
	contains(t, "held", text(t, sent[0].Message), "Alert korea: 2 stories", "fishing patrols", "Beijing weighs")
	if a := w.alerts()[0]; !a.Next.IsZero() || a.Sent != 1 {
		t.Errorf("afterwards: %+v, want nothing waiting and one sent", a)
	}
}

func TestQuietHours(t *testing.T) {
	w := watching(t, "patrols")
	w.say("settings quiet 22:00-07:30")
	w.clock.set(dawn.Add(22*time.Hour + 30*time.Minute)) // 06:30 in Seoul
	w.come("fish-en")
	if sent := w.deliver(); len(sent) != 0 {
		t.Fatalf("in quiet hours: %q, want nothing", kinds(sent))
	}
	a := w.alerts()[0]
	if want := dawn.Add(23*time.Hour + 30*time.Minute); !a.Next.Equal(want) {
		t.Fatalf("waits until %s, want %s", a.Next, want)
	}
	contains(t, "alert list", w.say("alert list"), "comes 07:30 KST")
	w.clock.set(a.Next)
	w.ok(w.bot.SendHeld(t.Context(), a.ID))
	if sent := w.deliver(); len(sent) != 1 || sent[0].Key != bot.AlertKey(a.ID, "fish") {
		t.Errorf("after quiet hours: %q, want the alert", kinds(sent))
	}
}

func TestAlertsAreCapped(t *testing.T) {
	w := newWorld(t, func(o *bot.Options) { o.Limits.AlertsPerHour = 1 })
	w.clock.set(dawn.Add(23 * time.Hour))
	w.say("alert add korea")
	w.deliver()
	w.come("fish-en", "tariff-en", "missile-en")
	if sent := w.deliver(); len(sent) != 1 {
		t.Fatalf("three stories at once: %q, want one and the rest later", kinds(sent))
	}
	a := w.alerts()[0]
	if want := w.clock.now().Add(time.Hour); !a.Next.Equal(want) {
		t.Fatalf("the rest comes %s, want %s", a.Next, want)
	}
	w.clock.set(a.Next)
	w.ok(w.bot.SendHeld(t.Context(), a.ID))
	if sent := w.deliver(); len(sent) != 2 {
		t.Errorf("the rest: %q, want two", kinds(sent))
	}
}

func TestManyHeldAlertsBecomeOneSummary(t *testing.T) {
	w := newWorld(t, func(o *bot.Options) { o.Limits.AlertsPerHour = 1 })
	w.clock.set(dawn.Add(23 * time.Hour))
	w.say("alert add korea")
	w.deliver()
	n := w.news["tariff-en"]
	for i := range 15 {
		name := fmt.Sprintf("extra-%02d", i)
		x := n
		x.story, x.entry.ID, x.entry.Link = name, "e-"+name, n.entry.Link+"/"+name
		x.entry.Keys = []string{x.entry.Link}
		x.entry.Title = fmt.Sprintf("Seoul and Beijing hold trade talks, round %d", i)
		w.news[name] = x
		w.come(name)
	}
	if sent := w.deliver(); len(sent) != 1 {
		t.Fatalf("15 stories: %q, want one", kinds(sent))
	}
	a := w.alerts()[0]
	w.clock.set(a.Next)
	w.ok(w.bot.SendHeld(t.Context(), a.ID))
	sent := w.deliver()
	if len(sent) != 1 {
		t.Fatalf("the rest: %q, want one summary", kinds(sent))
	}
	contains(t, "summary", text(t, sent[0].Message), "Alert korea: 14 stories", "and 4 more", "/hanwire search korea")
}

func TestClosedDirectMessages(t *testing.T) {
	w := watching(t, "patrols")
	w.platform.fail = func(d bot.Delivery) error {
		if d.Kind == bot.Direct {
			return &bot.LostError{Reason: bot.DirectClosed, Err: errors.New("50007")}
		}
		return nil
	}
	w.come("fish-en")
	w.deliver()
	w.say("alert add magnets")
	w.come("tariff-en")
	if sent := w.deliver(); len(sent) != 0 {
		t.Fatalf("while direct messages are closed: %q, want nothing", kinds(sent))
	}
	contains(t, "next command", w.say("help"), "I cannot send you direct messages, so 2 matches are waiting.", "[Try again]")
	contains(t, "settings", w.say("settings"), "refused; alerts wait")

	w.platform.fail = nil
	contains(t, "try again", w.press("dm.retry"), "Trying")
	sent := w.deliver()
	if len(sent) != 3 || !strings.HasPrefix(sent[0].Key, "dm/") {
		t.Fatalf("after trying again: %q, want a direct message and what was missed", kinds(sent))
	}
	missed := text(t, sent[1].Message) + text(t, sent[2].Message)
	contains(t, "what was missed", missed, "fishing patrols", "Beijing weighs")
	lacks(t, "next command", w.say("help"), "refused")
}

func TestAlertsStayInTheirWorkspace(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(23 * time.Hour))
	n := w.news["fish-en"]
	feed := n.feed
	feed.URL = "https://own.example/feed.xml"
	n.feed, n.entry.Feed = feed, feed.ID()
	w.news["fish-en"] = n
	w.ok(w.store.AddFeed(t.Context(), bot.FeedRecord{Feed: feed, ID: feed.ID(), AddedBy: alice, At: bot.Place{Platform: "slack", Workspace: "T1"}}))
	w.say("alert add patrols")
	their := command("alert add patrols")
	their.By, their.At = mallory, foreign
	w.handle(their)
	w.deliver()
	w.come("fish-en")
	sent := w.deliver()
	if len(sent) != 1 || sent[0].Person != alice {
		t.Errorf("an article of a feed that T1 added: %q to %v, want alice alone", kinds(sent), sent)
	}
	their.Text = "story fish"
	contains(t, "the story for the other workspace", show(t, w.handle(their)), "There is no story fish here")
	contains(t, "the story for its own", w.say("story fish"), "fishing patrols")
	their.Text = "latest"
	lacks(t, "latest in the other workspace", show(t, w.handle(their)), "fishing")
	their.Text = "search patrols"
	lacks(t, "search in the other workspace", show(t, w.handle(their)), "fishing")
	their.Text = "feeds remove " + feed.ID()
	their.Manages = true
	contains(t, "feeds remove in the other workspace", show(t, w.handle(their)), "There is no feed")
}

func TestAlertThatWouldFloodIsAskedAbout(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(23 * time.Hour))
	var names []string
	n := w.news["tariff-en"]
	for i := range 310 {
		name := fmt.Sprintf("flood-%03d", i)
		x := n
		x.story, x.entry.ID, x.entry.Link = name, "e-"+name, n.entry.Link+"/"+name
		x.entry.Keys = []string{x.entry.Link}
		w.news[name] = x
		names = append(names, name)
	}
	w.publish(names...)
	contains(t, "alert add", w.say("alert add tariff"), "This alert would come very often.", "this would have come 310 times", "That is more than once a day.", "[daily]", "[Discard]")
	if sent := w.deliver(); len(sent) != 0 {
		t.Fatalf("before it is confirmed: %q, want nothing", kinds(sent))
	}
	id := w.alerts()[0].ID
	w.come("fish-en")
	w.ok(w.bot.Alert(t.Context(), []string{"a-flood-000"}))
	if sent := w.deliver(); len(sent) != 0 {
		t.Fatalf("a draft matched: %q", kinds(sent))
	}
	contains(t, "confirmed", w.press("a.save:"+id+":daily"), "Alert set: tariff · daily")
	if sent := w.deliver(); len(sent) != 1 {
		t.Errorf("after it was confirmed: %q, want the first direct message", kinds(sent))
	}
	contains(t, "frequency given", w.say("alert add rare hourly"), "Alert set: rare · hourly", "310 times")
}
