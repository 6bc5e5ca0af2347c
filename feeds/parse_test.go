package feeds

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

var update = flag.Bool("update", false, "rewrite the .want files")

// TestParseFiles runs the feeds of testdata/feeds. Beside each lies what it
// must give, one line per fact; a new case is a new file and a look at what -update made of it.
func TestParseFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/feeds/*.feed")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test feeds: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".feed"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(Parse(body, "", ParseOptions{URL: "https://outlet.example/feed"}))
			wantFile := strings.TrimSuffix(file, ".feed") + ".want"
			if *update {
				if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), strings.TrimSpace(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s\ngot:\n%s", file, diff, got)
			}
		})
	}
}

// describe writes a parse as the .want files do.
func describe(p Parsed) string {
	var b strings.Builder
	if p.Err != nil {
		fmt.Fprintf(&b, "error\n")
	}
	fmt.Fprintf(&b, "%s | %s | %s", p.Format, p.Title, p.Encoding)
	if p.Partial {
		b.WriteString(" | partial")
	}
	b.WriteString("\n")
	for _, e := range p.Entries {
		text := e.Summary
		if e.Content != "" {
			text = plainText(e.Content)
		}
		fmt.Fprintf(&b, "- %s | %s | %s | %s | %s\n", e.FullTitle(), e.Link, showTime(e.Published), e.Author, strings.ReplaceAll(text, "\n", " / "))
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "! %s\n", w)
	}
	return b.String()
}

const (
	korean1  = "한미 외교장관 회담, 북핵 공조 재확인"
	chinese1 = "外交部发言人就半岛局势答记者问"
	taiwan1  = "總統府發言人說明兩岸政策與區域安全"
	japan1   = "外相が半島情勢について記者会見で説明した"
)

func rssOf(decl, title string) string {
	return decl + `<rss version="2.0"><channel><title>` + title + `</title><link>https://outlet.example/</link>` +
		`<item><title>` + title + `</title><link>https://outlet.example/a/1</link><guid>https://outlet.example/a/1</guid>` +
		`<pubDate>Tue, 03 Nov 2026 09:00:00 +0900</pubDate><description>` + strings.Repeat(title+". ", 3) + `</description></item></channel></rss>`
}

func encodeAs(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEncodings holds every way in which label, header and bytes agree or not.
func TestEncodings(t *testing.T) {
	decl := func(label string) string { return `<?xml version="1.0" encoding="` + label + `"?>` }
	tests := []struct {
		name        string
		body        []byte
		contentType string
		url         string
		want        string // the title
		encoding    string
		warns       bool
	}{
		{"utf-8", []byte(rssOf(decl("utf-8"), korean1)), "", "", korean1, "utf-8", false},
		{"utf-8 without label", []byte(rssOf("", korean1)), "", "", korean1, "utf-8", false},
		{"utf-8 with mark", []byte("\uFEFF" + rssOf(decl("utf-8"), korean1)), "", "", korean1, "utf-8", false},
		{"euc-kr", encodeAs(t, korean.EUCKR, rssOf(decl("euc-kr"), korean1)), "", "", korean1, "euc-kr", false},
		{"ks_c_5601-1987", encodeAs(t, korean.EUCKR, rssOf(decl("ks_c_5601-1987"), korean1)), "", "", korean1, "euc-kr", false},
		{"cp949", encodeAs(t, korean.EUCKR, rssOf(decl("cp949"), "똠방각하 "+korean1)), "", "", "똠방각하 " + korean1, "euc-kr", false},
		{"MS949", encodeAs(t, korean.EUCKR, rssOf(decl("MS949"), korean1)), "", "", korean1, "euc-kr", false},
		{"uhc by http", encodeAs(t, korean.EUCKR, rssOf("", korean1)), "text/xml; charset=UHC", "", korean1, "euc-kr", false},
		{"gb2312", encodeAs(t, simplifiedchinese.GBK, rssOf(decl("gb2312"), chinese1)), "", "", chinese1, "gb18030", false},
		{"gbk", encodeAs(t, simplifiedchinese.GBK, rssOf(decl("gbk"), chinese1)), "", "", chinese1, "gb18030", false},
		{"gb18030", encodeAs(t, simplifiedchinese.GB18030, rssOf(decl("GB18030"), chinese1)), "", "", chinese1, "gb18030", false},
		{"big5", encodeAs(t, traditionalchinese.Big5, rssOf(decl("Big5"), taiwan1)), "", "", taiwan1, "big5", false},
		{"shift_jis", encodeAs(t, japanese.ShiftJIS, rssOf(decl("Shift_JIS"), japan1)), "", "", japan1, "shift_jis", false},
		{"euc-jp", encodeAs(t, japanese.EUCJP, rssOf(decl("euc-jp"), japan1)), "", "", japan1, "euc-jp", false},
		{"iso-2022-jp", encodeAs(t, japanese.ISO2022JP, rssOf(decl("iso-2022-jp"), japan1)), "", "", japan1, "iso-2022-jp", false},
		{"utf-16 with mark", encodeAs(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), rssOf(decl("utf-16"), korean1)), "", "", korean1, "utf-16le", false},
		{"utf-16be without mark", encodeAs(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), rssOf(decl("utf-16"), korean1)), "", "", korean1, "utf-16be", false},
		{"utf-32", encodeAs(t, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), rssOf(decl("utf-32"), korean1)), "", "", korean1, "utf-32le", false},
		{"utf-32be without mark", encodeAs(t, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), rssOf(decl("utf-32"), korean1)), "", "", korean1, "utf-32be", false},
		{"ebcdic", encodeAs(t, charmap.CodePage037, rssOf(decl("cp037"), "Talks resume")), "", "", "Talks resume", "ibm037", false},
		{"windows-1252", encodeAs(t, charmap.Windows1252, rssOf(decl("windows-1252"), "“Résumé” of talks")), "", "", "“Résumé” of talks", "windows-1252", false},
		{"latin-1 that is windows-1252", encodeAs(t, charmap.Windows1252, rssOf(decl("iso-8859-1"), "The minister’s “no”")), "", "", "The minister’s “no”", "windows-1252", false},
		{"koi8-r", encodeAs(t, charmap.KOI8R, rssOf(decl("koi8-r"), "Переговоры в Сеуле")), "", "", "Переговоры в Сеуле", "koi8-r", false},
		{"cp437", encodeAs(t, charmap.CodePage437, rssOf(decl("cp437"), "Café talks")), "", "", "Café talks", "ibm437", false},
		{"949", encodeAs(t, korean.EUCKR, rssOf(decl("949"), korean1)), "", "", korean1, "euc-kr", false},
		{"x-gb2312-80", encodeAs(t, simplifiedchinese.GBK, rssOf(decl("x-gb2312-80"), chinese1)), "", "", chinese1, "gb18030", false},
		{"iso_8859-2:1987", encodeAs(t, charmap.ISO8859_2, rssOf(decl("iso_8859-2:1987"), "Rozmowy wznowiły się")), "", "", "Rozmowy wznowiły się", "iso-8859-2", false},
		{"latin10", encodeAs(t, charmap.ISO8859_16, rssOf(decl("latin10"), "Rozmowy wznowiły się")), "", "", "Rozmowy wznowiły się", "iso-8859-16", false},
		{"cp1125", []byte(rssOf(decl("cp1125"), "\x8f\xa5\xe0\xa5\xa3\xae\xa2\xae\xe0\xeb \xa2 \x91\xa5\xe3\xab\xa5")), "", "", "Переговоры в Сеуле", "cp1125", false},
		{"mac_turkish", []byte(rssOf(decl("mac_turkish"), "G\x9ar\x9f\xdfmeler")), "", "", "Görüşmeler", "macturkish", false},

		{"iso-2022-kr", []byte("\x1b$)C" + rssOf(decl("iso-2022-kr"), "\x0e32:O\x0f talks")), "", "", "남북 talks", "iso-2022-kr", false},
		{"johab", []byte(rssOf(decl("johab"), "\x90q\xa6\x82 \xf7\xd3\xf1\xae \xd9\x34")), "", "", "남북 漢字 ·", "johab", false},
		{"utf-7", []byte(rssOf(decl("utf-7"), "+sKi9gQ- talks")), "", "", "남북 talks", "utf-7", false},

		{"says utf-8, is euc-kr", encodeAs(t, korean.EUCKR, rssOf(decl("utf-8"), korean1)), "", "", korean1, "euc-kr", true},
		{"says utf-8, is gbk", encodeAs(t, simplifiedchinese.GBK, rssOf(decl("utf-8"), chinese1)), "", "", chinese1, "gb18030", true},
		{"says nothing, is big5", encodeAs(t, traditionalchinese.Big5, rssOf("", taiwan1)), "", "", taiwan1, "big5", true},
		{"says nothing, is euc-jp", encodeAs(t, japanese.EUCJP, rssOf("", japan1)), "", "", japan1, "euc-jp", true},
		{"says nothing, is shift_jis", encodeAs(t, japanese.ShiftJIS, rssOf("", japan1)), "", "", japan1, "shift_jis", true},
		{"says nothing, short, from .kr", encodeAs(t, korean.EUCKR, rssOf("", "남북 회담")), "", "http://www.outlet.kr/rss", "남북 회담", "euc-kr", true},
		{"says euc-kr, is utf-8", []byte(rssOf(decl("euc-kr"), korean1)), "", "", korean1, "utf-8", true},
		{"says gb2312, is utf-8", []byte(rssOf(decl("gb2312"), chinese1)), "text/xml; charset=gb2312", "", chinese1, "utf-8", true},
		{"http says latin-1, is utf-8", []byte(rssOf(decl("utf-8"), korean1)), "text/xml; charset=iso-8859-1", "", korean1, "utf-8", true},
		{"http says utf-8, own label is right", encodeAs(t, korean.EUCKR, rssOf(decl("euc-kr"), korean1)), "text/xml; charset=utf-8", "", korean1, "euc-kr", true},
		{"http says latin-1, own label is right", encodeAs(t, korean.EUCKR, rssOf(decl("euc-kr"), korean1)), "text/xml; charset=iso-8859-1", "", korean1, "euc-kr", true},
		{"says latin-1, is gbk", encodeAs(t, simplifiedchinese.GBK, rssOf(decl("iso-8859-1"), chinese1)), "", "", chinese1, "gb18030", true},
		{"http says ascii, is windows-1252", encodeAs(t, charmap.Windows1252, rssOf("", "The minister’s “no”")), "text/xml; charset=us-ascii", "", "The minister’s “no”", "windows-1252", false},
		{"unknown label", encodeAs(t, korean.EUCKR, rssOf(decl("x-nonsense"), korean1)), "", "", korean1, "euc-kr", true},
		{"cut inside a character", []byte(rssOf(decl("utf-8"), korean1))[:len(rssOf(decl("utf-8"), korean1))-len("</description></item></channel></rss>")-4], "", "", korean1, "utf-8", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Parse(tt.body, tt.contentType, ParseOptions{URL: tt.url})
			if p.Title != tt.want || p.Encoding != tt.encoding || p.Err != nil {
				t.Errorf("title %q encoding %q error %v, want %q %q; warnings %q", p.Title, p.Encoding, p.Err, tt.want, tt.encoding, p.Warnings)
			}
			if len(p.Entries) != 1 || p.Entries[0].Title != tt.want {
				t.Errorf("entries %v, want one %q", p.Entries, tt.want)
			}
			if (len(p.Warnings) > 0) != tt.warns {
				t.Errorf("warnings %q, want some: %v", p.Warnings, tt.warns)
			}
		})
	}
}

// TestHostileFeeds holds the inputs that take other parsers down. None may use
// more than 300 MB, and each must end.
func TestHostileFeeds(t *testing.T) {
	item := `<item><title>Talks</title><link>https://outlet.example/1</link></item>`
	rss := func(inner string) string {
		return `<rss version="2.0"><channel><title>T</title>` + inner + `</channel></rss>`
	}
	many := func(s string, bytes int) string { return strings.Repeat(s, bytes/len(s)) }
	tests := []struct {
		name    string
		body    string
		entries int
		fails   bool
	}{
		{"nested elements, unclosed", `<rss><channel>` + item + `<item>` + many("<b>", 15<<20), 1, false},
		{"nested elements, closed", rss(item + `<item>` + many("<b>", 3<<20) + many("</b>", 3<<20) + `</item>`), 1, false},
		{"nested extension elements", rss(item + `<x:a xmlns:x="urn:x">` + many("<x:a>", 7<<20)), 1, false},
		{"nested in atom xhtml", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title></entry><entry><content type="xhtml">` + many("<div>", 8<<20), 1, false},
		{"empty items", `<rss><channel>` + many("<item/>", 15<<20), 1, false},
		{"items", `<rss><channel>` + many(item, 15<<20), 1, false},
		{"many small elements", rss(item + `<item>` + many("<a/>", 8<<20)), 1, false},
		{"many extension elements", rss(item + `<item xmlns:m="urn:m">` + many(`<m:a b="1"/>`, 8<<20)), 1, false},
		{"many attributes", rss(item + "<item><a " + many(`b="1" `, 60<<10) + "/></item>" + many("<a "+many(`b="1" `, 60<<10)+"/>", 7<<20)), 2, false},
		{"distinct attributes", rss(item + many("<a "+distinctAttrs(1000)+"/>", 8<<20)), 1, false},
		{"one huge tag", rss(item + "<a " + many(`b `, 8<<20) + "/>"), 1, false},
		{"unclosed tag", rss(item) + `<a b="` + many("x", 8<<20), 1, false},
		{"unclosed comments", rss(item + many("<!--", 8<<20)), 1, false},
		{"unclosed declarations", rss(item + many("<!a", 2<<20)), 1, false},
		{"unclosed sections", rss(item + many("<![CDATA[", 8<<20)), 1, false},
		{"open brackets", rss(item + many("<", 8<<20)), 1, false},
		{"ampersands", rss(item + "<item><title>" + many("&", 7<<20) + "</title></item>"), 1, false},
		{"references", rss(item + "<item><title>" + many("&lt;", 7<<20) + "</title></item>"), 2, false},
		{"entity bomb", `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "` + many("c", 1000) + `">]>` + rss(item+"<item><title>"+many("&b;&c;", 4<<20)+"</title></item>"), 2, false},
		{"one huge section", rss(item + "<item><title>A</title><description><![CDATA[" + many("<p>x</p>", 7<<20) + "]]></description></item>"), 2, false},
		{"one huge word", rss(item + "<item><title>" + many("x", 7<<20) + "</title></item>"), 2, false},
		{"many namespaces", rss(item + many(`<n:a xmlns:n="urn:n"><m:b xmlns:m="urn:m"/></n:a>`, 2<<20)), 1, false},
		{"json text", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_html":"` + many("<b>", 7<<20) + `"}]}`, 1, false},
		{"json keys", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}],` + many(`"a":{},`, 7<<20) + `"b":1}`, 1, false},
		{"json nested", `{"version":"https://jsonfeed.org/version/1.1","items":` + many("[", 8<<20), 0, false},
		{"json objects", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"},` + many(`{},`, 8<<20), 2, false},
		{"json nested item", `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"},{"a":` + many(`{"a":`, 8<<20), 1, false},
		{"zero bytes", many("\x00", 8<<20), 0, true},
		{"high bytes", many("\xff\xfe\xfd", 8<<20), 0, true},
		{"nothing", "", 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p Parsed
			body := []byte(tt.body)
			peak := peakMemory(func() { p = Parse(body, "", ParseOptions{}) })
			if len(p.Entries) != tt.entries || (p.Err != nil) != tt.fails {
				t.Errorf("%d entries, error %v, want %d, %v; warnings %q", len(p.Entries), p.Err, tt.entries, tt.fails, p.Warnings)
			}
			if peak > 300<<20 {
				t.Errorf("peak memory %d MB, want at most 300", peak>>20)
			}
		})
	}
}

func distinctAttrs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d="1"`, i)
	}
	return b.String()
}

// peakMemory is how much the heap grew at most while f ran, sampled.
func peakMemory(f func()) uint64 {
	runtime.GC()
	var before, m runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan uint64)
	stop := make(chan struct{})
	go func() {
		var peak uint64
		for {
			select {
			case <-stop:
				done <- peak
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse+m.StackInuse)
			}
		}
	}()
	f()
	close(stop)
	peak := <-done
	if floor := before.HeapInuse + before.StackInuse; peak > floor {
		return peak - floor
	}
	return 0
}

// TestTruncated cuts a feed at every byte and must keep each item that was whole.
func TestTruncated(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://outlet.example/</link>`)
	var ends []int
	for i := range 5 {
		fmt.Fprintf(&b, `<item><title>Talks &amp; tests %d</title><link>https://outlet.example/%d</link><description><![CDATA[<p>One</p>]]></description></item>`, i, i)
		ends = append(ends, b.Len())
	}
	b.WriteString(`</channel></rss>`)
	whole := b.String()
	for cut := ends[0]; cut < len(whole); cut++ {
		p := Parse([]byte(whole[:cut]), "", ParseOptions{})
		want := 0
		for _, e := range ends {
			if cut >= e {
				want++
			}
		}
		if len(p.Entries) != want || p.Err != nil || !p.Partial || len(p.Warnings) == 0 {
			t.Fatalf("cut at %d: %d entries, partial %v, error %v, warnings %q, want %d entries, partial, warned", cut, len(p.Entries), p.Partial, p.Err, p.Warnings, want)
		}
	}
}

// TestFields holds where feeds put what they say, and the mistakes they make
// in saying it: what one entry is read as, and whether that takes a warning.
func TestFields(t *testing.T) {
	const link = "<link>https://outlet.example/1</link>"
	rss := func(item string) string { return rssItems("<item>" + item + "</item>") }
	atom := func(entry string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><author><name>The desk</name></author><entry>` + entry + `</entry></feed>`
	}
	tests := []struct {
		name, body string
		want       Entry // title, link, author and summary
		warns      bool
	}{
		{"address and name", rss(`<title>A</title><author>anna@outlet.example (Anna B.)</author>`), Entry{Title: "A", Author: "Anna B."}, false},
		{"name and address", rss(`<title>A</title><author>Anna B. &lt;anna@outlet.example&gt;</author>`), Entry{Title: "A", Author: "Anna B."}, false},
		{"address alone", rss(`<title>A</title><author>anna@outlet.example</author>`), Entry{Title: "A", Author: "anna@outlet.example"}, false},
		{"two creators", rss(`<title>A</title><dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Anna B.</dc:creator><dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Carl D.</dc:creator>`), Entry{Title: "A", Author: "Anna B., Carl D."}, false},
		{"creator without namespace", rss(`<title>A</title><creator>Anna B.</creator>`), Entry{Title: "A", Author: "Anna B."}, false},
		{"author with a name inside", rss(`<title>A</title><author><name>Anna B.</name></author>`), Entry{Title: "A", Author: "Anna B."}, false},
		{"authors of Atom", atom(`<title>A</title><author><name>Anna B.</name></author><author><name>Carl D.</name></author>`), Entry{Title: "A", Author: "Anna B., Carl D."}, false},
		{"author of the feed", atom(`<title>A</title>`), Entry{Title: "A", Author: "The desk"}, false},
		{"author of the source", atom(`<title>A</title><source><title>S</title><author><name>Another desk</name></author></source>`), Entry{Title: "A", Author: "Another desk"}, false},
		{"authors of JSON", `{"version":"https://jsonfeed.org/version/1.1","authors":[{"name":"Anna B."},"Carl D."],"items":[{"id":"1","title":"A"}]}`, Entry{Title: "A", Author: "Anna B., Carl D."}, false},
		{"link of Atom in RSS", rss(`<title>A</title><atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="https://outlet.example/1"/>`), Entry{Title: "A", Link: "https://outlet.example/1"}, false},
		{"link called url", rss(`<title>A</title><url>https://outlet.example/1</url>`), Entry{Title: "A", Link: "https://outlet.example/1"}, false},
		{"text in a body of XHTML", rss(`<title>A</title><body xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></body>`), Entry{Title: "A", Content: "One\nTwo"}, false},
		{"text called content", rss(`<title>A</title><content>One</content>`), Entry{Title: "A", Content: "One"}, false},
		{"base64", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><title type="text/html" mode="base64">VGFsa3MgPGI+cmVzdW1lPC9iPg==</title></entry></feed>`, Entry{Title: "Talks resume"}, false},
		{"entity of its own", `<!DOCTYPE rss [<!ENTITY co "Harbour &amp; Sons"><!ENTITY secret SYSTEM "file:///etc/passwd">]>` + rss(`<title>&co; &secret;</title>`), Entry{Title: "Harbour & Sons &secret;"}, true},
		{"section never closed", rss(`<title><![CDATA[A</title>` + link), Entry{Title: "A", Link: "https://outlet.example/1"}, true},
		{"section closed by the next", rss(`<title><![CDATA[A</title><description><![CDATA[One]]></description>` + link), Entry{Title: "A", Link: "https://outlet.example/1", Summary: "One"}, true},
		{"title never closed", rss(`<title>A` + link), Entry{Title: "A", Link: "https://outlet.example/1"}, true},
		{"title closed by another name", rss(`<title>A</titel>` + link), Entry{Title: "A", Link: "https://outlet.example/1"}, true},
		{"title with a stray end of a tag", rss(`<title>A</b> of B</title>` + link), Entry{Title: "A of B", Link: "https://outlet.example/1"}, true},
		{"end tags in other letters", rss(`<title>A</TITLE>` + link), Entry{Title: "A", Link: "https://outlet.example/1"}, true},
		{"capitals", strings.ToUpper(`<rss><channel><title>t</title><item><title>a</title></item></channel></rss>`), Entry{Title: "A"}, false},
		{"feed as text in a page", `<html><body><pre>&lt;rss version="2.0"&gt;&lt;channel&gt;&lt;item&gt;&lt;title&gt;A&lt;/title&gt;&lt;/item&gt;&lt;/channel&gt;&lt;/rss&gt;</pre></body></html>`, Entry{Title: "A"}, true},
		{"words after the end", rss(`<title>A</title>`) + "<!-- x --> and more", Entry{Title: "A"}, true},
		{"a comment after the end", rss(`<title>A</title>`) + "\n<!-- x -->\n", Entry{Title: "A"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Parse([]byte(tt.body), "", ParseOptions{URL: feedURL})
			if p.Err != nil || len(p.Entries) != 1 {
				t.Fatalf("%d entries, error %v", len(p.Entries), p.Err)
			}
			e := p.Entries[0]
			got := Entry{Title: e.Title, Link: e.Link, Author: e.Author, Summary: e.Summary, Content: plainText(e.Content)}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("entry (-want +got):\n%s", diff)
			}
			if slices.ContainsFunc(p.Warnings, func(w string) bool { return !strings.Contains(w, "without a date") }) != tt.warns {
				t.Errorf("warnings %q, want some: %v", p.Warnings, tt.warns)
			}
		})
	}
	t.Run("same title and date at two addresses", func(t *testing.T) {
		p := Parse([]byte(rssItems(`<item><title>A</title><link>https://outlet.example/1</link></item><item><title>A</title><link>https://outlet.example/2</link></item>`)), "", ParseOptions{})
		if len(p.Entries) != 2 {
			t.Errorf("%d entries, want 2", len(p.Entries))
		}
	})
}

func TestNotFeeds(t *testing.T) {
	for _, body := range []string{
		"<!DOCTYPE html><html><head><title>Welcome</title></head><body><p>Log in</p></body></html>",
		"just words", `{"error":"not found"}`, `<?xml version="1.0"?><opml><body/></opml>`, "", "   ", "[1,2]", "<",
		"An item may be empty, `<item/>`, and many are a bomb: `<item></item>`, as is `<b>` without an end.",
	} {
		if p := Parse([]byte(body), "", ParseOptions{}); !errors.Is(p.Err, ErrNotFeed) {
			t.Errorf("Parse(%q): error %v, want ErrNotFeed", body, p.Err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/feeds/*.feed")
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "")
	}
	f.Add([]byte("<rss><channel><item><title>a<b></title>"), "text/xml; charset=cp949")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		p := Parse(body, contentType, ParseOptions{URL: "https://outlet.example/feed", Now: time.Unix(1793664000, 0)})
		seen := map[string]bool{}
		for _, e := range p.Entries {
			if e.ID == "" || len(e.Keys) == 0 || seen[e.ID] {
				t.Fatalf("entry %+v: no id or keys, or twice", e)
			}
			seen[e.ID] = true
			if e.Link != "" && !strings.HasPrefix(e.Link, "http") {
				t.Fatalf("link %q", e.Link)
			}
			if strings.ContainsFunc(e.Title+e.Author, func(r rune) bool { return invisible(r) || r == '\n' }) {
				t.Fatalf("title %q or author %q holds what cannot be seen", e.Title, e.Author)
			}
		}
		again := Parse(body, contentType, ParseOptions{URL: "https://outlet.example/feed", Now: time.Unix(1793664000, 0)})
		if describe(p) != describe(again) {
			t.Fatal("two readings differ")
		}
	})
}

// FuzzClean holds the cleaner to its word: what it puts out is balanced and
// cleaning it again changes nothing.
func FuzzClean(f *testing.F) {
	f.Add([]byte(`<rss a=b c="d><channel><item></b>&nbsp;&#8;]]><![CDATA[x]]></item><item></channel>`))
	f.Add([]byte(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;<!-- - -- -></rss>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		text, _, _ := decode(body, "", "")
		once := clean(text)
		twice := clean(once.text)
		if !bytes.Equal(once.text, twice.text) {
			t.Fatalf("clean(%q) = %q, and again %q", text, once.text, twice.text)
		}
	})
}

// FuzzCharset checks that whatever the bytes and the label, the text is UTF-8.
func FuzzCharset(f *testing.F) {
	f.Add([]byte(korean1), "text/xml; charset=euc-kr")
	f.Add([]byte("\xff\xfe<\x00"), "")
	f.Add([]byte("\x1b$B\x30"), "text/xml; charset=iso-2022-jp")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, name, _ := decode(body, contentType, "http://outlet.kr/")
		if !bytes.Equal(text, bytes.ToValidUTF8(text, nil)) || name == "" {
			t.Fatalf("decode(%q, %q) = %q as %q", body, contentType, text, name)
		}
	})
}
