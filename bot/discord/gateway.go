package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"hanwire/bot"
)

const (
	helloWithin = 20 * time.Second
	readyWithin = 20 * time.Second
	writeWithin = 10 * time.Second

	// Missed events come at once after a resume, RESUMED after them.
	resumeWithin = 5 * time.Second
	maxFrame     = 32 << 20 // bytes of one message; a large guild is some megabytes
	maxBackoff   = 2 * time.Minute
	shortest     = 500 * time.Millisecond // between two connections

	// A connection that lived this long was a good one, and the next is tried
	// at once.
	goodAfter = time.Minute

	gatewayVersion = "10"
)

// Operations and close codes of the gateway
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway).
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11

	// closeResumable is any code but 1000 and 1001, with which a client ends
	// its session.
	closeResumable = 4000
)

// refusals are close codes after which Discord asks not to come back.
var refusals = map[int]string{
	4004: "the token is not valid; reset it on the Bot page and copy it again",
	4010: "there is no such shard",
	4011: "the bot is in too many guilds for one shard; set shards",
	4012: "the gateway version is out of date",
	4013: "the intents are not valid",
	4014: "an intent is not allowed",
}

// refusedError says that the gateway does not want us, and why.
type refusedError struct{ code int }

func (e *refusedError) Error() string {
	return fmt.Sprintf("closed with %d: %s", e.code, refusals[e.code])
}

// listenGateway holds the connections of this process's shards until ctx ends
// or Discord refuses one for good.
func (c *Client) listenGateway(ctx context.Context, in *inbox) error {
	info, err := c.gateway(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("discord: gateway: %w", err)
	}
	shards := cmp.Or(c.o.Shards, info.Shards)
	gate := &identifyGate{at: make([]time.Time, max(info.Limit.Concurrency, 1))}
	if info.Limit.Remaining != nil && *info.Limit.Remaining == 0 {
		// Identifying beyond the limit resets the bot's token.
		rest := time.Duration(info.Limit.ResetAfter) * time.Millisecond
		c.log.Warn("no sessions left today, waiting", "platform", Name, "wait", rest)
		if !bot.Sleep(ctx, min(rest, 24*time.Hour)) {
			return nil
		}
	}
	share := c.o.Share
	if share == nil {
		share = all
	}
	err = share(ctx, shards, func(ctx context.Context, id int) error {
		s := &shard{c: c, in: in, id: id, of: shards, url: info.URL, gate: gate, log: c.log.With("platform", Name, "shard", id)}
		return s.run(ctx)
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("discord: gateway: %w", err)
	}
	return nil
}

// all is [Options].Share for a process that is alone.
func all(ctx context.Context, shards int, f func(ctx context.Context, shard int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for id := range shards {
		g.Go(func() error { return f(ctx, id) })
	}
	return g.Wait()
}

// gatewayInfo is what Discord says about connecting.
type gatewayInfo struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Limit  struct {
		Remaining   *int  `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"` // milliseconds
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

// gateway asks where to connect, until there is an answer. A server that knows
// only the older address, or a gateway that is set, do as well.
func (c *Client) gateway(ctx context.Context) (gatewayInfo, error) {
	for wait := time.Second; ; wait = min(2*wait, maxBackoff) {
		var info gatewayInfo
		err := c.rest.call(ctx, "GET", "gateway/bot", nil, &info)
		if e, ok := errors.AsType[*apiError](err); ok && e.Status == http.StatusUnauthorized {
			return info, &refusedError{4004}
		} else if ok && e.Status < 500 && e.Status != http.StatusTooManyRequests {
			err = c.rest.call(ctx, "GET", "gateway", nil, &info)
		}
		if c.o.GatewayURL != "" {
			info.URL, err = c.o.GatewayURL, nil
		}
		if err == nil && info.URL == "" {
			err = errors.New("no address in the answer")
		}
		if err == nil {
			info.Shards = max(info.Shards, 1)
			return info, nil
		}
		c.log.Warn("cannot ask for the gateway, trying again", "platform", Name, "in", wait, "err", err)
		if !bot.Sleep(ctx, wait) {
			return info, ctx.Err()
		}
	}
}

// identifyGate spaces out the beginnings of sessions: one in five seconds for
// each of the buckets that Discord allows
// (https://discord.com/developers/docs/events/gateway#rate-limiting).
type identifyGate struct {
	mu sync.Mutex // guards at
	at []time.Time
}

const identifyEvery = 5 * time.Second

func (g *identifyGate) wait(ctx context.Context, shard int) bool {
	g.mu.Lock()
	i := shard % len(g.at)
	now := time.Now()
	d := max(g.at[i].Sub(now), 0)
	g.at[i] = now.Add(d + identifyEvery)
	g.mu.Unlock()
	return d == 0 || bot.Sleep(ctx, d)
}

// shard is one connection and its session. Its fields are run's alone, but for
// those of the heartbeat.
type shard struct {
	c    *Client
	in   *inbox
	id   int
	of   int
	url  string
	gate *identifyGate
	log  *slog.Logger

	// The session; empty before READY and after it is lost.
	session   string
	resumeURL string
	guilds    map[string]bool // those the bot was in before

	seq   atomic.Int64 // of the last event, for the heartbeat
	acked atomic.Bool  // the last heartbeat was answered
}

// run connects again and again until ctx ends or Discord refuses for good.
func (s *shard) run(ctx context.Context) error {
	wait := time.Duration(0)
	for {
		began := time.Now()
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if refused, ok := errors.AsType[*refusedError](err); ok {
			return refused
		}
		if time.Since(began) > goodAfter {
			wait = 0
		}
		wait = min(max(2*wait, shortest), maxBackoff)
		d := wait/2 + rand.N(wait/2) // many bots come back at the same moment
		if again, ok := errors.AsType[*againError](err); ok {
			d = max(d, again.after)
		}
		s.log.Warn("connection ended, coming back", "in", d.Round(time.Millisecond), "resume", s.session != "", "err", withoutURL(err))
		if !bot.Sleep(ctx, d) {
			return nil
		}
	}
}

// againError is an orderly end of a connection: come back after a while.
type againError struct {
	after time.Duration
	why   string
}

func (e *againError) Error() string { return e.why }

// frame is one message of the gateway.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type string          `json:"t"`
}

// connect holds one connection. It returns why it ended.
func (s *shard) connect(ctx context.Context) error {
	if s.session == "" && !s.gate.wait(ctx, s.id) {
		return ctx.Err()
	}
	address, err := gatewayAddress(s.url, s.resumeURL)
	if err != nil {
		return err
	}
	dialer := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: helloWithin,
		NetDialContext: (&net.Dialer{Timeout: helloWithin}).DialContext}
	conn, resp, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		s.resumeURL = "" // that address may be what does not answer
		if resp != nil {
			return fmt.Errorf("HTTP %d", resp.StatusCode)
		}
		return err
	}
	conn.SetReadLimit(maxFrame)
	l := &line{conn: conn}
	code := closeResumable
	// Reading ends when ctx does.
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })
	var beat sync.WaitGroup
	connCtx, cancel := context.WithCancel(ctx)
	defer func() {
		if ctx.Err() != nil {
			code = websocket.CloseNormalClosure // the bot goes, and should be seen to
		}
		cancel()
		beat.Wait()
		stop()
		l.close(code)
	}()

	interval, err := s.hello(conn)
	if err != nil {
		return err
	}
	if err := s.begin(l); err != nil {
		return err
	}
	s.acked.Store(true)
	beat.Go(func() { s.heartbeat(connCtx, l, interval) })

	resuming := s.session != ""
	for ready := false; ; {
		// Something comes at least once in an interval: the answer to our
		// heartbeat. Before READY the wait is shorter.
		limit := interval + writeWithin
		switch {
		case ready:
		case resuming:
			limit = min(limit, resumeWithin)
		default:
			limit = min(limit, readyWithin)
		}
		f, err := read(ctx, conn, limit)
		if err != nil {
			if resuming && !ready {
				s.forget() // there is no use in asking for it again
			}
			return s.ended(err)
		}
		if f.Seq != nil && f.Op == opDispatch {
			s.seq.Store(*f.Seq)
		}
		switch f.Op {
		case opHeartbeat:
			if err := l.write(frameOut{opHeartbeat, s.lastSeq()}); err != nil {
				return err
			}
		case opHeartbeatAck:
			s.acked.Store(true)
		case opReconnect:
			return &againError{0, "Discord asks to reconnect"}
		case opInvalidSession:
			var resumable bool
			if json.Unmarshal(f.Data, &resumable) != nil || !resumable {
				s.forget()
			}
			// "wait a random amount of time between 1 and 5 seconds"
			return &againError{time.Second + rand.N(4*time.Second), "the session is not valid"}
		case opDispatch:
			if f.Type == "READY" || f.Type == "RESUMED" {
				ready = true
			}
			s.dispatch(f)
		}
	}
}

// gatewayAddress adds what every gateway address needs.
func gatewayAddress(base, resume string) (string, error) {
	if resume != "" {
		base = resume
	}
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "wss" && u.Scheme != "ws") {
		return "", errors.New("the gateway's address is none")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	q := u.Query()
	q.Set("v", gatewayVersion)
	q.Set("encoding", "json")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// line is the writing side of a connection.
type line struct {
	conn *websocket.Conn
	mu   sync.Mutex // held while writing
}

type frameOut struct {
	Op   int `json:"op"`
	Data any `json:"d"`
}

func (l *line) write(v any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	return l.conn.WriteJSON(v)
}

func (l *line) close(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	l.conn.Close()
}

// read reads one message, within limit. A message that is no JSON is skipped:
// what it said is lost either way.
func read(ctx context.Context, conn *websocket.Conn, limit time.Duration) (frame, error) {
	conn.SetReadDeadline(time.Now().Add(limit))
	if ctx.Err() != nil {
		return frame{}, ctx.Err()
	}
	_, raw, err := conn.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	var f frame
	if err := json.Unmarshal(raw, &f); err != nil {
		return frame{Op: -1}, nil
	}
	return f, nil
}

// hello waits for the first message, which says how often to send heartbeats.
// Others that come before it are of an old connection, or out of order.
func (s *shard) hello(conn *websocket.Conn) (time.Duration, error) {
	deadline := time.Now().Add(helloWithin)
	for {
		f, err := read(context.Background(), conn, time.Until(deadline))
		if err != nil {
			return 0, s.ended(err)
		}
		switch f.Op {
		case opHello:
			var h struct {
				Interval float64 `json:"heartbeat_interval"` // milliseconds
			}
			if err := json.Unmarshal(f.Data, &h); err != nil || h.Interval < 1 || h.Interval > 1e7 {
				return 0, errors.New("hello without an interval")
			}
			return time.Duration(h.Interval * float64(time.Millisecond)), nil
		case opReconnect:
			return 0, &againError{0, "Discord asks to reconnect"}
		}
	}
}

// begin resumes the session or begins one. Guilds alone are of interest: being
// added and removed. No privileged intent is asked for.
func (s *shard) begin(l *line) error {
	token := s.c.o.Token
	if s.session != "" {
		return l.write(frameOut{opResume, map[string]any{"token": token, "session_id": s.session, "seq": s.seq.Load()}})
	}
	identify := discordgo.Identify{Token: token, Intents: discordgo.IntentsGuilds, LargeThreshold: 50,
		Properties: discordgo.IdentifyProperties{OS: runtime.GOOS, Browser: "hanwire", Device: "hanwire"}}
	// Shard 0 of 1 may be said as well as left out, and is clearer.
	identify.Shard = &[2]int{s.id, s.of}
	return l.write(frameOut{opIdentify, identify})
}

func (s *shard) lastSeq() any {
	if n := s.seq.Load(); n > 0 {
		return n
	}
	return nil
}

// heartbeat sends heartbeats until ctx ends. When one was not answered by the
// time of the next the connection is dead, and is cut.
func (s *shard) heartbeat(ctx context.Context, l *line, interval time.Duration) {
	wait := rand.N(interval) // the first at a random time, as Discord asks
	for bot.Sleep(ctx, wait) {
		if !s.acked.Swap(false) {
			l.conn.SetReadDeadline(time.Now())
			l.conn.Close()
			return
		}
		if l.write(frameOut{opHeartbeat, s.lastSeq()}) != nil {
			l.conn.Close()
			return
		}
		wait = interval
	}
}

// ended says what the end of a connection means for the session.
func (s *shard) ended(err error) error {
	e, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		return err
	}
	if _, refused := refusals[e.Code]; refused {
		return &refusedError{e.Code}
	}
	switch e.Code {
	case websocket.CloseNormalClosure, 4003, 4006, 4007, 4009:
		s.forget() // the session is over, or its number is wrong
	}
	return fmt.Errorf("closed with %d", e.Code)
}

func (s *shard) forget() {
	s.session, s.resumeURL = "", ""
	s.seq.Store(0)
}

// dispatch handles one event. Only the parts that we need are read, so that an
// odd one elsewhere does no harm.
func (s *shard) dispatch(f frame) {
	switch f.Type {
	case "READY":
		var d struct {
			Session string `json:"session_id"`
			Resume  string `json:"resume_gateway_url"`
			User    struct {
				ID word `json:"id"`
			} `json:"user"`
			App struct {
				ID word `json:"id"`
			} `json:"application"`
			Guilds []struct {
				ID word `json:"id"`
			} `json:"guilds"`
		}
		if err := json.Unmarshal(f.Data, &d); err != nil {
			s.log.Warn("READY cannot be read", "err", err)
			return
		}
		if s.session = d.Session; s.c.o.GatewayURL == "" {
			s.resumeURL = d.Resume
		}
		if s.guilds == nil {
			s.guilds = map[string]bool{}
		}
		for _, g := range d.Guilds {
			s.guilds[string(g.ID)] = true
		}
		s.c.mu.Lock()
		s.c.self = cmp.Or(string(d.User.ID), s.c.self)
		s.c.app = cmp.Or(s.c.app, string(d.App.ID))
		s.c.mu.Unlock()
		s.log.Info("connected", "guilds", len(d.Guilds))
	case "RESUMED":
		s.log.Info("resumed")
	case "INTERACTION_CREATE":
		i, err := readInteraction(f.Data)
		if err != nil {
			s.log.Warn("interaction cannot be read", "err", err)
			return
		}
		s.in.take(i, func(ctx context.Context, cb callback) error { return s.c.callBack(ctx, i, cb) })
	case "GUILD_CREATE":
		s.joined(f.Data)
	case "GUILD_DELETE":
		var d struct {
			ID          word `json:"id"`
			Unavailable bool `json:"unavailable"`
		}
		if json.Unmarshal(f.Data, &d) == nil && d.ID != "" && !d.Unavailable {
			delete(s.guilds, string(d.ID))
			s.in.happened(bot.Command{Event: bot.Left, At: bot.Place{Platform: Name, Workspace: string(d.ID)}})
		}
	case "CHANNEL_DELETE":
		var d struct {
			ID    word `json:"id"`
			Guild word `json:"guild_id"`
		}
		if json.Unmarshal(f.Data, &d) == nil && d.ID != "" {
			s.in.happened(bot.Command{Event: bot.Left, At: bot.Place{Platform: Name, Workspace: string(d.Guild), Channel: string(d.ID)}})
		}
	}
}

// joined tells of a guild that the bot was not in before. Those it was in come
// too, after READY has named them.
func (s *shard) joined(data json.RawMessage) {
	var d struct {
		ID          word   `json:"id"`
		Unavailable bool   `json:"unavailable"`
		System      word   `json:"system_channel_id"`
		Locale      string `json:"preferred_locale"`
		JoinedAt    string `json:"joined_at"`
		Channels    []struct {
			ID   word                  `json:"id"`
			Type discordgo.ChannelType `json:"type"`
		} `json:"channels"`
	}
	if json.Unmarshal(data, &d) != nil || d.ID == "" || d.Unavailable || s.guilds[string(d.ID)] {
		return
	}
	guild := string(d.ID)
	if s.guilds == nil {
		s.guilds = map[string]bool{}
	}
	s.guilds[guild] = true
	channel := d.System
	for _, ch := range d.Channels {
		if channel == "" && ch.Type == discordgo.ChannelTypeGuildText {
			channel = ch.ID
		}
	}
	s.in.happened(bot.Command{ID: strings.Join([]string{"joined", guild, d.JoinedAt}, "/"), Event: bot.Joined, Locale: d.Locale,
		At: bot.Place{Platform: Name, Workspace: guild, Channel: string(channel)}})
}
