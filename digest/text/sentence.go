package text

import "strings"

// words makes a set of a list.
func words(lists ...string) map[string]bool {
	set := map[string]bool{}
	for _, l := range lists {
		for w := range strings.FieldsSeq(l) {
			set[w] = true
		}
	}
	return set
}

var (
	// bound are abbreviations that always stand before a name or number.
	boundList = "Cong Mr Mrs Ms Mx Dr Prof Rev Fr Sr Sra Hon Gov Lt Col Gen Sen Rep Reps Sens Gens Govs Sgt Capt Maj Cmdr Adm Brig Pvt Cpl Cpt Det Supt Insp Amb Atty Pres Supt Messrs Mme Mlle Ald Asst Assoc Dep Sec Treas St Ste Mt Ft vs v Vs viz cf Cf approx ca Op"
	// numbered are abbreviations that no sentence ends with when a number follows.
	numberedList = "No Nos no nos Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec p pp Art Sec Ch Vol Fig Pt Para art sec ch vol fig Rs Rm ver"
	// either may end a sentence: the next word decides.
	eitherList = "Inc Corp Co Ltd LLC Cos Bros Jr Esq etc Ave Blvd Rd Dept Univ Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ont Que al Ph est Est ed eds Intl Natl Mfg Assn Bldg hr hrs min Plc plc"
	// openers are words that begin a sentence far oftener than they go on a
	// name or follow an abbreviation inside one.
	openersList = "The A An In On At By For From With As If But And Or So Yet He She It They We You I His Her Its Their Our My Your This That These Those There Here What When Where Who Why How While Although Though Because Since After Before During Until Now Then Once Still Also Even Just Only Not No Some Many Most Several Few All Both Each Every Other Another One Two Three Such However Meanwhile Instead Moreover Last Next Under Over Among Despite According Asked To Of About Like More Let Do Does Did Is Are Was Were Has Have Had Can Could Will Would Should May Might Perhaps Nor Than Later Earlier Today Yesterday Officials People Critics Its Once Unlike Between Without Whether Speaking Given Nearly Part Through"
	// tellers are verbs that go with a speaker right behind a quotation.
	tellersList = "said says say told asked asks tweeted wrote writes added adds replied shouted warned declared continued explained exclaimed recalled joked responded insisted argued noted remarked demanded wondered chanted yelled tweets went"
)

// Sentences are the sentences of one paragraph. Every byte that is not white
// space stands in one of them. The language decides whether sentences are
// looked for inside quotation marks: in Korean, Chinese and Japanese the
// quotation belongs to the sentence that reports it.
func Sentences(s, lang string) []Span {
	toks, marks := lex(make([]Token, 0, len(s)/5+4), nil, s, 0, len(s))
	toks = pairMarks(s, toks, marks, 0, len(s))
	var spans []Span
	splitTokens(s, toks, isEastAsian(lang, s), func(first, end int) {
		spans = append(spans, Span{toks[first].Start, toks[end-1].End})
	})
	return spans
}

// isEastAsian reports the languages whose sentences hold their quotations. A
// paragraph without a letter of them is read as what it is.
func isEastAsian(lang, s string) bool {
	switch lang {
	case "ko", "ja", "zh", "zh-Hans", "zh-Hant":
	case "", "und":
		lang = Language(s)
		return lang == "ko" || lang == "ja" || strings.HasPrefix(lang, "zh")
	default:
		return false
	}
	return HasWide(s)
}

// splitTokens calls yield with the bounds of each sentence of a paragraph's
// tokens.
func splitTokens(s string, toks []Token, eastAsian bool, yield func(first, end int)) {
	start := 0
	depth := matchedDepth{toks: toks}
	depth.prepare()
	for i := 0; i < len(toks); i++ {
		depth.pass(i)
		if !stops(s, toks[i]) {
			continue
		}
		end := i + 1 // behind the stop and all that belongs to it
		closed := false
		for end < len(toks) && toks[end].Start == toks[end-1].End && trails(s, toks[end]) {
			depth.pass(end)
			closed = closed || toks[end].Kind == Close
			end++
		}
		for end < len(toks) && s[toks[end].Start:toks[end].End] == "." && s[toks[end-1].Start:toks[end-1].End] == "." && runeAfter(s, toks[end].End) != '.' { // . . .
			end++
		}
		// A closing mark set off by a space belongs to what it closes.
		for end < len(toks) && toks[end].Kind == Close && depth.n > 0 {
			depth.pass(end)
			closed = true
			end++
		}
		last := i
		i = end - 1
		if end == len(toks) {
			break
		}
		if eastAsian {
			if depth.n > 0 || !eastAsianBreak(s, toks, start, last, end, closed) {
				continue
			}
		} else if !latinBreak(s, toks, start, last, end, closed) || depth.n > 0 && shortTalk(s, toks, start, last, end) {
			continue
		}
		yield(start, end)
		start = end
	}
	if start < len(toks) {
		yield(start, len(toks))
	}
}

// mostTalk is how many words two sentences inside a quotation have together
// when they are heard as one: “It’s wrong. It’s destructive.” Annotators leave
// such together two times in three, longer ones seldom.
const mostTalk = 12

// shortTalk reports whether what was said since the sentence or the quotation
// began and what is said next, from token end on, are so short.
func shortTalk(s string, toks []Token, start, last, end int) bool {
	n := 0
	for k := last; k >= start && toks[k].Kind != Open; k-- {
		if toks[k].Kind == Word || toks[k].Kind == Number {
			if n++; n > mostTalk {
				return false
			}
		}
	}
	for k := end; k < len(toks) && toks[k].Kind != Close; k++ {
		if toks[k].Kind == Word || toks[k].Kind == Number {
			if n++; n > mostTalk {
				return false
			}
		}
		if stops(s, toks[k]) {
			break
		}
	}
	return true
}

// matchedDepth follows how many quotations that are both opened and closed in
// the paragraph enclose the present token.
type matchedDepth struct {
	toks  []Token
	open  []bool // by token: opening marks that find their closing one; nil for none
	n     int
	stack []bool
}

func (d *matchedDepth) prepare() {
	var pending []int
	for i, t := range d.toks {
		switch t.Kind {
		case Open:
			pending = append(pending, i)
		case Close:
			if len(pending) > 0 {
				if d.open == nil {
					d.open = make([]bool, len(d.toks))
				}
				d.open[pending[len(pending)-1]] = true
				pending = pending[:len(pending)-1]
			}
		}
	}
}

func (d *matchedDepth) pass(i int) {
	switch d.toks[i].Kind {
	case Open:
		matched := d.open != nil && d.open[i]
		d.stack = append(d.stack, matched)
		if matched {
			d.n++
		}
	case Close:
		if k := len(d.stack) - 1; k >= 0 {
			if d.stack[k] {
				d.n--
			}
			d.stack = d.stack[:k]
		}
	}
}

// stops reports tokens that may end a sentence.
func stops(s string, t Token) bool {
	switch t.Kind {
	case Punct:
		switch r := runeAfter(s, t.Start); r {
		case '.', '!', '?', '…', '。', '！', '？', '｡', '．', '‼', '⁇', '⁈', '⁉':
			return true
		}
	case Word:
		return s[t.End-1] == '.'
	}
	return false
}

// trails reports tokens that go with the stop before them.
func trails(s string, t Token) bool {
	if t.Kind == Close || stops(s, t) && t.Kind == Punct {
		return true
	}
	if t.Kind != Punct {
		return false
	}
	switch runeAfter(s, t.Start) {
	case ')', ']', '}', '）', '］', '】', '》', '〉':
		return true
	}
	return false
}

// latinBreak decides whether a sentence ends with the stop at token last; the
// next would begin at token end.
func latinBreak(s string, toks []Token, start, last, end int, closed bool) bool {
	next := toks[end]
	word := s[next.Start:next.End]
	spaced := next.Start > toks[end-1].End
	if !spaced {
		return missingSpace(s, toks, last, end, closed)
	}
	k := end
	for k < len(toks) && (toks[k].Kind == Open || toks[k].Kind == Punct && opensBracket(runeAfter(s, toks[k].Start))) {
		k++
	}
	if k < len(toks) && k > end {
		next = toks[k]
		word = s[next.Start:next.End]
	}
	opened := k > end
	if next.Kind == Word && startsLower(word) {
		return false
	}
	if next.Kind == Punct && !opened {
		switch runeAfter(s, next.Start) {
		case ',', ';', ':', ')', ']', '，', '；':
			return false
		case '-', '–', '—', '―':
			return false
		}
	}
	switch mark := s[toks[last].Start:toks[last].End]; {
	case toks[last].Kind == Word: // U.S., a.m.
		return dottedBreak(s, toks, last, end, word, opened)
	case mark == "." && end == last+1 || mark == "." && !isStopToken(s, toks[last+1]):
		if last == start {
			return false
		}
		return abbreviationBreak(s, toks, start, last, next, word, opened, closed)
	}
	// ! or ? inside a quotation whose speaker follows: “Why?” Smith said.
	if closed && !opened && next.Kind == Word && teller(s, toks, end) {
		return false
	}
	return true
}

func isStopToken(s string, t Token) bool { return t.Kind == Punct && stops(s, t) }

// teller reports a speaker and a verb of speech from token i on: Smith said;
// Mr. Smith, the mayor, was quoted as saying.
func teller(s string, toks []Token, i int) bool {
	aside := false
	for k := i; k < len(toks) && k < i+14; k++ {
		t := toks[k]
		w := s[t.Start:t.End]
		switch {
		case t.Kind == Punct && w == ",":
			aside = k > i
		case t.Kind == Punct && (w == "." || w == "(" || w == ")"), t.Kind == Number:
		case t.Kind != Word:
			return false
		case tellers.has(w):
			return k > i
		case w == "was" || w == "had" || w == "then" || w == "also" || w == "later" || w == "quoted" || w == "as" || w == "saying" || w == "of" || w == "the":
			if w == "saying" {
				return true
			}
		case !aside && !startsUpper(w):
			return false
		case k == i && openers.has(w) && w != "He" && w != "She" && w != "They" && w != "The":
			return false
		}
	}
	return false
}

// missingSpace decides a stop with the next word right behind it.
func missingSpace(s string, toks []Token, last, end int, closed bool) bool {
	next := toks[end]
	word := s[next.Start:next.End]
	if next.Kind != Word || !startsUpper(word) || allUpper(word) || len(word) < 2 && word != "A" && word != "I" {
		return false
	}
	if closed {
		return toks[end-1].Kind == Close
	}
	if last == 0 || toks[last].Kind != Punct || toks[last-1].Kind != Word {
		return false
	}
	before := s[toks[last-1].Start:toks[last-1].End]
	return startsLower(before) && len(before) > 1 && (openers.has(word) || len(before) > 3)
}

// dottedBreak decides after letters with stops of their own.
func dottedBreak(s string, toks []Token, last, end int, word string, opened bool) bool {
	abbr := s[toks[last].Start:toks[last].End]
	switch abbr {
	case "e.g.", "i.e.", "v.s.":
		return false
	case "a.m.", "p.m.":
		return !timeWord.has(word) && toks[end].Kind != Number && (startsUpper(word) || opened)
	}
	if opened && toks[end].Kind == Open {
		return true
	}
	if isSingleLetters(abbr) && last > 0 && len(abbr) <= 6 && placeLetters.has(abbr) {
		return openers.has(word)
	}
	return openers.has(word) && word != "A"
}

var (
	timeWordList     = "EST EDT ET CST CDT CT MST MDT MT PST PDT PT GMT UTC BST KST JST Monday Tuesday Wednesday Thursday Friday Saturday Sunday Eastern Pacific Central Mountain Beijing Seoul Tokyo"
	placeLettersList = "U.S. U.K. U.N. E.U. D.C. U.S.A. U.A.E. L.A. N.Y. N.J. N.C. S.C. N.D. S.D. N.H. N.M. R.I. W.Va. B.C. P.R."
)

func isSingleLetters(w string) bool { return len(w)%2 == 0 }

// abbreviationBreak decides after a plain full stop.
func abbreviationBreak(s string, toks []Token, start, last int, next Token, word string, opened, closed bool) bool {
	if closed {
		return true
	}
	before := toks[last-1]
	if before.End != toks[last].Start {
		return next.Kind != Number // a stop on its own: “. . .”
	}
	w := s[before.Start:before.End]
	switch before.Kind {
	case Number:
		if last-1 == start && next.Kind == Word { // 1. First
			return false
		}
		return true
	case Word:
	default:
		return true
	}
	if i := strings.LastIndexByte(w, '-'); i > 0 && startsUpper(w[i+1:]) { // then-Rep.
		w = w[i+1:]
	}
	switch {
	case bound.has(w):
		if next.Kind == Number && w != "v" && w != "vs" {
			return w != "St" && w != "Mt" && w != "Gen" && w != "Op" && w != "Sec"
		}
		if w == "St" || w == "Sr" || w == "v" {
			return openers.has(word) && !opened
		}
		return false
	case numbered.has(w):
		if next.Kind == Number {
			return false
		}
		return w != "Sec" && (startsUpper(word) || opened) && w != "Sept" || openers.has(word)
	case either.has(w):
		return openers.has(word) || opened && next.Kind != Number && isMarkOpen(s, next.Start)
	case len(w) == 1 && startsUpper(w): // an initial
		if w == "I" {
			return openers.has(word) || last-2 < start
		}
		return last-2 >= start && openers.has(word) && !(len(word) == 1 && next.End < len(s) && s[next.End] == '.')
	}
	return true
}

// isMarkOpen reports a quotation mark right before byte i; a bracket goes on
// what the abbreviation belongs to: Jr. (D-Ill.).
func isMarkOpen(s string, i int) bool { return shapeOf(runeBefore(s, i)) != noMark }

// eastAsianBreak decides at a stop outside all quotations.
func eastAsianBreak(s string, toks []Token, start, last, end int, closed bool) bool {
	next := toks[end]
	spaced := next.Start > toks[end-1].End
	mark := runeAfter(s, toks[last].Start)
	if toks[last].Kind == Word {
		return false
	}
	if next.Kind == Punct {
		switch runeAfter(s, next.Start) {
		case ',', '，', '、', ';', '；', ')', '）', '-', '–', '—', '·':
			return false
		}
	}
	switch mark {
	case '.', '．':
		if !spaced {
			return false
		}
		if last > start && toks[last-1].End == toks[last].Start {
			if k := toks[last-1].Kind; k == Word && !closed {
				w := s[toks[last-1].Start:toks[last-1].End]
				return !bound.has(w) && !either.has(w) && len(w) > 1
			} else if k == Number && !closed {
				return false
			}
		}
		return true
	case '…':
		return closed && !reported(s, toks, start, end)
	case '!', '?':
		if !spaced && next.Kind == Hangul {
			return false
		}
	}
	if closed {
		if !spaced && next.Kind == Hangul {
			return false
		}
		switch runeAfter(s, next.Start) {
		case '并', '並', '的', '等', '而', '且', '和', '与', '與', '之', '是', 'と', 'な':
			return false
		}
		return !reported(s, toks, start, end)
	}
	return true
}

// reported tells whether what follows a closed quotation at token end still
// belongs to it: “……。”他说。 It does when the sentence opened with the
// quotation and a short clause with a verb of speech follows.
func reported(s string, toks []Token, start, end int) bool {
	if toks[start].Kind != Open || toks[end].Kind == Open {
		return false
	}
	stop := end
	for stop < len(toks) && stop < end+12 && toks[stop].Kind != Punct && toks[stop].Kind != Open {
		stop++
	}
	if stop == len(toks) || toks[stop].Kind == Open {
		stop--
	}
	clause := s[toks[end].Start:toks[stop].End]
	if len(clause) > 120 {
		return false
	}
	for _, verb := range hanTellers {
		if strings.Contains(clause, verb) {
			return true
		}
	}
	return false
}

var hanTellers = strings.Fields("说 說 道 表示 指出 强调 強調 称 稱 认为 認為 写道 寫道 补充 補充 回应 回應 回答 问 問 解释 解釋 警告 呼吁 呼籲 告诉 告訴 坦言 直言 重申 言った 述べ 語った 話し")
