// Package bot decides who is told what, and when: subscriptions and their
// editions, commands, alerts, settings, and the outbox through which all of it
// leaves. It knows no platform; [Platform] is what it asks of one.
package bot

import (
	"context"
	"log/slog"
	"time"

	"hanwire/digest"
)

// Options are what New needs. Store and Reader must be set.
type Options struct {
	Store     Store
	Reader    *digest.Reader
	Topics    []string // names a subscription may choose from
	Platforms []Platform
	Log       *slog.Logger
	Now       func() time.Time // time.Now when nil
	WebURL    string           // of the reading room; empty when it is off
}

// Bot answers commands and makes editions. It is safe for concurrent use.
type Bot struct {
	o Options
}

// New returns a bot.
func New(o Options) (*Bot, error) { return &Bot{o: o}, nil }

var _ Handler = (*Bot)(nil)

// Handle implements [Handler].
func (b *Bot) Handle(ctx context.Context, c Command) (Reply, error) { return Reply{}, nil }

// Suggest implements [Handler].
func (b *Bot) Suggest(ctx context.Context, c Command, option string) []Choice { return nil }

// MakeEdition makes the edition of a subscription that was due at due and puts
// it into the outbox. Making it again does nothing.
func (b *Bot) MakeEdition(ctx context.Context, subscription string, due time.Time) error { return nil }

// Alert matches newly grouped articles, given as story and article IDs, against all
// alerts, and puts what is to go out at once into the outbox.
func (b *Bot) Alert(ctx context.Context, articles []string) error { return nil }

// SendHeld sends what waited for an alert's hour.
func (b *Bot) SendHeld(ctx context.Context, alert string) error { return nil }

// Updated edits what was posted of stories whose articles changed.
func (b *Bot) Updated(ctx context.Context, article string) error { return nil }

// Deliver sends what is due in a lane of the outbox, in order, one at a time.
// A [*RetryError] says when to call again.
func (b *Bot) Deliver(ctx context.Context, lane string) error { return nil }
