package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Korean closes a quote with a particle (라고, 며) and the verb ends the
// sentence; who speaks stands before, with a topic or subject particle.

// saidStems begin the verbs that report speech.
var saidStems = strings.Fields(`말했 말하 말한 말씀 밝혔 밝히 밝힌 전했 전한 전하 강조 덧붙 지적 설명 주장 비판 언급 답했 답하 답한 대답 응답 반박 경고 촉구 평가 분석
	전망 내다봤 내다보 우려 당부 호소 제안 제의 약속 일축 인정 반문 꼬집 성토 규탄 토로 발표 보도 썼다 썼습 쓴 적었 적은 적고 했다 했고 했으 했습 한다 하며 하고 하면
	묻 물었 물은 되물 질문 되뇌 외쳤 외치 외친 고백 회고 회상 술회 단언 확언 장담 자평 자신했 다짐 선언 공언 천명 요구 요청 주문 지시 명령 권고 권했 조언 충고
	비난 질타 질책 항의 반발 맞섰 맞받 받아쳤 응수 반격 해명 부인 시인 확인 증언 진술 폭로 알렸 알린 알려 통보 공지 예고 예상 예측 추정 추측 관측 진단 풀이 해석 
	환영 애도 위로 격려 칭찬 극찬 호평 혹평 소개 표현 묘사 규정 지칭 표명 피력 제기 역설 언명 재확인 환기 상기 부연 첨언 귀띔 털어놨 털어놓 하소연 탄식 한탄
	개탄 자책 사과 사죄 변명 항변 반론 논평 시사 암시 내비쳤 내비친 건넸 남겼 남긴 올렸 올린 게시 게재 인용 전달 이야기 얘기 거론 못박 
	단정 결론 진단 혀를 표했 표한 화답 회답 설득 토로 판단 판결 기대 희망 바랐 바란 느꼈 생각 봤다 본다 여겼 믿`)

// quotative particles that follow the closing mark at once, longest first.
var quotative = strings.Fields(`이라고 이라며 이라면서 이라는 이라던 이라 라고도 라고 라며 라면서 라는 라던 라 하고 고도 고 며 면서 는 냐고 냐며 자고 자며 다고 다며 다는 이냐고`)

// namingVerbs follow a quoted name, not speech: 라고 불리는.
var namingStems = strings.Fields(`불리 불린 불렀 부르 부른 일컫 일컬 이름 명명 칭하 칭한 명칭 제목 별명 알려진`)

// speechNouns can follow 라는: they stand for what was said.
var speechNouns = strings.Fields(`입장 뜻 취지 말 글 메시지 설명 주장 지적 비판 의견 분석 전망 우려 반응 답변 답 발언 질문 평가 경고 의사 방침 내용 성명 논평 목소리 이유 생각 판단 견해 관측 
	대답 반박 해명 요구 당부 약속 메모 문구 구호 하소연 호소 진단 얘기 이야기 표현 반문 원칙`)

// titleWords close the office before or after a Korean name.
var titleWords = strings.Fields(`대통령 총리 장관 차관 차관보 대변인 부대변인 위원장 부위원장 의장 부의장 의원 대표 부대표 원내대표 총장 사무총장 사무처장 처장 청장 국장 과장 실장 부장 차장 본부장 부본부장 단장 팀장 소장 원장 부원장 연구원
	연구위원 선임연구위원 교수 부교수 조교수 명예교수 박사 회장 부회장 사장 부사장 전무 상무 이사 이사장 감독 코치 선수 기자 특파원 앵커 작가 변호사 검사 판사 대법관 재판관 대사 공사 영사 총영사 특사 특별대표 
	수석 수석대표 비서관 보좌관 안보보좌관 행정관 주석 서기 총서기 부장관 부총리 부통령 국무장관 국방장관 외교장관 통일장관 외무장관 상무장관 사령관 부사령관 참모총장 합참의장 중장 대장 소장 준장 대령 중령 시장 도지사 지사 군수 구청장 
	정책실장 안보실장 비서실장 조정관 전문가 분석가 애널리스트 이코노미스트 연구자 활동가 작가 감독 배우 가수 씨 양 군 여사 후보 당선인 위원 상임위원 부주석 부국장 담당관 관계자 당국자 소식통 고위관계자 외무상 인민무력상 부부장 제1부부장 책임비서 서기장 최고사령관 
	책임자 임원 직원 주민 시민 노동자 농민 상인 학생 유학생 탈북민 목격자 유족 간부 인사 외교관 협상대표 통상교섭본부장 상임대표 공동대표 이장 조합장 위원회 선장 목사 신부 스님 추기경 교황 국왕 왕세자 왕 재무장관 법무장관 석좌 석좌교수 관방장관 외교부장 국방상 비서 총비서 부상 제1부상 대표단장 센터장 학장 총재 행장 은행장 지부장 지회장 사무국장 조사관 수사관 검찰총장 경찰청장 서장 어민 시위대 군중 참가자 유권자 응답자 누리꾼 네티즌 관객 독자 시청자 소비자 투자자 피해자 운영자 설립자 창업자 후보자 지지자 반대자 생존자 당사자 개발자 사업자 근로자 경영자 지도자 기술자 과학자 학자 경제학자 협상가 정치인 기업인 언론인 종교인 군인 시민단체 학부모 교사 강사 셰프 농부 어부 감사 아나운서 평론가 시인 소설가 의사 간호사 약사`)

// bodyEnds close the names of bodies that speak.
var bodyEnds = strings.Fields(`부 처 청 원 실 국 위원회 회의 협회 연맹 연합 연합회 연대 노조 정부 청와대 대통령실 국회 검찰 경찰 법원 재판부 군 합참 통신 신문 방송 일보 매체 언론 은행 회사 기업 그룹 전자 재단 연구소 연구원 센터 대학 당 측 당국 본부 사령부 대사관 단체 기구 학회 의회 의원실 공사 공단 백악관 국무부 국방부 외교부 통일부`)

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
			bare := strings.TrimRight(raw, ".,:;!?…·)]}>,。、：=")
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

// saidNouns close a sentence that only says whose words came before.
var saidNouns = wordSet(strings.Fields(`말이다 설명이다 지적이다 주장이다 얘기다 이야기다 분석이다 전망이다 평가다 말입니다 고백이다 하소연이다 진단이다 반응이다`))

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
			if stemIn(next, speechNouns) && !(r.family == single && !sentenceEnd) && (sentenceEnd || size >= 2) {
				return speech
			}
			return notSpeech
		case stemIn(next, namingStems):
			return notSpeech
		case q == "고" || q == "며" || q == "면서":
			if !sentenceEnd && size < 2 {
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

// partialStems take a quoted noun as what something was called.
var partialStems = strings.Fields(`규정 평가 표현 묘사 비판 비난 지칭 언급 판단 간주 진단 일축 치부 설명 주장 강조`)

// endsLikeSentence reports whether quoted Korean ends as a sentence does.
func endsLikeSentence(t string) bool {
	if endsSentence(t) || strings.HasSuffix(t, ",") {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(t)
	return strings.ContainsRune("다요까자라죠오니냐나네지걸군데", r) && koreanWords(t) >= 2
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

// topicParticles close the phrase of who speaks, longest first.
var topicParticles = []string{"께서는", "께서", "측은", "측이", "은", "는", "이", "가", "도"}

// notTopics end in what looks like a topic particle but tell when or where.
var notTopics = strings.Fields(`에도 에서도 에게도 으로도 까지도 라도 해도 에는 에서는 에게는 으로는 로는 까지는 부터는 와는 과는 하고는 보다는 라는 이라는 다는 있는 없는 하는 되는 않는 같은 많은 적은 높은 낮은 지난 다른 어떤 모든 이런 그런 저런 이는 것은 것이 점은 점이 바가 바는 때는 때가 수가 수는 
	이날은 오늘은 내일은 어제는 올해는 지난해는 최근 위한 대한 관한 통한 따른 인한 의한 이같은 이 그 저 우선은 특히는 실제는 사실은 아직은 이번은 이것은 이것이 그것은 그것이`)

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
	last = strings.TrimSuffix(last, "들")
	kind := koreanNoun(last)
	lo := i
	// Back over the words of the phrase: no particle, no comma.
	for lo > 0 && i-lo < 7 {
		p := s.items[lo-1]
		if p.run >= 0 || p.end != "" && p.end != ")" || !k.inPhrase(p) {
			break
		}
		lo--
	}
	span := text.Span{Start: s.items[lo].Start, End: end}
	if kind || k.cast.nameIn(span) || koreanPronoun(last) || i-lo >= 1 && koreanNoun(s.items[i-1].s) {
		return span, true
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
	switch w {
	case "이날", "오늘", "어제", "또", "또한", "이어", "한편", "그러나", "하지만", "그리고", "다만", "특히", "최근", "당시", "반면", "앞서", "이에", "그러자", "따라서", "이와", "관련해", "대해", "통해", "위해", "현지시간", "오전", "오후", "지난", "올해", "지난해", "이에대해", "아울러", "여기에", "더불어", "결국", "역시", "다시", "함께", "이번", "대한", "관한", "위한", "대해서":
		return false
	}
	switch w {
	case "이", "그", "한", "두", "세", "네", "양":
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(w)
	if isDigit(w[0]) && (r == '일' || r == '월' || r == '년' || r == '시' || r == '분') {
		return false
	}
	for _, p := range []string{"요구한", "참석한", "방문한", "밝힌", "전한", "맡은", "이끄는", "하던", "했던", "하는", "있는", "열린", "묻자", "하자", "되자", "알려지자", "나서자", "에서", "에게", "으로", "에는", "까지", "부터", "라고", "다고", "하며", "면서", "에도", "에서도", "하고", "지만", "는데", "니다", "했다", "로서", "보다", "처럼", "마다", "조차", "에 대해"} {
		if strings.HasSuffix(w, p) {
			return false
		}
	}
	switch r {
	case '은', '는', '을', '를', '에':
		return looksKoreanName(w)
	case '이', '가', '로', '와', '과', '도', '며', '고', '만':
		return koreanNoun(w) || looksKoreanName(w)
	}
	return unicode.Is(unicode.Hangul, r) || unicode.IsLetter(r) || unicode.IsDigit(r) || r == ')'
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
		if strings.HasSuffix(w, "은") || strings.HasSuffix(w, "는") {
			return k.resolve(sp), j, true
		}
		if subject < 0 {
			subject, subjectSpan = j, sp
		}
	}
	if subject >= 0 {
		return k.resolve(subjectSpan), subject, true
	}
	// "Q." X 장관은 이렇게 말했다: behind, with a verb of its own.
	for j := i + 1; j < len(s.items); j++ {
		if s.items[j].run >= 0 {
			break
		}
		if sp, ok := k.subjectAt(s, j); ok && sp.Start >= s.items[i].End && k.verbAfter(s, j) > j {
			return k.resolve(sp), j, true
		}
	}
	// X: "Q"
	if i > 0 && strings.Contains(s.items[i-1].end, ":") && s.items[i-1].run < 0 {
		lo := i - 1
		for lo > 0 && i-lo < 6 && s.items[lo-1].run < 0 && s.items[lo-1].end == "" && k.inPhrase(s.items[lo-1]) {
			lo--
		}
		sp := text.Span{Start: s.items[lo].Start, End: s.items[i-1].End}
		if k.cast.nameIn(sp) || koreanNoun(s.items[i-1].s) || looksKoreanName(s.items[lo].s) {
			return k.resolve(sp), i - 1, true
		}
	}
	return speaker{entity: -1, more: -1}, -1, false
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
		if i := k.cast.lastPerson(sp.Start); i >= 0 && (!k.hasVoice || k.voice.name == "") {
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

// reportedEndings close a reported clause before its verb.
var reportedEndings = []string{"다고", "라고", "자고", "냐고", "다며", "라며", "자며", "다면서", "라면서", "다는", "라는"}

// reported finds S는 ...다고 말했다 and S에 따르면 ..., without marks or with
// marks inside.
func (k *koreanReader) reported(s koreanSentence) {
	n := len(s.items)
	for v := n - 1; v > 1; v-- {
		it := s.items[v]
		if it.run >= 0 || !it.say {
			continue
		}
		// The clause's last word, right before the verb but for an adverb.
		e := v - 1
		for e > 0 && e > v-6 && !closesReport(s.items[e]) {
			if s.items[e].run >= 0 {
				e = 0
				break
			}
			e--
		}
		if e <= 0 || !closesReport(s.items[e]) {
			return
		}
		for j := 0; j < e; j++ {
			if s.items[j].run >= 0 {
				if _, ok := particle(s.items[j+1].s); ok {
					return // a direct quote with its particle
				}
			}
		}
		lo := 0
		sp, found := speaker{entity: -1, more: -1}, false
		for j := 0; j < e && !found; j++ {
			if s.items[j].run >= 0 {
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
		lo = k.skipSetting(s, lo, e)
		if e-lo < 1 {
			return
		}
		k.clause(s, lo, text.Span{Start: s.items[lo].Start, End: reportEnd(s.items[e])}, sp, it.Span, e)
		return
	}
	for j := 1; j < n; j++ {
		if s.items[j].run < 0 && strings.HasPrefix(s.items[j].s, "따르면") && j+2 < n {
			if span, ok := k.accordingTo(s, j); ok {
				k.clause(s, j+1, text.Span{Start: s.items[j+1].Start, End: s.items[n-1].End}, k.resolve(span), s.items[j].Span, n-1)
			}
			return
		}
	}
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
	for _, p := range []string{"면서", "고", "며", "는"} {
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
		w := s.items[j].s
		switch {
		case w == "이날" || w == "오늘" || isDigit(w[0]) && (strings.HasSuffix(w, "일") || strings.HasSuffix(w, "월")) && j == at:
			at = j + 1
		case strings.HasSuffix(w, "에서") && (strings.Contains(w, "회견") || strings.Contains(w, "브리핑") || strings.Contains(w, "인터뷰") || strings.Contains(w, "회의") || strings.Contains(w, "성명") || strings.Contains(w, "연설") || strings.Contains(w, "토론회") || strings.Contains(w, "통화")):
			at = j + 1
		}
	}
	return at
}
