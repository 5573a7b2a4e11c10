package catalogue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// agree refuses a version that does not fit the application form that citizens fill in while it is in force: a card that says something
// else about documents, and a technological card with a stage for an answer that the form cannot give. It is asked as long as the version
// can be changed, and once more when it is published, as a new form may have been published in between.
func (s *Versions[C]) agree(ctx context.Context, tx pgx.Tx, v Version[C]) error {
	tech, isTech := any(v.Content).(contract.TechCard)
	if isTech && !asksForm(tech) {
		return nil
	}
	form, err := s.formBeside(ctx, tx, v.ServiceID, v.EffectiveFrom)
	if err != nil {
		return err
	}
	if isTech {
		return fault.InvalidFields(unanswerable(form, tech)...)
	}
	card, ok := any(v.Content).(contract.Card)
	if !ok || form == nil {
		return nil
	}
	return fault.InvalidFields(form.Disagreements(AsForms(card.Documents))...)
}

// formBeside is the form of the service that is in force beside a version which begins on a day; nil when there is none.
func (s *Versions[C]) formBeside(ctx context.Context, db pg.Queryer, service uuid.UUID, from time.Time) (*forms.Form, error) {
	return formOn(ctx, db, service, from, workdays.DateOf(s.now()))
}

// formOn is the published form of the service that is in force on the later of two days; nil when there is none.
func formOn(ctx context.Context, db pg.Queryer, service uuid.UUID, day, orDay time.Time) (*forms.Form, error) {
	var schema []byte
	err := db.QueryRow(ctx, `
		select schema from catalogue.forms where service_id = $1 and published and effective_from <= greatest($2::date, $3::date)
		order by effective_from desc, number desc limit 1`, service, day, orDay).Scan(&schema)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // a service without a form is nothing unusual
	}
	if err != nil {
		return nil, pg.Fault("form of service", err)
	}
	return forms.Parse(schema)
}

// Choices are the answers of the service's form on which a stage of its technological card can depend; none without a form.
func (s *Store) Choices(ctx context.Context, service uuid.UUID) ([]forms.Choice, error) {
	today := workdays.DateOf(s.now())
	form, err := formOn(ctx, s.pool, service, today, today)
	if err != nil || form == nil {
		return nil, err
	}
	return form.Choices(), nil
}

// asksForm says whether a stage of the card depends on an answer.
func asksForm(c contract.TechCard) bool {
	for _, s := range c.Stages {
		if s.When != nil && s.When.Question != "" {
			return true
		}
	}
	return false
}

// unanswerable are the stages that depend on an answer which the form, nil when the service has none, does not offer.
func unanswerable(form *forms.Form, c contract.TechCard) (found []fault.FieldError) {
	for i, s := range c.Stages {
		if s.When == nil || s.When.Question == "" {
			continue
		}
		if form != nil {
			if _, ok := form.Choice(s.When.Question, s.When.Value); ok {
				continue
			}
		}
		found = append(found, fault.FieldError{Field: fmt.Sprintf("stages.%d.condition", i), Key: "catalogue.condition_not_asked"})
	}
	return found
}

// worded gives the conditions of a technological card the words of the form. What the form does not ask keeps the words of the version
// as it is saved, so that whoever mends it reads what was meant.
func (s *Versions[C]) worded(ctx context.Context, tx pgx.Tx, saved Version[C], v Version[C]) (C, error) {
	tech, ok := any(v.Content).(contract.TechCard)
	if !ok || !asksForm(tech) {
		return v.Content, nil
	}
	form, err := s.formBeside(ctx, tx, saved.ServiceID, v.EffectiveFrom)
	if err != nil {
		return v.Content, err
	}
	before, _ := any(saved.Content).(contract.TechCard)
	var p problems
	for i := range tech.Stages {
		if when := tech.Stages[i].When; when != nil && when.Question != "" {
			tech.Stages[i].When = inWords(form, before, *when)
			p.check(tech.Stages[i].When != nil, fmt.Sprintf("stages.%d.condition", i), "catalogue.condition_not_asked")
		}
	}
	content, _ := any(tech).(C)
	return content, fault.InvalidFields(p.list...)
}

// inWords is the condition in the words of the form, or of the version before; nil when neither has it.
func inWords(form *forms.Form, before contract.TechCard, when contract.StageCondition) *contract.StageCondition {
	if form != nil {
		if choice, ok := form.Choice(when.Question, when.Value); ok {
			when.Asked, when.Answer = choice.Field.Title, choice.Answer
			return &when
		}
	}
	for _, s := range before.Stages {
		if was := s.When; was != nil && was.Question == when.Question && was.Value == when.Value {
			return was
		}
	}
	return nil
}
