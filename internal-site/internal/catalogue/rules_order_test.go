package catalogue_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// What keeps a card with parallel and conditional stages from being saved, each fault alone.
func TestTheOrderOfStages(t *testing.T) {
	decides, other := uuid.New(), uuid.New()
	for name, tt := range map[string]struct {
		change func([]contract.TechStage)
		want   []string
	}{
		"nothing":                        {func([]contract.TechStage) {}, nil},
		"a stage waits for itself":       {func(s []contract.TechStage) { s[2].After = []string{"draft"} }, []string{"stages.2.after_rows"}},
		"and for one below":              {func(s []contract.TechStage) { s[1].After = []string{"reception", "decision"} }, []string{"stages.1.after_rows"}},
		"and for one that is gone":       {func(s []contract.TechStage) { s[1].After = []string{"reception", "gone"} }, []string{"stages.1.after_rows"}},
		"one way to end":                 {func(s []contract.TechStage) { s[2].Outcomes = s[1].Outcomes[:1] }, []string{"stages.2.ends"}},
		"an outcome that is gone":        {func(s []contract.TechStage) { s[3].When = &contract.StageCondition{Outcome: "gone"} }, []string{"stages.3.condition"}},
		"an outcome of one beside it":    {func(s []contract.TechStage) { s[2].When = &contract.StageCondition{Outcome: "clear"} }, []string{"stages.2.condition"}},
		"a fact that nobody knows":       {func(s []contract.TechStage) { s[3].When = &contract.StageCondition{Fact: "age", Value: "18"} }, []string{"stages.3.condition"}},
		"one body at two stages at once": {func(s []contract.TechStage) { s[2].AuthorityID = &other }, []string{"stages.2.after_rows"}},
		"a decision that is left out":    {func(s []contract.TechStage) { s[4].When = &contract.StageCondition{Outcome: "clear"} }, []string{"stages.4.condition"}},
		"a decision with other ends":     {func(s []contract.TechStage) { s[4].Outcomes = []contract.StageOutcome{{ID: "x"}, {ID: "y"}} }, []string{"stages.4.ends"}},
		"a stage beside the decision":    {func(s []contract.TechStage) { s[4].After = []string{"draft", "opinion"}; s[3].AuthorityID = &other }, []string{"stages.4.after_rows"}},
	} {
		t.Run(name, func(t *testing.T) {
			card := fixture.ParallelCard(decides, other)
			tt.change(card.Stages)
			var got []string
			for _, err := range []error{catalogue.CheckTech(card, false), catalogue.CheckDeciding(card, &decides)} {
				var f *fault.Error
				if errors.As(err, &f) {
					for _, e := range f.Fields {
						got = append(got, e.Field)
					}
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("wrong %v, want %v", got, tt.want)
			}
		})
	}
}
