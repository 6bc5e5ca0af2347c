package text

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed gazetteer.tsv
var gazetteerTable string

// Entry is a person, organisation, place or thing of Korea and China policy, with
// the spellings by which news of the three languages names it. Its slices are
// shared: do not change them.
type Entry struct {
	Key       string // "kim_jong_un"
	Kind      NameKind
	Gender    Gender   // of people
	English   []string // the usual form first; other romanisations and short forms behind
	Korean    []string
	Chinese   []string // simplified and traditional
	Role      string   // a hint in English: the office held, last or best known
	Countries []string // "north-korea", "south-korea", "china", "taiwan", "hong-kong", "usa", ...
	Topics    []string // topics that a mention speaks for
	Rank      int      // importance from 1 to 5
}

// KnownMention is a place in a text where a spelling of the gazetteer stands.
type KnownMention struct {
	Span
	Key string
}

// spelling is one form of an entry as the trie has it.
type spelling struct {
	text  string
	entry int32
	needs bool // counts only beside a title: the form is also a common word
}

// spellings are forms with the trie that finds them.
type spellings struct {
	forms []spelling
	trie  *trie
}

func (sp *spellings) build() {
	patterns := make([]string, len(sp.forms))
	for i := range patterns {
		patterns[i] = sp.forms[i].text
	}
	sp.trie = newTrie(patterns)
}

// HasWide reports a Hangul, Han or Kana character, which are the ones that
// begin with these bytes in UTF-8.
func HasWide(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0xE3 && s[i] <= 0xED {
			return true
		}
	}
	return false
}

// knownNames is the gazetteer, read once.
type knownNames struct {
	entries []Entry
	byKey   map[string]int
	byName  map[string]int // by Fold of any spelling
	latin   spellings
	wide    spellings // those with a Hangul or Han character: most texts need one of the two alone
}

var known = readGazetteer(gazetteerTable)

func readGazetteer(table string) *knownNames {
	k := &knownNames{byKey: map[string]int{}, byName: map[string]int{}}
	for line := range strings.Lines(table) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		for i := range f {
			if f[i] == "-" {
				f[i] = ""
			}
		}
		n := len(k.entries)
		e := Entry{Key: f[0], Role: f[6], Countries: list(f[4]), Topics: list(f[5]), Rank: int(f[3][0] - '0')}
		switch f[1] {
		case "organisation":
			e.Kind = Organisation
		case "place":
			e.Kind = Place
		case "thing":
			e.Kind = Thing
		}
		switch f[2] {
		case "male":
			e.Gender = Male
		case "female":
			e.Gender = Female
		}
		for i, forms := range []*[]string{&e.English, &e.Korean, &e.Chinese} {
			for _, form := range list(f[7+i]) {
				form, needs := strings.CutPrefix(form, "~")
				*forms = append(*forms, form)
				into := &k.latin
				if HasWide(form) {
					into = &k.wide
				}
				into.forms = append(into.forms, spelling{form, int32(n), needs})
				if up := strings.ToUpper(form); up != form && len(form) > 4 { // headlines
					into.forms = append(into.forms, spelling{up, int32(n), needs})
				}
				for _, fold := range []string{Fold(form), foldName(form)} {
					if k.byName[fold] == 0 {
						k.byName[fold] = n + 1
					}
				}
			}
		}
		k.byKey[e.Key] = n
		k.entries = append(k.entries, e)
	}
	k.latin.build()
	k.wide.build()
	return k
}

// named is the number from 1 of the entry that has a name among its spellings,
// however its parts are joined; 0 for none.
func (k *knownNames) named(name string) int {
	var room [64]byte
	if len(name) > len(room) {
		return k.byName[foldName(name)]
	}
	low := room[:len(name)]
	for i := range low {
		if low[i] = foldASCII[name[i]]; low[i] >= utf8.RuneSelf || low[i] == '-' || low[i] == '.' {
			return k.byName[foldName(name)]
		}
	}
	return k.byName[string(low)]
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

// Gazetteer is every entry, in order of key.
func Gazetteer() []Entry {
	all := slices.Clone(known.entries)
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// ByKey is the entry with a key.
func ByKey(key string) (Entry, bool) {
	n, ok := known.byKey[key]
	if !ok {
		return Entry{}, false
	}
	return known.entries[n], true
}

// Lookup is the entry that has a name among its spellings, whatever its case,
// script or marks.
func Lookup(name string) (Entry, bool) {
	name = strings.TrimSpace(name)
	for _, fold := range []string{Fold(name), foldName(name)} {
		if n := known.byName[fold]; n > 0 {
			return known.entries[n-1], true
		}
	}
	return Entry{}, false
}

// isKnownHangul reports whether w is the Korean spelling of an entry.
func isKnownHangul(w string) bool { return known.byName[w] > 0 }

// FindKnown finds the gazetteer's names in a text in one pass: in order of
// their place, never overlapping, of several at one place the longest. Latin
// spellings match whole words and as they are written, so "us" is no country.
// Hangul matches from the beginning of a word, particles may follow.
func FindKnown(s string) []KnownMention {
	found := appendSpellings(nil, s)
	mentions := make([]KnownMention, len(found))
	for i, f := range found {
		mentions[i] = KnownMention{f.Span, known.entries[f.entry].Key}
	}
	return mentions
}

type foundSpelling struct {
	Span
	entry int32
}

// appendSpellings appends the gazetteer's names in s.
func appendSpellings(found []foundSpelling, s string) []foundSpelling {
	kinds := []*spellings{&known.latin, &known.wide}
	if !HasWide(s) {
		kinds = kinds[:1]
	}
	for start := 0; start < len(s); {
		next, word := start+1, isAlnum[s[start]]
		var hash, more uint32
		if word {
			next, hash, more = asciiWord(s, start)
			if start > 0 && s[start-1] >= utf8.RuneSelf && goesOnWord(s, start) {
				start = next
				continue
			}
		}
		end := 0 // of the longest name that begins here
		for _, sp := range kinds {
			if word && !sp.trie.mayBeginWord(hash, more) || !word && !sp.trie.mayBegin(s, start) {
				continue
			}
			sp.trie.from(s, start, func(n, to int) {
				if f := sp.forms[n]; to > end && stands(s, start, to, f.needs) {
					if end > 0 {
						found = found[:len(found)-1]
					}
					found = append(found, foundSpelling{Span{start, to}, f.entry})
					end = to
				}
			})
		}
		start = max(next, end)
	}
	return found
}

// goesOnWord reports whether a word or number begins before byte i of s and
// goes on there.
func goesOnWord(s string, i int) bool {
	if i > 0 && s[i-1] < utf8.RuneSelf {
		return isAlnum[s[i-1]]
	}
	c := classOf(runeBefore(s, i))
	return c == classLetter || c == classDigit
}

// stands reports whether s[start:end] is a name there and not part of
// something else.
func stands(s string, start, end int, needs bool) bool {
	before, after := runeBefore(s, start), runeAfter(s, end)
	first := runeAfter(s, start)
	switch classOf(first) {
	case classLetter, classDigit:
		if goesOnWord(s, start) {
			return false
		}
		if c := classOf(after); c == classLetter && !(isHyphen(after)) || c == classDigit {
			return false
		}
		if after == '$' || before == '@' || after == '.' && isLetter(runeAfter(s, end+1)) {
			return false
		}
	case classHangul:
		if classOf(before) == classHangul && !prefixed(s, start) {
			return false
		}
		if after == '장' && headed(runeBefore(s, end)) { // 외교부|장: the head, not the house
			return false
		}
		if needs {
			return titleFollows(s, end)
		}
	case classHan:
		if (after == '长' || after == '長') && headed(runeBefore(s, end)) {
			return false
		}
		if bad, ok := splitForms[s[start:end]]; ok && strings.ContainsRune(bad, before) && before != 0 {
			return false
		}
		if needs {
			return hanTitleBefore(s, start)
		}
	}
	return true
}

// headed reports the last character of an office whose head is called by one
// syllable more.
func headed(r rune) bool { return strings.ContainsRune("부원국회청처실部院局会會委", r) }

// prefixed reports a one-syllable prefix such as 대(對) or 주(駐) between the
// beginning of the word and the name.
func prefixed(s string, start int) bool {
	p := runeBefore(s, start)
	if !strings.ContainsRune("대주반친방재탈", p) {
		return false
	}
	return classOf(runeBefore(s, start-3)) != classHangul
}

// titleFollows reports a Korean title right behind a name.
func titleFollows(s string, end int) bool {
	rest := s[end:min(len(s), end+90)]
	if strings.HasPrefix(rest, "(") { // 왕이(王毅) 외교부장
		if i := strings.IndexByte(rest, ')'); i > 0 {
			rest = rest[i+1:]
		}
	}
	rest = strings.TrimLeft(rest, " ")
	for _, t := range koreanTitles {
		if strings.HasPrefix(rest, t) {
			return true
		}
	}
	return strings.HasPrefix(rest, "중국") || strings.HasPrefix(rest, "외교")
}

// hanTitleBefore reports a Chinese title right before a name.
func hanTitleBefore(s string, start int) bool {
	for _, t := range chineseTitles {
		if strings.HasSuffix(s[:start], t) {
			return true
		}
	}
	return false
}

// splitForms are Chinese names that also arise where two words meet, with the
// characters before them that show it: 其中|国家, 今日|本.
var splitForms = map[string]string{
	"中国": "其之当集", "中國": "其之當集", "日本": "今昨当即某近次同每翌", "国会": "中韩美英法德俄", "國會": "中韓美英法德俄", "南海": "西东東",
	"美国": "欧", "上海": "海", "人大": "数多国全百千万", "台北": "平", "北京": "东西東",
}
