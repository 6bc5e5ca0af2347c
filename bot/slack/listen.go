package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"hanwire/bot"
)

const (
	maxFrame = 1 << 20 // bytes of one websocket message; Slack's are far smaller

	// Slack pings every few seconds. A compatible server need not, so a silent
	// connection is dropped late; TCP keep-alive finds a dead one within
	// half a minute.
	pingWithin = 3 * time.Minute
	ackWithin  = 3 * time.Second

	goodAfter   = 30 * time.Second // a connection that lasted so long was a good one
	shortRest   = time.Second      // before coming back after one that did not
	longestRest = time.Minute
)

// opener opens connections, one after another. slack-go rests after one that
// was refused; one that was taken and dropped at once it would open again at
// once, for as long as that goes on.
type opener struct {
	caller
	opened time.Time // when the last that was not refused was; zero before
	rest   time.Duration
}

func (o *opener) Do(req *http.Request) (*http.Response, error) {
	switch {
	case o.opened.IsZero():
	case time.Since(o.opened) > goodAfter:
		o.rest = 0
	default:
		o.rest = min(max(2*o.rest, shortRest), longestRest)
		if !bot.Sleep(req.Context(), o.rest/2+rand.N(o.rest/2)) { // many bots come back at the same moment
			return nil, req.Context().Err()
		}
	}
	resp, err := o.caller.Do(req)
	if err == nil && resp.StatusCode == http.StatusOK {
		o.opened = time.Now()
	}
	return resp, err
}

// inbox runs what was received.
type inbox struct {
	*bot.Inbox
	c *Client
	h bot.Handler
}

// take answers a request that has been acknowledged, and returns at once. A
// request that came before, or that finds too many others, is dropped.
func (in *inbox) take(r request) {
	if !in.c.seen.Put(r.cmd.ID, struct{}{}) {
		return
	}
	if !in.Go(func(ctx context.Context) { in.c.answer(ctx, in, r) }) {
		in.c.log.Warn("request dropped: too many at once", "platform", Name)
	}
}

// fatal are errors of apps.connections.open that trying again does not mend.
var fatal = map[string]string{
	"invalid_auth":           "the app token is not valid",
	"not_authed":             "the app token is missing",
	"account_inactive":       "the app was removed from the workspace",
	"token_revoked":          "the app token was revoked",
	"not_allowed_token_type": "the app token is no app-level token (xapp-…)",
	"missing_scope":          "the app token lacks connections:write",
	"forbidden_team":         "Socket Mode is switched off for the app",
}

func fatalReason(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	reason, ok := fatal[err.Error()]
	return reason, ok
}

// listenSocket keeps a Socket Mode connection until ctx ends.
func (c *Client) listenSocket(ctx context.Context, in *inbox) error {
	if c.o.TokenStore == nil {
		w, err := c.workspace(ctx, "")
		if err != nil {
			return err
		}
		if _, err := w.identity(ctx); err != nil {
			if reason, ok := fatalReason(err); ok {
				return fmt.Errorf("slack: bot token: %w (%s)", err, reason)
			}
			c.log.Warn("cannot ask who the bot is, going on", "platform", Name, "err", err)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dialer := &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: callTimeout,
		WriteBufferSize:  32 << 10, // Slack does not put fragmented messages together
		NetDialContext: (&net.Dialer{Timeout: callTimeout, KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}}).DialContext,
	}
	api := slackgo.New(c.o.BotToken, slackgo.OptionAPIURL(c.o.APIURL), slackgo.OptionAppLevelToken(c.o.AppToken),
		slackgo.OptionHTTPClient(&opener{caller: caller{http: c.http}}))
	sm := socketmode.New(api,
		socketmode.OptionDialer(dialer),
		socketmode.OptionReadLimit(maxFrame),
		socketmode.OptionPingInterval(c.pingWithin),
		// slack-go's own log names what people said.
		socketmode.OptionLog(log.New(io.Discard, "", 0)),
	)
	done := make(chan error, 1)
	go func() { done <- sm.RunContext(ctx) }()
	var failed error
	for {
		select {
		case err := <-done:
			switch {
			case failed != nil:
				return failed
			case ctx.Err() != nil:
				return nil
			}
			if reason, ok := fatalReason(err); ok {
				return fmt.Errorf("slack: app token: %w (%s)", err, reason)
			}
			return fmt.Errorf("slack: socket: %w", withoutURL(err))
		case ev := <-sm.Events:
			if err := c.socketEvent(ctx, sm, in, ev); err != nil {
				failed = err
				cancel()
			}
		}
	}
}

// socketEvent acknowledges one message of the socket and passes it on. Its
// error ends the connection for good.
func (c *Client) socketEvent(ctx context.Context, sm *socketmode.Client, in *inbox, ev socketmode.Event) error {
	req := ev.Request
	switch ev.Type {
	case socketmode.EventTypeHello:
		c.log.Info("connected", "platform", Name)
		return nil
	case socketmode.EventTypeConnectionError:
		if e, ok := ev.Data.(*slackgo.ConnectionErrorEvent); ok {
			if reason, ok := fatalReason(e.ErrorObj); ok {
				return fmt.Errorf("slack: app token: %w (%s)", e.ErrorObj, reason)
			}
			c.log.Warn("cannot connect, trying again", "platform", Name, "attempt", e.Attempt, "err", withoutURL(e.ErrorObj))
		}
		return nil
	case socketmode.EventTypeErrorBadMessage:
		// slack-go refuses a whole message for one odd block in it; what we
		// need of it may well be readable.
		e, ok := ev.Data.(*socketmode.ErrorBadMessage)
		if !ok {
			return nil
		}
		req = new(socketmode.Request)
		if err := json.Unmarshal(e.Message, req); err != nil {
			c.log.Warn("message of the socket cannot be read", "platform", Name, "err", err)
			return nil
		}
	}
	if req == nil || req.EnvelopeID == "" {
		return nil
	}
	ackCtx, cancel := context.WithTimeout(ctx, ackWithin)
	err := sm.AckCtx(ackCtx, req.EnvelopeID, nil)
	cancel()
	if err != nil {
		// Slack will send it again.
		c.log.Warn("cannot acknowledge", "platform", Name, "err", err)
		return nil
	}
	r, ok, err := c.read(req.Type, req.Payload)
	if err != nil {
		c.log.Warn("request cannot be read", "platform", Name, "type", req.Type, "err", err)
		return nil
	}
	if ok {
		if r.cmd.ID == "" {
			r.cmd.ID = req.EnvelopeID
		}
		in.take(r)
	}
	return nil
}
