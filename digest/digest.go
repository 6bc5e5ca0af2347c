// Package digest says what the day's articles mean: which of them matter, what
// event each tells, who said what, and how to tell it shortly.
//
// An [Article] is read once, by [Reader.Read], into a [Reading]: its language,
// names, topics, summary sentences and quotes, all of them spans of the
// article's own text, and the features by which it is grouped. A
// [story.Grouper] puts each reading into a story as it arrives. [Compose]
// makes of the stories of a period a [Digest], in the order in which an
// analyst wants to read them, and says of everything else why it is not there.
//
// The package and the folders below it are pure: no network, disk, clock,
// logger or goroutine. The same input gives the same output, byte for byte.
//
//	text     language, paragraphs, sentences, words, terms, names
//	quote    spans, cues, speakers, roles, variants
//	query    the query language: parse, match one article, match many alerts at once
//	story    topics and relevance, grouping across outlets and languages
//	summary  key sentences; the grounding checks for an optional model
package digest

import (
	"time"

	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/summary"
	"hanwire/digest/text"
)

// Article is what a reader of the page would see: our input. Text is plain,
// its paragraphs separated by line breaks.
type Article struct {
	ID         string
	URL        string
	Title      string
	Text       string
	Outlet     string
	OutletType string    // "state", "party", "agency", "independent", "government", "think tank" or empty
	Lang       string    // as the feed or page claims; the text decides
	Published  time.Time // zero when unknown
	Access     string    // "full text", "feed text only", "paywalled", "no text", "quotes only"; empty means full text
	VersionOf  string    // the ID of the earlier version that this one replaces, when it has another; may be empty
}

// Reading is one article as Hanwire understands it. It is complete when built
// and needs nothing but itself to be grouped and composed: Compose does not
// read the text again, and a Reading survives a round trip through JSON.
type Reading struct {
	Article
	Lang      string // decided from the text
	Title     string // given, or found at the top of the text
	Relevance story.Relevance
	Names     []Name
	Sentences []Sentence    // candidates for a summary, in order, each able to stand alone
	Summary   []text.Span   // of this article alone, in order
	Quotes    []quote.Quote // in order of their place in the text
	Features  story.Item    // what grouping needs
}

// Name is one mention of a person, organisation or place.
type Name struct {
	text.Span
	Name string // the fullest form in the article
	Key  string // the gazetteer's key, empty when unknown
	Kind text.NameKind
}

// Sentence is a sentence of an article that may stand in a summary.
type Sentence = summary.Sentence

// Group is a story before it is told: its ID and articles as the grouper has
// them, in any order.
type Group struct {
	ID       string
	Articles []Reading
}

// Story is one event, told by one or more articles.
type Story struct {
	ID            string
	Headline      string    // one of the articles' titles, as it stands
	Articles      []Reading // in order of publication
	Score         float64
	Topics        []string
	Summary       []Extract
	Quotes        []Attributed
	First, Latest time.Time
	Changes       []Change // since the reader was last told; empty for a new story

	// What a model made of the story, when [Retell] was asked and the answer
	// held; Headline and Summary stay as they are.
	Retold         []Retold
	RetoldHeadline string // Headline in the reader's language; to be marked as a machine's
}

// Retold is a sentence of a model with the extracts that it rests on.
type Retold struct {
	Text string
	From []Extract
}

// Extract is a sentence taken from an article.
type Extract struct {
	Article string // its ID
	text.Span
	Text string
}

// Attributed is a quote with the article that it stands in, and the other
// wordings of the same utterance.
type Attributed struct {
	Article string
	Text    string
	quote.Quote
	Variants []Variant
}

// Variant is the same utterance as another outlet gives it.
type Variant struct {
	Article string
	text.Span
	Text string
}

// Change is something new in a story already told, said in one line.
type Change struct {
	Kind      string // "quote", "speaker", "figure", "outlet", "reversal", "corrected", "withdrawn"
	Article   string
	text.Span // the words that show it, when they stand in the article
	Text      string
}

// Digest is an ordered set of stories for one period, and what was left out
// and why.
type Digest struct {
	Stories []Story // in full, at most Options.Length
	Also    []Story // the rest, for one line each
	LeftOut []LeftOut
}

// LeftOut is an article that is in no story of the digest.
type LeftOut struct {
	ID     string
	Reason string
}
