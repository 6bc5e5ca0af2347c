package feeds

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// What a feed document may hold. A body that goes beyond is read up to there:
// parsers hold several times its size in memory, and one that recurses dies of
// a few million nested elements.
const (
	maxBody     = 8 << 20  // bytes, decoded
	maxCleaned  = 12 << 20 // bytes, escapes added
	maxTag      = 64 << 10 // bytes
	maxItems    = 2000
	maxDepth    = 1000    // unclosed HTML in real feeds goes beyond 100
	maxElements = 250_000 // of feeds of 2,000 items, ten times the usual
	maxAttrs    = 64      // in one tag
	maxEntities = 1 << 20 // bytes that entities declared by the document may add
)

// cleaned is a document as [clean] leaves it.
type cleaned struct {
	text     []byte // balanced: every start tag has its end tag, in order
	root     string // local name of the root element, lower case
	items    int    // start tags of items and entries
	partial  bool   // the document broke off, or a bound cut it
	warnings []string
}

// clean makes XML that a parser can take of what a server sent. It drops what
// no XML may hold and what carries nothing for us (declaration, doctype,
// comments, processing instructions, anything before the root), puts characters
// for HTML's named entities, escapes lone ampersands and angle brackets, and
// closes what was left open. A document that breaks off inside an item loses
// that item and keeps the others, unless there are none.
func clean(b []byte) cleaned {
	c := cleaner{in: b, out: make([]byte, 0, len(b)+1024), open: map[string]int{}, endless: map[string]bool{}}
	c.run()
	return cleaned{text: c.out, root: c.root, items: c.items, partial: c.partial, warnings: c.warnings}
}

type element struct {
	name  []byte // as written
	local string // without its prefix, lower case
	item  bool
	kept  bool // its start tag was put out
	at    int  // length of out before that
}

type cleaner struct {
	in  []byte
	pos int
	out []byte

	stack    []element
	open     map[string]int  // names on the stack, lower case
	endless  map[string]bool // markers whose end is nowhere ahead; they are not looked for again
	section  int             // where the next end of a CDATA section lies, as far as is known
	root     string
	items    int
	elements int
	itemEnds int // complete items
	partial  bool
	done     bool // a bound was met, or the root is closed

	declared map[string]bool   // namespace prefixes
	entities map[string]string // of the document type
	expanded int
	warned   map[string]bool
	warnings []string
}

func (c *cleaner) warn(format string, args ...any) {
	// Names come from the document: warn once per kind.
	if c.warned == nil {
		c.warned = map[string]bool{}
	}
	if !c.warned[format] {
		c.warned[format] = true
		c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
	}
}

func (c *cleaner) run() {
	for c.pos < len(c.in) && !c.done {
		i := bytes.IndexByte(c.in[c.pos:], '<')
		if i < 0 {
			i = len(c.in) - c.pos
		}
		if i > 0 {
			c.chars(c.in[c.pos : c.pos+i])
			c.pos += i
			continue
		}
		rest := c.in[c.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			start := c.pos
			c.skip("-->", 4, "comment")
			if n := c.pos - start; n > 7 && bytes.Contains(rest[4:n-3], []byte("--")) {
				c.warn("two hyphens in a comment")
			}
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			c.cdata()
		case bytes.HasPrefix(rest, []byte("<?")):
			if bytes.HasPrefix(rest, []byte("<?xml ")) && len(bytes.Trim(c.in[:c.pos], "\ufeff")) > 0 {
				c.warn("declaration is not at the start")
			}
			c.skip("?>", 2, "processing instruction")
		case bytes.HasPrefix(rest, []byte("<!")):
			c.doctype()
		default:
			c.tag()
		}
	}
	c.finish()
}

// finish closes what is open. In the middle of an item it goes back to the end
// of the last complete one.
func (c *cleaner) finish() {
	if len(c.stack) == 0 {
		return
	}
	c.partial = true
	if !c.done {
		c.warn("document breaks off")
	}
	for i, e := range c.stack {
		if e.item && c.itemEnds > 0 {
			c.out = c.out[:e.at]
			c.stack = c.stack[:i]
			c.items--
			break
		}
	}
	for len(c.stack) > 0 {
		c.pop()
	}
}

func (c *cleaner) skip(end string, from int, what string) {
	if c.pos+from > len(c.in) {
		c.pos = len(c.in)
		return
	}
	i := -1
	if !c.endless[end] {
		i = bytes.Index(c.in[c.pos+from:], []byte(end))
	}
	if i < 0 {
		c.endless[end] = true
		c.warn("unclosed %s", what)
		c.pos += from // its marker goes, its text stays
		return
	}
	c.pos += from + i + len(end)
}

// cdata puts out a section. One that never ends, or that another one starts
// in, was forgotten to be closed if its element's end tag comes before.
func (c *cleaner) cdata() {
	const open, end = len("<![CDATA["), "]]>"
	start := c.pos + open
	if c.section < start && !c.endless[end] {
		i := bytes.Index(c.in[start:], []byte(end))
		c.section, c.endless[end] = start+i, i < 0
	}
	text := c.in[start:]
	if !c.endless[end] {
		text = c.in[start:c.section]
	}
	inner := bytes.Index(text, []byte("<![CDATA["))
	if n := len(c.stack); n > 0 && (inner >= 0 || c.endless[end]) {
		before := text
		if inner >= 0 {
			before = text[:inner]
		}
		if i := bytes.Index(before, append([]byte("</"), c.stack[n-1].name...)); i >= 0 {
			c.warn("unclosed CDATA section")
			c.putSection(text[:i])
			c.pos = start + i
			return
		}
	}
	if c.endless[end] {
		c.warn("unclosed CDATA section")
		c.pos = len(c.in)
	} else {
		c.pos = c.section + len(end)
	}
	if inner >= 0 {
		c.warn("CDATA section in a CDATA section")
		text = bytes.ReplaceAll(text, []byte("<![CDATA["), nil)
	}
	c.putSection(text)
}

func (c *cleaner) putSection(text []byte) {
	if len(c.stack) == 0 {
		return
	}
	c.out = append(c.out, "<![CDATA["...)
	c.out = c.appendLegal(c.out, text)
	c.out = append(c.out, "]]>"...)
}

// doctype skips a declaration and notes the plain entities that it makes.
// External and parameter entities are never followed.
func (c *cleaner) doctype() {
	depth, quote := 0, byte(0)
	start := c.pos
	for i := c.pos; i < len(c.in) && i-start < maxTag && !c.endless["<!"]; i++ {
		switch ch := c.in[i]; {
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case (ch == '"' || ch == '\'') && depth > 0:
			quote = ch
		case ch == '<':
			depth++
		case ch == '>':
			if depth--; depth == 0 {
				c.declare(c.in[start:i])
				c.pos = i + 1
				return
			}
		}
	}
	c.endless["<!"] = true
	c.warn("unclosed declaration")
	c.pos += 2
}

func (c *cleaner) declare(doctype []byte) {
	for {
		i := bytes.Index(doctype, []byte("<!ENTITY"))
		if i < 0 {
			return
		}
		doctype = doctype[i+len("<!ENTITY"):]
		fields := bytes.Fields(doctype[:min(len(doctype), 256)])
		if len(fields) < 2 || fields[0][0] == '%' || len(fields[1]) == 0 {
			continue
		}
		quote := fields[1][0]
		if quote != '"' && quote != '\'' {
			continue // SYSTEM, PUBLIC
		}
		value := doctype[bytes.IndexByte(doctype, quote)+1:]
		j := bytes.IndexByte(value, quote)
		if j < 0 || j > 1024 {
			continue
		}
		if c.entities == nil {
			c.entities = map[string]string{}
		}
		if len(c.entities) < 100 { // what stands in a value is text: an entity in an entity is how bombs grow
			c.entities[string(fields[0])] = html.UnescapeString(string(value[:j]))
		}
	}
}

// chars puts out text between tags.
func (c *cleaner) chars(b []byte) {
	if len(c.stack) == 0 {
		if len(bytes.TrimSpace(b)) > 0 && !bytes.Equal(b, []byte("\uFEFF")) {
			c.warn("text before the root element")
		}
		return
	}
	for len(b) > 0 {
		if len(c.out) > maxCleaned {
			c.warn("grows to more than %d MB, the rest left out", maxCleaned>>20)
			c.done = true
			return
		}
		i := bytes.IndexAny(b, "&]")
		if i < 0 {
			c.out = c.appendLegal(c.out, b)
			return
		}
		c.out = c.appendLegal(c.out, b[:i])
		b = b[i:]
		switch {
		case b[0] == '&':
			b = b[c.reference(b):]
		case bytes.HasPrefix(b, []byte("]]>")):
			c.warn("stray end of a CDATA section")
			b = b[3:]
		default:
			c.out = append(c.out, ']')
			b = b[1:]
		}
	}
}

// maxReference bounds the search for the semicolon; the longest name in HTML,
// CounterClockwiseContourIntegral, has 31 letters.
const maxReference = 34

// reference puts out what the reference at the start of b stands for and
// returns its length.
func (c *cleaner) reference(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), maxReference)], ';')
	if end < 2 {
		c.warn("lone ampersand")
		c.out = append(c.out, "&amp;"...)
		return 1
	}
	name := string(b[1:end])
	switch {
	case name == "amp", name == "lt", name == "gt", name == "quot", name == "apos":
		c.out = append(c.out, b[:end+1]...)
		return end + 1
	case name[0] == '#':
		n, err := parseReference(name[1:])
		if err != nil {
			c.warn("lone ampersand")
			c.out = append(c.out, "&amp;"...)
			return 1
		}
		if 0x80 <= n && n < 0xA0 { // Windows-1252 written as if it were Unicode
			c.warn("character reference to a control character")
			n, _ = utf8.DecodeRuneInString(windows1252(n))
		}
		if !legal(n) {
			c.warn("character reference to an illegal character")
			return end + 1
		}
		c.out = appendEscaped(c.out, string(n))
		return end + 1
	}
	if value, ok := c.entities[name]; ok {
		if c.expanded += len(value); c.expanded <= maxEntities {
			c.out = appendEscaped(c.out, value)
		}
		return end + 1
	}
	if nameLen(b[1:end]) != end-1 {
		c.warn("lone ampersand")
		c.out = append(c.out, "&amp;"...)
		return 1
	}
	if value := html.UnescapeString(string(b[:end+1])); value != string(b[:end+1]) && !strings.HasSuffix(value, ";") {
		c.warn("entity of HTML: &%s;", name)
		c.out = appendEscaped(c.out, value)
		return end + 1
	}
	c.warn("unknown entity or lone ampersand")
	c.out = append(c.out, "&amp;"...)
	return 1
}

// windows1252 is the character that Windows-1252 has in the place of a control
// character of Unicode.
func windows1252(r rune) string { return html.UnescapeString(fmt.Sprintf("&#%d;", r)) }

func parseReference(s string) (rune, error) {
	base := 10
	if len(s) > 0 && (s[0] == 'x' || s[0] == 'X') {
		s, base = s[1:], 16
	}
	n, err := strconv.ParseUint(s, base, 31)
	return rune(n), err
}

func appendEscaped(out []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '<':
			out = append(out, "&lt;"...)
		case r == '>':
			out = append(out, "&gt;"...)
		case r == '&':
			out = append(out, "&amp;"...)
		case r == '"':
			out = append(out, "&quot;"...)
		case legal(r):
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// legal reports whether XML 1.0 allows the character.
// https://www.w3.org/TR/xml/#charsets
func legal(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || 0x20 <= r && r <= 0xD7FF ||
		0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0x10FFFF
}

func (c *cleaner) appendLegal(out, b []byte) []byte {
	from := 0
	for i := 0; i < len(b); {
		if b[i] >= 0x20 && b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case !legal(r) || r == utf8.RuneError && n == 1:
			c.warn("illegal character")
			out = append(out, b[from:i]...)
			from = i + n
		case 0x80 <= r && r < 0xA0 && r != 0x85: // Windows-1252 taken for Latin-1
			c.warn("control character")
			out = append(append(out, b[from:i]...), windows1252(r)...)
			from = i + n
		}
		i += n
	}
	return append(out, b[from:]...)
}

// tag handles a start or end tag, or a bracket that is neither.
func (c *cleaner) tag() {
	rest := c.in[c.pos:]
	nameAt := 1
	if len(rest) > 1 && rest[1] == '/' {
		nameAt = 2
	}
	n := nameLen(rest[nameAt:])
	if n == 0 {
		if len(c.stack) > 0 {
			c.warn("lone angle bracket")
			c.out = append(c.out, "&lt;"...)
		}
		c.pos++
		return
	}
	name := rest[nameAt : nameAt+n]
	end, next := tagEnd(rest[:min(len(rest), maxTag)], nameAt+n)
	switch {
	case end >= 0:
	case next >= 0:
		c.warn("tag without an end")
		c.pos += next
		return
	case len(rest) > maxTag:
		c.warn("tag of more than 64 kB left out")
		c.pos += maxTag
		return
	default:
		c.warn("document breaks off")
		c.pos = len(c.in)
		return
	}
	c.pos += end + 1
	if nameAt == 2 {
		c.endTag(name)
		return
	}
	if c.elements++; c.elements > maxElements {
		c.warn("more than %d elements, the rest left out", maxElements)
		c.done = true
		return
	}
	c.startTag(name, rest[nameAt+n:end])
}

func (c *cleaner) startTag(name, attrs []byte) {
	local := localName(name)
	if len(c.stack) == 0 {
		if !rootName(local) {
			// A warning in HTML that a script put before its feed.
			c.warn("markup before the root element")
			return
		}
		c.root = local
	}
	if n := len(c.stack); n > 1 && c.forgotten(c.stack[n-2], c.stack[n-1], name) {
		c.warn("field without an end")
		c.pop()
	}
	empty := bytes.HasSuffix(attrs, []byte("/"))
	if empty {
		attrs = attrs[:len(attrs)-1]
	}
	item := local == "item" || local == "entry"
	if item {
		// An item in an item is one that was never closed.
		for i := len(c.stack) - 1; i >= 0; i-- {
			if c.stack[i].item && bytes.Equal(c.stack[i].name, name) {
				c.warn("item without an end")
				c.popTo(i)
				break
			}
		}
		if c.items == maxItems {
			c.warn("more than %d items, the rest left out", maxItems)
			c.done = true
			return
		}
		c.items++
	}
	e := element{name: name, local: local, item: item, kept: len(c.stack) < maxDepth, at: len(c.out)}
	if !e.kept {
		c.warn("more than %d elements inside each other", maxDepth)
		if len(c.stack) > 2*maxDepth {
			return // its end tag will find no partner
		}
	} else {
		c.out = append(append(c.out, '<'), name...)
		c.attributes(attrs)
		if p, _, ok := bytes.Cut(name, []byte(":")); ok && !c.declared[string(p)] && string(p) != "xml" {
			c.warn("undeclared namespace prefix %q", clip(string(p), 40))
		}
		c.out = append(c.out, '>')
	}
	c.stack = append(c.stack, e)
	c.open[strings.ToLower(string(name))]++
	if empty {
		c.pop()
	}
}

// fields are the elements of RSS that stand side by side in an item.
var fields = map[string]bool{"title": true, "link": true, "guid": true, "pubDate": true, "description": true, "category": true, "comments": true, "author": true}

// forgotten reports whether the end of a field was forgotten before the start
// or end tag of that name: a field of an item holds no other one.
func (c *cleaner) forgotten(parent, field element, name []byte) bool {
	if !parent.item && parent.local != "channel" {
		return false
	}
	switch string(field.name) {
	case "title", "link", "guid", "pubDate", "category", "comments":
		return fields[string(name)]
	case "description": // may hold HTML, with links and titles
		return string(name) == "guid" || string(name) == "pubDate"
	}
	return false
}

func (c *cleaner) endTag(name []byte) {
	for i := len(c.stack) - 1; i >= 0 && c.open[strings.ToLower(string(name))] > 0; i-- {
		if !bytes.EqualFold(c.stack[i].name, name) {
			continue
		}
		// The end of a paragraph somewhere in a summary does not end the item
		// around it.
		if i < len(c.stack)-1 {
			c.warn("tags close in the wrong order")
		} else if !bytes.Equal(c.stack[i].name, name) {
			c.warn("start and end tag differ in letter case")
		}
		c.popTo(i)
		if i == 0 && c.root != "item" && c.root != "entry" {
			c.done = true // what follows the root is not the feed's
			if trailing.Match(c.in[c.pos:]) {
				c.warn("more after the end")
			}
		}
		return
	}
	n := len(c.stack)
	if n == 0 {
		return
	}
	c.warn("end tag without a start")
	// A misspelt end tag: none of HTML, so that "</b>" in a title ends nothing.
	if n > 1 && c.forgotten(c.stack[n-2], c.stack[n-1], []byte("title")) && (fields[string(name)] || atom.Lookup(bytes.ToLower(name)) == 0) {
		c.pop()
	}
}

// trailing matches what may not follow the root: anything but comments,
// processing instructions and blanks.
var trailing = regexp.MustCompile(`^(?:\s+|<!--[^-]*(?:-[^-]+)*-->|<\?[^>]*>)*[^\s<]|^(?:\s+|<!--[^-]*(?:-[^-]+)*-->|<\?[^>]*>)*<[^!?]`)

func (c *cleaner) popTo(i int) {
	for len(c.stack) > i {
		c.pop()
	}
}

func (c *cleaner) pop() {
	e := c.stack[len(c.stack)-1]
	c.stack = c.stack[:len(c.stack)-1]
	c.open[strings.ToLower(string(e.name))]--
	if e.kept {
		c.out = append(append(append(c.out, "</"...), e.name...), '>')
	}
	if e.item {
		c.itemEnds++
	}
}

// attributes puts out well-formed attributes, each name once.
func (c *cleaner) attributes(b []byte) {
	var names [maxAttrs][]byte
	var prefixed []byte
	n := 0
	for {
		b = bytes.TrimLeft(b, " \t\r\n\f")
		if len(b) == 0 {
			if prefixed != nil && !c.declared[string(prefixed)] {
				c.warn("undeclared namespace prefix %q", clip(string(prefixed), 40))
			}
			return
		}
		k := nameLen(b)
		if k == 0 {
			c.warn("odd attribute")
			b = b[1:]
			continue
		}
		name := b[:k]
		b = bytes.TrimLeft(b[k:], " \t\r\n\f")
		var value []byte
		if len(b) > 0 && b[0] == '=' {
			b = bytes.TrimLeft(b[1:], " \t\r\n\f")
			switch {
			case len(b) > 0 && (b[0] == '"' || b[0] == '\''):
				end := bytes.IndexByte(b[1:], b[0])
				if end < 0 {
					end = len(b) - 1
				}
				value, b = b[1:1+end], b[min(len(b), end+2):]
			default:
				c.warn("attribute without quotes")
				end := bytes.IndexAny(b, " \t\r\n")
				if end < 0 {
					end = len(b)
				}
				value, b = b[:end], b[end:]
			}
		} else {
			c.warn("attribute without a value")
		}
		again := false
		for _, seen := range names[:n] {
			again = again || bytes.Equal(seen, name)
		}
		if again || n == maxAttrs {
			c.warn("repeated attribute, or too many")
			continue
		}
		names[n] = name
		n++
		if p, _, ok := bytes.Cut(name, []byte(":")); ok && string(p) != "xmlns" && string(p) != "xml" {
			prefixed = p
		}
		if prefix, ok := bytes.CutPrefix(name, []byte("xmlns:")); ok {
			if c.declared == nil {
				c.declared = map[string]bool{}
			}
			if len(c.declared) < 1000 {
				c.declared[string(prefix)] = true
			}
		}
		if string(name) == "xml:base" {
			value = folder(value)
		}
		c.out = append(append(append(c.out, ' '), name...), `="`...)
		c.value(value)
		c.out = append(c.out, '"')
	}
}

// folder is a base without the document in it: gofeed takes every base for a
// folder. https://www.rfc-editor.org/rfc/rfc3986#section-5.2.3
func folder(base []byte) []byte {
	if i := bytes.IndexAny(base, "?#"); i >= 0 {
		base = base[:i]
	}
	i := bytes.LastIndexByte(base, '/')
	if i > 0 && base[i-1] == '/' { // a host alone
		return base
	}
	return base[:i+1]
}

func (c *cleaner) value(b []byte) {
	for len(b) > 0 {
		i := bytes.IndexAny(b, `&<"`)
		if i < 0 {
			c.out = c.appendLegal(c.out, b)
			return
		}
		c.out = c.appendLegal(c.out, b[:i])
		switch b = b[i:]; b[0] {
		case '&':
			b = b[c.reference(b):]
		case '<':
			c.warn("angle bracket in an attribute")
			c.out = append(c.out, "&lt;"...)
			b = b[1:]
		default:
			c.out = append(c.out, "&quot;"...)
			b = b[1:]
		}
	}
}

// nameLen is the length of the element or attribute name at the start of b,
// zero when there is none that a parser would take.
func nameLen(b []byte) int {
	n, colons := 0, 0
	for n < len(b) {
		ch := b[n]
		letter := 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || ch == '_'
		if ch == ':' {
			colons++
		}
		if !letter && (n == 0 || !('0' <= ch && ch <= '9' || ch == '-' || ch == '.' || ch == ':')) {
			break
		}
		n++
	}
	if n > 0 && (colons > 1 || b[n-1] == ':' || n > 256) {
		return 0
	}
	return n
}

// tagEnd finds the bracket that closes the tag, outside of quotes; or, when
// another tag starts first, that one. Both are negative when b ends before.
func tagEnd(b []byte, from int) (end, next int) {
	quote, quoted := byte(0), false
	for i := from; i < len(b); i++ {
		switch ch := b[i]; {
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case (ch == '"' || ch == '\'') && (b[i-1] == '=' || b[i-1] == ' '):
			quote, quoted = ch, true
		case ch == '>':
			return i, -1
		case ch == '<':
			return -1, i
		}
	}
	if quoted && quote != 0 { // a quote was forgotten
		return bytes.IndexByte(b, '>'), -1
	}
	return -1, -1
}

func localName(name []byte) string {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToLower(string(name))
}

// rootName reports whether a document that starts with the element may be a
// feed: RSS, Atom, RDF; CDF, or an RSS that lost its outer element; entries
// alone.
func rootName(local string) bool {
	switch local {
	case "rss", "feed", "rdf", "channel", "item", "entry":
		return true
	}
	return false
}
