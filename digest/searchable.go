package digest

import (
	"slices"

	"hanwire/digest/query"
)

// Searchable is the reading as a query sees it.
func (r *Reading) Searchable() *query.Article {
	a := &query.Article{
		Title: r.Title, Text: r.Text, Outlet: r.Outlet, OutletType: r.OutletType, Lang: r.Lang,
		Topics: r.Relevance.Topics, Published: r.Published,
	}
	for _, q := range r.Quotes {
		if q.Speaker != "" && !slices.Contains(a.Speakers, q.Speaker) {
			a.Speakers = append(a.Speakers, q.Speaker)
		}
	}
	return a
}
