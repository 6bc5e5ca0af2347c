package digest

import (
	"context"
	"errors"
	"fmt"

	"hanwire/digest/summary"
)

const (
	retellTries   = 2
	retellSources = 3 // sentences of each article that a model is shown beside the summary
)

// Retell has a model say a story in its own words and put its headline into
// lang (no headline is translated that is in lang already, or when lang is
// empty). Quotes never pass through a model. The mark must be random; see
// [summary.NewPrompt]. With an error, which says why the answers were not to be
// used, the story is as it was.
func Retell(ctx context.Context, s *Story, lang, mark string, model summary.Model) error {
	extracts := s.retellable()
	sentences := make([]string, len(extracts))
	byText := map[string]Extract{}
	for i, e := range extracts {
		sentences[i] = e.Text
	}
	headline := s.Headline
	if lang == "" || s.headlineLang() == lang {
		headline = ""
	}
	p := summary.NewPrompt(sentences, headline, lang, mark)
	if len(p.Sentences) == 0 {
		return errors.New("the story has no sentences to retell")
	}
	for _, e := range extracts {
		byText[summary.Shown(e.Text)] = e
	}
	var err error
	for range retellTries {
		var answer []byte
		if answer, err = model(ctx, p); err != nil {
			return err
		}
		var r summary.Rewritten
		if r, err = summary.Verify(answer, p); err != nil {
			err = fmt.Errorf("answer refused: %w", err)
			continue
		}
		s.Retold, s.RetoldHeadline = nil, r.Headline
		for _, sentence := range r.Sentences {
			retold := Retold{Text: sentence.Text}
			for _, n := range sentence.Cites {
				retold.From = append(retold.From, byText[p.Sentences[n]])
			}
			s.Retold = append(s.Retold, retold)
		}
		return nil
	}
	return err
}

// retellable is the summary and, behind it, the first sentences of each
// article in the summary's language.
func (s *Story) retellable() []Extract {
	out := append([]Extract(nil), s.Summary...)
	seen := map[string]bool{}
	script := ""
	for _, e := range out {
		seen[e.Text] = true
		for i := range s.Articles {
			if s.Articles[i].ID == e.Article {
				script = s.Articles[i].Features.Script
			}
		}
	}
	for i := range s.Articles {
		r := &s.Articles[i]
		if script != "" && r.Features.Script != script {
			continue
		}
		for _, c := range r.Sentences[:min(len(r.Sentences), retellSources)] {
			if !seen[c.Text] {
				seen[c.Text] = true
				out = append(out, Extract{Article: r.ID, Span: c.Span, Text: c.Text})
			}
		}
	}
	return out
}

func (s *Story) headlineLang() string {
	for i := range s.Articles {
		if s.Articles[i].Title == s.Headline {
			return s.Articles[i].Lang
		}
	}
	return ""
}
