package requests

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

// The sides of a list.
const (
	ToUs   = "in"  // what the actor's authorities are asked
	FromUs = "out" // what the actor's places ask
)

// Filter is what a list of requests is asked for; zero values ask for everything that waits for its answer.
type Filter struct {
	Side  string // ToUs or FromUs; "" is both
	State string // a State, or "all"; "" is Asked
	Late  bool
	Mine  bool // on which the actor works, or which they asked
	Page  int
}

func (f Filter) state() string {
	if f.State == "all" || slices.Contains(States, State(f.State)) {
		return f.State
	}
	return string(Asked)
}

// PageSize is how many requests one page of the list has.
const PageSize = 25

// Row is one line of the list.
type Row struct {
	ID        uuid.UUID
	Number    string
	Asker     locale.Text
	Authority locale.Text
	Document  locale.Text
	Asked     string
	DueOn     time.Time
	State     State
	Who       string // who works on the answer
	By        string // who asked
	Reminded  bool
	EndedAt   *time.Time
}

// Late says whether the answer is overdue on a date.
func (r Row) Late(today time.Time) bool { return r.State == Asked && r.DueOn.Before(today) }

// conditions of lists and counts: the filter, then who may see.
const conditions = `
	    (@state = 'all' or r.state = @state)
	and (@side = '' or @side = 'in' and (@all or r.authority_id = any(@asked_of)) or @side = 'out' and (@all or r.asker = any(@asking)))
	and (not @late or r.state = 'asked' and r.due_on < @today)
	and (not @mine or r.person = @me or r.asked_by = @me)
	and ` + scopeSQL

func (s *Store) arguments(actor access.Actor, f Filter, own map[string]any) pgx.NamedArgs {
	args := scopeArgs(actor, own)
	args["state"], args["side"], args["late"], args["mine"] = f.state(), f.Side, f.Late, f.Mine
	args["today"], args["me"] = workdays.DateOf(s.now()), actor.UserID
	return args
}

// List returns one page of the requests that the filter asks for and the actor may see, and how many there are: those that
// wait come first, the soonest due on top.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) (list []Row, total int, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, counting, s.arguments(actor, f, nil)).Scan(&total); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select r.id, c.number, r.position, coalesce(ce.name, aa.name), coalesce(ce.name_en, aa.name_en), au.name, au.name_en, r.document, r.document_en, r.asked,
			       r.due_on, r.state, coalesce(up.full_name, ''), ub.full_name, r.reminded_at is not null, r.ended_at
			from requests.requests r
			join cases.cases c on c.id = r.case_id
			join org.authorities au on au.id = r.authority_id
			left join org.centres ce on ce.id = r.asker
			left join org.authorities aa on aa.id = r.asker
			join access.users ub on ub.id = r.asked_by
			left join access.users up on up.id = r.person
			where `+conditions+` order by r.state <> 'asked', case when r.state = 'asked' then r.due_on end, r.asked_at desc, r.id limit @limit offset @offset`,
			s.arguments(actor, f, map[string]any{"limit": PageSize, "offset": (max(f.Page, 1) - 1) * PageSize}))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanRow)
		return err
	})
	return list, total, pg.Fault("list requests", err)
}

const counting = `select count(*) from requests.requests r where ` + conditions

func scanRow(row pgx.CollectableRow) (r Row, err error) {
	var position int
	err = row.Scan(&r.ID, &r.Number, &position, &r.Asker.UK, &r.Asker.EN, &r.Authority.UK, &r.Authority.EN, &r.Document.UK, &r.Document.EN, &r.Asked,
		&r.DueOn, &r.State, &r.Who, &r.By, &r.Reminded, &r.EndedAt)
	r.Number = numberOf(r.Number, position)
	return r, err
}

// Count returns how many requests each of the filters asks for: the totals of their lists.
func (s *Store) Count(ctx context.Context, actor access.Actor, filters ...Filter) ([]int, error) {
	batch, counts := &pgx.Batch{}, make([]int, len(filters))
	for i, f := range filters {
		batch.Queue(counting, s.arguments(actor, f, nil)).QueryRow(func(row pgx.Row) error { return row.Scan(&counts[i]) })
	}
	return counts, pg.Fault("count requests", s.pool.SendBatch(ctx, batch).Close())
}
