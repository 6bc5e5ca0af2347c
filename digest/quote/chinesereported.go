package quote

import (
	"strings"
	"unicode/utf8"

	"hanwire/digest/text"
)

// reported finds X表示，... without marks or with marks inside.
func (z *chineseReader) reported(s zhSentence) {
	n := len(s.items)
	for k := 0; k < n; k++ {
		it := s.items[k]
		if it.run >= 0 {
			continue
		}
		if who, cueAt, ok := z.viewOf(it); ok && k+1 < n && z.owned(s, k+1) < 0 {
			z.clause(s, k+1, n-1, text.Span{Start: s.items[k+1].Start, End: s.items[n-1].End}, who, cueAt)
			return
		}
		if k+1 < n && s.items[k+1].run >= 0 && zhNaming.suffix(z.d.Slice(it.Span)) != "" {
			continue // 人称“铁娘子”
		}
		if k+2 < n && s.items[k+1].run >= 0 && s.items[k+2].run < 0 && strings.HasPrefix(z.d.Slice(s.items[k+2].Span), "的") && zhSayings.prefix(z.d.Slice(s.items[k+2].Span)[len("的"):]) != "" {
			continue // 高喊“还我山河”的口号
		}
		v := it.verb
		if v < 0 {
			t := z.d.Slice(it.Span)
			if w := zhVerbs.prefix(t); k > 0 && s.items[k-1].run < 0 && len(w) >= 6 && chineseNouns.prefix(t[len(w):]) == "" {
				v = it.Start // 部长发文，批评...
			} else {
				continue
			}
		}
		if _, cited := z.sourceIn(text.Span{Start: it.Start, End: v}); cited && k+1 < n && s.items[k+1].run < 0 && s.items[k+1].verb >= 0 {
			continue // 据X报道，Y表示
		}
		who, ok := z.subjectBefore(s, k, v)
		if w := zhVerbs.suffix(z.d.Slice(it.Span)); w != "" && it.End-len(w) > v && (k > 0 || k+1 < n) && chineseObject.suffix(w) == "" {
			v = it.End - len(w) // 回答提问时说
			if p, quoted := z.quotedSource(text.Span{Start: it.Start, End: v}); quoted {
				who, ok = z.resolve(p), true
			}
		}
		if !ok && k == 0 && n > 1 && (it.mark == '，' || it.mark == ',') && v+len(zhVerbs.prefix(z.d.Text[v:it.End])) == it.End {
			who, ok = z.stranger(text.Span{Start: it.Start, End: v})
		}
		if !ok {
			continue
		}
		if k+1 < n && s.items[k+1].run >= 0 && (it.mark == '：' || it.mark == ':' || z.stands(s, k+1) && z.endsInVerb(it)) {
			continue // a direct quote
		}
		verb := zhVerbs.prefix(z.d.Text[v:it.End])
		cueAt := text.Span{Start: v, End: v + len(verb)}
		from := cueAt.End
		if rest := z.d.Text[from:it.End]; strings.HasPrefix(rest, "了") || passive(z.d.Text[it.Start:it.End]) || rest != "" && chineseObject.suffix(verb) != "" && (k+1 == n || s.items[k+1].run < 0) {
			continue // 否认了这一说法
		}
		if _, ok := z.agent(it, v); ok {
			continue // 被在野党批评为
		}
		if rest := z.d.Text[from:it.End]; verb == "表示" && courtesies.prefix(rest) != "" && utf8.RuneCountInString(rest) <= 8 {
			continue // 表示遗憾
		}
		for _, x := range [...]string{"道", "说", "說", "称", "稱", "着"} {
			if strings.HasPrefix(z.d.Text[from:it.End], x) {
				from += len(x)
			}
		}
		if strings.HasPrefix(verb, "告") && k+1 < n && it.mark == '，' {
			from = it.End // 告诉记者，
		}
		if k > 0 && s.items[k-1].run >= 0 && from < it.End && zhAlso.prefix(z.d.Slice(it.Span)) == "" {
			continue // “Q”，X告诉通讯社
		}
		first := k
		if from >= it.End {
			first = k + 1
			if first >= n {
				// ...，X说。 closes what was before.
				if k > 0 && it.mark != '：' && zhOpening.prefix(z.d.Slice(s.items[0].Span)) == "" && v > it.Start && !z.anyRun(s, 0, k) {
					z.clause(s, 0, k-1, text.Span{Start: s.items[0].Start, End: s.items[k-1].End}, who, cueAt)
				}
				return
			}
			from = s.items[first].Start
		}
		z.clause(s, first, n-1, text.Span{Start: from, End: s.items[n-1].End}, who, cueAt)
		return
	}
}

// viewOf reads a stretch that only says whose view or news follows: 在X看来,
// 据X消息.
func (z *chineseReader) viewOf(it zhItem) (speaker, text.Span, bool) {
	t := z.d.Slice(it.Span)
	w := zhViews.suffix(t)
	if w == "" || it.mark != '，' && it.mark != ',' {
		return speaker{}, text.Span{}, false
	}
	sp := text.Span{Start: it.Start, End: it.End - len(w)}
	p, ok := z.sourceIn(sp)
	if !ok && strings.HasPrefix(t, "在") {
		sp.Start += len("在")
		p, ok = z.subject(sp)
	}
	if !ok {
		return speaker{}, text.Span{}, false
	}
	return z.resolve(p), text.Span{Start: it.End - len(w), End: it.End}, true
}

// owned is the first item from k on with a verb and a subject of its own, or -1.
func (z *chineseReader) owned(s zhSentence, k int) int {
	for ; k < len(s.items); k++ {
		if it := s.items[k]; it.run < 0 && it.verb >= 0 {
			if _, ok := z.subject(text.Span{Start: it.Start, End: it.verb}); ok {
				return k
			}
		}
	}
	return -1
}

// stands reports whether the run at item i is a clause of its own, so that
// what follows does not go on from it.
func (z *chineseReader) stands(s zhSentence, i int) bool {
	return s.items[i].mark != 0 || endsSentence(z.d.Slice(s.items[i].Span)) || i+1 == len(s.items)
}

// anyRun reports whether one of the items [lo, hi) is a quoted run.
func (z *chineseReader) anyRun(s zhSentence, lo, hi int) bool {
	for _, it := range s.items[lo:hi] {
		if it.run >= 0 {
			return true
		}
	}
	return false
}

// clause adds a reported clause, mixed when it holds marks.
func (z *chineseReader) clause(s zhSentence, first, last int, content text.Span, who speaker, cueAt text.Span) {
	kind, plain := Indirect, 0
	for j := first; j <= last; j++ {
		if s.items[j].run >= 0 {
			kind = Mixed
		} else if j > first || content.Start < s.items[j].End {
			plain++
		}
	}
	if first < len(s.items) && s.items[first].run >= 0 && (plain == 0 || endsSentence(z.d.Slice(s.items[first].Span)) || s.items[first].mark != 0) {
		return // a direct quote
	}
	if plain == 1 && last == first+1 && s.items[last].run >= 0 && zhAs[z.d.Text[content.Start:s.items[first].End]] {
		return // 形容为“Q”
	}
	if utf8.RuneCountInString(z.d.Slice(content)) < 4 {
		return
	}
	u := 0
	for i := len(z.quotes) - 1; i >= 0 && i > len(z.quotes)-8; i-- {
		if content.Contains(z.quotes[i].Span) {
			u = z.quotes[i].Utterance
		}
	}
	if u == 0 {
		z.utterance++
		u = z.utterance
	}
	z.quotes = append(z.quotes, z.cast.complete(Quote{Span: content, Kind: kind, Utterance: u, CueAt: cueAt}, who))
	if who.name != "" {
		z.voice, z.hasVoice, z.lastPar = who, true, s.par
	}
}
