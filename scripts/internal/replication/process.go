package replication

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a program that this one started and ends; the kernel ends it when this one dies.
type process struct {
	name    string
	logPath string
	pid     int
	done    chan struct{}
	err     error // why it ended, once done is closed
	state   *os.ProcessState
	peak    atomic.Int64 // bytes resident at most, as far as sampled
}

// usage is what a leg cost; the peak is the syncer's.
type usage struct {
	peak int64    // bytes resident at most
	cpu  spending // of everybody who took part
}

const samplePause = 20 * time.Millisecond

// startProcess starts argv with its output in a log.
func startProcess(name, logPath string, argv ...string) (*process, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: log: %w", name, err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:gosec // our own programs and PostgreSQL's
	cmd.Stdout, cmd.Stderr = log, log
	// A session of its own, like each of PostgreSQL's processes: on a busy machine the kernel shares time out
	// among sessions, and the syncer must not have to share with the bench.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	p := &process{name: name, logPath: logPath, done: make(chan struct{})}
	if err := p.begin(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go p.sample()
	return p, nil
}

// begin starts cmd from a thread that lives as long: the kernel's death signal follows the thread.
func (p *process) begin(cmd *exec.Cmd) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			p.state = cmd.ProcessState
			close(p.done)
		}
	}()
	return <-started
}

// sample reads the peak again and again: it is gone with the process, and the kernel's accounting after the
// end (ru_maxrss) holds that of the one who started it as well.
func (p *process) sample() {
	tick := time.NewTicker(samplePause)
	defer tick.Stop()
	for {
		p.look()
		select {
		case <-p.done:
			return
		case <-tick.C:
		}
	}
}

func (p *process) look() {
	if peak := peakOf(p.pid); peak > p.peak.Load() {
		p.peak.Store(peak)
	}
}

// peakOf is VmHWM of a process in bytes; 0 when it has ended.
func peakOf(pid int) int64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "\nVmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(fields[0], 10, 64)
	return kib << 10
}

// ended is nil while the process runs.
func (p *process) ended() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended by itself (%s):\n%s", p.name, p.state, tail(p.logPath))
	default:
		return nil
	}
}

// wait returns when the process has ended with success.
func (p *process) wait(ctx context.Context) (usage, error) {
	select {
	case <-p.done:
	case <-ctx.Done():
		return usage{}, errors.Join(fmt.Errorf("%s did not end in time: %w", p.name, context.Cause(ctx)), p.kill())
	}
	if p.err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", p.name, p.err, tail(p.logPath))
	}
	return p.cost(), nil
}

const stopPatience = 20 * time.Second

// stop asks the process to end, and ends it when it does not.
func (p *process) stop() (usage, error) {
	if err := p.ended(); err != nil {
		return usage{}, err
	}
	p.look()
	if err := syscall.Kill(p.pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return usage{}, fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.done:
	case <-time.After(stopPatience):
		return usage{}, errors.Join(fmt.Errorf("%s did not end within %s and was killed", p.name, stopPatience), p.kill())
	}
	if p.err != nil {
		return usage{}, fmt.Errorf("%s, asked to end: %w\n%s", p.name, p.err, tail(p.logPath))
	}
	return p.cost(), nil
}

func (p *process) kill() error {
	if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.done
	return nil
}

func (p *process) cost() usage {
	return usage{peak: p.peak.Load()}
}

// tail is the end of a log, for messages.
func tail(path string) string {
	const lines = 8
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return "    " + strings.Join(all[max(0, len(all)-lines):], "\n    ")
}
