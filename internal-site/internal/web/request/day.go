package request

import (
	"time"

	"portal.example/shared/web"
)

// DayOf reads a day as addresses have it, or as people write it: 2026-09-01 or 1.9.2026. It is midnight UTC of that day.
func DayOf(value string) (at time.Time, ok bool) {
	for _, layout := range []string{time.DateOnly, "2.1.2006"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at, at.Year() > 1900 && at.Year() < 2200
		}
	}
	return at, false
}

// IsDay takes what DayOf reads.
func IsDay(value string) bool {
	_, ok := DayOf(value)
	return ok
}

// Day reads the day of a field, and usual where nothing was typed; a zero one leaves the field empty. The filter of such a field takes AnyText: what is
// no day stays in the field, with words that say how one is written, and nobody reads an answer about other days.
func Day(form *web.Form, name string, usual time.Time) time.Time {
	at, ok := DayOf(form.Value(name))
	switch {
	case form.Value(name) == "":
		at, ok = usual, !usual.IsZero()
	case !ok:
		form.Add(name, "form.day_written")
	}
	if !ok {
		return time.Time{}
	}
	form.Set(name, at.Format(time.DateOnly))
	return at
}

// KindOfDay is the type of a field for a day: one of days would show nothing of what it cannot read.
func KindOfDay(form *web.Form, name string) string {
	if value := form.Value(name); value == "" || IsDay(value) {
		return "date"
	}
	return "text"
}
