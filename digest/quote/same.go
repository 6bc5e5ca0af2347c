package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// SameFrom is the likeness from which two wordings are variants of one
// utterance.
const SameFrom = 0.6

// Same tells how alike two wordings are, from 0 to 1: spelling, marks, case,
// the script of Chinese and inserted brackets do not count, and a shortened
// wording is as good as the whole when it is long enough to tell.
func Same(a, b string) float64 { return alike(grams(a), grams(b)) }

func alike(x, y []uint64) float64 {
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			shared++
			i, j = i+1, j+1
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
// words are not set apart, and gives their hashes in order.
func grams(s string) []uint64 {
	s = text.Fold(s)
	units := make([]uint64, 0, len(s)/4+1) // a word without its s, hashed
	from := -1
	add := func(unit string) {
		h := uint64(14695981039346656037)
		for i := range len(unit) {
			h = (h ^ uint64(unit[i])) * 1099511628211
		}
		units = append(units, h)
	}
	flush := func(end int) {
		if from >= 0 {
			add(strings.TrimSuffix(s[from:end], "s"))
			from = -1
		}
	}
	for i, r := range s {
		switch {
		case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul):
			flush(i)
			add(s[i : i+utf8.RuneLen(r)])
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
	for i := range len(units) - 1 {
		units[i] = units[i]*31 + units[i+1]
	}
	units = units[:len(units)-1]
	slices.Sort(units)
	return units
}
