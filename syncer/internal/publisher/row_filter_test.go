package publisher

import (
	"slices"
	"testing"
)

func TestFiltersThatMeanTheMoment(t *testing.T) {
	for where, moment := range map[string]string{
		"due > 'today'":                             "today",
		"due > ' Now '":                             " Now ",
		"due > '2026-01-02'":                        "",
		"state = 'today'":                           "", // a text
		"state = 'now' AND due > '2026-01-02'":      "",
		"state = 'x' AND due < date 'tomorrow'":     "tomorrow",
		"id > 0":                                    "",
		"state IN ('today') OR due = 'yesterday'":   "yesterday",
		"due = '2026-01-02' OR state = 'yesterday'": "",
	} {
		if got := (rowFilter{where, orders()}).findMoment(); got != moment {
			t.Errorf("%s: %q", where, got)
		}
	}
}

func TestColumnsOfAFilter(t *testing.T) {
	got := rowFilter{`state = 'id' AND "due" > '2026-01-02' AND state <> lower('x')`, orders()}.columns()
	if !slices.Equal(got, []string{"state", "due"}) {
		t.Errorf("%v", got)
	}
}
