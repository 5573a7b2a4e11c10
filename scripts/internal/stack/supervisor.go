package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// ErrRunning says that this copy runs already.
var ErrRunning = errors.New("it runs already")

// Supervisor starts a copy, keeps it running and ends it in order.
type Supervisor struct {
	layout  Layout
	out     io.Writer
	secrets secrets

	mu       sync.Mutex
	running  []*running
	ready    bool
	unlocker *os.File
}

// running is a service that is kept, and how to end it.
type running struct {
	service *service
	stop    context.CancelFunc
	ended   chan struct{}
}

// NewSupervisor prepares a supervisor that reports to out.
func NewSupervisor(l Layout, out io.Writer) *Supervisor {
	return &Supervisor{layout: l, out: out}
}

// Run brings the copy up, says where it is, and stays until ctx ends; then everything is ended in order.
func (s *Supervisor) Run(ctx context.Context) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.unlock()
	began := time.Now()
	err := s.bringUp(ctx)
	if err == nil {
		s.setReady()
		s.announce(time.Since(began))
		<-ctx.Done()
	}
	s.bringDown()
	if ctx.Err() != nil {
		return nil // ended because somebody asked, at whatever point
	}
	return err
}

// lock makes sure that one supervisor at most works on this copy; the lock goes with the process.
func (s *Supervisor) lock() error {
	for _, dir := range s.layout.folders() {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the system user of the clusters must pass
			return fmt.Errorf("make folder: %w", err)
		}
	}
	if err := errors.Join(os.Chmod(s.layout.State(), 0o700), os.Chmod(s.layout.Config(), 0o700), os.Chmod(s.layout.Keys(), 0o700)); err != nil { //nolint:gosec // folders
		return fmt.Errorf("close folder: %w", err)
	}
	f, err := os.OpenFile(s.layout.lockPath(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	// status holds the lock for a moment while it looks, so one refusal says nothing yet.
	for range 20 {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			s.unlocker = f
			return s.writeState()
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = f.Close()
	return ErrRunning
}

func (s *Supervisor) unlock() {
	_ = os.Remove(s.layout.statePath())
	_ = s.unlocker.Close()
}

// start keeps the service from now on and waits until it works.
func (s *Supervisor) start(ctx context.Context, sv *service) error {
	sv.env = append(sv.env, envMark+"="+s.layout.Run())
	// Not a child of ctx: services end one after the other, in bringDown.
	own, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{service: sv, stop: stop, ended: make(chan struct{})}
	s.mu.Lock()
	s.running = append(s.running, r)
	s.mu.Unlock()
	go func() {
		defer close(r.ended)
		sv.keep(own, s.reportEnd, s.noteState)
	}()
	return sv.waitReady(ctx)
}

func (s *Supervisor) reportEnd(text string) { s.say("%s  %s", time.Now().Format(time.TimeOnly), text) }

// noteState writes the list of processes whenever one has come or gone.
func (s *Supervisor) noteState() {
	if err := s.writeState(); err != nil {
		s.say("%v", err)
	}
}

func (s *Supervisor) setReady() {
	s.mu.Lock()
	s.ready = true
	s.mu.Unlock()
	s.noteState()
}

func (s *Supervisor) writeState() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := supervisorState{PID: os.Getpid(), Ready: s.ready, Processes: []ProcessState{}}
	for _, r := range s.running {
		state.Processes = append(state.Processes, ProcessState{Name: r.service.name, PID: r.service.currentPID(), Log: r.service.logPath})
	}
	return writeJSON(s.layout.statePath(), state)
}

// bringDown ends the services in the reverse of the order they were started in.
func (s *Supervisor) bringDown() {
	s.mu.Lock()
	s.ready = false
	list := slices.Clone(s.running)
	s.mu.Unlock()
	if len(list) > 0 {
		s.say("Stopping:")
	}
	for _, r := range slices.Backward(list) {
		began := time.Now()
		r.stop()
		<-r.ended
		s.say("  %s (%.1f s)", r.service.name, time.Since(began).Seconds())
	}
}

func (s *Supervisor) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format+"\n", args...) // a terminal that has gone is no reason to end
}
