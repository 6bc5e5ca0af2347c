package discordtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// route is a call by its name, and what it does with s.mu held.
type route struct {
	name string
	do   func(s *Server, r *http.Request, body []byte) (status int, answer any)
	open bool // needs no bot token: the path holds another
}

var routes = map[string]route{
	"GET /api/v10/gateway/bot":                                    {"gateway", (*Server).gatewayBot, false},
	"GET /api/v10/applications/@me":                               {"application", (*Server).application, false},
	"GET /api/v10/users/@me":                                      {"me", (*Server).me, false},
	"GET /api/v10/applications/{app}/commands":                    {"commands", (*Server).listCommands, false},
	"PUT /api/v10/applications/{app}/commands":                    {"commands", (*Server).putCommands, false},
	"GET /api/v10/applications/{app}/guilds/{guild}/commands":     {"commands", (*Server).listCommands, false},
	"PUT /api/v10/applications/{app}/guilds/{guild}/commands":     {"commands", (*Server).putCommands, false},
	"GET /api/v10/channels/{channel}":                             {"channel", (*Server).getChannel, false},
	"POST /api/v10/channels/{channel}/messages":                   {"message", (*Server).createMessage, false},
	"GET /api/v10/channels/{channel}/messages":                    {"history", (*Server).listMessages, false},
	"GET /api/v10/channels/{channel}/messages/{message}":          {"history", (*Server).getMessage, false},
	"PATCH /api/v10/channels/{channel}/messages/{message}":        {"edit", (*Server).editMessage, false},
	"POST /api/v10/channels/{channel}/messages/{message}/threads": {"thread", (*Server).startThread, false},
	"POST /api/v10/channels/{channel}/threads":                    {"thread", (*Server).forumPost, false},
	"GET /api/v10/guilds/{guild}/threads/active":                  {"history", (*Server).activeThreads, false},
	"POST /api/v10/users/@me/channels":                            {"direct", (*Server).openDirect, false},
	"POST /api/v10/interactions/{id}/{token}/callback":            {"callback", (*Server).callback, true},
	"PATCH /api/v10/webhooks/{app}/{token}/messages/@original":    {"original", (*Server).editOriginal, true},
	"DELETE /api/v10/webhooks/{app}/{token}/messages/@original":   {"original", (*Server).deleteOriginal, true},
	"POST /api/v10/webhooks/{app}/{token}":                        {"followup", (*Server).followUp, true},
}

type object = map[string]any

// refuse is Discord's error object.
func refuse(status, code int, message string) (int, any) {
	return status, object{"code": code, "message": message}
}

// Discord's words for what is wrong
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json).
func unknown(code int, what string) (int, any) { return refuse(404, code, "Unknown "+what) }
func invalid(why string) (int, any)            { return refuse(400, 50035, "Invalid Form Body: "+why) }

func (s *Server) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(io.LimitReader(req.Body, 4<<20))
		s.mu.Lock()
		s.calls = append(s.calls, Call{Name: r.name, Method: req.Method, Path: req.URL.Path, Body: body})
		var f Fault
		q := s.faults[r.name]
		failing := len(q) > 0
		if failing {
			f, s.faults[r.name] = q[0], q[1:]
		}
		s.changed.Broadcast()
		s.mu.Unlock()
		time.Sleep(f.Delay)
		if failing && !f.Done && f.answer(w) {
			return
		}
		var status int
		var answer any
		s.mu.Lock()
		switch auth := req.Header.Get("Authorization"); {
		case err != nil:
			status, answer = invalid("unreadable")
		case !r.open && auth != "Bot "+Token:
			status, answer = refuse(401, 0, "401: Unauthorized")
		case len(body) > 0 && !strings.HasPrefix(req.Header.Get("Content-Type"), "application/json"):
			status, answer = refuse(400, 50035, "content type")
		case !strings.HasPrefix(req.Header.Get("User-Agent"), "DiscordBot ("):
			status, answer = refuse(403, 0, "user agent")
		default:
			status, answer = r.do(s, req, body)
		}
		s.changed.Broadcast()
		s.mu.Unlock()
		if failing && f.Done && f.answer(w) {
			return
		}
		if answer == nil {
			w.WriteHeader(status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(answer)
	}
}

// answer gives the fault in place of an answer, and reports whether it is one:
// a mere delay is not.
func (f Fault) answer(w http.ResponseWriter) bool {
	if f.Reset {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			if t, ok := conn.(interface{ SetLinger(int) error }); ok {
				t.SetLinger(0)
			}
			conn.Close()
		}
		return true
	}
	if f.Status == 0 {
		return false
	}
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(f.Status)
	io.WriteString(w, f.Body)
	return true
}

func (s *Server) application(*http.Request, []byte) (int, any) {
	return 200, object{"id": App, "name": "Hanwire", "verify_key": s.PublicKey(), "bot": object{"id": Bot}}
}

func (s *Server) me(*http.Request, []byte) (int, any) {
	return 200, object{"id": Bot, "username": "hanwire", "bot": true}
}

func (s *Server) listCommands(*http.Request, []byte) (int, any) {
	out := []any{}
	for _, c := range s.commands {
		o := object{"id": s.id(), "application_id": App, "version": s.id(), "nsfw": false, "dm_permission": true, "default_member_permissions": nil}
		for k, v := range c.(object) {
			o[k] = v
		}
		out = append(out, o)
	}
	return 200, out
}

func (s *Server) putCommands(_ *http.Request, body []byte) (int, any) {
	var list []any
	if err := json.Unmarshal(body, &list); err != nil {
		return invalid(err.Error())
	}
	if why := checkCommands(list); why != "" {
		return invalid(why)
	}
	s.commands = list
	s.puts++
	return 200, list
}

// channel finds a channel that takes messages, or says why it does not.
func (s *Server) channel(id string) (c *Channel, status int, why any) {
	c = s.channels[id]
	switch {
	case c == nil:
		status, why = unknown(10003, "Channel")
	case c.NoView:
		status, why = refuse(403, 50001, "Missing Access")
	case c.NoPost:
		status, why = refuse(403, 50013, "Missing Permissions")
	case c.Locked:
		status, why = refuse(400, 50083, "Thread is archived")
	}
	return c, status, why
}

func (s *Server) getChannel(r *http.Request, _ []byte) (int, any) {
	c := s.channels[r.PathValue("channel")]
	switch {
	case c == nil:
		return unknown(10003, "Channel")
	case c.NoView:
		return refuse(403, 50001, "Missing Access")
	}
	return 200, object{"id": c.ID, "type": c.Type, "guild_id": c.Guild, "name": c.Name, "parent_id": c.Parent}
}

func (s *Server) createMessage(r *http.Request, body []byte) (int, any) {
	c, status, why := s.channel(r.PathValue("channel"))
	if why != nil {
		return status, why
	}
	if c.Type == 15 {
		return refuse(400, 50008, "Cannot send messages in a non-text channel")
	}
	if c.Type == 1 && c.Owner == Closed {
		return refuse(403, 50007, "Cannot send messages to this user")
	}
	b, bad := readBody(body)
	if bad != "" {
		return invalid(bad)
	}
	if b.Nonce != "" && b.EnforceNonce && !s.noNonce {
		if m := s.nonces[c.ID+"/"+b.Nonce]; m != nil {
			return 200, m.shown()
		}
	}
	m := &Message{ID: s.id(), Channel: c.ID, Body: b}
	s.messages = append(s.messages, m)
	s.nonces[c.ID+"/"+b.Nonce] = m
	return 200, m.shown()
}

func (m *Message) shown() object {
	return object{"id": m.ID, "channel_id": m.Channel, "content": strings.TrimSpace(m.Body.Content), "embeds": m.Body.Embeds,
		"components": m.Body.Components, "flags": m.Body.Flags, "author": object{"id": Bot, "bot": true}, "type": 0, "timestamp": time.Now().UTC()}
}

func (s *Server) find(channel, id string) *Message {
	for _, m := range s.messages {
		if m.Channel == channel && m.ID == id {
			return m
		}
	}
	return nil
}

func (s *Server) listMessages(r *http.Request, _ []byte) (int, any) {
	c, status, why := s.channel(r.PathValue("channel"))
	if why != nil {
		return status, why
	}
	if c.NoReads {
		return refuse(403, 50001, "Missing Access")
	}
	after := r.URL.Query().Get("after")
	out := []object{}
	for _, m := range s.messages {
		if m.Channel == c.ID && m.Only == "" && (len(m.ID) > len(after) || len(m.ID) == len(after) && m.ID > after) && len(out) < 100 {
			out = append(out, m.shown())
		}
	}
	slices.Reverse(out)
	return 200, out
}

func (s *Server) getMessage(r *http.Request, _ []byte) (int, any) {
	if m := s.find(r.PathValue("channel"), r.PathValue("message")); m != nil {
		shown := m.shown()
		if c := s.channels[m.ID]; c != nil {
			shown["thread"] = object{"id": c.ID, "type": c.Type, "parent_id": c.Parent}
		}
		return 200, shown
	}
	return unknown(10008, "Message")
}

func (s *Server) editMessage(r *http.Request, body []byte) (int, any) {
	if _, status, why := s.channel(r.PathValue("channel")); why != nil {
		return status, why
	}
	m := s.find(r.PathValue("channel"), r.PathValue("message"))
	if m == nil {
		return unknown(10008, "Message")
	}
	b, bad := readEdit(body)
	if bad != "" {
		return invalid(bad)
	}
	b.Flags |= m.Body.Flags &^ (1 << 2)
	m.Body = b
	m.Edits++
	return 200, m.shown()
}

func (s *Server) startThread(r *http.Request, body []byte) (int, any) {
	c, status, why := s.channel(r.PathValue("channel"))
	if why != nil {
		return status, why
	}
	id := r.PathValue("message")
	var p struct {
		Name    string `json:"name"`
		Archive int    `json:"auto_archive_duration"`
	}
	switch err := json.Unmarshal(body, &p); {
	case err != nil || length(p.Name) < 1 || length(p.Name) > 100 || !slices.Contains([]int{0, 60, 1440, 4320, 10080}, p.Archive):
		return invalid("thread")
	case c.Type != 0 && c.Type != 5:
		return refuse(400, 50024, "Cannot execute action on this channel type")
	case s.find(c.ID, id) == nil:
		return unknown(10008, "Message")
	case s.channels[id] != nil:
		return refuse(400, 160004, "A thread has already been created for this message")
	}
	s.channels[id] = &Channel{ID: id, Guild: c.Guild, Type: 11, Parent: c.ID, Owner: Bot, Name: p.Name}
	return 201, object{"id": id, "type": 11, "parent_id": c.ID, "name": p.Name}
}

func (s *Server) forumPost(r *http.Request, body []byte) (int, any) {
	c, status, why := s.channel(r.PathValue("channel"))
	if why != nil {
		return status, why
	}
	var p struct {
		Name    string          `json:"name"`
		Message json.RawMessage `json:"message"`
	}
	if err := json.Unmarshal(body, &p); err != nil || length(p.Name) < 1 || length(p.Name) > 100 || c.Type != 15 {
		return invalid("thread")
	}
	b, bad := readBody(p.Message)
	if bad != "" {
		return invalid(bad)
	}
	id := s.id()
	s.channels[id] = &Channel{ID: id, Guild: c.Guild, Type: 11, Parent: c.ID, Owner: Bot, Name: p.Name}
	s.messages = append(s.messages, &Message{ID: id, Channel: id, Body: b})
	return 201, object{"id": id, "type": 11, "parent_id": c.ID, "name": p.Name}
}

func (s *Server) activeThreads(r *http.Request, _ []byte) (int, any) {
	out := []object{}
	for _, c := range s.channels {
		if c.Type == 11 && c.Guild == r.PathValue("guild") {
			out = append(out, object{"id": c.ID, "parent_id": c.Parent, "owner_id": c.Owner, "name": c.Name, "type": 11})
		}
	}
	return 200, object{"threads": out, "members": []any{}}
}

func (s *Server) openDirect(_ *http.Request, body []byte) (int, any) {
	var p struct {
		Recipient string `json:"recipient_id"`
	}
	if json.Unmarshal(body, &p) != nil || (p.Recipient != Alice && p.Recipient != Closed) {
		return unknown(10013, "User")
	}
	id := "2" + p.Recipient[1:]
	if s.channels[id] == nil {
		s.channels[id] = &Channel{ID: id, Type: 1, Owner: p.Recipient}
	}
	return 200, object{"id": id, "type": 1}
}

func (s *Server) callback(r *http.Request, body []byte) (int, any) {
	t := s.interactions[r.PathValue("token")]
	if t == nil || t.ID != r.PathValue("id") || (!t.first && time.Since(t.at) > 3*time.Second) {
		return unknown(10062, "interaction")
	}
	if t.first {
		return refuse(400, 40060, "Interaction has already been acknowledged.")
	}
	if why := s.respond(t, body); why != "" {
		return invalid(why)
	}
	return 204, nil
}

// respond does what a first response says.
func (s *Server) respond(t *Sent, raw []byte) string {
	var cb struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &cb); err != nil {
		return err.Error()
	}
	var flags struct {
		Flags int `json:"flags"`
	}
	if len(cb.Data) > 0 {
		if err := json.Unmarshal(cb.Data, &flags); err != nil {
			return err.Error()
		}
	}
	onMessage := t.message != ""
	fits := map[int]bool{4: t.kind != 4, 5: t.kind != 4, 6: onMessage, 7: onMessage, 8: t.kind == 4, 9: t.kind == 2 || t.kind == 3}
	if !fits[cb.Type] {
		return "type"
	}
	switch cb.Type {
	case 4, 7:
		read := readBody
		if cb.Type == 7 {
			read = readEdit
		}
		b, why := read(cb.Data)
		if why != "" {
			return why
		}
		if m := s.find(t.channel, t.message); cb.Type == 7 && m != nil {
			b.Flags |= m.Body.Flags &^ (1 << 2)
			m.Body = b
			m.Edits++
			break
		}
		s.reply(t, b, true)
	case 5:
		m := s.reply(t, Body{Flags: flags.Flags}, true)
		m.Waiting = true
	case 8:
		var p struct {
			Choices []node `json:"choices"`
		}
		if err := json.Unmarshal(cb.Data, &p); err != nil || p.Choices == nil || len(p.Choices) > 25 {
			return "choices"
		}
		for _, c := range p.Choices {
			if n := length(c.str("name")); n < 1 || n > 100 {
				return "choice name"
			}
			t.choices = append(t.choices, c.str("value"))
		}
	case 9:
		f, why := readForm(cb.Data)
		if why != "" {
			return why
		}
		f.user, f.channel, f.message = t.user, t.channel, t.message
		s.forms = append(s.forms, f)
	}
	t.first, t.took, t.callback = true, time.Since(t.at), cb.Type
	close(t.acked)
	return ""
}

// reply makes a message in answer to an interaction.
func (s *Server) reply(t *Sent, b Body, original bool) *Message {
	m := &Message{ID: s.id(), Channel: t.channel, Body: b, Reply: t.ID, Original: original}
	if b.Flags&(1<<6) != 0 {
		m.Only = t.user
	}
	s.messages = append(s.messages, m)
	return m
}

// original is the message that @original means.
func (s *Server) original(t *Sent) *Message {
	for _, m := range s.messages {
		if m.Reply == t.ID && m.Original {
			return m
		}
	}
	if t.message != "" {
		return s.find(t.channel, t.message)
	}
	return nil
}

// webhook finds the interaction of a webhook's token.
func (s *Server) webhook(r *http.Request) *Sent {
	t := s.interactions[r.PathValue("token")]
	if t == nil || !t.first || r.PathValue("app") != App || time.Since(t.at) > 15*time.Minute {
		return nil
	}
	return t
}

func (s *Server) editOriginal(r *http.Request, body []byte) (int, any) {
	t := s.webhook(r)
	if t == nil {
		return unknown(10015, "Webhook")
	}
	b, why := readEdit(body)
	if why != "" {
		return invalid(why)
	}
	m := s.original(t)
	if m == nil {
		return unknown(10008, "Message")
	}
	if m.Waiting {
		m.Waiting = false // its flags were fixed by the first response
	} else {
		m.Edits++
	}
	b.Flags = b.Flags&^(1<<6) | m.Body.Flags&(1<<6)
	m.Body = b
	return 200, m.shown()
}

func (s *Server) deleteOriginal(r *http.Request, _ []byte) (int, any) {
	t := s.webhook(r)
	if t == nil {
		return unknown(10015, "Webhook")
	}
	m := s.original(t)
	if m == nil {
		return unknown(10008, "Message")
	}
	s.messages = slices.DeleteFunc(s.messages, func(x *Message) bool { return x == m })
	return 204, nil
}

func (s *Server) followUp(r *http.Request, body []byte) (int, any) {
	t := s.webhook(r)
	if t == nil {
		return unknown(10015, "Webhook")
	}
	b, why := readBody(body)
	if why != "" {
		return invalid(why)
	}
	// The first after "wait" takes its place, with its flags.
	if m := s.original(t); m != nil && m.Waiting {
		m.Waiting = false
		b.Flags = b.Flags&^(1<<6) | m.Body.Flags&(1<<6)
		m.Body = b
		return 200, m.shown()
	}
	return 200, s.reply(t, b, false).shown()
}
