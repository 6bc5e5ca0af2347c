package slacktest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket is one Socket Mode connection.
type socket struct {
	mu   sync.Mutex // guards writing
	conn *websocket.Conn
}

func (k *socket) write(v any) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.conn.WriteJSON(v)
}

// Sent is a request on its way to the bot.
type Sent struct {
	Envelope string
	Trigger  string
	acked    chan struct{}
	at       time.Time
	took     time.Duration
}

// Acked waits for the acknowledgement and returns how long it took; false when
// there was none in three seconds, as Slack allows.
func (t *Sent) Acked() (time.Duration, bool) {
	select {
	case <-t.acked:
		return t.took, true
	case <-time.After(time.Until(t.at.Add(3 * time.Second))):
		return 0, false
	}
}

func (s *Server) connectionsOpen(url.Values) answer {
	return answer{"ok": true, "url": "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket?ticket=" + strconv.Itoa(s.next())}
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("ticket") == "" {
		http.Error(w, "no ticket", http.StatusUnauthorized)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	k := &socket{conn: conn}
	if k.write(answer{"type": "hello", "num_connections": 1, "connection_info": answer{"app_id": "A1"}}) != nil {
		return
	}
	s.mu.Lock()
	s.connected = append(s.connected, time.Now())
	restless := s.restless
	if !restless {
		s.sockets = append(s.sockets, k)
	}
	s.changed.Broadcast()
	s.mu.Unlock()
	if restless {
		return
	}
	for {
		var ack struct {
			Envelope string `json:"envelope_id"`
		}
		if err := conn.ReadJSON(&ack); err != nil {
			break
		}
		s.mu.Lock()
		if t := s.pending[ack.Envelope]; t != nil {
			t.took = time.Since(t.at)
			close(t.acked)
			delete(s.pending, ack.Envelope)
		}
		s.mu.Unlock()
	}
	s.mu.Lock()
	for i, other := range s.sockets {
		if other == k {
			s.sockets = append(s.sockets[:i], s.sockets[i+1:]...)
			break
		}
	}
	s.mu.Unlock()
}

// WaitConnected returns when the bot has a socket open.
func (s *Server) WaitConnected(timeout time.Duration) bool {
	return s.wait(timeout, func() bool { return len(s.sockets) > 0 })
}

// WaitSockets returns when n sockets were opened in all, or after the timeout,
// with the times at which that was.
func (s *Server) WaitSockets(n int, timeout time.Duration) []time.Time {
	s.wait(timeout, func() bool { return len(s.connected) >= n })
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.connected)
}

// Connections is how often a socket was asked for.
func (s *Server) Connections() int {
	n := 0
	for _, c := range s.Calls() {
		if c.Method == "apps.connections.open" {
			n++
		}
	}
	return n
}

// Restless makes the server close each socket as soon as it has said hello.
func (s *Server) Restless() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restless = true
}

// Disconnect ends all sockets: with a reason as Slack does ("warning",
// "refresh_requested"), without one by cutting the line.
func (s *Server) Disconnect(reason string) {
	s.mu.Lock()
	open := s.sockets
	s.sockets = nil
	s.mu.Unlock()
	for _, k := range open {
		if reason == "" {
			k.conn.Close()
			continue
		}
		k.write(answer{"type": "disconnect", "reason": reason, "debug_info": answer{"host": "test"}})
	}
}

// SendTo makes requests go to an address by signed HTTP instead of the socket.
func (s *Server) SendTo(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target = address
}

// Send sends an envelope of Socket Mode with any payload, or the same payload
// as a signed request. An empty envelope gets a new id.
func (s *Server) Send(envelope, kind string, payload any) (*Sent, error) {
	s.mu.Lock()
	if envelope == "" {
		envelope = "envelope-" + strconv.Itoa(s.next())
	}
	t := &Sent{Envelope: envelope, acked: make(chan struct{}), at: time.Now()}
	target := s.target
	var k *socket
	if len(s.sockets) > 0 {
		k = s.sockets[len(s.sockets)-1]
	}
	if target == "" {
		s.pending[envelope] = t
	}
	s.mu.Unlock()
	if target != "" {
		return t, s.post(t, target, kind, payload)
	}
	if k == nil {
		return nil, fmt.Errorf("no socket is open")
	}
	return t, k.write(answer{"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": true})
}

func (s *Server) post(t *Sent, target, kind string, payload any) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	contentType, body := "application/json", string(raw)
	switch kind {
	case "interactive":
		contentType, body = "application/x-www-form-urlencoded", url.Values{"payload": {body}}.Encode()
	case "slash_commands":
		form := url.Values{}
		for k, v := range payload.(answer) {
			form.Set(k, fmt.Sprint(v))
		}
		contentType, body = "application/x-www-form-urlencoded", form.Encode()
	}
	req := Signed(target, contentType, body, time.Now())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d: %s", resp.StatusCode, said)
	}
	t.took = time.Since(t.at)
	close(t.acked)
	return nil
}

// Signed makes a request as Slack signs it.
func Signed(target, contentType, body string, at time.Time) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(SigningSecret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	req, err := http.NewRequest(http.MethodPost, target, bytes.NewBufferString(body))
	if err != nil {
		panic(err) // a test's own mistake
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return req
}

// ways makes a response_url and a trigger for something a person did.
func (s *Server) ways(user, channel, message string) (responseURL, triggerID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := strconv.Itoa(s.next())
	s.responses[id] = &response{channel: channel, user: user, message: message, until: time.Now().Add(30 * time.Minute)}
	s.triggers[id] = trigger{user: user, until: time.Now().Add(3 * time.Second)}
	return s.http.URL + "/response/" + id, id
}

// Command types "/hanwire text" in a channel.
func (s *Server) Command(user, channel, text string) (*Sent, error) {
	responseURL, triggerID := s.ways(user, channel, "")
	return s.Send("", "slash_commands", answer{
		"command": "/hanwire", "text": text, "user_id": user, "user_name": user, "channel_id": channel, "channel_name": "general",
		"team_id": Team, "team_domain": "test", "response_url": responseURL, "trigger_id": triggerID, "api_app_id": "A1", "token": "deprecated",
	})
}

// Press presses the button with a value, or chooses it in a menu, in a message.
func (s *Server) Press(user, channel, ts, value string) (*Sent, error) {
	s.mu.Lock()
	m := s.findAny(channel, ts)
	s.mu.Unlock()
	if m == nil {
		return nil, fmt.Errorf("no message %s in %s", ts, channel)
	}
	action := pressed(m.Blocks, value)
	if action == nil {
		return nil, fmt.Errorf("message %s has no button %q", ts, value)
	}
	responseURL, triggerID := s.ways(user, channel, ts)
	return s.Send("", "interactive", answer{
		"type": "block_actions", "team": answer{"id": Team}, "user": answer{"id": user, "username": user, "team_id": Team},
		"channel": answer{"id": channel, "name": "general"}, "container": answer{"type": "message", "message_ts": ts, "channel_id": channel},
		"message": answer{"ts": ts, "blocks": m.Blocks}, "response_url": responseURL, "trigger_id": triggerID,
		"actions": []answer{action},
	})
}

// PressHome presses a button in a person's Home tab.
func (s *Server) PressHome(user, value string) (*Sent, error) {
	var blocks json.RawMessage
	for _, v := range s.Views() {
		if v.User == user && v.Type == "home" {
			blocks = v.Blocks
		}
	}
	action := pressed(blocks, value)
	if action == nil {
		return nil, fmt.Errorf("the Home of %s has no button %q", user, value)
	}
	_, triggerID := s.ways(user, "", "")
	return s.Send("", "interactive", answer{
		"type": "block_actions", "team": answer{"id": Team}, "user": answer{"id": user, "username": user, "team_id": Team},
		"container": answer{"type": "view"}, "view": answer{"type": "home", "private_metadata": ""}, "trigger_id": triggerID,
		"actions": []answer{action},
	})
}

// pressed finds what Slack would send for a button or an option.
func pressed(blocks json.RawMessage, value string) answer {
	var list []node
	if json.Unmarshal(blocks, &list) != nil {
		return nil
	}
	for _, b := range list {
		for _, e := range b.list("elements") {
			if e.str("type") == "button" && (e.str("value") == value || e.str("url") == value) {
				return answer{"type": "button", "action_id": e.str("action_id"), "block_id": "x", "value": e.str("value")}
			}
			for _, o := range e.list("options") {
				if o.str("value") == value {
					return answer{"type": "static_select", "action_id": e.str("action_id"), "block_id": "x", "selected_option": o}
				}
			}
		}
	}
	return nil
}

// Submit sends a modal with what was filled in, by the block_id of each input.
func (s *Server) Submit(v View, fields map[string]string) (*Sent, error) {
	values := answer{}
	var list []node
	if err := json.Unmarshal(v.Blocks, &list); err != nil {
		return nil, err
	}
	for _, b := range list {
		e := b.object("element")
		in := answer{"type": e.str("type"), "value": fields[b.str("block_id")]}
		if e.str("type") == "static_select" {
			in = answer{"type": "static_select", "selected_option": answer{"value": fields[b.str("block_id")]}}
		}
		values[b.str("block_id")] = answer{e.str("action_id"): in}
	}
	_, triggerID := s.ways(v.User, "", "")
	return s.Send("", "interactive", answer{
		"type": "view_submission", "team": answer{"id": Team}, "user": answer{"id": v.User, "username": v.User, "team_id": Team}, "trigger_id": triggerID,
		"view": answer{"type": "modal", "callback_id": v.Callback, "private_metadata": v.Metadata, "state": answer{"values": values}},
	})
}

// Event sends an event of the Events API; an empty id gets a new one.
func (s *Server) Event(id string, event map[string]any) (*Sent, error) {
	if id == "" {
		s.mu.Lock()
		id = "Ev" + strconv.Itoa(s.next())
		s.mu.Unlock()
	}
	return s.Send("", "events_api", answer{"type": "event_callback", "team_id": Team, "api_app_id": "A1", "event_id": id,
		"event_time": time.Now().Unix(), "event": event})
}
