package web

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter gives every client a rate of its own. It forgets clients that have
// been away long enough to have their whole allowance back.
type limiter struct {
	every rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	clients map[netip.Addr]*client
	swept   time.Time
}

type client struct {
	bucket *rate.Limiter
	seen   time.Time
}

// newLimiter allows perMinute requests a minute and burst of them at once; nil,
// which allows everything, when perMinute is zero.
func newLimiter(perMinute, burst int, now func() time.Time) *limiter {
	if perMinute == 0 {
		return nil
	}
	return &limiter{every: rate.Limit(float64(perMinute) / 60), burst: burst, now: now, clients: map[netip.Addr]*client{}}
}

// allow reports whether a client may ask now, and if not, when.
func (l *limiter) allow(who netip.Addr) (bool, time.Duration) {
	if l == nil {
		return true, 0
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	full := time.Duration(float64(l.burst) / float64(l.every) * float64(time.Second))
	if now.Sub(l.swept) > full {
		for a, c := range l.clients {
			if now.Sub(c.seen) > full {
				delete(l.clients, a)
			}
		}
		l.swept = now
	}
	c := l.clients[who]
	if c == nil {
		c = &client{bucket: rate.NewLimiter(l.every, l.burst)}
		l.clients[who] = c
	}
	c.seen = now
	if c.bucket.AllowN(now, 1) {
		return true, 0
	}
	return false, max(time.Second, time.Duration(float64(time.Second)/float64(l.every)))
}

// clientOf is the address that a request comes from. A proxy's word about it
// counts when the proxy is one of ours: the last address in X-Forwarded-For
// that is not. Of IPv6 one client has a whole /64.
func clientOf(r *http.Request, proxies []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	ours := func(a netip.Addr) bool {
		for _, p := range proxies {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	if ours(addr) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			if addr = a.Unmap(); !ours(addr) {
				break
			}
		}
	}
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}
