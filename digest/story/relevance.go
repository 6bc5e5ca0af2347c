package story

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"hanwire/digest/text"
)

// Relevance is what an article is about and how much of that is Korea and
// China policy.
type Relevance struct {
	Relevant bool
	Score    float64  // 0 to 1
	Topics   []string // names of the topics it fits, strongest first
	Reasons  []string // "title: North Korea", "policy: sanctions", "sport: match": why, for and against
}

// Topic is what a channel wants to hear of.
type Topic struct {
	Name string

	// Match decides for a topic of one's own, by whatever it looks for. When
	// it is nil the topic is one of the built-in ones, named by the gazetteer.
	Match func(a Subject) bool
}

// Subject is an article as a [Topic] sees it.
type Subject struct {
	Doc        *text.Document
	Outlet     string
	OutletType string
	Published  time.Time
	Speakers   []string
}

// DefaultTopics are the topics that the gazetteer knows: korea is the Republic
// of Korea and the peninsula as a whole, north-korea the North, china the
// People's Republic with Hong Kong, Macau and the Taiwan question.
func DefaultTopics() []Topic {
	return []Topic{{Name: "korea"}, {Name: "china"}, {Name: "north-korea"}}
}

// The judgement is a logistic one on three scores, as either of the first two
// alone lets pass what merely happens in Korea or China, or what is politics
// elsewhere. Each counts up to a bound, so that no wealth of policy words makes
// up for a missing subject. The numbers were fitted on labelled news items of
// 20 to 120 words in the three languages.
const (
	biasWeight    = -6.1
	aboutWeight   = 2.9
	policyWeight  = 1.13
	againstWeight = -1.22

	// A brief, the one or two sentences of an agency, has no room to name its
	// subject again.
	briefWeight = 1.8
	briefWords  = 60

	homeAbout     = 1.35 // what it counts that an article is at home in Korea or China
	abroadConcept = "abroad"

	maxAbout   = 3.3
	maxPolicy  = 3.0
	maxAgainst = 6.0

	undecided = 0.499 // the most that an article scores which speaks of no policy at all

	topicFloor = 0.8 // about-ness below which an article only belongs to a topic for want of a better one
)

// Judge says whether the article is a story for one of the topics, and why.
func (o Opening) Judge(subject Subject, topics []Topic) Relevance {
	signals := o.signals
	about, byTopic := signals.about()
	home := o.home()
	if home != "" && about < homeAbout {
		about, byTopic[home] = homeAbout, max(byTopic[home], homeAbout)
	}
	policy, against := signals.policy()
	z := biasWeight + aboutWeight*min(about, maxAbout) + policyWeight*min(policy, maxPolicy) + againstWeight*min(against, maxAgainst)
	if o.words <= briefWords {
		z += briefWeight
	}
	r := Relevance{Score: round3(1 / (1 + math.Exp(-z)))}
	if policy == 0 {
		r.Score = min(r.Score, undecided) // it happened there, and that is all
	}
	fits := r.Score >= 0.5
	var most float64
	for _, t := range topics {
		most = max(most, byTopic[t.Name])
	}

	type fit struct {
		name   string
		weight float64
	}
	var fitting []fit
	for _, t := range topics {
		switch {
		case t.Match != nil:
			if t.Match(subject) {
				fitting = append(fitting, fit{t.Name, math.MaxFloat64})
			}
		case fits && byTopic[t.Name] > 0 && byTopic[t.Name] >= min(topicFloor, most):
			fitting = append(fitting, fit{t.Name, byTopic[t.Name]})
		}
	}
	slices.SortStableFunc(fitting, func(a, b fit) int { return cmp.Compare(b.weight, a.weight) })
	for _, f := range fitting {
		r.Topics = append(r.Topics, f.name)
		if f.weight == math.MaxFloat64 {
			r.Reasons = append(r.Reasons, "topic: "+f.name)
		}
	}
	r.Relevant = len(r.Topics) > 0
	r.Reasons = append(r.Reasons, signals.reasons()...)
	if home != "" {
		r.Reasons = append(r.Reasons, "home: no other country is named")
	}
	return r
}

// home is the topic of the country in whose language an article is written
// that names no other: a paper does not tell its readers where they live.
func (o Opening) home() string {
	topic := homes[scriptOf(o.doc.Lang)]
	if topic == "" || o.doc.Lang == "ja" {
		return ""
	}
	for key := range o.signals.Names {
		if e, ok := text.ByKey(key); ok && len(e.Topics) == 0 && len(e.Countries) > 0 {
			return ""
		}
	}
	if _, ok := o.signals.Concepts[abroadConcept]; ok {
		return ""
	}
	return topic
}

var homes = map[string]string{"hangul": "korea", "han": "china"}

// WhyNot says in a few words why an article is in no topic.
func (r Relevance) WhyNot() string {
	var about, against string
	var home bool
	for _, reason := range r.Reasons {
		kind, what, _ := strings.Cut(reason, ": ")
		switch {
		case about == "" && (kind == "title" || kind == "text"):
			about = what
		case against == "" && kind == "against":
			against = what
		case kind == "home":
			home = true
		}
	}
	switch {
	case about == "" && home && against == "":
		return "no topic: not about policy"
	case about == "" && home:
		return "no topic: speaks of " + against
	case about == "":
		return "no topic: not about Korea or China"
	case against == "":
		return "no topic: mentions " + about + ", but is not about policy there"
	}
	return "no topic: mentions " + about + ", but speaks of " + against
}

// elsewhere are the kinds of organisations whose home is not what news of them
// is about, as the gazetteer names them.
var elsewhere = map[string]bool{"company": true, "university": true, "outlet": true, "think tank": true}

// about is how much the article is about the subjects of the built-in topics,
// together and each.
func (s signals) about() (all float64, byTopic map[string]float64) {
	var sum hits
	mentions := map[string]hits{}
	for key, h := range s.Names {
		e, ok := text.ByKey(key)
		if !ok || len(e.Topics) == 0 {
			continue
		}
		if h.Title > 0 && elsewhere[e.Role] {
			h = hits{Lead: h.Title + h.Lead, Body: h.Body}
		}
		sum = sum.plus(h)
		for _, topic := range e.Topics {
			mentions[topic] = mentions[topic].plus(h)
		}
	}
	for name, h := range s.Concepts {
		if loadLexicon().concepts[name].class == aboutClass {
			sum = sum.plus(h)
			mentions[name] = mentions[name].plus(h)
		}
	}
	byTopic = map[string]float64{}
	for topic, h := range mentions {
		byTopic[topic] = h.weight()
	}
	return sum.weight(), byTopic
}

// policy is how much of the article's vocabulary is that of policy, and how
// much that of something else.
func (s signals) policy() (policy, against float64) {
	for _, name := range slices.Sorted(maps.Keys(s.Concepts)) { // in order: sums of floats depend on it
		c, h := loadLexicon().concepts[name], s.Concepts[name]
		switch c.class {
		case policyClass:
			policy += c.weight * h.weight()
		case aboutClass:
		default:
			against += c.weight * h.weight()
		}
	}
	return policy, against
}

const maxReasons = 4 // of each kind

// reasons are the strongest signals, for and against, in words.
func (s signals) reasons() []string {
	type reason struct {
		text   string
		weight float64
	}
	var names, concepts, against []reason
	for key, h := range s.Names {
		e, ok := text.ByKey(key)
		if !ok || len(e.Topics) == 0 {
			continue
		}
		where := "text"
		if h.Title > 0 {
			where = "title"
		}
		names = append(names, reason{where + ": " + displayName(e), h.weight()})
	}
	for name, h := range s.Concepts {
		c := loadLexicon().concepts[name]
		r := reason{c.class + ": " + c.name, c.weight * h.weight()}
		if r.weight == 0 {
			continue
		}
		switch c.class {
		case policyClass:
			concepts = append(concepts, r)
		case aboutClass:
			r.text = "words of topic " + c.name
			names = append(names, r)
		default:
			r.text = "against: " + c.name
			against = append(against, r)
		}
	}
	var out []string
	for _, rs := range [][]reason{names, concepts, against} {
		slices.SortFunc(rs, func(a, b reason) int {
			return cmp.Or(cmp.Compare(b.weight, a.weight), strings.Compare(a.text, b.text))
		})
		for _, r := range rs[:min(len(rs), maxReasons)] {
			out = append(out, r.text)
		}
	}
	return out
}

func displayName(e text.Entry) string {
	for _, names := range [][]string{e.English, e.Korean, e.Chinese} {
		if len(names) > 0 {
			return names[0]
		}
	}
	return e.Key
}

func round3(x float64) float64 { return math.Round(x*1000) / 1000 }
