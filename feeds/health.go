package feeds

import (
	"fmt"
	"time"
)

const (
	failingAfter  = 24 * time.Hour     // of failure before a feed counts as failing
	notFoundAfter = 3 * 24 * time.Hour // the same for 404, which sites give by mistake
	quietGaps     = 10                 // times its usual pause
	minQuiet      = 3 * 24 * time.Hour
	maxQuiet      = 90 * 24 * time.Hour
	quietUnknown  = 30 * 24 * time.Hour // for feeds without a pace
)

// failingHealth is the health of a feed whose poll has just failed. A feed that
// has never worked fails at once: somebody has just added it and is waiting.
func (p *poll) failingHealth() Health {
	f := &p.st.Fetch
	wait := failingAfter
	switch {
	case p.st.Health == Gone:
		return Gone
	case f.FailingReason == ReasonNotFound:
		wait = notFoundAfter
	}
	if !p.st.LastSuccess.IsZero() && p.now.Sub(f.FailingSince) < wait {
		return p.st.Health
	}
	if f.FailingReason == ReasonForbidden || f.FailingReason == ReasonAddress {
		return Refused
	}
	return Failing
}

// quiet reports whether the feed has published nothing for long, measured by
// its own pace.
func (p *poll) quiet() bool {
	f := &p.st.Fetch
	newest := p.newest()
	if newest.IsZero() {
		return false
	}
	limit := quietUnknown
	if f.Gap > 0 {
		limit = min(max(quietGaps*f.Gap, minQuiet), maxQuiet)
	}
	return p.now.Sub(newest) > limit
}

// newest is when the feed last published: by its dates, or for want of them by
// what the polls found.
func (p *poll) newest() time.Time {
	if f := p.st.Fetch; !f.Newest.IsZero() {
		return f.Newest
	}
	return p.st.LastNew
}

// healthChange says what users have not heard yet. A feed that works from the
// start is no news.
func (p *poll) healthChange() *HealthChange {
	told := p.st.Fetch.Told
	if p.st.Health == told || p.st.Health == "" {
		return nil
	}
	p.st.Fetch.Told = p.st.Health
	if told == "" && (p.st.Health == Healthy || p.st.Health == Quiet) {
		return nil
	}
	return &HealthChange{From: told, To: p.st.Health, At: p.now, Detail: p.sentence()}
}

func (p *poll) sentence() string {
	f := &p.st.Fetch
	switch p.st.Health {
	case Gone:
		return "is gone for good (410) and is not asked any more"
	case Refused:
		return "refuses us: " + p.st.Detail
	case Failing:
		if p.st.LastSuccess.IsZero() {
			return fmt.Sprintf("cannot be read: %s (%s)", p.st.Reason, p.st.Detail)
		}
		return fmt.Sprintf("has not answered since %s: %s (%s)", f.FailingSince.UTC().Format(time.DateOnly), p.st.Reason, p.st.Detail)
	case Quiet:
		return "has published nothing since " + p.newest().UTC().Format(time.DateOnly)
	}
	return "works again"
}
