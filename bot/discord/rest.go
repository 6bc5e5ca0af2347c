package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"hanwire/bot"
)

const (
	callTimeout = 20 * time.Second
	maxResponse = 16 << 20 // bytes of one answer of Discord's

	// What we wait when Discord says to wait but not how long, the longest
	// wait that we believe, and the longest that a call waits instead of
	// telling its caller to come back.
	defaultRetry = 30 * time.Second
	maxRetry     = time.Hour
	maxPause     = 3 * time.Second
)

// rest makes calls of Discord's REST API: each once, bounded in time and size.
type rest struct {
	session *discordgo.Session
	base    string

	mu     sync.Mutex           // guards closed
	closed map[string]time.Time // route to when it opens again; "" is all of them
}

func newRest(o Options) (*rest, error) {
	s, err := discordgo.New("Bot " + o.Token)
	if err != nil {
		return nil, err
	}
	s.StateEnabled = false
	s.UserAgent = "DiscordBot (https://github.com/hanwire/hanwire, 1)"
	r := &rest{session: s, base: strings.TrimSuffix(o.APIURL, "/") + "/", closed: map[string]time.Time{}}
	client := http.Client{Timeout: callTimeout}
	if o.HTTP != nil {
		client = *o.HTTP
	}
	if client.Transport == nil {
		client.Transport = bot.NewTransport()
	}
	client.Transport = &transport{base: client.Transport, limits: r}
	// A redirect would take the token to another host.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.Client = &client
	return r, nil
}

// apiError is an answer that is no success.
type apiError struct {
	Status  int
	Code    int // https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
	Message string
	After   time.Duration // with status 429
}

func (e *apiError) Error() string {
	if e.Code != 0 {
		return fmt.Sprintf("HTTP %d: %s (%d)", e.Status, e.Message, e.Code)
	}
	return fmt.Sprintf("HTTP %d", e.Status)
}

// unsentError is the error of a request that never left.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// call makes one call; path is below the API's base. In and out may be nil.
// Its errors are [*apiError], [*unsentError], [*bot.RetryError] when a limit is
// being waited out and nothing was sent, or those of a connection that broke.
func (r *rest) call(ctx context.Context, method, path string, in, out any) error {
	route := routeOf(method, path)
	if err := r.wait(ctx, route); err != nil {
		return err
	}
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return &apiError{Status: http.StatusBadRequest, Message: err.Error()}
		}
	}
	// A bucket for each call: discordgo's own are kept for ever, and hold
	// their lock, deaf to ctx, through the call and through every wait.
	bucket := discordgo.NewRatelimiter().LockBucket(route)
	answer, err := r.session.RequestWithLockedBucket(method, r.base+path, "application/json", body, bucket, 0,
		discordgo.WithContext(context.WithValue(ctx, routeKey{}, route)), discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
	if err != nil {
		return withoutURL(err)
	}
	if out == nil || len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

type routeKey struct{}

// routeOf is what Discord counts together: method and path up to the id of a
// message, so that channels, guilds and webhooks are counted each.
func routeOf(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	if before, _, ok := strings.Cut(path, "/messages/"); ok {
		path = before + "/messages"
	}
	return method + " " + path
}

// withoutURL takes the address out of an error of net/http: the token of an
// interaction stands in it.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// wait returns when the route is open.
func (r *rest) wait(ctx context.Context, route string) error {
	r.mu.Lock()
	d := max(time.Until(r.closed[route]), time.Until(r.closed[""]))
	r.mu.Unlock()
	if d <= 0 {
		return nil
	}
	if d > maxPause || !bot.Sleep(ctx, d) {
		return &bot.RetryError{After: d, Err: errors.New("waiting out a rate limit")}
	}
	return nil
}

func (r *rest) close(route string, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for k, t := range r.closed {
		if now.After(t) {
			delete(r.closed, k)
		}
	}
	r.closed[route] = now.Add(d)
}

// transport turns every answer that is no success into an [*apiError] before
// discordgo sees it, bounds what is read, and tells requests that never went
// out from those that may have arrived.
type transport struct {
	base   http.RoundTripper
	limits *rest
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	route, _ := req.Context().Value(routeKey{}).(string)
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	resp, err := t.base.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		if !wrote.Load() {
			return nil, &unsentError{err}
		}
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if resp.Header.Get("X-RateLimit-Remaining") == "0" {
		if d, ok := seconds(resp.Header.Get("X-RateLimit-Reset-After")); ok {
			t.limits.close(route, min(d, maxRetry))
		}
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		resp.StatusCode = http.StatusOK // discordgo takes 202 for an error
		resp.Body = io.NopCloser(bytes.NewReader(body))
		resp.Header = http.Header{} // the bucket has no use for its limits
		return resp, nil
	}
	var said struct {
		Code    int      `json:"code"`
		Message string   `json:"message"`
		After   *float64 `json:"retry_after"`
		Global  bool     `json:"global"`
	}
	_ = json.Unmarshal(body, &said) // a proxy on the way answers with HTML
	e := &apiError{Status: resp.StatusCode, Code: said.Code, Message: said.Message}
	if resp.StatusCode == http.StatusTooManyRequests {
		e.After = defaultRetry
		if d, ok := seconds(resp.Header.Get("Retry-After")); ok {
			e.After = d
		}
		if said.After != nil && *said.After >= 0 && *said.After < maxRetry.Seconds() {
			e.After = time.Duration(*said.After * float64(time.Second))
		}
		e.After = min(max(e.After, 100*time.Millisecond), maxRetry)
		if said.Global || resp.Header.Get("X-RateLimit-Global") != "" {
			route = ""
		}
		t.limits.close(route, e.After)
	}
	return nil, e
}

func seconds(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e6 {
		return 0, false
	}
	return time.Duration(f * float64(time.Second)), true
}

// losses are answers that no further try will change.
var losses = map[int]bot.Loss{
	discordgo.ErrCodeUnknownChannel:               bot.ChannelGone,
	discordgo.ErrCodeUnknownGuild:                 bot.ChannelGone,
	discordgo.ErrCodeMissingAccess:                bot.NotMember,
	discordgo.ErrCodeMissingPermissions:           bot.MissingScope,
	discordgo.ErrCodeCannotSendMessagesToThisUser: bot.DirectClosed,
	discordgo.ErrCodeUnknownUser:                  bot.DirectClosed,
	codeNoMutualGuild:                             bot.DirectClosed,
	discordgo.ErrCodeUnauthorized:                 bot.AccessRevoked,
	codeInvalidToken:                              bot.AccessRevoked,
	codeThreadArchived:                            bot.Archived,
	codeThreadLocked:                              bot.Archived,
}

// Codes that discordgo does not name.
const (
	codeNoMutualGuild    = 50278
	codeInvalidToken     = 50014
	codeThreadArchived   = 50083
	codeThreadLocked     = 160005
	codeThreadExists     = 160004
	codeWrongChannelType = 50024
	codeNonTextChannel   = 50008
	codeOverloaded       = 130000
	codeDirectsTooFast   = 40003
	codeSlowmode         = 20016
	codeAcknowledged     = 40060
	codeUnknownWebhook   = 10015
)

// failure turns an error of a call into what [bot.Platform] promises.
// Repeatable says that doing the call again does no harm.
func failure(what string, err error, repeatable bool) error {
	wrapped := fmt.Errorf("discord: %s: %w", what, err)
	if e, ok := errors.AsType[*bot.RetryError](err); ok {
		return &bot.RetryError{After: e.After, Err: fmt.Errorf("discord: %s: %w", what, e.Err)}
	}
	if _, ok := errors.AsType[*unsentError](err); ok {
		return &bot.RetryError{After: defaultRetry, Err: wrapped}
	}
	e, answered := errors.AsType[*apiError](err)
	if answered {
		if loss, ok := losses[e.Code]; ok {
			return &bot.LostError{Reason: loss, Err: wrapped}
		}
		switch {
		case e.Status == http.StatusTooManyRequests:
			return &bot.RetryError{After: e.After, Err: wrapped}
		case e.Code == codeOverloaded, e.Code == codeDirectsTooFast, e.Code == codeSlowmode:
			return &bot.RetryError{After: defaultRetry, Err: wrapped}
		case e.Status == http.StatusUnauthorized:
			return &bot.LostError{Reason: bot.AccessRevoked, Err: wrapped}
		case e.Status == http.StatusForbidden:
			return &bot.LostError{Reason: bot.NotMember, Err: wrapped}
		case e.Status < 500:
			return wrapped
		}
	}
	if repeatable {
		return &bot.RetryError{After: defaultRetry, Err: wrapped}
	}
	return &bot.UnsureError{Err: wrapped}
}

// missing reports that a server does not know the address: it says so by the
// status alone, without the code of something that is not there.
func missing(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && e.Code == 0 && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented)
}

// codeOf is the code of Discord's answer, 0 when there is none.
func codeOf(err error) int {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e.Code
	}
	return 0
}
