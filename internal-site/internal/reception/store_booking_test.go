package reception_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/reception"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// tomorrow is a moment of the day after fixture.Now, by the clock in Kyiv.
func tomorrow(clock string) time.Time {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	d := workdays.DateOf(fixture.Now).AddDate(0, 0, 1)
	return time.Date(d.Year(), d.Month(), d.Day(), at.Hour(), at.Minute(), 0, 0, locale.Kyiv())
}

// offering is a hall whose windows all receive appointments, from nine to twelve on every day.
func offering(t *testing.T, windows int) *hall {
	t.Helper()
	h := newHall(t, windows)
	h.DB.Exec(`update org.centres set published = true, schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', '09:00', 'closes', '12:00')))
		from generate_series(1, 7) d) where id = $1`, h.Centre)
	for _, w := range h.read(t).Hall.Windows {
		w.Appoints = &h.group
		must(t, h.store.SaveWindow(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, w, ""))
	}
	must(t, h.store.SavePlan(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, reception.Plan{Ahead: 2, Notice: 30, Cancel: 30, PerContact: 3, New: 70}))
	return h
}

func (h *hall) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	must(t, h.DB.Pool.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

func (h *hall) book(t *testing.T, at time.Time) reception.Booking {
	t.Helper()
	b, err := h.store.Book(t.Context(), h.head, h.Centre, reception.Appointment{Group: h.group, At: at, Name: "Ганна", Language: locale.UK})
	must(t, err)
	return b
}

func (h *hall) free(t *testing.T, at time.Time) int {
	t.Helper()
	return h.count(t, `select count(*) from reception.slots where centre_id = $1 and begins_at = $2 and free`, h.Centre, at)
}

// Fifty people book the last ten places of a morning at once, by two sites: exactly ten of them get one, each another, and the others
// are told. One is given back while somebody else books: nobody gets a place twice.
func TestPlacesAreNeverBookedTwice(t *testing.T) {
	const places, people = 10, 50
	h := offering(t, places)
	at := tomorrow("09:00")
	if n := h.free(t, at); n != places {
		t.Fatalf("%d places are offered", n)
	}
	other := reception.NewStore(h.DB.PoolAs("internal_site")).At(h.clock)
	var mu sync.Mutex
	var wg sync.WaitGroup
	got, refused := map[uuid.UUID]bool{}, 0
	for i := range people {
		store := []*reception.Store{h.store, other}[i%2]
		wg.Go(func() {
			b, err := store.Book(t.Context(), h.head, h.Centre, reception.Appointment{Group: h.group, At: at, Name: "Ганна", Language: locale.UK})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && got[b.WindowID]:
				t.Errorf("window %s is booked twice", b.WindowID)
			case err == nil:
				got[b.WindowID] = true
			case wrongWith(err, "reception.time_taken"):
				refused++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(got) != places || refused != people-places || h.free(t, at) != 0 || h.free(t, at.Add(10*time.Minute)) != places {
		t.Errorf("%d of %d places are booked, %d people were refused, %d places are free", len(got), places, refused, h.free(t, at))
	}
	// What no rule is asked about, the table refuses.
	var window uuid.UUID
	for w := range got {
		window = w
	}
	if _, err := h.DB.Pool.Exec(t.Context(), `insert into reception.bookings (id, number, centre_id, window_id, group_id, begins_at, minutes, ends_at, name, made_at)
		values (gen_random_uuid(), '0000-0000', $1, $2, $3, $4, 10, $4::timestamptz + interval '10 minutes', 'x', now())`, h.Centre, window, h.group, at.Add(5*time.Minute)); err == nil {
		t.Error("an appointment was written into another one")
	}
}

func wrongWith(err error, key string) bool {
	var wrong *fault.Error
	if !errors.As(err, &wrong) {
		return false
	}
	for _, f := range wrong.Fields {
		if f.Key == key {
			return true
		}
	}
	return false
}

// A second press of the same button is the same appointment; a page that is used again for somebody else makes another.
func TestOnePressBooksOnce(t *testing.T) {
	h := offering(t, 3)
	a := reception.Appointment{Press: uuid.New(), Group: h.group, At: tomorrow("10:00"), Name: "Ганна", Language: locale.UK}
	book := func(a reception.Appointment) uuid.UUID {
		b, err := h.store.Book(t.Context(), h.head, h.Centre, a)
		must(t, err)
		return b.ID
	}
	first, again := book(a), book(a)
	a.Name = "Олег"
	if other := book(a); first != again || other == first {
		t.Errorf("%s, %s, and for somebody else %s", first, again, other)
	}
	if n := h.count(t, `select count(*) from reception.bookings`); n != 2 {
		t.Errorf("%d appointments", n)
	}
}

// Who had an appointment is forgotten after a while, and that there was one is not.
func TestWhoHadAnAppointmentIsForgotten(t *testing.T) {
	h := offering(t, 1)
	h.book(t, tomorrow("10:00"))
	h.pass(59 * 24 * time.Hour)
	must(t, h.store.Follow(t.Context()))
	known := h.count(t, `select count(*) from reception.bookings where name = 'Ганна'`)
	h.pass(3 * 24 * time.Hour)
	must(t, h.store.Follow(t.Context()))
	if n := h.count(t, `select count(*) from reception.bookings where name = '–' and phone = '' and email = ''`); known != 1 || n != 1 {
		t.Errorf("%d known after 59 days, %d forgotten after 62", known, n)
	}
}

func TestBookingAndGivingBack(t *testing.T) {
	h := offering(t, 1)
	at := tomorrow("10:00")
	for name, a := range map[string]reception.Appointment{
		"a time that is none":      {Group: h.group, At: at.Add(time.Minute), Name: "Ганна"},
		"a day off":                {Group: h.group, At: at.AddDate(0, 0, 7), Name: "Ганна"},
		"the past":                 {Group: h.group, At: at.AddDate(0, 0, -2), Name: "Ганна"},
		"a group that is none":     {Group: uuid.New(), At: at, Name: "Ганна"},
		"nobody":                   {Group: h.group, At: at},
		"a service of others":      {Group: h.group, At: at, Name: "Ганна", Service: &h.OtherService},
		"an address that is none":  {Group: h.group, At: at, Name: "Ганна", Email: "ганна"},
		"a telephone that is none": {Group: h.group, At: at, Name: "Ганна", Phone: "12"},
	} {
		a.Language = locale.UK
		if _, err := h.store.Book(t.Context(), h.head, h.Centre, a); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := h.book(t, at)
	if b.ServiceID == nil || *b.ServiceID != h.Service || h.free(t, at) != 0 {
		t.Errorf("%+v, %d free", b, h.free(t, at))
	}
	agenda, err := h.store.Agenda(t.Context(), h.clerks[0], h.Centre, workdays.DateOf(at))
	must(t, err)
	if len(agenda.List) != 1 || agenda.List[0].Number != b.Number || len(agenda.Free) != 17 || len(agenda.Touched) != 0 {
		t.Errorf("%d booked, %d free, %d touched", len(agenda.List), len(agenda.Free), len(agenda.Touched))
	}
	must(t, h.store.GiveBack(t.Context(), h.clerks[0], h.Centre, b.ID))
	if err := h.store.GiveBack(t.Context(), h.clerks[0], h.Centre, b.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("given back twice: %v", err)
	}
	if h.free(t, at) != 1 {
		t.Error("the time is not free again")
	}
	h.book(t, at)
	stranger := h.OtherUsers[access.CentreHead]
	for name, err := range map[string]error{
		"books":      second(h.store.Book(t.Context(), stranger, h.Centre, reception.Appointment{Group: h.group, At: at, Name: "x"})),
		"reads":      second(h.store.Agenda(t.Context(), stranger, h.Centre, at)),
		"gives back": h.store.GiveBack(t.Context(), stranger, h.Centre, b.ID),
		"arranges":   h.store.SavePlan(t.Context(), h.clerks[0], h.Centre, 1, reception.Plan{}),
	} {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody else %s: %v", name, err)
		}
	}
}

// A change of hours, of the calendar, of absences or of windows changes what is offered at once or soon, cannot be booked past, and
// lists whom it touches. What is not touched keeps its row.
func TestWhatChangesTheOffer(t *testing.T) {
	h := offering(t, 2)
	at := tomorrow("10:00")
	b := h.book(t, at)
	touched := func() int {
		a, err := h.store.Agenda(t.Context(), h.head, h.Centre, workdays.DateOf(at))
		must(t, err)
		return len(a.Touched)
	}
	kept := h.count(t, `select count(*) from reception.slots where begins_at = $1`, at)
	version := func() int { return h.read(t).Hall.Version }
	day := workdays.DateOf(at)
	away := reception.Absence{WindowID: &b.WindowID, First: day, Last: day}
	must(t, h.store.AddAbsence(t.Context(), h.head, h.Centre, version(), away, h.falls(t, func(seen string) error {
		return h.store.AddAbsence(t.Context(), h.head, h.Centre, version(), away, seen)
	}, b)))
	if h.free(t, at.Add(time.Hour)) != 1 || touched() != 1 {
		t.Errorf("a window is absent: %d are free, %d touched", h.free(t, at.Add(time.Hour)), touched())
	}
	must(t, h.store.DropAbsence(t.Context(), h.head, h.Centre, version(), h.read(t).Hall.Plan.Absences[0].ID))
	if h.free(t, at.Add(time.Hour)) != 2 || h.free(t, at) != 1 || touched() != 0 || kept != 2 {
		t.Errorf("the window is back: %d and %d are free, %d touched", h.free(t, at.Add(time.Hour)), h.free(t, at), touched())
	}

	h.DB.Exec(`insert into org.calendar_days (day, working, name) values ($1, false, 'Свято')`, day)
	if _, err := h.store.Book(t.Context(), h.head, h.Centre, reception.Appointment{Group: h.group, At: at, Name: "Ганна"}); !wrongWith(err, "reception.time_gone") {
		t.Errorf("a day off is booked before the times are made anew: %v", err)
	}
	must(t, h.store.Follow(t.Context()))
	if h.free(t, at) != 0 || touched() != 1 {
		t.Errorf("a day off: %d are free, %d touched", h.free(t, at), touched())
	}
	h.DB.Exec(`delete from org.calendar_days where day = $1`, day)
	must(t, h.store.Follow(t.Context()))

	h.DB.Exec(`update org.centres set schedule = jsonb_set(schedule, '{exceptions}', jsonb_build_array(jsonb_build_object('date', $2::date::text, 'opens', '10:30', 'closes', '12:00'))) where id = $1`, h.Centre, day)
	must(t, h.store.Follow(t.Context()))
	if h.free(t, at) != 0 || h.free(t, tomorrow("10:30")) != 2 || touched() != 1 {
		t.Errorf("other hours: %d and %d are free, %d touched", h.free(t, at), h.free(t, tomorrow("10:30")), touched())
	}
	rows := h.count(t, `select count(*) from reception.slots where xmin::text = (select max(xmin::text) from reception.slots)`)
	must(t, h.store.Follow(t.Context()))
	if again := h.count(t, `select count(*) from reception.slots where xmin::text = (select max(xmin::text) from reception.slots)`); again != rows {
		t.Error("times are written although nothing has changed")
	}
	h.pass(24 * time.Hour)
	must(t, h.store.Follow(t.Context()))
	if h.free(t, tomorrow("09:00").AddDate(0, 0, 2)) != 2 {
		t.Error("a day later no further day is offered")
	}
	must(t, h.store.SavePlan(t.Context(), h.head, h.Centre, version(), reception.Plan{PerContact: 1, New: 70}))
	if n := h.count(t, `select count(*) from reception.slots`) + h.count(t, `select count(*) from reception.groups where booked`); n != 0 {
		t.Errorf("%d times and groups are offered although nothing is", n)
	}
}

// Somebody with an appointment stands in the one order: before those without one when the time has come.
func TestArriving(t *testing.T) {
	h := offering(t, 1)
	b, late := h.book(t, tomorrow("10:00")), h.book(t, tomorrow("09:00"))
	arrive := func(number string) (reception.Ticket, error) {
		return h.store.Arrive(t.Context(), h.head, h.Centre, number)
	}
	if _, err := arrive(b.Number); !wrongWith(err, "reception.booking_other_day") {
		t.Errorf("a day too early: %v", err)
	}
	h.DB.Exec(`insert into reception.halls (centre_id) values ($1)`, h.OtherCentre)
	_, err := h.store.Arrive(t.Context(), h.OtherUsers[access.CentreHead], h.OtherCentre, b.Number)
	var there *fault.Error
	if !errors.As(err, &there) || len(there.Fields) != 1 || there.Fields[0].Key != "reception.booking_other_centre" || there.Fields[0].Args[0].(locale.Text).UK != h.read(t).Hall.Centre.UK {
		t.Errorf("at another centre: %v", err)
	}
	after := h.store.At(func() time.Time { return tomorrow("09:00").AddDate(0, 0, 1) })
	if _, err := after.Arrive(t.Context(), h.OtherUsers[access.CentreHead], h.OtherCentre, b.Number); !wrongWith(err, "reception.booking_past") {
		t.Errorf("at another centre, a day too late: %v", err)
	}
	for number, key := range map[string]string{"1": "reception.booking_number_wrong", "0000-0000": "reception.booking_unknown"} {
		if _, err := arrive(number); !wrongWith(err, key) {
			t.Errorf("%s: %v", number, err)
		}
	}
	h.now = tomorrow("09:55")
	must(t, h.store.Sit(t.Context(), h.clerks[0], h.Centre, h.read(t).Hall.Windows[0].ID))
	walked := h.issue(t)
	must(t, h.store.Close(t.Context(), h.head, h.Centre, locale.Text{UK: "Лише за записом"}))
	booked, err := arrive(b.Number)
	must(t, err)
	if again, err := arrive(b.Number); err != nil || again.ID != booked.ID {
		t.Errorf("a double press: %v, %v", again.Label(), err)
	}
	if later, err := arrive(late.Number); err != nil || later.BookedFor != nil {
		t.Errorf("55 minutes late: %+v, %v", later, err)
	}
	h.pass(5 * time.Minute)
	if _, err := h.store.At(func() time.Time { return h.clock().AddDate(0, 0, 1) }).Arrive(t.Context(), h.head, h.Centre, b.Number); !wrongWith(err, "reception.booking_past") {
		t.Errorf("a day too late: %v", err)
	}
	first, err := h.store.Next(t.Context(), h.clerks[0], h.Centre, uuid.Nil)
	must(t, err)
	if first.ID != booked.ID || booked.BookedFor == nil || *booked.ServiceID != h.Service || walked.ID == booked.ID {
		t.Errorf("%s is called, not %s", first.Label(), booked.Label())
	}
	if err := h.store.GiveBack(t.Context(), h.head, h.Centre, b.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("given back after coming: %v", err)
	}
	gone := h.book(t, tomorrow("11:00"))
	must(t, h.store.GiveBack(t.Context(), h.head, h.Centre, gone.ID))
	if _, err := arrive(gone.Number); !wrongWith(err, "reception.booking_cancelled") {
		t.Errorf("given back and came: %v", err)
	}
}

// Several matters are booked in one piece, at a window that can do all of them; what is left of its day says so at once, also after it was
// moved or given back, and after the offer was made anew.
func TestSeveralMattersInOneAppointment(t *testing.T) {
	h := offering(t, 2)
	must(t, h.store.SaveGroup(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, reception.Group{Letter: "Б", Name: locale.Text{UK: "Земля"}, Minutes: 25}))
	land := h.read(t).Hall.Groups[1].ID
	w := h.read(t).Hall.Windows[1]
	w.Groups = append(w.Groups, land)
	must(t, h.store.SaveWindow(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, w, ""))
	room := func(clock string) int {
		return h.count(t, `select room from reception.slots where window_id = $1 and begins_at = $2 and free = (room > 0)`, w.ID, tomorrow(clock))
	}
	// Ten minutes each; five of 25 fit before noon from 09:50 on.
	if got := []int{room("09:00"), room("11:00"), room("11:50")}; got[0] != 125 || got[1] != 60 || got[2] != 10 {
		t.Fatalf("rooms are %v", got)
	}
	if n := h.count(t, `select count(*) from reception.slots where serves @> array[$1::uuid]`, land); n != 0 {
		t.Fatalf("%d times are said to be for a group that nobody can book", n)
	}
	a := reception.Appointment{Group: h.group, Further: []reception.Matter{{GroupID: land}}, At: tomorrow("10:00"), Name: "Ганна", Language: locale.UK}
	b, err := h.store.Book(t.Context(), h.head, h.Centre, a)
	must(t, err)
	if b.WindowID != w.ID || b.Minutes != 35 || room("09:40") != 20 || room("10:00") != 0 || room("10:30") != 0 || room("10:40") != 80 {
		t.Fatalf("%d minutes at %s; rooms %d, %d, %d, %d", b.Minutes, b.WindowID, room("09:40"), room("10:00"), room("10:30"), room("10:40"))
	}
	if _, err := h.store.Book(t.Context(), h.head, h.Centre, a); !wrongWith(err, "reception.time_taken") {
		t.Errorf("the only window that can do both is booked, and somebody else gets: %v", err)
	}
	a.At = tomorrow("11:40")
	if _, err := h.store.Book(t.Context(), h.head, h.Centre, a); !wrongWith(err, "reception.time_gone") {
		t.Errorf("35 minutes end after closing: %v", err)
	}
	for name, further := range map[string][]reception.Matter{
		"the same twice": {{GroupID: h.group}}, "unknown": {{GroupID: uuid.New()}}, "six": {{GroupID: land}, {GroupID: land}, {GroupID: land}, {GroupID: land}, {GroupID: land}},
		"a service of nobody": {{GroupID: land, ServiceID: &h.OtherService}},
	} {
		a.Further, a.At = further, tomorrow("09:00")
		if _, err := h.store.Book(t.Context(), h.head, h.Centre, a); !wrongWith(err, "reception.further_wrong") {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := h.count(t, `select count(*) from reception.slots where free`)
	h.DB.Exec(`update reception.halls set slots_of = null`)
	must(t, h.store.Follow(t.Context()))
	if n := h.count(t, `select count(*) from reception.slots where free`); n != before || room("10:30") != 0 || room("09:40") != 20 {
		t.Errorf("made anew, %d of %d times are free", n, before)
	}
	must(t, h.store.GiveBack(t.Context(), h.head, h.Centre, b.ID))
	if room("10:00") != 120 || room("10:30") != 90 {
		t.Errorf("given back, rooms are %d and %d", room("10:00"), room("10:30"))
	}
	// The window stops doing one of them: who has booked both is not received there any more.
	a.Further, a.At = []reception.Matter{{GroupID: land}}, tomorrow("10:00")
	if b, err = h.store.Book(t.Context(), h.head, h.Centre, a); err != nil {
		t.Fatal(err)
	}
	w.Groups = w.Groups[:1]
	var falls *reception.Falling
	if err := h.store.SaveWindow(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, w, ""); !errors.As(err, &falls) || len(falls.List) != 1 || len(falls.List[0].Further) != 1 {
		t.Errorf("the change leaves nobody without a place: %v", err)
	}
}

// The later it is, the shorter is what passes over kept times: rows say so without anybody booking, and the rest of them is not touched.
func TestTimesThatPass(t *testing.T) {
	h := offering(t, 1)
	must(t, h.store.SavePlan(t.Context(), h.head, h.Centre, h.read(t).Hall.Version, reception.Plan{Ahead: 2, Notice: 30, Cancel: 30, PerContact: 3, New: 70, Share: 50}))
	h.pass(tomorrow("08:00").Sub(h.clock()))
	must(t, h.store.Follow(t.Context()))
	room := func(clock string) int {
		return h.count(t, `select room from reception.slots where centre_id = $1 and begins_at = $2`, h.Centre, tomorrow(clock).UTC())
	}
	if room("11:00") != 50 { // five times of ten minutes
		t.Fatalf("at eight, %d minutes can be had from eleven on", room("11:00"))
	}
	versions := func() string {
		var all string
		must(t, h.DB.Pool.QueryRow(t.Context(), `select string_agg(id || '/' || xmin, ',' order by id) from reception.slots where begins_at >= $1`, tomorrow("00:00").AddDate(0, 0, 1)).Scan(&all))
		return all
	}
	before := versions()
	h.pass(tomorrow("10:55").Sub(h.clock()))
	must(t, h.store.PassTime(t.Context()))
	if room("11:00") != 30 || room("11:20") != 30 || room("11:40") != 20 || versions() != before {
		t.Errorf("at five to eleven %d, %d and %d minutes can be had from 11:00, 11:20 and 11:40 on, and what is kept are three times of six", room("11:00"), room("11:20"), room("11:40"))
	}
}

// Somebody with three matters comes while the only clerk who can do all of them is away: they are not passed over. Who can do the first two calls them,
// does those, and they go on with the third from the place where they stood. When the clerk is back, nobody is parted.
func TestMattersAreDoneApartWhileNobodyDoesAll(t *testing.T) {
	h := offering(t, 3)
	version := func() int { return h.read(t).Hall.Version }
	for _, letter := range []string{"Б", "В"} {
		must(t, h.store.SaveGroup(t.Context(), h.head, h.Centre, version(), reception.Group{Letter: letter, Name: locale.Text{UK: "Земля " + letter}, Minutes: 10}))
	}
	groups := h.read(t).Hall.Groups
	windows := h.read(t).Hall.Windows
	for i, serves := range [][]uuid.UUID{{groups[0].ID, groups[1].ID, groups[2].ID}, {groups[0].ID, groups[1].ID}, {groups[2].ID}} {
		windows[i].Groups, windows[i].Appoints = serves, &serves[0]
		must(t, h.store.SaveWindow(t.Context(), h.head, h.Centre, version(), windows[i], ""))
	}
	come := func(clock string) reception.Ticket {
		b, err := h.store.Book(t.Context(), h.head, h.Centre, reception.Appointment{
			Group: h.group, Further: []reception.Matter{{GroupID: groups[1].ID}, {GroupID: groups[2].ID}}, At: tomorrow(clock), Name: "Ганна", Language: locale.UK,
		})
		must(t, err)
		h.now = tomorrow(clock)
		ticket, err := h.store.Arrive(t.Context(), h.head, h.Centre, b.Number)
		must(t, err)
		return ticket
	}
	next := func(clerk int, seen uuid.UUID) reception.Ticket {
		called, err := h.store.Next(t.Context(), h.clerks[clerk], h.Centre, seen)
		must(t, err)
		if called == nil {
			return reception.Ticket{}
		}
		return *called
	}
	ticket := come("09:00")
	for i := range 3 {
		must(t, h.store.Sit(t.Context(), h.clerks[i], h.Centre, windows[i].ID))
	}
	if got := next(1, uuid.Nil); got.ID != uuid.Nil {
		t.Fatalf("%s is called in parts while somebody who can do all is there", got.Label())
	}
	must(t, h.store.Rise(t.Context(), h.clerks[0], h.Centre))
	called := next(1, uuid.Nil)
	if called.ID != ticket.ID || len(called.Rest(windows[1])) != 1 {
		t.Fatalf("nobody who can do all is there, and %q is called with the rest %v", called.Label(), called.Rest(windows[1]))
	}
	h.pass(5 * time.Minute)
	h.do(t, 1, called, reception.Come)
	h.pass(5 * time.Minute)
	served := h.read(t)
	there, _ := served.Day.Ticket(ticket.ID)
	rest := h.do(t, 1, there, reception.Finish)
	if rest.State != reception.Waiting || rest.GroupID != groups[2].ID || len(rest.Further) != 0 || !rest.StandsAt.Equal(ticket.StandsAt) || rest.BookedFor == nil || rest.Earlier != 2 || rest.Together {
		t.Fatalf("after two of three matters: %+v", rest)
	}
	if got := next(1, uuid.Nil); got.ID != uuid.Nil {
		t.Errorf("%s is called once more where their rest cannot be done", got.Label())
	}
	called = next(2, uuid.Nil)
	h.do(t, 2, called, reception.Come)
	h.pass(time.Minute)
	if got := next(2, ticket.ID); got.ID != uuid.Nil || called.ID != ticket.ID {
		t.Errorf("%s is called, and then %s", called.Label(), got.Label())
	}
	if f := h.read(t).Figures(); f.Served != 1 || f.Matters != 3 {
		t.Errorf("%d people were served with %d matters", f.Served, f.Matters)
	}

	// Nobody can do the first matter: who can do another one begins with that, and the wait is told.
	must(t, h.store.Rise(t.Context(), h.clerks[1], h.Centre))
	ticket = come("10:00")
	now := h.read(t)
	if e, told := now.Expect()[ticket.ID]; !told || e.Most != 0 {
		t.Errorf("whoever is called at once waits %v, %t", e.Most, told)
	}
	called = next(2, uuid.Nil)
	if called.ID != ticket.ID || called.GroupID != groups[2].ID || len(called.Rest(windows[2])) != 2 {
		t.Fatalf("%q is called for %s", called.Label(), called.GroupID)
	}
	h.do(t, 2, called, reception.Come)
	must(t, h.store.Sit(t.Context(), h.clerks[0], h.Centre, windows[0].ID))
	if got := next(2, ticket.ID); got.ID != uuid.Nil {
		t.Errorf("%s is called", got.Label())
	}
	if got := next(0, uuid.Nil); got.ID != ticket.ID || len(got.Rest(windows[0])) != 0 || len(got.Further) != 1 || got.Earlier != 1 {
		t.Errorf("the clerk who can do the rest calls %q with %v", got.Label(), got.Further)
	}
}

// Somebody with three matters is put off at a window that does two of them, comes back late, and is called from among those who were put off by a window that does
// the third one only: they begin with that, the others are not taken for done, and nobody takes up there what the window cannot do. It is so too where no window
// does all of it any more since they booked.
func TestALateMatterIsNotTakenForDone(t *testing.T) {
	h := offering(t, 3)
	version := func() int { return h.read(t).Hall.Version }
	for _, letter := range []string{"Б", "В"} {
		must(t, h.store.SaveGroup(t.Context(), h.head, h.Centre, version(), reception.Group{Letter: letter, Name: locale.Text{UK: "Земля " + letter}, Minutes: 10}))
	}
	groups := h.read(t).Hall.Groups
	windows := h.read(t).Hall.Windows
	for i, serves := range [][]uuid.UUID{{groups[0].ID, groups[1].ID, groups[2].ID}, {groups[0].ID, groups[1].ID}, {groups[2].ID}} {
		windows[i].Groups, windows[i].Appoints = serves, &serves[0]
		must(t, h.store.SaveWindow(t.Context(), h.head, h.Centre, version(), windows[i], ""))
	}
	b, err := h.store.Book(t.Context(), h.head, h.Centre, reception.Appointment{
		Group: h.group, Further: []reception.Matter{{GroupID: groups[1].ID}, {GroupID: groups[2].ID}}, At: tomorrow("09:00"), Name: "Ганна", Language: locale.UK,
	})
	must(t, err)
	h.DB.Exec(`update reception.windows set retired = true where id = $1`, windows[0].ID)
	h.now = tomorrow("09:00")
	ticket, err := h.store.Arrive(t.Context(), h.head, h.Centre, b.Number)
	must(t, err)
	if !ticket.Together {
		t.Fatal("no window does all, and what the first one cannot do would be forgotten")
	}
	for _, i := range []int{1, 2} {
		must(t, h.store.Sit(t.Context(), h.clerks[i], h.Centre, windows[i].ID))
	}
	called, err := h.store.Next(t.Context(), h.clerks[1], h.Centre, uuid.Nil)
	must(t, err)
	ticket = h.do(t, 1, *called, reception.Park)
	ticket = h.do(t, 2, ticket, reception.Call)
	if ticket.GroupID != groups[2].ID || len(ticket.Rest(windows[2])) != 2 {
		t.Fatalf("the window that does the third matter begins with %v and leaves %v", ticket.Matters()[0], ticket.Rest(windows[2]))
	}
	ticket = h.do(t, 2, ticket, reception.Come)
	if err := h.store.Turn(t.Context(), h.clerks[2], h.Centre, ticket.ID, 0, ticket.Matters()[0]); !fault.Is(err, fault.Conflict) {
		t.Errorf("the window takes up what it cannot do: %v", err)
	}
	ticket = h.do(t, 2, ticket, reception.Finish)
	if ticket.State != reception.Waiting || ticket.Earlier != 1 || len(ticket.Matters()) != 2 {
		t.Fatalf("after one of three matters: %+v", ticket)
	}
	again, err := h.store.Next(t.Context(), h.clerks[1], h.Centre, uuid.Nil)
	must(t, err)
	if again == nil || again.ID != ticket.ID {
		t.Fatalf("the window that does the other two calls %v", again)
	}
	h.do(t, 1, *again, reception.Come)
	h.pass(time.Minute)
	if _, err := h.store.Next(t.Context(), h.clerks[1], h.Centre, ticket.ID); err != nil {
		t.Fatal(err)
	}
	if f := h.read(t).Figures(); f.Served != 1 || f.Matters != 3 {
		t.Errorf("%d people were served with %d matters", f.Served, f.Matters)
	}
}
