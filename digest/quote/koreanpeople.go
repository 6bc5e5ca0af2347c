package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// koreanTitle reports whether the word ends with a title: 장관, 외교장관.
func koreanTitle(w string) bool { return endsIn(w, koreanTitles, 0) }

// koreanNoun reports whether the word ends with a title or the name of a body
// that speaks.
func koreanNoun(w string) bool { return koreanTitle(w) || endsIn(w, koreanBodies, 3) }

// officeBefore reports whether a name can follow the word: 대변인, 대사인.
func officeBefore(w string) bool {
	return koreanNoun(w) || strings.HasSuffix(w, "인") && koreanTitle(strings.TrimSuffix(w, "인"))
}

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

// looksKoreanName reports whether a word has the shape of a Korean name.
func looksKoreanName(w string) bool {
	return nameShape(w) && !koreanNoun(w) && !koreanCommon[w]
}

// nameShape reports whether a word is a surname and a given name of two
// syllables, or of one or two behind a surname of two.
func nameShape(w string) bool {
	if n := utf8.RuneCountInString(w); (n == 3 || n == 4) && doubleSurname(w) {
		return hangulOnly(w)
	}
	n := 0
	for i, r := range w {
		if !unicode.Is(unicode.Hangul, r) || i == 0 && !strings.ContainsRune(koreanSurnames, r) {
			return false
		}
		n++
	}
	return n == 3
}

// doubleSurname reports whether w begins with a surname of two syllables.
func doubleSurname(w string) bool {
	const two = len("남궁")
	return len(w) >= two && doubleSurnames[w[:two]]
}

// unnamed close phrases that name nobody: 정부 고위 관계자.
func unnamed(phrase string) bool {
	return slices.ContainsFunc(unnamedEnds, func(x string) bool { return strings.HasSuffix(phrase, x) })
}

// phraseWords cuts a speaker's phrase at spaces and leaves out what stands in
// brackets: 목하준(58) 씨.
func (p *people) phraseWords(sp text.Span) []text.Span {
	var out []text.Span
	inside := false
	for _, w := range wordSpans(p.d.Text, sp) {
		for w.Len() > 0 {
			s := p.d.Slice(w)
			if inside {
				i := strings.IndexByte(s, ')')
				if i < 0 {
					break
				}
				inside = false
				w.Start += i + 1
				continue
			}
			i := strings.IndexByte(s, '(')
			if i < 0 {
				out = append(out, w)
				break
			}
			if i > 0 {
				out = append(out, text.Span{Start: w.Start, End: w.Start + i})
			}
			inside = true
			w.Start += i + 1
		}
	}
	return out
}

// koreanSpeaker says who a Korean noun phrase is.
func (p *people) koreanSpeaker(sp text.Span) speaker {
	s := p.d.Slice(sp)
	if unnamed(s) {
		if words := wordSpans(p.d.Text, sp); len(words) > 0 {
			if i := p.byTitle(words, lastWord(s), sp.Start); i >= 0 {
				return p.speaker(i, sp)
			}
		}
		return p.speaker(p.meet(-1, s, text.Span{}, true, sp), sp)
	}
	if m := p.mentionIn(sp, text.Person); m >= 0 && p.leadsTo(sp, p.wholeName(sp, m).Start) {
		x := p.d.Mentions[m]
		name := p.d.Entities[x.Entity].Name
		if at := p.wholeName(sp, m); at != x.Span {
			x.Span, name = at, p.d.Slice(at)
		}
		role := p.koreanRole(sp, x.Span)
		// A surname with a title may be an older acquaintance.
		if doubleSurnames[name] || utf8.RuneCountInString(name) == 1 {
			if i, _ := p.bySurname(name, lastWord(s)); i >= 0 {
				return p.speaker(i, sp)
			}
		}
		if i := p.byStart(name); i >= 0 && p.d.Entities[x.Entity].Key == "" && foreignish(name) {
			return p.speaker(i, sp) // 하야시 장관 for 하야시 요시마사
		}
		return p.speaker(p.meet(x.Entity, name, role, false, sp), sp)
	}
	words := p.phraseWords(sp)
	if len(words) == 0 {
		return p.speaker(-1, sp)
	}
	last := p.d.Slice(words[len(words)-1])
	// 홍길동 외교부 장관; 외교부 대변인 홍길동; 홍 장관.
	if koreanTitle(last) {
		for i, w := range words[:len(words)-1] {
			n := p.d.Slice(w)
			if i == 0 && len(words) <= 3 && utf8.RuneCountInString(n) == 1 && !strings.Contains(koreanSurnames, n) {
				if k, sure := p.bySurname(n, last); sure {
					return p.speaker(k, sp) // 시 주석
				}
			}
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
			if i == 0 {
				if k := p.byStart(n); k >= 0 && len(words) == 2 && foreignish(n) {
					return p.speaker(k, sp) // 하야시 장관 for 하야시 요시마사
				}
				if name, role, ok := p.foreignKorean(words, sp); ok {
					return p.speaker(p.meet(-1, name, role, false, sp), sp)
				}
			}
			if looksKoreanName(n) || halfNamed(n) || nameShape(n) && i > 0 && i+2 == len(words) && !koreanBodies[n] && koreanModifier[p.d.Slice(words[i-1])] {
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
		if i := p.byTitle(words, last, sp.Start); i >= 0 {
			return p.speaker(i, sp)
		}
	}
	if name, role := p.behindTitle(words, sp); name.Len() > 0 {
		return p.speaker(p.meet(-1, p.d.Slice(name), role, false, sp), sp)
	}
	if rest, ok := strings.CutSuffix(last, "씨"); ok && len(words) == 1 {
		if i, _ := p.bySurname(rest, last); i >= 0 {
			return p.speaker(i, sp) // 구씨 for 구본솔
		}
	}
	if looksKoreanName(last) || halfNamed(last) {
		role := text.Span{}
		if len(words) > 1 {
			role = text.Span{Start: words[0].Start, End: words[len(words)-2].End}
			if w := p.d.Slice(role); !koreanNoun(lastWord(w)) && officeBefore(lastWord(w)) {
				role.End -= len("인")
			}
		}
		return p.speaker(p.meet(-1, last, role, false, sp), sp)
	}
	return p.speaker(p.meet(-1, s, text.Span{}, true, sp), sp)
}

// halfNamed reports a surname without a given name: 김모.
func halfNamed(w string) bool {
	surname, ok := strings.CutSuffix(w, "모")
	return ok && utf8.RuneCountInString(surname) == 1 && strings.Contains(koreanSurnames, surname)
}

// behindTitle splits 국무부 부대변인 베단트 파텔: a title and a foreign name of two
// or three words behind it.
func (p *people) behindTitle(words []text.Span, sp text.Span) (name, role text.Span) {
	lo := len(words)
	for lo > 0 && p.partOfName(words[lo-1]) {
		lo--
	}
	n := len(words) - lo
	if lo == 0 || n < 2 || n > 3 {
		return text.Span{}, text.Span{}
	}
	office := p.d.Slice(words[lo-1])
	role = text.Span{Start: words[0].Start, End: words[lo-1].End}
	if !koreanTitle(office) {
		if !officeBefore(office) || koreanNoun(office) {
			return text.Span{}, text.Span{}
		}
		role.End -= len("인")
	}
	last := p.d.Slice(words[len(words)-1])
	if !foreignish(last) || loanNouns[last] || adnominal(p.d.Slice(words[lo])) {
		return text.Span{}, text.Span{}
	}
	return text.Span{Start: words[lo].Start, End: sp.End}, role
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

// wholeName is the mention with the given names before it, where it is the
// surname of a foreigner whom no list knows: 마리아 자하로바.
func (p *people) wholeName(sp text.Span, m int) text.Span {
	at := p.d.Mentions[m].Span
	if p.d.Entities[p.d.Mentions[m].Entity].Key != "" || nameShape(p.d.Slice(at)) || utf8.RuneCountInString(p.d.Slice(at)) < 2 {
		return at
	}
	words := wordSpans(p.d.Text, text.Span{Start: sp.Start, End: at.Start})
	for i := len(words) - 1; i >= 0 && i >= len(words)-2 && p.partOfName(words[i]); i-- {
		at.Start = words[i].Start
	}
	return at
}

// partOfName reports whether a word of a phrase can be part of a foreign name:
// no body, office or place, nothing that leads to one.
func (p *people) partOfName(at text.Span) bool {
	w := p.d.Slice(at)
	if officeBefore(w) || koreanModifier[w] || strings.Contains("미중일북한러영독불대주전현신구", w) || koreanCommon[w] || strings.HasSuffix(w, "의") || strings.HasSuffix(w, "나라") || strings.HasSuffix(w, "공화국") || !hangulOnly(w) || adnominal(w) || withoutParticle(w) != w {
		return false
	}
	for _, kind := range [...]text.NameKind{text.Place, text.Organisation} {
		if p.mentionIn(at, kind) >= 0 {
			return false
		}
	}
	return true
}

// foreignKorean splits 러시아 외무부의 마리아 자하로바 대변인 and 매슈 밀러 미국
// 국무부 대변인: the words between what leads to a name and the next body,
// country or office are the name.
func (p *people) foreignKorean(words []text.Span, sp text.Span) (string, text.Span, bool) {
	none := text.Span{}
	lo := 0
	for lo < len(words)-1 && !p.partOfName(words[lo]) {
		lo++
	}
	hi := lo
	for hi < len(words)-1 && p.partOfName(words[hi]) {
		hi++
	}
	if hi == lo || hi-lo > 3 {
		return "", none, false
	}
	first, last := p.d.Slice(words[lo]), p.d.Slice(words[hi-1])
	if hi-lo >= 2 && (looksKoreanName(last) || halfNamed(last)) && !foreignish(first) && !looksKoreanName(first) {
		return last, text.Span{Start: words[hi].Start, End: sp.End}, true // 중국을 다녀온 홍길동 위원
	}
	switch n := utf8.RuneCountInString(first); {
	case hi-lo >= 2:
		if looksKoreanName(first) && !foreignish(last) || n == 1 && !foreignish(last) {
			return "", none, false // 한가람 전임 장관
		}
	case lo == 0 && hi < len(words)-1 && n >= 2 && n <= 5 && !adnominal(first):
		// 뤄즈헝 중국 상무부 부부장: a country or body goes on.
		if next := words[hi]; !(text.SoundsForeign(first) && !loanNouns[first] && koreanModifier[p.d.Slice(next)]) && !strings.HasSuffix(p.d.Slice(next), "나라") && p.mentionIn(next, text.Place) < 0 && p.mentionIn(text.Span{Start: next.Start, End: sp.End}, text.Organisation) < 0 {
			return "", none, false
		}
	case lo == 0 && len(words) == 2 && n >= 3 && !looksKoreanName(first):
	case lo > 0 && n >= 3 && n <= 5 && foreignish(first) && !looksKoreanName(first):
		// 일본의 하야시 외무상
	default:
		return "", none, false
	}
	return p.d.Text[words[lo].Start:words[hi-1].End], text.Span{Start: words[hi].Start, End: sp.End}, true
}

// adnominal reports whether a word ends as a verb before a noun does: 참석한.
func adnominal(w string) bool {
	r, n := utf8.DecodeLastRuneInString(w)
	if r == '던' {
		if before, _ := utf8.DecodeLastRuneInString(w[:len(w)-n]); before != '치' && text.SoundsForeign(string(before)) {
			return false // 브랜던
		}
	}
	return strings.ContainsRune("은는을를된던할한", r) && utf8.RuneCountInString(w) > 2
}

// foreignish reports whether a word is long for a Korean name or has a syllable
// that few Korean words but many foreign names have.
func foreignish(w string) bool {
	return utf8.RuneCountInString(w) >= 4 && !nameShape(w) || text.SoundsForeign(w)
}

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
	if s := p.d.Slice(after); strings.HasPrefix(s, "(") {
		if i := strings.IndexByte(s, ')'); i > 0 {
			after = trimmed(p.d.Text, text.Span{Start: after.Start + i + 1, End: after.End})
		}
	}
	if s := p.d.Slice(after); after.Len() > 0 {
		if s == "씨" || s == "군" || s == "양" || s == "측" || s == "여사" || s == "동지" {
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
