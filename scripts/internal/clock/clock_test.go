package clock

import (
	"testing"
	"time"
)

func TestSleepIsNeverShort(t *testing.T) {
	for _, d := range []time.Duration{-time.Second, 0, 1, 30 * time.Microsecond, 3 * time.Millisecond} {
		began := time.Now()
		if Sleep(d); time.Since(began) < d {
			t.Errorf("slept %s of %s", time.Since(began), d)
		}
	}
	moment := time.Now().Add(time.Millisecond)
	if Until(moment); time.Now().Before(moment) {
		t.Error("woke before the moment")
	}
}
