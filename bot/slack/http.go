package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"hanwire/bot"
)

const (
	maxRequest = 1 << 20 // bytes of one request of Slack's

	// Requests with an older or later time stamp are refused
	// (https://docs.slack.dev/authentication/verifying-requests-from-slack).
	maxSkew = 5 * time.Minute
)

// EventsPath is where the manifest sends commands, buttons, forms and events;
// the name is the one that Slack's own libraries use. Any other path does as
// well, for the signature tells them from all else.
const EventsPath = "/slack/events"

// Handler serves Slack's signed requests, and the installation
// of further workspaces at [InstallPath] and [RedirectPath]. It answers 503
// while [Client.Listen] does not run.
func (c *Client) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", c.serveEvents)
	if c.o.TokenStore != nil {
		mux.HandleFunc("GET "+InstallPath, c.serveInstall)
		mux.HandleFunc("GET "+RedirectPath, c.serveRedirect)
	}
	return mux
}

func (c *Client) listenHTTP(ctx context.Context) error {
	err := bot.Serve(ctx, c.o.Listen, c.Handler(), func(at net.Addr) { c.log.Info("listening", "platform", Name, "address", at.String()) })
	if err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	return nil
}

// errUnsigned is what a stranger gets to know.
var errUnsigned = errors.New("not signed by Slack")

// verified reads a request's body when its signature is Slack's, recent, and
// was not seen before. It returns the signature as the request's id.
func (c *Client) verified(r *http.Request) (body []byte, id string, err error) {
	if c.o.SigningSecret == "" {
		return nil, "", errUnsigned // anybody can sign with nothing
	}
	v, err := slackgo.NewSecretsVerifier(r.Header, c.o.SigningSecret)
	if err != nil {
		return nil, "", errUnsigned
	}
	body, err = io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil || len(body) > maxRequest {
		return nil, "", errUnsigned
	}
	if _, err := v.Write(body); err != nil {
		return nil, "", errUnsigned
	}
	if err := v.Ensure(); err != nil {
		return nil, "", errUnsigned
	}
	id = r.Header.Get("X-Slack-Signature")
	if !c.signatures.Put(id, struct{}{}) {
		return nil, "", errUnsigned
	}
	return body, id, nil
}

func (c *Client) serveEvents(w http.ResponseWriter, r *http.Request) {
	body, id, err := c.verified(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	kind, payload, err := requestOf(r.Header.Get("Content-Type"), body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if kind == socketmode.RequestTypeEventsAPI {
		var hello struct{ Type, Challenge string }
		if json.Unmarshal(payload, &hello) == nil && hello.Type == "url_verification" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			io.WriteString(w, hello.Challenge)
			return
		}
	}
	c.mu.Lock()
	in := c.handler
	c.mu.Unlock()
	if in == nil {
		http.Error(w, "not listening", http.StatusServiceUnavailable)
		return
	}
	req, ok, err := c.read(kind, payload)
	if err != nil {
		http.Error(w, "cannot be read", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusOK)
	if ok {
		if req.cmd.ID == "" {
			req.cmd.ID = id
		}
		in.take(req)
	}
}

// requestOf says what an HTTP request is in Socket Mode's words: events come
// as JSON, buttons and forms as JSON in a form, commands as a form.
func requestOf(contentType string, body []byte) (kind string, payload []byte, err error) {
	if strings.HasPrefix(contentType, "application/json") {
		return socketmode.RequestTypeEventsAPI, body, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, errors.New("no form")
	}
	if p := form.Get("payload"); p != "" {
		return socketmode.RequestTypeInteractive, []byte(p), nil
	}
	if form.Get("ssl_check") == "1" {
		return "", nil, nil // Slack tries the certificate now and then
	}
	if form.Get("command") == "" {
		return "", nil, errors.New("neither a command nor a payload")
	}
	flat := make(map[string]string, len(form))
	for k, v := range form {
		flat[k] = v[0]
	}
	payload, err = json.Marshal(flat)
	return socketmode.RequestTypeSlashCommands, payload, err
}
