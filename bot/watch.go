package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hanwire/digest"
	"hanwire/digest/query"
)

const (
	dryRunDays     = 30
	dryRunExamples = 3
	floodPerDay    = 10 // matches a day over which an immediate alert is asked about before it is kept
	dryRunArticles = 50_000
	maxSnooze      = 24 * 90 // hours
)

// dryRun is what an alert would have sent.
type dryRun struct {
	stories  int
	articles int
	read     int // articles looked at
	examples []example
	words    map[string]int // rules, by how many stories each matched
}

type example struct {
	reading digest.Reading
	story   string
	match   query.Match
}

// try runs a query over the last 30 days, as the place would have seen them.
func (b *Bot) try(ctx context.Context, at Place, q query.Query, now time.Time) (dryRun, error) {
	d := dryRun{words: map[string]int{}}
	seen := map[string]bool{}
	matcher := q.Matcher(now)
	err := b.o.Store.Readings(ctx, now.Add(-dryRunDays*24*time.Hour), func(story string, r digest.Reading) bool {
		d.read++
		m, ok := matcher.Match(r.Searchable())
		if !ok {
			return d.read < dryRunArticles
		}
		d.articles++
		if !seen[story] {
			seen[story] = true
			d.stories++
			d.words[m.Rule]++
			d.examples = append(d.examples, example{r, story, m})
			if len(d.examples) > 4*dryRunExamples { // the newest are shown
				d.examples = slices.Delete(d.examples, 0, len(d.examples)-4*dryRunExamples)
			}
		}
		return d.read < dryRunArticles
	})
	if err != nil {
		return d, err
	}
	slices.Reverse(d.examples)
	var shown []example
	for _, x := range d.examples {
		if len(shown) == dryRunExamples {
			break
		}
		record, err := b.find(ctx, at, x.story)
		if err != nil {
			return d, err
		}
		if record != nil && readingOf(*record, x.reading.ID) != nil {
			shown = append(shown, x)
		}
	}
	d.examples = shown
	return d, nil
}

// dryRunBlocks say how often an alert would have come, with examples, and how
// to narrow it when that is often.
func dryRunBlocks(r *request, d dryRun) []Block {
	spans := []Span{{Text: r.l.say("try.count", "n", d.stories, "days", dryRunDays)}}
	if d.stories == 0 {
		spans = append(spans, Span{Text: " " + r.l.say("try.none")})
	}
	blocks := []Block{Text{Spans: spans}}
	for _, x := range d.examples {
		c := Card{Title: Cut(OneLine(x.reading.Title), maxHeadline), URL: x.reading.URL, Meta: outletOf(r.l, &x.reading)}
		if !x.reading.Published.IsZero() {
			c.Meta += " · " + r.l.Moment(x.reading.Published.In(r.loc), r.now)
		}
		if p := passages(x.reading.Text, x.match.Text); len(p) > 0 {
			c.Body = p
		}
		blocks = append(blocks, c)
	}
	if d.stories > dryRunDays {
		note := []Span{{Text: r.l.say("try.narrow") + " "}}
		if word, n := d.commonest(); n*10 >= d.stories*6 && len(d.words) > 1 {
			note = append(note, Span{Text: r.l.say("try.commonest", "n", n) + " "}, Span{Text: word, Style: Code})
		}
		blocks = append(blocks, Note{Spans: note})
	}
	return blocks
}

// commonest is the rule that brought most stories.
func (d dryRun) commonest() (string, int) {
	best, most := "", 0
	for word, n := range d.words {
		if n > most || n == most && word < best {
			best, most = word, n
		}
	}
	return best, most
}

// addAlert tries a query, keeps it as an alert and says how often it would have
// come. One that would flood its owner is kept as a draft until they choose.
func (b *Bot) addAlert(ctx context.Context, r *request, text, frequency string) (Reply, error) {
	q, err := parseQuery(text)
	if err != nil {
		return Reply{}, err
	}
	canonical := q.String()
	if canonical == "" {
		return Reply{}, usageError("alert add", "err.missing", "option", "QUERY")
	}
	f, err := frequencyArg(frequency)
	if err != nil {
		return Reply{}, err
	}
	mine, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return Reply{}, err
	}
	for _, a := range mine {
		if a.Query == canonical && a.Frequency != Draft {
			if f == "" || f == a.Frequency {
				return r.say("alert.known", "query", canonical, "id", a.ID), nil
			}
			return b.confirmAlert(ctx, r, a.ID, string(f))
		}
	}
	if len(mine) >= b.o.Limits.PersonAlerts {
		return r.say("limit.alerts", "n", b.o.Limits.PersonAlerts), nil
	}
	if full, err := b.alertsFull(ctx, r); full || err != nil {
		return r.say("limit.workspacealerts", "n", b.o.Limits.WorkspaceAlerts), err
	}
	d, err := b.try(ctx, r.By.place(), q, r.now)
	if err != nil {
		return Reply{}, err
	}
	a := Alert{ID: newID("a", r.By, canonical, r.now.UnixNano()), Owner: r.By, Query: canonical, Frequency: f, Lang: string(r.l), Created: r.now}
	if f == "" {
		if a.Frequency = Immediate; d.stories > floodPerDay*dryRunDays {
			a.Frequency = Draft
		}
	}
	if a.Frequency == Draft {
		if err := b.o.Store.SaveAlert(ctx, a, nil); err != nil {
			return Reply{}, err
		}
		blocks := append([]Block{Text{Spans: []Span{{Text: r.l.say("alert.ask") + " "}, {Text: canonical, Style: Code}}}}, dryRunBlocks(r, d)...)
		return private(append(blocks, Buttons{Buttons: []Button{
			{Label: r.l.say("frequency.daily"), Action: "a.save:" + a.ID + ":daily", Style: Primary},
			{Label: r.l.say("frequency.hourly"), Action: "a.save:" + a.ID + ":hourly"},
			{Label: r.l.say("frequency.immediate"), Action: "a.save:" + a.ID + ":immediate"},
			{Label: r.l.say("button.narrow"), Action: "a.narrow:" + a.ID},
			{Label: r.l.say("button.discard"), Action: "a.remove:" + a.ID, Style: Danger},
		}})...), nil
	}
	if err := b.keepAlert(ctx, r, a, len(mine) == 0); err != nil {
		return Reply{}, err
	}
	if err := b.keepZone(ctx, r); err != nil {
		return Reply{}, err
	}
	return b.alertKept(r, a, "alert.done", dryRunBlocks(r, d)), nil
}

// keepZone remembers the zone that the platform tells of a person, as alerts
// come when nobody is there to tell it.
func (b *Bot) keepZone(ctx context.Context, r *request) error {
	if r.person.Zone != "" || !r.asked {
		return nil
	}
	r.person.Zone = r.zone
	return b.o.Store.SaveSettings(ctx, r.person)
}

// keepAlert saves an alert; the first of a person comes with a direct message,
// which shows where alerts arrive and whether they can.
func (b *Bot) keepAlert(ctx context.Context, r *request, a Alert, first bool) error {
	var out []Outgoing
	if first && a.Frequency != Draft {
		m := Message{Blocks: []Block{Text{Spans: []Span{{Text: r.l.say("alert.hello") + " "}, {Text: a.Query, Style: Code}}}}}
		out = append(out, direct("alert/"+a.ID+"/hello", a.Owner, m.cleaned()))
	}
	if err := b.o.Store.SaveAlert(ctx, a, out); err != nil {
		return err
	}
	b.o.Log.Info("alert saved", "alert", a.ID, "frequency", a.Frequency)
	return nil
}

func (b *Bot) alertKept(r *request, a Alert, key string, more []Block) Reply {
	blocks := []Block{
		Text{Spans: []Span{{Text: r.l.say(key) + " "}, {Text: a.Query, Style: Code}, {Text: " · " + r.l.say("frequency."+string(a.Frequency))}}},
	}
	blocks = append(blocks, more...)
	var row []Button
	for _, f := range [...]Frequency{Immediate, Hourly, Daily} {
		if f != a.Frequency {
			row = append(row, Button{Label: r.l.say("frequency." + string(f)), Action: "a.save:" + a.ID + ":" + string(f)})
		}
	}
	row = append(row, Button{Label: r.l.say("button.narrow"), Action: "a.narrow:" + a.ID}, Button{Label: r.l.say("button.remove"), Action: "a.remove:" + a.ID, Style: Danger})
	return private(append(blocks, Note{Spans: []Span{{Text: a.ID}}}, Buttons{Buttons: row})...)
}

func (b *Bot) alertsFull(ctx context.Context, r *request) (bool, error) {
	if r.By.Workspace == "" {
		return false, nil
	}
	all, err := b.o.Store.AllAlerts(ctx)
	if err != nil {
		return false, err
	}
	n := 0
	for _, a := range all {
		if a.Owner.Platform == r.By.Platform && a.Owner.Workspace == r.By.Workspace {
			n++
		}
	}
	return n >= b.o.Limits.WorkspaceAlerts, nil
}

func frequencyArg(s string) (Frequency, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return "", nil
	}
	if v, ok := commandNamed("alert add").Options[1].choice(s); ok {
		return Frequency(v), nil
	}
	return "", usageError("alert add", "err.frequency", "value", Cut(OneLine(s), 20))
}

// mine finds an alert of the person. Those of others do not exist for them.
func (b *Bot) mine(ctx context.Context, r *request, id string) (Alert, *Reply, error) {
	a, err := b.o.Store.Alert(ctx, strings.TrimSpace(id))
	if errors.Is(err, ErrNotFound) || err == nil && a.Owner != r.By {
		reply := r.say("alert.unknown", "id", Cut(OneLine(id), 30))
		return a, &reply, nil
	}
	return a, nil, err
}

func (b *Bot) listAlerts(ctx context.Context, r *request) (Reply, error) {
	list, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return Reply{}, err
	}
	if len(list) == 0 {
		reply := r.say("alerts.none")
		reply.Message.Blocks = append(reply.Message.Blocks, Buttons{Buttons: []Button{{Label: r.l.say("button.alert"), Action: "alert", Style: Primary}}})
		return reply, nil
	}
	blocks := []Block{Heading{Text: r.l.say("alerts.title", "n", len(list))}}
	// Each alert takes two blocks; Slack has room for 50.
	for i, a := range list[:min(len(list), 20)] {
		blocks = append(blocks, Text{Spans: append([]Span{{Text: a.Query, Style: Code}}, Span{Text: " · " + alertState(r, a)})})
		if i < 8 {
			row := []Button{{Label: r.l.say("button.narrow"), Action: "a.narrow:" + a.ID}, {Label: r.l.say("button.test"), Action: "a.test:" + a.ID}}
			if a.Snoozed.After(r.now) {
				row = append(row, Button{Label: r.l.say("button.wake"), Action: "a.wake:" + a.ID})
			} else {
				row = append(row, Button{Label: r.l.say("button.mute24"), Action: "a.mute:" + a.ID})
			}
			blocks = append(blocks, Buttons{Buttons: append(row, Button{Label: r.l.say("button.remove"), Action: "a.remove:" + a.ID, Style: Danger})})
		}
	}
	if rest := len(list) - 20; rest > 0 {
		blocks = append(blocks, Note{Spans: []Span{{Text: r.l.say("edition.rest", "n", rest)}}})
	}
	return private(blocks...), nil
}

func alertState(r *request, a Alert) string {
	parts := []string{r.l.say("frequency." + string(a.Frequency))}
	if a.Snoozed.After(r.now) {
		parts = append(parts, r.l.say("alert.snoozed", "when", r.l.Moment(a.Snoozed.In(r.loc), r.now)))
	}
	if !a.Next.IsZero() {
		parts = append(parts, r.l.say("alert.waiting", "when", r.l.Moment(a.Next.In(r.loc), r.now)))
	}
	return strings.Join(append(parts, r.l.say("alert.came", "n", a.Sent), a.ID), " · ")
}

func (b *Bot) removeAlert(ctx context.Context, r *request, id string) (Reply, error) {
	a, reply, err := b.mine(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	if err := b.o.Store.DeleteAlert(ctx, a.ID); err != nil {
		return Reply{}, err
	}
	b.o.Log.Info("alert removed", "alert", a.ID)
	return private(Text{Spans: []Span{{Text: r.l.say("alert.removed") + " "}, {Text: a.Query, Style: Code}}}), nil
}

// testAlert runs a query, or an alert of the person, over the last 30 days.
func (b *Bot) testAlert(ctx context.Context, r *request, text string) (Reply, error) {
	if a, reply, err := b.mine(ctx, r, text); err != nil {
		return Reply{}, err
	} else if reply == nil {
		text = a.Query
	}
	q, err := parseQuery(text)
	if err != nil {
		return Reply{}, err
	}
	d, err := b.try(ctx, r.By.place(), q, r.now)
	if err != nil {
		return Reply{}, err
	}
	blocks := append([]Block{Heading{Text: r.l.say("try.title")}, Note{Spans: []Span{{Text: q.String(), Style: Code}}}}, dryRunBlocks(r, d)...)
	return private(append(blocks, Note{Spans: []Span{{Text: "/hanwire alert add " + q.String(), Style: Code}}})...), nil
}

func (b *Bot) snoozeAlert(ctx context.Context, r *request, id, hours string) (Reply, error) {
	n, err := numberArg(map[string]string{"hours": hours}, "hours", maxSnooze)
	if err != nil {
		return Reply{}, err
	}
	if n == 0 {
		n = 24
	}
	return b.changeAlert(ctx, r, id, func(a *Alert) string {
		a.Snoozed = r.now.Add(time.Duration(n) * time.Hour)
		return r.l.say("alert.snooze", "when", r.l.Moment(a.Snoozed.In(r.loc), r.now))
	}, Button{Label: r.l.say("button.wake"), Action: "a.wake:" + id})
}

func (b *Bot) wakeAlert(ctx context.Context, r *request, id string) (Reply, error) {
	return b.changeAlert(ctx, r, id, func(a *Alert) string {
		a.Snoozed = time.Time{}
		return r.l.say("alert.awake")
	})
}

func (b *Bot) excludeStory(ctx context.Context, r *request, id, story string) (Reply, error) {
	return b.changeAlert(ctx, r, id, func(a *Alert) string {
		if !slices.Contains(a.Excluded, story) && story != "" && len(story) <= 64 {
			// Stories end within days, so the oldest of many can go.
			a.Excluded = append(a.Excluded[max(0, len(a.Excluded)-99):], story)
		}
		return r.l.say("alert.excluded")
	}, Button{Label: r.l.say("button.narrow"), Action: "a.narrow:" + id})
}

// changeAlert changes an alert of the person and says what was done.
func (b *Bot) changeAlert(ctx context.Context, r *request, id string, change func(*Alert) string, row ...Button) (Reply, error) {
	b.alerts.Lock()
	defer b.alerts.Unlock()
	a, reply, err := b.mine(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	said := change(&a)
	if err := b.o.Store.SaveAlert(ctx, a, nil); err != nil {
		return Reply{}, err
	}
	out := private(Text{Spans: []Span{{Text: a.Query, Style: Code}, {Text: " · " + said}}})
	if len(row) > 0 {
		out.Message.Blocks = append(out.Message.Blocks, Buttons{Buttons: row})
	}
	return out, nil
}

// confirmAlert sets how often an alert comes, which makes one of a draft.
func (b *Bot) confirmAlert(ctx context.Context, r *request, id, frequency string) (Reply, error) {
	f, err := frequencyArg(frequency)
	if err != nil {
		return Reply{}, err
	}
	b.alerts.Lock()
	defer b.alerts.Unlock()
	a, reply, err := b.mine(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	others, err := b.o.Store.Alerts(ctx, r.By)
	if err != nil {
		return Reply{}, err
	}
	first := a.Frequency == Draft && !slices.ContainsFunc(others, func(o Alert) bool { return o.ID != a.ID && o.Frequency != Draft })
	a.Frequency = f
	if f == Immediate && !a.Next.IsZero() {
		a.Next = r.now // what waited for its hour need not wait longer
	}
	if err := b.keepAlert(ctx, r, a, first); err != nil {
		return Reply{}, err
	}
	out := b.alertKept(r, a, "alert.done", nil)
	out.Replace = true
	return out, nil
}

func alertForm(r *request, action, title, text string) Reply {
	if !r.CanForm {
		return private(Text{Spans: []Span{{Text: r.l.say("alert.how") + " "}, {Text: "/hanwire alert add tariff", Style: Code}}})
	}
	choices := []Choice{
		{Label: r.l.say("frequency.immediate"), Value: string(Immediate)},
		{Label: r.l.say("frequency.hourly"), Value: string(Hourly)},
		{Label: r.l.say("frequency.daily"), Value: string(Daily)},
	}
	return Reply{Form: &Form{Action: action, Title: Cut(title, 24), Submit: Cut(r.l.say("form.save"), 24), Fields: []Field{
		{Name: "query", Label: r.l.say("form.query"), Hint: `"rare earths" OR tariff -soccer`, Value: text},
		{Name: "frequency", Label: r.l.say("form.frequency"), Choices: choices, Optional: true},
	}}}
}

// narrowButton opens an alert's query to be changed.
func (b *Bot) narrowButton(ctx context.Context, r *request, id string) (Reply, error) {
	a, reply, err := b.mine(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	if !r.CanForm {
		return private(
			Text{Spans: []Span{{Text: r.l.say("narrow.how")}}},
			Note{Spans: []Span{{Text: fmt.Sprintf("/hanwire alert remove %s", a.ID), Style: Code}, {Text: "\n"}, {Text: "/hanwire alert add " + a.Query + " -word", Style: Code}}},
		), nil
	}
	return alertForm(r, "form.narrow:"+a.ID, r.l.say("form.narrow.title"), a.Query), nil
}

// narrowAlert puts another query into an alert, after a dry run of it.
func (b *Bot) narrowAlert(ctx context.Context, r *request, id, text, frequency string) (Reply, error) {
	q, err := parseQuery(text)
	if err != nil {
		return Reply{}, err
	}
	if q.String() == "" {
		return Reply{}, usageError("alert add", "err.missing", "option", "QUERY")
	}
	f, err := frequencyArg(frequency)
	if err != nil {
		return Reply{}, err
	}
	d, err := b.try(ctx, r.By.place(), q, r.now)
	if err != nil {
		return Reply{}, err
	}
	b.alerts.Lock()
	defer b.alerts.Unlock()
	a, reply, err := b.mine(ctx, r, id)
	if reply != nil || err != nil {
		return orZero(reply), err
	}
	a.Query = q.String()
	if f != "" {
		a.Frequency = f
	}
	if a.Frequency == Draft {
		a.Frequency = Immediate
	}
	if err := b.keepAlert(ctx, r, a, false); err != nil {
		return Reply{}, err
	}
	return b.alertKept(r, a, "alert.changed", dryRunBlocks(r, d)), nil
}
