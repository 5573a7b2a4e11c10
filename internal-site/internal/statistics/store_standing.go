package statistics

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// isReady holds for the turns t of centres whose result only waits to be collected. One that was withdrawn is the centre's to see to.
const isReady = `(t.standing = 'issue' and coalesce((select e.kind from cases.events e where e.case_id = t.case_id and e.kind in ('result_ready', 'result_withdrawn')
	order by e.at desc, e.id desc limit 1), '') <> 'result_withdrawn')`

// waits holds for the turns t for which a case waits: of a party that has to act, or, once for each case, of its applicant.
const waits = `(t.standing in ('turn', 'issue') or t.standing = 'applicant' and t.kind = 'centre')`

// waitsFor is the party of such a turn.
const waitsFor = `case when t.standing = 'applicant' or ` + isReady + ` then '00000000-0000-0000-0000-000000000000'::uuid else t.place end`

// isOver holds for turns whose last day is over. Whoever may collect a result has no last day here.
const isOver = `(coalesce(t.due_on < @today, false) and not ` + isReady + `)`

// lastDay is the last day of a turn, NoDay where there is none.
const lastDay = `coalesce(case when not ` + isReady + ` then t.due_on end, date '2199-12-31')`

// NoDay stands in lists for a last day that there is not.
var NoDay = time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC)

// standing is the condition of a question on the turns t of open cases m for the actor, and its values. today is a date.
func (q Question) standing(actor access.Actor, today time.Time) (string, pgx.NamedArgs) {
	args := access.ScopeOf(actor, View).Args(map[string]any{"centre": q.Centre, "authority": q.Authority, "service": q.Service, "today": today})
	return waits + ` and ` + turnScopeSQL + q.narrowing(), args
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

// waiting is the condition of a filter on the turns t of open cases m for the actor, and its values.
func (f StandingFilter) waiting(actor access.Actor, today time.Time) (string, pgx.NamedArgs) {
	where, args := f.standing(actor, today)
	where, args["party"] = where+` and `+waitsFor+` = @party`, f.Party
	if f.Late {
		where += ` and ` + isOver
	}
	return where, args
}

const fromTurns = ` from cases.turns t join cases.cases m on m.id = t.case_id `

// WaitingPage is a part of a list of open cases, those whose last day comes first at its beginning.
type WaitingPage struct {
	Cases []Waiting
	More  bool
	Total int
}

// Waiting returns size of the open cases that a number counts, behind a place.
func (s *Store) Waiting(ctx context.Context, actor access.Actor, f StandingFilter, today time.Time, at Place, size int) (page WaitingPage, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return page, err
	}
	where, args := f.waiting(actor, today)
	return s.waitingPage(ctx, where, args, at, size)
}

// waitingPage reads the turns t of open cases m of which the condition holds, behind a place.
func (s *Store) waitingPage(ctx context.Context, where string, args pgx.NamedArgs, at Place, size int) (page WaitingPage, err error) {
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*)`+fromTurns+`where `+where, args).Scan(&page.Total); err != nil {
			return err
		}
		page.Cases, err = readWaiting(ctx, tx, where, args, at, size+1)
		page.More = len(page.Cases) > size
		page.Cases = page.Cases[:min(size, len(page.Cases))]
		return err
	})
	return page, pg.Fault("list cases that wait", err)
}

// EachWaiting calls write with every case of the list, in its order, in pieces.
func (s *Store) EachWaiting(ctx context.Context, actor access.Actor, f StandingFilter, today time.Time, write func(Waiting) error) error {
	if err := access.RequireEver(actor, View); err != nil {
		return err
	}
	where, args := f.waiting(actor, today)
	return inPieces(ctx, s, "read cases that wait", func(tx pgx.Tx, at Place) ([]Waiting, error) { return readWaiting(ctx, tx, where, args, at, piece) }, Waiting.Place, write)
}

func readWaiting(ctx context.Context, tx pgx.Tx, where string, args pgx.NamedArgs, at Place, size int) ([]Waiting, error) {
	if at.ID != uuid.Nil {
		where += ` and (` + lastDay + `, m.id) > (@at_day, @at_id)`
	}
	args["at_day"], args["at_id"], args["size"] = at.Day, at.ID, size
	rows, err := tx.Query(ctx, `select m.id, m.number, `+serviceName("v")+`, c.name, c.name_en, `+authorityName("a")+`, m.registered_at, m.due_on, t.since, nullif(`+lastDay+`, date '2199-12-31'),
			`+isOver+`, m.centre_id, m.authority_id
		`+fromTurns+`join org.centres c on c.id = m.centre_id join org.authorities a on a.id = m.authority_id join catalogue.services v on v.id = m.service_id
		where `+where+` order by `+lastDay+`, m.id limit @size`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (one Waiting, err error) {
		return one, row.Scan(&one.ID, &one.Number, &one.Service.UK, &one.Service.EN, &one.Centre.UK, &one.Centre.EN, &one.Authority.UK, &one.Authority.EN, &one.RegisteredOn, &one.DueOn,
			&one.Since, &one.Until, &one.Late, &one.centre, &one.authority)
	})
}
