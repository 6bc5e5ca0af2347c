// Package dateparser stands in for the parser of dates in any language that
// go-htmldate, and by it go-trafilatura, is linked with. Articles are dated by
// their feeds and their pages' own metadata, and trafilatura is told not to look
// for dates, so the parser is never asked; but its tables take every command
// 78 MB and a large part of its start. go.mod puts this in its place.
package dateparser

import (
	"errors"
	"time"
)

// ParserType and its values, and DateSource and its value, are those that
// go-htmldate names.
type (
	ParserType uint8
	DateSource uint8
)

const (
	CustomFormat ParserType = iota
	AbsoluteTime
)

const Past DateSource = 0

// Parser parses nothing.
type Parser struct{ ParserTypes []ParserType }

// Configuration is not read.
type Configuration struct {
	PreferredDateSource DateSource
	StrictParsing       bool
}

// Date is always the zero time.
type Date struct{ Time time.Time }

// Parse always fails.
func (*Parser) Parse(*Configuration, string, ...string) (Date, error) {
	return Date{}, errors.New("dateparser: left out of this program")
}
