package feeds

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOPML(t *testing.T) {
	const in = `<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="1.1"><head><title>Subs</title></head><body>
<outline text="News"><outline title="Korea &amp; region" text="x">
<outline text="Harbour Wire" type="rss" xmlUrl="feed://outlet.example/rss" htmlUrl="https://outlet.example/"/>
<outline text="Again" type="rss" xmlURL="https://outlet.example:443/rss"/>
</outline><outline text="Second" xmlUrl="https://second.example/feed" language="ko" outletType="state" zone="Asia/Seoul"/></outline>
<outline text="Empty folder"/><outline text="Bad" xmlUrl="javascript:alert(1)"/>
<outline xmlUrl="https://third.example/feed"/></body></opml>`
	got, err := ReadOPML(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []Feed{
		{URL: "http://outlet.example/rss", Outlet: "Harbour Wire", Folder: "News/Korea & region"},
		{URL: "https://second.example/feed", Outlet: "Second", Lang: "ko", Type: StateMedia, Zone: "Asia/Seoul", Folder: "News"},
		{URL: "https://third.example/feed"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ReadOPML (-want +got):\n%s", diff)
	}
	roundTripOPML(t, got)
	for _, bad := range []string{"", "<html/>", "{}", "<opml><body><outline"} {
		if _, err := ReadOPML(strings.NewReader(bad)); err == nil {
			t.Errorf("ReadOPML(%q): no error", bad)
		}
	}
}

// roundTripOPML writes and reads feeds; those of one folder come back together.
func roundTripOPML(t *testing.T, list []Feed) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteOPML(&b, list); err != nil {
		t.Fatal(err)
	}
	again, err := ReadOPML(&b)
	if err != nil {
		t.Fatal(err)
	}
	byURL := func(list []Feed) map[string]Feed {
		m := map[string]Feed{}
		for _, f := range list {
			m[f.URL] = f
		}
		return m
	}
	if diff := cmp.Diff(byURL(list), byURL(again)); diff != "" || len(list) != len(again) {
		t.Errorf("through OPML (-before +after):\n%s", diff)
	}
}

func FuzzOPML(f *testing.F) {
	f.Add(`<opml><body><outline text="a/b"><outline text="c" xmlUrl="https://x.example/"/></outline></body></opml>`)
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ReadOPML(strings.NewReader(s))
		if err == nil {
			roundTripOPML(t, list)
		}
	})
}

func TestCatalogue(t *testing.T) {
	list := Catalogue()
	if len(list) < 30 {
		t.Fatalf("%d feeds in the catalogue", len(list))
	}
	types := map[OutletType]bool{StateMedia: true, Party: true, Agency: true, Independent: true, Government: true, ThinkTank: true}
	langs := map[string]int{}
	ids := map[string]string{}
	for _, f := range list {
		if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "" {
			t.Errorf("%s: zone %q: %v", f.URL, f.Zone, err)
		}
		if f.Outlet == "" || !types[f.Type] || f.Folder == "" || RegistrableDomain(f.URL) == "" {
			t.Errorf("%+v: incomplete", f)
		}
		if other := ids[f.ID()]; other != "" {
			t.Errorf("%s and %s are one feed", f.URL, other)
		}
		ids[f.ID()] = f.URL
		langs[f.Lang]++
	}
	for _, lang := range []string{"en", "ko", "zh-Hans"} {
		if langs[lang] < 3 {
			t.Errorf("%d feeds in %s", langs[lang], lang)
		}
	}
	roundTripOPML(t, list)
}

func TestShow(t *testing.T) {
	var b bytes.Buffer
	body := `<rss version="2.0"><channel><title>T</title><item><title>A &lt; B</title><link>https://outlet.example/1</link><guid>g</guid><pubDate>Tue, 03 Nov 2026 09:00:00 KST</pubDate><description>&lt;p&gt;x &amp;amp; y&lt;/p&gt;</description></item></channel></rss>`
	p := Parse([]byte(body), "", ParseOptions{URL: feedURL})
	if err := EncodeShow(&b, "a.xml", p); err != nil {
		t.Fatal(err)
	}
	want := `{"source":"a.xml","format":"rss","title":"T","encoding":"utf-8","partial":false,"entries":[{"id":"g","link":"https://outlet.example/1","title":"A < B","published":"2026-11-03T09:00:00+09:00","updated":"","author":"","text":"x & y"}],"warnings":[],"error":null}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("EncodeShow (-want +got):\n%s", diff)
	}
	b.Reset()
	if err := EncodeShow(&b, "-", Parse([]byte("words"), "", ParseOptions{})); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, `"entries":[],"warnings":["text before the root element"],"error":"not a feed`) || strings.Count(got, "\n") != 1 {
		t.Errorf("EncodeShow of no feed: %s", got)
	}
}
