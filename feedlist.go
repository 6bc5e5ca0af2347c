package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
	"hanwire/store"
)

type feedsCmd struct {
	List   feedsListCmd   `cmd:"" help:"List the feeds that are polled."`
	Add    feedsAddCmd    `cmd:"" help:"Add a feed, or the feed behind a site's home page."`
	Remove feedsRemoveCmd `cmd:"" help:"Stop polling a feed that was added."`
	Import feedsImportCmd `cmd:"" help:"Add the feeds of an OPML file."`
	Export feedsExportCmd `cmd:"" help:"Write the feeds as OPML."`
	Status feedsStatusCmd `cmd:"" help:"Show each feed's health: last success, next poll, reason."`
	Show   feedsShowCmd   `cmd:"" help:"Show how a feed parses, with warnings."`
}

// withStore opens the configured database for one command.
func withStore(ctx context.Context, config string, env environment, f func(Config, *store.Store) error) error {
	return openedWith(ctx, config, env, store.Options{}, f)
}

// openedWith opens the configured database with options that say how.
func openedWith(ctx context.Context, config string, env environment, o store.Options, f func(Config, *store.Store) error) error {
	cfg, err := loadConfig(config, env.getenv)
	if err != nil {
		return err
	}
	o.DSN, o.Log = cfg.Database, newLog(env.stderr, LogConfig{Level: "warn", Format: cfg.Log.Format})
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	return f(cfg, s)
}

// polled are the configured feeds and those that were added, for commands that
// look, also while a bot is at work. The store is nil where no bot has made it
// yet.
func polled(ctx context.Context, config string, env environment, f func(Config, []bot.FeedRecord, *store.Store) error) error {
	cfg, err := loadConfig(config, env.getenv)
	if err != nil {
		return err
	}
	if store.IsFile(cfg.Database) && !exists(cfg.Database) {
		return f(cfg, withConfigured(nil, cfg), nil)
	}
	return withStoreBeside(ctx, config, env, func(cfg Config, s *store.Store) error {
		records, err := s.Feeds(ctx, bot.Place{})
		if err != nil {
			return err
		}
		return f(cfg, withConfigured(records, cfg), s)
	})
}

// withConfigured adds the configured feeds that are not among those kept: they
// are polled from the next start on.
func withConfigured(records []bot.FeedRecord, cfg Config) []bot.FeedRecord {
	known := map[string]bool{}
	for _, r := range records {
		known[r.Feed.ID()] = true
	}
	for _, f := range configuredFeeds(cfg) {
		if !known[f.ID()] {
			records = append(records, bot.FeedRecord{Feed: f, ID: f.ID()})
		}
	}
	return records
}

type feedsListCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
}

func (c feedsListCmd) Run(ctx context.Context, env environment) error {
	return polled(ctx, c.Config, env, func(_ Config, records []bot.FeedRecord, _ *store.Store) error {
		w := tabwriter.NewWriter(env.stdout, 0, 4, 2, ' ', 0)
		for _, r := range records {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Feed.Outlet, r.Feed.Type, r.Feed.Lang, r.Feed.URL)
		}
		return w.Flush()
	})
}

type feedsAddCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
	URL    string `arg:"" help:"Address of a feed or of a site."`
	Outlet string `help:"The outlet's name; the feed's title when left out."`
	Type   string `enum:",state,party,agency,independent,government,think tank" default:"" help:"state, party, agency, independent, government or think tank."`
	Lang   string `help:"Language, as en, ko, zh-Hans."`
	Zone   string `help:"Zone of dates that name none."`
}

func (c feedsAddCmd) Run(ctx context.Context, env environment) error {
	return withStore(ctx, c.Config, env, func(cfg Config, s *store.Store) error {
		client, err := newFeeds(cfg, feeds.Options{})
		if err != nil {
			return err
		}
		f, err := findFeed(ctx, client, c.URL)
		if err != nil {
			return err
		}
		f.Type, f.Lang, f.Zone = feeds.OutletType(c.Type), c.Lang, c.Zone
		if c.Outlet != "" {
			f.Outlet = c.Outlet
		}
		err = s.AddFeed(ctx, bot.FeedRecord{Feed: f, ID: f.ID()})
		if errors.Is(err, bot.ErrDone) {
			return fmt.Errorf("%s is among the feeds already; `hanwire feeds status` tells how it does", f.URL)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "added %s (%s)\n", f.URL, f.Outlet)
		return err
	})
}

// findFeed is the feed at an address, or the first that its page names.
func findFeed(ctx context.Context, client *feeds.Client, address string) (feeds.Feed, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	found, err := client.Discover(ctx, address, time.Now())
	if err != nil {
		return feeds.Feed{}, err
	}
	if len(found) == 0 {
		return feeds.Feed{}, fmt.Errorf("%s: neither a feed nor a page that names one", address)
	}
	return feeds.Feed{URL: found[0].URL, Outlet: found[0].Title}, nil
}

type feedsRemoveCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
	URL    string `arg:"" help:"Address or ID of the feed."`
}

func (c feedsRemoveCmd) Run(ctx context.Context, env environment) error {
	return withStore(ctx, c.Config, env, func(cfg Config, s *store.Store) error {
		records, err := s.Feeds(ctx, bot.Place{})
		if err != nil {
			return err
		}
		for _, f := range configuredFeeds(cfg) {
			if f.URL == c.URL || f.ID() == c.URL {
				return fmt.Errorf("%s comes from the configuration: take it out of feeds.list, or set feeds.catalogue to false", f.URL)
			}
		}
		for _, r := range records {
			if r.Feed.URL == c.URL || r.ID == c.URL {
				if err := s.RemoveFeed(ctx, r.ID); err != nil {
					return err
				}
				_, err = fmt.Fprintf(env.stdout, "removed %s\n", r.Feed.URL)
				return err
			}
		}
		return fmt.Errorf("no feed %q; `hanwire feeds list` shows them", c.URL)
	})
}

type feedsImportCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
	File   string `arg:"" help:"OPML file."`
}

func (c feedsImportCmd) Run(ctx context.Context, env environment) error {
	return withStore(ctx, c.Config, env, func(cfg Config, s *store.Store) error {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		list, err := feeds.ReadOPML(f)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		added := 0
		for _, f := range list {
			err := s.AddFeed(ctx, bot.FeedRecord{Feed: f, ID: f.ID()})
			switch {
			case errors.Is(err, bot.ErrDone):
				continue
			case err != nil:
				return fmt.Errorf("%s: %w", f.URL, err)
			}
			added++
		}
		_, err = fmt.Fprintf(env.stdout, "added %d feeds\n", added)
		if known := len(list) - added; err == nil && known > 0 {
			_, err = fmt.Fprintf(env.stdout, "%d were there already\n", known)
		}
		return err
	})
}

type feedsExportCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
}

func (c feedsExportCmd) Run(ctx context.Context, env environment) error {
	return polled(ctx, c.Config, env, func(_ Config, records []bot.FeedRecord, _ *store.Store) error {
		var list []feeds.Feed
		for _, r := range records {
			list = append(list, r.Feed)
		}
		return feeds.WriteOPML(env.stdout, list)
	})
}

type feedsStatusCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
}

func (c feedsStatusCmd) Run(ctx context.Context, env environment) error {
	return polled(ctx, c.Config, env, func(cfg Config, records []bot.FeedRecord, s *store.Store) error {
		zone, err := time.LoadLocation(cfg.Zone)
		if err != nil {
			return err
		}
		at := func(t time.Time) string {
			if t.IsZero() {
				return "never"
			}
			return t.In(zone).Format("2006-01-02 15:04")
		}
		next := func(t time.Time) string {
			switch {
			case t.IsZero():
				return "at once"
			case t.Equal(feeds.Never):
				return "never"
			}
			return at(t)
		}
		w := tabwriter.NewWriter(env.stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "HEALTH\tOUTLET\tLAST SUCCESS\tNEXT POLL\tREASON\tURL")
		for _, r := range records {
			health, reason := string(r.State.Health), string(r.State.Reason)
			if health == "" {
				health = "new"
			}
			if r.State.Detail != "" {
				reason += ": " + r.State.Detail
			}
			url := r.Feed.URL
			if to := r.State.MovedTo; to != "" {
				url += " (moved to " + to + ")"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", health, r.Feed.Outlet, at(r.State.LastSuccess), next(r.State.NextPoll), reason, url)
		}
		if err := w.Flush(); err != nil || s == nil {
			return err
		}
		return tellUnsure(ctx, env, s)
	})
}

// tellUnsure says of how many messages nobody can know whether they arrived.
func tellUnsure(ctx context.Context, env environment, s *store.Store) error {
	counts, err := s.Outbox(ctx)
	if err != nil {
		return err
	}
	for _, c := range counts {
		if c.State == string(bot.Unsure) {
			fmt.Fprintf(env.stdout, "\n%s: %d messages may or may not have been sent; they are not sent again\n", c.Platform, c.Count)
		}
	}
	return nil
}

type feedsShowCmd struct {
	Config string   `short:"c" help:"Configuration file." type:"path"`
	JSON   bool     `name:"json" help:"One JSON object a line."`
	Source []string `arg:"" help:"Feeds: URLs, files, or - for standard input."`
}

func (c feedsShowCmd) Run(ctx context.Context, env environment) error {
	cfg, err := loadConfig(c.Config, env.getenv)
	if err != nil {
		return err
	}
	client, err := newFeeds(cfg, feeds.Options{})
	if err != nil {
		return err
	}
	failed := 0
	for _, source := range c.Source {
		var p feeds.Parsed
		if isURL(source) {
			p, err = client.Show(ctx, source, env.now())
		} else {
			var data []byte
			if data, err = openDocument(env, source); err == nil {
				p = feeds.Parse(data, "", feeds.ParseOptions{URL: fileURL(source), Now: env.now()})
			}
		}
		if err != nil {
			p = feeds.Parsed{Err: err}
		}
		if p.Err != nil {
			failed++
		}
		if c.JSON {
			if err := feeds.EncodeShow(env.stdout, source, p); err != nil {
				return err
			}
			continue
		}
		showFeed(env, source, p)
	}
	if failed == len(c.Source) {
		return errSaid
	}
	return nil
}

func showFeed(env environment, source string, p feeds.Parsed) {
	if p.Err != nil {
		fmt.Fprintf(env.stdout, "%s: %v\n", source, p.Err)
		return
	}
	partial := ""
	if p.Partial {
		partial = ", cut short"
	}
	fmt.Fprintf(env.stdout, "%s\n%s, %s, %d entries%s\n", p.Title, p.Format, p.Encoding, len(p.Entries), partial)
	for _, warning := range p.Warnings {
		fmt.Fprintf(env.stdout, "  warning: %s\n", warning)
	}
	for _, e := range p.Entries {
		date := "no date         "
		if !e.Published.IsZero() {
			date = e.Published.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(env.stdout, "  %s  %s\n                    %s\n", date, e.Title, e.Link)
	}
}
