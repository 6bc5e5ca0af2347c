package console

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"hanwire/bot"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"link": bot.CleanLink}).Parse(pageText))

// Pane is how a platform shows messages.
type Pane struct {
	Name    string // "Slack", "Discord"
	Payload func(bot.Message) ([]byte, error)
}

// HTML prints messages as a page that stands alone: how platforms show them,
// side by side, the first as the message and the others in its thread. It reads
// what would be posted, Block Kit or embeds, so that what a limit cut or left
// out is missing here too. The page follows the reader's light or dark mode,
// asks the network for nothing, and runs no script.
func HTML(w io.Writer, title string, messages []bot.Message, panes ...Pane) error {
	type shown struct {
		Name   string
		Head   *part
		Thread []part
	}
	data := struct {
		Title string
		Panes []shown
	}{Title: bot.Clean(title)}
	for _, l := range panes {
		s := shown{Name: l.Name}
		for i, m := range messages {
			raw, err := l.Payload(m)
			if err != nil {
				return fmt.Errorf("%s: %w", l.Name, err)
			}
			var p payload
			if err := json.Unmarshal(raw, &p); err != nil {
				return fmt.Errorf("%s: %w", l.Name, err)
			}
			if view := p.view(); i == 0 {
				s.Head = &view
			} else {
				s.Thread = append(s.Thread, view)
			}
		}
		data.Panes = append(data.Panes, s)
	}
	return page.Execute(w, data)
}

// part is a piece of a message as the page shows it.
type part struct {
	Kind    string // "message", "embed", "title", "text", "quote", "small", "gap", "divider", "buttons", "menu"
	Runs    []piece
	Parts   []part
	Buttons []button
}

// piece is text in one style.
type piece struct {
	Text, URL          string
	Bold, Italic, Code bool
}

type button struct{ Label, Style string }

// payload is what is posted: Slack's blocks, or Discord's content, embeds and
// components.
type payload struct {
	Blocks     []node
	Content    string
	Embeds     []embed
	Components []node
}

type embed struct {
	Title, Description string
	Footer             struct{ Text string }
}

// node is a block or an element of Slack's, or a component of Discord's.
type node struct {
	Type        any // a word on Slack, a number on Discord
	Text        words
	URL         string
	Style       style
	Elements    []node
	Components  []node
	Label       string
	Placeholder words
}

// words are plain or an object around them.
type words struct{ Text, Type string }

func (w *words) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &w.Text) == nil {
		return nil
	}
	type plain words
	return json.Unmarshal(raw, (*plain)(w))
}

// style is of words, or the name or number of a button's.
type style struct {
	Bold, Italic, Code bool
	Name               string
}

func (s *style) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &s.Name) == nil {
		return nil
	}
	var n int
	if json.Unmarshal(raw, &n) == nil {
		s.Name = map[int]string{1: "primary", 4: "danger", 5: "link"}[n]
		return nil
	}
	type plain style
	return json.Unmarshal(raw, (*plain)(s))
}

func (p payload) view() part {
	out := part{Kind: "message"}
	for i, b := range p.Blocks {
		if i > 0 {
			out.Parts = append(out.Parts, part{Kind: "gap"})
		}
		out.Parts = append(out.Parts, b.block()...)
	}
	if p.Content != "" {
		out.Parts = append(out.Parts, markdown(p.Content)...)
	}
	for _, e := range p.Embeds {
		box := part{Kind: "embed"}
		if e.Title != "" {
			box.Parts = append(box.Parts, part{Kind: "title", Runs: inline(e.Title)})
		}
		box.Parts = append(box.Parts, markdown(e.Description)...)
		if e.Footer.Text != "" {
			box.Parts = append(box.Parts, part{Kind: "small", Runs: []piece{{Text: e.Footer.Text}}})
		}
		out.Parts = append(out.Parts, box)
	}
	for _, row := range p.Components {
		out.Parts = append(out.Parts, row.row(row.Components)...)
	}
	return out
}

// block is one of Slack's.
func (b node) block() []part {
	switch b.Type {
	case "header":
		return []part{{Kind: "title", Runs: []piece{{Text: b.Text.Text}}}}
	case "divider":
		return []part{{Kind: "divider"}}
	case "actions":
		return b.row(b.Elements)
	case "context":
		var runs []piece
		for _, e := range b.Elements {
			runs = append(runs, e.small())
		}
		return []part{{Kind: "small", Runs: runs}}
	case "rich_text":
		var parts []part
		for _, e := range b.Elements {
			kind := "text"
			if e.Type == "rich_text_quote" {
				kind = "quote"
			}
			var runs []piece
			for _, x := range e.Elements {
				text := x.Text.Text
				if text == "" {
					text = x.URL
				}
				runs = append(runs, piece{text, x.URL, x.Style.Bold, x.Style.Italic, x.Style.Code})
			}
			parts = append(parts, part{Kind: kind, Runs: runs})
		}
		return parts
	}
	return []part{{Kind: "text", Runs: []piece{{Text: b.Text.Text}}}}
}

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// small is an element of small print; a link there is "<address|label>".
func (e node) small() piece {
	address, label, ok := strings.Cut(strings.Trim(e.Text.Text, "<>"), "|")
	if e.Text.Type == "mrkdwn" && ok {
		return piece{Text: unescaper.Replace(label), URL: unescaper.Replace(address)}
	}
	return piece{Text: e.Text.Text}
}

// row is buttons, or a menu.
func (b node) row(elements []node) []part {
	var row []button
	for _, e := range elements {
		if e.Type == "static_select" || e.Type == 3.0 {
			return []part{{Kind: "menu", Runs: []piece{{Text: e.Placeholder.Text}}}}
		}
		label := e.Text.Text
		if label == "" {
			label = e.Label
		}
		row = append(row, button{label, e.Style.Name})
	}
	return []part{{Kind: "buttons", Buttons: row}}
}

// markdown reads the part of Discord's that is written: quotes and small print
// by the line, and what inline reads.
func markdown(s string) []part {
	var parts []part
	add := func(kind string, runs []piece) {
		if n := len(parts); n > 0 && parts[n-1].Kind == kind && kind != "small" {
			parts[n-1].Runs = append(append(parts[n-1].Runs, piece{Text: "\n"}), runs...)
			return
		}
		parts = append(parts, part{Kind: kind, Runs: runs})
	}
	for line := range strings.SplitSeq(s, "\n") {
		switch {
		case line == "":
			parts = append(parts, part{Kind: "gap"})
		case strings.HasPrefix(line, "> "):
			add("quote", inline(line[2:]))
		case strings.HasPrefix(line, "-# "):
			add("small", inline(line[3:]))
		default:
			add("text", inline(line))
		}
	}
	return parts
}

// inline reads **bold**, *italic*, `code`, [text](address) and escapes.
func inline(s string) []piece {
	var runs []piece
	var now piece
	var text strings.Builder
	flush := func() {
		if now.Text = text.String(); now.Text != "" {
			runs = append(runs, now)
		}
		text.Reset()
	}
	for len(s) > 0 {
		switch {
		case now.Code && s[0] != '`':
			text.WriteByte(s[0])
			s = s[1:]
		case s[0] == '\\' && len(s) > 1:
			text.WriteByte(s[1])
			s = s[2:]
		case strings.HasPrefix(s, "**"):
			flush()
			now.Bold = !now.Bold
			s = s[2:]
		case s[0] == '*':
			flush()
			now.Italic = !now.Italic
			s = s[1:]
		case s[0] == '`':
			flush()
			now.Code = !now.Code
			s = s[1:]
		case s[0] == '[':
			flush()
			// The label is escaped, so that its end is the first "](".
			label, rest, ok := strings.Cut(s[1:], "](")
			address, after, closed := strings.Cut(rest, ")")
			if !ok || !closed {
				text.WriteByte('[')
				s = s[1:]
				continue
			}
			for _, r := range inline(label) {
				r.URL, r.Bold, r.Italic = address, r.Bold || now.Bold, r.Italic || now.Italic
				runs = append(runs, r)
			}
			s = after
		default:
			text.WriteByte(s[0])
			s = s[1:]
		}
	}
	flush()
	return runs
}
