package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
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

// browser is a headless Chromium that takes note of what a page should not do.
type browser struct {
	ctx  context.Context
	base string

	mu     sync.Mutex
	issues []string
}

// openBrowser starts the Chromium that HANWIRE_TEST_CHROMIUM names, or one that
// is found; without either the test is skipped.
func openBrowser(t *testing.T, base string) *browser {
	t.Helper()
	path := os.Getenv("HANWIRE_TEST_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" {
		t.Skip("no Chromium; set HANWIRE_TEST_CHROMIUM")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	a, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(a)
	t.Cleanup(closeTab)
	b := &browser{ctx: ctx, base: base}
	b.do(t, chromedp.Navigate("about:blank"))
	call(t, b, audits.Enable, cdp.Empty{})
	call(t, b, network.Enable, network.EnableParams{})
	err := chromedp.Listen(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *audits.EventIssueAdded:
			if ev.Issue != nil && strings.Contains(fmt.Sprint(ev.Issue.Code), "ContentSecurityPolicy") {
				b.issues = append(b.issues, "Content-Security-Policy: "+fmt.Sprint(ev.Issue.Code))
			}
		case *network.EventRequestWillBeSent:
			// The browser draws its own controls from data: addresses.
			if u := ev.Request.URL; !strings.HasPrefix(u, base+"/") && !strings.HasPrefix(u, "about:") && !strings.HasPrefix(u, "data:") {
				b.issues = append(b.issues, "request to "+u)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func call[P, R any](t *testing.T, b *browser, cmd cdp.Command[P, R], params P) R {
	t.Helper()
	r, err := chromedp.Call(b.ctx, cmd, params)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *browser) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// open goes to a page, and fails when the page did what it should not.
func (b *browser) open(t *testing.T, path string) {
	t.Helper()
	b.do(t, chromedp.Navigate(b.base+path))
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, issue := range b.issues {
		t.Errorf("%s: %s", path, issue)
	}
	b.issues = nil
}

func get[T any](t *testing.T, b *browser, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *browser) text(t *testing.T, selector string) string {
	t.Helper()
	return strings.TrimSpace(get(t, b, chromedp.TextContent(chromedp.CSS(selector))))
}

func (b *browser) look(t *testing.T, width int64, scheme, media string) {
	t.Helper()
	call(t, b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
	call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// TestReadingRoom reads the demo's archive in a browser. HANWIRE_TEST_AXE is the
// file axe.min.js of the accessibility checker; HANWIRE_TEST_SHOTS a folder for
// pictures of what the test saw.
func TestReadingRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole demo and a browser")
	}
	base, posted := openDemo(t)
	b := openBrowser(t, base)

	links := map[string]string{}
	for _, kind := range []string{"editions", "stories"} {
		if links[kind] = strings.TrimPrefix(regexp.MustCompile(regexp.QuoteMeta(base)+`/`+kind+`/\S+`).FindString(posted), base); links[kind] == "" {
			t.Fatalf("the digest that was posted links to no page of %s:\n%s", kind, posted)
		}
	}
	b.open(t, "/quotes?q=licence")
	quote := get(t, b, chromedp.Attributes(chromedp.CSS(`figure.quote a[href^="/quotes/"]`)))["href"]
	paths := []string{
		"/", "/editions", links["editions"], links["stories"], "/quotes", quote, "/speakers", "/speakers/Han%20Seo-yun", "/feeds", "/search", "/search?q=chip",
		"/search?q=chip+since%3Anever", "/nothing-here", "/sign-in",
	}

	t.Run("links from the posted message", func(t *testing.T) {
		for _, path := range []string{links["editions"], links["stories"]} {
			b.open(t, path)
			title := b.text(t, "h1")
			if title == "" || !strings.Contains(strings.Join(strings.Fields(posted), " "), title) {
				t.Errorf("%s is about %q, of which the message says nothing", path, title)
			}
		}
	})

	t.Run("search", func(t *testing.T) {
		b.open(t, "/")
		b.do(t, chromedp.SendKeys(chromedp.CSS("#find"), "rare-earths\r"), chromedp.WaitVisible(chromedp.CSS(".hit")))
		if got := b.text(t, ".hit mark"); !strings.HasPrefix(strings.ToLower(got), "rare-earth") {
			t.Errorf("found %q", got)
		}
		b.open(t, "/search?q=chip+since%3Anever")
		if b.text(t, ".pointer mark") == "" || b.text(t, ".problem") == "" {
			t.Error("a query that cannot be understood is not pointed at")
		}
	})

	t.Run("quotes without JavaScript", func(t *testing.T) {
		call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		defer call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
		b.open(t, "/quotes")
		b.do(t, chromedp.SendKeys(chromedp.CSS("#speaker"), "Han Seo-yun"), chromedp.Click(chromedp.CSS(".ask button")), chromedp.WaitReady(chromedp.CSS("figure.quote")))
		if who := b.text(t, "figure.quote .who"); who != "Han Seo-yun" {
			t.Errorf("asked for Han Seo-yun, got %q", who)
		}
		b.do(t, chromedp.Click(chromedp.CSS("figure.quote summary")), chromedp.WaitVisible(chromedp.CSS("figure.quote .citation")))
		b.do(t, chromedp.Click(chromedp.CSS(`figure.quote a[href^="/quotes/"]`)), chromedp.WaitReady(chromedp.CSS(".single mark")))
		if cite := b.text(t, ".single .citation"); !strings.Contains(cite, "Han Seo-yun") || !strings.Contains(cite, "accessed") {
			t.Errorf("citation %q", cite)
		}
	})

	t.Run("keyboard", func(t *testing.T) {
		b.open(t, "/")
		b.do(t, chromedp.KeyEvent("\t"))
		if got := get(t, b, chromedp.Evaluate[string]("document.activeElement.className")); got != "skip" {
			t.Errorf("the first stop is %q, not the link to the content", got)
		}
		b.do(t, chromedp.KeyEvent("\r"))
		if got := get(t, b, chromedp.Evaluate[string]("location.hash")); got != "#main" {
			t.Errorf("it leads to %q", got)
		}
	})

	t.Run("print", func(t *testing.T) {
		b.open(t, links["stories"])
		pdf := call(t, b, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		if !bytes.HasPrefix(pdf.Data, []byte("%PDF-")) {
			t.Error("no PDF")
		}
		b.look(t, 800, "light", "print")
		defer b.look(t, 1280, "light", "")
		if got := get(t, b, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".masthead nav")).display + getComputedStyle(document.querySelector("figure.quote blockquote")).display`)); got != "noneblock" {
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
	for _, look := range []struct {
		width  int64
		scheme string
	}{{390, "light"}, {1280, "dark"}, {360, "dark"}, {1280, "light"}} {
		t.Run(fmt.Sprintf("pages at %d px, %s", look.width, look.scheme), func(t *testing.T) {
			b.look(t, look.width, look.scheme, "")
			for i, path := range paths {
				b.open(t, path)
				if got := get(t, b, chromedp.Evaluate[int]("document.querySelectorAll('h1').length")); got != 1 {
					t.Errorf("%s has %d main headings", path, got)
				}
				if wide := get(t, b, chromedp.Evaluate[int]("document.documentElement.scrollWidth")); wide > int(look.width) {
					t.Errorf("%s is %d px wide", path, wide)
				}
				if got := get(t, b, chromedp.Evaluate[int]("document.scripts.length")); got != 0 {
					t.Errorf("%s has %d scripts", path, got)
				}
				if axe != "" {
					get(t, b, chromedp.Evaluate[bool](axe+"; true"))
					found := get(t, b, chromedp.Evaluate[[]string](`axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + " at " + n.target.join(" ") + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message)))`, chromedp.EvalAwaitPromise))
					for _, v := range found {
						t.Errorf("%s: %s", path, v)
					}
				}
				if dir := os.Getenv("HANWIRE_TEST_SHOTS"); dir != "" {
					name := filepath.Join(dir, fmt.Sprintf("%02d-%d-%s.png", i, look.width, look.scheme))
					if err := os.WriteFile(name, get(t, b, chromedp.FullScreenshot(100)), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}
