package quote

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// people are the speakers of a Korean or Chinese article, in order of
// appearance: persons with their roles, and offices and unnamed sources as
// they stand.
type people struct {
	d    *text.Document
	all  []person
	seen int // mentions before it have been taken in
}

// see takes in who is named before byte at.
func (p *people) see(at int) {
	for ; p.seen < len(p.d.Mentions) && p.d.Mentions[p.seen].Start < at; p.seen++ {
		m := p.d.Mentions[p.seen]
		if p.d.Entities[m.Entity].Kind != text.Person {
			continue
		}
		if i := p.find(m.Entity, ""); i >= 0 {
			p.all[i].at, p.all[i].last = m.Span, m.Start+1
		}
	}
}

// person is one of them.
type person struct {
	name   string
	entity int // or -1
	role   text.Span
	office bool      // no name: an office, a body, an unnamed source
	at     text.Span // where it stood last
	last   int       // one more than the byte where it stood last, 0 when nowhere yet
}

// find gives the index of the person of that entity or name, or -1.
func (p *people) find(entity int, name string) int {
	for i := len(p.all) - 1; i >= 0; i-- {
		if entity >= 0 && p.all[i].entity == entity || entity < 0 && p.all[i].name == name {
			return i
		}
	}
	return -1
}

// meet notes a person with the role that stands beside the name here, and
// gives the index.
func (p *people) meet(entity int, name string, role text.Span, office bool, at text.Span) int {
	i := p.find(entity, name)
	if i < 0 {
		if len(p.all) >= maxPeople {
			return -1
		}
		p.all = append(p.all, person{name: name, entity: entity, office: office})
		i = len(p.all) - 1
	}
	if role.Len() > p.all[i].role.Len() {
		p.all[i].role = role
	}
	p.all[i].at, p.all[i].last = at, at.Start+1
	return i
}

// maxPeople bounds the cast of one article, so that a text made of names stays
// linear.
const maxPeople = 400

// lastPerson is the person named last before byte at, or -1.
func (p *people) lastPerson(at int) int {
	best := -1
	for i := range p.all {
		if x := &p.all[i]; !x.office && x.last > 0 && x.last <= at && (best < 0 || x.last > p.all[best].last) {
			best = i
		}
	}
	return best
}

// speaker is the i-th person as the speaker mentioned at.
func (p *people) speaker(i int, at text.Span) speaker {
	if i < 0 {
		return speaker{name: p.d.Slice(at), entity: -1, at: at, more: -1}
	}
	x := &p.all[i]
	x.at, x.last = at, at.Start+1
	return speaker{name: x.name, entity: x.entity, at: at, more: -1, named: !x.office}
}

// complete fills in what the speaker brings to a quote.
func (p *people) complete(q Quote, who speaker) Quote {
	q.Speaker, q.SpeakerAt = who.name, who.at
	if q.CueAt.Len() > 0 {
		q.Cue = p.d.Slice(q.CueAt)
	}
	if who.entity >= 0 {
		q.SpeakerKey = p.d.Entities[who.entity].Key
	}
	if i := p.find(who.entity, who.name); i >= 0 && p.all[i].role.Len() > 0 {
		q.RoleAt = p.all[i].role
		q.Role = p.d.Slice(q.RoleAt)
	}
	return q
}

// mentionIn is the last mention of a kind inside the span, or -1.
func (p *people) mentionIn(s text.Span, kind text.NameKind) int {
	ms := p.d.Mentions
	i := sort.Search(len(ms), func(i int) bool { return ms[i].Start >= s.End })
	for i--; i >= 0 && ms[i].Start >= s.Start; i-- {
		if ms[i].End <= s.End && p.d.Entities[ms[i].Entity].Kind == kind {
			return i
		}
	}
	return -1
}

// nameIn reports whether the span ends with a name of any kind, or holds a
// person's.
func (p *people) nameIn(s text.Span) bool {
	ms := p.d.Mentions
	i := sort.Search(len(ms), func(i int) bool { return ms[i].Start >= s.End })
	if i > 0 && ms[i-1].End == s.End && ms[i-1].Start >= s.Start {
		return true
	}
	return p.mentionIn(s, text.Person) >= 0
}

// koreanTitles and koreanBodies are the words that close an office or a body.
var (
	koreanTitles = wordSet(titleWords)
	koreanBodies = wordSet(bodyEnds)
)

func wordSet(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// koreanTitle reports whether the word ends with a title: 장관, 외교장관.
func koreanTitle(w string) bool { return endsIn(w, koreanTitles, 0) }

// koreanNoun reports whether the word ends with a title or the name of a body
// that speaks.
func koreanNoun(w string) bool { return koreanTitle(w) || endsIn(w, koreanBodies, 3) }

// endsIn reports whether w ends with a word of the set. One-syllable endings
// count only in words of at least short syllables; 0 lets no word but itself.
func endsIn(w string, set map[string]bool, short int) bool {
	n := utf8.RuneCountInString(w)
	for size, i := 0, len(w); i > 0 && size < 6; {
		_, k := utf8.DecodeLastRuneInString(w[:i])
		i -= k
		size++
		if set[w[i:]] && (size > 1 || n == 1 || short > 0 && n >= short) {
			return true
		}
	}
	return false
}

// koreanSurnames are the syllables that open Korean names.
const koreanSurnames = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"

// looksKoreanName reports whether a word has the shape of a Korean name.
func looksKoreanName(w string) bool {
	return nameShape(w) && !koreanNoun(w) && !koreanCommon[w]
}

// nameShape reports whether a word is three syllables that open with a
// surname.
func nameShape(w string) bool {
	n := 0
	for i, r := range w {
		if !unicode.Is(unicode.Hangul, r) || i == 0 && !strings.ContainsRune(koreanSurnames, r) {
			return false
		}
		n++
	}
	return n == 3
}

// koreanCommon are common nouns with the shape of a name.
var koreanCommon = wordSet(strings.Fields(`정부는 정부가 고위급 전문가 이번에 한반도 주민들 지난해 우리는 우리가 이날은 이사회 주요국 안보리 유엔은 한국은 미국은 중국은 일본은 북한은 이어서 전날은 이후로 최근에 정상은 장관은 문제는 여당은 야당은
	정상회 고위층 현지인 한국인 미국인 중국인 국제적 공식적 주변국 동맹국 선진국 강대국 이웃집 연구팀 전국의 오전에 오후에 한미일 한중일 남북한 여야는 전체의 이들은 그들은 하원의 상원의 주지사 원자력 도시의 지방의 한미군 주한미 국무부 국방부 외교부 통일부 기획재 인권위 공정위 금융위 방통위 정보원 성명서 공동의 현재의 전직인 현직인 노동당 민주당 공화당 국민당 보수당 자민당 정의당 진보당`))

// koreanSpeaker says who a Korean noun phrase is.
func (p *people) koreanSpeaker(sp text.Span) speaker {
	s := p.d.Slice(sp)
	unnamed := strings.HasSuffix(s, "관계자") || strings.HasSuffix(s, "당국자") || strings.HasSuffix(s, "소식통")
	if m := p.mentionIn(sp, text.Person); m >= 0 && !unnamed && p.leadsTo(sp, p.d.Mentions[m].Start) {
		x := p.d.Mentions[m]
		name := p.d.Entities[x.Entity].Name
		role := p.koreanRole(sp, x.Span)
		// A surname with a title may be an older acquaintance.
		if !strings.ContainsRune(name, ' ') && utf8.RuneCountInString(name) == 1 {
			if i, _ := p.bySurname(name, lastWord(s)); i >= 0 {
				return p.speaker(i, sp)
			}
		}
		return p.speaker(p.meet(x.Entity, name, role, false, sp), sp)
	}
	words := wordSpans(p.d.Text, sp)
	if len(words) == 0 {
		return p.speaker(-1, sp)
	}
	last := p.d.Slice(words[len(words)-1])
	// 홍길동 외교부 장관; 외교부 대변인 홍길동; 홍 장관.
	if koreanTitle(last) {
		for i, w := range words[:len(words)-1] {
			n := p.d.Slice(w)
			if i == 0 && len(words) <= 3 && utf8.RuneCountInString(n) == 1 && strings.Contains(koreanSurnames, n) {
				// 이 and 한 are more often this and one than Lee and Han.
				k, sure := p.bySurname(n, last)
				if (n == "이" || n == "한") && !sure {
					continue
				}
				if k >= 0 {
					return p.speaker(k, sp)
				}
				return p.speaker(p.meet(-1, s, text.Span{}, true, sp), sp)
			}
			if looksKoreanName(n) || nameShape(n) && i > 0 && i+2 == len(words) && !koreanBodies[n] && koreanModifier[p.d.Slice(words[i-1])] {
				role := text.Span{Start: words[i+1].Start, End: sp.End}
				if last == "씨" || last == "군" || last == "양" || last == "여사" {
					role = text.Span{}
				}
				if i > 0 && role.Len() > 0 && !koreanNoun(p.d.Slice(words[i-1])) {
					// 현지 활동가 홍길동 소장 keeps what follows the name.
					role = text.Span{Start: words[i+1].Start, End: sp.End}
				} else if i > 0 && role.Len() == 0 {
					role = text.Span{Start: words[0].Start, End: words[i-1].End}
				}
				return p.speaker(p.meet(-1, n, role, false, sp), sp)
			}
		}
		if name, role, ok := p.foreignKorean(words, sp); ok {
			return p.speaker(p.meet(-1, name, role, false, sp), sp)
		}
		if i := p.byTitle(words, last, sp.Start); i >= 0 {
			return p.speaker(i, sp)
		}
	}
	if looksKoreanName(last) {
		role := text.Span{}
		if len(words) > 1 {
			role = text.Span{Start: words[0].Start, End: words[len(words)-2].End}
		}
		return p.speaker(p.meet(-1, last, role, false, sp), sp)
	}
	return p.speaker(p.meet(-1, s, text.Span{}, true, sp), sp)
}

// leadsTo reports whether what stands in the phrase before the name at byte at
// can stand before a name: bodies, titles and their modifiers.
func (p *people) leadsTo(sp text.Span, at int) bool {
	words := wordSpans(p.d.Text, text.Span{Start: sp.Start, End: at})
	if len(words) == 0 {
		return true
	}
	w := p.d.Slice(words[len(words)-1])
	return koreanNoun(w) || koreanModifier[w] || p.nameIn(words[len(words)-1]) || strings.HasSuffix(w, "의") || !hangulOnly(w)
}

// foreignKorean splits 매슈 밀러 미국 국무부 대변인: the words before the first
// body or country are the name.
func (p *people) foreignKorean(words []text.Span, sp text.Span) (string, text.Span, bool) {
	n := 0
	for n < len(words)-1 {
		w := p.d.Slice(words[n])
		if koreanNoun(w) || strings.HasSuffix(w, "의") || koreanModifier[w] || p.nameIn(words[n]) || !hangulOnly(w) {
			break
		}
		n++
	}
	if n < 2 && !(n == 1 && len(words) == 2 && utf8.RuneCountInString(p.d.Slice(words[0])) >= 3) || n > 3 {
		return "", text.Span{}, false
	}
	if n == 1 && koreanCommon[p.d.Slice(words[0])] {
		return "", text.Span{}, false
	}
	return p.d.Text[words[0].Start:words[n-1].End], text.Span{Start: words[n].Start, End: sp.End}, true
}

// koreanModifier are words before an office that are no name.
var koreanModifier = wordSet(strings.Fields(`정부 고위 현지 해당 한 이 그 같은 동 전 현 신임 당시 익명 복수 소속 출신 여러 다른 일부 주요 외교 군사 경제 안보 통상 국제 지역 정치 사회 문화 대북 대중 대미 당 시민 민간 업계 학계 재계 외교가 정치권 여당 야당 지방 중앙 국내 해외 외국 남북 협상 실무 책임 담당 핵심 최고 수석 선임 공동 전직 현직 법률 북한 한국 미국 중국 일본 러시아 유엔 대통령실 서울 베이징 워싱턴 도쿄 평양 마을 동네 인근 공장 대학 연구소 신문 방송 통신 탈북 무역 금융 증권 반도체 수출 농업 환경 노동 교육 의료 보건 기업 회사`))

func hangulOnly(w string) bool {
	for _, r := range w {
		if !unicode.Is(unicode.Hangul, r) {
			return false
		}
	}
	return true
}

// koreanRole is what stands beside the name in its phrase: after it, or else
// before it.
func (p *people) koreanRole(sp, name text.Span) text.Span {
	after := trimmed(p.d.Text, text.Span{Start: name.End, End: sp.End})
	if s := p.d.Slice(after); after.Len() > 0 {
		if s == "씨" || s == "군" || s == "양" || s == "측" {
			after = text.Span{}
		} else if koreanNoun(lastWord(s)) {
			return after
		}
	}
	before := trimmed(p.d.Text, text.Span{Start: sp.Start, End: name.Start})
	if before.Len() > 0 && koreanNoun(lastWord(p.d.Slice(before))) {
		return before
	}
	return text.Span{}
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// bySurname finds the person that a surname and a title stand for, and tells
// whether the title is known to be that person's.
func (p *people) bySurname(surname, title string) (int, bool) {
	weak := -1
	for i := len(p.all) - 1; i >= 0; i-- {
		x := p.all[i]
		if x.office || !strings.HasPrefix(x.name, surname) && !strings.HasSuffix(x.name, " "+surname) {
			continue
		}
		if strings.HasSuffix(p.d.Slice(x.role), title) {
			return i, true
		}
		if weak < 0 {
			weak = i
		}
	}
	return weak, false
}

// byTitle finds whom a bare title, or one with 이, 그 or 해당, takes up again.
func (p *people) byTitle(words []text.Span, title string, before int) int {
	if len(words) > 2 {
		return -1
	}
	pointed := false
	if len(words) == 2 {
		switch p.d.Slice(words[0]) {
		case "이", "그", "해당", "같은", "동", "이어":
			pointed = true
		default:
			return -1
		}
	}
	best := -1
	for i := range p.all {
		x := &p.all[i]
		if x.last > before {
			continue
		}
		same := strings.HasSuffix(p.d.Slice(x.role), title) || x.office && pointed && strings.HasSuffix(x.name, title)
		if same && (best < 0 || x.last >= p.all[best].last) {
			best = i
		}
	}
	return best
}

// wordSpans cuts a span at spaces.
func wordSpans(t string, s text.Span) []text.Span {
	var out []text.Span
	for i := s.Start; i < s.End; {
		for i < s.End && t[i] == ' ' {
			i++
		}
		j := i
		for j < s.End && t[j] != ' ' {
			j++
		}
		if j > i {
			out = append(out, text.Span{Start: i, End: j})
		}
		i = j
	}
	return out
}
