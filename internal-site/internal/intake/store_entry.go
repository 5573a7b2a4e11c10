package intake

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Taken is an entry that waits, as the counter takes it over: with the place it was sent to, and with the whole application where
// its envelope could be opened.
type Taken struct {
	Entry
	CentreID    *uuid.UUID
	Application *contract.Application // nil: no more is known than the entry says
}

// Take returns an entry that the actor may see and that can be received at the counter: an application that still waits.
func Take(ctx context.Context, db pg.Queryer, actor access.Actor, id uuid.UUID) (t Taken, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return t, err
	}
	if t.Entry, err = get(ctx, db, actor, View, id); err != nil {
		return t, err
	}
	if !t.Waits() {
		return t, fault.New(fault.Conflict, "intake.decided_already")
	}
	if !t.ReceivedAtCounter() {
		return t, fault.New(fault.NotFound, "")
	}
	var record []byte
	err = db.QueryRow(ctx, `select centre_id, record from intake.refusals where id = $1`, id).Scan(&t.CentreID, &record)
	if err != nil || record == nil {
		return t, pg.Fault("application of an entry", err)
	}
	t.Application = new(contract.Application)
	return t, pg.Fault("application of an entry", json.Unmarshal(record, t.Application))
}

// SettleRegistered settles an entry that became a case at the counter, in the transaction of the registration: the applicant is
// told so, and what they sent is kept with the case alone: of the files, those of kept. Conflict when somebody has decided about the
// entry meanwhile.
func SettleRegistered(ctx context.Context, tx pgx.Tx, actor access.Actor, e Entry, caseID uuid.UUID, number string, kept []uuid.UUID) error {
	tag, err := tx.Exec(ctx, `
		update intake.refusals set state = 'registered', decided_at = now(), decided_by = $2, record = null, version = version + 1
		where id = $1 and state = 'open'`, e.ID, actor.UserID)
	switch {
	case err != nil:
		return pg.Fault("settle entry", err)
	case tag.RowsAffected() == 0:
		return fault.New(fault.Conflict, "intake.decided_already")
	}
	err = errors.Join(
		setState(ctx, tx, e, OutcomeRegistered),
		settleFiles(ctx, tx, e.MessageID, kept),
		answer(ctx, tx, e.MessageID, e.ReceiptNumber, e.Kind, Registered(SubjectCase, caseID, number), said{}))
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "intake.submission.registered", ObjectType: "submission", ObjectID: e.MessageID.String(),
		Detail: map[string]string{"receipt": e.ReceiptNumber, "was": e.Reason, "case": number},
	})
}
