// Hanwire is a Slack and Discord bot that says every day what was decided, and
// who said what, about Korea and China.
//
// The program is three rooms and what joins them: feeds finds out what was
// published, digest says what it means, bot decides who is told; store keeps it
// all. This package is the command line and the wiring. [program] in
// pipeline.go shows the order in which news flows; start there.
//
// Data goes to standard output, everything else to standard error. The exit
// code is 0 when the work is done, 1 when it failed, 2 when the command line or
// the configuration is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	// Zones must be known on machines without a zone database, and in a
	// container made from scratch.
	_ "time/tzdata"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(runProcess(time.Now)) }

// runProcess runs the command that the process was started with, until it is done
// or a signal ends it, and returns the exit code.
func runProcess(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], environment{os.Getenv, os.Stdin, os.Stdout, os.Stderr, now})
}

// environment is what a command may use of the machine.
type environment struct {
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
}

// commandLine is everything that can be typed.
type commandLine struct {
	Demo     demoCmd     `cmd:"" help:"Try the whole bot on bundled sample news: a digest, then a prompt. No set-up, no network."`
	Run      runCmd      `cmd:"" help:"Run the bot."`
	Digest   digestCmd   `cmd:"" help:"Poll once and print the digest; post nothing."`
	Read     readCmd     `cmd:"" help:"Print an article as Hanwire understands it."`
	Search   searchCmd   `cmd:"" help:"Find stories and quotes in the database."`
	Feeds    feedsCmd    `cmd:"" help:"List, add, import, export and inspect feeds."`
	Check    checkCmd    `cmd:"" help:"Check configuration, database, tokens and channels."`
	Manifest manifestCmd `cmd:"" help:"Print the Slack app manifest and the Discord invite link."`
	Export   exportCmd   `cmd:"" help:"Write stories or quotes as JSON Lines or CSV."`
	Migrate  migrateCmd  `cmd:"" help:"Show or apply database migrations."`
	Backup   backupCmd   `cmd:"" help:"Write a consistent copy of the SQLite database while it is in use."`
	Copy     copyCmd     `cmd:"" help:"Copy everything from one database to another."`
	Version  versionCmd  `cmd:"" help:"Print version and build."`
	Help     helpCmd     `cmd:"" hidden:""`
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, env environment) int {
	var cli commandLine
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("hanwire"),
		kong.Description("Korea and China policy news, told once, with who said what."),
		kong.Writers(env.stdout, env.stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(env),
	)
	if err != nil {
		fmt.Fprintln(env.stderr, "hanwire:", err)
		return exitFailed
	}
	if len(args) == 0 || args[0] == "help" {
		args = append(args[min(1, len(args)):], "--help")
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(env.stderr, "hanwire: %v\nTry \"hanwire help\".\n", err)
		return exitUsage
	}
	err = command.Run()
	if err == nil {
		return exitDone
	}
	if _, ok := errors.AsType[*ConfigError](err); ok {
		fmt.Fprintln(env.stderr, err)
		return exitUsage
	}
	if usage, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(env.stderr, "hanwire:", usage)
		return exitUsage
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintln(env.stderr, "hanwire:", err)
	}
	return exitFailed
}

// usageError is a command line that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

// errSaid fails a command that has printed what was wrong.
var errSaid = errors.New("said already")

type helpCmd struct{}

func (helpCmd) Run() error { return nil }

type versionCmd struct{}

func (versionCmd) Run(env environment) error {
	_, err := fmt.Fprintln(env.stdout, "hanwire", version())
	return err
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, revision, dirty := strings.Trim(info.Main.Version, "()"), "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			revision = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	if v == "" {
		v = "devel"
	}
	parts := []string{v}
	if revision != "" && !strings.Contains(v, revision) {
		parts = append(parts, revision+dirty)
	}
	return strings.Join(append(parts, info.GoVersion), " ")
}

// newLog returns the logger that the configuration asks for.
func newLog(w io.Writer, c LogConfig) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(c.Level)) != nil {
		level = slog.LevelInfo
	}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, NoColor: !isTerminal(w), TimeFormat: "2006-01-02 15:04:05"}))
}

// isTerminal reports whether w is a terminal that shows colours.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
