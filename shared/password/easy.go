// Package password says which passwords are made of what guessing programs try first. Both sites ask it. It imports the
// standard library alone and keeps nothing.
package password

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// frequentWords are the words that passwords are made of most often, in the layouts in which people here type them,
// and the words of this portal; one a line.
//
//go:embed words.txt
var frequentWords string

// frequent are the words in the order in which they are looked for: a long one before the short one inside it.
var frequent = func() []string {
	words := strings.Fields(frequentWords)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}()

// rows are the rows of keyboards, and other sequences that fingers know.
var rows = []string{
	"abcdefghijklmnopqrstuvwxyz", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
	"йцукенгшщзхї", "фівапролджє", "ячсмитьбю", "йцукенгшщзхъ", "фывапролджэ", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "!@#$%^&*()",
}

// enough is how many characters of a password have to be its own: what is left when frequent words, sequences,
// repetitions and the login are taken out.
const enough = 8

// Easy says whether the password is made of what guessing programs try first, for somebody who knows the login.
func Easy(login, password string) bool {
	rest := strings.ToLower(password)
	if distinct(rest) < 5 {
		return true
	}
	rest = once(rest)
	for _, part := range partsOf(strings.ToLower(login)) {
		if utf8.RuneCountInString(part) > 2 {
			rest = strings.ReplaceAll(rest, part, " ")
		}
	}
	for _, word := range frequent {
		rest = strings.ReplaceAll(undisguise.Replace(rest), word, " ")
	}
	own := 0
	for _, part := range strings.Fields(rest) {
		own += ownRunes(part)
	}
	return own < enough
}

// partsOf are the pieces of a login that passwords are made of, the whole and its long pieces before the short ones inside them.
func partsOf(login string) []string {
	name, _, _ := strings.Cut(login, "@")
	parts := append(strings.FieldsFunc(login, func(r rune) bool { return !unicode.IsLetter(r) }), login, name)
	slices.SortStableFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return parts
}

// undisguise turns the usual disguises into the letters that they stand for.
var undisguise = strings.NewReplacer("@", "a", "$", "s")

// once is a text that repeats itself, once: "passwordpassword" is "password".
func once(s string) string {
	runes := []rune(s)
	for size := 1; size <= len(runes)/2; size++ {
		if len(runes)%size == 0 && strings.Repeat(string(runes[:size]), len(runes)/size) == s {
			return string(runes[:size])
		}
	}
	return s
}

// ownRunes counts the characters of a word that continue neither a sequence nor a repetition of the one before; digits
// at its end, which is where everybody adds them, count for one.
func ownRunes(word string) (n int) {
	trimmed := strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
	if trimmed != word {
		n++
	}
	var last rune
	for _, r := range trimmed {
		if r != last && !neighbours(last, r) {
			n++
		}
		last = r
	}
	return n
}

// neighbours says whether two characters stand beside each other in a row, in either direction.
func neighbours(a, b rune) bool {
	return a != 0 && slices.ContainsFunc(rows, func(row string) bool {
		return strings.Contains(row, string([]rune{a, b})) || strings.Contains(row, string([]rune{b, a}))
	})
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
