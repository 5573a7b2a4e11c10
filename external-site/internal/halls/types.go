// Package halls is what everybody may know of the halls of centres: how many people wait, how long it takes, and when it is quiet. It is
// made of counts that the inside makes; there is no ticket and no person in it.
//
// types.go is pure; store.go holds the SQL. It may import internal/address, internal/modules, and shared.
package halls

import (
	"cmp"
	"slices"
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// Hall is the hall of a centre.
type Hall struct {
	Centre  locale.Text
	Slug    string // of the centre
	Address locale.Text
	Booked  bool // a time can be booked
	Load    Load
	Usual   []Hour // by weekday and hour; empty: not known yet
	Waits   []Wait // of those who take a ticket now, by the name of what for; empty where nobody can say
	Intakes []Intake
}

// Intake is a part of a day in which tickets are given. A hall has those of the next weeks, in order; none where nobody knows its hours.
type Intake struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Closes time.Time `json:"closes"` // the hall, that day; zero: nobody knows its hours of that day, and it is all of it
}

// Door says when tickets are given.
type Door struct {
	Open   bool
	Closes time.Time // the hall, while tickets are given
	Last   time.Time // until when they are, when that is before it closes and no break comes before; zero otherwise
	Next   time.Time // when they are given again, while they are not; zero: nobody knows the hours of that day
}

// Door is how the hall stands to its hours at a moment, false where nobody knows them.
func (h Hall) Door(now time.Time) (d Door, known bool) {
	for i, each := range h.Intakes {
		switch {
		case !now.Before(each.Until):
		case now.Before(each.From) && each.Closes.IsZero():
			return Door{}, true
		case now.Before(each.From):
			return Door{Next: each.From}, true
		case each.Closes.IsZero():
			return Door{}, false
		default:
			d = Door{Open: true, Closes: each.Closes}
			if goesOn := i+1 < len(h.Intakes) && h.Intakes[i+1].Closes.Equal(each.Closes); !goesOn && each.Until.Before(each.Closes) {
				d.Last = each.Until
			}
			return d, true
		}
	}
	return Door{}, false
}

// Stopped says whether the head lets nobody take a ticket for the rest of the day, although by its hours the hall gives some.
func (h Hall) Stopped(now time.Time) bool {
	d, known := h.Door(now)
	return h.Load.Closed && (!known || d.Open || workdays.DateOf(d.Next).Equal(workdays.DateOf(now)))
}

// Late says whether somebody who takes a ticket now may be called only when the hall has closed.
func (h Hall) Late(w Wait, now time.Time) bool {
	d, known := h.Door(now)
	if !known || !d.Open {
		return false
	}
	left := d.Closes.Sub(now)
	for i, each := range h.Intakes { // breaks cut out
		if i+1 < len(h.Intakes) && now.Before(each.Until) && each.Closes.Equal(d.Closes) && h.Intakes[i+1].Closes.Equal(d.Closes) {
			left -= h.Intakes[i+1].From.Sub(each.Until)
		}
	}
	if w.Most == nil {
		return left <= horizon
	}
	return time.Duration(*w.Most)*time.Minute > left
}

// horizon is how far ahead waits are looked for.
const horizon = 3 * time.Hour

// Wait is how long people are expected to wait who take a ticket now.
type Wait struct {
	Name locale.Text // of what they come for
	Half *int        // minutes, in which half of them are called; nil: more than three hours
	Most *int        // nine of ten; nil: the same
	At   time.Time   // when it was reckoned
}

// waitFor is for how long a wait is true: it is reckoned anew every minute.
const waitFor = 4 * time.Minute

// Kind is in which words a wait is told: two of its numbers, one when both are the same, open when nobody knows of the most, long when nobody knows at all.
func (w Wait) Kind() string {
	switch {
	case w.Half == nil:
		return "long"
	case w.Most == nil:
		return "open"
	case *w.Half == *w.Most:
		return "one"
	}
	return "two"
}

// Minutes are its numbers; 0 for what nobody knows.
func (w Wait) Minutes() (m struct{ Half, Most int }) {
	if w.Half != nil {
		m.Half = *w.Half
	}
	if w.Most != nil {
		m.Most = *w.Most
	}
	return m
}

// Oldest is when the wait that was reckoned first was; zero when there is none.
func (h Hall) Oldest() (at time.Time) {
	for _, w := range h.Waits {
		if at.IsZero() || w.At.Before(at) {
			at = w.At
		}
	}
	return at
}

// Load is the queue of a day as it was at a moment. Its zero value is a day on which nothing has happened yet.
type Load struct {
	Day        time.Time // the date, midnight UTC
	Waiting    int
	Windows    int         // with a clerk
	Longest    *time.Time  // since when whoever waits longest without an appointment has waited; nil: nobody does
	HalfWait   *int        // minutes, in which half of those were called who were called in the hour before At; nil: too few were
	Closed     bool        // no tickets are given
	ClosedWord locale.Text // why
	At         time.Time   // when any of this changed last
}

// measuredFor is for how long it is true how long those waited who were called lately.
const measuredFor = time.Hour

// on is the load as it is at a moment: that of a day before says nothing of today, and what was measured long ago nothing of now.
func (l Load) on(now time.Time) Load {
	if today := workdays.DateOf(now); !l.Day.Equal(today) {
		return Load{Day: today}
	}
	if now.Sub(l.At) > measuredFor {
		l.HalfWait = nil
	}
	return l
}

// LongestMinutes is for how many minutes somebody waits already, 0 when nobody does.
func (l Load) LongestMinutes(now time.Time) int {
	if l.Longest == nil {
		return 0
	}
	return max(0, int(now.Sub(*l.Longest)/time.Minute))
}

// Hour is how it usually is in an hour of a weekday.
type Hour struct {
	Weekday  time.Weekday
	Hour     int // in Kyiv
	People   int // who come without an appointment
	HalfWait int // minutes, in which half of them are called
}

// Day is when it is usually quiet on a weekday, and when people wait longest.
type Day struct {
	Weekday        time.Weekday
	Quiet, Crowded Hour
}

// Days are the weekdays of which at least two hours are known, Monday first.
func (h Hall) Days() (list []Day) {
	for i := range 7 {
		weekday := time.Weekday((i + 1) % 7)
		hours := slices.DeleteFunc(slices.Clone(h.Usual), func(u Hour) bool { return u.Weekday != weekday })
		if len(hours) < 2 {
			continue
		}
		slices.SortStableFunc(hours, func(a, b Hour) int {
			return cmp.Or(cmp.Compare(a.HalfWait, b.HalfWait), cmp.Compare(a.People, b.People))
		})
		list = append(list, Day{weekday, hours[0], hours[len(hours)-1]})
	}
	return list
}
