package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"hanwire/bot"
	"hanwire/bot/discord"
	"hanwire/bot/slack"
	"hanwire/store"
)

type checkCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path" default:"config.yaml"`
}

// Run says all that is wrong with the file; when nothing is, it tries the
// database, the tokens and the channels.
func (c checkCmd) Run(ctx context.Context, env environment) error {
	cfg, err := loadConfig(c.Config, env.getenv)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "%s: in order\n", c.Config)
	wrong := 0
	say := func(what string, problems []string) {
		if len(problems) == 0 {
			fmt.Fprintf(env.stdout, "%s: in order\n", what)
		}
		for _, p := range problems {
			wrong++
			fmt.Fprintf(env.stdout, "%s: %s\n", what, p)
		}
	}
	log := newLog(env.stderr, LogConfig{Level: "error", Format: cfg.Log.Format})
	var s *store.Store
	if store.IsFile(cfg.Database) && !exists(cfg.Database) {
		fmt.Fprintf(env.stdout, "database: %s is not there yet; `hanwire run` makes it\n", cfg.Database)
	} else if s, err = store.Open(ctx, store.Options{DSN: cfg.Database, Beside: true, Log: log}); err != nil {
		say("database", []string{err.Error()})
	} else {
		say("database", s.Check(ctx))
		defer s.Close()
	}
	if cfg.Slack.On() || cfg.Discord.Token != "" {
		platforms, err := newPlatforms(cfg, env, s, log)
		if err != nil {
			return err
		}
		for _, p := range platforms {
			say(p.Name(), p.Check(ctx, channelsOf(ctx, cfg, s, p.Name())))
		}
		if cfg.Slack.ClientID != "" && s != nil {
			kept, err := newTokens(s, cfg.Slack.ClientSecret)
			if err != nil {
				return err
			}
			installed, problems := kept.check(ctx)
			say(fmt.Sprintf("slack installations (%d)", installed), problems)
		}
	} else {
		fmt.Fprintln(env.stdout, "platforms: none is configured; digests go to the console")
	}
	if wrong > 0 {
		return errSaid
	}
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// channelsOf are the channels of a platform that subscriptions post to.
func channelsOf(ctx context.Context, cfg Config, s *store.Store, platform string) []bot.Place {
	var channels []bot.Place
	add := func(at bot.Place) {
		if at.Platform == platform && !at.IsPersonal() && !slices.Contains(channels, at) {
			channels = append(channels, at)
		}
	}
	for _, c := range cfg.Subscriptions {
		add(bot.Place{Platform: c.Platform, Workspace: c.Workspace, Channel: c.Channel})
	}
	if s != nil {
		// A database that cannot be read has been reported.
		subs, _ := s.Subscriptions(ctx, bot.Place{Platform: platform})
		for _, sub := range subs {
			add(sub.At)
		}
	}
	return channels
}

type manifestCmd struct {
	Config   string `short:"c" help:"Configuration file." type:"path"`
	URL      string `help:"Public address of the bot, for Slack over HTTP; Socket Mode when left out."`
	Install  bool   `help:"Let further workspaces install the Slack app, at that address."`
	Platform string `help:"slack, discord or both." enum:"slack,discord,both" default:"both"`
}

func (c manifestCmd) Run(env environment) error {
	cfg, err := loadConfig(c.Config, env.getenv)
	if err != nil {
		return err
	}
	if c.Install && c.URL == "" {
		return usageError("--install needs --url: Slack sends people back to it")
	}
	if c.Platform != "discord" {
		manifest, err := slack.Manifest(slack.ManifestOptions{URL: c.URL, History: cfg.Slack.History, Install: c.Install || cfg.Slack.ClientID != ""})
		if err != nil {
			return err
		}
		fmt.Fprint(env.stdout, manifest)
	}
	if c.Platform != "slack" {
		id := cfg.Discord.ApplicationID
		if id == "" {
			id = "APPLICATION_ID"
		}
		prefix := ""
		if c.Platform == "both" {
			prefix = "\n# Discord invite link: "
		}
		fmt.Fprintf(env.stdout, "%s%s\n", prefix, discord.InviteURL(id))
	}
	return nil
}

type migrateCmd struct {
	Status migrateStatusCmd `cmd:"" help:"Show which migrations have been applied."`
	Up     migrateUpCmd     `cmd:"" help:"Apply those that have not."`
}

type migrateStatusCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
}

func (c migrateStatusCmd) Run(ctx context.Context, env environment) error {
	return withStoreBeside(ctx, c.Config, env, func(_ Config, s *store.Store) error {
		steps, err := s.MigrateStatus(ctx)
		if err != nil {
			return err
		}
		for _, m := range steps {
			state := "waits"
			if m.Applied {
				state = "applied"
			}
			fmt.Fprintf(env.stdout, "%-8s %s\n", state, m.Name)
		}
		return nil
	})
}

type migrateUpCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
}

func (c migrateUpCmd) Run(ctx context.Context, env environment) error {
	return withStore(ctx, c.Config, env, func(cfg Config, _ *store.Store) error {
		_, err := fmt.Fprintln(env.stdout, "the database is up to date")
		return err
	})
}

type backupCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
	File   string `arg:"" help:"File to write; it must not exist."`
}

func (c backupCmd) Run(ctx context.Context, env environment) error {
	return withStoreBeside(ctx, c.Config, env, func(_ Config, s *store.Store) error {
		if err := s.Backup(ctx, c.File); err != nil {
			return err
		}
		_, err := fmt.Fprintln(env.stdout, "wrote", c.File)
		return err
	})
}

type copyCmd struct {
	From string `required:"" help:"SQLite file or postgres:// URL to copy from."`
	To   string `required:"" help:"SQLite file or postgres:// URL to copy to; it must be empty."`
}

func (c copyCmd) Run(ctx context.Context, env environment) error {
	log := newLog(env.stderr, LogConfig{Level: "warn"})
	from, err := store.Open(ctx, store.Options{DSN: c.From, Log: log})
	if err != nil {
		return fmt.Errorf("from: %w", err)
	}
	defer from.Close()
	to, err := store.Open(ctx, store.Options{DSN: c.To, Log: log})
	if err != nil {
		return fmt.Errorf("to: %w", err)
	}
	counts, err := store.Copy(ctx, from, to)
	for _, n := range counts {
		fmt.Fprintf(env.stdout, "%-24s %d\n", n.Table, n.Rows)
	}
	return errors.Join(err, to.Close())
}

// withStoreBeside opens the database for a command that looks something up,
// while a bot may be working on it.
func withStoreBeside(ctx context.Context, config string, env environment, f func(Config, *store.Store) error) error {
	return openedWith(ctx, config, env, store.Options{Beside: true}, f)
}
