package console

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"hanwire/bot"
)

// cell is a character with its style.
type cell struct {
	r   rune
	sgr string
	url string
}

// appendCells adds a run, cleaned again: what is printed must not reach the
// terminal as anything but text, whoever made the message.
func appendCells(cells []cell, r run) []cell {
	url := terminalLink(r.url)
	for _, c := range bot.Clean(r.text) {
		cells = append(cells, cell{c, r.sgr, url})
	}
	return cells
}

// terminalLink is a link that may stand in an OSC 8 sequence, which takes
// nothing but printable ASCII.
func terminalLink(s string) string {
	s = bot.CleanLink(s)
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return ""
		}
	}
	return s
}

// runeWidth is how many columns a character takes: East Asian wide and
// fullwidth ones two, combining marks none (UAX #11).
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r < 0x1100:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// columns is the width of a string.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// Characters that must not begin or end a line in Chinese and Japanese
// (kinsoku shori; https://www.w3.org/TR/clreq/#line_breaking_rules).
const (
	notFirst = "、。，．・：；？！）〕］｝〉》」』】’”,.:;?!)]}…—·"
	notLast  = "（〔［｛〈《「『【‘“([{"
)

// wide reports whether a line may be broken beside r without a space.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || 0x3000 <= r && r <= 0x30ff || 0xff00 <= r && r <= 0xffef
}

// breakable reports whether a line may end after a and go on with b.
func breakable(a, b rune) bool {
	if strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) {
		return false
	}
	return wide(a) || wide(b)
}

// wrap breaks cells into lines of at most n columns, at spaces, between Han
// characters, and inside a word only when it is longer than a line.
func wrap(cells []cell, n int) [][]cell {
	n = max(n, 4)
	var lines [][]cell
	for start := 0; start <= len(cells); {
		end := start
		for end < len(cells) && cells[end].r != '\n' {
			end++
		}
		lines = append(lines, wrapParagraph(cells[start:end], n)...)
		start = end + 1
	}
	return lines
}

func wrapParagraph(cells []cell, n int) [][]cell {
	var lines [][]cell
	for {
		used, at := 0, 0 // at: where the line could end
		i := 0
		for ; i < len(cells); i++ {
			w := runeWidth(cells[i].r)
			if used+w > n && w > 0 {
				break
			}
			used += w
			switch {
			case cells[i].r == ' ':
				at = i + 1
			case i > 0 && breakable(cells[i-1].r, cells[i].r):
				at = i
			}
		}
		if i == len(cells) {
			return append(lines, trim(cells))
		}
		switch {
		case cells[i].r == ' ' || i > 0 && breakable(cells[i-1].r, cells[i].r):
			at = i
		case at == 0:
			at = max(i, 1)
		}
		lines = append(lines, trim(cells[:at]))
		cells = cells[at:]
		for len(cells) > 0 && cells[0].r == ' ' {
			cells = cells[1:]
		}
		if len(cells) == 0 {
			return lines
		}
	}
}

func trim(cells []cell) []cell {
	for len(cells) > 0 && cells[len(cells)-1].r == ' ' {
		cells = cells[:len(cells)-1]
	}
	return cells
}
