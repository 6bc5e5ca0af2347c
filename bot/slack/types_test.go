package slack_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/bot/slack/slacktest"
)

// argumentTypes are the types that Slack publishes for the arguments of the
// methods that we call, in @slack/web-api.
var argumentTypes = map[string]string{
	"auth.test": "AuthTestArguments", "apps.connections.open": "AppsConnectionsOpenArguments",
	"chat.postMessage": "ChatPostMessageArguments", "chat.postEphemeral": "ChatPostEphemeralArguments", "chat.update": "ChatUpdateArguments",
	"conversations.open": "ConversationsOpenArguments", "conversations.info": "ConversationsInfoArguments",
	"conversations.history": "ConversationsHistoryArguments", "conversations.replies": "ConversationsRepliesArguments",
	"users.info": "UsersInfoArguments", "views.open": "ViewsOpenArguments", "views.publish": "ViewsPublishArguments",
}

// What is sent is checked by the TypeScript compiler against the types that
// Slack publishes. HANWIRE_SLACK_TYPES is a folder with @slack/web-api and
// typescript installed; .ci/run makes one.
func TestPublishedTypes(t *testing.T) {
	dir := os.Getenv("HANWIRE_SLACK_TYPES")
	if dir == "" {
		t.Skip("HANWIRE_SLACK_TYPES names no folder with @slack/web-api and typescript; .ci/run does")
	}
	form := bot.Form{Action: "form.alert", Title: "Add an alert", Submit: "Save", Fields: []bot.Field{
		{Name: "query", Label: "What", Hint: `"rare earths" OR tariff`, Value: "tariff"},
		{Name: "frequency", Label: "How soon", Optional: true, Value: "daily", Choices: []bot.Choice{{Label: "at once", Value: "immediate"}, {Label: "daily", Value: "daily"}}},
	}}
	hs := open(t, slack.Options{}, func(c bot.Command) (bot.Reply, error) {
		page := digest(3)
		page.Private = c.Text == "settings"
		switch {
		case c.Event == bot.Home:
			return bot.Reply{Home: &page}, nil
		case c.Text == "alert":
			return bot.Reply{Form: &form}, nil
		}
		return bot.Reply{Message: &page}, nil
	})
	hs.Fail("response_url", slices.Repeat([]slacktest.Fault{{Status: 404}}, 8)...) // so that the Web API is used
	for _, text := range []string{"settings", "latest", "alert"} {
		if _, err := hs.Command(slacktest.Alice, slacktest.General, text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := hs.Event("", map[string]any{"type": "app_home_opened", "user": slacktest.Alice, "tab": "home"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the answers", func() bool { return len(hs.Views()) == 2 && len(hs.Messages()) == 2 })
	post := func(d bot.Delivery) bot.Receipt {
		t.Helper()
		d.Key, d.To, d.Person, d.First = "k", general, alice, time.Now()
		r, err := hs.client.Deliver(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	head := post(bot.Delivery{Kind: bot.Post, Message: digest(3), Attempt: 1})
	post(bot.Delivery{Kind: bot.Answer, Parent: head.Message, Message: samples[2].m, Attempt: 2})
	post(bot.Delivery{Kind: bot.Edit, Parent: head.Message, Message: digest(3), Attempt: 1})
	post(bot.Delivery{Kind: bot.Direct, Message: text("An alert"), Attempt: 2})

	types := map[string]bool{}
	var body strings.Builder
	for i, call := range hs.Calls() {
		name, ok := argumentTypes[call.Method]
		if !ok {
			if call.Method != "response_url" {
				t.Errorf("%s has no type", call.Method)
			}
			continue
		}
		types[name] = true
		args := map[string]any{}
		for k := range call.Params {
			v := call.Params.Get(k)
			// In a form, objects, lists, truth values and this number stand as JSON.
			var structured any
			if (strings.ContainsAny(v[:min(len(v), 1)], "[{") || v == "true" || v == "false" || k == "limit") && json.Unmarshal([]byte(v), &structured) == nil {
				args[k] = structured
				continue
			}
			args[k] = v
		}
		raw, err := json.MarshalIndent(args, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&body, "export const call%d = %s satisfies %s;\n", i, raw, name)
	}
	for method, name := range argumentTypes {
		if !types[name] {
			t.Errorf("no call of %s was seen", method)
		}
	}
	var list []string
	for name := range types {
		list = append(list, name)
	}
	slices.Sort(list)
	file := filepath.Join(dir, "payloads.ts")
	source := "import type { " + strings.Join(list, ", ") + " } from \"@slack/web-api\";\n" + body.String()
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func() (string, error) {
		tsc := exec.Command(filepath.Join(dir, "node_modules", ".bin", "tsc"), "--noEmit", "--strict", "--skipLibCheck",
			"--target", "es2022", "--module", "nodenext", "--types", "node", file)
		tsc.Dir = dir
		out, err := tsc.CombinedOutput()
		return string(out), err
	}
	if out, err := check(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The check must be able to fail.
	if err := os.WriteFile(file, []byte(strings.Replace(source, `"type": "rich_text_section"`, `"type": "rich_text_chapter"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := check(); err == nil || !strings.Contains(out, "rich_text") {
		t.Errorf("a block that does not exist passes: %v\n%s", err, out)
	}
}
