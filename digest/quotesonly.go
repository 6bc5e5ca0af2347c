package digest

import (
	"slices"
	"strings"

	"hanwire/digest/story"
	"hanwire/digest/text"
)

// QuotesOnly is what is left of r when its text may be kept no longer: the
// words of its quotes are the text, a paragraph each, and whatever stood
// outside them has no place any more. Who spoke, in which role, with which
// verb, the title, the link, the topics and the reasons stay. Its features, which
// no grouping needs of an article so old, are left to [Features].
func (r Reading) QuotesOnly() Reading {
	var kept []text.Span // of the old text, in order
	spans := make([]text.Span, len(r.Quotes))
	for i, q := range r.Quotes {
		spans[i] = q.Span
	}
	slices.SortFunc(spans, func(a, b text.Span) int { return a.Start - b.Start })
	for _, s := range spans {
		if n := len(kept); n > 0 && s.Start < kept[n-1].End {
			kept[n-1].End = max(kept[n-1].End, s.End)
			continue
		}
		kept = append(kept, s)
	}
	const gap = "\n\n"
	paragraphs := make([]string, len(kept))
	starts := make([]int, len(kept)) // in the new text
	for i, s := range kept {
		paragraphs[i] = r.Text[s.Start:s.End]
		if i > 0 {
			starts[i] = starts[i-1] + kept[i-1].Len() + len(gap)
		}
	}
	moved := func(s text.Span) text.Span {
		for i, k := range kept {
			if k.Contains(s) && s.Len() > 0 {
				return text.Span{Start: s.Start - k.Start + starts[i], End: s.End - k.Start + starts[i]}
			}
		}
		return text.Span{}
	}
	r.Text = strings.Join(paragraphs, gap)
	r.Access = "quotes only"
	r.Sentences, r.Summary = nil, nil
	quotes := slices.Clone(r.Quotes)
	for i := range quotes {
		q := &quotes[i]
		q.Span, q.SpeakerAt, q.RoleAt, q.CueAt = moved(q.Span), moved(q.SpeakerAt), moved(q.RoleAt), moved(q.CueAt)
	}
	r.Quotes = quotes
	var names []Name
	for _, n := range r.Names {
		if n.Span = moved(n.Span); n.Len() > 0 {
			names = append(names, n)
		}
	}
	r.Names = names
	r.Features = story.Item{}
	return r
}
