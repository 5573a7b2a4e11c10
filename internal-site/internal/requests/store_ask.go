package requests

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Offer returns what a request of a case may be made of; Forbidden or Conflict when the actor cannot ask for it now.
func (s *Store) Offer(ctx context.Context, actor access.Actor, caseID uuid.UUID) (Offer, error) {
	w, err := s.cases.Work(ctx, actor, caseID)
	if err != nil {
		return Offer{}, err
	}
	asker, err := w.Asks(actor)
	if err != nil {
		return Offer{}, err
	}
	names, applicant, files, err := s.cases.Around(ctx, w)
	if err != nil {
		return Offer{}, err
	}
	o := offerOf(w, asker, names, applicant, files)
	o.Authorities, err = authorities(ctx, s.pool, asker)
	return o, err
}

// authorities lists those whom a party can ask, by name.
func authorities(ctx context.Context, db pg.Queryer, asker access.Place) ([]Authority, error) {
	rows, err := db.Query(ctx, `select id, name, name_en from org.authorities where id <> $1 order by name collate "uk-x-icu"`, asker.ID)
	if err != nil {
		return nil, pg.Fault("authorities to ask", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Authority, err error) {
		return a, row.Scan(&a.ID, &a.Name.UK, &a.Name.EN)
	})
	return list, pg.Fault("authorities to ask", err)
}

// Ask makes a request of a case. What the authority learns is copied out of the case here; the draft only names it.
func (s *Store) Ask(ctx context.Context, actor access.Actor, caseID uuid.UUID, d Draft) (uuid.UUID, error) {
	o, err := s.Offer(ctx, actor, caseID)
	if err != nil {
		return uuid.Nil, err
	}
	r, err := o.request(d)
	if err != nil {
		return uuid.Nil, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		asker, err := s.cases.Ask(ctx, tx, actor, caseID, r.Name)
		switch {
		case err != nil:
			return err
		case asker != o.Asker:
			return fault.New(fault.Conflict, "")
		}
		calendar, err := org.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		now := s.now()
		r.ID, r.AskedAt, r.AskedBy, r.DueOn = uuid.Must(uuid.NewV7()), now, actor.UserID, calendar.Deadline(now, r.Span(), now).Due
		if err := insert(ctx, tx, r); err != nil {
			return err
		}
		if d.Composed {
			if err := cases.ForgetSaid(ctx, tx, actor, caseID); err != nil {
				return err
			}
		}
		return record(ctx, tx, actor, r, "ask")
	})
	return r.ID, err
}

// insert writes a new request. The case is locked, so that two of its requests do not get one number; the same question to
// the same authority is not asked again while it waits for its answer.
func insert(ctx context.Context, tx pgx.Tx, r Request) error {
	var twice bool
	var position int
	err := tx.QueryRow(ctx, `select coalesce(max(position), 0) + 1,
			coalesce(bool_or(state = 'asked' and authority_id = $2 and asked = $3 and document = $4), false)
		from requests.requests where case_id = $1`, r.CaseID, r.Authority, r.Asked, r.Document.UK).Scan(&position, &twice)
	switch {
	case err != nil:
		return pg.Fault("number request", err)
	case twice:
		return fault.New(fault.Conflict, "requests.asked_already")
	}
	batch := &pgx.Batch{}
	batch.Queue(`insert into requests.requests (id, case_id, position, asker, asker_kind, authority_id, document, document_en, asked, facts, grounds,
			days, due_on, asked_at, asked_by, days_in) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		r.ID, r.CaseID, position, r.Asker.ID, r.Asker.Kind, r.Authority, r.Document.UK, r.Document.EN, r.Asked, orEmpty(r.Facts), orEmpty(r.Grounds),
		r.Days, r.DueOn, r.AskedAt, r.AskedBy, r.DaysIn)
	for _, f := range r.Files {
		batch.Queue(`insert into requests.files (request_id, file_id) values ($1, $2)`, r.ID, f.ID)
	}
	return pg.Fault("ask", tx.SendBatch(ctx, batch).Close())
}

// orEmpty is a list that JSON writes as one, also when there is nothing in it.
func orEmpty[T any](list []T) []T { return append([]T{}, list...) }

// record writes the trail of an act. Typed texts stay in the request.
func record(ctx context.Context, tx pgx.Tx, actor access.Actor, r Request, act string) error {
	e := audit.Entry{
		Action: "requests.request." + act, ObjectType: "request", ObjectID: r.ID.String(), AuthorityID: &r.Authority,
		Detail: map[string]string{"case": r.CaseID.String()},
	}
	if r.Asker.Kind == access.Centre {
		e.CentreID = &r.Asker.ID
	}
	return audit.Record(ctx, tx, actor.Audit(), e)
}

// OfCase lists the requests of a case that the reader has been given: all of them to whoever sees all of the case, and to
// other parties their own.
func (s *Store) OfCase(ctx context.Context, actor access.Actor, w *cases.Work) ([]Request, error) {
	rows, err := s.pool.Query(ctx, selectRequest+` where r.case_id = @case and (@sees or `+scopeSQL+`) order by r.position`,
		scopeArgs(actor, map[string]any{"case": w.Case.ID, "sees": w.SeesAll(actor)}))
	if err != nil {
		return nil, pg.Fault("requests of a case", err)
	}
	list, err := pgx.CollectRows(rows, scanRequest)
	return list, pg.Fault("requests of a case", err)
}
