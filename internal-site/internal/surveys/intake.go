package surveys

import (
	"context"
	"fmt"
	"time"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/workdays"
)

// Subject is the subject of answers to ratings. They name nothing by an id: what leaves leads to no answer.
const Subject = "rating"

// What became of a rating, as the answer to it says.
const (
	saidTaken = "taken"
	saidTwice = "twice" // the case was rated before
	saidLate  = "late"  // the survey has ended, or the case cannot be rated (any more)
)

// Intake takes ratings.
type Intake struct{ now func() time.Time }

// NewIntake makes the intake's handler.
func NewIntake() Intake { return Intake{time.Now} }

// At returns a copy whose clock is now.
func (Intake) At(now func() time.Time) Intake { return Intake{now} }

// Kind implements intake.Handler.
func (Intake) Kind() string { return contract.KindRating }

// Handle implements intake.Handler. That the sender holds the code whose hash the record bears is judged by shared/contract; here it is
// held against the case. Nothing that a rating says is for staff to look at before it is counted, so none is refused: one that cannot be
// counted is told so by its answer and forgotten. There is no line in the trail: its time would join the answer to the case.
func (h Intake) Handle(ctx context.Context, tx intake.Tx, o intake.Opened) (intake.Answer, error) {
	r, ok := o.Record.(*contract.Rating)
	if !ok {
		return intake.Answer{}, fmt.Errorf("record of kind %s is no rating", o.Record.Kind())
	}
	said, err := h.take(ctx, tx, o, r)
	return intake.Answer{Outcome: intake.OutcomeRegistered, Subject: Subject, SubjectNumber: said}, err
}

func (h Intake) take(ctx context.Context, tx intake.Tx, o intake.Opened, r *contract.Rating) (string, error) {
	e, err := endedCase(ctx, tx, r.CaseID, o.CodeHash)
	if none(err) {
		return saidLate, nil
	}
	if err != nil {
		return "", err
	}
	survey, err := published(ctx, tx, r.SurveyID)
	if none(err) {
		return saidLate, nil
	}
	day := workdays.DateOf(h.now())
	if err != nil {
		return "", err
	}
	if e.at == nil || !survey.Takes(workdays.DateOf(o.FiledAt), workdays.DateOf(*e.at)) || !survey.fits(r, e) {
		return saidLate, nil
	}
	first, err := markRated(ctx, tx, r.CaseID, o.ID, day)
	if err != nil || !first {
		return saidTwice, err
	}
	return saidTaken, insert(ctx, tx, survey.ID, e, day, r.Answers)
}
