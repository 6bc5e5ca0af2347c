// Package feeds finds out what was published: it fetches feeds politely, makes
// sense of whatever they send, knows a new entry from one it has seen in
// another dress, and reads the article behind it.
//
// A feed is a document at a URL that somebody else writes, serves and breaks.
// Asking for it too often is rude and gets the asker blocked, so a [Client]
// sends back the validators that the server gave, keeps one request in flight
// for each registrable domain, waits between two of them, and plans each poll
// from what the feed does and asks for. What comes back may be in the wrong
// encoding, cut off, or made to kill its reader; [Parse] takes it apart within
// fixed bounds. The same publication comes back under changed ids, links and
// titles; an [Entry] therefore has several identity keys, and the caller says
// through [Known] which of them it has met.
//
//	Client.Poll   a feed and its State in, new and changed entries and the next State out
//	Client.Read   an entry in, the Article behind it out
//	Parse         bytes in, Parsed out: what Poll uses and "feeds show" prints
//	ReadHTML      a page in, an Article out; ReadText the same for plain text
//	Discover      the feeds behind a home page
//	ReadOPML      lists of feeds from other readers; WriteOPML the way back
//	Catalogue     the feeds that Hanwire knows
//
// The package keeps nothing: a [State] is a value that the caller stores. It
// does not judge what an entry is about, and it logs nothing.
package feeds

import "time"

// OutletType tells whose voice an outlet is.
type OutletType string

const (
	StateMedia  OutletType = "state"
	Party       OutletType = "party"
	Agency      OutletType = "agency"
	Independent OutletType = "independent"
	Government  OutletType = "government"
	ThinkTank   OutletType = "think tank"
)

// Feed is a configured source.
type Feed struct {
	URL    string
	Outlet string
	Type   OutletType
	Lang   string // BCP 47: "en", "ko", "zh-Hans", "zh-Hant"
	Zone   string // IANA zone for dates that name none, "Asia/Seoul"; empty: by domain, then UTC
	Folder string // where a catalogue or an OPML file puts it, "Korea/Government"
}

// ID returns the feed's id. It depends on the URL alone, and not on its
// scheme, letter case of its host, or default port.
func (f Feed) ID() string { return "f" + shortHash(feedKey(f.URL)) }

// Entry is what a feed claims about one publication.
type Entry struct {
	ID          string   // stable, from the feed and the first of guid, canonical link, title and date
	Feed        string   // the feed's ID
	Keys        []string // identity keys, the ID's own first; one of them known means the entry is known, but for those of IsVersionKey
	GUID        string
	Link        string
	Title       string // plain text, version mark removed
	Mark        string // the version mark as it stood: "종합2보", "2nd LD", "UPDATE 2-"
	Author      string
	Summary     string    // plain text
	Content     string    // HTML, when the feed carries the full text
	Published   time.Time // zero when the feed gives none
	Updated     time.Time
	Fingerprint string // changes when title, summary or content change
	VersionOf   string // ID of the entry that this is a later version of
	Update      bool   // known entry, changed fingerprint
	Baseline    bool   // was there when the feed was first seen: kept, never posted
}

// FullTitle is the title with its version mark, as the outlet would print it.
func (e Entry) FullTitle() string {
	if e.Mark == "" {
		return e.Title
	}
	return "[" + e.Mark + "] " + e.Title
}

// Access says how much of an article could be read.
type Access string

const (
	FullText  Access = "full text"
	FeedText  Access = "feed text only"
	Paywalled Access = "paywalled"
	NoText    Access = "no text"

	QuotesOnly Access = "quotes only" // the rest was read, and is kept no longer
)

// Article is our reading of the page behind an entry.
type Article struct {
	ID        string // from the canonical link, so that two feeds with one page give one article
	Entry     string // the entry's ID
	Feed      string
	URL       string // canonical
	Title     string
	Text      string // plain, paragraphs separated by blank lines
	Byline    string
	Dateline  string // "SEOUL, Nov. 3 (Yonhap)", as it stands at the start of the text
	Lang      string // as the page or feed claims
	Published time.Time
	Updated   time.Time
	Fetched   time.Time
	Access    Access
	Note      string // why there is less than the full text; empty otherwise
}
