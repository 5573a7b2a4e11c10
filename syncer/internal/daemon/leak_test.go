package daemon_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// leaks says which goroutines of the syncer are left a minute after all tests have ended.
func leaks() error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	deadline := time.Now().Add(time.Minute)
	for left := ours(); len(left) > 0; left = ours() {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d goroutines are left, among them:\n\n%s", len(left), strings.Join(left[:min(len(left), 10)], "\n\n"))
		}
		<-look.C
	}
	return nil
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
	t.Parallel()
	begun, quit, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go goesOn(begun, quit, ended)
	<-begun
	if !slices.ContainsFunc(ours(), func(stack string) bool { return strings.Contains(stack, "daemon_test.goesOn(") }) {
		t.Error("a goroutine that goes on is not found")
	}
	close(quit)
	<-ended
}

// goesOn is what leaks is to find.
func goesOn(begun chan<- struct{}, quit <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	close(begun)
	<-quit
}
