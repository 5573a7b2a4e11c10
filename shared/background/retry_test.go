package background

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Pauses double up to the longest; the same reason is logged once in five minutes. After a try that lasted both begin anew.
func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := Retry{Log: slog.New(slog.NewTextHandler(&log, nil)), What: "not yet", First: time.Second, Longest: 4 * time.Second}
		pause := func(err error) time.Duration {
			began := time.Now()
			if err := r.Wait(t.Context(), err); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		for n, want := range []time.Duration{1, 2, 4, 4} {
			if got := pause(errors.New("refused")); got != want*time.Second {
				t.Errorf("pause %d is %s", n, got)
			}
		}
		<-time.After(5 * time.Second) // the try lasts
		if got := pause(errors.New("refused")); got != time.Second {
			t.Errorf("after a try that lasted the pause is %s", got)
		}
		if got := pause(errors.New("gone")); got != 2*time.Second {
			t.Errorf("for another reason the pause is %s", got)
		}
		if n := strings.Count(log.String(), "refused"); n != 2 || strings.Count(log.String(), "gone") != 1 {
			t.Errorf("said:\n%s", log.String())
		}
		for range 70 { // more than four minutes of the longest pause
			pause(errors.New("gone"))
		}
		if strings.Count(log.String(), "gone") != 1 {
			t.Errorf("said again too soon:\n%s", log.String())
		}
		for range 10 {
			pause(errors.New("gone"))
		}
		if strings.Count(log.String(), "gone") != 2 {
			t.Errorf("not said again after five minutes:\n%s", log.String())
		}
	})
}

// A retry that is called off does not wait.
func TestRetryEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Retry{Log: slog.New(slog.DiscardHandler), First: time.Hour, Longest: time.Hour}
	if err := r.Wait(ctx, errors.New("no")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
