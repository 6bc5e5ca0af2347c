package discordtest

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var errNoLine = errors.New("no gateway connection is ready")

// Sent is an interaction on its way to the bot.
type Sent struct {
	ID, Token string

	kind                   int
	user, channel, message string
	at                     time.Time
	acked                  chan struct{}

	// Set before acked is closed.
	first    bool
	took     time.Duration
	callback int
	choices  []string
}

// Acked waits for the first response and returns how long it took; false when
// there was none in three seconds, as Discord allows.
func (t *Sent) Acked() (time.Duration, bool) {
	select {
	case <-t.acked:
		return t.took, true
	case <-time.After(time.Until(t.at.Add(3 * time.Second))):
		return 0, false
	}
}

// Choices waits for what was suggested.
func (t *Sent) Choices() []string {
	if _, ok := t.Acked(); !ok {
		return nil
	}
	return t.choices
}

// SendTo makes interactions go to an address by signed HTTP instead of the
// gateway.
func (s *Server) SendTo(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target = address
}

// Act is who does something, and where.
type Act struct {
	User        string // Alice when empty
	Channel     string // General when empty
	Permissions string // "0" when empty
	Direct      bool   // in a direct message
	Locale      string // en-US when empty
}

// Command gives a command: its words, "latest" or "alert add", and its options
// as name and value in turn.
func (s *Server) Command(a Act, words string, options ...any) (*Sent, error) {
	return s.Send(a, 2, "", commandData(words, "", options))
}

// Type types an option of a command and returns what is suggested.
func (s *Server) Type(a Act, words, focused string, options ...any) (*Sent, error) {
	return s.Send(a, 4, "", commandData(words, focused, options))
}

func commandData(words, focused string, options []any) object {
	var list []object
	for i := 0; i+1 < len(options); i += 2 {
		kind := 3
		if _, ok := options[i+1].(int); ok {
			kind = 4
		}
		name := options[i].(string)
		list = append(list, object{"name": name, "type": kind, "value": options[i+1], "focused": name == focused})
	}
	parts := strings.Fields(words)
	for i := len(parts) - 1; i >= 0; i-- {
		kind := 1
		if i < len(parts)-1 {
			kind = 2
		}
		list = []object{{"name": parts[i], "type": kind, "options": list}}
	}
	return object{"id": "1", "name": "hanwire", "type": 1, "options": list}
}

// Press presses the button of a message whose custom_id ends with action, or
// chooses the option with that value.
func (s *Server) Press(a Act, message, action string) (*Sent, error) {
	s.mu.Lock()
	var m *Message
	for _, x := range s.messages {
		if x.ID == message {
			m = x
		}
	}
	s.mu.Unlock()
	if m == nil {
		return nil, fmt.Errorf("no message %s", message)
	}
	a.Channel = m.Channel
	for _, row := range m.Body.Components {
		for _, p := range row.list("components") {
			if p.int("type") == 2 && strings.HasSuffix(p.str("custom_id"), ":"+action) {
				return s.Send(a, 3, message, object{"custom_id": p.str("custom_id"), "component_type": 2})
			}
			for _, o := range p.list("options") {
				if o.str("value") == action {
					return s.Send(a, 3, message, object{"custom_id": p.str("custom_id"), "component_type": 3, "values": []string{action}})
				}
			}
		}
	}
	return nil, fmt.Errorf("message %s has no %q", message, action)
}

// Submit sends a form with what was filled in.
func (s *Server) Submit(a Act, f Form, fields map[string]string) (*Sent, error) {
	a.Channel = f.channel
	var parts []object
	for i, name := range f.Fields {
		in := object{"type": 4, "id": 2*i + 2, "custom_id": name, "value": fields[name]}
		if f.selects[name] {
			in = object{"type": 3, "id": 2*i + 2, "custom_id": name, "values": []string{fields[name]}}
		}
		parts = append(parts, object{"type": 18, "id": 2*i + 1, "component": in})
	}
	return s.Send(a, 5, f.message, object{"custom_id": f.ID, "components": parts})
}

// Send sends an interaction of any kind.
func (s *Server) Send(a Act, kind int, message string, data any) (*Sent, error) {
	s.mu.Lock()
	t := &Sent{ID: s.id(), Token: "interaction-token-" + strconv.FormatInt(s.number, 10), kind: kind, user: a.User, channel: a.Channel, message: message,
		at: time.Now(), acked: make(chan struct{})}
	if t.user == "" {
		t.user = Alice
	}
	if t.channel == "" {
		t.channel = General
	}
	s.interactions[t.Token] = t
	who := object{"id": t.user, "username": "alice", "global_name": "Alice"}
	i := object{"id": t.ID, "application_id": App, "type": kind, "token": t.Token, "version": 1, "channel_id": t.channel, "data": data,
		"locale": "en-US", "context": 0, "app_permissions": "274877991936", "entitlements": []any{}, "authorizing_integration_owners": object{"0": Guild}}
	if a.Locale != "" {
		i["locale"] = a.Locale
	}
	if c := s.channels[t.channel]; c != nil {
		i["channel"] = object{"id": c.ID, "type": c.Type, "parent_id": c.Parent, "owner_id": c.Owner}
	}
	if a.Direct {
		i["user"] = who
	} else {
		permissions := a.Permissions
		if permissions == "" {
			permissions = "0"
		}
		i["guild_id"] = Guild
		i["member"] = object{"user": who, "permissions": permissions, "roles": []any{}, "joined_at": "2026-01-01T00:00:00Z"}
	}
	if message != "" {
		i["message"] = object{"id": message, "flags": 0, "components": []object{{"type": 99, "odd": true}}}
	}
	target := s.target
	s.mu.Unlock()
	if target == "" {
		return t, s.Event("INTERACTION_CREATE", i)
	}
	raw, err := json.Marshal(i)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(s.Signed(target, string(raw), time.Now()))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d: %s", resp.StatusCode, body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed.Broadcast()
	if why := s.respond(t, body); why != "" {
		return nil, fmt.Errorf("first response %s: %s", body, why)
	}
	return t, nil
}

// Signed makes a request as Discord signs it.
func (s *Server) Signed(target, body string, at time.Time) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	req, err := http.NewRequest(http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		panic(err) // a test's own mistake
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Signature-Timestamp", stamp)
	req.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(s.key, []byte(stamp+body))))
	return req
}
