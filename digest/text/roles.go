package text

import "strings"

// roleOf decides what a paragraph is there for.
func roleOf(s, title string, first bool) Role {
	switch {
	case title != "" && sameLine(s, title):
		return Heading
	case isDateLine(s):
		return Date
	case isByline(s):
		return Byline
	case isCaption(s):
		return Caption
	case isFurniture(s):
		return Furniture
	}
	return Body
}

// sameLine reports whether a paragraph is the title over again.
func sameLine(s, title string) bool {
	if len(s) > 2*len(title)+40 {
		return false
	}
	return Fold(strings.TrimSpace(s)) == Fold(strings.TrimSpace(title))
}

var months = words("January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")

// isDateLine reports a line that is a date and little else.
func isDateLine(s string) bool {
	if len(s) > 120 || len(s) < 6 {
		return false
	}
	digits, other, month := 0, 0, false
	toks, _ := lex(nil, nil, s, 0, len(s))
	for _, t := range toks {
		w := s[t.Start:t.End]
		switch {
		case t.Kind == Number:
			digits++
		case t.Kind == Punct, timeWord[w], dateWords[w], len(w) > 2 && w[0] >= '0' && w[0] <= '9':
		case months[strings.TrimSuffix(w, ".")]:
			month = true
		default:
			other++
		}
	}
	return other == 0 && (digits >= 3 || month && digits >= 1)
}

var dateWords = words("Updated Published Posted Modified Last First at on a.m. p.m. am pm AM PM a.m p.m 입력 수정 등록 최종수정 기사입력 승인 송고 오전 오후 년 月 日 年 时 時 分 시 분 발행 更新 发布 發布 时间 時間 UPDATED PUBLISHED Mon Tue Wed Thu Fri Sat Sun updated published")

// isByline reports “By Fname Lname” and a Korean or Chinese reporter's line.
func isByline(s string) bool {
	if len(s) > 120 {
		return false
	}
	if rest, ok := strings.CutPrefix(s, "By "); ok {
		return len(rest) < 90 && startsUpper(rest) && !strings.HasSuffix(rest, ".") && strings.Count(rest, " ") < 12 && allCapitalised(rest)
	}
	if rest, ok := strings.CutPrefix(s, "BY "); ok {
		return startsUpper(rest) && !strings.HasSuffix(rest, ".")
	}
	if strings.Contains(s, "@") && (strings.Contains(s, "기자") || strings.Contains(s, "특파원")) {
		return true
	}
	return false
}

// allCapitalised reports a line whose words are names, bar “and”, “of” and
// their like.
func allCapitalised(s string) bool {
	for w := range strings.FieldsSeq(s) {
		if startsLower(w) && w != "and" && w != "of" && w != "the" && w != "for" && w != "in" && w != "de" && w != "van" && w != "von" {
			return false
		}
	}
	return true
}

var (
	creditMarks = []string{"Getty Images", "AP Photo", "/AFP", "AFP via", "Reuters/", "/Reuters", "/REUTERS", "REUTERS/", "AP/", "/AP)", "EPA/", "/EPA", "Image copyright", "Image caption", "Image source", "Photo by ", "Photo: ", "PHOTO: ", "(Photo", "[Photo", "/Xinhua)", "(Xinhua/", "연합뉴스 제공", "자료사진", "[사진", "사진=", "사진제공", "图片来源", "圖片來源", "资料图", "資料照", "摄)", "攝)", "摄）", "攝）", "/via REUTERS", "(Yonhap)"}
	furniture   = []string{"sign up for", "read more:", "read more ", "related:", "related stories", "listen to article", "share this article", "media playback is unsupported", "all rights reserved", "copyright ", "copyright ©", "©", "ⓒ", "(c) ", "무단 전재", "무단전재", "责任编辑", "責任編輯", "编辑：", "編輯：", "follow us", "follow him on", "follow her on", "subscribe to", "click here", "advertisement", "skip to", "newsletter", "contributed to this report", "reporting by ", "editing by ", "write to ", "contact the reporter", "view comments", "show comments", "most read", "share on", "more from ", "watch:", "see also:", "also read:", "download the", "get the latest", "our standards:"}
)

// isCaption reports picture labels and lines that end in a credit.
func isCaption(s string) bool {
	if strings.HasPrefix(s, "FILE - ") || strings.HasPrefix(s, "FILE – ") || strings.HasPrefix(s, "FILE PHOTO") || strings.HasPrefix(s, "(FILES)") {
		return true
	}
	if strings.HasSuffix(s, " Photo") && len(s) < 40 && allCapitalised(s) {
		return true
	}
	tail := s[max(0, len(s)-90):]
	for _, m := range creditMarks {
		if i := strings.Index(tail, m); i >= 0 {
			close := strings.TrimRight(s, " .")
			if strings.HasSuffix(close, ")") || strings.HasSuffix(close, "]") || strings.HasSuffix(close, "）") || len(s) < 200 {
				return true
			}
		}
	}
	return strings.HasPrefix(s, "Image c") || strings.HasPrefix(s, "▲")
}

// isFurniture reports lines that the page, not the reporter, put there.
func isFurniture(s string) bool {
	if len(s) > 300 {
		return false
	}
	low := strings.ToLower(s)
	for _, f := range furniture {
		if strings.HasPrefix(low, f) {
			return len(s) < 200 || f == "ⓒ" || f == "©"
		}
		if (f == "무단 전재" || f == "무단전재" || f == "all rights reserved" || f == "责任编辑" || f == "責任編輯") && strings.Contains(low, f) {
			return true
		}
	}
	if !strings.Contains(s, " ") && len(s) < 40 && strings.ContainsAny(s, "@") {
		return true
	}
	return false
}

// datelineOf finds the place and agency before the news begins; the span is
// empty at start when there is none.
func datelineOf(s string, start int) Span {
	none := Span{start, start}
	head := s[:min(len(s), 160)]
	if strings.HasPrefix(head, "(") || strings.HasPrefix(head, "[") || strings.HasPrefix(head, "【") { // (서울=연합뉴스) 홍길동 기자 =
		if i := strings.Index(head, "기자 = "); i > 0 {
			return Span{start, start + i + len("기자 = ")}
		}
		if i := strings.Index(head, ") -- "); i > 0 && i < 80 {
			return Span{start, start + i + len(") -- ")}
		}
		if i := strings.Index(head, ") — "); i > 0 && i < 80 {
			return Span{start, start + i + len(") — ")}
		}
		if strings.HasPrefix(head, "(CNN)") {
			i := len("(CNN)")
			for i < len(head) && (head[i] == ' ' || head[i] == '-') {
				i++
			}
			return Span{start, start + i}
		}
		return none
	}
	if i := strings.Index(head, "电 "); i > 0 && (strings.HasPrefix(head, "新华社") || strings.HasPrefix(head, "中新社")) {
		return Span{start, start + i + len("电 ")}
	}
	for _, dash := range []string{"—", "–", "--", " - "} {
		i := strings.Index(head, dash)
		if i <= 1 || i > 80 {
			continue
		}
		if place := strings.TrimSpace(head[:i]); isDatelinePlace(place) {
			end := i + len(dash)
			for end < len(head) && (head[end] == ' ' || head[end] == '-') {
				end++
			}
			return Span{start, start + end}
		}
	}
	return none
}

// isDatelinePlace reports “WASHINGTON”, “SEOUL, South Korea (AP)”, “BEIJING,
// Nov. 3 (Xinhua)”.
func isDatelinePlace(p string) bool {
	if i := strings.IndexByte(p, '('); i > 0 && strings.HasSuffix(p, ")") {
		p = strings.TrimSpace(p[:i])
		return p != "" && len(p) < 50 && startsUpper(p) && allCapitalised(strings.NewReplacer(",", "", ".", "").Replace(p))
	}
	city, _, _ := strings.Cut(p, ",")
	return allUpper(city) && len(city) > 2 && strings.Count(city, " ") < 3 && len(p) < 50
}
