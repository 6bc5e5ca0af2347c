package quote

import (
	"strings"

	"hanwire/digest/text"
)

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
	unnamed := false // best is prev, who has no name
	weigh := func(e int, v float64) {
		if c.d.Entities[e].Kind != text.Person {
			return
		}
		g := c.gender[e]
		if g != text.UnknownGender && g != want {
			return
		}
		if g == want {
			v += 0.7
		}
		if prev != nil && prev.entity == e && prev.more < 0 {
			v += 1
		}
		v += 0.1 * float64(min(10, len(c.d.Entities[e].Mentions)))
		if v > score {
			best, score, unnamed = e, v, false
		}
	}
	// The sentence's own words before the pronoun, then the sentences before.
	for k, back := si, 0; k >= 0 && back < 10; k, back = k-1, back+1 {
		t := &c.sents[k]
		if c.d.Paragraphs[t.par].Role != text.Body {
			break
		}
		base := -1.8 * float64(back)
		if t.par != s.par {
			base -= 1.6
		}
		spoke := 1.5 // who speaks stays in mind, most of all in the sentence before
		if t.par == s.par && back <= 1 {
			spoke++
		}
		limit := len(t.items)
		if k == si {
			limit = i
		}
		if prev != nil && prev.at.Len() > 0 && limit > 0 && t.items[0].Start <= prev.at.Start && prev.at.Start < t.items[limit-1].End {
			// The last voice, by whatever words it was told.
			v := base + spoke + 2.6
			if prev.entity >= 0 && prev.more < 0 && t.par == s.par {
				weigh(prev.entity, v)
			} else if prev.entity < 0 && oneOf(prev.name, want) && v+1 > score {
				score, unnamed = v+1, true
			}
		}
		lead := true
		for j := 0; j < limit; j++ {
			m := t.items[j].mention
			if m < 0 {
				if lead && (t.items[j].low == "he" && want == text.Male || t.items[j].low == "she" && want == text.Female) {
					if e := c.leading(k, j); e >= 0 {
						weigh(e, base+leads)
					}
				}
				if t.verb(j) {
					lead = false
				}
				continue
			}
			if j > 0 && (t.items[j-1].mention == m || t.items[j-1].low == "the") {
				continue // the Blue Heron is nobody
			}
			v := base
			if lead {
				v += leads
			}
			if t.items[j].owner {
				v -= 1.5
			}
			if j > 0 && t.items[j-1].in(preposition) {
				v -= 1.5
			}
			if t.items[j].speaks {
				v += spoke
			}
			weigh(c.d.Mentions[m].Entity, v)
		}
	}
	if unnamed {
		out := *prev
		out.at = at
		return out
	}
	if best < 0 {
		none.name = c.d.Slice(at)
		return none
	}
	return speaker{name: c.d.Entities[best].Name, entity: best, at: at, more: -1, named: true}
}

// leads is what it counts to be whom a sentence is about.
const leads = 2.6

// leading is the person whom the pronoun that begins a sentence stands for, or
// -1.
func (c *cast) leading(si, i int) int {
	if e, ok := c.leaders[si]; ok {
		return e
	}
	c.leaders[si] = -1 // while it is found out
	e := c.pronoun(si, i, nil).entity
	c.leaders[si] = e
	return e
}

// oneOf reports whether an unnamed speaker is one person who may be of that
// gender: a senior official, not officials, nor a spokeswoman for he.
func oneOf(name string, want text.Gender) bool {
	first, rest, _ := strings.Cut(strings.ToLower(name), " ")
	if first != "a" && first != "an" && first != "the" && first != "one" && first != "another" {
		return false
	}
	for w := range strings.FieldsSeq(rest) {
		switch l := lexicon[w]; {
		case l&(preposition|relative) != 0:
			return false
		case (l&(human|female|male) != 0 || roleNoun(w)) && (!strings.HasSuffix(w, "s") || strings.HasSuffix(w, "ss")) && w != "people" && w != "men" && w != "women":
			return l&(female|male) == 0 || l&female != 0 && want == text.Female || l&male != 0 && want == text.Male
		}
	}
	return false
}
