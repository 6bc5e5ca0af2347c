package console

import (
	"io"
	"strings"

	"hanwire/bot"
)

// Markdown prints messages as CommonMark. Nothing in their text takes effect
// as markup.
func Markdown(w io.Writer, messages []bot.Message) error {
	var b strings.Builder
	for i, m := range messages {
		if i > 0 {
			b.WriteString("\n---\n")
		}
		for j, x := range m.Blocks {
			if text := markdownBlock(x, i); text != "" {
				if i+j > 0 {
					b.WriteString("\n")
				}
				b.WriteString(text + "\n")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownBlock(b bot.Block, n int) string {
	switch b := b.(type) {
	case bot.Heading:
		return "# " + escapeLine(b.Text)
	case bot.Text:
		return markdownSpans(b.Spans)
	case bot.Note:
		return markdownSpans(b.Spans)
	case bot.Divider:
		return "---"
	case bot.Quotation:
		return markdownQuote(b)
	case bot.Card:
		head := "### "
		if n > 0 {
			head = "## "
		}
		parts := []string{head + markdownLink(strings.Join(strings.Fields(b.Title), " "), b.URL)}
		if b.Meta != "" {
			parts = append(parts, "*"+escapeLine(b.Meta)+"*")
		}
		if len(b.Body) > 0 {
			parts = append(parts, markdownSpans(b.Body))
		}
		for _, q := range b.Quotes {
			parts = append(parts, markdownQuote(q))
		}
		return strings.Join(parts, "\n\n")
	}
	return "" // nobody can press a button on paper
}

func markdownQuote(q bot.Quotation) string {
	open, closing := q.Marks()
	s := "> " + open + escapeLine(q.Text) + closing
	var by []string
	if q.Speaker != "" {
		by = append(by, "**"+escapeLine(q.Speaker)+"**")
	}
	if q.Role != "" {
		by = append(by, escapeLine(q.Role))
	}
	if q.Outlet != "" {
		by = append(by, markdownLink(strings.Join(strings.Fields(q.Outlet), " "), q.URL))
	}
	if q.Note != "" {
		by = append(by, escapeLine(q.Note))
	}
	if len(by) > 0 {
		s += "\n>\n> — " + strings.Join(by, ", ")
	}
	return s
}

func markdownSpans(spans []bot.Span) string {
	var b strings.Builder
	for _, s := range spans {
		text := bot.Clean(s.Text)
		// Marks of emphasis must touch the words, so white space goes outside.
		core := strings.TrimSpace(text)
		if core == "" {
			b.WriteString(hardBreaks(escape(text)))
			continue
		}
		at := strings.Index(text, core)
		lead, tail := text[:at], text[at+len(core):]
		set := hardBreaks(markdownLink(core, s.URL))
		switch s.Style {
		case bot.Bold:
			set = "**" + set + "**"
		case bot.Italic:
			set = "*" + set + "*"
		case bot.Code:
			set = codeSpan(core)
		}
		b.WriteString(hardBreaks(lead) + set + hardBreaks(tail))
	}
	return b.String()
}

func hardBreaks(s string) string { return strings.ReplaceAll(s, "\n", "  \n") }

// codeSpan sets code between more backticks than it has in a row.
func codeSpan(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

func markdownLink(text, url string) string {
	url = bot.CleanLink(url)
	if url == "" {
		return escape(text)
	}
	return "[" + escape(text) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(url) + ">)"
}

// escapeLine is escape for what must stay on one line.
func escapeLine(s string) string { return escape(strings.Join(strings.Fields(s), " ")) }

// escape takes the meaning from every character that has one in CommonMark or
// its common extensions.
func escape(s string) string {
	var b strings.Builder
	start := true
	for _, r := range bot.Clean(s) {
		switch {
		case strings.ContainsRune("\\`*_[]<>|~#&!$^{}", r), start && strings.ContainsRune("-+=:", r):
			b.WriteByte('\\')
		case r == '.' || r == ')':
			// "1." at the beginning of a line would open a list.
			if t := b.String(); digitsOnly(t[strings.LastIndexByte(t, '\n')+1:]) {
				b.WriteByte('\\')
			}
		case r == '@':
			b.WriteString("@\u2060") // keep tools that know mentions from making one
			continue
		}
		b.WriteRune(r)
		start = r == '\n'
	}
	return b.String()
}

func digitsOnly(s string) bool {
	s = strings.TrimLeft(s, " ")
	return s != "" && len(s) <= 9 && strings.Trim(s, "0123456789") == ""
}
