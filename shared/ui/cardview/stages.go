package cardview

import (
	"strconv"
	"strings"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// StageOrder says after which stages the row i of a card comes and when it is done at all; "" where it just follows the row above it.
func StageOrder(p *locale.Printer, c contract.TechCard, i int) string {
	var said []string
	if c.Parallel() {
		said = append(said, StageWaits(p, c.Waits(i)))
	}
	if when := c.Stages[i].When; when != nil {
		said = append(said, StageCondition(p, *when, outcomeIn(c, when.Outcome)))
	}
	return strings.Join(said, "; ")
}

// StageWaits says after which rows, by their index, a stage comes.
func StageWaits(p *locale.Printer, rows []int) string {
	if len(rows) == 0 {
		return p.T("card.stage_from_the_start")
	}
	numbers := make([]string, len(rows))
	for i, row := range rows {
		numbers[i] = strconv.Itoa(row + 1)
	}
	if len(rows) == 1 {
		return p.T("card.stage_after_one", numbers[0])
	}
	return p.T("card.stage_after", strings.Join(numbers, ", "))
}

// StageCondition says when a stage is done; outcome is the name of the outcome that the condition names.
func StageCondition(p *locale.Printer, when contract.StageCondition, outcome locale.Text) string {
	switch {
	case when.Outcome != "":
		return p.T("card.stage_when.outcome", outcome)
	case when.Question != "" && when.Answer.UK != "":
		return p.T("card.stage_when.answered", when.Asked, when.Answer)
	case when.Question != "" && when.Value == "true":
		return p.T("card.stage_when.ticked", when.Asked)
	case when.Question != "":
		return p.T("card.stage_when.not_ticked", when.Asked)
	}
	return p.T("card.stage_when." + when.Fact + "_" + when.Value)
}

// outcomeIn is the name of an outcome of one of the card's stages.
func outcomeIn(c contract.TechCard, id string) locale.Text {
	for _, s := range c.Stages {
		for _, o := range s.Outcomes {
			if o.ID == id {
				return o.Name
			}
		}
	}
	return locale.Text{}
}
