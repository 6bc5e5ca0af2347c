package query

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hanwire/digest/text"
)

// A key is what an index files a text under. Keys of words are the words
// themselves: the inflect form of a Latin word, two neighbouring syllables or
// characters of a Hangul or Han run. A mark before them tells the other kinds
// apart.
const (
	surfaceMark = '^' // a Latin word as it stands, where it differs from its inflect form
	letterMark  = '+' // the first letters of a Latin word, the first syllable of an eojeol, any Han character
	speakerMark = '@'
	outletMark  = '#'
	langMark    = '~'
	typeMark    = '%'
	topicMark   = '&'
)

// place is where a key stands.
type place struct {
	section int32
	unit    int32
	off     int32
}

// The sections of a reading; speakers follow.
const (
	titleSection = iota
	textSection
	outletSection
	speakerSection
)

// reading is an article scanned for matching.
type reading struct {
	article  *Article
	now      time.Time
	sections []section
	places   map[string][]place
	want     map[string]bool // the keys to note; nil for all
	letters  bool            // whether keys with letterMark are wanted
	found    map[*atom]bool
	prefixed []byte
}

// newReading scans a. Only the keys in want are noted; all when it is nil.
// Keys by first letters are noted when letters is set.
func newReading(a *Article, now time.Time, want map[string]bool, letters bool) *reading {
	r := &reading{article: a, now: now, want: want, letters: letters, found: map[*atom]bool{}}
	if want == nil {
		r.places = make(map[string][]place, len(a.Text)/6+16)
	} else {
		r.places = make(map[string][]place, 8)
	}
	r.read(a.Title, 0)
	r.read(a.Text, 0)
	r.read(a.Outlet, outletMark)
	for _, s := range a.Speakers {
		r.read(s, speakerMark)
	}
	for _, k := range attributes(a) {
		r.note(k, place{})
	}
	return r
}

// attributes are the keys of an article's language, outlet type and topics.
func attributes(a *Article) []string {
	var keys []string
	if lang := strings.ToLower(a.Lang); lang != "" {
		keys = append(keys, string(langMark)+lang)
		if primary, _, ok := strings.Cut(lang, "-"); ok {
			keys = append(keys, string(langMark)+primary)
		}
	}
	if a.OutletType != "" {
		keys = append(keys, string(typeMark)+topicName(a.OutletType))
	}
	for _, t := range a.Topics {
		keys = append(keys, string(topicMark)+topicName(t))
	}
	return keys
}

// read scans one section and notes its keys, with mark before each.
func (r *reading) read(s string, mark byte) {
	sec := scan(s)
	n := int32(len(r.sections))
	r.sections = append(r.sections, sec)
	sec.keys(r.letters, func(key string, letterKey bool, unit, off int) {
		r.noteMarked(mark, letterKey, key, place{n, int32(unit), int32(off)})
	})
	if mark == outletMark {
		if in := initials(sec.units); in != "" {
			r.noteMarked(mark, false, in, place{n, -1, 0})
		}
	}
}

func (r *reading) noteMarked(mark byte, letterKey bool, key string, p place) {
	if mark == 0 && !letterKey {
		r.note(key, p)
		return
	}
	b := r.prefixed[:0]
	if mark != 0 {
		b = append(b, mark)
	}
	if letterKey {
		b = append(b, letterMark)
	}
	b = append(b, key...)
	r.prefixed = b
	if r.want != nil && !r.want[string(b)] {
		return
	}
	r.places[string(b)] = append(r.places[string(b)], p)
}

func (r *reading) note(key string, p place) {
	if r.want == nil || r.want[key] {
		r.places[key] = append(r.places[key], p)
	}
}

// initials are those of a name of three words or more: scmp, kcna.
func initials(units []unit) string {
	if len(units) < 3 {
		return ""
	}
	var b []byte
	for _, u := range units {
		if u.script != latin || u.word[0] >= utf8.RuneSelf {
			return ""
		}
		if w := u.word; w != "the" && w != "of" && w != "and" && w != "for" {
			b = append(b, w[0])
		}
	}
	return string(b)
}

// keys calls f for every key of the section with its place. Keys by first
// letters are given when letters is set.
func (s *section) keys(letters bool, f func(key string, letterKey bool, unit, off int)) {
	for i := range s.units {
		u := &s.units[i]
		switch u.script {
		case latin:
			f(u.base, false, i, 0)
			if u.dash {
				f(inflect(u.word+s.units[i+1].word), false, i, 0)
			}
			if letters {
				if p := firstRunes(u.word, minPrefix); p != "" {
					f(p, true, i, 0)
				}
			}
		case hangul:
			for off := 0; off+2*syllable <= len(u.word); off += syllable {
				f(u.word[off:off+2*syllable], false, i, off)
			}
			if w := u.word; len(w) == syllable || trailing(w[syllable:]) {
				f(w[:syllable], false, i, 0)
			}
			if letters {
				f(u.word[:syllable], true, i, 0)
			}
		case han:
			for off := 0; off < len(u.word); {
				_, w := utf8.DecodeRuneInString(u.word[off:])
				if letters {
					f(u.word[off:off+w], true, i, off)
				}
				if off+w < len(u.word) {
					_, v := utf8.DecodeRuneInString(u.word[off+w:])
					f(u.word[off:off+w+v], false, i, off)
				} else if off == 0 {
					f(u.word, false, i, 0)
				}
				off += w
			}
		}
	}
}

// firstRunes are the first n characters of s, or "" when it has fewer.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	if n == 0 {
		return s
	}
	return ""
}

// key is the key under which places of e are noted, with its letterMark.
func (e *element) key() string {
	switch e.script {
	case latin:
		if e.fit == opening {
			return string(letterMark) + firstRunes(e.word, minPrefix)
		}
		if e.fit == loose {
			return e.base
		}
		return inflect(e.word)
	case hangul:
		if e.fit == opening {
			return string(letterMark) + e.word[:syllable]
		}
		return e.word[:min(len(e.word), 2*syllable)]
	}
	two := firstRunes(e.word, 2)
	switch {
	case two != "":
		return two
	case e.fit == alone:
		return e.word
	}
	return string(letterMark) + e.word
}

// keys are the keys by which the conditions of n look for their places, and
// whether any is by first letters.
func (n *node) keys() (keys map[string]bool, letters bool) {
	keys = map[string]bool{}
	n.walk(func(c *node, _ bool) {
		switch c.field {
		case "since", "until", "on":
		case "lang", "type", "topic":
			keys[c.attribute()] = true
		default:
			for _, s := range c.atom.ways {
				key := s[0].key()
				keys[mark(c.field)+key] = true
				letters = letters || key[0] == letterMark
			}
			if c.field == "outlet" {
				keys[mark(c.field)+c.atom.initials()] = true
			}
		}
	})
	return keys, letters
}

// mark is the mark of a field's keys.
func mark(field string) string {
	switch field {
	case "speaker":
		return string(speakerMark)
	case "outlet":
		return string(outletMark)
	}
	return ""
}

// attribute is the key of a lang:, type: or topic: condition.
func (n *node) attribute() string {
	switch n.field {
	case "lang":
		return string(langMark) + n.value
	case "type":
		return string(typeMark) + topicName(n.value)
	}
	return string(topicMark) + n.value
}

// initials is the atom as the initials of an outlet, or "-", which are no
// key.
func (a *atom) initials() string {
	if s := a.ways[0]; len(s) == 1 && s[0].script == latin {
		return s[0].word
	}
	return "-"
}

// match evaluates n and, when it holds, collects why.
func (r *reading) match(n *node) (Match, bool) {
	if !n.holds(r.test) {
		return Match{}, false
	}
	m := Match{}
	rule := r.reason(n, &m)
	m.Title, m.Text = merge(m.Title), merge(m.Text)
	if rule != nil {
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
		return len(r.places[n.attribute()]) > 0
	}
	found, known := r.found[n.atom]
	if !known {
		r.each(n, func(int, text.Span) bool {
			found = true
			return false
		})
		r.found[n.atom] = found
	}
	return found
}

// each calls f with every place where the condition n matches, until it
// returns false.
func (r *reading) each(n *node, f func(section int, sp text.Span) bool) {
	m := mark(n.field)
	if n.field == "outlet" && len(r.places[m+n.atom.initials()]) > 0 {
		for _, p := range r.places[m+n.atom.initials()] {
			if p.unit < 0 && !f(outletSection, text.Span{}) {
				return
			}
		}
	}
	for _, s := range n.atom.ways {
		key := s[0].key()
		if m != "" {
			key = m + key
		}
		for _, p := range r.places[key] {
			if p.unit < 0 {
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
		kids := make([]*node, 0, len(n.kids))
		for _, k := range n.kids {
			kids = append(kids, r.reason(k, m))
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
		r.each(n, func(section int, sp text.Span) bool {
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
