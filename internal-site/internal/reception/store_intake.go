package reception

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// checkPlace refuses a booking for a centre, a group or a service that the public site cannot have offered together.
func checkPlace(ctx context.Context, tx pgx.Tx, r *contract.Booking) error {
	var centre, group, service bool
	err := tx.QueryRow(ctx, `
		select exists (select from org.centres where id = $1 and published),
		       exists (select from reception.groups where id = $2 and centre_id = $1),
		       $3::uuid is null or exists (select from catalogue.service_centres where service_id = $3 and centre_id = $1)`,
		r.CentreID, r.GroupID, r.ServiceID).Scan(&centre, &group, &service)
	if err != nil {
		return pg.Fault("place of booking", err)
	}
	further, err := checkFurther(ctx, tx, r)
	if err != nil {
		return err
	}
	return intake.Offered(map[string]bool{"centre_id": centre, "group_id": group, "service_id": service, "further": further})
}

// checkFurther says whether each of the further matters is of a group of the centre, and of a service that the group is for.
func checkFurther(ctx context.Context, tx pgx.Tx, r *contract.Booking) (good bool, err error) {
	f := furtherOf(r.Further)
	err = tx.QueryRow(ctx, `
		select coalesce(bool_and(exists (
			select from reception.groups g where g.id = f.group_id and g.centre_id = $1 and not g.retired
			and (f.service_id is null or (g.services = '{}' or f.service_id = any(g.services))
				and exists (select from catalogue.service_centres o where o.service_id = f.service_id and o.centre_id = $1)))), true)
		from unnest($2::uuid[], $3::uuid[]) f (group_id, service_id)`, r.CentreID, f.groups, f.services).Scan(&good)
	return good, pg.Fault("further matters of booking", err)
}

// toCome counts the appointments to come of a contact, anywhere. Without a contact there are none.
func toCome(ctx context.Context, tx pgx.Tx, email, phone string, now time.Time) (n int, err error) {
	err = tx.QueryRow(ctx, `
		select count(*) from (
			select id from reception.bookings where $1 <> '' and email <> '' and lower(email) = lower($1) and state = 'booked' and begins_at > $3
			union select id from reception.bookings where $2 <> '' and phone <> '' and phone = $2 and state = 'booked' and begins_at > $3) b`, email, phone, now).Scan(&n)
	return n, pg.Fault("count appointments", err)
}

// holdContact makes whoever else books for the contact, at any centre, wait until tx ends. It comes after the times of a centre, always.
func holdContact(ctx context.Context, tx pgx.Tx, email, phone string) error {
	_, err := tx.Exec(ctx, `
		select pg_advisory_xact_lock(key) from (
			select distinct hashtextextended('reception.contact/' || v, 0) key from unnest(array[lower($1), $2]) v where v <> '' order by 1) k`, email, phone)
	return pg.Fault("hold contact", err)
}

// hasCome says whether somebody with the contact has come to an appointment before, anywhere. It is known as long as who had it.
func hasCome(ctx context.Context, tx pgx.Tx, email, phone string) (came bool, err error) {
	err = tx.QueryRow(ctx, `
		select exists (select from reception.bookings where $1 <> '' and email <> '' and lower(email) = lower($1) and state = 'arrived')
		    or exists (select from reception.bookings where $2 <> '' and phone <> '' and phone = $2 and state = 'arrived')`, email, phone).Scan(&came)
	return came, pg.Fault("whether a contact has come", err)
}

// newOn counts the matters of appointments of a date (midnight UTC) that were booked online by people who had never come before, and those of
// them without a contact: whoever comes for more takes more of the day.
func newOn(ctx context.Context, tx pgx.Tx, centre uuid.UUID, date time.Time) (unreached, all int, err error) {
	err = tx.QueryRow(ctx, `
		select coalesce(sum(1 + cardinality(further_groups)) filter (where email = '' and phone = ''), 0), coalesce(sum(1 + cardinality(further_groups)), 0) from reception.bookings
		where centre_id = $1 and begins_at >= $2 and begins_at < $3 and state = 'booked' and tracked and not known`,
		centre, midnight(date), midnight(date.AddDate(0, 0, 1))).Scan(&unreached, &all)
	return unreached, all, pg.Fault("count appointments of people who are new", err)
}

// refuse writes an appointment that cannot be had in the hall, so that whoever asked is told.
func refuse(ctx context.Context, tx pgx.Tx, h Hall, a Appointment, why string, now time.Time) (b Booking, err error) {
	if len(h.Windows) == 0 {
		return b, fault.New(fault.Conflict, "reception.not_arranged")
	}
	b = Booking{
		Slot: Slot{WindowID: h.Windows[0].ID, GroupID: a.Group, BeginsAt: a.At, Minutes: max(1, h.Takes(a.Matters()))}, ID: uuid.Must(uuid.NewV7()),
		CentreID: h.CentreID, ServiceID: a.Service, Further: a.Further, State: Refused, Name: a.Name, Email: a.Email, Phone: a.Phone, Language: a.Language, MadeAt: now,
	}
	return b, insertBooking(ctx, tx, &b, why)
}

// markOnline says of an appointment that whoever booked it holds its code, and whether somebody with its contact has come before.
func markOnline(ctx context.Context, tx pgx.Tx, b Booking, o intake.Opened) error {
	known, err := hasCome(ctx, tx, b.Email, b.Phone)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update reception.bookings set message_id = $2, receipt_number = $3, code_hash = $4, tracked = true, known = $5 where id = $1`,
		b.ID, o.ID, o.ReceiptNumber, o.CodeHash, known)
	return pg.Fault("mark appointment", err)
}

// ofHolder finds the appointment of a change, by its id, its centre and the hash of the code.
const ofHolder = `id = $1 and centre_id = $2 and code_hash = $3`

func markChanged(ctx context.Context, tx pgx.Tx, id, message uuid.UUID, said string) error {
	_, err := tx.Exec(ctx, `update reception.bookings set last_message = $2, said = $3, changes = changes + 1 where id = $1`, id, message, said)
	return pg.Fault("mark change of appointment", err)
}

// markHeld says that staff have to look at a change. The message stays unknown to the appointment: it can still be taken.
func markHeld(ctx context.Context, tx pgx.Tx, r *contract.Booking, codeHash []byte) error {
	_, err := tx.Exec(ctx, `update reception.bookings set said = $4 where `+ofHolder+` and state = 'booked'`, *r.BookingID, r.CentreID, codeHash, saidHeld)
	return pg.Fault("mark held change of appointment", err)
}

// changesOf is how often the appointment of a change was changed; NotFound when the code is not that of one.
func changesOf(ctx context.Context, tx pgx.Tx, r *contract.Booking, codeHash []byte) (n int, err error) {
	err = tx.QueryRow(ctx, `select changes from reception.bookings where `+ofHolder, *r.BookingID, r.CentreID, codeHash).Scan(&n)
	return n, pg.Fault("count changes of appointment", err)
}

// move gives an appointment another time of its group. The caller holds the calendar, the times of the centre, and the appointment's row.
func move(ctx context.Context, tx pgx.Tx, h Hall, b Booking, at, filed, now time.Time) error {
	if err := h.noticed(at, filed); err != nil {
		return err
	}
	if date := workdays.DateOf(at); b.Stands && !date.Equal(workdays.DateOf(b.BeginsAt)) { // whose time was taken away needs another day
		if err := h.hasRoom(ctx, tx, b.Email, b.Phone, date, len(b.Matters())); err != nil {
			return err
		}
	}
	o, err := opening(ctx, tx, b.CentreID)
	if err != nil {
		return err
	}
	around, err := bookings(ctx, tx, `centre_id = $1 and state in ('booked', 'arrived') and begins_at between $2 and $3 and id <> $4`,
		b.CentreID, at.Add(-24*time.Hour), at.Add(24*time.Hour), b.ID)
	if err != nil {
		return err
	}
	slot, err := Appointment{Group: b.GroupID, Further: b.Further, At: at}.place(h, o, now, around)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `update reception.bookings set window_id = $2, begins_at = $3, minutes = $4, ends_at = $5, stands = true, moved_at = $6
		where id = $1 and state = 'booked'`, b.ID, slot.WindowID, slot.BeginsAt, slot.Minutes, slot.EndsAt(), now)
	if err != nil {
		return pg.Fault("move appointment", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "reception.booking_ended")
	}
	if err := writeFree(ctx, tx, h, o, b.Slot, now); err != nil {
		return err
	}
	return writeFree(ctx, tx, h, o, slot, now)
}
