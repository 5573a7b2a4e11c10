package cases

import (
	"slices"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
)

// Plan is what the technological card, or whoever inserted the stage, says of it beyond its row.
type Plan struct {
	After    []uuid.UUID              `json:"after"` // the stages that it waits for
	Outcomes []contract.StageOutcome  `json:"outcomes,omitempty"`
	When     *contract.StageCondition `json:"when,omitempty"`
	Inserted *Insertion               `json:"inserted,omitempty"` // the card does not have it
}

// Insertion is who put a stage into this one case.
type Insertion struct {
	Place   access.Place `json:"place"`
	Person  uuid.UUID    `json:"person"`
	Dropped bool         `json:"dropped,omitempty"` // and it was taken out again
}

// Outcomes are the ways in which the stage can end; none: it just ends.
func (s Stage) Outcomes() []contract.StageOutcome {
	if s.Plan == nil {
		return nil
	}
	return s.Plan.Outcomes
}

// When is the condition under which the stage is done; nil is every case.
func (s Stage) When() *contract.StageCondition {
	if s.Plan == nil {
		return nil
	}
	return s.Plan.When
}

// IsInserted says whether the stage is one of this case alone, which was not taken out again.
func (s Stage) IsInserted() bool {
	return s.Plan != nil && s.Plan.Inserted != nil && !s.Plan.Inserted.Dropped
}

// isDropped says whether the stage was inserted and taken out again.
func (s Stage) isDropped() bool {
	return s.Plan != nil && s.Plan.Inserted != nil && s.Plan.Inserted.Dropped
}

// waits are the stages that stage i waits for, by their index. Cases of cards that run one after the other have no plans: each
// stage waits for the one before it.
func (w *Work) waits(i int) (list []int) {
	plan := w.Stages[i].Plan
	if plan == nil {
		if i > 0 {
			list = append(list, i-1)
		}
		return list
	}
	for j := range i {
		if slices.Contains(plan.After, w.Stages[j].ID) {
			list = append(list, j)
		}
	}
	return list
}

// Waits are the stages that stage i waits for, by their index.
func (w *Work) Waits(i int) []int { return w.waits(i) }

// follows says for every two stages whether the first comes after the second, directly or through others.
func (w *Work) follows() [][]bool {
	follows := make([][]bool, len(w.Stages))
	for i := range w.Stages {
		follows[i] = make([]bool, len(w.Stages))
		for _, j := range w.waits(i) {
			follows[i][j] = true
			for k, before := range follows[j] {
				follows[i][k] = follows[i][k] || before
			}
		}
	}
	return follows
}

// beside says whether another stage of the case may run at the same time as the stage.
func (w *Work) beside(s *Stage) bool {
	follows, i := w.follows(), w.indexOf(s)
	for j := range w.Stages {
		if j != i && !follows[i][j] && !follows[j][i] {
			return true
		}
	}
	return false
}

func (w *Work) indexOf(s *Stage) int {
	return slices.IndexFunc(w.Stages, func(o Stage) bool { return o.ID == s.ID })
}

// actives are the stages that are being worked on, in their order.
func (w *Work) actives() (list []*Stage) {
	for i := range w.Stages {
		if w.Stages[i].State == StageActive {
			list = append(list, &w.Stages[i])
		}
	}
	return list
}

// activeOf is the active stage of a party, which has one at a time; nil when it has none.
func (w *Work) activeOf(party access.Place) *Stage {
	for _, s := range w.actives() {
		if w.placeOf(s) == party {
			return s
		}
	}
	return nil
}

// StageOf is the active stage that the actor works on: that of their party. Nil when it is nobody of theirs who acts.
func (w *Work) StageOf(actor access.Actor) *Stage {
	for _, s := range w.actives() {
		if access.Can(actor, WorkOn, w.party(s)) {
			return s
		}
	}
	return nil
}

// first is the active stage that has to end first; nil when none is active.
func (w *Work) first() (first *Stage) {
	for _, s := range w.actives() {
		if first == nil || s.DueOn != nil && (first.DueOn == nil || s.DueOn.Before(*first.DueOn)) {
			first = s
		}
	}
	return first
}

// advance begins the stages whose turn has come, and leaves out those of them that are not for this case. It returns those that it
// changed. No stage waits for one below it, so that one pass is enough. A party works on one stage at a time, whatever the card says or
// whatever was inserted and returned: the other one waits for it, with a term that begins with it, and no list has a case whose second
// stage it does not show.
func (w *Work) advance() (moved []*Stage) {
	for i := range w.Stages {
		s := &w.Stages[i]
		if s.State != StageWaiting || slices.ContainsFunc(w.waits(i), func(j int) bool { return w.Stages[j].open() }) {
			continue
		}
		switch {
		case !w.holds(s.When()):
			s.State, s.FinishedAt = StageSkipped, w.moment()
		case w.activeOf(w.placeOf(s)) != nil:
			continue // its party has the other one first
		default:
			s.start(w.now, w.calendar)
		}
		moved = append(moved, s)
	}
	return moved
}

// moveOn is advance with what it writes into the history.
func (w *Work) moveOn() {
	for _, s := range w.advance() {
		kind, text := toldOfMove(*s)
		w.add(kind, text, true)
	}
}

// holds says whether a condition holds in the case now.
func (w *Work) holds(c *contract.StageCondition) bool {
	switch {
	case c == nil:
		return true
	case c.Outcome != "":
		return slices.ContainsFunc(w.Stages, func(s Stage) bool { return s.State == StageDone && s.Outcome == c.Outcome })
	case c.Question != "":
		return w.chosen(c)
	}
	return w.facts[c.Fact] == c.Value
}

// chosen says whether the applicant has answered a question of the form as the condition says. Where nobody was asked, because the case
// came without a form or with one that has no such question, the stage is done: a paper application leaves nothing out unseen.
func (w *Work) chosen(c *contract.StageCondition) bool {
	if w.form == nil {
		return true
	}
	form, err := forms.Parse(w.form)
	if err != nil {
		return true
	}
	choice, ok := form.Choice(c.Question, c.Value)
	if !ok {
		return true
	}
	answers, err := form.ParseAnswers(w.Case.Answers)
	return err != nil || form.Chosen(answers, choice.Field, c.Value)
}

// asksForm says whether a stage of the case depends on what the applicant answered.
func (w *Work) asksForm() bool {
	return slices.ContainsFunc(w.Stages, func(s Stage) bool { return s.When() != nil && s.When().Question != "" })
}

// factsOf are the facts of a case that the conditions of stages can name.
func factsOf(channel, applicant string, represented bool) map[string]string {
	facts := map[string]string{contract.FactChannel: channel, contract.FactApplicant: applicant, contract.FactRepresentative: "no"}
	if represented {
		facts[contract.FactRepresentative] = "yes"
	}
	return facts
}

// planOf is the plan of a row of a technological card, whose stages have the ids; nil for a card that runs row after row.
func planOf(card contract.TechCard, i int, ids []uuid.UUID) *Plan {
	if !isPlanned(card) {
		return nil
	}
	row := card.Stages[i]
	p := &Plan{After: []uuid.UUID{}, Outcomes: row.Outcomes, When: row.When}
	for _, j := range card.Waits(i) {
		p.After = append(p.After, ids[j])
	}
	return p
}

// isPlanned says whether a card has more than rows that are done one after the other.
func isPlanned(card contract.TechCard) bool {
	return card.Parallel() || slices.ContainsFunc(card.Stages, func(s contract.TechStage) bool { return s.When != nil || len(s.Outcomes) > 0 })
}

// spellOut gives every stage a plan of its own, so that one can be inserted between others.
func (w *Work) spellOut() {
	for i := range w.Stages {
		own := Plan{}
		if s := w.Stages[i]; s.Plan != nil {
			own = *s.Plan
		}
		own.After = []uuid.UUID{}
		for _, j := range w.waits(i) {
			own.After = append(own.After, w.Stages[j].ID)
		}
		w.Stages[i].Plan = &own
	}
}
