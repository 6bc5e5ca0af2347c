package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// settings changes what is given, and shows all that is kept about a person.
func (b *Bot) settings(ctx context.Context, r *request) (Reply, error) {
	changed := false
	set := r.person
	set.Person = r.By
	if v := r.args["zone"]; v != "" {
		zone, err := zoneArg(v)
		if err != nil {
			return Reply{}, err
		}
		set.Zone, changed = zone, true
	}
	if v := r.args["language"]; v != "" {
		l := LangOf(v)
		if !knownLanguage(v) {
			return Reply{}, usageError("settings", "err.language", "value", Cut(OneLine(v), 20))
		}
		set.Lang, changed = string(l), true
		r.l = l
	}
	if v := r.args["quiet"]; v != "" {
		from, until, err := quietArg(v)
		if err != nil {
			return Reply{}, err
		}
		set.QuietFrom, set.QuietUntil, changed = from, until, true
	}
	digest := strings.TrimSpace(r.args["digest"])
	if digest != "" && !isOff(digest) {
		if _, err := clockArg(digest); err != nil {
			return Reply{}, err
		}
	}
	if changed {
		if set.Zone == "" && r.asked {
			set.Zone = r.zone
		}
		if err := b.o.Store.SaveSettings(ctx, set); err != nil {
			return Reply{}, err
		}
		r.person = set
		r.zone, r.asked = b.zoneOf(set.Zone, r.Zone, r.Locale)
		r.loc, _ = loadZone(r.zone)
	}
	if digest != "" {
		if err := b.directDigest(ctx, r, digest); err != nil {
			return Reply{}, err
		}
		changed = true
	}
	blocks, err := b.kept(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if changed {
		blocks = append([]Block{Text{Spans: []Span{{Text: r.l.say("settings.saved")}}}}, blocks...)
		if !r.asked {
			blocks = append(blocks, Text{Spans: []Span{{Text: r.l.say("zone.ask", "zone", r.zone)}}},
				Menu{Action: "myzone", Placeholder: r.l.say("zone.menu"), Choices: zoneChoices(r.l, r.now)})
		}
	}
	return private(blocks...), nil
}

func knownLanguage(s string) bool {
	if LangOf(s) != English {
		return true
	}
	s = strings.ToLower(strings.TrimSpace(s))
	return s == "en" || strings.HasPrefix(s, "en-") || s == "english"
}

// directDigest turns a person's own digest, by direct message, on or off.
func (b *Bot) directDigest(ctx context.Context, r *request, at string) error {
	own, err := b.o.Store.Subscriptions(ctx, personal(r.By))
	if err != nil {
		return err
	}
	if isOff(at) {
		for _, s := range own {
			if err := b.o.Store.DeleteSubscription(ctx, s.ID); err != nil {
				return err
			}
		}
		return nil
	}
	hour, err := clockArg(at)
	if err != nil {
		return err
	}
	s := Subscription{At: personal(r.By), Zone: r.zone, Lang: string(r.l), By: r.By, Created: r.now}
	fresh := len(own) == 0
	if !fresh {
		s = own[0]
	}
	s.Hour, s.Zone, s.Paused = hour, r.zone, ""
	if fresh {
		s.ID = newID("s", s.At, "digest", r.now.UnixNano())
	}
	if s.Next, err = NextDue(r.now, s.Hour, s.Zone, s.Days); err != nil {
		return err
	}
	if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
		return err
	}
	b.o.Log.Info("subscription saved", "subscription", s.ID, "platform", s.At.Platform, "direct", true, "new", fresh, "next", s.Next)
	return nil
}

// kept is all that is kept about a person, for "settings" and the App Home.
func (b *Bot) kept(ctx context.Context, r *request) ([]Block, error) {
	alerts, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return nil, err
	}
	own, err := b.o.Store.Subscriptions(ctx, personal(r.By))
	if err != nil {
		return nil, err
	}
	off := r.l.say("settings.off")
	zone := off
	if r.person.Zone != "" {
		zone = r.person.Zone
	} else if r.asked {
		zone = r.zone + " (" + r.l.say("settings.profile") + ")"
	}
	quiet := off
	if r.person.QuietFrom != "" {
		quiet = r.person.QuietFrom + "–" + r.person.QuietUntil
	}
	direct := off
	if len(own) > 0 {
		direct = own[0].Hour + " " + own[0].Zone
		if own[0].Paused != "" {
			direct += " (" + r.l.say("subscription.paused", "why", r.l.reason(own[0].Paused)) + ")"
		}
	}
	lang := r.l.String()
	if r.person.Lang == "" {
		lang += " (" + r.l.say("settings.profile") + ")"
	}
	spans := []Span{}
	line := func(key, value string) {
		if len(spans) > 0 {
			spans = append(spans, Span{Text: "\n"})
		}
		spans = append(spans, Span{Text: r.l.say(key) + ": ", Style: Bold}, Span{Text: value})
	}
	line("settings.zone", zone)
	line("settings.language", lang)
	line("settings.quiet", quiet)
	line("settings.digest", direct)
	line("settings.alerts", group(len(alerts)))
	if r.person.Closed {
		line("settings.direct", r.l.say("settings.closed"))
	}
	blocks := []Block{Heading{Text: r.l.say("settings.title")}, Text{Spans: spans}, Note{Spans: []Span{
		{Text: r.l.say("settings.kept") + " "}, {Text: "/hanwire forget me", Style: Code},
	}}}
	row := []Button{{Label: r.l.say("button.alert"), Action: "alert"}}
	if r.CanForm {
		row = append([]Button{{Label: r.l.say("button.change"), Action: "settings", Style: Primary}}, row...)
	} else {
		blocks = append(blocks, Note{Spans: []Span{{Text: r.l.say("help.example") + " "}, {Text: "/hanwire settings zone Asia/Seoul quiet 22:00-07:00 digest 08:00", Style: Code}}})
	}
	return append(blocks, Buttons{Buttons: row}), nil
}

func settingsForm(r *request) Reply {
	if !r.CanForm {
		return help(r, "settings")
	}
	quiet := ""
	if r.person.QuietFrom != "" {
		quiet = r.person.QuietFrom + "-" + r.person.QuietUntil
	}
	return Reply{Form: &Form{Action: "form.settings", Title: Cut(r.l.say("settings.title"), 24), Submit: Cut(r.l.say("form.save"), 24), Fields: []Field{
		{Name: "zone", Label: r.l.say("settings.zone"), Hint: "Asia/Seoul", Value: r.zone, Optional: true},
		{Name: "language", Label: r.l.say("settings.language"), Choices: languageChoices(), Value: string(r.l), Optional: true},
		{Name: "quiet", Label: r.l.say("settings.quiet"), Hint: "22:00-07:00, off", Value: quiet, Optional: true},
		{Name: "digest", Label: r.l.say("settings.digest"), Hint: "08:00, off", Optional: true},
	}}}
}

// forget erases what is kept about a person, and hands it back as it was.
func (b *Bot) forget(ctx context.Context, r *request) (Reply, error) {
	alerts, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return Reply{}, err
	}
	own, err := b.o.Store.Subscriptions(ctx, personal(r.By))
	if err != nil {
		return Reply{}, err
	}
	for _, s := range own {
		if err := b.o.Store.DeleteSubscription(ctx, s.ID); err != nil && !errors.Is(err, ErrNotFound) {
			return Reply{}, err
		}
	}
	counts, err := b.o.Store.Forget(ctx, r.By)
	if err != nil {
		return Reply{}, err
	}
	counts["digests"] += len(own)
	kinds := make([]string, 0, len(counts))
	for k, n := range counts {
		if n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s: %d", k, n))
		}
	}
	slices.Sort(kinds)
	b.o.Log.Info("person forgotten", "platform", r.By.Platform, "erased", strings.Join(kinds, ", "))
	if len(kinds) == 0 {
		return r.say("forget.nothing"), nil
	}
	spans := []Span{{Text: r.l.say("forget.done") + " " + strings.Join(kinds, ", ") + "."}}
	if len(alerts) > 0 {
		spans = append(spans, Span{Text: "\n" + r.l.say("forget.copy")})
		for _, a := range alerts {
			spans = append(spans, Span{Text: "\n"}, Span{Text: "/hanwire alert add " + a.Query + " " + string(a.Frequency), Style: Code})
		}
	}
	return private(Text{Spans: spans}), nil
}
