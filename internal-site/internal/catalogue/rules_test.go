package catalogue_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

func TestSteps(t *testing.T) {
	states := []catalogue.CardState{catalogue.Draft, catalogue.Approved, catalogue.Published, catalogue.Withdrawn}
	for step, from := range map[catalogue.Step][]catalogue.CardState{
		catalogue.StepEdit: {catalogue.Draft}, catalogue.StepSubmit: {catalogue.Draft}, catalogue.StepDiscard: {catalogue.Draft}, catalogue.StepApprove: {catalogue.Draft},
		catalogue.StepPublish: {catalogue.Approved}, catalogue.StepWithdraw: {catalogue.Approved, catalogue.Published},
	} {
		for _, state := range states {
			if got := catalogue.Allowed(step, state); got != slices.Contains(from, state) {
				t.Errorf("%s from %s: %t", step, state, got)
			}
		}
	}
}

func TestCheckCardBeforeApproval(t *testing.T) {
	for field, breakIt := range map[string]func(c *contract.Card){
		"":                    func(*contract.Card) {},
		"result.uk":           func(c *contract.Card) { c.Result = locale.Text{} },
		"documents":           func(c *contract.Card) { c.Documents = nil },
		"filing":              func(c *contract.Card) { c.Filing = nil },
		"delivery":            func(c *contract.Card) { c.Delivery = nil },
		"refusal":             func(c *contract.Card) { c.Refusal = nil },
		"description.uk":      func(c *contract.Card) { c.Description, c.Conditions = locale.Text{}, locale.Text{} },
		"fee.amount":          func(c *contract.Card) { c.Fee = contract.Fee{Paid: true} },
		"term.days":           func(c *contract.Card) { c.Term.Days = -2 },
		"documents.1.name.uk": func(c *contract.Card) { c.Documents[1].ID = c.Documents[0].ID },
		"acts.0.id":           func(c *contract.Card) { c.Acts = []contract.ActRef{{}} },
	} {
		card := fixture.Card()
		breakIt(&card)
		err := catalogue.CheckCard(card, true)
		if field == "" {
			if err != nil {
				t.Errorf("a complete card: %v", err)
			}
			continue
		}
		if !fault.Is(err, fault.Invalid) || !hasField(err, field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// An amount is told about and never dropped, whatever is chosen beside it.
func TestFeeThatCannotBe(t *testing.T) {
	for _, fee := range []contract.Fee{
		{Amount: "127.50"}, {Amount: "12,345 грн"}, {Amount: "-5", NotStated: true}, {Paid: true, Amount: "-5"}, {Paid: true, Amount: "0"}, {Paid: true, Amount: "12,345 грн"},
	} {
		card := fixture.Card()
		card.Fee = fee
		tidied := catalogue.Tidy(card, nil)
		if err := catalogue.CheckCard(tidied, false); !hasField(err, "fee.amount") || tidied.Fee.Amount == "" {
			t.Errorf("%+v: %v", fee, err)
		}
	}
	card := fixture.Card()
	card.Fee = contract.Fee{Paid: true, Amount: "1234,50"}
	if tidied := catalogue.Tidy(card, nil); tidied.Fee.Amount != "1234.50" || catalogue.CheckCard(tidied, true) != nil {
		t.Errorf("%+v", tidied.Fee)
	}
}

func hasField(err error, field string) bool {
	var e *fault.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f fault.FieldError) bool { return f.Field == field })
}

// Calendar days do not add up to working ones: their sum says nothing of a term in working days, which only dates do. Every other
// sum that is more than the term is refused, and so is a kind of days that does not exist.
func TestSumsOfStagesOverTheTerm(t *testing.T) {
	for name, tt := range map[string]struct {
		stage, term workdays.Span
		over, late  bool
	}{
		"working days over working ones":          {workdays.Span{Days: 12, In: workdays.InWorking}, workdays.Span{Days: 11, In: workdays.InWorking}, true, false},
		"working days over calendar ones":         {workdays.Span{Days: 12, In: workdays.InWorking}, workdays.Span{Days: 11, In: workdays.InCalendar}, true, false},
		"calendar days that fit into working":     {workdays.Span{Days: 12, In: workdays.InCalendar}, workdays.Span{Days: 11, In: workdays.InWorking}, false, false},
		"calendar days that do not fit":           {workdays.Span{Days: 25, In: workdays.InCalendar}, workdays.Span{Days: 11, In: workdays.InWorking}, false, true},
		"as many working days as calendar ones":   {workdays.Span{Days: 11, In: workdays.InWorking}, workdays.Span{Days: 11, In: workdays.InCalendar}, false, true},
		"as many of what the law says for so few": {workdays.Days(9), workdays.Days(9), false, false},
	} {
		card := fixture.TechCard(uuid.New(), uuid.New())
		card.Stages = card.Stages[:1]
		card.Stages[0].Days, card.Stages[0].DaysIn = tt.stage.Days, tt.stage.In
		card.StatutoryDays, card.StatutoryIn = tt.term.Days, tt.term.In
		if err := catalogue.CheckTech(card, true); hasField(err, "stages") != tt.over {
			t.Errorf("%s: sum: %v", name, err)
		}
		if err := catalogue.CheckTrial(card, workdays.Calendar{}, fixture.Now); (err != nil) != tt.late {
			t.Errorf("%s: dates: %v", name, err)
		}
		card.Stages[0].DaysIn, card.StatutoryIn = "lunar", "lunar"
		if err := catalogue.CheckTech(card, false); !hasField(err, "stages.0.days_in") || !hasField(err, "statutory_in") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Following a comparison turns the earlier version into the later one.
func TestDiff(t *testing.T) {
	line := rapid.SampledFrom([]string{"а", "б", "в", "г"})
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.SliceOfN(line, 0, 8).Draw(t, "before"), rapid.SliceOfN(line, 0, 8).Draw(t, "after")
		section := func(lines []string) []catalogue.Section { return []catalogue.Section{{Name: "filing", Lines: lines}} }
		changes := catalogue.Diff(section(before), section(after))
		if len(changes) == 0 {
			if !slices.Equal(before, after) {
				t.Fatal("a change was not seen")
			}
			return
		}
		var was, is []string
		for _, l := range changes[0].Lines {
			if l.Op != '+' {
				was = append(was, l.Text)
			}
			if l.Op != '-' {
				is = append(is, l.Text)
			}
		}
		if changes[0].Section != "filing" || !slices.Equal(was, before) || !slices.Equal(is, after) {
			t.Fatalf("%+v", changes)
		}
	})
}
