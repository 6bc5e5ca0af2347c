package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/story"
	"hanwire/feeds"
	"hanwire/store"
)

// count is how many jobs of a kind wait.
func count(t *testing.T, s *store.Store, kind string) int {
	t.Helper()
	n := 0
	for _, c := range must(s.Jobs(t.Context()))(t) {
		if c.Kind == kind && c.State == "available" {
			n += c.Count
		}
	}
	return n
}

func TestPollToStory(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		ctx := t.Context()
		north, south := feedNamed("north"), feedNamed("south")
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{north, south}))

		e1, e2, base := entryOf(north, 1), entryOf(north, 2), entryOf(north, 3)
		base.Baseline = true
		poll := feeds.PollResult{
			State:   feeds.State{NextPoll: now.Add(time.Hour), LastPoll: now, LastSuccess: now, Health: feeds.Healthy, Reason: feeds.ReasonNew},
			Entries: []feeds.Entry{e1, e2, base},
		}
		ok(t, s.SavePoll(ctx, north.ID(), poll))
		if got := count(t, s, "read"); got != 2 {
			t.Errorf("after a poll with two new entries and one old: %d read jobs, want 2", got)
		}
		ok(t, s.SavePoll(ctx, north.ID(), poll))
		if got := count(t, s, "read"); got != 2 {
			t.Errorf("after the same poll was saved again: %d read jobs, want 2", got)
		}
		renamed := e1
		renamed.Keys = append([]string{"guid-1b"}, e1.Keys...)
		poll.Entries, poll.Renamed = nil, []feeds.Entry{renamed}
		ok(t, s.SavePoll(ctx, north.ID(), poll))
		if got := count(t, s, "read"); got != 2 {
			t.Errorf("after a known entry came under another guid: %d read jobs, want 2", got)
		}
		if got := must(s.Known(ctx, north.ID(), []string{"guid-1b"}))(t)["guid-1b"].EntryID; got != e1.ID {
			t.Errorf("the other guid names %q, want %q", got, e1.ID)
		}
		rec := must(s.Feed(ctx, north.ID()))(t)
		if diff := cmp.Diff(bot.FeedRecord{Feed: north, ID: north.ID(), State: poll.State, Entries: 3}, rec); diff != "" {
			t.Errorf("feed (-want +got):\n%s", diff)
		}
		known := must(s.Known(ctx, north.ID(), []string{"guid-1", "guid-9", e2.Link}))(t)
		want := map[string]feeds.Seen{"guid-1": {EntryID: e1.ID, Fingerprint: "print-1"}, e2.Link: {EntryID: e2.ID, Fingerprint: "print-2"}}
		if diff := cmp.Diff(want, known); diff != "" {
			t.Errorf("known (-want +got):\n%s", diff)
		}
		if len(must(s.Known(ctx, south.ID(), []string{"guid-1"}))(t)) != 0 {
			t.Error("a key of one feed is known in another")
		}
		e, f, err := s.Entry(ctx, e1.ID)
		ok(t, err)
		if diff := cmp.Diff(e1, e); diff != "" || f != north {
			t.Errorf("entry (-want +got):\n%s\nfeed %+v", diff, f)
		}

		// An entry that changed is read again; one from before the feed was
		// known is not.
		e2.Fingerprint, e2.Title, e2.Update = "print-2b", "Ferry talks end", true
		base.Fingerprint, base.Baseline, base.Update = "print-3b", false, true
		poll.Entries = []feeds.Entry{e2, base}
		ok(t, s.SavePoll(ctx, north.ID(), poll))
		if got := count(t, s, "read"); got != 3 {
			t.Errorf("after an update: %d read jobs, want 3", got)
		}

		a1, r1 := readingOf(north, e1, "The talks on the ferry to Sora island went on.")
		a2, r2 := readingOf(north, e2, "The talks on the ferry to Sora island ended.")
		ok(t, s.SaveReading(ctx, e1.ID, a1, r1))
		ok(t, s.SaveReading(ctx, e2.ID, a2, r2))
		ungrouped := must(s.Ungrouped(ctx))(t)
		if diff := cmp.Diff([]story.Item{r1.Features, r2.Features}, ungrouped, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("ungrouped (-want +got):\n%s", diff)
		}

		ok(t, s.SaveGrouping(ctx, []store.Placement{{Article: a1.ID, Story: "s1"}, {Article: a2.ID, Story: "s2"}}))
		if got := count(t, s, "alerts"); got != 1 {
			t.Errorf("after grouping: %d alerts jobs, want 1", got)
		}
		placed := must(s.Grouped(ctx, 0, time.Time{}))(t)
		if diff := cmp.Diff([]store.Placed{{Seq: 1, Article: a1.ID, Story: "s1", Features: r1.Features}, {Seq: 1, Article: a2.ID, Story: "s2", Features: r2.Features}}, placed, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("grouped (-want +got):\n%s", diff)
		}

		// A third article joins the two stories.
		e3 := entryOf(south, 1)
		ok(t, s.SavePoll(ctx, south.ID(), feeds.PollResult{State: poll.State, Entries: []feeds.Entry{e3}}))
		a3, r3 := readingOf(south, e3, "Both sides of the ferry talks spoke.")
		ok(t, s.SaveReading(ctx, e3.ID, a3, r3))
		c.advance(time.Hour)
		ok(t, s.SaveGrouping(ctx, []store.Placement{{Article: a3.ID, Story: "s1", Merged: []string{"s2"}}}))
		moved := must(s.Grouped(ctx, 1, time.Time{}))(t)
		if len(moved) != 2 || moved[0].Seq != 2 || moved[0].Story != "s1" || moved[1].Story != "s1" {
			t.Errorf("grouped since 1: %+v, want the new and the merged article in s1", moved)
		}
		// The same instant, two outlets: the order is that of the IDs.
		inOrder := []digest.Reading{r1, r3, r2}
		slices.SortFunc(inOrder, func(a, b digest.Reading) int {
			if d := a.Published.Compare(b.Published); d != 0 {
				return d
			}
			if a.ID < b.ID {
				return -1
			}
			return 1
		})
		for _, f := range []bot.StoryFilter{{IDs: []string{"s1"}}, {IDs: []string{"s2"}}, {Relevant: true, Limit: 3},
			{Changed: [2]time.Time{now.Add(30 * time.Minute), now.Add(2 * time.Hour)}}, {Changed: [2]time.Time{now, now.Add(time.Minute)}}} {
			got := must(s.Stories(ctx, f))(t)
			if diff := cmp.Diff([]bot.StoryRecord{{ID: "s1", Readings: inOrder}}, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("stories %+v (-want +got):\n%s", f, diff)
			}
		}
		for _, f := range []bot.StoryFilter{{IDs: []string{}}, {IDs: []string{"s9"}}, {Changed: [2]time.Time{now.Add(2 * time.Hour), {}}}} {
			if got := must(s.Stories(ctx, f))(t); len(got) != 0 {
				t.Errorf("stories %+v: %d, want none", f, len(got))
			}
		}
		of := must(s.ReadingsOf(ctx, []string{a2.ID, "unknown"}))(t)
		if len(of) != 1 || of[a2.ID].ID != "s1" {
			t.Errorf("readings of %s: %v, want s1", a2.ID, of)
		}
		var seen []string
		ok(t, s.Readings(ctx, now, func(id string, r digest.Reading) bool { seen = append(seen, id+" "+r.ID); return true }))
		if want := []string{"s1 " + inOrder[0].ID, "s1 " + inOrder[1].ID, "s1 " + inOrder[2].ID}; !slices.Equal(seen, want) {
			t.Errorf("readings: %q, want %q", seen, want)
		}
	})
}

func TestArticleChanges(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		ctx := t.Context()
		f := feedNamed("north")
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{f}))
		e := entryOf(f, 1)
		ok(t, s.SavePoll(ctx, f.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
		a, r := readingOf(f, e, "Twelve boats took part.")
		ok(t, s.SaveReading(ctx, e.ID, a, r))
		ok(t, s.SaveGrouping(ctx, []store.Placement{{Article: a.ID, Story: "s1"}}))

		ok(t, s.SaveReading(ctx, e.ID, a, r))
		if got := count(t, s, "updated"); got != 0 {
			t.Errorf("the same words again: %d updated jobs, want none", got)
		}
		a2, r2 := readingOf(f, e, "Fourteen boats took part.")
		ok(t, s.SaveReading(ctx, e.ID, a2, r2))
		if got := count(t, s, "updated"); got != 1 {
			t.Errorf("other words: %d updated jobs, want 1", got)
		}
		a3, r3 := a2, r2
		a3.Text, a3.Access, r3.Text, r3.Quotes = "", feeds.NoText, "", nil
		ok(t, s.SaveReading(ctx, e.ID, a3, r3))
		got := must(s.Stories(ctx, bot.StoryFilter{IDs: []string{"s1"}}))(t)
		if diff := cmp.Diff([]bot.StoryRecord{{ID: "s1", Readings: []digest.Reading{r2}}}, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after a change and a reading without text (-want +got):\n%s", diff)
		}
		versions := must(s.Versions(ctx, a.ID))(t)
		r.Features = story.Item{}
		if diff := cmp.Diff([]digest.Reading{r}, versions, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("versions (-want +got):\n%s", diff)
		}
		if n := len(must(s.Ungrouped(ctx))(t)); n != 0 {
			t.Errorf("%d articles to group after a change, want none", n)
		}
	})
}

func TestWhoSeesAFeed(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: newClock().Now})
		ctx := t.Context()
		own, theirs := feedNamed("north"), feedNamed("south")
		one, two := bot.Place{Platform: "slack", Workspace: "T1"}, bot.Place{Platform: "slack", Workspace: "T2"}
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{own}))
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: theirs, At: one}))
		if err := s.AddFeed(ctx, bot.FeedRecord{Feed: theirs, At: one}); !errors.Is(err, bot.ErrDone) {
			t.Errorf("a feed added twice: %v, want ErrDone", err)
		}
		if err := s.AddFeed(ctx, bot.FeedRecord{Feed: own, At: two}); !errors.Is(err, bot.ErrDone) {
			t.Errorf("the operator's feed added: %v, want ErrDone", err)
		}
		ids := func(at bot.Place) []string {
			var ids []string
			for _, f := range must(s.Feeds(ctx, at))(t) {
				ids = append(ids, f.ID)
			}
			return ids
		}
		private := theirs.ID() + "@slack/T1"
		for _, tt := range []struct {
			at   bot.Place
			want []string
		}{{one, []string{own.ID(), private}}, {two, []string{own.ID()}}, {bot.Place{}, []string{own.ID(), private}}} {
			if got := ids(tt.at); !slices.Equal(got, tt.want) {
				t.Errorf("feeds of %+v: %q, want %q", tt.at, got, tt.want)
			}
		}

		// What only one workspace's feed carried is seen there alone, until a
		// feed of everybody's carries it too.
		e := entryOf(theirs, 1)
		ok(t, s.SavePoll(ctx, theirs.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
		a, r := readingOf(theirs, e, "A closed briefing.")
		ok(t, s.SaveReading(ctx, e.ID, a, r))
		ok(t, s.SaveGrouping(ctx, []store.Placement{{Article: a.ID, Story: "s1"}}))
		got := must(s.Stories(ctx, bot.StoryFilter{IDs: []string{"s1"}}))(t)
		if diff := cmp.Diff(map[string][]bot.Place{a.ID: {one}}, got[0].Private); diff != "" {
			t.Errorf("private (-want +got):\n%s", diff)
		}
		open := entryOf(own, 7)
		ok(t, s.SavePoll(ctx, own.ID(), feeds.PollResult{Entries: []feeds.Entry{open}}))
		ok(t, s.SaveReading(ctx, open.ID, a, r))
		if got := must(s.Stories(ctx, bot.StoryFilter{IDs: []string{"s1"}}))(t); got[0].Private != nil {
			t.Errorf("private %v, want none: everybody's feed carries it", got[0].Private)
		}

		ok(t, s.RemoveFeed(ctx, private))
		if err := s.RemoveFeed(ctx, private); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("removed twice: %v, want ErrNotFound", err)
		}
		if _, err := s.Feed(ctx, theirs.ID()); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a feed that nobody sees: %v, want ErrNotFound", err)
		}
		ok(t, s.SyncFeeds(ctx, nil))
		if got := ids(bot.Place{}); len(got) != 0 {
			t.Errorf("feeds %q after all were taken out of the configuration", got)
		}
		// What somebody has added on the command line is no matter of the configuration.
		added := feedNamed("added")
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: added, ID: added.ID()}))
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{own}))
		ok(t, s.SyncFeeds(ctx, nil))
		if got := ids(bot.Place{}); !slices.Equal(got, []string{added.ID()}) {
			t.Errorf("feeds %q, want the one that was added", got)
		}
	})
}

// TestAddedByHand has the operator add a feed by a command: a start with another
// configuration does not take it away, and removing it does.
func TestAddedByHand(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: newClock().Now})
		ctx := t.Context()
		listed, added := feedNamed("listed"), feedNamed("added")
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{listed}))
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: added}))
		ok(t, s.SyncFeeds(ctx, nil))
		if got := must(s.Feeds(ctx, bot.Place{}))(t); len(got) != 1 || got[0].Feed != added {
			t.Fatalf("feeds %v, want the one added by hand", got)
		}
		ok(t, s.RemoveFeed(ctx, added.ID()))
		ok(t, s.SyncFeeds(ctx, nil))
		if got := must(s.Feeds(ctx, bot.Place{}))(t); len(got) != 0 {
			t.Errorf("feeds %v after it was removed", got)
		}
	})
}

// TestMergeFeed has one feed move to where another is polled: nobody loses a
// feed, no entry comes twice, and the operator's list does not part them again.
func TestMergeFeed(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: newClock().Now})
		ctx := t.Context()
		old, now1 := feedNamed("old"), feedNamed("new")
		away, home := bot.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}, bot.Place{Platform: "slack", Workspace: "T2", Channel: "C2"}
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{old}))
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: feeds.Feed{URL: now1.URL, Outlet: "what a workspace called it"}, At: away}))
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: feeds.Feed{URL: feedNamed("third").URL}, At: home}))
		known := entryOf(old, 1)
		st := feeds.State{NextPoll: now.Add(time.Hour), LastSuccess: now, MovedTo: now1.URL}
		ok(t, s.SavePoll(ctx, old.ID(), feeds.PollResult{State: st, Entries: []feeds.Entry{known}}))

		if must(s.MergeFeed(ctx, old.ID(), feedNamed("nowhere").ID()))(t) {
			t.Error("merged with a feed that nobody polls")
		}
		if !must(s.MergeFeed(ctx, old.ID(), now1.ID()))(t) {
			t.Error("not merged")
		}
		if must(s.MergeFeed(ctx, now1.ID(), old.ID()))(t) {
			t.Error("merged back with a feed that is no longer polled")
		}
		for range 2 { // and after a restart with the same configuration
			if _, err := s.Feed(ctx, old.ID()); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("the old feed is still polled: %v", err)
			}
			rec := must(s.Feed(ctx, now1.ID()))(t)
			if rec.Feed.URL != now1.URL || rec.Feed.Outlet != old.Outlet {
				t.Errorf("feed %+v, want the new address and the operator's name %q", rec.Feed, old.Outlet)
			}
			for _, at := range []bot.Place{away, home} {
				if !slices.ContainsFunc(must(s.Feeds(ctx, at))(t), func(r bot.FeedRecord) bool { return r.Feed.URL == now1.URL }) {
					t.Errorf("%s does not see the feed", at.Workspace)
				}
			}
			if got := must(s.Known(ctx, now1.ID(), known.Keys))(t)[known.Keys[0]].EntryID; got != known.ID {
				t.Errorf("the new feed knows %q under the old one's key, want %q", got, known.ID)
			}
			ok(t, s.SyncFeeds(ctx, []feeds.Feed{old}))
		}
		ok(t, s.SyncFeeds(ctx, nil))
		if got := must(s.Feeds(ctx, home))(t); len(got) != 1 {
			t.Errorf("after the operator took the feed out: %d feeds for another workspace, want 1", len(got))
		}
		if got := must(s.Feeds(ctx, away))(t); len(got) != 1 || got[0].Feed.URL != now1.URL {
			t.Errorf("the workspace that added it itself sees %v", got)
		}
	})
}

func TestHosts(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		dsn := newDSN(t, engine)
		h := open(t, store.Options{DSN: dsn}).Hosts()
		other := open(t, store.Options{DSN: dsn, Beside: true}).Hosts() // of another worker
		ctx := t.Context()
		release, wait, err := h.Acquire(ctx, "north.example", now)
		ok(t, err)
		if release == nil {
			t.Fatalf("first turn refused, wait %s", wait)
		}
		if r, wait, err := h.Acquire(ctx, "north.example", now); r != nil || wait <= 0 || err != nil {
			t.Errorf("second turn at once: given %t, wait %s, %v; want a wait", r != nil, wait, err)
		}
		if r, wait, err := other.Acquire(ctx, "north.example", now); r != nil || wait <= 0 || err != nil {
			t.Errorf("another worker's turn at once: given %t, wait %s, %v; want a wait", r != nil, wait, err)
		}
		if r, _, err := h.Acquire(ctx, "south.example", now); r == nil || err != nil {
			t.Errorf("turn at another host refused: %v", err)
		}
		release(now.Add(2 * time.Second))
		if r, wait, err := h.Acquire(ctx, "north.example", now.Add(500*time.Millisecond)); r != nil || wait != 1500*time.Millisecond || err != nil {
			t.Errorf("turn before its time: given %t, wait %s, %v; want 1.5s", r != nil, wait, err)
		}
		r, _, err := h.Acquire(ctx, "north.example", now.Add(2*time.Second))
		if r == nil || err != nil {
			t.Fatalf("turn at its time refused: %v", err)
		}
		// Its holder dies.
		r2, _, err := other.Acquire(ctx, "north.example", now.Add(2*time.Minute))
		if r2 == nil || err != nil {
			t.Fatalf("turn of a dead holder not taken over: %v", err)
		}
		r(now.Add(3 * time.Minute)) // not dead after all
		if r, _, err := h.Acquire(ctx, "north.example", now.Add(2*time.Minute)); r != nil || err != nil {
			t.Errorf("a late release freed another's turn: %v", err)
		}
	})
}

// TestTroubled counts the feeds that a workspace sees and lists those of them
// that are ill.
func TestTroubled(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine)})
		ctx := t.Context()
		health := map[string]feeds.Health{"north": feeds.Healthy, "south": feeds.Failing, "east": feeds.Quiet, "west": ""}
		var list []feeds.Feed
		for name := range health {
			list = append(list, feedNamed(name))
		}
		ok(t, s.SyncFeeds(ctx, list))
		own := feedNamed("own")
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: own, At: channel}))
		health["own"] = feeds.Gone
		for name, h := range health {
			ok(t, s.SavePoll(ctx, feedNamed(name).ID(), feeds.PollResult{State: feeds.State{Health: h}}))
		}
		elsewhere := channel
		elsewhere.Workspace = "T2"
		for _, tt := range []struct {
			at   bot.Place
			want string
			all  int
		}{{channel, "East Own South", 5}, {elsewhere, "East South", 4}, {bot.Place{}, "East Own South", 5}} {
			got, all, err := s.Troubled(ctx, tt.at)
			ok(t, err)
			var names []string
			for _, f := range got {
				names = append(names, f.Feed.Outlet)
			}
			if strings.Join(names, " ") != tt.want || all != tt.all {
				t.Errorf("at %+v: %v of %d, want %s of %d", tt.at, names, all, tt.want, tt.all)
			}
		}
		if got := must(s.Totals(ctx))(t).Feeds; got["new"] != 1 || got["healthy"] != 1 || got["gone"] != 1 {
			t.Errorf("totals: %v", got)
		}
		// A feed that nobody sees is neither polled nor counted.
		ok(t, s.RemoveFeed(ctx, own.ID()+"@"+channel.Platform+"/"+channel.Workspace))
		if got, all, err := s.Troubled(ctx, channel); len(got) != 2 || all != 4 || err != nil {
			t.Errorf("after removing one: %d of %d, %v", len(got), all, err)
		}
	})
}
