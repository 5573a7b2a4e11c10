// Package workdays counts the terms of administrative procedure over a calendar that staff own, and lets
// every deadline explain itself. It holds no table of holidays: under martial law holidays are working
// days, and only people know. Pure rules; it may import shared/locale and the standard library only.
package workdays

import (
	"time"

	"portal.example/shared/locale"
)

// Day is one date of the calendar that differs from the plain Monday-to-Friday week.
type Day struct {
	Date    time.Time // any moment of that date in UTC, as PostgreSQL's date arrives
	Working bool
	Name    string // why, e.g. the name of the holiday
}

// Calendar knows which dates are working days. The zero value is the plain Monday-to-Friday week.
type Calendar struct {
	days map[time.Time]Day
}

// NewCalendar makes a calendar out of the days that differ.
func NewCalendar(days []Day) Calendar {
	c := Calendar{days: make(map[time.Time]Day, len(days))}
	for _, d := range days {
		d.Date = midnight(d.Date)
		c.days[d.Date] = d
	}
	return c
}

// Working says whether date is a working day.
func (c Calendar) Working(date time.Time) bool {
	if d, ok := c.days[midnight(date)]; ok {
		return d.Working
	}
	weekday := date.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// Next returns the first working day on or after date. A calendar without any working day within a year
// is an input error that must not hang the caller, so date itself comes back then.
func (c Calendar) Next(date time.Time) time.Time {
	date = midnight(date)
	for ahead := range 366 {
		if d := date.AddDate(0, 0, ahead); c.Working(d) {
			return d
		}
	}
	return date
}

// DateOf returns the date in Kyiv at the moment t, as midnight UTC: the form in which dates are compared.
func DateOf(t time.Time) time.Time {
	y, m, d := t.In(locale.Kyiv()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// midnight keeps the date that t shows in its own zone.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
