package reception_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/reception"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

// kyiv is a moment of November 2026 in Kyiv; the 16th and the 23rd are Mondays.
func kyiv(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, locale.Kyiv())
}

// week is open from Monday to Friday from 8 to 17, with a break from 12 to 13.
func week(exceptions ...hours.Exception) hours.Schedule {
	s := hours.Schedule{Exceptions: exceptions}
	for d := 1; d <= 5; d++ {
		s.Week = append(s.Week, hours.Day{Weekday: d, Opens: "08:00", Closes: "17:00", Breaks: []hours.Interval{{From: "12:00", To: "13:00"}}})
	}
	return s
}

func TestDoor(t *testing.T) {
	opening := reception.Opening{
		Schedule: week(hours.Exception{Date: "2026-11-19", Closed: true}, hours.Exception{Date: "2026-11-21", Opens: "10:00", Closes: "12:00"}),
		Off:      map[time.Time]bool{time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC): true},
	}
	for _, c := range []struct {
		at     time.Time
		last   int
		state  reception.DoorState
		closes time.Time
		next   time.Time
	}{
		{at: kyiv(16, 7, 59), state: reception.Shut, closes: kyiv(16, 17, 0), next: kyiv(16, 8, 0)},
		{at: kyiv(16, 8, 0), state: reception.Open, closes: kyiv(16, 17, 0)},
		{at: kyiv(16, 12, 0), state: reception.Break, closes: kyiv(16, 17, 0), next: kyiv(16, 13, 0)},
		{at: kyiv(16, 16, 29), last: 30, state: reception.Open, closes: kyiv(16, 17, 0)},
		{at: kyiv(16, 16, 30), last: 30, state: reception.Last, closes: kyiv(16, 17, 0), next: kyiv(17, 8, 0)},
		{at: kyiv(16, 12, 30), last: 240, state: reception.Break, closes: kyiv(16, 17, 0), next: kyiv(17, 8, 0)}, // nothing is given after the break
		{at: kyiv(16, 17, 0), last: 30, state: reception.Shut, closes: kyiv(16, 17, 0), next: kyiv(17, 8, 0)},
		{at: kyiv(18, 18, 0), state: reception.Shut, closes: kyiv(18, 17, 0), next: kyiv(21, 10, 0)}, // closed by itself, then by the calendar
		{at: kyiv(20, 9, 0), state: reception.Shut, next: kyiv(21, 10, 0)},
		{at: kyiv(21, 11, 0), state: reception.Open, closes: kyiv(21, 12, 0)}, // a Saturday that differs
		{at: kyiv(21, 12, 0), state: reception.Shut, closes: kyiv(21, 12, 0), next: kyiv(23, 8, 0)},
	} {
		d := reception.Now{Hall: reception.Hall{Last: c.last}, Opening: opening, At: c.at}.Door()
		if d.State != c.state || !d.Closes.Equal(c.closes) || !d.Next.Equal(c.next) || d.Gives() != (c.state == reception.Open) {
			t.Errorf("%s, last ticket %d minutes before: %+v", c.at, c.last, d)
		}
	}
	if d := (reception.Now{At: kyiv(16, 3, 0)}).Door(); d.State != reception.Unbound || !d.Gives() {
		t.Errorf("hours that nobody knows: %+v", d)
	}
	off := map[time.Time]bool{time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC): true}
	works := map[time.Time]bool{time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC): true, time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC): true}
	for name, c := range map[string]struct {
		opening reception.Opening
		at      time.Time
		state   reception.DoorState
		next    time.Time
	}{
		"a Saturday that is worked":              {reception.Opening{Schedule: week(), Works: works}, kyiv(21, 10, 0), reception.Unbound, time.Time{}},
		"the evening before it":                  {reception.Opening{Schedule: week(), Works: works}, kyiv(20, 18, 0), reception.Shut, time.Time{}},
		"a Sunday after it":                      {reception.Opening{Schedule: week(), Works: works}, kyiv(22, 10, 0), reception.Shut, kyiv(23, 8, 0)},
		"a Monday that is worked as any":         {reception.Opening{Schedule: week(), Works: works}, kyiv(16, 18, 0), reception.Shut, kyiv(17, 8, 0)},
		"a Saturday that is worked until twelve": {reception.Opening{Schedule: opening.Schedule, Works: works}, kyiv(21, 12, 0), reception.Shut, kyiv(23, 8, 0)},
		"no week, and no hours for the day":      {reception.Opening{Schedule: hours.Schedule{Exceptions: opening.Schedule.Exceptions}}, kyiv(18, 10, 0), reception.Unbound, time.Time{}},
		"no week, and a day that is closed":      {reception.Opening{Schedule: hours.Schedule{Exceptions: opening.Schedule.Exceptions}}, kyiv(19, 10, 0), reception.Shut, time.Time{}},
		"no week, and a day off":                 {reception.Opening{Schedule: hours.Schedule{Exceptions: opening.Schedule.Exceptions}, Off: off}, kyiv(19, 10, 0), reception.Shut, time.Time{}},
	} {
		if d := (reception.Now{Opening: c.opening, At: c.at}).Door(); d.State != c.state || !d.Next.Equal(c.next) {
			t.Errorf("%s: %+v", name, d)
		}
	}
	never := reception.Now{Opening: reception.Opening{Off: map[time.Time]bool{time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC): true}}, At: kyiv(16, 10, 0)}
	if d := never.Door(); d.State != reception.Shut || !d.Next.IsZero() {
		t.Errorf("a day off where nobody knows the hours: %+v", d)
	}
}

// A wait is late when nine of ten such people would not have gone before closing; a break is no time in which anybody is served.
func TestLate(t *testing.T) {
	group := reception.Group{ID: uuid.New(), Pace: []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute}}
	for _, c := range []struct {
		at   time.Time
		most time.Duration
		late bool
	}{
		{kyiv(16, 16, 0), 50 * time.Minute, false}, // and 10 at the window
		{kyiv(16, 16, 0), 51 * time.Minute, true},
		{kyiv(16, 11, 0), 4*time.Hour + 50*time.Minute, false}, // an hour, and four after the break
		{kyiv(16, 11, 0), 4*time.Hour + 51*time.Minute, true},
		{kyiv(16, 15, 0), reception.Horizon + 1, true},
		{kyiv(16, 18, 0), time.Hour, false}, // it has closed: a clerk gave the ticket
	} {
		n := reception.Now{Hall: reception.Hall{Groups: []reception.Group{group}}, Opening: reception.Opening{Schedule: week()}, At: c.at}
		l := n.Lateness()
		if got := l.Late(reception.Expected{Most: c.most}, group.ID); got != c.late || l.Late(reception.Expected{Most: c.most}, uuid.New()) {
			t.Errorf("%s, up to %s: late %v", c.at, c.most, got)
		}
		// A page asks about everybody who waits.
		if n := testing.AllocsPerRun(10, func() { l.Late(reception.Expected{Most: c.most}, group.ID) }); n != 0 {
			t.Errorf("what is known of a hall is reckoned for each ticket: %.0f allocations", n)
		}
	}
	if (reception.Now{Hall: reception.Hall{Groups: []reception.Group{group}}, At: kyiv(16, 16, 0)}).Lateness().Late(reception.Expected{Most: 9 * time.Hour}, group.ID) {
		t.Error("late where nobody knows the hours")
	}
}

// A kiosk gives no ticket outside the hours, a clerk does by hand, whoever booked is let in, and what the public site learns of the hours is
// what the kiosk keeps to.
func TestTicketsKeepToTheHours(t *testing.T) {
	h := newHall(t, 1)
	h.now = kyiv(18, 16, 0)
	h.DB.Exec(`update org.centres set published = true, schedule = $2 where id = $1`, h.Centre, week())
	n := h.read(t)
	must(t, h.store.SaveWindow(t.Context(), h.head, h.Centre, n.Hall.Version, reception.Window{ID: n.Hall.Windows[0].ID, Number: 1, Groups: []uuid.UUID{h.group}, Appoints: &h.group}, ""))
	must(t, h.store.SavePlan(t.Context(), h.head, h.Centre, n.Hall.Version+1, reception.Plan{Ahead: 1, Notice: 10, PerContact: 1, New: 100}))
	must(t, h.store.SetLast(t.Context(), h.head, h.Centre, n.Hall.Version+2, 30))
	clerk := h.clerks[0]
	book := func(at time.Time) string {
		b, err := h.store.Book(t.Context(), clerk, h.Centre, reception.Appointment{Group: h.group, At: at, Name: "Ганна", Language: locale.UK})
		must(t, err)
		return b.Number
	}
	soon := book(kyiv(18, 16, 40))
	h.issue(t)
	kiosk := func() error {
		_, err := h.store.Issue(t.Context(), h.head, h.Centre, reception.Wish{Press: uuid.New(), Group: h.group})
		return err
	}
	h.now = kyiv(18, 16, 30)
	if err := kiosk(); fault.MessageKey(err) != "reception.hours_over" {
		t.Errorf("half an hour before closing: %v", err)
	}
	if ticket, err := h.store.Arrive(t.Context(), h.head, h.Centre, soon); err != nil || ticket.BookedFor == nil {
		t.Errorf("somebody who booked: %+v, %v", ticket, err)
	}
	byHand := reception.Wish{Press: uuid.New(), Group: h.group, ByHand: true}
	if ticket, err := h.store.Issue(t.Context(), clerk, h.Centre, byHand); err != nil || ticket.Number != 3 {
		t.Errorf("by hand: %+v, %v", ticket, err)
	}
	if _, err := h.store.Issue(t.Context(), h.Users[access.Officer], h.Centre, byHand); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by hand of somebody else: %v", err)
	}
	must(t, h.store.Close(t.Context(), h.head, h.Centre, locale.Text{UK: "Світла немає"}))
	if _, err := h.store.Issue(t.Context(), clerk, h.Centre, reception.Wish{Press: uuid.New(), Group: h.group, ByHand: true}); fault.MessageKey(err) != "reception.closed" {
		t.Errorf("by hand while the head gives none: %v", err)
	}
	must(t, h.store.TellWaits(t.Context()))

	// The rows that leave are renewed when a day goes by or the calendar changes.
	h.DB.Exec(`insert into org.calendar_days (day, working, name, name_en) values ('2026-11-19', false, 'Свято', ''), ('2026-11-21', true, 'Перенесено', '')`)
	must(t, h.store.Follow(t.Context()))
	var told []reception.Giving
	must(t, h.DB.Pool.QueryRow(t.Context(), `select intakes from reception.halls where centre_id = $1`, h.Centre).Scan(&told))
	if len(told) < 4 || !told[1].From.Equal(kyiv(18, 13, 0)) || !told[1].Until.Equal(kyiv(18, 16, 30)) || !told[1].Closes.Equal(kyiv(18, 17, 0)) || !told[2].From.Equal(kyiv(20, 8, 0)) {
		t.Fatalf("%+v", told)
	}
	for h.now = kyiv(18, 0, 1); h.now.Before(kyiv(23, 9, 0)); h.now = h.now.Add(29 * time.Minute) {
		inside := slices.ContainsFunc(told, func(g reception.Giving) bool { return !h.now.Before(g.From) && h.now.Before(g.Until) })
		if n := h.read(t); n.Door().Gives() != inside {
			t.Errorf("%s: inside it is %+v, told is %v", h.now, n.Door(), inside)
		}
	}
	h.now = kyiv(21, 15, 0) // the calendar moved a working day here, and nobody wrote down hours
	if err := kiosk(); err != nil {
		t.Errorf("on a Saturday that is worked: %v", err)
	}
	for _, minutes := range []int{-1, 241} {
		if err := h.store.SetLast(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, minutes); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d minutes: %v", minutes, err)
		}
	}
}
