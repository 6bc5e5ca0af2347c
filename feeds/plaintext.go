package feeds

import (
	"html"
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blocks are the elements that end a paragraph.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Blockquote: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Tr: true, atom.Table: true, atom.Section: true, atom.Article: true, atom.Header: true,
	atom.Footer: true, atom.Figure: true, atom.Figcaption: true, atom.Pre: true, atom.Hr: true,
	atom.Dd: true, atom.Dt: true, atom.Dl: true, atom.Aside: true, atom.Nav: true, atom.Main: true,
	atom.Details: true, atom.Summary: true, atom.Form: true, atom.Fieldset: true, atom.Address: true,
	atom.Td: true, atom.Th: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Caption: true,
	atom.Body: true, atom.Html: true, atom.Head: true, atom.Center: true, atom.Menu: true,
}

// silent are the elements whose content nobody sees.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true,
	atom.Iframe: true, atom.Object: true, atom.Select: true, atom.Button: true, atom.Math: true,
	atom.Textarea: true, atom.Audio: true, atom.Video: true, atom.Canvas: true, atom.Title: true,
}

// plainText makes plain text of what a feed gives as a title, an author or a
// summary: text, escaped text or HTML, one cannot know. Paragraphs become
// lines. An angle bracket that starts no tag stays.
func plainText(s string) string {
	if strings.ContainsAny(s, "<&") {
		s = stripTags(s)
		if looksEscaped(s) { // escaped twice, as many feeds do
			s = stripTags(s)
		}
	}
	return tidy(s)
}

// looksEscaped reports whether text that has been unescaped still holds
// references or tags.
func looksEscaped(s string) bool {
	if i := strings.IndexByte(s, '&'); i >= 0 {
		if html.UnescapeString(s[i:]) != s[i:] {
			return true
		}
	}
	last := strings.LastIndexByte(s, '>')
	for i := strings.IndexByte(s, '<'); i >= 0 && i < last; {
		n := nameLen([]byte(s[i+1 : min(len(s), i+16)]))
		if n > 0 && atom.Lookup([]byte(strings.ToLower(s[i+1:i+1+n]))) != 0 {
			return true
		}
		j := strings.IndexByte(s[i+1:], '<')
		if j < 0 {
			return false
		}
		i += 1 + j
	}
	return false
}

// stripTags reads s as HTML in one pass, without building a tree.
func stripTags(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	z := xhtml.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(maxBody)
	hidden := atom.Atom(0)
	for {
		tt := z.Next()
		switch tt {
		case xhtml.ErrorToken:
			return b.String()
		case xhtml.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case xhtml.StartTagToken, xhtml.EndTagToken, xhtml.SelfClosingTagToken:
			raw := z.Raw()
			raw = raw[:len(raw):len(raw)]
			name, _ := z.TagName()
			a := atom.Lookup(name)
			switch {
			case a == 0 && !strings.Contains(string(name), ":") && hidden == 0 && tt == xhtml.StartTagToken && !strings.Contains(string(raw), "="):
				// No element of HTML: somebody wrote <Title> about a book.
				b.Write(raw)
			case tt == xhtml.StartTagToken && silent[a] && a != atom.Title && hidden == 0:
				hidden = a
			case tt == xhtml.EndTagToken && a == hidden:
				hidden = 0
			case a == atom.Br || blocks[a]:
				b.WriteByte('\n')
			}
		}
	}
}

// tidy joins runs of blanks, keeps single line breaks, and drops what cannot
// be seen: controls, bidirectional overrides, zero-width characters.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, line := false, false
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			line = true
		case unicode.IsSpace(r):
			space = true
		case invisible(r):
		default:
			if b.Len() > 0 {
				if line {
					b.WriteByte('\n')
				} else if space {
					b.WriteByte(' ')
				}
			}
			space, line = false, false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// invisible reports characters without width or with power over direction. The
// joiners stay: scripts and emoji need them.
func invisible(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		return false
	case r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return r == '\u200b' || r == '\u200e' || r == '\u200f' || r == '\ufeff' || r == '\u00ad' || r == '\u061c' ||
		unicode.IsControl(r) || r >= 0xE0000 && r <= 0xE007F
}

// oneLine is tidy for titles and names.
func oneLine(s string) string { return strings.ReplaceAll(tidy(s), "\n", " ") }
