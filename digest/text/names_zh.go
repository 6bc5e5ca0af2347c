package text

import "strings"

// chineseTitles stand before a name.
var chineseTitles = strings.Fields("总统 總統 主席 总理 總理 首相 部长 部長 外长 外長 副总理 副總理 发言人 發言人 教授 国务卿 國務卿 大使 特使 代表 委员 委員 总书记 總書記 书记 書記 议员 議員 防长 防長 司长 司長 局长 局長 院长 院長 学者 學者 专家 專家 研究员 研究員 女士 先生 委员长 委員長 长官 長官 会长 會長 议长 議長 主任 司令 将军 將軍 上将 上將 市长 市長 行长 行長 助理 参议员 參議員 众议员 眾議員 总裁 總裁 董事长 董事長 律师 律師 领导人 領導人 副主席 秘书长 秘書長 分析师 分析師 经济学家 總長 总长")

// afterName are beginnings of what may follow a Chinese name.
var afterName = strings.Fields("说 說 表示 指出 强调 強調 称 稱 认为 認為 在 于 於 对 對 就 向 和 与 與 及 等 回应 回應 批评 批評 重申 的 也 则 則 还 還 又 将 將 日 周 今 昨 同 告诉 告訴 透露 宣布 坦言 直言 解释 解釋 补充 補充 警告 呼吁 呼籲 敦促 主持 出席 会见 會見 访问 訪問 是 曾 已 当 當 上 接受 写 寫 问 問 答 介绍 介紹 一行 举行 舉行 发表 發表 承认 承認 否认 否認 证实 證實 谴责 譴責 反驳 反駁 质疑 質疑 援引 星期 率 抵 并 並 不 未 没 沒 从 從 以 被 把 因 为 為 由 先生 女士 教授 博士")

var chineseTellers = strings.Fields("说 說 表示 指出 强调 強調 称 稱 认为 認為 回应 回應 告诉 告訴 透露 坦言 直言 警告 补充 補充 重申 批评 批評 解释 解釋 写道 寫道")

// chinese sights the names of a Chinese sentence: known ones, names behind a
// title or before a verb of speech, and foreign names with a dot inside.
func (n *naming) chinese(toks []Token, in []foundSpelling) {
	start := len(n.found)
	for _, k := range in {
		n.foundKnown(k)
	}
	taken := n.found[start:]
	free := func(sp Span) bool {
		for i := range taken {
			if taken[i].Overlaps(sp) {
				return false
			}
		}
		return true
	}
	var fresh []sighting
	add := func(sp Span, surname bool) {
		if !free(sp) {
			return
		}
		for i := range fresh {
			if fresh[i].Overlaps(sp) {
				return
			}
		}
		fresh = append(fresh, sighting{Span: sp, kind: Person, entry: -1, surname: surname})
	}
	for i, t := range toks {
		if t.Kind == Punct && i > 0 && i+1 < len(toks) && toks[i-1].Kind == Han && toks[i+1].Kind == Han {
			switch n.d.Slice(t.Span) {
			case "·", "•", "・", "‧":
				if sp := n.transliterated(toks[i-1].Span, toks[i+1].Span); sp.Len() > 0 {
					add(sp, false)
				}
			}
		}
		if t.Kind != Han {
			continue
		}
		run := n.d.Slice(t.Span)
		for at := 0; at < len(run); {
			_, w := runeAt(run, at)
			if at > 0 || i == 0 || toks[i-1].Kind != Han {
				if behind := titleEnds(run[:at]); behind || at == 0 {
					if size := hanNameAt(run[at:], behind); size > 0 {
						add(Span{t.Start + at, t.Start + at + size}, true)
					}
				}
			}
			at += w
		}
	}
	n.found = append(n.found, fresh...)
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
			rest := run[len(name):]
			if rest == "" && titled || titled && startsWithAny(rest, afterName) || startsWithAny(rest, chineseTellers) && !startsWithAny(name[len(surname):], chineseTellers) {
				return len(name)
			}
		}
	}
	return 0
}

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

// transliterated is a foreign name around a dot: as many characters at either
// side as Chinese spells foreign names with.
func (n *naming) transliterated(left, right Span) Span {
	text := n.d.Text
	from, count := left.End, 0
	for from > left.Start && count < 5 {
		r := runeBefore(text, from)
		if !lists.transliterated[r] {
			break
		}
		from -= len(string(r))
		count++
	}
	to, more := right.Start, 0
	for to < right.End && more < 6 {
		r, w := runeAt(text, to)
		if !lists.transliterated[r] {
			break
		}
		to += w
		more++
	}
	if count == 0 || more == 0 {
		return Span{}
	}
	return Span{from, to}
}
