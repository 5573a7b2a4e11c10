package clean

import (
	"regexp"
	"strings"
	"unicode"
)

// Letters of the two alphabets that look alike, in pairs.
const (
	latinTwins    = "aceiopxyABCEHIKMOPTXïÏ"
	cyrillicTwins = "асеіорхуАВСЕНІКМОРТХїЇ"
)

var (
	toCyrillic = twins(latinTwins, cyrillicTwins)
	toLatin    = twins(cyrillicTwins, latinTwins)
)

func twins(from, to string) map[rune]rune {
	m := map[rune]rune{}
	target := []rune(to)
	for i, r := range []rune(from) {
		m[r] = target[i]
	}
	return m
}

// loneI is the conjunction «і» typed as a Latin letter: by itself, between Cyrillic words.
var loneI = regexp.MustCompile(`(\p{Cyrillic} )i( \p{Cyrillic})`)

// letters repairs words of mixed alphabets that have one reading.
func letters(s string) string {
	if strings.IndexFunc(s, latin) < 0 {
		return s
	}
	var b strings.Builder
	word := []rune{}
	flush := func() {
		b.WriteString(string(oneAlphabet(word)))
		word = word[:0]
	}
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsMark(r) || r == '’' || strings.ContainsRune(apostropheShapes, r) {
			word = append(word, r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return replaceOverlapping(loneI, b.String(), "${1}і${2}")
}

// oneAlphabet turns a mixed word into the alphabet that all of its letters allow. When both would do, the
// one that most letters are in wins; when that is a draw, nobody knows, and the word stays.
func oneAlphabet(word []rune) []rune {
	var inLatin, inCyrillic int
	for _, r := range word {
		switch {
		case unicode.IsMark(r): // an accent changes the letter under it
			return word
		case latin(r):
			inLatin++
		case cyrillic(r):
			inCyrillic++
		}
	}
	if inLatin == 0 || inCyrillic == 0 {
		return word
	}
	asCyrillic, okCyrillic := rewrite(word, latin, toCyrillic)
	asLatin, okLatin := rewrite(word, cyrillic, toLatin)
	switch {
	case okCyrillic && (!okLatin || inCyrillic > inLatin):
		return asCyrillic
	case okLatin && (!okCyrillic || inLatin > inCyrillic):
		return asLatin
	}
	return word
}

// rewrite replaces the letters that are in the wrong alphabet; false when one of them has no twin.
func rewrite(word []rune, wrong func(rune) bool, twin map[rune]rune) ([]rune, bool) {
	out := make([]rune, len(word))
	for i, r := range word {
		out[i] = r
		if !wrong(r) {
			continue
		}
		t, ok := twin[r]
		if !ok {
			return nil, false
		}
		out[i] = t
	}
	return out, true
}
