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
			lead := len(bare) - len(strings.TrimLeft(bare, "([{<▲△◇◆■□●○-·"))
			it := koreanItem{Span: text.Span{Start: i + lead, End: i + len(bare)}, s: bare[lead:], run: -1, end: raw[len(bare):]}
			if bare == "" {
				if n := len(items); n > 0 {
					items[n-1].end += raw
				}
			} else {
				if len(items) >= longestKorean {
					cut()
				}
				it.say = stemIn(it.s, saidStems)
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
		// Who: the topic or subject before, else one between quote and verb.
		sp, at, found := k.speakerOf(s, i)
		if !found && whoAt >= 0 {
			sp, at, found = who, whoAt, true
		}
		carried := false
		if !found {
			sp, carried = k.carry(sents, si, i)
		}
		if kind == maybeSpeech && !found && !carried {
			continue
		}
		if heading && !found {
			continue
		}
		var cueAt text.Span
		if v := k.verbAfter(s, i); v >= 0 {
			cueAt = s.items[v].Span
		} else if v := k.verbBefore(s, i); v >= 0 {
			cueAt = s.items[v].Span
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
			if m := k.cast.mentionIn(it.Span, text.Person); m < 0 || k.d.Mentions[m].End != it.End {
				continue
			}
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

// carry says whose a quote is that no phrase of its sentence claims: the person
// that the next sentence of its paragraph is about when the quote opens the
// paragraph, the voice before it, or the person named last.
func (k *koreanReader) carry(sents []koreanSentence, si, i int) (speaker, bool) {
	s := sents[si]
	if i == 0 && len(s.items) == 1 && (si == 0 || sents[si-1].par != s.par) && si+1 < len(sents) && sents[si+1].par == s.par {
		next := sents[si+1]
		for j := 0; j < len(next.items) && j < 8 && next.items[j].run < 0; j++ {
			if sp, ok := k.subjectAt(next, j); ok && !k.runBetween(next, j, len(next.items)) {
				return k.resolve(sp), false
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
			return k.resolve(sp), false
		}
		// X 장관은 이렇게 말했다.
		if !k.hasVoice && n > 1 && next.items[n-1].say && !k.runBetween(next, 0, n) {
			for j := 0; j < n && j < 8; j++ {
				if sp, ok := k.subjectAt(next, j); ok {
					return k.resolve(sp), false
				}
			}
		}
	}
	if k.hasVoice {
		return k.voice, true
	}
	if p := k.cast.lastPerson(s.items[0].Start); p >= 0 {
		return k.cast.speaker(p, k.cast.all[p].at), true
	}
	return speaker{entity: -1, more: -1}, false
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
		case strings.HasSuffix(q, "는") || strings.HasSuffix(q, "던"):
			// "..."라는 입장: speech only with a noun of saying, or a whole sentence.
			if q == "는" && !sentenceEnd {
				return notSpeech
			}
			if (next == "게" || next == "것이" || next == "것은") && saidNouns[s.items[n-1].s] {
				return speech // "Q"는 게 노조의 설명이다
			}
			if i+3 < n && k.claimBehind(s, i) && (sentenceEnd || size >= 3) {
				return speech
			}
			if stemIn(next, speechNouns) && !(r.family == single && !sentenceEnd) && (sentenceEnd || size >= 2) {
				return speech
			}
			return notSpeech
		case stemIn(next, namingStems):
			return notSpeech
		case q == "고" || q == "며" || q == "면서":
			if !sentenceEnd && size < 2 && !oneWordSentence(t) {
				return notSpeech
			}
		case q == "라" || q == "이라":
			if stemIn(next, namingStems) || !sentenceEnd {
				return notSpeech
			}
		}
		if r.family == single && !sentenceEnd {
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
func oneWordSentence(t string) bool {
	r, _ := utf8.DecodeLastRuneInString(t)
	return strings.ContainsRune("다요까자라죠네", r) && utf8.RuneCountInString(t) >= 3
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
