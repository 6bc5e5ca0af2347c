package web

import (
	"cmp"
	"context"
	"strings"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
)

// feedsView is the feeds and how they do.
type feedsView struct {
	Feeds  []feedView `json:"feeds"`
	Health string     `json:"health,omitempty"`
}

type feedView struct {
	ID      string    `json:"id"`
	Outlet  outlet    `json:"outlet"`
	Lang    string    `json:"lang,omitempty"`
	URL     string    `json:"url,omitempty"`
	Own     bool      `json:"own,omitempty"` // of the reader's workspace alone
	Health  string    `json:"health"`
	Detail  string    `json:"detail,omitempty"`
	Success time.Time `json:"last_success,omitzero"`
	Newest  time.Time `json:"last_new,omitzero"`
	Next    time.Time `json:"next_poll,omitzero"`
	Week    int       `json:"entries_7_days"`
}

// maxDetail is how many characters are shown of why a feed is ill.
const maxDetail = 160

func (m *Room) feeds(ctx context.Context, r *request) (*content, error) {
	list, err := m.o.Store.Feeds(ctx, r.by.place())
	if err != nil {
		return nil, err
	}
	v := feedsView{Feeds: make([]feedView, 0, len(list)), Health: bot.HealthLine(list, r.lang, m.o.Zone.String(), m.o.Now())}
	for _, f := range list {
		s := f.State
		x := feedView{
			ID: f.Feed.ID(), Outlet: outlet{bot.OneLine(cmp.Or(f.Feed.Outlet, s.Title, f.Feed.URL)), string(f.Feed.Type)}, Lang: f.Feed.Lang,
			URL: withoutQuery(f.Feed.URL), Own: f.At.Platform != "", Health: cmp.Or(string(s.Health), "new"),
			Success: s.LastSuccess, Newest: s.LastNew, Week: f.Entries,
		}
		if s.Health != feeds.Gone && s.NextPoll.Before(feeds.Never) {
			x.Next = s.NextPoll
		}
		if s.Health != feeds.Healthy && s.Health != "" {
			x.Detail = firstOf(bot.OneLine(cmp.Or(s.Detail, string(s.Reason))), maxDetail)
		}
		v.Feeds = append(v.Feeds, x)
	}
	return &content{name: "feeds", nav: "feeds", title: m.pages.say(r.lang, "feeds.title.page"), data: v}, nil
}

// withoutQuery is a feed's address without what may be somebody's key to it.
func withoutQuery(link string) string {
	link, _, _ = strings.Cut(bot.CleanLink(link), "?")
	return link
}
