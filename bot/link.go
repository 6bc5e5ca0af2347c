package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fragmentWhole is the longest text that a link quotes in full; a longer one
// is found by its beginning and end.
const fragmentWhole = 90

// Paths of the reading room's pages, to which an edition's or a story's id is
// added.
const (
	EditionPath = "/editions/"
	StoryPath   = "/stories/"
)

// webLink is the address of a page of the reading room at web, empty when there
// is no reading room or nothing to show.
func webLink(web, path, id string) string {
	if web == "" || id == "" {
		return ""
	}
	return CleanLink(strings.TrimSuffix(web, "/") + path + id)
}

// TextLink is link with a text fragment that takes a browser to the words and
// marks them (https://wicg.github.io/scroll-to-text-fragment/). It returns the
// empty string when link is none that may be passed on.
func TextLink(link, words string) string {
	link = CleanLink(link)
	words = strings.Join(strings.Fields(Clean(words)), " ")
	if link == "" || words == "" {
		return link
	}
	fragment := fragmentEscape(words)
	if utf8.RuneCountInString(words) > fragmentWhole {
		start, end := fragmentEnds(words)
		fragment = fragmentEscape(start) + "," + fragmentEscape(end)
	}
	mark := "#"
	if strings.Contains(link, "#") {
		if strings.Contains(link, ":~:") {
			return link
		}
		mark = ""
	}
	if s := link + mark + ":~:text=" + fragment; len(s) <= maxLink {
		return s
	}
	return link
}

// fragmentEnds takes a few words of each end; scripts without spaces are cut
// at any character.
func fragmentEnds(s string) (start, end string) {
	fields := strings.Fields(s)
	if len(fields) >= 12 {
		return strings.Join(fields[:5], " "), strings.Join(fields[len(fields)-4:], " ")
	}
	r := []rune(s)
	return strings.TrimRightFunc(string(r[:16]), unicode.IsSpace), strings.TrimLeftFunc(string(r[len(r)-12:]), unicode.IsSpace)
}

// fragmentEscape percent-encodes all but letters and digits of ASCII and the
// marks that mean nothing in a fragment: "-", "," and "&" are its syntax.
func fragmentEscape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '~' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
