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
		Script: scriptOf(o.doc.Lang),
	}
	lead := o.body
	for len(lead) > 0 && lead[len(lead)-1].Span.Start >= o.lead {
		lead = lead[:len(lead)-1]
	}
	it.Title, it.Body, it.Lead = weigh(o.title, nil), weigh(o.body, o.title), weigh(lead, nil)
	it.Names, it.Numbers = weigh(o.names(), nil), weigh(o.numbers(), nil)
	it.Keys, it.Anchors = keysOf(o.signals)
	it.Sketch = sketch(o.body)
	return it
}

// VectorOf is a text's weighted terms, comparable with the vectors of an [Item].
func VectorOf(s string) Vector { return weigh(text.Terms(s), nil) }

// Vectors are the weights of terms that stand in a row, and the pairs of
// neighbours, all of one weight: what two wordings share of these they share of
// the very words.
func Vectors(found []text.Term) (terms, pairs Vector) {
	if len(found) == 0 {
		return weigh(nil, nil), Vector{}
	}
	hashes := make([]uint32, len(found)-1)
	for i := range hashes {
		hashes[i] = found[i].Pair(found[i+1])
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	pairs = make(Vector, len(hashes))
	for i, h := range hashes {
		pairs[i] = Weight{Term: h, Value: 1}
	}
	return weigh(found, nil), pairs.toUnit()
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
// gets the same vector whatever came before it. Terms of the title, which may be
// nil, count for more.
func weigh(terms, title []text.Term) Vector {
	all := make([]uint64, 0, len(terms)+len(title)) // the hash of each term, and its number
	for i, t := range title {
		all = append(all, uint64(t.Hash)<<32|uint64(i))
	}
	for i, t := range terms {
		all = append(all, uint64(t.Hash)<<32|uint64(len(title)+i))
	}
	sortFrom(all, 32)
	v := make(Vector, 0, len(all))
	for len(all) > 0 {
		hash, first := uint32(all[0]>>32), int(uint32(all[0]))
		var n float64
		for len(all) > 0 && uint32(all[0]>>32) == hash {
			if int(uint32(all[0])) < len(title) {
				n += titleTerms
			} else {
				n++
			}
			all = all[1:]
		}
		var term *text.Term
		if first < len(title) {
			term = &title[first]
		} else {
			term = &terms[first-len(title)]
		}
		if rarity := rarity(term); rarity > 0 {
			if n > 1 {
				rarity *= 1 + math.Log(n)
			}
			v = append(v, Weight{Term: hash, Value: float32(rarity)})
		}
	}
	return v.toUnit()
}

// SortHashes puts hashes in order, in place.
func SortHashes(hashes []uint32) []uint32 { return sortFrom(hashes, 0) }

// sortFrom sorts keys that are hashes from bit shift on, and below it numbers in
// whose order they come.
func sortFrom[K uint32 | uint64](keys []K, shift int) []K {
	if len(keys) < 48 {
		slices.Sort(keys)
		return keys
	}
	var counts [4][256]uint32 // by byte of the hash: where the keys with it go
	for _, k := range keys {
		for b := range counts {
			counts[b][byte(k>>(shift+8*b))]++
		}
	}
	from, to := keys, make([]K, len(keys))
	for b := range counts {
		at := uint32(0)
		for i, n := range counts[b] {
			counts[b][i] = at
			at += n
		}
		for _, k := range from {
			c := &counts[b][byte(k>>(shift+8*b))]
			to[*c] = k
			*c++
		}
		from, to = to, from
	}
	return keys
}

// names are the terms that stand for names: capitalised words inside a
// sentence. That needs no list of names, so it finds those nobody has heard of
// before today.
func (o Opening) names() []text.Term {
	var names []text.Term
	in := o.doc.Text
	next := 0 // of the pieces, behind the one that the term stands in
	for _, t := range o.body {
		at := t.Span.Start
		for next < len(o.pieces) && o.pieces[next].Start <= at {
			next++
		}
		if in[at] < 'A' || in[at] > 'Z' || t.Span.Len() > maxNameLen {
			continue
		}
		before := in[:at]
		if here := o.pieces[next-1]; here.Start == at {
			if here.opens {
				continue
			}
			before = in[:o.pieces[next-2].End]
		}
		if !strings.ContainsRune(".!?\n\"“”", lastRune(strings.TrimRight(before, " "))) {
			names = append(names, t)
		}
	}
	return names
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func (o Opening) numbers() []text.Term {
	var numbers []text.Term
	for _, terms := range [][]text.Term{o.title, o.body} {
		for _, t := range terms {
			if t.Text != "" && t.Text[0] >= '0' && t.Text[0] <= '9' {
				numbers = append(numbers, t)
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
			anchors = append(anchors, text.Hash(key))
		}
		weights[text.Hash(key)] = w * h.weight()
	}
	for name, h := range s.Concepts {
		if loadLexicon().concepts[name].class == policyClass {
			weights[text.Hash("concept "+name)] = conceptKey * h.weight()
		}
	}
	slices.Sort(anchors)
	return NewVector(weights), anchors
}

// sketch is the bottom-k sketch of a text's runs of terms.
func sketch(terms []text.Term) []uint32 {
	if len(terms) < shingleSize {
		return nil
	}
	hashes := make([]uint32, 0, len(terms))
	for i := 0; i+shingleSize <= len(terms); i++ {
		h := uint32(2166136261)
		for _, t := range terms[i : i+shingleSize] {
			h = (h ^ t.Hash) * 16777619
		}
		h ^= h >> 15
		h *= 0x2c1b3c6d
		h ^= h >> 12
		hashes = append(hashes, h)
	}
	hashes = slices.Compact(SortHashes(hashes))
	return slices.Clone(hashes[:min(len(hashes), sketchSize)]) // an item is kept long after its text
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
