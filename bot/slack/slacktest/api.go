package slacktest

import (
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

type answer = map[string]any

func refuse(reason string) answer { return answer{"ok": false, "error": reason} }

// method is one of the Web API's: the scope that it needs, and what it does
// with s.mu held.
type method struct {
	scope string
	do    func(s *Server, p url.Values) answer
}

var methods = map[string]method{
	"auth.test":             {"", (*Server).authTest},
	"apps.connections.open": {"", (*Server).connectionsOpen},
	"oauth.v2.access":       {"", (*Server).oauthAccess},
	"chat.postMessage":      {"chat:write", (*Server).postMessage},
	"chat.postEphemeral":    {"chat:write", (*Server).postEphemeral},
	"chat.update":           {"chat:write", (*Server).update},
	"conversations.open":    {"im:write", (*Server).conversationsOpen},
	"conversations.info":    {"channels:read", (*Server).conversationsInfo},
	"conversations.history": {"channels:history", (*Server).history},
	"conversations.replies": {"channels:history", (*Server).history},
	"users.info":            {"users:read", (*Server).usersInfo},
	"views.open":            {"", (*Server).viewsOpen},
	"views.publish":         {"", (*Server).viewsPublish},
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	params, err := readParams(r)
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	token := params.Get("token")
	if token == "" {
		token = bearer
	}
	params.Del("token")

	s.mu.Lock()
	s.calls = append(s.calls, Call{Method: name, Token: token, Params: maps.Clone(params)})
	f, failing := s.fault(name)
	s.changed.Broadcast()
	s.mu.Unlock()
	if failing {
		time.Sleep(f.Delay)
		if !f.Done && f.answer(w) {
			return
		}
	}
	s.mu.Lock()
	a := s.call(name, token, bearer, params, err)
	w.Header().Set("X-OAuth-Scopes", strings.Join(s.scopes, ","))
	s.changed.Broadcast()
	s.mu.Unlock()
	if failing && f.Done && f.answer(w) {
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(a)
}

// fault takes the next fault of a method; s.mu is held.
func (s *Server) fault(name string) (Fault, bool) {
	q := s.faults[name]
	if len(q) == 0 {
		return Fault{}, false
	}
	s.faults[name] = q[1:]
	return q[0], true
}

// answer gives the fault in place of an answer, and reports whether it is one:
// a mere delay is not.
func (f Fault) answer(w http.ResponseWriter) bool {
	switch {
	case f.Reset:
		reset(w)
	case f.Status != 0:
		if f.After != "" {
			w.Header().Set("Retry-After", f.After)
		}
		http.Error(w, "<html>fault</html>", f.Status)
	case f.Body != "":
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if f.Half {
			w.Header().Set("Content-Length", strconv.Itoa(len(f.Body)+100))
		}
		io.WriteString(w, f.Body)
	case f.Error != "":
		json.NewEncoder(w).Encode(refuse(f.Error))
	default:
		return false
	}
	return true
}

func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if t, ok := conn.(interface{ SetLinger(int) error }); ok {
		t.SetLinger(0)
	}
	conn.Close()
}

// readParams reads a form, or the top level of JSON with everything that is no
// string left as JSON.
func readParams(r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return url.Values{}, err
	}
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/json" {
		p, err := url.ParseQuery(string(body))
		for k, v := range r.URL.Query() {
			p[k] = v
		}
		return p, err
	}
	p := url.Values{}
	if len(body) == 0 {
		return p, nil
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(body, &top); err != nil {
		return p, err
	}
	for k, raw := range top {
		var str string
		if json.Unmarshal(raw, &str) != nil {
			str = string(raw)
		}
		p.Set(k, str)
	}
	return p, nil
}

func (s *Server) call(name, token, bearer string, p url.Values, err error) answer {
	m, known := methods[name]
	switch {
	case !known:
		return refuse("unknown_method")
	case err != nil:
		return refuse("invalid_arguments")
	case name == "oauth.v2.access":
		return m.do(s, p)
	case token == "":
		return refuse("not_authed")
	case bearer != "" && bearer != token:
		return refuse("invalid_auth") // the two tokens disagree
	case s.revoked:
		return refuse("token_revoked")
	case name == "apps.connections.open":
		if token != AppToken {
			return refuse("not_allowed_token_type")
		}
		return m.do(s, p)
	case s.tokens[token] == "":
		return refuse("invalid_auth")
	case m.scope != "" && !slices.Contains(s.scopes, m.scope):
		return answer{"ok": false, "error": "missing_scope", "needed": m.scope, "provided": strings.Join(s.scopes, ",")}
	}
	p.Set("team", s.tokens[token])
	return m.do(s, p)
}

func (s *Server) authTest(p url.Values) answer {
	if s.foreign {
		return answer{"ok": true}
	}
	return answer{"ok": true, "url": "https://hanwire-test.slack.com/", "team": "Test", "user": "hanwire",
		"team_id": p.Get("team"), "user_id": BotUser, "bot_id": "BBOT"}
}

func (s *Server) oauthAccess(p url.Values) answer {
	team := s.codes[p.Get("code")]
	switch {
	case p.Get("client_id") != ClientID || p.Get("client_secret") != ClientSecret:
		return refuse("invalid_client_id")
	case team == "":
		return refuse("invalid_code")
	}
	delete(s.codes, p.Get("code"))
	token := "xoxb-" + team
	s.tokens[token] = team
	return answer{"ok": true, "access_token": token, "token_type": "bot", "bot_user_id": BotUser, "team": answer{"id": team, "name": team}}
}

// channel finds a channel that takes messages, or says why there is none.
func (s *Server) channel(id string) (*Channel, string) {
	if u := s.users[id]; u != nil {
		return s.direct(u)
	}
	c := s.channels[id]
	switch {
	case c == nil:
		return nil, "channel_not_found"
	case c.Archived:
		return nil, "is_archived"
	case !c.Member && (c.Private || !slices.Contains(s.scopes, "chat:write.public")):
		if c.Private {
			return nil, "channel_not_found"
		}
		return nil, "not_in_channel"
	}
	return c, ""
}

func (s *Server) direct(u *User) (*Channel, string) {
	if u.Closed {
		return nil, "messages_tab_disabled"
	}
	id := "D" + u.ID
	if s.channels[id] == nil {
		s.channels[id] = &Channel{ID: id, Member: true, With: u.ID}
	}
	return s.channels[id], ""
}

// content checks what a message says.
func content(p url.Values) string {
	blocks := json.RawMessage(p.Get("blocks"))
	switch text := p.Get("text"); {
	case text == "" && len(blocks) == 0:
		return "no_text"
	case text == "":
		return "text_missing_for_notifications"
	case length(text) > 40_000:
		return "msg_too_long"
	case len(blocks) == 0:
		return ""
	}
	return checkBlocks(blocks, messageSurface)
}

func (s *Server) postMessage(p url.Values) answer {
	c, why := s.channel(p.Get("channel"))
	if why == "" {
		why = content(p)
	}
	thread := p.Get("thread_ts")
	if why == "" && thread != "" && s.find(c.ID, thread) == nil {
		why = "thread_not_found"
	}
	if meta := p.Get("metadata"); why == "" && meta != "" {
		var m struct {
			EventType    string         `json:"event_type"`
			EventPayload map[string]any `json:"event_payload"`
		}
		if json.Unmarshal([]byte(meta), &m) != nil || m.EventType == "" || m.EventPayload == nil {
			why = "invalid_metadata_format"
		}
	}
	if why != "" {
		return refuse(why)
	}
	m := message(c.ID, p)
	m.TS, m.Thread = s.ts(), thread
	s.messages = append(s.messages, m)
	said := answer{"text": m.Text, "ts": m.TS}
	if s.foreign {
		said = answer{"text": m.Text, "ts": m.TS, "blocks": string(m.Blocks), "metadata": string(m.Metadata), "edited": 0, "bot_profile": "hanwire"}
	}
	return answer{"ok": true, "channel": c.ID, "ts": m.TS, "message": said}
}

func message(channel string, p url.Values) *Message {
	m := &Message{Channel: channel, Text: p.Get("text"), Unfurls: p.Get("unfurl_links") != "false" || p.Get("unfurl_media") != "false"}
	if b := p.Get("blocks"); b != "" {
		m.Blocks = json.RawMessage(b)
	}
	if b := p.Get("metadata"); b != "" {
		m.Metadata = json.RawMessage(b)
	}
	return m
}

func (s *Server) postEphemeral(p url.Values) answer {
	c, why := s.channel(p.Get("channel"))
	if why == "" {
		why = content(p)
	}
	if why == "" && s.users[p.Get("user")] == nil {
		why = "user_not_in_channel"
	}
	if why != "" {
		return refuse(why)
	}
	m := message(c.ID, p)
	m.TS, m.Only = s.ts(), p.Get("user")
	s.messages = append(s.messages, m)
	return answer{"ok": true, "message_ts": m.TS}
}

func (s *Server) update(p url.Values) answer {
	c, why := s.channel(p.Get("channel"))
	if why == "" {
		why = content(p)
	}
	if why != "" {
		return refuse(why)
	}
	m := s.find(c.ID, p.Get("ts"))
	if m == nil {
		return refuse("message_not_found")
	}
	m.replace(message(c.ID, p))
	return answer{"ok": true, "channel": c.ID, "ts": m.TS, "text": m.Text}
}

func (m *Message) replace(by *Message) {
	m.Text, m.Blocks = by.Text, by.Blocks
	m.Edits++
}

func (s *Server) find(channel, ts string) *Message {
	for _, m := range s.messages {
		if m.Channel == channel && m.TS == ts && m.Only == "" {
			return m
		}
	}
	return nil
}

func (s *Server) conversationsOpen(p url.Values) answer {
	u := s.users[p.Get("users")]
	if u == nil {
		return refuse("user_not_found")
	}
	c, why := s.direct(u)
	if why != "" {
		return refuse(why)
	}
	return answer{"ok": true, "channel": answer{"id": c.ID}}
}

func (s *Server) conversationsInfo(p url.Values) answer {
	c := s.channels[p.Get("channel")]
	if c == nil || (c.Private && !c.Member) {
		return refuse("channel_not_found")
	}
	return answer{"ok": true, "channel": answer{"id": c.ID, "creator": c.Creator, "is_archived": c.Archived,
		"is_member": c.Member, "is_im": c.With != "", "is_private": c.Private}}
}

func (s *Server) history(p url.Values) answer {
	c := s.channels[p.Get("channel")]
	if c == nil || !c.Member {
		return refuse("not_in_channel")
	}
	oldest, _ := strconv.ParseFloat(p.Get("oldest"), 64)
	out := []answer{}
	for _, m := range slices.Backward(s.messages) {
		at, _ := strconv.ParseFloat(m.TS, 64)
		if m.Channel != c.ID || m.Only != "" || at < oldest || m.Thread != p.Get("ts") && m.TS != p.Get("ts") {
			continue
		}
		a := answer{"type": "message", "user": BotUser, "ts": m.TS, "text": m.Text}
		if s.foreign {
			a["blocks"] = string(m.Blocks)
		} else if all := p.Get("include_all_metadata"); (all == "true" || all == "1") && m.Metadata != nil {
			a["metadata"] = m.Metadata
		}
		out = append(out, a)
	}
	a := answer{"ok": true, "messages": out, "has_more": false}
	if s.foreign {
		a["has_more"], a["pin_count"] = "no", "0"
	}
	return a
}

func (s *Server) usersInfo(p url.Values) answer {
	u := s.users[p.Get("user")]
	if u == nil {
		return refuse("user_not_found")
	}
	a := answer{"id": u.ID, "name": u.Name, "tz": u.TZ, "is_admin": u.Admin}
	if s.foreign {
		a["tz_offset"], a["updated"], a["profile"] = "32400", "never", "none"
	}
	if l := p.Get("include_locale"); l == "true" || l == "1" {
		a["locale"] = u.Locale
	}
	return answer{"ok": true, "user": a}
}

func (s *Server) viewsOpen(p url.Values) answer {
	t, ok := s.triggers[p.Get("trigger_id")]
	switch {
	case !ok:
		return refuse("invalid_trigger_id")
	case time.Now().After(t.until):
		return refuse("expired_trigger_id")
	}
	delete(s.triggers, p.Get("trigger_id"))
	return s.show(t.user, p.Get("view"), "modal")
}

func (s *Server) viewsPublish(p url.Values) answer {
	if s.users[p.Get("user_id")] == nil {
		return refuse("user_not_found")
	}
	return s.show(p.Get("user_id"), p.Get("view"), "home")
}

func (s *Server) show(user, raw, kind string) answer {
	v, why := checkView([]byte(raw), kind)
	if why != "" {
		return refuse(why)
	}
	v.User = user
	s.views = append(s.views, v)
	return answer{"ok": true, "view": answer{"id": "V" + strconv.Itoa(s.next()), "type": kind}}
}

// serveResponse takes what is posted to a response_url.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	var p struct {
		Text    string          `json:"text"`
		Blocks  json.RawMessage `json:"blocks"`
		Type    string          `json:"response_type"`
		Replace bool            `json:"replace_original"`
		Links   *bool           `json:"unfurl_links"`
		Media   *bool           `json:"unfurl_media"`
	}
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	s.mu.Lock()
	s.calls = append(s.calls, Call{Method: "response_url", Token: r.Header.Get("Authorization")})
	f, failing := s.fault("response_url")
	s.mu.Unlock()
	if failing {
		time.Sleep(f.Delay)
		if !f.Done && f.answer(w) {
			return
		}
	}
	status, why := http.StatusOK, ""
	s.mu.Lock()
	to := s.responses[r.PathValue("id")]
	form := url.Values{"text": {p.Text}}
	if len(p.Blocks) > 0 {
		form.Set("blocks", string(p.Blocks))
	}
	switch {
	case err != nil:
		status, why = http.StatusBadRequest, "invalid_payload"
	case to == nil:
		status, why = http.StatusNotFound, "invalid_url"
	case to.used == 5 || time.Now().After(to.until):
		status, why = http.StatusNotFound, "used_url"
	default:
		why = content(form)
	}
	if why == "" {
		to.used++
		m := message(to.channel, form)
		m.Response = true
		m.Unfurls = p.Links == nil || p.Media == nil || *p.Links || *p.Media
		if old := s.findAny(to.channel, to.message); p.Replace && old != nil {
			old.replace(m)
		} else {
			m.TS = s.ts()
			if p.Type != "in_channel" {
				m.Only = to.user
			}
			s.messages = append(s.messages, m)
		}
		s.changed.Broadcast()
	}
	s.mu.Unlock()
	if failing && f.Done && f.answer(w) {
		return
	}
	if why != "" {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(refuse(why))
		return
	}
	io.WriteString(w, "ok")
}

func (s *Server) findAny(channel, ts string) *Message {
	for _, m := range s.messages {
		if ts != "" && m.Channel == channel && m.TS == ts {
			return m
		}
	}
	return nil
}
