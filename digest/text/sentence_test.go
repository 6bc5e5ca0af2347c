package text_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanwire/digest/text"
)

// A row is a paragraph with | where one sentence ends and the next begins, ¦ when
// the text lacks the space between them.
func TestSentences(t *testing.T) {
	for lang, rows := range map[string][]string{
		"en": {
			"One sentence.",
			"He left. | She stayed.",
			"Mr. Sample met Gen. Anna Example in the U.S. on Nov. 15 at 10 a.m. Monday.",
			"The deal is with Acme Inc. and Foo Corp. of Ohio. | It was signed on Jan. 3.",
			"He lives in the U.S. | He works in the U.N. building.",
			"The U.S. Navy said so. | The U.N. Security Council agreed.",
			"George W. Bush and J. D. Sample spoke. | Nobody else did.",
			"It rose 3.5 percent to 1,200.75. | That was No. 2 on the list.",
			"“We are ready,” he said. | “We will not wait.”",
			"“Is it over?” she asked. | “No!” he said.",
			"“Is it over?” Ms. Example asked. | Nobody answered.",
			"“Why now?” Sample said.",
			"He said, “It is over.” | Then he left.",
			"“It’s wrong. It’s destructive,” Mr. Sample said. | Nobody else spoke.",
			"“The port was closed for most of the week. | It will not open before the inspectors have left the harbour,” he said.",
			"She called it “a start.” | Others (in Seoul.) disagreed.",
			"He paused ... and went on.",
			"“They’ve got … a lot of options.” | That was all.",
			"Sen. Ann Sample (D-Ohio) spoke. | Rep. Bo Test, R-Ky., did not.",
			"The vote was 5 to 4. | In 2017 it was 6 to 3.",
			"They met at St. Example’s church. | Dr. No was there.",
			"He asked why? what a question",
			"It closed at 4 p.m. | Shares fell.",
			"The end came.¦The next day was calm.",
			"She wrote to the then-Gov. Peter Sample, Jr. of Kansas.",
			"The book (2nd ed.) sold well. | It was cheap.",
		},
		"ko": {
			"정부는 3일 회담을 연다고 밝혔다. | 회담은 서울에서 열린다.",
			"“우리는 준비됐다. 기다리지 않겠다.”라고 홍길동 장관이 말했다. | 회의는 끝났다.",
			"그는 \"문제가 있다. 고쳐야 한다\"고 지적했다. | 이어 \"빨리 해야 한다\"며 \"늦었다\"고 했다.",
			"성장률은 3.5%였다. | 물가는 2.1% 올랐다.",
			"정말 그런가요? | 아닙니다.",
		},
		"zh-Hans": {
			"会议今天结束。 | 代表们离开了。",
			"“我们准备好了。不会再等。”他说。 | 记者没有追问。",
			"他说：“我们准备好了。不会再等。” | 会议随后结束。",
			"“为什么？”发言人问道。 | 没有人回答！",
			"中方表示，“坚决反对。”并指出后果严重。",
		},
		"zh-Hant": {
			"會議今天結束。 | 代表們離開了。",
			"「我們準備好了。不會再等。」他說。 | 記者沒有追問。",
		},
		"ja": {
			"会議は終わった。 | 「準備はできた。もう待たない。」と述べた。",
		},
	} {
		for _, row := range rows {
			in := strings.NewReplacer(" | ", " ", "¦", "").Replace(row)
			if strings.HasPrefix(lang, "zh") || lang == "ja" {
				in = strings.ReplaceAll(row, " | ", "")
			}
			want := strings.Split(strings.ReplaceAll(row, "¦", " | "), " | ")
			var got []string
			for _, s := range text.Sentences(in, lang) {
				got = append(got, in[s.Start:s.End])
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("Sentences(%q, %q): (-want +got)\n%s", in, lang, d)
			}
		}
	}
}
