package reception

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Agenda is what staff see of the appointments of a hall.
type Agenda struct {
	Hall    Hall
	At      time.Time
	Day     time.Time // the date that is shown, midnight UTC
	List    []Booking // of that date, those that were given back too
	Free    []Place   // of that date, from now on
	ToCome  []Booking // that have not begun, of any date
	Touched []Booking // those of them that cannot be kept any more: hours, calendar, absences or windows have changed
}

// Agenda reads the appointments of a hall on a date.
func (s *Store) Agenda(ctx context.Context, actor access.Actor, centre uuid.UUID, date time.Time) (a Agenda, err error) {
	if err := access.Require(actor, Book, object(centre)); err != nil {
		return a, err
	}
	a.At, a.Day = s.now(), date
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if a.Hall, err = hall(ctx, tx, centre); err != nil {
			return err
		}
		o, err := opening(ctx, tx, centre)
		if err != nil {
			return err
		}
		from, until := midnight(date), midnight(date.AddDate(0, 0, 1))
		if a.List, err = bookings(ctx, tx, `centre_id = $1 and state <> 'refused' and begins_at >= $2 and begins_at < $3 order by begins_at, id`, centre, from, until); err != nil {
			return err
		}
		if a.ToCome, err = toComeAt(ctx, tx, centre, a.At); err != nil {
			return err
		}
		a.Touched = a.Hall.fallen(o, a.ToCome)
		a.Free = slices.DeleteFunc(a.Hall.Places(o, date, a.At, slices.Concat(a.ToCome, a.List)), func(p Place) bool { return p.Room == 0 })
		return nil
	})
	return a, err
}

// midnight is the moment at which a date begins in Kyiv.
func midnight(date time.Time) time.Time {
	return time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, locale.Kyiv())
}

// bookings reads the appointments for which the condition holds, in its order.
func bookings(ctx context.Context, tx pg.Queryer, where string, args ...any) ([]Booking, error) {
	rows, err := tx.Query(ctx, `
		select window_id, group_id, begins_at, minutes, id, number, centre_id, service_id, state, name, email, phone, language, made_at,
		       message_id is not null, ticket_id, stands, further_groups, further_services
		from reception.bookings where `+where, args...)
	if err != nil {
		return nil, pg.Fault("read appointments", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Booking, err error) {
		var f further
		err = row.Scan(&b.WindowID, &b.GroupID, &b.BeginsAt, &b.Minutes, &b.ID, &b.Number, &b.CentreID, &b.ServiceID, &b.State, &b.Name, &b.Email,
			&b.Phone, &b.Language, &b.MadeAt, &b.Online, &b.TicketID, &b.Stands, &f.groups, &f.services)
		b.Further = f.matters()
		return b, err
	})
	return list, pg.Fault("read appointments", err)
}

// Book books a time for somebody who telephoned or stands at the counter. A time that is not offered or not free is Invalid.
func (s *Store) Book(ctx context.Context, actor access.Actor, centre uuid.UUID, a Appointment) (b Booking, err error) {
	if err := access.Require(actor, Book, object(centre)); err != nil {
		return b, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		services, err := servicesOf(ctx, tx, centre)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(services))
		for i, v := range services {
			ids[i] = v.ID
		}
		if b, err = book(ctx, tx, centre, a, s.now(), func(h Hall) error { return a.check(h, ids) }); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update reception.bookings set made_by = $2 where id = $1`, b.ID, actor.UserID); err != nil {
			return pg.Fault("book", err)
		}
		return b.record(ctx, tx, actor.Audit(), "reception.booking.make")
	})
	return b, err
}

func (b Booking) record(ctx context.Context, tx pgx.Tx, by audit.Actor, action string) error {
	if err := tell(ctx, tx); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, audit.Entry{
		Action: action, ObjectType: "hall", ObjectID: b.CentreID.String(), CentreID: &b.CentreID, Detail: map[string]string{"number": b.Number},
	})
}

// book takes a time within tx. Whoever else books there waits until tx ends, and the table itself refuses two for one window and
// moment. check judges what is wanted once the hall is known.
func book(ctx context.Context, tx pgx.Tx, centre uuid.UUID, a Appointment, now time.Time, check func(Hall) error) (b Booking, err error) {
	if err := org.HoldCalendar(ctx, tx); err != nil { // whoever changes it finds this appointment
		return b, err
	}
	if err := holdTimes(ctx, tx, centre); err != nil {
		return b, err
	}
	h, err := hall(ctx, tx, centre)
	if err != nil {
		return b, err
	}
	if err := check(h); err != nil {
		return b, err
	}
	switch full, err := taken(ctx, tx, centre, a); {
	case err != nil:
		return b, err
	case full:
		return b, fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_taken"})
	}
	o, err := opening(ctx, tx, centre)
	if err != nil {
		return b, err
	}
	around, err := bookings(ctx, tx, `centre_id = $1 and state in ('booked', 'arrived') and begins_at between $2 and $3`, centre, a.At.Add(-24*time.Hour), a.At.Add(24*time.Hour))
	if err != nil {
		return b, err
	}
	if i := slices.IndexFunc(around, a.pressed); i >= 0 {
		return around[i], nil
	}
	slot, err := a.place(h, o, now, around)
	if err != nil {
		return b, err
	}
	b = Booking{
		Slot: slot, ID: a.id(around), CentreID: centre, ServiceID: a.Service, Further: a.Further, State: Booked, Name: a.Name, Email: a.Email, Phone: a.Phone,
		Language: a.Language, MadeAt: now, Stands: true,
	}
	if b.ServiceID == nil {
		b.ServiceID = h.Group(a.Group).service()
	}
	if err := insertBooking(ctx, tx, &b, ""); err != nil {
		return b, err
	}
	return b, writeFree(ctx, tx, h, o, b.Slot, now)
}

// taken says whether each of the places that were offered at the wished time is had by somebody else, as the rows of the offer say, which whoever books
// or gives back writes while holding the times. It is the usual answer when everybody wants one morning, and needs neither hours nor appointments to
// be read. Of a press that may have its appointment already it says nothing.
func taken(ctx context.Context, tx pgx.Tx, centre uuid.UUID, a Appointment) (full bool, err error) {
	if a.Press != uuid.Nil {
		return false, nil
	}
	err = tx.QueryRow(ctx, `select coalesce(bool_and(not free), false) from reception.slots where centre_id = $1 and group_id = any($2) and begins_at = $3`,
		centre, groupsOf(a.Matters()), a.At).Scan(&full)
	return full, pg.Fault("whether a time is taken", err)
}

// pressed says whether the appointment was made by an earlier press of the same button.
func (a Appointment) pressed(b Booking) bool {
	return a.Press != uuid.Nil && b.ID == a.Press && b.GroupID == a.Group && b.BeginsAt.Equal(a.At) && b.Name == a.Name && slices.EqualFunc(b.Further, a.Further, Matter.Same)
}

// id is that of the appointment to make: the press, unless that has one already, as when somebody went back to the page.
func (a Appointment) id(made []Booking) uuid.UUID {
	if a.Press == uuid.Nil || slices.ContainsFunc(made, func(b Booking) bool { return b.ID == a.Press }) {
		return uuid.Must(uuid.NewV7())
	}
	return a.Press
}

// insertBooking writes an appointment under a number that nobody has; why says why it was refused, if it was.
func insertBooking(ctx context.Context, tx pgx.Tx, b *Booking, why string) (err error) {
	var ended *time.Time
	if b.State == Refused {
		ended = &b.MadeAt
	}
	f := furtherOf(b.Further)
	for written := false; !written; {
		if b.Number, err = newNumber(); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			insert into reception.bookings (id, number, centre_id, window_id, group_id, service_id, begins_at, minutes, ends_at, name, email, phone, language, made_at,
				state, why, ended_at, further_groups, further_services)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) on conflict (number) do nothing`,
			b.ID, b.Number, b.CentreID, b.WindowID, b.GroupID, b.ServiceID, b.BeginsAt, b.Minutes, b.EndsAt(), b.Name, b.Email, b.Phone, b.Language, b.MadeAt,
			b.State, why, ended, f.groups, f.services)
		if pg.Code(err) == "23P01" {
			return fault.InvalidFields(fault.FieldError{Field: "at", Key: "reception.time_taken"})
		}
		if err != nil {
			return pg.Fault("book", err)
		}
		written = tag.RowsAffected() == 1
	}
	return nil
}

// offer reads a hall with when it is open.
func offer(ctx context.Context, tx pgx.Tx, centre uuid.UUID) (h Hall, o Opening, err error) {
	if h, err = hall(ctx, tx, centre); err == nil {
		o, err = opening(ctx, tx, centre)
	}
	return h, o, err
}

// writeFree says of the times of a window and day that have not begun how they stand now that an appointment there was made or ended.
func writeFree(ctx context.Context, tx pgx.Tx, h Hall, o Opening, s Slot, now time.Time) error {
	w, known := h.Window(s.WindowID)
	if !known {
		return nil
	}
	return writeFreeOf(ctx, tx, h, o, []Window{w}, workdays.DateOf(s.BeginsAt), now)
}

// GiveBack ends an appointment for whoever asked the staff to, or because it cannot be kept. One that has ended is a Conflict.
func (s *Store) GiveBack(ctx context.Context, actor access.Actor, centre, id uuid.UUID) error {
	if err := access.Require(actor, Book, object(centre)); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := holdTimes(ctx, tx, centre); err != nil { // so that nobody moves it between reading and writing
			return err
		}
		list, err := bookings(ctx, tx, `id = $1 and centre_id = $2 for update`, id, centre)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "")
		}
		if err := giveBack(ctx, tx, list[0], s.now(), &actor.UserID); err != nil {
			return err
		}
		return list[0].record(ctx, tx, actor.Audit(), "reception.booking.give_back")
	})
}

// giveBack ends an appointment. The caller holds the times of the centre and has read it since.
func giveBack(ctx context.Context, tx pgx.Tx, b Booking, now time.Time, by *uuid.UUID) error {
	tag, err := tx.Exec(ctx, `update reception.bookings set state = 'cancelled', ended_at = $2, ended_by = $3 where id = $1 and state = 'booked'`, b.ID, now, by)
	if err != nil {
		return pg.Fault("give appointment back", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "reception.booking_ended")
	}
	h, o, err := offer(ctx, tx, b.CentreID)
	if err != nil {
		return err
	}
	return writeFree(ctx, tx, h, o, b.Slot, now)
}

// Arrive gives the ticket to somebody who has an appointment today, by its number: they stand in the one order. Who has the ticket
// already gets it again. A number that is none, of another centre or of another day is Invalid, in words that say what to do.
func (s *Store) Arrive(ctx context.Context, actor access.Actor, centre uuid.UUID, typed string) (t Ticket, err error) {
	if !access.Can(actor, Book, object(centre)) {
		if err := access.Require(actor, Display, object(centre)); err != nil {
			return t, err
		}
	}
	wrong := func(key string) error { return fault.InvalidFields(fault.FieldError{Field: "number", Key: key}) }
	number, ok := ParseNumber(typed)
	if !ok {
		return t, wrong("reception.booking_number_wrong")
	}
	err = s.act(ctx, centre, func(tx pgx.Tx, n Now) error {
		list, err := bookings(ctx, tx, `number = $1 and centre_id = $2 for update`, number, centre)
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return elsewhere(ctx, tx, number, n.Day.Date)
		case list[0].State == Cancelled, list[0].State == Refused:
			return wrong("reception.booking_cancelled")
		case workdays.DateOf(list[0].BeginsAt).Before(n.Day.Date):
			return wrong("reception.booking_past")
		case workdays.DateOf(list[0].BeginsAt).After(n.Day.Date):
			return fault.InvalidFields(fault.FieldError{Field: "number", Key: "reception.booking_other_day", Args: []any{list[0].BeginsAt}})
		case list[0].TicketID != nil:
			t, err = ticketOf(ctx, tx, `id = $1`, *list[0].TicketID)
			return err
		}
		t, err = n.receive(ctx, tx, list[0], actor)
		return err
	})
	return t, err
}

// elsewhere is what somebody is told whose number no appointment of this centre has: the centre that awaits them, if there is one that still
// does on the date (midnight UTC) of today.
func elsewhere(ctx context.Context, tx pgx.Tx, number string, today time.Time) error {
	var centre locale.Text
	var past bool
	err := tx.QueryRow(ctx, `
		select c.name, c.name_en, b.begins_at < $2 from reception.bookings b join org.centres c on c.id = b.centre_id where b.number = $1 and b.state = 'booked'`,
		number, midnight(today)).Scan(&centre.UK, &centre.EN, &past)
	e := fault.FieldError{Field: "number", Key: "reception.booking_unknown"}
	switch {
	case err == nil && past:
		e.Key = "reception.booking_past"
	case err == nil:
		e.Key, e.Args = "reception.booking_other_centre", []any{centre}
	case !errors.Is(err, pgx.ErrNoRows):
		return pg.Fault("find appointment elsewhere", err)
	}
	return fault.InvalidFields(e)
}

// receive makes the ticket of an appointment. That the intake of tickets is closed does not matter to it.
func (n Now) receive(ctx context.Context, tx pgx.Tx, b Booking, actor access.Actor) (Ticket, error) {
	t, err := n.next(n.Hall.Group(b.GroupID))
	if err != nil {
		return t, err
	}
	t.BookedFor, t.StandsAt = b.stands(n.At)
	if b.ServiceID != nil {
		t.ServiceID = b.ServiceID
	}
	t.Further = b.Further
	t.Together = len(t.Further) > 0 && n.Hall.does(groupsOf(b.Matters()))
	if err := insert(ctx, tx, t, b.ID, actor); err != nil {
		return t, err
	}
	_, err = tx.Exec(ctx, `update reception.bookings set state = 'arrived', ticket_id = $2 where id = $1`, b.ID, t.ID)
	return t, pg.Fault("receive appointment", err)
}
