package clean

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Repair names one kind of change, in the order in which they are made.
type Repair string

// Kinds of repair.
const (
	Invisible  Repair = "invisible"  // byte-order marks, zero-width and control characters, decomposed letters
	Quotes     Repair = "quotes"     // "…" and “…” become «…»
	Spaces     Repair = "spaces"     // at the ends, doubled, before a comma, missing after one
	Letters    Repair = "letters"    // a Latin letter in a Cyrillic word, or the other way round
	Apostrophe Repair = "apostrophe" // any shape between letters becomes ’
)

// Text returns one line of text repaired, and the kinds of repair it needed.
func Text(s string) (string, []Repair) {
	var done []Repair
	for _, step := range []struct {
		repair Repair
		do     func(string) string
	}{
		{Invisible, invisible}, {Quotes, quotes}, {Spaces, spaces}, {Letters, letters}, {Apostrophe, apostrophes},
	} {
		if t := step.do(s); t != s {
			s, done = t, append(done, step.repair)
		}
	}
	return s, done
}

// invisible drops what cannot be seen and composes letters (й as one character); other spaces become plain ones.
func invisible(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', unicode.IsSpace(r):
			return ' '
		case r == '\ufeff', r == '\u00ad', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', unicode.IsControl(r):
			return -1
		}
		return r
	}, s))
}

var (
	spaceBefore = regexp.MustCompile(` +([,;)»]|[.:!?]+(?:$|[ )»]))`) // not before «.doc»
	spaceAfter  = regexp.MustCompile(`([(«]) +`)
	commaGlued  = regexp.MustCompile(`(\p{L}),(\p{L})`)
)

func spaces(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = replaceOverlapping(spaceBefore, s, "$1")
	s = spaceAfter.ReplaceAllString(s, "$1")
	return replaceOverlapping(commaGlued, s, "$1, $2")
}

// replaceOverlapping replaces also where a match begins with what the one before ended with («а,б,в»).
func replaceOverlapping(re *regexp.Regexp, s, with string) string {
	return re.ReplaceAllString(re.ReplaceAllString(s, with), with)
}

// Apostrophe shapes that people type; ’ is the one that is kept.
const apostropheShapes = "'`´ʼ′‘‛＇"

func apostrophes(s string) string {
	if !strings.ContainsAny(s, apostropheShapes) {
		return s
	}
	runes := []rune(s)
	for i := 1; i+1 < len(runes); i++ {
		if strings.ContainsRune(apostropheShapes, runes[i]) && cyrillic(runes[i-1]) && cyrillic(runes[i+1]) {
			runes[i] = '’'
		}
	}
	return string(runes)
}

// quotes turns straight and English quotation marks into «»; one without its partner stays as it is.
func quotes(s string) string {
	if strings.Count(s, `"`)%2 == 0 {
		opening := true
		s = strings.Map(func(r rune) rune {
			if r != '"' {
				return r
			}
			opening = !opening
			if opening {
				return '»'
			}
			return '«'
		}, s)
	}
	if strings.Count(s, "“") == strings.Count(s, "”") {
		s = strings.NewReplacer("“", "«", "”", "»").Replace(s)
	}
	if strings.Count(s, "„") == strings.Count(s, "“") {
		s = strings.NewReplacer("„", "«", "“", "»").Replace(s)
	}
	return s
}

func cyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }

// Fold makes names comparable: letter case, every apostrophe and quotation mark, dashes and spaces are evened out.
func Fold(s string) string {
	s, _ = Text(s)
	s = strings.NewReplacer("’", "", "«", "", "»", "", `"`, "", "–", "-", "—", "-", "…", "...").Replace(strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}
