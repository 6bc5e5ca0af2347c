package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
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

// api returns a client of Slack's Web API. It retries nothing: a post that
// broke off may have got through, and the outbox knows better.
func (c *Client) api(token string) *slackgo.Client {
	return slackgo.New(token,
		slackgo.OptionAPIURL(c.o.APIURL),
		slackgo.OptionAppLevelToken(c.o.AppToken),
		slackgo.OptionHTTPClient(&caller{http: c.http, token: token}),
	)
}

// caller sends requests for slack-go. It adds the token as a header, which
// slack-go leaves out where it puts it into the form, bounds what is read,
// and tells requests that never went out from those that may have arrived.
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

// retryAfter reads a Retry-After header: whole seconds, by Slack's documents.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return defaultRetry
	}
	return min(max(time.Duration(n)*time.Second, time.Second), maxRetry)
}

// explain adds to an error of Slack's what it says about scopes.
func explain(err error) error {
	if e, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok && e.Needed != "" {
		return fmt.Errorf("%w (needs scope %s)", err, e.Needed)
	}
	return withoutURL(err)
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
	wrap := func(err error) error { return fmt.Errorf("slack: %s: %w", method, explain(err)) }
	unsure := func() error {
		if repeatable {
			return &bot.RetryError{After: defaultRetry, Err: wrap(err)}
		}
		return &bot.UnsureError{Err: wrap(err)}
	}
	if e, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
		return &bot.RetryError{After: e.RetryAfter, Err: wrap(err)}
	}
	if e, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		if loss, ok := losses[e.Err]; ok {
			return &bot.LostError{Reason: loss, Err: wrap(err)}
		}
		switch {
		case transient[e.Err]:
			return &bot.RetryError{After: defaultRetry, Err: wrap(err)}
		case broken[e.Err]:
			return unsure()
		}
		return wrap(err)
	}
	if _, ok := errors.AsType[*unsentError](err); ok {
		return &bot.RetryError{After: defaultRetry, Err: wrap(err)}
	}
	if e, ok := errors.AsType[slackgo.StatusCodeError](err); ok {
		switch {
		case e.Code == http.StatusUnauthorized:
			return &bot.LostError{Reason: bot.AccessRevoked, Err: wrap(err)}
		case e.Code >= 300 && e.Code < 500:
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
