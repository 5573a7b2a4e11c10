package cases

import (
	"context"
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
	Q           string
	State       string // a State, "open" or "all"; "" is open, and all when something is searched for
	CentreID    uuid.UUID
	AuthorityID uuid.UUID
	ServiceID   uuid.UUID
	Due         string // overdue, today, soon
	Channel     string // counter, online
	Mine        bool
	Page, Size  int
}

func (f Filter) state() string {
	switch {
	case f.State != "":
		return f.State
	case f.Q != "":
		return "all"
	}
	return "open"
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
		"channel": f.Channel, "mine": f.Mine, "user": actor.UserID, "due": f.Due, "today": today,
		"soon": today.AddDate(0, 0, soonDays), "words": pg.LikeWords(f.Q), "size": f.Size, "offset": (max(f.Page, 1) - 1) * f.Size,
	})
}

// List returns one page of the cases that the filter asks for and the actor may see, those that are due
// first on top, and how many there are.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) ([]Row, int, error) {
	rows, err := s.pool.Query(ctx, `
		select c.id, c.number, c.state, c.outcome, c.channel, c.filed_at, c.due_on, s.name, s.name_en, ce.code,
		       coalesce(nullif(au.short_name, ''), au.name), coalesce(nullif(au.short_name_en, ''), au.name_en),
		       case when a.entity <> '' then a.entity else concat_ws(' ', a.surname, a.given_name, a.patronymic) end,
		       coalesce(st.name, ''), coalesce(st.name_en, ''), coalesce(u.full_name, ''), count(*) over ()
		from cases.cases c
		join cases.applicants a on a.id = c.applicant_id
		join catalogue.services s on s.id = c.service_id
		join org.centres ce on ce.id = c.centre_id
		join org.authorities au on au.id = c.authority_id
		left join access.users u on u.id = c.assigned_to
		left join lateral (select name, name_en from cases.stages where case_id = c.id and state = 'active' order by position limit 1) st on true
		where `+conditions+`
		order by c.state in ('issued', 'closed'), c.due_on, c.number
		limit @size offset @offset`, s.arguments(actor, f))
	if err != nil {
		return nil, 0, pg.Fault("list cases", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Row, error) {
		var r Row
		err := row.Scan(&r.ID, &r.Number, &r.State, &r.Outcome, &r.Channel, &r.FiledAt, &r.DueOn, &r.Service.UK, &r.Service.EN, &r.Centre,
			&r.Authority.UK, &r.Authority.EN, &r.Applicant, &r.Stage.UK, &r.Stage.EN, &r.Assigned, &total)
		return r, err
	})
	return list, total, pg.Fault("list cases", err)
}

// Today is what waits for somebody at the beginning of a day.
type Today struct {
	Overdue, DueToday, DueSoon, Mine, NewOnline, Decided int
}

// Today counts what waits for the actor.
func (s *Store) Today(ctx context.Context, actor access.Actor) (t Today, err error) {
	err = s.pool.QueryRow(ctx, `
		select count(*) filter (where c.state in ('registered', 'in_progress') and c.due_on < @today),
		       count(*) filter (where c.state in ('registered', 'in_progress') and c.due_on = @today),
		       count(*) filter (where c.state in ('registered', 'in_progress') and c.due_on between @today and @soon),
		       count(*) filter (where c.assigned_to = @user and c.state in ('registered', 'in_progress', 'suspended')),
		       count(*) filter (where c.state = 'registered' and c.channel = 'online'),
		       count(*) filter (where c.state = 'decided')
		from cases.cases c where c.state in ('registered', 'in_progress', 'suspended', 'decided') and `+ScopeSQL,
		s.arguments(actor, Filter{})).Scan(&t.Overdue, &t.DueToday, &t.DueSoon, &t.Mine, &t.NewOnline, &t.Decided)
	return t, pg.Fault("count cases", err)
}
