package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// checkDocument holds what every reader of a Document relies on.
func checkDocument(t *testing.T, d *text.Document) {
	t.Helper()
	s := d.Text
	at := 0
	follow := func(what string, sp text.Span) {
		t.Helper()
		if sp.Start < at || sp.End <= sp.Start || sp.End > len(s) {
			t.Fatalf("%q: %s %v out of order or range, want it from %d on", s, what, sp, at)
		}
		for _, i := range []int{sp.Start, sp.End} {
			if utf8.ValidString(s) && i < len(s) && !utf8.RuneStart(s[i]) {
				t.Fatalf("%q: %s %v cuts a rune", s, what, sp)
			}
		}
		at = sp.End
	}
	cover := func(what string, from, to int) {
		t.Helper()
		if strings.TrimFunc(s[from:to], unicode.IsSpace) != "" {
			t.Fatalf("%q: %q stands in no %s", s, s[from:to], what)
		}
	}
	sentence, token := 0, 0
	for _, p := range d.Paragraphs {
		cover("paragraph", at, p.Start)
		if p.First != sentence || p.End < p.First || p.End > len(d.Sentences) {
			t.Fatalf("%q: paragraph %v has sentences %d to %d, want them from %d on", s, p.Span, p.First, p.End, sentence)
		}
		if !p.Contains(p.Dateline) {
			t.Fatalf("%q: dateline %v is outside its paragraph %v", s, p.Dateline, p.Span)
		}
		for ; sentence < p.End; sentence++ {
			sn := d.Sentences[sentence]
			cover("sentence", at, sn.Start)
			if !p.Span.Contains(sn.Span) || d.Paragraphs[sn.Paragraph].Span != p.Span {
				t.Fatalf("%q: sentence %v is outside its paragraph %v", s, sn.Span, p.Span)
			}
			if sn.First != token || sn.End <= sn.First || sn.End > len(d.Tokens) {
				t.Fatalf("%q: sentence %v has tokens %d to %d, want them from %d on", s, sn.Span, sn.First, sn.End, token)
			}
			for ; token < sn.End; token++ {
				cover("token", at, d.Tokens[token].Start)
				follow("token", d.Tokens[token].Span)
			}
			cover("token", at, sn.Span.End)
			at = sn.Span.End
		}
		cover("sentence", at, p.Span.End)
		at = p.Span.End
	}
	cover("paragraph", at, len(s))
	if sentence != len(d.Sentences) || token != len(d.Tokens) {
		t.Fatalf("%q: %d sentences and %d tokens in paragraphs, want %d and %d", s, sentence, token, len(d.Sentences), len(d.Tokens))
	}
	at = 0
	for i, m := range d.Mentions {
		follow("mention", m.Span)
		if m.Entity < 0 || m.Entity >= len(d.Entities) {
			t.Fatalf("%q: mention %v is of entity %d of %d", s, m.Span, m.Entity, len(d.Entities))
		}
		found := false
		for _, k := range d.Entities[m.Entity].Mentions {
			found = found || k == i
		}
		if !found {
			t.Fatalf("%q: entity %d does not list mention %d", s, m.Entity, i)
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, s := range []string{
		"", " ", "“Open", "’tis the dogs’ ‘day’", "A.\nB. C", "\xff\"\xfe'", "“A。B。”他说。", "“가다. 나다.”라고 홍길동 의원이 말했다.",
		"By Ann Example\nSEOUL (AP) — “We’re ready,” Kim Jong-un’s sister said.", "U.S.-led '90s", "「『」』»«",
	} {
		f.Add("", s)
	}
	f.Fuzz(func(t *testing.T, title, body string) {
		checkDocument(t, text.Analyze(title, body, ""))
		x := text.NewIndex(body)
		n := 0
		for b := range body {
			if x.Rune(b) != n || x.Byte(n) != b {
				t.Fatalf("%q: byte %d is rune %d and back %d, want %d", body, b, x.Rune(b), x.Byte(n), n)
			}
			n++
		}
		if x.Rune(len(body)) != n || x.Byte(n) != len(body) {
			t.Fatalf("%q: its end is rune %d, want %d", body, x.Rune(len(body)), n)
		}
		at := 0
		for _, term := range text.Terms(body) {
			if term.Span.Start < 0 || term.Span.End > len(body) || term.Span.End <= term.Span.Start {
				t.Fatalf("%q: term %q at %v", body, term.Text, term.Span)
			}
			at = term.Span.End
		}
		_ = at
	})
}
