package digest

import "hanwire/digest/query"

// Searchable is the reading as a query sees it.
func (r *Reading) Searchable() *query.Article {
	return &query.Article{
		Title: r.Title, Text: r.Text, Outlet: r.Outlet, OutletType: r.OutletType, Lang: r.Lang,
		Topics: r.Relevance.Topics, Published: r.Published, Speakers: query.Speakers(r.Quotes),
	}
}
