package cases

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// Somebody did one thing for the case before, and now tries every act of the last stage; with duties apart and without.
func TestNobodyApprovesWhatTheyPrepared(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	for _, separate := range []bool{false, true} {
		for _, action := range []string{contract.ActionExecutes, contract.ActionTakesPart, contract.ActionAgrees, contract.ActionApproves} {
			for _, before := range []string{"nothing", "ended the stage of preparation", "ended a stage of agreement", "is the executor", "a colleague did it all"} {
				for _, act := range []Act{FinishStage, Decide, ReturnStage, Suspend, Note} {
					tryApart(t, p, separate, action, before, act)
				}
			}
		}
	}
}

func tryApart(t *testing.T, p people, separate bool, action, before string, act Act) {
	t.Helper()
	by := p.actor("decider")
	w := p.work(standing{state: InProgress, owner: "decider", decision: true}, by)
	w.SeparateDuties = separate
	last := &w.Stages[len(w.Stages)-1]
	last.Action = action
	earlier := Stage{ID: uuid.New(), AuthorityID: &p.decider, Action: contract.ActionExecutes, State: StageDone, StartedAt: last.StartedAt, FinishedAt: last.StartedAt}
	switch before {
	case "ended the stage of preparation":
		earlier.FinishedBy = &by.UserID
	case "ended a stage of agreement":
		earlier.Action, earlier.FinishedBy = contract.ActionAgrees, &by.UserID
	case "is the executor":
		w.Assigned = map[access.Place]Assignment{access.InAuthority(p.decider): {Person: by.UserID}}
	case "a colleague did it all":
		other := uuid.New()
		earlier.FinishedBy = &other
		w.Assigned = map[access.Place]Assignment{access.InAuthority(p.decider): {Person: other}}
	}
	w.Stages = append([]Stage{earlier}, w.Stages...)
	prepared := before == "ended the stage of preparation" || before == "is the executor"
	approving := act == Decide || act == FinishStage && (action == contract.ActionAgrees || action == contract.ActionApproves)
	err := w.permit(act)
	if refused := fault.MessageKey(err) == "cases.separate_duties"; refused != (separate && prepared && approving) {
		t.Errorf("%s in a stage that %s, by somebody who before: %s; apart: %t: %v", act, action, before, separate, err)
	}
	if got, want := w.Apart(by), separate && prepared; act == Decide && got != want {
		t.Errorf("the page of a stage that %s, for somebody who before: %s; apart: %t: says so %t", action, before, separate, got)
	}
}
