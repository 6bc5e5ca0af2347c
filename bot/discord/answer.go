package discord

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"hanwire/bot"
)

const (
	ackWithin    = 2500 * time.Millisecond // Discord waits three seconds
	answerWithin = 14 * time.Minute        // and then fifteen minutes
	suggestIn    = 2 * time.Second

	// How long an answer may take before "wait" is sent instead. Whether an
	// answer is for one person, and whether it is a form, can be said only
	// with the first response.
	hold = 100 * time.Millisecond
)

// What the adapter says of its own accord. It cannot know the person's
// language when it could not ask the bot.
const (
	apology  = "Something went wrong on our side. Please try again in a minute."
	formLate = "That took too long, and Discord no longer lets the form open. Please try again."
)

// Kinds of first responses.
const (
	callbackPong     = int(discordgo.InteractionResponsePong)
	callbackMessage  = int(discordgo.InteractionResponseChannelMessageWithSource)
	callbackWait     = int(discordgo.InteractionResponseDeferredChannelMessageWithSource)
	callbackWaitEdit = int(discordgo.InteractionResponseDeferredMessageUpdate)
	callbackEdit     = int(discordgo.InteractionResponseUpdateMessage)
	callbackSuggest  = int(discordgo.InteractionApplicationCommandAutocompleteResult)
	callbackForm     = int(discordgo.InteractionResponseModal)
)

// callback is a first response.
type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

type waiting struct {
	Flags int `json:"flags,omitempty"`
}

type suggestions struct {
	Choices []choice `json:"choices"`
}

// inbox runs what was received.
type inbox struct {
	*bot.Inbox
	c *Client
	h bot.Handler
}

// take answers an interaction, first through first, and returns at once. False
// means that it was taken before, or that too many others are under way.
func (in *inbox) take(i interaction, first func(context.Context, callback) error) bool {
	if !in.c.seen.Put(string(i.ID), struct{}{}) {
		return false
	}
	work := in.answer
	if i.Type == interactionAutocomplete {
		work = in.suggest
	}
	if !in.Go(func(ctx context.Context) { work(ctx, i, first) }) {
		in.c.log.Warn("interaction dropped: too many at once", "platform", Name)
		return false
	}
	return true
}

// happened handles an event. What the handler says to it is posted where it
// happened.
func (in *inbox) happened(cmd bot.Command) {
	if cmd.ID != "" && !in.c.seen.Put(cmd.ID, struct{}{}) {
		return
	}
	taken := in.Go(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		reply, err := in.Handle(ctx, in.h, cmd)
		if err != nil {
			in.c.log.Error("event failed", "platform", Name, "event", string(cmd.Event), "err", err)
			return
		}
		if reply.Message == nil || cmd.Event == bot.Left || cmd.At.Channel == "" {
			return
		}
		body := render(*reply.Message)
		body.Nonce, body.EnforceNonce = nonce(cmd.ID), true
		if err := in.c.rest.call(ctx, "POST", "channels/"+cmd.At.Channel+"/messages", body, nil); err != nil {
			// The bot may not post there; nobody asked it to.
			in.c.log.Info("not greeted", "platform", Name, "channel", cmd.At.Channel, "err", err)
		}
	})
	if !taken {
		in.c.log.Warn("event dropped: too much at once", "platform", Name, "event", string(cmd.Event))
	}
}

// suggest completes what is being typed, with nothing when that takes long.
func (in *inbox) suggest(ctx context.Context, i interaction, first func(context.Context, callback) error) {
	ctx, cancel := context.WithTimeout(ctx, ackWithin)
	cmd, focused := i.command("")
	done := make(chan []bot.Choice, 1)
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel()
	work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, suggestIn)
		defer cancel()
		done <- in.h.Suggest(ctx, cmd, focused)
	})
	out := suggestions{Choices: []choice{}}
	t := time.NewTimer(suggestIn)
	defer t.Stop()
	select {
	case found := <-done:
		for _, c := range found {
			name := bot.Cut(bot.OneLine(c.Label), maxOption)
			if len(out.Choices) < maxOptions && name != "" && c.Value != "" && bot.Length(c.Value) <= maxOption {
				out.Choices = append(out.Choices, choice{name, c.Value})
			}
		}
	case <-t.C:
	}
	if err := first(ctx, callback{callbackSuggest, out}); err != nil {
		in.c.log.Info("suggestions not sent", "platform", Name, "err", err)
	}
}

// outcome is what a handler returned.
type outcome struct {
	reply bot.Reply
	err   error
}

// answer hands an interaction to the handler, acknowledges it in time and
// sends the reply.
func (in *inbox) answer(ctx context.Context, i interaction, first func(context.Context, callback) error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	in.c.mu.Lock()
	self := in.c.self
	in.c.mu.Unlock()
	cmd, _ := i.command(self)
	done := make(chan outcome, 1)
	go func() { // every way out below waits for it
		reply, err := in.Handle(ctx, in.h, cmd)
		done <- outcome{reply, err}
	}()
	t := time.NewTimer(hold)
	defer t.Stop()
	var o outcome
	var waited bool
	select {
	case o = <-done:
	case <-t.C:
		waited = true
		if err := first(ctx, i.wait()); err != nil && codeOf(err) != codeAcknowledged {
			// The person sees that it failed; the handler may still act.
			in.c.log.Error("interaction not acknowledged", "platform", Name, "id", i.ID, "err", err)
			<-done
			return
		}
		o = <-done
	}
	if o.err != nil {
		in.c.log.Error("command failed", "platform", Name, "id", i.ID, "err", o.err)
		o.reply = bot.Reply{Message: &bot.Message{Fallback: apology, Private: true}}
	}
	var err error
	if waited {
		err = in.c.follow(ctx, i, o.reply)
	} else {
		err = first(ctx, i.response(o.reply))
		if codeOf(err) == codeAcknowledged {
			err = nil // an earlier try got through
		}
		if err == nil && i.Type == interactionCommand && empty(o.reply) {
			err = in.c.remove(ctx, i)
		}
	}
	if err != nil {
		in.c.log.Error("reply not sent", "platform", Name, "id", i.ID, "err", err)
	}
}

func empty(r bot.Reply) bool { return r.Message == nil && r.Form == nil }

// wait is the first response that leaves the real one for later.
func (i interaction) wait() callback {
	if i.Message != nil {
		return callback{Type: callbackWaitEdit} // shows nothing; all that follows is new or an edit
	}
	return callback{callbackWait, waiting{ephemeral}}
}

// response is a reply as the first response.
func (i interaction) response(r bot.Reply) callback {
	switch {
	case r.Form != nil && i.Type != interactionForm:
		return callback{callbackForm, renderForm(*r.Form)}
	case r.Message != nil && r.Replace && i.Message != nil:
		return callback{callbackEdit, render(*r.Message).edit()}
	case r.Message != nil:
		return callback{callbackMessage, reply(*r.Message)}
	}
	return i.wait()
}

// reply is a message as an answer to an interaction.
func reply(m bot.Message) message {
	out := render(m)
	if m.Private {
		out.Flags |= ephemeral
	}
	return out
}

// callBack sends a first response by the API. Trying again does no harm: the
// second of two is refused.
func (c *Client) callBack(ctx context.Context, i interaction, cb callback) error {
	ctx, cancel := context.WithTimeout(ctx, ackWithin)
	defer cancel()
	return c.insist(ctx, "POST", "interactions/"+string(i.ID)+"/"+i.Token+"/callback", cb, true)
}

// follow sends a reply after "wait".
func (c *Client) follow(ctx context.Context, i interaction, r bot.Reply) error {
	if r.Form != nil {
		r = bot.Reply{Message: &bot.Message{Fallback: formLate, Private: true}}
	}
	app, err := c.appOf(ctx, i)
	if err != nil {
		return err
	}
	hook := "webhooks/" + app + "/" + i.Token
	original := hook + "/messages/@original"
	onMessage := i.Message != nil
	switch {
	case r.Message == nil && onMessage:
		return nil
	case r.Message == nil:
		return c.remove(ctx, i)
	case onMessage && r.Replace, !onMessage && r.Message.Private:
		return c.insist(ctx, "PATCH", original, render(*r.Message).edit(), true)
	case onMessage:
		return c.insist(ctx, "POST", hook, reply(*r.Message), false)
	}
	// "Wait" was for this person alone, and so would be the first message
	// after it: end it, then say the answer to all.
	if err := c.insist(ctx, "PATCH", original, render(bot.Message{Fallback: "✓"}).edit(), true); err != nil {
		return err
	}
	if err := c.insist(ctx, "POST", hook, reply(*r.Message), false); err != nil {
		return err
	}
	return c.remove(ctx, i)
}

// appOf is the application that an interaction is for.
func (c *Client) appOf(ctx context.Context, i interaction) (string, error) {
	if i.App != "" {
		return string(i.App), nil
	}
	return c.appID(ctx)
}

// remove takes away a first response that says nothing.
func (c *Client) remove(ctx context.Context, i interaction) error {
	app, err := c.appOf(ctx, i)
	if err != nil {
		return err
	}
	return c.insist(ctx, "DELETE", "webhooks/"+app+"/"+i.Token+"/messages/@original", nil, true)
}

// insist makes a call until it gets through, for as long as ctx allows: an
// answer is lost when its interaction is.
func (c *Client) insist(ctx context.Context, method, path string, in any, repeatable bool) error {
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		err := c.rest.call(ctx, method, path, in, nil)
		if err == nil {
			return nil
		}
		again, d := repeatable, wait
		if e, ok := errors.AsType[*apiError](err); ok {
			switch {
			case e.Status == http.StatusTooManyRequests:
				again, d = true, e.After
			case e.Code == codeUnknownWebhook && wait < 3*time.Second:
				again = true // a first response sent by HTTP may not be there yet
			case e.Status < 500:
				return err
			}
		}
		if e, ok := errors.AsType[*bot.RetryError](err); ok {
			again, d = true, e.After
		}
		if _, ok := errors.AsType[*unsentError](err); ok {
			again = true
		}
		if end, ok := ctx.Deadline(); !again || wait > 10*time.Second || (ok && time.Until(end) < d) || !bot.Sleep(ctx, d) {
			return err
		}
	}
}
