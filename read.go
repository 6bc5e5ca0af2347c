package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/digest"
	"hanwire/digest/quote"
	"hanwire/digest/text"
	"hanwire/feeds"
)

// maxDocument bounds a file or standard input that is read as one article.
const maxDocument = 8 << 20

type readCmd struct {
	Config string   `short:"c" help:"Configuration file, for its topics." type:"path"`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
	JSONL  bool     `name:"jsonl" help:"Read articles from standard input, one JSON object a line, and print what is in each, one a line, in order."`
	Source []string `arg:"" optional:"" help:"Files, URLs, or - for standard input; HTML or plain text."`
}

func (c readCmd) Run(ctx context.Context, env environment) error {
	cfg, err := loadConfig(c.Config, env.getenv)
	if err != nil {
		return err
	}
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	if c.JSONL {
		if len(c.Source) > 0 {
			return usageError("read --jsonl reads standard input and takes no file")
		}
		if env.getenv("GOGC") == "" {
			// What the program holds all the time is most of what it holds:
			// with half as many collections memory stays as flat.
			debug.SetGCPercent(200)
		}
		return eachLine(ctx, env.stdin, env.stdout, func(n int, line []byte) []byte { return readLineJSON(reader.Read, n, line) })
	}
	if len(c.Source) == 0 {
		return usageError("read what? Give a file, a URL, or - for standard input")
	}
	for i, source := range c.Source {
		a, err := openArticle(ctx, cfg, env, source)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		r, err := tryRead(reader.Read, input(feeds.Feed{}, a))
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		if c.Format == "json" {
			out, err := articleJSON(source, r)
			if err != nil {
				return err
			}
			fmt.Fprintf(env.stdout, "%s\n", out)
			continue
		}
		if i > 0 {
			fmt.Fprintln(env.stdout)
		}
		if err := console.Text(env.stdout, []bot.Message{readingMessage(r)}, style(env)); err != nil {
			return err
		}
	}
	return nil
}

// readLineJSON is one line of a corpus, read. A line that cannot be read gives
// an error line and nothing else is lost.
func readLineJSON(read func(digest.Article) digest.Reading, n int, line []byte) []byte {
	if line != nil && len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	a, err := digest.DecodeArticle(line)
	if line == nil {
		err = fmt.Errorf("line %d is over %d bytes", n, maxLine)
	}
	var out []byte
	if err == nil {
		var r digest.Reading
		if r, err = tryRead(read, a); err == nil {
			out, err = digest.EncodeReading(r)
		}
	}
	if err != nil {
		return errorLine(a.ID, n, err)
	}
	return out
}

// tryRead is what read makes of an article, or an error where it panics: one
// article that nobody thought of must not end the reading of all the others.
func tryRead(read func(digest.Article) digest.Reading, a digest.Article) (r digest.Reading, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading the article failed, which is a mistake in hanwire: %v", p)
		}
	}()
	return read(a), nil
}

// errorLine stands for a line that could not be read.
func errorLine(id string, n int, err error) []byte {
	out, failed := digest.EncodeError(id, fmt.Errorf("line %d: %w", n, err))
	if failed != nil {
		return []byte(`{"id":"","error":"cannot be written"}`)
	}
	return out
}

// articleJSON is the object of `read --jsonl` with the text that its offsets
// point into.
func articleJSON(source string, r digest.Reading) ([]byte, error) {
	r.ID = source
	line, err := digest.EncodeReading(r)
	if err != nil {
		return nil, err
	}
	extra, err := json.Marshal(struct {
		URL    string `json:"url,omitempty"`
		Access string `json:"access,omitempty"`
		Text   string `json:"text"`
	}{r.URL, r.Access, r.Text})
	if err != nil {
		return nil, err
	}
	joined := append(append(bytes.TrimSuffix(line, []byte("}")), ','), extra[1:]...)
	var b bytes.Buffer
	if err := json.Indent(&b, joined, "", "  "); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// openArticle reads a file, a URL or standard input. A page is told from plain
// text by its first bytes.
func openArticle(ctx context.Context, cfg Config, env environment, source string) (feeds.Article, error) {
	if isURL(source) {
		client, err := newFeeds(cfg, feeds.Options{})
		if err != nil {
			return feeds.Article{}, err
		}
		return client.ReadPage(ctx, source, env.now())
	}
	data, err := openDocument(env, source)
	if err != nil {
		return feeds.Article{}, err
	}
	if looksLikeHTML(data) {
		return feeds.ReadHTML(data, "", fileURL(source))
	}
	return feeds.ReadText(data, fileURL(source))
}

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// openDocument is the whole of a file or of standard input.
func openDocument(env environment, source string) ([]byte, error) {
	if source != "-" {
		return readFile(source, maxDocument)
	}
	data, err := io.ReadAll(io.LimitReader(env.stdin, maxDocument+1))
	if err == nil && len(data) > maxDocument {
		err = fmt.Errorf("over %d bytes", maxDocument)
	}
	return data, err
}

func looksLikeHTML(data []byte) bool {
	head := strings.ToLower(string(data[:min(len(data), 2048)]))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<article", "<p>", "<p ", "<div"} {
		if strings.Contains(head, tag) {
			return true
		}
	}
	return false
}

func fileURL(name string) string {
	if name == "-" {
		return ""
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// style is how to print on standard output.
func style(env environment) console.Style {
	f, ok := env.stdout.(*os.File)
	if !ok {
		return console.Style{}
	}
	return console.Look(f, env.getenv)
}

// readingMessage lays a reading out for a person.
func readingMessage(r digest.Reading) bot.Message {
	m := bot.Message{Fallback: r.Title, Blocks: []bot.Block{bot.Heading{Text: r.Title}}}
	verdict := "not Korea or China policy"
	if r.Relevance.Relevant {
		verdict = strings.Join(r.Relevance.Topics, ", ")
	}
	facts := []string{fmt.Sprintf("%s (%.2f)", verdict, r.Relevance.Score), r.Lang}
	for _, f := range []string{r.Outlet, r.Access} {
		if f != "" {
			facts = append(facts, f)
		}
	}
	m.Blocks = append(m.Blocks,
		bot.Note{Spans: []bot.Span{{Text: strings.Join(facts, " · ")}}},
		bot.Note{Spans: []bot.Span{{Text: "because of " + strings.Join(r.Relevance.Reasons, "; ")}}})
	var summary []string
	for _, s := range r.Summary {
		summary = append(summary, text.WithoutInsets(r.Text[s.Start:s.End]))
	}
	if len(summary) > 0 {
		m.Blocks = append(m.Blocks, bot.Text{Spans: []bot.Span{{Text: strings.Join(summary, " ")}}})
	}
	if len(r.Quotes) > 0 {
		m.Blocks = append(m.Blocks, bot.Divider{})
	}
	for _, q := range r.Quotes {
		note := q.Kind.String()
		if q.Key {
			note += ", key quote"
		}
		words := r.Text[q.Start:q.End]
		if q.Kind == quote.Direct {
			m.Blocks = append(m.Blocks, bot.Quotation{Text: words, Speaker: q.Speaker, Role: q.Role, Note: note, Lang: r.Lang})
			continue
		}
		// Reported speech gets no marks: they would make a quotation of it.
		speaker := q.Speaker
		if q.Role != "" {
			speaker += ", " + q.Role
		}
		m.Blocks = append(m.Blocks, bot.Text{Spans: []bot.Span{{Text: speaker, Style: bot.Bold}, {Text: " (" + note + "): " + words}}})
	}
	m.Blocks = append(m.Blocks, bot.Divider{})
	for p := range strings.SplitSeq(r.Text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			m.Blocks = append(m.Blocks, bot.Text{Spans: []bot.Span{{Text: p}}})
		}
	}
	return m
}
