package forms

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"portal.example/shared/locale"
)

// dateLimit is a bound of a date: a day, or today with an offset. The zero value is no bound.
type dateLimit struct {
	day                 time.Time // midnight UTC; zero when relative
	relative            bool
	years, months, days int
}

var relativeDate = regexp.MustCompile(`^today(?:([+-][0-9]{1,5})([ymd]))?$`)

func parseDateLimit(s string) (dateLimit, error) {
	if s == "" {
		return dateLimit{}, nil
	}
	m := relativeDate.FindStringSubmatch(s)
	if m == nil {
		day, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return dateLimit{}, errors.New(`expected "2020-01-31", "today", "today-18y", "today+3m" or "today+30d"`)
		}
		return dateLimit{day: day}, nil
	}
	l := dateLimit{relative: true}
	if m[1] == "" {
		return l, nil
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return dateLimit{}, fmt.Errorf("offset: %w", err)
	}
	switch m[2] {
	case "y":
		l.years = n
	case "m":
		l.months = n
	case "d":
		l.days = n
	}
	return l, nil
}

func (l dateLimit) isZero() bool { return !l.relative && l.day.IsZero() }

// on resolves the limit for the calendar day today (midnight UTC).
func (l dateLimit) on(today time.Time) time.Time {
	if l.relative {
		return today.AddDate(l.years, l.months, l.days)
	}
	return l.day
}

// Day is the day that a bound of a date names, on the day of now in Kyiv; the zero time when there is no bound.
func Day(bound string, now time.Time) (time.Time, error) {
	l, err := parseDateLimit(bound)
	if err != nil || l.isZero() {
		return time.Time{}, err
	}
	y, m, d := now.In(locale.Kyiv()).Date()
	return l.on(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)), nil
}
