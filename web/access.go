package web

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hanwire/bot"
)

// MinToken is how many characters a token must have: fewer can be guessed.
const MinToken = 20

// sessionTime is how long a session lasts. Whoever has left a workspace is out
// after that; for the rest signing in again is one click.
const sessionTime = 24 * time.Hour

const (
	sessionCookie = "hanwire"
	signInCookie  = "hanwire-sign-in"
	tokenSession  = "token" // in place of a platform
)

// access decides who reads. Without a token and without sign-in everybody does
// who reaches the server, which then listens on loopback alone. A session is a
// cookie that says who it is, sealed under a key that follows from the secrets
// of the configuration: the server keeps none, several share them, and a
// changed secret ends all.
type access struct {
	o         Options
	open      bool
	secure    bool // cookies go over https alone
	key       []byte
	providers map[string]Provider
	attempts  *limiter
}

// session is who has signed in, and until when.
type session struct {
	Platform  string
	Workspace string
	User      string
	Name      string      // of the workspace; may be empty
	Others    []workspace `json:",omitempty"` // other workspaces that the person may look from
	Until     int64       // Unix seconds
}

type workspace struct{ ID, Name string }

func (s *session) reader() Reader {
	if s.Platform == tokenSession {
		return Reader{Everything: true}
	}
	return Reader{At: bot.Place{Platform: s.Platform, Workspace: s.Workspace}, User: s.User}
}

type visitKey struct{}

// visit is who is behind a request.
type visit struct {
	by      Reader
	session *session
}

func newAccess(o Options) (*access, error) {
	a := &access{o: o, open: o.Token == "" && len(o.SignIn) == 0, providers: map[string]Provider{}, attempts: newLimiter(10, 10, o.Now)}
	a.secure = strings.HasPrefix(o.URL, "https://")
	if o.Token != "" && len(o.Token) < MinToken {
		return nil, fmt.Errorf("web: the token has fewer than %d characters", MinToken)
	}
	secret := o.Token
	for _, p := range o.SignIn {
		if o.URL == "" {
			return nil, errors.New("web: signing in needs the address by which people reach the pages")
		}
		if p.ClientID == "" || p.ClientSecret == "" {
			return nil, fmt.Errorf("web: signing in with %s needs a client id and a client secret", p.Platform)
		}
		a.providers[p.Platform] = p
		secret += "\x00" + p.ClientSecret
	}
	var err error
	a.key, err = hkdf.Key(sha256.New, []byte(secret), nil, "hanwire reading room sessions, HMAC-SHA256", 32)
	return a, err
}

// only lets those pass to next who may read.
func (a *access) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, refused := a.visitor(r)
		switch {
		case v != nil:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, *v)))
		case refused != nil:
			w.Header().Set("Retry-After", fmt.Sprint(int(refused.after.Seconds())))
			http.Error(w, "Too many wrong tokens. Wait a moment.", http.StatusTooManyRequests)
		case formatOf(r) == "" && r.Header.Get("Authorization") == "" && r.URL.Path != "/metrics":
			to := "/sign-in"
			if at := r.URL.RequestURI(); at != "/" {
				to += "?next=" + url.QueryEscape(at)
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
		default:
			if a.o.Token != "" {
				w.Header().Set("WWW-Authenticate", `Basic realm="Hanwire", charset="UTF-8"`)
			}
			http.Error(w, "Sign in, or send the token: Authorization: Bearer TOKEN.", http.StatusUnauthorized)
		}
	})
}

type tooMany struct{ after time.Duration }

// visitor is who is behind a request, nil when it is nobody who may read.
// Programs bring the token in a header, as Bearer or as the password of Basic
// (RFC 6750, RFC 7617), for feed readers that know no other.
func (a *access) visitor(r *http.Request) (*visit, *tooMany) {
	if a.open {
		return &visit{by: Reader{Everything: true}}, nil
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, given, ok = r.BasicAuth()
	}
	if ok {
		right, refused := a.try(r, given)
		if !right {
			return nil, refused
		}
		return &visit{by: Reader{Everything: true}}, nil
	}
	var s session
	if !a.opened(r, sessionCookie, &s) || s.Until < a.o.Now().Unix() {
		return nil, nil
	}
	return &visit{by: s.reader(), session: &s}, nil
}

// try compares a token, in the same time whatever it is. Wrong ones are counted.
func (a *access) try(r *http.Request, given string) (bool, *tooMany) {
	want, got := sha256.Sum256([]byte(a.o.Token)), sha256.Sum256([]byte(given))
	if subtle.ConstantTimeCompare(want[:], got[:]) == 1 && a.o.Token != "" {
		return true, nil
	}
	if ok, after := a.attempts.allow(clientOf(r, a.o.Proxies)); !ok {
		return false, &tooMany{after}
	}
	return false, nil
}

// cookie is one that pages of ours alone get, also after a link from elsewhere.
func (a *access) cookie(name, value string, keep time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(keep / time.Second),
		HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode,
	}
}

// sealed is a cookie whose value nobody else can make.
func (a *access) sealed(name string, v any, keep time.Duration) (*http.Cookie, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	enc := base64.RawURLEncoding
	return a.cookie(name, enc.EncodeToString(b)+"."+enc.EncodeToString(a.mac(name, b)), keep), nil
}

// opened reads a sealed cookie and reports whether it is ours.
func (a *access) opened(r *http.Request, name string, v any) bool {
	c, err := r.Cookie(name)
	if err != nil {
		return false
	}
	body, mac, _ := strings.Cut(c.Value, ".")
	enc := base64.RawURLEncoding
	b, err1 := enc.DecodeString(body)
	m, err2 := enc.DecodeString(mac)
	return err1 == nil && err2 == nil && hmac.Equal(m, a.mac(name, b)) && json.Unmarshal(b, v) == nil
}

// mac is bound to the name, so that one cookie does not pass for another.
func (a *access) mac(name string, b []byte) []byte {
	h := hmac.New(sha256.New, a.key)
	h.Write([]byte(name + "\x00"))
	h.Write(b)
	return h.Sum(nil)
}

// localPath is where to go on inside the room: "/" for whatever leads out.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/"
	}
	return next
}
