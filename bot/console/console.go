// Package console is the platform for one person at a terminal: it prints what
// Slack and Discord would be sent, and takes the same commands at a prompt.
//
// A terminal gets colour, links that can be clicked and lines as wide as its
// window; a pipe or a file gets plain text. [Look] tells one from the other.
// [Text], [Markdown] and [HTML] print messages without the platform, for
// "hanwire digest --format".
//
// [Console.Listen] runs one goroutine, which reads lines.
package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"hanwire/bot"
)

// Name is the platform's name.
const Name = "console"

// maxLine bounds what is read of one typed line, in bytes.
const maxLine = 16 << 10

// Options are what New needs. Out must be set.
type Options struct {
	In     io.Reader // nil: nothing can be typed
	Out    io.Writer
	Style  Style
	Prompt string // "> " when empty
	Locale string // BCP 47 or POSIX; from the environment when empty
	Zone   string // IANA; the machine's when empty
	User   string // whose settings and alerts; "you" when empty
}

// Console is a terminal as a platform. It is safe for concurrent use.
type Console struct {
	o    Options
	echo bool // what is typed does not show by itself, as from a pipe

	mu      sync.Mutex // guards the fields below, and Out
	count   int        // of messages printed
	asking  string     // the prompt that stands at the end of the output, if one does
	choices []choice   // what a number typed now means
}

// choice is a numbered button, or line of a menu.
type choice struct {
	label, action, url, value string
}

var _ bot.Platform = (*Console)(nil)

// New returns a console.
func New(o Options) *Console {
	if o.Prompt == "" {
		o.Prompt = "> "
	}
	if o.Locale == "" {
		o.Locale = localeOf(os.Getenv)
	}
	if o.Zone == "" {
		o.Zone = zoneOf(os.Getenv)
	}
	if o.User == "" {
		o.User = "you"
	}
	f, ok := o.In.(*os.File)
	return &Console{o: o, echo: !ok || !term.IsTerminal(int(f.Fd()))}
}

// Person is who sits at the console, and Place where they are: for the
// subscriptions that a program makes itself.
func (c *Console) Person() bot.Person {
	return bot.Person{Platform: Name, Workspace: "local", User: c.o.User}
}

// Place is the one channel that there is.
func (c *Console) Place() bot.Place {
	return bot.Place{Platform: Name, Workspace: "local", Channel: "console"}
}

// Look is the style that suits f: coloured and as wide as its window when it is
// a terminal, plain otherwise. NO_COLOR and TERM=dumb are heeded
// (https://no-color.org).
func Look(f *os.File, getenv func(string) string) Style {
	s := Style{Width: plainWidth}
	if !term.IsTerminal(int(f.Fd())) || getenv("TERM") == "dumb" {
		return s
	}
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		s.Width = min(w, widest)
	}
	s.Color = getenv("NO_COLOR") == ""
	s.Links = true
	return s
}

func localeOf(getenv func(string) string) string {
	for _, name := range [...]string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _, _ := strings.Cut(getenv(name), "."); v != "" && v != "C" && v != "POSIX" {
			return strings.ReplaceAll(v, "_", "-")
		}
	}
	return "en"
}

func zoneOf(getenv func(string) string) string {
	for _, z := range [...]string{strings.TrimPrefix(getenv("TZ"), ":"), time.Local.String(), linkedZone()} {
		if z == "" || z == "Local" {
			continue
		}
		if _, err := time.LoadLocation(z); err == nil {
			return z
		}
	}
	return "UTC"
}

// linkedZone reads the zone's name off the link that Unix systems keep.
func linkedZone() string {
	target, err := os.Readlink("/etc/localtime")
	if err != nil {
		return ""
	}
	_, name, _ := strings.Cut(target, "zoneinfo/")
	return name
}

// Name implements [bot.Platform].
func (c *Console) Name() string { return Name }

// Check implements [bot.Platform]: nothing can be wrong with a console.
func (c *Console) Check(context.Context, []bot.Place) []string { return nil }

// Deliver implements [bot.Platform]: it prints the message.
func (c *Console) Deliver(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return bot.Receipt{}, &bot.RetryError{After: time.Second, Err: err}
	}
	lead := ""
	switch d.Kind {
	case bot.Direct:
		lead = "direct message"
	case bot.Edit:
		lead = "edited"
	}
	id, err := c.print(d.Message, lead, d.Kind == bot.Answer)
	if err != nil {
		return bot.Receipt{}, err
	}
	return bot.Receipt{Message: id, Channel: "console"}, nil
}

// print shows a message, with its buttons numbered on from those that the last
// answer left, and puts the prompt under it again.
func (c *Console) print(m bot.Message, lead string, answer bool) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := newWriter(c.o.Style)
	if c.asking != "" {
		w.raw("\n")
	}
	w.lead = lead
	w.answer = answer
	if c.o.In != nil {
		w.choices = &c.choices
	}
	w.message(m)
	w.raw("\n" + c.asking)
	if _, err := io.WriteString(c.o.Out, w.String()); err != nil {
		return "", err
	}
	c.count++
	return strconv.Itoa(c.count), nil
}

func (c *Console) ask(prompt string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asking = prompt
	fmt.Fprint(c.o.Out, prompt)
}

func (c *Console) answered(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asking = ""
	if c.echo {
		fmt.Fprintln(c.o.Out, bot.Clean(line))
	}
}

// Listen implements [bot.Platform]: it takes commands, with or without
// "/hanwire" before them, and the numbers of buttons, until the input ends, a
// line says "quit", or ctx ends. The goroutine that reads ends with it, unless
// it waits for a line just then: a read from a terminal cannot be broken off,
// and ends with the next line or the process.
func (c *Console) Listen(ctx context.Context, h bot.Handler) error {
	if c.o.In == nil {
		<-ctx.Done()
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := c.read(ctx)
	for {
		c.ask(c.o.Prompt)
		line, ok := in.next(ctx)
		c.answered(line)
		if !ok {
			if !c.echo {
				fmt.Fprintln(c.o.Out)
			}
			return in.err()
		}
		line = strings.TrimSpace(line)
		switch strings.ToLower(line) {
		case "":
			continue
		case "quit", "exit":
			return nil
		}
		command := bot.Command{Text: line}
		if n, err := strconv.Atoi(line); err == nil {
			chosen, known := c.choice(n)
			if !known {
				c.tell(fmt.Sprintf("There is no button %d.", n))
				continue
			}
			if chosen.url != "" {
				c.tell(chosen.url)
				continue
			}
			command = bot.Command{Action: chosen.action}
			if chosen.value != "" {
				command.Values = []string{chosen.value}
			}
		}
		if err := c.handle(ctx, h, in, command); err != nil {
			return err
		}
	}
}

// handle gives one command and shows the answer, asking a form's fields.
func (c *Console) handle(ctx context.Context, h bot.Handler, in *lines, command bot.Command) error {
	for {
		command.By, command.ByName, command.At = c.Person(), c.o.User, c.Place()
		command.Manages, command.CanForm = true, true
		command.Locale, command.Zone = c.o.Locale, c.o.Zone
		reply, err := h.Handle(ctx, command)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			c.tell("Something went wrong: " + err.Error())
			return nil
		}
		for _, m := range [...]*bot.Message{reply.Message, reply.Home} {
			if m == nil {
				continue
			}
			c.mu.Lock()
			c.choices = nil
			c.mu.Unlock()
			if _, err := c.print(*m, "", false); err != nil {
				return err
			}
		}
		if reply.Form == nil {
			return nil
		}
		fields, ok := c.fill(ctx, in, *reply.Form)
		if !ok {
			return nil
		}
		command = bot.Command{Action: reply.Form.Action, Fields: fields}
	}
}

// fill asks for a form's fields, line by line; false when the input ended.
func (c *Console) fill(ctx context.Context, in *lines, f bot.Form) (map[string]string, bool) {
	c.tell(f.Title)
	fields := map[string]string{}
	for _, x := range f.Fields {
		prompt := x.Label
		for i, choice := range x.Choices {
			prompt += fmt.Sprintf("\n  %d %s", i+1, choice.Label)
		}
		switch {
		case x.Value != "":
			prompt += " [" + x.Value + "]"
		case x.Hint != "":
			prompt += " (" + x.Hint + ")"
		}
		c.ask(bot.Clean(prompt) + ": ")
		line, ok := in.next(ctx)
		c.answered(line)
		if !ok {
			return nil, false
		}
		line = strings.TrimSpace(line)
		if line == "" {
			line = x.Value
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(x.Choices) {
			line = x.Choices[n-1].Value
		}
		fields[x.Name] = line
	}
	return fields, true
}

func (c *Console) choice(n int) (choice, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n < 1 || n > len(c.choices) {
		return choice{}, false
	}
	return c.choices[n-1], true
}

func (c *Console) tell(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintln(c.o.Out, bot.Clean(s))
}

// lines are what is typed, read ahead by one goroutine.
type lines struct {
	ch     chan string
	failed chan error // one error, when reading ended
}

// read starts the goroutine that reads.
func (c *Console) read(ctx context.Context) *lines {
	l := &lines{ch: make(chan string), failed: make(chan error, 1)}
	go func() {
		defer close(l.ch)
		s := bufio.NewScanner(c.o.In)
		s.Buffer(make([]byte, 0, 1024), maxLine)
		for s.Scan() {
			select {
			case l.ch <- s.Text():
			case <-ctx.Done():
				return
			}
		}
		l.failed <- s.Err()
	}()
	return l
}

// next waits for a line; false when there is none any more, or ctx ended first.
func (l *lines) next(ctx context.Context) (string, bool) {
	select {
	case s, ok := <-l.ch:
		return s, ok
	case <-ctx.Done():
		return "", false
	}
}

func (l *lines) err() error {
	select {
	case err := <-l.failed:
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("console: a line is longer than %d bytes", maxLine)
		}
		return err
	default:
		return nil
	}
}
