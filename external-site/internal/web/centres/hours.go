package centres

import (
	"slices"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
)

// timetable is the hours of a place.
type timetable struct {
	Week       []cardview.WeekRow
	Exceptions []exception
	Note       locale.Text
}

// exception is a coming day that differs from the week.
type exception struct {
	Day    time.Time // noon
	Hours  string
	Reason locale.Text
}

const aheadDays = 60

func newTimetable(p *locale.Printer, s hours.Schedule, now time.Time) timetable {
	t := timetable{Week: cardview.Week(p, s), Note: s.Note}
	today := catalogue.Today(now)
	for _, e := range s.Exceptions {
		day, err := time.ParseInLocation(time.DateOnly, e.Date, time.UTC)
		if err != nil || day.Before(today) || day.After(today.AddDate(0, 0, aheadDays)) {
			continue
		}
		row := exception{Day: day.Add(12 * time.Hour), Hours: e.Opens + "–" + e.Closes, Reason: e.Reason}
		if e.Closed || e.Opens == "" {
			row.Hours = p.T("card.day_off")
		}
		t.Exceptions = append(t.Exceptions, row)
	}
	slices.SortFunc(t.Exceptions, func(a, b exception) int { return a.Day.Compare(b.Day) })
	return t
}

// ISO is the day for machines.
func (e exception) ISO() string { return e.Day.Format(time.DateOnly) }
