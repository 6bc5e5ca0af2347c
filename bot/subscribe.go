package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hanwire/digest/query"
)

const (
	defaultHour   = "08:00"
	defaultLength = 8
	maxLength     = 40
	// maxQueryText is the longest query that is kept; the query package bounds
	// what a query may do.
	maxQueryText = 500
)

// pointed is a query with the place where it cannot be understood.
type pointed struct{ before, after string }

func (p pointed) String() string { return "" }

// parseQuery reads a query that a person typed.
func parseQuery(s string) (query.Query, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > maxQueryText {
		return query.Query{}, usageError("", "err.query.long", "n", maxQueryText)
	}
	q, err := query.Parse(s)
	if e, ok := errors.AsType[*query.Error](err); ok {
		r := []rune(s)
		at := min(max(e.Pos, 0), len(r))
		return q, usageError("", "err.query", "message", e.Message, "at", pointed{string(r[:at]), string(r[at:])})
	}
	return q, err
}

// parseWhat splits what a channel wants to hear of into topics, which come
// first, and a query.
func (b *Bot) parseWhat(s string) (topics []string, canonical string, err error) {
	rest := strings.TrimSpace(s)
	for rest != "" {
		word, after, _ := strings.Cut(rest, " ")
		name, more, comma := strings.Cut(word, ",")
		topic, ok := b.topicNamed(name)
		if !ok {
			break
		}
		if topic != "" && !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
		if comma {
			after = more + " " + after
		}
		rest = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(after), ","))
	}
	if rest == "" {
		return topics, "", nil
	}
	q, err := parseQuery(rest)
	if err != nil {
		return nil, "", err
	}
	return topics, q.String(), nil
}

// topicNamed finds a topic by its name or what it is called in a language of
// the interface; "all" is every topic and has no name.
func (b *Bot) topicNamed(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "all" || s == "everything" || s == "전체" || s == "全部" {
		return "", true
	}
	for _, t := range b.o.Topics {
		if s == strings.ToLower(t) || s == strings.ReplaceAll(t, "-", "") {
			return t, true
		}
		for _, l := range Langs {
			if s == strings.ToLower(l.Topic(t)) && l.Topic(t) != t && s != "" {
				return t, true
			}
		}
	}
	return "", false
}

// schedule reads the options of a schedule over the given one.
func (b *Bot) schedule(s *Subscription, args map[string]string) error {
	if v := args["at"]; v != "" {
		hour, err := clockArg(v)
		if err != nil {
			return err
		}
		s.Hour = hour
	}
	if v := args["zone"]; v != "" {
		zone, err := zoneArg(v)
		if err != nil {
			return err
		}
		s.Zone = zone
	}
	if v := args["days"]; v != "" {
		days, err := daysArg(v)
		if err != nil {
			return err
		}
		s.Days = days
	}
	n, err := numberArg(args, "n", maxLength)
	if err != nil {
		return err
	}
	if n > 0 {
		s.Length = n
	}
	if v := args["language"]; v != "" {
		s.Lang = string(LangOf(v))
	}
	return nil
}

func (b *Bot) subscribe(ctx context.Context, r *request) (Reply, error) {
	if len(r.args) == 0 && r.CanForm && r.Action == "" {
		return b.subscribeForm(r), nil
	}
	topics, query, err := b.parseWhat(r.args["what"])
	if err != nil {
		return Reply{}, err
	}
	at := r.place()
	mine, err := b.o.Store.Subscriptions(ctx, at)
	if err != nil {
		return Reply{}, err
	}
	s := Subscription{At: at, Topics: topics, Query: query, Hour: defaultHour, Zone: r.zone, Lang: string(r.l), By: r.By, Created: r.now}
	guessed := !r.asked && r.args["zone"] == ""
	fresh := true
	for _, old := range mine {
		if guessed && fresh {
			s.Zone, guessed = old.Zone, false
		}
		if slices.Equal(old.Topics, topics) && old.Query == query {
			s, fresh, guessed = old, false, false
		}
	}
	if err := b.schedule(&s, r.args); err != nil {
		return Reply{}, err
	}
	if fresh {
		if reply, full, err := b.subscriptionsFull(ctx, r, len(mine)); full || err != nil {
			return reply, err
		}
		s.ID = newID("s", at, topics, query, r.now.UnixNano())
	}
	s.Paused = ""
	if s.Next, err = NextDue(r.now, s.Hour, s.Zone, s.Days); err != nil {
		return Reply{}, err
	}
	if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
		return Reply{}, err
	}
	b.o.Log.Info("subscription saved", "subscription", s.ID, "channel", s.At.Channel, "platform", s.At.Platform, "new", fresh, "next", s.Next)
	key := "subscribe.changed"
	if fresh {
		key = "subscribe.done"
		if err := b.makeEdition(ctx, s, r.now); err != nil {
			return Reply{}, err
		}
	}
	return b.subscribed(r, s, key, guessed), nil
}

// subscribed shows a subscription as it now is; a guessed zone is asked for.
func (b *Bot) subscribed(r *request, s Subscription, key string, guessed bool) Reply {
	loc, _ := loadZone(s.Zone)
	blocks := []Block{
		Text{Spans: append([]Span{{Text: r.l.say(key) + " "}}, b.describe(r.l, s)...)},
		Note{Spans: []Span{{Text: r.l.say("edition.next", "when", r.l.next(s.Next.In(loc), r.now)) + " · " + s.ID}}},
	}
	if guessed {
		blocks = append(blocks,
			Text{Spans: []Span{{Text: r.l.say("zone.ask", "zone", s.Zone)}}},
			Menu{Action: "zone:" + s.ID, Placeholder: r.l.say("zone.menu"), Choices: zoneChoices(r.l, r.now)})
	}
	blocks = append(blocks, Buttons{Buttons: []Button{
		{Label: r.l.say("button.change"), Action: "change:" + s.ID},
		{Label: r.l.say("button.pause"), Action: "pause:" + s.ID},
		{Label: r.l.say("button.unsubscribe"), Action: "unsubscribe:" + s.ID, Style: Danger},
	}})
	return private(blocks...)
}

func (b *Bot) subscriptionsFull(ctx context.Context, r *request, here int) (Reply, bool, error) {
	if here >= b.o.Limits.ChannelSubscriptions {
		return r.say("limit.channel", "n", b.o.Limits.ChannelSubscriptions), true, nil
	}
	all, err := b.o.Store.Subscriptions(ctx, r.place().workspace())
	if err != nil {
		return Reply{}, false, err
	}
	// Discord's direct messages belong to no workspace, so an empty one matches
	// everything there is; a person's own are bounded by the limit above.
	if r.place().Workspace != "" && len(all) >= b.o.Limits.WorkspaceSubscriptions {
		return r.say("limit.workspace", "n", b.o.Limits.WorkspaceSubscriptions), true, nil
	}
	return Reply{}, false, nil
}

// zoneChoices fills a menu: at most 25, each with its hour now.
func zoneChoices(l Lang, now time.Time) []Choice {
	var choices []Choice
	for _, z := range knownZones[:24] {
		loc, err := loadZone(z)
		if err != nil {
			continue
		}
		choices = append(choices, Choice{Label: strings.ReplaceAll(z, "_", " ") + " · " + now.In(loc).Format("15:04"), Value: z})
	}
	return choices
}

func (b *Bot) what(l Lang, s Subscription) string { return s.Title(l, b.o.Topics) }

// Title is what a subscription wants: its topics, or all there are, and its
// query.
func (s Subscription) Title(l Lang, all []string) string {
	topics := s.Topics
	if len(topics) == 0 && s.Query == "" {
		topics = all
	}
	var parts []string
	for _, t := range topics {
		parts = append(parts, l.Topic(t))
	}
	title := l.List(parts)
	switch {
	case title == "":
		return s.Query
	case s.Query != "":
		return title + " · " + s.Query
	}
	return title
}

// describe is a subscription in one line: what, when, how long.
func (b *Bot) describe(l Lang, s Subscription) []Span {
	loc, err := loadZone(s.Zone)
	if err != nil {
		loc = nil
	}
	when := s.Hour + " " + s.Zone
	if loc != nil && !s.Next.IsZero() {
		when = s.Hour + " " + zoneName(s.Next.In(loc)) + " (" + s.Zone + ")"
	}
	n := cmp.Or(s.Length, b.o.Length)
	line := " · " + l.say("subscription.when", "days", l.days(s.Days), "hour", when) + " · " + l.say("subscription.length", "n", n)
	if l != Lang(s.Lang) && s.Lang != "" {
		line += " · " + Lang(s.Lang).String()
	}
	return []Span{{Text: b.what(l, s), Style: Bold}, {Text: line}}
}

// subscriptions lists those of the channel, and a person's own.
func (b *Bot) subscriptions(ctx context.Context, r *request) (Reply, error) {
	list, err := b.o.Store.Subscriptions(ctx, r.place())
	if err != nil {
		return Reply{}, err
	}
	if !r.Direct {
		own, err := b.o.Store.Subscriptions(ctx, personal(r.By))
		if err != nil {
			return Reply{}, err
		}
		list = append(list, own...)
	}
	if len(list) == 0 {
		reply := r.say("subscriptions.none")
		reply.Message.Blocks = append(reply.Message.Blocks, Buttons{Buttons: []Button{{Label: r.l.say("button.subscribe"), Action: "subscribe", Style: Primary}}})
		return reply, nil
	}
	blocks := []Block{Heading{Text: r.l.say("subscriptions.title")}}
	for _, s := range list {
		spans := b.describe(r.l, s)
		if s.At.IsPersonal() {
			spans = append(spans, Span{Text: " · " + r.l.say("subscription.direct")})
		}
		note := s.ID
		loc, err := loadZone(s.Zone)
		switch {
		case s.Paused != "":
			note += " · " + r.l.say("subscription.paused", "why", r.l.reason(s.Paused))
		case err == nil:
			note += " · " + r.l.say("edition.next", "when", r.l.next(s.Next.In(loc), r.now))
		}
		if s.Number > 0 {
			note += " · " + r.l.say("subscription.last", "n", s.Number)
		}
		toggle := Button{Label: r.l.say("button.pause"), Action: "pause:" + s.ID}
		if s.Paused != "" {
			toggle = Button{Label: r.l.say("button.resume"), Action: "resume:" + s.ID}
		}
		blocks = append(blocks, Text{Spans: spans}, Note{Spans: []Span{{Text: note}}})
		if r.Manages || r.Direct || s.At == personal(r.By) {
			blocks = append(blocks, Buttons{Buttons: []Button{
				{Label: r.l.say("button.change"), Action: "change:" + s.ID}, toggle,
				{Label: r.l.say("button.unsubscribe"), Action: "unsubscribe:" + s.ID, Style: Danger},
			}})
		}
	}
	return private(blocks...), nil
}

// reason is a pause's reason in the language, when it is one of ours.
func (l Lang) reason(why string) string {
	if _, ok := texts["why."+why]; ok {
		return l.say("why." + why)
	}
	return why
}

// own finds a subscription that r may manage. Those of other workspaces do not
// exist for it.
func (b *Bot) own(ctx context.Context, r *request, id string) (Subscription, *Reply, error) {
	s, err := b.o.Store.Subscription(ctx, strings.TrimSpace(id))
	if errors.Is(err, ErrNotFound) || err == nil && s.At != personal(r.By) && s.At.workspace() != r.At.workspace() {
		reply := r.say("subscription.unknown", "id", Cut(OneLine(id), 30))
		return s, &reply, nil
	}
	if err != nil {
		return s, nil, err
	}
	if s.At != personal(r.By) && s.At != r.place() {
		reply := r.say("subscription.elsewhere")
		return s, &reply, nil
	}
	return s, nil, nil
}

// changeSubscription ends, pauses or resumes one; without an id the only one
// of the channel, or the one chosen from a menu.
func (b *Bot) changeSubscription(ctx context.Context, r *request, verb, id string) (Reply, error) {
	if strings.TrimSpace(id) == "" {
		list, err := b.o.Store.Subscriptions(ctx, r.place())
		if err != nil {
			return Reply{}, err
		}
		switch len(list) {
		case 0:
			return r.say("subscriptions.none"), nil
		case 1:
			id = list[0].ID
		default:
			m := Menu{Action: verb, Placeholder: r.l.say("subscriptions.which")}
			for _, s := range list[:min(len(list), 25)] {
				m.Choices = append(m.Choices, Choice{Label: Cut(OneLine(joinSpans(b.describe(r.l, s))), 75), Value: s.ID})
			}
			return private(Text{Spans: []Span{{Text: r.l.say("subscriptions.which")}}}, m), nil
		}
	}
	s, reply, err := b.own(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	switch verb {
	case "unsubscribe":
		if err := b.o.Store.DeleteSubscription(ctx, s.ID); err != nil {
			return Reply{}, err
		}
		b.o.Log.Info("subscription ended", "subscription", s.ID, "channel", s.At.Channel, "platform", s.At.Platform)
		return r.say("unsubscribe.done", "what", b.what(r.l, s)), nil
	case "pause":
		s.Paused = "by hand"
		if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
			return Reply{}, err
		}
		b.o.Log.Info("subscription paused", "subscription", s.ID, "reason", s.Paused)
		out := r.say("pause.done", "what", b.what(r.l, s))
		out.Message.Blocks = append(out.Message.Blocks, Buttons{Buttons: []Button{{Label: r.l.say("button.resume"), Action: "resume:" + s.ID, Style: Primary}}})
		return out, nil
	}
	return b.resume(ctx, r, s)
}

func (b *Bot) resume(ctx context.Context, r *request, s Subscription) (Reply, error) {
	var err error
	s.Paused = ""
	if s.Next, err = NextDue(r.now, s.Hour, s.Zone, s.Days); err != nil {
		return Reply{}, err
	}
	if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
		return Reply{}, err
	}
	b.o.Log.Info("subscription resumed", "subscription", s.ID, "next", s.Next)
	return b.subscribed(r, s, "resume.done", false), nil
}

func orZero(r *Reply) Reply {
	if r == nil {
		return Reply{}
	}
	return *r
}

// chooseZone takes the zone chosen in the menu of a subscription, and keeps it
// as the person's.
func (b *Bot) chooseZone(ctx context.Context, r *request, id string) (Reply, error) {
	zone, err := zoneArg(r.value())
	if err != nil {
		return Reply{}, err
	}
	s, reply, err := b.own(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	s.Zone = zone
	if s.Next, err = NextDue(r.now, s.Hour, s.Zone, s.Days); err != nil {
		return Reply{}, err
	}
	if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
		return Reply{}, err
	}
	if r.person.Zone == "" {
		r.person.Zone = zone
		if err := b.o.Store.SaveSettings(ctx, r.person); err != nil {
			return Reply{}, err
		}
	}
	out := b.subscribed(r, s, "subscribe.changed", false)
	out.Replace = true
	return out, nil
}

// subscribeButton opens the form, or subscribes as most people do.
func (b *Bot) subscribeButton(ctx context.Context, r *request) (Reply, error) {
	if r.CanForm {
		return b.subscribeForm(r), nil
	}
	return b.subscribe(ctx, r)
}

func (b *Bot) subscribeForm(r *request) Reply {
	return Reply{Form: scheduleForm(r, "form.subscribe", r.l.say("form.subscribe.title"), "", Subscription{Hour: defaultHour, Zone: r.zone, Length: b.o.Length}, b.o.Topics)}
}

func scheduleForm(r *request, action, title, what string, s Subscription, topics []string) *Form {
	l := r.l
	days := "daily"
	if s.Days != 0 {
		days = English.days(s.Days)
	}
	return &Form{Action: action, Title: Cut(title, 24), Submit: Cut(l.say("form.save"), 24), Fields: []Field{
		{Name: "what", Label: l.say("form.what"), Hint: l.say("form.what.hint", "topics", strings.Join(topics, ", ")), Value: what, Optional: true},
		{Name: "at", Label: l.say("form.hour"), Hint: "08:00", Value: s.Hour},
		{Name: "zone", Label: l.say("form.zone"), Hint: "Asia/Seoul", Value: s.Zone},
		{Name: "days", Label: l.say("form.days"), Hint: "daily, weekdays, mon-fri, sat", Value: days, Optional: true},
		{Name: "n", Label: l.say("form.length", "n", maxLength), Value: group(s.Length), Optional: true},
	}}
}

func (b *Bot) changeButton(ctx context.Context, r *request, id string) (Reply, error) {
	s, reply, err := b.own(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	if !r.CanForm {
		return r.say("change.how"), nil
	}
	what := strings.Join(append(slices.Clone(s.Topics), s.Query), " ")
	s.Length = cmp.Or(s.Length, b.o.Length)
	return Reply{Form: scheduleForm(r, "form.change:"+s.ID, r.l.say("form.change.title"), strings.TrimSpace(what), s, b.o.Topics)}, nil
}

// changeSchedule takes a filled-in form for a subscription that there is.
func (b *Bot) changeSchedule(ctx context.Context, r *request, id string) (Reply, error) {
	s, reply, err := b.own(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	if what, given := r.args["what"]; given {
		if s.Topics, s.Query, err = b.parseWhat(what); err != nil {
			return Reply{}, err
		}
	}
	if err := b.schedule(&s, r.args); err != nil {
		return Reply{}, err
	}
	if s.Next, err = NextDue(r.now, s.Hour, s.Zone, s.Days); err != nil {
		return Reply{}, err
	}
	if err := b.o.Store.SaveSubscription(ctx, s); err != nil {
		return Reply{}, err
	}
	b.o.Log.Info("subscription saved", "subscription", s.ID, "channel", s.At.Channel, "platform", s.At.Platform, "new", false, "next", s.Next)
	return b.subscribed(r, s, "subscribe.changed", false), nil
}
