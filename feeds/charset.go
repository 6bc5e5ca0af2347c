package feeds

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// labelWindow is how far into a document its own label may stand. HTML says
// 1,024 bytes; real pages put scripts before it.
const labelWindow = 8 << 10

// sniffWindow is how much text the detector looks at.
const sniffWindow = 64 << 10

var (
	xmlLabelRE  = regexp.MustCompile(`(?i)^\s*<\?xml\s[^>]*?encoding\s*=\s*["']?\s*([A-Za-z0-9._:-]+)`)
	metaLabelRE = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)`)
	markupRE    = regexp.MustCompile(`<[^>]*>`)
)

// decode makes UTF-8 of body. The order: a byte order mark; the zero bytes of
// UTF-16 and UTF-32; bytes that are valid UTF-8, whatever any label says; the
// label of HTTP; the document's own; a guess. It returns the encoding's name in
// lower case and what was odd, and never fails: bytes that fit nothing become
// U+FFFD.
func decode(body []byte, contentType, documentURL string) (text []byte, name string, warnings []string) {
	if text, name, ok := decodeUnicode(body); ok {
		return text, name, nil
	}
	httpLabel := ""
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		httpLabel = params["charset"]
	}
	if bytes.HasPrefix(body, []byte{0x4c, 0x6f, 0xa7, 0x94}) { // "<?xm" in EBCDIC
		return decodeEBCDIC(body)
	}
	ownLabel := documentLabel(body)
	if utf8.Valid(body) {
		for _, label := range []string{httpLabel, ownLabel} {
			// The 7-bit encodings are valid UTF-8 without being it.
			if enc, name := lookup(label); enc != nil && sevenBit(body, name) {
				text, _ := decodeWith(enc, body)
				return text, name, nil
			}
		}
		if label := cmp.Or(httpLabel, ownLabel); label != "" && !isASCII(body) {
			if _, name := lookup(label); name != "utf-8" {
				warnings = append(warnings, fmt.Sprintf("says %s, is utf-8", strings.ToLower(label)))
			}
		}
		return body, "utf-8", warnings
	}
	for i, label := range []string{httpLabel, ownLabel} {
		if label == "" || i == 1 && strings.EqualFold(label, httpLabel) {
			continue
		}
		enc, name := lookup(label)
		switch {
		case enc == nil:
			warnings = append(warnings, fmt.Sprintf("unknown encoding %q", clip(label, 40)))
		case name == "utf-8":
			if text, ok := repairUTF8(body); ok {
				return text, name, append(warnings, "some bytes are not utf-8")
			}
			warnings = append(warnings, "says utf-8, is not")
		default:
			text, bad := decodeWith(enc, body)
			// More than 2 % of what is not ASCII, or what no Latin script looks like:
			// servers say ISO 8859-1 of anything.
			if bad*50 > len(body)-asciiLen(body) || name == "windows-1252" && !latin(body) {
				warnings = append(warnings, fmt.Sprintf("says %s, is not", name))
				continue
			}
			if bad > 0 {
				warnings = append(warnings, fmt.Sprintf("some bytes are not %s", name))
			}
			return text, name, warnings
		}
	}
	if text, ok := repairUTF8(body); ok {
		return text, "utf-8", append(warnings, "some bytes are not utf-8")
	}
	enc, name := sniff(body, documentURL)
	text, _ = decodeWith(enc, body)
	return text, name, append(warnings, "encoding guessed: "+name)
}

// decodeUnicode handles byte order marks and text with zero bytes.
func decodeUnicode(b []byte) (text []byte, name string, ok bool) {
	head := append(append([]byte{}, b[:min(4, len(b))]...), 1, 1, 1, 1)
	zero := func(pattern string) bool {
		for i, p := range []byte(pattern) {
			if (head[i] == 0) != (p == '0') {
				return false
			}
		}
		return true
	}
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
		if utf8.Valid(b) {
			return b, "utf-8", true
		}
		if text, ok := repairUTF8(b); ok {
			return text, "utf-8", true
		}
		return nil, "", false
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")), zero("x000"):
		enc, name = utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "utf-32le"
		if head[0] != 0xff {
			enc = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
		}
	case bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")), zero("000x"):
		enc, name = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be"
	case bytes.HasPrefix(b, []byte("\xff\xfe")), zero("x0x0"):
		enc, name = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"
	case bytes.HasPrefix(b, []byte("\xfe\xff")), zero("0x0x"):
		enc, name = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"
	default:
		return nil, "", false
	}
	text, _ = decodeWith(enc, b)
	return bytes.TrimPrefix(text, []byte("\uFEFF")), name, true
}

// decodeEBCDIC reads the label by way of code page 037, whose letters, digits
// and angle brackets stand where they do in all of the family.
func decodeEBCDIC(body []byte) ([]byte, string, []string) {
	text, _ := decodeWith(charmap.CodePage037, body)
	label := documentLabel(text)
	if enc, name := lookup(label); enc != nil && name != "utf-8" {
		if exact, _ := decodeWith(enc, body); bytes.HasPrefix(exact, []byte("<?xm")) {
			return exact, name, nil
		}
	}
	return text, "ibm037", []string{fmt.Sprintf("encoding %q read as ibm037", clip(label, 40))}
}

func documentLabel(b []byte) string {
	head := b[:min(len(b), labelWindow)]
	if m := xmlLabelRE.FindSubmatch(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))); m != nil {
		return string(m[1])
	}
	if m := metaLabelRE.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	// Junk before the prolog.
	if i := bytes.Index(head, []byte("<?xml")); i > 0 {
		if m := xmlLabelRE.FindSubmatch(head[i:]); m != nil {
			return string(m[1])
		}
	}
	return ""
}

// spellings bring the many ways to write the label of one encoding together:
// patterns of a label in lower case without its signs. What is called EUC-KR or
// GB2312 is in practice the larger set of Windows.
var spellings = []struct {
	label *regexp.Regexp
	enc   encoding.Encoding // nil: the one that the registries know by the name
	name  string
}{
	{spelling(`utf8\w*|unicode11utf8`), encoding.Nop, "utf-8"},
	{spelling(`euckr|uhc|korean|ksc?5601(19\d\d)?|ksx1001|mackorean|(cp|ms|windows|ibm)?949`), korean.EUCKR, "euc-kr"},
	{spelling(`gb180\d\d\w*|gbk|eucgb\w*|euccn|gb2312\w*|isoir58|chinese|macsimpchinese|(cp|ms|windows)?936`), simplifiedchinese.GB18030, "gb18030"},
	{spelling(`big5\w*|(cp|ms|windows)?950`), traditionalchinese.Big5, "big5"},
	{spelling(`s(hift)?ji(s|sx)\w*|mskanji|macjapanese|(cp|ms|windows)?(932|31j)`), japanese.ShiftJIS, "shift_jis"},
	{spelling(`eucji(s|sx)\w*|eucjp|ujis`), japanese.EUCJP, "euc-jp"},
	{spelling(`iso2022jp\w*`), japanese.ISO2022JP, "iso-2022-jp"},
	{spelling(`iso2022kr`), iso2022KR, "iso-2022-kr"},
	{spelling(`johab|(cp|ms)?1361`), johab, "johab"},
	{spelling(`hz(gb\w*)?`), simplifiedchinese.HZGB2312, "hz-gb-2312"},
	{spelling(`(unicode11)?utf7|u7`), utf7, "utf-7"},
	{spelling(`(us)?ascii|646|ansix341968`), charmap.Windows1252, "windows-1252"},
	{spelling(`tis620\w*|iso885911\w*|isoir166|thai`), charmap.Windows874, "windows-874"},
	{spelling(`(cp|ibm)1140`), charmap.CodePage1140, "ibm1140"},
	{spelling(`mac(intosh|roman)`), charmap.Macintosh, "macintosh"},
	{spelling(`maccyrillic`), charmap.MacintoshCyrillic, "x-mac-cyrillic"},
	{spelling(`(cp|ms|ansi)?(125\d)`), nil, "windows-$2"},
	{spelling(`iso8859(\d|1[0-6])((19|20)\d\d)?`), nil, "iso-8859-$1"},
	{spelling(`(l|latin)7`), charmap.ISO8859_13, "iso-8859-13"},
	{spelling(`(l|latin)8`), charmap.ISO8859_14, "iso-8859-14"},
	{spelling(`(l|latin)10`), charmap.ISO8859_16, "iso-8859-16"},
	{spelling(`cpis`), nil, "cp861"},
	{spelling(`cpgr`), nil, "cp869"},
	{spelling(`maccent(eur|raleur)\w*`), nil, "maclatin2"},
	{spelling(`r8|roman8`), nil, "hproman8"},
	{spelling(`(cp|ibm|pcp?|pc8codepage)?(\d{3,4})\w*`), nil, "cp$2"},
}

// spelling is a pattern of a whole label, with or without the mark of a private
// or a registered name.
func spelling(p string) *regexp.Regexp { return regexp.MustCompile(`^(?:x|cs)?(?:` + p + `)$`) }

// lookup finds an encoding by any of its names; nil when there is none.
func lookup(label string) (encoding.Encoding, string) {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(clip(label, 100)), `"'`))
	if label == "" {
		return nil, ""
	}
	plain := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, label)
	names := []string{label, plain}
	for _, s := range spellings {
		m := s.label.FindStringSubmatchIndex(plain)
		if m == nil {
			continue
		}
		if s.enc != nil {
			return s.enc, s.name
		}
		names = append(names, string(s.label.ExpandString(nil, s.name, plain, m)))
	}
	for _, name := range names {
		if upper, ok := codePages[name]; ok {
			return codePage(upper), name
		}
		if enc, err := htmlindex.Get(name); err == nil {
			canonical, err := htmlindex.Name(enc)
			if err != nil || canonical == "replacement" || strings.HasPrefix(canonical, "utf-16") {
				return nil, "" // UTF-16 shows by its zero bytes or is not UTF-16
			}
			return enc, canonical
		}
		for _, name := range []string{"ibm" + strings.TrimPrefix(name, "cp"), name, strings.ReplaceAll(name, "_", "-")} {
			if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
				return enc, strings.ToLower(name)
			}
		}
	}
	return nil, ""
}

// decodeWith counts the places where the bytes do not fit the encoding.
func decodeWith(enc encoding.Encoding, b []byte) (text []byte, bad int) {
	before := bytes.Count(b, []byte("\uFFFD"))
	text, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		text = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return text, max(0, bytes.Count(text, []byte("\uFFFD"))-before)
}

// repairUTF8 replaces stray bytes in text that is plainly UTF-8 otherwise: at
// least twenty good sequences for each bad byte.
func repairUTF8(b []byte) (text []byte, ok bool) {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	// A single cut character at the very end is a truncated document.
	if bad*20 > good && !(good > 0 && bad <= 3 && utf8.Valid(bytes.TrimRightFunc(b[:max(0, len(b)-3)], func(r rune) bool { return r == utf8.RuneError }))) {
		return nil, false
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD")), true
}

func sevenBit(b []byte, name string) bool {
	switch name {
	case "iso-2022-jp":
		return bytes.Contains(b, []byte("\x1b$")) || bytes.Contains(b, []byte("\x1b("))
	case "hz-gb-2312":
		return bytes.Contains(b, []byte("~{"))
	case "iso-2022-kr":
		return bytes.IndexByte(b, 0x0e) >= 0
	case "utf-7":
		return bytes.IndexByte(b, '+') >= 0
	}
	return false
}

// countryEncodings are what pages without a usable label in a country's domain
// are written in, when they are not UTF-8.
var countryEncodings = map[string]string{"kr": "euc-kr", "kp": "euc-kr", "cn": "gb18030", "tw": "big5", "hk": "big5", "jp": "shift_jis", "ru": "windows-1251"}

// sniff guesses: first what the document's country would write, if every byte
// fits; then by letter frequencies.
func sniff(b []byte, documentURL string) (encoding.Encoding, string) {
	sample := markupRE.ReplaceAll(b[:min(len(b), sniffWindow)], []byte(" "))
	if utf8.Valid(sample) {
		sample = b
	}
	if u, err := url.Parse(documentURL); err == nil {
		host := u.Hostname()
		if label, ok := countryEncodings[host[strings.LastIndexByte(host, '.')+1:]]; ok {
			if enc, name := lookup(label); enc != nil {
				if _, bad := decodeWith(enc, sample); bad == 0 {
					return enc, name
				}
			}
		}
	}
	best, bestName, bestScore := encoding.Encoding(charmap.Windows1252), "windows-1252", 0.0
	guesses, err := chardet.NewTextDetector().DetectAll(sample)
	if err != nil {
		return best, bestName
	}
	for _, g := range guesses {
		enc, name := lookup(g.Charset)
		if g.Charset == "GB-18030" {
			enc, name = simplifiedchinese.GB18030, "gb18030"
		}
		if enc == nil || name == "utf-8" {
			continue
		}
		text, bad := decodeWith(enc, sample)
		score := float64(g.Confidence) / 100 * plausible(text)
		// The detector answers in no fixed order; of two equal guesses the name decides.
		better := score > bestScore || score == bestScore && score > 0 && name < bestName
		if bad*50 <= len(sample)-asciiLen(sample) && better {
			best, bestName, bestScore = enc, name, score
		}
	}
	return best, bestName
}

// plausible is the share of letters, among the characters beyond ASCII, that
// people write with: a wrong guess turns up rare ideographs, private use and
// half-width kana.
func plausible(text []byte) float64 {
	good, all := 0, 0
	for _, r := range string(text) {
		if r < 0x80 {
			continue
		}
		all++
		switch {
		case r >= 0xAC00 && r <= 0xD7A3, r >= 0x3040 && r <= 0x30FF, r >= 0x4E00 && r <= 0x9FA5,
			r >= 0x3000 && r <= 0x301F, r >= 0xFF01 && r <= 0xFF5E, r >= 0x2010 && r <= 0x203B,
			r >= 0xC0 && r <= 0x17F, r >= 0x370 && r <= 0x52F, r >= 0x590 && r <= 0x6FF:
			good++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

// latin reports whether most bytes beyond ASCII stand alone, in twos or threes,
// as accented letters and quotation marks do.
func latin(b []byte) bool {
	run, long, all := 0, 0, 0
	for _, c := range b {
		if c < utf8.RuneSelf {
			run = 0
			continue
		}
		all++
		if run++; run == 4 {
			long += 4
		} else if run > 4 {
			long++
		}
	}
	return 2*long <= all
}

func asciiLen(b []byte) int {
	n := 0
	for _, c := range b {
		if c < utf8.RuneSelf {
			n++
		}
	}
	return n
}

func isASCII(b []byte) bool { return asciiLen(b) == len(b) }

// clip shortens s to n bytes at most, at a character border.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
