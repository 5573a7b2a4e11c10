package search

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"portal.example/shared/citation"
)

var (
	// actWhole is the number of an act with its series: 2811-XII, 2811-12, 254к/96-ВР, 1060-р, 588-2021-п. A code of a service has a slash behind it.
	actWhole = regexp.MustCompile(`^\d{1,5}[кk]?(/\d{2,4})?-([ivxіх]{1,6}|\d{2}|вр|bp|р|\d{4}-\p{L}{1,2})$|^\d{1,3}-\d{1,3}/\d{4}$`)
	actBare  = regexp.MustCompile(`^\d{2,5}[кk]?(/\d{2,4})?$`)
	actMark  = []string{
		"закон", "постанов", "наказ", "указ", "рішен", "распоряж", "розпоряд", "кодекс", "приказ", "реш", "law", "act", "кму", "вру", "кабмін", "кабінет", "верховн", "http",
	}
)

// numbered is an act as the query names it by its number.
type numbered struct {
	citation.Citation
	number string
	beside []string // words that say which act it is, besides those that are said with any number
}

// act reads the number of a legal act; ok is false when the query names none. Digits alone name one where the word for an act, or whose it is, stands with
// them, or nothing else was typed.
func (q Query) act() (act numbered, ok bool) {
	act.Citation = citation.Parse(q.Text)
	words := strings.Fields(act.Words)
	named := strings.Contains(q.Text, "№") || slices.ContainsFunc(words, saidOfActs) || strings.Contains(q.Text, "://") || len(words)+len(act.Days) == 0 && len(act.Numbers) == 1
	for _, number := range act.Numbers {
		switch {
		case actWhole.MatchString(number) || strings.Contains(q.Text, "://"):
			act.number = number
		case named && act.number == "" && actBare.MatchString(number):
			act.number = number
			continue
		default:
			continue
		}
		break
	}
	for _, w := range words {
		if utf8.RuneCountInString(w) > 2 && !softWords[w] && w != "україни" && !saidOfActs(w) {
			act.beside = append(act.beside, w)
		}
	}
	return act, act.number != ""
}

// saidOfActs says whether the word is said of any act, or of who issues most.
func saidOfActs(word string) bool {
	return slices.ContainsFunc(actMark, func(m string) bool { return strings.HasPrefix(word, m) })
}
