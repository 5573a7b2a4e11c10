package reception

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Expected is how long somebody who waits is going to wait from now on. Decision 0064 says how it comes about and what it does not know.
type Expected struct {
	Half time.Duration // half of the people in such a place wait no longer
	Most time.Duration // nine of ten wait no longer
}

// Horizon is how far ahead is looked: anything above it says only that it is longer.
const Horizon = 3 * time.Hour

// Told are the minutes of a wait that people are told: none is promised shorter than it is expected, and beyond ten minutes by fives.
func Told(d time.Duration) int {
	m := max(1, int((d+time.Minute-1)/time.Minute))
	if m > 10 {
		m = (m + 4) / 5 * 5
	}
	return m
}

const (
	trials     = 200       // how often the queue is played through
	lately     = time.Hour // whoever came within it says how often somebody comes who goes before others
	fewServed  = 5         // people of a group today; fewer say nothing without the weeks before
	lastServed = 20        // of today, who count beside the weeks before
)

// Expect is what is expected for each of those who wait, by their tickets. Whom no window with a clerk can call is left out.
func (n Now) Expect() map[uuid.UUID]Expected { return n.play(Order(n.Day.Tickets, n.At), nil) }

// ExpectNew is what is expected for somebody who takes a ticket now, by the groups for which tickets are given. Groups that no window with a
// clerk can call are left out. Whoever asks stands behind everybody who has a ticket, also one that was given at this very moment: equal moments
// are told apart by ids, and that of a group says nothing of who came first.
func (n Now) ExpectNew(priority *uuid.UUID) map[uuid.UUID]Expected {
	tickets, asks := slices.Clone(n.Day.Tickets), map[uuid.UUID]bool{}
	for _, g := range n.Hall.OpenGroups() {
		t := Ticket{ID: g.ID, GroupID: g.ID, PriorityID: priority, StandsAt: n.At.Add(time.Nanosecond), State: Waiting, Since: n.At}
		tickets, asks[t.ID] = append(tickets, t), true
	}
	expected := n.play(Order(tickets, n.At), asks)
	maps.DeleteFunc(expected, func(id uuid.UUID, _ Expected) bool { return !asks[id] })
	return expected
}

// play plays the queue through many times, as the rule calls it, with times of service drawn from those of earlier people. Those who only
// ask stand in it and keep nobody. The same queue at one moment gives the same answer on every page.
func (n Now) play(order []Ticket, asks map[uuid.UUID]bool) map[uuid.UUID]Expected {
	g := n.game(order, asks)
	waits := make([][]time.Duration, len(order))
	for range trials {
		g.trial(func(i int, wait time.Duration) { waits[i] = append(waits[i], wait) })
	}
	expected := map[uuid.UUID]Expected{}
	for i, list := range waits {
		if !slices.ContainsFunc(g.desks, func(d desk) bool { return d.Serves(order[i]) }) {
			continue
		}
		slices.Sort(list)
		share := func(of int) time.Duration { // who is not called until the horizon waits longer
			if of > len(list) {
				return Horizon + 1
			}
			return list[of-1]
		}
		expected[order[i].ID] = Expected{Half: share(trials / 2), Most: share(trials * 9 / 10)}
	}
	return expected
}

// game is a queue from a moment on.
type game struct {
	rand   *rand.Rand
	at     time.Time
	order  []Ticket
	asks   []bool // of order: only asks, and keeps nobody
	ranks  []rank // of order, at the moment
	early  int    // the first of order whose appointment has not come
	desks  []desk
	paces  map[uuid.UUID]pace
	row    int
	inRow  int
	firsts []uuid.UUID   // the groups of those who came lately and go before others
	every  time.Duration // how often one comes; 0: never
}

// desk is a window with a clerk.
type desk struct {
	Window
	busy    bool
	groups  []uuid.UUID   // of what whoever is there came for
	elapsed time.Duration // since they were called
}

func (n Now) game(order []Ticket, asks map[uuid.UUID]bool) *game {
	g := &game{
		rand: rand.New(rand.NewPCG(uint64(n.Day.Version), uint64(n.Day.Date.Unix()))), //nolint:gosec // a figure, not a secret; a version is never negative
		at:   n.At, order: order, paces: map[uuid.UUID]pace{}, row: n.Day.Row, inRow: n.Hall.InRow,
	}
	for _, t := range order {
		g.ranks, g.asks = append(g.ranks, t.rank(n.At)), append(g.asks, asks[t.ID])
	}
	g.early = len(order)
	if i := slices.Index(g.ranks, early); i >= 0 {
		g.early = i
	}
	for _, w := range n.Hall.OpenWindows() {
		if n.Day.Clerk(w.ID) == "" {
			continue
		}
		d := desk{Window: w}
		if t, busy := n.Day.At(w.ID); busy {
			spent := t.SpentBy(n.At)
			d.busy, d.groups, d.elapsed = true, t.groupsAt(w), spent.Walking+spent.Serving
		}
		g.desks = append(g.desks, d)
	}
	for _, group := range n.Hall.Groups {
		g.paces[group.ID] = n.pace(group)
	}
	for _, t := range n.Day.Tickets {
		if t.first(n.At) && n.At.Sub(t.IssuedAt) < lately {
			g.firsts = append(g.firsts, t.GroupID)
		}
	}
	if len(g.firsts) > 0 {
		g.every = lately / time.Duration(len(g.firsts))
	}
	return g
}

// trial plays the queue once, up to the horizon, and tells when each ticket, by its index, is called.
func (g *game) trial(called func(i int, wait time.Duration)) {
	type place struct {
		desk int
		free time.Duration
	}
	places := make([]place, len(g.desks))
	for i, d := range g.desks {
		places[i].desk = i
		if d.busy {
			places[i].free = g.rest(d)
		}
	}
	left, head, gone := len(g.order), 0, make([]bool, len(g.order))
	row := g.row
	var comers []Ticket // who come later and go before others, in their order
	next := g.gap()
	for left > 0 && len(places) > 0 {
		i := 0
		for j := range places {
			if cmp.Or(cmp.Compare(places[j].free, places[i].free), cmp.Compare(places[j].desk, places[i].desk)) < 0 {
				i = j
			}
		}
		now, w := places[i].free, g.desks[places[i].desk].Window
		if now > Horizon {
			return
		}
		for g.every > 0 && next <= now {
			comers = append(comers, Ticket{GroupID: g.firsts[g.rand.IntN(len(g.firsts))]})
			next += g.gap()
		}
		for head < len(gone) && gone[head] {
			head++
		}
		t, comer := g.choose(w, gone, head, comers, row, now)
		var groups []uuid.UUID
		switch {
		case t >= 0:
			called(t, now)
			groups, gone[t] = g.order[t].groupsAt(w), true
			if left--; g.asks[t] {
				continue // and the window calls again
			}
			if row++; g.rankAt(t, now) >= ordinary {
				row = 0
			}
		case comer >= 0:
			groups = comers[comer].allGroups()
			comers = slices.Delete(comers, comer, comer+1)
			row++
		default: // whoever waits is for other windows
			places = slices.Delete(places, i, i+1)
			continue
		}
		for _, group := range groups {
			places[i].free += g.paces[group].draw(g.rand)
		}
	}
}

// allGroups are the groups of all that the person came for, one for each matter.
func (t Ticket) allGroups() (list []uuid.UUID) {
	for _, m := range t.Matters() {
		list = append(list, m.GroupID)
	}
	return list
}

// rest is how much longer whoever is at a window takes. Of several matters it is not known when one ended and the next began: they are taken to
// have had the same time so far.
func (g *game) rest(d desk) (rest time.Duration) {
	each := d.elapsed / time.Duration(len(d.groups))
	for _, group := range d.groups {
		rest += g.paces[group].rest(g.rand, each)
	}
	return rest
}

// gap is the time until the next one comes who goes before others.
func (g *game) gap() time.Duration { return time.Duration(g.rand.ExpFloat64() * float64(g.every)) }

// rankAt is the rank of a ticket after a time: appointments come meanwhile.
func (g *game) rankAt(i int, after time.Duration) rank {
	if g.ranks[i] == early && !g.order[i].BookedFor.After(g.at.Add(after)) {
		return appointed
	}
	return g.ranks[i]
}

// choose is the ticket that the window calls after a time, as an index of the order, or whoever came later, as an index of comers; -1 is
// none. It follows the rule of Next.
func (g *game) choose(w Window, gone []bool, head int, comers []Ticket, row int, after time.Duration) (ticket, comer int) {
	best, other := -1, -1 // other is the first of those who neither go out of turn nor have an appointment
	better := func(i int) bool {
		if gone[i] || !w.Serves(g.order[i]) {
			return false
		}
		return best < 0 || cmp.Or(cmp.Compare(g.rankAt(i, after), g.rankAt(best, after)), g.order[i].StandsAt.Compare(g.order[best].StandsAt)) < 0
	}
	for i := head; i < g.early && other < 0; i++ {
		if better(i) {
			best = i
		}
		if g.ranks[i] == ordinary && !gone[i] && w.Serves(g.order[i]) {
			other = i
		}
	}
	for i := max(head, g.early); i < len(g.order); i++ {
		if better(i) {
			best = i
		}
	}
	switch {
	case row >= g.inRow && other >= 0:
		return other, -1
	case best >= 0 && g.rankAt(best, after) < ordinary:
		return best, -1
	}
	if comer = slices.IndexFunc(comers, w.Serves); comer >= 0 {
		return -1, comer
	}
	return best, -1
}

// pace is how long people of a group took from the call to the end, shortest first.
type pace []time.Duration

// usual are times of service as shares of what the head says one person takes, where nobody has been served yet.
var usual = []float64{0.2, 0.35, 0.5, 0.65, 0.8, 1, 1.2, 1.45, 1.8, 2.5}

// pace joins the weeks before with the last people of today.
func (n Now) pace(group Group) pace {
	p := pace(slices.Clone(group.Pace))
	var today pace
	for _, t := range n.Day.In(Done) { // those who ended last first
		if t.GroupID == group.ID && len(t.Further) == 0 && t.Earlier == 0 && len(today) < lastServed && t.Spent.Serving > 0 { // what took no time was pressed away
			today = append(today, t.Spent.Walking+t.Spent.Serving)
		}
	}
	if len(p) > 0 || len(today) >= fewServed {
		p = append(p, today...)
	}
	if len(p) == 0 {
		for _, share := range usual {
			p = append(p, time.Duration(share*float64(group.Minutes)*float64(time.Minute)))
		}
	}
	slices.Sort(p)
	return p
}

// draw is how long the next person takes.
func (p pace) draw(r *rand.Rand) time.Duration { return p.after(r, 0) }

// rest is how much longer somebody takes who has been there for a time. Of one who takes longer than anybody before, nothing more is known
// than that: the rest is drawn up to as much again.
func (p pace) rest(r *rand.Rand, elapsed time.Duration) time.Duration {
	from, _ := slices.BinarySearch(p, elapsed)
	if from >= len(p) {
		return time.Duration(r.Float64() * float64(elapsed))
	}
	return max(0, p.after(r, from)-elapsed)
}

// after draws from the times at an index and after it, between neighbours too. Each time stands for people on either side of it, so now and
// then somebody takes longer than the longest.
func (p pace) after(r *rand.Rand, from int) time.Duration {
	if len(p) == 0 {
		return 0
	}
	at := float64(from) + r.Float64()*float64(len(p)-from) - 0.5
	i, last := int(at), len(p)-1
	switch {
	case at < float64(from):
		return p[from]
	case i >= last && len(p) > 1:
		return p[last] + time.Duration(r.ExpFloat64()*float64(p[last]-p[last/2])/2)
	case i >= last:
		return p[last]
	}
	return p[i] + time.Duration((at-float64(i))*float64(p[i+1]-p[i]))
}
