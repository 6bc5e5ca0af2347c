package text

import "unicode/utf8"

// indexStep is how many bytes share one entry of an [Index]: the price of a
// look-up is a scan of at most that many bytes, its memory 8 bytes per step.
const indexStep = 128

// Index turns byte offsets of a text into code point offsets and back. For a
// text that is all ASCII it is the identity and holds nothing. A broken byte
// counts as one code point, as in a range loop. An Index may be used from many
// goroutines.
type Index struct {
	s     string
	runes []int // runes[k] is the number of code points that begin before byte k*indexStep; nil for ASCII
	total int
}

// NewIndex makes the index of s.
func NewIndex(s string) Index {
	x := Index{s: s, total: len(s)}
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return x
	}
	x.runes = make([]int, 0, len(s)/indexStep+1)
	n := 0
	for i := range s {
		for len(x.runes)*indexStep <= i {
			x.runes = append(x.runes, n)
		}
		n++
	}
	x.total = n
	return x
}

// Rune is the offset in code points of byte offset b. An offset inside a code
// point counts as its end; offsets outside the text as its nearer end.
func (x Index) Rune(b int) int {
	b = min(max(b, 0), len(x.s))
	if x.runes == nil {
		return b
	}
	if b == len(x.s) {
		return x.total
	}
	k := b / indexStep
	if k >= len(x.runes) {
		k = len(x.runes) - 1
	}
	n, i := x.runes[k], x.begin(k)
	for i < b {
		_, w := runeAt(x.s, i)
		i += w
		n++
	}
	return n
}

// Byte is the byte offset of code point offset r, the inverse of [Index.Rune].
func (x Index) Byte(r int) int {
	r = min(max(r, 0), x.total)
	if x.runes == nil {
		return r
	}
	if r == x.total {
		return len(x.s)
	}
	lo, hi := 0, len(x.runes) // the last step with runes[k] <= r
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; x.runes[mid] <= r {
			lo = mid
		} else {
			hi = mid
		}
	}
	n, i := x.runes[lo], x.begin(lo)
	for n < r {
		_, w := runeAt(x.s, i)
		i += w
		n++
	}
	return i
}

// begin is the first byte at or after step k at which a code point begins.
func (x Index) begin(k int) int {
	i := k * indexStep
	if i == 0 {
		return 0
	}
	// At most three bytes back stands the start of a code point that covers i.
	for j := i - 1; j >= 0 && j > i-utf8.UTFMax; j-- {
		if utf8.RuneStart(x.s[j]) {
			if _, w := runeAt(x.s, j); j+w > i {
				return j + w
			}
			break
		}
	}
	return i
}
