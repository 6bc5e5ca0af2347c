package store

import (
	"errors"
	"fmt"
	"math"

	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/summary"
	"hanwire/digest/text"
	"hanwire/feeds"
)

// articleBody is an article with its reading as it is kept, packed: without the
// text, which searches keep, without what follows from the text, and without
// the features, which have a column of their own. Sentences, names and quotes
// are numbers, which compress well: see [keeper].
type articleBody struct {
	Article feeds.Article
	// Given is Reading.Article. It is not left inside Reading because Title and
	// Lang stand in both, and JSON would lose one of them.
	Given     digest.Article
	Own       bool // Article has a text that is not Given's
	Reading   digest.Reading
	Sentences []int
	Quoted    []float64 // of sentences
	Strings   []string  // that names and quotes have by number
	Names     []int
	Quotes    []int
	Scores    []float64 // of quotes
}

// packArticle leaves out the text, which is packed by itself.
func packArticle(a feeds.Article, r digest.Reading) ([]byte, error) {
	b := articleBody{Article: a, Given: r.Article, Own: r.Text != a.Text, Reading: r}
	if !b.Own {
		b.Article.Text = ""
	}
	b.Given.Text = ""
	b.Reading.Article = digest.Article{}
	b.Reading.Features = story.Item{}
	b.Reading.Sentences, b.Reading.Names, b.Reading.Quotes = nil, nil, nil
	k := keeper{strings: map[string]int{}}
	for _, s := range r.Sentences {
		k.span(s.Span)
		k.put(s.Place, s.Words, flag(s.Named)<<1|flag(s.Weak))
		b.Quoted = append(b.Quoted, s.Quoted)
	}
	b.Sentences, k.numbers, k.at = k.numbers, nil, 0
	for _, n := range r.Names {
		k.span(n.Span)
		k.put(k.string(n.Name), k.string(n.Key), int(n.Kind))
	}
	b.Names, k.numbers, k.at = k.numbers, nil, 0
	for _, q := range r.Quotes {
		k.span(q.Span)
		k.put(int(q.Kind)<<1|flag(q.Key), q.Utterance, k.string(q.Speaker), k.string(q.SpeakerKey))
		k.near(q.Start, q.SpeakerAt)
		k.put(k.string(q.Role))
		k.near(q.Start, q.RoleAt)
		k.put(k.string(q.Cue))
		k.near(q.Start, q.CueAt)
		b.Scores = append(b.Scores, math.Round(q.Score*scoreSteps)/scoreSteps)
	}
	b.Quotes, b.Strings = k.numbers, k.list
	return pack(b)
}

// scoreSteps is how finely a quote's score is kept.
const scoreSteps = 1e6

// keeper puts spans and strings into a row of numbers: spans as the distance
// from where the one before began and a length, strings as their place in a
// list.
type keeper struct {
	numbers []int
	at      int
	list    []string
	strings map[string]int
}

func (k *keeper) put(n ...int) { k.numbers = append(k.numbers, n...) }

func (k *keeper) span(s text.Span) {
	k.put(s.Start-k.at, s.Len())
	k.at = s.Start
}

// near puts a span by its distance from a place; the zero span is 0, 0.
func (k *keeper) near(at int, s text.Span) {
	if s == (text.Span{}) {
		k.put(0, 0)
		return
	}
	k.put(s.Start-at, s.Len()+1)
}

func (k *keeper) string(s string) int {
	n, ok := k.strings[s]
	if !ok {
		n = len(k.list)
		k.strings[s] = n
		k.list = append(k.list, s)
	}
	return n
}

// fetcher reads what keeper has put.
type fetcher struct {
	numbers []int
	at      int
	list    []string
	bad     bool
}

func (f *fetcher) int() int {
	if len(f.numbers) == 0 {
		f.bad = true
		return 0
	}
	n := f.numbers[0]
	f.numbers = f.numbers[1:]
	return n
}

func (f *fetcher) span() text.Span {
	f.at += f.int()
	return text.Span{Start: f.at, End: f.at + f.int()}
}

func (f *fetcher) near(at int) text.Span {
	from, n := f.int(), f.int()
	if n == 0 {
		return text.Span{}
	}
	return text.Span{Start: at + from, End: at + from + n - 1}
}

func (f *fetcher) string() string {
	n := f.int()
	if n < 0 || n >= len(f.list) {
		f.bad = true
		return ""
	}
	return f.list[n]
}

func (b *articleBody) sentences() ([]digest.Sentence, bool) {
	f := fetcher{numbers: b.Sentences}
	var list []digest.Sentence
	for len(f.numbers) > 0 && !f.bad {
		s := digest.Sentence{Span: f.span(), Place: f.int(), Words: f.int()}
		how := f.int()
		s.Named, s.Weak = how&2 > 0, how&1 > 0
		if len(list) < len(b.Quoted) {
			s.Quoted = b.Quoted[len(list)]
		}
		list = append(list, s)
	}
	return list, !f.bad
}

func (b *articleBody) names() ([]digest.Name, bool) {
	f := fetcher{numbers: b.Names, list: b.Strings}
	var names []digest.Name
	for len(f.numbers) > 0 && !f.bad {
		names = append(names, digest.Name{Span: f.span(), Name: f.string(), Key: f.string(), Kind: text.NameKind(f.int())})
	}
	return names, !f.bad
}

func (b *articleBody) quotes() ([]quote.Quote, bool) {
	f := fetcher{numbers: b.Quotes, list: b.Strings}
	var quotes []quote.Quote
	for len(f.numbers) > 0 && !f.bad {
		q := quote.Quote{Span: f.span()}
		kind := f.int()
		q.Kind, q.Key = quote.Kind(kind>>1), kind&1 == 1
		q.Utterance, q.Speaker, q.SpeakerKey = f.int(), f.string(), f.string()
		q.SpeakerAt = f.near(q.Start)
		q.Role = f.string()
		q.RoleAt = f.near(q.Start)
		q.Cue = f.string()
		q.CueAt = f.near(q.Start)
		if len(quotes) < len(b.Scores) {
			q.Score = b.Scores[len(quotes)]
		}
		quotes = append(quotes, q)
	}
	return quotes, !f.bad
}

// keptArticle is an article as it comes from the database.
type keptArticle struct {
	ID, Story string
	Published int64
	Features  []byte
	Body      []byte
	Packed    []byte // the text
}

// read unpacks an article and its reading; the reading lacks what only the
// composing of digests needs, which [keptArticle.readAll] adds.
func (k *keptArticle) read() (feeds.Article, digest.Reading, error) {
	var b articleBody
	err := unpack(k.Body, &b)
	if err == nil {
		var u unpacker
		b.Given.Text, err = u.text(k.Packed)
	}
	b.Reading.Article = b.Given
	sentences, whole := b.sentences()
	names, whole2 := b.names()
	quotes, whole3 := b.quotes()
	if err == nil && !(whole && whole2 && whole3) {
		err = errors.New("its sentences, names or quotes are damaged")
	}
	if err != nil {
		return feeds.Article{}, digest.Reading{}, fmt.Errorf("article %s: %w", k.ID, err)
	}
	b.Reading.Sentences, b.Reading.Names, b.Reading.Quotes = sentences, names, quotes
	if !b.Own {
		b.Article.Text = b.Given.Text
	}
	return b.Article, b.Reading, nil
}

// readAll is the reading with its features, and its sentences ready to be
// chosen from.
func (k *keptArticle) readAll() (digest.Reading, error) {
	_, r, err := k.read()
	if err != nil {
		return r, err
	}
	if len(k.Features) == 0 {
		r.Features = digest.Features(r.Article)
	} else if err := r.Features.UnmarshalBinary(k.Features); err != nil {
		return r, fmt.Errorf("article %s: %w", k.ID, err)
	}
	if !summary.Restore(r.Text, r.Sentences) {
		return r, fmt.Errorf("article %s: its sentences are not in its text", k.ID)
	}
	return r, nil
}
