package text

import "strings"

// chineseTitles stand before a name.
var chineseTitles = strings.Fields("总统 總統 主席 总理 總理 首相 部长 部長 外长 外長 副总理 副總理 发言人 發言人 教授 国务卿 國務卿 大使 特使 代表 委员 委員 总书记 總書記 书记 書記 议员 議員 防长 防長 司长 司長 局长 局長 院长 院長 学者 學者 专家 專家 研究员 研究員 女士 先生 委员长 委員長 长官 長官 会长 會長 议长 議長 主任 司令 将军 將軍 上将 上將 市长 市長 行长 行長 助理 参议员 參議員 众议员 眾議員 总裁 總裁 董事长 董事長 律师 律師 领导人 領導人 副主席 秘书长 秘書長 分析师 分析師 经济学家 總長 总长")

// afterName are beginnings of what may follow a Chinese name.
var afterName = strings.Fields("说 說 表示 指出 强调 強調 称 稱 认为 認為 在 于 於 对 對 就 向 和 与 與 及 等 回应 回應 批评 批評 重申 的 也 则 則 还 還 又 将 將 日 周 今 昨 同 告诉 告訴 透露 宣布 坦言 直言 解释 解釋 补充 補充 警告 呼吁 呼籲 敦促 主持 出席 会见 會見 访问 訪問 是 曾 已 当 當 上 接受 写 寫 问 問 答 介绍 介紹 一行 举行 舉行 发表 發表 承认 承認 否认 否認 证实 證實 谴责 譴責 反驳 反駁 质疑 質疑 援引 星期 率 抵 并 並 不 未 没 沒 从 從 以 被 把 因 为 為 由 先生 女士 教授 博士 到 率 赴 来 來 离 離 出 受 获 獲 提 认 認 讲 講 谈 談 拒 去 这 這 昨 仍 正 刚 剛 必 应 應 走 签 簽 呼 通 强 強 大 中 少 上 警 质 質 反 敦")

// titlesBehind follow a name at the beginning of a clause.
var titlesBehind = strings.Fields("教授 先生 女士 博士 总理 總理 主席 部长 部長 院长 院長 研究员 研究員 议员 議員 委员 委員 大使 总统 總統")

var chineseTellers = strings.Fields("说 說 表示 指出 强调 強調 称 稱 认为 認為 回应 回應 告诉 告訴 透露 坦言 直言 警告 补充 補充 重申 批评 批評 解释 解釋 写道 寫道")

// oneTeller are verbs of speech of one character, which end no name.
var oneTeller = strings.Fields("说 說 称 稱 问 問 对 對 在 也 则 則 将 將 的 和 与 與")

// chinese sights the names of a Chinese sentence: known ones, names behind a
// title or before a verb of speech, and foreign names with a dot inside.
func (n *naming) chinese(toks []Token, in []foundSpelling) {
	for _, k := range in {
		n.foundKnown(k)
	}
	end := 0 // of the last name added: they come in order
	add := func(sp Span, surname bool) {
		if sp.Start >= end && free(in, sp) {
			n.found = append(n.found, sighting{Span: sp, kind: Person, entry: -1, surname: surname})
			end = sp.End
		}
	}
	for i, t := range toks {
		if t.Kind == Punct && i > 0 && i+1 < len(toks) && toks[i-1].Kind == Han && toks[i+1].Kind == Han {
			if isNameDot(n.d.Slice(t.Span)) && toks[i-1].End == t.Start && t.End == toks[i+1].Start {
				sp := n.transliterated(toks[i-1].Span, toks[i+1].Span)
				switch {
				case sp.Len() == 0:
				case sp.Start < end && len(n.found) > 0 && n.found[len(n.found)-1].End == end && sp.Start <= toks[i-1].Start:
					n.found[len(n.found)-1].End, end = sp.End, sp.End // 胡安·卡洛斯·莫拉
				case !n.longer(sp):
					add(sp, false)
				}
			}
		}
		if t.Kind != Han {
			continue
		}
		if i > 0 && toks[i-1].End == t.Start && isNameDot(n.d.Slice(toks[i-1].Span)) {
			continue // the rest of a foreign name
		}
		run := n.d.Slice(t.Span)
		dotted := i+1 < len(toks) && toks[i+1].Start == t.End && isNameDot(n.d.Slice(toks[i+1].Span))
		for at := 0; at < len(run); {
			_, w := runeAt(run, at)
			if at > 0 || i == 0 || toks[i-1].Kind != Han {
				if behind := titleEnds(run[:at]) && !titleEnds(run[:at+w]); behind || at == 0 {
					if size := hanNameAt(run[at:], behind); size > 0 && !(dotted && at+size == len(run)) {
						add(Span{t.Start + at, t.Start + at + size}, true)
					}
				}
			}
			at += w
		}
	}
}

// titleEnds reports a title at the end of s.
func titleEnds(s string) bool {
	for _, t := range chineseTitles {
		if strings.HasSuffix(s, t) {
			return true
		}
	}
	return false
}

// hanNameAt is the length in bytes of a Chinese name at the beginning of run:
// a surname and one or two characters more, with something behind that may
// follow a name. Without a title before it a verb of speech must follow.
func hanNameAt(run string, titled bool) int {
	for _, sizes := range [2][2]int{{2, 1}, {1, 1}} {
		surname, ok := runes(run, sizes[0])
		if !ok || !lists.han[surname] {
			continue
		}
		for given := 2; given >= 1; given-- {
			name, ok := runes(run, sizes[0]+given)
			if !ok {
				continue
			}
			if word, _ := runes(name, 2); notHanName[word] {
				continue
			}
			rest := run[len(name):]
			if given == 2 && endsWithAny(name, oneTeller) { // 凌激|说
				continue
			}
			if !titled && startsWithAny(rest, titlesBehind) {
				return len(name)
			}
			if rest == "" && titled || titled && startsWithAny(rest, afterName) || startsWithAny(rest, chineseTellers) && !startsWithAny(name[len(surname):], chineseTellers) {
				return len(name)
			}
		}
	}
	return 0
}

// notHanName are common words that begin with a surname.
var notHanName = words("方面 方式 方才 方针 任何 任期 任内 任命 高度 高级 高級 高层 高層 高官 高调 高調 周一 周二 周三 周四 周五 周六 周日 周末 周边 周邊 许多 許多 许可 余下 何时 何時 何种 何種 陆续 陸續 陆军 陸軍 陆方 陸方 华府 華府 华人 華人 华盛 華盛 夏季 秋季 史上 顾问 顧問 顾及 温和 溫和 金融 石油 白宫 白宮 黄金 马上 馬上 江苏 文件 文化 文章 成为 成為 谢谢 謝謝 胡说 钱财 和平 汪汪 田间 方案 易于 易受 易地 段时 申请 申請 申明 申诉 项目 齐心 齊心 连任 武器 武力 武装 武裝 林业 金额 金額 金钱 杜绝 杜絕 罗列 陈述 陳述 陈词 张贴 韩方 韓方 韩国 韓國 韩美 韓美 韩联 韓聯 韩媒 韓媒 施压 施壓 施加 施行 章程 全面 康复 石化 江河 夏天 孔子 唐代 明年 梁柱 司法 华为 華為 华文 華文 华裔 華裔 余地 余人 侯任 候任 石墨 贺电 賀電 贺信 丁点 艾滋 乔迁 龙头 龍頭 雷达 雷達 雷霆 甘愿 江西 江南 毛利 毛病 马来 馬來 洪水 柳州 池塘 曲线 祖国 章节")

// runes is the first n runes of s.
func runes(s string, n int) (string, bool) {
	for i := range s {
		if n == 0 {
			return s[:i], true
		}
		n--
	}
	return s, n == 0
}

func startsWithAny(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func endsWithAny(s string, suffixes []string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}

// isNameDot reports the dots that part a foreign name, as many typing systems
// write them.
func isNameDot(s string) bool {
	switch s {
	case "·", "•", "・", "‧", "．", "∙", "･", "⋅":
		return true
	}
	return false
}

// longer widens a known person's sighting to the full name that a dot joins it
// to (安東尼‧布林肯), and reports whether there was one.
func (n *naming) longer(sp Span) bool {
	for i := len(n.found) - 1; i >= 0 && i >= len(n.found)-64; i-- {
		s := &n.found[i]
		if s.kind == Person && s.entry >= 0 && sp.Contains(s.Span) && (s.End == sp.End || s.Start == sp.Start) {
			s.Span = sp
			return true
		}
	}
	return false
}

// The longest parts of a foreign name before and behind its dot, in characters.
const (
	longestGiven  = 6
	longestFamily = 7
)

// transliterated is a foreign name around a dot: from a title, the beginning of
// the run or the first character that Chinese does not spell foreign names
// with, to what may follow a name, the end of the run or such a character.
func (n *naming) transliterated(left, right Span) Span {
	text := n.d.Text
	from, titled := left.End, 0
	spelt := true
	for k, at := 0, left.End; at > left.Start && k < longestGiven; k++ {
		r := runeBefore(text, at)
		spelt = spelt && lists.transliterated[r]
		at -= len(string(r))
		if spelt {
			from = at
		}
		if titleEnds(text[left.Start:at]) {
			titled = at
			break
		}
	}
	switch {
	case titled > 0:
		from = titled
	case from == left.End && left.Len() <= 4*3:
		from = left.Start
	}
	to, sure := right.Start, 0
	spelt = true
	for k, at := 0, right.Start; at < right.End && k < longestFamily; k++ {
		r, w := runeAt(text, at)
		if k > 0 && startsWithAny(text[at:right.End], chineseTellers) {
			sure = at
			break
		}
		spelt = spelt && lists.transliterated[r]
		at += w
		if spelt {
			to = at
		} else if k > 0 && startsWithAny(text[at-w:right.End], afterName) {
			if sure = at - w; to == right.Start || sure > to {
				break
			}
			sure = 0
			break
		}
		if at == right.End {
			sure = at
		}
	}
	if sure > 0 {
		to = sure
	}
	if from == left.End || to == right.Start {
		return Span{}
	}
	return Span{from, to}
}
