package bot

import "strings"

// Message is what Hanwire says, in blocks that every [Platform] can render. All
// text in it is plain: feed text goes in as it is, and the adapter escapes it
// so that no mention, markup or control character in it takes effect.
type Message struct {
	Fallback string // one plain line for notifications and screen readers; never empty
	Blocks   []Block
	Private  bool // only the person who asked sees it
	Silent   bool // posted without a notification where the platform can
}

// Block is one of [Heading], [Text], [Card], [Quotation], [Note], [Divider],
// [Buttons] and [Menu]; the set is closed.
type Block interface{ block() }

// Heading opens a message or a part of it. A platform cuts it at a word when it
// is over its limit.
type Heading struct{ Text string }

// Text is a paragraph.
type Text struct{ Spans []Span }

// Card is one story in a list or in full: a linked title, a line about it, a
// body, quotes and buttons. Adapters keep a card together and drop its parts
// from the end, whole, when a limit is reached.
type Card struct {
	Title   string
	URL     string // http(s) or empty
	Meta    string // "Daily Meridian (independent), Haneul Ilbo · 08:10 KST"
	Body    []Span
	Quotes  []Quotation
	Buttons []Button
}

// Quotation is somebody's words with their proof. Text is verbatim and without
// its marks; the adapter sets them.
type Quotation struct {
	Text    string
	URL     string // link to the very words
	Speaker string
	Role    string
	Outlet  string
	Note    string // "also in ...", "not in the latest version"
	Lang    string
}

// Note is small print: health of the feeds, the next edition.
type Note struct{ Spans []Span }

// Marks are the quotation marks of the quotation's language.
func (q Quotation) Marks() (open, shut string) {
	if strings.HasPrefix(q.Lang, "zh-Hant") || q.Lang == "ja" {
		return "「", "」"
	}
	return "“", "”"
}

// Attribution is who said it, as what, and where it stands, in one line:
// "Wang Yi, Foreign Minister · Daily Meridian".
func (q Quotation) Attribution() string {
	by := OneLine(q.Speaker)
	for _, part := range [...]struct{ lead, text string }{{", ", q.Role}, {" · ", q.Outlet}} {
		if text := OneLine(part.text); by != "" && text != "" {
			by += part.lead + text
		} else if text != "" {
			by = text
		}
	}
	return by
}

// Divider separates parts.
type Divider struct{}

// Buttons is a row of buttons; at most five.
type Buttons struct{ Buttons []Button }

// Menu lets a person choose one of at most 25 choices; the choice comes back as
// Command.Values[0] with Command.Action set to Action.
type Menu struct {
	Action      string
	Placeholder string
	Choices     []Choice
}

// Choice is one line of a menu or of an autocompletion.
type Choice struct {
	Label string
	Value string // at most 75 bytes
}

// Button either opens URL or sends Action back as Command.Action.
type Button struct {
	Label  string
	Action string // "story:ab12", at most 75 bytes; state is kept in the store, not here
	URL    string
	Style  ButtonStyle
}

// ButtonStyle is a hint; platforms without it ignore it.
type ButtonStyle uint8

const (
	Plain ButtonStyle = iota
	Primary
	Danger
)

// Span is a run of text in one style.
type Span struct {
	Text  string
	URL   string // http(s) or empty
	Style Style
}

// Style is how a span is set.
type Style uint8

const (
	Regular Style = iota
	Bold
	Italic
	Code
)

func (Heading) block()   {}
func (Text) block()      {}
func (Card) block()      {}
func (Quotation) block() {}
func (Note) block()      {}
func (Divider) block()   {}
func (Buttons) block()   {}
func (Menu) block()      {}

// Form asks for several things at once: a modal on Slack and Discord. What is
// filled in comes back as Command.Fields with Command.Action set to Action.
type Form struct {
	Action string
	Title  string // at most 24 characters
	Submit string // at most 24 characters
	Fields []Field
}

// Field is one input of a form; at most five to a form.
type Field struct {
	Name     string
	Label    string // at most 45 characters
	Hint     string
	Value    string
	Optional bool
	Choices  []Choice // a menu instead of a text input
}
