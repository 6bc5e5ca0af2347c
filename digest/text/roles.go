package text

import "strings"

// Roles are decided by what newsrooms and their page templates write, over and
// over, in the same words. Doubt speaks for Body: a caption among the news is
// a blemish, a lost paragraph of news a fault.

// roleOf decides the role of a paragraph from its own words.
func roleOf(s, title string) Role {
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

// assignRoles gives each paragraph its role, first by its own words, then by
// its neighbours. Roles that splitting has already given stay.
func (d *Document) assignRoles() {
	for i := range d.Paragraphs {
		if p := &d.Paragraphs[i]; p.Role == Body {
			p.Role = roleOf(d.Slice(p.Span), d.Title)
		}
	}
	for i := range d.Paragraphs {
		p := &d.Paragraphs[i]
		if p.Role != Body {
			continue
		}
		s := d.Slice(p.Span)
		switch {
		case i < 4 && i+1 < len(d.Paragraphs) && (isReporterLine(s) || i == 0 && d.Title != "" && isNameLine(s)):
			p.Role = Byline
		case i+1 < len(d.Paragraphs) && d.isCrosshead(i), i == 0 && d.isOtherHeadline(s):
			p.Role = Heading
		}
	}
	bodies := 0
	for i := range d.Paragraphs {
		p := &d.Paragraphs[i]
		p.Dateline = Span{p.Start, p.Start}
		if p.Role == Body && bodies < datelineReach {
			bodies++
			p.Dateline = datelineOf(d.Slice(p.Span), p.Start)
		}
	}
}

// datelineReach is how many paragraphs of news may begin with a dateline.
const datelineReach = 3

// sameLine reports whether a paragraph is the title over again.
func sameLine(s, title string) bool {
	// Curly marks and dashes make a few bytes of difference.
	if d := len(s) - len(title); d > 24 || d < -24 {
		return false
	}
	return s == title || Fold(strings.TrimSpace(s)) == Fold(strings.TrimSpace(title))
}

// isCrosshead reports a short line without a stop between longer paragraphs.
func (d *Document) isCrosshead(i int) bool {
	p := d.Paragraphs[i]
	s := d.Slice(p.Span)
	if len(s) > 75 || p.End-p.First > 1 {
		return false
	}
	switch r := runeBefore(s, len(s)); r {
	case '.', '!', '?', '…', ':', ';', ',', '。', '！', '？', '：', '，', '”', '"', '」', ')', '）', '；', '、', '-', '—':
		return false
	}
	switch runeAfter(s, 0) {
	case '•', '-', '–', '—', '·', '*', '“', '"', '(', '（':
		return false
	}
	next := d.Paragraphs[i+1]
	if i == 0 && (d.Title == "" || p.Len() < 20) {
		return false
	}
	if next.Len() < 2*len(s) || next.Len() < 60 {
		return false
	}
	switch runeBefore(d.Text, next.Span.End) {
	case '.', '!', '?', '”', '"', '。', '！', '？', '」', '…', '\'', '’', ')':
		return true
	}
	return false
}

// isOtherHeadline reports a first line that is another wording of the title
// given: no stop, and a label, credit or date right behind it.
func (d *Document) isOtherHeadline(s string) bool {
	if d.Title == "" || len(d.Paragraphs) < 3 || len(s) > 160 || len(s) < 20 {
		return false
	}
	switch runeBefore(s, len(s)) {
	case '.', '!', '。', ':', '：', ',', '，', '"', '”':
		return false
	}
	switch d.Paragraphs[1].Role {
	case Caption, Date, Byline:
		return true
	}
	return false
}

var monthsList = "January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"

// isDateLine reports a line that is a date or time and little else.
func isDateLine(s string) bool {
	if len(s) > 120 || len(s) < 4 {
		return false
	}
	digit := false
	for i := 0; i < len(s) && !digit; i++ {
		digit = s[i] >= '0' && s[i] <= '9'
	}
	if !digit {
		return false
	}
	numbers, dated := 0, false
	toks, _ := lex(nil, nil, s, 0, len(s))
	for _, t := range toks {
		w := s[t.Start:t.End]
		switch {
		case t.Kind == Number:
			numbers++
		case t.Kind == Punct:
		case w[0] >= '0' && w[0] <= '9': // 5th, 9h
			numbers++
		case months.has(w) || dateWord.has(w) || timeWord.has(w):
			dated = true
		default:
			return false
		}
	}
	return numbers >= 3 || dated && numbers >= 1
}

var dateWordList = "Updated UPDATED updated Published PUBLISHED published Posted Modified Last First Originally Created at on a.m. p.m. am pm AM PM a.m p.m A.M. P.M. Mon Tue Wed Thu Fri Sat Sun 입력 수정 등록 최종수정 최종 기사입력 기사등록 승인 송고 업데이트 작성 오전 오후 년 월 일 시 분 발행 게재 年 月 日 时 時 分 更新 发布 發布 时间 時間 发表 發表 於 于"

// isByline reports “By Fname Lname” and a Korean reporter's line.
func isByline(s string) bool {
	if len(s) > 140 {
		return false
	}
	for _, by := range []string{"By ", "BY ", "by "} {
		if rest, ok := strings.CutPrefix(s, by); ok {
			return len(rest) < 90 && startsUpper(rest) && (!strings.HasSuffix(rest, ".") || strings.Count(rest, " ") < 4) &&
				!strings.Contains(rest, ". ") && allCapitalised(rest) && strings.Contains(rest, " ")
		}
	}
	if strings.Contains(s, "기자") || strings.Contains(s, "특파원") {
		return strings.Contains(s, "@") || len(s) < 45 && (strings.HasSuffix(s, "기자") || strings.HasSuffix(s, "특파원"))
	}
	for _, label := range []string{"记者：", "記者：", "作者：", "文/", "文／", "记者 ", "記者 ", "撰文："} {
		if strings.HasPrefix(s, label) && len(s) < 60 {
			return true
		}
	}
	return false
}

// isReporterLine reports names and outlets on a line of their own near the top:
// “Ann Example and Peter Sample”, “USA TODAY”, “Ann Example, The Herald”.
func isReporterLine(s string) bool {
	if len(s) > 80 || strings.ContainsAny(s, ".!?:;()\"“”0123456789") && !strings.HasSuffix(s, "TODAY") || !startsUpper(s) {
		return false
	}
	if allUpper(s) {
		return len(s) <= 25
	}
	names, given := 0, false
	for w := range strings.FieldsSeq(s) {
		switch w = strings.TrimRight(w, ","); {
		case w == "and" || w == "&" || nameParticle.has(w) || w == "for" || w == "of":
		case !startsUpper(w) || openers.has(w) && w != "The" || notName.has(w) && !orgWord.has(w):
			return false
		default:
			if givenName.has(w) {
				given = true
			}
			names++
		}
	}
	return given && names >= 2 && names <= 8
}

// isNameLine reports two or three capitalised words and nothing else.
func isNameLine(s string) bool {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if !startsUpper(w) || notName.has(w) || openers.has(w) || strings.ContainsAny(w, ".,:;!?'’\"“”") && len(w) > 2 {
			return false
		}
		n++
	}
	return n == 2 || n == 3
}

// allCapitalised reports a line whose words are names, bar “and”, “of” and
// their like.
func allCapitalised(s string) bool {
	for w := range strings.FieldsSeq(s) {
		if startsLower(w) {
			switch w {
			case "and", "of", "the", "for", "in", "at", "via", "with", "on":
				continue
			}
			if !nameParticle.has(w) && !strings.Contains(w, "@") {
				return false
			}
		}
	}
	return true
}

var (
	// captionHeads begin picture labels and captions.
	captionHeads = byFirst("FILE - ", "FILE – ", "FILE — ", "FILE- ", "FILE PHOTO", "File photo", "(FILES)", "Image copyright", "Image caption", "Image source", "Media caption", "Enlarge this image", "toggle caption", "hide caption", "Photo: ", "PHOTO: ", "Photograph: ", "Photo by ", "Photo credit", "Facebook Twitter Pinterest", "▲", "△", "▶", "【图", "图为", "圖為", "图片来源", "圖片來源", "资料图", "資料照", "(자료사진)", "[사진", "[자료사진")
	// creditMarks stand in the credit that ends a caption.
	creditMarks = []string{"Getty Images", "AP Photo", "AFP via", "/AFP", "AFP/", "AFP)", "Reuters)", "REUTERS", "/Reuters", "Reuters/", "/AP)", "AP)", "AP Images", "EPA", "Photo by ", "Photo: ", "Photo courtesy", "Photograph:", "(Photo", "Xinhua)", "(Xinhua/", "Yonhap)", "Kyodo)", "Shutterstock", "Bloomberg)", "via AP", "연합뉴스]", "연합뉴스)", "뉴시스", "뉴스1", "제공]", "제공)", "사진=", "자료사진", "新华社发", "新华社记者", "摄)", "攝)", "摄）", "攝）", "摄影", "攝影", "中新社"}
)

// captionTail is how far before its end a caption's credit may begin, in bytes.
const captionTail = 100

// isCaption reports picture labels and paragraphs that end in a credit.
func isCaption(s string) bool {
	if len(s) > 1200 {
		return false
	}
	if s == "" {
		return false
	}
	for _, h := range captionHeads[s[0]] {
		if strings.HasPrefix(s, h) {
			return true
		}
	}
	if len(s) < 40 && (strings.HasSuffix(s, " Photo") || strings.HasSuffix(s, " Photos")) && allCapitalised(s) {
		return true
	}
	return creditAtEnd(s)
}

// creditAtEnd reports a picture credit at the end of a paragraph: in brackets,
// or after the last stop with nothing behind it.
func creditAtEnd(s string) bool {
	tail := s
	if len(tail) > captionTail {
		tail = tail[len(tail)-captionTail:]
	}
	end := strings.TrimRight(tail, " .")
	open := -1
	if strings.HasSuffix(end, ")") || strings.HasSuffix(end, "]") || strings.HasSuffix(end, "）") {
		open = max(strings.LastIndexByte(end, '('), strings.LastIndexByte(end, '['), strings.LastIndex(end, "（"))
	}
	bracketed := open >= 0
	if !bracketed && (len(end) != len(tail) || strings.HasSuffix(end, "”") || strings.HasSuffix(end, "\"")) {
		return false // a sentence: the commonest case by far
	}
	for _, m := range creditMarks {
		i := strings.LastIndex(end, m)
		if i < 0 {
			continue
		}
		if bracketed && i >= open-1 && len(end)-open > 4 {
			// “... (Reuters)” alone may close a report: a credit names somebody.
			if inner := end[open+1 : len(end)-1]; inner != "Reuters" && inner != "AP" && inner != "AFP" && inner != "Yonhap" && inner != "Xinhua" || strings.Contains(s, "photo") {
				return true
			}
		}
		if m == "REUTERS" || m == "Getty Images" || m == "AP Images" || m == "Photograph:" || m == "Shutterstock" || m == "Photo by " || m == "Photo: " {
			if !bracketed && len(end)-i < 60 {
				return true
			}
		}
	}
	return false
}

var (
	// furnitureHeads begin lines of the page's furniture, in lower case.
	// by first byte
	furnitureHeads = byFirst("sign up", "signup", "subscribe", "read more", "read the full", "read also", "read next", "read: ", "related:", "related stories", "related articles", "related coverage", "see also", "also read", "watch:", "watch live", "watch more", "listen to article", "share this article", "share all sharing", "share on", "media playback is unsupported", "copyright ©", "copyright 20", "copyright (c)", "copyright by", "copyrights ©", "©", "ⓒ", "(c) 20", "all rights reserved", "follow us", "advertisement", "story continue", "continue reading", "article continues", "skip to", "click here", "click to", "slideshow (", "loading...", "full coverage", "the associated press contributed", "additional reporting", "reporting by", "editing by", "writing by", "contributing:", "our standards:", "with post wires", "this article is more than", "this story has been updated", "this story was updated", "this report was updated", "this article was originally published", "this story was originally published", "have a tip", "send tips", "contact the reporter", "contact us", "view comments", "show comments", "leave a comment", "most read", "most popular", "more from", "more on this", "more:", "download the", "get the latest", "get all the latest", "get breaking news", "get the monitor", "let our news", "support vox", "every day at vox", "content created by", "something to consider", "visit business insider", "by signing up", "this site is protected by", "analysis/opinion", "poster=", "join the conversation", "newsletter", "enter your email", "thank you for subscribing", "correction:", "editor's note", "editor’s note", "무단 전재", "무단전재", "저작권자", "기사제보", "제보는", "구독", "관련기사", "관련 기사", "좋아요", "공유하기", "댓글", "[사진]", "责任编辑", "責任編輯", "编辑：", "編輯：", "编辑:", "編輯:", "责编", "責編", "原标题", "原標題", "来源：", "來源：", "来源:", "相关阅读", "相關閱讀", "相关新闻", "相關新聞", "延伸阅读", "延伸閱讀", "扫一扫", "点击", "點擊", "更多新闻", "更多報導", "版权", "版權", "未经授权", "未經授權", "关注", "转载")
	// furnitureParts mark furniture wherever in a short line they stand.
	furnitureParts = newTrie([]string{"all rights reserved", "무단 전재", "무단전재", "재배포 금지", "责任编辑", "責任編輯", "toggle caption", "contributed to this report", "contributed to this article", "contributed reporting", "to your inbox", "on twitter @", "on twitter: @", "click here", "terms of use", "privacy policy", "may not be published, broadcast", "[email protected]", "share this article", "版权所有", "版權所有", "転載", "禁止转载"})
	// furnitureLines are whole lines, in lower case.
	furnitureLines = words("facebook twitter flipboard whatsapp email copy linkedin reddit pinterest print ad advertisement share tweet post comments x ___ __ ____ _____ *** * --- menu search close subscribe loading")
)

// longestFurnitureLine is the length of the longest of furnitureLines.
const longestFurnitureLine = len("advertisement")

// hasPrefixFold reports whether s begins with a prefix in small letters, in
// whatever case.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if foldASCII[s[i]] != prefix[i] {
			return false
		}
	}
	return true
}

// foldASCII makes small letters of the ASCII capitals.
var foldASCII = func() (t [256]byte) {
	for c := range t {
		t[c] = byte(c)
		if 'A' <= c && c <= 'Z' {
			t[c] += 'a' - 'A'
		}
	}
	return t
}()

// byFirst sorts strings by their first byte.
func byFirst(heads ...string) (sorted [256][]string) {
	for _, h := range heads {
		sorted[h[0]] = append(sorted[h[0]], h)
	}
	return sorted
}

// isFurniture reports lines that the page, not the reporter, put there.
func isFurniture(s string) bool {
	if len(s) > 420 {
		return false
	}
	trimmed := s
	if s == "" || !isAlnum[s[0]] {
		// “___” and “* * *” part sections.
		if strings.Trim(s, " _*-—–=·•#~") == "" {
			return true
		}
		trimmed = strings.TrimLeft(s, "—–- [(【▶☞※■●◇<>·*")
	}
	if trimmed == "" || len(s) <= longestFurnitureLine && furnitureLines[lowerASCII(s)] {
		return true
	}
	for _, h := range furnitureHeads[foldASCII[trimmed[0]]] {
		if hasPrefixFold(trimmed, h) {
			return furnishes(h, trimmed)
		}
	}
	if hasPrefixFold(s, "follow ") {
		if low := lowerASCII(s); strings.Contains(low, "twitter") || strings.Contains(low, "facebook") || strings.Contains(low, "@") {
			return true
		}
	}
	if len(s) < 300 && furnitureParts.inFolded(s) {
		return true
	}
	return !strings.Contains(s, " ") && strings.Contains(s, "@") && len(s) < 60
}

// furnishes guards heads that a sentence of news may also begin with.
func furnishes(head, low string) bool {
	switch head {
	case "subscribe", "share on", "correction:", "reporting by", "writing by", "editing by", "more from", "newsletter", "관련 기사", "관련기사", "구독", "댓글", "좋아요", "点击", "點擊", "关注", "转载", "版权", "版權", "most popular", "download the", "contact us", "sign up", "follow us", "read more", "click to":
		return len(low) < 160
	}
	return true
}

var agencies = words("AP Reuters AFP CNN UPI Yonhap Xinhua Kyodo Bloomberg TASS CNA DPA dpa ANI PTI EFE TNS NBC CBS VOA RFA KCNA IANS BBC NPR")

// datelineOf finds the place and agency before the news begins; the span is
// empty when there is none.
func datelineOf(s string, start int) Span {
	head := s[:min(len(s), 200)]
	for _, find := range []func(string) int{koreanDateline, chineseDateline, latinDateline} {
		if end := find(head); end > 0 {
			for end < len(s) {
				r, w := runeAt(s, end)
				if !isSpace(r) {
					break
				}
				end += w
			}
			return Span{start, start + end}
		}
	}
	return Span{start, start}
}

// koreanDateline finds “(서울=연합뉴스) 홍길동 기자 = ” and “[한빛일보 홍길동 기자] ”.
func koreanDateline(head string) int {
	open, w := runeAt(head+" ", 0)
	if open != '(' && open != '[' && open != '【' {
		return 0
	}
	close := strings.IndexAny(head, ")]】")
	if close < 0 || close > 100 {
		return 0
	}
	inner := head[w:close]
	_, cw := runeAt(head, close)
	end := close + cw
	reporter := strings.Contains(inner, "기자") || strings.Contains(inner, "특파원")
	if !reporter && !strings.Contains(inner, "=") {
		return 0
	}
	rest := head[end:]
	if i := strings.Index(rest, "= "); i >= 0 && i < 70 && (strings.Contains(rest[:i], "기자") || strings.Contains(rest[:i], "특파원")) {
		return end + i + len("= ")
	}
	if i := strings.IndexByte(rest, '='); i >= 0 && i < 70 && (strings.Contains(rest[:i], "기자") || strings.Contains(rest[:i], "특파원")) {
		return end + i + 1
	}
	if reporter || hasHangul(inner) {
		return end
	}
	return 0
}

func hasHangul(s string) bool {
	for _, r := range s {
		if classOf(r) == classHangul {
			return true
		}
	}
	return false
}

// chineseDateline finds “新华社北京11月3日电 （记者 …）”, “（中央社记者…台北3日电）”
// and “（记者…／台北报导）”.
func chineseDateline(head string) int {
	if end := bracketedReporter(head); end > 0 {
		return end
	}
	at := -1
	for i, r := range head {
		if i > 120 || r == '，' || r == '。' || r == '：' || r == '“' || r == '「' {
			break
		}
		if r == '电' || r == '電' || r == '讯' || r == '訊' {
			at = i + 3
			break
		}
	}
	if at < 0 {
		return 0
	}
	before := head[:at]
	source := false
	for _, mark := range []string{"社", "网", "網", "报", "報", "记者", "記者", "电台", "央视"} {
		source = source || strings.Contains(before[:at-3], mark)
	}
	after := runeAfter(head, at)
	if !source || after != 0 && classOf(after) == classHan {
		return 0
	}
	end := at
	for end < len(head) {
		r, w := runeAt(head, end)
		switch {
		case isSpace(r) || r == '）' || r == ')' || r == '】' || r == ']':
			end += w
			continue
		case r == '（' || r == '(':
			if i := strings.IndexAny(head[end:], "）)"); i > 0 && (strings.Contains(head[end:end+i], "记者") || strings.Contains(head[end:end+i], "記者")) {
				_, cw := runeAt(head, end+i)
				end += i + cw
				continue
			}
		}
		break
	}
	return end
}

// bracketedReporter finds “（记者…／台北报导）” and “〔记者…综合报导〕”: brackets
// that open the text and name who reports it.
func bracketedReporter(head string) int {
	open, w := runeAt(head, 0)
	shut, ok := map[rune]rune{'（': '）', '(': ')', '〔': '〕', '【': '】', '[': ']', '［': '］'}[open]
	if !ok {
		return 0
	}
	i := strings.IndexRune(head, shut)
	if i < 0 || i > 120 {
		return 0
	}
	inside := head[w:i]
	for _, mark := range []string{"记者", "記者", "报导", "報導", "编译", "編譯", "特派员", "特派員", "综合", "綜合"} {
		if strings.Contains(inside, mark) {
			_, w := runeAt(head, i)
			return i + w
		}
	}
	return 0
}

// latinDateline finds “WASHINGTON—”, “SEOUL, South Korea (AP) — ”, “Beijing
// (CNN) — ” and “(CNN) ”.
func latinDateline(head string) int {
	if rest, ok := strings.CutPrefix(head, "("); ok {
		if i := strings.IndexByte(rest, ')'); i > 0 && agencies[rest[:i]] {
			end := 1 + i + 1
			return end + dashLength(head[end:])
		}
		return 0
	}
	for _, dash := range []string{"—", "–", "--", " - ", ") "} {
		i := strings.Index(head, dash)
		if i <= 1 || i > 90 {
			continue
		}
		if dash == ") " {
			i++
		}
		if isDatelinePlace(strings.TrimSpace(head[:i]), dash != ") ") {
			return i + dashLength(head[i:])
		}
	}
	return 0
}

// dashLength is the length of the dashes and spaces that s begins with.
func dashLength(s string) int {
	for i, r := range s {
		if !isSpace(r) && !isDash(r) || r == '/' {
			return i
		}
	}
	return len(s)
}

// isDatelinePlace reports “WASHINGTON”, “SEOUL, South Korea (AP)”, “Beijing
// (CNN)”, “BEIJING, Nov. 3 (Xinhua)”. Before a dash and behind capitals, an
// agency may be one that nobody has heard of.
func isDatelinePlace(p string, dashed bool) bool {
	if strings.ContainsAny(p, "?!:;\"“”‘") {
		return false
	}
	agency := false
	if i := strings.IndexByte(p, '('); i > 0 && strings.HasSuffix(p, ")") {
		inside := p[i+1 : len(p)-1]
		name, _, _ := strings.Cut(inside, " ")
		p = strings.TrimSpace(p[:i])
		if !agencies[strings.Trim(name, ",")] && !(dashed && allUpper(p) && len(inside) <= 24 && startsUpper(inside)) {
			return false
		}
		agency = true
	}
	city, rest, more := strings.Cut(p, ",")
	if city == "" || len(city) > 50 || strings.Count(city, " ") > 3 || !allCapitalised(strings.TrimSpace(rest)) || len(rest) > 40 {
		return false
	}
	if agency {
		return startsUpper(city) && allCapitalised(city)
	}
	if !allUpper(city) || len(city) < 3 || strings.HasPrefix(city, "THE ") || strings.ContainsAny(city, "'’") || strings.Count(city, " ") > 2 {
		return false
	}
	if _, known := Lookup(city); known || more {
		return !more || len(strings.Fields(rest)) <= 4
	}
	return !strings.Contains(city, " ") && len(city) > 3 || strings.Count(city, " ") <= 2 && cityWord(city)
}

// cityWord reports towns of two words and more by their first one.
func cityWord(city string) bool {
	first, _, _ := strings.Cut(city, " ")
	switch first {
	case "NEW", "SAN", "LOS", "LAS", "ST.", "ST", "FORT", "PORT", "UNITED", "HONG", "PHNOM", "KUALA", "TEL", "CAPE", "BUENOS", "RIO", "SAO", "EL", "ABU", "SANTA", "SALT", "LITTLE", "EAST", "WEST", "NORTH", "SOUTH", "PALM", "KANSAS", "MEXICO", "CAMP", "LONG", "BATON", "DES":
		return true
	}
	return false
}
