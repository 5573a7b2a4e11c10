package daemon

import (
	"context"
	"log/slog"
	"time"

	"portal.example/syncer/internal/link"
)

const (
	firstPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
	sayAgain   = 5 * time.Minute
)

// retry waits longer after each failure, and says the same thing only from time to time.
type retry struct {
	log   *slog.Logger
	what  string
	pause time.Duration
	last  string
	said  time.Time
}

// wait waits before the next try; it returns ctx's error when that ends first.
func (r *retry) wait(ctx context.Context, err error) error {
	if text := link.Text(err); text != r.last || time.Since(r.said) > sayAgain {
		r.last, r.said = text, time.Now()
		r.log.Warn(r.what, "error", text)
	}
	r.pause = min(max(2*r.pause, firstPause), longPause)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(r.pause):
		return nil
	}
}

// reset begins with short pauses again.
func (r *retry) reset() { r.pause, r.last = 0, "" }
