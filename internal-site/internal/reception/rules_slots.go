package reception

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/workdays"
)

// Slots are the times that the hall offers from now on, by window and time, whether booked or not. A day off wins over everything: the
// hours of the centre, the calendar of the region and absences each close a day by themselves.
func (h Hall) Slots(o Opening, now time.Time) (list []Slot) {
	if h.Plan.Ahead == 0 {
		return nil
	}
	today := workdays.DateOf(now)
	for _, w := range h.OpenWindows() {
		for ahead := range h.Plan.Ahead + 1 {
			for _, s := range h.slotsOn(o, w, today.AddDate(0, 0, ahead)) {
				if s.BeginsAt.After(now) {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// Unreached is how many of the times of a date (midnight UTC) people may hold who booked online and left no contact: a fifth, rounded up.
func (h Hall) Unreached(o Opening, date time.Time) int { return (h.timesOn(o, date) + 4) / 5 }

// New is how many of the times of a date (midnight UTC) people may hold who booked online and have never come before: Plan.New of a
// hundred, rounded up.
func (h Hall) New(o Opening, date time.Time) int { return (h.timesOn(o, date)*h.Plan.New + 99) / 100 }

func (h Hall) timesOn(o Opening, date time.Time) (n int) {
	for _, w := range h.OpenWindows() {
		n += len(h.slotsOn(o, w, date))
	}
	return n
}

// slotsOn are the times of a window on a date. Of a hundred of them Plan.Share are left out, evenly over the day: the window calls
// people without an appointment then.
func (h Hall) slotsOn(o Opening, w Window, date time.Time) (list []Slot) {
	g, ok := h.appoints(w)
	if !ok || h.absent(w, date) {
		return nil
	}
	length, nth := time.Duration(g.Minutes)*time.Minute, 0
	for _, part := range o.parts(date) {
		for at := part.From; !at.Add(length).After(part.To); at = at.Add(length) {
			if nth++; nth*h.Plan.Share/100 == (nth-1)*h.Plan.Share/100 {
				list = append(list, Slot{WindowID: w.ID, GroupID: g.ID, BeginsAt: at.UTC(), Minutes: g.Minutes})
			}
		}
	}
	return list
}

// appoints is the group whose appointments the window receives; false for none.
func (h Hall) appoints(w Window) (Group, bool) {
	if w.Appoints == nil || w.Retired || !slices.Contains(w.Groups, *w.Appoints) {
		return Group{}, false
	}
	g := h.Group(*w.Appoints)
	return g, g.ID == *w.Appoints && !g.Retired && g.Minutes > 0
}

func (h Hall) absent(w Window, date time.Time) bool {
	return slices.ContainsFunc(h.Plan.Absences, func(a Absence) bool {
		return (a.WindowID == nil || *a.WindowID == w.ID) && !date.Before(a.First) && !date.After(a.Last)
	})
}

// BookedGroups are those for which people can book.
func (h Hall) BookedGroups() []Group {
	return slices.DeleteFunc(h.OpenGroups(), func(g Group) bool {
		return h.Plan.Ahead == 0 || !slices.ContainsFunc(h.Windows, func(w Window) bool {
			own, ok := h.appoints(w)
			return ok && own.ID == g.ID
		})
	})
}

// Stands says whether an appointment can still be kept as it was booked: its window receives its group, and the centre is open all the
// while. Whether its time is on today's grid, and how far ahead times are offered, does not matter.
func (h Hall) Stands(o Opening, b Booking) bool {
	w, known := h.Window(b.WindowID)
	date := workdays.DateOf(b.BeginsAt)
	if !known || w.Retired || !slices.Contains(w.Groups, b.GroupID) || o.Off[date] || h.absent(w, date) {
		return false
	}
	for _, part := range o.Schedule.Parts(b.BeginsAt) {
		if !b.BeginsAt.Before(part.From) && !b.EndsAt().After(part.To) {
			return true
		}
	}
	return false
}

// fallen are those of the appointments that cannot be kept as they were booked.
func (h Hall) fallen(o Opening, list []Booking) (fallen []Booking) {
	for _, b := range list {
		if !h.Stands(o, b) {
			fallen = append(fallen, b)
		}
	}
	return fallen
}

// Free are the slots that no appointment is in the way of.
func Free(slots []Slot, bookings []Booking) []Slot {
	taken := map[uuid.UUID][]Booking{}
	for _, b := range bookings {
		if b.State == Booked || b.State == Arrived {
			taken[b.WindowID] = append(taken[b.WindowID], b)
		}
	}
	return slices.DeleteFunc(slices.Clone(slots), func(s Slot) bool {
		return slices.ContainsFunc(taken[s.WindowID], func(b Booking) bool { return b.BeginsAt.Before(s.EndsAt()) && s.BeginsAt.Before(b.EndsAt()) })
	})
}

// Times are the moments of slots of a group, each once, in order.
func Times(slots []Slot, group uuid.UUID) (list []time.Time) {
	for _, s := range slots {
		if s.GroupID == group {
			list = append(list, s.BeginsAt)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// lateBy is how long after its time an appointment still goes before people without one.
const lateBy = 15 * time.Minute

// stands is where somebody who arrives for an appointment stands in the order: since its time, however early they come, and since they
// came when they are late. Whoever is later than lateBy stands as if they had none: booked is nil.
func (b Booking) stands(now time.Time) (booked *time.Time, since time.Time) {
	switch late := now.Sub(b.BeginsAt); {
	case late > lateBy:
		return nil, now
	case late > 0:
		return &b.BeginsAt, now
	}
	return &b.BeginsAt, b.BeginsAt
}
