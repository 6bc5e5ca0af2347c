package feeds

import (
	"regexp"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A page's authors name its parts for their style sheets. The names below are
// in use from one end of the web to the other; what stands in such a part is
// the site's or a picture's and not the article's.
var (
	captionName = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:wp-)?(?:fig)?(?:caption|cutline|(?:img|image|photo|pic)[_-]?(?:desc|cap|credit|info|text|txt)|photojournal)`)
	pictureName = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:photo|img|image|pic(?:ture|s|box|area|wrap)?(?:$|[\s_-])|picture|caption)`)
	footerName  = regexp.MustCompile(`(?i)^(?:page|site|main|global|g)?[_-]?foot(?:er)?(?:$|[\s_-])`)
)

const (
	maxCaptionWeight = 500 // by weight; more is text
	maxPictureBoxes  = 3   // with words in them; more are a list of things with their pictures
)

// prune takes out of a page what is no article's by its name: the site's own
// navigation and footer, and what is written under pictures.
func prune(doc *xhtml.Node) {
	var found, boxes []*xhtml.Node
	for n := range doc.Descendants() {
		switch {
		case n.Type != xhtml.ElementNode:
		case foreign(n):
			found = append(found, n)
		case pictureBox(n):
			boxes = append(boxes, n)
		}
	}
	if len(boxes) <= maxPictureBoxes {
		found = append(found, boxes...)
	}
	for _, n := range found {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

// foreign reports whether an element is the site's, or the caption of a picture.
func foreign(n *xhtml.Node) bool {
	class, id := attr(n, "class"), attr(n, "id")
	switch n.DataAtom {
	case atom.Nav:
		return true
	case atom.Footer:
		return !inside(n, atom.Article) && !inside(n, atom.Main)
	case atom.Div:
		if footerName.MatchString(class) || footerName.MatchString(id) {
			return !inside(n, atom.Article) && !inside(n, atom.Main)
		}
	case atom.P, atom.Span, atom.Em, atom.Td, atom.Li, atom.Dd, atom.Section, atom.Small, atom.Strong, atom.I, atom.H6:
	default:
		return false
	}
	return captionName.MatchString(class+" "+id) && oneCaption(n)
}

// pictureBox reports whether an element holds a picture and what is written
// under it.
func pictureBox(n *xhtml.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.P, atom.Span, atom.Td, atom.Li, atom.Ul, atom.Dl, atom.Table:
		return pictureName.MatchString(attr(n, "class")+" "+attr(n, "id")) && holdsPicture(n) && len(renderText(n)) > 0 && oneCaption(n)
	}
	return false
}

func holdsPicture(n *xhtml.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Img || d.DataAtom == atom.Picture {
			return true
		}
	}
	return false
}

// oneCaption reports whether what is written in an element may be one caption.
func oneCaption(n *xhtml.Node) bool {
	lines, all := 0, 0
	for _, p := range renderText(n) {
		w := weight(p)
		all += w
		if w >= minProse && endsSentence(p) {
			lines++
		}
	}
	return lines <= 1 && all <= maxCaptionWeight
}
