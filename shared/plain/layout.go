package plain

import "strings"

// The rows of both keyboards, key by key.
const (
	latinKeys    = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.\\"
	cyrillicKeys = "'йцукенгшщзхїфівапролджєячсмитьбюґ"
)

// Relaid is a text that was typed in Ukrainian while the keyboard was in its Latin layout, as it was meant: rhbybwz is криниця.
// A text with a Cyrillic letter stays, and so does one that can be pronounced in Latin letters.
func Relaid(typed string) string {
	if strings.ContainsFunc(typed, func(r rune) bool { return r >= 0x400 && r < 0x500 }) {
		return typed
	}
	if !strings.ContainsFunc(typed, isLatin) || pronounceable(typed) {
		return typed
	}
	keys, turned := []rune(cyrillicKeys), strings.Builder{}
	for _, r := range strings.ToLower(typed) {
		if i := strings.IndexRune(latinKeys, r); i >= 0 {
			r = keys[i]
		}
		turned.WriteRune(r)
	}
	return turned.String()
}

// pronounceable says whether every word has a vowel and no three consonants more than a name has side by side, and no sign
// that stands for a letter on the other layout.
func pronounceable(typed string) bool {
	if strings.ContainsAny(typed, "[];,.\\`") {
		return false
	}
	for _, word := range strings.Fields(strings.ToLower(typed)) {
		run, vowels := 0, 0
		for _, r := range word {
			if strings.ContainsRune("aeiouy", r) {
				vowels++
				run = 0
			} else if run++; run > 4 {
				return false
			}
		}
		if vowels*5 < len(word) {
			return false
		}
	}
	return true
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
