package checks

import (
	"context"
	"fmt"
	"time"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
)

// Subject is the subject of answers to preliminary checks.
const Subject = "check"

// Intake takes packages that arrive online: each is registered.
type Intake struct{ now func() time.Time }

// NewIntake makes the intake's handler of checks.
func NewIntake() Intake { return Intake{time.Now} }

// Kind implements intake.Handler.
func (Intake) Kind() string { return contract.KindCheck }

// Handle implements intake.Handler.
func (h Intake) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	d, ok := o.Record.(*contract.DocumentCheck)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no check", o.Record.Kind())
	}
	if id, number, found, err := packageOfMessage(ctx, tx, o.ID); err != nil || found {
		return intake.Registered(Subject, id, number), err
	}
	if err := intake.RefusePlace(checkPlace(ctx, tx, d)); err != nil {
		return intake.Answer{}, err
	}
	listed, err := documentsOf(ctx, tx, d.ServiceID)
	if err != nil {
		return intake.Answer{}, err
	}
	files, err := o.Files(ctx)
	if err != nil {
		return intake.Answer{}, err
	}
	p, err := register(ctx, tx, d, o, h.now())
	if err != nil {
		return intake.Answer{}, fmt.Errorf("register check: %w", err)
	}
	for i, f := range inOrder(files, listed) {
		if err := attach(ctx, tx, p.ID, i+1, f, listed); err != nil {
			return intake.Answer{}, fmt.Errorf("attach: %w", err)
		}
	}
	return intake.Registered(Subject, p.ID, p.Number), audit.Record(ctx, tx, audit.System("intake"), audit.Entry{
		Action: "checks.package.register", ObjectType: "check", ObjectID: p.ID.String(), CentreID: &d.CentreID, Detail: map[string]string{"number": p.Number},
	})
}
