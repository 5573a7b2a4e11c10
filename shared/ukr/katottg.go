package ukr

import (
	"strings"

	"portal.example/shared/plain"
)

// KATOTTG is a code of КАТОТТГ, the codifier of administrative and territorial units: "UA" and 17 digits,
// which are region (2), district (2), community (3), settlement (3), city district (2) and a unique number (5).
type KATOTTG string

// katottgEnds says where the part of each level ends.
var katottgEnds = [...]int{4, 6, 9, 12, 14}

// ParseKATOTTG reads a code; of its letters only A has a twin in the other alphabet.
func ParseKATOTTG(s string) (KATOTTG, error) {
	s = plain.LatinCode(s)
	if len(s) != 19 || s[:2] != "UA" || !plain.AllDigits(s[2:], 17) {
		return "", invalid("katottg.form")
	}
	if s[2:4] == "00" {
		return "", invalid("katottg.region")
	}
	return KATOTTG(s), nil
}

// Level is the level that the code's digits say: 1 region, 2 district, 3 community, 4 settlement, 5 city district.
func (k KATOTTG) Level() int {
	for level := 5; level > 1; level-- {
		if part := k[katottgEnds[level-2]:katottgEnds[level-1]]; strings.Trim(string(part), "0") != "" {
			return level
		}
	}
	return 1
}

// Within says whether k lies in the unit above, judging by their digits.
func (k KATOTTG) Within(above KATOTTG) bool {
	level := above.Level()
	return level < k.Level() && strings.HasPrefix(string(k), string(above[:katottgEnds[level-1]]))
}

// Category is the letter that says what kind of unit it is.
type Category string

// Categories of КАТОТТГ and the level at which each stands.
var categoryLevels = map[Category]int{
	"O": 1, // область, Автономна Республіка Крим
	"K": 1, // місто зі спеціальним статусом
	"P": 2, // район
	"H": 3, // територія територіальної громади
	"M": 4, // місто
	"T": 4, // селище міського типу (editions up to 2023)
	"X": 4, // селище
	"C": 4, // село
	"B": 5, // район у місті
}

// ParseCategory reads the letter of a category, Latin or its Cyrillic look-alike.
func ParseCategory(s string) (Category, error) {
	c := Category(plain.LatinCode(s))
	if categoryLevels[c] == 0 {
		return "", invalid("katottg.category")
	}
	return c, nil
}

// Level is the level at which units of the category stand.
func (c Category) Level() int { return categoryLevels[c] }
