// Package query is the one language of search, channel filters and alerts.
package query

import (
	"time"

	"hanwire/digest/text"
)

// Query is a parsed query. The zero Query matches everything.
type Query struct {
	root *node
}

type node struct{}

// Error points at the character of a query that cannot be understood.
type Error struct {
	Pos     int // code points from the start
	Message string
}

func (e *Error) Error() string { return e.Message }

// Parse reads a query. Its error is an [*Error].
func Parse(s string) (Query, error) { return Query{}, nil }

// String is the query in its canonical form; Parse(q.String()) equals q.
func (q Query) String() string { return "" }

// Article is what a query is matched against.
type Article struct {
	Title      string
	Text       string
	Outlet     string
	OutletType string
	Lang       string
	Speakers   []string // names as the article has them
	Topics     []string
	Published  time.Time
}

// Match is why a query matched.
type Match struct {
	Title []text.Span // in Article.Title
	Text  []text.Span // in Article.Text, in order
	Rule  string      // the part of the query that matched, canonical
}

// Match reports whether the query matches a. Relative dates (since:7d) count
// from now.
func (q Query) Match(a *Article, now time.Time) (Match, bool) { return Match{}, true }

// Set matches one article against many queries without trying each. It may be
// read from many goroutines while nothing is added or removed.
type Set struct{}

// NewSet returns an empty set.
func NewSet() *Set { return &Set{} }

// Add puts q under id into the set, in place of what was there.
func (s *Set) Add(id string, q Query) {}

// Remove takes id out of the set.
func (s *Set) Remove(id string) {}

// Match returns the ids whose queries match a, sorted, each with its match.
func (s *Set) Match(a *Article, now time.Time) map[string]Match { return nil }
