// Package query is the one language of search, channel filters and alerts.
//
// A query says what an article or a quote must hold:
//
//	tariff             a word in any inflection: tariff, tariffs, Tariff's; 관세 also in 관세를, 상호관세
//	"rare earths"      words in this order, in any inflection; rare-earth too
//	="DPRK"            these very words: no inflection, no other spelling of a name
//	semi*              words that begin so
//	tariff sanctions   both, anywhere
//	tariff OR sanctions   either
//	-soccer            not this
//	(…)                grouping
//	speaker:"Wang Yi"  somebody so named, in any spelling, speaks, or somebody in such an office
//	outlet:yonhap type:state,party lang:ko topic:north-korea
//	since:7d until:2026-05-01 on:yesterday
//
// OR binds closer than standing side by side, so that filters put after a list
// of alternatives hold for all of them: "a OR b lang:ko" is "(a OR b) lang:ko".
// A minus binds closest. AND and NOT may be written out. Values of outlet:,
// type:, lang: and topic: parted by commas are alternatives.
//
// A name that [text.Lookup] knows stands for all its spellings: DPRK, North
// Korea, 북한, 朝鲜, 北韓. Names of several words are known without quotation
// marks. Full-width marks, curly and corner quotation marks and full-width
// spaces are read as their plain counterparts.
//
// [Parse] reads a query, [Query.Match] tries one on one [Article], [Set] finds
// which of very many match. [Query.Need] and [Terms] are for an index: what is
// not found by the terms that a query needs does not match. They are necessary,
// not sufficient, and Match has the last word, so that an index in a database
// gives the same results as memory.
//
// Nothing here reads a clock: dates count from the time that is given, in its
// zone.
package query

import (
	"slices"
	"time"

	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// Query is a parsed query. The zero Query matches everything. It is not
// changed after Parse and may be used from many goroutines.
type Query struct {
	root *node
}

// Error points at the character of a query that cannot be understood.
type Error struct {
	Pos     int // code points from the start
	Message string
}

func (e *Error) Error() string { return e.Message }

// Article is what a query is matched against.
type Article struct {
	Title      string
	Text       string
	Outlet     string
	OutletType string
	Lang       string
	Speakers   []string // names as the article has them, and what offices they hold
	Topics     []string
	Published  time.Time // since:, until: and on: do not match when it is zero
}

// Speakers are the names and offices of those quoted, as an Article has them.
func Speakers(quotes []quote.Quote) []string {
	var list []string
	for _, q := range quotes {
		for _, s := range []string{q.Speaker, q.Role} {
			if s != "" && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

// Match is why a query matched.
type Match struct {
	Title []text.Span // in Article.Title, in order, not overlapping
	Text  []text.Span // in Article.Text, likewise
	Rule  string      // the part of the query that matched, canonical
}

// IsEmpty reports whether q matches everything.
func (q Query) IsEmpty() bool { return q.root == nil }

// Equal reports whether q and r are the same query.
func (q Query) Equal(r Query) bool { return q.String() == r.String() }

// String is the query in its canonical form; Parse(q.String()) equals q.
func (q Query) String() string {
	if q.root == nil {
		return ""
	}
	return q.root.format(false)
}

// Topics are the values of topic: that q asks for, in order.
func (q Query) Topics() []string {
	var topics []string
	q.root.walk(func(n *node, negated bool) {
		if n.field == "topic" && !negated {
			topics = append(topics, n.value)
		}
	})
	return topics
}

// And is the query that matches what both q and r match.
func (q Query) And(r Query) Query {
	switch {
	case q.root == nil:
		return r
	case r.root == nil:
		return q
	}
	return Query{both([]*node{q.root, r.root})}
}

// Match reports whether the query matches a. Relative dates (since:7d) count
// from now.
func (q Query) Match(a *Article, now time.Time) (Match, bool) { return q.Matcher(now).Match(a) }

// Matcher tries one query on many articles, one after another.
type Matcher struct {
	root    *node
	now     time.Time
	reading reading
}

// Matcher returns a matcher of q, with relative dates counted from now. It is
// for one goroutine.
func (q Query) Matcher(now time.Time) *Matcher {
	m := &Matcher{root: q.root, now: now}
	if q.root != nil {
		m.reading.want, m.reading.letters = newKeySet(q.root)
	}
	return m
}

// Match is [Query.Match].
func (m *Matcher) Match(a *Article) (Match, bool) {
	if m.root == nil {
		return Match{}, true
	}
	m.reading.begin(a, m.now)
	return m.reading.match(m.root, "")
}
