package text

// matcher finds any of many patterns in a text in one pass (Aho and Corasick,
// 1975), byte by byte. Its states, at most 65,535, are rows of a dense table
// over the bytes that occur in the patterns. It is read-only once built.
type matcher struct {
	column  [256]uint8 // 0 for bytes that no pattern has
	columns int
	next    []uint16 // next[state*columns+column]
	out     []int32  // the longest pattern that ends in a state, -1 for none
	suffix  []uint16 // the next shorter state with an output, 0 for none
	length  []int    // of each pattern in bytes
}

// newMatcher builds the automaton. An empty pattern is ignored; of equal
// patterns the first one wins.
func newMatcher(patterns []string) *matcher {
	m := &matcher{columns: 1, length: make([]int, len(patterns))}
	for _, p := range patterns {
		for i := 0; i < len(p); i++ {
			if m.column[p[i]] == 0 {
				m.column[p[i]] = uint8(m.columns)
				m.columns++
			}
		}
	}
	size := 1 // an upper bound of the number of states
	for _, p := range patterns {
		size += len(p)
	}
	m.next = make([]uint16, 0, size*m.columns)
	m.addState()
	for n, p := range patterns {
		m.length[n] = len(p)
		if p == "" {
			continue
		}
		state := 0
		for i := 0; i < len(p); i++ {
			cell := state*m.columns + int(m.column[p[i]])
			if m.next[cell] == 0 {
				m.next[cell] = uint16(m.addState())
			}
			state = int(m.next[cell])
		}
		if m.out[state] < 0 {
			m.out[state] = int32(n)
		}
	}
	m.link()
	return m
}

func (m *matcher) addState() int {
	m.next = append(m.next, make([]uint16, m.columns)...)
	m.out = append(m.out, -1)
	m.suffix = append(m.suffix, 0)
	return len(m.out) - 1
}

// link completes the table breadth first: where no pattern goes on, the state
// of the longest suffix does.
func (m *matcher) link() {
	fail := make([]uint16, len(m.out))
	var queue []uint16
	for c := range m.columns {
		if s := m.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		f := fail[state]
		m.suffix[state] = m.suffix[f]
		if m.out[f] >= 0 {
			m.suffix[state] = f
		}
		for c := range m.columns {
			cell := int(state)*m.columns + c
			if s := m.next[cell]; s != 0 {
				fail[s] = m.next[int(f)*m.columns+c]
				queue = append(queue, s)
			} else {
				m.next[cell] = m.next[int(f)*m.columns+c]
			}
		}
	}
}

// find calls yield for every occurrence of every pattern, in order of its end,
// longest first at one end.
func (m *matcher) find(s string, yield func(pattern, start, end int)) {
	state := 0
	for i := 0; i < len(s); i++ {
		state = int(m.next[state*m.columns+int(m.column[s[i]])])
		for at := state; at != 0; at = int(m.suffix[at]) {
			if n := m.out[at]; n >= 0 {
				yield(int(n), i+1-m.length[n], i+1)
			}
		}
	}
}
