package query

import "strings"

// inflect is the form under which all inflections of an English word are
// filed: "tariffs" and "tariff", "imposed" and "imposing". It takes the
// inflectional steps of Porter2 (1a, 1b, 1c and the final e of step 5) and no
// other, because the rest of Porter2 also undoes derivation, which makes
// "important" a form of "import" and "organization" one of "organ".
// https://snowballstem.org/algorithms/english/stemmer.html
//
// The word is folded (lower case, no marks). Words of other languages that use
// Latin letters pass through the same steps, text and query alike, so they
// still find themselves.
func inflect(w string) string {
	if base, ok := irregular[w]; ok {
		w = base
	}
	switch n := len(w); {
	case n < 3 || lexical[w]:
		return w
	case !latinLetters(w):
		if w[n-1] == 's' && isDigitByte(w[n-2]) && isLetterByte(w[0]) { // F-35s, but not the 1990s
			return w[:n-1]
		}
		return w
	case strings.HasSuffix(w, "women"):
		w = w[:n-2] + "an"
	}
	w = dropPlural(w)
	w = american(dropPast(w))
	n := len(w)
	if n > 2 && w[n-1] == 'y' && !isVowel(w, n-2) {
		return w[:n-1] + "i"
	}
	if w[n-1] == 'e' {
		if r1 := regionAfter(w, 0); n-1 >= regionAfter(w, r1) || n-1 >= r1 && !shortSyllable(w[:n-1]) {
			return w[:n-1]
		}
	}
	return w
}

// dropPlural is step 1a.
func dropPlural(w string) string {
	n := len(w)
	switch {
	case w[n-1] != 's' && !strings.HasSuffix(w, "ied"):
		return w
	case strings.HasSuffix(w, "sses"):
		return w[:n-2]
	case strings.HasSuffix(w, "ied"), strings.HasSuffix(w, "ies"):
		if n > 4 {
			return w[:n-2]
		}
		return w[:n-1]
	case strings.HasSuffix(w, "us"), strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "is"):
		return w
	}
	for i := range n - 2 {
		if isVowel(w, i) {
			return w[:n-1]
		}
	}
	return w
}

// dropPast is step 1b.
func dropPast(w string) string {
	n := len(w)
	switch {
	case strings.HasSuffix(w, "eed"):
		if n-3 >= regionAfter(w, 0) {
			return w[:n-1]
		}
		return w
	case strings.HasSuffix(w, "ed"):
		n -= 2
	case strings.HasSuffix(w, "ing"):
		n -= 3
	default:
		return w
	}
	base := w[:n]
	if !hasVowel(base) {
		return w
	}
	switch {
	case strings.HasSuffix(base, "at"), strings.HasSuffix(base, "bl"), strings.HasSuffix(base, "iz"):
		return w[:n] + "e"
	case n >= 2 && base[n-1] == base[n-2] && strings.IndexByte("bdfgmnprt", base[n-1]) >= 0:
		return base[:n-1]
	case regionAfter(base, 0) >= n && shortSyllable(base):
		return base + "e"
	}
	return base
}

// american makes one of the British and American spellings of a word without
// its inflection: organise, labour, defence, cancelled.
func american(w string) string {
	if a, ok := british[w]; ok {
		return a
	}
	n := len(w)
	if n < 6 {
		return w
	}
	switch {
	case strings.HasSuffix(w, "isation"):
		return w[:n-6] + "zation"
	case strings.HasSuffix(w, "ise"), strings.HasSuffix(w, "yse"):
		return w[:n-2] + "ze"
	case strings.HasSuffix(w, "is") && w[n-3] != 's', strings.HasSuffix(w, "ys"): // organis-ed, analys-ed
		return w[:n-1] + "ze"
	case strings.HasSuffix(w, "iz"):
		return w + "e"
	case strings.HasSuffix(w, "ell"):
		return w[:n-1]
	case strings.HasSuffix(w, "our"):
		for _, end := range []string{"bour", "vour", "iour", "lour", "mour", "nour"} {
			if strings.HasSuffix(w, end) {
				return w[:n-2] + "r"
			}
		}
	}
	return w
}

var british = table(`centre center | theatre theater | metre meter | kilometre kilometer | litre liter | fibre fiber | calibre caliber
	defence defense | offence offense | licence license | pretence pretense | programme program | grey gray | manoeuvre maneuver
	ageing aging | cheque check | plough plow | sceptic skeptic | tyre tire | storey story`)

func latinLetters(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return true
}

// isVowel tells whether w[i] is a vowel; a y is one after a consonant.
func isVowel(w string, i int) bool {
	switch w[i] {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	case 'y':
		return i > 0 && !isVowel(w, i-1)
	}
	return false
}

func hasVowel(w string) bool {
	for i := range len(w) {
		if isVowel(w, i) {
			return true
		}
	}
	return false
}

// regionAfter is where the region after the first consonant that follows a
// vowel begins, counted from from: Porter2's R1, and R2 when from is R1.
func regionAfter(w string, from int) int {
	for i := from + 1; i < len(w); i++ {
		if !isVowel(w, i) && isVowel(w, i-1) {
			return i + 1
		}
	}
	return len(w)
}

// shortSyllable tells whether w ends in a syllable that keeps its final e.
func shortSyllable(w string) bool {
	n := len(w)
	switch {
	case n == 2:
		return isVowel(w, 0) && !isVowel(w, 1)
	case n > 2:
		c := w[n-1]
		return !isVowel(w, n-1) && c != 'w' && c != 'x' && c != 'y' && isVowel(w, n-2) && !isVowel(w, n-3)
	}
	return false
}

// lexical holds words whose ending is no inflection.
var lexical = set("news united during evening morning nothing something anything everything " +
	"beijing nanjing chongqing jinping xining species series kansas arkansas texas always " +
	"hundred sacred wing king ring sing spring string bring thing ping ming ding being ceiling " +
	"lens mars alias atlas canvas chaos cosmos ethos naked wicked")

// irregular gives the base of forms that no ending tells. Forms that are also
// another common word ("left", "rose", "found", "won") are left out.
var irregular = table(`analyses analysis | crises crisis | hypotheses hypothesis
	men man | spokesmen spokesman | businessmen businessman | statesmen statesman | congressmen congressman | servicemen serviceman
	fishermen fisherman | chairmen chairman | policemen policeman | gunmen gunman | airmen airman | seamen seaman | guardsmen guardsman
	crewmen crewman | lawmen lawman | militiamen militiaman | marksmen marksman | firemen fireman | workmen workman | children child | people person | persons person | wives wife | knives knife | lying lie | dying die | tying tie
	 halves half | selves self | thieves thief | feet foot | teeth tooth
	criteria criterion | phenomena phenomenon | said say | told tell | spoke speak | spoken speak | met meet | held hold
	led lead | made make | took take | taken take | gave give | given give | went go | gone go | goes go | came come
	became become | began begin | begun begin | brought bring | bought buy | built build | rebuilt rebuild | caught catch
	chose choose | chosen choose | did do | done do | does do | drew draw | drawn draw | withdrew withdraw
	withdrawn withdraw | drove drive | driven drive | fell fall | fallen fall | fought fight | flew fly | flown fly
	forbade forbid | forbidden forbid | froze freeze | frozen freeze | got get | grew grow | grown grow | had have
	has have | heard hear | hid hide | hidden hide | kept keep | knew know | known know | lost lose | meant mean
	overthrew overthrow | overthrown overthrow | paid pay | ran run | sank sink | sunk sink | saw see
	seen see | sought seek | sold sell | sent send | shook shake | shaken shake | shot shoot | shown show | shrank shrink
	shrunk shrink | slid slide | spent spend | spied spy | stood stand | understood understand | stole steal
	stolen steal | struck strike | swore swear | sworn swear | swept sweep | taught teach | thought think | threw throw
	thrown throw | undertook undertake | undertaken undertake | upheld uphold | woke wake | wrote write | written write
	was be | were be | been be | is be | are be | am be | broke break | broken break | rode ride | ridden ride
	arose arise | arisen arise | bled bleed | bred breed | clung cling | crept creep | dealt deal | dug dig
	 fled flee | forgave forgive | forgiven forgive | forgot forget | forgotten forget | lent lend
	overcame overcome | oversaw oversee | overseen oversee
	sat sit | slept sleep | spun spin | stuck stick | tore tear | torn tear | wore wear | worn wear | wept weep`)

// lowercase holds words that mean something else in capitals: "us" and "US".
// Typed or listed in capitals, they match capitals alone.
var lowercase = set("us it who am an as at by do he if in is me my no of on or so to up we un ai can aids may " +
	"all any for but not start salt east west")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// table reads "form base | form base".
func table(rows string) map[string]string {
	m := map[string]string{}
	f := strings.Fields(strings.ReplaceAll(rows, "|", " "))
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]] = f[i+1]
	}
	return m
}
