package cases

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/workdays"
)

// A stage that the handing over has ended takes the centre until the result was ready: nobody is late because a visitor did not come. One that
// the centre ended itself takes it to its end.
func TestNobodyIsLateForAVisitor(t *testing.T) {
	day := func(n int) *time.Time {
		at := time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC)
		return &at
	}
	due := workdays.DateOf(*day(6))
	for _, c := range []struct {
		name            string
		decided, issued int
		ready           []int
		days            int
		late            bool
	}{
		{"the result was there before", 4, 20, nil, 0, false},
		{"the file came in the stage", 4, 20, []int{6}, 1, false},
		{"the file came late", 4, 20, []int{9}, 4, true},
		{"another file took its place, and one afterwards", 4, 20, []int{6, 10, 25}, 5, true},
		{"the stage ended without a visitor", 4, 0, nil, 15, true},
		{"the decision came afterwards", 24, 20, []int{6}, 15, true},
	} {
		w := &Work{
			Case:   Case{ID: uuid.New(), CentreID: uuid.New(), Outcome: Granted, RegisteredAt: *day(1), DecidedAt: day(c.decided), DueOn: workdays.DateOf(*day(30))},
			Stages: []Stage{{Position: 1, State: StageDone, StartedAt: day(5), FinishedAt: day(20), DueOn: &due}},
		}
		for _, n := range c.ready {
			w.Events = append(w.Events, Event{Kind: EventResultReady, At: *day(n)})
		}
		if c.issued != 0 {
			w.Events = append(w.Events, Event{Kind: EventIssued, At: *day(c.issued)})
		}
		m, ok := w.measure()
		if !ok || len(m.stages) != 1 || m.stages[0].taken.Days != c.days || m.stages[0].late != c.late {
			t.Errorf("%s: %+v, want %d days, late %t", c.name, m.stages, c.days, c.late)
		}
	}
}
