package quote

import (
	"strings"

	"hanwire/digest/text"
)

// describe reads titles and appositions: who is what.
func (c *cast) describe(s *sentence) {
	for i := 0; i < len(s.items); i++ {
		m := s.items[i].mention
		if m < 0 || i > 0 && s.items[i-1].mention == m {
			continue
		}
		e := c.d.Mentions[m].Entity
		if c.d.Entities[e].Kind != text.Person {
			continue
		}
		end := i + 1
		for end < len(s.items) && s.items[end].mention == m {
			end++
		}
		c.titleBefore(s, i, e)
		if !s.items[end-1].owner {
			c.appositionAfter(s, end, e)
		}
	}
}

// titleBefore reads Foreign Ministry spokesperson before a name.
func (c *cast) titleBefore(s *sentence, i, e int) {
	lo := i
	linked := -1 // the word before "of": Secretary of State
	for lo > 0 && i-lo < 10 {
		it := s.items[lo-1]
		if it.kind != word {
			break
		}
		if it.mention >= 0 && c.d.Entities[c.d.Mentions[it.mention].Entity].Kind == text.Person && !it.owner {
			break
		}
		if it.in(determiner) && !it.in(honorific) {
			break
		}
		if (it.low == "of" || it.low == "for") && lo-1 > 0 && s.items[lo-2].upper && i-lo > 0 {
			lo--
			linked = lo - 1
			continue
		}
		if it.low == "first" && lo < i && s.items[lo].in(honorific) {
			lo-- // First Vice Minister
			continue
		}
		if it.in(conjoin) && lo-1 > 0 && s.items[lo-2].upper && s.items[lo].upper && i-lo > 0 && s.tailOfTitle(lo-1) {
			lo--
			continue
		}
		if !s.nounish(lo-1) || it.in(timeWord|adverb) {
			break
		}
		lo--
	}
	if lo == i {
		c.nounBefore(s, i, e)
		return
	}
	last := s.items[i-1]
	switch last.low {
	case "mr", "sir", "lord":
		c.sex(e, text.Male)
	case "mrs", "ms", "miss", "lady":
		c.sex(e, text.Female)
	}
	c.noteGender(e, last)
	head := last
	if linked >= 0 {
		head = s.items[linked]
	}
	if !head.in(honorific|human) && !last.in(honorific|human) || last.owner {
		return
	}
	end := last.End
	if courtesy[last.low] {
		if lo == i-1 {
			return
		}
		before := s.items[i-2] // the pathologist Dr. Olm
		if !before.in(human) && !roleNoun(before.low) || before.owner || before.several() {
			return
		}
		end = before.End
	}
	// His former partner's lawyer: keep what follows the possessive.
	for k := lo; k < i; k++ {
		if s.items[k].owner && s.items[k].mention >= 0 {
			if c.d.Entities[c.d.Mentions[s.items[k].mention].Entity].Kind == text.Person {
				lo = k + 1
			}
		}
	}
	if lo >= i {
		return
	}
	for lo < i-1 && s.items[lo].in(conjoin) {
		lo++
	}
	if lo == i-1 && bareStanding[last.low] || head.several() {
		return
	}
	c.call(e, head.low)
	c.setRole(e, text.Span{Start: s.items[lo].Start, End: end})
}

// courtesy titles say nothing of what somebody does; words of bareStanding
// only how an office is held.
var (
	courtesy     = wordSet(strings.Fields("mr mrs ms miss mx dr sir dame prof"))
	bareStanding = wordSet(strings.Fields("former then acting late interim incoming outgoing deputy vice top senior ex"))
)

// several reports a noun for more than one: officials, people.
func (it item) several() bool {
	return it.in(plural) || it.low == "people" || strings.HasSuffix(it.low, "s") && !strings.HasSuffix(it.low, "ss")
}

// tailOfTitle reports whether the words right before item i belong to what a
// title is of: Secretary for Industry and Security.
func (s *sentence) tailOfTitle(i int) bool {
	for k := i - 1; k > 0 && i-k < 5 && s.items[k].kind == word && s.items[k].upper; k-- {
		if p := s.items[k-1]; p.low == "of" || p.low == "for" {
			return true
		}
	}
	return false
}

// nounBefore reads Seoul's trade minister, before a name between commas.
func (c *cast) nounBefore(s *sentence, i, e int) {
	if i < 3 || s.items[i-1].kind != comma {
		return
	}
	end := i
	for end < len(s.items) && s.items[end].mention == s.items[i].mention {
		end++
	}
	if end < len(s.items) && s.items[end].kind == word && !s.verb(end) {
		return
	}
	noun := s.items[i-2]
	p := s.before(i-2, 0)
	if !p.ok() || !noun.in(human|honorific|female|male) || noun.person {
		return
	}
	c.noteGender(e, noun)
	lo := p.lo
	for k := p.lo; k < i-2; k++ {
		if s.items[k].owner || s.items[k].in(determiner) || s.items[k].in(preposition) && s.items[k].low != "of" {
			lo = k + 1
		}
	}
	if noun.in(human|honorific) && !kin[noun.low] {
		c.call(e, noun.low)
		c.setRole(e, text.Span{Start: s.items[lo].Start, End: noun.End})
	}
}

// kin says whose somebody is, which is no role.
var kin = wordSet(strings.Fields(`sister brother wife husband mother father son daughter friend neighbor neighbour rival boss colleague cousin aunt uncle
	niece nephew grandmother grandfather partner girlfriend boyfriend fiancé fiancée widow widower stepson stepdaughter roommate`))

// appositionAfter reads ", senior fellow at X," after a name.
func (c *cast) appositionAfter(s *sentence, i, e int) {
	n := len(s.items)
	// Past a party mark, an age or a parenthesis.
	if i < n && s.items[i].kind == leftParen {
		for i < n && s.items[i].kind != rightParen {
			i++
		}
		i++
	}
	if i >= n || s.items[i].kind != comma && s.items[i].kind != dash {
		return
	}
	i++
	if i+1 < n && s.items[i].in(determiner) && s.items[i+1].kind == comma { // , 45,
		i += 2
	}
	lo := i
	if i+2 < n && s.items[i].low == "who" && (s.items[i+1].low == "is" || s.items[i+1].low == "was") {
		lo = i + 2
	}
	if lo < n && (s.items[lo].low == "a" || s.items[lo].low == "an" || s.items[lo].low == "the" || s.items[lo].low == "now") {
		lo++
	}
	if lo < n && s.items[lo].in(preposition|conjoin) && !s.items[lo].upper && s.items[lo].low != "vice" {
		return // as a candidate, he has ...
	}
	if lo < n && (s.items[lo].low == "only" || s.items[lo].low == "same" || s.items[lo].low == "other" || s.items[lo].low == "latest") {
		return // the only member who spoke: no role, one of a kind
	}
	hi := lo
	noun := -1 // the head noun: last word before the first preposition
	for hi < n && hi-lo < 30 {
		it := s.items[hi]
		if it.kind != word && it.kind != quoted {
			break
		}
		if it.kind == word {
			if noun < 0 && (it.in(preposition) && !it.in(determiner) || it.in(relative|conjoin)) && hi > lo {
				noun = hi - 1
			}
			if it.in(relative) && it.low != "that" || s.verb(hi) && !it.in(nounToo|baseForm) && it.mention < 0 && !it.upper {
				break
			}
			if it.in(conjoin) && hi+1 < n && s.items[hi+1].mention >= 0 && c.isPerson(s.items[hi+1].mention) {
				break
			}
		}
		hi++
	}
	if hi == lo || hi < n && s.items[hi].kind == word && s.verb(hi) {
		return
	}
	if noun < 0 {
		noun = hi - 1
	}
	if noun < lo || s.items[noun].kind != word {
		return
	}
	if !s.items[noun].in(human|honorific) && !roleNoun(s.items[noun].low) || s.items[noun].several() {
		return
	}
	if s.items[noun].mention >= 0 && c.isPerson(s.items[noun].mention) || s.items[lo].mention >= 0 && c.isPerson(s.items[lo].mention) && !s.items[lo].owner {
		return
	}
	// A list of people is no apposition.
	for k := lo; k < hi; k++ {
		if s.items[k].mention >= 0 && k == hi-1 && c.isPerson(s.items[k].mention) && !s.items[k-1].in(preposition) && k > lo && s.items[k-1].mention != s.items[k].mention {
			return
		}
	}
	for k := hi - 1; k > lo && s.items[k].in(timeWord|adverb); k-- {
		hi = k
	}
	c.call(e, s.items[noun].low)
	c.noteGender(e, s.items[noun])
	c.setRole(e, text.Span{Start: s.items[lo].Start, End: s.items[hi-1].End})
}

// roleNoun tells nouns for offices and posts that are no class of people in
// the lexicon.
func roleNoun(w string) bool {
	for _, end := range [...]string{"man", "woman", "person", "ist", "yst", "sor", "tor", "ter", "der", "ger", "cer", "ser", "ner", "ler", "ver", "ant", "ent", "fellow", "ian", "eer", "ess"} {
		if strings.HasSuffix(w, end) && len(w) > 4 {
			return true
		}
	}
	return false
}

// setRole keeps the first role found, or a longer one.
func (c *cast) setRole(e int, s text.Span) {
	if r := c.roles[e]; r.Len() == 0 || s.Len() > r.Len() {
		c.roles[e] = roleAt{s}
	}
}

func (c *cast) noteGender(e int, it item) {
	switch {
	case it.in(female) && !it.in(male):
		c.sex(e, text.Female)
	case it.in(male) && !it.in(female):
		c.sex(e, text.Male)
	}
}

func (c *cast) sex(e int, g text.Gender) {
	if c.gender[e] == text.UnknownGender {
		c.gender[e] = g
	}
}
