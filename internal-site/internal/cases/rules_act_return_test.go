package cases

import (
	"slices"
	"testing"
	"time"

	"portal.example/shared/fault"
)

// A case goes back from its third stage to the first: that one begins anew with its whole term, the one between waits again,
// the case keeps its last day, the applicant reads where it went and not why, and the way forward is the same as before.
func TestAReturnedStageBeginsAnew(t *testing.T) {
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, ofCase, nil, ofCase) // Monday
	do := func(day int, cmd Command) error {
		w.now = time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC)
		return w.apply(cmd)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(do(2, Command{Act: Take}))
	if err := do(2, Command{Act: ReturnStage, Text: "бо", Stage: w.Stages[0].ID}); !fault.Is(err, fault.Conflict) {
		t.Errorf("back from the first stage: %v", err)
	}
	must(do(2, Command{Act: FinishStage, Text: "прийнято"}))
	must(do(3, Command{Act: FinishStage}))
	due := w.Case.DueOn
	for name, cmd := range map[string]Command{
		"without a reason":     {Act: ReturnStage, Stage: w.Stages[0].ID},
		"to nowhere":           {Act: ReturnStage, Text: "бо"},
		"to the active stage":  {Act: ReturnStage, Text: "бо", Stage: w.Stages[2].ID},
		"to a stage not begun": {Act: ReturnStage, Text: "бо", Stage: w.Stages[3].ID},
	} {
		if err := do(5, cmd); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(do(5, Command{Act: ReturnStage, Text: "немає підпису", Stage: w.Stages[0].ID}))
	if got := states(w); !slices.Equal(got, []StageState{StageActive, StageWaiting, StageWaiting, StageWaiting}) {
		t.Errorf("stages %v", got)
	}
	first := w.Stages[0]
	if first.FinishedAt != nil || first.DueOn.Format(time.DateOnly) != "2026-11-06" || !w.Case.DueOn.Equal(due) || first.Note != "прийнято" {
		t.Errorf("%+v, the case is due %s", first, w.Case.DueOn)
	}
	last := w.Events[len(w.Events)-1]
	if last.Kind != EventReturned || !last.Published || last.Sealed != nil || last.Typed != "немає підпису" {
		t.Errorf("%+v", last)
	}
	for range 3 {
		must(do(6, Command{Act: FinishStage, Text: "тепер так"}))
	}
	if got := states(w); got[3] != StageActive || w.Stages[0].Note != "прийнято\nтепер так" {
		t.Errorf("%v, note %q", got, w.Stages[0].Note)
	}
}

func states(w *Work) (list []StageState) {
	for _, s := range w.Stages {
		list = append(list, s.State)
	}
	return list
}
