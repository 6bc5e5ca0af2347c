package text

import (
	"slices"
	"strings"
)

// Analyze takes a text apart. lang is a claim that the text may overrule; it
// may be empty. An empty title is looked for at the top of the text. Analyze
// takes time linear in the text and never panics, whatever the bytes.
func Analyze(title, body, lang string) *Document { return new(Analyzer).Analyze(title, body, lang) }

// Analyzer takes texts apart one after the other, in the same memory and, when
// it is made by [NewAnalyzer], knowing the words of those before. It is not for
// several goroutines at once.
type Analyzer struct {
	doc   Document
	met   *lexemes
	marks []int
	name  naming
}

// NewAnalyzer returns an analyzer for many texts. It takes 800 kB.
func NewAnalyzer() *Analyzer { return &Analyzer{met: new(lexemes)} }

// Analyze is the function of this name, but that the document is good only
// until the next call.
func (a *Analyzer) Analyze(title, body, lang string) *Document {
	d := &a.doc
	*d = Document{
		Title: strings.TrimSpace(title), Text: body, Lang: decideLanguage(title, body, lang),
		Paragraphs: d.Paragraphs[:0],
		Sentences:  slices.Grow(d.Sentences[:0], len(body)/120+4),
		Tokens:     slices.Grow(d.Tokens[:0], len(body)/5+8),
		Terms:      slices.Grow(d.Terms[:0], len(body)/5+8),
		TitleTerms: d.TitleTerms[:0],
		Known:      d.Known[:0],
		Mentions:   d.Mentions[:0],
		Entities:   d.Entities[:0],
	}
	a.split()
	d.findTitle()
	title = d.Title
	toks, _ := lex(nil, nil, title, 0, len(title))
	d.TitleTerms = appendTerms(d.TitleTerms, title, toks, a.met)
	d.assignRoles()
	a.names()
	return d
}

// decideLanguage trusts the text, and the claim only where the text is silent.
func decideLanguage(title, body, claim string) string {
	found := Language(body)
	if found == "und" {
		found = Language(title)
	}
	claim = strings.ToLower(strings.TrimSpace(claim))
	if found != "und" || len(claim) < 2 {
		return found
	}
	switch {
	case strings.HasPrefix(claim, "zh-tw"), strings.HasPrefix(claim, "zh-hk"), strings.HasPrefix(claim, "zh-hant"):
		return "zh-Hant"
	case strings.HasPrefix(claim, "zh"):
		return "zh-Hans"
	}
	base, _, _ := strings.Cut(claim, "-")
	return base
}

// split fills the document's paragraphs, sentences, tokens and terms, line by
// line.
func (a *Analyzer) split() {
	d := &a.doc
	for start := 0; start < len(d.Text); {
		end := start
		for end < len(d.Text) && !breaksLine(d.Text[end]) {
			end++
		}
		from, to := trim(d.Text, start, end)
		if from < to {
			a.line(from, to)
		}
		start = end + 1
	}
}

func breaksLine(c byte) bool { return c == '\n' || c == '\r' || c == '\v' || c == '\f' }

// line makes paragraphs of one line. It is one paragraph, unless what a page
// sets apart has lost its line breaks: a repeated headline or picture labels
// before the news, captions in the middle of a long line.
func (a *Analyzer) line(from, to int) {
	d := &a.doc
	if len(d.Paragraphs) == 0 && to-from > runOnLine {
		for range 4 {
			n, role := leadIn(d.Text[from:to], d.Title)
			if n == 0 {
				break
			}
			first, end := trim(d.Text, from, from+n)
			a.paragraph(first, end, role)
			from, _ = trim(d.Text, from+n, to)
		}
	}
	if from < to {
		a.paragraph(from, to, Body)
	}
}

// runOnLine is the length in bytes from which a line is taken to hold more
// than one paragraph of the page.
const runOnLine = 600

// paragraph appends one paragraph with its tokens and sentences. Of a run-on
// line the sentences that are captions become paragraphs of their own.
func (a *Analyzer) paragraph(from, to int, role Role) {
	d := &a.doc
	base := len(d.Tokens)
	a.marks = a.marks[:0]
	at := from
	for _, in := range insets(d.Text[from:to]) {
		in = Span{from + in.Start, from + in.End}
		d.Tokens, a.marks = lex(d.Tokens, a.marks, d.Text, at, in.Start)
		d.insets = append(d.insets, in)
		at = in.End
	}
	d.Tokens, a.marks = lex(d.Tokens, a.marks, d.Text, at, to)
	d.Terms = appendTerms(d.Terms, d.Text, d.Tokens[base:], a.met)
	for i := range a.marks {
		a.marks[i] -= base
	}
	toks := pairMarks(d.Text, d.Tokens[base:], a.marks, from, to)
	d.Tokens = d.Tokens[:base+len(toks)]
	p := Paragraph{Span: Span{from, to}, Role: role, First: len(d.Sentences)}
	splitTokens(d.Text, toks, d.Lang == "ko" || d.Lang == "ja" || strings.HasPrefix(d.Lang, "zh"), func(first, end int) {
		d.Sentences = append(d.Sentences, Sentence{
			Span: Span{toks[first].Start, toks[end-1].End}, First: base + first, End: base + end,
		})
	})
	runOn := to-from > runOnLine && role == Body
	for i := p.First; i < len(d.Sentences); i++ {
		sn := &d.Sentences[i]
		if runOn {
			is := Body
			if hasCaption(d.Text[sn.Start:sn.Span.End]) {
				is = Caption
			}
			if is != p.Role && i > p.First {
				p.End, p.Span.End = i, d.Sentences[i-1].Span.End
				d.Paragraphs = append(d.Paragraphs, p)
				p = Paragraph{Span: Span{sn.Start, to}, First: i}
			}
			p.Role = is
		}
		sn.Paragraph = len(d.Paragraphs)
	}
	p.End = len(d.Sentences)
	d.Paragraphs = append(d.Paragraphs, p)
}

// hasCaption reports a sentence with a picture label or credit inside.
func hasCaption(s string) bool {
	for _, mark := range []string{"Image copyright", "Image caption", "Media caption", "Media playback is unsupported", "(AP Photo", "toggle caption", "/Getty Images)", "FILE PHOTO"} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return false
}

// leadIn is the length of what stands before the news at the beginning of a
// run-on line, and what it is; 0 when the news begins at once.
func leadIn(s, title string) (int, Role) {
	head := s[:min(len(s), 1200)]
	if n := prefixLike(head, title); n > 0 {
		return n, Heading
	}
	for _, label := range []string{"Media playback is unsupported on your device", "Media playback is not supported on this device", "Image copyright ", "Enlarge this image", "toggle caption", "LISTEN TO ARTICLE", "SHARE THIS ARTICLE", "Share Tweet Post Email", "Story highlights"} {
		rest, ok := strings.CutPrefix(head, label)
		if !ok {
			continue
		}
		n := len(label)
		switch label {
		case "Image copyright ":
			for _, owner := range []string{"Getty Images", "Reuters", "REUTERS", "EPA", "AFP/Getty Images", "AFP", "AP", "PA", "Alamy"} {
				if strings.HasPrefix(rest, owner+" ") {
					return n + len(owner), Caption
				}
			}
			continue
		case "LISTEN TO ARTICLE": // with its length: 5:06
			for n < len(head) && (head[n] == ' ' || head[n] == ':' || head[n] >= '0' && head[n] <= '9') {
				n++
			}
		}
		return n, Furniture
	}
	// A caption that ends in a credit before anything else does.
	if i := strings.Index(head, "(AP Photo"); i >= 0 {
		if j := strings.IndexByte(head[i:], ')'); j > 0 {
			return i + j + 1, Caption
		}
	}
	if i := datelineInside(head[:min(len(head), 300)]); i > 0 {
		return i, Heading
	}
	return 0, Body
}

// prefixLike is how much of s repeats the title.
func prefixLike(s, title string) int {
	if len(title) < 12 || len(s) <= len(title) || !strings.HasPrefix(s, title) {
		return 0
	}
	if !isSpace(runeAfter(s, len(title))) {
		return 0
	}
	return len(title)
}

// datelineInside is where a dateline begins behind a headline that has no stop
// of its own: “Ministry to Review Rules WASHINGTON—The ministry ...”.
func datelineInside(s string) int {
	for i := 20; i < len(s); i++ {
		switch s[i] {
		case '.', '!', '?':
			if i+1 < len(s) && s[i+1] == ' ' && !strings.HasSuffix(s[:i], "U.S") {
				return 0
			}
		case ' ':
			if i+3 < len(s) && isUpper(rune(s[i+1])) && isUpper(rune(s[i+2])) && isUpper(rune(s[i+3])) {
				if end := latinDateline(s[i+1:]); end > 0 {
					return i
				}
			}
		}
	}
	return 0
}

// trim narrows a range to what is not white space.
func trim(s string, from, to int) (int, int) {
	for from < to {
		r, w := runeAt(s[:to], from)
		if !isSpace(r) {
			break
		}
		from += w
	}
	for to > from {
		r := runeBefore(s[:to], to)
		if !isSpace(r) {
			break
		}
		to -= len(string(r))
	}
	return from, to
}

// findTitle takes the first line for the title when none was given and it
// looks like a headline: short, without a final stop, with more text behind.
func (d *Document) findTitle() {
	if d.Title != "" || len(d.Paragraphs) < 2 {
		return
	}
	first := d.Paragraphs[0]
	s := d.Slice(first.Span)
	if first.Role == Heading {
		d.Title = s
		return
	}
	if len(s) > 220 || first.End-first.First > 2 || roleOf(s, "") != Body || datelineOf(s, 0).End > 0 {
		return
	}
	switch runeBefore(s, len(s)) {
	case '.', '。', ':', '：', ',', '，', ';':
		return
	}
	if isReporterLine(s) && len(s) < 40 {
		return
	}
	for _, p := range d.Paragraphs[1:] {
		if p.Len() > len(s) {
			d.Title = s
			d.Paragraphs[0].Role = Heading
			return
		}
	}
}
