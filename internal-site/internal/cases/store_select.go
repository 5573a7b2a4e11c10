package cases

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// selection is a filter of one reader as SQL. It holds only the conditions that the filter has, so that PostgreSQL plans each kind of
// list by the indexes that are made for it.
type selection struct {
	args    pgx.NamedArgs
	sources []source
	// twice says that a case may come out of two sources, because its reader works in two of its parties.
	twice bool
	// most is how many cases the list is counted and shown to, but for one.
	most int
	// near says that the search took one letter to be wrong.
	near bool
}

// source is a part of a list: FROM and WHERE over the cases c, and its own order. All cases of a source come before those of the next.
type source struct{ columns, from, order string }

// What the sources select: identifier, the party as which the reader sees the case, and what the list is ordered by.
const (
	openColumns  = `c.id, t.place, 0 as part, t.due_on as due, null::timestamptz as since, c.number`
	endedColumns = `c.id, null::uuid as place, 1 as part, null::date as due, e.since, c.number`
	mixedColumns = `c.id, t.place, case when ` + stillOpen + ` then 0 else 1 end as part, t.due_on as due, e.since, c.number`

	openOrder  = `t.due_on nulls last, c.number`
	endedOrder = `e.since desc, c.number`
	wholeOrder = `part, due nulls last, since desc nulls last, number`

	// stillOpen is written as the partial indexes have it.
	stillOpen = `c.state in ('registered', 'in_progress', 'suspended', 'decided')`

	whoseTurn = ` left join cases.turns t on t.case_id = c.id and t.standing in ('turn', 'issue')`
)

// page numbers the cases of one page, as lines of the whole list.
func (q selection) page() string {
	var parts []string
	for _, s := range q.sources {
		parts = append(parts, `(select `+s.columns+` from `+s.from+` order by `+s.order+` limit @last)`)
	}
	return `select id, place, row_number() over (order by ` + wholeOrder + `) as line from (` + strings.Join(parts, q.union()) +
		`) found order by ` + wholeOrder + ` limit @size offset @offset`
}

// counting counts the whole list, up to one more than it is shown to.
func (q selection) counting() string {
	var parts []string
	for _, s := range q.sources {
		parts = append(parts, fmt.Sprintf(`(select c.id from %s limit %d)`, s.from, q.most+1))
	}
	return fmt.Sprintf(`select least(count(*), %d) from (%s) found`, q.most+1, strings.Join(parts, q.union()))
}

func (q selection) union() string {
	if q.twice {
		return ` union `
	}
	return ` union all `
}

// planEach has PostgreSQL plan each query for its own values: the best plan depends on the place, the word and the day.
const planEach = `set local plan_cache_mode = force_custom_plan`

// find returns the selection of the filter with the length of its list. What is searched for is read in one way after another, until
// one of them finds something.
func (s *Store) find(ctx context.Context, tx pgx.Tx, actor access.Actor, f Filter) (q selection, total int, err error) {
	if _, err := tx.Exec(ctx, planEach); err != nil {
		return q, 0, err
	}
	a, err := s.ask(ctx, tx, actor, f, map[uuid.UUID]offices.Desk{})
	if err != nil {
		return q, 0, err
	}
	for _, t := range tries(f.Q) {
		words, err := wordsOf(ctx, tx, t)
		if err != nil {
			return q, 0, err
		}
		few, err := a.lead(ctx, tx, words)
		if err != nil {
			return q, 0, err
		}
		q = a.selection(words, few)
		if err := tx.QueryRow(ctx, q.counting(), q.args).Scan(&total); err != nil || total > 0 {
			return q, total, err
		}
	}
	return q, 0, nil
}

// wanted is a filter with the values that it is compared with.
type wanted struct {
	Filter
	scope access.Scope
	args  pgx.NamedArgs
}

// ask reads what the filter's conditions need. desks keeps what was read of people for the next filter.
func (s *Store) ask(ctx context.Context, db pg.Queryer, actor access.Actor, f Filter, desks map[uuid.UUID]offices.Desk) (wanted, error) {
	today, scope := workdays.DateOf(s.now()), access.ScopeOf(actor, View)
	person, size := f.Person, f.Size
	if person == uuid.Nil {
		person = actor.UserID
	}
	offset := (max(f.Page, 1) - 1) * size
	a := wanted{Filter: f, scope: scope, args: scope.Args(map[string]any{
		"state": f.state(), "centre": f.CentreID, "authority": f.AuthorityID, "service": f.ServiceID, "channel": f.Channel, "person": person,
		"assigned": f.Assigned, "today": today, "soon": today.AddDate(0, 0, soonDays), "size": size, "offset": offset,
		"desk": placesOf(scope),
	})}
	if v := f.view(); v == ViewMine || v == ViewOthers {
		desk, known := desks[person]
		if !known {
			var err error
			if desk, err = offices.OwnDeskOf(ctx, db, person, today); err != nil {
				return a, err
			}
			desks[person] = desk
		}
		maps.Copy(a.args, desk.Args())
	}
	return a, nil
}

// maxFew is how many cases of the region are put in order at once. More of them are so many that the first come soon in the order of the
// whole list.
const maxFew = 15_000

// lead finds what a search, a service or an executor leads to, into the argument found, and says whether that is few cases.
func (a wanted) lead(ctx context.Context, db pg.Queryer, w words) (few bool, err error) {
	var from string
	switch {
	case w.sought():
		from = w.lead(a.args, owned(a.scope))
	case a.view() != "":
		return false, nil
	case a.Assigned != uuid.Nil:
		from = `select x.case_id from cases.assignments x where x.person = @assigned`
	case a.ServiceID != uuid.Nil:
		from = `select c.id from cases.cases c where c.service_id = @service` + owned(a.scope)
	default:
		return false, nil
	}
	rows, err := db.Query(ctx, fmt.Sprintf(`select * from (%s) led limit %d`, from, maxFew+1), a.args)
	if err != nil {
		return false, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if a.args["found"] = found; w.slips != nil {
		return true, err // who slips in a word that everybody has sees some of them
	}
	return len(found) <= maxFew, err
}

// owned is within for those who see nothing but what belongs to their places: it narrows what is found by an index.
func owned(scope access.Scope) string {
	if len(scope.Part) > 0 {
		return ``
	}
	return within(scope)
}

// selection is the filter as SQL, with what it searches for; few says that all cases that it can have are in the argument found.
func (a wanted) selection(w words, few bool) selection {
	q := selection{args: a.args, near: w.near(), most: MaxFound}
	where := a.conditions()
	if few {
		where += ` and c.id = any(@found)`
	} else if w.sought() {
		q.most = MaxSought
	}
	where += w.condition(a.args)
	size := min(a.args["size"].(int), max(0, q.most+1-a.args["offset"].(int)))
	a.args["size"], a.args["last"] = size, a.args["offset"].(int)+size
	switch ended := (a.state() == "all" || a.state() == string(Issued) || a.state() == string(Closed)) && a.due() == "" && !a.Nobody; {
	case a.view() != "":
		q.sources = []source{{openColumns, turns[a.view()] + ` t join cases.cases c on c.id = t.case_id where true` + where + within(a.scope), openOrder}}
	case few: // all of them are put in order
		q.sources = []source{{mixedColumns, `cases.cases c` + whoseTurn + ` left join cases.turns e on e.case_id = c.id and e.place = c.centre_id and e.standing = 'over'
			where true` + where + within(a.scope), wholeOrder}}
	default: // many: each part comes in the order of an index
		if a.state() != string(Issued) && a.state() != string(Closed) {
			q.sources = append(q.sources, source{openColumns, `cases.cases c` + whoseTurn + ` where ` + stillOpen + where + a.present() + within(a.scope), openOrder})
		}
		if ended {
			places := a.endedPlaces()
			q.twice = len(places) > 1
			for _, place := range places {
				q.sources = append(q.sources, source{endedColumns, `cases.turns e join cases.cases c on c.id = e.case_id where e.standing = 'over' and ` +
					place + where + within(a.scope), endedOrder})
			}
		}
	}
	return q
}

// conditions of the filter on a case c and on how it stands for whoever has the turn, t.
func (a wanted) conditions() string {
	var b strings.Builder
	on := func(asked bool, condition string) {
		if asked {
			b.WriteString(` and ` + condition)
		}
	}
	on(a.state() == "open", stillOpen)
	on(a.state() != "open" && a.state() != "all", `c.state = @state`)
	on(a.CentreID != uuid.Nil, `c.centre_id = @centre`)
	on(a.AuthorityID != uuid.Nil, `c.authority_id = @authority`)
	on(a.ServiceID != uuid.Nil, `c.service_id = @service`)
	on(a.Channel != "", `c.channel = @channel`)
	on(a.Assigned != uuid.Nil, `c.id in (select x.case_id from cases.assignments x where x.person = @assigned)`)
	on(a.Nobody, `t.standing in ('turn', 'issue') and t.person is null`)
	on(a.due() == "overdue", `t.due_on < @today`)
	on(a.due() == "today", `t.due_on = @today`)
	on(a.due() == "soon", `t.due_on between @today and @soon`)
	return b.String()
}

// present holds for the open cases c of which a party is among the reader's places: more than within, and by an index.
func (a wanted) present() string {
	if a.scope.All {
		return ``
	}
	return ` and c.id in (select w.case_id from cases.turns w where w.place = any(@desk) and w.standing <> 'over')`
}

// within is ScopeSQL without what the scope does not have.
func within(scope access.Scope) string {
	switch {
	case scope.All:
		return ``
	case len(scope.Part) == 0:
		return ` and (` + ownSQL + `)`
	}
	return ` and ` + ScopeSQL
}

// endedPlaces are the conditions on the turns e under which cases that are over come in the order in which they ended: of one place
// each.
func (a wanted) endedPlaces() []string {
	switch {
	case a.scope.All && a.CentreID != uuid.Nil:
		return []string{`e.place = @centre`}
	case a.scope.All && a.AuthorityID != uuid.Nil:
		return []string{`e.place = @authority`}
	case a.scope.All:
		return []string{`e.kind = 'centre'`}
	}
	var list []string
	for i, id := range placesOf(a.scope) {
		name := fmt.Sprintf("place%d", i)
		a.args[name] = id
		list = append(list, `e.place = @`+name)
	}
	return list
}

// placesOf are the centres and authorities of a scope.
func placesOf(scope access.Scope) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, p := range slices.Concat(scope.Own, scope.Part) {
		if !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// vacant holds for a turn t of an office that nobody holds, in a place where the person is the head.
const vacant = `(t.place = any(@headed) and not ` + offices.HeldSQL + `)`

// byOffice holds for a turn t of an office that the person may act for.
const byOffice = `((t.place, t.office) in (select * from unnest(@office_places::uuid[], @office_keys::text[])) or ` + vacant + `)`

// turns are the rows of each view: t is how a case stands for a party of the reader's.
var turns = map[string]string{
	ViewMine: `(select t.* from cases.turns t where t.person = @person and (t.standing = 'turn' and t.office = '' or t.standing = 'issue') and t.place = any(@desk)
		union all
		select t.* from unnest(@office_places::uuid[], @office_keys::text[]) o (place, key)
		join cases.turns t on t.place = o.place and t.office = o.key and t.office <> '' and t.standing = 'turn' where t.place = any(@desk)
		union all
		select t.* from cases.turns t where t.standing = 'turn' and t.office <> '' and t.place = any(@desk) and ` + vacant + `
		and (t.place, t.office) not in (select * from unnest(@office_places::uuid[], @office_keys::text[])))`,
	ViewPool: `(select t.* from cases.turns t where t.place = any(@desk) and t.standing = 'turn' and t.person is null and t.office = '')`,
	ViewOthers: `(select t.* from cases.turns t where t.person = @person and t.standing = 'others' and t.place = any(@desk)
		union all
		select t.* from cases.turns t where t.person = @person and t.standing = 'turn' and t.office <> '' and t.place = any(@desk) and not ` + byOffice + `)`,
	ViewApplicant: `(select t.* from cases.turns t where t.person = @person and t.standing = 'applicant' and t.place = any(@desk))`,
	ViewIssue:     `(select t.* from cases.turns t where t.place = any(@desk) and t.standing = 'issue')`,
}
