package bot_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hanwire/bot"
)

func TestParseText(t *testing.T) {
	type args = map[string]string
	for _, c := range []struct {
		text, name string
		args       args
	}{
		{"", "help", args{}},
		{"/hanwire", "help", args{}},
		{"/hanwire latest", "latest", args{}},
		{"LATEST north-korea", "latest", args{"topic": "north-korea"}},
		{"최신 북한", "latest", args{"topic": "북한"}},
		{"story ab12", "story", args{"id": "ab12"}},
		{`search "rare earths" OR tariff -soccer since:7d`, "search", args{"query": `"rare earths" OR tariff -soccer since:7d`}},
		{"search 稀土 page 2", "search", args{"query": "稀土", "page": "2"}},
		{"search the page turned", "search", args{"query": "the page turned"}},
		{`search "page 2"`, "search", args{"query": `"page 2"`}},
		{"quotes", "quotes", args{}},
		{`quotes speaker:"Wang Yi" rare earths`, "quotes", args{"query": `speaker:"Wang Yi" rare earths`}},
		{"speaker Wang Yi", "speaker", args{"name": "Wang Yi"}},
		{"why https://example.org/a?b=c", "why", args{"url": "https://example.org/a?b=c"}},
		{"forget me", "forget me", args{}},

		{"subscribe", "subscribe", args{}},
		{"subscribe korea", "subscribe", args{"what": "korea"}},
		{"subscribe korea, china at 08:00 Asia/Seoul weekdays 10", "subscribe", args{"what": "korea, china", "at": "08:00", "zone": "Asia/Seoul", "days": "weekdays", "n": "10"}},
		{"subscribe 10 weekdays Asia/Seoul at 8 korea china", "subscribe", args{"what": "korea china", "at": "8", "zone": "Asia/Seoul", "days": "weekdays", "n": "10"}},
		{"subscribe at 7:30am KST mon-fri tariff OR \"rare earths\"", "subscribe", args{"what": `tariff OR "rare earths"`, "at": "7:30am", "zone": "KST", "days": "mon-fri"}},
		{"subscribe tariff at 8 am New York every day top 5", "subscribe", args{"what": "tariff", "at": "8 am", "zone": "New York", "days": "every day", "n": "5"}},
		{"subscribe north-korea 08:00 Seoul", "subscribe", args{"what": "north-korea", "at": "08:00", "zone": "Seoul"}},
		{"subscribe protests in Seoul", "subscribe", args{"what": "protests in Seoul"}},
		{"subscribe Singapore", "subscribe", args{"what": "Singapore"}},
		{"subscribe sun", "subscribe", args{"what": "sun"}},
		{`subscribe "daily" 5G`, "subscribe", args{"what": `"daily" 5G`}},
		{"subscribe korea at 08:00 mon, wed and fri", "subscribe", args{"what": "korea", "at": "08:00", "days": "mon, wed and fri"}},
		{"subscribe korea mon 09:00", "subscribe", args{"what": "korea", "at": "09:00", "days": "mon"}},
		{"subscribe korea zone Seoul at 9:00", "subscribe", args{"what": "korea", "at": "9:00", "zone": "Seoul"}},
		{"subscribe korea at 08:00 sanctions", "subscribe", args{"what": "korea sanctions", "at": "08:00"}},
		{"구독 북한 오전 8시 서울 평일", "subscribe", args{"what": "북한", "at": "오전 8시", "zone": "서울", "days": "평일"}},
		{"订阅 朝鲜 8点半 北京 工作日", "subscribe", args{"what": "朝鲜", "at": "8点半", "zone": "北京", "days": "工作日"}},
		{"subscribe china at 08:00 language ko", "subscribe", args{"what": "china", "at": "08:00", "language": "ko"}},
		{`subscribe “rare earths” at 8:00`, "subscribe", args{"what": "“rare earths”", "at": "8:00"}},

		{"alert add tariff", "alert add", args{"query": "tariff"}},
		{"alert add tariff hourly", "alert add", args{"query": "tariff", "frequency": "hourly"}},
		{"alert add daily 관세", "alert add", args{"query": "관세", "frequency": "daily"}},
		{`alert add "China Daily"`, "alert add", args{"query": `"China Daily"`}},
		{"alerts", "alert list", args{}},
		{"alert", "alert list", args{}},
		{"alert remove a7h3x2", "alert remove", args{"id": "a7h3x2"}},
		{"alert snooze a7h3x2 72h", "alert snooze", args{"id": "a7h3x2", "hours": "72"}},
		{"alert snooze a7h3x2", "alert snooze", args{"id": "a7h3x2"}},
		{"feeds", "feeds list", args{}},
		{"feeds list page 2", "feeds list", args{"page": "2"}},
		{"feeds add https://example.org/politics", "feeds add", args{"url": "https://example.org/politics"}},
		{"settings", "settings", args{}},
		{"settings zone Asia/Seoul language ko quiet 10pm to 7am digest 08:00", "settings", args{"zone": "Asia/Seoul", "language": "ko", "quiet": "10pm to 7am", "digest": "08:00"}},
		{"settings zone New York", "settings", args{"zone": "New York"}},
		{"help subscribe", "help", args{"command": "subscribe"}},
	} {
		name, got, err := bot.ParseText(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		maps.DeleteFunc(got, func(_, v string) bool { return v == "" })
		if name != c.name {
			t.Errorf("%q: command %q, want %q", c.text, name, c.name)
		}
		if diff := cmp.Diff(c.args, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestParseTextErrors(t *testing.T) {
	for _, c := range []struct{ text, command, nearest, message string }{
		{"latets", "", "latest", "I do not know “latets”."},
		{"subscibe korea", "", "subscribe", "I do not know"},
		{"alert ad tariff", "", "alert add", "I do not know"},
		{"tariff", "", "", "I do not know “tariff”."},
		{"story", "story", "", "ID is missing."},
		{"search", "search", "", "QUERY is missing."},
		{"alert add", "alert add", "", "QUERY is missing."},
		{"story ab12 please", "story", "", "I do not know what to do with “please”."},
		{"settings zone", "settings", "", "zone ZONE is missing."},
		{"settings loudly", "settings", "", "I do not know what to do with “loudly”."},
		{strings.Repeat("long ", 2000), "", "", "That is too long to be a command."},
	} {
		_, _, err := bot.ParseText(c.text)
		e, ok := errors.AsType[*bot.UsageError](err)
		if !ok {
			t.Errorf("%.40q: %v, want a usage error", c.text, err)
			continue
		}
		if e.Command != c.command || e.Nearest != c.nearest || !strings.Contains(e.Error(), c.message) {
			t.Errorf("%.40q: command %q, nearest %q, %q; want %q, %q, %q", c.text, e.Command, e.Nearest, e.Error(), c.command, c.nearest, c.message)
		}
	}
}

// What a command's own examples say is understood as that command.
func TestExamplesAreUnderstood(t *testing.T) {
	for _, spec := range bot.Commands {
		if len(spec.Summary) == 0 || utf8.RuneCountInString(spec.Summary) > 100 {
			t.Errorf("%s: summary %q, want 1 to 100 characters", spec.Name, spec.Summary)
		}
		if len(spec.Examples) == 0 {
			t.Errorf("%s: no example", spec.Name)
		}
		for _, x := range spec.Examples {
			if name, _, err := bot.ParseText(x); err != nil || name != spec.Name {
				t.Errorf("%s: example %q is understood as %q, %v", spec.Name, x, name, err)
			}
		}
		for _, o := range spec.Options {
			if o.Help == "" || utf8.RuneCountInString(o.Help) > 100 || strings.HasPrefix(o.Help, "opt.") {
				t.Errorf("%s %s: help %q, want 1 to 100 characters", spec.Name, o.Name, o.Help)
			}
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, spec := range bot.Commands {
		for _, x := range spec.Examples {
			f.Add(x)
		}
	}
	f.Add("subscribe at at 08:00 in in \"\" “” top 9999999999 mon-mon")
	f.Fuzz(func(t *testing.T, s string) {
		name, args, err := bot.ParseText(s)
		if e, ok := errors.AsType[*bot.UsageError](err); ok {
			if e.Error() == "" {
				t.Errorf("%q: an error without words", s)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v, want a usage error", s, err)
		}
		var spec *bot.CommandSpec
		for i := range bot.Commands {
			if bot.Commands[i].Name == name {
				spec = &bot.Commands[i]
			}
		}
		if spec == nil {
			t.Fatalf("%q: command %q, which does not exist", s, name)
		}
		for k := range args {
			known := false
			for _, o := range spec.Options {
				known = known || o.Name == k
			}
			if !known {
				t.Errorf("%q: option %q, which %s does not have", s, k, name)
			}
		}
	})
}
