package background

import (
	"context"
	"log/slog"
	"time"
)

const (
	retryFirst   = 100 * time.Millisecond
	retryLongest = 5 * time.Second
	retrySayPast = 5 * time.Minute // after so long the same thing is said again
)

// Retry waits between attempts, longer after each failure, and logs the reason; a reason that repeats is logged only from
// time to time. An attempt that lasted longer than the longest pause counts as one that had worked: its error is logged
// again and the pauses start short again. Log and What must be set.
type Retry struct {
	Log     *slog.Logger
	What    string             // what is logged with the error
	First   time.Duration      // pause after the first failure; 0: 100 ms
	Longest time.Duration      // 0: 5 s
	Text    func(error) string // how an error is logged; nil: as it says itself

	pause time.Duration
	began time.Time // of the try that failed now
	last  string
	said  time.Time
}

// Reset records that the last attempt succeeded.
func (r *Retry) Reset() { r.pause, r.last, r.began = 0, "", time.Time{} }

// Wait waits before the next attempt; it returns ctx's error when ctx ends first.
func (r *Retry) Wait(ctx context.Context, err error) error {
	first, longest := r.First, r.Longest
	if first == 0 {
		first = retryFirst
	}
	if longest == 0 {
		longest = retryLongest
	}
	if !r.began.IsZero() && time.Since(r.began) > longest {
		r.pause, r.last = 0, ""
	}
	r.say(err)
	r.pause = min(max(2*r.pause, first), longest)
	if err := sleep(ctx, r.pause); err != nil {
		return err
	}
	r.began = time.Now()
	return nil
}

func (r *Retry) say(err error) {
	text := err.Error()
	if r.Text != nil {
		text = r.Text(err)
	}
	if text == r.last && time.Since(r.said) <= retrySayPast {
		return
	}
	r.last, r.said = text, time.Now()
	r.Log.Warn(r.What, "error", text)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
