package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanwire/digest/text"
)

var roleNames = [...]string{"body", "heading", "byline", "date", "caption", "furniture"}

// Each line of a page begins with the role that it should be given; a dateline
// ends at ¦.
func TestRoles(t *testing.T) {
	const filler = "The ministry said on Monday that it would review the rules, which no one in the capital had expected."
	for _, page := range []string{
		`heading: Example Ministry to Review Export Rules
date: November 3, 2025 Updated: November 4, 2025
body: WASHINGTON—¦The ministry said on Monday that it would review the rules.
caption: Example Times Photo
caption: A ship leaves the port of Sampleton on Nov. 3, 2025. The port is one of two in the region. (ANN EXAMPLE/AFP/Getty Images)
body: Nobody in the capital had expected it, and nobody said why it came now.
heading: A long wait
body: “We have waited for years,” said Ann Example, who teaches law at Sampleton.
body: He added: “That is all.”
furniture: ADVERTISEMENT
furniture: Sign up for our newsletter to get the best of it in your inbox
furniture: Read more: Why the rules matter
furniture: ___
furniture: The Associated Press contributed to this report.
furniture: Follow Ann Example on Twitter @example
furniture: Copyright © 2025 The Sample Times. All rights reserved.`,
		`heading: Talks resume
byline: By Ann Example and Peter Sample
byline: THE SAMPLE TIMES
date: Updated 8:12 a.m. ET
caption: FILE - In this Nov. 3, 2025 photo, a guard stands at the gate. (AP Photo/Ann Example, File)
body: SEOUL, South Korea (AP) — ¦The talks resumed on Monday after a pause of two years.
body: By Monday evening both sides had left.
body: Copyright law was the subject, and read more closely it had to be.
body: Related talks went on in Geneva, where the delegations met for a second day and agreed on nothing.
body: Subscribe to nothing, the minister joked in his long and rambling speech at the end of the meeting, which was attended by hundreds of officials, all of whom laughed at the remark and went home.
body: The minister was quoted by Xinhua (and others) as saying so.
furniture: (Reporting by Ann Example; Editing by Peter Sample)`,
		`heading: 정부, 수출 규제 검토
body: (서울=한빛통신) 홍길동 기자 = ¦정부는 3일 수출 규제를 검토한다고 밝혔다.
body: 장관은 "기다릴 수 없다"고 말했다. 회의는 계속된다.
byline: 홍길동 기자 hong@example.com
furniture: ⓒ 한빛일보, 무단 전재 및 재배포 금지
furniture: 관련기사`,
		`heading: 商务部：审查出口规则
body: 新华社北京11月3日电 （记者 张三、李四）¦商务部3日表示，将审查出口规则。
body: 发言人说，审查将于下周开始，各方应当遵守有关规定。
caption: 图为北京某港口。
furniture: 责任编辑：王五`,
		`heading: 經濟部檢討出口規則
body: （中央社記者張三台北3日電）¦經濟部今天表示，將檢討出口規則。
body: 部長說：「我們不會再等。」會議下週舉行。
furniture: 編輯：李四`,
		`heading: Sampleton votes
body: (CNN) — ¦The town voted.
body: ` + filler,
		`heading: Winner takes all
body: “WOW -- what a day,” she said.
body: THE END — that is what it was.
body: ` + filler,
	} {
		var want, lines []string
		for line := range strings.SplitSeq(page, "\n") {
			role, s, _ := strings.Cut(line, ": ")
			dateline, rest, cut := strings.Cut(s, "¦")
			if cut {
				want = append(want, fmt.Sprintf("%s [%s] %s", role, dateline, rest))
			} else {
				want = append(want, fmt.Sprintf("%s [] %s", role, s))
			}
			lines = append(lines, strings.ReplaceAll(s, "¦", ""))
		}
		d := text.Analyze("", strings.Join(lines, "\n\n"), "")
		var got []string
		for _, p := range d.Paragraphs {
			got = append(got, fmt.Sprintf("%s [%s] %s", roleNames[p.Role], d.Slice(p.Dateline), d.Text[p.Dateline.End:p.Span.End]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", lines[0], diff)
		}
		if d.Title != lines[0] {
			t.Errorf("title of %q = %q", lines[0], d.Title)
		}
	}
}

// A page whose line breaks are lost gives up its headline and captions.
func TestRunOnLine(t *testing.T) {
	news := strings.Repeat("The ministry said on Monday that it would review the rules. ", 12)
	for _, c := range []struct {
		title, in string
		want      []string
	}{
		{"Example Ministry to Review Rules", "Example Ministry to Review Rules WASHINGTON—" + news, []string{"heading", "body"}},
		{"Other", "Example Ministry to Review Rules WASHINGTON—" + news, []string{"heading", "body"}},
		{"Other", "A ship leaves Sampleton on Monday. (AP Photo/Ann Example) SEOUL (AP) — " + news, []string{"caption", "body"}},
		{"Other", "LISTEN TO ARTICLE 5:06 SHARE THIS ARTICLE " + news, []string{"furniture", "furniture", "body"}},
		{"Other", "Image copyright Reuters Image caption The port was closed. " + news + "Image copyright EPA Image caption The port again. " + news, []string{"caption", "caption", "body", "caption", "body"}},
		{"Other", news, []string{"body"}},
	} {
		d := text.Analyze(c.title, c.in, "en")
		var got []string
		for _, p := range d.Paragraphs {
			got = append(got, roleNames[p.Role])
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%.60q: (-want +got)\n%s", c.in, diff)
		}
	}
}

func TestTitle(t *testing.T) {
	for _, c := range []struct{ title, body, want string }{
		{"Given", "First line\n\nSecond line is longer than it.", "Given"},
		{"", "Ministry to review rules\n\nThe ministry said it would review the rules.", "Ministry to review rules"},
		{"", "The ministry said it would.\n\nNobody knew of it before that day.", ""},
		{"", "By Ann Example\n\nNobody knew of it before that day.", ""},
		{"", "One line alone", ""},
	} {
		if got := text.Analyze(c.title, c.body, "").Title; got != c.want {
			t.Errorf("title of %q, %q = %q, want %q", c.title, c.body, got, c.want)
		}
	}
}
