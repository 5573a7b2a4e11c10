package demo

import (
	"net/url"
	"strings"
	"time"

	"portal.example/shared/locale"
)

// kyiv is a wall-clock time in Kyiv on the date that day shows.
func kyiv(day time.Time, hour, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, locale.Kyiv())
}

func noon(day time.Time) time.Time { return kyiv(day, 12, 0) }

// dateOf is the date in Kyiv as midnight UTC, the form of a date column.
func dateOf(t time.Time) time.Time {
	t = t.In(locale.Kyiv())
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// escapePath keeps the slashes of a registration number and escapes its Cyrillic letters.
func escapePath(s string) string {
	parts := strings.Split(s, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}
