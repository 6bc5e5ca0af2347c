package bot

import (
	"slices"
	"strings"
)

// CommandSpec is one command, as typed once for all platforms: Slack and the
// console parse text by it, Discord registers it, and help and README print it.
type CommandSpec struct {
	Name     string // "latest", "alert add": at most two words, lower case
	Summary  string // one English line, at most 100 characters
	Options  []Option
	Who      Who
	Examples []string // what follows "/hanwire"
	Aliases  []string // other words for Name in text, in any language
}

// Option is something a command can be told.
type Option struct {
	Name         string
	Kind         OptionKind
	Required     bool
	Autocomplete bool     // Handler.Suggest completes it
	Choices      []Choice // the only values there are; empty when it is free
	Help         string   // one English line, at most 100 characters
	Named        bool     // in text the value follows the option's name: "page 2"
	Of           string   // for ID: "story", "alert", "subscription", "feed"
}

// OptionKind is what a value must look like.
type OptionKind string

const (
	TextOption   OptionKind = "text"
	TopicOption  OptionKind = "topic"
	QueryOption  OptionKind = "query" // in the query language, or topics
	ZoneOption   OptionKind = "zone"
	TimeOption   OptionKind = "time"
	DaysOption   OptionKind = "days"
	NumberOption OptionKind = "number"
	IDOption     OptionKind = "id"
)

// Who may give a command.
type Who string

const (
	Anyone  Who = "anyone"
	Manager Who = "manager" // of the channel: Command.Manages
)

// Commands are all that Hanwire understands, in the order of the help text. It
// is not to be changed.
var Commands = commandSpecs()

func commandSpecs() []CommandSpec {
	page := Option{Name: "page", Kind: NumberOption, Named: true}
	subscription := Option{Name: "id", Kind: IDOption, Of: "subscription", Autocomplete: true}
	alert := Option{Name: "id", Kind: IDOption, Of: "alert", Required: true, Autocomplete: true}
	every := Option{Name: "frequency", Kind: TextOption, Choices: []Choice{
		{Label: "immediate", Value: string(Immediate)}, {Label: "hourly", Value: string(Hourly)}, {Label: "daily", Value: string(Daily)},
	}}
	specs := []CommandSpec{
		{Name: "latest", Who: Anyone, Aliases: []string{"digest", "news", "최신", "뉴스", "最新", "新闻", "新聞"},
			Options:  []Option{{Name: "topic", Kind: TopicOption, Autocomplete: true}},
			Examples: []string{"latest", "latest north-korea"}},
		{Name: "story", Who: Anyone, Aliases: []string{"기사", "报道", "報道", "報導"},
			Options:  []Option{{Name: "id", Kind: IDOption, Of: "story", Required: true, Autocomplete: true}},
			Examples: []string{"story 3f9a1c"}},
		{Name: "search", Who: Anyone, Aliases: []string{"find", "검색", "搜索", "搜尋"},
			Options:  []Option{{Name: "query", Kind: QueryOption, Required: true}, page},
			Examples: []string{`search "rare earths" OR tariff -soccer since:7d`, "search 관세 outlet:haneul", "search 稀土 page 2"}},
		{Name: "quotes", Who: Anyone, Aliases: []string{"quote", "인용", "발언", "引语", "引語", "引述"},
			Options:  []Option{{Name: "query", Kind: QueryOption}, page},
			Examples: []string{`quotes speaker:"Wang Yi" rare earths since:2026-05-01`, "quotes"}},
		{Name: "speaker", Who: Anyone, Aliases: []string{"who", "인물", "人物", "发言人", "發言人"},
			Options:  []Option{{Name: "name", Kind: TextOption, Required: true, Autocomplete: true}},
			Examples: []string{"speaker Wang Yi", "speaker 김정은"}},
		{Name: "subscribe", Who: Manager, Aliases: []string{"sub", "구독", "订阅", "訂閱"},
			Options: []Option{
				{Name: "what", Kind: QueryOption, Autocomplete: true},
				{Name: "at", Kind: TimeOption, Autocomplete: true},
				{Name: "zone", Kind: ZoneOption, Autocomplete: true},
				{Name: "days", Kind: DaysOption, Autocomplete: true},
				{Name: "n", Kind: NumberOption},
				{Name: "language", Kind: TextOption, Named: true, Choices: languageChoices()},
			},
			Examples: []string{"subscribe korea, china at 08:00 Asia/Seoul weekdays 10", `subscribe "rare earths" OR tariff at 7am KST`, "subscribe north-korea"}},
		{Name: "subscriptions", Who: Anyone, Aliases: []string{"subs", "schedule", "구독목록", "订阅列表", "訂閱清單"}, Examples: []string{"subscriptions"}},
		{Name: "unsubscribe", Who: Manager, Aliases: []string{"unsub", "구독취소", "退订", "退訂"},
			Options: []Option{subscription}, Examples: []string{"unsubscribe", "unsubscribe s4k2m9"}},
		{Name: "pause", Who: Manager, Aliases: []string{"멈춤", "暂停", "暫停"}, Options: []Option{subscription}, Examples: []string{"pause", "pause s4k2m9"}},
		{Name: "resume", Who: Manager, Aliases: []string{"unpause", "재개", "恢复", "恢復"}, Options: []Option{subscription}, Examples: []string{"resume", "resume s4k2m9"}},
		{Name: "alert add", Who: Anyone, Aliases: []string{"알림 추가", "提醒 添加", "提醒 新增"},
			Options:  []Option{{Name: "query", Kind: QueryOption, Required: true}, every},
			Examples: []string{"alert add tariff", `alert add "rare earths" lang:zh hourly`, "alert add 관세 daily"}},
		{Name: "alert list", Who: Anyone, Aliases: []string{"alerts", "alert", "알림", "提醒"}, Examples: []string{"alert list"}},
		{Name: "alert remove", Who: Anyone, Aliases: []string{"alert delete", "알림 삭제", "提醒 删除", "提醒 刪除"},
			Options: []Option{alert}, Examples: []string{"alert remove a7h3x2"}},
		{Name: "alert test", Who: Anyone, Aliases: []string{"알림 시험", "提醒 测试", "提醒 測試"},
			Options:  []Option{{Name: "query", Kind: QueryOption, Required: true}},
			Examples: []string{"alert test tariff -soccer", "alert test a7h3x2"}},
		{Name: "alert snooze", Who: Anyone, Aliases: []string{"alert mute", "알림 잠시", "提醒 静音", "提醒 靜音"},
			Options:  []Option{alert, {Name: "hours", Kind: NumberOption}},
			Examples: []string{"alert snooze a7h3x2", "alert snooze a7h3x2 72"}},
		{Name: "feeds list", Who: Anyone, Aliases: []string{"feeds", "sources", "피드", "来源", "來源"}, Options: []Option{page}, Examples: []string{"feeds list"}},
		{Name: "feeds add", Who: Manager, Aliases: []string{"피드 추가", "来源 添加", "來源 新增"},
			Options:  []Option{{Name: "url", Kind: TextOption, Required: true}},
			Examples: []string{"feeds add https://example.org/politics"}},
		{Name: "feeds remove", Who: Manager, Aliases: []string{"feeds delete", "피드 삭제", "来源 删除", "來源 刪除"},
			Options:  []Option{{Name: "id", Kind: IDOption, Of: "feed", Required: true, Autocomplete: true}},
			Examples: []string{"feeds remove f81c22d9"}},
		{Name: "feeds status", Who: Anyone, Aliases: []string{"health", "status", "피드 상태", "来源 状态", "來源 狀態"}, Options: []Option{page}, Examples: []string{"feeds status"}},
		{Name: "settings", Who: Anyone, Aliases: []string{"me", "설정", "设置", "設定"},
			Options: []Option{
				{Name: "zone", Kind: ZoneOption, Named: true, Autocomplete: true},
				{Name: "language", Kind: TextOption, Named: true, Choices: languageChoices()},
				{Name: "quiet", Kind: TextOption, Named: true},
				{Name: "digest", Kind: TextOption, Named: true},
			},
			Examples: []string{"settings", "settings zone Asia/Seoul language ko", "settings quiet 22:00-07:00", "settings digest 08:00", "settings quiet off"}},
		{Name: "why", Who: Anyone, Aliases: []string{"왜", "为什么", "為什麼"},
			Options:  []Option{{Name: "url", Kind: TextOption, Required: true}},
			Examples: []string{"why https://example.org/news/1234"}},
		{Name: "forget me", Who: Anyone, Aliases: []string{"forget", "내정보삭제", "忘记我", "忘記我"}, Examples: []string{"forget me"}},
		{Name: "help", Who: Anyone, Aliases: []string{"?", "도움말", "帮助", "幫助", "說明"},
			Options:  []Option{{Name: "command", Kind: TextOption}},
			Examples: []string{"help", "help subscribe"}},
	}
	for i, s := range specs {
		specs[i].Summary = English.say("cmd." + s.Name)
		for j, o := range s.Options {
			specs[i].Options[j].Help = English.say("opt." + s.Name + "." + o.Name)
		}
		specs[i].Options = slices.Clone(specs[i].Options)
	}
	return specs
}

// SummaryIn is the summary in a language of the interface.
func (s CommandSpec) SummaryIn(l Lang) string { return l.say("cmd." + s.Name) }

// HelpIn is an option's help in a language of the interface.
func (s CommandSpec) HelpIn(l Lang, option string) string {
	return l.say("opt." + s.Name + "." + option)
}

// Usage is the command with its options as in a manual: "subscribe [what] [at] ...".
func (s CommandSpec) Usage() string {
	var b strings.Builder
	b.WriteString(s.Name)
	for _, o := range s.Options {
		word := o.usage()
		if !o.Required {
			word = "[" + word + "]"
		}
		b.WriteString(" " + word)
	}
	return b.String()
}

func (o Option) usage() string {
	word := strings.ToUpper(o.Name)
	switch {
	case o.Kind == TimeOption:
		word = "at HH:MM"
	case len(o.Choices) > 0 && !o.Named:
		values := make([]string, len(o.Choices))
		for i, c := range o.Choices {
			values[i] = c.Value
		}
		word = strings.Join(values, "|")
	}
	if o.Named {
		word = o.Name + " " + word
	}
	return word
}

// commandNamed finds a command by its name or an alias; nil when there is none.
func commandNamed(name string) *CommandSpec {
	for i := range Commands {
		if Commands[i].Name == name || slices.Contains(Commands[i].Aliases, name) {
			return &Commands[i]
		}
	}
	return nil
}

// nearestCommand is the command that word was probably meant to be, or empty.
func nearestCommand(word string) string {
	best, least := "", 3
	for _, c := range Commands {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			d := distance(word, name)
			if len(word) >= 3 && strings.HasPrefix(name, word) {
				d = 1
			}
			if limit := max(1, len([]rune(name))/3); d < least && d <= limit {
				best, least = c.Name, d
			}
		}
	}
	return best
}

// distance is the number of letters to change, add, drop or swap to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 40 || len(y) > 40 {
		return 40
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
