package text

import (
	"slices"
	"strings"
)

// resolve makes entities of the sightings.
func (n *naming) resolve() {
	d := n.d
	slices.SortStableFunc(n.found, func(a, b sighting) int { return a.Start - b.Start })
	r := resolver{
		d:     d,
		byKey: make(map[int32]int), byName: make(map[string]int),
		parts: make(map[string][]int), called: make(map[string]int),
	}
	of := make([]int, len(n.found)) // the entity of each sighting, -1 for none
	for i := range n.found {
		of[i] = -1
		if s := &n.found[i]; !s.alone && !s.weak {
			of[i] = r.full(s)
		}
	}
	// Two capitalised words that nothing shows to be a person's name are one
	// when the text goes on with the second alone.
	for i := range n.found {
		if s := &n.found[i]; !s.alone && s.weak && n.goesOn(s) {
			of[i] = r.full(s)
		}
	}
	for i := range n.found {
		if s := &n.found[i]; s.alone {
			of[i] = r.part(s)
		}
	}
	r.finish(n.found, of)
	d.hearPronouns()
}

// goesOn reports whether the last word of a name stands alone later.
func (n *naming) goesOn(s *sighting) bool {
	name := n.d.Slice(s.Span)
	if n.alone == nil {
		n.alone = make(map[string]int)
		for i := range n.found {
			if a := &n.found[i]; a.alone && a.kind == Person {
				n.alone[n.d.Slice(a.Span)] = a.Start
			}
		}
	}
	i := strings.LastIndexByte(name, ' ')
	return i > 0 && n.alone[name[i+1:]] > s.Start
}

type resolver struct {
	d      *Document
	drafts []draft
	byKey  map[int32]int
	byName map[string]int   // folded full name
	parts  map[string][]int // surname, given name or acronym: who bears it
	called map[string]int   // whom a surname alone stood for last
}

type draft struct {
	Entity
	entry   int32
	first   int  // where the full name first stands
	eastern bool // the surname stands first
}

// full finds or makes the entity of a full name.
func (r *resolver) full(s *sighting) int {
	name := r.d.Slice(s.Span)
	if s.entry >= 0 {
		if at, ok := r.byKey[s.entry]; ok {
			return at
		}
	}
	fold := foldName(name)
	if at, ok := r.byName[fold]; ok && r.drafts[at].Kind == s.kind && (s.entry < 0 || r.drafts[at].entry == s.entry) {
		if s.gender != UnknownGender && r.drafts[at].Gender == UnknownGender {
			r.drafts[at].Gender = s.gender
		}
		return at
	}
	at := len(r.drafts)
	dr := draft{Entity: Entity{Kind: s.kind, Gender: s.gender, Name: name}, entry: s.entry, first: s.Start, eastern: s.surname}
	if s.entry >= 0 {
		e := &known.entries[s.entry]
		dr.Key, dr.Kind = e.Key, e.Kind
		if dr.Gender == UnknownGender {
			dr.Gender = e.Gender
		}
		r.byKey[s.entry] = at
		dr.eastern = isEasternEntry(e)
	}
	r.drafts = append(r.drafts, dr)
	if _, taken := r.byName[fold]; !taken {
		r.byName[fold] = at
	}
	r.index(at, name, s)
	if s.entry >= 0 && s.kind == Person {
		if e := &known.entries[s.entry]; len(e.English) > 0 && e.English[0] != name {
			r.index(at, e.English[0], s)
		}
	}
	return at
}

// isEasternEntry reports people whose English name begins with the surname.
func isEasternEntry(e *Entry) bool {
	if e.Kind != Person || len(e.English) == 0 {
		return false
	}
	for _, c := range e.Countries {
		switch c {
		case "north-korea", "south-korea", "china", "taiwan", "hong-kong":
			first, _, _ := strings.Cut(e.English[0], " ")
			return (koreanSurname | chineseSurname).has(first)
		}
	}
	return false
}

// mostBearers is how many people of one surname a text may have: a longer list
// names nobody.
const mostBearers = 16

// index notes the words by which an entity may be called later.
func (r *resolver) index(at int, name string, s *sighting) {
	add := func(part string) {
		if part == "" {
			return
		}
		bearers := r.parts[part]
		if len(bearers) >= mostBearers || len(bearers) > 0 && bearers[len(bearers)-1] == at {
			return
		}
		r.parts[part] = append(r.parts[part], at)
	}
	switch r.drafts[at].Kind {
	case Person:
		if first := runeAfter(name, 0); classOf(first) == classHangul {
			add(string(first))
			if two := len("남궁"); len(name) > two && lists.hangul[name[:two]] {
				add(name[:two])
			}
			if i := strings.LastIndexByte(name, ' '); i > 0 {
				add(name[i+1:])
			}
			return
		} else if classOf(first) == classHan {
			if i := strings.LastIndexAny(name, "·•・‧．∙･⋅"); i > 0 {
				_, w := runeAt(name, i)
				add(name[i+w:])
			}
			return
		}
		fields := strings.Fields(name)
		if len(fields) == 0 {
			return
		}
		last := len(fields) - 1
		for last > 0 && generation.has(strings.Trim(fields[last], ".,")) {
			last--
		}
		if r.drafts[at].eastern {
			add(fields[0])
			return
		}
		add(fields[last])
		if last > 0 {
			add(fields[0])
			if last > 1 && nameParticle.has(fields[last-1]) {
				add(fields[last-1] + " " + fields[last])
			}
			if i := strings.LastIndexByte(fields[last], '-'); i > 0 && len(fields[last])-i > 4 {
				add(fields[last][i+1:])
			}
		}
	case Organisation:
		if a := initials(name); len(a) >= 3 {
			add(a)
		}
	}
}

var generationList = "Jr Sr II III IV V"

// initials are the capitals of a name's words, as an acronym has them.
func initials(name string) string {
	var b strings.Builder
	for w := range strings.FieldsSeq(name) {
		for i, part := range strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '‑' }) {
			if i == 0 && !startsUpper(part) {
				break
			}
			if startsUpper(part) {
				b.WriteByte(part[0])
			}
		}
	}
	return b.String()
}

// part finds the entity that a lone word or acronym stands for: the nearest
// full name before it that fits, else one behind it.
func (r *resolver) part(s *sighting) int {
	word := r.d.Slice(s.Span)
	best := -1
	bearers := r.parts[word]
	if bearers == nil && s.kind == Organisation && len(word) > 3 { // WALLACE: in a transcript
		bearers = r.parts[word[:1]+lowerASCII(word[1:])]
	}
	for _, at := range bearers {
		dr := &r.drafts[at]
		if s.kind == Person && dr.Kind != Person {
			continue
		}
		if s.gender != UnknownGender && dr.Gender != UnknownGender && s.gender != dr.Gender {
			continue
		}
		// A given name stands for somebody only where no surname does.
		if best < 0 || r.prefers(at, best, word, s.Start) {
			best = at
		}
	}
	// Whoever was called by the surname stays called so when a relative is
	// introduced later, but right behind the full name.
	if best >= 0 && len(bearers) > 1 && s.kind == Person {
		was, ok := r.called[word]
		if ok && was != best && s.Start-r.drafts[best].first > relativeStays && (s.gender == UnknownGender || r.drafts[was].Gender == UnknownGender || s.gender == r.drafts[was].Gender) {
			best = was
		}
		r.called[word] = best
	}
	if best >= 0 {
		if r.drafts[best].Gender == UnknownGender {
			r.drafts[best].Gender = s.gender
		}
		return best
	}
	if s.weak {
		return -1
	}
	if s.entry >= 0 || s.titled || s.kind == Organisation {
		return r.full(s)
	}
	return -1
}

// relativeStays is how many bytes behind the full name of a relative the surname
// alone still stands for the relative.
const relativeStays = 150

// prefers reports whether candidate a fits a lone word at start better than b.
func (r *resolver) prefers(a, b int, word string, start int) bool {
	sa, sb := r.isSurname(a, word), r.isSurname(b, word)
	if sa != sb {
		return sa
	}
	beforeA, beforeB := r.drafts[a].first < start, r.drafts[b].first < start
	if beforeA != beforeB {
		return beforeA
	}
	return beforeA && r.drafts[a].first > r.drafts[b].first
}

func (r *resolver) isSurname(at int, word string) bool {
	dr := &r.drafts[at]
	if dr.eastern {
		return strings.HasPrefix(dr.Name, word)
	}
	return !strings.HasPrefix(dr.Name, word) || dr.Name == word
}

// finish writes mentions and entities into the document, in order.
func (r *resolver) finish(found []sighting, of []int) {
	d := r.d
	place := make([]int, len(r.drafts)) // of each draft among the entities, plus one
	end := 0
	for i := range found {
		s := &found[i]
		if of[i] < 0 || s.Start < end || s.Len() == 0 {
			continue
		}
		end = s.End
		at := place[of[i]] - 1
		if at < 0 {
			at = len(d.Entities)
			place[of[i]] = at + 1
			e := r.drafts[of[i]].Entity
			e.Name = d.Slice(s.Span)
			d.Entities = append(d.Entities, e)
		}
		e := &d.Entities[at]
		if name := d.Slice(s.Span); name != e.Name && fuller(name, e.Name, r.drafts[of[i]].entry) {
			e.Name = name
		}
		e.Mentions = append(e.Mentions, len(d.Mentions))
		d.Mentions = append(d.Mentions, Mention{s.Span, e.Kind, at})
	}
}

// fuller reports whether a says more of a name than b: of a known name the
// form that the gazetteer has earlier, else the longer one, and capitals only
// where nothing better stands.
func fuller(a, b string, entry int32) bool {
	if c := classOf(runeAfter(a, 0)); c == classHangul || c == classHan {
		// 조 바이든 against 바이든, whichever is the usual name.
		if strings.HasSuffix(a, " "+b) || strings.HasSuffix(b, " "+a) {
			return len(a) > len(b)
		}
		if rest, ok := strings.CutSuffix(a, b); ok && isNameDot(string(runeBefore(rest, len(rest)))) {
			return true
		}
		if rest, ok := strings.CutSuffix(b, a); ok && isNameDot(string(runeBefore(rest, len(rest)))) {
			return false
		}
	}
	if entry >= 0 {
		fa, fb := formOf(&known.entries[entry], a), formOf(&known.entries[entry], b)
		if fa != fb {
			return fa < fb
		}
	}
	if ua, ub := allUpper(a), allUpper(b); ua != ub {
		return ub && len(a) >= len(b)
	}
	return len(a) > len(b)
}

// formOf ranks a spelling among those of its entry: the usual name, other full
// names of people, then the rest in the order of the gazetteer.
func formOf(e *Entry, name string) int {
	last := 0
	for _, forms := range [][]string{e.English, e.Korean, e.Chinese} {
		for i, f := range forms {
			if f == name {
				if i > 0 && e.Kind == Person && strings.Contains(f, " ") {
					return 1
				}
				return 2 * i
			}
		}
		last = max(last, 2*len(forms))
	}
	if e.Kind == Person && strings.Contains(name, " ") && !allUpper(name) {
		return 1
	}
	return last
}

// foldName makes spellings of one name equal: Jong-un, Jong Un, Jong-Un.
func foldName(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] == '-' || s[i] == '.' {
			plain = false
			break
		}
	}
	if plain {
		return lowerASCII(s)
	}
	return nameMarks.Replace(Fold(s))
}

var nameMarks = strings.NewReplacer("-", " ", ".", "", "‑", " ")

// pronounReach is how many tokens behind a name a pronoun may still mean it.
const pronounReach = 45

// hearPronouns tells the gender of people from he and she behind their names,
// where nobody else is named between and the pronouns agree.
func (d *Document) hearPronouns() {
	if d.Lang != "en" {
		return
	}
	votes := make([]int, len(d.Entities))
	open := false
	for _, e := range d.Entities {
		open = open || e.Kind == Person && e.Gender == UnknownGender
	}
	if !open {
		return
	}
	next := 0
	for i, m := range d.Mentions {
		e := &d.Entities[m.Entity]
		if e.Kind != Person || e.Gender != UnknownGender {
			continue
		}
		limit := len(d.Text)
		for _, other := range d.Mentions[i+1:] {
			if other.Kind == Person && other.Entity != m.Entity {
				limit = other.Start
				break
			}
			if other.Start > m.End+8*pronounReach {
				break
			}
		}
		for next < len(d.Tokens) && d.Tokens[next].Start < m.End {
			next++
		}
		for k := next; k < len(d.Tokens) && k < next+pronounReach && d.Tokens[k].Start < limit; k++ {
			switch d.Slice(d.Tokens[k].Span) {
			case "he", "He", "his", "His", "him", "himself":
				votes[m.Entity]++
				k = len(d.Tokens)
			case "she", "She", "her", "Her", "herself":
				votes[m.Entity]--
				k = len(d.Tokens)
			}
		}
	}
	for i, v := range votes {
		switch {
		case v > 0:
			d.Entities[i].Gender = Male
		case v < 0:
			d.Entities[i].Gender = Female
		}
	}
}
