package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// chineseSurnames are the characters that open Chinese and Korean names, in
// both scripts.
const chineseSurnames = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文朴全玄申柳辛安裴禹俞耿毕畢章闵閔卞元成洪权權赫南柯尚严嚴牛温溫季莫童卫衛左牟芮柴翟" +
	"陶葛倪殷祁狄臧庞龐纪紀舒屈项項祝阮蓝藍席麻路娄婁颜顏梅盛刁骆駱樊凌霍虞管房缪繆解应應宗宣郁单單杭洪包诸諸吉邢荣榮翁荀惠甄曲封储儲靳焦巴牧谷车車宫宮宁寧仇栾欒甘厉厲祖符景詹幸司卓蔺藺屠池闻聞党黨贡貢姬冉桑桂寿壽边邊燕冀浦农農庄莊晏瞿连連茹习習艾容古易戈步满滿匡寇聂聶冷简簡饶饒沙鞠丰豐关關查荆游竺桓"

// leadWords may open a clause before its subject.
var leadWords = byLength(`但 而 不过 不過 然而 对此 對此 此外 另外 同时 同時 随后 隨後 其中 据悉 據悉 不仅 不僅 虽然 雖然 因此 所以 于是 於是 当天 當天 当日 當日 今天 昨天 昨晚 今日 日前 近日 周一 周二 周三 周四 周五 周六 周日 週一 週二 週三 週四 週五 週六 週日 星期一 星期二 星期三 星期四 星期五 星期六 星期日 此前 之后 之後 最后 最後 接着 接著 另一方面 与此同时 與此同時 当被问及此事时 上午 下午 晚间 晚間 另据 對於此事 对于此事`)

var zhLead = newSuffixSet(leadWords)

// zhPhrase is a speaker's phrase with what it is made of.
type zhPhrase struct {
	span text.Span
	name text.Span // empty for an office or pronoun
	role text.Span
}

// subject finds the speaker's phrase at the start of sp, which ends where a
// verb does or with a clause.
func (z *chineseReader) subject(sp text.Span) (zhPhrase, bool) {
	t := z.d.Slice(sp)
	off := 0
	for {
		w := zhLead.prefix(t[off:])
		if w == "" {
			w = datePrefix(t[off:])
		}
		if w == "" {
			break
		}
		off += len(w)
	}
	sp.Start += off
	t = t[off:]
	if t == "" {
		return zhPhrase{}, false
	}
	const farthest = 40 // characters of the longest phrase worth reading
	n := 0
	var best zhPhrase
	ok := false
	for i := range t {
		if n > farthest {
			return best, ok
		}
		if n > 0 && z.bound(t, i) {
			if p, closed := z.closes(text.Span{Start: sp.Start, End: sp.Start + i}); closed {
				return p, true
			}
		}
		n++
	}
	if n <= farthest {
		if p, closed := z.closes(sp); closed {
			return p, true
		}
	}
	return best, ok
}

// bound reports whether a speaker's phrase can end at byte i of t.
func (z *chineseReader) bound(t string, i int) bool {
	rest := t[i:]
	if zhTitles.prefix(rest) != "" {
		return false
	}
	return zhStops.prefix(rest) != "" || zhVerbs.prefix(rest) != "" || datePrefix(rest) != "" || rest[0] == '(' || strings.HasPrefix(rest, "（")
}

// datePrefix is a date at the start of s: 11月3日, 3日.
func datePrefix(s string) string {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == 0 {
		return ""
	}
	for _, u := range [...]string{"年", "月", "日", "号", "號", "时", "時"} {
		if strings.HasPrefix(s[i:], u) {
			rest := s[i+len(u):]
			return s[:i+len(u)+len(datePrefix(rest))]
		}
	}
	return ""
}

// closes reports whether the span is a whole speaker's phrase.
func (z *chineseReader) closes(sp text.Span) (zhPhrase, bool) {
	t := z.d.Slice(sp)
	switch t {
	case "他", "她", "他们", "他們", "她们", "她們", "其", "双方", "雙方", "两人", "兩人", "后者", "後者", "前者", "对方", "對方":
		return zhPhrase{span: sp}, true
	}
	if strings.HasPrefix(t, "《") && strings.HasSuffix(t, "》") && utf8.RuneCountInString(t) > 3 {
		return zhPhrase{span: text.Span{Start: sp.Start + len("《"), End: sp.End - len("》")}}, true
	}
	if strings.HasPrefix(t, "据") || strings.HasPrefix(t, "據") || strings.HasPrefix(t, "根据") || strings.HasPrefix(t, "根據") || strings.HasPrefix(t, "在") || strings.HasPrefix(t, "就") || strings.HasPrefix(t, "针对") || strings.HasPrefix(t, "对于") || strings.HasPrefix(t, "對於") || strings.HasPrefix(t, "面对") || strings.HasPrefix(t, "当") || strings.HasPrefix(t, "當") {
		return zhPhrase{}, false
	}
	if m := z.cast.mentionIn(sp, text.Person); m >= 0 {
		x := z.d.Mentions[m]
		if x.End == sp.End || zhTitles.suffix(t) != "" && x.Start == sp.Start {
			p := zhPhrase{span: sp, name: x.Span}
			p.role = trimmed(z.d.Text, text.Span{Start: sp.Start, End: x.Start})
			if x.End < sp.End {
				p.role = text.Span{Start: x.End, End: sp.End}
			}
			if p.role.Len() > 0 && zhTitles.suffix(z.d.Slice(p.role)) == "" {
				p.role = text.Span{}
			}
			return p, true
		}
	}
	if zhTitles.suffix(t) != "" {
		return zhPhrase{span: sp}, true
	}
	// A title and the name behind it.
	k, n := len(t), 0
	for k > 0 && n < 12 {
		_, w := utf8.DecodeLastRuneInString(t[:k])
		k -= w
		n++
		if n >= 2 && zhTitles.suffix(t[:k]) != "" {
			name := t[k:]
			first, _ := utf8.DecodeRuneInString(name)
			if zhTitles.prefix(name) != "" {
				continue
			}
			if n <= 4 && hanOnly(name) && strings.ContainsRune(chineseSurnames, first) && !notNames[name] || strings.ContainsAny(name, "·•．") || n <= 6 && transliterated(name) {
				return zhPhrase{span: sp, name: text.Span{Start: sp.Start + k, End: sp.End}, role: text.Span{Start: sp.Start, End: sp.Start + k}}, true
			}
		}
	}
	if zhBodies.suffix(t) != "" && utf8.RuneCountInString(t) >= 2 {
		return zhPhrase{span: sp}, true
	}
	ms := z.cast
	if ms.nameIn(sp) {
		return zhPhrase{span: sp}, true
	}
	if chineseName(t) || z.cast.find(-1, t) >= 0 {
		return zhPhrase{span: sp, name: sp}, true
	}
	return zhPhrase{}, false
}

// chineseName reports whether t has the shape of a name: a surname and one or
// two characters more.
func chineseName(t string) bool {
	n := utf8.RuneCountInString(t)
	first, _ := utf8.DecodeRuneInString(t)
	return (n == 2 || n == 3) && hanOnly(t) && strings.ContainsRune(chineseSurnames, first) && !notNames[t]
}

// notNames are words with the shape of a name.
var notNames = wordSet(strings.Fields(`高兴 高興 高度 高层 高層 方面 方案 全国 全國 全球 全体 全體 任何 任务 任務 成为 成為 成功 成员 成員 安全 安排 文章 文化 万一 萬一 金融 金额 武器 武力 白天 白色 江山 常常 常见 易于 石油 田地 马上 馬上 黄金 黃金 周围 周圍 周边 周邊 周末 程度 程序 许多 許多 曾经 曾經 于是 於是 夏天 南方 南部 尚未 温度 温和 元首 何时 何時 何况 和平 张贴 张开 江苏 江西 江蘇 毕竟 畢竟 严重 嚴重 严格 严肃 章程 左右 权力 权利 權力 權利 文件 文中 史上 方便 项目 顾客 任期 申请 申請 申报 安全部 任何人`))

// foreignSyllables are the characters that foreign names are written with.
const foreignSyllables = "阿埃艾爱安奥巴白拜班邦保贝本比彼别波伯勃博布蔡查达戴丹道德登邓迪蒂丁顿多杜厄恩尔法范菲费芬弗福富盖甘冈高戈格葛根贡古瓜哈海汉豪赫亨胡华怀惠霍基吉加贾杰金卡凯坎康考科克肯库奎拉莱赖兰朗劳勒雷里丽利莉列林琳隆卢鲁伦罗洛马玛迈麦曼芒梅门蒙米密敏明摩莫默姆穆纳娜南内尼妮涅纽农努诺欧帕派潘庞佩彭皮平珀普奇齐恰强乔切琼丘屈让热日荣茹瑞若萨塞赛桑森沙莎山尚绍舍申什圣施史舒斯丝松苏索塔泰坦汤唐特滕提汀廷通图托瓦万旺威韦维魏温文翁沃乌武西希锡夏香肖谢辛欣休许雪雅亚扬耶叶伊易因英雍尤于约扎泽詹珍真芝治朱兹佐作岸仁正村田中川本野崎晋石破茂爾爾倫貝達爾爾納羅蘭萊賴頓維韋費馬馬麥盧魯諾龐喬瓊絲蘇溫烏許雅亞揚葉約詹澤澤紮薩賽聖圖萬爾"

// transliterated reports whether all of a word is written with such
// characters.
func transliterated(s string) bool {
	n := 0
	for _, r := range s {
		if !strings.ContainsRune(foreignSyllables, r) {
			return false
		}
		n++
	}
	return n >= 2
}

func hanOnly(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return s != ""
}

// resolve says who the phrase is.
func (z *chineseReader) resolve(p zhPhrase) speaker {
	t := z.d.Slice(p.span)
	switch t {
	case "他", "她", "其", "他们", "他們", "她们", "她們", "双方", "雙方", "两人", "兩人", "后者", "後者", "前者", "对方", "對方":
		out := speaker{entity: -1, more: -1}
		if z.hasVoice {
			out = z.voice
		}
		if i := z.cast.lastPerson(p.span.Start); i >= 0 && (!z.hasVoice || z.voice.name == "") {
			out = z.cast.speaker(i, p.span)
		}
		out.at = p.span
		if out.name == "" {
			out.name = t
		}
		return out
	}
	title := zhTitles.suffix(t)
	if rest := strings.TrimSuffix(t, title); title != "" && utf8.RuneCountInString(rest) == 1 && strings.Contains(chineseSurnames, rest) {
		if i, _ := z.cast.bySurname(rest, title); i >= 0 {
			return z.cast.speaker(i, p.span) // 李教授
		}
	}
	if p.name.Len() > 0 {
		name := z.d.Slice(p.name)
		entity := -1
		if m := z.cast.mentionIn(p.name, text.Person); m >= 0 {
			entity = z.d.Mentions[m].Entity
			name = z.d.Entities[entity].Name
		}
		return z.cast.speaker(z.cast.meet(entity, name, p.role, false, p.span), p.span)
	}
	if title != "" {
		rest := strings.TrimSuffix(t, title)
		if rest == "" || rest == "该" || rest == "該" || rest == "这位" || rest == "這位" || rest == "这名" || rest == "這名" || rest == "该名" || rest == "該名" || rest == "上述" || rest == "这一" {
			best := -1
			for i := range z.cast.all {
				x := &z.cast.all[i]
				if x.last == 0 || x.last > p.span.Start {
					continue
				}
				if !x.office && strings.HasSuffix(z.d.Slice(x.role), title) || x.office && rest != "" && strings.HasSuffix(x.name, title) {
					if best < 0 || x.last > z.cast.all[best].last {
						best = i
					}
				}
			}
			if best >= 0 {
				return z.cast.speaker(best, p.span)
			}
		}
	}
	entity := -1
	name := t
	return z.cast.speaker(z.cast.meet(entity, name, text.Span{}, true, p.span), p.span)
}

// introduce notes who stands with a title at the start of a stretch.
func (z *chineseReader) introduce(s zhSentence) {
	for _, it := range s.items {
		if it.run >= 0 {
			continue
		}
		if p, ok := z.subject(it.Span); ok && p.name.Len() > 0 && p.role.Len() > 0 {
			z.resolve(p)
		}
	}
}

// attribute finds who speaks the run at item i, and the cue.
func (z *chineseReader) attribute(s zhSentence, i int) (speaker, text.Span, bool) {
	none := speaker{entity: -1, more: -1}
	// X表示：“Q”
	if i > 0 && s.items[i-1].run < 0 {
		it := s.items[i-1]
		t := z.d.Slice(it.Span)
		if v := zhVerbs.suffix(t); v != "" {
			cueAt := text.Span{Start: it.End - len(v), End: it.End}
			if who, ok := z.subjectBefore(s, i-1, cueAt.Start); ok {
				return who, cueAt, true
			}
			if z.hasVoice {
				return z.voice, cueAt, true
			}
			return none, cueAt, false
		}
		if it.mark == '：' || it.mark == ':' {
			end := it.End
			var cueAt text.Span
			if v := it.verb; v >= 0 {
				cueAt = text.Span{Start: v, End: v + len(zhVerbs.prefix(z.d.Text[v:it.End]))}
				end = v
			}
			if who, ok := z.subjectBefore(s, i-1, end); ok {
				return who, cueAt, true
			}
		}
	}
	// “Q”，X说
	if i+1 < len(s.items) && s.items[i+1].run < 0 {
		it := s.items[i+1]
		if who, cueAt, ok := z.tag(it); ok {
			return who, cueAt, true
		}
	}
	// Inside a reported clause: whose clause it is, and only where nobody else
	// speaks the source that is cited for it.
	from := i
	for from > 0 && s.items[from-1].mark != '；' && s.items[from-1].mark != ';' {
		from--
	}
	cited := -1
	for k := from; k < i; k++ {
		it := s.items[k]
		if it.run >= 0 || it.verb < 0 {
			continue
		}
		if _, ok := z.sourceIn(text.Span{Start: it.Start, End: it.verb}); ok && cited < 0 {
			cited = k
			continue
		}
		if who, ok := z.subjectBefore(s, k, it.verb); ok {
			return who, z.cueAt(it), true
		}
	}
	if cited >= 0 {
		if who, ok := z.subjectBefore(s, cited, s.items[cited].verb); ok {
			return who, z.cueAt(s.items[cited]), true
		}
	}
	// “A”，“B”，X说: the tag behind the last.
	for k := i + 1; k < len(s.items); k++ {
		it := s.items[k]
		if it.run >= 0 {
			continue
		}
		if v := it.verb; v >= 0 && k+1 == len(s.items) {
			if p, ok := z.subject(text.Span{Start: it.Start, End: v}); ok {
				return z.resolve(p), text.Span{Start: v, End: v + len(zhVerbs.prefix(z.d.Text[v:it.End]))}, true
			}
		}
	}
	return none, text.Span{}, false
}

// tag reads a stretch behind a quote: X说, with the first or, where that is
// part of the phrase (an official who would not reveal), the last verb.
func (z *chineseReader) tag(it zhItem) (speaker, text.Span, bool) {
	if it.verb < 0 {
		return speaker{}, text.Span{}, false
	}
	if p, ok := z.subject(text.Span{Start: it.Start, End: it.verb}); ok {
		return z.resolve(p), z.cueAt(it), true
	}
	if w := zhVerbs.suffix(z.d.Slice(it.Span)); w != "" && it.End-len(w) > it.verb {
		cueAt := text.Span{Start: it.End - len(w), End: it.End}
		if p, ok := z.subject(text.Span{Start: it.Start, End: cueAt.Start}); ok {
			return z.resolve(p), cueAt, true
		}
	}
	return speaker{}, text.Span{}, false
}

// cueAt is where the verb of a stretch stands.
func (z *chineseReader) cueAt(it zhItem) text.Span {
	return text.Span{Start: it.verb, End: it.verb + len(zhVerbs.prefix(z.d.Text[it.verb:it.End]))}
}

// subjectBefore finds the subject of the verb at byte v of item k: in its own
// stretch, or at the start of one before it.
func (z *chineseReader) subjectBefore(s zhSentence, k, v int) (speaker, bool) {
	if v > s.items[k].Start {
		if p, ok := z.subject(text.Span{Start: s.items[k].Start, End: v}); ok {
			return z.resolve(p), true
		}
		// 据X报道
		if sp, ok := z.sourceIn(text.Span{Start: s.items[k].Start, End: v}); ok {
			return z.resolve(sp), true
		}
	}
	for j := k - 1; j >= 0; j-- {
		if s.items[j].run >= 0 {
			continue
		}
		if p, ok := z.subject(s.items[j].Span); ok {
			return z.resolve(p), true
		}
	}
	return speaker{entity: -1, more: -1}, false
}

// sourceIn reads the source behind 据: 据新华社.
func (z *chineseReader) sourceIn(sp text.Span) (zhPhrase, bool) {
	t := z.d.Slice(sp)
	for _, x := range [...]string{"另据", "另據", "根据", "根據", "据", "據"} {
		if strings.HasPrefix(t, x) {
			rest := text.Span{Start: sp.Start + len(x), End: sp.End}
			if rest.Len() > 0 {
				if p, ok := z.closes(rest); ok {
					return p, true
				}
				return z.subject(rest)
			}
		}
	}
	return zhPhrase{}, false
}

// reported finds X表示，... without marks or with marks inside.
func (z *chineseReader) reported(s zhSentence) {
	n := len(s.items)
	for k := 0; k < n; k++ {
		it := s.items[k]
		if it.run >= 0 {
			return
		}
		v := it.verb
		if v < 0 {
			if w := zhVerbs.suffix(z.d.Slice(it.Span)); w != "" && it.Len() == len(w) && k > 0 {
				v = it.Start
			} else {
				continue
			}
		}
		if _, cited := z.sourceIn(text.Span{Start: it.Start, End: v}); cited && k+1 < n && s.items[k+1].run < 0 && s.items[k+1].verb >= 0 {
			continue // 据X报道，Y表示
		}
		who, ok := z.subjectBefore(s, k, v)
		if !ok {
			continue
		}
		if w := zhVerbs.suffix(z.d.Slice(it.Span)); w != "" && it.End-len(w) > v {
			v = it.End - len(w) // 回答提问时说
		}
		if it.mark == '：' && k+1 < n && s.items[k+1].run >= 0 {
			return // a direct quote
		}
		verb := zhVerbs.prefix(z.d.Text[v:it.End])
		cueAt := text.Span{Start: v, End: v + len(verb)}
		from := cueAt.End
		if strings.HasPrefix(z.d.Text[from:it.End], "了") {
			continue // 否认了这一说法
		}
		for _, x := range [...]string{"道", "说", "說", "称", "稱", "着"} {
			if strings.HasPrefix(z.d.Text[from:it.End], x) {
				from += len(x)
			}
		}
		first := k
		if from >= it.End {
			first = k + 1
			if first >= n {
				// ...，X说。 closes what was before.
				if k > 0 && it.mark != '：' && s.items[0].run < 0 && v > it.Start {
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
