package quote

import (
	"slices"
	"strings"

	"hanwire/digest/text"
)

// cast is who appears in an article, as far as quotes need it: which entities
// are persons, of what gender, with which roles, and where they last stood.
type cast struct {
	d     *text.Document
	sents []sentence
	// by entity
	gender []text.Gender
	roles  []roleAt

	described map[string][]int // whom a noun describes: spokesman, senator
}

// namesakes is how many persons one noun may describe, the latest ones.
const namesakes = 32

// call notes that the noun describes e.
func (c *cast) call(e int, noun string) {
	l := c.described[noun]
	if slices.Contains(l, e) {
		return
	}
	if len(l) >= namesakes {
		l = l[1:]
	}
	c.described[noun] = append(l, e)
}

// roleAt is a role and where it stands.
type roleAt struct{ text.Span }

// speaker is who a source phrase stands for.
type speaker struct {
	name   string
	entity int       // or -1
	at     text.Span // the mention nearest the quote
	more   int       // a second entity that speaks with the first, or -1
	named  bool
}

func newCast(d *text.Document, sents []sentence) *cast {
	c := &cast{d: d, sents: sents,
		gender:    make([]text.Gender, len(d.Entities)),
		roles:     make([]roleAt, len(d.Entities)),
		described: map[string][]int{},
	}
	for i, e := range d.Entities {
		c.gender[i] = e.Gender
	}
	for si := range sents {
		c.describe(&sents[si])
	}
	return c
}

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
	for lo > 0 && i-lo < 8 {
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
		if it.low == "of" && lo-1 > 0 && s.items[lo-2].upper && i-lo > 0 {
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
	if !last.in(honorific|human) || last.owner {
		return
	}
	if lo == i-1 && (last.low == "mr" || last.low == "mrs" || last.low == "ms" || last.low == "miss" || last.low == "dr" || last.low == "sir") {
		return
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
	c.call(e, last.low)
	c.setRole(e, text.Span{Start: s.items[lo].Start, End: last.End})
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
var kin = wordSet([]string{"sister", "brother", "wife", "husband", "mother", "father", "son", "daughter", "friend", "neighbor", "rival"})

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
	closer := s.items[i].kind
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
	if hi == lo || hi < n && s.items[hi].kind == word && s.verb(hi) && closer == comma {
		return
	}
	if noun < 0 {
		noun = hi - 1
	}
	if noun < lo || s.items[noun].kind != word {
		return
	}
	if !s.items[noun].in(human|honorific) && !roleNoun(s.items[noun].low) {
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
	for _, end := range [...]string{"man", "woman", "person", "ist", "yst", "sor", "tor", "ter", "der", "ger", "cer", "ser", "ner", "ler", "ver", "ant", "ent", "ow", "fellow", "ian", "eer"} {
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

func (c *cast) isPerson(m int) bool {
	return c.d.Entities[c.d.Mentions[m].Entity].Kind == text.Person
}

// resolve says whom the phrase stands for, in sentence si, with the speaker of
// the quote before it.
func (c *cast) resolve(si int, p phrase, prev *speaker) speaker {
	s := &c.sents[si]
	none := speaker{entity: -1, more: -1}
	if !p.ok() {
		return none
	}
	h := s.head(p)
	if !h.ok() {
		return none
	}
	if t := s.titled(p, h); t.ok() {
		h = t
	}
	first := s.items[h.lo]
	if h.hi == h.lo+1 && first.in(pronoun) && first.mention < 0 && !(first.in(determiner) && first.low != "his" && first.low != "her") {
		return c.pronoun(si, h.lo, prev)
	}
	// The name that closes the head, if one does.
	last := h.hi - 1
	for last > h.lo && (s.items[last].in(timeWord|adverb) && s.items[last].mention < 0 || s.items[last].kind != word) {
		last--
	}
	end := s.items[last]
	if end.mention < 0 {
		// X Monday said; X himself
		for k := last; k >= h.lo && last-k < 3; k-- {
			if s.items[k].mention >= 0 && c.isPerson(s.items[k].mention) && !s.items[k].owner && s.items[last].in(timeWord|pronoun) {
				end = s.items[k]
				break
			}
		}
	}
	if end.mention >= 0 && (!end.owner || last == h.lo || s.items[last].mention == s.items[h.lo].mention) {
		m := c.d.Mentions[end.mention]
		e := c.d.Entities[m.Entity]
		if e.Kind == text.Person {
			out := speaker{name: e.Name, entity: m.Entity, at: m.Span, more: -1, named: true}
			// Terry and Madeiros.
			for k := h.lo; k < last; k++ {
				if x := s.items[k]; x.mention >= 0 && x.mention != end.mention && c.isPerson(x.mention) && !x.owner && s.items[k+1].in(conjoin) {
					o := c.d.Mentions[x.mention]
					out.name = c.d.Entities[o.Entity].Name + " and " + e.Name
					out.more, out.entity = m.Entity, o.Entity
					out.at = text.Span{Start: o.Start, End: m.End}
					break
				}
			}
			return out
		}
		if m.Start <= s.items[h.lo].Start || s.items[h.lo].in(determiner) && h.lo+1 <= last && m.Start <= s.items[h.lo+1].Start {
			return speaker{name: e.Name, entity: m.Entity, at: m.Span, more: -1, named: true}
		}
	}
	at := text.Span{Start: s.items[h.lo].Start, End: s.items[last].End}
	if who, ok := c.nominal(si, h, last); ok {
		who.at = at
		return who
	}
	// An office or unnamed source: as it stands, with what hangs on it.
	full := at
	if p.hi > h.hi && !s.items[p.lo].in(preposition) {
		full.End = s.items[p.hi-1].End
	}
	if full.Len() > 120 {
		full = at
	}
	at = full
	name := c.d.Slice(full)
	if end.owner {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "'s"), "’s")
		at.End = at.Start + len(name)
	}
	return speaker{name: name, entity: -1, at: at, more: -1}
}

// titled is the whole of a phrase whose head is a title with "of" in it before
// a name: Secretary of State Smith.
func (s *sentence) titled(p, h phrase) phrase {
	if h.hi >= p.hi || s.items[h.hi].low != "of" || !s.items[h.hi-1].in(human|honorific) {
		return phrase{}
	}
	for i := h.hi + 1; i < p.hi; i++ {
		it := s.items[i]
		if it.person {
			if i == h.hi+1 {
				return phrase{}
			}
			for i+1 < p.hi && s.items[i+1].mention == it.mention {
				i++
			}
			return phrase{h.lo, i + 1}
		}
		if it.in(determiner|preposition|honorific|conjoin) || it.owner {
			return phrase{}
		}
	}
	return phrase{}
}

// nominal resolves "the spokesman", "the senator" to the person that the
// article describes so.
func (c *cast) nominal(si int, h phrase, last int) (speaker, bool) {
	s := &c.sents[si]
	first, noun := s.items[h.lo], s.items[last]
	if first.low != "the" && first.low != "this" && first.low != "that" || !noun.in(human|honorific) && !roleNoun(noun.low) || noun.in(determiner) {
		return speaker{}, false
	}
	if strings.HasSuffix(noun.low, "s") && !strings.HasSuffix(noun.low, "ss") || noun.low == "people" {
		return speaker{}, false
	}
	best, bestAt := -1, -1
	for _, e := range c.described[noun.low] {
		if !c.fits(s, phrase{h.lo + 1, last}, e) {
			continue
		}
		if at := c.lastMention(e, first.Start); at > bestAt {
			best, bestAt = e, at
		}
	}
	if best < 0 {
		return speaker{}, false
	}
	return speaker{name: c.d.Entities[best].Name, entity: best, more: -1, named: true}, true
}

// fits reports whether what "the Florida senator" says besides the noun is
// said of the person too.
func (c *cast) fits(s *sentence, modifiers phrase, e int) bool {
	if !modifiers.ok() {
		return true
	}
	role := strings.ToLower(c.d.Slice(c.roles[e].Span))
	for i := modifiers.lo; i < modifiers.hi; i++ {
		if w := s.items[i].low; !strings.Contains(role, w) {
			return false
		}
	}
	return true
}

// lastMention is where entity e last stood before byte at, or -1.
func (c *cast) lastMention(e, at int) int {
	ms := c.d.Entities[e].Mentions
	lo, hi := 0, len(ms)
	for lo < hi {
		mid := (lo + hi) / 2
		if c.d.Mentions[ms[mid]].Start < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return -1
	}
	return c.d.Mentions[ms[lo-1]].Start
}

// lastBody is the organisation or country that led the words before item i, or
// -1.
func (c *cast) lastBody(si, i int) int {
	for k, back := si, 0; k >= 0 && back < 3; k, back = k-1, back+1 {
		t := &c.sents[k]
		limit := len(t.items)
		if k == si {
			limit = i
		}
		for j := 0; j < limit && j < 8; j++ {
			if t.verb(j) {
				break
			}
			if m := t.items[j].mention; m >= 0 && !t.items[j].person && (j == 0 || !t.items[j-1].in(preposition)) {
				return c.d.Mentions[m].Entity
			}
		}
	}
	return -1
}

// pronoun resolves he, she, they, it.
func (c *cast) pronoun(si, i int, prev *speaker) speaker {
	s := &c.sents[si]
	it := s.items[i]
	at := it.Span
	none := speaker{entity: -1, at: at, more: -1}
	var want text.Gender
	switch it.low {
	case "he", "him", "his", "himself":
		want = text.Male
	case "she", "her", "herself":
		want = text.Female
	case "i", "we", "me", "us", "you":
		return speaker{entity: -1, more: -1}
	default:
		// They, it: who spoke before in the same sentence, or the body or
		// group that spoke last.
		for k := len(s.cues) - 1; k >= 0; k-- {
			if q := s.cues[k]; q.who.ok() && q.who.hi <= i && !s.items[q.who.lo].in(pronoun&^determiner) {
				out := c.resolve(si, q.who, nil)
				if out.entity < 0 || c.d.Entities[out.entity].Kind != text.Person || out.more >= 0 {
					out.at = at
					return out
				}
			}
		}
		if it.low == "it" {
			if e := c.lastBody(si, i); e >= 0 {
				return speaker{name: c.d.Entities[e].Name, entity: e, at: at, more: -1, named: true}
			}
		}
		if prev != nil && prev.name != "" && (prev.entity < 0 || prev.more >= 0 || c.d.Entities[prev.entity].Kind != text.Person) {
			out := *prev
			out.at = at
			return out
		}
		none.name = c.d.Slice(at)
		return none
	}
	best, score := -1, -1e9
	weigh := func(e int, v float64) {
		if c.d.Entities[e].Kind != text.Person {
			return
		}
		g := c.gender[e]
		if g != text.UnknownGender && g != want {
			return
		}
		if g == want {
			v += 1.5
		}
		if prev != nil && prev.entity == e && prev.more < 0 {
			v += 1
		}
		v += 0.1 * float64(min(10, len(c.d.Entities[e].Mentions)))
		if v > score {
			best, score = e, v
		}
	}
	// The sentence's own words before the pronoun, then the sentences before.
	for k, back := si, 0; k >= 0 && back < 10; k, back = k-1, back+1 {
		t := &c.sents[k]
		if c.d.Paragraphs[t.par].Role != text.Body {
			break
		}
		base := -1.2 * float64(back)
		if t.par != s.par {
			base -= 0.3
		}
		limit := len(t.items)
		if k == si {
			limit = i
		}
		lead := true
		for j := 0; j < limit; j++ {
			m := t.items[j].mention
			if m < 0 {
				if t.verb(j) {
					lead = false
				}
				continue
			}
			if j > 0 && t.items[j-1].mention == m {
				continue
			}
			v := base
			if lead {
				v += 2
			}
			if t.items[j].owner {
				v -= 0.7
			}
			if j > 0 && t.items[j-1].in(preposition) {
				v -= 0.8
			}
			if t.items[j].speaks {
				v += 1.5
			}
			weigh(c.d.Mentions[m].Entity, v)
		}
	}
	if best < 0 {
		none.name = c.d.Slice(at)
		return none
	}
	return speaker{name: c.d.Entities[best].Name, entity: best, at: at, more: -1, named: true}
}
