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
		case strings.ContainsRune("'’ʼ`", r), unicode.IsLetter(r), unicode.IsMark(r):
			continue // inside a word
		default:
			initial, gap = true, true
			continue
		}
		initial = false
	}
	return b.String()
}
