package feeds

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// zoneByCountry is where a feed without a zone of its own is taken to be.
var zoneByCountry = map[string]string{
	"kr": "Asia/Seoul", "kp": "Asia/Pyongyang", "cn": "Asia/Shanghai", "tw": "Asia/Taipei",
	"hk": "Asia/Hong_Kong", "mo": "Asia/Macau", "jp": "Asia/Tokyo", "sg": "Asia/Singapore",
}

// fixedZones stand in where the machine has no zone data; none of these
// places has changed its clock in this century but Pyongyang, for three years.
var fixedZones = map[string]int{
	"Asia/Seoul": 9, "Asia/Pyongyang": 9, "Asia/Tokyo": 9, "Asia/Shanghai": 8, "Asia/Taipei": 8,
	"Asia/Hong_Kong": 8, "Asia/Macau": 8, "Asia/Singapore": 8,
}

// feedZone is the zone for dates that name none: the configured one, the one
// of the country in the URL's domain, or UTC.
func feedZone(zone, feedURL string) *time.Location {
	if zone == "" {
		if u, err := url.Parse(feedURL); err == nil {
			host := u.Hostname()
			zone = zoneByCountry[host[strings.LastIndexByte(host, '.')+1:]]
			if zone == "" {
				zone = zoneByCountry[label(host)] // cn.yna.co.kr is caught above, kr.example.com here
			}
		}
	}
	if zone == "" {
		return time.UTC
	}
	if loc, err := time.LoadLocation(zone); err == nil {
		return loc
	}
	if h, ok := fixedZones[zone]; ok {
		return time.FixedZone(zone, h*3600)
	}
	return time.UTC
}

// label is the first label of a host that has at least three.
func label(host string) string {
	if strings.Count(host, ".") < 2 {
		return ""
	}
	return host[:strings.IndexByte(host, '.')]
}

// zoneNames are the abbreviations seen in feeds, in minutes from UTC. CST is
// decided by the feed: China's or the American Central one.
var zoneNames = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "IST": 330,
	"CET": 60, "CEST": 120, "MET": 60, "MEZ": 60, "EET": 120, "EEST": 180, "MSK": 180,
	"KST": 540, "KDT": 600, "JST": 540, "HKT": 480, "SGT": 480, "PHT": 480, "MYT": 480, "ICT": 420, "WIB": 420,
	"AEST": 600, "AEDT": 660, "ACST": 570, "AWST": 480, "NZST": 720, "NZDT": 780,
	"EST": -300, "EDT": -240, "ET": -300, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "PT": -480,
	"AST": -240, "ADT": -180, "NST": -210, "NDT": -150, "AKST": -540, "AKDT": -480, "HST": -600, "HDT": -540, "HAST": -600, "HADT": -540,
	"BRT": -180, "BRST": -120, "ART": -180, "CLT": -240, "COT": -300, "PET": -300,
	"MEST": 120, "MESZ": 120, "WIT": 540, "WITA": 480, "PKT": 300, "NPT": 345, "GST": 240, "IRST": 210, "TRT": 180, "SAST": 120, "EAT": 180, "CAT": 120, "WAT": 60,
	"ULAT": 480, "YAKT": 540, "VLAT": 600, "SAKT": 660,
	// The military letters of RFC 822 were given the wrong sign there, and
	// RFC 5322 has them all mean UTC; feedparser's tests use A, N, M, Y, Z.
	"A": -60, "N": 60, "M": -720, "Y": 720,
}

// monthNames are what the names of the months begin with, without accents: in
// English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech,
// the Nordic languages, Hungarian, Turkish, Russian, Ukrainian and Greek.
var monthNames = [12]string{
	"jan ene gen sty led oca янв січ сич ιαν",
	"feb fev lut uno sub фев лют φεβ",
	"mar maart mrt bre мар бер μαρ",
	"apr avr abr kwi dub nis апр кві кви απρ",
	"may mai mag mei maj kve маи мая тра μαι",
	"jun juin giu cze cerven haz июн чер ιουν",
	"jul juil lug lip cervenec cervenc tem июл лип ιουλ",
	"aug aou ago agu sie srp авг сер αυγ",
	"sep set szept wrz zar eyl сен вер σεπ",
	"oct okt ott out paz rij eki окт жов οκτ",
	"nov lis kas ноя лис νοε",
	"dec dez des dic gru pro ara дек гру δεκ",
}

// monthByPrefix holds monthNames by what they begin with.
var monthByPrefix = func() map[string]int {
	m := map[string]int{}
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			m[name] = i + 1
		}
	}
	return m
}()

// month is the number of a month named by a lower-case word; zero for none.
func month(word string) int {
	if word = unaccented(word); len(word) > 30 {
		return 0
	}
	for n := len(word); n >= 3; n-- { // the longest: červenec is no červen
		if m := monthByPrefix[word[:n]]; m > 0 {
			return m
		}
	}
	return 0
}

// unaccented takes the accents off letters.
func unaccented(s string) string {
	if isASCII([]byte(s)) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// maxDate bounds the text of a date.
const maxDate = 100

// parseDate reads a date as feeds write them: RFC 822 and its misspellings,
// ISO 8601 whole and in part, dots and slashes with the year first, numbers in
// a row, Korean, Chinese and Japanese, months named in other languages, seconds
// since 1970. A date without a zone is in zone. It reports false for what it
// cannot read; it does not guess between day and month.
func parseDate(s string, zone *time.Location) (time.Time, bool) {
	s = clip(strings.TrimSpace(s), maxDate)
	if m := zoneID.FindString(s); m != "" {
		if loc, err := time.LoadLocation(m); err == nil {
			s, zone = strings.Replace(s, m, "", 1), loc
		}
	}
	d := dateScanner{s: normaliseDate(s), zone: zone, hour: -1}
	if d.s == "" || len(d.s) > maxDate {
		return time.Time{}, false
	}
	if t, ok := d.digits(); ok {
		return t, true
	}
	if !d.scan() {
		return time.Time{}, false
	}
	return d.time()
}

// zoneID finds a zone named as the zone database does.
var zoneID = regexp.MustCompile(`\b(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/[A-Za-z_]+(/[A-Za-z_]+)?`)

// longZones are zones written out, in lower case.
var longZones = strings.NewReplacer(
	"eastern standard time", "est", "eastern daylight time", "edt", "central standard time", "-0600", "central daylight time", "cdt",
	"mountain standard time", "mst", "mountain daylight time", "mdt", "pacific standard time", "pst", "pacific daylight time", "pdt",
	"korea standard time", "kst", "korean standard time", "kst", "japan standard time", "jst", "china standard time", "+0800",
	"coordinated universal time", "utc", "greenwich mean time", "gmt",
)

// monthSign follows a number that is a month, in a date that normaliseDate has
// written anew.
const monthSign = '\x01'

// normaliseDate writes East Asian dates with hyphens and colons, full-width
// forms narrow, and everything in lower case.
func normaliseDate(s string) string {
	s = strings.TrimSpace(clip(s, maxDate))
	if !isASCII([]byte(s)) {
		s = strings.Map(func(r rune) rune {
			switch {
			case 0xFF01 <= r && r <= 0xFF5E:
				return r - 0xFEE0
			case unicode.IsSpace(r):
				return ' '
			}
			return r
		}, s)
		s = strings.ReplaceAll(eastAsianDate.Replace(s), ": ", ":")
	}
	return longZones.Replace(strings.ToLower(strings.TrimSpace(s)))
}

var eastAsianDate = strings.NewReplacer(
	// Days of the week first: they hold the signs of months and days.
	"월요일", " ", "화요일", " ", "수요일", " ", "목요일", " ", "금요일", " ", "토요일", " ", "일요일", " ",
	"十一月", " nov ", "十二月", " dec ", "十月", " oct ", "一月", " jan ", "二月", " feb ", "三月", " mar ", "四月", " apr ",
	"五月", " may ", "六月", " jun ", "七月", " jul ", "八月", " aug ", "九月", " sep ",
	"년", "-", "월", "\x01", "일", " ", "年", "-", "月", "\x01", "日", " ", "号", " ", "號", " ",
	"시", ":", "분", ":", "초", " ", "時", ":", "时", ":", "點", ":", "点", ":", "分", ":", "秒", " ",
	"오전", " am ", "오후", " pm ", "上午", " am ", "下午", " pm ", "午前", " am ", "午後", " pm ", "晚上", " pm ", "凌晨", " am ",
	"星期一", " ", "星期二", " ", "星期三", " ", "星期四", " ", "星期五", " ", "星期六", " ", "星期日", " ", "星期天", " ",
	"周一", " ", "周二", " ", "周三", " ", "周四", " ", "周五", " ", "周六", " ", "周日", " ",
	"−", "-", "–", "-", "\u00a0", " ",
)

type dateScanner struct {
	s    string
	zone *time.Location

	year, month, day     int
	hour, min, sec, nano int
	pm, am               bool
	offset               int // seconds
	hasOffset            bool
	numbers              []int // of the date, before their places are known
	widths               []int
	monthNamed, z        bool
}

// digits reads dates that are one number.
func (d *dateScanner) digits() (time.Time, bool) {
	s := d.s
	for _, c := range s {
		if c < '0' || c > '9' {
			return time.Time{}, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	switch len(s) {
	case 14, 12, 8:
		layout := "20060102150405"[:len(s)]
		if t, err := time.ParseInLocation(layout, s, d.zone); err == nil && plausibleYear(t.Year()) {
			return t, true
		}
	case 13:
		return time.UnixMilli(n).UTC(), true
	case 10:
		if t, err := time.ParseInLocation("2006010215", s, d.zone); err == nil && plausibleYear(t.Year()) && n >= 2_000_000_000 {
			return t, true // seconds would be after 2033
		}
		return time.Unix(n, 0).UTC(), true
	case 6:
		if t, err := time.ParseInLocation("200601", s, d.zone); err == nil && plausibleYear(t.Year()) {
			return t, true
		}
	case 4:
		if plausibleYear(int(n)) {
			return time.Date(int(n), 1, 1, 0, 0, 0, 0, d.zone), true
		}
	}
	return time.Time{}, false
}

func plausibleYear(y int) bool { return 1970 <= y && y <= 2199 }

// scan walks over the words and numbers of the text, left to right.
func (d *dateScanner) scan() bool {
	s := d.s
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			j := i
			for j < len(s) && '0' <= s[j] && s[j] <= '9' {
				j++
			}
			if j-i == 8 && len(d.numbers) == 0 { // 20261103T090000Z
				n, _ := strconv.Atoi(s[i:j])
				d.numbers, d.widths = append(d.numbers, n/10000, n/100%100, n%100), append(d.widths, 4, 2, 2)
				i = j
				continue
			}
			if j-i > 6 {
				return false
			}
			n, _ := strconv.Atoi(s[i:j])
			if j < len(s) && s[j] == ':' && d.hour < 0 {
				i = d.clock(i)
				continue
			}
			if d.hour < 0 && i > 0 && s[i-1] == 't' && (j-i == 6 || j-i == 4) { // T090000
				if j-i == 4 {
					n *= 100
				}
				d.hour, d.min, d.sec = n/10000, n/100%100, n%100
				i = j
				continue
			}
			if d.hour < 0 && i > 0 && s[i-1] == 't' && j-i == 2 && len(d.numbers) >= 3 {
				d.hour = n
				i = j
				continue
			}
			if j < len(s) && s[j] == monthSign && !d.monthNamed {
				d.month, d.monthNamed = n, true
				i = j
				continue
			}
			if len(d.numbers) >= 3 {
				return false
			}
			d.numbers, d.widths = append(d.numbers, n), append(d.widths, j-i)
			i = j
		case 'a' <= c && c <= 'z', c >= 0x80:
			word := s[i:]
			if n := strings.IndexFunc(word, func(r rune) bool { return r < 0x80 && (r < 'a' || r > 'z') }); n >= 0 {
				word = word[:n]
			}
			if !d.word(word) {
				return false
			}
			i += len(word)
		case (c == '+' || c == '-') && d.hour >= 0 && !d.hasOffset && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9':
			i = d.zoneOffset(i)
			if i < 0 {
				return false
			}
		case c == '(':
			j := strings.IndexByte(s[i:], ')')
			if j < 0 {
				j = len(s) - i - 1
			}
			i += j + 1
		case strings.IndexByte(" ,.-/+:;|[]'", c) >= 0, c == monthSign:
			i++
		default:
			return false
		}
	}
	return true
}

// clock reads 9:30, 09:30:15.250 at i and returns the end.
func (d *dateScanner) clock(i int) int {
	part, n, digits := 0, 0, 0
	values := [3]int{}
	for ; i < len(d.s); i++ {
		c := d.s[i]
		switch {
		case '0' <= c && c <= '9' && digits < 2:
			n, digits = n*10+int(c-'0'), digits+1
		case c == ':' && part < 2:
			values[part] = n
			part, n, digits = part+1, 0, 0
			if part == 2 && (i+1 >= len(d.s) || d.s[i+1] < '0' || d.s[i+1] > '9') {
				d.hour, d.min = values[0], values[1]
				return i + 1
			}
		case (c == '.' || c == ',') && part == 2 && digits > 0 && i+1 < len(d.s) && '0' <= d.s[i+1] && d.s[i+1] <= '9':
			values[part] = n
			d.hour, d.min, d.sec = values[0], values[1], values[2]
			scale := 100_000_000
			for i++; i < len(d.s) && '0' <= d.s[i] && d.s[i] <= '9'; i++ {
				d.nano += int(d.s[i]-'0') * scale
				scale /= 10
			}
			return i
		default:
			values[part] = n
			d.hour, d.min, d.sec = values[0], values[1], values[2]
			return i
		}
	}
	values[part] = n
	d.hour, d.min, d.sec = values[0], values[1], values[2]
	return i
}

// zoneOffset reads +09:00, +0900, +9 at i.
func (d *dateScanner) zoneOffset(i int) int {
	sign := 1
	if d.s[i] == '-' {
		sign = -1
	}
	j := i + 1
	digits := ""
	for j < len(d.s) && len(digits) < 4 && (d.s[j] >= '0' && d.s[j] <= '9' || d.s[j] == ':' && j+1 < len(d.s)) {
		if d.s[j] != ':' {
			digits += string(d.s[j])
		}
		j++
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	if len(digits) <= 2 {
		n *= 100
	}
	if n/100 > 14 || n%100 > 59 {
		return -1
	}
	d.offset, d.hasOffset = sign*(n/100*3600+n%100*60), true
	return j
}

func (d *dateScanner) word(w string) bool {
	switch w {
	case "am":
		d.am = true
		return true
	case "pm":
		d.pm = true
		return true
	case "t", "at", "on", "of", "st", "nd", "rd", "th", "time", "published", "updated", "posted", "last", "date", "o", "clock", "h":
		return true
	}
	if m := month(w); m > 0 && (!d.monthNamed || d.hour < 0) { // the later: "mar., 12 févr."
		d.month, d.monthNamed = m, true
		return true
	}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if len(w) >= 2 && strings.HasPrefix(day, w) || w == "thur" || w == "thurs" || w == "tues" || w == "weds" {
			return true
		}
	}
	if w == "cst" {
		d.hasOffset = true
		_, d.offset = time.Date(2026, 1, 1, 0, 0, 0, 0, d.zone).Zone()
		if d.offset != 8*3600 {
			d.offset = -6 * 3600
		}
		return true
	}
	if m, ok := zoneNames[strings.ToUpper(w)]; ok && (d.hour >= 0 || len(w) > 2) { // "pt" in front is a day
		// "GMT+9" and "UTC+09:00": the number decides.
		if m != 0 {
			d.offset, d.hasOffset = m*60, true
		} else {
			d.z = true
		}
		return true
	}
	// A day in another language, or a zone that nobody knows: the date is still
	// good when its numbers are.
	return len(w) <= 40
}

// time puts the numbers in their places.
func (d *dateScanner) time() (time.Time, bool) {
	n, w := d.numbers, d.widths
	switch {
	case d.monthNamed && len(n) == 2:
		switch {
		case w[0] == 4:
			d.year, d.day = n[0], n[1]
		case w[1] == 4:
			d.day, d.year = n[0], n[1]
		case w[1] == 2 || w[1] == 3: // 03 Nov 26; three digits count from 1900, RFC 2822 4.3
			d.day, d.year = n[0], shortYear(n[1], w[1])
		default:
			return time.Time{}, false
		}
	case d.monthNamed && len(n) == 1 && w[0] == 4:
		d.year, d.day = n[0], 1
	case !d.monthNamed && len(n) == 3 && w[0] == 4:
		d.year, d.month, d.day = n[0], n[1], n[2]
	case !d.monthNamed && len(n) == 3 && w[2] == 4 && (n[0] > 12 || dottedDate.MatchString(d.s)): // 3.11.2026 is never American
		d.day, d.month, d.year = n[0], n[1], n[2]
	case !d.monthNamed && len(n) == 3 && w[2] == 4 && n[1] > 12:
		d.month, d.day, d.year = n[0], n[1], n[2]
	case !d.monthNamed && len(n) == 3 && w[0] == 2 && strings.Count(d.s, "-") >= 2: // 26-11-03
		d.year, d.month, d.day = shortYear(n[0], 2), n[1], n[2]
	case !d.monthNamed && len(n) == 2 && w[0] == 4 && w[1] == 2:
		d.year, d.month, d.day = n[0], n[1], 1
	case !d.monthNamed && len(n) == 2 && w[0] == 4 && w[1] == 3: // 2026-307
		if n[1] < 1 || n[1] > 366 {
			return time.Time{}, false
		}
		d.year, d.month, d.day = n[0], 1, 1
		n1 := n[1] - 1
		t, ok := d.build()
		if !ok {
			return time.Time{}, false
		}
		return t.AddDate(0, 0, n1), true
	default:
		return time.Time{}, false
	}
	return d.build()
}

// dottedDate has the day first, as Europe writes it.
var dottedDate = regexp.MustCompile(`\d{1,2}\. ?\d{1,2}\. ?\d{4}\b`)

func shortYear(n, width int) int {
	switch {
	case width == 3:
		return 1900 + n
	case n < 70:
		return 2000 + n
	}
	return 1900 + n
}

func (d *dateScanner) build() (time.Time, bool) {
	if d.hour < 0 {
		d.hour = 0
	}
	if d.pm && d.hour < 12 {
		d.hour += 12
	}
	if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.sec == 60 {
		d.sec = 59 // a leap second
	}
	if !plausibleYear(d.year) || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.hour > 24 || d.min > 59 || d.sec > 59 {
		return time.Time{}, false
	}
	zone := d.zone
	switch {
	case d.hasOffset && d.offset == 0, d.z && !d.hasOffset:
		zone = time.UTC
	case d.hasOffset:
		zone = time.FixedZone("", d.offset)
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, d.nano, zone)
	if t.Day() != d.day && d.hour < 24 {
		return time.Time{}, false // 31 February
	}
	return t, true
}
