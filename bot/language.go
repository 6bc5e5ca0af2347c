package bot

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lang is a language of the interface: the BCP 47 tag by which settings keep it.
type Lang string

const (
	English     Lang = "en"
	Korean      Lang = "ko"
	Simplified  Lang = "zh-Hans"
	Traditional Lang = "zh-Hant"
)

// Langs are the languages of the interface.
var Langs = []Lang{English, Korean, Simplified, Traditional}

// LangOf is the language of the interface that serves a reader of locale best:
// English when it is none of ours.
func LangOf(locale string) Lang {
	l := strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	switch {
	case l == "ko" || strings.HasPrefix(l, "ko-") || l == "korean" || l == "한국어":
		return Korean
	case l == "zh-hant" || strings.HasPrefix(l, "zh-hant-") || l == "zh-tw" || l == "zh-hk" || l == "zh-mo" || l == "繁體中文":
		return Traditional
	case l == "zh" || strings.HasPrefix(l, "zh-") || l == "chinese" || l == "中文" || l == "简体中文":
		return Simplified
	}
	return English
}

func languageChoices() []Choice {
	choices := make([]Choice, len(Langs))
	for i, l := range Langs {
		choices[i] = Choice{Label: l.String(), Value: string(l)}
	}
	return choices
}

// String is the language's own name.
func (l Lang) String() string {
	switch l {
	case Korean:
		return "한국어"
	case Simplified:
		return "简体中文"
	case Traditional:
		return "繁體中文"
	}
	return "English"
}

// Texts are the words of an interface in its languages, by key.
type Texts map[string]map[Lang]string

//go:embed texts.txt
var textsFile string

var texts = ReadTexts(textsFile)

// ReadTexts reads a file that holds one paragraph per text: its key in
// brackets, then a line for each language. "{name}" stands for an argument,
// "{n|story|stories}" for the first form when n is 1 and the second when it is
// not.
func ReadTexts(file string) Texts {
	all := Texts{}
	var key string
	for line := range strings.Lines(file) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			key = line[1 : len(line)-1]
			all[key] = map[Lang]string{}
			continue
		}
		if l, s, ok := strings.Cut(line, " = "); ok && slices.Contains(Langs, Lang(strings.TrimSpace(l))) {
			all[key][Lang(strings.TrimSpace(l))] = strings.ReplaceAll(s, `\n`, "\n")
		}
	}
	return all
}

// Say is a text of the chat, for rooms that tell the same things elsewhere.
func (l Lang) Say(key string, args ...any) string { return texts.Say(l, key, args...) }

func (l Lang) say(key string, args ...any) string { return texts.Say(l, key, args...) }

// Say is the text of a key with its arguments, given as name and value in turn.
// Whole numbers are grouped as the language does; a key that is missing shows
// itself, which a test does not let happen.
func (t Texts) Say(l Lang, key string, args ...any) string {
	s, ok := t[key][l]
	if !ok {
		if s, ok = t[key][English]; !ok {
			return key
		}
	}
	if len(args) == 0 && !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			break
		}
		b.WriteString(s[:open])
		b.WriteString(l.fill(s[open+1:open+end], args))
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return b.String()
}

func (l Lang) fill(slot string, args []any) string {
	name, forms, plural := strings.Cut(slot, "|")
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		n, isInt := args[i+1].(int)
		switch {
		case plural:
			one, many, _ := strings.Cut(forms, "|")
			if isInt && n == 1 {
				return one
			}
			return many
		case isInt:
			return group(n)
		default:
			return fmt.Sprint(args[i+1])
		}
	}
	return ""
}

// group writes 12345 as 12,345, as all our languages do.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

var weekdayNames = map[Lang][7]string{
	English:     {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	Korean:      {"일", "월", "화", "수", "목", "금", "토"},
	Simplified:  {"周日", "周一", "周二", "周三", "周四", "周五", "周六"},
	Traditional: {"週日", "週一", "週二", "週三", "週四", "週五", "週六"},
}

func (l Lang) weekday(w time.Weekday) string {
	names, ok := weekdayNames[l]
	if !ok {
		names = weekdayNames[English]
	}
	if l == Korean {
		return "(" + names[w] + ")"
	}
	return names[w]
}

// hour is "08:00 KST"; a zone without a name of its own shows its offset.
func (l Lang) hour(t time.Time) string {
	return t.Format("15:04 ") + zoneName(t)
}

func zoneName(t time.Time) string {
	name, offset := t.Zone()
	if name != "" && name[0] != '+' && name[0] != '-' {
		return name
	}
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	s := "UTC" + sign + strconv.Itoa(offset/3600)
	if m := offset % 3600 / 60; m != 0 {
		s += fmt.Sprintf(":%02d", m)
	}
	return s
}

// Day is "Tue 24 Nov", "11월 24일 (화)", "11月24日周二"; with the year when it
// is not now's.
func (l Lang) Day(t, now time.Time) string {
	year := t.Year() != now.In(t.Location()).Year()
	switch l {
	case Korean:
		s := fmt.Sprintf("%d월 %d일 %s", t.Month(), t.Day(), l.weekday(t.Weekday()))
		if year {
			s = fmt.Sprintf("%d년 %s", t.Year(), s)
		}
		return s
	case Simplified, Traditional:
		s := fmt.Sprintf("%d月%d日%s", t.Month(), t.Day(), l.weekday(t.Weekday()))
		if year {
			s = fmt.Sprintf("%d年%s", t.Year(), s)
		}
		return s
	}
	s := fmt.Sprintf("%s %d %s", l.weekday(t.Weekday()), t.Day(), t.Format("Jan"))
	if year {
		s += t.Format(" 2006")
	}
	return s
}

// Date is day without the weekday, always with the year.
func (l Lang) Date(t time.Time) string {
	switch l {
	case Korean:
		return fmt.Sprintf("%d년 %d월 %d일", t.Year(), t.Month(), t.Day())
	case Simplified, Traditional:
		return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
	}
	return t.Format("2 Jan 2006")
}

// Moment is when something is or was, as short as it can be understood now:
// the hour today, weekday and hour within six days, the date beyond.
func (l Lang) Moment(t, now time.Time) string {
	n := now.In(t.Location())
	switch days := t.Sub(n).Hours() / 24; {
	case t.Format(time.DateOnly) == n.Format(time.DateOnly):
		return l.hour(t)
	case -6 < days && days < 6:
		return l.weekday(t.Weekday()) + " " + l.hour(t)
	}
	return l.Day(t, now) + " " + l.hour(t)
}

// next is like Moment but always tells the day: "Tue 08:00 KST".
func (l Lang) next(t, now time.Time) string {
	if t.Sub(now) > 6*24*time.Hour {
		return l.Day(t, now) + " " + l.hour(t)
	}
	return l.weekday(t.Weekday()) + " " + l.hour(t)
}

// days is "every day", "Mon–Fri", "Mon, Wed".
func (l Lang) days(d Days) string {
	switch d {
	case 0, allDays:
		return l.say("days.all")
	case weekdays:
		return l.say("days.week")
	case weekends:
		return l.say("days.end")
	}
	var names []string
	for _, w := range [...]time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if d.Has(w) {
			names = append(names, strings.Trim(l.weekday(w), "()"))
		}
	}
	return l.List(names)
}

// List joins names as the language does.
func (l Lang) List(names []string) string {
	if l == Simplified || l == Traditional {
		return strings.Join(names, "、")
	}
	return strings.Join(names, ", ")
}

// OutletType is an outlet type in the language; unknown ones stand as they are.
func (l Lang) OutletType(t string) string {
	if _, ok := texts["type."+t]; ok {
		return l.say("type." + t)
	}
	return t
}

// Topic is the display name of a topic; a channel's own stands as it is.
func (l Lang) Topic(name string) string {
	if _, ok := texts["topic."+name]; ok {
		return l.say("topic." + name)
	}
	return name
}
