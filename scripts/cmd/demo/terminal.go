package main

import (
	"os"
	"syscall"
	"unsafe"
)

// isTerminal tells a terminal from /dev/null and other character devices.
func isTerminal(f *os.File) bool {
	var settings syscall.Termios
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TCGETS, uintptr(unsafe.Pointer(&settings))) //nolint:gosec // the form of this system call
	return errno == 0
}
