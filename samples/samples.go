// Package samples is a small press of its own: six invented outlets in English,
// Korean and Chinese, with feeds in RSS 2.0, Atom and JSON Feed and an article
// page behind each entry. It exists so that the whole program can be tried and
// tested without a network. Outlets, people and events are invented; the pages
// say so.
//
// [Server] serves them over HTTP on any listener; each file of articles/ is one
// entry, its header saying which feed carries it and how long ago it appeared.
// A file NAME.updated.txt is what the article NAME becomes after
// [Server.Update], or a new article when there was none of that name.
package samples

import (
	"bufio"
	"embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

//go:embed articles
var files embed.FS

// Outlet is one of the invented outlets.
type Outlet struct {
	Key  string // names its feed: /KEY/feed
	Name string
	Type string // of outlet, as in the configuration
	Lang string
	Zone string

	format string // "rss", "atom" or "json"
}

// Outlets lists the outlets.
func Outlets() []Outlet {
	return []Outlet{
		{Key: "courier", Name: "Lantern Bay Courier", Type: "independent", Lang: "en", Zone: "Asia/Seoul", format: "rss"},
		{Key: "meridian", Name: "Meridian-9 Wire", Type: "agency", Lang: "en", Zone: "Asia/Seoul", format: "atom"},
		{Key: "byeolmaru", Name: "별마루신문", Type: "independent", Lang: "ko", Zone: "Asia/Seoul", format: "rss"},
		{Key: "yundu", Name: "云渡日报", Type: "party", Lang: "zh-Hans", Zone: "Asia/Shanghai", format: "atom"},
		{Key: "mist", Name: "霧港新聞", Type: "independent", Lang: "zh-Hant", Zone: "Asia/Taipei", format: "rss"},
		{Key: "ninebridge", Name: "Ninebridge Forum", Type: "think tank", Lang: "en", Zone: "Asia/Singapore", format: "json"},
	}
}

// Article is one entry with the page behind it.
type Article struct {
	Name       string // of its file, and of its page
	Outlet     string // key
	Title      string
	Mark       string // version mark in the feed's title: "(LEAD)", "[속보]"
	Author     string
	Caption    string
	Summary    string
	Page       string // "" for a page with text, "script" for one that needs a browser, "gallery" for pictures alone
	Published  time.Time
	Paragraphs []string
}

// Server serves the outlets. It is safe for concurrent use.
type Server struct {
	outlets []Outlet
	first   map[string]Article
	later   map[string]Article
	start   time.Time
	updated atomic.Bool
}

// NewServer returns a server of articles published in the hours before now.
func NewServer(now time.Time) (*Server, error) {
	s := &Server{outlets: Outlets(), first: map[string]Article{}, later: map[string]Article{}, start: now}
	names, err := fs.Glob(files, "articles/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		base := strings.TrimSuffix(strings.TrimPrefix(name, "articles/"), ".txt")
		into, key := s.first, base
		if k, ok := strings.CutSuffix(base, ".updated"); ok {
			into, key = s.later, k
		}
		a, err := parse(string(data), now)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		a.Name = key
		into[key] = a
	}
	return s, nil
}

// Update puts the later versions in place of the first ones and publishes what
// is new, as a newsroom would between two polls.
func (s *Server) Update() { s.updated.Store(true) }

// Articles lists what is served now, newest first.
func (s *Server) Articles() []Article {
	now := maps.Clone(s.first)
	if s.updated.Load() {
		maps.Copy(now, s.later)
	}
	all := slices.Collect(maps.Values(now))
	sort.Slice(all, func(i, j int) bool {
		if !all[i].Published.Equal(all[j].Published) {
			return all[i].Published.After(all[j].Published)
		}
		return all[i].Name < all[j].Name
	})
	return all
}

// ServeHTTP answers /KEY/feed and /KEY/NAME.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, page, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	for _, o := range s.outlets {
		if o.Key != key {
			continue
		}
		if page == "feed" {
			s.serveFeed(w, r, o)
			return
		}
		for _, a := range s.Articles() {
			if a.Outlet == key && a.Name == page {
				s.servePage(w, o, a)
				return
			}
		}
	}
	http.NotFound(w, r)
}

// parse reads an article's file: header lines, an empty line, paragraphs.
func parse(data string, now time.Time) (Article, error) {
	yesterday := now.AddDate(0, 0, -1)
	data = strings.NewReplacer(
		"{weekday}", now.Weekday().String(),
		"{day}", strconv.Itoa(now.Day()),
		"{month}", strconv.Itoa(int(now.Month())),
		"{yesterday}", strconv.Itoa(yesterday.Day()),
	).Replace(data)
	header, body, _ := strings.Cut(data, "\n\n")
	var a Article
	lines := bufio.NewScanner(strings.NewReader(header))
	for lines.Scan() {
		field, value, ok := strings.Cut(lines.Text(), ":")
		value = strings.TrimSpace(value)
		if !ok {
			return a, fmt.Errorf("header line %q has no colon", lines.Text())
		}
		switch field {
		case "feed":
			a.Outlet = value
		case "ago":
			ago, err := time.ParseDuration(value)
			if err != nil {
				return a, err
			}
			a.Published = now.Add(-ago).Truncate(time.Minute)
		case "title":
			a.Title = value
		case "mark":
			a.Mark = value
		case "author":
			a.Author = value
		case "caption":
			a.Caption = value
		case "summary":
			a.Summary = value
		case "page":
			a.Page = value
		default:
			return a, fmt.Errorf("unknown header field %q", field)
		}
	}
	for p := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			a.Paragraphs = append(a.Paragraphs, p)
		}
	}
	return a, nil
}

// headline is the title as the feed gives it, version mark and all.
func (a Article) headline() string {
	if a.Mark == "" {
		return a.Title
	}
	if strings.HasPrefix(a.Mark, "[") {
		return a.Mark + " " + a.Title
	}
	return a.Title + a.Mark
}

func (s *Server) serveFeed(w http.ResponseWriter, r *http.Request, o Outlet) {
	var list []Article
	for _, a := range s.Articles() {
		if a.Outlet == o.Key {
			list = append(list, a)
		}
	}
	tag := fmt.Sprintf(`"%s-%d-%t"`, o.Key, s.start.Unix(), s.updated.Load())
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	base := "http://" + r.Host + "/" + o.Key + "/"
	switch o.format {
	case "rss":
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		writeXML(w, rssFeed(o, base, list))
	case "atom":
		w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
		writeXML(w, atomFeed(o, base, list))
	case "json":
		w.Header().Set("Content-Type", "application/feed+json; charset=utf-8")
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		e.Encode(jsonFeed(o, base, list))
	}
}

func writeXML(w http.ResponseWriter, v any) {
	fmt.Fprint(w, xml.Header)
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	e.Encode(v)
}

type rss struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	Lang    string    `xml:"channel>language"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	GUID        rssGUID `xml:"guid"`
	PubDate     string  `xml:"pubDate"`
	Author      string  `xml:"author,omitempty"`
	Description string  `xml:"description"`
}

type rssGUID struct {
	PermaLink bool   `xml:"isPermaLink,attr"`
	Value     string `xml:",chardata"`
}

func rssFeed(o Outlet, base string, list []Article) rss {
	f := rss{Version: "2.0", Title: o.Name, Link: base, Lang: o.Lang}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, a := range list {
		f.Items = append(f.Items, rssItem{
			Title: a.headline(), Link: base + a.Name + "?utm_source=rss", GUID: rssGUID{Value: o.Key + ":" + a.Name},
			PubDate: a.Published.In(zone).Format(time.RFC1123Z), Author: a.Author, Description: a.Summary,
		})
	}
	return f
}

type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID    string `xml:"id"`
	Title string `xml:"title"`
	Link  struct {
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Published string `xml:"published"`
	Updated   string `xml:"updated"`
	Author    string `xml:"author>name"`
	Summary   string `xml:"summary"`
}

func atomFeed(o Outlet, base string, list []Article) atom {
	f := atom{ID: base, Title: o.Name}
	for i, a := range list {
		at := a.Published.UTC().Format(time.RFC3339)
		if i == 0 {
			f.Updated = at
		}
		e := atomEntry{ID: "tag:" + o.Key + ".example,2026:" + a.Name, Title: a.headline(), Published: at, Updated: at, Author: a.Author, Summary: a.Summary}
		e.Link.Href = base + a.Name
		f.Entries = append(f.Entries, e)
	}
	return f
}

func jsonFeed(o Outlet, base string, list []Article) map[string]any {
	var items []map[string]any
	for _, a := range list {
		items = append(items, map[string]any{
			"id": base + a.Name, "url": base + a.Name, "title": a.headline(), "summary": a.Summary,
			"content_text": a.Summary, "date_published": a.Published.UTC().Format(time.RFC3339),
			"authors": []map[string]string{{"name": a.Author}},
		})
	}
	return map[string]any{"version": "https://jsonfeed.org/version/1.1", "title": o.Name, "home_page_url": base, "language": o.Lang, "items": items}
}

func (s *Server) servePage(w http.ResponseWriter, o Outlet, a Article) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	pageTemplate.Execute(w, map[string]any{"Outlet": o, "Article": a, "Others": s.Articles()})
}

// The page is dressed as news pages are, so that what reads it has something to
// take away: navigation, share buttons, a caption, related stories, a footer.
var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="{{.Outlet.Lang}}">
<head>
<meta charset="utf-8">
<title>{{.Article.Title}} | {{.Outlet.Name}}</title>
<meta property="og:type" content="article">
<meta property="og:title" content="{{.Article.Title}}">
<meta property="article:published_time" content="{{.Article.Published.Format "2006-01-02T15:04:05Z07:00"}}">
<meta name="author" content="{{.Article.Author}}">
</head>
<body>
<header><nav><ul><li><a href="/{{.Outlet.Key}}/">{{.Outlet.Name}}</a></li><li><a href="#">Politics</a></li><li><a href="#">Economy</a></li><li><a href="#">Culture</a></li></ul></nav></header>
<main>
{{if eq .Article.Page "script"}}<div id="app"></div><noscript>This page needs JavaScript.</noscript><script>/* the chart is drawn here */</script>
{{else if eq .Article.Page "gallery"}}<h1>{{.Article.Title}}</h1><div class="gallery"><img src="1.jpg" alt=""><img src="2.jpg" alt=""><img src="3.jpg" alt=""></div>
{{else}}<article>
<h1>{{.Article.Title}}</h1>
<p class="byline">{{.Article.Author}}</p>
<div class="share"><a href="#">Share</a> <a href="#">Post</a> <span>128 shares</span></div>
{{with .Article.Caption}}<figure><img src="photo.jpg" alt=""><figcaption>{{.}}</figcaption></figure>{{end}}
{{range .Article.Paragraphs}}<p>{{.}}</p>
{{end}}</article>
<aside class="related"><h2>Related</h2><ul>{{$key := .Outlet.Key}}{{range .Others}}{{if eq .Outlet $key}}<li><a href="/{{.Outlet}}/{{.Name}}">{{.Title}}</a></li>{{end}}{{end}}</ul></aside>
{{end}}</main>
<footer><p>Sample news for Hanwire: the outlet {{.Outlet.Name}}, its people and its events are invented.</p></footer>
</body>
</html>
`))
