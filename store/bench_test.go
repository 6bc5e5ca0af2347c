package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
	"hanwire/store"
)

// onEach runs a benchmark on every engine.
func onEach(b *testing.B, f func(b *testing.B, s *store.Store, dsn string)) {
	for _, engine := range engines() {
		b.Run(engine, func(b *testing.B) {
			dsn := newDSN(b, engine)
			f(b, open(b, store.Options{DSN: dsn}), dsn)
		})
	}
}

// BenchmarkSavePoll saves polls with one new entry each, and its job.
func BenchmarkSavePoll(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store, _ string) {
		f := feedNamed("north")
		ok(b, s.SyncFeeds(b.Context(), []feeds.Feed{f}))
		n := 0
		for b.Loop() {
			n++
			ok(b, s.SavePoll(b.Context(), f.ID(), feeds.PollResult{State: feeds.State{NextPoll: now}, Entries: []feeds.Entry{entryOf(f, n)}}))
		}
	})
}

// BenchmarkNothingNew saves polls that found nothing, as most do.
func BenchmarkNothingNew(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store, _ string) {
		f := feedNamed("north")
		ok(b, s.SyncFeeds(b.Context(), []feeds.Feed{f}))
		for b.Loop() {
			ok(b, s.SavePoll(b.Context(), f.ID(), feeds.PollResult{State: feeds.State{NextPoll: now}}))
		}
	})
}

// BenchmarkSaveReading saves articles of 4 kB and groups them a hundred at a
// time. It reports the size of the database against that of the texts.
func BenchmarkSaveReading(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store, dsn string) {
		f := feedNamed("north")
		ok(b, s.SyncFeeds(b.Context(), []feeds.Feed{f}))
		n, size := 0, 0
		var places []store.Placement
		for b.Loop() {
			n++
			e := entryOf(f, n)
			ok(b, s.SavePoll(b.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
			a, r := readingOf(f, e, prose(n, 4000))
			size += len(a.Text)
			ok(b, s.SaveReading(b.Context(), e.ID, a, r))
			if places = append(places, store.Placement{Article: a.ID, Story: fmt.Sprintf("s%d", n/3)}); len(places) == 100 {
				ok(b, s.SaveGrouping(b.Context(), places))
				places = places[:0]
			}
		}
		if info, err := os.Stat(dsn); err == nil && size > 0 {
			b.ReportMetric(float64(info.Size())/float64(size), "db/text")
		}
	})
}

// prose is made-up text that does not compress better than news does.
func prose(seed, size int) string {
	words := strings.Fields("ferry island harbour talks minister said Tuesday boats agreement fuel price tariff deputy chamber vote winter storm crew council draft border rail grain reserve survey")
	var sb strings.Builder
	x := uint64(seed)*0x9e3779b97f4a7c15 + 1
	for sb.Len() < size {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		fmt.Fprintf(&sb, "%s%d ", words[x%uint64(len(words))], x>>54)
		if x%17 == 0 {
			sb.WriteString(".\n\n")
		}
	}
	return sb.String()
}

// BenchmarkDeliver takes a message through the outbox.
func BenchmarkDeliver(b *testing.B) {
	onEach(b, func(b *testing.B, s *store.Store, _ string) {
		n := 0
		for b.Loop() {
			n++
			o := post(fmt.Sprintf("m%d", n))
			ok(b, s.Enqueue(b.Context(), []bot.Outgoing{o}))
			_, _, err := s.Claim(b.Context(), o.Lane(), time.Now())
			ok(b, err)
			ok(b, s.Settle(b.Context(), o.Key, bot.Outcome{State: bot.Sent}))
		}
	})
}

// BenchmarkTick looks for what is due among many feeds of which few are: the
// cost must not grow with their number.
func BenchmarkTick(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			onEach(b, func(b *testing.B, s *store.Store, _ string) {
				many(b, s, n)
				for b.Loop() {
					ok(b, s.Tick(b.Context()))
				}
			})
		})
	}
}

// many adds n feeds, none of them due.
func many(b *testing.B, s *store.Store, n int) {
	b.Helper()
	list := make([]feeds.Feed, n)
	for i := range list {
		list[i] = feedNamed(fmt.Sprintf("outlet%06d", i))
	}
	ok(b, s.SyncFeeds(b.Context(), list))
	for _, f := range list {
		ok(b, s.SavePoll(b.Context(), f.ID(), feeds.PollResult{State: feeds.State{NextPoll: time.Now().Add(time.Hour)}}))
	}
}
