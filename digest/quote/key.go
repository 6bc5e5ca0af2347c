package quote

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// keyQuotes is how many quotes of one article are key at most, and keyFrom the
// score that a key quote needs.
const (
	keyQuotes = 3
	keyFrom   = 1.0
)

// repeatsFrom is the likeness from which one quote says part of another again.
const repeatsFrom = 0.4

// sortQuotes puts quotes into the order of the text, the wider first.
func sortQuotes(q []Quote) {
	slices.SortStableFunc(q, func(a, b Quote) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
}

// Candidate is a quote with its words, for choosing among quotes of several
// articles.
type Candidate struct {
	Quote Quote
	Text  string
}

// Pick chooses up to n candidates that say most and do not repeat each other,
// best first, as indexes into all. Only words in quotation marks are chosen,
// and of two speakers equally worth hearing the one not yet heard.
func Pick(all []Candidate, n int) []int {
	var picked []int
	wordings := make([][]uint64, len(all))
	wording := func(i int) []uint64 {
		if wordings[i] == nil {
			wordings[i] = grams(all[i].Text)
		}
		return wordings[i]
	}
	for len(picked) < n {
		best, bestScore := -1, keyFrom
		for i, c := range all {
			if c.Quote.Kind != Direct || c.Quote.Score < bestScore || slices.Contains(picked, i) {
				continue
			}
			score := c.Quote.Score
			for _, j := range picked {
				if all[j].Quote.Speaker == c.Quote.Speaker {
					score -= 0.4
				}
				if score > bestScore && alike(wording(j), wording(i)) >= repeatsFrom {
					score = 0
				}
			}
			if score > bestScore || score == bestScore && best < 0 {
				best, bestScore = i, score
			}
		}
		if best < 0 {
			break
		}
		picked = append(picked, best)
	}
	return picked
}

// markKey scores the quotes of an article and marks the two or three that say
// most.
func markKey(d *text.Document, quotes []Quote) {
	var all []Candidate
	var at []int
	for i := range quotes {
		q := &quotes[i]
		q.Score = score(d, q)
		if q.Kind == Direct && q.Score >= keyFrom {
			all = append(all, Candidate{*q, d.Slice(q.Span)})
			at = append(at, i)
		}
	}
	// Only the best few can be chosen: choosing stays linear in the article.
	const considered = 24
	if len(all) > considered {
		order := make([]int, len(all))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b].Quote.Score, all[a].Quote.Score) })
		few, fewAt := make([]Candidate, considered), make([]int, considered)
		for i, j := range order[:considered] {
			few[i], fewAt[i] = all[j], at[j]
		}
		all, at = few, fewAt
	}
	for _, i := range Pick(all, keyQuotes) {
		quotes[at[i]].Key = true
	}
}

// stance begins words of a position, a decision or a warning, by first letter.
var stance = byFirst(`must will should need cannot never won't can't demand reject oppose support condemn warn threat urge call
	decid agree commit ready prepar respond retaliat consequence serious concern danger risk war peace sanction tariff deal talk
	interest security policy strategy believe want important essential crucial resolute firm red line`)

func byFirst(list string) (out [256][]string) {
	for w := range strings.FieldsSeq(list) {
		out[w[0]] = append(out[w[0]], w)
	}
	return out
}

// stanceCJK are the same in Korean and Chinese.
var stanceCJK = []string{"해야", "않을", "않겠", "것이다", "것입니다", "겠다", "겠습니다", "반대", "촉구", "경고", "우려", "강력", "단호", "필요", "대응", "제재", "평화", "안보",
	"必须", "必須", "将", "將", "不会", "不會", "反对", "反對", "坚决", "堅決", "坚定", "堅定", "应当", "應當", "应该", "應該", "敦促", "警告", "严重", "嚴重", "制裁", "安全", "支持", "绝不", "絕不"}

// score tells how much a quote says: words enough to stand alone, a speaker
// known by name or office, a position taken.
func score(d *text.Document, q *Quote) float64 {
	t := d.Slice(q.Span)
	n := float64(units(t))
	if n < 7 || q.Speaker == "" {
		return 0
	}
	s := 0.0
	switch {
	case n < 12:
		s += 0.5 + (n-7)*0.12
	case n <= 45:
		s += 1.2
	default:
		s += max(0.4, 1.2-(n-45)/80)
	}
	if q.SpeakerKey != "" {
		s += 0.5
	}
	if q.Role != "" {
		s += 0.4
	} else if r, _ := utf8.DecodeRuneInString(q.Speaker); !unicode.IsUpper(r) && r < utf8.RuneSelf {
		s -= 0.3 // an unnamed source
	}
	first, _ := utf8.DecodeRuneInString(t)
	hits := 0
	for w := range strings.FieldsSeq(t) {
		for _, p := range stance[w[0]|0x20] {
			if hasPrefixFold(w, p) {
				hits++
				break
			}
		}
	}
	if first > 0x2E80 {
		for _, p := range stanceCJK {
			if strings.Contains(t, p) {
				hits++
			}
		}
	}
	s += min(0.6, 0.2*float64(hits))
	if title := d.TitleTerms[:min(len(d.TitleTerms), longTitle)]; len(title) > 0 {
		shared := 0
		for _, x := range d.TermsIn(q.Span) {
			if slices.ContainsFunc(title, func(t text.Term) bool { return t.Hash == x.Hash }) {
				shared++
			}
		}
		s += min(0.4, 0.1*float64(shared))
	}
	switch {
	case unicode.IsUpper(first), first > 0x2E80:
		s += 0.2
	}
	if strings.HasSuffix(t, "?") || strings.HasSuffix(t, "？") {
		s -= 0.2
	}
	for _, w := range []string{"thank", "congratul", "i'm sorry", "good morning", "lol"} {
		if hasPrefixFold(t, w) {
			s -= 0.5
		}
	}
	if len(d.Text) > 0 {
		s += 0.15 * (1 - float64(q.Start)/float64(len(d.Text)))
	}
	return s
}

// longTitle is how many terms of a title are looked at.
const longTitle = 64

// hasPrefixFold reports whether s begins with a prefix of small ASCII letters,
// in whatever case.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// units counts words, two Han characters or Hangul syllables counting as one.
func units(t string) int {
	han := 0
	for _, r := range t {
		if r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul) {
			han++
		}
	}
	if han == 0 {
		return words(t)
	}
	return han/2 + 1
}
