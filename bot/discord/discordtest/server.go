// Package discordtest is a Discord for tests: the part of the REST API, of the
// gateway and of signed interactions that a bot needs, on loopback.
//
// It is strict: it refuses what Discord refuses (a wrong token, a message
// that is empty or over its limits, a custom_id twice, mentions that are not
// switched off, a second first response, a channel it may not post in), makes
// a message with an enforced nonce once, and keeps what it was told for tests
// to look at. [Server.Fail] makes the next calls fail as networks and Discord
// do, [Server.Next] the next gateway connections. People act through
// [Server.Command], [Server.Press], [Server.Submit] and [Server.Type].
package discordtest

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"time"
)

// What a new server knows, and what opens it.
const (
	Token   = "test-token.abc.def"
	App     = "100000000000000001"
	Bot     = "100000000000000002"
	Guild   = "100000000000000003"
	General = "100000000000000004" // a text channel
	Forum   = "100000000000000005"
	Alice   = "100000000000000006"
	Closed  = "100000000000000007" // takes no direct messages
)

// Channel is one that the server knows.
type Channel struct {
	ID      string
	Guild   string
	Type    int
	Parent  string // of a thread
	Owner   string // of a thread
	Name    string
	NoView  bool // 50001
	NoPost  bool // 50013
	Locked  bool // an archived thread: 50083
	NoReads bool // messages cannot be listed
}

// Message is one that the server made.
type Message struct {
	ID, Channel string
	Body        Body
	Only        string // the only user who sees it
	Edits       int
	Reply       string // the interaction that it answers
	Original    bool   // it is that interaction's first response
	Waiting     bool   // "thinking…"
}

// Call is one request.
type Call struct {
	Name   string // "message", "callback", ...
	Method string
	Path   string
	Body   json.RawMessage
}

// Fault is what happens to a call instead of its being done.
type Fault struct {
	Status int
	Body   string            // JSON or not
	Header map[string]string // such as Retry-After
	Reset  bool              // the connection is reset without an answer
	Done   bool              // the call is done first, and then fails
	Delay  time.Duration
}

// Server is a fake Discord. Its methods may be called from many goroutines.
type Server struct {
	http *httptest.Server
	key  ed25519.PrivateKey
	pub  ed25519.PublicKey

	mu           sync.Mutex // guards all that follows
	channels     map[string]*Channel
	messages     []*Message
	nonces       map[string]*Message
	commands     []any
	puts         int
	calls        []Call
	faults       map[string][]Fault
	interactions map[string]*Sent // by token
	forms        []Form
	target       string // address of signed interactions; empty for the gateway
	shards       int
	noNonce      bool
	scripts      []Script
	lines        []*line
	identifies   []Identify
	resumes      []Resume
	connections  []time.Time
	codes        []int // close codes of the bot's
	number       int64
	changed      *sync.Cond
}

// NewServer starts a server with one guild, a text and a forum channel.
func NewServer() *Server {
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // there is no such error
	}
	s := &Server{
		key: key, pub: pub, shards: 1,
		channels: map[string]*Channel{
			General: {ID: General, Guild: Guild, Name: "general"},
			Forum:   {ID: Forum, Guild: Guild, Type: 15, Name: "forum"},
		},
		nonces:       map[string]*Message{},
		faults:       map[string][]Fault{},
		interactions: map[string]*Sent{},
	}
	s.changed = sync.NewCond(&s.mu)
	mux := http.NewServeMux()
	for pattern, r := range routes {
		mux.HandleFunc(pattern, s.serve(r))
	}
	mux.HandleFunc("GET /gateway", s.serveGateway)
	mux.HandleFunc("GET /gateway/{$}", s.serveGateway)
	s.http = httptest.NewServer(mux)
	return s
}

// URL is the base of the REST API, for the client's API URL.
func (s *Server) URL() string { return s.http.URL + "/api/v10/" }

// GatewayURL is the address of the gateway, which the API tells as well.
func (s *Server) GatewayURL() string { return "ws" + s.http.URL[len("http"):] + "/gateway" }

// PublicKey verifies the signed interactions.
func (s *Server) PublicKey() string { return hex.EncodeToString(s.pub) }

// Close ends the server and all its connections.
func (s *Server) Close() {
	s.Disconnect(0)
	s.http.CloseClientConnections()
	s.http.Close()
}

// AddChannel adds or replaces a channel.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[c.ID] = &c
}

// Shard sets how many shards the server recommends.
func (s *Server) Shard(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shards = n
}

// ForgetNonces makes the server make each message anew, as Discord does when
// some minutes have passed.
func (s *Server) ForgetNonces() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noNonce = true
}

// Fail makes the next calls of a name end in these faults, one each. Names:
// message, edit, history, thread, channel, direct, commands, callback,
// original, followup, gateway, application, me.
func (s *Server) Fail(name string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[name] = append(s.faults[name], faults...)
}

// Messages are all messages that are to be seen, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.messages))
	for i, m := range s.messages {
		out[i] = *m
	}
	return out
}

// WaitMessages returns when there are at least n messages that do not say
// "thinking…", or after the timeout.
func (s *Server) WaitMessages(n int, timeout time.Duration) []Message {
	s.wait(timeout, func() bool {
		said := 0
		for _, m := range s.messages {
			if !m.Waiting {
				said++
			}
		}
		return said >= n
	})
	return s.Messages()
}

// Calls are all calls so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Commands are those registered, and how often any were.
func (s *Server) Commands() ([]any, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands), s.puts
}

// Forms are those shown, in order.
func (s *Server) Forms() []Form {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.forms)
}

// wait returns when cond, asked with s.mu held, is true, or after the timeout.
func (s *Server) wait(timeout time.Duration, cond func() bool) bool {
	deadline := time.Now().Add(timeout)
	stop := time.AfterFunc(timeout, s.changed.Broadcast)
	defer stop.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !cond() {
		if !time.Now().Before(deadline) {
			return false
		}
		s.changed.Wait()
	}
	return true
}

// id makes a snowflake; s.mu is held.
func (s *Server) id() string {
	s.number++
	return strconv.FormatInt((time.Now().UnixMilli()-1420070400000)<<22|s.number&0x3fffff, 10)
}
