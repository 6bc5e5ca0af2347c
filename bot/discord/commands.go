package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"hanwire/bot"
)

// The commands that everybody may give are below /hanwire; those that need
// somebody who manages channels are below a command of their own, because
// Discord shows and hides whole commands only.
const (
	commandName   = "hanwire"
	managingName  = "hanwire-manage"
	maxOptionText = 100
)

// command is discordgo's ApplicationCommand with no more than it needs, so
// that what is registered can be compared with what should be.
type command struct {
	Type             discordgo.ApplicationCommandType `json:"type"`
	Name             string                           `json:"name"`
	Description      string                           `json:"description"`
	Localizations    map[string]string                `json:"description_localizations,omitempty"`
	Options          []*option                        `json:"options,omitempty"`
	Permissions      *string                          `json:"default_member_permissions"`
	Contexts         []int                            `json:"contexts"`
	IntegrationTypes []int                            `json:"integration_types"`
}

type option struct {
	Type          discordgo.ApplicationCommandOptionType `json:"type"`
	Name          string                                 `json:"name"`
	Description   string                                 `json:"description"`
	Localizations map[string]string                      `json:"description_localizations,omitempty"`
	Required      bool                                   `json:"required,omitempty"`
	Autocomplete  bool                                   `json:"autocomplete,omitempty"`
	Choices       []choice                               `json:"choices,omitempty"`
	Options       []*option                              `json:"options,omitempty"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Where a command may be given, and how the app may be added
// (https://discord.com/developers/docs/interactions/application-commands).
const (
	inGuild, inDirect, inPrivate = 0, 1, 2
	byGuild, byUser              = 0, 1
)

// locales are Discord's names for the languages of the interface.
var locales = map[string]bot.Lang{"ko": bot.Korean, "zh-CN": bot.Simplified, "zh-TW": bot.Traditional}

// applicationCommands makes Discord's commands of [bot.Commands].
func applicationCommands() []*command {
	manage := strconv.FormatInt(discordgo.PermissionManageChannels, 10)
	all := &command{Type: discordgo.ChatApplicationCommand, Name: commandName, Description: "Korea and China policy news: digests, quotes and alerts",
		Contexts: []int{inGuild, inDirect, inPrivate}, IntegrationTypes: []int{byGuild, byUser}}
	managing := &command{Type: discordgo.ChatApplicationCommand, Name: managingName, Description: "What this channel hears of, for those who manage it",
		Permissions: &manage, Contexts: []int{inGuild}, IntegrationTypes: []int{byGuild}}
	for _, spec := range bot.Commands {
		to := all
		if spec.Who == bot.Manager {
			to = managing
		}
		group, name, grouped := strings.Cut(spec.Name, " ")
		list := &to.Options
		if grouped {
			i := slices.IndexFunc(*list, func(o *option) bool { return o.Name == group })
			if i < 0 {
				i = len(*list)
				*list = append(*list, &option{Type: discordgo.ApplicationCommandOptionSubCommandGroup, Name: group, Description: group})
			}
			list = &(*list)[i].Options
		} else {
			name = group
		}
		*list = append(*list, subcommand(name, spec))
	}
	return []*command{all, managing}
}

func subcommand(name string, spec bot.CommandSpec) *option {
	sub := &option{Type: discordgo.ApplicationCommandOptionSubCommand, Name: name,
		Description: description(spec.Summary, spec.Name), Localizations: localized(spec.Summary, spec.SummaryIn)}
	for _, o := range spec.Options {
		opt := &option{Type: discordgo.ApplicationCommandOptionString, Name: o.Name, Description: description(o.Help, o.Name),
			Localizations: localized(o.Help, func(l bot.Lang) string { return spec.HelpIn(l, o.Name) }),
			Required:      o.Required, Autocomplete: o.Autocomplete && len(o.Choices) == 0}
		if o.Kind == bot.NumberOption {
			opt.Type, opt.Autocomplete = discordgo.ApplicationCommandOptionInteger, false
		}
		for _, c := range o.Choices[:min(len(o.Choices), maxOptions)] {
			opt.Choices = append(opt.Choices, choice{bot.Cut(c.Label, maxOptionText), c.Value})
		}
		sub.Options = append(sub.Options, opt)
	}
	// Discord wants those that are required first.
	slices.SortStableFunc(sub.Options, func(a, b *option) int {
		return cmp.Compare(map[bool]int{true: 0, false: 1}[a.Required], map[bool]int{true: 0, false: 1}[b.Required])
	})
	return sub
}

func description(s, otherwise string) string { return bot.Cut(cmp.Or(s, otherwise), maxOptionText) }

func localized(english string, in func(bot.Lang) string) map[string]string {
	out := map[string]string{}
	for locale, lang := range locales {
		if s := in(lang); s != "" && s != english {
			out[locale] = bot.Cut(s, maxOptionText)
		}
	}
	return out
}

// register puts the commands in place when those that are registered differ:
// Discord allows 200 creations a day and guild.
func (c *Client) register(ctx context.Context) error {
	app, err := c.appID(ctx)
	if err != nil {
		return fmt.Errorf("application: %w", err)
	}
	path := "applications/" + app + "/commands"
	if c.o.Guild != "" {
		path = "applications/" + app + "/guilds/" + c.o.Guild + "/commands"
	}
	want := applicationCommands()
	var have []any
	err = c.rest.call(ctx, "GET", path+"?with_localizations=true", nil, &have)
	if e, ok := errors.AsType[*apiError](err); err != nil && (!ok || e.Status != http.StatusNotFound && !missing(err)) {
		return fmt.Errorf("commands: %w", err)
	}
	same, err := sameCommands(have, want)
	if err != nil || same {
		return err
	}
	if err := c.rest.call(ctx, http.MethodPut, path, want, nil); err != nil {
		return fmt.Errorf("commands: %w", err)
	}
	c.log.Info("commands registered", "platform", Name, "commands", len(want), "guild", c.o.Guild)
	return nil
}

// sameCommands compares what is registered with what should be, in the fields
// that we set.
func sameCommands(have []any, want []*command) (bool, error) {
	raw, err := json.Marshal(want)
	if err != nil {
		return false, err
	}
	var wanted []any
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return false, err
	}
	byName := func(list []any) map[any]any {
		m := map[any]any{}
		for _, c := range list {
			if o, ok := c.(map[string]any); ok {
				m[o["name"]] = bare(o)
			}
		}
		return m
	}
	return reflect.DeepEqual(byName(have), byName(wanted)), nil
}

// ours are the fields of commands and options that we set.
var ours = []string{"type", "name", "description", "description_localizations", "options", "default_member_permissions", "contexts",
	"integration_types", "required", "autocomplete", "choices", "value"}

// bare leaves out of a command what we do not set, and what is as good as not
// there: Discord answers with nulls, empty lists and defaults of its own.
func bare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			_, localization := locales[k]
			if x = bare(x); x != nil && (slices.Contains(ours, k) || localization) {
				out[k] = x
			}
		}
		if len(out) > 0 {
			return out
		}
	case []any:
		var out []any
		for _, x := range v {
			if x = bare(x); x != nil {
				out = append(out, x)
			}
		}
		if len(out) > 0 {
			return out
		}
	case bool:
		if v {
			return v
		}
	case string:
		if v != "" {
			return v
		}
	case float64:
		return v
	}
	return nil
}
