package quote

import (
	"strings"
	"unicode"

	"hanwire/digest/text"
)

// SameFrom is the likeness from which two wordings are variants of one
// utterance.
const SameFrom = 0.6

// Same tells how alike two wordings are, from 0 to 1: spelling, marks, case,
// the script of Chinese and inserted brackets do not count, and a shortened
// wording is as good as the whole when it is long enough to tell.
func Same(a, b string) float64 { return alike(grams(a), grams(b)) }

func alike(x, y []string) float64 {
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	have := make(map[string]int, len(y))
	for _, g := range y {
		have[g]++
	}
	shared := 0
	for _, g := range x {
		if have[g] > 0 {
			have[g]--
			shared++
		}
	}
	dice := 2 * float64(shared) / float64(len(x)+len(y))
	if len(x) < 6 {
		return dice
	}
	// A part of a longer quote: mostly inside it.
	return max(dice, 0.95*float64(shared)/float64(len(x)))
}

// grams cuts a quote into pairs of neighbouring words, or of characters where
// words are not set apart.
func grams(s string) []string {
	var units []string
	s = text.Fold(s)
	from := -1
	flush := func(end int) {
		if from >= 0 {
			units = append(units, s[from:end])
			from = -1
		}
	}
	for i, r := range s {
		switch {
		case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul):
			flush(i)
			units = append(units, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if from < 0 {
				from = i
			}
		case r == '\'' || r == '’':
		default:
			flush(i)
		}
	}
	flush(len(s))
	if len(units) < 2 {
		return units
	}
	out := make([]string, 0, len(units))
	for i := 1; i < len(units); i++ {
		out = append(out, strings.TrimSuffix(units[i-1], "s")+" "+strings.TrimSuffix(units[i], "s"))
	}
	return out
}
