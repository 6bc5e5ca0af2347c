package bot_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"hanwire/bot"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Seoul and Beijing talk", "Seoul and Beijing talk"},
		{"Korean", "한중, 서해 순찰", "한중, 서해 순찰"},
		{"Chinese", "中韩同意“联合巡逻”", "中韩同意“联合巡逻”"},
		{"accents", "Café – naïve, Tiếng Việt", "Café – naïve, Tiếng Việt"},
		{"controls", "a\x00b\x07c\x1b[31md\x7fe\u0085f", "abc[31mde\nf"},
		{"line breaks", "a\r\nb\u2028c\u2029d\te", "a\n\nb\nc\nd e"},
		{"bidi override", "a\u202egpj.exe\u202c b", "agpj.exe b"},
		{"bidi isolates", "\u2066a\u2067b\u2068c\u2069\u200e\u200f\u061c", "abc"},
		{"zero width", "@\u200beve\u200cry\u200done\ufeff\u2060", "@everyone"},
		{"soft hyphen", "sanc\u00adtions", "sanctions"},
		{"tags", "flag\U000e0067\U000e0062", "flag"},
		{"Hangul fillers", "a\u3164b\uffa0c\u115fd", "abcd"},
		{"zalgo", "Z" + strings.Repeat("\u0301", 40) + "a", "Z\u0301\u0301\u0301a"},
		{"a mark without a letter", "\u0301a", "a"},
		{"broken UTF-8", "a\xff\xfeb", "a\ufffd\ufffdb"},
		{"noncharacters", "a\ufffeb\ufdd0c\U0001ffffd", "abcd"},
		{"private use", "a\ue000b", "ab"},
		{"no-break and ideographic spaces", "a\u00a0b\u3000c\u2003d", "a\u00a0b\u3000c d"},
	} {
		if got := bot.Clean(c.in); got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb\u0301\u0301\u0301\u0301\x1b[0m\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := bot.Clean(s)
		if !utf8.ValidString(got) {
			t.Errorf("Clean(%q) = %q, which is not UTF-8", s, got)
		}
		if again := bot.Clean(got); again != got {
			t.Errorf("Clean(%q) = %q, and again %q", s, got, again)
		}
		for _, r := range got {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Errorf("Clean(%q) = %q, with %U", s, got, r)
			}
		}
	})
}

func TestCleanLink(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://example.org/a?b=c#d", "https://example.org/a?b=c#d"},
		{"http://example.org", "http://example.org"},
		{" https://example.org/a ", "https://example.org/a"},
		{"https://example.org/기사", "https://example.org/%EA%B8%B0%EC%82%AC"},
		{"javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"ftp://example.org/", ""},
		{"//example.org/a", ""},
		{"/a", ""},
		{"", ""},
		{"https://", ""},
		{"https://user:pass@example.org/", ""},
		{"https://example.org/a|b>c<d\"e", "https://example.org/a%7Cb%3Ec%3Cd%22e"},
		{"https://example.org/a\u202eb", "https://example.org/a%E2%80%AEb"},
		{"https://example.org/" + strings.Repeat("a", 3000), ""},
		{"https://example.org/a\nb", ""},
	} {
		if got := bot.CleanLink(c.in); got != c.want {
			t.Errorf("CleanLink(%.60q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzCleanLink(f *testing.F) {
	f.Add("https://example.org/a|b>c\u202e")
	f.Add("https://example>org\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := bot.CleanLink(s)
		if got == "" {
			return
		}
		if strings.ContainsAny(got, "<>\"`| \n\\") || strings.IndexFunc(got, unicode.IsControl) >= 0 {
			t.Errorf("CleanLink(%q) = %q", s, got)
		}
		if u, err := url.Parse(got); err != nil || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("CleanLink(%q) = %q: %v", s, got, err)
		}
		if again := bot.CleanLink(got); again != got {
			t.Errorf("CleanLink(%q) = %q, and again %q", s, got, again)
		}
	})
}

func TestTextLink(t *testing.T) {
	for _, c := range []struct{ link, words, want string }{
		{"https://example.org/a", "We will wait", "https://example.org/a#:~:text=We%20will%20wait"},
		{"https://example.org/a#part", "six-party, or two", "https://example.org/a#part:~:text=six%2Dparty%2C%20or%20two"},
		{"https://example.org/a", "통합", "https://example.org/a#:~:text=%ED%86%B5%ED%95%A9"},
		{"https://example.org/a", "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
			"https://example.org/a#:~:text=One%20two%20three%20four%20five,fourteen%20fifteen%20sixteen%20seventeen"},
		{"javascript:x", "words", ""},
		{"https://example.org/a", "", "https://example.org/a"},
	} {
		if got := bot.TextLink(c.link, c.words); got != c.want {
			t.Errorf("TextLink(%q, %.30q) = %q, want %q", c.link, c.words, got, c.want)
		}
	}
}
