package text

import "strings"

// Analyze takes a text apart. lang is a claim that the text may overrule; it
// may be empty. An empty title is looked for at the top of the text. Analyze
// takes time linear in the text and never panics, whatever the bytes.
func Analyze(title, body, lang string) *Document {
	d := &Document{Title: strings.TrimSpace(title), Text: body, Lang: decideLanguage(title, body, lang)}
	d.split()
	d.name()
	return d
}

// decideLanguage trusts the text, and the claim only where the text is silent
// or the claim says more (zh-TW for a text that shows neither script).
func decideLanguage(title, body, claim string) string {
	found := Language(body)
	if found == "und" {
		found = Language(title)
	}
	claim = strings.ToLower(strings.TrimSpace(claim))
	if found == "und" && len(claim) >= 2 {
		switch {
		case strings.HasPrefix(claim, "zh-tw"), strings.HasPrefix(claim, "zh-hk"), strings.HasPrefix(claim, "zh-hant"):
			return "zh-Hant"
		case strings.HasPrefix(claim, "zh"):
			return "zh-Hans"
		}
		base, _, _ := strings.Cut(claim, "-")
		return base
	}
	return found
}

// split fills paragraphs, sentences and tokens.
func (d *Document) split() {
	d.Tokens = make([]Token, 0, len(d.Text)/5+8)
	eastAsian := d.Lang == "ko" || d.Lang == "ja" || strings.HasPrefix(d.Lang, "zh")
	var marks []int
	for start := 0; start < len(d.Text); {
		end := start
		for end < len(d.Text) && !breaksLine(d.Text, end) {
			end++
		}
		next := end + 1
		from, to := trim(d.Text, start, end)
		start = next
		if from == to {
			continue
		}
		p := Paragraph{Span: Span{from, to}, First: len(d.Sentences)}
		base := len(d.Tokens)
		d.Tokens, marks = lex(d.Tokens, marks[:0], d.Text, from, to)
		for i := range marks {
			marks[i] -= base
		}
		toks := pairMarks(d.Text, d.Tokens[base:], marks, from, to)
		d.Tokens = d.Tokens[:base+len(toks)]
		splitTokens(d.Text, toks, eastAsian, func(first, end int) {
			d.Sentences = append(d.Sentences, Sentence{
				Span:      Span{toks[first].Start, toks[end-1].End},
				Paragraph: len(d.Paragraphs), First: base + first, End: base + end,
			})
		})
		p.End = len(d.Sentences)
		d.Paragraphs = append(d.Paragraphs, p)
	}
	d.findTitle()
	for i := range d.Paragraphs {
		p := &d.Paragraphs[i]
		if d.Title != "" && i == 0 && d.Slice(p.Span) == d.Title {
			p.Role = Heading
		} else {
			p.Role = roleOf(d.Slice(p.Span), d.Title, i == 0)
		}
		p.Dateline = Span{p.Start, p.Start}
		if p.Role == Body {
			p.Dateline = datelineOf(d.Slice(p.Span), p.Start)
		}
	}
}

// breaksLine reports a line break at byte i.
func breaksLine(s string, i int) bool {
	switch s[i] {
	case '\n', '\r', '\v', '\f':
		return true
	}
	return false
}

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
	first := d.Slice(d.Paragraphs[0].Span)
	if len(first) > 200 || d.Paragraphs[0].End-d.Paragraphs[0].First > 2 {
		return
	}
	switch runeBefore(first, len(first)) {
	case '.', '。', ':', '：', ',', ';':
		return
	}
	if isDateLine(first) || isByline(first) || isCaption(first) || isFurniture(first) || datelineOf(first, 0).End > 0 {
		return
	}
	if longest := d.Paragraphs[1:]; len(longest) > 0 {
		for _, p := range longest {
			if p.Len() > len(first) {
				d.Title = first
				return
			}
		}
	}
}
