package cases

import (
	"regexp"
	"strings"
	"unicode"

	"portal.example/shared/pg"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

// try is one way to read what somebody searches for: patterns of LIKE that all have to match the text of a case, which is in
// lower case, without apostrophes, with a space before each of its words and after the last.
type try struct {
	patterns []string
	// fold takes ґ for г and ї for і on both sides.
	fold bool
}

// tries are the ways to read q, the plainest first; another is asked only when those before have found nothing: a text that was
// typed in the wrong layout of the keyboard, and names whose ґ and ї were heard as г and і.
func tries(q string) []try {
	q = plain.Line(q)
	list := []try{{patterns: patternsOf(q)}}
	if relaid := plain.Relaid(q); relaid != q {
		list = append(list, try{patterns: patternsOf(relaid)})
	}
	if strings.ContainsFunc(q, unicode.IsLetter) {
		list = append(list, try{patterns: folded(patternsOf(plain.Relaid(q))), fold: true})
	}
	return list
}

// numbered is a case's number as people say it: the centre perhaps, the year, and the number without its zeros.
var numbered = regexp.MustCompile(`^(?:(\d{1,4})-)?(20\d\d)-0*(\d{1,6})$`)

// patternsOf reads a number of a case, a telephone number, a document's number, or words.
func patternsOf(q string) []string {
	if m := numbered.FindStringSubmatch(q); m != nil {
		return []string{"%" + m[1] + "-" + m[2] + "-" + strings.Repeat("0", 6-len(m[3])) + m[3] + " %"}
	}
	if phone, ok := plain.Phone(q); ok {
		return []string{"%" + strings.TrimPrefix(phone, "+") + "%"}
	}
	if p, err := ukr.ParsePassport(q); err == nil && !plain.AllDigits(plain.Compact(q), 9) {
		return []string{"% " + strings.ToLower(strings.ReplaceAll(string(p), " ", "")) + "%"}
	}
	patterns := []string{}
	for _, word := range pg.LikeWords(q) {
		patterns = append(patterns, wordPatterns(word)...)
	}
	return patterns
}

// initials are those of a given name and a patronymic, together or apart.
var initials = regexp.MustCompile(`^(?:\p{L}\.){1,2}$`)

// wordPatterns is a word anywhere, or initials as beginnings of words. A Latin letter among Cyrillic ones is taken for the
// Cyrillic one of its shape.
func wordPatterns(word string) (patterns []string) {
	if initials.MatchString(word) {
		for _, letter := range strings.Split(strings.TrimSuffix(word, "."), ".") {
			patterns = append(patterns, "% "+letter+"%")
		}
		return patterns
	}
	if strings.ContainsFunc(word, isCyrillic) {
		word = strings.ToLower(plain.CyrillicCode(word))
	}
	return []string{"%" + word + "%"}
}

func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

func folded(patterns []string) []string {
	out := make([]string, len(patterns))
	for i, p := range patterns {
		out[i] = strings.NewReplacer("ґ", "г", "ї", "і").Replace(p)
	}
	return out
}
