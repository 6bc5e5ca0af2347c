package story

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"hanwire/digest/text"
)

// background.txt holds in how many of a few thousand English news openings a
// stem stands: a first line with the number of openings, then a line for each
// count, the most frequent first, with the stems that have it.
//
//go:embed background.txt
var backgroundText string

// background is how rare the words of English are that are not all equally
// rare, and how rare the others are: a hash table with open addressing, for a
// term brings its hash along.
// Words are told apart by their hashes, as in a [Vector].
type background struct {
	table    []known
	rarities []float64 // in use, 0 for words that are left out
	others   float64   // the rarity of words that are not in the table
}

type known struct {
	hash   uint32 // 0 for none
	rarity uint32 // its place in rarities
}

// find is where a word of that hash stands, or would.
func (b *background) find(hash uint32) *known {
	last := len(b.table) - 1
	for at := int(hash) & last; ; at = (at + 1) & last {
		if k := &b.table[at]; k.hash == hash || k.hash == 0 {
			return k
		}
	}
}

var loadBackground = sync.OnceValue(func() *background {
	rarity := map[string]float64{}
	var openings float64
	for line := range strings.Lines(backgroundText) {
		n, stems, _ := strings.Cut(strings.TrimSpace(line), " ")
		count, err := strconv.ParseFloat(n, 64)
		if err != nil {
			continue
		}
		if stems == "" {
			openings = count
		}
		for stem := range strings.FieldsSeq(stems) {
			rarity[stem] = math.Log((openings + 1) / (count + 0.5))
		}
	}
	b := &background{others: math.Log((openings + 1) / 0.5)}
	for word := range fieldWords {
		r, ok := rarity[word]
		if !ok {
			r = b.others
		}
		rarity[word] = r * fieldShare
	}
	for word := range functionWords {
		rarity[word] = 0
	}
	size := 1
	for size < 2*len(rarity) {
		size *= 2
	}
	b.table = make([]known, size)
	place := map[float64]uint32{}
	for word, r := range rarity {
		hash := text.Hash(word)
		at, ok := place[r]
		if !ok {
			at = uint32(len(b.rarities))
			place[r], b.rarities = at, append(b.rarities, r)
		}
		*b.find(hash) = known{hash, at}
	}
	return b
})

// Terms of Hangul and Han are bigrams. There is no count of them here; by and
// large a bigram is as rare as the middle of the English stems, except those
// that are grammar.
const bigramShare = 1.0 / 150

var bigramRarity = math.Log(1 / bigramShare)

// rarity is the inverse document frequency of a term; 0 leaves it out.
func rarity(t *text.Term) float64 {
	if len(t.Text) < 2 {
		return 0
	}
	b := loadBackground()
	if k := b.find(t.Hash); k.hash != 0 {
		return b.rarities[k.rarity]
	}
	if first, n := utf8.DecodeRuneInString(t.Text); first >= 0x1100 {
		if n == len(t.Text) {
			return 0
		}
		return bigramRarity
	}
	return b.others
}

// fieldWords are what all news of this field is about: they tell no event from
// another here, rare as they are elsewhere.
var fieldWords = wordSet(`china chines korea korean north south beij seoul pyongyang taiwan taiwanes taipei`)

const fieldShare = 0.5

var functionWords = wordSet(`
a an the and or of to in on for with at by from as is was were are be been has have had it its he she
they his her their that this these those who which what when said say says not but will would could can
about after before over into more than up out i you we our us him them there also one two new if so no
all may mr ms mrs do does did just like some other any how where why while because only most many
년 월 일 것 수 등 이 그 및
한다 했다 있다 이다 하는 하고 으로 에서 에게 까지 부터 라고 이라 라며 며서 면서 다고 이날 밝혔 혔다 있는 위해 대한 대해 관련 지난
것으 것이 것은 하며 되는 됐다 된다 였다 었다 았다 에는 으며 는데 지만 습니 니다 겠다 같은 따르 르면
的是 是在 这是 一个 他们 我们 以及 表示 进行 有关 对此 没有 已经 可以 此前 目前 其中 这一 并在 日在 月日 记者 报道 也是 在此 了一 的一
`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
