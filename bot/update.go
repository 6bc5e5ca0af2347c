package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"hanwire/digest"
)

// mendFor is how long posted messages are kept up to date. Corrections come
// within days; an edit of something older is seen by nobody.
const mendFor = 7 * 24 * time.Hour

// Updated edits what was posted of the story of an article that changed, and
// says in the thread when a quoted sentence vanished or reads otherwise now.
// Calling it again changes nothing.
func (b *Bot) Updated(ctx context.Context, article string) error {
	records, err := b.o.Store.ReadingsOf(ctx, []string{article})
	if err != nil {
		return err
	}
	record, ok := records[article]
	if !ok {
		return nil
	}
	now := b.o.Now()
	editions, err := b.o.Store.EditionsWith(ctx, record.ID, now.Add(-mendFor))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range editions {
		if slices.Contains(e.Told.Articles[record.ID], article) {
			errs = append(errs, b.mend(ctx, e, record, article, now))
		}
	}
	return errors.Join(errs...)
}

// mend brings one edition's message about a story up to date.
func (b *Bot) mend(ctx context.Context, e Edition, record StoryRecord, article string, now time.Time) error {
	n := slices.Index(e.Stories, record.ID)
	if n < 0 {
		return nil // it had a headline's line alone
	}
	s, err := b.o.Store.Subscription(ctx, e.Subscription)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// Told again are the articles that were told: later ones are the next
	// edition's news.
	shown := record.Visible(s.At)
	shown.Readings = slices.DeleteFunc(slices.Clone(shown.Readings), func(r digest.Reading) bool {
		return !slices.Contains(e.Told.Articles[record.ID], r.ID)
	})
	story, ok := composeOne(shown, s.Lang, e.Made)
	if !ok {
		return nil
	}
	l := LangOf(s.Lang)
	info := EditionInfo{ID: e.ID, Lang: l, Zone: s.Zone, Now: e.Made, WebURL: b.o.WebURL}
	m := storyMessage(&story, info)
	card := m.Blocks[0].(Card)
	var notes []Block
	for _, q := range e.Told.Quoted[record.ID] {
		if q.Article != article {
			continue
		}
		reading := readingOf(shown, article)
		words := QuotedWords(q.Text) // a comma for a full stop changes nothing that was said
		if reading == nil || stands(reading.Text, words) {
			continue
		}
		old := Quotation{Text: words, Speaker: q.Speaker, Role: q.Role, Outlet: reading.Outlet, Lang: reading.Lang, Note: l.say("quote.gone")}
		if len(card.Quotes) < maxQuotes+2 {
			card.Quotes = append(card.Quotes, old)
		}
		if next := QuotedWords(nearestQuote(reading, q)); next != "" {
			notes = append(notes, Text{Spans: []Span{{Text: l.say("update.changed", "outlet", reading.Outlet)}}}, old,
				Quotation{Text: next, URL: TextLink(reading.URL, next), Speaker: q.Speaker, Role: q.Role, Outlet: reading.Outlet, Lang: reading.Lang})
		} else {
			notes = append(notes, Text{Spans: []Span{{Text: l.say("update.gone", "outlet", reading.Outlet)}}}, old)
		}
	}
	m.Blocks[0] = card
	m.Blocks = append(m.Blocks, Note{Spans: []Span{{Text: l.say("update.note")}}})
	m = m.cleaned()

	to, person := s.At, Person{}
	if s.At.IsPersonal() {
		to, person = s.At.workspace(), Person{Platform: s.By.Platform, Workspace: s.By.Workspace, User: strings.TrimPrefix(s.At.Channel, "@")}
	}
	version := hashText(fmt.Sprintf("%+v", m))
	key := storyKey(e.ID, n)
	out := []Outgoing{{
		Delivery: Delivery{Key: key + "/" + version, Kind: Edit, To: to, Person: person, Message: m},
		After:    key,
	}}
	if len(notes) > 0 {
		out = append(out, Outgoing{
			Delivery: Delivery{Key: "edition/" + e.ID + "/note/" + article + "/" + hashText(fmt.Sprintf("%+v", notes)), Kind: Answer, To: to, Person: person, Message: Message{Blocks: notes}.cleaned()},
			After:    headKey(e.ID),
		})
	}
	b.o.Log.Info("edition mended", "edition", e.ID, "story", record.ID, "article", article, "quotes_gone", len(notes) > 0)
	return b.o.Store.Enqueue(ctx, out)
}

// stands reports whether the words stand in the text, whatever its white space.
func stands(s, words string) bool {
	return strings.Contains(strings.Join(strings.Fields(s), " "), strings.Join(strings.Fields(words), " "))
}

// nearestQuote is what the same speaker is quoted with now, when it shares most
// of its words with what was posted.
func nearestQuote(r *digest.Reading, old Quoted) string {
	const alike = 0.5
	best, most := "", alike
	for _, q := range r.Quotes {
		if q.Speaker != old.Speaker || q.Start < 0 || q.End > len(r.Text) || q.Start >= q.End {
			continue
		}
		words := r.Text[q.Start:q.End]
		if s := likeness(words, old.Text); s >= most && words != old.Text {
			best, most = words, s
		}
	}
	return best
}

// likeness is the share of letter pairs that two texts have in common.
func likeness(a, b string) float64 {
	count := func(s string) (map[[2]rune]int, int) {
		pairs, n := map[[2]rune]int{}, 0
		var last rune
		for _, r := range strings.ToLower(s) {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				continue
			}
			if last != 0 {
				pairs[[2]rune{last, r}]++
				n++
			}
			last = r
		}
		return pairs, n
	}
	x, n := count(a)
	y, m := count(b)
	if n+m == 0 {
		return 0
	}
	common := 0
	for p, c := range x {
		common += min(c, y[p])
	}
	return 2 * float64(common) / float64(n+m)
}
