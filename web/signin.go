package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"hanwire/bot"
)

// Provider is a platform with which people sign in: an OAuth 2.0 app of the
// operator's (RFC 6749), whose redirect address is /sign-in/PLATFORM/callback.
type Provider struct {
	Platform     string // "slack" or "discord"
	ClientID     string
	ClientSecret string
	AuthURL      string // where people agree; the platform's own when empty
	APIURL       string // ends in "/"
	// Workspaces are the ids of those whose members may read, the first of which
	// a person is a member is the one they look from. When it is empty, Member
	// decides.
	Workspaces []string
	Member     func(ctx context.Context, workspace string) (bool, error)
}

// signInTime is how long signing in may take.
const signInTime = 10 * time.Minute

// pending is a sign-in under way, kept in a cookie of its own.
type pending struct {
	Platform, State, Verifier, Next string
	Until                           int64
}

// person is who has signed in with a platform, and the workspaces they are
// members of.
type person struct {
	user       string
	workspaces []workspace
}

func (p Provider) config(base string) *oauth2.Config {
	c := &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: strings.TrimSuffix(base, "/") + "/sign-in/" + p.Platform + "/callback"}
	switch p.Platform {
	case "slack": // https://docs.slack.dev/authentication/sign-in-with-slack
		c.Scopes = []string{"openid"}
		c.Endpoint = oauth2.Endpoint{AuthURL: "https://slack.com/openid/connect/authorize", TokenURL: p.APIURL + "openid.connect.token"}
	case "discord": // https://docs.discord.com/developers/topics/oauth2
		c.Scopes = []string{"identify", "guilds"}
		c.Endpoint = oauth2.Endpoint{AuthURL: "https://discord.com/oauth2/authorize", TokenURL: p.APIURL + "oauth2/token"}
	}
	if p.AuthURL != "" {
		c.Endpoint.AuthURL = p.AuthURL
	}
	c.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return c
}

// who asks the platform who the token is of.
func (p Provider) who(ctx context.Context, client *http.Client) (person, error) {
	if p.Platform == "slack" {
		var info struct {
			OK    bool   `json:"ok"`
			Error string `json:"error"`
			User  string `json:"https://slack.com/user_id"`
			Team  string `json:"https://slack.com/team_id"`
			Name  string `json:"https://slack.com/team_name"`
		}
		err := getJSON(ctx, client, p.APIURL+"openid.connect.userInfo", &info)
		if err == nil && (!info.OK || info.User == "" || info.Team == "") {
			err = fmt.Errorf("slack: %s", info.Error)
		}
		return person{info.User, []workspace{{info.Team, info.Name}}}, err
	}
	var me struct{ ID string }
	if err := getJSON(ctx, client, p.APIURL+"users/@me", &me); err != nil {
		return person{}, err
	}
	var guilds []workspace
	if err := getJSON(ctx, client, p.APIURL+"users/@me/guilds", &guilds); err != nil {
		return person{}, err
	}
	if me.ID == "" {
		return person{}, errors.New("discord: no user id")
	}
	return person{me.ID, guilds}, nil
}

// admitted are those of a person's workspaces that may read, in our order.
func (p Provider) admitted(ctx context.Context, list []workspace) ([]workspace, error) {
	var in []workspace
	if len(p.Workspaces) > 0 {
		for _, id := range p.Workspaces {
			if i := slices.IndexFunc(list, func(w workspace) bool { return w.ID == id }); i >= 0 {
				in = append(in, list[i])
			}
		}
		return in, nil
	}
	for _, w := range list {
		if p.Member == nil {
			break
		}
		ok, err := p.Member(ctx, w.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			in = append(in, w)
		}
	}
	return in, nil
}

const maxAnswer = 1 << 20 // bytes of a platform's answer

func getJSON(ctx context.Context, client *http.Client, address string, v any) (err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", req.URL.Path, res.Status)
	}
	return json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(v)
}

// signInView is the page to sign in.
type signInView struct {
	Token     bool     `json:"token"`
	Platforms []string `json:"platforms"`
	Next      string   `json:"-"`
	Problem   string   `json:"problem,omitempty"`
	Session   *session `json:"-"`
}

// problems are what the sign-in page can be told to say.
var problems = []string{"token", "slow", "member", "cancelled", "platform"}

func (m *Room) signInPage(_ context.Context, r *request) (*content, error) {
	v := signInView{Token: m.o.Token != "", Next: localPath(r.URL.Query().Get("next"))}
	for _, p := range m.o.SignIn {
		v.Platforms = append(v.Platforms, p.Platform)
	}
	c := &content{name: "sign-in", nav: "sign-in", title: m.pages.say(r.lang, "sign.title")}
	if p := r.URL.Query().Get("problem"); slices.Contains(problems, p) {
		v.Problem, c.status = m.pages.say(r.lang, "sign."+p), http.StatusForbidden
	}
	if seen, _ := m.access.visitor(r.Request); seen != nil && seen.session != nil {
		v.Session, r.session = seen.session, seen.session
	}
	c.data = v
	return c, nil
}

// routes are the ways in and out.
func (a *access) routes(mux *http.ServeMux) {
	same := http.NewCrossOriginProtection()
	if a.o.URL != "" {
		_ = same.AddTrustedOrigin(strings.TrimSuffix(a.o.URL, "/")) // its form is checked with the configuration
	}
	post := func(path string, f http.HandlerFunc) { mux.Handle("POST "+path, same.Handler(f)) }
	post("/sign-in", a.withToken)
	post("/sign-in/workspace", a.switchWorkspace)
	post("/sign-out", a.signOut)
	mux.HandleFunc("GET /sign-in/{platform}", a.start)
	mux.HandleFunc("GET /sign-in/{platform}/callback", a.callback)
}

func back(w http.ResponseWriter, r *http.Request, problem, next string) {
	http.Redirect(w, r, "/sign-in?"+url.Values{"problem": {problem}, "next": {localPath(next)}}.Encode(), http.StatusSeeOther)
}

// enter begins a session and goes on.
func (a *access) enter(w http.ResponseWriter, r *http.Request, s session, next string) {
	if s.Until == 0 {
		s.Until = a.o.Now().Add(sessionTime).Unix()
	}
	c, err := a.sealed(sessionCookie, s, sessionTime)
	if err != nil {
		http.Error(w, "The session could not begin.", http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, localPath(next), http.StatusSeeOther)
}

func (a *access) withToken(w http.ResponseWriter, r *http.Request) {
	next := r.PostFormValue("next")
	right, refused := a.try(r, strings.TrimSpace(r.PostFormValue("token")))
	switch {
	case right:
		a.enter(w, r, session{Platform: tokenSession}, next)
	case refused != nil:
		back(w, r, "slow", next)
	default:
		back(w, r, "token", next)
	}
}

func (a *access) signOut(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, a.cookie(sessionCookie, "", -time.Second))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// switchWorkspace looks from another workspace of the person's. The session
// ends when it would have.
func (a *access) switchWorkspace(w http.ResponseWriter, r *http.Request) {
	seen, _ := a.visitor(r)
	if seen == nil || seen.session == nil {
		back(w, r, "member", "/")
		return
	}
	s := *seen.session
	i := slices.IndexFunc(s.Others, func(o workspace) bool { return o.ID == r.PostFormValue("workspace") })
	if i < 0 {
		back(w, r, "member", "/")
		return
	}
	before := workspace{s.Workspace, s.Name}
	s.Workspace, s.Name = s.Others[i].ID, s.Others[i].Name
	s.Others = append(slices.Delete(slices.Clone(s.Others), i, i+1), before)
	a.enter(w, r, s, "/")
}

// start sends the person to the platform.
func (a *access) start(w http.ResponseWriter, r *http.Request) {
	p, ok := a.providers[r.PathValue("platform")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	now := pending{
		Platform: p.Platform, State: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: localPath(r.URL.Query().Get("next")),
		Until: a.o.Now().Add(signInTime).Unix(),
	}
	c, err := a.sealed(signInCookie, now, signInTime)
	if err != nil {
		http.Error(w, "Signing in could not begin.", http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, c)
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(now.Verifier)}
	if p.Platform == "slack" && len(p.Workspaces) == 1 {
		opts = append(opts, oauth2.SetAuthURLParam("team", p.Workspaces[0]))
	}
	http.Redirect(w, r, p.config(a.o.URL).AuthCodeURL(now.State, opts...), http.StatusSeeOther)
}

// callback is where the platform sends the person back to.
func (a *access) callback(w http.ResponseWriter, r *http.Request) {
	p, ok := a.providers[r.PathValue("platform")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	var now pending
	q := r.URL.Query()
	if !a.opened(r, signInCookie, &now) || now.Platform != p.Platform || now.Until < a.o.Now().Unix() ||
		subtle.ConstantTimeCompare([]byte(now.State), []byte(q.Get("state"))) != 1 {
		back(w, r, "cancelled", "/")
		return
	}
	http.SetCookie(w, a.cookie(signInCookie, "", -time.Second))
	if q.Get("code") == "" {
		back(w, r, "cancelled", now.Next)
		return
	}
	s, err := a.identify(r.Context(), p, now, q.Get("code"))
	switch {
	case errors.Is(err, errNotMember):
		a.o.Log.Info("not let in", "platform", p.Platform, "reason", "no member of a workspace that may read")
		back(w, r, "member", now.Next)
	case err != nil:
		a.o.Log.Warn("sign-in failed", "platform", p.Platform, "err", scrubbed(err))
		back(w, r, "platform", now.Next)
	default:
		a.enter(w, r, s, now.Next)
	}
}

var errNotMember = errors.New("no member")

// identify exchanges the code for who the person is.
func (a *access) identify(ctx context.Context, p Provider, now pending, code string) (session, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Timeout: 10 * time.Second})
	cfg := p.config(a.o.URL)
	token, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(now.Verifier))
	if err != nil {
		return session{}, err
	}
	who, err := p.who(ctx, cfg.Client(ctx, token))
	if err != nil {
		return session{}, err
	}
	in, err := p.admitted(ctx, who.workspaces)
	if err != nil {
		return session{}, err
	}
	if len(in) == 0 {
		return session{}, errNotMember
	}
	const most = 20 // a cookie holds no more
	return session{Platform: p.Platform, Workspace: in[0].ID, User: who.user, Name: bot.Clean(in[0].Name), Others: in[1:min(len(in), most)]}, nil
}

// scrubbed is an error without what the platform answered, which may hold a
// token or a code.
func scrubbed(err error) string {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Sprintf("token not given: %s %s", e.Response.Status, e.ErrorCode)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
