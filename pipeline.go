package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/digest/story"
	"hanwire/feeds"
	"hanwire/store"
)

// program is the bot, wired. Its methods are the stages through which news
// flows, each a job that may be repeated; what follows from a stage is queued
// in the transaction that keeps the stage's result.
type program struct {
	log     *slog.Logger
	store   *store.Store
	feeds   *feeds.Client
	reader  *digest.Reader
	bot     *bot.Bot
	model   *model // nil: summaries stay extractive
	metrics *metrics
	now     func() time.Time

	mu      sync.Mutex     // guards grouper and grouped
	grouper *story.Grouper // what has been grouped, by this and other workers
	grouped int64          // how far grouper has followed the store
}

// stages is the order of the work. A feed, page or channel that fails is
// reported and tried again later; the rest goes on. A role leaves the stages of
// the other to other workers.
func (p *program) stages(role string) store.Workers {
	w := store.Workers{
		Poll:    timed(p.metrics, "poll", p.poll),           // feed    → entries   what is new
		Read:    timed(p.metrics, "read", p.read),           // entry   → article   the text behind it, understood
		Group:   p.group,                                    // article → story     one event, many outlets
		Alerts:  timed(p.metrics, "alerts", p.bot.Alert),    // story   → message   to those who asked for it
		Updated: timed(p.metrics, "updated", p.bot.Updated), // article → message   what was posted, corrected
		Edition: p.edition,                                  // stories → digest    at the channel's hour
		Held:    timed(p.metrics, "held", p.bot.SendHeld),   // alerts that waited for their hour
		Deliver: timed(p.metrics, "deliver", p.bot.Deliver), // message → platform  once
	}
	switch role {
	case "poll":
		w = store.Workers{Poll: w.Poll, Read: w.Read, Group: w.Group}
	case "chat":
		w.Poll, w.Read, w.Group = nil, nil, nil
	}
	return w
}

func (p *program) edition(ctx context.Context, subscription string, due time.Time) error {
	return timed(p.metrics, "edition", func(ctx context.Context, subscription string) error {
		return p.bot.MakeEdition(ctx, subscription, due)
	})(ctx, subscription)
}

// poll fetches a feed and queues the reading of what is new.
func (p *program) poll(ctx context.Context, feed string) error {
	r, err := p.store.Feed(ctx, feed)
	if err != nil {
		return err
	}
	if merged, err := p.merge(ctx, r.Feed, r.State); merged || err != nil {
		return err
	}
	result, err := p.feeds.Poll(ctx, r.Feed, r.State, p.store, p.now())
	if err != nil {
		return err
	}
	if m := result.Moved; m != nil {
		p.log.Info("feed moved", "feed", r.Feed.URL, "to", m.To, "new_host", m.NewHost)
	}
	if c := result.Change; c != nil {
		p.log.Info("feed changed state", "feed", r.Feed.URL, "from", c.From, "to", c.To, "detail", c.Detail)
	}
	p.metrics.polls.WithLabelValues(string(result.State.Reason)).Inc()
	if err := p.store.SavePoll(ctx, feed, result); err != nil {
		return err
	}
	_, err = p.merge(ctx, r.Feed, result.State)
	return err
}

// merge makes one of a feed and of another that is polled where the first has
// moved to.
func (p *program) merge(ctx context.Context, f feeds.Feed, st feeds.State) (bool, error) {
	if st.MovedTo == "" {
		return false, nil
	}
	into := feeds.Feed{URL: st.MovedTo}.ID()
	if into == f.ID() {
		return false, nil
	}
	merged, err := p.store.MergeFeed(ctx, f.ID(), into)
	if merged {
		p.log.Info("two feeds are one", "feed", f.URL, "and", st.MovedTo)
	}
	return merged, err
}

// read fetches the article behind an entry and keeps what it says.
func (p *program) read(ctx context.Context, entry string) error {
	e, f, err := p.store.Entry(ctx, entry)
	if err != nil {
		return err
	}
	a, err := p.feeds.Read(ctx, f, e, p.now())
	if retry, ok := errors.AsType[*feeds.RetryError](err); ok {
		return store.Again(retry.After, err)
	}
	if err != nil {
		return err
	}
	p.metrics.articles.WithLabelValues(string(a.Access)).Inc()
	in := input(f, a)
	if e.Mark != "" {
		in.Title = strings.TrimPrefix(in.Title, "["+e.Mark+"] ") // it tells versions apart, not events
	}
	if e.VersionOf != "" {
		if in.VersionOf, err = p.store.ArticleOf(ctx, e.VersionOf); err != nil {
			return err
		}
	}
	return p.store.SaveReading(ctx, entry, a, p.reader.Read(in))
}

// input is an article as digest takes it.
func input(f feeds.Feed, a feeds.Article) digest.Article {
	return digest.Article{
		ID: a.ID, URL: a.URL, Title: a.Title, Text: a.Text,
		Outlet: f.Outlet, OutletType: string(f.Type), Lang: a.Lang,
		Published: a.Published, Access: string(a.Access),
	}
}

// gatherWithin is how long articles wait for the others of their poll, so that
// the order in which pages happen to answer decides nothing. An alert is late
// by no more than this.
const gatherWithin = time.Second

// gather waits until nothing is being read, or long enough.
func (p *program) gather(ctx context.Context) error {
	tick := time.NewTicker(gatherWithin / 20)
	defer tick.Stop()
	for end := p.now().Add(gatherWithin); p.now().Before(end); {
		reading, err := p.store.Reading(ctx)
		if err != nil || !reading {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// groupedBack is how far back the grouper must remember to place what comes
// now: twice its window, and a day for articles that carry no date.
const groupedBack = 7 * 24 * time.Hour

func (p *program) group(ctx context.Context) error {
	return timed(p.metrics, "group", func(ctx context.Context, _ struct{}) error { return p.groupWaiting(ctx) })(ctx, struct{}{})
}

// groupWaiting puts all articles that wait into stories, in an order that does not
// depend on when they arrived. One worker groups at a time; each follows what
// the others have done before it goes on.
func (p *program) groupWaiting(ctx context.Context) error {
	if err := p.gather(ctx); err != nil {
		return err
	}
	return p.store.WithGrouping(ctx, func(ctx context.Context) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		before, err := p.store.Grouped(ctx, p.grouped, p.now().Add(-groupedBack))
		if err != nil {
			return err
		}
		for _, g := range before {
			p.grouper.Restore(g.Features, g.Story)
			p.grouped = g.Seq
		}
		waiting, err := p.store.Ungrouped(ctx)
		if err != nil || len(waiting) == 0 {
			return err
		}
		placements := make([]store.Placement, len(waiting))
		for i, pl := range p.grouper.AddAll(waiting) {
			placements[i] = store.Placement{Article: waiting[i].ID, Story: pl.Story, Merged: pl.Merged}
		}
		if err := p.store.SaveGrouping(ctx, placements); err != nil {
			// What the grouper now believes was not kept: begin again from the store.
			p.grouper, p.grouped = story.NewGrouper(story.Options{}), 0
			return fmt.Errorf("keep %d placements: %w", len(placements), err)
		}
		return nil
	})
}
