package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/hours"
)

// at returns the schedule with its exceptions set on dates after today. A date that falls on a closed day moves on
// to the next day with hours, where an exception means something.
func (s schedule) at(today time.Time) (hours.Schedule, error) {
	out := hours.Schedule{Note: s.Note}
	for _, line := range s.Week {
		days, err := weekdays(line)
		if err != nil {
			return out, err
		}
		out.Week = append(out.Week, days...)
	}
	for _, e := range s.Exceptions {
		date := today.AddDate(0, 0, e.InDays)
		for range 7 {
			if _, _, open := (hours.Schedule{Week: out.Week}).On(noon(date)); open {
				break
			}
			date = date.AddDate(0, 0, 1)
		}
		out.Exceptions = append(out.Exceptions, hours.Exception{
			Date: date.Format(time.DateOnly), Closed: e.Closed, Opens: e.Opens, Closes: e.Closes, Reason: e.Reason,
		})
	}
	return out, nil
}

// weekdays reads "1-4 08:00-17:00 12:00-12:45".
func weekdays(line string) ([]hours.Day, error) {
	parts := strings.Fields(line)
	if len(parts) < 2 {
		return nil, fmt.Errorf("schedule line %q: expected days and hours", line)
	}
	from, to, isRange := strings.Cut(parts[0], "-")
	if !isRange {
		to = from
	}
	first, errFirst := strconv.Atoi(from)
	last, errLast := strconv.Atoi(to)
	if errFirst != nil || errLast != nil || first < 1 || last > 7 || first > last {
		return nil, fmt.Errorf("schedule line %q: days run from 1 to 7", line)
	}
	var spans []hours.Interval
	for _, p := range parts[1:] {
		opens, closes, ok := strings.Cut(p, "-")
		if !ok || opens >= closes {
			return nil, fmt.Errorf("schedule line %q: %q is no time span", line, p)
		}
		spans = append(spans, hours.Interval{From: opens, To: closes})
	}
	var days []hours.Day
	for d := first; d <= last; d++ {
		days = append(days, hours.Day{Weekday: d, Opens: spans[0].From, Closes: spans[0].To, Breaks: spans[1:]})
	}
	return days, nil
}
