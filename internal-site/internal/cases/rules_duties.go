package cases

import (
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// prepares says whether the stage brings about what a later one of its party agrees or approves.
func (s Stage) prepares() bool { return !s.approves() }

// approves says whether an official agrees or approves in the stage what others have prepared.
func (s Stage) approves() bool {
	return s.Action == contract.ActionAgrees || s.Action == contract.ActionApproves
}

// Prepared says whether somebody prepared what the party approves in this case: they are its executor there, worded the
// decision, or ended one of its stages of preparation.
func (w *Work) Prepared(party access.Place, user uuid.UUID) bool {
	if a, ok := w.Assigned[party]; ok && a.Person == user {
		return true
	}
	if p := w.Case.Proposal; p != nil && p.By == user && party == access.InAuthority(w.Case.AuthorityID) {
		return true
	}
	for i := range w.Stages {
		s := &w.Stages[i]
		if s.State == StageDone && s.prepares() && s.FinishedBy != nil && *s.FinishedBy == user && w.placeOf(s) == party {
			return true
		}
	}
	return false
}

// decidesApart refuses the decision to whoever prepared it, where the installation keeps duties apart.
func (w *Work) decidesApart(actor access.Actor) error {
	return w.apart(access.InAuthority(w.Case.AuthorityID), actor)
}

// finishesApart refuses the end of a stage in which something is agreed or approved to whoever prepared it.
func (w *Work) finishesApart(actor access.Actor) error {
	if stage := w.StageOf(actor); stage != nil && stage.approves() {
		return w.apart(w.placeOf(stage), actor)
	}
	return nil
}

func (w *Work) apart(party access.Place, actor access.Actor) error {
	if w.SeparateDuties && w.Prepared(party, actor.UserID) {
		return fault.New(fault.Forbidden, apart)
	}
	return nil
}

const apart = "cases.separate_duties"

// Apart says whether the actor could end their stage or decide, had they not prepared what is approved there.
func (w *Work) Apart(actor access.Actor) bool {
	for _, act := range []Act{FinishStage, Decide} {
		if w.Hinders(act) == nil && fault.MessageKey(w.permits(actor, act)) == apart {
			return true
		}
	}
	return false
}
