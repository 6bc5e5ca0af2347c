package query

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// when is a date as a query writes it: a length of time before now, a day, a
// month or a year.
type when struct {
	count int  // with unit: that many hours, days, weeks, months or years before now
	unit  byte // 'h', 'd', 'w', 'm', 'y'; 0 for a date
	word  string
	year  int // 0 with a month: the last such month that has begun
	month time.Month
	day   int
}

var (
	relative = regexp.MustCompile(`^(\d{1,4}) ?(h|d|w|m|y|hours?|days?|weeks?|months?|years?|시간|일|주|주일|개월|달|년|小时|小時|天|日|周|週|个月|個月|年)( ?전| ?前)?$`)
	isoDate  = regexp.MustCompile(`^(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?$`)
	cjkDate  = regexp.MustCompile(`^(?:(\d{4})[년年] ?)?(?:(\d{1,2})[월月] ?)?(?:(\d{1,2})[일日号號])?$`)
	english  = regexp.MustCompile(`^([a-z]{3,9})\.?(?: (\d{4}))?$`)
)

var units = map[string]byte{"시간": 'h', "小时": 'h', "小時": 'h', "일": 'd', "天": 'd', "日": 'd', "주": 'w', "주일": 'w',
	"周": 'w', "週": 'w', "개월": 'm', "달": 'm', "个月": 'm', "個月": 'm', "년": 'y', "年": 'y'}

var dayWords = map[string]string{"today": "today", "오늘": "today", "今天": "today", "今日": "today",
	"yesterday": "yesterday", "어제": "yesterday", "昨天": "yesterday", "昨日": "yesterday"}

// parseWhen reads a date; false when s is none.
func parseWhen(s string) (when, bool) {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if w, ok := dayWords[s]; ok {
		return when{word: w}, true
	}
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return date(m[1], m[2], m[3])
	}
	if m := relative.FindStringSubmatch(s); m != nil && !(m[2] == "年" && len(m[1]) == 4 || m[2] == "년" && len(m[1]) == 4) {
		n, _ := strconv.Atoi(m[1])
		u, ok := units[m[2]]
		if !ok {
			u = m[2][0]
		}
		return when{count: n, unit: u}, n > 0
	}
	if m := english.FindStringSubmatch(s); m != nil {
		for month := time.January; month <= time.December; month++ {
			name := strings.ToLower(month.String())
			if m[1] == name || m[1] == name[:3] || m[1] == "sept" && month == time.September {
				year, _ := strconv.Atoi(m[2])
				return when{year: year, month: month}, m[2] == "" || year > 0
			}
		}
	}
	if m := cjkDate.FindStringSubmatch(s); m != nil && (m[1] != "" || m[2] != "") {
		if m[1] == "" && m[3] != "" || m[2] == "" && m[3] != "" {
			return when{}, false
		}
		return date(m[1], m[2], m[3])
	}
	return when{}, false
}

// date makes a date of digits; an empty year stands for the last such month.
func date(year, month, day string) (when, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	w := when{year: y, month: time.Month(m), day: d}
	if year != "" && y == 0 || month != "" && (m < 1 || m > 12) || day != "" && d < 1 {
		return when{}, false
	}
	if d > 0 && time.Date(y, w.month, d, 0, 0, 0, 0, time.UTC).Day() != d {
		return when{}, false
	}
	return w, true
}

func (w when) String() string {
	switch {
	case w.word != "":
		return w.word
	case w.unit != 0:
		return strconv.Itoa(w.count) + string(w.unit)
	case w.year == 0:
		return strings.ToLower(w.month.String())
	case w.month == 0:
		return fmt.Sprintf("%04d", w.year)
	case w.day == 0:
		return fmt.Sprintf("%04d-%02d", w.year, w.month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", w.year, w.month, w.day)
}

// bounds are the first moment of the date and the first after it, in now's
// zone. A length of time is the moment that long before now, for both.
func (w when) bounds(now time.Time) (from, until time.Time) {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case w.word == "today":
		return midnight, midnight.AddDate(0, 0, 1)
	case w.word == "yesterday":
		return midnight.AddDate(0, 0, -1), midnight
	}
	switch w.unit {
	case 'h':
		from = now.Add(-time.Duration(w.count) * time.Hour)
	case 'd':
		from = now.AddDate(0, 0, -w.count)
	case 'w':
		from = now.AddDate(0, 0, -7*w.count)
	case 'm':
		from = now.AddDate(0, -w.count, 0)
	case 'y':
		from = now.AddDate(-w.count, 0, 0)
	}
	if w.unit != 0 {
		return from, from
	}
	year, month, day := w.year, w.month, w.day
	if year == 0 {
		year = now.Year()
		if month > now.Month() {
			year--
		}
	}
	from = time.Date(year, max(month, 1), max(day, 1), 0, 0, 0, 0, now.Location())
	switch {
	case w.day > 0:
		return from, from.AddDate(0, 0, 1)
	case w.month > 0:
		return from, from.AddDate(0, 1, 0)
	}
	return from, from.AddDate(1, 0, 0)
}
