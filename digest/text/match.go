package text

// trie finds which of many patterns begin at a place of a text, byte by byte.
// It is read-only once built.
type trie struct {
	edges  []edge  // a hash table with open addressing; its length is a power of two
	out    []int32 // by state: the pattern that ends there, -1 for none
	begins [256]bool
	heads  [1 << 15]bool // by headHash of the first bytes of the patterns
	words  bitSet        // hashes of asciiWord: of patterns that are no more than such a word, and of the others with two bytes behind it
}

// edge leads from a state over a byte to another one.
type edge struct {
	key uint32 // state<<8 | byte, 0 for none: no pattern has a byte 0
	to  uint32
}

// bitSet holds hashes. It may say that it has one which it has not.
type bitSet [1 << 11]uint64

func (b *bitSet) add(h uint32)      { b[h>>6%uint32(len(b))] |= 1 << (h & 63) }
func (b *bitSet) has(h uint32) bool { return b[h>>6%uint32(len(b))]>>(h&63)&1 != 0 }

// headHash mixes the first three bytes of a pattern. Most places of a text are
// told apart from every pattern by it, without a walk through the states, which
// are too many for the processor's nearest memory.
func headHash(a, b, c byte) int { return (int(a)*961 ^ int(b)*31 ^ int(c)<<4) & (1<<15 - 1) }

// newTrie holds the patterns that are not empty; of equal ones the first.
func newTrie(patterns []string) *trie {
	most := 1
	for _, p := range patterns {
		most += len(p)
	}
	size := 1
	for size < 2*most {
		size *= 2
	}
	t := &trie{edges: make([]edge, size), out: make([]int32, 1, most)}
	t.out[0] = -1
	for n, p := range patterns {
		if p == "" {
			continue
		}
		t.begins[p[0]] = true
		t.addHead(p)
		if end, word, more := asciiWord(p, 0); end+2 <= len(p) {
			t.words.add(more)
		} else {
			t.words.add(word)
		}
		state := uint32(0)
		for i := range len(p) {
			e := t.edge(state, p[i])
			if e.key == 0 {
				*e = edge{state<<8 | uint32(p[i]), uint32(len(t.out))}
				t.out = append(t.out, -1)
			}
			state = e.to
		}
		if t.out[state] < 0 {
			t.out[state] = int32(n)
		}
	}
	return t
}

// edge is where the edge from a state over a byte stands, or would.
func (t *trie) edge(state uint32, c byte) *edge {
	key := state<<8 | uint32(c)
	last := uint32(len(t.edges) - 1)
	for at := key * 0x9E3779B1 >> 8 & last; ; at = (at + 1) & last {
		if e := &t.edges[at]; e.key == key || e.key == 0 {
			return e
		}
	}
}

// asciiWord is where the ASCII letters and digits from byte i of s on end, their
// hash, and their hash with the two bytes behind them, where there are two.
func asciiWord(s string, i int) (end int, word, more uint32) {
	word = hashSeed
	for i < len(s) && isAlnum[s[i]] {
		word = hashByte(word, s[i])
		i++
	}
	more = word
	if i+2 <= len(s) {
		more = hashByte(hashByte(word, s[i]), s[i+1])
	}
	return i, word, more
}

// mayBeginWord is mayBegin where ASCII letters and digits with these hashes
// stand.
func (t *trie) mayBeginWord(word, more uint32) bool { return t.words.has(word) || t.words.has(more) }

// addHead notes how a pattern begins; one of fewer than three bytes begins with
// all that may stand behind it.
func (t *trie) addHead(p string) {
	for b := range 256 {
		if len(p) > 1 {
			b = int(p[1])
		}
		for c := range 256 {
			if len(p) > 2 {
				c = int(p[2])
			}
			t.heads[headHash(p[0], byte(b), byte(c))] = true
			if len(p) > 2 {
				break
			}
		}
		if len(p) > 1 {
			break
		}
	}
}

// mayBegin reports whether a pattern may begin at byte i of s.
func (t *trie) mayBegin(s string, i int) bool {
	return t.begins[s[i]] && (i+2 >= len(s) || t.heads[headHash(s[i], s[i+1], s[i+2])])
}

// from calls yield for each pattern that begins at byte start of s, the
// shortest first.
func (t *trie) from(s string, start int, yield func(pattern, end int)) {
	state := uint32(0)
	for i := start; i < len(s); i++ {
		e := t.edge(state, s[i])
		if e.key == 0 {
			return
		}
		state = e.to
		if n := t.out[state]; n >= 0 {
			yield(int(n), i+1)
		}
	}
}

// inFolded reports whether a pattern, which are in small letters, stands
// anywhere in s, in whatever case.
func (t *trie) inFolded(s string) bool {
	for i := range len(s) {
		a := foldASCII[s[i]]
		if !t.begins[a] || i+2 < len(s) && !t.heads[headHash(a, foldASCII[s[i+1]], foldASCII[s[i+2]])] {
			continue
		}
		for state, k := uint32(0), i; k < len(s); k++ {
			e := t.edge(state, foldASCII[s[k]])
			if e.key == 0 {
				break
			}
			if state = e.to; t.out[state] >= 0 {
				return true
			}
		}
	}
	return false
}
