package cases

import (
	"unicode/utf8"

	"portal.example/shared/fault"
)

// The acts that end a case at its applicant's wish, and open one again.
const (
	Withdraw Act = "withdraw"
	Reopen   Act = "reopen"
)

var withdraw = rule{
	act: Withdraw, from: []State{Registered, InProgress, Suspended}, to: Closed, right: WorkOn, object: (*Work).ofOwners,
	check: (*Work).checkWithdrawal, perform: (*Work).withdraw,
}

var reopen = rule{
	act: Reopen, from: []State{Closed}, right: ReopenCase, object: (*Work).ofOwners, textMissing: "cases.reopen_required", perform: (*Work).reopen,
}

// checkWithdrawal: the applicant has said so from the page of the case, or a paper of theirs says it.
func (w *Work) checkWithdrawal(cmd Command) []fault.FieldError {
	switch {
	case cmd.Paper == "" && w.lastEvent(EventWithdrawalAsked) == nil:
		return []fault.FieldError{{Field: "withdraw_paper", Key: "cases.withdraw_paper_required"}}
	case utf8.RuneCountInString(cmd.Paper) > maxPaper:
		return []fault.FieldError{{Field: "withdraw_paper", Key: "form.too_long", Args: []any{maxPaper}}}
	}
	return nil
}

// withdraw ends the case without a decision. The stages that were left are skipped, and keep the moment, so that opening the
// case again finds them.
func (w *Work) withdraw(cmd Command) error {
	typed := cmd.Text
	if cmd.Paper != "" {
		typed = joinLines(say("cases.says.withdrawal_paper", cmd.Paper).UK, cmd.Text)
	}
	if err := w.addTyped(EventWithdrawn, saysWithdrawn, typed, true); err != nil {
		return err
	}
	w.Case.Outcome, w.Case.ClosedAt = Withdrawn, w.moment()
	w.leaveStages()
	return nil
}

// leaveStages skips the stages that are left when a case ends before them, at the moment of its end: by it takeStagesUp finds them.
func (w *Work) leaveStages() {
	for i := range w.Stages {
		if s := &w.Stages[i]; s.open() {
			s.State, s.FinishedAt = StageSkipped, w.moment()
		}
	}
}

// takeStagesUp lets the stages go on that were left when the case ended.
func (w *Work) takeStagesUp() {
	ended := w.Case.ClosedAt
	for i := range w.Stages {
		s := &w.Stages[i]
		if s.State != StageSkipped || s.FinishedAt == nil || ended == nil || !s.FinishedAt.Equal(*ended) {
			continue
		}
		s.State, s.FinishedAt = StageWaiting, nil
		if s.StartedAt != nil {
			s.State = StageActive
		}
	}
}

func joinLines(first, rest string) string {
	if rest == "" {
		return first
	}
	return first + "\n" + rest
}

// reopen takes a case up again: one that was withdrawn where it stood, with the time between left out of its term, and one that
// was decided as it was before it went to the archive.
func (w *Work) reopen(cmd Command) error {
	if err := w.addTyped(EventReopened, saysReopened, cmd.Text, true); err != nil {
		return err
	}
	if w.Case.Outcome != Withdrawn {
		w.bringBack()
		return nil
	}
	w.takeStagesUp()
	w.Case.ClosedAt, w.Case.Outcome, w.Case.State = nil, "", InProgress
	w.moveOn()
	w.reckonTerms()
	return nil
}

// lastEvent is the latest event of the kind; nil when there is none.
func (w *Work) lastEvent(kind EventKind) *Event {
	for i := len(w.Events) - 1; i >= 0; i-- {
		if w.Events[i].Kind == kind {
			return &w.Events[i]
		}
	}
	return nil
}
