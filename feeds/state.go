package feeds

import (
	"context"
	"net/url"
	"time"
)

// Health is how a feed does, as a reader of digests would put it.
type Health string

const (
	Healthy Health = "healthy"
	Quiet   Health = "quiet"   // answers, but has published nothing for long, by its own measure
	Failing Health = "failing" // has not been fetched or read for a day; tried again with growing pauses
	Gone    Health = "gone"    // 410, twice, a day apart: not asked any more
	Refused Health = "refused" // the server forbids us, or its address is not allowed
)

// Reason is the outcome of one poll, as a code for machines; State.Detail says
// it in words.
type Reason string

const (
	ReasonNever       Reason = "" // not polled yet
	ReasonNew         Reason = "new entries"
	ReasonNothingNew  Reason = "nothing new"
	ReasonNotModified Reason = "not modified"
	ReasonWaiting     Reason = "waiting for host" // another request to the domain is in flight, or the server asked us to wait
	ReasonThrottled   Reason = "throttled"        // 429
	ReasonUnavailable Reason = "unavailable"      // 503
	ReasonNotFound    Reason = "not found"        // 404
	ReasonGone        Reason = "gone"             // 410
	ReasonForbidden   Reason = "forbidden"        // 401, 403, 451
	ReasonHTTP        Reason = "http error"       // any other status
	ReasonDNS         Reason = "dns"
	ReasonTLS         Reason = "tls"
	ReasonTimeout     Reason = "timeout"
	ReasonNetwork     Reason = "network"
	ReasonAddress     Reason = "address not allowed" // private network, scheme or port
	ReasonRedirect    Reason = "redirect"            // too many, or without a target
	ReasonTooLarge    Reason = "too large"
	ReasonEncoding    Reason = "encoding" // a content encoding that we did not ask for
	ReasonNotFeed     Reason = "not a feed"
)

// State is what the next poll of a feed needs to know of the last. It goes
// through JSON unchanged. The zero value is a feed never polled.
type State struct {
	NextPoll    time.Time `json:"next_poll,omitzero"` // when the feed is due; [Never] when it is not asked any more
	LastPoll    time.Time `json:"last_poll,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastNew     time.Time `json:"last_new,omitzero"`
	Health      Health    `json:"health,omitempty"`
	Reason      Reason    `json:"reason,omitempty"`
	Detail      string    `json:"detail,omitempty"`
	Title       string    `json:"title,omitempty"`    // as the feed says
	MovedTo     string    `json:"moved_to,omitempty"` // asked instead of the configured URL, after a lasting redirect
	MovedAt     time.Time `json:"moved_at,omitzero"`  // when it last went to another registrable domain

	Fetch Fetch `json:"fetch,omitzero"` // Poll's own
}

// MovedSince is the host that the feed has moved to after t, or empty.
func (s State) MovedSince(t time.Time) string {
	u, err := url.Parse(s.MovedTo)
	if err != nil || !s.MovedAt.After(t) {
		return ""
	}
	return u.Hostname()
}

// Fetch is the part of a [State] that only [Client.Poll] reads and writes.
type Fetch struct {
	Validators    Validators     `json:"validators,omitzero"`
	NoValidators  bool           `json:"no_validators,omitempty"` // the last full answer came without
	BodyHash      string         `json:"body_hash,omitempty"`
	Unconditional time.Time      `json:"unconditional,omitzero"` // last request without validators
	Changed       time.Time      `json:"changed,omitzero"`       // last new body
	NotBefore     time.Time      `json:"not_before,omitzero"`    // the server's own word
	Failures      Failures       `json:"failures,omitzero"`
	FailingSince  time.Time      `json:"failing_since,omitzero"`
	FailingReason Reason         `json:"failing_reason,omitempty"`
	GoneSince     time.Time      `json:"gone_since,omitzero"`
	Redirect      string         `json:"redirect,omitempty"` // where permanent redirects lead
	RedirectSince time.Time      `json:"redirect_since,omitzero"`
	Gap           time.Duration  `json:"gap,omitempty"` // between two entries, of late
	Newest        time.Time      `json:"newest,omitzero"`
	TTL           time.Duration  `json:"ttl,omitempty"`
	SkipHours     []int          `json:"skip_hours,omitempty"`
	SkipDays      []time.Weekday `json:"skip_days,omitempty"`
	Told          Health         `json:"told,omitempty"` // what users heard last
}

// Validators are a server's words about a version of a document, opaque to us.
// They are sent back to the URL that they came from and to no other.
type Validators struct {
	URL          string `json:"url,omitempty"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Failures counts polls that failed in a row, by kind: a night without network
// must not count as a night of broken feeds.
type Failures struct {
	Network int `json:"network,omitempty"` // names, TLS, connections, timeouts
	HTTP    int `json:"http,omitempty"`
	Parse   int `json:"parse,omitempty"`
}

// Never is the NextPoll of a feed that is not asked any more.
var Never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Seen is what the caller knows of an identity key.
type Seen struct {
	EntryID     string
	Fingerprint string
	Deleted     bool // a tombstone: the entry must not come back
}

// Known tells which identity keys of a feed have been met. Keys that have not
// are absent from the answer. Where several entries hold a key, it answers with
// the first.
type Known interface {
	Known(ctx context.Context, feedID string, keys []string) (map[string]Seen, error)
}

// PollResult is what a poll found. The caller keeps the state and the entries
// in one transaction: a state without its entries would lose them.
type PollResult struct {
	State    State
	Entries  []Entry       // new and changed, oldest first
	Renamed  []Entry       // known ones under keys not met before: nothing to read, but the keys are to be kept
	Change   *HealthChange // not nil when users should hear of it
	Moved    *Move         // not nil when the feed is asked elsewhere from now on
	Warnings []string      // what was odd about the document
	HostHold *HostHold     // not nil after a 429
}

// HealthChange is a change of a feed's health, reported once.
type HealthChange struct {
	From, To Health // From is empty for a feed that never worked
	At       time.Time
	Detail   string // one sentence for users, without the feed's name
}

// Move says that a feed has lastingly moved. The configured URL stays what it
// is; when To is another configured feed, the two are one.
type Move struct {
	From, To string
	NewHost  bool
}

// HostHold says that a registrable domain is to be left alone. [Client.Poll]
// has told its [Hosts] already.
type HostHold struct {
	Domain string
	Until  time.Time
}
