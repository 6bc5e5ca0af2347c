package quote

import "strings"

// class is what an English word can be. A word can be several things; the
// words around it decide.
type class uint32

const (
	determiner class = 1 << iota // the, a, his, some: opens a noun phrase
	preposition
	pronoun    // he, they, it: a whole noun phrase
	auxiliary  // is, has, would
	conjoin    // and, but, or
	subordiner // that, if, because, when
	relative   // who, which, whose
	adverb
	timeWord  // Monday, yesterday, week
	verbForm  // a form of a common verb that is no reporting verb
	saying    // a finite form of a verb that reports speech
	thinking  // a finite form of a verb that reports belief or stance
	calling   // a finite form of call, describe, dub: the quoted words are the object's name
	baseForm  // an infinitive of one of the three
	ingForm   // a participle in -ing of one of the three
	nounToo   // this form is as often a noun: claims, report, calls
	takesThat // often followed by a bare clause: say, think, believe
	voice     // nouns that speak or carry speech: statement, letter, report
	honorific // Mr., Sen., President: comes before a name
	female    // a noun or title for a woman
	male
	plural // they: nouns like officials are told by their ending
	human  // a noun for a person: spokesman, senator, expert
	body   // a noun for a body that speaks: ministry, company, campaign
	sure   // a form that is a verb wherever it stands: said, tells, argue
	opines // a finite form of a verb of thought whose clause is as good as said: think, fear, find
)

// reporting is any form of a verb that can introduce somebody's words.
const reporting = saying | thinking | calling

// lexicon maps lower-case words to what they can be.
var lexicon = buildLexicon()

// The reporting verbs come from the lists that published systems use (Krestel,
// PARC 3, GGT), with the verbs that carry quoted text in news.
const (
	sayingVerbs = `say tell add write ask announce argue assert warn note explain claim state declare reply respond
		insist maintain acknowledge admit concede conclude confirm contend suggest stress emphasize emphasise underscore
		remark observe recall report reveal disclose allege accuse charge caution counter retort quip joke tweet
		retweet post email testify predict promise pledge vow urge recommend propose complain lament comment continue
		repeat reiterate restate reaffirm affirm boast brag proclaim pronounce exclaim shout yell scream cry chant whisper
		mutter murmur mumble muse opine answer inform notify assure reassure remind advise
		demand request order instruct invite beg plead implore exhort swear threaten deny dispute reject dismiss rebut
		rebuke refute decry denounce condemn criticize criticise slam blast lash rip mock ridicule scoff
		praise hail laud applaud tout defend chide scold lecture quote cite mention indicate imply signal hint
		interject interrupt intone thunder fume rail rant roar snap bark sneer laugh smile joke
		deadpan riff elaborate clarify specify detail describe recount relate narrate
		estimate forecast speculate reason theorize theorise wonder question inquire enquire query
		agree disagree object protest concur apologize apologise preach teach sing pray
		broadcast publish relay convey communicate reckon confide confess plead gush enthuse rave
		grumble gripe whine moan bemoan bristle quibble snipe volunteer offer venture marvel
		counsel coax cajole chime repost telegraph text message blog summarize summarise paraphrase
		jest tease taunt jeer heckle hiss growl grunt sigh groan sob wail blurt stammer stutter drawl
		attest certify decree rule read share profess purport posit postulate surmise
		point conclude`
	thinkingVerbs = `think believe hope feel fear worry doubt know expect want wish consider see view regard
		understand suspect assume imagine figure guess find judge realize realise recognize recognise
		learn hear remember decide determine anticipate intend plan prefer support oppose favor favour back endorse
		show prove demonstrate illustrate highlight credit blame fault thank call commit refuse decline seek
		call push press appeal advocate lobby campaign ask encourage sense appreciate regret
		interpret express voice raise echo portray paint cast frame warn discover hold`
	callingVerbs = `call describe dub label brand term characterize characterise deem denounce decry denigrate compare liken
		refer portray depict cast frame slam blast dismiss deride condemn hail praise`
	thatVerbs = `say tell add argue think believe warn note explain claim insist suggest know hope feel fear show
		acknowledge admit concede conclude confirm contend maintain predict promise pledge vow write report announce
		find declare state assert allege stress observe remark reply complain agree deny indicate estimate guess mean
		expect suspect assume understand tweet testify recall realize realise charge caution counter ask wonder question
		worry doubt figure imagine`
	sureVerbs = `say tell add argue believe explain insist acknowledge allege assert contend concede maintain write describe
		agree predict suggest announce conclude confirm recommend reveal deny declare admit`
	sureForms   = `said told wrote`
	opinesVerbs = `think believe hope feel fear worry doubt suspect expect find show prove demonstrate illustrate guess figure
		anticipate`
	nounForms = `report reports claim claims call calls comment comments charge charges demand demands note notes order orders
		promise promises request requests question questions answer answers tweet tweets post posts remark remarks quote
		quotes view views plan plans hope hopes fear fears doubt doubts support back cast show shows estimate estimates
		forecast forecasts pledge pledges vow vows threat caution signal signals hint hints text texts message messages
		email emails blog blogs fault blame credit press push campaign campaigns voice dispute protest protests object
		objects joke jokes chant chants smile smiles laugh laughs cry cries shout shouts rule rules start end open close
		address appeal appeals lecture lectures detail details broadcast state states point points share shares
		offer offers query reason reasons label labels brand brands term terms frame frames rebuke read press
		scream screams jeer jeers yell roar snap bark sigh groan jest figure figures guess find finds judge judges decree
		back backs thunder volunteer volunteers lash rip rail rant back feels sense think put puts`
	irregular = `say:says said saying;tell:tells told telling;write:writes wrote writing written;think:thinks thought thinking;
		feel:feels felt feeling;know:knows knew knowing known;see:sees saw seeing seen;understand:understands understood understanding;
		find:finds found finding;read:reads read reading;put:puts put putting;go:goes went going gone;begin:begins began beginning begun;
		swear:swears swore swearing sworn;sing:sings sang singing;teach:teaches taught teaching;hear:hears heard hearing;
		hold:holds held holding;cast:casts cast casting;rip:rips ripped ripping;forecast:forecasts forecast forecasting;
		broadcast:broadcasts broadcast broadcasting;show:shows showed showing shown;quip:quips quipped quipping;
		admit:admits admitted admitting;refer:refers referred referring;plan:plans planned planning;chat:chats chatted chatting;
		slam:slams slammed slamming;blog:blogs blogged blogging;brag:brags bragged bragging;snap:snaps snapped snapping;
		sob:sobs sobbed sobbing;plead:pleads pleaded pled pleading;beg:begs begged begging;dub:dubs dubbed dubbing;
		label:labels labeled labelled labeling labelling;signal:signals signaled signalled signaling signalling;
		commit:commits committed committing;rebut:rebuts rebutted rebutting;regret:regrets regretted regretting;
		counsel:counsels counseled counselled counseling;prefer:prefers preferred preferring;retort:retorts retorted retorting;
		text:texts texted texting;deadpan:deadpans deadpanned deadpanning;concur:concurs concurred concurring;
		plan:plans planned planning;chant:chants chanted chanting;offer:offers offered offering;rebuke:rebukes rebuked rebuking;
		quip:quips quipped quipping;volunteer:volunteers volunteered volunteering;riff:riffs riffed riffing;
		open:opens opened opening;thunder:thunders thundered thundering;whisper:whispers whispered whispering;
		answer:answers answered answering;mutter:mutters muttered muttering;murmur:murmurs murmured murmuring;
		consider:considers considered considering;remember:remembers remembered remembering;wonder:wonders wondered wondering;
		discover:discovers discovered discovering;counter:counters countered countering;order:orders ordered ordering;
		venture:ventures ventured venturing;specify:specifies specified specifying;stutter:stutters stuttered stuttering;
		stammer:stammers stammered stammering;favor:favors favored favoring;favour:favours favoured favouring;
		email:emails emailed emailing;blurt:blurts blurted blurting;post:posts posted posting;repost:reposts reposted reposting`
)

const (
	auxWords = `is are was were be been being am has have had having do does did will would shall should can could may might must
		isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't shouldn't can't couldn't cannot
		isn’t aren’t wasn’t weren’t hasn’t haven’t hadn’t doesn’t don’t didn’t won’t wouldn’t shouldn’t can’t couldn’t ought`
	detWords = `the a an this these those his her its their my our your some any no every each all both many several most few
		another other one two three four five six seven eight nine ten dozens hundreds thousands either neither such`
	prepWords = `of in on at by for with from to into onto over under about against between among amid during after before since until
		through throughout across behind beyond near within without toward towards upon via as like despite outside inside around
		alongside per including regarding concerning following versus than besides except unlike aboard above below`
	pronounWords = `he she they it i we you who him her them himself herself themselves me us someone anyone everyone nobody
		everybody somebody anybody nothing something everything others this that these those one some many most both all several few another`
	conjWords = `and but or nor yet &`
	subWords  = `that if whether because although though while when whenever as since until unless where after before once so
		lest whereas how why what`
	relWords    = `who which that whose whom where`
	adverbWords = `also later now then still again once just even already previously recently repeatedly never not always often
		sometimes too only earlier instead further furthermore however meanwhile afterward afterwards soon perhaps maybe ever
		simply all away back up out down on off first twice else today tonight yesterday tomorrow there here rather quite very
		much more well thus hence therefore moreover nonetheless nevertheless separately elsewhere else publicly
		privately long far online aloud anyway indeed sternly part initially originally famously reportedly allegedly
		apparently actually basically`
	timeWords = `monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
		january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
		today yesterday tomorrow tonight morning afternoon evening night noon midnight week weeks month months year years day days
		weekend hour hours minute minutes moment moments time times earlier later last next ago`
	commonVerbs = `go come take make get give see keep let mean set meet run pay sit speak lie lead grow lose fall send build
		draw break spend cut rise drive buy wear choose leave bring hold stand win become seem appear turn move live work play
		like need try use help talk look walk watch follow stop create join change happen pass serve carry lead remain stay
		visit attend return arrive travel vote sign nominate elect release issue deliver launch receive win raise fail face
		gather fly drop allow enter reach provide include involve cause cover contain continue cross kill attack hit fight
		die shoot throw catch teach learn hang hide lay ride ring shake shine sing sink sleep spread steal stick strike
		sweep swim swing tear wake withdraw aim apply avoid beat belong cancel check claim climb collect compete
		count deal decide depend develop discuss earn eat enjoy ensure exist expand explore finish force forget form gain
		handle head hire host ignore improve increase introduce invest jump lack land lift listen manage mark
		match matter miss obtain occur operate organize own participate perform pick point pose prepare present prevent
		produce protect pull push raise recover reduce refuse relate release rely remove replace represent require rescue
		resign respond rest restore result retire save select sell separate settle shift smile sound start step struggle
		stumble succeed suffer supply surprise survive switch target tend touch track trade train treat trip trust want wait
		warrant waste welcome wonder worry yield stare nod shrug lean gesture point glance turn`
	irregularVerbs = `went gone came took taken made got gotten gave given saw seen kept let meant met ran paid sat spoke spoken lay lain led grew
		grown lost fell fallen sent built drew drawn broke broken spent cut rose risen drove driven bought wore worn chose chosen left
		brought held stood won became become flew flown beat beaten ate shot threw thrown caught hung hid hidden laid rode shook sang
		sank slept stole stuck struck swept swam swung tore woke withdrew fought forgot forgotten sold began begun knew
		set hit quit put did done has had`
	honorificWords = `mr mrs ms miss dr sen rep gov president prime minister secretary senator representative congressman
		congresswoman gen general sir lady lord rev reverend prof professor judge justice mayor chief former foreign spokesman spokeswoman
		spokesperson candidate chairman chairwoman chair ambassador director governor attorney lt col colonel capt captain sgt
		sergeant maj major adm admiral vice deputy acting undersecretary under-secretary vice-premier vice-minister emeritus then-president ex-president premier chancellor king queen prince
		princess pope imam rabbi sheikh ayatollah detective officer inspector commissioner councilman councilwoman
		assemblyman assemblywoman speaker leader analyst economist author journalist reporter correspondent
		strategist pollster councillor councilor constable sheriff coroner mp manager adviser advisor lawyer activist actor actress singer host anchor columnist
		commentator historian scientist researcher expert fellow founder coach player`
	femaleWords = `mrs ms miss she her herself woman women girl mother mom wife daughter sister actress spokeswoman congresswoman
		chairwoman businesswoman lady queen princess aunt grandmother niece widow councilwoman assemblywoman saleswoman madam waitress heiress girlfriend fiancée hostess duchess baroness businesswoman stepdaughter nun`
	maleWords = `mr he him his himself man men boy father dad husband son brother actor spokesman congressman chairman businessman
		king prince uncle grandfather nephew sir lord councilman assemblyman salesman pope priest imam boyfriend fiancé fisherman duke baron monk stepson widower`
	humanWords = `spokesman spokeswoman spokesperson senator congressman congresswoman representative governor president minister
		secretary ambassador official officials officer aide aides adviser advisers advisor advisors expert experts analyst analysts
		lawyer lawyers attorney attorneys judge justice mayor chairman chairwoman chair chairperson director chief candidate candidates nominee nominees
		leader leaders lawmaker lawmakers critic critics supporter supporters voter voters reporter reporters journalist journalists
		source sources people person man woman men women boy girl mother father wife husband son daughter sister brother
		student students professor teacher economist economists strategist strategists operative consultant consultants pollster pollsters
		host anchor moderator author writer columnist editor blogger commentator commentators pundit pundits activist activists
		organizer protester protesters demonstrator demonstrators witness witnesses victim victims resident residents neighbor neighbors
		friend friends colleague colleagues ally allies opponent opponents rival rivals insider insiders veteran veterans doctor doctors scientist
		scientists researcher researchers scholar scholars historian historians diplomat diplomats envoy envoys negotiator negotiators
		soldier commander general admiral captain colonel sergeant detective prosecutor prosecutors investigator investigators
		executive executives ceo founder owner manager managers employee employees worker workers boss banker trader traders investor investors
		businessman businesswoman billionaire mogul magnate celebrity actor actress singer comedian star player coach
		politician politicians republican republicans democrat democrats conservative conservatives liberal liberals progressive progressives
		delegate delegates member members frontrunner front-runner contender contenders incumbent hopeful premier chancellor king queen
		pope bishop priest pastor rabbi imam cleric reverend user users viewer caller attendee participant farmer farmers
		engineer pilot driver passenger neurosurgeon surgeon socialist statesman councilman councilwoman deputy vice-president vice-premier vice-minister
		vice-chairman undersecretary under-secretary
		spokespeople surrogate surrogates donor donors agent agents mogul tycoon developer newcomer texan native speaker
		solicitor solicitors barrister barristers sheriff sheriffs coroner magistrate magistrates
		councillor councillors councilor councilors alderman mp mps mpp mla mep constable sergeant paramedic firefighter nurse cook chef mechanic
		waiter clerk widow widower parent parents child children tenant tenants shopkeeper fisherman fishermen
		observer observers watcher watchers defector defectors refugee refugees fan fans crowd father-in-law mother-in-law`
	bodyWords = `police ministry department agency administration government company campaign committee commission council court group
		organization organisation party network newspaper paper magazine outlet site website office bureau board union association
		institute foundation firm bank team police military army white house embassy consulate think-tank coalition alliance
		panel congress senate parliament cabinet staff university school hospital publication journal channel station
		broadcaster authorities authority kremlin pentagon fed union lobby chamber league federation corporation city state country nation
		institution center centre regulator watchdog tribunal lawsuit`
	voiceWords = `piece statement report letter email e-mail memo message tweet post poll survey study document documents filing lawsuit suit
		complaint affidavit indictment transcript editorial article story column op-ed book speech ad ads advertisement commercial video clip headline
		sign signs banner poster placard placards release note caption law bill resolution order ruling opinion petition article text account
		records polls studies reports data figures statistics results findings research analysis summary description motto slogan
		narrator commentary dispatch communique notice advisory declaration page testimony`
)

func buildLexicon() map[string]class {
	l := make(map[string]class, 6000)
	add := func(c class, words string) {
		for w := range strings.FieldsSeq(words) {
			l[w] |= c
		}
	}
	forms := map[string][]string{}
	for entry := range strings.SplitSeq(irregular, ";") {
		base, rest, _ := strings.Cut(strings.TrimSpace(entry), ":")
		forms[base] = strings.Fields(rest)
	}
	verbs := func(c class, list string) {
		for w := range strings.FieldsSeq(list) {
			l[w] |= c | baseForm
			f := forms[w]
			if f == nil {
				f = inflect(w)
			}
			for _, x := range f {
				if strings.HasSuffix(x, "ing") {
					l[x] |= c | ingForm
				} else {
					l[x] |= c
				}
			}
		}
	}
	verbs(saying, sayingVerbs)
	verbs(thinking, thinkingVerbs)
	verbs(calling, callingVerbs)
	verbs(takesThat, thatVerbs)
	verbs(opines, opinesVerbs)
	for w := range strings.FieldsSeq(sureVerbs) {
		l[w] |= sure
		for _, x := range forms[w] {
			if strings.HasSuffix(x, "s") {
				l[x] |= sure
			}
		}
		if forms[w] == nil {
			l[inflect(w)[0]] |= sure
		}
	}
	add(sure, sureForms)
	for w := range strings.FieldsSeq(commonVerbs) {
		l[w] |= verbForm | baseForm
		for _, x := range inflect(w) {
			l[x] |= verbForm
			if strings.HasSuffix(x, "ing") {
				l[x] |= ingForm
			}
		}
	}
	add(verbForm, irregularVerbs)
	add(nounToo, nounForms)
	add(auxiliary, auxWords)
	add(determiner, detWords)
	add(preposition, prepWords)
	add(pronoun, pronounWords)
	add(conjoin, conjWords)
	add(subordiner, subWords)
	add(relative, relWords)
	add(adverb, adverbWords)
	add(timeWord, timeWords)
	add(honorific, honorificWords)
	add(female, femaleWords)
	add(male, maleWords)
	add(human, humanWords)
	add(body, bodyWords)
	add(voice, voiceWords)
	return l
}

// inflect gives the regular forms of a verb: -s, -ed, -ing.
func inflect(w string) []string {
	last := w[len(w)-1]
	switch {
	case last == 'e':
		return []string{w + "s", w + "d", w[:len(w)-1] + "ing"}
	case last == 'y' && !strings.ContainsRune("aeou", rune(w[len(w)-2])):
		return []string{w[:len(w)-1] + "ies", w[:len(w)-1] + "ied", w + "ing"}
	case strings.HasSuffix(w, "ch"), strings.HasSuffix(w, "sh"), last == 's', last == 'x', last == 'z':
		return []string{w + "es", w + "ed", w + "ing"}
	case len(w) < 5 && doubles(w):
		return []string{w + "s", w + w[len(w)-1:] + "ed", w + w[len(w)-1:] + "ing"}
	}
	return []string{w + "s", w + "ed", w + "ing"}
}

// doubles reports whether a short verb doubles its last consonant: stop,
// stopped.
func doubles(w string) bool {
	n := len(w)
	vowel := func(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
	return n >= 3 && !vowel(w[n-1]) && vowel(w[n-2]) && !vowel(w[n-3]) && strings.IndexByte("wxy", w[n-1]) < 0
}
