package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hanwire/digest"
	"hanwire/digest/quote"
)

// Limits of what one message says. Slack refuses messages over about 13,200
// characters or 50 blocks, and people stop reading long before.
const (
	maxHead       = 9500 // characters of an edition's head
	maxCards      = 15   // stories with a card of their own in the head; the rest get a line
	maxAlso       = 25   // lines for the rest
	maxHeadQuote  = 240  // characters of the one quote under a headline; a longer one is not cut but left to the story
	maxStory      = 2900 // characters of a story in full
	maxQuotes     = 5    // quotes of a story in full
	maxQuote      = 900  // characters of one of them
	maxHeadline   = 160  // characters
	maxOutlets    = 4    // outlets named in a headline's line
	maxChangeLine = 4    // changes told of a story
)

// EditionInfo is what the messages of a digest say besides its stories. The
// zero value makes messages that nobody subscribed to: without number, next
// date and buttons that need an edition.
type EditionInfo struct {
	ID      string // of the edition
	Title   string // what the channel wanted to hear of: "North Korea"
	Number  int
	Lang    Lang
	Zone    string    // IANA; UTC when empty
	Now     time.Time // the end of the period
	From    time.Time // its beginning
	Next    time.Time // when the next edition is due
	Late    time.Time // when this one was due, if that is worth saying
	Health  string    // the feed-health line
	Sources int       // feeds that were asked, for a quiet day
	WebURL  string    // of the reading room
	Plain   bool      // without buttons: nobody could answer them
}

func (o EditionInfo) location() *time.Location {
	if loc, err := loadZone(o.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// DigestMessages tells a digest: a head with the headlines, each with its
// outlets, hour and one quote, and one message for each story in full. A
// digest without stories has a head of one line.
func DigestMessages(d digest.Digest, o EditionInfo) (head Message, stories []Message) {
	if o.Lang == "" {
		o.Lang = English
	}
	if len(d.Stories)+len(d.Also) == 0 {
		return quietDay(o), nil
	}
	for i := range d.Stories {
		stories = append(stories, storyMessage(&d.Stories[i], o))
	}
	return headMessage(d, o), stories
}

func quietDay(o EditionInfo) Message {
	l, loc := o.Lang, o.location()
	var parts []string
	if o.Title != "" {
		parts = append(parts, o.Title)
	}
	if o.Number > 0 {
		parts = append(parts, l.say("edition.number", "n", o.Number))
	}
	quiet := l.say("edition.quiet")
	if !o.From.IsZero() && o.Sources > 0 {
		quiet = l.say("edition.quiet.since", "n", o.Sources, "when", l.Moment(o.From.In(loc), o.Now))
	}
	parts = append(parts, quiet)
	if !o.Next.IsZero() {
		parts = append(parts, l.say("edition.next", "when", l.next(o.Next.In(loc), o.Now)))
	}
	if !o.Late.IsZero() {
		parts = append(parts, l.say("edition.late", "when", l.Moment(o.Late.In(loc), o.Now)))
	}
	if o.Health != "" {
		parts = append(parts, o.Health)
	}
	line := strings.Join(parts, " · ")
	return Message{Fallback: line, Silent: true, Blocks: []Block{Note{Spans: []Span{{Text: line}}}}}.cleaned()
}

// editionTitle is the first line of an edition: "North Korea · No. 41 · 17 stories from 9 outlets".
func editionTitle(d digest.Digest, o EditionInfo) string {
	outlets := map[string]bool{}
	for _, list := range [...][]digest.Story{d.Stories, d.Also} {
		for i := range list {
			for j := range list[i].Articles {
				outlets[list[i].Articles[j].Outlet] = true
			}
		}
	}
	title := o.Title
	if title == "" {
		title = o.Lang.say("edition.title")
	}
	if o.Number > 0 {
		title += " · " + o.Lang.say("edition.number", "n", o.Number)
	}
	return title + " · " + o.Lang.say("edition.count", "stories", len(d.Stories)+len(d.Also), "outlets", len(outlets))
}

func headMessage(d digest.Digest, o EditionInfo) Message {
	title := editionTitle(d, o)
	m := Message{Fallback: title}
	m.Blocks = append(m.Blocks, Heading{Text: title})
	foot := footBlocks(d, o)
	left := maxHead - size(m.Blocks) - size(foot)

	all := append(slices.Clone(d.Stories), d.Also...)
	shown := 0
	for ; shown < len(all) && shown < min(len(d.Stories), maxCards); shown++ {
		c := headlineCard(&all[shown], o)
		if n := size([]Block{c}); n <= left {
			left -= n
		} else {
			break
		}
		m.Blocks = append(m.Blocks, c)
	}
	var also []Span
	lines := 0
	for ; shown < len(all) && lines < maxAlso; shown, lines = shown+1, lines+1 {
		line := alsoLine(&all[shown], o, lines > 0)
		n := utf8.RuneCountInString(joinSpans(line))
		if n > left {
			break
		}
		left -= n
		also = append(also, line...)
	}
	if rest := len(all) - shown; rest > 0 {
		also = append(also, Span{Text: "\n" + o.Lang.say("edition.rest", "n", rest), Style: Italic})
	}
	if len(also) > 0 {
		m.Blocks = append(m.Blocks, Divider{}, Text{Spans: append([]Span{{Text: o.Lang.say("edition.also") + "\n", Style: Bold}}, also...)})
	}
	m.Blocks = append(m.Blocks, foot...)
	return m.cleaned()
}

// footBlocks are the small print and the buttons of an edition.
func footBlocks(d digest.Digest, o EditionInfo) []Block {
	l, loc := o.Lang, o.location()
	var parts []string
	if !o.Next.IsZero() {
		parts = append(parts, l.say("edition.next", "when", l.next(o.Next.In(loc), o.Now)))
	}
	if !o.Late.IsZero() {
		parts = append(parts, l.say("edition.late", "when", l.Moment(o.Late.In(loc), o.Now)))
	}
	if o.Number == 1 && !o.From.IsZero() {
		parts = append(parts, l.say("edition.first"))
	}
	if o.Health != "" {
		parts = append(parts, o.Health)
	}
	var blocks []Block
	if len(parts) > 0 {
		blocks = append(blocks, Note{Spans: []Span{{Text: strings.Join(parts, " · ")}}})
	}
	if o.Plain {
		return blocks
	}
	var row []Button
	if o.ID != "" {
		row = append(row, Button{Label: l.say("button.more"), Action: "more:" + o.ID}, Button{Label: l.say("button.quotes"), Action: "equotes:" + o.ID})
	}
	if web := webLink(o.WebURL, EditionPath, o.ID); web != "" {
		row = append(row, Button{Label: l.say("button.web"), URL: web})
	}
	if len(row) > 0 {
		blocks = append(blocks, Buttons{Buttons: row})
	}
	return blocks
}

// headlineCard is a story in the list: headline, outlets, hour, one quote.
func headlineCard(s *digest.Story, o EditionInfo) Card {
	lead := leadArticle(s)
	c := Card{Title: Cut(OneLine(s.Headline), maxHeadline), URL: lead.URL, Meta: metaLine(s, o, maxOutlets)}
	if line := changeSummary(s, o); line != "" {
		c.Body = []Span{{Text: line, Style: Italic}}
	}
	if q, ok := bestQuote(s, maxHeadQuote); ok {
		c.Quotes = []Quotation{quotation(s, q, o, false)}
	}
	return c
}

func alsoLine(s *digest.Story, o EditionInfo, broken bool) []Span {
	open := "• "
	if broken {
		open = "\n• "
	}
	lead := leadArticle(s)
	return []Span{
		{Text: open},
		{Text: Cut(OneLine(s.Headline), maxHeadline), URL: CleanLink(lead.URL)},
		{Text: " — " + outletNames(s, o.Lang, 2, false)},
	}
}

// storyMessage tells one story in full.
func storyMessage(s *digest.Story, o EditionInfo) Message {
	m := Message{Fallback: s.Headline, Silent: true}
	left := maxStory
	c := Card{Title: Cut(OneLine(s.Headline), maxHeadline), URL: leadArticle(s).URL, Meta: metaLine(s, o, 12)}
	left -= size([]Block{c})
	c.Body = summarySpans(s, o, left*2/3)
	left -= utf8.RuneCountInString(joinSpans(c.Body))
	for _, q := range orderedQuotes(s) {
		if len(c.Quotes) == maxQuotes {
			break
		}
		if q.Kind != quote.Direct {
			continue
		}
		x := quotation(s, q, o, true)
		if n := quotationSize(x); n <= min(left, maxQuote+200) && utf8.RuneCountInString(x.Text) <= maxQuote {
			c.Quotes = append(c.Quotes, x)
			left -= n
		}
	}
	for _, q := range orderedQuotes(s) {
		line := reported(s, q, o.Lang)
		if n := utf8.RuneCountInString(joinSpans(line)); q.Kind == quote.Indirect && q.Key && len(c.Quotes) == 0 && n <= left {
			c.Body = append(append(c.Body, Span{Text: "\n"}), line...)
			break
		}
	}
	if !o.Plain {
		c.Buttons = storyButtons(s.ID, o.Lang)
	}
	m.Blocks = append(m.Blocks, c)
	var note []Span
	if text := storyNote(s, o); text != "" {
		note = append(note, Span{Text: Cut(text, 700)})
	}
	if web := webLink(o.WebURL, StoryPath, s.ID); web != "" {
		if len(note) > 0 {
			note = append(note, Span{Text: " · "})
		}
		note = append(note, Span{Text: o.Lang.say("story.web"), URL: web})
	}
	if len(note) > 0 {
		m.Blocks = append(m.Blocks, Note{Spans: note})
	}
	return m.cleaned()
}

func storyButtons(id string, l Lang) []Button {
	return []Button{
		{Label: l.say("button.more"), Action: "story:" + id},
		{Label: l.say("button.quotes"), Action: "quotes:" + id},
		{Label: l.say("button.share"), Action: "share:" + id},
		{Label: l.say("button.mute"), Action: "mute:" + id},
		{Label: l.say("button.wrong"), Action: "wrong:" + id},
	}
}

// leadArticle is the article whose title the headline is, or the first.
func leadArticle(s *digest.Story) *digest.Reading {
	for i := range s.Articles {
		if s.Articles[i].Title == s.Headline {
			return &s.Articles[i]
		}
	}
	if len(s.Articles) == 0 {
		return &digest.Reading{}
	}
	return &s.Articles[0]
}

func articleOf(s *digest.Story, id string) *digest.Reading {
	for i := range s.Articles {
		if s.Articles[i].ID == id {
			return &s.Articles[i]
		}
	}
	return leadArticle(s)
}

// metaLine is "Daily Meridian (independent), Haneul Ilbo (agency) · 08:10 KST".
func metaLine(s *digest.Story, o EditionInfo, most int) string {
	line := outletNames(s, o.Lang, most, true)
	at := s.Latest
	if at.IsZero() && len(s.Articles) > 0 {
		at = s.Articles[len(s.Articles)-1].Published
	}
	if !at.IsZero() {
		line += " · " + o.Lang.Moment(at.In(o.location()), o.Now)
	}
	return line
}

// outletNames lists the outlets in order of publication, each once.
func outletNames(s *digest.Story, l Lang, most int, types bool) string {
	var names []string
	seen := map[string]bool{}
	for i := range s.Articles {
		a := &s.Articles[i]
		if a.Outlet == "" || seen[a.Outlet] {
			continue
		}
		seen[a.Outlet] = true
		name := a.Outlet
		if types && a.OutletType != "" {
			name += l.say("outlet.type", "type", l.OutletType(a.OutletType))
		}
		names = append(names, name)
	}
	if rest := len(names) - most; rest > 0 {
		return l.List(names[:most]) + l.say("outlet.rest", "n", rest)
	}
	return l.List(names)
}

// summarySpans are the summary's sentences as they stand, each followed by the
// outlet that it is taken from where the outlet changes, with a link to it.
func summarySpans(s *digest.Story, o EditionInfo, left int) []Span {
	if spans := retoldSpans(s, o, left); len(spans) > 0 {
		return spans
	}
	var spans []Span
	for i, x := range s.Summary {
		a := articleOf(s, x.Article)
		text := OneLine(x.Text)
		n := utf8.RuneCountInString(text) + utf8.RuneCountInString(a.Outlet) + 4
		if n > left {
			break
		}
		left -= n
		if i > 0 && !endsWide(s.Summary[i-1].Text) {
			text = " " + text
		}
		spans = append(spans, Span{Text: text})
		if i+1 == len(s.Summary) || s.Summary[i+1].Article != x.Article {
			spans = append(spans, Span{Text: " ("}, Span{Text: a.Outlet, URL: TextLink(a.URL, x.Text)}, Span{Text: ")"})
		}
	}
	return spans
}

// retoldSpans are a model's sentences, each followed by links to those that it
// rests on, and said to be a model's. There are none when they do not fit.
func retoldSpans(s *digest.Story, o EditionInfo, left int) []Span {
	if len(s.Retold) == 0 {
		return nil
	}
	var spans []Span
	if s.RetoldHeadline != "" {
		spans = append(spans, Span{Text: OneLine(s.RetoldHeadline), Style: Italic}, Span{Text: " (" + o.Lang.say("story.translated") + ") "})
	}
	for _, sentence := range s.Retold {
		spans = append(spans, Span{Text: OneLine(sentence.Text)})
		for _, x := range sentence.From {
			a := articleOf(s, x.Article)
			spans = append(spans, Span{Text: " ("}, Span{Text: a.Outlet, URL: TextLink(a.URL, x.Text)}, Span{Text: ")"})
		}
		spans = append(spans, Span{Text: " "})
	}
	spans = append(spans, Span{Text: "(" + o.Lang.say("story.retold") + ")"})
	for _, span := range spans {
		left -= utf8.RuneCountInString(span.Text)
	}
	if left < 0 {
		return nil
	}
	return spans
}

// endsWide reports whether s ends in Chinese, where no space follows a sentence.
func endsWide(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(s))
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("。！？；」』”’）", r) && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// orderedQuotes are the quotes of a story, key ones first, each kept in the
// order in which composition put it.
func orderedQuotes(s *digest.Story) []*digest.Attributed {
	list := make([]*digest.Attributed, len(s.Quotes))
	for i := range s.Quotes {
		list[i] = &s.Quotes[i]
	}
	slices.SortStableFunc(list, func(a, b *digest.Attributed) int {
		switch {
		case a.Key == b.Key:
			return 0
		case a.Key:
			return -1
		}
		return 1
	})
	return list
}

// bestQuote is the quote that says most among those that fit and whose speaker
// is known. Reported speech is none: set in marks it would be a fabrication.
func bestQuote(s *digest.Story, most int) (*digest.Attributed, bool) {
	var best *digest.Attributed
	for i := range s.Quotes {
		q := &s.Quotes[i]
		if q.Kind != quote.Direct || q.Speaker == "" || utf8.RuneCountInString(q.Text) > most {
			continue
		}
		if best == nil || cmp.Compare(quoteWorth(q), quoteWorth(best)) > 0 {
			best = q
		}
	}
	return best, best != nil
}

func quoteWorth(q *digest.Attributed) float64 {
	if q.Key {
		return q.Score + 10
	}
	return q.Score
}

// reported is reported speech, without marks around it.
func reported(s *digest.Story, q *digest.Attributed, l Lang) []Span {
	a := articleOf(s, q.Article)
	return reportedSpans(l, q.Speaker, q.Role, q.Text, a.Outlet, TextLink(a.URL, q.Text))
}

func reportedSpans(l Lang, speaker, role, words, outlet, link string) []Span {
	var spans []Span
	if speaker != "" {
		spans = append(spans, Span{Text: speaker, Style: Bold})
		if role != "" {
			spans = append(spans, Span{Text: ", " + role})
		}
		spans = append(spans, Span{Text: ": "})
	}
	return append(spans, Span{Text: QuotedWords(words)}, Span{Text: " (" + l.say("quote.reported") + ", "}, Span{Text: outlet, URL: link}, Span{Text: ")"})
}

// quotation makes the block of a direct quote.
func quotation(s *digest.Story, q *digest.Attributed, o EditionInfo, full bool) Quotation {
	a := articleOf(s, q.Article)
	words := QuotedWords(q.Text)
	x := Quotation{Text: words, URL: TextLink(a.URL, words), Speaker: q.Speaker, Role: q.Role, Outlet: a.Outlet, Lang: a.Lang}
	if full {
		var also []string
		for _, v := range q.Variants {
			name := articleOf(s, v.Article).Outlet
			if name != "" && name != a.Outlet && !slices.Contains(also, name) {
				also = append(also, name)
			}
		}
		if len(also) > 0 {
			x.Note = o.Lang.say("quote.also", "outlets", o.Lang.List(also))
		}
	}
	return x
}

// QuotedWords is a quote without the comma that English and Chinese set inside
// the closing mark when the sentence goes on outside.
func QuotedWords(s string) string {
	return strings.TrimRight(s, ",，、 \n")
}

// changeSummary is one line about what is new in a story told before.
func changeSummary(s *digest.Story, o EditionInfo) string {
	if len(s.Changes) == 0 {
		return ""
	}
	return o.Lang.say("story.new", "what", o.Lang.Change(s.Changes[0]))
}

// Change is a change in one line.
func (l Lang) Change(c digest.Change) string {
	what := Cut(OneLine(c.Text), 200)
	if _, known := texts["change."+c.Kind]; known {
		return l.say("change."+c.Kind, "what", what)
	}
	return what
}

// storyNote says what changed since the story was told, and what is known of
// how much could be read.
func storyNote(s *digest.Story, o EditionInfo) string {
	var lines []string
	for i, c := range s.Changes {
		if i == maxChangeLine {
			lines = append(lines, o.Lang.say("story.changes.rest", "n", len(s.Changes)-i))
			break
		}
		lines = append(lines, o.Lang.Change(c))
	}
	if len(lines) > 0 {
		lines[0] = o.Lang.say("story.since") + " " + lines[0]
	}
	partial, quotes := 0, 0
	for i := range s.Articles {
		switch s.Articles[i].Access {
		case "", "full text":
		case "quotes only":
			quotes++
		default:
			partial++
		}
	}
	switch n := len(s.Articles); {
	case n == 0 || partial+quotes < n:
	case quotes > 0:
		lines = append(lines, o.Lang.say("story.quotes only"))
	default:
		lines = append(lines, o.Lang.say("story.partial"))
	}
	return strings.Join(lines, " · ")
}

// size counts the characters of blocks as a reader sees them, which is what
// the platforms' limits count, link targets apart.
func size(blocks []Block) int {
	n := 0
	for _, b := range blocks {
		switch b := b.(type) {
		case Heading:
			n += utf8.RuneCountInString(b.Text)
		case Text:
			n += utf8.RuneCountInString(joinSpans(b.Spans))
		case Note:
			n += utf8.RuneCountInString(joinSpans(b.Spans))
		case Card:
			n += utf8.RuneCountInString(b.Title) + utf8.RuneCountInString(b.Meta) + utf8.RuneCountInString(joinSpans(b.Body)) + 8
			for _, q := range b.Quotes {
				n += quotationSize(q)
			}
			for _, x := range b.Buttons {
				n += utf8.RuneCountInString(x.Label)
			}
		case Quotation:
			n += quotationSize(b)
		case Buttons:
			for _, x := range b.Buttons {
				n += utf8.RuneCountInString(x.Label)
			}
		case Menu:
			n += utf8.RuneCountInString(b.Placeholder)
		}
	}
	return n
}

func quotationSize(q Quotation) int {
	n := 12
	for _, s := range [...]string{q.Text, q.Speaker, q.Role, q.Outlet, q.Note} {
		n += utf8.RuneCountInString(s)
	}
	return n
}
