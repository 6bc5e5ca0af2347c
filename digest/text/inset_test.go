package text_test

import (
	"slices"
	"strings"
	"testing"

	"hanwire/digest/text"
)

func TestInsets(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"none", "Premier Ada Olm said MORE boats are needed.", "Premier Ada Olm said MORE boats are needed."},
		{"behind a name", "Premier Ada Olm Ada Maria OlmFerry strike ends Harbour talks fail MORE said it was late.", "Premier Ada Olm said it was late."},
		{"a surname, and a name in brackets", "Mr. Olm Theodore (Ted) OlmWhat now? | Fees rise: report MORE (Alder) left.", "Mr. Olm (Alder) left."},
		{"capitals in the name", "Joel McTarrant Joel Ray McTarrant2030 race begins MORE, a clerk, left.", "Joel McTarrant, a clerk, left."},
		{"two", "Ada Olm Ada OlmFees rise MORE and Lena Vik Lena M. VikFees fall MORE left.", "Ada Olm and Lena Vik left."},
		{"grown together, but no name", "Prices at PortWest rose and READ MORE stayed.", "Prices at PortWest rose and READ MORE stayed."},
		{"another name", "Ada Olm Lena VikFees fall MORE left.", "Ada Olm Lena VikFees fall MORE left."},
	} {
		if got := text.WithoutInsets(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		parts := ""
		for _, s := range text.Outside(tt.in) {
			parts += tt.in[s.Start:s.End]
		}
		if got, want := strings.ReplaceAll(parts, " ", ""), strings.ReplaceAll(tt.want, " ", ""); got != want {
			t.Errorf("%s: parts %q, want %q", tt.name, got, want)
		}
	}
}

// What stands in an inset is neither sentence nor name.
func TestInsetIsNoNews(t *testing.T) {
	d := text.Analyze("", "Premier Ada Olm Ada Maria OlmFerry strike ends! Joel Tarrant wins MORE Monday said it was late. He left.", "en")
	if len(d.Sentences) != 2 {
		t.Errorf("%d sentences, want 2", len(d.Sentences))
	}
	var names []string
	for _, e := range d.Entities {
		names = append(names, e.Name)
	}
	if !slices.Equal(names, []string{"Ada Olm"}) {
		t.Errorf("names %q", names)
	}
}
