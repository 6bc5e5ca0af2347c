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
}

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
		if t.begins[s[i]] {
			t.from(s, i, func(_, _ int) { found = true })
		}
	}
	return found
}
