package text

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// languageSample bounds how many bytes of a text [Language] looks at.
const languageSample = 4 << 10

// latinSample bounds how many of them are looked at word by word.
const latinSample = 2 << 10

// profiles are languages in the Latin script with their most frequent words, as
// they tell each from its neighbours. English stands first.
var profiles = [...]struct{ tag, words string }{
	{"en", "the of and to in that is was for it with as his on be at by had not are but from or have an they which one you were her all she there would their we him been has when who will more no if out so said what up its about into than them can only other new some could time these two may then do first any my now such like our over even most me after also did many before must through back where much your"},
	{"fr", "le la les de des du et en un une que qui dans pour pas sur au aux avec ce cette ces il elle ils est sont plus par son sa ses ne se été mais ou où leur comme nous vous à était ont être d'un d'une"},
	{"de", "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde"},
	{"es", "el la los las de del y en que un una por con para se su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante es fue son ha han según dijo"},
	{"pt", "o a os as de do da dos das e em no na nos nas que um uma por com para se seu sua ao mais como mas foi ele ela não é são está até isso sobre também já entre depois sem mesmo aos seus quem ser tem foram segundo disse"},
	{"it", "il lo la i gli le di del della dei delle e in nel nella che un una per con non si su al alla come più anche ma da dal dalla ha sono è era questo questa essere stato dopo tra suo sua loro ci ne"},
	{"nl", "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij uit nog naar door over hij ze worden werd wordt heeft hebben meer zich deze tot of kan geen"},
	{"sv", "och att det i en på är som för av med till den har inte om ett de han men var sig från vi så kan när år säger under också efter eller nu sin där vid mot ska skulle"},
	{"id", "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka lebih kata tahun sudah atau saat oleh menjadi orang ia telah adalah seperti sebagai bahwa dapat para harus namun"},
	{"vi", "và của là có được cho không trong các một với người này đã những để khi từ về đến như ông ra vào cũng năm nhiều tại trên sẽ bị việc theo hay sau"},
	{"tr", "ve bir bu için da de ile çok olarak daha ne olan gibi ama kadar sonra en var ise o ki mi her şey değil dedi oldu olduğunu tarafından yeni"},
	{"pl", "i w na z do nie się że to jest o jak po za od przez ale co dla są tak był jego tym także oraz który która które może już być ich przed"},
}

// frequent has a bit for each profile that lists a word: a hash table with open
// addressing.
var frequent = func() (table [1 << 12]frequentWord) {
	for k, p := range profiles {
		for w := range strings.FieldsSeq(p.words) {
			at := Hash(w)
			for table[at%uint32(len(table))].word != w && table[at%uint32(len(table))].word != "" {
				at++
			}
			table[at%uint32(len(table))].word = w
			table[at%uint32(len(table))].in |= 1 << k
		}
	}
	return table
}()

type frequentWord struct {
	word string
	in   uint16
}

// frequentIn are the bits of a word with that hash.
func frequentIn(w []byte, h uint32) uint16 {
	for at := h; ; at++ {
		x := &frequent[at%uint32(len(frequent))]
		if x.word == string(w) {
			return x.in
		}
		if x.word == "" {
			return 0
		}
	}
}

// Language is the language of a text: "ko", "ja", "zh-Hans", "zh-Hant", "en",
// another tag that a few profiles know, or "und". A text in several scripts is
// taken for the one that carries it: Korean with Chinese characters in
// brackets stays Korean, Chinese with English names Chinese. Only the
// beginning of a long text is looked at.
func Language(s string) string {
	if len(s) > languageSample {
		s = s[:languageSample]
	}
	var hangul, han, kana, latin, other, script int
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			if asciiClass[s[i]] == classLetter {
				latin++
			}
			i++
			continue
		}
		r, w := runeAt(s, i)
		i += w
		switch classOf(r) {
		case classHangul:
			hangul++
		case classHan:
			han++
			script += scriptOf(r)
		case classKana:
			kana++
		case classLetter:
			switch {
			case r < 0x250 || r >= 0x1E00 && r <= 0x1EFF || r >= 0xFF21 && r <= 0xFF5A:
				latin++
			default:
				other++
			}
		}
	}
	// A syllable or character says as much as two or three Latin letters.
	cjk := hangul + han + kana
	switch {
	case cjk*3 > latin && cjk >= other && cjk > 0:
		switch {
		case hangul*3 >= han && hangul > kana:
			return "ko"
		case kana*8 >= han:
			return "ja"
		case script > 0:
			return "zh-Hant"
		}
		return "zh-Hans"
	case other > latin:
		return otherScript(s)
	case latin > 0:
		return latinLanguage(s[:min(len(s), latinSample)])
	}
	return "und"
}

// otherScript names the language most often written in an alphabet other than
// Latin.
func otherScript(s string) string {
	var cyrillic, arabic, greek, hebrew, thai, devanagari, ukrainian int
	for _, r := range s {
		switch {
		case r >= 0x400 && r <= 0x52F:
			cyrillic++
			if strings.ContainsRune("іїєґІЇЄҐ", r) {
				ukrainian++
			}
		case r >= 0x600 && r <= 0x6FF:
			arabic++
		case r >= 0x370 && r <= 0x3FF:
			greek++
		case r >= 0x590 && r <= 0x5FF:
			hebrew++
		case r >= 0xE00 && r <= 0xE7F:
			thai++
		case r >= 0x900 && r <= 0x97F:
			devanagari++
		}
	}
	switch max(cyrillic, arabic, greek, hebrew, thai, devanagari) {
	case 0:
		return "und"
	case cyrillic:
		if ukrainian*50 > cyrillic {
			return "uk"
		}
		return "ru"
	case arabic:
		return "ar"
	case greek:
		return "el"
	case hebrew:
		return "he"
	case thai:
		return "th"
	}
	return "hi"
}

// latinLanguage counts the frequent words of each profile. A text too short to
// hold any, such as a headline, is taken for English when it is plain ASCII.
func latinLanguage(s string) string {
	var hits [len(profiles)]int
	words, accented := 0, 0
	for i := 0; i < len(s); {
		r, w := runeAt(s, i)
		if classOf(r) != classLetter {
			i += w
			continue
		}
		start := i
		for i < len(s) {
			if s[i] < utf8.RuneSelf && asciiClass[s[i]] == classLetter {
				i++
				continue
			}
			r, w = runeAt(s, i)
			if classOf(r) != classLetter && !(isApostrophe(r) && isLetter(runeAfter(s, i+w))) {
				break
			}
			if r >= 0x80 && !isApostrophe(r) {
				accented++
			}
			i += w
		}
		words++
		var room [12]byte
		if i-start > len(room) {
			continue
		}
		word, h := append(room[:0], s[start:i]...), hashSeed
		for k, c := range word {
			if 'A' <= c && c <= 'Z' {
				word[k] = c + 'a' - 'A'
			}
			h = hashByte(h, word[k])
		}
		for b := frequentIn(word, h); b != 0; b &= b - 1 {
			hits[bits.TrailingZeros16(b)]++
		}
	}
	best, most, next := 0, 0, 0
	for k := range profiles {
		if hits[k] > most {
			best, most, next = k, hits[k], most
		} else if hits[k] > next {
			next = hits[k]
		}
	}
	switch {
	case most >= 2 && most*12 >= words && (most > next || best == 0):
		return profiles[best].tag
	case most == 1 && next == 0 && (best == 0 || words <= 6 && accented > 0):
		return profiles[best].tag
	case hits[0] > 0 && hits[0] == most:
		return "en"
	case words > 0 && words <= 20 && accented*10 <= words && most <= 1:
		return "en"
	}
	return "und"
}
