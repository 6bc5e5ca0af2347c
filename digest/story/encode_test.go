package story_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"hanwire/digest/story"
	"hanwire/digest/text"
)

// TestItemBinary has items survive a round trip, and no damaged one be taken.
func TestItemBinary(t *testing.T) {
	for _, words := range []string{
		"",
		"Ferry talks resume\nThe harbour ministers of both islands met in Seoul on 12 May and agreed on 3 new ferries, North Korea's Kim Jong Un said. The ferries will run daily.",
		"여객선 회담 재개\n두 섬의 항만 장관이 5월 12일 서울에서 만나 여객선 3척에 합의했다고 북한 김정은이 말했다.",
	} {
		it := story.Open(text.Analyze("Ferry talks", words, "")).Item(story.Source{ID: "a1", Outlet: "Courier", Published: time.Date(2031, 5, 12, 8, 0, 0, 5000, time.UTC)})
		if words == "" {
			it = story.Item{ID: "none"}
		}
		b, err := it.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var back story.Item
		if err := back.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		want, _ := json.Marshal(it)
		got, _ := json.Marshal(back)
		if !bytes.Equal(got, want) {
			t.Errorf("came back as\n%s, was\n%s", got, want)
		}
		for n := range len(b) {
			if back.UnmarshalBinary(b[:n]) == nil {
				t.Errorf("%d bytes of %d were taken for an item", n, len(b))
			}
		}
	}
}

func FuzzItemBinary(f *testing.F) {
	it := story.Open(text.Analyze("Ferry talks", "The harbour ministers met in Seoul on 12 May and agreed on 3 new ferries.", "en")).Item(story.Source{ID: "a1"})
	b, err := it.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var it story.Item
		if it.UnmarshalBinary(b) != nil {
			return
		}
		if _, err := it.AppendBinary(nil); err != nil {
			t.Error(err)
		}
	})
}
