package discord_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"hanwire/bot"
	"hanwire/bot/discord"
	"hanwire/bot/discord/discordtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// digest is an edition with n stories of outlets and people that do not exist.
func digest(n int) bot.Message {
	m := bot.Message{Fallback: fmt.Sprintf("Hanwire No. 41: %d stories", n), Blocks: []bot.Block{
		bot.Heading{Text: "Korea and China, Tuesday 24 November"},
	}}
	for i := range n {
		m.Blocks = append(m.Blocks, bot.Card{
			Title: fmt.Sprintf("%d. Harbour talks <resume> & stall *again*", i+1),
			URL:   fmt.Sprintf("https://meridian.example/news/%d_(a)?a=1&b=2", i),
			Meta:  "Daily Meridian (independent), 하늘일보 · 08:10 KST",
			Body:  []bot.Span{{Text: "The two ministries "}, {Text: "agreed to meet", Style: bot.Bold}, {Text: " in Port Selwyn, "}, {Text: "the ministry said", URL: "https://ministry.example/s"}, {Text: "."}},
			Quotes: []bot.Quotation{
				{Text: "We will *not* trade @everyone for `peace`", URL: "https://meridian.example/news/1#:~:text=We%20will", Speaker: "Ilsa Marrow", Role: "deputy harbour minister", Outlet: "Daily Meridian"},
				{Text: "협상은 계속될 것이다", Speaker: "한가람", Role: "대변인", Outlet: "하늘일보", Lang: "ko", Note: "also in Port Gazette"},
			},
			Buttons: []bot.Button{{Label: "More", Action: fmt.Sprintf("story:%d", i)}, {Label: "Quotes", Action: fmt.Sprintf("quotes:%d", i)}},
		})
	}
	m.Blocks = append(m.Blocks,
		bot.Note{Spans: []bot.Span{{Text: fmt.Sprintf("No. 41 · %d stories from 9 outlets · next Tue 08:00 KST", n)}}},
		bot.Buttons{Buttons: []bot.Button{{Label: "Share", Action: "share:e41", Style: bot.Primary}, {Label: "Not relevant", Action: "no:e41", Style: bot.Danger}}})
	return m
}

var samples = []struct {
	name string
	m    bot.Message
}{
	{"digest", digest(2)},
	{"one-story", digest(1)},
	{"quiet-day", bot.Message{Fallback: "A quiet day: no stories.", Silent: true, Blocks: []bot.Block{bot.Text{Spans: []bot.Span{{Text: "A quiet day: no stories."}}}, bot.Note{Spans: []bot.Span{{Text: "No. 42 · next Wed 08:00 KST"}}}}}},
	{"hostile", bot.Message{Fallback: "@everyone *bold*", Blocks: []bot.Block{
		bot.Heading{Text: "@everyone <@1> **x** \u202egnp.exe"},
		bot.Text{Spans: []bot.Span{{Text: "# big\n- list\n1. one\n> quote ||spoiler|| <t:1> <:e:1> :smile: [x](https://evil.example) https://evil.example"}, {Text: "j", URL: "javascript:alert(1)"}, {Text: " k) ", URL: "https://a.example/)x(<@1>", Style: bot.Bold}}},
		bot.Divider{},
		bot.Note{Spans: []bot.Span{{Text: "_it_ `c` "}, {Text: "a]b", URL: "https://a.example/?q=<x>"}}},
		bot.Quotation{Text: "a\u0000b\n<#1> ~~s~~", Speaker: "<@&2>", Outlet: "*O*", Lang: "zh-Hant"},
		bot.Text{Spans: []bot.Span{{Text: "`rm` @here", Style: bot.Code}}},
		bot.Menu{Action: "pick", Placeholder: "@here", Choices: []bot.Choice{{Label: "*one*", Value: "1"}, {Label: "same", Value: "1"}}},
	}}},
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	const file = "testdata/render.txtar"
	var got txtar.Archive
	for _, s := range samples {
		out, err := discord.Payload(s.m)
		if err != nil {
			t.Fatal(err)
		}
		if err := discordtest.CheckMessage(out); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		got.Files = append(got.Files, txtar.File{Name: s.name + ".json", Data: out})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(&got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(txtar.Format(&got))); d != "" {
		t.Errorf("rendering changed (-update rewrites %s):\n%s", file, d)
	}
}

// randomMessage makes messages of fewer than most blocks that no honest bot
// would send.
func randomMessage(r *rand.Rand, scrap string, most int) bot.Message {
	word := func() string {
		pick := []string{scrap, "@everyone", "<@1>", "**b**", "`c`", "~~s~~", "_i_", "||x||", "# h", "\n- l", "\u202e", "👩‍👩‍👧‍👦", "관세", "台湾海峡", "\x00", "\n\n", "](", ")", "http://x.example", strings.Repeat("x", r.IntN(200)), "k"}
		if r.IntN(30) == 0 {
			return []string{strings.Repeat("長", r.IntN(4000)), strings.Repeat("word ", r.IntN(900)), strings.Repeat("*", r.IntN(3000))}[r.IntN(3)]
		}
		return pick[r.IntN(len(pick))]
	}
	words := func() string {
		var b strings.Builder
		for range r.IntN(5) {
			b.WriteString(word())
		}
		return b.String()
	}
	link := func() string {
		return []string{"", "https://a.example/" + words(), "javascript:" + words(), words(), "https://a.example/" + strings.Repeat("(", r.IntN(3000))}[r.IntN(5)]
	}
	span := func() []bot.Span {
		out := make([]bot.Span, r.IntN(4))
		for i := range out {
			out[i] = bot.Span{Text: words(), URL: link(), Style: bot.Style(r.IntN(4))}
		}
		return out
	}
	quote := func() bot.Quotation {
		return bot.Quotation{Text: words(), URL: link(), Speaker: words(), Role: words(), Outlet: words(), Note: words(), Lang: []string{"en", "ko", "zh-Hant", ""}[r.IntN(4)]}
	}
	button := func() []bot.Button {
		out := make([]bot.Button, r.IntN(7))
		for i := range out {
			out[i] = bot.Button{Label: words(), Action: []string{"a:1", "a:2", words()}[r.IntN(3)], URL: link(), Style: bot.ButtonStyle(r.IntN(4))}
		}
		return out
	}
	m := bot.Message{Fallback: "x" + words(), Silent: r.IntN(2) == 0}
	for range r.IntN(most) {
		var b bot.Block
		switch r.IntN(12) {
		case 0:
			b = bot.Heading{Text: words()}
		case 1:
			b = bot.Text{Spans: span()}
		case 2:
			b = quote()
		case 3:
			b = bot.Note{Spans: span()}
		case 4:
			b = bot.Divider{}
		case 5:
			b = bot.Buttons{Buttons: button()}
		case 6:
			choices := make([]bot.Choice, r.IntN(30))
			for i := range choices {
				choices[i] = bot.Choice{Label: words(), Value: words()}
			}
			b = bot.Menu{Action: words(), Placeholder: words(), Choices: choices}
		default:
			quotes := make([]bot.Quotation, r.IntN(4))
			for i := range quotes {
				quotes[i] = quote()
			}
			b = bot.Card{Title: words(), URL: link(), Meta: words(), Body: span(), Quotes: quotes, Buttons: button()}
		}
		m.Blocks = append(m.Blocks, b)
	}
	return m
}

func checkRender(t *testing.T, m bot.Message) []byte {
	t.Helper()
	out, err := discord.Payload(m)
	if err == nil {
		err = discordtest.CheckMessage(out)
	}
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	return out
}

func TestHostileMessagesStayWithinLimits(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		checkRender(t, randomMessage(rand.New(rand.NewPCG(seed, 1)), "plain", 80))
	}
}

func FuzzRender(f *testing.F) {
	f.Add(uint64(1), "@everyone *x*")
	f.Fuzz(func(t *testing.T, seed uint64, scrap string) {
		checkRender(t, randomMessage(rand.New(rand.NewPCG(seed, 2)), scrap, 12))
	})
}

// A digest that is too long keeps its frame and as many stories as fit, whole
// quotes only, and says how many are missing.
func TestLongDigest(t *testing.T) {
	t.Parallel()
	s := string(checkRender(t, digest(20)))
	for _, want := range []string{"Korea and China, Tuesday", "… +", "next Tue 08:00 KST", "share:e41", "1. Harbour talks"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if whole, begun := strings.Count(s, "for \\\\`peace\\\\`”]"), strings.Count(s, "We will"); whole == 0 || whole != begun {
		t.Errorf("%d whole quotes of %d begun", whole, begun)
	}
}

func BenchmarkRender(b *testing.B) {
	m := digest(17)
	for b.Loop() {
		if _, err := discord.Payload(m); err != nil {
			b.Fatal(err)
		}
	}
}

// What feeds say is shown as it stands: it mentions nobody, formats nothing
// and links nowhere.
func TestFeedTextDoesNothing(t *testing.T) {
	t.Parallel()
	acts := regexp.MustCompile(`(^|[^\\])(<(@|#|:|t:|/)|@(everyone|here)|https?://|\*\*|__|~~|\|\||` + "`" + `|\[[^\]]*\]\()|(^|\n)(#+ |- |> |\d+\. )`)
	for _, s := range []string{"@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "<t:1:R>", "<a:x:1>", "<:x:1>", "</cmd:1>", "https://evil.example", "[x](https://evil.example)", "<https://evil.example>",
		"**b**", "__u__", "~~s~~", "||s||", "`c`", "```\nc\n```", "# h", "- l", "* l", "> q", ">>> q", "1. l", "a\n# h", "a\n1. l", "a\n- l", "\\@everyone", "\\\\@everyone", "\\<@1>", "\\https://evil.example"} {
		for name, m := range map[string]bot.Message{
			"text":  text(s),
			"title": {Fallback: "x", Blocks: []bot.Block{bot.Heading{Text: s}}},
			"card":  {Fallback: "x", Blocks: []bot.Block{bot.Card{Title: s, Meta: s, Body: []bot.Span{{Text: s}}}}},
			"quote": {Fallback: "x", Blocks: []bot.Block{bot.Quotation{Text: s, Speaker: s, Note: s}}},
			"note":  {Fallback: "x", Blocks: []bot.Block{bot.Note{Spans: []bot.Span{{Text: s, URL: "https://a.example/"}}}}},
		} {
			var body discordtest.Body
			if err := json.Unmarshal(checkRender(t, m), &body); err != nil {
				t.Fatal(err)
			}
			shown := body.Text()
			// Our own marks: a bold title, quotes, italics, small print and links.
			for _, ours := range []string{"](https://a.example/)", "-# [", "> ", "-# ", "**"} {
				shown = strings.ReplaceAll(shown, ours, "")
			}
			// A backslash that is escaped escapes nothing.
			if got := acts.FindString(strings.ReplaceAll(shown, `\\`, "")); got != "" {
				t.Errorf("%s of %q: %q acts in %q", name, s, got, body.Text())
			}
		}
	}
}
