package catalogue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// agree refuses a version that does not fit what is in force beside it: a card and an application form that say different things about
// documents, and a stage for an answer that the form cannot give. It is asked as long as the version can be changed, when what is being
// prepared beside it may be what it fits, and once more when it is published, as something may have been published in between.
func (s *Versions[C]) agree(ctx context.Context, db pg.Queryer, v Version[C], prepared bool) error {
	switch content := any(v.Content).(type) {
	case forms.Sketch:
		return s.agreeForm(ctx, db, v.Meta, content, prepared)
	case contract.TechCard:
		if !asksForm(content) {
			return nil
		}
		return s.eachForm(ctx, db, v.Meta, prepared, func(form *forms.Form) error { return fault.InvalidFields(unanswerable(form, content)...) })
	case contract.Card:
		return s.eachForm(ctx, db, v.Meta, prepared, func(form *forms.Form) error {
			if form == nil {
				return nil
			}
			return fault.InvalidFields(disagreements(form, content, false)...)
		})
	}
	return nil
}

// Agree is what keeps a version from being approved beside what is in force or being prepared; nil when nothing does.
func (s *Versions[C]) Agree(ctx context.Context, v Version[C]) error {
	return s.agree(ctx, s.pool, v, true)
}

// eachForm looks for a form that the version fits: the one in force, nil without one, or, where that is enough, the one being prepared.
func (s *Versions[C]) eachForm(ctx context.Context, db pg.Queryer, m Meta, prepared bool, fits func(*forms.Form) error) error {
	form, err := s.formBeside(ctx, db, m.ServiceID, m.EffectiveFrom)
	if err != nil {
		return err
	}
	wrong := fits(form)
	if wrong == nil || !prepared {
		return wrong
	}
	open, err := openVersion(ctx, db, applicationForms(), m.ServiceID)
	if fault.Is(err, fault.NotFound) {
		return wrong
	}
	if err != nil {
		return err
	}
	next, err := open.Content.Draft()
	if err != nil {
		return wrong
	}
	return fits(next)
}

// agreeForm is agree for a form: with the information card, and with the technological card.
func (s *Versions[C]) agreeForm(ctx context.Context, db pg.Queryer, m Meta, sketch forms.Sketch, prepared bool) error {
	form, err := sketch.Draft()
	if err != nil {
		return nil //nolint:nilerr // what is no form yet is told by CheckForm
	}
	err = fitsOne(ctx, db, informationCards(), m, s.now(), prepared, func(card contract.Card) []fault.FieldError {
		return disagreements(form, card, true)
	})
	p := &problems{}
	p.take(err)
	if err != nil && len(p.list) == 0 {
		return err
	}
	err = fitsOne(ctx, db, technologicalCards(), m, s.now(), prepared, func(tech contract.TechCard) (found []fault.FieldError) {
		for _, stage := range unasked(form, tech) {
			found = append(found, fault.FieldError{Field: "tech", Key: "catalogue.form_stage", Args: []any{stage.Name, stage.When.Asked}})
		}
		return found
	})
	p.take(err)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	return fault.InvalidFields(p.list...)
}

// fitsOne returns what is wrong beside the version of another kind that is in force beside m, or, where that is enough, beside the
// one that is being prepared; nil when there is neither.
func fitsOne[C any](ctx context.Context, db pg.Queryer, k kind[C], m Meta, now time.Time, prepared bool, wrong func(C) []fault.FieldError) error {
	versions := []func() (Version[C], error){func() (Version[C], error) {
		return versionOn(ctx, db, k, m.ServiceID, later(m.EffectiveFrom, workdays.DateOf(now)))
	}}
	if prepared {
		versions = append(versions, func() (Version[C], error) { return openVersion(ctx, db, k, m.ServiceID) })
	}
	var told error
	for _, read := range versions {
		v, err := read()
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if told = fault.InvalidFields(wrong(v.Content)...); told == nil {
			return nil
		}
	}
	return told
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// versionOn is the version of a service that is in force on a day.
func versionOn[C any](ctx context.Context, db pg.Queryer, k kind[C], service uuid.UUID, day time.Time) (Version[C], error) {
	v, err := scanVersion[C](db.QueryRow(ctx, k.columns()+people+`
		where v.service_id = $1 and v.published and v.effective_from <= $2
		order by v.effective_from desc, v.number desc limit 1`, service, day))
	return v, pg.Fault("version in force", err)
}

// openVersion is the version of a service that is on its way to publication.
func openVersion[C any](ctx context.Context, db pg.Queryer, k kind[C], service uuid.UUID) (Version[C], error) {
	v, err := scanVersion[C](db.QueryRow(ctx, k.columns()+people+` where v.service_id = $1 and v.state in ('draft', 'approved')`, service))
	return v, pg.Fault("open version", err)
}

// disagreements are what a form and a card say differently about documents, at the card's list or at the form's questions.
func disagreements(form *forms.Form, card contract.Card, ofForm bool) (found []fault.FieldError) {
	for _, d := range form.Disagreements(AsForms(card.Documents)) {
		field := "documents"
		switch {
		case ofForm && d.Field != nil:
			field = "questions." + d.Field.Name
		case ofForm:
			field = "documents." + d.Document.ID
		}
		found = append(found, d.Problem(field))
	}
	return found
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
	for i := range unasked(form, c) {
		found = append(found, fault.FieldError{Field: fmt.Sprintf("stages.%d.condition", i), Key: "catalogue.condition_not_asked"})
	}
	return found
}

// unasked yields the stages of unanswerable with their numbers, in order.
func unasked(form *forms.Form, c contract.TechCard) iter.Seq2[int, contract.TechStage] {
	return func(yield func(int, contract.TechStage) bool) {
		for i, s := range c.Stages {
			if s.When == nil || s.When.Question == "" {
				continue
			}
			if form != nil {
				if _, ok := form.Choice(s.When.Question, s.When.Value); ok {
					continue
				}
			}
			if !yield(i, s) {
				return
			}
		}
	}
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

// CardDocuments are the documents that a form of the service is compared with: those of the card that is being prepared, or else of the
// one in force; none without a card.
func (s *Store) CardDocuments(ctx context.Context, service uuid.UUID) ([]contract.Document, error) {
	card, err := openVersion(ctx, s.pool, informationCards(), service)
	if fault.Is(err, fault.NotFound) {
		card, err = versionOn(ctx, s.pool, informationCards(), service, workdays.DateOf(s.now()))
	}
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return card.Content.Documents, err
}
