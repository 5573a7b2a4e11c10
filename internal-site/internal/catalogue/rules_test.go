package catalogue_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestSteps(t *testing.T) {
	states := []catalogue.CardState{catalogue.Draft, catalogue.Approved, catalogue.Published, catalogue.Withdrawn}
	for step, from := range map[catalogue.Step][]catalogue.CardState{
		catalogue.StepEdit: {catalogue.Draft}, catalogue.StepDiscard: {catalogue.Draft}, catalogue.StepApprove: {catalogue.Draft},
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

func hasField(err error, field string) bool {
	var e *fault.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f fault.FieldError) bool { return f.Field == field })
}

// Following a comparison turns the earlier version into the later one.
func TestDiff(t *testing.T) {
	line := rapid.SampledFrom([]string{"а", "б", "в", "г"})
	rapid.Check(t, func(t *rapid.T) {
		texts := func(name string) (out []locale.Text) {
			for _, l := range rapid.SliceOfN(line, 0, 8).Draw(t, name) {
				out = append(out, locale.Text{UK: l})
			}
			return out
		}
		before, after := contract.Card{Filing: texts("before")}, contract.Card{Filing: texts("after")}
		changes := catalogue.Diff(before, after, func(contract.ActRef) string { return "" })
		if len(changes) == 0 {
			if !slices.Equal(before.Filing, after.Filing) {
				t.Fatal("a change was not seen")
			}
			return
		}
		var was, is []locale.Text
		for _, l := range changes[0].Lines {
			if l.Op != '+' {
				was = append(was, locale.Text{UK: l.Text})
			}
			if l.Op != '-' {
				is = append(is, locale.Text{UK: l.Text})
			}
		}
		if changes[0].Section != "filing" || !slices.Equal(was, before.Filing) || !slices.Equal(is, after.Filing) {
			t.Fatalf("%+v", changes)
		}
	})
}
