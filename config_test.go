package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func noenv(string) string { return "" }

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestExampleHasTheDefaultsAndEveryKey(t *testing.T) {
	got, err := loadConfig("config.example.yaml", noenv)
	if err != nil {
		t.Fatal(err)
	}
	want := defaultConfig()
	for _, c := range []*Config{&got, &want} {
		if len(c.Topics) == 0 {
			c.Topics = nil
		}
		if len(c.Feeds.List) == 0 {
			c.Feeds.List = nil
		}
		if len(c.Subscriptions) == 0 {
			c.Subscriptions = nil
		}
		if len(c.Slack.Managers) == 0 {
			c.Slack.Managers = nil
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config.example.yaml differs from the defaults (-default +example):\n%s", diff)
	}

	text, err := os.ReadFile("config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		for typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			key := typ.Field(i).Tag.Get("yaml")
			if !regexp.MustCompile(`(?m)^[ #-]*` + regexp.QuoteMeta(key) + `:`).Match(text) {
				t.Errorf("config.example.yaml does not have %s.%s", path, key)
			}
			walk(typ.Field(i).Type, path+"."+key)
		}
	}
	walk(reflect.TypeFor[Config](), "")
}

func TestEveryProblemIsFoundAtOnceWithItsLine(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"unknown keys", "databse: x\nfeeds:\n  catalog: true\n  workers: 900\n",
			"1: databse: unknown key; did you mean \"database\"?\n3: feeds.catalog: unknown key; did you mean \"catalogue\"?\n4: feeds.workers: 900 is not between 1 and 256"},
		{"wrong types", "digest:\n  length: many\nfeeds: 3\n", "2: digest.length: "},
		{"key twice", "lang: en\nlang: ko\n", "stands twice|already defined"},
		{"bad list item", "feeds:\n  list:\n    - url: ftp://x.example/\n      type: blog\n", "3: feeds.list[0].url: want a URL"},
		{"bad query", "topics:\n  chips: '\"unclosed'\n", "2: topics.chips: at character"},
		{"bad zone", "zone: KST\n", "1: zone: \"KST\" is no time zone"},
		{"texts too short", "retention:\n  texts: 7d\n", "2: retention.texts: want 30d or more, since digests and the trial of an alert look back that far, or 0"},
		{"bad duration", "retention:\n  articles: soon\n", "2: retention.articles: \"soon\" is no length of time"},
		{"not yaml", "a: [1, 2\n", "not YAML"},
		{"socket mode without its token", "slack:\n  bot_token: xoxb-1\n", "slack.app_token: Socket Mode needs"},
		{"client without its secret", "slack:\n  client_id: 1.2\n  app_token: xapp-1\n", "slack.client_secret: client_id needs"},
		{"client and a bot token", "slack:\n  client_id: 1.2\n  client_secret: s\n  app_token: xapp-1\n  bot_token: xoxb-1\n", "5: slack.bot_token: with client_id"},
		{"install pages without an address", "slack:\n  client_id: 1.2\n  client_secret: s\n  app_token: xapp-1\n  listen: ''\n", "5: slack.listen: \"\" is no address"},
		{"several workspaces and none named", "slack:\n  client_id: 1.2\n  client_secret: s\n  app_token: xapp-1\nsubscriptions:\n  - {platform: slack, channel: C1, at: \"08:00\"}\n", "6: subscriptions[0].workspace: want"},
		{"a reading room open to all", "web:\n  listen: 0.0.0.0:8090\n", "2: web.listen: \"0.0.0.0:8090\" can be reached from other machines: set web.token (HANWIRE_WEB_TOKEN) or sign-in under web.slack or web.discord, or listen on 127.0.0.1"},
		{"a reading room on every address", "web:\n  listen: ':8090'\n", "2: web.listen: \":8090\" can be reached"},
		{"a token to be guessed", "web:\n  listen: :8090\n  token: short\n", "3: web.token: fewer than 20 characters"},
		{"a page below the top", "web:\n  url: https://x.example/news\n", "2: web.url: want scheme and host alone"},
		{"sign-in half set up", "web:\n  slack:\n    client_id: '1.2'\n", "3: web.slack.client_id: signing in needs web.url|3: web.slack.client_secret: client_id needs"},
		{"sign-in for nobody", "web:\n  url: https://x.example\n  discord:\n    client_id: '1'\n    client_secret: s\n", "3: web.discord.guilds: want the ids"},
		{"a proxy that is no network", "web:\n  proxies: [proxy.example]\n", "2: web.proxies[0]: \"proxy.example\" is no network"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := writeConfig(t, c.yaml)
			_, err := loadConfig(name, noenv)
			wrong, ok := errors.AsType[*ConfigError](err)
			if !ok {
				t.Fatalf("got error %v, want a ConfigError", err)
			}
			got := strings.ReplaceAll(wrong.Error(), name+":", "")
			found := false
			for want := range strings.SplitSeq(c.want, "|") {
				found = found || strings.Contains(got, want)
			}
			if !found {
				t.Errorf("got\n%s\nwant it to contain\n%s", got, c.want)
			}
		})
	}
}

func TestSecretsComeFromTheEnvironmentAndAreNeverPrinted(t *testing.T) {
	c, err := loadConfig("", func(name string) string {
		return map[string]string{"HANWIRE_SLACK_BOT_TOKEN": "xoxb-very-secret", "HANWIRE_SLACK_APP_TOKEN": "xapp-very-secret"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Slack.BotToken) != "xoxb-very-secret" {
		t.Errorf("bot token %q not taken from the environment", string(c.Slack.BotToken))
	}
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "token", c.Slack.BotToken, "config", c)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "config", c)
	fmt.Fprintf(&b, "%v %+v %#v %s", c, c, c, c.Slack.BotToken)
	if strings.Contains(b.String(), "very-secret") {
		t.Errorf("a secret was printed: %s", b.String())
	}
}
