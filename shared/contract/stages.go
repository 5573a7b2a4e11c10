package contract

import (
	"slices"

	"portal.example/shared/locale"
)

// FromTheStart is the only entry of TechStage.After for a stage that begins as soon as the case is registered.
const FromTheStart = "start"

// StageOutcome is one of the ways in which a stage can end.
type StageOutcome struct {
	ID   string      `json:"id"`
	Name locale.Text `json:"name"`
}

// StageCondition is what has to hold of a case when the turn comes to a stage; otherwise the stage is left out. It is an
// outcome of an earlier stage, a fact of the case, or an answer in the application form.
type StageCondition struct {
	Outcome  string `json:"outcome,omitempty"`  // id of an outcome
	Fact     string `json:"fact,omitempty"`     // one of the facts below
	Question string `json:"question,omitempty"` // name of a field of the service's form
	Value    string `json:"value,omitempty"`    // that the fact or the answer has; "true" and "false" for a tick

	// Asked and Answer are how the form words the question and the answer, kept so that the card reads alike when the form
	// has changed. A tick has no answer in words.
	Asked  locale.Text `json:"asked,omitzero"`
	Answer locale.Text `json:"answer,omitzero"`
}

// The facts of a case that a condition can name.
const (
	FactChannel        = "channel"        // how the application arrived: counter, online
	FactApplicant      = "applicant"      // person, entrepreneur, entity
	FactRepresentative = "representative" // whether somebody acts for the applicant: yes, no
)

// StageFact is a fact with the values that it can have.
type StageFact struct {
	Fact   string
	Values []string
}

// StageFacts are the facts in the order in which editors offer them.
var StageFacts = []StageFact{
	{FactChannel, []string{"counter", "online"}},
	{FactApplicant, []string{"person", "entrepreneur", "entity"}},
	{FactRepresentative, []string{"yes", "no"}},
}

// Waits are the rows that the row i waits for, by their index and in order. Where the card names none these are the rows above
// it that no other row above it waits for, so that a row after several parallel ones waits for each of them.
func (c TechCard) Waits(i int) []int {
	after := c.Stages[i].After
	if slices.Contains(after, FromTheStart) {
		return nil
	}
	var list []int
	if len(after) > 0 {
		for j := range i {
			if id := c.Stages[j].ID; id != "" && slices.Contains(after, id) {
				list = append(list, j)
			}
		}
		return list
	}
	waited := map[int]bool{}
	for j := range i {
		for _, w := range c.Waits(j) {
			waited[w] = true
		}
	}
	for j := range i {
		if !waited[j] {
			list = append(list, j)
		}
	}
	return list
}

// Follows says for every two rows whether the first comes after the second, directly or through others.
func (c TechCard) Follows() [][]bool {
	follows := make([][]bool, len(c.Stages))
	for i := range c.Stages {
		follows[i] = make([]bool, len(c.Stages))
		for _, j := range c.Waits(i) {
			follows[i][j] = true
			for k, before := range follows[j] {
				follows[i][k] = follows[i][k] || before
			}
		}
	}
	return follows
}

// Parallel says whether some rows of the card run at the same time.
func (c TechCard) Parallel() bool {
	for i, row := range c.Follows() {
		if slices.Contains(row[:i], false) {
			return true
		}
	}
	return false
}

// Longest are the rows of the way through the card that takes most days, by their index and in order. Rows that may be left
// out count as if they never were.
func (c TechCard) Longest() (way []int) {
	days, from := make([]int, len(c.Stages)), make([]int, len(c.Stages))
	last := -1
	for i, s := range c.Stages {
		from[i] = -1
		for _, j := range c.Waits(i) {
			if from[i] < 0 || days[j] > days[from[i]] {
				from[i] = j
			}
		}
		if days[i] = s.Days; from[i] >= 0 {
			days[i] += days[from[i]]
		}
		if last < 0 || days[i] >= days[last] {
			last = i
		}
	}
	for ; last >= 0; last = from[last] {
		way = append(way, last)
	}
	slices.Reverse(way)
	return way
}

// TotalDays is how many days the stages take: those of the longest way through the card.
func (c TechCard) TotalDays() (sum int) {
	for _, i := range c.Longest() {
		sum += c.Stages[i].Days
	}
	return sum
}
