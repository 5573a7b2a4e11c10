package awaittest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// failing is a test that is expected to fail and keeps what it said.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f) // as FailNow ends the goroutine
}

// saysWhenInVain runs wait, which is to fail.
func saysWhenInVain(t *testing.T, wait func(tb testing.TB)) string {
	t.Helper()
	f := &failing{TB: t}
	func() {
		defer func() { _ = recover() }() //nolint:errcheck // f's own
		wait(f)
		t.Error("it did not fail")
	}()
	return f.said
}

func TestUntilReturnsWithTheEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, looks := time.Now(), 0
		Until(t, "two hundred looks", func() bool { looks++; return looks == 200 })
		if took := time.Since(began); looks != 200 || took > 200*lastPause {
			t.Errorf("%d looks in %s", looks, took)
		}
	})
}

func TestUntilAsksLessOftenInALongWaitAndIsNeverMuchTooLate(t *testing.T) {
	for _, comes := range []time.Duration{3 * time.Millisecond, 700 * time.Millisecond, 10 * time.Second, 5 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			began, looks := time.Now(), 0
			Until(t, "the event", func() bool { looks++; return time.Since(began) >= comes })
			late := time.Since(began) - comes
			if late > max(longPause, comes/share) || late > lastPause {
				t.Errorf("after %s it was noticed %s late", comes, late)
			}
			if most := 25 + int(comes/lastPause) + 50; looks > most {
				t.Errorf("%d looks in %s, want at most %d", looks, comes, most)
			}
		})
	}
}

func TestWaitsInVainSayWhatForAndHowFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		how := func() string { return "three of five are there" }
		for name, wait := range map[string]func(tb testing.TB){
			"until":   func(tb testing.TB) { Until(tb, "five are there", func() bool { return false }, how) },
			"receive": func(tb testing.TB) { Receive(tb, "five are there", make(chan int), how) },
		} {
			began := time.Now()
			said := saysWhenInVain(t, wait)
			if !strings.Contains(said, "10m0s") || !strings.Contains(said, "five are there\nthree of five are there") {
				t.Errorf("%s said %q", name, said)
			}
			if took := time.Since(began); took < Guard || took > Guard+time.Second {
				t.Errorf("%s gave up after %s", name, took)
			}
		}
	})
}

func TestRoundsEndWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began, last := time.Now(), 0
		for n := range Rounds(ctx, 5*time.Millisecond) {
			if last++; n != last {
				t.Fatalf("round %d after %d rounds", n, last)
			}
			if n == 100 {
				cancel()
			}
		}
		if took := time.Since(began); last != 100 || took != 99*5*time.Millisecond {
			t.Errorf("%d rounds in %s", last, took)
		}
		for range Rounds(ctx, time.Hour) {
			t.Error("a round after the end")
		}
	})
}

func TestReceiveReturnsWhatComes(t *testing.T) {
	values := make(chan int, 1)
	values <- 7
	if n := Receive(t, "a number", values); n != 7 {
		t.Errorf("%d", n)
	}
	close(values)
	if n := Receive(t, "the end", values); n != 0 {
		t.Errorf("%d from a closed channel", n)
	}
}
