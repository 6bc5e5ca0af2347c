package feeds

import (
	"cmp"
	"encoding/json"
	"io"
	"time"
)

// ShowResult is how a feed parses, as "feeds show --json" prints it.
type ShowResult struct {
	Source   string      `json:"source"`
	Format   string      `json:"format"`
	Title    string      `json:"title"`
	Encoding string      `json:"encoding"`
	Partial  bool        `json:"partial"`
	Entries  []ShowEntry `json:"entries"`
	Warnings []string    `json:"warnings"`
	Error    *string     `json:"error"`
}

// ShowEntry is an entry of a [ShowResult]. ID is the one that the feed gives, or
// ours where it gives none; dates are RFC 3339, or empty.
type ShowEntry struct {
	ID        string `json:"id"`
	Link      string `json:"link"`
	Title     string `json:"title"`
	Published string `json:"published"`
	Updated   string `json:"updated"`
	Author    string `json:"author"`
	Text      string `json:"text"`
}

// Show puts p into the form that is printed. An entry's title is whole, with
// its version mark, and its text plain.
func Show(source string, p Parsed) ShowResult {
	r := ShowResult{
		Source: source, Format: p.Format, Title: p.Title, Encoding: p.Encoding, Partial: p.Partial,
		Entries: make([]ShowEntry, 0, len(p.Entries)), Warnings: append([]string{}, p.Warnings...),
	}
	for _, e := range p.Entries {
		text := e.Summary
		if e.Content != "" {
			text = plainText(e.Content)
		}
		r.Entries = append(r.Entries, ShowEntry{
			ID: cmp.Or(e.GUID, e.ID), Link: e.Link, Title: e.FullTitle(), Published: showTime(e.Published), Updated: showTime(e.Updated),
			Author: e.Author, Text: text,
		})
	}
	if p.Err != nil {
		message := p.Err.Error()
		r.Error = &message
	}
	return r
}

// EncodeShow writes p as one line of JSON.
func EncodeShow(w io.Writer, source string, p Parsed) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(Show(source, p))
}

func showTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
