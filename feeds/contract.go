package feeds

import (
	"context"
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

// Candidate is a feed found behind a home page.
type Candidate struct {
	URL, Title, Format string
	Entries            int
}

func (c *Client) Discover(ctx context.Context, siteURL string) ([]Candidate, error) {
	return nil, errSoon
}

func ReadOPML(r io.Reader) ([]Feed, error)      { return nil, errSoon }
func WriteOPML(w io.Writer, feeds []Feed) error { return errSoon }
func Catalogue() []Feed                         { return nil }
