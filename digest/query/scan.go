package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hanwire/digest/text"
)

// script tells how the characters of a unit make words.
type script uint8

const (
	latin  script = iota // words between spaces, of any alphabet, and numbers
	hangul               // words between spaces with particles hanging on to them
	han                  // no spaces: a word is any run of characters; Kana too
)

// unit is a run of one script: a Latin word, an eojeol, a run of Han
// characters. "5G기술" is two units, "rare-earth" too.
type unit struct {
	start, end int32 // bytes of the source
	from, to   int32 // bytes of the folded text
	script     script
	capitals   bool // a Latin word without a small letter
	dash       bool // a hyphen and nothing else stands between it and the next unit
	space      bool // white space and nothing else stands between it and the last unit
	stop       bool // a sentence or paragraph ends between it and the last unit
}

// section is a scanned text: the title, the body, a speaker's name.
type section struct {
	source string
	units  []unit
	folded string // the units in lower case, narrow, without marks and accents, simplified
	offset []int  // from bytes of the normalised source to bytes of the given one; nil when they are the same
}

func (s *section) word(i int) string { return s.folded[s.units[i].from:s.units[i].to] }

// scan cuts s into units. Composed and decomposed characters, full and half
// width, capitals, accents and both Chinese scripts come out the same.
func scan(s string) section {
	var sc scanner
	return sc.scan(s)
}

// scanner holds what scanning one text after another can use again.
type scanner struct {
	s     string
	units []unit // of all sections since reset
	first int    // of this section's
	buf   []byte
}

// reset makes the memory of all sections that sc has scanned free for new
// ones.
func (sc *scanner) reset() { sc.units = sc.units[:0] }

func (sc *scanner) scan(s string) section {
	sec := section{source: s}
	if !isComposed(s) {
		sec.source, sec.offset = compose(s)
	}
	sc.s, sc.first, sc.buf = sec.source, len(sc.units), sc.buf[:0]
	sc.run()
	n := len(sc.units)
	sec.units, sec.folded = sc.units[sc.first:n:n], string(sc.buf)
	return sec
}

// isComposed reports whether s is in NFC; false only when it is not. It looks
// at the first bytes of characters, since most news has none that need a
// closer look.
func isComposed(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case 0xCC, 0xCD, 0xE0, 0xE1, 0xF0:
			// Combining marks, scripts with vowel signs, Hangul letters, rare ideographs.
			return norm.NFC.IsNormalString(s)
		case 0xEF:
			if i+1 < len(s) && s[i+1] < 0xAC { // compatibility ideographs; full-width forms come behind
				return norm.NFC.IsNormalString(s)
			}
		case 0x99, 0x9A:
			if i >= 2 && s[i-1] == 0x82 && s[i-2] == 0xE3 { // the voicing marks of Kana
				return norm.NFC.IsNormalString(s)
			}
		}
	}
	return true
}

// compose is s in NFC with the offset in s of each byte of the result.
func compose(s string) (string, []int) {
	var it norm.Iter
	it.InitString(norm.NFC, s)
	var b strings.Builder
	offset := make([]int, 0, len(s)+1)
	for !it.Done() {
		at := it.Pos()
		seg := it.Next()
		b.Write(seg)
		for range seg {
			offset = append(offset, at)
		}
	}
	return b.String(), append(offset, len(s))
}

// span is the span of the given text for bytes [i,j) of the normalised one.
func (s *section) span(i, j int) text.Span {
	if s.offset != nil {
		i, j = s.offset[i], s.offset[j]
	}
	return text.Span{Start: i, End: j}
}

// at is the byte in the source of the character of unit i whose folded form
// begins at byte off of its word. Only Hangul and Han units are cut.
func (s *section) at(i, off int) int {
	u, w := &s.units[i], s.word(i)
	if off == len(w) {
		return int(u.end)
	}
	n := utf8.RuneCountInString(w[:off])
	at := int(u.start)
	for n > 0 || isJoinerAt(s.source, at) {
		r, size := utf8.DecodeRuneInString(s.source[at:])
		if !isJoiner(r) {
			n--
		}
		at += size
	}
	return at
}

// endAt is the end in the source of the character before byte off of the word
// of unit i.
func (s *section) endAt(i, off int) int {
	w := s.word(i)
	if off == len(w) {
		return int(s.units[i].end)
	}
	_, size := utf8.DecodeLastRuneInString(w[:off])
	at := s.at(i, off-size)
	_, size = utf8.DecodeRuneInString(s.source[at:])
	return at + size
}

func (sc *scanner) run() {
	s := sc.s
	gap := 0 // where the last unit ended
	for i := 0; i < len(s); {
		r, w := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(s[i:])
		}
		c := classOf(r)
		if c == other {
			i += w
			continue
		}
		u := unit{start: int32(i), from: int32(len(sc.buf))}
		switch c {
		case letter:
			u.script = latin
			i = sc.latinWord(i, &u)
		case syllables:
			u.script = hangul
			i = sc.eojeol(i)
		default:
			u.script = han
			i = sc.ideographs(i)
		}
		u.end, u.to = int32(i), int32(len(sc.buf))
		if n := len(sc.units); n > sc.first {
			between(s[gap:u.start], &sc.units[n-1], &u)
		}
		sc.units = append(sc.units, u)
		gap = i
		if u.script == latin {
			gap = sc.possessive(i)
			i = gap
		}
	}
}

// between notes what stands between two units.
func between(gap string, last, u *unit) {
	switch gap {
	case "":
		return
	case " ", "\u00a0", "\u3000":
		u.space = true
		return
	case "-", "‐", "‑":
		last.dash = last.script == latin && u.script == latin
		return
	}
	blank := true
	for i, r := range gap {
		switch r {
		case '?', '!', '。', '！', '？', ';', '；', '｡':
			u.stop = true
		case '\n', '\r', '\u2028', '\u2029':
			u.stop = true
		case '.':
			// A full stop ends a sentence unless what it follows is an abbreviation:
			// "N. Korea", "Gen. Kim".
			if rest := gap[i+1:]; rest != "" && isSpaceByte(rest[0]) && last.end-last.start > 3 {
				u.stop = true
			}
		}
		blank = blank && unicode.IsSpace(r)
	}
	u.space = blank
}

func isSpaceByte(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// latinWord folds the word at i into buf and returns its end. Apostrophes
// inside it are left out (O'Brien), as are the stops of U.S. and the commas of
// 1,200.
func (sc *scanner) latinWord(i int, u *unit) int {
	s := sc.s
	small, large, dotted := false, false, false
	for i < len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
			small = true
			sc.buf = append(sc.buf, c)
			i++
			continue
		case 'A' <= c && c <= 'Z':
			large = true
			sc.buf = append(sc.buf, c+'a'-'A')
			i++
			continue
		case '0' <= c && c <= '9':
			sc.buf = append(sc.buf, c)
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		if isCJK := r >= 0x1100 && classOf(r) > letter; isCJK {
			break
		}
		if classOf(r) == letter {
			small = small || unicode.IsLower(r)
			large = large || unicode.IsUpper(r)
			sc.buf = append(sc.buf, foldLetter(r)...)
			i += w
			continue
		}
		if unicode.Is(unicode.Mn, r) || r == '\u00ad' || r == '\u200b' || r == '\u200d' {
			i += w
			continue
		}
		if skip := sc.inner(int(u.start), i, r, w); skip > 0 {
			switch {
			case r != '.':
			case sc.decimal(i):
				sc.buf = append(sc.buf, '.')
			default:
				dotted = true
			}
			i += skip
			continue
		}
		break
	}
	if dotted && i < len(s) && s[i] == '.' {
		i++
	}
	u.capitals = large && !small
	return i
}

// inner is the length of the mark r at i that belongs to the word begun at
// start, or 0.
func (sc *scanner) inner(start, i int, r rune, w int) int {
	s := sc.s
	next := byte(0)
	if i+w < len(s) {
		next = s[i+w]
	}
	switch r {
	case '\'', '’', 'ʼ', '＇':
		if i+w >= len(s) || sc.possessive(i) > i {
			return 0
		}
		if n, _ := utf8.DecodeRuneInString(s[i+w:]); classOf(n) == letter && !unicode.IsDigit(n) {
			return w
		}
	case '.':
		if sc.decimal(i) {
			return w
		}
		// The stops of U.S., U.N., D.C.: single letters all along.
		if !isLetterByte(s[i-1]) || i-1 > start && s[i-2] != '.' {
			return 0
		}
		if isLetterByte(next) && (i+w+1 >= len(s) || !isLetterByte(s[i+w+1])) {
			return w
		}
	case ',':
		if isDigitByte(s[i-1]) && i+4 <= len(s) && isDigitByte(s[i+1]) && isDigitByte(s[i+2]) && isDigitByte(s[i+3]) &&
			(i+4 == len(s) || !isDigitByte(s[i+4])) {
			return w
		}
	}
	return 0
}

// decimal tells whether the stop at i stands between digits.
func (sc *scanner) decimal(i int) bool {
	s := sc.s
	return i > 0 && i+1 < len(s) && s[i] == '.' && isDigitByte(s[i-1]) && isDigitByte(s[i+1])
}

// possessive is the end of a possessive ending at i, or i: the 's of China's,
// the apostrophe of states'.
func (sc *scanner) possessive(i int) int {
	s := sc.s
	r, w := utf8.DecodeRuneInString(s[i:])
	if r != '\'' && r != '’' && r != 'ʼ' && r != '＇' {
		return i
	}
	j := i + w
	if j < len(s) && (s[j] == 's' || s[j] == 'S') {
		n, _ := utf8.DecodeRuneInString(s[j+1:])
		if j+1 == len(s) || classOf(n) != letter {
			return j + 1
		}
	}
	return i
}

func isLetterByte(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigitByte(c byte) bool  { return '0' <= c && c <= '9' }

// eojeol folds the Hangul run at i. A middle dot between syllables, as in
// 한·미·일, is left out.
func (sc *scanner) eojeol(i int) int {
	s := sc.s
	for i < len(s) {
		r, w := utf8.DecodeRuneInString(s[i:])
		if classOf(r) == syllables {
			sc.buf = append(sc.buf, s[i:i+w]...)
			i += w
			continue
		}
		if n, _ := utf8.DecodeRuneInString(s[i+w:]); !isJoiner(r) || classOf(n) != syllables {
			break
		}
		i += w
	}
	return i
}

// ideographs folds the run of Han or Kana at i.
func (sc *scanner) ideographs(i int) int {
	s, start := sc.s, i
	for i < len(s) {
		r, w := utf8.DecodeRuneInString(s[i:])
		if classOf(r) != ideograph {
			break
		}
		i += w
	}
	sc.buf = append(sc.buf, text.Simplified(s[start:i])...)
	return i
}

// isJoiner tells whether r stands inside 한·미·일 without parting it.
func isJoiner(r rune) bool {
	return r == '·' || r == 'ㆍ' || r == '・' || r == '‧' || r == '･' || r == '\u200b' || r == '\u00ad'
}

func isJoinerAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return isJoiner(r)
}

type class uint8

const (
	other class = iota
	letter
	syllables
	ideograph
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return letter
		}
		return other
	case r >= 0xAC00 && r <= 0xD7A3:
		return syllables
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF, r == '々', r == '〇',
		r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA, r == 'ー', r >= 0x20000 && r <= 0x3FFFF:
		return ideograph
	case isJoiner(r):
		return other
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return letter
	}
	return other
}

// foldLetter is a letter or digit in lower case, narrow and without accent.
func foldLetter(r rune) string {
	if r >= 0xFF01 && r <= 0xFF5E {
		r -= 0xFEE0
	}
	r = unicode.ToLower(r)
	if r < utf8.RuneSelf {
		return string(r)
	}
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ı':
		return "i"
	}
	if unicode.Is(unicode.Latin, r) {
		for _, d := range norm.NFKD.String(string(r)) {
			return string(unicode.ToLower(d))
		}
	}
	return string(r)
}
