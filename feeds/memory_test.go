package feeds

import (
	"context"
	"sync"
)

// memory is what a store knows of entries, by the rules that Known and
// PollResult give.
type memory struct {
	mu   sync.Mutex
	keys map[string]string // key to entry id
	seen map[string]Seen   // by entry id
	err  error
}

func newMemory() *memory { return &memory{keys: map[string]string{}, seen: map[string]Seen{}} }

func (m *memory) add(e Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[e.ID] = Seen{EntryID: e.ID, Fingerprint: e.Fingerprint, Deleted: m.seen[e.ID].Deleted}
	for _, k := range e.Keys {
		if m.keys[e.Feed+k] == "" {
			m.keys[e.Feed+k] = e.ID
		}
	}
}

func (m *memory) Known(_ context.Context, feedID string, keys []string) (map[string]Seen, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return nil, m.err
	}
	found := map[string]Seen{}
	for _, k := range keys {
		if id := m.keys[feedID+k]; id != "" {
			found[k] = m.seen[id]
		}
	}
	return found, nil
}

func (m *memory) count(feedID string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := map[string]bool{}
	for k, id := range m.keys {
		if len(k) > len(feedID) && k[:len(feedID)] == feedID {
			ids[id] = true
		}
	}
	return len(ids)
}
