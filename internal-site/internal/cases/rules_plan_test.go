package cases

import (
	"slices"
	"testing"
	"time"

	"portal.example/shared/contract"
)

// besides is a case at work: a reception, then another authority and the one that decides at the same time, then the decision and the
// handing over. Its first stage is done.
func besides(t *testing.T) (w *Work, do func(day int, who string, cmd Command)) {
	t.Helper()
	w = newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, partner, ofCase, ofCase, nil) // Monday
	w.spellOut()
	w.Stages[2].Plan.After = w.Stages[1].Plan.After
	w.Stages[3].Plan.After = append(w.Stages[3].Plan.After, w.Stages[1].ID)
	w.Stages[3].Action = contract.ActionApproves
	everybody := w.by
	do = func(day int, who string, cmd Command) {
		t.Helper()
		p := people{centre: w.Case.CentreID, decider: w.Case.AuthorityID, partner: *partner}
		w.now, w.by = time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC), p.actor(who)
		if err := w.apply(cmd); err != nil {
			t.Fatalf("%s by %s: %v", cmd.Act, who, err)
		}
		w.by = everybody
	}
	do(2, "centre", Command{Act: Take})
	do(2, "centre", Command{Act: FinishStage})
	wantStates(t, w, StageDone, StageActive, StageActive, StageWaiting, StageWaiting)
	return w, do
}

func wantStates(t *testing.T, w *Work, want ...StageState) {
	t.Helper()
	if got := states(w); !slices.Equal(got, want) {
		t.Fatalf("stages %v, want %v", got, want)
	}
}

// Whoever works beside another returns the case to what both rest on: both wait again, and both begin anew.
func TestAReturnReopensWhatRestsOnTheStage(t *testing.T) {
	w, do := besides(t)
	do(3, "decider", Command{Act: FinishStage})
	do(4, "partner", Command{Act: ReturnStage, Text: "немає плану", Stage: w.Stages[0].ID})
	wantStates(t, w, StageActive, StageWaiting, StageWaiting, StageWaiting, StageWaiting)
	do(5, "centre", Command{Act: FinishStage})
	wantStates(t, w, StageDone, StageActive, StageActive, StageWaiting, StageWaiting)
}

// From the stage that waited for both, the case goes back to one of them; the other stays done.
func TestAReturnLeavesWhatRanBesideIt(t *testing.T) {
	w, do := besides(t)
	do(3, "decider", Command{Act: FinishStage})
	do(3, "partner", Command{Act: FinishStage})
	do(4, "decider", Command{Act: ReturnStage, Text: "не враховано обмеження", Stage: w.Stages[1].ID})
	wantStates(t, w, StageDone, StageActive, StageDone, StageWaiting, StageWaiting)
	do(5, "partner", Command{Act: FinishStage})
	wantStates(t, w, StageDone, StageDone, StageDone, StageActive, StageWaiting)
}

// A suspension stops the terms of both stages and the turns of both parties; afterwards both have the days that they had left.
func TestASuspensionStopsBothStages(t *testing.T) {
	w, do := besides(t)
	w.Stages[2].Days, w.Stages[2].DueOn = 3, w.Stages[1].DueOn // so that both have a term; the partner's is five working days, to the 9th
	do(4, "partner", Command{Act: Suspend, Text: "немає довідки"})
	for _, turn := range w.Turns() {
		if turn.Standing != ForApplicant || turn.DueOn != nil {
			t.Errorf("while it stands: %+v", turn)
		}
	}
	do(9, "decider", Command{Act: Resume}) // after five days
	for i, want := range map[int]string{1: "2026-11-12", 2: "2026-11-10"} {
		if got := w.Stages[i].DueOn.Format(time.DateOnly); got != want {
			t.Errorf("stage %d is due %s, want %s", i+1, got, want)
		}
	}
}

// A withdrawn application is opened again where it stood, with both stages; a withdrawn decision goes back to its stage alone.
func TestBothStagesComeBack(t *testing.T) {
	w, do := besides(t)
	do(3, "centre", Command{Act: Withdraw, Paper: "заява від 03.11.2026"})
	wantStates(t, w, StageDone, StageSkipped, StageSkipped, StageSkipped, StageSkipped)
	w.now = time.Date(2026, 11, 4, 10, 0, 0, 0, time.UTC)
	if err := w.apply(Command{Act: Reopen, Text: "помилка"}); err != nil {
		t.Fatal(err)
	}
	wantStates(t, w, StageDone, StageActive, StageActive, StageWaiting, StageWaiting)
	do(5, "partner", Command{Act: FinishStage})
	do(5, "decider", Command{Act: FinishStage})
	do(6, "decider", Command{Act: Decide, Outcome: Granted})
	do(7, "decider", Command{Act: WithdrawDecision, Text: "помилка"})
	wantStates(t, w, StageDone, StageDone, StageDone, StageActive, StageWaiting)
}

// Each party has its own term and stage in its turn, and only whoever sees what is the applicant's while its stage is active sees it.
func TestEachPartyHasItsOwnTurn(t *testing.T) {
	w, do := besides(t)
	p := people{centre: w.Case.CentreID, decider: w.Case.AuthorityID, partner: *partner}
	for _, turn := range w.Turns() {
		own := w.activeOf(turn.Place)
		if turn.Open() != (own != nil) || own != nil && (*turn.StageID != own.ID || !turn.DueOn.Equal(*own.DueOn)) {
			t.Errorf("%+v", turn)
		}
	}
	if !w.SeesAll(p.actor("partner")) {
		t.Error("the partner does not see the case while it works on it")
	}
	do(3, "partner", Command{Act: FinishStage})
	if w.SeesAll(p.actor("partner")) || w.Turn(w.placeOf(&w.Stages[1])).Standing != Past {
		t.Error("the partner sees the case when it has done its part")
	}
}
