package counter

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Application is what the visitor signs: who applies, for what, and the answers of the service's form.
type Application struct {
	Number  string // of the case; "" until it is registered
	At      time.Time
	Service locale.Text
	Centre  locale.Text
	Who     Person
	Form    *forms.Form // nil when the service has none
	Answers forms.Answers
}

// Applicable says what keeps the application of a visit from being signed: something is wrong with the applicant or the answers.
func (s *Store) Applicable(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	v, err := s.Get(ctx, actor, id)
	if err != nil {
		return err
	}
	service, err := s.chosen(ctx, s.pool, v)
	if err != nil {
		return err
	}
	_, wrong := v.Content.apply(service, s.now())
	return fault.InvalidFields(wrong...)
}

// Application returns the application of a visit: as it stands while the visitor is here, as it was registered afterwards.
func (s *Store) Application(ctx context.Context, actor access.Actor, id uuid.UUID) (Application, error) {
	v, err := s.Get(ctx, actor, id)
	if err != nil {
		return Application{}, err
	}
	a := Application{At: s.now(), Who: v.Content.Who.Normal()}
	if v.CaseID != nil {
		err = s.registeredApplication(ctx, *v.CaseID, &a)
		return a, err
	}
	service, err := s.chosen(ctx, s.pool, v)
	if err != nil {
		return a, err
	}
	a.Service = service.Name
	if service.Sheet != nil {
		a.Form = service.Sheet.Form
		a.Answers, _ = service.Sheet.Read(v.Content.Answers, s.now())
	}
	err = s.pool.QueryRow(ctx, `select name, name_en from org.centres where id = $1`, v.CentreID).Scan(&a.Centre.UK, &a.Centre.EN)
	return a, pg.Fault("centre of an application", err)
}

// registeredApplication reads what was registered, on the version of the form that was filled in.
func (s *Store) registeredApplication(ctx context.Context, caseID uuid.UUID, a *Application) error {
	var form uuid.NullUUID
	var schema []byte
	var answers json.RawMessage
	err := s.pool.QueryRow(ctx, `
		select c.number, c.registered_at, s.name, s.name_en, ce.name, ce.name_en, c.answers, f.id, f.schema
		from cases.cases c join catalogue.services s on s.id = c.service_id join org.centres ce on ce.id = c.centre_id
		left join catalogue.forms f on f.id = c.form_id where c.id = $1`, caseID).
		Scan(&a.Number, &a.At, &a.Service.UK, &a.Service.EN, &a.Centre.UK, &a.Centre.EN, &answers, &form, &schema)
	if err != nil || !form.Valid {
		return pg.Fault("application", err)
	}
	sheet, err := s.sheets.of(form.UUID, schema)
	if err != nil {
		return err
	}
	a.Form = sheet.Form
	a.Answers, err = sheet.Form.ParseAnswers(answers)
	return err
}
