package cases

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	// most is how many cases the list is counted and shown to, but for one.
	most int
	// near says that the search took one letter to be wrong.
	near bool
	// with stands before the statement that reads the sources; "" is nothing.
	with string
	// gathered says that the whole list is in the arguments ids and places.
	gathered bool
}

// source is a part of a list: FROM and WHERE over the turns w by which the reader sees the cases, one of each case, in the order of an
// index. Cases that are over come after all others. Where FROM reads several indexes, it reads @last rows of each.
type source struct {
	from  string
	ended bool
}

func (s source) columns() string {
	if s.ended {
		return `w.case_id as id, w.place, 1 as part, null::date as due, w.since`
	}
	return `w.case_id as id, w.place, 0 as part, w.due_on as due, null::timestamptz as since`
}

func (s source) order() string {
	if s.ended {
		return `w.since desc, w.case_id`
	}
	return `w.due_on, w.case_id`
}

// wholeOrder: what has to be done first, what waits without a day, and what is over, the latest first.
const wholeOrder = `part, due, since desc, id`

// page numbers the cases of one page, as lines of the whole list.
func (q selection) page() string {
	if q.gathered {
		return `select id, place, line from unnest(@ids::uuid[], @places::uuid[]) with ordinality p (id, place, line) order by line limit @size offset @offset`
	}
	var parts []string
	for _, s := range q.sources {
		parts = append(parts, `(select `+s.columns()+` from `+s.from+` order by `+s.order()+` limit @last)`)
	}
	return `select id, place, row_number() over (order by ` + wholeOrder + `) as line from (` + strings.Join(parts, ` union all `) +
		`) found order by ` + wholeOrder + ` limit @size offset @offset`
}

// counting counts the whole list, up to one more than it is shown to.
func (q selection) counting() string {
	var parts []string
	for _, s := range q.sources {
		parts = append(parts, fmt.Sprintf(`(select from %s limit %d)`, strings.ReplaceAll(s.from, `@last`, strconv.Itoa(q.most+1)), q.most+1))
	}
	return fmt.Sprintf(`select least(count(*), %d) from (%s) found`, q.most+1, strings.Join(parts, ` union all `))
}

// gather reads the whole list once, up to one more than it is shown to, and returns how long it is. What a search has found is looked up case by
// case, which its length and its page would both do, and each source again.
func (q *selection) gather(ctx context.Context, db pg.Queryer) (total int, err error) {
	ids, places := []uuid.UUID{}, []uuid.UUID{}
	for _, sources := range q.stages() {
		if len(ids) > q.most {
			break
		}
		rows, err := db.Query(ctx, q.ordered(sources, q.most+1-len(ids)), q.args)
		if err != nil {
			return 0, err
		}
		var id, place uuid.UUID
		if _, err = pgx.ForEachRow(rows, []any{&id, &place}, func() error {
			ids, places = append(ids, id), append(places, place)
			return nil
		}); err != nil {
			return 0, err
		}
	}
	q.args["ids"], q.args["places"], q.gathered = ids, places, true
	return len(ids), nil
}

// stages are the sources that are read at a time: what is over comes after all that is open, and is not read where that is enough, unless
// both are looked up together.
func (q selection) stages() [][]source {
	if i := slices.IndexFunc(q.sources, func(s source) bool { return s.ended }); i > 0 && q.with == "" {
		return [][]source{q.sources[:i], q.sources[i:]}
	}
	return [][]source{q.sources}
}

// ordered are the first cases of some sources, in their order.
func (q selection) ordered(sources []source, limit int) string {
	var parts []string
	for _, s := range sources {
		parts = append(parts, fmt.Sprintf(`(select %s from %s order by %s limit %d)`, s.columns(), s.from, s.order(), limit))
	}
	return q.with + fmt.Sprintf(`select id, place from (%s) found order by %s limit %d`, strings.Join(parts, ` union all `), wholeOrder, limit)
}

// inMoment runs fn in a read-only transaction in which every query sees the same moment and is planned for its own values: the best plan
// depends on the place, the word and the day.
func (s *Store) inMoment(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{
		BeginQuery: `begin isolation level repeatable read read only; set local plan_cache_mode = force_custom_plan`,
	}, fn)
}

// find returns the selection of the filter with the length of its list. What is searched for is read in one way after another, until
// one of them finds something.
func (s *Store) find(ctx context.Context, tx pgx.Tx, actor access.Actor, f Filter) (q selection, total int, err error) {
	desks, err := s.desksFor(ctx, tx, actor, f)
	if err != nil {
		return q, 0, err
	}
	a := s.ask(actor, f, desks)
	for _, t := range tries(f.Q) {
		words, err := wordsOf(ctx, tx, t)
		if err != nil {
			return q, 0, err
		}
		if q, total, err = a.common(ctx, tx, words); err != nil || total > 0 {
			return q, total, err
		}
		led, err := a.lead(ctx, tx, words)
		if err != nil {
			return q, 0, err
		}
		q = a.selection(words, led)
		if total, err = q.length(ctx, tx, (words.sought() || led.all) && len(led.services) == 0); err != nil || total > 0 {
			return q, total, err
		}
	}
	return q, 0, nil
}

// length returns how long the list is, which is gathered for that or counted by its indexes.
func (q *selection) length(ctx context.Context, tx pgx.Tx, gathered bool) (total int, err error) {
	if gathered {
		return q.gather(ctx, tx)
	}
	err = tx.QueryRow(ctx, q.counting(), q.args).Scan(&total)
	return total, err
}

// wanted is a filter with the values that it is compared with.
type wanted struct {
	Filter
	scope access.Scope
	args  pgx.NamedArgs
}

// byDesk says whether the filter asks for what somebody may act for by an office.
func (f Filter) byDesk() bool { return f.view() == ViewMine || f.view() == ViewOthers }

// whose is the person whose view the filter asks for.
func (f Filter) whose(actor access.Actor) uuid.UUID {
	if f.Person == uuid.Nil {
		return actor.UserID
	}
	return f.Person
}

// desksFor reads the desks of those whose views the filters ask for.
func (s *Store) desksFor(ctx context.Context, db pg.Queryer, actor access.Actor, filters ...Filter) (map[uuid.UUID]offices.Desk, error) {
	var people []uuid.UUID
	for _, f := range filters {
		if who := f.whose(actor); f.byDesk() && !slices.Contains(people, who) {
			people = append(people, who)
		}
	}
	if len(people) == 0 {
		return nil, nil //nolint:nilnil // nobody's desk is asked for
	}
	return offices.OwnDesksOf(ctx, db, people, workdays.DateOf(s.now()))
}

// ask is the filter with the values of its conditions, and the desk of the person whose view it asks for.
func (s *Store) ask(actor access.Actor, f Filter, desks map[uuid.UUID]offices.Desk) wanted {
	today, scope := workdays.DateOf(s.now()), access.ScopeOf(actor, View)
	a := wanted{Filter: f, scope: scope, args: scope.Args(map[string]any{
		"state": f.state(), "centre": f.CentreID, "authority": f.AuthorityID, "service": f.ServiceID, "channel": f.Channel, "person": f.whose(actor),
		"assigned": f.Assigned, "today": today, "soon": today.AddDate(0, 0, soonDays),
		"desk": placesOf(scope),
	})}
	if f.byDesk() {
		maps.Copy(a.args, desks[f.whose(actor)].Args())
	}
	return a
}

// maxFew is how many cases are put in order at once. More of them are so many that the first come soon in the order of the whole list.
const maxFew = 10_000

// led is what a search or an executor leads to.
type led struct {
	// all says that the cases of the list are among the argument found.
	all bool
	// said are the words that all of those have, by their place in the list.
	said []int
	// services are those whose cases are of the list whether found or not.
	services []uuid.UUID
	// read is how much of the list is looked at, by what is said of each case alone; 0 is all of it.
	read int
}

// lead finds what a search or an executor leads to, into the argument found.
func (a wanted) lead(ctx context.Context, db pg.Queryer, w words) (l led, err error) {
	var from string
	switch {
	case w.sought():
		from, l.said, l.services = w.lead(a.args)
	case a.view() != "":
		return led{}, nil
	case a.Assigned != uuid.Nil && a.state() == "open":
		from = `select x.case_id from cases.turns x where x.person = @assigned and x.standing <> 'over'`
	case a.Assigned != uuid.Nil:
		from = `select x.case_id from cases.assignments x where x.person = @assigned`
	default:
		return led{}, nil
	}
	rows, err := db.Query(ctx, fmt.Sprintf(`select * from (%s) led limit %d`, from, maxFew+1), a.args)
	if err != nil {
		return l, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	l.all = len(found) <= maxFew || w.slips != nil // who slips in a word that everybody has sees some of them
	slices.SortFunc(found, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	a.args["found"] = slices.Compact(found)
	return l, err
}

// Of every so many cases one is looked at to see whether very many have a word, and at most so many of a list are read to find some.
const (
	sample  = 1000
	maxRead = 10_000
)

// common returns the selection of words that so many cases have that a part of them is shown: those of which the words are said, read in
// the order of the list, since the index of words would gather all of them first. Zero when there are few enough for all to be found,
// whichever names the words are in.
func (a wanted) common(ctx context.Context, db pg.Queryer, w words) (q selection, total int, err error) {
	if !w.sought() || w.number != "" || w.slips != nil {
		return q, 0, nil
	}
	w, common := w.inText(), false
	said, _ := w.plain(a.args)
	err = db.QueryRow(ctx, fmt.Sprintf(`select count(*) > %d from cases.said s tablesample system (%g) where %s`,
		maxFew/sample, 100.0/sample, strings.Join(said, ` and `)), a.args).Scan(&common)
	if err != nil || !common {
		return q, 0, err
	}
	q = a.selection(w, led{read: maxRead})
	if total, err = q.gather(ctx, db); err != nil || total <= q.most {
		return q, 0, err
	}
	return q, total, nil
}

// selection is the filter as SQL, with what it searches for and what that has led to.
func (a wanted) selection(w words, l led) selection {
	q := selection{args: a.args, near: w.near(), most: MaxFound}
	const found = `unnest(@found::uuid[]) f (id) join cases.turns w on w.case_id = f.id`
	from, where := `cases.turns w`, a.conditions()
	said := w.condition(a.args, l) + a.shown(w)
	services := l.all && len(l.services) > 0
	if services {
		a.args["found_services"] = l.services
	}
	switch {
	case services && a.view() != "": // somebody's own cases are few
		said = ` and (w.service_id = any(@found_services) or w.case_id = any(@found::uuid[])` + said + `)`
	case services:
		from, said = found, ` and w.service_id <> all(@found_services)`+said
	case l.all && a.view() != "":
		from = found
	case l.all:
		from, q.with = `reached w`, `with reached as materialized (select w.* from `+found+a.atPlaces()+`) `
	case w.sought():
		q.most = MaxSought
	}
	if asksCase(where + said) {
		from += withCase
	}
	offset := (max(a.Page, 1) - 1) * a.Size
	size := min(a.Size, max(0, q.most+1-offset))
	a.args["size"], a.args["offset"], a.args["last"] = size, offset, offset+size
	if v := a.view(); v != "" {
		from = strings.Replace(from, `cases.turns w`, a.turns(v)+` w`, 1)
		q.sources = []source{{from: from + ` where true` + where + said}}
		return q
	}
	add := func(condition string, ended bool) {
		s := source{from: from + ` where ` + condition + where, ended: ended}
		if l.read > 0 {
			s.from = fmt.Sprintf(`(select w.* from %s order by %s limit %d) w`, s.from, s.order(), l.read)
			if asksCase(said) {
				s.from += withCase
			}
			s.from += ` where true`
		}
		s.from += said
		q.sources = append(q.sources, s)
		if services {
			q.sources = append(q.sources, a.ofServices(condition+where, l.services, ended))
		}
	}
	for _, reader := range a.readers() {
		if a.state() != string(Issued) && a.state() != string(Closed) {
			add(`w.standing <> 'over' and `+reader, false)
		}
	}
	for _, reader := range a.readers() {
		if ended := a.state() == "all" || a.state() == string(Issued) || a.state() == string(Closed); ended && a.due() == "" && !a.Nobody {
			add(`w.standing = 'over' and `+reader, true)
		}
	}
	return q
}

// atPlaces is the condition on the turns w by which the reader can see cases at all, without the order of their places.
func (a wanted) atPlaces() string {
	if a.scope.All {
		return ``
	}
	return ` where w.place = any(@desk)`
}

// maxEach is how many services are read one by one. The cases of more of them are so large a part of all that the first come soon in
// the order of the whole list.
const maxEach = 20

// ofServices is the part of a list that has all cases of some services.
func (a wanted) ofServices(condition string, services []uuid.UUID, ended bool) source {
	s, from := source{ended: ended}, `cases.turns w`
	if asksCase(condition) {
		from += withCase
	}
	if len(services) > maxEach {
		s.from = from + ` where w.service_id = any(@found_services) and ` + condition
		return s
	}
	s.from = `unnest(@found_services::uuid[]) o (id) cross join lateral (select w.* from ` + from + ` where w.service_id = o.id and ` + condition +
		` order by ` + s.order() + ` limit @last) w`
	return s
}

// withCase joins the case c of a turn w, for conditions of which asksCase says that they need it.
const withCase = ` join cases.cases c on c.id = w.case_id`

func asksCase(conditions string) bool {
	return strings.Contains(conditions, ` c.`) || strings.Contains(conditions, `(c.`)
}

// conditions of the filter on how a case stands for the reader, w, and on the case c where that does not say it.
func (a wanted) conditions() string {
	var b strings.Builder
	on := func(asked bool, condition string) {
		if asked {
			b.WriteString(` and ` + condition)
		}
	}
	on(a.state() != "open" && a.state() != "all", `w.state = @state`)
	on(a.CentreID != uuid.Nil && (!a.scope.All || a.view() != ""), `c.centre_id = @centre`) // otherwise it is the centre's turns that are read
	on(a.AuthorityID != uuid.Nil, `c.authority_id = @authority`)
	on(a.ServiceID != uuid.Nil, `w.service_id = @service`)
	on(a.Channel != "", `w.channel = @channel`)
	on(a.Assigned != uuid.Nil, `w.case_id in (select x.case_id from cases.assignments x where x.person = @assigned)`)
	on(a.Nobody, `exists (select from cases.turns t where t.case_id = w.case_id and t.standing in ('turn', 'issue') and t.person is null)`)
	on(a.due() == "overdue", `w.due_on < @today`)
	on(a.due() == "today", `w.due_on = @today`)
	on(a.due() == "soon", `w.due_on between @today and @soon`)
	if !a.byParty() {
		b.WriteString(within(a.scope))
	}
	return b.String()
}

// byParty says whether the reader sees all cases of which one of their places is a party, so that the turns of those places say which
// cases they are.
func (a wanted) byParty() bool {
	return a.scope.All || !slices.ContainsFunc(a.scope.Own, func(p access.Place) bool { return p.Kind != access.Centre && !slices.Contains(a.scope.Part, p) })
}

// shown holds for cases of which the reader sees all, and for those whose words are all in what lists show of them: somebody whose place
// only takes part, before its stage or after it, is not to find a case by what they may not read of it.
func (a wanted) shown(w words) string {
	if a.scope.All || len(a.scope.Part) == 0 || !w.sought() {
		return ``
	}
	return ` and (` + ownSQL + ` or c.authority_id = any(@scope_part_authority) or ` + seesStageSQL + ` or ` + w.inList(a.args) + `)`
}

// within is ScopeSQL without what the scope does not have.
func within(scope access.Scope) string {
	authority := func(p access.Place) bool { return p.Kind != access.Centre }
	switch {
	case scope.All:
		return ``
	case len(scope.Part) == 0 && !slices.ContainsFunc(scope.Own, authority):
		return ` and c.centre_id = any(@scope_own_centre)`
	case len(scope.Part) == 0:
		return ` and (` + ownSQL + `)`
	}
	return ` and ` + ScopeSQL
}

// readers are the conditions on the turns w under which each case that the reader sees comes once: of one place each, since an index
// has the cases of one place in order.
func (a wanted) readers() []string {
	switch {
	case a.scope.All && a.due() != "" && a.CentreID == uuid.Nil && a.AuthorityID == uuid.Nil:
		return []string{firstToAct}
	case a.scope.All && a.CentreID != uuid.Nil:
		return []string{`w.place = @centre`}
	case a.scope.All && a.AuthorityID != uuid.Nil:
		return []string{`w.place = @authority`}
	case a.scope.All:
		return []string{`w.kind = 'centre'`}
	}
	list, places := []string{}, placesOf(a.scope)
	if len(places) == 0 {
		return []string{`false`}
	}
	for i, id := range places {
		name := fmt.Sprintf("place%d", i)
		a.args[name] = id
		reader := `w.place = @` + name
		if i > 0 {
			a.args[name+"_before"] = places[:i]
			reader += ` and not exists (select from cases.turns v where v.case_id = w.case_id and v.place = any(@` + name + `_before))`
		}
		list = append(list, reader)
	}
	return list
}

// firstToAct holds for the turn w of the party that has to act first, of all that have to act in a case.
const firstToAct = `w.standing in ('turn', 'issue') and not w.behind`

// turns are the rows of a view. Whoever works in several places may have two turns of one case, and sees it once: as the one that ends
// first.
func (a wanted) turns(view string) string {
	if a.scope.All && (view == ViewTacit || view == ViewUncollected) { // of whoever looks on over all places
		return `(select distinct on (v.case_id) v.* from ` + strings.Replace(turns[view], ` and t.place = any(@desk)`, ``, 1) + ` v order by v.case_id, v.due_on, v.place)`
	}
	if rows := turns[view]; len(placesOf(a.scope)) > 1 {
		return `(select distinct on (v.case_id) v.* from ` + rows + ` v order by v.case_id, v.due_on, v.place)`
	}
	return a.atDesk(turns[view])
}

// atDesk compares with one place where the reader has one, since an index has the cases of one place in order.
func (a wanted) atDesk(sql string) string {
	places := placesOf(a.scope)
	if len(places) != 1 {
		return sql
	}
	a.args["place0"] = places[0]
	return strings.ReplaceAll(sql, `= any(@desk)`, `= @place0`)
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
var vacant = `(t.place = any(@headed) and ` + offices.VacantSQL(`@headed`) + `)`

// byOffice holds for a turn t of an office that the person may act for.
var byOffice = `((t.place, t.office) in (select * from unnest(@office_places::uuid[], @office_keys::text[])) or ` + vacant + `)`

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
	ViewTacit: `(select t.* from cases.cases k join cases.turns t on t.case_id = k.id and t.standing = 'turn'
		where k.tacit_at is not null and k.state in ('registered', 'in_progress') and t.place = any(@desk)
		  and not exists (select from cases.events e where e.case_id = k.id and e.kind = 'silence_recorded'))`,
	ViewAsked: `(select t.* from cases.turns t where t.place = any(@desk) and t.standing in ('turn', 'others', 'applicant') and (t.case_id, t.place) in (
		select o.case_id, o.place from cases.opinions_asked o where o.person = @person
		union all select o.case_id, o.place from cases.opinions_asked o where o.person is null and o.place = any(@desk) and o.asked_by <> @person)
		and exists (select from cases.opinions_asked o where (o.person = @person or o.person is null and o.asked_by <> @person) and ` + OpinionAwaitedSQL + `))`,
	ViewUncollected: `(select t.* from cases.cases k join cases.turns t on t.case_id = k.id and t.standing = 'issue'
		where k.uncollected_at is not null and k.state = 'decided' and t.place = any(@desk))`,
}
