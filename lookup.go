package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"hanwire/bot"
	"hanwire/bot/console"
	"hanwire/digest"
	"hanwire/digest/query"
	"hanwire/digest/text"
	"hanwire/store"
)

type searchCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
	JSONL  bool   `name:"jsonl" help:"Filter articles on standard input, one JSON object a line; print the id and the matches of each that matches."`
	Page   int    `help:"Page of the result." default:"1"`
	Query  string `arg:"" help:"In the query language: '\"rare earths\" OR tariff -soccer since:7d'."`
}

func (c searchCmd) Run(ctx context.Context, env environment) error {
	q, err := parseQuery(c.Query)
	if err != nil {
		return err
	}
	if c.JSONL {
		cfg, err := loadConfig(c.Config, env.getenv)
		if err != nil {
			return err
		}
		return filter(ctx, cfg, env, q)
	}
	return withStoreBeside(ctx, c.Config, env, func(cfg Config, s *store.Store) error {
		reader, err := newReader(cfg)
		if err != nil {
			return err
		}
		b, err := bot.New(bot.Options{Store: s, Reader: reader, Topics: topicNames(cfg), Zone: cfg.Zone, Lang: cfg.Lang})
		if err != nil {
			return err
		}
		// What the chat answers, the command line answers.
		for _, name := range []string{"search", "quotes"} {
			reply, err := b.Handle(ctx, bot.Command{
				Name: name, Args: map[string]string{"query": c.Query, "page": fmt.Sprint(c.Page)},
				By: bot.Person{Platform: "console", User: "operator"}, At: bot.Place{Platform: "console"},
				Locale: cfg.Lang, Zone: cfg.Zone, Manages: true, Direct: true,
			})
			if err != nil {
				return err
			}
			if reply.Message != nil {
				if err := console.Text(env.stdout, []bot.Message{*reply.Message}, style(env)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// parseQuery points at the character that cannot be understood.
func parseQuery(s string) (query.Query, error) {
	q, err := query.Parse(s)
	if e, ok := errors.AsType[*query.Error](err); ok {
		return q, usageError(fmt.Sprintf("query, character %d: %s\n  %s\n  %*s", e.Pos+1, e.Message, s, e.Pos+1, "^"))
	}
	return q, err
}

// filter prints which articles on standard input match, and where.
func filter(ctx context.Context, cfg Config, env environment, q query.Query) error {
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	type match struct {
		Start int    `json:"start"`
		End   int    `json:"end"`
		Text  string `json:"text"`
	}
	now := env.now()
	return eachLine(ctx, env.stdin, env.stdout, func(n int, line []byte) []byte {
		a, err := digest.DecodeArticle(line)
		if line == nil {
			err = errLongLine
		}
		var r digest.Reading
		if err == nil {
			r, err = tryRead(reader.Read, a)
		}
		if err != nil {
			return errorLine(a.ID, n, err)
		}
		m, ok := q.Match(r.Searchable(), now)
		if !ok {
			return nil
		}
		index := text.NewIndex(a.Text)
		out := struct {
			ID      string  `json:"id"`
			Matches []match `json:"matches"`
		}{a.ID, []match{}}
		for _, s := range m.Text {
			out.Matches = append(out.Matches, match{index.Rune(s.Start), index.Rune(s.End), a.Text[s.Start:s.End]})
		}
		b, err := json.Marshal(out)
		if err != nil {
			return errorLine(a.ID, n, err)
		}
		return b
	})
}

type exportCmd struct {
	Config string `short:"c" help:"Configuration file." type:"path"`
	Format string `help:"jsonl or csv." enum:"jsonl,csv" default:"jsonl"`
	What   string `arg:"" optional:"" help:"stories or quotes." enum:"stories,quotes" default:"quotes"`
	Query  string `help:"Only what matches this query."`
}

func (c exportCmd) Run(ctx context.Context, env environment) error {
	q, err := parseQuery(c.Query)
	if err != nil {
		return err
	}
	return withStoreBeside(ctx, c.Config, env, func(_ Config, s *store.Store) error {
		return s.Export(ctx, env.stdout, c.What, c.Format, q)
	})
}
