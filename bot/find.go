package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/text"
)

func (b *Bot) searchCommand(ctx context.Context, r *request) (Reply, error) {
	page, err := numberArg(r.args, "page", maxPage)
	if err != nil {
		return Reply{}, err
	}
	return b.search(ctx, r, r.args["query"], max(1, page))
}

func (b *Bot) search(ctx context.Context, r *request, text string, page int) (Reply, error) {
	q, err := parseQuery(text)
	if err != nil {
		return Reply{}, err
	}
	hits, n, err := b.o.Store.SearchStories(ctx, q, Page{Offset: (page - 1) * perPage, Limit: perPage, At: r.At})
	if err != nil {
		return Reply{}, err
	}
	if len(hits) == 0 {
		return private(Text{Spans: []Span{{Text: r.l.say("search.none") + " "}, {Text: q.String(), Style: Code}}}, Note{Spans: []Span{{Text: r.l.say("search.hint")}}}), nil
	}
	blocks := []Block{Heading{Text: r.l.say("search.title", "n", n)}, Note{Spans: []Span{{Text: q.String(), Style: Code}}}}
	m := Menu{Action: "open", Placeholder: r.l.say("menu.story")}
	for _, h := range hits {
		c := Card{Title: Cut(OneLine(h.Headline), maxHeadline), URL: h.URL, Meta: r.l.List(h.Outlets)}
		if !h.Latest.IsZero() {
			c.Meta += " · " + r.l.Moment(h.Latest.In(r.loc), r.now)
		}
		c.Body = Marked(h.Snippet, h.Matches)
		blocks = append(blocks, c)
		m.Choices = append(m.Choices, Choice{Label: Cut(OneLine(h.Headline), 75), Value: h.Story})
	}
	blocks = append(blocks, m, pageNote(r.l, "search", text, page, perPage, len(hits), n))
	blocks = append(blocks, pageButtons(r.l, page, perPage, n, func(p int) string { return fmt.Sprintf("s:%d:%s", p, text) })...)
	return private(blocks...), nil
}

// pageNote counts the results, and says how to turn the page when the query is
// too long for a button.
func pageNote(l Lang, command, text string, page, size, shown, n int) Note {
	from := (page - 1) * size
	note := Note{Spans: []Span{{Text: l.say("page.of", "from", from+1, "until", from+shown, "n", n)}}}
	if from+shown < n && len(fmt.Sprintf("s:%d:%s", page+1, text)) > maxAction {
		note.Spans = append(note.Spans, Span{Text: " · "}, Span{Text: fmt.Sprintf("/hanwire %s %s page %d", command, text, page+1), Style: Code})
	}
	return note
}

// Marked is text with the given parts of it bold.
func Marked(s string, matches []text.Span) []Span {
	var spans []Span
	at := 0
	for _, m := range matches {
		if m.Start < at || m.End > len(s) || m.Start >= m.End {
			continue
		}
		if m.Start > at {
			spans = append(spans, Span{Text: s[at:m.Start]})
		}
		spans = append(spans, Span{Text: s[m.Start:m.End], Style: Bold})
		at = m.End
	}
	if at < len(s) {
		spans = append(spans, Span{Text: s[at:]})
	}
	return spans
}

func (b *Bot) quotesCommand(ctx context.Context, r *request) (Reply, error) {
	page, err := numberArg(r.args, "page", maxPage)
	if err != nil {
		return Reply{}, err
	}
	return b.quotes(ctx, r, r.args["query"], max(1, page), false)
}

// quotes looks quotes up: verbatim, with role, outlet and date, or as
// citations to be copied.
func (b *Bot) quotes(ctx context.Context, r *request, text string, page int, citations bool) (Reply, error) {
	q, err := parseQuery(text)
	if err != nil {
		return Reply{}, err
	}
	list, n, err := b.o.Store.SearchQuotes(ctx, q, Page{Offset: (page - 1) * perQuotes, Limit: perQuotes, At: r.At})
	if err != nil {
		return Reply{}, err
	}
	if len(list) == 0 {
		return private(Text{Spans: []Span{{Text: r.l.say("quotes.none") + " "}, {Text: q.String(), Style: Code}}}, Note{Spans: []Span{{Text: r.l.say("search.hint")}}}), nil
	}
	blocks := []Block{Heading{Text: r.l.say("quotes.found", "n", n)}}
	if text != "" {
		blocks = append(blocks, Note{Spans: []Span{{Text: q.String(), Style: Code}}})
	}
	if citations {
		for _, x := range list {
			blocks = append(blocks, Text{Spans: []Span{{Text: Citation(x, r.now, r.loc), Style: Code}}})
		}
	} else {
		told, err := b.quoteRecords(ctx, r, list)
		if err != nil {
			return Reply{}, err
		}
		blocks = append(blocks, told...)
	}
	blocks = append(blocks, pageNote(r.l, "quotes", text, page, perQuotes, len(list), n))
	turn, verb := pageButtons(r.l, page, perQuotes, n, func(p int) string { return fmt.Sprintf("q:%d:%s", p, text) }), fmt.Sprintf("c:%d:%s", page, text)
	if !citations && len(verb) <= maxAction {
		if len(turn) == 0 {
			turn = []Block{Buttons{}}
		}
		row := turn[0].(Buttons)
		row.Buttons = append(row.Buttons, Button{Label: r.l.say("button.cite"), Action: verb})
		turn[0] = row
	}
	return private(append(blocks, turn...)...), nil
}

// quoteRecords are the blocks of quotes that were looked up, each with the
// other outlets of its story that have the same words, and a menu of the
// stories.
func (b *Bot) quoteRecords(ctx context.Context, r *request, list []QuoteRecord) ([]Block, error) {
	ids := []string{}
	for _, x := range list {
		if x.Story != "" && !slices.Contains(ids, x.Story) {
			ids = append(ids, x.Story)
		}
	}
	stories, err := b.o.Store.Stories(ctx, StoryFilter{IDs: ids})
	if err != nil {
		return nil, err
	}
	byID := map[string][]digest.Reading{}
	for _, s := range stories {
		byID[s.ID] = s.Visible(r.At).Readings
	}
	var blocks []Block
	m := Menu{Action: "open", Placeholder: r.l.say("menu.story")}
	for _, x := range list {
		readings := byID[x.Story]
		blocks = append(blocks, quoteRecord(x, alsoIn(readings, x), r))
		known := slices.ContainsFunc(m.Choices, func(c Choice) bool { return c.Value == x.Story })
		if i := slices.IndexFunc(readings, func(a digest.Reading) bool { return a.ID == x.Article }); i >= 0 && !known {
			m.Choices = append(m.Choices, Choice{Label: Cut(OneLine(readings[i].Title), 75), Value: x.Story})
		}
	}
	if len(m.Choices) > 0 {
		blocks = append(blocks, m)
	}
	return blocks, nil
}

// alsoIn are the other outlets that have the words of a direct quote, in the
// same wording or in one like it.
func alsoIn(readings []digest.Reading, x QuoteRecord) []string {
	if x.Kind != "" && x.Kind != "direct" {
		return nil
	}
	var outlets []string
	for i := range readings {
		a := &readings[i]
		if a.Outlet == x.Outlet || slices.Contains(outlets, a.Outlet) {
			continue
		}
		if slices.ContainsFunc(a.Quotes, func(q quote.Quote) bool {
			return q.Kind == quote.Direct && quote.Same(x.Text, a.Text[q.Start:q.End]) >= quote.SameFrom
		}) {
			outlets = append(outlets, a.Outlet)
		}
	}
	return outlets
}

// quoteRecord is the block of a quote that was looked up. Without a speaker to
// name, as on the speaker's own page, it names the role alone.
func quoteRecord(x QuoteRecord, also []string, r *request) Block {
	date := ""
	if !x.Published.IsZero() {
		date = r.l.Date(x.Published.In(r.loc))
	}
	if x.Kind != "" && x.Kind != "direct" {
		spans := reportedSpans(r.l, x.Speaker, x.Role, x.Text, x.Outlet, x.URL)
		return Text{Spans: append(spans, Span{Text: " · " + date, Style: Italic})}
	}
	q := Quotation{Text: QuotedWords(x.Text), URL: x.URL, Speaker: x.Speaker, Role: x.Role, Outlet: x.Outlet, Lang: x.Lang}
	q.Note = date
	if x.OutletType != "" {
		q.Note = strings.TrimSuffix(r.l.OutletType(x.OutletType)+" · "+date, " · ")
	}
	if len(also) > 0 {
		q.Note += " · " + r.l.say("quote.also", "outlets", r.l.List(also))
	}
	return q
}

// Citation is a quote as it goes into a footnote, with the date of access.
func Citation(x QuoteRecord, now time.Time, loc *time.Location) string {
	var b strings.Builder
	words := OneLine(QuotedWords(x.Text))
	if x.Kind == "" || x.Kind == "direct" {
		words = "“" + words + "”"
	}
	b.WriteString(words)
	if x.Speaker != "" {
		b.WriteString(" " + x.Speaker)
		if x.Role != "" {
			b.WriteString(" (" + x.Role + ")")
		}
	}
	b.WriteString(", " + x.Outlet)
	if !x.Published.IsZero() {
		b.WriteString(", " + x.Published.In(loc).Format("2 January 2006"))
	}
	if link := CleanLink(x.URL); link != "" {
		link, _, _ = strings.Cut(link, ":~:text=")
		b.WriteString(", " + strings.TrimSuffix(link, "#"))
	}
	b.WriteString(" (accessed " + now.In(loc).Format("2 January 2006") + ")")
	return b.String()
}

// speaker is a profile: names, roles over time, topics, latest quotes.
func (b *Bot) speaker(ctx context.Context, r *request, name string) (Reply, error) {
	name = Cut(OneLine(name), 100)
	p, err := b.o.Store.Speaker(ctx, name, r.At)
	if errors.Is(err, ErrNotFound) || err == nil && p.Quotes == 0 {
		reply := r.say("speaker.unknown", "name", name)
		near, err := b.nearNames(ctx, name)
		if err != nil {
			return Reply{}, err
		}
		if len(near) > 0 {
			reply.Message.Blocks = append(reply.Message.Blocks, Note{Spans: []Span{{Text: r.l.say("speaker.near", "names", r.l.List(near))}}})
		}
		return reply, nil
	}
	if err != nil {
		return Reply{}, err
	}
	blocks := []Block{Heading{Text: p.Name}}
	if others := slices.DeleteFunc(slices.Clone(p.Names), func(n string) bool { return n == p.Name }); len(others) > 0 {
		blocks = append(blocks, Note{Spans: []Span{{Text: r.l.say("speaker.names", "names", r.l.List(others[:min(len(others), 8)]))}}})
	}
	counted := r.l.say("speaker.count", "n", p.Quotes, "first", r.l.Date(p.First.In(r.loc)), "last", r.l.Date(p.Last.In(r.loc)))
	spans := []Span{{Text: counted}}
	for _, role := range p.Roles[:min(len(p.Roles), 6)] {
		spans = append(spans, Span{Text: "\n• " + role.Role}, Span{Text: " (" + period(r, role.First, role.Last) + ")", Style: Italic})
	}
	if len(p.Topics) > 0 {
		var names []string
		for _, t := range p.Topics {
			names = append(names, r.l.Topic(t))
		}
		spans = append(spans, Span{Text: "\n" + r.l.say("speaker.topics", "topics", r.l.List(names))})
	}
	blocks = append(blocks, Text{Spans: spans})
	latest := slices.Clone(p.Latest[:min(len(p.Latest), perQuotes)])
	for i := range latest {
		latest[i].Speaker = "" // the heading's
	}
	told, err := b.quoteRecords(ctx, r, latest)
	if err != nil {
		return Reply{}, err
	}
	blocks = append(blocks, told...)
	if action := `q:1:speaker:"` + p.Name + `"`; len(action) <= maxAction && p.Quotes > len(p.Latest) {
		blocks = append(blocks, Buttons{Buttons: []Button{{Label: r.l.say("button.allquotes"), Action: action}}})
	}
	return private(blocks...), nil
}

func period(r *request, from, until time.Time) string {
	a, z := r.l.Date(from.In(r.loc)), r.l.Date(until.In(r.loc))
	if a == z {
		return a
	}
	return a + " – " + z
}

// nearNames are speakers whose names begin like the one not found. One letter
// of an alphabet says too little; one syllable or character is a family name.
func (b *Bot) nearNames(ctx context.Context, name string) ([]string, error) {
	for _, n := range [...]int{3, 2, 1} {
		if r := []rune(name); len(r) >= n && (n > 1 || r[0] >= 0x1100) {
			list, err := b.o.Store.SpeakerNames(ctx, string(r[:n]), 5)
			if err != nil || len(list) > 0 {
				return list, err
			}
		}
	}
	return nil, nil
}
