package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// shortHash is 80 bits in hexadecimal: with 10 million keys the chance of any
// two being equal is one in 24 thousand million.
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:10])
}

// trackers are the query parameters that tell how a reader came, and not what
// is read; compared in lower case. CGTN writes UTM_Source.
var trackers = map[string]bool{
	"fbclid": true, "gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true,
	"yclid": true, "twclid": true, "ttclid": true, "igshid": true, "li_fat_id": true, "mc_cid": true, "mc_eid": true,
	"_ga": true, "_gl": true, "_hsenc": true, "_hsmi": true, "hsctatracking": true, "mkt_tok": true, "vero_id": true, "oly_enc_id": true,
	"oly_anon_id": true, "wickedid": true, "s_cid": true, "cmpid": true, "ncid": true, "at_medium": true, "at_campaign": true,
	"smid": true, "sref": true, "ref_src": true, "ref_url": true, "spm": true, "spm_id_from": true, "share_token": true,
	"guccounter": true, "guce_referrer": true, "guce_referrer_sig": true, "__twitter_impression": true, "ito": true, "xtor": true,
	"traffic_source": true,
}

var trackerPrefixes = []string{"utm_", "mtm_", "pk_", "piwik_", "hsa_", "fb_", "itm_", "stm_", "at_custom", "wt.", "wt_", "cm_mmc"}

func tracker(name string) bool {
	name = strings.ToLower(name)
	if trackers[name] {
		return true
	}
	return slices.ContainsFunc(trackerPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// maxURL bounds a URL that we work with; longer ones are compared as they are.
const maxURL = 4096

// URLKey returns what identifies the page at a URL: host and path and what of
// the query matters, without scheme, "www.", default port, fragment, tracking
// parameters, index page and the marks of AMP copies. It is a key to compare,
// not a link to follow. What is no http or https URL is its own key. URLKey of
// a key is that key.
func URLKey(raw string) string {
	raw = strings.TrimSpace(raw)
	u, ok := webURL(raw)
	if !ok {
		return raw
	}
	host := canonicalHost(u)
	for _, p := range []string{"www.", "amp."} {
		if rest, ok := strings.CutPrefix(host, p); ok && strings.Contains(rest, ".") {
			host = rest
		}
	}
	key := host + pathKey(u)
	if q := queryKey(u.RawQuery, true); q != "" {
		key += "?" + q
	}
	return key
}

// feedKey identifies a feed's document. Its query may choose among feeds, so
// all of it counts.
func feedKey(raw string) string {
	raw = strings.TrimSpace(raw)
	u, ok := webURL(raw)
	if !ok {
		return raw
	}
	key := canonicalHost(u) + strings.TrimSuffix(u.EscapedPath(), "/")
	if q := queryKey(u.RawQuery, false); q != "" {
		key += "?" + q
	}
	return key
}

// webURL parses an http or https URL, or a key that was made from one.
func webURL(raw string) (*url.URL, bool) {
	if raw == "" || len(raw) > maxURL || !utf8.ValidString(raw) {
		return nil, false
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, false
	}
	return u, true
}

func canonicalHost(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host += ":" + p
	}
	return host
}

var indexPages = map[string]bool{"index.html": true, "index.htm": true, "index.php": true, "index.asp": true, "index.jsp": true}

func pathKey(u *url.URL) string {
	p := u.EscapedPath()
	// One way to write each byte: net/url keeps the escapes as they came.
	if decoded, err := url.PathUnescape(p); err == nil && utf8.ValidString(decoded) && !strings.ContainsFunc(decoded, reserved) {
		p = norm.NFC.String(decoded)
	}
	for strings.Contains(p, "//") {
		p = strings.ReplaceAll(p, "//", "/")
	}
	if indexPages[strings.ToLower(path.Base(p))] {
		p = strings.TrimSuffix(p, path.Base(p))
	}
	p = strings.TrimSuffix(p, "/")
	if rest, ok := strings.CutSuffix(p, "/amp"); ok && rest != "" {
		p = rest
	}
	return p
}

// reserved characters stay escaped: they would change what the URL means.
func reserved(r rune) bool {
	return strings.ContainsRune("?#%", r) || unicode.IsSpace(r) || !unicode.IsPrint(r)
}

// queryKey keeps the parameters in their order, as they were written.
func queryKey(raw string, dropTrackers bool) string {
	if raw == "" {
		return ""
	}
	var kept []string
	for part := range strings.FieldsFuncSeq(raw, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(part, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		if dropTrackers && (tracker(name) || strings.EqualFold(name, "amp") || strings.EqualFold(name, "outputtype") && strings.EqualFold(value, "amp")) {
			continue
		}
		kept = append(kept, part)
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}

// RegistrableDomain returns the domain that somebody registered, "co.kr" left
// aside: the unit that requests are spaced by. An address or a single name is
// its own, with its port; what is no URL gives the empty string.
func RegistrableDomain(rawurl string) string {
	u, err := url.Parse(strings.TrimSpace(rawurl))
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return strings.ToLower(u.Host)
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// Version marks: an agency sends a story again under a new number, with a mark
// that says which version it is.
var (
	koreanMark = regexp.MustCompile(`^\s*[\[(【<](속보|긴급|1보|2보|3보|4보|5보|종합|종합\s?[2-9]보|\d+보|상보|수정|정정|업데이트|재송|단독)[\])】>]\s*`)
	koreanTail = regexp.MustCompile(`\s*[(\[](종합|종합\s?\d*보|\d+보|상보|수정|정정|재송)[)\]]\s*$`)
	// The Chinese agencies put theirs in front: 快讯, 更新, 二.
	chineseMark = regexp.MustCompile(`^\s*(?:[\[【(（](快讯|快訊|速報|更新|滚动|滾動|突发|突發|急|修正|更正|第[一二三四五]次更新)[\]】)）]|(快讯|快訊|速報|更新|突发|突發)[:：|｜])\s*`)
	englishTail = regexp.MustCompile(`(?i)\s*[(\[]((?:\d+(?:st|nd|rd|th)\s+)?(?:lead|ld|urgent|update|correction|corrected|attn[^)\]]{0,30}|recasts[^)\]]{0,30}|adds[^)\]]{0,30}))[)\]]\s*$`)
	englishHead = regexp.MustCompile(`^\s*(?:[\[(]((?i:urgent|breaking|lead|update|updated|\d+(?:st|nd|rd|th) ld|correction|corrected|breaking news))[\])]\s*:?\s*|((?:UPDATE|WRAPUP|CORRECTED|REFILE|RPT)(?:\s*\d+)?(?:-(?:UPDATE|WRAPUP)\s*\d+)?\s*-\s?|(?i:\(?lead\)?|update(?: \d+)?|breaking|urgent)\s*:\s+|(?:BREAKING|URGENT|LEAD)\s+[-–—|]\s+))`)
)

// splitMark takes a version mark off a title.
func splitMark(title string) (rest, mark string) {
	rest = title
	var marks []string
	for range 3 { // [속보] and (종합2보) stand together
		before := rest
		for _, re := range []*regexp.Regexp{koreanMark, chineseMark, englishHead, koreanTail, englishTail} {
			m := re.FindStringSubmatchIndex(rest)
			if m == nil || len(rest)-(m[1]-m[0]) < 4 {
				continue
			}
			inner := strings.TrimSpace(rest[m[0]:m[1]])
			for g := 2; g+1 < len(m); g += 2 {
				if m[g] >= 0 {
					inner = strings.TrimSpace(rest[m[g]:m[g+1]])
				}
			}
			marks = append(marks, inner)
			rest = strings.TrimSpace(rest[:m[0]] + " " + rest[m[1]:])
		}
		if rest == before {
			break
		}
	}
	return rest, strings.Join(marks, " ")
}

// Kinds of identity key. All but keyVersion say "the same entry"; a version
// key says "the same news, sent again".
const (
	keyGUID    = "g:"
	keyLink    = "l:"
	keyTitle   = "t:"
	keyVersion = "v:"
)

// IsVersionKey reports whether an identity key links versions of one article,
// which are entries of their own. Several entries may have the same one; the
// first to hold it is what [Known] should return for it.
func IsVersionKey(key string) bool { return strings.HasPrefix(key, keyVersion) }

// identify gives the entries of one document their ids, keys and fingerprints,
// and drops those that repeat another. siteLink is where the feed itself
// points; as an entry's link it identifies nothing.
func identify(feedID, siteLink string, entries []Entry, dates []string) []Entry {
	guids, links, titles := map[string]int{}, map[string]int{}, map[string]int{}
	linkOf, titleOf := make([]string, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		linkOf[i], titleOf[i] = URLKey(e.Link), titleKey(e, dates[i])
		guids[e.GUID]++
		links[linkOf[i]]++
		titles[titleOf[i]]++
	}
	site := URLKey(siteLink)
	seen := map[string]bool{}
	kept := entries[:0]
	for i, e := range entries {
		link := linkOf[i]
		var keys []string
		switch {
		case e.GUID == "":
		case guids[e.GUID] == 1:
			keys = append(keys, keyGUID+shortHash(e.GUID))
			if alias := guidAlias(e.GUID); alias != "" {
				keys = append(keys, keyGUID+shortHash(alias))
			}
		case link != "" && links[link] < guids[e.GUID]: // one guid for several entries: the link tells them apart
			keys = append(keys, keyGUID+shortHash(e.GUID+"|"+link))
		default:
			keys = append(keys, keyGUID+shortHash(e.GUID+"|"+link+"|"+e.Title))
		}
		if link != "" && links[link] == 1 && link != site && specific(e.Link) {
			keys = append(keys, keyLink+shortHash(link))
		}
		title := titleOf[i]
		if len(keys) == 0 && titles[title] > 1 && link != "" {
			title += "|" + link // only their links, short as they are, tell them apart
		}
		if len(keys) == 0 && e.Title == "" && (dates[i] == "" || titles[titleOf[i]] > 1) {
			title += "|" + letters(e.Summary) + letters(stripTags(e.Content)) // a note that is nothing but its text
		}
		if len(keys) == 0 || titles[title] == 1 && timed(e.Published) && utf8.RuneCountInString(e.Title) >= 8 {
			keys = append(keys, keyTitle+shortHash(title))
		}
		if seen[keys[0]] {
			continue
		}
		seen[keys[0]] = true
		e.Feed = feedID
		e.ID = "e" + shortHash(feedID+" "+keys[0])
		if v := versionKey(e, 0); v != "" {
			keys = append(keys, v)
		}
		e.Keys = slices.Compact(keys)
		e.Fingerprint = fingerprint(e)
		kept = append(kept, e)
	}
	return kept
}

// guidAlias is what stays the same when a site moves to https or to another
// host, or numbers the editions of a page in the fragment, as the BBC does.
func guidAlias(guid string) string {
	u, ok := webURL(guid)
	if !ok || !specific(guid) {
		return ""
	}
	alias := pathKey(u)
	if q := queryKey(u.RawQuery, true); q != "" {
		alias += "?" + q
	}
	return alias
}

// specific reports whether a URL leads to one page and not to a site.
func specific(link string) bool {
	u, ok := webURL(link)
	return ok && (len(strings.Trim(pathKey(u), "/")) >= 3 || queryKey(u.RawQuery, true) != "")
}

// titleKey takes the date as it was written: how we read it may change.
func titleKey(e Entry, date string) string { return letters(e.Title) + "|" + e.Mark + "|" + date }

// timed reports whether a date has a time of day.
func timed(t time.Time) bool {
	return !t.IsZero() && !(t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0)
}

// versionKey is equal for entries of one title, marks aside, on one day. The
// day keeps "Today's weather" of today and of tomorrow apart; shift moves it.
func versionKey(e Entry, shift int) string {
	title := letters(e.Title)
	if utf8.RuneCountInString(title) < 8 || e.Published.IsZero() {
		return ""
	}
	return keyVersion + shortHash(title+"|"+e.Published.UTC().AddDate(0, 0, shift).Format(time.DateOnly))
}

var counts = regexp.MustCompile(`(?i)[(\[]\s*\d+\s*(comments?|replies|댓글|评论|評論|则评论|コメント)?\s*[)\]]\s*$|\s+[-–|]\s*\d+ comments?\s*$`)

// fingerprint changes when what the entry says does; not with comment counts,
// markup or blanks.
func fingerprint(e Entry) string {
	return shortHash(letters(counts.ReplaceAllString(e.Title, "")) + "\x00" + e.Mark + "\x00" +
		letters(e.Summary) + "\x00" + letters(stripTags(e.Content)))
}

// letters keeps letters and digits, in one form.
func letters(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	if isASCII([]byte(s)) { // as most of English is, at a tenth of the cost
		for i := range len(s) {
			switch c := s[i]; {
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
				b.WriteByte(c)
			case 'A' <= c && c <= 'Z':
				b.WriteByte(c + 'a' - 'A')
			}
		}
		return b.String()
	}
	for _, r := range norm.NFKC.String(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}
