//go:build failpoints

package failpoint

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// known makes names known for one test.
func known(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, ok := Names[n]; !ok {
			Names[n] = "of a test"
			t.Cleanup(func() { delete(Names, n) })
		}
	}
	t.Cleanup(func() { _ = Set("") })
}

func set(t *testing.T, spec string) {
	t.Helper()
	if err := Set(spec); err != nil {
		t.Fatal(err)
	}
}

func TestErrorsAreCounted(t *testing.T) {
	known(t, "apply.a", "apply.b")
	set(t, "apply.a=error@2*2")
	var got []bool
	for range 5 {
		got = append(got, errors.Is(Error("apply.a"), ErrInjected))
	}
	if got[0] || !got[1] || !got[2] || got[3] || got[4] || Error("apply.b") != nil || Hits("apply.a") != 5 {
		t.Errorf("got %v, %d hits", got, Hits("apply.a"))
	}
	set(t, "*=error@2")
	if Error("apply.a") != nil || Error("apply.b") == nil {
		t.Error("* counts the hits of all points")
	}
}

func TestWaitIsReleased(t *testing.T) {
	known(t, "apply.a")
	set(t, "apply.a=wait")
	done := make(chan struct{})
	go func() { Hit("apply.a"); close(done) }()
	for Hits("apply.a") == 0 {
		runtime.Gosched()
	}
	select {
	case <-done:
		t.Fatal("it did not wait")
	default:
	}
	Release("apply.a")
	<-done
}

func TestWrongSpecs(t *testing.T) {
	known(t, "apply.a")
	for _, spec := range []string{"apply.a", "apply.unknown=kill", "apply.a=explode", "apply.a=kill@0", "apply.a=error*x"} {
		if err := Set(spec); err == nil {
			t.Errorf("%q was accepted", spec)
		}
	}
}

// The test runs itself as a child, which must die at the third hit and not before.
func TestKill(t *testing.T) {
	if os.Getenv("FAILPOINT_CHILD") != "" {
		known(t, "apply.a")
		set(t, "apply.a=kill@3")
		for range 9 {
			Hit("apply.a")
		}
		t.Fatal("survived")
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), "FAILPOINT_CHILD=1", "FAILPOINTS_DIR="+dir)
	_ = cmd.Run()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Errorf("ended with %v", cmd.ProcessState)
	}
	hits, err := os.ReadFile(filepath.Join(dir, "hits"))
	if err != nil || strings.Count(string(hits), "apply.a\n") != 3 {
		t.Errorf("hits %q, %v", hits, err)
	}
}
