package text

import "strings"

// stemmer is one word on its way through Porter2, the English stemmer of the
// Snowball project (https://snowballstem.org/algorithms/english/stemmer.html).
// It is written out here because search terms are most of the cost of reading
// an article and the libraries allocate several times per word.
type stemmer struct {
	b      [longestStem + 2]byte
	n      int // of the letters in b
	r1, r2 int // where the regions begin
}

// special are words that the algorithm itself lists with their stems, "" for
// the others.
func special(word []byte) string {
	switch string(word) {
	case "skis":
		return "ski"
	case "skies":
		return "sky"
	case "dying":
		return "die"
	case "lying":
		return "lie"
	case "tying":
		return "tie"
	case "idly":
		return "idl"
	case "gently":
		return "gentl"
	case "ugly":
		return "ugli"
	case "early":
		return "earli"
	case "only":
		return "onli"
	case "singly":
		return "singl"
	case "sky", "news", "howe", "atlas", "cosmos", "bias", "andes":
		return string(word)
	}
	return ""
}

// special1a are words that stay as they are after the plural is off.
func special1a(word []byte) bool {
	switch string(word) {
	case "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed":
		return true
	}
	return false
}

// longestStem bounds the words that are stemmed: what is longer is no word.
const longestStem = 40

// Stem is the Porter2 stem of an English word, in lower case.
func Stem(word string) string {
	if len(word) < 3 || len(word) > longestStem {
		return lowerASCII(word)
	}
	w := stemmer{n: len(word)}
	for i := range len(word) {
		c := word[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		w.b[i] = c
	}
	if s := special(w.b[:w.n]); s != "" {
		return s
	}
	if w.b[0] == '\'' {
		w.n = copy(w.b[:], w.b[1:w.n])
	}
	w.begin()
	w.possessives()
	w.plurals()
	if !special1a(w.b[:w.n]) {
		w.inflections()
		w.finalY()
		w.derivations()
		w.furtherDerivations()
		w.suffixes()
		w.finalE()
	}
	for i, c := range w.b[:w.n] {
		if c == 'Y' {
			w.b[i] = 'y'
		}
	}
	if n := min(w.n, len(word)); string(w.b[:w.n]) == word[:n] {
		return word[:n]
	}
	return string(w.b[:w.n])
}

func (w *stemmer) vowel(i int) bool {
	switch w.b[i] {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// begin marks each y that is a consonant as Y and finds the regions.
func (w *stemmer) begin() {
	for i, c := range w.b[:w.n] {
		if c == 'y' && (i == 0 || w.vowel(i-1)) {
			w.b[i] = 'Y'
		}
	}
	w.r1 = -1
	for _, p := range [...]string{"gener", "commun", "arsen"} {
		if w.n >= len(p) && string(w.b[:len(p)]) == p {
			w.r1 = len(p)
		}
	}
	if w.r1 < 0 {
		w.r1 = w.region(0)
	}
	w.r2 = w.region(w.r1)
}

// region begins behind the first consonant that follows a vowel.
func (w *stemmer) region(from int) int {
	for i := from + 1; i < w.n; i++ {
		if !w.vowel(i) && w.vowel(i-1) {
			return i + 1
		}
	}
	return w.n
}

func (w *stemmer) ends(suffix string) bool {
	n := w.n - len(suffix)
	return n >= 0 && string(w.b[n:w.n]) == suffix
}

// endings are the suffixes of one step by their last letter, longest first.
type endings [256][]string

var (
	possessiveEnds = []string{"'s'", "'s", "'"}

	plural       = byLast("sses ied ies us ss s")
	inflectional = byLast("eedly ingly edly eed ing ed")
	derivational = byLast("ational fulness ousness iveness ization biliti lessli tional entli aliti iviti ousli fulli alism ation enci anci abli alli izer ator bli ogi li")
	further      = byLast("ational tional alize icate iciti ative ical ness ful")
	residual     = byLast("ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic")
)

func byLast(suffixes string) (e endings) {
	for s := range strings.FieldsSeq(suffixes) {
		last := s[len(s)-1]
		e[last] = append(e[last], s)
	}
	return e
}

func (w *stemmer) longestOf(e *endings) string {
	if w.n == 0 {
		return ""
	}
	return w.longest(e[w.b[w.n-1]])
}

// longest is the longest of the suffixes, which stand longest first, that the
// word ends with.
func (w *stemmer) longest(suffixes []string) string {
	for _, s := range suffixes {
		if w.ends(s) {
			return s
		}
	}
	return ""
}

func (w *stemmer) cut(n int) { w.n -= n }

func (w *stemmer) replace(suffix, by string) {
	w.n -= len(suffix)
	w.add(by)
}

func (w *stemmer) add(s string) { w.n += copy(w.b[w.n:], s) }

// in reports whether a suffix lies in the region that begins at r.
func (w *stemmer) in(suffix string, r int) bool { return w.n-len(suffix) >= r }

func (w *stemmer) hasVowel(before int) bool {
	for i := range before {
		if w.vowel(i) {
			return true
		}
	}
	return false
}

// shortSyllable reports whether the first n letters end in a short syllable.
func (w *stemmer) shortSyllable(n int) bool {
	switch {
	case n == 2:
		return w.vowel(0) && !w.vowel(1)
	case n > 2:
		c := w.b[n-1]
		return !w.vowel(n-1) && c != 'w' && c != 'x' && c != 'Y' && w.vowel(n-2) && !w.vowel(n-3)
	}
	return false
}

func (w *stemmer) possessives() {
	if c := w.b[w.n-1]; c == '\'' || c == 's' {
		w.cut(len(w.longest(possessiveEnds)))
	}
}

func (w *stemmer) plurals() {
	n := w.n
	if n == 0 {
		return
	}
	switch s := w.longestOf(&plural); s {
	case "sses":
		w.cut(2)
	case "ied", "ies":
		if n > 4 {
			w.cut(2)
		} else {
			w.cut(1)
		}
	case "s":
		if n >= 2 && w.hasVowel(n-2) {
			w.cut(1)
		}
	}
}

func (w *stemmer) inflections() {
	s := w.longestOf(&inflectional)
	switch s {
	case "":
		return
	case "eed", "eedly":
		if w.in(s, w.r1) {
			w.replace(s, "ee")
		}
		return
	}
	if !w.hasVowel(w.n - len(s)) {
		return
	}
	w.cut(len(s))
	n := w.n
	switch {
	case w.ends("at"), w.ends("bl"), w.ends("iz"):
		w.add("e")
	case n >= 2 && w.b[n-1] == w.b[n-2] && doubled(w.b[n-1]):
		w.cut(1)
	case w.r1 >= n && w.shortSyllable(n):
		w.add("e")
	}
}

func doubled(c byte) bool {
	switch c {
	case 'b', 'd', 'f', 'g', 'm', 'n', 'p', 'r', 't':
		return true
	}
	return false
}

func (w *stemmer) finalY() {
	n := w.n
	if n > 2 && (w.b[n-1] == 'y' || w.b[n-1] == 'Y') && !w.vowel(n-2) {
		w.b[n-1] = 'i'
	}
}

func (w *stemmer) derivations() {
	if w.n < 3 {
		return
	}
	s := w.longestOf(&derivational)
	if s == "" || !w.in(s, w.r1) {
		return
	}
	before := byte(0)
	if i := w.n - len(s) - 1; i >= 0 {
		before = w.b[i]
	}
	switch s {
	case "tional":
		w.cut(2)
	case "fulness", "ousness", "iveness":
		w.cut(4)
	case "enci", "anci", "abli":
		w.b[w.n-1] = 'e'
	case "entli", "lessli", "ousli", "fulli", "alli":
		w.cut(2)
	case "izer":
		w.cut(1)
	case "ization":
		w.replace(s, "ize")
	case "ational", "ation", "ator":
		w.replace(s, "ate")
	case "alism", "aliti":
		w.cut(3)
	case "iviti":
		w.replace(s, "ive")
	case "biliti", "bli":
		w.replace(s, "ble")
	case "ogi":
		if before == 'l' {
			w.cut(1)
		}
	case "li":
		switch before {
		case 'c', 'd', 'e', 'g', 'h', 'k', 'm', 'n', 'r', 't':
			w.cut(2)
		}
	}
}

func (w *stemmer) furtherDerivations() {
	s := w.longestOf(&further)
	if s == "" || !w.in(s, w.r1) {
		return
	}
	switch s {
	case "ational":
		w.replace(s, "ate")
	case "tional":
		w.cut(2)
	case "alize", "icate", "iciti":
		w.cut(3)
	case "ical":
		w.cut(2)
	case "ness", "ful":
		w.cut(len(s))
	case "ative":
		if w.in(s, w.r2) {
			w.cut(len(s))
		}
	}
}

func (w *stemmer) suffixes() {
	s := w.longestOf(&residual)
	if s == "" || !w.in(s, w.r2) {
		return
	}
	if s == "ion" {
		if i := w.n - 4; i < 0 || w.b[i] != 's' && w.b[i] != 't' {
			return
		}
	}
	w.cut(len(s))
}

func (w *stemmer) finalE() {
	n := w.n
	if n == 0 {
		return
	}
	switch w.b[n-1] {
	case 'e':
		if n-1 >= w.r2 || n-1 >= w.r1 && !w.shortSyllable(n-1) {
			w.cut(1)
		}
	case 'l':
		if n-1 >= w.r2 && n > 1 && w.b[n-2] == 'l' {
			w.cut(1)
		}
	}
}
