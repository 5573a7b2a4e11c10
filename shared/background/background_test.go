package background_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portal.example/shared/background"
)

// story records what happened, in order.
type story struct {
	mu    sync.Mutex
	lines []string
}

func (s *story) tell(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// job works until it is stopped, or fails when told to.
func (s *story) job(name string, fail <-chan error) background.Job {
	return background.Job{Name: name, Run: func(ctx context.Context, started func()) error {
		s.tell("%s starts", name)
		started()
		select {
		case <-ctx.Done():
			s.tell("%s stops", name)
			return ctx.Err()
		case err := <-fail:
			return err
		}
	}}
}

func group(log *bytes.Buffer) *background.Group {
	return background.New(slog.New(slog.NewTextHandler(log, nil)))
}

func TestJobsStopInOppositeOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s story
		g := group(&bytes.Buffer{})
		g.Add(s.job("one", nil))
		g.Add(s.job("two", nil))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- g.Run(ctx) }()
		synctest.Wait()
		for _, status := range g.Statuses() {
			if !status.Working {
				t.Errorf("%s does not work", status.Name)
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("being told to stop is no failure: %v", err)
		}
		if want := []string{"one starts", "two starts", "two stops", "one stops"}; !slices.Equal(s.lines, want) {
			t.Errorf("got %v", s.lines)
		}
		if g.Statuses()[0].Working {
			t.Error("one works still")
		}
	})
}

// However a job ends before it was stopped, the others are stopped and the program learns of it.
func TestEndOfOneEndsAll(t *testing.T) {
	for name, c := range map[string]struct {
		run  func(ctx context.Context, started func()) error
		want string
	}{
		"fails":                  {func(_ context.Context, started func()) error { started(); return errors.New("no disk") }, "bad: no disk"},
		"fails before it works":  {func(context.Context, func()) error { return errors.New("no port") }, "bad: no port"},
		"ends":                   {func(_ context.Context, started func()) error { started(); return nil }, "bad: ended by itself"},
		"ends before it works":   {func(context.Context, func()) error { return nil }, "bad: ended by itself"},
		"another's cancellation": {func(_ context.Context, started func()) error { started(); return context.Canceled }, "bad: context canceled"},
		"panics":                 {func(context.Context, func()) error { panic("ouch") }, "bad: panic: ouch"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s story
				g := group(&bytes.Buffer{})
				g.Add(s.job("good", nil))
				g.Add(background.Job{Name: "bad", Run: c.run})
				err := g.Run(t.Context())
				if err == nil || !strings.HasPrefix(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if want := []string{"good starts", "good stops"}; !slices.Equal(s.lines, want) {
					t.Errorf("the other: %v", s.lines)
				}
			})
		})
	}
}

// A program that is told to stop while a job does not work yet does not wait for it to.
func TestStopDuringStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s story
		g := group(&bytes.Buffer{})
		g.Add(background.Job{Name: "slow", Run: func(ctx context.Context, _ func()) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		g.Add(s.job("next", nil))
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := g.Run(ctx); err != nil || len(s.lines) != 0 {
			t.Errorf("%v, %v", err, s.lines)
		}
	})
}

// What is done from time to time goes on after failures, and they are counted.
func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := group(&log)
		began := time.Now()
		var at []time.Duration
		g.Every("look", time.Minute, 10*time.Second, func(ctx context.Context) error {
			at = append(at, time.Since(began))
			switch len(at) {
			case 2:
				return errors.New("no answer")
			case 3:
				panic("ouch")
			case 4: // too slow
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
		defer stop()
		if err := g.Run(ctx); err != nil {
			t.Error(err)
		}
		// At once, after a minute, a second after the failure, two after the panic, ten for the slow try and four of pause, a minute.
		want := []time.Duration{0, 60, 61, 63, 77, 137}
		for i := range want {
			want[i] *= time.Second
		}
		if !slices.Equal(at, want) {
			t.Errorf("at %v", at)
		}
		s := g.Statuses()[0]
		if s.Name != "look" || s.Failures != 3 || !s.Succeeded.Equal(began.Add(137*time.Second)) || s.Working {
			t.Errorf("%+v", s)
		}
		if !strings.Contains(log.String(), "no answer") || !strings.Contains(log.String(), "ouch") {
			t.Errorf("log: %s", log.String())
		}
	})
}
