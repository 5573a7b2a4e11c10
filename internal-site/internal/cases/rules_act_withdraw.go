package cases

import (
	"slices"
	"strings"
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
	detail: func(cmd Command) map[string]string { return cmd.withDecision(cmd.withGrounds(map[string]string{})) },
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
	wrong := w.checkGrounds(cmd, "correct_ground", "correct_other")
	if cmd.Reasoning == "" {
		wrong = append(wrong, fault.FieldError{Field: "correct_reasoning", Key: "cases.motive_required"})
	}
	return wrong
}

// correctDecision decides anew with the outcome that stood. It leaves one event, which says what was corrected and what is in force:
// whoever reads the newest decision reads it.
func (w *Work) correctDecision(cmd Command) error {
	return w.recordDecision(ruling{outcome: w.Case.Outcome, grounds: cmd.Grounds, other: cmd.OtherGround, reasoning: cmd.Reasoning, corrects: cmd.Text})
}

// withdrawDecision puts the case back into the stage that the decision ended. Its results are withdrawn with it.
func (w *Work) withdrawDecision(cmd Command) error {
	decided := *w.Case.DecidedAt
	w.Case.Outcome, w.Case.Grounds, w.Case.OtherGround, w.Case.DecisionNote, w.Case.DecidedAt = "", nil, "", "", nil
	if err := w.addTyped(EventDecisionWithdrawn, saysDecisionWithdrawn, cmd.Text, true); err != nil {
		return err
	}
	w.reopenDecision(decided)
	return nil
}

// reopenDecision makes the stage active again that ended with the decision, and lets those that follow it wait. Where the decision
// ended no stage, the stages stay, and only what a refusal left out waits again.
func (w *Work) reopenDecision(decided time.Time) {
	at := func(s Stage) bool { return s.FinishedAt != nil && s.FinishedAt.Equal(decided) }
	reopened := slices.IndexFunc(w.Stages, func(s Stage) bool {
		return s.State == StageDone && at(s) && s.of(w.Case.AuthorityID)
	})
	follows := w.follows()
	for i := range w.Stages {
		switch s := &w.Stages[i]; {
		case s.isDropped():
		case i == reopened:
			w.makeRoom(s)
			s.State, s.FinishedAt, s.FinishedBy, s.Note, s.Outcome = StageActive, nil, nil, "", ""
			w.add(EventStageStarted, saysStageStarted(*s), true)
		case reopened >= 0 && follows[i][reopened], s.State == StageSkipped && (s.FinishedAt == nil || at(*s)):
			s.reopen()
			s.Note = ""
		}
	}
	w.moveOn()
}

// ruling is a decision as it was typed.
type ruling struct {
	outcome          Outcome
	grounds          []string
	other, reasoning string
	corrects         string // what was wrong with the decision before; "" when there was none
}

// recordDecision writes a decision down and tells it to the applicant. The words of a ground that the card does not name are
// the official's, so they leave only sealed.
func (w *Work) recordDecision(r ruling) error {
	w.Case.Outcome, w.Case.DecisionNote, w.Case.Grounds, w.Case.OtherGround, w.Case.Proposal = r.outcome, r.reasoning, nil, "", nil
	var told []string
	if r.corrects != "" {
		told = append(told, r.corrects)
	}
	if r.outcome == Refused {
		w.Case.Grounds = w.orderGrounds(r.grounds)
		if slices.Contains(w.Case.Grounds, OtherGround) {
			w.Case.OtherGround = r.other
			told = append(told, r.other)
		}
	}
	if r.reasoning != "" {
		told = append(told, r.reasoning)
	}
	if err := w.addTyped(EventDecided, w.saysDecided(r.corrects != ""), strings.Join(told, "\n\n"), true); err != nil {
		return err
	}
	w.Events[len(w.Events)-1].Grounds = w.Case.Grounds
	if r.corrects != "" {
		w.Events[len(w.Events)-1].tells = EventDecisionCorrected
	}
	return nil
}

// saysDecided says what was decided, in the words that leave as they are.
func (w *Work) saysDecided(corrected bool) locale.Text {
	key := "cases.says."
	if corrected {
		key += "corrected_"
	}
	if w.Case.Outcome == Granted {
		return say(key + "granted")
	}
	var cited []locale.Text
	for _, id := range w.Case.Grounds {
		if g := w.ground(id); g != nil {
			cited = append(cited, g.Text)
		} else {
			cited = append(cited, saysOtherGround)
		}
	}
	if len(cited) > 1 {
		key += "refused_on_several"
	} else {
		key += "refused"
	}
	return say(key, joinedGrounds(cited))
}
