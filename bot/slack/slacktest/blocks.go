package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Where blocks stand decides how many there may be, and of which kinds.
type surface struct {
	blocks int
	inputs bool
}

var (
	messageSurface = surface{blocks: 50}
	homeSurface    = surface{blocks: 100, inputs: true}
	modalSurface   = surface{blocks: 100, inputs: true}
)

// maxMessage is the total that https://github.com/slackapi/bolt-js/issues/2509
// found by trying.
const maxMessage = 13_200

// node is any object of Block Kit.
type node map[string]any

func (n node) str(key string) string { s, _ := n[key].(string); return s }

func (n node) list(key string) []node {
	items, _ := n[key].([]any)
	out := make([]node, 0, len(items))
	for _, i := range items {
		m, _ := i.(map[string]any)
		out = append(out, m)
	}
	return out
}

func (n node) object(key string) node { m, _ := n[key].(map[string]any); return m }

// checker collects what is wrong with blocks.
type checker struct {
	total int
	wrong string
}

func (c *checker) fail(format string, args ...any) {
	if c.wrong == "" {
		c.wrong = fmt.Sprintf(format, args...)
	}
}

// text checks a string's length and counts it.
func (c *checker) text(what, s string, least, most int) {
	if !utf8.ValidString(s) {
		c.fail("%s is not UTF-8", what)
	}
	n := length(s)
	c.total += n
	if n < least || n > most {
		c.fail("%s has %d characters, not %d to %d", what, n, least, most)
	}
}

// object checks a text object.
func (c *checker) object(what string, o node, kind string, most int) {
	if o == nil {
		c.fail("%s is missing", what)
		return
	}
	if t := o.str("type"); t != "plain_text" && (kind != "" || t != "mrkdwn") {
		c.fail("%s is %q, not plain_text", what, t)
	}
	if _, ok := o["emoji"]; ok && o.str("type") != "plain_text" {
		c.fail("%s has emoji outside plain_text", what)
	}
	c.text(what, o.str("text"), 1, most)
}

// CheckMessage reports what Slack would refuse in a message's text and blocks.
func CheckMessage(payload []byte) error {
	var p struct {
		Text   string          `json:"text"`
		Blocks json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	form := url.Values{"text": {p.Text}}
	if len(p.Blocks) > 0 {
		form.Set("blocks", string(p.Blocks))
	}
	if why := content(form); why != "" {
		return errors.New(why)
	}
	return nil
}

// checkBlocks returns Slack's word for what is wrong with blocks, and why.
func checkBlocks(raw json.RawMessage, on surface) string {
	var items []any
	if err := json.Unmarshal(raw, &items); err != nil {
		return "invalid_blocks_format"
	}
	blocks := node{"blocks": items}.list("blocks")
	c := &checker{}
	if len(blocks) > on.blocks {
		c.fail("%d blocks, not %d", len(blocks), on.blocks)
	}
	ids := map[string]bool{}
	for _, b := range blocks {
		if id := b.str("block_id"); id != "" {
			if ids[id] || length(id) > 255 {
				c.fail("block_id %q twice or too long", id)
			}
			ids[id] = true
		}
		c.block(b, on)
	}
	switch {
	case c.wrong != "":
		return "invalid_blocks: " + c.wrong
	case on == messageSurface && c.total > maxMessage:
		return "msg_blocks_too_long"
	}
	return ""
}

func (c *checker) block(b node, on surface) {
	switch t := b.str("type"); t {
	case "header":
		c.object("header", b.object("text"), "plain_text", 150)
	case "divider":
	case "section":
		c.object("section", b.object("text"), "", 3000)
	case "context":
		elements := b.list("elements")
		if len(elements) < 1 || len(elements) > 10 {
			c.fail("context has %d elements", len(elements))
		}
		for _, e := range elements {
			c.object("context", e, "", 3000)
		}
	case "actions":
		elements := b.list("elements")
		if len(elements) < 1 || len(elements) > 25 {
			c.fail("actions has %d elements", len(elements))
		}
		ids := map[string]bool{}
		for _, e := range elements {
			id := e.str("action_id")
			if id == "" || ids[id] {
				c.fail("action_id %q missing or twice", id)
			}
			ids[id] = true
			c.element(e)
		}
	case "rich_text":
		if len(b.list("elements")) == 0 {
			c.fail("rich_text without elements")
		}
		for _, e := range b.list("elements") {
			c.rich(e)
		}
	case "input":
		if !on.inputs {
			c.fail("input in a message")
		}
		c.object("label", b.object("label"), "plain_text", 2000)
		if h := b.object("hint"); h != nil {
			c.object("hint", h, "plain_text", 2000)
		}
		c.element(b.object("element"))
	default:
		c.fail("unknown block %q", t)
	}
}

func (c *checker) element(e node) {
	if length(e.str("action_id")) > 255 {
		c.fail("action_id too long")
	}
	switch t := e.str("type"); t {
	case "button":
		c.object("button", e.object("text"), "plain_text", 75)
		if v, ok := e["value"]; ok && (v == "" || length(e.str("value")) > 2000) {
			c.fail("button value empty or too long")
		}
		if u, ok := e["url"]; ok && (u == "" || len(e.str("url")) > 3000 || !isLink(e.str("url"))) {
			c.fail("button url %q", e.str("url"))
		}
		if st, ok := e["style"]; ok && st != "primary" && st != "danger" {
			c.fail("button style %q", st)
		}
	case "static_select":
		options := e.list("options")
		if len(options) < 1 || len(options) > 100 {
			c.fail("menu has %d options", len(options))
		}
		for _, o := range options {
			c.object("option", o.object("text"), "", 75)
			if n := length(o.str("value")); n < 1 || n > 150 {
				c.fail("option value of %d characters", n)
			}
		}
		if p := e.object("placeholder"); p != nil {
			c.object("placeholder", p, "plain_text", 150)
		}
	case "plain_text_input":
		if length(e.str("initial_value")) > 3000 {
			c.fail("initial_value too long")
		}
	default:
		c.fail("unknown element %q", t)
	}
}

func (c *checker) rich(e node) {
	switch t := e.str("type"); t {
	case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
	default:
		c.fail("unknown rich text %q", t)
	}
	parts := e.list("elements")
	if len(parts) == 0 {
		c.fail("%s without elements", e.str("type"))
	}
	for _, p := range parts {
		switch t := p.str("type"); t {
		case "text":
			c.text("text", p.str("text"), 1, 4000)
		case "link":
			if !isLink(p.str("url")) || len(p.str("url")) > 3000 {
				c.fail("link %q", p.str("url"))
			}
			c.text("link", p.str("text"), 1, 4000)
			c.total += length(p.str("url"))
		default:
			// user, usergroup, channel, broadcast, emoji, color: nothing that
			// the bot has any business to send.
			c.fail("%s in rich text", t)
		}
	}
}

func isLink(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

func checkView(raw []byte, kind string) (View, string) {
	var v node
	if err := json.Unmarshal(raw, &v); err != nil {
		return View{}, "invalid_arguments"
	}
	if v.str("type") != kind {
		return View{}, "invalid_arguments: view is " + v.str("type")
	}
	on := homeSurface
	c := &checker{}
	if kind == "modal" {
		on = modalSurface
		c.object("title", v.object("title"), "plain_text", 24)
		hasInput := false
		for _, b := range v.list("blocks") {
			hasInput = hasInput || b.str("type") == "input"
		}
		if sub := v.object("submit"); sub != nil || hasInput {
			c.object("submit", sub, "plain_text", 24)
		}
		if length(v.str("callback_id")) > 255 {
			c.fail("callback_id too long")
		}
	}
	if length(v.str("private_metadata")) > 3000 {
		c.fail("private_metadata too long")
	}
	if c.wrong != "" {
		return View{}, "invalid_arguments: " + c.wrong
	}
	blocks, err := json.Marshal(v["blocks"])
	if err != nil {
		return View{}, "invalid_arguments"
	}
	if why := checkBlocks(blocks, on); why != "" {
		return View{}, why
	}
	return View{Type: kind, Callback: v.str("callback_id"), Metadata: v.str("private_metadata"), Blocks: blocks}, ""
}

// length counts UTF-16 units, the larger of the counts that Slack may mean.
func length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
