package cases_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
)

// A stage that the card has for an answer is done when the application answers so, and when nobody was asked; otherwise it is left out.
// What counts is the answer when the turn comes to the stage.
func TestAStageForAnAnswer(t *testing.T) {
	r := fixture.New(t)
	form := r.AddForm(r.Service)
	card := fixture.TechCard(r.Authority, r.OtherAuthority)
	card.Stages[1].When = &contract.StageCondition{Question: "purpose", Value: "other"}
	r.RunOn(card)
	const other, birth = `{"purpose": "other", "purpose_other": "ремонт", "children": 1, "truth": true}`, `{"purpose": "birth", "children": 1, "truth": true}`
	for name, c := range map[string]struct {
		form      *uuid.UUID
		at, later string
		want      cases.StageState
	}{
		"answered so":                {&form, other, other, cases.StageActive},
		"answered otherwise":         {&form, birth, birth, cases.StageSkipped},
		"corrected before its turn":  {&form, birth, other, cases.StageActive},
		"nobody was asked":           {nil, `{}`, `{}`, cases.StageActive},
		"the form does not ask that": {new(r.AddOldForm(r.Service)), `{"note": "так"}`, `{"note": "так"}`, cases.StageActive},
	} {
		t.Run(name, func(t *testing.T) {
			f := filing(r)
			f.FormID, f.Answers = c.form, json.RawMessage(c.at)
			if c.form == nil {
				f.Channel, f.MessageID, f.ReceiptNumber = cases.Counter, nil, ""
			}
			registered, err := register(t.Context(), r.DB.PoolAs("intake"), f)
			if err != nil {
				t.Fatal(err)
			}
			r.DB.Exec(`update cases.cases set answers = $2 where id = $1`, registered.ID, c.later)
			s := cases.NewStore(r.DB.Pool).At(now)
			clerk := r.Users[access.Administrator]
			for _, act := range []cases.Act{cases.Take, cases.FinishStage} {
				w, err := s.Work(t.Context(), clerk, registered.ID)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Do(t.Context(), clerk, registered.ID, w.Case.Version, cases.Command{Act: act}); err != nil {
					t.Fatal(err)
				}
			}
			w, err := s.Work(t.Context(), clerk, registered.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.Stages[1].State; got != c.want {
				t.Errorf("the stage is %s, want %s", got, c.want)
			}
		})
	}
}

// A first stage that is not for the case is left out as it is registered.
func TestAFirstStageForAnAnswer(t *testing.T) {
	r := fixture.New(t)
	form := r.AddForm(r.Service)
	card := fixture.TechCard(r.Authority, r.OtherAuthority)
	card.Stages[0].When = &contract.StageCondition{Question: "purpose", Value: "other"}
	r.RunOn(card)
	f := filing(r)
	f.FormID, f.Answers = &form, json.RawMessage(`{"purpose": "birth", "children": 1, "truth": true}`)
	c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
	if err != nil {
		t.Fatal(err)
	}
	var first, second cases.StageState
	err = r.DB.Pool.QueryRow(t.Context(), `select min(state) filter (where position = 1), min(state) filter (where position = 2)
		from cases.stages where case_id = $1`, c.ID).Scan(&first, &second)
	if err != nil || first != cases.StageSkipped || second != cases.StageActive {
		t.Errorf("stages %s, %s, %v", first, second, err)
	}
}
