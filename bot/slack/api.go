package slack

import (
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

	slackgo "github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"hanwire/bot"
)

const (
	callTimeout = 30 * time.Second
	maxResponse = 8 << 20 // bytes of one answer of Slack's

	// What we wait when Slack says to wait but not how long, and the longest
	// wait that we believe.
	defaultRetry = 30 * time.Second
	maxRetry     = time.Hour
)

// call makes one call of the Web API and reads of the answer what out has: a
// server may say more, and say it otherwise, without harm. It retries nothing:
// a post that broke off may have got through, and the outbox knows better. Its
// errors are [*apiError], [*slackgo.RateLimitedError], [*statusError],
// [*unsentError] or those of a connection that broke.
func (c *Client) call(ctx context.Context, token, method string, params url.Values, out any) error {
	if token != "" {
		params.Set("token", token) // Slack takes it here or in the header; not every other server takes both
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.APIURL+method, strings.NewReader(params.Encode()))
	if err != nil {
		return &unsentError{errors.New("no address")}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := (&caller{http: c.http, token: token}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var answer struct {
		OK     *bool  `json:"ok"`
		Error  string `json:"error"`
		Needed string `json:"needed"`
	}
	err = json.Unmarshal(said, &answer)
	switch {
	case err == nil && answer.Error != "":
		return &apiError{Reason: answer.Error, Needed: answer.Needed}
	case resp.StatusCode != http.StatusOK:
		return &statusError{resp.StatusCode}
	case err != nil:
		return fmt.Errorf("answer: %w", err)
	case answer.OK != nil && !*answer.OK:
		return &apiError{Reason: "unknown_error"}
	case out == nil:
		return nil
	}
	if h, ok := out.(interface{ header(http.Header) }); ok {
		h.header(resp.Header)
	}
	if err := json.Unmarshal(said, out); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// apiError is a refusal, in Slack's word for it.
type apiError struct {
	Reason string
	Needed string // the scope that is missing
}

func (e *apiError) Error() string {
	if e.Needed != "" {
		return e.Reason + " (needs scope " + e.Needed + ")"
	}
	return e.Reason
}

// statusError is an answer that says no more than its HTTP status.
type statusError struct{ Status int }

func (e *statusError) Error() string { return fmt.Sprintf("HTTP %d", e.Status) }

// caller sends requests, ours and those of slack-go's socket. It adds the token
// as a header, bounds what is read, and tells requests that never went out from
// those that may have arrived.
type caller struct {
	http  *http.Client
	token string
}

// unsentError is the error of a request that never left.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

func (s *caller) Do(req *http.Request) (*http.Response, error) {
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), trace))
	if s.token != "" && req.Header.Get("Authorization") == "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		if !wrote.Load() {
			return nil, &unsentError{withoutURL(err)}
		}
		return nil, withoutURL(err)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		resp.Body.Close()
		return nil, &slackgo.RateLimitedError{RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxResponse), resp.Body}
	return resp, nil
}

// withoutURL takes the address out of an error of net/http: a response_url is
// a credential, and so may be a query.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// retryAfter reads a Retry-After header: seconds, whole ones by Slack's
// documents.
func retryAfter(s string) time.Duration {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0) {
		return defaultRetry
	}
	return max(time.Duration(min(n, maxRetry.Seconds())*float64(time.Second)), time.Second)
}

// losses are the answers of chat.postMessage and its kin that no further try
// will change (https://docs.slack.dev/reference/methods/chat.postMessage).
var losses = map[string]bot.Loss{
	"channel_not_found":                        bot.ChannelGone,
	"channel_is_deleted":                       bot.ChannelGone,
	"not_in_channel":                           bot.NotMember,
	"is_archived":                              bot.Archived,
	"account_inactive":                         bot.AccessRevoked,
	"token_revoked":                            bot.AccessRevoked,
	"token_expired":                            bot.AccessRevoked,
	"invalid_auth":                             bot.AccessRevoked,
	"not_authed":                               bot.AccessRevoked,
	"access_denied":                            bot.AccessRevoked,
	"team_access_not_granted":                  bot.AccessRevoked,
	"org_login_required":                       bot.AccessRevoked,
	"app_uninstalled":                          bot.AccessRevoked,
	"missing_scope":                            bot.MissingScope,
	"no_permission":                            bot.MissingScope,
	"not_allowed_token_type":                   bot.MissingScope,
	"restricted_action":                        bot.MissingScope,
	"ekm_access_denied":                        bot.MissingScope,
	"user_not_found":                           bot.DirectClosed,
	"user_disabled":                            bot.DirectClosed,
	"user_not_visible":                         bot.DirectClosed,
	"users_not_found":                          bot.DirectClosed,
	"cannot_dm_bot":                            bot.DirectClosed,
	"messages_tab_disabled":                    bot.DirectClosed,
	"restricted_action_read_only_channel":      bot.MissingScope,
	"restricted_action_thread_only_channel":    bot.MissingScope,
	"restricted_action_non_threadable_channel": bot.MissingScope,
}

// transient are answers that say "not now" and that nothing was done.
var transient = map[string]bool{
	"ratelimited":            true,
	"rate_limited":           true,
	"message_limit_exceeded": true,
	"service_unavailable":    true,
	"accesslimited":          true,
	"team_added_to_org":      true,
}

// broken are answers after which "some aspect of the operation" may have
// succeeded, in the words of Slack's documents.
var broken = map[string]bool{
	"internal_error":  true,
	"fatal_error":     true,
	"request_timeout": true,
}

// failure turns an error of a call into what [bot.Platform] promises.
// Repeatable says that doing the call again does no harm.
func failure(method string, err error, repeatable bool) error {
	wrap := func(err error) error { return fmt.Errorf("slack: %s: %w", method, withoutURL(err)) }
	unsure := func() error {
		if repeatable {
			return &bot.RetryError{After: defaultRetry, Err: wrap(err)}
		}
		return &bot.UnsureError{Err: wrap(err)}
	}
	if e, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
		return &bot.RetryError{After: e.RetryAfter, Err: wrap(err)}
	}
	if e, ok := errors.AsType[*apiError](err); ok {
		if loss, ok := losses[e.Reason]; ok {
			return &bot.LostError{Reason: loss, Err: wrap(err)}
		}
		switch {
		case transient[e.Reason]:
			return &bot.RetryError{After: defaultRetry, Err: wrap(err)}
		case broken[e.Reason]:
			return unsure()
		}
		return wrap(err)
	}
	if _, ok := errors.AsType[*unsentError](err); ok {
		return &bot.RetryError{After: defaultRetry, Err: wrap(err)}
	}
	if e, ok := errors.AsType[*statusError](err); ok {
		switch {
		case e.Status == http.StatusUnauthorized:
			return &bot.LostError{Reason: bot.AccessRevoked, Err: wrap(err)}
		case e.Status >= 300 && e.Status < 500:
			return wrap(err)
		}
	}
	return unsure()
}

// pace keeps to Slack's limits on this side: one message per second and
// channel with short bursts (https://docs.slack.dev/apis/web-api/rate-limits),
// and nothing to a method that said to wait.
type pace struct {
	mu       sync.Mutex // guards all
	channels map[string]*rate.Limiter
	closed   map[string]time.Time // workspace and method to when it opens again
}

const (
	perChannel = rate.Limit(1)
	burst      = 3
	maxPaced   = 10_000 // channels remembered
	maxPause   = 3 * time.Second
)

func newPace() *pace {
	return &pace{channels: map[string]*rate.Limiter{}, closed: map[string]time.Time{}}
}

// wait returns when a message may go to the channel, or a [*bot.RetryError] when
// that is too long to hold the caller up.
func (p *pace) wait(ctx context.Context, workspace, method, channel string) error {
	now := time.Now()
	p.mu.Lock()
	if until := p.closed[workspace+method]; now.Before(until) {
		p.mu.Unlock()
		return &bot.RetryError{After: until.Sub(now), Err: fmt.Errorf("slack: %s: waiting out a rate limit", method)}
	}
	key := workspace + "/" + channel
	l := p.channels[key]
	if l == nil {
		if len(p.channels) >= maxPaced {
			for k, l := range p.channels {
				if l.TokensAt(now) >= burst {
					delete(p.channels, k)
				}
			}
		}
		l = rate.NewLimiter(perChannel, burst)
		p.channels[key] = l
	}
	p.mu.Unlock()
	r := l.ReserveN(now, 1)
	d := r.DelayFrom(now)
	if d > maxPause {
		r.CancelAt(now)
		return &bot.RetryError{After: d, Err: errors.New("slack: keeping to one message per second and channel")}
	}
	if !bot.Sleep(ctx, d) {
		r.Cancel()
		return &bot.RetryError{After: d, Err: ctx.Err()}
	}
	return nil
}

// close remembers that a method must rest.
func (p *pace) close(workspace, method string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for k, t := range p.closed {
		if now.After(t) {
			delete(p.closed, k)
		}
	}
	p.closed[workspace+method] = now.Add(d)
}
