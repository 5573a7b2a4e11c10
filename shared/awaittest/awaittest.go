// Package awaittest lets tests wait for what a server, a process or another goroutine brings about. A test
// names the event and how it shows; how long that takes is the machine's business, so there is no duration to
// choose.
//
//	awaittest.Until(t, "the first object is ready", func() bool { return state(key) == "ready" })
//	err := awaittest.Receive(t, "the syncer's end", ended)
//
// What goes on beside a test meanwhile, an application or somebody who reads, goes on in rounds with pauses (Rounds).
//
// Only tests and benchmarks may import this package; it imports the standard library only.
package awaittest

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"
)

// Guard ends a wait that is in vain, so that a test fails with a sentence instead of hanging. It is far longer
// than anything takes on a machine that is busy with something else; no test may depend on its length.
const Guard = 10 * time.Minute

// Looks at a condition are this far apart: close at first, because most events are near, and further apart
// while nothing happens, because many tests that wait at the same time would keep the machine busy with looking.
const (
	firstPause = time.Millisecond
	lastPause  = 50 * time.Millisecond
)

// Until returns when ok is true. Nothing tells of the event, so it looks again and again. When the test fails,
// the texts of told say how far things had come.
func Until(tb testing.TB, what string, ok func() bool, told ...func() string) {
	tb.Helper()
	deadline := time.Now().Add(Guard)
	for pause := firstPause; !ok(); pause = min(2*pause, lastPause) {
		if time.Now().After(deadline) {
			tb.Fatalf("waited %s in vain: %s%s", Guard, what, all(told))
		}
		<-time.After(pause)
	}
}

// Receive returns what comes through the channel, or the zero value once it is closed.
func Receive[T any](tb testing.TB, what string, from <-chan T, told ...func() string) (value T) {
	tb.Helper()
	timer := time.NewTimer(Guard)
	defer timer.Stop()
	select {
	case value = <-from:
	case <-timer.C:
		tb.Fatalf("waited %s in vain: %s%s", Guard, what, all(told))
	}
	return value
}

// Rounds counts rounds from 1 until ctx ends, with a pause after each:
//
//	for n := range awaittest.Rounds(ctx, 5*time.Millisecond) { change(n) }
//
// It is for what goes on beside a test. Without the pauses, a test that waits for a while would keep the machine as busy as one that
// works, and the tests beside it would wait for it.
func Rounds(ctx context.Context, pause time.Duration) iter.Seq[int] {
	return func(yield func(int) bool) {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		for n := 1; ctx.Err() == nil && yield(n); n++ {
			timer.Reset(pause)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
	}
}

func all(told []func() string) string {
	var b strings.Builder
	for _, tell := range told {
		b.WriteString("\n" + tell())
	}
	return b.String()
}
