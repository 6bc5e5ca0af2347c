package web

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"hanwire/bot"
)

//go:embed texts.txt
var textsFile string

var texts = bot.ReadTexts(textsFile)

// say is a text of ours, or else one of the chat's.
func (p *pages) say(l bot.Lang, key string, args ...any) string {
	if _, ok := texts[key]; ok {
		return texts.Say(l, key, args...)
	}
	return l.Say(key, args...)
}

const langCookie = "lang"

// language is the one that the reader chose last, or that the browser asks for.
// A choice is kept in a cookie.
func (m *Room) language(w http.ResponseWriter, r *http.Request) bot.Lang {
	if chosen := r.URL.Query().Get("lang"); chosen != "" {
		l := bot.LangOf(chosen)
		http.SetCookie(w, m.access.cookie(langCookie, string(l), 365*24*time.Hour))
		return l
	}
	if c, err := r.Cookie(langCookie); err == nil {
		return bot.LangOf(c.Value)
	}
	// The first that we have, not the first of all: English is for those who
	// ask for it, or for nothing that we have.
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return bot.LangOf(m.o.Lang)
	}
	for _, t := range tags {
		base, _ := t.Base()
		switch base.String() {
		case "en", "ko", "zh":
			if script, _ := t.Script(); base.String() == "zh" && script.String() == "Hant" {
				return bot.Traditional
			}
			return bot.LangOf(base.String())
		}
	}
	return bot.LangOf(m.o.Lang)
}

// langOf is the language of a few words, by their script; Chinese characters
// are in the language of what they stand beside, if that is Chinese.
func langOf(s, beside string) string {
	han := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Hangul, r):
			return "ko"
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			return "ja"
		case unicode.Is(unicode.Han, r):
			han = true
		}
	}
	switch {
	case han && strings.HasPrefix(beside, "zh"):
		return beside
	case han && beside == "ja":
		return beside
	case han:
		return "zh"
	}
	return "en"
}

// marks are the quotation marks of a language.
func marks(lang string) [2]string {
	if lang == "zh-Hant" || lang == "ja" {
		return [2]string{"「", "」"}
	}
	return [2]string{"“", "”"}
}

// funcs are what the templates of a language can say.
func (p *pages) funcs(l bot.Lang) template.FuncMap {
	local := func(t time.Time) time.Time { return t.In(p.o.Zone) }
	return template.FuncMap{
		"say":     func(key string, args ...any) string { return p.say(l, key, args...) },
		"iso":     func(t time.Time) string { return local(t).Format(time.RFC3339) },
		"date":    func(t time.Time) string { return l.Date(local(t)) },
		"day":     func(t time.Time) string { return l.Day(local(t), p.o.Now()) },
		"clock":   func(t time.Time) string { return local(t).Format("15:04") },
		"zone":    func(t time.Time) string { return local(t).Format("MST") },
		"list":    l.List,
		"topic":   l.Topic,
		"kind":    l.OutletType,
		"langOf":  langOf,
		"long":    func(t time.Time) string { return longDate(l, local(t)) },
		"month":   func(t time.Time) string { return monthName(l, local(t)) },
		"weekday": func(t time.Time, long bool) string { return weekdayName(l, t.Weekday(), long) },
		"comma":   func() string { return strings.TrimSuffix(l.List([]string{"", "x"}), "x") },
		"gap":     gap,
		"last":    func(days []dayCount) dayCount { return days[len(days)-1] },
		"entry":   func(nav, name, path, key string) navEntry { return navEntry{path, key, nav == name} },
		"change":  func(c change) changeLine { return c.in(l) },
		"marks":   marks,
		"path":    url.PathEscape,
		"query":   url.QueryEscape,
		"ui":      func() string { return string(l) },
	}
}

// navEntry is a line of the navigation.
type navEntry struct {
	Path, Key string
	Current   bool
}

// gap is what stands between two sentences: nothing in Chinese.
func gap(lang string) string {
	if strings.HasPrefix(lang, "zh") || lang == "ja" {
		return ""
	}
	return " "
}

var weekdays = map[bot.Lang][7]string{
	bot.English:     {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	bot.Korean:      {"일요일", "월요일", "화요일", "수요일", "목요일", "금요일", "토요일"},
	bot.Simplified:  {"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
	bot.Traditional: {"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
}

// weekdayName is a day of the week, in full or as a calendar's column has it.
func weekdayName(l bot.Lang, d time.Weekday, long bool) string {
	name := weekdays[l][d]
	r := []rune(name)
	switch {
	case long:
		return name
	case l == bot.English:
		return string(r[:2])
	case l == bot.Korean:
		return string(r[:1])
	}
	return string(r[2:])
}

// longDate is a date with its day of the week in full, as under a masthead.
func longDate(l bot.Lang, t time.Time) string {
	day := weekdays[l][t.Weekday()]
	if l == bot.English {
		return day + ", " + t.Format("2 January 2006")
	}
	return l.Date(t) + " " + day
}

func monthName(l bot.Lang, t time.Time) string {
	switch l {
	case bot.Korean:
		return fmt.Sprintf("%d년 %d월", t.Year(), t.Month())
	case bot.Simplified, bot.Traditional:
		return fmt.Sprintf("%d年%d月", t.Year(), t.Month())
	}
	return t.Format("January 2006")
}
