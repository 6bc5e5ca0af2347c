// Package story says which articles matter and which of them tell one event.
package story

// Relevance is what an article is about and how much of that is Korea and
// China policy.
type Relevance struct {
	Relevant bool
	Score    float64  // 0 to 1
	Topics   []string // names of the topics it fits, strongest first
	Reasons  []string // "title: North Korea", "policy: sanctions", "sport: league": why, for and against
}

// Item is what grouping needs of an article.
type Item struct {
	ID string
}
