package digest

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"hanwire/digest/quote"
	"hanwire/digest/story"
	"hanwire/digest/summary"
	"hanwire/digest/text"
)

// Options say for whom a digest is composed. The zero value takes every story
// that a topic wants and tells all of them in full.
type Options struct {
	Now    time.Time // of the edition; the newest article's time when zero
	Length int       // stories in full; the rest goes to Digest.Also. All when zero
	Topics []string  // only stories that fit one of these; every topic when empty
	All    bool      // stories that no topic wants, too
	Lang   string    // language in which headline and summary are preferred; as most articles when empty
	Told   map[string]Told
}

// Told is what a reader has been told of a story, to be kept after an edition
// is posted and given back for the next one.
type Told struct {
	Articles []string  `json:"articles"` // IDs
	Headline string    `json:"headline"`
	At       time.Time `json:"at"`
}

// Told is what has been told once the story was posted at the time given.
func (s Story) Told(at time.Time) Told {
	t := Told{Headline: s.Headline, At: at}
	for i := range s.Articles {
		t.Articles = append(t.Articles, s.Articles[i].ID)
	}
	return t
}

// Collect groups readings that all came at once, whatever their order. Of
// several with one ID the first counts.
func Collect(readings []Reading, g *story.Grouper) []Group {
	items := make([]story.Item, len(readings))
	for i := range readings {
		items[i] = readings[i].Features
	}
	var groups []Group
	at := map[string]int{}
	seen := map[string]bool{}
	for i, p := range g.AddAll(items) {
		if seen[readings[i].ID] {
			continue
		}
		seen[readings[i].ID] = true
		n, ok := at[p.Story]
		if !ok {
			n = len(groups)
			at[p.Story] = n
			groups = append(groups, Group{ID: p.Story})
		}
		groups[n].Articles = append(groups[n].Articles, readings[i])
	}
	return groups
}

// Compose makes a digest of groups: ranks them, tells the first ones in full
// and says of every article that is in none of its stories why. The groups
// hold all articles of a story, those already told included, as what is new
// shows against them.
func Compose(groups []Group, o Options) Digest {
	if o.Now.IsZero() {
		o.Now = newest(groups)
	}
	var d Digest
	var drafts []Story
	for _, g := range groups {
		if len(g.Articles) == 0 {
			continue
		}
		s, reason := draft(g, o)
		if reason != nil {
			for i := range s.Articles {
				d.LeftOut = append(d.LeftOut, LeftOut{s.Articles[i].ID, reason(&s.Articles[i])})
			}
			continue
		}
		drafts = append(drafts, s)
	}
	slices.SortFunc(drafts, func(a, b Story) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), b.Latest.Compare(a.Latest), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(d.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.ID, b.ID) })

	full := len(drafts)
	if o.Length > 0 {
		full = min(full, o.Length)
	}
	used := map[string]bool{}
	for i := range drafts {
		drafts[i].Headline = headline(drafts[i].Articles, o.Lang, used)
		used[text.Fold(drafts[i].Headline)] = true
	}
	for i := range drafts[:full] {
		tell(&drafts[i], o)
	}
	d.Stories, d.Also = drafts[:full:full], drafts[full:]
	return d
}

func newest(groups []Group) time.Time {
	var t time.Time
	for _, g := range groups {
		for i := range g.Articles {
			if p := g.Articles[i].Published; p.After(t) {
				t = p
			}
		}
	}
	return t
}

// draft is a story without its headline and words, or the reason why its
// articles are left out.
func draft(g Group, o Options) (Story, func(*Reading) string) {
	s := Story{ID: g.ID, Articles: inOrder(g.Articles)}
	for i := range s.Articles {
		t := s.Articles[i].Published
		if t.IsZero() {
			continue
		}
		if s.First.IsZero() || t.Before(s.First) {
			s.First = t
		}
		if t.After(s.Latest) {
			s.Latest = t
		}
	}
	s.Topics = topics(s.Articles)
	relevant := slices.ContainsFunc(s.Articles, func(r Reading) bool { return r.Relevance.Relevant })
	switch {
	case o.All:
	case !relevant:
		return s, func(r *Reading) string { return r.Relevance.WhyNot() }
	case len(o.Topics) > 0 && !slices.ContainsFunc(s.Topics, func(t string) bool { return slices.Contains(o.Topics, t) }):
		reason := "other topic: " + strings.Join(s.Topics, ", ")
		return s, func(*Reading) string { return reason }
	}
	if told, ok := o.Told[s.ID]; ok {
		old, added := split(s.Articles, told)
		if len(added) == 0 {
			return s, func(*Reading) string { return "told before" }
		}
		if s.Changes = Changes(old, added); len(s.Changes) == 0 {
			return s, func(r *Reading) string {
				if slices.Contains(told.Articles, r.ID) {
					return "told before"
				}
				return "nothing new in a story told before"
			}
		}
	}
	s.Score = importance(s, o)
	return s, nil
}

// inOrder is the articles by publication, those without a date last.
func inOrder(articles []Reading) []Reading {
	out := slices.Clone(articles)
	slices.SortStableFunc(out, func(a, b Reading) int {
		if a.Published.IsZero() != b.Published.IsZero() {
			if a.Published.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// topics of a story are those of its articles, by how many have each.
func topics(articles []Reading) []string {
	count := map[string]int{}
	var out []string
	for i := range articles {
		for _, t := range articles[i].Relevance.Topics {
			if count[t]++; count[t] == 1 {
				out = append(out, t)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	return out
}

// split parts what was told from what came since.
func split(articles []Reading, told Told) (old, added []Reading) {
	for _, r := range articles {
		if slices.Contains(told.Articles, r.ID) {
			old = append(old, r)
		} else {
			added = append(added, r)
		}
	}
	return old, added
}

const (
	maxCounted = 40   // articles of a story that its importance is reckoned from
	fadeHours  = 36.0 // in which a story loses half of its importance
)

// importance of a story: how many outlets tell it independently of each other
// and of how many kinds, how well it fits the topics, who speaks in it, whether
// it is new, and how old it is.
func importance(s Story, o Options) float64 {
	articles := s.Articles[:min(len(s.Articles), maxCounted)]
	outlets := math.Log2(1 + float64(independent(articles)))
	kinds := map[string]bool{}
	var fit, rank float64
	for i := range articles {
		r := &articles[i]
		if r.OutletType != "" {
			kinds[r.OutletType] = true
		}
		fit = max(fit, r.Relevance.Score)
		for _, q := range r.Quotes {
			if q.Key {
				rank = max(rank, speakerRank(q.SpeakerKey))
			}
		}
	}
	score := outlets + 1.5*fit + rank + 0.3*float64(max(0, len(kinds)-1))
	if len(s.Changes) > 0 {
		score *= 0.7 // told before
	}
	return round3(score / (1 + age(o.Now, s.Latest).Hours()/fadeHours))
}

// speakerRank is 0 for one whom the gazetteer does not know, up to 1.
func speakerRank(key string) float64 {
	if key == "" {
		return 0
	}
	e, ok := text.ByKey(key)
	if !ok {
		return 0
	}
	return float64(min(max(e.Rank, 0), 5)) / 5
}

// independent counts the articles of a story that are not another outlet's text
// printed again, one for each outlet.
func independent(articles []Reading) int {
	var kept []*Reading
	for i := range articles {
		r := &articles[i]
		if !slices.ContainsFunc(kept, func(k *Reading) bool {
			return r.Outlet != "" && k.Outlet == r.Outlet || story.IsCopy(&k.Features, &r.Features)
		}) {
			kept = append(kept, r)
		}
	}
	return len(kept)
}

const (
	maxHeadline = 140 // bytes beyond which a title is only taken for want of another
	minHeadline = 12
)

// headline is the title that says best what all titles say, in the language
// asked for when one of them is. One that stands over another story already is
// taken last.
func headline(articles []Reading, lang string, used map[string]bool) string {
	script := mainScript(articles, lang)
	center := map[uint32]float64{}
	for i := range articles {
		if articles[i].Features.Script == script {
			for _, w := range articles[i].Features.Title {
				center[w.Term] += float64(w.Value)
			}
		}
	}
	best, bestScore := "", math.Inf(-1)
	for i := range articles {
		r := &articles[i]
		title := strings.TrimSpace(r.Title)
		if title == "" {
			continue
		}
		var score float64
		for _, w := range r.Features.Title {
			score += float64(w.Value) * center[w.Term]
		}
		score /= float64(len(articles))
		if r.Features.Script != script {
			score -= 2
		}
		if len(title) > maxHeadline || len(title) < minHeadline {
			score--
		}
		if marked(title) {
			score -= 0.5
		}
		if used[text.Fold(title)] {
			score -= 4
		}
		if score > bestScore+1e-9 {
			best, bestScore = title, score
		}
	}
	if best == "" && len(articles) > 0 {
		best = firstWords(&articles[0])
	}
	return best
}

// marked reports whether a title says of what kind the article is ([LEAD],
// [속보], Opinion) before what happened, or only asks.
func marked(title string) bool {
	lower := strings.ToLower(title)
	for _, mark := range []string{"opinion", "live:", "live updates", "watch:", "video:", "photos:", "analysis:", "editorial", "[", "【", "(lead)", "社评", "快讯", "评论"} {
		if strings.HasPrefix(lower, mark) {
			return true
		}
	}
	return strings.HasSuffix(lower, "?")
}

// firstWords stands for a title where no article has one.
func firstWords(r *Reading) string {
	if len(r.Sentences) > 0 {
		return r.Sentences[0].Text
	}
	return strings.TrimSpace(prefix(r.Text, maxHeadline))
}

// mainScript is the script of the language asked for, when an article has it,
// and of most articles otherwise; the earlier one of two with as many.
func mainScript(articles []Reading, lang string) string {
	count := map[string]int{}
	best := ""
	for i := range articles {
		script := articles[i].Features.Script
		if lang != "" && articles[i].Lang == lang {
			return script
		}
		count[script]++
	}
	for i := range articles {
		if script := articles[i].Features.Script; best == "" || count[script] > count[best] {
			best = script
		}
	}
	return best
}

const (
	storyQuotes = 3
	maxVariants = 3
)

// tell gives a story its quotes and its summary.
func tell(s *Story, o Options) {
	articles := s.Articles
	var avoid []story.Vector
	if told, ok := o.Told[s.ID]; ok {
		var old []Reading
		old, articles = split(s.Articles, told)
		for i := range old {
			for j := range old[i].Sentences {
				avoid = append(avoid, old[i].Sentences[j].Terms)
			}
		}
	}
	s.Quotes = keyQuotes(articles)
	s.Summary = summarise(s, articles, o.Lang, avoid)
}

// keyQuotes are the quotes that say most over all articles. The same utterance
// in another article is a variant of the one chosen.
func keyQuotes(articles []Reading) []Attributed {
	var all []quote.Candidate
	var from []int
	for i := range articles {
		for _, q := range articles[i].Quotes {
			if q.Key {
				all = append(all, quote.Candidate{Quote: q, Text: articles[i].Text[q.Start:q.End]})
				from = append(from, i)
			}
		}
	}
	picked := quote.Pick(all, storyQuotes)
	out := make([]Attributed, 0, len(picked))
	for _, n := range picked {
		a := Attributed{Article: articles[from[n]].ID, Text: all[n].Text, Quote: all[n].Quote}
		a.Variants = variants(articles, from[n], a.Text)
		out = append(out, a)
	}
	return out
}

// variants are other wordings of an utterance, one for an article; what is the
// same to the letter is none.
func variants(articles []Reading, own int, words string) []Variant {
	var out []Variant
	for i := range articles {
		if i == own || len(out) == maxVariants {
			continue
		}
		r := &articles[i]
		for _, q := range r.Quotes {
			if q.Kind != quote.Direct {
				continue
			}
			other := r.Text[q.Start:q.End]
			if quote.Same(words, other) < quote.SameFrom {
				continue
			}
			if text.Fold(other) != text.Fold(words) {
				out = append(out, Variant{Article: r.ID, Span: q.Span, Text: other})
			}
			break
		}
	}
	return out
}

func summarise(s *Story, articles []Reading, lang string, avoid []story.Vector) []Extract {
	script := mainScript(articles, lang)
	for _, q := range s.Quotes {
		avoid = append(avoid, story.VectorOf(q.Text))
	}
	avoid = append(avoid, story.VectorOf(s.Headline))
	spoken := spoken(s, articles)
	var sources []summary.Source
	var from []int
	for i := range articles {
		if articles[i].Features.Script == script {
			sources = append(sources, sourceOf(&articles[i]))
			from = append(from, i)
		}
	}
	picks := summary.Choose(sources, summary.Options{Avoid: slices.Concat(avoid, spoken)})
	if len(picks) == 0 {
		picks = summary.Choose(sources, summary.Options{Avoid: avoid})
	}
	var out []Extract
	for _, p := range picks {
		r := &articles[from[p.Source]]
		c := r.Sentences[p.Sentence]
		out = append(out, Extract{Article: r.ID, Span: c.Span, Text: c.Text})
	}
	return out
}

// mostlyQuote is the share of a sentence from which, being a quote that stands
// beside the summary, it would only say the quote again.
const mostlyQuote = 0.4

// spoken are the sentences that are mostly one of the story's quotes, or
// another wording of it.
func spoken(s *Story, articles []Reading) []story.Vector {
	quoted := map[string][]text.Span{}
	for _, q := range s.Quotes {
		quoted[q.Article] = append(quoted[q.Article], q.Span)
		for _, v := range q.Variants {
			quoted[v.Article] = append(quoted[v.Article], v.Span)
		}
	}
	var out []story.Vector
	for i := range articles {
		for _, c := range articles[i].Sentences {
			for _, q := range quoted[articles[i].ID] {
				if both := min(q.End, c.End) - max(q.Start, c.Start); float64(both) >= mostlyQuote*float64(c.Len()) {
					out = append(out, c.Terms)
					break
				}
			}
		}
	}
	return out
}

func round3(x float64) float64 { return math.Round(x*1000) / 1000 }
