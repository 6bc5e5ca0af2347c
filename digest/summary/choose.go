package summary

import (
	"cmp"
	"math"
	"slices"

	"hanwire/digest/story"
	"hanwire/digest/text"
)

// Source is one article of a story, as far as a summary of the story needs it.
type Source struct {
	Sentences []Sentence
	Headline  string
	Title     story.Vector // of the headline
	Body      story.Vector // of headline and opening
	Script    string       // as in [story.Item]
}

// Pick is a sentence of a source.
type Pick struct{ Source, Sentence int }

// Options of [Choose]. The zero value is the documented default.
type Options struct {
	Sentences int            // at most; when zero 2, and 3 from four sources on
	Avoid     []story.Vector // what is said beside the summary already: the headline, key quotes
}

const (
	fewSources = 3
	maxSources = 24   // articles of a story that are looked at; more add nothing new
	saysAll    = 20   // words from which one sentence may say enough of a story
	shortlist  = 8    // sentences of which sets are formed: fourteen give the same summaries
	saysAgain  = 0.87 // a sentence this like the headline or a quote beside it adds nothing
	repeats    = 0.5  // two sentences this alike say one thing
)

// Choose picks the sentences of a summary over all articles of a story, in
// reading order. It weighs sentences by themselves, makes sets of the best and
// takes the set that promises most, which may be a single sentence that says
// it all. Sources in another script than that of the first one are left out: a
// summary speaks one language.
func Choose(sources []Source, o Options) []Pick {
	var at []int // of the sources looked at
	var own []Source
	for i, s := range sources {
		if s.Script == sources[0].Script && len(own) < maxSources {
			at, own = append(at, i), append(own, s)
		}
	}
	if o.Sentences <= 0 {
		o.Sentences = 2
		if len(own) > fewSources {
			o.Sentences = 3
		}
	}
	t := newTopic(own)
	pool := t.pool(own, o.Avoid)
	best := t.best(pool, o.Sentences, alone(own))
	if best == nil {
		best = t.best(pool, o.Sentences, 0)
	}
	picks := inOrder(best)
	for i := range picks {
		picks[i].Source = at[picks[i].Source]
	}
	return picks
}

// alone is how many words a sentence must have to be the whole summary.
func alone(sources []Source) int {
	short := len(sources) == 1 && len(sources[0].Sentences) < 4 // a bulletin
	if short || 1 < len(sources) && len(sources) <= fewSources {
		return saysAll
	}
	return maxWords + 1
}

// best is the set that promises most, nil when there is none without repetition.
func (t topic) best(pool []scored, size, alone int) []scored {
	var best []scored
	most := math.Inf(-1)
	eachSet(pool, size, func(set []scored) {
		features, ok := t.setFeatures(set)
		if !ok || len(set) == 1 && set[0].Words < alone {
			return
		}
		if score := dot(features[:], setWeights[:]); score > most+1e-12 {
			best, most = slices.Clone(set), score
		}
	})
	return best
}

// topic is what the articles of a story have in common.
type topic struct {
	body, title  map[uint32]float64 // sums of unit vectors, scaled to length one
	terms, pairs map[uint32]float64 // how likely a summary is to use a term, and a pair of neighbours
}

// scored is a sentence with its score by itself.
type scored struct {
	Pick
	*Sentence
	score float64
}

func newTopic(sources []Source) topic {
	t := topic{body: map[uint32]float64{}, title: map[uint32]float64{}}
	titles, titlePairs := make([]story.Vector, len(sources)), make([]story.Vector, len(sources))
	for i, s := range sources {
		add(t.body, s.Body)
		add(t.title, s.Title)
		titles[i] = s.Title
		_, titlePairs[i] = story.Vectors(text.Terms(s.Headline))
	}
	scale(t.body)
	scale(t.title)
	t.terms = worth(sources, titles, func(s *Sentence) story.Vector { return s.Terms }, &termWeights)
	t.pairs = worth(sources, titlePairs, func(s *Sentence) story.Vector { return s.Pairs }, &pairWeights)
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

// What is known of a unit (a term, or a pair of neighbouring terms) before
// anything is chosen: the share of articles that have it in their title, first
// sentence, early sentences and at all, and in how many sentences it stands.
const (
	unitBias = iota
	unitTitle
	unitFirst
	unitEarly
	unitAny
	unitCount
	unitAlways // every article has it
	unitTitleFirst
	numUnit
)

const earlyPlaces = 4

// worth is the probability, for each unit of a story, that a summary uses it.
func worth(sources []Source, titles []story.Vector, units func(*Sentence) story.Vector, weights *[numUnit]float64) map[uint32]float64 {
	all := map[uint32][numUnit]float64{}
	own := map[uint32][numUnit]float64{}
	mark := func(v story.Vector, where int) {
		for _, w := range v {
			f := own[w.Term]
			f[where] = 1
			f[unitAny] = max(f[unitAny], is(where != unitTitle))
			f[unitCount]++
			own[w.Term] = f
		}
	}
	for i := range sources {
		clear(own)
		mark(titles[i], unitTitle)
		for j := range sources[i].Sentences {
			s := &sources[i].Sentences[j]
			switch {
			case s.Place == 0:
				mark(units(s), unitFirst)
			case s.Place < earlyPlaces:
				mark(units(s), unitEarly)
			default:
				mark(units(s), unitAny)
			}
		}
		for unit, f := range own {
			sum := all[unit]
			for k := range f {
				sum[k] += f[k]
			}
			all[unit] = sum
		}
	}
	n := float64(len(sources))
	p := make(map[uint32]float64, len(all))
	for unit, f := range all {
		f[unitAlways] = is(f[unitAny] == n && n > 1)
		for k := unitTitle; k <= unitAny; k++ {
			f[k] /= n
		}
		f[unitCount] = math.Log1p(f[unitCount] / n)
		f[unitTitleFirst] = f[unitTitle] * f[unitFirst]
		f[unitBias] = 1
		p[unit] = 1 / (1 + math.Exp(-dot(f[:], weights[:])))
	}
	return p
}

// pool is the shortlist: the best sentences by themselves.
func (t topic) pool(sources []Source, avoid []story.Vector) []scored {
	var all []scored
	for i := range sources {
		for j := range sources[i].Sentences {
			s := &sources[i].Sentences[j]
			if slices.ContainsFunc(avoid, func(v story.Vector) bool { return s.Terms.Dot(v) >= saysAgain }) {
				continue
			}
			f := t.sentenceFeatures(s, support(sources, i, s))
			all = append(all, scored{Pick{i, j}, s, dot(f[:], sentenceWeights[:])})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	return all[:min(len(all), shortlist)]
}

// support is how alike the likest sentence of each other article is, on average.
func support(sources []Source, own int, s *Sentence) float64 {
	if len(sources) < 2 {
		return 0
	}
	var sum float64
	for i := range sources {
		if i == own {
			continue
		}
		var most float64
		for j := range sources[i].Sentences {
			most = max(most, s.Terms.Dot(sources[i].Sentences[j].Terms))
		}
		sum += most
	}
	return sum / float64(len(sources)-1)
}

func (t topic) sentenceFeatures(s *Sentence, support float64) [numSentence]float64 {
	words := float64(s.Words) / 20
	terms, pairs := sum(s.Terms, t.terms), sum(s.Pairs, t.pairs)
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
		terms,
		terms / float64(max(4, len(s.Terms))),
		pairs,
		pairs / float64(max(6, len(s.Pairs))),
	}
}

// setFeatures of sentences together; ok is false when they repeat each other.
func (t topic) setFeatures(set []scored) (f [numSet]float64, ok bool) {
	var sum, most, words, likest, first float64
	var body, title, terms, pairs float64 // covered
	seenTerms, seenPairs := make([]uint32, 0, 96), make([]uint32, 0, 128)
	oneSource := len(set) > 1
	for i, s := range set {
		sum += s.score
		most = max(most, s.score)
		words += float64(s.Words) / 20
		first += is(s.Place == 0)
		oneSource = oneSource && s.Source == set[0].Source
		seen := seenTerms
		for _, w := range s.Terms {
			if i > 0 && slices.Contains(seen, w.Term) {
				continue
			}
			seenTerms = append(seenTerms, w.Term)
			body += t.body[w.Term]
			title += t.title[w.Term]
			terms += t.terms[w.Term]
		}
		seen = seenPairs
		for _, w := range s.Pairs {
			if i > 0 && slices.Contains(seen, w.Term) {
				continue
			}
			seenPairs = append(seenPairs, w.Term)
			pairs += t.pairs[w.Term]
		}
		for _, r := range set[:i] {
			likest = max(likest, s.Terms.Dot(r.Terms))
		}
	}
	n := float64(len(set))
	numTerms, numPairs := float64(len(seenTerms)), float64(len(seenPairs))
	return [numSet]float64{
		1, is(n == 1), is(n == 3),
		sum / n, most, words, words * words, likest,
		body, title, is(oneSource), first / n,
		terms, terms / (numTerms + 8), terms / (numTerms + 20),
		pairs, pairs / (numPairs + 15), pairs / (numPairs + 40),
	}, likest < repeats
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func dot(features, weights []float64) float64 {
	var sum float64
	for i, f := range features {
		sum += f * weights[i]
	}
	return sum
}

func cosine(v story.Vector, center map[uint32]float64) float64 {
	var sum float64
	for _, w := range v {
		sum += float64(w.Value) * center[w.Term]
	}
	return sum
}

func sum(v story.Vector, worth map[uint32]float64) float64 {
	var sum float64
	for _, w := range v {
		sum += worth[w.Term]
	}
	return sum
}

// eachSet calls yield with every set of at most size sentences, each in the
// order of pool. The set is only good during the call.
func eachSet(pool []scored, size int, yield func([]scored)) {
	set := make([]scored, 0, size)
	var grow func(from int)
	grow = func(from int) {
		for i := from; i < len(pool); i++ {
			set = append(set, pool[i])
			yield(set)
			if len(set) < size {
				grow(i + 1)
			}
			set = set[:len(set)-1]
		}
	}
	grow(0)
}

// inOrder puts the sentences as a reader wants them: the one that opens its
// article first, and those of one article in its order.
func inOrder(set []scored) []Pick {
	slices.SortStableFunc(set, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Source, b.Source))
	})
	picks := make([]Pick, len(set))
	for i, s := range set {
		picks[i] = s.Pick
	}
	return picks
}
