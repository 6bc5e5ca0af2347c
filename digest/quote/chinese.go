package quote

import (
	"strings"
	"unicode/utf8"

	"hanwire/digest/text"
)

// Chinese names who speaks and the verb before the quote, mostly with a colon
// or comma between (X表示，“...”), or behind it (“...”，X说). Nothing parts
// words, so the phrase of the speaker is found from its ends: the clause mark
// before it, the adverb, preposition or verb behind it.

// zhItem is a stretch of a Chinese sentence between clause marks, or a quoted
// run.
type zhItem struct {
	text.Span
	run  int  // or -1
	mark rune // the mark behind the stretch: ， ： 、 ； 。 or 0
	verb int  // byte of its first reporting verb that has something before it, or -1
}

// longestHan is how many stretches and runs a sentence may have before it is
// cut.
const longestHan = 64

type zhSentence struct {
	items []zhItem
	par   int
}

type chineseReader struct {
	d         *text.Document
	runs      []run
	cast      *people
	quotes    []Quote
	voice     speaker
	hasVoice  bool
	topic     speaker // whom the sentence before is about, when nobody spoke in it
	utterance int
	lastPar   int
}

// chinese finds the quotes of a Chinese article.
func chinese(d *text.Document, runs []run) []Quote {
	z := &chineseReader{d: d, runs: runs, cast: &people{d: d}}
	sents := chineseSentences(d, runs)
	for _, s := range sents {
		z.introduce(s)
	}
	for i := range z.cast.all {
		z.cast.all[i].last = 0
	}
	for _, s := range sents {
		z.read(s)
	}
	sortQuotes(z.quotes)
	return z.quotes
}

// chineseSentences cuts the body into sentences of stretches and runs.
func chineseSentences(d *text.Document, runs []run) []zhSentence {
	var out []zhSentence
	ri := 0
	for pi := range d.Paragraphs {
		p := &d.Paragraphs[pi]
		if p.Role != text.Body && p.Role != text.Heading {
			continue
		}
		var items []zhItem
		from := max(p.Start, p.Dateline.End)
		flush := func(end int, mark rune) {
			if s := trimmed(d.Text, text.Span{Start: from, End: end}); s.Len() > 0 {
				items = append(items, zhItem{Span: s, run: -1, mark: mark, verb: verbIn(d, s)})
			} else if n := len(items); n > 0 && items[n-1].mark == 0 {
				items[n-1].mark = mark
			}
		}
		cut := func() {
			if len(items) > 0 {
				out = append(out, zhSentence{items, pi})
				items = nil
			}
		}
		for i := from; i < p.Span.End; {
			for ri < len(runs) && runs[ri].outer.End <= i {
				ri++
			}
			if ri < len(runs) && runs[ri].outer.Start <= i {
				flush(i, 0)
				if n := len(items); n > 0 && items[n-1].run >= 0 && items[n-1].mark == 0 && endsSentence(d.Slice(items[n-1].Span)) {
					cut()
				}
				if len(items) >= longestHan {
					cut()
				}
				items = append(items, zhItem{Span: runs[ri].outer, run: ri, verb: -1})
				i = runs[ri].outer.End
				from = i
				// “……。”X说 goes on; “……。” and a new clause with its own subject
				// and quote starts afresh, which the reader decides.
				continue
			}
			r, w := utf8.DecodeRuneInString(d.Text[i:])
			switch r {
			case '，', ',', '：', ':', '、', '；', ';', '—', '…':
				if len(items) >= longestHan {
					cut()
				}
				if (r == ',' || r == ':') && i+1 < p.Span.End && isDigit(d.Text[i+1]) {
					break
				}
				flush(i, r)
				from = i + w
			case '。', '！', '？', '!', '?':
				flush(i, '。')
				from = i + w
				cut()
			case '.':
				if i+1 == p.Span.End || d.Text[i+1] == ' ' {
					flush(i, '。')
					from = i + w
					cut()
				}
			}
			i += w
		}
		flush(p.Span.End, 0)
		cut()
	}
	return out
}

// read takes the quotes of one sentence.
func (z *chineseReader) read(s zhSentence) {
	heading := z.d.Paragraphs[s.par].Role != text.Body
	z.cast.see(s.items[0].Start)
	spoke := false
	for i, it := range s.items {
		if it.run < 0 {
			continue
		}
		r := z.runs[it.run]
		who, cueAt, found := z.attribute(s, i)
		judged := z.judge(s, i, r, found)
		if judged == notSpeech {
			continue
		}
		carried := false
		if !found && z.hasVoice {
			who, carried = z.voice, true
		} else if !found && z.topic.name != "" {
			who, carried = z.topic, true
		}
		if heading && !found || judged == maybeSpeech && !found && !carried {
			continue
		}
		if !spoke && !(carried && s.par-z.lastPar <= 1) {
			z.utterance++
		}
		spoke = true
		q := z.cast.complete(Quote{Span: r.Span, Kind: Direct, Utterance: z.utterance, CueAt: cueAt}, who)
		z.quotes = append(z.quotes, q)
		if who.name != "" {
			z.voice, z.hasVoice, z.lastPar = who, true, s.par
		}
	}
	if heading {
		return
	}
	before := len(z.quotes)
	z.reported(s)
	z.topic = speaker{entity: -1, more: -1}
	if !spoke && before == len(z.quotes) {
		z.about(s)
	}
}

// about notes the person that a sentence without quotes is about, for the
// pronoun that takes it up.
func (z *chineseReader) about(s zhSentence) {
	var p zhPhrase
	ok := false
	for _, it := range s.items[:min(2, len(s.items))] {
		if it.run >= 0 || ok {
			break
		}
		p, ok = z.subject(it.Span)
	}
	if at := s.items[0].Span; !ok && !z.hasVoice && s.items[0].run < 0 {
		// 孙桂兰的店开在断桥旁边
		if name, rest := firstRunes(z.d.Slice(at), 3); chineseName(name) && rest != "" && strings.HasPrefix(rest, "的") {
			at.End = at.Start + len(name)
			p, ok = zhPhrase{span: at, name: at}, true
		}
	}
	if !ok || p.name.Len() == 0 {
		return
	}
	if known := p.role.Len() > 0 || z.cast.mentionIn(p.name, text.Person) >= 0 || z.cast.find(-1, z.d.Slice(p.name)) >= 0; known || !z.hasVoice {
		z.topic = z.resolve(p)
	}
}

// firstRunes cuts s behind its first n characters.
func firstRunes(s string, n int) (head, rest string) {
	for i := range s {
		if n == 0 {
			return s[:i], s[i:]
		}
		n--
	}
	return s, ""
}

// judge tells somebody's words from terms, titles and names.
func (z *chineseReader) judge(s zhSentence, i int, r run, found bool) judgement {
	t := z.d.Slice(r.Span)
	size := utf8.RuneCountInString(t)
	inner := strings.ContainsAny(t, "，。！？；,!?")
	before := ""
	if i > 0 && s.items[i-1].run < 0 && s.items[i-1].mark == 0 {
		before = z.d.Slice(s.items[i-1].Span)
	}
	if zhNaming.suffix(before) != "" || passive(before) {
		return notSpeech
	}
	if r.family == single && !(i > 0 && s.items[i-1].mark == '：' && endsSentence(t)) {
		return notSpeech
	}
	spoken := i > 0 && s.items[i-1].run < 0 && (s.items[i-1].mark == '：' || s.items[i-1].mark == ':') ||
		i > 0 && s.items[i-1].run < 0 && z.endsInVerb(s.items[i-1])
	clauseEnd := i+1 == len(s.items) || s.items[i].mark != 0
	if spoken && (clauseEnd || size > 6 || inner) {
		if size >= 2 && (s.items[i-1].mark != 0 || size > 6 || inner) {
			return speech
		}
		if found && size >= 5 {
			return speech
		}
	}
	last, _ := utf8.DecodeLastRuneInString(t)
	ended := strings.ContainsRune("，。！？；…,!?", last)
	if ended && size >= 3 || inner && size >= 8 {
		return speech
	}
	// “……”，X说。
	if i+1 < len(s.items) && s.items[i].mark != 0 && found && size >= 4 && z.tagAt(s, i+1) {
		return speech
	}
	if whole := len(s.items) == 1; whole && size >= 6 {
		return speech
	}
	if before == "" && s.items[i].mark == 0 && i+1 == len(s.items) && size >= 7 && found {
		return speech
	}
	// A few words inside a clause: long enough not to be a term.
	if found && (size >= 7 || size >= 5 && clauseEnd && before != "") {
		return speech
	}
	if found && size >= 4 && zhCalling.suffix(before) != "" {
		return speech
	}
	return notSpeech
}

// passive reports 被媒体称为: a name that others give.
func passive(t string) bool {
	if v := zhVerbs.suffix(t); v != "" && strings.HasSuffix(strings.TrimSuffix(t, v), "被") {
		return true
	}
	at := strings.Index(t, "被")
	return at >= 0 && (strings.Contains(t[at:], "称") || strings.Contains(t[at:], "稱")) &&
		(strings.Contains(t[at:], "为") || strings.Contains(t[at:], "為") || strings.Contains(t[at:], "作"))
}

// agent is what stands between 被 and the verb at byte v of a stretch, if 被 is
// there: who does what the verb says (被在野党批评为).
func (z *chineseReader) agent(it zhItem, v int) (text.Span, bool) {
	at := strings.LastIndex(z.d.Text[it.Start:v], "被")
	if at < 0 {
		return text.Span{}, false
	}
	return text.Span{Start: it.Start + at + len("被"), End: v}, true
}

// tagAt reports whether the stretch at item i is a speaker and a verb.
func (z *chineseReader) tagAt(s zhSentence, i int) bool {
	if s.items[i].run >= 0 {
		return false
	}
	return z.endsInVerb(s.items[i]) || s.items[i].verb >= 0
}

// endsInVerb reports whether a stretch ends with a reporting verb, 道 behind
// it or not.
func (z *chineseReader) endsInVerb(it zhItem) bool {
	t := z.d.Slice(it.Span)
	return zhVerbs.suffix(t) != "" || zhVerbs.suffix(strings.TrimSuffix(t, "道")) != ""
}

// verbIn finds the first reporting verb of a stretch that has something before
// it, as a byte offset, or -1.
func verbIn(d *text.Document, sp text.Span) int {
	t := d.Slice(sp)
	if w := zhNewsNouns.prefix(t); w != "" {
		if v := t[len(w):]; v == "称" || v == "稱" || v == "说" || v == "說" || v == "指" || v == "指出" {
			return sp.Start + len(w) // 报道称
		}
	}
	for i := range t {
		if i == 0 {
			continue
		}
		if v := zhVerbs.prefix(t[i:]); v != "" && zhVerbs.suffix(t[:i+len(v)]) == v {
			if len(v) == 3 && !strings.Contains("说說称稱", v) && (v != "指" || i+len(v) != len(t)) {
				continue
			}
			// 发言人 and 在声明中 are no verbs.
			if rest := t[i+len(v):]; !strings.ContainsAny(v, "说說称稱道") && chineseNouns.prefix(rest) != "" && zhVerbs.suffix(t) != v {
				continue
			}
			if zhBodies.suffix(t[:i+len(v)]) == v && zhVerbs.prefix(t[i+len(v):]) != "" {
				continue // 联合声明说
			}
			return sp.Start + i
		}
	}
	return -1
}
