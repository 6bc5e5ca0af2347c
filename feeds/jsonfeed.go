package feeds

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

func looksJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n\uFEFF")
	if len(text) == 0 || text[0] == '<' {
		return false
	}
	brace, bracket := bytes.IndexByte(text, '{'), bytes.IndexByte(text, '<')
	return brace >= 0 && (bracket < 0 || brace < bracket) && bytes.Contains(text[brace:], []byte(`"`))
}

// jsonItem takes fields as they come: ids are numbers, authors are strings,
// dates are null in feeds that exist. https://www.jsonfeed.org/version/1.1/
type jsonItem struct {
	ID            json.RawMessage `json:"id"`
	URL           json.RawMessage `json:"url"`
	ExternalURL   json.RawMessage `json:"external_url"`
	Title         json.RawMessage `json:"title"`
	Summary       json.RawMessage `json:"summary"`
	ContentHTML   json.RawMessage `json:"content_html"`
	ContentText   json.RawMessage `json:"content_text"`
	DatePublished json.RawMessage `json:"date_published"`
	DateModified  json.RawMessage `json:"date_modified"`
	Author        json.RawMessage `json:"author"`
	Authors       json.RawMessage `json:"authors"`
}

// readJSON reads a JSON Feed item by item, so that one that breaks off gives
// what came before.
func readJSON(text []byte) (document, error) {
	doc := document{format: "json"}
	start := bytes.IndexByte(text, '{')
	if bytes.ContainsFunc(text[:start], func(r rune) bool { return r > ' ' && r != '\uFEFF' }) {
		doc.warnings = append(doc.warnings, "text before the feed")
	}
	text, changed := cleanJSON(text[start:])
	if changed {
		doc.warnings = append(doc.warnings, "not valid JSON, repaired")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return doc, fmt.Errorf("%w: %v", ErrNotFeed, err)
	}
	version, hasItems := "", false
	broken := func(err error) (document, error) {
		if !hasItems {
			return doc, fmt.Errorf("%w: %v", ErrNotFeed, err)
		}
		doc.partial = true
		doc.warnings = append(doc.warnings, "document breaks off")
		return doc, nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return broken(err)
		}
		if key == "items" {
			hasItems = true
			if err := doc.jsonItems(d); err != nil {
				return broken(err)
			}
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return broken(err)
		}
		switch key {
		case "version":
			version = jsonText(value)
		case "title":
			doc.title = jsonText(value)
		case "home_page_url":
			doc.site = jsonText(value)
		case "language":
			doc.lang = jsonText(value)
		case "authors":
			doc.author = jsonAuthor(value)
		case "author":
			if doc.author == "" {
				doc.author = jsonAuthor(value)
			}
		}
	}
	if _, err := d.Token(); err != nil {
		return broken(err)
	}
	if !hasItems && !strings.Contains(version, "jsonfeed.org") {
		return doc, fmt.Errorf("%w: JSON without items", ErrNotFeed)
	}
	if !strings.Contains(version, "jsonfeed.org") {
		doc.warnings = append(doc.warnings, "no version of JSON Feed")
	}
	return doc, nil
}

func (doc *document) jsonItems(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("items is no list: %v", err)
	}
	for d.More() {
		if len(doc.items) > maxItems {
			return fmt.Errorf("more than %d items", maxItems)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		var item jsonItem
		if err := json.Unmarshal(raw, &item); err != nil {
			doc.warnings = append(doc.warnings, "an item that is no object")
			continue
		}
		html := jsonText(item.ContentHTML)
		if html == "" {
			html = textAsHTML(jsonText(item.ContentText))
		}
		r := rawItem{
			guid: jsonText(item.ID), title: textAsHTML(jsonText(item.Title)), summary: textAsHTML(jsonText(item.Summary)), content: html,
			link: jsonText(item.URL), published: jsonText(item.DatePublished), updated: jsonText(item.DateModified),
			author: jsonAuthor(item.Authors), permalink: true,
		}
		if r.link == "" {
			r.link = jsonText(item.ExternalURL)
		}
		if r.author == "" {
			r.author = jsonAuthor(item.Author)
		}
		doc.items = append(doc.items, r)
	}
	_, err := d.Token()
	return err
}

// textAsHTML escapes plain text, so that it may go where HTML is expected.
func textAsHTML(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// jsonText is a string, or a number as it is written; anything else is empty.
func jsonText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// jsonAuthor reads an author, several, or mere names.
func jsonAuthor(raw json.RawMessage) string {
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		many = []json.RawMessage{raw}
	}
	var names []string
	for _, raw := range many {
		var one struct {
			Name json.RawMessage `json:"name"`
			URL  json.RawMessage `json:"url"`
		}
		name := ""
		if json.Unmarshal(raw, &one) == nil {
			name = cmp.Or(jsonText(one.Name), jsonText(one.URL))
		} else {
			name = jsonText(raw)
		}
		if name != "" && len(names) < 20 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// cleanJSON blanks control characters, which JSON forbids in strings, and drops
// commas before a closing bracket.
func cleanJSON(text []byte) (out []byte, changed bool) {
	out = make([]byte, 0, len(text))
	inString, escaped := false, false
	for i, c := range text {
		if c < 0x20 && inString {
			c, changed = ' ', true
		}
		switch {
		case escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		case c == ',' && !inString:
			rest := bytes.TrimLeft(text[i+1:min(len(text), i+200)], " \t\r\n")
			if len(rest) > 0 && (rest[0] == ']' || rest[0] == '}') {
				changed = true
				continue
			}
		}
		out = append(out, c)
	}
	return out, changed
}
