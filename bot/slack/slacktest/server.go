// Package slacktest is a Slack for tests: the part of the Web API, of Socket
// Mode and of signed requests that a bot needs, on loopback.
//
// It is strict: it refuses what Slack refuses (a wrong or missing token, a
// missing scope, an unknown or archived channel, a message without text, a
// block over its limits, a trigger that is too old, a response_url used six
// times), and keeps what it was told for tests to look at. [Server.Fail] makes
// the next calls fail as networks and Slack do. People act through
// [Server.Command], [Server.Press], [Server.Submit] and [Server.Event].
package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// The one workspace of a new server, and what opens it.
const (
	Team          = "T0HANWIRE"
	BotUser       = "UBOT"
	BotToken      = "xoxb-test-token"
	AppToken      = "xapp-test-token"
	SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	ClientID      = "1234.5678"
	ClientSecret  = "client-secret"
	General       = "CGENERAL" // a channel that the bot is in
	Alice         = "UALICE"   // an ordinary member
	Admin         = "UADMIN"   // an admin of the workspace
)

// Channel is one that the server knows.
type Channel struct {
	ID       string
	Creator  string
	Private  bool
	Archived bool
	Member   bool   // the bot is in it
	With     string // the user of a direct message
}

// User is one that the server knows.
type User struct {
	ID, Name, TZ, Locale string
	Admin                bool
	Closed               bool // takes no direct messages
}

// Message is one that the server took.
type Message struct {
	Channel  string
	TS       string
	Thread   string // ts of the parent
	Text     string
	Blocks   json.RawMessage
	Metadata json.RawMessage
	Only     string // the only user who sees it
	Edits    int
	Unfurls  bool // links in it would unfurl
	Response bool // came through a response_url
}

// View is a modal or a Home tab that was shown.
type View struct {
	User     string
	Type     string
	Callback string
	Metadata string
	Blocks   json.RawMessage
}

// Call is one request to the Web API or a response_url.
type Call struct {
	Method string
	Token  string
	Params url.Values // of a form; of JSON its top-level strings
}

// Fault is what happens to a call instead of its being done.
type Fault struct {
	Status int    // HTTP status; 429 goes with RetryAfter
	After  string // Retry-After
	Error  string // {"ok":false,"error":…}
	Body   string // comes with status 200, whatever it is
	Half   bool   // and is cut off
	Reset  bool   // the connection is reset without an answer
	Done   bool   // the call is done first, and then fails
	Delay  time.Duration
}

// Server is a fake Slack. Its methods may be called from many goroutines.
type Server struct {
	http *httptest.Server

	mu        sync.Mutex // guards all that follows
	scopes    []string
	revoked   bool
	foreign   bool
	channels  map[string]*Channel
	users     map[string]*User
	messages  []*Message
	views     []View
	calls     []Call
	faults    map[string][]Fault
	triggers  map[string]trigger
	responses map[string]*response
	tokens    map[string]string // token to workspace
	codes     map[string]string // OAuth code to workspace
	target    string            // address of signed requests; empty for the socket
	sockets   []*socket
	connected []time.Time // when sockets were opened
	restless  bool        // each is closed at once
	pending   map[string]*Sent
	number    int
	changed   *sync.Cond
}

type trigger struct {
	user  string
	until time.Time
}

type response struct {
	channel, user, message string
	used                   int
	until                  time.Time
}

// NewServer starts a server with one workspace, two people and one channel,
// and all scopes granted.
func NewServer() *Server {
	s := &Server{
		scopes: strings.Split("channels:history,channels:read,chat:write,chat:write.public,commands,groups:history,groups:read,im:history,im:write,users:read", ","),
		channels: map[string]*Channel{
			General: {ID: General, Creator: Admin, Member: true},
		},
		users: map[string]*User{
			Alice: {ID: Alice, Name: "alice", TZ: "Asia/Seoul", Locale: "ko-KR"},
			Admin: {ID: Admin, Name: "admin", TZ: "Europe/Berlin", Locale: "en-US", Admin: true},
		},
		faults:    map[string][]Fault{},
		triggers:  map[string]trigger{},
		responses: map[string]*response{},
		tokens:    map[string]string{BotToken: Team},
		codes:     map[string]string{},
		pending:   map[string]*Sent{},
	}
	s.changed = sync.NewCond(&s.mu)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.serveAPI)
	mux.HandleFunc("GET /api/{method}", s.serveAPI)
	mux.HandleFunc("POST /response/{id}", s.serveResponse)
	mux.HandleFunc("GET /socket", s.serveSocket)
	s.http = httptest.NewServer(mux)
	return s
}

// URL is the base of the Web API, for the client's API URL.
func (s *Server) URL() string { return s.http.URL + "/api/" }

// Close ends the server and all its connections.
func (s *Server) Close() {
	s.Disconnect("")
	s.http.CloseClientConnections()
	s.http.Close()
}

// AddChannel adds or replaces a channel.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[c.ID] = &c
}

// AddUser adds or replaces a person.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[u.ID] = &u
}

// AddInstall makes an OAuth code that installs the app in a workspace.
func (s *Server) AddInstall(code, workspace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = workspace
}

// Grant sets the scopes that the bot token has.
func (s *Server) Grant(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = scopes
}

// Foreign makes the server answer as one of another maker may: a message that
// was taken comes back as the form that it came in, no message shows its
// metadata, and what is not needed is left out or is of another type.
func (s *Server) Foreign() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.foreign = true
}

// Revoke makes all tokens invalid.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Fail makes the next calls of a method ("chat.postMessage", "response_url")
// end in these faults, one each.
func (s *Server) Fail(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

// Messages are all messages that are to be seen, in order of posting.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.messages))
	for i, m := range s.messages {
		out[i] = *m
	}
	return out
}

// WaitMessages returns when there are at least n messages, or after the
// timeout with those that there are.
func (s *Server) WaitMessages(n int, timeout time.Duration) []Message {
	s.wait(timeout, func() bool { return len(s.messages) >= n })
	return s.Messages()
}

// Views are the modals and Home tabs shown, in order.
func (s *Server) Views() []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.views)
}

// WaitViews returns when there are at least n views, or after the timeout.
func (s *Server) WaitViews(n int, timeout time.Duration) []View {
	s.wait(timeout, func() bool { return len(s.views) >= n })
	return s.Views()
}

// Calls are all calls so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
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

// next numbers things; s.mu is held.
func (s *Server) next() int {
	s.number++
	return s.number
}

// ts makes a time stamp as Slack's messages have; s.mu is held.
func (s *Server) ts() string { return fmt.Sprintf("%d.%06d", time.Now().Unix(), s.next()) }
