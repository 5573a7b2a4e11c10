package notices

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// appointment reads what a notice of an appointment depends on, as it stands now.
func (s *Store) appointment(ctx context.Context, n Notice) (a Appointment, err error) {
	err = s.pool.QueryRow(ctx, `
		select b.number, b.receipt_number, b.tracked, b.state = 'booked', b.stands, b.begins_at, g.name, g.name_en, c.name, c.name_en, c.address, c.address_en,
		       c.phones, c.directions, c.directions_en, b.phone, b.email, b.language,
		       coalesce((select p.kind from notices.outbox p where p.booking_id = b.id and p.about = $3 and p.event_id <> $2 and p.kind in ('booking_lost', 'booking_stands')
		         and (p.state in ('sending', 'sent', 'delivered', 'unknown') or p.told_at is not null) order by coalesce(p.told_at, p.sent_at, p.at) desc limit 1), ''),
		       exists (select from notices.outbox o where o.event_id = $2 and o.told_at is not null),
		       not exists (select from modules.switches m where m.module in ($4, $5) and not m.enabled and (m.centre_id is null or m.centre_id = b.centre_id))
		from reception.bookings b join org.centres c on c.id = b.centre_id cross join lateral (
			select string_agg(x.name, '; ' order by m.nth) as name, string_agg(coalesce(nullif(x.name_en, ''), x.name), '; ' order by m.nth) as name_en
			from unnest(array_prepend(b.group_id, b.further_groups)) with ordinality m (id, nth) join reception.groups x on x.id = m.id) g
		where b.id = $1`,
		n.BookingID, n.EventID, n.About, contract.ModuleNotices, contract.ModuleReception).Scan(
		&a.Number, &a.Receipt, &a.Tracked, &a.Booked, &a.Stands, &a.Begins, &a.Group.UK, &a.Group.EN, &a.Centre.UK, &a.Centre.EN, &a.Address.UK, &a.Address.EN,
		&a.Phones, &a.Way.UK, &a.Way.EN, &a.Contact.Phone, &a.Contact.Email, &a.Contact.Language, &a.Said, &a.Told, &a.On)
	if err == nil && n.Kind == BookingNear {
		a.Bring, err = s.bring(ctx, n)
	}
	return a, pg.Fault("facts of an appointment", err)
}

// mostBrought bounds the documents that a reminder lists.
const mostBrought = 30

// bring are the documents that the cards of the services ask for on the day of an appointment, each once; none when it is for no service.
func (s *Store) bring(ctx context.Context, n Notice) (list []locale.Text, err error) {
	rows, err := s.pool.Query(ctx, `
		select k.content from reception.bookings b cross join lateral unnest(array_prepend(b.service_id, b.further_services)) with ordinality m (service_id, nth)
		cross join lateral (
			select c.content from catalogue.cards c where c.service_id = m.service_id and c.published and c.effective_from <= $2
			order by c.effective_from desc, c.number desc limit 1) k
		where b.id = $1 order by m.nth`, n.BookingID, workdays.DateOf(*n.About))
	if err != nil {
		return nil, err
	}
	cards, err := pgx.CollectRows(rows, pgx.RowTo[contract.Card])
	for _, card := range cards {
		for _, d := range card.Documents {
			if len(list) < mostBrought && !slices.Contains(list, d.Name) {
				list = append(list, d.Name)
			}
		}
	}
	return list, err
}

// personKept is how long it is known to whom a notice went that is not of a case: limits count by the day.
const personKept = 48 * time.Hour

// forgetPersons forgets to whom notices went that are not of cases.
func (s *Store) forgetPersons(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `update notices.outbox set person = null where case_id is null and person is not null and sent_at < $1`, s.now().Add(-personKept))
	return pg.Fault("forget whom notices went to", err)
}

// ofAppointments are the notices that tell how appointments to come stand now, of each the last one that was to be sent. b is the appointment.
const ofAppointments = `
	from reception.bookings b cross join lateral (
		select * from notices.outbox n where n.booking_id = b.id and n.about = b.begins_at and n.kind = case when b.stands then 'booking_stands' else 'booking_lost' end
		order by (n.state = 'dropped' and n.told_at is null), n.at desc, n.event_id desc limit 1) o left join access.users u on u.id = o.told_by
	where b.state = 'booked' and b.begins_at > @now`

// OfAppointments lists by their appointments the notices of a centre that tell whom a change of its offer touches how their appointment stands; nothing
// when the actor may not see them.
func (d *Desk) OfAppointments(ctx context.Context, actor access.Actor, centre uuid.UUID) (map[uuid.UUID]Notice, error) {
	if !access.Can(actor, View, Object(centre)) {
		return map[uuid.UUID]Notice{}, nil
	}
	rows, _ := d.pool.Query(ctx, `select `+noticeColumns+ofAppointments+` and b.centre_id = @centre`, pgx.NamedArgs{"centre": centre, "now": d.now()})
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Notice, err error) { return n, row.Scan(n.fields()...) })
	if err != nil {
		return nil, pg.Fault("notices of appointments", err)
	}
	byBooking := map[uuid.UUID]Notice{}
	for _, n := range list {
		byBooking[n.BookingID] = n
	}
	return byBooking, nil
}

// ToldOfAppointment records that the actor told whoever has an appointment of a centre how it stands. What arrived, or a colleague recorded, is a
// Conflict; where there is nothing to tell, NotFound.
func (d *Desk) ToldOfAppointment(ctx context.Context, actor access.Actor, centre, booking uuid.UUID) error {
	if err := access.Require(actor, Tell, Object(centre)); err != nil {
		return err
	}
	return pg.InTx(ctx, d.pool, func(tx pgx.Tx) error {
		var event uuid.UUID
		args := pgx.NamedArgs{"centre": centre, "booking": booking, "now": d.now(), "by": actor.UserID, "how": ByPhone}
		err := tx.QueryRow(ctx, `select o.event_id`+ofAppointments+` and b.centre_id = @centre and b.id = @booking`, args).Scan(&event)
		if err != nil {
			return pg.Fault("find notice of an appointment", err)
		}
		args["event"] = event
		tag, err := tx.Exec(ctx, `update notices.outbox set told_at = @now, told_by = @by, told_how = @how
			where event_id = @event and told_at is null and state not in ('sending', 'sent', 'delivered')`, args)
		if err != nil {
			return pg.Fault("record that somebody was told", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "notices.told_already")
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "notices.notice.tell", ObjectType: "hall", ObjectID: centre.String(), CentreID: &centre, Detail: map[string]string{"notice": event.String(), "how": string(ByPhone)},
		})
	})
}
