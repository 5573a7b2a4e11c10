package replication

import (
	"slices"
	"testing"
	"time"
)

func TestScheduleIsSteadyJitteredAndRepeats(t *testing.T) {
	due := schedule(1000, 3)
	if len(due) != 3000 || !slices.IsSorted(due) {
		t.Fatalf("%d moments, sorted %t", len(due), slices.IsSorted(due))
	}
	for n, d := range due {
		if even := time.Duration(n) * time.Millisecond; d < even-time.Millisecond || d > even+2*time.Millisecond {
			t.Errorf("moment %d is at %s", n, d)
		}
	}
	if due[1]-due[0] == due[2]-due[1] && due[2]-due[1] == due[3]-due[2] {
		t.Error("there is no jitter")
	}
	if !slices.Equal(due, schedule(1000, 3)) {
		t.Error("the next contender would get another schedule")
	}
}

func TestLatencyIsFromReturnedToVisible(t *testing.T) {
	p := &probe{due: make([]time.Duration, 2), returned: []time.Duration{10, 20}, visible: []time.Duration{15, 19}}
	if got := p.latencies(); !slices.Equal(got, []time.Duration{5, -1}) {
		t.Errorf("got %v", got)
	}
}

func TestTurn(t *testing.T) {
	all := []string{"a", "b", "c"}
	for n, want := range [][]string{{"a", "b", "c"}, {"b", "c", "a"}, {"c", "a", "b"}, {"a", "b", "c"}} {
		if got := turn(all, n); !slices.Equal(got, want) {
			t.Errorf("round %d: %v", n, got)
		}
	}
}

func TestChoose(t *testing.T) {
	all, err := choose(nil)
	if err != nil || len(all) != len(scenarios) {
		t.Errorf("all: %d, %v", len(all), err)
	}
	if one, err := choose([]string{"catchup"}); err != nil || len(one) != 1 || one[0].name != "catchup" {
		t.Errorf("one: %v, %v", one, err)
	}
	if _, err := choose([]string{"catchup", "nothing"}); err == nil {
		t.Error("an unknown scenario was accepted")
	}
}
