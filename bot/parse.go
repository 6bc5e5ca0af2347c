package bot

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCommandText is the longest command that is read; Discord and Slack send
// no more than 6,000 and 4,000 characters.
const maxCommandText = 8000

// UsageError says what is wrong with a command, so that a person can mend it.
type UsageError struct {
	Command string // the command that was recognised, or empty
	Nearest string // the command that was probably meant, or empty
	key     string
	args    []any
}

func (e *UsageError) Error() string { return English.say(e.key, e.args...) }

func usageError(command, key string, args ...any) *UsageError {
	return &UsageError{Command: command, key: key, args: args}
}

// ParseText reads what follows "/hanwire" and returns the command's name with
// its options. No text at all is help. Its error is a [*UsageError].
//
// Words of the schedule (hour, zone, days, number) may stand before or after a
// query, in any order; inside it, and in quotation marks, they belong to it.
func ParseText(s string) (name string, args map[string]string, err error) {
	if len(s) > maxCommandText {
		return "", nil, usageError("", "err.long")
	}
	words := splitWords(s)
	if len(words) > 0 && strings.EqualFold(strings.TrimPrefix(words[0].text, "/"), "hanwire") {
		words = words[1:]
	}
	if len(words) == 0 {
		return "help", map[string]string{}, nil
	}
	spec, rest := findCommand(words)
	if spec == nil {
		e := usageError("", "err.unknown", "word", Cut(OneLine(words[0].text), 40))
		first := strings.ToLower(words[0].text)
		if len(words) > 1 {
			e.Nearest = nearestCommand(first + " " + strings.ToLower(words[1].text))
		}
		if e.Nearest == "" {
			e.Nearest = nearestCommand(first)
		}
		return "", nil, e
	}
	args, err = spec.parse(rest)
	return spec.Name, args, err
}

// findCommand takes the longest name that the words begin with. A word that
// opens a group, as "alert" does, needs its second word right when there is one.
func findCommand(words []word) (*CommandSpec, []word) {
	first := strings.ToLower(words[0].text)
	if len(words) > 1 {
		if c := commandNamed(first + " " + strings.ToLower(words[1].text)); c != nil {
			return c, words[2:]
		}
	}
	c := commandNamed(first)
	if c == nil {
		return nil, nil
	}
	if len(words) > 1 && len(c.Options) == 0 && strings.Contains(c.Name, " ") {
		return nil, nil
	}
	return c, words[1:]
}

// word is a run without white space outside of quotation marks.
type word struct {
	text   string
	quoted bool
}

func splitWords(s string) []word {
	var words []word
	var b strings.Builder
	var closing rune
	quoted := false
	flush := func() {
		if b.Len() > 0 {
			words = append(words, word{b.String(), quoted})
		}
		b.Reset()
		quoted = false
	}
	for _, r := range s {
		switch {
		case closing != 0:
			b.WriteRune(r)
			if r == closing || (closing == '”' && r == '"') {
				closing = 0
			}
		case r == '"':
			closing, quoted = '"', true
			b.WriteRune(r)
		case r == '“', r == '”':
			closing, quoted = '”', true
			b.WriteRune(r)
		case unicode.IsSpace(r):
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return words
}

func joinWords(words []word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// parse reads the words after a command's name.
func (s *CommandSpec) parse(words []word) (map[string]string, error) {
	args := map[string]string{}
	words, err := s.parseNamed(words, args)
	if err != nil {
		return args, err
	}
	words = s.parseSchedule(words, args)
	for _, o := range s.Options {
		if args[o.Name] != "" || len(words) == 0 || o.Named {
			continue
		}
		switch o.Kind {
		case IDOption:
			args[o.Name], words = words[0].text, words[1:]
		case NumberOption, TimeOption, ZoneOption, DaysOption:
		default:
			if len(o.Choices) == 0 {
				args[o.Name], words = joinWords(words), nil
			}
		}
	}
	if len(words) > 0 {
		return args, usageError(s.Name, "err.extra", "word", Cut(OneLine(joinWords(words)), 60))
	}
	for _, o := range s.Options {
		if o.Required && args[o.Name] == "" {
			return args, usageError(s.Name, "err.missing", "option", o.usage())
		}
	}
	return args, nil
}

// parseNamed takes out options that follow their names. Where every option has
// a name each value goes on to the next one; elsewhere it is one word.
func (s *CommandSpec) parseNamed(words []word, args map[string]string) ([]word, error) {
	named := func(w word) *Option {
		if !w.quoted {
			for i, o := range s.Options {
				if o.Named && (strings.EqualFold(w.text, o.Name) || o.Name == "language" && strings.EqualFold(w.text, "lang")) {
					return &s.Options[i]
				}
			}
		}
		return nil
	}
	all := len(s.Options) > 0
	for _, o := range s.Options {
		all = all && o.Named
	}
	var rest []word
	for i := 0; i < len(words); i++ {
		o := named(words[i])
		end := i + 1
		for end < len(words) && end-i <= 8 && named(words[end]) == nil && (all || end == i+1) {
			end++
		}
		if o == nil || end == i+1 || !all && o.Kind == NumberOption && !isNumber(words[i+1].text) {
			if all && o != nil {
				return nil, usageError(s.Name, "err.missing", "option", o.usage())
			}
			rest = append(rest, words[i])
			continue
		}
		args[o.Name] = strings.Trim(joinWords(words[i+1:end]), `"“”`)
		i = end - 1
	}
	return rest, nil
}

// parseSchedule takes the words of a schedule off both ends.
func (s *CommandSpec) parseSchedule(words []word, args map[string]string) []word {
	const longest = 5 // "at 8:00 am New York", "mon, wed and fri"
again:
	for n := min(longest, len(words)); n > 0; n-- {
		if s.take(words[len(words)-n:], args) {
			words = words[:len(words)-n]
			goto again
		}
		if s.take(words[:n], args) {
			words = words[n:]
			goto again
		}
	}
	for i := 0; i+1 < len(words); i++ {
		if !words[i].quoted && strings.EqualFold(words[i].text, "at") && s.take(words[i:i+2], args) {
			rest := append([]word(nil), words[:i]...)
			return append(rest, words[i+2:]...)
		}
	}
	return words
}

// take reads words as one option of the schedule that is not set yet.
func (s *CommandSpec) take(words []word, args map[string]string) bool {
	for _, w := range words {
		if w.quoted {
			return false
		}
	}
	text := joinWords(words)
	for _, o := range s.Options {
		if args[o.Name] != "" || o.Named {
			continue
		}
		switch {
		case o.Kind == TimeOption:
			if hour, zone, ok := hourAndZone(text); ok && (zone == "" || args["zone"] == "") {
				args[o.Name] = hour
				if zone != "" {
					args["zone"] = zone
				}
				return true
			}
		case o.Kind == ZoneOption:
			if zone, ok := zoneIn(text, args["at"] != ""); ok {
				args[o.Name] = zone
				return true
			}
		case o.Kind == DaysOption:
			if _, ok := parseDays(text); ok && (surelyDays(text) || args["at"] != "") {
				args[o.Name] = text
				return true
			}
		case o.Kind == NumberOption:
			n := strings.TrimPrefix(strings.ToLower(text), "top ")
			for _, unit := range [...]string{" stories", " story", " hours", " hour", "h"} {
				n = strings.TrimSuffix(n, unit)
			}
			if isNumber(n) && len(n) <= 3 {
				args[o.Name] = n
				return true
			}
		case len(o.Choices) > 0:
			if v, ok := o.choice(text); ok {
				args[o.Name] = v
				return true
			}
		}
	}
	return false
}

// choice finds the value that text names.
func (o Option) choice(text string) (string, bool) {
	for _, c := range o.Choices {
		if strings.EqualFold(text, c.Value) || strings.EqualFold(text, c.Label) {
			return c.Value, true
		}
	}
	if f, ok := frequencyWords[strings.ToLower(text)]; ok && o.Name == "frequency" {
		return string(f), true
	}
	return "", false
}

var frequencyWords = map[string]Frequency{
	"immediately": Immediate, "instant": Immediate, "즉시": Immediate, "立即": Immediate,
	"매시간": Hourly, "每小时": Hourly, "每小時": Hourly,
	"매일": Daily, "每天": Daily, "每日": Daily,
}

// hourAndZone reads "at 8", "08:00", "8am Seoul". A bare number is an hour only
// after "at".
func hourAndZone(text string) (hour, zone string, ok bool) {
	fields := strings.Fields(text)
	explicit := len(fields) > 1 && (strings.EqualFold(fields[0], "at") || fields[0] == "@")
	if explicit {
		fields = fields[1:]
	}
	for n := min(len(fields), 3); n > 0; n-- {
		candidate := strings.Join(fields[:n], " ")
		if _, _, good := splitClock(candidate); !good || !explicit && !strings.ContainsAny(candidate, ":：시点點时時mM") {
			continue
		}
		rest := strings.Join(fields[n:], " ")
		if rest == "" {
			return candidate, "", true
		}
		rest = strings.TrimPrefix(rest, "in ")
		if _, known := parseZone(rest); known {
			return candidate, rest, true
		}
		return "", "", false
	}
	return "", "", false
}

// zoneIn reads "Asia/Seoul", "KST" and "zone Seoul", and, once the hour is known,
// "in Seoul": a city by itself may be what a query is about.
func zoneIn(text string, hourKnown bool) (string, bool) {
	lead, name, two := strings.Cut(text, " ")
	if two && (strings.EqualFold(lead, "zone") || hourKnown && strings.EqualFold(lead, "in")) {
		_, ok := parseZone(name)
		return name, ok
	}
	_, short := zoneNames[strings.ToLower(text)]
	if short && text == strings.ToUpper(text) && utf8.RuneCountInString(text) == len(text) {
		return text, true
	}
	if strings.Contains(text, "/") && !strings.Contains(text, ":") {
		_, ok := parseZone(text)
		return text, ok
	}
	return "", false
}

// surelyDays keeps out a single "sun" or "월", which may be part of a query.
func surelyDays(text string) bool {
	lower := strings.ToLower(text)
	if strings.ContainsAny(text, ",-–~至、") || strings.HasPrefix(lower, "on ") || strings.HasPrefix(lower, "every ") {
		return true
	}
	d, ok := oneDay(lower)
	return ok && d&(d-1) != 0
}

func isNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && s[0] != '+'
}

// numberArg reads a number between 1 and most; 0 when it is not given.
func numberArg(args map[string]string, name string, most int) (int, error) {
	v := strings.TrimSpace(args[name])
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		return 0, usageError("", "err.number", "option", name, "most", most, "value", Cut(OneLine(v), 20))
	}
	return n, nil
}

// clockArg brings a typed hour into the form in which it is kept.
func clockArg(s string) (string, error) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "at "))
	h, m, ok := splitClock(s)
	if !ok {
		return "", usageError("", "err.hour", "value", Cut(OneLine(s), 20))
	}
	return clock(h, m), nil
}

// zoneArg brings a typed zone into its IANA name.
func zoneArg(s string) (string, error) {
	if z, ok := parseZone(s); ok {
		return z, nil
	}
	if strings.EqualFold(strings.TrimSpace(s), "CST") {
		return "", usageError("", "err.cst")
	}
	best, least := "", 4
	for _, z := range knownZones {
		city := z[strings.LastIndexByte(z, '/')+1:]
		d := min(distance(strings.ToLower(s), strings.ToLower(z)), distance(strings.ToLower(s), strings.ToLower(city)))
		if d < least && d <= len(city)/2 {
			best, least = z, d
		}
	}
	if best != "" {
		return "", usageError("", "err.zone.near", "value", Cut(OneLine(s), 40), "zone", best)
	}
	return "", usageError("", "err.zone", "value", Cut(OneLine(s), 40))
}

// daysArg brings typed days into a set.
func daysArg(s string) (Days, error) {
	if strings.TrimSpace(s) == "" {
		return 0, nil
	}
	d, ok := parseDays(s)
	if !ok {
		return 0, usageError("", "err.days", "value", Cut(OneLine(s), 40))
	}
	if d == allDays {
		d = 0
	}
	return d, nil
}

// quietArg reads "22:00-07:00", "10pm to 7am"; "off" gives two empty hours.
func quietArg(s string) (from, until string, err error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if isOff(s) {
		return "", "", nil
	}
	bad := usageError("settings", "err.quiet", "value", Cut(OneLine(s), 40))
	a, b, ok := strings.Cut(strings.NewReplacer("–", "-", "~", "-", " to ", "-", "至", "-").Replace(s), "-")
	if !ok {
		return "", "", bad
	}
	if from, err = clockArg(a); err != nil {
		return "", "", bad
	}
	if until, err = clockArg(b); err != nil || from == until {
		return "", "", bad
	}
	return from, until, nil
}

func isOff(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "off", "none", "no", "끄기", "없음", "关", "關", "无", "無":
		return true
	}
	return false
}
