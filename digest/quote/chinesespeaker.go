package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

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
	for i := range t {
		if n > farthest {
			return zhPhrase{}, false
		}
		if n > 0 && z.bound(t, i) && !z.insideName(sp.Start+i) {
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
		// 在边境开店二十年的店主孙桂兰
		if i := strings.LastIndex(t, "的"); i > 0 {
			if p, closed := z.closes(text.Span{Start: sp.Start + i + len("的"), End: sp.End}); closed && p.name.Len() > 0 {
				return p, true
			}
		}
	}
	return zhPhrase{}, false
}

// bound reports whether a speaker's phrase can end at byte i of t.
func (z *chineseReader) bound(t string, i int) bool {
	rest := t[i:]
	if rest[0] == '(' {
		return true
	}
	if strings.HasPrefix(rest, "（") {
		_, after, ok := strings.Cut(rest, "）")
		return !ok || zhTitles.prefix(after) == "" // 協會（AIT）發言人
	}
	stop := zhStops.prefix(rest)
	if stop == "" && zhVerbs.prefix(rest) == "" {
		return datePrefix(rest) != ""
	}
	if zhTitles.prefix(rest) != "" || strings.HasPrefix(rest, "在台協會") || strings.HasPrefix(rest, "在台协会") {
		return false
	}
	if w := zhCompound.prefix(rest); w != "" {
		after := rest[len(w):]
		return len(zhBodies.prefix(after)) < len("中心") && zhTitles.prefix(after) == "" && !strings.HasPrefix(after, "国") && !strings.HasPrefix(after, "國")
	}
	return true
}

// insideName reports whether byte at stands within a person's name: 在 in 鄭在允.
func (z *chineseReader) insideName(at int) bool {
	const widest = 24 // bytes of what may come on either side
	m := z.cast.mentionIn(text.Span{Start: at - widest, End: at + widest}, text.Person)
	return m >= 0 && z.d.Mentions[m].Start < at && at < z.d.Mentions[m].End
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
	if zhPronouns[t] || zhNewsNouns.words[t] {
		return zhPhrase{span: sp}, true
	}
	if strings.HasPrefix(t, "《") && strings.HasSuffix(t, "》") && utf8.RuneCountInString(t) > 3 {
		return zhPhrase{span: text.Span{Start: sp.Start + len("《"), End: sp.End - len("》")}}, true
	}
	if work, paper, ok := strings.Cut(t, "》"); ok && strings.HasPrefix(work, "《") && utf8.RuneCountInString(work) > 2 && zhBodies.suffix(paper) != "" && utf8.RuneCountInString(paper) <= 6 {
		return zhPhrase{span: text.Span{Start: sp.Start + len("《"), End: sp.Start + len(work)}}, true
	}
	if zhOpening.prefix(t) != "" && zhNoOpening.prefix(t) == "" {
		return zhPhrase{}, false
	}
	if v := zhVerbs.prefix(t); len(v) >= len("指责") && zhTitles.prefix(t) == "" && zhBodies.prefix(t) == "" && len(t) > len(v) && chineseNouns.prefix(t[len(v):]) == "" {
		return zhPhrase{}, false // 指责韩方
	}
	if latinName(t) {
		return zhPhrase{span: sp, name: sp}, true
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
	if title := zhTitles.suffix(t); title != "" {
		name := strings.TrimSuffix(t, title)
		if personalEnds[title] {
			if i := strings.LastIndex(name, "的"); i >= 0 && utf8.RuneCountInString(name[i:]) <= 4 {
				sp.Start += i + len("的") // 32岁的李女士
			}
			return zhPhrase{span: sp}, true
		}
		if n := utf8.RuneCountInString(name); n >= 3 && chineseName(name) {
			return zhPhrase{span: sp, name: text.Span{Start: sp.Start, End: sp.Start + len(name)}, role: text.Span{Start: sp.Start + len(name), End: sp.End}}, true // 司马承毅院士
		}
		// 发言人邢牧野大校: a rank behind the name behind a title
		if zhTitles.suffix(name) == "" {
			if p, ok := z.titled(text.Span{Start: sp.Start, End: sp.End - len(title)}); ok {
				return p, true
			}
		}
		return zhPhrase{span: sp}, true
	}
	if zhTitles.suffix(strings.TrimSuffix(strings.TrimSuffix(t, "们"), "們")) != "" {
		return zhPhrase{span: sp}, true
	}
	if p, ok := z.titled(sp); ok {
		return p, true
	}
	if (zhBodies.suffix(t) != "" || strings.HasSuffix(t, "部") && notBodies.suffix(t) == "") && utf8.RuneCountInString(t) >= 2 {
		return zhPhrase{span: sp}, true
	}
	ms := z.cast
	if ms.nameIn(sp) {
		return zhPhrase{span: sp}, true
	}
	if chineseName(t) || z.cast.find(-1, t) >= 0 {
		return zhPhrase{span: sp, name: sp}, true
	}
	if n := utf8.RuneCountInString(t); n >= 3 && n <= 8 && transliterated(t) {
		return zhPhrase{span: sp, name: sp}, true
	}
	if name, role := z.afterTitle(sp); name.Len() > 0 {
		return zhPhrase{span: sp, name: name, role: role}, true
	}
	if i := z.cast.byStart(t); i >= 0 {
		return zhPhrase{span: sp, name: sp}, true
	}
	for _, and := range [...]string{"和", "与", "與", "及"} {
		if a, b, ok := strings.Cut(t, and); ok && (chineseName(a) || z.cast.find(-1, a) >= 0) && (chineseName(b) || z.cast.find(-1, b) >= 0) {
			return zhPhrase{span: sp}, true
		}
	}
	return zhPhrase{}, false
}

// titled splits a phrase that is a title and the name behind it.
func (z *chineseReader) titled(sp text.Span) (zhPhrase, bool) {
	t := z.d.Slice(sp)
	k, n := len(t), 0
	for k > 0 && n < 24 {
		_, w := utf8.DecodeLastRuneInString(t[:k])
		k -= w
		n++
		if n >= 2 && zhTitles.suffix(t[:k]) != "" {
			name := t[k:]
			if latinName(strings.TrimLeft(name, " ")) {
				at := len(t) - len(strings.TrimLeft(name, " "))
				return zhPhrase{span: sp, name: text.Span{Start: sp.Start + at, End: sp.End}, role: text.Span{Start: sp.Start, End: sp.Start + k}}, true
			}
			first, _ := utf8.DecodeRuneInString(name)
			if zhTitles.prefix(name) != "" {
				continue
			}
			if n > 12 {
				continue
			}
			if n <= 4 && hanOnly(name) && strings.ContainsRune(chineseSurnames, first) && !notNames[name] || chineseName(name) || strings.ContainsAny(name, "·•．‧・∙") || n <= 6 && transliterated(name) {
				return zhPhrase{span: sp, name: text.Span{Start: sp.Start + k, End: sp.End}, role: text.Span{Start: sp.Start, End: sp.Start + k}}, true
			}
		}
	}
	return zhPhrase{}, false
}

// afterTitle splits a title and a name of two to four characters that no list
// of surnames knows: 防卫大臣森田健一.
func (z *chineseReader) afterTitle(sp text.Span) (name, role text.Span) {
	t := z.d.Slice(sp)
	for k, n := len(t), 0; k > 0 && n < 4; {
		_, w := utf8.DecodeLastRuneInString(t[:k])
		k -= w
		n++
		_, next := utf8.DecodeRuneInString(t[k:])
		if rest := t[k:]; n >= 2 && zhTitles.suffix(t[:k]) != "" && len(zhTitles.suffix(t[:k+next])) <= len("長") && hanOnly(rest) && !strings.ContainsAny(rest, notInNames) && zhTitles.prefix(rest) == "" && !notNames[rest] {
			return text.Span{Start: sp.Start + k, End: sp.End}, text.Span{Start: sp.Start, End: sp.Start + k}
		}
	}
	return text.Span{}, text.Span{}
}

// chineseName reports whether t has the shape of a name: a surname and one or
// two characters more.
func chineseName(t string) bool {
	n := utf8.RuneCountInString(t)
	first, w := utf8.DecodeRuneInString(t)
	if !hanOnly(t) || notNames[t] {
		return false
	}
	if two := 2 * w; (n == 3 || n == 4) && doubleHan[t[:two]] {
		return true
	}
	return (n == 2 || n == 3) && strings.ContainsRune(chineseSurnames, first) || n == 3 && strings.ContainsRune(rareHan, first)
}

// latinName reports whether t is a name in Latin letters: Daniel Hurst.
func latinName(t string) bool {
	for _, r := range t {
		if r > 0x24F || !unicode.IsLetter(r) && !strings.ContainsRune(" .-'", r) {
			return false
		}
	}
	return len(t) >= 2 && t[0] >= 'A' && t[0] <= 'Z'
}

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
	if zhPronouns[t] {
		out := speaker{entity: -1, more: -1}
		if z.hasVoice {
			out = z.voice
		}
		if z.topic.name != "" {
			out = z.topic
			out.at = p.span
			return out
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
		if i := z.cast.byStart(name); i >= 0 && entity < 0 && p.role.Len() == 0 {
			return z.cast.speaker(i, p.span) // 森田 for 森田健一
		}
		return z.cast.speaker(z.cast.meet(entity, name, p.role, false, p.span), p.span)
	}
	if title != "" {
		rest := strings.TrimSuffix(t, title)
		if rest == "" || zhPointing[rest] {
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
			if zhPointing[rest] && z.hasVoice && z.voice.named {
				out := z.voice
				out.at = p.span
				return out
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
		} else if p, ok := z.named(it.Span); ok {
			z.resolve(p)
		}
	}
}

// named reads a title and the name known behind it at the start of a stretch
// where no verb of speech follows: 驻韩大使苏砚池到任三个月.
func (z *chineseReader) named(sp text.Span) (zhPhrase, bool) {
	const farthest = 80 // bytes
	sp.End = min(sp.End, sp.Start+farthest)
	m := z.cast.mentionIn(sp, text.Person)
	if m < 0 {
		return zhPhrase{}, false
	}
	name := z.d.Mentions[m].Span
	role := text.Span{Start: sp.Start, End: name.Start}
	t := z.d.Slice(role)
	if zhTitles.suffix(t) == "" || zhLead.prefix(t) != "" || zhOpening.prefix(t) != "" {
		return zhPhrase{}, false
	}
	for i := range t {
		if i > 0 && z.bound(t, i) {
			return zhPhrase{}, false
		}
	}
	return zhPhrase{span: text.Span{Start: sp.Start, End: name.End}, name: name, role: role}, true
}

// attribute finds who speaks the run at item i, and the cue.
func (z *chineseReader) attribute(s zhSentence, i int) (speaker, text.Span, bool) {
	none := speaker{entity: -1, more: -1}
	// X表示：“Q”
	if i > 0 && s.items[i-1].run < 0 {
		it := s.items[i-1]
		t := z.d.Slice(it.Span)
		v := zhVerbs.suffix(t)
		if bare, ok := strings.CutSuffix(t, "道"); ok {
			if w := zhVerbs.suffix(bare); w != "" && len(w)+len("道") > len(v) {
				v = t[len(bare)-len(w):] // 反问道
			}
		}
		if v != "" {
			cueAt := text.Span{Start: it.End - len(v), End: it.End}
			if who, ok := z.subjectBefore(s, i-1, cueAt.Start); ok {
				return who, cueAt, true
			}
			if who, ok := z.stranger(text.Span{Start: it.Start, End: cueAt.Start}); ok && i == 1 {
				return who, cueAt, true
			}
			if z.hasVoice {
				return z.voice, cueAt, true
			}
			return none, cueAt, false
		}
		if w := zhAsSaid.suffix(t); w != "" {
			sp := text.Span{Start: it.Start, End: it.End - len(w)}
			for _, x := range [...]string{"正如", "诚如", "誠如", "如"} {
				if strings.HasPrefix(t, x) {
					sp.Start += len(x)
					break
				}
			}
			if p, ok := z.subject(sp); ok {
				return z.resolve(p), text.Span{Start: it.End - len(w), End: it.End}, true
			}
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
			if who, ok := z.stranger(text.Span{Start: it.Start, End: end}); ok && i == 1 {
				return who, cueAt, true
			}
		}
	}
	// 部长表示，政府“Q”，应当道歉: the clause goes on around the words.
	inside := i > 0 && s.items[i-1].run < 0 && s.items[i-1].mark == 0 && !endsSentence(z.d.Slice(s.items[i].Span))
	if inside {
		if who, cueAt, ok := z.clauseOwner(s, i); ok {
			return who, cueAt, true
		}
	}
	// “Q”，X说
	if i+1 < len(s.items) && s.items[i+1].run < 0 {
		it := s.items[i+1]
		if s.items[i].mark == '—' && i+2 == len(s.items) {
			if p, ok := z.subject(it.Span); ok && p.name.Len() > 0 {
				return z.resolve(p), text.Span{}, true // “Q”——司令X
			}
		}
		if who, cueAt, ok := z.tag(it); ok {
			return who, cueAt, true
		}
	}
	if !inside {
		if who, cueAt, ok := z.clauseOwner(s, i); ok {
			return who, cueAt, true
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

// stranger takes what opens a sentence right before its verb or colon for who
// speaks, though nothing else tells that it is a person or body: 云帆科技回应称.
func (z *chineseReader) stranger(sp text.Span) (speaker, bool) {
	t := z.d.Slice(sp)
	for {
		w := zhLead.prefix(t)
		if w == "" {
			w = datePrefix(t)
		}
		if w == "" {
			break
		}
		t = t[len(w):]
	}
	sp.Start = sp.End - len(t)
	n := 0
	for i := range t {
		if n > 0 && z.bound(t, i) {
			t = t[:i]
			break
		}
		n++
	}
	sp.End = sp.Start + len(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	if n < 2 || n > 12 || !hanOnly(t) || zhOpening.prefix(t) != "" || zhStops.prefix(t) != "" || zhVerbs.prefix(t) != "" || notNames[t] || strings.ContainsRune("上中里裡后後前下时時内內间間外点點次度地着著了过過到是有", last) {
		return speaker{entity: -1, more: -1}, false
	}
	return z.resolve(zhPhrase{span: sp}), true
}

// clauseOwner says whose clause the run at item i stands in, and only where
// nobody else speaks the source that is cited for it.
func (z *chineseReader) clauseOwner(s zhSentence, i int) (speaker, text.Span, bool) {
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
	return speaker{entity: -1, more: -1}, text.Span{}, false
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
		if p, ok := z.quotedSource(text.Span{Start: s.items[k].Start, End: v}); ok {
			return z.resolve(p), true
		}
		if sp, ok := z.agent(s.items[k], v); ok {
			if p, ok := z.subject(sp); ok {
				return z.resolve(p), true
			}
		}
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

// quotedSource reads the source behind 援引: 通讯社援引知情人士的话.
func (z *chineseReader) quotedSource(sp text.Span) (zhPhrase, bool) {
	t := z.d.Slice(sp)
	for i := range t {
		w := chineseQuoting.prefix(t[i:])
		if i == 0 || w == "" {
			continue
		}
		end := len(t)
		for _, x := range [...]string{"的话", "的話", "的消息", "的说法", "的說法", "的报道", "的報道", "的報導"} {
			if at := strings.LastIndex(t, x); at > 0 {
				end = min(end, at)
			}
		}
		if from := i + len(w); from < end {
			return z.subject(text.Span{Start: sp.Start + from, End: sp.Start + end})
		}
	}
	return zhPhrase{}, false
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
