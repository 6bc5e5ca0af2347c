package story

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"hanwire/digest/text"
)

// signals are what an article's title and opening say, in terms that are the
// same in every language: the people, institutions and places of the gazetteer
// and the concepts of the lexicon.
type signals struct {
	Names    map[string]hits // by gazetteer key
	Concepts map[string]hits // by the lexicon's name
}

// hits counts mentions by where they stand.
type hits struct {
	Title, Lead, Body int // Lead is the first 60 words, Body what follows
}

func (h hits) plus(k hits) hits {
	return hits{h.Title + k.Title, h.Lead + k.Lead, h.Body + k.Body}
}

// weight is what the mentions are worth together: a title says what an article
// is about, and the tenth mention says little more than the third.
func (h hits) weight() float64 {
	return 2*math.Log1p(float64(h.Title)) + 1.2*math.Log1p(float64(h.Lead)) + 0.8*math.Log1p(float64(h.Body))
}

const (
	leadWords    = 60
	openingWords = 250 // more of a text says no more about its event: measured on two years of news
)

// Opening is the part of an article that says what it is about, and what it
// says.
type Opening struct {
	doc     *text.Document
	pieces  []piece // the first openingWords words of the news itself, a sentence each
	words   int
	lead    int         // the place in the text where the first leadWords words end
	title   []text.Term // of the title
	body    []text.Term // of the pieces
	signals signals
}

// piece is a sentence, or what a dateline leaves of it.
type piece struct {
	text.Span
	opens bool // a paragraph
}

// Open reads the opening of an article. Where all there is stands beside the
// news (a caption, say) that is what is read.
func Open(doc *text.Document) Opening {
	o := Opening{doc: doc, title: doc.TitleTerms}
	hasBody := slices.ContainsFunc(doc.Paragraphs, func(p text.Paragraph) bool { return p.Role == text.Body && p.First < p.End })
	for _, p := range doc.Paragraphs {
		if o.words >= openingWords {
			break
		}
		if hasBody && p.Role != text.Body {
			continue
		}
		opens := true
		for _, s := range doc.Sentences[p.First:p.End] {
			at := piece{text.Span{Start: max(s.Start, p.Dateline.End), End: s.Span.End}, opens}
			if at.Start >= at.End || o.words >= openingWords {
				continue
			}
			if o.words == 0 && doc.Title != "" && strings.TrimSpace(doc.Slice(at.Span)) == strings.TrimSpace(doc.Title) {
				continue // the headline said twice
			}
			o.pieces = append(o.pieces, at)
			opens = false
			o.words += countWords(doc, s, at.Start)
			if o.words <= leadWords || o.lead == 0 {
				o.lead = at.End
			}
		}
	}
	parts, n := make([][]text.Term, len(o.pieces)), 0
	for i, at := range o.pieces {
		parts[i] = doc.TermsIn(at.Span)
		n += len(parts[i])
	}
	o.body = make([]text.Term, 0, n)
	for _, terms := range parts {
		o.body = append(o.body, terms...)
	}
	o.signals = scan(o)
	return o
}

// countWords counts the words of a sentence from a place on: two characters of
// Hangul, Han or Kana are one.
func countWords(doc *text.Document, s text.Sentence, start int) int {
	words := 0
	for _, t := range doc.Tokens[s.First:s.End] {
		if t.Start < start {
			continue
		}
		switch t.Kind {
		case text.Word, text.Number:
			words++
		case text.Hangul, text.Han, text.Kana:
			words += (utf8.RuneCountInString(doc.Slice(t.Span)) + 1) / 2
		}
	}
	return words
}

func scan(o Opening) signals {
	s := signals{Names: map[string]hits{}, Concepts: map[string]hits{}}
	title := []piece{{Span: text.Span{End: len(o.doc.Title)}}}
	s.read(o.doc.Title, title, o.title, text.FindKnown(o.doc.Title), func(int) hits { return hits{Title: 1} })
	var known []text.KnownMention
	for _, at := range o.pieces {
		known = append(known, o.doc.KnownIn(at.Span)...)
	}
	s.read(o.doc.Text, o.pieces, o.body, known, func(at int) hits {
		if at < o.lead {
			return hits{Lead: 1}
		}
		return hits{Body: 1}
	})
	return s
}

// read counts what pieces of a text say, given their terms and known names;
// worth is what a mention at a byte counts.
func (s signals) read(in string, pieces []piece, terms []text.Term, known []text.KnownMention, worth func(at int) hits) {
	for _, m := range known {
		if !ambiguous(in, m) {
			s.Names[m.Key] = s.Names[m.Key].plus(worth(m.Start))
		}
	}
	lexicon := loadLexicon()
	count := func(concept string, at int) {
		if lexicon.concepts[concept].class == aboutClass && within(known, at) {
			return
		}
		s.Concepts[concept] = s.Concepts[concept].plus(worth(at))
	}
	lexicon.findPhrases(in, terms, count)
	for _, at := range pieces {
		lexicon.findStrings(in, at.Span, count)
	}
}

// within reports whether a known name stands at a byte.
func within(known []text.KnownMention, at int) bool {
	return slices.ContainsFunc(known, func(m text.KnownMention) bool { return m.Start <= at && at < m.End })
}

// ambiguous reports whether what looks like a name of the gazetteer is an
// everyday word here: china plates, Peking duck, a Turkey sandwich.
func ambiguous(s string, m text.KnownMention) bool {
	surface := s[m.Start:m.End]
	if surface == "china" {
		return true
	}
	words := everydayAfter[m.Key]
	if words == nil || m.End == len(s) {
		return false
	}
	after := strings.ToLower(strings.TrimLeft(s[m.End:min(len(s), m.End+24)], " -"))
	for _, w := range words {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// everydayAfter are the words that, right after a name, make of it a kind of
// thing.
var everydayAfter = map[string][]string{
	"china":       {"plate", "cup", "shop", "cabinet", "doll", "set ", "syndrome", "airlines", "open", "town", "eastern", "daily", "집", "음식"},
	"south_korea": {"bbq", "barbecue"},
	"north_korea": {"냉면", "만두", "冷面", "冷麵"},
	"taiwan":      {"카스테라", "카스텔라", "샌드위치"},
	"han_kuo_yu":  {"伽"},
}
