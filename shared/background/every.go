package background

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// Every adds a job that runs work immediately and then after each interval; limit bounds a single run. A failure is logged
// and counted, and the work is retried after the pauses of Retry, which are never longer than the interval.
func (g *Group) Every(name string, interval, limit time.Duration, work func(context.Context) error) {
	r := &running{}
	r.Job = Job{Name: name, Run: func(ctx context.Context, started func()) error {
		started()
		again := Retry{Log: g.log.With("part", name), What: "failed; trying again", First: min(time.Second, interval), Longest: interval}
		for {
			err := once(ctx, limit, work)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.record(err)
			if err != nil {
				err = again.Wait(ctx, err)
			} else {
				again.Reset()
				err = sleep(ctx, interval)
			}
			if err != nil {
				return err
			}
		}
	}}
	g.add(r)
}

func once(ctx context.Context, limit time.Duration, work func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}

func (r *running) record(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failures++
	} else {
		r.succeeded = time.Now()
	}
}
