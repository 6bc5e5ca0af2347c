package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/quote"
	"hanwire/feeds"
)

const (
	firstPeriod = 24 * time.Hour      // what a first edition and "latest" cover
	longPeriod  = 14 * 24 * time.Hour // the longest that an edition catches up on
	toldBack    = 15                  // editions whose stories count as told
	maxStories  = 400                 // stories looked at for one digest
	closing     = time.Millisecond    // what was grouped in the moment of an edition is in it, and told only once
)

// MakeEdition makes the edition of a subscription that was due at due and puts
// it into the outbox. It covers everything since the last one, so that hours
// missed while nothing ran are made up for by one edition, which says that it
// is late. Making it again does nothing, nor does a due time that the
// subscription has moved away from.
func (b *Bot) MakeEdition(ctx context.Context, subscription string, due time.Time) error {
	s, err := b.o.Store.Subscription(ctx, subscription)
	if errors.Is(err, ErrNotFound) {
		b.o.Log.Info("edition skipped", "subscription", subscription, "reason", "unsubscribed")
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case s.Paused != "":
		b.o.Log.Info("edition skipped", "subscription", s.ID, "reason", "paused: "+s.Paused)
		return nil
	case s.Next.Truncate(time.Millisecond).After(due): // the store keeps due times to the millisecond
		b.o.Log.Info("edition skipped", "subscription", s.ID, "reason", "not due any more", "due", due, "next", s.Next)
		return nil
	}
	return b.makeEdition(ctx, s, due)
}

// Reschedule sets right what a clock that was wrong left behind: due times
// further off than the schedule allows. To be called when the program starts.
func (b *Bot) Reschedule(ctx context.Context) error {
	list, err := b.o.Store.Subscriptions(ctx, Place{})
	if err != nil {
		return err
	}
	now := b.o.Now()
	var errs []error
	for _, s := range list {
		next, err := NextDue(now, s.Hour, s.Zone, s.Days)
		if err != nil {
			errs = append(errs, fmt.Errorf("subscription %s: %w", s.ID, err))
			continue
		}
		if !s.Next.IsZero() && !s.Next.After(next) && !s.Until.After(now) {
			continue
		}
		b.o.Log.Info("subscription rescheduled", "subscription", s.ID, "was", s.Next, "next", next)
		s.Next = next
		if s.Until.After(now) {
			s.Until = now
		}
		errs = append(errs, b.o.Store.SaveSubscription(ctx, s))
	}
	return errors.Join(errs...)
}

func editionID(s Subscription, due time.Time) string {
	return s.ID + "-" + strconv.FormatInt(due.Unix(), 36)
}

func (b *Bot) makeEdition(ctx context.Context, s Subscription, due time.Time) error {
	now := b.o.Now()
	if now.Before(due) {
		now = due // a clock set back must not repeat a period
	}
	e := Edition{ID: editionID(s, due), Subscription: s.ID, At: s.At, Title: b.what(LangOf(s.Lang), s), Lang: s.Lang, Number: s.Number + 1, Due: due, Made: now, From: s.Until, Until: now}
	if e.From.IsZero() || e.From.After(now) {
		e.From = now.Add(-firstPeriod)
	}
	if now.Sub(e.From) > longPeriod {
		e.From = now.Add(-longPeriod)
	}
	q, err := query.Parse(s.Query)
	if err != nil {
		return fmt.Errorf("subscription %s: query %q: %w", s.ID, s.Query, err)
	}
	earlier, err := b.o.Store.LastEditions(ctx, s.ID, toldBack)
	if err != nil {
		return err
	}
	told := toldBy(earlier)
	d, err := b.compose(ctx, s.At, wanted{topics: s.Topics, query: q, from: e.From, until: now.Add(closing), length: s.Length, lang: s.Lang, told: told, now: now})
	if err != nil {
		return err
	}
	if b.o.Retell != nil {
		for i := range d.Stories {
			b.o.Retell(ctx, &d.Stories[i], string(LangOf(s.Lang)))
		}
	}
	health, sources, err := b.health(ctx, s, now)
	if err != nil {
		return err
	}
	e.Health = health
	if health == "" && len(earlier) > 0 && earlier[0].Health != "" && sources > 0 {
		health = LangOf(s.Lang).say("health.good", "n", sources)
	}

	s.Number, s.Until = e.Number, e.Until
	if s.Next, err = NextDue(now, s.Hour, s.Zone, s.Days); err != nil {
		return err
	}
	info := EditionInfo{
		ID: e.ID, Title: e.Title, Number: e.Number, Lang: LangOf(s.Lang), Zone: s.Zone,
		Now: now, From: e.From, Next: s.Next, Health: health, Sources: sources, WebURL: b.o.WebURL,
	}
	if now.Sub(due) > lateAfter {
		info.Late = due
	}
	e.Told = Told{Articles: map[string][]string{}, Speakers: map[string][]string{}, Quoted: map[string][]Quoted{}}
	for i := range d.Stories {
		e.Stories = append(e.Stories, d.Stories[i].ID)
		e.Told.add(&d.Stories[i])
	}
	for i := range d.Also {
		e.Also = append(e.Also, d.Also[i].ID)
		e.Told.add(&d.Also[i])
	}
	head, stories := DigestMessages(d, info)
	err = b.o.Store.SaveEdition(ctx, e, s, editionOutgoing(e, s, head, stories))
	if errors.Is(err, ErrDone) {
		return nil
	}
	if err != nil {
		return err
	}
	b.o.Log.Info("edition made", "subscription", s.ID, "edition", e.ID, "number", e.Number, "stories", len(d.Stories), "also", len(d.Also),
		"left_out", reasons(d.LeftOut), "late", !info.Late.IsZero(), "health", health, "next", s.Next)
	return nil
}

func headKey(edition string) string { return "edition/" + edition + "/head" }

func storyKey(edition string, n int) string {
	return "edition/" + edition + "/story/" + strconv.Itoa(n)
}

// editionOutgoing is the head, and the stories in its thread.
func editionOutgoing(e Edition, s Subscription, head Message, stories []Message) []Outgoing {
	first := Outgoing{Delivery: Delivery{Key: headKey(e.ID), Kind: Post, To: s.At, Message: head}}
	to, person := s.At, Person{}
	if s.At.IsPersonal() {
		to = s.At.workspace()
		person = Person{Platform: s.By.Platform, Workspace: s.By.Workspace, User: strings.TrimPrefix(s.At.Channel, "@")}
		first.Kind, first.To, first.Person = Direct, Place{}, person
	}
	out := []Outgoing{first}
	for i, m := range stories {
		out = append(out, Outgoing{
			Delivery: Delivery{Key: storyKey(e.ID, i), Kind: Answer, To: to, Person: person, Message: m},
			After:    first.Key,
		})
	}
	return out
}

// reasons counts why articles were left out, in one line for the log.
func reasons(out []digest.LeftOut) string {
	count := map[string]int{}
	for _, x := range out {
		reason, _, _ := strings.Cut(x.Reason, ":")
		count[reason]++
	}
	names := make([]string, 0, len(count))
	for r := range count {
		names = append(names, r)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b))
	})
	for i, r := range names {
		names[i] = fmt.Sprintf("%d %s", count[r], r)
	}
	return strings.Join(names, ", ")
}

// add notes what readers know once s is posted.
func (t *Told) add(s *digest.Story) {
	for i := range s.Articles {
		t.Articles[s.ID] = append(t.Articles[s.ID], s.Articles[i].ID)
	}
	for _, x := range s.Summary {
		t.Sentences = append(t.Sentences, hashText(x.Text))
	}
	for i := range s.Quotes {
		q := &s.Quotes[i]
		t.Quotes = append(t.Quotes, hashText(q.Text))
		if q.Kind == quote.Direct {
			t.Quoted[s.ID] = append(t.Quoted[s.ID], Quoted{Article: q.Article, Text: q.Text, Speaker: q.Speaker, Role: q.Role})
		}
		if q.Speaker != "" && !slices.Contains(t.Speakers[s.ID], q.Speaker) {
			t.Speakers[s.ID] = append(t.Speakers[s.ID], q.Speaker)
		}
	}
}

func hashText(s string) string {
	h := sha256.Sum256([]byte(strings.Join(strings.Fields(s), " ")))
	return hex.EncodeToString(h[:8])
}

// toldBy is what earlier editions, newest first, told of each story.
func toldBy(editions []Edition) map[string]digest.Told {
	told := map[string]digest.Told{}
	for _, e := range editions {
		for story, articles := range e.Told.Articles {
			t, known := told[story]
			if !known {
				t.At = e.Made
			}
			for _, id := range articles {
				if !slices.Contains(t.Articles, id) {
					t.Articles = append(t.Articles, id)
				}
			}
			told[story] = t
		}
	}
	return told
}

// wanted says what a digest is to hold.
type wanted struct {
	topics      []string
	query       query.Query
	from, until time.Time
	length      int
	lang        string
	told        map[string]digest.Told
	now         time.Time
}

// compose makes a digest for a place of what it may see and has not muted.
func (b *Bot) compose(ctx context.Context, at Place, w wanted) (digest.Digest, error) {
	records, err := b.o.Store.Stories(ctx, StoryFilter{Changed: [2]time.Time{w.from, w.until}, Relevant: true, Limit: maxStories})
	if err != nil {
		return digest.Digest{}, err
	}
	muted, err := b.o.Store.Muted(ctx, at)
	if err != nil {
		return digest.Digest{}, err
	}
	var groups []digest.Group
	var out []digest.LeftOut
	leave := func(r StoryRecord, reason string) {
		for _, a := range r.Readings {
			out = append(out, digest.LeftOut{ID: a.ID, Reason: reason})
		}
	}
	for _, r := range records {
		r = r.Visible(at)
		switch {
		case len(r.Readings) == 0:
		case slices.Contains(muted, r.ID):
			leave(r, "muted here")
		case !matchesAny(w.query, r, w.now):
			leave(r, "not in the query")
		default:
			groups = append(groups, digest.Group{ID: r.ID, Articles: r.Readings})
		}
	}
	d := digest.Compose(groups, digest.Options{Now: w.now, Length: cmp.Or(w.length, b.o.Length), Topics: w.topics, Lang: w.lang, Told: w.told})
	d.LeftOut = append(d.LeftOut, out...)
	return d, nil
}

// Visible is the story without the articles that only other workspaces may see.
func (r StoryRecord) Visible(at Place) StoryRecord {
	if len(r.Private) == 0 {
		return r
	}
	seen := r
	seen.Readings = nil
	for _, a := range r.Readings {
		places, own := r.Private[a.ID]
		if !own || slices.ContainsFunc(places, func(p Place) bool { return p.workspace() == at.workspace() }) {
			seen.Readings = append(seen.Readings, a)
		}
	}
	return seen
}

func matchesAny(q query.Query, r StoryRecord, now time.Time) bool {
	return slices.ContainsFunc(r.Readings, func(a digest.Reading) bool {
		_, ok := q.Match(a.Searchable(), now)
		return ok
	})
}

// silentAfter is how long a feed may fail before readers are told: shorter
// troubles mend themselves, and more notices than news help nobody.
const silentAfter = 24 * time.Hour

// health is the line about the feeds that a place's editions draw on, empty
// when all is well, and how many they are. It names those that have moved to
// another host since the last edition, too.
func (b *Bot) health(ctx context.Context, s Subscription, now time.Time) (string, int, error) {
	troubled, all, err := b.o.Store.Troubled(ctx, s.At)
	if err != nil {
		return "", 0, err
	}
	l := LangOf(s.Lang)
	lines := []string{healthLine(troubled, all, l, s.Zone, now)}
	for _, f := range troubled {
		if host := f.State.MovedSince(s.Until); host != "" {
			lines = append(lines, l.say("health.moved", "name", cmp.Or(f.Feed.Outlet, f.Feed.URL), "host", host))
		}
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	return strings.Join(lines[:min(len(lines), 4)], " · "), all, nil
}

// HealthLine says how many feeds are silent or failing, and since when, in one
// quiet line: "2 of 34 sources silent since Tue 08:00 KST (Haneul Ilbo, Xin
// Bao)". It is empty when all are well. A feed counts after a day of trouble.
func HealthLine(list []FeedRecord, l Lang, zone string, now time.Time) string {
	return healthLine(list, len(list), l, zone, now)
}

// healthLine is HealthLine for a list that may leave out feeds that are well,
// of all that there are.
func healthLine(list []FeedRecord, all int, l Lang, zone string, now time.Time) string {
	loc := EditionInfo{Zone: zone}.location()
	var bad []string
	var since time.Time
	for _, f := range list {
		from, ill := troubled(f.State, now)
		if !ill {
			continue
		}
		if name := f.Feed.Outlet; name != "" && !slices.Contains(bad, name) {
			bad = append(bad, name)
		} else if name == "" {
			bad = append(bad, f.Feed.URL)
		}
		if !from.IsZero() && (since.IsZero() || from.Before(since)) {
			since = from
		}
	}
	if len(bad) == 0 {
		return ""
	}
	names := l.List(bad[:min(len(bad), 3)])
	if rest := len(bad) - 3; rest > 0 {
		names += l.say("outlet.rest", "n", rest)
	}
	if since.IsZero() {
		return l.say("health.bad", "bad", len(bad), "all", all, "names", names)
	}
	return l.say("health.since", "bad", len(bad), "all", all, "when", l.Moment(since.In(loc), now), "names", names)
}

// troubled reports whether readers should hear of a feed, and since when it
// has had nothing for them.
func troubled(s feeds.State, now time.Time) (since time.Time, ill bool) {
	switch s.Health {
	case feeds.Quiet:
		return s.LastNew, true
	case feeds.Gone, feeds.Refused:
		return s.LastSuccess, true
	case feeds.Failing:
		return s.LastSuccess, s.LastSuccess.IsZero() || now.Sub(s.LastSuccess) > silentAfter
	}
	return time.Time{}, false
}
