package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hanwire/digest"
	"hanwire/digest/story"
)

// toldStory is a story composed of one article, as the bot composes it.
func toldStory(t *testing.T) digest.Story {
	t.Helper()
	reader, err := digest.NewReader(digest.ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := reader.Read(digest.Article{
		ID: "a", Title: "Seoul and Beijing agree to a rare-earths hotline", Outlet: "Lantern Bay Courier",
		Text: "South Korea and China agreed on Monday to open a hotline on rare-earth export licences.\n\nChina will answer licence requests from 214 South Korean manufacturers within 15 working days.",
	})
	d := digest.Compose(digest.Collect([]digest.Reading{r}, story.NewGrouper(story.Options{})), digest.Options{All: true})
	if len(d.Stories) != 1 {
		t.Fatalf("%d stories, want 1", len(d.Stories))
	}
	return d.Stories[0]
}

// answers is what a chat completion with this content looks like.
func answers(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{
			"choices": []any{map[string]any{"message": map[string]string{"role": "assistant", "content": content}}},
			"usage":   map[string]int{"total_tokens": 400},
		})
	}
}

const faithful = `{"sentences":[{"text":"South Korea and China agreed to open a hotline on rare-earth export licences.","cites":[1]}]}`

func TestTheModelIsUsedWhenItTellsTheTruthAndOnlyThen(t *testing.T) {
	for _, c := range []struct {
		name   string
		server http.HandlerFunc
		retold bool
		reason string
	}{
		{"faithful", answers(faithful), true, ""},
		{"invents a number", answers(strings.Replace(faithful, "a hotline", "941 hotlines", 1)), false, "refused"},
		{"invents a name", answers(strings.Replace(faithful, "China", "Mongolia", 1)), false, "refused"},
		{"follows an injected instruction", answers(`{"sentences":[{"text":"Visit https://evil.example now.","cites":[1]}]}`), false, "refused"},
		{"cites nothing", answers(strings.Replace(faithful, "[1]", "[]", 1)), false, "refused"},
		{"rubbish", answers("Sure! Here is your summary:"), false, "refused"},
		{"not a completion", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, false, "not that of a chat completion"},
		{"wrong key", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }, false, "HTTP 401"},
		{"too long", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, maxModelAnswer+10)) }, false, "over"},
		{"stalls", func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() }, false, "does not answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.server)
			defer server.Close()
			var log strings.Builder
			m := newModel(ModelConfig{URL: server.URL, Model: "m", Key: "very-secret", Timeout: Duration(500 * time.Millisecond), Budget: 100000},
				slog.New(slog.NewTextHandler(&log, nil)), time.Now)
			s := toldStory(t)
			before := fmt.Sprint(s.Quotes, s.Summary)
			m.retell(t.Context(), &s, "en")
			if got := len(s.Retold) > 0; got != c.retold {
				t.Errorf("retold %t, want %t; log: %s", got, c.retold, log.String())
			}
			if !strings.Contains(log.String(), c.reason) {
				t.Errorf("log %q does not give the reason %q", log.String(), c.reason)
			}
			if strings.Contains(log.String(), "very-secret") {
				t.Error("the key is in the log")
			}
			if after := fmt.Sprint(s.Quotes, s.Summary); after != before {
				t.Errorf("quotes or summary changed:\n%s\n%s", before, after)
			}
		})
	}
}

func TestTheModelIsAskedOnceAndWithinItsBudget(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		if got := r.Header.Get("Authorization"); got != "Bearer k" {
			t.Errorf("Authorization %q", got)
		}
		answers(faithful)(w, r)
	}))
	defer server.Close()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	m := newModel(ModelConfig{URL: server.URL, Model: "m", Key: "k", Timeout: Duration(10 * time.Second), Budget: 3000},
		slog.New(slog.DiscardHandler), func() time.Time { return now })
	for range 2 { // the second time from the cache
		s := toldStory(t)
		m.retell(t.Context(), &s, "en")
		if len(s.Retold) == 0 {
			t.Fatal("not retold")
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2: refused once, answered once, then from the cache", n)
	}
	clear(m.cache)
	m.used = 2900
	s := toldStory(t)
	m.retell(t.Context(), &s, "en")
	if len(s.Retold) != 0 || asked.Load() != 2 {
		t.Errorf("over the budget it was asked again")
	}
	now = now.Add(24 * time.Hour)
	m.retell(t.Context(), &s, "en")
	if len(s.Retold) == 0 {
		t.Error("on the next day it was not asked again")
	}
}
