package freshness

import (
	"context"
	"errors"
	"testing"
	"time"
)

var base = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

type source struct {
	progress Progress
	err      error
	asked    int
}

func (s *source) Progress(context.Context) (Progress, error) {
	s.asked++
	return s.progress, s.err
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		progress Progress
		err      error
		link     Link
		age      time.Duration
	}{
		"fresh":             {progress: Progress{Found: true, HeardAt: base, Now: base.Add(300 * time.Millisecond)}, link: Up, age: 300 * time.Millisecond},
		"just in time":      {progress: Progress{Found: true, HeardAt: base, Now: base.Add(15 * time.Second)}, link: Up, age: 15 * time.Second},
		"down":              {progress: Progress{Found: true, HeardAt: base, Now: base.Add(16 * time.Second)}, link: Down, age: 16 * time.Second},
		"from the future":   {progress: Progress{Found: true, HeardAt: base.Add(time.Hour), Now: base}, link: Up},
		"never set up":      {link: Never},
		"never delivered":   {progress: Progress{Found: true}, link: Never},
		"database is away":  {err: errors.New("refused"), link: Unknown},
		"clocks far apart ": {progress: Progress{Found: true, HeardAt: base.Add(-time.Hour), Now: base.Add(-time.Hour + time.Second)}, link: Up, age: time.Second},
	} {
		got := judge(c.progress, c.err, base)
		if got.Link != c.link || got.Link == Up && got.Age() != c.age || got.Link == Down && got.Age() != c.age {
			t.Errorf("%s: %s, age %v", name, got.Link, got.Age())
		}
	}
}

// However many pages are served, the database is asked once a second.
func TestWatchAsksOnceASecond(t *testing.T) {
	now := base
	s := &source{progress: Progress{Found: true, HeardAt: base, Now: base}}
	var failures int
	w := NewWatch(s, func() time.Time { return now }, func(error) { failures++ })
	for range 100 {
		w.Read(t.Context())
	}
	now = base.Add(999 * time.Millisecond)
	w.Read(t.Context())
	if s.asked != 1 {
		t.Errorf("asked %d times within a second", s.asked)
	}
	now = base.Add(time.Second)
	s.err = errors.New("refused")
	if got := w.Read(t.Context()); got.Link != Unknown || s.asked != 2 || failures != 1 {
		t.Errorf("%s, asked %d times, %d failures told", got.Link, s.asked, failures)
	}
	now = base.Add(-time.Hour) // the clock was set back
	s.err = nil
	if got := w.Read(t.Context()); got.Link != Up {
		t.Errorf("after the clock was set back: %s", got.Link)
	}
}

// A reader who leaves must not make everybody else's page believe that the database is away.
func TestWatchDoesNotInheritCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := NewWatch(checking{t}, time.Now, nil)
	if got := w.Read(ctx); got.Link != Never {
		t.Errorf("%s", got.Link)
	}
}

type checking struct{ t *testing.T }

func (c checking) Progress(ctx context.Context) (Progress, error) {
	if ctx.Err() != nil {
		c.t.Error("the source got a context that has ended")
	}
	if _, ok := ctx.Deadline(); !ok {
		c.t.Error("the source got no deadline")
	}
	return Progress{}, ctx.Err()
}
