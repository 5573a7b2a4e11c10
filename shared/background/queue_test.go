package background_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portal.example/shared/background"
)

// A queue is worked off at once, waits when it is empty until its time or a wake, and longer after each failure.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		wake, began := make(chan struct{}), time.Now()
		var at []time.Duration
		answers := []struct {
			found bool
			err   error
		}{{true, nil}, {true, nil}, {false, nil}, {false, nil}, {false, errors.New("away")}, {false, errors.New("away")}, {false, nil}}
		ctx, stop := context.WithCancel(t.Context())
		q := &background.Queue{
			Wake: wake, Pause: func(context.Context) time.Duration { return time.Minute },
			Retry: background.Retry{Log: slog.New(slog.NewTextHandler(&log, nil)), What: "cannot"},
			Next: func(context.Context) (bool, error) {
				at = append(at, time.Since(began))
				a := answers[len(at)-1]
				if len(at) == len(answers) {
					stop()
				}
				return a.found, a.err
			},
		}
		done := make(chan struct{})
		go func() { q.Run(ctx); close(done) }()
		synctest.Wait()
		wake <- struct{}{} // before the minute is over
		<-done
		want := []time.Duration{0, 0, 0, 0, time.Minute, time.Minute + 100*time.Millisecond, time.Minute + 300*time.Millisecond}
		for i := range want {
			if i >= len(at) || at[i] != want[i] {
				t.Fatalf("asked at %v, want %v", at, want)
			}
		}
		if n := strings.Count(log.String(), "cannot"); n != 1 {
			t.Errorf("the same failure was logged %d times", n)
		}
	})
}
