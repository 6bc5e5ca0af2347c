package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// oneDay is how far back entries of a feed met for the first time may lie and
	// still be told.
	oneDay = 24 * time.Hour
	// backfill is how much older than the last successful poll an unknown entry
	// may be: what is older was put there to fill up an archive, or has changed
	// all of its ids.
	backfill = 7 * 24 * time.Hour
)

// ClockSlack is how far the clocks of two workers may differ. A feed that was
// polled further ahead than that was polled by a clock that was wrong.
const ClockSlack = 10 * time.Minute

// Poll asks for f if it may be asked, and returns what is new since st, with
// the state for the next poll. A feed that cannot be fetched or read is no
// error but a Reason in the state; Poll fails only when ctx has ended or known
// fails, and then st still holds.
//
// At the first poll that succeeds, entries are Baseline unless they are from
// the last day. Poll decides when the next poll is due and obeys what the
// server demands; it does not check NextPoll, so that a user may ask at once.
func (c *Client) Poll(ctx context.Context, f Feed, st State, known Known, now time.Time) (PollResult, error) {
	if st.LastPoll.After(now.Add(ClockSlack)) {
		st.Fetch.NotBefore = time.Time{} // by a clock that was ahead
	}
	p := poll{feed: f, id: f.ID(), st: st, now: now}
	switch {
	case st.Health == Gone:
		p.st.NextPoll = Never
		return p.result(), nil
	case st.Fetch.NotBefore.After(now):
		p.st.Reason, p.st.Detail = ReasonWaiting, "the server asked to wait until "+st.Fetch.NotBefore.UTC().Format(time.RFC3339)
		p.st.NextPoll = p.after(st.Fetch.NotBefore)
		return p.result(), nil
	}
	target := cmp.Or(st.MovedTo, f.URL)
	r := request{url: target, feedID: p.id, accept: acceptFeed, limit: maxBody, cut: true}
	if !p.doubtful() {
		r.validators = st.Fetch.Validators
	}
	resp, finish, err := c.fetch(ctx, r, now)
	if ctx.Err() != nil {
		finish(time.Time{})
		return PollResult{}, ctx.Err()
	}
	if err != nil {
		var fe *fetchError
		if !errors.As(err, &fe) {
			return PollResult{}, err
		}
		p.unfetched(fe)
		return p.result(), nil
	}
	p.st.LastPoll = now
	if !resp.sent {
		p.st.Fetch.Unconditional = now
	}
	var until time.Time
	if wait := rateLimit(resp.header, now); wait > 0 {
		until = now.Add(wait)
	}
	switch {
	case resp.status == http.StatusNotModified:
		p.notModified(resp)
	case resp.status >= 200 && resp.status < 300:
		err = p.document(ctx, resp, known)
	default:
		until = later(until, p.refused(resp))
	}
	finish(until)
	if err != nil {
		return PollResult{}, err
	}
	return p.result(), nil
}

// poll is one poll under way.
type poll struct {
	feed     Feed
	id       string
	st       State
	now      time.Time
	entries  []Entry
	renamed  []Entry
	moved    *Move
	warnings []string
	hold     *HostHold
}

func (p *poll) result() PollResult {
	change := p.healthChange() // notes in the state that users have heard
	return PollResult{
		State: p.st, Entries: p.entries, Renamed: p.renamed, Change: change, Moved: p.moved,
		Warnings: p.warnings, HostHold: p.hold,
	}
}

// doubtful reports whether a server that always says "not modified" is to be
// asked for the whole document: after 8 to 14 days without any change, and no
// more often.
func (p *poll) doubtful() bool {
	wait := 8*oneDay + jitter(p.id, p.st.Fetch.Changed, 6*oneDay)
	return p.now.Sub(p.st.Fetch.Changed) > wait && p.now.Sub(p.st.Fetch.Unconditional) > wait
}

func (p *poll) notModified(resp response) {
	v := &p.st.Fetch.Validators
	v.ETag = cmp.Or(validator(resp.header, "ETag"), v.ETag)
	v.LastModified = cmp.Or(validator(resp.header, "Last-Modified"), v.LastModified)
	if !resp.sent {
		// An answer to a question that was not asked; there is nothing to read.
		p.failed(ReasonHTTP, "says 304 to an unconditional request", &p.st.Fetch.Failures.HTTP)
		return
	}
	p.succeeded(resp, ReasonNotModified, "")
}

// document reads a full answer.
func (p *poll) document(ctx context.Context, resp response, known Known) error {
	v := Validators{URL: resp.url, ETag: validator(resp.header, "ETag"), LastModified: validator(resp.header, "Last-Modified")}
	hash := shortHash(string(resp.body))
	if hash == p.st.Fetch.BodyHash && !p.st.LastSuccess.IsZero() {
		// New validators all the same: the server has forgotten the old ones.
		p.setValidators(v)
		p.redirected(resp)
		p.succeeded(resp, ReasonNothingNew, "the same document")
		return nil
	}
	parsed := Parse(resp.body, resp.header.Get("Content-Type"), ParseOptions{URL: cmp.Or(resp.url, p.feed.URL), Zone: p.feed.Zone, Now: p.now})
	p.warnings = parsed.Warnings
	if parsed.Err != nil {
		// The old validators stay: the next poll gets the document again.
		p.failed(ReasonNotFeed, clip(parsed.Err.Error(), 200), &p.st.Fetch.Failures.Parse)
		return nil
	}
	if resp.cut {
		p.warnings = append(p.warnings, "the connection broke or the document is too long")
	}
	// Ids follow from the configured URL, wherever the document came from.
	for i := range parsed.Entries {
		e := &parsed.Entries[i]
		e.Feed = p.id
		e.ID = "e" + shortHash(p.id+" "+e.Keys[0])
	}
	if err := p.sift(ctx, parsed.Entries, known); err != nil {
		return err
	}
	p.setValidators(v)
	p.st.Fetch.BodyHash, p.st.Fetch.Changed = hash, p.now
	if parsed.Title != "" {
		p.st.Title = clipRunes(parsed.Title, 200)
	}
	p.measure(parsed)
	p.redirected(resp)
	reason, detail := ReasonNothingNew, fmt.Sprintf("%d entries, all known", len(parsed.Entries))
	if n := len(p.entries); n > 0 {
		p.st.LastNew = p.now
		reason, detail = ReasonNew, fmt.Sprintf("%d of %d entries new or changed", n, len(parsed.Entries))
	}
	p.succeeded(resp, reason, detail)
	return nil
}

func (p *poll) setValidators(v Validators) {
	p.st.Fetch.Validators = v
	p.st.Fetch.NoValidators = v.ETag == "" && v.LastModified == ""
}

// sift keeps what is new or changed, oldest first. An entry that says nothing
// is none.
func (p *poll) sift(ctx context.Context, entries []Entry, known Known) error {
	entries = slices.DeleteFunc(entries, func(e Entry) bool {
		return e.Title == "" && e.Summary == "" && e.Content == "" && e.Link == ""
	})
	if len(entries) == 0 {
		return nil
	}
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.Keys...)
		if before := versionKey(e, -1); before != "" {
			keys = append(keys, before)
		}
	}
	slices.Sort(keys)
	seen, err := known.Known(ctx, p.id, slices.Compact(keys))
	if err != nil {
		return fmt.Errorf("known entries of %s: %w", p.id, err)
	}
	first := p.st.LastSuccess.IsZero()
	entries = oldestFirst(entries)
	versions := map[string]string{} // version key to the first entry of this document that holds it
	for _, e := range entries {
		s, ok := lookupEntry(e, seen)
		v, old := versionKey(e, 0), versionKey(e, -1)
		version := cmp.Or(living(seen[v]), living(seen[old]), versions[v], versions[old])
		if v != "" && versions[v] == "" {
			versions[v] = cmp.Or(s.EntryID, e.ID)
		}
		switch {
		case ok && s.Deleted:
			continue
		case ok && s.Fingerprint == e.Fingerprint:
			if slices.ContainsFunc(e.Keys, func(k string) bool { return seen[k].EntryID == "" }) {
				e.ID = s.EntryID
				p.renamed = append(p.renamed, e)
			}
			continue
		case ok:
			e.ID, e.Update = s.EntryID, true
		default:
			e.Baseline = first && !e.Published.After(p.now.Add(-oneDay)) ||
				!first && !e.Published.IsZero() && e.Published.Before(p.st.LastSuccess.Add(-backfill))
		}
		if version != e.ID {
			e.VersionOf = version
		}
		p.entries = append(p.entries, e)
	}
	return nil
}

// living is the entry's id, unless it has been deleted.
func living(s Seen) string {
	if s.Deleted {
		return ""
	}
	return s.EntryID
}

// oldestFirst orders entries by date. Feeds put the newest first; an entry
// without a date goes with the one that stood behind it.
func oldestFirst(entries []Entry) []Entry {
	type dated struct {
		at time.Time
		e  Entry
	}
	all := make([]dated, len(entries))
	var at time.Time
	for i, e := range slices.Backward(entries) {
		if !e.Published.IsZero() {
			at = e.Published
		}
		all[len(entries)-1-i] = dated{at, e}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.at.Compare(b.at) })
	ordered := make([]Entry, len(all))
	for i, d := range all {
		ordered[i] = d.e
	}
	return ordered
}

// lookupEntry finds an entry by the first of its keys that is known.
func lookupEntry(e Entry, seen map[string]Seen) (Seen, bool) {
	for _, k := range e.Keys {
		if IsVersionKey(k) {
			continue
		}
		if s, ok := seen[k]; ok {
			return s, true
		}
	}
	return Seen{}, false
}

// lastingRedirect is how long a permanent redirect must be seen before it is
// believed: a hotel's login page redirects for ever, too.
const lastingRedirect = 7 * 24 * time.Hour

// redirected takes note of permanent redirects to what has proved a feed.
func (p *poll) redirected(resp response) {
	from := cmp.Or(p.st.MovedTo, p.feed.URL)
	f := &p.st.Fetch
	switch {
	case resp.permanent == "" || resp.permanent == from:
		f.Redirect, f.RedirectSince = "", time.Time{}
	case upgrade(from, resp.permanent):
		p.move(resp.permanent)
	case f.Redirect != resp.permanent:
		f.Redirect, f.RedirectSince = resp.permanent, p.now
	case p.now.Sub(f.RedirectSince) >= lastingRedirect:
		p.move(resp.permanent)
	}
}

func (p *poll) move(to string) {
	from := cmp.Or(p.st.MovedTo, p.feed.URL)
	p.moved = &Move{From: from, To: to, NewHost: RegistrableDomain(from) != RegistrableDomain(to)}
	p.st.MovedTo = to
	if p.moved.NewHost {
		p.st.MovedAt = p.now
	}
	p.st.Fetch.Redirect, p.st.Fetch.RedirectSince = "", time.Time{}
}

// upgrade reports whether to is from with https.
func upgrade(from, to string) bool {
	a, errA := url.Parse(from)
	b, errB := url.Parse(to)
	return errA == nil && errB == nil && a.Scheme == "http" && b.Scheme == "https" &&
		strings.EqualFold(a.Host, b.Host) && a.RequestURI() == b.RequestURI()
}

// refused handles statuses that carry no feed. It returns the time until which
// the host is to be left alone.
func (p *poll) refused(resp response) (until time.Time) {
	f := &p.st.Fetch
	status := fmt.Sprintf("%d %s", resp.status, http.StatusText(resp.status))
	wait, spent := throttled(resp, p.now)
	switch {
	case spent:
		// The host's budget, not the feed's; its ladder ends at 6 hours.
		p.failed(ReasonThrottled, status, &f.Failures.HTTP)
		wait = max(wait, min(backoff(f.Failures.HTTP), maxThrottle))
		until = p.now.Add(wait)
		p.hold = &HostHold{Domain: RegistrableDomain(resp.url), Until: until}
		f.NotBefore = until
		p.st.NextPoll = p.after(until)
	case resp.status == http.StatusServiceUnavailable:
		p.failed(ReasonUnavailable, status, &f.Failures.HTTP)
		if wait > 0 {
			f.NotBefore = p.now.Add(wait)
			p.st.NextPoll = later(p.st.NextPoll, p.after(f.NotBefore))
		}
	case resp.status == http.StatusGone:
		p.failed(ReasonGone, status, &f.Failures.HTTP)
		switch {
		case p.fallBack():
		case f.GoneSince.IsZero():
			f.GoneSince = p.now
			p.st.NextPoll = p.after(p.now.Add(oneDay))
		case p.now.Sub(f.GoneSince) >= oneDay:
			p.st.Health, p.st.NextPoll = Gone, Never
		default:
			p.st.NextPoll = p.after(f.GoneSince.Add(oneDay))
		}
		return until
	case resp.status == http.StatusNotFound:
		p.failed(ReasonNotFound, status, &f.Failures.HTTP)
		p.fallBack()
	case resp.status == http.StatusUnauthorized, resp.status == http.StatusForbidden, resp.status == http.StatusUnavailableForLegalReasons:
		if resp.status == http.StatusForbidden && p.now.Sub(p.st.LastSuccess) < oneDay {
			until = p.now.Add(forbiddenHold) // perhaps it is not this feed that it has had enough of
		}
		p.failed(ReasonForbidden, status, &f.Failures.HTTP)
	default:
		p.failed(ReasonHTTP, status, &f.Failures.HTTP)
		if wait > 0 {
			f.NotBefore = p.now.Add(wait)
			p.st.NextPoll = later(p.st.NextPoll, p.after(f.NotBefore))
		}
	}
	f.GoneSince = time.Time{}
	return until
}

// fallBack tries another address for a feed that is not found where it was: the
// target of the permanent redirect that its old address gave, or the configured
// one when a move has proved wrong.
func (p *poll) fallBack() bool {
	f := &p.st.Fetch
	switch {
	case f.Redirect != "":
		p.move(f.Redirect)
	case p.st.MovedTo != "" && f.Failures.HTTP == 3: // once, before the pauses grow long
		p.moved = &Move{From: p.st.MovedTo, To: p.feed.URL, NewHost: RegistrableDomain(p.st.MovedTo) != RegistrableDomain(p.feed.URL)}
		p.st.MovedTo, p.st.MovedAt = "", time.Time{}
	default:
		return false
	}
	p.st.NextPoll = p.after(p.now.Add(minInterval))
	return true
}

// unfetched handles a fetch that came to no response.
func (p *poll) unfetched(e *fetchError) {
	f := &p.st.Fetch
	switch e.reason {
	case ReasonWaiting:
		p.st.Reason, p.st.Detail = e.reason, e.detail
		p.st.NextPoll = p.after(p.now.Add(e.wait))
		return
	case ReasonDNS, ReasonTLS, ReasonTimeout, ReasonNetwork:
		p.failed(e.reason, e.detail, &f.Failures.Network)
	case ReasonTooLarge, ReasonEncoding:
		p.failed(e.reason, e.detail, &f.Failures.Parse)
	default:
		p.failed(e.reason, e.detail, &f.Failures.HTTP)
	}
	p.st.LastPoll = p.now
}
