package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/bot/discord"
	"hanwire/bot/slack"
	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/story"
	"hanwire/feeds"
	"hanwire/store"
)

type runCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
}

func (c runCmd) Run(ctx context.Context, env environment) error {
	name := c.Config
	if name == "" {
		if _, err := os.Stat("config.yaml"); err == nil {
			name = "config.yaml"
		}
	}
	cfg, err := loadConfig(name, env.getenv)
	if err != nil {
		return err
	}
	log := newLog(env.stderr, cfg.Log)
	s, err := store.Open(ctx, store.Options{DSN: cfg.Database, Log: log, Now: env.now})
	if err != nil {
		return err
	}
	defer s.Close()
	platforms, err := newPlatforms(cfg, env, s, log)
	if err != nil {
		return err
	}
	p, err := join(ctx, cfg, s, wiring{log: log, platforms: platforms, model: newModel(cfg.Model, log, env.now), now: env.now})
	if err != nil {
		return err
	}
	if err := p.syncSubscriptions(ctx, cfg); err != nil {
		return err
	}
	if err := p.tellConsole(ctx, cfg, platforms); err != nil {
		return err
	}
	if err := p.bot.Reschedule(ctx); err != nil {
		return err
	}
	log.Info("started", "version", version(), "role", cfg.Role, "feeds", len(configuredFeeds(cfg)), "platforms", platformNames(platforms))
	err = p.run(ctx, cfg, platforms)
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		log.Info("stopped")
		return nil
	}
	return err
}

// wiring is what differs between the bot and its demo.
type wiring struct {
	log       *slog.Logger
	platforms []bot.Platform
	feeds     feeds.Options
	model     *model // nil: summaries stay extractive
	now       func() time.Time
}

// join joins the rooms around a store, which stays the caller's to close.
func join(ctx context.Context, cfg Config, s *store.Store, w wiring) (*program, error) {
	reader, err := newReader(cfg)
	if err != nil {
		return nil, err
	}
	w.feeds.Hosts = s.Hosts()
	client, err := newFeeds(cfg, w.feeds)
	if err != nil {
		return nil, err
	}
	m := newMetrics()
	b, err := bot.New(bot.Options{
		Store: counted{s, m}, Reader: reader, Topics: topicNames(cfg), Platforms: w.platforms,
		Zone: cfg.Zone, Lang: cfg.Lang, Length: cfg.Digest.Length, Retell: retell(w.model), WebURL: cfg.Web.URL,
		Discover: func(ctx context.Context, address string) (feeds.Feed, error) { return findFeed(ctx, client, address) },
		Log:      w.log, Now: w.now,
	})
	if err != nil {
		return nil, err
	}
	if err := s.SyncFeeds(ctx, configuredFeeds(cfg)); err != nil {
		return nil, err
	}
	return &program{
		log: w.log, store: s, feeds: client, reader: reader, bot: b, model: w.model, metrics: m, now: w.now,
		grouper: story.NewGrouper(story.Options{}),
	}, nil
}

// run works the jobs, listens to the platforms and answers health checks until
// ctx ends or one of them cannot go on.
func (p *program) run(ctx context.Context, cfg Config, platforms []bot.Platform) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return p.store.Work(ctx, p.stages(cfg.Role), store.WorkOptions{Polls: cfg.Feeds.Workers, Reads: cfg.Feeds.Workers})
	})
	if cfg.Role != "poll" {
		for _, platform := range platforms {
			g.Go(func() error {
				err := p.listen(ctx, platform)
				if err != nil && ctx.Err() == nil {
					return fmt.Errorf("%s: %w", platform.Name(), err)
				}
				return err
			})
		}
	}
	g.Go(func() error { return p.prune(ctx, cfg.Retention) })
	if cfg.Role != "poll" {
		g.Go(func() error { return p.reschedule(ctx) })
	}
	if cfg.Listen != "" {
		g.Go(func() error { return p.serveHealth(ctx, cfg.Listen) })
	}
	if cfg.Web.Listen != "" {
		g.Go(func() error { return p.serveRoom(ctx, cfg) })
	}
	return g.Wait()
}

// listen hands what people do on a platform to the bot, on one worker at a
// time. The shards of Discord's gateway are spread over the workers by the
// client itself.
func (p *program) listen(ctx context.Context, platform bot.Platform) error {
	if c, ok := platform.(*discord.Client); ok && c.Shares() {
		return c.Listen(ctx, p.bot)
	}
	return p.store.Lead(ctx, platform.Name(), func(ctx context.Context) error { return platform.Listen(ctx, p.bot) })
}

// reschedule sets subscriptions right after the clock was.
func (p *program) reschedule(ctx context.Context) error {
	for bot.Sleep(ctx, time.Hour) {
		if err := p.bot.Reschedule(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("due times were not looked through", "err", err)
		}
	}
	return ctx.Err()
}

// pruneEvery is how often what is past its retention is deleted, the first time
// a minute after the start: a bot that is restarted every day must prune, too.
const pruneEvery = 6 * time.Hour

func (p *program) prune(ctx context.Context, r RetentionConfig) error {
	var next time.Time
	for bot.Sleep(ctx, time.Minute) {
		if p.now().Before(next) {
			continue
		}
		next = p.now().Add(pruneEvery)
		counts, err := p.store.Prune(ctx, store.Retention{
			Articles: time.Duration(r.Articles), Texts: time.Duration(r.Texts), Messages: time.Duration(r.Messages), Editions: time.Duration(r.Editions),
		})
		if err != nil && ctx.Err() == nil {
			p.log.Warn("what is past its retention could not all be deleted; tried again later", "err", err)
		}
		if len(counts) > 0 {
			p.log.Info("deleted what is past its retention", "counts", counts)
		}
	}
	return ctx.Err()
}

// newPlatforms are those that are configured, or the console when none is. Only
// a check may do without a store: it asks for no workspace's token.
func newPlatforms(cfg Config, env environment, s *store.Store, log *slog.Logger) ([]bot.Platform, error) {
	var platforms []bot.Platform
	if cfg.Slack.On() {
		o := slack.Options{
			BotToken: string(cfg.Slack.BotToken), AppToken: string(cfg.Slack.AppToken), SigningSecret: string(cfg.Slack.SigningSecret),
			Mode: cfg.Slack.Mode, Listen: cfg.Slack.Listen, APIURL: cfg.Slack.APIURL,
			HistoryScope: cfg.Slack.History, Managers: cfg.Slack.Managers, Log: log,
		}
		if cfg.Slack.ClientID != "" {
			installed, err := newTokens(s, cfg.Slack.ClientSecret)
			if err != nil {
				return nil, err
			}
			o.ClientID, o.ClientSecret, o.TokenStore = cfg.Slack.ClientID, string(cfg.Slack.ClientSecret), installed
		}
		c, err := slack.New(o)
		if err != nil {
			return nil, err
		}
		platforms = append(platforms, c)
	}
	if cfg.Discord.Token != "" {
		o := discord.Options{
			Token: string(cfg.Discord.Token), ApplicationID: cfg.Discord.ApplicationID, PublicKey: cfg.Discord.PublicKey,
			Mode: cfg.Discord.Mode, Listen: cfg.Discord.Listen, APIURL: cfg.Discord.APIURL, GatewayURL: cfg.Discord.GatewayURL,
			Guild: cfg.Discord.Guild, Shards: cfg.Discord.Shards, Log: log,
		}
		if s != nil {
			o.Share = func(ctx context.Context, shards int, f func(context.Context, int) error) error {
				return s.Share(ctx, discord.Name+"/shards", shards, f)
			}
		}
		c, err := discord.New(o)
		if err != nil {
			return nil, err
		}
		platforms = append(platforms, c)
	}
	if len(platforms) == 0 {
		fmt.Fprintln(env.stderr, "No platform is configured: digests are printed here. README.md says how to set up Slack and Discord.")
		platforms = append(platforms, console.New(console.Options{In: env.stdin, Out: env.stdout, Style: style(env), Zone: cfg.Zone}))
	}
	return platforms, nil
}

func platformNames(platforms []bot.Platform) []string {
	var names []string
	for _, p := range platforms {
		names = append(names, p.Name())
	}
	return names
}

// topics are the default ones and those of the configuration, which may put
// its own in place of a default.
func topics(cfg Config) ([]story.Topic, error) {
	list := slices.DeleteFunc(story.DefaultTopics(), func(t story.Topic) bool {
		_, own := cfg.Topics[t.Name]
		return own
	})
	for _, name := range slices.Sorted(maps.Keys(cfg.Topics)) {
		q, err := query.Parse(cfg.Topics[name])
		if err != nil {
			return nil, fmt.Errorf("topic %s: %w", name, err)
		}
		list = append(list, digest.QueryTopic(name, q))
	}
	return list, nil
}

func topicNames(cfg Config) []string {
	var names []string
	for _, t := range story.DefaultTopics() {
		names = append(names, t.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Topics)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func newReader(cfg Config) (*digest.Reader, error) {
	list, err := topics(cfg)
	if err != nil {
		return nil, err
	}
	return digest.NewReader(digest.ReaderOptions{Topics: list})
}

// newFeeds is the feed client that the configuration asks for. Options that are
// set already stay.
func newFeeds(cfg Config, o feeds.Options) (*feeds.Client, error) {
	o.Version, _, _ = strings.Cut(version(), " ")
	o.Contact = cfg.Contact
	if o.Spacing == 0 {
		o.Spacing = max(time.Duration(cfg.Feeds.Spacing), time.Nanosecond) // zero would be the client's default
	}
	o.AllowPrivate = o.AllowPrivate || cfg.Feeds.AllowPrivate
	if cfg.Feeds.Proxy != "" {
		proxy, err := url.Parse(cfg.Feeds.Proxy)
		if err != nil {
			return nil, err
		}
		o.Proxy = proxy
	}
	return feeds.NewClient(o)
}

func configuredFeeds(cfg Config) []feeds.Feed {
	var list []feeds.Feed
	if cfg.Feeds.Catalogue {
		list = feeds.Catalogue()
	}
	for _, f := range cfg.Feeds.List {
		list = append(list, feeds.Feed{URL: f.URL, Outlet: f.Outlet, Type: feeds.OutletType(f.Type), Lang: f.Lang, Zone: f.Zone})
	}
	return list
}

// syncSubscriptions makes the subscriptions of the configuration, and takes away
// those that have left it. What they have told so far stays known.
func (p *program) syncSubscriptions(ctx context.Context, cfg Config) error {
	const mark = "config"
	var keep []string
	for _, c := range cfg.Subscriptions {
		id := subscriptionID(c)
		keep = append(keep, id)
		s, err := p.store.Subscription(ctx, id)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		fresh := err != nil
		before := s
		s.ID, s.Topics, s.Query, s.Hour, s.Zone, s.Length, s.Lang = id, c.Topics, c.Query, c.At, c.Zone, c.Length, c.Lang
		s.At = bot.Place{Platform: c.Platform, Workspace: c.Workspace, Channel: c.Channel}
		s.By = bot.Person{Platform: mark}
		if s.Zone == "" {
			s.Zone = cfg.Zone
		}
		if s.Lang == "" {
			s.Lang = cfg.Lang
		}
		if s.Length == 0 {
			s.Length = cfg.Digest.Length
		}
		if s.Days, err = bot.ParseDays(c.Days); err != nil {
			return fmt.Errorf("subscriptions: %w", err)
		}
		if fresh {
			s.Created = p.now()
		}
		if fresh || s.Hour != before.Hour || s.Zone != before.Zone || s.Days != before.Days {
			if s.Next, err = bot.NextDue(p.now(), s.Hour, s.Zone, s.Days); err != nil {
				return fmt.Errorf("subscriptions: %w", err)
			}
		}
		if err := p.store.SaveSubscription(ctx, s); err != nil {
			return err
		}
	}
	all, err := p.store.Subscriptions(ctx, bot.Place{})
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.By.Platform == mark && !slices.Contains(keep, s.ID) {
			if err := p.store.DeleteSubscription(ctx, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellConsole subscribes the console, when it is all there is, to everything at
// eight: a bot that nobody has told anything yet should not be silent.
func (p *program) tellConsole(ctx context.Context, cfg Config, platforms []bot.Platform) error {
	screen, ok := platforms[0].(*console.Console)
	if !ok {
		return nil
	}
	existing, err := p.store.Subscriptions(ctx, screen.Place())
	if err != nil || len(existing) > 0 {
		return err
	}
	s := bot.Subscription{
		ID: "console", At: screen.Place(), By: screen.Person(), Hour: "08:00", Zone: cfg.Zone, Lang: cfg.Lang,
		Length: cfg.Digest.Length, Created: p.now(), Until: p.now().Add(-24 * time.Hour),
	}
	if s.Next, err = bot.NextDue(p.now(), s.Hour, s.Zone, s.Days); err != nil {
		return err
	}
	return p.store.SaveSubscription(ctx, s)
}

// subscriptionID stays the same while place, topics and query do.
func subscriptionID(c SubscriptionConfig) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %q", c.Platform, c.Workspace, c.Channel, c.Topics, c.Query)
	return hex.EncodeToString(h.Sum(nil)[:5])
}
