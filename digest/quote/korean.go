package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Korean closes a quote with a particle (라고, 며) and the verb ends the
// sentence; who speaks stands before, with a topic or subject particle.

// koreanItem is an eojeol or a quoted run of a Korean sentence.
type koreanItem struct {
	text.Span
	s   string // the eojeol; for what follows a closing mark without a space, that alone
	run int    // index of the run, or -1
	end string // marks that follow: , . :
	say bool   // begins as a reporting verb does
	cut int    // byte of a closing mark inside it whose opening one was lost, or 0
}

// longestKorean is how many eojeols and runs a sentence may have before it is
// cut.
const longestKorean = 120

type koreanSentence struct {
	items []koreanItem
	par   int
}

// korean finds the quotes of a Korean article.
func korean(d *text.Document, runs []run) []Quote {
	mendKorean(d, runs)
	k := &koreanReader{d: d, runs: runs, cast: &people{d: d}}
	sents := koreanSentences(d, runs)
	for _, s := range sents {
		k.introduce(s)
	}
	for i := range k.cast.all {
		k.cast.all[i].last = 0
	}
	for i := range sents {
		k.read(sents, i)
	}
	sortQuotes(k.quotes)
	return k.quotes
}

// mendKorean ends a quote whose closing mark was lost before the particle that
// closes it: “모든 가능성을 열어두고 있다고 말했다.
func mendKorean(d *text.Document, runs []run) {
	for i := range runs {
		r := &runs[i]
		if r.family != double || !r.opened || r.closed || i+1 < len(runs) && runs[i+1].par == r.par+1 && runs[i+1].outer.Start == d.Paragraphs[r.par+1].Start {
			continue
		}
		words := wordSpans(d.Text, r.Span)
		for j, w := range words {
			p := reportParticle(d.Slice(w))
			if p == "" || j+1 == len(words) {
				continue
			}
			if next := d.Slice(words[j+1]); !stemIn(next, saidStems) && !(strings.HasSuffix(p, "며") || strings.HasSuffix(p, "면서")) {
				continue
			}
			r.Span.End = w.End - len(p)
			r.outer.End, r.closed = r.Span.End, true
			break
		}
	}
}

// reportParticle is the quotative particle at the end of an eojeol that ends a
// reported clause: 고 of 있다고, 이라고 of 결정이라고.
func reportParticle(w string) string {
	for _, p := range [...]string{"면서", "고", "며"} {
		stem, ok := strings.CutSuffix(w, p)
		if !ok {
			continue
		}
		switch {
		case strings.HasSuffix(stem, "이라"):
			return "이라" + p
		case strings.HasSuffix(stem, "다라"), strings.HasSuffix(stem, "요라"), strings.HasSuffix(stem, "까라"):
			return "라" + p
		case strings.HasSuffix(stem, "다"), strings.HasSuffix(stem, "라"), strings.HasSuffix(stem, "자"), strings.HasSuffix(stem, "냐"):
			return p
		}
	}
	return ""
}

// koreanSentences cuts the body into sentences of eojeols and runs.
func koreanSentences(d *text.Document, runs []run) []koreanSentence {
	var out []koreanSentence
	ri := 0
	for pi := range d.Paragraphs {
		p := &d.Paragraphs[pi]
		if p.Role != text.Body && p.Role != text.Heading {
			continue
		}
		var items []koreanItem
		cut := func() {
			if len(items) > 0 {
				out = append(out, koreanSentence{items, pi})
				items = nil
			}
		}
		for i := max(p.Start, p.Dateline.End); i < p.Span.End; {
			for ri < len(runs) && runs[ri].outer.End <= i {
				ri++
			}
			if ri < len(runs) && runs[ri].outer.Start <= i {
				r := runs[ri]
				if n := len(items); n > 0 && items[n-1].run >= 0 && i != items[n-1].End && endsSentence(d.Slice(items[n-1].Span)) && !strings.ContainsAny(items[n-1].end, ",") {
					// Two quotes in a row: each its own sentence unless a particle joins them.
					cut()
				}
				if len(items) >= longestKorean {
					cut()
				}
				items = append(items, koreanItem{Span: r.outer, run: ri})
				i = r.outer.End
				continue
			}
			r, w := utf8.DecodeRuneInString(d.Text[i:])
			if unicode.IsSpace(r) {
				i += w
				continue
			}
			limit := p.Span.End
			if ri < len(runs) && runs[ri].par == pi {
				limit = min(limit, runs[ri].outer.Start)
			}
			j := i
			for j < limit {
				r, w := utf8.DecodeRuneInString(d.Text[j:])
				if unicode.IsSpace(r) {
					break
				}
				j += w
			}
			raw := d.Text[i:j]
			bare := strings.TrimRight(raw, ".,:;!?…·)]}>。、：=")
			lead := len(bare) - len(strings.TrimLeft(bare, "([{<▲△◇◆■□●○-·…,/"))
			it := koreanItem{Span: text.Span{Start: i + lead, End: i + len(bare)}, s: bare[lead:], run: -1, end: raw[len(bare):]}
			if n := len(items); lead > 0 && n > 0 && items[n-1].run >= 0 {
				items[n-1].end += bare[:lead]
			}
			if at := strings.IndexAny(it.s, `”"`); at > 0 {
				_, w := utf8.DecodeRuneInString(it.s[at:])
				it.cut = it.Start + at
				it.s = it.s[:at] + it.s[at+w:]
			}
			if it.s == "" {
				if n := len(items); n > 0 {
					items[n-1].end += raw
				}
			} else {
				if len(items) >= longestKorean {
					cut()
				}
				it.say = stemIn(it.s, saidStems) && !stemIn(it.s, passiveStems)
				if n := len(items); n > 0 && items[n-1].run < 0 {
					if verb := saidIdioms[items[n-1].s]; verb != "" && strings.HasPrefix(it.s, verb) {
						it.say = true
					}
				}
				if n := len(items); n > 0 && items[n-1].run >= 0 && items[n-1].End < it.Start && !it.say && endsSentence(d.Slice(items[n-1].Span)) {
					if _, ok := particle(it.s); !ok {
						cut()
					}
				}
				items = append(items, it)
			}
			i = j
			if strings.ContainsAny(raw[len(bare):], ".?!。") && !(len(bare) > 0 && isDigit(bare[len(bare)-1]) && i < p.Span.End && isDigit(d.Text[min(i, len(d.Text)-1)])) && koreanEnd(bare) {
				cut()
			}
		}
		cut()
	}
	return out
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// koreanEnd reports whether a sentence can end with the eojeol: a full stop
// after a letter or number alone is an initial or a list mark.
func koreanEnd(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s == "" || unicode.Is(unicode.Hangul, r)
}

type koreanReader struct {
	d         *text.Document
	runs      []run
	cast      *people
	quotes    []Quote
	voice     speaker
	hasVoice  bool
	utterance int
	lastPar   int
}

// stemIn reports whether s begins with one of the stems.
func stemIn(s string, stems []string) bool {
	for _, x := range stems {
		if strings.HasPrefix(s, x) {
			return true
		}
	}
	return false
}

// particle splits a quotative particle off the eojeol that follows a closing
// mark.
func particle(s string) (string, bool) {
	for _, q := range quotative {
		if s == q {
			return q, true
		}
	}
	return "", false
}

// read takes the quotes of one sentence.
func (k *koreanReader) read(sents []koreanSentence, si int) {
	s := sents[si]
	heading := k.d.Paragraphs[s.par].Role != text.Body
	n := len(s.items)
	k.cast.see(s.items[0].Start)
	who, whoAt := speaker{entity: -1, more: -1}, -1
	lastQuoted := -1
	for i, it := range s.items {
		if it.run < 0 {
			continue
		}
		r := k.runs[it.run]
		kind := k.judge(s, i, r)
		if kind == notSpeech {
			continue
		}
		if k.asked(s, i) {
			k.utterance++
			k.add(Quote{Span: r.Span, Kind: Direct, Utterance: k.utterance}, speaker{entity: -1, more: -1})
			continue
		}
		// Who: the topic or subject before, else one between quote and verb.
		sp, at, found := k.speakerOf(s, i)
		if !found && whoAt >= 0 {
			sp, at, found = who, whoAt, true
		}
		carried := false
		var cueAt text.Span
		if !found {
			sp, cueAt, carried = k.carry(sents, si, i)
		}
		if kind == maybeSpeech && !found && !carried {
			continue
		}
		if heading && !found {
			continue
		}
		if v := k.verbAfter(s, i); v >= 0 {
			cueAt = s.items[v].Span
		} else if v := k.verbBefore(s, i); v >= 0 {
			cueAt = s.items[v].Span
		} else if last := s.items[n-1]; i+2 < n && last.run < 0 && strings.HasSuffix(last.s, "다") {
			if q, ok := particle(s.items[i+1].s); ok && strings.HasSuffix(q, "고") {
				cueAt = last.Span // "Q"고 선을 그었다
			}
		}
		if lastQuoted < 0 && !(carried && s.par-k.lastPar <= 1) {
			k.utterance++
		}
		lastQuoted = i
		k.add(Quote{Span: r.Span, Kind: Direct, Utterance: k.utterance, CueAt: cueAt}, sp)
		if sp.name != "" {
			k.voice, k.hasVoice, k.lastPar = sp, true, s.par
			who, whoAt = sp, at
		}
	}
	if !heading && n > 2 {
		k.reported(s)
		k.topic(s)
	}
}

// introduce notes who is named with a title anywhere, so that a role told in
// one place serves the quotes of another.
func (k *koreanReader) introduce(s koreanSentence) {
	for i, it := range s.items {
		if it.run >= 0 || it.end != "" || i+1 >= len(s.items) {
			continue
		}
		named := looksKoreanName(it.s)
		if !named {
			m := k.cast.mentionIn(text.Span{Start: s.items[max(0, i-2)].Start, End: it.End}, text.Person)
			if m < 0 || k.d.Mentions[m].End != it.End {
				continue
			}
			it.Start = k.d.Mentions[m].Start
		}
		for j := i + 1; j < len(s.items) && j < i+7 && s.items[j].run < 0; j++ {
			w := s.items[j].s
			bare := withoutParticle(w)
			if koreanTitle(bare) && bare != "씨" {
				if bare == w && j+1 < len(s.items) && s.items[j].end == "" && s.items[j+1].run < 0 && koreanTitle(withoutParticle(s.items[j+1].s)) {
					continue // 상임 대표: the title goes on
				}
				k.cast.koreanSpeaker(text.Span{Start: it.Start, End: s.items[j].Start + len(bare)})
				break
			}
			if s.items[j].end != "" || !k.inPhrase(s.items[j]) {
				break
			}
		}
	}
}

// withoutParticle is the noun of an eojeol.
func withoutParticle(w string) string {
	for _, p := range [...]string{"에게서", "에게는", "으로부터", "께서는", "에게", "으로", "과의", "와의", "께서", "은", "는", "이", "가", "을", "를", "의", "과", "와", "도", "에", "로"} {
		if strings.HasSuffix(w, p) && len(w) > len(p) && koreanTitle(strings.TrimSuffix(w, p)) {
			return strings.TrimSuffix(w, p)
		}
	}
	return w
}

// carry says whose a quote is that no phrase of its sentence claims, and the
// verb where the next sentence has it: the person
// that the next sentence of its paragraph is about when the quote opens the
// paragraph, the voice before it, or the person named last.
func (k *koreanReader) carry(sents []koreanSentence, si, i int) (speaker, text.Span, bool) {
	s := sents[si]
	if i == 0 && len(s.items) == 1 && (si == 0 || sents[si-1].par != s.par) && si+1 < len(sents) && sents[si+1].par == s.par {
		next := sents[si+1]
		var cueAt text.Span
		if last := next.items[len(next.items)-1]; last.say {
			cueAt = last.Span
		}
		for j := 0; j < len(next.items) && j < 8 && next.items[j].run < 0; j++ {
			if sp, ok := k.subjectAt(next, j); ok && !k.runBetween(next, j, len(next.items)) {
				return k.resolve(sp), cueAt, false
			}
		}
	}
	if si+1 < len(sents) {
		next := sents[si+1]
		n := len(next.items)
		// X 대통령의 말이다.
		if n >= 2 && n <= 8 && next.par == s.par && saidNouns[next.items[n-1].s] && strings.HasSuffix(next.items[n-2].s, "의") && next.items[n-2].run < 0 {
			last := next.items[n-2]
			sp := text.Span{Start: next.items[0].Start, End: last.End - len("의")}
			return k.resolve(sp), text.Span{}, false
		}
		// X 장관은 이렇게 말했다.
		if !k.hasVoice && n > 1 && next.items[n-1].say && !k.runBetween(next, 0, n) {
			for j := 0; j < n && j < 8; j++ {
				if sp, ok := k.subjectAt(next, j); ok {
					return k.resolve(sp), next.items[n-1].Span, false
				}
			}
		}
	}
	if k.hasVoice {
		return k.voice, text.Span{}, true
	}
	if p := k.cast.lastPerson(s.items[0].Start); p >= 0 {
		return k.cast.speaker(p, k.cast.all[p].at), text.Span{}, true
	}
	return speaker{entity: -1, more: -1}, text.Span{}, false
}

// asked reports whether the quote at item i is a question that the speaker of
// the sentence was asked: "Q"는 질문에.
func (k *koreanReader) asked(s koreanSentence, i int) bool {
	if i+2 >= len(s.items) || s.items[i+1].Start != s.items[i].End || !strings.HasSuffix(s.items[i+1].s, "는") {
		return false
	}
	for _, it := range s.items[i+2 : min(i+6, len(s.items))] {
		if it.run >= 0 {
			return false
		}
		if stemIn(it.s, askedNouns) {
			return strings.HasSuffix(it.s, "에") || strings.HasSuffix(it.s, "에는") || strings.HasSuffix(it.s, "에도")
		}
	}
	return false
}

// headlineQuote reports whether the run at item i stands in a headline behind
// its speaker: 장관 "Q"…국방부는 "Q".
func (k *koreanReader) headlineQuote(s koreanSentence, i int) bool {
	last := s.items[len(s.items)-1]
	if i == 0 || s.items[i-1].run >= 0 || last.run < 0 && (last.say || strings.ContainsAny(last.end, ".")) || strings.ContainsAny(last.end, ".") {
		return false
	}
	for j := i + 1; j < len(s.items); j++ {
		if s.items[j].run < 0 && s.items[j].Start == s.items[j-1].End {
			return false // a particle
		}
	}
	if _, ok := k.subjectAt(s, i-1); ok {
		return true
	}
	_, ok := k.headlineSpeaker(s, i)
	return ok
}

// signature reads who stands behind a quote and a dash: "Q" - 장관.
func (k *koreanReader) signature(s koreanSentence) (text.Span, bool) {
	n := len(s.items)
	if n < 2 || n > 8 || s.items[0].run < 0 || !strings.ContainsAny(s.items[0].end, "-–—―") {
		return text.Span{}, false
	}
	for _, it := range s.items[1:] {
		if it.run >= 0 || !k.inPhrase(it) {
			return text.Span{}, false
		}
	}
	sp := text.Span{Start: s.items[1].Start, End: s.items[n-1].End}
	return sp, k.cast.nameIn(sp) || koreanNoun(s.items[n-1].s) || looksKoreanName(s.items[n-1].s)
}

// headlineSpeaker reads the bare noun phrase before the run of a headline.
func (k *koreanReader) headlineSpeaker(s koreanSentence, i int) (text.Span, bool) {
	lo := i
	for lo > 0 && i-lo < 6 && s.items[lo-1].run < 0 && s.items[lo-1].end == "" && k.inPhrase(s.items[lo-1]) {
		lo--
	}
	if lo == i || lo > 0 && s.items[lo-1].run < 0 && !strings.ContainsAny(s.items[lo-1].end, "]>…,·") {
		return text.Span{}, false
	}
	sp := text.Span{Start: s.items[lo].Start, End: s.items[i-1].End}
	return sp, k.cast.nameIn(sp) || koreanNoun(s.items[i-1].s) || i-lo == 1 && looksKoreanName(s.items[lo].s)
}

type judgement uint8

const (
	notSpeech judgement = iota
	maybeSpeech
	speech
)

// topic notes the person that a sentence without quotes is about.
func (k *koreanReader) topic(s koreanSentence) {
	for _, it := range s.items {
		if it.run >= 0 {
			return
		}
	}
	for j := 0; j < len(s.items) && j < 7; j++ {
		if sp, ok := k.subjectAt(s, j); ok {
			if !koreanPronoun(k.d.Slice(sp)) {
				k.cast.koreanSpeaker(sp)
			}
			return
		}
	}
}

// judge tells somebody's words from terms, titles and names.
func (k *koreanReader) judge(s koreanSentence, i int, r run) judgement {
	t := k.d.Slice(r.Span)
	n := len(s.items)
	if r.family == corner && !r.closed {
		return notSpeech
	}
	if i > 0 && s.items[i-1].run < 0 {
		switch s.items[i-1].s {
		case "이른바", "소위", "일명", "가칭", "제목은", "제목의":
			return notSpeech
		}
	}
	size := koreanWords(t)
	sentenceEnd := endsLikeSentence(t)
	attached := i+1 < n && s.items[i+1].run < 0 && s.items[i+1].Start == s.items[i].End
	if !attached && (size >= 2 || r.family == double && i > 1 && k.runBetween(s, 0, i)) && r.family != corner && k.headlineQuote(s, i) {
		return speech
	}
	if i == 0 && r.family == double && size >= 2 {
		if _, ok := k.signature(s); ok {
			return speech
		}
	}
	if !attached {
		if i+1 == n || s.items[i+1].run >= 0 && sentenceEnd {
			// Alone or at the end: words when they are a sentence.
			if sentenceEnd && (r.family == double || r.family == corner && size > 2) {
				return speech
			}
			if r.family == double && size >= 3 && i > 0 && strings.Contains(s.items[i-1].end, ":") {
				return speech
			}
			if r.family == double && size >= 4 {
				return maybeSpeech
			}
			return notSpeech
		}
		// "Q" 말했다; "Q," X가 말했다.
		if s.items[i+1].say && r.family != single && size >= 2 {
			return speech
		}
		if sentenceEnd && r.family == double && size >= 2 {
			return speech
		}
		if strings.HasPrefix(s.items[i+1].s, "등") && r.family == double && size >= 3 {
			return maybeSpeech
		}
		return notSpeech
	}
	p := s.items[i+1].s
	next := ""
	if i+2 < n && s.items[i+2].run < 0 {
		next = s.items[i+2].s
	}
	if q, ok := particle(p); ok {
		switch {
		case strings.HasSuffix(q, "는") || strings.HasSuffix(q, "던") || strings.HasSuffix(q, "란"):
			// "..."라는 입장: speech only with a noun of saying, or a whole sentence.
			if q == "는" && !sentenceEnd {
				return notSpeech
			}
			if q == "던" {
				if sentenceEnd && r.family == double {
					return speech
				}
				return notSpeech
			}
			if (next == "게" || next == "것이" || next == "것은") && saidNouns[s.items[n-1].s] {
				return speech // "Q"는 게 노조의 설명이다
			}
			if r.family == single && k.asked(s, i) {
				return notSpeech
			}
			if k.claimBehind(s, i) > 0 && (sentenceEnd || size >= 2) {
				return speech
			}
			if stemIn(next, speechNouns) && !(r.family == single && !sentenceEnd) && (sentenceEnd || size >= 2) {
				return speech
			}
			return notSpeech
		case stemIn(next, namingStems):
			return notSpeech
		case q == "고" || q == "며" || q == "면서":
			if !sentenceEnd && size < 2 && !oneWordSentence(t, r.family) {
				return notSpeech
			}
		case q == "라" || q == "이라":
			if stemIn(next, namingStems) || !sentenceEnd {
				return notSpeech
			}
		}
		if r.family == single && !sentenceEnd && !(size >= 4 && i+2 < n && s.items[i+2].say) {
			return notSpeech
		}
		return speech
	}
	if r.family == single {
		return notSpeech
	}
	// A partial quote: "최대 위협"으로 규정했다.
	if strings.HasPrefix(p, "으로") || p == "로" || strings.HasPrefix(p, "이라") {
		if next != "" && stemIn(next, partialStems) {
			return speech
		}
	}
	if size >= 3 && s.items[n-1].say {
		return maybeSpeech
	}
	return notSpeech
}

// endsLikeSentence reports whether quoted Korean ends as a sentence does.
func endsLikeSentence(t string) bool {
	if endsSentence(t) || strings.HasSuffix(t, ",") {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(t)
	return strings.ContainsRune("다요까자라죠오니냐나네지걸군데", r) && koreanWords(t) >= 2
}

// oneWordSentence reports whether one quoted word is a predicate: "사과하라".
func oneWordSentence(t string, f family) bool {
	r, _ := utf8.DecodeLastRuneInString(t)
	n := utf8.RuneCountInString(t)
	return strings.ContainsRune("다요까자라죠네", r) && (n >= 3 || n == 2 && f == double)
}

func koreanWords(t string) int { return len(strings.Fields(t)) }

// verbAfter finds the reporting verb that closes the quote at item i.
func (k *koreanReader) verbAfter(s koreanSentence, i int) int {
	for j := i + 1; j < len(s.items); j++ {
		if s.items[j].run >= 0 {
			continue
		}
		if s.items[j].say && j > i && s.items[j].Start != s.items[i].End {
			return j
		}
	}
	return -1
}

// verbBefore finds the verb of a sentence that only announces: X는 이렇게
// 말했다: "Q".
func (k *koreanReader) verbBefore(s koreanSentence, i int) int {
	for j := i - 1; j >= 0 && j > i-4; j-- {
		if s.items[j].run < 0 && s.items[j].say {
			return j
		}
	}
	return -1
}

// add completes a quote and keeps it.
func (k *koreanReader) add(q Quote, who speaker) {
	k.quotes = append(k.quotes, k.cast.complete(q, who))
}
