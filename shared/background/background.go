// Package background is the life cycle that all concurrent parts of a program share: servers, workers and periodic
// tasks. A job is started, reports when it is ready, is stopped, and is waited for. When one job fails, all others are
// stopped and the program ends with that job's error.
//
// It imports the standard library only.
package background

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Job is something that works until it is stopped.
type Job struct {
	// Name stands in logs, errors and metrics.
	Name string
	// Run calls started once it is ready, and returns nil or ctx's error when ctx ends. Any other error is a failure, and
	// so is returning before ctx ends.
	Run func(ctx context.Context, started func()) error
}

// Group is the jobs of one program. Make one with New.
type Group struct {
	log  *slog.Logger
	mu   sync.Mutex
	jobs []*running
}

// New makes a group without jobs.
func New(log *slog.Logger) *Group { return &Group{log: log} }

// Add adds a job to those that Run starts. Jobs are started in the order in which they were added, each when the one before
// works, and stopped in the opposite order.
func (g *Group) Add(job Job) { g.add(&running{Job: job}) }

func (g *Group) add(r *running) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.jobs = append(g.jobs, r)
}

// running is a started job and its state.
type running struct {
	Job
	stop context.CancelFunc
	done chan struct{} // closed when it has ended
	// err is the error the job ended with, and early says that it ended before it was stopped. Both may be read once done
	// is closed.
	err   error
	early bool

	mu        sync.Mutex
	working   bool
	failures  uint64
	succeeded time.Time
}

// Run starts all jobs and waits until ctx ends or one of the jobs does; then it stops them all and returns their errors.
func (g *Group) Run(ctx context.Context) error {
	ended := make(chan struct{}, len(g.jobs))
	var started []*running
	for _, r := range g.jobs {
		started = append(started, r)
		if !g.start(ctx, r, ended) {
			break
		}
	}
	select {
	case <-ctx.Done():
	case <-ended:
	}
	return errors.Join(stopAll(started)...)
}

// start starts a job and waits until it is ready; ok is false when the job or ctx ended before that.
func (g *Group) start(ctx context.Context, r *running, ended chan<- struct{}) (ok bool) {
	own, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop, r.done = stop, make(chan struct{})
	works := make(chan struct{})
	var once sync.Once
	go func() {
		defer close(r.done)
		r.err = r.run(own, func() { once.Do(func() { r.setWorking(true); close(works) }) })
		r.setWorking(false)
		if r.early = own.Err() == nil; r.early {
			g.log.Error("a part of the program has ended; the rest is stopped", "part", r.Name, "error", r.err)
			ended <- struct{}{}
		}
	}()
	select {
	case <-works:
		g.log.Debug("started", "part", r.Name)
		return true
	case <-r.done:
	case <-ctx.Done():
	}
	return false
}

// run calls the job's Run and turns a panic into an error, so that the other jobs are still stopped in order.
func (r *running) run(ctx context.Context, started func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.Run(ctx, started)
}

// stopAll stops the jobs in reverse order, waiting for each, and returns the errors of those that failed.
func stopAll(started []*running) []error {
	var failed []error
	for _, r := range slices.Backward(started) {
		r.stop()
		<-r.done
		switch {
		case r.early && r.err == nil:
			failed = append(failed, fmt.Errorf("%s: ended by itself", r.Name))
		case r.early, r.err != nil && !errors.Is(r.err, context.Canceled):
			failed = append(failed, fmt.Errorf("%s: %w", r.Name, r.err))
		}
	}
	slices.Reverse(failed)
	return failed
}

func (r *running) setWorking(working bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.working = working
}

// Status is the state of a job.
type Status struct {
	Name    string
	Working bool
	// Failures counts failed runs, and Succeeded is the time of the last successful one. Only jobs made by Every have them.
	Failures  uint64
	Succeeded time.Time
}

// Statuses returns the state of every job, in the order in which they were added.
func (g *Group) Statuses() []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]Status, len(g.jobs))
	for i, r := range g.jobs {
		r.mu.Lock()
		all[i] = Status{Name: r.Name, Working: r.working, Failures: r.failures, Succeeded: r.succeeded}
		r.mu.Unlock()
	}
	return all
}
