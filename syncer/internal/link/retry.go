package link

import (
	"context"
	"log/slog"
	"time"

	"portal.example/shared/background"
)

// Retry is background.Retry for errors of connections: they are logged as Text has them. Log and What must be set.
type Retry struct {
	Log     *slog.Logger
	What    string        // what is logged with the error
	First   time.Duration // pause after the first failure; 0: 100 ms
	Longest time.Duration // 0: 5 s

	again *background.Retry
}

// Wait waits before the next try; it returns ctx's error when that ends first.
func (r *Retry) Wait(ctx context.Context, err error) error {
	if r.again == nil {
		r.again = &background.Retry{Log: r.Log, What: r.What, First: r.First, Longest: r.Longest, Text: Text}
	}
	return r.again.Wait(ctx, err)
}
