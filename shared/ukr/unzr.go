package ukr

import (
	"time"

	"portal.example/shared/plain"
)

// UNZR is a УНЗР, the number of a person's record in the demographic register, as YYYYMMDD-NNNNN:
// the date of birth and five digits. How its last digit is computed has not been published, so only
// the form and the date are checked.
type UNZR string

// ParseUNZR reads a УНЗР with or without its hyphen; today bounds the date of birth.
func ParseUNZR(s string, today time.Time) (UNZR, error) {
	s = plain.Compact(s)
	if !plain.AllDigits(s, 13) {
		return "", invalid("unzr.form")
	}
	born, err := time.Parse("20060102", s[:8])
	if err != nil || born.Year() < 1900 || born.After(today) {
		return "", invalid("unzr.date")
	}
	return UNZR(s[:8] + "-" + s[8:]), nil
}

// Born returns the date of birth that the number carries.
func (n UNZR) Born() time.Time {
	t, _ := time.Parse("20060102", string(n[:8])) // ParseUNZR has made sure
	return t
}
