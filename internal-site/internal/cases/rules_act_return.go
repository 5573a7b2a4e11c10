package cases

import (
	"slices"

	"portal.example/shared/fault"
)

// ReturnStage gives the work back to an earlier stage.
const ReturnStage Act = "return_stage"

// Whoever may end an active stage may also say that one that it rests on has to be done anew. Everything that follows that one
// waits for it again, parallel stages too, since they rest on it as well; what runs beside it goes on. Terms of stages run anew;
// the term of the case goes on, since the applicant is not to blame. Once the case is decided nothing is returned: a decision
// is corrected by another act.
var returnStage = rule{
	act: ReturnStage, from: []State{InProgress}, right: WorkOn, undo: undoOpenly, object: (*Work).ofStage, byOffice: (*Work).StageOf,
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

// Returnable lists the stages that are done and that the stage of whoever acts rests on.
func (w *Work) Returnable() (list []Stage) {
	stage := w.StageOf(w.by)
	if stage == nil {
		return nil
	}
	follows := w.follows()[w.indexOf(stage)]
	for i, s := range w.Stages {
		if follows[i] && s.State == StageDone {
			list = append(list, s)
		}
	}
	return list
}

// returnStage begins the earlier stage anew; all that follow it wait again, and those that were left out are judged anew when
// their turn comes. The reason is for colleagues, and the applicant reads where the case has gone.
func (w *Work) returnStage(cmd Command) error {
	w.engage()
	i := slices.IndexFunc(w.Stages, func(s Stage) bool { return s.ID == cmd.Stage })
	for j, follows := range w.follows() {
		if s := &w.Stages[j]; (j == i || follows[i]) && (s.State != StageSkipped || s.When() != nil) && !s.isDropped() {
			s.reopen()
		}
	}
	w.makeRoom(&w.Stages[i])
	w.Stages[i].start(w.now, w.calendar)
	w.add(EventReturned, say("cases.says.stage_returned", nameOf(w.Stages[i])), true)
	w.Events[len(w.Events)-1].Typed = cmd.Text
	return nil
}

// makeRoom lets another active stage of the party wait again, since it works on one at a time, and on the one that is done anew first.
func (w *Work) makeRoom(s *Stage) {
	if other := w.activeOf(w.placeOf(s)); other != nil && other != s {
		other.reopen()
	}
}

// reopen lets the stage wait as if it had not begun. What was noted of it stays.
func (s *Stage) reopen() {
	s.State, s.StartedAt, s.DueOn, s.FinishedAt, s.FinishedBy, s.Outcome = StageWaiting, nil, nil, nil, nil, ""
}
