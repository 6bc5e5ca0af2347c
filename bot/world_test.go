package bot_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/digest"
	"hanwire/feeds"
	"hanwire/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// dawn is when the articles of testdata/news.txtar begin to appear.
var dawn = time.Date(2026, 2, 22, 23, 0, 0, 0, time.UTC) // a Monday, 08:00 in Seoul

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// platform takes deliveries as a chat service would, and keeps them.
type platform struct {
	name string
	mu   sync.Mutex
	sent []bot.Delivery
	fail func(bot.Delivery) error
}

func (p *platform) Name() string                                    { return p.name }
func (p *platform) Check(context.Context, []bot.Place) []string     { return nil }
func (p *platform) Listen(ctx context.Context, _ bot.Handler) error { <-ctx.Done(); return nil }

func (p *platform) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(d); err != nil {
			return bot.Receipt{}, err
		}
	}
	if d.Key == "" || d.Message.Fallback == "" || len(d.Message.Blocks) == 0 {
		return bot.Receipt{}, fmt.Errorf("a message without key, fallback or blocks: %+v", d)
	}
	if (d.Kind == bot.Answer || d.Kind == bot.Edit) && (d.Parent == "" || d.To.Channel == "") {
		return bot.Receipt{}, fmt.Errorf("%s %s without a parent or channel", d.Kind, d.Key)
	}
	if d.Kind == bot.Post && d.To.Channel == "" || d.Kind == bot.Direct && d.Person.User == "" {
		return bot.Receipt{}, fmt.Errorf("%s %s to nobody", d.Kind, d.Key)
	}
	p.sent = append(p.sent, d)
	channel := d.To.Channel
	if d.Kind == bot.Direct {
		channel = "D" + d.Person.User
	}
	return bot.Receipt{Message: fmt.Sprintf("m%d", len(p.sent)), Channel: channel}, nil
}

// taken are the deliveries since the last call.
func (p *platform) taken() []bot.Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := p.sent
	p.sent = nil
	return sent
}

// world is a bot on a real store.
type world struct {
	t        testing.TB
	bot      *bot.Bot
	store    *store.Store
	clock    *clock
	platform *platform
	reader   *digest.Reader
	log      *bytes.Buffer
	news     map[string]item
}

type item struct {
	feed  feeds.Feed
	entry feeds.Entry
	story string
	text  string
}

func newWorld(t testing.TB, change ...func(*bot.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{t: dawn}, platform: &platform{name: "slack"}, log: &bytes.Buffer{}, news: map[string]item{}}
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "hanwire.db"), Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.store = s
	if w.reader, err = digest.NewReader(digest.ReaderOptions{}); err != nil {
		t.Fatal(err)
	}
	o := bot.Options{Store: s, Reader: w.reader, Platforms: []bot.Platform{w.platform}, Now: w.clock.now,
		Log: slog.New(slog.NewTextHandler(w.log, nil))}
	for _, f := range change {
		f(&o)
	}
	if w.bot, err = bot.New(o); err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile("testdata/news.txtar")
	if err != nil {
		t.Fatal(err)
	}
	byOutlet := map[string]feeds.Feed{}
	var list []feeds.Feed
	for _, f := range archive.Files {
		head, body, _ := strings.Cut(string(f.Data), "\n\n")
		field := map[string]string{}
		for line := range strings.Lines(head) {
			k, v, _ := strings.Cut(strings.TrimSpace(line), ": ")
			field[k] = v
		}
		host := strings.Split(field["URL"], "/")[2]
		feed, known := byOutlet[field["Outlet"]]
		if !known {
			feed = feeds.Feed{URL: "https://" + host + "/feed.xml", Outlet: field["Outlet"], Type: feeds.OutletType(field["Type"]), Lang: field["Lang"]}
			byOutlet[field["Outlet"]] = feed
			list = append(list, feed)
		}
		after, err := time.ParseDuration(field["Published"])
		if err != nil {
			t.Fatal(err)
		}
		w.news[f.Name] = item{feed: feed, story: field["Story"], text: strings.TrimSpace(body), entry: feeds.Entry{
			ID: "e-" + f.Name, Feed: feed.ID(), Keys: []string{field["URL"]}, Link: field["URL"], Title: field["Title"],
			Published: dawn.Add(after), Fingerprint: f.Name,
		}}
	}
	if err := s.SyncFeeds(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// publish puts articles through the store as if they had been polled, read and
// grouped now.
func (w *world) publish(names ...string) []string {
	w.t.Helper()
	ctx := w.t.Context()
	var placed []store.Placement
	var ids []string
	polled := map[string][]feeds.Entry{}
	for _, name := range names {
		n, known := w.news[name]
		if !known {
			w.t.Fatalf("no article %s in testdata/news.txtar", name)
		}
		polled[n.feed.ID()] = append(polled[n.feed.ID()], n.entry)
		placed = append(placed, store.Placement{Article: "a-" + name, Story: n.story})
		ids = append(ids, "a-"+name)
	}
	for feed, entries := range polled {
		w.ok(w.store.SavePoll(ctx, feed, feeds.PollResult{
			State:   feeds.State{LastPoll: w.clock.now(), LastSuccess: w.clock.now(), NextPoll: w.clock.now().Add(time.Hour), Health: feeds.Healthy, Reason: feeds.ReasonNew},
			Entries: entries,
		}))
	}
	for _, name := range names {
		w.read(name, w.news[name].text)
	}
	w.ok(w.store.SaveGrouping(ctx, placed))
	return ids
}

// read keeps an article with the given text.
func (w *world) read(name, text string) {
	w.t.Helper()
	n := w.news[name]
	a := feeds.Article{ID: "a-" + name, Entry: n.entry.ID, Feed: n.feed.ID(), URL: n.entry.Link, Title: n.entry.Title, Text: text,
		Lang: n.feed.Lang, Published: n.entry.Published, Fetched: w.clock.now(), Access: feeds.FullText}
	r := w.reader.Read(digest.Article{ID: a.ID, URL: a.URL, Title: a.Title, Text: a.Text, Outlet: n.feed.Outlet,
		OutletType: string(n.feed.Type), Lang: a.Lang, Published: a.Published, Access: string(a.Access)})
	w.ok(w.store.SaveReading(w.t.Context(), n.entry.ID, a, r))
}

var (
	alice   = bot.Person{Platform: "slack", Workspace: "T1", User: "UALICE"}
	mallory = bot.Person{Platform: "slack", Workspace: "T2", User: "UMAL"}
	general = bot.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}
	other   = bot.Place{Platform: "slack", Workspace: "T1", Channel: "C2"}
	foreign = bot.Place{Platform: "slack", Workspace: "T2", Channel: "C9"}
)

// command is a command that alice, who manages the channel, gives.
func command(text string) bot.Command {
	return bot.Command{Text: text, By: alice, ByName: "Alice", At: general, Manages: true, Locale: "en-US", Zone: "Asia/Seoul"}
}

func (w *world) handle(c bot.Command) bot.Reply {
	w.t.Helper()
	r, err := w.bot.Handle(w.t.Context(), c)
	if err != nil {
		w.t.Fatalf("%+v: %v", c, err)
	}
	return r
}

// say gives a command as alice and returns the answer as text.
func (w *world) say(text string) string {
	w.t.Helper()
	return show(w.t, w.handle(command(text)))
}

func (w *world) press(action string) string {
	w.t.Helper()
	c := command("")
	c.Action = action
	return show(w.t, w.handle(c))
}

// show is a reply as a console shows it.
func show(t testing.TB, r bot.Reply) string {
	t.Helper()
	var b strings.Builder
	if r.Form != nil {
		fmt.Fprintf(&b, "form %s %q\n", r.Form.Action, r.Form.Title)
		for _, f := range r.Form.Fields {
			fmt.Fprintf(&b, "  %s %q = %q\n", f.Name, f.Label, f.Value)
		}
	}
	for _, m := range []*bot.Message{r.Message, r.Home} {
		if m != nil {
			if err := console.Text(&b, []bot.Message{*m}, console.Style{Buttons: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

func text(t testing.TB, m bot.Message) string { return show(t, bot.Reply{Message: &m}) }

// deliver empties the outbox and returns what the platform got.
func (w *world) deliver() []bot.Delivery {
	w.t.Helper()
	for _, lane := range []string{"slack/T1/C1", "slack/T1/C2", "slack/T1/@UALICE", "slack/T2/C9", "slack/T2/@UMAL"} {
		err := w.bot.Deliver(w.t.Context(), lane)
		if _, retry := errors.AsType[*bot.RetryError](err); err != nil && !retry {
			w.t.Fatalf("deliver %s: %v", lane, err)
		}
	}
	return w.platform.taken()
}

func kinds(list []bot.Delivery) []string {
	var out []string
	for _, d := range list {
		out = append(out, string(d.Kind)+" "+d.Key)
	}
	return out
}

func (w *world) subscription() bot.Subscription {
	w.t.Helper()
	list, err := w.store.Subscriptions(w.t.Context(), general)
	w.ok(err)
	if len(list) != 1 {
		w.t.Fatalf("%d subscriptions, want 1", len(list))
	}
	return list[0]
}

// golden compares got with a file, or rewrites it.
func golden(t *testing.T, name string, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func contains(t *testing.T, what, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(unwrapped(got), unwrapped(want)) {
			t.Errorf("%s: %q is not in it:\n%s", what, want, got)
		}
	}
}

// unwrapped is text whatever its lines.
func unwrapped(s string) string { return strings.Join(strings.Fields(s), " ") }

func lacks(t *testing.T, what, got string, unwanted ...string) {
	t.Helper()
	for _, s := range unwanted {
		if strings.Contains(unwrapped(got), unwrapped(s)) {
			t.Errorf("%s: %q is in it:\n%s", what, s, got)
		}
	}
}
