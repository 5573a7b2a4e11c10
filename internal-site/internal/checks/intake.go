package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
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
	if err := checkPlace(ctx, tx, d); fault.Is(err, fault.Invalid) {
		return intake.Answer{}, &intake.Refusal{Reason: intake.ReasonAddressee, Detail: intake.Places(err), Cause: err}
	} else if err != nil {
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

// fileOf is the row of an attachment. Its id is ours: the one that the public site gave could be another file's.
func fileOf(f intake.File) documents.File {
	return documents.File{
		ID: uuid.Must(uuid.NewV7()), Purpose: documents.Received, Title: f.Name, FileName: f.Name, MediaType: f.MediaType, Size: f.Size,
		SHA256: f.SHA256, Bucket: documents.BucketQuarantine, ObjectKey: f.ObjectKey, Notes: f.Notes,
	}
}
