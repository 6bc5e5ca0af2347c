package feeds

import (
	"encoding/binary"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// When a feed is asked again. The numbers are those of readers that servers
// like: brendanlong/lion-reader, NetNewsWire, feedbin.
const (
	minInterval         = 10 * time.Minute
	minIntervalFull     = 15 * time.Minute // when each answer is a full one
	defaultInterval     = 60 * time.Minute
	maxInterval         = 24 * time.Hour
	maxCacheHint        = 6 * time.Hour  // max-age of years is seen in the wild
	maxTrustedCacheHint = 24 * time.Hour // for those who mean it
	maxRetryAfter       = 24 * time.Hour
	maxThrottle         = 6 * time.Hour
	firstBackoff        = 30 * time.Minute
	maxBackoff          = 7 * 24 * time.Hour
	forbiddenHold       = 10 * time.Minute // for a host that forbids what it gave a day ago
	maxNetworkBackoff   = 24 * time.Hour   // the fault may be ours
	jitterShare         = 10               // a tenth, up
)

// trustedCacheHints are the registrable domains whose max-age is meant.
// https://openrss.org/guides/getting-the-best-experience
var trustedCacheHints = map[string]bool{"openrss.org": true}

// jitter is a duration in [0, span) that follows from the feed and the time, so
// that feeds met together drift apart and a repeated poll does the same again.
func jitter(id string, at time.Time, span time.Duration) time.Duration {
	if span <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(at.Unix())))
	x := h.Sum64()
	x ^= x >> 33 // FNV leaves the low bits of like inputs alike
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return time.Duration(x % uint64(span))
}

// after adds jitter to a time that must not be undercut.
func (p *poll) after(t time.Time) time.Time {
	span := min(max(t.Sub(p.now)/jitterShare, time.Second), 30*time.Minute)
	return t.Add(jitter(p.id, p.now, span))
}

// around is d, a tenth more or less.
func (p *poll) around(d time.Duration) time.Time {
	return p.now.Add(d - d/jitterShare + jitter(p.id, p.now, 2*d/jitterShare))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// backoff is the pause after n failures in a row.
func backoff(n int) time.Duration {
	return min(firstBackoff<<min(max(n-1, 0), 16), maxBackoff)
}

// failed notes a poll that failed and plans the next.
func (p *poll) failed(reason Reason, detail string, count *int) {
	f := &p.st.Fetch
	*count++
	p.st.Reason, p.st.Detail = reason, detail
	if f.FailingSince.IsZero() {
		f.FailingSince = p.now
	}
	f.FailingReason = reason
	pause := backoff(*count)
	if count == &f.Failures.Network {
		pause = min(pause, maxNetworkBackoff)
	}
	p.st.NextPoll = p.around(pause)
	p.st.Health = p.failingHealth()
}

// succeeded notes a poll that reached a feed and plans the next.
func (p *poll) succeeded(resp response, reason Reason, detail string) {
	f := &p.st.Fetch
	p.st.Reason, p.st.Detail = reason, detail
	p.st.LastSuccess = p.now
	f.Failures, f.FailingSince, f.FailingReason, f.GoneSince, f.NotBefore = Failures{}, time.Time{}, "", time.Time{}, time.Time{}
	p.st.NextPoll = p.next(resp)
	p.st.Health = Healthy
	if p.quiet() {
		p.st.Health = Quiet
	}
}

// next is when to poll after a success: by the feed's own pace, but not before
// the server, the feed's ttl and its hours of rest allow.
func (p *poll) next(resp response) time.Time {
	f := &p.st.Fetch
	bound := max(cacheHint(resp), min(f.TTL, maxInterval))
	t := later(p.around(p.interval()), p.after(p.now.Add(bound)))
	return p.awake(t)
}

// interval is half the time that usually passes between two entries; a feed
// that has been silent for longer is asked less and less.
func (p *poll) interval() time.Duration {
	f := &p.st.Fetch
	floor := minInterval
	if f.NoValidators {
		floor = minIntervalFull
	}
	floor += floor / 5 // the jitter takes a tenth off
	if f.Gap == 0 || f.Newest.IsZero() {
		// No dates, or too few. Let the polls themselves tell.
		if !p.st.LastNew.IsZero() {
			return min(max((p.now.Sub(p.st.LastNew))/8, defaultInterval), maxInterval)
		}
		return defaultInterval
	}
	gap := max(f.Gap, p.now.Sub(f.Newest)/2)
	return min(max(gap/2, floor), maxInterval)
}

// measure takes the feed's pace and hints from a document.
func (p *poll) measure(parsed Parsed) {
	f := &p.st.Fetch
	f.TTL, f.SkipHours, f.SkipDays = parsed.Hints.TTL, parsed.Hints.SkipHours, parsed.Hints.SkipDays
	var times []time.Time
	for _, e := range parsed.Entries {
		if !e.Published.IsZero() {
			times = append(times, e.Published)
		}
	}
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	if len(times) == 0 {
		return
	}
	f.Newest = times[0].UTC()
	times = times[:min(len(times), 20)]
	f.Gap = 0
	if n := len(times) - 1; n > 0 {
		f.Gap = max(times[0].Sub(times[n])/time.Duration(n), time.Second)
	}
}

// awake moves a time out of the hours and days in which the feed asks to be
// left alone, by 24 hours at most; a feed that lists them all means nothing by
// it.
func (p *poll) awake(t time.Time) time.Time {
	f := &p.st.Fetch
	skipped := func(t time.Time) bool {
		t = t.UTC()
		return slices.Contains(f.SkipHours, t.Hour()) || slices.Contains(f.SkipDays, t.Weekday())
	}
	if !skipped(t) {
		return t
	}
	for h := 1; h <= 24; h++ {
		if try := t.Truncate(time.Hour).Add(time.Duration(h) * time.Hour); !skipped(try) {
			return try.Add(jitter(p.id, p.now, 10*time.Minute))
		}
	}
	if allHours(f.SkipHours) || len(f.SkipDays) >= 7 {
		return t
	}
	return later(t, p.now.Add(maxInterval))
}

func allHours(hours []int) bool {
	var seen [24]bool
	n := 0
	for _, h := range hours {
		if !seen[h] {
			seen[h] = true
			n++
		}
	}
	return n == 24
}

// cacheHint is how long the answer says that it stays fresh, bounded.
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2
func cacheHint(resp response) time.Duration {
	limit := maxCacheHint
	if trustedCacheHints[RegistrableDomain(resp.url)] {
		limit = maxTrustedCacheHint
	}
	seconds := -1
	for _, part := range strings.Split(strings.ToLower(strings.Join(resp.header.Values("Cache-Control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			if n, err := strconv.ParseInt(strings.Trim(value, `" `), 10, 64); err == nil {
				seconds = int(min(max(n, 0), int64(limit/time.Second)+7*24*3600))
			}
		}
	}
	if seconds >= 0 {
		age := max(0, atoi(resp.header.Get("Age")))
		return min(max(0, time.Duration(seconds-age)*time.Second), limit)
	}
	expires, err1 := http.ParseTime(resp.header.Get("Expires"))
	date, err2 := http.ParseTime(resp.header.Get("Date"))
	if err1 != nil || err2 != nil {
		return 0
	}
	return min(max(0, expires.Sub(date)), limit)
}

// retryAfter reads the header in both of its forms.
// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return min(max(0, time.Duration(min(n, 1<<30))*time.Second), maxRetryAfter)
	}
	t, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date // its clock, not ours
	}
	return min(max(0, t.Sub(now)), maxRetryAfter)
}

// rateLimit is how long the host's budget lasts that the answer says is spent,
// zero when it says nothing or there is some left. Reddit and GitHub send these
// headers, with 403 when it is overspent.
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
func rateLimit(h http.Header, now time.Time) time.Duration {
	for _, prefix := range []string{"X-Ratelimit-", "Ratelimit-"} {
		left, err := strconv.ParseFloat(h.Get(prefix+"Remaining"), 64)
		reset, err2 := strconv.ParseFloat(h.Get(prefix+"Reset"), 64)
		if err != nil || err2 != nil || !(left < 1) {
			continue
		}
		if reset > 1e9 { // a time and no pause
			reset -= float64(now.Unix())
		}
		return time.Duration(min(max(0, reset), maxRetryAfter.Seconds()) * float64(time.Second))
	}
	return 0
}

// throttled reports whether a refusal means that the host has been asked too
// often, and how long it wants to be left alone.
func throttled(resp response, now time.Time) (wait time.Duration, ok bool) {
	wait = max(retryAfter(resp.header, now), rateLimit(resp.header, now))
	return wait, resp.status == http.StatusTooManyRequests || resp.status == http.StatusForbidden && wait > 0
}
