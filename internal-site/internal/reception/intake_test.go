package reception_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake/intaketest"
	"portal.example/internal-site/internal/reception"
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
	must(t, o.store.SaveWindow(t.Context(), o.head, o.Centre, 1, reception.Window{Number: 1, Groups: []uuid.UUID{o.group}, Appoints: &o.group}))
	must(t, o.store.SavePlan(t.Context(), o.head, o.Centre, 2, reception.Plan{Ahead: 3, Notice: 60, Cancel: 60, PerContact: 2}))
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
