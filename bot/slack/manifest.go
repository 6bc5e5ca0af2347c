package slack

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hanwire/bot"
)

// What the app asks of Slack, and why:
//
//	commands          /hanwire
//	chat:write        digests and answers
//	chat:write.public digests in public channels without an invitation
//	im:write          alerts by direct message
//	users:read        a person's zone and language, and who is an admin
//	channels:read     who made a channel, and being added to or removed from one
//	groups:read       the same for private channels
//
// With HistoryScope also the three that let a message be looked up after a
// connection broke while it was sent.
var (
	botScopes     = []string{"channels:read", "chat:write", "chat:write.public", "commands", "groups:read", "im:write", "users:read"}
	historyScopes = []string{"channels:history", "groups:history", "im:history"}
)

// botEvents are the events that [eventPayload.request] understands.
var botEvents = []string{
	"app_home_opened", "app_uninstalled", "channel_archive", "channel_deleted", "channel_left",
	"group_archive", "group_deleted", "group_left", "member_joined_channel", "tokens_revoked",
}

func (c *Client) scopes() []string { return scopes(c.o.HistoryScope) }

func scopes(history bool) []string {
	if !history {
		return botScopes
	}
	all := slices.Concat(botScopes, historyScopes)
	slices.Sort(all)
	return all
}

// ManifestOptions vary the manifest.
type ManifestOptions struct {
	// URL is the public address of this server ("https://hanwire.example");
	// empty for Socket Mode.
	URL     string
	History bool // ask for the history scopes too
	Install bool // other workspaces may install the app
}

// Manifest returns the app manifest in YAML, for "Create New App / From a
// manifest" on api.slack.com.
func Manifest(o ManifestOptions) (string, error) {
	base := strings.TrimSuffix(o.URL, "/")
	events := base + EventsPath
	if base == "" {
		events = ""
	}
	var m manifest
	m.Metadata.Major, m.Metadata.Minor = 2, 1
	m.Display.Name = "Hanwire"
	m.Display.Description = "Digests of Korea and China policy news, with verbatim quotes"
	m.Display.Color = "#1d3557"
	m.Features.Home.Home = true
	m.Features.Home.Messages = true
	m.Features.Home.ReadOnly = true
	m.Features.Bot.Name, m.Features.Bot.Online = "Hanwire", true
	m.Features.Commands = []manifestCommand{{
		Command: "/hanwire", URL: events, Description: "Digests, quotes and alerts",
		Hint: commandHint(), Escape: false,
	}}
	m.OAuth.Scopes.Bot = scopes(o.History)
	if o.Install && base != "" {
		m.OAuth.Redirects = []string{base + RedirectPath}
	}
	m.Settings.Events.URL, m.Settings.Events.Bot = events, botEvents
	m.Settings.Interactivity.On, m.Settings.Interactivity.URL = true, events
	m.Settings.Socket = base == ""
	out, err := yaml.Marshal(m)
	return string(out), err
}

// commandHint lists the commands as the hint below what is being typed.
func commandHint() string {
	var names []string
	for _, c := range bot.Commands {
		first, _, _ := strings.Cut(c.Name, " ")
		if !slices.Contains(names, first) {
			names = append(names, first)
		}
	}
	return bot.Cut(strings.Join(names, " | "), 1000)
}

// manifest is the part of https://docs.slack.dev/reference/app-manifest that
// the app uses.
type manifest struct {
	Metadata struct {
		Major int `yaml:"major_version"`
		Minor int `yaml:"minor_version"`
	} `yaml:"_metadata"`
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
		Color       string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
			ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		Bot struct {
			Name   string `yaml:"display_name"`
			Online bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Commands []manifestCommand `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Redirects []string `yaml:"redirect_urls,omitempty"`
		Scopes    struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			URL string   `yaml:"request_url,omitempty"`
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			On  bool   `yaml:"is_enabled"`
			URL string `yaml:"request_url,omitempty"`
		} `yaml:"interactivity"`
		OrgDeploy bool `yaml:"org_deploy_enabled"`
		Socket    bool `yaml:"socket_mode_enabled"`
		Rotation  bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

type manifestCommand struct {
	Command     string `yaml:"command"`
	URL         string `yaml:"url,omitempty"`
	Description string `yaml:"description"`
	Hint        string `yaml:"usage_hint"`
	Escape      bool   `yaml:"should_escape"`
}
