package discord

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"hanwire/bot"
)

const (
	deliverTimeout = 40 * time.Second
	settleTime     = time.Second     // until a message that got through can be seen
	clockSkew      = time.Minute     // between our clock and Discord's
	lookAgain      = 3 * time.Second // after a look-up that failed
	maxHistory     = 500             // messages looked through for one that may have got through

	// nonceFor is how long Discord knows a nonce: "the past few minutes"
	// (https://discord.com/developers/docs/resources/message#create-message).
	nonceFor = 2 * time.Minute

	maxThreadName = 100
	threadArchive = 4320 // minutes until a thread leaves the list
)

// Deliver implements [bot.Platform]. Every message carries a nonce made of its
// key, which for a few minutes keeps Discord from creating it twice; after
// that, and wherever a connection broke, it is looked for before it is created
// again.
//
// An Answer goes into the thread of its parent, which is made when it is not
// there. Receipt.Message names a message in a thread as "channel/message".
func (c *Client) Deliver(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	p := post{c: c, d: d, body: render(d.Message)}
	p.body.Nonce, p.body.EnforceNonce = nonce(d.Key), true
	if p.d.First.IsZero() {
		p.d.First = time.Now()
	}
	switch d.Kind {
	case bot.Edit:
		return p.edit(ctx)
	case bot.Answer:
		return p.answer(ctx)
	case bot.Direct:
		return p.direct(ctx)
	}
	return p.post(ctx)
}

// Finds implements [bot.Finder]: whatever was sent can be looked for.
func (c *Client) Finds(bot.Delivery) bool { return true }

// nonce fits a key into the 25 characters that Discord allows.
func nonce(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// post is one delivery under way.
type post struct {
	c    *Client
	d    bot.Delivery
	body message
}

// created is the part of a message or thread that we read back.
type created struct {
	ID word `json:"id"`
}

func (p post) post(ctx context.Context) (bot.Receipt, error) {
	r, err := p.create(ctx, p.d.To.Channel)
	switch codeOf(err) {
	case codeNonTextChannel, codeWrongChannelType:
		return p.forum(ctx)
	}
	return r, err
}

func (p post) direct(ctx context.Context) (bot.Receipt, error) {
	user := p.d.Person.User
	channel, known := p.c.directs.Get(user)
	if !known {
		var ch created
		err := p.c.rest.call(ctx, "POST", "users/@me/channels", map[string]string{"recipient_id": user}, &ch)
		if err != nil {
			return bot.Receipt{}, failure("direct message", err, true)
		}
		if channel = string(ch.ID); channel == "" {
			return bot.Receipt{}, errors.New("discord: direct message: no channel in the answer")
		}
		p.c.directs.Put(user, channel)
	}
	r, err := p.create(ctx, channel)
	if _, ok := errors.AsType[*bot.LostError](err); ok {
		p.c.directs.Drop(user)
	}
	return r, err
}

// answer creates the message in its parent's thread.
func (p post) answer(ctx context.Context) (bot.Receipt, error) {
	channel, parent := split(p.d.To.Channel, p.d.Parent)
	thread, known := p.c.threads.Get(parent)
	if !known {
		var err error
		if thread, err = p.thread(ctx, channel, parent); err != nil {
			return bot.Receipt{}, err
		}
		p.c.threads.Put(parent, thread)
	}
	if thread == channel && channel != parent {
		p.body.Reference = &reference{MessageID: parent}
	}
	r, err := p.create(ctx, thread)
	if _, ok := errors.AsType[*bot.LostError](err); ok {
		p.c.threads.Drop(parent)
	}
	return r, err
}

// thread returns the thread of parent, which it starts when there is none. It
// is the channel itself where there can be none: in a direct message, or in a
// thread.
func (p post) thread(ctx context.Context, channel, parent string) (string, error) {
	if channel == parent {
		return parent, nil // the first message of a forum post is named like its thread
	}
	var head struct {
		Embeds []*discordgo.MessageEmbed `json:"embeds"`
		Thread created                   `json:"thread"`
	}
	err := p.c.rest.call(ctx, "GET", "channels/"+channel+"/messages/"+parent, nil, &head)
	if codeOf(err) == discordgo.ErrCodeUnknownMessage {
		return "", failure("thread", err, true)
	}
	if head.Thread.ID != "" {
		return string(head.Thread.ID), nil
	}
	name := p.d.Message.Fallback
	if len(head.Embeds) > 0 && head.Embeds[0].Title != "" {
		name = unescape(head.Embeds[0].Title)
	}
	var t created
	err = p.c.rest.call(ctx, "POST", "channels/"+channel+"/messages/"+parent+"/threads",
		map[string]any{"name": cmp.Or(bot.Cut(bot.OneLine(name), maxThreadName), "Hanwire"), "auto_archive_duration": threadArchive}, &t)
	switch codeOf(err) {
	case codeThreadExists:
		return parent, nil // a thread is named like the message that it began with
	case codeWrongChannelType, codeNonTextChannel:
		return channel, nil
	}
	if missing(err) {
		return channel, nil // a server without threads
	}
	if err != nil {
		return "", failure("thread", err, true)
	}
	return cmp.Or(string(t.ID), parent), nil
}

// split takes a message's name apart: "message" in the channel at hand, or
// "channel/message".
func split(channel, name string) (string, string) {
	if c, m, ok := strings.Cut(name, "/"); ok {
		return c, m
	}
	return channel, name
}

// edit needs no care: doing it again gives the same.
func (p post) edit(ctx context.Context) (bot.Receipt, error) {
	channel, id := split(p.d.To.Channel, p.d.Parent)
	var m created
	if err := p.c.rest.call(ctx, "PATCH", "channels/"+channel+"/messages/"+id, p.body.edit(), &m); err != nil {
		return bot.Receipt{}, failure("edit", err, true)
	}
	return p.receipt(channel, id, false), nil
}

// create posts to a channel, once.
func (p post) create(ctx context.Context, channel string) (bot.Receipt, error) {
	if p.d.Attempt > 1 {
		id, err := p.look(ctx, func() (string, error) { return p.find(ctx, channel) })
		switch {
		case err == nil && id != "":
			return p.receipt(channel, id, true), nil
		case err != nil && !p.nonceHolds():
			return bot.Receipt{}, err
		}
	}
	var m created
	err := p.c.rest.call(ctx, "POST", "channels/"+channel+"/messages", p.body, &m)
	if err == nil {
		if m.ID == "" {
			return bot.Receipt{}, &bot.UnsureError{Err: errors.New("discord: message: no id in the answer")}
		}
		return p.receipt(channel, string(m.ID), false), nil
	}
	err = failure("message", err, false)
	if _, ok := errors.AsType[*bot.UnsureError](err); !ok {
		return bot.Receipt{}, err
	}
	// Find out whether it got through.
	if !bot.Sleep(ctx, settleTime) {
		return bot.Receipt{}, err
	}
	id, lookErr := p.look(ctx, func() (string, error) { return p.find(ctx, channel) })
	switch {
	case lookErr == nil && id != "":
		return p.receipt(channel, id, true), nil
	case lookErr == nil, p.nonceHolds():
		return bot.Receipt{}, &bot.RetryError{After: 5 * time.Second, Err: errors.Unwrap(err)}
	}
	return bot.Receipt{}, err
}

// nonceHolds reports whether creating the message again would give the same
// one. Half of the time is left for the call itself.
func (p post) nonceHolds() bool { return time.Since(p.d.First) < nonceFor/2 }

// look looks for an earlier attempt, for as long as there is hope of an answer.
// Without one the delivery is unsure: "try again" would say that nothing was
// sent.
func (p post) look(ctx context.Context, find func() (string, error)) (string, error) {
	const what = "looking for an earlier attempt"
	for {
		id, err := find()
		if err == nil {
			return id, nil
		}
		again, ok := errors.AsType[*bot.RetryError](failure(what, err, true))
		end, _ := ctx.Deadline()
		if _, limited := errors.AsType[*apiError](err); ok && !limited {
			again.After = lookAgain // it is the connection
		}
		if !ok || time.Until(end) < again.After || !bot.Sleep(ctx, again.After) {
			return "", &bot.UnsureError{Err: fmt.Errorf("discord: %s: %w", what, err)}
		}
	}
}

// discordEpoch is the first second of 2015, from which the ids count
// milliseconds (https://discord.com/developers/docs/reference#snowflakes).
const discordEpoch = 1420070400000

func snowflake(t time.Time) string {
	return strconv.FormatInt(max(t.UnixMilli()-discordEpoch, 0)<<22, 10)
}

// find looks for the bot's message that says the same among those since the
// first attempt. Discord does not tell the nonce of messages that it lists.
func (p post) find(ctx context.Context, channel string) (string, error) {
	self, err := p.c.selfID(ctx)
	if err != nil {
		return "", err
	}
	after := snowflake(p.d.First.Add(-clockSkew))
	for seen := 0; seen < maxHistory; {
		var page []found
		if err := p.c.rest.call(ctx, "GET", "channels/"+channel+"/messages?limit=100&after="+after, nil, &page); err != nil {
			return "", err
		}
		newest := after
		for _, m := range page {
			id := string(m.ID)
			if string(m.Author.ID) == self && p.body.says(m) {
				return id, nil
			}
			if len(id) > len(newest) || len(id) == len(newest) && id > newest {
				newest = id
			}
		}
		if seen += len(page); len(page) < 100 || newest == after {
			return "", nil
		}
		after = newest
	}
	return "", fmt.Errorf("not among %d messages", maxHistory)
}

// found is a message as Discord lists it.
type found struct {
	ID     word `json:"id"`
	Author struct {
		ID word `json:"id"`
	} `json:"author"`
	Content string                    `json:"content"`
	Embeds  []*discordgo.MessageEmbed `json:"embeds"`
}

// says reports whether m is what b asks for. Discord trims what it stores.
func (b message) says(m found) bool {
	if strings.TrimSpace(b.Content) != strings.TrimSpace(m.Content) || len(b.Embeds) != len(m.Embeds) {
		return false
	}
	for i, e := range b.Embeds {
		if strings.TrimSpace(e.Title) != strings.TrimSpace(m.Embeds[i].Title) ||
			strings.TrimSpace(e.Description) != strings.TrimSpace(m.Embeds[i].Description) {
			return false
		}
	}
	return true
}

// forum starts a post of a forum channel: a thread whose first message this is.
// Its creation takes no nonce, so it is looked for by its name.
func (p post) forum(ctx context.Context) (bot.Receipt, error) {
	name := cmp.Or(bot.Cut(bot.OneLine(p.d.Message.Fallback), maxThreadName), "Hanwire")
	if p.d.Attempt > 1 {
		id, err := p.look(ctx, func() (string, error) { return p.findPost(ctx, name) })
		if err != nil {
			return bot.Receipt{}, err
		}
		if id != "" {
			return p.receipt(id, id, true), nil
		}
	}
	body := p.body
	body.Nonce, body.EnforceNonce = "", false
	var t created
	err := p.c.rest.call(ctx, "POST", "channels/"+p.d.To.Channel+"/threads",
		map[string]any{"name": name, "auto_archive_duration": threadArchive, "message": body}, &t)
	if err == nil && t.ID != "" {
		return p.receipt(string(t.ID), string(t.ID), false), nil
	}
	if err == nil {
		err = errors.New("no id in the answer")
	}
	err = failure("forum post", err, false)
	if _, ok := errors.AsType[*bot.UnsureError](err); !ok || !bot.Sleep(ctx, settleTime) {
		return bot.Receipt{}, err
	}
	id, lookErr := p.look(ctx, func() (string, error) { return p.findPost(ctx, name) })
	switch {
	case lookErr == nil && id != "":
		return p.receipt(id, id, true), nil
	case lookErr == nil:
		return bot.Receipt{}, &bot.RetryError{After: defaultRetry, Err: errors.Unwrap(err)}
	}
	return bot.Receipt{}, err
}

// findPost looks for the bot's forum post of a name since the first attempt.
func (p post) findPost(ctx context.Context, name string) (string, error) {
	self, err := p.c.selfID(ctx)
	if err != nil {
		return "", err
	}
	var active struct {
		Threads []struct {
			ID       word   `json:"id"`
			ParentID word   `json:"parent_id"`
			OwnerID  word   `json:"owner_id"`
			Name     string `json:"name"`
		} `json:"threads"`
	}
	if err := p.c.rest.call(ctx, "GET", "guilds/"+p.d.To.Workspace+"/threads/active", nil, &active); err != nil {
		return "", err
	}
	after := snowflake(p.d.First.Add(-clockSkew))
	for _, t := range active.Threads {
		id := string(t.ID)
		later := len(id) > len(after) || len(id) == len(after) && id > after
		if string(t.ParentID) == p.d.To.Channel && string(t.OwnerID) == self && t.Name == name && later {
			return id, nil
		}
	}
	return "", nil
}

func (p post) receipt(channel, id string, again bool) bot.Receipt {
	r := bot.Receipt{Message: id, Channel: channel, Found: again}
	if p.d.Kind != bot.Direct && channel != p.d.To.Channel {
		r.Message = channel + "/" + id
	}
	guild := p.d.To.Workspace
	if p.d.Kind == bot.Direct || guild == "" {
		guild = "@me"
	}
	r.URL = "https://discord.com/channels/" + guild + "/" + channel + "/" + id
	return r
}
