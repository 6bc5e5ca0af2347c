package text_test

import (
	"strings"
	"testing"

	"hanwire/digest/text"
)

// tokens writes a paragraph's tokens with a letter for each kind.
func tokens(s string) string {
	d := text.Analyze("x", s, "")
	var out []string
	for _, tok := range d.Tokens {
		out = append(out, string("whHknOCp"[tok.Kind])+":"+d.Slice(tok.Span))
	}
	return strings.Join(out, " ")
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"We don’t know, he'd say.", "w:We w:don’t w:know p:, w:he'd w:say p:."},
		{"U.S.-led talks at 10 a.m. on 1,200 F-16s", "w:U.S.-led w:talks w:at n:10 w:a.m. w:on n:1,200 w:F-16s"},
		{"AT&T’s 5G in the ’90s", "w:AT&T’s w:5G w:in w:the w:’90s"},
		{"3월 5일 서울", "n:3 h:월 n:5 h:일 h:서울"},
		{"北京3日电", "H:北京 n:3 H:日电"},
		{"トランプ氏は", "k:トランプ H:氏 k:は"},
	} {
		if got := tokens(c.in); got != c.want {
			t.Errorf("tokens of %q:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// In the wanted text ⟨ stands before each mark that opens and ⟩ behind each one
// that closes; other marks stand as they are.
func TestQuotationMarks(t *testing.T) {
	for _, want := range []string{
		`He said ⟨"We are ready,"⟩ and left.`,
		`⟨"One,"⟩ he said. ⟨"Two."⟩`,
		`⟨"It goes on in the next paragraph.`,
		`(⟨"quoted"⟩) and ⟨"again"⟩—⟨"and again"⟩`,
		`⟨“curly”⟩ and ⟨“it’s ⟨‘nested’⟩ too”⟩`,
		`⟨“the dogs’ day”⟩ was the ministers’ idea`,
		`⟨'Ministers' plan is off,'⟩ he said`,
		`⟨‘We can’t,’⟩ she said. ⟨‘The ministers’ plan is off.’⟩`,
		`Rock ’n’ roll, ’tis the season of ’98`,
		`⟨”我们准备好了，”⟩他说道，⟨”不会再等。”⟩`,
		`⟨“我们准备好了，“⟩他说道，⟨“不会再等。“⟩`,
		`他说：⟨”我们准备好了。”⟩`,
		`⟨「我們準備好了」⟩，⟨『不會』⟩`,
		`《北京日报》报道`,
		`그는 ⟨"가겠다"⟩고 했다. ⟨'새 시대'⟩라는 말도 했다`,
		`그는 ⟨“가겠다”⟩며 ⟨‘협력’⟩을 말했다`,
		`Minister: ⟨'We will not wait'⟩`,
		`Talks ⟨'dead'⟩ as ministers' row deepens`,
		`It is 6'2" tall`,
		`⟨"He told me, ⟨'Go home.'⟩"⟩`,
		`⟨"He told me, ⟨'Go home,'⟩ and I went."⟩`,
		`⟨“¿Listo?”⟩ dijo. ⟨«Sí»⟩`,
		`⟨“First,”⟩ he said, ⟨”second.”⟩`,
		`⟨“First,“⟩ he said, ⟨“second.“⟩`,
		`the ⟨“so-called”⟩ rule ⟨"x"⟩`,
		`⟨"What?"⟩ ⟨"Nothing."⟩`,
		`He said ⟨"yes"⟩and left,⟨"at once,"⟩ they say`,
		`The rule—⟨"a trap"⟩—is old: ⟨"Wait."⟩`,
		`He said, ⟨"[It] works,"⟩ ...`,
		`⟨‘⟨“We will go,”⟩ he said, ⟨“and stay.”⟩’⟩`,
	} {
		in := strings.NewReplacer("⟨", "", "⟩", "").Replace(want)
		d := text.Analyze("x", in, "")
		var got strings.Builder
		at := 0
		for _, tok := range d.Tokens {
			switch tok.Kind {
			case text.Open:
				got.WriteString(in[at:tok.Start] + "⟨" + d.Slice(tok.Span))
				at = tok.End
			case text.Close:
				got.WriteString(in[at:tok.Start] + d.Slice(tok.Span) + "⟩")
				at = tok.End
			}
		}
		got.WriteString(in[at:])
		if got.String() != want {
			t.Errorf("marks:\n got %s\nwant %s", got.String(), want)
		}
	}
}
