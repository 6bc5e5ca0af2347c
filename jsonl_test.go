package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hanwire/digest"
)

// TestOneArticlePanics holds that an article whose reading panics costs its
// own line alone, wherever it stands.
func TestOneArticlePanics(t *testing.T) {
	reader, err := digest.NewReader(digest.ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const n = 7
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "{\"id\":\"a%d\",\"text\":\"Minister Ada Vell met envoy number %d in Port Lune on Monday.\"}\n", i, i)
	}
	lines := func(read func(digest.Article) digest.Reading) []string {
		t.Helper()
		var out bytes.Buffer
		err := eachLine(t.Context(), strings.NewReader(in.String()), &out, func(n int, line []byte) []byte { return readLineJSON(read, n, line) })
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
	whole := lines(reader.Read)
	for bad := range n {
		id := fmt.Sprintf("a%d", bad)
		got := lines(func(a digest.Article) digest.Reading {
			if a.ID == id {
				panic("no such clause in " + id)
			}
			return reader.Read(a)
		})
		if len(got) != n {
			t.Fatalf("%s panics: %d lines, want %d", id, len(got), n)
		}
		for i := range got {
			if i != bad {
				if got[i] != whole[i] {
					t.Errorf("%s panics: line %d is %s, want %s", id, i+1, got[i], whole[i])
				}
				continue
			}
			var line struct{ ID, Error string }
			if err := json.Unmarshal([]byte(got[i]), &line); err != nil {
				t.Fatal(err)
			}
			if want := "no such clause in " + id; line.ID != id || !strings.Contains(line.Error, want) || !strings.Contains(line.Error, fmt.Sprintf("line %d", i+1)) {
				t.Errorf("%s panics: its line is %s, want its id and an error with %q and the line's number", id, got[i], want)
			}
		}
	}
}
