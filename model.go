package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hanwire/digest"
	"hanwire/digest/summary"
)

const (
	maxModelAnswer  = 1 << 20 // bytes read of a response
	maxModelTokens  = 700     // asked for in one answer: three sentences and a headline, as JSON
	maxModelTries   = 3
	maxModelCache   = 1000
	bytesPerToken   = 3 // a cautious guess, for the budget before an answer says what was used
	modelRetryPause = time.Second
)

// model asks an OpenAI-compatible endpoint (POST /chat/completions) to retell
// stories. What it answers is checked by digest and may be refused; the story
// then keeps its extractive summary. It is safe for concurrent use.
type model struct {
	cfg    ModelConfig
	log    *slog.Logger
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	day   string            // that used counts for, in UTC
	used  int               // tokens
	cache map[string][]byte // answers by what was asked

	calls  *prometheus.CounterVec
	tokens prometheus.Counter
}

// newModel returns nil when no model is configured.
func newModel(cfg ModelConfig, log *slog.Logger, now func() time.Time) *model {
	if cfg.URL == "" {
		return nil
	}
	return &model{
		cfg: cfg, log: log, now: now, cache: map[string][]byte{},
		client: &http.Client{
			Timeout: time.Duration(cfg.Timeout),
			// A key must not follow a redirect to somewhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		calls:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hanwire_model_stories_total", Help: "Stories given to the model, by what came of it."}, []string{"result"}),
		tokens: prometheus.NewCounter(prometheus.CounterOpts{Name: "hanwire_model_tokens_total", Help: "Tokens that the model says it used."}),
	}
}

// retell is what the bot calls, nil when there is no model.
func retell(m *model) func(context.Context, *digest.Story, string) {
	if m == nil {
		return nil
	}
	return m.retell
}

// retell has the model say a story in its own words. When it cannot, or what it
// says is not to be trusted, the story stays as it is and the log says why.
func (m *model) retell(ctx context.Context, s *digest.Story, lang string) {
	err := digest.Retell(ctx, s, lang, rand.Text(), m.ask)
	if err != nil {
		m.calls.WithLabelValues("extractive").Inc()
		m.log.Info("summary stays extractive", "story", s.ID, "reason", err)
		return
	}
	m.calls.WithLabelValues("retold").Inc()
}

// ask is a [summary.Model]. The same question is answered from the cache.
func (m *model) ask(ctx context.Context, p summary.Prompt) ([]byte, error) {
	key := questionKey(p)
	estimate := (len(p.System)+len(p.User))/bytesPerToken + maxModelTokens
	m.mu.Lock()
	if today := m.now().UTC().Format(time.DateOnly); today != m.day {
		m.day, m.used = today, 0
	}
	answer, known := m.cache[key]
	left := m.cfg.Budget - m.used
	if !known && estimate <= left {
		m.used += estimate // held until the answer says what it was
	}
	m.mu.Unlock()
	switch {
	case known:
		return answer, nil
	case estimate > left:
		return nil, fmt.Errorf("today's budget of %d tokens is used up", m.cfg.Budget)
	}
	answer, used, err := m.try(ctx, p)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used += used - estimate
	m.tokens.Add(float64(used))
	if err != nil {
		return nil, err
	}
	if len(m.cache) >= maxModelCache {
		clear(m.cache)
	}
	m.cache[key] = answer
	return answer, nil
}

// questionKey leaves out the random mark, which is new each time.
func questionKey(p summary.Prompt) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q", p.Lang, p.Headline, p.Sentences)
	return string(h.Sum(nil))
}

// try asks until there is an answer or no use in asking. All tries together
// get the configured time.
func (m *model) try(ctx context.Context, p summary.Prompt) (answer []byte, used int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(m.cfg.Timeout))
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"model":       m.cfg.Model,
		"temperature": 0,
		"max_tokens":  maxModelTokens,
		"messages":    []map[string]string{{"role": "system", "content": p.System}, {"role": "user", "content": p.User}},
	})
	if err != nil {
		return nil, 0, err
	}
	for n := 1; ; n++ {
		var pause time.Duration
		var tokens int
		answer, tokens, pause, err = m.post(ctx, body)
		used += tokens
		if err == nil || pause == 0 || n == maxModelTries {
			return answer, used, err
		}
		select {
		case <-ctx.Done():
			return nil, used, err
		case <-time.After(pause):
		}
	}
}

// post makes one request. A pause says that asking again is of use.
func (m *model) post(ctx context.Context, body []byte) (answer []byte, tokens int, pause time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(m.cfg.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return nil, 0, 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if m.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+string(m.cfg.Key))
	}
	resp, err := m.client.Do(req)
	if err != nil {
		return nil, 0, modelRetryPause, errors.New("the model does not answer") // the cause may name the address, and a key in it
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxModelAnswer+1))
	switch {
	case err != nil:
		return nil, 0, modelRetryPause, errors.New("the model's answer broke off")
	case len(data) > maxModelAnswer:
		return nil, 0, 0, fmt.Errorf("the model's answer is over %d bytes", maxModelAnswer)
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		pause = modelRetryPause
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			pause = time.Duration(s) * time.Second
		}
		return nil, 0, pause, fmt.Errorf("the model answers HTTP %d", resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return nil, 0, 0, fmt.Errorf("the model answers HTTP %d", resp.StatusCode)
	}
	var r struct {
		Choices []struct {
			Message struct{ Content string }
		}
		Usage struct {
			Total int `json:"total_tokens"`
		}
	}
	if err := json.Unmarshal(data, &r); err != nil || len(r.Choices) == 0 {
		return nil, 0, 0, errors.New("the model's answer is not that of a chat completion")
	}
	tokens = max(r.Usage.Total, 0)
	if tokens == 0 {
		tokens = (len(body) + len(r.Choices[0].Message.Content)) / bytesPerToken
	}
	return []byte(r.Choices[0].Message.Content), tokens, 0, nil
}
