package law

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal.example/internal-site/internal/rada"
	"portal.example/shared/fault"
)

// When an act is asked for again: all is well, and it is not.
const (
	followEvery = 24 * time.Hour
	followAgain = time.Hour
)

// mostAtOnce is how many editions are fetched at one time; of those that are in force or to come, the others come the next.
const mostAtOnce = 20

// missing are the editions of a card that an act lacks, in the order in which they are added: the one in force today, those to come, the
// earliest first, and last those between it and the act's own that was in force, the latest first. So a card is looked at once, from the text that it rested
// on to the one in force; what was in force between changes nothing in that, is none of an act without a text, and is left out beyond mostAtOnce. A day
// that has an edition is left alone, whoever wrote it, and so is one whose edition of the register was taken back: somebody had a reason. more
// says that there are more than are taken at once.
func missing(card rada.Card, own []held, today time.Time) (list []rada.Edition, more bool) {
	from, known := time.Time{}, false
	for _, e := range own {
		if !e.withdrawn && !e.day.After(today) && (!known || e.day.After(from)) {
			from, known = e.day, true
		}
	}
	var between []rada.Edition
	for i, e := range card.Editions {
		there := slices.ContainsFunc(own, func(h held) bool { return h.day.Equal(e.Day) && (!h.withdrawn || h.origin == OriginRada) })
		over := i+1 < len(card.Editions) && !card.Editions[i+1].Day.After(today)
		switch {
		case there || known && e.Day.Before(from):
		case over && known:
			between = append(between, e)
		case over:
		case len(list) == mostAtOnce:
			return list, true
		default:
			list = append(list, e)
		}
	}
	slices.Reverse(between)
	return append(list, between[:min(len(between), mostAtOnce-len(list))]...), false
}

// keptDays are the days of a card, the latest first and no more than a page can say, on which an edition of staff stands.
func keptDays(card rada.Card, own []held) (days []time.Time) {
	for _, e := range slices.Backward(card.Editions) {
		if len(days) == mostKept {
			break
		}
		if slices.ContainsFunc(own, func(h held) bool { return h.day.Equal(e.Day) && !h.withdrawn && h.origin == "" }) {
			days = append(days, e.Day)
		}
	}
	return days
}

const mostKept = 5

// noteOf says what an edition came with: the numbers in the register of the acts that made it.
func noteOf(e rada.Edition) string {
	if len(e.Bases) == 0 {
		return ""
	}
	return "№ " + strings.Join(e.Bases, ", № ")
}

// problem is what of an error is kept for people: the key of its text and its values as they are shown.
func problem(err error) (key string, args []string) {
	args = []string{}
	key = fault.MessageKey(err)
	var e *fault.Error
	if !errors.As(err, &e) {
		return key, args
	}
	values := e.Args
	if len(e.Fields) > 0 {
		key, values = e.Fields[0].Key, e.Fields[0].Args
	}
	for _, value := range values {
		args = append(args, fmt.Sprint(value))
	}
	return key, args
}

// ofEdition says whether an error is of one edition, and not of the register, which would not give the others either.
func ofEdition(err error) bool {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Invalid, fault.TooLarge:
		return true
	}
	return fault.MessageKey(err) == "rada.empty"
}
