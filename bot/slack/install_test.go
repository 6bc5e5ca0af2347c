package slack_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/bot/slack/slacktest"
)

func TestInstall(t *testing.T) {
	t.Parallel()
	store := &tokens{m: map[string]string{}}
	hs := open(t, slack.Options{Mode: "http", TokenStore: store, ClientID: slacktest.ClientID, ClientSecret: slacktest.ClientSecret}, says(private("hello")))
	hs.AddInstall("code-1", "TNEW")
	web := httptest.NewServer(hs.client.Handler())
	defer web.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	begin := func() url.Values {
		t.Helper()
		resp, err := browser.Get(web.URL + slack.InstallPath)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		to, err := resp.Location()
		if err != nil || !strings.HasSuffix(to.Path, "/oauth/v2/authorize") {
			t.Fatalf("sent to %v, %v", to, err)
		}
		return to.Query()
	}
	finish := func(who *http.Client, state, code string) (int, string) {
		t.Helper()
		resp, err := who.Get(web.URL + slack.RedirectPath + "?" + url.Values{"state": {state}, "code": {code}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	q := begin()
	if q.Get("client_id") != slacktest.ClientID || !strings.Contains(q.Get("scope"), "chat:write") || strings.Contains(q.Get("scope"), "history") {
		t.Errorf("asks for %v", q)
	}
	if status, _ := finish(http.DefaultClient, q.Get("state"), "code-1"); status != 400 {
		t.Errorf("another browser: status %d, want 400", status)
	}
	q = begin()
	if status, body := finish(browser, q.Get("state"), "wrong"); status != 502 || strings.Contains(body, slacktest.ClientSecret) {
		t.Errorf("wrong code: status %d, %q", status, body)
	}
	q = begin()
	if status, body := finish(browser, q.Get("state"), "code-1"); status != 200 {
		t.Fatalf("status %d: %s", status, body)
	}
	if status, _ := finish(browser, q.Get("state"), "code-1"); status != 400 {
		t.Errorf("the same again: status %d, want 400", status)
	}
	to := bot.Place{Platform: "slack", Workspace: "TNEW", Channel: slacktest.General}
	if _, err := hs.client.Deliver(t.Context(), bot.Delivery{Key: "k", Kind: bot.Post, To: to, Message: text("first"), Attempt: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := hs.Send("", "events_api", map[string]any{"type": "event_callback", "team_id": "TNEW", "event_id": "Ev9", "event": map[string]any{"type": "app_uninstalled"}}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the token to be dropped", func() bool { tok, _ := store.Token(t.Context(), "TNEW"); return tok == "" })
	waitFor(t, "the bot to hear of it", func() bool { return len(hs.h.commands()) == 1 && hs.h.commands()[0].Event == bot.Left })
	time.Sleep(10 * time.Millisecond)
	if _, err := hs.client.Deliver(t.Context(), bot.Delivery{Key: "k2", Kind: bot.Post, To: to, Message: text("second"), Attempt: 1}); err == nil || !strings.Contains(err.Error(), "access revoked") {
		t.Errorf("Deliver = %v, want access revoked", err)
	}
}

// used is what the adapter calls and hears, with the scope that each needs
// (the method and event pages of docs.slack.dev/reference).
var used = map[string]string{
	"chat.postMessage": "chat:write", "chat.update": "chat:write", "chat.postEphemeral": "chat:write",
	"chat.postMessage in channels it is not in": "chat:write.public",
	"conversations.open":                        "im:write", "conversations.info of public channels": "channels:read", "conversations.info of private channels": "groups:read",
	"users.info": "users:read", "slash command": "commands",
}

func TestManifest(t *testing.T) {
	t.Parallel()
	type doc = map[string]any
	read := func(o slack.ManifestOptions) doc {
		t.Helper()
		out, err := slack.Manifest(o)
		if err != nil {
			t.Fatal(err)
		}
		var m doc
		if err := yaml.Unmarshal([]byte(out), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	at := func(m doc, path ...string) any {
		var v any = m
		for _, p := range path {
			d, ok := v.(doc)
			if !ok {
				return nil
			}
			v = d[p]
		}
		return v
	}
	list := func(v any) []string {
		var out []string
		items, _ := v.([]any)
		for _, i := range items {
			out = append(out, i.(string))
		}
		return out
	}
	m := read(slack.ManifestOptions{})
	scopes := list(at(m, "oauth_config", "scopes", "bot"))
	var needed []string
	for what, scope := range used {
		if !slices.Contains(scopes, scope) {
			t.Errorf("%s needs %s, which the manifest does not ask for", what, scope)
		}
		needed = append(needed, scope)
	}
	for _, s := range scopes {
		if !slices.Contains(needed, s) {
			t.Errorf("the manifest asks for %s, which nothing needs", s)
		}
	}
	if at(m, "settings", "socket_mode_enabled") != true || at(m, "settings", "interactivity", "is_enabled") != true || at(m, "features", "app_home", "messages_tab_enabled") != true {
		t.Errorf("manifest = %v", m)
	}
	// Every event that it subscribes to is understood: a wrong one would be
	// silence.
	for _, e := range list(at(m, "settings", "event_subscriptions", "bot_events")) {
		if !slack.Understands(e) {
			t.Errorf("the manifest subscribes to %s, which is not understood", e)
		}
	}
	m = read(slack.ManifestOptions{URL: "https://hanwire.example/", History: true, Install: true})
	const url = "https://hanwire.example/slack/events"
	if at(m, "settings", "socket_mode_enabled") != false || at(m, "settings", "event_subscriptions", "request_url") != url || at(m, "settings", "interactivity", "request_url") != url {
		t.Errorf("manifest = %v", m)
	}
	if got := list(at(m, "oauth_config", "redirect_urls")); !slices.Equal(got, []string{"https://hanwire.example/slack/oauth_redirect"}) {
		t.Errorf("redirects = %v", got)
	}
	if got := list(at(m, "oauth_config", "scopes", "bot")); len(got) != len(scopes)+3 {
		t.Errorf("scopes with history = %v", got)
	}
}
