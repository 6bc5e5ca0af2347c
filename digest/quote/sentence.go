package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// itemKind is what an item of a masked sentence is.
type itemKind uint8

const (
	word   itemKind = iota
	quoted          // a whole run of quotation marks, read as one noun
	comma
	colon
	semicolon
	dash
	leftParen
	rightParen
	stop
	other
)

// item is a word or mark of a sentence, or a quoted run in it.
type item struct {
	text.Span
	low     string // lower case, without a possessive ending
	class   class
	run     int32 // for quoted: index of the run
	mention int32 // index of the mention that it belongs to, or -1
	kind    itemKind
	upper   bool // begins with a capital
	owner   bool // ends in 's or s'
	first   bool // opens its sentence
	ended   bool // for quoted: a comma or stop closes the words
	person  bool // that mention is a person's
	speaks  bool // it stands in the phrase of a speaker
}

// sentence is one sentence with its quoted runs masked, so that what is said
// in them cannot be mistaken for who says it.
type sentence struct {
	items    []item
	par      int
	cues     []cue
	steps    int  // taken in looking for subjects
	capitals int8 // nearly every word has a capital: 1 yes, -1 no, 0 not yet known
}

// longest is how many items a sentence may have: what is longer is no
// sentence, and is cut, so that looking back stays cheap.
const longest = 200

// mostSteps is how often a sentence may be asked for a subject before it is
// given up as no prose.
const mostSteps = 1500

// in reports whether the word has one of the classes.
func (it item) in(c class) bool { return it.kind == word && it.class&c != 0 }

// mask cuts the paragraphs into sentences, reading every run as one item.
func (x *Extractor) mask(d *text.Document) {
	runs, out := x.runs, x.sents[:0]
	items := slices.Grow(x.items[:0], len(d.Tokens)+2*len(runs))
	ri, mi, ti := 0, 0, 0
	for pi := range d.Paragraphs {
		p := &d.Paragraphs[pi]
		if p.Role != text.Body && p.Role != text.Heading {
			continue
		}
		begin := len(items)
		prevSentence := -1
		cuts := x.cuts[:0]
		for si := p.First; si < p.End; si++ {
			s := &d.Sentences[si]
			for ti = s.First; ti < s.End; ti++ {
				t := d.Tokens[ti]
				if t.Start < p.Dateline.End {
					continue
				}
				for ri < len(runs) && runs[ri].outer.End <= t.Start {
					ri++
				}
				if ri < len(runs) && runs[ri].outer.Start <= t.Start {
					if n := len(items); n > begin && items[n-1].kind == quoted && items[n-1].run == int32(ri) {
						prevSentence = si
						continue
					}
					if prevSentence != si && sentenceEnds(d, items[begin:]) {
						cuts = append(cuts, len(items))
					}
					items = append(items, item{Span: runs[ri].outer, kind: quoted, run: int32(ri), mention: -1, ended: endsClause(d.Slice(runs[ri].Span))})
					prevSentence = si
					continue
				}
				if n := len(items); n > begin && t.Len() == 1 && d.Text[t.Start] == '.' && items[n-1].kind == word && items[n-1].End == t.Start && ti+1 < s.End {
					items[n-1].End = t.End // Sen., J., D.C.
					continue
				}
				it := x.met.item(d.Text, t)
				for mi < len(d.Mentions) && d.Mentions[mi].End <= t.Start {
					mi++
				}
				if mi < len(d.Mentions) && d.Mentions[mi].Start < t.End {
					it.mention = int32(mi)
					it.person = d.Entities[d.Mentions[mi].Entity].Kind == text.Person
				}
				n := len(items)
				if n > begin && items[n-1].kind == quoted {
					if quoteEnds(d, runs[items[n-1].run], it) {
						cuts = append(cuts, n)
					}
				} else if prevSentence != si && n > begin {
					cuts = append(cuts, n)
				}
				prevSentence = si
				if n > begin && it.upper && items[n-1].upper && items[n-1].low == "will" && it.class&(pronoun|determiner) == 0 {
					items[n-1].class = 0 // Will Smith
				}
				items = append(items, it)
			}
		}
		if len(items) == begin {
			continue
		}
		from := begin
		x.cuts = append(cuts, len(items))
		for _, c := range x.cuts {
			for c-from > longest {
				out = append(out, sentence{items: items[from : from+longest : from+longest], par: pi})
				from += longest
			}
			if c > from {
				items[from].first = true
				out = append(out, sentence{items: items[from:c:c], par: pi})
				from = c
			}
		}
	}
	x.items, x.sents = items, joinTags(out, runs, d)
}

// sentenceEnds reports whether the items so far end a sentence that a new run
// does not belong to.
func sentenceEnds(d *text.Document, before []item) bool {
	if len(before) == 0 {
		return false
	}
	last := before[len(before)-1]
	switch last.kind {
	case stop:
		return true
	case quoted:
		return endsSentence(d.Text[last.Start:last.End])
	case comma, colon, dash, semicolon:
		return false
	}
	return last.kind == word && !last.in(preposition|determiner|conjoin|saying)
}

// quoteEnds reports whether a sentence ends with the run, the next item being
// it.
func quoteEnds(d *text.Document, r run, it item) bool {
	if !endsSentence(d.Text[r.outer.Start:r.outer.End]) {
		return false
	}
	if it.kind != word {
		return false
	}
	return it.upper || unicode.IsDigit(rune(d.Text[it.Start]))
}

// endsSentence reports whether quoted text ends with a full stop, question or
// exclamation mark before its closing marks.
func endsSentence(s string) bool {
	for len(s) > 0 {
		r, n := utf8.DecodeLastRuneInString(s)
		switch r {
		case '.', '?', '!', '…', '。', '？', '！':
			return true
		case '”', '"', '’', '\'', '»', ' ', ')', ']', '」', '』':
			s = s[:len(s)-n]
		default:
			return false
		}
	}
	return false
}

// endsClause reports whether quoted text ends with a comma or a stop.
func endsClause(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return isStop(r) || endsSentence(s)
}

// joinTags joins `"Why?" Smith asked.` again: a sentence that is a speaker and
// a reporting verb alone belongs to the quote before it.
func joinTags(all []sentence, runs []run, d *text.Document) []sentence {
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].par == s.par {
			prev := out[n-1].items
			last := prev[len(prev)-1]
			if last.kind == quoted && len(prev) < longest && s.items[0].kind == word && isTag(s.items, strings.HasSuffix(d.Slice(runs[last.run].Span), ".")) {
				out[n-1].items = append(prev, s.items...)
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// isTag reports whether the items are a short subject, perhaps with an
// apposition, and a reporting verb, and, after a full stop, nothing else.
func isTag(items []item, fullStop bool) bool {
	commas := 0
	for i, it := range items {
		switch {
		case it.kind == comma && i > 0 && i < 5 && items[0].upper && !fullStop, it.kind == comma && commas == 1:
			commas++
		case commas == 0 && i > 8 || i > 25 || it.kind != word:
			return false
		case i > 0 && it.in(saying) && !it.upper && !it.in(ingForm) && commas != 1:
			rest := items[i+1:]
			if fullStop {
				return len(rest) == 0 || rest[0].kind == stop && len(rest) == 1
			}
			if commas > 0 && (items[i-1].kind != comma || len(rest) > 0 && rest[0].kind == word && !rest[0].in(preposition|timeWord|adverb)) {
				return false
			}
			// `"Why?" Smith asked. "Because."`, but not `"No!" Smith said: "Never."`
			for j, r := range rest {
				if r.kind == quoted && j < 3 {
					return false
				}
			}
			return true
		case commas == 0 && it.in(auxiliary|verbForm|subordiner):
			if !it.in(pronoun) && !(i == 0 && it.upper && len(items) > 1 && items[1].upper) {
				return false
			}
		}
	}
	return false
}

// lexemes remembers words that were met before as items without a place: by a
// word's hash its row, in which the latest two stay.
type lexemes [1 << 12][2]lexeme

type lexeme struct {
	word string
	item item
}

// item classifies a token of s.
func (met *lexemes) item(s string, t text.Token) item {
	if met == nil || t.Hash == 0 {
		return newItem(s, t)
	}
	row, w := &met[(t.Hash^t.Hash>>16)%uint32(len(met))], s[t.Start:t.End]
	if row[0].word != w {
		if row[1].word != w {
			w = strings.Clone(w) // not to hold on to the text
			row[1] = lexeme{w, newItem(w, text.Token{Span: text.Span{End: len(w)}, Kind: text.Word})}
		}
		row[0], row[1] = row[1], row[0]
	}
	it := row[0].item
	it.Span = t.Span
	return it
}

// newItem classifies a token of a text.
func newItem(in string, t text.Token) item {
	s := in[t.Start:t.End]
	it := item{Span: t.Span, mention: -1}
	switch t.Kind {
	case text.Word, text.Number, text.Han, text.Hangul, text.Kana:
		r, _ := utf8.DecodeRuneInString(s)
		it.upper = unicode.IsUpper(r)
		it.low = s
		switch {
		case strings.HasSuffix(s, "'s"), strings.HasSuffix(s, "'S"):
			it.owner, it.low = true, s[:len(s)-2]
		case strings.HasSuffix(s, "’s"), strings.HasSuffix(s, "’S"):
			it.owner, it.low = true, s[:len(s)-len("’s")]
		case strings.HasSuffix(s, "s'"), strings.HasSuffix(s, "s’"):
			it.owner, it.low = true, strings.TrimRight(s, "'’")
		}
		it.low = strings.TrimSuffix(strings.ToLower(it.low), ".")
		it.class = lexicon[it.low]
		if t.Kind == text.Number {
			it.class |= determiner
		}
		if it.class == 0 && isAdverb(it.low) && !it.upper {
			it.class = adverb
		}
		if it.upper && it.class&(timeWord) != 0 && it.class&(auxiliary|verbForm) != 0 {
			it.class = timeWord // May, March
		}
		if it.upper && it.low == "times" {
			it.class = voice // a newspaper
		}
		if it.owner && it.in(pronoun|relative|adverb) && it.low != "everyone" && it.low != "someone" && it.low != "one" {
			it.class |= auxiliary // he's, who's, that's, there's
			it.owner = false
		}
		if i := strings.IndexAny(it.low, "'’"); i > 0 && it.class == 0 {
			if lexicon[it.low[:i]]&pronoun != 0 { // they've, he'd, I'm
				it.class = pronoun | auxiliary
				it.low = it.low[:i]
			}
		}
	default:
		it.kind = other
		switch s {
		case "&":
			it.kind, it.low, it.class = word, s, conjoin
		case ",", "，":
			it.kind = comma
		case ":", "：":
			it.kind = colon
		case ";", "；":
			it.kind = semicolon
		case "—", "–", "-", "--", "―", "---":
			it.kind = dash
		case "(", "[", "（":
			it.kind = leftParen
		case ")", "]", "）":
			it.kind = rightParen
		case ".", "?", "!", "…", "...", "。", "？", "！":
			it.kind = stop
		}
	}
	return it
}

// isAdverb tells adverbs that no list has by their ending.
func isAdverb(w string) bool { return len(w) > 4 && strings.HasSuffix(w, "ly") }
