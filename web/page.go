package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"hanwire/bot"
)

//go:embed templates style.css icon.svg
var files embed.FS

// request is a request with what is known about who asks.
type request struct {
	*http.Request
	lang    bot.Lang
	by      Reader
	session *session // nil for who reads without one
}

// content is what a page shows.
type content struct {
	name   string // of its template
	nav    string // the entry of the navigation that it belongs to
	title  string
	data   any       // as the template and as JSON have it
	feed   *atomFeed // the page as an Atom feed; nil when it is none
	status int       // 200 when zero
}

// pageFunc makes the content of a page. errNotFound means that there is none,
// or none that the reader may see; any other error is a fault of ours.
type pageFunc func(ctx context.Context, r *request) (*content, error)

var errNotFound = errors.New("no such page")

// formats are the endings that a path may have, with what they ask for.
var formats = map[string]string{".json": "application/json", ".atom": "application/atom+xml"}

type formatKey struct{}

// withFormat takes the ending off the path.
func withFormat(r *http.Request) *http.Request {
	for ending, format := range formats {
		if path, ok := strings.CutSuffix(r.URL.Path, ending); ok && path != "/" {
			u := *r.URL
			u.Path, u.RawPath = path, strings.TrimSuffix(u.RawPath, ending)
			r = r.WithContext(context.WithValue(r.Context(), formatKey{}, format))
			r.URL = &u
			return r
		}
	}
	return r
}

func formatOf(r *http.Request) string {
	format, _ := r.Context().Value(formatKey{}).(string)
	return format
}

// pages render contents.
type pages struct {
	o         Options
	templates map[bot.Lang]map[string]*template.Template
	style     []byte
	stylePath string
	icon      []byte
}

func newPages(o Options) (*pages, error) {
	p := &pages{o: o, templates: map[bot.Lang]map[string]*template.Template{}}
	var err error
	if p.style, err = files.ReadFile("style.css"); err != nil {
		return nil, err
	}
	if p.icon, err = files.ReadFile("icon.svg"); err != nil {
		return nil, err
	}
	p.stylePath = "/style-" + tag(p.style) + ".css"
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, l := range bot.Langs {
		base, err := template.New("").Funcs(p.funcs(l)).ParseFS(files, "templates/layout.html", "templates/parts.html")
		if err != nil {
			return nil, err
		}
		p.templates[l] = map[string]*template.Template{}
		for _, file := range names {
			name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
			if name == "layout" || name == "parts" {
				continue
			}
			t, err := template.Must(base.Clone()).ParseFS(files, file)
			if err != nil {
				return nil, err
			}
			p.templates[l][name] = t
		}
	}
	return p, nil
}

// tag names bytes, for addresses and validators that change when they do.
func tag(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:8])
}

// assets are the style sheet and the icon, which are for everybody.
func (p *pages) assets(mux *http.ServeMux) {
	serve := func(path, kind, cache string, body []byte) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", cache)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		})
	}
	serve(p.stylePath, "text/css; charset=utf-8", "public, max-age=31536000, immutable", p.style)
	serve("/icon.svg", "image/svg+xml", "public, max-age=86400", p.icon)
	serve("/robots.txt", "text/plain; charset=utf-8", "public, max-age=86400", []byte("User-agent: *\nDisallow: /\n"))
}

// frame is a page with what stands around its content.
type frame struct {
	Langs   []langLink
	Title   string
	Nav     string
	Style   string
	JSON    string // addresses of the page in its other formats, empty when there are none
	Atom    string
	Next    string // where to go on after signing in
	Session *session
	Data    any
}

type langLink struct {
	Tag, Name string
	Path      string
	Current   bool
}

// pageKey is what a page depends on, besides what is kept.
type pageKey struct {
	host, uri, format string
	lang              bot.Lang
	by                Reader
	signedIn          bool
	workspace         string // its name
}

// made is a page as it is sent.
type made struct {
	kind   string
	status int
	body   []byte
}

// page answers with the content that f makes, in the format that the path asks
// for.
func (m *Room) page(f pageFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := m.request(w, r)
		key := pageKey{uri: r.URL.RequestURI(), format: formatOf(r), lang: req.lang, by: req.by}
		if m.o.URL == "" {
			key.host = r.Host
		}
		if req.session != nil {
			key.signedIn, key.workspace = true, req.session.Name
		}
		p, err := m.made.get(r.Context(), key, func(ctx context.Context) (made, error) { return m.make(ctx, req, f) })
		m.answer(w, req, p, err)
	})
}

// fresh is page without the keeping.
func (m *Room) fresh(f pageFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := m.request(w, r)
		p, err := m.make(r.Context(), req, f)
		m.answer(w, req, p, err)
	})
}

func (m *Room) request(w http.ResponseWriter, r *http.Request) *request {
	req := &request{Request: r, lang: m.language(w, r)}
	if v, ok := r.Context().Value(visitKey{}).(visit); ok {
		req.by, req.session = v.by, v.session
	}
	return req
}

func (m *Room) make(ctx context.Context, r *request, f pageFunc) (made, error) {
	c, err := f(ctx, r)
	if err != nil {
		return made{}, err
	}
	if formatOf(r.Request) == formats[".atom"] && c.feed == nil {
		c = m.message(r, http.StatusNotFound, "error.nofeed")
	}
	return m.pages.render(r, c)
}

// answer sends a page, or one that says why there is none.
func (m *Room) answer(w http.ResponseWriter, r *request, p made, err error) {
	switch {
	case errors.Is(err, bot.ErrNotFound), errors.Is(err, errNotFound):
		p, err = m.pages.render(r, m.message(r, http.StatusNotFound, "error.missing"))
	case err != nil && r.Context().Err() != nil:
		return // nobody waits for it any more
	case err != nil:
		m.o.Log.Error("page not made", "path", r.URL.Path, "err", err)
		p, err = m.pages.render(r, m.message(r, http.StatusInternalServerError, "error.ours"))
	}
	if err != nil {
		m.o.Log.Error("page not rendered", "path", r.URL.Path, "err", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	write(w, r.Request, p)
}

// errorView is a page that says what is wrong.
type errorView struct {
	Error string `json:"error"`
}

func (m *Room) message(r *request, status int, key string) *content {
	title := "error.missing.title"
	if status == http.StatusInternalServerError {
		title = "error.ours.title"
	}
	return &content{name: "message", title: m.pages.say(r.lang, title), data: errorView{m.pages.say(r.lang, key)}, status: status}
}

func write(w http.ResponseWriter, r *http.Request, p made) {
	h := w.Header()
	h.Set("Content-Type", p.kind+"; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Language, Cookie, Authorization")
	if p.status == http.StatusOK {
		h.Set("ETag", `"`+tag(p.body)+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.body))
		return
	}
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		w.Write(p.body)
	}
}

// render makes the bytes of a page.
func (p *pages) render(r *request, c *content) (made, error) {
	status := cmp.Or(c.status, http.StatusOK)
	switch kind := formatOf(r.Request); {
	case kind == formats[".json"]:
		body, err := json.Marshal(c.data)
		return made{kind, status, append(body, '\n')}, err
	case kind == formats[".atom"] && c.feed != nil: // what is wrong is told to people
		body, err := c.feed.encode(p.o, r)
		return made{kind, status, body}, err
	}
	t := p.templates[r.lang][c.name]
	if t == nil {
		return made{}, fmt.Errorf("no template %q", c.name)
	}
	f := frame{
		Title: c.title, Nav: c.nav, Style: p.stylePath, Session: r.session, Next: r.URL.RequestURI(),
		Data: c.data,
	}
	if status == http.StatusOK {
		f.JSON = address(r, ".json")
		if c.feed != nil {
			f.Atom = address(r, ".atom")
		}
	}
	for _, l := range bot.Langs {
		q := r.URL.Query()
		q.Set("lang", string(l))
		f.Langs = append(f.Langs, langLink{string(l), l.String(), r.URL.EscapedPath() + "?" + q.Encode(), l == r.lang})
	}
	var b bytes.Buffer
	err := t.ExecuteTemplate(&b, "layout", f)
	return made{"text/html", status, b.Bytes()}, err
}

// address is the page's own, with an ending put after the path.
func address(r *request, ending string) string {
	path := r.URL.EscapedPath()
	if path == "/" {
		path = "/index"
	}
	q := r.URL.Query()
	q.Del("lang")
	if len(q) == 0 {
		return path + ending
	}
	return path + ending + "?" + q.Encode()
}
