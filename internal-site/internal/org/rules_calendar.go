package org

import (
	"slices"
	"time"
	"unicode/utf8"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// SpecialDay is a day that differs from the plain Monday-to-Friday week, as staff edit it.
type SpecialDay struct {
	Date    time.Time // midnight UTC
	Working bool      // worked though the week has it off, or off though the week has it worked
	Name    locale.Text
	Version int // 0: not in the calendar yet
}

// CalendarChange is one change of the calendar: days that are written, and days that become plain again.
type CalendarChange struct {
	Set    []SpecialDay
	Remove []SpecialDay
}

const (
	maxDayName = 200
	firstYear  = 2000 // nothing that is still under work began earlier
	// YearsAhead is how far ahead a day may be entered.
	YearsAhead = 5
)

// Check says what is wrong with a day before it is saved. today is the date in Kyiv.
func (d SpecialDay) Check(today time.Time) error {
	c := &check{}
	c.that(!d.Date.IsZero(), "date", "org.day_required")
	if !d.Date.IsZero() {
		last := today.Year() + YearsAhead
		c.that(d.Date.Year() >= firstYear && d.Date.Year() <= last, "date", "org.day_range", firstYear, last)
		plain := (workdays.Calendar{}).Working(d.Date)
		c.that(!d.Working || !plain, "date", "org.day_works_anyway")
		c.that(d.Working || plain, "date", "org.day_off_anyway")
	}
	c.that(d.Name.UK != "", "name.uk", "org.day_name_required")
	c.that(utf8.RuneCountInString(d.Name.UK) <= maxDayName, "name.uk", "form.too_long", maxDayName)
	c.that(utf8.RuneCountInString(d.Name.EN) <= maxDayName, "name.en", "form.too_long", maxDayName)
	return fault.InvalidFields(c.wrong...)
}

// Past says whether the change touches a day that is over: terms that ended meanwhile may move.
func (c CalendarChange) Past(today time.Time) bool {
	over := func(d SpecialDay) bool { return d.Date.Before(today) }
	return slices.ContainsFunc(c.Set, over) || slices.ContainsFunc(c.Remove, over)
}

// check says everything that is wrong with the change.
func (c CalendarChange) check(today time.Time) error {
	for _, d := range c.Set {
		if err := d.Check(today); err != nil {
			return err
		}
	}
	return nil
}

// On returns the calendar as it will be when the change is made.
func (c CalendarChange) On(days []SpecialDay) workdays.Calendar {
	changed := map[time.Time]bool{}
	for _, d := range append(slices.Clone(c.Set), c.Remove...) {
		changed[d.Date] = true
	}
	days = slices.DeleteFunc(slices.Clone(days), func(d SpecialDay) bool { return changed[d.Date] })
	return calendarOf(append(days, c.Set...))
}

func calendarOf(days []SpecialDay) workdays.Calendar {
	list := make([]workdays.Day, 0, len(days))
	for _, d := range days {
		list = append(list, workdays.Day{Date: d.Date, Working: d.Working, Name: d.Name.UK})
	}
	return workdays.NewCalendar(list)
}
