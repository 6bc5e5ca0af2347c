package web

import (
	"context"
	"slices"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/quote"
)

// editionRef is an edition in a list.
type editionRef struct {
	ID      string    `json:"id"`
	Number  int       `json:"number"`
	Title   string    `json:"title"`
	Due     time.Time `json:"due"`
	Stories int       `json:"stories"`
}

func (e editionRef) Path() string { return bot.EditionPath + e.ID }

func refOf(e bot.Edition) editionRef {
	return editionRef{ID: e.ID, Number: e.Number, Title: bot.OneLine(e.Title), Due: e.Due, Stories: len(e.Stories) + len(e.Also)}
}

// editionView is an edition as it was posted: its stories in order, with the
// articles that there were.
type editionView struct {
	editionRef
	Lang   string       `json:"lang"`
	From   time.Time    `json:"from,omitzero"`
	Until  time.Time    `json:"until,omitzero"`
	Health string       `json:"health,omitempty"`
	Told   []storyBrief `json:"told"`           // in full
	Also   []storyBrief `json:"also,omitempty"` // a line each
	Rest   int          `json:"rest,omitempty"` // stories more than are shown
}

// storyBrief is a story in an edition.
type storyBrief struct {
	ID       string     `json:"id"`
	Headline string     `json:"headline"`
	Lang     string     `json:"lang"`
	Topics   []string   `json:"topics,omitempty"`
	Outlets  []outlet   `json:"outlets"`
	Latest   time.Time  `json:"latest,omitzero"`
	Summary  []extract  `json:"summary,omitempty"`
	Changes  []change   `json:"changes,omitempty"` // since an earlier edition told it
	Quote    *quoteView `json:"quote,omitempty"`
}

func (s storyBrief) Path() string { return bot.StoryPath + s.ID }

const (
	maxAlsoLines   = 40 // stories of an edition that have a line each
	maxBriefQuote  = 320
	maxBriefLength = 4 // sentences
)

type editionKey struct {
	id string
	at bot.Place
}

// editionFor is an edition for those who look from a place.
func (m *Room) editionFor(ctx context.Context, e bot.Edition, at bot.Place) (*editionView, error) {
	return m.editions.get(ctx, editionKey{e.ID, at}, func(ctx context.Context) (*editionView, error) { return m.makeEdition(ctx, e, at) })
}

func (m *Room) makeEdition(ctx context.Context, e bot.Edition, at bot.Place) (*editionView, error) {
	v := &editionView{editionRef: refOf(e), Lang: string(bot.LangOf(e.Lang)), From: e.From, Until: e.Until, Health: e.Health, Told: []storyBrief{}}
	also := e.Also[:min(len(e.Also), maxAlsoLines)]
	v.Rest = len(e.Also) - len(also)
	ids := slices.Concat(e.Stories, also)
	if len(ids) == 0 {
		return v, nil
	}
	records, err := m.o.Store.Stories(ctx, bot.StoryFilter{IDs: ids})
	if err != nil {
		return nil, err
	}
	told := map[string]bool{} // articles
	for _, list := range e.Told.Articles {
		for _, id := range list {
			told[id] = true
		}
	}
	groups := make([]digest.Group, len(records))
	for i, r := range records {
		groups[i].ID = r.ID
		for _, a := range r.Visible(at).Readings {
			if told[a.ID] || len(told) == 0 {
				groups[i].Articles = append(groups[i].Articles, a)
			}
		}
	}
	v.Told = m.briefs(e, groups, e.Stories, len(e.Stories))
	if err := m.addChanges(ctx, e, groups, v.Told); err != nil {
		return nil, err
	}
	v.Also = m.briefs(e, groups, also, 1) // Compose takes no length of none
	for i := range v.Also {
		v.Also[i].Summary, v.Also[i].Quote = nil, nil
	}
	return v, nil
}

// maxEarlier is in how many earlier editions it is looked up what was told.
const maxEarlier = 10

// addChanges says of stories that earlier editions of the subscription told what
// has changed since.
func (m *Room) addChanges(ctx context.Context, e bot.Edition, groups []digest.Group, list []storyBrief) error {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	earlier, err := m.o.Store.EarlierEditions(ctx, e, ids, maxEarlier)
	if err != nil {
		return err
	}
	told := map[string]bool{} // articles
	for _, x := range earlier {
		for _, articles := range x.Told.Articles {
			for _, id := range articles {
				told[id] = true
			}
		}
	}
	for i := range list {
		g := groups[slices.IndexFunc(groups, func(g digest.Group) bool { return g.ID == list[i].ID })]
		var old, added []digest.Reading
		for _, a := range g.Articles {
			if told[a.ID] {
				old = append(old, a)
			} else {
				added = append(added, a)
			}
		}
		if len(old) > 0 {
			list[i].Changes = changesFrom(digest.Changes(old, added), added)
		}
	}
	return nil
}

// briefs are the stories that were told under the ids, in that order. A story
// that has since been merged into another is told once, under its new name.
func (m *Room) briefs(e bot.Edition, groups []digest.Group, ids []string, full int) []storyBrief {
	var wanted []digest.Group
	for _, id := range ids {
		i := slices.IndexFunc(groups, func(g digest.Group) bool {
			return g.ID == id || slices.ContainsFunc(g.Articles, func(a digest.Reading) bool { return slices.Contains(e.Told.Articles[id], a.ID) })
		})
		if i < 0 || len(groups[i].Articles) == 0 || slices.ContainsFunc(wanted, func(g digest.Group) bool { return g.ID == groups[i].ID }) {
			continue
		}
		wanted = append(wanted, groups[i])
	}
	d := digest.Compose(wanted, digest.Options{Now: e.Made, Length: max(full, 1), All: true, Lang: e.Lang})
	stories := slices.Concat(d.Stories, d.Also)
	list := make([]storyBrief, 0, len(wanted))
	for _, g := range wanted {
		if i := slices.IndexFunc(stories, func(s digest.Story) bool { return s.ID == g.ID }); i >= 0 {
			list = append(list, m.brief(&stories[i]))
		}
	}
	return list
}

func (m *Room) brief(s *digest.Story) storyBrief {
	b := storyBrief{ID: s.ID, Headline: bot.OneLine(s.Headline), Lang: headlineLang(s), Topics: s.Topics, Latest: s.Latest}
	for i := range s.Articles {
		if o := (outlet{bot.OneLine(s.Articles[i].Outlet), s.Articles[i].OutletType}); o.Name != "" && !slices.Contains(b.Outlets, o) {
			b.Outlets = append(b.Outlets, o)
		}
	}
	b.Summary = extracts(s)
	if len(b.Summary) > maxBriefLength {
		b.Summary = b.Summary[:maxBriefLength]
	}
	var best *digest.Attributed
	for i := range s.Quotes {
		q := &s.Quotes[i]
		if q.Kind != quote.Direct || q.Speaker == "" || len([]rune(q.Text)) > maxBriefQuote {
			continue
		}
		if best == nil || q.Key && !best.Key || q.Key == best.Key && q.Score > best.Score {
			best = q
		}
	}
	if best != nil {
		v := m.quoteOf(s, best, contexts{})
		b.Quote = &v
	}
	return b
}

// Voices are those quoted in an edition, each once.
func (v *editionView) Voices() []*quoteView {
	var list []*quoteView
	for _, s := range v.Told {
		if s.Quote != nil && !slices.ContainsFunc(list, func(q *quoteView) bool { return q.Speaker == s.Quote.Speaker }) {
			list = append(list, s.Quote)
		}
	}
	return list
}

// editionPage is an edition with the calendar of its month.
type editionPage struct {
	*editionView
	Today    []editionRef `json:"today,omitempty"` // others of the same day
	Calendar *month       `json:"-"`
}

func (m *Room) edition(ctx context.Context, r *request) (*content, error) {
	id := r.PathValue("id")
	if len(id) > maxID {
		return nil, errNotFound
	}
	e, err := m.o.Store.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	if !r.by.sees(e) {
		return nil, errNotFound
	}
	return m.editionPage(ctx, r, e)
}

func (m *Room) editionPage(ctx context.Context, r *request, e bot.Edition) (*content, error) {
	v, err := m.editionFor(ctx, e, r.by.place())
	if err != nil {
		return nil, err
	}
	page := editionPage{editionView: v}
	day := startOfDay(e.Due.In(m.o.Zone))
	same, err := m.o.Store.Editions(ctx, r.by, day, day.AddDate(0, 0, 1), 20)
	if err != nil {
		return nil, err
	}
	for _, x := range same {
		if x.ID != e.ID {
			page.Today = append(page.Today, refOf(x))
		}
	}
	if page.Calendar, err = m.month(ctx, r, day); err != nil {
		return nil, err
	}
	return &content{name: "edition", nav: "editions", title: v.Title, data: page}, nil
}

// frontView is the first page before anything was posted.
type frontView struct {
	Stories []hitView `json:"stories"`
}

// front is the latest edition, or, before there is one, the latest stories.
func (m *Room) front(ctx context.Context, r *request) (*content, error) {
	list, err := m.o.Store.Editions(ctx, r.by, time.Time{}, m.o.Now().AddDate(0, 0, 1), 1)
	if err != nil {
		return nil, err
	}
	var c *content
	if len(list) > 0 {
		if c, err = m.editionPage(ctx, r, list[0]); err != nil {
			return nil, err
		}
		c.nav = "today"
	} else {
		q, _ := parseQuery("")
		stories, _, err := m.found(ctx, q, bot.Page{Limit: perSearch, At: r.by.place()})
		if err != nil {
			return nil, err
		}
		c = &content{name: "front", nav: "today", title: m.pages.say(r.lang, "front.title"), data: frontView{stories}}
	}
	if formatOf(r.Request) == formats[".atom"] {
		c.feed, err = m.editionFeed(ctx, r)
	} else {
		c.feed = &atomFeed{}
	}
	return c, err
}

// feedLength is how many editions a feed has.
const feedLength = 10

// editionFeed is the latest editions, each with its headlines.
func (m *Room) editionFeed(ctx context.Context, r *request) (*atomFeed, error) {
	list, err := m.o.Store.Editions(ctx, r.by, time.Time{}, m.o.Now().AddDate(0, 0, 1), feedLength)
	if err != nil {
		return nil, err
	}
	f := &atomFeed{title: "Hanwire"}
	for _, e := range list {
		v, err := m.editionFor(ctx, e, r.by.place())
		if err != nil {
			return nil, err
		}
		var lines string
		for _, s := range v.Told {
			lines += s.Headline + "\n"
		}
		title := v.Title + " · " + m.pages.say(r.lang, "edition.number", "n", v.Number)
		f.add(atomEntry{path: v.Path(), title: title, lang: v.Lang, at: v.Due, summary: lines})
	}
	return f, nil
}

// calendarView is a month of editions.
type calendarView struct {
	Month    string       `json:"month"` // 2026-11
	Day      string       `json:"day,omitempty"`
	Editions []editionRef `json:"editions"`
	Chart    []topicChart `json:"stories_by_day"`
	Calendar *month       `json:"-"`
	At       time.Time    `json:"-"`
	One      bool         `json:"-"` // a day, not all of the month
}

const perMonth = 60 // editions listed; the calendar leads to each day's

func (m *Room) calendar(ctx context.Context, r *request) (*content, error) {
	in := r.URL.Query()
	at := startOfDay(m.o.Now().In(m.o.Zone))
	from := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, m.o.Zone)
	v := calendarView{Editions: []editionRef{}}
	if s := in.Get("month"); s != "" {
		t, err := time.ParseInLocation("2006-01", s, m.o.Zone)
		if err != nil || t.After(at) {
			return nil, errNotFound
		}
		from, at = t, t
	}
	until := from.AddDate(0, 1, 0)
	if s := in.Get("day"); s != "" {
		t, err := time.ParseInLocation(time.DateOnly, s, m.o.Zone)
		if err != nil || t.After(at.AddDate(0, 0, 1)) {
			return nil, errNotFound
		}
		from, until, at, v.Day, v.One = t, t.AddDate(0, 0, 1), t, s, true
	}
	v.At, v.Month = at, at.Format("2006-01")
	list, err := m.o.Store.Editions(ctx, r.by, from, until, perMonth)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		v.Editions = append(v.Editions, refOf(e))
	}
	if v.Calendar, err = m.month(ctx, r, at); err != nil {
		return nil, err
	}
	if v.Chart, err = m.chart(ctx, at); err != nil {
		return nil, err
	}
	c := &content{name: "calendar", nav: "editions", title: m.pages.say(r.lang, "calendar.title"), data: v, feed: &atomFeed{}}
	if formatOf(r.Request) == formats[".atom"] {
		c.feed, err = m.editionFeed(ctx, r)
	}
	return c, err
}

// month is a month in weeks that begin on Monday.
type month struct {
	First    time.Time
	Weeks    [][]calendarDay
	Days     []time.Time // a week, for its names
	Previous string      // addresses
	Next     string
}

type calendarDay struct {
	Date  time.Time
	In    bool   // in the month, not before or after it
	Path  string // of its edition, or of the list of them
	Count int
	Today bool
}

type monthKey struct {
	by    Reader
	first int64
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (m *Room) month(ctx context.Context, r *request, at time.Time) (*month, error) {
	first := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, m.o.Zone)
	next := first.AddDate(0, 1, 0)
	times, err := m.months.get(ctx, monthKey{r.by, first.Unix()}, func(ctx context.Context) ([]EditionTime, error) {
		return m.o.Store.EditionTimes(ctx, r.by, first, next)
	})
	if err != nil {
		return nil, err
	}
	days := map[string][]EditionTime{}
	for _, t := range times {
		d := t.Due.In(m.o.Zone).Format(time.DateOnly)
		days[d] = append(days[d], t)
	}
	now := m.o.Now().In(m.o.Zone)
	v := &month{First: first, Previous: "/editions?month=" + first.AddDate(0, -1, 0).Format("2006-01")}
	if !next.After(now) {
		v.Next = "/editions?month=" + next.Format("2006-01")
	}
	monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	for d := monday; d.Before(next); d = d.AddDate(0, 0, 7) {
		var week []calendarDay
		for i := range 7 {
			date := d.AddDate(0, 0, i)
			day := calendarDay{Date: date, In: date.Month() == first.Month(), Today: date.Format(time.DateOnly) == now.Format(time.DateOnly)}
			if list := days[date.Format(time.DateOnly)]; day.In && len(list) > 0 {
				day.Count, day.Path = len(list), "/editions?day="+date.Format(time.DateOnly)
				if len(list) == 1 {
					day.Path = bot.EditionPath + list[0].ID
				}
			}
			week = append(week, day)
		}
		v.Weeks = append(v.Weeks, week)
	}
	for i := range 7 {
		v.Days = append(v.Days, monday.AddDate(0, 0, i))
	}
	return v, nil
}
