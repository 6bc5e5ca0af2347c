package text

import (
	"slices"
	"strings"
)

var (
	nameParticleList = "de da do dos du del della di la le van von der den ter ten al el bin ibn bint af av zu"
	honorificList    = "Mr Mrs Ms Miss Mx Dr Prof Professor Sir Dame Lord Lady Rev Reverend Fr Father Rabbi Imam Sheikh Pastor Bishop Archbishop Cardinal Pope King Queen Prince Princess Crown Emperor"
	// rank words stand before a person's name, alone or after each other.
	rankWordList = "President Vice Premier Prime Minister Deputy Foreign Defense Defence Finance Trade Interior Unification Commerce Justice Industry Chancellor Chairman Chairwoman Chair Chairperson Vice-President Director Secretary Undersecretary Assistant Associate Under Senior General Gen Admiral Adm Vice-Admiral Rear Major Maj Colonel Col Lieutenant Lt Captain Capt Sergeant Sgt Commander Cmdr Brigadier Brig Marshal Senator Sen Sens Representative Rep Reps Congressman Congresswoman Governor Gov Mayor Councilman Councilwoman Councillor Ambassador Amb Envoy Special Spokesman Spokeswoman Spokesperson Speaker Leader Majority Minority Whip Justice Judge Attorney Attorneys Chief Executive Officer CEO Co-founder Founder Analyst Economist Professor Dr Doctor Researcher Fellow Scholar Expert Journalist Reporter Editor Correspondent Columnist Lawmaker Lawmakers MP Commissioner Sheriff Detective Superintendent Inspector Officer Dictator Strongman Counsel Counselor Councilor Minister-designate Supreme Comrade State-Councilor Adviser Advisor Security National Press Acting Former Then-President Ex-President Interim Outgoing Incoming Late Top Then Ex Solicitor Treasurer Controller Administrator Coordinator Head Principal Dean Emeritus Vice-Premier Vice-Minister Vice-Chairman Vice-Chair Vice-Chancellor Vice-Foreign Secretary-General Director-General Attorney-General Major-General Lieutenant-General Undersecretary-General Coach Candidate Nominee Democrat Republican Democratic Rival Trumpist Billionaire Businessman Actor Actress Singer Author Activist Dissident Defector Diplomat"
	// orgWord are heads of an organisation's name.
	orgWordList = "Ministry Department University College Institute Institution Council Committee Center Centre Agency Association Foundation Corporation Corp Inc Ltd LLC Group Bank Party Congress Parliament Senate Assembly Commission Court Army Navy Force Forces Corps Command Police Bureau Office Organization Organisation Union Federation League Company Co Holdings Industries Motors Electronics Technologies Systems Times Post Journal News Herald Tribune Daily Gazette Society Fund Trust Initiative Alliance Coalition Board Authority Administration Academy School Service Services Network Broadcasting Television Project Caucus Chamber Lab Laboratory Laboratories Consulate Embassy Secretariat Tribunal Observatory Partnership Airlines Airways Hospital Church Museum Guard Intelligence Partners Capital Securities Research Energy Steel Semiconductor Bloc Delegation Workers"
	// orgLinked are heads that “of”, “for” or “on” follows in a name.
	orgLinkedList = "Ministry Department University College Institute Institution Council Committee Center Centre Agency Association Foundation Bank Party Congress Commission Court Bureau Office Organization Organisation Union Federation League Academy School House Board Chamber Conference Society Fund Coalition Alliance Campaign Embassy Consulate Community Secretariat"
	placeWordList = "Garden River Island Islands County City Street Avenue Bay Strait Straits Sea Ocean Mountain Mountains Province Prefecture Peninsula Lake Harbor Harbour Port Airport Square Valley Beach Hills Park Road Bridge Canal Base Reef Shoal Archipelago Gulf Desert Republic Kingdom Zone Airfield Village Township District Heights Plaza Tower Hotel Palace Complex"
	// notName are capitalised words that no person is called by.
	notNameList = "Pacific Atlantic Arctic Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec American Americans Republican Republicans Democrat Democrats Democratic GOP Western Eastern Northern Southern North South East West Central Christian Muslim Islamic Jewish Catholic English French German British European Asian African Latino Hispanic Black White Indian Italian Spanish Dutch Turkish Israeli Iranian Iraqi Syrian Saudi Mexican Canadian Australian Cuban Brazilian Swiss Swedish Polish Greek Arab Soviet Communist Socialist Marxist Internet Twitter Facebook Instagram YouTube Google Amazon Apple Microsoft COVID-19 Covid Brexit God Constitution Earth Olympics Olympic World War Cold Supreme Great New Old First Second Third Last Big Super Good Bad Free Fair United States State States Union Nations House Capitol Hill Oval Air Wall Main Street Act Bill Law Treaty Agreement Accord Pact Plan Deal Day Night Week Year Christmas Easter Thanksgiving TV Photo Image Video Read Watch Breaking Live Exclusive Analysis Opinion Editorial Update Updated Mr Mrs Ms Chinese Korean Koreans Japanese Russian Russians Ukrainian Taiwanese Vietnamese Filipino Amendment Article Section Chapter Part Green Tea Senate Congress Medicare Medicaid Obamacare Obama-era Trump-era Summit Conference Festival Cup Games Strategy Policy Report Review Index Program Programme Security Trade Economy Economic Foreign Nuclear Missile Military Defense Defence Human Rights Health Care Social Justice Affairs Relations International National Federal Global Royal Public Private Special Investigator Investigation Family Images Photos High Higher Top Chief"
	femaleList  = "Mrs Ms Miss Dame Lady Queen Princess Madam Congresswoman Councilwoman Chairwoman Spokeswoman Businesswoman Actress"
	maleList    = "Mr Sir Lord King Prince Congressman Councilman Chairman Spokesman Businessman Father Bishop Archbishop Cardinal Pope Imam Rabbi Actor"
	// partyState open brackets behind a politician's name: (R-Ky.).
	acronymStopList = "I A OK TV AM PM AI IT CEO CFO COO PR US UK NOT AND THE FOR ALL NO YES YOU HE SHE WE IN ON BY OF TO OR IS AT DNA HIV VIP GDP FAQ PDF DIY R D B C PHOTO FILE READ MORE WATCH LIVE BREAKING II III IV GOP EST EDT KST GMT"
)

// english sights the names of a sentence in a Latin script: runs of
// capitalised words, parted into titles, known names, people, organisations
// and places.
func (n *naming) english(p *Paragraph, toks []Token, in []foundSpelling) {
	shouting := p.Role != Body && p.Role != Caption || n.titleCase(toks)
	for i := 0; i < len(toks); {
		if !toks[i].is(capital) {
			i++
			continue
		}
		end := n.runEnd(toks, i)
		n.run(toks, i, end, in, shouting)
		i = end
	}
	// Known names that no run of capitals covers, such as those that hold a
	// number or a small letter first.
	for _, k := range in {
		if !n.covered(k.Span) {
			n.foundKnown(k)
		}
	}
}

// covered reports whether a recent sighting overlaps sp.
func (n *naming) covered(sp Span) bool {
	for i := len(n.found) - 1; i >= 0 && i >= len(n.found)-64; i-- {
		if n.found[i].Overlaps(sp) {
			return true
		}
	}
	return false
}

// titleCase reports a line most of whose words are capitalised: a headline,
// where capitals tell nothing.
func (n *naming) titleCase(toks []Token) bool {
	if last := n.d.Slice(toks[len(toks)-1].Span); last == "." || last == "”" || last == "\"" {
		return false
	}
	upper, all := 0, 0
	for i := range toks {
		if toks[i].Kind != Word || toks[i].Len() < 4 {
			continue
		}
		all++
		if toks[i].is(capital) {
			upper++
		}
	}
	return all >= 4 && upper*4 >= all*3
}

// runEnd is the end of the run of capitalised words that begins at token i.
func (n *naming) runEnd(toks []Token, i int) int {
	text := n.d.Text
	for k := i + 1; ; k++ {
		if k >= len(toks) {
			return k
		}
		prev, t := toks[k-1], toks[k]
		w := text[t.Start:t.End]
		switch {
		case prev.Kind == Word && prev.Hash == 0 && possessive(text[prev.Start:prev.End]) > 0:
			return k
		case t.Start-prev.End > len(insetEnd): // no white space: an inset
			return k
		case t.is(capital):
		case t.Kind == Punct && w == "." && t.Start == prev.End && abbreviated(text[prev.Start:prev.End]):
		case t.is(nameParticle) && k+1 < len(toks) && toks[k+1].is(capital):
		case t.Kind == Punct && w == "&" && k+1 < len(toks) && toks[k+1].is(capital):
		default:
			return k
		}
	}
}

// abbreviated reports words whose full stop is part of a name: initials and
// titles.
func abbreviated(w string) bool {
	return len(w) == 1 || bound.has(w) || w == "Jr" || w == "Inc" || w == "Corp" || w == "Co" || w == "Ltd"
}

// possessive is the length of the 's or bare apostrophe at the end of a word.
func possessive(w string) int {
	return len(w) - len(withoutPossessive(w))
}

// run parts one run of capitalised words toks[i:end].
func (n *naming) run(toks []Token, i, end int, in []foundSpelling, shouting bool) {
	first := i
	for i < end {
		// A known name at this place, unless more of the run shows that it is
		// part of another one.
		if k, ok := knownAt(in, toks[i].Start); ok {
			stop := i + 1
			for stop < len(toks) && toks[stop].Start < k.End {
				stop++
			}
			e := &known.entries[k.entry]
			if e.Kind != Person && !shouting && stop < end {
				if to := n.orgEnd(toks, i, end, in); to > stop {
					n.organisation(toks, i, to)
					i = to
					continue
				}
			}
			n.knownName(k, toks, i)
			i = stop
			if i > end {
				return
			}
			continue
		}
		w := n.d.Slice(toks[i].Span)
		if toks[i].Kind == Punct || toks[i].is(rankWord|honorific) || n.opensOnly(toks, i, first, w) {
			if !shouting && !toks[i].is(openers) && (toks[i].is(orgWord|orgLinked) || n.beginsOrg(toks, i, end)) {
				if to := n.orgEnd(toks, i, end, in); to > i+1 {
					n.organisation(toks, i, to)
					i = to
					continue
				}
			}
			i++
			continue
		}
		if !shouting {
			if to := n.orgEnd(toks, i, end, in); to > i {
				n.organisation(toks, i, to)
				i = to
				continue
			}
		}
		i = n.person(toks, first, i, end, in, shouting)
	}
}

func knownAt(in []foundSpelling, start int) (foundSpelling, bool) {
	i, ok := slices.BinarySearchFunc(in, start, func(k foundSpelling, start int) int { return k.Start - start })
	if !ok {
		return foundSpelling{}, false
	}
	return in[i], true
}

// knownName takes a gazetteer's name; one word of a person's is resolved later,
// for the text may name another bearer in full.
func (n *naming) knownName(k foundSpelling, toks []Token, i int) {
	n.foundKnown(k)
	s := &n.found[len(n.found)-1]
	if s.kind == Person && !strings.Contains(n.d.Slice(s.Span), " ") {
		s.alone = true
		if g := n.titleGender(toks, i); g != UnknownGender {
			s.gender = g
		}
	}
}

// opensOnly reports a capital that the beginning of a sentence or quotation
// explains.
func (n *naming) opensOnly(toks []Token, i, first int, w string) bool {
	if i != first {
		return false
	}
	begins := i == 0 || toks[i-1].Kind == Open || toks[i-1].Kind == Punct && n.d.Text[toks[i-1].Start] != ','
	return toks[i].is(openers) || begins && toks[i].is(notName|sentenceWord) || w == "I" || strings.HasPrefix(w, "I’") || strings.HasPrefix(w, "I'")
}

// sentenceWord are further words that often open a sentence.
var sentenceWordList = "Yes Well Please Thank Thanks Hello Never Always Often Sometimes Maybe Perhaps Indeed Finally Clearly Certainly Obviously Again Back Down Up Out Off Against Across Along Around Behind Below Beyond Beside Besides Everyone Everybody Nobody Nothing Something Someone Anyone Anything Everything Whatever Whenever Whoever Wherever Rather Whereas Upon Via Per Plus Minus Half Four Five Six Seven Eight Nine Ten Hundreds Thousands Millions Dozens Scores Women Men Children Families Police Experts Analysts Supporters Opponents Voters Lawmakers Prosecutors Investigators Authorities Residents Protesters Soldiers Troops Sources Reporters Researchers Scientists Workers Students Aides Advisers Asked Being Having Making Taking Going Coming Looking Using Working Citing Following Including Based Faced Facing Calling Saying Adding Noting Referring Responding Writing Appearing Standing Sitting Added Said Says Told It’s That’s There’s He’s She’s We’re They’re You’re What’s Here’s Don’t Let’s Can’t Won’t Didn’t Isn’t It's That's There's He's She's We're They're You're What's Here's Don't Let's Can't Won't Didn't Isn't We’ve We've I’ve I’m Those Each Either Neither Much More Most Less Least Enough Such Same Own Other Others Another"

// beginsOrg reports a title word that begins an organisation's name (National
// Security Council, Justice Department).
func (n *naming) beginsOrg(toks []Token, i, end int) bool {
	for k := i + 1; k < end && k < i+7; k++ {
		if n.bareIs(toks[k], orgWord) {
			return true
		}
	}
	return false
}

// bare is a word without its possessive ending.
func bare(w string) string { return withoutPossessive(w) }

// bareSets are the sets of the word without its possessive ending.
func (n *naming) bareSets(t Token) wordSets {
	if t.Kind != Word || t.Hash != 0 {
		return t.sets
	}
	return vocabulary[bare(n.d.Slice(t.Span))]
}

func (n *naming) bareIs(t Token, l wordSets) bool { return n.bareSets(t)&l != 0 }

// orgEnd is where an organisation's name that begins at token i ends, i when
// none does.
func (n *naming) orgEnd(toks []Token, i, end int, in []foundSpelling) int {
	head := -1
	for k := i; k < end && k < i+8; k++ {
		if n.bareIs(toks[k], orgWord) || k+1 == end && n.bareIs(toks[k], orgLinked) {
			head = k
		}
		if k > i && n.bareIs(toks[k], honorific) {
			break
		}
	}
	if head < 0 {
		return i
	}
	if head == i && end == i+1 && !n.linked(toks, end) {
		return i
	}
	w := bare(n.d.Slice(toks[head].Span))
	if w == "Administration" || w == "Campaign" {
		if k, ok := knownAt(in, toks[i].Start); ok && known.entries[k.entry].Kind == Person || head == i+1 {
			return i
		}
	}
	to := head + 1
	if to < len(toks) && toks[to].Kind == Punct && n.d.Slice(toks[to].Span) == "." && abbreviated(w) {
		to++
	}
	if orgLinked.has(w) && to == end {
		to = n.linkedEnd(toks, to)
	}
	if head == i && to == head+1 {
		return i
	}
	return to
}

// linked reports “of”, “for” or “on” and a capital from token i on.
func (n *naming) linked(toks []Token, i int) bool { return n.linkedEnd(toks, i) > i }

// linkedEnd goes on over “of [the] Foreign Affairs and Trade”.
func (n *naming) linkedEnd(toks []Token, i int) int {
	text := n.d.Text
	word := func(k int) string {
		if k < len(toks) && toks[k].Kind == Word {
			return text[toks[k].Start:toks[k].End]
		}
		return ""
	}
	end := i
	for k := i; k < len(toks) && k < i+12; {
		switch word(k) {
		case "of", "for", "on", "and":
			j := k + 1
			if word(j) == "the" {
				j++
			}
			if w := word(j); w == "" || !startsUpper(w) || (timeWord | months).has(w) || word(k) == "and" && (end == i || j > k+1 || orgLinked.has(w) || rankWord.has(w) && !startsOrgTail(w) || (maleName|femaleName).has(w)) {
				return end
			}
			for w := word(j); w != "" && startsUpper(w); w = word(j) {
				j++
				if possessive(w) > 0 {
					return j
				}
			}
			end, k = j, j
		default:
			return end
		}
	}
	return end
}

// startsOrgTail reports subject words that go on the name of an organisation
// behind “and” although they also begin a title.
func startsOrgTail(w string) bool {
	switch w {
	case "Trade", "Security", "National", "Justice", "Industry", "Finance", "Defense", "Defence", "Commerce", "Foreign":
		return true
	}
	return false
}

func (n *naming) organisation(toks []Token, i, to int) {
	sp := Span{toks[i].Start, toks[to-1].End}
	sp.End -= possessive(n.d.Slice(toks[to-1].Span))
	n.found = append(n.found, sighting{Span: sp, kind: Organisation, entry: entryOf(n.d.Slice(sp))})
	// (PLA) right behind it
	if to+2 < len(toks) && n.d.Slice(toks[to].Span) == "(" && n.d.Slice(toks[to+2].Span) == ")" {
		if a := n.d.Slice(toks[to+1].Span); allUpper(a) && len(a) <= 8 {
			n.found = append(n.found, sighting{Span: toks[to+1].Span, kind: Organisation, entry: -1, alone: true})
		}
	}
}

// entryOf is the gazetteer's entry for a spelling, -1 for none.
func entryOf(name string) int32 {
	if at := known.named(name); at > 0 && known.entries[at-1].Kind != Thing {
		return int32(at - 1)
	}
	return -1
}

// person takes the words from token i on, up to the next known name or the
// end of the run, for a person, a place, an acronym or nothing, and says where
// it stopped.
func (n *naming) person(toks []Token, first, i, end int, in []foundSpelling, shouting bool) int {
	text := n.d.Text
	to, count := i, 0
	var swallowed *foundSpelling // a known surname at the end of an unknown full name
	for to < end {
		t := toks[to]
		w := text[t.Start:t.End]
		if t.Kind == Punct && w != "." {
			break
		}
		if to > i {
			if k, ok := knownAt(in, t.Start); ok {
				if known.entries[k.entry].Kind == Person && k.End-k.Start <= t.Len() && count > 0 && !toks[i].is(notName|rankWord|honorific|openers|sentenceWord|orgWord) {
					swallowed = &k
					to++
					count++
				}
				break
			}
			if t.is(honorific|startsAnew) || t.is(rankWord) && !t.is(maleName|femaleName|chineseSurname) {
				break
			}
			// Assistant Secretary for East Asian Affairs|Laura Finch
			if t.is(givenName) && toks[to-1].is(notName) && toks[i].is(notName) {
				break
			}
		}
		if t.Kind == Word && !t.is(nameParticle) {
			count++
		}
		to++
	}
	for to > i+1 && toks[to-1].Kind == Punct && len(n.d.Slice(toks[to-2].Span)) > 2 {
		to--
	}
	if to == i {
		return i + 1
	}
	sp := Span{toks[i].Start, toks[to-1].End}
	sp.End -= possessive(text[toks[to-1].Start:toks[to-1].End])
	sp.End = unglued(text, toks[to-1].Start, sp.End)
	if sp.End <= sp.Start {
		return to
	}
	name := text[sp.Start:sp.End]
	head, tail := n.bareSets(toks[i]), n.bareSets(toks[to-1])
	titled := n.titleBefore(toks, first, i)
	gender := n.titleGender(toks, i)
	if swallowed != nil {
		if e := &known.entries[swallowed.entry]; sameGiven(e, bare(text[toks[i].Start:toks[i].End])) {
			n.found = append(n.found, sighting{Span: sp, kind: Person, entry: swallowed.entry, gender: e.Gender})
			return to
		}
	}
	if count == 1 {
		if head&(givenName|chineseSurname|koreanSurname) == 0 && to < end && toks[to].is(rankWord) {
			return to // part of the title: Cabinet Secretary, Shadow Defence Secretary
		}
		n.single(toks, i, to, sp, name, titled, gender, shouting)
		return to
	}
	given := head&givenName != 0
	if tail&placeWord != 0 && !given {
		if !shouting {
			n.found = append(n.found, sighting{Span: sp, kind: Place, entry: -1})
		}
		return to
	}
	if gender == UnknownGender {
		gender = head.gender()
	}
	eastern := easternName(name)
	spoken, weak := n.speaks(toks, i, to), false
	switch {
	case head&notName != 0 && !titled, tail&notName != 0 && !given:
		return to
	case count > 4 && !given:
		return to
	case given, eastern, titled, spoken, n.initialed(toks, i, to):
	case shouting, head&notName != 0, anyNotName(name):
		return to
	case n.apposed(toks, to):
	default:
		weak = true
	}
	if eastern { // Lee Jae-woong is no Lee
		gender = n.titleGender(toks, i)
	}
	s := sighting{Span: sp, kind: Person, entry: entryOf(name), gender: gender, surname: eastern, weak: weak}
	if s.entry >= 0 && known.entries[s.entry].Kind != Person {
		s.entry = -1
	}
	n.found = append(n.found, s)
	return to
}

// startsAnew are words that end a name when a page has lost the stop between.
var startsAnewList = "The A An All In On At It This These But And For He She They When While After"

// unglued is where a surname ends to which a page has glued the next headline
// (Donald John TrumpMinistry): before a capital behind four small letters.
func unglued(s string, from, end int) int {
	small := 0
	for i := from; i < end; i++ {
		switch {
		case isLower(rune(s[i])):
			small++
		case small >= 4 && isUpper(rune(s[i])):
			return i
		default:
			small = 0
		}
	}
	return end
}

// apposed reports what follows people's names: “, 54,”, “, a teacher”, “who”.
func (n *naming) apposed(toks []Token, to int) bool {
	word := func(k int) string {
		if k < len(toks) {
			return n.d.Slice(toks[k].Span)
		}
		return ""
	}
	switch word(to) {
	case "who", "whose":
		return true
	case ",":
		switch w := word(to + 1); w {
		case "a", "an", "the", "who", "whose", "of", "his", "her", "one", "then", "now":
			return true
		default:
			return to+2 < len(toks) && toks[to+1].Kind == Number && word(to+2) == ","
		}
	}
	return false
}

func anyNotName(name string) bool {
	for w := range strings.FieldsSeq(name) {
		if (notName | sentenceWord | openers).has(w) {
			return true
		}
	}
	return false
}

// sameGiven reports whether a first name is that of an entry.
func sameGiven(e *Entry, given string) bool {
	for _, f := range e.English {
		if first, _, more := strings.Cut(f, " "); more && (first == given || len(given) >= 3 && strings.HasPrefix(first, given)) {
			return true
		}
	}
	return false
}

// single takes one capitalised word.
func (n *naming) single(toks []Token, i, to int, sp Span, name string, titled bool, gender Gender, shouting bool) {
	if at := known.named(name); at > 0 && known.entries[at-1].Kind == Thing {
		return
	}
	if allUpper(name) && len(name) >= 2 && len(name) <= 12 && !shouting {
		if !acronymStop.has(name) && !strings.ContainsAny(name, ".-") {
			n.found = append(n.found, sighting{Span: sp, kind: Organisation, entry: entryOf(name), alone: true, weak: len(name) > 6})
		}
		return
	}
	if len(name) < 2 || (notName | sentenceWord | openers).has(name) {
		return
	}
	s := sighting{Span: sp, kind: Person, entry: -1, alone: true, gender: gender}
	s.titled = titled && !shouting && !placeWord.has(name) || !shouting && i > 0 && n.speaks(toks, i, to) && !orgWord.has(name)
	s.weak = !s.titled
	n.found = append(n.found, s)
}

// initialed reports a middle initial or a generation behind the name.
func (n *naming) initialed(toks []Token, i, to int) bool {
	for k := i; k < to; k++ {
		if w := n.d.Slice(toks[k].Span); len(w) == 1 && startsUpper(w) || generation.has(w) {
			return true
		}
	}
	return false
}

// titleBefore reports a title or honorific before token i.
func (n *naming) titleBefore(toks []Token, first, i int) bool {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		w := n.d.Slice(toks[k].Span)
		if toks[k].Kind == Punct && w == "." {
			continue
		}
		if toks[k].Kind != Word {
			return false
		}
		if toks[k].is(honorific) || toks[k].is(rankWord) && w != "Democratic" && w != "National" && w != "Security" && w != "Supreme" && w != "Foreign" && w != "Trade" && w != "Former" {
			return true
		}
		// Secretary of State
		if (w == "State" || w == "Defense" || w == "Staff") && k >= 2 && n.d.Slice(toks[k-1].Span) == "of" {
			return true
		}
		return toks[k].is(smallTitle)
	}
	return false
}

// smallTitle are titles that stand before a name in small letters.
var smallTitleList = "president minister spokesman spokeswoman spokesperson chairman chairwoman director secretary senator congressman congresswoman governor mayor ambassador envoy general professor analyst economist leader lawmaker attorney lawyer judge sheriff candidate strategist adviser advisor aide colleague host anchor founder officer chief executive researcher fellow activist commentator columnist author editor correspondent reporter consultant pollster historian expert scholar diplomat commander premier head nominee"

// titleGender is what a title before token i tells.
func (n *naming) titleGender(toks []Token, i int) Gender {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		w := n.d.Slice(toks[k].Span)
		switch {
		case toks[k].Kind == Punct && w == ".":
			continue
		case toks[k].is(female) || w == "spokeswoman" || w == "congresswoman" || w == "chairwoman" || w == "actress":
			return Female
		case toks[k].is(male) || w == "spokesman" || w == "congressman" || w == "chairman" || w == "businessman":
			return Male
		case !toks[k].is(rankWord):
			return UnknownGender
		}
	}
	return UnknownGender
}

// speaks reports a verb of speech at either side of the name toks[i:to].
func (n *naming) speaks(toks []Token, i, to int) bool {
	if to < len(toks) && toks[to].is(tellers) {
		return true
	}
	return i > 1 && toks[i-1].is(tellers) && (toks[i-2].Kind == Close || toks[i-2].Kind == Punct)
}

// easternName reports a Korean or Chinese name in Latin letters, surname
// first: Moon Jae-in, Ri Yong Ho, Wang Yi.
func easternName(name string) bool {
	f := strings.Fields(name)
	if len(f) < 2 || len(f) > 3 {
		return false
	}
	switch {
	case koreanSurname.has(f[0]) && len(f) == 2 && strings.Contains(f[1], "-"):
		return true
	case koreanSurname.has(f[0]) && len(f) == 3 && len(f[1]) <= 6 && len(f[2]) <= 6 && !(maleName | femaleName).has(f[2]) && !(maleName | femaleName).has(f[1]) && len(f[1]) > 1:
		return koreanSyllable(f[1]) && koreanSyllable(f[2])
	case chineseSurname.has(f[0]) && len(f) == 2:
		if givenName.has(f[0]) && !isPinyin(f[1]) {
			return false
		}
		return isPinyin(strings.ReplaceAll(f[1], "-", ""))
	}
	return false
}

// koreanSyllable reports a word that may be one Korean syllable in Latin
// letters: one group of vowels with a few consonants around.
func koreanSyllable(w string) bool {
	groups, in := 0, false
	for _, r := range strings.ToLower(w) {
		v := strings.ContainsRune("aeiouyw", r)
		if v && !in {
			groups++
		}
		in = v
		if r >= 0x80 || strings.ContainsRune("fqvxz", r) {
			return false
		}
	}
	return groups == 1
}

// isPinyin reports one to three syllables of Hanyu Pinyin.
func isPinyin(w string) bool {
	w = strings.ToLower(w)
	if len(w) < 1 || len(w) > 14 {
		return false
	}
	return pinyinFrom(w, 3)
}

func pinyinFrom(w string, syllables int) bool {
	if w == "" {
		return true
	}
	if syllables == 0 {
		return false
	}
	for n := min(6, len(w)); n > 0; n-- {
		if pinyinSyllable[w[:n]] && pinyinFrom(w[n:], syllables-1) {
			return true
		}
	}
	return false
}

// pinyinSyllable are the syllables that the finals of Hanyu Pinyin make with
// its initials; the few that do not occur do no harm.
var pinyinSyllable = func() map[string]bool {
	set := map[string]bool{}
	for _, g := range []struct{ initials, finals string }{
		{"b p m f", "a o ai ei ao ou an en ang eng i ie iao iu ian in ing u"},
		{"d t n l", "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing u uo ui uan un v ve ue"},
		{"g k h", "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang"},
		{"j q x", "i ia ie iao iu ian in iang ing iong u ue uan un"},
		{"zh ch sh r z c s", "a e i ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang"},
		{"y", "a o e ao ou an ang ong i in ing u ue uan un"},
		{"w", "a o ai ei an en ang eng u"},
		{"", "a o e ai ei ao ou an en ang er"},
	} {
		is := strings.Fields(g.initials)
		if len(is) == 0 {
			is = []string{""}
		}
		for _, i := range is {
			for f := range strings.FieldsSeq(g.finals) {
				set[i+f] = true
			}
		}
	}
	return set
}()
