package catalogue

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// inForce joins the card of service s that is in force on the day, as c.
const inForce = `
	left join lateral (
	  select content from catalogue.cards
	  where service_id = s.id and published and effective_from <= @today
	  order by effective_from desc, number desc limit 1) c on true`

// canOnline says whether service s has what an application through the site takes.
const canOnline = `s.quick and c.content is not null and exists (
	select from catalogue.forms f where f.service_id = s.id and f.published and f.effective_from <= @today)`

// Path returns the services of the life situation by their steps, at most 200, with the cards in force on the day.
func (s *Store) Path(ctx context.Context, situation string, day time.Time) ([]OnPath, error) {
	rows, err := s.db.Query(ctx, `
		select s.id, s.code, s.name, s.name_en, s.summary, s.summary_en, `+canOnline+`,
		       coalesce(nullif(a.short_name, ''), a.name, ''), coalesce(nullif(a.short_name_en, ''), a.name_en, ''),
		       c.content is not null, coalesce(c.content, '{}'), x.step, x.note, x.note_en
		from catalogue.life_situations l
		join catalogue.service_situations x on x.situation_id = l.id
		join catalogue.services s on s.id = x.service_id and s.published
		left join org.authorities a on a.id = s.authority_id`+inForce+`
		where l.code = @situation
		order by x.step, x.note = '', s.name collate "uk-x-icu", s.id
		limit 200`, pgx.NamedArgs{"situation": situation, "today": day})
	if err != nil {
		return nil, pg.Fault("path", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p OnPath, err error) {
		err = row.Scan(&p.ID, &p.Code, &p.Name.UK, &p.Name.EN, &p.Summary.UK, &p.Summary.EN, &p.Quick, &p.Authority.UK, &p.Authority.EN,
			&p.HasCard, &p.CardText, &p.Step, &p.Note.UK, &p.Note.EN)
		p.Fee, p.Term = p.CardText.Fee, p.CardText.Term
		return p, err
	})
	return list, pg.Fault("path", err)
}

// Steps returns what staff say of the steps of the life situation, in their order.
func (s *Store) Steps(ctx context.Context, situation string) ([]Step, error) {
	rows, err := s.db.Query(ctx, `
		select t.number, t.heading, t.heading_en, t.body, t.body_en, t.optional, t.term_kind, t.term_count, t.term_unit, t.term_law, t.term_law_en,
		  (select coalesce(jsonb_agg(jsonb_build_object('Name', jsonb_build_object('uk', e.name, 'en', e.name_en),
		     'Provider', jsonb_build_object('uk', e.provider, 'en', e.provider_en), 'Address', jsonb_build_object('uk', e.address, 'en', e.address_en),
		     'How', jsonb_build_object('uk', e.how, 'en', e.how_en), 'URL', e.url, 'Phone', e.phone,
		     'CheckedOn', e.checked_on::timestamp at time zone 'UTC') order by o.n), '[]')
		   from unnest(t.elsewhere) with ordinality o(id, n) join catalogue.elsewhere e on e.id = o.id and e.published)
		from catalogue.life_situations l join catalogue.situation_steps t on t.situation_id = l.id and t.published
		where l.code = $1 and l.published order by t.number`, situation)
	if err != nil {
		return nil, pg.Fault("steps of situation", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Step, err error) {
		return v, row.Scan(&v.Number, &v.Heading.UK, &v.Heading.EN, &v.Text.UK, &v.Text.EN, &v.Optional, &v.Term.Kind, &v.Term.Count, &v.Term.Unit,
			&v.Term.Law.UK, &v.Term.Law.EN, &v.Elsewhere)
	})
	return list, pg.Fault("steps of situation", err)
}

// Together returns the published ones among the services with these codes, in their order, with what one visit for them takes.
func (s *Store) Together(ctx context.Context, codes []string, day time.Time) ([]Together, error) {
	rows, err := s.db.Query(ctx, `
		select s.code, s.name, s.name_en, c.content is not null, coalesce(c.content, '{}'), `+canOnline+`,
		       array(select o.code from catalogue.service_centres x join org.centres o on o.id = x.centre_id and o.published
		             where x.service_id = s.id order by o.code)
		from catalogue.services s`+inForce+`
		where s.published and s.code = any(@codes)
		order by array_position(@codes, s.code)
		limit @most`, pgx.NamedArgs{"codes": codes, "today": day, "most": MaxTogether})
	if err != nil {
		return nil, pg.Fault("services together", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Together, err error) {
		return v, row.Scan(&v.Code, &v.Name.UK, &v.Name.EN, &v.HasCard, &v.Card, &v.Online, &v.Centres)
	})
	return list, pg.Fault("services together", err)
}
