package catalogue_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// A stage depends on an answer in the words of the form; what no form asks is not saved, and what a new form has dropped is not published.
func TestAStageDependsOnAnAnswerOfTheForm(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	tech := startDraft(t, s.TechCards, head, r.Service)
	tech.Content.Stages[1].When = &contract.StageCondition{Question: "purpose", Value: "birth"}
	if err := s.TechCards.Save(ctx, head, tech); !fault.Is(err, fault.Invalid) {
		t.Fatalf("without a form: %v", err)
	}
	if choices, err := s.Choices(ctx, r.Service); err != nil || len(choices) != 0 {
		t.Errorf("without a form there are choices: %v, %v", choices, err)
	}
	form := r.AddForm(r.Service)
	if choices, err := s.Choices(ctx, r.Service); err != nil || len(choices) != 2 {
		t.Errorf("choices %v, %v", choices, err)
	}
	if err := s.TechCards.Save(ctx, head, tech); err != nil {
		t.Fatal(err)
	}
	saved, err := s.TechCards.Get(ctx, tech.ID)
	if err != nil {
		t.Fatal(err)
	}
	if when := saved.Content.Stages[1].When; when.Asked.UK != "Для чого допомога" || when.Answer.EN != "Birth of a child" {
		t.Errorf("words %+v", when)
	}
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepApprove, saved.Meta, ""); err != nil {
		t.Fatal(err)
	}
	saved.Version++
	dropBirth(r, form)
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepPublish, saved.Meta, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("published beside a form that does not ask it: %v", err)
	}
}

// A draft whose answer the form has dropped can be saved as it is, in its old words, and is not handed in.
func TestADroppedAnswerKeepsItsWords(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	form := r.AddForm(r.Service)
	tech := startDraft(t, s.TechCards, head, r.Service)
	tech.Content.Stages[1].When = &contract.StageCondition{Question: "purpose", Value: "birth"}
	if err := s.TechCards.Save(ctx, head, tech); err != nil {
		t.Fatal(err)
	}
	tech.Version++
	dropBirth(r, form)
	if err := s.TechCards.Save(ctx, head, tech); err != nil {
		t.Fatal(err)
	}
	saved, err := s.TechCards.Get(ctx, tech.ID)
	if err != nil || saved.Content.Stages[1].When.Answer.UK != "Народження дитини" {
		t.Errorf("words %+v, %v", saved.Content.Stages[1].When, err)
	}
	if err := s.TechCards.TakeStep(ctx, head, catalogue.StepSubmit, saved.Meta, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("handed in: %v", err)
	}
}

// dropBirth publishes the form once more, with another answer in the place of «birth of a child».
func dropBirth(r *fixture.Region, form uuid.UUID) {
	r.DB.Exec(`insert into catalogue.forms (id, service_id, number, effective_from, schema, state, published)
		select gen_random_uuid(), service_id, number + 1, effective_from, replace(schema::text, '"birth"', '"child"')::jsonb, 'published', true
		from catalogue.forms where id = $1`, form)
}
