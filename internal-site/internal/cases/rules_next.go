package cases

import (
	"maps"
	"slices"

	"portal.example/internal-site/internal/access"
)

// Next is the act that may follow this one at once, by one press of a button: a decision is often passed on by whoever made it, and
// a case whose result is handed over has nothing left but the archive. "" when none may.
func (a Act) Next() Act { return acts[a].next }

// follow does the act that may follow at once, where whoever acts may do it. Where they may not, where they have to choose how the stage ends, or where nothing is left to be done, as
// after a refusal, which leaves out what authorities would still have done, the first act stands alone.
func (w *Work) follow(act Act) error {
	next := act.Next()
	if next == "" || w.Refuses(w.by, next) != nil || next == FinishStage && w.asksHow(w.by) {
		return nil
	}
	if err := w.apply(Command{Act: next}); err != nil {
		return err
	}
	w.wentOn = next
	return nil
}

// asksHow says whether the actor's stage can end in several ways, of which they have to choose one.
func (w *Work) asksHow(actor access.Actor) bool {
	stage := w.StageOf(actor)
	return stage != nil && len(stage.Outcomes()) > 0
}

// PassesOn says whether whoever decides the case now could also end the stage that comes after the decision, so that a page may
// offer both at once.
func (w *Work) PassesOn(actor access.Actor) bool {
	ends, err := w.decidesIn()
	if err != nil || ends == nil {
		return false
	}
	after := *w
	after.by, after.Stages, after.Events, after.Assigned = actor, slices.Clone(w.Stages), slices.Clone(w.Events), maps.Clone(w.Assigned)
	after.finishStage(&after.Stages[w.indexOf(ends)], "")
	after.Case.State = Decided
	return after.Refuses(actor, FinishStage) == nil && !after.asksHow(actor)
}
