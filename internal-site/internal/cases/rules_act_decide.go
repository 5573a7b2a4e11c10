package cases

import (
	"portal.example/shared/fault"
)

// Decide grants or refuses.
const Decide Act = "decide"

var decide = rule{
	act: Decide, from: []State{InProgress}, to: Decided, right: DecideOn, undo: undoOpenly, byOffice: (*Work).decidesAt, permits: (*Work).decidesApart,
	next: FinishStage,
	hinders: func(w *Work) error {
		_, err := w.decidesIn()
		return err
	},
	check: (*Work).checkDecision, perform: (*Work).decide,
	detail: func(cmd Command) map[string]string {
		d := map[string]string{"outcome": string(cmd.Outcome)}
		return cmd.withDecision(cmd.withGrounds(d))
	},
}

// checkDecision: a refusal cites a ground, and says why it applies.
func (w *Work) checkDecision(cmd Command) (wrong []fault.FieldError) {
	switch cmd.Outcome {
	case Granted:
	case Refused:
		wrong = w.checkGrounds(cmd, "ground", "ground_other")
		if cmd.Text == "" {
			wrong = append(wrong, fault.FieldError{Field: FieldOf(Decide), Key: "cases.motive_required"})
		}
	default:
		wrong = append(wrong, fault.FieldError{Field: "outcome", Key: "cases.outcome_required"})
	}
	return wrong
}

// decide grants or refuses, and ends the stage in which the authority decides.
func (w *Work) decide(cmd Command) error {
	ends, _ := w.decidesIn() // Hinders has asked already
	w.Case.DecidedAt = w.moment()
	if err := w.recordDecision(ruling{outcome: cmd.Outcome, grounds: cmd.Grounds, other: cmd.OtherGround, reasoning: cmd.Text}); err != nil {
		return err
	}
	if cmd.Outcome == Refused {
		w.skipAuthorities()
	}
	if ends != nil {
		w.finishStage(ends, "")
	}
	return nil
}

// skipAuthorities leaves out what authorities would still have done: after a refusal only the centre has
// something left to do.
func (w *Work) skipAuthorities() {
	for i := range w.Stages {
		if s := &w.Stages[i]; s.State == StageWaiting && s.AuthorityID != nil {
			s.State = StageSkipped
		}
	}
}
