package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// hitCard is a story with the passages that an alert matched. Articles after
// the first that was told are listed as later news.
func (b *Bot) hitCard(a Alert, record StoryRecord, hits []Hit, l Lang, loc *time.Location, now time.Time) Card {
	first := readingOf(record, hits[0].Article)
	if first == nil {
		first = &record.Readings[0]
	}
	c := Card{Title: Cut(OneLine(first.Title), maxHeadline), URL: first.URL, Meta: outletOf(l, first)}
	if !first.Published.IsZero() {
		c.Meta += " · " + l.Moment(first.Published.In(loc), now)
	}
	c.Body = passages(first.Text, hits[0].Matches)
	for _, q := range first.Quotes {
		if q.Kind == quote.Direct && q.Start >= 0 && q.End <= len(first.Text) && q.Speaker != "" && slices.ContainsFunc(hits[0].Matches, q.Contains) {
			words := QuotedWords(first.Text[q.Start:q.End])
			if utf8.RuneCountInString(words) <= maxQuote {
				c.Quotes = append(c.Quotes, Quotation{Text: words, URL: TextLink(first.URL, words), Speaker: q.Speaker, Role: q.Role, Outlet: first.Outlet, Lang: first.Lang})
			}
			break
		}
	}
	later := 0
	for _, h := range hits[1:] {
		r := readingOf(record, h.Article)
		if r == nil || r == first {
			continue
		}
		if later++; later > maxLater {
			c.Body = append(c.Body, Span{Text: "\n" + l.say("edition.rest", "n", len(hits)-1-maxLater), Style: Italic})
			break
		}
		when := ""
		if !r.Published.IsZero() {
			when = l.Moment(r.Published.In(loc), now) + " "
		}
		c.Body = append(c.Body, Span{Text: "\n+ " + when + r.Outlet + ": "}, Span{Text: Cut(OneLine(r.Title), maxHeadline), URL: r.URL})
	}
	return c
}

func outletOf(l Lang, r *digest.Reading) string {
	if r.OutletType == "" {
		return r.Outlet
	}
	return r.Outlet + l.say("outlet.type", "type", l.OutletType(r.OutletType))
}

// passages are the matched words of a text in bold, each with some of the text
// around it.
func passages(s string, matches []text.Span) []Span {
	var spans []Span
	at, shown := 0, 0
	for i := 0; i < len(matches) && shown < maxContexts; i++ {
		m := matches[i]
		if m.Start < at || m.End > len(s) || m.Start >= m.End {
			continue
		}
		from := max(at, backward(s, m.Start))
		to := forward(s, m.End)
		group := []text.Span{m}
		for i+1 < len(matches) && matches[i+1].Start >= group[len(group)-1].End && matches[i+1].End <= to {
			i++
			group = append(group, matches[i])
		}
		if shown++; shown > 1 {
			spans = append(spans, Span{Text: "\n"})
		}
		if from > 0 && s[from-1] != '\n' {
			spans = append(spans, Span{Text: "… "})
		}
		for j, g := range group {
			if j == 0 {
				spans = append(spans, Span{Text: strings.TrimLeft(s[from:g.Start], " \n")})
			} else {
				spans = append(spans, Span{Text: s[group[j-1].End:g.Start]})
			}
			spans = append(spans, Span{Text: s[g.Start:g.End], Style: Bold})
		}
		spans = append(spans, Span{Text: strings.TrimRight(s[group[len(group)-1].End:to], " \n")})
		if to < len(s) && s[to] != '\n' {
			spans = append(spans, Span{Text: " …"})
		}
		at = to
	}
	return spans
}

// backward goes up to contextChars back from i, to the start of a word and not
// beyond the paragraph.
func backward(s string, i int) int {
	at, space := i, i
	for n := 0; n < contextChars && at > 0; n++ {
		r, w := utf8.DecodeLastRuneInString(s[:at])
		if r == '\n' {
			return at
		}
		at -= w
		if unicode.IsSpace(r) {
			space = at + w
		}
	}
	if at == 0 || i-space < i-at-60 || space == i {
		return at
	}
	return space
}

func forward(s string, i int) int {
	at, space := i, i
	for n := 0; n < contextChars && at < len(s); n++ {
		r, w := utf8.DecodeRuneInString(s[at:])
		if r == '\n' {
			return at
		}
		if unicode.IsSpace(r) {
			space = at
		}
		at += w
	}
	if at >= len(s) || space == i {
		return min(at, len(s))
	}
	return space
}
