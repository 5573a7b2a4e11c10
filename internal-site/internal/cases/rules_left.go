package cases

import (
	"time"

	"portal.example/shared/workdays"
)

// DaysLeft is how many days of its term a stage has after today, in the unit in which they are counted: 0 on its last day, less
// when it is late. False when no term runs: the stage is not active, has no last day, or the work stands still.
func (w *Work) DaysLeft(s Stage) (days int, runs bool) {
	if s.State != StageActive || s.DueOn == nil || w.Case.State == Suspended {
		return 0, false
	}
	from, to := workdays.DateOf(w.now), workdays.DateOf(*s.DueOn)
	if to.Before(from) {
		return -max(1, w.daysBetween(to, from, s.Rule())), true // late on the weekend too, of which no day counts
	}
	return w.daysBetween(from, to, s.Rule()), true
}

// daysBetween counts the days after from up to and with to.
func (w *Work) daysBetween(from, to time.Time, rule workdays.Rule) (days int) {
	for day := from.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if rule == workdays.CalendarDays || rule == workdays.Unstated || w.calendar.Working(day) {
			days++
		}
	}
	return days
}
