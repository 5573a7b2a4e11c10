package search

import (
	"strings"
	"unicode"
)

// The keys of a keyboard in the same order, by what they type in each layout.
const (
	latinKeys   = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	ukrKeys     = "йцукенгшщзхїфівапролджєячсмитьбю'"
	russianKeys = "йцукенгшщзхъфывапролджэячсмитьбюё"
)

// otherLayout is what the keys that were pressed would have typed in a Cyrillic layout: «ce,cblsz» is «субсидія». ok is false
// when the text was not typed on a Latin one.
func otherLayout(text, layout string) (other string, ok bool) {
	keys, letters := []rune(layout), 0
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		i := strings.IndexRune(latinKeys, r)
		switch {
		case isCyrillic(r):
			return "", false
		case i >= 0:
			b.WriteRune(keys[i])
		default:
			b.WriteRune(r)
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return b.String(), letters >= 3
}

// russianLetters are those that Ukrainian does not have. On the Ukrainian keyboard their keys type і, є, ї; in a Russian word
// they sound like the letters of the second list.
var (
	sameKeys  = strings.NewReplacer("ы", "і", "э", "є", "ъ", "ї", "ё", "")
	sameSound = strings.NewReplacer("ы", "и", "э", "е", "ё", "е", "ъ", "", "ция", "ція", "ние", "ння", "ие", "ія", "ия", "ія")
)

// ukrainianLetters are the ways to write a text with Russian letters without them.
func ukrainianLetters(text string) (ways []string) {
	lower := strings.ToLower(text)
	if strings.ContainsAny(lower, "ыэёъ") {
		ways = append(ways, sameKeys.Replace(lower))
	}
	if sounds := sameSound.Replace(lower); sounds != lower {
		ways = append(ways, sounds)
	}
	return ways
}
