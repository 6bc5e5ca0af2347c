package web

import (
	"encoding/xml"
	"strings"
	"time"
)

// atomFeed is a page as an Atom feed (RFC 4287).
type atomFeed struct {
	title   string
	note    string // the query
	entries []atomEntry
}

type atomEntry struct {
	path    string // its permanent address, which is its id too
	title   string
	lang    string
	at      time.Time
	summary string
}

func (f *atomFeed) add(e atomEntry) { f.entries = append(f.entries, e) }

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Lang string `xml:"xml:lang,attr,omitempty"`
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomItem struct {
	ID      string   `xml:"id"`
	Title   atomText `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary atomText `xml:"summary"`
}

type atomDocument struct {
	XMLName  xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	ID       string     `xml:"id"`
	Title    string     `xml:"title"`
	Subtitle string     `xml:"subtitle,omitempty"`
	Updated  string     `xml:"updated"`
	Author   string     `xml:"author>name"`
	Links    []atomLink `xml:"link"`
	Entries  []atomItem `xml:"entry"`
}

// encode is the document, with addresses that hold wherever it is read.
func (f *atomFeed) encode(o Options, r *request) ([]byte, error) {
	at := func(path string) string { return o.webURL(r.Request, path) }
	self := at(address(r, ".atom"))
	doc := atomDocument{
		ID: self, Title: f.title, Subtitle: xmlText(f.note), Author: "Hanwire",
		Links: []atomLink{{"self", formats[".atom"], self}, {"alternate", "text/html", at(strings.TrimPrefix(address(r, ""), "/index"))}},
	}
	if !strings.HasPrefix(f.title, "Hanwire") {
		doc.Title = "Hanwire · " + xmlText(f.title)
	}
	var newest time.Time
	for _, e := range f.entries {
		if e.at.After(newest) {
			newest = e.at
		}
		id := at(e.path)
		doc.Entries = append(doc.Entries, atomItem{
			ID: id, Title: atomText{e.lang, "text", xmlText(e.title)}, Updated: stamp(e.at),
			Link: atomLink{"alternate", "text/html", id}, Summary: atomText{e.lang, "text", xmlText(e.summary)},
		})
	}
	doc.Updated = stamp(newest)
	b, err := xml.MarshalIndent(doc, "", " ")
	return append([]byte(xml.Header), append(b, '\n')...), err
}

// stamp is a date as Atom wants it; what has none is as old as can be.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

func xmlText(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD")) }
