package plain

import (
	"strings"
	"unicode"
)

// Compact returns a number or code without what people and their phones put between its characters: spaces of any
// width, dashes of any length, brackets, dots, and characters that nobody sees. Every number that somebody types is
// read through it, so that all of them take the same spellings.
func Compact(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), hidden(r), strings.ContainsRune("−()[].", r):
			return -1
		}
		return r
	}, s)
}

// WithoutSpaces returns an amount or a count without the spaces between its digits; its sign and its point stay.
func WithoutSpaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || hidden(r) {
			return -1
		}
		return r
	}, s)
}

// Spelled returns a number that is shown as it was typed, such as the telephone of a centre: every space is a plain one,
// every dash a hyphen, and characters that nobody sees are gone.
func Spelled(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Pd, r), r == '−':
			return '-'
		}
		return r
	}, Line(s))
}

// Capital letters that look the same in both alphabets, at the same place in both strings.
const (
	cyrillicTwins = "АВЕІКМНОРСТХ"
	latinTwins    = "ABEIKMHOPCTX"
)

// LatinCode is Compact for a code that is written in Latin capitals: a Cyrillic letter of the same shape is taken for
// the Latin one.
func LatinCode(s string) string { return exchange(Compact(s), cyrillicTwins, latinTwins) }

// CyrillicCode is Compact for a code that is written in Cyrillic capitals, as series of Ukrainian documents are: a
// Latin letter of the same shape is taken for the Cyrillic one.
func CyrillicCode(s string) string { return exchange(Compact(s), latinTwins, cyrillicTwins) }

func exchange(s, from, to string) string {
	twins := map[rune]rune{}
	wanted := []rune(to)
	for i, r := range []rune(from) {
		twins[r] = wanted[i]
	}
	return strings.Map(func(r rune) rune {
		if twin, ok := twins[r]; ok {
			return twin
		}
		return r
	}, strings.ToUpper(s))
}

// AllDigits says whether s is n digits and nothing else.
func AllDigits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
