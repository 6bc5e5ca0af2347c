package text

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Term is one unit of search: what a text is found by.
type Term struct {
	Text string // its normal form: a Latin stem, a number, or two Hangul or Han characters
	Span Span   // where it stands
	Hash uint32 // Hash(Text)
}

// Pair is the hash of two terms that stand side by side.
func (t Term) Pair(next Term) uint32 { return hashOn(hashOn(t.Hash, " "), next.Text) }

// Hash is FNV-1a of 32 bits. It does not depend on the process, so it may be
// stored.
func Hash(term string) uint32 { return hashOn(hashSeed, term) }

const hashSeed uint32 = 2166136261

func hashByte(h uint32, c byte) uint32 { return (h ^ uint32(c)) * 16777619 }

// hashOn goes on from the hash of what stands before s.
func hashOn(h uint32, s string) uint32 {
	for i := range len(s) {
		h = hashByte(h, s[i])
	}
	return h
}

// Terms are the index terms of a text in order of their place. A query and
// the text that it should find go through this same function:
//
//   - Latin words in lower case, without possessive endings and accents, as
//     Porter2 stems; a hyphenated word gives its parts and then the whole
//     (export-led: export, led, exportl); U.S. and US are "u.s", other dotted
//     letters lose their stops (D.C.: dc);
//   - numbers without separators of thousands;
//   - Hangul as overlapping pairs of syllables of each word after common
//     particles and endings; a word of one syllable gives itself. Where a word
//     has no particle the pair across the space to the next one is a term too,
//     so that 수출 통제 is found by 수출통제;
//   - Han and Kana as overlapping pairs, traditional characters simplified; a
//     character that stands alone gives itself.
func Terms(s string) []Term {
	if s == "" {
		return nil
	}
	toks, _ := lex(make([]Token, 0, len(s)/5+4), nil, s, 0, len(s))
	return appendTerms(make([]Term, 0, len(toks)+8), s, toks, nil)
}

// appendTerms appends the terms of the tokens of s, as lex has them, and tells
// the tokens their sets.
func appendTerms(terms []Term, s string, toks []Token, met *lexemes) []Term {
	bare := -1 // where the last syllable of a bare Hangul word stands, -1 after anything else
	for k := range toks {
		t := &toks[k]
		wasBare := bare
		bare = -1
		if t.Hash != 0 {
			x := met.of(s[t.Start:t.End], t.Hash)
			t.sets = x.sets
			terms = append(terms, Term{x.term, t.Span, x.hash})
			continue
		}
		w := s[t.Start:t.End]
		switch t.Kind {
		case Word:
			t.sets = setsOf(w)
			terms = appendWord(terms, s, t.Span, met)
		case Number:
			n := plainNumber(w)
			terms = append(terms, Term{n, t.Span, Hash(n)})
		case Hangul:
			stem := hangulStem(w)
			if wasBare >= 0 && k > 0 && s[toks[k-1].End:t.Start] == " " {
				last, _ := runeAt(s, wasBare)
				first, n := runeAt(s, t.Start)
				pair := string([]rune{last, first})
				terms = append(terms, Term{pair, Span{wasBare, t.Start + n}, Hash(pair)})
			}
			terms = appendPairs(terms, s, Span{t.Start, t.Start + len(stem)}, false)
			if len(stem) == len(w) {
				_, n := utf8.DecodeLastRuneInString(w)
				bare = t.End - n
			}
		case Han, Kana:
			terms = appendPairs(terms, s, t.Span, true)
		}
	}
	return terms
}

// appendPairs appends the overlapping pairs of characters of s[sp].
func appendPairs(terms []Term, s string, sp Span, simplify bool) []Term {
	first, w := runeAt(s, sp.Start)
	if sp.Start+w >= sp.End {
		one := s[sp.Start:sp.End]
		if simplify {
			one = Simplified(one)
		}
		return append(terms, Term{one, sp, Hash(one)})
	}
	at := sp.Start
	for i := sp.Start + w; i < sp.End; {
		r, n := runeAt(s, i)
		pair := s[at : i+n]
		if simplify && (simpleRune(first) != first || simpleRune(r) != r) {
			pair = string([]rune{simpleRune(first), simpleRune(r)})
		}
		terms = append(terms, Term{pair, Span{at, i + n}, Hash(pair)})
		at, first = i, r
		i += n
	}
	return terms
}

// appendWord appends the terms of a Latin word that is not plain.
func appendWord(terms []Term, s string, sp Span, met *lexemes) []Term {
	w := s[sp.Start:sp.End]
	add := func(start, end int) {
		h := hashSeed
		for i := start; i < end; i++ {
			if !isAlnum[s[i]] {
				term := wordTerm(s[start:end])
				terms = append(terms, Term{term, Span{start, end}, Hash(term)})
				return
			}
			h = hashByte(h, s[i])
		}
		x := met.of(s[start:end], h)
		terms = append(terms, Term{x.term, Span{start, end}, x.hash})
	}
	whole := withoutPossessive(w)
	sp.End = sp.Start + len(whole)
	if isDotted(whole) {
		if head, tail, led := strings.Cut(whole, "-"); led { // U.S.-led
			add(sp.Start, sp.Start+len(head))
			add(sp.End-len(tail), sp.End)
			return terms
		}
		add(sp.Start, sp.End)
		return terms
	}
	parts, start := 0, sp.Start
	for i := sp.Start; i <= sp.End; {
		r, n := rune(0), 1
		if i < sp.End {
			r, n = runeAt(s, i)
		}
		if i == sp.End || isHyphen(r) || r == '&' {
			if i > start && (parts > 0 || i < sp.End) {
				add(start, i)
				parts++
			}
			start = i + n
		}
		i += n
	}
	add(sp.Start, sp.End)
	return terms
}

// isAlnum are the ASCII letters and digits.
var isAlnum = func() (t [256]bool) {
	for c := range utf8.RuneSelf {
		t[c] = asciiClass[c] == classLetter || asciiClass[c] == classDigit
	}
	return t
}()

// isDotted reports letter words such as U.S., with or without more behind.
func isDotted(w string) bool { return strings.Contains(w, ".") }

// withoutPossessive cuts 's and a bare apostrophe off the end of a word.
func withoutPossessive(w string) string {
	r, n := utf8.DecodeLastRuneInString(w)
	if isApostrophe(r) {
		return w[:len(w)-n]
	}
	if r == 's' || r == 'S' {
		if a, m := utf8.DecodeLastRuneInString(w[:len(w)-n]); isApostrophe(a) {
			return w[:len(w)-n-m]
		}
	}
	return w
}

// wordTerm is the normal form of one Latin word or part of one.
func wordTerm(w string) string {
	if w == "US" || w == "U.S." || w == "U.S" {
		return "u.s"
	}
	for i := 0; i < len(w); i++ {
		if c := w[i]; c >= utf8.RuneSelf || c == '.' || c == '\'' || c == '-' || c == '&' {
			return Stem(foldWord(w))
		}
	}
	return Stem(w)
}

// foldWord is w in lower case without accents and inner marks.
func foldWord(w string) string {
	var b strings.Builder
	b.Grow(len(w))
	for _, r := range norm.NFKD.String(strings.ToLower(w)) {
		switch {
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø':
			b.WriteByte('o')
		case r == 'ł':
			b.WriteByte('l')
		case r == 'đ':
			b.WriteByte('d')
		case r >= 0x300 && r <= 0x36F:
		case classOf(r) == classLetter || classOf(r) == classDigit:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainNumber is a number without separators, full-width digits made narrow.
func plainNumber(w string) string {
	plain := true
	for i := 0; i < len(w); i++ {
		if w[i] == ',' || w[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return w
	}
	return strings.ReplaceAll(norm.NFKC.String(w), ",", "")
}

// Fold makes texts comparable that say the same in other characters: NFKC,
// lower case, simplified Chinese, plain quotation marks, dashes and spaces.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c < ' ' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range strings.ToLower(norm.NFKC.String(s)) {
		switch {
		case r < utf8.RuneSelf && r >= ' ':
			b.WriteByte(byte(r))
		case isSpace(r):
			b.WriteByte(' ')
		case r == 0x00AD || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF:
		case isHyphen(r) || isDash(r) || r == '−':
			b.WriteByte('-')
		case r == '…':
			b.WriteString("...")
		default:
			switch familyOf(r) {
			case singles:
				b.WriteByte('\'')
				continue
			}
			if shapeOf(r) != noMark && familyOf(r) == doubles {
				b.WriteByte('"')
				continue
			}
			b.WriteRune(simpleRune(r))
		}
	}
	return b.String()
}
