package reception

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// What is said to people holds: a day is lived through by the rule itself, with people and times that the forecast does not know, and of
// those to whom it was said half wait no longer than the half and nine of ten no longer than the most.
func TestExpectedWaitsHold(t *testing.T) {
	for name, known := range map[string]bool{"weeks before are known": true, "first day": false} {
		t.Run(name, func(t *testing.T) {
			var half, most, all int
			for day := range uint64(10) {
				h, m, n := liveThrough(t, rand.New(rand.NewPCG(day, 7)), known) //nolint:gosec // a test's days are the same ones each time
				half, most, all = half+h, most+m, all+n
			}
			inHalf, inMost := float64(half)/float64(all), float64(most)/float64(all)
			t.Logf("%d people: %.0f %% within the half, %.0f %% within the most", all, 100*inHalf, 100*inMost)
			if all < 500 || inHalf < 0.4 || inHalf > 0.62 || inMost < 0.83 || inMost > 0.97 {
				t.Errorf("of %d people %.2f waited no longer than the half and %.2f no longer than the most", all, inHalf, inMost)
			}
		})
	}
}

// liveThrough is a day of five windows and two groups. It counts those who had to wait, and of them those who waited no longer than was said.
func liveThrough(t *testing.T, r *rand.Rand, known bool) (half, most, all int) {
	t.Helper()
	groups := []Group{{ID: uuid.New(), Letter: "А", Minutes: 8}, {ID: uuid.New(), Letter: "Б", Minutes: 20}}
	takes := func(g int) time.Duration { // about the minutes of the group, never less than one
		return time.Minute + time.Duration(float64(groups[g].Minutes)*float64(time.Minute)*math.Exp(0.6*r.NormFloat64())/1.2)
	}
	if known {
		for g := range groups {
			var before []time.Duration
			for range 400 {
				before = append(before, takes(g))
			}
			slices.Sort(before)
			for _, i := range []int{10, 40, 80, 120, 160, 200, 240, 280, 320, 360, 390} {
				groups[g].Pace = append(groups[g].Pace, before[i])
			}
		}
	}
	n := Now{Hall: Hall{Groups: groups, InRow: 3}, At: morning, Day: Day{Date: morning}}
	for i := range 5 {
		w := Window{ID: uuid.New(), Number: i + 1, Groups: []uuid.UUID{groups[0].ID, groups[1].ID}}
		if i < 2 {
			w.Groups = w.Groups[:1]
		}
		n.Hall.Windows = append(n.Hall.Windows, w)
		n.Day.Seats = append(n.Day.Seats, Seat{WindowID: w.ID, Name: "Працівник"})
	}
	reason := uuid.New()
	said := map[uuid.UUID]Expected{}
	free := make([]time.Time, len(n.Hall.Windows)) // when whoever is there ends
	move := func(i int, m Move) {
		after, err := n.Day.Tickets[i].After(m, n.At)
		if err != nil {
			t.Fatal(err)
		}
		n.Day.Tickets[i], n.Day.Version = after, n.Day.Version+1
	}
	index := func(id uuid.UUID) int {
		return slices.IndexFunc(n.Day.Tickets, func(t Ticket) bool { return t.ID == id })
	}
	call := func(w Window) (time.Duration, bool) {
		called, found := Next(n.Day.Tickets, w, n.Day.Row, n.Hall.InRow, n.At)
		if !found {
			return 0, false
		}
		if n.Day.Row++; !called.first(n.At) {
			n.Day.Row = 0
		}
		i := index(called.ID)
		move(i, Move{Act: Call, Window: &w.ID})
		move(i, Move{Act: Come})
		if e, told := said[called.ID]; told {
			all++
			half += within(n.Day.Tickets[i], e.Half)
			most += within(n.Day.Tickets[i], e.Most)
		}
		return takes(slices.IndexFunc(groups, func(g Group) bool { return g.ID == called.GroupID })), true
	}
	work := func(until time.Time) { // every window ends with its person in time and calls the next one
		for !n.At.After(until) {
			next := until.Add(time.Second)
			for i, w := range n.Hall.Windows {
				if !free[i].After(n.At) {
					if there, busy := n.Day.At(w.ID); busy {
						move(index(there.ID), Move{Act: Finish})
					}
					if d, found := call(w); found {
						free[i] = n.At.Add(d)
					}
				}
				if free[i].After(n.At) && free[i].Before(next) {
					next = free[i]
				}
			}
			n.At = next
		}
	}
	for comes := morning; comes.Before(morning.Add(6 * time.Hour)); comes = comes.Add(time.Duration(r.ExpFloat64() * 3 * float64(time.Minute))) {
		work(comes)
		n.At = comes
		g := 0
		if r.Float64() < 0.3 {
			g = 1
		}
		ticket := Ticket{ID: uuid.Must(uuid.NewV7()), GroupID: groups[g].ID, StandsAt: n.At, IssuedAt: n.At, Since: n.At, State: Waiting}
		if r.Float64() < 0.1 {
			ticket.PriorityID = &reason
		}
		n.Day.Tickets, n.Day.Version = append(n.Day.Tickets, ticket), n.Day.Version+1
		busy := func(w Window) bool { _, there := n.Day.At(w.ID); return there || !w.Serves(ticket) }
		if !slices.ContainsFunc(n.Hall.Windows, func(w Window) bool { return !busy(w) }) { // otherwise they are called at once
			said[ticket.ID] = n.Expect()[ticket.ID]
		}
	}
	work(morning.Add(12 * time.Hour))
	return half, most, all
}

// within is 1 for a ticket that waited no longer than a time.
func within(t Ticket, d time.Duration) int {
	if t.Spent.Waiting <= d {
		return 1
	}
	return 0
}

// What is expected where nothing is left to chance.
func TestExpect(t *testing.T) {
	group, other := uuid.New(), uuid.New()
	window := Window{ID: uuid.New(), Number: 1, Groups: []uuid.UUID{group}}
	hall := Hall{InRow: 3, Windows: []Window{window}, Groups: []Group{{ID: group, Pace: []time.Duration{10 * time.Minute}}, {ID: other, Minutes: 5}}}
	seat := []Seat{{WindowID: window.ID, Name: "Працівник"}}
	one, two, elsewhere := waiting(group, 1, 0), waiting(group, 2, 1), waiting(other, 1, 0)
	there := waiting(group, 3, -30)
	there.State, there.WindowID, there.Since, there.Spent.Waiting = Serving, &window.ID, at(6), 36*time.Minute
	reason := uuid.New()
	now := func(seats []Seat, tickets ...Ticket) Now {
		return Now{Hall: hall, At: at(10), Day: Day{Tickets: tickets, Seats: seats}}
	}
	minutes := func(m int) Expected {
		return Expected{Half: time.Duration(m) * time.Minute, Most: time.Duration(m) * time.Minute}
	}
	sure := func(n Now, t Ticket, want Expected) bool { return n.Expect()[t.ID] == want }
	if n := now(nil, one); len(n.Expect()) != 0 {
		t.Errorf("no clerk is there: %v", n.Expect())
	}
	n := now(seat, one, two, elsewhere)
	if _, known := n.Expect()[elsewhere.ID]; known || !sure(n, one, minutes(0)) || !sure(n, two, minutes(10)) {
		t.Errorf("one window is free: %v", n.Expect())
	}
	if n := now(seat, there, one); !sure(n, one, minutes(6)) {
		t.Errorf("somebody has been at the window for four of ten minutes: %v", n.Expect())
	}
	if e := n.ExpectNew(nil); len(e) != 1 || e[group] != minutes(20) {
		t.Errorf("somebody new: %v", e)
	}
	if e := n.ExpectNew(&reason); len(e) != 1 || e[group] != minutes(0) {
		t.Errorf("somebody new who goes out of turn: %v", e)
	}
	booked := waiting(group, 4, 9)
	comes := at(15)
	booked.BookedFor = &comes
	if n := now(seat, there, one, two, booked); !sure(n, one, minutes(16)) || !sure(n, booked, minutes(6)) {
		t.Errorf("an appointment comes before the window is free: %v", n.Expect())
	}
	if a, b := n.Expect(), n.Expect(); a[two.ID] != b[two.ID] {
		t.Errorf("one queue, two answers: %v and %v", a, b)
	}
}

// Of several groups the same window calls each new one as if the others had not asked.
func TestExpectNewKeepsNobody(t *testing.T) {
	one, two := uuid.New(), uuid.New()
	window := Window{ID: uuid.New(), Number: 1, Groups: []uuid.UUID{one, two}}
	pace := []time.Duration{10 * time.Minute}
	n := Now{
		Hall: Hall{InRow: 3, Windows: []Window{window}, Groups: []Group{{ID: one, Pace: pace}, {ID: two, Pace: pace}}}, At: at(10),
		Day: Day{Tickets: []Ticket{waiting(one, 1, 0)}, Seats: []Seat{{WindowID: window.ID, Name: "Працівник"}}},
	}
	want := Expected{Half: 10 * time.Minute, Most: 10 * time.Minute}
	if e := n.ExpectNew(nil); len(e) != 2 || e[one] != want || e[two] != want {
		t.Errorf("%v", e)
	}
}

// A hall in which people come faster who go before others than they are served is played no further than the horizon: whoever is not called
// until then waits longer, and how much longer nobody knows.
func TestExpectInAHallThatIsTooFull(t *testing.T) {
	group, reason := uuid.New(), uuid.New()
	window := Window{ID: uuid.New(), Number: 1, Groups: []uuid.UUID{group}}
	n := Now{
		Hall: Hall{InRow: 3, Windows: []Window{window}, Groups: []Group{{ID: group, Minutes: 10}}}, At: at(60),
		Day: Day{Seats: []Seat{{WindowID: window.ID, Name: "Працівник"}}},
	}
	for i := range 500 {
		ticket := waiting(group, i, i/10)
		if i%5 == 0 {
			ticket.PriorityID = &reason
		}
		n.Day.Tickets = append(n.Day.Tickets, ticket)
	}
	order := Order(n.Day.Tickets, n.At)
	e := n.Expect()
	if first, last := e[order[0].ID], e[order[499].ID]; len(e) != 500 || first.Most != 0 || last.Half <= Horizon || last.Most <= Horizon {
		t.Errorf("of %d: the first %v, the last %v", len(e), first, last)
	}
	for id, e := range e {
		if e.Half > e.Most {
			t.Errorf("%s: %v", id, e)
		}
	}
}

// Whoever was pressed away without being served says nothing of how long people take.
func TestPaceLeavesOutWhoWasNotServed(t *testing.T) {
	group := Group{ID: uuid.New(), Minutes: 10}
	var n Now
	for range 6 {
		n.Day.Tickets = append(n.Day.Tickets, Ticket{GroupID: group.ID, State: Done})
	}
	if p := n.pace(group); p[0] != 2*time.Minute {
		t.Errorf("%v", p)
	}
}

// Of somebody who takes longer than anybody before, only that is known.
func TestPaceOfSomebodyWhoTakesLong(t *testing.T) {
	r, p := rand.New(rand.NewPCG(1, 2)), pace{time.Minute, 3 * time.Minute} //nolint:gosec // a test's draws are the same ones each time
	for range 100 {
		if d := p.rest(r, 2*time.Minute); d < 0 || d > 20*time.Minute {
			t.Fatalf("the rest of about three minutes after two: %s", d)
		}
		if d := p.rest(r, 10*time.Minute); d < 0 || d > 10*time.Minute {
			t.Fatalf("the rest after ten: %s", d)
		}
	}
}

// Whoever asks stands behind those who took their tickets at the same moment, whatever the id of the group is.
func TestWhoeverAsksStandsLast(t *testing.T) {
	for name, id := range map[string]uuid.UUID{"a low id": {15: 1}, "a high id": uuid.Max} {
		g := Group{ID: id, Letter: "А", Minutes: 10, Pace: []time.Duration{10 * time.Minute}}
		w := Window{ID: uuid.New(), Groups: []uuid.UUID{id}}
		n := Now{At: morning, Hall: Hall{Groups: []Group{g}, Windows: []Window{w}, InRow: 3}, Day: Day{Date: morning, Seats: []Seat{{WindowID: w.ID, Name: "Працівник"}}}}
		for range 2 {
			n.Day.Tickets = append(n.Day.Tickets, Ticket{ID: uuid.Must(uuid.NewV7()), GroupID: id, StandsAt: morning, Since: morning, IssuedAt: morning, State: Waiting})
		}
		if e := n.ExpectNew(nil)[id]; e.Half != 20*time.Minute {
			t.Errorf("%s: two people of ten minutes are before, and half wait %v", name, e.Half)
		}
	}
}
