package cases

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/contract"
)

// Standing is how a case stands for one of its parties.
type Standing string

// The standings. Several parties have ToAct while their stages run at the same time.
const (
	ToAct        Standing = "turn"
	ToIssue      Standing = "issue"     // the centre hands the result over
	ForOthers    Standing = "others"    // another party acts, and this one still has something to do with the case
	ForApplicant Standing = "applicant" // the work stands still until the applicant has answered
	Ahead        Standing = "ahead"     // nothing of the case has reached this party yet
	Past         Standing = "past"      // this party has done its part
	Over         Standing = "over"      // the case is at its end
)

// Turn is how a case stands for one party: the row that lists, counts and rights read.
type Turn struct {
	Place    access.Place
	Standing Standing
	StageID  *uuid.UUID // the party's active stage, or the one that has to end first
	Office   string     // key of the office that has to act; "": anybody of the party
	Person   *uuid.UUID // who works on the case within the party
	DueOn    *time.Time // until when whoever has the turn has to act
	Since    time.Time
}

// Open says whether the party has something to do now.
func (t Turn) Open() bool { return t.Standing == ToAct || t.Standing == ToIssue }

// Assignment is who works on a case within one party.
type Assignment struct {
	Person uuid.UUID
	Name   string
	Gone   bool // the account is blocked
	Since  time.Time
	By     *uuid.UUID
}

// office is the key of the office that alone may end the stage: the card names one where something is agreed or approved.
func (s Stage) office() string {
	if s.Action == contract.ActionAgrees || s.Action == contract.ActionApproves {
		return offices.Key(s.Official)
	}
	return ""
}

// parties are the centre of the case, the authority that decides and those of its stages.
func (w *Work) parties() []access.Place {
	list := []access.Place{access.InCentre(w.Case.CentreID), access.InAuthority(w.Case.AuthorityID)}
	for _, s := range w.Stages {
		if s.AuthorityID != nil && !slices.Contains(list, access.InAuthority(*s.AuthorityID)) {
			list = append(list, access.InAuthority(*s.AuthorityID))
		}
	}
	return list
}

// acting are the parties whose turn it is: those of the active stages; the centre, when the result can be handed over; and the
// authority that decides, when nothing but its decision is missing. None when the case is at its end.
func (w *Work) acting() (list []access.Place) {
	centre, decider := access.InCentre(w.Case.CentreID), access.InAuthority(w.Case.AuthorityID)
	actives := w.actives()
	switch {
	case w.Case.State == Issued || w.Case.State == Closed:
		return nil
	case w.Case.State == Decided && w.issues() == nil:
		return []access.Place{centre}
	case len(actives) == 0:
		return []access.Place{decider}
	case w.Case.State == InProgress && len(actives) == 1 && actives[0] == w.lastOpen():
		return []access.Place{decider} // a stage of another's is ended by handing over, and before that comes the decision
	}
	for _, s := range actives {
		if party := w.placeOf(s); !slices.Contains(list, party) {
			list = append(list, party)
		}
	}
	return list
}

// placeOf is the party that a stage belongs to.
func (w *Work) placeOf(s *Stage) access.Place {
	if s.AuthorityID == nil {
		return access.InCentre(w.Case.CentreID)
	}
	return access.InAuthority(*s.AuthorityID)
}

// Turns says of every party how the case stands for it. It is a function of the case alone: whoever computes it anew gets
// what the last act has written.
func (w *Work) Turns() []Turn {
	acting := w.acting()
	var list []Turn
	for _, party := range w.parties() {
		active := w.activeOf(party)
		if active == nil {
			active = w.first()
		}
		t := Turn{Place: party, Standing: w.standingOf(party, acting), DueOn: w.turnDue(active), Since: w.turnSince(active)}
		if active != nil && len(acting) > 0 {
			id := active.ID
			t.StageID = &id
			if t.Standing == ToAct && w.placeOf(active) == party {
				t.Office = active.office()
			}
		}
		if a, ok := w.Assigned[party]; ok {
			t.Person = &a.Person
		}
		list = append(list, t)
	}
	return list
}

func (w *Work) standingOf(party access.Place, acting []access.Place) Standing {
	state, centre, decider := w.Case.State, party == access.InCentre(w.Case.CentreID), party == access.InAuthority(w.Case.AuthorityID)
	begun, open := w.partOf(party)
	acts := slices.Contains(acting, party)
	switch {
	case state == Issued || state == Closed:
		return Over
	case w.ReplyWaits() && acts:
		return ToAct
	case state == Suspended && (centre || acts || decider && begun):
		return ForApplicant
	case state != Suspended && acts && state == Decided && w.issues() == nil:
		return ToIssue
	case state != Suspended && acts:
		return ToAct
	case centre:
		return ForOthers
	case !open && (!decider || state == Decided):
		return Past
	case begun:
		return ForOthers
	}
	return Ahead
}

// partOf says whether a stage of the authority has begun, and whether one is still open.
func (w *Work) partOf(party access.Place) (begun, open bool) {
	for _, s := range w.Stages {
		if s.AuthorityID != nil && access.InAuthority(*s.AuthorityID) == party {
			begun, open = begun || s.StartedAt != nil, open || s.open()
		}
	}
	return begun, open
}

// turnDue is until when whoever has the turn at an active stage has to act: the last day of the stage, or of the case if that is
// sooner. While the case stands still there is none.
func (w *Work) turnDue(active *Stage) *time.Time {
	switch {
	case !w.Case.State.Running() && w.Case.State != Decided:
		return nil
	case w.Case.State == Decided && active == nil:
		return nil
	case w.Case.State == Decided:
		return active.DueOn
	case active == nil || active.DueOn == nil || w.Case.DueOn.Before(*active.DueOn):
		due := w.Case.DueOn
		return &due
	}
	return active.DueOn
}

// turnSince is since when it has been whose turn it is at an active stage.
func (w *Work) turnSince(active *Stage) time.Time {
	switch {
	case w.Case.State == Issued || w.Case.State == Closed:
		return w.lastOf(EventIssued, EventWithdrawn)
	case w.ReplyWaits():
		return w.lastOf(EventReplied, EventWithdrawalAsked)
	case w.Case.State == Suspended:
		return w.lastOf(EventSuspended)
	case active != nil && active.StartedAt != nil:
		return *active.StartedAt
	case w.Case.DecidedAt != nil:
		return *w.Case.DecidedAt
	}
	return w.Case.RegisteredAt
}

// lastOf is when one of these things happened to the case the last time.
func (w *Work) lastOf(kinds ...EventKind) time.Time {
	for _, e := range slices.Backward(w.Events) {
		if slices.Contains(kinds, e.Kind) {
			return e.At
		}
	}
	return w.Case.RegisteredAt
}

// Turn returns how the case stands for a party.
func (w *Work) Turn(party access.Place) Turn {
	list := w.Turns()
	if i := slices.IndexFunc(list, func(t Turn) bool { return t.Place == party }); i >= 0 {
		return list[i]
	}
	return Turn{Place: party, Standing: Past}
}
