package feeds

import (
	"context"
	"time"
)

// Health is how a feed does, as a reader of digests would put it.
type Health string

const (
	Healthy Health = "healthy"
	Quiet   Health = "quiet"   // answers, but has published nothing for long, by its own measure
	Failing Health = "failing" // cannot be fetched or read; tried again with growing pauses
	Gone    Health = "gone"    // 410, twice, a day apart: not asked any more
	Refused Health = "refused" // the server forbids us, or its address is not allowed
)

// Reason is the outcome of one poll, as a code for machines; State.Detail says
// it in words.
type Reason string

const (
	ReasonNever       Reason = "never polled"
	ReasonNew         Reason = "new entries"
	ReasonNothingNew  Reason = "nothing new"
	ReasonNotModified Reason = "not modified"
	ReasonWaiting     Reason = "waiting for host" // another request to the domain is in flight, or the domain asked us to wait
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
	ReasonEncoding    Reason = "encoding" // content encoding that we did not ask for
	ReasonNotFeed     Reason = "not a feed"
)

// State is what the next poll of a feed needs to know of the last. It goes
// through JSON unchanged. The zero value is a feed never polled.
type State struct {
	NextPoll    time.Time `json:"next_poll,omitzero"`
	LastPoll    time.Time `json:"last_poll,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastNew     time.Time `json:"last_new,omitzero"`
	Health      Health    `json:"health,omitempty"`
	Reason      Reason    `json:"reason,omitempty"`
	Detail      string    `json:"detail,omitempty"`
}

// Seen is what the caller knows of an identity key.
type Seen struct {
	EntryID     string
	Fingerprint string
	Deleted     bool // a tombstone: the entry must not come back
}

// Known tells which identity keys of a feed have been met. Keys that have not
// are absent from the answer.
type Known interface {
	Known(ctx context.Context, feedID string, keys []string) (map[string]Seen, error)
}

// PollResult is what a poll found.
type PollResult struct {
	State    State
	Entries  []Entry       // new and changed, oldest first
	Change   *HealthChange // not nil when users should hear of it
	Warnings []string      // what was odd about the document
	HostHold *HostHold     // not nil after a 429
}

// HealthChange is a change of a feed's health, reported once.
type HealthChange struct {
	From, To Health
	At       time.Time
	Detail   string // one sentence for users
}

// HostHold says that a registrable domain is to be left alone. [Client.Poll]
// has told its [Hosts] already.
type HostHold struct {
	Domain string
	Until  time.Time
}
