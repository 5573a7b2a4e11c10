package law

import (
	"regexp"
	"strings"
	"time"

	"portal.example/shared/plain"
)

// asked is what somebody typed into the search of acts: an act is found when each word is in it, each number is its own or begins it, and
// the day is that of its adoption.
type asked struct {
	words   string
	numbers []string
	days    []time.Time
}

var (
	// series ends the number of an act of the parliament: «5203-VI» in either alphabet, «393/96-ВР».
	series = regexp.MustCompile(`^([ivxіх]{1,6}|вр|bp)$`)
	// glued is a number with its series and nothing between them.
	glued = regexp.MustCompile(`^([0-9]+)([ivxіх]{1,6})$`)
)

// parse reads what was typed. «№ 5203-VI», «5203 VI», «5203vi» and «5203 - vi» are one number; what stands beside a number are words.
func parse(typed string) (a asked) {
	typed = strings.NewReplacer("№", " ", "–", "-", "—", "-", "−", "-").Replace(strings.ToLower(typed))
	fields, words := strings.Fields(strings.ReplaceAll(typed, " -", "-")), []string{}
	for i := 0; i < len(fields) && i < maxAsked; i++ {
		word := strings.Trim(fields[i], ",;()«»\"")
		switch {
		case word == "":
		case word[0] < '0' || word[0] > '9':
			words = append(words, word)
		default:
			if day, ok := dayOf(word); ok {
				a.days = append(a.days, day)
				continue
			}
			word = strings.TrimRight(word, "-")
			if m := glued.FindStringSubmatch(word); m != nil {
				word = m[1] + "-" + m[2]
			} else if i+1 < len(fields) && series.MatchString(fields[i+1]) {
				i++
				word += "-" + fields[i]
			}
			a.numbers = append(a.numbers, word)
		}
	}
	a.words = strings.Join(words, " ")
	return a
}

// maxAsked is how many words of a search are read.
const maxAsked = 30

// dayOf is a date as people write it, 31.12.2026.
func dayOf(word string) (time.Time, bool) {
	parts := strings.Split(word, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	day, problem := plain.Day(parts[0], parts[1], parts[2])
	return day, problem == ""
}
