package feeds

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"
)

// ErrNotFeed says that a document is no feed of a kind we know.
var ErrNotFeed = errors.New("not a feed")

// ParseOptions say where a document came from.
type ParseOptions struct {
	URL  string    // of the feed: its id and the base of relative links follow from it
	Zone string    // IANA zone for dates that name none; empty: by the domain, then UTC
	Now  time.Time // dates after it are taken back to it; zero: dates stay as they are
}

// Parsed is a feed document as we read it.
type Parsed struct {
	Format   string // "rss", "atom", "rdf", "json"
	Title    string
	Site     string // the page that the feed belongs to
	Lang     string // as the feed says
	Encoding string
	Partial  bool    // the document broke off or went beyond a bound
	Entries  []Entry // in the document's order
	Warnings []string
	Hints    Hints
	Err      error // wraps ErrNotFeed when there is nothing to read
}

// Hints are what a feed says about when to ask for it.
type Hints struct {
	TTL       time.Duration  // RSS ttl, or the period of the syndication module; zero when absent
	SkipHours []int          // of GMT, 0 to 23
	SkipDays  []time.Weekday // of GMT
}

// rawItem is an item or entry as text, whatever the format.
type rawItem struct {
	guid, link, title, author string
	summary, content          string // HTML or text
	published, updated        string
	permalink                 bool // the guid is a link
}

// says reports whether there is anything in an item.
func (r rawItem) says() bool {
	return r.guid != "" || r.link != "" || r.title != "" || r.summary != "" || r.content != ""
}

// document is what the readers of the formats make of a feed.
type document struct {
	format, title, site, lang string
	author                    string // of all items that name none
	items                     []rawItem
	hints                     Hints
	partial                   bool
	warnings                  []string
}

// Parse reads a feed in any of the formats and encodings in use, and what can
// be saved of a broken one. It takes time and memory in proportion to the
// first 8 MB of body, whatever they hold.
func Parse(body []byte, contentType string, o ParseOptions) Parsed {
	var p Parsed
	if len(body) > maxBody {
		body = body[:maxBody]
		p.Partial = true
		p.Warnings = append(p.Warnings, fmt.Sprintf("more than %d MB, the rest left out", maxBody>>20))
	}
	text, encoding, warnings := decode(body, contentType, o.URL)
	p.Encoding = encoding
	p.Warnings = append(p.Warnings, warnings...)
	if len(text) > 2*maxBody {
		text = text[:2*maxBody]
	}

	var doc document
	var err error
	if looksJSON(text) {
		doc, err = readJSON(text)
	} else {
		doc, err = readXML(text)
	}
	p.Warnings = append(p.Warnings, doc.warnings...)
	p.Partial = p.Partial || doc.partial
	if err != nil {
		p.Err = err
		return p
	}
	p.Format, p.Lang, p.Hints = doc.format, strings.TrimSpace(doc.lang), doc.hints
	p.Title = strings.ReplaceAll(plainText(doc.title), "\n", " ")
	p.Site = resolve(o.URL, doc.site)
	p.entries(doc.items, doc.author, o)
	return p
}

// readXML tries gofeed on the cleaned document, and our own reader when gofeed
// refuses it or finds fewer items than there are.
func readXML(text []byte) (document, error) {
	c := clean(text)
	if c.root == "" && escapedFeed.Match(text) { // shown as text in a page
		c = clean([]byte(html.UnescapeString(string(text))))
		c.warnings = append(c.warnings, "the feed is escaped")
	}
	doc := document{warnings: c.warnings, partial: c.partial}
	if c.root == "" {
		return doc, fmt.Errorf("%w: no element of RSS, RDF or Atom", ErrNotFeed)
	}
	parsed, err := callGofeed(c.text)
	if err == nil {
		parsed.warnings, parsed.partial = doc.warnings, doc.partial
		if c.root == "rdf" {
			parsed.format = "rdf"
		}
		if len(parsed.items) >= c.items && !parsed.lacking() {
			return parsed, nil
		}
	}
	saved := salvage(c.text, c.root)
	if err == nil && len(saved.items) <= len(parsed.items) {
		parsed.complete(saved)
		return parsed, nil
	}
	saved.partial = doc.partial
	if err != nil {
		saved.warnings = append(doc.warnings, append(saved.warnings, "read piece by piece: "+clip(oneLine(err.Error()), 200))...)
	} else {
		saved.warnings = append(doc.warnings, append(saved.warnings, "items in odd places")...)
	}
	// Words about feeds hold their elements too, with nothing in them.
	if err != nil && saved.title == "" && !slices.ContainsFunc(saved.items, rawItem.says) {
		return saved, fmt.Errorf("%w: %s", ErrNotFeed, clip(oneLine(err.Error()), 200))
	}
	return saved, nil
}

var escapedFeed = regexp.MustCompile(`&lt;(?:rss|feed|rdf:RDF)[\s&]`)

// lacking reports whether items lack what a feed may have given in a place
// where gofeed does not look.
func (doc *document) lacking() bool {
	return doc.title == "" || slices.ContainsFunc(doc.items, func(r rawItem) bool {
		return r.link == "" && !r.permalink || r.title == "" || r.summary == "" && r.content == "" || r.published == "" && r.updated == ""
	})
}

// complete fills what is empty from another reading of the same document.
func (doc *document) complete(other document) {
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&doc.title, other.title)
	if len(other.items) != len(doc.items) {
		return
	}
	for i := range doc.items {
		r, o := &doc.items[i], other.items[i]
		fill(&r.title, o.title)
		fill(&r.link, o.link)
		fill(&r.author, o.author)
		fill(&r.published, o.published)
		if r.summary == "" && r.content == "" {
			r.summary, r.content = o.summary, o.content
		}
	}
}

// callGofeed keeps a panic of the parser from ending the program. Its recursion
// is bounded by maxDepth.
func callGofeed(text []byte) (doc document, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = document{}, fmt.Errorf("parser: %v", r)
		}
	}()
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true} // nobody looks at images
	f, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return document{}, err
	}
	doc = document{format: f.FeedType, title: f.Title, site: f.Link, lang: f.Language}
	original, _ := f.OriginalFeed().(*rss.Feed)
	atomFeed, _ := f.OriginalFeed().(*atom.Feed)
	if atomFeed != nil {
		doc.author = people(atomFeed.Authors) // https://www.rfc-editor.org/rfc/rfc4287#section-4.2.1
	}
	if original != nil {
		doc.hints = rssHints(original)
	}
	if p, u := extension(f, "sy", "updatePeriod"), extension(f, "sy", "updateFrequency"); p != "" {
		doc.hints.TTL = max(doc.hints.TTL, syndicationPeriod(p, u))
	}
	for i, item := range f.Items {
		r := rawItem{
			guid: item.GUID, link: item.Link, title: item.Title,
			summary: item.Description, content: item.Content,
			published: item.Published, updated: item.Updated, permalink: true,
		}
		r.author = people(item.Authors)
		if atomFeed != nil && i < len(atomFeed.Entries) {
			e := atomFeed.Entries[i]
			if r.author == "" && e.Source != nil {
				r.author = people(e.Source.Authors)
			}
			r.link = pageLink(e.Links, r.link)
		}
		if original != nil && i < len(original.Items) {
			o := original.Items[i]
			if dc := o.DublinCoreExt; dc != nil && len(dc.Creator) > 1 {
				r.author = strings.Join(dc.Creator, ", ")
			}
			r.author = cmp.Or(r.author, o.Custom["creator"])
			r.permalink = o.GUID == nil || !strings.EqualFold(strings.TrimSpace(o.GUID.IsPermalink), "false")
			r.updated = "" // gofeed takes dc:date, which is the first date
			if d := o.Extensions["dcterms"]["modified"]; len(d) > 0 {
				r.updated = d[0].Value
			} else if d := o.Extensions["atom"]["updated"]; len(d) > 0 {
				r.updated = d[0].Value
			}
		}
		doc.items = append(doc.items, r)
	}
	return doc, nil
}

// pageLink is the first alternate link that a browser can follow, or what is
// there: an entry may have others for other programs.
func pageLink(links []*atom.Link, first string) string {
	for _, l := range links {
		if l.Rel == "alternate" && resolve("http://page.invalid/", l.Href) != "" {
			return l.Href
		}
	}
	return first
}

// people are the names, or for want of one the address, of one or more persons.
func people[P *gofeed.Person | *atom.Person](persons []P) string {
	var names []string
	for _, p := range persons {
		var name, email string
		switch p := any(p).(type) {
		case *gofeed.Person:
			name, email = p.Name, p.Email
		case *atom.Person:
			name, email = p.Name, p.Email
		}
		if name = strings.TrimSpace(cmp.Or(name, email)); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func extension(f *gofeed.Feed, space, name string) string {
	if e := f.Extensions[space][name]; len(e) > 0 {
		return strings.TrimSpace(e[0].Value)
	}
	return ""
}

// unpacked is text that Atom 0.3 sends as base64, by mode or by type; other
// text stays as it is.
func unpacked(s string) string {
	if len(s) < 16 || strings.ContainsAny(s, " <&") {
		return s
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil || !utf8.Valid(b) || bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) {
		return s
	}
	return string(b)
}

// namedAddress is a person with an address: "Anna B. <anna@outlet.example>",
// or as RSS has it "anna@outlet.example (Anna B.)".
var namedAddress = regexp.MustCompile(`^(?:(\S.*?)\s*[<(]\s*(?:mailto:)?[^\s<>()]+@[^\s<>()]+\s*[>)]|[^\s<>()]+@[^\s<>()]+\s*\(\s*(.*?\S)\s*\))$`)

func personName(s string) string {
	if m := namedAddress.FindStringSubmatch(s); m != nil {
		return m[1] + m[2]
	}
	return s
}

// entries makes entries of the raw items. The author inherited is that of those
// that name none.
func (p *Parsed) entries(items []rawItem, inherited string, o ParseOptions) {
	if len(items) > maxItems {
		items = items[:maxItems]
		p.Partial = true
		p.Warnings = append(p.Warnings, fmt.Sprintf("more than %d items, the rest left out", maxItems))
	}
	zone := feedZone(o.Zone, o.URL)
	base := cmp.Or(p.Site, o.URL)
	if p.Format == "atom" { // https://www.rfc-editor.org/rfc/rfc3986#section-5.1.3
		base = cmp.Or(o.URL, p.Site)
	}
	entries := make([]Entry, 0, len(items))
	dates := make([]string, 0, len(items))
	undated, unreadable, ahead := 0, 0, 0
	for _, r := range items {
		for _, field := range []*string{&r.title, &r.summary, &r.content} {
			if p.Format == "atom" {
				*field = unpacked(*field)
			}
			if strings.Contains(*field, "<![CDATA[") { // a section that was escaped, too
				*field = strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(*field)
			}
		}
		e := Entry{
			GUID:   strings.TrimSpace(r.guid),
			Link:   resolve(base, r.link),
			Author: personName(strings.ReplaceAll(plainText(cmp.Or(r.author, inherited)), "\n", " ")),
		}
		if e.Link == "" && r.permalink {
			if u, ok := webURL(e.GUID); ok {
				e.Link = u.String()
			}
		}
		title := strings.ReplaceAll(plainText(r.title), "\n", " ")
		e.Title, e.Mark = splitMark(clipRunes(title, maxTitle))
		e.Summary = plainText(r.summary)
		e.Content = strings.TrimSpace(r.content)
		if n := utf8.RuneCountInString(e.Summary); n > maxSummary {
			if e.Content == "" {
				e.Content = r.summary
			}
			e.Summary = clipRunes(e.Summary, maxSummary)
		}
		date := strings.TrimSpace(cmp.Or(r.published, r.updated))
		var ok bool
		if e.Published, ok = parseDate(date, zone); !ok {
			if date == "" {
				undated++
			} else {
				unreadable++
				p.warnOnce("cannot read date %q", clip(date, 60))
			}
		}
		e.Updated, _ = parseDate(r.updated, zone)
		if e.Published.IsZero() {
			e.Published = e.Updated
		}
		if !o.Now.IsZero() {
			for _, t := range []*time.Time{&e.Published, &e.Updated} {
				if t.After(o.Now.Add(maxAhead)) {
					*t = o.Now
					ahead++
				}
			}
		}
		entries = append(entries, e)
		dates = append(dates, date)
	}
	if undated > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%d of %d entries without a date", undated, len(entries)))
	}
	if unreadable > 1 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%d dates cannot be read", unreadable))
	}
	if ahead > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%d dates lie in the future", ahead))
	}
	n := len(entries)
	p.Entries = identify(Feed{URL: o.URL}.ID(), p.Site, entries, dates)
	if d := n - len(p.Entries); d > 0 {
		p.Warnings = append(p.Warnings, fmt.Sprintf("%d entries stand there twice", d))
	}
}

func (p *Parsed) warnOnce(format, value string) {
	prefix, _, _ := strings.Cut(format, "%")
	for _, w := range p.Warnings {
		if strings.HasPrefix(w, prefix) {
			return
		}
	}
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, value))
}

const (
	maxTitle   = 1000             // runes
	maxSummary = 4000             // runes; what is longer is the text itself
	maxAhead   = 10 * time.Minute // clocks differ by minutes, wrong zones by hours
)

// resolve makes an absolute http or https URL of a link, or the empty string.
func resolve(base, link string) string {
	link = strings.TrimSpace(link)
	if link == "" || len(link) > maxURL || strings.ContainsAny(link, " \n\t<>\"") {
		link = strings.ReplaceAll(clip(link, maxURL), " ", "%20")
		link = strings.Map(func(r rune) rune {
			if r == '\n' || r == '\t' || r == '\r' || r == '<' || r == '>' || r == '"' {
				return -1
			}
			return r
		}, link)
		if link == "" {
			return ""
		}
	}
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	if !u.IsAbs() && u.Host == "" && strings.HasPrefix(strings.ToLower(link), "www.") { // the scheme was forgotten
		if u, err = url.Parse("http://" + link); err != nil {
			return ""
		}
	}
	if !u.IsAbs() {
		b, err := url.Parse(base)
		if err != nil || !b.IsAbs() {
			return ""
		}
		u = b.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User = nil
	return u.String()
}

func clipRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func rssHints(f *rss.Feed) Hints {
	var h Hints
	if n := atoi(f.TTL); n > 0 {
		h.TTL = time.Duration(min(n, 7*24*60)) * time.Minute
	}
	for _, s := range f.SkipHours {
		// 24 hours were written 1 to 24 at first; 24 is midnight.
		// https://cyber.harvard.edu/rss/skipHoursDays.html
		if n := atoi(s); n >= 0 && n <= 24 {
			h.SkipHours = append(h.SkipHours, n%24)
		}
	}
	for _, s := range f.SkipDays {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(strings.TrimSpace(s), d.String()) {
				h.SkipDays = append(h.SkipDays, d)
			}
		}
	}
	return h
}

// atoi reads a number up to a million; -1 for what is none.
func atoi(s string) int {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 6 {
		return -1
	}
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// syndicationPeriod is the pause that the RSS 1.0 syndication module asks for.
// http://web.resource.org/rss/1.0/modules/syndication/
func syndicationPeriod(period, frequency string) time.Duration {
	unit := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
		"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[strings.ToLower(period)]
	return unit / time.Duration(max(1, atoi(frequency)))
}
