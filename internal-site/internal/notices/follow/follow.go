// Package follow takes what cabinets of the public site want to be told of, as the intake hands it over. It keeps who follows
// which case and by which address; letters are the business of internal/notices. rules.go is pure, store.go holds the SQL. It
// may import internal/intake and shared.
package follow

import (
	"context"
	"fmt"
	"time"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
)

// Subject is the subject of answers. They name nothing by an id: what leaves leads to no follower and to no case.
const Subject = "follow"

// Intake takes follows.
type Intake struct{ now func() time.Time }

// NewIntake makes the intake's handler.
func NewIntake() Intake { return Intake{time.Now} }

// At returns a copy whose clock is now.
func (Intake) At(now func() time.Time) Intake { return Intake{now} }

// Kind implements intake.Handler.
func (Intake) Kind() string { return contract.KindFollow }

// Handle implements intake.Handler. Nothing that a follow says is for staff to look at, so none is refused: its answer says what
// became of it.
func (h Intake) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	r, ok := o.Record.(*contract.Follow)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no follow", o.Record.Kind())
	}
	said, err := h.take(ctx, tx, o, r)
	return intake.Answer{Outcome: intake.OutcomeRegistered, Subject: Subject, SubjectNumber: said}, err
}

func (h Intake) take(ctx context.Context, tx intake.Tx, o intake.Opened, r *contract.Follow) (string, error) {
	if r.Stop != "" {
		return contract.FollowOff, stop(ctx, tx, r.Stop)
	}
	known, found, err := lock(ctx, tx, r.FollowerID)
	if err != nil {
		return "", err
	}
	if found && (known.message == o.ID || known.setAt.After(r.SubmittedAt)) {
		return known.said, nil // taken already, or overtaken by what was said later
	}
	if len(r.Matters) == 0 {
		return contract.FollowOff, remove(ctx, tx, r.FollowerID)
	}
	sent, err := lettersOf(ctx, tx, r, h.now())
	if err != nil {
		return "", err
	}
	v := judge(known, found, r, sent)
	if err := keep(ctx, tx, o.ID, r, v, h.now()); err != nil {
		return "", err
	}
	return v.said, nil
}
