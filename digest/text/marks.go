package text

// shape is what a quotation mark looks like, whatever it does.
type shape uint8

const (
	noMark shape = iota
	straightDouble
	openDouble  // also corner brackets and guillemets: pairs that cannot be apostrophes
	closeDouble //
	straightSingle
	openSingle
	closeSingle
)

// shapeOf leaves out 《》 and 〈〉, which hold titles of works.
func shapeOf(r rune) shape {
	switch r {
	case '"', '＂':
		return straightDouble
	case '“', '„', '‟', '«', '「', '『', '〝', '﹁', '﹃':
		return openDouble
	case '”', '»', '」', '』', '〞', '〟', '﹂', '﹄':
		return closeDouble
	case '\'', '＇':
		return straightSingle
	case '‘', '‚', '‛', '‹':
		return openSingle
	case '’', '›', 'ʼ':
		return closeSingle
	}
	return noMark
}

// family tells marks that pair with each other from those that do not.
type family uint8

const (
	doubles family = iota
	singles
	corners
	whiteCorners
	guillemets
	families
)

func familyOf(r rune) family {
	switch r {
	case '「', '」', '﹁', '﹂':
		return corners
	case '『', '』', '﹃', '﹄':
		return whiteCorners
	case '«', '»':
		return guillemets
	}
	switch shapeOf(r) {
	case straightSingle, openSingle, closeSingle:
		return singles
	}
	return doubles
}

// mark is one candidate quotation mark of a paragraph.
type mark struct {
	token             int // its index among the paragraph's
	family            family
	shape             shape
	canOpen, canClose bool // by the runes at its sides
	prev, next        rune // those runes; 0 at the ends of the paragraph
	closers           int  // marks of its family behind it that can close
	elision, trailing bool // may be an apostrophe before ('tis) or behind (dogs') a word
}

// elided are words that begin with an apostrophe.
var elided = map[string]bool{
	"tis": true, "twas": true, "twere": true, "em": true, "til": true, "till": true,
	"cause": true, "bout": true, "round": true, "n": true, "cuz": true, "nuff": true, "neath": true,
}

// pairMarks decides what the candidates of one paragraph are: opening or
// closing marks, or apostrophes, which it joins to the word they belong to.
// toks is changed in place and returned shortened. It takes linear time.
func pairMarks(s string, toks []Token, candidates []int, from, to int) []Token {
	if len(candidates) == 0 {
		return toks
	}
	ms := make([]mark, len(candidates))
	for k, t := range candidates {
		ms[k] = look(s, toks, t, from, to)
	}
	var behind [families]int
	for k := len(ms) - 1; k >= 0; k-- {
		m := &ms[k]
		m.closers = behind[m.family]
		if m.canClose && m.shape != openSingle {
			behind[m.family]++
		}
	}
	trusted := balanced(ms)
	var open [families]bool
	joined := false
	for k := range ms {
		m := &ms[k]
		kind := Punct
		switch m.shape {
		case straightSingle, openSingle, closeSingle:
			kind = m.single(open[singles])
			if kind == Word {
				joined = true
			}
		case straightDouble:
			kind = m.byPosition(open[m.family])
			if kind == Close && !open[m.family] && classOf(m.prev) == classDigit {
				kind = Punct // inches
			}
		default:
			kind = Open
			if m.shape == closeDouble {
				kind = Close
			}
			if !trusted[m.family] {
				kind = m.repaired(kind, open[m.family])
			}
		}
		toks[m.token].Kind = kind
		switch kind {
		case Open:
			open[m.family] = true
		case Close:
			open[m.family] = false
		}
	}
	if !joined {
		return toks
	}
	return joinApostrophes(s, toks, ms)
}

// look describes the mark at token t by its neighbours.
func look(s string, toks []Token, t, from, to int) mark {
	sp := toks[t].Span
	r, _ := runeAt(s, sp.Start)
	m := mark{token: t, family: familyOf(r), shape: shapeOf(r)}
	if sp.Start > from {
		m.prev = runeBefore(s, sp.Start)
	}
	if sp.End < to {
		m.next, _ = runeAt(s, sp.End)
	}
	before := m.prev == 0 || isSpace(m.prev)
	after := m.next == 0 || isSpace(m.next)
	m.canOpen = !after && (before || !endsClause(m.next))
	introduces := isDash(m.prev) || isPausing(m.prev) || shapeOf(m.prev) == openDouble || shapeOf(m.prev) == openSingle
	m.canClose = !before && !opensBracket(m.prev) && (after || isMarkRune(m.next) || wide(m.next) || wide(m.prev) || !introduces)
	if m.family == singles {
		word := ""
		if t+1 < len(toks) && toks[t+1].Start == sp.End && (toks[t+1].Kind == Word || toks[t+1].Kind == Number) {
			word = s[toks[t+1].Start:toks[t+1].End]
		}
		m.elision = word != "" && !isLetter(m.prev) &&
			(elided[lowerASCII(word)] || classOf(rune(word[0])) == classDigit && m.prev != 0 && len(word) >= 2 && len(word) <= 3)
		m.trailing = isLetter(m.prev) && !isLetter(m.next)
		m.canOpen = m.canOpen && !isLetter(m.prev) && classOf(m.prev) != classDigit || wide(m.prev) && !after
	}
	return m
}

func opensBracket(r rune) bool {
	return r == '(' || r == '[' || r == '{' || r == '（' || r == '［' || r == '【' || r == '〈' || r == '《'
}

func isDash(r rune) bool { return r == '—' || r == '–' || r == '―' || r == '-' || r == '/' }

// isPausing reports full-width marks behind which a quotation may open without
// a space.
func isPausing(r rune) bool { return r == '：' || r == '，' || r == '、' || r == ':' || r == '。' }

// endsClause reports marks that stand at the end of what they belong to.
func endsClause(r rune) bool {
	switch r {
	case '.', ',', ';', ':', '!', '?', ')', ']', '}', '。', '，', '、', '；', '：', '！', '？', '）', '」', '』', '”', '’', '…':
		return true
	}
	return false
}

func isMarkRune(r rune) bool { return classOf(r) == classMark }

// wide reports scripts that set no space around quotation marks.
func wide(r rune) bool {
	switch classOf(r) {
	case classHan, classKana, classHangul:
		return true
	}
	return r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

// balanced tells for each family whether its shaped marks open and close in
// turn. A quotation that goes on into the next paragraph may stay open.
func balanced(ms []mark) (ok [families]bool) {
	var open, wrong [families]bool
	for k := range ms {
		switch m := &ms[k]; m.shape {
		case openDouble:
			wrong[m.family] = wrong[m.family] || open[m.family]
			open[m.family] = true
		case closeDouble:
			wrong[m.family] = wrong[m.family] || !open[m.family]
			open[m.family] = false
		case straightDouble:
			wrong[m.family] = true
		}
	}
	for f := range ok {
		ok[f] = !wrong[f]
	}
	return ok
}

// byPosition decides a straight mark, inside telling whether one is open.
func (m *mark) byPosition(inside bool) TokenKind {
	switch {
	case m.canOpen && !m.canClose:
		return Open
	case m.canClose && !m.canOpen:
		return Close
	case inside:
		return Close
	}
	return Open
}

// repaired overrules a curly mark whose shape neither the paragraph nor its
// place bears out.
func (m *mark) repaired(shaped TokenKind, inside bool) TokenKind {
	switch {
	case shaped == Close && !inside && m.canOpen && (!m.canClose || isPausing(m.prev)):
		return Open
	case shaped == Open && inside && m.canClose && (!m.canOpen || m.closers == 0 || endsClause(m.prev) && wide(m.prev)):
		return Close
	}
	return shaped
}

// single decides a single mark; Word means apostrophe.
func (m *mark) single(inside bool) TokenKind {
	switch {
	case classOf(m.prev) == classDigit && (m.next == 0 || classOf(m.next) == classDigit || m.next == '"'):
		if !inside {
			return Punct // feet, minutes
		}
		return Close
	case m.elision && !(m.shape == openSingle && m.closers > 0):
		return Word
	case m.shape == openSingle:
		if inside && m.canClose && !m.canOpen {
			return Close
		}
		return Open
	case m.trailing && !inside:
		return Word
	case m.trailing && (m.prev == 's' || m.prev == 'z' || m.prev == 'n' && m.shape != straightSingle) && m.closers > 0 && isSpace(m.next):
		return Word // dogs’ inside a quotation that closes later
	case inside && m.canClose:
		return Close
	case m.canOpen && !m.canClose && (m.closers > 0 || m.prev == 0):
		return Open
	case m.canClose && m.shape == closeSingle:
		return Close
	case m.canOpen && m.canClose && m.closers > 0:
		return Open
	}
	return Punct
}

// joinApostrophes makes each mark decided as Word part of the word at its side.
func joinApostrophes(s string, toks []Token, ms []mark) []Token {
	out := toks[:ms[0].token]
	k, lead := 0, -1
	for t := ms[0].token; t < len(toks); t++ {
		tok := toks[t]
		apostrophe := false
		if k < len(ms) && ms[k].token == t {
			apostrophe = tok.Kind == Word
			k++
		}
		switch {
		case apostrophe && len(out) > 0 && out[len(out)-1].End == tok.Start && out[len(out)-1].Kind == Word:
			w := &out[len(out)-1]
			w.End, w.Hash, w.sets = tok.End, 0, setsOf(s[w.Start:tok.End])
			continue
		case apostrophe && t+1 < len(toks) && toks[t+1].Start == tok.End && (toks[t+1].Kind == Word || toks[t+1].Kind == Number):
			lead = tok.Start
			continue
		case apostrophe:
			tok.Kind = Punct
		}
		if lead >= 0 {
			tok.Start, tok.Kind, tok.Hash, tok.sets, lead = lead, Word, 0, setsOf(s[lead:tok.End]), -1
		}
		out = append(out, tok)
	}
	return out
}

func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for j := range b {
				if 'A' <= b[j] && b[j] <= 'Z' {
					b[j] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
