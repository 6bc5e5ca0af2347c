package discord

import (
	"strings"
	"unicode"

	"hanwire/bot"
)

// escape makes text harmless in Discord's markdown: with a backslash before
// it, any mark is itself. Mentions, time stamps and custom emoji begin with
// "<", links with "://", emoji by name stand between colons, and "@everyone"
// needs its "@".
func escape(s string) string {
	s = bot.Clean(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	fresh := true   // at the start of a line, as far as a list or heading goes
	digits := false // so far only digits on this line: "1." begins a list
	for i, r := range s {
		switch {
		case r == '\n':
			fresh, digits = true, false
			b.WriteRune(r)
			continue
		case strings.ContainsRune("\\*_~|`<>[]@", r),
			r == ':' && i+1 < len(s) && !unicode.IsSpace(rune(s[i+1])),
			fresh && strings.ContainsRune("#-+", r),
			digits && (r == '.' || r == ')'):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		digits = (fresh || digits) && '0' <= r && r <= '9'
		fresh = fresh && r == ' '
	}
	return b.String()
}

// unescape is escape backwards.
func unescape(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

var (
	linkEncoder = strings.NewReplacer("(", "%28", ")", "%29", "*", "%2A")
	codeMarks   = strings.NewReplacer("`", "ˋ", "\n", " ") // code knows no escape
)

// encodeLink makes an address of CleanLink's safe inside "(…)"; an empty one
// says that there is none, or that it is longer than a message should hold.
func encodeLink(link string) string {
	link = bot.CleanLink(link)
	link = linkEncoder.Replace(link)
	if len(link) > maxLink {
		return ""
	}
	return link
}

// span renders one run of text. Marks must touch the words they enclose, so
// white space goes outside.
func span(s bot.Span) string {
	text := bot.Clean(s.Text)
	inner := strings.TrimSpace(text)
	if inner == "" {
		return text
	}
	before, after, _ := strings.Cut(text, inner)
	out := escape(inner)
	if link := encodeLink(s.URL); link != "" {
		out = "[" + strings.ReplaceAll(out, "\n", " ") + "](" + link + ")"
	}
	switch s.Style {
	case bot.Bold:
		out = "**" + out + "**"
	case bot.Italic:
		out = "*" + out + "*"
	case bot.Code:
		if !strings.HasPrefix(out, "[") || s.URL == "" {
			out = "`" + codeMarks.Replace(inner) + "`"
		}
	}
	return before + out + after
}

// spans renders runs of text. Whole runs are left out from the end when they
// are more than limit characters; a single one is cut at a word.
func spans(in []bot.Span, limit int) string {
	var b strings.Builder
	size := 0
	for _, s := range in {
		n := bot.Length(s.Text) + len(encodeLink(s.URL))
		if size+n > limit {
			if size > 0 {
				b.WriteString(" …")
				break
			}
			s.Text = bot.Cut(bot.Clean(s.Text), limit-len(encodeLink(s.URL)))
		}
		size += n
		b.WriteString(span(s))
	}
	return strings.TrimSpace(b.String())
}

// quotation renders somebody's words whole, or not at all when they are longer
// than a message should hold.
func quotation(q bot.Quotation) string {
	words := bot.OneLine(q.Text)
	if words == "" || bot.Length(words) > maxQuote {
		return ""
	}
	open, shut := q.Marks()
	out := "> " + span(bot.Span{Text: open + words + shut, URL: q.URL})
	if by := bot.Cut(q.Attribution(), maxMeta); by != "" {
		out += "\n> — " + escape(by)
	}
	if note := bot.Cut(bot.OneLine(q.Note), maxMeta); note != "" {
		out += "\n> *" + escape(note) + "*"
	}
	return out
}

// fit is escape of as much of s as gives no more than limit characters.
func fit(s string, limit int) string {
	for n := limit; n > 0; n = n * 3 / 4 {
		if out := escape(bot.Cut(s, n)); bot.Length(out) <= limit {
			return out
		}
	}
	return ""
}
