package cases

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// soonDays is how many days ahead a deadline counts as near.
const soonDays = 3

// Filter is what a list of cases is asked for; zero values ask for everything that is open.
type Filter struct {
	Q           string
	State       string // a State, "open" or "all"; "" is open, and all when something is searched for
	CentreID    uuid.UUID
	AuthorityID uuid.UUID
	ServiceID   uuid.UUID
	Due         string // overdue, today, soon
	Channel     string // counter, online
	Mine        bool
	Assigned    uuid.UUID // to whom
	Nobody      bool      // assigned to nobody yet
	Page, Size  int
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
	State     State
	Outcome   Outcome
	Channel   string
	FiledAt   time.Time
	DueOn     time.Time
	Service   locale.Text
	Centre    string // its code
	Authority locale.Text
	Applicant string
	Stage     locale.Text // the active one
	Assigned  string
	Gone      bool // whoever it is assigned to is blocked
	// Standing is the deadline of a suspended case as it would be if it were resumed now; nil for others.
	Standing *workdays.Deadline
}

// Late says whether the deadline of the case has passed on the date today.
func (r Row) Late(today time.Time) bool { return r.State.Running() && r.DueOn.Before(today) }

// Soon says whether the deadline of the case is near.
func (r Row) Soon(today time.Time) bool {
	return r.State.Running() && !r.Late(today) && !r.DueOn.After(today.AddDate(0, 0, soonDays))
}

// conditions of lists and counts: the filter, then who may see.
const conditions = `
	    (@state = 'all' or c.state = @state or (@state = 'open' and c.state in ('registered', 'in_progress', 'suspended', 'decided')))
	and (@centre::uuid is null or c.centre_id = @centre)
	and (@authority::uuid is null or c.authority_id = @authority)
	and (@service::uuid is null or c.service_id = @service)
	and (@channel = '' or c.channel = @channel)
	and (not @mine or c.assigned_to = @user)
	and (@assigned::uuid is null or c.assigned_to = @assigned)
	and (not @nobody or c.assigned_to is null)
	and case @due when '' then true
	              when 'overdue' then c.state in ('registered', 'in_progress') and c.due_on < @today
	              when 'today' then c.state in ('registered', 'in_progress') and c.due_on = @today
	              else c.state in ('registered', 'in_progress') and c.due_on between @today and @soon end
	and not exists (select from unnest(@words::text[]) word
	                where translate(lower(c.number || ' ' || c.receipt_number || ' ' || replace(c.receipt_number, '-', '') || ' ' || a.surname || ' ' || a.given_name
	                      || ' ' || a.patronymic || ' ' || a.entity || ' ' || a.tax_number || ' ' || a.edrpou), '''’ʼ` + "`" + `', '') not like '%' || word || '%')
	and ` + ScopeSQL

func (s *Store) arguments(actor access.Actor, f Filter) pgx.NamedArgs {
	today := workdays.DateOf(s.now())
	return access.ScopeOf(actor, View).Args(map[string]any{
		"state": f.state(), "centre": pg.NullUUID(f.CentreID), "authority": pg.NullUUID(f.AuthorityID), "service": pg.NullUUID(f.ServiceID),
		"channel": f.Channel, "mine": f.Mine, "user": actor.UserID, "assigned": pg.NullUUID(f.Assigned), "nobody": f.Nobody,
		"due": f.due(), "today": today,
		"soon": today.AddDate(0, 0, soonDays), "words": pg.LikeWords(f.Q), "size": f.Size, "offset": (max(f.Page, 1) - 1) * f.Size,
	})
}

const counted = `from cases.cases c join cases.applicants a on a.id = c.applicant_id where ` + conditions

// List returns one page of the cases that the filter asks for and the actor may see, and how many there are. Those whose
// clock runs stand on top, what is due first; then those that wait to be handed over, then those that stand still.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) (list []Row, total int, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		args := s.arguments(actor, f)
		if err := tx.QueryRow(ctx, `select count(*) `+counted, args).Scan(&total); err != nil {
			return err
		}
		if list, err = rowsOf(ctx, tx, args); err != nil {
			return err
		}
		return s.addStanding(ctx, tx, list)
	})
	return list, total, pg.Fault("list cases", err)
}

func rowsOf(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) ([]Row, error) {
	rows, err := tx.Query(ctx, `
		select c.id, c.number, c.state, c.outcome, c.channel, c.filed_at, c.due_on, s.name, s.name_en, ce.code,
		       coalesce(nullif(au.short_name, ''), au.name), coalesce(nullif(au.short_name_en, ''), au.name_en),
		       case when a.entity <> '' then a.entity else concat_ws(' ', a.surname, a.given_name, a.patronymic) end,
		       coalesce(st.name, ''), coalesce(st.name_en, ''), coalesce(u.full_name, ''), coalesce(u.state = 'blocked', false)
		from cases.cases c
		join cases.applicants a on a.id = c.applicant_id
		join catalogue.services s on s.id = c.service_id
		join org.centres ce on ce.id = c.centre_id
		join org.authorities au on au.id = c.authority_id
		left join access.users u on u.id = c.assigned_to
		left join lateral (select name, name_en from cases.stages where case_id = c.id and state = 'active' order by position limit 1) st on true
		where `+conditions+`
		order by case when c.state in ('registered', 'in_progress') then 0 when c.state = 'decided' then 1 when c.state = 'suspended' then 2 else 3 end,
		         c.due_on, c.number
		limit @size offset @offset`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Row, error) {
		var r Row
		err := row.Scan(&r.ID, &r.Number, &r.State, &r.Outcome, &r.Channel, &r.FiledAt, &r.DueOn, &r.Service.UK, &r.Service.EN, &r.Centre,
			&r.Authority.UK, &r.Authority.EN, &r.Applicant, &r.Stage.UK, &r.Stage.EN, &r.Assigned, &r.Gone)
		return r, err
	})
}

// addStanding counts for suspended cases how many days are left and what the last one would be.
func (s *Store) addStanding(ctx context.Context, tx pgx.Tx, list []Row) error {
	works := map[uuid.UUID]*Work{}
	for _, r := range list {
		if r.State == Suspended {
			works[r.ID] = &Work{Case: Case{ID: r.ID, FiledAt: r.FiledAt}, now: s.now()}
		}
	}
	if len(works) == 0 {
		return nil
	}
	calendar, err := org.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	ids := slices.Collect(maps.Keys(works))
	if err := loadTerms(ctx, tx, works, ids); err != nil {
		return err
	}
	if err := loadPauses(ctx, tx, works, ids); err != nil {
		return err
	}
	for i := range list {
		if w := works[list[i].ID]; w != nil {
			w.calendar = calendar
			d := w.Deadline()
			list[i].Standing = &d
		}
	}
	return nil
}

// loadTerms reads the terms that many cases run on.
func loadTerms(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `
		select c.id, (card.content->'term'->>'days')::int, coalesce((tech.content->>'statutory_days')::int, 0)
		from cases.cases c join catalogue.cards card on card.id = c.card_id left join catalogue.tech_cards tech on tech.id = c.tech_card_id
		where c.id = any($1)`, ids)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var o offered
	_, err = pgx.ForEachRow(rows, []any{&id, &o.Card.Term.Days, &o.TechCard.StatutoryDays}, func() error {
		works[id].Term = o.termDays()
		return nil
	})
	return err
}

// loadPauses reads when the work on many cases stood still.
func loadPauses(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `select case_id, at, kind from cases.events where case_id = any($1) and kind in ('suspended', 'resumed') order by at, id`, ids)
	if err != nil {
		return err
	}
	var e Event
	_, err = pgx.ForEachRow(rows, []any{&e.CaseID, &e.At, &e.Kind}, func() error {
		w := works[e.CaseID]
		w.Events = append(w.Events, e)
		return nil
	})
	return err
}

// Count returns how many of the cases that the actor may see each of the filters asks for: the totals of their lists.
func (s *Store) Count(ctx context.Context, actor access.Actor, filters ...Filter) ([]int, error) {
	batch, counts := &pgx.Batch{}, make([]int, len(filters))
	for i, f := range filters {
		batch.Queue(`select count(*) `+counted, s.arguments(actor, f)).QueryRow(func(row pgx.Row) error { return row.Scan(&counts[i]) })
	}
	return counts, pg.Fault("count cases", s.pool.SendBatch(ctx, batch).Close())
}

// Executor is somebody to whom cases are assigned.
type Executor struct {
	ID   uuid.UUID
	Name string
	Gone bool // blocked: whoever has such cases has to be found anew
	Open int  // how many are open
}

// Executors returns to whom the cases that the actor may see are assigned, by name.
func (s *Store) Executors(ctx context.Context, actor access.Actor) ([]Executor, error) {
	rows, err := s.pool.Query(ctx, `
		select u.id, u.full_name, u.state = 'blocked', count(*) filter (where c.state not in ('issued', 'closed'))
		from cases.cases c join access.users u on u.id = c.assigned_to
		where `+ScopeSQL+` group by u.id`, pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{})))
	if err != nil {
		return nil, pg.Fault("list executors", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Executor])
	locale.SortBy(list, func(e Executor) string { return e.Name })
	return list, pg.Fault("list executors", err)
}
