package bot

import (
	"context"
	"slices"
	"strings"
	"time"
)

// maxSuggestions is Discord's limit of an autocompletion.
const maxSuggestions = 25

// Suggest implements [Handler].
func (b *Bot) Suggest(ctx context.Context, c Command, option string) []Choice {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second) // what comes later is not shown
	defer cancel()
	r, err := b.request(ctx, c)
	if err != nil {
		return nil
	}
	spec := commandNamed(strings.ToLower(c.Name))
	if spec == nil {
		return nil
	}
	at := slices.IndexFunc(spec.Options, func(o Option) bool { return o.Name == option })
	if at < 0 {
		return nil
	}
	typed := strings.TrimSpace(c.Args[option])
	list, err := b.suggestions(ctx, r, spec, spec.Options[at], typed)
	if err != nil {
		b.o.Log.Debug("nothing suggested", "command", c.Name, "option", option, "error", err)
		return nil
	}
	low := strings.ToLower(typed)
	var out []Choice
	seen := map[string]bool{}
	for _, x := range list {
		x.Label = Cut(OneLine(x.Label), 100)
		if len(x.Value) > maxAction || x.Label == "" || seen[x.Value] || !strings.Contains(strings.ToLower(x.Label+" "+x.Value), low) {
			continue
		}
		seen[x.Value] = true
		if out = append(out, x); len(out) == maxSuggestions {
			break
		}
	}
	return out
}

func (b *Bot) suggestions(ctx context.Context, r *request, spec *CommandSpec, o Option, typed string) ([]Choice, error) {
	var list []Choice
	switch {
	case spec.Name == "speaker":
		names, err := b.o.Store.SpeakerNames(ctx, typed, maxSuggestions)
		for _, n := range names {
			list = append(list, Choice{Label: n, Value: n})
		}
		return list, err
	case o.Kind == TopicOption, o.Kind == QueryOption && spec.Name == "subscribe":
		for _, t := range b.o.Topics {
			list = append(list, Choice{Label: r.l.Topic(t), Value: t})
		}
		if typed != "" && o.Kind == QueryOption {
			list = append(list, Choice{Label: typed, Value: typed})
		}
	case o.Kind == ZoneOption:
		for _, z := range knownZones {
			if loc, err := loadZone(z); err == nil {
				list = append(list, Choice{Label: strings.ReplaceAll(z, "_", " ") + " · " + r.now.In(loc).Format("15:04"), Value: z})
			}
		}
		if z, ok := parseZone(typed); ok {
			list = append([]Choice{{Label: typed + " → " + z, Value: z}}, list...)
		}
	case o.Kind == TimeOption:
		if h, m, ok := splitClock(typed); ok {
			list = append(list, Choice{Label: typed + " → " + clock(h, m), Value: clock(h, m)})
		}
		for _, h := range [...]int{8, 7, 9, 6, 12, 17, 18, 20, 22} {
			list = append(list, Choice{Label: clock(h, 0), Value: clock(h, 0)})
		}
	case o.Kind == DaysOption:
		for _, d := range [...]struct {
			value string
			days  Days
		}{{"daily", allDays}, {"weekdays", weekdays}, {"weekends", weekends}, {"mon", 1 << time.Monday}, {"mon,wed,fri", 1<<time.Monday | 1<<time.Wednesday | 1<<time.Friday}} {
			list = append(list, Choice{Label: r.l.days(d.days) + " · " + d.value, Value: d.value})
		}
		if d, ok := parseDays(typed); ok {
			list = append(list, Choice{Label: typed + " → " + r.l.days(d), Value: typed})
		}
	case o.Of == "alert":
		alerts, err := b.o.Store.Alerts(ctx, r.By)
		for _, a := range alerts {
			list = append(list, Choice{Label: a.Query + " · " + a.ID, Value: a.ID})
		}
		return list, err
	case o.Of == "subscription":
		subs, err := b.o.Store.Subscriptions(ctx, r.place())
		for _, s := range subs {
			list = append(list, Choice{Label: joinSpans(b.describe(r.l, s)), Value: s.ID})
		}
		return list, err
	case o.Of == "feed":
		feeds, err := b.o.Store.Feeds(ctx, r.At)
		for _, f := range feeds {
			if f.At.Platform != "" {
				list = append(list, Choice{Label: f.Feed.Outlet + " · " + f.Feed.URL, Value: f.Feed.ID()})
			}
		}
		return list, err
	case o.Of == "story":
		records, err := b.o.Store.Stories(ctx, StoryFilter{Relevant: true, Changed: [2]time.Time{r.now.Add(-3 * firstPeriod), r.now.Add(closing)}, Limit: 60})
		for _, s := range records {
			if s = s.Visible(r.At); len(s.Readings) > 0 {
				list = append(list, Choice{Label: s.Readings[0].Title, Value: s.ID})
			}
		}
		return list, err
	}
	return list, nil
}
