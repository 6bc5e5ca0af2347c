package console

import (
	"io"
	"strconv"
	"strings"

	"hanwire/bot"
)

const (
	plainWidth = 80
	widest     = 100 // longer lines are hard to read
	narrowest  = 24
)

// Style is how text is set. The zero Style is plain, 80 columns wide and
// without buttons.
type Style struct {
	Width   int  // columns; 80 when zero
	Color   bool // SGR sequences
	Links   bool // OSC 8 hyperlinks; without them the addresses of stories are printed
	Buttons bool // the labels of buttons and menus
}

// Text prints messages as they look on a console, the first as the head and
// the others as answers in its thread.
func Text(w io.Writer, messages []bot.Message, s Style) error {
	t := newWriter(s)
	for i, m := range messages {
		if i > 0 {
			t.raw("\n")
		}
		t.answer = i > 0
		t.message(m)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// Sets of attributes, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	italic = "3"
	title  = "1;36"
	link   = "4"
	quoted = "32"
	danger = "31"
)

// writer sets messages line by line.
type writer struct {
	strings.Builder
	style   Style
	lead    string // what the message is, when it is not a plain post
	answer  bool   // in a thread: with a bar at the left
	choices *[]choice
}

func newWriter(s Style) *writer {
	if s.Width == 0 {
		s.Width = plainWidth
	}
	s.Width = max(s.Width, narrowest)
	return &writer{style: s}
}

func (w *writer) raw(s string) { w.WriteString(s) }

// run is a piece of text in one style.
type run struct {
	text string
	sgr  string
	url  string
}

// message sets one message.
func (w *writer) message(m bot.Message) {
	if w.lead != "" {
		w.block("", run{text: "· " + w.lead, sgr: dim})
	}
	for i, b := range m.Blocks {
		if i > 0 && w.gap(m.Blocks[i-1], b) {
			w.block("", run{})
		}
		switch b := b.(type) {
		case bot.Heading:
			w.block("", run{text: b.Text, sgr: title})
			w.block("", run{text: strings.Repeat("─", min(columns(bot.Clean(b.Text)), w.style.Width-w.indent(""))), sgr: dim})
		case bot.Text:
			w.block("", runs(b.Spans, "")...)
		case bot.Note:
			w.block("", runs(b.Spans, dim)...)
			for _, s := range b.Spans {
				if s.URL != "" && !w.style.Links {
					w.unbroken("", s.URL)
				}
			}
		case bot.Divider:
			w.block("", run{text: strings.Repeat("─", min(24, w.style.Width-w.indent(""))), sgr: dim})
		case bot.Quotation:
			w.quotation(b, "  ")
		case bot.Card:
			w.card(b)
		case bot.Buttons:
			w.buttons(b.Buttons)
		case bot.Menu:
			w.menu(b)
		}
	}
}

// gap reports whether an empty line stands between two blocks.
func (w *writer) gap(before, b bot.Block) bool {
	switch before.(type) {
	case bot.Heading, bot.Divider:
		return true
	}
	switch b.(type) {
	case bot.Card, bot.Quotation, bot.Divider:
		return true
	case bot.Note:
		if t, ok := before.(bot.Text); ok {
			return len(t.Spans) > 6 // a list rather than a line
		}
		_, card := before.(bot.Card)
		return card
	case bot.Buttons, bot.Menu:
		return false
	}
	return true
}

func (w *writer) card(c bot.Card) {
	w.block("", run{text: c.Title, sgr: bold, url: c.URL})
	if c.Meta != "" {
		w.block("  ", run{text: c.Meta, sgr: dim})
	}
	if c.URL != "" && !w.style.Links {
		w.unbroken("  ", c.URL)
	}
	if len(c.Body) > 0 {
		w.block("  ", runs(c.Body, "")...)
	}
	for _, q := range c.Quotes {
		w.quotation(q, "    ")
	}
	w.buttons(c.Buttons)
}

func (w *writer) quotation(q bot.Quotation, indent string) {
	open, closing := q.Marks()
	w.block(indent, run{text: open + q.Text + closing, sgr: quoted, url: q.URL})
	var by []run
	if q.Speaker != "" {
		by = append(by, run{text: q.Speaker, sgr: bold})
	}
	if q.Role != "" {
		lead := ", "
		if len(by) == 0 {
			lead = ""
		}
		by = append(by, run{text: lead + q.Role})
	}
	rest := q.Outlet
	if rest != "" && len(by) > 0 {
		rest = " (" + rest + ")"
	}
	if q.Note != "" {
		if rest != "" || len(by) > 0 {
			rest += " · "
		}
		rest += q.Note
	}
	if rest != "" {
		by = append(by, run{text: rest, sgr: dim})
	}
	if len(by) > 0 {
		w.block(indent, append([]run{{text: "— "}}, by...)...)
	}
}

// buttons are numbered where a number can be typed, and left out of print. The
// address of one that opens a page stands below them where it would not show.
func (w *writer) buttons(list []bot.Button) {
	shown := w.choices != nil || w.style.Buttons
	for _, b := range list {
		if b.URL != "" && (!shown || !w.style.Links) {
			defer w.unbroken("  ", b.URL)
		}
	}
	if !shown {
		return
	}
	var line []run
	for _, b := range list {
		label := b.Label
		if w.choices != nil {
			*w.choices = append(*w.choices, choice{label: b.Label, action: b.Action, url: b.URL})
			label = strconv.Itoa(len(*w.choices)) + " " + label
		}
		sgr := dim
		if b.Style == bot.Danger {
			sgr = danger
		} else if b.Style == bot.Primary {
			sgr = bold
		}
		if len(line) > 0 {
			line = append(line, run{text: "  "})
		}
		// A label is kept on one line.
		line = append(line, run{text: "[" + strings.ReplaceAll(label, " ", "\u00a0") + "]", sgr: sgr, url: b.URL})
	}
	if len(line) > 0 {
		w.block("  ", line...)
	}
}

func (w *writer) menu(m bot.Menu) {
	if w.choices == nil && !w.style.Buttons {
		return
	}
	w.block("", run{text: m.Placeholder + ":", sgr: dim})
	for _, c := range m.Choices {
		number := "·"
		if w.choices != nil {
			*w.choices = append(*w.choices, choice{label: c.Label, action: m.Action, value: c.Value})
			number = strconv.Itoa(len(*w.choices))
		}
		w.block("  ", run{text: number + " ", sgr: bold}, run{text: c.Label})
	}
}

func runs(spans []bot.Span, base string) []run {
	out := make([]run, 0, len(spans))
	for _, s := range spans {
		r := run{text: s.Text, sgr: base, url: s.URL}
		add := ""
		switch s.Style {
		case bot.Bold:
			add = bold
		case bot.Italic:
			add = italic
		case bot.Code:
			add = "36"
		}
		switch {
		case r.sgr == "":
			r.sgr = add
		case add != "":
			r.sgr += ";" + add
		}
		out = append(out, r)
	}
	return out
}

func (w *writer) indent(extra string) int {
	n := len(extra)
	if w.answer {
		n += 2
	}
	return n
}

// block sets runs as a paragraph, broken into lines.
func (w *writer) block(indent string, list ...run) {
	var cells []cell
	for _, r := range list {
		cells = appendCells(cells, r)
	}
	for _, line := range wrap(cells, w.style.Width-w.indent(indent)) {
		w.line(indent, line)
	}
}

// unbroken sets an address, which must not be broken.
func (w *writer) unbroken(indent, s string) { w.line(indent, appendCells(nil, run{text: s, sgr: dim})) }

// line writes one line of cells.
func (w *writer) line(indent string, line []cell) {
	if w.answer {
		bar := "│"
		if w.style.Color {
			bar = "\x1b[2m│\x1b[0m"
		}
		w.WriteString(bar)
		if len(line) > 0 {
			w.WriteByte(' ')
		}
	}
	if len(line) > 0 {
		w.WriteString(indent)
	}
	for i := 0; i < len(line); {
		j := i
		for j < len(line) && line[j].sgr == line[i].sgr && line[j].url == line[i].url {
			j++
		}
		w.styled(line[i:j])
		i = j
	}
	w.WriteByte('\n')
}

// styled writes cells of one style.
func (w *writer) styled(cells []cell) {
	sgr, url := cells[0].sgr, cells[0].url
	if w.style.Links && url != "" {
		w.WriteString("\x1b]8;;" + url + "\x1b\\")
	}
	if w.style.Color && sgr != "" {
		w.WriteString("\x1b[" + sgr + "m")
	}
	for _, c := range cells {
		if c.r == '\u00a0' {
			c.r = ' '
		}
		w.WriteRune(c.r)
	}
	if w.style.Color && sgr != "" {
		w.WriteString("\x1b[0m")
	}
	if w.style.Links && url != "" {
		w.WriteString("\x1b]8;;\x1b\\")
	}
}
