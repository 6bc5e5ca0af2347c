package text

import (
	"strings"
	"unicode/utf8"
)

// particle is a Korean postposition and what the syllable before it must end
// with.
type particle struct {
	text  string
	after final
}

type final uint8

const (
	anyFinal  final = iota
	consonant       // a final consonant
	vowel           // none, or ㄹ for 로
)

// particles stand at the end of a noun, longest first. Source: the case and
// auxiliary particles of standard Korean grammar (표준국어문법론).
var particles = func() []particle {
	var ps []particle
	for _, p := range []struct {
		words string
		after final
	}{
		{"으로부터는 에게서는 에서부터 으로부터", anyFinal},
		{"이라고는 이라면서", anyFinal},
		{"에서는 에게는 에서도 에게도 으로는 으로도 까지는 부터는 까지도 에서의 으로서 으로써 께서는 이라고 이라며 이라는 이라도 이나마 에게서 한테서 로부터 에서만 라면서 처럼은 보다는 보다도 에서와 만으로 에까지", anyFinal},
		{"에서 에게 께서 한테 까지 부터 마저 조차 처럼 보다 만큼 으로 이나 이란 이라 라고 라며 라는 에는 에도 에만 와의 과의 로는 로도 로서 로써 와는 과는 만이 만을 만은 들이 들은 들을 들의 들도 들과 하고 이며 이고 밖에 뿐만", anyFinal},
		{"은 이 을 과", consonant},
		{"는 가 를 와 로", vowel},
		{"의 에 도 만", anyFinal},
	} {
		for w := range strings.FieldsSeq(p.words) {
			ps = append(ps, particle{w, p.after})
		}
	}
	return ps
}()

// verbEndings make a verb of a noun (비판하다, 개최되다); longest first.
var verbEndings = strings.Fields("하겠다고 했다고 한다고 하기로 했으며 했지만 하면서 하였다 했습니다 합니다 됐습니다 됩니다 하겠다 하려는 하라고 한다는 했다는 되면서 " +
	"했다 한다 하는 했던 하며 하기 하지 하여 하자 하려 해서 했고 하게 하도록 됐다 된다 되는 됐던 되며 되고 돼 되어 되기 시킨 시켜 시키는 했 해 한 할 함 된 될 됨")

// oneSyllable are nouns of one syllable that news stands on; the particle on
// them is stripped although one syllable remains.
const oneSyllable = "핵북미중한일러군당법돈힘표값"

// hangulStem is the word without particles or a verb's ending. What remains
// has two syllables or is one of a few short nouns; known names stay whole.
func hangulStem(w string) string {
	n := utf8.RuneCountInString(w)
	if n < 2 || isKnownHangul(w) {
		return w
	}
	if n > 2 {
		for _, e := range verbEndings {
			if stem, ok := strings.CutSuffix(w, e); ok && len(stem) >= 6 {
				return stem
			}
		}
	}
	for _, p := range particles {
		stem, ok := strings.CutSuffix(w, p.text)
		if !ok || stem == "" || !p.agrees(stem) {
			continue
		}
		if len(stem) >= 6 || strings.Contains(oneSyllable, stem) {
			return stem
		}
	}
	return w
}

func (p particle) agrees(stem string) bool {
	if p.after == anyFinal {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(stem)
	if r < 0xAC00 || r > 0xD7A3 {
		return true
	}
	f := (r - 0xAC00) % 28
	if p.text == "로" && f == 8 {
		return true
	}
	return (f != 0) == (p.after == consonant)
}
