package reception

import (
	"slices"
	"time"

	"portal.example/shared/workdays"
)

// Unreached is how many of the times of a date (midnight UTC) people may hold who booked online and left no contact: a fifth, rounded up.
func (h Hall) Unreached(o Opening, date time.Time) int { return (h.timesOn(o, date) + 4) / 5 }

// New is how many of the times of a date (midnight UTC) people may hold who booked online and have never come before: Plan.New of a
// hundred, rounded up.
func (h Hall) New(o Opening, date time.Time) int { return (h.timesOn(o, date)*h.Plan.New + 99) / 100 }

func (h Hall) timesOn(o Opening, date time.Time) (n int) {
	for _, w := range h.OpenWindows() {
		n += len(h.placesOn(o, w, date, time.Time{}, nil))
	}
	return n
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

// Stands says whether an appointment can still be kept as it was booked: its window can do all of its matters, and the centre is open all the
// while. Whether its time is on today's grid, and how far ahead times are offered, does not matter.
func (h Hall) Stands(o Opening, b Booking) bool {
	w, known := h.Window(b.WindowID)
	date := workdays.DateOf(b.BeginsAt)
	if !known || w.Retired || !w.servesAll(groupsOf(b.Matters())) || o.Off[date] || h.absent(w, date) {
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
