package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"hanwire/bot"
)

const (
	maxRequest = 1 << 20 // bytes of one request of Discord's
	maxSkew    = 5 * time.Minute
)

// InteractionsPath is where README and manifest send signed interactions; any
// other path does as well, for the signature tells them from all else.
const InteractionsPath = "/discord/interactions"

// Handler serves Discord's signed interactions. It
// answers 503 while [Client.Listen] does not run.
func (c *Client) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", c.serveInteraction)
	return mux
}

func (c *Client) listenHTTP(ctx context.Context) error {
	err := bot.Serve(ctx, c.o.Listen, c.Handler(), func(at net.Addr) { c.log.Info("listening", "platform", Name, "address", at.String()) })
	if err != nil {
		return fmt.Errorf("discord: %w", err)
	}
	return nil
}

// errUnsigned is what a stranger gets to know. Discord tries out that it is
// refused.
var errUnsigned = errors.New("not signed by Discord")

// verified reads a request's body when its signature is Discord's and recent
// (https://discord.com/developers/docs/interactions/overview#validating-security-request-headers).
func (c *Client) verified(r *http.Request) ([]byte, error) {
	stamp := r.Header.Get("X-Signature-Timestamp")
	signature, err := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
	if err != nil || len(signature) != ed25519.SignatureSize || len(c.key) != ed25519.PublicKeySize {
		return nil, errUnsigned
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > maxSkew {
		return nil, errUnsigned
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil || len(body) > maxRequest || !ed25519.Verify(c.key, append([]byte(stamp), body...), signature) {
		return nil, errUnsigned
	}
	return body, nil
}

func (c *Client) serveInteraction(w http.ResponseWriter, r *http.Request) {
	body, err := c.verified(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	i, err := readInteraction(body)
	if err != nil {
		http.Error(w, "cannot be read", http.StatusBadRequest)
		return
	}
	if i.Type == interactionPing {
		answerJSON(w, callback{Type: callbackPong})
		return
	}
	c.mu.Lock()
	in := c.handler
	c.mu.Unlock()
	if in == nil {
		http.Error(w, "not listening", http.StatusServiceUnavailable)
		return
	}
	first := make(chan callback, 1)
	taken := in.take(i, func(_ context.Context, cb callback) error {
		first <- cb
		return nil
	})
	if !taken {
		http.Error(w, "taken before, or too many at once", http.StatusConflict)
		return
	}
	select {
	case cb := <-first:
		answerJSON(w, cb)
	case <-time.After(ackWithin):
		http.Error(w, "too late", http.StatusServiceUnavailable)
	}
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// An error here is a connection that broke; Discord will tell the person.
	_ = json.NewEncoder(w).Encode(v)
}
