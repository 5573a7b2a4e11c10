package ukr

import (
	"time"

	"portal.example/shared/plain"
)

// TaxNumber is a РНОКПП, the number of a taxpayer's registration card: ten digits.
// Some people refuse one for their faith; nothing may require it of everybody.
type TaxNumber string

var taxNumberWeights = []int{-1, 5, 7, 9, 4, 6, 10, 5, 7}

// taxNumberEpoch is day 0 of the birth date in the first five digits: day 1 is 1 January 1900.
var taxNumberEpoch = time.Date(1899, time.December, 31, 0, 0, 0, 0, time.UTC)

// ParseTaxNumber reads a РНОКПП and verifies its check digit.
func ParseTaxNumber(s string) (TaxNumber, error) {
	s = plain.Compact(s)
	if !plain.AllDigits(s, 10) {
		return "", invalid("tax_number.form")
	}
	sum := weighted(s, taxNumberWeights) % 11
	if sum < 0 { // Go's remainder keeps the sign; the rule wants 0 to 10
		sum += 11
	}
	if s == "0000000000" || sum%10 != int(s[9]-'0') {
		return "", invalid("tax_number.check")
	}
	return TaxNumber(s), nil
}

// Born returns the date of birth that the number carries.
func (n TaxNumber) Born() time.Time {
	days := 0
	for _, c := range n[:5] {
		days = days*10 + int(c-'0')
	}
	return taxNumberEpoch.AddDate(0, 0, days)
}
