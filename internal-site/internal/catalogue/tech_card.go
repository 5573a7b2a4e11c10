package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// CheckTech says what is wrong with a tidied technological card. A draft may be incomplete; what is approved may not.
func CheckTech(c contract.TechCard, complete bool) error {
	p := &problems{}
	p.check(len(c.Stages) <= maxRows, "stages", "catalogue.rows_many", maxRows)
	p.check(c.StatutoryDays >= 0 && c.StatutoryDays <= 3650, "statutory_days", "catalogue.days_range")
	p.check(slices.Contains(workdays.Units, c.StatutoryIn), "statutory_in", "form.choice")
	for i, s := range c.Stages {
		field := fmt.Sprintf("stages.%d", i)
		p.check(s.Days >= 0 && s.Days <= 3650, field+".days", "catalogue.days_range")
		p.check(slices.Contains(workdays.Units, s.DaysIn), field+".days_in", "form.choice")
		p.check(slices.Contains(StageActions, s.Action), field+".action", "form.choice")
		p.check(!complete || s.Name.UK != "", field+".name.uk", "catalogue.stage_name")
		p.length(s.Name.UK, field+".name.uk", maxName)
	}
	checkOrder(p, c)
	if complete {
		p.check(len(c.Stages) > 0, "stages", "catalogue.stages_required")
		p.check(!c.OverTerm(), "stages", "catalogue.sum_over_term", c.TotalDays(), c.StatutoryDays)
	}
	return fault.InvalidFields(p.list...)
}

// StageActions are the actions of a stage in the order В, У, П, З.
var StageActions = []string{contract.ActionExecutes, contract.ActionTakesPart, contract.ActionAgrees, contract.ActionApproves}

// TidyTech makes what was typed into a technological card fit to be kept: rows in which nothing was typed are dropped.
func TidyTech(c contract.TechCard, _ func() uuid.UUID) contract.TechCard {
	c.Stages = slices.DeleteFunc(slices.Clone(c.Stages), func(s contract.TechStage) bool {
		return strings.TrimSpace(s.Name.UK+s.Name.EN+s.Official.UK+s.Unit.UK) == "" && s.Days == 0
	})
	if c.Stages == nil {
		c.Stages = []contract.TechStage{}
	}
	return c
}
