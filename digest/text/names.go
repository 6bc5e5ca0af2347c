package text

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed names.txt
var nameTable string

// nameLists are the lists of names.txt.
type nameLists struct {
	given          map[string]Gender // UnknownGender for names of both
	korean         map[string]bool   // surnames in Latin letters
	chinese        map[string]bool
	hangul         map[string]bool // surnames in Hangul
	han            map[string]bool // surnames in Han
	transliterated map[rune]bool   // characters by which Chinese spells foreign names
}

var lists = readNames(nameTable)

func readNames(table string) *nameLists {
	n := &nameLists{given: map[string]Gender{}, transliterated: map[rune]bool{}}
	for line := range strings.Lines(table) {
		label, names, ok := strings.Cut(line, ":")
		if !ok || line[0] == '#' {
			continue
		}
		switch label {
		case "male", "female":
			g := Male
			if label == "female" {
				g = Female
			}
			for w := range strings.FieldsSeq(names) {
				if other, twice := n.given[w]; twice && other != g {
					n.given[w] = UnknownGender
				} else {
					n.given[w] = g
				}
			}
		case "korean":
			n.korean = words(names)
		case "chinese":
			n.chinese = words(names)
		case "korean-han":
			n.hangul = words(names)
		case "chinese-han":
			n.han = words(names)
		case "transliterated":
			for _, r := range names {
				if !isSpace(r) {
					n.transliterated[r] = true
				}
			}
		}
	}
	return n
}

// sighting is a name found in the text before it is known whose it is.
type sighting struct {
	Span
	kind    NameKind
	entry   int32 // of the gazetteer, -1 for none
	gender  Gender
	alone   bool // one word of a person's name, or an acronym: to be resolved
	titled  bool // a title or a verb of speech shows that a lone word is a person
	surname bool // the surname stands first
	weak    bool // counts only if the text names the person in full elsewhere
}

// naming collects the names of one document.
type naming struct {
	d     *Document
	found []sighting
	known []foundSpelling
	next  int            // into known: the first not yet passed
	alone map[string]int // where a word of a person's name last stands alone
}

// names fills mentions and entities. Names are first sighted paragraph by
// paragraph and then resolved: full names make entities, words of them and
// acronyms go to the entity they abbreviate.
func (a *Analyzer) names() {
	d, n := &a.doc, &a.name
	*n = naming{d: d, found: n.found[:0], known: appendSpellings(n.known[:0], d.Text)}
	skip := d.insets
	all := n.known
	n.known = n.known[:0]
	for _, f := range all {
		for len(skip) > 0 && skip[0].End <= f.Start {
			skip = skip[1:]
		}
		if len(skip) > 0 && skip[0].Overlaps(f.Span) {
			continue
		}
		e := &known.entries[f.entry]
		d.Known = append(d.Known, KnownMention{f.Span, e.Key})
		if e.Kind != Thing {
			n.known = append(n.known, f)
		}
	}
	for i := range d.Paragraphs {
		p := &d.Paragraphs[i]
		if p.Role == Byline || p.Role == Date || p.Role == Furniture {
			continue
		}
		from := p.First
		for ; from < p.End; from++ {
			n.sentence(p, &d.Sentences[from])
		}
	}
	n.resolve()
}

// knownIn returns the gazetteer's sightings inside sp, in order.
func (n *naming) knownIn(sp Span) []foundSpelling {
	for n.next < len(n.known) && n.known[n.next].Start < sp.Start {
		n.next++
	}
	end := n.next
	for end < len(n.known) && n.known[end].End <= sp.End {
		end++
	}
	in := n.known[n.next:end]
	n.next = end
	return in
}

// sentence sights the names of one sentence.
func (n *naming) sentence(p *Paragraph, s *Sentence) {
	in := n.knownIn(s.Span)
	toks := n.d.Tokens[s.First:s.End]
	for len(toks) > 0 && toks[0].Start < p.Dateline.End {
		toks = toks[1:]
	}
	for len(in) > 0 && in[0].Start < p.Dateline.End {
		n.foundKnown(in[0])
		in = in[1:]
	}
	if len(toks) == 0 {
		return
	}
	latin := 0
	for i := range toks {
		if toks[i].Kind == Word {
			latin++
		}
	}
	switch {
	case n.d.Lang == "ko":
		n.korean(toks, in)
	case strings.HasPrefix(n.d.Lang, "zh"):
		n.chinese(toks, in)
	case latin > 0:
		n.english(p, toks, in)
	default:
		for _, k := range in {
			n.foundKnown(k)
		}
	}
}

func (n *naming) foundKnown(k foundSpelling) {
	e := &known.entries[k.entry]
	n.found = append(n.found, sighting{Span: k.Span, kind: e.Kind, entry: k.entry, gender: e.Gender})
}

// free reports whether no known name overlaps sp.
func free(in []foundSpelling, sp Span) bool {
	i, _ := slices.BinarySearchFunc(in, sp.Start, func(k foundSpelling, start int) int { return k.End - 1 - start })
	return i == len(in) || !in[i].Overlaps(sp)
}
