package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hanwire/bot"
	"hanwire/feeds"
)

// Why implements [bot.Store]: the steps of the publication behind a URL, as
// far as it came. It is empty when the URL has never been met.
func (s *Store) Why(ctx context.Context, url string) ([]bot.Step, error) {
	key := feeds.URLKey(url)
	var entries []struct {
		ID, Feed, Title, Stage, Reason, Article string
		Seen, Done                              int64
	}
	err := s.reads.NewRaw(`SELECT id, feed, title, stage, reason, article, seen, done FROM entries
		WHERE link_key = ? OR article IN (SELECT id FROM articles WHERE url_key = ?) AND article <> '' ORDER BY seen, id LIMIT 20`, key, key).Scan(ctx, &entries)
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var steps []bot.Step
	article := ""
	for _, e := range entries {
		about, err := s.whyFeed(ctx, e.Feed)
		if err != nil {
			return nil, err
		}
		steps = append(steps, about...)
		entry := bot.Step{Stage: "entry", At: instant(e.Seen), Passed: true, Detail: e.Title}
		read := bot.Step{Stage: "read", At: instant(e.Done)}
		switch {
		case e.Stage == stageBaseline:
			entry.Passed = false
			entry.Detail = cmp.Or(e.Title, e.ID) + ": was in the feed when Hanwire first read it; kept, never posted"
			steps = append(steps, entry)
			continue
		case e.Stage == stageWaiting:
			read.Detail = "waits for its turn" + s.lastError(ctx, e.ID)
		case e.Stage == stageRead:
			article = e.Article
			steps = append(steps, entry)
			continue
		default:
			read.Detail = e.Reason
			read.Stage = strings.TrimPrefix(e.Stage, "skipped: ")
		}
		steps = append(steps, entry, read)
	}
	if article == "" {
		return steps, nil
	}
	more, err := s.whyArticle(ctx, article)
	return append(steps, more...), err
}

// whyFeed tells of a feed and its last poll.
func (s *Store) whyFeed(ctx context.Context, id string) ([]bot.Step, error) {
	var row struct {
		Data, State string
		Active      int
	}
	err := s.reads.NewRaw("SELECT data, state, active FROM feeds WHERE id = ?", id).Scan(ctx, &row)
	if err = found(err); isNotFound(err) {
		return []bot.Step{{Stage: "feed", Detail: id + " is no longer kept"}}, nil
	}
	if err != nil {
		return nil, s.engine.explain(err)
	}
	var f feeds.Feed
	var st feeds.State
	if err := json.Unmarshal([]byte(row.Data), &f); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(row.State), &st); err != nil {
		return nil, err
	}
	feed := bot.Step{Stage: "feed", Passed: true, Detail: strings.TrimSpace(f.Outlet + " " + f.URL)}
	if row.Active == 0 {
		feed.Passed, feed.Detail = false, feed.Detail+" (removed)"
	}
	poll := bot.Step{Stage: "poll", At: st.LastPoll, Passed: st.Health == feeds.Healthy || st.Health == feeds.Quiet, Detail: string(cmp.Or(st.Reason, feeds.ReasonNever))}
	if st.Detail != "" {
		poll.Detail += ": " + st.Detail
	}
	return []bot.Step{feed, poll}, nil
}

// lastError is what the queue says of the last try to read an entry.
func (s *Store) lastError(ctx context.Context, entry string) string {
	var last string
	err := s.reads.NewRaw("SELECT "+s.engine.lastJobError()+" FROM river_job WHERE kind = 'read' AND errors IS NOT NULL AND "+
		s.engine.jsonText("args", "entry")+" = ? ORDER BY id DESC LIMIT 1", entry).Scan(ctx, &last)
	if err != nil || last == "" {
		return "" // a detail that "why" can do without
	}
	return "; the last try said: " + last
}

// whyArticle tells of what became of an article.
func (s *Store) whyArticle(ctx context.Context, id string) ([]bot.Step, error) {
	var row struct {
		keptArticle
		Version int
		Grouped int64
	}
	err := s.reads.NewRaw("SELECT a.id, a.story, a.version, a.grouped, a.body, d.packed FROM articles a JOIN documents d ON d.article = a.id WHERE a.id = ?", id).Scan(ctx, &row)
	if err != nil {
		return nil, s.engine.explain(found(err))
	}
	a, r, err := row.read()
	if err != nil {
		return nil, err
	}
	read := bot.Step{Stage: "read", At: a.Fetched, Passed: a.Access != feeds.NoText, Detail: string(a.Access)}
	if a.Note != "" {
		read.Detail += ": " + a.Note
	}
	if row.Version > 1 {
		read.Detail += fmt.Sprintf(" (version %d)", row.Version)
	}
	rel := bot.Step{Stage: "relevance", At: a.Fetched, Passed: r.Relevance.Relevant, Detail: fmt.Sprintf("%.2f", r.Relevance.Score)}
	if len(r.Relevance.Topics) > 0 {
		rel.Detail += " " + strings.Join(r.Relevance.Topics, ", ")
	}
	if len(r.Relevance.Reasons) > 0 {
		rel.Detail += " (" + strings.Join(r.Relevance.Reasons, "; ") + ")"
	}
	steps := []bot.Step{read, rel}
	if row.Story == "" {
		return append(steps, bot.Step{Stage: "story", Detail: "waits to be grouped"}), nil
	}
	var with int
	if err := s.reads.NewRaw("SELECT count(*) FROM articles WHERE story = ?", row.Story).Scan(ctx, &with); err != nil {
		return nil, s.engine.explain(err)
	}
	steps = append(steps, bot.Step{Stage: "story", At: instant(row.Grouped), Passed: true, Detail: fmt.Sprintf("%s, %d in it", row.Story, with)})
	told, err := s.whyTold(ctx, row.Story)
	return append(steps, told...), err
}

// toldLimit bounds how many editions and alerts "why" lists.
const toldLimit = 20

// whyTold tells which editions and alerts told a story, and how their delivery
// went.
func (s *Store) whyTold(ctx context.Context, story string) ([]bot.Step, error) {
	editions, err := s.EditionsWith(ctx, story, time.Time{})
	if err != nil {
		return nil, err
	}
	if len(editions) == 0 {
		return []bot.Step{{Stage: "edition", Detail: "in no edition so far"}}, nil
	}
	var steps []bot.Step
	for _, e := range editions[:min(len(editions), toldLimit)] {
		steps = append(steps, bot.Step{Stage: "edition", At: e.Made, Passed: true, Detail: fmt.Sprintf("No. %d of subscription %s", e.Number, e.Subscription)})
		var rows []struct {
			Lane, State, Detail string
			Attempt             int
			Settled, Due        int64
		}
		err := s.reads.NewRaw("SELECT lane, state, detail, attempt, settled, due FROM outbox WHERE edition = ? ORDER BY seq LIMIT ?", e.ID, toldLimit).Scan(ctx, &rows)
		if err != nil {
			return nil, s.engine.explain(err)
		}
		for _, r := range rows {
			step := bot.Step{Stage: "delivery", At: instant(cmp.Or(r.Settled, r.Due)), Passed: r.State == string(bot.Sent), Detail: r.Lane + ": " + r.State}
			if r.Detail != "" {
				step.Detail += ": " + r.Detail
			}
			if r.Attempt > 1 {
				step.Detail += fmt.Sprintf(" (attempt %d)", r.Attempt)
			}
			steps = append(steps, step)
		}
	}
	return steps, nil
}
