package digest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// DecodeArticle reads an article as one line of JSON:
//
//	{"id","text","title"?,"url"?,"outlet"?,"outlet_type"?,"lang"?,"published"?}
//
// Unknown fields are passed over, and a date that cannot be read is an unknown
// date. With an error comes what was understood of the ID.
func DecodeArticle(line []byte) (Article, error) {
	var in struct {
		ID         json.RawMessage `json:"id"`
		Text       *string         `json:"text"`
		Title      string          `json:"title"`
		URL        string          `json:"url"`
		Outlet     string          `json:"outlet"`
		OutletType string          `json:"outlet_type"`
		Lang       string          `json:"lang"`
		Published  any             `json:"published"`
	}
	err := json.Unmarshal(bytes.TrimPrefix(line, []byte("\uFEFF")), &in)
	a := Article{ID: decodeID(in.ID)}
	switch {
	case err != nil:
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			what := "the object"
			if wrong.Field != "" {
				what = strconv.Quote(wrong.Field)
			}
			return a, fmt.Errorf("not an article: %s is a JSON %s", what, wrong.Value)
		}
		return a, fmt.Errorf("not an article: %w", err)
	case a.ID == "":
		return a, errors.New("no id")
	case in.Text == nil:
		return a, errors.New("no text")
	}
	a.Text, a.Title, a.URL = *in.Text, in.Title, in.URL
	a.Outlet, a.OutletType, a.Lang = in.Outlet, in.OutletType, in.Lang
	if s, ok := in.Published.(string); ok {
		a.Published = parseDate(s)
	}
	return a, nil
}

// decodeID takes a string or a number.
func decodeID(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly,
	time.RFC1123Z, time.RFC1123,
}

// parseDate returns the zero time for what is no date.
func parseDate(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

type jsonSpan struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

type jsonName struct {
	jsonSpan
	Name string `json:"name"`
	Kind string `json:"kind"`
}

type jsonQuote struct {
	Article string `json:"article,omitempty"`
	jsonSpan
	Kind         string  `json:"kind"`
	Key          bool    `json:"key"`
	Speaker      *string `json:"speaker"`
	SpeakerStart *int    `json:"speaker_start"`
	SpeakerEnd   *int    `json:"speaker_end"`
	Role         *string `json:"role"`
	Cue          *string `json:"cue"`
}

type jsonReading struct {
	ID       string      `json:"id"`
	Lang     string      `json:"lang"`
	Title    string      `json:"title"`
	Relevant bool        `json:"relevant"`
	Score    float64     `json:"score"`
	Topics   []string    `json:"topics"`
	Reasons  []string    `json:"reasons"`
	Names    []jsonName  `json:"names"`
	Summary  []jsonSpan  `json:"summary"`
	Quotes   []jsonQuote `json:"quotes"`
}

// EncodeReading writes a reading as one line of JSON, without a line break.
// Offsets are code points of the article's text.
func EncodeReading(r Reading) ([]byte, error) {
	at := cite(r.Text)
	out := jsonReading{
		ID: r.ID, Lang: r.Lang, Title: r.Title,
		Relevant: r.Relevance.Relevant, Score: r.Relevance.Score,
		Topics: orEmpty(r.Relevance.Topics), Reasons: orEmpty(r.Relevance.Reasons),
		Names: make([]jsonName, 0, len(r.Names)), Summary: []jsonSpan{}, Quotes: make([]jsonQuote, 0, len(r.Quotes)),
	}
	for _, n := range r.Names {
		out.Names = append(out.Names, jsonName{at.span(n.Span), n.Name, n.Kind.String()})
	}
	for _, s := range r.Summary {
		out.Summary = append(out.Summary, at.sentence(s)...)
	}
	for i := range r.Quotes {
		out.Quotes = append(out.Quotes, at.quote(&r.Quotes[i]))
	}
	return encode(out)
}

// EncodeError is the line that stands for an article that could not be read.
func EncodeError(id string, err error) ([]byte, error) {
	return encode(struct {
		ID    string `json:"id"`
		Error string `json:"error"`
	}{id, err.Error()})
}

// citer turns byte spans of a text into code points.
type citer struct {
	text  string
	index text.Index
}

func cite(s string) citer { return citer{s, text.NewIndex(s)} }

func (c citer) span(s text.Span) jsonSpan {
	return jsonSpan{c.index.Rune(s.Start), c.index.Rune(s.End), c.text[s.Start:s.End]}
}

// sentence is a sentence as it stands, in as many parts as pop-ups of the page
// have left of it.
func (c citer) sentence(s text.Span) []jsonSpan {
	var out []jsonSpan
	for _, part := range text.Outside(c.text[s.Start:s.End]) {
		out = append(out, c.span(text.Span{Start: s.Start + part.Start, End: s.Start + part.End}))
	}
	return out
}

func (c citer) quote(q *quote.Quote) jsonQuote {
	out := jsonQuote{
		jsonSpan: c.span(q.Span), Kind: q.Kind.String(), Key: q.Key,
		Speaker: orNull(&q.Speaker), Role: orNull(&q.Role), Cue: orNull(&q.Cue),
	}
	if q.SpeakerAt.Len() > 0 {
		at := &[2]int{c.index.Rune(q.SpeakerAt.Start), c.index.Rune(q.SpeakerAt.End)}
		out.SpeakerStart, out.SpeakerEnd = &at[0], &at[1]
	}
	return out
}

func orNull(s *string) *string {
	if *s == "" {
		return nil
	}
	return s
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

type jsonExtract struct {
	Article string `json:"article"`
	jsonSpan
}

type jsonStory struct {
	ID       string        `json:"id"`
	Headline string        `json:"headline"`
	Articles []string      `json:"articles"`
	Score    float64       `json:"score"`
	Topics   []string      `json:"topics"`
	Summary  []jsonExtract `json:"summary"`
	Quotes   []jsonQuote   `json:"quotes"`
}

type jsonLeftOut struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// EncodeDigest writes a digest as one JSON object, without a line break: the
// stories in full and those for one line each, in order, and what was left out.
func EncodeDigest(d Digest) ([]byte, error) {
	out := struct {
		Stories []jsonStory   `json:"stories"`
		LeftOut []jsonLeftOut `json:"left_out"`
	}{[]jsonStory{}, []jsonLeftOut{}}
	for _, stories := range [][]Story{d.Stories, d.Also} {
		for _, s := range stories {
			out.Stories = append(out.Stories, encodeStory(s))
		}
	}
	for _, l := range d.LeftOut {
		out.LeftOut = append(out.LeftOut, jsonLeftOut(l))
	}
	return encode(out)
}

func encodeStory(s Story) jsonStory {
	out := jsonStory{
		ID: s.ID, Headline: s.Headline, Score: s.Score, Topics: orEmpty(s.Topics),
		Articles: []string{}, Summary: []jsonExtract{}, Quotes: []jsonQuote{},
	}
	texts := map[string]citer{}
	at := func(article string) citer {
		c, ok := texts[article]
		if !ok {
			for i := range s.Articles {
				if s.Articles[i].ID == article {
					c = cite(s.Articles[i].Text)
				}
			}
			texts[article] = c
		}
		return c
	}
	for i := range s.Articles {
		out.Articles = append(out.Articles, s.Articles[i].ID)
	}
	for _, e := range s.Summary {
		for _, part := range at(e.Article).sentence(e.Span) {
			out.Summary = append(out.Summary, jsonExtract{e.Article, part})
		}
	}
	for i := range s.Quotes {
		q := &s.Quotes[i]
		jq := at(q.Article).quote(&q.Quote)
		jq.Article = q.Article
		out.Quotes = append(out.Quotes, jq)
	}
	return out
}

// encode writes JSON with text as it stands: no HTML escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
