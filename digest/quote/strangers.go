package quote

import (
	"slices"
	"strings"

	"hanwire/digest/text"
)

// withStrangers adds the persons that only their place in a sentence gives
// away: two to four capitalised words that do something, and their surname
// alone later on. It gives a document of its own and marks the items.
func withStrangers(d *text.Document, sents []sentence) *text.Document {
	out := *d
	out.Mentions = slices.Clip(d.Mentions)
	out.Entities = slices.Clip(d.Entities)
	known := map[string]int{} // full names and surnames of strangers
	for si := range sents {
		s := &sents[si]
		if s.headline() {
			continue
		}
		for i := 0; i < len(s.items); i++ {
			if !s.stranger(i) {
				continue
			}
			j := i + 1
			for j < len(s.items) && s.stranger(j) && !s.items[j-1].owner && !s.items[j].first {
				j++
			}
			if j < len(s.items) && s.items[j].upper && s.items[j].in(honorific|human) && !s.items[j-1].owner {
				i = j - 1 // part of a title: Defence Minister
				continue
			}
			name := strings.TrimSuffix(strings.TrimSuffix(d.Text[s.items[i].Start:s.items[j-1].End], "'s"), "’s")
			e, ok := known[name]
			titled := i > 0 && s.items[i-1].in(honorific) && s.items[i-1].upper || s.relative(i, j)
			if !ok && (j-i >= 2 || titled) && j-i <= 4 && len(known) < 2*maxPeople && s.acts(i, j) {
				e, ok = len(out.Entities), true
				out.Entities = append(out.Entities, text.Entity{Kind: text.Person, Name: name})
				known[name] = e
				surname := s.items[j-1].low
				known[strings.ToUpper(surname[:1])+surname[1:]] = e
			}
			if ok {
				m := len(out.Mentions)
				out.Mentions = append(out.Mentions, text.Mention{Span: text.Span{Start: s.items[i].Start, End: s.items[i].Start + len(name)}, Kind: text.Person, Entity: e})
				out.Entities[e].Mentions = append(out.Entities[e].Mentions, m)
				for k := i; k < j; k++ {
					s.items[k].mention, s.items[k].person = int32(m), true
				}
			}
			i = j - 1
		}
	}
	return &out
}

// relative reports whether the words [i, j) name somebody's brother or boss: her
// brother Sam; her boss, Theo,
func (s *sentence) relative(i, j int) bool {
	if i < 2 {
		return false
	}
	if p := s.items[i-1]; p.kind == word {
		return kin[p.low] && !p.upper
	}
	if s.items[i-1].kind != comma || j >= len(s.items) || s.items[j].kind != comma && s.items[j].kind != stop || s.items[i-2].upper {
		return false
	}
	owned := i > 2 && (s.items[i-3].owner || s.items[i-3].low == "his" || s.items[i-3].low == "her" || s.items[i-3].low == "their" || s.items[i-3].low == "my")
	return owned && (kin[s.items[i-2].low] || s.items[i-2].in(human))
}

// stranger reports whether item i is a capitalised word that no name or common
// word explains.
func (s *sentence) stranger(i int) bool {
	it := s.items[i]
	if it.kind != word || !it.upper || it.mention >= 0 || len(it.low) < 2 && it.End == it.Start+1 {
		return false
	}
	return it.class&(pronoun|determiner|preposition|auxiliary|conjoin|subordiner|relative|timeWord|adverb|honorific|human|body|voice) == 0 && isName(it.low)
}

// isName reports whether a word has letters alone, but for an apostrophe or a
// hyphen.
func isName(w string) bool {
	for _, r := range w {
		if r < 'A' || r > 'Z' && r < 'a' || r > 'z' && r < 0xC0 {
			if r != '\'' && r != '-' && r != '.' && r != '’' {
				return false
			}
		}
	}
	return w != ""
}

// acts reports whether the words [i, j) do something a person does: a verb
// behind them, a reporting verb before them, an age, a role or a relative
// clause at their side.
func (s *sentence) acts(i, j int) bool {
	if i > 0 && s.items[i-1].in(saying) && !s.items[i-1].upper || i > 1 && s.items[i-1].kind == dash && s.items[i-2].kind == quoted {
		return true
	}
	if i > 0 && s.items[i-1].in(honorific) || s.relative(i, j) {
		return true
	}
	if j >= len(s.items) {
		return false
	}
	next := s.items[j]
	switch {
	case next.in(saying|thinking) && s.verb(j):
		return true
	case s.verb(j) && !next.in(nounToo) && (i == 0 || s.items[i-1].kind != word || s.items[i-1].in(conjoin|subordiner)):
		return true
	case next.in(conjoin) && j+1 < len(s.items) && s.items[j+1].mention >= 0 && s.items[j+1].person:
		return true
	case next.kind == comma && j+1 < len(s.items):
		a := s.items[j+1]
		if i > 1 && s.items[i-1].kind == comma && s.items[i-2].in(human|honorific) && s.verb(j+1) {
			return true // the transport secretary, Smith, told
		}
		return a.low == "who" || a.low == "the" && (i == 0 || !s.items[i-1].in(preposition)) || a.low == "a" || a.low == "an" || a.in(human|honorific) && !a.upper || a.class&determiner != 0 && isDigit(a.low[0])
	case next.kind == colon && i == 0:
		return true
	}
	return false
}
