package applications

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/modules"
	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Offers finds the services that can be applied for.
type Offers struct {
	db     pg.Beginner
	now    func() time.Time
	portal portalForms
	forms  parsedForms
}

// NewOffers reads the replica behind db.
func NewOffers(db pg.Beginner, now func() time.Time) *Offers { return &Offers{db: db, now: now} }

// Service returns the quick service with the code, with the form in force and the centres that give it. A service
// that is not there is NotFound; one that cannot be applied for online is Conflict with the reason.
func (o *Offers) Service(ctx context.Context, code string) (Service, error) {
	var s Service
	err := pg.InSnapshot(ctx, o.db, func(tx pgx.Tx) error {
		raw, err := o.load(ctx, tx, code, &s)
		if err != nil {
			return err
		}
		if s.Centres, err = openCentres(ctx, tx, s.ID); err != nil {
			return err
		}
		s.Form, err = o.forms.of(s.FormID, raw)
		return err
	})
	if err != nil {
		return s, pg.Fault("service to apply for", err)
	}
	if len(s.Centres) == 0 {
		return s, fault.New(fault.Conflict, "apply.no_centre")
	}
	s.Portal, err = o.portal.of(s.Applicants, s.Centres)
	return s, err
}

// openCentres lists the centres that give the service and take applications through the site.
func openCentres(ctx context.Context, db pg.Queryer, service uuid.UUID) ([]org.Centre, error) {
	switches, err := modules.NewStore(db).Switches(ctx)
	if err != nil {
		return nil, err
	}
	if !switches.On(contract.ModuleApplications) {
		return nil, fault.New(fault.NotFound, "modules.off.applications")
	}
	all, err := org.NewStore(db).CentresOf(ctx, service)
	open := slices.DeleteFunc(slices.Clone(all), func(c org.Centre) bool { return !switches.OnAt(contract.ModuleApplications, c.ID) })
	if len(open) == 0 && len(all) > 0 {
		return nil, fault.New(fault.Conflict, "modules.no_centre.applications")
	}
	return open, err
}

// load reads the service and its form. It can be applied for when it is quick and has a card and a form in force.
func (o *Offers) load(ctx context.Context, tx pgx.Tx, code string, s *Service) ([]byte, error) {
	var quick, described bool
	var form uuid.NullUUID
	var raw []byte
	err := tx.QueryRow(ctx, `
		select s.id, s.code, s.name, s.name_en, s.applicant_types, s.quick, f.id, f.schema,
		       exists (select from catalogue.cards c where c.service_id = s.id and c.published and c.effective_from <= $2)
		from catalogue.services s
		left join lateral (
			select f.id, f.schema from catalogue.forms f
			where f.service_id = s.id and f.published and f.effective_from <= $2
			order by f.effective_from desc, f.number desc limit 1) f on true
		where s.published and s.code = $1
		order by s.updated_at desc limit 1`, code, catalogue.Today(o.now())).
		Scan(&s.ID, &s.Code, &s.Name.UK, &s.Name.EN, &s.Applicants, &quick, &form, &raw, &described)
	if err != nil {
		return nil, err
	}
	if !quick || !described || !form.Valid {
		return nil, fault.New(fault.Conflict, "apply.not_online")
	}
	s.FormID = form.UUID
	return raw, nil
}

// Sent is what the receipt of an application says beside its number: the service's name, zero once it is not published
// any more, and the centre that got it, nil once that is not.
func (o *Offers) Sent(ctx context.Context, code string, place uuid.UUID) (name locale.Text, centre *org.Centre, err error) {
	err = pg.InSnapshot(ctx, o.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `select name, name_en from catalogue.services where published and code = $1 order by updated_at desc limit 1`, code).
			Scan(&name.UK, &name.EN)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		c, err := org.NewStore(tx).CentreByID(ctx, place)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		centre = &c
		return err
	})
	return name, centre, pg.Fault("service of receipt", err)
}

// Card is the information card of the service that is in force, for the page that says what is needed.
func (o *Offers) Card(ctx context.Context, s Service) (contract.Card, error) {
	var card contract.Card
	err := pg.InSnapshot(ctx, o.db, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `
			select content from catalogue.cards where service_id = $1 and published and effective_from <= $2
			order by effective_from desc, number desc limit 1`, s.ID, catalogue.Today(o.now())).Scan(&card)
	})
	return card, pg.Fault("card of service", err)
}

// Samples are the filled samples of the service, for the page before its form.
func (o *Offers) Samples(ctx context.Context, s Service) (list []documents.Sample, err error) {
	err = pg.InSnapshot(ctx, o.db, func(tx pgx.Tx) error {
		list, err = documents.NewStore(tx).Samples(ctx, s.ID)
		return err
	})
	return list, pg.Fault("samples of service", err)
}

// parsedForms remembers forms by their id: a published version does not change.
type parsedForms struct {
	mu   sync.Mutex
	byID map[uuid.UUID]*forms.Form
}

func (p *parsedForms) of(id uuid.UUID, raw []byte) (*forms.Form, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.byID[id]; ok {
		return f, nil
	}
	f, err := forms.Parse(raw)
	if err != nil {
		return nil, err
	}
	if p.byID == nil || len(p.byID) >= rememberedForms {
		p.byID = map[uuid.UUID]*forms.Form{}
	}
	p.byID[id] = f
	return f, nil
}
