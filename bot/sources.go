package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanwire/feeds"
)

const perFeeds = 12

// listFeeds shows the feeds that the place sees, or how they do, the troubled
// ones first.
func (b *Bot) listFeeds(ctx context.Context, r *request, status bool) (Reply, error) {
	page, err := numberArg(r.args, "page", maxPage)
	if err != nil {
		return Reply{}, err
	}
	page = max(1, page)
	list, err := b.o.Store.Feeds(ctx, r.At)
	if err != nil {
		return Reply{}, err
	}
	if len(list) == 0 {
		return r.say("feeds.none"), nil
	}
	slices.SortFunc(list, func(x, y FeedRecord) int {
		if status {
			_, a := troubled(x.State, r.now)
			_, z := troubled(y.State, r.now)
			if a != z {
				if a {
					return -1
				}
				return 1
			}
		}
		return cmp.Or(strings.Compare(x.Feed.Outlet, y.Feed.Outlet), strings.Compare(x.ID, y.ID))
	})
	from, until := pageBounds(page, perFeeds, len(list))
	title := r.l.say("feeds.title", "n", len(list))
	verb := "f"
	if status {
		verb = "h"
	}
	var spans []Span
	for i, f := range list[from:until] {
		open := "\n• "
		if i == 0 {
			open = "• "
		}
		spans = append(spans, Span{Text: open}, Span{Text: cmp.Or(OneLine(f.Feed.Outlet), f.Feed.URL), URL: f.Feed.URL})
		if status {
			spans = append(spans, Span{Text: " · " + feedStatus(r, f)})
			continue
		}
		var about []string
		if f.Feed.Type != "" {
			about = append(about, r.l.OutletType(string(f.Feed.Type)))
		}
		if f.Feed.Lang != "" {
			about = append(about, f.Feed.Lang)
		}
		if f.At.Platform != "" {
			about = append(about, r.l.say("feeds.own"))
		}
		spans = append(spans, Span{Text: " · " + r.l.List(append(about, f.Feed.ID()))})
	}
	blocks := []Block{Heading{Text: title}, Text{Spans: spans}}
	if line := HealthLine(list, r.l, r.zone, r.now); line != "" {
		blocks = append(blocks, Note{Spans: []Span{{Text: line}}})
	} else if status {
		blocks = append(blocks, Note{Spans: []Span{{Text: r.l.say("health.good", "n", len(list))}}})
	}
	blocks = append(blocks, pageButtons(r.l, page, perFeeds, len(list), func(p int) string { return verb + ":" + strconv.Itoa(p) })...)
	return private(blocks...), nil
}

// feedStatus is how a feed does, in one line.
func feedStatus(r *request, f FeedRecord) string {
	s := f.State
	at := func(t time.Time) string { return r.l.Moment(t.In(r.loc), r.now) }
	health := cmp.Or(s.Health, feeds.Health("new"))
	parts := []string{r.l.say("feed." + string(health))}
	if s.MovedTo != "" {
		parts[0] += " → " + s.MovedTo
	}
	if !s.LastSuccess.IsZero() {
		parts = append(parts, r.l.say("feed.success", "when", at(s.LastSuccess)))
	}
	parts = append(parts, r.l.say("feed.entries", "n", f.Entries))
	if s.Health != feeds.Gone && !s.NextPoll.IsZero() {
		parts = append(parts, r.l.say("feed.next", "when", at(s.NextPoll)))
	}
	if s.Health != feeds.Healthy && s.Health != "" {
		parts = append(parts, Cut(OneLine(cmp.Or(s.Detail, string(s.Reason))), 160))
	}
	return strings.Join(parts, " · ")
}

// addFeed looks for the feed behind a URL and adds it for this workspace alone.
func (b *Bot) addFeed(ctx context.Context, r *request, link string) (Reply, error) {
	if b.o.Discover == nil {
		return r.say("feeds.closed"), nil
	}
	link = strings.Trim(strings.TrimSpace(link), "<>")
	link, _, _ = strings.Cut(link, "|")
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	if CleanLink(link) == "" {
		return Reply{}, usageError("feeds add", "err.url", "value", Cut(OneLine(link), 80))
	}
	list, err := b.o.Store.Feeds(ctx, r.At)
	if err != nil {
		return Reply{}, err
	}
	own := 0
	for _, f := range list {
		if f.At.Platform != "" && f.At.workspace() == r.At.workspace() {
			own++
		}
	}
	if own >= b.o.Limits.WorkspaceFeeds {
		return r.say("limit.feeds", "n", b.o.Limits.WorkspaceFeeds), nil
	}
	feed, err := b.o.Discover(ctx, CleanLink(link))
	if err != nil {
		return private(Text{Spans: []Span{{Text: r.l.say("feeds.nofeed") + " "}, {Text: link, Style: Code}}}, Note{Spans: []Span{{Text: Cut(OneLine(err.Error()), 300)}}}), nil
	}
	err = b.o.Store.AddFeed(ctx, FeedRecord{Feed: feed, ID: feed.ID(), AddedBy: r.By, At: r.At.workspace()})
	key := "feeds.added"
	switch {
	case errors.Is(err, ErrDone):
		key = "feeds.known"
	case err != nil:
		return Reply{}, err
	default:
		b.o.Log.Info("feed added", "feed", feed.ID(), "outlet", feed.Outlet, "platform", r.At.Platform)
	}
	return r.say(key, "outlet", cmp.Or(feed.Outlet, feed.URL), "id", feed.ID()), nil
}

// removeFeed removes a feed of this workspace; the operator's stay.
func (b *Bot) removeFeed(ctx context.Context, r *request, id string) (Reply, error) {
	id = strings.TrimSpace(id)
	list, err := b.o.Store.Feeds(ctx, r.At)
	if err != nil {
		return Reply{}, err
	}
	for _, f := range list {
		if f.ID != id && f.Feed.ID() != id {
			continue
		}
		if f.At.Platform == "" {
			return r.say("feeds.operator", "outlet", cmp.Or(f.Feed.Outlet, f.Feed.URL)), nil
		}
		if f.At.workspace() != r.At.workspace() {
			break
		}
		if err := b.o.Store.RemoveFeed(ctx, f.ID); err != nil {
			return Reply{}, err
		}
		b.o.Log.Info("feed removed", "feed", f.ID, "outlet", f.Feed.Outlet, "platform", r.At.Platform)
		return r.say("feeds.removed", "outlet", cmp.Or(f.Feed.Outlet, f.Feed.URL)), nil
	}
	return r.say("feeds.unknown", "id", Cut(OneLine(id), 30)), nil
}
