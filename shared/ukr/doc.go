// Package ukr reads the codes that Ukrainian registers give to people, entities, territories and land:
// РНОКПП, ЄДРПОУ, УНЗР, КАТОТТГ and cadastral numbers. It checks form and, where the code has them,
// check digits; it cannot know whether a code was ever issued.
//
// Input is forgiving about spaces around the code and about Latin or Cyrillic look-alike letters where a
// code has letters, and strict about everything else. Errors are *fault.Error of kind Invalid with a
// message key ("ukr.…"); they never hold the value, which may be somebody's tax number.
//
// It may import shared/fault and the standard library.
package ukr

import (
	"strings"

	"portal.example/shared/fault"
)

func invalid(key string) error { return fault.New(fault.Invalid, "ukr."+key) }

// digits says whether s is exactly n ASCII digits.
func digits(s string, n int) bool {
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

// weighted is the sum of the first len(weights) digits of s, each times its weight.
func weighted(s string, weights []int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

func trim(s string) string { return strings.TrimSpace(s) }
