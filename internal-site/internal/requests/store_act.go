package requests

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/plain"
)

// change locks a request of the version that the page showed, lets do act on it and records the act, with the form that it was asked for in.
func (s *Store) change(ctx context.Context, actor access.Actor, id uuid.UUID, version int, act string, press uuid.UUID, do func(tx pgx.Tx, r *Request) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		r, err := load(ctx, tx, actor, id, ` for update of r`)
		switch {
		case err != nil:
			return err
		case !access.Can(actor, cases.WorkOn, r.Object()):
			return fault.New(fault.Forbidden, "")
		case r.State != Asked:
			return fault.New(fault.Conflict, "requests.ended_already")
		case r.Version != version:
			return fault.New(fault.Conflict, "requests.changed_already")
		}
		if err := do(tx, &r); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update requests.requests set last_press = nullif($2, $3::uuid) where id = $1`, id, press, uuid.Nil); err != nil {
			return pg.Fault("note press", err)
		}
		return record(ctx, tx, actor, r, act)
	})
}

// Take says that the actor works on the answer. press is the form that asks for it, by its hash, for WasPressed; Nil for none.
func (s *Store) Take(ctx context.Context, actor access.Actor, id uuid.UUID, version int, press uuid.UUID) error {
	return s.change(ctx, actor, id, version, "take", press, func(tx pgx.Tx, r *Request) error {
		if !r.MayAnswer(actor) {
			return fault.New(fault.Forbidden, "")
		}
		_, err := tx.Exec(ctx, `update requests.requests set person = $2, version = version + 1 where id = $1`, id, actor.UserID)
		return pg.Fault("take request", err)
	})
}

// Remind tells the authority again, once a day, and puts the request on top of what it has not looked at. press is as in Take.
func (s *Store) Remind(ctx context.Context, actor access.Actor, id uuid.UUID, version int, press uuid.UUID) error {
	return s.change(ctx, actor, id, version, "remind", press, func(tx pgx.Tx, r *Request) error {
		switch {
		case !r.MayRecall(actor):
			return fault.New(fault.Forbidden, "")
		case r.RemindedOn(s.now()):
			return fault.New(fault.Conflict, "requests.reminded_today")
		}
		_, err := tx.Exec(ctx, `update requests.requests set reminded_at = $2, version = version + 1 where id = $1`, id, s.now())
		return pg.Fault("remind of request", err)
	})
}

// Answer gives the document or the information that was asked for. The row of a document is written here, its bytes are in
// the object store already.
func (s *Store) Answer(ctx context.Context, actor access.Actor, id uuid.UUID, version int, a Answer) error {
	a.Text = plain.Lines(a.Text)
	return s.change(ctx, actor, id, version, "answer", a.Press, func(tx pgx.Tx, r *Request) error {
		if !r.MayAnswer(actor) {
			return fault.New(fault.Forbidden, "")
		}
		if err := a.checkAnswer(); err != nil {
			return err
		}
		if a.File != nil {
			a.File.Purpose, a.File.CaseID, a.File.UploadedBy, a.File.Published = documents.Answer, &r.CaseID, &actor.UserID, false
			if err := documents.Insert(ctx, tx, *a.File); err != nil {
				return err
			}
			r.File = a.File
		}
		return s.end(ctx, tx, actor, r, Answered, a, cases.EventAnswered)
	})
}

// Refuse says why the authority does not give what was asked for.
func (s *Store) Refuse(ctx context.Context, actor access.Actor, id uuid.UUID, version int, a Answer) error {
	a.Text = plain.Lines(a.Text)
	return s.change(ctx, actor, id, version, "refuse", a.Press, func(tx pgx.Tx, r *Request) error {
		if !r.MayAnswer(actor) {
			return fault.New(fault.Forbidden, "")
		}
		if err := a.checkRefusal(*r); err != nil {
			return err
		}
		return s.end(ctx, tx, actor, r, Refused, a, cases.EventAnswered)
	})
}

// Withdraw takes a request back that is not needed any more. press is as in Take.
func (s *Store) Withdraw(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string, press uuid.UUID) error {
	reason = plain.Lines(reason)
	return s.change(ctx, actor, id, version, "withdraw", press, func(tx pgx.Tx, r *Request) error {
		switch {
		case !r.MayRecall(actor):
			return fault.New(fault.Forbidden, "")
		case reason == "":
			return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "requests.reason_required"})
		}
		if err := checkText("reason", reason); err != nil {
			return err
		}
		return s.end(ctx, tx, actor, r, Withdrawn, Answer{Text: reason}, cases.EventRecalled)
	})
}

// WasPressed says whether the last act on a request that the actor may see was asked for in this very form. Such a form has come twice, by a double click, and
// what it asks for is done.
func (s *Store) WasPressed(ctx context.Context, actor access.Actor, id, press uuid.UUID) (was bool, err error) {
	if press == uuid.Nil {
		return false, nil
	}
	err = s.pool.QueryRow(ctx, `select exists (select from requests.requests r where r.id = @id and r.last_press = @press and `+scopeSQL+`)`,
		scopeArgs(actor, map[string]any{"id": id, "press": press})).Scan(&was)
	return was, pg.Fault("find a press", err)
}

// end writes how the request ended, and tells it on its case.
func (s *Store) end(ctx context.Context, tx pgx.Tx, actor access.Actor, r *Request, state State, a Answer, kind cases.EventKind) error {
	var file *uuid.UUID
	if r.File != nil {
		file = &r.File.ID
	}
	_, err := tx.Exec(ctx, `update requests.requests set state = $2, ground = $3, answer = $4, file_id = $5, ended_at = $6, ended_by = $7, version = version + 1
		where id = $1`, r.ID, state, a.Ground, a.Text, file, s.now(), actor.UserID)
	if err != nil {
		return pg.Fault("end request", err)
	}
	by := actor.Audit()
	by.Name = actor.Name // colleagues read names, not logins
	return s.cases.TellOfRequest(ctx, tx, by, r.CaseID, kind, r.Name)
}
