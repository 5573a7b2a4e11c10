package statistics

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// waits holds for the turns t for which a case waits: of a party that has to act, or, once for each case, of its applicant.
const waits = `(t.standing in ('turn', 'issue') or t.standing = 'applicant' and t.kind = 'centre')`

// waitsFor is the party of such a turn.
const waitsFor = `case t.standing when 'applicant' then '00000000-0000-0000-0000-000000000000'::uuid else t.place end`

// isOver holds for turns whose last day is over.
const isOver = `coalesce(t.due_on < @today, false)`

// standing is the condition of a question on the turns t of open cases m for the actor, and its values. today is a date.
func (q Question) standing(actor access.Actor, today time.Time) (string, pgx.NamedArgs) {
	args := access.ScopeOf(actor, View).Args(map[string]any{"centre": q.Centre, "authority": q.Authority, "service": q.Service, "today": today})
	where := waits + ` and ` + ScopeSQL
	for _, on := range []struct {
		asked     uuid.UUID
		condition string
	}{{q.Centre, ` and m.centre_id = @centre`}, {q.Authority, ` and m.authority_id = @authority`}, {q.Service, ` and m.service_id = @service`}} {
		if on.asked != uuid.Nil {
			where += on.condition
		}
	}
	return where, args
}

// Standings says for whom the open cases that the actor may see wait on a day: those that wait for several parties are told of with each of
// them. Those that wait for their applicants come last.
func (s *Store) Standings(ctx context.Context, actor access.Actor, q Question, today time.Time) (list []Standing, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	where, args := q.standing(actor, today)
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select f.party, coalesce(nullif(a.short_name, ''), a.name, c.name, ''), coalesce(nullif(a.short_name_en, ''), a.name_en, c.name_en, ''), f.n, f.late from (
				select `+waitsFor+` as party, count(*)::int as n, count(*) filter (where `+isOver+`)::int as late from cases.turns t join cases.cases m on m.id = t.case_id where `+where+` group by 1) f
			left join org.authorities a on a.id = f.party left join org.centres c on c.id = f.party order by f.party = '00000000-0000-0000-0000-000000000000', 2, 1`, args)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (one Standing, err error) {
			return one, row.Scan(&one.Party, &one.Name.UK, &one.Name.EN, &one.Open, &one.Late)
		})
		return err
	})
	return list, pg.Fault("where cases stand", err)
}

// Waiting returns the open cases that a number counts, those whose last day comes first at the beginning, at most so many of them. total is how
// many there are.
func (s *Store) Waiting(ctx context.Context, actor access.Actor, f StandingFilter, today time.Time, most int) (list []Waiting, total int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	where, args := f.standing(actor, today)
	args["party"], args["most"] = f.Party, most
	where += ` and ` + waitsFor + ` = @party`
	if f.Late {
		where += ` and ` + isOver
	}
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		const from = ` from cases.turns t join cases.cases m on m.id = t.case_id `
		if err := tx.QueryRow(ctx, `select count(*)`+from+`where `+where, args).Scan(&total); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select m.id, m.number, `+serviceName("v")+`, c.name, c.name_en, `+authorityName("a")+`, m.registered_at, m.due_on, t.since, t.due_on, `+isOver+`, m.centre_id, m.authority_id
			`+from+`join org.centres c on c.id = m.centre_id join org.authorities a on a.id = m.authority_id join catalogue.services v on v.id = m.service_id
			where `+where+` order by t.due_on nulls last, m.id limit @most`, args)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (one Waiting, err error) {
			return one, row.Scan(&one.ID, &one.Number, &one.Service.UK, &one.Service.EN, &one.Centre.UK, &one.Centre.EN, &one.Authority.UK, &one.Authority.EN, &one.RegisteredOn, &one.DueOn,
				&one.Since, &one.Until, &one.Late, &one.centre, &one.authority)
		})
		return err
	})
	return list, total, pg.Fault("list cases that wait", err)
}
