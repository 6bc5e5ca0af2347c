package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"hanwire/bot/slack"
	"hanwire/store"
)

// tokens keeps the bot token of every workspace that installed the Slack app.
// The database holds them sealed with AES-256-GCM under a key that follows from
// the client secret, which it never holds: who steals a database or a backup
// has no token. A token is sealed to its workspace, so that a row put in the
// place of another opens nothing.
type tokens struct {
	store *store.Store
	seal  cipher.AEAD // puts a random nonce before what it seals
}

var _ slack.TokenStore = (*tokens)(nil)

// tokenKeyInfo binds the key to its one use (RFC 5869, section 3.2).
const tokenKeyInfo = "hanwire slack workspace tokens, AES-256-GCM"

// newTokens returns the tokens kept in s.
func newTokens(s *store.Store, clientSecret Secret) (*tokens, error) {
	const aes256 = 32 // bytes
	key, err := hkdf.Key(sha256.New, []byte(clientSecret), nil, tokenKeyInfo, aes256)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &tokens{s, seal}, nil
}

// tokenPrefix begins the names that the store keeps tokens by.
const tokenPrefix = slack.Name + "/"

func tokenName(workspace string) string { return tokenPrefix + workspace }

// errOtherSecret is about a token that is there and cannot be opened. It does
// not wrap [bot.ErrNotFound]: what is to be posted waits for the secret or a
// new installation.
var errOtherSecret = errors.New("the client secret has changed since it was sealed: set the old one again, or install the app in this workspace once more")

// Token implements [slack.TokenStore].
func (t *tokens) Token(ctx context.Context, workspace string) (string, error) {
	sealed, err := t.store.Sealed(ctx, tokenName(workspace))
	if err != nil {
		return "", err
	}
	token, err := t.seal.Open(nil, nil, sealed, []byte(workspace))
	if err != nil {
		return "", errOtherSecret
	}
	return string(token), nil
}

// SaveToken implements [slack.TokenStore].
func (t *tokens) SaveToken(ctx context.Context, workspace, token string) error {
	if err := t.store.SaveSealed(ctx, tokenName(workspace), t.seal.Seal(nil, nil, []byte(token), []byte(workspace))); err != nil {
		return fmt.Errorf("token of workspace %s: %w", workspace, err)
	}
	return nil
}

// DropToken implements [slack.TokenStore].
func (t *tokens) DropToken(ctx context.Context, workspace string) error {
	return t.store.DropSealed(ctx, tokenName(workspace))
}

// check returns how many workspaces have installed the app, and what is wrong
// with the tokens of some.
func (t *tokens) check(ctx context.Context) (installed int, wrong []string) {
	names, err := t.store.SealedNames(ctx, tokenPrefix)
	if err != nil {
		return 0, []string{err.Error()}
	}
	for _, name := range names {
		workspace := strings.TrimPrefix(name, tokenPrefix)
		if _, err := t.Token(ctx, workspace); err != nil {
			wrong = append(wrong, fmt.Sprintf("token of workspace %s: %v", workspace, err))
		}
	}
	return len(names), wrong
}
