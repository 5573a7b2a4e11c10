package replication

import (
	"maps"
	"os"
	"testing"
)

func TestParseStatOfACommandWithBrackets(t *testing.T) {
	got := parseStat("42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 5 6 7")
	if want := (member{parent: 7, self: 120, ended: 7}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFamilyIsAllDescendantsAndNobodyElse(t *testing.T) {
	all := map[int]member{1: {}, 10: {parent: 1, self: 1}, 11: {parent: 10, self: 2}, 12: {parent: 11, self: 4, ended: 8}, 20: {parent: 1, self: 100}, 21: {parent: 20, self: 200}}
	if got := (ticks{family: descendants(10, all)}).own(); got != 15 {
		t.Errorf("got %d, want 15", got)
	}
}

func TestOthersAreWhatIsBusyWithoutUs(t *testing.T) {
	before := ticks{total: 1000, busy: 500, family: map[int]member{5: {self: 300}}}
	after := ticks{total: 1200, busy: 650, family: map[int]member{5: {self: 360}, 6: {self: 40}}}
	if got := after.others(before); got != 0.25 {
		t.Errorf("got %g, want 0.25", got)
	}
	if got := before.others(before); got != 0 {
		t.Errorf("of no time: %g", got)
	}
}

func TestSpendingIsByKindAndSinceBefore(t *testing.T) {
	self := os.Getpid()
	before := ticks{family: map[int]member{self: {kind: "bench", self: 10, ended: 5}, 2: {kind: "walsender", self: 100}}}
	after := ticks{family: map[int]member{
		self: {kind: "bench", self: 10, ended: 55}, 2: {kind: "walsender", self: 150}, 3: {kind: "walsender", self: 25}, 4: {kind: "postgres", ended: 100},
	}}
	want := spending{"walsender": 0.75, endedPrograms: 0.5, endedSessions: 1}
	if got := after.spent(before); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestKindOf(t *testing.T) {
	for title, want := range map[string]string{
		"postgres: walsender bench_reader catchup 127.0.0.1(4711) START_REPLICATION": "walsender",
		"postgres: logical replication worker for subscription 16403":                "native worker",
		"postgres: bench_writer catchup_syncer 127.0.0.1(4711) idle":                 "writer's sessions",
		"postgres: checkpointer ":                        "other sessions",
		"/tmp/portal-bench-1/syncer\x00run\x00--config":  "syncer",
		"/usr/lib/postgresql/15/bin/postgres\x00-D\x00x": "postgres",
	} {
		if got := kindOf(title); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
}
