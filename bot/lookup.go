package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanwire/digest"
	"hanwire/digest/quote"
)

const (
	perPage   = 5   // results of a search
	perQuotes = 6   // quotes of a look-up
	maxPage   = 200 // nobody reads on; a better query finds it
)

func pageOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

// cutPage parts "id:2" into the id and the page.
func cutPage(arg string) (string, int) {
	id, page, _ := strings.Cut(arg, ":")
	return id, pageOf(page)
}

// latest is a digest of the last day for the person alone, of one topic or of
// all.
func (b *Bot) latest(ctx context.Context, r *request, topic string) (Reply, error) {
	w := wanted{from: r.now.Add(-firstPeriod), until: r.now.Add(closing), lang: string(r.l), now: r.now}
	title := r.l.say("latest.title")
	if strings.TrimSpace(topic) != "" {
		topics, rest, err := b.parseWhat(topic)
		if err != nil {
			return Reply{}, err
		}
		if rest != "" {
			return Reply{}, usageError("latest", "err.topic", "topic", Cut(OneLine(topic), 40), "topics", r.l.List(b.o.Topics))
		}
		w.topics = topics
	}
	var names []string
	for _, t := range w.topics {
		names = append(names, r.l.Topic(t))
	}
	if len(names) > 0 {
		title += " · " + r.l.List(names)
	}
	d, err := b.compose(ctx, r.place(), w)
	if err != nil {
		return Reply{}, err
	}
	troubled, all, err := b.o.Store.Troubled(ctx, r.At)
	if err != nil {
		return Reply{}, err
	}
	head, _ := DigestMessages(d, EditionInfo{
		Title: title, Lang: r.l, Zone: r.zone, Now: r.now, From: w.from, Sources: all,
		Health: healthLine(troubled, all, r.l, r.zone, r.now), WebURL: b.o.WebURL,
	})
	head.Private, head.Silent = true, false
	if m := storyMenu(r.l, append(slices.Clone(d.Stories), d.Also...)); len(m.Choices) > 0 {
		head.Blocks = append(head.Blocks, m)
	}
	return Reply{Message: &head}, nil
}

// storyMenu opens one of the stories in full.
func storyMenu(l Lang, stories []digest.Story) Menu {
	m := Menu{Action: "open", Placeholder: l.say("menu.story")}
	for i := range stories[:min(len(stories), 25)] {
		m.Choices = append(m.Choices, Choice{Label: Cut(OneLine(stories[i].Headline), 75), Value: stories[i].ID})
	}
	return m
}

// find is a story that the place may see; nil when there is none.
func (b *Bot) find(ctx context.Context, at Place, id string) (*StoryRecord, error) {
	id = strings.TrimSpace(id)
	if id == "" || len(id) > 64 {
		return nil, nil
	}
	list, err := b.o.Store.Stories(ctx, StoryFilter{IDs: []string{id}})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	r := list[0].Visible(at)
	if len(r.Readings) == 0 {
		return nil, nil
	}
	return &r, nil
}

// composeOne tells one story, whatever its topics.
func composeOne(r StoryRecord, lang string, now time.Time) (digest.Story, bool) {
	d := digest.Compose([]digest.Group{{ID: r.ID, Articles: r.Readings}}, digest.Options{Now: now, All: true, Lang: lang})
	if len(d.Stories) == 0 {
		return digest.Story{}, false
	}
	return d.Stories[0], true
}

func (r *request) info() EditionInfo {
	return EditionInfo{Lang: r.l, Zone: r.zone, Now: r.now, WebURL: r.web}
}

// story tells one story with all its articles.
func (b *Bot) story(ctx context.Context, r *request, id string) (Reply, error) {
	record, err := b.find(ctx, r.At, id)
	if err != nil {
		return Reply{}, err
	}
	if record == nil {
		return r.say("story.unknown", "id", Cut(OneLine(id), 40)), nil
	}
	s, ok := composeOne(*record, string(r.l), r.now)
	if !ok {
		return r.say("story.unknown", "id", Cut(OneLine(id), 40)), nil
	}
	m := storyMessage(&s, r.info())
	card := m.Blocks[0].(Card)
	card.Buttons = storyButtons(s.ID, r.l)[1:]
	m.Blocks[0] = card
	m.Blocks = append(m.Blocks, Text{Spans: articleLines(&s, r)}, Note{Spans: []Span{{Text: r.l.say("story.id", "id", s.ID)}}})
	m.Private, m.Silent = true, false
	return Reply{Message: &m}, nil
}

// articleLines list a story's articles as they came, with what could be read.
func articleLines(s *digest.Story, r *request) []Span {
	const most = 12
	spans := []Span{{Text: r.l.say("story.articles", "n", len(s.Articles)), Style: Bold}}
	for i := range s.Articles[:min(len(s.Articles), most)] {
		a := &s.Articles[i]
		when := ""
		if !a.Published.IsZero() {
			when = r.l.Moment(a.Published.In(r.loc), r.now) + " "
		}
		spans = append(spans, Span{Text: "\n• " + when + a.Outlet + ": "}, Span{Text: Cut(OneLine(a.Title), maxHeadline), URL: a.URL})
		if a.Access != "" && a.Access != "full text" {
			spans = append(spans, Span{Text: " (" + r.l.say("access."+a.Access) + ")", Style: Italic})
		}
	}
	if rest := len(s.Articles) - most; rest > 0 {
		spans = append(spans, Span{Text: "\n" + r.l.say("edition.rest", "n", rest), Style: Italic})
	}
	return spans
}

// storyQuotes are all quotes of a story, page by page.
func (b *Bot) storyQuotes(ctx context.Context, r *request, id string, page int) (Reply, error) {
	record, err := b.find(ctx, r.At, id)
	if err != nil {
		return Reply{}, err
	}
	if record == nil {
		return r.say("story.unknown", "id", Cut(OneLine(id), 40)), nil
	}
	s, _ := composeOne(*record, string(r.l), r.now)
	return quotePage(r, s.Headline, []digest.Story{s}, "quotes:"+id, page), nil
}

// edition finds an edition that was posted where r is.
func (b *Bot) edition(ctx context.Context, r *request, id string) (Edition, bool, error) {
	e, err := b.o.Store.Edition(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	s, err := b.o.Store.Subscription(ctx, e.Subscription)
	if errors.Is(err, ErrNotFound) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	mine := s.At == personal(r.By) || !s.At.IsPersonal() && s.At.workspace() == r.At.workspace()
	return e, mine, nil
}

// editionStories are stories of an edition, composed as they are now.
func (b *Bot) editionStories(ctx context.Context, r *request, ids []string) ([]digest.Story, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	records, err := b.o.Store.Stories(ctx, StoryFilter{IDs: ids})
	if err != nil {
		return nil, err
	}
	var stories []digest.Story
	for _, id := range ids {
		for _, record := range records {
			if record.ID == id {
				if s, ok := composeOne(record.Visible(r.At), string(r.l), r.now); ok {
					stories = append(stories, s)
				}
			}
		}
	}
	return stories, nil
}

// moreOfEdition shows an edition's stories page by page, those first that had
// only a line.
func (b *Bot) moreOfEdition(ctx context.Context, r *request, id string, page int) (Reply, error) {
	e, mine, err := b.edition(ctx, r, id)
	if err != nil {
		return Reply{}, err
	}
	if !mine {
		return r.say("err.old"), nil
	}
	ids := append(slices.Clone(e.Also), e.Stories...)
	from, until := pageBounds(page, perPage, len(ids))
	stories, err := b.editionStories(ctx, r, ids[from:until])
	if err != nil {
		return Reply{}, err
	}
	blocks := []Block{Heading{Text: r.l.say("edition.number", "n", e.Number) + " · " + r.l.say("page.of", "from", from+1, "until", until, "n", len(ids))}}
	for i := range stories {
		c := headlineCard(&stories[i], r.info())
		c.Body = summarySpans(&stories[i], r.info(), 500)
		blocks = append(blocks, c)
	}
	if m := storyMenu(r.l, stories); len(m.Choices) > 0 {
		blocks = append(blocks, m)
	}
	blocks = append(blocks, pageButtons(r.l, page, perPage, len(ids), func(p int) string { return fmt.Sprintf("more:%s:%d", id, p) })...)
	return private(blocks...), nil
}

func (b *Bot) quotesOfEdition(ctx context.Context, r *request, id string, page int) (Reply, error) {
	e, mine, err := b.edition(ctx, r, id)
	if err != nil {
		return Reply{}, err
	}
	if !mine {
		return r.say("err.old"), nil
	}
	stories, err := b.editionStories(ctx, r, e.Stories)
	if err != nil {
		return Reply{}, err
	}
	return quotePage(r, r.l.say("edition.number", "n", e.Number), stories, "equotes:"+id, page), nil
}

// quotePage shows the quotes of stories, key ones first.
func quotePage(r *request, title string, stories []digest.Story, action string, page int) Reply {
	type found struct {
		s *digest.Story
		q *digest.Attributed
	}
	var all []found
	for _, key := range [...]bool{true, false} {
		for i := range stories {
			for j := range stories[i].Quotes {
				if q := &stories[i].Quotes[j]; q.Key == key {
					all = append(all, found{&stories[i], q})
				}
			}
		}
	}
	if len(all) == 0 {
		return r.say("quotes.none")
	}
	from, until := pageBounds(page, perQuotes, len(all))
	blocks := []Block{Heading{Text: r.l.say("quotes.title", "what", Cut(OneLine(title), 100))}}
	for _, f := range all[from:until] {
		if f.q.Kind != quote.Direct {
			blocks = append(blocks, Text{Spans: reported(f.s, f.q, r.l)})
			continue
		}
		blocks = append(blocks, quotation(f.s, f.q, r.info(), true))
	}
	blocks = append(blocks, Note{Spans: []Span{{Text: r.l.say("page.of", "from", from+1, "until", until, "n", len(all))}}})
	blocks = append(blocks, pageButtons(r.l, page, perQuotes, len(all), func(p int) string { return action + ":" + strconv.Itoa(p) })...)
	return private(blocks...)
}

func pageBounds(page, size, n int) (from, until int) {
	from = min((page-1)*size, max(0, n-1))
	return from, min(from+size, n)
}

// maxAction is the longest action that both platforms take back; Slack's value
// holds 2,000, Discord's custom_id 100 with the adapter's own part.
const maxAction = 75

// pageButtons turn to the neighbouring pages. Without room for the action there
// are none, and the command's "page" does it.
func pageButtons(l Lang, page, size, n int, action func(int) string) []Block {
	var row []Button
	if page > 1 && len(action(page-1)) <= maxAction {
		row = append(row, Button{Label: l.say("button.back"), Action: action(page - 1)})
	}
	if page*size < n && len(action(page+1)) <= maxAction {
		row = append(row, Button{Label: l.say("button.next"), Action: action(page + 1)})
	}
	if len(row) == 0 {
		return nil
	}
	return []Block{Buttons{Buttons: row}}
}

// share posts a story for all to see. A command's id, or the moment, keeps a
// button pressed twice from posting twice.
func (b *Bot) share(ctx context.Context, r *request, id string) (Reply, error) {
	record, err := b.find(ctx, r.At, id)
	if err != nil {
		return Reply{}, err
	}
	if record == nil {
		return r.say("story.unknown", "id", Cut(OneLine(id), 40)), nil
	}
	if r.Direct {
		return r.say("share.direct"), nil
	}
	s, _ := composeOne(*record, string(r.l), r.now)
	m := storyMessage(&s, r.info())
	m.Silent = false
	m.Blocks = append(m.Blocks, Note{Spans: []Span{{Text: r.l.say("share.by", "who", Cut(OneLine(r.ByName), 60))}}})
	m = m.cleaned()
	key := "share/" + r.At.Platform + "/" + r.At.Channel + "/" + id + "/" + strconv.FormatInt(r.now.Unix()/60, 36)
	if err := b.o.Store.Enqueue(ctx, []Outgoing{{Delivery: Delivery{Key: key, Kind: Post, To: r.At, Message: m}}}); err != nil {
		return Reply{}, err
	}
	return r.say("share.done"), nil
}

// muteStory keeps a story out of the place's coming editions. "Not relevant"
// also says why it came, so that the subscription can be narrowed.
func (b *Bot) muteStory(ctx context.Context, r *request, verb, id string) (Reply, error) {
	record, err := b.find(ctx, r.At, id)
	if err != nil {
		return Reply{}, err
	}
	if record == nil {
		return r.say("story.unknown", "id", Cut(OneLine(id), 40)), nil
	}
	if err := b.o.Store.MuteStory(ctx, r.place(), id); err != nil {
		return Reply{}, err
	}
	b.o.Log.Info("story muted", "story", id, "channel", r.At.Channel, "platform", r.At.Platform, "reason", verb)
	reply := r.say("mute.done", "headline", Cut(OneLine(record.Readings[0].Title), 100))
	if verb == "wrong" {
		var why []string
		for _, a := range record.Readings {
			for _, reason := range a.Relevance.Reasons {
				if !slices.Contains(why, reason) && len(why) < 5 {
					why = append(why, reason)
				}
			}
		}
		spans := []Span{{Text: r.l.say("wrong.why") + " " + r.l.List(why) + ". " + r.l.say("wrong.narrow") + " "}, {Text: "/hanwire subscribe … -word", Style: Code}}
		reply.Message.Blocks = append(reply.Message.Blocks, Note{Spans: spans})
	}
	return reply, nil
}
