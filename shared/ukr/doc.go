// Package ukr reads the codes that Ukrainian registers give to people, entities, territories, land and property:
// РНОКПП, ЄДРПОУ, УНЗР, passports, КАТОТТГ, cadastral numbers, bank accounts and more. It checks form and, where the
// code has them, check digits; it cannot know whether a code was ever issued.
//
// All codes take the same spellings (plain.Compact): spaces, dashes, brackets and dots anywhere, and Latin or Cyrillic
// letters of the same shape where a code has letters. What a parser returns is the spelling in which a code is kept;
// IsKept judges that one, for whoever must not trust the sender. Errors are *fault.Error of kind Invalid with a message
// key ("ukr.…"); they never hold the value, which may be somebody's tax number.
//
// It may import shared/fault, shared/plain and the standard library.
package ukr

import "portal.example/shared/fault"

func invalid(key string) error { return fault.New(fault.Invalid, "ukr."+key) }

// IsKept says whether s is a code in the spelling in which parse returns it.
func IsKept[T ~string](s string, parse func(string) (T, error)) bool {
	code, err := parse(s)
	return err == nil && string(code) == s
}

// weighted is the sum of the first len(weights) digits of s, each times its weight.
func weighted(s string, weights []int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}
