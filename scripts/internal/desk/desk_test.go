package desk

import (
	"testing"
	"time"
)

// A kind is reported with both regions beside each other, and a missed goal is named.
func TestGoalsAreHeldAgainstWhatWasMeasured(t *testing.T) {
	r := &Report{Cases: []int{100, 1000}}
	large := make([]time.Duration, 100)
	for i := range large {
		large[i] = 50 * time.Millisecond
	}
	large[98], large[99] = 400*time.Millisecond, time.Second
	r.fill(map[string][]time.Duration{"list: all": {20 * time.Millisecond}}, map[string][]time.Duration{"list: all": large})
	if len(r.Kinds) != 1 {
		t.Fatalf("%d kinds", len(r.Kinds))
	}
	if m := r.Kinds[0]; m.Median != 50 || m.P99 != 400 || m.Growth != 2.5 || missed(m) != " 99th growth" {
		t.Errorf("%+v:%s", m, missed(m))
	}
}

// What people type is made of what they know: another layout, a slip, and a РНОКПП that the counter takes.
func TestWhatPeopleType(t *testing.T) {
	for got, want := range map[string]string{relaid("Їжак"): "];fr", slipped("Горобець"): "Гоорбець", longest("Видача «витягів» про землю."): "витягів", validTax(318471069): "3184710691"} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
