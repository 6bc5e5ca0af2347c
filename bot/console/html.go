package console

import (
	_ "embed"
	"html/template"
	"io"

	"hanwire/bot"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"kind": kindOf, "link": bot.CleanLink, "clean": bot.Clean, "marks": func(q bot.Quotation) [2]string {
		open, shut := q.Marks()
		return [2]string{open, shut}
	},
	"bold": func(s bot.Style) bool { return s == bot.Bold }, "italic": func(s bot.Style) bool { return s == bot.Italic },
	"code": func(s bot.Style) bool { return s == bot.Code }, "danger": func(s bot.ButtonStyle) bool { return s == bot.Danger },
	"primary": func(s bot.ButtonStyle) bool { return s == bot.Primary },
}).Parse(pageText))

// kindOf names a block for the template.
func kindOf(b bot.Block) string {
	switch b.(type) {
	case bot.Heading:
		return "heading"
	case bot.Text:
		return "text"
	case bot.Card:
		return "card"
	case bot.Quotation:
		return "quotation"
	case bot.Note:
		return "note"
	case bot.Divider:
		return "divider"
	case bot.Buttons:
		return "buttons"
	case bot.Menu:
		return "menu"
	}
	return ""
}

// HTML prints messages as a page that stands alone: how Slack and Discord show
// them, side by side, the first as the message and the others in its thread. It
// follows the reader's light or dark mode, asks the network for nothing, and
// runs no script.
func HTML(w io.Writer, title string, messages []bot.Message) error {
	data := struct {
		Title  string
		Head   *bot.Message
		Thread []bot.Message
		Looks  []string
	}{Title: bot.Clean(title), Looks: []string{"Slack", "Discord"}}
	if len(messages) > 0 {
		data.Head, data.Thread = &messages[0], messages[1:]
	}
	return page.Execute(w, data)
}
