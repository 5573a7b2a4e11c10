package statistics

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// ofRefusals are the conditions of the lists on the rows m.
var ofRefusals = map[What]string{
	AllRefusals: `true`,
	Outside:     `m.outside`,
	Annulled:    `m.overturned in ('withdrawn', 'reopened')`,
	Corrected:   `m.overturned = 'corrected'`,
	Doubtful:    `(m.outside or m.overturned <> '')`,
}

// refusalCounts are the numbers of a line.
var refusalCounts = `count(*)::int, count(*) filter (where ` + ofRefusals[Outside] + `)::int, count(*) filter (where ` + ofRefusals[Annulled] + `)::int, count(*) filter (where ` +
	ofRefusals[Corrected] + `)::int, count(*) filter (where ` + ofRefusals[Doubtful] + `)::int`

func scanRefusalFigures(row pgx.CollectableRow) (f RefusalFigures, err error) {
	return f, row.Scan(&f.Key, &f.Name.UK, &f.Name.EN, &f.Refused, &f.Outside, &f.Annulled, &f.Corrected, &f.Doubtful)
}

// RefusalFigures answers a question about the decisions that refused, in cases that the actor may see: line by line in the order of their names, of grounds
// those that were cited most come first. The last line is of all together, in which each refusal is counted once; there is none where nothing was refused.
func (s *Store) RefusalFigures(ctx context.Context, actor access.Actor, q Question) (list []RefusalFigures, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, err
	}
	where, args := q.where(actor)
	k := keys[q.By]
	sql, order := `select f.key::text, `+k.name+`, f.refused, f.outside, f.annulled, f.corrected, f.doubtful from (
			select `+k.key+` as key, `+refusalCounts+` from cases.refusal_measures m where `+where+` group by 1) f (key, refused, outside, annulled, corrected, doubtful)`+k.from, ` order by 2, 1`
	switch q.By {
	case ByGround:
		sql = `select ` + namedKey + `, g.name, max(g.name_en), ` + refusalCounts + `
			from cases.refusal_measures m cross join lateral unnest(m.grounds, m.grounds_en) g (name, name_en) where ` + where + ` group by g.name`
		order = ` order by 4 desc, 2`
	case ByMonth:
		sql = `select to_char(` + k.key + `, 'YYYY-MM'), '', '', ` + refusalCounts + ` from cases.refusal_measures m where ` + where + ` group by 1`
		order = ` order by 1`
	}
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, sql+order, args)
		if list, err = pgx.CollectRows(rows, scanRefusalFigures); err != nil || len(list) == 0 {
			return err
		}
		rows, _ = tx.Query(ctx, `select '', '', '', `+refusalCounts+` from cases.refusal_measures m where `+where, args)
		sum, err := pgx.CollectExactlyOneRow(rows, scanRefusalFigures)
		list = append(list, sum)
		return err
	})
	return list, pg.Fault("figures of refusals", err)
}

// namedKey is KeyOf of the ground or the document g.
const namedKey = `encode(sha256(convert_to(g.name, 'UTF8')), 'hex')`

// where is the condition of a filter on the rows m for the actor, and its values.
func (f RefusalFilter) where(actor access.Actor) (string, pgx.NamedArgs) {
	where, args := f.Question.where(actor)
	where += ` and ` + ofRefusals[f.What]
	if f.Ground != "" {
		where, args["ground"] = where+` and exists (select from unnest(m.grounds) g (name) where `+namedKey+` = @ground)`, f.Ground
	}
	return where, args
}

// RefusalPage is a part of a list of refusals, the latest first.
type RefusalPage struct {
	Refusals []Refusal
	More     bool
	Total    int
}

// Refusals returns size refusals behind a place. Their total is the figure that leads here.
func (s *Store) Refusals(ctx context.Context, actor access.Actor, f RefusalFilter, at RefusalPlace, size int) (page RefusalPage, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return page, err
	}
	where, args := f.where(actor)
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from cases.refusal_measures m where `+where, args).Scan(&page.Total); err != nil {
			return err
		}
		page.Refusals, err = readRefusals(ctx, tx, where, args, at, size+1)
		page.More = len(page.Refusals) > size
		page.Refusals = page.Refusals[:min(size, len(page.Refusals))]
		return err
	})
	return page, pg.Fault("list refusals of a figure", err)
}

// EachRefusal calls write with every refusal of the list, in its order, in pieces.
func (s *Store) EachRefusal(ctx context.Context, actor access.Actor, f RefusalFilter, write func(Refusal) error) error {
	if err := access.RequireEver(actor, View); err != nil {
		return err
	}
	where, args := f.where(actor)
	return inPieces(ctx, s, "read refusals of a figure", func(tx pgx.Tx, at RefusalPlace) ([]Refusal, error) {
		return readRefusals(ctx, tx, where, args, at, piece)
	}, Refusal.Place, write)
}

func readRefusals(ctx context.Context, tx pgx.Tx, where string, args pgx.NamedArgs, at RefusalPlace, size int) ([]Refusal, error) {
	if at.ID != uuid.Nil {
		where += ` and (m.completed_on, m.case_id, m.event_id) < (@at_day, @at_id, @at_event)`
	}
	args["at_day"], args["at_id"], args["at_event"], args["size"] = at.Day, at.ID, at.Event, size
	rows, err := tx.Query(ctx, `select m.case_id, k.number, `+serviceName("v")+`, c.name, c.name_en, `+authorityName("a")+`, k.registered_at, m.completed_on, m.event_id, m.grounds, m.grounds_en,
			m.outside, m.overturned, m.overturned_on, e.typed, coalesce(n.typed, ''), m.centre_id, m.authority_id
		from (select m.* from cases.refusal_measures m where `+where+` order by m.completed_on desc, m.case_id desc, m.event_id desc limit @size) m
		join cases.cases k on k.id = m.case_id join org.centres c on c.id = m.centre_id join org.authorities a on a.id = m.authority_id join catalogue.services v on v.id = m.service_id
		join cases.events e on e.id = m.event_id
		left join lateral (select n.typed from cases.events n where n.case_id = m.case_id and (n.at, n.id) > (e.at, e.id) and n.kind = `+overturning+`
			order by case m.overturned when 'withdrawn' then n.at end, n.at desc, n.id desc limit 1) n on true
		order by m.completed_on desc, m.case_id desc, m.event_id desc`, args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanRefusal)
}

// overturning is the kind of the event by which a refusal m was overturned: the last one, except that a refusal ends when it is withdrawn for the first
// time. One that was never withdrawn lasts, so that all that follows is about it, and not about a later refusal of the case.
const overturning = `case m.overturned when 'withdrawn' then 'decision_withdrawn' when 'reopened' then 'reopened' when 'corrected' then 'decided' end`

func scanRefusal(row pgx.CollectableRow) (r Refusal, err error) {
	var uk, en []string
	err = row.Scan(&r.ID, &r.Number, &r.Service.UK, &r.Service.EN, &r.Centre.UK, &r.Centre.EN, &r.Authority.UK, &r.Authority.EN, &r.RegisteredOn, &r.CompletedOn, &r.Event, &uk, &en,
		&r.Outside, &r.Overturned, &r.OverturnedOn, &r.Reasoning, &r.Why, &r.centre, &r.authority)
	for i := range uk {
		r.Grounds = append(r.Grounds, locale.Text{UK: uk[i], EN: en[i]})
	}
	return r, err
}
