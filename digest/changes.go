package digest

import (
	"slices"
	"strings"

	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/text"
)

const maxChanges = 4

// Changes are what the added articles of a story bring that the old ones did
// not have, the weightiest first. An article that only says again what is known
// brings its outlet, once.
func Changes(old, added []Reading) []Change {
	return know(old).changes(old, added)
}

// History is, for each of the last n articles of a story in their order, what it
// brought that those before it did not have, as [Changes] says it; of the very
// first article, nothing.
func History(articles []Reading, n int) [][]Change {
	from := max(len(articles)-n, 0)
	k := know(articles[:max(from, 1)])
	var out [][]Change
	for i := from; i < len(articles); i++ {
		if i == 0 {
			out = append(out, nil)
			continue
		}
		out = append(out, k.changes(articles[:i], articles[i:i+1]))
		k.take(&articles[i])
	}
	return out
}

func (k *knowledge) changes(old, added []Reading) []Change {
	var out []Change
	for i := range added {
		out = append(out, k.versionChanges(old, &added[i])...)
	}
	for i := range added {
		out = append(out, k.reversals(&added[i])...)
	}
	for i := range added {
		out = append(out, k.figures(&added[i])...)
	}
	for i := range added {
		out = append(out, k.voices(&added[i])...)
	}
	for i := range added {
		out = append(out, k.anotherOutlet(&added[i])...)
	}
	return out[:min(len(out), maxChanges)]
}

// knowledge is what the articles told so far say.
type knowledge struct {
	sentences []known
	speakers  map[string]bool
	quotes    []string
	outlets   map[string]bool
	numbers   map[string]bool
}

type known struct {
	terms    story.Vector
	numbers  []string
	reversed bool
}

func know(articles []Reading) *knowledge {
	k := &knowledge{speakers: map[string]bool{}, outlets: map[string]bool{}, numbers: map[string]bool{}}
	for i := range articles {
		k.take(&articles[i])
	}
	return k
}

func (k *knowledge) take(r *Reading) {
	k.outlets[r.Outlet] = true
	for i := range r.Sentences {
		k.learn(&r.Sentences[i])
	}
	for _, q := range r.Quotes {
		k.speakers[speakerOf(q)] = true
		k.quotes = append(k.quotes, r.Text[q.Start:q.End])
	}
}

func (k *knowledge) learn(s *Sentence) {
	numbers := numbersIn(s.Text)
	for _, n := range numbers {
		k.numbers[n] = true
	}
	k.sentences = append(k.sentences, known{s.Terms, numbers, reverses(s.Text)})
}

func speakerOf(q quote.Quote) string {
	if q.SpeakerKey != "" {
		return q.SpeakerKey
	}
	return q.Speaker
}

// versionChanges are quotes of an earlier version that the present one has no
// more: changed to other words, or gone.
func (k *knowledge) versionChanges(old []Reading, r *Reading) []Change {
	at := slices.IndexFunc(old, func(o Reading) bool { return r.VersionOf != "" && (o.ID == r.VersionOf || o.VersionOf == r.VersionOf) })
	if at < 0 {
		return nil
	}
	var out []Change
	for _, q := range old[at].Quotes {
		if !q.Key || q.Kind != quote.Direct {
			continue
		}
		words := old[at].Text[q.Start:q.End]
		if strings.Contains(r.Text, words) {
			continue
		}
		c := Change{Kind: "withdrawn", Article: r.ID, Text: words}
		for _, p := range r.Quotes {
			if other := r.Text[p.Start:p.End]; quote.Same(words, other) >= quote.SameFrom {
				c = Change{Kind: "corrected", Article: r.ID, Span: p.Span, Text: other}
				break
			}
		}
		out = append(out, c)
	}
	return out
}

// sameMatter is how like a known one a sentence is that speaks of the same thing.
const sameMatter = 0.2

// reversals are sentences that say of a known matter that it is off, or denied.
func (k *knowledge) reversals(r *Reading) []Change {
	for i := range r.Sentences {
		s := &r.Sentences[i]
		if !reverses(s.Text) {
			continue
		}
		if matter := k.closest(s, func(*known) bool { return true }); matter == nil || matter.reversed {
			continue
		}
		k.learn(s)
		return []Change{{Kind: "reversal", Article: r.ID, Span: s.Span, Text: s.Text}}
	}
	return nil
}

// figures are sentences on a known matter with a number that nobody had.
func (k *knowledge) figures(r *Reading) []Change {
	for i := range r.Sentences {
		s := &r.Sentences[i]
		fresh := slices.ContainsFunc(numbersIn(s.Text), func(n string) bool { return !k.numbers[n] })
		if !fresh {
			continue
		}
		if k.closest(s, func(m *known) bool { return len(m.numbers) > 0 }) == nil {
			continue
		}
		k.learn(s)
		return []Change{{Kind: "figure", Article: r.ID, Span: s.Span, Text: s.Text}}
	}
	return nil
}

// closest is the known sentence on the same matter of those that count, nil
// when there is none.
func (k *knowledge) closest(s *Sentence, counts func(*known) bool) *known {
	like := sameMatter
	var matter *known
	for i := range k.sentences {
		known := &k.sentences[i]
		if l := known.terms.Dot(s.Terms); l >= like && counts(known) {
			like, matter = l, known
		}
	}
	return matter
}

// voices are speakers not heard before, and new words of those who were.
func (k *knowledge) voices(r *Reading) []Change {
	var out []Change
	for _, q := range r.Quotes {
		words := r.Text[q.Start:q.End]
		if q.Kind != quote.Direct || q.Speaker == "" || !q.Key ||
			slices.ContainsFunc(k.quotes, func(w string) bool { return quote.Same(w, words) >= quote.SameFrom }) {
			continue
		}
		kind := "quote"
		if !k.speakers[speakerOf(q)] {
			kind = "speaker"
		}
		k.speakers[speakerOf(q)] = true
		k.quotes = append(k.quotes, words)
		out = append(out, Change{Kind: kind, Article: r.ID, Span: q.Span, Text: q.Speaker})
	}
	return out
}

func (k *knowledge) anotherOutlet(r *Reading) []Change {
	if r.Outlet == "" || k.outlets[r.Outlet] {
		return nil
	}
	k.outlets[r.Outlet] = true
	return []Change{{Kind: "outlet", Article: r.ID, Text: r.Outlet}}
}

// numbersIn are the numbers of a sentence, years and the like included.
func numbersIn(s string) []string {
	var out []string
	for _, t := range text.Terms(s) {
		if t.Text != "" && t.Text[0] >= '0' && t.Text[0] <= '9' {
			out = append(out, t.Text)
		}
	}
	return out
}

// reverses reports whether a sentence says that something is off or denied.
func reverses(s string) bool {
	lower := strings.ToLower(s)
	for _, w := range reversalWords {
		if at := strings.Index(lower, w); at >= 0 && (w[0] >= 0x80 || at == 0 || lower[at-1] == ' ') {
			return true
		}
	}
	return false
}

var reversalWords = []string{
	"no longer", "called off", "call off", "calls off", "cancel", "denied", "denies", "deny ", "retract", "withdrew", "withdraws", "withdrawn",
	"revers", "scrap", "postpone", "suspend", "overturn", "backtrack", "backed down", "backs down", "rule out", "ruled out", "rules out", "walked back", "instead of",
	"철회", "취소", "부인", "번복", "연기", "중단", "보류", "무산", "뒤집", "사실이 아니",
	"取消", "否认", "撤回", "撤销", "推翻", "推迟", "暂停", "中止", "搁置", "收回", "不再",
}
