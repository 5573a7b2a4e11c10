package tracking

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// enoughCases is how many decided cases it takes before their terms say anything.
const enoughCases = 5

// loadExperience reads how long cases of the same service took that were decided within a year.
func loadExperience(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error {
	if s.Case.DecidedAt != nil {
		return nil
	}
	rows, err := tx.Query(ctx, `
		with similar_cases as (
			select c.id, c.outcome, (c.filed_at at time zone 'Europe/Kyiv')::date as filed, (c.decided_at at time zone 'Europe/Kyiv')::date as decided
			from cases.cases c
			where c.service_id = (select service_id from cases.cases where id = $1) and c.decided_at > now() - interval '1 year'),
		pauses as (
			select e.case_id, e.kind, (e.at at time zone 'Europe/Kyiv')::date as began,
			       lead((e.at at time zone 'Europe/Kyiv')::date) over (partition by e.case_id order by e.at, e.id) as ended
			from cases.events e join similar_cases c on c.id = e.case_id where e.kind in ('suspended', 'resumed')),
		stood as (select case_id, sum(ended - began) as days from pauses where kind = 'suspended' group by case_id),
		terms as (select c.outcome, c.decided - c.filed - coalesce(s.days, 0)::int as days from similar_cases c left join stood s on s.case_id = c.id)
		select outcome, count(*), min(days), percentile_disc(0.5) within group (order by days), max(days)
		from terms group by outcome having count(*) >= $2 order by outcome`, id, enoughCases)
	if err != nil {
		return pg.Fault("experience", err)
	}
	s.Experience, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Experience])
	return pg.Fault("experience", err)
}
