package cards

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// The order of the stages is typed by their numbers, and kept by ids, so that it stays when rows move. The fields of a row are
// after_rows (numbers), ends (ways to end, one a line, English after a bar), condition (a choice), and id, ends_ids and ends_was, which
// are carried along.

// fill shows the order of the stages by their numbers.
func (technologicalCard) fill(form *web.Form, c contract.TechCard) {
	for i, s := range c.Stages {
		row := fmt.Sprintf("stages.%d.", i)
		var ids, names []string
		for _, o := range s.Outcomes {
			ids, names = append(ids, o.ID), append(names, outcomeLine(o.Name))
		}
		form.Set(row+"after_rows", afterRows(c, s))
		form.Set(row+"ends", strings.Join(names, "\n"))
		form.Set(row+"ends_was", strings.Join(names, "\n"))
		form.Set(row+"ends_ids", strings.Join(ids, ","))
		form.Set(row+"condition", conditionValue(s.When))
	}
}

// read takes the order of the stages from the numbers of their rows. A row that has no id yet gets one.
func (technologicalCard) read(form *web.Form, _ contract.TechCard, c *contract.TechCard) {
	for i := range c.Stages {
		if c.Stages[i].ID == "" {
			c.Stages[i].ID = uuid.NewString()
		}
	}
	for i := range c.Stages {
		s, row := &c.Stages[i], fmt.Sprintf("stages.%d.", i)
		var ok bool
		if s.After, ok = readAfter(*c, form.Value(row+"after_rows")); !ok {
			form.Add(row+"after_rows", "cards.after_numbers")
		}
		s.Outcomes = readOutcomes(form, row)
		s.When = readCondition(form.Value(row + "condition"))
	}
}

// afterRows are the numbers of the rows that a stage names.
func afterRows(c contract.TechCard, s contract.TechStage) string {
	var numbers []string
	for _, id := range s.After {
		if id == contract.FromTheStart {
			return "0"
		}
		if i := slices.IndexFunc(c.Stages, func(o contract.TechStage) bool { return o.ID == id }); i >= 0 {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	return strings.Join(numbers, ", ")
}

// readAfter reads numbers of rows, and whether each of them is there.
func readAfter(c contract.TechCard, typed string) (after []string, ok bool) {
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		n, err := strconv.Atoi(word)
		switch {
		case err != nil || n < 0 || n > len(c.Stages):
			return nil, false
		case n == 0:
			after = []string{contract.FromTheStart}
		default:
			after = append(after, c.Stages[n-1].ID)
		}
	}
	return after, true
}

func outcomeLine(name locale.Text) string {
	if name.EN == "" {
		return name.UK
	}
	return name.UK + " | " + name.EN
}

// readOutcomes reads the ways in which a stage can end. One keeps its id while its line is the same, or stands where a line was that is
// gone, so that conditions go on naming it.
func readOutcomes(form *web.Form, row string) (list []contract.StageOutcome) {
	lines, was, ids := linesOf(form.Value(row+"ends")), linesOf(form.Value(row+"ends_was")), strings.Split(form.Value(row+"ends_ids"), ",")
	for i, line := range lines {
		uk, en, _ := strings.Cut(line, "|")
		o := contract.StageOutcome{Name: locale.Text{UK: strings.TrimSpace(uk), EN: strings.TrimSpace(en)}}
		switch at := slices.Index(was, line); {
		case at >= 0 && at < len(ids):
			o.ID = ids[at]
		case i < len(was) && i < len(ids) && !slices.Contains(lines, was[i]):
			o.ID = ids[i]
		}
		if o.ID == "" {
			o.ID = uuid.NewString()
		}
		list = append(list, o)
	}
	return list
}

func linesOf(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

func conditionValue(when *contract.StageCondition) string {
	switch {
	case when == nil:
		return ""
	case when.Outcome != "":
		return "outcome:" + when.Outcome
	case when.Question != "":
		return "answer:" + when.Question + "=" + when.Value
	}
	return "fact:" + when.Fact + "=" + when.Value
}

func readCondition(chosen string) *contract.StageCondition {
	if id, ok := strings.CutPrefix(chosen, "outcome:"); ok {
		return &contract.StageCondition{Outcome: id}
	}
	if fact, ok := strings.CutPrefix(chosen, "fact:"); ok {
		name, value, _ := strings.Cut(fact, "=")
		return &contract.StageCondition{Fact: name, Value: value}
	}
	if answer, ok := strings.CutPrefix(chosen, "answer:"); ok {
		question, value, _ := strings.Cut(answer, "=")
		return &contract.StageCondition{Question: question, Value: value}
	}
	return nil
}

// conditionChoices are the conditions that a stage of the card can have: outcomes of its stages, facts of a case, and answers of the
// form. A condition that the card has and the form does not offer any more stays among them, so that it is not lost unseen.
func conditionChoices(p *locale.Printer, c contract.TechCard, answers []forms.Choice) []ui.SelectItem {
	list := []ui.SelectItem{{Text: p.T("cards.condition_always")}}
	for i, s := range c.Stages {
		for _, o := range s.Outcomes {
			list = append(list, ui.SelectItem{Value: "outcome:" + o.ID, Text: p.T("cards.condition_outcome", strconv.Itoa(i+1), o.Name)})
		}
	}
	for _, f := range contract.StageFacts {
		for _, value := range f.Values {
			when := contract.StageCondition{Fact: f.Fact, Value: value}
			list = append(list, ui.SelectItem{Value: conditionValue(&when), Text: cardview.StageCondition(p, when, locale.Text{})})
		}
	}
	offer := func(when contract.StageCondition) {
		value := conditionValue(&when)
		if when.Asked.UK != "" && !slices.ContainsFunc(list, func(i ui.SelectItem) bool { return i.Value == value }) {
			list = append(list, ui.SelectItem{Value: value, Text: cardview.StageCondition(p, when, locale.Text{})})
		}
	}
	for _, a := range answers {
		offer(contract.StageCondition{Question: a.Field.Name, Value: a.Value, Asked: a.Field.Title, Answer: a.Answer})
	}
	for _, s := range c.Stages {
		if s.When != nil && s.When.Question != "" {
			offer(*s.When)
		}
	}
	return list
}

// orderLines are what a card says of the order of a stage and of the ways in which it can end.
func orderLines(p *locale.Printer, c contract.TechCard, i int) (lines []string) {
	if order := cardview.StageOrder(p, c, i); order != "" {
		lines = append(lines, order)
	}
	var ends []string
	for _, o := range c.Stages[i].Outcomes {
		ends = append(ends, p.Value(o.Name))
	}
	if len(ends) > 0 {
		lines = append(lines, p.T("cards.ends_in", strings.Join(ends, " / ")))
	}
	return lines
}
