package discordtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Script is how the next gateway connection goes, where it is to go wrong.
type Script struct {
	Interval time.Duration // of heartbeats; 45 s when zero
	First    int           // this op comes instead of hello: 7 or 11
	Silent   bool          // nothing comes at all
	NoAck    bool          // heartbeats are not answered
	Mute     bool          // nothing comes after hello
	Invalid  *bool         // op 9 after identify or resume, with this
	Close    int           // closed with this code after identify or resume
	Status   int           // HTTP status instead of a connection
}

// Identify is one that the bot sent.
type Identify struct {
	Token   string         `json:"token"`
	Intents int            `json:"intents"`
	Shard   *[2]int        `json:"shard"`
	Props   map[string]any `json:"properties"`
	At      time.Time      `json:"-"`
}

// Resume is one that the bot sent.
type Resume struct {
	Token   string `json:"token"`
	Session string `json:"session_id"`
	Seq     int64  `json:"seq"`
}

type line struct {
	conn  *websocket.Conn
	shard int

	mu     sync.Mutex // held while writing
	seq    int64
	closed bool // by the server; what the bot's close says then is an echo
}

func (l *line) send(op int, d any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.WriteJSON(object{"op": op, "d": d, "s": nil, "t": nil})
}

func (l *line) event(name string, d any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	return l.conn.WriteJSON(object{"op": 0, "d": d, "s": l.seq, "t": name})
}

// Next sets how the next gateway connections go, one each.
func (s *Server) Next(scripts ...Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts = append(s.scripts, scripts...)
}

func (s *Server) gatewayBot(*http.Request, []byte) (int, any) {
	return 200, object{"url": s.GatewayURL(), "shards": s.shards,
		"session_start_limit": object{"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": s.shards}}
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var script Script
	if len(s.scripts) > 0 {
		script, s.scripts = s.scripts[0], s.scripts[1:]
	}
	s.connections = append(s.connections, time.Now())
	s.changed.Broadcast()
	s.mu.Unlock()
	if script.Status != 0 {
		http.Error(w, "fault", script.Status)
		return
	}
	if r.URL.Query().Get("encoding") != "json" || r.URL.Query().Get("v") == "" {
		http.Error(w, "version and encoding", http.StatusBadRequest)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	l := &line{conn: conn}
	if script.Interval == 0 {
		script.Interval = 45 * time.Second
	}
	switch {
	case script.Silent:
	case script.First == 11:
		// The answer to a heartbeat of the old connection comes first.
		if l.send(11, nil) != nil {
			return
		}
		fallthrough
	case script.First == 0:
		if l.send(10, object{"heartbeat_interval": script.Interval.Milliseconds()}) != nil {
			return
		}
	default:
		if l.send(script.First, nil) != nil {
			return
		}
	}
	s.hold(l, script)
	s.mu.Lock()
	for i, other := range s.lines {
		if other == l {
			s.lines = append(s.lines[:i], s.lines[i+1:]...)
			break
		}
	}
	s.changed.Broadcast()
	s.mu.Unlock()
}

const sessionName = "session-"

// hold reads what the bot says until the connection ends.
func (s *Server) hold(l *line, script Script) {
	for {
		var f struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := l.conn.ReadJSON(&f); err != nil {
			if e, ok := err.(*websocket.CloseError); ok && !l.isClosed() {
				s.mu.Lock()
				s.codes = append(s.codes, e.Code)
				s.changed.Broadcast()
				s.mu.Unlock()
			}
			return
		}
		switch f.Op {
		case 1:
			if !script.NoAck && !script.Silent && l.send(11, nil) != nil {
				return
			}
		case 2, 6:
			if !s.begin(l, f.Op, f.Data, script) {
				return
			}
		}
	}
}

// begin answers identify and resume, and reports whether the connection stays.
func (s *Server) begin(l *line, op int, data json.RawMessage, script Script) bool {
	var id Identify
	var re Resume
	if json.Unmarshal(data, &id) != nil || json.Unmarshal(data, &re) != nil {
		l.close(4002)
		return false
	}
	s.mu.Lock()
	id.At = time.Now()
	if op == 2 {
		s.identifies = append(s.identifies, id)
	} else {
		s.resumes = append(s.resumes, re)
	}
	shards := s.shards
	s.changed.Broadcast()
	s.mu.Unlock()
	switch {
	case id.Token != Token:
		l.close(4004)
		return false
	case id.Intents&(1<<1|1<<8|1<<15) != 0:
		l.close(4014)
		return false
	case op == 2 && id.Shard != nil && (id.Shard[0] >= id.Shard[1] || id.Shard[1] != shards && shards > 1):
		l.close(4010)
		return false
	case script.Close != 0:
		l.close(script.Close)
		return false
	case script.Invalid != nil:
		return l.send(9, *script.Invalid) == nil
	case script.Mute:
		return true
	}
	if op == 6 {
		l.seq = re.Seq
		l.shard, _ = strconv.Atoi(strings.TrimPrefix(re.Session, sessionName))
		if l.event("RESUMED", object{}) != nil {
			return false
		}
	} else {
		if id.Shard != nil {
			l.shard = id.Shard[0]
		}
		if l.event("READY", object{"v": 10, "session_id": sessionName + strconv.Itoa(l.shard), "resume_gateway_url": s.GatewayURL(), "user": object{"id": Bot},
			"application": object{"id": App}, "guilds": []object{{"id": Guild, "unavailable": true}}}) != nil {
			return false
		}
		if l.event("GUILD_CREATE", object{"id": Guild, "system_channel_id": General, "channels": []object{{"id": General, "type": 0}}}) != nil {
			return false
		}
	}
	s.mu.Lock()
	s.lines = append(s.lines, l)
	s.changed.Broadcast()
	s.mu.Unlock()
	return true
}

func (l *line) close(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	l.conn.Close()
}

func (l *line) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// WaitConnected returns when n connections are ready.
func (s *Server) WaitConnected(n int, timeout time.Duration) bool {
	return s.wait(timeout, func() bool { return len(s.lines) >= n })
}

// Connections are the times at which the bot connected, whatever came of it.
func (s *Server) Connections() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.connections...)
}

// Identifies are those that came.
func (s *Server) Identifies() []Identify {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Identify(nil), s.identifies...)
}

// Resumes are those that came.
func (s *Server) Resumes() []Resume {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Resume(nil), s.resumes...)
}

// CloseCodes are those with which the bot closed connections.
func (s *Server) CloseCodes() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int(nil), s.codes...)
}

// Disconnect ends all connections with a close code, or by cutting the line
// when it is 0.
func (s *Server) Disconnect(code int) {
	s.mu.Lock()
	open := s.lines
	s.lines = nil
	s.mu.Unlock()
	for _, l := range open {
		if code == 0 {
			l.conn.Close()
		} else {
			l.close(code)
		}
	}
}

// SendOp sends an operation to all connections, as op 7.
func (s *Server) SendOp(op int, d any) {
	s.mu.Lock()
	open := append([]*line(nil), s.lines...)
	if op == 7 || op == 9 {
		s.lines = nil
	}
	s.mu.Unlock()
	for _, l := range open {
		l.send(op, d)
	}
}

// Event sends an event to the last connection.
func (s *Server) Event(name string, d any) error {
	s.mu.Lock()
	var l *line
	if len(s.lines) > 0 {
		l = s.lines[len(s.lines)-1]
	}
	s.mu.Unlock()
	if l == nil {
		return errNoLine
	}
	return l.event(name, d)
}

// Held are the shards that have a connection, in the order in which they
// connected.
func (s *Server) Held() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var held []int
	for _, l := range s.lines {
		held = append(held, l.shard)
	}
	return held
}
