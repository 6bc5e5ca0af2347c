package slack

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Where further workspaces install the app; the names are those of Slack's
// own libraries.
const (
	InstallPath  = "/slack/install"
	RedirectPath = "/slack/oauth_redirect"
)

const (
	installWithin = 10 * time.Minute
	stateCookie   = "hanwire-slack-install"
)

// serveInstall sends a person to Slack's page that asks for their consent.
// The state ties what comes back to this browser, so that nobody can be made
// to finish an installation that somebody else began.
func (c *Client) serveInstall(w http.ResponseWriter, r *http.Request) {
	state := rand.Text()
	c.installs.Put(state, struct{}{})
	http.SetCookie(w, &http.Cookie{Name: stateCookie, Value: state, Path: RedirectPath, MaxAge: int(installWithin.Seconds()),
		HttpOnly: true, Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https", SameSite: http.SameSiteLaxMode})
	q := url.Values{"client_id": {c.o.ClientID}, "scope": {strings.Join(c.scopes(), ",")}, "state": {state}}
	if c.o.RedirectURL != "" {
		q.Set("redirect_uri", c.o.RedirectURL)
	}
	http.Redirect(w, r, c.authorizeURL()+"?"+q.Encode(), http.StatusFound)
}

// authorizeURL is beside the API: slack.com/api/ and slack.com/oauth/v2/authorize.
func (c *Client) authorizeURL() string {
	return strings.TrimSuffix(c.o.APIURL, "api/") + "oauth/v2/authorize"
}

// serveRedirect finishes an installation.
func (c *Client) serveRedirect(w http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	cookie, err := r.Cookie(stateCookie)
	if err != nil || state == "" || cookie.Value != state || !c.installs.Drop(state) {
		http.Error(w, "This installation was not begun here, or too long ago. Please start again at "+InstallPath+".", http.StatusBadRequest)
		return
	}
	if e := r.URL.Query().Get("error"); e != "" {
		http.Error(w, "Not installed: Slack says that consent was not given.", http.StatusForbidden)
		return
	}
	team, err := c.install(r.Context(), r.URL.Query().Get("code"))
	if err != nil {
		c.log.Error("installation failed", "platform", Name, "err", err)
		http.Error(w, "Not installed. Please try again.", http.StatusBadGateway)
		return
	}
	c.log.Info("installed", "platform", Name, "workspace", team)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "Hanwire is installed. Invite it to a channel and type /hanwire help.")
}

// install trades the code for the workspace's token and keeps it.
func (c *Client) install(ctx context.Context, code string) (team string, err error) {
	params := url.Values{"client_id": {c.o.ClientID}, "client_secret": {c.o.ClientSecret}, "code": {code}}
	if c.o.RedirectURL != "" {
		params.Set("redirect_uri", c.o.RedirectURL)
	}
	var answer struct {
		Token string `json:"access_token"`
		Team  id     `json:"team"`
	}
	if err := c.call(ctx, "", "oauth.v2.access", params, &answer); err != nil {
		return "", fmt.Errorf("oauth.v2.access: %w", withoutURL(err))
	}
	if answer.Token == "" || answer.Team.ID == "" {
		return "", fmt.Errorf("oauth.v2.access: no token or workspace in the answer")
	}
	return answer.Team.ID, c.o.TokenStore.SaveToken(ctx, answer.Team.ID, answer.Token)
}
