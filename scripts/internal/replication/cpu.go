package replication

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ticks are what the machine and this run's own processes have used so far, in the kernel's clock ticks.
type ticks struct {
	total, busy int64
	family      map[int]member // this process and all its descendants by process id
}

// member is one process of ours. The time of its children counts once they have ended.
type member struct {
	kind        string
	parent      int
	self, ended int64
}

// ticksPerSecond is USER_HZ of Linux, the unit of /proc.
const ticksPerSecond = 100

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
	t.family = family(os.Getpid())
	return t
}

// own is what all our processes have used, including those that have ended.
func (t ticks) own() (sum int64) {
	for _, m := range t.family {
		sum += m.self + m.ended
	}
	return sum
}

// spending is seconds of CPU by kind of process.
type spending map[string]float64

// benchKind is this program, which makes the load; ended are those whose end comes before the end of what is
// measured.
const (
	benchKind     = "bench"
	endedSessions = "ended sessions"
	endedPrograms = "ended programs"
)

// spent says who used how much since before.
func (t ticks) spent(before ticks) spending {
	s := spending{}
	for pid, m := range t.family {
		was := before.family[pid] // nothing of one that is new
		s.add(m.kind, m.self-was.self)
		ended := endedSessions
		if pid == os.Getpid() {
			ended = endedPrograms
		}
		s.add(ended, m.ended-was.ended)
	}
	return s
}

func (s spending) add(kind string, n int64) {
	if n > 0 {
		s[kind] += float64(n) / ticksPerSecond
	}
}

// family reads this process and its descendants: servers, their sessions, syncers.
func family(root int) map[int]member {
	all := map[int]member{}
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		all[pid] = parseStat(string(data))
	}
	ours := descendants(root, all)
	for pid, m := range ours {
		title, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if m.kind = kindOf(string(title)); pid == os.Getpid() {
			m.kind = benchKind
		}
		ours[pid] = m
	}
	return ours
}

// parseStat reads the parent and the times of a process (proc(5)).
func parseStat(stat string) (m member) {
	// "pid (command) state parent …": the command may hold blanks and brackets.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return m
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(fields[i], 10, 64); return n }
	m.parent = int(number(1))
	m.self, m.ended = number(11)+number(12), number(13)+number(14) // utime + stime, cutime + cstime
	return m
}

func descendants(root int, all map[int]member) map[int]member {
	ours := map[int]member{}
	for pid, m := range all {
		for at, steps := pid, 0; at > 1 && steps < 32; at, steps = all[at].parent, steps+1 {
			if at == root {
				ours[pid] = m
				break
			}
		}
	}
	return ours
}

// kindOf names a process by its title; PostgreSQL says there what each of its processes is.
func kindOf(title string) string {
	title = strings.TrimSpace(strings.ReplaceAll(title, "\x00", " "))
	rest, isServer := strings.CutPrefix(title, "postgres: ")
	switch {
	case isServer && strings.HasPrefix(rest, "walsender"):
		return "walsender"
	case isServer && strings.HasPrefix(rest, "logical replication worker"):
		return "native worker"
	case isServer && strings.HasPrefix(rest, writerRole+" "):
		return "writer's sessions"
	case isServer && strings.HasPrefix(rest, readerRole+" "):
		return "reader's sessions"
	case isServer && strings.HasPrefix(rest, "walwriter"):
		return "walwriter"
	case isServer:
		return "other sessions"
	}
	program, _, _ := strings.Cut(title, " ")
	return filepath.Base(program)
}
