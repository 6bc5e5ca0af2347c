package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// subjectAt reads the phrase of a speaker that ends with item i, and gives the
// span of its noun phrase without the particle.
func (k *koreanReader) subjectAt(s koreanSentence, i int) (text.Span, bool) {
	w := s.items[i].s
	if s.items[i].run >= 0 {
		return text.Span{}, false
	}
	for _, x := range notTopics {
		if w == x || len(x) > 6 && strings.HasSuffix(w, x) && len(w) > len(x) {
			return text.Span{}, false
		}
	}
	if i > 1 && s.items[i-1].run >= 0 && s.items[i-1].End == s.items[i].Start && s.items[i-2].run < 0 && koreanNoun(s.items[i-2].s) && slices.Contains(topicParticles, w) {
		return k.runs[s.items[i-1].run].Span, true // 시민단체 '평화의숲'은
	}
	stem := ""
	for _, p := range topicParticles {
		if strings.HasSuffix(w, p) && len(w) > len(p) {
			stem = strings.TrimSuffix(w, p)
			if p != "도" && (p == "은" || p == "이") != hasFinal(stem) && len(p) == 3 {
				return text.Span{}, false // the particle does not fit: 는 after a final consonant
			}
			if p == "측은" || p == "측이" {
				stem += "측"
			}
			break
		}
	}
	if stem == "" {
		return text.Span{}, false
	}
	end := s.items[i].Start + len(stem)
	last := strings.TrimRight(stem, ")]\"'”’")
	if j := strings.IndexByte(last, '('); j > 0 {
		last = last[:j]
	}
	last, many := strings.CutSuffix(last, "들")
	kind := koreanNoun(last) || strings.HasSuffix(last, "씨") && utf8.RuneCountInString(last) <= 4
	if r, _ := utf8.DecodeLastRuneInString(last); many && strings.ContainsRune("자민인원사생족객꾼수장", r) {
		kind = true // 유학생들, 가족들
	}
	lo := i
	// Back over the words of the phrase: no particle, no comma.
	for lo > 0 && i-lo < 7 {
		p := s.items[lo-1]
		if lo > 1 && s.items[lo-2].run >= 0 && s.items[lo-2].End == p.Start {
			break // the particle of a quote
		}
		if p.run >= 0 || p.end != "" && p.end != ")" || !k.inPhrase(p) {
			break
		}
		lo--
	}
	span := text.Span{Start: s.items[lo].Start, End: end}
	if kind || k.cast.nameIn(span) || koreanPronoun(last) || i-lo >= 1 && officeBefore(s.items[i-1].s) {
		return span, true
	}
	if i-lo >= 2 && hangulOnly(last) && strings.HasSuffix(w, last+w[len(stem):]) {
		if name, _ := k.cast.behindTitle(wordSpans(k.d.Text, span), span); name.Len() > 0 {
			return span, true
		}
	}
	if looksKoreanName(last) && (lo < i && koreanNoun(s.items[i-1].s)) {
		return span, true
	}
	return text.Span{}, false
}

// inPhrase reports whether the eojeol can stand inside a noun phrase, before
// its last word: a bare noun, a genitive.
func (k *koreanReader) inPhrase(it koreanItem) bool {
	w := it.s
	if m := k.cast.mentionIn(it.Span, text.Person); m >= 0 && k.d.Mentions[m].End == it.End {
		return true
	}
	if w == "또" && strings.HasPrefix(k.d.Text[it.End:], " 다른 ") {
		return true // 또 다른 소식통
	}
	if koreanBreaks[w] || strings.HasPrefix(w, "따르면") {
		return false
	}
	if koreanModifier[w] || strings.HasSuffix(w, "학과") {
		return true
	}
	switch w {
	case "이", "그", "한", "두", "세", "네", "양":
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(w)
	if isDigit(w[0]) && (r == '일' || r == '월' || r == '년' || r == '시' || r == '분') {
		return false
	}
	for _, p := range koreanBreakEndings {
		if strings.HasSuffix(w, p) {
			return false
		}
	}
	if adnominal(w) && (!looksKoreanName(w) || stemIn(w, saidStems)) {
		return false
	}
	switch r {
	case '은', '는', '을', '를', '에':
		return looksKoreanName(w)
	case '이', '가', '로', '와', '과', '도', '며', '고', '만':
		return koreanNoun(w) || looksKoreanName(w) && withoutParticle(w) == w || endsLikeGiven(w)
	}
	return unicode.Is(unicode.Hangul, r) || unicode.IsLetter(r) || unicode.IsDigit(r) || r == ')'
}

// endsLikeGiven reports foreign names that end as particles do: 알렉세이, 페드로,
// 모리카와.
func endsLikeGiven(w string) bool {
	for _, x := range givenEnds {
		if strings.HasSuffix(w, x) && utf8.RuneCountInString(w) >= 2 {
			return true
		}
	}
	return false
}

// hasFinal reports whether the last syllable has a final consonant; other
// scripts are left open.
func hasFinal(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	if r < 0xAC00 || r > 0xD7A3 {
		return true
	}
	return (r-0xAC00)%28 != 0
}

func koreanPronoun(w string) bool {
	switch w {
	case "그", "그녀", "그들", "이들":
		return true
	}
	return false
}

// speakerOf finds who speaks the quote at item i.
func (k *koreanReader) speakerOf(s koreanSentence, i int) (speaker, int, bool) {
	// "Q"라고 X 사장이 말했다: a subject between quote and verb wins.
	if v := k.verbAfter(s, i); v > i {
		for j := i + 1; j < v; j++ {
			if s.items[j].run >= 0 {
				break
			}
			if s.items[j].Start == s.items[i].End && j == i+1 {
				continue
			}
			if sp, ok := k.subjectAt(s, j); ok && sp.Start >= s.items[i].End {
				if next := k.runBetween(s, j, v); !next {
					return k.resolve(sp), j, true
				}
			}
		}
	}
	// "Q"는 게 노조의 설명이다.
	if n := len(s.items); n-3 > i && saidNouns[s.items[n-1].s] && s.items[n-2].run < 0 && strings.HasSuffix(s.items[n-2].s, "의") {
		lo := n - 2
		for lo-1 > i+1 && s.items[lo-1].run < 0 && s.items[lo-1].end == "" && len(s.items[lo-1].s) > len("게") && k.inPhrase(s.items[lo-1]) {
			lo--
		}
		return k.resolve(text.Span{Start: s.items[lo].Start, End: s.items[n-2].End - len("의")}), n - 2, true
	}
	// "Q"라는 중국의 주장에 대해
	if j := k.claimBehind(s, i); j > 0 {
		return k.resolve(text.Span{Start: s.items[i+2].Start, End: s.items[j].End - len("의")}), j, true
	}
	// 통신은 X 장관이 "Q"고 말했다고 전했다: who is reported, not who reports.
	nested := false
	if v := k.verbAfter(s, i); v > i && v+1 < len(s.items) {
		nested = closesReport(s.items[v])
	}
	subject := -1
	var subjectSpan text.Span
	for j := i - 1; j >= 0; j-- {
		if s.items[j].run >= 0 {
			continue
		}
		if strings.HasPrefix(s.items[j].s, "따르면") && j > 0 {
			if sp, ok := k.accordingTo(s, j); ok {
				return k.resolve(sp), j, true
			}
		}
		sp, ok := k.subjectAt(s, j)
		if !ok {
			continue
		}
		w := s.items[j].s
		if topic := strings.HasSuffix(w, "은") || strings.HasSuffix(w, "는"); topic && !(nested && subject >= 0) {
			return k.resolve(sp), j, true
		}
		if subject < 0 {
			subject, subjectSpan = j, sp
		}
	}
	if subject >= 0 {
		return k.resolve(subjectSpan), subject, true
	}
	// "Q." X 장관은 이렇게 말했다: behind, with a verb of its own; "Q"며 정부를
	// 몰아세우던 X 장관은: with none between.
	for j := i + 1; j < len(s.items); j++ {
		if s.items[j].run >= 0 {
			break
		}
		if sp, ok := k.subjectAt(s, j); ok && sp.Start > s.items[i].End {
			v := k.verbAfter(s, i)
			_, closed := particle(s.items[i+1].s)
			if k.verbAfter(s, j) > j || closed && (v < 0 || v > j || adnominal(s.items[v].s)) {
				return k.resolve(sp), j, true
			}
		}
	}
	// X: "Q"
	if i > 0 && strings.ContainsAny(s.items[i-1].end, ":=") && s.items[i-1].run < 0 && !strings.HasSuffix(s.items[i-1].s, "기자") && !strings.HasSuffix(s.items[i-1].s, "특파원") {
		lo := i - 1
		for lo > 0 && i-lo < 6 && s.items[lo-1].run < 0 && s.items[lo-1].end == "" && k.inPhrase(s.items[lo-1]) {
			lo--
		}
		sp := text.Span{Start: s.items[lo].Start, End: s.items[i-1].End}
		if k.cast.nameIn(sp) || koreanNoun(s.items[i-1].s) || looksKoreanName(s.items[lo].s) {
			return k.resolve(sp), i - 1, true
		}
	}
	// A headline: X 장관 "Q"
	if i > 0 && (i+1 == len(s.items) || k.headlineQuote(s, i)) {
		if sp, ok := k.headlineSpeaker(s, i); ok {
			return k.resolve(sp), i - 1, true
		}
	}
	if i == 0 {
		if sp, ok := k.signature(s); ok {
			return k.resolve(sp), len(s.items) - 1, true
		}
	}
	// Whatever the sentence opens with for its topic: 조약 제4조는 "Q"고
	if _, ok := k.closed(s, i); ok {
		for j := 0; j < i && s.items[j].run < 0 && j < 8; j++ {
			if sp, ok := k.anyTopic(s, j); ok {
				return k.resolve(sp), j, true
			}
		}
	}
	// 야권에서는 "Q"라는 비판이 나왔다
	for j := i - 1; j >= 0; j-- {
		if s.items[j].run >= 0 {
			continue
		}
		for _, p := range [...]string{"에서는", "에선", "에서도", "에서"} {
			if stem, ok := strings.CutSuffix(s.items[j].s, p); ok && voiceGroups[stem] {
				return k.resolve(text.Span{Start: s.items[j].Start, End: s.items[j].Start + len(stem)}), j, true
			}
		}
	}
	return speaker{entity: -1, more: -1}, -1, false
}

// closed gives the particle that closes the run at item i.
func (k *koreanReader) closed(s koreanSentence, i int) (string, bool) {
	if i+1 >= len(s.items) || s.items[i+1].run >= 0 || s.items[i+1].Start != s.items[i].End {
		return "", false
	}
	return particle(s.items[i+1].s)
}

// anyTopic reads the phrase before a topic particle at item j, whatever it
// names, unless a verb before a noun has the same shape.
func (k *koreanReader) anyTopic(s koreanSentence, j int) (text.Span, bool) {
	w := s.items[j].s
	stem, ok := strings.CutSuffix(w, "는")
	if !ok {
		stem, ok = strings.CutSuffix(w, "은")
	}
	if !ok || utf8.RuneCountInString(stem) < 2 || hasFinal(stem) != strings.HasSuffix(w, "은") || j+1 < len(s.items) && s.items[j+1].run < 0 && koreanNoun(withoutParticle(s.items[j+1].s)) {
		return text.Span{}, false
	}
	if r, _ := utf8.DecodeLastRuneInString(stem); strings.ContainsRune("하되있없않끄르으에서도지받같많높좋맡찾남얻입앉작짧깊굳죽앓잃싶늦젊넓낮붙닫믿짙", r) {
		return text.Span{}, false
	}
	for _, x := range notTopics {
		if w == x || len(x) > 6 && strings.HasSuffix(w, x) {
			return text.Span{}, false
		}
	}
	lo := j
	for lo > 0 && j-lo < 4 && s.items[lo-1].run < 0 && s.items[lo-1].end == "" && k.inPhrase(s.items[lo-1]) {
		lo--
	}
	return text.Span{Start: s.items[lo].Start, End: s.items[j].Start + len(stem)}, true
}

// claimBehind is the item of X의 in "Q"라는 X의 주장, which takes up the quote at
// item i, or 0.
func (k *koreanReader) claimBehind(s koreanSentence, i int) int {
	if i+3 >= len(s.items) || s.items[i+1].run >= 0 || s.items[i+1].Start != s.items[i].End || !strings.HasSuffix(s.items[i+1].s, "는") && !strings.HasSuffix(s.items[i+1].s, "란") {
		return 0
	}
	for j := i + 2; j+1 < len(s.items) && j < i+8; j++ {
		w, next := s.items[j], s.items[j+1]
		if w.run >= 0 || next.run >= 0 || w.end != "" {
			return 0
		}
		if strings.HasSuffix(w.s, "의") && len(w.s) > len("의") && stemIn(next.s, speechNouns) {
			if saidNouns[next.s] {
				return 0
			}
			return j
		}
		if !k.inPhrase(w) {
			return 0
		}
	}
	return 0
}

// runBetween reports whether a quoted run stands between two items.
func (k *koreanReader) runBetween(s koreanSentence, a, b int) bool {
	for j := a; j < b; j++ {
		if s.items[j].run >= 0 {
			return true
		}
	}
	return false
}

// accordingTo reads X에 before 따르면.
func (k *koreanReader) accordingTo(s koreanSentence, j int) (text.Span, bool) {
	w := s.items[j-1].s
	if s.items[j-1].run >= 0 || !strings.HasSuffix(w, "에") || len(w) <= 3 {
		return text.Span{}, false
	}
	lo := j - 1
	for lo > 0 && j-lo < 7 && s.items[lo-1].run < 0 && s.items[lo-1].end == "" && k.inPhrase(s.items[lo-1]) {
		lo--
	}
	return text.Span{Start: s.items[lo].Start, End: s.items[j-1].End - len("에")}, true
}

func (k *koreanReader) resolve(sp text.Span) speaker {
	if koreanPronoun(k.d.Slice(sp)) || strings.HasPrefix(k.d.Slice(sp), "이들") {
		out := speaker{entity: -1, more: -1}
		if k.hasVoice {
			out = k.voice
		}
		if i := k.cast.lastMet(sp.Start); i >= 0 && strings.HasSuffix(k.d.Slice(sp), "들") && !k.hasVoice {
			out = k.cast.speaker(i, sp)
		} else if i := k.cast.lastPerson(sp.Start); i >= 0 && (!k.hasVoice || k.voice.name == "") {
			out = k.cast.speaker(i, sp)
		}
		out.at = sp
		if out.name == "" {
			out.name = k.d.Slice(sp)
		}
		return out
	}
	return k.cast.koreanSpeaker(sp)
}
