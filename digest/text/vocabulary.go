package text

import "strings"

// wordSets are the lists of words that a word stands in, a bit each, so that
// one look-up tells all that the lists know of it.
type wordSets uint64

const (
	bound wordSets = 1 << iota
	numbered
	either
	openers
	tellers
	timeWord
	placeLetters
	nameParticle
	honorific
	rankWord
	smallTitle
	orgWord
	orgLinked
	placeWord
	notName
	sentenceWord
	startsAnew
	female
	male
	acronymStop
	generation
	months
	dateWord
	givenName // a first name, of whichever gender
	maleName  // of men alone
	femaleName
	koreanSurname // in Latin letters
	chineseSurname
	capital // no list: the word begins with a capital
)

// has reports whether w stands in one of the lists.
func (l wordSets) has(w string) bool { return vocabulary[w]&l != 0 }

// is reports whether the token stands in one of the lists.
func (t *Token) is(l wordSets) bool { return t.sets&l != 0 }

// gender is that of the bearers of a first name.
func (l wordSets) gender() Gender {
	switch {
	case l&maleName != 0:
		return Male
	case l&femaleName != 0:
		return Female
	}
	return UnknownGender
}

// vocabulary has the lists of every listed word.
var vocabulary = func() map[string]wordSets {
	v := make(map[string]wordSets, 4096)
	for _, l := range []struct {
		is    wordSets
		words string
	}{
		{bound, boundList}, {numbered, numberedList}, {either, eitherList}, {openers, openersList}, {tellers, tellersList},
		{timeWord, timeWordList}, {placeLetters, placeLettersList}, {nameParticle, nameParticleList}, {honorific, honorificList},
		{rankWord, rankWordList}, {smallTitle, smallTitleList}, {orgWord, orgWordList}, {orgLinked, orgLinkedList},
		{placeWord, placeWordList}, {notName, notNameList}, {sentenceWord, sentenceWordList}, {startsAnew, startsAnewList},
		{female, femaleList}, {male, maleList}, {acronymStop, acronymStopList}, {generation, generationList},
		{months, monthsList}, {dateWord, dateWordList},
	} {
		for w := range strings.FieldsSeq(l.words) {
			v[w] |= l.is
		}
	}
	for w, g := range lists.given {
		v[w] |= givenName | [...]wordSets{UnknownGender: 0, Male: maleName, Female: femaleName}[g]
	}
	for w := range lists.korean {
		v[w] |= koreanSurname
	}
	for w := range lists.chinese {
		v[w] |= chineseSurname
	}
	return v
}()

// setsOf are all the sets of a word.
func setsOf(w string) wordSets {
	if startsUpper(w) {
		return vocabulary[w] | capital
	}
	return vocabulary[w]
}

// lexeme is what is known of a word, whatever text it stands in.
type lexeme struct {
	word string
	term string
	hash uint32 // of the term
	sets wordSets
}

// lexemes remembers words that were met before, for a text uses few words and
// uses them often: by a word's hash its row, in which the latest two stay. What
// it remembers changes no result.
type lexemes [1 << 13][2]lexeme

// of is the lexeme of a word of ASCII letters and digits whose hash is h.
func (met *lexemes) of(w string, h uint32) *lexeme {
	if met == nil {
		x := newLexeme(w)
		return &x
	}
	row := &met[(h^h>>16)%uint32(len(met))]
	if row[0].word == w {
		return &row[0]
	}
	if row[1].word != w {
		row[1] = newLexeme(strings.Clone(w)) // not to hold on to the text
	}
	row[0], row[1] = row[1], row[0]
	return &row[0]
}

func newLexeme(w string) lexeme {
	term := wordTerm(w)
	return lexeme{word: w, term: term, hash: Hash(term), sets: setsOf(w)}
}
