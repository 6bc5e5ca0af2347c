package query

import "strings"

// A script without spaces, or with words that grow together, holds strings that
// look like a word and are none: 国会 in 两国会晤, 인도 in 인도네시아. The commonest
// of them in news are listed here, the word in brackets inside what shows that
// it is another.

// friend is what stands before and behind a word where it is none.
type friend struct{ before, behind string }

// falseFriends are the friends of each word, in simplified characters.
var falseFriends = readFriends(`
	[인도]네시아 [인도]적 [인도]주의 [인도]차이나 [인도]하 [인도]한 [인도]했 [인도]될 [인도]된 [인도]됐 [인도]돼 [인도]받
	[반도]체 [호주]머니 [호주]제 [대만]족 [제재]소 [제재]목 [관세]음 [오만]하 [오만]한 [오만]함 [오만]방자 [오만]불손 [이란]성 [중국]집
	[북한]강 [북한]산성 [대선]배 [가나]다 경[제재] 국[제재] 문[제재] 과[제재] 정상회[의장] 본회[의장] 전체회[의장]
	실무회[의장] [미사]일 [통일]성

	个[人权]利 他[人权]利 本[人权]利 中[美军] 集[中国] 其[中方] 空[中方] 当[中方] [台军]售 环[台军] 围[台军] 绕[台军] 今[日本]报 昨[日本]报 近[日本]报
	[日本]报讯 [日本]报记 [日本]报综 中[国会] 两[国会] 各[国会] 多[国会] 三[国会] 四[国会] 韩[国会]谈 韩[国会]晤 韩[国会]见 韩[国会]商
	美[国会]谈 美[国会]晤 美[国会]见 英[国会]谈 英[国会]晤 法[国会]谈 法[国会]晤 德[国会]谈 德[国会]晤 俄[国会]谈 俄[国会]晤 泰[国会]谈 泰[国会]晤
	邻[国会] 外[国会]谈 外[国会]晤 [国安]全 [国安]保 [国安]危 [国安]排 [国安]置 中[国安] [外长]期 国[外长]途 海[外长] [防长]期 预[防长] 总[统一]
	系[统一] 传[统一] 居[民主] 农[民主] 人[民主] 市[民主] 渔[民主] 国[民主]动 难[民主] 自[主权] 民[主权] 业[主权] 君[主权] 船[主权]
	济[南海] 越[南海] 海[南海] 东[南海] 西[南海] 湖[南海] 东[北约] 西[北约] 湖[北约] 河[北约] 台[北约] 华[北约]
	舞[台湾] 平[台海] 电[台海] 舞[台海] 平[台北] 舞[台北] 电[台北] [核]心 [核]准 [核]算 [核]桃 [核]酸 [核]定 [核]销
	审[核] 肺结[核] 考[核] 稽[核] 初[核] 双[核] 四[核] 八[核] 机[会长] 社[会长] 内[部长] [部长]期 [市长]期 城[市长]
	[总理]事 [大使]命 [大使]用 [和平]均 [国防]疫 [国防]控 [国防]止 [国防]范 [国民]众 [国民]间 [国民]意 [国民]航 [国民]企
	中[国军] 韩[国军] 美[国军] 英[国军] 法[国军] 德[国军] 俄[国军] 泰[国军] 各[国军] 两[国军] [王毅]力 [人大]多
	[人大]部 [人大]量 [人大]约 [人大]概 私[人民] [人民]宿
`)

func readFriends(list string) map[string][]friend {
	m := map[string][]friend{}
	for f := range strings.FieldsSeq(list) {
		before, rest, _ := strings.Cut(f, "[")
		word, behind, _ := strings.Cut(rest, "]")
		m[word] = append(m[word], friend{before, behind})
	}
	return m
}

// isFalse reports whether what stands in a unit's word from byte off is one of
// the false friends of w.
func isFalse(unit string, off int, w string) bool {
	for _, f := range falseFriends[w] {
		if strings.HasSuffix(unit[:off], f.before) && strings.HasPrefix(unit[off+len(w):], f.behind) {
			return true
		}
	}
	return false
}

// lone is a noun of one syllable on which longer words are built: 핵무기, 북핵.
type lone struct {
	before map[string]bool // may stand before it
	behind []string        // may follow it
}

// loneNouns are the nouns of one syllable that somebody looks for inside
// longer words too.
var loneNouns = map[string]lone{
	"핵": {set("북 비 반 탈 대북 한국 이란 북한"), strings.Fields("무기 무력 무장 실험 시설 물질 탄두 폭탄 폭발 개발 보유 위협 협상 합의 협정 포기 동결 사찰 연료 잠수함 " +
		"추진 전력 우산 공유 공격 전쟁 확산 군축 능력 단지 기술 폐기 문제 프로그램 활동 원료 과학 강국 억제 반격 어뢰 발전 비확산 선제 사용 태세 교리 협의 독트린 " +
		"미사일 도발 항모 재처리 농축 전략 법령 방사능 오염 잠재력")},
}

// isLone reports whether the syllable at byte off of an eojeol is a lone noun
// in a longer word.
func isLone(eojeol string, off int) bool {
	n, ok := loneNouns[eojeol[off:off+syllable]]
	if !ok || off > 0 && !n.before[eojeol[:off]] {
		return false
	}
	rest := eojeol[off+syllable:]
	if off > 0 && (trailing(rest) || strings.HasPrefix(rest, "화")) {
		return true // 북핵을, 비핵화
	}
	for _, w := range n.behind {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}

// cutLone cuts 핵실험 into 핵 and 실험, which texts part with a space.
func cutLone(word string) (noun, rest string, ok bool) {
	if len(word) < 3*syllable {
		return "", "", false
	}
	_, ok = loneNouns[word[:syllable]]
	return word[:syllable], word[syllable:], ok
}
