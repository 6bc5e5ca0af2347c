package text_test

import (
	"strings"
	"testing"

	"github.com/kljensen/snowball/english"

	"hanwire/digest/text"
)

func termList(s string) string {
	var out []string
	for _, t := range text.Terms(s) {
		out = append(out, t.Text)
	}
	return strings.Join(out, " ")
}

func TestTerms(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Tariffs, tariff’s and TARIFF", "tariff tariff and tariff"},
		{"export-led growth", "export led exportl growth"},
		{"U.S.-led talks; US talks; tell us; U.N.; D.C.", "u.s led talk u.s talk tell us un dc"},
		{"COVID-19 and F-16s", "covid 19 covid19 and f 16s f16s"},
		{"1,200 of 3.5 in １２３", "1200 of 3.5 in 123"},
		{"Peña São", "pena sao"},
		{"don’t", "dont"},
		{"관세를 관세가 관세는", "관세 관세 관세"},
		{"김정은은 김정은이", "김정 정은 김정 정은"},
		{"핵을 북한의", "핵 북한"},
		{"비판했다", "비판"},
		{"수출 통제", "수출 출통 통제"},
		{"수출통제를", "수출 출통 통제"},
		{"台灣 台湾", "台湾 台湾"},
		{"習近平", "习近 近平"},
		{"核", "核"},
		{"トランプ", "トラ ラン ンプ"},
		{"AI기업", "ai 기업"},
	} {
		if got := termList(c.in); got != c.want {
			t.Errorf("Terms(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// What a reader types finds what the text says: every term of the query is one
// of the text.
func TestTermsFind(t *testing.T) {
	for _, c := range []struct {
		query, in string
		want      bool
	}{
		{"tariff", "new tariffs were set", true},
		{"negotiation", "they negotiated for negotiations", true},
		{"관세", "미국은 관세를 올렸다", true},
		{"관세", "대미관세율", true},
		{"김정은", "김정은은 말했다", true},
		{"김정은", "김정은이 말했다", true},
		{"수출통제", "수출 통제 조치", true},
		{"반도체", "반도체의", true},
		{"희토류", "희토류까지도", true},
		{"台湾", "臺灣與台灣", true},
		{"制裁", "對北韓的制裁決議", true},
		{"tar", "tariffs", false},
		{"관세", "관계와 세금", false},
		{"台湾", "湾台", false},
		{"회의", "회의에서", true},
		{"평가", "평가를", true},
		{"추가", "추가로", true},
		{"국가", "국가는", true},
		{"중국", "중국과의", true},
		{"협의", "협의하기로", true},
	} {
		has := map[string]bool{}
		for _, term := range text.Terms(c.in) {
			has[term.Text] = true
		}
		got := true
		for _, term := range text.Terms(c.query) {
			got = got && has[term.Text]
		}
		if got != c.want {
			t.Errorf("%q finds %q: %v, want %v (%s | %s)", c.query, c.in, got, c.want, termList(c.query), termList(c.in))
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Plain", "plain"},
		{"“It’s” — ‘so’…", "\"it's\" - 'so'..."},
		{"ＡＢＣ　１２３", "abc 123"},
		{"習近平", "习近平"},
		{"co\u00adoperate", "cooperate"},
		{"U\u00a0S", "u s"},
	} {
		if got := text.Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
		if again := text.Fold(c.want); again != c.want {
			t.Errorf("Fold(%q) = %q, want it as it is", c.want, again)
		}
	}
}

func TestStem(t *testing.T) {
	for in, want := range map[string]string{"tariffs": "tariff", "negotiating": "negoti", "policies": "polici", "running": "run", "us": "us", "sanctions": "sanction", "": ""} {
		if got := text.Stem(in); got != want {
			t.Errorf("Stem(%q) = %q, want %q", in, got, want)
		}
	}
}

// The stems are those of another implementation of the same algorithm.
func TestStemAgrees(t *testing.T) {
	seen := 0
	for w := range strings.FieldsSeq(strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return ' '
	}, article+suffixed))) {
		seen++
		if got, want := text.Stem(w), english.Stem(w, true); got != want {
			t.Errorf("Stem(%q) = %q, want %q", w, got, want)
		}
	}
	if seen < 200 {
		t.Errorf("compared %d words only", seen)
	}
}

// suffixed are words that take each rule of the stemmer.
const suffixed = "caresses ponies ties cries gas this gaps kiwis agreed agreedly feed bled motoring singly hoping hopping luxuriated " +
	"troubled sized falling hissing failing filing happy say by enjoy cry relational conditional rational valenci hesitanci digitizer " +
	"conformabli radicalli differentli vileli analogousli vietnamization predication operator feudalism decisiveness hopefulness " +
	"callousness formaliti sensitiviti sensibiliti geologi apologi triplicate formative formalize electriciti electrical hopeful goodness " +
	"revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption communism " +
	"activate angulariti homologous effective bowdlerize probate rate cease controll roll generate general generic communities " +
	"arsenal arsenic inning outings succeeding proceeds exceeded skies dying news bias youth boyish sayings flying annoyed " +
	"restlessli heartlessly fearfully usefully nationally proliferation denuclearization negotiating negotiators agencies " +
	"sanctioned sanctions policymakers technologies semiconductors tariffs retaliatory provocations normalization"

func TestSimplified(t *testing.T) {
	for in, want := range map[string]string{"": "", "plain": "plain", "國務院總理": "国务院总理", "国务院": "国务院", "臺灣 Taiwan": "台湾 Taiwan"} {
		if got := text.Simplified(in); got != want {
			t.Errorf("Simplified(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIndex(t *testing.T) {
	long := strings.Repeat("a한b𠀀c", 300)
	for _, s := range []string{"", "ascii only", "한국", "a한b", long, "\xff한\xfe"} {
		x := text.NewIndex(s)
		n := 0
		for b := range s {
			if got := x.Rune(b); got != n {
				t.Fatalf("%.20q: Rune(%d) = %d, want %d", s, b, got, n)
			}
			if got := x.Byte(n); got != b {
				t.Fatalf("%.20q: Byte(%d) = %d, want %d", s, n, got, b)
			}
			n++
		}
		if x.Rune(len(s)+9) != n || x.Byte(n+9) != len(s) || x.Rune(-1) != 0 || x.Byte(-1) != 0 {
			t.Errorf("%.20q: offsets outside are not brought inside", s)
		}
	}
}
