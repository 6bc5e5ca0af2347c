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
	leaders   map[int]int      // by sentence: whom the pronoun that it begins with stands for
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
	c := &cast{d: d, sents: sents, leaders: map[int]int{},
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

func (c *cast) isPerson(m int32) bool {
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
		if b := s.items[max(last-1, h.lo)]; e.Kind == text.Person && !(last > h.lo && b.upper && b.mention != end.mention && b.in(body) && !b.in(honorific|human)) { // no Police Scotland
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
	if first.in(determiner) && (first.low == "this" || first.low == "the" || first.low == "that") && last == h.lo+1 && prev != nil && prev.entity < 0 && strings.Contains(prev.name, " "+s.items[last].low) {
		who := *prev // the official, named so before
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

// titled is the whole of a phrase whose head is a title with "of" or "for" in it
// before a name: Secretary of State Smith.
func (s *sentence) titled(p, h phrase) phrase {
	if h.hi >= p.hi || s.items[h.hi].low != "of" && s.items[h.hi].low != "for" || !s.items[h.hi-1].in(human|honorific) {
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
		if it.upper && s.tailOfTitle(i+1) || it.in(conjoin) && s.tailOfTitle(i) {
			continue
		}
		if it.low == "of" && s.items[h.hi].low == "for" || it.low == "for" && s.items[h.hi].low == "of" {
			continue // Secretary of State for East Asian Affairs
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
	if noun.several() {
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
