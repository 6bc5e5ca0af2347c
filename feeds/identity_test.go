package feeds

import (
	"fmt"
	"strings"
	"testing"
)

func TestURLKey(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://www.outlet.example/a/1", "outlet.example/a/1"},
		{"http://outlet.example:80/a/1/", "outlet.example/a/1"},
		{"HTTPS://Outlet.Example:443/a/1#comments", "outlet.example/a/1"},
		{"https://outlet.example:8443/a/1", "outlet.example:8443/a/1"},
		{"https://outlet.example/a/1?utm_source=x&UTM_Medium=rss&id=2", "outlet.example/a/1?id=2"},
		{"https://outlet.example/a?UTM_Source=cgtn&UTM_Campaign=China", "outlet.example/a"},
		{"https://outlet.example/a?b=2&a=1", "outlet.example/a?a=1&b=2"},
		{"https://outlet.example/a?gclid=1&FBCLID=2&mc_cid=3", "outlet.example/a"},
		{"https://outlet.example/a/index.html", "outlet.example/a"},
		{"https://amp.outlet.example/a/1/amp/", "outlet.example/a/1"},
		{"https://outlet.example/a?outputType=amp", "outlet.example/a"},
		{"https://outlet.example/a?outputType=xml", "outlet.example/a?outputType=xml"},
		{"https://m.outlet.example/a", "m.outlet.example/a"},
		{"https://outlet.example/%EB%B6%81%ED%95%B5", "outlet.example/북핵"},
		{"https://outlet.example/북핵", "outlet.example/북핵"},
		{"https://outlet.example//a//b", "outlet.example/a/b"},
		{"https://outlet.example/Case/Matters", "outlet.example/Case/Matters"},
		{"https://bücher.example/a", "xn--bcher-kva.example/a"},
		{"https://outlet.example", "outlet.example"},
		{"tag:outlet.example,2026:1", "tag:outlet.example,2026:1"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := URLKey(tt.in); got != tt.want {
			t.Errorf("URLKey(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzURLKey(f *testing.F) {
	f.Add("https://www.outlet.example:443/a//b/%EB%B6?utm_source=1&a=%zz#x")
	f.Add("http://[::1]:80/?;&=")
	f.Fuzz(func(t *testing.T, raw string) {
		key := URLKey(raw)
		if again := URLKey(key); again != key {
			t.Fatalf("URLKey(%q) = %q, and of that %q", raw, key, again)
		}
		if id := (Feed{URL: raw}).ID(); len(id) != 21 {
			t.Fatalf("ID %q", id)
		}
		RegistrableDomain(raw)
	})
}

func TestRegistrableDomain(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://en.yna.co.kr/RSS/news.xml", "yna.co.kr"},
		{"https://feed.koreatimes.co.kr:443/x", "koreatimes.co.kr"},
		{"http://WWW.chinadaily.com.cn/", "chinadaily.com.cn"},
		{"https://user.github.io/feed", "user.github.io"},
		{"http://127.0.0.1:8080/feed", "127.0.0.1:8080"},
		{"http://[::1]:8080/feed", "[::1]:8080"},
		{"http://localhost:1/feed", "localhost:1"},
		{"not a url", ""},
		{"", ""},
	} {
		if got := RegistrableDomain(tt.in); got != tt.want {
			t.Errorf("RegistrableDomain(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestSplitMark(t *testing.T) {
	for _, tt := range []struct{ in, rest, mark string }{
		{"[속보] 남북 연락사무소 재가동", "남북 연락사무소 재가동", "속보"},
		{"남북 연락사무소 재가동(종합)", "남북 연락사무소 재가동", "종합"},
		{"남북 연락사무소 재가동 (종합2보)", "남북 연락사무소 재가동", "종합2보"},
		{"[2보] 남북 연락사무소 재가동", "남북 연락사무소 재가동", "2보"},
		{"[속보] 남북 연락사무소 재가동(종합)", "남북 연락사무소 재가동", "속보 종합"},
		{"(LEAD) Envoys meet in the port city", "Envoys meet in the port city", "LEAD"},
		{"Envoys meet in the port city (2nd LD)", "Envoys meet in the port city", "2nd LD"},
		{"(2nd LD) Envoys meet in the port city", "Envoys meet in the port city", "2nd LD"},
		{"UPDATE 2-Envoys meet in the port city", "Envoys meet in the port city", "UPDATE 2-"},
		{"WRAPUP 1-Envoys meet", "Envoys meet", "WRAPUP 1-"},
		{"(URGENT) Envoys meet", "Envoys meet", "URGENT"},
		{"BREAKING: Envoys meet", "Envoys meet", "BREAKING:"},
		{"快讯：两国外长举行会谈", "两国外长举行会谈", "快讯"},
		{"【速報】外相会談", "外相会談", "速報"},
		{"Lead found in port water", "Lead found in port water", ""},
		{"Update on the talks", "Update on the talks", ""},
		{"[인터뷰] 전직 장관", "[인터뷰] 전직 장관", ""},
		{"(종합)", "(종합)", ""},
	} {
		if rest, mark := splitMark(tt.in); rest != tt.rest || mark != tt.mark {
			t.Errorf("splitMark(%q) = %q, %q, want %q, %q", tt.in, rest, mark, tt.rest, tt.mark)
		}
	}
}

// TestSameEntry lists the dresses in which the same entry comes back, and those
// that only look alike.
func TestSameEntry(t *testing.T) {
	item := func(guid, link, title, date string) string {
		return fmt.Sprintf(`<item><guid isPermaLink="false">%s</guid><link>%s</link><title>%s</title><pubDate>%s</pubDate></item>`, guid, strings.ReplaceAll(link, "&", "&amp;"), title, date)
	}
	const day = "Tue, 03 Nov 2026 09:12:00 GMT"
	link := "https://outlet.example/2026/talks"
	tests := []struct {
		name          string
		first, second string
		same          bool
	}{
		{"title edited", item("1", link, "Talks resume", day), item("1", link, "Talks resume in port city", day), true},
		{"guid changed, link kept", item("1", link, "Talks", day), item("2", link, "Talks", day), true},
		{"guid from http to https", item("http://outlet.example/p/123", "", "Talks", day), item("https://outlet.example/p/123", "", "Talks", day), true},
		{"guid to another host", item("http://old.example/p/123", "", "Talks", day), item("https://new.example/p/123", "", "Talks", day), true},
		{"guid numbered in the fragment", item(link+"#0", link, "Talks", day), item(link+"#3", link, "Talks", day), true},
		{"tracking parameters in the guid", item(link+"?utm_source=a", "", "Talks", day), item(link+"?UTM_Source=b", "", "Talks", day), true},
		{"tracking parameters in the link", item("", link+"?utm_medium=rss", "Talks", day), item("", link, "Talks", day), true},
		{"random parameters, same title and second", item("", link+"?r=123", "Talks resume soon", day), item("", link+"?r=456", "Talks resume soon", day), true},
		{"link to https", item("", "http://outlet.example/2026/talks", "Talks", day), item("", link, "Talks", day), true},
		{"other entry", item("1", link, "Talks", day), item("2", link+"-2", "Floods", day), false},
		{"home page as link of all", item("1", "https://outlet.example/", "Talks", day), item("2", "https://outlet.example/", "Floods", day), false},
		{"same title, other day", item("1", link, "The day in pictures", day), item("2", link+"-2", "The day in pictures", "Wed, 04 Nov 2026 09:12:00 GMT"), false},
		{"version under a new id", item("1", link, "[속보] 남북 연락사무소 재가동 합의", day), item("2", link+"-2", "남북 연락사무소 재가동 합의(종합)", "Tue, 03 Nov 2026 10:12:00 GMT"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parse := func(items string) []Entry {
				return Parse([]byte(`<rss version="2.0"><channel><title>T</title><link>https://outlet.example/</link>`+items+`</channel></rss>`), "", ParseOptions{URL: "https://outlet.example/feed"}).Entries
			}
			known := newMemory()
			for _, e := range parse(tt.first) {
				known.add(e)
			}
			for _, e := range parse(tt.second) {
				seen, _ := known.Known(t.Context(), e.Feed, e.Keys)
				if _, same := lookupEntry(e, seen); same != tt.same {
					t.Errorf("same %v, want %v; keys %v", same, tt.same, e.Keys)
				}
			}
		})
	}
}

func TestRepeatedInDocument(t *testing.T) {
	body := `<rss version="2.0"><channel><title>T</title><link>https://outlet.example/</link>` + strings.Repeat(`<item><guid>x</guid><link>https://outlet.example/live</link><title>A</title></item>`, 3) +
		`<item><guid>x</guid><link>https://outlet.example/live</link><title>B</title></item></channel></rss>`
	p := Parse([]byte(body), "", ParseOptions{})
	if len(p.Entries) != 2 || p.Entries[0].ID == p.Entries[1].ID {
		t.Errorf("entries %+v, want A and B", p.Entries)
	}
}

func TestFingerprint(t *testing.T) {
	base := Entry{Title: "Talks resume", Summary: "Two envoys met."}
	for _, tt := range []struct {
		name string
		e    Entry
		same bool
	}{
		{"blanks and case", Entry{Title: "Talks  Resume", Summary: "Two envoys met. "}, true},
		{"comment count", Entry{Title: "Talks resume (12 comments)", Summary: "Two envoys met."}, true},
		{"markup", Entry{Title: "Talks resume", Summary: "Two envoys met."}, true},
		{"a word", Entry{Title: "Talks resume", Summary: "Three envoys met."}, false},
		{"a mark", Entry{Title: "Talks resume", Mark: "LEAD", Summary: "Two envoys met."}, false},
	} {
		if same := fingerprint(tt.e) == fingerprint(base); same != tt.same {
			t.Errorf("%s: same %v, want %v", tt.name, same, tt.same)
		}
	}
}
