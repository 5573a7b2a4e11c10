package cases

import (
	"slices"

	"portal.example/shared/fault"
)

// ReturnStage gives the work back to an earlier stage.
const ReturnStage Act = "return_stage"

// Whoever may end the active stage may also say that an earlier one has to be done anew. Terms of stages run anew; the term
// of the case goes on, since the applicant is not to blame. Once the case is decided nothing is returned: a decision is
// corrected by another act.
var returnStage = rule{
	act: ReturnStage, from: []State{InProgress}, right: WorkOn, undo: undoOpenly, object: (*Work).ofStage, byOffice: true,
	textMissing: "cases.return_required",
	hinders: func(w *Work) error {
		if len(w.Returnable()) == 0 {
			return fault.New(fault.Conflict, "cases.act_refused")
		}
		return nil
	},
	check: func(w *Work, cmd Command) []fault.FieldError {
		if !slices.ContainsFunc(w.Returnable(), func(s Stage) bool { return s.ID == cmd.Stage }) {
			return []fault.FieldError{{Field: "return_to", Key: "cases.return_to_required"}}
		}
		return nil
	},
	perform: (*Work).returnStage,
	detail:  func(cmd Command) map[string]string { return map[string]string{"stage": cmd.Stage.String()} },
}

// Returnable lists the stages that are done and to which the work can go back from the active one.
func (w *Work) Returnable() (list []Stage) {
	active := w.active()
	for i := range w.Stages {
		switch {
		case active == nil || &w.Stages[i] == active:
			return list
		case w.Stages[i].State == StageDone:
			list = append(list, w.Stages[i])
		}
	}
	return list
}

// returnStage begins the earlier stage anew; those between it and the active one, and the active one, wait again. The reason
// is for colleagues, and the applicant reads where the case has gone.
func (w *Work) returnStage(cmd Command) error {
	w.engage()
	active, back := w.active(), false
	for i := range w.Stages {
		s := &w.Stages[i]
		last := s == active
		back = back || s.ID == cmd.Stage
		if back && s.State != StageSkipped {
			s.reopen()
		}
		if last {
			break
		}
	}
	i := slices.IndexFunc(w.Stages, func(s Stage) bool { return s.ID == cmd.Stage })
	w.Stages[i].start(w.now, w.calendar)
	w.add(EventReturned, say("cases.says.stage_returned", nameOf(w.Stages[i])), true)
	w.Events[len(w.Events)-1].Typed = cmd.Text
	return nil
}

// reopen lets the stage wait as if it had not begun. What was noted of it stays.
func (s *Stage) reopen() {
	s.State, s.StartedAt, s.DueOn, s.FinishedAt, s.FinishedBy = StageWaiting, nil, nil, nil, nil
}
