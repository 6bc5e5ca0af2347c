package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"hanwire/bot"
	"hanwire/bot/slack/slacktest"
	"hanwire/feeds"
	"hanwire/store"
	"hanwire/store/storetest"
)

// fastClock, in the environment of a process that a test starts, is the clock
// that it goes by.
const fastClock = "HANWIRE_TEST_CLOCK"

// clock shows a time that runs faster than the real one.
type clock struct {
	began  time.Time // what it showed
	real   time.Time // at this moment
	factor float64
}

func (c clock) now() time.Time {
	return c.began.Add(time.Duration(float64(time.Since(c.real)) * c.factor))
}

func (c clock) String() string {
	return fmt.Sprint(c.began.UnixMilli(), c.real.UnixMilli(), c.factor)
}

// clockOf is the clock that a setting describes; the real one when there is none.
func clockOf(setting string) (func() time.Time, error) {
	if setting == "" {
		return time.Now, nil
	}
	var began, real int64
	var c clock
	if _, err := fmt.Sscan(setting, &began, &real, &c.factor); err != nil {
		return nil, fmt.Errorf("%s: %w", fastClock, err)
	}
	c.began, c.real = time.UnixMilli(began), time.UnixMilli(real)
	return c.now, nil
}

// profileTo, in the environment, is the file that the first worker's CPU profile
// goes to.
const profileTo = "HANWIRE_LOAD_PROFILE"

func profile(name string) (stop func()) {
	if name == "" {
		return func() {}
	}
	f, err := os.Create(name)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		panic(err)
	}
	return pprof.StopCPUProfile
}

// load is a town of feeds, channels and people, and how long its time is
// watched.
type load struct {
	engine        string
	workers       int
	feeds         int
	subscriptions int
	alerts        int
	factor        float64       // by which time runs faster
	watch         time.Duration // of real time
}

// TestLoad has the bot poll feeds once an hour, of which a tenth has news, for
// subscriptions and alerts, in a time that runs so much faster that the work is
// the same for any number of feeds, and reports what that takes. Nothing may
// stay undone. By default it is short; in full:
//
//	HANWIRE_LOAD=1000,10000,100000 go test . -run 'TestLoad$' -v -timeout 2h
//
// HANWIRE_LOAD_PROFILE names a file for the CPU profile of the first worker.
// HANWIRE_LOAD_POLLS is how many feeds are polled in a second of real time, 40
// by default; 100,000 feeds an hour are 28. HANWIRE_LOAD_SECONDS is for how long.
func TestLoad(t *testing.T) {
	sizes, polls, seconds := []int{100}, 10.0, 10
	alerts := func(int) int { return 300 }
	if v := os.Getenv("HANWIRE_LOAD"); v != "" {
		sizes, polls, seconds = nil, 40, 120
		for _, n := range strings.Split(v, ",") {
			sizes = append(sizes, number(t, n))
		}
		alerts = func(int) int { return 100_000 }
	}
	if v := os.Getenv("HANWIRE_LOAD_POLLS"); v != "" {
		polls = float64(number(t, v))
	}
	if v := os.Getenv("HANWIRE_LOAD_SECONDS"); v != "" {
		seconds = number(t, v)
	}
	for _, engine := range databases() {
		for _, n := range sizes {
			t.Run(fmt.Sprintf("%s/%d", engine, n), func(t *testing.T) {
				l := load{
					engine: engine, workers: 1, feeds: n, subscriptions: n / 20, alerts: alerts(n),
					factor: polls * 3600 / float64(n), watch: time.Duration(seconds) * time.Second,
				}
				if engine == "postgres" {
					l.workers = 3
				}
				r := l.run(t)
				r.report(t)
				if late := r.late(); late > lateBy {
					t.Errorf("in the end a feed was %s of real time overdue", late.Round(time.Second))
				}
			})
		}
	}
}

// TestSoak lets a day pass over the bot and looks whether its memory and its
// goroutines stay what they are. By default the day is half a minute long and
// there are few feeds; in full:
//
//	HANWIRE_SOAK=24h go test . -run 'TestSoak$' -v -timeout 1h
//
// HANWIRE_SOAK_SECONDS is how much real time that takes, 300 by default.
func TestSoak(t *testing.T) {
	day, seconds, n := 24*time.Hour, 30, 20
	if v := os.Getenv("HANWIRE_SOAK"); v != "" {
		var err error
		if day, err = time.ParseDuration(v); err != nil {
			t.Fatal(err)
		}
		seconds, n = 300, 200
	}
	if v := os.Getenv("HANWIRE_SOAK_SECONDS"); v != "" {
		seconds = number(t, v)
	}
	watch := time.Duration(seconds) * time.Second
	l := load{engine: "sqlite", workers: 1, feeds: n, subscriptions: n / 4, alerts: 5 * n, factor: day.Seconds() / watch.Seconds(), watch: watch}
	r := l.run(t)
	r.report(t)
	if r.editions < float64(l.subscriptions)/2 {
		t.Errorf("%.0f editions of %d subscriptions in %s", r.editions, l.subscriptions, day)
	}
	// The least of a few samples is what is held; the rest comes and goes.
	least := func(part []sample, of func(sample) []float64) float64 {
		m := math.Inf(1)
		for _, s := range part {
			m = min(m, of(s)[0])
		}
		return m
	}
	third := len(r.samples) / 3
	early, late := r.samples[third:2*third], r.samples[2*third:]
	for what, limit := range map[string]struct {
		of   func(sample) []float64
		more float64
	}{
		"bytes of heap": {func(s sample) []float64 { return s.heap }, 24 << 20},
		"goroutines":    {func(s sample) []float64 { return s.goroutines }, 30},
	} {
		before, after := least(early, limit.of), least(late, limit.of)
		t.Logf("%s: at least %.0f in the second third, %.0f in the last", what, before, after)
		if after > before*1.2+limit.more {
			t.Errorf("%s grew from %.0f to %.0f", what, before, after)
		}
	}
}

// lateBy is how much later than it was due a feed may be polled: some ticks, and
// the time that a machine with other work needs.
const lateBy = 20 * time.Second

// databases are the engines that there are here.
func databases() []string {
	if os.Getenv("HANWIRE_TEST_POSTGRES") != "" {
		return []string{"sqlite", "postgres"}
	}
	return []string{"sqlite"}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sample is what the workers tell of themselves at one moment.
type sample struct {
	at         time.Duration // of real time since the start
	due        float64       // feeds
	wait       float64       // seconds of the fast clock that the first of them has been due
	jobs       float64       // that can be worked at once
	outbox     float64       // messages that wait
	polls      float64       // so far
	cpu        float64       // seconds so far, of all workers
	resident   []float64     // bytes of each worker
	heap       []float64
	goroutines []float64
}

// result is what came of a load.
type result struct {
	load
	samples  []sample
	polls    float64
	articles float64
	editions float64
	hits     float64
	told     int           // messages that arrived
	user     time.Duration // of CPU, of all workers
	server   time.Duration // of PostgreSQL
}

// late is how overdue a feed was at the end, in real time.
func (r *result) late() time.Duration {
	last := r.samples[len(r.samples)-1]
	return time.Duration(last.wait / r.factor * float64(time.Second))
}

func (r *result) report(t *testing.T) {
	t.Helper()
	most := func(f func(sample) float64) (m float64) {
		for _, s := range r.samples {
			m = max(m, f(s))
		}
		return m
	}
	line := func(f func(sample) float64, unit float64) string {
		var b strings.Builder
		for i := 0; i < len(r.samples); i += max(1, len(r.samples)/8) {
			fmt.Fprintf(&b, " %.0f", f(r.samples[i])/unit)
		}
		return b.String()
	}
	sum := func(of func(sample) []float64) func(sample) float64 {
		return func(s sample) (n float64) {
			for _, v := range of(s) {
				n += v
			}
			return n
		}
	}
	resident, heap := func(s sample) []float64 { return s.resident }, func(s sample) []float64 { return s.heap }
	largest := func(s sample) float64 { return slices.Max(s.resident) }
	t.Logf("%d feeds, %d subscriptions, %d alerts, %d workers, %gx for %s (%s of their time)", r.feeds, r.subscriptions, r.alerts, r.workers, r.factor, r.watch, (time.Duration(r.factor * float64(r.watch))).Round(time.Minute))
	t.Logf("did: %.0f polls, %.0f articles, %.0f editions, %.0f alert hits, %d messages", r.polls, r.articles, r.editions, r.hits, r.told)
	// By then the queries of all alerts have been read.
	warm, last := r.samples[len(r.samples)/3], r.samples[len(r.samples)-1]
	t.Logf("user CPU: %.1f s in all; in the last two thirds %.2f ms of CPU for a poll with all that follows from it; PostgreSQL %.1f s", r.user.Seconds(), 1000*(last.cpu-warm.cpu)/max(last.polls-warm.polls, 1), r.server.Seconds())
	t.Logf("feeds due:%s; at most %.0f, %.1f s of real time; at the end %.1f s", line(func(s sample) float64 { return s.due }, 1), most(func(s sample) float64 { return s.due }), most(func(s sample) float64 { return s.wait })/r.factor, r.late().Seconds())
	t.Logf("jobs to do:%s; messages to send:%s", line(func(s sample) float64 { return s.jobs }, 1), line(func(s sample) float64 { return s.outbox }, 1))
	t.Logf("memory of the largest worker, MB:%s; heap in use of all, MB:%s; resident of all at most %.0f MB", line(largest, 1<<20), line(sum(heap), 1<<20), most(sum(resident))/(1<<20))
	t.Logf("goroutines:%s", line(sum(func(s sample) []float64 { return s.goroutines }), 1))
}

// run sets a town up, lets its time pass and watches the workers.
func (l load) run(t *testing.T) *result {
	t.Helper()
	slack := slacktest.NewServer()
	defer slack.Close()
	for i := range l.subscriptions {
		slack.AddChannel(slacktest.Channel{ID: channelOf(i), Member: true})
	}
	for i := range l.alerts/alertsEach + 1 {
		slack.AddUser(slacktest.User{ID: personOf(i), Name: personOf(i), TZ: "Asia/Seoul", Locale: "en-US"})
	}
	dir := t.TempDir()
	dsn := filepath.Join(dir, "load.db")
	if l.engine == "postgres" {
		dsn = storetest.NewDatabase(t, os.Getenv("HANWIRE_TEST_POSTGRES"))
	}
	began := time.Now()
	l.settle(t, dsn, began)

	c := clock{began: began, real: time.Now(), factor: l.factor}
	server := httptest.NewServer(&press{c.now})
	defer server.Close()
	var workers []*process
	var listens []string
	for i := range l.workers {
		home := filepath.Join(dir, strconv.Itoa(i))
		listen := freeAddress(t)
		config := fmt.Sprintf("database: %q\nlisten: %s\nlog: {level: warn}\nfeeds: {catalogue: false, proxy: %s}\nslack: {api_url: %s}\n", dsn, listen, server.URL, slack.URL())
		if err := errors.Join(os.Mkdir(home, 0o700), os.WriteFile(filepath.Join(home, "config.yaml"), []byte(config), 0o600)); err != nil {
			t.Fatal(err)
		}
		env := []string{fastClock + "=" + c.String(), "HANWIRE_SLACK_BOT_TOKEN=" + slacktest.BotToken, "HANWIRE_SLACK_APP_TOKEN=" + slacktest.AppToken}
		if i > 0 {
			env = append(env, profileTo+"=")
		}
		workers = append(workers, start(t, home, env, "run"))
		listens = append(listens, listen)
	}
	r := &result{load: l}
	for _, address := range listens {
		if !waitFor(60*time.Second, func() bool { _, err := scrape(address); return err == nil }) {
			t.Fatalf("a worker does not answer:\n%s", logOf(filepath.Join(dir, "0")))
		}
	}
	tick := time.NewTicker(max(l.watch/40, time.Second))
	defer tick.Stop()
	for time.Since(c.real) < l.watch {
		<-tick.C
		r.sample(t, listens, time.Since(c.real))
	}
	r.server = serverTime(dsn)
	for i, w := range workers {
		w.cmd.Process.Signal(os.Interrupt)
		late := time.AfterFunc(stopWithin, func() { w.cmd.Process.Kill() })
		if err := w.cmd.Wait(); err != nil {
			t.Errorf("worker %d ended with %v\n%s", i, err, logOf(filepath.Join(dir, strconv.Itoa(i))))
		}
		late.Stop()
		r.user += w.cmd.ProcessState.UserTime()
		if said := logOf(w.cmd.Dir); said != "" {
			t.Logf("worker %d says: %s", i, said[:min(len(said), 2000)])
		}
	}
	r.told = len(slack.Messages())
	return r
}

// sample asks all workers; the sums of their counters are those of the last.
func (r *result) sample(t *testing.T, listens []string, at time.Duration) {
	t.Helper()
	s := sample{at: at}
	r.polls, r.articles, r.editions, r.hits = 0, 0, 0, 0
	for i, address := range listens {
		m, err := scrape(address)
		if err != nil {
			t.Logf("after %s: %v", at.Round(time.Second), err)
			return
		}
		if i == 0 { // of the database, the same for all
			s.due, s.wait = m["hanwire_feeds_due"], m["hanwire_poll_wait_seconds"]
			for key, v := range m {
				if strings.HasPrefix(key, "hanwire_jobs{") && strings.Contains(key, `state="available"`) {
					s.jobs += v
				}
				if strings.HasPrefix(key, "hanwire_outbox{") && (strings.Contains(key, `"waiting"`) || strings.Contains(key, `"sending"`)) {
					s.outbox += v
				}
			}
		}
		s.resident = append(s.resident, m["process_resident_memory_bytes"])
		s.cpu += m["process_cpu_seconds_total"]
		s.heap = append(s.heap, m["go_memstats_heap_inuse_bytes"])
		s.goroutines = append(s.goroutines, m["go_goroutines"])
		for key, v := range m {
			name, _, _ := strings.Cut(key, "{")
			switch name {
			case "hanwire_polls_total":
				r.polls += v
			case "hanwire_articles_total":
				r.articles += v
			case "hanwire_editions_total":
				r.editions += v
			case "hanwire_alert_hits_total":
				r.hits += v
			}
		}
	}
	s.polls = r.polls
	r.samples = append(r.samples, s)
}

// scrape reads a worker's metrics, by name with labels.
func scrape(address string) (map[string]float64, error) {
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	m := map[string]float64{}
	in := bufio.NewScanner(resp.Body)
	for in.Scan() {
		if i := strings.LastIndexByte(in.Text(), ' '); i > 0 && in.Text()[0] != '#' {
			if m[in.Text()[:i]], err = strconv.ParseFloat(in.Text()[i+1:], 64); err != nil {
				return nil, err
			}
		}
	}
	return m, in.Err()
}

// serverTime is the CPU that PostgreSQL's processes have spent on a database;
// zero where that cannot be seen.
func serverTime(dsn string) time.Duration {
	name := dsn[strings.LastIndexByte(dsn, '/')+1:]
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	ticks := 0
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(line, []byte("postgres: ")) || !bytes.Contains(line, []byte(" "+name+" ")) {
			continue
		}
		stat, err := os.ReadFile(strings.TrimSuffix(file, "cmdline") + "stat")
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, f := range fields[11:13] { // in user and system, in hundredths of a second
			n, _ := strconv.Atoi(f)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

const (
	alertsEach    = 5 // of a person
	feedsOfDomain = 5
)

func channelOf(i int) string { return fmt.Sprintf("CLOAD%05d", i) }
func personOf(i int) string  { return fmt.Sprintf("ULOAD%05d", i) }

// settle fills a database with a town whose feeds have been polled within the
// last hour, evenly.
func (l load) settle(t *testing.T, dsn string, now time.Time) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DSN: dsn, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g, ctx := errgroup.WithContext(t.Context())
	g.SetLimit(4)
	for i := range l.feeds {
		g.Go(func() error {
			f := feeds.Feed{URL: fmt.Sprintf("http://n%06d.wire%05d.example/feed", i, i/feedsOfDomain), Outlet: fmt.Sprintf("Wire %d", i), Type: "agency", Lang: "en", Zone: "Asia/Seoul"}
			if err := s.AddFeed(ctx, bot.FeedRecord{Feed: f}); err != nil {
				return err
			}
			next := now.Add(time.Duration(mixed(uint64(i), 1) % uint64(time.Hour)))
			last := next.Add(-time.Hour)
			client, err := feeds.NewClient(feeds.Options{Transport: &press{func() time.Time { return last }}, Spacing: -1})
			if err != nil {
				return err
			}
			r, err := client.Poll(ctx, f, feeds.State{}, s, last)
			if err != nil {
				return err
			}
			if r.State.Health != feeds.Healthy {
				return fmt.Errorf("%s is %s: %s", f.URL, r.State.Health, r.State.Detail)
			}
			r.State.NextPoll = next
			return s.SavePoll(ctx, f.ID(), r)
		})
	}
	for i := range l.subscriptions {
		g.Go(func() error {
			m := i * 24 * 60 / l.subscriptions
			hour := fmt.Sprintf("%02d:%02d", m/60, m%60)
			next, err := bot.NextDue(now, hour, "Asia/Seoul", 0)
			if err != nil {
				return err
			}
			return s.SaveSubscription(ctx, bot.Subscription{
				ID: fmt.Sprintf("sub%05d", i), At: bot.Place{Platform: "slack", Workspace: slacktest.Team, Channel: channelOf(i)}, Topics: [][]string{{"korea"}, {"china"}, nil}[i%3],
				Hour: hour, Zone: "Asia/Seoul", Lang: "en", Created: now, Next: next, Until: now.Add(-time.Hour),
			})
		})
	}
	for i := range l.alerts {
		g.Go(func() error {
			// Of fifty, one is for a single word, which some article in thousands has.
			q := vocabulary[i%len(vocabulary)]
			if i%50 > 0 {
				q = [...]string{q + " " + word(uint64(i)), `"` + q + " " + word(uint64(i)) + `"`, "(" + q + " OR " + word(uint64(i)) + ") speaker:" + word(uint64(i+1)), q + " -tariff topic:china " + word(uint64(i+2))}[i%4]
			}
			return s.SaveAlert(ctx, bot.Alert{
				ID: fmt.Sprintf("al%06d", i), Owner: bot.Person{Platform: "slack", Workspace: slacktest.Team, User: personOf(i / alertsEach)},
				Query: q, Frequency: bot.Immediate, Lang: "en", Created: now,
			}, nil)
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// press is all outlets: of the feeds a tenth has news in an hour. It is the
// server behind the proxy that the bot uses, and a transport.
type press struct{ now func() time.Time }

// mixed is a number that follows from two others.
func mixed(a, b uint64) uint64 {
	x := a*0x9E3779B97F4A7C15 ^ b*0xC2B2AE3D27D4EB4F
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	return x ^ x>>32
}

// news is the hours of a day, newest first, of which a feed has an entry.
func (p *press) news(feed uint64) []int64 {
	now := p.now().Unix()
	var hours []int64
	for h := now / 3600; h > now/3600-24; h-- {
		if x := mixed(feed, uint64(h)); x%10 == 0 && h*3600+int64(x/10%3600) <= now {
			hours = append(hours, h)
		}
	}
	return hours
}

func (p *press) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var feed uint64
	if _, err := fmt.Sscanf(r.URL.Host, "n%d.", &feed); err != nil {
		http.Error(w, "who?", http.StatusBadRequest)
		return
	}
	if r.URL.Path != "/feed" {
		hour, err := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/news/"), 10, 64)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		writePage(w, feed, hour)
		return
	}
	hours := p.news(feed)
	mark := `"none"`
	if len(hours) > 0 {
		mark = fmt.Sprintf(`"%d"`, hours[0])
	}
	w.Header().Set("ETag", mark)
	if r.Header.Get("If-None-Match") == mark {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Wire %d</title><link>http://%s/</link><description>News</description>`, feed, r.URL.Host)
	for _, h := range hours {
		e := eventOf(feed, h)
		// Without dates, feeds are polled once an hour.
		fmt.Fprintf(w, `<item><title>%s</title><link>http://%s/news/%d</link><guid isPermaLink="false">%d-%d</guid><description>%s</description></item>`, e.title(feed), r.URL.Host, h, feed, h, e.sentence(0))
	}
	io.WriteString(w, "</channel></rss>")
}

// event is what happened, told by some outlets in their own words.
type event struct {
	seed     uint64
	relevant bool
}

// eventOf is what the entry of a feed is about: three feeds tell the same.
func eventOf(feed uint64, hour int64) event {
	seed := mixed(feed/30, uint64(hour))
	return event{seed, seed%2 == 0}
}

// vocabulary are invented words, of which an event has some of its own.
var vocabulary = func() []string {
	syllables := strings.Fields("ba bro ca cen da del fa fin gar hin kel la lon mar mi nor pel pra ro ser sta tan tre vel vor wes yam zen")
	r := rand.New(rand.NewPCG(7, 7))
	seen := map[string]bool{}
	var words []string
	for len(words) < 20_000 {
		w := ""
		for range 3 + r.IntN(2) {
			w += syllables[r.IntN(len(syllables))]
		}
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}()

func word(x uint64) string { return vocabulary[mixed(x, 99)%uint64(len(vocabulary))] }

func (e event) word(i int) string { return word(e.seed + uint64(i)) }

func (e event) name(i int) string {
	w := e.word(i)
	return "Ola " + strings.ToUpper(w[:1]) + w[1:]
}

func (e event) title(feed uint64) string {
	if !e.relevant {
		return fmt.Sprintf("Festival of %s opens with %s in the rain", e.word(0), e.word(int(3+feed%3)))
	}
	return fmt.Sprintf("%s over %s exports to China, %s to follow", [...]string{"Seoul talks", "South Korea and Beijing meet", "Ministers argue"}[feed%3], e.word(0), e.word(int(3+feed%3)))
}

func (e event) sentence(i int) string {
	if !e.relevant {
		return fmt.Sprintf([...]string{
			"The festival of %[1]s drew visitors from %[2]s although it rained all morning.",
			"A choir from %[2]s sang until the evening, and the %[1]s was served in paper cups.",
			"“We will be back next year with more %[1]s,” said %[3]s, who has a bakery in %[2]s.",
			"The prize for the largest %[1]s went to a school near %[2]s for the third time.",
		}[i%4], e.word(i%3), e.word(i%5), e.name(1))
	}
	return fmt.Sprintf([...]string{
		"South Korea will ask for a licence for every export of %[1]s to China from next month, the trade ministry in Seoul said on Tuesday.",
		"“We will review the rules on %[1]s with Beijing before the year ends,” said %[3]s, a deputy trade minister.",
		"Chinese officials had called the step on %[1]s and %[2]s unfriendly and promised an answer in kind.",
		"Talks about tariffs on %[2]s have gone on since the spring, but neither side has named a date.",
		"%[3]s said that the sanctions against makers of %[1]s would stay until inspectors had been to %[2]s.",
		"The foreign ministry in Beijing said it had taken note of the report on %[2]s and gave no further comment.",
	}[i%6], e.word(i%3), e.word(i%5), e.name(1))
}

// writePage writes the page behind an entry, about as long as one of an agency.
func writePage(w io.Writer, feed uint64, hour int64) {
	e := eventOf(feed, hour)
	published := time.Unix(hour*3600+int64(mixed(feed, uint64(hour))/10%3600), 0).UTC().Format(time.RFC3339)
	fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>%[1]s</title><meta property="article:published_time" content="%[2]s"></head><body><header><a href="/">Wire</a> <a href="/about">About</a></header><article><h1>%[1]s</h1>`, e.title(feed), published)
	for i := range 12 {
		fmt.Fprintf(w, "<p>%s %s</p>", e.sentence(i+int(feed%3)), e.sentence(i*5+1+int(feed%3)))
	}
	io.WriteString(w, `</article><footer><a href="/imprint">Imprint</a></footer></body></html>`)
}
