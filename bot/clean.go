package bot

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCombining is how many combining marks may follow one another. Vietnamese
// and pointed Hebrew need two or three; stacks of more only deface a message.
const maxCombining = 3

// Clean returns s as plain text that does nothing but be read: without control
// and format characters, bidi overrides, zero-width and invisible letters, with
// piled-up combining marks cut, and with line breaks as the only breaks. What
// it returns is valid UTF-8, and cleaning it again changes nothing.
//
// Every message passes through it before it leaves the package, so an adapter
// needs to escape only what its own markup gives a meaning to.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	combining := maxCombining // a mark that nothing precedes is dropped
	for _, r := range s {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
			r = '\n'
		case r == '\t':
			r = ' '
		}
		switch {
		case r == '\n':
			combining = maxCombining
		case invisible(r):
			continue
		case unicode.In(r, unicode.Mn, unicode.Me):
			if combining >= maxCombining {
				continue
			}
			combining++
		case unicode.IsSpace(r):
			combining = maxCombining
			if r != '\u3000' && r != '\u00a0' {
				r = ' '
			}
		default:
			combining = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plain reports whether s needs no cleaning, as nearly all text does.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r == '\n', ' ' <= r && r < 0x7f, 0xac00 <= r && r <= 0xd7a3, 0x4e00 <= r && r <= 0x9fff:
		case r == utf8.RuneError, r < ' ', r == 0x7f, invisible(r), unicode.IsSpace(r), unicode.In(r, unicode.Mn, unicode.Me):
			return false
		}
	}
	return true
}

// invisible reports whether r shows nothing of its own, or changes how its
// neighbours are shown: controls, format characters (bidi, joiners, tags,
// annotation), the Hangul fillers and characters that are none.
func invisible(r rune) bool {
	switch {
	case r == '\n':
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co):
		return true
	case r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0', r == '\u034f', r == '\u2800':
		return true
	case 0xfe00 <= r && r <= 0xfe0f, 0xe0100 <= r && r <= 0xe01ef: // variation selectors
		return true
	case r&0xfffe == 0xfffe, 0xfdd0 <= r && r <= 0xfdef: // noncharacters
		return true
	}
	return false
}

// OneLine is [Clean] for what must not break: titles, labels, meta lines.
func OneLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// maxLink is the longest link that we pass on; Slack refuses buttons with more
// than 3,000 characters, and nobody reads an address of 2,000.
const maxLink = 2000

// CleanLink returns link when it is an absolute http or https URL without user
// information or characters that could end it early, percent-encoded where
// needed; else it returns the empty string.
func CleanLink(link string) string {
	if link == "" || len(link) > maxLink || !utf8.ValidString(link) {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return ""
	}
	s := u.String()
	if strings.ContainsAny(s, "<>\"`|\\^{} ") || strings.IndexFunc(s, func(r rune) bool { return invisible(r) || unicode.IsSpace(r) }) >= 0 {
		var b strings.Builder
		for _, r := range s {
			if invisible(r) || unicode.IsSpace(r) || strings.ContainsRune("<>\"`|\\^{}", r) {
				b.WriteString(url.QueryEscape(string(r)))
				continue
			}
			b.WriteRune(r)
		}
		s = strings.ReplaceAll(b.String(), "+", "%2B")
	}
	if len(s) > maxLink {
		return ""
	}
	// What is escaped must still be the same link to whoever reads it: a host
	// cannot be escaped.
	if again, err := url.Parse(s); err != nil || again.String() != s {
		return ""
	}
	return s
}

// cleaned returns m with all its text and links cleaned. A message whose
// fallback is empty gets one from its first words.
func (m Message) cleaned() Message {
	out := m
	out.Fallback = OneLine(m.Fallback)
	out.Blocks = make([]Block, 0, len(m.Blocks))
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case Heading:
			b.Text = OneLine(b.Text)
			out.Blocks = append(out.Blocks, b)
		case Text:
			b.Spans = cleanSpans(b.Spans)
			out.Blocks = append(out.Blocks, b)
		case Note:
			b.Spans = cleanSpans(b.Spans)
			out.Blocks = append(out.Blocks, b)
		case Card:
			b.Title, b.Meta, b.URL = OneLine(b.Title), OneLine(b.Meta), CleanLink(b.URL)
			b.Body, b.Buttons = cleanSpans(b.Body), cleanButtons(b.Buttons)
			b.Quotes = append([]Quotation(nil), b.Quotes...)
			for i, q := range b.Quotes {
				b.Quotes[i] = q.cleaned()
			}
			out.Blocks = append(out.Blocks, b)
		case Quotation:
			out.Blocks = append(out.Blocks, b.cleaned())
		case Buttons:
			b.Buttons = cleanButtons(b.Buttons)
			out.Blocks = append(out.Blocks, b)
		case Menu:
			b.Placeholder = OneLine(b.Placeholder)
			b.Choices = cleanChoices(b.Choices)
			out.Blocks = append(out.Blocks, b)
		default:
			out.Blocks = append(out.Blocks, b)
		}
	}
	if out.Fallback == "" {
		out.Fallback = Cut(firstWords(out.Blocks), maxFallback)
	}
	return out
}

func (q Quotation) cleaned() Quotation {
	q.Text, q.Speaker, q.Role = OneLine(q.Text), OneLine(q.Speaker), OneLine(q.Role)
	q.Outlet, q.Note, q.URL = OneLine(q.Outlet), OneLine(q.Note), CleanLink(q.URL)
	return q
}

func cleanSpans(in []Span) []Span {
	out := make([]Span, 0, len(in))
	for _, s := range in {
		s.Text, s.URL = Clean(s.Text), CleanLink(s.URL)
		if s.Text != "" {
			out = append(out, s)
		}
	}
	return out
}

func cleanButtons(in []Button) []Button {
	out := append([]Button(nil), in...)
	for i, b := range out {
		out[i].Label, out[i].URL = OneLine(b.Label), CleanLink(b.URL)
	}
	return out
}

func cleanChoices(in []Choice) []Choice {
	out := append([]Choice(nil), in...)
	for i, c := range out {
		out[i].Label = OneLine(c.Label)
	}
	return out
}

func (f Form) cleaned() Form {
	f.Title, f.Submit = OneLine(f.Title), OneLine(f.Submit)
	f.Fields = append([]Field(nil), f.Fields...)
	for i, x := range f.Fields {
		x.Label, x.Hint, x.Value = OneLine(x.Label), OneLine(x.Hint), OneLine(x.Value)
		x.Choices = cleanChoices(x.Choices)
		f.Fields[i] = x
	}
	return f
}

// maxFallback keeps notifications to what a phone shows.
const maxFallback = 200

func firstWords(blocks []Block) string {
	for _, b := range blocks {
		switch b := b.(type) {
		case Heading:
			return b.Text
		case Text:
			return OneLine(joinSpans(b.Spans))
		case Note:
			return OneLine(joinSpans(b.Spans))
		case Card:
			return b.Title
		case Quotation:
			return b.Text
		}
	}
	return "Hanwire"
}

func joinSpans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Length is the length of s as the platforms' limits count it, or may: a
// character outside the basic plane counts as two.
func Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// Cut returns s when its [Length] is no more than limit, else as many of its
// words as fit with "…" after them. Text without spaces, as Chinese is written,
// ends at a character, never between one and a mark that belongs to it.
func Cut(s string, limit int) string {
	if Length(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	n, word, char := 0, 0, 0
	for i, r := range s {
		if unicode.IsSpace(r) {
			word = i
		}
		if r < 0x300 || !unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Sk) {
			char = i
		}
		if n += Length(string(r)); n > limit-1 {
			break
		}
	}
	end := char
	if word > char/2 {
		end = word
	}
	return strings.TrimRightFunc(s[:end], func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) + "…"
}
