package text

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

//go:embed han.txt
var hanTable string

const (
	firstHan = 0x3400
	lastHan  = 0x9FFF
)

// hanForms holds, for each character from firstHan on, its simplified form (0
// for itself) and whether it stands in one of the two scripts alone.
type hanForms struct {
	simple      [lastHan - firstHan + 1]uint16
	traditional [(lastHan-firstHan)/64 + 1]uint64
	simplified  [(lastHan-firstHan)/64 + 1]uint64
}

var hanScript = parseHan(hanTable)

func parseHan(table string) *hanForms {
	f := new(hanForms)
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '=':
			for _, r := range line[1:] {
				if i := int(r) - firstHan; i >= 0 && i < len(f.simple) {
					f.simplified[i/64] &^= 1 << (i % 64)
				}
			}
		default:
			for line != "" {
				t, n := utf8.DecodeRuneInString(line)
				s, m := utf8.DecodeRuneInString(line[n:])
				line = line[n+m:]
				i, j := int(t)-firstHan, int(s)-firstHan
				if i < 0 || i >= len(f.simple) || j < 0 || j >= len(f.simple) {
					continue
				}
				f.simple[i] = uint16(s)
				f.traditional[i/64] |= 1 << (i % 64)
				f.simplified[j/64] |= 1 << (j % 64)
			}
		}
	}
	return f
}

// simpleRune is the simplified form of r, or r.
func simpleRune(r rune) rune {
	if i := int(r) - firstHan; i >= 0 && i <= lastHan-firstHan {
		if s := hanScript.simple[i]; s != 0 {
			return rune(s)
		}
	}
	return r
}

// scriptOf tells which of the two Chinese scripts alone has r: -1 simplified,
// +1 traditional, 0 both or neither.
func scriptOf(r rune) int {
	i := int(r) - firstHan
	if i < 0 || i > lastHan-firstHan {
		return 0
	}
	switch bit := uint64(1) << (i % 64); {
	case hanScript.traditional[i/64]&bit != 0:
		return 1
	case hanScript.simplified[i/64]&bit != 0:
		return -1
	}
	return 0
}

// Simplified is s with each traditional character replaced by its simplified
// one, character by character: spans in code points stay what they are.
func Simplified(s string) string {
	for i, r := range s {
		if simpleRune(r) == r {
			continue
		}
		var b strings.Builder
		b.Grow(len(s))
		b.WriteString(s[:i])
		for _, r := range s[i:] {
			b.WriteRune(simpleRune(r))
		}
		return b.String()
	}
	return s
}
