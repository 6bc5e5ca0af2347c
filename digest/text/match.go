package text

// trie finds which of many patterns begin at a place of a text, byte by byte.
// Its states, at most 65,535, are rows of a dense table over the bytes that
// occur in the patterns. It is read-only once built.
type trie struct {
	column  [256]uint8 // 0 for bytes that no pattern has
	columns int
	next    []uint16 // next[state*columns+column], 0 for none
	out     []int32  // the pattern that ends in a state, -1 for none
	begins  [256]bool
	heads   [1 << 15]bool // by headHash of the first bytes of the patterns
}

// headHash mixes the first three bytes of a pattern. Most words of a text are
// told apart from every pattern by it, without a walk through the states, which
// are too many for the processor's nearest memory.
func headHash(a, b, c byte) int { return (int(a)*961 ^ int(b)*31 ^ int(c)<<4) & (1<<15 - 1) }

// newTrie holds the patterns that are not empty; of equal ones the first.
func newTrie(patterns []string) *trie {
	t := &trie{columns: 1}
	for _, p := range patterns {
		for i := 0; i < len(p); i++ {
			if t.column[p[i]] == 0 {
				t.column[p[i]] = uint8(t.columns)
				t.columns++
			}
		}
	}
	t.addState()
	for n, p := range patterns {
		if p == "" {
			continue
		}
		t.begins[p[0]] = true
		t.addHead(p)
		state := 0
		for i := 0; i < len(p); i++ {
			cell := state*t.columns + int(t.column[p[i]])
			if t.next[cell] == 0 {
				t.next[cell] = uint16(t.addState())
			}
			state = int(t.next[cell])
		}
		if t.out[state] < 0 {
			t.out[state] = int32(n)
		}
	}
	return t
}

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

func (t *trie) addState() int {
	t.next = append(t.next, make([]uint16, t.columns)...)
	t.out = append(t.out, -1)
	return len(t.out) - 1
}

// from calls yield for each pattern that begins at byte start of s, the
// shortest first.
func (t *trie) from(s string, start int, yield func(pattern, end int)) {
	state := 0
	for i := start; i < len(s); i++ {
		state = int(t.next[state*t.columns+int(t.column[s[i]])])
		if state == 0 {
			return
		}
		if n := t.out[state]; n >= 0 {
			yield(int(n), i+1)
		}
	}
}

// in reports whether a pattern stands anywhere in s.
func (t *trie) in(s string) bool {
	found := false
	for i := 0; i < len(s) && !found; i++ {
		if t.mayBegin(s, i) {
			t.from(s, i, func(_, _ int) { found = true })
		}
	}
	return found
}
