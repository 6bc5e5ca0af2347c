package story_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanwire/digest/story"
	"hanwire/digest/text"
)

var day = time.Date(2031, 3, 4, 9, 0, 0, 0, time.UTC)

// article is one line of a grouping case: who, hours after the first, title and text.
type article struct {
	id, outlet string
	hours      float64
	title      string
	body       string
}

func (a article) item() story.Item {
	return story.Open(text.Analyze(a.title, a.body, "")).Item(story.Source{
		ID: a.id, Outlet: a.outlet, Published: day.Add(time.Duration(a.hours * float64(time.Hour))),
	})
}

const (
	ferryA = "The two Koreas agreed on Monday to resume ferry traffic between Incheon and Nampo in April, the unification ministry said. The ferries stopped eleven years ago after a dispute over fees. Unification Minister Chung Dong-young called the agreement a small first step. The boats will carry 300 passengers each, twice a week."
	ferryB = "Ferries will run again between Incheon and Nampo from April, South Korea's unification ministry announced on Monday after talks with the North. It is the first such line in eleven years. Two boats with room for 300 passengers will sail twice a week, Unification Minister Chung Dong-young said."
	steelA = "China will raise tariffs on imported steel from 12 percent to 25 percent from 1 May, the commerce ministry said on Monday. Commerce Minister Wang Wentao said domestic mills were suffering from dumping. Exporters in three countries are expected to complain to the World Trade Organization."
	talksA = "South Korea's president met party leaders at the presidential office on Monday to discuss a revision of the pension law. The opposition wants the contribution rate to stay at nine percent. A vote in the National Assembly is planned for June, a spokesman said."
	ferryK = "통일부는 남북이 인천과 남포를 잇는 여객선 운항을 4월 재개하기로 합의했다고 월요일 밝혔다. 여객선은 11년 전 중단됐다. 정동영 통일부 장관은 작은 첫걸음이라고 말했다. 승객 300명을 태우는 배가 주 2회 운항한다. 북한과의 회담은 판문점에서 열렸다."
	ferryE = "North and South Korea agreed at talks in Panmunjom to resume ferry traffic in April, Unification Minister Chung Dong-young said on Monday. The boats will carry 300 passengers twice a week."
)

func TestGroups(t *testing.T) {
	tests := []struct {
		name     string
		articles []article
		want     []string // which articles are one story
	}{
		{"two outlets, one event", []article{
			{"a", "Daily Meridian", 0, "Koreas to resume ferry line in April", ferryA},
			{"b", "Harbour Post", 5, "Inter-Korean ferries to run again from April", ferryB},
		}, []string{"a b"}},
		{"events of one day", []article{
			{"a", "Daily Meridian", 0, "Koreas to resume ferry line in April", ferryA},
			{"b", "Harbour Post", 1, "China doubles steel tariffs", steelA},
			{"c", "Daily Meridian", 2, "President and party leaders discuss pensions", talksA},
		}, []string{"a", "b", "c"}},
		{"a copy under another title, days later", []article{
			{"a", "Hill Agency", 0, "Koreas to resume ferry line in April", ferryA},
			{"b", "Gull Weekly", 100, "What the ferries will bring", ferryA},
		}, []string{"a b"}},
		{"the same words a month later", []article{
			{"a", "Daily Meridian", 0, "Koreas to resume ferry line in April", ferryA},
			{"b", "Harbour Post", 24 * 30, "Inter-Korean ferries to run again from April", ferryB},
		}, []string{"a", "b"}},
		{"across languages", []article{
			{"a", "Daily Meridian", 0, "Koreas to resume ferries, Chung Dong-young says", ferryE},
			{"k", "해솔뉴스", 3, "정동영 장관 \"남북 여객선 4월 재개\"", ferryK},
			{"c", "Harbour Post", 4, "China doubles steel tariffs", steelA},
		}, []string{"a k", "c"}},
		{"across languages, another event with the same countries", []article{
			{"a", "Daily Meridian", 0, "China doubles steel tariffs", steelA},
			{"k", "해솔뉴스", 3, "한중 외교장관 회담 베이징서 개최", "한국과 중국 외교장관이 월요일 베이징에서 회담을 열고 한반도 정세를 논의했다. 왕이 외교부장은 대화를 강조했다."},
		}, []string{"a", "k"}},
		{"across languages, the same people and agency on one day, other numbers", []article{
			{"a", "Daily Meridian", 0, "Kim Jong Un inspects flood-hit dam with daughter", "North Korean leader Kim Jong Un and his daughter Kim Ju Ae inspected a flood-hit dam in North Pyongan province, the Korean Central News Agency said. He ordered 13,000 soldiers to rebuild 4,000 homes."},
			{"k", "해솔뉴스", 1, "김정은, 5천t급 구축함 진수식 참석", "김정은 북한 국무위원장이 딸 김주애와 남포에서 열린 5000톤급 구축함 진수식에 참석했다고 조선중앙통신이 6일 보도했다. 3번함은 10월 10일까지 건조한다."},
			{"c", "云渡日报", 2, "金正恩出席5000吨级驱逐舰下水仪式", "朝中社6日报道，朝鲜领导人金正恩携女儿金主爱在南浦出席5000吨级驱逐舰下水仪式，第三艘将于10月10日前建成。"},
		}, []string{"a", "c k"}},
	}
	for _, tt := range tests {
		g := story.NewGrouper(story.Options{})
		var items []story.Item
		for _, a := range tt.articles {
			items = append(items, a.item())
		}
		if diff := cmp.Diff(tt.want, members(items, g.AddAll(items))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// members lists the IDs of each story, sorted.
func members(items []story.Item, placed []story.Placement) []string {
	byStory := map[string][]string{}
	for i, p := range placed {
		byStory[p.Story] = append(byStory[p.Story], items[i].ID)
	}
	var out []string
	for _, ids := range byStory {
		slices.Sort(ids)
		out = append(out, strings.Join(ids, " "))
	}
	slices.Sort(out)
	return out
}

func TestVersionJoinsItsStory(t *testing.T) {
	g := story.NewGrouper(story.Options{})
	first := g.Add(article{"a", "Daily Meridian", 0, "Koreas to resume ferry line in April", ferryA}.item())
	version := article{"a2", "Daily Meridian", 30, "Correction", talksA}.item()
	version.VersionOf = "a"
	if got := g.Add(version); got.Story != first.Story {
		t.Errorf("the version went to %s, want %s", got.Story, first.Story)
	}
	if again := g.Add(version); again.Story != first.Story || again.Merged != nil {
		t.Errorf("adding it again gave %+v", again)
	}
}

// Stories that a later article shows to be one are merged into the elder.
func TestMerge(t *testing.T) {
	corpus := stream(400, 3)
	g := story.NewGrouper(story.Options{})
	ids := map[string]bool{}
	for _, it := range corpus {
		p := g.Add(it)
		for _, gone := range p.Merged {
			if !ids[gone] {
				t.Errorf("%s merged, which was no story", gone)
			}
			if gone == p.Story {
				t.Errorf("%s merged into itself", gone)
			}
			delete(ids, gone)
		}
		ids[p.Story] = true
	}
}

// A grouper restored from what a store kept goes on as the first one would.
func TestRestore(t *testing.T) {
	corpus := stream(600, 7)
	const half = 300
	first := story.NewGrouper(story.Options{})
	second := story.NewGrouper(story.Options{})
	place := map[string]string{}
	for _, it := range corpus[:half] {
		p := first.Add(it)
		for id, s := range place {
			if slices.Contains(p.Merged, s) {
				place[id] = p.Story
			}
		}
		place[it.ID] = p.Story
	}
	for _, it := range corpus[:half] {
		second.Restore(stored(t, it), place[it.ID])
	}
	for _, it := range corpus[half:] {
		want, got := first.Add(it), second.Add(stored(t, it))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s after a restart (-want +got):\n%s", it.ID, diff)
		}
	}
}

// stored is an item after a round trip through JSON.
func stored(t *testing.T, it story.Item) story.Item {
	t.Helper()
	b, err := json.Marshal(it)
	if err != nil {
		t.Fatal(err)
	}
	var out story.Item
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(it, out); diff != "" {
		t.Fatalf("item changed in JSON (-want +got):\n%s", diff)
	}
	return out
}

// The order in which the articles of a poll come does not matter.
func TestOrderWithinAPoll(t *testing.T) {
	corpus := stream(300, 11)
	want := members(corpus, story.NewGrouper(story.Options{}).AddAll(corpus))
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		shuffled := slices.Clone(corpus)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(want, members(shuffled, story.NewGrouper(story.Options{}).AddAll(shuffled))); diff != "" {
			t.Fatalf("another order, other stories (-want +got):\n%s", diff)
		}
	}
}
