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
	sentences    []scored // of all articles, in order
	terms, pairs units
	body, title  []float64 // by term: sums of unit vectors, scaled to length one
}

// units are what texts are made of: the terms, or the pairs of neighbouring
// terms, of a story's sentences, titles and openings.
type units struct {
	hashes []uint32  // in order; the place of a unit here is its number below
	worth  []float64 // how likely a summary is to use it
	used   []bool    // in the set that is looked at
}

// scored is a sentence with its score by itself.
type scored struct {
	Pick
	*Sentence
	terms, pairs []int32 // the places of its Terms and Pairs among the topic's
	score        float64
}

func newTopic(sources []Source) topic {
	var t topic
	var bodies, titles, headlines, terms, pairs []story.Vector
	for i, s := range sources {
		_, headline := story.Vectors(text.Terms(s.Headline))
		bodies, titles, headlines = append(bodies, s.Body), append(titles, s.Title), append(headlines, headline)
		for j := range s.Sentences {
			sentence := &s.Sentences[j]
			t.sentences = append(t.sentences, scored{Pick: Pick{i, j}, Sentence: sentence})
			terms, pairs = append(terms, sentence.Terms), append(pairs, sentence.Pairs)
		}
	}
	t.terms = newUnits(slices.Concat(terms, titles, bodies))
	t.pairs = newUnits(slices.Concat(pairs, headlines))
	for i := range t.sentences {
		t.sentences[i].terms, t.sentences[i].pairs = t.terms.places(terms[i]), t.pairs.places(pairs[i])
	}
	t.body, t.title = t.terms.center(bodies), t.terms.center(titles)
	t.terms.weigh(titles, t.sentences, func(s *scored) []int32 { return s.terms }, &termWeights)
	t.pairs.weigh(headlines, t.sentences, func(s *scored) []int32 { return s.pairs }, &pairWeights)
	return t
}

func newUnits(vectors []story.Vector) units {
	n := 0
	for _, v := range vectors {
		n += len(v)
	}
	all := make([]uint32, 0, n)
	for _, v := range vectors {
		for _, w := range v {
			all = append(all, w.Term)
		}
	}
	all = slices.Compact(story.SortHashes(all))
	return units{hashes: all, worth: make([]float64, len(all)), used: make([]bool, len(all))}
}

// places are the numbers of the units of v.
func (u units) places(v story.Vector) []int32 {
	at := make([]int32, len(v))
	n := 0
	for i, w := range v {
		n = max(n, int(uint64(w.Term)*uint64(len(u.hashes))>>32)-16) // hashes are spread evenly, and in order here and there
		for n > 0 && u.hashes[n] > w.Term {
			n--
		}
		for u.hashes[n] < w.Term {
			n++
		}
		at[i] = int32(n)
	}
	return at
}

// center is the sum of unit vectors, scaled to length one, by unit.
func (u units) center(vectors []story.Vector) []float64 {
	sum := make([]float64, len(u.hashes))
	for _, v := range vectors {
		for i, at := range u.places(v) {
			sum[at] += float64(v[i].Value)
		}
	}
	var squares float64
	for _, x := range sum {
		squares += x * x
	}
	length := math.Sqrt(squares)
	for i := range sum {
		if sum[i] > 0 {
			sum[i] /= length
		}
	}
	return sum
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

// weigh finds the worth of each unit: the probability that a summary of the
// sentences, which are those of the articles with these titles, uses it.
func (u *units) weigh(titles []story.Vector, sentences []scored, in func(*scored) []int32, weights *[numUnit]float64) {
	type counts [unitCount + 1]uint16
	both := make([]counts, 2*len(u.hashes))
	all, own := both[:len(u.hashes)], both[len(u.hashes):] // own are those of one article
	met := make([]int32, 0, len(u.hashes))                 // the units that it has
	mark := func(units []int32, where int) {
		for _, at := range units {
			f := &own[at]
			if f[unitCount] == 0 {
				met = append(met, at)
			}
			f[where] = 1
			if where != unitTitle {
				f[unitAny] = 1
			}
			f[unitCount]++
		}
	}
	for i := range titles {
		mark(u.places(titles[i]), unitTitle)
		for ; len(sentences) > 0 && sentences[0].Source == i; sentences = sentences[1:] {
			s := &sentences[0]
			switch {
			case s.Place == 0:
				mark(in(s), unitFirst)
			case s.Place < earlyPlaces:
				mark(in(s), unitEarly)
			default:
				mark(in(s), unitAny)
			}
		}
		for _, at := range met {
			for k, x := range own[at] {
				all[at][k] += x
			}
			own[at] = counts{}
		}
		met = met[:0]
	}
	n := float64(len(titles))
	type found struct {
		counts
		worth float64
	}
	var before []found // most units have the same counts as others
	for at := range all {
		if all[at][unitCount] == 0 {
			continue // it stands in an opening alone
		}
		if i := slices.IndexFunc(before, func(f found) bool { return f.counts == all[at] }); i >= 0 {
			u.worth[at] = before[i].worth
			continue
		}
		var f [numUnit]float64
		for k, x := range all[at] {
			f[k] = float64(x)
		}
		f[unitAlways] = is(f[unitAny] == n && n > 1)
		for k := unitTitle; k <= unitAny; k++ {
			f[k] /= n
		}
		f[unitCount] = math.Log1p(f[unitCount] / n)
		f[unitTitleFirst] = f[unitTitle] * f[unitFirst]
		f[unitBias] = 1
		u.worth[at] = 1 / (1 + math.Exp(-dot(f[:], weights[:])))
		if len(before) < 16 {
			before = append(before, found{all[at], u.worth[at]})
		}
	}
}

// pool is the shortlist: the best sentences by themselves.
func (t topic) pool(sources []Source, avoid []story.Vector) []scored {
	var all []scored
	for _, s := range t.sentences {
		if slices.ContainsFunc(avoid, func(v story.Vector) bool { return s.Terms.Dot(v) >= saysAgain }) {
			continue
		}
		f := t.sentenceFeatures(s, support(sources, s))
		s.score = dot(f[:], sentenceWeights[:])
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	return all[:min(len(all), shortlist)]
}

// support is how alike the likest sentence of each other article is, on average.
func support(sources []Source, s scored) float64 {
	if len(sources) < 2 {
		return 0
	}
	var sum float64
	for i := range sources {
		if i == s.Source {
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

func (t topic) sentenceFeatures(s scored, support float64) [numSentence]float64 {
	words := float64(s.Words) / 20
	terms, pairs := sum(s.terms, t.terms.worth), sum(s.pairs, t.pairs.worth)
	return [numSentence]float64{
		1,
		1 / (1 + 0.3*float64(s.Place)),
		is(s.Place == 0),
		cosine(s, t.body),
		cosine(s, t.title),
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
	numTerms, numPairs := 0.0, 0.0
	oneSource := len(set) > 1
	for i, s := range set {
		sum += s.score
		most = max(most, s.score)
		words += float64(s.Words) / 20
		first += is(s.Place == 0)
		oneSource = oneSource && s.Source == set[0].Source
		for _, at := range s.terms {
			if !t.terms.used[at] {
				t.terms.used[at] = true
				numTerms++
				body += t.body[at]
				title += t.title[at]
				terms += t.terms.worth[at]
			}
		}
		for _, at := range s.pairs {
			if !t.pairs.used[at] {
				t.pairs.used[at] = true
				numPairs++
				pairs += t.pairs.worth[at]
			}
		}
		for _, r := range set[:i] {
			likest = max(likest, s.Terms.Dot(r.Terms))
		}
	}
	for _, s := range set {
		for _, at := range s.terms {
			t.terms.used[at] = false
		}
		for _, at := range s.pairs {
			t.pairs.used[at] = false
		}
	}
	n := float64(len(set))
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

func cosine(s scored, center []float64) float64 {
	var sum float64
	for i, at := range s.terms {
		sum += float64(s.Terms[i].Value) * center[at]
	}
	return sum
}

func sum(units []int32, worth []float64) float64 {
	var sum float64
	for _, at := range units {
		sum += worth[at]
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
