package summary

import (
	"cmp"
	"math"
	"slices"

	"hanwire/digest/story"
)

// Source is one article of a story, as far as a summary of the story needs it.
type Source struct {
	Sentences []Sentence
	Title     story.Vector
	Body      story.Vector
	Script    string // as in [story.Item]
}

// Pick is a sentence of a source.
type Pick struct{ Source, Sentence int }

// Options of Choose. The zero value is the documented default.
type Options struct {
	Sentences int            // at most; 3 when zero
	Avoid     []story.Vector // what is said beside the summary already: the headline, key quotes
}

const (
	defaultSentences = 3
	shortlist        = 14   // sentences of which sets are formed
	maxSources       = 12   // articles of a story that are looked at: the first ones and the latest
	saysAgain        = 0.72 // a sentence this like the headline or a quote beside it adds nothing
	repeats          = 0.5  // two sentences this alike say one thing
)

// Choose picks the sentences of a summary over all articles of a story, in
// reading order. Sentences of sources in another script than that of the first
// source are left out: a summary speaks one language.
func Choose(sources []Source, o Options) []Pick {
	if o.Sentences <= 0 {
		o.Sentences = defaultSentences
	}
	t := newTopic(sources)
	pool := t.pool(sources, o.Avoid)
	best, bestScore := []scored(nil), math.Inf(-1)
	for _, set := range sets(len(pool), o.Sentences) {
		chosen := make([]scored, len(set))
		for i, n := range set {
			chosen[i] = pool[n]
		}
		if score, ok := t.score(chosen); ok && score > bestScore+1e-12 {
			best, bestScore = chosen, score
		}
	}
	return inOrder(best)
}

// topic is what the articles of a story have in common.
type topic struct {
	body, title map[uint32]float64 // sums of unit vectors, scaled to length one
	script      string
}

type scored struct {
	Pick
	sentence *Sentence
	score    float64
}

func newTopic(sources []Source) topic {
	t := topic{body: map[uint32]float64{}, title: map[uint32]float64{}}
	for _, s := range sources {
		if t.script == "" {
			t.script = s.Script
		}
		if s.Script != t.script {
			continue
		}
		add(t.body, s.Body)
		add(t.title, s.Title)
	}
	scale(t.body)
	scale(t.title)
	return t
}

func add(sum map[uint32]float64, v story.Vector) {
	for _, w := range v {
		sum[w.Term] += float64(w.Value)
	}
}

func scale(sum map[uint32]float64) {
	terms := make([]uint32, 0, len(sum))
	for t := range sum {
		terms = append(terms, t)
	}
	slices.Sort(terms) // sums of floats depend on their order
	var squares float64
	for _, t := range terms {
		squares += sum[t] * sum[t]
	}
	length := math.Sqrt(squares)
	for _, t := range terms {
		sum[t] /= length
	}
}

func cosine(v story.Vector, sum map[uint32]float64) float64 {
	var dot float64
	for _, w := range v {
		dot += float64(w.Value) * sum[w.Term]
	}
	return dot
}

// pool is the shortlist: the best sentences by themselves.
func (t topic) pool(sources []Source, avoid []story.Vector) []scored {
	var all []scored
	for i := range sources {
		if sources[i].Script != t.script {
			continue
		}
		for j := range sources[i].Sentences {
			s := &sources[i].Sentences[j]
			if slices.ContainsFunc(avoid, func(v story.Vector) bool { return s.Terms.Dot(v) >= saysAgain }) {
				continue
			}
			f := t.features(sources, i, s)
			all = append(all, scored{Pick{i, j}, s, weigh(f[:], sentenceWeights[:])})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	return all[:min(len(all), shortlist)]
}

// features of a sentence by itself, within its story.
func (t topic) features(sources []Source, own int, s *Sentence) [numSentence]float64 {
	var support, others float64
	for i := range sources {
		if i == own || sources[i].Script != t.script {
			continue
		}
		var most float64
		for j := range sources[i].Sentences {
			most = max(most, s.Terms.Dot(sources[i].Sentences[j].Terms))
		}
		support += most
		others++
	}
	if others > 0 {
		support /= others
	}
	words := float64(s.Words) / 20
	return [numSentence]float64{
		1,
		1 / (1 + 0.3*float64(s.Place)),
		is(s.Place == 0),
		cosine(s.Terms, t.body),
		cosine(s.Terms, t.title),
		support,
		words,
		words * words,
		s.Quoted,
		is(s.Named),
		is(s.Weak),
	}
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// sets are the sets of at most size of n things, as indexes in order.
func sets(n, size int) [][]int {
	var out [][]int
	var grow func(set []int, from int)
	grow = func(set []int, from int) {
		for i := from; i < n; i++ {
			next := append(slices.Clone(set), i)
			out = append(out, next)
			if len(next) < size {
				grow(next, i+1)
			}
		}
	}
	grow(nil, 0)
	return out
}

// score of a set; ok is false when its sentences repeat each other.
func (t topic) score(set []scored) (score float64, ok bool) {
	f, ok := t.setFeatures(set)
	return weigh(f[:], setWeights[:]), ok
}

func (t topic) setFeatures(set []scored) (f [numSet]float64, ok bool) {
	var sum, most, words, likest, early float64
	sources := map[int]bool{}
	union := map[uint32]bool{}
	var coversBody, coversTitle float64
	most = math.Inf(-1)
	for i, s := range set {
		sum += s.score
		most = max(most, s.score)
		words += float64(s.sentence.Words) / 20
		sources[s.Source] = true
		early += is(s.sentence.Place == 0)
		for _, w := range s.sentence.Terms {
			if !union[w.Term] {
				union[w.Term] = true
				coversBody += t.body[w.Term]
				coversTitle += t.title[w.Term]
			}
		}
		for _, r := range set[:i] {
			likest = max(likest, s.sentence.Terms.Dot(r.sentence.Terms))
		}
	}
	n := float64(len(set))
	return [numSet]float64{
		1, is(n == 1), is(n == 3), sum / n, most, words, words * words,
		likest, coversBody, coversTitle, is(len(sources) == 1 && n > 1), early / n,
	}, likest < repeats
}

func weigh(features, weights []float64) float64 {
	var sum float64
	for i, f := range features {
		sum += f * weights[i]
	}
	return sum
}

// inOrder puts the sentences as a reader wants them: the one that opens its
// article first, and those of one article in its order.
func inOrder(set []scored) []Pick {
	slices.SortStableFunc(set, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.sentence.Place, b.sentence.Place), cmp.Compare(a.Source, b.Source))
	})
	picks := make([]Pick, len(set))
	for i, s := range set {
		picks[i] = s.Pick
	}
	return picks
}

// The weights are those of two linear regressions on the ROUGE scores of
// sentences, and of sets of sentences, against editors' summaries of stories
// told by two or three outlets.
const (
	numSentence = 11
	numSet      = 12
)

var sentenceWeights = [numSentence]float64{0, 0.5, 0, 0.5, 1, 0, 0, 0, 0, 0, 0}

var setWeights = [numSet]float64{0, 0, -1, 1, 0, 0, 0, 0, 0, 0, 0, 0}
