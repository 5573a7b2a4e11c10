package cases

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// soonDays is how many days ahead a deadline counts as near.
const soonDays = 3

// Filter is what a list of cases is asked for; zero values ask for everything that is open.
type Filter struct {
	View        string    // one of Views; "" asks for cases whoever's turn it is
	Person      uuid.UUID // whose view it is; Nil: the reader's
	Q           string
	State       string // a State, "open" or "all"; "" is open, and all when something is searched for
	CentreID    uuid.UUID
	AuthorityID uuid.UUID
	ServiceID   uuid.UUID
	Due         string    // overdue, today, soon: until when whoever has the turn has to act
	Channel     string    // counter, online
	Assigned    uuid.UUID // to whom, in any party
	Nobody      bool      // nobody works on it in the party whose turn it is
	Page, Size  int
}

// The views.
const (
	ViewMine      = "mine"      // it is my turn: I work on it, or it waits for an office that I act for
	ViewPool      = "pool"      // it is our turn, and nobody works on it yet
	ViewOthers    = "others"    // I work on it, and it is the turn of another party or of another official
	ViewApplicant = "applicant" // I work on it, and it stands still until the applicant has answered
	ViewIssue     = "issue"     // to be handed over in our centre
)

// Views lists them.
var Views = []string{ViewMine, ViewPool, ViewOthers, ViewApplicant, ViewIssue}

// view is what the filter asks for; a view that does not exist is none.
func (f Filter) view() string {
	if slices.Contains(Views, f.View) {
		return f.View
	}
	return ""
}

// state is what the filter asks for; a state that does not exist is no condition.
func (f Filter) state() string {
	switch {
	case f.State == "all" || f.State == "open" || slices.Contains(States, State(f.State)):
		return f.State
	case f.Q != "":
		return "all"
	}
	return "open"
}

// Dues are the ways to ask for deadlines.
var Dues = []string{"overdue", "today", "soon"}

func (f Filter) due() string {
	if slices.Contains(Dues, f.Due) {
		return f.Due
	}
	return ""
}

// Row is one line of a list of cases.
type Row struct {
	ID        uuid.UUID
	Number    string
	Version   int
	State     State
	Outcome   Outcome
	Channel   string
	FiledAt   time.Time
	DueOn     time.Time // of the case
	Service   locale.Text
	Centre    string // its code
	Authority locale.Text
	Applicant string
	Stage     locale.Text // the active one
	Step      int         // its number
	Steps     int         // how many stages there are
	// Turn is until when whoever has the turn has to act; nil while nobody has to.
	Turn *time.Time
	// Who has the turn: the party, and the person who works on it there or the office that has to act.
	Party  locale.Text // "" is the centre
	Office string
	Who    string
	Gone   bool // whoever it is assigned to is blocked
	// Mine is who works on the case within the reader's own party; "" outside the views.
	Mine string
	// Standing is the deadline of a suspended case as it would be if it were resumed now; nil for others.
	Standing *workdays.Deadline
}

// Late says whether whoever has the turn should have acted before the date today.
func (r Row) Late(today time.Time) bool { return r.Turn != nil && r.Turn.Before(today) }

// Soon says whether they have to act in the next days.
func (r Row) Soon(today time.Time) bool {
	return r.Turn != nil && !r.Late(today) && !r.Turn.After(today.AddDate(0, 0, soonDays))
}

// vacant holds for a turn t of an office that nobody holds, in a place where the person is the head.
const vacant = `(t.place = any(@headed) and not ` + offices.HeldSQL + `)`

// byOffice holds for a turn t of an office that the person may act for.
const byOffice = `((t.place, t.office) in (select * from unnest(@office_places::uuid[], @office_keys::text[])) or ` + vacant + `)`

// turns are the rows of each view: t is how a case stands for a party of the reader's.
var turns = map[string]string{
	ViewMine: `(select t.* from cases.turns t where t.person = @person and t.standing = 'turn' and t.office = '' and t.place = any(@desk)
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

// from is where the rows of the list come from: of a view from its turns, else from the cases with whoever has the turn.
func (f Filter) from() string {
	if v := f.view(); v != "" {
		return turns[v] + ` t join cases.cases c on c.id = t.case_id`
	}
	return `cases.cases c left join cases.turns t on t.case_id = c.id and t.standing in ('turn', 'issue')`
}

// saidOfCase is the text of a case c that a search looks through: whatever a clerk hears at the counter. See try.
const saidOfCase = `(select ' ' || translate(lower(concat_ws(' ', c.number, c.receipt_number, replace(c.receipt_number, '-', ''), a.surname, a.given_name, a.patronymic,
		a.entity, a.tax_number, a.edrpou, replace(a.passport, ' ', ''), a.unzr, replace(a.unzr, '-', ''), translate(a.phone, '+', ''), a.email, a.address,
		s.code, s.name, s.name_en, x.executors)), '''’ʼ` + "`" + `', '') || ' ' as said
	from cases.applicants a
	join catalogue.services s on s.id = c.service_id
	cross join lateral (select string_agg(u.full_name, ' ') as executors from cases.assignments x join access.users u on u.id = x.person where x.case_id = c.id) x
	where a.id = c.applicant_id) said`

// conditions of lists and counts: the filter, then who may see.
const conditions = `
	    (@state = 'all' or c.state = @state or (@state = 'open' and c.state in ('registered', 'in_progress', 'suspended', 'decided')))
	and (@centre::uuid is null or c.centre_id = @centre)
	and (@authority::uuid is null or c.authority_id = @authority)
	and (@service::uuid is null or c.service_id = @service)
	and (@channel = '' or c.channel = @channel)
	and (@assigned::uuid is null or exists (select from cases.assignments x where x.case_id = c.id and x.person = @assigned))
	and (not @nobody or t.standing in ('turn', 'issue') and t.person is null)
	and case @due when '' then true
	              when 'overdue' then t.due_on < @today
	              when 'today' then t.due_on = @today
	              else t.due_on between @today and @soon end
	and (cardinality(@patterns::text[]) = 0 or not exists (select from unnest(@patterns::text[]) pattern
	                where (select case when @fold then translate(said, 'ґї', 'гі') else said end from ` + saidOfCase + `) not like pattern))
	and ` + ScopeSQL

func (s *Store) arguments(ctx context.Context, db pg.Queryer, actor access.Actor, f Filter) (pgx.NamedArgs, error) {
	today := workdays.DateOf(s.now())
	scope, person := access.ScopeOf(actor, View), f.Person
	if person == uuid.Nil {
		person = actor.UserID
	}
	args := scope.Args(map[string]any{
		"state": f.state(), "centre": pg.NullUUID(f.CentreID), "authority": pg.NullUUID(f.AuthorityID), "service": pg.NullUUID(f.ServiceID),
		"channel": f.Channel, "person": person, "assigned": pg.NullUUID(f.Assigned), "nobody": f.Nobody, "due": f.due(), "today": today,
		"soon": today.AddDate(0, 0, soonDays), "size": f.Size, "offset": (max(f.Page, 1) - 1) * f.Size,
		"desk": placesOf(scope),
	})
	if v := f.view(); v == ViewMine || v == ViewOthers {
		desk, err := offices.OwnDeskOf(ctx, db, person, today)
		if err != nil {
			return nil, err
		}
		maps.Copy(args, desk.Args())
	}
	return args, f.seek(ctx, db, args)
}

// seek puts into args the first way to read what is searched for that finds anything; without one, the plainest.
func (f Filter) seek(ctx context.Context, db pg.Queryer, args map[string]any) error {
	list := tries(f.Q)
	for _, t := range list {
		args["patterns"], args["fold"] = t.patterns, t.fold
		if len(list) == 1 {
			return nil
		}
		var found bool
		if err := db.QueryRow(ctx, `select exists (select from `+f.from()+` where `+conditions+`)`, pgx.NamedArgs(args)).Scan(&found); err != nil || found {
			return pg.Fault("search cases", err)
		}
	}
	args["patterns"], args["fold"] = list[0].patterns, false
	return nil
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

// List returns one page of the cases that the filter asks for and the actor may see, and how many there are: what has to be
// done first on top, then what waits without a day.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) (list []Row, total int, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		args, err := s.arguments(ctx, tx, actor, f)
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, f.counting(), args).Scan(&total); err != nil {
			return err
		}
		if list, err = rowsOf(ctx, tx, f, args); err != nil {
			return err
		}
		return s.addStanding(ctx, tx, list)
	})
	return list, total, pg.Fault("list cases", err)
}

func (f Filter) counting() string { return `select count(*) from ` + f.from() + ` where ` + conditions }

// order of every list: what has a day before what has none, the sooner first.
const order = ` order by case when c.state in ('issued', 'closed') then 1 else 0 end, t.due_on nulls last, c.number`

func rowsOf(ctx context.Context, tx pgx.Tx, f Filter, args pgx.NamedArgs) ([]Row, error) {
	rows, err := tx.Query(ctx, `
		with page as (select c.id, t.place, row_number() over (`+order+`) as line from `+f.from()+` where `+conditions+order+` limit @size offset @offset)
		select c.id, c.number, c.version, c.state, c.outcome, c.channel, c.filed_at, c.due_on, s.name, s.name_en, ce.code,
		       coalesce(nullif(au.short_name, ''), au.name), coalesce(nullif(au.short_name_en, ''), au.name_en),
		       case when a.entity <> '' then a.entity else concat_ws(' ', a.surname, a.given_name, a.patronymic) end,
		       coalesce(st.name, ''), coalesce(st.name_en, ''), coalesce(st.position, 0), (select count(*) from cases.stages x where x.case_id = c.id),
		       t.due_on, coalesce(nullif(pa.short_name, ''), pa.name, ''), coalesce(nullif(pa.short_name_en, ''), pa.name_en, ''),
		       case when t.office <> '' then st.official else '' end, coalesce(u.full_name, ''), coalesce(u.state = 'blocked', false), coalesce(mu.full_name, '')
		from page p
		join cases.cases c on c.id = p.id
		join cases.applicants a on a.id = c.applicant_id
		join catalogue.services s on s.id = c.service_id
		join org.centres ce on ce.id = c.centre_id
		join org.authorities au on au.id = c.authority_id
		left join cases.turns t on t.case_id = c.id and t.standing in ('turn', 'issue')
		left join org.authorities pa on pa.id = t.place
		left join access.users u on u.id = t.person
		left join cases.turns m on m.case_id = c.id and m.place = p.place
		left join access.users mu on mu.id = m.person
		left join lateral (select name, name_en, position, official from cases.stages where case_id = c.id and state = 'active' order by position limit 1) st on true
		order by p.line`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Row, err error) {
		var office *string
		err = row.Scan(&r.ID, &r.Number, &r.Version, &r.State, &r.Outcome, &r.Channel, &r.FiledAt, &r.DueOn, &r.Service.UK, &r.Service.EN, &r.Centre,
			&r.Authority.UK, &r.Authority.EN, &r.Applicant, &r.Stage.UK, &r.Stage.EN, &r.Step, &r.Steps, &r.Turn, &r.Party.UK, &r.Party.EN,
			&office, &r.Who, &r.Gone, &r.Mine)
		if office != nil {
			r.Office = *office
		}
		return r, err
	})
}

// maxNeighbours is how far into a list its neighbours are looked for.
const maxNeighbours = 500

// Neighbours returns the cases before and after one in the list that the filter asks for, its place there, from 1, and the
// length of the list; zero values when it is not among the first of the list.
func (s *Store) Neighbours(ctx context.Context, actor access.Actor, f Filter, id uuid.UUID) (n Neighbours, err error) {
	f.Page, f.Size = 1, maxNeighbours
	args, err := s.arguments(ctx, s.pool, actor, f)
	if err != nil {
		return n, err
	}
	rows, err := s.pool.Query(ctx, `select c.id from `+f.from()+` where `+conditions+order+` limit @size`, args)
	if err != nil {
		return n, pg.Fault("neighbours of a case", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if i := slices.Index(ids, id); i >= 0 {
		n.At, n.Of = i+1, len(ids)
		if i > 0 {
			n.Before = ids[i-1]
		}
		if i+1 < len(ids) {
			n.After = ids[i+1]
		}
	}
	return n, pg.Fault("neighbours of a case", err)
}

// Neighbours are the cases beside one in a list.
type Neighbours struct {
	Before, After uuid.UUID // Nil: there is none
	At, Of        int
}
