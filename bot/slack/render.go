package slack

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	slackgo "github.com/slack-go/slack"

	"hanwire/bot"
)

// Slack's limits, in characters
// (https://docs.slack.dev/reference/block-kit/blocks and block-elements).
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxHeader        = 150
	maxText          = 3000 // of a section; Slack names none for rich text
	maxContext       = 10   // elements
	maxContextText   = 2000
	maxRow           = 25 // elements of an actions block
	maxLabel         = 75
	maxValue         = 2000
	maxActionID      = 255
	maxOptions       = 100
	maxOptionValue   = 150
	maxPlaceholder   = 150
	maxModalTitle    = 24
	maxInputLabel    = 2000
	maxInput         = 3000
	maxFallback      = 3000

	// maxTotal is ours: Slack refuses messages of more than about 13,200
	// characters (https://github.com/slackapi/bolt-js/issues/2509).
	maxTotal = 10_000

	// What longer ones are no titles, lines or quotes of.
	maxTitle = 300
	maxMeta  = 300
	maxBody  = 2000
	maxQuote = 2500
	maxLink  = 2000
)

// render makes Block Kit and the fallback text of a message.
//
// Text of feeds stands in plain_text and rich_text elements, in which Slack
// gives no character a meaning. The one exception is the label of a link in
// small print, which exists in mrkdwn only; see [mrkdwn].
//
// What frames the stories is kept. Cards give way: first each gets its title,
// as many as fit, then in order what else of it fits. "… +3" says that three
// parts are left out.
func render(m bot.Message, maxBlocks int) (blocks []slackgo.Block, fallback string) {
	parts := make([][]piece, len(m.Blocks)) // variants of each block, leanest first
	chosen := make([]int, len(m.Blocks))    // -1: left out
	left := budget{blocks: maxBlocks - 1, size: maxTotal - 20}
	for i, b := range m.Blocks {
		chosen[i] = -1
		if c, ok := b.(bot.Card); ok {
			parts[i] = cardVariants(c)
			continue
		}
		parts[i] = []piece{blockPiece(b, i)}
		if left.take(parts[i][0], piece{}) {
			chosen[i] = 0
		}
	}
	full := false
	for i, b := range m.Blocks {
		if _, ok := b.(bot.Card); !ok {
			continue
		}
		// After one that does not fit none is shown, so that what is missing
		// is missing at the end.
		if full = full || !left.take(parts[i][0], piece{}); !full {
			chosen[i] = 0
		}
	}
	for i := range m.Blocks {
		for v := len(parts[i]) - 1; chosen[i] >= 0 && v > chosen[i]; v-- {
			if left.take(parts[i][v], parts[i][chosen[i]]) {
				chosen[i] = v
			}
		}
	}
	missing, at := 0, -1
	for i := range m.Blocks {
		if chosen[i] < 0 {
			missing++
			continue
		}
		if _, ok := m.Blocks[i].(bot.Card); ok || at < 0 || missing == 0 {
			at = len(blocks) + len(parts[i][chosen[i]].blocks)
		}
		blocks = append(blocks, parts[i][chosen[i]].blocks...)
	}
	if missing > 0 {
		more := slackgo.NewContextBlock("", plain(moreMark(missing), maxContextText))
		at = max(at, 0)
		blocks = append(blocks[:at], append([]slackgo.Block{more}, blocks[at:]...)...)
	}
	fallback = bot.Cut(bot.OneLine(m.Fallback), maxFallback)
	if len(blocks) == 0 && fallback != "" {
		e, _ := spans([]bot.Span{{Text: fallback}}, maxText)
		blocks = append(blocks, rich(slackgo.NewRichTextSection(e...)))
	}
	return blocks, fallback
}

// Payload returns what is posted of a message, as JSON: its text and blocks.
func Payload(m bot.Message) ([]byte, error) {
	blocks, text := render(m, maxMessageBlocks)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Text   string          `json:"text"`
		Blocks []slackgo.Block `json:"blocks"`
	}{escape(text), blocks})
	return b.Bytes(), err
}

func moreMark(n int) string { return "… +" + strconv.Itoa(n) }

// budget is what a message may still hold.
type budget struct{ blocks, size int }

// take reports whether p fits in the place of instead, and if so spends it.
func (b *budget) take(p, instead piece) bool {
	blocks := b.blocks - len(p.blocks) + len(instead.blocks)
	size := b.size - p.size + instead.size
	if blocks < 0 || size < 0 {
		return false
	}
	b.blocks, b.size = blocks, size
	return true
}

// piece is a block of a message, rendered.
type piece struct {
	blocks []slackgo.Block
	size   int // characters, of links too
}

func (p *piece) add(b slackgo.Block, size int) {
	p.blocks = append(p.blocks, b)
	p.size += size
}

func blockPiece(b bot.Block, at int) (p piece) {
	switch b := b.(type) {
	case bot.Heading:
		if t := bot.Cut(bot.OneLine(b.Text), maxHeader); t != "" {
			p.add(slackgo.NewHeaderBlock(plain(t, maxHeader)), bot.Length(t))
		}
	case bot.Text:
		if e, n := spans(b.Spans, maxText); len(e) > 0 {
			p.add(rich(slackgo.NewRichTextSection(e...)), n)
		}
	case bot.Quotation:
		if q, n := quotation(b); q != nil {
			p.add(rich(q), n)
		}
	case bot.Note:
		if c, n := note(b); c != nil {
			p.add(c, n)
		}
	case bot.Divider:
		p.add(slackgo.NewDividerBlock(), 0)
	case bot.Buttons:
		if row, n := buttons(b.Buttons); row != nil {
			p.add(row, n)
		}
	case bot.Menu:
		if row, n := menu(b); row != nil {
			p.add(row, n)
		}
	}
	return p
}

// cardVariants renders a card from its title alone to all of it. The buttons
// stay longer than the quotes, and quotes go from the last to the first.
func cardVariants(c bot.Card) []piece {
	title := bot.Cut(bot.OneLine(c.Title), maxTitle)
	if title == "" {
		title = "—"
	}
	head, headSize := spans([]bot.Span{{Text: title, URL: c.URL, Style: bot.Bold}}, maxText)
	if meta := bot.Cut(bot.OneLine(c.Meta), maxMeta); meta != "" {
		head = append(head, slackgo.NewRichTextSectionTextElement("\n"+meta, nil))
		headSize += bot.Length(meta) + 1
	}
	body, bodySize := spans(c.Body, maxBody)
	row, rowSize := buttons(c.Buttons)
	var quotes []slackgo.RichTextElement
	var quoteSizes []int
	for _, q := range c.Quotes {
		if e, n := quotation(q); e != nil {
			quotes, quoteSizes = append(quotes, e), append(quoteSizes, n)
		}
	}
	build := func(withRow, withBody bool, nQuotes int) piece {
		first, size := append([]slackgo.RichTextSectionElement(nil), head...), headSize
		missing := len(c.Quotes) - nQuotes
		if len(body) > 0 {
			if withBody {
				first = append(append(first, slackgo.NewRichTextSectionTextElement("\n", nil)), body...)
				size += bodySize + 1
			} else {
				missing++
			}
		}
		elements := []slackgo.RichTextElement{slackgo.NewRichTextSection(first...)}
		for i := range nQuotes {
			elements = append(elements, quotes[i])
			size += quoteSizes[i]
		}
		if missing > 0 {
			mark := moreMark(missing)
			elements = append(elements, slackgo.NewRichTextSection(slackgo.NewRichTextSectionTextElement(mark, nil)))
			size += bot.Length(mark)
		}
		p := piece{}
		p.add(rich(elements...), size)
		if withRow && row != nil {
			p.add(row, rowSize)
		}
		return p
	}
	var variants []piece
	for _, withRow := range []bool{false, true} {
		if withRow && row == nil {
			break
		}
		variants = append(variants, build(withRow, false, 0))
		for n := range len(quotes) + 1 {
			variants = append(variants, build(withRow, true, n))
		}
	}
	return variants
}

// spans renders runs of text with their styles and links. Whole runs are left
// out from the end when they are too much; a single one is cut at a word.
func spans(in []bot.Span, limit int) (out []slackgo.RichTextSectionElement, size int) {
	for _, s := range in {
		text := bot.Clean(s.Text)
		if text == "" {
			continue
		}
		link := bot.CleanLink(s.URL)
		if bot.Length(link) > limit/2 {
			link = "" // it would leave no room for its words
		}
		cost := bot.Length(text) + bot.Length(link)
		if size+cost > limit-2 {
			if len(out) > 0 {
				return append(out, slackgo.NewRichTextSectionTextElement(" …", nil)), size + 2
			}
			text = bot.Cut(text, limit-bot.Length(link)-2)
			cost = bot.Length(text) + bot.Length(link)
		}
		size += cost
		if link != "" {
			out = append(out, slackgo.NewRichTextSectionLinkElement(link, text, style(s.Style)))
		} else {
			out = append(out, slackgo.NewRichTextSectionTextElement(text, style(s.Style)))
		}
	}
	return out, size
}

func style(s bot.Style) *slackgo.RichTextSectionTextStyle {
	switch s {
	case bot.Bold:
		return &slackgo.RichTextSectionTextStyle{Bold: true}
	case bot.Italic:
		return &slackgo.RichTextSectionTextStyle{Italic: true}
	case bot.Code:
		return &slackgo.RichTextSectionTextStyle{Code: true}
	}
	return nil
}

func rich(e ...slackgo.RichTextElement) slackgo.Block { return slackgo.NewRichTextBlock("", e...) }

// quotation renders somebody's words whole, or not at all when they are longer
// than a message should hold.
func quotation(q bot.Quotation) (slackgo.RichTextElement, int) {
	words := bot.Clean(q.Text)
	if words == "" || bot.Length(words) > maxQuote {
		return nil, 0
	}
	open, shut := q.Marks()
	in := []bot.Span{{Text: open + words + shut, URL: q.URL}}
	if by := q.Attribution(); by != "" {
		in = append(in, bot.Span{Text: "\n" + bot.Cut("— "+by, maxMeta)})
	}
	if n := bot.Cut(bot.OneLine(q.Note), maxMeta); n != "" {
		in = append(in, bot.Span{Text: "\n" + n, Style: bot.Italic})
	}
	e, size := spans(in, maxQuote+3*maxMeta+maxLink)
	return &slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: e}, size
}

// note renders small print. Plain text and links are elements of their own;
// runs that do not fit are left out from the end.
func note(n bot.Note) (slackgo.Block, int) {
	var out []slackgo.MixedElement
	var text strings.Builder
	size := 0
	flush := func() {
		if s := strings.TrimSpace(text.String()); s != "" {
			out = append(out, plain(s, maxContextText))
		}
		text.Reset()
	}
	for _, s := range n.Spans {
		run, link := bot.Clean(s.Text), bot.CleanLink(s.URL)
		if run == "" {
			continue
		}
		if size += bot.Length(run) + bot.Length(link); size > maxContextText {
			size -= bot.Length(run) + bot.Length(link)
			if size == 0 {
				run = bot.Cut(run, maxContextText/2)
				size = bot.Length(run)
				text.WriteString(run)
			} else {
				text.WriteString(" …")
			}
			break
		}
		if link == "" || len(out)+3 > maxContext {
			text.WriteString(run)
			continue
		}
		flush()
		label := "<" + escape(link) + "|" + mrkdwn(run) + ">"
		out = append(out, slackgo.NewTextBlockObject(slackgo.MarkdownType, label, false, true))
	}
	flush()
	if len(out) == 0 {
		return nil, 0
	}
	return slackgo.NewContextBlock("", out...), size
}

func buttons(in []bot.Button) (slackgo.Block, int) {
	var row []slackgo.BlockElement
	size := 0
	for i, b := range in {
		label := bot.Cut(bot.OneLine(b.Label), maxLabel)
		link := bot.CleanLink(b.URL)
		if len(row) == maxRow || label == "" || (link == "" && (b.Action == "" || len(b.Action) > maxValue)) {
			continue
		}
		size += bot.Length(label)
		e := slackgo.NewButtonBlockElement("b"+strconv.Itoa(i), b.Action, plain(label, maxLabel))
		if link != "" {
			e.ActionID, e.Value, e.URL = linkPrefix+strconv.Itoa(i), "", link
		}
		switch b.Style {
		case bot.Primary:
			e.Style = slackgo.StylePrimary
		case bot.Danger:
			e.Style = slackgo.StyleDanger
		}
		row = append(row, e)
	}
	if len(row) == 0 {
		return nil, 0
	}
	return slackgo.NewActionBlock("", row...), size
}

func menu(m bot.Menu) (slackgo.Block, int) {
	options, size := choices(m.Choices)
	id := menuPrefix + m.Action
	if len(options) == 0 || m.Action == "" || len(id) > maxActionID {
		return nil, 0
	}
	var placeholder *slackgo.TextBlockObject
	if p := bot.Cut(bot.OneLine(m.Placeholder), maxPlaceholder); p != "" {
		placeholder = plain(p, maxPlaceholder)
	}
	return slackgo.NewActionBlock("", slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, placeholder, id, options...)), size
}

func choices(in []bot.Choice) (out []*slackgo.OptionBlockObject, size int) {
	for _, c := range in {
		label := bot.Cut(bot.OneLine(c.Label), maxLabel)
		if len(out) == maxOptions || label == "" || c.Value == "" || len(c.Value) > maxOptionValue {
			continue
		}
		size += bot.Length(label)
		out = append(out, slackgo.NewOptionBlockObject(c.Value, plain(label, maxLabel), nil))
	}
	return out, size
}

// renderForm makes a modal of a form. The fields come back under their names.
func renderForm(f bot.Form, metadata string) slackgo.ModalViewRequest {
	v := slackgo.ModalViewRequest{
		Type:            slackgo.VTModal,
		CallbackID:      f.Action,
		PrivateMetadata: metadata,
		Title:           plain(f.Title, maxModalTitle),
		Submit:          plain(f.Submit, maxModalTitle),
	}
	for _, field := range f.Fields {
		var hint *slackgo.TextBlockObject
		if h := bot.OneLine(field.Hint); h != "" {
			hint = plain(h, maxInputLabel)
		}
		var element slackgo.BlockElement
		if options, _ := choices(field.Choices); len(options) > 0 {
			s := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, inputID, options...)
			for _, o := range options {
				if o.Value == field.Value {
					s.InitialOption = o
				}
			}
			element = s
		} else {
			in := slackgo.NewPlainTextInputBlockElement(nil, inputID)
			in.InitialValue, in.MaxLength = bot.Cut(bot.OneLine(field.Value), maxInput), maxInput
			element = in
		}
		block := slackgo.NewInputBlock(field.Name, plain(field.Label, maxInputLabel), hint, element)
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, block.WithOptional(field.Optional))
	}
	return v
}

// inputID is the action_id of a form's inputs; their block_id tells them apart.
const inputID = "v"

// plain is text in which nothing has a meaning, not even :emoji:.
func plain(s string, limit int) *slackgo.TextBlockObject {
	off := false
	return &slackgo.TextBlockObject{Type: slackgo.PlainTextType, Text: bot.Cut(bot.OneLine(s), limit), Emoji: &off}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text harmless in mrkdwn as far as Slack has a way to
// (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(s string) string { return escaper.Replace(s) }

// lookAlike stands in for the marks of mrkdwn, which cannot be escaped.
var lookAlike = strings.NewReplacer("*", "∗", "_", "ˍ", "~", "∼", "`", "ˋ", ":", "∶", "|", "∣", "\n", " ")

// mrkdwn makes a label of small print from any text. It changes characters, so
// nothing that must be exact may go through it.
func mrkdwn(s string) string { return lookAlike.Replace(escape(s)) }
