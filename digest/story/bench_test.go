package story_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"hanwire/digest/story"
)

// stream is n made-up articles in order of time, 3,333 to a day and about three
// to an event. Events draw their words from one vocabulary, so that they
// resemble each other as those of a real day do.
func stream(n int, seed uint64) []story.Item {
	r := rand.New(rand.NewPCG(seed, 42))
	var items []story.Item
	for event := 0; len(items) < n; event++ {
		var about [40]uint32
		for i := range about {
			about[i] = word(r)
		}
		start := day.Add(time.Duration(float64(len(items)) / 3333 * 24 * float64(time.Hour)))
		for k := range 1 + r.IntN(5) {
			title, lead, body, names := map[uint32]float64{}, map[uint32]float64{}, map[uint32]float64{}, map[uint32]float64{}
			pick := func() uint32 {
				if r.IntN(3) > 0 {
					return about[r.IntN(len(about))]
				}
				return word(r)
			}
			for i := range 120 {
				w := pick()
				if i < 6 {
					title[w] += rarity(w)
				}
				if i < 40 {
					lead[w] += rarity(w)
				}
				body[w] += rarity(w)
			}
			for range 8 {
				names[about[r.IntN(8)]] = 1
			}
			items = append(items, story.Item{
				ID: fmt.Sprintf("e%d-%d", event, k), Outlet: fmt.Sprintf("outlet %d", r.IntN(60)), Script: "latin",
				Published: start.Add(time.Duration(r.IntN(20*60)) * time.Minute),
				Title:     story.NewVector(title), Lead: story.NewVector(lead), Body: story.NewVector(body), Names: story.NewVector(names),
				Numbers: story.NewVector(map[uint32]float64{uint32(r.IntN(2000)): 1}), Keys: story.NewVector(map[uint32]float64{about[0]: 1}),
				Anchors: []uint32{about[0] % 300},
			})
		}
	}
	items = items[:n]
	slices.SortStableFunc(items, func(a, b story.Item) int { return a.Published.Compare(b.Published) })
	return items
}

// word is one of 30,000, the first ones far more often than the last, as in
// any text.
func word(r *rand.Rand) uint32 { return uint32(math.Pow(30_000, r.Float64())) }

func rarity(word uint32) float64 { return 1 + math.Log(float64(word)) }

// BenchmarkGrouper groups the first 1,000, 10,000 and 100,000 articles of a
// stream of 30 days in one process. It prints the processor's time for one
// article, which must not grow with how many came before, garbage collection
// included, and the memory that the process takes with all articles loaded.
func BenchmarkGrouper(b *testing.B) {
	items := stream(100_000, 5)
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var stories map[string]bool
			start := processorTime(b)
			for b.Loop() {
				stories = map[string]bool{}
				g := story.NewGrouper(story.Options{})
				for _, it := range items[:n] {
					stories[g.Add(it).Story] = true
				}
			}
			b.ReportMetric(float64((processorTime(b)-start).Microseconds())/float64(b.N*n), "cpu-µs/article")
			b.ReportMetric(float64(len(stories)), "stories")
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "MB")
		})
	}
}

// processorTime is what the process has used up.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
