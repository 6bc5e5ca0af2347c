package quote

import "strings"

// saidStems begin the verbs that report speech.
var saidStems = strings.Fields(`
	말했 말하 말한 말씀 밝혔 밝히 밝힌 전했 전한 전하 강조 덧붙 지적 설명 주장 비판 언급 답했 답하 답한 대답
	응답 반박 경고 촉구 평가 분석 전망 내다봤 내다보 우려 당부 호소 제안 제의 약속 일축 인정 반문 꼬집 성토
	규탄 토로 발표 보도 썼다 썼습 쓴 적었 적은 적고 했다 했고 했으 했습 한다 하며 하고 하면 묻 물었 물은
	되물 질문 되뇌 외쳤 외치 외친 고백 회고 회상 술회 단언 확언 장담 자평 자신했 다짐 선언 공언 천명 요구
	요청 주문 지시 명령 권고 권했 조언 충고 비난 질타 질책 항의 반발 맞섰 맞받 받아쳤 응수 반격 해명 부인
	시인 확인 증언 진술 폭로 알렸 알린 알려 통보 공지 예고 예상 예측 추정 추측 관측 진단 풀이 해석 환영 애도
	위로 격려 칭찬 극찬 호평 혹평 소개 표현 묘사 규정 지칭 표명 피력 제기 역설 위협 엄포 일갈 조롱 호언 강변 읍소 간청 소리쳤 소리친 쏘아붙 되받 다그 경계 압박 언명 재확인 환기 상기 부연
	따졌 따지 추궁 캐물 몰아세 깎아내 비꼬 비꼰 퍼부 직격 맹공 맹비난 으름장 손사래 말해 밝혀 전해 답해 하시 하였 판시 보고했 보고한 보고하 여긴 별렀
	첨언 귀띔 털어놨 털어놓 하소연 탄식 한탄 개탄 자책 사과 사죄 변명 항변 반론 논평 시사 암시 내비쳤 내비친
	건넸 남겼 남긴 올렸 올린 게시 게재 인용 전달 이야기 얘기 거론 못박 단정 결론 혀를 표했 표한 화답 회답
	설득 판단 판결 기대 희망 바랐 바란 느꼈 생각 봤다 본다 여겼 믿
`)

// passiveStems begin with a reporting verb and report nobody's words.
var passiveStems = strings.Fields(`밝혀졌 밝혀진 밝혀지 알려졌 알려진 알려지 전해졌 전해진 전해지`)

// predictStems take what they report as a thing: 회복할 것으로 전망했다.
var predictStems = strings.Fields(`전망 예상 예측 내다 분석 추정 추산 관측 판단 평가 기대 봤다 보고 본다 진단`)

// quotative particles that follow the closing mark at once, longest first.
var quotative = strings.Fields(`이라면서도 라면서도 라면서 다면서 이라고 이라며 이라면서 이라는 이라던 이라 이라고만 라고만 라고까지 이라고까지 라고도 라고 라며 라는 라던 라 란 이란 던 하고 고도 고만 고까지 고 며 면서도 면서 는 냐고 냐며 자고 자며 다고 다며 다는 이냐고`)

// namingVerbs follow a quoted name, not speech: 라고 불리는.
var namingStems = strings.Fields(`불리 불린 불렀 부르 부른 일컫 일컬 이름 명명 칭하 칭한 명칭 제목 별명 알려진`)

// speechNouns can follow 라는: they stand for what was said.
var speechNouns = strings.Fields(`
	입장 뜻 취지 말 글 메시지 설명 주장 지적 비판 의견 분석 전망 우려 반응 답변 답 발언 질문 평가 경고 의사
	방침 내용 성명 논평 목소리 이유 생각 판단 견해 관측 대답 반박 해명 요구 당부 약속 메모 문구 구호 하소연
	호소 진단 얘기 이야기 표현 반문 원칙 인식 소신 신념 각오 포부 결의 자신감 의지 기대 희망 불만 아쉬움 소감 위기감 주문 제안 댓글 답글 게시글 고백 증언
	진술 발표 보도 속내 심경 지시 조언 충고
`)

// titleWords close the office before or after a Korean name.
var titleWords = strings.Fields(`
	대통령 총리 장관 차관 차관보 대변인 부대변인 위원장 부위원장 의장 부의장 의원 대표 부대표 원내대표 총장
	사무총장 사무처장 처장 청장 국장 과장 실장 부장 차장 본부장 부본부장 단장 팀장 소장 원장 부원장 연구원
	연구위원 선임연구위원 교수 부교수 조교수 명예교수 박사 회장 부회장 사장 부사장 전무 상무 이사 이사장
	감독 코치 선수 기자 특파원 앵커 작가 변호사 검사 판사 대법관 재판관 대사 공사 영사 총영사 특사 특별대표
	수석 수석대표 비서관 보좌관 안보보좌관 행정관 주석 서기 총서기 부장관 부총리 부통령 국무장관 국방장관
	외교장관 통일장관 외무장관 상무장관 사령관 부사령관 참모총장 합참의장 중장 대장 준장 대령 중령 시장
	도지사 지사 군수 구청장 정책실장 안보실장 비서실장 조정관 전문가 분석가 애널리스트 이코노미스트 연구자
	활동가 배우 가수 씨 양 군 여사 후보 당선인 위원 상임위원 부주석 부국장 담당관 관계자 당국자 소식통
	고위관계자 외무상 인민무력상 부부장 제1부부장 책임비서 서기장 최고사령관 책임자 임원 직원 주민 시민
	노동자 농민 상인 학생 유학생 탈북민 목격자 유족 간부 인사 외교관 협상대표 통상교섭본부장 상임대표
	공동대표 이장 조합장 위원회 선장 목사 신부 스님 추기경 교황 국왕 왕세자 왕 재무장관 법무장관 석좌
	석좌교수 관방장관 외교부장 국방상 비서 총비서 부상 제1부상 대표단장 센터장 학장 총재 행장 은행장 지부장
	지회장 사무국장 조사관 수사관 검찰총장 경찰청장 서장 어민 시위대 군중 참가자 유권자 응답자 누리꾼 네티즌
	관객 독자 시청자 소비자 투자자 피해자 운영자 설립자 창업자 후보자 지지자 반대자 생존자 당사자 개발자
	사업자 근로자 경영자 지도자 기술자 과학자 학자 경제학자 협상가 정치인 기업인 언론인 종교인 군인 시민단체
	방위상 경제산업상 경산상 재무상 총무상 문부과학상 농림수산상 환경상 후생노동상 대신 국무위원 집행위원 판무관 상무위원
	대표위원 사무차장 총영사 참사관 서기관 무관 공보관 의전장 수석대변인 총리서리 국장급 차관급 원수 국가주석
	학부모 교사 강사 셰프 농부 어부 감사 동지 아나운서 총통 행정장관 주임 부주임 비서장 참모장 총참모장 석학 선교사 감독관 사찰관 대리 대행 직무대행 권한대행 가족 평론가 시인 소설가 의사 간호사 약사
`)

// bodyEnds close the names of bodies that speak.
var bodyEnds = strings.Fields(`
	부 처 청 원 실 국 위원회 회의 협회 연맹 연합 연합회 연대 노조 정부 청와대 대통령실 국회 검찰 경찰 법원
	재판부 군 합참 통신 신문 방송 일보 매체 언론 은행 회사 기업 그룹 전자 재단 연구소 연구원 센터 대학 당 측
	당국 본부 사령부 대사관 단체 기구 학회 의회 의원실 공사 공단 백악관 국무부 국방부 외교부 통일부
	양국 양측 정상 업계 학계 재계 여당 야당 여야 정치권 북측 남측 경찰청 금융당국 협의회 상공회의소 진영 캠프 학부 대학원 연구실 반도체 화학 증권 자동차 중공업 건설 제약 테크 에너지 디스플레이 물산 항공 해운 철강
	물류 솔루션 시스템 바이오 홀딩스 사설 논평 보고서 성명 조약 협정 백서
`)

// partialStems take a quoted noun as what something was called.
var partialStems = strings.Fields(`규정 평가 표현 묘사 비판 비난 지칭 언급 판단 간주 진단 일축 치부 설명 주장 강조`)

// topicParticles close the phrase of who speaks, longest first.
var topicParticles = []string{"께서는", "께서", "측은", "측이", "은", "는", "이", "가", "도"}

// notTopics end in what looks like a topic particle but tell when or where.
var notTopics = strings.Fields(`
	에도 에서도 에게도 으로도 까지도 라도 해도 에는 에서는 에게는 으로는 로는 까지는 부터는 와는 과는 하고는
	보다는 라는 이라는 다는 있는 없는 하는 되는 않는 같은 많은 적은 높은 낮은 지난 다른 어떤 모든 이런 그런
	저런 이는 것은 것이 점은 점이 바가 바는 때는 때가 수가 수는 이날은 오늘은 내일은 어제는 올해는 지난해는
	최근 위한 대한 관한 통한 따른 인한 의한 이같은 이 그 저 우선은 특히는 실제는 사실은 아직은 이번은 이것은
	이것이 그것은 그것이
`)

// reportedEndings close a reported clause before its verb.
var reportedEndings = []string{"다고", "라고", "자고", "냐고", "다며", "라며", "자며", "다면서", "라면서", "다는", "라는"}

// saidIdioms are the nouns and the verbs of sayings that report: 입을 모았다.
var saidIdioms = map[string]string{"입을": "모", "선을": "그", "목소리를": "높", "날을": "세", "운을": "뗐", "쐐기를": "박", "못을": "박", "혀를": "찼", "고개를": "저"}

// askedNouns stand for a question that somebody was asked.
var askedNouns = strings.Fields(`질문 물음 질의`)

// voiceGroups are circles that a voice comes from: 야권에서는.
var voiceGroups = wordSet(strings.Fields(`야권 여권 정치권 여당 야당 업계 학계 재계 시장 외교가 당내 노동계 시민사회 의료계 법조계 언론계 국제사회 전문가들`))

// saidNouns close a sentence that only says whose words came before.
var saidNouns = wordSet(strings.Fields(`말이다 설명이다 지적이다 주장이다 얘기다 이야기다 분석이다 전망이다 평가다 말입니다 고백이다 하소연이다 진단이다 반응이다`))

// koreanTitles and koreanBodies are the words that close an office or a body.
var (
	koreanTitles = wordSet(titleWords)
	koreanBodies = wordSet(bodyEnds)
)

// unnamedEnds close phrases that name nobody.
var unnamedEnds = strings.Fields(`관계자 당국자 소식통 인사들 관계자들 당국자들 간부 측근 실무자 전문가들 관리`)

// doubleSurnames are the Korean surnames of two syllables.
var doubleSurnames = wordSet(strings.Fields(`남궁 황보 제갈 선우 독고 사공 서문 동방 망절 어금`))

// koreanSurnames are the syllables that open Korean names.
const koreanSurnames = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용라태목봉빈좌팽갈"

// givenEnds close foreign names whose last syllable is also a particle.
var givenEnds = strings.Fields(`웨이 세이 레이 게이 헤이 케이 데이 루이 르이 드로 블로 드리고 르만 슈만 르도 난도 카와 가와 사와 올가 헬가 타로 지로 이치로`)

// loanNouns have such syllables and are no names.
var loanNouns = wordSet(strings.Fields(`
	브리핑 인터뷰 트위터 페이스북 테러 프로그램 캠프 그룹 센터 포럼 리스크 메시지 텔레비전 스캔들 콘퍼런스 컨퍼런스 세미나
	정상회의 기자회견 정책토론회 전체회의 프로젝트 패키지 파트너십 카드 코로나 사이버 에너지 인프라 이니셔티브
`))

// koreanCommon are common nouns with the shape of a name.
var koreanCommon = wordSet(strings.Fields(`
	정부는 정부가 고위급 전문가 이번에 한반도 주민들 지난해 우리는 우리가 이날은 이사회 주요국 안보리 유엔은
	한국은 미국은 중국은 일본은 북한은 이어서 전날은 이후로 최근에 정상은 장관은 문제는 여당은 야당은 정상회
	고위층 현지인 한국인 미국인 중국인 국제적 공식적 주변국 동맹국 선진국 강대국 이웃집 연구팀 전국의 오전에
	오후에 한미일 한중일 남북한 여야는 전체의 이들은 그들은 하원의 상원의 주지사 원자력 도시의 지방의 한미군
	주한미 국무부 국방부 외교부 통일부 기획재 인권위 공정위 금융위 방통위 정보원 성명서 공동의 현재의 전직인
	현직인 노동당 민주당 공화당 국민당 보수당 자민당 정의당 진보당
`))

// koreanModifier are words before an office that are no name.
var koreanModifier = wordSet(strings.Fields(`
	정부 고위 현지 해당 한 이 그 같은 동 전 현 신임 당시 익명 복수 소속 출신 여러 다른 일부 주요 외교 군사
	경제 안보 통상 국제 지역 정치 사회 문화 대북 대중 대미 당 시민 민간 업계 학계 재계 외교가 정치권 여당
	야당 지방 중앙 국내 해외 외국 남북 협상 실무 책임 담당 핵심 최고 수석 선임 공동 전직 현직 법률 북한 한국
	미국 중국 일본 러시아 유엔 대통령실 서울 베이징 워싱턴 도쿄 평양 마을 동네 인근 공장 대학 연구소 신문
	업체 장비 부품 현장 물류 운송 조선 자동차 배터리 플랫폼 스타트업 증권사 투자 자문 컨설팅 특임 초빙 겸임 객원 기획 홍보
	대외 협력 총괄 연구 정보 과학 기술 항공 우주 해양 수산 사업 영업 마케팅 인사 재무 법무 감사 노동조합 학부모 시민사회
	인권 평화 안전 재난 방역 응급 소방 관련 또다른 유력 한미 미중 한중 북미 대미 대일 전임 후임 임시 예비 명예 부 제1 제2
	방한 방미 방중 주한 주미 주중 주일 원로 청년 여성 통일 국방 재정 기획재정 산업 보좌 정무 민정 의전 공보 언론 상임 익명의
	우크라이나 이란 이스라엘 프랑스 독일 영국 대만 홍콩 인도 호주 캐나다 유럽연합 나토 스페인 이탈리아 폴란드 네덜란드 벨기에 스웨덴
	노르웨이 핀란드 덴마크 체코 헝가리 그리스 튀르키예 터키 베트남 태국 필리핀 인도네시아 말레이시아 싱가포르 몽골
	카자흐스탄 사우디아라비아 이집트 브라질 멕시코 아르헨티나 칠레 남아공 뉴질랜드 파키스탄 미얀마 캄보디아 라오스 유럽
	아시아 벨라루스 스위스 오스트리아 포르투갈 아일랜드 국제기구 고위직 임원급 실무급
	방송 통신 탈북 무역 금융 증권 반도체 수출 농업 환경 노동 교육 의료 보건 기업 회사
`))

// koreanBreaks are words that no speaker's phrase runs over.
var koreanBreaks = wordSet(strings.Fields(`
	이날 오늘 어제 또 또한 이어 한편 그러나 하지만 그리고 다만 특히 최근 당시 반면 앞서 이에 그러자 따라서
	이와 관련해 대해 통해 위해 현지시간 오전 오후 지난 올해 지난해 이에대해 아울러 여기에 더불어 결국 역시
	제목의 내용의 취지의 다시 함께 이번 대한 관한 위한 대해서
`))

// koreanBreakEndings end words that no speaker's phrase runs over.
var koreanBreakEndings = strings.Fields(`
	요구한 참석한 방문한 밝힌 전한 맡은 이끄는 하던 했던 하는 있는 열린 묻자 하자 되자 알려지자 나서자 에서
	에게 으로 에는 까지 부터 라고 다고 하며 면서 에도 에서도 하고 지만 는데 니다 했다 로서 보다 처럼 마다
	조차 녀온 나온 해온 어온 아온 려온
`)

// koreanLinks join a sentence to the one before.
var koreanLinks = wordSet(strings.Fields(`또 또한 이어 아울러 한편 다만 그러면서 반면 특히 그러나 하지만 그리고 앞서 이에`))

// settings are where something is said: 기자회견에서.
var settings = strings.Fields(`
	회견 브리핑 인터뷰 회의 성명 연설 토론 통화 담화 보도자료 간담회 면담 방송 라디오 청문회 국정감사 국감 세미나 포럼 축사
	글 페이스북 트위터 자리 행사 논평 보고서
`)
