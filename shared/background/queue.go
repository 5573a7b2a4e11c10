package background

import (
	"context"
	"time"
)

// Queue is something that is worked off piece by piece. Next and Pause must be set.
type Queue struct {
	// Next does one piece. found is false when there is none; an error is waited for, longer each time, and logged.
	Next func(ctx context.Context) (found bool, err error)
	// Pause is how long to wait before an empty queue is asked again.
	Pause func(ctx context.Context) time.Duration
	// Wake ends such a wait early; nil: nobody does.
	Wake <-chan struct{}
	// Retry says where and how failures are logged.
	Retry Retry
}

// Run works until ctx ends; the piece in hand is finished.
func (q *Queue) Run(ctx context.Context) {
	for ctx.Err() == nil {
		found, err := q.Next(ctx)
		if err != nil {
			_ = q.Retry.Wait(ctx, err) // only when ctx has ended, which the loop sees
			continue
		}
		q.Retry.Reset()
		if found {
			continue
		}
		timer := time.NewTimer(q.Pause(ctx))
		select {
		case <-ctx.Done():
		case <-q.Wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}
