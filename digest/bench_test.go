package digest_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"hanwire/digest"
	"hanwire/digest/story"
)

// newsday is n articles of one day, about four to an event. They are made of
// invented words whose frequencies fall as those of a language do, and each
// event has words of its own; all are about Korea or China.
func newsday(n int) []digest.Article {
	r := rand.New(rand.NewPCG(3, 4))
	syllables := strings.Fields("ba cor del fin gam hul ist jor kel lam mon nev ost pir qua ros sat tur vel wim")
	word := func(k int) string {
		s := syllables[k%20] + syllables[k/20%20]
		if k >= 400 {
			s += syllables[k/400%20]
		}
		return s + strings.Repeat("en", k/8000)
	}
	places := []string{"North Korea", "South Korea", "China", "Beijing", "Pyongyang", "Taiwan"}
	var articles []digest.Article
	for event := 0; len(articles) < n; event++ {
		var about [24]string
		for i := range about {
			about[i] = word(r.IntN(20_000))
		}
		place, start := places[r.IntN(len(places))], r.IntN(20*60)
		for range 1 + r.IntN(7) {
			pick := func() string {
				if r.IntN(6) > 0 {
					return about[r.IntN(len(about))]
				}
				return word(int(math.Pow(20_000, r.Float64())))
			}
			words := func(n int) string {
				s := make([]string, n)
				for i := range s {
					s[i] = pick()
				}
				return strings.Join(s, " ")
			}
			var b strings.Builder
			for range 8 {
				fmt.Fprintf(&b, "The %s of %s will %s.\n\n", words(5), place, words(8))
			}
			fmt.Fprintf(&b, "“We shall %s,” Minister %s%s said.", words(9), strings.ToUpper(about[0][:1]), about[0][1:])
			articles = append(articles, digest.Article{
				ID: fmt.Sprint("article ", len(articles)), Outlet: fmt.Sprint("outlet ", r.IntN(60)),
				Title: fmt.Sprintf("%s to %s tariffs on %s", place, words(3), words(2)), Text: b.String(),
				Published: day.Add(time.Duration(start+r.IntN(200)) * time.Minute),
			})
		}
	}
	return articles[:n]
}

// BenchmarkDay makes the digest of a day of 10,000 articles from their
// readings: groups them and tells 20 stories in full. It prints the
// processor's time for a day, garbage collection included.
func BenchmarkDay(b *testing.B) {
	readings := readAll(b, newsday(10_000))
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	stories, left := 0, 0
	start := used()
	for b.Loop() {
		d := digest.Compose(digest.Collect(readings, story.NewGrouper(story.Options{})), digest.Options{Length: 20})
		stories, left = len(d.Stories)+len(d.Also), len(d.LeftOut)
	}
	b.ReportMetric((used()-start).Seconds()/float64(b.N), "cpu-s/day")
	b.ReportMetric(float64(stories), "stories")
	b.ReportMetric(float64(left), "left-out")
}
