package ukr

import (
	"strings"
	"unicode"
)

// Official transliteration of Ukrainian (Cabinet of Ministers, 27.01.2010 № 55); letters that sound another
// way at the beginning of a word come first.
var (
	latinInitial = map[rune]string{'є': "ye", 'ї': "yi", 'й': "y", 'ю': "yu", 'я': "ya"}
	latinLetters = map[rune]string{
		'а': "a", 'б': "b", 'в': "v", 'г': "h", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y",
		'і': "i", 'ї': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s",
		'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ь': "", 'ю': "iu", 'я': "ia",
	}
)

// Latin writes a name in Latin letters as a passport does, large letters as they were: Згурський becomes Zghurskyi. What
// is not Ukrainian stays as it is; apostrophes and soft signs leave nothing behind.
func Latin(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		small := unicode.ToLower(r)
		latin, known := latinLetters[small]
		before := ' '
		if i > 0 {
			before = letters[i-1]
		}
		inside := unicode.IsLetter(before) || isApostrophe(before)
		if first, special := latinInitial[small]; special && !inside {
			latin = first
		}
		switch {
		case isApostrophe(r) && inside:
			continue
		case !known:
			b.WriteRune(r)
			continue
		case small == 'г' && unicode.ToLower(before) == 'з':
			latin = "gh"
		}
		if r != small && latin != "" {
			latin = capital(latin, i+1 < len(letters) && unicode.IsUpper(letters[i+1]))
		}
		b.WriteString(latin)
	}
	return b.String()
}

// capital makes the first letter large, or all of them in a word that is written in large letters.
func capital(latin string, all bool) string {
	if all {
		return strings.ToUpper(latin)
	}
	return strings.ToUpper(latin[:1]) + latin[1:]
}

const apostrophes = "'’ʼ`"

func isApostrophe(r rune) bool { return strings.ContainsRune(apostrophes, r) }

// Slug writes a name in small Latin letters, digits and single hyphens, for addresses and codes. Apostrophes
// and letters that are neither Ukrainian nor Latin leave nothing behind.
func Slug(name string) string {
	var b strings.Builder
	initial, gap := true, false
	put := func(s string) {
		if gap && b.Len() > 0 && s != "" {
			b.WriteByte('-')
		}
		if s != "" {
			gap = false
		}
		b.WriteString(s)
	}
	letters := []rune(strings.ToLower(name))
	for i, r := range letters {
		first, special := latinInitial[r]
		other, known := latinLetters[r]
		switch {
		case initial && special:
			put(first)
		case r == 'г' && i > 0 && letters[i-1] == 'з': // Згорани, Zghorany, so that it is not read as ж
			put("gh")
		case known:
			put(other)
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			put(string(r))
		case isApostrophe(r), unicode.IsLetter(r), unicode.IsMark(r):
			continue // inside a word
		default:
			initial, gap = true, true
			continue
		}
		initial = false
	}
	return b.String()
}
