package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/digest"
	"hanwire/digest/quote"
)

// invented is a digest as composition would make it, of two stories in full and
// two more.
func invented() digest.Digest {
	reading := func(id, outlet, kind, lang, title string, at time.Duration) digest.Reading {
		return digest.Reading{Article: digest.Article{ID: id, URL: "https://" + id + ".example/news", Outlet: outlet, OutletType: kind, Published: dawn.Add(at)}, Lang: lang, Title: title}
	}
	fish := digest.Story{
		ID: "fish", Headline: "South Korea and China agree on fishing patrols", Topics: []string{"korea", "china"},
		Articles: []digest.Reading{
			reading("courier", "Harbour Courier", "independent", "en", "South Korea and China agree on fishing patrols", 20*time.Hour),
			reading("haneul", "한울일보", "party", "ko", "한중, 서해 공동 어업 순찰 합의", 21*time.Hour),
			reading("xinan", "新岸通讯社", "agency", "zh-Hans", "中韩同意联合渔业巡逻", 22*time.Hour),
			reading("misty", "霧港新聞", "state", "zh-Hant", "中韓同意聯合巡邏", 23*time.Hour),
			reading("meridian", "Meridian Wire", "think tank", "en", "Patrols agreed", 23*time.Hour+10*time.Minute),
		},
		Summary: []digest.Extract{
			{Article: "courier", Text: "South Korea and China agreed on Monday to joint fishing patrols in the Yellow Sea."},
			{Article: "courier", Text: "The patrols begin on 1 March with twelve boats."},
			{Article: "xinan", Text: "双方将共派出12艘船只。"},
		},
		Quotes: []digest.Attributed{
			{Article: "courier", Text: "We will not let a quarrel over crab pots decide how two neighbours speak,", Quote: quote.Quote{Speaker: "Han Bo-reum", Role: "deputy fisheries minister", Key: true, Score: 3},
				Variants: []digest.Variant{{Article: "haneul", Text: "게 통발 다툼이"}, {Article: "meridian"}}},
			{Article: "xinan", Text: "双方将通过对话妥善处理海上分歧。", Quote: quote.Quote{Speaker: "林晓岚", Role: "外交部发言人", Key: true, Score: 2}},
			{Article: "meridian", Text: "the hard part was left for another day", Quote: quote.Quote{Kind: quote.Indirect, Speaker: "Oh Sang-jin", Score: 1}},
		},
		First: dawn.Add(20 * time.Hour), Latest: dawn.Add(23*time.Hour + 10*time.Minute),
		Changes: []digest.Change{{Kind: "speaker", Text: "林晓岚"}, {Kind: "figure", Text: "twelve boats instead of ten"}},
	}
	missile := digest.Story{
		ID: "missile", Headline: "North Korea fires two short-range missiles, Seoul says", Topics: []string{"north-korea"},
		Articles: []digest.Reading{reading("wire", "Meridian Wire", "agency", "en", "North Korea fires two short-range missiles, Seoul says", -20*time.Hour)},
		Summary:  []digest.Extract{{Article: "wire", Text: "North Korea fired two short-range ballistic missiles into the sea on Sunday."}},
		Latest:   dawn.Add(-20 * time.Hour),
	}
	missile.Articles[0].Access = "feed text only"
	also := missile
	also.ID, also.Headline = "budget", "Seoul plans a larger rare earth reserve"
	also2 := missile
	also2.ID, also2.Headline = "visa", "Visa-free stays to be longer"
	return digest.Digest{Stories: []digest.Story{fish, missile}, Also: []digest.Story{also, also2}}
}

func inventedInfo(l bot.Lang) bot.EditionInfo {
	return bot.EditionInfo{
		ID: "s1-x", Title: "Korea, China", Number: 41, Lang: l, Zone: "Asia/Seoul", Now: dawn.Add(24 * time.Hour), From: dawn,
		Next: dawn.Add(48 * time.Hour), Health: bot.HealthLine(nil, l, "Asia/Seoul", dawn), WebURL: "https://hanwire.example/",
	}
}

func TestDigestMessages(t *testing.T) {
	for _, l := range bot.Langs {
		var archive txtar.Archive
		add := func(name string, m bot.Message) {
			var b strings.Builder
			fmt.Fprintf(&b, "fallback: %s\n\n", m.Fallback)
			if err := console.Text(&b, []bot.Message{m}, console.Style{Buttons: true}); err != nil {
				t.Fatal(err)
			}
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(b.String())})
		}
		head, stories := bot.DigestMessages(invented(), inventedInfo(l))
		add("head", head)
		for i, m := range stories {
			add(fmt.Sprintf("story/%d", i), m)
		}
		late := inventedInfo(l)
		late.Late, late.Sources, late.Number = dawn.Add(24*time.Hour), 34, 42
		late.Now = dawn.Add(26 * time.Hour)
		quiet, _ := bot.DigestMessages(digest.Digest{}, late)
		add("quiet", quiet)
		golden(t, "digest."+string(l)+".txtar", string(txtar.Format(&archive)))
	}
}

// hostile is text that a feed may send to break out of a message.
const hostile = "<!channel> @everyone \u202e*bold* `x` ||spoiler|| <@U123> [a](javascript:alert(1)) https://evil.example/ \x1b]8;;x\x07 &amp; </p><script>alert(1)</script> # h\n> q\n- l "

func TestHostileDigestsStayPlain(t *testing.T) {
	d := invented()
	for i := range d.Stories {
		s := &d.Stories[i]
		s.Headline = hostile
		for j := range s.Articles {
			s.Articles[j].Title, s.Articles[j].Outlet, s.Articles[j].URL = hostile, hostile, "javascript:alert(1)"
		}
		for j := range s.Quotes {
			s.Quotes[j].Text, s.Quotes[j].Speaker, s.Quotes[j].Role = hostile, hostile, hostile
		}
	}
	head, stories := bot.DigestMessages(d, inventedInfo(bot.English))
	for _, m := range append(stories, head) {
		for _, s := range textsOf(m) {
			if strings.ContainsAny(s, "\x00\x07\x1b\u202e") {
				t.Errorf("control characters in %q", s)
			}
			if strings.HasPrefix(s, "javascript:") {
				t.Errorf("link %q", s)
			}
		}
		if strings.Contains(m.Fallback, "\n") {
			t.Errorf("fallback %q has two lines", m.Fallback)
		}
	}
}

// textsOf are all texts and links of a message.
func textsOf(m bot.Message) []string {
	out := []string{m.Fallback}
	spans := func(list []bot.Span) {
		for _, s := range list {
			out = append(out, s.Text, s.URL)
		}
	}
	quotation := func(q bot.Quotation) { out = append(out, q.Text, q.URL, q.Speaker, q.Role, q.Outlet, q.Note) }
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Heading:
			out = append(out, b.Text)
		case bot.Text:
			spans(b.Spans)
		case bot.Note:
			spans(b.Spans)
		case bot.Quotation:
			quotation(b)
		case bot.Card:
			out = append(out, b.Title, b.URL, b.Meta)
			spans(b.Body)
			for _, q := range b.Quotes {
				quotation(q)
			}
			for _, x := range b.Buttons {
				out = append(out, x.Label)
			}
		case bot.Buttons:
			for _, x := range b.Buttons {
				out = append(out, x.Label)
			}
		case bot.Menu:
			for _, c := range b.Choices {
				out = append(out, c.Label)
			}
		}
	}
	return out
}

// However large a digest is, its head stays readable and within what a
// platform takes.
func TestLargeDigest(t *testing.T) {
	d := invented()
	long := d.Stories[0]
	d.Stories, d.Also = nil, nil
	for i := range 300 {
		s := long
		s.ID = fmt.Sprintf("s%03d", i)
		s.Headline = strings.Repeat(fmt.Sprintf("Headline %d of a very long name ", i), 8)
		s.Quotes = append([]digest.Attributed(nil), s.Quotes...)
		s.Quotes[0].Text = strings.Repeat("word ", 45)
		s.Quotes[1].Text = strings.Repeat("长", 3000)
		d.Stories = append(d.Stories, s)
	}
	head, stories := bot.DigestMessages(d, inventedInfo(bot.English))
	n := 0
	for _, s := range textsOf(head) {
		if !strings.HasPrefix(s, "http") {
			n += utf8.RuneCountInString(s)
		}
	}
	if n > 10_500 || len(head.Blocks) > 22 {
		t.Errorf("head: %d characters in %d blocks, want at most 10,500 in 22", n, len(head.Blocks))
	}
	for i, m := range stories {
		n := 0
		for _, s := range textsOf(m) {
			if !strings.HasPrefix(s, "http") {
				n += utf8.RuneCountInString(s)
			}
			if strings.Contains(s, "长") && utf8.RuneCountInString(s) != 3000 && s != m.Fallback {
				t.Errorf("story %d: a quote was cut to %d characters", i, utf8.RuneCountInString(s))
			}
		}
		if n > 4200 {
			t.Errorf("story %d: %d characters, want at most 4,200", i, n)
		}
	}
	contains(t, "head", text(t, head), "300 stories from 5 outlets", "and 2")
}
