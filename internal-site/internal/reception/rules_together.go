package reception

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/workdays"
)

// Matters are all that an appointment is for, in the order in which they are served.
func (a Appointment) Matters() []Matter {
	return append([]Matter{{GroupID: a.Group, ServiceID: a.Service}}, a.Further...)
}

// Matters are all that the appointment is for, in the order in which they are served.
func (b Booking) Matters() []Matter {
	return append([]Matter{{GroupID: b.GroupID, ServiceID: b.ServiceID}}, b.Further...)
}

// Matters are all that the person came for, the one in turn first.
func (t Ticket) Matters() []Matter {
	return append([]Matter{{GroupID: t.GroupID, ServiceID: t.ServiceID}}, t.Further...)
}

// groupsOf are the groups of matters, each once.
func groupsOf(matters []Matter) (list []uuid.UUID) {
	for _, m := range matters {
		if !slices.Contains(list, m.GroupID) {
			list = append(list, m.GroupID)
		}
	}
	return list
}

// servesAll says whether the window can do all of the groups.
func (w Window) servesAll(groups []uuid.UUID) bool {
	return !slices.ContainsFunc(groups, func(g uuid.UUID) bool { return !slices.Contains(w.Groups, g) })
}

// does says whether each of the groups is done by some window in use, be it by another one than the rest.
func (h Hall) does(groups []uuid.UUID) bool {
	windows := h.OpenWindows()
	return !slices.ContainsFunc(groups, func(g uuid.UUID) bool {
		return !slices.ContainsFunc(windows, func(w Window) bool { return slices.Contains(w.Groups, g) })
	})
}

// Takes is how many minutes an appointment for the matters lasts: see contract.MattersLast.
func (h Hall) Takes(matters []Matter) int {
	minutes := make([]int, len(matters))
	for i, m := range matters {
		minutes[i] = h.Group(m.GroupID).Minutes
	}
	return contract.MattersLast(minutes, h.Plan.Between)
}

// Together are the groups, in order, for which somebody can book beside one of the group: some window can do both and receives
// appointments of one of them. The group itself is among them, where it can be booked.
func (h Hall) Together(group uuid.UUID) (list []Group) {
	for _, g := range h.BookedGroups() {
		both := []uuid.UUID{group, g.ID}
		if slices.ContainsFunc(h.Windows, func(w Window) bool {
			own, ok := h.appoints(w)
			return ok && slices.Contains(both, own.ID) && w.servesAll(both)
		}) {
			list = append(list, g)
		}
	}
	return list
}

// Place is a time that is offered, as it stands among the appointments of its window.
type Place struct {
	Slot

	// Room is for how many minutes from its beginning one appointment may have the window; 0: the time is not free.
	Room int
}

// mark is a time of the grid of a window's day.
type mark struct {
	Slot

	kept bool      // for people without an appointment
	ends time.Time // of the open part of the day that it lies in
	busy bool      // an appointment is in its way
	past bool      // it has begun, and can be given to nobody any more
}

// grid are all times of a window on a date in order, also those that are kept for people without an appointment: of a hundred of them
// Plan.Share, evenly over the day.
func (h Hall) grid(parts []hours.Span, g Group, w Window) (list []mark) {
	length := time.Duration(g.Minutes) * time.Minute
	for _, part := range parts {
		for at := part.From; !at.Add(length).After(part.To); at = at.Add(length) {
			nth := len(list) + 1
			list = append(list, mark{
				Slot: Slot{WindowID: w.ID, GroupID: g.ID, BeginsAt: at.UTC(), Minutes: g.Minutes},
				kept: nth*h.Plan.Share/100 != (nth-1)*h.Plan.Share/100, ends: part.To,
			})
		}
	}
	return list
}

// marksOn is the grid of a window on a date (midnight UTC); none when the window receives nobody on it.
func (h Hall) marksOn(o Opening, w Window, date time.Time) []mark {
	g, ok := h.appoints(w)
	if !ok || h.absent(w, date) {
		return nil
	}
	return h.grid(o.parts(date), g, w)
}

// placesOn are the times that a window offers on a date (midnight UTC) as they stand among appointments at a moment; those of other windows and
// days, and such that have ended, do not matter. An appointment takes as many times as it meets. One that is long may pass over times that are kept
// for people without an appointment: as many others that have not begun are kept in their stead, so what is left of a day never keeps fewer than
// its share because of it.
func (h Hall) placesOn(o Opening, w Window, date, now time.Time, list []Booking) []Place {
	marks := h.marksOn(o, w, date)
	own := slices.DeleteFunc(slices.Clone(list), func(b Booking) bool {
		return b.WindowID != w.ID || b.State != Booked && b.State != Arrived
	})
	slices.SortFunc(own, func(a, b Booking) int { return a.BeginsAt.Compare(b.BeginsAt) })
	offered := make([]bool, len(marks))
	for i := range marks {
		m := &marks[i]
		offered[i], m.past = !m.kept, !m.BeginsAt.After(now)
		m.busy = slices.ContainsFunc(own, func(b Booking) bool { return b.BeginsAt.Before(m.EndsAt()) && m.BeginsAt.Before(b.EndsAt()) })
	}
	moveKept(marks)
	spare := 0 // how many times may still be taken
	for _, m := range marks {
		if !m.past && !m.busy && !m.kept {
			spare++
		}
	}
	most := h.longest(w)
	var places []Place
	for i, m := range marks {
		if !offered[i] {
			continue
		}
		p := Place{Slot: m.Slot}
		if !m.past && !m.busy && !m.kept {
			p.Room = min(most, int(room(marks[i:], own, spare)/time.Minute))
		}
		places = append(places, p)
	}
	return places
}

// moveKept keeps other times instead of kept ones that an appointment passes over: the next one that is free, or else the last before it that has
// not begun. A time that was free when it began was there for whoever stood in the hall, so one that was kept until then has done its duty.
func moveKept(marks []mark) {
	for i := range marks {
		if !marks[i].kept || !marks[i].busy {
			continue
		}
		free := func(m mark) bool { return !m.kept && !m.busy }
		if to := slices.IndexFunc(marks[i:], free); to >= 0 {
			marks[i+to].kept = true
			continue
		}
		for to := i - 1; to >= 0 && !marks[to].past; to-- {
			if free(marks[to]) {
				marks[to].kept = true
				break
			}
		}
	}
}

// room is for how long one appointment can have the window from the first of the marks on: up to the next appointment, to the end of
// the open part, and over at most so many times.
func room(marks []mark, own []Booking, spare int) time.Duration {
	first := marks[0]
	until := first.ends
	for _, b := range own {
		if b.BeginsAt.After(first.BeginsAt) && b.BeginsAt.Before(until) {
			until = b.BeginsAt
		}
	}
	if spare < len(marks) && marks[spare].BeginsAt.Before(until) {
		until = marks[spare].BeginsAt
	}
	return until.Sub(first.BeginsAt)
}

// longest is how many minutes the longest appointment could last that a window takes.
func (h Hall) longest(w Window) int {
	longest := 0
	for _, id := range w.Groups {
		longest = max(longest, h.Group(id).Minutes)
	}
	return contract.MattersLast(slices.Repeat([]int{longest}, contract.MaxMatters), max(0, h.Plan.Between))
}

// Places are the times that the hall offers on a date (midnight UTC) from a moment on, with how they stand among appointments; none
// when the date is not one for which times are offered.
func (h Hall) Places(o Opening, date, now time.Time, list []Booking) (places []Place) {
	today := workdays.DateOf(now)
	if h.Plan.Ahead == 0 || date.Before(today) || date.After(today.AddDate(0, 0, h.Plan.Ahead)) {
		return nil
	}
	for _, w := range h.OpenWindows() {
		for _, p := range h.placesOn(o, w, date, now, list) {
			if p.BeginsAt.After(now) {
				places = append(places, p)
			}
		}
	}
	return places
}

// Fitting are those of the places at which all of the matters can be served one after another, by one appointment: their windows receive
// appointments of one of the groups and can do all, and are free for the whole length. Those of the first matter's group come first. A window
// still names groups that are offered no more, for whoever has a ticket of them: nobody books those, beside another one either.
func (h Hall) Fitting(places []Place, matters []Matter) (list []Place) {
	groups, minutes := groupsOf(matters), h.Takes(matters)
	if slices.ContainsFunc(groups, func(id uuid.UUID) bool { return h.Group(id).Retired }) {
		return nil
	}
	for _, p := range places {
		w, known := h.Window(p.WindowID)
		if known && p.Room > 0 && p.Room >= minutes && slices.Contains(groups, p.GroupID) && w.servesAll(groups) {
			list = append(list, p)
		}
	}
	first := func(p Place) int {
		if p.GroupID == groups[0] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b Place) int { return cmp.Compare(first(a), first(b)) })
	return list
}

// Moments are the moments at which places begin, each once, in order.
func Moments(places []Place) (list []time.Time) {
	for _, p := range places {
		list = append(list, p.BeginsAt)
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// turnTo is the ticket with the nth of its further matters in turn; the one that was in turn before is kept in its stead.
func (t Ticket) turnTo(n int) Ticket {
	m := t.Further[n]
	t.Further = slices.Clone(t.Further)
	t.Further[n] = Matter{GroupID: t.GroupID, ServiceID: t.ServiceID}
	t.GroupID, t.ServiceID = m.GroupID, m.ServiceID
	return t
}

// parted are the tickets of a day with those marked whose people came for several matters and would wait for a clerk who is not there: nobody at a window
// can do all of it, and somebody can do some. Whoever can do the matter in turn calls them; where nobody can, the first matter that somebody can do
// comes in turn.
func (n Now) parted() []Ticket {
	windows := slices.DeleteFunc(n.Hall.OpenWindows(), func(w Window) bool { return n.Day.Clerk(w.ID) == "" })
	there := func(groups ...uuid.UUID) bool {
		return slices.ContainsFunc(windows, func(w Window) bool { return w.servesAll(groups) })
	}
	list := slices.Clone(n.Day.Tickets)
	for i, t := range list {
		if t.State != Waiting || !t.Together || t.ForWindow != nil || there(groupsOf(t.Matters())...) {
			continue
		}
		if !there(t.GroupID) {
			turn := slices.IndexFunc(t.Further, func(m Matter) bool { return there(m.GroupID) })
			if turn < 0 {
				continue
			}
			t = t.turnTo(turn)
		}
		t.Apart = true
		list[i] = t
	}
	return list
}

// TakesUp says whether the nth of the further matters of somebody can be taken up at the window: what it cannot do is for another one.
func (w Window) TakesUp(t Ticket, n int) bool {
	return !t.Together || slices.Contains(w.Groups, t.Further[n].GroupID)
}

// moved is the ticket once the move was made at a moment, and the act that is written down. Whoever is called by a window that cannot do the matter
// in turn, as from among those who were put off, begins with the first one that it can do; who is finished at one that could not do all goes on with
// the rest.
func (h Hall) moved(t Ticket, m Move, now time.Time) (Ticket, Act, error) {
	switch {
	case m.Act == Call && m.Window != nil && t.Together:
		w, _ := h.Window(*m.Window)
		if n := slices.IndexFunc(t.Further, func(f Matter) bool { return slices.Contains(w.Groups, f.GroupID) }); n >= 0 && !slices.Contains(w.Groups, t.GroupID) {
			t = t.turnTo(n)
		}
	case m.Act == Finish && t.WindowID != nil && t.May(Finish):
		w, _ := h.Window(*t.WindowID)
		if rest := t.Rest(w); len(rest) > 0 {
			t, err := t.goesOn(rest, now)
			return t, Forward, err
		}
	}
	t, err := t.forwarded(h, m).After(m, now)
	return t, m.Act, err
}

// forwarded is the ticket with the matter in turn that it is sent to: one of its own, or another one.
func (t Ticket) forwarded(h Hall, m Move) Ticket {
	if m.Act != Forward || m.Group == t.GroupID {
		return t
	}
	if i := slices.IndexFunc(t.Further, func(f Matter) bool { return f.GroupID == m.Group }); i >= 0 {
		return t.turnTo(i)
	}
	t.ServiceID = h.Group(m.Group).service() // what they came for is another matter now
	return t
}

// Rest are the matters that the window cannot do of somebody who should have had all of them done in one place. The one in turn counts as done there.
func (t Ticket) Rest(w Window) (rest []Matter) {
	for _, m := range t.Further {
		if t.Together && !slices.Contains(w.Groups, m.GroupID) {
			rest = append(rest, m)
		}
	}
	return rest
}

// goesOn is the ticket of somebody for whom a window has done what it can: it waits where it stood, with the rest.
func (t Ticket) goesOn(rest []Matter, now time.Time) (Ticket, error) {
	done := len(t.Matters()) - len(rest)
	t, err := t.After(Move{Act: Forward, Group: rest[0].GroupID}, now)
	t.ServiceID, t.Further, t.Together, t.Earlier = rest[0].ServiceID, rest[1:], len(rest) > 1, t.Earlier+done
	return t, err
}

// groupsAt are the groups of what a window does for the person, one for each matter.
func (t Ticket) groupsAt(w Window) []uuid.UUID {
	all := t.allGroups()
	own := slices.DeleteFunc(slices.Clone(all), func(g uuid.UUID) bool { return !slices.Contains(w.Groups, g) })
	if !t.Together || len(own) == 0 {
		return all
	}
	return own
}
