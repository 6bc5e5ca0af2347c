package quote

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// family says which marks enclose a run.
type family uint8

const (
	double family = iota // “ ” " „ « »
	single               // ‘ ’ '
	corner               // 「 」, and 『 』 where no 「 」 is around them
	typed                // '' '', two apostrophes: no style guide's mark, left by typewriters and converters
)

// run is the text inside one pair of quotation marks, or the part of it that
// stands in one paragraph. Runs never overlap: marks nested in a run are part
// of its words.
type run struct {
	text.Span           // without marks and the white space at the edges
	outer     text.Span // with the marks that are there
	family    family
	par       int
	opened    bool // its opening mark stands in this paragraph
	closed    bool // its closing mark stands in this paragraph
}

// mark is one quotation mark.
type mark struct {
	at, size        int
	family          family
	opens, closes   bool // by position
	shape           int8 // +1 opening, -1 closing, 0 straight
	afterPunct      bool // the rune before is a comma, full stop or the like
	beforeLetter    bool
	afterLetterOrNo bool
}

// findRuns pairs the quotation marks of a document's body and headings,
// paragraph by paragraph, in one pass. A mark's shape counts, but where shape
// and position disagree (reversed marks, straight marks) position decides.
func (x *Extractor) findRuns(d *text.Document) {
	runs := x.runs[:0]
	open := false // a run of the paragraph before was not closed
	var openFamily family
	cjk := len(d.Lang) >= 2 && (d.Lang[:2] == "zh" || d.Lang[:2] == "ko" || d.Lang[:2] == "ja")
	for pi := range d.Paragraphs {
		p := &d.Paragraphs[pi]
		if p.Role != text.Body && p.Role != text.Heading {
			continue
		}
		x.marks = scanMarks(d.Text, p.Span, cjk, x.marks[:0])
		marks := x.marks
		if open && (len(marks) == 0 || marks[0].opens && marks[0].shape >= 0 || p.Role != text.Body) {
			open = false
		}
		first := len(runs)
		if open {
			for i, m := range marks {
				if m.family != openFamily || !m.closes {
					continue
				}
				if r := trimmed(d.Text, text.Span{Start: p.Start, End: m.at}); r.Len() > 0 {
					runs = append(runs, run{Span: r, outer: text.Span{Start: p.Start, End: m.at + m.size}, family: m.family, par: pi, closed: true})
				}
				marks = marks[i+1:]
				break
			}
			open = false
		}
		runs = pair(d, pi, marks, cjk, runs)
		if n := len(runs); n > first && !runs[n-1].closed {
			open, openFamily = true, runs[n-1].family
		}
	}
	x.runs = runs
}

// scanMarks lists the marks of a paragraph with what their neighbours say of
// them. Apostrophes are left out.
func scanMarks(s string, p text.Span, cjk bool, marks []mark) []mark {
	for i := p.Start; i < p.End; {
		if !mayBeMark[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		m := mark{at: i, size: size}
		switch r {
		case '“', '„', '«', '〝':
			m.shape = 1
		case '”', '»', '〞', '〟':
			m.shape = -1
		case '"', '＂':
		case '‘', '‚':
			m.family, m.shape = single, 1
		case '’':
			m.family, m.shape = single, -1
		case '\'', '`':
			m.family = single
			if i+1 < p.End && s[i+1] == s[i] {
				m.family, m.size, size = typed, 2, 2
			}
		case '「', '『':
			m.family, m.shape = corner, 1
		case '」', '』':
			m.family, m.shape = corner, -1
		default:
			i += size
			continue
		}
		i += size
		prev, next := ' ', ' '
		if m.at > p.Start {
			prev, _ = utf8.DecodeLastRuneInString(s[:m.at])
		}
		if i < p.End {
			next, _ = utf8.DecodeRuneInString(s[i:])
		}
		before, after := unicode.IsSpace(prev), unicode.IsSpace(next)
		m.beforeLetter = unicode.IsLetter(next) || unicode.IsDigit(next)
		m.afterLetterOrNo = unicode.IsLetter(prev) || unicode.IsDigit(prev)
		m.afterPunct = isStop(prev)
		m.opens = !after && (before || opensAfter(prev))
		m.closes = !before && !(opensAfter(prev) && prev != '-' && prev != '—' && prev != '–')
		if cjk && !before && !after {
			// Without spaces only the neighbours' kind tells.
			m.opens = m.opens || prev == '：' || prev == '，' || prev == ',' || prev == '。' || prev == '、' || m.shape >= 0 && unicode.IsLetter(prev)
			m.closes = m.closes && prev != '：'
			if m.shape > 0 && (prev == '”' || prev == '」' || prev == '』') {
				m.opens, m.closes = true, false // “A”“B”
			}
		}
		if m.family == single && !cjk {
			// Inside a word, or before a clipped decade ('90s): an apostrophe.
			if m.afterLetterOrNo && m.beforeLetter || m.opens && unicode.IsDigit(next) && r != '‘' {
				continue
			}
		}
		if r == '"' && prev == '=' {
			// An attribute of a tag that was left in the text.
			if end := strings.IndexByte(s[i:p.End], '"'); end >= 0 {
				i += end + 1
				continue
			}
		}
		if m.family == typed {
			m.opens = m.opens && !m.closes
		}
		if r == '"' && unicode.IsDigit(prev) && after && !hasOpenDouble(marks) {
			if n := m.at - utf8.RuneLen(prev); n > p.Start && s[n-1] != ' ' {
				continue // 27" is a length
			}
		}
		marks = append(marks, m)
	}
	return marks
}

// mayBeMark are the bytes that quotation marks begin with in UTF-8.
var mayBeMark = func() (t [256]bool) {
	for _, r := range "“„«〝”»〞〟\"＂‘‚’'`「『」』" {
		t[string(r)[0]] = true
	}
	return t
}()

// hasOpenDouble reports whether the last double mark opened something.
func hasOpenDouble(marks []mark) bool {
	for i := len(marks) - 1; i >= 0 && i > len(marks)-8; i-- {
		if marks[i].family == double {
			return marks[i].opens && marks[i].shape >= 0
		}
	}
	return false
}

func isStop(r rune) bool {
	switch r {
	case ',', '.', '!', '?', '…', ';', ':', '，', '。', '！', '？', '—', '–':
		return true
	}
	return false
}

// opensAfter tells the runes that may stand right before an opening mark.
func opensAfter(r rune) bool {
	switch r {
	case '(', '[', '{', '—', '–', '-', '/', '“', '‘', '"', '\'', '（', '：', ':', '【', '「', '〈', '《', '…', '·', '>':
		return true
	}
	return false
}

// pair makes runs of one paragraph's marks: double and corner marks first,
// then single marks in what is left.
func pair(d *text.Document, pi int, marks []mark, cjk bool, runs []run) []run {
	first := len(runs)
	runs = pairFamily(d, pi, marks, corner, runs)
	if len(runs) == first {
		runs = pairFamily(d, pi, marks, double, runs)
	} else {
		var other []mark
		at := first
		for _, m := range marks {
			for at < len(runs) && runs[at].outer.End <= m.at {
				at++
			}
			if m.family == double && (at == len(runs) || m.at < runs[at].outer.Start) {
				other = append(other, m)
			}
		}
		runs = pairFamily(d, pi, other, double, runs)
		runs = sorted(runs, first)
	}
	if len(runs) == first {
		runs = pairFamily(d, pi, marks, typed, runs)
	}
	// Single marks: outer ones alone, and only when both ends are there.
	n := len(runs)
	at := first
	var open *mark
	for i := range marks {
		m := &marks[i]
		for at < n && runs[at].outer.End <= m.at {
			at++
			if !cjk {
				open = nil
			}
		}
		if m.family != single || at < n && runs[at].outer.Start <= m.at {
			continue
		}
		switch {
		case open == nil && m.opens && m.shape >= 0:
			open = m
		case open != nil && m.closes && m.shape <= 0 && (cjk || !m.beforeLetter):
			if at > first && at <= n && runs[at-1].outer.Start > open.at && !m.beforeLetter {
				open = nil // around other marks only where a particle goes on
				continue
			}
			if !cjk && !m.afterPunct && possessive(d.Text, m.at) && closesLater(marks[i+1:]) {
				continue // workers’ rights
			}
			if r := trimmed(d.Text, text.Span{Start: open.at + open.size, End: m.at}); r.Len() > 0 {
				runs = append(runs, run{Span: r, outer: text.Span{Start: open.at, End: m.at + m.size}, family: single, par: pi, opened: true, closed: true})
			}
			open = nil
		}
	}
	if len(runs) > n {
		runs = sorted(runs, first)
		runs = disjoint(runs, first)
	}
	return runs
}

// possessive reports whether the apostrophe at i may stand for a plural's
// possession.
func possessive(s string, i int) bool { return i > 0 && s[i-1] == 's' }

// closesLater reports whether a single mark that can only close comes before
// the next that opens.
func closesLater(marks []mark) bool {
	for i, m := range marks {
		if m.family != single {
			if i > 3 {
				return false
			}
			continue
		}
		return m.closes && !m.opens && !m.beforeLetter
	}
	return false
}

// pairFamily pairs the marks of one family, the outermost alone.
func pairFamily(d *text.Document, pi int, marks []mark, f family, runs []run) []run {
	p := d.Paragraphs[pi]
	left := 0 // closing marks still to come
	for _, m := range marks {
		if m.family == f && (m.shape < 0 || m.shape == 0 && m.closes && !m.opens) {
			left++
		}
	}
	depth, start, inner := 0, -1, 0
	straight := false
	for _, m := range marks {
		if m.family != f {
			continue
		}
		if m.shape < 0 || m.shape == 0 && m.closes && !m.opens {
			left--
		}
		opens := m.opens && (m.shape >= 0 || !m.closes)
		if m.shape > 0 && !(m.closes && !m.opens) {
			opens = true
		}
		if m.shape < 0 && depth > 0 {
			opens = false
		}
		if m.shape == 0 && m.opens && m.closes {
			opens = depth == 0 // between letters and dashes a straight mark alternates
		}
		switch {
		case depth == 0 && opens:
			depth, start, inner = 1, m.at, m.at+m.size
			straight = m.shape == 0
		case depth == 0:
			// A closing mark alone: the opening one was lost. Nothing says
			// where, unless the paragraph opens with the words.
			if m.afterPunct && oneSentence(d, pi, m.at) && (len(runs) == 0 || runs[len(runs)-1].par != pi) {
				from := p.Start
				if i := strings.LastIndex(d.Text[from:m.at], "："); i >= 0 {
					from += i + len("：") // 部长说：……”
				}
				if lead := trimmed(d.Text, text.Span{Start: from, End: m.at}); lead.Len() > 0 {
					runs = append(runs, run{Span: lead, outer: text.Span{Start: from, End: m.at + m.size}, family: f, par: pi, closed: true})
				}
			}
		case opens && left >= depth+1 && (m.shape != 0 || straight):
			depth++
		case opens && m.shape != 0 && !m.closes || opens && m.shape == 0 && !m.closes:
			// Opened again with nothing to close it: the mark before was lost.
			end := lostEnd(d, pi, inner, m.at)
			if r := trimmed(d.Text, text.Span{Start: inner, End: end}); r.Len() > 0 {
				runs = append(runs, run{Span: r, outer: text.Span{Start: start, End: end}, family: f, par: pi, opened: true, closed: true})
			}
			depth, start, inner = 1, m.at, m.at+m.size
			straight = m.shape == 0
		default:
			depth--
			if depth == 0 {
				if r := trimmed(d.Text, text.Span{Start: inner, End: m.at}); r.Len() > 0 {
					runs = append(runs, run{Span: r, outer: text.Span{Start: start, End: m.at + m.size}, family: f, par: pi, opened: true, closed: true})
				}
			}
		}
	}
	if depth > 0 {
		if r := trimmed(d.Text, text.Span{Start: inner, End: p.Span.End}); r.Len() > 0 {
			runs = append(runs, run{Span: r, outer: text.Span{Start: start, End: p.Span.End}, family: f, par: pi, opened: true})
		}
	}
	return runs
}

// oneSentence reports whether no sentence ends between the paragraph's start
// and at.
func oneSentence(d *text.Document, pi, at int) bool {
	p := d.Paragraphs[pi]
	return p.First < p.End && d.Sentences[p.First].Span.End+1 >= at
}

// lostEnd guesses where a quote whose closing mark is missing ends: with the
// sentence that it opens.
func lostEnd(d *text.Document, pi, from, limit int) int {
	p := d.Paragraphs[pi]
	sentences := d.Sentences[p.First:p.End]
	if at := sort.Search(len(sentences), func(i int) bool { return sentences[i].Span.End > from }); at < len(sentences) {
		return min(sentences[at].Span.End, limit)
	}
	return limit
}

// trimmed is s without white space at its edges.
func trimmed(t string, s text.Span) text.Span {
	for s.Start < s.End {
		r, n := utf8.DecodeRuneInString(t[s.Start:s.End])
		if !unicode.IsSpace(r) {
			break
		}
		s.Start += n
	}
	for s.Start < s.End {
		r, n := utf8.DecodeLastRuneInString(t[s.Start:s.End])
		if !unicode.IsSpace(r) {
			break
		}
		s.End -= n
	}
	return s
}

// sorted puts the runs from first on into the order of the text.
func sorted(runs []run, first int) []run {
	slices.SortStableFunc(runs[first:], func(a, b run) int { return a.outer.Start - b.outer.Start })
	return runs
}

// disjoint drops the runs from first on that reach into the one before.
func disjoint(runs []run, first int) []run {
	kept := runs[:first]
	for _, r := range runs[first:] {
		if n := len(kept); n > first && r.outer.Start < kept[n-1].outer.End {
			continue
		}
		kept = append(kept, r)
	}
	return kept
}
