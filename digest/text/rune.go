package text

import (
	"unicode"
	"unicode/utf8"
)

// class sorts runes by what they may be part of.
type class uint8

const (
	classMark   class = iota // punctuation, symbols, control characters, broken bytes
	classSpace               // white space as unicode.IsSpace has it
	classLetter              // alphabetic scripts and the combining marks on them
	classDigit
	classHangul
	classHan
	classKana
)

var asciiClass = func() (t [utf8.RuneSelf]class) {
	for r := range t {
		t[r] = slowClass(rune(r))
	}
	return t
}()

func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return asciiClass[r]
	}
	return slowClass(r)
}

func slowClass(r rune) class {
	switch {
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0x1100 && r <= 0x11FF, r >= 0x3131 && r <= 0x318E:
		return classHangul
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF, r >= 0xF900 && r <= 0xFAFF,
		r >= 0x20000 && r <= 0x3FFFF, r == '々', r == '〇':
		return classHan
	case r >= 0x3041 && r <= 0x309F, r >= 0x30A1 && r <= 0x30FF && r != '・',
		r >= 0x31F0 && r <= 0x31FF, r >= 0xFF66 && r <= 0xFF9F:
		return classKana
	case r >= 0x2010 && r <= 0x206F: // dashes, quotation marks and the like, the commonest non-ASCII of English
		if r == '\u2028' || r == '\u2029' || r == '\u202f' || r == '\u205f' {
			return classSpace
		}
		return classMark
	case unicode.IsSpace(r):
		return classSpace
	case unicode.IsLetter(r), unicode.IsMark(r):
		return classLetter
	case unicode.IsDigit(r):
		return classDigit
	}
	return classMark
}

// runeAt is the rune that begins at byte i of s and its width; broken bytes
// come as utf8.RuneError of width 1.
func runeAt(s string, i int) (rune, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[i:])
}

// runeBefore is the rune that ends at byte i of s; 0 at the start.
func runeBefore(s string, i int) rune {
	if i == 0 {
		return 0
	}
	if c := s[i-1]; c < utf8.RuneSelf {
		return rune(c)
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r
}

// runeAfter is the rune that begins at byte i of s; 0 at the end.
func runeAfter(s string, i int) rune {
	if i >= len(s) {
		return 0
	}
	r, _ := runeAt(s, i)
	return r
}

func isSpace(r rune) bool  { return classOf(r) == classSpace }
func isLetter(r rune) bool { return classOf(r) == classLetter }

func isUpper(r rune) bool {
	if r < utf8.RuneSelf {
		return 'A' <= r && r <= 'Z'
	}
	return unicode.IsUpper(r)
}

func isLower(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z'
	}
	return unicode.IsLower(r)
}

// startsUpper reports whether s begins with a capital letter.
func startsUpper(s string) bool { return isUpper(runeAfter(s, 0)) }

// startsLower reports whether s begins with a small letter.
func startsLower(s string) bool { return isLower(runeAfter(s, 0)) }

// allUpper reports whether s has two capitals or more and no small letter.
func allUpper(s string) bool {
	n := 0
	for _, r := range s {
		if isUpper(r) {
			n++
		} else if isLower(r) {
			return false
		}
	}
	return n > 1
}

// isApostrophe reports marks that writers use for the apostrophe.
func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' || r == '＇' }

// isHyphen reports marks that join the parts of a compound.
func isHyphen(r rune) bool { return r == '-' || r == '‐' || r == '‑' }
