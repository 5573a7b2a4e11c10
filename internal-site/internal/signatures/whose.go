package signatures

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portal.example/shared/signature"
)

// Party is somebody whose signature is expected; what is not known of them is empty.
type Party struct {
	Name   string // of the person
	RNOKPP string // of the person
	EDRPOU string // of the entity for which the person signs
}

// Match is how far a certificate names a party.
type Match string

// Matches.
const (
	ByNumber Match = "number" // the same РНОКПП, or ЄДРПОУ
	ByName   Match = "name"   // the same name, and no number that would say more
	None     Match = ""
)

// Of says whether the certificate names the party. Two numbers that differ outweigh names that are the same.
func (p Party) Of(who signature.Person) Match {
	switch {
	case p.RNOKPP != "" && who.RNOKPP != "":
		if p.RNOKPP == who.RNOKPP {
			return ByNumber
		}
		return None
	case p.EDRPOU != "" && p.EDRPOU == who.EDRPOU:
		return ByNumber
	case sameName(p.Name, who.Name):
		return ByName
	}
	return None
}

// sameName compares names of persons in whatever order and case: each word of the shorter one has to stand in the other, in full or as
// an initial. A surname alone is nobody's name.
func sameName(a, b string) bool {
	short, long := words(a), words(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) < 2 {
		return false
	}
	full := 0
	for _, word := range short {
		i := slices.IndexFunc(long, func(other string) bool { return word == other || initial(word, other) || initial(other, word) })
		if i < 0 {
			return false
		}
		if word == long[i] {
			full++
		}
		long = slices.Delete(long, i, i+1)
	}
	return full > 0
}

func initial(letter, word string) bool {
	return utf8.RuneCountInString(letter) == 1 && strings.HasPrefix(word, letter)
}

// words are the words of a name in capitals, without apostrophes and marks.
func words(name string) []string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("'’ʼ`‘\"", r):
			return -1
		case unicode.IsLetter(r):
			return unicode.ToUpper(r)
		}
		return ' '
	}, name)
	return strings.Fields(name)
}
