package journals

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// By is what a count is broken down by.
type By string

// The breakdowns.
const (
	ByCentre    By = "centre"
	ByAuthority By = "authority"
	ByService   By = "service"
	ByMonth     By = "month"
)

// Breakdowns lists them.
var Breakdowns = []string{string(ByCentre), string(ByAuthority), string(ByService), string(ByMonth)}

// Question asks how many entries there are in a period and in the one before it.
type Question struct {
	From, To  time.Time // days, both included; midnight UTC
	By        By
	Centre    uuid.UUID
	Authority uuid.UUID
	Service   uuid.UUID
}

// Before is the period that the question's is compared with: as many days just before it, or, of whole months, as many months.
func (q Question) Before() (from, to time.Time) {
	if months := q.months(); months > 0 {
		return q.From.AddDate(0, -months, 0), q.From.AddDate(0, 0, -1)
	}
	days := int(q.To.Sub(q.From).Hours()/24) + 1
	return q.From.AddDate(0, 0, -days), q.From.AddDate(0, 0, -1)
}

// months is how many months the period is; 0 when it is not whole ones.
func (q Question) months() int {
	next := q.To.AddDate(0, 0, 1)
	if q.From.Day() != 1 || next.Day() != 1 {
		return 0
	}
	return (next.Year()-q.From.Year())*12 + int(next.Month()) - int(q.From.Month())
}

// Count is how many entries of each journal there are about one place, service or month, now and in the period before.
type Count struct {
	ID     uuid.UUID // Nil of a month
	Month  time.Time // its first day; zero of others
	Name   locale.Text
	Now    map[Journal]int
	Before map[Journal]int
}

// countKeys are what entries are counted by, with the name of each.
var countKeys = map[By]struct{ key, name, from string }{
	ByCentre:    {`e.centre_id`, `x.name, x.name_en`, `org.centres x`},
	ByAuthority: {`e.authority_id`, `coalesce(nullif(x.short_name, ''), x.name), coalesce(nullif(x.short_name_en, ''), x.name_en)`, `org.authorities x`},
	ByService:   {`e.service_id`, `x.code || ' ' || x.name, case when x.name_en <> '' then x.code || ' ' || x.name_en else '' end`, `catalogue.services x`},
}

// Counts answers a question about the entries that the actor may see, those that were taken back as well: each number is the length of the
// list of the journal that is narrowed so. Months come in their order, without the period before; others by their names.
func (s *Store) Counts(ctx context.Context, actor access.Actor, q Question) (list []Count, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	before, until := q.Before()
	args := access.ScopeOf(actor, View).Args(map[string]any{
		"from": q.From, "to": q.To, "before": before, "until": until, "centre": q.Centre, "authority": q.Authority, "service": q.Service, "journals": All,
	})
	where := `e.journal = any(@journals::text[]) and e.day between @before and @to and ` + ScopeSQL
	for _, on := range []struct {
		asked     uuid.UUID
		condition string
	}{{q.Centre, ` and e.centre_id = @centre`}, {q.Authority, ` and e.authority_id = @authority`}, {q.Service, ` and e.service_id = @service`}} {
		if on.asked != uuid.Nil {
			where += on.condition
		}
	}
	const counted = `count(*) filter (where e.day >= @from)::int as n, count(*) filter (where e.day <= @until)::int as m`
	sql := `select null::uuid, date_trunc('month', e.day)::date, '', '', e.journal, ` + counted + ` from journals.entries e where ` + where + ` and e.day >= @from group by 2, 5 order by 2`
	if k, ok := countKeys[q.By]; ok {
		sql = `select c.id, null::date, ` + k.name + `, c.journal, c.n, c.m from (select ` + k.key + ` as id, e.journal, ` + counted + ` from journals.entries e where ` + where +
			` group by 1, 2) c join ` + k.from + ` on x.id = c.id order by 3, 1`
	}
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, pgx.NamedArgs(args))
		if err != nil {
			return err
		}
		var id *uuid.UUID
		var month *time.Time
		var name locale.Text
		var j Journal
		var now, was int
		_, err = pgx.ForEachRow(rows, []any{&id, &month, &name.UK, &name.EN, &j, &now, &was}, func() error {
			c := Count{Name: name, Now: map[Journal]int{}, Before: map[Journal]int{}}
			if id != nil {
				c.ID = *id
			}
			if month != nil {
				c.Month = *month
			}
			if n := len(list); n == 0 || list[n-1].ID != c.ID || !list[n-1].Month.Equal(c.Month) {
				list = append(list, c)
			}
			last := list[len(list)-1]
			last.Now[j], last.Before[j] = now, was
			return nil
		})
		return err
	})
	return list, pg.Fault("count entries", err)
}
