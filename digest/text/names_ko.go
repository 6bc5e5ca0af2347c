package text

import (
	"strings"
	"unicode/utf8"
)

// koreanTitles follow a name, with or without a space.
var koreanTitles = strings.Fields("대통령 국가주석 주석 부총리 총리 장관 차관 외무상 국방상 방위상 재무상 경제산업상 관방장관 부위원장 국무위원장 위원장 의원 대변인 부대변인 대표 특사 대사 총장 국장 부장 실장 수석 교수 선임연구위원 연구위원 선임연구원 연구원 소장 회장 사장 총비서 비서관 비서 서기 시장 지사 의장 사령관 참모총장 합참의장 보좌관 차관보 부차관보 행정관 부장관 씨 여사 본부장 단장 원장 처장 청장 센터장 총재 검사장 검사 판사 변호사 기자 상임위원 원내대표 최고위원 당대표 동지 총통 행정장관 주임 참모장 공보관 정책위의장 부의장 부회장 감독 선임보좌관 안보실장 비서실장 제1부부장 부부장 총서기 상무위원 외교부장 국무장관 국방장관 통일장관 외교장관")

// beforeTitle are words between a name and its title, or before a title alone.
var beforeTitle = words("스페인 이탈리아 폴란드 네덜란드 벨기에 스웨덴 노르웨이 핀란드 덴마크 체코 헝가리 그리스 튀르키예 터키 베트남 태국 필리핀 인도네시아 말레이시아 싱가포르 몽골 카자흐스탄 이집트 브라질 멕시코 아르헨티나 칠레 남아공 뉴질랜드 파키스탄 미얀마 캄보디아 라오스 유럽 벨라루스 스위스 오스트리아 포르투갈 아일랜드 우크라이나 이란 이스라엘 프랑스 독일 영국 홍콩 인도 호주 캐나다 고문 조사 주한 전직 현직 지역 기획 홍보 노동 인사 민정 정무 경호 공보 임시 구청 국회 주중 주미 소통 의전 시민 국정 조직 감사 전략 연구 방위 조정 조달 유엔 국가 전체 이들 이런 이전 신당 주요 고위급 원로 현역 초선 재선 삼선 중진 지방 지도 총괄 최초 하원 상원 하원의장 공산 인민 주석 소속 출신 심판 원전 선거 표결 임명 지명 차관 기존 남측 북측 우방 모두 당내 국민 기업 노조 정당 서울시 부산시 인천시 대구시 경기도 강원도 제주도 노동계 재계 학계 문재인정부 윤석열정부 전 현 신임 당시 외교 국방 통일 경제 산업 재무 국무 법무 상무 통상 교육 환경 농림 보건 문화 행정 안보 국가안보 정책 원내 수석 선임 상임 최고 공동 비상대책 민주당 국민의힘 미국 중국 일본 북한 한국 러시아 대만 정부 여당 야당 이날 한편 그리고 또한 특히 같은 해당 관련 대통령실 외교부 국방부 통일부 외무성 국무부 국방성 북 미 중 일 한 양 각 동 주한 주미 주중 주일 주유엔 방한 우리 이번 다른 새 제1 총무 정치 사회 국제 특별 부 차기 여성 남성 젊은 모든 많은 어느 일부 여러 고위 군 당 본 타 첫 한미 북미 미중 한중 한일 한미일 남북")

// korean sights the names of a Korean sentence: known ones, and words that a
// title shows to be a person's.
func (n *naming) korean(toks []Token, in []foundSpelling) {
	for _, k := range in {
		n.foundKnown(k)
		s := &n.found[len(n.found)-1]
		if s.kind == Person && utf8.RuneCountInString(n.d.Slice(s.Span)) == 1 {
			s.alone = true
		}
	}
	for i := range toks {
		if toks[i].Kind != Hangul {
			continue
		}
		w := n.d.Slice(toks[i].Span)
		// 홍길동씨, 김위원장: name and title in one word
		if at := titleInside(w); at > 0 {
			sp := Span{toks[i].Start, toks[i].Start + at}
			if s, ok := n.hangulName(sp); ok && free(in, sp) {
				n.found = append(n.found, s)
			}
			continue
		}
		hops := n.titleAfter(toks, i)
		if hops < 0 || hops > 0 && hangulStem(w) != w {
			continue
		}
		sp := toks[i].Span
		if s, ok := n.hangulName(sp); ok && free(in, sp) {
			n.found = append(n.found, s)
			continue
		}
		// 마코 루비오 국무장관: a foreign name of two words
		if i > 0 && toks[i-1].Kind == Hangul && n.d.Text[toks[i-1].End:toks[i].Start] == " " {
			a := n.d.Slice(toks[i-1].Span)
			full := Span{toks[i-1].Start, toks[i].End}
			if (foreignHangul(a) && (len(a) > len("캐딕") || SoundsForeign(a+w) && !opensClause[a]) || shortGiven[a] || foreignGiven(a)) && !connective(a) && foreignHangul(w) && free(in, full) {
				n.found = append(n.found, sighting{Span: full, kind: Person, entry: -1})
				continue
			}
		}
		// 루비오 장관: the family name of somebody whom the text names in full
		if foreignHangul(w) && free(in, sp) {
			n.found = append(n.found, sighting{Span: sp, kind: Person, entry: -1, alone: true, weak: true})
		}
	}
}

// titleAfter is how many words that name an office stand between token i and a
// title behind it (홍길동 외교부 장관: 1), Chinese characters in brackets left out;
// -1 when there is no title.
func (n *naming) titleAfter(toks []Token, i int) int {
	k := i + 1
	if k+2 < len(toks) && toks[k].Kind == Punct && toks[k].Start == toks[i].End { // 홍길동(洪吉童)
		k += 3
	}
	for hops := 0; k < len(toks) && hops < 3; hops++ {
		if toks[k].Kind == Word && allUpper(n.d.Slice(toks[k].Span)) { // 존 샘플 CSIS 소장
			k++
			continue
		}
		if k+3 < len(toks) && toks[k].Kind == Punct && toks[k].Start == toks[k-1].End && n.d.Slice(toks[k].Span) == "(" { // 전략분석센터(SAC) 소장
			k += 3
		}
		if toks[k].Kind != Hangul {
			return -1
		}
		w := n.d.Slice(toks[k].Span)
		if isTitle(w) {
			return hops
		}
		if !officeWord(w) {
			return -1
		}
		k++
	}
	return -1
}

// isTitle reports a title with particles or more behind it.
func isTitle(w string) bool {
	for _, t := range koreanTitles {
		if rest, ok := strings.CutPrefix(w, t); ok && (rest == "" || isParticle(rest) && !strings.HasPrefix(rest, "들")) {
			return true
		}
	}
	// 금융감독원장, 대통령비서실장은: the office and the title in one word
	stem := hangulStem(w)
	for _, t := range koreanTitles {
		if len(t) >= 6 && strings.HasSuffix(stem, t) && len(stem) >= len(t)+6 {
			return true
		}
	}
	return strings.HasSuffix(stem, "원장") && len(stem) >= 12
}

func isParticle(w string) bool {
	for _, p := range particles {
		if p.text == w {
			return true
		}
	}
	return w == "이" || w == "께서는" || w == "님" || w == "님은" || w == "님이"
}

// officeWord reports words that name the office between a name and its title.
func officeWord(w string) bool {
	if beforeTitle[w] {
		return true
	}
	for _, end := range []string{"나라", "공화국", "연방", "왕국", "부", "처", "청", "원", "실", "당", "국", "성", "회", "위", "군", "대", "의힘", "은행", "그룹", "전자", "연구소", "대학교", "연합", "연대", "연맹", "협회", "재단", "센터", "통신", "신문", "방송", "일보", "노조", "본부", "학과", "학부", "대학원", "반도체", "자동차", "중공업", "건설", "증권"} {
		if strings.HasSuffix(w, end) && len(w) >= 6 {
			return true
		}
	}
	return false
}

// titleInside is where a title begins inside a word that is a name and title
// in one, 0 when it is none.
func titleInside(w string) int {
	for _, t := range koreanTitles {
		if rest, ok := strings.CutPrefix(w, t); ok && (rest == "" || isParticle(rest)) {
			return 0 // 국무위원장
		}
	}
	for _, t := range koreanTitles {
		i := strings.Index(w, t)
		if i <= 0 {
			continue
		}
		rest := w[i+len(t):]
		if rest != "" && !isParticle(rest) {
			continue
		}
		name := w[:i]
		k := utf8.RuneCountInString(name)
		_, size := utf8.DecodeRuneInString(name)
		if lists.hangul[name[:size]] && (k == 3 && !nounEnd[name] && !beforeTitle[name] || k == 1 && t != "씨" && len(t) >= 9) {
			return i
		}
	}
	return 0
}

// hangulName makes a sighting of a Korean name: a surname and a given name of
// one to two syllables, or the surname alone.
func (n *naming) hangulName(sp Span) (sighting, bool) {
	w := n.d.Slice(sp)
	k := utf8.RuneCountInString(w)
	_, size := utf8.DecodeRuneInString(w)
	surname := w[:size]
	double := k == 4 && lists.hangul[w[:2*size]]
	switch {
	case beforeTitle[w]:
		return sighting{}, false
	case lists.hangul[w]:
		return sighting{Span: sp, kind: Person, entry: -1, alone: true, weak: true}, true
	case (k == 3 || k == 2) && lists.hangul[surname] && !(k == 2 && officeWord(w)) && !nounEnd[w], double:
		return sighting{Span: sp, kind: Person, entry: -1, surname: true}, true
	}
	return sighting{}, false
}

// nounEnd are words of three syllables that begin like a surname and stand
// before titles.
var nounEnd = words("국방부 외교부 통일부 법무부 환경부 교육부 기재부 산업부 국회의 한국의 정부의 조선의 민주당 공화당 대통령 한나라 주한미 유엔군 이사회 위원회 공산당 노동당 정의당 조국당 국정원 금융위 한국군 공군의 육군의 전직인 주요국 지역구 기획단 신문사 방송사 방위비 국가의 전임자 현직인 고위급 원내의 한미일 남북한 주재국 전문가 민간인 정치인 지도자 당국자 관계자 소식통 여당인 야당인")

// shortGiven are foreign given names of one syllable.
var shortGiven = words("존 짐 팀 톰 빌 밥 론 잭 댄 샘 벤 조 맷 닉 휴 켄 얀 장 폴 딕 척 칼 맥 진 앤 킴 수 린 젠")

// opensClause are words of two syllables that stand before a name and are none.
var opensClause = words("이날 한편 또한 이어 다만 특히 최근 당시 반면 앞서 이와 여기 현지 오전 오후 지난 올해 역시 이번 함께 결국 먼저 아직 이미 정작 물론 만약 비록 그간 그때 한때 끝내 우선 어제 오늘 내일 방한 방미 방중 방일 문제 관련 제목 내용")

// foreignGiven reports a word that ends as many given names do, and as some
// particles do too: 마리아, 빅토르, 올가.
func foreignGiven(w string) bool {
	k := utf8.RuneCountInString(w)
	return k >= 3 && k <= 5 && !officeWord(w) && !beforeTitle[w] && endsWithAny(w, []string{"리아", "니아", "시아", "라야", "나", "올라", "세이", "레이", "게이", "제이", "르", "리", "니", "엘라", "레나", "로"})
}

// foreignSyllables are syllables that foreign names are written with and
// Korean words seldom.
const foreignSyllables = "스트크프브드르츠츄쿠토코카타파피포푸페테케키티퀴레렌렐렉랜랭랙릭릴린링벨벤벡벅뎀쉬슈쇼셔쉐뤄뤼쥔쥐펑훙챵룽텔틴팀핀콜켈콘롭롤롱닐닉루바버베빌블블랑플클흐헤헨헝호허첸촨쑨쑹쓰싱샤샹쉰쭝쯔쩡퉁팡팅펜펠폴톤톰텐덴던덜렛릿밋롬런럼럴엘옐웨월워윈윌잭잰젤젠젱줄쥘짐처체첼치칼컨컬캐캘커케셸"

// SoundsForeign reports a Hangul word with a syllable that few Korean words but
// many foreign names have.
func SoundsForeign(w string) bool { return strings.ContainsAny(w, foreignSyllables) }

// connective reports verbs that lead on to another clause: 따르면.
func connective(w string) bool {
	return endsWithAny(w, []string{"르면", "으면", "하면", "에서", "에게", "까지", "부터", "했다", "한다", "해서", "하던", "도록", "면서", "지만", "하며", "하고", "관련", "해", "에", "려", "여"})
}

// foreignHangul reports a word that may be part of a foreign name: two to five
// syllables, no office and no particle.
func foreignHangul(w string) bool {
	k := utf8.RuneCountInString(w)
	if k < 2 || k > 5 || officeWord(w) || beforeTitle[w] || hangulStem(w) != w || isTitle(w) {
		return false
	}
	if r := runeBefore(w, len(w)-len("던")); k > 2 && strings.HasSuffix(w, "던") && r != '치' && SoundsForeign(string(r)) {
		return true // 브랜던
	}
	for _, p := range []string{"은", "는", "을", "를", "의", "에", "로", "한", "된", "인", "고", "며", "던", "할", "간"} {
		if strings.HasSuffix(w, p) && k > 2 {
			return p == "로" || p == "에" || p == "인" || p == "한" || p == "간"
		}
	}
	return true
}
