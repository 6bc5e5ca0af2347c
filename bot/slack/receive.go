package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"

	"hanwire/bot"
)

// request is something that happened on Slack, with the ways there are to
// answer it.
type request struct {
	cmd bot.Command

	responseURL string // takes five answers within 30 minutes; a credential
	trigger     string // opens a form, for three seconds
	home        bool   // it came from the App Home
	revoked     bool   // the workspace's token is no longer valid
}

// The structs below are the parts of Slack's payloads that we read. They are
// our own because slack-go refuses a payload in which any other part is odd.

type slashPayload struct {
	TeamID      string `json:"team_id"`
	ChannelID   string `json:"channel_id"`
	ChannelName string `json:"channel_name"`
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	Text        string `json:"text"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

type id struct {
	ID string `json:"id"`
}

type interactivePayload struct {
	Type        string `json:"type"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Team        id     `json:"team"`
	Channel     id     `json:"channel"`
	User        struct {
		ID       string `json:"id"`
		TeamID   string `json:"team_id"`
		Username string `json:"username"`
		Name     string `json:"name"`
	} `json:"user"`
	Container struct {
		Type      string `json:"type"`
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
	} `json:"container"`
	Message struct {
		TS string `json:"ts"`
	} `json:"message"`
	Actions []struct {
		ActionID string `json:"action_id"`
		input
	} `json:"actions"`
	View struct {
		Type     string `json:"type"`
		Callback string `json:"callback_id"`
		Metadata string `json:"private_metadata"`
		State    struct {
			Values map[string]map[string]input `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

// input is what a person chose or typed.
type input struct {
	Value    string `json:"value"`
	Selected *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

func (i input) text() string {
	if i.Selected != nil {
		return i.Selected.Value
	}
	return i.Value
}

type eventPayload struct {
	Type    string `json:"type"`
	TeamID  string `json:"team_id"`
	EventID string `json:"event_id"`
	Event   struct {
		Type    string          `json:"type"`
		User    string          `json:"user"`
		Channel json.RawMessage `json:"channel"`
		Tab     string          `json:"tab"`
		Inviter string          `json:"inviter"`
		Tokens  struct {
			Bot []string `json:"bot"`
		} `json:"tokens"`
	} `json:"event"`
}

// origin goes with a form as its private metadata, so that what is filled in
// can be answered where the form was asked for.
type origin struct {
	Channel     string `json:"c,omitempty"`
	Message     string `json:"m,omitempty"`
	ResponseURL string `json:"r,omitempty"`
}

// read makes a request of a payload; kind is Socket Mode's name for it. False
// means that it asks nothing of us.
func (c *Client) read(kind string, payload []byte) (request, bool, error) {
	switch kind {
	case socketmode.RequestTypeSlashCommands:
		var p slashPayload
		if err := json.Unmarshal(payload, &p); err != nil {
			return request{}, false, fmt.Errorf("command: %w", err)
		}
		return p.request(), true, nil
	case socketmode.RequestTypeInteractive:
		var p interactivePayload
		if err := json.Unmarshal(payload, &p); err != nil {
			return request{}, false, fmt.Errorf("interaction: %w", err)
		}
		r, ok := p.request()
		return r, ok, nil
	case socketmode.RequestTypeEventsAPI:
		var p eventPayload
		if err := json.Unmarshal(payload, &p); err != nil {
			return request{}, false, fmt.Errorf("event: %w", err)
		}
		r, ok := p.request()
		return r, ok, nil
	}
	return request{}, false, nil
}

func (p slashPayload) request() request {
	return request{
		cmd: bot.Command{
			Text:    bot.Clean(p.Text),
			By:      bot.Person{Platform: Name, Workspace: p.TeamID, User: p.UserID},
			ByName:  p.UserName,
			At:      bot.Place{Platform: Name, Workspace: p.TeamID, Channel: p.ChannelID},
			Direct:  isDirect(p.ChannelID) || p.ChannelName == "directmessage",
			CanForm: p.TriggerID != "",
		},
		responseURL: p.ResponseURL,
		trigger:     p.TriggerID,
	}
}

// isDirect goes by the letter that Slack's ids of direct messages begin with.
func isDirect(channel string) bool { return strings.HasPrefix(channel, "D") }

// A button's or menu's action_id must be unique in its message, so the action
// itself stands in the value of a button and after menuPrefix for a menu.
const (
	linkPrefix = "link:"
	menuPrefix = "menu:"
)

func (p interactivePayload) request() (request, bool) {
	team := p.Team.ID
	if team == "" {
		team = p.User.TeamID
	}
	channel := p.Channel.ID
	if channel == "" {
		channel = p.Container.ChannelID
	}
	name := p.User.Username
	if name == "" {
		name = p.User.Name
	}
	r := request{
		cmd: bot.Command{
			By:      bot.Person{Platform: Name, Workspace: team, User: p.User.ID},
			ByName:  name,
			At:      bot.Place{Platform: Name, Workspace: team, Channel: channel},
			CanForm: p.TriggerID != "",
		},
		responseURL: p.ResponseURL,
		trigger:     p.TriggerID,
		home:        p.View.Type == "home",
	}
	switch p.Type {
	case "block_actions":
		if len(p.Actions) == 0 {
			return request{}, false
		}
		a := p.Actions[0]
		switch action, isMenu := strings.CutPrefix(a.ActionID, menuPrefix); {
		case strings.HasPrefix(a.ActionID, linkPrefix):
			return request{}, false // the person's own Slack opens the link
		case isMenu:
			r.cmd.Action, r.cmd.Values = action, []string{a.text()}
		default:
			r.cmd.Action = a.Value
		}
		if r.cmd.Message = p.Message.TS; r.cmd.Message == "" {
			r.cmd.Message = p.Container.MessageTS
		}
	case "view_submission":
		r.cmd.Action = p.View.Callback
		r.cmd.Fields = map[string]string{}
		for name, inputs := range p.View.State.Values {
			for _, in := range inputs {
				r.cmd.Fields[name] = bot.Clean(in.text())
			}
		}
		var o origin
		if json.Unmarshal([]byte(p.View.Metadata), &o) == nil {
			r.cmd.At.Channel, r.cmd.Message, r.responseURL = o.Channel, o.Message, o.ResponseURL
		}
	default:
		return request{}, false
	}
	// What was asked for in the App Home belongs to no channel, and so to the
	// person.
	r.cmd.Direct = isDirect(r.cmd.At.Channel) || r.home || r.cmd.At.Channel == ""
	return r, r.cmd.Action != ""
}

func (p eventPayload) request() (request, bool) {
	e := p.Event
	var channel string
	if json.Unmarshal(e.Channel, &channel) != nil {
		var object id // some events carry the channel as an object
		if json.Unmarshal(e.Channel, &object) == nil {
			channel = object.ID
		}
	}
	r := request{cmd: bot.Command{
		ID: p.EventID,
		By: bot.Person{Platform: Name, Workspace: p.TeamID, User: e.User},
		At: bot.Place{Platform: Name, Workspace: p.TeamID, Channel: channel},
	}}
	switch e.Type {
	case "app_home_opened":
		if e.Tab != "home" && e.Tab != "" {
			return request{}, false // the Messages tab of the same app
		}
		r.cmd.Event, r.cmd.Direct, r.home = bot.Home, true, true
	case "member_joined_channel":
		r.cmd.Event = bot.Joined // when it was us; the answer looks at who it was
	case "channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted", "group_deleted":
		r.cmd.Event = bot.Left
	case "app_uninstalled":
		r.cmd.Event, r.cmd.At.Channel, r.revoked = bot.Left, "", true
	case "tokens_revoked":
		if len(e.Tokens.Bot) == 0 {
			return request{}, false
		}
		r.cmd.Event, r.cmd.At.Channel, r.revoked = bot.Left, "", true
	default:
		return request{}, false
	}
	return r, true
}

// person is what Slack tells about one.
type person struct {
	zone   string
	locale string
	admin  bool
}

// askWithin bounds the questions about a person; without an answer a command
// is handled as that of somebody who manages nothing.
const askWithin = 2 * time.Second

// complete fills in what Slack tells only when asked: the person's zone and
// language, and whether they may manage the channel, as admins of the
// workspace, those who created the channel and the configured managers may.
func (c *Client) complete(ctx context.Context, w *workspace, cmd *bot.Command) {
	if cmd.By.User == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	var p person
	var creator string
	var asks sync.WaitGroup
	asks.Go(func() { p = c.person(ctx, w, cmd.By) })
	if !cmd.Direct && cmd.At.Channel != "" {
		asks.Go(func() { creator = c.creator(ctx, w, cmd.At) })
	}
	asks.Wait()
	cmd.Zone, cmd.Locale = p.zone, p.locale
	cmd.Manages = p.admin || cmd.Direct || creator == cmd.By.User || slices.Contains(c.o.Managers, cmd.By.User)
}

func (c *Client) person(ctx context.Context, w *workspace, by bot.Person) person {
	if p, ok := c.people.Get(by); ok {
		return p
	}
	var answer struct {
		User struct {
			TZ      string `json:"tz"`
			Locale  string `json:"locale"`
			Admin   bool   `json:"is_admin"`
			Owner   bool   `json:"is_owner"`
			Primary bool   `json:"is_primary_owner"`
		} `json:"user"`
	}
	if err := w.call(ctx, "users.info", url.Values{"user": {by.User}, "include_locale": {"true"}}, &answer); err != nil {
		c.log.Warn("cannot ask about a person", "platform", Name, "user", by.User, "err", withoutURL(err))
		return person{}
	}
	u := answer.User
	p := person{zone: u.TZ, locale: u.Locale, admin: u.Admin || u.Owner || u.Primary}
	c.people.Put(by, p)
	return p
}

func (c *Client) creator(ctx context.Context, w *workspace, at bot.Place) string {
	if id, ok := c.creators.Get(at); ok {
		return id
	}
	ch, err := w.conversation(ctx, at.Channel)
	if err != nil {
		// A command may come from a private channel that the bot is not in.
		c.log.Debug("cannot ask about a channel", "platform", Name, "channel", at.Channel, "err", err)
		return ""
	}
	c.creators.Put(at, ch.Creator)
	return ch.Creator
}
