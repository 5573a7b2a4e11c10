package catalogue

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// checkOrder says what is wrong with the order of the stages: each waits for rows above it only, so that none waits for itself; each
// can be reached, since its condition is judged by what has ended before; and no body works on two of them at once.
func checkOrder(p *problems, c contract.TechCard) {
	follows := c.Follows()
	for i, s := range c.Stages {
		field := fmt.Sprintf("stages.%d", i)
		for _, id := range s.After {
			j := slices.IndexFunc(c.Stages, func(o contract.TechStage) bool { return o.ID == id })
			p.check(id == contract.FromTheStart || j >= 0 && j < i, field+".after_rows", "catalogue.stage_after_below")
		}
		p.check(len(s.Outcomes) != 1, field+".ends", "catalogue.outcomes_two")
		checkCondition(p, c, i, follows)
		for j := range i {
			p.check(follows[i][j] || !sameBody(s, c.Stages[j]), field+".after_rows", "catalogue.stage_same_body", j+1)
		}
	}
}

// checkCondition: an outcome is one of a stage that ends before, a fact is one that the portal knows.
func checkCondition(p *problems, c contract.TechCard, i int, follows [][]bool) {
	when, field := c.Stages[i].When, fmt.Sprintf("stages.%d.condition", i)
	switch {
	case when == nil:
	case when.Outcome != "":
		j := slices.IndexFunc(c.Stages, func(o contract.TechStage) bool {
			return slices.ContainsFunc(o.Outcomes, func(out contract.StageOutcome) bool { return out.ID == when.Outcome })
		})
		p.check(j >= 0 && follows[i][j], field, "catalogue.condition_not_before")
	case when.Question != "": // what the form asks is looked at where the form is known, by agree
	default:
		p.check(slices.ContainsFunc(contract.StageFacts, func(f contract.StageFact) bool {
			return f.Fact == when.Fact && slices.Contains(f.Values, when.Value)
		}), field, "form.choice")
	}
}

func sameBody(a, b contract.TechStage) bool {
	return (a.AuthorityID == nil) == (b.AuthorityID == nil) && (a.AuthorityID == nil || *a.AuthorityID == *b.AuthorityID)
}

// CheckDeciding says what keeps the stage in which the authority decides from being reached in every case: it may not be left out, it
// ends by the decision alone, and nothing runs beside it.
func CheckDeciding(c contract.TechCard, authority *uuid.UUID) error {
	if authority == nil {
		return nil
	}
	p, follows := &problems{}, c.Follows()
	for i := len(c.Stages) - 1; i >= 0; i-- {
		s := c.Stages[i]
		if s.AuthorityID == nil || *s.AuthorityID != *authority || s.Action != contract.ActionApproves {
			continue
		}
		field := fmt.Sprintf("stages.%d", i)
		p.check(s.When == nil, field+".condition", "catalogue.decision_conditional")
		p.check(len(s.Outcomes) == 0, field+".ends", "catalogue.decision_outcomes")
		for j := range c.Stages {
			p.check(j == i || follows[i][j] || follows[j][i], field+".after_rows", "catalogue.decision_beside", j+1)
		}
		break
	}
	return fault.InvalidFields(p.list...)
}
