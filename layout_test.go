package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows says what each package may import of ours; tests are free. The first
// rule whose package is the longest prefix holds. A package without a rule is
// an error: a new room needs a decision.
var arrows = map[string][]string{
	"hanwire":                {"hanwire/..."},
	"hanwire/samples":        {},
	"hanwire/feeds":          {},
	"hanwire/digest":         {"hanwire/digest/..."},
	"hanwire/digest/text":    {},
	"hanwire/digest/query":   {"hanwire/digest/text", "hanwire/digest/quote"},
	"hanwire/digest/quote":   {"hanwire/digest/text"},
	"hanwire/digest/story":   {"hanwire/digest/text", "hanwire/digest/query", "hanwire/digest/quote"},
	"hanwire/digest/summary": {"hanwire/digest/text", "hanwire/digest/story"},
	"hanwire/bot":            {"hanwire/digest/...", "hanwire/feeds"},
	"hanwire/bot/console":    {"hanwire/bot"},
	"hanwire/bot/slack":      {"hanwire/bot"},
	"hanwire/bot/discord":    {"hanwire/bot"},
	"hanwire/web":            {"hanwire/bot", "hanwire/digest/...", "hanwire/feeds"},
	"hanwire/store":          {"hanwire/bot", "hanwire/digest/...", "hanwire/feeds", "hanwire/web"},
}

// io is what the pure rooms must not reach, however indirectly.
var ioPackages = []string{"net", "net/http", "os/exec", "database/sql", "log", "log/slog", "syscall/js"}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,Module", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func allowed(rules []string, path string) bool {
	return slices.ContainsFunc(rules, func(rule string) bool {
		if under, ok := strings.CutSuffix(rule, "/..."); ok {
			return path == under || strings.HasPrefix(path, under+"/")
		}
		return path == rule
	})
}

func TestArrowsRunOneWay(t *testing.T) {
	for _, p := range packages(t) {
		rules, ok := arrows[p.ImportPath]
		if strings.HasSuffix(p.ImportPath, "test") { // fakes of the network edge, beside what they test
			rules, ok = []string{"hanwire/bot", "hanwire/feeds"}, true
		}
		if !ok {
			t.Errorf("%s: no rule says what it may import", p.ImportPath)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "hanwire") && !allowed(rules, i) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
			if strings.Contains(i, "slack-go") && p.ImportPath != "hanwire/bot/slack" {
				t.Errorf("%s imports %s, which only hanwire/bot/slack may", p.ImportPath, i)
			}
			if strings.Contains(i, "discordgo") && p.ImportPath != "hanwire/bot/discord" {
				t.Errorf("%s imports %s, which only hanwire/bot/discord may", p.ImportPath, i)
			}
		}
		if p.ImportPath == "hanwire/digest" || strings.HasPrefix(p.ImportPath, "hanwire/digest/") {
			for _, d := range p.Deps {
				if slices.Contains(ioPackages, d) {
					t.Errorf("%s reaches %s; digest is pure", p.ImportPath, d)
				}
			}
		}
	}
}
