package contract_test

import (
	"testing"

	"portal.example/shared/contract"
)

// Marks in the middle and shares of all, as people reckon them.
func TestTallies(t *testing.T) {
	q := contract.SurveyQuestion{Key: "q1", Kind: contract.AskScale}
	for name, one := range map[string]struct {
		marks  map[string]int
		median float64
		of     int
	}{
		"nobody":           {nil, 0, 0},
		"one":              {map[string]int{"3": 1}, 3, 1},
		"between two":      {map[string]int{"2": 2, "5": 2}, 3.5, 4},
		"odd":              {map[string]int{"1": 1, "4": 1, "5": 1}, 4, 3},
		"the most decides": {map[string]int{"1": 1, "5": 8}, 5, 9},
	} {
		tallies := contract.Tallies{"q1": one.marks}
		if got := tallies.Median(q); got != one.median || tallies.Of(q) != one.of {
			t.Errorf("%s: median %v of %d", name, got, tallies.Of(q))
		}
	}
	tallies := contract.Tallies{"q1": {"4": 1, "5": 2}}
	if a, b := tallies.Share(q, "4"), tallies.Share(q, "5"); a != 33 || b != 67 {
		t.Errorf("shares %d and %d", a, b)
	}
}
