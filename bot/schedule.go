package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must work on a machine that has none
)

// lateAfter is how long after its hour an edition says that it is late. Jobs
// are picked up within seconds; a quarter of an hour means that we were down.
const lateAfter = 15 * time.Minute

// NextDue returns the first time after after at which the clock on the wall of
// zone shows hour ("08:00") on one of days. An hour that the clock skips in
// spring comes when it has skipped it, one that it shows twice in autumn comes
// the first time, and every chosen day has exactly one. It returns an error
// when hour or zone cannot be read.
func NextDue(after time.Time, hour, zone string, days Days) (time.Time, error) {
	h, m, ok := splitClock(hour)
	if !ok {
		return time.Time{}, fmt.Errorf("hour %q is not HH:MM", hour)
	}
	loc, err := loadZone(zone)
	if err != nil {
		return time.Time{}, err
	}
	local := after.In(loc)
	// A zone that crossed the date line has once skipped a day, so the same
	// weekday may be two weeks off.
	for d := -1; d <= 15; d++ {
		day := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, time.UTC)
		if !days.Has(day.Weekday()) {
			continue
		}
		if t := onWall(day, h, m, loc); t.After(after) {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("no day for %s in %s", hour, zone)
}

// onWall is when the clock of loc shows h:m on day. time.Date does not say
// which of two offsets it takes in a gap or an overlap; the offset in force
// before the change is right for both: it gives the first of two, and an hour
// that is skipped as if the clock had not been moved.
func onWall(day time.Time, h, m int, loc *time.Location) time.Time {
	wall := time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, time.UTC)
	shows := func(t time.Time) bool {
		y, mo, d := t.Date()
		return y == day.Year() && mo == day.Month() && d == day.Day() && t.Hour() == h && t.Minute() == m
	}
	guess := time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, loc)
	_, before := guess.Add(-24 * time.Hour).Zone()
	first := wall.Add(-time.Duration(before) * time.Second).In(loc)
	if shows(first) {
		return first
	}
	_, after := guess.Add(24 * time.Hour).Zone()
	if t := wall.Add(-time.Duration(after) * time.Second).In(loc); shows(t) {
		return t
	}
	return first
}

// Has reports whether d contains the weekday; the zero Days contains all.
func (d Days) Has(w time.Weekday) bool { return d == 0 || d&(1<<uint(w)) != 0 }

const (
	weekdays Days = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	weekends Days = 1<<time.Saturday | 1<<time.Sunday
	allDays  Days = weekdays | weekends
)

// loadZone is time.LoadLocation without the machine's own zone, which would
// mean something else after a move.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("zone %q is not an IANA name", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone %q is not an IANA name", name)
	}
	return loc, nil
}

// splitClock reads "8:00", "08:00", "8am", "8:30 pm", "8시", "8시 30분", "8点",
// "8點半" and "0800".
func splitClock(s string) (h, m int, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	half := 0
	for mark, add := range clockWords {
		if strings.HasPrefix(s, mark) {
			half, s = add, strings.TrimSpace(s[len(mark):])
			break
		}
	}
	for _, suffix := range [...]string{"a.m.", "p.m.", "am", "pm"} {
		if rest, found := strings.CutSuffix(s, suffix); found {
			s = strings.TrimSpace(rest)
			half = 1
			if suffix[0] == 'p' {
				half = 2
			}
			break
		}
	}
	for _, mark := range [...]string{"시", "点", "點", "时", "時", "h", "："} {
		s = strings.Replace(s, mark, ":", 1)
	}
	s = strings.NewReplacer("30분", "30", "분", "", "分", "", "반", "30", "半", "30", " ", "").Replace(s)
	hs, ms, colon := strings.Cut(s, ":")
	switch {
	case !colon && len(s) == 4 && half == 0:
		hs, ms = s[:2], s[2:]
	case !colon && half == 0 && len(s) > 2:
		return 0, 0, false
	}
	h, err := strconv.Atoi(hs)
	if err != nil || len(hs) > 2 || hs[0] == '+' || hs[0] == '-' {
		return 0, 0, false
	}
	if ms != "" {
		if m, err = strconv.Atoi(ms); err != nil || len(ms) != 2 || ms[0] == '+' || ms[0] == '-' {
			return 0, 0, false
		}
	}
	if half != 0 {
		if h < 1 || h > 12 {
			return 0, 0, false
		}
		h = h%12 + 12*(half-1)
	}
	if h == 24 && m == 0 {
		h = 0
	}
	return h, m, h < 24 && m < 60
}

var clockWords = map[string]int{"오전": 1, "오후": 2, "上午": 1, "早上": 1, "下午": 2, "晚上": 2}

// clock is the one form in which an hour is kept.
func clock(h, m int) string { return fmt.Sprintf("%02d:%02d", h, m) }

// zoneNames are what people type for a zone, besides IANA names and the cities
// in them. CST is left out: it is Shanghai's and Chicago's.
var zoneNames = map[string]string{
	"kst": "Asia/Seoul", "jst": "Asia/Tokyo", "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore", "bjt": "Asia/Shanghai",
	"beijing": "Asia/Shanghai", "북경": "Asia/Shanghai", "베이징": "Asia/Shanghai", "北京": "Asia/Shanghai", "北京时间": "Asia/Shanghai", "上海": "Asia/Shanghai",
	"서울": "Asia/Seoul", "首尔": "Asia/Seoul", "首爾": "Asia/Seoul", "한국": "Asia/Seoul",
	"台北": "Asia/Taipei", "臺北": "Asia/Taipei", "타이베이": "Asia/Taipei", "香港": "Asia/Hong_Kong", "홍콩": "Asia/Hong_Kong",
	"東京": "Asia/Tokyo", "东京": "Asia/Tokyo", "도쿄": "Asia/Tokyo", "pyongyang": "Asia/Pyongyang",
	"utc": "UTC", "gmt": "UTC", "z": "UTC",
	"et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "washington": "America/New_York", "boston": "America/New_York", "纽约": "America/New_York", "紐約": "America/New_York", "뉴욕": "America/New_York", "워싱턴": "America/New_York", "华盛顿": "America/New_York", "華盛頓": "America/New_York",
	"ct": "America/Chicago", "cdt": "America/Chicago", "mt": "America/Denver", "mst": "America/Denver", "mdt": "America/Denver",
	"pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles",
	"cet": "Europe/Berlin", "cest": "Europe/Berlin", "bst": "Europe/London", "런던": "Europe/London", "伦敦": "Europe/London", "倫敦": "Europe/London",
	"ist": "Asia/Kolkata", "delhi": "Asia/Kolkata", "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "canberra": "Australia/Sydney",
	"msk": "Europe/Moscow", "brt": "America/Sao_Paulo",
}

// knownZones are offered in menus and completions, and for a name mistyped.
var knownZones = []string{
	"Asia/Seoul", "Asia/Shanghai", "Asia/Tokyo", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore",
	"America/New_York", "America/Los_Angeles", "America/Chicago", "America/Denver", "Europe/London", "Europe/Berlin",
	"Europe/Paris", "Europe/Brussels", "Europe/Moscow", "Asia/Kolkata", "Australia/Sydney", "Asia/Bangkok",
	"Asia/Jakarta", "Asia/Manila", "Asia/Dubai", "America/Sao_Paulo", "Pacific/Honolulu", "UTC",
	"America/Toronto", "America/Vancouver", "America/Mexico_City", "America/Anchorage", "America/Bogota",
	"Europe/Madrid", "Europe/Rome", "Europe/Vienna", "Europe/Warsaw", "Europe/Stockholm", "Europe/Zurich",
	"Europe/Amsterdam", "Europe/Helsinki", "Europe/Kyiv", "Europe/Istanbul", "Africa/Johannesburg", "Africa/Cairo",
	"Africa/Nairobi", "Africa/Lagos", "Asia/Ho_Chi_Minh", "Asia/Kuala_Lumpur", "Asia/Pyongyang", "Asia/Ulaanbaatar",
	"Asia/Vladivostok", "Asia/Tehran", "Asia/Karachi", "Asia/Dhaka", "Asia/Urumqi", "Australia/Perth",
	"Australia/Brisbane", "Australia/Lord_Howe", "Pacific/Auckland", "Asia/Macau", "Asia/Jerusalem",
}

// parseZone reads an IANA name in any letter case, a city of one, or a common
// abbreviation.
func parseZone(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 40 || s == "" {
		return "", false
	}
	if z, ok := zoneNames[strings.ToLower(s)]; ok {
		return z, true
	}
	name := strings.ReplaceAll(s, " ", "_")
	for _, z := range knownZones {
		if strings.EqualFold(z, name) || strings.EqualFold(z[strings.LastIndexByte(z, '/')+1:], name) {
			return z, true
		}
	}
	if !strings.Contains(name, "/") {
		return "", false
	}
	for _, try := range [...]string{name, titleZone(name)} {
		if loc, err := loadZone(try); err == nil {
			return loc.String(), true
		}
	}
	return "", false
}

// titleZone writes "america/port-au-prince" as the zone files do.
func titleZone(s string) string {
	b := []byte(strings.ToLower(s))
	up := true
	for i, c := range b {
		if up && 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
		up = c == '/' || c == '_' || c == '-'
	}
	return string(b)
}

// dayNames are read in any of the languages; an English name may be spelled
// out or stand in the plural.
var dayNames = map[string]Days{
	"sun": 1 << time.Sunday, "mon": 1 << time.Monday, "tue": 1 << time.Tuesday, "wed": 1 << time.Wednesday,
	"thu": 1 << time.Thursday, "fri": 1 << time.Friday, "sat": 1 << time.Saturday,
	"sunday": 1 << time.Sunday, "monday": 1 << time.Monday, "tuesday": 1 << time.Tuesday, "tues": 1 << time.Tuesday, "wednesday": 1 << time.Wednesday,
	"thursday": 1 << time.Thursday, "thur": 1 << time.Thursday, "thurs": 1 << time.Thursday, "friday": 1 << time.Friday, "saturday": 1 << time.Saturday,
	"일": 1 << time.Sunday, "월": 1 << time.Monday, "화": 1 << time.Tuesday, "수": 1 << time.Wednesday, "목": 1 << time.Thursday, "금": 1 << time.Friday, "토": 1 << time.Saturday,
	"일요일": 1 << time.Sunday, "월요일": 1 << time.Monday, "화요일": 1 << time.Tuesday, "수요일": 1 << time.Wednesday, "목요일": 1 << time.Thursday, "금요일": 1 << time.Friday, "토요일": 1 << time.Saturday,
	"周日": 1 << time.Sunday, "周一": 1 << time.Monday, "周二": 1 << time.Tuesday, "周三": 1 << time.Wednesday, "周四": 1 << time.Thursday, "周五": 1 << time.Friday, "周六": 1 << time.Saturday,
	"週日": 1 << time.Sunday, "週一": 1 << time.Monday, "週二": 1 << time.Tuesday, "週三": 1 << time.Wednesday, "週四": 1 << time.Thursday, "週五": 1 << time.Friday, "週六": 1 << time.Saturday,
	"daily": allDays, "everyday": allDays, "매일": allDays, "每天": allDays, "每日": allDays,
	"weekday": weekdays, "workdays": weekdays, "평일": weekdays, "工作日": weekdays,
	"weekend": weekends, "주말": weekends, "周末": weekends, "週末": weekends,
}

// parseDays reads "weekdays", "mon-fri", "Mon, Wed and Fri", "sat".
func parseDays(s string) (Days, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, lead := range [...]string{"every ", "on ", "each "} {
		s = strings.TrimPrefix(s, lead)
	}
	if s == "day" {
		return allDays, true
	}
	s = strings.NewReplacer("–", "-", "~", "-", "至", "-", "到", "-", " to ", "-", " and ", ",", "、", ",", "，", ",", "·", ",", "/", ",", "+", ",").Replace(s)
	var days Days
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		from, to, isRange := strings.Cut(part, "-")
		a, ok := oneDay(from)
		if !ok {
			return 0, false
		}
		if !isRange {
			days |= a
			continue
		}
		b, ok := oneDay(to)
		if !ok || a == allDays || a&(a-1) != 0 || b&(b-1) != 0 {
			return 0, false
		}
		for d := a; ; d = d<<1 | d>>6 {
			d &= allDays
			days |= d
			if d == b {
				break
			}
		}
	}
	return days, days != 0
}

func oneDay(s string) (Days, bool) {
	s = strings.TrimSpace(s)
	if d, ok := dayNames[s]; ok {
		return d, true
	}
	d, ok := dayNames[strings.TrimSuffix(s, "s")]
	return d, ok
}
