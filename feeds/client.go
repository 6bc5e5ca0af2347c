package feeds

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Options configure a [Client]. The zero value is a client for the open
// internet with the documented defaults.
type Options struct {
	Version     string // of the program, in the User-Agent; empty: "dev"
	Contact     string // URL or mail address in the User-Agent, for the operator of a server who wants to complain
	Subscribers func(feedID string) int

	Transport    http.RoundTripper // replaces network, proxy and address checks altogether; for tests
	Proxy        *url.URL          // a trusted hop: the addresses behind it are not checked
	AllowPrivate bool              // lets private addresses and any port through; for the demo and tests on loopback

	Timeout  time.Duration // for one request with its redirects and body; 30 s
	HostWait time.Duration // how long Poll and Read wait for their turn at a host before they put it off; 15 s; negative: not at all
	Spacing  time.Duration // between two requests to one registrable domain; 2 s
	Hosts    Hosts         // whose turn it is at which host; nil: in memory, for this process alone
}

// Client fetches feeds and pages over one shared transport. It is safe for
// concurrent use and keeps no state but its connections and, unless given
// [Options].Hosts, its turns.
type Client struct {
	opts  Options
	http  *http.Client
	hosts Hosts
}

// RetryError says that a page could not be read now, and when to try again.
type RetryError struct {
	After  time.Duration // at the earliest; never zero
	Reason Reason
	Detail string
}

func (e *RetryError) Error() string {
	return fmt.Sprintf("%s: %s (again in %s)", e.Reason, e.Detail, e.After.Round(time.Second))
}

// Hosts gives out turns at hosts, so that no registrable domain has two
// requests in flight or two in quick succession, across all workers.
type Hosts interface {
	// Acquire asks for a turn at the domain. With a turn, release is not nil and
	// must be called once, with the time before which nobody may ask the domain
	// again. Without one, wait says when to ask again.
	Acquire(ctx context.Context, domain string, now time.Time) (release func(next time.Time), wait time.Duration, err error)
}
