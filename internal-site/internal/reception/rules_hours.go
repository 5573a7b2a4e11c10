package reception

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// DoorState is how a hall stands to its hours.
type DoorState string

// The states. Only Unbound and Open let people without an appointment take tickets by themselves.
const (
	Unbound DoorState = "unbound" // nobody knows its hours, so they keep nobody out
	Open    DoorState = "open"
	Last    DoorState = "last" // it receives, but closes soon
	Break   DoorState = "break"
	Shut    DoorState = "shut"
)

// Door is a hall beside its hours at a moment.
type Door struct {
	State  DoorState
	Closes time.Time // on that date; zero when it does not receive on it
	Next   time.Time // when tickets are given again; zero while they are, and when that is not within soon days
}

// Gives says whether somebody without an appointment may take a ticket.
func (d Door) Gives() bool { return d.State == Open || d.State == Unbound }

// Giving is a part of a day in which tickets are given: from From until Until, which is not in it. The hall closes at Closes; zero: nobody
// knows when, and the part is the whole day.
type Giving struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Closes time.Time `json:"closes"`
}

// soon is for how many days from today it is looked when a hall opens.
const soon = 31

// parts are the open parts of a date (midnight UTC) in order, breaks cut out; none on a day off.
func (o Opening) parts(date time.Time) []hours.Span {
	if o.Off[date] {
		return nil
	}
	return o.Schedule.Parts(noon(date))
}

// unbound says whether hours keep nobody out on a date (midnight UTC): nobody knows those of the date. On a weekend that the calendar says is
// worked the week says nothing of when.
func (o Opening) unbound(date time.Time) bool {
	day, exception, _ := o.Schedule.On(noon(date))
	if o.Off[date] || exception != nil {
		return false
	}
	return len(o.Schedule.Week) == 0 || o.Works[date] && day.Opens == ""
}

func noon(date time.Time) time.Time {
	return time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, locale.Kyiv())
}

// givings are the parts of a date (midnight UTC) in which tickets are given, in order: the last one ends so long before closing as the head says.
func (h Hall) givings(o Opening, date time.Time) (list []Giving) {
	if o.unbound(date) {
		return []Giving{{From: midnight(date).UTC(), Until: midnight(date.AddDate(0, 0, 1)).UTC()}}
	}
	parts := o.parts(date)
	if len(parts) == 0 {
		return nil
	}
	closes := parts[len(parts)-1].To
	last := closes.Add(-time.Duration(h.Last) * time.Minute)
	for _, p := range parts {
		until := p.To
		if last.Before(until) {
			until = last
		}
		if p.From.Before(until) {
			list = append(list, Giving{p.From.UTC(), until.UTC(), closes.UTC()})
		}
	}
	return list
}

// Givings are those of today and of the days that come soon.
func (h Hall) Givings(o Opening, now time.Time) (list []Giving) {
	today := workdays.DateOf(now)
	for ahead := range soon {
		list = append(list, h.givings(o, today.AddDate(0, 0, ahead))...)
	}
	return list
}

// Door is the hall beside its hours now. What the calendar of the region closes is closed, also where nobody knows the hours. When tickets are
// given again is not said when nobody knows the hours of that day.
func (n Now) Door() Door {
	today := workdays.DateOf(n.At)
	if n.Opening.unbound(today) {
		return Door{State: Unbound}
	}
	d, inside, begun := Door{State: Shut}, false, false
	for _, p := range n.Opening.parts(today) {
		d.Closes = p.To
		begun = begun || !n.At.Before(p.From)
		inside = inside || !n.At.Before(p.From) && n.At.Before(p.To)
	}
	for _, i := range n.Hall.Givings(n.Opening, n.At) {
		if !n.At.Before(i.Until) {
			continue
		}
		if !n.At.Before(i.From) {
			d.State = Open
			return d
		}
		if !i.Closes.IsZero() {
			d.Next = i.From
		}
		break
	}
	switch {
	case inside:
		d.State = Last
	case begun && n.At.Before(d.Closes):
		d.State = Break
	}
	return d
}

// left is for how long the hall still receives today, breaks cut out.
func (n Now) left() (left time.Duration) {
	for _, p := range n.Opening.parts(workdays.DateOf(n.At)) {
		if from := p.From; n.At.Before(p.To) {
			if from.Before(n.At) {
				from = n.At
			}
			left += p.To.Sub(from)
		}
	}
	return left
}

// Lateness is what says who may not be served before the hall closes. Make it with Now.Lateness, once for all who are asked about.
type Lateness struct {
	left  time.Duration
	takes map[uuid.UUID]time.Duration // half of the people of a group take no longer at the window; without those of whom nothing is known
}

// Lateness reckons it as the hall is now.
func (n Now) Lateness() Lateness {
	l := Lateness{n.left(), map[uuid.UUID]time.Duration{}}
	for _, g := range n.Hall.Groups {
		if p := n.pace(g); len(p) > 0 {
			l.takes[g.ID] = p[(len(p)-1)/2]
		}
	}
	return l
}

// Late says whether somebody who waits so long for a group may not be served before the hall closes: of ten such people at least one is still
// at the window then. It says nothing once the hall has closed, nor where nobody knows its hours.
func (l Lateness) Late(e Expected, group uuid.UUID) bool {
	takes, known := l.takes[group]
	return known && l.left > 0 && e.Most+takes > l.left
}
