package feeds

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What a page may hold before the extractors are let near it: neither can be
// stopped, and 3 MB of links cost one of them 6 s and 740 MB. Real pages of
// news sites stay under a third of each.
const (
	maxPage       = 2 << 20
	maxPageTags   = 20_000
	maxPageLinks  = 4_000
	maxFormatting = 64  // elements like <b> left open, which an HTML parser opens again in each paragraph
	maxPageDepth  = 400 // golang.org/x/net/html refuses at 512
)

// What a page may hold for trafilatura, whose time grows with the square of
// the paragraphs and links. Beyond that the other extractor reads alone.
const (
	maxSlowTags  = 8_000
	maxSlowLinks = 1_500
	maxSlowText  = 512 << 10
)

// ReadHTML reads the article that a page holds: two extractors read it, and
// the shorter text counts unless it is less than half of the longer one. What
// news sites put around their text is taken off. url may be empty; it is the
// base of links and stands in for a canonical link. An error means that the
// bytes are no page at all, as a PDF is not; a page without an article is one
// whose Access is [NoText].
func ReadHTML(page []byte, contentType, url string) (Article, error) {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media != "" {
		switch {
		case media == "text/plain":
			return ReadText(page, url)
		case !strings.Contains(media, "html") && !strings.Contains(media, "xml") && media != "application/octet-stream":
			return Article{}, fmt.Errorf("%s is no page", clip(media, 60))
		}
	}
	if bytes.HasPrefix(page, []byte("%PDF-")) {
		return Article{}, fmt.Errorf("application/pdf is no page")
	}
	var notes []string
	if len(page) > maxPage {
		page = page[:maxPage]
		notes = append(notes, fmt.Sprintf("only the first %d MB were read", maxPage>>20))
	}
	text, _, _ := decode(page, contentType, url)
	a := Article{URL: url, Access: FullText}

	doc, slow := parsePage(text)
	if doc == nil {
		a.Text = strings.Join(trimBoilerplate(flatParagraphs(text), &a), "\n\n")
		notes = append(notes, "the page is too tangled for the extractors")
		return a.judge(pageFacts{}, notes), nil
	}
	facts := readFacts(doc, url)
	a.Title, a.Byline, a.Lang = facts.title, facts.byline, facts.lang
	a.Published, a.Updated = facts.published, facts.updated
	a.URL = cmp.Or(facts.canonical, url)
	scripts := longScripts(doc)
	prune(doc)
	makeParagraphs(doc)
	paragraphs := extract(doc, slow, url)
	if !prose(unfurnished(paragraphs)) {
		if data := inlineText(scripts, facts.title); data != nil {
			paragraphs = data
		}
	}
	if body := facts.body(); len(body) > 0 {
		got, given := letterCount(paragraphs), letterCount(body)
		if got < given/2 && prose(body) || len(paragraphs) == 1 && len(body) > 1 && got <= given+len(body) {
			paragraphs = body // a page that a script fills, with its text as data
		}
	}
	a.Text = strings.Join(trimBoilerplate(paragraphs, &a), "\n\n")
	return a.judge(facts, notes), nil
}

// ReadText reads plain text as an article. The text stays as it is, but for
// its encoding and line ends: offsets into it are offsets into the original.
func ReadText(text []byte, url string) (Article, error) {
	if len(text) > maxPage {
		text = text[:maxPage]
	}
	decoded, _, _ := decode(text, "text/plain", url)
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(string(decoded))
	a := Article{URL: url, Text: strings.Trim(s, "\n"), Access: FullText}
	a.ID = articleID(a)
	return a, nil
}

// articleID is the same for every feed that leads to the page.
func articleID(a Article) string {
	if a.URL != "" {
		return "a" + shortHash(URLKey(a.URL))
	}
	return "a" + shortHash(a.Title+"\x00"+a.Text)
}

// parsePage builds the tree, and says whether it is too much for the slower
// extractor; it returns nil when the tree itself would cost too much.
func parsePage(text []byte) (doc *xhtml.Node, slow bool) {
	ok, slow := tame(text)
	if !ok {
		return nil, slow
	}
	doc, err := xhtml.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, slow
	}
	return doc, slow
}

// formatting are the elements that the HTML algorithm opens again when they
// were left open. https://html.spec.whatwg.org/#reconstruct-the-active-formatting-elements
var formatting = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true,
	atom.Nobr: true, atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// tame counts in one pass what makes pages expensive.
func tame(text []byte) (ok, slow bool) {
	z := xhtml.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(maxPage * 3)
	tags, links, letters, open, depth := 0, 0, 0, 0, 0
	script := false
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return true, tags > maxSlowTags || links > maxSlowLinks || letters > maxSlowText
		case xhtml.TextToken:
			if !script {
				letters += len(z.Raw())
			}
		case xhtml.StartTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			script = a == atom.Script || a == atom.Style
			tags++
			depth++
			if a == atom.A {
				links++
			}
			if formatting[a] {
				open++
			}
			if void[a] {
				depth--
			}
			if tags > maxPageTags || links > maxPageLinks || open > maxFormatting || depth > maxPageDepth*4 {
				return false, true
			}
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			script = false
			if depth > 0 {
				depth--
			}
			if formatting[atom.Lookup(name)] && open > 0 {
				open--
			}
		}
	}
}

var void = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true,
	atom.Input: true, atom.Link: true, atom.Meta: true, atom.Source: true, atom.Track: true, atom.Wbr: true, atom.P: true, atom.Li: true,
}

// extract runs both extractors on the page.
func extract(doc *xhtml.Node, slow bool, pageURL string) []string {
	u, err := url.Parse(pageURL)
	if err != nil || u.Host == "" {
		u = &url.URL{Scheme: "https", Host: "page.invalid", Path: "/"}
	}
	shrink := 1 // an ideograph or a syllable of Hangul says as much as two letters and a half
	if eastAsian(doc) {
		shrink = 5
	}
	var first []string
	if !slow {
		first = byTrafilatura(doc, u, 2*250/(1+shrink))
	}
	second := byReadability(doc, u, 2*500/(1+shrink)) // changes the tree
	return choose(first, second)
}

// eastAsian reports whether most of a page is written in ideographs, kana or
// Hangul.
func eastAsian(doc *xhtml.Node) bool {
	wide, all := 0, 0
	for n := range doc.Descendants() {
		if n.Type != xhtml.TextNode || n.Parent != nil && silent[n.Parent.DataAtom] {
			continue
		}
		for _, r := range n.Data {
			switch {
			case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
				wide++
				all++
			case unicode.IsLetter(r):
				all++
			}
		}
	}
	return 3*wide > all
}

// byTrafilatura gives up and takes all the text of a page, as one paragraph,
// when it finds less than enough characters.
func byTrafilatura(doc *xhtml.Node, u *url.URL, enough int) (paragraphs []string) {
	defer func() {
		if recover() != nil { // a page that the library has not met yet
			paragraphs = nil
		}
	}()
	config := trafilatura.DefaultConfig()
	config.MinExtractedSize = enough
	result, err := trafilatura.ExtractDocument(doc, trafilatura.Options{
		Config:      config,
		OriginalURL: u, EnableFallback: true, ExcludeComments: true, HtmlDateMode: trafilatura.Disabled,
	})
	if err != nil || result.ContentNode == nil {
		return nil
	}
	return renderText(result.ContentNode)
}

// byReadability grows less choosy until it finds enough characters.
func byReadability(doc *xhtml.Node, u *url.URL, enough int) (paragraphs []string) {
	defer func() {
		if recover() != nil {
			paragraphs = nil
		}
	}()
	parser := readability.NewParser()
	parser.CharThresholds = enough
	result, err := parser.ParseAndMutate(doc, u)
	if err != nil || result.Node == nil {
		return nil
	}
	return renderText(result.Node)
}

// renderText is the text of a tree, paragraph by paragraph. Captions belong to
// the pictures and stay with them.
func renderText(root *xhtml.Node) []string {
	var (
		out []string
		b   strings.Builder
	)
	flush := func() {
		if s := oneLine(b.String()); s != "" {
			out = append(out, s)
		}
		b.Reset()
	}
	var walk func(n *xhtml.Node, depth int)
	walk = func(n *xhtml.Node, depth int) {
		if depth > 1000 {
			return
		}
		switch n.Type {
		case xhtml.TextNode:
			b.WriteString(n.Data)
			return
		case xhtml.ElementNode:
			switch {
			case silent[n.DataAtom] || n.DataAtom == atom.Figcaption:
				return
			case n.DataAtom == atom.Br:
				if next := n.NextSibling; next != nil && next.DataAtom == atom.Br || !strings.HasSuffix(b.String(), " ") && endsSentence(b.String()) {
					flush()
				} else {
					b.WriteByte(' ')
				}
				return
			case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
				b.WriteByte(' ')
			case blocks[n.DataAtom]:
				flush()
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1)
		}
		if n.Type == xhtml.ElementNode && blocks[n.DataAtom] && n.DataAtom != atom.Td && n.DataAtom != atom.Th {
			flush()
		}
	}
	walk(root, 0)
	flush()
	return out
}

// flatParagraphs reads a page without building a tree: blocks of text that are
// long enough, and not mostly links.
func flatParagraphs(page []byte) []string {
	z := xhtml.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(maxPage * 3)
	var (
		out    []string
		b      strings.Builder
		linked int
		inLink bool
		hidden atom.Atom
	)
	flush := func() {
		s := oneLine(b.String())
		if n := weight(s); n >= 60 && linked*3 < n {
			out = append(out, s)
		}
		b.Reset()
		linked = 0
	}
	for {
		switch tt := z.Next(); tt {
		case xhtml.ErrorToken:
			flush()
			return out
		case xhtml.TextToken:
			if hidden == 0 {
				text := string(z.Text())
				b.WriteString(text)
				if inLink {
					linked += weight(text)
				}
			}
		case xhtml.StartTagToken, xhtml.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			switch {
			case hidden != 0:
				if tt == xhtml.EndTagToken && a == hidden {
					hidden = 0
				}
			case tt == xhtml.StartTagToken && silent[a]:
				hidden = a
			case a == atom.A:
				inLink = tt == xhtml.StartTagToken
			case blocks[a]:
				flush()
			}
		}
	}
}

// weight counts letters, an ideograph or a syllable of Hangul as two and a
// half: that is about what one carries.
func weight(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x80:
			if 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' {
				n += 2
			}
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			n += 5
		case unicode.IsLetter(r):
			n += 2
		}
	}
	return n / 2
}

func letterCount(paragraphs []string) int {
	n := 0
	for _, p := range paragraphs {
		n += utf8.RuneCountInString(p)
	}
	return n
}

// What counts as running text, by weight. A brief of two sentences is an
// article; the menus and teasers that are left of a page which a script would
// fill are not, though there may be more of them.
const (
	minSentence = 24  // a paragraph that is one
	minProse    = 40  // in all
	someProse   = 100 // enough when a third of the text is
	sureProse   = 200 // enough, whatever else is there
)

// prose reports whether there is running text.
func prose(paragraphs []string) bool {
	sentences, all := 0, 0
	for _, p := range paragraphs {
		w := weight(p)
		all += w
		if sentence(p) {
			sentences += w
		}
	}
	return sentences >= sureProse || sentences >= someProse && 3*sentences >= all || sentences >= minProse && 2*sentences >= all
}

// judge decides what kind of reading this is.
func (a Article) judge(f pageFacts, notes []string) Article {
	paragraphs := strings.Split(a.Text, "\n\n")
	n := weight(a.Text)
	wall := f.locked && n < 2400 || paywallAtEnd(paragraphs, n)
	switch {
	case !prose(paragraphs) && f.locked, wall:
		a.Access = Paywalled
		notes = append(notes, "the page shows its beginning to subscribers only")
	case !prose(paragraphs):
		a.Access = NoText
		if f.scripted {
			notes = append(notes, "the page is filled by scripts")
		} else {
			notes = append(notes, "the page holds no running text")
		}
	}
	if a.Access == Paywalled {
		notes[len(notes)-1] = "the rest is for subscribers"
		paragraphs = dropPaywallLines(paragraphs)
		a.Text = strings.Join(paragraphs, "\n\n")
	}
	if a.Access == NoText {
		a.Text = ""
	}
	a.Note = strings.Join(notes, "; ")
	a.ID = articleID(a)
	return a
}
