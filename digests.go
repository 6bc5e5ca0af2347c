package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/bot/discord"
	"hanwire/bot/slack"
	"hanwire/digest"
	"hanwire/digest/story"
	"hanwire/feeds"
)

type digestCmd struct {
	Config string        `short:"c" help:"Configuration file." type:"path"`
	Since  time.Duration `help:"How far back." default:"24h"`
	Topic  []string      `help:"Only these topics."`
	Format string        `help:"text, markdown, html, slack, discord or json." enum:"text,markdown,html,slack,discord,json" default:"text"`
	JSONL  bool          `name:"jsonl" help:"Read articles from standard input, one JSON object a line, and print the digest as one JSON object."`
	All    bool          `help:"With --jsonl: keep articles that no topic wants."`
	Feed   []string      `arg:"" optional:"" help:"Feeds to poll instead of the configured ones: URLs or files."`
}

func (c digestCmd) Run(ctx context.Context, env environment) error {
	if c.All && !c.JSONL {
		return usageError("--all goes with --jsonl")
	}
	if c.JSONL && len(c.Feed) > 0 {
		return usageError("digest --jsonl reads standard input and takes no feed")
	}
	cfg, err := loadConfig(c.Config, env.getenv)
	if err != nil {
		return err
	}
	for _, t := range c.Topic {
		if known := topicNames(cfg); !slices.Contains(known, t) {
			return usageError(fmt.Sprintf("no topic %q; there are %s", t, strings.Join(known, ", ")))
		}
	}
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	if c.JSONL {
		return c.jsonl(ctx, env, reader)
	}
	now := env.now()
	readings, err := c.gather(ctx, cfg, env, reader, now)
	if err != nil {
		return err
	}
	d := digest.Compose(digest.Collect(readings, story.NewGrouper(story.Options{})),
		digest.Options{Now: now, Length: cfg.Digest.Length, Topics: c.Topic, Lang: cfg.Lang})
	if c.Format == "json" {
		out, err := digest.EncodeDigest(d)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "%s\n", out)
		return err
	}
	head, stories := bot.DigestMessages(d, bot.EditionInfo{
		Title: strings.Join(c.Topic, ", "), Now: now, From: now.Add(-c.Since), Zone: cfg.Zone, Lang: bot.Lang(cfg.Lang), Plain: true,
	})
	messages := append([]bot.Message{head}, stories...)
	switch c.Format {
	case "markdown":
		return console.Markdown(env.stdout, messages)
	case "html":
		return console.HTML(env.stdout, "Hanwire", messages, console.Pane{Name: "Slack", Payload: slack.Payload}, console.Pane{Name: "Discord", Payload: discord.Payload})
	case "slack":
		return writePayloads(env.stdout, messages, slack.Payload)
	case "discord":
		return writePayloads(env.stdout, messages, discord.Payload)
	}
	return console.Text(env.stdout, messages, style(env))
}

// writePayloads writes messages as a platform's API takes them: a JSON array,
// the head first.
func writePayloads(w io.Writer, messages []bot.Message, payload func(bot.Message) ([]byte, error)) error {
	list := make([]json.RawMessage, len(messages))
	for i, m := range messages {
		b, err := payload(m)
		if err != nil {
			return err
		}
		list[i] = b
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

// jsonl makes a digest of articles on standard input. A line that cannot be
// read is named on standard error and in left_out.
func (c digestCmd) jsonl(ctx context.Context, env environment, reader *digest.Reader) error {
	type outcome struct {
		line    int
		reading digest.Reading
		err     error
	}
	var outcomes []outcome
	var mu sync.Mutex
	err := eachLine(ctx, env.stdin, io.Discard, func(n int, line []byte) []byte {
		if line != nil && len(strings.TrimSpace(string(line))) == 0 {
			return nil
		}
		o := outcome{line: n}
		a, err := digest.DecodeArticle(line)
		switch {
		case line == nil:
			o.err = errLongLine
		case err != nil:
			o.reading.ID, o.err = a.ID, err
		default:
			o.reading, o.err = tryRead(reader.Read, a)
			o.reading.ID = a.ID
		}
		mu.Lock()
		defer mu.Unlock()
		outcomes = append(outcomes, o)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(outcomes, func(a, b outcome) int { return cmp.Compare(a.line, b.line) })
	var readings []digest.Reading
	placed := map[string]bool{} // IDs; each has one place
	for i := range outcomes {
		o := &outcomes[i]
		if o.err == nil && placed[o.reading.ID] {
			o.err = fmt.Errorf("id %q stands twice; the first one counts", o.reading.ID)
		}
		if o.err != nil {
			fmt.Fprintf(env.stderr, "hanwire: line %d: %v\n", o.line, o.err)
			continue
		}
		placed[o.reading.ID] = true
		readings = append(readings, o.reading)
	}
	d := digest.Compose(digest.Collect(readings, story.NewGrouper(story.Options{})), digest.Options{All: c.All})
	for _, o := range outcomes {
		if id := o.reading.ID; id != "" && !placed[id] {
			placed[id] = true
			d.LeftOut = append(d.LeftOut, digest.LeftOut{ID: id, Reason: o.err.Error()})
		}
	}
	slices.SortStableFunc(d.LeftOut, func(a, b digest.LeftOut) int { return cmp.Compare(a.ID, b.ID) })
	out, err := digest.EncodeDigest(d)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s\n", out)
	return err
}

// gather polls each feed once and reads the articles behind its entries. What
// cannot be had is named on standard error; the rest goes on.
func (c digestCmd) gather(ctx context.Context, cfg Config, env environment, reader *digest.Reader, now time.Time) ([]digest.Reading, error) {
	client, err := newFeeds(cfg, feeds.Options{})
	if err != nil {
		return nil, err
	}
	list := configuredFeeds(cfg)
	if len(c.Feed) > 0 {
		list = nil
		for _, source := range c.Feed {
			list = append(list, feeds.Feed{URL: source})
		}
	}
	var mu sync.Mutex
	var readings []digest.Reading
	failed := 0
	warn := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(env.stderr, "hanwire: "+format+"\n", args...)
	}
	progress := newProgress(env.stderr, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.Feeds.Workers)
	for _, f := range list {
		g.Go(func() error {
			entries, f, err := c.entries(ctx, client, env, f, now)
			progress.step()
			if err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				warn("%s: %v", f.URL, err)
				mu.Lock()
				failed++
				mu.Unlock()
				return nil
			}
			for _, e := range entries {
				if !e.Published.IsZero() && e.Published.Before(now.Add(-c.Since)) {
					continue
				}
				a, err := client.Read(ctx, f, e, now)
				if err != nil {
					if ctx.Err() != nil {
						return ctx.Err()
					}
					warn("%s: %v", e.Link, err)
					continue
				}
				r, err := tryRead(reader.Read, input(f, a))
				if err != nil {
					warn("%s: %v", e.Link, err)
					continue
				}
				mu.Lock()
				readings = append(readings, r)
				mu.Unlock()
			}
			return nil
		})
	}
	err = g.Wait()
	progress.end()
	if err == nil && failed == len(list) && failed > 0 {
		err = errors.New("no feed could be polled")
	}
	return readings, err
}

// entries are those of a feed at a URL or in a file.
func (c digestCmd) entries(ctx context.Context, client *feeds.Client, env environment, f feeds.Feed, now time.Time) ([]feeds.Entry, feeds.Feed, error) {
	if isURL(f.URL) && f.Outlet == "" {
		p, err := client.Show(ctx, f.URL, now)
		f.Outlet = p.Title
		return p.Entries, f, errors.Join(err, p.Err)
	}
	if isURL(f.URL) {
		result, err := client.Poll(ctx, f, feeds.State{}, nothingKnown{}, now)
		if err != nil {
			return nil, f, err
		}
		if result.State.LastSuccess.IsZero() {
			return nil, f, fmt.Errorf("%s: %s", result.State.Reason, result.State.Detail)
		}
		return result.Entries, f, nil
	}
	data, err := openDocument(env, f.URL)
	if err != nil {
		return nil, f, err
	}
	p := feeds.Parse(data, "", feeds.ParseOptions{URL: fileURL(f.URL), Zone: f.Zone, Now: now})
	if f.Outlet == "" {
		f.Outlet = p.Title
	}
	return p.Entries, f, p.Err
}

// nothingKnown is for polls that keep nothing.
type nothingKnown struct{}

func (nothingKnown) Known(context.Context, string, []string) (map[string]feeds.Seen, error) {
	return nil, nil
}

// progress shows on a terminal how far a poll of many feeds is; in a pipe it
// stays quiet.
type progress struct {
	mu    sync.Mutex
	w     *bufio.Writer
	done  int
	total int
}

func newProgress(w io.Writer, total int) *progress {
	if !isTerminal(w) {
		return &progress{}
	}
	return &progress{w: bufio.NewWriter(w), total: total}
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.w != nil {
		fmt.Fprintf(p.w, "\r%d of %d feeds", p.done, p.total)
		p.w.Flush()
	}
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.w.Flush()
	}
}
