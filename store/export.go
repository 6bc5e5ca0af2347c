package store

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"hanwire/digest/query"
)

// exported is a row of an export: names and values in the order of the
// columns.
type exported struct {
	names  []string
	values []any // string, int, time.Time or []string
}

// Export writes the stories or the quotes ("stories", "quotes") that q matches
// to w, newest first, as "jsonl" or "csv", a batch at a time. Of stories it
// writes one line for each article that matches, with the story that it is in.
//
// A CSV cell that a spreadsheet would take for a formula begins with an
// apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
func (s *Store) Export(ctx context.Context, w io.Writer, what, format string, q query.Query) error {
	buffered := bufio.NewWriter(w)
	var write func(exported) error
	switch format {
	case "jsonl":
		write = func(e exported) error { return writeJSON(buffered, e) }
	case "csv":
		out := csv.NewWriter(buffered)
		headed := false
		write = func(e exported) error {
			if !headed {
				headed = true
				if err := out.Write(e.names); err != nil {
					return err
				}
			}
			if err := out.Write(cells(e.values)); err != nil {
				return err
			}
			out.Flush()
			return out.Error()
		}
	default:
		return fmt.Errorf("format %q is not known; it is jsonl or csv", format)
	}
	var err error
	switch what {
	case "stories":
		err = s.exportStories(ctx, q, write)
	case "quotes":
		err = s.exportQuotes(ctx, q, write)
	default:
		return fmt.Errorf("%q cannot be exported; stories and quotes can", what)
	}
	if err != nil {
		return err
	}
	return buffered.Flush()
}

// everything is no limit for each.
const everything = 1 << 62

func (s *Store) exportQuotes(ctx context.Context, q query.Query, write func(exported) error) error {
	now := s.now()
	m := q.Matcher(now)
	return s.each(ctx, quoteIndex, q, now, everything, func(docs []int64) (int, error) {
		rows, err := s.quotes(ctx, docs)
		if err != nil {
			return 0, err
		}
		var found []*quoteRow
		for i := range rows {
			if match, ok := m.Match(rows[i].queryArticle()); ok {
				rows[i].match = match
				found = append(found, &rows[i])
			}
		}
		records, err := s.quoteRecords(ctx, found)
		if err != nil {
			return 0, err
		}
		for _, r := range records {
			err := write(exported{
				[]string{"id", "story", "article", "published", "outlet", "outlet_type", "lang", "speaker", "speaker_key", "role", "kind", "text", "url"},
				[]any{r.ID, r.Story, r.Article, r.Published, r.Outlet, r.OutletType, r.Lang, r.Speaker, r.SpeakerKey, r.Role, r.Kind, r.Text, r.URL},
			})
			if err != nil {
				return 0, err
			}
		}
		return maxFound, nil
	})
}

func (s *Store) exportStories(ctx context.Context, q query.Query, write func(exported) error) error {
	now := s.now()
	m := q.Matcher(now)
	return s.each(ctx, documentIndex, q, now, everything, func(docs []int64) (int, error) {
		list, err := s.documents(ctx, docs)
		if err != nil {
			return 0, err
		}
		list = slices.DeleteFunc(list, func(d document) bool {
			_, ok := m.Match(d.queryArticle())
			return !ok
		})
		if len(list) == 0 {
			return maxFound, nil
		}
		var rows []struct{ ID, Story, URL, Access string }
		err = s.reads.NewRaw("SELECT id, story, url, access FROM articles WHERE id IN (?)", bun.List(articlesOf(list))).Scan(ctx, &rows)
		if err != nil {
			return 0, s.engine.explain(err)
		}
		for _, d := range list {
			for _, r := range rows {
				if r.ID != d.Article {
					continue
				}
				err := write(exported{
					[]string{"story", "article", "published", "outlet", "outlet_type", "lang", "topics", "speakers", "title", "access", "url"},
					[]any{r.Story, d.Article, instant(d.Published), d.Outlet, d.OutletType, d.Lang, split(d.Topics), split(d.Speakers), d.Title, r.Access, r.URL},
				})
				if err != nil {
					return 0, err
				}
			}
		}
		return maxFound, nil
	})
}

// writeJSON writes one line with the names in order.
func writeJSON(w *bufio.Writer, e exported) error {
	for i, name := range e.names {
		v := e.values[i]
		if t, ok := v.(time.Time); ok {
			v = stamp(t)
		}
		if list, ok := v.([]string); ok && list == nil {
			v = []string{}
		}
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		sep := ","
		if i == 0 {
			sep = "{"
		}
		if _, err := fmt.Fprintf(w, "%s%q:%s", sep, name, b); err != nil {
			return err
		}
	}
	_, err := w.WriteString("}\n")
	return err
}

// stamp is a time as it is exported, empty when there is none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// cells are values as CSV has them, made safe.
func cells(values []any) []string {
	row := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case time.Time:
			row[i] = stamp(v)
		case []string:
			row[i] = safeCell(strings.Join(v, "; "))
		default:
			row[i] = safeCell(fmt.Sprint(v))
		}
	}
	return row
}

// safeCell keeps a spreadsheet from running s as a formula. White space in
// front does not keep it from that, nor does a full-width sign.
func safeCell(s string) string {
	if t := strings.TrimLeft(s, " \t\r\n\u00a0\u3000"); t != "" && strings.ContainsRune("=+-@＝＋－＠\t\r", []rune(t)[0]) || s != "" && strings.ContainsRune("\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
