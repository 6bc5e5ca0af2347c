package quote

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// people are the speakers of a Korean or Chinese article, in order of
// appearance: persons with their roles, and offices and unnamed sources as
// they stand.
type people struct {
	d    *text.Document
	all  []person
	seen int // mentions before it have been taken in
}

// see takes in who is named before byte at.
func (p *people) see(at int) {
	for ; p.seen < len(p.d.Mentions) && p.d.Mentions[p.seen].Start < at; p.seen++ {
		m := p.d.Mentions[p.seen]
		if p.d.Entities[m.Entity].Kind != text.Person {
			continue
		}
		if i := p.find(m.Entity, ""); i >= 0 {
			p.all[i].at, p.all[i].last = m.Span, m.Start+1
		}
	}
}

// person is one of them.
type person struct {
	name   string
	entity int // or -1
	role   text.Span
	office bool      // no name: an office, a body, an unnamed source
	at     text.Span // where it stood last
	last   int       // one more than the byte where it stood last, 0 when nowhere yet
}

// find gives the index of the person of that entity or name, or -1.
func (p *people) find(entity int, name string) int {
	for i := len(p.all) - 1; i >= 0; i-- {
		if entity >= 0 && p.all[i].entity == entity || entity < 0 && p.all[i].name == name {
			return i
		}
	}
	return -1
}

// byStart is the person met last whose name begins with the word or has it
// for a part, or -1: 森田 for 森田健一, 格雷 for 阿尔文·格雷, 하야시 for 하야시 요시마사.
func (p *people) byStart(word string) int {
	if len(word) < len("森田") {
		return -1
	}
	for i := len(p.all) - 1; i >= 0; i-- {
		if x := &p.all[i]; !x.office && len(x.name) > len(word) && (strings.HasPrefix(x.name, word) || isPart(x.name, word)) {
			return i
		}
	}
	return -1
}

// isPart reports whether the name ends with the word behind a dot or a space.
func isPart(name, word string) bool {
	rest, ok := strings.CutSuffix(name, word)
	if !ok || rest == "" {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(rest)
	return !unicode.IsLetter(r)
}

// meet notes a person with the role that stands beside the name here, and
// gives the index.
func (p *people) meet(entity int, name string, role text.Span, office bool, at text.Span) int {
	i := p.find(entity, name)
	if i < 0 {
		if len(p.all) >= maxPeople {
			return -1
		}
		p.all = append(p.all, person{name: name, entity: entity, office: office})
		i = len(p.all) - 1
	}
	if entity >= 0 && isPart(name, p.all[i].name) {
		p.all[i].name = name
	}
	if role.Len() > p.all[i].role.Len() {
		p.all[i].role = role
	}
	p.all[i].at, p.all[i].last = at, at.Start+1
	return i
}

// maxPeople bounds the cast of one article, so that a text made of names stays
// linear.
const maxPeople = 400

// lastPerson is the person named last before byte at, or -1.
func (p *people) lastPerson(at int) int {
	best := -1
	for i := range p.all {
		if x := &p.all[i]; !x.office && x.last > 0 && x.last <= at && (best < 0 || x.last > p.all[best].last) {
			best = i
		}
	}
	return best
}

// lastMet is whoever was named last before byte at, body or person, or -1.
func (p *people) lastMet(at int) int {
	best := -1
	for i := range p.all {
		if x := &p.all[i]; x.last > 0 && x.last <= at && (best < 0 || x.last > p.all[best].last) {
			best = i
		}
	}
	return best
}

// speaker is the i-th person as the speaker mentioned at.
func (p *people) speaker(i int, at text.Span) speaker {
	if i < 0 {
		return speaker{name: p.d.Slice(at), entity: -1, at: at, more: -1}
	}
	x := &p.all[i]
	x.at, x.last = at, at.Start+1
	return speaker{name: x.name, entity: x.entity, at: at, more: -1, named: !x.office}
}

// complete fills in what the speaker brings to a quote.
func (p *people) complete(q Quote, who speaker) Quote {
	q.Speaker, q.SpeakerAt = who.name, who.at
	if q.CueAt.Len() > 0 {
		q.Cue = p.d.Slice(q.CueAt)
	}
	if who.entity >= 0 {
		q.SpeakerKey = p.d.Entities[who.entity].Key
	}
	if i := p.find(who.entity, who.name); i >= 0 && p.all[i].role.Len() > 0 {
		q.RoleAt = p.all[i].role
		q.Role = p.d.Slice(q.RoleAt)
	}
	return q
}

// mentionIn is the last mention of a kind inside the span, or -1.
func (p *people) mentionIn(s text.Span, kind text.NameKind) int {
	ms := p.d.Mentions
	i := sort.Search(len(ms), func(i int) bool { return ms[i].Start >= s.End })
	for i--; i >= 0 && ms[i].Start >= s.Start; i-- {
		if ms[i].End <= s.End && p.d.Entities[ms[i].Entity].Kind == kind {
			return i
		}
	}
	return -1
}

// nameIn reports whether the span ends with a name of any kind, or holds a
// person's.
func (p *people) nameIn(s text.Span) bool {
	ms := p.d.Mentions
	i := sort.Search(len(ms), func(i int) bool { return ms[i].Start >= s.End })
	if i > 0 && ms[i-1].End == s.End && ms[i-1].Start >= s.Start {
		return true
	}
	return p.mentionIn(s, text.Person) >= 0
}

func wordSet(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// wordSpans cuts a span at spaces.
func wordSpans(t string, s text.Span) []text.Span {
	var out []text.Span
	for i := s.Start; i < s.End; {
		for i < s.End && t[i] == ' ' {
			i++
		}
		j := i
		for j < s.End && t[j] != ' ' {
			j++
		}
		if j > i {
			out = append(out, text.Span{Start: i, End: j})
		}
		i = j
	}
	return out
}
