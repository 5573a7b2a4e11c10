package statistics

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// keys are what cases are broken down by, with the name of each and the table that has it.
var keys = map[By]struct{ key, name, from string }{
	ByCentre:    {`m.centre_id`, `x.name, x.name_en`, ` join org.centres x on x.id = f.key`},
	ByAuthority: {`m.authority_id`, authorityName("x"), ` join org.authorities x on x.id = f.key`},
	ByService:   {`m.service_id`, serviceName("x"), ` join catalogue.services x on x.id = f.key`},
	ByMonth:     {`date_trunc('month', m.completed_on)::date`, `'', ''`, ``},
	ByChannel:   {`m.channel`, `'', ''`, ``},
	ByApplicant: {`m.applicant`, `'', ''`, ``},
	ByHour:      {`to_char(m.registered_hour, 'FM00')`, `'', ''`, ``},
	ByWeekday:   {`extract(isodow from m.registered_on)::int`, `'', ''`, ``},
}

// days are the columns of durations in a unit: to the decision, to the handing over, and those that stood still.
func (q Question) days() (took, handed, stood string) {
	if q.In == Calendar {
		return `m.completed_days`, `m.issued_days`, `m.paused_days`
	}
	return `m.completed_work`, `m.issued_work`, `m.paused_work`
}

// isDecided holds for the cases of which durations are told: an application that was taken back took nobody's time to decide.
const isDecided = `m.outcome <> 'withdrawn'`

// hasPaused holds for cases that stood still, if only over days off.
const hasPaused = `m.paused_days > 0`

// Figures answers a question about the cases that the actor may see, line by line in the order of their names. One reading of the rows counts
// each line's histograms; medians follow from those.
func (s *Store) Figures(ctx context.Context, actor access.Actor, q Question) (list []Figures, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	k := keys[q.By]
	where, args := q.where(actor)
	took, handed, stood := q.days()
	shown := `f.key::text`
	if q.By == ByMonth {
		shown = `to_char(f.key, 'YYYY-MM')`
	}
	sql := `select ` + shown + `, f.what, f.took, f.handed, f.stood, f.late, f.outcome, f.n, ` + k.name + ` from (
			select ` + k.key + ` as key, grouping(c.took, c.handed, c.stood, c.late, c.outcome)::int as what, c.took, c.handed, c.stood, c.late, c.outcome, count(*)::int as n
			from cases.measures m cross join lateral (select case when ` + isDecided + ` then ` + took + ` end as took, case when ` + isDecided + ` then ` + handed + ` end as handed,
				case when ` + isDecided + ` and ` + hasPaused + ` then ` + stood + ` end as stood, m.late, m.outcome = 'withdrawn' as outcome) c
			where ` + where + `
			group by grouping sets ((1, c.took), (1, c.handed), (1, c.stood), (1, c.late, c.outcome))) f` + k.from + ` order by 9, 1, 2`
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return err
		}
		list, err = collectFigures(rows)
		return err
	})
	return list, pg.Fault("figures of cases", err)
}

// What a row of the figures counts: the bits of the columns by which it is not counted.
const (
	countsTook   = 0b01111
	countsHanded = 0b10111
	countsStood  = 0b11011
	countsEnds   = 0b11100
)

// collectFigures gathers the rows of each line, which follow one another.
func collectFigures(rows pgx.Rows) (list []Figures, err error) {
	var key string
	var what, n int
	var took, handed, stood *int
	var late, withdrawn *bool
	var name locale.Text
	_, err = pgx.ForEachRow(rows, []any{&key, &what, &took, &handed, &stood, &late, &withdrawn, &n, &name.UK, &name.EN}, func() error {
		if len(list) == 0 || list[len(list)-1].Key != key {
			list = append(list, Figures{Key: key, Name: name, Took: Histogram{}, Handed: Histogram{}, Stood: Histogram{}})
		}
		f := &list[len(list)-1]
		for _, h := range []struct {
			what int
			days *int
			to   Histogram
		}{{countsTook, took, f.Took}, {countsHanded, handed, f.Handed}, {countsStood, stood, f.Stood}} {
			if what == h.what && h.days != nil {
				h.to[*h.days] += n
			}
		}
		switch {
		case what != countsEnds:
		case *withdrawn:
			f.Withdrawn += n
		default:
			f.Decided += n
			if *late {
				f.Late += n
			}
		}
		return nil
	})
	return list, err
}
