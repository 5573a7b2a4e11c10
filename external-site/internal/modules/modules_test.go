package modules_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"portal.example/external-site/internal/modules"
	"portal.example/shared/contract"
)

// source counts how often it is asked.
type source struct {
	asked int
	off   bool
	err   error
}

func (s *source) Switches(context.Context) (contract.Switches, error) {
	s.asked++
	return contract.NewSwitches([]contract.Switch{{Module: contract.ModuleQuestions, On: !s.off}}), s.err
}

func TestWatchAsksOnceASecond(t *testing.T) {
	now, from := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), &source{}
	w := modules.NewWatch(from, func() time.Time { return now })
	on := func() bool {
		t.Helper()
		s, err := w.Switches(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.On(contract.ModuleQuestions)
	}
	if !on() {
		t.Fatal("the module is off")
	}
	from.off, now = true, now.Add(999*time.Millisecond)
	if !on() || from.asked != 1 {
		t.Errorf("within the second: asked %d times", from.asked)
	}
	now = now.Add(time.Millisecond)
	if on() || from.asked != 2 {
		t.Errorf("after the second: asked %d times, the switch is not seen", from.asked)
	}
	from.off, now = false, now.Add(-time.Hour) // the clock was set back
	if !on() {
		t.Error("an answer of the future is believed")
	}
}

// Not knowing is not taken for an answer, and is not kept. What was known holds on.
func TestWatchThatCannotAsk(t *testing.T) {
	now, from := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), &source{err: errors.New("away")}
	w := modules.NewWatch(from, func() time.Time { return now })
	if _, err := w.Switches(t.Context()); err == nil {
		t.Fatal("no error")
	}
	from.err = nil
	if s, err := w.Switches(t.Context()); err != nil || !s.On(contract.ModuleQuestions) {
		t.Errorf("once the database is back: %v", err)
	}
	from.err, now = errors.New("away again"), now.Add(time.Hour)
	if s, err := w.Switches(t.Context()); err != nil || !s.On(contract.ModuleQuestions) {
		t.Errorf("an hour after it went away, what it said last: %v", err)
	}
}
