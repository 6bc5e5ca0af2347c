package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanwire/digest/text"
)

// entities writes each entity as name, key, gender and the mentions of it.
func entities(d *text.Document) []string {
	var out []string
	for _, e := range d.Entities {
		s := fmt.Sprintf("%s %s", e.Kind, e.Name)
		if e.Key != "" {
			s += " =" + e.Key
		}
		switch e.Gender {
		case text.Male:
			s += " m"
		case text.Female:
			s += " f"
		}
		var ms []string
		for _, m := range e.Mentions {
			ms = append(ms, d.Slice(d.Mentions[m].Span))
		}
		out = append(out, s+": "+strings.Join(ms, ", "))
	}
	return out
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"Anna Example, a senior fellow, spoke first. Then Example left, and Ms. Example’s aides followed.",
			[]string{"person Anna Example f: Anna Example, Example, Example"}},
		{"The senators Ann Sample and Peter Sample met. “No,” Mr. Sample said. Ms. Sample agreed.",
			[]string{"person Ann Sample f: Ann Sample, Sample", "person Peter Sample m: Peter Sample, Sample"}},
		{"South Korean Defense Minister Hong Gil-dong met Gen. George W. Tester in Tokyo. Hong did not speak, Tester did.",
			[]string{"place South Korean =south_korea: South Korean", "person Hong Gil-dong: Hong Gil-dong, Hong", "person George W. Tester m: George W. Tester, Tester", "place Tokyo =japan: Tokyo"}},
		{"Kim Jong Un, also written Kim Jong-un, met his guests. Kim smiled.",
			[]string{"person Kim Jong Un =kim_jong_un m: Kim Jong Un, Kim Jong-un, Kim"}},
		{"Ivanka Trump spoke before President Donald Trump did. “Fine,” Trump said, and Ms. Trump nodded.",
			[]string{"person Ivanka Trump f: Ivanka Trump, Trump", "person Donald Trump =trump m: Donald Trump, Trump"}},
		{"The Example Review Board (ERB) met on Monday. The ERB said nothing.",
			[]string{"organisation Example Review Board: Example Review Board, ERB, ERB"}},
		{"He teaches at the University of Sampleton and the Center for Invented and Imagined Studies.",
			[]string{"organisation University of Sampleton: University of Sampleton", "organisation Center for Invented and Imagined Studies: Center for Invented and Imagined Studies"}},
		{"The Foreign Ministry and the People’s Liberation Army were silent; the PLA always is.",
			[]string{"organisation Foreign Ministry =foreign_ministry: Foreign Ministry", "organisation People’s Liberation Army =pla: People’s Liberation Army, PLA"}},
		{"Yesterday Officials spoke. However Nobody listened. Critics of the plan were many.", nil},
		{"“We agree,” said Zorblax Quuxley, 54, of Ohio. Quuxley nodded.",
			[]string{"person Zorblax Quuxley: Zorblax Quuxley, Quuxley"}},
		{"They visited Golden Bridge Tower and ate china plates with us in jordan.", []string{"place Golden Bridge Tower: Golden Bridge Tower"}},
		{"Spokeswoman Mei Sample said so; Sample was tired.", []string{"person Mei Sample f: Mei Sample, Sample"}},
		{"President Donald John TrumpMinistry reviews rules met Ann ExampleTalks go on.", []string{"person Donald John Trump =trump m: Donald John Trump", "person Ann Example f: Ann Example"}},
		{"SEOUL was quiet, said Lee Jae-example, a professor in Seoul. Lee smiled.", []string{"place Seoul =south_korea: SEOUL, Seoul", "person Lee Jae-example: Lee Jae-example, Lee"}},
		{"THAAD and the Entity List, said Ann Example.", []string{"person Ann Example f: Ann Example"}},
		{"US and U.S. officials; tell us more.", []string{"place U.S. =usa: US, U.S."}},
		{"홍수진 외교부 장관은 3일 말했다. 홍 장관은 이어 말했다. 김길동 의원도 있었다.",
			[]string{"person 홍수진: 홍수진, 홍", "organisation 외교부 =foreign_ministry: 외교부", "person 김길동: 김길동"}},
		{"이재명 대통령은 시진핑 국가주석과 통화했다. 이 대통령은 웃었다.",
			[]string{"person 이재명 =lee_jae_myung m: 이재명, 이", "person 시진핑 =xi_jinping m: 시진핑"}},
		{"피터 샘플 대표는 북유럽에서 왔다. 그 여왕이 말했다.", []string{"person 피터 샘플: 피터 샘플"}},
		{"정진석 전 대통령비서실장과 이복현 금융감독원장, 존 샘플 CSIS 회장이 만났다. 샘플 회장은 조사 위원장이 없다고 했다.",
			[]string{"person 정진석: 정진석", "person 이복현: 이복현", "person 존 샘플: 존 샘플, 샘플", "organisation CSIS =csis: CSIS"}},
		{"이날은 의원들이 왔다. 한국은행 총재는 안 왔다. 왕이(王毅) 외교부장도 왔다.",
			[]string{"organisation 한국은행 =bank_of_korea: 한국은행", "person 왕이 =wang_yi m: 왕이, 王毅"}},
		{"商务部副部长凌激说，中方将依法处理。专家方面表示担忧。总统于今日访问北京。",
			[]string{"organisation 商务部 =mofcom: 商务部", "person 凌激: 凌激", "place 北京 =china: 中方, 北京"}},
		{"外交部发言人林剑表示，中方反对。林剑说，其中国家利益最重要。",
			[]string{"organisation 外交部 =foreign_ministry: 外交部", "person 林剑 =lin_jian m: 林剑, 林剑", "place 中方 =china: 中方"}},
		{"商務部副部長王小明在台北表示反對。約翰·史密斯教授說，美國不同意。",
			[]string{"organisation 商務部 =mofcom: 商務部", "person 王小明: 王小明", "place 台北 =taiwan: 台北", "person 約翰·史密斯: 約翰·史密斯", "place 美國 =usa: 美國"}},
	} {
		d := text.Analyze("x", c.in, "")
		if diff := cmp.Diff(c.want, entities(d)); diff != "" {
			t.Errorf("entities of %q: (-want +got)\n%s", c.in, diff)
		}
	}
}

func TestFindKnown(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"North Korea’s Kim Jong Un met China’s Xi Jinping in the US.", "North Korea=north_korea Kim Jong Un=kim_jong_un China=china Xi Jinping=xi_jinping US=usa"},
		{"Tell us of the china plate in Indochina.", ""},
		{"U.S.-China trade; US$5; @China", "U.S.=usa China=china"},
		{"북한은 미국산, 대미국 정책", "북한=north_korea 미국=usa 미국=usa"},
		{"the China-led bank, Hong Kong-based firms and anti-US words", "China=china Hong Kong=hong_kong US=usa"},
		{"The Washington Post and the Voice of America", "The Washington Post=washington_post Voice of America=voa"},
		{"THAAD, 사드 배치 and 萨德; the Party Congress", "THAAD=thaad 사드 배치=thaad 萨德=thaad Party Congress=party_congress"},
		{"전쟁이란 무엇인가. 여왕이 왔다", ""},
		{"中國與台灣；其中国家；今日本地", "中國=china 台灣=taiwan"},
		{"臺灣總統賴清德", "臺灣=taiwan 賴清德=lai_ching_te"},
		{"김정은 국무위원장과 왕이 외교부장", "김정은=kim_jong_un 국무위원장=? 왕이=wang_yi"},
	} {
		var got []string
		for _, k := range text.FindKnown(c.in) {
			got = append(got, c.in[k.Start:k.End]+"="+k.Key)
		}
		want := strings.ReplaceAll(c.want, " 국무위원장=?", "")
		if strings.Join(got, " ") != want {
			t.Errorf("FindKnown(%q) = %q, want %q", c.in, strings.Join(got, " "), want)
		}
	}
}

// Every row of the gazetteer can be found again by every spelling.
func TestGazetteer(t *testing.T) {
	keys := map[string]bool{}
	for _, e := range text.Gazetteer() {
		if keys[e.Key] || e.Key == "" || e.Rank < 1 || e.Rank > 5 || len(e.English) == 0 {
			t.Errorf("entry %+v: want a key of its own, a rank from 1 to 5 and an English name", e)
		}
		keys[e.Key] = true
		if got, ok := text.ByKey(e.Key); !ok || got.Key != e.Key {
			t.Errorf("ByKey(%q) = %q, %v", e.Key, got.Key, ok)
		}
		for _, forms := range [][]string{e.English, e.Korean, e.Chinese} {
			for _, f := range forms {
				if got, ok := text.Lookup(f); !ok || len(e.English) > 0 && got.Key != e.Key && !sharedForm[f] {
					t.Errorf("Lookup(%q) = %q, %v, want %q", f, got.Key, ok, e.Key)
				}
			}
		}
	}
	if _, ok := text.Lookup("Nobody At All"); ok {
		t.Error(`Lookup("Nobody At All") found an entry`)
	}
	for _, c := range []struct{ name, key string }{
		{"kim jong-un", "kim_jong_un"}, {"KIM JONG UN", "kim_jong_un"}, {"金正恩", "kim_jong_un"}, {"習近平", "xi_jinping"}, {"习近平", "xi_jinping"},
		{"dprk", "north_korea"}, {"北韓", "north_korea"}, {"Workers’ Party of Korea", "workers_party"},
	} {
		if got, ok := text.Lookup(c.name); !ok || got.Key != c.key {
			t.Errorf("Lookup(%q) = %q, %v, want %q", c.name, got.Key, ok, c.key)
		}
	}
}

// sharedForm are spellings that fold to those of another entry.
var sharedForm = map[string]bool{}
