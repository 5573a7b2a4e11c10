package reception

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
)

// rank is how a ticket stands against others that wait: the lower one is called first.
type rank int

const (
	outOfTurn rank = iota
	appointed      // whose appointment has come
	ordinary
	early // whose appointment has not come yet
)

func (t Ticket) rank(now time.Time) rank {
	switch {
	case t.PriorityID != nil:
		return outOfTurn
	case t.BookedFor == nil:
		return ordinary
	case t.BookedFor.After(now):
		return early
	}
	return appointed
}

// first says whether the ticket goes before everybody else's.
func (t Ticket) first(now time.Time) bool { return t.rank(now) < ordinary }

// Order sorts those of the tickets that wait into the order in which they are called by rank and standing alone, see Next.
func Order(tickets []Ticket, now time.Time) []Ticket {
	waiting := slices.DeleteFunc(slices.Clone(tickets), func(t Ticket) bool { return t.State != Waiting })
	slices.SortFunc(waiting, func(a, b Ticket) int {
		return cmp.Or(cmp.Compare(a.rank(now), b.rank(now)), a.StandsAt.Compare(b.StandsAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	return waiting
}

// Serves says whether the window may call the ticket.
func (w Window) Serves(t Ticket) bool {
	if t.ForWindow != nil {
		return *t.ForWindow == w.ID
	}
	return slices.Contains(w.Groups, t.GroupID) && (!t.Together || t.Apart || w.servesAll(groupsOf(t.Further)))
}

// Next is whom the window calls, false when it can serve nobody who waits. row is how many people who go before others were called
// one after another; after inRow of them it is the turn of whoever else waits.
func Next(tickets []Ticket, w Window, row, inRow int, now time.Time) (Ticket, bool) {
	order := slices.DeleteFunc(Order(tickets, now), func(t Ticket) bool { return !w.Serves(t) })
	if len(order) == 0 {
		return Ticket{}, false
	}
	if i := slices.IndexFunc(order, func(t Ticket) bool { return t.rank(now) == ordinary }); row >= inRow && i > 0 {
		return order[i], true
	}
	return order[0], true
}

// Ahead is how many of those who wait stand before the ticket in the queue of its group or its window. Others may still come before
// it, by law or by appointment.
func Ahead(tickets []Ticket, t Ticket, now time.Time) int {
	n := 0
	for _, other := range Order(tickets, now) {
		switch {
		case other.ID == t.ID:
			return n
		case t.ForWindow != nil && other.ForWindow != nil && *t.ForWindow == *other.ForWindow:
			n++
		case t.ForWindow == nil && other.ForWindow == nil && t.GroupID == other.GroupID:
			n++
		}
	}
	return n
}

// Act is what is done with a ticket.
type Act string

// The acts. Each of them is taken back by Return, which keeps the place.
const (
	Call    Act = "call"    // this one, to a window
	Again   Act = "again"   // once more to the same window
	Come    Act = "come"    // stands at the window
	Miss    Act = "miss"    // was called and did not come
	Park    Act = "park"    // has something to do first
	Forward Act = "forward" // to another group or window
	Finish  Act = "finish"
	Return  Act = "return" // to the queue, where they stood
	Leave   Act = "leave"  // went away
)

// from are the states in which an act can be done.
var from = map[Act][]State{
	Call:    {Waiting, Parked, Missed},
	Again:   {Called},
	Come:    {Called},
	Miss:    {Called},
	Park:    {Called, Serving},
	Forward: {Called, Serving, Parked, Waiting},
	Finish:  {Serving},
	Return:  {Called, Serving, Parked, Missed, Done, Left},
	Leave:   {Waiting, Parked, Missed},
}

// to are the states to which acts lead.
var to = map[Act]State{
	Call: Called, Again: Called, Come: Serving, Miss: Missed, Park: Parked, Forward: Waiting, Finish: Done, Return: Waiting, Leave: Left,
}

// May says whether the act can be done with the ticket as it is.
func (t Ticket) May(a Act) bool { return slices.Contains(from[a], t.State) }

// Move is an act with what belongs to it.
type Move struct {
	Act Act
	// Window is who calls; with Forward the only one that may call the person from now on, or nil.
	Window *uuid.UUID
	// Group is the one that the person is sent to; with other acts it is not looked at.
	Group uuid.UUID
	// Note and From are what whoever takes over is told with Forward, and the window that says it; with other acts they are not looked at.
	Note string
	From *uuid.UUID
}

// After is the ticket once the move was made at a moment. A move that the state does not allow is a Conflict. A clock that was set
// back counts nothing twice: such a moment is taken for the one of the move before.
func (t Ticket) After(m Move, now time.Time) (Ticket, error) {
	if !t.May(m.Act) {
		return t, fault.New(fault.Conflict, "reception.not_now")
	}
	if now.Before(t.Since) {
		now = t.Since
	}
	t.Spent = t.Spent.plus(t.State, now.Sub(t.Since))
	t.State, t.Since = to[m.Act], now
	switch m.Act {
	case Call:
		t.WindowID, t.ForWindow, t.Calls = m.Window, nil, t.Calls+1
	case Again:
		t.Calls++
	case Forward:
		t.GroupID, t.ForWindow, t.WindowID, t.Note, t.NoteFrom, t.Together = m.Group, m.Window, nil, m.Note, m.From, false
	case Return:
		t.WindowID = nil
	}
	return t, nil
}

// plus adds the time that was spent in a state.
func (s Spent) plus(in State, d time.Duration) Spent {
	switch in {
	case Waiting:
		s.Waiting += d
	case Called:
		s.Walking += d
	case Serving:
		s.Serving += d
	default:
		s.Aside += d
	}
	return s
}

// SpentBy is the time that the ticket has spent until a moment; nothing is added once it has ended.
func (t Ticket) SpentBy(now time.Time) Spent {
	if t.Ended() || now.Before(t.Since) {
		return t.Spent
	}
	return t.Spent.plus(t.State, now.Sub(t.Since))
}
