package workdays

import "time"

// Elapsed is how many days went by.
type Elapsed struct {
	Days    int // of the calendar
	Working int // the working ones among them
}

// Elapsed counts the days from the date of one moment to that of another, those that ran and those that stood still. As in a term the day
// of the beginning does not count and the day of the end does, so what begins and ends on one day has taken none. A pause that still lasts
// stands still to the end.
func (c Calendar) Elapsed(from, to time.Time, pauses ...Pause) (ran, stood Elapsed) {
	last := DateOf(to)
	for day := DateOf(from).AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		e := &ran
		if pausedBy(day, pauses, to) >= 0 {
			e = &stood
		}
		e.Days++
		if c.Working(day) {
			e.Working++
		}
	}
	return ran, stood
}
