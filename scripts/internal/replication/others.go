package replication

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks are what the machine and this run's own processes have used so far, in the kernel's clock ticks.
type ticks struct{ total, busy, own int64 }

// enoughTicks, half a second of two CPUs: of less, ticks of 10 ms say nothing.
const enoughTicks = 100

// alone waits for a calm moment when asked to, runs f, and notes how much of the machine everybody else used
// meanwhile.
func (l *lab) alone(ctx context.Context, s *Section, f func() error) error {
	if err := l.calm(ctx); err != nil {
		return err
	}
	before := used()
	err := f()
	if after := used(); after.total-before.total >= enoughTicks {
		s.Others = append(s.Others, after.others(before))
	}
	return err
}

const (
	calmShare  = 0.1 // of the machine
	calmWindow = 300 * time.Millisecond
)

// calm returns when other programs leave the machine to us, or when patience is over; at once without any.
func (l *lab) calm(ctx context.Context) error {
	for deadline := time.Now().Add(l.Calm); time.Now().Before(deadline); {
		before := used()
		select {
		case <-time.After(calmWindow):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if used().others(before) < calmShare {
			break
		}
	}
	return nil
}

// others is the share of the machine, 0 to 1, that was used since before by processes that are not ours.
func (t ticks) others(before ticks) float64 {
	total := t.total - before.total
	if total <= 0 {
		return 0
	}
	return max(0, float64((t.busy-before.busy)-(t.own-before.own))/float64(total))
}

func used() (t ticks) {
	data, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(data), "\n")
	for i, field := range strings.Fields(line) {
		n, _ := strconv.ParseInt(field, 10, 64)
		if i > 8 { // guest time is part of user time
			break
		}
		t.total += n
		if i != 4 && i != 5 { // idle, waiting for the disk
			t.busy += n
		}
	}
	t.own = ownTicks()
	return t
}

// ownTicks sums up this process and all its descendants: servers, their sessions, syncers, also ended ones.
func ownTicks() int64 {
	parent, spent := map[int]int{}, map[int]int64{}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		parent[pid], spent[pid] = parseStat(string(data))
	}
	return sumFamily(os.Getpid(), parent, spent)
}

// parseStat reads the parent and the time of a process with its ended children (proc(5)).
func parseStat(stat string) (parent int, spent int64) {
	// "pid (command) state parent …": the command may hold blanks and brackets.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		n, _ := strconv.ParseInt(field, 10, 64)
		spent += n
	}
	return parent, spent
}

func sumFamily(root int, parent map[int]int, spent map[int]int64) (sum int64) {
	for pid := range parent {
		for at, steps := pid, 0; steps < 32; at, steps = parent[at], steps+1 {
			if at == root {
				sum += spent[pid]
				break
			}
			if at <= 1 {
				break
			}
		}
	}
	return sum
}

// disturbance says how much others used the machine, for people.
func (s *Section) disturbance() string {
	most, sum := 0.0, 0.0
	for _, share := range s.Others {
		most, sum = max(most, share), sum+share
	}
	if len(s.Others) == 0 {
		return ""
	}
	return fmt.Sprintf("other programs used %.0f %% of the machine meanwhile, in one leg %.0f %%", 100*sum/float64(len(s.Others)), 100*most)
}
