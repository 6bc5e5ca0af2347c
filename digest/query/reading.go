package query

import (
	"strings"
	"time"
	"unicode/utf8"
)

// A key is what an index files a text under. Keys of words are the words
// themselves: the inflect form of a Latin word, two neighbouring syllables or
// characters of a Hangul or Han run. A mark tells the other kinds apart; it
// stands before them, but behind a surface form, which so begins as a word that
// somebody types the beginning of.
const (
	surfaceMark = '^' // a Latin word as it stands, where it differs from its inflect form
	letterMark  = '+' // the first letters of a Latin word, the first syllable of an eojeol, any Han character
	speakerMark = '@'
	outletMark  = '#'
	langMark    = '~'
	typeMark    = '%'
	topicMark   = '&'
)

// place is where a key stands.
type place struct {
	section, unit, off int32
	next               int32 // index of the key's next place, 0 behind the last
}

// The sections of a reading; speakers follow.
const (
	titleSection = iota
	textSection
	outletSection
	speakerSection
)

// reading is an article scanned for matching. It may be begun anew.
type reading struct {
	want    *keySet // the keys to note
	letters bool    // whether keys by first letters are among them

	article  *Article
	now      time.Time
	sections []section
	places   []place // the first one is none
	first    []int32 // by number of key: index of its first place, 0 when there is none
	last     []int32 // likewise of its last place
	found    []int32 // numbers of the keys that there are
	known    []int8  // by number of atom: 1 matches, -1 does not, 0 not looked for yet
	looked   []int   // numbers of the atoms looked for
	scanner  scanner
	prefixed []byte
}

// keySet numbers keys, from 1.
type keySet struct {
	numbers map[string]int32
	sifting bool       // whether sieve and wide hold all that the keys begin with
	sieve   [256]bool  // by first byte
	wide    [1024]bool // by the first three bytes of a Hangul or Han key
	filter  *filter    // of a set so large that looking for a key costs more; else nil
}

// filter has a bit, by hash, of every key of a set: most keys that the set
// lacks are known by it. It stays in the processor's cache where a map of a
// hundred thousand keys does not.
type filter [1 << 14]uint64

// bit is where the bit of a key stands, which is given in parts.
func (f *filter) bit(mark, letter byte, key string) (word *uint64, bit uint64) {
	h := uint32(2166136261)
	for _, c := range [2]byte{mark, letter} {
		if c != 0 {
			h = (h ^ uint32(c)) * 16777619
		}
	}
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * 16777619
	}
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	return &f[h>>6&(1<<14-1)], 1 << (h & 63)
}

// newKeySet numbers the keys by which the conditions of n look for their
// places, and says whether any is by first letters.
func newKeySet(n *node) (set *keySet, letters bool) {
	set = &keySet{numbers: map[string]int32{}, sifting: true}
	n.walk(func(c *node, _ bool) {
		switch {
		case c.atom != nil:
			for _, s := range c.atom.ways {
				set.add(s[0].key)
			}
			letters = letters || c.atom.byLetters()
		case c.key != "":
			set.add(c.key)
		}
	})
	for form, base := range irregular {
		set.sieve[form[0]] = set.sieve[form[0]] || set.sieve[base[0]]
	}
	return set, letters
}

// byLetters reports whether places of a are noted by first letters.
func (a *atom) byLetters() bool {
	for _, s := range a.ways {
		if s[0].key[len(a.mark)] == letterMark {
			return true
		}
	}
	return false
}

// number is the number of key, a new one when it has none.
func (k *keySet) number(key string) int32 {
	n, ok := k.numbers[key]
	if !ok {
		n = int32(len(k.numbers) + 1)
		k.numbers[key] = n
		if k.filter != nil {
			word, bit := k.filter.bit(0, 0, key)
			*word |= bit
		}
	}
	return n
}

func (k *keySet) add(key string) {
	k.number(key)
	key = strings.TrimLeft(key, string([]byte{speakerMark, outletMark, letterMark}))
	k.sieve[key[0]] = true
	if key[0] >= 0xE0 {
		k.wide[wide(key)] = true
	}
}

func wide(key string) int { return int(key[1]&63)<<4 ^ int(key[2]&63) ^ int(key[0]&3)<<6 }

// may reports whether a key that begins as w may be in the set.
func (k *keySet) may(w string) bool {
	if k == nil || !k.sifting {
		return true
	}
	return k.sieve[w[0]] && (w[0] < 0xE0 || k.wide[wide(w)])
}

// begin makes r a reading of a.
func (r *reading) begin(a *Article, now time.Time) {
	r.article, r.now = a, now
	r.sections = r.sections[:0]
	r.scanner.reset()
	r.places = append(r.places[:0], place{})
	for _, k := range r.found {
		r.first[k] = 0
	}
	r.found = r.found[:0]
	if n := len(r.want.numbers) + 1; len(r.first) < n {
		r.first, r.last = make([]int32, n), make([]int32, n)
	}
	for _, k := range r.looked {
		r.known[k] = 0
	}
	r.looked = r.looked[:0]
	r.read(a.Title, 0)
	r.read(a.Text, 0)
	r.read(a.Outlet, outletMark)
	for _, s := range a.Speakers {
		r.read(s, speakerMark)
	}
	for _, k := range attributes(a) {
		r.note(r.want.numbers[k], place{})
	}
}

// attributes are the keys of an article's language, outlet type and topics.
func attributes(a *Article) []string {
	var keys []string
	if lang := topicName(a.Lang); lang != "" {
		keys = append(keys, string(langMark)+lang)
		if primary, _, ok := strings.Cut(lang, "-"); ok {
			keys = append(keys, string(langMark)+primary)
		}
	}
	if t := topicName(a.OutletType); t != "" {
		keys = append(keys, string(typeMark)+t)
	}
	for _, t := range a.Topics {
		if t = topicName(t); t != "" {
			keys = append(keys, string(topicMark)+t)
		}
	}
	return keys
}

// read scans one section and notes its keys, with mark before each.
func (r *reading) read(s string, mark byte) {
	r.sections = append(r.sections, r.scanner.scan(s))
	n := int32(len(r.sections) - 1)
	sec := &r.sections[n]
	sec.keys(r.letters, r.want, func(key string, letterKey bool, unit, off int) {
		r.noteMarked(mark, letterKey, key, place{section: n, unit: int32(unit), off: int32(off)})
	})
	if mark == outletMark {
		if in := sec.initials(); in != "" {
			r.noteMarked(mark, false, in, place{section: n, unit: -1})
		}
	}
}

func (r *reading) noteMarked(mark byte, letterKey bool, key string, p place) {
	letter := byte(0)
	if letterKey {
		letter = letterMark
	}
	if f := r.want.filter; f != nil {
		if word, bit := f.bit(mark, letter, key); *word&bit == 0 {
			return
		}
	}
	if mark == 0 && !letterKey {
		r.note(r.want.numbers[key], p)
		return
	}
	b := r.prefixed[:0]
	if mark != 0 {
		b = append(b, mark)
	}
	if letterKey {
		b = append(b, letter)
	}
	b = append(b, key...)
	r.prefixed = b
	r.note(r.want.numbers[string(b)], p)
}

// note adds a place of the key of a number; of 0 it does nothing.
func (r *reading) note(k int32, p place) {
	if k == 0 {
		return
	}
	n := int32(len(r.places))
	r.places = append(r.places, p)
	if r.first[k] == 0 {
		r.first[k] = n
		r.found = append(r.found, k)
	} else {
		r.places[r.last[k]].next = n
	}
	r.last[k] = n
}

// initials are the key of those of a name of three words or more: scmp, kcna.
func (s *section) initials() string {
	if len(s.units) < 3 {
		return ""
	}
	var b []byte
	for i := range s.units {
		w := s.word(i)
		if s.units[i].script != latin || w[0] >= utf8.RuneSelf {
			return ""
		}
		if w != "the" && w != "of" && w != "and" && w != "for" {
			b = append(b, w[0])
		}
	}
	return inflect(string(b))
}

// keys calls f for every key of the section that want may hold, with its
// place. Keys by first letters are given when letters is set.
func (s *section) keys(letters bool, want *keySet, f func(key string, letterKey bool, unit, off int)) {
	for i := range s.units {
		u, word := &s.units[i], s.word(i)
		if u.script == latin {
			if !want.may(word) {
				continue
			}
			f(inflect(word), false, i, 0)
			if u.dash {
				f(inflect(word+s.word(i+1)), false, i, 0)
			}
			if letters {
				for n := minPrefix; n <= maxLetters; n += letterStep {
					p := firstRunes(word, n)
					if p == "" {
						break
					}
					f(p, true, i, 0)
				}
			}
			continue
		}
		size := 0
		for off := 0; off < len(word); off += size {
			_, size = utf8.DecodeRuneInString(word[off:])
			if !want.may(word[off:]) {
				continue
			}
			if letters && (off == 0 || u.script == han) {
				f(word[off:off+size], true, i, off)
			}
			if off+size < len(word) {
				_, next := utf8.DecodeRuneInString(word[off+size:])
				f(word[off:off+size+next], false, i, off)
			}
			if off == 0 && (len(word) == size || u.script == hangul && trailing(word[size:])) {
				f(word[:size], false, i, 0)
			} else if u.script == hangul && isLone(word, off) {
				f(word[off:off+size], false, i, off)
			}
		}
	}
}

// firstRunes are the first n characters of s, or "" when it has fewer.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	if n == 0 {
		return s
	}
	return ""
}

// Keys by first letters have minPrefix letters, or letterStep more, and so on
// up to maxLetters.
const (
	letterStep = 2
	maxLetters = minPrefix + 3*letterStep
)

// longest is the longest key by first letters that s has.
func longest(s string) string {
	key := firstRunes(s, minPrefix)
	for n := minPrefix + letterStep; n <= maxLetters; n += letterStep {
		if more := firstRunes(s, n); more != "" {
			key = more
		}
	}
	return key
}

// bareKey is the key of e without the mark of a field.
func (e *element) bareKey() string {
	switch e.script {
	case latin:
		if e.fit == opening {
			return string(letterMark) + longest(e.word)
		}
		if e.fit == loose {
			return e.base
		}
		return inflect(e.word)
	case hangul:
		if e.fit == opening {
			return string(letterMark) + e.word[:syllable]
		}
		return e.word[:min(len(e.word), 2*syllable)]
	}
	two := firstRunes(e.word, 2)
	switch {
	case two != "":
		return two
	case e.fit == alone:
		return e.word
	}
	return string(letterMark) + e.word
}

// fieldMark is the mark of a field's keys.
func fieldMark(field string) string {
	switch field {
	case "speaker":
		return string(speakerMark)
	case "outlet":
		return string(outletMark)
	}
	return ""
}

// attributeKey is the key of a lang:, type: or topic: condition.
func attributeKey(field, value string) string {
	switch field {
	case "lang":
		return string(langMark) + value
	case "type":
		return string(typeMark) + topicName(value)
	}
	return string(topicMark) + value
}
