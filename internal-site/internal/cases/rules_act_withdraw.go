package cases

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The acts that mend what has been decided or handed in already. Each says why, and the applicant reads it.
const (
	CorrectDecision  Act = "correct_decision"  // its ground and reasoning; the outcome stays
	WithdrawDecision Act = "withdraw_decision" // before the result is handed over; the case goes back to its stage
	WithdrawResult   Act = "withdraw_result"   // a file that was wrong
)

// What those acts leave behind in the history.
const (
	EventDecisionCorrected EventKind = "decision_corrected"
	EventDecisionWithdrawn EventKind = "decision_withdrawn"
	EventResultWithdrawn   EventKind = "result_withdrawn"
	EventUnarchived        EventKind = "unarchived"
)

var correctDecision = rule{
	act: CorrectDecision, from: []State{Decided}, right: DecideOn, permits: (*Work).permitsMending, textMissing: "cases.withdraw_reason_required",
	check: (*Work).checkCorrection, perform: (*Work).correctDecision,
	detail: func(cmd Command) map[string]string { return cmd.withDecision(map[string]string{"ground": cmd.Ground}) },
}

var withdrawDecision = rule{
	act: WithdrawDecision, from: []State{Decided}, to: InProgress, right: DecideOn, permits: (*Work).permitsMending, textMissing: "cases.withdraw_reason_required",
	perform: (*Work).withdrawDecision,
}

var withdrawResult = rule{
	act: WithdrawResult, from: []State{Decided, Issued}, right: UploadResult, textMissing: "cases.withdraw_reason_required",
	hinders: func(w *Work) error {
		if !w.HasResult() {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return nil
	},
	check: func(_ *Work, cmd Command) []fault.FieldError {
		if cmd.File == uuid.Nil {
			return []fault.FieldError{{Field: "withdraw_file", Key: "cases.withdraw_file_required"}}
		}
		return nil
	},
	perform: func(w *Work, cmd Command) error {
		return w.addTyped(EventResultWithdrawn, saysResultWithdrawn, cmd.Text, true)
	},
	detail: func(cmd Command) map[string]string { return map[string]string{"file": cmd.File.String()} },
}

// permitsMending: a decision is corrected and withdrawn by whoever may make it: where the stage of the decision names an office,
// by its holder.
func (w *Work) permitsMending(access.Actor) error {
	stage := w.deciding()
	if stage == nil || stage.office() == "" {
		return nil
	}
	if _, ok := w.Desk.Acts(offices.Office{Place: w.Case.AuthorityID, Key: stage.office()}); !ok {
		return fault.New(fault.Forbidden, "cases.of_office")
	}
	return nil
}

// checkCorrection holds the new ground and reasoning to what a decision is held to.
func (w *Work) checkCorrection(cmd Command) []fault.FieldError {
	if w.Case.Outcome != Refused {
		return nil
	}
	wrong := w.checkGround(cmd, "correct_ground", "correct_other")
	if cmd.Reasoning == "" {
		wrong = append(wrong, fault.FieldError{Field: "correct_reasoning", Key: "cases.motive_required"})
	}
	return wrong
}

// correctDecision tells why, and then decides anew with the outcome that stood, so that whoever reads the newest decision
// reads the one in force.
func (w *Work) correctDecision(cmd Command) error {
	if err := w.addTyped(EventDecisionCorrected, saysDecisionCorrected, cmd.Text, true); err != nil {
		return err
	}
	return w.recordDecision(w.Case.Outcome, cmd.Ground, cmd.OtherGround, cmd.Reasoning)
}

// withdrawDecision puts the case back into the stage that the decision ended. Its results are withdrawn with it.
func (w *Work) withdrawDecision(cmd Command) error {
	decided := *w.Case.DecidedAt
	w.Case.Outcome, w.Case.RefusalGround, w.Case.OtherGround, w.Case.DecisionNote, w.Case.DecidedAt = "", "", "", "", nil
	if err := w.addTyped(EventDecisionWithdrawn, saysDecisionWithdrawn, cmd.Text, true); err != nil {
		return err
	}
	w.reopenDecision(decided)
	return nil
}

// reopenDecision makes the stage active again that ended with the decision, and lets those behind it wait. Where the decision ended no
// stage, the stages stay, and only what a refusal left out waits again.
func (w *Work) reopenDecision(decided time.Time) {
	reopened := false
	for i := range w.Stages {
		switch s := &w.Stages[i]; {
		case !reopened && s.FinishedAt != nil && s.FinishedAt.Equal(decided) && s.of(w.Case.AuthorityID):
			s.State, s.FinishedAt, s.FinishedBy, s.Note, reopened = StageActive, nil, nil, "", true
			w.add(EventStageStarted, saysStageStarted(*s), true)
		case reopened || s.State == StageSkipped:
			s.State, s.StartedAt, s.DueOn, s.FinishedAt, s.FinishedBy, s.Note = StageWaiting, nil, nil, nil, nil, ""
		}
	}
	if w.active() == nil {
		w.startNext()
	}
}

// recordDecision writes a decision down and tells it to the applicant. The words of a ground that the card does not name are
// the official's, so they leave only sealed.
func (w *Work) recordDecision(outcome Outcome, groundID, other, reasoning string) error {
	var ground locale.Text
	w.Case.RefusalGround, w.Case.OtherGround = "", ""
	told := reasoning
	switch {
	case outcome != Refused:
	case groundID == OtherGround:
		ground, w.Case.RefusalGround, w.Case.OtherGround = saysOtherGround, OtherGround, other
		told = other + "\n\n" + reasoning
	default:
		ground, w.Case.RefusalGround = w.ground(groundID).Text, groundID
	}
	w.Case.Outcome, w.Case.DecisionNote = outcome, reasoning
	return w.addTyped(EventDecided, saysDecided(outcome, ground), told, true)
}
