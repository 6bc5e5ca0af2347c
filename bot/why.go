package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// why tells each stage that an entry passed, and where it stopped.
func (b *Bot) why(ctx context.Context, r *request, link string) (Reply, error) {
	link = strings.Trim(strings.TrimSpace(link), "<>")
	link, _, _ = strings.Cut(link, "|")
	if CleanLink(link) == "" {
		return Reply{}, usageError("why", "err.url", "value", Cut(OneLine(link), 80))
	}
	steps, err := b.o.Store.Why(ctx, link)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Reply{}, err
	}
	steps = slices.DeleteFunc(steps, func(s Step) bool { return !b.mayKnow(ctx, r, s) })
	if len(steps) == 0 {
		return private(Text{Spans: []Span{{Text: r.l.say("why.unknown") + " "}, {Text: link, Style: Code}}}, Note{Spans: []Span{{Text: r.l.say("why.hint")}}}), nil
	}
	spans := []Span{{Text: link, Style: Code}}
	for _, s := range steps {
		mark, style := "\n✓ ", Regular
		if !s.Passed {
			mark, style = "\n✗ ", Bold
		}
		line := r.l.say("stage." + s.Stage)
		if _, known := texts["stage."+s.Stage]; !known {
			line = s.Stage
		}
		when := ""
		if !s.At.IsZero() {
			when = " (" + r.l.Moment(s.At.In(r.loc), r.now) + ")"
		}
		spans = append(spans, Span{Text: mark + line, Style: style}, Span{Text: when + ": " + Cut(OneLine(s.Detail), 300)})
	}
	last := steps[len(steps)-1]
	end := r.l.say("why.passed")
	if !last.Passed {
		end = r.l.say("why.stopped")
	}
	return private(Heading{Text: r.l.say("why.title")}, Text{Spans: spans}, Note{Spans: []Span{{Text: end}}}), nil
}

// mayKnow keeps from a workspace what was posted in another one, and from
// everybody what came to somebody else.
func (b *Bot) mayKnow(ctx context.Context, r *request, s Step) bool {
	at := s.Where
	if at == (Place{}) {
		switch s.Stage {
		case "delivery":
			lane, _, _ := strings.Cut(s.Detail, ": ")
			parts := strings.SplitN(lane, "/", 3)
			if len(parts) != 3 {
				return !s.Passed
			}
			at = Place{Platform: parts[0], Workspace: parts[1], Channel: parts[2]}
		case "edition":
			words := strings.Fields(s.Detail)
			if !s.Passed || len(words) == 0 {
				return true
			}
			sub, err := b.o.Store.Subscription(ctx, words[len(words)-1])
			if err != nil {
				return false
			}
			at = sub.At
		default:
			return true
		}
	}
	if at.IsPersonal() {
		return at == personal(r.By)
	}
	return at.workspace() == r.At.workspace()
}
