package compare

import (
	"errors"
	"testing"
	"time"
)

// Each stand that was too long doubles the truce, up to a limit; a short one ends the series.
func TestTruceGrowsWhileTheStreamStands(t *testing.T) {
	t.Parallel()
	var truce truce
	if err := truce.mayMeet(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ stood, most, want time.Duration }{
		{longStand / 2, time.Hour, 0},
		{longStand, time.Hour, firstTruce},
		{longStand, time.Hour, 2 * firstTruce},
		{2 * longStand, time.Minute, time.Minute}, // four times would be as much
		{longStand, 10 * time.Second, 10 * time.Second},
		{0, time.Hour, 0},
		{longStand, time.Hour, firstTruce},
	} {
		truce.until = time.Time{}
		truce.noteStood(c.stood, c.most)
		if left := time.Until(truce.until); truce.next != c.want || c.want > 0 && (left > c.want || left < c.want-time.Second*5) {
			t.Errorf("after %s, at most %s: a truce of %s, %s of it left", c.stood, c.most, truce.next, left)
		}
		if err := truce.mayMeet(); (err == nil) != (c.want == 0) || err != nil && !errors.Is(err, errUnsure) {
			t.Errorf("after %s: %v", c.stood, err)
		}
	}
	for range 20 {
		truce.noteStood(longStand, 24*time.Hour)
	}
	if truce.next != lastTruce {
		t.Errorf("the longest truce is %s", truce.next)
	}
}
