package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	insetEnd    = "MORE"
	mostInset   = 900 // bytes between a name and the end of what stands behind it
	mostOfAName = 7   // words from a name to the end of its longer form
)

// insets finds in one line what a page's pop-ups left in the middle of its
// sentences: behind a person's name the name again in full, grown together
// with the headlines of other articles, up to the link to more of them. In
// "Premier Ada Olm Ada Maria OlmFerry strike ends MORE said", it is all from
// the second Ada to MORE.
func insets(s string) []Span {
	var out []Span
	for from := 0; ; {
		i := strings.Index(s[from:], insetEnd)
		if i < 0 {
			return out
		}
		last := from + i
		end := last + len(insetEnd)
		if last > 0 && s[last-1] == ' ' && (end == len(s) || !wordByte(s[end])) {
			floor := max(last-mostInset, 0)
			if len(out) > 0 {
				floor = max(floor, out[len(out)-1].End)
			}
			if start, ok := insetStart(s, floor, last); ok {
				out = append(out, Span{start, end})
			}
		}
		from = end
	}
}

func wordByte(c byte) bool {
	return c >= utf8.RuneSelf || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// insetStart looks in s[from:to] for the first word that is grown together
// with the next, and for the same word among those before it: the end of the
// name that the inset stands behind.
func insetStart(s string, from, to int) (int, bool) {
	word := from
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == ' ' {
			word = i + 1
		} else if i > word && (unicode.IsUpper(r) || '0' <= r && r <= '9') {
			if before, _ := utf8.DecodeLastRuneInString(s[:i]); unicode.IsLower(before) {
				if start, ok := sameBefore(s, from, word, s[word:i]); ok {
					return start, true
				}
			}
		}
		i += n
	}
	return 0, false
}

// sameBefore looks for a word among the capitalised ones that stand before
// byte at, and returns where it ends.
func sameBefore(s string, from, at int, word string) (int, bool) {
	for range mostOfAName {
		at--
		if at <= from {
			return 0, false
		}
		start := max(strings.LastIndexByte(s[from:at], ' ')+1+from, from)
		w := s[start:at]
		if w == word {
			return at, true
		}
		if r, _ := utf8.DecodeRuneInString(strings.TrimPrefix(w, "(")); !unicode.IsUpper(r) && !nameParticle.has(w) {
			return 0, false
		}
		at = start
	}
	return 0, false
}

// between are the parts of s that its insets leave, from first to last.
func between(s string) []Span {
	var out []Span
	from := 0
	for _, in := range insets(s) {
		out = append(out, Span{from, in.Start})
		from = in.End
	}
	return append(out, Span{from, len(s)})
}

// WithoutInsets is s, some sentences of one line, without what a page's
// pop-ups left in the middle of them: the way to show it.
func WithoutInsets(s string) string {
	parts := between(s)
	if len(parts) == 1 {
		return s
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(s[p.Start:p.End])
	}
	return b.String()
}

// Outside are the parts of s, some sentences of one line, that
// [WithoutInsets] keeps, without the white space around them.
func Outside(s string) []Span {
	var out []Span
	for _, p := range between(s) {
		if from, to := trim(s, p.Start, p.End); from < to {
			out = append(out, Span{from, to})
		}
	}
	return out
}
