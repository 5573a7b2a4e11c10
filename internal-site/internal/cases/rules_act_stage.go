package cases

import (
	"slices"
	"strconv"
	"strings"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// FinishStage ends the active stage of whoever acts, and those that waited for it alone begin.
const FinishStage Act = "finish_stage"

var finishStage = rule{
	act: FinishStage, from: []State{InProgress, Decided}, right: WorkOn, undo: undoQuietly, object: (*Work).ofStage, byOffice: (*Work).StageOf,
	permits: (*Work).finishesApart, hinders: (*Work).finishes, check: (*Work).checkOutcome,
	perform: func(w *Work, cmd Command) error {
		stage := w.StageOf(w.by)
		w.engage()
		stage.Outcome = cmd.Chosen
		w.finishStage(stage, cmd.Text)
		return nil
	},
	detail: func(cmd Command) map[string]string {
		if cmd.Chosen == "" {
			return nil
		}
		return map[string]string{"outcome": cmd.Chosen}
	},
}

// checkOutcome: a stage that can end in several ways ends in one of them.
func (w *Work) checkOutcome(cmd Command) []fault.FieldError {
	stage := w.StageOf(w.by)
	known := slices.ContainsFunc(stage.Outcomes(), func(o contract.StageOutcome) bool { return o.ID == cmd.Chosen })
	if known || len(stage.Outcomes()) == 0 && cmd.Chosen == "" {
		return nil
	}
	return []fault.FieldError{{Field: "stage_outcome", Key: "cases.stage_outcome_required"}}
}

// Seen names the stage with the moment at which it began, so that a page that is stale can say which stage it showed.
func (s Stage) Seen() string {
	if s.StartedAt == nil {
		return s.ID.String()
	}
	return s.ID.String() + "@" + strconv.FormatInt(s.StartedAt.UnixMicro(), 10)
}

// stillAt says whether a page of an earlier version shows the stage that the act ends as it still is. Parties that work at the
// same time change the case under each other all the time, and each of them ends its own stage only.
func (w *Work) stillAt(cmd Command) bool {
	stage := w.StageOf(w.by)
	return cmd.Act == FinishStage && stage != nil && stage.Seen() == cmd.Seen && w.beside(stage)
}

// ofStage is the case as the parties of its active stages have it: a stage is ended by the party it belongs to and nobody else.
func (w *Work) ofStage() (o access.Object) {
	actives := w.actives()
	for _, stage := range actives {
		of := w.party(stage)
		o.Own, o.Part = append(o.Own, of.Own...), append(o.Part, of.Part...)
	}
	if len(actives) == 0 {
		return w.Case.Object(w.Stages)
	}
	return o
}

// ofApplicant is the case as those have it who deal with its applicant: the clock is stopped and started, and the applicant
// written to, by the centre, by the authority that decides and by those whose stages are active. An authority that only
// takes part later, or did before, does neither.
func (w *Work) ofApplicant() access.Object {
	o := w.Case.Object(nil)
	o.Part = nil
	for _, stage := range w.actives() {
		o.Part = append(o.Part, w.party(stage).Part...)
	}
	return o
}

// finishStage finishes an active stage, and begins what has waited for it.
func (w *Work) finishStage(stage *Stage, note string) {
	w.end(stage)
	stage.Note = strings.TrimSpace(stage.Note + "\n" + note) // a stage that is done anew keeps what was said the first time
	w.add(EventStageFinished, w.saysFinished(*stage), true)
	w.moveOn()
}

// saysFinished names the stage, and the way in which it ended where it could end in several.
func (w *Work) saysFinished(s Stage) locale.Text {
	for _, o := range s.Outcomes() {
		if o.ID == s.Outcome {
			return say("cases.says.stage_finished_as", nameOf(s), o.Name)
		}
	}
	return saysStageFinished(s)
}

func (w *Work) end(stage *Stage) {
	id := w.by.UserID
	stage.State, stage.FinishedAt, stage.FinishedBy = StageDone, w.moment(), &id
}
