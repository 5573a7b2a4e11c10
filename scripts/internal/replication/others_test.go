package replication

import "testing"

func TestParseStatOfACommandWithBrackets(t *testing.T) {
	parent, spent := parseStat("42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 5 6 7")
	if parent != 7 || spent != 127 {
		t.Errorf("parent %d, spent %d", parent, spent)
	}
}

func TestFamilyIsAllDescendantsAndNobodyElse(t *testing.T) {
	parent := map[int]int{1: 0, 10: 1, 11: 10, 12: 11, 20: 1, 21: 20}
	spent := map[int]int64{1: 1000, 10: 1, 11: 2, 12: 4, 20: 100, 21: 200}
	if got := sumFamily(10, parent, spent); got != 7 {
		t.Errorf("got %d, want 7", got)
	}
}

func TestOthersAreWhatIsBusyWithoutUs(t *testing.T) {
	before, after := ticks{total: 1000, busy: 500, own: 300}, ticks{total: 1200, busy: 650, own: 400}
	if got := after.others(before); got != 0.25 {
		t.Errorf("got %g, want 0.25", got)
	}
	if got := before.others(before); got != 0 {
		t.Errorf("of no time: %g", got)
	}
}
