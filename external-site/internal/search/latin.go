package search

import (
	"strings"
	"unicode"
)

// latinSpelling turns the official transliteration of 2010 (resolution 55 of the Cabinet of Ministers) back, and the ways in which
// people spell besides it: subsydiia, subsydiya, subsidija. Longer spellings come first.
var latinSpelling = []struct{ latin, cyrillic string }{
	{"shch", "щ"},
	{"sch", "щ"},
	{"zgh", "зг"},
	{"iia", "ія"},
	{"iya", "ія"},
	{"ija", "ія"},
	{"yia", "ія"},
	{"iiu", "ію"},
	{"iyu", "ію"},
	{"iie", "іє"},
	{"iye", "іє"},
	{"iii", "ії"},
	{"iyi", "ії"},
	{"zh", "ж"},
	{"kh", "х"},
	{"ts", "ц"},
	{"tz", "ц"},
	{"ch", "ч"},
	{"sh", "ш"},
	{"ye", "є"},
	{"ie", "є"},
	{"je", "є"},
	{"yi", "ий"},
	{"ji", "ї"},
	{"yu", "ю"},
	{"iu", "ю"},
	{"ju", "ю"},
	{"ya", "я"},
	{"ia", "я"},
	{"ja", "я"},
	{"yo", "йо"},
	{"io", "йо"},
	{"jo", "йо"},
	{"iy", "ій"},
	{"ij", "ій"},
	{"yy", "ий"},
	{"yj", "ий"},
	{"ii", "ії"},
	{"a", "а"},
	{"b", "б"},
	{"c", "ц"},
	{"d", "д"},
	{"e", "е"},
	{"f", "ф"},
	{"g", "г"},
	{"h", "г"},
	{"i", "і"},
	{"j", "й"},
	{"k", "к"},
	{"l", "л"},
	{"m", "м"},
	{"n", "н"},
	{"o", "о"},
	{"p", "п"},
	{"q", "к"},
	{"r", "р"},
	{"s", "с"},
	{"t", "т"},
	{"u", "у"},
	{"v", "в"},
	{"w", "в"},
	{"x", "кс"},
	{"y", "и"},
	{"z", "з"},
}

// fromLatin is the Ukrainian text that Latin letters spell. ok is false when the text has other letters, or too few.
func fromLatin(text string) (spelled string, ok bool) {
	text = fold(text)
	letters := 0
	var b strings.Builder
	for i := 0; i < len(text); {
		cyrillic, n := latinAt(text[i:])
		if strings.HasPrefix(text[i:], "yi") && (i == 0 || notInWord(rune(text[i-1]))) {
			cyrillic = "ї" // at the beginning of a word; behind a letter it is ий
		}
		if n > 0 {
			b.WriteString(cyrillic)
			letters += n
			i += n
			continue
		}
		r := []rune(text[i:])[0]
		if unicode.IsLetter(r) {
			return "", false
		}
		b.WriteRune(r)
		i += len(string(r))
	}
	return b.String(), letters >= 3
}

func latinAt(text string) (cyrillic string, n int) {
	for _, s := range latinSpelling {
		if strings.HasPrefix(text, s.latin) {
			return s.cyrillic, len(s.latin)
		}
	}
	return "", 0
}
