package catalogue_test

import (
	"encoding/json"
	"errors"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// step takes steps with a version, one after another.
func step[C any](t *testing.T, versions *catalogue.Versions[C], actor access.Actor, v catalogue.Version[C], steps ...catalogue.Step) catalogue.Version[C] {
	t.Helper()
	for _, one := range steps {
		if err := versions.TakeStep(t.Context(), actor, one, v.Meta, "так треба"); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
		var err error
		if v, err = versions.Get(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// A form from nothing is what citizens fill in; the next one takes its place and leaves word of when, and neither changes any more.
func TestFormFromNothingToPublication(t *testing.T) {
	r, s := newStore(t)
	ctx, admin, head := t.Context(), r.Users[access.Administrator], r.Users[access.AuthorityHead]
	v := startDraft(t, s.Forms, admin, r.Service)
	if err := s.Forms.TakeStep(ctx, admin, catalogue.StepSubmit, v.Meta, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a form that asks nothing is handed in: %v", err)
	}
	v.Content = wholeForm()
	if err := s.Forms.Save(ctx, admin, v); err != nil {
		t.Fatal(err)
	}
	if err := s.Forms.Save(ctx, head, v); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale save: %v", err)
	}
	v = step(t, s.Forms, admin, reread(t, s, v), catalogue.StepSubmit)
	v = step(t, s.Forms, head, v, catalogue.StepApprove, catalogue.StepPublish)
	if form, err := s.Choices(ctx, r.Service); err != nil || len(form) != 2 {
		t.Errorf("in force: %v, %v", form, err)
	}
	if _, err := r.DB.PoolAs("internal_site").Exec(ctx, `update catalogue.forms set schema = '{}' where id = $1`, v.ID); err == nil {
		t.Error("a published form was changed")
	}
	next := startDraft(t, s.Forms, admin, r.Service)
	if len(next.Content.Pages) != 2 || next.Number != 2 {
		t.Errorf("the next one does not begin with the last: %+v", next)
	}
	step(t, s.Forms, head, next, catalogue.StepApprove, catalogue.StepPublish)
	var replaced bool
	err := r.DB.PoolAs("internal_site").QueryRow(ctx,
		`select replaced_at is not null and not published and state = 'withdrawn' from catalogue.forms where id = $1`, v.ID).Scan(&replaced)
	if err != nil || !replaced {
		t.Errorf("the first form is still in force, or was withdrawn without a word: %v", err)
	}
}

func reread(t *testing.T, s *catalogue.Store, v catalogue.Form) catalogue.Form {
	t.Helper()
	v, err := s.Forms.Get(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wholeForm is the fixture's form as it is written.
func wholeForm() (s forms.Sketch) {
	s = sketchOf()
	s.Pages[1].Questions[0].Required = true
	return s
}

// What the card demands and the form does not ask, and the other way round, is told where it is mended.
func TestFormIsHeldAgainstTheCard(t *testing.T) {
	r, s := newStore(t)
	v := startDraft(t, s.Forms, r.Users[access.Administrator], r.Service)
	v.Content = wholeForm()
	v.Content.Pages[1].Questions[0].Document = "nothing"
	err := s.Forms.Agree(t.Context(), v)
	keys := map[string]string{}
	for _, e := range fieldsOf(err) {
		keys[e.Key] = e.Field
	}
	if keys["forms.card_unlisted"] != "questions.paper" {
		t.Errorf("%v", err)
	}
	v.Content = wholeForm()
	v.Content.Pages[1].Questions[0].Required = false
	if e := fieldsOf(s.Forms.Agree(t.Context(), v)); len(e) != 1 || e[0].Key != "forms.card_optional" || e[0].Field != "questions.paper" {
		t.Errorf("%v", e)
	}
}

// A stage that waits for an answer holds the question in the form.
func TestFormKeepsWhatAStageDependsOn(t *testing.T) {
	r, s := newStore(t)
	r.DB.Exec(`update catalogue.tech_cards set state = 'withdrawn', published = false where id = $1`, r.TechCard)
	tech := fixture.TechCard(r.Authority, r.OtherAuthority)
	tech.Stages[1].When = &contract.StageCondition{Question: "gone", Value: "a", Asked: locale.Text{UK: "Чи потрібно"}}
	raw, err := json.Marshal(tech)
	if err != nil {
		t.Fatal(err)
	}
	r.DB.Exec(`insert into catalogue.tech_cards (id, service_id, number, state, published, effective_from, content)
		values (gen_random_uuid(), $1, 9, 'published', true, '2026-01-01', $2)`, r.Service, raw)
	v := startDraft(t, s.Forms, r.Users[access.Administrator], r.Service)
	v.Content = wholeForm()
	if e := fieldsOf(s.Forms.Agree(t.Context(), v)); len(e) != 1 || e[0].Key != "catalogue.form_stage" {
		t.Errorf("%v", e)
	}
}

// A card and a form that each fit the other alone are published together, from either side.
func TestACardAndItsFormArePublishedTogether(t *testing.T) {
	for name, publishForm := range map[string]bool{"by the form": true, "by the card": false} {
		t.Run(name, func(t *testing.T) {
			r, s := newStore(t)
			ctx, head := t.Context(), r.Users[access.AuthorityHead]
			first := startDraft(t, s.Forms, head, r.Service)
			first.Content = wholeForm()
			if err := s.Forms.Save(ctx, head, first); err != nil {
				t.Fatal(err)
			}
			step(t, s.Forms, head, reread(t, s, first), catalogue.StepApprove, catalogue.StepPublish)

			card := startDraft(t, s.Cards, head, r.Service)
			card.Content.Documents = append(card.Content.Documents, contract.Document{ID: "bank", Name: locale.Text{UK: "Довідка"}, Required: true, Form: "copy"})
			if err := s.Cards.Save(ctx, head, card); err != nil {
				t.Fatal(err)
			}
			form := startDraft(t, s.Forms, head, r.Service)
			var err error
			form.Content, err = catalogue.Changed(form.Content, catalogue.AskDocuments(
				[]contract.Document{{ID: "bank", Name: locale.Text{UK: "Довідка", EN: "Statement"}, Required: true, Form: "copy"}}, forms.SketchPage{}))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Forms.Save(ctx, head, form); err != nil {
				t.Fatal(err)
			}
			form = step(t, s.Forms, head, reread(t, s, form), catalogue.StepApprove)
			card, err = s.Cards.Get(ctx, card.ID)
			if err != nil {
				t.Fatal(err)
			}
			card = step(t, s.Cards, head, card, catalogue.StepApprove)
			if publishForm {
				step(t, s.Forms, head, form, catalogue.StepPublish)
			} else {
				step(t, s.Cards, head, card, catalogue.StepPublish)
			}
			inForce, errCard := s.Cards.InForce(ctx, r.Service)
			formInForce, errForm := s.Forms.InForce(ctx, r.Service)
			if errCard != nil || errForm != nil || inForce.ID != card.ID || formInForce.ID != form.ID {
				t.Errorf("card %d, form %d; %v, %v", inForce.Number, formInForce.Number, errCard, errForm)
			}
		})
	}
}

func fieldsOf(err error) []fault.FieldError {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}
