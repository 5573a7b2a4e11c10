package daemon_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// leaks says which goroutines of the syncer are left some time after all tests have ended.
func leaks() error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		left := ours()
		if len(left) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d goroutines are left, among them:\n\n%s", len(left), strings.Join(left[:min(len(left), 10)], "\n\n"))
		}
		time.Sleep(20 * time.Millisecond) // how often it looks
	}
}

// ours are the stacks of all goroutines that run code of the syncer, but for the one that asks.
func ours() (stacks []string) {
	buf := make([]byte, 16<<20)
	buf = buf[:runtime.Stack(buf, true)]
	for i, stack := range strings.Split(string(buf), "\n\n") {
		if i > 0 && strings.Contains(stack, "portal.example/syncer/") { // the first is the caller's
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// A goroutine of the syncer that goes on is found.
func TestLeaksAreFound(t *testing.T) {
	before := len(ours())
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); <-quit }()
	if n := len(ours()); n <= before {
		t.Errorf("%d goroutines before one more, %d with it", before, n)
	}
	close(quit)
	<-ended
}
