package workdays_test

import (
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

// Over whatever calendar and pauses: the last day is a working day, it comes no earlier for a longer term counted by the same
// rule, and none earlier for a later start.
func TestLastDaysKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := randomCalendar(t)
		start := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "start"))
		pauses, now := randomPauses(t, start)
		days := rapid.IntRange(0, 45).Draw(t, "days")
		d := cal.Deadline(start, days, now, pauses...)
		if !cal.Working(d.Due) || d.Due.Before(d.Start) {
			t.Fatalf("from %s the last day is %s", d.Start, d.Due)
		}
		if days != 9 && cal.Deadline(start, days+1, now, pauses...).Due.Before(d.Due) {
			t.Fatalf("a day more than %d ends earlier than %s", days, d.Due)
		}
		if later := cal.Deadline(start.AddDate(0, 0, 1), days, now); later.Due.Before(cal.Deadline(start, days, now).Due) {
			t.Fatalf("begun a day later it ends on %s", later.Due)
		}
	})
}

// A pause moves the last day right or leaves it, a longer pause at least as far, and what is left of a suspended term does not
// change while it stands.
func TestPausesShiftRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := randomCalendar(t)
		start := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "start"))
		days := rapid.IntRange(0, 45).Draw(t, "days")
		from := start.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "length"))
		plain, short := cal.Deadline(start, days, to), cal.Deadline(start, days, to, workdays.Pause{From: from, To: to})
		long := cal.Deadline(start, days, to.AddDate(0, 0, 1), workdays.Pause{From: from, To: to.AddDate(0, 0, 1)})
		if short.Due.Before(plain.Due) || long.Due.Before(short.Due) {
			t.Fatalf("without a pause %s, with one %s, with a longer one %s", plain.Due, short.Due, long.Due)
		}
		lasting := workdays.Pause{From: from}
		first, second := cal.Deadline(start, days, to, lasting), cal.Deadline(start, days, to.AddDate(0, 0, 3), lasting)
		if first.Left != second.Left || first.Left > first.Days || first.Left < 0 {
			t.Fatalf("%d days left, three days later %d, of %d", first.Left, second.Left, first.Days)
		}
	})
}
