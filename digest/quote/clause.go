package quote

import "strings"

// phrase is a noun phrase: items [lo, hi) of a sentence. The zero phrase is
// none.
type phrase struct{ lo, hi int }

func (p phrase) ok() bool { return p.hi > p.lo }

// verb reports whether item i stands as a verb.
func (s *sentence) verb(i int) bool {
	it := s.items[i]
	if it.kind != word || it.owner {
		return false
	}
	if it.in(auxiliary) {
		return !it.upper || it.first
	}
	if it.mention >= 0 || it.upper && !it.first {
		return it.upper && it.in(saying) && it.mention < 0 && s.headline()
	}
	if it.in(preposition|determiner|pronoun|conjoin) && !it.in(saying|thinking) {
		return false
	}
	if it.in(ingForm) && i > 0 && s.items[i-1].in(determiner) {
		return false
	}
	if it.in(sure) {
		return !(it.low == "say" && i > 0 && sayNoun[s.items[i-1].low])
	}
	if i+1 < len(s.items) && s.items[i+1].in(sure) && !participle(it.low) && !it.in(ingForm) {
		return false // advocates said
	}
	if it.low == "states" || it.low == "state" {
		return s.announces(i) && (i == 0 || !s.items[i-1].in(preposition|determiner) && s.items[i-1].class&human == 0) // "The state said" against "the letter states that"
	}
	if it.in(reporting | verbForm) {
		if !it.in(nounToo) && !it.in(baseForm) && !(it.class&verbForm != 0) {
			return !s.attributive(i)
		}
		return !s.nominal(i)
	}
	if n := len(it.low); n > 4 && it.low[n-2:] == "ed" && it.class == 0 {
		return !s.nominal(i)
	}
	if it.class == 0 && i > 0 && modal[s.items[i-1].low] {
		return true
	}
	if n := len(it.low); it.class == 0 && n > 3 && it.low[n-1] == 's' && it.low[n-2] != 's' && i > 0 && i+1 < len(s.items) && !it.upper &&
		s.items[i-1].kind == word && !s.items[i-1].owner && !s.items[i-1].in(determiner|preposition) && s.items[i+1].in(determiner|pronoun) {
		return true // the ruling intensifies the need
	}
	// A word that is not known does what the pronoun before it does: they
	// differ, she misheard.
	return it.class == 0 && i > 0 && !it.upper && s.items[i-1].in(pronoun) && !s.items[i-1].in(determiner|auxiliary) && s.items[i-1].class&(relative|preposition) == 0 && isName(it.low)
}

// modal are the auxiliaries that only a verb follows.
var modal = wordSet(strings.Fields(`do does did will would shall should can could may might must cannot don't doesn't didn't won't wouldn't shouldn't
	can't couldn't don’t doesn’t didn’t won’t wouldn’t shouldn’t can’t couldn’t`))

// sayNoun are the words before which "say" is a noun: have a say.
var sayNoun = wordSet([]string{"a", "the", "no", "any", "some", "final", "more", "much", "little"})

// headline reports whether nearly every word has a capital, so that capitals
// say nothing.
func (s *sentence) headline() bool {
	if s.capitals != 0 {
		return s.capitals > 0
	}
	upper, words := 0, 0
	for _, it := range s.items {
		if it.kind == word && len(it.low) > 3 {
			words++
			if it.upper {
				upper++
			}
		}
	}
	s.capitals = -1
	if words >= 6 && upper*10 >= words*8 {
		s.capitals = 1
	}
	return s.capitals > 0
}

// attributive reports whether a participle stands before its noun: the
// reported deal.
func (s *sentence) attributive(i int) bool {
	return i > 0 && (s.items[i-1].owner || s.items[i-1].in(determiner) && !s.items[i-1].in(pronoun)) && i+1 < len(s.items) && s.nounish(i+1)
}

// nominal reports whether a word that may be verb or noun stands as a noun.
func (s *sentence) nominal(i int) bool {
	if i == 0 {
		return s.items[i].in(baseForm|nounToo) && !(s.items[i].in(ingForm))
	}
	p := s.items[i-1]
	it := s.items[i]
	if p.kind != word {
		return p.kind == leftParen || p.kind == quoted && !p.ended && it.in(nounToo) // the "new deal" campaign
	}
	switch {
	case p.in(auxiliary), p.low == "to", p.in(relative) && !p.in(determiner):
		return false
	case p.in(pronoun) && !p.in(determiner|preposition) && p.mention < 0:
		return false
	case p.owner, p.in(sure) && it.in(baseForm|nounToo) && !it.in(sure):
		return true
	case p.in(determiner) && (!p.in(pronoun) || it.in(ingForm)):
		return true
	case p.in(determiner): // those, some, most: a phrase or the start of one
		if i+1 < len(s.items) && s.items[i+1].in(determiner|pronoun) && s.items[i+1].class&preposition == 0 && it.in(thinking|saying) {
			return false // many fear the worst
		}
		return it.in(nounToo | baseForm)
	case p.in(preposition):
		return !it.in(ingForm)
	case p.in(adverb), p.in(conjoin), p.in(subordiner):
		return false
	}
	if it.in(baseForm) && p.upper && i+1 < len(s.items) && !s.items[i+1].upper && s.items[i+1].in(human) {
		return true // the US trade representative
	}
	if it.in(nounToo) || it.in(baseForm) {
		if p.upper {
			// Clinton claims that, but Clinton campaign officials.
			if i+1 < len(s.items) {
				n := s.items[i+1]
				switch {
				case n.kind == quoted, n.kind == colon, n.kind == comma && it.in(saying), n.in(determiner | pronoun | subordiner | preposition | adverb), n.upper:
					return !finiteS(it.low)
				case n.kind == word && s.nounish(i+1):
					return !finiteS(it.low) || it.in(nounToo)
				}
			}
			return it.in(nounToo) && !finiteS(it.low)
		}
		// A lower-case noun before: "aides say" against "attack ads say".
		if it.in(baseForm) && !strings.HasSuffix(p.low, "s") && p.low != "people" && p.low != "police" {
			return true // presidential campaign
		}
		if i+1 < len(s.items) {
			n := s.items[i+1]
			if n.kind == quoted || n.kind == colon || n.in(subordiner|determiner|pronoun) || n.upper {
				return false
			}
			if it.in(saying) && !it.in(nounToo) {
				return false
			}
		}
		return it.in(nounToo)
	}
	return false
}

// finiteS reports whether a verb form has the ending of the third person or
// the past.
func finiteS(w string) bool {
	n := len(w)
	return n > 2 && (w[n-1] == 's' && w[n-2] != 's' || w[n-1] == 'd')
}

// nounish reports whether item i can stand inside a noun phrase.
func (s *sentence) nounish(i int) bool {
	it := s.items[i]
	if it.kind != word {
		return false
	}
	if it.mention >= 0 {
		return true
	}
	if it.upper && !it.first {
		return !it.in(pronoun) || it.in(determiner)
	}
	if it.in(preposition | auxiliary | conjoin | subordiner | relative) {
		return it.in(determiner)
	}
	if it.in(adverb) && !it.in(determiner|timeWord) {
		return false
	}
	if it.in(pronoun) && !it.in(determiner) {
		return false
	}
	return !s.verb(i)
}

// before finds the noun phrase that ends at item j, at the latest words of
// which is the noun or the phrases hanging on it, going back no further than
// floor.
func (s *sentence) before(j, floor int) phrase {
	i := j
	if i < floor {
		return phrase{}
	}
	if it := s.items[i]; it.in(pronoun) && !s.nounish(i) {
		return phrase{i, i + 1}
	}
	for i >= floor {
		it := s.items[i]
		switch {
		case it.kind == rightParen:
			k := i - 1
			for k >= floor && s.items[k].kind != leftParen && i-k < 12 {
				k--
			}
			if k < floor || s.items[k].kind != leftParen {
				return phrase{i + 1, j + 1}
			}
			i = k - 1
			continue
		case it.kind == quoted:
			// A nickname or a show's title inside a name: “Daily Show” host.
			if i < j && it.Len() < 40 && !it.ended && s.nounish(i+1) && (i == floor || s.nounish(i-1) || s.items[i-1].in(preposition|determiner)) {
				i--
				continue
			}
			return phrase{i + 1, j + 1}
		case it.kind != word:
			return phrase{i + 1, j + 1}
		case it.low == "of" || it.in(preposition) && !it.in(determiner|verbForm) && it.mention < 0 && !it.upper:
			if it.in(subordiner) && it.low != "as" && i < j {
				return phrase{i + 1, j + 1} // two months after Smith said
			}
			if i < j && i > floor && (s.nounish(i-1) || s.items[i-1].kind == rightParen) {
				i--
				continue
			}
			if i-2 >= floor && i < j && s.items[i-1].in(conjoin) && s.nounish(i-2) {
				i -= 2 // officers with no doubts but with regrets
				continue
			}
			return phrase{i, j + 1}
		case it.in(conjoin) && it.mention < 0:
			if i < j && i > floor && s.nounish(i-1) && (s.nounish(i+1) || s.items[i+1].in(preposition)) {
				i--
				continue
			}
			if i < j && i > floor && s.items[i-1].in(pronoun) && !s.items[i-1].in(relative) && s.nounish(i+1) {
				return phrase{i - 1, j + 1} // she and another reporter
			}
			return phrase{i + 1, j + 1}
		case s.nounish(i):
			i--
		default:
			return phrase{i + 1, j + 1}
		}
	}
	return phrase{floor, j + 1}
}

// after finds the noun phrase that starts at item i.
func (s *sentence) after(i int) phrase {
	n := len(s.items)
	if i >= n {
		return phrase{}
	}
	if it := s.items[i]; it.in(pronoun) && !s.nounish(i) && !it.in(relative) {
		return phrase{i, i + 1}
	}
	k := i
	for k < n {
		it := s.items[k]
		switch {
		case s.nounish(k):
			k++
			continue
		case k > i && it.in(preposition) && !it.upper && k+1 < n && (s.nounish(k+1) || s.items[k+1].in(pronoun)):
			if it.low == "of" || it.low == "for" || it.low == "at" || it.low == "from" || it.low == "with" {
				k++
				if !s.nounish(k) {
					k++
				}
				continue
			}
		case k > i && it.in(conjoin) && k+1 < n && s.nounish(k+1) && s.items[k-1].upper && s.items[k+1].upper:
			k++
			continue
		case k > i && it.kind == quoted && !it.ended && it.Len() < 30 && k+1 < n && s.nounish(k+1) && s.items[k+1].upper:
			k++
			continue
		}
		break
	}
	return phrase{i, k}
}

// head narrows a phrase to its first noun phrase proper, without what hangs on
// it by a preposition, and reports where that ends. A phrase that opens with a
// preposition (In a statement Smith said) has its head at the end.
func (s *sentence) head(p phrase) phrase {
	if !p.ok() {
		return p
	}
	lo := p.lo
	if s.items[lo].in(preposition) && !s.items[lo].in(determiner) && s.items[lo].mention < 0 {
		last := lo
		for i := lo; i < p.hi; i++ {
			if s.items[i].in(preposition) && !s.items[i].in(determiner) && s.items[i].mention < 0 && s.items[i].low != "of" {
				last = i
			}
		}
		lo = last + 1
		// "In a statement Smith": the name after the noun is the phrase.
		for i := p.hi - 1; i > lo; i-- {
			if s.items[i].upper && !s.items[i-1].upper && !s.items[i-1].in(honorific|human|determiner|preposition|conjoin) {
				lo = i
				break
			}
		}
	}
	hi := p.hi
	for i := lo; i < p.hi; i++ {
		it := s.items[i]
		if it.upper && it.in(preposition) && i+1 < p.hi && s.items[i+1].upper && s.items[i+1].in(honorific) {
			continue // Under Secretary
		}
		if i > lo && it.in(preposition) && it.mention < 0 && !it.in(determiner) || it.kind == leftParen {
			hi = i
			break
		}
	}
	for hi > lo+1 && (hangs[s.items[hi-1].low] || participle(s.items[hi-1].low) && s.items[hi-1].mention < 0 && s.verb(hi-1)) {
		hi--
	}
	return phrase{lo, hi}
}

// hangs are adjectives that stand behind their noun: people familiar with it.
var hangs = wordSet([]string{"close", "familiar", "aware", "involved", "briefed", "present", "knowledgeable"})

// subject finds who does what verb v says, looking to the left: over adverbs,
// auxiliaries and other verbs of its group, apposition and relative clauses,
// and, for a second verb of one subject, to the first verb's.
func (s *sentence) subject(v int) phrase { return s.subjectOf(v, 0) }

func (s *sentence) subjectOf(v, depth int) phrase {
	if s.steps++; depth > 4 || s.steps > mostSteps {
		return phrase{}
	}
	j := v - 1
	infinitive := false
	for j >= 0 {
		it := s.items[j]
		infinitive = infinitive || it.low == "to"
		if it.kind == word && it.mention < 0 && (it.in(adverb) && !it.in(determiner|relative) || it.in(auxiliary) && !it.in(pronoun) || it.low == "to" || it.low == "not") {
			j--
			continue
		}
		if it.in(pronoun) && it.in(auxiliary) { // he's saying
			return phrase{j, j + 1}
		}
		if j > 0 && j == v-1 && participle(it.low) && !s.items[v].in(ingForm|auxiliary) && s.verb(j) && (s.nounish(j-1) || s.items[j-1].in(pronoun)) {
			if p := s.before(j-1, 0); p.ok() {
				return phrase{p.lo, j + 1} // those surveyed said
			}
		}
		if s.verb(j) && !it.in(auxiliary) && j+1 < v && s.items[j+1].in(auxiliary|adverb|preposition) || s.verb(j) && s.items[v].in(ingForm) && !s.items[j].in(reporting) {
			j-- // went on to say, kept saying
			continue
		}
		if it.low == "as" && j > 0 && s.verb(j-1) { // was quoted as saying
			j -= 2
			continue
		}
		break
	}
	if j < 0 {
		return phrase{}
	}
	it := s.items[j]
	switch {
	case it.in(relative) && it.kind == word && j > 0 && it.low != "where" && (it.low != "that" || s.nounish(j-1)):
		// who said: the one before.
		k := j - 1
		if s.items[k].kind == comma || s.items[k].kind == dash {
			k--
		}
		for k > 0 && s.items[k].kind == rightParen {
			for k > 0 && s.items[k].kind != leftParen {
				k--
			}
			k--
		}
		if k >= 0 {
			if p := s.before(k, 0); p.ok() {
				return s.nearest(p)
			}
		}
		return phrase{}
	case it.in(conjoin):
		return s.earlier(j, depth)
	case it.in(pronoun) && !s.nounish(j):
		return phrase{j, j + 1}
	case it.kind == comma:
		if s.items[v].in(ingForm) {
			return s.earlier(j, depth)
		}
		return s.overApposition(j, depth)
	case it.kind == dash:
		k := j - 1
		for k > 0 && s.items[k].kind != dash {
			k--
		}
		if k > 0 {
			return s.before(k-1, 0)
		}
		return s.before(j-1, 0)
	case it.kind == rightParen:
		return s.before(j, 0)
	case it.kind == quoted:
		return s.earlier(j, depth)
	case it.in(subordiner | preposition):
		return s.earlier(j, depth)
	}
	p := s.before(j, 0)
	if p.lo > 0 && !s.items[p.lo-1].in(takesThat) && (s.verb(p.lo-1) || p.lo > 1 && s.items[p.lo-1].in(adverb) && s.verb(p.lo-2)) {
		// It was dear and one in four said
		for k := p.hi - 1; k > p.lo; k-- {
			if s.items[k].in(conjoin) && k+1 < p.hi {
				return phrase{k + 1, p.hi}
			}
		}
	}
	if p.lo > 0 && s.items[v].in(ingForm) && s.items[v].in(saying) && s.verb(p.lo-1) && !s.items[p.lo-1].in(auxiliary|ingForm) && !s.items[j].in(voice) {
		// She wrote supporters saying
		if q := s.subjectOf(p.lo-1, depth+1); q.ok() && s.canSpeak(q) {
			return q
		}
	}
	if !p.ok() || infinitive && p.lo > 0 {
		if q := s.earlier(j, depth); q.ok() || !p.ok() {
			return q
		}
	}
	if f := s.items[p.lo]; p.lo > 1 && f.in(preposition) && !f.in(determiner) && participle(s.items[p.lo-1].low) && (s.nounish(p.lo-2) || s.items[p.lo-2].in(pronoun)) {
		if q := s.before(p.lo-2, 0); q.ok() && s.finite(v) {
			return phrase{q.lo, p.hi} // people briefed on the talks said
		}
	}
	if f := s.items[p.lo]; p.lo > 1 && f.mention >= 0 && !f.person && s.items[p.lo-1].kind == comma && s.items[p.lo-2].upper && !s.items[p.lo-2].in(timeWord) && !s.intro(p.lo-1) {
		// Smith of Columbia, South Carolina said.
		if q := s.before(p.lo-2, 0); q.ok() {
			return q
		}
	}
	// A relative clause without commas: the man who lives there said.
	if p.lo > 0 && (s.verb(p.lo-1) || s.items[p.lo-1].in(preposition|adverb|pronoun)) {
		for k := p.lo - 1; k > 0 && p.lo-k < 14; k-- {
			x := s.items[k]
			if x.kind != word {
				break
			}
			if x.in(relative) && x.low != "that" && x.low != "where" || x.low == "that" && k+1 < len(s.items) && s.verb(k+1) && s.nounish(k-1) && !s.verb(k-1) {
				if q := s.before(k-1, 0); q.ok() {
					return q
				}
				break
			}
		}
	}
	return p
}

// participle reports whether a verb form may be a past participle.
func participle(w string) bool {
	return strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "en") && len(w) > 4 || w == "shot" || w == "hit" || w == "caught" || w == "held" || w == "left"
}

// finite reports whether the verb at v is in the past or the third person.
func (s *sentence) finite(v int) bool { return finiteS(s.items[v].low) || s.items[v].in(sure) }

// nearest narrows a chain of phrases to the one that a relative clause hangs
// on: a person named last, or the whole.
func (s *sentence) nearest(p phrase) phrase {
	for i := p.hi - 1; i > p.lo; i-- {
		if s.items[i].in(preposition) && s.items[i].mention < 0 && i+1 < p.hi {
			if s.items[i+1].mention >= 0 || s.items[i+1].upper {
				return phrase{i + 1, p.hi}
			}
			break
		}
	}
	return p
}

// earlier is the subject of the finite verb before item j that is not in a
// relative clause.
func (s *sentence) earlier(j, depth int) phrase {
	for c := len(s.cues) - 1; c >= 0; c-- {
		if q := s.cues[c]; q.verb < j && q.who.ok() && !s.breaks(max(q.verb, q.who.hi), j) && !(q.verb > 0 && s.items[q.verb-1].low == "to") && !s.aside(q.who.lo, j) {
			return q.who
		}
	}
	for v, seen := j-1, 0; v > 0 && seen < 40; v, seen = v-1, seen+1 {
		if s.items[v].kind == semicolon {
			break
		}
		if !s.verb(v) || s.items[v].in(ingForm) {
			continue
		}
		if s.items[v-1].in(relative) && !s.items[v-1].in(pronoun&^relative) && s.items[v-1].low != "that" {
			continue
		}
		if s.items[v-1].low == "to" {
			continue
		}
		if p := s.subjectOf(v, depth+1); p.ok() {
			return p
		}
	}
	return phrase{}
}

// aside reports whether the clause of the subject at item i is one of when or
// why that a comma closes before item j.
func (s *sentence) aside(i, j int) bool {
	start := i
	for start > 0 && !s.splits(start-1) && !s.items[start].in(subordiner) {
		start--
	}
	f := s.items[start]
	if !f.in(subordiner) || f.in(determiner|pronoun) || start > 0 && !s.splits(start-1) {
		return false
	}
	for k := i; k+1 < j; k++ {
		if s.items[k].kind == comma {
			for v := k + 1; v < j; v++ {
				if s.verb(v) && !s.items[v].in(ingForm) {
					return true
				}
			}
			return false
		}
	}
	return false
}

// breaks reports whether a semicolon stands between two items.
func (s *sentence) breaks(from, to int) bool {
	for i := from; i < to; i++ {
		if s.items[i].kind == semicolon {
			return true
		}
	}
	return false
}

// overApposition finds the subject before the comma at j: X, a lawyer who
// lives there, said.
func (s *sentence) overApposition(j, depth int) phrase {
	end := j // the comma right after the candidate phrase
	for hops := 0; hops < 8; hops++ {
		start := end
		for start > 0 && !s.splits(start-1) {
			if s.items[start-1].kind == rightParen {
				for start > 0 && s.items[start-1].kind != leftParen {
					start--
				}
				if start == 0 {
					break
				}
			}
			start--
		}
		if start == 0 || s.items[start-1].kind != comma {
			break
		}
		if start >= end {
			end = start - 1
			continue
		}
		f := s.items[start]
		hanging := f.in(relative|preposition) && f.mention < 0 || f.in(ingForm) || f.in(conjoin) && hops > 0 ||
			!f.upper && f.kind == word && !f.in(pronoun&^determiner) && !f.in(adverb) || f.in(determiner) && (!f.in(pronoun) || start+1 < end && (s.items[start+1].low == "of" || s.nounish(start+1))) && !s.intro(start-1) ||
			f.upper && (!s.intro(start-1) && s.short(start, end))
		if f.in(adverb) && end-start <= 2 {
			hanging = true
		}
		if !hanging {
			break
		}
		if s.intro(start-1) && !f.in(relative|preposition|ingForm) && (f.in(determiner) || f.upper) {
			break
		}
		if f.upper && s.items[end-1].person && s.short(start, end) && strings.IndexByte(f.low, '-') != 1 && start > 1 && !s.items[start-2].person {
			// His former partner, Smith, said: the name is the better phrase.
			break
		}
		end = start - 1
	}
	if end <= 0 {
		return phrase{}
	}
	p := s.before(end-1, 0)
	if p.ok() && p.lo > 0 && s.verb(p.lo-1) {
		for k := p.lo - 1; k > 0 && p.lo-k < 14 && s.items[k].kind == word; k-- {
			if s.items[k].in(relative) && s.items[k].low != "that" {
				if q := s.before(k-1, 0); q.ok() {
					return q
				}
			}
		}
		return p
	}
	if !p.ok() {
		return s.earlier(end, depth)
	}
	return p
}

// splits reports whether item i parts the clauses around it.
func (s *sentence) splits(i int) bool {
	it := s.items[i]
	if it.kind == quoted && i > 0 && s.items[i-1].in(preposition) && i+1 < len(s.items) && s.items[i+1].in(preposition) {
		return false // the author of “Q,” about the war,
	}
	return it.kind == comma || it.kind == semicolon || it.kind == colon || it.kind == quoted && it.ended
}

// intro reports whether what stands before the comma at c opens the sentence
// and is no noun phrase: On Monday, ... When asked, ...
func (s *sentence) intro(c int) bool {
	start := c
	for start > 0 && !s.splits(start-1) {
		start--
	}
	if start == c {
		return true
	}
	f := s.items[start]
	if f.in(subordiner|conjoin|adverb|ingForm) && f.mention < 0 {
		return true
	}
	return f.in(preposition) && !f.in(determiner) && f.mention < 0 && start == 0 || f.in(timeWord) && start == 0
}

// short reports whether a capitalised stretch between commas is a place, a
// party mark or an age: D-Fla., Ohio.
func (s *sentence) short(from, to int) bool {
	if to-from > 9 {
		return false
	}
	for i := from; i < to; i++ {
		if s.verb(i) {
			return false
		}
	}
	return true
}
