package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hanwire/bot/slack"
	"hanwire/digest/query"
	"hanwire/web"
)

// maxConfig bounds the size of a configuration file.
const maxConfig = 1 << 20

// Config is the configuration file. config.example.yaml says what each key
// means; defaultConfig has the values of keys that are left out.
type Config struct {
	Database      string               `yaml:"database"`
	Contact       string               `yaml:"contact"`
	Role          string               `yaml:"role"`
	Zone          string               `yaml:"zone"`
	Lang          string               `yaml:"lang"`
	Log           LogConfig            `yaml:"log"`
	Feeds         FeedsConfig          `yaml:"feeds"`
	Topics        map[string]string    `yaml:"topics"`
	Digest        DigestConfig         `yaml:"digest"`
	Slack         SlackConfig          `yaml:"slack"`
	Discord       DiscordConfig        `yaml:"discord"`
	Subscriptions []SubscriptionConfig `yaml:"subscriptions"`
	Model         ModelConfig          `yaml:"model"`
	Listen        string               `yaml:"listen"`
	Web           WebConfig            `yaml:"web"`
	Retention     RetentionConfig      `yaml:"retention"`
}

type LogConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

type FeedsConfig struct {
	Catalogue    bool         `yaml:"catalogue"`
	List         []FeedConfig `yaml:"list"`
	AllowPrivate bool         `yaml:"allow_private"`
	Proxy        string       `yaml:"proxy"`
	Workers      int          `yaml:"workers"`
	Spacing      Duration     `yaml:"spacing"`
}

type FeedConfig struct {
	URL    string `yaml:"url"`
	Outlet string `yaml:"outlet"`
	Type   string `yaml:"type"`
	Lang   string `yaml:"lang"`
	Zone   string `yaml:"zone"`
}

type DigestConfig struct {
	Length int `yaml:"length"`
}

type SlackConfig struct {
	BotToken      Secret   `yaml:"bot_token"`
	AppToken      Secret   `yaml:"app_token"`
	SigningSecret Secret   `yaml:"signing_secret"`
	ClientID      string   `yaml:"client_id"`
	ClientSecret  Secret   `yaml:"client_secret"`
	Mode          string   `yaml:"mode"`
	Listen        string   `yaml:"listen"`
	APIURL        string   `yaml:"api_url"`
	History       bool     `yaml:"history"`
	Managers      []string `yaml:"managers"`
}

type DiscordConfig struct {
	Token         Secret `yaml:"token"`
	ApplicationID string `yaml:"application_id"`
	PublicKey     string `yaml:"public_key"`
	Mode          string `yaml:"mode"`
	Listen        string `yaml:"listen"`
	APIURL        string `yaml:"api_url"`
	GatewayURL    string `yaml:"gateway_url"`
	Guild         string `yaml:"guild"`
	Shards        int    `yaml:"shards"`
}

type SubscriptionConfig struct {
	Platform  string   `yaml:"platform"`
	Workspace string   `yaml:"workspace"`
	Channel   string   `yaml:"channel"`
	Topics    []string `yaml:"topics"`
	Query     string   `yaml:"query"`
	At        string   `yaml:"at"`
	Zone      string   `yaml:"zone"`
	Days      string   `yaml:"days"`
	Length    int      `yaml:"length"`
	Lang      string   `yaml:"lang"`
}

type ModelConfig struct {
	URL     string   `yaml:"url"`
	Model   string   `yaml:"model"`
	Key     Secret   `yaml:"key"`
	Timeout Duration `yaml:"timeout"`
	Budget  int      `yaml:"budget"`
}

type WebConfig struct {
	Listen  string           `yaml:"listen"`
	URL     string           `yaml:"url"`
	Token   Secret           `yaml:"token"`
	Rate    int              `yaml:"rate"`
	Proxies []string         `yaml:"proxies"`
	Slack   WebSlackConfig   `yaml:"slack"`
	Discord WebDiscordConfig `yaml:"discord"`
}

type WebSlackConfig struct {
	ClientID     string   `yaml:"client_id"`
	ClientSecret Secret   `yaml:"client_secret"`
	Workspaces   []string `yaml:"workspaces"`
}

type WebDiscordConfig struct {
	ClientID     string   `yaml:"client_id"`
	ClientSecret Secret   `yaml:"client_secret"`
	Guilds       []string `yaml:"guilds"`
}

// minTexts is how long the text of an article is needed.
const minTexts = 30 * 24 * time.Hour

type RetentionConfig struct {
	Articles Duration `yaml:"articles"`
	Texts    Duration `yaml:"texts"`
	Messages Duration `yaml:"messages"`
	Editions Duration `yaml:"editions"`
}

func defaultConfig() Config {
	return Config{
		Database: "hanwire.db",
		Role:     "all",
		Zone:     "Asia/Seoul",
		Lang:     "en",
		Log:      LogConfig{Level: "info", Format: "text"},
		Feeds:    FeedsConfig{Catalogue: true, Workers: 16, Spacing: Duration(2 * time.Second)},
		Digest:   DigestConfig{Length: 10},
		Slack:    SlackConfig{Mode: "socket", Listen: "127.0.0.1:8081", APIURL: "https://slack.com/api/"},
		Discord:  DiscordConfig{Mode: "gateway", Listen: "127.0.0.1:8082", APIURL: "https://discord.com/api/v10/"},
		Web: WebConfig{
			Rate: 600, Proxies: []string{"127.0.0.0/8", "::1/128"},
			Slack: WebSlackConfig{Workspaces: []string{}}, Discord: WebDiscordConfig{Guilds: []string{}},
		},
		Model: ModelConfig{Timeout: Duration(20 * time.Second), Budget: 200000},
		Retention: RetentionConfig{
			Articles: Duration(400 * 24 * time.Hour),
			Messages: Duration(90 * 24 * time.Hour),
			Editions: Duration(400 * 24 * time.Hour),
		},
	}
}

// Secret is a token or key. It prints as "[redacted]" wherever it goes; only a
// conversion to string gives the value.
type Secret string

func (s Secret) String() string               { return "[redacted]" }
func (s Secret) GoString() string             { return "[redacted]" }
func (s Secret) LogValue() slog.Value         { return slog.StringValue("[redacted]") }
func (s Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Duration is a length of time in a file: what time.ParseDuration reads, and
// whole days as "30d".
type Duration time.Duration

func (d *Duration) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	if s == "0" {
		*d = 0
		return nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days, "%d", &n); err != nil || fmt.Sprint(n) != days || n < 0 {
			return fmt.Errorf("%q is no length of time; write 36h or 30d", s)
		}
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is no length of time; write 90s, 36h or 30d", s)
	}
	*d = Duration(v)
	return nil
}

// Problem is one thing wrong with a configuration file.
type Problem struct {
	Line    int // 0 when it is about the file as a whole
	Path    string
	Message string
}

// ConfigError lists everything that is wrong with a file.
type ConfigError struct {
	File     string
	Problems []Problem
}

func (e *ConfigError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
		if p.Path != "" {
			b.WriteString(p.Path + ": ")
		}
		b.WriteString(p.Message)
	}
	return b.String()
}

// loadConfig reads the file, fills in secrets from the environment and checks
// all of it. An empty name gives the defaults with the environment's secrets.
// Its error is a [*ConfigError] unless the file cannot be read.
func loadConfig(name string, getenv func(string) string) (Config, error) {
	c := defaultConfig()
	r := reader{lines: map[string]int{}}
	if name != "" {
		data, err := readFile(name, maxConfig)
		if errors.Is(err, fs.ErrNotExist) {
			return c, &ConfigError{File: name, Problems: []Problem{{Message: "there is no such file; config.example.yaml shows what goes into one"}}}
		}
		if err != nil {
			return c, err
		}
		r.read(data, &c)
	}
	for env, at := range map[string]*Secret{
		"HANWIRE_SLACK_BOT_TOKEN":      &c.Slack.BotToken,
		"HANWIRE_SLACK_APP_TOKEN":      &c.Slack.AppToken,
		"HANWIRE_SLACK_SIGNING_SECRET": &c.Slack.SigningSecret,
		"HANWIRE_SLACK_CLIENT_SECRET":  &c.Slack.ClientSecret,
		"HANWIRE_DISCORD_TOKEN":        &c.Discord.Token,
		"HANWIRE_MODEL_KEY":            &c.Model.Key,

		"HANWIRE_WEB_TOKEN":                 &c.Web.Token,
		"HANWIRE_WEB_SLACK_CLIENT_SECRET":   &c.Web.Slack.ClientSecret,
		"HANWIRE_WEB_DISCORD_CLIENT_SECRET": &c.Web.Discord.ClientSecret,
	} {
		if v := getenv(env); v != "" {
			*at = Secret(v)
		}
	}
	if v := getenv("HANWIRE_DATABASE"); v != "" {
		c.Database = v
	}
	r.check(&c)
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
		return c, &ConfigError{File: name, Problems: r.problems}
	}
	return c, nil
}

func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: over %d bytes", name, limit)
	}
	return os.ReadFile(name)
}

// reader walks the file and the struct side by side, so that one pass finds all
// that is wrong and remembers the line of every key.
type reader struct {
	problems []Problem
	lines    map[string]int
}

func (r *reader) problem(path, format string, args ...any) {
	line := r.lines[path]
	for p := path; line == 0 && p != ""; {
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
		line = r.lines[p]
	}
	r.problems = append(r.problems, Problem{line, path, fmt.Sprintf(format, args...)})
}

func (r *reader) read(data []byte, c *Config) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		line := 0
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
			line = e.GetToken().Position.Line
			err = errors.New(e.GetMessage())
		}
		r.problems = append(r.problems, Problem{line, "", "not YAML: " + err.Error()})
		return
	}
	for i, doc := range file.Docs {
		if i > 0 {
			r.problem("", "more than one document")
			return
		}
		if doc.Body != nil {
			r.value(doc.Body, reflect.ValueOf(c).Elem(), "")
		}
	}
}

func (r *reader) value(n ast.Node, v reflect.Value, path string) {
	if _, ok := v.Addr().Interface().(interface{ UnmarshalYAML([]byte) error }); ok || v.Kind() != reflect.Struct && v.Kind() != reflect.Slice {
		r.leaf(n, v, path)
		return
	}
	if n.Type() == ast.NullType {
		return
	}
	if v.Kind() == reflect.Slice {
		seq, ok := n.(*ast.SequenceNode)
		if !ok {
			r.problem(path, "want a list")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
		for i, item := range seq.Values {
			p := fmt.Sprintf("%s[%d]", path, i)
			r.lines[p] = item.GetToken().Position.Line
			r.value(item, v.Index(i), p)
		}
		return
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		r.problem(path, "want keys and values")
		return
	}
	fields := map[string]int{}
	for i := range v.NumField() {
		fields[v.Type().Field(i).Tag.Get("yaml")] = i
	}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		p := strings.TrimPrefix(path+"."+key, ".")
		if _, again := r.lines[p]; again {
			r.lines[p] = it.Key().GetToken().Position.Line
			r.problem(p, "stands twice")
			continue
		}
		r.lines[p] = it.Key().GetToken().Position.Line
		i, ok := fields[key]
		if !ok {
			message := "unknown key"
			if near := nearest(key, fields); near != "" {
				message += fmt.Sprintf("; did you mean %q?", near)
			}
			r.problem(p, "%s", message)
			continue
		}
		r.value(it.Value(), v.Field(i), p)
	}
}

func (r *reader) leaf(n ast.Node, v reflect.Value, path string) {
	if m, ok := n.(ast.MapNode); ok {
		for it := m.MapRange(); it.Next(); {
			key := it.Key().GetToken()
			r.lines[path+"."+key.Value] = key.Position.Line
		}
	}
	if err := yaml.NodeToValue(n, v.Addr().Interface(), yaml.Strict()); err != nil {
		message := err.Error()
		if e, ok := errors.AsType[yaml.Error](err); ok {
			message = e.GetMessage()
		}
		if v.Type() == reflect.TypeFor[Secret]() {
			message = "want text"
		}
		r.problem(path, "%s", message)
	}
}

// nearest is the known key that differs least from key, or empty when none is
// near.
func nearest(key string, known map[string]int) string {
	best, least := "", len(key)/2+1
	for _, k := range slices.Sorted(maps.Keys(known)) {
		if d := distance(key, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

var (
	outletTypes = []string{"state", "party", "agency", "independent", "government", "think tank"}
	languages   = []string{"en", "ko", "zh-Hans", "zh-Hant"}
)

// check finds what is well-formed but makes no sense.
func (r *reader) check(c *Config) {
	oneOf := func(path, v string, allowed ...string) {
		if !slices.Contains(allowed, v) {
			r.problem(path, "%q is not one of %s", v, strings.Join(allowed, ", "))
		}
	}
	zone := func(path, v string) {
		if _, err := time.LoadLocation(v); err != nil || v == "" || v == "Local" {
			r.problem(path, "%q is no time zone; write a name like Asia/Seoul", v)
		}
	}
	link := func(path, v string, schemes ...string) {
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme) {
			r.problem(path, "want a URL that begins with %s://", strings.Join(schemes, ":// or "))
		}
	}
	listen := func(path, v string) {
		if _, err := netip.ParseAddrPort(v); err != nil && !(strings.HasPrefix(v, ":") || strings.HasPrefix(v, "localhost:")) {
			r.problem(path, "%q is no address; write one like 127.0.0.1:8080", v)
		}
	}
	positive := func(path string, n, most int) {
		if n < 1 || n > most {
			r.problem(path, "%d is not between 1 and %d", n, most)
		}
	}
	if c.Database == "" {
		r.problem("database", "want a file name or postgres://...")
	}
	if c.Contact != "" {
		link("contact", c.Contact, "https", "http", "mailto")
	}
	oneOf("role", c.Role, "all", "poll", "chat")
	zone("zone", c.Zone)
	oneOf("lang", c.Lang, languages...)
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf("log.format", c.Log.Format, "text", "json")
	positive("feeds.workers", c.Feeds.Workers, 256)
	if c.Feeds.Proxy != "" {
		link("feeds.proxy", c.Feeds.Proxy, "http", "https", "socks5")
	}
	for i, f := range c.Feeds.List {
		at := fmt.Sprintf("feeds.list[%d]", i)
		link(at+".url", f.URL, "http", "https")
		if f.Type != "" {
			oneOf(at+".type", f.Type, outletTypes...)
		}
		if f.Zone != "" {
			zone(at+".zone", f.Zone)
		}
		if slices.ContainsFunc(c.Feeds.List[:i], func(g FeedConfig) bool { return g.URL == f.URL }) {
			r.problem(at+".url", "stands twice")
		}
	}
	for name, q := range c.Topics {
		at := "topics." + name
		if name == "" || strings.ContainsAny(name, " \t\"():") {
			r.problem("topics", "%q: a topic's name has no spaces, quotes, colons or parentheses", name)
		}
		r.checkQuery(at, q)
	}
	positive("digest.length", c.Digest.Length, 40)
	oneOf("slack.mode", c.Slack.Mode, "socket", "http")
	link("slack.api_url", c.Slack.APIURL, "https", "http")
	if c.Slack.On() {
		if c.Slack.Mode == "socket" && c.Slack.AppToken == "" {
			r.problem("slack.app_token", "Socket Mode needs an app-level token (xapp-...); set HANWIRE_SLACK_APP_TOKEN, or mode: http")
		}
		if c.Slack.Mode == "http" || c.Slack.ClientID != "" {
			listen("slack.listen", c.Slack.Listen) // pages to install the app are served in either mode
		}
		if c.Slack.ClientID != "" && c.Slack.ClientSecret == "" {
			r.problem("slack.client_secret", "client_id needs the client secret; set HANWIRE_SLACK_CLIENT_SECRET")
		}
		if c.Slack.ClientID != "" && c.Slack.BotToken != "" {
			r.problem("slack.bot_token", "with client_id every workspace brings its own token; leave this one out and install the app there too, at "+slack.InstallPath)
		}
		if c.Slack.Mode == "http" {
			if c.Slack.SigningSecret == "" {
				r.problem("slack.signing_secret", "mode http needs the signing secret; set HANWIRE_SLACK_SIGNING_SECRET")
			}
		}
	}
	oneOf("discord.mode", c.Discord.Mode, "gateway", "http")
	link("discord.api_url", c.Discord.APIURL, "https", "http")
	if c.Discord.GatewayURL != "" {
		link("discord.gateway_url", c.Discord.GatewayURL, "wss", "ws")
	}
	if c.Discord.Shards < 0 || c.Discord.Shards > 1024 {
		r.problem("discord.shards", "%d is not between 0 and 1024", c.Discord.Shards)
	}
	if c.Discord.Token != "" && c.Discord.Mode == "http" {
		listen("discord.listen", c.Discord.Listen)
		if len(c.Discord.PublicKey) != 64 {
			r.problem("discord.public_key", "mode http needs the application's public key, 64 hexadecimal digits")
		}
	}
	for i, s := range c.Subscriptions {
		at := fmt.Sprintf("subscriptions[%d]", i)
		oneOf(at+".platform", s.Platform, "slack", "discord", "console")
		if s.Channel == "" {
			r.problem(at+".channel", "want the channel's id")
		}
		if s.Platform == "slack" && s.Workspace == "" && c.Slack.ClientID != "" {
			r.problem(at+".workspace", "want the workspace's id, since with slack.client_id there may be several")
		}
		if _, err := time.Parse("15:04", s.At); err != nil {
			r.problem(at+".at", "%q is no time of day; write one like 08:00", s.At)
		}
		if s.Zone != "" {
			zone(at+".zone", s.Zone)
		}
		if s.Lang != "" {
			oneOf(at+".lang", s.Lang, languages...)
		}
		if s.Length != 0 {
			positive(at+".length", s.Length, 40)
		}
		if s.Query != "" {
			r.checkQuery(at+".query", s.Query)
		}
	}
	if t := time.Duration(c.Retention.Texts); t > 0 && t < minTexts {
		r.problem("retention.texts", "want 30d or more, since digests and the trial of an alert look back that far, or 0")
	}
	if c.Model.URL != "" {
		link("model.url", c.Model.URL, "https", "http")
		if c.Model.Model == "" {
			r.problem("model.model", "a model's URL needs the model's name")
		}
		if c.Model.Timeout <= 0 {
			r.problem("model.timeout", "want more than 0")
		}
		positive("model.budget", c.Model.Budget, 1_000_000_000)
	}
	if c.Listen != "" {
		listen("listen", c.Listen)
	}
	r.checkWeb(c, listen, link)
}

// checkWeb finds what is wrong with the reading room, which must not be open to
// all by mistake.
func (r *reader) checkWeb(c *Config, listen func(path, v string), link func(path, v string, schemes ...string)) {
	w := c.Web
	if w.Listen != "" {
		listen("web.listen", w.Listen)
		if !loopback(w.Listen) && w.Token == "" && !w.signIn() {
			r.problem("web.listen", "%q can be reached from other machines: set web.token (HANWIRE_WEB_TOKEN) or sign-in under web.slack or web.discord, or listen on 127.0.0.1", w.Listen)
		}
	}
	if w.URL != "" {
		link("web.url", w.URL, "https", "http")
		if u, err := url.Parse(w.URL); err == nil && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil) {
			r.problem("web.url", "want scheme and host alone, like https://hanwire.example.org; the pages are at the top")
		}
	}
	if w.Token != "" && len(w.Token) < web.MinToken {
		r.problem("web.token", "fewer than %d characters can be guessed; make one with: openssl rand -hex 24", web.MinToken)
	}
	if w.Rate < 0 || w.Rate > 1_000_000 {
		r.problem("web.rate", "%d is not between 0 and 1000000", w.Rate)
	}
	for i, p := range w.Proxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			r.problem(fmt.Sprintf("web.proxies[%d]", i), "%q is no network; write one like 10.0.0.0/8", p)
		}
	}
	signIn := func(at, env, id string, secret Secret, members bool, list string) {
		if id == "" {
			if secret != "" {
				r.problem(at+".client_id", "the client secret needs the client id")
			}
			return
		}
		if secret == "" {
			r.problem(at+".client_secret", "client_id needs the client secret; set %s", env)
		}
		if w.URL == "" {
			r.problem(at+".client_id", "signing in needs web.url: the address to which people come back")
		}
		if !members {
			r.problem(at+"."+list, "want the ids of those whose members may read")
		}
	}
	signIn("web.slack", "HANWIRE_WEB_SLACK_CLIENT_SECRET", w.Slack.ClientID, w.Slack.ClientSecret, len(w.Slack.Workspaces) > 0 || c.Slack.ClientID != "", "workspaces")
	signIn("web.discord", "HANWIRE_WEB_DISCORD_CLIENT_SECRET", w.Discord.ClientID, w.Discord.ClientSecret, len(w.Discord.Guilds) > 0, "guilds")
}

// signIn reports whether people can sign in with a platform.
func (w WebConfig) signIn() bool { return w.Slack.ClientID != "" || w.Discord.ClientID != "" }

// loopback reports whether only this machine can reach an address.
func loopback(listen string) bool {
	if a, err := netip.ParseAddrPort(listen); err == nil {
		return a.Addr().IsLoopback()
	}
	return strings.HasPrefix(listen, "localhost:")
}

func (r *reader) checkQuery(path, q string) {
	if _, err := query.Parse(q); err != nil {
		if e, ok := errors.AsType[*query.Error](err); ok {
			r.problem(path, "at character %d: %s", e.Pos+1, e.Message)
			return
		}
		r.problem(path, "%v", err)
	}
}

// On reports whether Slack is configured.
func (s SlackConfig) On() bool { return s.BotToken != "" || s.ClientID != "" }
