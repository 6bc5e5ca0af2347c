package text

import "unicode/utf8"

// lex appends the tokens of s[from:to] to dst, quotation marks still as Punct.
// The indexes (into dst) of tokens that are or may be quotation marks are
// appended to marks.
func lex(dst []Token, marks []int, s string, from, to int) ([]Token, []int) {
	for i := from; i < to; {
		r, w := runeAt(s, i)
		start := i
		i += w
		var kind TokenKind
		var hash uint32
		switch classOf(r) {
		case classSpace:
			continue
		case classLetter:
			kind = Word
			letters, h := 1, hashByte(hashSeed, s[start])
			plain := r < utf8.RuneSelf
			if plain {
				for i < to && isAlnum[s[i]] {
					h = hashByte(h, s[i])
					letters++
					i++
				}
			}
			if i < to && goesOn[s[i]] {
				end := i
				i = endOfWord(s, i, to, letters)
				plain = plain && i == end
			}
			if plain {
				hash = h
			}
		case classDigit:
			kind, i = endOfNumber(s, i, to)
		case classHangul:
			kind = Hangul
			i = endOfRun(s, i, to, classHangul)
		case classHan:
			kind = Han
			i = endOfRun(s, i, to, classHan)
		case classKana:
			kind = Kana
			i = endOfRun(s, i, to, classKana)
		default:
			kind = Punct
			if shapeOf(r) != noMark {
				marks = append(marks, len(dst))
			}
		}
		dst = append(dst, Token{Span: Span{start, i}, Kind: kind, Hash: hash})
	}
	return dst, marks
}

func endOfRun(s string, i, to int, c class) int {
	for i < to {
		r, w := runeAt(s, i)
		if classOf(r) != c {
			break
		}
		i += w
	}
	return i
}

// goesOn are the bytes by which a word may go on that are no ASCII letters and
// digits.
var goesOn = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= utf8.RuneSelf || c == '\'' || c == '-' || c == '&' || c == '.'
	}
	return t
}()

// endOfWord goes on from inside a word, so many letters of which have been
// passed since its last mark: letters and digits; apostrophes and hyphens
// between them; & between capitals (AT&T); and full stops of letter words such
// as U.S. and a.m., the last one included.
func endOfWord(s string, i, to, letters int) int {
	dotted := false // whether stops part the letters
	for i < to {
		r, w := runeAt(s, i)
		switch c := classOf(r); {
		case c == classLetter || c == classDigit || r == 0x00AD || r == 0x200B || r == 0x200D:
			letters++
			i += w
			continue
		case isApostrophe(r) || isHyphen(r):
			if next := classOf(runeAfter(s[:to], i+w)); next == classLetter || next == classDigit && isHyphen(r) {
				i += w
				letters = 0
				continue
			}
		case r == '&':
			if isUpper(runeBefore(s, i)) && isUpper(runeAfter(s[:to], i+w)) {
				i += w
				letters = 0
				continue
			}
		case r == '.' && letters == 1 && isLetter(runeAfter(s[:to], i+w)) && endsLetter(s, i+w, to):
			i += w
			letters, dotted = 0, true
			continue
		case r == '.' && letters == 1 && dotted:
			i += w
			if i+1 < to && s[i] == '-' && isLetter(runeAfter(s[:to], i+1)) { // U.S.-led
				i++
				letters, dotted = 0, false
				continue
			}
		}
		return i
	}
	return i
}

// endsLetter reports whether one letter alone stands at i, with a full stop
// behind it or none (U.S.A.).
func endsLetter(s string, i, to int) bool {
	_, w := runeAt(s, i)
	next := runeAfter(s[:to], i+w)
	return !isLetter(next) && classOf(next) != classDigit
}

// endOfNumber goes on from inside a number; one that has letters behind it
// (20th, 5G, 1990s) is a word.
func endOfNumber(s string, i, to int) (TokenKind, int) {
	for i < to {
		r, w := runeAt(s, i)
		switch classOf(r) {
		case classDigit:
			i += w
			continue
		case classLetter:
			return Word, endOfWord(s, i, to, 1)
		}
		if (r == '.' || r == ',' || r == '．' || r == '，' && isFullDigit(runeBefore(s, i))) && classOf(runeAfter(s[:to], i+w)) == classDigit {
			i += w
			continue
		}
		if r == '-' && isLetter(runeAfter(s[:to], i+w)) { // 12-year-old
			return Word, endOfWord(s, i+w, to, 1)
		}
		break
	}
	return Number, i
}

func isFullDigit(r rune) bool { return r >= '０' && r <= '９' }
