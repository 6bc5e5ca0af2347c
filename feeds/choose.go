package feeds

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// choose makes one reading of two. The shorter one counts unless it is less
// than half of the longer, since what an extractor takes too much of is longer
// than what it misses; what it does miss are sentences at the start and in the
// middle, and those come from the other reading. On the 982 pages that
// trafilatura is measured by, this scores above each of the two alone.
func choose(first, second []string) []string {
	if lump(first, second) {
		first = nil
	}
	switch a, b := prose(unfurnished(first)), prose(unfurnished(second)); {
	case a && !b:
		return first
	case b && !a:
		return second
	}
	short, long := first, second
	if letterCount(short) > letterCount(long) {
		short, long = long, short
	}
	if 2*letterCount(short) < letterCount(long) {
		short, long = long, short
	}
	return fillIn(short, long)
}

// lump reports whether a reading is all of the text in one paragraph, which the
// other has in several.
func lump(reading, other []string) bool {
	if len(reading) != 1 || len(other) < 2 {
		return false
	}
	all, inside := letters(reading[0]), 0
	for _, p := range other[:min(len(other), maxFillIn)] {
		if sentence(p) && strings.Contains(all, letters(p)) {
			inside++
		}
	}
	return inside >= 2
}

// maxFillIn bounds the paragraphs that are compared.
const maxFillIn = 400

// fillIn adds to paragraphs the sentences of another reading of the same page
// that stand before or between what both have.
func fillIn(base, other []string) []string {
	if len(base) == 0 || len(base)+len(other) > maxFillIn {
		return base
	}
	var all strings.Builder
	starts := make([]int, len(base))
	for i, p := range base {
		starts[i] = all.Len()
		all.WriteString("\n" + letters(p))
	}
	text := all.String() + "\n"
	// place is the paragraph of base that p is or begins like; -1 for none.
	place := func(p string) int {
		k := letters(p)
		if len(k) < 20 {
			k += "\n"
		}
		i := strings.Index(text, "\n"+clip(k, 60))
		if i < 0 && len(k) >= 20 {
			i = strings.Index(text, clip(k, 60))
		}
		if i < 0 {
			return -1
		}
		return sort.SearchInts(starts, i+1) - 1
	}
	last := len(other) - 1
	for last >= 0 && place(other[last]) < 0 {
		last--
	}
	missed := map[int][]string{} // by the paragraph of base that they follow
	at := -1
	for _, p := range other[:last+1] {
		switch i := place(p); {
		case i >= 0:
			at = i
		case at < 0 && weight(p) >= minProse && endsSentence(p), at >= 0 && sentence(p):
			missed[at] = append(missed[at], p)
		}
	}
	filled := slices.Clone(missed[-1])
	for i, p := range base {
		filled = append(append(filled, p), missed[i]...)
	}
	return filled
}

// sentence reports whether a paragraph is at least one.
func sentence(p string) bool {
	w := weight(p)
	return w >= minSentence && endsSentence(p) || w >= 100 && strings.ContainsAny(p, sentenceEnds)
}

// sentenceEnds are the marks that sentences end with, in the scripts that have
// some.
const sentenceEnds = ".!?。！？…।॥؟۔"

// endsSentence reports whether the text ends as a sentence does.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, " \t\n\u00a0\u3000"+`"'”’)]」』》`)
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && strings.ContainsRune(sentenceEnds, r)
}
