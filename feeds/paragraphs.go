package feeds

import (
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// containers are the elements in which pages put text without paragraphs.
var containers = map[atom.Atom]bool{
	atom.Div: true, atom.Article: true, atom.Section: true, atom.Main: true, atom.Body: true, atom.Td: true,
	atom.P: true, atom.Center: true, atom.Blockquote: true,
}

// makeParagraphs puts paragraphs around text that stands bare between other
// elements or is set apart by line breaks, as on many Korean and Chinese pages:
// both extractors look for paragraphs, and join or drop what is none. Only
// containers with a sentence in them are touched.
func makeParagraphs(doc *xhtml.Node) {
	var found []*xhtml.Node
	for n := range doc.Descendants() {
		if containers[n.DataAtom] {
			found = append(found, n)
		}
	}
	for _, n := range found {
		splitContainer(n)
	}
}

// splitContainer makes a paragraph of each run of inline children that line
// breaks or blocks set apart.
func splitContainer(n *xhtml.Node) {
	var runs [][]*xhtml.Node
	var run []*xhtml.Node
	prose, apart := false, false // a run is a sentence; there is more than one thing in n
	flush := func() {
		if s := strings.TrimSpace(textOf(run)); s != "" {
			prose = prose || sentence(s)
			runs = append(runs, run)
		}
		run = nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Br:
			if next := nextSolid(c); next != nil && next.DataAtom == atom.Br || endsSentence(textOf(run)) {
				flush()
				apart = true
			} else if run != nil {
				run = append(run, c)
			}
		case c.Type == xhtml.CommentNode || silent[c.DataAtom] || c.DataAtom == atom.Meta || c.DataAtom == atom.Link:
		case c.Type == xhtml.TextNode || inline(c):
			run = append(run, c)
		default:
			flush()
			apart = true
		}
	}
	flush()
	if !prose {
		return
	}
	if !apart && len(runs) == 1 {
		if n.DataAtom == atom.Div { // a paragraph by another name
			n.Data, n.DataAtom = "p", atom.P
		}
		return
	}
	if n.DataAtom == atom.P { // paragraphs hold none
		n.Data, n.DataAtom = "div", atom.Div
	}
	for _, run := range runs {
		p := &xhtml.Node{Type: xhtml.ElementNode, Data: "p", DataAtom: atom.P}
		n.InsertBefore(p, run[0])
		for _, c := range run {
			n.RemoveChild(c)
			p.AppendChild(c)
		}
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.DataAtom == atom.Br {
			n.RemoveChild(c)
		}
		c = next
	}
}

// nextSolid is the next sibling that is not blank.
func nextSolid(n *xhtml.Node) *xhtml.Node {
	for n = n.NextSibling; n != nil; n = n.NextSibling {
		if n.Type != xhtml.CommentNode && !(n.Type == xhtml.TextNode && strings.TrimSpace(n.Data) == "") {
			return n
		}
	}
	return nil
}

// inlines are the elements that stand within a line.
var inlines = []atom.Atom{
	atom.A, atom.Abbr, atom.B, atom.Big, atom.Cite, atom.Code, atom.Em, atom.Font, atom.I, atom.Mark, atom.Q, atom.S,
	atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Ins, atom.Del, atom.Ruby, atom.Rt, atom.Rb,
}

// inline reports whether an element stands within a line, with all that is in
// it.
func inline(n *xhtml.Node) bool {
	if n.Type != xhtml.ElementNode || !slices.Contains(inlines, n.DataAtom) {
		return false
	}
	for d := range n.Descendants() {
		if d.Type == xhtml.ElementNode && d.DataAtom != atom.Br && !slices.Contains(inlines, d.DataAtom) {
			return false
		}
	}
	return true
}

func textOf(nodes []*xhtml.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Type == xhtml.TextNode {
			b.WriteString(n.Data)
		}
		for d := range n.Descendants() {
			if d.Type == xhtml.TextNode {
				b.WriteString(d.Data)
			}
		}
	}
	return b.String()
}
