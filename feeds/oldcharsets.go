package feeds

import (
	"encoding/base64"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/transform"
)

// Encodings that browsers have given up and golang.org/x/text with them, but
// that a feed may still name. They are read, never written.
var (
	utf7      encoding.Encoding = readOnly(decodeUTF7)
	iso2022KR encoding.Encoding = readOnly(decodeISO2022KR)
	johab     encoding.Encoding = readOnly(decodeJohab)
)

// readOnly is an encoding that decodes a document as a whole.
type readOnly func([]byte) []byte

func (f readOnly) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: wholly{decode: f}}
}

func (readOnly) NewEncoder() *encoding.Encoder { return encoding.Nop.NewEncoder() }

// wholly is a Transformer that waits for all of its source.
type wholly struct {
	transform.NopResetter
	decode func([]byte) []byte
}

func (w wholly) Transform(dst, src []byte, atEOF bool) (int, int, error) {
	if !atEOF {
		return 0, 0, transform.ErrShortSrc
	}
	out := w.decode(src)
	if len(out) > len(dst) {
		return 0, 0, transform.ErrShortDst
	}
	return copy(dst, out), len(src), nil
}

// decodeUTF7 reads runs of base64 between a plus and what is no base64.
// https://www.rfc-editor.org/rfc/rfc2152
func decodeUTF7(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '+' {
			out = append(out, b[i])
			i++
			continue
		}
		j := i + 1
		for j < len(b) && isBase64(b[j]) {
			j++
		}
		units := make([]byte, base64.RawStdEncoding.DecodedLen(j-i-1))
		n, err := base64.RawStdEncoding.Decode(units, b[i+1:j])
		switch {
		case err != nil:
			out = append(out, "\uFFFD"...)
		case j == i+1:
			out = append(out, '+')
		}
		var text []uint16
		for k := 0; k+1 < n; k += 2 {
			text = append(text, uint16(units[k])<<8|uint16(units[k+1]))
		}
		for _, r := range utf16.Decode(text) {
			out = utf8.AppendRune(out, r)
		}
		if j < len(b) && b[j] == '-' {
			j++
		}
		i = j
	}
	return out
}

func isBase64(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}

// decodeISO2022KR reads EUC-KR without its high bits, between shift out and
// shift in. https://www.rfc-editor.org/rfc/rfc1557
func decodeISO2022KR(b []byte) []byte {
	euc := make([]byte, 0, len(b))
	shifted := byte(0)
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == 0x0e:
			shifted = 0x80
		case c == 0x0f || c == '\n':
			shifted = 0
			if c == '\n' {
				euc = append(euc, c)
			}
		case c == 0x1b && i+3 < len(b) && string(b[i+1:i+4]) == "$)C":
			i += 3
		case c > ' ' && c < 0x7f:
			euc = append(euc, c|shifted)
		default:
			euc = append(euc, c)
		}
	}
	text, err := korean.EUCKR.NewDecoder().Bytes(euc)
	if err != nil {
		return euc
	}
	return text
}

// The places of initial, medial and final letters in five bits of Johab, minus
// one for none. KS X 1001, annex 3.
var (
	johabInitial = [32]int{-1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}
	johabMedial  = [32]int{-1, -1, -1, 0, 1, 2, 3, 4, -1, -1, 5, 6, 7, 8, 9, 10, -1, -1, 11, 12, 13, 14, 15, 16, -1, -1, 17, 18, 19, 20, -1, -1}
	johabFinal   = [32]int{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, -1, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, -1, -1}
)

// decodeJohab reads syllables put together of letters; signs and ideographs
// stand in the order of EUC-KR.
func decodeJohab(b []byte) []byte {
	out := make([]byte, 0, len(b)*3/2)
	euc := korean.EUCKR.NewDecoder()
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c < 0x80 {
			out = append(out, c)
			continue
		}
		if i+1 == len(b) {
			return append(out, "\uFFFD"...)
		}
		i++
		d := b[i]
		if c < 0xd8 {
			v := int(c)<<8 | int(d)
			first, middle, last := johabInitial[v>>10&31], johabMedial[v>>5&31], johabFinal[v&31]
			if first < 0 || middle < 0 || last < 0 {
				out = append(out, "\uFFFD"...)
				continue
			}
			out = utf8.AppendRune(out, rune(0xAC00+(first*21+middle)*28+last))
			continue
		}
		// Two rows of EUC-KR for each first byte.
		row, cell := 2*(int(c)-0xd9), int(d)-0x31
		if c >= 0xe0 {
			row = 2*(int(c)-0xe0) + 0x29
		}
		if d >= 0x91 {
			cell = int(d) - 0x43
		}
		if cell >= 94 {
			row, cell = row+1, cell-94
		}
		text, err := euc.Bytes([]byte{byte(0xa1 + row), byte(0xa1 + cell)})
		if err != nil || cell < 0 {
			text = []byte("\uFFFD")
		}
		out = append(out, text...)
	}
	return out
}
