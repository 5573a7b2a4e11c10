// Package citation reads how people name a legal act: its number in any spelling, the day of it, and words around them. Both sites find acts by it.
// It knows no act; it may import shared/plain and the standard library.
package citation

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portal.example/shared/plain"
)

// Citation is what somebody typed to find an act: an act is meant when each word is in it, each number is its own or begins it, and
// the day is that of its adoption. Words that it lacks do not matter when the number is its own.
type Citation struct {
	Words   string // in lower case, with single blanks
	Numbers []string
	Days    []time.Time // dates, midnight UTC
}

// Addresses are the numbers as the address of an official text may end, «254%d0%ba/96-%d0%b2%d1%80».
func (c Citation) Addresses() []string {
	list := make([]string, len(c.Numbers))
	for i, number := range c.Numbers {
		list[i] = Address(number)
	}
	return list
}

// Address is a number as the address of an official text may end.
func Address(number string) string {
	return strings.ToLower((&url.URL{Path: number}).EscapedPath())
}

var (
	// series ends the number of an act of the parliament: «5203-VI» in either alphabet, «393/96-ВР».
	series = regexp.MustCompile(`^([ivxіх]{1,6}|вр|bp)$`)
	// glued is a number with its series and nothing between them.
	glued = regexp.MustCompile(`^([0-9]+)([ivxіх]{1,6})$`)
	// address ends the address of an act on zakon.rada.gov.ua, «5203-17» or «280/97-вр»; behind it are the day of an edition and the like.
	address = regexp.MustCompile(`/laws/show/([^/]+(?:/[0-9]{2}-[^/]+)?)`)
)

// alone are letters that stand for a series only where a hyphen holds them: by themselves they are words, «588 і зміни».
var alone = []string{"і", "х", "i", "x"}

// Parse reads what was typed. «№ 5203-VI», «5203 VI», «5203vi» and «5203 - vi» are one number; what stands beside a number are words.
func Parse(typed string) (c Citation) {
	typed = hyphens.Replace(strings.ToLower(typed))
	fields, words := strings.Fields(strings.ReplaceAll(typed, " -", "-")), []string{}
	for i := 0; i < len(fields) && i < maxWords; i++ {
		if number := addressed(fields[i]); number != "" {
			c.Numbers = append(c.Numbers, number)
			continue
		}
		word := strings.Trim(fields[i], ".,;()«»\"")
		switch {
		case word == "":
		case word[0] < '0' || word[0] > '9':
			words = append(words, word)
		default:
			if day, ok := dayOf(word); ok {
				c.Days = append(c.Days, day)
				continue
			}
			if day, ok := spelled(fields[i:]); ok {
				c.Days, i = append(c.Days, day), i+2
				continue
			}
			held := strings.HasSuffix(word, "-")
			word = strings.TrimRight(word, "-")
			if m := glued.FindStringSubmatch(word); m != nil {
				word = m[1] + "-" + m[2]
			} else if i+1 < len(fields) && series.MatchString(fields[i+1]) && (held || !slices.Contains(alone, fields[i+1])) {
				i++
				word += "-" + fields[i]
			}
			c.Numbers = append(c.Numbers, word)
		}
	}
	c.Words = strings.Join(words, " ")
	return c
}

// hyphens writes all that is typed or pasted for a hyphen as one: text processors have their own, which do not end a line.
var hyphens = strings.NewReplacer("№", " ", "–", "-", "—", "-", "−", "-", "\u2010", "-", "\u2011", "-")

// maxWords is how many words of a search are read.
const maxWords = 30

// addressed is the number by which a pasted address names an act; "" when it is no address, or stands for what is no text.
func addressed(word string) string {
	at, err := url.Parse(word)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || !utf8.ValidString(at.Path) || strings.ContainsRune(at.Path, 0) {
		return ""
	}
	if m := address.FindStringSubmatch(at.Path); m != nil {
		return m[1]
	}
	path := strings.TrimRight(at.Path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// dayOf is a date as people write it, 31.12.2026 or 31.12.2026р.
func dayOf(word string) (time.Time, bool) {
	parts := strings.Split(strings.Trim(strings.TrimRight(word, ".р"), "."), ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	day, problem := plain.Day(parts[0], parts[1], parts[2])
	return day, problem == ""
}

// spelled is the date that words begin with, «2 червня 2021».
func spelled(words []string) (time.Time, bool) {
	if len(words) < 3 || unicode.IsDigit([]rune(words[1])[0]) {
		return time.Time{}, false
	}
	day, problem := plain.Day(words[0], words[1], strings.TrimRight(words[2], ".,;)р"))
	return day, problem == ""
}
