package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// StartChild starts this copy's supervisor (.run/bin/demo) as a child that the kernel ends with this
// process, and returns once the copy runs. The returned function stops it and waits until it has ended.
func (l Layout) StartChild(ctx context.Context, out io.Writer) (stop func() error, err error) {
	cmd := exec.Command(l.binary("demo")) //nolint:gosec // our own program
	cmd.Env = append(os.Environ(), "PORTAL_ROOT="+l.Root, "PORTAL_PORT_BASE="+strconv.Itoa(l.Base))
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // Pdeathsig fires when the starting thread ends
		err := cmd.Start()
		started <- err
		if err == nil {
			ended <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	stop = func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		return <-ended
	}
	for {
		if st, err := l.Status(); err == nil && st.State == StateRunning {
			return stop, nil
		}
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the demo did not start: %w", err)
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), stop())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
