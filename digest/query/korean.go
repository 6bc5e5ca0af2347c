package query

import "strings"

// An eojeol, a Korean word between spaces, is a stem with what hangs on it:
// "김정은" and "은", "관세" and "를". A stem is found before any of these; where
// less than a whole stem was asked for, nothing else may follow.

// cases are the particles that say what a noun does in its sentence.
const cases = "은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 한테 와 과 로 으로 로서 으로서 로써 으로써 도 만 까지 부터 조차 마저 밖에 보다 처럼 " +
	"같이 마다 라도 이라도 하고 이랑 대로 때문 없이 에는 에도 에만 "

// particles follow nouns and names; several may follow each other. Beside the
// cases they are the copula and endings that make another noun, which is the
// same to a text but not to somebody who types it: 중국인 is not 중국.
var (
	typed     = set(cases)
	particles = set(cases + "나 이나 란 이란 라는 이라는 라고 이라고 라며 이라며 든 이든 며 이며 랑 야 여 이여 들 님 씨 측 간 다 이다 였다 이었다 " +
		"입니다 인 일 임 지만 이지만 인데 이고 고 자 이자 라면 이라면 이라면서 라면서 뿐 쯤 씩 및 등 요 이요 네 적")
)

// closing are particles that no other follows.
var closing = set("은 는 이 가 을 를 의")

// endings follow a noun that is used as a verb: 발표했다, 발표된.
var endings = set("하다 한다 하는 한 할 하고 하며 하면 하면서 하자 하지 하지만 하기 하도록 하려 하려는 하여 해 해서 해야 해도 함 합니다 " +
	"했다 했고 했으며 했던 했지만 했으나 했다고 했다는 했습니다 했음 하겠다 하겠다고 하겠습니다 한다고 한다는 하라 하라고 하던 하나 " +
	"되다 된다 되는 된 될 되고 되며 되면 되면서 되자 되지 되기 되어 돼 됨 됩니다 됐다 됐고 됐으며 됐던 됐지만 되었다 되었고 되었으며 됐다고 " +
	"됐습니다 되었습니다 된다고 시키다 시킨다 시키는 시킨 시킬 시키고 시켜 시켰다 받다 받는 받은 받을 받고 받아 받았다 당하다 당한 당했다")

// titles follow a person's name without a space: 왕이부장, 김정은위원장.
var titles = []string{"국무위원장", "위원장", "총비서", "총서기", "국가주석", "주석", "대통령", "총리", "외교부장", "부장", "외무상", "장관", "차관",
	"대변인", "대사", "대표", "의원", "의장", "총재", "국장", "실장", "제1부부장", "부부장", "부상", "특사", "사령관", "전"}

// prefixes are single syllables that make a new word of a whole one: 대중국,
// 반외세, 신냉전. In any other word a match may not begin at the second
// syllable, so that 중국 is not found in 집중국면.
var prefixes = set("대 친 반 탈 신 전 현 구 총 부 양 타 본 주 재 비 저 고 무 범 초 제 핵 군 준")

// trailing tells whether s, the rest of an eojeol, is nothing or particles
// alone.
func trailing(s string) bool {
	return s == "" || chained(s, 4, particles, nil)
}

// trailingVerb is trailing for a stem that may also be used as a verb.
func trailingVerb(s string) bool {
	return s == "" || chained(s, 4, particles, endings)
}

// chained tells whether s is one of first or second and then at most n-1 of
// first.
func chained(s string, n int, first, second map[string]bool) bool {
	if n == 0 {
		return false
	}
	for i := syllable; i <= len(s) && i <= 5*syllable; i += syllable {
		if !first[s[:i]] && !second[s[:i]] {
			continue
		}
		if i == len(s) || !closing[s[:i]] && chained(s[i:], n-1, first, nil) {
			return true
		}
	}
	return false
}

// trailingTitle tells whether s, what follows a person's name, leaves it that
// person's name.
func trailingTitle(s string) bool {
	if trailing(s) {
		return true
	}
	for _, t := range titles {
		if rest, ok := strings.CutPrefix(s, t); ok {
			return trailing(rest)
		}
	}
	return false
}

// syllable is the length of a Hangul syllable in UTF-8.
const syllable = 3

// stem takes particles and endings off an eojeol that somebody typed, leaving
// at least two syllables; it returns the shortest, or s itself.
func stem(s string) string {
	for i := 2 * syllable; i < len(s); i += syllable {
		if rest := s[i:]; agrees(s[:i], rest) && chained(rest, 3, typed, endings) {
			return s[:i]
		}
	}
	return s
}

// agrees tells whether rest can follow a stem with or without a final
// consonant: 은 을 이 과 으로 follow one, 는 를 가 와 a vowel.
func agrees(stem, rest string) bool {
	r := []rune(stem[len(stem)-syllable:])[0]
	closed := r >= 0xAC00 && r <= 0xD7A3 && (r-0xAC00)%28 != 0
	for _, p := range []string{"은", "을", "이", "과"} {
		if strings.HasPrefix(rest, p) {
			return closed
		}
	}
	for _, p := range []string{"는", "를", "가", "와"} {
		if strings.HasPrefix(rest, p) {
			return !closed
		}
	}
	return true
}
