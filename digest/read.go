package digest

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"hanwire/digest/query"
	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/summary"
	"hanwire/digest/text"
)

// ReaderOptions are what NewReader needs. The zero value is the documented
// default.
type ReaderOptions struct {
	Topics []story.Topic // what articles are judged for; story.DefaultTopics when nil
}

// Reader reads articles. It may be used from many goroutines: what it keeps from
// one article to the next is memory, and what it knows of words.
type Reader struct {
	topics []story.Topic
	desks  sync.Pool // of *desk
}

// desk is where one article at a time is read.
type desk struct {
	texts  *text.Analyzer
	quotes *quote.Extractor
}

// NewReader returns a reader, or an error when two topics share a name or one
// has none.
func NewReader(o ReaderOptions) (*Reader, error) {
	if o.Topics == nil {
		o.Topics = story.DefaultTopics()
	}
	seen := map[string]bool{}
	for _, t := range o.Topics {
		if t.Name == "" {
			return nil, errors.New("a topic has no name")
		}
		if seen[t.Name] {
			return nil, fmt.Errorf("topic %q is named twice", t.Name)
		}
		seen[t.Name] = true
	}
	return &Reader{topics: o.Topics, desks: sync.Pool{New: func() any { return &desk{text.NewAnalyzer(), quote.NewExtractor()} }}}, nil
}

// QueryTopic is a topic of one's own: what the query finds, be it policy or
// not. A relative date in the query counts from the article's own.
func QueryTopic(name string, q query.Query) story.Topic {
	return story.Topic{Name: name, Match: func(s story.Subject) bool {
		_, ok := q.Match(&query.Article{
			Title:      s.Doc.Title,
			Text:       s.Doc.Text,
			Outlet:     s.Outlet,
			OutletType: s.OutletType,
			Lang:       s.Doc.Lang,
			Speakers:   s.Speakers,
			Published:  s.Published,
		}, s.Published)
		return ok
	}}
}

// maxText bounds what is read of one article, in bytes: several times the
// longest report, so that a page that is no article costs no more than one.
const maxText = 400_000

// Read reads one article. The spans of the reading are bytes of a.Text. An
// article without text is judged by its title. Of a text beyond 400,000 bytes
// the rest is not looked at.
func (r *Reader) Read(a Article) Reading {
	at := r.desks.Get().(*desk)
	doc := at.texts.Analyze(a.Title, prefix(a.Text, maxText), a.Lang)
	quotes := at.quotes.Extract(doc)
	opening := story.Open(doc)
	out := Reading{
		Article:   a,
		Lang:      doc.Lang,
		Title:     doc.Title,
		Names:     names(doc),
		Sentences: summary.Candidates(doc),
		Quotes:    quotes,
		Features:  opening.Item(sourceOfItem(a)),
	}
	out.Relevance = opening.Judge(story.Subject{
		Doc: doc, Outlet: a.Outlet, OutletType: a.OutletType, Published: a.Published, Speakers: speakers(quotes),
	}, r.topics)
	for _, p := range summary.Choose([]summary.Source{sourceOf(&out)}, summary.Options{}) {
		out.Summary = append(out.Summary, out.Sentences[p.Sentence].Span)
	}
	r.desks.Put(at)
	return out
}

// Features are those of a Reading, made again: what is old enough to be grouped
// no more need not keep them.
func Features(a Article) story.Item {
	return story.Open(text.Analyze(a.Title, prefix(a.Text, maxText), a.Lang)).Item(sourceOfItem(a))
}

func sourceOfItem(a Article) story.Source {
	return story.Source{ID: a.ID, Outlet: a.Outlet, Published: a.Published, VersionOf: a.VersionOf}
}

func sourceOf(r *Reading) summary.Source {
	return summary.Source{
		Sentences: r.Sentences,
		Title:     r.Features.Title,
		Headline:  r.Title,
		Body:      r.Features.Body,
		Script:    r.Features.Script,
	}
}

func names(doc *text.Document) []Name {
	out := make([]Name, 0, len(doc.Mentions))
	for _, m := range doc.Mentions {
		e := doc.Entities[m.Entity]
		out = append(out, Name{Span: m.Span, Name: e.Name, Key: e.Key, Kind: m.Kind})
	}
	return out
}

func speakers(quotes []quote.Quote) []string {
	var out []string
	seen := map[string]bool{}
	for _, q := range quotes {
		if q.Speaker != "" && !seen[q.Speaker] {
			seen[q.Speaker] = true
			out = append(out, q.Speaker)
		}
	}
	return out
}

// prefix is at most n bytes of s, whole characters.
func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// age is how long before now something was, never negative; unknown times
// count as new.
func age(now, t time.Time) time.Duration {
	if t.IsZero() || t.After(now) {
		return 0
	}
	return now.Sub(t)
}
