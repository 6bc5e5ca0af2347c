package quote

import (
	"strings"

	"hanwire/digest/text"
)

// reported is a clause that the sentence reports as somebody's words.
type reported struct {
	content text.Span
	lo, hi  int // items of the clause
	src     source
	class   class // of the cue
}

// clauses appends the reported clauses of a sentence: S said that ..., S told
// reporters ..., ..., S said, according to S.
func (s *sentence) clauses(out []reported) []reported {
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
		if c.class&(saying|opines) == 0 || c.class&saying == 0 && !s.canSpeak(c.who) || s.unsaidYet(c.verb) {
			continue
		}
		tagged := c.inverted && c.verb > 0 && (s.items[c.verb-1].kind == quoted || s.items[c.verb-1].kind == comma)
		if !tagged {
			if lo, hi, ok := s.complement(c); ok {
				if !c.inverted && c.who.lo > 0 && c.who.lo < 4 && s.dependent(0) {
					hi = s.dependentEnd(lo, hi)
				}
				out = append(out, s.report(lo, hi, src, c))
				taken = hi
				continue
			}
		}
		if c.class&saying != 0 && !c.noun && s.isTrailer(c) {
			if lo, hi, next, ok := s.tagged(c, taken); ok {
				out = append(out, s.report(lo, hi, src, c))
				taken = next
			}
		}
	}
	return out
}

// tagged is the reported clause that the tag c closes or parts: ..., Smith
// said; ..., Smith said, ...
func (s *sentence) tagged(c cue, taken int) (lo, hi, next int, ok bool) {
	start, end := c.who.lo, c.hi
	if c.inverted {
		start, end = c.verb, c.who.hi
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
	lo, hi = s.trim(taken, start)
	if hi == lo {
		return 0, 0, 0, false
	}
	quotes := s.hasQuoted(lo, hi)
	whole := quotes || hi-lo >= 2 && s.anyVerb(lo, hi) && (!s.dependent(lo) || s.dependentEnd(lo, hi) < hi) && !s.verb(hi-1)
	if !c.inverted {
		// Over where and when it was said.
		for k := end; k < len(s.items) && k < end+12 && s.items[k].kind == word && !s.verb(k); k++ {
			end = k + 1
		}
		if end+1 < len(s.items) && s.items[end].kind == comma {
			if l, h, ok := s.goesOn(end+1, hi-lo, whole); ok {
				return l, h, h, true
			}
		}
	}
	return lo, hi, max(start, hi), whole && (quotes || c.class&(takesThat|sure) != 0)
}

// dependentEnd is where in [lo, hi) the main clause begins, or hi: While Smith
// said it was, the council ...
func (s *sentence) dependentEnd(lo, hi int) int {
	for i := lo + 2; i+1 < hi; i++ {
		if s.items[i].kind == comma && (s.startsNoun(i+1) || s.items[i+1].in(determiner|pronoun)) && s.startsClause(i+1) {
			return i
		}
	}
	return hi
}

// dependent reports whether the clause at item lo hangs on another: When asked,
// ...
func (s *sentence) dependent(lo int) bool {
	it := s.items[lo]
	return it.in(subordiner) && !it.in(determiner|pronoun) && !it.in(relative)
}

// goesOn is the clause from item i on, behind a tag, when it says more than
// the part of the given length before the tag: a whole clause or its mere
// beginning.
func (s *sentence) goesOn(i, before int, whole bool) (lo, hi int, ok bool) {
	it := s.items[i]
	if it.kind == quoted || it.in(relative|ingForm|timeWord) && !it.in(determiner) || strings.HasSuffix(it.low, "ing") && !it.upper {
		return 0, 0, false
	}
	hi = s.clauseEnd(i, len(s.items), false)
	switch {
	case hi-i < 2:
		return 0, 0, false
	case whole:
		return i, hi, hi-i > before && s.startsClause(i) && !it.in(conjoin|subordiner|preposition)
	}
	return i, hi, hi-i >= 3 || s.anyVerb(i, hi)
}

// trim leaves out the marks at the ends of the items [lo, hi).
func (s *sentence) trim(lo, hi int) (int, int) {
	for lo < hi && (s.items[lo].kind == comma || s.items[lo].kind == dash) {
		lo++
	}
	for hi > lo && s.items[hi-1].kind != word && s.items[hi-1].kind != quoted && s.items[hi-1].kind != rightParen {
		hi--
	}
	return lo, hi
}

// unsaidYet reports whether the verb at v is an infinitive that tells of no
// words: wants to say, declined to say; but not went on to say.
func (s *sentence) unsaidYet(v int) bool {
	if v < 2 || s.items[v-1].low != "to" {
		return false
	}
	for i := v - 2; i >= 0 && i > v-7; i-- {
		switch s.items[i].low {
		case "went", "goes", "continued", "continues", "took", "takes", "used", "uses", "rushed", "quick":
			return false
		}
		if s.verb(i) {
			break
		}
	}
	return true
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
	for hi > 0 && (s.items[hi-1].kind == comma || s.items[hi-1].kind == dash || s.items[hi-1].in(adverb|conjoin|subordiner)) {
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
	whole := lo < hi && (s.anyVerb(lo, hi) || s.hasQuoted(lo, hi)) && !s.items[c.verb-1].in(subordiner)
	if s.items[c.verb-1].kind == comma && !whole {
		// The rest, according to Smith, is; because, according to Smith, it is
		for i := c.who.hi; i+1 < n && i < c.who.hi+25; i++ {
			if s.items[i].kind == comma {
				return s.goesOn(i+1, hi-lo, false)
			}
		}
	}
	if lo >= hi || s.isTagOf(lo, hi) {
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

// isTagOf reports whether the items [lo, hi) only say whose the quoted words
// before them are: “Q,” Smith said, according to a transcript.
func (s *sentence) isTagOf(lo, hi int) bool {
	if lo == 0 || s.items[lo-1].kind != quoted {
		if s.items[lo].kind != quoted || !s.items[lo].ended {
			return false
		}
		lo++
	} else if !s.items[lo-1].ended {
		return false
	}
	for _, c := range s.cues {
		if c.verb >= lo && c.verb < lo+12 && c.verb < hi && c.class&saying != 0 {
			return true
		}
	}
	return false
}

// complement is the clause or phrase that follows a cue as its object.
func (s *sentence) complement(c cue) (lo, hi int, ok bool) {
	n := len(s.items)
	rel := c.verb - 1
	for rel > 0 && s.items[rel].in(adverb|auxiliary) && !s.items[rel].in(relative|pronoun) {
		rel--
	}
	within := rel > 0 && s.items[rel].in(relative) && s.items[rel].low != "that"
	i := c.hi
	if c.inverted && s.items[c.verb].low != "according" {
		i = max(i, c.who.hi)
	}
	start := i
	tag := !c.inverted && s.closesQuote(c)
	bare := c.class&takesThat != 0 && !c.noun && !tag && (c.class&saying != 0 || bareThought(s.items[c.verb].low))
	if bare && s.opensContent(c, i) {
		return i, s.clauseEnd(i, n, within), true
	}
	if s.items[min(start, n-1)].low == "to" && c.class&saying != 0 && start+1 < n && !s.items[start+1].in(determiner|pronoun) && !s.items[start+1].upper && s.items[start+1].class&(human|plural) == 0 {
		return s.otherComplement(c, start, n, within) // agreed to talk
	}
	if within := c.who.lo > 0 && s.items[c.who.lo-1].in(relative); within && !c.inverted && c.class&takesThat != 0 && start < n && s.verb(start) && !s.items[start].in(ingForm) {
		return start, s.clauseEnd(start, n, false), true // which critics say was too little
	}
	// Over whom it was told to, when and where.
	close := true // nothing but times so far
	for i < n && i-start < 12 {
		it := s.items[i]
		close = close && (i == start || s.items[i-1].in(timeWord|adverb))
		if it.low == "that" && it.kind == word && (i+1 < n && (close && c.class&saying != 0 && c.class&(takesThat|sure) != 0 && s.items[i+1].kind == word && (s.nounish(i+1) || s.items[i+1].in(determiner|pronoun)) || s.startsClause(i+1) || s.items[i+1].in(preposition|subordiner|adverb) || s.items[i+1].kind == quoted || s.items[i+1].kind == comma)) {
			return i, s.clauseEnd(i, n, within), true
		}
		if it.kind == word && c.class&saying != 0 && (it.low == "whether" || it.low == "why" || it.low == "how" || it.low == "what" && i == start || it.low == "if" && strings.HasPrefix(s.items[c.verb].low, "ask")) && i-start <= 4 {
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
			if !(obj && i == start) && s.startsClause(i) && (s.startsNoun(i) || it.in(pronoun|determiner) || it.low == "there") && !s.when(i) && !unsaid[it.low] {
				return i, s.clauseEnd(i, n, within), true
			}
			if obj && i == start {
				// told Smith he would
				p := s.after(i)
				if it.in(pronoun) || p.ok() {
					j := max(p.hi, i+1)
					if j < n && s.verb(j) && !s.items[j].in(ingForm) && !unsaid[it.low] {
						return i, s.clauseEnd(i, n, within), true // warned the bill could
					}
					if j < n && s.items[j].kind == word && s.items[j].low != "that" && s.startsClause(j) && (s.startsNoun(j) || s.items[j].in(pronoun)) {
						return j, s.clauseEnd(j, n, within), true
					}
					i = j
					continue
				}
			}
		}
		if it.kind == word && it.in(subordiner) && !it.in(preposition|determiner|adverb) || it.low == "when" || it.low == "as" ||
			it.low == "after" && !(i+1 < n && s.items[i+1].in(determiner) && s.items[i+1].class&^determiner == 0) || it.in(conjoin) && i+1 < n && !s.nounish(i+1) {
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

// bareThought tells the verbs of thought that take a clause without "that": what
// somebody finds or shows is rather a thing.
func bareThought(w string) bool {
	for _, p := range [...]string{"think", "thought", "believ", "hop", "feel", "felt", "fear", "suspect", "doubt"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// closesQuote reports whether the cue is the tag of the quoted words before it:
// “Q,” Smith said.
func (s *sentence) closesQuote(c cue) bool {
	i := c.who.lo - 1
	for i >= 0 && s.items[i].in(adverb) {
		i--
	}
	if i > 0 && s.items[i].kind == comma || i > 0 && s.items[i].kind == dash {
		i--
	}
	if i < 0 || s.items[i].kind != quoted || !s.items[i].ended && s.items[i+1].kind != comma {
		return false
	}
	return i == 0 || !s.items[i-1].owner && !s.items[i-1].in(preposition) // on WPA's “Morning Hour,” Smith said
}

// when reports whether a time opens at item i: Monday, this week, two days
// later; but not what is of a time: Monday's vote.
func (s *sentence) when(i int) bool {
	for k := i; k < len(s.items) && k < i+3; k++ {
		if it := s.items[k]; it.in(timeWord) {
			return !it.owner && !(k+1 < len(s.items) && (s.items[k+1].low == "when" || s.items[k+1].low == "of" || s.verb(k+1)))
		} else if !it.in(determiner) || it.in(pronoun) && !it.in(determiner) {
			return false
		}
	}
	return false
}

// opensContent reports whether what is said starts at item i, right behind the
// verb. Behind "said" that takes no known verb: said areas where they differ.
func (s *sentence) opensContent(c cue, i int) bool {
	n := len(s.items)
	if i+1 >= n || c.inverted {
		return false
	}
	it, next := s.items[i], s.items[i+1]
	if it.kind == quoted {
		// said “one” would follow “another”
		return c.class&saying != 0 && !it.ended && next.kind == word && !next.in(conjoin|preposition|relative|timeWord) && (s.verb(i+1) || s.startsClause(i+1))
	}
	switch s.items[c.verb].low {
	case "said", "says", "say":
	default:
		return false
	}
	switch {
	case it.kind != word || next.kind != word && next.kind != quoted && next.kind != comma && next.kind != leftParen || s.when(i):
		return false
	case it.in(conjoin), unsaid[it.low], unsaid[next.low] && it.in(determiner):
		return false
	case it.low == "if" || it.low == "unless" || it.low == "because" || it.low == "despite":
		return true
	case it.in(preposition) && !it.in(determiner), it.in(adverb) && !it.in(determiner), it.in(subordiner) && !it.in(determiner), it.in(ingForm), it.low == "it", it.low == "this", it.low == "that":
		number := next.in(determiner) && isDigit(next.low[0]) // about 40
		switch {
		case it.low == "at":
			number = next.low == "least" || next.low == "most"
		case it.in(adverb) && !it.in(preposition):
			number = !strings.HasSuffix(it.low, "ly") && !next.in(subordiner|preposition|conjoin) || next.low == "than"
		case !it.in(preposition | subordiner):
			number = true
		}
		return number && s.startsClause(i)
	}
	if !s.startsNoun(i) && !it.in(determiner|pronoun) {
		return false
	}
	hi := s.clauseEnd(i, n, false)
	return hi-i >= 4 || hi-i >= 2 && s.anyVerb(i, hi)
}

// unsaid are the objects of "said" that are not what is said: said nothing, said
// a few words.
var unsaid = wordSet([]string{"nothing", "something", "anything", "everything", "little", "much", "so", "yes", "no", "goodbye", "hello", "farewell",
	"them", "him", "me", "us", "same", "few", "lot", "prayer", "prayers", "word", "words", "opposite", "following"})

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

// otherComplement is what a reporting verb takes besides a clause with a verb of
// its own: urged him to go, accused him of lying, denied knowing. A bare noun is
// none: who praises a deal is not quoted.
func (s *sentence) otherComplement(c cue, start, n int, within bool) (lo, hi int, ok bool) {
	if c.noun || c.inverted || start >= n {
		return 0, 0, false
	}
	at := s.items[start]
	if at.kind != word {
		return 0, 0, false
	}
	// The first "to" or "of" behind the verb and its hearer.
	link := start
	for link < n && link < start+10 && s.items[link].kind == word && s.items[link].low != "to" && s.items[link].low != "of" {
		link++
	}
	linked := func(w string) bool { return link+1 < n && s.items[link].kind == word && s.items[link].low == w }
	ing := strings.HasSuffix(at.low, "ing") && !at.upper
	ok = false
	switch w := s.items[c.verb].low; w {
	case "told", "asked", "urged", "ordered", "warned", "advised", "urging", "asking", "telling", "invited", "instructed", "urges", "asks", "tells",
		"promised", "promises", "vowed", "vows", "pledged", "pledges", "threatened", "threatens", "agreed", "agrees", "proposed", "offered",
		"vowing", "pledging", "promising", "demanded", "demands", "begged", "encouraged", "reminded":
		ok = linked("to") && !s.items[link+1].in(determiner|pronoun) && !s.items[link+1].upper
		if link+2 < n && s.items[link+1].low == "be" {
			w := s.items[link+2].low
			ok = ok && w != "named" && w != "identified" && w != "quoted" // asked not to be named
		}
		ok = ok || w == "proposed" && ing || (w == "warned" || w == "warning") && (at.low == "against" || at.low == "of")
	case "accused", "accusing", "accuses":
		ok = linked("of")
	case "denied", "denies", "denying", "suggested", "suggests", "suggesting", "recommended", "recommends", "acknowledged", "acknowledges", "acknowledging",
		"admitted", "admits", "admitting", "mentioned", "recalled", "recalls", "described":
		ok = ing
	case "warns", "warn":
		ok = at.low == "against" || at.low == "of"
	}
	if ok {
		hi = s.clauseEnd(start, n, within)
	}
	return start, hi, ok && hi-start >= 3
}

// cueAt reports whether somebody else's words, or a tag, open at item i: a phrase
// for a speaker and right behind it the verb.
func (s *sentence) cueAt(i int) bool {
	for _, c := range s.cues {
		if c.who.lo == i && !c.inverted && c.class&saying != 0 && c.class&(takesThat|sure) != 0 && c.verb <= c.who.hi+1 {
			return true
		}
	}
	return false
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
		if it.kind == semicolon && s.cueAt(i+1) {
			hi = i
			break
		}
		if it.kind == comma && i+1 < n {
			nx := s.items[i+1]
			if s.cueAt(i + 1) {
				hi = i // Although he said it was, he insisted that; they said
				break
			}
			if nx.in(ingForm) && nx.in(saying) || nx.low == "according" || within && (s.verb(i+1) || nx.in(adverb) && i+2 < n && s.verb(i+2)) {
				hi = i
				break
			}
			if i+2 < n && (nx.in(conjoin) || nx.low == "while" || nx.low == "whereas" || nx.low == "though" || nx.low == "although") {
				i++
				it = s.items[i]
			}
		}
		if it.in(conjoin) || it.in(subordiner) && s.items[i-1].kind == comma {
			// and he said; and added that; while she said
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
