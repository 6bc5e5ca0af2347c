// Package slack brings the bot to Slack.
//
// Slack tells an app what people do in one of two ways: over a websocket that
// the app opens ("Socket Mode", no public address needed) or by signed HTTP
// requests. Either way it wants an acknowledgement within three seconds and
// takes the answer later, at the response_url that came with the request: five
// times, within half an hour. What the app says of its own accord goes through
// the Web API, about one message per second and channel.
//
// [New] makes a [Client], which is a [bot.Platform]. The way of a command:
// listen.go (socket) or http.go (signed requests) receives and acknowledges,
// receive.go makes a [bot.Command] of it, answer.go sends the reply. The way
// of a message: deliver.go posts it once, render.go makes Block Kit of it,
// api.go holds what all calls to Slack share. manifest.go describes the app to
// Slack, install.go lets further workspaces install it.
//
// The client keeps nothing that a restart would miss: buttons carry their
// action, forms the place they were opened from.
//
// Goroutines: Listen starts one for the connection (or the HTTP server) and
// one for each request that it has acknowledged, and waits for all of them.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hanwire/bot"
)

// Name is what [bot.Place].Platform says for Slack.
const Name = "slack"

// Options are what New needs: for one workspace its BotToken, for many a
// TokenStore with ClientID and ClientSecret; AppToken for Socket Mode,
// SigningSecret for HTTP.
type Options struct {
	BotToken      string // xoxb-…
	AppToken      string // xapp-…, with connections:write
	SigningSecret string

	Mode   string // "socket" (the default) or "http"
	Listen string // address to serve HTTP on; empty when [Client.Handler] is mounted elsewhere
	APIURL string // https://slack.com/api/ when empty

	ClientID     string
	ClientSecret string
	RedirectURL  string     // where Slack sends a person back to after installing; empty for the app's first
	TokenStore   TokenStore // keeps the tokens of workspaces that installed the app; nil for one workspace by BotToken

	// Managers are user IDs that may manage every channel, besides admins and
	// those who created the channel.
	Managers []string

	// HistoryScope says that the app asks for the optional history scopes. With
	// them, a delivery that may have got through is looked up instead of being
	// given up.
	HistoryScope bool

	Log  *slog.Logger // slog.DiscardHandler when nil
	HTTP *http.Client // for calls to Slack; one with a timeout when nil
}

// TokenStore keeps one bot token for each workspace.
type TokenStore interface {
	// Token returns the workspace's token, or an error that wraps
	// [bot.ErrNotFound].
	Token(ctx context.Context, workspace string) (string, error)
	SaveToken(ctx context.Context, workspace, token string) error
	DropToken(ctx context.Context, workspace string) error
}

// Client is the bot on Slack. It is safe for concurrent use.
type Client struct {
	o          Options
	log        *slog.Logger
	http       *http.Client  // carries no token
	pingWithin time.Duration // pingWithin, unless a test cannot wait

	signatures *bot.Memory[string, struct{}] // of HTTP requests, so that none is taken twice
	seen       *bot.Memory[string, struct{}] // ids of requests and events
	installs   *bot.Memory[string, struct{}] // states of installations under way

	people   *bot.Memory[bot.Person, person]
	creators *bot.Memory[bot.Place, string]
	directs  *bot.Memory[bot.Person, string]
	pace     *pace

	mu         sync.Mutex // guards what follows
	workspaces map[string]*workspace
	handler    *inbox // nil while Listen is not running
}

var (
	_ bot.Platform = (*Client)(nil)
	_ bot.Finder   = (*Client)(nil)
)

// New returns a client that has not spoken to Slack yet. The error names every
// option that is missing.
func New(o Options) (*Client, error) {
	var errs []error
	need := func(name, value, why string) {
		if value == "" {
			errs = append(errs, fmt.Errorf("slack: %s is missing: %s", name, why))
		}
	}
	if o.Mode == "" {
		o.Mode = "socket"
	}
	switch o.Mode {
	case "socket":
		need("app token", o.AppToken, "Socket Mode needs an app-level token (xapp-…) with connections:write")
	case "http":
		need("signing secret", o.SigningSecret, "signed HTTP needs it to tell Slack's requests from others")
	default:
		errs = append(errs, fmt.Errorf("slack: mode %q is neither socket nor http", o.Mode))
	}
	if o.TokenStore == nil {
		need("bot token", o.BotToken, "install the app and copy the bot token (xoxb-…)")
	} else {
		need("client ID", o.ClientID, "installing in several workspaces needs it")
		need("client secret", o.ClientSecret, "installing in several workspaces needs it")
	}
	if o.APIURL == "" {
		o.APIURL = "https://slack.com/api/"
	}
	if !strings.HasSuffix(o.APIURL, "/") {
		o.APIURL += "/"
	}
	if !strings.HasPrefix(o.APIURL, "https://") && !strings.HasPrefix(o.APIURL, "http://") {
		errs = append(errs, fmt.Errorf("slack: API URL %q is no http(s) address", o.APIURL))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: callTimeout, Transport: bot.NewTransport()}
	}
	plain := *o.HTTP
	// A redirect would take the token, or what was said, to another host.
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		pingWithin: pingWithin,
		o:          o,
		log:        o.Log,
		http:       &plain,
		signatures: bot.NewMemory[string, struct{}](2 * maxSkew),
		seen:       bot.NewMemory[string, struct{}](seenFor),
		installs:   bot.NewMemory[string, struct{}](installWithin),
		people:     bot.NewMemory[bot.Person, person](personFor),
		creators:   bot.NewMemory[bot.Place, string](personFor),
		directs:    bot.NewMemory[bot.Person, string](directFor),
		pace:       newPace(),
		workspaces: map[string]*workspace{},
	}, nil
}

// Name implements [bot.Platform].
func (c *Client) Name() string { return Name }

// Listen implements [bot.Platform]. In HTTP mode without a Listen address it
// only lets [Client.Handler] answer until ctx ends. With a TokenStore it serves
// the installation of further workspaces in either mode.
func (c *Client) Listen(ctx context.Context, h bot.Handler) error {
	in := &inbox{bot.NewInbox(ctx), c, h}
	c.mu.Lock()
	if c.handler != nil {
		c.mu.Unlock()
		return errors.New("slack: already listening")
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
	if c.o.Mode == "socket" {
		g.Go(func() error { return c.listenSocket(ctx, in) })
	}
	if c.o.Mode == "http" || c.o.TokenStore != nil {
		g.Go(func() error { return c.listenHTTP(ctx) })
	}
	return g.Wait()
}

// Check implements [bot.Platform].
func (c *Client) Check(ctx context.Context, channels []bot.Place) []string {
	var wrong []string
	if c.o.Mode == "socket" {
		if err := c.call(ctx, c.o.AppToken, "apps.connections.open", url.Values{}, nil); err != nil {
			wrong = append(wrong, fmt.Sprintf("slack: app token: %v; make an app-level token with connections:write under Basic Information", withoutURL(err)))
		}
	}
	tried := map[string]bool{} // workspaces, to whether their token works
	if c.o.TokenStore == nil {
		tried[""] = c.checkToken(ctx, "", &wrong)
	}
	for _, at := range channels {
		key := at.Workspace
		if c.o.TokenStore == nil {
			key = ""
		}
		if _, known := tried[key]; !known {
			tried[key] = c.checkToken(ctx, key, &wrong)
		}
		if tried[key] {
			c.checkChannel(ctx, at, &wrong)
		}
	}
	return wrong
}

// checkToken tries the token of a workspace, and reports whether it is one.
func (c *Client) checkToken(ctx context.Context, id string, wrong *[]string) bool {
	w, err := c.workspace(ctx, id)
	if err == nil {
		w.forget() // it may be known from before the scopes were changed
		_, err = w.identity(ctx)
	}
	switch {
	case err != nil && id != "":
		*wrong = append(*wrong, fmt.Sprintf("slack: workspace %s: %v; it is posted to, and has to install the app again", id, err))
		return false
	case err != nil:
		*wrong = append(*wrong, fmt.Sprintf("slack: bot token: %v; copy it again from OAuth & Permissions", err))
		return false
	case w.auth.scopes == nil:
		return true
	}
	for _, s := range c.scopes() {
		if !slices.Contains(w.auth.scopes, s) {
			*wrong = append(*wrong, fmt.Sprintf("slack: scope %s is not granted; add it (hanwire manifest lists all) and reinstall the app", s))
		}
	}
	return true
}

func (c *Client) checkChannel(ctx context.Context, at bot.Place, wrong *[]string) {
	w, err := c.workspace(ctx, at.Workspace)
	var ch conversation
	if err == nil {
		ch, err = w.conversation(ctx, at.Channel)
	}
	switch {
	case err != nil:
		*wrong = append(*wrong, fmt.Sprintf("slack: channel %s: %v", at.Channel, err))
	case ch.Archived:
		*wrong = append(*wrong, fmt.Sprintf("slack: channel %s is archived; unarchive it or choose another", at.Channel))
	case !ch.Member && !ch.Direct && (ch.Private || w.auth.scopes != nil && !slices.Contains(w.auth.scopes, "chat:write.public")):
		*wrong = append(*wrong, fmt.Sprintf("slack: not a member of channel %s; type /invite @Hanwire there", at.Channel))
	}
}

// workspace is one installation of the app.
type workspace struct {
	c     *Client
	id    string
	token string

	mu   sync.Mutex // held while asking
	auth *identity

	// noHistory says that the app may not look up what it posted.
	noHistory atomic.Bool
}

// call makes a call in the workspace's name.
func (w *workspace) call(ctx context.Context, method string, params url.Values, out any) error {
	return w.c.call(ctx, w.token, method, params, out)
}

// identity is who the bot is in a workspace.
type identity struct {
	User   string   `json:"user_id"`
	URL    string   `json:"url"`
	scopes []string // nil when Slack does not say
}

func (i *identity) header(h http.Header) {
	if granted := h.Get("X-OAuth-Scopes"); granted != "" {
		i.scopes = strings.FieldsFunc(granted, func(r rune) bool { return r == ',' || r == ' ' })
	}
}

// identity asks Slack once who the bot is in this workspace.
func (w *workspace) identity(ctx context.Context) (*identity, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.auth == nil {
		var who identity
		if err := w.call(ctx, "auth.test", url.Values{}, &who); err != nil {
			return nil, withoutURL(err)
		}
		w.auth = &who
	}
	return w.auth, nil
}

func (w *workspace) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.auth = nil
}

// conversation is what Slack tells about a channel.
type conversation struct {
	Creator  string `json:"creator"`
	Archived bool   `json:"is_archived"`
	Member   bool   `json:"is_member"`
	Direct   bool   `json:"is_im"`
	Private  bool   `json:"is_private"`
}

func (w *workspace) conversation(ctx context.Context, channel string) (conversation, error) {
	var answer struct {
		Channel conversation `json:"channel"`
	}
	err := w.call(ctx, "conversations.info", url.Values{"channel": {channel}}, &answer)
	return answer.Channel, withoutURL(err)
}

// errForeign is the answer to a workspace that did not install the app.
var errForeign = errors.New("no token for this workspace")

// workspace returns the installation of id. With a single token all is that
// token's; with a TokenStore, an error that wraps [errForeign] says that there
// is no installation. The store is asked each time: another worker may have
// taken an installation or a removal.
func (c *Client) workspace(ctx context.Context, id string) (*workspace, error) {
	key, token := id, c.o.BotToken
	if c.o.TokenStore == nil {
		key = ""
	} else {
		var err error
		token, err = c.o.TokenStore.Token(ctx, id)
		if errors.Is(err, bot.ErrNotFound) {
			return nil, fmt.Errorf("workspace %s: %w", id, errForeign)
		}
		if err != nil {
			return nil, fmt.Errorf("token of workspace %s: %w", id, err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.workspaces[key]
	if w == nil || w.token != token {
		w = &workspace{c: c, id: key, token: token}
		c.workspaces[key] = w
	}
	return w, nil
}

// forget drops what is known of a workspace whose token is no longer valid.
func (c *Client) forget(ctx context.Context, id string) error {
	c.mu.Lock()
	delete(c.workspaces, id)
	c.mu.Unlock()
	if c.o.TokenStore == nil {
		return nil
	}
	return c.o.TokenStore.DropToken(ctx, id)
}

// How long what Slack told is believed.
const (
	personFor = 10 * time.Minute
	directFor = 24 * time.Hour
	seenFor   = time.Hour // Slack repeats an event for up to an hour
)
