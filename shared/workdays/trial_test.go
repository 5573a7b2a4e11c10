package workdays_test

import (
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/workdays"
)

// inTurn are legs that follow one another.
func inTurn(days ...int) (legs []workdays.Leg) {
	for i, d := range days {
		leg := workdays.Leg{Span: workdays.Days(d)}
		if i > 0 {
			leg.After = []int{i - 1}
		}
		legs = append(legs, leg)
	}
	return legs
}

// Worked out by hand from Monday 7 September 2026: a day of reception ends on the 8th; beside each other three days end on the
// 11th, and five on the 15th; one more after both ends on the 16th.
func TestParallelLegsTakeAsLongAsTheLongest(t *testing.T) {
	legs := inTurn(1, 3, 5, 1)
	legs[2].After, legs[3].After = []int{0}, []int{1, 2}
	got := (workdays.Calendar{}).Try(date("2026-09-07"), 1, legs, workdays.Days(14))
	if !got.End.Equal(date("2026-09-16")) || got.Over != -5 {
		t.Errorf("ends %s, %d days over", got.End, got.Over)
	}
	one := (workdays.Calendar{}).Try(date("2026-09-07"), 1, inTurn(1, 3, 5, 1), workdays.Days(14))
	if !one.End.Equal(date("2026-09-21")) { // the 8th, the 11th, the 18th, and Monday the 21st
		t.Errorf("one after the other they end %s", one.End)
	}
	legs[3].After = nil // it waits for none, so it is not the last to end
	if got := (workdays.Calendar{}).Try(date("2026-09-07"), 1, legs, workdays.Days(14)); !got.End.Equal(date("2026-09-15")) {
		t.Errorf("ends %s, not with its longest way", got.End)
	}
}

// Worked out by hand. Filed on Saturday 12 September 2026, the first stage ends on Monday the 14th and the last on Monday the
// 28th, while ten calendar days end on Tuesday the 22nd.
func TestTheWorstDayToBegin(t *testing.T) {
	for name, tt := range map[string]struct {
		stages     []int
		term       int
		start, due string
		over       int
	}{
		"ten days by their sum":         {[]int{0, 1, 4, 3, 1, 1, 0}, 10, "2026-09-12", "2026-09-22", 6},
		"as many, in two":               {[]int{5, 5}, 10, "2026-09-07", "2026-09-17", 4},
		"room for weekends":             {[]int{1, 5, 3}, 14, "2026-09-08", "2026-09-22", -1},
		"nothing is left over a single": {[]int{9}, 9, "2026-09-07", "2026-09-18", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := (workdays.Calendar{}).Try(date("2026-09-07"), 7, inTurn(tt.stages...), workdays.Days(tt.term))
			if !got.Start.Equal(date(tt.start)) || !got.Due.Equal(date(tt.due)) || got.Over != tt.over || got.Late() != (tt.over > 0) {
				t.Errorf("from %s until %s, due %s, %d days over", got.Start, got.End, got.Due, got.Over)
			}
		})
	}
}

// The unit that a row names counts: ten working days do not fit into ten calendar days, and do into fourteen but for a holiday.
func TestTheUnitOfARowCounts(t *testing.T) {
	ten := []workdays.Leg{{Span: workdays.Span{Days: 10, In: workdays.InWorking}}}
	for name, tt := range map[string]struct {
		cal  workdays.Calendar
		term workdays.Span
		late bool
	}{
		"working days in as many calendar ones": {workdays.Calendar{}, workdays.Days(10), true},
		"working days in as many":               {workdays.Calendar{}, workdays.Span{Days: 10, In: workdays.InWorking}, false},
		"two weeks":                             {workdays.Calendar{}, workdays.Days(14), false},
		"two weeks with a holiday":              {calendar, workdays.Days(14), true},
	} {
		if got := tt.cal.Try(date("2026-08-10"), 7, ten, tt.term); got.Late() != tt.late {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A holiday can make a way late that plain weeks do not.
func TestAHolidayMakesAWayLate(t *testing.T) {
	stages, term := inTurn(1, 1), workdays.Days(4) // two working days within four
	if got := (workdays.Calendar{}).Try(date("2026-08-17"), 14, stages, term); got.Late() {
		t.Fatalf("%+v", got)
	}
	long := inTurn(9, 9)
	with, without := calendar.Try(date("2026-08-01"), 31, long, workdays.Days(27)), (workdays.Calendar{}).Try(date("2026-08-01"), 31, long, workdays.Days(27))
	if with.Over <= without.Over {
		t.Errorf("with a holiday %+v, without %+v", with, without)
	}
}

// No day on which the way begins ends worse than the one that Try names, and another leg never ends sooner.
func TestNoDayIsWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := randomCalendar(t)
		from := at("2026-01-01 09:00").AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "from"))
		stages := make([]workdays.Leg, rapid.IntRange(1, 5).Draw(t, "stages"))
		for i := range stages {
			stages[i].Span = randomSpan(t, "stage", 0, 15)
			if i > 0 {
				stages[i].After = rapid.SliceOfN(rapid.IntRange(0, i-1), 0, 2).Draw(t, "after")
			}
		}
		term := randomSpan(t, "term", 0, 40)
		worst := cal.Try(from, 30, stages, term)
		for i := range 30 {
			if one := cal.Try(from.AddDate(0, 0, i), 1, stages, term); one.Over > worst.Over {
				t.Fatalf("from %s it is %d days over, and Try says %+v", one.Start, one.Over, worst)
			}
		}
		more := cal.Try(worst.Start, 1, append(stages, workdays.Leg{Span: randomSpan(t, "more", 0, 15), After: []int{len(stages) - 1}}), term)
		if more.End.Before(worst.End) {
			t.Fatalf("with another leg it ends on %s, and without on %s", more.End, worst.End)
		}
	})
}
