package reception_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake/intaketest"
	"portal.example/internal-site/internal/reception"
	"portal.example/shared/awaittest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// online is a node whose intake takes bookings, and a hall with one window that receives appointments around the clock: the intake's
// clock is the machine's.
type online struct {
	*intaketest.Node
	store *reception.Store
	head  access.Actor
	group uuid.UUID
	times []time.Time // more than a day ahead
}

func newOnline(t *testing.T) *online {
	t.Helper()
	node := intaketest.New(t, reception.NewIntake())
	o := &online{Node: node, store: reception.NewStore(node.DB.PoolAs("internal_site")), head: node.Users[access.CentreHead]}
	o.DB.Exec(`update org.centres set published = true, schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', '00:00', 'closes', '23:30')))
		from generate_series(1, 7) d) where id = $1`, o.Centre)
	must(t, o.store.SaveGroup(t.Context(), o.head, o.Centre, 0, reception.Group{Letter: "А", Name: locale.Text{UK: "Довідки"}, Minutes: 30, Services: []uuid.UUID{o.Service}}))
	n, err := o.store.Now(t.Context(), o.head, o.Centre)
	must(t, err)
	o.group = n.Hall.Groups[0].ID
	must(t, o.store.SaveWindow(t.Context(), o.head, o.Centre, 1, reception.Window{Number: 1, Groups: []uuid.UUID{o.group}, Appoints: &o.group}, ""))
	must(t, o.store.SavePlan(t.Context(), o.head, o.Centre, 2, reception.Plan{Ahead: 3, Notice: 60, Cancel: 60, PerContact: 2, New: 70}))
	rows, err := o.DB.Pool.Query(t.Context(), `select begins_at from reception.slots where begins_at > now() + interval '26 hours' order by begins_at`)
	must(t, err)
	for rows.Next() {
		var at time.Time
		must(t, rows.Scan(&at))
		o.times = append(o.times, at)
	}
	must(t, rows.Err())
	return o
}

// send sends a booking as another message of the sender, and returns its state, why and what was said.
func (o *online) send(t *testing.T, by intaketest.Sender, change func(*contract.Booking)) (state, why, said string, id uuid.UUID) {
	t.Helper()
	by.MessageID = uuid.Must(uuid.NewV7())
	var err error
	by.Number, err = contract.NewReceiptNumber(rand.Reader)
	must(t, err)
	r := &contract.Booking{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.Number, Act: contract.BookingMakes, CentreID: o.Centre, GroupID: &o.group, At: &o.times[0],
		Name: "Ганна", Consent: true, Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: time.Now().UTC(),
	}
	change(r)
	o.Send(t, by, r, nil)
	err = o.DB.Pool.QueryRow(t.Context(), `
		select coalesce(b.state, a.outcome), coalesce(b.why, ''), coalesce(b.said, ''), coalesce(b.id, $2) from submission.answers a
		left join reception.bookings b on b.id = a.subject_id where a.message_id = $1`, by.MessageID, uuid.Nil).Scan(&state, &why, &said, &id)
	must(t, err)
	return state, why, said, id
}

func TestBookingsThatArrive(t *testing.T) {
	o := newOnline(t)
	owner, other := intaketest.NewSender(t), intaketest.NewSender(t)
	state, _, _, first := o.send(t, owner, func(*contract.Booking) {})
	if state != "booked" {
		t.Fatalf("the first is %s", state)
	}
	if state, why, _, _ := o.send(t, other, func(*contract.Booking) {}); state != "refused" || why != "taken" {
		t.Errorf("the second of one place is %s, %s", state, why)
	}
	state, _, _, second := o.send(t, other, func(r *contract.Booking) { r.Second, r.Email = &o.times[1], "a@example.com" })
	var at time.Time
	must(t, o.DB.Pool.QueryRow(t.Context(), `select begins_at from reception.bookings where id = $1`, second).Scan(&at))
	if state != "booked" || !at.Equal(o.times[1]) {
		t.Errorf("a second wish is %s at %v", state, at)
	}
	off := o.times[0].Add(time.Minute)
	if state, why, _, _ := o.send(t, other, func(r *contract.Booking) { r.At = &off }); state != "refused" || why != "gone" {
		t.Errorf("a time that is none is %s, %s", state, why)
	}
	if state, _, _, _ := o.send(t, other, func(r *contract.Booking) { r.At, r.Email = &o.times[2], "A@example.com" }); state != "booked" {
		t.Errorf("the second of a contact is %s", state)
	}
	if state, why, _, _ := o.send(t, other, func(r *contract.Booking) { r.At, r.Email = &o.times[3], "a@example.com" }); state != "refused" || why != "limit" {
		t.Errorf("the third of a contact is %s, %s", state, why)
	}
	if state, _, _, _ := o.send(t, other, func(r *contract.Booking) { r.GroupID = &o.OtherService }); state == "booked" || state == "refused" {
		t.Errorf("a group of nobody is %s", state)
	}

	change := func(act string, to *time.Time, id uuid.UUID, by intaketest.Sender) func(*contract.Booking) {
		return func(r *contract.Booking) {
			*r = contract.Booking{
				Version: 1, MessageID: r.MessageID, ReceiptNumber: r.ReceiptNumber, Act: act, CentreID: o.Centre, BookingID: &id, At: to, Code: by.Code.Reveal(),
				Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: r.SubmittedAt,
			}
		}
	}
	if _, _, said, _ := o.send(t, owner, change(contract.BookingMoves, &o.times[1], first, owner)); said != "move_taken" {
		t.Errorf("moved to where somebody else is: %q", said)
	}
	if _, _, said, _ := o.send(t, owner, change(contract.BookingMoves, &o.times[4], first, owner)); said != "moved" {
		t.Errorf("moved: %q", said)
	}
	if state, _, _, id := o.send(t, other, change(contract.BookingGivesUp, nil, first, other)); id != uuid.Nil {
		t.Errorf("somebody else's code gives it back: %s", state)
	}
	if n := o.count(t, `select count(*) from reception.slots where free and begins_at = any($1)`, []time.Time{o.times[0], o.times[4]}); n != 1 {
		t.Errorf("after moving %d of the two times are free", n)
	}
	if state, _, _, _ := o.send(t, owner, change(contract.BookingGivesUp, nil, first, owner)); state != "cancelled" {
		t.Errorf("given back: %s", state)
	}
	if state, _, _, _ := o.send(t, owner, change(contract.BookingGivesUp, nil, first, owner)); state != "cancelled" {
		t.Errorf("given back twice: %s", state)
	}
	if state, _, _, _ := o.send(t, owner, func(r *contract.Booking) { r.At = &o.times[4] }); state != "booked" {
		t.Errorf("the time that was given back is %s", state)
	}
	o.DB.Exec(`update reception.halls set cancel_minutes = 10080 where centre_id = $1`, o.Centre)
	if state, _, said, _ := o.send(t, other, change(contract.BookingGivesUp, nil, second, other)); state != "booked" || said != "late" {
		t.Errorf("given back too late: %s, %q", state, said)
	}
}

// Who leaves no contact can take a fifth of the times of a day, under whatever names; one with a contact still has a place.
func TestBookingsWithoutAContact(t *testing.T) {
	o := newOnline(t)
	day := slices.DeleteFunc(slices.Clone(o.times), func(at time.Time) bool {
		return !workdays.DateOf(at).Equal(workdays.DateOf(o.times[len(o.times)-1]))
	})
	most, by := (len(day)+4)/5, intaketest.NewSender(t)
	for i := range most {
		if state, why, _, _ := o.send(t, by, func(r *contract.Booking) { r.At = &day[i] }); state != "booked" {
			t.Fatalf("%d of %d is %s, %s", i+1, most, state, why)
		}
	}
	if state, why, _, _ := o.send(t, by, func(r *contract.Booking) { r.At, r.Name = &day[most], "Олена" }); state != "refused" || why != "contact" {
		t.Errorf("one too many is %s, %s", state, why)
	}
	if state, _, _, _ := o.send(t, by, func(r *contract.Booking) { r.At, r.Phone = &day[most], "+380671234567" }); state != "booked" {
		t.Errorf("with a telephone it is %s", state)
	}
}

func (o *online) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	must(t, o.DB.Pool.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

// changes is a message that moves an appointment to a time, or gives it back with nil, sent at a moment.
func (o *online) changes(id uuid.UUID, by intaketest.Sender, to *time.Time, sent time.Time) func(*contract.Booking) {
	act := contract.BookingMoves
	if to == nil {
		act = contract.BookingGivesUp
	}
	return func(r *contract.Booking) {
		*r = contract.Booking{
			Version: 1, MessageID: r.MessageID, ReceiptNumber: r.ReceiptNumber, Act: act, CentreID: o.Centre, BookingID: &id, At: to, Code: by.Code.Reveal(),
			Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: sent.UTC(),
		}
	}
}

// A change that waited for the link is judged by when it was sent, one pressed twice by what it asks for, and nothing changes once its time
// has begun. Its holder is not kept from it by what others send, and reads at the appointment what was held. Long afterwards all of it is
// forgotten, whatever the name was.
func TestChangesThatArrive(t *testing.T) {
	o := newOnline(t)
	by := intaketest.NewSender(t)
	book := func(at time.Time) uuid.UUID {
		t.Helper()
		state, why, _, id := o.send(t, by, func(r *contract.Booking) { r.At, r.Name, r.Phone = &at, "–", "+380671234567" })
		if state != "booked" {
			t.Fatalf("booked: %s, %s", state, why)
		}
		return id
	}
	limit := func(until time.Duration) {
		o.DB.Exec(`update reception.halls set cancel_minutes = $2 where centre_id = $1`, o.Centre, int(until.Minutes()))
	}
	now := time.Now()

	waited := book(o.times[0])
	limit(o.times[0].Sub(now) + time.Hour) // it passed an hour ago
	if state, _, said, _ := o.send(t, by, o.changes(waited, by, nil, now)); state != "booked" || said != "late" {
		t.Errorf("sent after the limit: %s, %q", state, said)
	}
	if state, _, said, _ := o.send(t, by, o.changes(waited, by, nil, now.Add(-3*time.Hour))); state != "cancelled" {
		t.Errorf("sent before the limit: %s, %q", state, said)
	}

	moved := book(o.times[len(o.times)-1])
	limit(o.times[1].Sub(now) + time.Hour)
	for range 2 {
		if _, _, said, _ := o.send(t, by, o.changes(moved, by, &o.times[1], now)); said != "moved" {
			t.Errorf("moved into the limit: %q", said)
		}
	}

	// Whose time the centre cannot keep may choose another one until it comes, also on a day that has enough of people who are new.
	limit(o.times[1].Sub(now) + time.Hour)
	o.DB.Exec(`update reception.halls set new_share = 1 where centre_id = $1`, o.Centre)
	last := o.times[len(o.times)-1]
	o.DB.Exec(`insert into reception.bookings (id, number, centre_id, window_id, group_id, begins_at, minutes, ends_at, name, made_at, tracked, message_id, code_hash)
		select gen_random_uuid(), '0000-0000', centre_id, window_id, group_id, $2::timestamptz - interval '30 minutes', 30, $2, 'x', now(), true, gen_random_uuid(), code_hash
		from reception.bookings where id = $1`, moved, last)
	if _, _, said, _ := o.send(t, by, o.changes(moved, by, &last, now)); said != "late" {
		t.Errorf("one that stands, moved too late: %q", said)
	}
	o.DB.Exec(`update reception.bookings set stands = false where id = $1`, moved)
	if _, _, said, _ := o.send(t, by, o.changes(moved, by, &last, now)); said != "moved" {
		t.Errorf("one that cannot be kept: %q", said)
	}
	if n := o.count(t, `select count(*) from reception.bookings where id = $1 and stands and begins_at = $2 and moved_at is not null`, moved, last); n != 1 {
		t.Error("it has its new place and is said to have none")
	}
	o.DB.Exec(`update reception.halls set new_share = 100 where centre_id = $1`, o.Centre)

	limit(0)
	o.DB.Exec(`update intake.inflow set messages = 100`)
	if _, _, said, _ := o.send(t, by, o.changes(moved, by, &o.times[2], now)); said != "moved" {
		t.Errorf("moved while others send too much: %q", said)
	}
	if state, _, _, _ := o.send(t, intaketest.NewSender(t), func(r *contract.Booking) { r.At = &o.times[3] }); state != "held" {
		t.Errorf("a new one while others send too much: %s", state)
	}
	if state, _, _, _ := o.send(t, intaketest.NewSender(t), o.changes(moved, intaketest.NewSender(t), nil, now)); state != "held" {
		t.Errorf("a change without the code while others send too much: %s", state)
	}
	said := func() (said string) {
		must(t, o.DB.Pool.QueryRow(t.Context(), `select said from reception.bookings where id = $1`, moved).Scan(&said))
		return said
	}
	o.DB.Exec(`update reception.bookings set changes = 20 where id = $1`, moved)
	if state, _, _, _ := o.send(t, by, o.changes(moved, by, nil, now)); state != "held" || said() != "held" {
		t.Errorf("one change too many while others send too much: %s, %q", state, said())
	}
	o.DB.Exec(`update intake.inflow set messages = 0`)
	o.DB.Exec(`update reception.bookings set begins_at = now() - interval '1 minute' where id = $1`, moved)
	if state, _, said, _ := o.send(t, by, o.changes(moved, by, nil, now.Add(-3*time.Hour))); state != "booked" || said != "late" {
		t.Errorf("given back once it has begun: %s, %q", state, said)
	}

	o.DB.Exec(`update reception.bookings set begins_at = begins_at - interval '100 days', ends_at = ends_at - interval '100 days'`)
	o.DB.Exec(`update reception.halls set slots_of = 'yesterday'`)
	must(t, o.store.Follow(t.Context()))
	if n := o.count(t, `select count(*) from reception.bookings where tracked or email <> '' or phone <> ''`); n != 0 {
		t.Errorf("%d appointments of long ago say who had them, or are on the public site", n)
	}
}

// No day is taken whole by people whom nobody knows: not by moving appointments to it, and not with one invented contact after another.
// Who has come before is taken still.
func TestNobodyTakesAWholeDay(t *testing.T) {
	o := newOnline(t)
	byDay, days := map[time.Time][]time.Time{}, []time.Time{}
	for _, at := range o.times {
		d := workdays.DateOf(at)
		if byDay[d] == nil {
			days = append(days, d)
		}
		byDay[d] = append(byDay[d], at)
	}
	day, before := byDay[days[len(days)-1]], byDay[days[len(days)-2]]
	by, now := intaketest.NewSender(t), time.Now()
	most, allNew := (len(day)+4)/5, (len(day)*70+99)/100
	for i := range most + 1 {
		state, why, _, id := o.send(t, by, func(r *contract.Booking) { r.At = &before[0] })
		if state != "booked" {
			t.Fatalf("%d: %s, %s", i, state, why)
		}
		want := "moved"
		if i == most {
			want = "move_contact"
		}
		if _, _, said, _ := o.send(t, by, o.changes(id, by, &day[i], now)); said != want {
			t.Errorf("%d of %d without a contact is moved there: %q", i+1, most, said)
		}
	}
	o.DB.Exec(`update intake.inflow set messages = 0`)
	for i := most; i <= allNew; i++ {
		state, why, _, _ := o.send(t, intaketest.NewSender(t), func(r *contract.Booking) { r.At, r.Email = &day[i], fmt.Sprintf("a%d@example.com", i) })
		if i < allNew && state != "booked" || i == allNew && why != "new" {
			t.Errorf("%d of %d with an invented contact: %s, %s", i+1, allNew, state, why)
		}
	}
	o.DB.Exec(`insert into reception.days (centre_id, day, version) values ($1, '2020-01-02', 1)`, o.Centre)
	o.DB.Exec(`
		with came as (
			insert into reception.tickets (id, centre_id, day, press, letter, number, group_id, stands_at, since, issued_at)
			values (gen_random_uuid(), $1, '2020-01-02', gen_random_uuid(), 'А', 1, $2, now(), now(), now()) returning id)
		update reception.bookings set state = 'arrived', ticket_id = (select id from came), phone = '+380671234567' where state = 'booked' and begins_at = $3`,
		o.Centre, o.group, before[0])
	if state, why, _, _ := o.send(t, intaketest.NewSender(t), func(r *contract.Booking) { r.At, r.Phone = &day[allNew], "+380671234567" }); state != "booked" {
		t.Errorf("who has come before: %s, %s", state, why)
	}
}

// Whose window is away moves to another window at the same time; pressed twice it stays there.
func TestALostTimeIsKeptAtAnotherWindow(t *testing.T) {
	o := newOnline(t)
	by := intaketest.NewSender(t)
	must(t, o.store.SaveWindow(t.Context(), o.head, o.Centre, 3, reception.Window{Number: 2, Groups: []uuid.UUID{o.group}, Appoints: &o.group}, ""))
	_, _, _, id := o.send(t, by, func(*contract.Booking) {})
	at := func() (window uuid.UUID, stands bool) {
		must(t, o.DB.Pool.QueryRow(t.Context(), `select window_id, stands from reception.bookings where id = $1 and begins_at = $2`, id, o.times[0]).Scan(&window, &stands))
		return window, stands
	}
	away, _ := at()
	day := workdays.DateOf(o.times[0])
	absence := reception.Absence{WindowID: &away, First: day, Last: day}
	var f *reception.Falling
	if err := o.store.AddAbsence(t.Context(), o.head, o.Centre, 4, absence, ""); !errors.As(err, &f) {
		t.Fatalf("nobody loses a place: %v", err)
	}
	must(t, o.store.AddAbsence(t.Context(), o.head, o.Centre, 4, absence, f.Seen()))
	for range 2 {
		_, _, said, _ := o.send(t, by, o.changes(id, by, &o.times[0], time.Now()))
		if window, stands := at(); said != "moved" || window == away || !stands {
			t.Errorf("%q, and it is at the window that is away: %v, stands: %v", said, window == away, stands)
		}
	}
}

// calendarLock is that of the region's calendar in internal/org.
const calendarLock = 0x63616c656e646172

// A change waits for the calendar before it holds the times of a centre, as whoever books does: otherwise each of the two would wait for the
// other once somebody wants to change the calendar. Staff give back the time at which an appointment stands once they have the times.
func TestChangesWaitForEachOther(t *testing.T) {
	o := newOnline(t)
	by := intaketest.NewSender(t)
	_, _, _, id := o.send(t, by, func(*contract.Booking) {})
	times := `hashtextextended('reception.slots/' || $1::text, 0)`
	waiting := func(n int) func() bool {
		return func() bool {
			return o.count(t, `select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`) == n
		}
	}

	calendar, err := o.DB.Pool.Begin(t.Context())
	must(t, err)
	_, err = calendar.Exec(t.Context(), `select pg_advisory_xact_lock($1)`, int64(calendarLock))
	must(t, err)
	moved := make(chan string, 1)
	go func() {
		_, _, said, _ := o.send(t, by, o.changes(id, by, &o.times[3], time.Now()))
		moved <- said
	}()
	awaittest.Until(t, "the change waits for the calendar", waiting(1))
	var open bool
	if must(t, calendar.QueryRow(t.Context(), `select pg_try_advisory_xact_lock(`+times+`)`, o.Centre).Scan(&open)); !open {
		t.Error("who waits for the calendar holds the times of the centre")
	}
	must(t, calendar.Rollback(t.Context()))
	if said := awaittest.Receive(t, "the change", moved); said != "moved" {
		t.Errorf("the change that waited: %q", said)
	}

	holder, err := o.DB.Pool.Begin(t.Context())
	must(t, err)
	_, err = holder.Exec(t.Context(), `select pg_advisory_xact_lock(`+times+`)`, o.Centre)
	must(t, err)
	given := make(chan error, 1)
	go func() { given <- o.store.GiveBack(t.Context(), o.head, o.Centre, id) }()
	awaittest.Until(t, "giving back waits for the times", waiting(1))
	for _, sql := range []string{
		`update reception.bookings set begins_at = $1, ends_at = $1::timestamptz + interval '30 minutes' where id = $2`,
		`update reception.slots set free = begins_at <> $1 where $2::uuid is not null`,
	} {
		_, err = holder.Exec(t.Context(), sql, o.times[5], id)
		must(t, err)
	}
	must(t, holder.Commit(t.Context()))
	must(t, awaittest.Receive(t, "giving back", given))
	if n := o.count(t, `select count(*) from reception.slots where not free`); n != 0 {
		t.Errorf("%d times stay taken, though the appointment that was moved meanwhile was given back", n)
	}
}

// A message names further matters: all of them get one place in a row. One with what the centre does not offer is not taken.
func TestSeveralMattersThatArrive(t *testing.T) {
	o := newOnline(t)
	by := intaketest.NewSender(t)
	n, err := o.store.Now(t.Context(), o.head, o.Centre)
	must(t, err)
	must(t, o.store.SaveGroup(t.Context(), o.head, o.Centre, n.Hall.Version, reception.Group{Letter: "Б", Name: locale.Text{UK: "Земля"}, Minutes: 40}))
	n, err = o.store.Now(t.Context(), o.head, o.Centre)
	must(t, err)
	land, w := n.Hall.Groups[1].ID, n.Hall.Windows[0]
	w.Groups = append(w.Groups, land)
	must(t, o.store.SaveWindow(t.Context(), o.head, o.Centre, n.Hall.Version, w, ""))
	free := func(at time.Time) (n int) {
		must(t, o.DB.Pool.QueryRow(t.Context(), `select count(*) from reception.slots where begins_at = $1 and free`, at).Scan(&n))
		return n
	}
	for name, further := range map[string][]contract.Matter{
		"a group of nobody":   {{GroupID: uuid.New()}},
		"a service of nobody": {{GroupID: land, ServiceID: &o.OtherService}},
	} {
		if state, _, _, id := o.send(t, by, func(r *contract.Booking) { r.Further = further }); state != "held" || id != uuid.Nil {
			t.Errorf("%s is %s, %s", name, state, id)
		}
	}
	state, why, _, id := o.send(t, by, func(r *contract.Booking) { r.Further = []contract.Matter{{GroupID: land}} })
	if state != "booked" || free(o.times[0]) != 0 || free(o.times[2]) != 0 || free(o.times[3]) != 1 {
		t.Fatalf("%s %s: 70 minutes leave %d, %d, %d", state, why, free(o.times[0]), free(o.times[2]), free(o.times[3]))
	}
	if state, why, _, _ := o.send(t, by, func(r *contract.Booking) { r.At = &o.times[1] }); state != "refused" || why != "taken" {
		t.Errorf("in the middle of it: %s, %s", state, why)
	}
	_, _, said, _ := o.send(t, by, func(r *contract.Booking) {
		*r = contract.Booking{
			Version: 1, MessageID: r.MessageID, ReceiptNumber: r.ReceiptNumber, Act: contract.BookingMoves, CentreID: o.Centre, BookingID: &id, At: &o.times[3],
			Code: by.Code.Reveal(), Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: r.SubmittedAt,
		}
	})
	if said != "moved" || free(o.times[0]) != 1 || free(o.times[2]) != 1 || free(o.times[3]) != 0 || free(o.times[5]) != 0 {
		t.Errorf("%s: it leaves %d, %d, %d, %d", said, free(o.times[0]), free(o.times[2]), free(o.times[3]), free(o.times[5]))
	}
}

// Whoever wants a time of which every place is had is told so without hours and appointments being read, and in the same words as by the rule; a time
// that is free again is had at once.
func TestATimeThatIsFullIsKnownFromItsRows(t *testing.T) {
	o := newOnline(t)
	owner, other := intaketest.NewSender(t), intaketest.NewSender(t)
	state, _, _, first := o.send(t, owner, func(*contract.Booking) {})
	if state != "booked" {
		t.Fatalf("the first is %s", state)
	}
	if state, why, _, _ := o.send(t, other, func(*contract.Booking) {}); state != "refused" || why != "taken" {
		t.Errorf("a time that is full is %s, %s", state, why)
	}
	must(t, o.store.GiveBack(t.Context(), o.head, o.Centre, first))
	if state, _, _, _ := o.send(t, other, func(*contract.Booking) {}); state != "booked" {
		t.Errorf("a time that was given back is %s", state)
	}
	o.DB.Exec(`update reception.slots set free = false, room = 0 where begins_at = $1`, o.times[3]) // the rows are what is asked
	if state, why, _, _ := o.send(t, other, func(r *contract.Booking) { r.At = &o.times[3] }); state != "refused" || why != "taken" {
		t.Errorf("a time whose rows say that it is full is %s, %s", state, why)
	}
}
