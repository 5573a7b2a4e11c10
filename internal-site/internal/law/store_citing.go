package law

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// citing holds for the versions c of cards that name the act a and still count: drafts, those that wait to be in force, and the one that is
// in force on @today.
const citing = `c.content -> 'acts' @> jsonb_build_array(jsonb_build_object('id', a.id)) and ` + counts

const counts = `c.state <> 'withdrawn' and not exists (
	select from catalogue.cards n
	where c.published and n.service_id = c.service_id and n.published and n.effective_from <= @today
	  and (n.effective_from, n.number) > (c.effective_from, c.number))`

// Citing returns one page of the services whose cards rest on the act, by the Ukrainian alphabet, and how many there are.
func (s *Store) Citing(ctx context.Context, actor access.Actor, act uuid.UUID, page, size int) ([]Citing, int, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	rows, err := s.pool.Query(ctx, `
		select s.id, s.code, s.name, s.name_en, coalesce(n.note ->> 'uk', ''), coalesce(n.note ->> 'en', ''), not c.published, not s.published, count(*) over ()
		from (
		  select distinct on (c.service_id) c.*
		  from law.acts a join catalogue.cards c on `+citing+`
		  where a.id = @act
		  order by c.service_id, c.published desc, c.effective_from, c.number
		) c
		join catalogue.services s on s.id = c.service_id
		cross join lateral (select r -> 'note' as note from jsonb_array_elements(c.content -> 'acts') r where r ->> 'id' = @act::uuid::text limit 1) n
		order by s.name collate "uk-x-icu", s.id
		limit @size offset @offset`, pgx.NamedArgs{"act": act, "today": s.Today(), "size": size, "offset": (max(page, 1) - 1) * size})
	if err != nil {
		return nil, 0, pg.Fault("list what cites an act", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Citing, err error) {
		return c, row.Scan(&c.ID, &c.Code, &c.Name.UK, &c.Name.EN, &c.Note.UK, &c.Note.EN, &c.Draft, &c.Hidden, &total)
	})
	return list, total, pg.Fault("list what cites an act", err)
}

// mostCited is how many acts of one card are shown; a card has no more rows.
const mostCited = 200

// Cited returns the acts that the card of the service rests on, in the order of the card; none for whoever may not see the library.
func (s *Store) Cited(ctx context.Context, actor access.Actor, service uuid.UUID) ([]Cited, error) {
	if !access.MayEver(actor, View) {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select `+actColumns+`, coalesce(r.note ->> 'uk', ''), coalesce(r.note ->> 'en', ''), r.draft
		from (
		  select distinct on (ref ->> 'id') ref ->> 'id' as id, ref -> 'note' as note, not c.published as draft, n
		  from catalogue.cards c, jsonb_array_elements(case jsonb_typeof(c.content -> 'acts') when 'array' then c.content -> 'acts' else '[]' end) with ordinality x(ref, n)
		  where c.service_id = @service and `+counts+`
		  order by ref ->> 'id', c.published desc, c.effective_from, c.number
		) r
		join law.acts a on a.id::text = r.id
		order by r.draft, r.n, a.id limit @size`, pgx.NamedArgs{"service": service, "today": s.Today(), "size": mostCited})
	if err != nil {
		return nil, pg.Fault("list acts of a service", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Cited, err error) {
		return c, row.Scan(append(c.into(), &c.Note.UK, &c.Note.EN, &c.Draft)...)
	})
	return list, pg.Fault("list acts of a service", err)
}
