package cases

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
)

// decidable is a case at the stage of its decision, after which the authority hands the result back and the centre issues it.
func decidable(t *testing.T) *Work {
	t.Helper()
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, ofCase, ofCase, nil)
	w.Stages[1].Action = contract.ActionApproves
	for _, act := range []Act{Take, FinishStage} {
		if err := w.apply(Command{Act: act}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// A decision is passed on by the same press of a button, and a case that is handed over goes to the archive.
func TestAnActGoesOnAtOnce(t *testing.T) {
	w := decidable(t)
	if !w.PassesOn(w.by) {
		t.Fatal("whoever decides may pass the case on")
	}
	if err := w.apply(Command{Act: Decide, Outcome: Granted, AndNext: true}); err != nil {
		t.Fatal(err)
	}
	if w.Stages[2].State != StageDone || w.Stages[3].State != StageActive || w.Case.State != Decided {
		t.Fatalf("%s, %+v", w.Case.State, w.Stages)
	}
	if err := w.apply(Command{Act: Issue, Paper: "№ 5", Handed: handed, AndNext: true}); err != nil {
		t.Fatal(err)
	}
	if w.Case.State != Closed || w.Case.ClosedAt == nil {
		t.Errorf("%s, closed %v", w.Case.State, w.Case.ClosedAt)
	}
}

// Without it, and where nothing is left to be done, the first act stands alone.
func TestAnActGoesOnOnlyWhereItIsAskedToAndCan(t *testing.T) {
	for _, one := range []struct {
		name  string
		cmd   Command
		third StageState
	}{
		{"not asked", Command{Act: Decide, Outcome: Granted}, StageActive},
		{"refused", Command{Act: Decide, Outcome: Refused, Grounds: []string{ground.ID}, Text: "немає довідки", AndNext: true}, StageSkipped},
	} {
		w := decidable(t)
		if err := w.apply(one.cmd); err != nil {
			t.Fatal(err)
		}
		if w.Stages[2].State != one.third || w.Case.State != Decided {
			t.Errorf("%s: %s, %+v", one.name, w.Case.State, w.Stages)
		}
	}
}

// The centre's stages are not passed on for it.
func TestNobodyPassesOnForAnotherParty(t *testing.T) {
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, ofCase, nil)
	for _, act := range []Act{Take, FinishStage} {
		if err := w.apply(Command{Act: act}); err != nil {
			t.Fatal(err)
		}
	}
	head := access.Actor{UserID: uuid.New(), Rights: access.MustDeclare(Rights).Defaults().Resolve(
		access.Grant{Group: access.AuthorityHead, Place: access.InAuthority(w.Case.AuthorityID)})}
	if !w.May(head, Decide) || w.PassesOn(head) {
		t.Error("a head of an authority ends the centre's stage")
	}
}
