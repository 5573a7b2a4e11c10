package search

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// actWhole is the number of an act with its series: 2811-XII, 2811-12, 254к/96-ВР, 1060-р. A code of a service has a slash behind it.
	actWhole = regexp.MustCompile(`^\d{1,5}[кk]?(/\d{2,4})?-([ivxіх]{1,6}|\d{2}|вр|р)$|^\d{1,3}-\d{1,3}/\d{4}$`)
	actBare  = regexp.MustCompile(`^\d{2,5}[кk]?(/\d{2,4})?$`)
	actMark  = []string{"закон", "постанов", "наказ", "указ", "рішен", "распоряж", "розпоряд", "кодекс", "приказ", "реш", "law", "act", "№"}
)

// seriesNumbers are the series of acts as their numbers are compared.
var seriesNumbers = strings.Fields("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx")

// act is the number of a legal act that the query names, as public.portal_act_number writes it, else "". Digits alone name one where
// the word for an act stands before them, or nothing else was typed.
func (q Query) act() (number string) {
	named := false
	for part := range strings.FieldsSeq(strings.ReplaceAll(fold(q.Text), "№", " № ")) {
		part = strings.TrimRight(strings.TrimLeft(part, "«(\""), ".,;:)»\"")
		switch {
		case slices.ContainsFunc(actMark, func(m string) bool { return strings.HasPrefix(part, m) }):
			named = true
		case actWhole.MatchString(part):
			return actNumber(part)
		case number == "" && actBare.MatchString(part):
			number = part
		}
	}
	if number == "" || !named && number != fold(q.Text) {
		return ""
	}
	return number
}

// actNumber writes a series of Latin or Cyrillic letters as a number of two digits: 2811-XII is 2811-12.
func actNumber(number string) string {
	before, series, _ := strings.Cut(number, "-")
	place := slices.Index(seriesNumbers, latinSeries(series)) + 1
	if place == 0 {
		return number
	}
	return before + "-" + string([]byte{'0' + byte(place/10), '0' + byte(place%10)}) // #nosec G115 -- at most twenty
}

func latinSeries(series string) string {
	return strings.NewReplacer("і", "i", "х", "x").Replace(series)
}

// wordsOfAct says whether the query has words besides the number and the word for an act.
func (q Query) wordsOfAct() bool {
	return slices.ContainsFunc(q.Words, func(w string) bool {
		return utf8.RuneCountInString(w) > 2 && !strings.ContainsAny(w, "0123456789") && !slices.Contains(seriesNumbers, latinSeries(w)) &&
			!softWords[w] && w != "україни" && !slices.ContainsFunc(actMark, func(m string) bool { return strings.HasPrefix(w, m) })
	})
}
