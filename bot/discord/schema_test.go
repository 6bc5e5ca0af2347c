package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hanwire/bot"
	"hanwire/bot/discord"
	"hanwire/bot/discord/discordtest"
)

// schemaOf names the schema of Discord's OpenAPI description for each call.
var schemaOf = map[string]string{
	"POST message":   "MessageCreateRequest",
	"PATCH edit":     "MessageEditRequestPartial",
	"POST thread":    "CreateTextThreadWithMessageRequest",
	"POST forum":     "CreateForumThreadRequest",
	"PUT commands":   "ApplicationCommandUpdateRequest", // each of the list
	"POST followup":  "IncomingWebhookInteractionRequest",
	"PATCH original": "IncomingWebhookUpdateRequestPartial",
	"callback 4":     "CreateMessageInteractionCallbackRequest",
	"callback 5":     "CreateMessageInteractionCallbackRequest",
	"callback 6":     "UpdateMessageInteractionCallbackRequest",
	"callback 7":     "UpdateMessageInteractionCallbackRequest",
	"callback 8":     "ApplicationCommandAutocompleteCallbackRequest",
	"callback 9":     "ModalInteractionCallbackRequest",
}

// TestSchemas holds all that is sent against Discord's own OpenAPI description,
// of which HANWIRE_DISCORD_OPENAPI names a copy
// (https://github.com/discord/discord-api-spec/blob/main/specs/openapi.json).
// Without one there is nothing to hold it against.
func TestSchemas(t *testing.T) {
	t.Parallel()
	if file := os.Getenv("HANWIRE_DISCORD_OPENAPI"); file != "" {
		t.Run("openapi", func(t *testing.T) { holdAgainst(t, file) })
	}
}

func holdAgainst(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range schemaOf {
		if schemas[name], err = compiler.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Fatal(err)
		}
	}
	check := func(what string, raw []byte) {
		t.Helper()
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		each := []any{v}
		if what == "PUT commands" {
			each = v.([]any)
			for _, c := range each {
				// The description says integer here; Discord's documents, its own
				// answers and every library say string, as for all permissions.
				if c := c.(map[string]any); c["default_member_permissions"] != nil {
					c["default_member_permissions"] = json.Number(c["default_member_permissions"].(string))
				}
			}
		}
		for _, v := range each {
			if err := schemas[schemaOf[what]].Validate(v); err != nil {
				t.Errorf("%s: %v\n%.2000s", what, err, raw)
			}
		}
	}
	for seed := range uint64(200) {
		out, err := discord.Payload(randomMessage(rand.New(rand.NewPCG(seed, 3)), "x", 60))
		if err != nil {
			t.Fatal(err)
		}
		check("POST message", out)
	}
	hs := everything(t)
	seen := map[string]bool{}
	for _, c := range hs.Calls() {
		what := c.Method + " " + c.Name
		switch {
		case c.Name == "callback":
			var cb struct{ Type int }
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Body))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Sscan(fmt.Sprint(v.(map[string]any)["type"]), &cb.Type)
			what = fmt.Sprintf("callback %d", cb.Type)
		case bytes.Contains(c.Body, []byte(`"message":{`)):
			what = "POST forum"
		}
		if schemaOf[what] != "" && len(c.Body) > 0 {
			seen[what] = true
			check(what, c.Body)
		}
	}
	for what := range schemaOf {
		if !seen[what] {
			t.Errorf("%s was never sent", what)
		}
	}
}

// everything makes a client send one of each.
func everything(t *testing.T) *house {
	t.Helper()
	hs := open(t, "gateway", func(c bot.Command) (bot.Reply, error) {
		m := digest(2)
		m.Private = true
		if c.Name == "why" || c.Action == "no:e41" {
			time.Sleep(300 * time.Millisecond)
		}
		return bot.Reply{Message: &m, Replace: c.Action == "story:0"}, nil
	})
	head := deliver(t, hs.client, bot.Delivery{Key: "1", Kind: bot.Post, To: general, Message: digest(3)})
	deliver(t, hs.client, bot.Delivery{Key: "2", Kind: bot.Answer, To: general, Parent: head.Message, Message: digest(1)})
	deliver(t, hs.client, bot.Delivery{Key: "3", Kind: bot.Edit, To: general, Parent: head.Message, Message: digest(4)})
	deliver(t, hs.client, bot.Delivery{Key: "4", Kind: bot.Post, To: forum, Message: digest(2)})
	do := func(sent *discordtest.Sent, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := sent.Acked(); !ok {
			t.Fatal("not acknowledged")
		}
	}
	do(hs.Command(alice, "help"))
	do(hs.Command(alice, "why", "url", "https://a.example/"))
	do(hs.Press(alice, head.Message, "no:e41"))
	do(hs.Press(alice, head.Message, "story:0"))
	do(hs.Type(alice, "latest", "topic", "topic", "k"))
	hs.h.mu.Lock()
	hs.h.reply = func(bot.Command) (bot.Reply, error) { return bot.Reply{Form: &alertForm}, nil }
	hs.h.mu.Unlock()
	do(hs.Command(alice, "alert add"))
	waitFor(t, "what follows", func() bool {
		return slices.ContainsFunc(hs.Calls(), func(c discordtest.Call) bool { return c.Name == "followup" }) &&
			slices.ContainsFunc(hs.Calls(), func(c discordtest.Call) bool { return c.Name == "original" })
	})
	return hs
}
