// Package awaittest lets tests wait for events caused by a server, a process or another goroutine. A test names
// the event and the condition that shows it. It chooses no duration, because how long the event takes depends on
// the machine.
//
//	awaittest.Until(t, "the first object is ready", func() bool { return state(key) == "ready" })
//	err := awaittest.Receive(t, "the syncer's end", ended)
//
// Work that runs beside a test, such as an application that writes or a client that reads, runs in Rounds.
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

// Guard is how long a wait may last before the test fails with a message instead of hanging. It is far longer
// than any event takes even on a busy machine; no test may depend on its length.
const Guard = 10 * time.Minute

// Pauses between two checks of a condition. They start short, because most events happen soon, and grow while
// nothing happens, because many tests waiting at once would otherwise keep the machine busy with checking: a check
// often asks a server. Beyond longPause a pause is a share of the wait so far, so the event is never noticed much
// later than it came.
const (
	firstPause = time.Millisecond
	longPause  = 50 * time.Millisecond
	lastPause  = 250 * time.Millisecond
	share      = 16
)

// nextPause returns the pause that follows one of length before, in a wait that has lasted so long.
func nextPause(before, waited time.Duration) time.Duration {
	return min(2*before, max(longPause, waited/share), lastPause)
}

// Until polls ok and returns once it is true. When the wait fails, the results of told are printed to show how far
// things had come.
func Until(tb testing.TB, what string, ok func() bool, told ...func() string) {
	tb.Helper()
	began := time.Now()
	for pause := firstPause; !ok(); pause = nextPause(pause, time.Since(began)) {
		if time.Since(began) > Guard {
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
// It is for work that runs beside a test. The pauses keep that work from slowing down the tests that run in parallel.
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
