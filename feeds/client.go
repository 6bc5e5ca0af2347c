package feeds

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	"github.com/andybalholm/brotli"
	"golang.org/x/net/http/httpguts"
)

// Options configure a [Client]. The zero value is a client for the open
// internet with the documented defaults.
type Options struct {
	Version     string                  // of the program, in the User-Agent; empty: "dev"
	Contact     string                  // URL or mail address in the User-Agent, for the operator of a server who wants to complain
	Subscribers func(feedID string) int // how many subscriptions a feed serves, in the User-Agent; nil: left out

	Transport    http.RoundTripper // replaces network, proxy and address checks altogether; for tests
	Proxy        *url.URL          // a trusted hop: names are resolved behind it and their addresses are not checked
	AllowPrivate bool              // lets private addresses and any port through; for the demo and tests on loopback

	Timeout  time.Duration // for one document, with its redirects and body, waiting for turns aside; 30 s
	HostWait time.Duration // how long Poll and Read wait for their turn at a host before they put it off; 15 s; negative: not at all
	Spacing  time.Duration // between two requests to one registrable domain; 2 s; negative: none
	Hosts    Hosts         // whose turn it is at which host; nil: in memory, for this process alone
}

// Client fetches feeds and pages over one shared transport. It is safe for
// concurrent use and keeps no state but its connections and, unless given
// [Options].Hosts, its turns.
type Client struct {
	opts     Options
	http     *http.Client
	hosts    Hosts
	guardian *ssrf.Guardian // nil: any address
}

const (
	dialTimeout    = 10 * time.Second
	headerTimeout  = 15 * time.Second
	idleTimeout    = 60 * time.Second
	maxRedirects   = 5
	paceWindow     = 5 * time.Second
	minPace        = 1 << 10   // bytes of a body in each window; less is nobody's news but somebody's trap
	maxRatio       = 200       // decoded to sent bytes; text compresses to a tenth, a bomb to a thousandth
	maxHeaderBytes = 256 << 10 // of a response
)

// RetryError says that a page could not be read now, and when to try again.
type RetryError struct {
	After  time.Duration // at the earliest; never zero
	Reason Reason
	Detail string
}

func (e *RetryError) Error() string {
	return fmt.Sprintf("%s: %s (again in %s)", e.Reason, e.Detail, e.After.Round(time.Second))
}

// NewClient returns a client, or an error that names the option that is wrong.
func NewClient(o Options) (*Client, error) {
	o.Version = cmp.Or(o.Version, "dev")
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.HostWait = max(0, cmp.Or(o.HostWait, 15*time.Second))
	o.Spacing = max(0, cmp.Or(o.Spacing, 2*time.Second))
	if o.Timeout < 0 {
		return nil, errors.New("feeds: Timeout is negative")
	}
	if strings.ContainsAny(o.Contact+o.Version, "\r\n()") {
		return nil, errors.New("feeds: Version and Contact stand in a header and hold no brackets or line breaks")
	}
	if o.Proxy != nil && o.Proxy.Scheme != "http" && o.Proxy.Scheme != "https" && o.Proxy.Scheme != "socks5" {
		return nil, fmt.Errorf("feeds: Proxy has scheme %q, want http, https or socks5", o.Proxy.Scheme)
	}
	c := &Client{opts: o, hosts: o.Hosts}
	if c.hosts == nil {
		c.hosts = NewMemoryHosts()
	}
	transport := o.Transport
	if transport == nil {
		dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: idleTimeout}
		if !o.AllowPrivate {
			c.guardian = ssrf.New()
			if o.Proxy == nil {
				dialer.Control = c.guardian.Safe // after name resolution: a name cannot change its address in between
			}
		}
		t := &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           500,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        idleTimeout,
			TLSHandshakeTimeout:    dialTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			DisableCompression:     true, // we count the bytes on both sides ourselves
		}
		if o.Proxy != nil {
			t.Proxy = http.ProxyURL(o.Proxy)
		}
		transport = t
	}
	c.http = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// request is one document to be fetched.
type request struct {
	url        string
	feedID     string // empty for pages
	accept     string
	validators Validators
	limit      int  // bytes of the decoded body
	cut        bool // a longer body is cut, and not refused
}

// response is a final response with its body. Body is empty unless the status
// is a success.
type response struct {
	status    int
	header    http.Header
	body      []byte
	cut       bool
	url       string // after redirects
	permanent string // where the leading permanent redirects led; empty when there were none
	sent      bool   // validators were sent with the final request
}

// fetchError is a fetch without a usable response.
type fetchError struct {
	reason Reason
	detail string
	wait   time.Duration // with ReasonWaiting
}

func (e *fetchError) Error() string { return string(e.reason) + ": " + e.detail }

const (
	acceptFeed = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
	acceptPage = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
)

// fetch gets a document, following redirects itself: each hop is checked, has
// its turn at its host, and gets validators only if they came from that URL.
// finish must be called once with the time from which the host may be asked
// again, zero for the usual spacing.
func (c *Client) fetch(ctx context.Context, r request, now time.Time) (resp response, finish func(until time.Time), err error) {
	start := time.Now()
	at := func() time.Time { return now.Add(time.Since(start)) }
	domain, release := "", func(time.Time) {}
	finish = func(until time.Time) {
		if next := at().Add(c.opts.Spacing); until.Before(next) {
			until = next
		}
		release(until)
		release = func(time.Time) {}
	}
	defer func() {
		if err != nil {
			finish(time.Time{})
		}
	}()
	u, err := url.Parse(strings.TrimSpace(r.url))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return resp, finish, &fetchError{reason: ReasonAddress, detail: "not an http or https URL"}
	}
	permanent, left := true, c.opts.Timeout
	for hop := 0; ; hop++ {
		if err := c.checkLiteral(u); err != nil {
			return resp, finish, err
		}
		if d := RegistrableDomain(u.String()); d != domain {
			finish(time.Time{})
			domain = d
			if release, err = c.turn(ctx, d, at); err != nil {
				release = func(time.Time) {}
				return resp, finish, err
			}
		}
		hopCtx, cancel := context.WithTimeout(ctx, left)
		asked := time.Now()
		next, err := c.hop(hopCtx, u, r, &resp)
		left -= time.Since(asked)
		cancel()
		if err != nil {
			return resp, finish, err
		}
		if next == nil {
			return resp, finish, nil
		}
		if hop == maxRedirects {
			return resp, finish, &fetchError{reason: ReasonRedirect, detail: fmt.Sprintf("more than %d redirects", maxRedirects)}
		}
		if permanent = permanent && (resp.status == http.StatusMovedPermanently || resp.status == http.StatusPermanentRedirect); permanent {
			resp.permanent = next.String()
		}
		u = next
	}
}

// hop makes one request. It returns the target of a redirect, or nil when the
// response is final.
func (c *Client) hop(ctx context.Context, u *url.URL, r request, resp *response) (next *url.URL, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &fetchError{reason: ReasonAddress, detail: "not a usable URL"}
	}
	req.Header.Set("User-Agent", c.userAgent(r.feedID))
	req.Header.Set("Accept", r.accept)
	req.Header.Set("Accept-Encoding", "gzip, br")
	resp.sent = false
	if v := r.validators; v.URL == u.String() && (v.ETag != "" || v.LastModified != "") {
		if v.ETag != "" {
			req.Header.Set("If-None-Match", v.ETag)
		}
		if v.LastModified != "" {
			req.Header.Set("If-Modified-Since", v.LastModified)
		}
		resp.sent = true
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, classify(err)
	}
	defer res.Body.Close()
	resp.status, resp.header, resp.url = res.StatusCode, res.Header, u.String()
	switch res.StatusCode {
	case 301, 302, 303, 307, 308:
		drain(res.Body)
		target, err := u.Parse(res.Header.Get("Location"))
		if err != nil || res.Header.Get("Location") == "" {
			return nil, &fetchError{reason: ReasonRedirect, detail: "redirect without a target"}
		}
		if target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
			return nil, &fetchError{reason: ReasonAddress, detail: "redirect to something that is no http or https URL"}
		}
		if !strings.EqualFold(target.Host, u.Host) || target.Scheme == "http" && u.Scheme == "https" {
			target.User = nil // credentials are for the host they were given for
		}
		target.Fragment, target.RawFragment = "", ""
		return target, nil
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		drain(res.Body)
		return nil, nil
	}
	slow := &fetchError{reason: ReasonTimeout, detail: fmt.Sprintf("sends less than %d kB in %s", minPace>>10, paceWindow)}
	pace := time.AfterFunc(paceWindow, func() { cancel(slow) })
	defer pace.Stop()
	got := 0
	res.Body = watched{res.Body, func(n int) {
		if got += n; got >= minPace {
			got = 0
			pace.Reset(paceWindow)
		}
	}}
	resp.body, resp.cut, err = readBody(res, r.limit, r.cut)
	switch fe, ok := errors.AsType[*fetchError](err); {
	case err == nil:
		return nil, nil
	case ok:
		return nil, fe
	case context.Cause(ctx) == slow:
		return nil, slow
	}
	return nil, classify(err)
}

// watched tells of what is read.
type watched struct {
	io.ReadCloser
	read func(n int)
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.read(n)
	return n, err
}

// drain reads a little of a body that nobody wants, so that the connection can
// be used again.
func drain(r io.Reader) { io.CopyN(io.Discard, r, 16<<10) }

// readBody decodes at most limit bytes, counting what came over the wire.
func readBody(res *http.Response, limit int, cut bool) (body []byte, wasCut bool, err error) {
	wire := &countingReader{r: res.Body}
	var r io.Reader = wire
	encoding := strings.ToLower(strings.TrimSpace(strings.Join(res.Header.Values("Content-Encoding"), ",")))
	switch encoding {
	case "gzip", "x-gzip":
		if r, err = gzip.NewReader(wire); err != nil {
			return nil, false, &fetchError{reason: ReasonEncoding, detail: "not gzip, though it says so"}
		}
	case "br":
		r = brotli.NewReader(wire)
	case "", "identity", "none", "utf-8":
	default:
		return nil, false, &fetchError{reason: ReasonEncoding, detail: "sent as " + strconv.Quote(clip(encoding, 40)) + ", which was not asked for"}
	}
	var b bytes.Buffer
	if n := res.ContentLength; n > 0 && n < int64(limit) && encoding == "" {
		b.Grow(int(n) + bytes.MinRead)
	}
	chunk := make([]byte, 32<<10)
	for {
		n, err := r.Read(chunk)
		b.Write(chunk[:n])
		if b.Len() > 1<<20 && int64(b.Len()) > maxRatio*wire.n {
			return nil, false, &fetchError{reason: ReasonTooLarge, detail: fmt.Sprintf("unpacks to more than %d times its size", maxRatio)}
		}
		if b.Len() > limit {
			if !cut {
				return nil, false, &fetchError{reason: ReasonTooLarge, detail: fmt.Sprintf("more than %d MB", limit>>20)}
			}
			return b.Bytes()[:limit], true, nil
		}
		switch {
		case err == io.EOF:
			return b.Bytes(), false, nil
		case errors.Is(err, io.ErrUnexpectedEOF) && b.Len() > 0:
			return b.Bytes(), true, nil // what came is worth reading
		case encoding == "br" && wire.sound && err != nil: // brotli's own errors cannot be told by name
			if b.Len() == 0 {
				return nil, false, &fetchError{reason: ReasonEncoding, detail: "not brotli, though it says so"}
			}
			return b.Bytes(), true, nil
		case errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum):
			return b.Bytes(), true, nil
		case err != nil:
			return nil, false, err
		}
	}
}

type countingReader struct {
	r     io.Reader
	n     int64
	sound bool // the wire itself has not failed
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.sound = err == nil || err == io.EOF
	return n, err
}

// userAgent names the program, whom to ask about it, and for feeds what the
// request is for: one request may stand for many readers.
func (c *Client) userAgent(feedID string) string {
	parts := []string{"feed reader"}
	if c.opts.Contact != "" {
		parts[0] = "+" + c.opts.Contact
	}
	if feedID != "" {
		parts = append(parts, feedID)
		if c.opts.Subscribers != nil {
			parts = append(parts, fmt.Sprintf("%d subscribers", c.opts.Subscribers(feedID)))
		}
	}
	return fmt.Sprintf("Hanwire/%s (%s)", c.opts.Version, strings.Join(parts, "; "))
}

// checkLiteral refuses addresses written out in a URL, which a proxy would
// otherwise reach for us.
func (c *Client) checkLiteral(u *url.URL) error {
	if c.guardian == nil {
		return nil
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") {
		return &fetchError{reason: ReasonAddress, detail: "a private name"}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if port != "80" && port != "443" {
		return &fetchError{reason: ReasonAddress, detail: "port " + clip(port, 5) + " is not allowed"}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	network := "tcp4"
	if addr.Is6() {
		network = "tcp6"
	}
	if err := c.guardian.Safe(network, net.JoinHostPort(addr.Unmap().WithZone("").String(), port), nil); err != nil {
		return &fetchError{reason: ReasonAddress, detail: "a private or reserved address"}
	}
	return nil
}

// classify says in our words why a request failed. The error's own text holds
// the URL, and with it may hold credentials.
func classify(err error) *fetchError {
	var (
		dns      *net.DNSError
		cert     *tls.CertificateVerificationError
		record   tls.RecordHeaderError
		alert    tls.AlertError
		host     x509.HostnameError
		timeout  net.Error
		unwanted *fetchError
	)
	switch {
	case errors.As(err, &unwanted):
		return unwanted
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return &fetchError{reason: ReasonAddress, detail: "a private or reserved address"}
	case errors.Is(err, ssrf.ErrProhibitedPort):
		return &fetchError{reason: ReasonAddress, detail: "port is not allowed"}
	case errors.As(err, &dns) && !dns.IsTimeout:
		return &fetchError{reason: ReasonDNS, detail: "no address for " + clip(dns.Name, 100)}
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &host):
		return &fetchError{reason: ReasonTLS, detail: "no secure connection: " + clip(innermost(err).Error(), 200)}
	case errors.As(err, &dns):
		return &fetchError{reason: ReasonDNS, detail: "names are not resolved in time"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &fetchError{reason: ReasonTimeout, detail: "no answer in time"}
	}
	return &fetchError{reason: ReasonNetwork, detail: clip(oneLine(innermost(err).Error()), 200)}
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// validator returns the first value of a header that can be sent back as it is.
func validator(h http.Header, name string) string {
	v := h.Get(name)
	if len(v) > 1024 || !httpguts.ValidHeaderFieldValue(v) {
		return ""
	}
	return v
}
