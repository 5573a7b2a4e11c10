package cases

import (
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func refusing(cmd Command) Command {
	cmd.Act, cmd.Outcome, cmd.Text = Decide, Refused, "немає права"
	return cmd
}

func workToRefuse() *Work {
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	w.Card.Refusal = []contract.Ground{
		{ID: "incomplete", Text: locale.Text{UK: "Неповний перелік.", EN: "Incomplete."}},
		{ID: "untrue", Text: locale.Text{UK: "Неправдиві дані"}},
	}
	w.Case.Tracked, w.Case.State = true, InProgress
	return w
}

// A refusal may rest on several grounds of the card and on another one. All are told, in the order of the card.
func TestARefusalRestsOnSeveralGrounds(t *testing.T) {
	w := workToRefuse()
	if err := w.apply(refusing(Command{Grounds: []string{"other", "untrue", "incomplete", "untrue"}, OtherGround: "Заявник помер"})); err != nil {
		t.Fatal(err)
	}
	if want := []string{"incomplete", "untrue", "other"}; !slices.Equal(w.Case.Grounds, want) || w.Case.OtherGround != "Заявник помер" {
		t.Errorf("%q, %q", w.Case.Grounds, w.Case.OtherGround)
	}
	e := w.Events[slices.IndexFunc(w.Events, func(e Event) bool { return e.Kind == EventDecided })]
	if want := "Ухвалено рішення: відмовити. Підстави: Неповний перелік; Неправдиві дані; інша, ніж передбачено"; !strings.HasPrefix(e.Text.UK, want) {
		t.Errorf("told in Ukrainian: %q", e.Text.UK)
	}
	if want := "Decided: refused. Grounds: Incomplete; Неправдиві дані; other than"; !strings.HasPrefix(e.Text.EN, want) {
		t.Errorf("told in English: %q", e.Text.EN)
	}
	if strings.Contains(e.Text.UK, "помер") || e.Typed != "Заявник помер\n\nнемає права" {
		t.Errorf("the words of the official: %q in the clear, %q sealed", e.Text.UK, e.Typed)
	}
	if doc := numberedGrounds(w.Cited(w.Case.Grounds, w.Case.OtherGround)); doc != "1) Неповний перелік;\n2) Неправдиві дані;\n3) Заявник помер;" {
		t.Errorf("the document says %q", doc)
	}
}

func TestGroundsThatAreNone(t *testing.T) {
	for name, tt := range map[string]struct {
		cmd   Command
		field string
	}{
		"none":              {Command{}, "ground"},
		"unknown":           {Command{Grounds: []string{"incomplete", "made-up"}}, "ground"},
		"another, wordless": {Command{Grounds: []string{"incomplete", OtherGround}}, "ground_other"},
		"words, unticked":   {Command{Grounds: []string{"incomplete"}, OtherGround: "Заявник помер"}, "ground_other"},
		"too many words":    {Command{Grounds: []string{OtherGround}, OtherGround: strings.Repeat("щ", maxOtherGround+1)}, "ground_other"},
	} {
		wrong := fieldsOf(workToRefuse().apply(refusing(tt.cmd)))
		if len(wrong) != 1 || wrong[0] != tt.field {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
