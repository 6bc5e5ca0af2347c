package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
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

// Deliver implements [bot.Platform]. Slack knows no idempotent post: with
// HistoryScope a message that may have got through is looked for by its key,
// without it such a delivery ends as a [*bot.UnsureError].
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

// Finds implements [bot.Finder].
func (c *Client) Finds(d bot.Delivery) bool { return c.o.HistoryScope || d.Kind == bot.Edit }

// direct opens the direct message with a person.
func (c *Client) direct(ctx context.Context, w *workspace, p bot.Person) (string, error) {
	if id, ok := c.directs.Get(p); ok {
		return id, nil
	}
	ch, _, _, err := w.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{p.User}})
	if needsNoOpening(err) {
		return p.User, nil
	}
	if err != nil {
		return "", failure("conversations.open", err, true)
	}
	if ch == nil || ch.ID == "" {
		return "", errors.New("slack: conversations.open: no channel in the answer")
	}
	c.directs.Put(p, ch.ID)
	return ch.ID, nil
}

// needsNoOpening reports that the direct message cannot be opened in advance,
// as without im:write. A message to the person's ID opens it as well.
func needsNoOpening(err error) bool {
	if e, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		return e.Err == "missing_scope" || e.Err == "unknown_method"
	}
	e, ok := errors.AsType[slackgo.StatusCodeError](err)
	return ok && (e.Code == http.StatusNotFound || e.Code == http.StatusMethodNotAllowed || e.Code == http.StatusNotImplemented)
}

// post is one delivery under way.
type post struct {
	c     *Client
	w     *workspace
	place bot.Place
	d     bot.Delivery
}

func (p post) options() []slackgo.MsgOption {
	blocks, text := render(p.d.Message, maxMessageBlocks)
	return []slackgo.MsgOption{
		slackgo.MsgOptionText(text, true),
		slackgo.MsgOptionBlocks(blocks...),
		slackgo.MsgOptionDisableLinkUnfurl(),
		slackgo.MsgOptionDisableMediaUnfurl(),
	}
}

// edit needs no care: doing it again gives the same.
func (p post) edit(ctx context.Context) (bot.Receipt, error) {
	const method = "chat.update"
	if err := p.c.pace.wait(ctx, p.w.id, method, p.place.Channel); err != nil {
		return bot.Receipt{}, err
	}
	channel, ts, _, err := p.w.api.UpdateMessageContext(ctx, p.place.Channel, p.d.Parent, p.options()...)
	if err != nil {
		return bot.Receipt{}, p.failed(method, err, true)
	}
	return p.receipt(ctx, channel, ts, false), nil
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
	options := append(p.options(), slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
		EventType:    keyEvent,
		EventPayload: map[string]any{"key": p.d.Key},
	}))
	if p.d.Kind == bot.Answer {
		options = append(options, slackgo.MsgOptionTS(p.d.Parent))
	}
	channel, ts, err := p.w.api.PostMessageContext(ctx, p.place.Channel, options...)
	if err == nil {
		if ts == "" {
			return bot.Receipt{}, &bot.UnsureError{Err: errors.New("slack: chat.postMessage: no ts in the answer")}
		}
		return p.receipt(ctx, channel, ts, false), nil
	}
	err = p.failed(method, err, false)
	if _, ok := errors.AsType[*bot.UnsureError](err); !ok || !p.c.o.HistoryScope {
		return bot.Receipt{}, err
	}
	return p.resolve(ctx, err)
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
	if !p.c.o.HistoryScope {
		return "", &bot.UnsureError{Err: errors.New("slack: an earlier attempt may have got through, and without the history scopes it cannot be looked up")}
	}
	for {
		ts, err := p.history(ctx)
		if err == nil {
			return ts, nil
		}
		wait := lookAgain
		if e, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
			wait = e.RetryAfter
		}
		again, _ := errors.AsType[*bot.RetryError](failure("history", err, true))
		end, _ := ctx.Deadline()
		t := time.NewTimer(wait)
		if again != nil && time.Until(end) > wait {
			select {
			case <-t.C:
				continue
			case <-ctx.Done():
			}
		}
		t.Stop()
		return "", &bot.UnsureError{Err: fmt.Errorf("slack: looking for an earlier attempt: %w", explain(err))}
	}
}

func (p post) history(ctx context.Context) (string, error) {
	first := cmp.Or(p.d.First, time.Now())
	oldest := strconv.FormatInt(first.Add(-clockSkew).Unix(), 10) + ".000000"
	cursor := ""
	for seen := 0; seen < maxHistory; {
		var msgs []slackgo.Message
		var err error
		if p.d.Kind == bot.Answer {
			msgs, _, cursor, err = p.w.api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
				ChannelID: p.place.Channel, Timestamp: p.d.Parent, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
			if err != nil {
				return "", err
			}
		} else {
			r, err := p.w.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
				ChannelID: p.place.Channel, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
			if err != nil {
				return "", err
			}
			msgs, cursor = r.Messages, r.ResponseMetaData.NextCursor
		}
		for _, m := range msgs {
			if m.Metadata.EventType == keyEvent && m.Metadata.EventPayload["key"] == p.d.Key {
				return m.Timestamp, nil
			}
		}
		if seen += len(msgs); cursor == "" || len(msgs) == 0 {
			return "", nil
		}
	}
	return "", slackgo.SlackErrorResponse{Err: fmt.Sprintf("not among %d messages", maxHistory)}
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
