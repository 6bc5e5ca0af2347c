package story

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"time"
)

// Options of a [Grouper]. The zero value is the documented default.
type Options struct {
	Window time.Duration // how long after its last article a story takes more; 3 days when zero
}

const defaultWindow = 72 * time.Hour

// Placement says where an article went.
type Placement struct {
	Story  string
	Merged []string // stories that turned out to be this one: their articles are now part of Story
}

// Grouper puts articles into stories as they arrive. It keeps what is inside
// its window and forgets the rest, so that neither its memory nor the time for
// one article grows with what it has seen. It is not safe for concurrent use.
type Grouper struct {
	window   time.Duration
	latest   time.Time // the newest publication seen
	forgot   time.Time // latest when old stories were last dropped
	stories  map[string]*cluster
	articles map[string]*member // by ID
	perDay   map[int64]int      // live articles by day of publication
	index    map[uint32][]*member
	added    int // so far
	search   int // number of the present one
}

// cluster is a story in the making.
type cluster struct {
	id          string
	members     []*member // in order of arrival
	first, last time.Time
	script      string // of the first member

	search int     // the last one that found it, and the index terms that it shares with the article
	share  float64 // then looked for; cross-language anchors among them
}

type member struct {
	item  Item
	story *cluster // nil when gone
	order int      // of arrival
	time  time.Time
}

// NewGrouper returns an empty grouper. Fill it with [Grouper.Restore] after a
// restart.
func NewGrouper(o Options) *Grouper {
	if o.Window <= 0 {
		o.Window = defaultWindow
	}
	return &Grouper{
		window:   o.Window,
		stories:  map[string]*cluster{},
		articles: map[string]*member{},
		perDay:   map[int64]int{},
		index:    map[uint32][]*member{},
	}
}

// AddAll adds the articles of one poll, so that their order in items does not
// matter: by publication, then by ID, those without a date last. The
// placements are in the order of items and final for the whole batch: a story
// merged into another later in the batch is not named as Story.
func (g *Grouper) AddAll(items []Item) []Placement {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return compareItems(items[i], items[j]) })
	placements := make([]Placement, len(items))
	into := map[string]string{}
	for _, i := range order {
		placements[i] = g.Add(items[i])
		for _, id := range placements[i].Merged {
			into[id] = placements[i].Story
		}
	}
	for i := range placements {
		for next, ok := into[placements[i].Story]; ok; next, ok = into[placements[i].Story] {
			placements[i].Story = next
		}
	}
	return placements
}

func compareItems(a, b Item) int {
	if a.Published.IsZero() != b.Published.IsZero() {
		if a.Published.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
}

// Add puts an article into the story that it tells, or into a new one whose ID
// comes from the article's. Adding an article again changes nothing.
func (g *Grouper) Add(it Item) Placement {
	if m, ok := g.articles[it.ID]; ok {
		return Placement{Story: m.story.id}
	}
	g.forget()
	found := g.candidates(&it)
	into := g.choose(&it, found)
	if into == nil {
		into = &cluster{id: storyID(it.ID)}
		g.stories[into.id] = into
	}
	g.put(it, into)
	into, merged := g.merge(into, found)
	return Placement{Story: into.id, Merged: merged}
}

// Restore puts back an article whose story is known, as after a restart.
// Articles must come in the order in which they were added.
//
// An article that is here already goes over to the story, as when somebody
// else has found two stories to be one.
func (g *Grouper) Restore(it Item, storyID string) {
	m, known := g.articles[it.ID]
	if known && m.story.id == storyID {
		return
	}
	c, ok := g.stories[storyID]
	if !ok {
		c = &cluster{id: storyID}
		g.stories[storyID] = c
	}
	if known {
		g.move(m, c)
		return
	}
	g.put(it, c)
}

// move takes an article out of its story and into another.
func (g *Grouper) move(m *member, into *cluster) {
	from := m.story
	from.members = slices.DeleteFunc(from.members, func(o *member) bool { return o == m })
	if len(from.members) == 0 {
		delete(g.stories, from.id)
	}
	if len(into.members) == 0 || m.time.Before(into.first) {
		into.first = m.time
	}
	if len(into.members) == 0 || m.time.After(into.last) {
		into.last = m.time
	}
	m.story = into
	into.members = append(into.members, m)
	from.sort()
	into.sort()
}

// sort puts the members into their order of arrival.
func (c *cluster) sort() {
	slices.SortStableFunc(c.members, func(a, b *member) int { return cmp.Compare(a.order, b.order) })
	if len(c.members) > 0 {
		c.script = c.members[0].item.Script
	}
}

func storyID(articleID string) string {
	h := fnv.New64a()
	h.Write([]byte(articleID))
	return strconv.FormatUint(h.Sum64(), 36)
}

// A candidate is a story that shares telling terms with an article.
type candidate struct {
	story *cluster
	score float64 // above 0 when they tell one event, the higher the surer
	copy  bool    // it holds the same text
}

const (
	indexTerms    = 24   // the heaviest terms of an article by which it is found again
	maxPostings   = 3000 // from which on no further term is looked at for an article, and the latest ones looked at for one term; what is left out has the commonest terms
	leastShare    = 0.15 // of the best candidate's share of index terms that another needs
	maxCandidates = 40
	maxForeign    = 12 // in other scripts
	maxCompared   = 24 // articles of a story that a new one is compared with: the first and the latest ones
)

// candidates are the stories worth comparing with it, best first.
func (g *Grouper) candidates(it *Item) []candidate {
	g.search++
	var own, foreign []*cluster // found by terms; found by anchors, in another script
	var most float64
	terms := indexKeys(it)
	slices.SortStableFunc(terms, func(a, b Weight) int { return cmp.Compare(len(g.index[a.Term]), len(g.index[b.Term])) })
	looked := 0
	for _, t := range terms {
		members := g.index[t.Term]
		members = members[max(0, len(members)-maxPostings):]
		for _, m := range members {
			c := m.story
			if c == nil {
				continue
			}
			if c.search != g.search {
				c.search, c.share = g.search, 0
				if c.script == it.Script {
					own = append(own, c)
				} else {
					foreign = append(foreign, c)
				}
			}
			c.share += float64(t.Value)
			most = max(most, c.share)
		}
		if looked += len(members); looked > maxPostings {
			break
		}
	}
	own = slices.DeleteFunc(own, func(c *cluster) bool { return c.share < most*leastShare })
	stories := append(best(own, maxCandidates), best(foreign, maxForeign)...)
	var found []candidate
	bar := g.bar(it)
	probe := newProbe(it.Body)
	for _, c := range stories {
		score, same := compare(it, &probe, c, bar)
		if !g.near(it, c) {
			score = unlike // but a copy is one whenever it comes
		}
		found = append(found, candidate{story: c, score: score, copy: same})
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if a.copy != b.copy {
			if a.copy {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.score, a.score)
	})
	return found
}

// best are the n stories with the highest share.
func best(stories []*cluster, n int) []*cluster {
	top := make([]*cluster, 0, n+1)
	for _, c := range stories {
		if len(top) == n && byShare(c, top[n-1]) > 0 {
			continue
		}
		i, _ := slices.BinarySearchFunc(top, c, byShare)
		top = slices.Insert(top, i, c)
		top = top[:min(len(top), n)]
	}
	return top
}

func byShare(a, b *cluster) int {
	if a.share != b.share {
		return cmp.Compare(b.share, a.share)
	}
	return cmp.Compare(a.id, b.id)
}

// near reports whether a story is recent enough to take the article.
func (g *Grouper) near(it *Item, c *cluster) bool {
	t := g.timeOf(it)
	return !t.Before(c.first.Add(-g.window)) && !t.After(c.last.Add(g.window))
}

// compare is by how much the average likeness of an article to those of a
// story is over the bar; average, as a single look-alike would chain events
// together. Articles in another script are asked only when there is none in
// this one, and what they say counts less than any likeness. The probe is of
// the article's body.
func compare(it *Item, body *probe, c *cluster, bar float64) (score float64, same bool) {
	var sum, n, cross, crossN float64
	for _, m := range sample(c.members) {
		if m.item.Script != it.Script {
			cross += crossLikeness(it, &m.item)
			crossN++
			continue
		}
		same = same || IsCopy(it, &m.item)
		sum += likeness(it, body, &m.item)
		n++
	}
	if n > 0 {
		return sum/n - bar, same
	}
	return math.Min(cross/crossN, leastLead), false
}

// leastLead is below what any two candidates in one script differ by.
const leastLead = 1e-6

func sample(members []*member) []*member {
	if len(members) <= maxCompared {
		return members
	}
	const first = maxCompared / 4
	return slices.Concat(members[:first], members[len(members)-(maxCompared-first):])
}

// The bar that likeness must reach. It rises with the number of articles in
// the window: among many stories, one that is merely similar is sure to be
// there. It is -0.2 with 150 articles and 0.6 from 1,400 on.
const (
	barAlone   = -2.0
	barLowest  = -0.8
	barDensity = 0.36
	barHighest = 0.6
)

func (g *Grouper) bar(it *Item) float64 {
	day := dayOf(g.timeOf(it))
	around := 0
	for d := day - 3; d <= day+3; d++ {
		around += g.perDay[d]
	}
	return max(barLowest, min(barHighest, barAlone+barDensity*math.Log1p(float64(around))))
}

func (g *Grouper) choose(it *Item, found []candidate) *cluster {
	if m, ok := g.articles[it.VersionOf]; ok {
		return m.story
	}
	if len(found) > 0 && (found[0].copy || found[0].score > 0) {
		return found[0].story
	}
	return nil
}

// timeOf is when an article was published; one without a date is as new as
// the newest.
func (g *Grouper) timeOf(it *Item) time.Time {
	if it.Published.IsZero() {
		return g.latest
	}
	return it.Published
}

func dayOf(t time.Time) int64 { return int64(math.Floor(float64(t.Unix()) / 86400)) }

func (g *Grouper) put(it Item, c *cluster) {
	t := g.timeOf(&it)
	if t.After(g.latest) {
		g.latest = t
	}
	g.added++
	m := &member{item: it, story: c, order: g.added, time: t}
	g.articles[it.ID] = m
	g.perDay[dayOf(t)]++
	for _, w := range indexKeys(&it) {
		g.index[w.Term] = append(g.index[w.Term], m)
	}
	if len(c.members) == 0 {
		c.first, c.last, c.script = t, t, it.Script
	}
	if t.Before(c.first) {
		c.first = t
	}
	if t.After(c.last) {
		c.last = t
	}
	c.members = append(c.members, m)
}

// indexKeys are the terms by which an article is found: the heaviest of its
// own language, and its anchors for the other ones.
func indexKeys(it *Item) []Weight {
	terms := slices.Clone(it.Body)
	slices.SortStableFunc(terms, func(a, b Weight) int { return cmp.Compare(b.Value, a.Value) })
	terms = terms[:min(len(terms), indexTerms)]
	for _, a := range it.Anchors {
		terms = append(terms, Weight{Term: a ^ anchorMark, Value: 0.1})
	}
	return terms
}

// anchorMark keeps the anchors apart from the terms in one index.
const anchorMark = 0x9e3779b9

// merge joins to c the other stories found for its newest article that now
// prove to be the same one: alike on average over all their articles, not by
// this article alone. The elder keeps its ID. It returns the story that is
// left and the IDs of those that are not.
func (g *Grouper) merge(c *cluster, found []candidate) (*cluster, []string) {
	var gone []string
	for _, f := range found {
		if f.story == c || f.score <= 0 && !f.copy || !g.linked(c, f.story) {
			continue
		}
		elder, younger := c, f.story
		if cmp.Or(younger.first.Compare(elder.first), cmp.Compare(younger.members[0].order, elder.members[0].order)) < 0 {
			elder, younger = younger, elder
		}
		for _, m := range younger.members {
			m.story = elder
		}
		elder.members = append(elder.members, younger.members...)
		elder.sort()
		if younger.last.After(elder.last) {
			elder.last = younger.last
		}
		delete(g.stories, younger.id)
		gone = append(gone, younger.id)
		c = elder
	}
	return c, gone
}

// linked reports whether two stories are one by the average of all pairs.
func (g *Grouper) linked(c, d *cluster) bool {
	var sum, n float64
	for _, m := range sample(c.members) {
		probe := newProbe(m.item.Body)
		score, _ := compare(&m.item, &probe, d, g.bar(&m.item))
		sum += score
		n++
	}
	return sum/n > 0
}

// forget drops the stories that take no more articles. It looks through all of
// them, so it waits until the newest publication has moved on by a good part
// of the window.
func (g *Grouper) forget() {
	if g.latest.Sub(g.forgot) < g.window/8 {
		return
	}
	g.forgot = g.latest
	keep := g.latest.Add(-2 * g.window) // late articles still find their story
	for id, c := range g.stories {
		if !c.last.Before(keep) {
			continue
		}
		delete(g.stories, id)
		for _, m := range c.members {
			delete(g.articles, m.item.ID)
			g.perDay[dayOf(m.time)]--
			m.story = nil
		}
	}
	for term, members := range g.index {
		members = slices.DeleteFunc(members, func(m *member) bool { return m.story == nil })
		if len(members) == 0 {
			delete(g.index, term)
			continue
		}
		g.index[term] = members
	}
	for day, n := range g.perDay {
		if n <= 0 {
			delete(g.perDay, day)
		}
	}
}
