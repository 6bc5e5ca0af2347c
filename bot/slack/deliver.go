package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"hanwire/bot"
)

// keyEvent is the event_type of the metadata that carries [bot.Delivery].Key.
const keyEvent = "hanwire_delivery"

const (
	deliverTimeout = 40 * time.Second
	settleTime     = time.Second     // until a message that got through can be seen
	clockSkew      = time.Minute     // between our clock and Slack's
	lookAgain      = 3 * time.Second // after a look-up that failed
	maxHistory     = 1000            // messages looked through for one that may have got through
)

// Deliver implements [bot.Platform]. Slack knows no idempotent post: a message
// that may have got through is looked for by its key where the app may look,
// which on Slack takes the history scopes; elsewhere such a delivery ends as a
// [*bot.UnsureError].
func (c *Client) Deliver(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	place := d.To
	if d.Kind == bot.Direct {
		place = bot.Place{Platform: Name, Workspace: d.Person.Workspace}
	}
	w, err := c.workspace(ctx, place.Workspace)
	switch {
	case errors.Is(err, errForeign):
		return bot.Receipt{}, &bot.LostError{Reason: bot.AccessRevoked, Err: fmt.Errorf("slack: %w", err)}
	case err != nil:
		return bot.Receipt{}, failure("auth.test", err, true)
	}
	if d.Kind == bot.Direct {
		if place.Channel, err = c.direct(ctx, w, d.Person); err != nil {
			return bot.Receipt{}, err
		}
	}
	if place.Channel == "" {
		return bot.Receipt{}, errors.New("slack: a delivery without a channel")
	}
	p := post{c: c, w: w, place: place, d: d}
	if d.Kind == bot.Edit {
		return p.edit(ctx)
	}
	return p.create(ctx)
}

// Finds implements [bot.Finder]. Whether the app may look is known once it was
// tried: without the scopes Slack says so.
func (c *Client) Finds(d bot.Delivery) bool {
	key := d.To.Workspace
	switch {
	case c.o.TokenStore == nil:
		key = ""
	case d.Kind == bot.Direct:
		key = d.Person.Workspace
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.workspaces[key]
	return d.Kind == bot.Edit || w == nil || !w.noHistory.Load()
}

// direct opens the direct message with a person.
func (c *Client) direct(ctx context.Context, w *workspace, p bot.Person) (string, error) {
	if id, ok := c.directs.Get(p); ok {
		return id, nil
	}
	var answer struct {
		Channel id `json:"channel"`
	}
	err := w.call(ctx, "conversations.open", url.Values{"users": {p.User}}, &answer)
	if needsNoOpening(err) || err == nil && answer.Channel.ID == "" {
		return p.User, nil
	}
	if err != nil {
		return "", failure("conversations.open", err, true)
	}
	c.directs.Put(p, answer.Channel.ID)
	return answer.Channel.ID, nil
}

// needsNoOpening reports that the direct message cannot be opened in advance,
// as without im:write. A message to the person's ID opens it as well.
func needsNoOpening(err error) bool {
	return isOneOf(err, "missing_scope", "unknown_method")
}

// isOneOf reports whether err is one of these refusals, or says by its status
// that the server does not know the method.
func isOneOf(err error, reasons ...string) bool {
	if e, ok := errors.AsType[*apiError](err); ok {
		return slices.Contains(reasons, e.Reason)
	}
	e, ok := errors.AsType[*statusError](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented)
}

// post is one delivery under way.
type post struct {
	c     *Client
	w     *workspace
	place bot.Place
	d     bot.Delivery
}

// content is what a message says, as parameters of a call to method.
func content(method string, m bot.Message) url.Values {
	blocks, text := render(m, maxMessageBlocks)
	params := url.Values{"text": {escape(text)}}
	if len(blocks) > 0 {
		params.Set("blocks", asJSON(blocks))
	}
	if method == "chat.postMessage" { // no other method knows them
		params.Set("unfurl_links", "false")
		params.Set("unfurl_media", "false")
	}
	return params
}

// asJSON is v, which is made of our own types and has a form in JSON.
func asJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSpace(b.String())
}

// posted is the answer to a message that was taken.
type posted struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// edit needs no care: doing it again gives the same.
func (p post) edit(ctx context.Context) (bot.Receipt, error) {
	const method = "chat.update"
	if err := p.c.pace.wait(ctx, p.w.id, method, p.place.Channel); err != nil {
		return bot.Receipt{}, err
	}
	params := content(method, p.d.Message)
	params.Set("channel", p.place.Channel)
	params.Set("ts", p.d.Parent)
	var answer posted
	if err := p.w.call(ctx, method, params, &answer); err != nil {
		return bot.Receipt{}, p.failed(method, err, true)
	}
	return p.receipt(ctx, answer.Channel, cmp.Or(answer.TS, p.d.Parent), false), nil
}

func (p post) create(ctx context.Context) (bot.Receipt, error) {
	const method = "chat.postMessage"
	if p.d.Attempt > 1 {
		ts, err := p.find(ctx)
		if err != nil {
			return bot.Receipt{}, err
		}
		if ts != "" {
			return p.receipt(ctx, p.place.Channel, ts, true), nil
		}
	}
	if err := p.c.pace.wait(ctx, p.w.id, method, p.place.Channel); err != nil {
		return bot.Receipt{}, err
	}
	params := content(method, p.d.Message)
	params.Set("channel", p.place.Channel)
	params.Set("metadata", asJSON(metadata{keyEvent, map[string]string{"key": p.d.Key}}))
	if p.d.Kind == bot.Answer {
		params.Set("thread_ts", p.d.Parent)
	}
	var answer posted
	err := p.w.call(ctx, method, params, &answer)
	if err == nil {
		if answer.TS == "" {
			return bot.Receipt{}, &bot.UnsureError{Err: errors.New("slack: chat.postMessage: no ts in the answer")}
		}
		return p.receipt(ctx, answer.Channel, answer.TS, false), nil
	}
	err = p.failed(method, err, false)
	if _, ok := errors.AsType[*bot.UnsureError](err); !ok || p.w.noHistory.Load() {
		return bot.Receipt{}, err
	}
	return p.resolve(ctx, err)
}

// metadata goes with a message, unseen
// (https://docs.slack.dev/messaging/message-metadata).
type metadata struct {
	Type    string            `json:"event_type"`
	Payload map[string]string `json:"event_payload"`
}

// resolve finds out whether a post that broke off got through.
func (p post) resolve(ctx context.Context, unsure error) (bot.Receipt, error) {
	if !bot.Sleep(ctx, settleTime) {
		return bot.Receipt{}, unsure
	}
	ts, err := p.find(ctx)
	switch {
	case err != nil:
		return bot.Receipt{}, unsure
	case ts == "":
		return bot.Receipt{}, &bot.RetryError{After: defaultRetry, Err: errors.Unwrap(unsure)}
	}
	return p.receipt(ctx, p.place.Channel, ts, true), nil
}

// failed turns an error into the delivery's, and remembers what it says about
// the time to come.
func (p post) failed(method string, err error, repeatable bool) error {
	if e, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
		p.c.pace.close(p.w.id, method, e.RetryAfter)
	}
	if p.d.Kind == bot.Direct {
		p.c.directs.Drop(p.d.Person)
	}
	err = failure(method, err, repeatable)
	if e, ok := errors.AsType[*bot.LostError](err); ok && p.d.Kind == bot.Direct && e.Reason == bot.ChannelGone {
		e.Reason = bot.DirectClosed
	}
	return err
}

// find looks for a message with the delivery's key among those posted since
// its first attempt, for as long as there is hope of an answer, and returns its
// ts, or nothing when there is none. Without an answer the delivery is unsure:
// "try again" would say that nothing was sent.
func (p post) find(ctx context.Context) (string, error) {
	for {
		ts, err := p.history(ctx)
		if err == nil {
			return ts, nil
		}
		if isOneOf(err, "missing_scope", "unknown_method", "not_allowed_token_type") {
			p.w.noHistory.Store(true)
			return "", &bot.UnsureError{Err: fmt.Errorf("slack: an earlier attempt may have got through, and cannot be looked up without the history scopes: %w", err)}
		}
		wait := lookAgain
		if e, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
			wait = e.RetryAfter
		}
		again, _ := errors.AsType[*bot.RetryError](failure("history", err, true))
		end, _ := ctx.Deadline()
		if again == nil || time.Until(end) <= wait || !bot.Sleep(ctx, wait) {
			return "", &bot.UnsureError{Err: fmt.Errorf("slack: looking for an earlier attempt: %w", withoutURL(err))}
		}
	}
}

// found is a message as Slack lists it.
type found struct {
	TS       string          `json:"ts"`
	Text     string          `json:"text"`
	BotID    string          `json:"bot_id"`
	User     string          `json:"user"`
	Metadata json.RawMessage `json:"metadata"`
}

// is reports whether m carries the key. Where the metadata is not shown, as
// some kinds of tokens may not see it, the words have to do.
func (m found) is(key, text, self string) bool {
	raw := m.Metadata
	var inText string
	if json.Unmarshal(raw, &inText) == nil {
		raw = json.RawMessage(inText)
	}
	var meta metadata
	if json.Unmarshal(raw, &meta) == nil && meta.Type == keyEvent {
		return meta.Payload["key"] == key
	}
	ours := self == "" || m.User == "" || m.User == self || m.BotID != ""
	return ours && text != "" && (m.Text == text || m.Text == escape(text))
}

func (p post) history(ctx context.Context) (string, error) {
	first := cmp.Or(p.d.First, time.Now())
	params := url.Values{"channel": {p.place.Channel}, "limit": {"200"}, "include_all_metadata": {"true"},
		"oldest": {strconv.FormatInt(first.Add(-clockSkew).Unix(), 10) + ".000000"}}
	method := "conversations.history"
	if p.d.Kind == bot.Answer {
		method = "conversations.replies"
		params.Set("ts", p.d.Parent)
	}
	_, text := render(p.d.Message, maxMessageBlocks)
	self := ""
	if who, err := p.w.identity(ctx); err == nil {
		self = who.User
	}
	for seen := 0; seen < maxHistory; {
		var page struct {
			Messages []found `json:"messages"`
			Meta     struct {
				Cursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		if err := p.w.call(ctx, method, params, &page); err != nil {
			return "", err
		}
		for _, m := range page.Messages {
			if m.TS != p.d.Parent && m.is(p.d.Key, text, self) {
				return m.TS, nil
			}
		}
		if seen += len(page.Messages); page.Meta.Cursor == "" || len(page.Messages) == 0 {
			return "", nil
		}
		params.Set("cursor", page.Meta.Cursor)
	}
	return "", fmt.Errorf("not among %d messages", maxHistory)
}

// receipt names what was posted. The link is made of what Slack told about the
// workspace (https://docs.slack.dev/reference/methods/chat.getPermalink shows
// its form) to save a call for each message.
func (p post) receipt(ctx context.Context, channel, ts string, found bool) bot.Receipt {
	r := bot.Receipt{Message: ts, Channel: cmp.Or(channel, p.place.Channel), Found: found}
	if who, err := p.w.identity(ctx); err == nil && who.URL != "" {
		r.URL = strings.TrimSuffix(who.URL, "/") + "/archives/" + r.Channel + "/p" + strings.ReplaceAll(ts, ".", "")
		if p.d.Kind == bot.Answer {
			r.URL += "?thread_ts=" + p.d.Parent + "&cid=" + r.Channel
		}
	}
	return r
}
