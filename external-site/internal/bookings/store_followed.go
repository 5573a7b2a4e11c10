package bookings

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Followed follows appointments.
type Followed struct{}

var _ tracking.Follower = Followed{}

// Subject implements tracking.Follower.
func (Followed) Subject() string { return contract.KindBooking }

// Module implements tracking.Follower.
func (Followed) Module() string { return contract.ModuleReception }

// ByNumber implements tracking.Follower. Blanks and dashes do not matter. The code's hash came with the answer of the intake.
func (Followed) ByNumber(ctx context.Context, tx pgx.Tx, number string) (id uuid.UUID, hash []byte, err error) {
	err = tx.QueryRow(ctx, `
		select b.id, coalesce(a.code_hash, '') from reception.bookings b join submission.answers a on a.subject_id = b.id and a.subject = $2
		where b.tracked and translate(b.number, '-', '') = translate($1, ' -./_№', '') limit 1`, number, Followed{}.Subject()).Scan(&id, &hash)
	return id, hash, pg.Fault("find appointment", err)
}

// Version implements tracking.Follower.
func (Followed) Version(ctx context.Context, tx pgx.Tx, id uuid.UUID) (version string, err error) {
	err = tx.QueryRow(ctx, `select coalesce((select b.state || b.begins_at || b.said || b.minutes || b.stands from reception.bookings b where b.id = $1), '')`, id).Scan(&version)
	return version, pg.Fault("version of appointment", err)
}

// Load implements tracking.Follower.
func (Followed) Load(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *tracking.Status) error {
	b := &Booking{ID: id}
	var groups []uuid.UUID
	var services []*uuid.UUID
	err := tx.QueryRow(ctx, `
		select b.number, b.receipt_number, b.centre_id, b.group_id, b.service_id, b.further_groups, b.further_services, b.begins_at, b.minutes, b.state, b.why, b.said, b.stands, coalesce(h.cancel_minutes, 0),
		       coalesce(g.name, ''), coalesce(g.name_en, ''), coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, ''),
		       coalesce(c.name, ''), coalesce(c.name_en, '')
		from reception.bookings b
		left join reception.halls h on h.centre_id = b.centre_id
		left join reception.groups g on g.id = b.group_id
		left join catalogue.services v on v.id = b.service_id
		left join org.centres c on c.id = b.centre_id
		where b.id = $1`, id).
		Scan(&b.Number, &s.ReceiptNumber, &b.CentreID, &b.GroupID, &b.ServiceID, &groups, &services, &b.BeginsAt, &b.Minutes, &b.State, &b.Why, &b.Said, &b.Stands, &b.Cancel,
			&b.Name.UK, &b.Name.EN, &s.Service.UK, &s.Service.EN, &s.ServiceCode, &s.Centre.UK, &s.Centre.EN)
	if errors.Is(err, pgx.ErrNoRows) { // the answer of the intake can be here before the appointment is
		return nil
	}
	if err != nil {
		return pg.Fault("load appointment", err)
	}
	for i, g := range groups {
		b.Further = append(b.Further, contract.Matter{GroupID: g, ServiceID: services[i]})
	}
	if err := furtherNames(ctx, tx, b); err != nil {
		return err
	}
	if err := documents(ctx, tx, b); err != nil {
		return err
	}
	switch c, err := org.NewStore(tx).CentreByID(ctx, b.CentreID); {
	case err == nil:
		s.CentreAt = &c
	case !fault.Is(err, fault.NotFound): // it may not be on the site any more
		return err
	}
	s.Kind, s.Number, s.Reached, s.Final, s.Shown = contract.KindBooking, b.Number, reached[b.State], b.State != "booked", b
	return nil
}

// documents are those of the cards in force of all services, each once: what to bring.
func documents(ctx context.Context, tx pgx.Tx, b *Booking) error {
	services := []*uuid.UUID{b.ServiceID}
	for _, m := range b.Further {
		services = append(services, m.ServiceID)
	}
	rows, err := tx.Query(ctx, `
		select k.content from unnest($1::uuid[]) with ordinality m (service_id, nth) cross join lateral (
			select content from catalogue.cards where service_id = m.service_id and published and effective_from <= $2
			order by effective_from desc, number desc limit 1) k order by m.nth`, services, workdays.DateOf(b.BeginsAt))
	if err != nil {
		return pg.Fault("documents of appointment", err)
	}
	cards, err := pgx.CollectRows(rows, pgx.RowTo[contract.Card])
	for _, card := range cards {
		for _, d := range card.Documents {
			if !slices.Contains(b.Documents, d.Name) {
				b.Documents = append(b.Documents, d.Name)
			}
		}
	}
	return pg.Fault("documents of appointment", err)
}

// reached is how far an appointment has come, among other things that somebody follows.
var reached = map[string]tracking.Place{"booked": tracking.Registered, "arrived": tracking.Closed, "cancelled": tracking.TakenBack, "refused": tracking.Refused}
