package query

import (
	"strings"
	"unicode/utf8"

	"hanwire/digest/text"
)

// atom is a word or phrase of a query with all that it stands for: its own
// words and, for a name, the other spellings. It matches where one of its
// sequences does.
type atom struct {
	text    string // as written
	manner  manner
	mark    string // of the keys of the field that it stands in; empty in texts
	ways    []sequence
	acronym bool // may be the initials of an outlet
	number  int  // in a Set: counts from 1
}

// sequence is words in a row.
type sequence []element

// element is one word of a sequence.
type element struct {
	script script
	word   string // folded
	base   string // of a Latin word: its inflect form
	stem   string // of a Hangul word that may end in a particle: what is left without it, or ""
	fit    fit
	key    string // under which its places are noted
	number int32  // of the key, in a Set
}

// fit says what may stand around an element's characters.
type fit uint8

const (
	loose    fit = iota // any inflection; of Hangul and Han also parts of a compound
	surface             // these characters; of Hangul with particles
	opening             // words that begin so
	personal            // a person's Hangul name of two syllables: particles and titles
	capital             // a Latin word in capitals
	titled              // a name that is also a common word: only where the gazetteer's own rule takes it for the name
	alone               // a Han character with none beside it, as 北 stands for North Korea in Korean headlines
)

// wordUnit is a unit of what somebody typed or of a spelling in the gazetteer.
type wordUnit struct {
	unit
	folded string
}

func wordsOf(s string) []wordUnit {
	sec := scan(s)
	words := make([]wordUnit, len(sec.units))
	for i, u := range sec.units {
		words[i] = wordUnit{u, sec.word(i)}
	}
	return words
}

func newAtom(s string, m manner, field string) *atom {
	a := &atom{text: s, manner: m, mark: fieldMark(field)}
	defer a.file()
	words := wordsOf(s)
	entry, known := text.Entry{}, false
	if m == plain {
		if entry, known = lookup(s, words); !known && len(words) == 1 && words[0].script == hangul {
			words[0].folded, entry, known = nameBeforeParticles(words[0].folded)
		}
	}
	f := [...]fit{plain: loose, exact: surface, prefix: opening}[m]
	a.add(newSequence(words, f, known && entry.Kind == text.Person))
	if m != plain {
		return a
	}
	for i := range len(words) - 1 {
		if words[i].dash {
			a.add(newSequence(joinAt(words, i), f, false))
		}
	}
	if len(words) == 1 && words[0].script == hangul {
		if noun, rest, ok := cutLone(words[0].folded); ok {
			a.add(newSequence([]wordUnit{{unit{script: hangul}, noun}, {unit{script: hangul}, rest}}, f, false))
		}
	}
	if !known {
		for _, s := range a.ways {
			for i := range s {
				s[i].dropParticle()
			}
		}
		return a
	}
	for _, aliases := range [][]string{entry.English, entry.Korean, entry.Chinese} {
		for _, alias := range aliases {
			if aspectOf(alias) == aspectOf(s) && sameNumber(alias, s) {
				a.addAlias(alias, entry.Kind == text.Person)
			}
		}
	}
	return a
}

// file gives the elements their keys.
func (a *atom) file() {
	for _, way := range a.ways {
		for i := range way {
			way[i].key = a.mark + way[i].bareKey()
		}
	}
	s := a.ways[0]
	a.acronym = a.mark == string(outletMark) && len(s) == 1 && s[0].script == latin && s[0].fit != opening
}

// aspect tells apart what the gazetteer files under one key because news uses
// it for the same actor. Who looks for a city or an office-holder does not want
// all that names the country or the ministry.
type aspect uint8

const (
	actor aspect = iota
	city
	holder
)

var cities = set("pyongyang 평양 平壤 seoul 서울 首尔 beijing 베이징 북경 北京 taipei 타이베이 台北 tokyo 도쿄 동경 东京 washington " +
	"워싱턴 华盛顿 moscow 모스크바 莫斯科 kremlin 크렘린 克里姆林宫 kyiv 키이우 基辅 tehran 테헤란 德黑兰 baghdad 바그다드 巴格达 brussels 브뤼셀 布鲁塞尔 " +
	"jerusalem hanoi 하노이 河内 delhi london 런던 伦敦 berlin 베를린 柏林 paris 파리 巴黎 manila 마닐라 马尼拉")

// sameNumber reports whether an alias has the number that a name was typed
// with, which tells Hwasong-18 from Hwasong-19.
func sameNumber(alias, name string) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return r
			}
			return -1
		}, s)
	}
	want := digits(name)
	return want == "" || digits(alias) == want
}

func aspectOf(name string) aspect {
	name = text.Fold(name)
	if cities[name] {
		return city
	}
	if strings.HasPrefix(name, "secretary of") {
		return holder
	}
	for _, end := range []string{" minister", " secretary", "장관", "외무상", "부장", "外长", "部长", "国务卿", "防长"} {
		if strings.HasSuffix(name, end) {
			return holder
		}
	}
	return actor
}

// lookup finds the name s in the gazetteer. A word in small letters is no
// name that is one in capitals only: "us" is not "US".
func lookup(s string, words []wordUnit) (text.Entry, bool) {
	if len(words) == 1 && lowercase[words[0].folded] && !words[0].capitals {
		return text.Entry{}, false
	}
	if n := len(words); n > 0 {
		s = s[:words[n-1].end] // China's
	}
	if e, ok := text.Lookup(s); ok {
		return e, true
	}
	return text.ByKey(s)
}

// nameBeforeParticles takes particles off a name that somebody typed with
// them: 김정은은, 북한의. It returns the eojeol as it is when no name is left.
func nameBeforeParticles(eojeol string) (string, text.Entry, bool) {
	for n := len(eojeol) - syllable; n >= 2*syllable; n -= syllable {
		if !chained(eojeol[n:], 3, typed, nil) {
			continue
		}
		if e, ok := text.Lookup(eojeol[:n]); ok {
			return eojeol[:n], e, true
		}
	}
	return eojeol, text.Entry{}, false
}

// nameRun is how many of words, from the first, are a name together; 0 when
// not even two are.
func nameRun(words []string) int {
	for n := min(len(words), maxNameWords); n >= 2; n-- {
		if _, ok := text.Lookup(strings.Join(words[:n], " ")); ok {
			return n
		}
	}
	return 0
}

// joinAt is words with those at i and i+1, which a hyphen parts, made one:
// "co-operation" is "cooperation" too.
func joinAt(words []wordUnit, i int) []wordUnit {
	joined := append([]wordUnit{}, words[:i]...)
	joined = append(joined, wordUnit{unit{script: latin}, words[i].folded + words[i+1].folded})
	return append(joined, words[i+2:]...)
}

func newSequence(words []wordUnit, f fit, person bool) sequence {
	s := make(sequence, len(words))
	for i, w := range words {
		s[i] = element{script: w.script, word: w.folded, fit: f}
		switch {
		case w.script == latin:
			s[i].base = inflect(w.folded)
			if w.capitals && lowercase[w.folded] {
				s[i].fit = capital
			}
		case w.script == hangul && person && f == loose && len(w.folded) <= 2*syllable:
			s[i].fit = personal
		}
	}
	return s
}

func (e *element) dropParticle() {
	if e.script == hangul {
		if st := stem(e.word); st != e.word {
			e.stem = st
		}
	}
}

// addAlias adds another spelling of the atom's name. Spellings that say too
// little by themselves count only where they cannot be anything else.
func (a *atom) addAlias(alias string, person bool) {
	words := wordsOf(alias)
	s := newSequence(words, loose, person)
	if len(s) == 1 {
		e, n := &s[0], utf8.RuneCountInString(words[0].folded)
		switch {
		case e.script != latin && n > 1 && len(text.FindKnown(alias)) == 0:
			e.fit = titled
		case e.script == hangul && n < 2:
			return
		case e.script == han && n < 2:
			e.fit = alone
		case e.script == latin && n <= 3 && words[0].capitals:
			e.fit = capital
		}
	}
	a.add(s)
}

// add adds s unless it is there.
func (a *atom) add(s sequence) {
	if len(s) == 0 {
		return
	}
	for _, t := range a.ways {
		if same(s, t) {
			return
		}
	}
	a.ways = append(a.ways, s)
}

func same(s, t sequence) bool {
	if len(s) != len(t) {
		return false
	}
	for i := range s {
		a, b := s[i], t[i]
		if a.script == latin && a.fit == loose && b.fit == loose {
			a.word, b.word = "", ""
		}
		if a != b {
			return false
		}
	}
	return true
}

// position is a place in a section between two characters.
type position struct {
	unit int
	off  int // bytes into the unit's folded word
}

// find matches s at p and returns the bytes of the source that it covers.
func (s sequence) find(sec *section, p position) (start, end int, ok bool) {
	at := p
	for i := range s {
		last := i == len(s)-1
		next, ok := s[i].at(sec, at, i == 0, last)
		if !ok {
			return 0, 0, false
		}
		if last {
			return sec.at(p.unit, p.off), sec.endAt(next.unit, next.off), true
		}
		rest := sec.word(next.unit)[next.off:]
		script := sec.units[next.unit].script
		switch {
		case rest != "" && s[i+1].script == script && s[i+1].begins(rest):
			at = next
		case rest != "" && !(script == hangul && trailingVerb(rest)):
			return 0, 0, false
		case next.unit+1 == len(sec.units) || sec.units[next.unit+1].stop:
			return 0, 0, false
		default:
			at = position{next.unit + 1, 0}
		}
	}
	return 0, 0, false
}

// begins reports whether rest, which stands in the same unit as the element
// before e, begins with e.
func (e *element) begins(rest string) bool {
	return strings.HasPrefix(rest, e.word) || e.stem != "" && strings.HasPrefix(rest, e.stem)
}

// at matches e at p and returns where it ends. First and last say whether e
// is the first and the last of its sequence.
func (e *element) at(sec *section, p position, first, last bool) (position, bool) {
	if sec.units[p.unit].script != e.script {
		return p, false
	}
	if e.script == latin {
		return e.atLatin(sec, p)
	}
	eojeol := sec.word(p.unit)
	rest := eojeol[p.off:]
	whole := strings.HasPrefix(rest, e.word)
	end := position{p.unit, p.off + len(e.word)}
	if e.fit == titled {
		return end, whole && isNamed(sec, p, end)
	}
	if whole && e.fit != opening && (isFalse(eojeol, p.off, e.word) || e.afterDay(sec, p)) {
		return p, false
	}
	if e.script == han {
		return end, whole && !(e.fit == alone && len(eojeol) != len(e.word))
	}
	if first && p.off > 0 && !e.inside(eojeol, p.off) {
		return p, false
	}
	if whole && (!last || e.allows(rest[len(e.word):]) || e.fit == loose && len(e.word) == syllable && isLone(eojeol, p.off)) {
		return end, true
	}
	if e.stem != "" {
		if tail, ok := strings.CutPrefix(rest, e.stem); ok && !isFalse(eojeol, p.off, e.stem) && (!last || trailingVerb(tail)) {
			return position{p.unit, p.off + len(e.stem)}, true
		}
	}
	if p.off == 0 && e.fit != opening {
		return e.across(sec, p)
	}
	return p, false
}

// afterDay reports whether the word that begins at p begins with the 日 of a
// date: 5日本报讯.
func (e *element) afterDay(sec *section, p position) bool {
	if e.word != "日本" && e.word != "日方" && e.word != "日军" || p.off > 0 || p.unit == 0 {
		return false
	}
	u := &sec.units[p.unit-1]
	return u.end == sec.units[p.unit].start && isDigitByte(sec.folded[u.to-1])
}

// atLatin matches e at the unit of p, or at it and the next one when a hyphen
// joins them.
func (e *element) atLatin(sec *section, p position) (position, bool) {
	u, w := &sec.units[p.unit], sec.word(p.unit)
	ok := false
	switch e.fit {
	case surface:
		ok = w == e.word
	case opening:
		ok = strings.HasPrefix(w, e.word)
	case capital:
		ok = u.capitals && w == e.word
	default:
		ok = w == e.word || inflect(w) == e.base
	}
	if ok {
		return position{p.unit, len(w)}, true
	}
	if u.dash && e.fit == loose && strings.HasPrefix(e.word, w) {
		if v := sec.word(p.unit + 1); inflect(w+v) == e.base {
			return position{p.unit + 1, len(v)}, true
		}
	}
	return p, false
}

// isNamed reports whether what stands from one place in a unit to another is
// the name of somebody there: it is all that the section holds, or the
// gazetteer finds it in what stands around.
func isNamed(sec *section, from, to position) bool {
	start, end := sec.at(from.unit, from.off), sec.endAt(to.unit, to.off)
	s := sec.source
	if strings.TrimSpace(s) == s[start:end] {
		return true
	}
	const around = 60
	left, right := max(0, start-around), min(len(s), end+around)
	for left < start && !utf8.RuneStart(s[left]) {
		left++
	}
	for right < len(s) && !utf8.RuneStart(s[right]) {
		right++
	}
	for _, m := range text.FindKnown(s[left:right]) {
		if m.Start <= start-left && m.End >= end-left {
			return true
		}
	}
	return false
}

// allows reports whether tail, the rest of the eojeol, may follow e.
func (e *element) allows(tail string) bool {
	switch {
	case e.fit == opening:
		return true
	case e.fit == personal:
		return trailingTitle(tail)
	case e.fit == surface, len(e.word) == syllable:
		return trailing(tail)
	}
	return true
}

// inside reports whether e may begin at byte off of an eojeol, as 관세 in
// 상호관세 and 중국 in 대중국, but not 중국 in 집중국면.
func (e *element) inside(eojeol string, off int) bool {
	if e.fit != loose {
		return false
	}
	if len(e.word) == syllable {
		return isLone(eojeol, off)
	}
	if off == syllable {
		return prefixes[eojeol[:off]]
	}
	// 이란 in 전쟁이란 is a particle.
	return !trailing(e.word)
}

// across matches a Hangul word that the text writes with spaces: 수출 통제 for
// 수출통제. All parts but the last are whole eojeols of two syllables or more,
// and nothing but particles follows the last.
func (e *element) across(sec *section, p position) (position, bool) {
	rest := e.word
	for i := p.unit; i < len(sec.units); i++ {
		u, w := &sec.units[i], sec.word(i)
		if u.script != hangul || i > p.unit && (!u.space || u.stop) {
			break
		}
		if tail, ok := strings.CutPrefix(w, rest); ok {
			if i == p.unit || !trailing(tail) {
				break
			}
			return position{i, len(rest)}, true
		}
		next, ok := strings.CutPrefix(rest, w)
		if !ok || len(w) < 2*syllable {
			break
		}
		rest = next
	}
	return p, false
}
