package counter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/pg"
)

// RepeatDays is within how many days two applications of one person for one service are likely to be the same.
const RepeatDays = 30

const maxSame = 5

// Same is another application of the same applicant for the same service.
type Same struct {
	ID           uuid.UUID
	Number       string
	RegisteredAt time.Time
	Later        bool // than the case that was asked about
	Linked       bool // a clerk has said that the later one repeats the earlier
}

// SameAs lists what the applicant of a case has applied for again, or before, within RepeatDays, as far as the actor may see it, and
// what was linked to it. Whoever asks has made sure that the reader may see all of the case.
func (s *Store) SameAs(ctx context.Context, actor access.Actor, caseID uuid.UUID) ([]Same, error) {
	rows, err := s.pool.Query(ctx, `
		with me as (
			select m.id, m.service_id, m.registered_at, a.kind, a.tax_number, a.edrpou, a.passport, a.unzr
			from cases.cases m join cases.applicants a on a.id = m.applicant_id where m.id = @id),
		linked as (
			select earlier_id as id from counter.repeats where case_id = @id union select case_id from counter.repeats where earlier_id = @id),
		same as (
			select x.id from me join cases.applicants x on x.tax_number = me.tax_number and x.tax_number <> '' and x.kind = me.kind where me.kind <> 'entity'
			union select x.id from me join cases.applicants x on x.edrpou = me.edrpou and x.edrpou <> '' and x.kind = me.kind where me.kind = 'entity'
			union select x.id from me join cases.applicants x on x.passport = me.passport and x.passport <> '' and x.kind = me.kind
			where me.kind <> 'entity' and me.tax_number = ''
			union select x.id from me join cases.applicants x on x.unzr = me.unzr and x.unzr <> '' and x.kind = me.kind
			where me.kind <> 'entity' and me.tax_number = ''),
		found as (
			select id from linked
			union select o.id from me, cases.cases o
			where o.applicant_id in (select id from same) and o.service_id = me.service_id
			  and o.registered_at between me.registered_at - @within::interval and me.registered_at + @within::interval)
		select c.id, c.number, c.registered_at, c.registered_at > me.registered_at, c.id in (select id from linked)
		from me cross join found join cases.cases c on c.id = found.id
		where c.id <> me.id and `+cases.ScopeSQL+`
		order by c.registered_at desc, c.id limit @limit`,
		pgx.NamedArgs(access.ScopeOf(actor, cases.View).Args(map[string]any{
			"id": caseID, "within": RepeatDays * 24 * time.Hour, "limit": maxSame,
		})))
	if err != nil {
		return nil, pg.Fault("same applications", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Same])
	return list, pg.Fault("same applications", err)
}
