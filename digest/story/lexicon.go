package story

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

//go:embed lexicon.txt
var lexiconText string

// concept is one line of the lexicon.
type concept struct {
	class  string // policyClass, or what speaks against a policy story: "sport", "market", ...
	name   string
	weight float64
}

const (
	policyClass = "policy"
	aboutClass  = "about" // words that speak for a built-in topic, named like it, without being a name of the gazetteer
)

// lexicon finds concepts in a text of any of the three languages.
type lexicon struct {
	concepts map[string]concept
	phrases  map[uint32][]phrase  // English, by the hash of the first term, the longest first
	begins   [1 << 8]uint64       // a bit of each of those hashes
	strings  map[rune][]substring // Korean and Chinese, by first character
}

type phrase struct {
	terms   []string
	concept string
}

type substring struct {
	text    string
	concept string
}

var loadLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{concepts: map[string]concept{}, phrases: map[uint32][]phrase{}, strings: map[rune][]substring{}}
	for line := range strings.Lines(lexiconText) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, ";")
		c := concept{class: strings.TrimSpace(fields[0]), name: strings.TrimSpace(fields[1])}
		c.weight, _ = strconv.ParseFloat(strings.TrimSpace(fields[2]), 64)
		l.concepts[c.name] = c
		for _, words := range fields[3:] {
			for word := range strings.SplitSeq(words, "|") {
				l.add(strings.TrimSpace(word), c.name)
			}
		}
	}
	for _, ps := range l.phrases {
		slices.SortStableFunc(ps, func(a, b phrase) int { return len(b.terms) - len(a.terms) })
	}
	return l
})

func (l *lexicon) add(word, concept string) {
	if word == "" {
		return
	}
	if first, n := utf8.DecodeRuneInString(word); first >= utf8.RuneSelf && n < len(word) {
		l.strings[first] = append(l.strings[first], substring{word, concept})
		return
	}
	var terms []string
	found := text.Terms(word)
	for _, t := range found {
		terms = append(terms, t.Text)
	}
	if len(terms) > 0 {
		hash := found[0].Hash
		l.phrases[hash] = append(l.phrases[hash], phrase{terms, concept})
		l.begins[hash>>6&(1<<8-1)] |= 1 << (hash & 63)
	}
}

// findPhrases calls yield for each mention of an English concept among terms of
// s, with the byte where it begins. At one place the longest phrase wins.
func (l *lexicon) findPhrases(s string, terms []text.Term, yield func(concept string, at int)) {
	for i := 0; i < len(terms); {
		step, hash := 1, terms[i].Hash
		if l.begins[hash>>6&(1<<8-1)]>>(hash&63)&1 == 0 {
			i++
			continue
		}
		for _, p := range l.phrases[hash] {
			if matches(terms[i:], p.terms) && standsForName(s, terms[i].Span) {
				yield(p.concept, terms[i].Span.Start)
				step = len(p.terms)
				break
			}
		}
		i += step
	}
}

// findStrings calls yield for each mention of a Korean or Chinese concept in a
// part of s, with the byte where it begins.
func (l *lexicon) findStrings(s string, part text.Span, yield func(concept string, at int)) {
	if !text.HasWide(s[part.Start:part.End]) {
		return
	}
	folded := text.Simplified(s[part.Start:part.End])
	if len(folded) != part.Len() {
		folded = s[part.Start:part.End] // the map keeps every character's length; if it ever did not, places would be wrong
	}
	for i, r := range folded {
		if r < utf8.RuneSelf {
			continue
		}
		for _, w := range l.strings[r] {
			if strings.HasPrefix(folded[i:], w.text) {
				yield(w.concept, part.Start+i)
			}
		}
	}
}

// standsForName reports whether one Han character is a country's short name, as
// in the headlines of Korean papers (北 미사일), and no part of a word (입국中,
// 北유럽). Any other term is.
func standsForName(s string, at text.Span) bool {
	r, n := utf8.DecodeRuneInString(s[at.Start:])
	if !unicode.Is(unicode.Han, r) || n != at.Len() {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s[:at.Start])
	after, _ := utf8.DecodeRuneInString(s[at.End:])
	return !unicode.In(before, unicode.Hangul, unicode.Han) &&
		(!unicode.In(after, unicode.Hangul, unicode.Han) || strings.ContainsRune("은는이가의에과와도을를측", after))
}

func matches(terms []text.Term, want []string) bool {
	if len(terms) < len(want) {
		return false
	}
	for i, w := range want {
		if terms[i].Text != w {
			return false
		}
	}
	return true
}
