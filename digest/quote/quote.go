// Package quote finds who said what in a news article: the words in quotation
// marks and the clauses that report words, the speaker of each, what the
// article says the speaker is, and which few quotes say most.
//
// A quote is a span of the text that was given, never a rewording. News says
// whose words it prints in a handful of ways: a speaker and a verb before,
// behind or in the midst of them (Smith said, said Smith), a colon, "according
// to", or nothing at all where the voice before goes on. English tells them
// apart by position, Korean by the particles behind the quote and the verb at
// the end, Chinese by the verb beside it; so the verbs are lists only where
// position is not enough.
//
// [Extract] is the way in. It pairs the marks (findRuns), reads the sentences
// with what stands in marks masked, so that nobody quoted can be taken for the
// one who quotes (masked, koreanSentences, chineseSentences), finds the speaker
// of each run and each reported clause, and tells speech from titles, terms and
// scare quotes. Phrases become people in cast (English) and people (Korean,
// Chinese): pronouns, surnames, offices and "the spokesman" lead to the one
// who was named, and roles stand for a person wherever the article told them.
//
// [Pick] chooses key quotes among those of one article or of several, [Same]
// tells variants of one utterance, [Link] opens a page at the words.
//
// The package invents nothing: a speaker it cannot find stays empty. It keeps
// no state, and its time is linear in the text, whatever the text.
package quote

import "hanwire/digest/text"

// Kind tells how a quote stands in the text.
type Kind uint8

const (
	Direct   Kind = iota // the words inside one run of quotation marks, marks left out
	Mixed                // a reported clause with marks inside it
	Indirect             // a reported clause without marks
)

func (k Kind) String() string { return [...]string{"direct", "mixed", "indirect"}[k] }

// Quote is a span of a document in somebody's own or reported words.
type Quote struct {
	text.Span
	Kind       Kind
	Utterance  int       // quotes of one utterance, split by its speaker or by paragraph ends, share a number
	Speaker    string    // the fullest name or office known in the article; empty when there is none
	SpeakerKey string    // the gazetteer's key, empty when unknown
	SpeakerAt  text.Span // the mention nearest the quote; zero when there is none
	Role       string    // verbatim from the article
	RoleAt     text.Span
	Cue        string // the reporting verb as it stands
	CueAt      text.Span
	Key        bool    // one of the two or three that say most
	Score      float64 // how much it says, for choosing key quotes over several articles
}
