package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanwire/bot"
	"hanwire/feeds"
	"hanwire/store"
	"hanwire/web"
)

// What the reading room lists, on both engines: by time, by who reads, and
// without what a workspace's own feeds brought.
func TestArchive(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		c := newClock()
		s := open(t, store.Options{DSN: newDSN(t, engine), Now: c.Now})
		ctx := t.Context()
		all, own := feedNamed("north"), feedNamed("south")
		ok(t, s.SyncFeeds(ctx, []feeds.Feed{all}))
		ok(t, s.AddFeed(ctx, bot.FeedRecord{Feed: own, ID: own.ID(), At: bot.Place{Platform: "slack", Workspace: "T1"}}))
		keep := func(f feeds.Feed, n int, story, speaker string) {
			e := entryOf(f, n)
			ok(t, s.SavePoll(ctx, f.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
			a, r := readingOf(f, e, "The ferry talks went on.")
			r.Quotes[0].Speaker, r.Quotes[0].SpeakerKey = speaker, ""
			ok(t, s.SaveReading(ctx, e.ID, a, r))
			ok(t, s.SaveGrouping(ctx, []store.Placement{{Article: a.ID, Story: story}}))
		}
		keep(all, 1, "s1", "Oh Da-rim")
		keep(all, 2, "s2", "Oh Da-rim")
		keep(own, 3, "s2", "Oh Da-rim")
		keep(own, 4, "s3", "Pell Drommen")

		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
		counts := must(s.TopicDays(ctx, []time.Time{day.AddDate(0, 0, -1), day, day.AddDate(0, 0, 1)}))(t)
		if diff := cmp.Diff([]map[string]int{{}, {"korea": 2}}, counts); diff != "" {
			t.Errorf("stories by day (-want +got):\n%s", diff)
		}

		member, other := bot.Place{Platform: "slack", Workspace: "T1"}, bot.Place{Platform: "slack", Workspace: "T2"}
		for _, x := range []struct {
			at     bot.Place
			prefix string
			want   []web.SpeakerLine
		}{
			{member, "", []web.SpeakerLine{{Name: "Oh Da-rim", Names: []string{"Oh Da-rim"}, Quotes: 3}, {Name: "Pell Drommen", Names: []string{"Pell Drommen"}, Quotes: 1}}},
			{other, "", []web.SpeakerLine{{Name: "Oh Da-rim", Names: []string{"Oh Da-rim"}, Quotes: 3}}},
			{member, "drom", []web.SpeakerLine{{Name: "Pell Drommen", Names: []string{"Pell Drommen"}, Quotes: 1}}},
			{other, "drom", nil},
		} {
			if diff := cmp.Diff(x.want, must(s.Speakers(ctx, x.at, x.prefix, 10))(t)); diff != "" {
				t.Errorf("speakers %q for %v (-want +got):\n%s", x.prefix, x.at, diff)
			}
		}
		if p := must(s.Speaker(ctx, "Oh Da-rim", other))(t); p.Quotes != 2 || len(p.Latest) != 2 || len(p.Roles) != 1 || p.Roles[0].Count != 2 {
			t.Errorf("the profile for others: %+v", p)
		}
		if p := must(s.Speaker(ctx, "Oh Da-rim", member))(t); p.Quotes != 3 {
			t.Errorf("the profile for members: %+v", p)
		}
		if _, err := s.Speaker(ctx, "Pell Drommen", other); err != bot.ErrNotFound {
			t.Errorf("a speaker of own feeds for others: %v", err)
		}

		for i, at := range []bot.Place{
			{Platform: "slack", Workspace: "T1", Channel: "C1"}, {Platform: "slack", Workspace: "T2", Channel: "C2"},
			{Platform: "slack", Workspace: "T1", Channel: "@U1"}, {Platform: "slack", Channel: "C3"},
		} {
			sub := bot.Subscription{ID: "sub" + at.Channel, At: at, Hour: "08:00", Zone: "UTC"}
			ok(t, s.SaveSubscription(ctx, sub))
			due := now.Add(time.Duration(i) * time.Hour)
			ok(t, s.SaveEdition(ctx, bot.Edition{ID: at.Channel, Subscription: sub.ID, At: at, Due: due, Made: due}, sub, nil))
			ok(t, s.DeleteSubscription(ctx, sub.ID)) // an edition outlives its subscription
		}
		list := func(by web.Reader) (ids []string) {
			for _, e := range must(s.Editions(ctx, by, now, now.Add(24*time.Hour), 10))(t) {
				ids = append(ids, e.ID)
			}
			var times []string
			for _, e := range must(s.EditionTimes(ctx, by, now, now.Add(24*time.Hour)))(t) {
				times = append([]string{e.ID}, times...)
			}
			if diff := cmp.Diff(ids, times); diff != "" {
				t.Errorf("times of editions differ from the editions:\n%s", diff)
			}
			return ids
		}
		for name, x := range map[string]struct {
			by   web.Reader
			want []string
		}{
			"operator":  {web.Reader{Everything: true}, []string{"C3", "C2", "C1"}},
			"member":    {web.Reader{At: member, User: "U1"}, []string{"C3", "@U1", "C1"}},
			"colleague": {web.Reader{At: member, User: "U2"}, []string{"C3", "C1"}},
			"other":     {web.Reader{At: other, User: "U1"}, []string{"C3", "C2"}},
			"elsewhere": {web.Reader{At: bot.Place{Platform: "discord", Workspace: "T1"}, User: "U1"}, nil},
		} {
			if diff := cmp.Diff(x.want, list(x.by)); diff != "" {
				t.Errorf("%s sees (-want +got):\n%s", name, diff)
			}
		}
		ok(t, second(s.Forget(ctx, bot.Person{Platform: "slack", Workspace: "T1", User: "U1"})))
		if got := list(web.Reader{At: member, User: "U1"}); len(got) != 2 {
			t.Errorf("after the person was forgotten: %v", got)
		}
	})
}

func second[T any](_ T, err error) error { return err }
