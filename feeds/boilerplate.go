package feeds

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What news sites print around their text, in a paragraph of its own. The rules
// look for the words that such lines are made of and leave long paragraphs
// alone: losing a line of text is worse than keeping a line of dross.
var (
	furniture = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
		// Rights and shares.
		`(copyright|©|ⓒ|\(c\)|저작권자|版权所有|版權所有|著作権)[^.]{0,140}\.?.{0,60}`, `.{0,80}all rights reserved\.?`, `.{0,60}무단\s?(전재|복제|배포).{0,80}`, `.{0,60}(未经授权|未經授權|不得转载|不得轉載|禁止转载).{0,80}`, `.{0,40}無断転載.{0,40}`,
		`[\d.,]+\s*[km]?\s*(shares?|comments?|views?|likes?|댓글|공유|조회|评论|評論|分享|阅读|閱讀)`, `(shares?|comments?|views?|likes?|댓글|공유하기|조회수|评论|分享|点赞|收藏)[:\s(]*[\d.,]*\)?`,
		`(share|tweet|print|email|save|bookmark|facebook|twitter|whatsapp|linkedin|x|reddit|copy link|listen|listen to (this )?article|인쇄|스크랩|글자크기|글씨크기|공유|打印|字号.{0,8}|大 中 小|字体.{0,8})`,
		`share (this|on|via|with)\b.{0,60}`, `(follow|like|join|find) us (on|at)\b.{0,80}`, `.{0,20}(扫一扫|掃一掃|扫描二维码|关注.{0,12}公众号|下载.{0,8}客户端|打开.{0,8}app).{0,40}`, `.{0,40}((下載|下载|使用|打開|用)\s?.{0,12}(應用程式|app)|app看新聞).{0,60}`, `[（(]?(請|请)?(繼續|继续)往下(閱讀|阅读).{0,6}`,
		// Advertisements and sign-ups.
		`(advertisements?|advertising|sponsored|광고|广告|廣告|ad|story continues below( advertisement)?|continue reading below|article continues after.{0,30}|skip (ad|advertisement).{0,20})`,
		`(sign up|subscribe|register)\b.{0,30}\b(newsletter|inbox|briefing|alerts?|channel|telegram|youtube)\b.{0,100}`,
		`(구독|뉴스레터|네이버에서|카카오톡|제보는|유튜브).{0,30}(구독|신청|제보|채널|하기|친구|받아보세요).{0,60}`,
		`.{0,80}(enable|turn on|requires?|activate) javascript.{0,120}`, `.{0,40}javascript (is|must be|needs to be) (disabled|enabled|required|turned).{0,120}`, `.{0,40}(자바스크립트|启用.{0,6}javascript).{0,80}`,
		`.{0,60}(we|site|website|page) uses? cookies.{0,200}`,
		// Related stories.
		`((related|read more|read also|also read|see also|more on this|recommended|most read|more from|editor'?s picks?|don'?t miss|up next|watch)( stories| articles| news| topics| content| reading)?\s*[:：|»>].{0,150}|(related|recommended)( stories| articles| news| topics| content| reading)?)`,
		`([▶☞▷►※→]|\[관련\s?기사\]|관련\s?기사|관련\s?뉴스|함께\s?보면|더\s?보기|많이\s?본).{0,120}`, `[◆◇■●◎].{0,60}(제보|구독|기사|뉴스|바로\s?가기|보기|클릭|앱|공감언론|@|https?:).{0,80}`, `(#[\pL\d_·]{1,30}\s*){1,15}`, `(相关新闻|相關新聞|相关阅读|相關閱讀|延伸阅读|延伸閱讀|推荐阅读|推薦閱讀|更多新闻|热门|相关链接|関連記事|あわせて読みたい).{0,120}`,
		// Desk lines.
		`[^。！？!?]{0,60}(责任编辑|責任編輯|责编|編輯|编辑|编审|校对|审核|監製|监制|主编|审校)\s*[:：].{0,60}`, `(原标题|原標題|原题)\s*[:：].{0,100}`, `《[^》]{2,20}》\s?[（(]\s?\d{4}年.{0,30}`, `[(（【]?(完|责编.{0,20}|编辑.{0,20}|纠错|끝|END|end|了)[)）】]?`, `(来源|來源|출처|source)\s*[:：].{0,60}`, `【(纠错|责任编辑).{0,40}`,
		`[\w.+-]+@[\w-]+\.[\w.]+`, `.{0,30}(기자|특파원|논설위원|선임기자|객원기자|앵커|리포터)\s*[=]?\s*[\w.+-]+@[\w-]+\.[\w.]+.{0,20}`, `[/(]?[가-힣]{2,4}\s?(기자|특파원)[)]?`, `[가-힣]{2,4}\s?(기자|특파원)\s?\|?\s?(입력|등록|수정|작성|송고).{0,80}`, `[\[(]?(영상\s?취재|영상\s?편집|촬영\s?기자|촬영|영상|취재|그래픽|디자인|화면\s?제공)\s?[:：/=][^.?!]{1,120}`,
		`[^.?!]{0,40}(작성일|등록일|게시일|조회\s?수|담당\s?부서)\s?[:：]?\s?[^.?!]{0,40}`, `첨부\s?파일.{0,120}`, `.{0,60}제보를?\s?(기다립니다|받습니다|바랍니다).{0,30}`, `이 기사는.{0,30}분류했습니다\.`, `[（(]?\d{1,2}[/.-]\d{1,2}(\s?[（(].[)）])?\s\d{1,2}:\d{2}[)）]?(\s?配信)?`, `残り\s?[\d,]+\s?文字.{0,30}`, `(最終更新|更新日時|配信)\s?[:：].{0,40}`, `(입력|등록|수정|기사입력|최종수정|송고|승인|발행일|게재|업데이트)\s*[:：]?\s*\d{4}[-./년].{0,60}`, `\d{4}[-./]\d{1,2}[-./]\d{1,2}\s+\d{1,2}:\d{2}\s*(송고|입력|수정|등록)`,
		`(published|updated|posted|last updated|last modified|first published|发布时间|发表时间|更新时间|發布時間|時間|时间)\s*[:：]?\s*(on |at )?[\w,.]{0,12}\s*\d.{0,60}`,
		`\d{4}\s?[-./年년]\s?\d{1,2}\s?[-./月월]\s?\d{1,2}[日일.]?[\s\d:：]*(.{0,4}(来源|來源|出典|출처).{0,30})?`, `((mon|tue|wednes|thurs|fri|satur|sun)[a-z]*,? )?(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}.{0,40}`,
		`(reporting|editing|writing|additional reporting|compiled|produced|translated|edited|written) by [A-Z][^.]{2,120}\.?(\s*(;|editing|writing).{0,120})?`,
		`(本文|文章)(来源|仅代表|不代表).{0,80}`, `\(?(yonhap|xinhua|kcna|reuters|ap|afp|연합뉴스|新华社|中新社|共同)\)?`,
	}, "|") + `)$`)

	// Captions that stand as a paragraph: a label in front or a credit at the end.
	caption = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
		`(file photo|photos?|images?|pictures?|caption|illustration|graphic|video)( (by|credit|courtesy( of)?|provided by)\b|\s*[:：/])\s?.{0,200}`,
		`[\w ]{0,30}\bphoto`, // the label of a picture alone: "Example Times Photo"
		`[\[(【<]?(사진|자료사진|그래픽|이미지|영상|자료)\s*[=:：/|].{0,120}`, `.{0,200}[\[(【](사진|자료사진|그래픽)\s*[=:：/].{0,40}[\])】]\.?`, `.{0,200}(사진|자료)\s?(제공)?\s*[=/|].{0,30}`, `.{5,200}\s(/|=)\s?(연합뉴스|뉴시스|뉴스1|AP|AFP|로이터|신화).{0,12}`, `.{0,200}[가-힣].{0,60}\s/\s?[\pL\d]{2,12}( ?(기자|제공|캡처))?`,
		`[△▲▼◀].{0,160}`, `(图为|图源|图片来源|圖為|圖片來源|图|資料照|资料图|視覺中國|视觉中国|写真)\s*[:：]?.{0,100}`, `[^。！？!?:：]{0,20}(新华社|新華社|中新社|记者|記者)[^。！？!?，,:：]{0,12}[)）]?`, `.{0,160}(摄|攝|攝影|撮影)[)）]?`, `.{0,80}[（(](歐新社|美聯社|路透社?|法新社|彭博社?|中央社|新华社|ロイター|時事|共同|(取自|翻攝|圖／|圖/|图/|图源)[^）)]{1,20}|資料照片?|資料圖片|资料图片?|資料写真)[^）)]{0,12}[）)]`,
		`.{0,280}[(\[]?\b(photo by|photo courtesy|photograph by|image courtesy|(ap|reuters|afp|epa|yonhap|xinhua|getty images)[^.]{0,30}(photo|file)|getty images|via getty|via ap|afp/getty)\b[^.]{0,80}[)\]]?\.?`,
	}, "|") + `)$`)

	leadByline = regexp.MustCompile(`^(?:By|BY)\s+([A-Z][\pL.'’-]+(?:\s+(?:[A-Z][\pL.'’-]*|de|van|von|al|bin)){0,4}(?:(?:,| and| &)\s+[A-Z][\pL.'’-]+(?:\s+[A-Z][\pL.'’-]*){0,4})*)(?:\s*[,|].{0,60})?$`)
	koreanName = regexp.MustCompile(`^[\[(]?([가-힣]{2,4})\s?(?:기자|특파원)`)

	// The reporter named in a dateline: 홍길동 기자, 记者 张三.
	datelineName = regexp.MustCompile(`([가-힣]{2,4})\s?(?:기자|특파원)|(?:记者|記者)\s*(\p{Han}{2,4})`)

	datelines = []*regexp.Regexp{
		// SEOUL, Nov. 3 (Yonhap) -- ; BEIJING (AP) — ; WASHINGTON—
		regexp.MustCompile(`^([A-Z][A-Z.'’]+(?:[ /-][A-Z.'’]+){0,4}(?:, [A-Z][\pL.]+(?: [A-Z][\pL.]+)?)?(?:, (?:Jan|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug|Sept|Sep|Oct|Nov|Dec)[\pL]*\.? \d{1,2}(?:, \d{4})?)?(?: ?\([\pL /.-]{2,30}\))?) ?(?:--|—|–|-{1,2}|―) ?`),
		// (서울=연합뉴스) 홍길동 기자 = ; [서울=뉴시스]홍길동 기자 =
		regexp.MustCompile(`^([(\[【][\pL·,\s]{1,24}=[\pL\d\s]{2,16}[)\]】](?:\s?[\pL·,\s]{0,40}?(?:기자|특파원|통신원)(?:\s?[=:]|\s))?\s?=?)\s*`),
		regexp.MustCompile(`^([\[【][\pL\d\s]{2,12}[\]】]\s?[가-힣]{2,4}\s?(?:기자|특파원)\s?=?)\s+`),
		// 新华社北京11月3日电（记者 张三） ; 中新社北京11月3日电
		regexp.MustCompile(`^([(（]?(?:新华社|新華社|中新社|中新网|中新網|人民网|央视网|中央社|本报|法新社|路透社)[^。，]{0,16}?(?:\d{1,2}月)?\d{1,2}日?(?:电|電|讯|訊|综合电|综合報導|专电)[)）]?(?:\s?[(（][^)）]{2,40}[)）])?)\s*`),
		regexp.MustCompile(`^([(（]中央社[^)）]{2,40}[)）])\s*`),
		regexp.MustCompile(`^(【[\pL\d ]{2,10}(?:\d{1,2}月\d{1,2}日)?(?:共同|時事|聯合早報|時事通信)】)\s*`),
	}

	paywallLine = regexp.MustCompile(`(?i)(subscribe|sign in|log in|register|become a (member|subscriber)|start your (free )?trial)\b.{0,40}\b(to (continue|read|keep|access|unlock)|for (full|unlimited) access)|(this (article|story|content) is (for|only available to|reserved for|exclusive to)) .{0,20}(subscribers|members)|(remaining|rest) of this (article|story).{0,40}(subscri|member)|to (read|continue reading) (the|this) (full|rest|entire) ?(article|story)?.{0,30}(subscribe|sign|log)|already a (subscriber|member)\?|유료\s?(회원|구독|기사|콘텐츠).{0,30}(전용|이용|가입|로그인|볼 수)|(구독|로그인)\s?(하시면|후|하고).{0,30}(전문|전체|기사|이어)|(订阅|訂閱|付费|付費|登录|登入|登錄|会员|會員).{0,12}(阅读|閱讀|查看|继续|繼續|全文)|(この記事は)?(有料会員|会員限定|有料記事).{0,30}`)
)

// deskTail is the desk's line at the end of a paragraph: （編輯：王五）1151103.
var deskTail = regexp.MustCompile(`\s*[（(【\[](?:责任|責任)?(?:编辑|編輯|责编|責編|编审|譯者|译者|核稿)(?:编辑|編輯)?\s?[:：/／][^）)】\]]{1,40}[）)】\]]\s?\d{0,8}$`)

const (
	maxFurniture = 320 // bytes; no rule looks at longer paragraphs
	maxCaption   = 600
)

// trimBoilerplate takes off what is not the article's text. A byline that
// stands as a line of its own becomes data of a. The dateline does, too, but
// stays where it is: it begins a sentence of the article.
func trimBoilerplate(paragraphs []string, a *Article) []string {
	kept := make([]string, 0, len(paragraphs))
	for i, p := range paragraphs {
		if i < 4 && a.Title != "" && sameLine(p, a.Title) {
			continue
		}
		if i < 5 || len(kept) < 2 {
			if m := leadByline.FindStringSubmatch(p); m != nil && len(p) < 160 {
				if a.Byline == "" {
					a.Byline = m[1]
				}
				continue
			}
		}
		if len(p) <= maxFurniture && furniture.MatchString(p) {
			if m := koreanName.FindStringSubmatch(p); m != nil && a.Byline == "" {
				a.Byline = m[1]
			}
			continue
		}
		if len(p) <= maxCaption && caption.MatchString(p) && !quoted(p) {
			continue
		}
		if m := deskTail.FindStringIndex(p); m != nil && m[0] > 0 {
			p = p[:m[0]]
		}
		kept = append(kept, p)
	}
	for i := range min(3, len(kept)) {
		for _, re := range datelines {
			m := re.FindStringSubmatch(kept[i])
			if m == nil || a.Dateline != "" || len(m[0]) == len(kept[i]) {
				continue
			}
			a.Dateline = strings.TrimRight(strings.TrimSpace(m[1]), "= ")
			if name := datelineName.FindStringSubmatch(a.Dateline); name != nil && a.Byline == "" {
				a.Byline = name[1] + name[2]
			}
		}
	}
	return kept
}

// unfurnished are the paragraphs without those that are furniture.
func unfurnished(paragraphs []string) []string {
	return slices.DeleteFunc(slices.Clone(paragraphs), func(p string) bool { return len(p) <= maxFurniture && furniture.MatchString(p) })
}

// sameLine compares a line with the title, marks and blanks aside.
func sameLine(line, title string) bool {
	return utf8.RuneCountInString(line) <= 2*utf8.RuneCountInString(title)+10 && letters(line) == letters(title)
}

// quoted reports whether a paragraph holds speech, which captions do not.
func quoted(p string) bool {
	return strings.ContainsAny(p, "“”「") || strings.Count(p, `"`) >= 2
}

// paywallAtEnd reports whether the text ends at a wall: an invitation to
// subscribe among its last paragraphs, and not much text before.
func paywallAtEnd(paragraphs []string, n int) bool {
	if n > 4000 {
		return false
	}
	for _, p := range paragraphs[max(0, len(paragraphs)-4):] {
		if len(p) < 500 && paywallLine.MatchString(p) {
			return true
		}
	}
	return false
}

func dropPaywallLines(paragraphs []string) []string {
	kept := paragraphs[:0]
	for _, p := range paragraphs {
		if len(p) < 500 && paywallLine.MatchString(p) {
			continue
		}
		kept = append(kept, p)
	}
	return kept
}
