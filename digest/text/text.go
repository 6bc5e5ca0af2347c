// Package text reads news prose: what language it is in, where its paragraphs,
// sentences and words begin and end, who and what it names, and by which terms
// it should be found again.
//
// Everything here is a view of the text that was given. A [Document] holds the
// text once; paragraphs, sentences, tokens and names are byte spans of it, so
// whatever is built on them can be traced back to the very words. [Index]
// turns byte offsets into code points at the program's edge, and back.
//
// [Analyze] is the way in. It works on English, Korean and Chinese (both
// scripts); other languages get paragraphs, sentences and words. [Terms] gives
// the search terms of any text: Latin stems, Hangul and Han bigrams, the same
// for a query and for what it should find. [Gazetteer] knows the people,
// offices, institutions and places of Korea and China policy across spellings
// and scripts.
//
// The package holds no state, reads no clock and touches no disk or network.
package text

import "sort"

// Span is a range of bytes of a document's text, end exclusive, always on rune
// boundaries.
type Span struct{ Start, End int }

// Len is the span's length in bytes.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether t lies inside s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps reports whether s and t share a byte.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Document is a text taken apart. It is made by [Analyze], is not changed
// afterwards and may be read from many goroutines.
type Document struct {
	Title string // as given, or the headline found at the top of the text
	Text  string // as given; every span below points into it
	Lang  string // BCP 47: "en", "ko", "zh-Hans", "zh-Hant", "ja", or another tag; "und" when unknown

	Paragraphs []Paragraph
	Sentences  []Sentence
	Tokens     []Token
	Terms      []Term         // as [Terms] gives them, paragraph by paragraph
	TitleTerms []Term         // as [Terms] gives them
	Known      []KnownMention // as [FindKnown] gives them
	Mentions   []Mention      // in order of Start, never overlapping
	Entities   []Entity       // in order of first mention

	insets []Span // see [WithoutInsets]; they have no tokens
}

// Role says what a paragraph is there for. Quotes and summaries come from Body
// alone.
type Role uint8

const (
	Body      Role = iota // the news itself
	Heading               // the headline repeated, a crosshead
	Byline                // who reported it
	Date                  // publication and update lines
	Caption               // picture labels, captions and credits
	Furniture             // share counts, "related", sign-up lines, copyright, contact and editor lines
)

// Paragraph is one paragraph: a run of text between line breaks.
type Paragraph struct {
	Span
	Role       Role
	Dateline   Span // "WASHINGTON (AP) — ", "(서울=연합뉴스) 홍길동 기자 = ", "新华社北京11月3日电 "; empty when there is none
	First, End int  // its sentences: Document.Sentences[First:End]
}

// Sentence is one sentence. Those of a paragraph, joined with the white space
// between them, are the paragraph.
type Sentence struct {
	Span
	Paragraph  int
	First, End int // its tokens: Document.Tokens[First:End]
}

// TokenKind tells words from numbers and marks.
type TokenKind uint8

const (
	Word   TokenKind = iota // Latin and other alphabetic scripts; a contraction or hyphenated word is one token
	Hangul                  // one run of Hangul, particles included (an eojeol)
	Han                     // one run of Han characters
	Kana                    // one run of Kana
	Number                  // 3, 1,200, 3.5
	Open                    // an opening quotation mark, by shape or, for straight marks, by position
	Close                   // a closing quotation mark
	Punct                   // any other mark or symbol
)

// Token is one word, number or mark. White space is no token.
type Token struct {
	Span
	Kind TokenKind
	Hash uint32   // of a word of ASCII letters and digits alone, by FNV-1a; 0 for any other
	sets wordSets // that a word stands in, once its terms are known
}

// NameKind says what sort of thing a name names.
type NameKind uint8

const (
	Person       NameKind = iota
	Organisation          // ministries, parties, companies, outlets, and offices when they act as a body
	Place
	Thing // weapons, laws, treaties: in the gazetteer alone, no mention has this kind
)

func (k NameKind) String() string {
	return [...]string{"person", "organisation", "place", "thing"}[k]
}

// Mention is one place in the text where a name stands.
type Mention struct {
	Span   // the name as it stands, without titles, possessive endings or particles
	Kind   NameKind
	Entity int // index into Document.Entities
}

// Gender is a person's, as far as the text or the gazetteer tells.
type Gender uint8

const (
	UnknownGender Gender = iota
	Male
	Female
)

// Entity is one person, organisation or place that the text names, however it
// spells the name.
type Entity struct {
	Kind     NameKind
	Key      string // the gazetteer's key ("kim_jong_un"), empty for a name it does not know
	Name     string // the fullest form that stands in this text
	Gender   Gender
	Mentions []int // indexes into Document.Mentions, in order
}

// TermsIn are the terms that stand inside a span.
func (d *Document) TermsIn(s Span) []Term {
	return inside(d.Terms, s, func(t *Term) Span { return t.Span })
}

// KnownIn are the gazetteer's names that stand inside a span.
func (d *Document) KnownIn(s Span) []KnownMention {
	return inside(d.Known, s, func(m *KnownMention) Span { return m.Span })
}

// inside are those of all, which stand in order of their place, that stand
// inside s.
func inside[T any](all []T, s Span, place func(*T) Span) []T {
	from := sort.Search(len(all), func(i int) bool { return place(&all[i]).Start >= s.Start })
	end := from
	for end < len(all) && place(&all[end]).End <= s.End {
		end++
	}
	return all[from:end:end]
}

// Slice is the text of a span.
func (d *Document) Slice(s Span) string { return d.Text[s.Start:s.End] }
