// Package hours is the schedule of a centre or an authority: the week, the days that differ, and what is open
// now. Times are wall-clock times in Europe/Kyiv. It knows no database and no page; standard library and
// shared/locale only.
package hours

import (
	"slices"
	"time"

	"portal.example/shared/locale"
)

// Schedule is stored as JSON beside its owner. The zero value means that no hours are known.
type Schedule struct {
	Week       []Day       `json:"week"`       // only days with hours; a weekday that is missing is closed
	Exceptions []Exception `json:"exceptions"` // particular dates that differ
	Note       locale.Text `json:"note"`       // e.g. that work goes on in a shelter during an air alert
}

// Day is one weekday. Clock times are "HH:MM", 24 hours.
type Day struct {
	Weekday int        `json:"weekday"` // ISO 8601: 1 Monday … 7 Sunday
	Opens   string     `json:"opens"`
	Closes  string     `json:"closes"`
	Breaks  []Interval `json:"breaks,omitempty"`
}

// Interval is a part of a day.
type Interval struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Exception is one date that differs from the week.
type Exception struct {
	Date   string      `json:"date"` // YYYY-MM-DD
	Closed bool        `json:"closed"`
	Opens  string      `json:"opens,omitempty"`
	Closes string      `json:"closes,omitempty"`
	Reason locale.Text `json:"reason"`
}

// Status says what a visitor would find at a moment.
type Status struct {
	Known bool // false: no hours are known
	Open  bool
	// Until is when the present state ends: closing time or the beginning of a break when open, the next
	// opening when closed. Zero when nothing opens within two weeks.
	Until   time.Time
	OnBreak bool
}

// Known says whether any hours are known.
func (s Schedule) Known() bool { return len(s.Week) > 0 || len(s.Exceptions) > 0 }

// At says whether the owner of the schedule is open at the moment t.
func (s Schedule) At(t time.Time) Status {
	if !s.Known() {
		return Status{}
	}
	t = t.In(locale.Kyiv())
	today := s.open(t)
	for i, part := range today {
		switch {
		case t.Before(part.From):
			return Status{Known: true, Until: part.From, OnBreak: i > 0}
		case t.Before(part.To):
			return Status{Known: true, Open: true, Until: part.To}
		}
	}
	for ahead := 1; ahead <= 14; ahead++ {
		day := time.Date(t.Year(), t.Month(), t.Day()+ahead, 12, 0, 0, 0, t.Location())
		if parts := s.open(day); len(parts) > 0 {
			return Status{Known: true, Until: parts[0].From}
		}
	}
	return Status{Known: true}
}

// On returns the hours of the date of t, with its exception if there is one; ok is false when it is closed.
func (s Schedule) On(t time.Time) (day Day, exception *Exception, ok bool) {
	t = t.In(locale.Kyiv())
	date := t.Format(time.DateOnly)
	if i := slices.IndexFunc(s.Exceptions, func(e Exception) bool { return e.Date == date }); i >= 0 {
		e := s.Exceptions[i]
		return Day{Weekday: isoWeekday(t), Opens: e.Opens, Closes: e.Closes}, &e, !e.Closed && e.Opens != ""
	}
	i := slices.IndexFunc(s.Week, func(d Day) bool { return d.Weekday == isoWeekday(t) })
	if i < 0 {
		return Day{}, nil, false
	}
	return s.Week[i], nil, true
}

// Span is a part of a date: from one moment until another, which is not in it.
type Span struct{ From, To time.Time }

// Parts are the open parts of the date that t has in Kyiv, in order, breaks cut out; none when it is closed or no hours are known.
func (s Schedule) Parts(t time.Time) []Span { return s.open(t.In(locale.Kyiv())) }

// open returns the open parts of t's date in order, breaks cut out.
func (s Schedule) open(t time.Time) []Span {
	day, _, ok := s.On(t)
	if !ok {
		return nil
	}
	from, okFrom := clock(t, day.Opens)
	end, okEnd := clock(t, day.Closes)
	if !okFrom || !okEnd || !from.Before(end) {
		return nil
	}
	var parts []Span
	for _, b := range day.Breaks {
		start, okStart := clock(t, b.From)
		stop, okStop := clock(t, b.To)
		if okStart && okStop && from.Before(start) && start.Before(stop) && stop.Before(end) {
			parts = append(parts, Span{from, start})
			from = stop
		}
	}
	return append(parts, Span{from, end})
}

func clock(day time.Time, hhmm string) (time.Time, bool) {
	c, err := time.Parse("15:04", hhmm)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), c.Hour(), c.Minute(), 0, 0, day.Location()), true
}

func isoWeekday(t time.Time) int {
	if t.Weekday() == time.Sunday {
		return 7
	}
	return int(t.Weekday())
}
