package ukr

import (
	"strings"

	"portal.example/shared/plain"
)

// Passport is the series and number of a passport of Ukraine: two letters and six digits of the booklet, КС 123456, or
// the nine digits of the card.
type Passport string

// series are the letters that stand in series of booklets: those of the Ukrainian alphabet.
const series = "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ"

// ParsePassport reads series and number. Neither has a check digit.
func ParsePassport(s string) (Passport, error) {
	s = plain.CyrillicCode(strings.ReplaceAll(s, "№", ""))
	if plain.AllDigits(s, 9) {
		return Passport(s), nil
	}
	letters := []rune(s)
	if len(letters) != 8 || !strings.ContainsRune(series, letters[0]) || !strings.ContainsRune(series, letters[1]) ||
		!plain.AllDigits(string(letters[2:]), 6) {
		return "", invalid("passport.form")
	}
	return Passport(string(letters[:2]) + " " + string(letters[2:])), nil
}

// ForeignDocument is the number of a passport of another country, or of a permit to reside in Ukraine: letters and
// digits, written together in capitals.
type ForeignDocument string

// ParseForeignDocument reads the number of a document of a foreigner. Each country has its own form; what all have in
// common is that there are at least four digits among at most 20 letters and digits.
func ParseForeignDocument(s string) (ForeignDocument, error) {
	s = strings.ToUpper(plain.Compact(strings.ReplaceAll(s, "№", "")))
	length, numerals := 0, 0
	for _, r := range s {
		length++
		switch {
		case r >= '0' && r <= '9':
			numerals++
		case r < 'A' || r > 'Z' && !strings.ContainsRune(series, r):
			return "", invalid("foreign_document.form")
		}
	}
	if numerals < 4 || length > 20 {
		return "", invalid("foreign_document.form")
	}
	return ForeignDocument(s), nil
}
