package console_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/width"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/bot/discord"
	"hanwire/bot/slack"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// messages are an edition's head and one story of it, with every block there is.
func messages() []bot.Message {
	return []bot.Message{
		{Fallback: "Korea · No. 41", Blocks: []bot.Block{
			bot.Heading{Text: "Korea · No. 41 · 17 stories from 9 outlets"},
			bot.Card{Title: "South Korea and China agree on fishing patrols", URL: "https://courier.example/news?a=1&b=2", Meta: "Harbour Courier (independent), 한울일보, 新岸通讯社 · 07:10 KST",
				Quotes: []bot.Quotation{{Text: "We will not let a quarrel over crab pots decide how two neighbours speak to each other", URL: "https://courier.example/news#:~:text=We%20will", Speaker: "Han Bo-reum", Role: "deputy fisheries minister", Outlet: "Harbour Courier", Lang: "en"}}},
			bot.Card{Title: "한중, 서해 공동 어업 순찰 합의…3월부터 선박 12척으로 시작하기로", URL: "https://haneul.example/1", Meta: "한울일보",
				Quotes: []bot.Quotation{{Text: "게 통발 다툼이 이웃 사이의 대화를 좌우하게 두지 않겠다", Speaker: "한보름", Role: "해양수산부 차관", Lang: "ko"}}},
			bot.Divider{},
			bot.Text{Spans: []bot.Span{{Text: "Also\n", Style: bot.Bold}, {Text: "• "}, {Text: "Seoul plans a reserve", URL: "https://wire.example/2"}, {Text: " — Meridian Wire"}}},
			bot.Note{Spans: []bot.Span{{Text: "next Tue 08:00 KST · 2 of 34 sources silent since Tue"}}},
			bot.Buttons{Buttons: []bot.Button{{Label: "More", Action: "more:1", Style: bot.Primary}, {Label: "Mute story", Action: "mute:1", Style: bot.Danger}, {Label: "Reading room", URL: "https://hanwire.example/"}}},
			bot.Menu{Action: "open", Placeholder: "Read a story", Choices: []bot.Choice{{Label: "Fishing patrols", Value: "fish"}, {Label: "Reserve", Value: "reserve"}}},
		}},
		{Fallback: "Fishing patrols", Blocks: []bot.Block{
			bot.Card{Title: "中韩同意在黄海联合渔业巡逻，韩国外交部表示双方就非法捕捞问题争执两年后达成协议", URL: "https://xinan.example/a", Meta: "新岸通讯社（通讯社）",
				Body:    []bot.Span{{Text: "联合巡逻将于3月1日开始，共派出12艘船只，中国将派出六艘海警船，韩国派出其余船只。"}, {Text: " ("}, {Text: "新岸通讯社", URL: "https://xinan.example/a"}, {Text: ")"}},
				Quotes:  []bot.Quotation{{Text: "双方將通過對話妥善處理海上分歧。", Speaker: "林曉嵐", Outlet: "霧港新聞", Lang: "zh-Hant", Note: "also in 新岸通讯社"}},
				Buttons: []bot.Button{{Label: "Quotes", Action: "quotes:fish"}}},
			bot.Quotation{Text: "Words alone"},
			bot.Text{Spans: []bot.Span{{Text: "Matched "}, {Text: "patrols", Style: bot.Bold}, {Text: " in "}, {Text: "tariff OR patrols", Style: bot.Code}, {Text: ", "}, {Text: "quietly", Style: bot.Italic}}},
		}},
	}
}

// evil are messages that try to break out of every format.
func evil() []bot.Message {
	x := "\x1b[31mred\x1b]0;title\x07 \u202ereversed <script>alert(1)</script> `code` **bold** [link](javascript:alert(1)) <!channel> @everyone\u200b ![i](https://t.example/x.png) 1. list\n# heading\n> quote \\ | ~~x~~ &amp;"
	return []bot.Message{{Fallback: x, Blocks: []bot.Block{
		bot.Heading{Text: x},
		bot.Text{Spans: []bot.Span{{Text: x, URL: "javascript:alert(1)"}, {Text: x, Style: bot.Code}, {Text: x, URL: "https://a.example/\x1b\\x"}}},
		bot.Card{Title: x, URL: "https://a.example/\"><script>", Meta: x, Body: []bot.Span{{Text: x, Style: bot.Bold}}, Quotes: []bot.Quotation{{Text: x, Speaker: x, Role: x, Outlet: x, Note: x, Lang: "\"><script>", URL: "data:text/html,x"}}, Buttons: []bot.Button{{Label: x}}},
		bot.Note{Spans: []bot.Span{{Text: x}}},
		bot.Menu{Placeholder: x, Choices: []bot.Choice{{Label: x}}},
	}}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func set(t *testing.T, list []bot.Message, s console.Style) string {
	t.Helper()
	var b strings.Builder
	if err := console.Text(&b, list, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	var a txtar.Archive
	for _, c := range []struct {
		name  string
		style console.Style
	}{
		{"plain", console.Style{}},
		{"buttons", console.Style{Buttons: true}},
		{"narrow", console.Style{Width: 32}},
		{"terminal", console.Style{Width: 100, Color: true, Links: true}},
	} {
		// Escapes are shown, so that a diff can be read.
		a.Files = append(a.Files, txtar.File{Name: c.name, Data: []byte(strings.ReplaceAll(set(t, messages(), c.style), "\x1b", "␛"))})
	}
	golden(t, "text.txtar", string(txtar.Format(&a)))
}

var panes = []console.Pane{{Name: "Slack", Payload: slack.Payload}, {Name: "Discord", Payload: discord.Payload}}

func TestMarkdownAndHTML(t *testing.T) {
	var md, html strings.Builder
	if err := console.Markdown(&md, messages()); err != nil {
		t.Fatal(err)
	}
	golden(t, "digest.md", md.String())
	if err := console.HTML(&html, "Korea · No. 41", messages(), panes...); err != nil {
		t.Fatal(err)
	}
	golden(t, "digest.html", html.String())
}

// Lines are never wider than asked for, whatever the script, and no word that
// fits a line is broken.
func TestLinesFit(t *testing.T) {
	columns := func(s string) int {
		n := 0
		for _, r := range s {
			switch width.LookupRune(r).Kind() {
			case width.EastAsianWide, width.EastAsianFullwidth:
				n += 2
			default:
				n++
			}
		}
		return n
	}
	for _, w := range []int{24, 31, 40, 80, 100} {
		for line := range strings.Lines(set(t, messages(), console.Style{Width: w})) {
			line = strings.TrimRight(line, "\n")
			if columns(line) > w && !strings.Contains(line, "https://") {
				t.Errorf("width %d: %d columns in %q", w, columns(line), line)
			}
		}
	}
	got := strings.Join(strings.Fields(set(t, messages(), console.Style{Width: 40})), " ")
	if want := "We will not let a quarrel over crab pots decide how two neighbours speak to each other"; !strings.Contains(got, want) {
		t.Errorf("a quote is not whole: %s", got)
	}
}

func TestNothingTakesEffect(t *testing.T) {
	plain := set(t, evil(), console.Style{Buttons: true})
	if i := strings.IndexAny(plain, "\x1b\x07\u202e\u200b"); i >= 0 {
		t.Errorf("plain text holds %q", plain[i:i+4])
	}
	// On a terminal only our own sequences stand.
	colour := set(t, evil(), console.Style{Color: true, Links: true, Buttons: true})
	ours := regexp.MustCompile("\x1b\\[[0-9;]*m|\x1b\\]8;;[!-~]*\x1b\\\\")
	if rest := ours.ReplaceAllString(colour, ""); strings.ContainsAny(rest, "\x1b\x07") {
		t.Errorf("a foreign sequence in %q", rest)
	}
	if strings.Contains(colour, "]0;title\x07") || strings.Contains(colour, "javascript:alert(1)\x1b") {
		t.Errorf("a foreign sequence or link in %q", colour)
	}

	var html strings.Builder
	if err := console.HTML(&html, "<script>x</script>", evil(), panes...); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "href=\"javascript", "href=\"data:", "<img", "onerror", "src="} {
		if strings.Contains(html.String(), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(html.String(), -1) {
		if !strings.HasPrefix(m[1], "https://") {
			t.Errorf("the page links to %q", m[1])
		}
	}

	var md strings.Builder
	if err := console.Markdown(&md, evil()); err != nil {
		t.Fatal(err)
	}
	outside := regexp.MustCompile(`\\[[:punct:]]`).ReplaceAllString(md.String(), "")
	outside = regexp.MustCompile("(?s)``+.*?``+").ReplaceAllString(outside, "")
	for _, bad := range []string{"<script", "<!channel", "](javascript", "![i](", "\n> quote", "@everyone"} {
		if strings.Contains(outside, bad) {
			t.Errorf("the Markdown holds %q:\n%s", bad, outside)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("한중 순찰\u202e\x1b[2J 中韩同意，在黄海", 24)
	f.Fuzz(func(t *testing.T, s string, w int) {
		list := []bot.Message{{Fallback: "x", Blocks: []bot.Block{
			bot.Text{Spans: []bot.Span{{Text: s, URL: s}}}, bot.Card{Title: s, URL: "https://a.example/" + s, Quotes: []bot.Quotation{{Text: s, Lang: s}}},
		}}}
		var b strings.Builder
		if err := console.Text(&b, list, console.Style{Width: w % 500, Color: true, Links: true}); err != nil {
			t.Fatal(err)
		}
		ours := regexp.MustCompile("\x1b\\[[0-9;]*m|\x1b\\]8;;[!-~]*\x1b\\\\")
		if rest := ours.ReplaceAllString(b.String(), ""); strings.ContainsAny(rest, "\x1b\x07\u202e") || !utf8.ValidString(rest) {
			t.Errorf("%q gives %q", s, rest)
		}
	})
}

// answers handles commands as a bot would, and writes down what it was given.
type answers struct {
	mu    sync.Mutex
	given []bot.Command
	reply func(bot.Command) (bot.Reply, error)
}

func (a *answers) Handle(_ context.Context, c bot.Command) (bot.Reply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.given = append(a.given, c)
	return a.reply(c)
}

func (a *answers) Suggest(context.Context, bot.Command, string) []bot.Choice { return nil }

func TestPrompt(t *testing.T) {
	var out bytes.Buffer
	in := strings.NewReader("latest\n/hanwire help\n\n2\n4\n5\n9\nboom\nsubscribe\n\nko\nQUIT\nlatest\n")
	c := console.New(console.Options{In: in, Out: &out, Locale: "ko-KR", Zone: "Asia/Seoul"})
	h := &answers{reply: func(c bot.Command) (bot.Reply, error) {
		switch {
		case c.Text == "latest":
			return bot.Reply{Message: &messages()[0]}, nil
		case c.Text == "boom":
			return bot.Reply{}, errors.New("the database is gone")
		case c.Text == "subscribe":
			return bot.Reply{Form: &bot.Form{Action: "form.subscribe", Title: "Subscribe", Fields: []bot.Field{
				{Name: "at", Label: "Hour", Value: "08:00"},
				{Name: "lang", Label: "Language", Choices: []bot.Choice{{Label: "English", Value: "en"}, {Label: "한국어", Value: "ko"}}},
			}}}, nil
		}
		return bot.Reply{}, nil
	}}
	if err := c.Listen(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range h.given {
		got = append(got, strings.TrimSpace(fmt.Sprint(c.Text, " ", c.Action, " ", c.Values, " ", c.Fields)))
		if c.By != (bot.Person{Platform: "console", Workspace: "local", User: "you"}) || !c.Manages || !c.CanForm || c.Locale != "ko-KR" || c.Zone != "Asia/Seoul" {
			t.Errorf("%+v is not the person at the console", c)
		}
	}
	want := []string{
		"latest  [] map[]", "/hanwire help  [] map[]", "mute:1 [] map[]", "open [fish] map[]", "open [reserve] map[]",
		"boom  [] map[]", "subscribe  [] map[]", "form.subscribe [] map[at:08:00 lang:ko]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("given (-want +got):\n%s", diff)
	}
	for _, s := range []string{"[1 More]  [2 Mute story]  [3 Reading room]", "4 Fishing patrols", "There is no button 9.", "Something went wrong: the database is gone", "Hour [08:00]: "} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("%q is not printed:\n%s", s, out.String())
		}
	}
}

func TestLongLineEndsListening(t *testing.T) {
	c := console.New(console.Options{In: strings.NewReader(strings.Repeat("x", 1<<20)), Out: io.Discard})
	if err := c.Listen(t.Context(), &answers{}); err == nil || !strings.Contains(err.Error(), "a line is longer than") {
		t.Errorf("a line of a megabyte: %v", err)
	}
}

func TestListenEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		c := console.New(console.Options{In: r, Out: io.Discard})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- c.Listen(ctx, &answers{}) }()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		w.Close()
		synctest.Wait()
	})
}

func TestDeliver(t *testing.T) {
	var out bytes.Buffer
	c := console.New(console.Options{Out: &out})
	for _, d := range []bot.Delivery{
		{Kind: bot.Post, Message: messages()[0]},
		{Kind: bot.Answer, Parent: "1", Message: messages()[1]},
		{Kind: bot.Direct, Person: c.Person(), Message: messages()[1]},
		{Kind: bot.Edit, Parent: "1", Message: messages()[1]},
	} {
		if r, err := c.Deliver(t.Context(), d); err != nil || r.Message == "" {
			t.Errorf("%s: %+v, %v", d.Kind, r, err)
		}
	}
	for _, s := range []string{"Korea · No. 41", "│ 中韩同意", "· direct message", "· edited"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("%q is not printed:\n%s", s, out.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Deliver(ctx, bot.Delivery{}); err == nil {
		t.Error("delivered after the end")
	} else if _, retry := errors.AsType[*bot.RetryError](err); !retry {
		t.Errorf("after the end: %v, want to try again", err)
	}
	c.Deliver(t.Context(), bot.Delivery{Message: messages()[0], First: time.Now()})
}

func TestLook(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := console.Look(f, func(string) string { return "" }); got.Color || got.Links || got.Width != 80 {
		t.Errorf("a file: %+v, want plain text of 80 columns", got)
	}
}
