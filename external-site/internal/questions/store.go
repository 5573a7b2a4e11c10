package questions

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/modules"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/ukr"
)

// Store finds who can be asked, and about what. It has no way to write.
type Store struct{ db pg.Beginner }

// NewStore reads the replica behind db.
func NewStore(db pg.Beginner) *Store { return &Store{db: db} }

// Addressee is the centre or authority with the code, NotFound when there is none.
func (s *Store) Addressee(ctx context.Context, place Place, code string) (Addressee, error) {
	a := Addressee{Place: place, Code: code}
	err := pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		switch place {
		case Centre:
			c, err := org.NewStore(tx).Centre(ctx, code)
			a.ID, a.Name, a.CentreAt = c.ID, c.Name, &c
			if err != nil {
				return err
			}
		case Authority:
			o, err := org.NewStore(tx).Authority(ctx, code)
			a.ID, a.Name, a.AuthorityAt = o.ID, o.Name, &o
			if err != nil {
				return err
			}
		default:
			return fault.New(fault.NotFound, "")
		}
		switches, err := modules.NewStore(tx).Switches(ctx)
		if err == nil && !switches.OnAt(contract.ModuleQuestions, a.ID) {
			err = fault.New(fault.NotFound, "modules.off.questions")
		}
		return err
	})
	return a, pg.Fault("addressee of question", err)
}

// Service is the service with the code, NotFound when there is none.
func (s *Store) Service(ctx context.Context, code string) (Service, error) {
	var v Service
	err := pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) (err error) {
		v, _, err = service(ctx, tx, code)
		return err
	})
	return v, pg.Fault("service of question", err)
}

// Addressees are those who can be asked about the service: the centres that give it, and the authority that decides.
func (s *Store) Addressees(ctx context.Context, code string) (about Service, all []Addressee, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		var authority uuid.NullUUID
		if about, authority, err = service(ctx, tx, code); err != nil {
			return err
		}
		places := org.NewStore(tx)
		centres, err := places.CentresOf(ctx, about.ID)
		if err != nil {
			return err
		}
		switches, err := modules.NewStore(tx).Switches(ctx)
		if err != nil {
			return err
		}
		for _, c := range centres {
			if switches.OnAt(contract.ModuleQuestions, c.ID) {
				all = append(all, Addressee{Place: Centre, ID: c.ID, Code: c.Code, Name: c.Name})
			}
		}
		if !authority.Valid {
			return nil
		}
		a, err := places.AuthorityByID(ctx, authority.UUID)
		if fault.Is(err, fault.NotFound) { // it is not published
			return nil
		}
		all = append(all, Addressee{Place: Authority, ID: a.ID, Code: a.Code, Name: a.Name})
		return err
	})
	return about, all, pg.Fault("addressees of question", err)
}

func service(ctx context.Context, tx pgx.Tx, code string) (v Service, authority uuid.NullUUID, err error) {
	err = tx.QueryRow(ctx, `
		select id, code, name, name_en, authority_id from catalogue.services
		where published and code = $1 order by updated_at desc limit 1`, code).
		Scan(&v.ID, &v.Code, &v.Name.UK, &v.Name.EN, &authority)
	return v, authority, pg.Fault("service of question", err)
}

// Threads follows questions.
type Threads struct{}

var _ tracking.Follower = Threads{}

// Subject implements tracking.Follower.
func (Threads) Subject() string { return contract.KindQuestion }

// Module implements tracking.Follower.
func (Threads) Module() string { return contract.ModuleQuestions }

// ByNumber implements tracking.Follower. Case, blanks and dashes do not matter, nor whether К is a Latin letter. The code's
// hash came with the answer of the intake.
func (Threads) ByNumber(ctx context.Context, tx pgx.Tx, number string) (id uuid.UUID, hash []byte, err error) {
	err = tx.QueryRow(ctx, `
		select t.id, coalesce(a.code_hash, '') from questions.threads t
		join submission.answers a on a.subject_id = t.id and a.subject = $2
		where translate(upper(t.number), 'K -./_№', 'К') = translate(upper($1), 'K -./_№', 'К') order by t.number <> $1 limit 1`, number, Threads{}.Subject()).Scan(&id, &hash)
	return id, hash, pg.Fault("find question", err)
}

// Version implements tracking.Follower.
func (Threads) Version(ctx context.Context, tx pgx.Tx, id uuid.UUID) (version string, err error) {
	err = tx.QueryRow(ctx, `
		select concat_ws('|',
			(select t.state || t.official || t.due_on || coalesce(t.answered_at::text, '') || coalesce(t.centre_id, t.authority_id)
			 from questions.threads t where t.id = $1),
			(select count(*) || coalesce(max(m.at)::text, '') from questions.messages m where m.thread_id = $1))`, id).Scan(&version)
	return version, pg.Fault("version of question", err)
}

// Load implements tracking.Follower.
func (Threads) Load(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *tracking.Status) error {
	t := &Thread{}
	err := tx.QueryRow(ctx, `
		select t.number, t.receipt_number, t.official, t.state, t.registered_at, t.due_on, t.answered_at, t.closed_at,
		       coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, ''), coalesce(c.name, ''), coalesce(c.name_en, ''),
		       coalesce(a.name, ''), coalesce(a.name_en, ''), coalesce(t.centre_id, '00000000-0000-0000-0000-000000000000')
		from questions.threads t
		left join catalogue.services v on v.id = t.service_id
		left join org.centres c on c.id = t.centre_id
		left join org.authorities a on a.id = t.authority_id
		where t.id = $1`, id).
		Scan(&t.Number, &s.ReceiptNumber, &t.Official.UK, &t.State, &t.RegisteredAt, &t.DueOn, &t.AnsweredAt, &t.ClosedAt,
			&s.Service.UK, &s.Service.EN, &s.ServiceCode, &s.Centre.UK, &s.Centre.EN, &s.Authority.UK, &s.Authority.EN, &s.CentreID)
	if err != nil {
		return optional("load question", err)
	}
	if t.Official.UK != "" {
		t.Official.EN = ukr.Latin(t.Official.UK)
	}
	if t.Messages, err = messages(ctx, tx, id); err != nil {
		return err
	}
	s.Kind, s.Number, s.Reached, s.Final, s.Shown = contract.KindQuestion, t.Number, tracking.Place(t.State), t.State == "closed", t
	return nil
}

// optional makes "no row" no error: the answer of the intake can be here before the thread is.
func optional(op string, err error) error {
	if err = pg.Fault(op, err); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// maxMessages is more than any thread has that people write; of more, the latest are shown.
const maxMessages = 50

func messages(ctx context.Context, tx pgx.Tx, thread uuid.UUID) ([]Message, error) {
	rows, err := tx.Query(ctx, `
		select at, kind, sealed from (
			select id, at, kind, sealed from questions.messages
			where thread_id = $1 and published and octet_length(sealed) <= $2 order by at desc, id desc limit $3) latest
		order by at, id`, thread, maxMessage*2, maxMessages)
	if err != nil {
		return nil, pg.Fault("messages of question", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Message, err error) {
		err = row.Scan(&m.At, &m.Kind, &m.sealed)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("messages of question: %w", pg.Fault("", err))
	}
	return list, nil
}
