package feeds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"
)

var errSoon = errors.New("not written")

// NewClient returns a client, or an error that names the option that is wrong.
func NewClient(o Options) (*Client, error) { return nil, errSoon }

// Poll fetches f if it changed and returns what is new.
func (c *Client) Poll(ctx context.Context, f Feed, st State, known Known, now time.Time) (PollResult, error) {
	return PollResult{}, errSoon
}

// Read reads the article behind e.
func (c *Client) Read(ctx context.Context, f Feed, e Entry, now time.Time) (Article, error) {
	return Article{}, errSoon
}

// Show fetches and parses the document at a URL, unconditionally.
func (c *Client) Show(ctx context.Context, url string, now time.Time) (Parsed, error) {
	return Parsed{}, errSoon
}

// ReadPage fetches and reads the page at a URL.
func (c *Client) ReadPage(ctx context.Context, url string, now time.Time) (Article, error) {
	return Article{}, errSoon
}

// ReadHTML reads an article from the page.
func ReadHTML(page []byte, contentType, url string) (Article, error) { return Article{}, errSoon }

// ReadText reads an article from plain text.
func ReadText(text []byte, url string) (Article, error) { return Article{}, errSoon }

type ParseOptions struct {
	URL  string
	Zone string
	Now  time.Time
}

type Parsed struct {
	Format   string // "rss", "atom", "rdf", "json", "cdf"
	Title    string
	Encoding string
	Partial  bool
	Entries  []Entry
	Warnings []string
	Err      error // not nil when the bytes are no feed
}

func Parse(body []byte, contentType string, o ParseOptions) Parsed { return Parsed{Err: errSoon} }

// Candidate is a feed found behind a home page.
type Candidate struct {
	URL, Title, Format string
	Entries            int
}

func (c *Client) Discover(ctx context.Context, siteURL string) ([]Candidate, error) {
	return nil, errSoon
}

func ReadOPML(r io.Reader) ([]Feed, error)                  { return nil, errSoon }
func WriteOPML(w io.Writer, feeds []Feed) error             { return errSoon }
func Catalogue() []Feed                                     { return nil }
func RegistrableDomain(rawurl string) string                { return rawurl }
func URLKey(raw string) string                              { return raw }
func EncodeShow(w io.Writer, source string, p Parsed) error { return errSoon }

func feedKey(raw string) string { return raw }
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:10])
}
