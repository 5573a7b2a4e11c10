// Package clock waits for a moment with the precision that measurements in microseconds need. Go's own
// timers round waits below a millisecond up to one when a process is otherwise idle, because epoll does.
// Standard library only.
package clock

import (
	"runtime"
	"syscall"
	"time"
)

// Until returns at the moment, or at once when it has passed.
func Until(moment time.Time) { Sleep(time.Until(moment)) }

// Sleep waits for d in the kernel, which is late by about 0.05 ms (the timer slack of a thread); see Precise.
func Sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	rest := syscall.NsecToTimespec(d.Nanoseconds())
	for syscall.Nanosleep(&rest, &rest) == syscall.EINTR { //nolint:errorlint // a bare errno, never wrapped
	}
}

const setTimerSlack = 29 // PR_SET_TIMERSLACK, prctl(2)

// Precise gives the calling goroutine a thread of its own whose sleeps are late by microseconds only. The
// thread ends with the goroutine, because it is never unlocked.
func Precise() {
	runtime.LockOSThread()
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setTimerSlack, 1, 0) // refused: sleeps stay 0.05 ms late
}
