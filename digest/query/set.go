package query

import (
	"slices"
	"strings"
	"time"

	"hanwire/digest/text"
)

// Set matches one article against many queries without trying each: a query
// is filed under the rarest key that an article must have for it to match, and
// only queries filed under a key of the article are tried. It may be read from
// many goroutines while nothing is added or removed.
type Set struct {
	members map[string]*member   // by id
	queries map[string]*member   // by canonical form: equal queries are tried once
	filed   map[string][]*member // by key
	always  []*member            // those that need no key, such as -soccer
	atoms   map[string]*atom     // by form: equal words are looked for once
	common  map[string]int       // what keys cost that most articles have
	letters bool                 // some query asks for first letters
	next    int                  // number of the next member
}

// member is one query of the set.
type member struct {
	number int
	form   string
	root   *node
	ids    []string
	keys   []string
}

// NewSet returns an empty set.
func NewSet() *Set {
	s := &Set{members: map[string]*member{}, queries: map[string]*member{}, filed: map[string][]*member{},
		atoms: map[string]*atom{}, common: map[string]int{}}
	for w := range frequent {
		s.common[inflect(w)] = 500
	}
	for _, e := range text.Gazetteer() {
		cost := 20 * e.Rank
		if e.Kind != text.Person {
			cost *= 4
		}
		for _, spelling := range slices.Concat(e.English, e.Korean, e.Chinese) {
			for _, u := range scan(spelling).units {
				el := element{script: u.script, word: u.word, base: u.base}
				s.common[el.key()] = max(s.common[el.key()], cost)
			}
		}
	}
	return s
}

// frequent are words that do not tell one piece of news from another.
var frequent = set("the of to and in a for on said that with as is by from at it be has was are an will its he she they " +
	"this have new year government president minister official country state united people say one two first last also " +
	"who more after over not but would trade policy economic security military foreign party leader china korea north " +
	"south us war market company million billion percent talks meeting report statement")

// Add puts q under id into the set, in place of what was there.
func (s *Set) Add(id string, q Query) {
	s.Remove(id)
	form := q.String()
	m := s.queries[form]
	if m == nil {
		m = &member{number: s.next, form: form, root: s.intern(q.root)}
		s.next++
		s.file(m)
		s.queries[form] = m
	}
	m.ids = append(m.ids, id)
	s.members[id] = m
}

// intern is n with the set's own atoms, so that equal words share one.
func (s *Set) intern(n *node) *node {
	if n == nil {
		return nil
	}
	c := *n
	if c.atom != nil {
		form := c.atom.String()
		shared := s.atoms[form]
		if shared == nil {
			shared = c.atom
			s.atoms[form] = shared
		}
		c.atom = shared
	}
	c.kids = make([]*node, len(n.kids))
	for i, k := range n.kids {
		c.kids[i] = s.intern(k)
	}
	return &c
}

func (s *Set) file(m *member) {
	if m.root != nil {
		_, letters := m.root.keys()
		s.letters = s.letters || letters
		m.keys, _ = s.cheapest(m.root)
	}
	if len(m.keys) == 0 {
		s.always = append(s.always, m)
		return
	}
	slices.Sort(m.keys)
	m.keys = slices.Compact(m.keys)
	for _, k := range m.keys {
		s.filed[k] = append(s.filed[k], m)
	}
}

// Remove takes id out of the set.
func (s *Set) Remove(id string) {
	m := s.members[id]
	if m == nil {
		return
	}
	delete(s.members, id)
	m.ids = slices.DeleteFunc(m.ids, func(other string) bool { return other == id })
	if len(m.ids) > 0 {
		return
	}
	delete(s.queries, m.form)
	isM := func(other *member) bool { return other == m }
	s.always = slices.DeleteFunc(s.always, isM)
	for _, k := range m.keys {
		if s.filed[k] = slices.DeleteFunc(s.filed[k], isM); len(s.filed[k]) == 0 {
			delete(s.filed, k)
		}
	}
}

// Len is the number of ids in the set.
func (s *Set) Len() int { return len(s.members) }

// Match returns the ids whose queries match a, each with its match. The
// result is what Query.Match would give for each.
func (s *Set) Match(a *Article, now time.Time) map[string]Match {
	matches := map[string]Match{}
	r := newReading(a, now, nil, s.letters)
	tried := make([]uint64, s.next/64+1)
	try := func(members []*member) {
		for _, m := range members {
			if tried[m.number/64]&(1<<(m.number%64)) != 0 {
				continue
			}
			tried[m.number/64] |= 1 << (m.number % 64)
			match, ok := Match{}, true
			if m.root != nil {
				match, ok = r.match(m.root)
			}
			if !ok {
				continue
			}
			for _, id := range m.ids {
				matches[id] = match
			}
		}
	}
	for key := range r.places {
		if members := s.filed[key]; members != nil {
			try(members)
		}
	}
	try(s.always)
	return matches
}

// What keys cost: roughly how many of ten thousand articles have one.
const (
	langCost    = 5000
	typeCost    = 3000
	topicCost   = 2500
	outletCost  = 300
	speakerCost = 30
	pairCost    = 40 // two Hangul or Han characters
	noCost      = 1 << 30
)

// cheapest are keys one of which every article has that n matches, and what
// they cost together; none and noCost when there are no such keys.
func (s *Set) cheapest(n *node) ([]string, int) {
	switch n.op {
	case and:
		var best []string
		least := noCost
		for _, k := range n.kids {
			if keys, cost := s.cheapest(k); cost < least {
				best, least = keys, cost
			}
		}
		return best, least
	case or:
		var all []string
		sum := 0
		for _, k := range n.kids {
			keys, cost := s.cheapest(k)
			if cost == noCost {
				return nil, noCost
			}
			all = append(all, keys...)
			sum += cost
		}
		return all, min(sum, noCost-1)
	case not:
		return nil, noCost
	}
	switch n.field {
	case "since", "until", "on":
		return nil, noCost
	case "lang":
		return []string{n.attribute()}, langCost
	case "type":
		return []string{n.attribute()}, typeCost
	case "topic":
		return []string{n.attribute()}, topicCost
	}
	var keys []string
	sum := 0
	for _, way := range n.atom.ways {
		best, least := "", noCost
		for _, e := range way.telling() {
			if cost := s.cost(e.key()); cost < least {
				best, least = e.key(), cost
			}
		}
		keys = append(keys, mark(n.field)+best)
		sum += least
	}
	switch n.field {
	case "speaker":
		sum = speakerCost
	case "outlet":
		keys = append(keys, mark(n.field)+n.atom.initials())
		sum = outletCost
	}
	return keys, sum
}

// cost is what a key of words costs. Long words are rarer than short ones.
func (s *Set) cost(key string) int {
	if c, ok := s.common[key]; ok {
		return c
	}
	if strings.IndexFunc(key, func(r rune) bool { return r >= 0x1100 }) >= 0 {
		return pairCost
	}
	return max(1, 400/(len(key)*len(key)))
}
