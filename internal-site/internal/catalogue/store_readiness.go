package catalogue

import (
	"context"

	"github.com/google/uuid"

	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Readiness says what the service has of what it needs before citizens can apply for it.
func (s *Store) Readiness(ctx context.Context, id uuid.UUID) (Readiness, error) {
	return s.readiness(ctx, s.pool, id)
}

func (s *Store) readiness(ctx context.Context, db pg.Queryer, id uuid.UUID) (r Readiness, err error) {
	err = db.QueryRow(ctx, `
		select exists (select from catalogue.cards where service_id = $1 and published and effective_from <= $2),
		       exists (select from catalogue.tech_cards where service_id = $1 and published and effective_from <= $2),
		       exists (select from catalogue.forms where service_id = $1 and published and effective_from <= $2)`,
		id, workdays.DateOf(s.now())).Scan(&r.Card, &r.TechCard, &r.Form)
	return r, pg.Fault("readiness of a service", err)
}
