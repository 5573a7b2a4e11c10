package workdays_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal.example/shared/workdays"
)

// randomCalendar has days off on weekdays and worked weekends, some in a row.
func randomCalendar(t *rapid.T) workdays.Calendar {
	var days []workdays.Day
	for range rapid.IntRange(0, 12).Draw(t, "runs") {
		first := date("2025-12-20").AddDate(0, 0, rapid.IntRange(0, 460).Draw(t, "first"))
		working := rapid.Bool().Draw(t, "working")
		for i := range rapid.IntRange(1, 6).Draw(t, "in a row") {
			days = append(days, workdays.Day{Date: first.AddDate(0, 0, i), Working: working})
		}
	}
	return workdays.NewCalendar(days)
}

// randomPauses are pauses after a start that do not overlap, oldest first; the last one may still last.
func randomPauses(t *rapid.T, start time.Time) (pauses []workdays.Pause, now time.Time) {
	now = start
	for range rapid.IntRange(0, 4).Draw(t, "pauses") {
		from := now.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "until the pause"))
		now = from.AddDate(0, 0, rapid.IntRange(0, 25).Draw(t, "length"))
		pauses = append(pauses, workdays.Pause{From: from, To: now})
	}
	if n := len(pauses); n > 0 && rapid.Bool().Draw(t, "still lasts") {
		pauses[n-1].To = time.Time{}
	}
	return pauses, now
}

// randomSpan is a term that names its unit, or does not.
func randomSpan(t *rapid.T, name string, least, most int) workdays.Span {
	return workdays.Span{Days: rapid.IntRange(least, most).Draw(t, name), In: rapid.SampledFrom(workdays.Units).Draw(t, name+" in")}
}

// Over whatever calendar, pauses and extensions: the last day is a working day, it comes no earlier for a longer term counted by
// the same rule, and none earlier for a later start.
func TestLastDaysKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := randomCalendar(t)
		start := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "start"))
		pauses, now := randomPauses(t, start)
		term := randomSpan(t, "days", 0, 45)
		var more []workdays.Span
		for range rapid.IntRange(0, 3).Draw(t, "extensions") {
			more = append(more, randomSpan(t, "extension", 1, 20))
		}
		d := cal.Extended(start, term, more, now, pauses...)
		if !cal.Working(d.Due) || d.Due.Before(d.Start) {
			t.Fatalf("from %s the last day is %s", d.Start, d.Due)
		}
		longer := workdays.Span{Days: term.Days + 1, In: term.In}
		if longer.Unit() == term.Unit() && cal.Extended(start, longer, more, now, pauses...).Due.Before(d.Due) {
			t.Fatalf("a day more than %+v ends earlier than %s", term, d.Due)
		}
		if later := cal.Extended(start.AddDate(0, 0, 1), term, more, now); later.Due.Before(cal.Extended(start, term, more, now).Due) {
			t.Fatalf("begun a day later it ends on %s", later.Due)
		}
	})
}

// An extension by a day or more moves the last day to the right, also where that was moved to a working day before, and an
// extension in working days moves it at least as far as as many calendar days.
func TestExtensionsMoveTheLastDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := randomCalendar(t)
		start := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "start"))
		pauses, now := randomPauses(t, start)
		term := randomSpan(t, "days", 0, 45)
		days := rapid.IntRange(1, 30).Draw(t, "extension")
		plain := cal.Deadline(start, term, now, pauses...)
		calendar := cal.Extended(start, term, []workdays.Span{{Days: days, In: workdays.InCalendar}}, now, pauses...)
		working := cal.Extended(start, term, []workdays.Span{{Days: days, In: workdays.InWorking}}, now, pauses...)
		if len(pauses) == 0 && !calendar.Due.After(plain.Due) || calendar.Due.Before(plain.Due) || working.Due.Before(calendar.Due) {
			t.Fatalf("%+v ends on %s, with %d calendar days more on %s, with as many working days on %s", term, plain.Due, days, calendar.Due, working.Due)
		}
	})
}

// A pause moves the last day right or leaves it, a longer pause at least as far, and what is left of a suspended term, with its
// extension, does not change while it stands and is never more than there was.
func TestPausesShiftRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := randomCalendar(t)
		start := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "start"))
		term, more := randomSpan(t, "days", 0, 45), []workdays.Span{randomSpan(t, "extension", 1, 20)}
		from := start.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "length"))
		due := func(now time.Time, pauses ...workdays.Pause) workdays.Deadline {
			return cal.Extended(start, term, more, now, pauses...)
		}
		plain, short := due(to), due(to, workdays.Pause{From: from, To: to})
		long := due(to.AddDate(0, 0, 1), workdays.Pause{From: from, To: to.AddDate(0, 0, 1)})
		if short.Due.Before(plain.Due) || long.Due.Before(short.Due) {
			t.Fatalf("without a pause %s, with one %s, with a longer one %s", plain.Due, short.Due, long.Due)
		}
		lasting := workdays.Pause{From: from}
		first, second := due(to, lasting), due(to.AddDate(0, 0, 3), lasting)
		if !slices.Equal(first.Left, second.Left) || daysOf(first.Left) > term.Days+more[0].Days {
			t.Fatalf("%v days left, three days later %v, of %+v and %+v", first.Left, second.Left, term, more)
		}
		if !plain.Overdue(from) && first.Due.Before(workdays.DateOf(to)) {
			t.Fatalf("in time when it was suspended, and resumed on %s it is due %s", to, first.Due)
		}
	})
}
