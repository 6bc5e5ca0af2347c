package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
)

// Every command answers something, in every language, for whoever may give it.
func TestEveryCommandAnswers(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en", "fish-ko", "tariff-en")
	for _, locale := range []string{"en-US", "ko", "zh-CN", "zh-TW"} {
		for _, spec := range bot.Commands {
			for _, x := range spec.Examples {
				c := command(x)
				c.Locale = locale
				r := w.handle(c)
				if r.Message == nil || len(r.Message.Blocks) == 0 || r.Message.Fallback == "" || !r.Message.Private {
					t.Errorf("%s, %q: %+v, want a private message with a fallback", locale, x, r.Message)
				}
			}
		}
	}
}

func TestLookUps(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en", "fish-ko", "fish-zh", "tariff-en", "missile-en", "soccer-en")
	for _, c := range []struct {
		text string
		want []string
	}{
		{"latest", []string{"The last 24 hours · 3 stories from 4 outlets", "Read a story in full"}},
		{"latest north-korea", []string{"The last 24 hours · North Korea · ", "two short-range missiles"}},
		{"latest 북한", []string{"two short-range missiles"}},
		{"latest nonsense", []string{"“nonsense” is not a topic", "korea, north-korea, china"}},
		{"story fish", []string{"한울일보 (independent)", "3 articles", "Harbour Courier: South Korea and China agree", "story fish"}},
		{"story nothing", []string{"There is no story nothing here."}},
		{"search tariff", []string{"1 story found", "Beijing weighs rare earth tariff", "1–1 of 1"}},
		{"search unicorns", []string{"No story matches unicorns", "join alternatives with OR"}},
		{"quotes crab", []string{"1 quote found", "We will not let a quarrel over crab pots decide", "Han Bo-reum", "(Harbour Courier) · independent · 24 Feb 2026", "Read a story in full", "South Korea and China agree on fishing patrols", "[Citations]"}},
		{"speaker Qiao Renshu", []string{"Qiao Renshu", "1 quote, first 24 Feb 2026", "spokesman for the commerce ministry", "Exemptions will be granted"}},
		{"speaker Nobody Atall", []string{"There are no quotes from Nobody Atall so far."}},
		{"why https://courier.example/news/fishing-patrols", []string{"✓ feed", "✓ relevance", "✗ edition", "It stopped at the last stage shown."}},
		{"why https://nowhere.example/", []string{"No feed has carried this address"}},
		{"why javascript:alert(1)", []string{"is not a web address"}},
		{"feeds list", []string{"4 feeds", "Harbour Courier · independent, en", "新岸通讯社"}},
		{"help", []string{"Hanwire’s commands", "subscribe [WHAT] [at HH:MM] [ZONE] [DAYS] [N]", "forget me"}},
		{"help subscribe", []string{"Post a digest here at a time you choose", "For those who manage the channel.", "/hanwire subscribe north-korea"}},
		{"latets", []string{"I do not know “latets”.", "Did you mean /hanwire latest", "Usage: /hanwire latest [TOPIC]"}},
	} {
		contains(t, c.text, w.say(c.text), c.want...)
	}
	contains(t, "citations", w.press("c:1:crab"), "“We will not let a quarrel over crab pots decide how two neighbours speak to each other” Han Bo-reum (deputy fisheries minister of South Korea), Harbour Courier, 24 February 2026, https://courier.example/news/fishing-patrols (accessed 24 February 2026)")
	contains(t, "story's quotes", w.press("quotes:fish"), "Quotes · South Korea and China agree", "한보름, 해양수산부 차관", "1–3 of 3")
}

// A quote tells which other outlets have it, in words like it.
func TestQuoteOfSeveralOutlets(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en", "fish-ko", "fish-wire")
	for _, text := range []string{"quotes crab", "speaker Han Bo-reum"} {
		contains(t, text, w.say(text), "(Meridian Wire) · agency · 24 Feb 2026 · also in Harbour Courier", "(Harbour Courier) · independent · 24 Feb 2026 · also in Meridian Wire")
	}
	contains(t, "a name that nobody has", w.say("speaker Hanover"), "Did you mean: Han Bo-reum")
	if got := w.say("speaker Hx"); strings.Contains(got, "Did you mean") {
		t.Errorf("a name with one letter of another: %s", got)
	}
}

func TestShare(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en")
	for range 2 {
		contains(t, "share", w.press("share:fish"), "Shared with the channel.")
	}
	sent := w.deliver()
	if len(sent) != 1 || sent[0].Kind != bot.Post || sent[0].To != general {
		t.Fatalf("shared twice in a moment: %q, want one post", kinds(sent))
	}
	contains(t, "shared", text(t, sent[0].Message), "fishing patrols", "shared by Alice")
}

func TestWhoMayDoWhat(t *testing.T) {
	w, s := subscribed(t, "subscribe at 08:00", "fish-en")
	for _, spec := range bot.Commands {
		c := command(spec.Examples[0])
		c.Manages = false
		got := show(t, w.handle(c))
		refused := strings.Contains(unwrapped(got), "Only those who manage the channel can do this.")
		if want := spec.Who == bot.Manager; refused != want {
			t.Errorf("%q by somebody who does not manage the channel: refused %t, want %t", spec.Examples[0], refused, want)
		}
	}
	for _, action := range []string{"unsubscribe:" + s.ID, "pause:" + s.ID, "change:" + s.ID, "zone:" + s.ID, "mute:fish", "wrong:fish", "subscribe", "form.change:" + s.ID} {
		c := command("")
		c.Manages, c.Action = false, action
		contains(t, action, show(t, w.handle(c)), "Only those who manage the channel can do this.")
	}

	their := func(change bot.Command) bot.Command {
		change.By, change.At, change.Manages = mallory, foreign, true
		return change
	}
	for _, x := range []string{"unsubscribe " + s.ID, "pause " + s.ID, "resume " + s.ID} {
		contains(t, x+" from another workspace", show(t, w.handle(their(bot.Command{Text: x}))), "There is no subscription "+s.ID+" here.")
	}
	editions, err := w.store.LastEditions(t.Context(), s.ID, 1)
	w.ok(err)
	for _, action := range []string{"more:" + editions[0].ID, "equotes:" + editions[0].ID} {
		contains(t, action+" from another workspace", show(t, w.handle(their(bot.Command{Action: action}))), "no longer there")
		contains(t, action, w.press(action), "No. 1")
	}
	c := command("pause " + s.ID)
	c.At = other
	contains(t, "pause from another channel", show(t, w.handle(c)), "belongs to another channel")
}

func TestLimits(t *testing.T) {
	w := newWorld(t, func(o *bot.Options) {
		o.Limits = bot.Limits{ChannelSubscriptions: 2, WorkspaceSubscriptions: 3, PersonAlerts: 2, WorkspaceAlerts: 3}
	})
	w.say("subscribe korea")
	w.say("subscribe china")
	contains(t, "third in the channel", w.say("subscribe north-korea"), "This channel already has 2 subscriptions, the maximum.")
	contains(t, "the same again", w.say("subscribe korea at 09:00"), "Changed:", "09:00")
	c := command("subscribe korea")
	c.At = other
	w.handle(c)
	c.Text = "subscribe china"
	contains(t, "fourth in the workspace", show(t, w.handle(c)), "This workspace already has 3 subscriptions, the maximum.")

	w.say("alert add one")
	w.say("alert add two")
	contains(t, "third alert", w.say("alert add three"), "You already have 2 alerts, the maximum.")
	bob := func(text string) string {
		c := command(text)
		c.By.User = "UBOB"
		return show(t, w.handle(c))
	}
	bob("alert add one")
	contains(t, "fourth alert of the workspace", bob("alert add two"), "This workspace already has 3 alerts, the maximum.")
}

func TestChangingTheScheduleMovesTheNextEdition(t *testing.T) {
	w, s := subscribed(t, "subscribe korea at 08:00")
	contains(t, "hour", w.say("subscribe korea at 06:30"), "06:30 KST", "next Tue 06:30 KST")
	contains(t, "zone", w.say("subscribe korea at 06:30 zone America/New_York"), "New_York")
	c := command("")
	c.Action, c.Values = "zone:"+s.ID, []string{"Europe/Berlin"}
	r := w.handle(c)
	contains(t, "zone menu", show(t, r), "06:30 CET (Europe/Berlin)", "next Tue 06:30 CET")
	c.Action, c.Values, c.Fields = "form.change:"+s.ID, nil, map[string]string{"what": "china", "at": "9pm", "zone": "Asia/Seoul", "days": "sat", "n": "3"}
	contains(t, "form", show(t, w.handle(c)), "China · Sat at 21:00 KST (Asia/Seoul) · 3 stories in full")
	c.Fields["at"] = "25:00"
	contains(t, "bad hour", show(t, w.handle(c)), "“25:00” is not a time.")
	// A job for the hour that was left behind makes nothing.
	w.clock.set(s.Next)
	w.ok(w.bot.MakeEdition(t.Context(), s.ID, s.Next))
	if sent := w.deliver(); len(sent) != 0 {
		t.Errorf("an edition for an hour that was changed: %q", kinds(sent))
	}
	contains(t, "pause", w.say("pause"), "Paused: China")
	contains(t, "resume", w.say("resume"), "Resumed")
	contains(t, "unsubscribe", w.say("unsubscribe"), "Unsubscribed: China")
	contains(t, "none left", w.say("unsubscribe"), "Nothing is subscribed here yet.")
}

func TestZoneIsAskedWhereThePlatformTellsNone(t *testing.T) {
	w := newWorld(t)
	c := command("subscribe at 08:00")
	c.Zone = ""
	r := w.handle(c)
	contains(t, "subscribe", show(t, r), "I don’t know your time zone, so I used UTC.", "Choose your time zone", "Asia/Seoul · 08:00")
	c.Locale = "ko"
	c.At = other
	contains(t, "subscribe by a Korean locale", show(t, w.handle(c)), "Asia/Seoul", "08:00 KST")
}

func TestCommandsAreHandledOnce(t *testing.T) {
	w := newWorld(t)
	c := command("alert add patrols")
	c.ID = "Ev123"
	if r := w.handle(c); r.Message == nil {
		t.Fatal("no answer")
	}
	if r := w.handle(c); r.Message != nil {
		t.Errorf("the same event again: %s, want nothing", show(t, r))
	}
}

func TestSettingsAndForgetting(t *testing.T) {
	w := newWorld(t)
	contains(t, "settings", w.say("settings zone Berlin language ko"), "저장했습니다", "Europe/Berlin", "한국어")
	contains(t, "settings in Korean", w.say("settings"), "시간대: Europe/Berlin")
	w.say("alert add 순찰")
	w.say("settings digest 07:00")
	contains(t, "forget me", w.say("forget me"), "지웠습니다: alerts: 1, digests: 1", "/hanwire alert add 순찰 immediate")
	contains(t, "forgotten", w.say("settings"), "Time zone: Asia/Seoul (from your profile)", "Alerts: 0", "Digest by direct message: off")
	contains(t, "nothing left", w.say("forget me"), "Nothing was kept about you.")
	for text, want := range map[string]string{
		"settings zone Asia/Soul":   "Did you mean Asia/Seoul?",
		"settings zone CST":         "CST is the time of Shanghai and of Chicago.",
		"settings zone Atlantis":    "is not a time zone that I know",
		"settings language klingon": "is not one of en, ko, zh-Hans and zh-Hant",
		"settings quiet sometimes":  "is not a range of hours",
		"settings digest soon":      "is not a time",
	} {
		contains(t, text, w.say(text), want)
	}
}

func TestFeedsFromChat(t *testing.T) {
	asked := ""
	w := newWorld(t, func(o *bot.Options) {
		o.Limits.WorkspaceFeeds = 1
		o.Discover = func(_ context.Context, url string) (feeds.Feed, error) {
			asked = url
			if strings.Contains(url, "broken") {
				return feeds.Feed{}, errors.New("the page has no feed")
			}
			return feeds.Feed{URL: "https://new.example/feed.xml", Outlet: "New Quay Gazette", Lang: "en"}, nil
		}
	})
	contains(t, "no feed", w.say("feeds add broken.example"), "No feed could be found at", "the page has no feed")
	contains(t, "add", w.say("feeds add <https://new.example/|new.example>"), "Added: New Quay Gazette")
	if asked != "https://new.example/" {
		t.Errorf("looked at %q", asked)
	}
	contains(t, "list", w.say("feeds list"), "5 feeds", "New Quay Gazette", "added here")
	contains(t, "limit", w.say("feeds add https://more.example"), "This workspace has already added 1 feed, the maximum.")
	id := feeds.Feed{URL: "https://new.example/feed.xml"}.ID()
	contains(t, "remove the operator's", w.say("feeds remove "+w.news["fish-en"].feed.ID()), "was set up by whoever runs Hanwire")
	contains(t, "remove", w.say("feeds remove "+id), "Removed: New Quay Gazette")
	contains(t, "remove again", w.say("feeds remove "+id), "There is no feed")

	closed := newWorld(t)
	contains(t, "closed", closed.say("feeds add https://new.example"), "Feeds cannot be added from chat here.")
}

func TestWelcome(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(21 * time.Hour))
	joined := bot.Command{Event: bot.Joined, At: general, By: alice}
	for range 2 {
		w.handle(joined)
	}
	sent := w.deliver()
	if len(sent) != 1 || sent[0].To != general {
		t.Fatalf("on joining twice: %q, want one hello", kinds(sent))
	}
	contains(t, "hello", text(t, sent[0].Message), "Hello, I am Hanwire.", "[A digest now]", "[Subscribe this channel]", "[Add an alert]")
	contains(t, "a digest now", w.press("now"), "The last 24 hours")
	w.press("subscribe")
	s := w.subscription()

	w.handle(bot.Command{Event: bot.Left, At: general})
	if got := w.subscription(); got.Paused == "" {
		t.Error("after leaving: still running")
	}
	w.handle(joined)
	if got := w.subscription(); got.Paused != "" {
		t.Errorf("after coming back: paused, %s", got.Paused)
	}
	contains(t, "home", show(t, w.handle(bot.Command{Event: bot.Home, By: alice, At: bot.Place{Platform: "slack", Workspace: "T1"}, CanForm: true})),
		"Your settings", "You have no alerts yet.", "Your next editions", "#C1", "[Change]")
	w.handle(bot.Command{Event: bot.Left, At: bot.Place{Platform: "slack", Workspace: "T1"}})
	if got := w.subscription(); got.Paused == "" || got.ID != s.ID {
		t.Error("after the workspace removed the app: still running")
	}
}

func TestForms(t *testing.T) {
	w := newWorld(t)
	c := command("subscribe")
	c.CanForm = true
	r := w.handle(c)
	if r.Form == nil || len(r.Form.Fields) != 5 || len([]rune(r.Form.Title)) > 24 {
		t.Fatalf("subscribe: %+v, want a form of five fields", r.Form)
	}
	fields := map[string]string{}
	for _, f := range r.Form.Fields {
		if len([]rune(f.Label)) > 45 {
			t.Errorf("label %q is over 45 characters", f.Label)
		}
		fields[f.Name] = f.Value
	}
	c = command("")
	c.Action, c.Fields = r.Form.Action, fields
	contains(t, "filled in as proposed", show(t, w.handle(c)), "Subscribed", "every day at 08:00 KST")
}

func TestSuggest(t *testing.T) {
	w := newWorld(t)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en", "tariff-en")
	w.say("alert add patrols")
	for _, c := range []struct{ name, option, typed, want string }{
		{"latest", "topic", "nor", "North Korea"},
		{"subscribe", "zone", "seo", "Asia/Seoul"},
		{"subscribe", "zone", "kst", "Asia/Seoul"},
		{"subscribe", "at", "8am", "08:00"},
		{"subscribe", "days", "wee", "weekdays"},
		{"alert remove", "id", "pat", "patrols"},
		{"speaker", "name", "Qiao", "Qiao Renshu"},
		{"story", "id", "fishing", "fishing patrols"},
	} {
		got := w.bot.Suggest(t.Context(), bot.Command{Name: c.name, Args: map[string]string{c.option: c.typed}, By: alice, At: general}, c.option)
		if len(got) == 0 || !strings.Contains(fmt.Sprint(got), c.want) || len(got) > 25 {
			t.Errorf("%s %s %q: %v, want %q", c.name, c.option, c.typed, got, c.want)
		}
	}
	if got := w.bot.Suggest(t.Context(), bot.Command{Name: "alert remove", By: mallory, At: foreign}, "id"); len(got) != 0 {
		t.Errorf("somebody else's alerts: %v", got)
	}
}
