package feeds

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestPages reads the pages of testdata/pages: each archive holds a page.html,
// the text that a reader would copy from it, and the facts beside the text.
func TestPages(t *testing.T) {
	files, err := filepath.Glob("testdata/pages/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test pages: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range archive.Files {
				part[f.Name] = strings.TrimSpace(string(f.Data))
			}
			a, err := ReadHTML([]byte(part["page.html"]), "text/html; charset=utf-8", "https://www.outlet.example/2026/talks?utm_source=rss")
			if err != nil {
				t.Fatal(err)
			}
			facts := fmt.Sprintf("access: %s\ntitle: %s\nbyline: %s\ndateline: %s\nurl: %s\nlang: %s\npublished: %s",
				a.Access, a.Title, a.Byline, a.Dateline, a.URL, a.Lang, showTime(a.Published))
			if *update {
				archive.Files = []txtar.File{{Name: "facts", Data: []byte(facts + "\n")}, {Name: "text", Data: []byte(a.Text + "\n")}, {Name: "page.html", Data: []byte(part["page.html"] + "\n")}}
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(part["facts"], strings.TrimSpace(facts)); diff != "" {
				t.Errorf("%s: facts (-want +got):\n%s", file, diff)
			}
			if diff := cmp.Diff(part["text"], a.Text); diff != "" {
				t.Errorf("%s: text (-want +got):\n%s", file, diff)
			}
		})
	}
}

// TestHostilePages holds what keeps the extractors busy for long. Each must end
// soon and stay under 300 MB.
func TestHostilePages(t *testing.T) {
	many := func(s string, bytes int) string { return strings.Repeat(s, bytes/len(s)) }
	text := strings.Repeat("The envoys met in the port city on Tuesday and agreed to meet again. ", 5)
	for _, tt := range []struct{ name, page string }{
		{"links", many(`<a href="/x/y/z/1234567890">A headline</a> `, 3<<20)},
		{"links in lists", "<ul>" + many(`<li><a href="/x">A headline of some length here</a></li>`, 170<<10) + "</ul>"},
		{"objects in scripts", many("<script>a={\"body\":["+many("{},", 1000)+"{}]}</script>", 1<<20)},
		{"one object in a script", "<script>{\"a\":[" + many("{},", 1<<20) + "{}]}</script>"},
		{"assignments in a script", "<script>" + many("a={", 1<<20) + "</script>"},
		{"lists in a script", "<script>a={\"body\":" + many("[", 1<<20) + "</script>"},
		{"nested divs", many("<div>", 2<<20)},
		{"divs", many("<div><p>A line.</p></div>", 2<<20)},
		{"open formatting", many(`<b id="1"><i>`, 500) + many("<p>x", 1<<20)},
		{"open formatting of many kinds", distinctTags(500) + many("<p>x", 1<<20)},
		{"tables", many("<table><tr><td>", 1<<20)},
		{"paragraphs", "<article>" + many("<p>The envoys met in the port city on Tuesday.</p>", 1500<<10) + "</article>"},
		{"one paragraph", "<article><p>" + many(text, 2<<20) + "</p></article>"},
		{"line breaks", "<article>" + many("The envoys met.<br><br>", 1<<20) + "</article>"},
		{"scripts", many("<script>var a = 1;</script>", 1<<20)},
		{"attributes", "<p " + many(`a="b" `, 1<<20) + ">x</p>"},
		{"structured data", `<script type="application/ld+json">` + many(`{"@graph":[`, 500<<10) + "</script>"},
		{"structured data, wide", `<script type="application/ld+json">[` + many(`{"@type":"Article"},`, 500<<10) + "{}]</script>"},
		{"comments", many("<!--", 2<<20)},
		{"zero bytes", many("\x00", 2<<20)},
		{"nothing", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := []byte(tt.page)
			start := time.Now()
			peak := peakMemory(func() {
				if _, err := ReadHTML(page, "text/html", "https://outlet.example/"); err != nil {
					t.Error(err)
				}
			})
			t.Logf("%d kB: %s, %d MB", len(page)>>10, time.Since(start).Round(time.Millisecond), peak>>20)
			if peak > 300<<20 {
				t.Errorf("peak memory %d MB, want at most 300", peak>>20)
			}
		})
	}
}

func distinctTags(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<font color="%d">`, i)
	}
	return b.String()
}

func TestReadText(t *testing.T) {
	a, err := ReadText([]byte("\uFEFFTalks resume\r\n\r\n  “We met,” she said.\r\n"), "")
	if err != nil || a.Text != "Talks resume\n\n  “We met,” she said." || a.ID == "" {
		t.Errorf("ReadText = %q, %v", a.Text, err)
	}
}

func TestNoPages(t *testing.T) {
	for _, tt := range []struct{ contentType, body string }{{"application/pdf", "x"}, {"", "%PDF-1.7"}, {"image/png", "x"}} {
		if _, err := ReadHTML([]byte(tt.body), tt.contentType, ""); err == nil {
			t.Errorf("ReadHTML of %s %q: no error", tt.contentType, tt.body)
		}
	}
}

// TestRead reads entries whose page is there, is not, or holds less than the
// feed.
func TestRead(t *testing.T) {
	const link = "https://outlet.example/2026/talks"
	sentence := "The envoys met in the port city on Tuesday and agreed to meet again next month. "
	page := `<html lang="en"><head><title>Talks</title></head><body><article><h1>Talks</h1>` + strings.Repeat("<p>"+strings.Repeat(sentence, 3)+"</p>", 4) + `</article></body></html>`
	wall := `<html><body><article><p>` + strings.Repeat(sentence, 2) + `</p><p>Subscribe to continue reading this article.</p></article></body></html>`
	long := strings.Repeat("<p>"+strings.Repeat(sentence, 4)+"</p>", 5)
	shell := `<html><body><div id="app"></div><script src="/app.js"></script><noscript>You need to enable JavaScript to run this app.</noscript><ul><li><a href="/a">Home</a></li><li><a href="/b">World</a></li></ul></body></html>`
	tests := []struct {
		name   string
		answer func(a *answers)
		entry  Entry
		access Access
		note   bool
		retry  Reason
	}{
		{"page", func(a *answers) { a.set(link, 200, page, "Content-Type", "text/html") }, Entry{Summary: "Envoys met."}, FullText, false, ""},
		{"feed has the whole text, page has less", func(a *answers) { a.set(link, 200, wall, "Content-Type", "text/html") }, Entry{Content: long}, FullText, false, ""},
		{"paywall", func(a *answers) { a.set(link, 200, wall, "Content-Type", "text/html") }, Entry{Summary: "Envoys met."}, Paywalled, true, ""},
		{"filled by scripts", func(a *answers) { a.set(link, 200, shell, "Content-Type", "text/html") }, Entry{Summary: "Envoys met in the port city."}, FeedText, true, ""},
		{"filled by scripts, and nothing in the feed", func(a *answers) { a.set(link, 200, shell, "Content-Type", "text/html") }, Entry{}, NoText, true, ""},
		{"404", func(a *answers) {}, Entry{Summary: "Envoys met in the port city."}, FeedText, true, ""},
		{"PDF", func(a *answers) { a.set(link, 200, "%PDF-1.7", "Content-Type", "application/pdf") }, Entry{Summary: "Envoys met."}, FeedText, true, ""},
		{"503", func(a *answers) { a.set(link, 503, "") }, Entry{}, "", false, ReasonUnavailable},
		{"429", func(a *answers) { a.set(link, 429, "", "Retry-After", "60") }, Entry{}, "", false, ReasonThrottled},
		{"no connection", func(a *answers) { a.fail = errors.New("connection refused") }, Entry{}, "", false, ReasonNetwork},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &answers{}
			tt.answer(a)
			e := tt.entry
			e.ID, e.Feed, e.Link, e.Title, e.Published = "e1", "f1", link, "Talks resume", day0
			got, err := newTestClient(t, a).Read(t.Context(), Feed{URL: feedURL, Lang: "en"}, e, day0)
			var retry *RetryError
			if errors.As(err, &retry) != (tt.retry != "") || retry != nil && (retry.Reason != tt.retry || retry.After <= 0) {
				t.Fatalf("error %v, want %q", err, tt.retry)
			}
			if tt.retry != "" {
				return
			}
			if got.Access != tt.access || (got.Note != "") != tt.note || got.Entry != "e1" || got.Lang != "en" || got.URL != link || !got.Published.Equal(day0) {
				t.Errorf("article %+v, want access %q, note %v", got, tt.access, tt.note)
			}
			if (got.Text == "") != (tt.access == NoText) || strings.Contains(got.Text, "Subscribe") {
				t.Errorf("text %q", clip(got.Text, 200))
			}
		})
	}
}

// TestCanonical checks that two links to a page give one article, and that a
// page cannot pass for another's.
func TestCanonical(t *testing.T) {
	page := func(canonical string) string {
		return `<html><head><link rel="canonical" href="` + canonical + `"></head><body><p>` + strings.Repeat("The envoys met in the port city. ", 10) + `</p></body></html>`
	}
	read := func(canonical, url string) Article {
		a, err := ReadHTML([]byte(page(canonical)), "text/html", url)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := read("/2026/talks", "https://m.outlet.example/t?id=5")
	b := read("https://m.outlet.example/2026/talks?utm_source=x", "https://m.outlet.example/2026/talks?utm_medium=rss")
	if a.ID != b.ID {
		t.Errorf("ids %s (%s) and %s (%s), want one", a.ID, a.URL, b.ID, b.URL)
	}
	for _, foreign := range []string{"https://other.example/2026/theirs", "https://www.outlet.example/", "javascript:alert(1)"} {
		if c := read(foreign, "https://www.outlet.example/2026/talks"); c.URL != "https://www.outlet.example/2026/talks" {
			t.Errorf("canonical %q: URL %q", foreign, c.URL)
		}
	}
}

func FuzzReadHTML(f *testing.F) {
	files, _ := filepath.Glob("testdata/pages/*.txtar")
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(page, "text/html")
	}
	f.Add([]byte("<p>By Mina Ostrand</p><script type=application/ld+json>{\"@type\":[[]]}</script>"), "text/html; charset=gbk")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		a, err := ReadHTML(page, contentType, "https://outlet.example/a")
		if err != nil {
			return
		}
		if a.ID == "" || a.Access == "" || a.Access == NoText && a.Text != "" || a.Access != FullText && a.Note == "" {
			t.Fatalf("article %+v", a)
		}
		for p := range strings.SplitSeq(a.Text, "\n\n") {
			if strings.ContainsFunc(p, func(r rune) bool { return r == '\n' || invisible(r) }) {
				t.Fatalf("paragraph %q", p)
			}
		}
	})
}
