package workdays_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal.example/shared/workdays"
)

// A term that ends is a term that went by: up to its last day as many days ran as it has, whatever stood still meanwhile, and each day is
// counted once.
func TestElapsedAgreesWithTerms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 24*400).Draw(t, "hours")) * time.Hour)
		term := workdays.Span{Days: rapid.IntRange(1, 40).Draw(t, "term"), In: rapid.SampledFrom([]workdays.Unit{workdays.InWorking, workdays.InCalendar}).Draw(t, "unit")}
		var off []workdays.Day
		for range rapid.IntRange(0, 10).Draw(t, "days off") {
			off = append(off, workdays.Day{Date: start.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "off"))})
		}
		calendar := workdays.NewCalendar(off)
		var pauses []workdays.Pause
		for at := start; rapid.Bool().Draw(t, "pause"); {
			from := at.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "ran")) * time.Hour)
			at = from.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "stood")) * time.Hour)
			pauses = append(pauses, workdays.Pause{From: from, To: at})
		}
		d := calendar.Deadline(start, term, start, pauses...)
		last := d.Counted.Add(12 * time.Hour)
		ran, stood := calendar.Elapsed(start, last, pauses...)
		// A pause that begins on the last day moves the end to the day on which the work is resumed, and the day on which it begins still ran. With
		// a calendar term that last day may be a day off, and the pause may begin on one behind it.
		got, most := ran.Working, term.Days
		if len(pauses) > 0 {
			most += len(pauses)
		}
		if term.In == workdays.InCalendar {
			got = ran.Days
			if len(pauses) > 0 {
				most += ran.Days - ran.Working
			}
		}
		if got < term.Days || got > most {
			t.Fatalf("%d days of %d ran up to %s (stood %+v)", got, term.Days, d.Counted, stood)
		}
		if all := int(workdays.DateOf(last).Sub(workdays.DateOf(start)).Hours() / 24); ran.Days+stood.Days != all {
			t.Fatalf("%d and %d days of %d", ran.Days, stood.Days, all)
		}
	})
}

// Days are those of Kyiv, also when the clocks change; what begins and ends on one day has taken none.
func TestElapsedCountsDaysOfKyiv(t *testing.T) {
	for _, c := range []struct {
		from, to      string
		days, working int
	}{
		{"2026-03-27T21:59:00Z", "2026-03-27T22:01:00Z", 1, 0},   // Friday to Saturday
		{"2026-03-28T22:30:00Z", "2026-03-29T21:30:00Z", 1, 1},   // the Sunday of 23 hours, after which the day begins an hour earlier
		{"2026-10-24T21:30:00Z", "2026-10-25T21:59:00Z", 0, 0},   // the Sunday of 25 hours
		{"2026-12-31T21:59:00Z", "2026-12-31T22:00:00Z", 1, 1},   // New Year
		{"2026-11-18T10:00:00Z", "2026-11-18T15:00:00Z", 0, 0},   // the same day
		{"2026-11-18T10:00:00Z", "2026-12-02T10:00:00Z", 14, 10}, // two weeks
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		to, _ := time.Parse(time.RFC3339, c.to)
		if ran, _ := (workdays.Calendar{}).Elapsed(from, to); ran.Days != c.days || ran.Working != c.working {
			t.Errorf("%s to %s: %+v", c.from, c.to, ran)
		}
	}
}
