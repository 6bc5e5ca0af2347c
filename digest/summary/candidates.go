package summary

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/story"
	"hanwire/digest/text"
)

// Sentence is a sentence of an article that may stand in a summary: it can be
// read alone. It carries what choosing among sentences of many articles needs,
// so that nobody has to read the article again.
type Sentence struct {
	text.Span
	Text  string       `json:"text"`
	Place int          `json:"place"` // among the sentences of the news itself, from 0
	Words int          `json:"words"` // two Han or Hangul characters count as one
	Terms story.Vector `json:"terms"`
	Pairs story.Vector `json:"pairs"` // of neighbouring terms

	Quoted float64 `json:"quoted,omitempty"` // share of it between quotation marks
	Named  bool    `json:"named,omitempty"`  // names a person, organisation or place
	Weak   bool    `json:"weak,omitempty"`   // leans on what was said before ("The move ..."): a last resort
}

const (
	maxCandidates = 14 // the sentences of an article that are kept
	maxPlace      = 40 // later ones are background
	minWords      = 6
	maxWords      = 60
)

// Candidates are the sentences of an article that may stand in a summary, in
// order. When none is fit to stand alone, as in a one-line bulletin, the first
// whole sentence is the only one.
func Candidates(doc *text.Document) []Sentence {
	var out []Sentence
	var fallback *Sentence
	place := 0
	for _, p := range doc.Paragraphs {
		if p.Role != text.Body {
			continue
		}
		for _, s := range doc.Sentences[p.First:p.End] {
			if place >= maxPlace || len(out) == maxCandidates {
				return finish(doc, out, fallback)
			}
			c, ok := candidate(doc, p, s, place)
			if c.Words == 0 {
				continue
			}
			place++
			switch {
			case ok:
				out = append(out, c)
			case fallback == nil && whole(c.Text):
				fallback = &c
			}
		}
	}
	return finish(doc, out, fallback)
}

// finish keeps the first candidates, or the fallback where there is none.
func finish(doc *text.Document, out []Sentence, fallback *Sentence) []Sentence {
	if len(out) == 0 && fallback != nil {
		out = []Sentence{*fallback}
	}
	for i := range out {
		out[i].Terms, out[i].Pairs = story.Vectors(doc.TermsIn(out[i].Span))
	}
	return out
}

// Restore fills in what follows from the spans of sentences and the text that
// they are of, so that it need not be kept: Text, Terms and Pairs. False when
// a span is not in the text.
func Restore(article string, list []Sentence) bool {
	for i := range list {
		s := &list[i]
		if s.Start < 0 || s.Start > s.End || s.End > len(article) {
			return false
		}
		s.Text = text.WithoutInsets(article[s.Start:s.End])
		s.Terms, s.Pairs = story.Vectors(text.Terms(s.Text))
	}
	return true
}

// candidate takes one sentence; ok is whether it can stand alone.
func candidate(doc *text.Document, p text.Paragraph, s text.Sentence, place int) (c Sentence, ok bool) {
	span := text.Span{Start: max(s.Start, p.Dateline.End), End: s.Span.End}
	span = trim(doc.Text, span)
	if span.Len() <= 0 {
		return Sentence{}, false
	}
	c = Sentence{Span: span, Text: text.WithoutInsets(doc.Slice(span)), Place: place}
	if strings.TrimSpace(c.Text) == strings.TrimSpace(doc.Title) {
		return Sentence{}, false // the headline said again
	}
	tokens := tokensIn(doc, s, span)
	c.Words = countWords(doc, tokens)
	c.Quoted = quotedShare(doc, tokens, span)
	c.Named = names(doc, span)
	c.Weak = leans(c.Text)
	ok = c.Words >= minWords && c.Words <= maxWords &&
		whole(c.Text) && !jumbled(c.Text) && balanced(doc, tokens) && !dangles(doc, tokens, span)
	return c, ok
}

func trim(s string, span text.Span) text.Span {
	for span.Start < span.End {
		r, n := utf8.DecodeRuneInString(s[span.Start:span.End])
		if !unicode.IsSpace(r) {
			break
		}
		span.Start += n
	}
	for span.Start < span.End {
		r, n := utf8.DecodeLastRuneInString(s[span.Start:span.End])
		if !unicode.IsSpace(r) {
			break
		}
		span.End -= n
	}
	return span
}

func tokensIn(doc *text.Document, s text.Sentence, span text.Span) []text.Token {
	tokens := doc.Tokens[s.First:s.End]
	for len(tokens) > 0 && tokens[0].Start < span.Start {
		tokens = tokens[1:]
	}
	return tokens
}

func countWords(doc *text.Document, tokens []text.Token) int {
	words := 0
	for _, t := range tokens {
		switch t.Kind {
		case text.Word, text.Number:
			words++
		case text.Hangul, text.Han, text.Kana:
			words += (utf8.RuneCountInString(doc.Slice(t.Span)) + 1) / 2
		}
	}
	return words
}

// whole reports whether a sentence has its beginning and its end.
func whole(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if unicode.IsLower(first) || strings.ContainsRune("([)]},.;:!?…-—–•*|>/\\#@", first) {
		return false
	}
	last, n := utf8.DecodeLastRuneInString(strings.TrimRight(s, "\"'”’」』》)）"))
	if n == 0 || !strings.ContainsRune(".。!！", last) {
		return false
	}
	return !strings.HasSuffix(strings.TrimRight(s, "\"'”’"), "...") && !strings.Contains(s, "http")
}

// jumbled reports whether links of a page ran into the sentence: words grown
// together before a MORE, or labels between bars.
func jumbled(s string) bool {
	if captioned(s) || strings.Contains(s, " | ") || strings.Contains(s, "pic.twitter.com") || strings.Contains(s, "(@") {
		return true
	}
	if !strings.Contains(s, " MORE") {
		return false
	}
	for i := 2; i+1 < len(s); i++ {
		if isLower(s[i-2]) && isLower(s[i-1]) && isUpper(s[i]) {
			return true
		}
	}
	return false
}

// captioned reports whether a sentence says what a picture shows: it happens
// now, and on a day of a year.
func captioned(s string) bool {
	end := strings.TrimRight(s, ".")
	if i := strings.LastIndexByte(end, ' '); i < 0 || len(end)-i != 5 || end[i+1:i+3] != "20" && end[i+1:i+3] != "19" {
		return false
	}
	for _, w := range poses {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

var poses = []string{
	" speaks ", " speak ", " arrives ", " arrive ", " walks ", " walk ", " poses ", " pose ", " looks ", " look on", " gestures ", " listens ",
	" shakes hands", " shake hands", " attends ", " attend ", " waves ", " wave ", " stands ", " stand ", " sits ", " sit ", " holds ", " is seen", " are seen",
	" leaves ", " leave ", " watches ", " watch ", " smiles ", " reviews ", " pictured",
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// balanced reports whether no quotation is cut at the sentence's edge.
func balanced(doc *text.Document, tokens []text.Token) bool {
	depth := 0
	for _, t := range tokens {
		switch t.Kind {
		case text.Open:
			depth++
		case text.Close:
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

func quotedShare(doc *text.Document, tokens []text.Token, span text.Span) float64 {
	quoted, open := 0, -1
	for _, t := range tokens {
		switch {
		case t.Kind == text.Open && open < 0:
			open = t.Start
		case t.Kind == text.Close && open >= 0:
			quoted += t.End - open
			open = -1
		}
	}
	if open >= 0 {
		quoted += span.End - open
	}
	return math.Round(100*float64(quoted)/float64(span.Len())) / 100
}

func names(doc *text.Document, span text.Span) bool {
	i, _ := slices.BinarySearchFunc(doc.Mentions, span.Start, func(m text.Mention, at int) int { return m.Start - at })
	return i < len(doc.Mentions) && doc.Mentions[i].Start < span.End
}

// dangles reports whether the sentence needs its neighbour: it begins with a
// pronoun or a word that ties it to what was said before, it speaks of a he or
// she that it has not named, or it speaks to the reader.
func dangles(doc *text.Document, tokens []text.Token, span text.Span) bool {
	if len(tokens) == 0 {
		return true
	}
	if danglingOpenings.begin(doc.Slice(span)) {
		return true
	}
	depth, named := 0, false
	mention, _ := slices.BinarySearchFunc(doc.Mentions, span.Start, func(m text.Mention, at int) int { return m.Start - at })
	for _, t := range tokens {
		switch t.Kind {
		case text.Open:
			depth++
			continue
		case text.Close:
			depth--
			continue
		case text.Word:
		default:
			continue
		}
		for mention < len(doc.Mentions) && doc.Mentions[mention].Start <= t.Start {
			named = true
			mention++
		}
		if depth > 0 {
			continue
		}
		word := doc.Slice(t.Span)
		if word == "us" {
			return true // and not US
		}
		if len(word) <= longestPersonal && mayBePersonal[word[0]] {
			lower := strings.ToLower(word)
			if selfWords[lower] || !named && personalWords[lower] {
				return true
			}
		}
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(r) && t.Start > span.Start {
			named = true // a name that nobody listed
		}
	}
	return false
}

// leans reports a weaker tie: a definite noun that stands for something said
// before, as in "The move comes after ...".
func leans(s string) bool {
	return leaningOpenings.begin(s)
}
