package statistics

import (
	"context"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// isOpen holds for the turns t in which somebody of the party has to act. A result that only waits to be collected is nobody's work.
const isOpen = `(t.standing in ('turn', 'issue') and not ` + isReady + `)`

// peopleScope is the condition on the rows of which the given columns are the party and the person, for the actor, and its values: heads see the people
// of their places, everybody else themselves.
func peopleScope(actor access.Actor, party, person string) (string, pgx.NamedArgs, error) {
	scope, own := access.ScopeOf(actor, People), access.MayEver(actor, Mine)
	args := scope.Args(map[string]any{"reader": actor.UserID})
	var either []string
	if !scope.Empty() {
		either = append(either, `@scope_all or `+party+` = any(@scope_own_centre::uuid[] || @scope_own_authority::uuid[])`)
	}
	if own {
		either = append(either, person+` = @reader`)
	}
	if len(either) == 0 {
		return "", nil, fault.New(fault.Forbidden, "")
	}
	return `(` + strings.Join(either, ` or `) + `)`, args, nil
}

// ended is the condition of a filter on the measured stages m for the actor, and its values.
func (f PersonFilter) ended(actor access.Actor) (string, pgx.NamedArgs, error) {
	where, args, err := peopleScope(actor, `m.party`, `m.person`)
	if err != nil {
		return "", nil, err
	}
	where += ` and m.completed_on between @from and @to` + f.narrowing() + f.whose(args, `m.party`, `m.person`)
	if f.Late {
		where += ` and m.late`
	}
	return where, args, nil
}

// open is the condition of a filter on the turns t of open cases m for the actor, and its values.
func (f PersonFilter) open(actor access.Actor, today time.Time) (string, pgx.NamedArgs, error) {
	where, args, err := peopleScope(actor, `t.place`, `t.person`)
	if err != nil {
		return "", nil, err
	}
	args["today"] = today
	where += ` and ` + isOpen + f.narrowing() + f.whose(args, `t.place`, `t.person`)
	if f.Late {
		where += ` and t.due_on < @today`
	}
	return where, args, nil
}

// whose are the conditions on party and person, of which it adds the values, with those of the question.
func (f PersonFilter) whose(args pgx.NamedArgs, party, person string) (where string) {
	args["from"], args["to"], args["centre"], args["authority"], args["service"] = f.From, f.To, f.Centre, f.Authority, f.Service
	if f.Party != uuid.Nil {
		where, args["party"] = ` and `+party+` = @party`, f.Party
	}
	switch f.Whose {
	case "":
	case NoPerson:
		where += ` and ` + person + ` is null`
	default:
		where, args["person"] = where+` and `+person+` = @person`, f.Whose
	}
	return where
}

// PeopleFigures answers a question about the people whom the actor may see, party by party in the order of their names; what is nobody's comes last in
// each. today is a date.
func (s *Store) PeopleFigures(ctx context.Context, actor access.Actor, q Question, today time.Time) (list []PersonFigures, err error) {
	f := PersonFilter{Question: q}
	ended, args, err := f.ended(actor)
	if err != nil {
		return nil, err
	}
	open, openArgs, err := f.open(actor, today)
	if err != nil {
		return nil, err
	}
	took := `m.work`
	if q.In == Calendar {
		took = `m.days`
	}
	maps.Copy(args, openArgs)
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `with figures (party, person, late, took, n, open, overdue) as (
				select m.party, m.person, m.late, `+took+`, count(*)::int, 0, 0 from cases.stage_measures m where `+ended+` group by 1, 2, 3, 4
				union all
				select t.place, t.person, false, null, 0, count(*)::int, count(*) filter (where t.due_on < @today)::int`+fromTurns+`where `+open+` group by 1, 2)
			select f.party, `+partyName+`, coalesce(f.person, '00000000-0000-0000-0000-000000000000'), coalesce(u.full_name, ''), f.late, f.took, f.n, f.open, f.overdue
			from figures f left join org.authorities a on a.id = f.party left join org.centres c on c.id = f.party left join access.users u on u.id = f.person
			order by 2, 1, f.person is null, 5, 4`, args)
		if err != nil {
			return err
		}
		list, err = collectPeople(rows)
		return err
	})
	return list, pg.Fault("figures of people", err)
}

// collectPeople gathers the rows of each person, which follow one another.
func collectPeople(rows pgx.Rows) (list []PersonFigures, err error) {
	var f PersonFigures
	var late bool
	var took *int
	var n, open, overdue int
	_, err = pgx.ForEachRow(rows, []any{&f.Party, &f.PartyName.UK, &f.PartyName.EN, &f.Person, &f.Name, &late, &took, &n, &open, &overdue}, func() error {
		if last := len(list) - 1; last < 0 || list[last].Party != f.Party || list[last].Person != f.Person {
			f.Took = Histogram{}
			list = append(list, f)
		}
		one := &list[len(list)-1]
		if took != nil {
			one.Took[*took] += n
		}
		if late {
			one.Late += n
		}
		one.Open += open
		one.Overdue += overdue
		return nil
	})
	return list, err
}

// PersonStages returns size stages that a figure of people counts, behind a place.
func (s *Store) PersonStages(ctx context.Context, actor access.Actor, f PersonFilter, at StagePlace, size int) (StagePage, error) {
	where, args, err := f.ended(actor)
	if err != nil {
		return StagePage{}, err
	}
	return s.stagePage(ctx, f.In, where, args, at, size)
}

// EachPersonStage calls write with every stage of the list, in its order, in pieces.
func (s *Store) EachPersonStage(ctx context.Context, actor access.Actor, f PersonFilter, write func(Stage) error) error {
	where, args, err := f.ended(actor)
	if err != nil {
		return err
	}
	return inPieces(ctx, s, "read stages of people", func(tx pgx.Tx, at StagePlace) ([]Stage, error) {
		return readStages(ctx, tx, f.In, where, args, at, piece)
	}, Stage.Place, write)
}

// PersonWaiting returns size open cases that a figure of people counts, behind a place.
func (s *Store) PersonWaiting(ctx context.Context, actor access.Actor, f PersonFilter, today time.Time, at Place, size int) (WaitingPage, error) {
	where, args, err := f.open(actor, today)
	if err != nil {
		return WaitingPage{}, err
	}
	return s.waitingPage(ctx, where, args, at, size)
}

// EachPersonWaiting calls write with every case of the list, in its order, in pieces.
func (s *Store) EachPersonWaiting(ctx context.Context, actor access.Actor, f PersonFilter, today time.Time, write func(Waiting) error) error {
	where, args, err := f.open(actor, today)
	if err != nil {
		return err
	}
	return inPieces(ctx, s, "read open cases of people", func(tx pgx.Tx, at Place) ([]Waiting, error) { return readWaiting(ctx, tx, where, args, at, piece) }, Waiting.Place, write)
}
