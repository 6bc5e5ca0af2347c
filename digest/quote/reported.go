package quote

import "hanwire/digest/text"

// reported is a clause that the sentence reports as somebody's words.
type reported struct {
	content text.Span
	lo, hi  int // items of the clause
	src     source
	class   class // of the cue
}

// clauses finds the reported clauses of a sentence: S said that ..., S told
// reporters ..., ..., S said, according to S.
func (s *sentence) clauses() []reported {
	var out []reported
	taken := 0 // items before it already belong to a clause
	for ci := range s.cues {
		c := s.cues[ci]
		if !c.who.ok() || c.verb < taken && s.items[c.verb].low != "according" {
			continue
		}
		src := source{who: c.who, cue: phrase{c.verb, c.hi}, own: true}
		if s.items[c.verb].low == "according" {
			if lo, hi, ok := s.accordingClause(c, taken); ok {
				out = append(out, s.report(lo, hi, src, c))
				taken = max(taken, hi, c.who.hi)
			}
			continue
		}
		if c.verb > 0 && s.items[c.verb-1].low == "to" || c.class&saying == 0 && !s.canSpeak(c.who) {
			continue
		}
		tagged := c.inverted && c.verb > 0 && (s.items[c.verb-1].kind == quoted || s.items[c.verb-1].kind == comma)
		if !tagged {
			if lo, hi, ok := s.complement(c); ok {
				out = append(out, s.report(lo, hi, src, c))
				taken = hi
				continue
			}
		}
		if c.class&saying != 0 && !c.noun && s.isTrailer(c) {
			start := c.who.lo
			if c.inverted {
				start = c.verb
			}
			for start > 0 && s.items[start-1].in(adverb) {
				start--
			}
			if start > 1 && s.items[start-1].kind == comma {
				// “Q,” the transport secretary, Smith, said.
				if p := s.before(start-2, 0); p.ok() && p.lo > 0 && s.items[p.lo-1].ended {
					start = p.lo
				}
			}
			lo := taken
			for lo < start && (s.items[lo].kind == comma || s.items[lo].kind == dash) {
				lo++
			}
			hi := start
			for hi > lo && s.items[hi-1].kind != word && s.items[hi-1].kind != quoted && s.items[hi-1].kind != rightParen {
				hi--
			}
			end := c.hi
			if c.inverted {
				end = c.who.hi
			}
			// ..., Smith said, ...: the longer part is kept.
			if end+1 < len(s.items) && s.items[end].kind == comma && s.startsClause(end+1) && len(s.items)-end > hi-lo && !s.items[end+1].in(relative|conjoin|subordiner|ingForm) {
				lo, hi = end+1, s.clauseEnd(end+1, len(s.items), false)
			}
			if hi-lo >= 2 && s.anyVerb(lo, hi) || hi-lo >= 1 && s.hasQuoted(lo, hi) {
				out = append(out, s.report(lo, hi, src, c))
				taken = max(start, hi)
			}
		}
	}
	return out
}

func (s *sentence) hasQuoted(lo, hi int) bool {
	for i := lo; i < hi; i++ {
		if s.items[i].kind == quoted {
			return true
		}
	}
	return false
}

func (s *sentence) report(lo, hi int, src source, c cue) reported {
	return reported{content: text.Span{Start: s.items[lo].Start, End: s.items[hi-1].End}, lo: lo, hi: hi, src: src, class: c.class}
}

// accordingClause is the clause that "according to S" covers.
func (s *sentence) accordingClause(c cue, taken int) (lo, hi int, ok bool) {
	n := len(s.items)
	if c.verb == 0 || c.verb == 1 && s.items[0].in(conjoin|adverb) {
		i := c.who.hi
		for i < n && s.items[i].kind != comma {
			i++
		}
		if i+1 >= n {
			return 0, 0, false
		}
		return i + 1, s.clauseEnd(i+1, n, false), true
	}
	hi = c.verb
	for hi > 0 && (s.items[hi-1].kind == comma || s.items[hi-1].kind == dash || s.items[hi-1].in(adverb|conjoin)) {
		hi--
	}
	lo = taken
	for i := hi - 1; i > taken; i-- {
		if s.items[i].kind == semicolon || s.items[i].kind == leftParen && s.items[n-1].kind == rightParen {
			lo = i + 1
			break
		}
	}
	for lo < hi && s.items[lo].kind != word && s.items[lo].kind != quoted {
		lo++
	}
	if lo >= hi {
		return 0, 0, false
	}
	if s.items[lo].in(conjoin) && lo+1 < hi {
		lo++
		if s.items[lo].kind == comma {
			lo++
		}
	}
	return lo, hi, hi-lo >= 2
}

// complement is the clause or phrase that follows a cue as its object.
func (s *sentence) complement(c cue) (lo, hi int, ok bool) {
	n := len(s.items)
	within := c.verb > 0 && s.items[c.verb-1].in(relative) && s.items[c.verb-1].low != "that"
	i := c.hi
	if c.inverted && s.items[c.verb].low != "according" {
		i = max(i, c.who.hi)
	}
	bare := c.class&takesThat != 0 && !c.noun
	start := i
	// Over whom it was told to, when and where.
	for i < n && i-start < 12 {
		it := s.items[i]
		if it.low == "that" && it.kind == word && (i+1 < n && (s.startsClause(i+1) || s.items[i+1].in(preposition|subordiner|adverb) || s.items[i+1].kind == quoted || s.items[i+1].kind == comma)) {
			return i, s.clauseEnd(i, n, within), true
		}
		if it.kind == word && c.class&saying != 0 && (it.low == "whether" || it.low == "why" || it.low == "how") && i-start <= 4 {
			return i, s.clauseEnd(i, n, within), true
		}
		if it.kind == colon && c.class&saying != 0 {
			if i+2 < n && s.items[i+1].kind != quoted {
				return i + 1, s.clauseEnd(i+1, n, within), true
			}
			return 0, 0, false
		}
		if bare && (i == start || !s.items[i-1].in(preposition|determiner)) && it.kind == word {
			obj := s.takesHearer(c)
			if !(obj && i == start) && s.startsClause(i) && (s.startsNoun(i) || it.in(pronoun|determiner) || it.low == "there") {
				return i, s.clauseEnd(i, n, within), true
			}
			if obj && i == start {
				// told Smith he would
				p := s.after(i)
				if it.in(pronoun) || p.ok() {
					j := max(p.hi, i+1)
					if j < n && s.items[j].kind == word && s.items[j].low != "that" && s.startsClause(j) && (s.startsNoun(j) || s.items[j].in(pronoun)) {
						return j, s.clauseEnd(j, n, within), true
					}
					i = j
					continue
				}
			}
		}
		if it.kind == word && it.in(subordiner) && !it.in(preposition|determiner|adverb) || it.low == "when" || it.low == "after" || it.low == "as" {
			break
		}
		if it.kind == quoted || it.kind == semicolon || it.kind == stop || it.kind == dash {
			break
		}
		if it.in(reporting) && s.verb(i) && !it.in(nounToo) {
			break
		}
		if it.kind == comma && i > start {
			bare = false // only "that" can still open the clause
		}
		i++
	}
	return s.otherComplement(c, start, n, within)
}

// takesHearer reports whether the verb's first object is the one spoken to.
func (s *sentence) takesHearer(c cue) bool {
	switch w := s.items[c.verb].low; w {
	case "tell", "tells", "told", "telling", "warn", "warns", "warned", "warning", "remind", "reminds", "reminded", "reminding",
		"assure", "assures", "assured", "assuring", "inform", "informs", "informed", "informing", "notify", "notified", "advised", "advise",
		"promise", "promised", "ask", "asked", "asks", "asking":
		return true
	}
	return false
}

// otherComplement is what a strong reporting verb takes besides a that-clause:
// urged him to go, accused him of lying, called for an end, denied knowing.
func (s *sentence) otherComplement(c cue, start, n int, within bool) (lo, hi int, ok bool) {
	if c.class&saying == 0 || c.noun || c.inverted || start >= n {
		return 0, 0, false
	}
	switch w := s.items[c.verb].low; w {
	case "told", "asked", "urged", "ordered", "warned", "advised", "urging", "asking", "telling", "invited", "instructed", "accused", "accusing",
		"accuses", "blamed", "criticized", "criticised", "denied", "denies", "promised", "promises", "vowed", "vows", "pledged", "pledges",
		"demanded", "demands", "threatened", "agreed", "agrees", "proposed", "suggested", "recommended", "predicted", "announced",
		"vowing", "pledging", "promising", "suggesting", "called", "described", "describing", "calling", "defended", "praised",
		"acknowledged", "confirmed", "mentioned", "cited", "citing", "questioned", "condemned", "denounced", "dismissed", "rejected":
		if s.items[start].kind != word {
			return 0, 0, false
		}
		to := start
		for to < n && to < start+8 && s.items[to].kind == word && s.items[to].low != "to" {
			to++
		}
		infinitive := to < n && s.items[to].low == "to"
		if s.takesHearer(c) && w != "promised" && w != "promises" && !infinitive {
			return 0, 0, false
		}
		if infinitive && to+2 < n && s.items[to+1].low == "be" && (s.items[to+2].low == "named" || s.items[to+2].low == "identified" || s.items[to+2].low == "quoted") {
			return 0, 0, false // asked not to be named
		}
		hi = s.clauseEnd(start, n, within)
		if hi-start >= 3 {
			return start, hi, true
		}
	}
	return 0, 0, false
}

// clauseEnd is where the reported clause that starts at lo ends: with its
// sentence, or before a tag, a second report or a participle that adds one.
// within tells that the clause hangs in a relative clause, which a comma and
// the main verb end.
func (s *sentence) clauseEnd(lo, n int, within bool) int {
	hi := n
scan:
	for i := lo + 1; i < n; i++ {
		it := s.items[i]
		if it.kind == comma && i+1 < n {
			nx := s.items[i+1]
			if nx.in(ingForm) && nx.in(saying) || nx.low == "according" || within && (s.verb(i+1) || nx.in(adverb) && i+2 < n && s.verb(i+2)) {
				hi = i
				break
			}
			if i+2 < n && nx.in(conjoin) {
				i++
				it = s.items[i]
			}
		}
		if it.in(conjoin) && it.kind == word {
			// and he said; and added that
			for _, c := range s.cues {
				if c.class&saying == 0 || c.noun || c.verb <= i || c.verb > i+12 || s.items[c.verb].in(nounToo) {
					continue
				}
				if c.who.lo == i+1 || (s.items[i-1].kind == comma || s.items[i-1].ended) && c.who.lo > i && !s.anyVerb(i+1, c.who.lo) || c.verb == i+1 || c.verb == i+2 && s.items[i+1].in(adverb) {
					if c.who.hi <= lo || c.who.lo > i {
						hi = i
						break scan
					}
				}
			}
		}
	}
	for hi > lo+1 && (s.items[hi-1].kind != word && s.items[hi-1].kind != quoted && s.items[hi-1].kind != rightParen) {
		hi--
	}
	return hi
}
