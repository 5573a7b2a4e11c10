package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// children lists the processes whose parent is pid. PostgreSQL's sessions are direct children of the
// server, each in a process group of its own, so a signal to the group would not reach them.
func children(pid int) []int {
	var found []int
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		data, err := os.ReadFile(name) //nolint:gosec // names come from the pattern above
		if err != nil {
			continue // it has ended
		}
		// "pid (command) state parent …"; the command may hold blanks and brackets
		stat := string(data)
		fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			if child, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// waitGone waits until none of pids exists: a server cannot start while an orphan still holds its memory.
func waitGone(pids []int, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for _, pid := range pids {
		for exists := true; exists; {
			_, err := os.Stat("/proc/" + strconv.Itoa(pid))
			if exists = err == nil && !isZombie(pid); exists {
				if time.Now().After(deadline) {
					return fmt.Errorf("process %d of the killed server does not end", pid)
				}
				<-time.After(5 * time.Millisecond)
			}
		}
	}
	return nil
}

func isZombie(pid int) bool {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	stat := string(data)
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	return len(fields) > 0 && (fields[0] == "Z" || fields[0] == "X")
}
