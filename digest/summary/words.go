package summary

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// openings are words that sentences begin with, in lower case, by their first
// byte: whole ones of English, and beginnings of Korean and Chinese ones.
type openings [256][]opening

type opening struct {
	words string
	part  bool // more of a word may follow
}

func newOpenings(whole, parts []string) *openings {
	var o openings
	for _, w := range whole {
		o[w[0]] = append(o[w[0]], opening{w, false})
	}
	for _, w := range parts {
		o[w[0]] = append(o[w[0]], opening{w, true})
	}
	return &o
}

// longestOpening is more bytes than any opening has, whatever its letters come
// from.
const longestOpening = 128

// begin reports whether a sentence begins with one.
func (o *openings) begin(s string) bool {
	if s == "" || s[0] < utf8.RuneSelf && o[foldASCII(s[0])] == nil {
		return false
	}
	var room [longestOpening]byte
	low := room[:min(len(s), longestOpening)]
	for i := range low {
		low[i] = foldASCII(s[i])
		if s[i] >= utf8.RuneSelf && s[i] != 0xE2 && (i == 0 || s[i] >= 0xC0) { // beyond ASCII and typography
			low = []byte(strings.ToLower(s[:min(len(s), longestOpening)]))
			break
		}
	}
	for _, w := range o[low[0]] {
		if w.part && string(low[:min(len(low), len(w.words))]) == w.words || !w.part && hasWordPrefix(low, w.words) {
			return true
		}
	}
	return false
}

func foldASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func hasWordPrefix(s []byte, prefix string) bool {
	if string(s[:min(len(s), len(prefix))]) != prefix {
		return false
	}
	r, _ := utf8.DecodeRune(s[len(prefix):])
	return len(s) == len(prefix) || !unicode.IsLetter(r) && r != '-' || r >= 0x1100 || strings.HasSuffix(prefix, ",")
}

// danglingOpenings begin a sentence that goes on from the one before.
var danglingOpenings = newOpenings(strings.Split(`he|she|they|it|it's|his|her|their|its|him|them|this|that|these|those|that's|such|so|then|there|here|`+
	`but|and|or|nor|yet|also|however|meanwhile|moreover|furthermore|still,|instead|additionally|besides|likewise|similarly|`+
	`otherwise|therefore|thus|hence|consequently|nevertheless|nonetheless|indeed|in fact|for example|for instance|`+
	`in addition|in other words|in contrast|by contrast|on the other hand|as a result|at the same time|at that time|after that|`+
	`because of that|in turn|in response|in that case|in the meantime|for now|for his part|for her part|for its part|what's more|`+
	`not only that|of course|to be sure|perhaps|maybe|yes,|no,|well,|ok|okay|why|what|how|who|which|where|when asked|asked|`+
	`one of them|some of them|both|neither|either|another|others|the latter|the same|the other|earlier,|later,|afterwards|`+
	`afterward|elsewhere|finally,|lastly,|first,|second,|third,|next,|again,|even so|even then|`+
	`we|we're|i|i'm|i've|our|my|you|your|let's|if you|read more|get all the latest|sign in|this article is|click|watch|listen|see also|related|photo|photos|image|file|credit|`+
	`advertisement|sign up|subscribe|follow|share|updated|editor's note|correction|contact|according to him|according to her|`+
	`as he|as she|as they|as it|while he|while she|when he|when she|after he|after she|before he|before she|because he|because she|`+
	`for that|with that|to that|at that|on that|in that|by that|from that|from there|from then|since then|until then|by then|back then|`+
	`despite that|despite this|after this|with this|in this|for this|to this|on this|all of this|all this|all that|much of that|part of that|some of this`, "|"), cjkOpenings)

// leaningOpenings lean on the sentence before without a pronoun.
var leaningOpenings = newOpenings(strings.Split(`the move|the decision|the announcement|the news|the statement|the comments|the comment|the remarks|the report|the incident|`+
	`the letter|the latter|the pair|the two|the three|the plan|the bill|the measure|the order|the ruling|the meeting|the deal|the video|the tweet|`+
	`the man|the woman|the group|the company|the agency|the document|the documents|the change|the changes|the request|the lawsuit|the suit|the proposal|`+
	`the question|the issue|the problem|the result|the results|the list|the post|the interview|the hearing|the vote|the speech|the source|the sources|`+
	`an hour later|a day later|a week later|days later|hours later|weeks later|months later|years later|the next day|the following day`, "|"), cjkLeaning)

// cjkOpenings and cjkLeaning are the same for Korean and Chinese.
var cjkOpenings = strings.Fields(`
그는 그가 그의 그녀 이는 이를 이에 이와 이날 이로써 이어 이후 그러나 하지만 그런데 그리고 또 또한 아울러 한편 특히 반면 따라서 그래서 다만 그럼에도 이번 이같은 이런 이러한 그런 해당 이들 그들 앞서 즉 결국 더구나 게다가 오히려 우리 저는 나는 우리는 당시 같은 기자 사진 무단
他 她 它 他们 她们 这 该 此 其 但 但是 然而 不过 同时 另外 此外 因此 所以 而且 并且 而 也 还 于是 随后 接着 其中 对此 对于此 据此 由此 与此 总之 可见 例如 比如 当时 我 我们 您 你 记者 責 責任 编辑 編輯 來源 来源 這 該 但 他們 她們 對此 與此 隨後 當時 我們 此外 不過 同時`)

var cjkLeaning = strings.Fields(`이번 당국은 회사는 관계자는 该 有关 上述 報導 报道称 消息称`)

// selfWords speak to the reader or of the writer when they stand outside
// quotation marks.
var selfWords = map[string]bool{
	"i": true, "we": true, "my": true, "our": true, "me": true, "you": true, "your": true,
	"i'm": true, "we're": true, "you're": true, "i’m": true, "we’re": true, "you’re": true, "let's": true, "let’s": true,
}

// longestPersonal is more bytes than a word of selfWords or personalWords has,
// whatever its letters come from.
const longestPersonal = 16

// personalWords need somebody named before them in the sentence.
var personalWords = map[string]bool{
	"he": true, "she": true, "his": true, "her": true, "him": true, "hers": true, "himself": true, "herself": true,
	"he's": true, "she's": true, "he’s": true, "she’s": true,
}

// mayBePersonal are the bytes that words of selfWords and personalWords begin
// with, in either case.
var mayBePersonal = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= utf8.RuneSelf || strings.IndexByte("iwmoylhs", foldASCII(byte(c))) >= 0
	}
	return t
}()
