package statistics

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
)

// partyName is the name of a party, whose row is joined as a or as c.
const partyName = `coalesce(nullif(a.short_name, ''), a.name, c.name), coalesce(nullif(a.short_name_en, ''), a.name_en, c.name_en)`

// StageFigures answers a question about the stages of the cases that the actor may see, party by party; of one service stage by stage, in
// their order. Stages of cases that were taken back count as well: who did them has done them.
func (s *Store) StageFigures(ctx context.Context, actor access.Actor, q Question) (list []StageFigures, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	where, args := q.whereStages(actor)
	took, stage, stageEN, first, order := `m.work`, `''::text`, `''::text`, `0`, `4, 1`
	if q.In == Calendar {
		took = `m.days`
	}
	if q.Service != uuid.Nil {
		stage, stageEN, first, order = `m.name`, `max(m.name_en)`, `min(m.position)`, `f.position, 2, 1`
	}
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select f.party, f.stage, f.stage_en, `+partyName+`, f.late, f.took, f.n from (
				select g.*, min(g.first) over (partition by g.party, g.stage) as position from (
					select m.party, `+stage+` as stage, `+stageEN+` as stage_en, m.late, `+took+` as took, count(*)::int as n, `+first+` as first
					from cases.stage_measures m where `+where+` group by 1, 2, 4, 5) g) f
			left join org.authorities a on a.id = f.party left join org.centres c on c.id = f.party order by `+order, args)
		if err != nil {
			return err
		}
		var f StageFigures
		var late bool
		var days, n int
		_, err = pgx.ForEachRow(rows, []any{&f.Party, &f.Stage.UK, &f.Stage.EN, &f.Name.UK, &f.Name.EN, &late, &days, &n}, func() error {
			if last := len(list) - 1; last < 0 || list[last].Party != f.Party || list[last].Stage.UK != f.Stage.UK {
				f.Took = Histogram{}
				list = append(list, f)
			}
			one := &list[len(list)-1]
			one.Took[days] += n
			if late {
				one.Late += n
			}
			return nil
		})
		return err
	})
	return list, pg.Fault("figures of stages", err)
}

// where is the condition of a filter on the rows m for the actor, and its values.
func (f StageFilter) where(actor access.Actor) (string, pgx.NamedArgs) {
	where, args := f.Question.whereStages(actor)
	where, args["party"], args["stage"] = where+` and m.party = @party`, f.Party, f.Stage
	if f.Stage != "" {
		where += ` and m.name = @stage`
	}
	if f.Late {
		where += ` and m.late`
	}
	return where, args
}

// StagePage is a part of a list of stages, those of the latest ends first.
type StagePage struct {
	Stages []Stage
	More   bool
	Total  int
}

// Stages returns size stages behind a place. Their total is the figure that leads here.
func (s *Store) Stages(ctx context.Context, actor access.Actor, f StageFilter, at StagePlace, size int) (page StagePage, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return page, err
	}
	where, args := f.where(actor)
	return s.stagePage(ctx, f.In, where, args, at, size)
}

// stagePage reads the stages m of which the condition holds, behind a place.
func (s *Store) stagePage(ctx context.Context, in Unit, where string, args pgx.NamedArgs, at StagePlace, size int) (page StagePage, err error) {
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from cases.stage_measures m where `+where, args).Scan(&page.Total); err != nil {
			return err
		}
		page.Stages, err = readStages(ctx, tx, in, where, args, at, size+1)
		page.More = len(page.Stages) > size
		page.Stages = page.Stages[:min(size, len(page.Stages))]
		return err
	})
	return page, pg.Fault("list stages of a figure", err)
}

// EachStage calls write with every stage of the list, in its order, in pieces.
func (s *Store) EachStage(ctx context.Context, actor access.Actor, f StageFilter, write func(Stage) error) error {
	if err := access.RequireEver(actor, View); err != nil {
		return err
	}
	where, args := f.where(actor)
	return inPieces(ctx, s, "read stages of a figure", func(tx pgx.Tx, at StagePlace) ([]Stage, error) {
		return readStages(ctx, tx, f.In, where, args, at, piece)
	}, Stage.Place, write)
}

func readStages(ctx context.Context, tx pgx.Tx, in Unit, where string, args pgx.NamedArgs, at StagePlace, size int) ([]Stage, error) {
	if at.ID != uuid.Nil {
		where += ` and (m.completed_on, m.case_id, m.position) < (@at_day, @at_id, @at_position)`
	}
	args["at_day"], args["at_id"], args["at_position"], args["size"] = at.Day, at.ID, at.Position, size
	took, stood := `m.work`, `m.paused_work`
	if in == Calendar {
		took, stood = `m.days`, `m.paused_days`
	}
	rows, err := tx.Query(ctx, `select m.case_id, k.number, `+serviceName("v")+`, o.name, o.name_en, m.position, m.name, m.name_en, `+partyName+`, coalesce(t.started_at, k.registered_at),
			coalesce(t.finished_at, k.registered_at), t.due_on, m.completed_on, `+took+`, `+stood+`, m.late, m.centre_id, m.authority_id
		from (select m.* from cases.stage_measures m where `+where+` order by m.completed_on desc, m.case_id desc, m.position desc limit @size) m
		join cases.cases k on k.id = m.case_id left join cases.stages t on t.case_id = m.case_id and t.position = m.position
		join org.centres o on o.id = m.centre_id join catalogue.services v on v.id = m.service_id
		left join org.authorities a on a.id = m.party left join org.centres c on c.id = m.party
		order by m.completed_on desc, m.case_id desc, m.position desc`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Stage, err error) {
		return s, row.Scan(&s.ID, &s.Number, &s.Service.UK, &s.Service.EN, &s.Centre.UK, &s.Centre.EN, &s.Position, &s.Name.UK, &s.Name.EN, &s.Party.UK, &s.Party.EN, &s.StartedAt,
			&s.FinishedAt, &s.StageDue, &s.CompletedOn, &s.Took, &s.Stood, &s.Late, &s.centre, &s.authority)
	})
}
