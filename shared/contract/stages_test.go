package contract_test

import (
	"fmt"
	"slices"
	"testing"

	"portal.example/shared/contract"
)

// card makes a technological card of rows named a, b, c …, each with its days and the rows that it names.
func card(rows ...contract.TechStage) contract.TechCard {
	for i := range rows {
		rows[i].ID = string(rune('a' + i))
	}
	return contract.TechCard{Stages: rows}
}

func row(days int, after ...string) contract.TechStage {
	return contract.TechStage{Days: days, After: after}
}

func TestWhichRowsWaitForWhich(t *testing.T) {
	for name, tt := range map[string]struct {
		card     contract.TechCard
		waits    [][]int
		longest  []int
		total    int
		parallel bool
	}{
		"as they stand":                   {card(row(1), row(2), row(3)), [][]int{nil, {0}, {1}}, []int{0, 1, 2}, 6, false},
		"two beside each other, then one": {card(row(1), row(3, "a"), row(5, "a"), row(1)), [][]int{nil, {0}, {0}, {1, 2}}, []int{0, 2, 3}, 7, true},
		"a branch of two beside one":      {card(row(1), row(2, "a"), row(2, "b"), row(3, "a"), row(1)), [][]int{nil, {0}, {1}, {0}, {2, 3}}, []int{0, 1, 2, 4}, 6, true},
		"both from the start":             {card(row(4), row(2, contract.FromTheStart), row(1)), [][]int{nil, nil, {0, 1}}, []int{0, 2}, 5, true},
		"waits for one and not the other": {card(row(4), row(2, contract.FromTheStart), row(9, "b"), row(0)), [][]int{nil, nil, {1}, {0, 2}}, []int{1, 2, 3}, 11, true},
		"what it names is not there":      {card(row(1), row(2, "z")), [][]int{nil, nil}, []int{1}, 2, true},
		"a row below is not waited for":   {card(row(1, "b"), row(2)), [][]int{nil, {0}}, []int{0, 1}, 3, false},
		"no rows":                         {card(), nil, nil, 0, false},
		"cards from before name no row":   {contract.TechCard{Stages: []contract.TechStage{{Days: 1}, {Days: 2}}}, [][]int{nil, {0}}, []int{0, 1}, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			var waits [][]int
			for i := range tt.card.Stages {
				waits = append(waits, tt.card.Waits(i))
			}
			if fmt.Sprint(waits) != fmt.Sprint(tt.waits) {
				t.Errorf("waits %v, want %v", waits, tt.waits)
			}
			if got := tt.card.Longest(); !slices.Equal(got, tt.longest) || tt.card.TotalDays() != tt.total {
				t.Errorf("longest %v of %d days, want %v of %d", got, tt.card.TotalDays(), tt.longest, tt.total)
			}
			if got := tt.card.Parallel(); got != tt.parallel {
				t.Errorf("parallel: %t", got)
			}
		})
	}
}
