package testserver

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// EnvDir names the folder for servers' files, on a machine that has a better one than those that are found.
const EnvDir = "PORTAL_TEST_DIR"

// memory is a file system in memory that every Linux has. Tests make and drop databases of 300 files all the
// time, which ext4 does ever more slowly: it looks at everything deleted within the last minutes before it gives
// a number to a new file. Half of the processor time of the tests went there.
const memory = "/dev/shm"

// What must be free, so that the servers of a test run do not take what the machine needs: on the file system, and
// of the memory behind it.
const (
	roomThere = 3 << 30
	roomInAll = 5 << 30
)

// hasRoom reports whether servers' files may be kept in memory.
func hasRoom() bool {
	const tmpfs = 0x01021994
	var at syscall.Statfs_t
	if err := syscall.Statfs(memory, &at); err != nil || at.Type != tmpfs {
		return false
	}
	info, err := os.ReadFile("/proc/meminfo")
	return err == nil && int64(at.Bavail)*at.Bsize >= roomThere && available(string(info)) >= roomInAll //nolint:unconvert // the types differ between architectures
}

// available reads the memory that programs may still get, in bytes, from /proc/meminfo.
func available(info string) int64 {
	_, rest, _ := strings.Cut(info, "MemAvailable:")
	kB, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kB, 10, 64) // 0: there is none
	return n << 10
}

// parent is where a folder is made.
func parent(inMemory bool) string {
	switch dir := os.Getenv(EnvDir); {
	case dir != "":
		return dir
	case inMemory && hasRoom():
		return memory
	}
	return os.TempDir()
}

// parents are all places where folders may have been left.
func parents() []string { return []string{os.Getenv(EnvDir), memory, os.TempDir()} }
