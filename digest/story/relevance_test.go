package story_test

import (
	"os"
	"strings"
	"testing"

	"hanwire/digest/story"
	"hanwire/digest/text"
)

// TestRelevance reads its cases from testdata/relevance.txt.
func TestRelevance(t *testing.T) {
	rows, err := os.ReadFile("testdata/relevance.txt")
	if err != nil {
		t.Fatal(err)
	}
	var right, missed, wrong int
	for line := range strings.Lines(string(rows)) {
		sign, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if sign != "+" && sign != "-" {
			continue
		}
		_, rest, _ = strings.Cut(rest, " ")
		title, body, _ := strings.Cut(rest, "; ")
		got := judge(title, body, story.DefaultTopics())
		switch want := sign == "+"; {
		case got.Relevant && want:
			right++
		case got.Relevant:
			wrong++
			t.Logf("%s: relevant, %v", title, got.Reasons)
		case want:
			missed++
			t.Logf("%s: not relevant (%.2f), %v", title, got.Score, got.Reasons)
		}
	}
	if f1 := 2 * float64(right) / float64(2*right+missed+wrong); f1 < 0.95 {
		t.Errorf("F1 %.3f (right %d, missed %d, wrong %d), want at least 0.95", f1, right, missed, wrong)
	}
}

func judge(title, body string, topics []story.Topic) story.Relevance {
	doc := text.Analyze(title, body, "")
	return story.Open(doc).Judge(story.Subject{Doc: doc}, topics)
}
