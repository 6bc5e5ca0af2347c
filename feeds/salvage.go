package feeds

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"html"
	"strings"
)

// salvage reads items wherever they stand in a document of [clean], by the
// names of their fields alone: feeds without their outer elements, in
// namespaces of their own, of forgotten versions, and the Channel Definition
// Format, whose items are attributes. It never recurses and never fails.
func salvage(text []byte, root string) document {
	doc := document{format: "rss"}
	switch root {
	case "feed", "entry":
		doc.format = "atom"
	case "rdf":
		doc.format = "rdf"
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	var (
		depth, itemDepth, fieldDepth int     // zero: not inside one
		item, aside                  rawItem // aside: what modules say of a file in the item
		field                        xml.StartElement
		fieldStart                   int64
		author                       bool
	)
	for len(doc.items) <= maxItems {
		before := d.InputOffset()
		token, err := d.RawToken()
		if err != nil {
			return doc
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			local := strings.ToLower(t.Name.Local)
			switch {
			case itemDepth == 0 && (local == "item" || local == "entry"):
				itemDepth, item, aside = depth, rawItem{permalink: true}, rawItem{}
				for _, a := range t.Attr {
					switch strings.ToLower(a.Name.Local) {
					case "href", "about":
						item.link = a.Value
						if strings.EqualFold(a.Name.Local, "href") && root == "channel" {
							doc.warnings = []string{"Channel Definition Format"}
						}
					case "lastmod":
						item.published = a.Value
					}
				}
			case t.Name.Space == "media" && (local == "group" || local == "content"):
			case fieldDepth == 0 && (itemDepth == 0 || depth == itemDepth+1 || t.Name.Space == "media"):
				switch local {
				case "channel":
				case "feed", "rss", "rdf":
				default:
					field, fieldDepth, fieldStart = t.Copy(), depth, d.InputOffset()
				}
			}
			author = author || local == "name"
		case xml.EndElement:
			switch {
			case depth == fieldDepth:
				inner := text[fieldStart:min(before, int64(len(text)))]
				switch space := field.Name.Space; {
				case itemDepth == 0:
					doc.set(field, inner)
				case space == "media", space == "itunes":
					aside.set(field, inner, false)
				default:
					item.set(field, inner, author)
					if src := attribute(field, "src"); strings.EqualFold(field.Name.Local, "content") {
						aside.link = cmp.Or(aside.link, src) // https://www.rfc-editor.org/rfc/rfc4287#section-4.1.3.2
					}
				}
				fieldDepth, author = 0, false
			case depth == itemDepth:
				item.title, item.link = cmp.Or(item.title, aside.title), cmp.Or(item.link, aside.link)
				if item.content == "" {
					item.summary = cmp.Or(item.summary, aside.summary)
				}
				doc.items = append(doc.items, item)
				itemDepth = 0
			}
			depth--
		}
	}
	return doc
}

func (doc *document) set(field xml.StartElement, inner []byte) {
	switch strings.ToLower(field.Name.Local) {
	case "title":
		if doc.title == "" {
			doc.title = innerText(inner)
		}
	case "link":
		if href := linkTarget(field, inner); doc.site == "" && href != "" {
			doc.site = href
		}
	case "language":
		doc.lang = innerText(inner)
	}
}

// set fills a field of the item; the first of a kind wins.
func (r *rawItem) set(field xml.StartElement, inner []byte, named bool) {
	space, local := strings.ToLower(field.Name.Space), strings.ToLower(field.Name.Local)
	if space == "georss" || space == "source" {
		return
	}
	put := func(to *string, value string) {
		if *to == "" {
			*to = strings.TrimSpace(value)
		}
	}
	switch local {
	case "title", "headline":
		put(&r.title, innerText(inner))
	case "link", "url", "a":
		put(&r.link, linkTarget(field, inner))
	case "guid", "id", "identifier":
		put(&r.guid, innerText(inner))
		for _, a := range field.Attr {
			if strings.EqualFold(a.Name.Local, "isPermaLink") {
				r.permalink = !strings.EqualFold(a.Value, "false")
			}
		}
	case "description", "summary", "abstract", "excerpt":
		put(&r.summary, innerText(inner))
	case "encoded", "content", "body", "fulltext":
		put(&r.content, innerText(inner))
	case "pubdate", "published", "issued", "date", "created":
		put(&r.published, innerText(inner))
	case "updated", "modified", "lastmod":
		put(&r.updated, innerText(inner))
	case "author", "creator":
		text := innerText(inner)
		if i := strings.Index(text, "<name>"); named && i >= 0 {
			text = text[i+len("<name>"):]
			text, _, _ = strings.Cut(text, "</name>")
		}
		put(&r.author, text)
	}
}

// linkTarget is an href that leads to the page itself, or the text.
func linkTarget(field xml.StartElement, inner []byte) string {
	if rel := attribute(field, "rel"); rel != "" && !strings.EqualFold(rel, "alternate") {
		return ""
	}
	return cmp.Or(attribute(field, "href"), innerText(inner))
}

func attribute(field xml.StartElement, name string) string {
	for _, a := range field.Attr {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}

// innerText is what an element holds: CDATA as it stands, text with its
// references resolved, elements as markup.
func innerText(inner []byte) string {
	s := strings.TrimSpace(string(inner))
	markup := strings.Contains(s, "<") && !strings.HasPrefix(s, "<![CDATA[")
	if markup {
		return strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(s)
	}
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(s, "<![CDATA[")
		b.WriteString(html.UnescapeString(text))
		if !ok {
			return b.String()
		}
		var data string
		data, s, _ = strings.Cut(rest, "]]>")
		b.WriteString(data)
	}
}
