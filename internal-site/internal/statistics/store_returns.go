package statistics

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// ofReturns are the conditions of the lists on the rows m.
var ofReturns = map[What]string{
	AllReturns:    `true`,
	OpenReturns:   `m.ended_on is null`,
	ClosedReturns: `m.ended_on is not null`,
}

// returnRows are the rows m of returns; their day is called as that of other rows, so that a question says the same of all of them.
const returnRows = `(select r.*, r.returned_on as completed_on from cases.return_measures r) m`

// askedNames are what a return m asked for, a line g for each name: a card may call two of its documents alike.
const askedNames = `(select d.name, max(d.name_en) as name_en from unnest(m.documents, m.documents_en) d (name, name_en) group by d.name
		union all select '` + AskedAnswers + `', '' where m.answers
		union all select '` + AskedInWords + `', '' where not m.answers and m.documents = '{}')`

// stoodDays is the column of days that the work stood still, in the unit of a question.
func (q Question) stoodDays() string {
	if q.In == Calendar {
		return `m.days`
	}
	return `m.work`
}

// ReturnFigures answers a question about the times that applications were returned to their applicants for correction, in cases that the actor may
// see: line by line in the order of their names, of documents those that were asked for most come first. The last line is of all together, in which
// each return is counted once; there is none where nothing was returned.
func (s *Store) ReturnFigures(ctx context.Context, actor access.Actor, q Question) (list []ReturnFigures, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	where, args := q.where(actor)
	counts := `m.ended_on is null, ` + q.stoodDays() + `, count(*)::int`
	k := keys[q.By]
	sql := `select f.key::text, ` + k.name + `, f.open, f.days, f.n from (select ` + k.key + `, ` + counts + ` from ` + returnRows + ` where ` + where + ` group by 1, 2, 3) f (key, open, days, n)` +
		k.from + ` order by 2, 1`
	switch q.By {
	case ByDocument:
		sql = `select ` + namedKey + `, g.name, max(g.name_en), ` + counts + ` from ` + returnRows + ` cross join lateral ` + askedNames + ` g where ` + where + `
			group by g.name, 4, 5 order by sum(count(*)) over (partition by g.name) desc, g.name`
	case ByMonth:
		sql = `select to_char(` + k.key + `, 'YYYY-MM'), '', '', ` + counts + ` from ` + returnRows + ` where ` + where + ` group by 1, 4, 5 order by 1`
	}
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, sql, args)
		if list, err = collectReturnFigures(rows); err != nil || len(list) == 0 {
			return err
		}
		rows, _ = tx.Query(ctx, `select '', '', '', `+counts+` from `+returnRows+` where `+where+` group by 4, 5`, args)
		sum, err := collectReturnFigures(rows)
		list = append(list, sum...)
		return err
	})
	return list, pg.Fault("figures of returns", err)
}

// collectReturnFigures gathers the rows of each line, which follow one another.
func collectReturnFigures(rows pgx.Rows) (list []ReturnFigures, err error) {
	var key string
	var name locale.Text
	var open bool
	var days *int
	var n int
	_, err = pgx.ForEachRow(rows, []any{&key, &name.UK, &name.EN, &open, &days, &n}, func() error {
		if len(list) == 0 || list[len(list)-1].Key != key {
			list = append(list, ReturnFigures{Key: key, Name: name, Stood: Histogram{}})
		}
		f := &list[len(list)-1]
		if f.Returned += n; open {
			f.Open += n
			return nil
		}
		f.Stood[*days] += n
		return nil
	})
	return list, err
}

// where is the condition of a filter on the rows m for the actor, and its values.
func (f ReturnFilter) where(actor access.Actor) (string, pgx.NamedArgs) {
	where, args := f.Question.where(actor)
	where += ` and ` + ofReturns[f.What]
	if f.Document != "" {
		where, args["document"] = where+` and exists (select from `+askedNames+` g where `+namedKey+` = @document)`, f.Document
	}
	return where, args
}

// ReturnPage is a part of a list of returns, the latest first.
type ReturnPage struct {
	Returns []Return
	More    bool
	Total   int
}

// Returns returns size returns behind a place. Their total is the figure that leads here.
func (s *Store) Returns(ctx context.Context, actor access.Actor, f ReturnFilter, at ReturnPlace, size int) (page ReturnPage, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return page, err
	}
	where, args := f.where(actor)
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from `+returnRows+` where `+where, args).Scan(&page.Total); err != nil {
			return err
		}
		page.Returns, err = readReturns(ctx, tx, f.Question, where, args, at, size+1)
		page.More = len(page.Returns) > size
		page.Returns = page.Returns[:min(size, len(page.Returns))]
		return err
	})
	return page, pg.Fault("list returns of a figure", err)
}

// EachReturn calls write with every return of the list, in its order, in pieces.
func (s *Store) EachReturn(ctx context.Context, actor access.Actor, f ReturnFilter, write func(Return) error) error {
	if err := access.RequireEver(actor, View); err != nil {
		return err
	}
	where, args := f.where(actor)
	return inPieces(ctx, s, "read returns of a figure", func(tx pgx.Tx, at ReturnPlace) ([]Return, error) {
		return readReturns(ctx, tx, f.Question, where, args, at, piece)
	}, Return.Place, write)
}

func readReturns(ctx context.Context, tx pgx.Tx, q Question, where string, args pgx.NamedArgs, at ReturnPlace, size int) ([]Return, error) {
	if at.ID != uuid.Nil {
		where += ` and (m.completed_on, m.case_id, m.event_id) < (@at_day, @at_id, @at_event)`
	}
	args["at_day"], args["at_id"], args["at_event"], args["size"] = at.Day, at.ID, at.Event, size
	rows, err := tx.Query(ctx, `select m.case_id, k.number, `+serviceName("v")+`, c.name, c.name_en, `+authorityName("a")+`, k.registered_at, m.completed_on, m.event_id,
			m.documents, m.documents_en, m.answers, coalesce(e.typed, ''), m.ended_on, `+q.stoodDays()+`, m.centre_id, m.authority_id
		from (select m.* from `+returnRows+` where `+where+` order by m.completed_on desc, m.case_id desc, m.event_id desc limit @size) m
		join cases.cases k on k.id = m.case_id join org.centres c on c.id = m.centre_id join org.authorities a on a.id = m.authority_id join catalogue.services v on v.id = m.service_id
		join cases.events e on e.id = m.event_id
		order by m.completed_on desc, m.case_id desc, m.event_id desc`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanReturn)
}

func scanReturn(row pgx.CollectableRow) (r Return, err error) {
	var uk, en []string
	err = row.Scan(&r.ID, &r.Number, &r.Service.UK, &r.Service.EN, &r.Centre.UK, &r.Centre.EN, &r.Authority.UK, &r.Authority.EN, &r.RegisteredOn, &r.CompletedOn, &r.Event,
		&uk, &en, &r.Answers, &r.Asking, &r.EndedOn, &r.Days, &r.centre, &r.authority)
	for i := range uk {
		r.Documents = append(r.Documents, locale.Text{UK: uk[i], EN: en[i]})
	}
	return r, err
}
