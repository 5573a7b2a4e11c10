package reception

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Group is the group with the id, retired ones too; zero when there is none.
func (h Hall) Group(id uuid.UUID) (g Group) {
	if i := slices.IndexFunc(h.Groups, func(g Group) bool { return g.ID == id }); i >= 0 {
		g = h.Groups[i]
	}
	return g
}

// Window is the window with the id, false when there is none.
func (h Hall) Window(id uuid.UUID) (Window, bool) {
	i := slices.IndexFunc(h.Windows, func(w Window) bool { return w.ID == id })
	if i < 0 {
		return Window{}, false
	}
	return h.Windows[i], true
}

// Priority is the reason with the id; zero when there is none.
func (h Hall) Priority(id *uuid.UUID) (p Priority) {
	if i := slices.IndexFunc(h.Priorities, func(p Priority) bool { return id != nil && p.ID == *id }); i >= 0 {
		p = h.Priorities[i]
	}
	return p
}

// service is the only service of the group, nil where it has none or several.
func (g Group) service() *uuid.UUID {
	if len(g.Services) != 1 {
		return nil
	}
	return &g.Services[0]
}

// stranded are how many matters of people of the day no window of the hall would do. Where all of somebody's belong together and no window does
// all, they are done apart: each counts by itself.
func (h Hall) stranded(d Day) (n int) {
	windows := h.OpenWindows()
	for _, t := range d.Tickets {
		due := t.Matters()
		if !t.Together {
			due = due[:1]
		}
		for _, m := range due {
			one := Ticket{GroupID: m.GroupID, ForWindow: t.ForWindow}
			if !t.Ended() && !slices.ContainsFunc(windows, func(w Window) bool { return w.Serves(one) }) {
				n++
			}
		}
	}
	return n
}

// OpenGroups are those for which tickets are given.
func (h Hall) OpenGroups() []Group {
	return slices.DeleteFunc(slices.Clone(h.Groups), func(g Group) bool { return g.Retired })
}

// OpenWindows are those that are in use.
func (h Hall) OpenWindows() []Window {
	return slices.DeleteFunc(slices.Clone(h.Windows), func(w Window) bool { return w.Retired })
}

// OpenPriorities are the reasons that kiosks offer.
func (h Hall) OpenPriorities() []Priority {
	return slices.DeleteFunc(slices.Clone(h.Priorities), func(p Priority) bool { return p.Retired })
}

// Gives says whether people can take tickets by themselves: something is there to come for, the hall receives, and the intake is not closed.
func (n Now) Gives() bool {
	return n.Day.ClosedAt == nil && len(n.Hall.OpenGroups()) > 0 && n.Door().Gives()
}

// Ticket is the ticket with the id, false when the day has none.
func (d Day) Ticket(id uuid.UUID) (Ticket, bool) {
	i := slices.IndexFunc(d.Tickets, func(t Ticket) bool { return t.ID == id })
	if i < 0 {
		return Ticket{}, false
	}
	return d.Tickets[i], true
}

// At is who is at the window or on the way to it, false for nobody.
func (d Day) At(window uuid.UUID) (Ticket, bool) {
	i := slices.IndexFunc(d.Tickets, func(t Ticket) bool { return t.AtWindow() && *t.WindowID == window })
	if i < 0 {
		return Ticket{}, false
	}
	return d.Tickets[i], true
}

// SeatOf is where somebody sits, false for nowhere.
func (d Day) SeatOf(user uuid.UUID) (Seat, bool) {
	i := slices.IndexFunc(d.Seats, func(s Seat) bool { return s.UserID == user })
	if i < 0 {
		return Seat{}, false
	}
	return d.Seats[i], true
}

// Clerk is the name of whoever sits at the window; "" for nobody.
func (d Day) Clerk(window uuid.UUID) string {
	if i := slices.IndexFunc(d.Seats, func(s Seat) bool { return s.WindowID == window }); i >= 0 {
		return d.Seats[i].Name
	}
	return ""
}

// In lists the tickets in one of the states, those that changed last first.
func (d Day) In(states ...State) []Ticket {
	list := slices.DeleteFunc(slices.Clone(d.Tickets), func(t Ticket) bool { return !slices.Contains(states, t.State) })
	slices.SortStableFunc(list, func(a, b Ticket) int { return b.Since.Compare(a.Since) })
	return list
}

// Figures are a day in numbers. Times are medians of those who were served, zero when nobody was.
type Figures struct {
	Waiting int
	Longest time.Duration // of those who wait now
	AtWork  int           // called or at a window
	Aside   int           // did not come, or were put off
	Served  int
	Matters int // that were done, for whoever is served and for those who go on to another window
	Gone    int // without being served
	Wait    time.Duration
	Walk    time.Duration
	Service time.Duration
}

// Figures counts the day.
func (n Now) Figures() (f Figures) {
	var waits, walks, services []time.Duration
	for _, t := range n.Day.Tickets {
		if f.Matters += t.Earlier; t.State == Done {
			f.Matters += len(t.Matters())
		}
		switch t.State {
		case Waiting:
			f.Waiting++
			f.Longest = max(f.Longest, t.SpentBy(n.At).Waiting)
		case Called, Serving:
			f.AtWork++
		case Parked, Missed:
			f.Aside++
		case Left:
			f.Gone++
		case Done:
			f.Served++
			waits, walks, services = append(waits, t.Spent.Waiting), append(walks, t.Spent.Walking), append(services, t.Spent.Serving)
		}
	}
	f.Wait, f.Walk, f.Service = median(waits), median(walks), median(services)
	return f
}

// median of a list, the lower one of two; zero of none.
func median(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)-1)/2]
}
