package reception

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/shared/contract"
	"portal.example/shared/workdays"
)

// Lengths add up, with what belongs between two matters, and never fall below the longest one.
func TestHowLongMattersTake(t *testing.T) {
	for _, c := range []struct {
		minutes []int
		between int
		want    int
	}{
		{nil, 5, 0}, {[]int{15}, 5, 15}, {[]int{15, 10}, 0, 25}, {[]int{15, 10, 5}, 5, 40}, {[]int{15, 10}, -5, 20}, {[]int{30, 5, 5}, -30, 30},
	} {
		if got := contract.MattersLast(c.minutes, c.between); got != c.want {
			t.Errorf("%v with %d between take %d minutes, not %d", c.minutes, c.between, got, c.want)
		}
	}
}

// twoGroups is the hall of offering with a second window that can do a second group of 20 minutes as well; the first window cannot.
func twoGroups() (Hall, Opening) {
	h, o := offering()
	land := Group{ID: uuid.New(), Letter: "Б", Minutes: 20}
	h.Groups = append(h.Groups, land)
	h.Windows = append(h.Windows, Window{ID: uuid.New(), Number: 2, Groups: []uuid.UUID{h.Groups[0].ID, land.ID}, Appoints: &h.Groups[0].ID},
		Window{ID: uuid.New(), Number: 3, Groups: []uuid.UUID{land.ID}, Appoints: &land.ID})
	return h, o
}

func clocksOf(places []Place) (list []string) {
	for _, at := range Moments(places) {
		list = append(list, at.In(midnight(at).Location()).Format("15:04"))
	}
	return list
}

// Several matters are offered where their whole length fits before a break, an appointment or the end, at a window that can do all of them.
func TestWhereSeveralMattersFit(t *testing.T) {
	h, o := twoGroups()
	now, day := kyiv(t, "2026-11-17 20:00"), onDay("2026-11-18")
	both := []Matter{{GroupID: h.Groups[0].ID}, {GroupID: h.Groups[1].ID}} // 35 minutes
	at := func(list ...Booking) []Place { return h.Fitting(h.Places(o, day, now, list), both) }
	if got := clocksOf(at()); len(got) != 8 || got[5] != "10:15" || got[6] != "10:30" || got[7] != "12:00" && got[7] != "12:15" {
		// open from 9 to 11:05 and from 12 to 13: the last that end in time begin at 10:30 and 12:15
		if len(got) != 9 || got[6] != "10:30" || got[8] != "12:15" {
			t.Errorf("35 minutes fit at %v", got)
		}
	}
	for _, p := range at() {
		if p.WindowID != h.Windows[1].ID {
			t.Errorf("at %v the window cannot do both", p.BeginsAt)
		}
	}
	taken := Booking{Slot: Slot{WindowID: h.Windows[1].ID, GroupID: h.Groups[0].ID, BeginsAt: kyiv(t, "2026-11-18 10:00"), Minutes: 15}, State: Booked}
	if got := clocksOf(at(taken)); slices.Contains(got, "09:30") || slices.Contains(got, "10:00") || !slices.Contains(got, "09:15") || !slices.Contains(got, "10:15") {
		t.Errorf("beside an appointment from 10:00 to 10:15 they fit at %v", got)
	}
	if taken.State = Cancelled; len(at(taken)) != len(at()) {
		t.Error("an appointment that was given back is in the way")
	}
	h.Plan.Between = 5
	if got := clocksOf(at()); slices.Contains(got, "10:30") || !slices.Contains(got, "10:15") {
		t.Errorf("with a pause of five minutes they fit at %v", got)
	}
	if list := h.Together(h.Groups[1].ID); len(list) != 2 {
		t.Errorf("beside the second group %v can be booked", list)
	}
	h.Groups[1].Retired = true
	if got := h.Fitting(h.Places(o, day, now, nil), []Matter{both[1], both[0]}); len(got) != 0 {
		t.Errorf("a group that is offered no more can be booked beside another one at %v", clocksOf(got))
	}
	h.Groups[1].Retired = false
	h.Windows[1].Groups = h.Windows[1].Groups[:1]
	if list := h.Together(h.Groups[1].ID); len(list) != 1 || len(at()) != 0 {
		t.Errorf("no window can do both, and beside the second group %v can be booked", list)
	}
}

// A long appointment passes over times that are kept for people without one, and as many others are kept in their stead.
func TestKeptTimesMove(t *testing.T) {
	h, o := offering()
	h.Plan.Share = 25 // of twelve times the 4th, 8th and 12th
	now, day, g := kyiv(t, "2026-11-17 20:00"), onDay("2026-11-18"), h.Groups[0].ID
	open := func(list ...Booking) []string {
		return clocksOf(h.Fitting(h.Places(o, day, now, list), []Matter{{GroupID: g}}))
	}
	long := Booking{Slot: Slot{WindowID: h.Windows[0].ID, GroupID: g, BeginsAt: kyiv(t, "2026-11-18 09:00"), Minutes: 75}, State: Booked}
	if places := h.Fitting(h.Places(o, day, now, nil), slices.Repeat([]Matter{{GroupID: g}}, 5)); len(places) == 0 || !places[0].BeginsAt.Equal(long.BeginsAt) {
		t.Fatalf("75 minutes fit at %v", clocksOf(places))
	}
	// 09:45 is passed over, so 10:15 is kept, besides 10:45 and 12:45: of seven that are left four are open.
	if got := open(long); !slices.Equal(got, []string{"10:30", "12:00", "12:15", "12:30"}) {
		t.Errorf("open are %v", got)
	}
	if got := open(); len(got) != 9 {
		t.Errorf("with nobody there open are %v", got)
	}
}

// What people without an appointment keep is found among the times that have not begun: those of the morning that nobody had are gone.
func TestKeptTimesAreNotMadeUpFromThoseThatPassed(t *testing.T) {
	h, o := offering()
	h.Plan.Share = 25 // of twelve times the 4th, 8th and 12th
	day, w := onDay("2026-11-18"), h.Windows[0]
	rooms := func(now string, list ...Booking) map[string]int {
		rooms := map[string]int{}
		for _, p := range h.Places(o, day, kyiv(t, now), list) {
			rooms[clocksOf([]Place{p})[0]] = p.Room
		}
		return rooms
	}
	if got := rooms("2026-11-17 20:00")["12:00"]; got != 60 {
		t.Errorf("the evening before, an appointment at noon can take %d minutes, and another time is kept in the morning", got)
	}
	if got := rooms("2026-11-18 11:30"); got["12:00"] != 45 || got["12:30"] != 30 {
		t.Errorf("with the morning gone, appointments take %v minutes, and of the last four times one has to stay", got)
	}
	// 09:45 was passed over, and 10:15 is kept in its stead: after ten as before.
	long := Booking{Slot: Slot{WindowID: w.ID, GroupID: h.Groups[0].ID, BeginsAt: kyiv(t, "2026-11-18 09:00"), Minutes: 75}, State: Booked}
	if got := rooms("2026-11-18 10:05", long); got["10:15"] != 0 || got["10:30"] == 0 {
		t.Errorf("what is kept later for what was taken before is offered: %v", got)
	}
	whole := Booking{Slot: Slot{WindowID: w.ID, GroupID: h.Groups[0].ID, BeginsAt: kyiv(t, "2026-11-18 12:00"), Minutes: 60}, State: Booked}
	if got := rooms("2026-11-18 09:20", whole); got["10:30"] != 0 || got["10:15"] == 0 { // 10:45 is kept as ever
		t.Errorf("what is kept before for what is taken later is offered: %v", got)
	}
}

// Whatever is offered and booked, for one matter to five, by whoever finds it free: what is offered can be had, no window is in two places
// at once, every window can do what it is booked for within its hours, and people without an appointment keep their share of every day.
func TestAnyMattersTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := onDay(rapid.SampledFrom([]string{"2026-11-16", "2026-10-25", "2027-03-28"}).Draw(t, "day"))
		now := midnight(day).Add(-time.Hour)
		h := Hall{Plan: Plan{Ahead: 1, Share: rapid.IntRange(0, 90).Draw(t, "share"), Between: rapid.IntRange(-30, 30).Draw(t, "between")}}
		for i := range 3 {
			h.Groups = append(h.Groups, Group{ID: uuid.New(), Letter: Letters[i], Minutes: rapid.IntRange(5, 60).Draw(t, "minutes")})
		}
		for i := range 3 {
			w := Window{ID: uuid.New(), Number: i + 1}
			for _, g := range h.Groups {
				if rapid.Bool().Draw(t, "serves") {
					w.Groups = append(w.Groups, g.ID)
				}
			}
			if len(w.Groups) > 0 {
				w.Appoints = &w.Groups[rapid.IntRange(0, len(w.Groups)-1).Draw(t, "appoints")]
			}
			h.Windows = append(h.Windows, w)
		}
		o := Opening{Schedule: randomHours(t, day), Off: map[time.Time]bool{}}
		var booked []Booking
		for range rapid.IntRange(1, 12).Draw(t, "people") {
			a := Appointment{Group: rapid.SampledFrom(h.Groups).Draw(t, "group").ID}
			for range rapid.IntRange(0, contract.MaxMatters-1).Draw(t, "further") {
				service := uuid.New()
				a.Further = append(a.Further, Matter{GroupID: rapid.SampledFrom(h.Groups).Draw(t, "further group").ID, ServiceID: &service})
			}
			offered := Moments(h.Fitting(h.Places(o, day, now, booked), a.Matters()))
			if len(offered) == 0 {
				continue
			}
			a.At = rapid.SampledFrom(offered).Draw(t, "at")
			slot, err := a.place(h, o, now, booked)
			if err != nil {
				t.Fatalf("%v is offered and cannot be had: %v", a.At, err)
			}
			b := Booking{Slot: slot, Further: a.Further, State: Booked, ID: uuid.New()}
			agrees(t, h, o, b, booked)
			if before, after := h.keptFrom(o, day, now, booked), h.keptFrom(o, day, now, append(booked, b)); len(after) != len(before) {
				t.Fatalf("at %v people without an appointment keep %v, and %v once %v is booked", now, before, after, b.Slot)
			}
			if booked = append(booked, b); rapid.IntRange(0, 4).Draw(t, "gives back") == 0 {
				booked[rapid.IntRange(0, len(booked)-1).Draw(t, "who")].State = Cancelled
			}
			if now.Before(midnight(day)) { // of a whole day nothing has passed
				keepsShare(t, h, o, day, booked)
			}
			before := h.keptFrom(o, day, now, booked)
			now = now.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "half hours later")) * 30 * time.Minute)
			after := h.keptFrom(o, day, now, booked)
			for at := range before {
				if at.BeginsAt.After(now) && !after[at] {
					t.Fatalf("%v was kept for people without an appointment, and is not at %v", at, now)
				}
			}
		}
	})
}

// keptFrom are the times of a day that have not begun and are there for people without an appointment.
func (h Hall) keptFrom(o Opening, day, now time.Time, booked []Booking) map[Slot]bool {
	kept := map[Slot]bool{}
	for _, w := range h.Windows {
		for _, m := range h.marksOn(o, w, day) {
			if m.BeginsAt.After(now) && !slices.ContainsFunc(booked, func(b Booking) bool {
				return b.State == Booked && b.WindowID == w.ID && b.BeginsAt.Before(m.EndsAt()) && m.BeginsAt.Before(b.EndsAt())
			}) {
				kept[m.Slot] = true
			}
		}
		for _, p := range h.placesOn(o, w, workdays.DateOf(midnight(day)), now, booked) {
			if p.Room > 0 {
				delete(kept, p.Slot)
			}
		}
	}
	return kept
}

// agrees fails when a new appointment meets another one of its window, or its window cannot keep it.
func agrees(t *rapid.T, h Hall, o Opening, b Booking, others []Booking) {
	w, _ := h.Window(b.WindowID)
	for _, m := range b.Matters() {
		if !slices.Contains(w.Groups, m.GroupID) {
			t.Fatalf("window %d cannot do it", w.Number)
		}
	}
	for at := b.BeginsAt; at.Before(b.EndsAt()); at = at.Add(5 * time.Minute) { // by the rule that pages tell people
		if !o.Schedule.At(at).Open {
			t.Fatalf("from %v on %d minutes are booked, and the centre is closed at %v", b.BeginsAt, b.Minutes, at)
		}
	}
	for _, other := range others {
		if other.State == Booked && other.WindowID == b.WindowID && other.BeginsAt.Before(b.EndsAt()) && b.BeginsAt.Before(other.EndsAt()) {
			t.Fatalf("window %d is in two places from %v on", w.Number, b.BeginsAt)
		}
	}
}

// keepsShare fails when a window has fewer times of a day without an appointment than are kept, by counting them anew.
func keepsShare(t *rapid.T, h Hall, o Opening, day time.Time, booked []Booking) {
	for _, w := range h.Windows {
		kept, left := 0, 0
		for _, m := range h.marksOn(o, w, day) {
			if m.kept {
				kept++
			}
			if !slices.ContainsFunc(booked, func(b Booking) bool {
				return b.State == Booked && b.WindowID == w.ID && b.BeginsAt.Before(m.EndsAt()) && m.BeginsAt.Before(b.EndsAt())
			}) {
				left++
			}
		}
		if left < kept {
			t.Fatalf("window %d keeps %d times of %d", w.Number, left, kept)
		}
		free := 0
		for _, p := range h.placesOn(o, w, workdays.DateOf(midnight(day)), time.Time{}, booked) {
			if p.Room > 0 {
				free++
			}
		}
		if free > left-kept {
			t.Fatalf("window %d offers %d of %d times, of which %d are kept", w.Number, free, left, kept)
		}
	}
}

// Any hall, with people who come for any matters, clerks who come and go, and any acts: nothing that somebody came for is lost or done twice, what is
// counted as done was done by a window that can do it, nobody is passed over by whom somebody there could help, and nobody is parted while one
// window with a clerk does all.
func TestAnyDayOfMattersDoneApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Hall{InRow: 1}
		for i := range rapid.IntRange(1, 4).Draw(t, "groups") {
			h.Groups = append(h.Groups, Group{ID: uuid.New(), Letter: Letters[i], Minutes: 10})
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "windows") {
			w := Window{ID: uuid.New(), Number: i + 1}
			for _, g := range h.Groups {
				if rapid.Bool().Draw(t, "serves") {
					w.Groups = append(w.Groups, g.ID)
				}
			}
			h.Windows = append(h.Windows, w)
		}
		n := Now{Hall: h, At: at(0)}
		came, did := map[uuid.UUID][]uuid.UUID{}, map[uuid.UUID][]uuid.UUID{}
		for range rapid.IntRange(1, 5).Draw(t, "people") {
			ticket := Ticket{ID: uuid.New(), GroupID: rapid.SampledFrom(h.Groups).Draw(t, "group").ID, State: Waiting, StandsAt: n.At, Since: n.At}
			for range rapid.IntRange(0, contract.MaxMatters-1).Draw(t, "further") {
				ticket.Further = append(ticket.Further, Matter{GroupID: rapid.SampledFrom(h.Groups).Draw(t, "further group").ID})
			}
			ticket.Together = len(ticket.Further) > 0
			came[ticket.ID] = ticket.allGroups()
			n.Day.Tickets = append(n.Day.Tickets, ticket)
		}
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			w := rapid.SampledFrom(h.Windows).Draw(t, "window")
			stored := slices.Clone(n.Day.Tickets)
			n.Day.Tickets = n.parted() // as the store reads it
			helped(t, n)
			there, busy := n.Day.At(w.ID)
			var ticket Ticket
			m := Move{Window: &w.ID}
			switch sits := n.Day.Clerk(w.ID) != ""; {
			case !sits:
				n.Day.Seats = append(n.Day.Seats, Seat{WindowID: w.ID, Name: "A clerk"})
			case !busy && rapid.IntRange(0, 4).Draw(t, "rises") == 0:
				n.Day.Seats = slices.DeleteFunc(n.Day.Seats, func(s Seat) bool { return s.WindowID == w.ID })
			case !busy && rapid.IntRange(0, 3).Draw(t, "by hand") == 0:
				if aside := n.Day.In(Waiting, Parked, Missed); len(aside) > 0 {
					ticket, m.Act = rapid.SampledFrom(aside).Draw(t, "ticket"), Call
				}
			case !busy:
				if next, found := Next(n.Day.Tickets, w, 0, h.InRow, n.At); found {
					ticket, m.Act = next, Call
				}
			default:
				ticket, m.Act = there, rapid.SampledFrom([]Act{Come, Come, Miss, Park, Finish, Finish, Return}).Draw(t, "act")
			}
			n.Day.Tickets, n.At = stored, n.At.Add(time.Minute)
			if m.Act == "" || !ticket.May(m.Act) {
				continue
			}
			moved, _, err := h.moved(ticket, m, n.At)
			if err != nil {
				t.Fatal(err)
			}
			moved.Apart = false // it is not kept
			if m.Act == Finish {
				done := ticket.allGroups()
				if moved.State != Done {
					for _, g := range moved.allGroups() {
						done = slices.Delete(done, slices.Index(done, g), slices.Index(done, g)+1)
					}
				}
				did[ticket.ID] = append(did[ticket.ID], done...)
				for i, g := range done {
					alone := i == 0 && !slices.ContainsFunc(ticket.allGroups(), func(g uuid.UUID) bool { return slices.Contains(w.Groups, g) })
					if ticket.Together && !slices.Contains(w.Groups, g) && !alone {
						t.Fatalf("window %d is said to have done %v of %v", w.Number, done, ticket.allGroups())
					}
				}
			}
			if moved.Earlier+len(moved.Matters()) != len(came[ticket.ID]) {
				t.Fatalf("%d were done and %d are left of %d", moved.Earlier, len(moved.Matters()), len(came[ticket.ID]))
			}
			if moved.State == Done && !sameGroups(did[ticket.ID], came[ticket.ID]) {
				t.Fatalf("came for %v, and had %v", came[ticket.ID], did[ticket.ID])
			}
			n.Day.Tickets[slices.IndexFunc(n.Day.Tickets, func(o Ticket) bool { return o.ID == moved.ID })] = moved
		}
	})
}

// helped checks that everybody who waits and whom a window with a clerk could help is called by one, by one that does all where there is such.
func helped(t *rapid.T, n Now) {
	for _, ticket := range n.Day.In(Waiting) {
		var some, all, calls bool
		for _, w := range n.Hall.Windows {
			if n.Day.Clerk(w.ID) == "" {
				continue
			}
			some = some || slices.ContainsFunc(ticket.allGroups(), func(g uuid.UUID) bool { return slices.Contains(w.Groups, g) })
			all, calls = all || w.servesAll(ticket.allGroups()), calls || w.Serves(ticket)
		}
		if some != calls {
			t.Fatalf("%v waits: somebody can help: %t, somebody calls: %t", ticket.allGroups(), some, calls)
		}
		if all && ticket.Apart {
			t.Fatalf("%v is parted while one window does all", ticket.allGroups())
		}
	}
}

// sameGroups says whether two lists hold the same in any order.
func sameGroups(a, b []uuid.UUID) bool {
	sorted := func(list []uuid.UUID) []uuid.UUID {
		return slices.SortedFunc(slices.Values(list), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	}
	return slices.Equal(sorted(a), sorted(b))
}

// A window that nobody needs can be taken away although it is the only one that does all that somebody came for: others do it apart. The only one that does one of
// the matters cannot.
func TestWhoStrandsSomebodyWithSeveralMatters(t *testing.T) {
	h, _ := twoGroups()
	letters := h.Groups
	d := Day{Tickets: []Ticket{{State: Waiting, Together: true, GroupID: letters[0].ID, Further: []Matter{{GroupID: letters[1].ID}}}}}
	without := func(numbers ...int) Hall {
		c := h
		c.Windows = slices.DeleteFunc(slices.Clone(h.Windows), func(w Window) bool { return slices.Contains(numbers, w.Number) })
		return c
	}
	if h.stranded(d) != 0 || without(2).stranded(d) != 0 || without(2, 3).stranded(d) != 1 || without(1, 2, 3).stranded(d) != 2 {
		t.Errorf("%d, %d, %d and %d matters are done by nobody", h.stranded(d), without(2).stranded(d), without(2, 3).stranded(d), without(1, 2, 3).stranded(d))
	}
	d.Tickets[0].State = Done
	if without(1, 2, 3).stranded(d) != 0 {
		t.Error("whoever has gone is stranded")
	}
}
