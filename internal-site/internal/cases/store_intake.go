package cases

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
)

// caseOfMessage returns the case that a message became earlier, if it did.
func caseOfMessage(ctx context.Context, tx pgx.Tx, message uuid.UUID) (id uuid.UUID, number string, found bool, err error) {
	err = tx.QueryRow(ctx, `select id, number from cases.cases where message_id = $1`, message).Scan(&id, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, "", false, nil
	}
	return id, number, err == nil, pg.Fault("case of message", err)
}

// asked is what a service asks of those who apply.
type asked struct {
	form       *forms.Form
	applicants []string // the kinds it takes
}

// formAndApplicants reads a version of a service's form, and the kinds of applicants that the service takes.
func formAndApplicants(ctx context.Context, tx pgx.Tx, form, service uuid.UUID) (asked, error) {
	var (
		a   asked
		raw []byte
	)
	err := tx.QueryRow(ctx, `
		select f.schema, s.applicant_types from catalogue.forms f join catalogue.services s on s.id = f.service_id
		where f.id = $1 and s.id = $2`, form, service).Scan(&raw, &a.applicants)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, fault.New(fault.NotFound, "")
	}
	if err != nil {
		return a, pg.Fault("load form", err)
	}
	a.form, err = forms.Parse(raw)
	return a, err
}
