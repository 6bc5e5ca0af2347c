package query

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Need is what the index terms of an article must fulfil for a query to match
// it. The zero Need is fulfilled by all.
type Need struct {
	Term   string // this term; with Prefix, one that begins so
	Prefix bool
	All    []Need // all of these
	Any    []Need // one of these
}

// IsZero reports whether n asks for nothing.
func (n Need) IsZero() bool { return n.Term == "" && n.All == nil && n.Any == nil }

// Terms are those of several terms that n asks for all together, each by
// itself; none when n is a single one.
func (n Need) Terms() []Need {
	var terms []Need
	for _, k := range n.All {
		switch {
		case k.Term != "":
			terms = append(terms, k)
		default:
			terms = append(terms, k.Terms()...)
		}
	}
	return terms
}

// Need is what an index must find for q to match.
func (q Query) Need() Need {
	if q.root == nil {
		return Need{}
	}
	return q.root.need()
}

// Published is the time in which an article must be published for q to match,
// until excluded; zero where q sets no bound.
func (q Query) Published(now time.Time) (from, until time.Time) { return q.root.bounds(now) }

// bounds are the moments between which an article must be published for n to
// hold.
func (n *node) bounds(now time.Time) (from, until time.Time) {
	if n == nil {
		return
	}
	switch {
	case n.op == and:
		for _, k := range n.kids {
			f, u := k.bounds(now)
			if f.After(from) {
				from = f
			}
			if !u.IsZero() && (until.IsZero() || u.Before(until)) {
				until = u
			}
		}
	case n.op == or:
		for i, k := range n.kids {
			f, u := k.bounds(now)
			if i == 0 || f.Before(from) {
				from = f
			}
			if i == 0 || u.IsZero() || !until.IsZero() && u.After(until) {
				until = u
			}
		}
	case n.field == "since":
		from, _ = n.when.bounds(now)
	case n.field == "until":
		_, until = n.when.bounds(now)
	case n.field == "on":
		from, until = n.when.bounds(now)
	}
	return from, until
}

func (n *node) need() Need {
	switch n.op {
	case and:
		return all(n.kids, (*node).need)
	case or:
		return anyOf(n.kids, (*node).need)
	case not:
		return Need{}
	}
	switch n.field {
	case "since", "until", "on":
		return Need{}
	case "lang", "type", "topic":
		return Need{Term: n.key}
	}
	return anyOf(n.atom.ways, func(s sequence) Need {
		told := s.telling()
		if rarer := slices.DeleteFunc(slices.Clone(told), element.isEverywhere); len(rarer) > 0 {
			told = rarer
		}
		return all(told, func(e element) Need { return e.need(n.atom.mark) })
	})
}

// everywhere are words that nearly every text has, so that an index does better
// not to look them up.
var everywhere = set("the of to and in a for on at by with from")

func (e element) isEverywhere() bool {
	return e.script == latin && e.fit != opening && everywhere[e.word]
}

func eitherNeed(a, b Need) Need {
	return anyOf([]Need{a, b}, func(n Need) Need { return n })
}

func all[T any](parts []T, f func(T) Need) Need {
	var n Need
	for _, p := range parts {
		if k := f(p); !k.IsZero() {
			n.All = append(n.All, k)
		}
	}
	if len(n.All) == 1 {
		return n.All[0]
	}
	return n
}

func anyOf[T any](parts []T, f func(T) Need) Need {
	var n Need
	for _, p := range parts {
		k := f(p)
		if k.IsZero() {
			return Need{}
		}
		n.Any = append(n.Any, k)
	}
	if len(n.Any) == 1 {
		return n.Any[0]
	}
	return n
}

// telling are the elements of s under whose keys a text that has s is filed:
// the first, and others unless they are so short that they are keys only where
// they begin a word.
func (s sequence) telling() []element {
	told := []element{s[0]}
	for _, e := range s[1:] {
		if e.script != hangul || len(e.word) > syllable {
			told = append(told, e)
		}
	}
	return told
}

// need is what the terms of a text must fulfil for e to be in it.
func (e element) need(m string) Need {
	term := func(s string) Need { return Need{Term: clip(m + s)} }
	begins := func(s string) Need { return Need{Term: clip(m + s), Prefix: true} }
	switch {
	case e.script == latin && e.fit == opening:
		return begins(e.word)
	case e.script == latin:
		return Need{Term: clip(e.key)}
	case e.script == hangul && e.fit == opening:
		if len(e.word) == syllable {
			return begins(e.word)
		}
		return all(pairs(e.word), term)
	case e.script == han && e.fit != alone && utf8.RuneCountInString(e.word) == 1:
		return eitherNeed(begins(e.word), term(string(letterMark)+e.word))
	case e.script == han:
		return all(pairs(e.word), term)
	}
	// A Hangul word may be cut by spaces, each part but the last two syllables or
	// more: the first pair is whole, and of two neighbouring pairs one is.
	w := e.word
	if e.stem != "" {
		w = e.stem
	}
	p := pairs(w)
	if e.fit == personal || e.fit == surface {
		p = p[:1]
	}
	n := Need{All: []Need{term(p[0])}}
	for i := 1; i+1 < len(p); i += 2 {
		n.All = append(n.All, eitherNeed(term(p[i]), term(p[i+1])))
	}
	if len(n.All) == 1 {
		return n.All[0]
	}
	return n
}

// pairs are the neighbouring characters of w, or w when it is one.
func pairs(w string) []string {
	var p []string
	for i := 0; i < len(w); {
		_, n := utf8.DecodeRuneInString(w[i:])
		if two := firstRunes(w[i:], 2); two != "" {
			p = append(p, two)
		} else if i == 0 {
			p = append(p, w)
		}
		i += n
	}
	return p
}

// Terms are the index terms of an article, sorted, each once. All are free of
// spaces, quotation marks and capital ASCII letters; besides letters and
// digits they hold . and -, one or two marks of "+@#~%&" at the beginning, and
// ^ at the end.
func Terms(a *Article) []string {
	terms := attributes(a)
	add := func(s string, m string) {
		sec := scan(s)
		sec.keys(false, nil, func(key string, _ bool, _, _ int) { terms = append(terms, m+key) })
		for i := range sec.units {
			switch w := sec.word(i); {
			case sec.units[i].script == latin && w != inflect(w):
				terms = append(terms, m+w+string(surfaceMark))
			case sec.units[i].script == han:
				r, _ := utf8.DecodeLastRuneInString(w)
				terms = append(terms, m+string(letterMark)+string(r))
			}
		}
		if m == string(outletMark) {
			if in := sec.initials(); in != "" {
				terms = append(terms, m+in)
			}
		}
	}
	add(a.Title, "")
	add(a.Text, "")
	add(a.Outlet, string(outletMark))
	for _, s := range a.Speakers {
		add(s, string(speakerMark))
	}
	for i, t := range terms {
		terms[i] = clip(t)
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// maxTerm is the length of a term in bytes; what is longer is no word.
const maxTerm = 200

func clip(term string) string {
	if len(term) <= maxTerm {
		return term
	}
	return strings.ToValidUTF8(term[:maxTerm], "")
}
