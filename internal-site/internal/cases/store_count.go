package cases

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Count returns how many of the cases that the actor may see each of the filters asks for: the totals of their lists.
func (s *Store) Count(ctx context.Context, actor access.Actor, filters ...Filter) (counts []int, err error) {
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		counts, err = s.count(ctx, tx, actor, filters)
		return err
	})
	return counts, pg.Fault("count cases", err)
}

// count asks for all numbers at once; filters that lead to their cases are asked one after the other.
func (s *Store) count(ctx context.Context, tx pgx.Tx, actor access.Actor, filters []Filter) ([]int, error) {
	batch, counts := &pgx.Batch{}, make([]int, len(filters))
	desks, err := s.desksFor(ctx, tx, actor, filters...)
	if err != nil {
		return nil, err
	}
	for i, f := range filters {
		if f.Q != "" || f.view() == "" && f.Assigned != uuid.Nil {
			_, n, err := s.find(ctx, tx, actor, f)
			if err != nil {
				return nil, err
			}
			counts[i] = n
			continue
		}
		q := s.ask(actor, f, desks).selection(words{}, led{})
		batch.Queue(q.counting(), q.args).QueryRow(func(row pgx.Row) error { return row.Scan(&counts[i]) })
	}
	return counts, tx.SendBatch(ctx, batch).Close()
}

// Executor is somebody who works on cases.
type Executor struct {
	ID   uuid.UUID
	Name string
	Gone bool // blocked: whoever has such cases has to be found anew
}

// Executors returns who works on open cases in the places of the actor, or anywhere for those who see everything, by name; and chosen, when
// they work on a case that the actor may see. How many each has is not counted: a head reads that in Loads, others in the list.
func (s *Store) Executors(ctx context.Context, actor access.Actor, chosen uuid.UUID) ([]Executor, error) {
	scope := access.ScopeOf(actor, View)
	works := `exists (select from cases.turns x where x.person = u.id and x.standing <> 'over')`
	if !scope.All {
		works = `u.id in (select x.person from cases.turns x where x.place = any(@desk) and x.person is not null and x.standing <> 'over')
			or u.id = @chosen and exists (select from cases.turns x join cases.turns w on w.case_id = x.case_id and w.place = any(@desk)
				where x.person = @chosen and x.standing <> 'over')`
	}
	rows, err := s.pool.Query(ctx, `select u.id, u.full_name, u.state = 'blocked' from access.users u where `+works,
		pgx.NamedArgs{"desk": placesOf(scope), "chosen": chosen})
	if err != nil {
		return nil, pg.Fault("list executors", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Executor])
	locale.SortBy(list, func(e Executor) string { return e.Name })
	return list, pg.Fault("list executors", err)
}

// Load is how much one person of the reader's own place has in hand: the totals of their views.
type Load struct {
	offices.Colleague
	Mine, Late, Others, Applicant int
}

// Loads returns for a head how much each of their people has in hand; nothing for others. Whoever is blocked and has nothing
// is left out.
func (s *Store) Loads(ctx context.Context, actor access.Actor) ([]Load, error) {
	places := placesOf(access.ScopeOf(actor, AssignOn))
	if len(places) == 0 {
		return nil, nil
	}
	colleagues, err := offices.ColleaguesIn(ctx, s.pool, places, workdays.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	loads := make([]Load, len(colleagues))
	for i, c := range colleagues {
		loads[i].Colleague = c
	}
	if err := s.countLoads(ctx, actor, loads); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(loads, func(l Load) bool { return l.Gone && l.Mine+l.Others+l.Applicant == 0 }), nil
}

// loadsSQL counts the views of the people @people, each number as Count does of their filters: a row for each of them. The offices that they
// act by stand in three arrays side by side, and so do the places that they head. seen narrows the turns t to what the reader sees.
func loadsSQL(seen string) string {
	return fmt.Sprintf(`
	with seats as (select * from unnest(@seat_people::uuid[], @seat_places::uuid[], @seat_keys::text[]) o (who, place, key)),
	heads as (select * from unnest(@head_people::uuid[], @head_places::uuid[]) h (who, place)),
	vacancies as (select h.who, t.case_id, t.place, t.due_on from heads h join cases.turns t on t.place = h.place
		where t.standing = 'turn' and t.office <> '' and t.place = any(@desk) and `+offices.VacantSQL(`@head_places`)+`%[2]s),
	mine as (
		select t.person as who, t.case_id, t.due_on from cases.turns t
		where t.person = any(@people) and (t.standing = 'turn' and t.office = '' or t.standing = 'issue') and t.place = any(@desk)%[2]s
		union all
		select o.who, t.case_id, t.due_on from seats o join cases.turns t on t.place = o.place and t.office = o.key
		where t.office <> '' and t.standing = 'turn' and t.place = any(@desk)%[2]s
		union all
		select who, case_id, due_on from vacancies
	), others as (
		select t.person as who, t.case_id from cases.turns t where t.person = any(@people) and t.standing = 'others' and t.place = any(@desk)%[2]s
		union all
		select t.person, t.case_id from cases.turns t where t.person = any(@people) and t.standing = 'turn' and t.office <> '' and t.place = any(@desk)%[2]s
		and not exists (select from seats o where o.who = t.person and o.place = t.place and o.key = t.office)
		and not exists (select from vacancies v where v.who = t.person and v.place = t.place and v.case_id = t.case_id)
	), applicant as (select t.person as who, t.case_id from cases.turns t where t.person = any(@people) and t.standing = 'applicant' and t.place = any(@desk)%[2]s)
	select p.who, least(coalesce(m.n, 0), %[1]d), least(coalesce(m.late, 0), %[1]d), least(coalesce(o.n, 0), %[1]d), least(coalesce(a.n, 0), %[1]d)
	from unnest(@people::uuid[]) p (who)
	left join (select who, count(distinct case_id) as n, count(distinct case_id) filter (where due_on < @today) as late from mine group by who) m using (who)
	left join (select who, count(distinct case_id) as n from others group by who) o using (who)
	left join (select who, count(distinct case_id) as n from applicant group by who) a using (who)`, MaxFound+1, seen)
}

// countLoads fills in how much each has in hand.
func (s *Store) countLoads(ctx context.Context, actor access.Actor, loads []Load) error {
	at := map[uuid.UUID]int{}
	for i, l := range loads {
		at[l.ID] = i
	}
	people, asked := slices.Collect(maps.Keys(at)), s.ask(actor, Filter{}, nil)
	seen := ""
	if !asked.byParty() {
		seen = ` and exists (select from cases.cases c where c.id = t.case_id` + within(asked.scope) + `)`
	}
	asked.args["people"] = people
	return pg.Fault("count loads", s.inMoment(ctx, func(tx pgx.Tx) error {
		desks, err := offices.OwnDesksOf(ctx, tx, people, workdays.DateOf(s.now()))
		if err != nil {
			return err
		}
		maps.Copy(asked.args, offices.ArgsOf(desks))
		rows, err := tx.Query(ctx, loadsSQL(seen), asked.args)
		if err != nil {
			return err
		}
		var who uuid.UUID
		var l Load
		_, err = pgx.ForEachRow(rows, []any{&who, &l.Mine, &l.Late, &l.Others, &l.Applicant}, func() error {
			one := &loads[at[who]]
			one.Mine, one.Late, one.Others, one.Applicant = l.Mine, l.Late, l.Others, l.Applicant
			return nil
		})
		return err
	}))
}

// Colleagues lists those who can work on the case in the actor's party, by name.
func (s *Store) Colleagues(ctx context.Context, actor access.Actor, w *Work) ([]offices.Colleague, error) {
	party, ok := w.Party(actor)
	if !ok {
		return nil, nil
	}
	list, err := offices.ColleaguesIn(ctx, s.pool, []uuid.UUID{party.ID}, workdays.DateOf(s.now()))
	return slices.DeleteFunc(list, func(c offices.Colleague) bool { return c.Gone }), err
}

// Holders returns who holds the office that has to act in a turn; nobody, when none has to or nobody holds it.
func (s *Store) Holders(ctx context.Context, t Turn) ([]offices.Holder, error) {
	if t.Standing != ToAct || t.Office == "" {
		return nil, nil
	}
	list, err := offices.HoldersOf(ctx, s.pool, offices.Office{Place: t.Place.ID, Key: t.Office}, workdays.DateOf(s.now()))
	return slices.DeleteFunc(list, func(h offices.Holder) bool { return h.Gone }), err
}

// Substituted returns those for whom the actor substitutes today.
func (s *Store) Substituted(ctx context.Context, actor access.Actor) ([]offices.Absence, error) {
	return offices.Substituted(ctx, s.pool, actor.UserID, workdays.DateOf(s.now()))
}

// Team lists those who work in the places in which the actor works on cases, by name.
func (s *Store) Team(ctx context.Context, actor access.Actor) ([]offices.Colleague, error) {
	return offices.ColleaguesIn(ctx, s.pool, placesOf(access.ScopeOf(actor, WorkOn)), workdays.DateOf(s.now()))
}
