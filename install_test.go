package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/bot/slack/slacktest"
	"hanwire/store"
)

// TestWorkspacesInstallTheApp takes the bot, configured as an operator would,
// through the life of two workspaces: each installs the app by a browser, is
// posted to with its own token over a restart, and one of them leaves.
func TestWorkspacesInstallTheApp(t *testing.T) {
	for _, mode := range []string{"socket", "http"} {
		t.Run(mode, func(t *testing.T) {
			server := slacktest.NewServer()
			defer server.Close()
			cfg := defaultConfig()
			cfg.Database = filepath.Join(t.TempDir(), "bot.db")
			cfg.Slack.APIURL, cfg.Slack.Mode, cfg.Slack.Listen = server.URL(), mode, freeAddress(t)
			cfg.Slack.AppToken, cfg.Slack.SigningSecret = slacktest.AppToken, slacktest.SigningSecret
			cfg.Slack.ClientID, cfg.Slack.ClientSecret = slacktest.ClientID, slacktest.ClientSecret
			if mode == "http" {
				server.SendTo("http://" + cfg.Slack.Listen + slack.EventsPath)
			}

			i := startInstallation(t, cfg, server)
			i.install("TONE", "code-1")
			i.install("TTWO", "code-2")
			i.post("TONE", "k1")
			i.stop()

			i = startInstallation(t, cfg, server)
			defer i.stop()
			i.post("TONE", "k2")
			i.post("TTWO", "k3")
			var used []string
			for _, c := range server.Calls() {
				if c.Method == "chat.postMessage" {
					used = append(used, c.Token)
				}
			}
			if got, want := strings.Join(used, " "), "xoxb-TONE xoxb-TONE xoxb-TTWO"; got != want {
				t.Errorf("posted with the tokens %q, want %q", got, want)
			}
			if fileWith(t, filepath.Dir(cfg.Database), tokenName("TTWO")) == "" {
				t.Error("no file of the database has the sealed token's name")
			}
			for _, token := range []string{"xoxb-TONE", "xoxb-TTWO"} {
				if name := fileWith(t, filepath.Dir(cfg.Database), token); name != "" {
					t.Errorf("%s holds the token %s", name, token)
				}
				if strings.Contains(i.log.String(), token) {
					t.Errorf("the log holds the token %s:\n%s", token, i.log)
				}
			}

			if _, err := server.Send("", "events_api", map[string]any{"type": "event_callback", "team_id": "TONE", "event_id": "Ev1",
				"event": map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{slacktest.BotUser}}}}); err != nil {
				t.Fatal(err)
			}
			if !waitFor(10*time.Second, func() bool {
				_, err := i.store.Sealed(t.Context(), tokenName("TONE"))
				return errors.Is(err, bot.ErrNotFound)
			}) {
				t.Fatalf("the token of a workspace that revoked it is still there\n%s", i.log)
			}
			_, err := i.deliver("TONE", "k4")
			if lost, ok := errors.AsType[*bot.LostError](err); !ok || lost.Reason != bot.AccessRevoked {
				t.Errorf("posting to a workspace that left = %v, want it lost for %q", err, bot.AccessRevoked)
			}
			i.post("TTWO", "k5")
		})
	}
}

// installation is a bot that listens to a fake Slack.
type installation struct {
	t        *testing.T
	cfg      Config
	slack    *slacktest.Server
	store    *store.Store
	platform bot.Platform
	log      *lines
	stop     func()
}

func startInstallation(t *testing.T, cfg Config, server *slacktest.Server) *installation {
	t.Helper()
	i := &installation{t: t, cfg: cfg, slack: server, log: &lines{}}
	log := slog.New(slog.NewTextHandler(i.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if i.store, err = store.Open(t.Context(), store.Options{DSN: cfg.Database, Log: log}); err != nil {
		t.Fatal(err)
	}
	platforms, err := newPlatforms(cfg, environment{noenv, nil, io.Discard, io.Discard, time.Now}, i.store, log)
	if err != nil {
		t.Fatal(err)
	}
	i.platform = platforms[0]
	p, err := join(t.Context(), cfg, i.store, wiring{log: log, platforms: platforms, now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- i.platform.Listen(ctx, p.bot) }()
	i.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Listen = %v", err)
		}
		if err := i.store.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(i.stop)
	if !waitFor(10*time.Second, func() bool {
		conn, err := net.Dial("tcp", cfg.Slack.Listen)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	}) || cfg.Slack.Mode == "socket" && !server.WaitConnected(10*time.Second) {
		t.Fatalf("the bot does not listen\n%s", i.log)
	}
	return i
}

// install does what an admin of a workspace does in a browser.
func (i *installation) install(workspace, code string) {
	i.t.Helper()
	i.slack.AddInstall(code, workspace)
	jar, err := cookiejar.New(nil)
	if err != nil {
		i.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	base := "http://" + i.cfg.Slack.Listen
	begun, err := browser.Get(base + slack.InstallPath)
	if err != nil {
		i.t.Fatal(err)
	}
	begun.Body.Close()
	consent, err := begun.Location()
	if err != nil {
		i.t.Fatalf("%s: %s, %v", slack.InstallPath, begun.Status, err)
	}
	done, err := browser.Get(base + slack.RedirectPath + "?" + url.Values{"state": {consent.Query().Get("state")}, "code": {code}}.Encode())
	if err != nil {
		i.t.Fatal(err)
	}
	done.Body.Close()
	if done.StatusCode != http.StatusOK {
		i.t.Fatalf("%s: %s\n%s", slack.RedirectPath, done.Status, i.log)
	}
}

func (i *installation) deliver(workspace, key string) (bot.Receipt, error) {
	return i.platform.Deliver(i.t.Context(), bot.Delivery{
		Key: key, Kind: bot.Post, Attempt: 1, Message: bot.Message{Fallback: "Ferry talks resume"},
		To: bot.Place{Platform: slack.Name, Workspace: workspace, Channel: slacktest.General},
	})
}

func (i *installation) post(workspace, key string) {
	i.t.Helper()
	if _, err := i.deliver(workspace, key); err != nil {
		i.t.Fatalf("posting %s to %s: %v\n%s", key, workspace, err, i.log)
	}
}

// TestInstalledTokensOpenOnlyWhereTheyBelong seals a token and tries to open it with
// what a thief, a mix-up or a new client secret would bring.
func TestInstalledTokensOpenOnlyWhereTheyBelong(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "bot.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	with := func(secret Secret) *tokens {
		t.Helper()
		k, err := newTokens(s, secret)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	const token = "xoxb-1-very-secret"
	if err := with("old").SaveToken(t.Context(), "T1", token); err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Sealed(t.Context(), tokenName("T1"))
	if err != nil {
		t.Fatal(err)
	}
	for workspace, value := range map[string][]byte{"T2": sealed, "T3": sealed[:len(sealed)-1], "T4": {}, "T5": []byte(token)} {
		if err := s.SaveSealed(t.Context(), tokenName(workspace), value); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, workspace string
		secret          Secret
		want            error
	}{
		{"as it was sealed", "T1", "old", nil},
		{"another client secret", "T1", "new", errOtherSecret},
		{"no client secret", "T1", "", errOtherSecret},
		{"moved to another workspace", "T2", "old", errOtherSecret},
		{"cut short", "T3", "old", errOtherSecret},
		{"empty", "T4", "old", errOtherSecret},
		{"never sealed", "T5", "old", errOtherSecret},
		{"not installed", "T6", "old", bot.ErrNotFound},
	} {
		want := token
		if c.want != nil {
			want = ""
		}
		if got, err := with(c.secret).Token(t.Context(), c.workspace); got != want || !errors.Is(err, c.want) {
			t.Errorf("%s: Token = %q, %v, want %q, %v", c.name, got, err, want, c.want)
		}
	}
	if n, wrong := with("new").check(t.Context()); n != 5 || len(wrong) != 5 || !strings.HasPrefix(wrong[0], "token of workspace T1: the client secret has changed") {
		t.Errorf("check under another client secret = %d, %q, want all 5 of 5 named", n, wrong)
	}
	again := with("new")
	if err := again.SaveToken(t.Context(), "T1", token); err != nil {
		t.Fatal(err)
	}
	if got, err := again.Token(t.Context(), "T1"); got != token || err != nil {
		t.Errorf("installed again: Token = %q, %v", got, err)
	}
	if n, wrong := again.check(t.Context()); n != 5 || len(wrong) != 4 {
		t.Errorf("installed again: check = %d, %q, want all but T1 of 5", n, wrong)
	}
}

// lines is a log that goroutines write to.
type lines struct {
	mu sync.Mutex // guards b
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// freeAddress is a loopback address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// fileWith is the file of a folder that holds a text, or empty.
func fileWith(t *testing.T, dir, text string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), text) {
			return f.Name()
		}
	}
	return ""
}
