package reception

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/shared/fault"
)

var morning = time.Date(2026, 11, 18, 6, 0, 0, 0, time.UTC)

func at(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }

// waiting is a ticket with a number that stands since a minute.
func waiting(group uuid.UUID, number, minute int) Ticket {
	return Ticket{ID: uuid.New(), Letter: "А", Number: number, GroupID: group, StandsAt: at(minute), State: Waiting, Since: at(minute), IssuedAt: at(minute)}
}

// The order is said in decision 0055: out of turn, appointments that have come, everybody else, and nobody waits for ever.
func TestNext(t *testing.T) {
	group, other, window := uuid.New(), uuid.New(), Window{ID: uuid.New()}
	window.Groups = []uuid.UUID{group}
	reason := uuid.New()
	first := func(t Ticket) Ticket { t.PriorityID = &reason; return t }
	booked := func(t Ticket, minute int) Ticket { m := at(minute); t.BookedFor, t.StandsAt = &m, m; return t }
	sent := func(t Ticket, w uuid.UUID) Ticket { t.ForWindow = &w; return t }
	for name, tt := range map[string]struct {
		tickets []Ticket
		row     int
		want    int // number; 0: nobody
	}{
		"nobody":                      {nil, 0, 0},
		"who stands longest":          {[]Ticket{waiting(group, 2, 5), waiting(group, 1, 3)}, 0, 1},
		"another group":               {[]Ticket{waiting(other, 1, 1), waiting(group, 2, 5)}, 0, 2},
		"out of turn":                 {[]Ticket{waiting(group, 1, 1), first(waiting(group, 2, 5))}, 0, 2},
		"an appointment that came":    {[]Ticket{waiting(group, 1, 1), booked(waiting(group, 2, 5), 9)}, 0, 2},
		"out of turn before booked":   {[]Ticket{booked(waiting(group, 1, 5), 9), first(waiting(group, 2, 8))}, 0, 2},
		"an appointment that did not": {[]Ticket{waiting(group, 1, 9), booked(waiting(group, 2, 5), 30)}, 0, 1},
		"nobody but early":            {[]Ticket{booked(waiting(group, 2, 5), 30)}, 0, 2},
		"three in a row":              {[]Ticket{waiting(group, 1, 1), first(waiting(group, 2, 5))}, 3, 1},
		"three, and nobody else":      {[]Ticket{first(waiting(group, 2, 5)), booked(waiting(group, 3, 5), 30)}, 3, 2},
		"sent to this window":         {[]Ticket{sent(waiting(other, 1, 1), window.ID)}, 0, 1},
		"sent to another":             {[]Ticket{sent(waiting(group, 1, 1), uuid.New())}, 0, 0},
		"called already":              {[]Ticket{{State: Called, GroupID: group, Number: 1}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, found := Next(tt.tickets, window, tt.row, 3, at(10))
			if got.Number != tt.want || found != (tt.want != 0) {
				t.Errorf("%d, %t; want %d", got.Number, found, tt.want)
			}
		})
	}
}

// Whoever was called, did not come, was put off, sent on or served, and comes back, stands where they stood.
func TestEveryWayBackKeepsThePlace(t *testing.T) {
	window := uuid.New()
	before, after := waiting(uuid.New(), 1, 1), waiting(uuid.Nil, 2, 2)
	after.GroupID = before.GroupID
	for name, acts := range map[string][]Act{
		"called":   {Call, Return},
		"missed":   {Call, Miss, Return},
		"parked":   {Call, Park, Return},
		"served":   {Call, Come, Finish, Return},
		"left":     {Leave, Return},
		"sent on":  {Call, Come, Forward},
		"put off":  {Call, Come, Park, Return},
		"mistaken": {Call, Come, Return},
	} {
		moved := before
		for i, a := range acts {
			var err error
			if moved, err = moved.After(Move{Act: a, Window: map[Act]*uuid.UUID{Call: &window}[a], Group: before.GroupID}, at(10+i)); err != nil {
				t.Fatal(name, err)
			}
		}
		if order := Order([]Ticket{after, moved}, at(60)); order[0].ID != before.ID || Ahead([]Ticket{after, moved}, after, at(60)) != 1 {
			t.Errorf("%s: the place is lost", name)
		}
	}
}

func TestMovesThatAreRefused(t *testing.T) {
	served := waiting(uuid.New(), 1, 1)
	served.State = Done
	for _, a := range []Act{Call, Again, Come, Miss, Park, Forward, Finish, Leave, "fly"} {
		if _, err := served.After(Move{Act: a}, at(9)); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s of somebody who was served: %v", a, err)
		}
	}
}

// A clock that is set back, as by a restart on another machine, counts nothing twice and nothing below nought.
func TestClockSetBack(t *testing.T) {
	w := waiting(uuid.New(), 1, 10)
	back, err := w.After(Move{Act: Leave}, at(3))
	if err != nil || back.Spent != (Spent{}) || !back.Since.Equal(at(10)) || w.SpentBy(at(3)) != (Spent{}) {
		t.Errorf("%+v, %v", back, err)
	}
}

// play is a hall that random events happen in.
type play struct {
	t       *rapid.T
	hall    Hall
	tickets []Ticket
	row     int
	at      time.Time
	called  map[uuid.UUID]int    // ordinary calls by the rule
	notes   map[uuid.UUID]string // what was told last of each who was sent on
}

// Whatever happens in a hall, nobody is lost, nobody is at two windows, a window has one person, the standing never changes, the times
// add up, and a call by the rule takes nobody while somebody stands before them.
func TestAnyDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &play{t: t, at: morning, called: map[uuid.UUID]int{}, notes: map[uuid.UUID]string{}}
		p.hall.InRow = rapid.IntRange(1, 4).Draw(t, "in row")
		for i := range 3 {
			p.hall.Groups = append(p.hall.Groups, Group{ID: uuid.New(), Letter: Letters[i]})
		}
		for i := range 4 {
			w := Window{ID: uuid.New(), Number: i + 1, Groups: []uuid.UUID{p.hall.Groups[i%3].ID, p.hall.Groups[(i+1)%3].ID}}
			p.hall.Windows = append(p.hall.Windows, w)
		}
		reason := uuid.New()
		for range rapid.IntRange(1, 120).Draw(t, "events") {
			p.at = p.at.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds")) * time.Second)
			if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
				p.arrive(&reason)
			} else {
				p.clerk()
			}
			p.holds()
		}
		p.serveAll()
	})
}

func (p *play) arrive(reason *uuid.UUID) {
	g := rapid.SampledFrom(p.hall.Groups).Draw(p.t, "group")
	now := Now{Hall: p.hall, Day: Day{Tickets: p.tickets}, At: p.at}
	ticket, err := now.issue(Wish{Press: uuid.New(), Group: g.ID})
	if err != nil {
		p.t.Fatal(err)
	}
	switch rapid.IntRange(0, 5).Draw(p.t, "who") {
	case 0:
		ticket.PriorityID = reason
	case 1:
		booked := p.at.Add(time.Duration(rapid.IntRange(-20, 20).Draw(p.t, "booked")) * time.Minute)
		ticket.BookedFor, ticket.StandsAt = &booked, booked
	}
	p.tickets = append(p.tickets, ticket)
}

func (p *play) clerk() {
	w := rapid.SampledFrom(p.hall.Windows).Draw(p.t, "window")
	day := Day{Tickets: p.tickets}
	if here, busy := day.At(w.ID); busy {
		p.move(here, rapid.SampledFrom([]Act{Again, Come, Miss, Park, Forward, Finish, Return}).Draw(p.t, "act"), w)
		return
	}
	if rapid.IntRange(0, 3).Draw(p.t, "by rule") > 0 {
		p.next(w)
		return
	}
	if len(p.tickets) > 0 {
		other := rapid.SampledFrom(p.tickets).Draw(p.t, "ticket")
		if !other.AtWindow() {
			p.move(other, rapid.SampledFrom([]Act{Call, Return, Leave, Forward}).Draw(p.t, "act"), w)
		}
	}
}

func (p *play) next(w Window) {
	ticket, found := Next(p.tickets, w, p.row, p.hall.InRow, p.at)
	for _, o := range p.tickets {
		if o.State != Waiting || !w.Serves(o) {
			continue
		}
		if !found {
			p.t.Fatal("somebody waits whom the window serves, and nobody is called")
		}
		if o.rank(p.at) == ticket.rank(p.at) && o.StandsAt.Before(ticket.StandsAt) {
			p.t.Fatalf("%s is called before %s, who stands longer", ticket.Label(), o.Label())
		}
		if o.rank(p.at) < ticket.rank(p.at) && (ticket.rank(p.at) != ordinary || p.row < p.hall.InRow) {
			p.t.Fatalf("%s is called before %s, who goes first", ticket.Label(), o.Label())
		}
		if o.rank(p.at) == ordinary && ticket.first(p.at) && p.row >= p.hall.InRow {
			p.t.Fatalf("after %d in a row %s goes before %s", p.row, ticket.Label(), o.Label())
		}
	}
	if !found {
		return
	}
	if p.row++; !ticket.first(p.at) {
		p.row = 0
	}
	p.move(ticket, Call, w)
}

func (p *play) move(ticket Ticket, a Act, w Window) {
	m := Move{Act: a, Window: &w.ID, Group: p.hall.Groups[0].ID}
	if a == Forward { // to a window or to a group, from a window or from nowhere
		m.Group, m.Note = rapid.SampledFrom(p.hall.Groups).Draw(p.t, "to group").ID, rapid.SampledFrom([]string{"", "копія є", "бракує заяви"}).Draw(p.t, "note")
		if to := rapid.IntRange(0, len(p.hall.Windows)).Draw(p.t, "to window"); to == len(p.hall.Windows) {
			m.Window = nil
		} else {
			m.Window, m.From = &p.hall.Windows[to].ID, &w.ID
		}
	}
	after, err := ticket.After(m, p.at)
	if err != nil {
		if !fault.Is(err, fault.Conflict) || ticket.May(a) {
			p.t.Fatal(err)
		}
		return
	}
	if after.StandsAt != ticket.StandsAt || after.IssuedAt != ticket.IssuedAt || after.Label() != ticket.Label() {
		p.t.Fatalf("%s loses its place by %s", ticket.Label(), a)
	}
	if a == Forward {
		p.notes[ticket.ID] = m.Note
	}
	p.tickets[slices.IndexFunc(p.tickets, func(t Ticket) bool { return t.ID == ticket.ID })] = after
}

func (p *play) holds() {
	at, labels := map[uuid.UUID]string{}, map[string]bool{}
	for _, x := range p.tickets {
		if labels[x.Label()] {
			p.t.Fatalf("%s twice", x.Label())
		}
		labels[x.Label()] = true
		if x.Note != p.notes[x.ID] {
			p.t.Fatalf("%s: whoever takes over is told %q, not %q", x.Label(), x.Note, p.notes[x.ID])
		}
		if x.AtWindow() {
			if other := at[*x.WindowID]; other != "" {
				p.t.Fatalf("%s and %s are at one window", other, x.Label())
			}
			at[*x.WindowID] = x.Label()
		}
		if total := x.Spent.Total(); total != x.Since.Sub(x.IssuedAt) {
			p.t.Fatalf("%s: %v were counted of %v", x.Label(), total, x.Since.Sub(x.IssuedAt))
		}
	}
}

// serveAll ends the day: whoever is not gone is called and served, so nobody was lost.
func (p *play) serveAll() {
	for _, x := range p.tickets {
		if !x.Ended() && x.State != Waiting {
			p.move(x, Return, Window{})
		}
	}
	for range p.tickets {
		for _, w := range p.hall.Windows {
			p.at = p.at.Add(time.Hour)
			p.next(w)
			if here, busy := (Day{Tickets: p.tickets}).At(w.ID); busy {
				p.move(here, Come, w)
				here, _ = Day{Tickets: p.tickets}.Ticket(here.ID)
				p.move(here, Finish, w)
			}
		}
	}
	for _, x := range p.tickets {
		if !x.Ended() {
			p.t.Fatalf("%s was never called", fmt.Sprint(x.Label(), x.State))
		}
	}
}

func TestFigures(t *testing.T) {
	served := func(wait int) Ticket {
		return Ticket{State: Done, Spent: Spent{Waiting: time.Duration(wait) * time.Minute, Serving: time.Minute}}
	}
	n := Now{At: at(30), Day: Day{Tickets: []Ticket{waiting(uuid.New(), 1, 10), waiting(uuid.New(), 2, 20), served(5), served(9), served(50), {State: Left}, {State: Missed}, {State: Called}}}}
	f := n.Figures()
	want := Figures{Waiting: 2, Longest: 20 * time.Minute, AtWork: 1, Aside: 1, Served: 3, Matters: 3, Gone: 1, Wait: 9 * time.Minute, Service: time.Minute}
	if f != want {
		t.Errorf("%+v\nwant %+v", f, want)
	}
}
