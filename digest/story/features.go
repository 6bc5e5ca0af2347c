package story

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Source is what grouping needs to know of where an article comes from.
type Source struct {
	ID        string
	Outlet    string
	Published time.Time // zero when unknown
	VersionOf string    // the ID under which an earlier version of the same article was read; may be empty
}

// Item is what grouping needs of an article. It is complete in itself and
// survives a round trip through JSON.
type Item struct {
	ID        string    `json:"id"`
	Outlet    string    `json:"outlet,omitempty"`
	Published time.Time `json:"published,omitzero"`
	VersionOf string    `json:"version_of,omitempty"`
	Script    string    `json:"script"` // "latin", "hangul" or "han": only items of one script are compared by terms

	Title   Vector   `json:"title"`
	Body    Vector   `json:"body"` // title and opening together
	Lead    Vector   `json:"lead"`
	Names   Vector   `json:"names"`
	Numbers Vector   `json:"numbers"`
	Keys    Vector   `json:"keys"`              // names and concepts that are the same in every language
	Anchors []uint32 `json:"anchors,omitempty"` // those of Keys that name somebody or something in particular
	Sketch  []uint32 `json:"sketch,omitempty"`  // the smallest hashes of runs of five terms, sorted: near-identical texts share them
}

const (
	titleTerms  = 3  // what a term of the title counts in Body
	sketchSize  = 64 // gives resemblance to about 1/8
	shingleSize = 5
	maxNameLen  = 64 // bytes; longer ones are no names
)

// Item makes of an opening what grouping needs.
func (o Opening) Item(source Source) Item {
	it := Item{
		ID: source.ID, Outlet: source.Outlet, Published: source.Published, VersionOf: source.VersionOf,
		Script: scriptOf(o.lang),
	}
	title, body := text.Terms(o.title), text.Terms(o.body)
	titleCount, bodyCount, leadCount := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, t := range title {
		titleCount[t.Text]++
		bodyCount[t.Text] += titleTerms
	}
	for _, t := range body {
		bodyCount[t.Text]++
		if t.Span.Start < o.lead {
			leadCount[t.Text]++
		}
	}
	it.Title, it.Body, it.Lead = weigh(titleCount), weigh(bodyCount), weigh(leadCount)
	it.Names, it.Numbers = weigh(namesOf(o, body)), weigh(numbersOf(title, body))
	it.Keys, it.Anchors = keysOf(o.signals)
	it.Sketch = sketch(body)
	return it
}

// VectorOf is a text's weighted terms, comparable with the vectors of an [Item].
func VectorOf(s string) Vector {
	terms, _ := Vectors(s)
	return terms
}

// Vectors are a text's weighted terms, and its pairs of neighbouring terms, all
// of one weight: what two wordings share of these they share of the very words.
func Vectors(s string) (terms, pairs Vector) {
	found := text.Terms(s)
	counts := make(map[string]float64, len(found))
	weights := make(map[uint32]float64, len(found))
	for i, t := range found {
		counts[t.Text]++
		if i > 0 {
			weights[Hash(found[i-1].Text+" "+t.Text)] = 1
		}
	}
	return weigh(counts), NewVector(weights)
}

func scriptOf(lang string) string {
	switch {
	case lang == "ko":
		return "hangul"
	case lang == "ja" || strings.HasPrefix(lang, "zh"):
		return "han"
	}
	return "latin"
}

// weigh is tf-idf with a background that does not change: the same article
// gets the same vector whatever came before it.
func weigh(counts map[string]float64) Vector {
	weights := make(map[uint32]float64, len(counts))
	for term, n := range counts {
		if rarity := rarity(term); rarity > 0 {
			weights[Hash(term)] += (1 + math.Log(n)) * rarity
		}
	}
	return NewVector(weights)
}

// namesOf counts the terms that stand for names: capitalised words inside a
// sentence. That needs no list of names, so it finds those nobody has heard of
// before today.
func namesOf(o Opening, body []text.Term) map[string]float64 {
	names := map[string]float64{}
	for _, t := range body {
		at := t.Span.Start
		first, _ := utf8.DecodeRuneInString(o.body[at:])
		if first < 'A' || first > 'Z' || t.Span.Len() > maxNameLen {
			continue
		}
		before := strings.TrimRight(o.body[:at], " ")
		if before == "" || strings.ContainsRune(".!?\n\"“”", lastRune(before)) {
			continue
		}
		names[t.Text]++
	}
	return names
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func numbersOf(title, body []text.Term) map[string]float64 {
	numbers := map[string]float64{}
	for _, terms := range [][]text.Term{title, body} {
		for _, t := range terms {
			if t.Text != "" && t.Text[0] >= '0' && t.Text[0] <= '9' {
				numbers[t.Text]++
			}
		}
	}
	return numbers
}

// What a key says about which event it is: a country hardly anything, a person
// or an institution much.
const (
	countryKey = 0.35
	conceptKey = 0.6
	nameKey    = 1.0
)

// countries are the gazetteer's keys that name no one in particular: half of
// all articles share two of them.
var countries = wordSet(`north_korea south_korea korea china taiwan hong_kong japan usa us russia ukraine iran iraq israel
india un eu uk britain france germany australia vietnam philippines pyongyang seoul beijing tokyo washington moscow taipei
white_house foreign_ministry communist_party president prime_minister`)

func keysOf(s signals) (Vector, []uint32) {
	weights := map[uint32]float64{}
	var anchors []uint32
	for key, h := range s.Names {
		w := nameKey
		if countries[key] {
			w = countryKey
		} else if h.Title+h.Lead > 0 {
			anchors = append(anchors, Hash(key))
		}
		weights[Hash(key)] = w * h.weight()
	}
	for name, h := range s.Concepts {
		if loadLexicon().concepts[name].class == policyClass {
			weights[Hash("concept "+name)] = conceptKey * h.weight()
		}
	}
	slices.Sort(anchors)
	return NewVector(weights), anchors
}

// sketch is the bottom-k sketch of a text's runs of terms.
func sketch(terms []text.Term) []uint32 {
	var hashes []uint32
	for i := 0; i+shingleSize <= len(terms); i++ {
		h := uint32(2166136261)
		for _, t := range terms[i : i+shingleSize] {
			h = (h ^ Hash(t.Text)) * 16777619
		}
		h ^= h >> 15
		h *= 0x2c1b3c6d
		h ^= h >> 12
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	return hashes[:min(len(hashes), sketchSize)]
}

// resemblance estimates the share of runs that two texts have in common.
func resemblance(a, b []uint32) float64 {
	k := min(len(a), len(b))
	if k < sketchSize/4 {
		return 0 // too short to tell
	}
	var seen, both int
	for i, j := 0, 0; seen < k && i < len(a) && j < len(b); seen++ {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both++
			i, j = i+1, j+1
		}
	}
	return float64(both) / float64(max(seen, 1))
}
