// Package webtest looks at the reading room with a real browser. A page of ours
// has no script, asks nobody else for anything and breaks no policy of its own;
// a [Browser] notes whatever does, whichever test it is that opens the page.
package webtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Browser is a headless Chromium with one tab. It is for one goroutine.
type Browser struct {
	ctx  context.Context
	base string // scheme and host of the pages

	mu     sync.Mutex
	faults []string
}

// Open starts the Chromium that HANWIRE_TEST_CHROMIUM names, or one that is
// found, until the test ends; without either the test is skipped. The pages are
// those at base, a scheme and a host.
func Open(t testing.TB, base string) *Browser {
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
	b := &Browser{ctx: ctx, base: base}
	b.Do(t, chromedp.Navigate("about:blank"))
	Call(t, b, audits.Enable, cdp.Empty{})
	Call(t, b, network.Enable, network.EnableParams{})
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *Browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *audits.EventIssueAdded:
		if e.Issue != nil && strings.Contains(fmt.Sprint(e.Issue.Code), "ContentSecurityPolicy") {
			b.faults = append(b.faults, "Content-Security-Policy: "+fmt.Sprint(e.Issue.Code))
		}
	case *network.EventRequestWillBeSent:
		// The browser draws its own controls from data: addresses.
		if u := e.Request.URL; !strings.HasPrefix(u, b.base+"/") && !strings.HasPrefix(u, "about:") && !strings.HasPrefix(u, "data:") {
			b.faults = append(b.faults, "request to "+u)
		}
	case *page.EventJavascriptDialogOpening:
		b.faults = append(b.faults, "dialog: "+e.Message)
	}
}

// Faults are what pages did since the last call that they should not have.
func (b *Browser) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.faults
	b.faults = nil
	return list
}

// Visit opens a page, and fails when it did what it should not.
func (b *Browser) Visit(t testing.TB, path string) {
	t.Helper()
	b.Do(t, chromedp.Navigate(b.base+path))
	for _, fault := range b.Faults() {
		t.Errorf("%s: %s", path, fault)
	}
}

// Do takes steps on the page.
func (b *Browser) Do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Text is what an element says.
func (b *Browser) Text(t testing.TB, selector string) string {
	t.Helper()
	return strings.TrimSpace(Get(t, b, chromedp.TextContent(chromedp.CSS(selector))))
}

// Get takes a step that has a result.
func Get[T any](t testing.TB, b *Browser, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Call calls a method of the DevTools protocol.
func Call[P, R any](t testing.TB, b *Browser, cmd cdp.Command[P, R], params P) R {
	t.Helper()
	r, err := chromedp.Call(b.ctx, cmd, params)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
