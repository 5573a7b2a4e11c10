package ukr

import (
	"strings"

	"portal.example/shared/plain"
)

// IBAN is the international number of a Ukrainian bank account: UA and 27 digits, the first two of which check the
// others (ISO 13616).
type IBAN string

// ParseIBAN reads the number of an account and verifies its check digits.
func ParseIBAN(s string) (IBAN, error) {
	s = plain.LatinCode(s)
	if len(s) != 29 || !strings.HasPrefix(s, "UA") || !plain.AllDigits(s[2:], 27) {
		return "", invalid("iban.form")
	}
	rest := 0
	for _, c := range s[4:] + "3010" + s[2:4] { // U is 30, A is 10
		rest = (rest*10 + int(c-'0')) % 97
	}
	if rest != 1 {
		return "", invalid("iban.check")
	}
	return IBAN(s), nil
}
