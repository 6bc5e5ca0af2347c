package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackedStaysReadable unpacks what was packed when the first databases came
// into being. A .packed file is bytes as they stand in a database, the .txt
// beside it what they must say; neither is ever made anew. "words" leans on
// every word that the compressor knows before it begins, so that none of them
// can be changed, moved or dropped.
func TestPackedStaysReadable(t *testing.T) {
	files, err := filepath.Glob("testdata/packed/*.packed")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d packed values, %v", len(files), err)
	}
	for _, file := range files {
		packed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, "packed") + "txt")
		if err != nil {
			t.Fatal(err)
		}
		var u unpacker
		got, err := u.text(packed)
		if err != nil || got != string(want) {
			t.Errorf("%s says %.200q, %v; want %.200q", file, got, err, want)
		}
	}
	words, err := os.ReadFile("testdata/packed/words.packed")
	if err != nil || len(words) > len(packWords)/10 {
		t.Errorf("words.packed has %d bytes, %v: it does not lean on what the compressor knows", len(words), err)
	}
}
