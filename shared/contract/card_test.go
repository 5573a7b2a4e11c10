package contract_test

import (
	"testing"

	"portal.example/shared/contract"
)

// Ten working days of stages end fourteen days after a Friday, four after a term of ten calendar days.
func TestStagesMayBeLateThoughTheirSumIsRight(t *testing.T) {
	stages := func(days ...int) (list []contract.TechStage) {
		for _, d := range days {
			list = append(list, contract.TechStage{Days: d})
		}
		return list
	}
	for name, tt := range map[string]struct {
		card  contract.TechCard
		worst int
		late  bool
	}{
		"working days in calendar ones": {contract.TechCard{Stages: stages(0, 1, 4, 3, 1, 1, 0), StatutoryDays: 10}, 14, true},
		"room for weekends":             {contract.TechCard{Stages: stages(0, 1, 3, 2, 1), StatutoryDays: 11}, 11, false},
		"both in working days":          {contract.TechCard{Stages: stages(1, 4, 4), StatutoryDays: 9}, 13, false},
		"calendar stages":               {contract.TechCard{Stages: stages(20, 10), StatutoryDays: 30}, 30, false},
		"no statutory term":             {contract.TechCard{Stages: stages(9, 9)}, 26, false},
		"over by the sum already":       {contract.TechCard{Stages: stages(9, 9), StatutoryDays: 10}, 26, false},
	} {
		if got, late := tt.card.WorstDays(), tt.card.MayBeLate(); got != tt.worst || late != tt.late {
			t.Errorf("%s: %d days, late %t", name, got, late)
		}
	}
}
