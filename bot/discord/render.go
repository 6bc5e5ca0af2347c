package discord

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"hanwire/bot"
)

// Discord's limits, in characters
// (https://discord.com/developers/docs/resources/message and
// /components/reference).
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxTitle       = 256
	maxDescription = 4096
	maxFooter      = 2048
	maxEmbedTotal  = 6000 // over all embeds of a message
	maxRows        = 5
	maxRowButtons  = 5
	maxLabel       = 80
	maxCustomID    = 100
	maxButtonLink  = 512
	maxOptions     = 25
	maxOption      = 100
	maxPlaceholder = 150
	maxModalTitle  = 45
	maxInputLabel  = 45
	maxInputHint   = 100
	maxInput       = 4000

	// What longer ones are no titles, lines, links or quotes of.
	maxCardTitle = 300
	maxMeta      = 300
	maxBody      = 1200
	maxText      = 1800
	maxQuote     = 1500
	maxLink      = 1000
)

// Flags of a message
// (https://discord.com/developers/docs/resources/message#message-object-message-flags).
const (
	suppressEmbeds = 1 << 2
	ephemeral      = 1 << 6
	silent         = 1 << 12
)

// message is what is posted. All of its lists are always there: an edit that
// left one out would leave what was in it.
type message struct {
	Content         string                       `json:"content"`
	Embeds          []*discordgo.MessageEmbed    `json:"embeds"`
	Components      []discordgo.MessageComponent `json:"components"`
	AllowedMentions mentions                     `json:"allowed_mentions"`
	Flags           int                          `json:"flags"`
	Nonce           string                       `json:"nonce,omitempty"`
	EnforceNonce    bool                         `json:"enforce_nonce,omitempty"`
	Reference       *reference                   `json:"message_reference,omitempty"`
}

// edit is the message as an edit: who sees it and how it was announced stays,
// and Discord takes no other flags than this one.
func (m message) edit() message {
	m.Flags &= suppressEmbeds
	m.Nonce, m.EnforceNonce = "", false
	return m
}

// mentions allows none. discordgo's own type says null for an empty list, and
// null means that all are allowed.
type mentions struct{}

func (mentions) MarshalJSON() ([]byte, error) { return []byte(`{"parse":[]}`), nil }

type reference struct {
	MessageID string `json:"message_id"`
}

// Payload returns what is posted of a message, as JSON.
func Payload(m bot.Message) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(render(m))
	return b.Bytes(), err
}

// render makes embeds and components of a message; a message of text alone
// becomes plain content, without cards for its links.
//
// What frames the stories is kept. Cards give way: first each gets its title,
// as many as fit, then in order what else of it fits. "… +3" says that three
// parts are left out.
func render(m bot.Message) message {
	variants := make([][]string, len(m.Blocks)) // of each block, leanest first
	chosen := make([]int, len(m.Blocks))        // -1: left out
	left := maxEmbedTotal - 20
	take := func(s, instead string) bool {
		n := bot.Length(s) - bot.Length(instead)
		if instead == "" {
			n += 2 // the empty line before it
		}
		if n > left || bot.Length(s) > maxDescription-20 {
			return false
		}
		left -= n
		return true
	}
	framed, full := false, false
	for i, b := range m.Blocks {
		chosen[i] = -1
		switch b := b.(type) {
		case bot.Card:
			framed = true
			variants[i] = cardVariants(b)
			continue
		case bot.Heading, bot.Quotation, bot.Divider:
			framed = true
		}
		variants[i] = []string{block(b)}
		if take(variants[i][0], "") {
			chosen[i] = 0
		}
	}
	for i, b := range m.Blocks {
		if _, ok := b.(bot.Card); !ok {
			continue
		}
		// After one that does not fit none is shown, so that what is missing
		// is missing at the end.
		if full = full || !take(variants[i][0], ""); !full {
			chosen[i] = 0
		}
	}
	for i := range m.Blocks {
		for v := len(variants[i]) - 1; chosen[i] >= 0 && v > chosen[i]; v-- {
			if take(variants[i][v], variants[i][chosen[i]]) {
				chosen[i] = v
			}
		}
	}
	shown := make([]bot.Block, 0, len(m.Blocks))
	texts := make([]string, 0, len(m.Blocks)+1)
	missing, at := 0, 0
	for i, b := range m.Blocks {
		if chosen[i] < 0 {
			missing++
			continue
		}
		if shown = append(shown, b); missing == 0 {
			at = len(shown)
		}
		texts = append(texts, variants[i][chosen[i]])
	}
	if missing > 0 {
		shown = slices.Insert(shown, at, bot.Block(bot.Text{}))
		texts = slices.Insert(texts, at, moreMark(missing))
	}
	out := message{Embeds: []*discordgo.MessageEmbed{}, Components: components(shown)}
	if m.Silent {
		out.Flags |= silent
	}
	content := joined(texts)
	if framed || bot.Length(content) > maxContent {
		out.Embeds = embeds(shown, texts)
	} else {
		out.Content = content
	}
	if len(out.Embeds) == 0 {
		out.Flags |= suppressEmbeds
		if out.Content == "" {
			out.Content = fit(bot.OneLine(m.Fallback), maxContent)
		}
	}
	return out
}

func moreMark(n int) string { return "… +" + strconv.Itoa(n) }

func joined(texts []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return s == "" }), "\n\n")
}

// block renders the text of any block but a card; buttons and menus have none.
func block(b bot.Block) string {
	switch b := b.(type) {
	case bot.Heading:
		return fit(bot.OneLine(b.Text), maxTitle)
	case bot.Text:
		return spans(b.Spans, maxText)
	case bot.Quotation:
		return quotation(b)
	case bot.Note:
		return note(b)
	}
	return ""
}

// note is small print, on one line because its mark counts for one.
func note(n bot.Note) string {
	if s := strings.Join(strings.Fields(spans(n.Spans, maxText)), " "); s != "" {
		return "-# " + s
	}
	return ""
}

// cardVariants renders a card from its title alone to all of it; its parts go
// from the end.
func cardVariants(c bot.Card) []string {
	title := bot.Cut(bot.OneLine(c.Title), maxCardTitle)
	if title == "" {
		title = "—"
	}
	head := span(bot.Span{Text: title, URL: c.URL, Style: bot.Bold})
	if meta := bot.Cut(bot.OneLine(c.Meta), maxMeta); meta != "" {
		head += "\n-# " + escape(meta)
	}
	var quotes []string
	for _, q := range c.Quotes {
		if s := quotation(q); s != "" {
			quotes = append(quotes, s)
		}
	}
	build := func(body string, n int) string {
		s := head
		missing := len(c.Quotes) - n
		if body != "" {
			s += "\n" + body
		} else if len(c.Body) > 0 {
			missing++
		}
		for _, q := range quotes[:n] {
			s += "\n" + q
		}
		if missing > 0 {
			s += "\n" + moreMark(missing)
		}
		return s
	}
	variants := []string{build("", 0)}
	body := spans(c.Body, maxBody)
	for n := range len(quotes) + 1 {
		if body != "" || n > 0 {
			variants = append(variants, build(body, n))
		}
	}
	return variants
}

// embeds packs texts into as few embeds as hold them. A heading gives an embed
// its title, a divider begins a new one, the last small print becomes a footer.
func embeds(blocks []bot.Block, texts []string) []*discordgo.MessageEmbed {
	out := []*discordgo.MessageEmbed{{}}
	last := func() *discordgo.MessageEmbed { return out[len(out)-1] }
	begin := func() {
		if e := last(); (e.Title != "" || e.Description != "") && len(out) < maxEmbeds {
			out = append(out, &discordgo.MessageEmbed{})
		}
	}
	foot := -1
	for i, b := range blocks {
		if texts[i] != "" {
			foot = -1
			if n, ok := b.(bot.Note); ok && !slices.ContainsFunc(n.Spans, func(s bot.Span) bool { return s.URL != "" }) {
				foot = i
			}
		}
	}
	for i, b := range blocks {
		switch b.(type) {
		case bot.Divider:
			begin()
			continue
		case bot.Heading:
			if texts[i] == "" {
				continue
			}
			if begin(); last().Title == "" && last().Description == "" {
				last().Title = texts[i]
				continue
			}
		}
		if texts[i] == "" || i == foot {
			continue
		}
		if d := last().Description; d != "" && bot.Length(d)+2+bot.Length(texts[i]) > maxDescription {
			if len(out) == maxEmbeds {
				continue
			}
			begin()
		}
		if last().Description != "" {
			last().Description += "\n\n"
		}
		last().Description += texts[i]
	}
	if e := last(); e.Title == "" && e.Description == "" && len(out) > 1 {
		out = out[:len(out)-1]
	}
	if foot >= 0 {
		// A footer knows no markdown.
		var words strings.Builder
		for _, s := range blocks[foot].(bot.Note).Spans {
			words.WriteString(s.Text)
		}
		last().Footer = &discordgo.MessageEmbedFooter{Text: bot.Cut(bot.OneLine(words.String()), min(maxFooter, maxText))}
	}
	if e := out[0]; len(out) == 1 && e.Title == "" && e.Description == "" && e.Footer == nil {
		return []*discordgo.MessageEmbed{}
	}
	return out
}

// The first part of a custom_id says what it belongs to; the action follows
// after a colon. Buttons and menus are numbered, for Discord wants each id once
// in a message.
const (
	buttonID = "b"
	menuID   = "m"
	pickID   = "p" // the choices are the actions
	formID   = "f"
)

// actionOf takes a custom_id apart.
func actionOf(id string) (kind, action string, ok bool) {
	head, action, ok := strings.Cut(id, ":")
	if !ok || head == "" {
		return "", "", false
	}
	return head[:1], action, true
}

// components renders buttons and menus: at most five rows. Those of the
// message come first. The buttons of a single card follow as a row; those of
// several become one menu, in which each says which card it is about.
func components(blocks []bot.Block) []discordgo.MessageComponent {
	rows := []discordgo.MessageComponent{}
	ids := 0
	var cards []bot.Card
	for _, b := range blocks {
		switch b := b.(type) {
		case bot.Buttons:
			for _, row := range buttonRows(b.Buttons, &ids) {
				rows = append(rows, row)
			}
		case bot.Menu:
			m, ok := menu(menuID+strconv.Itoa(ids)+":"+b.Action, b.Placeholder, b.Choices)
			if ids++; ok && b.Action != "" {
				rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{m}})
			}
		case bot.Card:
			if len(b.Buttons) > 0 {
				cards = append(cards, b)
			}
		}
	}
	switch {
	case len(cards) == 1:
		for _, row := range buttonRows(cards[0].Buttons, &ids) {
			rows = append(rows, row)
		}
	case len(cards) > 1:
		if m, ok := picker(cards); ok {
			rows = slices.Insert(rows, 0, discordgo.MessageComponent(discordgo.ActionsRow{Components: []discordgo.MessageComponent{m}}))
		}
	}
	return rows[:min(len(rows), maxRows)]
}

// picker is the menu of what several cards offer.
func picker(cards []bot.Card) (selectMenu, bool) {
	each := max(maxOptions/len(cards), 1)
	var choices []bot.Choice
	var labels []string
	for _, c := range cards {
		n := 0
		for _, b := range c.Buttons {
			label := bot.Cut(bot.OneLine(b.Label), maxLabel/2)
			if b.Action == "" || label == "" || n == each {
				continue
			}
			n++
			choices = append(choices, bot.Choice{Label: bot.Cut(bot.OneLine(c.Title), maxOption-bot.Length(label)-3) + " · " + label, Value: b.Action})
			if !slices.Contains(labels, label) && len(labels) < 4 {
				labels = append(labels, label)
			}
		}
	}
	return menu(pickID+":", strings.Join(labels, " · "), choices)
}

func buttonRows(in []bot.Button, ids *int) []discordgo.ActionsRow {
	var row []discordgo.MessageComponent
	for _, b := range in {
		label := bot.Cut(bot.OneLine(b.Label), maxLabel)
		button := discordgo.Button{Label: label, Style: discordgo.SecondaryButton}
		switch b.Style {
		case bot.Primary:
			button.Style = discordgo.PrimaryButton
		case bot.Danger:
			button.Style = discordgo.DangerButton
		}
		if link := bot.CleanLink(b.URL); link != "" {
			button.Style, button.URL = discordgo.LinkButton, link
		} else if b.Action != "" {
			button.CustomID = buttonID + strconv.Itoa(*ids) + ":" + b.Action
			*ids++
		}
		if label == "" || (button.URL == "" && button.CustomID == "") || bot.Length(button.URL) > maxButtonLink || bot.Length(button.CustomID) > maxCustomID {
			continue
		}
		row = append(row, button)
	}
	var rows []discordgo.ActionsRow
	for r := range slices.Chunk(row, maxRowButtons) {
		rows = append(rows, discordgo.ActionsRow{Components: r})
	}
	return rows
}

// selectMenu is discordgo's with no more than it needs: there, an option has
// an empty description.
type selectMenu struct {
	CustomID    string         `json:"custom_id"`
	Placeholder string         `json:"placeholder,omitempty"`
	Options     []selectOption `json:"options"`
	Required    *bool          `json:"required,omitempty"` // in a form
}

type selectOption struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// Type implements [discordgo.MessageComponent].
func (selectMenu) Type() discordgo.ComponentType { return discordgo.SelectMenuComponent }

func (m selectMenu) MarshalJSON() ([]byte, error) {
	type plain selectMenu
	return json.Marshal(struct {
		Type discordgo.ComponentType `json:"type"`
		plain
	}{m.Type(), plain(m)})
}

func menu(id, placeholder string, choices []bot.Choice) (selectMenu, bool) {
	m := selectMenu{CustomID: id, Placeholder: bot.Cut(bot.OneLine(placeholder), maxPlaceholder)}
	for _, c := range choices {
		label := bot.Cut(bot.OneLine(c.Label), maxOption)
		known := slices.ContainsFunc(m.Options, func(o selectOption) bool { return o.Value == c.Value })
		if len(m.Options) == maxOptions || label == "" || c.Value == "" || bot.Length(c.Value) > maxOption || known {
			continue
		}
		m.Options = append(m.Options, selectOption{Label: label, Value: c.Value})
	}
	return m, len(m.Options) > 0 && bot.Length(id) <= maxCustomID
}

// modal is a form. discordgo does not know the label that stands around each
// input (https://discord.com/developers/docs/components/reference#label).
type modal struct {
	CustomID   string       `json:"custom_id"`
	Title      string       `json:"title"`
	Components []modalLabel `json:"components"`
}

type modalLabel struct {
	Type        int    `json:"type"`
	Label       string `json:"label"`
	Description string `json:"description,omitempty"`
	Component   any    `json:"component"`
}

// modalInput is discordgo's TextInput without the label that stands outside.
type modalInput struct {
	Type      discordgo.ComponentType `json:"type"`
	CustomID  string                  `json:"custom_id"`
	Style     int                     `json:"style"`
	Value     string                  `json:"value,omitempty"`
	Required  bool                    `json:"required"`
	MaxLength int                     `json:"max_length"`
}

const labelComponent = 18

// renderForm makes a modal of a form. The fields come back under their names.
func renderForm(f bot.Form) modal {
	out := modal{CustomID: formID + ":" + f.Action, Title: bot.Cut(bot.OneLine(f.Title), maxModalTitle)}
	for _, field := range f.Fields {
		l := modalLabel{Type: labelComponent, Label: bot.Cut(bot.OneLine(field.Label), maxInputLabel), Description: bot.Cut(bot.OneLine(field.Hint), maxInputHint)}
		required := !field.Optional
		if m, ok := menu(field.Name, "", field.Choices); ok {
			m.Required = &required
			for i, o := range m.Options {
				m.Options[i].Default = o.Value == field.Value
			}
			l.Component = m
		} else {
			l.Component = modalInput{Type: discordgo.TextInputComponent, CustomID: field.Name, Style: int(discordgo.TextInputShort),
				Value: bot.Cut(bot.OneLine(field.Value), maxInput), Required: required, MaxLength: maxInput}
		}
		out.Components = append(out.Components, l)
	}
	return out
}
