package quote

import (
	"strings"
	"unicode/utf8"

	"hanwire/digest/text"
)

// cue is a word that reports somebody's words, with the phrase for whose they
// are.
type cue struct {
	verb, hi int // items [verb, hi): "said", "according to"
	who      phrase
	inverted bool // the speaker stands after the verb: said Smith
	noun     bool // a noun carries it: Smith's claim that
	class    class
}

// findCues lists the cues of a sentence in order.
func (s *sentence) findCues() {
	n := len(s.items)
	for i := 0; i < n; i++ {
		it := s.items[i]
		if it.kind != word {
			continue
		}
		if it.low == "according" && i+1 < n && s.items[i+1].low == "to" {
			k := i + 2
			for k < n && s.items[k].in(adverb|timeWord) && !s.nounish(k) {
				k++ // according to early returns
			}
			who := s.after(k)
			for j := k; !who.ok() && j < n && j < k+12 && s.items[j].kind == word; j++ {
				if j+1 == n || s.items[j+1].kind != word {
					who.hi = j + 1 // the returns
				}
			}
			who.lo = i + 2
			s.cues = append(s.cues, cue{verb: i, hi: i + 2, who: who, inverted: true, class: saying})
			i++
			continue
		}
		if (it.low == "put" || it.low == "puts") && i > 0 && i+1 < n && s.items[i+1].low == "it" {
			s.cues = append(s.cues, cue{verb: i, hi: i + 2, who: s.subject(i), class: saying})
			i++
			continue
		}
		if i == 0 && n > 1 && it.in(saying) && !it.in(ingForm|nounToo|baseForm) && it.low != "asked" && s.startsNoun(1) && s.canSpeak(s.after(1)) {
			s.cues = append(s.cues, cue{verb: 0, hi: 1, who: s.after(1), inverted: true, class: saying}) // Said Smith, "Q"
			continue
		}
		if it.in(reporting) && s.verb(i) {
			if c, ok := s.verbCue(i); ok {
				s.cues = append(s.cues, c)
			}
			continue
		}
		if i > 0 && it.in(nounToo|voice) && it.in(voice|saying) && s.items[i-1].kind == word && s.announces(i) {
			// Smith's claim that ..., his statement: ...
			k := i - 1
			for k > 0 && !s.items[k].owner && !s.items[k].in(determiner) && s.nounish(k) && i-k < 4 {
				k--
			}
			o := s.items[k]
			if o.owner && o.mention >= 0 || o.low == "his" || o.low == "her" || o.low == "their" {
				p := phrase{k, k + 1}
				if o.owner {
					p = s.before(k, 0)
				}
				s.cues = append(s.cues, cue{verb: i, hi: i + 1, who: p, noun: true, class: saying})
			}
		}
	}
}

// announces reports whether words follow the noun at i: his claim that, her
// statement: , their message was.
func (s *sentence) announces(i int) bool {
	for k := i + 1; k < len(s.items) && k < i+4; k++ {
		it := s.items[k]
		switch {
		case it.kind == quoted, it.kind == colon, it.low == "that":
			return true
		case it.low == "of" && k+1 < len(s.items) && s.items[k+1].kind == quoted:
			return true
		case it.in(auxiliary), it.kind == comma:
		default:
			return false
		}
	}
	return false
}

// canSpeak reports whether the phrase can be a speaker's: a name, a person, a
// body, or a thing that carries words.
func (s *sentence) canSpeak(p phrase) bool {
	h := s.head(p)
	if !h.ok() {
		return false
	}
	last := s.items[h.hi-1]
	if last.in(pronoun) && !last.in(determiner) && last.mention < 0 {
		return last.low != "it" && last.low != "nothing" && last.low != "something" && last.low != "everything"
	}
	return last.mention >= 0 || last.upper || last.in(human|body|voice|pronoun|honorific) || roleNoun(strings.TrimSuffix(last.low, "s")) && !last.in(nounToo)
}

// person reports whether the phrase names a person or stands for one.
func (s *sentence) person(p phrase) bool {
	h := s.head(p)
	if !h.ok() {
		return false
	}
	last := s.items[h.hi-1]
	return last.person || last.in(human|honorific) || last.mention < 0 && (last.low == "he" || last.low == "she" || last.low == "they" || last.low == "who")
}

// reportsBefore reports whether somebody says what the verb at v is part of.
func (s *sentence) reportsBefore(v int) bool {
	from := v
	for from > 0 && !s.splits(from-1) {
		from--
	}
	for _, c := range s.cues {
		if c.verb > from && c.verb < v && c.class&saying != 0 && !c.inverted && c.who.ok() && s.person(c.who) {
			return true
		}
	}
	return false
}

// bearer is who stands behind a thing that carries words: in "Smith released a
// statement saying", Smith.
func (s *sentence) bearer(p phrase) phrase {
	h := s.head(p)
	if !h.ok() {
		return p
	}
	last := h.hi - 1
	for last > h.lo && s.items[last].in(timeWord|adverb) {
		last--
	}
	if !s.items[last].in(voice) || s.items[last].owner || s.items[h.lo].low == "the" {
		return p
	}
	if s.items[p.lo].in(preposition) || p.lo > 0 && (s.verb(p.lo-1) || s.items[p.lo-1].in(adverb)) {
		if q := s.earlier(p.lo, 0); q.ok() && s.canSpeak(q) {
			return q
		}
	}
	return p
}

// verbCue reads the reporting verb at i with its speaker.
func (s *sentence) verbCue(i int) (cue, bool) {
	it := s.items[i]
	c := cue{verb: i, hi: i + 1, class: it.class}
	n := len(s.items)
	if i > 0 && !it.in(ingForm) && it.in(saying) && it.low != "told" && it.low != "tells" {
		p := s.items[i-1]
		if p.kind == quoted || (p.kind == comma || p.kind == dash) && !s.takesHearer(c) {
			k := i + 1
			for k < n && s.items[k].in(adverb) && !s.items[k].in(determiner) {
				k++
			}
			if k < n && s.startsNoun(k) {
				who := s.after(k)
				// "Q," said Smith. But not: left the room, said a prayer and went.
				if who.ok() && !s.items[who.lo].in(timeWord) && (p.kind == quoted || inverts(it.low) && s.anyVerb(0, i) && !s.objectOnly(who) && !s.clauseAfter(who)) {
					c.who, c.inverted = who, true
					return c, true
				}
			}
		}
	}
	for k := i - 1; k >= 0 && k > i-5 && it.in(baseForm); k-- {
		if w := s.items[k].low; w == "declined" || w == "declines" || w == "refused" || w == "not" || w == "didn't" || w == "didn’t" {
			return c, false // declined to comment on
		}
	}
	if aux := s.beForm(i); aux >= 0 && !it.in(ingForm) {
		// Passive: the speaker is behind "by", the subject only hears.
		for k := i + 1; k < n && k < i+14; k++ {
			if s.items[k].low == "by" {
				if p := s.after(k + 1); p.ok() {
					c.who, c.inverted = p, true
					return c, true
				}
			}
		}
		return c, false
	}
	if i+1 < n && s.items[i+1].low == "by" && finiteS(it.low) && i > 0 && s.nounish(i-1) {
		return c, false // delegates recommended by the party
	}
	c.who = s.bearer(s.subject(i))
	if c.who.ok() && c.who.hi == c.who.lo+1 && s.items[c.who.lo].low == "that" && c.who.hi == i {
		return c, false // That said, ...
	}
	return c, true
}

// clauseAfter reports whether the phrase goes on to a verb of its own, so that
// it opens a clause: says she could not.
func (s *sentence) clauseAfter(p phrase) bool {
	for i := p.hi; i < len(s.items); i++ {
		it := s.items[i]
		if it.kind != word || it.in(relative|subordiner) && it.low != "so" && it.low != "once" {
			return false
		}
		if s.verb(i) && !it.in(ingForm) {
			return true
		}
	}
	return false
}

// inverts tells the verbs that stand before their subject after a reported
// clause too.
func inverts(w string) bool {
	switch w {
	case "said", "says", "say", "added", "adds", "wrote", "writes", "noted", "notes", "explained", "argued", "reported", "announced", "warned":
		return true
	}
	return false
}

// objectOnly reports whether what follows a verb can hardly be its speaker: a
// bare noun without a name or a person in it.
func (s *sentence) objectOnly(p phrase) bool {
	for i := p.lo; i < p.hi; i++ {
		it := s.items[i]
		if it.mention >= 0 || it.upper || it.in(human|body|voice|pronoun) {
			return false
		}
	}
	return true
}

// startsNoun reports whether a noun phrase can start at item k.
func (s *sentence) startsNoun(k int) bool {
	it := s.items[k]
	if it.kind != word {
		return false
	}
	if it.in(pronoun) && !it.in(determiner) {
		return it.low == "he" || it.low == "she" || it.low == "they" || it.low == "i" || it.low == "we" || it.low == "one"
	}
	if it.low == "that" || it.low == "this" || it.low == "what" {
		return false
	}
	return s.nounish(k)
}

// beForm gives the form of "be" that makes the verb at i a passive, or -1.
func (s *sentence) beForm(i int) int {
	for j := i - 1; j >= 0 && j > i-4; j-- {
		switch s.items[j].low {
		case "is", "are", "was", "were", "be", "been", "being":
			return j
		}
		if !s.items[j].in(adverb | auxiliary) {
			return -1
		}
	}
	return -1
}

// source is what a quote was given by: the phrase for the speaker and the cue.
type source struct {
	who     phrase
	cue     phrase
	own     bool // stands in the quote's own sentence
	trailer bool // closes the sentence, so that it covers what is before
	weak    bool // no cue: the subject of the sentence that holds the words
}

// attribute finds who says the quoted run at item q of the sentence.
func (s *sentence) attribute(d *text.Document, runs []run, q int) (source, bool) {
	r := runs[s.items[q].run]
	end, _ := utf8.DecodeLastRuneInString(d.Slice(r.Span))
	after := q + 1
	n := len(s.items)
	closed := end == ',' || end == '?' || end == '!' || end == '-' || end == '—' || end == '–' || end == '.' || end == '…'
	if after < n && (s.items[after].kind == comma || s.items[after].kind == dash) {
		closed = true
		after++
	}
	if src, ok := s.signed(q); ok {
		return src, true
	}
	before := s.leading(q)
	if closed && after < n {
		if src, ok := s.following(after, end != ',' || before.who.ok()); ok {
			return src, true
		}
	}
	if before.who.ok() && !before.weak {
		return before, true
	}
	if src, ok := s.trailing(q); ok {
		return src, true
	}
	if before.who.ok() {
		return before, true
	}
	return source{}, false
}

// signed reads a signature: “Q.” — Smith, and nothing more.
func (s *sentence) signed(q int) (source, bool) {
	n := len(s.items)
	if q+2 >= n || s.items[q+1].kind != dash || !s.items[q+2].upper {
		return source{}, false
	}
	p := s.after(q + 2)
	end := p.hi
	for end < n && (s.items[end].kind == stop || s.items[end].kind == other) {
		end++
	}
	if !p.ok() || end < n && s.items[end].kind != comma && s.items[end].kind != leftParen || s.anyVerb(p.hi, n) {
		return source{}, false
	}
	return source{who: p, own: true, trailer: true}, true
}

// following reads a tag right after a quote: said Smith; Smith said; according
// to Smith. With strict set, only a known reporting verb will do.
func (s *sentence) following(i int, strict bool) (source, bool) {
	n := len(s.items)
	for _, c := range s.cues {
		if c.verb < i || !c.who.ok() || c.noun {
			continue
		}
		if c.inverted && c.verb <= i+1 && c.who.lo <= c.verb+3 {
			return source{who: c.who, cue: phrase{c.verb, c.hi}, own: true, trailer: true}, true
		}
		if !c.inverted && s.startsAt(c.who, i) && c.class&ingForm == 0 && c.verb < i+40 {
			if c.class&saying == 0 && strict {
				continue
			}
			// "Q," X said: "Q2" and the like still begin with X right here.
			return source{who: c.who, cue: phrase{c.verb, c.hi}, own: true, trailer: true}, true
		}
	}
	if strict {
		return source{}, false
	}
	// Any verb by position: "Q," the senator thundered. "Q," chimed in Smith.
	if p := s.after(i); p.ok() && s.startsNoun(i) {
		for v := p.hi; v < n && v < p.hi+4; v++ {
			if s.items[v].in(adverb) {
				continue
			}
			if s.verb(v) && !s.items[v].in(auxiliary) {
				return source{who: p, cue: phrase{v, v + 1}, own: true, trailer: true}, true
			}
			break
		}
	}
	if s.verb(i) && !s.items[i].in(auxiliary|ingForm) {
		k := i + 1
		for k < n && s.items[k].in(adverb|preposition) && k < i+3 {
			k++
		}
		if k < n && s.startsNoun(k) {
			if p := s.after(k); p.ok() && !s.objectOnly(p) {
				return source{who: p, cue: phrase{i, i + 1}, own: true, trailer: true}, true
			}
		}
	}
	return source{}, false
}

// startsAt reports whether the phrase opens at item i, but for adverbs and a
// conjunction.
func (s *sentence) startsAt(p phrase, i int) bool {
	for i < p.lo && s.items[i].in(adverb|timeWord) && !s.items[i].in(subordiner) {
		i++
	}
	if i < p.lo && s.items[p.lo-1].kind == comma && s.startsNoun(i) && s.after(i).hi == p.lo-1 {
		return true // the trade secretary, Smith, said
	}
	return p.lo <= i
}

// leading finds the cue before the quote at item q.
func (s *sentence) leading(q int) source {
	var best source
	limit := 0
	for i := q - 1; i >= 0; i-- {
		if s.items[i].kind == semicolon {
			limit = i + 1
			break
		}
	}
	colonAt := -1
	if q > 0 && s.items[q-1].kind == colon {
		colonAt = q - 1
	}
	carrier := q
	if colonAt > 0 {
		// The verb that the colon follows, whatever it is.
		for v := colonAt - 1; v >= limit && s.items[v].kind != comma && s.items[v].kind != quoted; v-- {
			if !s.verb(v) || s.items[v].in(ingForm) && !s.items[v].in(saying) {
				continue
			}
			if v > 0 && s.items[v-1].in(relative) {
				continue
			}
			if p := s.bearer(s.subject(v)); p.ok() && s.canSpeak(p) {
				if p.lo > 0 && s.items[p.lo-1].in(subordiner|relative) && !s.items[p.lo-1].first {
					continue // showed what people want
				}
				if !s.person(p) && s.reportsBefore(v) {
					carrier = v // He said the speech asked two questions: the words are his.
					break
				}
				return source{who: p, cue: phrase{v, v + 1}, own: true}
			}
		}
	}
	for c := len(s.cues) - 1; c >= 0; c-- {
		k := s.cues[c]
		if k.verb >= carrier || k.verb < limit {
			continue
		}
		if k.inverted && s.items[k.verb].low != "according" && k.verb > 0 && s.items[k.verb-1].kind != quoted && k.who.hi > q {
			continue
		}
		if !k.who.ok() {
			continue
		}
		if s.inRelative(k.verb, q) || colonAt < 0 && s.aside(k.who.lo, q) {
			continue
		}
		if k.class&(saying|calling) == 0 || !s.canSpeak(k.who) || k.verb > 0 && s.items[k.verb-1].in(relative) && !s.items[k.verb-1].in(subordiner) {
			// A stance: keep it, but look further left for words.
			if !best.who.ok() {
				best = source{who: k.who, cue: phrase{k.verb, k.hi}, own: true}
			}
			continue
		}
		best = source{who: k.who, cue: phrase{k.verb, k.hi}, own: true}
		break
	}
	if best.who.ok() {
		return best
	}
	if colonAt > 0 {
		// Smith: "Q".
		if p := s.after(0); p.ok() && p.hi >= colonAt-6 && !s.anyVerb(p.hi, colonAt) {
			return source{who: p, own: true}
		}
		if s.items[colonAt-1].person {
			return source{who: s.before(colonAt-1, 0), own: true} // It did not surprise Smith: “Q”
		}
	}
	// No cue: whose sentence it is.
	if q > limit {
		if v := s.lastVerb(limit, q); v >= 0 {
			if p := s.subject(v); p.ok() {
				return source{who: p, own: true, weak: true}
			}
		}
	}
	return source{}
}

// inRelative reports whether the verb at v stands in a relative clause that a
// comma closes before item q.
func (s *sentence) inRelative(v, q int) bool {
	if v == 0 || !s.items[v-1].in(relative) || s.items[v-1].low == "that" {
		return false
	}
	for i := v; i < q-1; i++ {
		if s.items[i].kind == comma && i+1 < q && !s.items[i+1].in(conjoin|ingForm) {
			return true
		}
	}
	return false
}

func (s *sentence) anyVerb(from, to int) bool {
	for i := from; i < to; i++ {
		if s.verb(i) {
			return true
		}
	}
	return false
}

// lastVerb is the last finite verb of the items [from, to), or -1.
func (s *sentence) lastVerb(from, to int) int {
	for i := to - 1; i >= from; i-- {
		if s.verb(i) && !s.items[i].in(ingForm) && (i == 0 || s.items[i-1].low != "to" && !s.items[i-1].in(relative&^subordiner)) {
			return i
		}
	}
	return -1
}

// trailing finds a cue after the quote that closes the sentence: ..., Smith
// said; ..., said Smith; ..., according to Smith.
func (s *sentence) trailing(q int) (source, bool) {
	for _, c := range s.cues {
		if c.verb <= q || !c.who.ok() || c.noun || c.class&saying == 0 {
			continue
		}
		if s.isTrailer(c) {
			return source{who: c.who, cue: phrase{c.verb, c.hi}, own: true, trailer: true}, true
		}
	}
	return source{}, false
}

// isTrailer reports whether the cue stands between the commas or at the end of
// a reported clause that came first.
func (s *sentence) isTrailer(c cue) bool {
	start, end := c.who.lo, c.hi
	if c.inverted {
		start, end = c.verb, c.who.hi
	}
	for start > 0 && s.items[start-1].in(adverb) {
		start--
	}
	if start == 0 {
		return false
	}
	p := s.items[start-1]
	if s.items[c.verb].low == "according" {
		return true
	}
	if c.class&ingForm != 0 || p.kind != comma && p.kind != dash && !(p.kind == quoted) {
		return false
	}
	if p.kind != quoted {
		if s.items[c.verb-1].in(relative) {
			return false
		}
		// What follows must not be what is reported.
		for i := end; i+1 < len(s.items) && i < end+8; i++ {
			if k := s.items[i].kind; k == colon || k == comma && s.items[i+1].kind == quoted {
				return false
			} else if k != word {
				break
			}
		}
		// Nor may the verb have another object: Smith recommended a firm.
		if end < len(s.items) && (start < 2 || s.items[start-2].kind != quoted) {
			if it := s.items[end]; it.kind == word && !it.in(adverb|preposition|conjoin) && !s.when(end) && !s.takesHearer(c) {
				return false
			}
		}
	}
	return !s.complementAt(end)
}

// complementAt reports whether a reported clause or quote starts at item i,
// behind what may stand between verb and clause.
func (s *sentence) complementAt(i int) bool {
	n := len(s.items)
	for ; i < n; i++ {
		it := s.items[i]
		switch {
		case it.kind == quoted:
			return true
		case it.kind == colon:
			return true
		case it.kind != word:
			return false
		case it.low == "that" || it.low == "whether" || it.low == "if":
			return true
		case it.in(adverb|timeWord) && !it.in(subordiner|preposition):
			continue
		}
		break
	}
	if i >= n {
		return false
	}
	it := s.items[i]
	if it.in(preposition|conjoin|subordiner) && !it.in(determiner|pronoun) {
		return false
	}
	return s.startsClause(i)
}

// startsClause reports whether a subject and its verb start at item i.
func (s *sentence) startsClause(i int) bool {
	n := len(s.items)
	owed := 0 // verbs of relative clauses still to come
	for k, seen := i, 0; k < n && seen < 20; k, seen = k+1, seen+1 {
		it := s.items[k]
		if it.kind == quoted && k > i && !s.items[k-1].in(preposition|determiner) {
			return true // that Beijing "tends to wait"
		}
		if (it.kind == comma || it.kind == dash) && k > i {
			// The mayor, a former judge, would
			m := k + 1
			for m < n && m < k+12 && s.items[m].kind == word {
				m++
			}
			return m+1 < n && s.items[m].kind == it.kind && !s.items[k+1].in(conjoin) && (s.verb(m+1) || s.items[m+1].in(auxiliary)) && !s.items[m+1].in(ingForm)
		}
		if it.kind != word && it.kind != leftParen && it.kind != rightParen && it.kind != quoted {
			return false
		}
		if k > i && it.in(relative) && it.kind == word && (it.low != "that" || s.nounish(k-1)) {
			owed++
		}
		if it.kind == word && (s.verb(k) || it.in(auxiliary)) && !it.in(ingForm) && (k == 0 || s.items[k-1].low != "to") {
			if owed > 0 {
				owed--
				for k+1 < n && (s.items[k+1].in(auxiliary|adverb) || s.items[k].in(auxiliary|adverb) && s.verb(k+1)) {
					k++
				}
				continue
			}
			return k > i || it.in(pronoun)
		}
	}
	return false
}
