package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// policy lets a page show itself and its style sheet, send forms to us, and
// nothing else: whatever of a stranger's text should ever become markup stays
// dead (https://www.w3.org/TR/CSP3/).
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const (
	maxHeader = 32 << 10 // bytes
	maxBody   = 16 << 10 // of a form
	maxQuery  = 4 << 10  // of what stands behind the question mark
	pageTime  = 15 * time.Second
)

// Serve answers on l until ctx ends; whoever is being answered then gets a
// moment to read it.
func (m *Room) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: m, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(m.o.Log.Handler(), slog.LevelDebug), // clients that break off
	}
	ended := context.AfterFunc(ctx, func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		server.Shutdown(stop)
	})
	defer ended()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("reading room: %w", err)
	}
	return nil
}

// guard is what every request passes first: headers, host, rate, size.
func (m *Room) guard(next http.Handler) http.Handler {
	burst := max(20, m.o.Rate/6)
	limit := newLimiter(m.o.Rate, burst, m.o.Now)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "interest-cohort=()")
		h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		if !m.access.knows(r.Host) {
			http.Error(w, "This address does not belong to the reading room. Set web.url to the one that people use.", http.StatusMisdirectedRequest)
			return
		}
		if len(r.URL.RawQuery) > maxQuery {
			http.Error(w, "The address is too long.", http.StatusRequestURITooLong)
			return
		}
		if ok, wait := limit.allow(clientOf(r, m.o.Proxies)); !ok {
			h.Set("Retry-After", fmt.Sprint(int(wait.Seconds())))
			http.Error(w, "Too many requests. Wait a moment.", http.StatusTooManyRequests)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		ctx, cancel := context.WithTimeout(r.Context(), pageTime)
		defer cancel()
		next.ServeHTTP(w, withFormat(r.WithContext(ctx)))
	})
}

// knows reports whether host is one that we answer to. Where everybody on this
// machine may read, a page elsewhere whose name was pointed at this machine
// must not (DNS rebinding).
func (a *access) knows(host string) bool {
	if !a.open {
		return true
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(strings.ToLower(name), "[]")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsLoopback()
	}
	u, err := url.Parse(a.o.URL)
	return err == nil && a.o.URL != "" && strings.EqualFold(u.Hostname(), name)
}
