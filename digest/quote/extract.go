package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Extract finds the quotes of an article, in order of place: the runs of
// quotation marks that are somebody's words, and the clauses that report them.
// It runs in time linear in the text.
func Extract(d *text.Document) []Quote { return new(Extractor).Extract(d) }

// Extractor finds the quotes of one article after the other, in the same memory
// and, when it is made by [NewExtractor], knowing the words of those before. It
// is not for several goroutines at once.
type Extractor struct {
	runs  []run
	marks []mark

	met   *lexemes
	items []item
	cuts  []int // where the sentences of a paragraph begin, among the items
	sents []sentence
	cues  []cue // of all sentences
}

// NewExtractor returns an extractor for many articles. It takes 600 kB.
func NewExtractor() *Extractor { return &Extractor{met: new(lexemes)} }

// Extract is the function of this name.
func (x *Extractor) Extract(d *text.Document) []Quote {
	x.findRuns(d)
	var quotes []Quote
	switch {
	case d.Lang == "ko":
		quotes = korean(d, x.runs)
	case strings.HasPrefix(d.Lang, "zh"):
		quotes = chinese(d, x.runs)
	default:
		quotes = x.english(d)
	}
	markKey(d, quotes)
	return quotes
}

// reader turns the sentences of an English article into quotes, carrying the
// last voice from sentence to sentence.
type reader struct {
	d         *text.Document
	runs      []run
	cast      *cast
	clauses   []reported // of the sentence
	quotes    []Quote
	voice     *speaker // who spoke last
	voiceCue  text.Span
	voiceSent int
	utterance int
	lastRun   int32
	britain   bool // single marks are the outer ones
}

func (x *Extractor) english(d *text.Document) []Quote {
	x.mask(d)
	runs, sents := x.runs, x.sents
	d = withStrangers(d, sents)
	x.cues = x.cues[:0]
	for i := range sents {
		s := &sents[i]
		s.cues = x.cues[len(x.cues):]
		s.findCues()
		x.cues = append(x.cues, s.cues...)
		for _, c := range s.cues {
			for k := c.who.lo; k < c.who.hi; k++ {
				s.items[k].speaks = true
			}
		}
	}
	r := &reader{d: d, runs: runs, cast: newCast(d, sents), lastRun: -1, voiceSent: -1, britain: singleOuter(d, runs)}
	for i := range sents {
		r.read(i)
	}
	sortQuotes(r.quotes)
	return r.quotes
}

// signature reads the line after a quote that stands alone: — Smith.
func (r *reader) signature(si int) (phrase, int) {
	if si+1 >= len(r.cast.sents) {
		return phrase{}, 0
	}
	t := &r.cast.sents[si+1]
	n := len(t.items)
	if n < 2 || n > 16 || t.items[0].kind != dash || !t.items[1].upper || t.par-r.cast.sents[si].par > 1 {
		return phrase{}, 0
	}
	p := t.after(1)
	if !p.ok() || t.anyVerb(1, min(p.hi+1, n)) {
		return phrase{}, 0
	}
	return p, si + 1
}

// singleOuter reports whether the article sets speech in single marks: more of
// its single runs than of its double ones end as speech does.
func singleOuter(d *text.Document, runs []run) bool {
	singles, doubles := 0, 0
	for _, r := range runs {
		t := d.Slice(r.Span)
		if d.Paragraphs[r.par].Role != text.Body || !endsClause(t) || words(t) < 3 {
			continue
		}
		if r.family == single {
			singles++
		} else {
			doubles++
		}
	}
	return singles > doubles
}

// read takes the quotes of one sentence.
func (r *reader) read(si int) {
	s := &r.cast.sents[si]
	heading := r.d.Paragraphs[s.par].Role != text.Body
	r.clauses = s.clauses(r.clauses[:0])
	whole := true // nothing but quotes
	for _, it := range s.items {
		if it.kind == word {
			whole = false
			break
		}
	}
	spoke := false
	for i, it := range s.items {
		if it.kind != quoted {
			continue
		}
		run := r.runs[it.run]
		src, own := s.attribute(r.d, r.runs, i)
		continued := run.opened && it.run > 0 && !r.runs[it.run-1].closed && r.runs[it.run-1].par < run.par && r.lastRun == it.run-1
		var who speaker
		who.entity, who.more = -1, -1
		var cueAt text.Span
		carried := false
		switch {
		case continued && !own && r.voice != nil:
			who, cueAt, carried = *r.voice, r.voiceCue, true
		case own:
			who = r.cast.resolve(si, src.who, r.voice)
			if src.cue.ok() {
				cueAt = text.Span{Start: s.items[src.cue.lo].Start, End: s.items[src.cue.hi-1].End}
			}
		}
		if !own && whole {
			if p, next := r.signature(si); next > 0 {
				src, own = source{who: p, own: true}, true
				who = r.cast.resolve(next, p, r.voice)
			}
		}
		if own && src.weak && r.cast.notSpeaker(who) {
			own = false
		}
		if !own && !continued {
			if !whole && !r.sentenceLike(run) {
				if words(r.d.Slice(run.Span)) < 3 {
					continue
				}
			}
			who, cueAt, carried = r.carry(si)
		}
		if heading && (!own || words(r.d.Slice(run.Span)) < 3) || !r.isQuote(s, i, run, src, own, who) {
			continue
		}
		kind, span := Direct, run.Span
		if run.family == typed {
			// Words with marks that cannot be set in marks again.
			if covered(r.clauses, run.outer) {
				continue
			}
			kind, span = Mixed, run.outer
		}
		if !(carried && r.lastRun >= 0) && !(spoke && r.voice != nil && sameSpeaker(*r.voice, who)) {
			r.utterance++
		}
		r.add(Quote{Span: span, Kind: kind, Utterance: r.utterance, Speaker: who.name, SpeakerAt: who.at, CueAt: cueAt}, who)
		r.lastRun = it.run
		if who.name != "" {
			w := who
			r.voice, r.voiceCue, r.voiceSent = &w, cueAt, si
		}
		spoke = true
	}
	for _, c := range r.clauses {
		r.report(si, s, c, heading)
	}
}

// covered reports whether a clause that will be reported holds the span.
func covered(clauses []reported, s text.Span) bool {
	for _, c := range clauses {
		if c.content.Contains(s) && c.hi-c.lo > 2 {
			return true
		}
	}
	return false
}

// report adds a reported clause as an indirect or mixed quote.
func (r *reader) report(si int, s *sentence, c reported, heading bool) {
	if heading {
		return
	}
	kind := Indirect
	inside := 0
	for i := c.lo; i < c.hi; i++ {
		if s.items[i].kind == quoted {
			inside++
			kind = Mixed
		}
	}
	if inside > 0 && c.hi-c.lo <= inside+1 {
		return // a direct quote
	}
	if kind == Mixed && s.items[c.lo].kind == quoted && s.items[c.hi-1].kind == quoted && onlyLinks(s.items[c.lo:c.hi]) {
		return
	}
	if c.class&(saying|thinking) == 0 {
		return
	}
	who := r.cast.resolve(si, c.src.who, r.voice)
	if who.name == "" || r.cast.notSpeaker(who) && c.class&saying == 0 {
		return
	}
	cueAt := text.Span{Start: s.items[c.src.cue.lo].Start, End: s.items[c.src.cue.hi-1].End}
	span := c.content
	if s.items[c.lo].kind == quoted && s.items[c.lo].Start == span.Start {
		span.Start = r.runs[s.items[c.lo].run].outer.Start
	}
	r.utterance++
	u := r.utterance
	for k := len(r.quotes) - 1; k >= 0 && k > len(r.quotes)-8; k-- {
		if q := r.quotes[k]; q.Kind == Direct && span.Contains(q.Span) {
			u = q.Utterance
		}
	}
	r.add(Quote{Span: span, Kind: kind, Utterance: u, Speaker: who.name, SpeakerAt: who.at, CueAt: cueAt}, who)
	if c.class&saying != 0 && (r.voice == nil || r.voiceSent < si) {
		w := who
		r.voice, r.voiceCue, r.voiceSent = &w, cueAt, si
	}
}

// onlyLinks reports whether nothing but small words stands between the quoted
// runs.
func onlyLinks(items []item) bool {
	for _, it := range items {
		if it.kind == word && !it.in(conjoin|adverb) {
			return false
		}
	}
	return true
}

// add completes a quote and keeps it.
func (r *reader) add(q Quote, who speaker) {
	if q.CueAt.Len() > 0 {
		q.Cue = r.d.Slice(q.CueAt)
	}
	if who.entity >= 0 && who.more < 0 {
		q.SpeakerKey = r.d.Entities[who.entity].Key
		if at := r.cast.roles[who.entity]; at.Len() > 0 {
			q.RoleAt = at.Span
			q.Role = r.d.Slice(at.Span)
		}
	}
	r.quotes = append(r.quotes, q)
}

// notSpeaker reports whether who can hardly speak: nobody, a place, a thing.
func (c *cast) notSpeaker(who speaker) bool {
	if who.name == "" {
		return true
	}
	if who.entity >= 0 {
		return c.d.Entities[who.entity].Kind == text.Place
	}
	w := strings.Fields(who.name)
	last := lexicon[strings.ToLower(w[len(w)-1])]
	first := lexicon[strings.ToLower(w[0])]
	return last&(human|body|voice) == 0 && first&(pronoun) == 0
}

func sameSpeaker(a, b speaker) bool {
	if a.entity >= 0 || b.entity >= 0 {
		return a.entity == b.entity && a.more == b.more
	}
	return a.name == b.name
}

// carry says whose a quote without a cue is: the voice before it, or the
// person whose doing the sentence just before tells.
func (r *reader) carry(si int) (speaker, text.Span, bool) {
	none := speaker{entity: -1, more: -1}
	s := &r.cast.sents[si]
	if si > 0 {
		// X responded: and the words in a paragraph of their own.
		t := &r.cast.sents[si-1]
		if n := len(t.items); t.items[n-1].kind == colon && s.par-t.par <= 1 {
			if src := t.leading(n); src.who.ok() {
				if who := r.cast.resolve(si-1, src.who, r.voice); who.name != "" && !r.cast.notSpeaker(who) {
					var cueAt text.Span
					if src.cue.ok() {
						cueAt = text.Span{Start: t.items[src.cue.lo].Start, End: t.items[src.cue.hi-1].End}
					}
					return who, cueAt, false
				}
			}
		}
	}
	if si > 0 && r.voiceSent < si-1 {
		t := &r.cast.sents[si-1]
		if t.par == s.par {
			if v := t.lastVerb(0, len(t.items)); v >= 0 {
				for v := 1; v < len(t.items); v++ {
					if !t.verb(v) || t.items[v].in(ingForm) {
						continue
					}
					who := r.cast.resolve(si-1, t.subject(v), r.voice)
					if who.entity >= 0 && r.d.Entities[who.entity].Kind == text.Person {
						return who, text.Span{}, false
					}
					break
				}
			}
		}
	}
	if r.voice != nil {
		return *r.voice, r.voiceCue, true
	}
	return none, text.Span{}, false
}

// sentenceLike reports whether the run has the form of a sentence.
func (r *reader) sentenceLike(run run) bool {
	t := r.d.Slice(run.Span)
	first, _ := utf8.DecodeRuneInString(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	return unicode.IsUpper(first) && strings.ContainsRune(".?!,…", last)
}

// isQuote tells words that somebody said from titles, names and scare quotes.
func (r *reader) isQuote(s *sentence, i int, run run, src source, own bool, who speaker) bool {
	t := r.d.Slice(run.Span)
	n := words(t)
	last, _ := utf8.DecodeLastRuneInString(t)
	ended := strings.ContainsRune(".?!,…", last)
	if run.family == single {
		goesOn := r.lastRun >= 0 && r.lastRun == s.items[i].run-1 && r.runs[r.lastRun].family == single && r.runs[r.lastRun].par == run.par
		outer := r.britain || goesOn
		if !outer || !(own && !src.weak) && !r.sentenceLike(run) {
			return false
		}
	}
	if named(s, i) && n <= 6 {
		return false
	}
	if titleCase(t) && n >= 2 && n <= 9 && i > 0 && last != '?' && last != '!' {
		// Of works and broadcasts: on CBS's "Face the Nation," in “Late Night”.
		if p := s.items[i-1]; p.owner || p.in(preposition) && p.low != "to" && !(own && src.cue.hi >= i-1) || p.low == "told" || p.low == "tells" {
			return false
		}
	}
	if titleCase(t) && n >= 2 && n <= 9 && i > 0 && !src.trailer && !(own && src.cue.ok() && src.cue.hi >= i-1) {
		// A title, unless it is what a verb right before it says.
		if p := s.items[i-1]; !ended || last == ',' || p.kind == word && !p.in(reporting) {
			return false
		}
	}
	if own && !src.weak {
		return n > 0
	}
	// Without a cue: a sentence, or words enough to be no term.
	return r.sentenceLike(run) || n >= 4 && who.name != ""
}

// named reports whether the words before the run call it by a name: so-called,
// known as, titled.
func named(s *sentence, i int) bool {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		switch s.items[k].low {
		case "so-called", "titled", "entitled", "named", "nicknamed", "codenamed", "code-named", "headlined", "called", "dubbed", "labelled", "labeled":
			if s.items[k].in(calling) && s.beForm(k) < 0 && k > 0 && !(s.items[k-1].kind == comma && k == i-1) && s.subject(k).ok() && !s.objectOnly(s.subject(k)) && !(s.nounish(k-1) && !s.items[k-1].upper) {
				return false
			}
			return k == i-1 || s.items[k+1].in(determiner)
		case "known":
			return s.items[min(k+1, i)].low == "as"
		}
	}
	return false
}

// titleCase reports whether every long word has a capital.
func titleCase(t string) bool {
	long := 0
	for w := range strings.FieldsSeq(t) {
		r, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(r) && (len(w) < 4 || lexicon[w]&(preposition|determiner|conjoin) != 0) {
			continue
		}
		if !unicode.IsUpper(r) && !unicode.IsDigit(r) {
			return false
		}
		long++
	}
	return long >= 2
}

// words counts words: runs of letters and digits.
func words(t string) int {
	n, in := 0, false
	for _, r := range t {
		letter := 'a' <= r && r <= 'z' || r != ' ' && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '\'' || r == '’' || r == '-'
		if letter && !in {
			n++
		}
		in = letter
	}
	return n
}
