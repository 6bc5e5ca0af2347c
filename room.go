package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"hanwire/bot"
	"hanwire/bot/slack"
	"hanwire/web"
)

// newRoom is the reading room that the configuration asks for.
func (p *program) newRoom(cfg Config) (*web.Room, error) {
	zone, err := time.LoadLocation(cfg.Zone)
	if err != nil {
		return nil, err
	}
	o := web.Options{
		Store: p.store, Topics: topicNames(cfg), Zone: zone, Lang: cfg.Lang, URL: cfg.Web.URL, Token: string(cfg.Web.Token), Rate: cfg.Web.Rate,
		Health: p.health(), Log: p.log, Now: p.now,
	}
	for _, s := range cfg.Web.Proxies {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, err
		}
		o.Proxies = append(o.Proxies, prefix)
	}
	if c := cfg.Web.Slack; c.ClientID != "" {
		in := web.Provider{Platform: slack.Name, ClientID: c.ClientID, ClientSecret: string(c.ClientSecret), APIURL: cfg.Slack.APIURL, Workspaces: c.Workspaces}
		if len(c.Workspaces) == 0 {
			installed, err := newTokens(p.store, cfg.Slack.ClientSecret)
			if err != nil {
				return nil, err
			}
			in.Member = installed.has
		}
		o.SignIn = append(o.SignIn, in)
	}
	if c := cfg.Web.Discord; c.ClientID != "" {
		o.SignIn = append(o.SignIn, web.Provider{
			Platform: "discord", ClientID: c.ClientID, ClientSecret: string(c.ClientSecret), APIURL: cfg.Discord.APIURL, Workspaces: c.Guilds,
		})
	}
	return web.New(o)
}

// has reports whether a workspace has installed the app.
func (t *tokens) has(ctx context.Context, workspace string) (bool, error) {
	_, err := t.Token(ctx, workspace)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// serveRoom serves the reading room until ctx ends.
func (p *program) serveRoom(ctx context.Context, cfg Config) error {
	room, err := p.newRoom(cfg)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", cfg.Web.Listen)
	if err != nil {
		return fmt.Errorf("reading room: %w", err)
	}
	p.log.Info("reading room open", "listen", l.Addr().String(), "url", cfg.Web.URL)
	return room.Serve(ctx, l)
}
