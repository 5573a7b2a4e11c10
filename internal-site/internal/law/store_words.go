package law

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// MostPlaces is how many acts FindPlaces tells of at most.
const MostPlaces = 500

// FindPlaces returns one page of the acts whose text in force has all the words in one part of it, by title, each with the first place, and how many
// there are. Endings do not matter. Only the parts that are shown are read.
func (s *Store) FindPlaces(ctx context.Context, actor access.Actor, q string, page, size int) ([]FoundPlace, int, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	sought := stems(q)
	if len(sought) == 0 {
		return nil, 0, nil
	}
	rows, err := s.pool.Query(ctx, `
		with hits as materialized (
		  select edition_id, min(number) as number from law.parts where law.searched(body) @@ to_tsquery('pg_catalog.simple', @query) group by edition_id
		), found as materialized (
		  select e.act_id, e.id, e.in_force_on, h.number, a.title
		  from hits h join law.editions e on e.id = h.edition_id join law.acts a on a.id = e.act_id
		  where e.withdrawn_at is null and e.in_force_on <= @today and not exists (
		    select from law.editions l where l.act_id = e.act_id and l.withdrawn_at is null and l.in_force_on > e.in_force_on and l.in_force_on <= @today)
		  order by a.title collate "uk-x-icu", a.id limit @most
		), page as (
		  select *, (select count(*) from found) as total from found order by title collate "uk-x-icu", act_id limit @size offset @offset
		)
		select `+actColumns+`, f.id, f.in_force_on, f.number, p.body, p.headings, coalesce(b.heading, ''), f.total
		from page f join law.acts a on a.id = f.act_id join law.parts p on p.edition_id = f.id and p.number = f.number
		left join lateral (select headings -> -1 ->> 'text' as heading from law.parts
		  where edition_id = f.id and number < f.number and headings <> '[]' order by number desc limit 1) b on true
		order by a.title collate "uk-x-icu", a.id`,
		pgx.NamedArgs{"query": tsquery(sought), "today": s.Today(), "most": MostPlaces, "size": size, "offset": (max(page, 1) - 1) * size})
	if err != nil {
		return nil, 0, pg.Fault("find words in acts", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f FoundPlace, err error) {
		var body, before string
		var headings []struct {
			At   int    `json:"at"`
			Text string `json:"text"`
		}
		if err := row.Scan(append(f.into(), &f.EditionID, &f.InForceOn, &f.Part, &body, &headings, &before, &total)...); err != nil {
			return f, err
		}
		paragraphs := strings.Split(body, "\n")
		f.Index, f.Heading = place(paragraphs, sought), before
		for _, h := range headings {
			if h.At <= f.Index {
				f.Heading = h.Text
			}
		}
		f.Paragraph = piece(paragraphs[f.Index], sought)
		return f, nil
	})
	return list, total, pg.Fault("find words in acts", err)
}

// Paragraphs says how many paragraphs of an edition stand before its part; NotFound when it has no such part.
func (s *Store) Paragraphs(ctx context.Context, actor access.Actor, edition uuid.UUID, part int) (n int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, err
	}
	there := false
	err = s.pool.QueryRow(ctx, `select coalesce(sum(length(body) - length(replace(body, e'\n', '')) + 1) filter (where number < $2), 0), coalesce(bool_or(number = $2), false)
		from law.parts where edition_id = $1 and number <= $2`, edition, part).Scan(&n, &there)
	if err == nil && !there {
		return 0, fault.New(fault.NotFound, "")
	}
	return n, pg.Fault("count paragraphs", err)
}
