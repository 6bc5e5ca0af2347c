package query

import (
	"slices"

	"hanwire/digest/text"
)

// match evaluates n, whose canonical form is known or "", and, when it holds,
// collects why.
func (r *reading) match(n *node, form string) (Match, bool) {
	if !n.holds(r.test) {
		return Match{}, false
	}
	m := Match{}
	rule := r.reason(n, &m)
	m.Title, m.Text = merge(m.Title), merge(m.Text)
	switch {
	case rule == n && form != "":
		m.Rule = form
	case rule != nil:
		m.Rule = rule.format(false)
	}
	return m, true
}

// test evaluates one condition.
func (r *reading) test(n *node) bool {
	switch n.field {
	case "since", "until", "on":
		return n.within(r.article.Published, r.now)
	case "lang", "type", "topic":
		return r.first[r.numberOf(n.number, n.key)] != 0
	}
	k := n.atom.number
	if k > 0 && r.known[k] != 0 {
		return r.known[k] > 0
	}
	known := int8(-1)
	r.each(n.atom, func(int, text.Span) bool {
		known = 1
		return false
	})
	if k > 0 {
		r.known[k] = known
		r.looked = append(r.looked, k)
	}
	return known > 0
}

// numberOf is the number of a key: the one that a Set has given it, or else
// that of the reading's own.
func (r *reading) numberOf(number int32, key string) int32 {
	if number > 0 {
		return number
	}
	return r.want.numbers[key]
}

// each calls f with every place where the atom matches, until it returns
// false.
func (r *reading) each(a *atom, f func(section int, sp text.Span) bool) {
	for _, s := range a.ways {
		for i := r.first[r.numberOf(s[0].number, s[0].key)]; i > 0; i = r.places[i].next {
			p := &r.places[i]
			if p.unit < 0 {
				if a.acronym && !f(outletSection, text.Span{}) {
					return
				}
				continue
			}
			sec := &r.sections[p.section]
			start, end, ok := s.find(sec, position{int(p.unit), int(p.off)})
			if ok && !f(int(p.section), sec.span(start, end)) {
				return
			}
		}
	}
}

// reason collects the places of n's conditions that hold and returns the part
// of n that made it hold: of alternatives, the first that does.
func (r *reading) reason(n *node, m *Match) *node {
	switch n.op {
	case and:
		kids, whole := n.kids, true
		for i, k := range n.kids {
			why := r.reason(k, m)
			if why == k {
				continue
			}
			if whole {
				kids, whole = slices.Clone(kids), false
			}
			kids[i] = why
		}
		if whole {
			return n
		}
		return &node{op: and, kids: flatten(and, kids)}
	case or:
		var first *node
		for _, k := range n.kids {
			if !k.holds(r.test) {
				continue
			}
			if reason := r.reason(k, m); first == nil {
				first = reason
			}
		}
		return first
	case not:
		return n
	}
	if n.field == "" {
		r.each(n.atom, func(section int, sp text.Span) bool {
			switch section {
			case titleSection:
				m.Title = append(m.Title, sp)
			case textSection:
				m.Text = append(m.Text, sp)
			}
			return true
		})
	}
	return n
}

// merge sorts spans and makes one of those that overlap.
func merge(spans []text.Span) []text.Span {
	slices.SortFunc(spans, func(a, b text.Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && merged[n-1].Overlaps(s) {
			merged[n-1].End = max(merged[n-1].End, s.End)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
