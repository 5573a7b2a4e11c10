package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// writeAside writes what acts change beside the case itself: the draft of their text, results that are withdrawn, and who collected one.
func (s *Store) writeAside(ctx context.Context, tx pgx.Tx, w *Work, cmd Command) error {
	if err := forgetDraft(ctx, tx, w, cmd.Act); err != nil {
		return err
	}
	out := documents.Withdrawal{CaseID: w.Case.ID, By: w.by.UserID, At: w.now, Why: cmd.Text}
	switch {
	case cmd.Act == CorrectDecision:
		return withdrawDecisionPapers(ctx, tx, w, cmd.Text)
	case cmd.Act == WithdrawDecision:
		_, err := documents.WithdrawResults(ctx, tx, out)
		return err
	case cmd.Act == WithdrawResult || cmd.Act == Upload && cmd.File != uuid.Nil:
		if err := noDecision(ctx, tx, w, cmd.File); err != nil {
			return err
		}
		out.Original = cmd.File
		n, err := documents.WithdrawResults(ctx, tx, out)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "cases.result_withdrawn_already")
		}
		return err
	case cmd.Act == Issue:
		h := cmd.Handed
		_, err := tx.Exec(ctx, `insert into cases.handovers (case_id, recipient, name, basis, document, number, at, person) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			w.Case.ID, h.Recipient, h.Name, h.Basis, h.Document, h.Number, w.now, w.by.UserID)
		return pg.Fault("write handover", err)
	}
	return nil
}

// Handover returns who collected the result of a case. NotFound when nobody did, or when the actor does not see the applicant's data.
func (s *Store) Handover(ctx context.Context, actor access.Actor, w *Work) (h Handover, err error) {
	if !w.SeesAll(actor) {
		return h, fault.New(fault.NotFound, "")
	}
	err = s.pool.QueryRow(ctx, `select recipient, name, basis, document, number from cases.handovers where case_id = $1 order by at desc limit 1`, w.Case.ID).
		Scan(&h.Recipient, &h.Name, &h.Basis, &h.Document, &h.Number)
	return h, pg.Fault("get handover", err)
}
