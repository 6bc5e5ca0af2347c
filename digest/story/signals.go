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
	lang    string
	signals signals

	title string
	body  string // the first openingWords words of the news itself, a line per paragraph
	lead  int    // where the first leadWords words of body end
	words int
}

// Open reads the opening of an article.
func Open(doc *text.Document) Opening {
	o := Opening{title: doc.Title, lang: doc.Lang}
	var b strings.Builder
	for _, p := range doc.Paragraphs {
		if p.Role != text.Body || p.First == p.End {
			continue
		}
		for _, s := range doc.Sentences[p.First:p.End] {
			start := max(s.Start, p.Dateline.End)
			if start >= s.Span.End || o.words >= openingWords {
				continue
			}
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
			piece := doc.Slice(text.Span{Start: start, End: s.Span.End})
			if o.words == 0 && doc.Title != "" && strings.TrimSpace(piece) == strings.TrimSpace(doc.Title) {
				continue // the headline said twice
			}
			b.WriteString(piece)
			b.WriteByte(' ')
			o.words += words
			if o.words <= leadWords || o.lead == 0 {
				o.lead = b.Len()
			}
		}
		b.WriteByte('\n')
	}
	o.body = b.String()
	o.signals = scan(o)
	return o
}

func scan(o Opening) signals {
	s := signals{Names: map[string]hits{}, Concepts: map[string]hits{}}
	count := func(into map[string]hits, key string, title bool, at int) {
		h := into[key]
		switch {
		case title:
			h.Title++
		case at < o.lead:
			h.Lead++
		default:
			h.Body++
		}
		into[key] = h
	}
	for _, part := range []struct {
		text  string
		title bool
	}{{o.title, true}, {o.body, false}} {
		known := text.FindKnown(part.text)
		for _, m := range known {
			if !ambiguous(part.text, m) {
				count(s.Names, m.Key, part.title, m.Start)
			}
		}
		loadLexicon().find(part.text, func(concept string, at int) {
			if loadLexicon().concepts[concept].class == aboutClass && within(known, at) {
				return
			}
			count(s.Concepts, concept, part.title, at)
		})
	}
	return s
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
	after := strings.ToLower(strings.TrimLeft(s[m.End:min(len(s), m.End+24)], " -"))
	for _, w := range everydayAfter[m.Key] {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// everydayAfter are the words that, right after a name, make of it a kind of
// thing.
var everydayAfter = map[string][]string{
	"china":       {"plate", "cup", "shop", "cabinet", "doll", "set ", "syndrome", "airlines", "open", "town", "eastern", "daily"},
	"south_korea": {"bbq", "barbecue"},
}
