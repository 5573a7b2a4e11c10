package checks

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/modules"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store finds whose papers can be checked. It has no way to write.
type Store struct {
	db  pg.Beginner
	now func() time.Time
}

// NewStore reads the replica behind db.
func NewStore(db pg.Beginner, now func() time.Time) *Store { return &Store{db, now} }

// Offer is the service with the code. NotFound when there is none or nobody is asked to check through the site; Conflict when no centre
// that gives it does.
func (s *Store) Offer(ctx context.Context, code string) (o Offer, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select id, code, name, name_en from catalogue.services where published and code = $1 order by updated_at desc limit 1`, code).
			Scan(&o.ID, &o.Code, &o.Name.UK, &o.Name.EN)
		if err != nil {
			return pg.Fault("service of check", err)
		}
		if o.Documents, err = s.documents(ctx, tx, o.ID); err != nil {
			return err
		}
		switches, err := modules.NewStore(tx).Switches(ctx)
		if err != nil {
			return err
		}
		if !switches.On(contract.ModuleChecks) {
			return fault.New(fault.NotFound, "modules.off.checks")
		}
		all, err := org.NewStore(tx).CentresOf(ctx, o.ID)
		o.Centres = slices.DeleteFunc(all, func(c org.Centre) bool { return !switches.OnAt(contract.ModuleChecks, c.ID) })
		if err == nil && len(o.Centres) == 0 {
			err = fault.New(fault.Conflict, "checks.no_centre")
		}
		return err
	})
	return o, pg.Fault("service of check", err)
}

// documents is the list of the card in force; none without a card.
func (s *Store) documents(ctx context.Context, tx pgx.Tx, service uuid.UUID) ([]contract.Document, error) {
	var card contract.Card
	err := tx.QueryRow(ctx, `
		select content from catalogue.cards where service_id = $1 and published and effective_from <= $2
		order by effective_from desc, number desc limit 1`, service, workdays.DateOf(s.now())).Scan(&card)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return card.Documents, pg.Fault("documents of service", err)
}

// Packages follows preliminary checks.
type Packages struct{}

var _ tracking.Follower = Packages{}

// Subject implements tracking.Follower.
func (Packages) Subject() string { return contract.KindCheck }

// Module implements tracking.Follower.
func (Packages) Module() string { return contract.ModuleChecks }

// ByNumber implements tracking.Follower. Case, blanks and dashes do not matter. The code's hash came with the answer of the intake.
func (Packages) ByNumber(ctx context.Context, tx pgx.Tx, number string) (id uuid.UUID, hash []byte, err error) {
	err = tx.QueryRow(ctx, `
		select p.id, coalesce(a.code_hash, '') from checks.packages p
		join submission.answers a on a.subject_id = p.id and a.subject = $2
		where translate(upper(p.number), ' -./_№', '') = translate(upper($1), ' -./_№', '') order by p.number <> $1 limit 1`,
		number, Packages{}.Subject()).Scan(&id, &hash)
	return id, hash, pg.Fault("find check", err)
}

// Version implements tracking.Follower.
func (Packages) Version(ctx context.Context, tx pgx.Tx, id uuid.UUID) (version string, err error) {
	err = tx.QueryRow(ctx, `
		select concat_ws('|',
			(select p.state || p.due_on || coalesce(p.answered_at::text, '') || coalesce(p.files_until::text, '') from checks.packages p where p.id = $1),
			(select count(*) || coalesce(max(a.at)::text, '') from checks.answers a where a.package_id = $1))`, id).Scan(&version)
	return version, pg.Fault("version of check", err)
}

// Load implements tracking.Follower.
func (Packages) Load(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *tracking.Status) error {
	p, centre := &Package{}, uuid.Nil
	err := tx.QueryRow(ctx, `
		select p.number, p.receipt_number, p.state, p.registered_at, p.due_on, p.answered_at, p.closed_at, p.files_until,
		       coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, ''), coalesce(c.name, ''), coalesce(c.name_en, ''), p.centre_id
		from checks.packages p
		left join catalogue.services v on v.id = p.service_id
		left join org.centres c on c.id = p.centre_id
		where p.id = $1`, id).
		Scan(&p.Number, &s.ReceiptNumber, &p.State, &p.RegisteredAt, &p.DueOn, &p.AnsweredAt, &p.ClosedAt, &p.FilesUntil,
			&s.Service.UK, &s.Service.EN, &s.ServiceCode, &s.Centre.UK, &s.Centre.EN, &centre)
	if errors.Is(err, pgx.ErrNoRows) { // the answer of the intake can be here before the package is
		return nil
	}
	if err != nil {
		return pg.Fault("load check", err)
	}
	if err := answer(ctx, tx, id, p); err != nil {
		return err
	}
	switch c, err := org.NewStore(tx).CentreByID(ctx, centre); {
	case err == nil:
		s.CentreAt = &c
	case !fault.Is(err, fault.NotFound): // it may not be on the site any more
		return err
	}
	s.CentreID = centre
	s.Kind, s.Number, s.Reached, s.Final, s.Shown = contract.KindCheck, p.Number, tracking.Place(p.State), p.State == "closed", p
	return nil
}

// answer loads the latest answer. One that is longer than staff can write is none of theirs.
func answer(ctx context.Context, tx pgx.Tx, pack uuid.UUID, p *Package) error {
	var a Answer
	var before int
	err := tx.QueryRow(ctx, `
		select at, kind, sealed, count(*) over () from checks.answers
		where package_id = $1 and published and octet_length(sealed) <= $2 order by at desc, id desc limit 1`, pack, 2*contract.MaxCheckAnswer).
		Scan(&a.At, &a.Kind, &a.sealed, &before)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	p.Answer, p.Corrected = &a, before > 1
	return pg.Fault("answer to check", err)
}
