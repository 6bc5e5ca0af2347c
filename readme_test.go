package main

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"hanwire/bot"
	"hanwire/bot/slack"
)

// TestReadmeNamesEverything holds the README to what the program has: the
// commands in chat, those of the command line, the keys of the configuration,
// and the scopes that the Slack app asks for.
func TestReadmeNamesEverything(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	has := func(what, text string) {
		t.Helper()
		if !strings.Contains(readme, text) {
			t.Errorf("README.md does not have %s: %s", what, text)
		}
	}
	for _, c := range bot.Commands {
		has("the command", "| `"+c.Name)
		has("its summary", c.Summary)
	}
	for i := range reflect.TypeFor[commandLine]().NumField() {
		has("the subcommand", strings.ToLower(reflect.TypeFor[commandLine]().Field(i).Name))
	}
	for i := range reflect.TypeFor[Config]().NumField() {
		has("the key", "`"+reflect.TypeFor[Config]().Field(i).Tag.Get("yaml")+"`")
	}
	manifest, err := slack.Manifest(slack.ManifestOptions{History: true})
	if err != nil {
		t.Fatal(err)
	}
	_, scopes, _ := strings.Cut(manifest, "bot:")
	for line := range strings.Lines(scopes) {
		scope, ok := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !ok && strings.TrimSpace(line) != "" {
			break
		}
		if ok {
			has("the scope", "`"+strings.Trim(scope, `"'`)+"`")
		}
	}
}
