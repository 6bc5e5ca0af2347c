package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"hanwire/bot"
)

// Kinds of interactions
// (https://discord.com/developers/docs/interactions/receiving-and-responding).
const (
	interactionPing         = int(discordgo.InteractionPing)
	interactionCommand      = int(discordgo.InteractionApplicationCommand)
	interactionComponent    = int(discordgo.InteractionMessageComponent)
	interactionAutocomplete = int(discordgo.InteractionApplicationCommandAutocomplete)
	interactionForm         = int(discordgo.InteractionModalSubmit)
)

// word is a string that some servers write as a number: an id, permissions.
type word string

func (w *word) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil { // null too
		*w = word(s)
		return nil
	}
	var n json.Number
	err := json.Unmarshal(raw, &n)
	*w = word(n)
	return err
}

// interaction is the part of one that we read. It is our own because discordgo
// refuses all of it for one part that it does not know.
type interaction struct {
	ID        word            `json:"id"`
	App       word            `json:"application_id"`
	Type      int             `json:"type"`
	Token     string          `json:"token"` // a credential for 15 minutes
	GuildID   word            `json:"guild_id"`
	ChannelID word            `json:"channel_id"`
	Locale    string          `json:"locale"`
	Data      interactionData `json:"data"`
	Channel   struct {
		ID       word                  `json:"id"`
		Type     discordgo.ChannelType `json:"type"`
		ParentID word                  `json:"parent_id"`
		OwnerID  word                  `json:"owner_id"`
	} `json:"channel"`
	Message *struct {
		ID word `json:"id"`
	} `json:"message"`
	User   *user `json:"user"`
	Member *struct {
		User        user   `json:"user"`
		Nick        string `json:"nick"`
		Permissions word   `json:"permissions"`
	} `json:"member"`
}

type user struct {
	ID         word   `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
}

type interactionData struct {
	Name       string       `json:"name"`
	Options    []given      `json:"options"`
	CustomID   string       `json:"custom_id"`
	Values     []string     `json:"values"`
	Components []filledPart `json:"components"`
}

// given is an option of a command, a subcommand or a group of them.
type given struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []given         `json:"options"`
}

func (g given) isSubcommand() bool {
	switch discordgo.ApplicationCommandOptionType(g.Type) {
	case discordgo.ApplicationCommandOptionSubCommand, discordgo.ApplicationCommandOptionSubCommandGroup:
		return true
	}
	return g.Type == 0 && len(g.Value) == 0 // Discord always tells the type
}

// text is an option's value as a person would type it.
func (g given) text() string {
	var s string
	if json.Unmarshal(g.Value, &s) == nil {
		return bot.Clean(s)
	}
	var n float64
	if json.Unmarshal(g.Value, &n) == nil {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return bot.Clean(string(g.Value))
}

// filledPart is an input of a form, or a row or label around some.
type filledPart struct {
	CustomID   string       `json:"custom_id"`
	Value      string       `json:"value"`
	Values     []string     `json:"values"`
	Component  *filledPart  `json:"component"`
	Components []filledPart `json:"components"`
}

func (p filledPart) fill(fields map[string]string) {
	switch {
	case p.Component != nil:
		p.Component.fill(fields)
	case len(p.Components) > 0:
		for _, c := range p.Components {
			c.fill(fields)
		}
	case p.CustomID != "" && len(p.Values) > 0:
		fields[p.CustomID] = bot.Clean(p.Values[0])
	case p.CustomID != "":
		fields[p.CustomID] = bot.Clean(p.Value)
	}
}

func readInteraction(raw []byte) (interaction, error) {
	var i interaction
	if err := json.Unmarshal(raw, &i); err != nil {
		return i, fmt.Errorf("interaction: %w", err)
	}
	if i.Type != interactionPing && (i.ID == "" || i.Token == "") {
		return i, errors.New("interaction without id or token")
	}
	return i, nil
}

// manageBits are the permissions with which a person may manage a channel's
// subscriptions and feeds.
const manageBits = discordgo.PermissionAdministrator | discordgo.PermissionManageGuild | discordgo.PermissionManageChannels

// command makes a command of an interaction; self is the bot's user ID. The
// option that is being typed is the second result.
func (i interaction) command(self string) (bot.Command, string) {
	here := string(i.ChannelID)
	if here == "" {
		here = string(i.Channel.ID)
	}
	c := bot.Command{ID: string(i.ID), Locale: i.Locale, Direct: i.GuildID == "", Manages: i.GuildID == "",
		At: bot.Place{Platform: Name, Workspace: string(i.GuildID), Channel: here}}
	who := user{}
	if i.User != nil {
		who = *i.User
	}
	if i.Member != nil {
		who = i.Member.User
		bits, _ := strconv.ParseInt(string(i.Member.Permissions), 10, 64)
		c.Manages = bits&manageBits != 0
	}
	c.By = bot.Person{Platform: Name, User: string(who.ID)}
	if c.ByName = who.GlobalName; c.ByName == "" {
		c.ByName = who.Username
	}
	if i.Member != nil && i.Member.Nick != "" {
		c.ByName = i.Member.Nick
	}
	// What is said in a thread of ours is about the channel that it belongs to.
	switch i.Channel.Type {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		if string(i.Channel.OwnerID) == self && self != "" && i.Channel.ParentID != "" {
			c.At.Channel = string(i.Channel.ParentID)
		}
	}
	if i.Message != nil {
		if c.Message = string(i.Message.ID); c.At.Channel != here {
			c.Message = here + "/" + c.Message
		}
	}
	focused := ""
	switch i.Type {
	case interactionCommand, interactionAutocomplete:
		c.CanForm = i.Type == interactionCommand
		var words []string
		if i.Data.Name != commandName && i.Data.Name != managingName {
			words = append(words, i.Data.Name)
		}
		options := i.Data.Options
		for len(options) == 1 && options[0].isSubcommand() {
			words = append(words, options[0].Name)
			options = options[0].Options
		}
		c.Name, c.Args = strings.Join(words, " "), map[string]string{}
		for _, o := range options {
			c.Args[o.Name] = o.text()
			if o.Focused {
				focused = o.Name
			}
		}
	case interactionComponent:
		c.CanForm = true
		kind, action, _ := actionOf(i.Data.CustomID)
		switch kind {
		case pickID:
			if len(i.Data.Values) > 0 {
				c.Action = i.Data.Values[0]
			}
		case menuID:
			c.Action, c.Values = action, i.Data.Values
		case buttonID:
			c.Action = action
		}
	case interactionForm:
		_, c.Action, _ = actionOf(i.Data.CustomID)
		c.Fields = map[string]string{}
		for _, p := range i.Data.Components {
			p.fill(c.Fields)
		}
	}
	return c, focused
}
