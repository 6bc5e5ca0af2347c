package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"hanwire/digest"
	"hanwire/digest/query"
)

const (
	contextChars  = 110 // of text on each side of a matched word
	maxContexts   = 3   // passages shown of one article
	maxHeldCards  = 10  // stories shown in one message of held alerts
	maxLater      = 6   // later articles folded into an alert
	oneByOne      = 3   // held stories of an immediate alert that come one by one
	dailyAlerts   = "08:00"
	capWindow     = time.Hour
	maxAlertStory = 40 // articles of a story looked at for one alert
)

// watched is the queries of all alerts, ready to be matched at once. mu guards
// all of it; the set is only read while mu is held for reading.
type watched struct {
	mu      sync.RWMutex
	loaded  bool
	version int64
	set     *query.Set
	queries map[string]string
	alerts  map[string]Alert
}

// matchAll matches one article against all alerts, having brought the set up
// to date with the store.
func (b *Bot) matchAll(ctx context.Context, a *query.Article, now time.Time) (map[string]query.Match, map[string]Alert, error) {
	version, err := b.o.Store.AlertsVersion(ctx)
	if err != nil {
		return nil, nil, err
	}
	w := &b.watched
	w.mu.RLock()
	if w.loaded && w.version == version {
		defer w.mu.RUnlock()
		return w.set.Match(a, now), w.alerts, nil
	}
	w.mu.RUnlock()

	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.loaded || w.version != version {
		if err := b.loadAlerts(ctx, version); err != nil {
			return nil, nil, err
		}
	}
	return w.set.Match(a, now), w.alerts, nil
}

// loadAlerts changes in the set only what changed in the store. The caller
// holds mu. The map of alerts is replaced, never changed, as readers keep it.
func (b *Bot) loadAlerts(ctx context.Context, version int64) error {
	list, err := b.o.Store.AllAlerts(ctx)
	if err != nil {
		return err
	}
	w := &b.watched
	if w.set == nil {
		w.set, w.queries = query.NewSet(), map[string]string{}
	}
	alerts := make(map[string]Alert, len(list))
	for _, a := range list {
		if a.Frequency == Draft {
			continue
		}
		alerts[a.ID] = a
		if have, ok := w.queries[a.ID]; ok && have == a.Query {
			continue
		}
		q, err := query.Parse(a.Query)
		if err != nil {
			b.o.Log.Warn("alert skipped", "alert", a.ID, "reason", err)
			delete(alerts, a.ID)
			continue
		}
		w.set.Add(a.ID, q)
		w.queries[a.ID] = a.Query
	}
	for id := range w.queries {
		if _, ok := alerts[id]; !ok {
			w.set.Remove(id)
			delete(w.queries, id)
		}
	}
	w.alerts, w.version, w.loaded = alerts, version, true
	return nil
}

// Alert matches newly grouped articles against all alerts, and puts what is to
// go out at once into the outbox; what is not waits for [Bot.SendHeld]. Given
// the same articles again it tells nothing twice.
func (b *Bot) Alert(ctx context.Context, articles []string) error {
	records, err := b.o.Store.ReadingsOf(ctx, articles)
	if err != nil {
		return err
	}
	now := b.o.Now()
	var errs []error
	for _, id := range articles {
		record, ok := records[id]
		if !ok {
			continue
		}
		reading := readingOf(record, id)
		if reading == nil {
			continue
		}
		matches, alerts, err := b.matchAll(ctx, reading.Searchable(), now)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		ids := make([]string, 0, len(matches))
		for alert := range matches {
			ids = append(ids, alert)
		}
		slices.Sort(ids)
		for _, alert := range ids {
			owner := alerts[alert].Owner
			seen := record.Visible(owner.place())
			if readingOf(seen, id) == nil {
				continue
			}
			if err := b.hit(ctx, alert, seen, id, matches[alert], now); err != nil {
				errs = append(errs, fmt.Errorf("alert %s: %w", alert, err))
			}
		}
	}
	return errors.Join(errs...)
}

func readingOf(r StoryRecord, article string) *digest.Reading {
	for i := range r.Readings {
		if r.Readings[i].ID == article {
			return &r.Readings[i]
		}
	}
	return nil
}

// hit tells an alert's owner of an article, or keeps it for later.
func (b *Bot) hit(ctx context.Context, id string, record StoryRecord, article string, m query.Match, now time.Time) error {
	b.alerts.Lock()
	defer b.alerts.Unlock()
	a, err := b.o.Store.Alert(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case a.Frequency == Draft:
		return nil
	case a.Snoozed.After(now):
		b.o.Log.Debug("alert silent", "alert", a.ID, "story", record.ID, "reason", "snoozed")
		return nil
	case slices.Contains(a.Excluded, record.ID):
		return nil
	}
	h := Hit{Alert: a.ID, Story: record.ID, Article: article, Matches: m.Text, Rule: m.Rule, At: now}
	person, err := b.o.Store.Settings(ctx, a.Owner)
	if err != nil {
		return err
	}

	// A story told before takes the news in, without another notification.
	before, err := b.o.Store.AlertSent(ctx, a.ID, record.ID)
	switch {
	case err == nil:
		return b.fold(ctx, a, person, before, record, h)
	case !errors.Is(err, ErrNotFound):
		return err
	}

	if person.Closed {
		h.Held = true // until they try again; they are told at their next command
		return b.o.Store.SaveHits(ctx, []Hit{h}, nil)
	}
	if at := b.heldUntil(ctx, a, person, now); at.After(now) {
		h.Held = true
		if a.Next.IsZero() || at.Before(a.Next) {
			// Saved before the hit: a crash between the two must not leave a hit
			// that nothing would wake.
			a.Next = at
			if err := b.o.Store.SaveAlert(ctx, a, nil); err != nil {
				return err
			}
		}
		return b.o.Store.SaveHits(ctx, []Hit{h}, nil)
	}
	msg := b.alertMessage(a, person, record, []Hit{h}, now)
	if err := b.o.Store.SaveHits(ctx, []Hit{h}, []Outgoing{direct(AlertKey(a.ID, record.ID), a.Owner, msg)}); err != nil {
		return err
	}
	b.o.Log.Info("alert sent", "alert", a.ID, "story", record.ID, "article", article, "rule", h.Rule)
	return b.o.Store.SaveAlert(ctx, a.sent(now), nil)
}

// sent notes that an alert has come.
func (a Alert) sent(now time.Time) Alert {
	a.Sent++
	a.Recent = append(slices.DeleteFunc(slices.Clone(a.Recent), func(t time.Time) bool { return now.Sub(t) >= capWindow }), now)
	return a
}

func direct(key string, p Person, m Message) Outgoing {
	return Outgoing{Delivery: Delivery{Key: key, Kind: Direct, Person: p, Message: m}}
}

// heldUntil is when a match may go out: now, or at the alert's hour, after the
// person's quiet hours, or when there is room under the cap.
func (b *Bot) heldUntil(ctx context.Context, a Alert, person Settings, now time.Time) time.Time {
	at := now
	switch a.Frequency {
	case Hourly:
		at = now.Truncate(time.Hour).Add(time.Hour)
	case Daily:
		zone, _ := b.zoneOf(person.Zone, "", "")
		if next, err := NextDue(now, dailyAlerts, zone, 0); err == nil {
			at = next
		}
	default:
		at = b.roomAt(ctx, a.Owner, now)
	}
	if until := b.quietUntil(person, at); until.After(at) {
		at = until
	}
	return at
}

// roomAt is when a person may be told of something more at once.
func (b *Bot) roomAt(ctx context.Context, p Person, now time.Time) time.Time {
	list, err := b.o.Store.Alerts(ctx, p)
	if err != nil {
		b.o.Log.Warn("alerts not counted", "error", err)
		return now
	}
	var recent []time.Time
	for _, a := range list {
		for _, t := range a.Recent {
			if now.Sub(t) < capWindow {
				recent = append(recent, t)
			}
		}
	}
	if len(recent) < b.o.Limits.AlertsPerHour {
		return now
	}
	slices.SortFunc(recent, time.Time.Compare)
	return recent[len(recent)-b.o.Limits.AlertsPerHour].Add(capWindow)
}

// quietUntil is when the quiet hours that t falls into end, or t itself.
func (b *Bot) quietUntil(s Settings, t time.Time) time.Time {
	if s.QuietFrom == "" || s.QuietUntil == "" || s.QuietFrom == s.QuietUntil {
		return t
	}
	zone, _ := b.zoneOf(s.Zone, "", "")
	loc, err := loadZone(zone)
	if err != nil {
		return t
	}
	hour := t.In(loc).Format("15:04")
	quiet := s.QuietFrom <= hour && hour < s.QuietUntil
	if s.QuietFrom > s.QuietUntil { // over midnight
		quiet = hour >= s.QuietFrom || hour < s.QuietUntil
	}
	if !quiet {
		return t
	}
	end, err := NextDue(t, s.QuietUntil, zone, 0)
	if err != nil {
		return t
	}
	return end
}

// fold edits the message that told of a story, now that more of it is known.
func (b *Bot) fold(ctx context.Context, a Alert, person Settings, before string, record StoryRecord, h Hit) error {
	hits := b.hitsIn(a, record, h.At)
	if len(hits) < 2 {
		return nil // the article that was told of, met again
	}
	msg := b.alertMessage(a, person, record, hits, h.At)
	out := Outgoing{
		Delivery: Delivery{
			Key: before + "/" + h.Article, Kind: Edit, Person: a.Owner, Message: msg,
			To: Place{Platform: a.Owner.Platform, Workspace: a.Owner.Workspace},
		},
		After: before,
	}
	return b.o.Store.SaveHits(ctx, []Hit{h}, []Outgoing{out})
}

// hitsIn matches an alert against all articles of a story.
func (b *Bot) hitsIn(a Alert, record StoryRecord, now time.Time) []Hit {
	q, err := query.Parse(a.Query)
	if err != nil {
		return nil
	}
	var hits []Hit
	for i := range record.Readings[:min(len(record.Readings), maxAlertStory)] {
		r := &record.Readings[i]
		if m, ok := q.Match(r.Searchable(), now); ok {
			hits = append(hits, Hit{Alert: a.ID, Story: record.ID, Article: r.ID, Matches: m.Text, Rule: m.Rule, At: now})
		}
	}
	return hits
}

// SendHeld sends what waited for an alert's hour, for the end of quiet hours or
// for room under the cap: one message for all of it, or, for an immediate alert
// with few stories, one for each. To be called when the alert's Next has come.
func (b *Bot) SendHeld(ctx context.Context, alert string) error {
	b.alerts.Lock()
	defer b.alerts.Unlock()
	now := b.o.Now()
	a, err := b.o.Store.Alert(ctx, alert)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.Next.IsZero() || a.Next.After(now) {
		return nil
	}
	hits, err := b.o.Store.HeldHits(ctx, a.ID)
	if err != nil {
		return err
	}
	person, err := b.o.Store.Settings(ctx, a.Owner)
	if err != nil {
		return err
	}
	if until := b.quietUntil(person, now); until.After(now) && len(hits) > 0 {
		a.Next = until
		return b.o.Store.SaveAlert(ctx, a, nil)
	}
	due := a.Next
	a.Next = time.Time{}
	if len(hits) == 0 || person.Closed {
		return b.o.Store.SaveAlert(ctx, a, nil)
	}
	out, told, err := b.heldMessages(ctx, a, person, hits, due, now)
	if err != nil {
		return err
	}
	for i := range hits {
		hits[i].Held = false
	}
	if a.Snoozed.After(now) {
		out, told = nil, 0
	}
	if err := b.o.Store.SaveHits(ctx, hits, out); err != nil {
		return err
	}
	for range out {
		a = a.sent(now)
	}
	b.o.Log.Info("held alerts sent", "alert", a.ID, "messages", len(out), "stories", told, "articles", len(hits))
	return b.o.Store.SaveAlert(ctx, a, nil)
}

// heldMessages makes the messages for held hits, and counts their stories.
func (b *Bot) heldMessages(ctx context.Context, a Alert, person Settings, hits []Hit, due, now time.Time) ([]Outgoing, int, error) {
	order, byStory, records, err := b.storiesOf(ctx, a, hits)
	if err != nil || len(order) == 0 {
		return nil, 0, err
	}
	if len(order) == 1 || a.Frequency == Immediate && len(order) <= oneByOne {
		var out []Outgoing
		for _, id := range order {
			out = append(out, direct(AlertKey(a.ID, id), a.Owner, b.alertMessage(a, person, records[id], byStory[id], now)))
		}
		return out, len(order), nil
	}
	m, err := b.heldSummary(ctx, a, person, hits, now)
	if err != nil || m == nil {
		return nil, 0, err
	}
	return []Outgoing{direct("alert/"+a.ID+"/held/"+strconv.FormatInt(due.Unix(), 36), a.Owner, *m)}, len(order), nil
}

// storiesOf sorts hits by story, in the order in which they came, and leaves
// out what their owner does not want or may not see.
func (b *Bot) storiesOf(ctx context.Context, a Alert, hits []Hit) (order []string, byStory map[string][]Hit, records map[string]StoryRecord, err error) {
	byStory = map[string][]Hit{}
	for _, h := range hits {
		if slices.Contains(a.Excluded, h.Story) {
			continue
		}
		if len(byStory[h.Story]) == 0 {
			order = append(order, h.Story)
		}
		byStory[h.Story] = append(byStory[h.Story], h)
	}
	if len(order) == 0 {
		return nil, nil, nil, nil
	}
	list, err := b.o.Store.Stories(ctx, StoryFilter{IDs: order})
	if err != nil {
		return nil, nil, nil, err
	}
	records = map[string]StoryRecord{}
	for _, r := range list {
		if r = r.Visible(a.Owner.place()); len(r.Readings) > 0 {
			records[r.ID] = r
		}
	}
	order = slices.DeleteFunc(order, func(id string) bool { return len(records[id].Readings) == 0 })
	return order, byStory, records, nil
}

// heldSummary tells of all stories that waited in one message; nil when none
// is left to tell.
func (b *Bot) heldSummary(ctx context.Context, a Alert, person Settings, hits []Hit, now time.Time) (*Message, error) {
	order, byStory, records, err := b.storiesOf(ctx, a, hits)
	if err != nil || len(order) == 0 {
		return nil, err
	}
	l, loc := b.speaks(a, person)
	m := Message{Fallback: l.say("alert.many", "query", a.Query, "n", len(order))}
	m.Blocks = append(m.Blocks, Heading{Text: m.Fallback})
	for _, id := range order[:min(len(order), maxHeldCards)] {
		m.Blocks = append(m.Blocks, b.hitCard(a, records[id], byStory[id], l, loc, now))
	}
	if rest := len(order) - maxHeldCards; rest > 0 {
		m.Blocks = append(m.Blocks, Text{Spans: []Span{{Text: l.say("edition.rest", "n", rest) + " "}, {Text: "/hanwire search " + a.Query, Style: Code}}})
	}
	m.Blocks = append(m.Blocks, ruleNote(l, a, hits), Buttons{Buttons: alertButtons(l, a.ID, "")})
	m = m.cleaned()
	return &m, nil
}

// speaks is the language and zone in which an alert's owner is told.
func (b *Bot) speaks(a Alert, person Settings) (Lang, *time.Location) {
	l := LangOf(a.Lang)
	if person.Lang != "" {
		l = LangOf(person.Lang)
	}
	zone, _ := b.zoneOf(person.Zone, "", "")
	loc, err := loadZone(zone)
	if err != nil {
		loc = time.UTC
	}
	return l, loc
}

// alertMessage tells of one story that an alert matched: what, where, the
// matched words in their context, and the rule that matched.
func (b *Bot) alertMessage(a Alert, person Settings, record StoryRecord, hits []Hit, now time.Time) Message {
	l, loc := b.speaks(a, person)
	card := b.hitCard(a, record, hits, l, loc, now)
	m := Message{Fallback: l.say("alert.one", "query", a.Query, "headline", card.Title)}
	m.Blocks = append(m.Blocks, Heading{Text: l.say("alert.title", "query", a.Query)}, card)
	m.Blocks = append(m.Blocks, ruleNote(l, a, hits), Buttons{Buttons: alertButtons(l, a.ID, record.ID)})
	return m.cleaned()
}

func alertButtons(l Lang, alert, story string) []Button {
	var row []Button
	if story != "" {
		row = append(row, Button{Label: l.say("button.story"), Action: "story:" + story})
	}
	row = append(row,
		Button{Label: l.say("button.mute24"), Action: "a.mute:" + alert},
		Button{Label: l.say("button.narrow"), Action: "a.narrow:" + alert})
	if story != "" {
		row = append(row, Button{Label: l.say("button.wrong"), Action: "a.wrong:" + alert + ":" + story})
	}
	return append(row, Button{Label: l.say("button.remove"), Action: "a.remove:" + alert, Style: Danger})
}

// ruleNote says which part of the query matched, and how often the alert came.
func ruleNote(l Lang, a Alert, hits []Hit) Note {
	var rules []string
	for _, h := range hits {
		if h.Rule != "" && !slices.Contains(rules, h.Rule) && len(rules) < 4 {
			rules = append(rules, h.Rule)
		}
	}
	if len(rules) == 0 {
		rules = []string{a.Query}
	}
	spans := []Span{{Text: l.say("alert.rule") + " "}}
	for i, r := range rules {
		if i > 0 {
			spans = append(spans, Span{Text: ", "})
		}
		spans = append(spans, Span{Text: r, Style: Code})
	}
	return Note{Spans: append(spans, Span{Text: " · " + l.say("alert.count", "n", a.Sent+1) + " · " + a.ID})}
}
