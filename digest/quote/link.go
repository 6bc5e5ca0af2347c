package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// A text fragment names its words whole up to this many code points, longer
// ones by their beginning and end.
const wholeFragment = 100

// Link is url with a text fragment (https://wicg.github.io/scroll-to-text-fragment/)
// that opens the page at the words of s: all of them, or the first and last
// words when there are many, with the words before or after when the article
// says the same twice. A fragment that url has is kept, a text directive in it
// replaced. Link is empty when url is.
func Link(url string, d *text.Document, s text.Span) string {
	if url == "" {
		return ""
	}
	base, fragment, _ := strings.Cut(url, "#")
	fragment, _, _ = strings.Cut(fragment, ":~:")
	s = wholeWords(d.Text, trimmed(d.Text, s))
	if s.Len() <= 0 {
		return url
	}
	var b strings.Builder
	b.Grow(len(url) + 3*s.Len())
	b.WriteString(base)
	b.WriteByte('#')
	b.WriteString(fragment)
	b.WriteString(":~:text=")
	writeDirective(&b, d.Text, s)
	return b.String()
}

// writeDirective writes [prefix-,]start[,end][,-suffix].
func writeDirective(b *strings.Builder, t string, s text.Span) {
	page := strings.ToLower(t)
	if len(page) != len(t) {
		page = t // lowering moved the offsets; compare as written
	}
	start, end := s, text.Span{}
	if utf8.RuneCountInString(t[s.Start:s.End]) > wholeFragment || strings.ContainsAny(t[s.Start:s.End], "\n\r") {
		for n := 24; ; n *= 2 {
			start = trimmed(t, text.Span{Start: s.Start, End: wordEdge(t, s, s.Start, n)})
			end = trimmed(t, text.Span{Start: wordEdgeBack(t, s, s.End, n), End: s.End})
			if start.End >= end.Start {
				start, end = s, text.Span{}
				break
			}
			// The browser takes the first end after the start.
			if at := strings.Index(page[start.End:], page[end.Start:end.End]); at < 0 || start.End+at == end.Start {
				break
			}
		}
	}
	prefix, suffix := text.Span{}, text.Span{}
	if strings.Count(page, page[start.Start:start.End]) > 1 {
		prefix, suffix = context(t, page, start, end)
	}
	if prefix.Len() > 0 {
		escape(b, t[prefix.Start:prefix.End])
		b.WriteString("-,")
	}
	escape(b, t[start.Start:start.End])
	if end.Len() > 0 {
		b.WriteByte(',')
		escape(b, t[end.Start:end.End])
	}
	if suffix.Len() > 0 {
		b.WriteString(",-")
		escape(b, t[suffix.Start:suffix.End])
	}
}

// context finds the words before the quote that make its start unique, or,
// where it opens its line, the words after it.
func context(t, page string, start, end text.Span) (prefix, suffix text.Span) {
	line := text.Span{Start: strings.LastIndexByte(t[:start.Start], '\n') + 1, End: len(t)}
	last := max(start.End, end.End)
	if i := strings.IndexByte(t[last:], '\n'); i >= 0 {
		line.End = last + i
	}
	before := trimmed(t, text.Span{Start: line.Start, End: start.Start})
	for n := 12; before.Len() > 0; n *= 2 {
		prefix = trimmed(t, text.Span{Start: wordEdgeBack(t, before, before.End, n), End: before.End})
		if strings.Count(page, page[prefix.Start:start.End]) <= 1 {
			return prefix, suffix
		}
		if prefix.Start <= before.Start {
			break
		}
	}
	after := trimmed(t, text.Span{Start: last, End: line.End})
	if after.Len() > 0 {
		suffix = trimmed(t, text.Span{Start: after.Start, End: wordEdge(t, after, after.Start, 24)})
	}
	return prefix, suffix
}

// wordEdge is the end of the word that the n-th code point after from stands
// in, within s. In scripts without spaces it is the next mark, since browsers
// ask for their own word boundaries there.
func wordEdge(t string, s text.Span, from, n int) int {
	i := from
	for ; i < s.End && n > 0; n-- {
		_, w := utf8.DecodeRuneInString(t[i:])
		i += w
	}
	for i < s.End && !boundary(t, i) {
		_, w := utf8.DecodeRuneInString(t[i:])
		i += w
	}
	return i
}

// wordEdgeBack is wordEdge towards the front.
func wordEdgeBack(t string, s text.Span, from, n int) int {
	i := from
	for ; i > s.Start && n > 0; n-- {
		_, w := utf8.DecodeLastRuneInString(t[:i])
		i -= w
	}
	for i > s.Start && !boundary(t, i) {
		_, w := utf8.DecodeLastRuneInString(t[:i])
		i -= w
	}
	return i
}

// boundary reports whether a word ends or begins at byte i.
func boundary(t string, i int) bool {
	if i <= 0 || i >= len(t) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(t[:i])
	after, _ := utf8.DecodeRuneInString(t[i:])
	return !(inWord(before) && inWord(after))
}

// inWord reports whether r is part of a word or of a grapheme that must not be
// cut.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\'' || r == '’' ||
		r == '\u200d' || r >= 0xFE00 && r <= 0xFE0F || r >= 0x1F1E6 && r <= 0x1F1FF || r >= 0x1F3FB && r <= 0x1F3FF
}

// wholeWords widens s to the edges of the words and graphemes it cuts. Han and
// Kana run on without edges and are left as they are.
func wholeWords(t string, s text.Span) text.Span {
	for s.Start > 0 && s.Start < len(t) && cuts(t, s.Start) {
		_, w := utf8.DecodeLastRuneInString(t[:s.Start])
		s.Start -= w
	}
	for s.End > 0 && s.End < len(t) && cuts(t, s.End) {
		_, w := utf8.DecodeRuneInString(t[s.End:])
		s.End += w
	}
	return s
}

// cuts reports whether byte i lies inside a word or grapheme.
func cuts(t string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(t[:i])
	after, _ := utf8.DecodeRuneInString(t[i:])
	if unicode.In(after, unicode.Han, unicode.Hiragana, unicode.Katakana) || unicode.In(before, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		return unicode.IsMark(after)
	}
	letter := func(r rune) bool { return inWord(r) && r != '\'' && r != '’' }
	return letter(before) && letter(after)
}

// escape percent-encodes all but letters, digits and the few marks that mean
// nothing in a text directive: above all "-", "," and "&" are encoded.
func escape(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	space := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if !space {
				b.WriteString("%20")
			}
			space = true
			continue
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
		space = false
	}
}
