package query

import (
	"strings"
	"time"
	"unicode/utf8"
)

// node is a part of a query: one condition, or several put together.
type node struct {
	op     op
	kids   []*node // of and, or, not
	field  string  // of a condition: "" for words, or the field's name
	atom   *atom   // of words, speaker: and outlet:
	value  string  // of lang:, type: and topic:
	key    string  // of the same: what an article with that value is filed under
	number int32   // of the key, in a Set
	when   when    // of since:, until: and on:
}

type op uint8

const (
	condition op = iota
	and
	or
	not
)

// both joins nodes by "and" as the canonical form has it: without nesting, and
// with names whose words have come to stand side by side made one.
func both(kids []*node) *node {
	kids = flatten(and, kids)
	var merged []*node
	for i := 0; i < len(kids); {
		n := nameRun(bareWords(kids[i:]))
		if n < 2 {
			merged = append(merged, kids[i])
			i++
			continue
		}
		words := make([]string, n)
		for k := range words {
			words[k] = kids[i+k].atom.text
		}
		merged = append(merged, &node{atom: newAtom(strings.Join(words, " "), plain, "")})
		i += n
	}
	if len(merged) == 1 {
		return merged[0]
	}
	return &node{op: and, kids: merged}
}

func either(kids []*node) *node {
	kids = flatten(or, kids)
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{op: or, kids: kids}
}

func negate(n *node) *node {
	if n.op == not {
		return n.kids[0]
	}
	return &node{op: not, kids: []*node{n}}
}

func flatten(o op, kids []*node) []*node {
	var flat []*node
	for _, k := range kids {
		if k.op == o {
			flat = append(flat, k.kids...)
		} else {
			flat = append(flat, k)
		}
	}
	return flat
}

// bareWords are the words that kids begin with and that are written without
// quotation marks.
func bareWords(kids []*node) []string {
	var words []string
	for _, k := range kids {
		if k.op != condition || k.field != "" || k.atom.manner != plain || !isBare(k.atom.text) || len(words) == maxNameWords {
			break
		}
		words = append(words, k.atom.text)
	}
	return words
}

// format writes n canonically. Inner nodes that hold several conditions are
// put into parentheses.
func (n *node) format(inner bool) string {
	switch n.op {
	case not:
		return "-" + n.kids[0].format(true)
	case and, or:
		sep := " "
		if n.op == or {
			sep = " OR "
		}
		parts := make([]string, len(n.kids))
		for i, k := range n.kids {
			parts[i] = k.format(true)
			if n.op == and && i+1 < len(n.kids) {
				parts[i] = apart(parts[i], k, n.kids[i+1:])
			}
		}
		s := strings.Join(parts, sep)
		if inner {
			s = "(" + s + ")"
		}
		return s
	}
	switch n.field {
	case "":
		return n.atom.String()
	case "speaker", "outlet":
		return n.field + ":" + n.atom.String()
	case "since", "until", "on":
		return n.field + ":" + n.when.String()
	}
	return n.field + ":" + quoteUnlessBare(n.value)
}

// apart puts quotation marks into s, the form of k, when its last word would
// otherwise be read as a name together with the words that follow.
func apart(s string, k *node, rest []*node) string {
	for k.op == not {
		k = k.kids[0]
	}
	if k.op != condition || k.atom == nil || k.atom.manner != plain || !isBare(k.atom.text) {
		return s
	}
	if nameRun(append([]string{k.atom.text}, bareWords(rest)...)) < 2 {
		return s
	}
	return strings.TrimSuffix(s, k.atom.text) + `"` + k.atom.text + `"`
}

// walk calls f for each condition, in order.
func (n *node) walk(f func(n *node, negated bool)) { n.walkIn(false, f) }

func (n *node) walkIn(negated bool, f func(n *node, negated bool)) {
	if n == nil {
		return
	}
	if n.op == condition {
		f(n, negated)
		return
	}
	for _, k := range n.kids {
		k.walkIn(negated != (n.op == not), f)
	}
}

// manner is how a word or phrase was written.
type manner uint8

const (
	plain  manner = iota
	exact         // ="..."
	prefix        // word*
)

// String is the atom as it is written.
func (a *atom) String() string {
	switch a.manner {
	case exact:
		return `="` + a.text + `"`
	case prefix:
		return a.text + "*"
	}
	return quoteUnlessBare(a.text)
}

func quoteUnlessBare(s string) string {
	if isBare(s) {
		return s
	}
	return `"` + s + `"`
}

// isBare reports whether s is read as one word without quotation marks.
func isBare(s string) bool {
	if s == "OR" || s == "AND" || s == "NOT" {
		return false
	}
	last := other
	for i, r := range s {
		c := classOf(r)
		if c == other && (i == 0 || i+utf8.RuneLen(r) == len(s) || last == other || !strings.ContainsRune("-'’.·&", r)) {
			return false
		}
		last = c
	}
	return s != ""
}

// holds evaluates n with test for its conditions.
func (n *node) holds(test func(*node) bool) bool {
	switch n.op {
	case and:
		for _, k := range n.kids {
			if !k.holds(test) {
				return false
			}
		}
		return true
	case or:
		for _, k := range n.kids {
			if k.holds(test) {
				return true
			}
		}
		return false
	case not:
		return !n.kids[0].holds(test)
	}
	return test(n)
}

// within evaluates the date condition.
func (n *node) within(published, now time.Time) bool {
	if published.IsZero() {
		return false
	}
	from, until := n.when.bounds(now)
	switch n.field {
	case "since":
		return !published.Before(from)
	case "until":
		return published.Before(until)
	}
	return !published.Before(from) && published.Before(until)
}
