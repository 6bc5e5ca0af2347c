package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/web"
)

const token = "a-token-that-is-long-enough"

// slack is the part of Slack that people sign in with, as strict as its
// documentation (https://docs.slack.dev/authentication/sign-in-with-slack).
type slack struct {
	server *httptest.Server
	codes  map[string]account // by code
	tokens map[string]account
	broken bool
}

type account struct{ user, team string }

func newSlack(t testing.TB) *slack {
	s := &slack{codes: map[string]account{}, tokens: map[string]account{}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("POST /api/openid.connect.token", func(w http.ResponseWriter, r *http.Request) {
		code := r.PostFormValue("code")
		a, known := s.codes[code]
		delete(s.codes, code) // a code is good once
		if s.broken || !known || r.PostFormValue("client_id") != "111.222" || r.PostFormValue("client_secret") != "shh" || r.PostFormValue("grant_type") != "authorization_code" ||
			r.PostFormValue("redirect_uri") != "http://localhost:8090/sign-in/slack/callback" {
			answer(w, map[string]any{"ok": false, "error": "invalid_code"})
			return
		}
		s.tokens["xoxp-"+code] = a
		answer(w, map[string]any{"ok": true, "access_token": "xoxp-" + code, "token_type": "Bearer", "id_token": "unused"})
	})
	mux.HandleFunc("GET /api/openid.connect.userInfo", func(w http.ResponseWriter, r *http.Request) {
		a, known := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		if !known {
			answer(w, map[string]any{"ok": false, "error": "invalid_auth"})
			return
		}
		answer(w, map[string]any{"ok": true, "sub": a.user, "https://slack.com/user_id": a.user, "https://slack.com/team_id": a.team})
	})
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

func (s *slack) options(workspaces ...string) func(*web.Options) {
	return func(o *web.Options) {
		o.URL = "http://localhost:8090"
		o.SignIn = append(o.SignIn, web.Provider{Platform: "slack", ClientID: "111.222", ClientSecret: "shh", APIURL: s.server.URL + "/api/", Workspaces: workspaces})
	}
}

func cookieOf(w *httptest.ResponseRecorder, name string) *http.Cookie {
	for _, c := range w.Result().Cookies() {
		if c.Name == name && c.Value != "" {
			return c
		}
	}
	return nil
}

// begin starts signing in and returns the state that Slack is to give back.
func (s *slack) begin(t testing.TB, h http.Handler, next string) (state string, cookie *http.Cookie) {
	t.Helper()
	w := ask(h, "/sign-in/slack?next="+url.QueryEscape(next))
	to, err := url.Parse(w.Header().Get("Location"))
	ok(t, err)
	q := to.Query()
	if w.Code != http.StatusSeeOther || to.Host != "slack.com" || q.Get("client_id") != "111.222" || q.Get("scope") != "openid" || q.Get("response_type") != "code" || q.Get("state") == "" {
		t.Fatalf("sent to %s", to)
	}
	return q.Get("state"), cookieOf(w, "hanwire-sign-in")
}

func (s *slack) signIn(t testing.TB, h http.Handler, user, team string) *http.Cookie {
	t.Helper()
	state, cookie := s.begin(t, h, "/quotes")
	s.codes["code-"+user] = account{user: user, team: team}
	w := ask(h, "/sign-in/slack/callback?code=code-"+user+"&state="+url.QueryEscape(state), func(r *http.Request) { r.AddCookie(cookie) })
	c := cookieOf(w, "hanwire")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/quotes" || c == nil {
		t.Fatalf("not signed in: %d %s", w.Code, w.Header().Get("Location"))
	}
	return c
}

func post(h http.Handler, path string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Host = "localhost:8090"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://localhost:8090")
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func withToken(t testing.TB, h http.Handler, token string) *http.Cookie {
	t.Helper()
	w := post(h, "/sign-in", url.Values{"token": {token}, "next": {"/feeds"}})
	c := cookieOf(w, "hanwire")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/feeds" || c == nil {
		t.Fatalf("not let in: %d %s", w.Code, w.Header().Get("Location"))
	}
	return c
}

func TestToken(t *testing.T) {
	room := filled(t).room(func(o *web.Options) { o.Token, o.URL = token, "https://hanwire.example" })
	w := ask(room, "/stories/s1?x=1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?next=%2Fstories%2Fs1%3Fx%3D1" {
		t.Errorf("a stranger: %d %s", w.Code, w.Header().Get("Location"))
	}
	for _, path := range pagePaths {
		if strings.HasPrefix(path, "/robots") || strings.HasPrefix(path, "/icon") {
			continue
		}
		if w := ask(room, path); w.Code == 200 || strings.Contains(w.Body.String(), "<article") {
			t.Errorf("%s is open to strangers: %d", path, w.Code)
		}
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	basic := func(r *http.Request) { r.SetBasicAuth("reader", token) }
	for name, with := range map[string]func(*http.Request){"bearer": header("Authorization", "Bearer "+token), "basic": basic} {
		if w := ask(room, "/index.atom", with); w.Code != 200 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := ask(room, "/index.json", header("Authorization", "Bearer wrong")); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("a wrong token: %d", w.Code)
	}
	c := withToken(t, room, token)
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || strings.Contains(c.Value, token) {
		t.Errorf("cookie %+v", c)
	}
	if w := ask(room, "/", func(r *http.Request) { r.AddCookie(c) }); w.Code != 200 {
		t.Errorf("with the cookie: %d", w.Code)
	}
	forged := *c
	forged.Value = c.Value[:len(c.Value)-2] + "AA"
	if w := ask(room, "/", func(r *http.Request) { r.AddCookie(&forged) }); w.Code != http.StatusSeeOther {
		t.Errorf("with a forged cookie: %d", w.Code)
	}
	// A form elsewhere cannot sign anybody in or out.
	for _, path := range []string{"/sign-in", "/sign-out"} {
		w := post(room, path, url.Values{"token": {token}}, header("Origin", "https://evil.example"), header("Sec-Fetch-Site", "cross-site"))
		if w.Code != http.StatusForbidden {
			t.Errorf("%s from elsewhere: %d", path, w.Code)
		}
	}
	// Where to go on stays inside.
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", ""} {
		if w := post(room, "/sign-in", url.Values{"token": {token}, "next": {next}}); w.Header().Get("Location") != "/" {
			t.Errorf("next %q leads to %q", next, w.Header().Get("Location"))
		}
	}
	out := post(room, "/sign-out", nil, func(r *http.Request) { r.AddCookie(c) })
	if len(out.Result().Cookies()) != 1 || out.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("signed out with %v", out.Result().Cookies())
	}
	// Guessing is slow.
	slow := false
	for range 30 {
		slow = slow || strings.Contains(post(room, "/sign-in", url.Values{"token": {"guess"}}).Header().Get("Location"), "problem=slow")
	}
	if !slow {
		t.Error("tokens can be guessed as fast as one likes")
	}
	if w := ask(room, "/index.json", header("Authorization", "Bearer guess")); w.Code != http.StatusTooManyRequests {
		t.Errorf("guessing by header: %d", w.Code)
	}
}

func TestSessionsEnd(t *testing.T) {
	a := filled(t)
	at := now
	clock := func(o *web.Options) { o.Token, o.Now = token, func() time.Time { return at } }
	room := a.room(clock)
	c := withToken(t, room, token)
	code := func(h http.Handler) int { return ask(h, "/", func(r *http.Request) { r.AddCookie(c) }).Code }
	if got := code(a.room(clock)); got != 200 {
		t.Errorf("on another server with the same token: %d", got)
	}
	if got := code(a.room(clock, func(o *web.Options) { o.Token = "another-token-long-enough" })); got != http.StatusSeeOther {
		t.Errorf("after the token was changed: %d", got)
	}
	at = now.Add(25 * time.Hour)
	if got := code(room); got != http.StatusSeeOther {
		t.Errorf("a day later: %d", got)
	}
}

func TestSignInWithSlack(t *testing.T) {
	a := filled(t)
	s := newSlack(t)
	room := a.room(s.options("T1"))
	problem := func(w *httptest.ResponseRecorder) string {
		u, err := url.Parse(w.Header().Get("Location"))
		ok(t, err)
		if cookieOf(w, "hanwire") != nil {
			return "none"
		}
		return u.Query().Get("problem")
	}
	callback := func(query string, c *http.Cookie) *httptest.ResponseRecorder {
		return ask(room, "/sign-in/slack/callback?"+query, func(r *http.Request) {
			if c != nil {
				r.AddCookie(c)
			}
		})
	}
	c := s.signIn(t, room, "U1", "T1")
	if w := ask(room, "/stories/s2", func(r *http.Request) { r.AddCookie(c) }); w.Code != 200 {
		t.Errorf("a member: %d", w.Code)
	}
	state, cookie := s.begin(t, room, "/")
	s.codes["other"] = account{user: "U9", team: "T9"}
	if got := problem(callback("code=other&state="+state, cookie)); got != "member" {
		t.Errorf("somebody of another workspace: %q", got)
	}
	s.codes["stolen"] = account{user: "U1", team: "T1"}
	for name, got := range map[string]string{
		"another state":     problem(callback("code=stolen&state=x", cookie)),
		"no cookie":         problem(callback("code=stolen&state="+state, nil)),
		"refused at Slack":  problem(callback("error=access_denied&state="+state, cookie)),
		"session as cookie": problem(callback("code=stolen&state="+state, &http.Cookie{Name: "hanwire-sign-in", Value: c.Value})),
	} {
		if got != "cancelled" {
			t.Errorf("%s: %q", name, got)
		}
	}
	s.broken = true
	if got := problem(callback("code=stolen&state="+state, cookie)); got != "platform" {
		t.Errorf("when Slack gives no token: %q", got)
	}
	if w := ask(room, "/sign-in"); !strings.Contains(w.Body.String(), "Sign in with Slack") || strings.Contains(w.Body.String(), `name="token"`) {
		t.Errorf("the page to sign in: %s", w.Body)
	}
}

func TestSignInWithDiscord(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/oauth2/token", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("code") != "good" || r.PostFormValue("client_secret") != "shh" || r.PostFormValue("code_verifier") == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"access_token":"t","token_type":"Bearer","expires_in":604800,"scope":"identify guilds"}`))
	})
	mux.HandleFunc("GET /api/users/@me", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Write([]byte(`{"id":"80351110224678912","username":"nelly"}`))
	})
	mux.HandleFunc("GET /api/users/@me/guilds", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`[{"id":"1","name":"Elsewhere"},{"id":"2","name":"Desk <b>"},{"id":"3","name":"Field"}]`))
	})
	api := httptest.NewServer(mux)
	defer api.Close()
	a := filled(t)
	a.post(teamOn("discord", "2"), "two", "s1")
	a.post(teamOn("discord", "3"), "three", "s1")
	room := a.room(func(o *web.Options) {
		o.URL = "http://localhost:8090"
		o.SignIn = []web.Provider{{Platform: "discord", ClientID: "9", ClientSecret: "shh", APIURL: api.URL + "/api/", Workspaces: []string{"3", "2"}}}
	})
	w := ask(room, "/sign-in/discord")
	to, err := url.Parse(w.Header().Get("Location"))
	ok(t, err)
	if to.Host != "discord.com" || to.Query().Get("scope") != "identify guilds" || to.Query().Get("code_challenge") == "" {
		t.Fatalf("sent to %s", to)
	}
	pending := cookieOf(w, "hanwire-sign-in")
	w = ask(room, "/sign-in/discord/callback?code=good&state="+to.Query().Get("state"), func(r *http.Request) { r.AddCookie(pending) })
	c := cookieOf(w, "hanwire")
	if c == nil {
		t.Fatalf("not signed in: %s", w.Header().Get("Location"))
	}
	with := func(r *http.Request) { r.AddCookie(c) }
	if three, two := ask(room, "/editions/three", with).Code, ask(room, "/editions/two", with).Code; three != 200 || two != 404 {
		t.Errorf("from the first guild: its own edition %d, the other's %d", three, two)
	}
	if page := ask(room, "/sign-in", with).Body.String(); !strings.Contains(page, "Desk &lt;b&gt;") || strings.Contains(page, "Elsewhere") {
		t.Errorf("the other guild is not offered: %s", page)
	}
	if w := post(room, "/sign-in/workspace", url.Values{"workspace": {"1"}}, with); cookieOf(w, "hanwire") != nil {
		t.Error("switched to a guild that may not read")
	}
	w = post(room, "/sign-in/workspace", url.Values{"workspace": {"2"}}, with)
	if c = cookieOf(w, "hanwire"); c == nil {
		t.Fatal("not switched")
	}
	if three, two := ask(room, "/editions/three", with).Code, ask(room, "/editions/two", with).Code; three != 404 || two != 200 {
		t.Errorf("from the second guild: its own edition %d, the other's %d", two, three)
	}
}

// Where everybody on this machine may read, a name that was pointed at it from
// outside may not.
func TestOtherHostsAreRefused(t *testing.T) {
	room := filled(t).room(func(o *web.Options) { o.URL = "https://hanwire.example" })
	for host, want := range map[string]int{
		"localhost:8090": 200, "127.0.0.1:8090": 200, "[::1]:8090": 200, "hanwire.example": 200, "evil.example": 421, "127.0.0.1.evil.example:8090": 421, "": 421,
	} {
		if w := ask(room, "/", func(r *http.Request) { r.Host = host }); w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestBadOptions(t *testing.T) {
	a := newArchive(t)
	for name, o := range map[string]web.Options{
		"no store":    {},
		"short token": {Store: a.store, Token: "short"},
		"no address":  {Store: a.store, SignIn: []web.Provider{{Platform: "slack", ClientID: "1", ClientSecret: "2"}}},
		"no secret":   {Store: a.store, URL: "http://localhost", SignIn: []web.Provider{{Platform: "slack", ClientID: "1"}}},
	} {
		if _, err := web.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func teamOn(platform, workspace string) bot.Place {
	return bot.Place{Platform: platform, Workspace: workspace, Channel: "C"}
}
