package query

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Set matches one article against many queries without trying each: a query
// is filed under the rarest keys one of which an article must have for it to
// match, together with one more key that it must have, and only what is left
// when both are there is tried. It may be read from many goroutines while
// nothing is added or removed.
type Set struct {
	byID    map[string]int32 // member of each id
	byForm  map[string]int32 // member of each canonical form: equal queries are tried once
	members []member
	free    []int32 // members that are no more
	always  []int32 // members that need no key, such as -soccer

	keys  *keySet    // all that members look for or are filed under
	filed [][]filing // by number of key

	atoms   map[string]*atom // by form: equal words are looked for once
	common  map[string]int   // what keys cost that most articles have
	letters bool             // some query asks for first letters

	scratch sync.Pool // of *attempt
}

// attempt is the memory of one Match, used again.
type attempt struct {
	reading reading
	tried   []bool  // by number of member
	members []int32 // those tried
	held    []held
	ids     int // of those held
}

// held is a member whose query matches.
type held struct {
	member int32
	match  Match
}

// member is one query of the set.
type member struct {
	form string
	root *node
	ids  []string
	keys []int32 // under which it is filed
}

// filing is a member under a key.
type filing struct {
	member int32
	guard  int32 // number of another key that must be there, or -1
}

// NewSet returns an empty set.
func NewSet() *Set {
	s := &Set{byID: map[string]int32{}, byForm: map[string]int32{}, keys: &keySet{numbers: map[string]int32{}, filter: new(filter)},
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
			for _, w := range newSequence(wordsOf(spelling), loose, false) {
				s.common[w.bareKey()] = max(s.common[w.bareKey()], cost)
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
	n, ok := s.byForm[form]
	if !ok {
		if last := len(s.free) - 1; last >= 0 {
			n, s.free = s.free[last], s.free[:last]
		} else {
			n = int32(len(s.members))
			s.members = append(s.members, member{})
		}
		s.members[n] = member{form: form, root: s.intern(q.root)}
		s.byForm[form] = n
		s.file(n)
	}
	s.members[n].ids = append(s.members[n].ids, id)
	s.byID[id] = n
}

// intern is n with the set's own atoms, so that equal words share one.
func (s *Set) intern(n *node) *node {
	if n == nil {
		return nil
	}
	c := *n
	if c.atom != nil {
		form := c.atom.mark + c.atom.String()
		shared := s.atoms[form]
		if shared == nil {
			own := *c.atom
			own.number = len(s.atoms) + 1
			own.ways = make([]sequence, len(c.atom.ways))
			for i, way := range c.atom.ways {
				own.ways[i] = slices.Clone(way)
				own.ways[i][0].number = s.keys.number(way[0].key)
			}
			s.letters = s.letters || own.byLetters()
			shared = &own
			s.atoms[form] = shared
		}
		c.atom = shared
	}
	if c.key != "" {
		c.number = s.keys.number(c.key)
	}
	c.kids = make([]*node, len(n.kids))
	for i, k := range n.kids {
		c.kids[i] = s.intern(k)
	}
	return &c
}

func (s *Set) file(n int32) {
	m := &s.members[n]
	var keys []string
	guard := int32(-1)
	if m.root != nil {
		keys, _ = s.cheapest(m.root)
		slices.Sort(keys)
		keys = slices.Compact(keys)
		if g := s.guard(m.root, keys); g != "" {
			guard = s.keys.number(g)
		}
	}
	for _, key := range keys {
		k := s.keys.number(key)
		for int(k) >= len(s.filed) {
			s.filed = append(s.filed, nil)
		}
		m.keys = append(m.keys, k)
		s.filed[k] = append(s.filed[k], filing{n, guard})
	}
	if len(keys) == 0 {
		s.always = append(s.always, n)
	}
}

// Remove takes id out of the set.
func (s *Set) Remove(id string) {
	n, ok := s.byID[id]
	if !ok {
		return
	}
	delete(s.byID, id)
	m := &s.members[n]
	m.ids = slices.DeleteFunc(m.ids, func(other string) bool { return other == id })
	if len(m.ids) > 0 {
		return
	}
	delete(s.byForm, m.form)
	s.always = slices.DeleteFunc(s.always, func(other int32) bool { return other == n })
	for _, k := range m.keys {
		s.filed[k] = slices.DeleteFunc(s.filed[k], func(f filing) bool { return f.member == n })
	}
	*m = member{}
	s.free = append(s.free, n)
}

// Len is the number of ids in the set.
func (s *Set) Len() int { return len(s.byID) }

// Match returns the ids whose queries match a, each with its match. The
// result is what Query.Match would give for each.
func (s *Set) Match(a *Article, now time.Time) map[string]Match {
	at, ok := s.scratch.Get().(*attempt)
	if !ok {
		at = &attempt{}
	}
	defer s.scratch.Put(at)
	at.begin(s, a, now)
	for _, k := range at.reading.found {
		if int(k) >= len(s.filed) {
			continue
		}
		for _, f := range s.filed[k] {
			if f.guard < 0 || at.reading.first[f.guard] != 0 {
				at.try(s, f.member)
			}
		}
	}
	for _, n := range s.always {
		at.try(s, n)
	}
	matches := make(map[string]Match, at.ids)
	for _, h := range at.held {
		for _, id := range s.members[h.member].ids {
			matches[id] = h.match
		}
	}
	clear(at.held) // the spans are the caller's
	at.held, at.ids = at.held[:0], 0
	return matches
}

func (at *attempt) begin(s *Set, a *Article, now time.Time) {
	r := &at.reading
	r.want, r.letters = s.keys, s.letters
	r.begin(a, now)
	if n := len(s.atoms) + 1; len(r.known) < n {
		r.known = make([]int8, n)
	}
	for _, n := range at.members {
		at.tried[n] = false
	}
	at.members = at.members[:0]
	if n := len(s.members); len(at.tried) < n {
		at.tried = make([]bool, n)
	}
}

// try matches one member and keeps what it finds.
func (at *attempt) try(s *Set, n int32) {
	if at.tried[n] {
		return
	}
	at.tried[n] = true
	at.members = append(at.members, n)
	m := &s.members[n]
	match, ok := Match{}, true
	if m.root != nil {
		match, ok = at.reading.match(m.root, m.form)
	}
	if ok {
		at.held = append(at.held, held{n, match})
		at.ids += len(m.ids)
	}
}

// What keys cost: roughly how many of ten thousand articles have one.
const (
	langCost    = 5000
	typeCost    = 3000
	topicCost   = 2500
	outletCost  = 60
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
		return []string{n.key}, langCost
	case "type":
		return []string{n.key}, typeCost
	case "topic":
		return []string{n.key}, topicCost
	}
	var keys []string
	sum := 0
	for _, way := range n.atom.ways {
		best, least := "", noCost
		for _, e := range way.telling() {
			for _, key := range e.keys() {
				if cost := s.cost(key); cost < least {
					best, least = key, cost
				}
			}
		}
		keys = append(keys, best)
		sum += least
	}
	switch n.field {
	case "speaker":
		sum = speakerCost
	case "outlet":
		sum = outletCost
	}
	return keys, sum
}

// guard is the rarest key besides keys that an article must have for n to
// hold, or "".
func (s *Set) guard(n *node, keys []string) string {
	best, least := "", noCost
	take := func(key string, cost int) {
		if cost < least && !slices.Contains(keys, key) {
			best, least = key, cost
		}
	}
	kids := []*node{n}
	if n.op == and {
		kids = n.kids
	}
	for _, k := range kids {
		switch {
		case k.op != condition:
		case k.atom == nil:
			if one, cost := s.cheapest(k); len(one) == 1 {
				take(one[0], cost)
			}
		case len(k.atom.ways) == 1:
			for _, e := range k.atom.ways[0].telling() {
				for _, key := range e.keys() {
					take(key, s.cost(key))
				}
			}
		}
	}
	return best
}

// keys are the keys of e all of which a text has that has e.
func (e *element) keys() []string {
	if e.script == han && utf8.RuneCountInString(e.word) > 2 {
		mark := strings.TrimSuffix(e.key, firstRunes(e.word, 2))
		keys := pairs(e.word)
		for i := range keys {
			keys[i] = mark + keys[i]
		}
		return keys
	}
	return []string{e.key}
}

// cost is what a key of words costs. Long words are rarer than short ones, and
// what many ask for is what is written about.
func (s *Set) cost(key string) int {
	bare := strings.TrimLeft(key, string([]byte{speakerMark, outletMark}))
	c, ok := s.common[bare]
	switch {
	case len(bare) < len(key):
		c = speakerCost
	case ok:
	case bare[0] >= 0xE1:
		c = pairCost
	default:
		c = max(2, 400/(len(bare)*len(bare)))
	}
	if k := s.keys.numbers[key]; int(k) < len(s.filed) {
		c *= 1 + len(s.filed[k])/32
	}
	return c
}
