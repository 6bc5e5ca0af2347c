package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
)

// subscribed is a world with a subscription whose first edition is delivered.
func subscribed(t *testing.T, text string, published ...string) (*world, bot.Subscription) {
	t.Helper()
	w := newWorld(t)
	w.clock.set(dawn.Add(21 * time.Hour))
	if len(published) > 0 {
		w.publish(published...)
	}
	w.say(text)
	w.deliver()
	return w, w.subscription()
}

func TestFirstEditionPreviewsTheLastDay(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(21 * time.Hour))
	w.publish("tariff-en", "missile-en", "soccer-en")

	said := w.say(`subscribe korea, north-korea, china at 08:00 weekdays 5`)
	contains(t, "subscribe", said, "Korea, North Korea, China", "Mon–Fri at 08:00 KST (Asia/Seoul)", "5 stories in full", "next Tue 08:00 KST")
	sent := w.deliver()
	if got := kinds(sent); len(got) != 3 || !strings.HasPrefix(got[0], "post edition/") || !strings.HasPrefix(got[1], "answer edition/") {
		t.Fatalf("first edition: %q, want a head and two stories in its thread", got)
	}
	contains(t, "head", text(t, sent[0].Message), "No. 1 · 2 stories from 2 outlets", "first edition, from the last day",
		"Meridian Wire (agency) · 04:00 KST", "“Exemptions will be granted where supply chains are mutual”", "next Tue 08:00 KST")
	lacks(t, "head", text(t, sent[0].Message), "Blue Herons")
	if sent[1].Parent != "m1" || sent[1].To != general {
		t.Errorf("the first story answers %q in %v, want m1 in %v", sent[1].Parent, sent[1].To, general)
	}
}

func TestEditionHoldsWhatIsNew(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en", "missile-en")
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en", "fish-ko", "fish-zh")
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	sent := w.deliver()
	if len(sent) != 2 {
		t.Fatalf("second edition: %q, want a head and one story", kinds(sent))
	}
	contains(t, "head", text(t, sent[0].Message), "No. 2 · 1 story from 3 outlets", "Harbour Courier (independent), 한울일보 (independent), 新岸通讯社 (agency)", "next Wed 08:00 KST")
	lacks(t, "head", text(t, sent[0].Message), "Beijing weighs", "late")
	contains(t, "story", text(t, sent[1].Message), "— Han Bo-reum, deputy fisheries minister of South Korea (Harbour Courier)", "게 통발 다툼이", "双方将通过对话妥善处理海上分歧")

	// Made again for the same hour, by a job that ran twice: nothing.
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	if sent := w.deliver(); len(sent) != 0 {
		t.Errorf("the same edition again: %q, want nothing", kinds(sent))
	}
}

func TestQuietDayIsOneLine(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en")
	w.clock.set(s.Next)
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	sent := w.deliver()
	if len(sent) != 1 {
		t.Fatalf("quiet day: %q, want one message", kinds(sent))
	}
	got := strings.TrimSpace(unwrapped(text(t, sent[0].Message)))
	if want := "Korea, North Korea, China · No. 2 · a quiet day: nothing new from 4 sources since 05:00 KST · next Wed 08:00 KST"; got != want {
		t.Errorf("quiet day:\ngot  %s\nwant %s", got, want)
	}
	if len(sent[0].Message.Blocks) != 1 || !sent[0].Message.Silent {
		t.Errorf("quiet day: %d blocks, silent %t; want one, silent", len(sent[0].Message.Blocks), sent[0].Message.Silent)
	}
}

func TestMissedHoursMakeOneLateEdition(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en")
	w.clock.set(dawn.Add(30 * time.Hour))
	w.publish("fish-en")
	back := s.Next.Add(3*24*time.Hour + 90*time.Minute) // three editions were missed
	w.clock.set(back)
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	sent := w.deliver()
	if len(sent) != 2 {
		t.Fatalf("after three days down: %q, want one edition with a story", kinds(sent))
	}
	contains(t, "late edition", text(t, sent[0].Message), "No. 2", "late: was due Tue 08:00 KST", "next Sat 08:00 KST", "fishing patrols")
	if next := w.subscription().Next; !next.Equal(back.Add(22*time.Hour + 30*time.Minute)) {
		t.Errorf("next edition %s, want the coming 08:00", next)
	}
}

func TestClockSetBack(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00")
	w.clock.set(dawn.Add(20 * 24 * time.Hour)) // a wrong clock, three weeks ahead
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	w.deliver()
	right := s.Next.Add(time.Hour)
	w.clock.set(right)
	w.ok(w.bot.Reschedule(t.Context()))
	got := w.subscription()
	if want := s.Next.Add(24 * time.Hour); !got.Next.Equal(want) || got.Until.After(right) {
		t.Errorf("after the clock was put right: next %s, until %s; want next %s, until %s", got.Next, got.Until, want, right)
	}
	w.publish("fish-en")
	w.clock.set(got.Next)
	w.ok(w.bot.MakeEdition(t.Context(), got.ID, got.Next))
	contains(t, "edition after it", text(t, w.deliver()[0].Message), "fishing patrols")
}

func TestEditionTellsHowTheFeedsDo(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en")
	f := w.news["fish-ko"].feed
	w.clock.set(s.Next)
	w.ok(w.store.SavePoll(t.Context(), f.ID(), feeds.PollResult{State: feeds.State{
		LastPoll: s.Next, LastSuccess: dawn.Add(-30 * time.Hour), Health: feeds.Failing, Reason: feeds.ReasonTimeout, Detail: "the server did not answer within 20 s"}}))
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	contains(t, "edition", text(t, w.deliver()[0].Message), "1 of 4 sources silent or failing since Sun 02:00 KST: 한울일보")
	contains(t, "feeds status", w.say("feeds status"), "한울일보 · failing · last success Sun 02:00 KST", "the server did not answer within 20 s")
}

func TestEditionTellsOnceOfAMove(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en")
	f := w.news["fish-ko"].feed
	moved := s.Next.Add(-time.Hour)
	for i, told := range []bool{true, false} {
		w.clock.set(s.Next)
		w.ok(w.store.SavePoll(t.Context(), f.ID(), feeds.PollResult{State: feeds.State{
			LastPoll: s.Next, LastSuccess: s.Next, Health: feeds.Healthy, MovedTo: "https://new.example/rss", MovedAt: moved}}))
		w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
		line := "한울일보 has moved to new.example"
		if got := text(t, w.deliver()[0].Message); strings.Contains(got, line) != told {
			t.Errorf("edition %d tells of the move: %t, want %t:\n%s", i+1, !told, told, got)
		}
		var err error
		s, err = w.store.Subscription(t.Context(), s.ID)
		w.ok(err)
	}
}

func TestMutedStoryStaysOut(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "tariff-en")
	w.publish("fish-en", "missile-en")
	contains(t, "mute", w.press("mute:fish"), "South Korea and China agree on fishing patrols", "will not appear here again")
	contains(t, "not relevant", w.press("wrong:missile"), "It was picked because of", "North Korea")
	w.clock.set(s.Next)
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	contains(t, "edition", text(t, w.deliver()[0].Message), "a quiet day")

	elsewhere := command("latest")
	elsewhere.At = other
	contains(t, "latest in another channel", show(t, w.handle(elsewhere)), "fishing patrols")
}

func TestSubscriptionQueryChoosesStories(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(23 * time.Hour))
	w.publish("fish-en", "fish-ko", "tariff-en", "missile-en")
	w.say(`subscribe tariff OR magnets`)
	sent := w.deliver()
	if len(sent) != 2 {
		t.Fatalf("edition for a query: %q, want one story", kinds(sent))
	}
	contains(t, "edition for a query", text(t, sent[0].Message), "Beijing weighs", "No. 1")
}

func TestDirectDigest(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(21 * time.Hour))
	contains(t, "settings", w.say("settings digest 08:00 quiet 22:00-07:00"), "Saved", "Digest by direct message: 08:00 Asia/Seoul", "Quiet hours: 22:00–07:00")
	list, err := w.store.Subscriptions(t.Context(), bot.Place{Platform: "slack", Workspace: "T1"})
	w.ok(err)
	if len(list) != 1 {
		t.Fatalf("%d subscriptions, want alice's own", len(list))
	}
	w.publish("tariff-en")
	w.clock.set(list[0].Next)
	w.ok(w.bot.MakeEdition(t.Context(), list[0].ID, list[0].Next))
	sent := w.deliver()
	if got := kinds(sent); len(got) != 2 || !strings.HasPrefix(got[0], "direct edition/") || !strings.HasPrefix(got[1], "answer edition/") {
		t.Fatalf("own digest: %q, want a direct message and a story in its thread", got)
	}
	if sent[0].Person != alice || sent[1].To.Channel != "DUALICE" {
		t.Errorf("own digest went to %v and %v, want alice", sent[0].Person, sent[1].To)
	}
	contains(t, "settings", w.say("settings digest off"), "Digest by direct message: off")
}

func TestUpdatedArticleMendsWhatWasPosted(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00")
	w.clock.set(s.Next)
	ids := w.publish("fish-en", "tariff-en")
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	sent := w.deliver()
	at := slices.IndexFunc(sent, func(d bot.Delivery) bool {
		return d.Kind == bot.Answer && strings.Contains(d.Message.Fallback, "fishing")
	})

	w.clock.set(s.Next.Add(time.Hour))
	changed := strings.Replace(w.news["fish-en"].text, "decide how two neighbours speak to each other", "decide how neighbours talk", 1)
	changed = changed[:strings.Index(changed, `"The hard part`)]
	w.read("fish-en", changed)
	for range 2 {
		w.ok(w.bot.Updated(t.Context(), ids[0]))
	}
	mended := w.deliver()
	if len(mended) != 2 || mended[0].Kind != bot.Edit || mended[1].Kind != bot.Answer {
		t.Fatalf("after an article changed: %q, want an edit and a note in the thread, once", kinds(mended))
	}
	if want := fmt.Sprintf("m%d", at+1); mended[0].Parent != want || mended[1].Parent != "m1" {
		t.Errorf("the edit is of %q and the note answers %q, want %s and the head, m1", mended[0].Parent, mended[1].Parent, want)
	}
	contains(t, "edit", text(t, mended[0].Message), "We will not let a quarrel over crab pots decide how neighbours talk", "not in the latest version", "updated: an article changed")
	contains(t, "note", text(t, mended[1].Message), "A quote now reads differently", "two neighbours speak to each other", "decide how neighbours talk",
		"These words are no longer in it", "The hard part was left for another day")
}
