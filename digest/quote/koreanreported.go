package quote

import (
	"slices"
	"strings"

	"hanwire/digest/text"
)

// reported finds S는 ...다고 말했다 and S에 따르면 ..., without marks or with
// marks inside.
func (k *koreanReader) reported(s koreanSentence) {
	n := len(s.items)
	for v := n - 1; v > 1; v-- {
		it := s.items[v]
		if it.run >= 0 {
			continue
		}
		predicts := s.items[v-1].s == "것으로" && stemIn(it.s, predictStems)
		if !it.say && !predicts && !(v == n-1 && closesReport(s.items[v-1]) && stemIn(it.s, speechNouns)) {
			continue
		}
		// The clause's last word, right before the verb but for an adverb.
		e := v - 1
		for e > 0 && e > v-6 && !predicts && !closesReport(s.items[e]) {
			if s.items[e].run >= 0 {
				e = 0
				break
			}
			e--
		}
		if e <= 0 || !predicts && !closesReport(s.items[e]) {
			break
		}
		// Direct quotes with their particles, and the verbs that close them,
		// stand before the clause.
		from := 0
		for j := 0; j < e; j++ {
			if s.items[j].run >= 0 {
				if _, ok := particle(s.items[j+1].s); ok {
					from = j + 2
				}
			}
		}
		for from > 0 && from < e && s.items[from].say && s.items[from].Start != s.items[from-1].End {
			from++
		}
		if from > 0 && e-from < 2 {
			return
		}
		lo := 0
		sp, found := speaker{entity: -1, more: -1}, false
		for j := 0; j < e && !found; j++ {
			if s.items[j].run >= 0 {
				if slices.Contains(topicParticles, s.items[j+1].s) && s.items[j+1].Start == s.items[j].End {
					continue // 매체 '노스워치'는
				}
				break
			}
			if strings.HasPrefix(s.items[j].s, "따르면") && j > 0 {
				if span, ok := k.accordingTo(s, j); ok {
					sp, lo, found = k.resolve(span), j+1, true
				}
				continue
			}
			if span, ok := k.subjectAt(s, j); ok && (strings.HasSuffix(s.items[j].s, "은") || strings.HasSuffix(s.items[j].s, "는") || j <= 3) {
				sp, lo, found = k.resolve(span), j+1, true
			}
		}
		for j := e + 1; j < v && !found; j++ {
			if span, ok := k.subjectAt(s, j); ok {
				sp, found = k.resolve(span), true
			}
		}
		if !found {
			if !k.hasVoice {
				return
			}
			sp = k.voice
		}
		lo = k.skipSetting(s, max(lo, from), e)
		if e-lo < 1 {
			return
		}
		k.clause(s, lo, text.Span{Start: s.items[lo].Start, End: reportEnd(s.items[e])}, sp, it.Span, e)
		return
	}
	for j := 1; j < n; j++ {
		if s.items[j].run < 0 && strings.HasPrefix(s.items[j].s, "따르면") && j+2 < n {
			if span, ok := k.accordingTo(s, j); ok && !k.closedQuote(s, j) {
				k.clause(s, j+1, text.Span{Start: s.items[j+1].Start, End: s.items[n-1].End}, k.resolve(span), s.items[j].Span, n-1)
			}
			return
		}
	}
}

// closedQuote reports whether a run behind item j is closed by its particle.
func (k *koreanReader) closedQuote(s koreanSentence, j int) bool {
	for ; j+1 < len(s.items); j++ {
		if s.items[j].run >= 0 {
			if _, ok := particle(s.items[j+1].s); ok {
				return true
			}
		}
	}
	return false
}

// clause adds a reported clause, mixed when it holds marks.
func (k *koreanReader) clause(s koreanSentence, lo int, content text.Span, sp speaker, cueAt text.Span, last int) {
	kind := Indirect
	u := 0
	for j := lo; j <= last; j++ {
		if s.items[j].run >= 0 {
			kind = Mixed
		}
	}
	for i := len(k.quotes) - 1; i >= 0 && i > len(k.quotes)-8; i-- {
		if content.Contains(k.quotes[i].Span) {
			u = k.quotes[i].Utterance
		}
	}
	if u == 0 {
		k.utterance++
		u = k.utterance
	}
	if at := s.items[last].cut; at > content.Start && kind == Indirect {
		kind, content.End = Direct, at // the opening mark was lost
	}
	k.add(Quote{Span: content, Kind: kind, Utterance: u, CueAt: cueAt}, sp)
	if sp.name != "" {
		k.voice, k.hasVoice, k.lastPar = sp, true, s.par
	}
}

// closesReport reports whether the eojeol ends a reported clause.
func closesReport(it koreanItem) bool {
	if it.run >= 0 {
		return false
	}
	for _, x := range reportedEndings {
		if strings.HasSuffix(it.s, x) && len(it.s) > len(x)-3 {
			return true
		}
	}
	return false
}

// reportEnd is where the words end: before the quotative particle.
func reportEnd(it koreanItem) int {
	for _, p := range []string{"면서", "고", "며", "는", "으로"} {
		if strings.HasSuffix(it.s, p) {
			return it.End - len(p)
		}
	}
	return it.End
}

// skipSetting passes over where and when it was said: 이날 기자회견에서.
func (k *koreanReader) skipSetting(s koreanSentence, lo, e int) int {
	at := lo
	for j := lo; j < e && j < lo+6; j++ {
		if s.items[j].run >= 0 {
			break
		}
		if _, ok := k.subjectAt(s, j); ok {
			break
		}
		w := s.items[j].s
		switch {
		case koreanLinks[w] && j == at:
			at = j + 1
		case j == at && (w == "이날" || w == "오늘" || isDigit(w[0]) && (strings.HasSuffix(w, "일") || strings.HasSuffix(w, "월"))):
			at = j + 1
		case w == "만나" || strings.HasPrefix(w, "인용") || w == "통해" && j > lo && slices.ContainsFunc(settings, func(x string) bool { return strings.Contains(s.items[j-1].s, x) }):
			at = j + 1 // 기자들과 만나, 소식통을 인용해, 성명을 통해
		case strings.HasSuffix(w, "에서") && slices.ContainsFunc(settings, func(x string) bool { return strings.Contains(w, x) }):
			at = j + 1
		}
	}
	return at
}
