package digest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanwire/digest"
)

func TestDecodeArticle(t *testing.T) {
	date := time.Date(2031, 3, 4, 9, 30, 0, 0, time.UTC)
	tests := []struct {
		name, line string
		want       digest.Article
		err        string
	}{
		{"all fields", `{"id":"a","text":"T","title":"H","url":"https://x.example/1","outlet":"O","outlet_type":"state","lang":"en","published":"2031-03-04T09:30:00Z"}`,
			digest.Article{ID: "a", Text: "T", Title: "H", URL: "https://x.example/1", Outlet: "O", OutletType: "state", Lang: "en", Published: date}, ""},
		{"zone", `{"id":"a","text":"T","published":"2031-03-04T18:30:00+09:00"}`, digest.Article{ID: "a", Text: "T", Published: date}, ""},
		{"day alone", `{"id":"a","text":"T","published":"2031-03-04"}`, digest.Article{ID: "a", Text: "T", Published: date.Truncate(24 * time.Hour)}, ""},
		{"no day", `{"id":"a","text":"T","published":"T12:00:00Z"}`, digest.Article{ID: "a", Text: "T"}, ""},
		{"date of another type", `{"id":"a","text":"T","published":12}`, digest.Article{ID: "a", Text: "T"}, ""},
		{"null fields", `{"id":"a","text":"T","title":null,"published":null}`, digest.Article{ID: "a", Text: "T"}, ""},
		{"unknown fields", `{"id":"a","text":"","gold":{"x":1}}`, digest.Article{ID: "a"}, ""},
		{"number as id", `{"id":17,"text":"T"}`, digest.Article{ID: "17", Text: "T"}, ""},
		{"no id", `{"text":"T"}`, digest.Article{}, "no id"},
		{"no text", `{"id":"a"}`, digest.Article{ID: "a"}, "no text"},
		{"text of another type", `{"id":"a","text":7}`, digest.Article{ID: "a"}, "not an article"},
		{"byte order mark", "\ufeff" + `{"id":"a","text":"T"}`, digest.Article{ID: "a", Text: "T"}, ""},
		{"another object", `[1]`, digest.Article{}, "the object is a JSON array"},
		{"cut short", `{"id":"a","text":"T`, digest.Article{}, "not an article"},
		{"not JSON", `hello`, digest.Article{}, "not an article"},
		{"empty line", ``, digest.Article{}, "not an article"},
	}
	for _, tt := range tests {
		got, err := digest.DecodeArticle([]byte(tt.line))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		}
	}
}

// Offsets are code points of the text given, whatever its script.
func TestEncodeReading(t *testing.T) {
	emoji := meridian
	emoji.ID, emoji.Text = "emoji", "🚢🚢 & <ferries>\n"+meridian.Text
	for _, a := range append(slices.Clone(corpus), emoji) {
		b, err := digest.EncodeReading(reader(t).Read(a))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), `\u003c`) || strings.Contains(string(b), "\n") {
			t.Errorf("%s: %s", a.ID, b)
		}
		var out map[string]any
		if err := json.Unmarshal(b, &out); err != nil {
			t.Fatal(err)
		}
		var keys []string
		for k := range out {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		if diff := cmp.Diff([]string{"id", "lang", "names", "quotes", "reasons", "relevant", "score", "summary", "title", "topics"}, keys); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", a.ID, diff)
		}
		runes := []rune(a.Text)
		for _, list := range []string{"names", "summary", "quotes"} {
			for _, e := range out[list].([]any) {
				e := e.(map[string]any)
				start, end := int(e["start"].(float64)), int(e["end"].(float64))
				if got := string(runes[start:end]); got != e["text"] {
					t.Errorf("%s: %s [%d,%d) is %q, not %q", a.ID, list, start, end, got, e["text"])
				}
			}
		}
	}
}

func TestEncodeError(t *testing.T) {
	b, err := digest.EncodeError("a", errors.New("no <text>"))
	if err != nil || string(b) != `{"id":"a","error":"no <text>"}` {
		t.Errorf("%s, %v", b, err)
	}
}

func FuzzDecodeArticle(f *testing.F) {
	f.Add([]byte(`{"id":"a","text":"T","published":"2031-03-04"}`))
	f.Add([]byte(`{"id":1e9,"text":"\ud800","title":[]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		a, err := digest.DecodeArticle(line)
		if err == nil && a.ID == "" {
			t.Errorf("%q has no id and no error", line)
		}
	})
}
