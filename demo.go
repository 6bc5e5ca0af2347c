package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/feeds"
	"hanwire/samples"
	"hanwire/store"
)

type demoCmd struct {
	Once    bool `help:"Exit after the digest." xor:"once"`
	Web     bool `help:"Open the reading room, too." xor:"once"`
	Verbose bool `short:"v" help:"Show the log."`
}

// demoTick is how often the demo looks for work; a bot that waits for no one
// looks less often.
const demoTick = 200 * time.Millisecond

// Run serves the sample outlets on loopback, runs the bot on them in a database
// that is thrown away, posts an edition to the console and then takes commands.
// Only the addresses it fetches from, its pace and the hour of the edition
// differ from a real run.
func (c demoCmd) Run(ctx context.Context, env environment) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	press, err := samples.NewServer(env.now())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hanwire-demo-")
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	cfg := defaultConfig()
	cfg.Database = filepath.Join(dir, "demo.db")
	cfg.Feeds.Catalogue, cfg.Feeds.Spacing = false, 0
	for _, o := range samples.Outlets() {
		cfg.Feeds.List = append(cfg.Feeds.List, FeedConfig{
			URL: "http://" + listener.Addr().String() + "/" + o.Key + "/feed", Outlet: o.Name, Type: o.Type, Lang: o.Lang, Zone: o.Zone,
		})
	}
	var room net.Listener
	if c.Web {
		if room, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return errors.Join(err, listener.Close())
		}
		defer room.Close()
		cfg.Web.URL, cfg.Web.Rate = "http://"+room.Addr().String(), 0
	}
	log := slog.New(slog.DiscardHandler)
	if c.Verbose {
		log = newLog(env.stderr, LogConfig{Level: "debug"})
	}
	in := env.stdin
	if c.Once {
		in = nil
	}
	screen := console.New(console.Options{In: in, Out: env.stdout, Style: style(env), Zone: cfg.Zone})
	s, err := store.Open(ctx, store.Options{DSN: cfg.Database, Log: log, Now: env.now})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer s.Close()
	p, err := join(ctx, cfg, s, wiring{
		log: log, platforms: []bot.Platform{screen}, now: env.now,
		feeds: feeds.Options{AllowPrivate: true},
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}

	site, err := p.newRoom(cfg)
	if err != nil {
		return errors.Join(err, listener.Close())
	}

	fmt.Fprintln(env.stderr, "Sample news: the outlets, people and events below are invented.")
	server := &http.Server{Handler: press, ReadHeaderTimeout: 5 * time.Second}
	g, work := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		return p.store.Work(work, p.stages(cfg.Role), store.WorkOptions{Polls: cfg.Feeds.Workers, Reads: cfg.Feeds.Workers, Tick: demoTick})
	})
	if room != nil {
		g.Go(func() error { return site.Serve(work, room) })
	}
	g.Go(func() error {
		defer cancel()
		return c.show(work, p, cfg, press, screen, env.stderr)
	})
	g.Go(func() error {
		<-work.Done()
		return server.Close()
	})
	err = g.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return err
}

// show waits until the sample news is read, has an edition made, and takes
// commands until the input ends.
func (c demoCmd) show(ctx context.Context, p *program, cfg Config, press *samples.Server, screen *console.Console, stderr io.Writer) error {
	if err := p.awaitIdle(ctx); err != nil {
		return err
	}
	now := p.now()
	zone, err := time.LoadLocation(cfg.Zone)
	if err != nil {
		return err
	}
	s := bot.Subscription{
		ID: "demo", At: screen.Place(), Hour: now.In(zone).Format("15:04"), Zone: cfg.Zone, Lang: cfg.Lang,
		Length: cfg.Digest.Length, Created: now, Next: now, Until: now.Add(-24 * time.Hour),
	}
	if err := p.store.SaveSubscription(ctx, s); err != nil {
		return err
	}
	if err := p.store.Tick(ctx); err != nil { // what is due is found now, not when the queue next looks
		return err
	}
	if err := p.awaitIdle(ctx); err != nil {
		return err
	}
	if c.Once {
		return nil
	}
	if cfg.Web.URL != "" {
		fmt.Fprintln(stderr, "Reading room:", cfg.Web.URL+"/")
	}
	// A newsroom corrects an article while the reader is at the prompt.
	press.Update()
	if err := p.pollNow(ctx); err != nil {
		return err
	}
	return screen.Listen(ctx, p.bot)
}

// awaitIdle returns when no job is due or running.
func (p *program) awaitIdle(ctx context.Context) error {
	tick := time.NewTicker(demoTick / 10)
	defer tick.Stop()
	for {
		idle, err := p.store.Idle(ctx)
		if err != nil || idle {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// pollNow makes every feed due.
func (p *program) pollNow(ctx context.Context) error {
	records, err := p.store.Feeds(ctx, bot.Place{})
	if err != nil {
		return err
	}
	for _, r := range records {
		r.State.NextPoll = p.now()
		if err := p.store.SavePoll(ctx, r.ID, feeds.PollResult{State: r.State}); err != nil {
			return err
		}
	}
	return nil
}
