package feeds

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Pages that a script fills carry their text as data for it: the state of the
// framework, as JSON in a script of its own or assigned to a variable.

const (
	minInlineData = 500
	maxAssigned   = 8      // objects looked at in one script
	maxDataNodes  = 30_000 // values looked at in one page
)

// longScripts are the scripts of a page that may carry its text.
func longScripts(doc *xhtml.Node) []string {
	var found []string
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Script && n.FirstChild != nil && len(n.FirstChild.Data) >= minInlineData {
			found = append(found, n.FirstChild.Data)
		}
	}
	return found
}

// inlineText finds the article in the data of a page's scripts: the text that
// stands beside the page's title, or the first that lies least deep. The title
// may be empty.
func inlineText(scripts []string, title string) []string {
	nodes := 0
	var best []string
	for _, script := range scripts {
		for _, root := range assigned(script) {
			text, titled := articleIn(root, letters(title), &nodes)
			if titled {
				return text
			}
			if best == nil {
				best = text
			}
		}
	}
	return best
}

// assigned are the objects that a script is or assigns.
func assigned(script string) []any {
	var found []any
	rest := strings.TrimSpace(script)
	for range maxAssigned {
		if !strings.HasPrefix(rest, "{") && !strings.HasPrefix(rest, "[") {
			i := strings.IndexByte(rest, '=')
			if i < 0 {
				break
			}
			rest = strings.TrimSpace(rest[i+1:])
			if !strings.HasPrefix(rest, "{") {
				continue
			}
		}
		d := json.NewDecoder(strings.NewReader(rest))
		var v any
		if d.Decode(&v) == nil {
			found = append(found, v)
			rest = rest[d.InputOffset():]
		} else {
			rest = rest[1:]
		}
		if len(rest) < minInlineData {
			break
		}
	}
	return found
}

// textKeys are what frameworks and content systems call an article's text, in
// lower case without signs.
var textKeys = map[string]bool{
	"articlebody": true, "body": true, "bodyhtml": true, "bodytext": true, "content": true, "contents": true, "contenthtml": true,
	"contentelements": true, "contentlist": true, "html": true, "text": true, "articletext": true, "articlecontent": true, "newscontent": true,
	"story": true, "storybody": true, "maintext": true, "fulltext": true, "paragraphs": true, "blocks": true, "data": true,
}

// articleIn walks over the values, the least deep first, and reports whether the
// article's title stands beside the text.
func articleIn(root any, title string, nodes *int) (text []string, titled bool) {
	queue := []any{root}
	for i := 0; i < len(queue) && *nodes < maxDataNodes; i++ {
		*nodes++
		switch v := queue[i].(type) {
		case []any:
			queue = append(queue, v...)
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				if !textKeys[strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))] {
					continue
				}
				found := dataParagraphs(v[key], 0)
				if !prose(found) || letterWeight(found) < sureProse {
					continue
				}
				if title != "" && beside(v, title) {
					return found, true
				}
				if text == nil {
					text = found
				}
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				queue = append(queue, v[key])
			}
		}
	}
	return text, false
}

func letterWeight(paragraphs []string) int {
	n := 0
	for _, p := range paragraphs {
		n += weight(p)
	}
	return n
}

// beside reports whether a title is among the values of an object or of one in
// it.
func beside(object map[string]any, title string) bool {
	for _, v := range object {
		switch v := v.(type) {
		case string:
			if len(v) < 4*maxTitle && letters(v) == title {
				return true
			}
		case map[string]any:
			for _, inner := range v {
				if s, ok := inner.(string); ok && len(s) < 4*maxTitle && letters(s) == title {
					return true
				}
			}
		}
	}
	return false
}

// wordTypes are the elements of a text that hold words, of those that say what
// they are.
var wordTypes = map[string]bool{
	"text": true, "paragraph": true, "p": true, "header": true, "heading": true, "h2": true, "h3": true, "list": true, "html": true,
	"blockquote": true, "quote": true, "list_item": true, "li": true, "ul": true, "ol": true,
}

// dataParagraphs are the paragraphs of a text: a string of HTML, or a list of
// elements that hold some.
func dataParagraphs(v any, depth int) []string {
	switch v := v.(type) {
	case string:
		var out []string
		for line := range strings.Lines(plainText(v)) {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
		return out
	case []any:
		var out []string
		for _, e := range v[:min(len(v), 1000)] {
			if depth < 4 {
				out = append(out, dataParagraphs(e, depth+1)...)
			}
		}
		return out
	case map[string]any:
		if kind, ok := v["type"].(string); ok && !wordTypes[strings.ToLower(kind)] {
			return nil
		}
		for _, key := range []string{"content", "text", "data", "value", "html", "items", "children"} {
			if inner, ok := v[key]; ok && depth > 0 && depth < 4 {
				return dataParagraphs(inner, depth+1)
			}
		}
	}
	return nil
}
