package bot

import (
	"context"
	"fmt"
	"time"
)

// Place is a channel of a workspace (a Discord guild) on a platform.
type Place struct {
	Platform  string // "slack", "discord", "console"
	Workspace string
	Channel   string
}

// Person is a user of a workspace. On Discord, Workspace is empty: a user is
// one over all guilds.
type Person struct {
	Platform  string
	Workspace string
	User      string
}

// Platform is one chat service.
type Platform interface {
	// Name is "slack", "discord" or "console".
	Name() string

	// Listen hands every command, button, form and event to h until ctx ends,
	// and returns when all that it started has stopped. It acknowledges within
	// the platform's limit whatever h takes. A connection that breaks is its
	// own to mend; an error means that going on is no use (a revoked token).
	Listen(ctx context.Context, h Handler) error

	// Deliver sends one message and returns the platform's name for it. It
	// tries once. Errors to test for: [*RetryError], [*LostError],
	// [*UnsureError]; any other means the message was refused for good.
	Deliver(ctx context.Context, d Delivery) (Receipt, error)

	// Check tries tokens, scopes and the given channels, and returns what is wrong
	// in words that say what to do.
	Check(ctx context.Context, channels []Place) []string
}

// Finder is a [Platform] that can tell whether an earlier attempt got through.
// What it Finds is tried again after an [*UnsureError]; what it, or a platform
// that is no Finder, does not is left unsure rather than posted twice.
type Finder interface {
	Finds(d Delivery) bool
}

// Handler answers what people do; [Bot] is one.
type Handler interface {
	// Handle answers a command. An error is a fault of ours; the adapter says
	// a short apology. What a person did wrong is answered in the Reply.
	Handle(ctx context.Context, c Command) (Reply, error)

	// Suggest completes the option that is being typed; at most 25 choices.
	Suggest(ctx context.Context, c Command, option string) []Choice
}

// Command is something a person did: exactly one of Name, Text, Action and
// Event is set. Adapters fill it in; see [Commands] for names and options.
type Command struct {
	ID     string            // the platform's id of the event; one id is handled once
	Name   string            // "latest", "alert add": options came typed
	Args   map[string]string // for Name, by option name
	Text   string            // what follows "/hanwire" where the platform has only text
	Action string            // of the button, menu or form
	Values []string          // chosen in a menu
	Fields map[string]string // filled into a form
	Event  Event

	By      Person
	ByName  string
	At      Place
	Message string // the message whose button was pressed
	Direct  bool   // in a direct message
	Manages bool   // may manage the channel's subscriptions and feeds
	Locale  string // BCP 47, as the platform tells
	Zone    string // IANA, empty where the platform tells none
	CanForm bool   // a Form can be opened in answer
}

// Event is something that happened without a command.
type Event string

const (
	Joined Event = "joined" // the bot was added to the channel At
	Home   Event = "home"   // a person opened their App Home
	Left   Event = "left"   // the bot was removed from At, or the channel is gone; an empty Channel means the workspace
)

// Reply answers a command. The zero Reply says nothing.
type Reply struct {
	Message *Message
	Replace bool     // put Message in place of the one whose button was pressed
	Form    *Form    // open it instead of answering
	Home    *Message // show it as the person's App Home
}

// Action says what a delivery does.
type DeliveryKind string

const (
	Post   DeliveryKind = "post"   // a new message in To
	Answer DeliveryKind = "answer" // in the thread of the message Parent
	Edit   DeliveryKind = "edit"   // put Message in place of the message Parent
	Direct DeliveryKind = "direct" // a direct message to the person
)

// Delivery is one call to a platform. Key makes it happen once: it goes to the
// platform as nonce or metadata, and Attempt over 1 says that an earlier try
// may have got through, so that an adapter which can look does so first; tries
// that are known to have sent nothing do not count.
type Delivery struct {
	Key     string
	Kind    DeliveryKind
	To      Place  // for Post, Answer, Edit
	Person  Person // for Direct
	Parent  string // the platform's id of a message
	Message Message
	Attempt int
	First   time.Time // of the first attempt
}

// Receipt is the platform's name for what was delivered.
type Receipt struct {
	Message string // id: Slack's ts, Discord's snowflake
	Channel string // the channel it went to, for a direct message the one that was opened
	URL     string // permanent link, where there is one
	Found   bool   // an earlier attempt had got through
}

// RetryError says that nothing was sent and when to try again.
type RetryError struct {
	After time.Duration
	Err   error
}

func (e *RetryError) Error() string { return fmt.Sprintf("try again in %s: %v", e.After, e.Err) }
func (e *RetryError) Unwrap() error { return e.Err }

// LostError says that this target will not take messages any more: a channel
// archived or deleted, the bot removed, direct messages closed, a token
// revoked.
type LostError struct {
	Reason Loss
	Err    error
}

func (e *LostError) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Err) }
func (e *LostError) Unwrap() error { return e.Err }

// Loss is why a target is lost.
type Loss string

const (
	ChannelGone   Loss = "channel gone"
	NotMember     Loss = "not a member of the channel"
	Archived      Loss = "channel archived"
	DirectClosed  Loss = "direct messages closed"
	AccessRevoked Loss = "access revoked"
	MissingScope  Loss = "missing permission"
)

// UnsureError says that the message may or may not have been sent: the
// connection broke after the request went out.
type UnsureError struct{ Err error }

func (e *UnsureError) Error() string { return fmt.Sprintf("may have been sent: %v", e.Err) }
func (e *UnsureError) Unwrap() error { return e.Err }
