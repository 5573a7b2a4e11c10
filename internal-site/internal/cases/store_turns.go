package cases

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

const insertTurn = `insert into cases.turns (case_id, place, kind, standing, stage_id, office, person, due_on, since)`

func turnArgs(w *Work, t Turn) []any {
	return []any{w.Case.ID, t.Place.ID, t.Place.Kind, t.Standing, t.StageID, t.Office, t.Person, t.DueOn, t.Since}
}

// queueFirstTurns writes how a case stands that is being registered.
func queueFirstTurns(b *pgx.Batch, w *Work) {
	QueueRows(b, insertTurn, turnRows(w), ``)
}

func turnRows(w *Work) (rows [][]any) {
	for _, t := range w.Turns() {
		rows = append(rows, turnArgs(w, t))
	}
	return rows
}

// queueTurns writes anew how the case stands for its parties.
func queueTurns(b *pgx.Batch, w *Work) {
	QueueRows(b, insertTurn, turnRows(w), ` on conflict (case_id, place) do update set standing = excluded.standing, stage_id = excluded.stage_id,
		office = excluded.office, person = excluded.person, due_on = excluded.due_on, since = excluded.since`)
}

// queueAssignments writes who works on the case within each party.
func queueAssignments(b *pgx.Batch, w *Work) {
	b.Queue(`delete from cases.assignments where case_id = $1 and place <> all($2)`, w.Case.ID, queueAssigned(b, w))
}

// queueAssigned is queueAssignments for a case in which nobody ceases to work. It returns the parties in which somebody works.
func queueAssigned(b *pgx.Batch, w *Work) []uuid.UUID {
	places := []uuid.UUID{}
	for party, a := range w.Assigned {
		places = append(places, party.ID)
		b.Queue(`insert into cases.assignments (case_id, place, person, since, assigned_by) values ($1, $2, $3, $4, $5)
			on conflict (case_id, place) do update set person = excluded.person, since = excluded.since, assigned_by = excluded.assigned_by
			where (cases.assignments.person, cases.assignments.since) is distinct from (excluded.person, excluded.since)`,
			w.Case.ID, party.ID, a.Person, a.Since, a.By)
	}
	return places
}

// assignments reads who works on the case within each party.
func assignments(ctx context.Context, tx pgx.Tx, w *Work) error {
	rows, err := tx.Query(ctx, `select a.place, a.person, u.full_name, u.state = 'blocked', a.since, a.assigned_by
		from cases.assignments a join access.users u on u.id = a.person where a.case_id = $1`, w.Case.ID)
	if err != nil {
		return pg.Fault("get assignments", err)
	}
	parties := w.parties()
	w.Assigned = map[access.Place]Assignment{}
	var place uuid.UUID
	var a Assignment
	_, err = pgx.ForEachRow(rows, []any{&place, &a.Person, &a.Name, &a.Gone, &a.Since, &a.By}, func() error {
		if i := slices.IndexFunc(parties, func(p access.Place) bool { return p.ID == place }); i >= 0 {
			w.Assigned[parties[i]] = a
		}
		a.By = nil
		return nil
	})
	return pg.Fault("get assignments", err)
}

// colleague returns the name of somebody who can work on the case in the party of whoever acts; "" when they cannot.
func colleague(ctx context.Context, tx pgx.Tx, w *Work, id uuid.UUID) (string, error) {
	party, ok := w.Party(w.by)
	if !ok {
		return "", nil
	}
	list, err := offices.ColleaguesIn(ctx, tx, []uuid.UUID{party.ID}, workdays.DateOf(w.now))
	if i := slices.IndexFunc(list, func(c offices.Colleague) bool { return c.ID == id && !c.Gone }); i >= 0 {
		return list[i].Name, err
	}
	return "", err
}

// Reckon computes anew whose turn it is in every case that is not at its end, and writes what differs. It is for an
// installation in which something else than this release has changed cases, and returns how many it mended.
func (s *Store) Reckon(ctx context.Context) (mended int, err error) {
	rows, err := s.pool.Query(ctx, `select c.id from cases.cases c
		where c.state not in ('issued', 'closed') or exists (select from cases.turns t where t.case_id = c.id and t.standing <> 'over')
		   or not exists (select from cases.turns t where t.case_id = c.id) order by c.id`)
	if err != nil {
		return 0, pg.Fault("reckon turns", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, pg.Fault("reckon turns", err)
	}
	for _, id := range ids {
		differed, err := s.reckon(ctx, id)
		if err != nil {
			return mended, err
		}
		if differed {
			mended++
		}
	}
	return mended, nil
}

func (s *Store) reckon(ctx context.Context, id uuid.UUID) (differed bool, err error) {
	all := access.System("reckon")
	all.Rights = access.Rights{View: {All: true}}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, all, id, true)
		if err != nil {
			return err
		}
		written, err := turnsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if differed = !slices.EqualFunc(w.inOrder(), written, Turn.same); !differed {
			return nil
		}
		batch := &pgx.Batch{}
		queueTurns(batch, w)
		return pg.Fault("reckon turns", tx.SendBatch(ctx, batch).Close())
	})
	return differed, err
}

// inOrder are the turns of the case as turnsOf lists them.
func (w *Work) inOrder() []Turn {
	list := w.Turns()
	slices.SortFunc(list, func(a, b Turn) int { return slices.Compare(a.Place.ID[:], b.Place.ID[:]) })
	return list
}

// turnsOf reads how a case stands, as the last act has written it.
func turnsOf(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]Turn, error) {
	rows, err := tx.Query(ctx, `select kind, place, standing, stage_id, office, person, due_on, since from cases.turns
		where case_id = $1 order by place`, id)
	if err != nil {
		return nil, pg.Fault("get turns", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Turn, err error) {
		return t, row.Scan(&t.Place.Kind, &t.Place.ID, &t.Standing, &t.StageID, &t.Office, &t.Person, &t.DueOn, &t.Since)
	})
	return list, pg.Fault("get turns", err)
}

// same says whether two rows say the same.
func (t Turn) same(o Turn) bool {
	return t.Place == o.Place && t.Standing == o.Standing && t.Office == o.Office && t.Since.Equal(o.Since) &&
		equal(t.StageID, o.StageID) && equal(t.Person, o.Person) && (t.DueOn == nil) == (o.DueOn == nil) && (t.DueOn == nil || t.DueOn.Equal(*o.DueOn))
}

func equal(a, b *uuid.UUID) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
