package store_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hanwire/bot"
	"hanwire/digest"
	"hanwire/feeds"
	"hanwire/samples"
	"hanwire/store"
)

// sizeCorpus names a file of articles as JSON Lines, with "text" and "title",
// to measure on in place of the samples; it may be compressed.
const sizeCorpus = "HANWIRE_SIZE_CORPUS"

// maxTimes is what the database may take, as a multiple of the text in it.
const maxTimes = 3.0

// TestSize takes articles from feed to story and weighs the file, at once and
// a month later.
func TestSize(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "size.db")
	c := newClock()
	s := open(t, store.Options{DSN: path, Now: c.Now})
	_, empty := weighed(t, s, dir)
	reader := must(digest.NewReader(digest.ReaderOptions{}))(t)
	f := feedNamed("north")
	ok(t, s.SyncFeeds(t.Context(), []feeds.Feed{f}))
	text, n := 0, 0
	read := map[string]digest.Reading{}
	var places []store.Placement
	for _, a := range sizeTexts(t) {
		n++
		e := entryOf(f, n)
		e.Title, e.Content = a.Title, "<p>"+strings.ReplaceAll(a.Text, "\n\n", "</p><p>")+"</p>"
		ok(t, s.SavePoll(t.Context(), f.ID(), feeds.PollResult{Entries: []feeds.Entry{e}}))
		fa := feeds.Article{
			ID: fmt.Sprintf("%016x", uint64(n)*0x9E3779B97F4A7C15), Entry: e.ID, Feed: f.ID(), URL: e.Link, Title: a.Title, Text: a.Text, Byline: "By Seo Ru-a",
			Published: e.Published, Fetched: e.Published.Add(time.Minute), Access: feeds.FullText,
		}
		r := reader.Read(digest.Article{ID: fa.ID, URL: fa.URL, Title: a.Title, Text: a.Text, Outlet: f.Outlet, OutletType: string(f.Type), Published: e.Published})
		ok(t, s.SaveReading(t.Context(), e.ID, fa, r))
		read[r.ID] = r
		text += len(a.Title) + len(a.Text)
		if places = append(places, store.Placement{Article: fa.ID, Story: fmt.Sprintf("%016x", uint64(n/3)*0x9E3779B97F4A7C15)}); len(places) == 100 {
			ok(t, s.SaveGrouping(t.Context(), places))
			places = places[:0]
		}
	}
	ok(t, s.SaveGrouping(t.Context(), places))
	weigh := func(when string) {
		t.Helper()
		copied, size := weighed(t, s, dir)
		ratio := float64(size-empty) / float64(text)
		t.Logf("%s, %d articles of %d bytes: %.2f times the text; of these\n%s", when, n, text/n, ratio, strings.Join(sizes(t, copied, text), "\n"))
		if ratio > maxTimes {
			t.Errorf("%s, the database takes %.2f times the text in it, want %.1f at most", when, ratio, maxTimes)
		}
	}
	weigh("fresh")
	c.advance(30 * 24 * time.Hour)
	must(s.Prune(t.Context(), store.Retention{}))(t)
	weigh("archive")
	// What was left out comes back.
	for _, kept := range must(s.Stories(t.Context(), bot.StoryFilter{Limit: 10}))(t) {
		for _, r := range kept.Readings {
			if diff := cmp.Diff(read[r.ID], r, cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Fatalf("article %s (-want +got):\n%s", r.ID, diff)
			}
		}
	}
}

var copies atomic.Int64

// weighed is the size of a copy of the database, without the room that is free
// in it for what comes next.
func weighed(t *testing.T, s *store.Store, dir string) (path string, size int) {
	t.Helper()
	path = filepath.Join(dir, fmt.Sprintf("copy%d.db", copies.Add(1)))
	ok(t, s.Backup(t.Context(), path))
	return path, int(must(os.Stat(path))(t).Size())
}

type sizeText struct{ Title, Text string }

// sizeTexts are made of the paragraphs of the samples, each language by itself,
// or are the corpus that is named.
func sizeTexts(t *testing.T) []sizeText {
	t.Helper()
	var list []sizeText
	if name := os.Getenv(sizeCorpus); name != "" {
		file, err := os.Open(name)
		ok(t, err)
		defer file.Close()
		var in io.Reader = file
		if strings.HasSuffix(name, ".gz") {
			in, err = gzip.NewReader(file)
			ok(t, err)
		}
		for d := json.NewDecoder(bufio.NewReader(in)); ; {
			var a sizeText
			if err := d.Decode(&a); errors.Is(err, io.EOF) {
				return list
			} else {
				ok(t, err)
			}
			list = append(list, a)
		}
	}
	press, err := samples.NewServer(now)
	ok(t, err)
	lang, byLang := map[string]string{}, map[string][]string{}
	for _, o := range samples.Outlets() {
		lang[o.Key] = o.Lang
	}
	for _, a := range press.Articles() {
		byLang[lang[a.Outlet]] = append(byLang[lang[a.Outlet]], a.Paragraphs...)
	}
	for turn := range 20 {
		for _, a := range press.Articles() {
			all := byLang[lang[a.Outlet]]
			var b strings.Builder
			for i := turn; b.Len() < sampleSize; i++ {
				b.WriteString(all[(i*7+len(list))%len(all)] + "\n\n")
			}
			list = append(list, sizeText{a.Title, strings.TrimSpace(b.String())})
		}
	}
	return list
}

// sampleSize is about the length of a report, in bytes.
const sampleSize = 4500

// sizes are the largest tables of a file, each as a multiple of the text.
func sizes(t *testing.T, path string, text int) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	ok(t, err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 16")
	ok(t, err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		var size int
		ok(t, rows.Scan(&name, &size))
		list = append(list, fmt.Sprintf("%-28s %5.3f", name, float64(size)/float64(text)))
	}
	ok(t, rows.Err())
	return list
}
