package load

import (
	"context"
	"errors"
	"testing"
)

// A load whose lane failed says so, also when the writer has gone by the time somebody looks.
func TestFailedLaneIsTheReason(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	why := errors.New("a lane failed")
	for range 100 {
		l := (&Loads{}).newFirstLoad()
		l.endWith(why)
		if err := l.awaitDurable(ctx); !errors.Is(err, why) {
			t.Fatalf("%v", err)
		}
	}
	if err := (&Loads{}).newFirstLoad().awaitDurable(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
