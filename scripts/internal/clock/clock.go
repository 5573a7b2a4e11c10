// Package clock waits for a moment with the precision that measurements in microseconds need. Go's own
// timers round waits below a millisecond up to one when a process is otherwise idle, because epoll does; and a thread
// that sleeps in the kernel keeps the runtime from noticing for up to 10 ms that a connection can be read. A timer
// of the kernel's (timerfd_create(2)) in that same epoll does neither.
package clock

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Until returns at the moment, or at once when it has passed.
func Until(moment time.Time) { Sleep(time.Until(moment)) }

// Sleep waits for d, precise to some hundredths of a millisecond; to one where the system has no timer left.
func Sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t, _ := timers.Get().(*timer)
	if t == nil {
		t = newTimer()
	}
	if t == nil || !t.sleep(d) {
		time.Sleep(d)
		return
	}
	timers.Put(t)
}

// timers that nobody sleeps by. The file of one that the pool forgets is closed with it.
var timers sync.Pool

type timer struct {
	fd   int // of file, which must not be asked for it: File.Fd takes a file out of the runtime's epoll
	file *os.File
}

// newTimer returns nil when there is none to be had.
func newTimer() *timer {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	return &timer{fd: fd, file: os.NewFile(uintptr(fd), "timer")} //nolint:gosec // a descriptor
}

// sleep reports false when the timer is of no use.
func (t *timer) sleep(d time.Duration) bool {
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}
	if err := unix.TimerfdSettime(t.fd, 0, &at, nil); err != nil {
		return false
	}
	var times [8]byte // how often it went off
	_, err := t.file.Read(times[:])
	return err == nil
}
