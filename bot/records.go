package bot

import (
	"context"
	"errors"
	"time"

	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/text"
	"hanwire/feeds"
)

// Subscription says what a channel hears of, and when.
type Subscription struct {
	ID      string
	At      Place
	Topics  []string
	Query   string // in the query language; empty takes all of Topics
	Hour    string // "08:00" in Zone
	Zone    string // IANA
	Days    Days   // zero means every day
	Length  int    // stories told in full; 0 means the default
	Lang    string // of the interface texts: "en", "ko", "zh-Hans", "zh-Hant"
	By      Person
	Created time.Time
	Paused  string    // why it is paused; empty when it runs
	Next    time.Time // when the next edition is due; the store finds due ones by it
	Number  int       // of the last edition
	Until   time.Time // end of the period that the last edition covered
}

// Days is a set of weekdays: bit 0 is Sunday, as time.Weekday counts.
type Days uint8

// Edition is one numbered posting of a digest. Its ID is made of subscription
// and due time, so that one is made once.
type Edition struct {
	ID           string
	Subscription string
	At           Place  // where it was posted
	Title        string // what the channel wanted to hear of
	Lang         string // as in the subscription
	Number       int
	Due          time.Time
	Made         time.Time
	From, Until  time.Time // the period covered
	Stories      []string  // IDs, in order, told in full
	Also         []string
	Told         Told   // what readers now know, for "since yesterday"
	Health       string // the feed-health line as posted
}

// Told is what an edition told of its stories.
type Told struct {
	Articles  map[string][]string // story ID to article IDs
	Sentences []string            // hashes of summary sentences
	Quotes    []string            // hashes of quotes
	Speakers  map[string][]string // story ID to speaker names
	Quoted    map[string][]Quoted // story ID to the quotes as posted, to notice when one vanishes
}

// Quoted is a quote as an edition posted it.
type Quoted struct {
	Article string
	Text    string
	Speaker string
	Role    string
}

// Alert is a person's query, answered by direct message.
type Alert struct {
	ID        string
	Owner     Person
	Query     string
	Frequency Frequency
	Lang      string
	Created   time.Time
	Snoozed   time.Time   // silent until then; zero when it is not
	Next      time.Time   // when held-back matches go out, for Hourly, Daily and quiet hours; zero when nothing waits
	Sent      int         // how often it has come
	Recent    []time.Time // when it last came, oldest first, for the cap per hour
	Excluded  []string    // stories the owner called not relevant or muted
}

// Frequency says how soon an alert comes.
type Frequency string

const (
	Draft     Frequency = "draft" // not yet confirmed by its owner; matches nothing
	Immediate Frequency = "immediate"
	Hourly    Frequency = "hourly"
	Daily     Frequency = "daily"
)

// Hit is one article that an alert matched. Hits of one alert and story are
// folded into one message.
type Hit struct {
	Alert   string
	Story   string
	Article string
	Matches []text.Span // of the article's text; empty when only title, speaker or outlet matched
	Rule    string      // the part of the query that matched
	At      time.Time
	Held    bool // waits for the alert's next time instead of going out at once
}

// Settings is what is kept about a person, besides their alerts.
type Settings struct {
	Person     Person
	Zone       string
	Lang       string
	QuietFrom  string // "22:00"; no quiet hours when empty
	QuietUntil string
	Closed     bool      // direct messages were refused; cleared when one gets through
	Since      time.Time // when they were first refused, so that what was missed can be told
	Greeted    bool
}

// StoryRecord is a story as the store keeps it, with its articles as they were
// read, in order of publication.
type StoryRecord struct {
	ID       string
	Readings []digest.Reading
	Muted    bool
	// Private names, by article ID, the workspaces that alone may see an article
	// because only feeds of their own carried it. An article that all may see is
	// not in it.
	Private map[string][]Place
}

// StoryFilter chooses stories; zero fields do not restrict.
type StoryFilter struct {
	IDs      []string
	Changed  [2]time.Time // with an article grouped in [from, until)
	Relevant bool
	Limit    int // newest first
}

// Page is a part of a long result, as the workspace of At may see it: without
// what came from other workspaces' own feeds. The zero Place sees everything.
type Page struct {
	Offset, Limit int
	At            Place
}

// StoryHit is a story found by a search.
type StoryHit struct {
	Story    string
	Headline string
	URL      string
	Outlets  []string
	Latest   time.Time
	Snippet  string      // a sentence that matches
	Matches  []text.Span // in Snippet
}

// QuoteRecord is a quote as the store keeps it.
type QuoteRecord struct {
	ID         string
	Story      string
	Article    string
	Outlet     string
	OutletType string
	Lang       string
	URL        string // with the text fragment
	Published  time.Time
	Text       string
	Kind       string
	Speaker    string
	SpeakerKey string
	Role       string
	Matches    []text.Span // in Text
}

// Profile is what the store knows of a speaker.
type Profile struct {
	Key, Name   string
	Names       []string // spellings met
	Quotes      int
	First, Last time.Time
	Roles       []RoleSeen
	Topics      []string
	Latest      []QuoteRecord
}

// RoleSeen is a role with the time over which it was given.
type RoleSeen struct {
	Role        string
	First, Last time.Time
	Count       int
}

// Step is one stage that an entry passed or stopped at, for "why".
type Step struct {
	Stage  string // "feed", "poll", "entry", "read", "relevance", "story", "edition", "delivery"
	At     time.Time
	Passed bool
	Detail string
	Where  Place // of an edition and its delivery, which only the same workspace is told of
}

// FeedRecord is a feed with its health.
type FeedRecord struct {
	Feed    feeds.Feed
	ID      string
	AddedBy Person // zero for the operator's own
	At      Place  // the workspace that sees it; zero for all
	State   feeds.State
	Entries int // in the last 7 days
}

// Outgoing is a delivery to be put into the outbox. After names the Key of the
// outgoing whose receipt becomes Delivery.Parent; it must have been put in
// before or together with this one.
type Outgoing struct {
	Delivery
	After string
	Due   time.Time // not before; zero means now
	Tries int       // how often it was claimed, this time included; set by [Store].Claim
}

// Lane is the queue in which deliveries keep their order: one channel, or one
// person. An Answer or Edit without a channel belongs to a direct message.
func (o Outgoing) Lane() string {
	if o.Kind == Direct || o.To.Channel == "" {
		return o.Person.Platform + "/" + o.Person.Workspace + "/@" + o.Person.User
	}
	return o.To.Platform + "/" + o.To.Workspace + "/" + o.To.Channel
}

// AlertKey is the key of the message that tells an alert's owner of a story.
func AlertKey(alert, story string) string { return "alert/" + alert + "/" + story }

// Outcome is how a claim ended.
type Outcome struct {
	State   OutcomeState
	Receipt Receipt   // when Sent
	Again   time.Time // when Retry
	Detail  string    // the error, without secrets
}

// OutcomeState is the state of an outbox row after an attempt.
type OutcomeState string

const (
	Sent    OutcomeState = "sent"
	Retry   OutcomeState = "retry"   // nothing was sent; due again at Again
	Lost    OutcomeState = "lost"    // the target takes no messages any more
	Refused OutcomeState = "refused" // the platform will not take this message
	Unsure  OutcomeState = "unsure"  // may have been sent; not tried again unless the adapter can look it up
)

// ErrDone says that what was to be saved has been saved before: an edition of
// that subscription and due time, a command of that id.
var ErrDone = errors.New("done before")

// ErrNotFound says that there is no such record.
var ErrNotFound = errors.New("not found")

// Store keeps what the bot must not lose. Every method is one transaction;
// outgoing rows and the jobs that deliver them are committed with the state
// they follow from. An Outgoing whose Key is already there is left as it is.
type Store interface {
	Subscriptions(ctx context.Context, at Place) ([]Subscription, error) // empty fields of at match all
	Subscription(ctx context.Context, id string) (Subscription, error)
	SaveSubscription(ctx context.Context, s Subscription) error
	DeleteSubscription(ctx context.Context, id string) error
	// PausePlace pauses all subscriptions of a place, as when it is lost.
	PausePlace(ctx context.Context, at Place, why string) ([]Subscription, error)

	// SaveEdition keeps e, sets s's Next, Number and Until, and puts out into the
	// outbox. [ErrDone] when e.ID exists.
	SaveEdition(ctx context.Context, e Edition, s Subscription, out []Outgoing) error
	Edition(ctx context.Context, id string) (Edition, error)
	LastEditions(ctx context.Context, subscription string, n int) ([]Edition, error) // newest first
	// EditionsWith lists the editions since t that told the story.
	EditionsWith(ctx context.Context, story string, since time.Time) ([]Edition, error)

	Alerts(ctx context.Context, owner Person) ([]Alert, error)
	AllAlerts(ctx context.Context) ([]Alert, error)
	// AlertsVersion changes whenever what alerts match, or for whom, changes; not
	// when one has come or waits.
	AlertsVersion(ctx context.Context) (int64, error)
	Alert(ctx context.Context, id string) (Alert, error)
	SaveAlert(ctx context.Context, a Alert, out []Outgoing) error
	DeleteAlert(ctx context.Context, id string) error
	// SaveHits keeps hits not seen before (alert, story, article) together with
	// what goes out for them.
	SaveHits(ctx context.Context, hits []Hit, out []Outgoing) error
	// HeldHits are those of an alert that wait; SaveHits with Held false and the
	// same key ends the wait.
	HeldHits(ctx context.Context, alert string) ([]Hit, error)
	// AlertSent returns the key of the outgoing that told the alert's owner of
	// the story, [AlertKey], when it is in the outbox, or ErrNotFound.
	AlertSent(ctx context.Context, alert, story string) (string, error)
	DueAlerts(ctx context.Context, now time.Time) ([]Alert, error)

	Settings(ctx context.Context, p Person) (Settings, error) // zero settings with Person set when there are none
	SaveSettings(ctx context.Context, s Settings) error
	// Forget erases all that is kept about a person and returns counts by kind.
	Forget(ctx context.Context, p Person) (map[string]int, error)

	Stories(ctx context.Context, f StoryFilter) ([]StoryRecord, error)
	SearchStories(ctx context.Context, q query.Query, p Page) ([]StoryHit, int, error) // and how many in all
	SearchQuotes(ctx context.Context, q query.Query, p Page) ([]QuoteRecord, int, error)
	Speaker(ctx context.Context, name string, at Place) (Profile, error) // as the workspace of at may see it; the zero Place sees all
	SpeakerNames(ctx context.Context, prefix string, n int) ([]string, error)
	// Readings are the articles since t, oldest first, handed to f one by one; f
	// returning false ends it. For dry runs of a query.
	Readings(ctx context.Context, since time.Time, f func(story string, r digest.Reading) bool) error
	Why(ctx context.Context, url string) ([]Step, error)
	MuteStory(ctx context.Context, at Place, story string) error
	Muted(ctx context.Context, at Place) ([]string, error)

	Feeds(ctx context.Context, at Place) ([]FeedRecord, error) // those that the place's workspace sees
	// Troubled are those of them that have something wrong, without Entries, and
	// how many they are in all.
	Troubled(ctx context.Context, at Place) ([]FeedRecord, int, error)
	AddFeed(ctx context.Context, f FeedRecord) error
	RemoveFeed(ctx context.Context, id string) error

	Enqueue(ctx context.Context, out []Outgoing) error
	// Claim takes the next due outgoing of a lane, with Parent filled in from the
	// receipt that After names (and To.Channel from it too, when that is empty,
	// as for what follows a direct message; Parent stays empty when that message
	// was not sent), and counts the attempt before it is made. False
	// when nothing is due. Only one caller holds a lane at a time.
	Claim(ctx context.Context, lane string, now time.Time) (Outgoing, bool, error)
	// Settle ends a claim.
	Settle(ctx context.Context, key string, o Outcome) error
	// ReadingsOf are the given articles with the story that each is in.
	ReadingsOf(ctx context.Context, articles []string) (map[string]StoryRecord, error)
	// Seen records a command's id and reports whether it was new.
	Seen(ctx context.Context, id string) (bool, error)
}
