package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	slackgo "github.com/slack-go/slack"

	"hanwire/bot"
)

// answerWithin bounds a handler; a response_url is good for 30 minutes.
const answerWithin = 10 * time.Minute

// What the adapter says of its own accord. It cannot know the person's
// language when it could not ask the bot.
const (
	apology   = "Something went wrong on our side. Please try again in a minute."
	formLate  = "That took too long, and Slack no longer lets the form open. Please try again."
	notForYou = "Hanwire is not installed in this workspace."
)

// answer hands a request to the handler and sends its reply.
func (c *Client) answer(ctx context.Context, in *inbox, r request) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	w, err := c.workspace(ctx, r.cmd.At.Workspace)
	if err != nil && !r.revoked {
		c.log.Warn("request not answered", "platform", Name, "workspace", r.cmd.At.Workspace, "err", err)
		if errors.Is(err, errForeign) && r.responseURL != "" {
			c.respondOnce(ctx, r, bot.Message{Fallback: notForYou, Private: true})
		}
		return
	}
	if r.cmd.Event == bot.Joined {
		who, err := w.identity(ctx)
		if err != nil {
			c.log.Warn("cannot tell who joined", "platform", Name, "err", err)
			return
		}
		if who.User != r.cmd.By.User {
			return
		}
		r.cmd.By.User = "" // the bot itself is nobody to answer
	}
	if r.revoked {
		if err := c.forget(ctx, r.cmd.At.Workspace); err != nil {
			c.log.Error("cannot forget a revoked token", "platform", Name, "workspace", r.cmd.At.Workspace, "err", err)
		}
	} else {
		c.complete(ctx, w, &r.cmd)
	}
	reply, err := in.Handle(ctx, in.h, r.cmd)
	if err != nil {
		c.log.Error("command failed", "platform", Name, "id", r.cmd.ID, "err", err)
		if r.cmd.Event != "" {
			return
		}
		reply = bot.Reply{Message: &bot.Message{Fallback: apology, Private: true}}
	}
	if r.cmd.Event == bot.Left {
		return // nothing can be said there any more
	}
	if err := c.send(ctx, w, r, reply); err != nil {
		c.log.Error("reply not sent", "platform", Name, "id", r.cmd.ID, "err", err)
	}
}

// send does what a reply asks for.
func (c *Client) send(ctx context.Context, w *workspace, r request, reply bot.Reply) error {
	var errs []error
	if reply.Form != nil {
		err := c.open(ctx, w, r, *reply.Form)
		if err != nil {
			errs = append(errs, err)
			reply.Message = &bot.Message{Fallback: formLate, Private: true}
			reply.Replace = false
		}
	}
	if reply.Home != nil && r.cmd.By.User != "" {
		blocks, _ := render(*reply.Home, maxViewBlocks)
		view := slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: blocks}}
		if err := w.call(ctx, "views.publish", url.Values{"user_id": {r.cmd.By.User}, "view": {asJSON(view)}}, nil); err != nil {
			errs = append(errs, fmt.Errorf("views.publish: %w", withoutURL(err)))
		}
	}
	if reply.Message != nil {
		if err := c.say(ctx, w, r, *reply.Message, reply.Replace); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// open shows a form, which Slack allows for three seconds after the request.
func (c *Client) open(ctx context.Context, w *workspace, r request, f bot.Form) error {
	meta := asJSON(origin{Channel: r.cmd.At.Channel, Message: r.cmd.Message, ResponseURL: r.responseURL})
	err := w.call(ctx, "views.open", url.Values{"trigger_id": {r.trigger}, "view": {asJSON(renderForm(f, meta))}}, nil)
	if err != nil {
		return fmt.Errorf("views.open: %w", withoutURL(err))
	}
	return nil
}

// say sends a message in answer to a request: through its response_url, which
// works wherever the command came from; where that is missing or used up, by
// the Web API.
func (c *Client) say(ctx context.Context, w *workspace, r request, m bot.Message, replace bool) error {
	var err error
	if r.responseURL != "" {
		err = c.insist(ctx, r, m, replace)
		if !errors.Is(err, errUsedUp) {
			return err
		}
	}
	channel, user, method := r.cmd.At.Channel, r.cmd.By.User, "chat.postMessage"
	extra := map[string]string{}
	switch {
	case replace && channel != "" && r.cmd.Message != "":
		method, extra["ts"] = "chat.update", r.cmd.Message
	case channel != "" && (!m.Private || r.cmd.Direct) && !r.home:
	case channel != "" && user != "" && !r.home:
		method, extra["user"] = "chat.postEphemeral", user
	case user != "":
		if channel, err = c.direct(ctx, w, r.cmd.By); err != nil {
			return err
		}
	default:
		return errors.New("nowhere to answer")
	}
	params := content(method, m)
	params.Set("channel", channel)
	for k, v := range extra {
		params.Set(k, v)
	}
	if err := w.call(ctx, method, params, nil); err != nil {
		return fmt.Errorf("%s: %w", method, withoutURL(err))
	}
	return nil
}

// respondTries is how often an answer is posted that does not get through.
const respondTries = 3

// insist responds until that gets through. What all can see is not said again
// when it may have been said: twice is worse there than not at all.
func (c *Client) insist(ctx context.Context, r request, m bot.Message, replace bool) error {
	for try := 1; ; try++ {
		err := c.respond(ctx, r, m, replace)
		wait := time.Duration(try) * time.Second
		limit, limited := errors.AsType[*slackgo.RateLimitedError](err)
		if limited {
			wait = limit.RetryAfter
		}
		_, unsent := errors.AsType[*unsentError](err)
		_, refused := errors.AsType[*refusedError](err)
		if err == nil || refused || errors.Is(err, errUsedUp) || try == respondTries || !(limited || unsent || replace || m.Private) {
			return err
		}
		if !bot.Sleep(ctx, wait) {
			return err
		}
	}
}

// respond posts to a response_url.
func (c *Client) respond(ctx context.Context, r request, m bot.Message, replace bool) error {
	blocks, text := render(m, maxMessageBlocks)
	no := false
	msg := &slackgo.WebhookMessage{
		Text:            escape(text),
		ResponseType:    slackgo.ResponseTypeInChannel,
		ReplaceOriginal: replace,
		UnfurlLinks:     &no,
		UnfurlMedia:     &no,
	}
	if len(blocks) > 0 {
		msg.Blocks = &slackgo.Blocks{BlockSet: blocks}
	}
	if m.Private {
		msg.ResponseType = slackgo.ResponseTypeEphemeral
	}
	return c.postResponse(ctx, r.responseURL, msg)
}

// errUsedUp says that a response_url took its five answers or is too old, and
// that nothing was shown.
var errUsedUp = errors.New("response_url is used up")

// postResponse is our own because slack-go does not read the answer, in which
// Slack says with status 200 that it refused the message.
func (c *Client) postResponse(ctx context.Context, url string, msg *slackgo.WebhookMessage) error {
	body, err := json.Marshal(msg)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return errors.New("response_url: no address")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := (&caller{http: c.http}).Do(req)
	if err != nil {
		return fmt.Errorf("response_url: %w", err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fmt.Errorf("response_url: %w", err)
	}
	var answer struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	_ = json.Unmarshal(said, &answer) // a bare "ok" is no JSON
	switch {
	case resp.StatusCode == http.StatusNotFound, answer.Error == "used_url", answer.Error == "expired_url":
		return errUsedUp
	case resp.StatusCode >= 500:
		return fmt.Errorf("response_url: HTTP %d", resp.StatusCode)
	case resp.StatusCode >= 300, answer.OK != nil && !*answer.OK:
		return &refusedError{resp.StatusCode, answer.Error}
	}
	return nil
}

// refusedError says that Slack does not take an answer as it is.
type refusedError struct {
	status int
	reason string
}

func (e *refusedError) Error() string {
	return fmt.Sprintf("response_url: HTTP %d %s", e.status, e.reason)
}

// respondOnce is respond where nothing more can be done about a failure.
func (c *Client) respondOnce(ctx context.Context, r request, m bot.Message) {
	if err := c.respond(ctx, r, m, false); err != nil {
		c.log.Warn("reply not sent", "platform", Name, "id", r.cmd.ID, "err", err)
	}
}
