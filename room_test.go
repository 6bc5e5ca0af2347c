package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"hanwire/web/webtest"
)

// lockedBuffer is output that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// openDemo runs `hanwire demo --web` until the test ends, and returns the
// address of the reading room and what was posted.
func openDemo(t *testing.T) (base, posted string) {
	t.Helper()
	in, typed := io.Pipe()
	var out, errs lockedBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(context.WithoutCancel(t.Context()), []string{"demo", "--web"}, environment{func(string) string { return "" }, in, &out, &errs, time.Now})
	}()
	t.Cleanup(func() {
		typed.Close()
		if code := <-ended; code != exitDone {
			t.Errorf("the demo ended with %d: %s", code, errs.String())
		}
	})
	address := regexp.MustCompile(`Reading room: (http://127\.0\.0\.1:\d+)/\n`)
	for range 1200 {
		if m := address.FindStringSubmatch(errs.String()); m != nil {
			return m[1], out.String()
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("the demo tells no address: %s", errs.String())
	return "", ""
}

func look(t *testing.T, b *webtest.Browser, width int64, scheme, media string) {
	t.Helper()
	webtest.Call(t, b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
	webtest.Call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// TestReadingRoom reads the demo's archive in a browser. HANWIRE_TEST_AXE is the
// file axe.min.js of the accessibility checker; HANWIRE_TEST_SHOTS a folder for
// pictures of what the test saw.
func TestReadingRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole demo and a browser")
	}
	base, posted := openDemo(t)
	b := webtest.Open(t, base)

	links := map[string]string{}
	for _, kind := range []string{"editions", "stories"} {
		if links[kind] = strings.TrimPrefix(regexp.MustCompile(regexp.QuoteMeta(base)+`/`+kind+`/\S+`).FindString(posted), base); links[kind] == "" {
			t.Fatalf("the digest that was posted links to no page of %s:\n%s", kind, posted)
		}
	}
	b.Visit(t, "/quotes?q=licence")
	quote := webtest.Get(t, b, chromedp.Attributes(chromedp.CSS(`figure.quote a[href^="/quotes/"]`)))["href"]
	paths := []string{
		"/", "/editions", links["editions"], links["stories"], "/quotes", quote, "/speakers", "/speakers/Han%20Seo-yun", "/feeds", "/search", "/search?q=chip",
		"/search?q=chip+since%3Anever", "/nothing-here", "/sign-in",
	}

	t.Run("links from the posted message", func(t *testing.T) {
		for _, path := range []string{links["editions"], links["stories"]} {
			b.Visit(t, path)
			title := b.Text(t, "h1")
			if title == "" || !strings.Contains(strings.Join(strings.Fields(posted), " "), title) {
				t.Errorf("%s is about %q, of which the message says nothing", path, title)
			}
		}
	})

	t.Run("search", func(t *testing.T) {
		b.Visit(t, "/")
		b.Do(t, chromedp.SendKeys(chromedp.CSS("#find"), "rare-earths\r"), chromedp.WaitVisible(chromedp.CSS(".hit")))
		if got := b.Text(t, ".hit mark"); !strings.HasPrefix(strings.ToLower(got), "rare-earth") {
			t.Errorf("found %q", got)
		}
		b.Visit(t, "/search?q=chip+since%3Anever")
		if b.Text(t, ".pointer mark") == "" || b.Text(t, ".problem") == "" {
			t.Error("a query that cannot be understood is not pointed at")
		}
	})

	t.Run("quotes without JavaScript", func(t *testing.T) {
		webtest.Call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		defer webtest.Call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
		b.Visit(t, "/quotes")
		b.Do(t, chromedp.SendKeys(chromedp.CSS("#speaker"), "Han Seo-yun"), chromedp.Click(chromedp.CSS(".ask button")), chromedp.WaitReady(chromedp.CSS("figure.quote")))
		if who := b.Text(t, "figure.quote .who"); who != "Han Seo-yun" {
			t.Errorf("asked for Han Seo-yun, got %q", who)
		}
		b.Do(t, chromedp.Click(chromedp.CSS("figure.quote summary")), chromedp.WaitVisible(chromedp.CSS("figure.quote .citation")))
		b.Do(t, chromedp.Click(chromedp.CSS(`figure.quote a[href^="/quotes/"]`)), chromedp.WaitReady(chromedp.CSS(".single mark")))
		if cite := b.Text(t, ".single .citation"); !strings.Contains(cite, "Han Seo-yun") || !strings.Contains(cite, "accessed") {
			t.Errorf("citation %q", cite)
		}
	})

	t.Run("keyboard", func(t *testing.T) {
		b.Visit(t, "/")
		b.Do(t, chromedp.KeyEvent("\t"))
		if got := webtest.Get(t, b, chromedp.Evaluate[string]("document.activeElement.className")); got != "skip" {
			t.Errorf("the first stop is %q, not the link to the content", got)
		}
		b.Do(t, chromedp.KeyEvent("\r"))
		if got := webtest.Get(t, b, chromedp.Evaluate[string]("location.hash")); got != "#main" {
			t.Errorf("it leads to %q", got)
		}
	})

	t.Run("print", func(t *testing.T) {
		b.Visit(t, links["stories"])
		pdf := webtest.Call(t, b, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		if !bytes.HasPrefix(pdf.Data, []byte("%PDF-")) {
			t.Error("no PDF")
		}
		look(t, b, 800, "light", "print")
		defer look(t, b, 1280, "light", "")
		if got := webtest.Get(t, b, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".masthead nav")).display + getComputedStyle(document.querySelector("figure.quote blockquote")).display`)); got != "noneblock" {
			t.Errorf("on paper navigation and quotes are %q", got)
		}
	})

	axe := ""
	if file := os.Getenv("HANWIRE_TEST_AXE"); file != "" {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		axe = string(script)
	}
	for _, as := range []struct {
		width  int64
		scheme string
	}{{390, "light"}, {1280, "dark"}, {360, "dark"}, {1280, "light"}} {
		t.Run(fmt.Sprintf("pages at %d px, %s", as.width, as.scheme), func(t *testing.T) {
			look(t, b, as.width, as.scheme, "")
			for i, path := range paths {
				b.Visit(t, path)
				if got := webtest.Get(t, b, chromedp.Evaluate[int]("document.querySelectorAll('h1').length")); got != 1 {
					t.Errorf("%s has %d main headings", path, got)
				}
				if wide := webtest.Get(t, b, chromedp.Evaluate[int]("document.documentElement.scrollWidth")); wide > int(as.width) {
					t.Errorf("%s is %d px wide", path, wide)
				}
				if got := webtest.Get(t, b, chromedp.Evaluate[int]("document.scripts.length")); got != 0 {
					t.Errorf("%s has %d scripts", path, got)
				}
				if axe != "" {
					webtest.Get(t, b, chromedp.Evaluate[bool](axe+"; true"))
					found := webtest.Get(t, b, chromedp.Evaluate[[]string](`axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + " at " + n.target.join(" ") + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message)))`, chromedp.EvalAwaitPromise))
					for _, v := range found {
						t.Errorf("%s: %s", path, v)
					}
				}
				if dir := os.Getenv("HANWIRE_TEST_SHOTS"); dir != "" {
					name := filepath.Join(dir, fmt.Sprintf("%02d-%d-%s.png", i, as.width, as.scheme))
					if err := os.WriteFile(name, webtest.Get(t, b, chromedp.FullScreenshot(100)), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}
