package cases

import (
	"testing"
	"time"
)

// A stage whose last day was a Friday is late on the weekend that follows, although no working day has passed.
func TestAStageIsLateOnTheWeekendAfterItsLastDay(t *testing.T) {
	w := newWork(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), nil, ofCase)
	if err := w.apply(Command{Act: Take}); err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	stage := w.Stages[0]
	stage.DueOn = &friday
	for day, want := range map[int]int{26: 1, 27: 0, 28: -1, 29: -1, 30: -1} {
		w.now = time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC)
		if left, runs := w.DaysLeft(stage); !runs || left != want {
			t.Errorf("on %d November: %d, %t", day, left, runs)
		}
	}
}
