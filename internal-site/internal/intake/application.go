package intake

import (
	"context"
	"errors"
	"fmt"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/fault"
)

// Registrar makes a case out of a filing in the caller's transaction; cases.Store is one.
type Registrar interface {
	Register(ctx context.Context, tx Tx, f cases.Filing, by audit.Actor) (cases.Case, error)
}

// application handles contract.KindApplication: it becomes a registered case.
func (w *Worker) application(ctx context.Context, tx Tx, m Message, record []byte) (Answer, error) {
	a, known, err := decodeApplication(m, record)
	if err != nil {
		return Answer{}, err
	}
	if id, number, found, err := registeredCase(ctx, tx, m.ID); err != nil || found {
		return Answer{Outcome: OutcomeRegistered, CaseID: &id, CaseNumber: number, CodeHash: known.CodeHash}, err
	}
	form, err := loadForm(ctx, tx, a.FormID, a.ServiceID)
	if fault.Is(err, fault.NotFound) {
		return Answer{}, &Refusal{Reason: ReasonForm, Detail: a.FormID.String(), Known: known, Cause: err}
	}
	if err != nil {
		return Answer{}, fmt.Errorf("form %s: %w", a.FormID, err)
	}
	if err := judge(form, a, known); err != nil {
		return Answer{}, err
	}
	f := filing(a, known)
	f.FiledAt = filedAt(m.SubmittedAt, w.now())
	if f.Received, err = w.attachments(ctx, m, a, form, known); err != nil {
		return Answer{}, err
	}
	c, err := w.cases.Register(ctx, tx, f, audit.System("intake"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		return Answer{}, &Refusal{Reason: ReasonService, Detail: keyOf(err), Known: known, Cause: err}
	}
	if err != nil {
		return Answer{}, fmt.Errorf("register case: %w", err)
	}
	return Answer{Outcome: OutcomeRegistered, CaseID: &c.ID, CaseNumber: c.Number, CodeHash: known.CodeHash}, nil
}

func keyOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}
