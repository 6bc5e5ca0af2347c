package story

import (
	"math"
	"time"
)

// The likeness of two articles in one script is the log-odds, fitted on
// labelled pairs of news articles at most three days apart, that they tell one
// event. Half of the events chose the weights, the other half judged them.
const (
	pairBias    = -4.2
	pairTitle   = 5.1
	pairBody    = 5.0
	pairRoot    = 6.9 // of the square root of Body: the first shared terms tell most
	pairLead    = 1.6
	pairNames   = 1.9
	pairNumbers = 1.3
	pairDay     = -2.0 // a day apart
	pairSameDay = -1.0 // within half a day
	pairOutlet  = -2.7 // an outlet seldom tells one event in two articles, unless as a version
	pairNothing = -2.0 // nothing particular is shared, only the words of the field
	particular  = 0.05 // from which opening, names or numbers count as shared
)

const (
	minBody     = 0.06 // articles less alike than this were not looked at when the weights were fitted
	unlike      = -6.0 // their likeness, and the least there is
	unknownDays = 0.75 // how far apart articles count when a date is missing
)

// likeness is the log-odds that two articles in one script tell one event. The
// probe is of the first one's body.
func likeness(a *Item, aBody *probe, b *Item) float64 {
	body := aBody.dot(b.Body)
	if body < minBody {
		return unlike
	}
	days := daysApart(a.Published, b.Published)
	z := pairBias +
		pairTitle*a.Title.Dot(b.Title) +
		pairBody*body +
		pairRoot*math.Sqrt(body) +
		pairLead*a.Lead.Dot(b.Lead) +
		pairNames*a.Names.Dot(b.Names) +
		pairNumbers*a.Numbers.Dot(b.Numbers) +
		pairDay*math.Min(days, 3)
	if days < 0.5 {
		z += pairSameDay
	}
	if a.Outlet == b.Outlet && a.Outlet != "" {
		z += pairOutlet
	}
	if a.Lead.Dot(b.Lead) < particular && a.Names.Dot(b.Names) < particular && a.Numbers.Dot(b.Numbers) < particular {
		z += pairNothing
	}
	return math.Max(unlike, math.Min(z, -unlike))
}

func daysApart(a, b time.Time) float64 {
	if a.IsZero() || b.IsZero() {
		return unknownDays
	}
	return math.Abs(a.Sub(b).Hours()) / 24
}

// Two texts are one, printed twice or slightly changed, from this share of
// common runs of words on.
const (
	copyResemblance = 0.45
	copyDays        = 6.0 // as long as a grouper with the default window remembers
)

// IsCopy reports whether two articles are one text, printed twice or slightly
// changed.
func IsCopy(a, b *Item) bool {
	return daysApart(a.Published, b.Published) <= copyDays && resemblance(a.Sketch, b.Sketch) >= copyResemblance
}

// Across scripts there are no terms to compare. Precision comes first: a close
// mix of names and concepts and little time, and besides two names that mean
// somebody or something in particular, or one of them and the same numbers, or,
// where only countries are named, several numbers that are nearly all the same.
const (
	crossHours   = 48.0
	crossKeys    = 0.67 // least cosine of the keys
	crossNumbers = 0.15 // what a shared number spares of it, at most
	crossAnchors = 2
	crossFigures = 2    // numbers shared where no particular name is
	crossAgree   = 0.6  // least cosine of the numbers then
	crossDiffer  = 0.25 // what is asked for more where both have numbers and share none: the same people, about something else
)

// crossLikeness is above 0 when two articles in different scripts tell one
// event, and the higher the surer.
func crossLikeness(a, b *Item) float64 {
	if daysApart(a.Published, b.Published)*24 > crossHours {
		return unlike
	}
	anchors := shared(a.Anchors, b.Anchors)
	agree := a.Numbers.Dot(b.Numbers)
	numbers := math.Min(1, 2*agree)
	switch {
	case anchors >= crossAnchors:
	case anchors == 1 && numbers >= 0.5:
	case agree >= crossAgree && a.Numbers.shared(b.Numbers) >= crossFigures:
	default:
		return unlike
	}
	likeness := a.Keys.Dot(b.Keys) + crossNumbers*numbers - crossKeys
	if differ(a.Numbers, b.Numbers) {
		likeness -= crossDiffer
	}
	return likeness
}

// differ reports whether both have numbers and share none.
func differ(a, b Vector) bool {
	return len(a) > 0 && len(b) > 0 && a.shared(b) == 0
}

func shared(a, b []uint32) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n++
			i, j = i+1, j+1
		}
	}
	return n
}
