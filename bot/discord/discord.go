// Package discord brings the bot to Discord.
//
// Discord tells an app what people do as interactions, over a websocket that
// the app holds open (the gateway) or by signed HTTP requests. The first
// answer must come within three seconds; it may be "wait", and then the real
// one follows within fifteen minutes. What the app says of its own accord goes
// through the REST API, whose limits come with every answer.
//
// [New] makes a [Client], which is a [bot.Platform]. The way of a command:
// gateway.go or http.go receives, interaction.go makes a [bot.Command] of it,
// answer.go acknowledges and answers. The way of a message: deliver.go creates
// it once, render.go and markdown.go make embeds and components of it, rest.go
// holds what all calls share. commands.go registers the commands.
//
// The types, the REST session and the constants are discordgo's. Its gateway
// session is not used: after a reconnect it can wait for ever with its lock
// held, it takes refusals for good (4014) as reasons to try again, answers an
// invalid session without the wait that Discord asks for, and cannot resume in
// a new session once the old one hangs. Its REST calls are made one bucket
// each and without its retries, which repeat creates and sleep past a context.
//
// The client keeps nothing that a restart would miss: buttons carry their
// action, and what is posted can be found again.
//
// Goroutines: Listen starts one that registers the commands, one for each
// shard, which starts one for its heartbeat, and two for each interaction. It
// waits for all of them.
package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/sync/errgroup"

	"hanwire/bot"
)

// Name is what [bot.Place].Platform says for Discord.
const Name = "discord"

// Options are what New needs: Token always, PublicKey for HTTP interactions.
type Options struct {
	Token         string // of the bot, without "Bot "
	ApplicationID string // asked for when empty
	PublicKey     string // hexadecimal

	Mode       string // "gateway" (the default) or "http"
	Listen     string // address to serve HTTP on; empty when [Client.Handler] is mounted elsewhere
	APIURL     string // https://discord.com/api/v10/ when empty
	GatewayURL string // asked for when empty

	// Guild registers the commands in one guild only, where they change at
	// once; for trying things out.
	Guild string

	// Shards is how many connections share the guilds; as many as Discord
	// recommends when zero. From 2,500 guilds Discord wants several.
	Shards int
	// Share runs f for those of the shards, from 0, that this process is to hold;
	// all of them when nil. The context of f ends when its shard goes to another
	// process.
	Share func(ctx context.Context, shards int, f func(ctx context.Context, shard int) error) error

	Log  *slog.Logger // slog.DiscardHandler when nil
	HTTP *http.Client // for calls to Discord; one with a timeout when nil
}

// Client is the bot on Discord. It is safe for concurrent use.
type Client struct {
	o    Options
	log  *slog.Logger
	key  ed25519.PublicKey
	rest *rest

	seen    *bot.Memory[string, struct{}] // ids of interactions
	threads *bot.Memory[string, string]   // message to its thread
	directs *bot.Memory[string, string]   // person to channel

	mu      sync.Mutex // guards what follows
	app     string     // application ID
	self    string     // user ID of the bot
	handler *inbox     // nil while Listen is not running
}

var (
	_ bot.Platform = (*Client)(nil)
	_ bot.Finder   = (*Client)(nil)
)

// New returns a client that has not spoken to Discord yet. The error names
// every option that is missing or wrong.
func New(o Options) (*Client, error) {
	var errs []error
	if o.Token == "" {
		errs = append(errs, errors.New("discord: token is missing: copy it from the Bot page of the application"))
	}
	o.Token = strings.TrimPrefix(o.Token, "Bot ")
	if o.Mode == "" {
		o.Mode = "gateway"
	}
	var key ed25519.PublicKey
	switch o.Mode {
	case "gateway":
	case "http":
		raw, err := hex.DecodeString(o.PublicKey)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			errs = append(errs, errors.New("discord: public key is missing or wrong: signed HTTP needs the 64 hexadecimal digits from General Information"))
		}
		key = raw
	default:
		errs = append(errs, fmt.Errorf("discord: mode %q is neither gateway nor http", o.Mode))
	}
	if o.APIURL == "" {
		o.APIURL = "https://discord.com/api/v10/"
	}
	if !strings.HasPrefix(o.APIURL, "https://") && !strings.HasPrefix(o.APIURL, "http://") {
		errs = append(errs, fmt.Errorf("discord: API URL %q is no http(s) address", o.APIURL))
	}
	if o.GatewayURL != "" && !strings.HasPrefix(o.GatewayURL, "wss://") && !strings.HasPrefix(o.GatewayURL, "ws://") {
		errs = append(errs, fmt.Errorf("discord: gateway URL %q is no ws(s) address", o.GatewayURL))
	}
	if o.Shards < 0 {
		errs = append(errs, fmt.Errorf("discord: %d shards are none", o.Shards))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r, err := newRest(o)
	if err != nil {
		return nil, err
	}
	return &Client{o: o, log: o.Log, key: key, rest: r, app: o.ApplicationID,

		seen: bot.NewMemory[string, struct{}](seenFor), threads: bot.NewMemory[string, string](knownFor), directs: bot.NewMemory[string, string](knownFor)}, nil
}

const (
	seenFor  = 20 * time.Minute // an interaction lives for 15
	knownFor = 24 * time.Hour
)

// Shares reports whether several processes may listen at once, each to some of
// the shards.
func (c *Client) Shares() bool { return c.o.Share != nil && c.o.Mode == "gateway" }

// Name implements [bot.Platform].
func (c *Client) Name() string { return Name }

// Listen implements [bot.Platform]. It registers the commands when they
// changed. In HTTP mode without a Listen address it then only lets
// [Client.Handler] answer until ctx ends.
func (c *Client) Listen(ctx context.Context, h bot.Handler) error {
	in := &inbox{bot.NewInbox(ctx), c, h}
	c.mu.Lock()
	if c.handler != nil {
		c.mu.Unlock()
		return errors.New("discord: already listening")
	}
	c.handler = in
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.handler = nil
		c.mu.Unlock()
		in.Wait()
	}()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.keepRegistered(ctx) })
	g.Go(func() error {
		if c.o.Mode == "http" {
			return c.listenHTTP(ctx)
		}
		return c.listenGateway(ctx, in)
	})
	return g.Wait()
}

// keepRegistered registers the commands, trying again while that does not get
// through; those that are registered already can be given meanwhile.
func (c *Client) keepRegistered(ctx context.Context) error {
	for wait := time.Second; ; wait = min(2*wait, maxBackoff) {
		err := c.register(ctx)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		if e, ok := errors.AsType[*apiError](err); ok && e.Status == http.StatusUnauthorized {
			return fmt.Errorf("discord: token: %w", err)
		} else if ok && e.Status < 500 && e.Status != http.StatusTooManyRequests {
			// The bot is of use without new commands: it still posts.
			c.log.Error("commands not registered", "platform", Name, "err", err)
			return nil
		}
		c.log.Warn("cannot register commands, trying again", "platform", Name, "in", wait, "err", err)
		if !bot.Sleep(ctx, wait) {
			return nil
		}
	}
}

// Permissions of the bot in a guild: to see channels, post there, show embeds,
// look up whether a message got through, and tell stories in threads.
const Permissions int64 = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionEmbedLinks |
	discordgo.PermissionReadMessageHistory | discordgo.PermissionCreatePublicThreads | discordgo.PermissionSendMessagesInThreads

// InviteURL is the page on which a person adds the app to a guild, with
// exactly the permissions it needs.
func InviteURL(applicationID string) string {
	q := url.Values{"client_id": {applicationID}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatInt(Permissions, 10)}}
	return "https://discord.com/oauth2/authorize?" + q.Encode()
}

// Check implements [bot.Platform].
func (c *Client) Check(ctx context.Context, channels []bot.Place) []string {
	app, err := c.application(ctx)
	if err != nil {
		return []string{fmt.Sprintf("discord: token: %v; reset it on the Bot page and copy it again", err)}
	}
	var wrong []string
	if c.o.ApplicationID != "" && c.o.ApplicationID != string(app.ID) {
		wrong = append(wrong, fmt.Sprintf("discord: the token belongs to application %s, not %s", app.ID, c.o.ApplicationID))
	}
	if c.o.PublicKey != "" && app.VerifyKey != "" && !strings.EqualFold(app.VerifyKey, c.o.PublicKey) {
		wrong = append(wrong, "discord: the public key is not the application's; copy it from General Information")
	}
	for _, at := range channels {
		id := at.Channel
		var ch discordgo.Channel
		err := c.rest.call(ctx, "GET", "channels/"+id, nil, &ch)
		e, _ := errors.AsType[*apiError](err)
		switch {
		case err == nil && !takesMessages(ch.Type):
			wrong = append(wrong, fmt.Sprintf("discord: channel %s takes no messages; choose a text, announcement, thread or forum channel", id))
		case e != nil && (e.Code == discordgo.ErrCodeMissingAccess || e.Status == http.StatusForbidden):
			wrong = append(wrong, fmt.Sprintf("discord: no access to channel %s; invite the bot (hanwire manifest prints the link) and let it view the channel", id))
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("discord: channel %s: %v", id, err))
		}
	}
	return wrong
}

func takesMessages(t discordgo.ChannelType) bool {
	switch t {
	case discordgo.ChannelTypeGuildCategory, discordgo.ChannelTypeGuildStore, discordgo.ChannelTypeGuildMedia:
		return false
	}
	return true
}

// application is what Discord tells about the app.
type application struct {
	ID        word   `json:"id"`
	VerifyKey string `json:"verify_key"`
	Bot       struct {
		ID word `json:"id"`
	} `json:"bot"`
}

// application asks Discord about the app, at the older address where a server
// does not know the newer one.
func (c *Client) application(ctx context.Context) (application, error) {
	var a application
	err := c.rest.call(ctx, "GET", "applications/@me", nil, &a)
	if missing(err) {
		err = c.rest.call(ctx, "GET", "oauth2/applications/@me", nil, &a)
	}
	if err == nil {
		c.mu.Lock()
		c.app = cmp.Or(c.app, string(a.ID))
		c.self = cmp.Or(c.self, string(a.Bot.ID))
		c.mu.Unlock()
	}
	return a, err
}

// appID is the application's ID, asked for once.
func (c *Client) appID(ctx context.Context) (string, error) {
	c.mu.Lock()
	id := c.app
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	a, err := c.application(ctx)
	if missing(err) || err == nil && a.ID == "" {
		return c.selfID(ctx) // since 2016 both ids are the same
	}
	return string(a.ID), err
}

// selfID is the bot's user ID, asked for once.
func (c *Client) selfID(ctx context.Context) (string, error) {
	c.mu.Lock()
	id := c.self
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var u user
	if err := c.rest.call(ctx, "GET", "users/@me", nil, &u); err != nil {
		return "", err
	}
	c.mu.Lock()
	c.self = string(u.ID)
	c.mu.Unlock()
	return string(u.ID), nil
}
