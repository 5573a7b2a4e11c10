package cases

import (
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// open says whether the stage still has to be done.
func (s Stage) open() bool { return s.State == StageActive || s.State == StageWaiting }

// of says whether the stage belongs to the authority.
func (s Stage) of(authority uuid.UUID) bool {
	return s.AuthorityID != nil && *s.AuthorityID == authority
}

// deciding returns the stage of the case in which its authority decides: the last one that the technological card says it
// approves. Nil when the card marks none.
func (w *Work) deciding() *Stage {
	for i := len(w.Stages) - 1; i >= 0; i-- {
		if s := &w.Stages[i]; s.of(w.Case.AuthorityID) && s.Action == contract.ActionApproves {
			return s
		}
	}
	return nil
}

// decidesIn returns the stage that the decision ends, and why the case cannot be decided now. Where the card marks no stage of
// decision, the authority decides in any of its own; where it has no stage ahead of it, at any time, and no stage is ended by
// it. While others still work at the same time there is nothing to decide on yet.
func (w *Work) decidesIn() (ends *Stage, err error) {
	marked := w.deciding()
	switch {
	case marked != nil && marked.open():
		ends = marked
	case marked == nil && w.lastOpenOf(w.Case.AuthorityID) != nil:
		ends = w.activeOf(access.InAuthority(w.Case.AuthorityID))
	default:
		return nil, nil //nolint:nilnil // the decision ends no stage
	}
	if ends == nil || ends.State != StageActive {
		return nil, fault.New(fault.Conflict, "cases.decide_in_stage")
	}
	if len(w.actives()) > 1 {
		return nil, fault.New(fault.Conflict, "cases.decide_waits")
	}
	return ends, nil
}

// decidesAt is the stage whose office decides; nil when the decision ends none.
func (w *Work) decidesAt(access.Actor) *Stage {
	if marked := w.deciding(); marked != nil {
		return marked
	}
	return w.activeOf(access.InAuthority(w.Case.AuthorityID))
}

func (w *Work) lastOpenOf(authority uuid.UUID) *Stage {
	for i := len(w.Stages) - 1; i >= 0; i-- {
		if s := &w.Stages[i]; s.open() && s.of(authority) {
			return s
		}
	}
	return nil
}

// finishes says why whoever acts cannot finish their stage: they have none, or it is ended by something that has to be
// recorded: the last one in which the decision can be made by the decision, the centre's last one by handing over.
func (w *Work) finishes() error {
	active := w.StageOf(w.by)
	if active == nil {
		return fault.New(fault.Conflict, "cases.act_refused")
	}
	if w.Case.State == InProgress && active == w.lastBeforeDecision() {
		return fault.New(fault.Conflict, "cases.decision_first")
	}
	if w.Case.State == Decided && active.AuthorityID == nil && active == w.lastOpen() && w.issues() == nil {
		return fault.New(fault.Conflict, "cases.issue_first")
	}
	return nil
}

// lastBeforeDecision is the stage that must not end without a decision.
func (w *Work) lastBeforeDecision() *Stage {
	if marked := w.deciding(); marked != nil && marked.open() {
		return marked
	} else if marked == nil {
		if own := w.lastOpenOf(w.Case.AuthorityID); own != nil {
			return own
		}
	}
	return w.lastOpen()
}

func (w *Work) lastOpen() *Stage {
	for i := len(w.Stages) - 1; i >= 0; i-- {
		if w.Stages[i].open() {
			return &w.Stages[i]
		}
	}
	return nil
}

// issues says why the result cannot be handed over: an authority has not passed it to the centre yet.
func (w *Work) issues() error {
	for i := range w.Stages {
		if s := w.Stages[i]; s.open() && s.AuthorityID != nil {
			return fault.New(fault.Conflict, "cases.issue_early")
		}
	}
	return nil
}

// party is whose stage it is: the authority's, or the centre's of the case.
func (w *Work) party(s *Stage) access.Object { return w.objectOf(w.placeOf(s)) }

// HasResult says whether there is a document that the applicant gets: one that was uploaded and not withdrawn since.
func (w *Work) HasResult() bool {
	valid := 0
	for _, e := range w.Events {
		switch e.Kind {
		case EventResultReady:
			valid++
		case EventResultWithdrawn:
			valid--
		case EventDecisionWithdrawn:
			valid = 0
		default:
		}
	}
	return valid > 0
}

// Uploaded is how many results the case has ever had, so that each gets a name of its own.
func (w *Work) Uploaded() (n int) {
	for _, e := range w.Events {
		if e.Kind == EventResultReady {
			n++
		}
	}
	return n
}
