package quote_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// labelled is one case of a labelled set.
type labelled struct {
	name, body string
	want       []label
}

type label struct{ kind, words, speaker string }

// readLabelled reads a set: one article per file of the archive, its quotes in
// the lines that begin with ">".
func readLabelled(t *testing.T, file string) []labelled {
	t.Helper()
	ar, err := txtar.ParseFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var out []labelled
	for _, f := range ar.Files {
		c := labelled{name: f.Name}
		for line := range strings.Lines(string(f.Data)) {
			if rest, ok := strings.CutPrefix(line, "> "); ok {
				p := strings.Split(strings.TrimSpace(rest), " | ")
				if len(p) != 3 {
					t.Fatalf("%s: %s: %q is not kind | words | speaker", file, f.Name, line)
				}
				c.want = append(c.want, label{p[0], p[1], p[2]})
				continue
			}
			c.body += line
		}
		out = append(out, c)
	}
	return out
}

// TestLabelledSets holds span F1 and speaker accuracy on sets of labelled
// sentences. A direct quote counts when its words are exactly those; a reported
// clause when most of it is.
func TestLabelledSets(t *testing.T) {
	for _, tt := range []struct {
		file, lang     string
		least          int
		f1, speakerAcc float64
	}{
		{"en.txtar", "en", 40, 0.92, 0.92},
		{"ko.txtar", "ko", 60, 0.97, 0.95},
		{"zh.txtar", "zh", 60, 0.97, 0.95},
	} {
		t.Run(tt.file, func(t *testing.T) {
			cases := readLabelled(t, tt.file)
			if len(cases) < tt.least {
				t.Errorf("%s holds %d cases, want %d", tt.file, len(cases), tt.least)
			}
			var right, got, want, named int
			for _, c := range cases {
				d := text.Analyze("", c.body, tt.lang)
				found := quote.Extract(d)
				used := make([]bool, len(found))
				got += len(found)
				want += len(c.want)
				for _, w := range c.want {
					i := match(d, found, used, w)
					if i < 0 {
						t.Logf("%s: %s quote %q is missing; found %s", c.name, w.kind, w.words, describe(d, found))
						continue
					}
					used[i] = true
					right++
					if found[i].Speaker == w.speaker {
						named++
					} else {
						t.Logf("%s: %q is by %q, want %q", c.name, w.words, found[i].Speaker, w.speaker)
					}
				}
				for i, q := range found {
					if !used[i] {
						t.Logf("%s: %s quote %q (%s) is none", c.name, q.Kind, d.Slice(q.Span), q.Speaker)
					}
				}
			}
			f1 := 2 * float64(right) / float64(got+want)
			acc := float64(named) / float64(right)
			t.Logf("%s: span F1 %.3f, speakers %.3f", tt.file, f1, acc)
			if f1 < tt.f1 || acc < tt.speakerAcc {
				t.Errorf("%s: span F1 %.3f, speakers %.3f; want %.2f and %.2f", tt.file, f1, acc, tt.f1, tt.speakerAcc)
			}
		})
	}
}

func match(d *text.Document, found []quote.Quote, used []bool, w label) int {
	for i, q := range found {
		if used[i] || q.Kind.String() != w.kind {
			continue
		}
		s := d.Slice(q.Span)
		if s == w.words {
			return i
		}
		if q.Kind != quote.Direct && strings.Contains(s, w.words) && len(w.words)*2 > len(s) {
			return i
		}
		if q.Kind != quote.Direct && strings.Contains(w.words, s) && len(s)*2 > len(w.words) {
			return i
		}
	}
	return -1
}

func describe(d *text.Document, q []quote.Quote) string {
	var b strings.Builder
	for _, x := range q {
		fmt.Fprintf(&b, "[%s %q %s]", x.Kind, d.Slice(x.Span), x.Speaker)
	}
	return b.String()
}
