package cases

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
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
	ViewMine      = "mine"      // it is my turn: I work on it, also when it is to be handed over, or it waits for an office that I act for
	ViewPool      = "pool"      // it is our turn, and nobody works on it yet
	ViewOthers    = "others"    // I work on it, and it is the turn of another party or of another official
	ViewApplicant = "applicant" // I work on it, and it stands still until the applicant has answered
	ViewIssue     = "issue"     // to be handed over in our centre
	ViewTacit     = "tacit"     // it is our turn, or anybody's for whoever sees all places, and silence counts as consent by now

	ViewAsked       = "asked"       // a colleague asks for my opinion, or for anybody's of our place
	ViewUncollected = "uncollected" // to be handed over in our centre, and nobody has collected it in the storage term
)

// Views lists them.
var Views = []string{ViewMine, ViewPool, ViewOthers, ViewApplicant, ViewIssue, ViewTacit, ViewUncollected, ViewAsked}

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
	Stage     locale.Text // the active one, of whoever has the turn
	Step      int         // its number
	Steps     int         // how many stages there are
	// Turn is until when whoever has the turn has to act; nil while nobody has to.
	Turn *time.Time
	// Who has the turn: the party, and the person who works on it there or the office that has to act. Where several have it, the
	// reader's own party, or the one that has to act first.
	Party  locale.Text // "" is the centre
	Office string
	Who    string
	Gone   bool // whoever it is assigned to is blocked
	Beside int  // how many other parties have the turn at the same time
	// Near says that the case was found only by taking one letter of what was searched for to be wrong.
	Near bool
	// Standing is the deadline of a suspended case as it would be if it were resumed now; nil for others.
	Standing *workdays.Deadline
}

// Late says whether whoever has the turn should have acted before the date today.
func (r Row) Late(today time.Time) bool { return r.Turn != nil && r.Turn.Before(today) }

// Soon says whether they have to act in the next days.
func (r Row) Soon(today time.Time) bool {
	return r.Turn != nil && !r.Late(today) && !r.Turn.After(today.AddDate(0, 0, soonDays))
}

// MaxFound is how many cases a list is counted and shown to. A longer one has MaxFound+1 and is narrowed rather than leafed through, so
// that it costs the same however many there are.
const MaxFound = 1000

// MaxSought is the same of a search for a word that so many cases have that it has to be said more exactly.
const MaxSought = 100

// List returns one page of the cases that the filter asks for and the actor may see, and how many there are, one more than the list is shown to at most:
// what has to be done first on top, then what waits without a day, then what is over, the latest first.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) (list []Row, total int, err error) {
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		q, n, err := s.find(ctx, tx, actor, f)
		if err != nil {
			return err
		}
		total = n
		if list, err = rowsOf(ctx, tx, q); err != nil {
			return err
		}
		return s.addStanding(ctx, tx, list)
	})
	return list, total, pg.Fault("list cases", err)
}

func rowsOf(ctx context.Context, tx pgx.Tx, q selection) ([]Row, error) {
	rows, err := tx.Query(ctx, `
		with page as (`+q.page()+`)
		select c.id, c.number, c.version, c.state, c.outcome, c.channel, c.filed_at, c.due_on, s.name, s.name_en, ce.code,
		       coalesce(nullif(au.short_name, ''), au.name), coalesce(nullif(au.short_name_en, ''), au.name_en),
		       case when a.entity <> '' then a.entity else concat_ws(' ', a.surname, a.given_name, a.patronymic) end,
		       case when st.active then st.name else '' end, case when st.active then st.name_en else '' end, case when st.active then st.position else 0 end, coalesce(st.steps, 0),
		       t.due_on, coalesce(nullif(pa.short_name, ''), pa.name, ''), coalesce(nullif(pa.short_name_en, ''), pa.name_en, ''),
		       case when t.office <> '' and st.active then st.official when t.office <> '' then null else '' end, coalesce(u.full_name, ''), coalesce(u.state = 'blocked', false),
		       coalesce(t.turns - 1, 0)
		from page p
		join cases.cases c on c.id = p.id
		join cases.applicants a on a.id = c.applicant_id
		join catalogue.services s on s.id = c.service_id
		join org.centres ce on ce.id = c.centre_id
		join org.authorities au on au.id = c.authority_id
		left join lateral (select x.*, count(*) over () as turns from cases.turns x where x.case_id = c.id and x.standing in ('turn', 'issue')
			order by x.place <> p.place, x.due_on, x.place limit 1) t on true
		left join org.authorities pa on pa.id = t.place
		left join access.users u on u.id = t.person
		left join lateral (select name, name_en, position, official, state = 'active' as active, count(*) over () as steps from cases.stages where case_id = c.id
			order by state = 'active' desc, id is distinct from t.stage_id, position limit 1) st on true
		order by p.line`, q.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Row, err error) {
		var office *string
		err = row.Scan(&r.ID, &r.Number, &r.Version, &r.State, &r.Outcome, &r.Channel, &r.FiledAt, &r.DueOn, &r.Service.UK, &r.Service.EN, &r.Centre,
			&r.Authority.UK, &r.Authority.EN, &r.Applicant, &r.Stage.UK, &r.Stage.EN, &r.Step, &r.Steps, &r.Turn, &r.Party.UK, &r.Party.EN,
			&office, &r.Who, &r.Gone, &r.Beside)
		r.Near = q.near
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
	var ids []uuid.UUID
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		q, _, err := s.find(ctx, tx, actor, f)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `with page as (`+q.page()+`) select id from page order by line`, q.args)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
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
