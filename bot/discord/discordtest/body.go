package discordtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Body is what a message says.
type Body struct {
	Content      string `json:"content"`
	Embeds       []node `json:"embeds"`
	Components   []node `json:"components"`
	Mentions     *node  `json:"allowed_mentions"`
	Flags        int    `json:"flags"`
	Nonce        string `json:"nonce"`
	EnforceNonce bool   `json:"enforce_nonce"`
	Reference    *node  `json:"message_reference"`
}

// Text is all that can be read in a message.
func (b Body) Text() string {
	parts := []string{b.Content}
	for _, e := range b.Embeds {
		parts = append(parts, e.str("title"), e.str("description"), e.object("footer").str("text"))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// node is any object of a message.
type node map[string]any

func (n node) str(key string) string { s, _ := n[key].(string); return s }

func (n node) int(key string) int { f, _ := n[key].(float64); return int(f) }

func (n node) object(key string) node { m, _ := n[key].(map[string]any); return m }

func (n node) list(key string) []node {
	items, _ := n[key].([]any)
	out := make([]node, 0, len(items))
	for _, i := range items {
		m, _ := i.(map[string]any)
		out = append(out, m)
	}
	return out
}

// CheckMessage reports what Discord would refuse in a message.
func CheckMessage(payload []byte) error {
	if _, why := readBody(payload); why != "" {
		return fmt.Errorf("%s", why)
	}
	return nil
}

type checker struct{ wrong string }

func (c *checker) fail(format string, args ...any) {
	if c.wrong == "" {
		c.wrong = fmt.Sprintf(format, args...)
	}
}

func (c *checker) text(what, s string, least, most int) int {
	if !utf8.ValidString(s) {
		c.fail("%s is not UTF-8", what)
	}
	n := length(s)
	if n < least || n > most {
		c.fail("%s has %d characters, not %d to %d", what, n, least, most)
	}
	return n
}

// readBody reads a message and says what is wrong with it.
func readBody(raw []byte) (Body, string) {
	var b Body
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, err.Error()
	}
	c := &checker{}
	c.text("content", b.Content, 0, 2000)
	if len(b.Embeds) > 10 {
		c.fail("%d embeds", len(b.Embeds))
	}
	total := 0
	for _, e := range b.Embeds {
		total += c.embed(e)
	}
	if total > 6000 {
		c.fail("embeds of %d characters", total)
	}
	if b.Content == "" && len(b.Embeds) == 0 {
		c.fail("empty message")
	}
	if b.Flags&(1<<2) != 0 && len(b.Embeds) > 0 {
		c.fail("embeds are suppressed")
	}
	if b.Mentions == nil {
		c.fail("allowed_mentions is missing")
	} else if parse, ok := (*b.Mentions)["parse"].([]any); !ok || len(parse) > 0 {
		c.fail("allowed_mentions allows some")
	}
	if length(b.Nonce) > 25 {
		c.fail("nonce of %d characters", length(b.Nonce))
	}
	if len(b.Components) > 5 {
		c.fail("%d rows", len(b.Components))
	}
	ids := map[string]bool{}
	for _, row := range b.Components {
		parts := row.list("components")
		if row.int("type") != 1 || len(parts) < 1 || len(parts) > 5 {
			c.fail("row of type %d with %d parts", row.int("type"), len(parts))
		}
		for _, p := range parts {
			if p.int("type") == 3 && len(parts) > 1 {
				c.fail("a menu shares its row")
			}
			c.component(p, ids)
		}
	}
	return b, c.wrong
}

// readEdit reads a message that takes the place of another: of its flags, only
// the embeds can be changed.
func readEdit(raw []byte) (Body, string) {
	b, why := readBody(raw)
	if why == "" && b.Flags&^(1<<2) != 0 {
		why = fmt.Sprintf("flags %d in an edit", b.Flags)
	}
	return b, why
}

func (c *checker) embed(e node) int {
	n := c.text("embed title", e.str("title"), 0, 256) + c.text("embed description", e.str("description"), 0, 4096)
	if f := e.object("footer"); f != nil {
		n += c.text("footer", f.str("text"), 1, 2048)
	}
	if len(e) == 0 || n == 0 {
		c.fail("empty embed")
	}
	for _, f := range e.list("fields") {
		n += c.text("field name", f.str("name"), 1, 256) + c.text("field value", f.str("value"), 1, 1024)
	}
	return n
}

func (c *checker) component(p node, ids map[string]bool) {
	id := p.str("custom_id")
	if p.int("type") != 2 || p.int("style") != 5 {
		if c.text("custom_id", id, 1, 100); ids[id] {
			c.fail("custom_id %q twice", id)
		}
		ids[id] = true
	}
	switch p.int("type") {
	case 2:
		c.text("button", p.str("label"), 1, 80)
		if link := p.str("url"); (p.int("style") == 5) != (link != "") || (link != "" && id != "") {
			c.fail("button with style %d, url %q, custom_id %q", p.int("style"), link, id)
		} else if link != "" && (length(link) > 512 || !strings.HasPrefix(link, "http")) {
			c.fail("button url %q", link)
		}
		if s := p.int("style"); s < 1 || s > 5 {
			c.fail("button style %d", s)
		}
	case 3:
		c.options(p)
	default:
		c.fail("component %d", p.int("type"))
	}
}

func (c *checker) options(p node) {
	options := p.list("options")
	if len(options) < 1 || len(options) > 25 {
		c.fail("menu has %d options", len(options))
	}
	values := map[string]bool{}
	for _, o := range options {
		c.text("option label", o.str("label"), 1, 100)
		if c.text("option value", o.str("value"), 1, 100); values[o.str("value")] {
			c.fail("option %q twice", o.str("value"))
		}
		values[o.str("value")] = true
	}
	c.text("placeholder", p.str("placeholder"), 0, 150)
}

// Form is one that was shown.
type Form struct {
	ID     string // its custom_id
	Fields []string

	selects                map[string]bool
	user, channel, message string
}

func readForm(raw []byte) (Form, string) {
	var n node
	if err := json.Unmarshal(raw, &n); err != nil {
		return Form{}, err.Error()
	}
	c := &checker{}
	f := Form{ID: n.str("custom_id"), selects: map[string]bool{}}
	c.text("custom_id", f.ID, 1, 100)
	c.text("title", n.str("title"), 1, 45)
	labels := n.list("components")
	if len(labels) < 1 || len(labels) > 5 {
		c.fail("%d inputs", len(labels))
	}
	for _, l := range labels {
		in := l.object("component")
		if l.int("type") != 18 || in == nil {
			c.fail("an input without its label")
		}
		c.text("label", l.str("label"), 1, 45)
		c.text("description", l.str("description"), 0, 100)
		c.text("custom_id", in.str("custom_id"), 1, 100)
		switch in.int("type") {
		case 4:
			c.text("value", in.str("value"), 0, 4000)
			if s := in.int("style"); s != 1 && s != 2 {
				c.fail("style %d", s)
			}
		case 3:
			c.options(in)
			f.selects[in.str("custom_id")] = true
		default:
			c.fail("input of type %d", in.int("type"))
		}
		f.Fields = append(f.Fields, in.str("custom_id"))
	}
	return f, c.wrong
}

func checkCommands(list []any) string {
	c := &checker{}
	names := map[string]bool{}
	for _, item := range list {
		n, _ := item.(map[string]any)
		cmd := node(n)
		if c.name(cmd.str("name")); names[cmd.str("name")] {
			c.fail("command %q twice", cmd.str("name"))
		}
		names[cmd.str("name")] = true
		size := c.text("description", cmd.str("description"), 1, 100) + length(cmd.str("name"))
		size += c.commandOptions(cmd.list("options"), 0)
		if size > 8000 {
			c.fail("command of %d characters", size)
		}
	}
	if len(list) > 100 {
		c.fail("%d commands", len(list))
	}
	return c.wrong
}

func (c *checker) name(s string) {
	if c.text("name", s, 1, 32); strings.ToLower(s) != s || strings.ContainsAny(s, " .:/\"") {
		c.fail("name %q", s)
	}
}

func (c *checker) commandOptions(list []node, depth int) (size int) {
	if len(list) > 25 || depth > 2 {
		c.fail("%d options at depth %d", len(list), depth)
	}
	optional := false
	for _, o := range list {
		c.name(o.str("name"))
		size += length(o.str("name")) + c.text("description of "+o.str("name"), o.str("description"), 1, 100)
		required, _ := o["required"].(bool)
		if required && optional {
			c.fail("%q is required after one that is not", o.str("name"))
		}
		optional = optional || !required
		switch o.int("type") {
		case 1, 2:
			size += c.commandOptions(o.list("options"), depth+1)
		case 3, 4:
			choices := o.list("choices")
			if auto, _ := o["autocomplete"].(bool); len(choices) > 25 || (auto && len(choices) > 0) {
				c.fail("%q has %d choices", o.str("name"), len(choices))
			}
			for _, x := range choices {
				size += c.text("choice", x.str("name"), 1, 100) + c.text("choice value", x.str("value"), 1, 100)
			}
		default:
			c.fail("option of type %d", o.int("type"))
		}
	}
	return size
}

// length counts UTF-16 units, the larger of the counts that Discord may mean.
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
