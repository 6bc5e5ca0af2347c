package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Rewritten is a model's answer that has been found to rest on its sources.
type Rewritten struct {
	Headline  string // translated; empty when not asked for, or not to be trusted
	Sentences []RewrittenSentence
}

// RewrittenSentence is one sentence of a model with what it rests on.
type RewrittenSentence struct {
	Text  string
	Cites []int // indexes into Prompt.Sentences
}

const (
	maxAnswer    = 16 << 10 // bytes
	maxRewritten = 3        // sentences
	maxSentence  = 420      // code points
	maxTitle     = 220      // code points

	// Of the pairs of neighbouring terms of a sentence at least this share must
	// stand in one of the sentences it cites. Below, faithful and unfaithful
	// summaries cannot be told apart by their wording.
	minPairs = 0.55
	minTerms = 0.75 // and of its terms
)

// Verify checks a model's answer against the prompt. An error says, in words
// for a log, why nothing of it is to be used. A headline that cannot be
// trusted is left out; that alone is no error.
func Verify(answer []byte, p Prompt) (Rewritten, error) {
	if len(answer) > maxAnswer {
		return Rewritten{}, errors.New("answer is too long")
	}
	var in struct {
		Sentences []struct {
			Text  string `json:"text"`
			Cites []int  `json:"cites"`
		} `json:"sentences"`
		Headline string `json:"headline"`
	}
	d := json.NewDecoder(bytes.NewReader(unfence(answer)))
	if err := d.Decode(&in); err != nil {
		return Rewritten{}, fmt.Errorf("answer is not the JSON asked for: %w", err)
	}
	if d.More() {
		return Rewritten{}, errors.New("answer goes on after its JSON")
	}
	if len(in.Sentences) == 0 || len(in.Sentences) > maxRewritten {
		return Rewritten{}, fmt.Errorf("answer has %d sentences", len(in.Sentences))
	}
	var out Rewritten
	for i, s := range in.Sentences {
		r, err := grounded(s.Text, s.Cites, p)
		if err != nil {
			return Rewritten{}, fmt.Errorf("sentence %d: %w", i+1, err)
		}
		for _, earlier := range out.Sentences {
			if strings.EqualFold(earlier.Text, r.Text) {
				return Rewritten{}, fmt.Errorf("sentence %d says sentence 1 again", i+1)
			}
		}
		out.Sentences = append(out.Sentences, r)
	}
	if p.Headline != "" && faithfulHeadline(in.Headline, p) {
		out.Headline = strings.TrimSpace(in.Headline)
	}
	return out, nil
}

// unfence takes off the code fence that some models cannot leave away.
func unfence(answer []byte) []byte {
	s := bytes.TrimSpace(answer)
	if rest, ok := bytes.CutPrefix(s, []byte("```")); ok {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
		s = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("```")))
	}
	return s
}

// grounded checks one sentence. The rules are hard ones on what readers are
// misled by worst, and a soft one on wording.
func grounded(s string, cites []int, p Prompt) (RewrittenSentence, error) {
	r := RewrittenSentence{Text: strings.TrimSpace(strings.ReplaceAll(s, wordJoint, " "))}
	if err := plain(r.Text, maxSentence); err != nil {
		return r, err
	}
	if !whole(r.Text) {
		return r, errors.New("is not a whole sentence")
	}
	if len(cites) == 0 {
		return r, errors.New("cites nothing")
	}
	var cited []string
	for _, c := range cites {
		if c < 1 || c > len(p.Sentences) {
			return r, fmt.Errorf("cites %d, which was not given", c)
		}
		r.Cites = append(r.Cites, c-1)
		cited = append(cited, p.Sentences[c-1])
	}
	source := newWording(strings.Join(cited, "\n"))
	own := newWording(r.Text)
	if language(r.Text) != language(strings.Join(cited, " ")) {
		return r, errors.New("is in another language than what it cites")
	}
	for _, q := range quoted(r.Text) {
		if !slices.ContainsFunc(cited, func(c string) bool { return strings.Contains(c, q) }) {
			return r, fmt.Errorf("quotes %q, which nobody said", q)
		}
	}
	for _, n := range own.numbers {
		if !slices.Contains(source.numbers, n) {
			return r, fmt.Errorf("has the number %s, which it does not cite", n)
		}
	}
	for _, n := range own.names {
		if !source.terms[n] {
			return r, fmt.Errorf("has the name or date %q, which it does not cite", n)
		}
	}
	for _, key := range own.known {
		if !slices.Contains(source.known, key) {
			return r, fmt.Errorf("names %s, which it does not cite", key)
		}
	}
	nearest := cited[0]
	for _, c := range cited[1:] {
		if own.pairsIn(newWording(c)) > own.pairsIn(newWording(nearest)) {
			nearest = c
		}
	}
	if negated(r.Text) != negated(nearest) {
		return r, errors.New("says no where its source does not, or the other way round")
	}
	if share := own.termsIn(source); share < minTerms {
		return r, fmt.Errorf("only %.0f %% of its words stand in what it cites", 100*share)
	}
	if share := own.pairsIn(source); share < minPairs {
		return r, fmt.Errorf("only %.0f %% of its wording stands in what it cites", 100*share)
	}
	return r, nil
}

// language is a text's language without its script or region.
func language(s string) string {
	lang, _, _ := strings.Cut(text.Language(s), "-")
	return lang
}

// plain refuses what could take effect somewhere, or is no prose.
func plain(s string, limit int) error {
	switch {
	case s == "":
		return errors.New("is empty")
	case !utf8.ValidString(s):
		return errors.New("is not UTF-8")
	case utf8.RuneCountInString(s) > limit:
		return errors.New("is too long")
	case commands(s):
		return errors.New("speaks of instructions")
	}
	for _, bad := range []string{"://", "www.", "@", "<", ">", "](", "`", "**", "#"} {
		if strings.Contains(s, bad) {
			return fmt.Errorf("has %q in it", bad)
		}
	}
	for _, r := range s {
		if unicode.Is(unicode.C, r) {
			return errors.New("has a control character in it")
		}
	}
	return nil
}

// faithfulHeadline checks a translation by what has no language: numbers, and
// the people, institutions and places of the gazetteer.
func faithfulHeadline(s string, p Prompt) bool {
	s = strings.TrimSpace(s)
	if plain(s, maxTitle) != nil || len(quoted(s)) > len(quoted(p.Headline)) {
		return false
	}
	if wanted, _, _ := strings.Cut(p.Lang, "-"); wanted != "" && language(s) != wanted {
		return false
	}
	own, source := newWording(s), newWording(p.Headline)
	return slices.Equal(own.numbers, source.numbers) && slices.Equal(own.known, source.known)
}

// wording is a text as far as it can be checked.
type wording struct {
	terms   map[string]bool
	order   []string
	pairs   map[string]bool
	numbers []string // sorted, once each
	names   []string // terms of capitalised words, and of days and months
	known   []string // keys of the gazetteer, sorted, once each
}

func newWording(s string) wording {
	w := wording{terms: map[string]bool{}, pairs: map[string]bool{}}
	last := ""
	for _, t := range text.Terms(s) {
		w.terms[t.Text] = true
		w.order = append(w.order, t.Text)
		w.pairs[last+" "+t.Text] = true
		last = t.Text
		word := s[t.Span.Start:t.Span.End]
		first, _ := utf8.DecodeRuneInString(word)
		switch {
		case unicode.IsDigit(first):
			w.numbers = append(w.numbers, t.Text)
		case numberWords[strings.ToLower(word)] != "":
			w.numbers = append(w.numbers, numberWords[strings.ToLower(word)])
		case unicode.IsUpper(first) && t.Span.Start > 0:
			w.names = append(w.names, t.Text)
		case t.Span.Start == 0 && !plainOpenings[t.Text]:
			w.names = append(w.names, t.Text) // it may be a name
		}
	}
	for _, day := range cjkDays {
		if strings.Contains(s, day) {
			w.names = append(w.names, day)
			w.terms[day] = true
		}
	}
	for _, m := range text.FindKnown(s) {
		w.known = append(w.known, m.Key)
	}
	for _, list := range []*[]string{&w.numbers, &w.known} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return w
}

// termsIn is the share of w's terms that stand in v.
func (w wording) termsIn(v wording) float64 {
	if len(w.order) == 0 {
		return 0
	}
	n := 0
	for _, t := range w.order {
		if v.terms[t] || plainOpenings[t] {
			n++
		}
	}
	return float64(n) / float64(len(w.order))
}

// pairsIn is the share of w's neighbouring terms that are neighbours in v.
func (w wording) pairsIn(v wording) float64 {
	if len(w.order) < 2 {
		return 0
	}
	n := 0
	for i := 1; i < len(w.order); i++ {
		if v.pairs[w.order[i-1]+" "+w.order[i]] {
			n++
		}
	}
	return float64(n) / float64(len(w.order)-1)
}

// quoted is what stands between quotation marks.
func quoted(s string) []string {
	var out []string
	for _, marks := range [][2]string{{"“", "”"}, {`"`, `"`}, {"「", "」"}, {"『", "』"}, {"«", "»"}, {"‘", "’ "}} {
		rest := s
		for {
			_, after, ok := strings.Cut(rest, marks[0])
			if !ok {
				break
			}
			words, after, ok := strings.Cut(after, marks[1])
			if !ok {
				out = append(out, words)
				break
			}
			out = append(out, words)
			rest = after
		}
	}
	return out
}

// negated reports whether a sentence says no.
func negated(s string) bool {
	lower := strings.ToLower(strings.ReplaceAll(s, "’", "'"))
	for _, word := range strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if negations[word] || strings.HasSuffix(word, "n't") {
			return true
		}
	}
	for _, w := range cjkNegations {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

var negations = map[string]bool{
	"not": true, "no": true, "never": true, "neither": true, "nor": true, "none": true, "nobody": true, "nothing": true, "without": true,
	"cannot": true, "denied": true, "denies": true, "deny": true, "denying": true, "refused": true, "refuses": true, "refuse": true,
	"rejected": true, "rejects": true, "reject": true, "failed": true, "fails": true, "fail": true, "unable": true,
	"unlikely": true, "hardly": true, "barely": true,
}

var cjkNegations = []string{
	"않", "못하", "못했", "없", "아니", "거부", "부인", "반대", "불가", "안 한", "안 했",
	"不", "没", "沒", "未", "无", "無", "否认", "否認", "拒绝", "拒絕", "非",
}

// numberWords are numbers that may be written either way.
var numberWords = map[string]string{
	"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"eleven": "11", "twelve": "12", "dozen": "12", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
	"hundred": "100", "hundreds": "100", "thousand": "1000", "thousands": "1000",
	"million": "million", "millions": "million", "billion": "billion", "billions": "billion", "trillion": "trillion",
}

// plainOpenings are words that need no source.
var plainOpenings = map[string]bool{
	"the": true, "a": true, "an": true, "in": true, "on": true, "at": true, "of": true, "to": true, "and": true, "for": true, "by": true, "with": true,
	"after": true, "as": true, "that": true, "is": true, "was": true, "were": true, "are": true, "has": true, "have": true, "had": true, "it": true, "its": true,
	"follow": true, "accord": true, "while": true, "offici": true, "which": true, "who": true, "said": true, "say": true, "from": true,
}

var cjkDays = []string{
	"월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일", "어제", "오늘", "내일",
	"星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "昨天", "今天", "明天",
}
