// Package quote finds who said what.
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
