package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hanwire/bot"
	"hanwire/digest/query"
	"hanwire/feeds"
	"hanwire/store"
)

// fill puts something of every kind into a database: n articles in n/2
// stories, of which one was merged, and work that is still to be done.
func fill(t testing.TB, s *store.Store, n int) {
	t.Helper()
	ctx := t.Context()
	f := feedNamed("north")
	ok(t, s.SyncFeeds(ctx, []feeds.Feed{f}))
	ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: feedNamed("south"), At: channel, AddedBy: person}))
	var entries []feeds.Entry
	for i := range n + 1 {
		entries = append(entries, entryOf(f, i))
	}
	ok(t, s.SavePoll(ctx, f.ID(), feeds.PollResult{State: feeds.State{NextPoll: now.Add(time.Hour), Health: feeds.Healthy, LastPoll: now, Detail: "caf\u00e9 \x00"}, Entries: entries}))
	var places []store.Placement
	for i, e := range entries[:n] { // the last one waits
		a, r := readingOf(f, e, fmt.Sprintf("Talks, day %d, 회담 会谈.", i))
		ok(t, s.SaveReading(ctx, e.ID, a, r))
		places = append(places, store.Placement{Article: a.ID, Story: fmt.Sprintf("s%d", i/2)})
	}
	places[n-1].Merged = []string{"s0"}
	ok(t, s.SaveGrouping(ctx, places))
	a, r := readingOf(f, entries[0], "Other words.")
	ok(t, s.SaveReading(ctx, entries[0].ID, a, r))
	sub := bot.Subscription{ID: "sub1", At: channel, By: person, Next: now}
	ok(t, s.SaveSubscription(ctx, sub))
	sub.Number = 1
	ok(t, s.SaveEdition(ctx, bot.Edition{ID: "sub1/1", Subscription: "sub1", Number: 1, Due: now, Made: now, Stories: []string{"s1"}}, sub,
		[]bot.Outgoing{post("sub1/1"), reply("sub1/1/1", "sub1/1")}))
	_, _, err := s.Claim(ctx, post("").Lane(), now)
	ok(t, err)
	ok(t, s.Settle(ctx, "sub1/1", bot.Outcome{State: bot.Sent, Receipt: bot.Receipt{Message: "17.1"}}))
	ok(t, s.SaveAlert(ctx, bot.Alert{ID: "al1", Owner: person, Query: "talks"}, nil))
	ok(t, s.SaveHits(ctx, []bot.Hit{{Alert: "al1", Story: "s1", Article: "a1", At: now, Held: true}}, nil))
	ok(t, s.SaveSettings(ctx, bot.Settings{Person: person, Zone: "Asia/Seoul"}))
	ok(t, s.MuteStory(ctx, channel, "s2"))
	must(s.Seen(ctx, "cmd1"))(t)
}

// same compares what two databases answer.
func same(t *testing.T, a, b *store.Store) {
	t.Helper()
	ctx := t.Context()
	look := func(s *store.Store) []any {
		counts := map[string]int{}
		for _, c := range must(s.Jobs(ctx))(t) {
			if c.State != "completed" {
				counts[c.Kind] += c.Count
			}
		}
		messages := must(s.Outbox(ctx))(t)
		return []any{
			must(s.Feeds(ctx, bot.Place{}))(t), must(s.Stories(ctx, bot.StoryFilter{}))(t), must(s.Stories(ctx, bot.StoryFilter{IDs: []string{"s0"}}))(t),
			must(s.Grouped(ctx, 0, time.Time{}))(t), must(s.Subscriptions(ctx, bot.Place{}))(t), must(s.LastEditions(ctx, "sub1", 9))(t),
			must(s.EditionsWith(ctx, "s1", time.Time{}))(t), must(s.AllAlerts(ctx))(t), must(s.HeldHits(ctx, "al1"))(t), must(s.Settings(ctx, person))(t),
			must(s.Muted(ctx, channel))(t), messages, counts, must(s.AlertsVersion(ctx))(t), must(s.Why(ctx, entryOf(feedNamed("north"), 3).Link))(t),
		}
	}
	if diff := cmp.Diff(look(a), look(b), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what the two databases answer differs (-first +second):\n%s", diff)
	}
}

func TestBackup(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		fill(t, s, 20)
		path := filepath.Join(t.TempDir(), "backup.db")
		ok(t, s.Backup(t.Context(), path))
		if err := s.Backup(t.Context(), path); err == nil {
			t.Error("a backup was written over")
		}
		b := open(t, store.Options{DSN: path, Now: c.Now})
		same(t, s, b)
		if faults := b.Check(t.Context()); len(faults) > 0 {
			t.Errorf("check of the backup: %q", faults)
		}
		// The message that waited is still to be sent, after the one that was.
		o, found, err := b.Claim(t.Context(), post("").Lane(), now)
		if err != nil || !found || o.Key != "sub1/1/1" || o.Parent != "17.1" {
			t.Errorf("claimed %q after %q, %v; want the answer that waits", o.Key, o.Parent, err)
		}
	})
}

func TestCopy(t *testing.T) {
	for _, from := range engines() {
		each(t, func(t *testing.T, to string) {
			c := newClock()
			a := open(t, store.Options{DSN: newDSN(t, from), Now: c.Now})
			b := open(t, store.Options{DSN: newDSN(t, to), Now: c.Now})
			fill(t, a, 20)
			counts := map[string]int{}
			for _, n := range must(store.Copy(t.Context(), a, b))(t) {
				counts[n.Table] = n.Rows
			}
			if counts["articles"] != 20 || counts["entries"] != 21 || counts["outbox"] != 2 || counts["jobs"] == 0 {
				t.Errorf("from %s: copied %v, want 20 articles, 21 entries, 2 messages and jobs", from, counts)
			}
			same(t, a, b)
			if _, err := store.Copy(t.Context(), a, b); err == nil {
				t.Error("copied over what was there")
			}
			// Numbers go on.
			ok(t, b.Enqueue(t.Context(), []bot.Outgoing{post("new")}))
			for _, want := range []string{"sub1/1/1", "new"} {
				o, _, err := b.Claim(t.Context(), post("").Lane(), now)
				ok(t, err)
				if o.Key != want {
					t.Errorf("from %s: claimed %q, want %q", from, o.Key, want)
				}
				ok(t, b.Settle(t.Context(), o.Key, bot.Outcome{State: bot.Sent}))
			}
		})
	}
}

func TestPrune(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		ctx := t.Context()
		fill(t, s, 500)
		if counts := must(s.Prune(ctx, store.Retention{}))(t); counts["articles"]+counts["entries"]+counts["messages"] != 0 {
			t.Errorf("pruned %v without a retention", counts)
		}
		c.advance(48 * time.Hour)
		counts := must(s.Prune(ctx, store.Retention{Articles: 24 * time.Hour, Messages: 24 * time.Hour, Editions: 24 * time.Hour}))(t)
		want := map[string]int{"articles": 500, "texts": 0, "stories": 249, "entries": 500, "messages": 1, "editions": 0, "hits": 0, "feeds": 0}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("pruned (-want +got):\n%s", diff)
		}
		if faults := s.Check(ctx); len(faults) > 0 {
			t.Errorf("check: %q", faults)
		}
		// What was pruned does not come back.
		known := must(s.Known(ctx, feedNamed("north").ID(), []string{"guid-7"}))(t)
		if !known["guid-7"].Deleted {
			t.Errorf("a pruned entry is known as %+v, want a tombstone", known["guid-7"])
		}
		if n := len(must(s.LastEditions(ctx, "sub1", 1))(t)); n != 1 {
			t.Error("the last edition was pruned")
		}
	})
}

// When the text of an article is dropped, what was said, by whom and in which
// role stays, and is found, as are headline, link and story.
func TestPruneTexts(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		ctx := t.Context()
		newsday(t, s)
		retention := store.Retention{Texts: 30 * 24 * time.Hour}
		if counts := must(s.Prune(ctx, retention))(t); counts["texts"] != 0 {
			t.Errorf("dropped %v at once", counts)
		}
		said := func() (list []bot.QuoteRecord) {
			list, _, err := s.SearchQuotes(ctx, query.Query{}, bot.Page{})
			ok(t, err)
			for i := range list {
				// The link leads to the words themselves, whatever was around them.
				list[i].URL, _, _ = strings.Cut(list[i].URL, "#")
			}
			return list
		}
		before, profile := said(), must(s.Speaker(ctx, "왕이", bot.Place{}))(t)
		c.advance(31 * 24 * time.Hour)
		if counts := must(s.Prune(ctx, retention))(t); counts["texts"] != 4 || counts["articles"] != 0 {
			t.Errorf("dropped %v, want the texts of 4 articles", counts)
		}
		if diff := cmp.Diff(before, said()); diff != "" {
			t.Errorf("quotes (-before +after):\n%s", diff)
		}
		after := must(s.Speaker(ctx, "왕이", bot.Place{}))(t)
		profile.Latest, after.Latest = nil, nil
		if diff := cmp.Diff(profile, after); diff != "" {
			t.Errorf("profile (-before +after):\n%s", diff)
		}
		for text, want := range map[string]int{"ferry": 1, "port": 1, "boats": 0, "tariff": 1, `speaker:"foreign minister"`: 1, "outlet:harbour": 2, "관세": 1} {
			if _, n, err := s.SearchStories(ctx, must(query.Parse(text))(t), bot.Page{}); err != nil || n != want {
				t.Errorf("%s: %d stories, want %d, %v", text, n, want, err)
			}
		}
		for _, story := range must(s.Stories(ctx, bot.StoryFilter{IDs: []string{"s1"}}))(t) {
			for _, r := range story.Readings {
				if r.Access != "quotes only" || strings.Contains(r.Text, "The port") || r.Title == "" || len(r.Sentences)+len(r.Summary) > 0 {
					t.Errorf("left of %s: %+v", r.ID, r)
				}
				for _, q := range r.Quotes {
					if words := r.Text[q.Start:q.End]; !slices.ContainsFunc(before, func(b bot.QuoteRecord) bool { return b.Article == r.ID && b.Text == words }) {
						t.Errorf("quote of %s: %q", r.ID, words)
					}
				}
			}
		}
		// What was dropped does not come back, nor is it news.
		f := feedNamed("wire")
		e := entryOf(f, 0)
		a, r := readingOf(f, e, "The ferry runs again, once more.")
		a.ID, r.ID = "a0", "a0"
		ok(t, s.SaveReading(ctx, e.ID, a, r))
		if diff := cmp.Diff(before, said()); diff != "" {
			t.Errorf("quotes after the article was read again (-before +after):\n%s", diff)
		}
		if counts := must(s.Prune(ctx, retention))(t); counts["texts"] != 0 {
			t.Errorf("dropped again: %v", counts)
		}
		if faults := s.Check(ctx); len(faults) > 0 {
			t.Errorf("check: %q", faults)
		}
	})
}

func TestTwoProcesses(t *testing.T) {
	dsn := newDSN(t, "sqlite")
	s := open(t, store.Options{DSN: dsn})
	_, err := store.Open(t.Context(), store.Options{DSN: dsn})
	e, is := errors.AsType[*store.InUseError](err)
	if !is || e.PID != os.Getpid() || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("a second worker on a file: %v, want an InUseError with this process", err)
	}
	fill(t, s, 4)
	beside := open(t, store.Options{DSN: dsn, Beside: true})
	same(t, s, beside)
	ok(t, beside.Backup(t.Context(), filepath.Join(t.TempDir(), "backup.db")))
}

// TestBadFiles opens what is no database of ours: a clear error, and the file
// stays as it is.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.db")
	s := must(store.Open(t.Context(), store.Options{DSN: good}))(t)
	fill(t, s, 50)
	ok(t, s.Close())
	data := must(os.ReadFile(good))(t)
	damaged := append([]byte(nil), data...)
	for i := range 4096 * 8 {
		damaged[4096+i] ^= 0x5a
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		ok(t, os.WriteFile(path, data, 0o600))
		return path
	}
	for _, tt := range []struct {
		name, dsn string
		o         store.Options
		want      string
	}{
		{name: "text", dsn: write("text.db", []byte(strings.Repeat("not a database ", 500))), want: "damaged or no Hanwire database"},
		{name: "damaged", dsn: write("damaged.db", damaged), want: "damaged"},
		{name: "cut off", dsn: write("cut.db", data[:len(data)/2]), want: "damaged"},
		{name: "folder", dsn: dir, want: "cannot be opened"},
		{name: "no folder", dsn: filepath.Join(dir, "none", "x.db"), want: "folder cannot be written to"},
		{name: "missing beside", dsn: filepath.Join(dir, "none.db"), o: store.Options{Beside: true}, want: "no such file yet"},
		{name: "empty beside", dsn: write("empty.db", nil), o: store.Options{Beside: true}, want: "no Hanwire tables"},
		{name: "no DSN", want: "no path"},
		{name: "no server", dsn: "postgres://hanwire:hunter2@127.0.0.1:1/hanwire", want: "cannot be reached"},
		{name: "bad URL", dsn: "postgres://hanwire:hunter2@127.0.0.1:port/hanwire", want: "should look like postgres://"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, _ := os.ReadFile(tt.dsn)
			tt.o.DSN = tt.dsn
			s, err := store.Open(t.Context(), tt.o)
			if err == nil {
				ok(t, s.Close())
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("open %s: %v, want an error that says %q and no password", tt.dsn, err, tt.want)
			}
			if after, _ := os.ReadFile(tt.dsn); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestNewerTables opens a database that a later version has migrated.
func TestNewerTables(t *testing.T) {
	dsn := newDSN(t, "sqlite")
	s := must(store.Open(t.Context(), store.Options{DSN: dsn}))(t)
	status := must(s.MigrateStatus(t.Context()))(t)
	for _, m := range status {
		if !m.Applied {
			t.Errorf("migration %d is not applied after Open", m.Version)
		}
	}
	ok(t, s.Close())
	execSQLite(t, dsn, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	for _, beside := range []bool{false, true} {
		_, err := store.Open(t.Context(), store.Options{DSN: dsn, Beside: beside})
		if e, is := errors.AsType[*store.SchemaError](err); !is || e.Have != 99999 {
			t.Errorf("beside %t: %v, want a SchemaError", beside, err)
		}
	}
}

// TestLocked has another program lock the file while a transaction waits.
func TestLocked(t *testing.T) {
	dsn := newDSN(t, "sqlite")
	s := open(t, store.Options{DSN: dsn})
	release := lockSQLite(t, dsn)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.SaveSettings(ctx, bot.Settings{Person: person}); err == nil {
		t.Error("saved while another program holds the lock")
	}
	release()
	ok(t, s.SaveSettings(t.Context(), bot.Settings{Person: person, Zone: "Asia/Seoul"}))
}

func TestWhy(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: newClock().Now})
		fill(t, s, 20)
		f := feedNamed("north")
		for _, tt := range []struct {
			what, url string
			want      []string
		}{
			{"told", entryOf(f, 3).Link + "?utm_source=rss", []string{"feed true", "poll true", "entry true", "read true", "relevance true", "story true", "edition true", "delivery true", "delivery false"}},
			{"not told", entryOf(f, 9).Link, []string{"feed true", "poll true", "entry true", "read true", "relevance true", "story true", "edition false"}},
			{"waiting", entryOf(f, 20).Link, []string{"feed true", "poll true", "entry true", "read false"}},
			{"unknown", "https://north.example/other", nil},
		} {
			var got []string
			for _, step := range must(s.Why(t.Context(), tt.url))(t) {
				got = append(got, fmt.Sprint(step.Stage, " ", step.Passed))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("why %s, %s (-want +got):\n%s", tt.what, tt.url, diff)
			}
		}
	})
}
