package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"hanwire/digest/text"
)

// Bounds of a query. They keep the work of one query small; nobody types more.
const (
	maxRunes      = 2000
	maxConditions = 200
	maxDepth      = 30
	maxNameWords  = 6
	minPrefix     = 3 // letters before a *, fewer would find half of all words; one Hangul or Han character is enough
)

// Parse reads a query. Its error is an [*Error].
func Parse(s string) (Query, error) {
	tokens, err := lex([]rune(s))
	if err != nil {
		return Query{}, err
	}
	p := parser{tokens: joinNames(tokens)}
	root, err := p.all(0)
	if err != nil {
		return Query{}, err
	}
	return Query{root}, nil
}

type tokenKind uint8

const (
	word   tokenKind = iota // tariff, semi*
	quoted                  // "rare earths", ="DPRK"
	field                   // speaker:
	minus
	open
	shut
	orSign
	andSign
	end
)

type token struct {
	kind   tokenKind
	pos    int
	text   string
	manner manner
}

func fail(pos int, format string, args ...any) error {
	return &Error{Pos: pos, Message: fmt.Sprintf(format, args...)}
}

// plainMark is the plain counterpart of the marks that phones and input
// methods put in.
func plainMark(r rune) rune {
	switch r {
	case '：', '﹕', '︰':
		return ':'
	case '“', '”', '„', '‟', '＂', '«', '»', '「', '」', '『', '』', '《', '》', '〈', '〉', '〝', '〞', '｢', '｣':
		return '"'
	case '（', '﹙':
		return '('
	case '）', '﹚':
		return ')'
	case '＊':
		return '*'
	case '＝':
		return '='
	case '－', '−', '–', '—':
		return '-'
	case '，', '、', '；', '。', '､':
		return ' '
	case '|', '｜':
		return '|'
	}
	if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' {
		return ' '
	}
	return r
}

// lex cuts a query into tokens. The last one is end.
func lex(s []rune) ([]token, error) {
	if len(s) > maxRunes {
		return nil, fail(maxRunes, "this query is too long; %d characters are enough", maxRunes)
	}
	var tokens []token
	afterField, list := false, false
	for i := 0; i < len(s); {
		t := token{pos: i}
		n := len(tokens)
		if n > 1 && tokens[n-2].kind == field {
			// type:state,party is (type:state OR type:party).
			f := tokens[n-2]
			switch more := isListed(f.text) && i+1 < len(s) && (s[i] == ',' || s[i] == '，' || s[i] == '、') && classOf(s[i+1]) != other; {
			case more && !list:
				list = true
				tokens = append(slices.Insert(tokens, n-2, token{kind: open, pos: f.pos}), token{kind: orSign, pos: i}, token{kind: field, pos: i, text: f.text})
				afterField = true
				i++
				continue
			case more:
				tokens = append(tokens, token{kind: orSign, pos: i}, token{kind: field, pos: i, text: f.text})
				afterField = true
				i++
				continue
			case list:
				list = false
				tokens = append(tokens, token{kind: shut, pos: i})
			}
		}
		switch r := plainMark(s[i]); {
		case r == ' ' || r == ',' || r == ';':
			i++
			continue
		case r == '(':
			t.kind = open
			i++
		case r == ')':
			t.kind = shut
			i++
		case r == '|':
			t.kind = orSign
			for i < len(s) && plainMark(s[i]) == '|' {
				i++
			}
		case r == '-' && !afterField:
			t.kind = minus
			i++
			if i == len(s) || plainMark(s[i]) == ' ' {
				return nil, fail(t.pos, "a minus stands right before what it excludes, as in -soccer; leave it out, or leave no space behind it")
			}
		case r == '=' && i+1 < len(s) && plainMark(s[i+1]) == '"':
			t.manner = exact
			i++
			fallthrough
		case r == '"':
			shut := i + 1
			for shut < len(s) && plainMark(s[shut]) != '"' {
				shut++
			}
			if shut == len(s) {
				return nil, fail(i, `this quotation mark is not closed; put another " behind the last word of the phrase`)
			}
			t.kind, t.text = quoted, tidy(string(s[i+1:shut]))
			if t.text == "" {
				return nil, fail(i, "there is nothing to look for between these quotation marks; write words there")
			}
			i = shut + 1
			if i < len(s) && plainMark(s[i]) == '*' {
				return nil, fail(i, "a * cannot follow a phrase; leave it out, or write one word with it, such as semi*")
			}
		default:
			n, err := lexWord(s, i, afterField, &t)
			if err != nil {
				return nil, err
			}
			i = n
		}
		afterField = t.kind == field
		tokens = append(tokens, t)
	}
	if list {
		tokens = append(tokens, token{kind: shut, pos: len(s)})
	}
	return append(tokens, token{kind: end, pos: len(s)}), nil
}

// isListed reports whether several values may stand behind a field, parted by
// commas.
func isListed(field string) bool {
	return field == "type" || field == "lang" || field == "topic" || field == "outlet"
}

// lexWord reads the word, field name or operator at i and returns where it
// ends.
func lexWord(s []rune, i int, value bool, t *token) (int, error) {
	start := i
	t.kind = word
	if plainMark(s[i]) == '=' {
		t.manner = exact
		i++
		start++
	}
	for ; i < len(s); i++ {
		r := plainMark(s[i])
		if r == ' ' || r == '"' || r == '(' || r == ')' || r == '|' || r == ';' {
			break
		}
		if r == ',' && !(i > start && i+1 < len(s) && unicode.IsDigit(s[i-1]) && unicode.IsDigit(s[i+1])) {
			break
		}
		if r == ':' && !value && i > start && t.manner == plain {
			name := string(s[start:i])
			f, known := fieldNames[strings.ToLower(text.Fold(name))]
			switch {
			case known:
				t.kind, t.text = field, f
				return i + 1, nil
			case allLetters(name):
				return 0, unknownField(start, name)
			}
		}
	}
	raw := string(s[start:i])
	if raw == "" {
		return 0, fail(t.pos, `put the words behind = into quotation marks, as in ="DPRK"`)
	}
	if t.manner == plain {
		switch raw {
		case "OR":
			t.kind = orSign
			return i, nil
		case "AND":
			t.kind = andSign
			return i, nil
		case "NOT":
			t.kind = minus
			return i, nil
		}
	}
	if at := strings.IndexFunc(raw, func(r rune) bool { return plainMark(r) == '*' }); at >= 0 {
		runes := []rune(raw)
		star := len([]rune(raw[:at]))
		t.text = tidy(raw[:at])
		switch {
		case t.manner == exact:
			return 0, fail(start+star, "= asks for the very words, * for more; leave one of them out")
		case star+1 < len(runes):
			return 0, fail(start+star, "* stands at the end of a word only; write the beginning of the word and then *")
		case t.text == "" || tooShort(t.text):
			return 0, fail(start+star, "write at least %d letters before *", minPrefix)
		case len(scan(t.text).units) > 1:
			return 0, fail(start+star, "* can follow one word only; write the last word apart, or leave * out")
		}
		t.manner = prefix
		return i, nil
	}
	t.text = tidy(raw)
	if t.text == "" {
		return 0, fail(start, "there is no letter or digit in %q; leave it out", raw)
	}
	return i, nil
}

func tooShort(s string) bool {
	words := wordsOf(s)
	return len(words) == 1 && words[0].script == latin && utf8.RuneCountInString(words[0].folded) < minPrefix
}

func allLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

// tidy is s composed, with single spaces and without marks at either end;
// empty when no word is left.
func tidy(s string) string {
	s = strings.Join(strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff'
	}), " ")
	s = strings.TrimFunc(s, func(r rune) bool { return classOf(r) == other })
	if len(scan(s).units) == 0 {
		return ""
	}
	return s
}

// fieldNames are the fields as they may be written.
var fieldNames = map[string]string{
	"speaker": "speaker", "who": "speaker", "by": "speaker", "发言人": "speaker", "발언자": "speaker",
	"outlet": "outlet", "source": "outlet", "媒体": "outlet", "매체": "outlet",
	"type": "type", "lang": "lang", "language": "lang", "topic": "topic",
	"since": "since", "after": "since", "from": "since",
	"until": "until", "before": "until", "to": "until",
	"on": "on", "date": "on",
}

const fieldList = "speaker:, outlet:, type:, lang:, topic:, since:, until: and on:"

// unknownField is the error for name, with the field that was likely meant.
func unknownField(pos int, name string) error {
	lower := strings.ToLower(name)
	best, least := "", 3
	for _, f := range []string{"speaker", "outlet", "type", "lang", "topic", "since", "until", "on"} {
		if d := distance(lower, f); d < least && d < len(f) {
			best, least = f, d
		}
	}
	if best != "" {
		return fail(pos, "there is no field %q; did you mean %s:?", name, best)
	}
	return fail(pos, `there is no field %q; the fields are %s. To look for the words themselves, put them in quotation marks`, name, fieldList)
}

// distance is the number of letters to insert, leave out or change between a
// and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// joinNames makes one token of words that together are a name.
func joinNames(tokens []token) []token {
	joined := tokens[:0:0]
	for i := 0; i < len(tokens); {
		var words []string
		for _, t := range tokens[i:] {
			if t.kind != word || t.manner != plain || len(words) == maxNameWords {
				break
			}
			words = append(words, t.text)
		}
		t := tokens[i]
		n := nameRun(words)
		if n >= 2 {
			t.text = strings.Join(words[:n], " ")
			t.kind = quoted
		}
		joined = append(joined, t)
		i += max(n, 1)
	}
	return joined
}

type parser struct {
	tokens []token
	next   int
	count  int // of conditions
}

func (p *parser) peek() token { return p.tokens[p.next] }

// all reads conditions side by side up to the end or, inside parentheses, up
// to the closing one.
func (p *parser) all(depth int) (*node, error) {
	var kids []*node
	for {
		switch t := p.peek(); t.kind {
		case end, shut:
			switch {
			case t.kind == shut && depth == 0:
				return nil, fail(t.pos, "no parenthesis is open here; leave ) out, or put ( before the first word of the group")
			case len(kids) == 0:
				return nil, nil
			}
			return both(kids), nil
		case andSign:
			if err := p.between(t, "AND", len(kids) > 0); err != nil {
				return nil, err
			}
			p.next++
			continue
		case orSign:
			if err := p.between(t, "OR", len(kids) > 0); err != nil {
				return nil, err
			}
			alternatives := []*node{kids[len(kids)-1]}
			for p.peek().kind == orSign {
				t := p.peek()
				if err := p.between(t, "OR", true); err != nil {
					return nil, err
				}
				p.next++
				n, err := p.one(depth)
				if err != nil {
					return nil, err
				}
				alternatives = append(alternatives, n)
			}
			kids[len(kids)-1] = either(alternatives)
			continue
		}
		n, err := p.one(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, n)
	}
}

// between fails when the operator at t does not stand between two conditions.
func (p *parser) between(t token, name string, before bool) error {
	if !before {
		return fail(t.pos, `%s needs something before it; to look for the word itself, write "%s" in quotation marks`, name, name)
	}
	switch k := p.tokens[p.next+1].kind; k {
	case end, shut, orSign, andSign:
		return fail(t.pos, `%s needs something behind it; to look for the word itself, write "%s" in quotation marks`, name, name)
	}
	return nil
}

// one reads one condition or group with what stands before it.
func (p *parser) one(depth int) (*node, error) {
	t := p.peek()
	p.next++
	if p.count++; p.count > maxConditions {
		return nil, fail(t.pos, "this query has too many parts; %d are enough", maxConditions)
	}
	if depth > maxDepth {
		return nil, fail(t.pos, "the parentheses go too deep; %d levels are enough", maxDepth)
	}
	switch t.kind {
	case minus:
		switch k := p.peek().kind; k {
		case word, quoted, field, open, minus:
			n, err := p.one(depth + 1)
			if err != nil {
				return nil, err
			}
			return negate(n), nil
		}
		return nil, fail(t.pos, "a minus stands right before what it excludes, as in -soccer; leave it out, or write a word behind it")
	case open:
		n, err := p.all(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.peek().kind != shut {
			return nil, fail(t.pos, "this parenthesis is not closed; put ) behind the last word of the group")
		}
		if n == nil {
			return nil, fail(t.pos, "there is nothing between these parentheses; leave them out")
		}
		p.next++
		return n, nil
	case field:
		return p.field(t)
	}
	return &node{atom: newAtom(t.text, t.manner, "")}, nil
}

var types = []string{"state", "party", "agency", "independent", "government", "think tank"}

// languages are the values of lang: by what people write.
var languages = map[string]string{
	"english": "en", "영어": "en", "英语": "en", "英文": "en",
	"korean": "ko", "kr": "ko", "한국어": "ko", "韩语": "ko", "韩文": "ko",
	"chinese": "zh", "cn": "zh", "중국어": "zh", "中文": "zh", "汉语": "zh", "japanese": "ja", "일본어": "ja", "日语": "ja",
	"simplified": "zh-hans", "traditional": "zh-hant", "zh-cn": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant",
}

// field reads the value of the field t.
func (p *parser) field(t token) (*node, error) {
	v := p.peek()
	if v.kind == open {
		return nil, fail(v.pos, "%s: takes one value; write (%s:first OR %s:second)", t.text, t.text, t.text)
	}
	if v.kind != word && v.kind != quoted {
		return nil, fail(t.pos, "%s: needs a value right behind it, as in %s", t.text, examples[t.text])
	}
	p.next++
	n := &node{field: t.text}
	if t.text == "speaker" || t.text == "outlet" {
		n.atom = newAtom(v.text, v.manner, t.text)
		return n, nil
	}
	if v.manner != plain {
		return nil, fail(v.pos, "%s: takes a plain value, as in %s", t.text, examples[t.text])
	}
	value := strings.ToLower(text.Fold(v.text))
	switch t.text {
	case "lang":
		if code, ok := languages[value]; ok {
			value = code
		}
		if !isLanguageTag(value) {
			return nil, fail(v.pos, "%q is no language; write en, ko, zh, zh-Hans or zh-Hant", v.text)
		}
		n.value = value
	case "type":
		n.value = strings.Join(strings.FieldsFunc(value, func(r rune) bool { return classOf(r) == other }), " ")
		if n.value == "thinktank" {
			n.value = "think tank"
		}
		if !slices.Contains(types, n.value) {
			return nil, fail(v.pos, `%q is no type of outlet; write state, party, agency, independent, government or "think tank"`, v.text)
		}
	case "topic":
		n.value = topicName(value)
	default:
		var ok bool
		n.when, ok = parseWhen(v.text)
		if !ok || t.text == "on" && n.when.unit != 0 {
			return nil, fail(v.pos, "%q is no date; write %s", v.text, examples[t.text])
		}
		return n, nil
	}
	n.key = attributeKey(n.field, n.value)
	return n, nil
}

// examples are values for the messages.
var examples = map[string]string{
	"speaker": `speaker:"Wang Yi"`, "outlet": "outlet:yonhap", "type": "type:state", "lang": "lang:ko", "topic": "topic:north-korea",
	"since": `since:7d, since:24h, since:2w, since:3m, since:2026-05-01, since:2026-05, since:may or since:yesterday`,
	"until": `until:7d, until:2026-05-01, until:2026-05, until:may or until:yesterday`,
	"on":    "on:2026-05-01, on:2026-05, on:today or on:yesterday",
}

// topicName is a topic's name however it is written: "North Korea" and
// north_korea are north-korea.
func topicName(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text.Fold(s)), func(r rune) bool { return classOf(r) == other }), "-")
}

func isLanguageTag(s string) bool {
	parts := strings.Split(s, "-")
	for i, p := range parts {
		if len(p) < 2 || len(p) > 8 || i == 0 && len(p) > 3 || strings.IndexFunc(p, func(r rune) bool { return classOf(r) != letter || r > 'z' }) >= 0 {
			return false
		}
	}
	return true
}
