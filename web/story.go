package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/text"
)

// outlet is who published something.
type outlet struct {
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

// extract is a sentence of a summary with where it stands.
type extract struct {
	Text   string `json:"text"`
	Lang   string `json:"lang"`
	Outlet string `json:"outlet,omitempty"` // left out where the next sentence is from the same
	URL    string `json:"url,omitempty"`
}

// articleView is an article without its text.
type articleView struct {
	Outlet    outlet    `json:"outlet"`
	Title     string    `json:"title"`
	Lang      string    `json:"lang"`
	URL       string    `json:"url,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Access    string    `json:"access,omitempty"` // when not the full text could be read
}

// changeView is what an article brought that those before it did not have, or
// what was changed in it after it was published.
type changeView struct {
	At      time.Time `json:"at,omitzero"`
	Outlet  string    `json:"outlet"`
	URL     string    `json:"url,omitempty"`
	Changes []change  `json:"changes"`
}

// change is one of those: what it is, and the words that it is about.
type change struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	Lang string `json:"lang"`
}

// maxWhat is how many characters of the words are shown.
const maxWhat = 200

func changesFrom(list []digest.Change, articles []digest.Reading) []change {
	var out []change
	for _, c := range list {
		out = append(out, change{Kind: c.Kind, What: bot.Cut(bot.OneLine(c.Text), maxWhat), Lang: langOf(c.Text, readingOf(articles, c.Article).Lang)})
	}
	return out
}

// changeLine is a change said in the reader's language, around words in another.
type changeLine struct{ Before, What, Lang, After string }

func (c change) in(l bot.Lang) changeLine {
	line := bot.OneLine(l.Change(digest.Change{Kind: c.Kind, Text: c.What}))
	if before, after, ok := strings.Cut(line, c.What); ok && c.What != "" {
		return changeLine{before, c.What, c.Lang, after}
	}
	return changeLine{Before: line}
}

// storyView is a story as it is now.
type storyView struct {
	ID       string        `json:"id"`
	Headline string        `json:"headline"`
	Lang     string        `json:"lang"`
	Topics   []string      `json:"topics"`
	First    time.Time     `json:"first,omitzero"`
	Latest   time.Time     `json:"latest,omitzero"`
	Summary  []extract     `json:"summary"`
	Quotes   []quoteView   `json:"quotes"`
	Reported []quoteView   `json:"reported,omitempty"` // said without quotation marks
	Articles []articleView `json:"articles"`
	Changes  []changeView  `json:"changes,omitempty"`
}

func (s *storyView) Path() string { return bot.StoryPath + s.ID }

// Outlets are those of the articles, each once.
func (s *storyView) Outlets() []outlet { return outletsOf(s.Articles) }

func outletsOf(articles []articleView) []outlet {
	var list []outlet
	for _, a := range articles {
		if a.Outlet.Name != "" && !slices.Contains(list, a.Outlet) {
			list = append(list, a.Outlet)
		}
	}
	return list
}

// storyPage is a story with the editions that told it.
type storyPage struct {
	*storyView
	Editions []editionRef `json:"editions,omitempty"`
}

const (
	maxID       = 80 // bytes of an id in an address
	maxQuotes   = 40 // of a story, in and without quotation marks each
	maxSteps    = 30 // articles of which it is said what they brought, the latest
	maxArticles = 200
	maxToldBy   = 12 // editions
)

func (m *Room) story(ctx context.Context, r *request) (*content, error) {
	id := r.PathValue("id")
	if len(id) > maxID {
		return nil, errNotFound
	}
	v, err := m.makeStory(ctx, id, r.by.place(), r.lang)
	if err != nil {
		return nil, err
	}
	page := storyPage{storyView: v}
	editions, err := m.o.Store.EditionsOf(ctx, r.by, v.ID, maxToldBy)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		page.Editions = append(page.Editions, refOf(e))
	}
	return &content{name: "story", nav: "editions", title: v.Headline, data: page}, nil
}

func (m *Room) makeStory(ctx context.Context, id string, at bot.Place, lang bot.Lang) (*storyView, error) {
	records, err := m.o.Store.Stories(ctx, bot.StoryFilter{IDs: []string{id}})
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errNotFound
	}
	record := records[0].Visible(at)
	d := digest.Compose([]digest.Group{{ID: record.ID, Articles: record.Readings}}, digest.Options{Now: m.o.Now(), All: true, Lang: string(lang)})
	if len(d.Stories) == 0 {
		return nil, errNotFound
	}
	s := &d.Stories[0]
	v := &storyView{ID: s.ID, Headline: bot.OneLine(s.Headline), Lang: headlineLang(s), Topics: s.Topics, First: s.First, Latest: s.Latest, Summary: extracts(s)}
	for i := range s.Articles[:min(len(s.Articles), maxArticles)] {
		v.Articles = append(v.Articles, articleOf(&s.Articles[i]))
	}
	around := newContexts(s.Articles)
	for _, key := range [...]bool{true, false} {
		for i := range s.Quotes {
			q := &s.Quotes[i]
			list := &v.Quotes
			if q.Kind == quote.Indirect {
				list = &v.Reported
			}
			if q.Key == key && len(*list) < maxQuotes {
				*list = append(*list, m.quoteOf(s, q, around))
			}
		}
	}
	v.Changes, err = m.changesOf(ctx, s)
	return v, err
}

// headlineLang is the language of the article whose title the headline is.
func headlineLang(s *digest.Story) string {
	for i := range s.Articles {
		if s.Articles[i].Title == s.Headline {
			return s.Articles[i].Lang
		}
	}
	return langOf(s.Headline, "")
}

func articleOf(r *digest.Reading) articleView {
	a := articleView{
		Outlet: outlet{bot.OneLine(r.Outlet), r.OutletType}, Title: bot.OneLine(r.Title), Lang: r.Lang, URL: bot.CleanLink(r.URL), Published: r.Published,
	}
	if r.Access != "full text" {
		a.Access = r.Access
	}
	return a
}

func readingOf(articles []digest.Reading, id string) *digest.Reading {
	for i := range articles {
		if articles[i].ID == id {
			return &articles[i]
		}
	}
	return &digest.Reading{}
}

// extracts is a story's summary, each run of sentences with its outlet.
func extracts(s *digest.Story) []extract {
	list := make([]extract, 0, len(s.Summary))
	for i, x := range s.Summary {
		a := readingOf(s.Articles, x.Article)
		e := extract{Text: bot.OneLine(x.Text), Lang: a.Lang}
		if i+1 == len(s.Summary) || s.Summary[i+1].Article != x.Article {
			e.Outlet, e.URL = bot.OneLine(a.Outlet), bot.TextLink(a.URL, x.Text)
		}
		list = append(list, e)
	}
	return list
}

// changesOf says what each article of a story brought, the latest first, and
// which words were changed after they were published.
func (m *Room) changesOf(ctx context.Context, s *digest.Story) ([]changeView, error) {
	var list []changeView
	history := digest.History(s.Articles, maxSteps)
	latest := s.Articles[len(s.Articles)-len(history):]
	for i, changes := range history {
		a := &latest[i]
		versions, err := m.o.Store.Versions(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			now := *a
			now.VersionOf = versions[0].ID
			for _, c := range digest.Changes(versions[:1], []digest.Reading{now}) {
				if c.Kind == "corrected" || c.Kind == "withdrawn" {
					changes = append(changes, c)
				}
			}
		}
		if len(changes) == 0 {
			continue
		}
		v := changeView{At: a.Published, Outlet: bot.OneLine(a.Outlet), URL: bot.CleanLink(a.URL)}
		v.Changes = changesFrom(changes, s.Articles)
		list = append(list, v)
	}
	slices.Reverse(list)
	return list, nil
}

// mark names a quote among those of its article by its words, so that its
// address outlives a new version of the article.
func mark(words string) string {
	h := sha256.Sum256([]byte(words))
	return hex.EncodeToString(h[:5])
}

func quotePath(article, words string) string {
	return "/quotes/" + url.PathEscape(article) + "/" + mark(words)
}

// contexts gives quotes some of the text around them. An article is its
// outlet's: of each no more than a third is shown so, and what is over that
// stands without.
type contexts map[string]*budget

type budget struct {
	r    *digest.Reading
	left int // bytes
}

func newContexts(articles []digest.Reading) contexts {
	c := contexts{}
	for i := range articles {
		c[articles[i].ID] = &budget{&articles[i], len(articles[i].Text) / 3}
	}
	return c
}

// maxAround is how many characters stand before or after a quote at most.
const maxAround = 240

// around is what stands before and after a quote: the rest of its sentences,
// and when that is next to nothing, as where a quote is a sentence of its own,
// the sentence beside it.
func (c contexts) around(article string, at text.Span) (before, after string) {
	b := c[article]
	if b == nil || at.Start < 0 || at.End > len(b.r.Text) || at.Start >= at.End {
		return "", ""
	}
	s := b.r.Text
	from := strings.LastIndexByte(s[:at.Start], '\n') + 1
	until := len(s)
	if n := strings.IndexByte(s[at.End:], '\n'); n >= 0 {
		until = at.End + n
	}
	sentences := text.Sentences(s[from:until], b.r.Lang)
	first := slices.IndexFunc(sentences, func(x text.Span) bool { return from+x.End > at.Start })
	last := slices.IndexFunc(sentences, func(x text.Span) bool { return from+x.End >= at.End })
	if first < 0 || last < first {
		return "", ""
	}
	const little = 40 // bytes
	if start, end := from+sentences[first].Start, from+sentences[last].End; (at.Start-start)+(end-at.End) < little {
		if last+1 < len(sentences) {
			last++
		} else if first > 0 {
			first--
		}
	}
	before = lastRunes(s[min(from+sentences[first].Start, at.Start):at.Start], maxAround)
	after = firstRunes(s[at.End:max(from+sentences[last].End, at.End)], maxAround)
	if b.left -= len(before) + len(after); b.left < 0 {
		return "", ""
	}
	return before, after
}

// firstRunes is at most n characters of s, to the end of a word.
func firstRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	s = string([]rune(s)[:n])
	if i := strings.LastIndexByte(s, ' '); i > len(s)/2 {
		s = s[:i]
	}
	return s + " …"
}

func lastRunes(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	s = string(r[len(r)-n:])
	if i := strings.IndexByte(s, ' '); i >= 0 && i < len(s)/2 {
		s = s[i+1:]
	}
	return "… " + s
}
