package cases

import (
	"strings"

	"portal.example/internal-site/internal/access"
)

// FinishStage ends the active stage, and the next one begins.
const FinishStage Act = "finish_stage"

var finishStage = rule{
	act: FinishStage, from: []State{InProgress, Decided}, right: WorkOn, undo: undoQuietly, object: (*Work).ofStage, byOffice: true,
	permits: (*Work).finishesApart, hinders: (*Work).finishes,
	perform: func(w *Work, cmd Command) error {
		w.engage()
		w.finishStage(cmd.Text)
		return nil
	},
}

// ofStage is the case as the party of its active stage has it: a stage is ended by the party it belongs to and nobody else.
func (w *Work) ofStage() access.Object {
	if stage := w.active(); stage != nil {
		return w.party(stage)
	}
	return w.Case.Object(w.Stages)
}

// ofApplicant is the case as those have it who deal with its applicant: the clock is stopped and started, and the applicant
// written to, by the centre, by the authority that decides and by the one whose stage is active. An authority that only
// takes part later, or did before, does neither.
func (w *Work) ofApplicant() access.Object {
	o := w.Case.Object(nil)
	o.Part = nil
	if stage := w.active(); stage != nil {
		o.Part = w.party(stage).Part
	}
	return o
}

// finishStage finishes the active stage and begins the next one that waits.
func (w *Work) finishStage(note string) {
	stage := w.active()
	if stage == nil {
		return
	}
	w.end(stage)
	stage.Note = strings.TrimSpace(stage.Note + "\n" + note) // a stage that is done anew keeps what was said the first time
	w.add(EventStageFinished, saysStageFinished(*stage), true)
	w.startNext()
}

// startNext begins the first stage that waits.
func (w *Work) startNext() {
	for i := range w.Stages {
		if w.Stages[i].State == StageWaiting {
			w.Stages[i].start(w.now, w.calendar)
			w.add(EventStageStarted, saysStageStarted(w.Stages[i]), true)
			return
		}
	}
}

func (w *Work) end(stage *Stage) {
	id := w.by.UserID
	stage.State, stage.FinishedAt, stage.FinishedBy = StageDone, w.moment(), &id
}
