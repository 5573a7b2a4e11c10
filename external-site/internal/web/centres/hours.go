package centres

import (
	"time"

	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
)

// timetable is the hours of a place.
type timetable struct {
	Week  []cardview.WeekRow
	Other []cardview.OtherDay // coming days that differ from the week
	Note  locale.Text
}

const aheadDays = 60

func newTimetable(p *locale.Printer, s hours.Schedule, now time.Time) timetable {
	return timetable{Week: cardview.Week(p, s), Other: cardview.OtherDays(p, s, now, aheadDays), Note: s.Note}
}
