package bot

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var nested = regexp.MustCompile(`\{[^}]*\{`)

var slot = regexp.MustCompile(`\{(\w+)`)

// Every text is there in every language, with the same arguments, and every
// text that the code asks for is there.
func TestTextsAreComplete(t *testing.T) {
	slots := func(s string) []string {
		var names []string
		for _, m := range slot.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
		slices.Sort(names)
		return names
	}
	for key, byLang := range texts {
		for _, l := range Langs {
			s, ok := byLang[l]
			if !ok || strings.TrimSpace(s) == "" {
				t.Errorf("%s: nothing in %s", key, l)
				continue
			}
			if got, want := slots(s), slots(byLang[English]); !slices.Equal(got, want) {
				t.Errorf("%s in %s has the arguments %v, want %v", key, l, got, want)
			}
			if strings.Count(s, "{") != strings.Count(s, "}") || nested.MatchString(s) {
				t.Errorf("%s in %s: braces do not match: %s", key, l, s)
			}
		}
		if len(byLang) != len(Langs) {
			t.Errorf("%s: %d languages, want %d", key, len(byLang), len(Langs))
		}
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`(?:say|line|subscribed\(r, s,|alertKept\(r, a,|usageError\("[^"]*",|usageError\("",) ?\(?"([a-z0-9]+\.?[a-z0-9.]*[a-z0-9])"[,)]`)
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(source), -1) {
			n++
			if _, ok := texts[m[1]]; !ok {
				t.Errorf("%s asks for the text %s, which is not there", f.Name(), m[1])
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d texts found in the code: the expression that finds them is out of date", n)
	}
}

func TestEveryKindHasAName(t *testing.T) {
	want := map[string][]string{
		"topic":     DefaultTopics,
		"why":       {"by hand", whyLeft, string(ChannelGone), string(NotMember), string(Archived), string(DirectClosed), string(AccessRevoked), string(MissingScope)},
		"frequency": {string(Draft), string(Immediate), string(Hourly), string(Daily)},
		"type":      {"state", "party", "agency", "independent", "government", "think tank"},
		"access":    {"feed text only", "paywalled", "no text"},
		"stage":     {"feed", "poll", "entry", "read", "relevance", "story", "edition", "delivery"},
		"feed":      {"healthy", "quiet", "failing", "gone", "refused", "new"},
		"change":    {"quote", "speaker", "figure", "outlet", "reversal", "corrected", "withdrawn"},
	}
	for kind, names := range want {
		for _, name := range names {
			if _, ok := texts[kind+"."+name]; !ok {
				t.Errorf("%s.%s has no text", kind, name)
			}
		}
	}
	for _, c := range Commands {
		for _, l := range Langs {
			if strings.HasPrefix(c.SummaryIn(l), "cmd.") {
				t.Errorf("%s has no summary in %s", c.Name, l)
			}
			for _, o := range c.Options {
				if strings.HasPrefix(c.HelpIn(l, o.Name), "opt.") {
					t.Errorf("%s %s has no help in %s", c.Name, o.Name, l)
				}
				if n := len([]rune(c.HelpIn(l, o.Name))); n > 100 {
					t.Errorf("%s %s: help in %s has %d characters, want at most 100", c.Name, o.Name, l, n)
				}
			}
		}
	}
}

// Labels fit where the narrower of the platforms shows them.
func TestLabelsFit(t *testing.T) {
	for key, byLang := range texts {
		most := 0
		switch {
		case strings.HasPrefix(key, "button."):
			most = 24
		case key == "form.save", strings.HasPrefix(key, "form.") && strings.HasSuffix(key, ".title"), key == "settings.title":
			most = 24
		case strings.HasPrefix(key, "form."):
			most = 45
		default:
			continue
		}
		for l, s := range byLang {
			if n := len([]rune(s)); n > most {
				t.Errorf("%s in %s: %q has %d characters, want at most %d", key, l, s, n, most)
			}
		}
	}
}

func TestSay(t *testing.T) {
	for _, c := range []struct {
		l    Lang
		key  string
		args []any
		want string
	}{
		{English, "edition.count", []any{"stories", 1, "outlets", 1}, "1 story from 1 outlet"},
		{English, "edition.count", []any{"stories", 17, "outlets", 9}, "17 stories from 9 outlets"},
		{Korean, "edition.count", []any{"stories", 17, "outlets", 9}, "기사 17건, 매체 9곳"},
		{Simplified, "edition.number", []any{"n", 1234}, "第1,234期"},
		{Traditional, "edition.number", []any{"n", 41}, "第41期"},
		{Lang("fr"), "button.more", nil, "More"},
		{English, "err.unknown", []any{"word", "{n} %s"}, "I do not know “{n} %s”."},
	} {
		if got := c.l.say(c.key, c.args...); got != c.want {
			t.Errorf("%s %s %v: %q, want %q", c.l, c.key, c.args, got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	seoul, _ := loadZone("Asia/Seoul")
	paulo, _ := loadZone("America/Sao_Paulo")
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, seoul)
	for _, c := range []struct {
		l    Lang
		at   time.Time
		want string // moment, next
	}{
		{English, now.Add(2 * time.Hour), "10:00 KST | Mon 10:00 KST"},
		{English, now.Add(24 * time.Hour), "Tue 08:00 KST | Tue 08:00 KST"},
		{English, now.Add(-24 * time.Hour), "Sun 08:00 KST | Sun 08:00 KST"},
		{English, now.Add(24 * 7 * time.Hour), "Mon 30 Nov 08:00 KST | Mon 30 Nov 08:00 KST"},
		{English, now.AddDate(1, 0, 0), "Tue 23 Nov 2027 08:00 KST | Tue 23 Nov 2027 08:00 KST"},
		{Korean, now.Add(24 * time.Hour), "(화) 08:00 KST | (화) 08:00 KST"},
		{Korean, now.Add(24 * 7 * time.Hour), "11월 30일 (월) 08:00 KST | 11월 30일 (월) 08:00 KST"},
		{Simplified, now.Add(24 * time.Hour), "周二 08:00 KST | 周二 08:00 KST"},
		{Traditional, now.AddDate(1, 0, 0), "2027年11月23日週二 08:00 KST | 2027年11月23日週二 08:00 KST"},
		{English, now.In(paulo).Add(24 * time.Hour), "Mon 20:00 UTC-3 | Mon 20:00 UTC-3"},
	} {
		if got := c.l.Moment(c.at, now) + " | " + c.l.next(c.at, now); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.l, c.at, got, c.want)
		}
	}
}

func TestLangOf(t *testing.T) {
	for locale, want := range map[string]Lang{
		"": English, "en-US": English, "de": English, "ko": Korean, "ko-KR": Korean, "ko_KR": Korean, "zh-CN": Simplified, "zh": Simplified,
		"zh-Hans-SG": Simplified, "zh-TW": Traditional, "zh-Hant": Traditional, "zh-HK": Traditional, "zh_TW": Traditional, "kok": English,
	} {
		if got := LangOf(locale); got != want {
			t.Errorf("LangOf(%q) = %s, want %s", locale, got, want)
		}
	}
}
