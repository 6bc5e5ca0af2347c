package slack_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/bot/slack/slacktest"
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
			URL:   fmt.Sprintf("https://meridian.example/news/%d?a=1&b=2", i),
			Meta:  "Daily Meridian (independent), 하늘일보 · 08:10 KST",
			Body:  []bot.Span{{Text: "The two ministries "}, {Text: "agreed to meet", Style: bot.Bold}, {Text: " in Port Selwyn, "}, {Text: "the ministry said", URL: "https://ministry.example/s"}, {Text: "."}},
			Quotes: []bot.Quotation{
				{Text: "We will *not* trade <!channel> for `peace`", URL: "https://meridian.example/news/1#:~:text=We%20will", Speaker: "Ilsa Marrow", Role: "deputy harbour minister", Outlet: "Daily Meridian"},
				{Text: "협상은 계속될 것이다", Speaker: "한가람", Role: "대변인", Outlet: "하늘일보", Lang: "ko", Note: "also in Port Gazette"},
			},
			Buttons: []bot.Button{{Label: "More", Action: fmt.Sprintf("story:%d", i)}, {Label: "Quotes", Action: fmt.Sprintf("quotes:%d", i)}},
		})
	}
	m.Blocks = append(m.Blocks, bot.Divider{},
		bot.Note{Spans: []bot.Span{{Text: fmt.Sprintf("No. 41 · %d stories from 9 outlets · next Tue 08:00 KST · ", n)}, {Text: "2 of 34 feeds silent", URL: "https://hanwire.example/feeds"}}},
		bot.Buttons{Buttons: []bot.Button{{Label: "Share", Action: "share:e41", Style: bot.Primary}, {Label: "Not relevant", Action: "no:e41", Style: bot.Danger}}})
	return m
}

var samples = []struct {
	name string
	m    bot.Message
}{
	{"digest", digest(2)},
	{"quiet-day", bot.Message{Fallback: "A quiet day: no stories.", Blocks: []bot.Block{bot.Text{Spans: []bot.Span{{Text: "A quiet day: no stories."}}}, bot.Note{Spans: []bot.Span{{Text: "No. 42 · next Wed 08:00 KST"}}}}}},
	{"hostile", bot.Message{Fallback: "<!channel> *bold* & <@U1>", Blocks: []bot.Block{
		bot.Heading{Text: "<!everyone> :tada: *x* \u202egnp.exe"},
		bot.Text{Spans: []bot.Span{{Text: "<https://evil.example|click> @here `rm`"}, {Text: "j", URL: "javascript:alert(1)"}, {Text: "k", URL: "https://a.example/>|x<!channel>"}}},
		bot.Note{Spans: []bot.Span{{Text: "_it_ <@U1> "}, {Text: "*b* :tada: <!here>|>", URL: "https://a.example/?q=<x>"}}},
		bot.Quotation{Text: "a\u0000b <#C1> ~s~", Speaker: "<@U2>", Outlet: "*O*", Lang: "zh-Hant"},
		bot.Menu{Action: "pick", Placeholder: "<!channel>", Choices: []bot.Choice{{Label: "*one*", Value: "1"}}},
	}}},
}

func TestRenderGolden(t *testing.T) {
	const file = "testdata/render.txtar"
	var got txtar.Archive
	for _, s := range samples {
		out, err := slack.Payload(s.m)
		if err != nil {
			t.Fatal(err)
		}
		if err := slacktest.CheckMessage(out); err != nil {
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
		pick := []string{scrap, "<!channel>", "<@U1>", "*b*", "`c`", "~s~", "_i_", "&amp;", "@everyone", "\u202e", "👩‍👩‍👧‍👦", "관세", "台湾海峡", "\x00", "\n\n", "|", ">", "http://x.example", strings.Repeat("x", r.IntN(200)), "k"}
		if r.IntN(30) == 0 {
			return []string{strings.Repeat("長", r.IntN(4000)), strings.Repeat("word ", r.IntN(900))}[r.IntN(2)]
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
		return []string{"", "https://a.example/" + words(), "javascript:" + words(), words(), "https://a.example/" + strings.Repeat("p", r.IntN(3000))}[r.IntN(5)]
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
	m := bot.Message{Fallback: "x" + words()}
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

func checkRender(t *testing.T, m bot.Message) {
	t.Helper()
	out, err := slack.Payload(m)
	if err == nil {
		err = slacktest.CheckMessage(out)
	}
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
}

func TestHostileMessagesStayWithinLimits(t *testing.T) {
	for seed := range uint64(150) {
		checkRender(t, randomMessage(rand.New(rand.NewPCG(seed, 1)), "plain", 80))
	}
}

func FuzzRender(f *testing.F) {
	f.Add(uint64(1), "<!channel> *x*")
	f.Fuzz(func(t *testing.T, seed uint64, scrap string) {
		checkRender(t, randomMessage(rand.New(rand.NewPCG(seed, 2)), scrap, 12))
	})
}

// A digest that is too long keeps its frame and as many stories as fit, whole
// quotes only, and says how many are missing.
func TestLongDigest(t *testing.T) {
	m := digest(80)
	checkRender(t, m)
	out, err := slack.Payload(m)
	if err != nil {
		t.Fatal(err)
	}
	s := string(out)
	for _, want := range []string{"Korea and China, Tuesday", "… +", "next Tue 08:00 KST", "share:e41", "1. Harbour talks"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing", want)
		}
	}
	const quote = "We will *not* trade"
	if whole := strings.Count(s, `“We will *not* trade <!channel> for `+"`peace`”"); whole == 0 || whole != strings.Count(s, quote) {
		t.Errorf("%d whole quotes of %d begun", whole, strings.Count(s, quote))
	}
}

func BenchmarkRender(b *testing.B) {
	m := digest(17)
	for b.Loop() {
		if _, err := slack.Payload(m); err != nil {
			b.Fatal(err)
		}
	}
}

// What feeds say is shown as it stands: it stands in elements in which nothing
// has a meaning, and where there is none, escaped.
func TestFeedTextDoesNothing(t *testing.T) {
	t.Parallel()
	type node = map[string]any
	var walk func(v any, f func(node))
	walk = func(v any, f func(node)) {
		switch v := v.(type) {
		case node:
			f(v)
			for _, x := range v {
				walk(x, f)
			}
		case []any:
			for _, x := range v {
				walk(x, f)
			}
		}
	}
	for _, s := range []string{"<!channel>", "<!here>", "<@U1>", "<#C1>", "<https://evil.example|x>", "*b*", "_i_", "~s~", "`c`", ":tada:", "a|b>", "&lt;!channel&gt;", "> q", "• l"} {
		m := bot.Message{Fallback: s, Blocks: []bot.Block{bot.Heading{Text: s}, bot.Text{Spans: []bot.Span{{Text: s}}}, bot.Quotation{Text: s, Speaker: s, Note: s},
			bot.Card{Title: s, URL: "https://a.example/", Meta: s, Body: []bot.Span{{Text: s}}, Buttons: []bot.Button{{Label: s, Action: "a"}}},
			bot.Note{Spans: []bot.Span{{Text: s}, {Text: s, URL: "https://a.example/"}}}}}
		checkRender(t, m)
		out, err := slack.Payload(m)
		if err != nil {
			t.Fatal(err)
		}
		var p node
		if err := json.Unmarshal(out, &p); err != nil {
			t.Fatal(err)
		}
		if text := p["text"].(string); strings.ContainsAny(text, "<>") {
			t.Errorf("%q: fallback %q", s, text)
		}
		walk(p["blocks"], func(n node) {
			switch n["type"] {
			case "mrkdwn":
				label := strings.TrimSuffix(strings.TrimPrefix(n["text"].(string), "<https://a.example/|"), ">")
				if strings.ContainsAny(label, "<>*_~`:|") {
					t.Errorf("%q: small print %q", s, n["text"])
				}
			case "plain_text":
				if n["emoji"] != false {
					t.Errorf("%q: emoji are on in %v", s, n)
				}
			}
		})
	}
}
