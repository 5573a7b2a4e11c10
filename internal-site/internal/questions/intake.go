package questions

import (
	"context"
	"fmt"
	"time"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
)

// Subject is the subject of answers to questions.
const Subject = "question"

// Intake takes questions that arrive online: each becomes a registered thread.
type Intake struct{ now func() time.Time }

// NewIntake makes the intake's handler of questions.
func NewIntake() Intake { return Intake{time.Now} }

// Kind implements intake.Handler.
func (Intake) Kind() string { return contract.KindQuestion }

// Handle implements intake.Handler.
func (h Intake) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	q, ok := o.Record.(*contract.Question)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no question", o.Record.Kind())
	}
	if id, number, found, err := threadOfMessage(ctx, tx, o.ID); err != nil || found {
		return intake.Registered(Subject, id, number), err
	}
	if err := intake.RefusePlace(checkAddressee(ctx, tx, q)); err != nil {
		return intake.Answer{}, err
	}
	files, err := o.Files(ctx)
	if err != nil {
		return intake.Answer{}, err
	}
	t, err := register(ctx, tx, q, o, h.now())
	if err != nil {
		return intake.Answer{}, fmt.Errorf("register question: %w", err)
	}
	for _, f := range files {
		if err := attach(ctx, tx, t.ID, f); err != nil {
			return intake.Answer{}, fmt.Errorf("attach: %w", err)
		}
	}
	return intake.Registered(Subject, t.ID, t.Number), audit.Record(ctx, tx, audit.System("intake"), audit.Entry{
		Action: "questions.question.register", ObjectType: "question", ObjectID: t.ID.String(), CentreID: q.CentreID, AuthorityID: q.AuthorityID,
		Detail: map[string]string{"number": t.Number},
	})
}
