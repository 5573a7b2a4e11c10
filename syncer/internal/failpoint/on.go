//go:build failpoints

package failpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Enabled says whether this build has failpoints.
const Enabled = true

// ErrInjected is what Error returns where it was told to fail.
var ErrInjected = errors.New("injected by a failpoint")

const waitPoll = 2 * time.Millisecond // how often a wait looks for its file

// points is what was asked for and what has been seen.
var points = struct {
	sync.Mutex
	rules    []*rule
	hits     map[string]int
	released map[string]chan struct{}
	dir      string
}{hits: map[string]int{}, released: map[string]chan struct{}{}}

func init() {
	points.dir = os.Getenv("FAILPOINTS_DIR")
	if err := Set(os.Getenv("FAILPOINTS")); err != nil {
		fmt.Fprintln(os.Stderr, "FAILPOINTS:", err)
		os.Exit(2)
	}
}

// Set replaces what is to happen at which points; counting starts again.
func Set(spec string) error {
	rules, err := parse(spec)
	if err != nil {
		return err
	}
	points.Lock()
	defer points.Unlock()
	for _, r := range points.released {
		close(r)
	}
	points.rules, points.hits, points.released = rules, map[string]int{}, map[string]chan struct{}{}
	return nil
}

// Release lets everybody who waits at the point go on.
func Release(name string) {
	points.Lock()
	defer points.Unlock()
	if r, ok := points.released[name]; ok {
		close(r)
		delete(points.released, name)
	}
}

// Hits tells how often the point was passed since Set.
func Hits(name string) int {
	points.Lock()
	defer points.Unlock()
	return points.hits[name]
}

// Hit kills the process or waits if that was asked for.
func Hit(name string) {
	if err := Error(name); err != nil {
		panic("failpoint " + name + " has no way to return an error; use kill or wait there")
	}
}

// Error kills the process, waits, or returns ErrInjected if that was asked for.
func Error(name string) error {
	action, released := arrive(name)
	switch action {
	case kill:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal may take a moment
	case fail:
		return fmt.Errorf("%s: %w", name, ErrInjected)
	case wait:
		stay(name, released)
	case none:
	}
	return nil
}

// arrive counts a hit and says what is to happen.
func arrive(name string) (action, <-chan struct{}) {
	points.Lock()
	defer points.Unlock()
	points.hits[name]++
	note(name)
	for _, r := range points.rules {
		if !r.due(name) {
			continue
		}
		if r.action == wait && points.released[name] == nil {
			points.released[name] = make(chan struct{})
		}
		return r.action, points.released[name]
	}
	return none, nil
}

// note writes the hit down where a parent process can read it; the line is there before anything happens.
func note(name string) {
	if points.dir == "" {
		return
	}
	f, err := os.OpenFile(filepath.Join(points.dir, "hits"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteString(name + "\n")
	_ = f.Close()
}

// stay waits until Release, or until a file with the point's name is in the folder.
func stay(name string, released <-chan struct{}) {
	tick := time.NewTicker(waitPoll)
	defer tick.Stop()
	for {
		select {
		case <-released:
			return
		case <-tick.C:
		}
		if points.dir == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(points.dir, strings.ReplaceAll(name, "/", "_"))); err == nil {
			return
		}
	}
}
