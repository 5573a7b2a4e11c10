package submission

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
)

// Offers finds the services that can be applied for.
type Offers struct {
	db  pg.Beginner
	now func() time.Time
}

// NewOffers reads the replica behind db.
func NewOffers(db pg.Beginner, now func() time.Time) *Offers { return &Offers{db: db, now: now} }

// Service returns the quick service with the code, with the form in force and the centres that give it. A service
// that is not there is NotFound; one that cannot be applied for online is Conflict with the reason.
func (o *Offers) Service(ctx context.Context, code string) (Service, error) {
	var s Service
	err := pg.InSnapshot(ctx, o.db, func(tx pgx.Tx) error {
		today := catalogue.Today(o.now())
		found, err := catalogue.NewStore(tx).Service(ctx, code, 0, today)
		if err != nil {
			return err
		}
		s = Service{ID: found.ID, Code: found.Code, Name: found.Name, Applicants: found.Applicants}
		if !found.Quick || found.Card == nil {
			return fault.New(fault.Conflict, "apply.not_online")
		}
		s.Card = found.Card.Content
		if s.Centres, err = org.NewStore(tx).CentresOf(ctx, s.ID); err != nil {
			return err
		}
		return s.loadForm(ctx, tx, today)
	})
	if err != nil {
		return s, pg.Fault("service to apply for", err)
	}
	if len(s.Centres) == 0 {
		return s, fault.New(fault.Conflict, "apply.no_centre")
	}
	s.Portal, err = portalForm(s.Applicants, s.Centres)
	return s, err
}

func (s *Service) loadForm(ctx context.Context, db pg.Queryer, today time.Time) error {
	var id uuid.UUID
	var raw []byte
	err := db.QueryRow(ctx, `
		select id, schema from catalogue.forms where service_id = $1 and published and effective_from <= $2
		order by effective_from desc, number desc limit 1`, s.ID, today).Scan(&id, &raw)
	if fault.Is(pg.Fault("", err), fault.NotFound) {
		return fault.New(fault.Conflict, "apply.not_online")
	}
	if err != nil {
		return pg.Fault("form", err)
	}
	s.FormID = id
	s.Form, err = forms.Parse(raw)
	return err
}
