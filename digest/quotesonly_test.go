package digest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hanwire/digest"
)

func TestQuotesOnly(t *testing.T) {
	r := reader(t).Read(digest.Article{ID: "a", Title: "Seoul weighs tariffs", Text: "SEOUL — The port was shut on Monday.\n\n" +
		"Trade minister Oh Da-rim said that the tariff was “a step too far” and would be lifted. The wind was strong.\n\n" +
		"“We will run the ferry,” Oh said. “Nobody is left behind.”\n\n통상부 오다림 장관은 “관세는 없다”고 말했다.\n"})
	if len(r.Quotes) < 4 {
		t.Fatalf("%d quotes, want the sample to have 4", len(r.Quotes))
	}
	left := r.QuotesOnly()
	for i, q := range left.Quotes {
		was := r.Quotes[i]
		if got, want := left.Text[q.Start:q.End], r.Text[was.Start:was.End]; got != want {
			t.Errorf("quote %d is %q, was %q", i, got, want)
		}
		if q.Speaker != was.Speaker || q.Role != was.Role || q.Cue != was.Cue || q.Kind != was.Kind || q.Key != was.Key {
			t.Errorf("quote %d: %+v, was %+v", i, q, was)
		}
		if q.SpeakerAt.Len() > 0 && left.Text[q.SpeakerAt.Start:q.SpeakerAt.End] != r.Text[was.SpeakerAt.Start:was.SpeakerAt.End] {
			t.Errorf("quote %d: its speaker stands elsewhere", i)
		}
	}
	for _, n := range left.Names {
		if n.Start < 0 || n.End > len(left.Text) {
			t.Errorf("name %+v is outside the text", n)
		}
	}
	if len(left.Text) >= len(r.Text) || left.Access != "quotes only" {
		t.Errorf("left %q, %q", left.Text, left.Access)
	}
	if diff := cmp.Diff(left, left.QuotesOnly(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what is left, reduced again (-first +second):\n%s", diff)
	}
	if text := (digest.Reading{}).QuotesOnly().Text; text != "" {
		t.Errorf("of nothing %q is left", text)
	}
}
