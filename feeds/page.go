package feeds

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pageFacts are what a page says about itself, in its head and its structured
// data.
type pageFacts struct {
	title, byline, lang, canonical, articleBody string
	published, updated                          time.Time
	locked                                      bool // says that it is not free
	scripted                                    bool // is filled by scripts
}

const (
	maxLinkedData  = 512 << 10
	maxLinkedNodes = 2000
)

// readFacts collects the facts in one walk over the tree.
func readFacts(doc *xhtml.Node, pageURL string) pageFacts {
	var f pageFacts
	meta := map[string]string{}
	var linked []linkedArticle
	var canonical, h1, title, site, timeStamp string
	scripts, nodes := 0, 0
	for n := range doc.Descendants() {
		nodes++
		switch n.DataAtom {
		case atom.Html:
			f.lang = attr(n, "lang")
		case atom.Meta:
			key := strings.ToLower(cmp.Or(attr(n, "property"), attr(n, "name"), attr(n, "itemprop"), attr(n, "http-equiv")))
			if v := strings.TrimSpace(attr(n, "content")); v != "" && meta[key] == "" && len(meta) < 300 {
				meta[key] = v
			}
		case atom.Link:
			if strings.EqualFold(attr(n, "rel"), "canonical") && canonical == "" {
				canonical = attr(n, "href")
			}
		case atom.Title:
			if title == "" && n.FirstChild != nil && !inside(n, atom.Svg) {
				title = oneLine(n.FirstChild.Data)
			}
		case atom.H1:
			if h1 == "" {
				h1 = strings.Join(renderText(n), " ")
			}
		case atom.Time:
			if timeStamp == "" {
				timeStamp = attr(n, "datetime")
			}
		case atom.Script:
			if n.FirstChild == nil {
				scripts++
				continue
			}
			scripts++
			if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") && len(n.FirstChild.Data) <= maxLinkedData {
				linked = append(linked, readLinkedData(n.FirstChild.Data)...)
			}
		}
	}
	f.scripted = scripts > 0
	var ld linkedArticle
	for _, l := range linked {
		if ld.Headline == "" || len(l.Body) > len(ld.Body) {
			ld = l
		}
	}
	zone := feedZone("", pageURL)
	site = cmp.Or(meta["og:site_name"], meta["application-name"])
	f.title = pageTitle(cmp.Or(meta["og:title"], ld.Headline, meta["twitter:title"]), title, h1, site)
	f.byline = byline(cmp.Or(ld.Author, meta["author"], meta["article:author"], meta["byl"], meta["dable:author"], meta["parsely-author"]))
	f.lang = cmp.Or(f.lang, strings.ReplaceAll(meta["og:locale"], "_", "-"), meta["content-language"], ld.Lang)
	f.articleBody = ld.Body
	f.locked = ld.locked || meta["article:content_tier"] == "locked" || meta["article:content_tier"] == "metered"
	for _, s := range []string{ld.Published, meta["article:published_time"], meta["og:article:published_time"], meta["datepublished"], meta["date"], meta["pubdate"], meta["publishdate"], meta["dc.date.issued"], meta["sailthru.date"], meta["parsely-pub-date"], timeStamp} {
		if t, ok := parseDate(s, zone); ok {
			f.published = t
			break
		}
	}
	for _, s := range []string{ld.Modified, meta["article:modified_time"], meta["og:updated_time"], meta["datemodified"], meta["lastmod"]} {
		if t, ok := parseDate(s, zone); ok {
			f.updated = t
			break
		}
	}
	f.canonical = canonicalLink(pageURL, canonical, meta["og:url"], ld.URL)
	return f
}

// canonicalLink takes the page's word for where it belongs, within its own
// registrable domain: a page that names another's article would take its place.
// A site that names its home page on every page means nothing by it.
func canonicalLink(pageURL string, links ...string) string {
	for _, l := range links {
		l = resolve(pageURL, l)
		if l == "" || !specific(l) && specific(pageURL) {
			continue
		}
		if pageURL == "" || RegistrableDomain(l) == RegistrableDomain(pageURL) {
			return l
		}
	}
	return ""
}

func attr(n *xhtml.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func inside(n *xhtml.Node, a atom.Atom) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == a {
			return true
		}
	}
	return false
}

// pageTitle is the headline without the site's name.
func pageTitle(headline, title, h1, site string) string {
	headline, title, h1 = plainLine(headline), plainLine(title), plainLine(h1)
	if headline == "" && h1 != "" && strings.Contains(title, h1) {
		headline = h1
	}
	t := cmp.Or(headline, title, h1)
	for _, sep := range []string{" | ", " - ", " – ", " — ", " :: ", " < ", "_", "｜", "|"} {
		i := strings.LastIndex(t, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(t[:i]), strings.TrimSpace(t[i+len(sep):])
		switch {
		case site != "" && strings.EqualFold(tail, site), h1 != "" && head == h1:
			return head
		case headline == "" && utf8.RuneCountInString(head) > 2*utf8.RuneCountInString(tail):
			return head
		}
	}
	return t
}

func plainLine(s string) string {
	return clipRunes(strings.ReplaceAll(plainText(s), "\n", " "), maxTitle)
}

// byline is a name, not the address of a profile.
func byline(s string) string {
	s = plainLine(s)
	if strings.Contains(s, "://") || utf8.RuneCountInString(s) > 150 {
		return ""
	}
	for _, p := range []string{"By ", "by ", "BY "} {
		s = strings.TrimPrefix(s, p)
	}
	return strings.TrimSpace(s)
}

// linkedArticle is an article of schema.org. https://schema.org/NewsArticle
type linkedArticle struct {
	Headline, Body, Author, Published, Modified, Lang, URL string
	locked                                                 bool
}

// readLinkedData finds the articles in a block of JSON-LD.
func readLinkedData(text string) []linkedArticle {
	var root any
	cleaned, _ := cleanJSON([]byte(strings.TrimSpace(text)))
	if json.Unmarshal(cleaned, &root) != nil {
		return nil
	}
	var found []linkedArticle
	queue := []any{root}
	for i := 0; i < len(queue) && i < maxLinkedNodes; i++ {
		switch v := queue[i].(type) {
		case []any:
			queue = append(queue, v...)
		case map[string]any:
			if graph, ok := v["@graph"]; ok {
				queue = append(queue, graph)
			}
			if main, ok := v["mainEntity"]; ok {
				queue = append(queue, main)
			}
			if !articleType(v["@type"]) {
				continue
			}
			a := linkedArticle{
				Headline: linkedText(v["headline"]), Body: linkedText(v["articleBody"]), Author: linkedText(v["author"]),
				Published: linkedText(v["datePublished"]), Modified: linkedText(v["dateModified"]), Lang: linkedText(v["inLanguage"]),
				URL: cmp.Or(linkedText(v["url"]), linkedText(v["mainEntityOfPage"])),
			}
			switch free := v["isAccessibleForFree"].(type) {
			case bool:
				a.locked = !free
			case string:
				a.locked = strings.EqualFold(free, "false")
			}
			found = append(found, a)
		}
	}
	return found
}

func articleType(v any) bool {
	switch t := v.(type) {
	case string:
		return strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "BlogPosting") || t == "Report"
	case []any:
		for _, e := range t {
			if s, ok := e.(string); ok && articleType(s) {
				return true
			}
		}
	}
	return false
}

// linkedText is a string, the name of a thing, or the names of several.
func linkedText(v any) string {
	switch t := v.(type) {
	case string:
		return strings.TrimSpace(t)
	case map[string]any:
		for _, key := range []string{"name", "@id"} {
			if s, ok := t[key].(string); ok && s != "" {
				return s
			}
		}
	case []any:
		var names []string
		for _, e := range t[:min(len(t), 10)] {
			if _, nested := e.([]any); nested {
				continue
			}
			if s := linkedText(e); s != "" {
				names = append(names, s)
			}
		}
		return strings.Join(names, ", ")
	}
	return ""
}

// body is the article's text from the structured data, in paragraphs.
func (f pageFacts) body() []string {
	if f.articleBody == "" {
		return nil
	}
	var out []string
	for line := range strings.Lines(plainText(f.articleBody)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
