package web

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// cache keeps the last few values, each for a while. Of several who ask for the
// same value at once, one makes it and the others wait. It is safe for
// concurrent use; what is in it must not be changed.
type cache[K comparable, V any] struct {
	most int
	keep time.Duration
	now  func() time.Time

	mu    sync.Mutex
	order *list.List // of *entry[K, V], the last used first
	at    map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	ready chan struct{} // closed when value and err are there
	until time.Time
	value V
	err   error
}

// errUnmade is the error of a value whose making ended in a panic.
var errUnmade = errors.New("was not made")

func newCache[K comparable, V any](most int, keep time.Duration, now func() time.Time) *cache[K, V] {
	return &cache[K, V]{most: most, keep: keep, now: now, order: list.New(), at: map[K]*list.Element{}}
}

// get returns the value of a key, made by f when it is not there or too old.
// Errors are not kept.
func (c *cache[K, V]) get(ctx context.Context, key K, f func(context.Context) (V, error)) (V, error) {
	c.mu.Lock()
	if el, ok := c.at[key]; ok {
		e := el.Value.(*entry[K, V])
		if c.now().Before(e.until) {
			c.order.MoveToFront(el)
			c.mu.Unlock()
			select {
			case <-e.ready:
				if e.err == nil {
					return e.value, nil
				}
				return f(ctx) // the one who made it may have gone away
			case <-ctx.Done():
				return e.value, ctx.Err()
			}
		}
		c.drop(el)
	}
	e := &entry[K, V]{key: key, ready: make(chan struct{}), until: c.now().Add(c.keep), err: errUnmade}
	el := c.order.PushFront(e)
	c.at[key] = el
	for c.order.Len() > c.most {
		c.drop(c.order.Back())
	}
	c.mu.Unlock()

	defer close(e.ready)
	e.value, e.err = f(ctx)
	if e.err != nil {
		c.mu.Lock()
		c.drop(el)
		c.mu.Unlock()
	}
	return e.value, e.err
}

// drop takes an element out, if it is in. c.mu is held.
func (c *cache[K, V]) drop(el *list.Element) {
	key := el.Value.(*entry[K, V]).key
	if c.at[key] == el {
		delete(c.at, key)
		c.order.Remove(el)
	}
}
