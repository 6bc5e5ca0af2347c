// Package bot decides who is told what, and when: subscriptions and their
// editions, commands, alerts, settings, and the outbox through which all of it
// leaves. It knows no platform; [Platform] is what it asks of one.
//
// A channel subscribes to topics or a query. At its hour [Bot.MakeEdition]
// composes a digest of the stories that changed since its last edition and
// puts the messages into the outbox; [Bot.Deliver] sends them, each once.
// Articles that are read go through [Bot.Alert], which tells people whose
// queries they match, and, when they changed, through [Bot.Updated], which
// mends what was posted. What people type and press comes to [Bot.Handle].
//
//	commands.go   the commands, as data; parse.go reads them from text, suggest.go completes them
//	subscribe.go  subscriptions; schedule.go says when they are due
//	edition.go    digests made and numbered; tell.go puts them into messages
//	lookup.go     latest, story, an edition's buttons; find.go search, quotes, speaker; why.go why
//	alert.go      matching and telling; passage.go the matched words; watch.go the commands about alerts
//	update.go     posted messages mended
//	deliver.go    the outbox
//	sources.go    the feeds
//	settings.go   what is kept about a person; welcome.go joining and leaving
//	language.go   texts.txt, dates and numbers in four languages
//	clean.go      feed text made harmless, for every message; link.go links to the very words
//	adapter.go    what adapters share: work under way, signed requests served, things remembered
//
// A [Bot] starts no goroutine and keeps nothing but a cache of the alerts'
// queries; all state is in the [Store]. [Inbox] starts one for each thing that
// people do, [Serve] one for its server; both wait for them.
package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"hanwire/digest"
	"hanwire/feeds"
)

// Options are what New needs. Store and Reader must be set.
type Options struct {
	Store     Store
	Reader    *digest.Reader
	Topics    []string // names a subscription may choose from; [DefaultTopics] when empty
	Platforms []Platform
	Log       *slog.Logger
	Now       func() time.Time // time.Now when nil
	WebURL    string           // of the reading room; empty when it is off
	Limits    Limits

	// Retell has a model say a story's summary in other words, and its headline
	// in lang; the story stays as it is when that fails. Nil means that no
	// model is asked.
	Retell func(ctx context.Context, s *digest.Story, lang string)
	Length int    // stories in full of an edition that says nothing else; 8 when zero
	Zone   string // of people and channels that chose and tell none; UTC when empty
	Lang   string // the same for the language; English when empty

	// Discover finds the feed at or behind a URL that somebody typed, and tries
	// it. Its errors are shown. Nil means that feeds are not added from chat.
	Discover func(ctx context.Context, url string) (feeds.Feed, error)
}

// DefaultTopics are what Hanwire is for.
var DefaultTopics = []string{"korea", "north-korea", "china"}

// Limits keep one person or workspace from using up what is there for all. A
// zero field means its default.
type Limits struct {
	ChannelSubscriptions   int // 5
	WorkspaceSubscriptions int // 100
	PersonAlerts           int // 25
	WorkspaceAlerts        int // 2,000
	WorkspaceFeeds         int // 50
	AlertsPerHour          int // to one person; 12. What is over comes as one summary
}

func (l Limits) withDefaults() Limits {
	for _, d := range [...]struct {
		field *int
		value int
	}{
		{&l.ChannelSubscriptions, 5}, {&l.WorkspaceSubscriptions, 100}, {&l.PersonAlerts, 25},
		{&l.WorkspaceAlerts, 2000}, {&l.WorkspaceFeeds, 50}, {&l.AlertsPerHour, 12},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// Bot answers commands and makes editions. It is safe for concurrent use.
type Bot struct {
	o         Options
	platforms map[string]Platform

	watched watched
	alerts  sync.Mutex // held while an alert is read, changed and saved
}

var _ Handler = (*Bot)(nil)

// New returns a bot.
func New(o Options) (*Bot, error) {
	if o.Store == nil {
		return nil, errors.New("bot: no store")
	}
	if o.Reader == nil {
		return nil, errors.New("bot: no reader")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.Topics) == 0 {
		o.Topics = DefaultTopics
	}
	o.Limits = o.Limits.withDefaults()
	o.Length = cmp.Or(o.Length, defaultLength)
	o.Zone = cmp.Or(o.Zone, "UTC")
	if _, err := loadZone(o.Zone); err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	b := &Bot{o: o, platforms: map[string]Platform{}}
	for _, p := range o.Platforms {
		if b.platforms[p.Name()] != nil {
			return nil, fmt.Errorf("bot: two platforms named %s", p.Name())
		}
		b.platforms[p.Name()] = p
	}
	return b, nil
}

// request is a command with what is known about who gave it.
type request struct {
	Command
	args   map[string]string
	l      Lang
	person Settings
	zone   string // the person's, or the best guess
	asked  bool   // the zone is known, not guessed
	loc    *time.Location
	now    time.Time
	web    string // the reading room's address
}

// Handle implements [Handler].
func (b *Bot) Handle(ctx context.Context, c Command) (Reply, error) {
	if c.ID != "" {
		fresh, err := b.o.Store.Seen(ctx, c.By.Platform+"/"+c.ID)
		if err != nil || !fresh {
			return Reply{}, err
		}
	}
	r, err := b.request(ctx, c)
	if err != nil {
		return Reply{}, err
	}
	reply, err := b.answer(ctx, r)
	if usage, ok := errors.AsType[*UsageError](err); ok {
		reply, err = usageReply(r, usage), nil
	}
	if err != nil {
		return Reply{}, err
	}
	if c.Event == "" {
		if err := b.noteClosed(ctx, r, &reply); err != nil {
			return Reply{}, err
		}
	}
	return reply.cleaned(), nil
}

func (r Reply) cleaned() Reply {
	if r.Message != nil {
		m := r.Message.cleaned()
		r.Message = &m
	}
	if r.Home != nil {
		m := r.Home.cleaned()
		r.Home = &m
	}
	if r.Form != nil {
		f := r.Form.cleaned()
		r.Form = &f
	}
	return r
}

func (b *Bot) request(ctx context.Context, c Command) (*request, error) {
	r := &request{Command: c, args: c.Args, now: b.o.Now(), web: b.o.WebURL, l: LangOf(cmp.Or(c.Locale, b.o.Lang))}
	if r.args == nil {
		r.args = map[string]string{}
	}
	if c.By.User != "" {
		var err error
		if r.person, err = b.o.Store.Settings(ctx, c.By); err != nil {
			return nil, err
		}
	}
	if r.person.Lang != "" {
		r.l = LangOf(r.person.Lang)
	}
	r.zone, r.asked = b.zoneOf(r.person.Zone, c.Zone, c.Locale)
	r.loc, _ = loadZone(r.zone)
	return r, nil
}

// zoneOf takes the first zone that is known, or guesses by the locale.
func (b *Bot) zoneOf(chosen, told, locale string) (zone string, known bool) {
	for _, z := range [...]string{chosen, told} {
		if _, err := loadZone(z); err == nil {
			return z, true
		}
	}
	switch l := strings.ToLower(strings.ReplaceAll(locale, "_", "-")); {
	case strings.HasPrefix(l, "ko"):
		return "Asia/Seoul", false
	case l == "zh-tw":
		return "Asia/Taipei", false
	case l == "zh-hk":
		return "Asia/Hong_Kong", false
	case strings.HasPrefix(l, "zh"):
		return "Asia/Shanghai", false
	case strings.HasPrefix(l, "ja"):
		return "Asia/Tokyo", false
	}
	return b.o.Zone, false
}

// place is where the person speaks: the channel, or themselves.
func (r *request) place() Place {
	if r.Direct {
		return personal(r.By)
	}
	return r.At
}

// personal is the place that stands for direct messages to p.
func personal(p Person) Place {
	return Place{Platform: p.Platform, Workspace: p.Workspace, Channel: "@" + p.User}
}

// IsPersonal reports whether a place stands for direct messages.
func (p Place) IsPersonal() bool { return strings.HasPrefix(p.Channel, "@") }

// workspace is the place without its channel.
func (p Place) workspace() Place { return Place{Platform: p.Platform, Workspace: p.Workspace} }

func (b *Bot) answer(ctx context.Context, r *request) (Reply, error) {
	switch {
	case r.Event != "":
		return b.happened(ctx, r)
	case r.Action != "":
		return b.pressed(ctx, r)
	case r.Name == "":
		name, args, err := ParseText(r.Text)
		if err != nil {
			return Reply{}, err
		}
		r.Name, r.args = name, args
	}
	spec := commandNamed(strings.ToLower(r.Name))
	if spec == nil {
		e := usageError("", "err.unknown", "word", Cut(OneLine(r.Name), 40))
		e.Nearest = nearestCommand(strings.ToLower(r.Name))
		return Reply{}, e
	}
	r.Name = spec.Name
	for _, o := range spec.Options {
		if o.Required && strings.TrimSpace(r.args[o.Name]) == "" {
			return Reply{}, usageError(spec.Name, "err.missing", "option", o.usage())
		}
	}
	if spec.Who == Manager && !r.Manages && !r.Direct {
		return r.say("err.manager"), nil
	}
	reply, err := b.command(ctx, r)
	if usage, ok := errors.AsType[*UsageError](err); ok && usage.Command == "" {
		usage.Command = spec.Name
	}
	return reply, err
}

func (b *Bot) command(ctx context.Context, r *request) (Reply, error) {
	switch r.Name {
	case "latest":
		return b.latest(ctx, r, r.args["topic"])
	case "story":
		return b.story(ctx, r, r.args["id"])
	case "search":
		return b.searchCommand(ctx, r)
	case "quotes":
		return b.quotesCommand(ctx, r)
	case "speaker":
		return b.speaker(ctx, r, r.args["name"])
	case "subscribe":
		return b.subscribe(ctx, r)
	case "subscriptions":
		return b.subscriptions(ctx, r)
	case "unsubscribe", "pause", "resume":
		return b.changeSubscription(ctx, r, r.Name, r.args["id"])
	case "alert add":
		return b.addAlert(ctx, r, r.args["query"], r.args["frequency"])
	case "alert list":
		return b.listAlerts(ctx, r)
	case "alert remove":
		return b.removeAlert(ctx, r, r.args["id"])
	case "alert test":
		return b.testAlert(ctx, r, r.args["query"])
	case "alert snooze":
		return b.snoozeAlert(ctx, r, r.args["id"], r.args["hours"])
	case "feeds list":
		return b.listFeeds(ctx, r, false)
	case "feeds status":
		return b.listFeeds(ctx, r, true)
	case "feeds add":
		return b.addFeed(ctx, r, r.args["url"])
	case "feeds remove":
		return b.removeFeed(ctx, r, r.args["id"])
	case "settings":
		return b.settings(ctx, r)
	case "why":
		return b.why(ctx, r, r.args["url"])
	case "forget me":
		return b.forget(ctx, r)
	}
	return help(r, r.args["command"]), nil
}

// pressed answers a button, a menu or a form. An action is a verb and what it
// is about, set apart by colons; unknown ones come from messages of long ago.
func (b *Bot) pressed(ctx context.Context, r *request) (Reply, error) {
	verb, arg, _ := strings.Cut(r.Action, ":")
	if managing[verb] && !r.Manages && !r.Direct {
		return r.say("err.manager"), nil
	}
	switch verb {
	case "now":
		return b.latest(ctx, r, "")
	case "story":
		return b.story(ctx, r, arg)
	case "open":
		return b.story(ctx, r, r.value())
	case "quotes":
		id, page := cutPage(arg)
		return b.storyQuotes(ctx, r, id, page)
	case "more":
		id, page := cutPage(arg)
		return b.moreOfEdition(ctx, r, id, page)
	case "equotes":
		id, page := cutPage(arg)
		return b.quotesOfEdition(ctx, r, id, page)
	case "share":
		return b.share(ctx, r, arg)
	case "mute", "wrong":
		return b.muteStory(ctx, r, verb, arg)
	case "s":
		page, q, _ := strings.Cut(arg, ":")
		return b.search(ctx, r, q, pageOf(page))
	case "q":
		page, q, _ := strings.Cut(arg, ":")
		return b.quotes(ctx, r, q, pageOf(page), false)
	case "c":
		page, q, _ := strings.Cut(arg, ":")
		return b.quotes(ctx, r, q, pageOf(page), true)
	case "f", "h":
		r.args = map[string]string{"page": arg}
		return b.listFeeds(ctx, r, verb == "h")
	case "subscribe":
		return b.subscribeButton(ctx, r)
	case "form.subscribe":
		r.args = r.Fields
		return b.subscribe(ctx, r)
	case "form.change":
		r.args = r.Fields
		return b.changeSchedule(ctx, r, arg)
	case "change":
		return b.changeButton(ctx, r, arg)
	case "unsubscribe", "pause", "resume":
		if arg == "" {
			arg = r.value()
		}
		return b.changeSubscription(ctx, r, verb, arg)
	case "zone":
		return b.chooseZone(ctx, r, arg)
	case "myzone":
		r.args = map[string]string{"zone": r.value()}
		return b.settings(ctx, r)
	case "alert":
		return alertForm(r, "form.alert", r.l.say("form.alert.title"), ""), nil
	case "form.alert":
		return b.addAlert(ctx, r, r.Fields["query"], r.Fields["frequency"])
	case "form.narrow":
		return b.narrowAlert(ctx, r, arg, r.Fields["query"], r.Fields["frequency"])
	case "a.mute":
		return b.snoozeAlert(ctx, r, arg, "24")
	case "a.wake":
		return b.wakeAlert(ctx, r, arg)
	case "a.narrow":
		return b.narrowButton(ctx, r, arg)
	case "a.wrong":
		id, story, _ := strings.Cut(arg, ":")
		return b.excludeStory(ctx, r, id, story)
	case "a.remove":
		return b.removeAlert(ctx, r, arg)
	case "a.save":
		id, frequency, _ := strings.Cut(arg, ":")
		return b.confirmAlert(ctx, r, id, frequency)
	case "a.test":
		return b.testAlert(ctx, r, arg)
	case "dm.retry":
		return b.retryDirect(ctx, r)
	case "settings":
		return settingsForm(r), nil
	case "form.settings":
		r.args = r.Fields
		return b.settings(ctx, r)
	case "help":
		return help(r, arg), nil
	}
	return r.say("err.old"), nil
}

// managing are the verbs that change what a channel hears of.
var managing = map[string]bool{
	"subscribe": true, "form.subscribe": true, "form.change": true, "change": true, "unsubscribe": true, "pause": true,
	"resume": true, "zone": true, "mute": true, "wrong": true, "share": false,
}

// value is what was chosen in a menu.
func (r *request) value() string {
	if len(r.Values) == 0 {
		return ""
	}
	return r.Values[0]
}

// say is a reply of one paragraph to the person alone.
func (r *request) say(key string, args ...any) Reply {
	return private(Text{Spans: []Span{{Text: r.l.say(key, args...)}}})
}

func private(blocks ...Block) Reply {
	return Reply{Message: &Message{Private: true, Blocks: blocks}}
}

// usageReply says what is wrong with a command and how it is meant.
func usageReply(r *request, e *UsageError) Reply {
	spans := []Span{{Text: r.l.say(e.key, e.args...)}}
	for _, a := range e.args {
		if q, ok := a.(pointed); ok {
			spans = append(spans, Span{Text: "\n"}, Span{Text: q.before, Style: Code}, Span{Text: " ▸ ", Style: Bold})
			if q.after != "" {
				spans = append(spans, Span{Text: q.after, Style: Code})
			}
		}
	}
	if e.Nearest != "" {
		spans = append(spans, Span{Text: " " + r.l.say("err.nearest") + " "}, Span{Text: "/hanwire " + e.Nearest, Style: Code})
	}
	blocks := []Block{Text{Spans: spans}}
	name := e.Command
	if name == "" {
		name = e.Nearest
	}
	if spec := commandNamed(name); spec != nil {
		note := []Span{{Text: r.l.say("help.usage") + " "}, {Text: "/hanwire " + spec.Usage(), Style: Code}}
		for i, x := range spec.Examples {
			lead := " · "
			if i == 0 {
				lead = "\n" + r.l.say("help.example") + " "
			}
			note = append(note, Span{Text: lead}, Span{Text: "/hanwire " + x, Style: Code})
		}
		blocks = append(blocks, Note{Spans: note})
	} else {
		blocks = append(blocks, Note{Spans: []Span{{Text: r.l.say("help.hint") + " "}, {Text: "/hanwire help", Style: Code}}})
	}
	return private(blocks...)
}

// help lists the commands, or explains one.
func help(r *request, name string) Reply {
	name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "/"))
	if spec := commandNamed(name); spec != nil && name != "" {
		spans := []Span{{Text: "/hanwire " + spec.Usage(), Style: Code}, {Text: "\n" + spec.SummaryIn(r.l)}}
		if spec.Who == Manager {
			spans = append(spans, Span{Text: "\n" + r.l.say("help.manager"), Style: Italic})
		}
		for _, o := range spec.Options {
			spans = append(spans, Span{Text: "\n• "}, Span{Text: o.usage(), Style: Code}, Span{Text: " " + spec.HelpIn(r.l, o.Name)})
		}
		note := []Span{{Text: r.l.say("help.example")}}
		for _, x := range spec.Examples {
			note = append(note, Span{Text: "\n"}, Span{Text: "/hanwire " + x, Style: Code})
		}
		return private(Text{Spans: spans}, Note{Spans: note})
	}
	spans := make([]Span, 0, 3*len(Commands))
	for i, c := range Commands {
		open := "\n"
		if i == 0 {
			open = ""
		}
		spans = append(spans, Span{Text: open}, Span{Text: c.Usage(), Style: Code}, Span{Text: " — " + c.SummaryIn(r.l)})
	}
	return private(
		Heading{Text: r.l.say("help.title")},
		Text{Spans: []Span{{Text: r.l.say("help.intro")}}},
		Text{Spans: spans},
		Note{Spans: []Span{{Text: r.l.say("help.query") + " "}, {Text: `"rare earths" OR tariff -soccer speaker:"Wang Yi" outlet:haneul lang:ko since:7d`, Style: Code}}},
	)
}

// newID makes a short id out of what the record is made of, so that a command
// given twice in one moment makes one record.
func newID(kind string, parts ...any) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return kind + strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:9]
}
