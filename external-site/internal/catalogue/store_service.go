package catalogue

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Service returns the service with the code and its card in force on the day, or the edition with the number
// when that is not 0. NotFound when there is no such service or edition.
func (s *Store) Service(ctx context.Context, code string, number int, day time.Time) (Service, error) {
	v, err := s.service(ctx, code, day)
	if err != nil {
		return Service{}, err
	}
	for _, step := range []func(context.Context, *Service) error{s.addCategories, s.addSituations} {
		if err := step(ctx, &v); err != nil {
			return Service{}, err
		}
	}
	if err := s.addCard(ctx, &v, number, day); err != nil {
		return Service{}, err
	}
	if err := s.addActs(ctx, &v); err != nil {
		return Service{}, err
	}
	err = s.addStages(ctx, &v, day)
	return v, err
}

func (s *Store) service(ctx context.Context, code string, day time.Time) (Service, error) {
	var v Service
	err := s.db.QueryRow(ctx, `
		select s.id, s.code, s.name, s.name_en, s.summary, s.summary_en, s.applicant_types, s.quick, s.updated_at,
		       s.authority_id,
		       exists (select from catalogue.forms f where f.service_id = s.id and f.published and f.effective_from <= $2)
		       and exists (select from catalogue.cards c where c.service_id = s.id and c.published and c.effective_from <= $2)
		from catalogue.services s
		where s.published and s.code = $1
		order by s.updated_at desc limit 1`, code, day).
		Scan(&v.ID, &v.Code, &v.Name.UK, &v.Name.EN, &v.Summary.UK, &v.Summary.EN, &v.Applicants, &v.Quick, &v.UpdatedAt,
			&v.AuthorityID, &v.Ready)
	return v, pg.Fault("service", err)
}

func (s *Store) addCategories(ctx context.Context, v *Service) error {
	rows, err := s.db.Query(ctx, `
		with recursive up as (
		  select c.*, 1 as step from catalogue.categories c
		  join catalogue.services s on s.category_id = c.id where s.id = $1
		  union all
		  select c.*, up.step + 1 from catalogue.categories c join up on c.id = up.parent_id where up.step < 5
		)
		select id, code, name, name_en from up order by step desc`, v.ID)
	if err != nil {
		return pg.Fault("categories of service", err)
	}
	v.Categories, err = pgx.CollectRows(rows, scanRef)
	return pg.Fault("categories of service", err)
}

func (s *Store) addSituations(ctx context.Context, v *Service) error {
	rows, err := s.db.Query(ctx, `
		with mine as (
		  select x.situation_id, x.step from catalogue.service_situations x where x.service_id = $1
		), numbered as (
		  select t.situation_id, t.number from mine m join catalogue.situation_steps t on t.situation_id = m.situation_id and t.published
		  union
		  select x.situation_id, x.step from mine m join catalogue.service_situations x on x.situation_id = m.situation_id and x.step < $2
		  join catalogue.services s on s.id = x.service_id and s.published
		), named as (
		  select n.*, coalesce(t.heading, o.name) as name, coalesce(t.heading_en, o.name_en) as name_en
		  from numbered n left join catalogue.situation_steps t on (t.situation_id, t.number) = (n.situation_id, n.number) and t.published
		  left join lateral (
		    select s.name, s.name_en from catalogue.service_situations x join catalogue.services s on s.id = x.service_id and s.published
		    where x.situation_id = n.situation_id and x.step = n.number order by x.note = '', s.name collate "uk-x-icu", s.id limit 1) o on true
		), placed as (
		  select situation_id, number, row_number() over path as place, count(*) over (partition by situation_id) as places,
		    lag(name) over path as before, lag(name_en) over path as before_en, lead(name) over path as after, lead(name_en) over path as after_en
		  from named window path as (partition by situation_id order by number)
		)
		select l.id, l.code, l.name, l.name_en, coalesce(p.place, 0), coalesce(p.places, 0), coalesce(p.before, ''), coalesce(p.before_en, ''),
		  coalesce(p.after, ''), coalesce(p.after_en, '')
		from mine m join catalogue.life_situations l on l.id = m.situation_id and l.published
		left join placed p on p.situation_id = m.situation_id and p.number = m.step
		order by l.position, l.name collate "uk-x-icu"`, v.ID, BesidePath)
	if err != nil {
		return pg.Fault("situations of service", err)
	}
	v.Situations, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Place, err error) {
		return p, row.Scan(&p.ID, &p.Code, &p.Name.UK, &p.Name.EN, &p.Step, &p.Steps, &p.Before.UK, &p.Before.EN, &p.After.UK, &p.After.EN)
	})
	return pg.Fault("situations of service", err)
}

func scanRef(row pgx.CollectableRow) (Ref, error) {
	var r Ref
	err := row.Scan(&r.ID, &r.Code, &r.Name.UK, &r.Name.EN)
	return r, err
}

// addCard finds the editions of the card and reads the content of the one to show.
func (s *Store) addCard(ctx context.Context, v *Service, number int, day time.Time) error {
	rows, err := s.db.Query(ctx, `
		select id, number, effective_from, coalesce(published_at, effective_from) from catalogue.cards
		where service_id = $1 and published`, v.ID)
	if err != nil {
		return pg.Fault("editions", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) {
		var e Version
		err := row.Scan(&e.ID, &e.Number, &e.EffectiveFrom, &e.PublishedAt)
		return e, err
	})
	if err != nil {
		return pg.Fault("editions", err)
	}
	var current *Version
	current, v.Upcoming, v.Earlier = sortVersions(all, day)
	shown := current
	if number != 0 {
		shown = edition(all, number)
		if shown == nil {
			return fault.New(fault.NotFound, "")
		}
	}
	if shown == nil {
		return nil
	}
	v.InForce = current != nil && current.ID == shown.ID
	v.Card = &Card{Version: *shown}
	err = s.db.QueryRow(ctx, `select content from catalogue.cards where id = $1`, shown.ID).Scan(&v.Card.Content)
	return pg.Fault("card", err)
}

func edition(all []Version, number int) *Version {
	for i := range all {
		if all[i].Number == number {
			return &all[i]
		}
	}
	return nil
}

// addStages reads the technological card in force: what happens after filing.
func (s *Store) addStages(ctx context.Context, v *Service, day time.Time) error {
	var stages contract.TechCard
	err := s.db.QueryRow(ctx, `
		select content from catalogue.tech_cards
		where service_id = $1 and published and effective_from <= $2
		order by effective_from desc, number desc limit 1`, v.ID, day).Scan(&stages)
	err = pg.Fault("technological card", err)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	v.Stages = &stages
	return nil
}

// addActs reads the legal acts that the card names; one that is not published is left out.
func (s *Store) addActs(ctx context.Context, v *Service) error {
	v.Acts = map[uuid.UUID]Act{}
	if v.Card == nil || len(v.Card.Content.Acts) == 0 {
		return nil
	}
	wanted := make([]uuid.UUID, len(v.Card.Content.Acts))
	for i, a := range v.Card.Content.Acts {
		wanted[i] = a.ID
	}
	rows, err := s.db.Query(ctx, `
		select id, title, title_en, kind, number, issuer, adopted_on, level, url
		from law.acts where published and id = any($1)`, wanted)
	if err != nil {
		return pg.Fault("acts", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Act, error) {
		var a Act
		err := row.Scan(&a.ID, &a.Title.UK, &a.Title.EN, &a.Kind, &a.Number, &a.Issuer, &a.AdoptedOn, &a.Level, &a.URL)
		return a, err
	})
	for _, a := range list {
		v.Acts[a.ID] = a
	}
	return pg.Fault("acts", err)
}
